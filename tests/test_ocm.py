"""Open Charge Map to OCPI: verbose and compact records, licences, doubts, bad files, and real data."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chargeside.findings import Findings
from chargeside.importers.common import MAX_EVSES
from chargeside.importers.feed import feed_bytes
from chargeside.importers.ocm import read_ocm
from chargeside.load.ocpi import read_feed

KINDS = {"IEC_62196_T2": "type2", "IEC_62196_T2_COMBO": "ccs2", "CHADEMO": "chademo", "SAE_J3400": "nacs"}
TYPE2 = {"ID": 5, "ConnectionTypeID": 25, "Quantity": 2, "PowerKW": 22, "CurrentTypeID": 20}
ADDRESS = {
    "Title": "Example Square",
    "AddressLine1": "1 Example Street",
    "Town": "Exampletown",
    "Postcode": "1000",
    "Country": {"ISOCode": "CH", "ID": 9},
    "Latitude": 46.5,
    "Longitude": 6.25,
    "ContactTelephone1": "(022) 555 01 23",
    "AccessComments": "Open 24 hours.",
}
PROVIDER = {"ID": 1, "Title": "Open Charge Map Contributors", "License": "CC BY 4.0"}
REFERENCE = {
    "Countries": [{"ID": 9, "ISOCode": "CH", "Title": "Switzerland"}],
    "DataProviders": [PROVIDER],
    "Operators": [{"ID": 7, "Title": "Example Operator", "PhonePrimaryContact": "+41 22 555 01 99"}],
    "ConnectionTypes": [{"ID": 31, "Title": "Battery Swap"}],
    "SubmissionStatusTypes": [{"ID": 1, "IsLive": False}, {"ID": 200, "IsLive": True}],
    "UsageTypes": [{"ID": 2, "Title": "Private - Restricted Access"}],
}


def poi(number: object = 1, connection: dict[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
    """A verbose record; `connection` is laid over a Type 2 socket."""
    raw = {"ID": number, "DataProvider": PROVIDER, "AddressInfo": ADDRESS, "Connections": [TYPE2]}
    if connection is not None:
        raw["Connections"] = [{**TYPE2, **connection}]
    return {**raw, **fields}


def compact(number: int = 1, **fields: Any) -> dict[str, Any]:
    raw = poi(number, DataProviderID=1, **fields)
    del raw["DataProvider"]
    address = {key: value for key, value in ADDRESS.items() if key not in {"Country", "ContactTelephone1"}}
    return {**raw, "AddressInfo": {**address, "CountryID": 9}}


def read(folder: Path, data: object, reference: object = None) -> tuple[list[dict[str, Any]], Findings]:
    path = folder / "ocm.json"
    path.write_bytes(data if isinstance(data, bytes) else json.dumps(data, ensure_ascii=False).encode())
    lists = None
    if reference is not None:
        lists = folder / "reference.json"
        lists.write_text(json.dumps(reference), "utf-8")
    findings = Findings()
    return read_ocm(path, findings, lists), findings


def said(findings: Findings) -> str:
    return "\n".join(f"{finding.code} {finding.message}" for finding in findings)


def connector(
    folder: Path, connection: dict[str, Any], country: str = "CH"
) -> tuple[dict[str, Any], Findings]:
    address = {**ADDRESS, "Country": {"ISOCode": country}}
    (location,), findings = read(folder, [poi(connection=connection, AddressInfo=address)])
    found = location["evses"][0]["connectors"][0]
    return {key: found[key] for key in found if key not in {"id", "last_updated"}}, findings


def test_a_record_becomes_a_location(tmp_path: Path) -> None:
    record = poi(
        4343,
        DateLastStatusUpdate="2026-01-02T03:04:05.678Z",
        UsageCost="Free",
        OperatorInfo={"ID": 7, "Title": "Example"},
    )
    (location,), findings = read(tmp_path, [record])
    assert not len(findings)
    now = {"last_updated": "2026-01-02T03:04:05Z"}
    plug = {
        "standard": "IEC_62196_T2",
        "format": "SOCKET",
        "power_type": "AC_3_PHASE",
        "max_electric_power": 22000,
    }
    assert location == {
        "country_code": "CH",
        "party_id": "OCM",
        "id": "ocm-4343",
        "publish": True,
        "name": "Example Square",
        "address": "1 Example Street",
        "city": "Exampletown",
        "postal_code": "1000",
        "country": "CHE",
        "coordinates": {"latitude": "46.500000", "longitude": "6.250000"},
        "evses": [
            {"uid": f"ocm-4343-5-{number}", "status": "UNKNOWN", "connectors": [{"id": "1", **plug, **now}], **now}
            for number in (1, 2)
        ],
        "operator": {"name": "Example"},
        "opening_times": {"twentyfourseven": True},
        "chargeside": {
            "payment": {"free": "yes"},
            "help_phone": "022 555 01 23",
            "source": "Open Charge Map Contributors",
            "licence": "CC BY 4.0",
        },
        **now,
    }  # fmt: skip


def test_camel_case_is_the_same(tmp_path: Path) -> None:
    def camel(value: Any) -> Any:
        if isinstance(value, list):
            return [camel(member) for member in value]
        if not isinstance(value, dict):
            return value
        names = {"ID": "id", "ISOCode": "isoCode", "UUID": "uuid"}
        return {names.get(key, key[0].lower() + key[1:]): camel(member) for key, member in value.items()}

    assert read(tmp_path, [camel(poi())])[0] == read(tmp_path, [poi()])[0]


def test_compact_records_need_the_reference_lists(tmp_path: Path) -> None:
    records = [
        compact(1, OperatorID=7, SubmissionStatusTypeID=200),
        compact(2, SubmissionStatusTypeID=1),
        compact(3, UsageTypeID=2, OperatorID=8, connection={"ConnectionTypeID": 31}),
    ]
    (first, third), findings = read(tmp_path, records, REFERENCE)
    assert (first["country"], first["operator"]["name"]) == ("CHE", "Example Operator")
    assert first["chargeside"] == {
        "help_phone": "+41 22 555 01 99",
        "source": "Open Charge Map Contributors",
        "licence": "CC BY 4.0",
    }
    assert (third["publish"], third["evses"][0]["connectors"][0]["standard"]) == (False, "Battery Swap")
    for words in ("submission is not live", "UsageType Private - Restricted Access", "OperatorID 8 is not"):
        assert words in said(findings)
    locations, findings = read(tmp_path, records)
    assert locations == []
    assert [finding.code for finding in findings.errors] == ["S309"]
    assert any("--reference" in finding.mend for finding in findings if finding.code == "S308")


def test_licence_is_that_of_the_record(tmp_path: Path) -> None:
    other = {"Title": "Example Register", "License": "Example Licence", "IsOpenDataLicensed": False}
    (first, second, third), findings = read(
        tmp_path, [poi(1), poi(2, DataProvider=other), poi(3, DataProvider=None)]
    )
    assert first["chargeside"]["licence"] == "CC BY 4.0"
    assert second["chargeside"]["licence"] == "Example Licence"
    assert second["chargeside"]["source"] == "Open Charge Map: Example Register"
    assert "licence" not in third["chargeside"]
    assert "(Example Register) says that the data is not open" in said(findings)
    assert "names no licence (1 record, first at [2])" in said(findings)


@pytest.mark.parametrize(
    ("country", "connection", "expected"),
    [
        ("CH", {"ConnectionTypeID": 1036}, ("IEC_62196_T2", "CABLE")),
        ("CH", {"ConnectionTypeID": 33}, ("IEC_62196_T2_COMBO", "CABLE")),
        ("CH", {"ConnectionTypeID": 27}, ("IEC_62196_T2", "CABLE")),
        ("US", {"ConnectionTypeID": 27}, ("SAE_J3400", "CABLE")),
        ("CH", {"ConnectionTypeID": 35, "Amps": 32}, ("IEC_60309_2_three_32", "SOCKET")),
        ("CH", {"ConnectionTypeID": 35}, ("Open Charge Map connection type 35", None)),
        ("CH", {"ConnectionTypeID": 99, "ConnectionType": {"Title": "New Plug"}}, ("New Plug", None)),
        ("CH", {"ConnectionTypeID": None, "ConnectionType": {"ID": 2}}, ("CHADEMO", "CABLE")),
        ("CH", {"ConnectionTypeID": 0}, (None, None)),
        ("CH", {"ConnectionTypeID": None}, (None, None)),
    ],
)
def test_plugs(
    tmp_path: Path, country: str, connection: dict[str, Any], expected: tuple[str | None, str | None]
) -> None:
    found, _ = connector(tmp_path, connection, country)
    assert (found.get("standard"), found.get("format")) == expected


@pytest.mark.parametrize(
    ("connection", "expected", "word"),
    [
        ({"PowerKW": "7,4", "CurrentTypeID": 10}, {"power_type": "AC_1_PHASE", "max_electric_power": 7400}, ""),
        ({"PowerKW": 50000}, {"power_type": "AC_3_PHASE"}, "PowerKW"),
        ({"PowerKW": 0, "CurrentTypeID": None}, {}, ""),
        ({"PowerKW": None, "Amps": 32, "Voltage": 400}, {"power_type": "AC_3_PHASE", "max_voltage": 400, "max_amperage": 32}, ""),
        ({"PowerKW": None, "Amps": -1, "Voltage": 40000}, {"power_type": "AC_3_PHASE"}, "Voltage cannot be right"),
    ],
)  # fmt: skip
def test_power(tmp_path: Path, connection: dict[str, Any], expected: dict[str, Any], word: str) -> None:
    found, findings = connector(tmp_path, connection)
    assert found == {"standard": "IEC_62196_T2", "format": "SOCKET", **expected}
    assert word in said(findings) and (word or not len(findings))


@pytest.mark.parametrize(
    ("fields", "count", "word"),
    [
        ({"connection": {"Quantity": None}}, 1, "S306 Quantity is missing"),
        ({"connection": {"Quantity": 0}}, 1, "S306 Quantity is missing"),
        ({"connection": {"Quantity": 999999}}, MAX_EVSES, "S308 more than 200 plugs"),
        ({"Connections": [], "NumberOfPoints": 3}, 3, "S306 no Connections"),
        ({"Connections": None, "NumberOfPoints": 10**9}, MAX_EVSES, "S308 more than 200 plugs"),
        ({"Connections": [TYPE2, TYPE2]}, 4, ""),
        ({"Connections": [TYPE2, {**TYPE2, "ID": 6, "StatusTypeID": 200}]}, 2, "S305 planned or removed"),
        ({"Connections": [TYPE2, "x"]}, 2, "S308 a Connection that is no object"),
    ],
)
def test_number_of_evses(tmp_path: Path, fields: dict[str, Any], count: int, word: str) -> None:
    (location,), findings = read(tmp_path, [poi(**fields)])
    assert len({evse["uid"] for evse in location["evses"]}) == len(location["evses"]) == count
    assert word in said(findings) and (word or not len(findings))


def test_status_and_reference(tmp_path: Path) -> None:
    record = poi(connection={"StatusTypeID": 100, "Quantity": 1, "Reference": "CH*ABC*E1"})
    (evse,) = read(tmp_path, [record])[0][0]["evses"]
    assert (evse["status"], evse["evse_id"]) == ("OUTOFORDER", "CH*ABC*E1")
    (first, _) = read(tmp_path, [poi(connection={"Reference": "CH*ABC*E1"}, StatusTypeID=10)])[0][0]["evses"]
    assert first["status"] == "UNKNOWN" and "evse_id" not in first


@pytest.mark.parametrize(
    ("record", "word"),
    [
        (poi(2, StatusTypeID=150), "S305 planned for later"),
        (poi(2, StatusType={"ID": 200}), "S305 removed, or listed twice"),
        (poi(2, StatusTypeID=210), "S305 removed, or listed twice"),
        (poi(2, SubmissionStatus={"IsLive": False}), "S305 the submission is not live"),
        (poi(2, connection={"StatusTypeID": 150}), "S308 each of its Connections"),
        (poi(2, AddressInfo={**ADDRESS, "Country": None}), "S308 neither Country nor a CountryID"),
        (poi(None), "S308 no ID"),
        (poi(1), "S308 the same ID"),
        ("x", "S308 no record of Open Charge Map"),
        ({"ID": 2}, "S308 no record of Open Charge Map"),
    ],
)
def test_left_out_and_counted(tmp_path: Path, record: object, word: str) -> None:
    locations, findings = read(tmp_path, [poi(1), record])
    assert [location["id"] for location in locations] == ["ocm-1"]
    assert re.search(rf"{re.escape(word)}.*\(1 record, first at \[1\]\)", said(findings))


@pytest.mark.parametrize("usage", [2, 3, 6])
def test_private_is_not_published(tmp_path: Path, usage: int) -> None:
    (location,), findings = read(tmp_path, [poi(UsageTypeID=usage)])
    assert location["publish"] is False
    assert f"UsageType {usage}: kept with publish false" in said(findings)


@pytest.mark.parametrize(
    ("usage", "access"),
    [
        (0, None),
        (1, "public"),
        (2, "restricted"),
        (3, "restricted"),
        (4, None),
        (5, "public"),
        (6, "restricted"),
        (7, None),
    ],
)
def test_who_may_charge(tmp_path: Path, usage: int, access: str | None) -> None:
    (location,), _ = read(tmp_path, [poi(UsageTypeID=usage)])
    assert location["chargeside"].get("access") == access


def test_doubtful_fields_are_left_out_and_said(tmp_path: Path) -> None:
    address = {
        **ADDRESS,
        "Latitude": 0,
        "Longitude": 0,
        "ContactTelephone1": "0000000",
        "AccessComments": "ask",
    }
    (location,), findings = read(tmp_path, [poi(AddressInfo=address)])
    assert not {"coordinates", "opening_times"} & location.keys()
    assert "help_phone" not in location["chargeside"]
    for words in ("no usable coordinates", "AccessComments", "phone number"):
        assert words in said(findings)


@pytest.mark.parametrize(
    ("data", "code", "word"),
    [
        (b"", "F102", "empty"),
        (b"<html>", "F104", "HTML"),
        (b'[{"ID": 1', "F104", "breaks off"),
        (b'{"type": "FeatureCollection", "features": []}', "F104", "GeoJSON"),
        (b'[{"id": "1", "country_code": "FR", "evses": []}]', "F104", "OCPI"),
        (json.dumps({**REFERENCE, "StatusTypes": []}).encode(), "F104", "the reference lists"),
        (b"[]", "S309", "no usable station among 0 records"),
        (b'[{"ID": NaN}]', "F104", "NaN"),
        (b"[" * 100_000, "F104", "nested too deeply"),
    ],
)
def test_bad_files(tmp_path: Path, data: bytes, code: str, word: str) -> None:
    locations, findings = read(tmp_path, data)
    assert (locations, [finding.code for finding in findings.errors]) == ([], [code])
    assert word in said(findings)


@pytest.mark.parametrize("reference", [[], {}, {"Countries": [1, {"ID": "x"}]}, [poi()], "x"])
def test_bad_reference_lists(tmp_path: Path, reference: object) -> None:
    locations, findings = read(tmp_path, [poi()], reference)
    assert locations == []
    assert {finding.code for finding in findings.errors} <= {"F104", "F108"} and findings.errors


SCALAR = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
TEXT = st.sampled_from(["CH", "2", "²", "24/7", "../x", "Free", "0"]) | st.text(
    st.characters(exclude_categories=["Cs"]), max_size=8
)
VALUE = st.recursive(
    SCALAR | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
SMALL = st.sampled_from([0, 1, 2, 7, 25, 27, 30, 35, 100, 150, 200, 1036])


def laid_over(base: dict[str, Any], *more: str) -> st.SearchStrategy[dict[str, Any]]:
    names = st.sampled_from([*base, *more])
    return st.dictionaries(names, VALUE | SMALL, max_size=4).map(lambda odd: {**base, **odd})


CONNECTION = laid_over(TYPE2, "Amps", "Voltage", "Reference", "ConnectionType", "StatusTypeID", "StatusType")
RECORD = laid_over(
    poi(), "OperatorInfo", "OperatorID", "StatusTypeID", "UsageTypeID", "UsageCost", "NumberOfPoints", "DateCreated",
    "SubmissionStatus",
)  # fmt: skip
ODD = st.builds(
    lambda record, address, connections: {"AddressInfo": address, "Connections": connections} | record,
    RECORD | st.builds(dict, ID=st.integers(1, 3)),
    laid_over(ADDRESS, "AddressLine2", "CountryID"),
    st.lists(CONNECTION | VALUE, max_size=3),
)


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(ODD | VALUE, max_size=4))
def test_no_record_disappears_without_a_word(tmp_path: Path, records: list[Any]) -> None:
    locations, findings = read(tmp_path, records)
    gone = sum(
        int(match.group(1))
        for finding in findings
        if finding.code in {"S305", "S308"}
        and "kept with" not in finding.message
        and "more than" not in finding.message
        if (match := re.search(r"\((\d+) records?, first at", finding.message))
    )
    assert len(locations) + gone == len(records)
    feed = tmp_path / "feed.json"
    feed.write_bytes(feed_bytes(locations, "ocm"))
    again = Findings()
    read_back = read_feed(feed, "feed.json", KINDS, again)
    assert all(finding.code == "S309" for finding in again.errors)
    assert len(read_back) == sum(location["publish"] for location in locations)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300), VALUE)
def test_never_raises_on_bytes(tmp_path: Path, data: bytes, reference: object) -> None:
    read(tmp_path, data)
    read(tmp_path, [poi()], reference)


@pytest.mark.data
def test_real_data(shared_data: Path, tmp_path: Path) -> None:
    source, lists = (
        shared_data / "ocm" / "ocm_austin_2026-02.json",
        shared_data / "ocm" / "reference_2021.json",
    )
    findings = Findings()
    locations = read_ocm(source, findings)
    assert not findings.errors
    assert "planned for later: it is left out (3 records" in said(findings)
    assert (len(locations), sum(len(location["evses"]) for location in locations)) == (684 - 3, 2078)
    assert sum("CC BY 4.0" in location["chargeside"]["licence"] for location in locations) == 61
    feed = tmp_path / "ocm.json"
    feed.write_bytes(feed_bytes(locations, source.name))
    again = Findings()
    assert len(read_feed(feed, "ocm.json", KINDS, again)) == 671
    assert not again.errors

    records = json.loads(source.read_text("utf-8"))
    for record in records:
        for name in ("DataProvider", "OperatorInfo", "UsageType", "StatusType", "SubmissionStatus"):
            record.pop(name, None)
        del record["AddressInfo"]["Country"]
        for part in record["Connections"]:
            for name in ("ConnectionType", "CurrentType", "Level", "StatusType"):
                part.pop(name, None)
    short = tmp_path / "compact.json"
    short.write_text(json.dumps(records), "utf-8")
    from_compact = read_ocm(short, Findings(), lists)
    assert [location["evses"] for location in from_compact] == [location["evses"] for location in locations]
    assert {location["country"] for location in from_compact} == {"USA"}
