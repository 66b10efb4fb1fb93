"""OCPI feeds: what is read, put right, doubted, left out and refused. The cases are in `cases/ocpi/*.yml`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from functools import reduce
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from chargeside.findings import RULES, Findings
from chargeside.importers.feed import feed_bytes
from chargeside.importers.ocpi import read_ocpi_file
from chargeside.load import records
from chargeside.load.ocpi import facts_of, read_feed
from chargeside.load.phone import is_placeholder, tidy_phone
from chargeside.model.countries import ALPHA3, NAMES, alpha2
from chargeside.model.ocpi import Location

CASES = Path(__file__).parent / "cases" / "ocpi"
LOCATION_TYPE = TypeAdapter(Location)
"""Judges the types of all fields, which the dataclass itself does not."""
KINDS = {"IEC_62196_T2": "type2", "IEC_62196_T2_COMBO": "ccs2", "CHADEMO": "chademo"}

CONNECTOR = {
    "id": "1",
    "standard": "IEC_62196_T2",
    "format": "SOCKET",
    "power_type": "AC_3_PHASE",
    "max_voltage": 230,
    "max_amperage": 32,
}
EVSE = {"uid": "E1", "evse_id": "GB*TST*E1", "status": "AVAILABLE", "connectors": [CONNECTOR]}
LOCATION = {
    "country_code": "GB",
    "party_id": "TST",
    "id": "L1",
    "publish": True,
    "name": "Test site",
    "address": "1 Test Street",
    "city": "Testham",
    "country": "GBR",
    "coordinates": {"latitude": "52.1", "longitude": "-1.5"},
    "time_zone": "Europe/London",
    "evses": [EVSE],
}


def laid_over(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in {**below, **above}.items() if value != "DELETE"}


def feed_of(case: Mapping[str, Any]) -> str:
    """The text of the feed of a case: as it stands, or one Location per line from line 2 on."""
    if "feed" in case:
        return str(case["feed"])
    connector = laid_over(CONNECTOR, case.get("connector", {}))
    evse = laid_over({**EVSE, "connectors": [connector]}, case.get("evse", {}))
    location = laid_over({**LOCATION, "evses": [evse]}, case.get("location", {}))
    locations = [laid_over(location, over) for over in case.get("locations", [{}])]
    return "[\n" + ",\n".join(map(json.dumps, locations)) + "\n]\n"


def cases(*names: str) -> list[Any]:
    return [
        pytest.param(case, id=f"{name}: {title}")
        for name in names
        for title, case in yaml.safe_load((CASES / f"{name}.yml").read_text("utf-8")).items()
    ]


def without_common(findings: Findings) -> Findings:
    """Findings without those that nearly every fixture here gives; tests/test_quality.py has them.

    They are notes on what was put right or worked out, and that the Locations of a fixture have equal EVSE IDs.
    """
    rare = Findings()
    for f in findings:
        is_common = f.severity == "note" and f.code in {"S306", "S311", "S312"}
        if not is_common and "stands twice in the file (spelt" not in f.message:
            rare.extend([f])
    return rare


def read(path: Path) -> tuple[tuple[Location, ...], Findings]:
    findings = Findings()
    locations = read_feed(path, "stations/test.json", KINDS, findings)
    return locations, without_common(findings)


def read_text(folder: Path, text: str) -> tuple[tuple[Location, ...], Findings]:
    path = folder / "test.json"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    return read(path)


def value_at(locations: tuple[Location, ...], path: str) -> Any:
    def step(value: Any, name: str) -> Any:
        return value[int(name)] if name.isdigit() else getattr(value, name)

    value = reduce(step, path.split("."), locations)
    return list(value) if isinstance(value, tuple) else value


@pytest.mark.parametrize("case", cases("lenient", "doubtful", "left_out", "refused", "broken"))
def test_reading(case: dict[str, Any], tmp_path: Path) -> None:
    locations, findings = read_text(tmp_path, feed_of(case))
    said = [f"{f.code} {f.severity} {f.line}: {f.message} / {f.mend}" for f in findings]
    expected = case.get("findings", [])
    assert len(said) == len(expected), said
    for code, severity, line, message, mend in expected:
        assert any(
            (f.code, f.severity, f.line, f.path) == (code, severity, line, "stations/test.json")
            and message in f.message
            and mend in f.mend
            for f in findings
        ), (code, severity, line, message, mend, said)
    for path, value in case.get("expect", {}).items():
        assert value_at(locations, path) == value
    if "expect" not in case and "findings" not in case:
        pytest.fail("the case expects nothing")


@pytest.mark.parametrize("case", cases("broken"))
def test_broken_files_give_nothing(case: dict[str, Any], tmp_path: Path) -> None:
    assert read_text(tmp_path, feed_of(case))[0] == ()


@pytest.mark.parametrize("case", cases("facts"))
def test_facts(case: dict[str, Any], tmp_path: Path) -> None:
    locations, _ = read_text(tmp_path, feed_of(case))
    facts = facts_of(locations[0], locations[0].evses[0])
    values = {name: list(f.value) if isinstance(f.value, tuple) else f.value for name, f in facts.items()}
    assert values == case["facts"]
    assert {str(fact.origin) for fact in facts.values()} == {"feed (stations/test.json:2)"}


def test_alike_evses_share_their_facts(tmp_path: Path) -> None:
    twin = {**EVSE, "uid": "E2", "evse_id": "GB*TST*E2"}
    locations, _ = read_text(tmp_path, json.dumps([{**LOCATION, "evses": [EVSE, twin]}]))
    first, second = locations[0].evses
    assert facts_of(locations[0], first) is facts_of(locations[0], second)
    assert first.connectors[0] is second.connectors[0]
    assert first.chargeside is second.chargeside


@pytest.mark.parametrize(
    ("data", "code", "line", "message", "mend"),
    [
        (b'[\n{"name": "\xe9"}]', "F103", 2, "0xe9 is not UTF-8", "save the file as UTF-8"),
        ("[]".encode("utf-16"), "F103", 1, "UTF-16", "save the file as UTF-8"),
        (b"PK\x03\x04rest", "F103", 1, "ZIP archive", "unpack it"),
        (b"[" * 200_000, "F104", 1, "nested too deeply", "fetch the file again"),
        (b'[{"id": "1", "x": ' + b"[" * 200_000 + b"]", "F104", 1, "nested too deeply", "fetch"),
        (b'{"a":' * 100_000, "F104", 1, "nested too deeply", "fetch the file again"),
        (b'[{"id": "1", "x": ' + b"9" * 5000 + b"}]", "F104", 1, "Exceeds the limit", "correct the number"),
        (b'[{"id": "1\x00"}]', "F104", 1, "Invalid control character", "check commas"),
    ],
    ids=["latin-1", "utf-16", "zip", "deep list", "deep value", "deep object", "long number", "NUL"],
)
def test_broken_bytes(tmp_path: Path, data: bytes, code: str, line: int, message: str, mend: str) -> None:
    path = tmp_path / "test.json"
    path.write_bytes(data)
    locations, findings = read(path)
    assert locations == ()
    (finding,) = findings
    assert (finding.code, finding.line) == (code, line)
    assert message in finding.message
    assert mend in finding.mend


@pytest.mark.parametrize("depth", [900, 960, 980, 990, 995])
def test_depth_at_the_edge_of_the_stack(tmp_path: Path, depth: int) -> None:
    value = "[" * depth + "]" * depth
    text = f'[{{"id": "1", "chargeside": {value}, "evses": [{{"capabilities": {value}, "connectors": {value}}}]}}]'
    assert read_text(tmp_path, text)[0] == ()


def test_byte_order_mark_is_no_harm(tmp_path: Path) -> None:
    locations, findings = read_text(tmp_path, "\ufeff" + json.dumps([LOCATION]))
    assert len(locations) == 1
    assert not findings.errors


def test_missing_and_unreadable_files(tmp_path: Path) -> None:
    for path in (tmp_path / "none.json", tmp_path):
        locations, findings = read(path)
        assert locations == ()
        assert [finding.code for finding in findings] == ["F101"]


def test_too_large_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "MAX_FEED_BYTES", 10)
    locations, findings = read_text(tmp_path, json.dumps([LOCATION]))
    assert locations == ()
    assert [finding.code for finding in findings] == ["F110"]


def test_many_mistakes_of_a_kind_are_counted(tmp_path: Path) -> None:
    broken = [{**LOCATION, "id": f"../{n}"} for n in range(500)]
    odd = [{**LOCATION, "id": str(n), "evses": [{**EVSE, "status": f"S{n}"}]} for n in range(500)]
    locations, findings = read_text(tmp_path, json.dumps(broken + odd))
    assert len(locations) == 500
    assert len(findings) == 42
    assert sum("480" in finding.message for finding in findings) == 2


def test_every_rule_used_is_known() -> None:
    from chargeside.load.ocpi_kinds import KINDS as USED

    assert {kind.code for kind in USED.values()} <= RULES.keys()
    assert all(kind.mend for kind in USED.values())


# Countries and phone numbers


def test_countries_are_complete() -> None:
    assert len(NAMES) == len(ALPHA3) == 249
    assert set(ALPHA3.values()) == set(NAMES)
    assert all(name and name == name.strip() for name in NAMES.values())
    assert [alpha2(text) for text in ("FRA", "gbr", " de ", "UK", "Ireland", "XKX")] == [
        "FR",
        "GB",
        "DE",
        "GB",
        "IE",
        "XK",
    ]
    assert [alpha2(text) for text in ("", "TRY", "Polska", "ZZ", "ZZZ")] == [None] * 5


@pytest.mark.parametrize(
    ("text", "tidy"),
    [
        ("tel:+33-1-99-00-12-34", "+33 1 99 00 12 34"),
        ("tel:+44-808-157-0123;ext=1", "+44 808 157 0123"),
        ("0808 157 0123", "0808 157 0123"),
        ("+33.1.99.00.12.34", "+33 1 99 00 12 34"),
        ("112", "112"),
        ("(512) 555-0123", "(512) 555-0123"),
        ("+49 (0)30 23125 000", "+49 (0)30 23125 000"),
        ("(512 555-0123", None),
        ("()", None),
        ("call us", None),
        ("<b>1</b>", None),
        ("", None),
        ("+" + "1" * 40, None),
    ],
)
def test_tidy_phone(text: str, tidy: str | None) -> None:
    assert tidy_phone(text) == tidy


def test_placeholder_phones() -> None:
    assert all(
        map(is_placeholder, ("+33 1 00 00 00 00", "+33 123456789", "0123456789", "1111111111", "000000"))
    )
    assert not any(
        map(
            is_placeholder,
            ("+33 1 99 00 12 34", "+44 808 157 0123", "112", "0800 1234567", "+33 805 03 51 00"),
        )
    )


# Feeds that Chargeside writes


def test_feed_is_one_location_per_line_whatever_the_order() -> None:
    locations = [{**LOCATION, "id": f"L{n}", "name": "Étang\u2028x"} for n in (3, 1, 2)]
    data = feed_bytes(locations, "a source")
    assert data == feed_bytes(reversed(locations), "a source")
    lines = data.decode().split("\n")
    assert len(lines) == 6
    assert [json.loads(line.rstrip(","))["id"] for line in lines[1:4]] == ["L1", "L2", "L3"]
    assert json.loads(data)["source"] == "a source"
    assert json.loads(feed_bytes([], "none")) == {"source": "none", "data": []}


def test_import_keeps_every_field(tmp_path: Path) -> None:
    raw = [
        {**LOCATION, "x_own": [1, {"a": None}], "evses": [{**EVSE, "status": "charging "}]},
        {**LOCATION, "id": "P", "publish": False},
    ]
    path = tmp_path / "in.json"
    path.write_text(json.dumps({"data": raw}))
    findings = Findings()
    assert list(read_ocpi_file(path, findings)) == raw
    assert [finding.code for finding in without_common(findings)] == ["S305"]
    path.write_bytes(feed_bytes(raw, "again"))
    assert list(read_ocpi_file(path, findings)) == raw
    path.write_text('[{"id": "../x"}]')
    assert list(read_ocpi_file(path, findings)) == [{"id": "../x"}]
    assert findings.errors


# Property: no input makes the reader raise


def _ocpi_like(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    keys = st.sampled_from(
        [
            "id",
            "uid",
            "evse_id",
            "publish",
            "country",
            "country_code",
            "party_id",
            "coordinates",
            "latitude",
            "longitude",
            "evses",
            "connectors",
            "standard",
            "format",
            "power_type",
            "max_voltage",
            "max_amperage",
            "max_electric_power",
            "status",
            "capabilities",
            "chargeside",
            "payment",
            "parking",
            "parking_places",
            "parking_id",
            "evse_position",
            "physical_reference",
            "directions",
            "text",
            "language",
            "help_phone",
            "name",
            "operator",
            "data",
            "status_code",
        ]
    )
    return st.lists(values, max_size=3) | st.dictionaries(keys, values, max_size=8)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(
        ["IEC_62196_T2", "AC_3_PHASE", "../x", "DC", "GBR", "yes", "REMOVED", "{}", "{0}", "\ud800", "٣", "²"]
    ),
    _ocpi_like,
    max_leaves=25,
)


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(JSON, JSON, JSON, JSON)
def test_reader_never_raises_on_json(
    tmp_path: Path, whole: Any, location: Any, evse: Any, connector: Any
) -> None:
    def over(base: dict[str, Any], odd: Any) -> Any:
        return {**base, **odd} if isinstance(odd, dict) else odd

    nested = over(
        {**LOCATION, "evses": [over({**EVSE, "connectors": [over(CONNECTOR, connector)]}, evse)]}, location
    )
    for value in (whole, [nested, nested], {"data": [nested]}, {"data": nested}):
        locations, findings = read_text(tmp_path, json.dumps(value))
        assert locations or len(findings)
        for found in locations:
            assert found.country
            assert found.evses
            for one in found.evses:
                assert one.uid
                assert one.connectors
                facts = facts_of(found, one)
                assert facts["country"].value == found.country
            LOCATION_TYPE.validate_python(asdict(found))


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.binary(max_size=200)
    | st.text(alphabet='[]{}",:0123456789.eE+-\\ud tnufalsr\n \x00é', max_size=80).map(str.encode)
)
def test_reader_never_raises_on_bytes(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "test.json"
    path.write_bytes(data)
    _, findings = read(path)
    assert len(findings)


# Property: a damaged file never passes for a whole one


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(min_value=1, max_value=5), st.data())
def test_every_cut_is_noticed(tmp_path: Path, count: int, data: st.DataObject) -> None:
    whole = feed_bytes([{**LOCATION, "id": f"L{n}"} for n in range(count)], "test").rstrip()
    cut = whole[: data.draw(st.integers(min_value=1, max_value=len(whole) - 1))]
    path = tmp_path / "test.json"
    path.write_bytes(cut)
    locations, findings = read(path)
    assert locations == ()
    assert findings.errors


# Real examples


@pytest.mark.data
@pytest.mark.parametrize("version", ["2.2.1-d2", "2.3.0"])
def test_examples_of_the_specification(shared_data: Path, version: str) -> None:
    examples = sorted((shared_data / "ocpi" / version).glob("location_example*.json"))
    assert len(examples) == 6
    shown = 0
    for path in examples:
        locations, findings = read(path)
        published = json.loads(path.read_text("utf-8"))["publish"]
        assert len(locations) == (1 if published else 0)
        assert [finding.code for finding in findings] == ([] if published else ["S305"])
        shown += len(locations)
    assert shown == 3


@pytest.mark.data
def test_parking_of_the_specification(shared_data: Path) -> None:
    ((location,), _) = read(shared_data / "ocpi" / "2.3.0" / "location_example.json")
    assert [evse.bay for evse in location.evses] == ["B1 / B2", "B2 / B3"]
    assert [evse.position for evse in location.evses] == [None, None]
    assert location.evses[0].connectors[0].max_electric_power == 10560


@pytest.mark.data
def test_other_json_is_told_apart(shared_data: Path) -> None:
    others = [
        path for path in sorted(shared_data.rglob("*.json")) if not path.name.startswith("location_example")
    ]
    others += sorted(shared_data.rglob("*.geojson"))
    assert len(others) > 40
    for path in others:
        locations, findings = read(path)
        assert locations == ()
        assert findings.errors, path.name


# The demo operator


def test_demo_feed(root: Path) -> None:
    locations, findings = read(root / "station_kits" / "demo" / "stations" / "demo.json")
    assert [finding.code for finding in findings] == ["S305"]
    assert len(locations) == 7
    assert {location.country for location in locations} == {"GB", "FR"}
    left, _ = read(root / "station_kits" / "demo" / "left" / "demo.json")
    assert not {location.id for location in left} & {location.id for location in locations}
