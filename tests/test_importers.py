"""What the importers of open data share: opening hours, mapping tables, telling a wrong file, checks of values."""

from __future__ import annotations

import gzip
import json
import tracemalloc
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from chargeside.findings import Findings
from chargeside.importers.afdc import KINDS as AFDC_KINDS
from chargeside.importers.afdc import read_afdc
from chargeside.importers.bnetza import read_bnetza
from chargeside.importers.bnetza.records import KINDS as BNETZA_KINDS
from chargeside.importers.common import is_evse_id, metres, shortened, usable_phone, watts
from chargeside.importers.datex2 import read_datex2
from chargeside.importers.irve import KINDS as IRVE_KINDS
from chargeside.importers.irve import read_irve
from chargeside.importers.mapping import Plug, Strict, mapping
from chargeside.importers.ocm import KINDS as OCM_KINDS
from chargeside.importers.ocm import read_ocm
from chargeside.importers.ocpi import read_ocpi_file
from chargeside.importers.opening_hours import opening_times, times_of
from chargeside.importers.osm import KINDS as OSM_KINDS
from chargeside.importers.osm import read_osm
from chargeside.importers.sheet import read_sheet
from chargeside.load.looks_like import looks_like
from chargeside.load.packed import open_unpacked, read_at_most, start_of

DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
ALWAYS = {"twentyfourseven": True}


def in_words(times: dict[str, Any] | None) -> str | None:
    """OCPI's Hours as `Mo 06:00-22:00, …`."""
    if times is None or times == ALWAYS:
        return times and "24/7"
    assert times["twentyfourseven"] is False
    return ", ".join(
        f"{DAYS[hours['weekday'] - 1]} {hours['period_begin']}-{hours['period_end']}"
        for hours in times["regular_hours"]
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("24/7", "24/7"),
        ("24/7 open", "24/7"),
        ("Mo-Su 00:00-24:00", "24/7"),
        ("0:00 - 24:00", "24/7"),
        ("Mo 06:00-22:00", "Mo 06:00-22:00"),
        ("Sa-Mo 8:00-12:00", "Mo 08:00-12:00, Sa 08:00-12:00, Su 08:00-12:00"),
        ("Mo,We 08:00-12:00,13:00-18:00; Sa 09:00-12:00", "Mo 08:00-12:00, Mo 13:00-18:00, We 08:00-12:00, We 13:00-18:00, Sa 09:00-12:00"),
        ("Tu 08:00-12:00,Mo 07:00-23:00, Tu 14:00-18:00", "Mo 07:00-23:00, Tu 08:00-12:00, Tu 14:00-18:00"),
        ("Mo-Tu 08:00-18:00; Tu off", "Mo 08:00-18:00"),
        ("Mo-Tu 08:00-18:00; Tu 10:00-12:00;", "Mo 08:00-18:00, Tu 10:00-12:00"),
        ("Mo-Tu 08:00-18:00, Tu off", "Mo 08:00-18:00"),
        ("Mo 18:00-00:00", "Mo 18:00-23:59"),
        ("MO 06:00\u201322:00", "Mo 06:00-22:00"),
        ("Mo 08:00-12:00, Mo 08:00-12:00", "Mo 08:00-12:00"),
    ],
)  # fmt: skip
def test_opening_hours_that_are_certain(text: str, expected: str) -> None:
    assert in_words(opening_times(text)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "off",
        "Mo-Fr",
        "Mo-Fr off",
        "Mo-Fr 08:00-18:00; PH off",
        "SH 08:00-12:00",
        "Dec-Feb 08:00-18:00",
        "sunrise-sunset",
        "Mo-Fr 22:00-06:00",
        "Mo-Fr 00:00-00:00",
        "Mo 00:00-00:01",
        "Mo 08:00-25:00",
        "Mo 24:00-24:00",
        "Mo 08:00-24:30",
        "Mo 08:00-18:00 (by appointment)",
        'Mo 08:00-18:00 "ask"',
        "Mo 08:00-12:00, Mo 11:00-18:00",
        "Mo 08:00+",
        "Mo-Fr 08:00-12:00 13:00-18:00",
        "24/7; Su off",
        "Mo-Fr 8-18",
        "Mo-Fr 08:00-18:00 || Sa 09:00-12:00",
        "Mo 08:00-12:00," * 500,
    ],
)
def test_opening_hours_that_are_not_certain_are_not_read(text: str) -> None:
    assert opening_times(text) is None


MINUTES = st.integers(0, 1440)


def clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


