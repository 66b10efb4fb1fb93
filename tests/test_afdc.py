"""The US register of alternative fuel stations (AFDC) to OCPI: CSV and JSON, ports and plugs, doubts, bad files."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chargeside.findings import Findings
from chargeside.importers.afdc import read_afdc
from chargeside.importers.feed import feed_bytes
from chargeside.load.ocpi import facts_of, read_feed

KINDS = {"IEC_62196_T1": "type1", "IEC_62196_T1_COMBO": "ccs1", "CHADEMO": "chademo", "SAE_J3400": "nacs"}

ROW = {
    "Fuel Type Code": "ELEC",
    "Station Name": "Example Garage",
    "Street Address": "1 Example St",
    "Intersection Directions": "Level 2",
    "City": "Sampletown",
    "State": "NY",
    "ZIP": "10001",
    "Station Phone": "888-555-0123",
    "Status Code": "E",
    "Groups With Access Code": "Public",
    "Access Days Time": "24 hours daily",
    "Cards Accepted": "",
    "EV Level1 EVSE Num": "",
    "EV Level2 EVSE Num": "2",
    "EV DC Fast Count": "",
    "EV Network": "Example Network",
    "Latitude": "40.75",
    "Longitude": "-73.99",
    "ID": "1",
    "Updated At": "2025-02-12 00:16:32 UTC",
    "EV Connector Types": "J1772",
    "Country": "US",
    "Access Code": "public",
    "Restricted Access": "",
    "Facility Type": "PARKING_GARAGE",
    "EV Pricing": "",
}
STATION = {
    "fuel_type_code": "ELEC",
    "station_name": "Example Garage",
    "street_address": "1 Example St",
    "intersection_directions": "Level 2",
    "city": "Sampletown",
    "state": "NY",
    "zip": "10001",
    "station_phone": "888-555-0123",
    "status_code": "E",
    "groups_with_access_code": "Public",
    "access_days_time": "24 hours daily",
    "cards_accepted": None,
    "ev_level1_evse_num": None,
    "ev_level2_evse_num": 2,
    "ev_dc_fast_num": None,
    "ev_network": "Example Network",
    "latitude": 40.75,
    "longitude": -73.99,
    "id": 1,
    "updated_at": "2025-02-12T00:16:32Z",
    "ev_connector_types": ["J1772"],
    "country": "US",
    "access_code": "public",
    "facility_type": "PARKING_GARAGE",
    "ev_pricing": None,
}


def read(
    folder: Path, data: str | bytes, only_operator: str | None = None
) -> tuple[list[dict[str, Any]], Findings]:
    path = folder / "register"
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    findings = Findings()
    return read_afdc(path, findings, only_operator), findings


def table(*rows: dict[str, str]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(ROW))
    writer.writeheader()
    writer.writerows({**ROW, "ID": str(n + 1), **row} for n, row in enumerate(rows))
    return out.getvalue()


def workbook(*rows: Sequence[str]) -> bytes:
    book = openpyxl.Workbook()
    for cells in rows:
        book.active.append(list(cells))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def messages(findings: Findings) -> str:
    return "\n".join(f"{finding.code} {finding.line} {finding.message}" for finding in findings)


@pytest.mark.parametrize(
    "data",
    [
        table({}),
        "\ufeff" + table({}),
        gzip.compress(table({}).encode()),
        json.dumps({"total_results": 1, "fuel_stations": [STATION]}),
        json.dumps({"alt_fuel_station": STATION}),
        json.dumps([STATION]),
        gzip.compress(json.dumps([STATION]).encode()),
        workbook([*ROW], [*ROW.values()]),
    ],
    ids=["CSV", "BOM", "gzip", "API", "one", "list", "list, packed", "XLSX"],
)
def test_every_form_gives_the_same(tmp_path: Path, data: str | bytes) -> None:
    (location,), findings = read(tmp_path, data)
    assert not len(findings)
    when = {"last_updated": "2025-02-12T00:16:32Z"}
    plug = {
        "id": "1",
        "power_type": "AC_1_PHASE",
        "standard": "IEC_62196_T1",
        "format": "CABLE",
        **when,
    }
    assert location == {
        "country_code": "US",
        "party_id": "XXX",
        "id": "1",
        "publish": True,
        "name": "Example Garage",
        "address": "1 Example St",
        "city": "Sampletown",
        "postal_code": "10001",
        "state": "NY",
        "country": "USA",
        "coordinates": {"latitude": "40.750000", "longitude": "-73.990000"},
        "parking_type": "PARKING_GARAGE",
        "evses": [
            {"uid": "1-L2-1", "status": "UNKNOWN", "connectors": [plug], **when},
            {"uid": "1-L2-2", "status": "UNKNOWN", "connectors": [plug], **when},
        ],
        "directions": [{"language": "en", "text": "Level 2"}],
        "operator": {"name": "Example Network"},
        "opening_times": {"twentyfourseven": True},
        "chargeside": {
            "access": "public",
            "help_phone": "888-555-0123",
            "source": "US DOE / NREL AFDC",
            "licence": "any purpose",
        },
        **when,
    }


@pytest.mark.parametrize(
    ("ports", "types", "expected", "said"),
    [
        # level 1, level 2, DC
        ("0 0 2", "CHADEMO", {"DC-1": ["CHADEMO"], "DC-2": ["CHADEMO"]}, ""),
        ("0 0 1", "CHADEMO J1772COMBO", {"DC-1": ["CHADEMO", "IEC_62196_T1_COMBO"]}, ""),
        (
            "0 0 4",
            "CHADEMO J1772COMBO",
            {"DC-CHADEMO": ["CHADEMO"], "DC-J1772COMBO": ["IEC_62196_T1_COMBO"]},
            "one EVSE for each type",
        ),
        ("0 1 1", "J1772 J1772COMBO", {"L2-1": ["IEC_62196_T1"], "DC-1": ["IEC_62196_T1_COMBO"]}, ""),
        ("0 1 1", "TESLA J1772", {"L2-1": ["IEC_62196_T1"], "DC-1": ["SAE_J3400"]}, ""),
        ("1 1 0", "J1772 NEMA520", {"L1-1": ["NEMA_5_20"], "L2-1": ["IEC_62196_T1"]}, ""),
        (
            "0 1 1",
            "J1772 J1772COMBO J3400",
            {"L2-1": ["IEC_62196_T1"], "DC-1": ["IEC_62196_T1_COMBO"], "J3400": ["SAE_J3400"]},
            "connector type J3400 fits none of the levels, or several",
        ),
        ("0 0 1", "J1772", {"DC-1": [None], "J1772": ["IEC_62196_T1"]}, "a level without connector type"),
        ("0 1 0", "NEWPLUG", {"L2-1": ["NEWPLUG"]}, 'connector type "NEWPLUG" is not known'),
        ("0 2 0", "", {"L2-1": [None], "L2-2": [None]}, "a level without connector type"),
        ("0 0 0", "NEMA515", {"NEMA515": ["DOMESTIC_B"]}, "an EVSE of its own"),
        ("0 0 0", "", {"1": [None]}, "neither ports nor connector types"),
        ("x 1 0", "J1772", {"L2-1": ["IEC_62196_T1"]}, 'number of ports "x" cannot be right'),
        ("9999 1 0", "NEMA1450", {"L2-1": ["NEMA_14_50"]}, 'number of ports "9999" cannot be right'),
    ],
)
def test_ports(
    tmp_path: Path, ports: str, types: str, expected: dict[str, list[str | None]], said: str
) -> None:
    columns = ("EV Level1 EVSE Num", "EV Level2 EVSE Num", "EV DC Fast Count")
    row = {**dict(zip(columns, ports.split(), strict=True)), "EV Connector Types": types}
    (location,), findings = read(tmp_path, table(row))
    found = {evse["uid"][2:]: [c.get("standard") for c in evse["connectors"]] for evse in location["evses"]}
    assert found == expected
    assert said in messages(findings)
    assert bool(len(findings)) == bool(said)


@pytest.mark.parametrize(
    ("row", "capabilities", "payment", "brands"),
    [
        ({}, (), {}, ()),
        (
            {"Cards Accepted": "V Debit A D M"},
            ("CREDIT_CARD_PAYABLE", "DEBIT_CARD_PAYABLE"),
            {},
            ("American Express", "Discover", "Mastercard", "Visa"),
        ),
        ({"Cards Accepted": "M V"}, ("CREDIT_CARD_PAYABLE",), {}, ("Mastercard", "Visa")),
        ({"Cards Accepted": "APPLE_PAY ANDROID_PAY ACCOUNT_BALANCE"}, (), {}, ()),
        ({"Cards Accepted": "Cash CREDIT"}, ("CREDIT_CARD_PAYABLE",), {"cash": "yes"}, ()),
        ({"EV Pricing": "FREE"}, (), {"free": "yes"}, ()),
        ({"EV Pricing": "$0.40 per kWh"}, (), {"free": "no"}, ()),
        ({"EV Pricing": "$0.00 per kWh"}, (), {}, ()),
        ({"EV Pricing": "Free for 2 hours, then $1"}, (), {}, ()),
    ],
)
def test_ways_to_pay(
    tmp_path: Path,
    row: dict[str, str],
    capabilities: tuple[str, ...],
    payment: dict[str, str],
    brands: tuple[str, ...],
) -> None:
    locations, _ = read(tmp_path, table(row))
    feed = tmp_path / "feed.json"
    feed.write_bytes(feed_bytes(locations, "x"))
    again = Findings()
    (location,) = read_feed(feed, "feed.json", KINDS, again)
    assert {finding.code for finding in again} <= {"S312"}  # no EVSE IDs
    assert location.evses[0].capabilities == capabilities
    assert location.evses[0].chargeside.card_brands == brands
    found = facts_of(location, location.evses[0]).items()
    assert {k[8:]: fact.value for k, fact in found if k.startswith("payment.")} == payment


@pytest.mark.parametrize(
    ("row", "access"),
    [
        ({}, "public"),
        ({"Restricted Access": "false"}, "public"),
        ({"Restricted Access": "true"}, None),
        ({"Access Code": "private"}, "restricted"),
        ({"Access Code": ""}, None),
    ],
)
def test_access(tmp_path: Path, row: dict[str, str], access: str | None) -> None:
    (location,), _ = read(tmp_path, table(row))
    assert location["chargeside"].get("access") == access


def week(begin: str, end: str) -> list[dict[str, Any]]:
    return [{"weekday": day, "period_begin": begin, "period_end": end} for day in range(1, 8)]


DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@pytest.mark.parametrize(
    ("text", "regular", "directions"),
    [
        ("; ".join(f"{day} 6:00am - 9:30pm" for day in DAYS), week("06:00", "21:30"), "Level 2"),
        ("; ".join(f"{day} 8:00am - 12:00am" for day in DAYS), week("08:00", "23:59"), "Level 2"),
        ("; ".join(f"{day} 12:00am - 12:00am" for day in DAYS), True, "Level 2"),
        ("24 hours daily; customers only", None, "Level 2; 24 hours daily; customers only"),
        ("Mon 9:00pm - 6:00am", None, "Level 2; Mon 9:00pm - 6:00am"),
        ("Mon 13:00am - 6:00pm", None, "Level 2; Mon 13:00am - 6:00pm"),
        (
            "Mon 6:00am - 9:30pm; Mon 8:00am - 9:00pm",
            None,
            "Level 2; Mon 6:00am - 9:30pm; Mon 8:00am - 9:00pm",
        ),
        ("", None, "Level 2"),
    ],
)
def test_opening_hours(tmp_path: Path, text: str, regular: Any, directions: str) -> None:
    (location,), findings = read(tmp_path, table({"Access Days Time": text}))
    assert not len(findings)
    times = location.get("opening_times")
    assert times == (
        None
        if regular is None
        else {"twentyfourseven": True}
        if regular is True
        else {"twentyfourseven": False, "regular_hours": regular}
    )
    assert location["directions"] == [{"language": "en", "text": directions}]


@pytest.mark.parametrize(
    ("row", "said", "kept"),
    [
        ({"Fuel Type Code": "CNG"}, "S305 3 left out: no charging station but fuel type CNG (1 record", 0),
        ({"Status Code": "P"}, "S305 3 left out: planned", 0),
        ({"Status Code": "T"}, "S305 3 left out: temporarily unavailable", 0),
        ({"Status Code": "X"}, 'S308 3 left out: status "X" is not known', 0),
        ({"ID": ""}, "S308 3 left out: no usable ID", 0),
        ({"ID": "../1"}, "S308 3 left out: no usable ID", 0),
        ({"ID": "1"}, "S308 3 left out: the ID stands in an earlier record", 0),
        ({"Country": "ZZ"}, 'S308 3 left out: country "ZZ" is not known', 0),
        ({"Access Code": "private"}, "S305 3 private: kept with publish: false", 1),
        ({"Access Code": "odd"}, 'access "odd" is neither public nor private', 1),
        ({"Station Phone": "NA"}, 'phone "NA" is no number', 1),
        ({"Station Phone": ";"}, 'phone ";" is no number', 1),
        ({"Station Phone": "888-555-0123  888-555-0124"}, "more than one phone number", 1),
        ({"Latitude": "0", "Longitude": "0"}, "coordinates are 0, 0", 1),
        ({"Latitude": ""}, "coordinates are missing", 1),
        ({"Updated At": "soon"}, "no time of last change", 1),
    ],
)
def test_what_is_said(tmp_path: Path, row: dict[str, str], said: str, kept: int) -> None:
    locations, findings = read(tmp_path, table({}, row))
    assert said in messages(findings)
    assert len(locations) == kept + 1
    assert [location["publish"] for location in locations[1:]] == [row.get("Access Code") != "private"] * kept
    assert all(
        "888-555-0123" in location["chargeside"].get("help_phone", "888-555-0123") for location in locations
    )


def test_parts_of_a_location(tmp_path: Path) -> None:
    row = {"Country": "CA", "EV Network": "Non-Networked", "Groups With Access Code": "Public - Call ahead"}
    (location,), findings = read(tmp_path, table(row))
    assert not len(findings)
    assert (location["country"], location["country_code"]) == ("CAN", "CA")
    assert "operator" not in location
    assert location["directions"][0]["text"] == "Level 2; Public - Call ahead"


def test_one_network(tmp_path: Path) -> None:
    data = table({}, {"EV Network": "Other"})
    assert "S307 None the file mixes 2 networks" in messages(read(tmp_path, data)[1])
    (location,), findings = read(tmp_path, data, "OTHER")
    assert location["id"] == "2"
    assert not len(findings)
    locations, findings = read(tmp_path, data, "None")
    assert (locations, [finding.code for finding in findings]) == ([], ["S309"])


@pytest.mark.parametrize(
    ("data", "code", "said"),
    [
        (b"", "F102", "empty"),
        (b"PK\x03\x04rest", "F104", "ZIP archive"),
        (b"Betreiber;Ort\na;b\n", "F104", "German register"),
        (b"<html>", "F104", "HTML"),
        ("Name,City\na,b\n", "F104", "column fuel_type_code, id"),
        (table({}).encode() + b"\xff", "F103", "not UTF-8"),
        (table({}) + "a,b\n", "S308", "number of cells"),
        (table(), "S309", "no charging station in operation"),
        ('{"fuel_stations": []}', "S309", "no charging station in operation"),
        ('{"fuel_stations": [7', "F104", "JSON"),
        ('{"features": []}', "F104", "GeoJSON"),
        ('{"name": "x"}', "F104", "no record has fuel_type_code"),
        ("[" * 200_000, "F104", "nested too deeply"),
    ],
)
def test_files_that_are_not_the_register(tmp_path: Path, data: str | bytes, code: str, said: str) -> None:
    locations, findings = read(tmp_path, data)
    assert [finding.code for finding in findings] == [code]
    assert said in messages(findings)
    assert len(locations) == (1 if code == "S308" else 0)


def test_missing_file_and_folder(tmp_path: Path) -> None:
    for path in (tmp_path / "none.csv", tmp_path):
        findings = Findings()
        assert read_afdc(path, findings) == []
        assert [finding.code for finding in findings] == ["F101"]


VALUE = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=4)
    | st.lists(st.text(max_size=3), max_size=2)
)
ODD = st.dictionaries(st.sampled_from([*STATION]), VALUE, max_size=4)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(ODD | VALUE, max_size=5))
def test_no_station_disappears_without_a_word(tmp_path: Path, odd: list[Any]) -> None:
    stations = [
        {**STATION, "id": n, **value} if isinstance(value, dict) else value for n, value in enumerate(odd)
    ]
    locations, findings = read(tmp_path, json.dumps({"fuel_stations": stations}))
    if any(finding.code[0] == "F" for finding in findings):
        assert locations == []
        return
    left_out = sum(
        int(count)
        for finding in findings
        if finding.message.startswith("left out")
        for count in re.findall(r"\((\d+) records?, first", finding.message)
    )
    assert len(locations) + left_out == len(stations)
    feed = tmp_path / "feed.json"
    feed.write_bytes(feed_bytes(locations, "test"))
    read_feed(feed, "feed.json", KINDS, Findings())


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.binary(max_size=200)
    | st.lists(st.text(max_size=4), min_size=len(ROW), max_size=len(ROW)).map(
        lambda cells: (table() + ",".join(cells)).encode("utf-8", "replace")
    )
)
def test_never_raises_on_bytes(tmp_path: Path, data: bytes) -> None:
    locations, findings = read(tmp_path, data)
    assert locations or len(findings)


@pytest.mark.data
def test_the_real_register(shared_data: Path, tmp_path: Path) -> None:
    findings = Findings()
    locations = read_afdc(shared_data / "afdc" / "afdc_alt_fuel_stations_NY_2025-02.csv", findings)
    assert {finding.code for finding in findings} == {"S305", "S306", "S307"}
    feed = tmp_path / "feed.json"
    feed.write_bytes(feed_bytes(locations, "afdc"))
    again = Findings()
    read_back = read_feed(feed, "feed.json", KINDS, again)
    assert {finding.code for finding in again} <= {"S306", "S312"}
    assert (len(read_back), sum(len(location.evses) for location in read_back)) == (4736, 16045)
