"""Wrappings of OCPI feeds that are more than text: gzip, pages, and what an import makes of each wrapping.

The wrappings that are text are cases in `cases/ocpi/*.yml`, read by `test_ocpi.py`.
"""

from __future__ import annotations

import gc
import gzip
import json
import weakref
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chargeside.findings import Finding, Findings
from chargeside.importers.ocpi import read_ocpi_file
from chargeside.load import packed, records
from chargeside.load.ocpi import read_feed
from chargeside.load.ocpi_values import KEYS_BY_CAMEL_CASE, looks_swapped
from chargeside.load.records import Records, read_records


def location(name: str, **over: Any) -> dict[str, Any]:
    evse = {
        "uid": "E1",
        "evse_id": f"GB*TST*E{name}",
        "connectors": [{"id": "1", "standard": "IEC_62196_T2"}],
    }
    place = {"latitude": "52.1", "longitude": "-1.5"}
    return {
        "id": name,
        "country_code": "GB",
        "party_id": "TST",
        "country": "GBR",
        "coordinates": place,
        "evses": [evse],
        **over,
    }


def read(folder: Path, data: bytes) -> tuple[list[str], list[Finding]]:
    """Ids of the Locations that were read, and what was found."""
    path = folder / "feed.json"
    path.write_bytes(data)
    findings = Findings()
    return [found.id for found in read_feed(path, "feed.json", {}, findings)], list(findings)


TWO = [location("A"), location("B")]
LINES = "\r\n".join(map(json.dumps, TWO))


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(TWO),
        json.dumps({"data": TWO, "status_code": 1000}),
        json.dumps({"next": None, "items": TWO}),
        LINES,
        f"\ufeff{LINES}\r\n",
        "\n".join(json.dumps({"data": [one]}) for one in TWO),
        "\n".join(json.dumps({"data": one}) for one in TWO),
        "\n".join(json.dumps([one], indent=1) for one in TWO),
    ],
    ids=["list", "envelope", "items", "lines", "lines with BOM", "pages", "objects in data", "lists"],
)
def test_every_wrapping_gives_the_same_plain_and_packed(tmp_path: Path, text: str) -> None:
    plain = text.encode()
    halves = gzip.compress(plain[:50]) + gzip.compress(
        plain[50:]
    )  # two members, as servers that append write them
    for data in (plain, gzip.compress(plain), halves):
        assert read(tmp_path, data) == (["A", "B"], [])
        assert list(read_ocpi_file(tmp_path / "feed.json", Findings())) == TWO


@pytest.mark.parametrize(
    ("data", "code", "line", "message"),
    [
        (gzip.compress(json.dumps(TWO).encode())[:-9], "F104", None, "damaged or cut short"),
        (b"\x1f\x8b rest", "F104", None, "damaged or cut short"),
        (gzip.compress(b"x" * 99)[:20] + b"\xff" * 30, "F104", None, "damaged or cut short"),
        (gzip.compress(b"[]") + b"more", "F104", None, "damaged or cut short"),
        (gzip.compress(gzip.compress(b"[]")), "F103", 1, "gzip twice"),
        (gzip.compress(b"PK\x03\x04rest"), "F103", 1, "ZIP archive"),
        (gzip.compress(b'[\n"\xe9"]'), "F103", 2, "0xe9 is not UTF-8"),
        (gzip.compress(b" \n"), "F102", None, "empty once unpacked"),
        (gzip.compress(b"<html>"), "F104", 1, "an HTML page"),
    ],
    ids=["cut", "no gzip", "damaged", "more behind", "twice", "ZIP", "latin-1", "empty", "HTML"],
)
def test_broken_gzip(tmp_path: Path, data: bytes, code: str, line: int | None, message: str) -> None:
    ids, (finding,) = read(tmp_path, data)
    assert ids == []
    assert (finding.code, finding.line) == (code, line)
    assert message in finding.message


def test_a_gzip_bomb_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "MAX_FEED_BYTES", 100_000)
    bomb = gzip.compress(b"[" + b" " * 50_000_000 + b"]")
    assert len(bomb) < 100_000
    monkeypatch.setattr(packed, "_CHUNK_BYTES", 60_000)
    taken = _count_reads(monkeypatch)
    ids, (finding,) = read(tmp_path, bomb)
    assert ids == []
    assert (finding.code, finding.line) == ("F110", None)
    assert "100000 bytes once unpacked" in finding.message
    assert taken == [60_000, 60_000]


