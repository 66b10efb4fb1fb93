"""`chargeside import` from every kind of source, on real files, as an operator types it; and what a refused one leaves."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from chargeside.cli import main
from support import connector, evse, location


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


def feed_of(path: Path, *locations: dict[str, Any]) -> Path:
    path.write_text(json.dumps(locations), encoding="utf-8")
    return path


def test_a_refused_import_leaves_what_stood(operator: Path, tmp_path: Path) -> None:
    one = location("A")
    source = feed_of(tmp_path / "feed.json", one)
    assert run("import", "ocpi", source, "--to", operator).exit_code == 0
    before = {path: path.read_bytes() for path in operator.rglob("*") if path.is_file()}
    for broken in ("[]", json.dumps([one])[:-5], json.dumps([{**one, "id": "../A"}])):
        source.write_text(broken, encoding="utf-8")
        result = run("import", "ocpi", source, "--to", operator)
        assert result.exit_code == 1
        assert "Mend:" in result.output
        assert before == {path: path.read_bytes() for path in operator.rglob("*") if path.is_file()}


def test_a_feed_without_most_stations_is_asked_about(operator: Path, tmp_path: Path) -> None:
    ten = [location(f"L{number}") for number in range(10)]
    source = feed_of(tmp_path / "feed.json", *ten)
    assert run("import", "ocpi", source, "--to", operator).exit_code == 0
    issued = codes(operator)
    before = {path: path.read_bytes() for path in operator.rglob("*") if path.is_file()}

    hidden = [{**one, "publish": False} for one in ten[1:]]  # to drivers these are gone as well
    for locations in ([ten[0]], [ten[0], *hidden]):
        feed_of(source, *locations)
        refused = run("import", "ocpi", source, "--to", operator)
        assert refused.exit_code == 1
        assert "9 of the 10" in refused.output and "--accept-removals" in refused.output
        assert before == {path: path.read_bytes() for path in operator.rglob("*") if path.is_file()}

    assert run("import", "ocpi", source, "--to", operator, "--accept-removals").exit_code == 0
    assert codes(operator) == issued, "a code once issued stays"
    kept = json.loads((operator / "left" / "ocpi.json").read_bytes())["data"]
    assert sorted(one["id"] for one in kept) == sorted(one["id"] for one in ten[1:])

    feed_of(source, *ten)
    assert run("import", "ocpi", source, "--to", operator).exit_code == 0
    assert json.loads((operator / "left" / "ocpi.json").read_bytes())["data"] == [], "they have come back"


def test_half_of_the_stations_may_leave_unasked(operator: Path, tmp_path: Path) -> None:
    source = feed_of(tmp_path / "feed.json", *(location(f"L{number}") for number in range(10)))
    assert run("import", "ocpi", source, "--to", operator).exit_code == 0
    feed_of(source, *(location(f"L{number}") for number in range(5)))
    assert run("import", "ocpi", source, "--to", operator).exit_code == 0


def test_chargers_that_share_a_uid_keep_their_codes_and_their_last_page(
    operator: Path, tmp_path: Path
) -> None:
    def ledger() -> dict[str, str]:
        lines = (operator / "ledger.csv").read_text(encoding="utf-8").splitlines()[1:]
        return {line.split(",")[1]: line.split(",")[0] for line in lines}

    assert run("new", "operator", operator.with_name("each"), "--station-is", "evse").exit_code == 0
    operator = operator.with_name("each")
    one, two, three = (evse("1", evse_id=f"DE*GTS*E{number}") for number in (1, 2, 3))
    source = feed_of(tmp_path / "feed.json", location("A", one, two, three))
    assert run("import", "ocpi", source, "--to", operator).exit_code == 0
    issued = ledger()
    assert set(issued) == {f"DE*GTS*A/evse/DE*GTS*E{number}" for number in (1, 2, 3)}
    feed_of(source, location("A", three, two, one))
    assert run("import", "ocpi", source, "--to", operator).exit_code == 0
    assert ledger() == issued, "the order of the feed decides nothing"
    feed_of(source, location("A", three, one))
    assert run("import", "ocpi", source, "--to", operator).exit_code == 0
    assert ledger() == issued
    kept = json.loads((operator / "left" / "ocpi.json").read_bytes())["data"]
    assert [gone["evse_id"] for gone in kept[0]["evses"]] == ["DE*GTS*E2"]


def test_source_and_licence_of_open_data_travel_to_the_imprint(operator: Path, tmp_path: Path) -> None:
    sheet = Path(__file__).parent / "cases" / "fuzz" / "bnetza-api.json"
    assert run("import", "bnetza", sheet, "--to", operator).exit_code == 0
    other = location("A", chargeside={"source": "Data & <b>Co</b>", "licence": "ODbL 1.0"})
    assert run("import", "ocpi", feed_of(tmp_path / "feed.json", other), "--to", operator).exit_code == 0
    out = tmp_path / "out"
    assert run("build", operator, "--out", out, "--only", "driver").exit_code == 0
    page = (out / "site" / "imprint" / "index.html").read_text(encoding="utf-8")
    assert "Bundesnetzagentur.de, CC BY 4.0" in page
    assert "Data &amp; &lt;b&gt;Co&lt;/b&gt;, ODbL 1.0" in page


def test_what_is_wrong_in_a_feed_is_said_once(operator: Path, tmp_path: Path) -> None:
    source = feed_of(tmp_path / "feed.json", location("A", evse("E1", connector(standard="ODD"))))
    said = run("import", "ocpi", source, "--to", operator).output
    assert said.count('"ODD"') == 1


def test_other_packages_add_importers(
    operator: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A package is a module and the metadata that pip writes beside it."""
    module = """
from chargeside.importers.importer import Importer, ImporterOption


def read(path, findings, *, town=None):
    evse = {"uid": "1", "connectors": [{"id": "1", "standard": "IEC_62196_T2"}]}
    return [{"id": path.read_text(), "country_code": "DE", "party_id": "EXC", "country": "DEU", "city": town, "evses": [evse]}]


IMPORTER = Importer("notes", "Stations from notes.", "chargeside import notes x.txt --to my-network", read,
                    (ImporterOption("--town", "Town of them all."),))
"""
    (tmp_path / "notes_importer.py").write_text(module, encoding="utf-8")
    about = tmp_path / "notes_importer-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: notes-importer\nVersion: 1.0\n")
    entries = "[chargeside.importers]\nnotes = notes_importer:IMPORTER\nbroken = notes_importer:MISSING\n"
    (about / "entry_points.txt").write_text(entries)
    monkeypatch.syspath_prepend(tmp_path)

    assert "Stations from notes." in run("import", "--help").output
    (tmp_path / "source.txt").write_text("N1")
    done = run("import", "notes", tmp_path / "source.txt", "--to", operator, "--town", "Ulm")
    assert done.exit_code == 0, done.output
    (stored,) = json.loads((operator / "stations" / "notes.json").read_bytes())["data"]
    assert (stored["id"], stored["city"]) == ("N1", "Ulm")

    broken = run("import", "broken", tmp_path / "source.txt", "--to", operator)
    assert broken.exit_code == 1 and "cannot be loaded" in broken.output