@given(
    st.lists(
        st.tuples(st.integers(0, 6), MINUTES, MINUTES).filter(lambda hours: hours[1] + 1 < hours[2]),
        max_size=6,
    )
)
def test_opening_hours_open_what_they_say(periods: list[tuple[int, int, int]]) -> None:
    text = ", ".join(f"{DAYS[day]} {clock(begin)}-{clock(end)}" for day, begin, end in periods)
    times = opening_times(text)
    overlap = any(
        one[0] == two[0] and one[1] < two[2] and two[1] < one[2]
        for one in set(periods)
        for two in set(periods)
        if one != two
    )
    assert (times is None) == (overlap or not periods)
    if times is not None:
        found = {hours.split("-")[0] for hours in (in_words(times) or "").split(", ")}
        assert times == ALWAYS or found == {f"{DAYS[day]} {clock(begin)}" for day, begin, _ in periods}


@given(st.text(alphabet="MoTuFrSa0123456789:-,; offPH/", max_size=60))
def test_opening_hours_never_raise(text: str) -> None:
    times = opening_times(text)
    assert times is None or times == ALWAYS or times["regular_hours"]


def test_periods_need_one() -> None:
    assert times_of([]) is None


# Mapping tables


class _Any(Strict):
    plugs: dict[str, Plug]


@pytest.mark.parametrize(
    "text",
    [
        "plugs: {x: {standard: TYP2}}",
        "plugs: {x: {format: PLUG}}",
        "plugs: {x: {power_type: AC}}",
        "plugs: {x: {most: 1}}",
        "plugs: {x: {kind: y}}",
        "plugs: []",
        "pugs: {}",
    ],
)
def test_a_wrong_table_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables" / "x.yml").write_text(text)
    monkeypatch.setattr("chargeside.importers.mapping.files", lambda _: tmp_path)
    with pytest.raises(ValidationError):
        mapping("x", _Any)


@pytest.mark.parametrize("source", ["afdc", "bnetza", "irve", "ocm", "osm"])
def test_a_table_names_its_source(source: str) -> None:
    text = files("chargeside.importers").joinpath("tables", f"{source}.yml").read_text("utf-8")
    head = text.partition("\n\n")[0].splitlines()
    assert all(line.startswith("#") for line in head)
    assert any("Source:" in line for line in head)


def test_every_kind_of_finding_can_be_said() -> None:
    for kinds in (IRVE_KINDS, BNETZA_KINDS, AFDC_KINDS, OSM_KINDS, OCM_KINDS):
        for kind in kinds.values():
            assert kind.mend and kind.noun and kind.text.count("{}") <= 1
            assert kind.text.format("x") == kind.text.replace("{}", "x")


# Wrong files

POI = {"ID": 1, "AddressInfo": {"Title": "x"}}
SAMPLES: dict[str, tuple[bytes, str]] = {
    "ocpi": (b'{"data": [{"country_code": "FR", "party_id": "TST", "id": "1", "evses": []}]}', "OCPI"),
    "osm": (b'{"type": "FeatureCollection", "features": []}', "GeoJSON"),
    "overpass": (b'{"version": 0.6, "elements": []}', "Overpass"),
    "ocm": (json.dumps([POI]).encode(), "Open Charge Map"),
    "datex2": (b'{"payload": {"versionG": "3.6"}}', "DATEX II"),
    "irve": (b"nom_station,id_pdc_itinerance\nx,y\n", "IRVE"),
    "afdc": (b"Fuel Type Code,Station Name\nELEC,x\n", "AFDC"),
    "bnetza": (b"Register;;\nLadeeinrichtungs-ID;Betreiber\n1;x\n", "German register"),
    "csv": (b"location_id,name,connector,cable_or_socket\n1,x,Type 2,socket\n", "the sheet of"),
    "html": (b"<!DOCTYPE html><html><body>Log in</body></html>", "HTML"),
    "xml": (b"<?xml version='1.0'?><d2LogicalModel/>", "XML"),
    "zip": (b"PK\x03\x04\x14\x00\x00\x00\x00\x00stations.csv", "ZIP"),
    "pdf": (b"%PDF-1.7\n", "PDF"),
    "utf16": ("{}".encode("utf-16"), "UTF-16"),
}
READERS: dict[str, Callable[..., Any]] = {
    "ocpi": read_ocpi_file,
    "irve": read_irve,
    "bnetza": read_bnetza,
    "afdc": read_afdc,
    "osm": lambda path, findings: read_osm(path, findings, "FR"),
    "ocm": read_ocm,
    "datex2": read_datex2,
    "csv": read_sheet,
}