def _count_reads(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    taken: list[int] = []

    class Counting(gzip.GzipFile):
        def read(self, size: int | None = -1) -> bytes:
            data = super().read(size)
            taken.append(len(data))
            return data

    monkeypatch.setattr(packed.gzip, "open", Counting)
    return taken


@pytest.mark.parametrize("ascii_only", [True, False])
def test_an_emoji_is_whole_however_it_is_written(tmp_path: Path, ascii_only: bool) -> None:
    """A pair of surrogate escapes is one character; a lone one is a finding (test_ocpi.py)."""
    one = {**location("A"), "name": "Park \U0001f697"}
    for what in (one, [one], {"data": [one], "status_code": 1000}):
        assert read(tmp_path, json.dumps(what, ensure_ascii=ascii_only).encode()) == (["A"], [])


def test_a_page_that_names_the_next_one_is_said(tmp_path: Path) -> None:
    ids, (finding,) = read(tmp_path, json.dumps({"next": "https://example.org/2", "items": TWO}).encode())
    assert ids == ["A", "B"]
    assert (finding.code, finding.severity) == ("S308", "warning")
    assert "https://example.org/2" in finding.message


def test_two_lists_in_one_envelope_are_both_read(tmp_path: Path) -> None:
    a, b = map(json.dumps, TWO)
    assert read(tmp_path, f'{{"data": [{a}], "data": [{b}]}}'.encode()) == (["A", "B"], [])


def test_places_in_json_lines_are_told(tmp_path: Path) -> None:
    odd = [location("A", country="TRY"), location("B", evses=[])]
    _, found = read(tmp_path, "\n".join(map(json.dumps, odd)).encode())
    assert [(f.code, f.line, f.message.rpartition("[")[2]) for f in found] == [
        ("S304", 1, "0])"),
        ("S301", 2, "1])"),
    ]


def test_import_writes_the_keys_of_ocpi(tmp_path: Path) -> None:
    path = tmp_path / "feed.json"
    camel = {right: key for key, right in KEYS_BY_CAMEL_CASE.items()}
    snake = location("A", postal_code="1", x_own={"helpPhone": "1", "notOurs": 2}, time_zone="Europe/London")
    path.write_text(json.dumps({camel.get(key, key): value for key, value in snake.items()}))
    assert list(read_ocpi_file(path, Findings())) == [{**snake, "x_own": {"help_phone": "1", "notOurs": 2}}]
    assert KEYS_BY_CAMEL_CASE["maxElectricPower"] == "max_electric_power"


def test_a_feed_leaves_memory_when_it_was_read(tmp_path: Path) -> None:
    path = tmp_path / "feed.json"
    path.write_text(json.dumps(TWO))
    gc.disable()
    try:
        found = read_records(path, "feed.json", Findings())
        assert isinstance(found, Records)
        assert len(list(found)) == 2
        gone = weakref.ref(found)
        del found
        assert gone() is None
    finally:
        gc.enable()


@pytest.mark.parametrize(
    ("country", "latitude", "longitude", "swapped"),
    [
        ("DE", 13.4, 52.5, True),
        ("ES", -3.7, 40.4, True),
        ("DE", 52.5, 13.4, False),
        ("FR", -12.8, 45.2, False),
        ("FR", -20.9, 55.5, False),
        ("ES", 28.1, -15.4, False),
        ("DE", 1.0, 2.0, False),
        ("IN", 13.1, 52.5, False),
    ],
)
def test_swapped_in_europe(country: str, latitude: float, longitude: float, swapped: bool) -> None:
    assert looks_swapped(country, latitude, longitude) is swapped


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.binary(max_size=60),
    st.lists(
        st.sampled_from(["{", "}", "[", "]", '"data":', '"items":', '"next":', '"evseId":1', ",", "1", "\n"])
    ),
    st.integers(0, 40),
)
def test_no_bytes_make_the_reader_raise(tmp_path: Path, junk: bytes, parts: list[str], cut: int) -> None:
    text = "".join(parts).encode()
    for data in (
        text,
        gzip.compress(junk),
        gzip.compress(text),
        gzip.compress(text)[:cut],
        b"\x1f\x8b" + junk,
    ):
        _, found = read(tmp_path, data)
        assert found
