"""`chargeside import` from every kind of source, on real files, as an operator types it; and what a refused one leaves."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from chargeside.cli import main


def run(*words: object) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


@pytest.fixture
def operator(tmp_path: Path) -> Path:
    folder = tmp_path / "op"
    assert run("new", "operator", folder, "--station-is", "location").exit_code == 0
    return folder


def codes(folder: Path) -> list[str]:
    return [
        line.split(",")[0] for line in (folder / "ledger.csv").read_text(encoding="utf-8").splitlines()[1:]
    ]


@pytest.mark.data
@pytest.mark.parametrize(
    ("kind", "file", "options"),
    [
        ("ocpi", "ocpi/2.2.1-d2/location_example.json", ()),
        ("ocpi", "ocpi/2.3.0/location_example.json", ()),
        ("irve", "irve/irve-statique-250-stations.csv", ()),
        ("bnetza", "bnetza/ladesaeulenregister_2022_koeln_subset.csv", ()),
        ("bnetza", "bnetza/ladesaeulenregister_2024-09-01_excerpt.csv", ()),
        ("bnetza", "bnetza/bnetza_api_v1_chargepoints_reduced.json", ()),
        ("afdc", "afdc/afdc_alt_fuel_stations_NY_2025-02.csv", ()),
        ("osm", "osm/osm_charging_station_ile-de-france_2021-01-29.geojson", ("--country", "FR")),
        ("ocm", "ocm/ocm_austin_2026-02.json", ()),
    ],
)
def test_real_files_give_codes_that_last(
    operator: Path, shared_data: Path, kind: str, file: str, options: tuple[str, ...]
) -> None:
    words = ("import", kind, shared_data / file, "--to", operator, *options)
    first = run(*words)
    assert first.exit_code == 0, first.output
    feed = json.loads((operator / "stations" / f"{kind}.json").read_bytes())
    shown = [one for one in feed["data"] if one.get("publish", True)]
    issued = codes(operator)
    assert len(issued) == len(shown) > 0
    assert run(*words).exit_code == 0
    assert codes(operator) == issued, "the same data gives the same stations"


def test_a_refused_import_leaves_what_stood(operator: Path, tmp_path: Path) -> None:
    place = {"latitude": "52.1", "longitude": "13.5"}
    evse = {"uid": "E1", "connectors": [{"id": "1", "standard": "IEC_62196_T2"}]}
    one = {
        "id": "A",
        "country_code": "DE",
        "party_id": "EXC",
        "country": "DEU",
        "coordinates": place,
        "evses": [evse],
    }
    source = tmp_path / "feed.json"
    source.write_text(json.dumps([one]), encoding="utf-8")
    assert run("import", "ocpi", source, "--to", operator).exit_code == 0
    before = {path: path.read_bytes() for path in operator.rglob("*") if path.is_file()}
    for broken in ("[]", json.dumps([one])[:-5], json.dumps([{**one, "id": "../A"}])):
        source.write_text(broken, encoding="utf-8")
        result = run("import", "ocpi", source, "--to", operator)
        assert result.exit_code == 1
        assert "Mend:" in result.output
        assert before == {path: path.read_bytes() for path in operator.rglob("*") if path.is_file()}