WRONG = [
    (sample, reader)
    for sample in SAMPLES
    for reader in READERS
    if reader != sample and (sample, reader) != ("overpass", "osm")
]
TABLES = ("irve", "afdc", "bnetza", "csv")


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
@pytest.mark.parametrize(
    ("sample", "reader"), WRONG, ids=[f"{sample} as {reader}" for sample, reader in WRONG]
)
def test_a_wrong_file_is_named(tmp_path: Path, sample: str, reader: str, packed: bool) -> None:
    data, what = SAMPLES[sample]
    path = tmp_path / "file"
    path.write_bytes(gzip.compress(data) if packed else data)
    findings = Findings()
    found = list(READERS[reader](path, findings))
    assert not found or reader == "ocpi"  # whose records are checked as they come
    said = " ".join(finding.message for finding in findings.errors)
    # A short table with a preamble is no table for those who read JSON.
    assert what in said or (sample == "bnetza" and reader not in TABLES and "not valid JSON" in said)


@pytest.mark.parametrize(
    ("given", "what"),
    [
        (b"\xef\xbb\xbf<html>", "an HTML page"),
        (b"<osm version='0.6'>", "OpenStreetMap as XML"),
        (b"<kml>", "XML"),
        (b"PK\x03\x04....[Content_Types].xml", "an Excel workbook (XLSX)"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "an old Excel workbook (XLS)"),
        (b'{"fuel_stations": [', "the US register (AFDC)"),
        (b'{"ConnectionTypes": [], "StatusTypes": []}', "the reference lists of Open Charge Map"),
        (b"[1]", "JSON"),
        (b"a;b;c;d", "a table (CSV)"),
        (b"id_pdc_itinerance,etat_pdc", "the dynamic IRVE file (states of charge points)"),
        (b"no idea", None),
        (b"", None),
        ({"evses": []}, "OCPI"),
        ({"name": "x"}, None),
    ],
)
def test_looks_like(given: bytes | dict[str, Any], what: str | None) -> None:
    guess = looks_like(given)
    assert (guess.what if guess else None) == what
    assert guess is None or guess.mend


@given(st.binary(max_size=80))
def test_looks_like_never_raises(data: bytes) -> None:
    looks_like(data)


# Values


@pytest.mark.parametrize(
    ("text", "phone"),
    [
        ("tel:+33-1-99-00-12-34", "+33 1 99 00 12 34"),
        ("ask inside; +49 30 901820", "+49 30 901820"),
        ("0000000000, 01 99 00 12 34", "01 99 00 12 34"),
        ("123456789", None),
        (None, None),
    ],
)
def test_usable_phone(text: str | None, phone: str | None) -> None:
    assert usable_phone(text) == phone


def test_values() -> None:
    assert [watts(text) for text in ("22", "3,7", "0", "0.1", "x", None, "22000", 7.4)] == [
        22000, 3700, None, None, None, None, None, 7400,
    ]  # fmt: skip
    assert watts("22", most=4000) is None
    assert [metres(text) for text in ("2,1", 2.125, "0.5", "9", "x")] == [2.1, 2.12, None, None, None]
    assert is_evse_id("DE*ABC*E1") and is_evse_id("+49*810*000*438") and not is_evse_id("DE*ABC*P1")
    assert (shortened("abc", 3), shortened("abcd", 3)) == ("abc", "ab…")


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize(
    "start", [b"", b"[{", b"a,b\n", b"PK\x03\x04"], ids=["zeros", "JSON", "table", "ZIP"]
)
def test_two_gigabytes_are_not_read(tmp_path: Path, reader: str, start: bytes) -> None:
    path = tmp_path / "huge"
    with path.open("wb") as file:
        file.write(start)
        file.truncate(2 * 1024**3)  # takes no room on the disk
    tracemalloc.start()
    findings = Findings()
    found = list(READERS[reader](path, findings))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert not found
    assert {finding.code for finding in findings.errors} <= {"F103", "F104", "F110"}
    assert len(findings.errors) == 1
    assert peak < 50_000_000


def test_what_is_packed_is_bounded(tmp_path: Path) -> None:
    path = tmp_path / "x"
    for data in (b"0123456789", gzip.compress(b"0123456789")):
        path.write_bytes(data)
        with open_unpacked(path) as file:
            assert read_at_most(file, 10) == b"0123456789"
        with open_unpacked(path) as file:
            assert read_at_most(file, 9) is None
        assert start_of(path, 4) == b"0123"
    path.write_bytes(gzip.compress(b"0" * 99)[:-4])
    assert start_of(path, 200) == start_of(tmp_path / "none", 4) == b""
