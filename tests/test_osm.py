"""OpenStreetMap (GeoJSON and Overpass JSON) to OCPI: tags, ids, doubts, bad files, and real data."""

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
from chargeside.importers.osm import read_osm
from chargeside.importers.osm.evses import watts
from chargeside.load.ocpi import facts_of, read_feed

KINDS = {"IEC_62196_T2": "type2", "IEC_62196_T2_COMBO": "ccs2", "CHADEMO": "chademo", "SAE_J3400": "nacs"}


def node(number: object = 1, **tags: object) -> dict[str, Any]:
    """An Overpass node; `_` in the keyword stands for `:`, `__` for `_`."""
    named = {key.replace("__", "\0").replace("_", ":").replace("\0", "_"): tags[key] for key in tags}
    tags = {"amenity": "charging_station", "addr:street": "Example Street", **named}
    return {"type": "node", "id": number, "lat": 48.5, "lon": 2.25, "tags": tags}


def read(
    folder: Path, data: object, country: str | None = "FR"
) -> tuple[list[dict[str, Any]], Findings, Path]:
    path = folder / "osm.json"
    if isinstance(data, list):
        data = {"elements": data}
    path.write_bytes(data if isinstance(data, bytes) else json.dumps(data, ensure_ascii=False).encode())
    findings = Findings()
    return read_osm(path, findings, country), findings, path


def said(findings: Findings) -> str:
    return "\n".join(f"{finding.code} {finding.message}" for finding in findings)


def facts(folder: Path, country: str = "FR", **tags: object) -> dict[str, Any]:
    """The facts of the first EVSE once the feed is read back, without country."""
    locations, _, _ = read(folder, [node(**tags)], country)
    feed = folder / "feed.json"
    feed.write_bytes(feed_bytes(locations, "osm"))
    (location,) = read_feed(feed, "feed.json", KINDS, Findings())
    found = {name: fact.value for name, fact in facts_of(location, location.evses[0]).items()}
    del found["country"]
    return found


def test_an_element_becomes_a_location(tmp_path: Path) -> None:
    tags = {
        "name": "Place de l'Étang",
        "operator": "Opérateur Exemple",
        "brand": "Exemple",
        "addr_housenumber": 1,
        "addr_city": "Exempleville",
        "addr_postcode": "75001",
        "phone": "tel:+33-1-99-00-12-34",
        "opening__hours": "24/7",
        "parking": "underground",
        "level": "-2",
        "ref": "A7",
        "ref_EU_EVSE": "FR*ABC*E1;FR*ABC*E2",
        "socket_type2": "2",
        "socket_type2_output": "22kW",
        "fee": "yes",
    }
    (location,), findings, _ = read(tmp_path, [{**node(**tags), "timestamp": "2026-01-02T03:04:05Z"}])
    assert not len(findings)
    now = {"last_updated": "2026-01-02T03:04:05Z"}
    assert location == {
        "country_code": "FR",
        "party_id": "OSM",
        "id": "osm-node-1",
        "publish": True,
        "name": "Place de l'Étang",
        "address": "1 Example Street",
        "city": "Exempleville",
        "postal_code": "75001",
        "country": "FRA",
        "coordinates": {"latitude": "48.500000", "longitude": "2.250000"},
        "parking_type": "UNDERGROUND_GARAGE",
        "evses": [
            {
                "uid": f"osm-node-1-type2-{number}",
                "status": "UNKNOWN",
                "floor_level": "-2",
                "chargeside": {"payment": {"free": "no"}},
                "connectors": [
                    {
                        "id": "1",
                        "standard": "IEC_62196_T2",
                        "format": "SOCKET",
                        "power_type": "AC_3_PHASE",
                        "max_electric_power": 22000,
                        **now,
                    }
                ],
                "evse_id": f"FR*ABC*E{number}",
                "physical_reference": "A7",
                **now,
            }
            for number in (1, 2)
        ],
        "operator": {"name": "Opérateur Exemple"},
        "suboperator": {"name": "Exemple"},
        "opening_times": {"twentyfourseven": True},
        "chargeside": {
            "help_phone": "+33 1 99 00 12 34",
            "source": "© OpenStreetMap contributors (openstreetmap.org/copyright)",
            "licence": "ODbL 1.0",
        },
        **now,
    }


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("22 kW", [22000]),
        ("22kW", [22000]),
        ("7,4 KW", [7400]),
        ("50;150 kW", [50000, 150000]),
        ("3.7", [3700]),
        ("7000", [7000]),
        ("7000 W", [7000]),
        ("22 kVA", [22000]),
        ("3.7-22 kW", [3700, 22000]),
        ("11 kW, 22 kW", [11000, 22000]),
        ("11 kW / 22 kW", [11000, 22000]),
        ("1.2 MW", [1200000]),
        ("max. 50 kW", [50000]),
        ("fast", []),
        ("", []),
        ("0", []),
        ("22000 kW", []),
        ("-22 kW", []),
        ("22 kW;?", []),
    ],
)
def test_output(text: str, found: list[int]) -> None:
    assert watts(text) == found


AC = {"current": ("AC",)}
DC = {"current": ("DC",), "format": ("cable",)}


@pytest.mark.parametrize(
    ("country", "tags", "expected"),
    [
        ("FR", {"socket_type2": 1}, {"connectors": ("type2",), "format": ("socket",), **AC}),
        ("FR", {"socket_Type2": 1}, {"connectors": ("type2",), "format": ("socket",), **AC}),
        ("FR", {"socket_type2__cable": 1}, {"connectors": ("type2",), "format": ("cable",), **AC}),
        (
            "FR",
            {"socket_type2": 1, "socket_type2_output": "43 kW"},
            {"connectors": ("type2",), "power_kw": 43.0, **AC},
        ),
        (
            "FR",
            {"socket_type2": 1, "socket_type2_voltage": "400 V", "socket_type2_current": "32A"},
            {"connectors": ("type2",), "format": ("socket",), "power_kw": 22.17, **AC},
        ),
        (
            "FR",
            {"socket_typee": 1, "socket_typee_output": "22 kW"},
            {"connectors": ("DOMESTIC_E",), "format": ("socket",), **AC},
        ),
        ("DE", {"socket_tesla__supercharger": 1}, {"connectors": ("type2",), **DC}),
        ("US", {"socket_tesla__supercharger": 1}, {"connectors": ("nacs",), **DC}),
        ("FR", {"socket_new__plug": 1}, {"connectors": ("new_plug",)}),
        ("FR", {"socket_type2": "no", "capacity": 2}, {}),
        ("FR", {}, {}),
        ("FR", {"payment_contactless": "yes"}, {"payment.contactless": "yes"}),
        ("FR", {"payment_cards": "yes"}, {}),
        ("FR", {"payment_cards": "no"}, {"payment.contactless": "no", "payment.chip": "no"}),
        (
            "FR",
            {"payment_credit__cards": "no", "payment_debit__cards": "no", "payment_contactless": "only"},
            {"payment.contactless": "yes", "payment.chip": "no"},
        ),
        ("FR", {"payment_credit__cards": "no"}, {}),
        (
            "FR",
            {"authentication_nfc": "no", "authentication_membership__card": "yes"},
            {"payment.rfid": "yes"},
        ),
        ("FR", {"authentication_nfc": "no"}, {"payment.rfid": "no"}),
        ("FR", {"authentication_chip__card": "yes", "authentication_debit__card": "yes"}, {}),
        ("FR", {"authentication_app": "yes", "payment_coins": "no"}, {"payment.app": "yes"}),
        ("FR", {"payment_coins": "no", "payment_notes": "no"}, {"payment.cash": "no"}),
        ("FR", {"fee": "no"}, {"payment.free": "yes"}),
        ("FR", {"fee": "yes", "payment_free": "yes"}, {"payment.free": "no"}),
        ("FR", {"fee": "Mo-Fr 08:00-18:00"}, {}),
    ],
)
def test_facts(tmp_path: Path, country: str, tags: dict[str, object], expected: dict[str, Any]) -> None:
    found = facts(tmp_path, country, **tags)
    assert found == expected


def uids(location: dict[str, Any]) -> list[str]:
    return [evse["uid"].removeprefix("osm-node-1-") for evse in location["evses"]]


def powers(location: dict[str, Any]) -> list[int | None]:
    return [evse["connectors"][0].get("max_electric_power") for evse in location["evses"]]


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("00:00-24:00 open", {"twentyfourseven": True}),
        (
            "Mo 08:30-20:00",
            {
                "twentyfourseven": False,
                "regular_hours": [{"weekday": 1, "period_begin": "08:30", "period_end": "20:00"}],
            },
        ),
        ("Mo-Fr 08:00-20:00; PH off", None),
    ],
)
def test_opening_hours(tmp_path: Path, text: str, hours: dict[str, Any] | None) -> None:
    (location,), findings, _ = read(tmp_path, [node(socket_type2=1, opening__hours=text)])
    assert location.get("opening_times") == hours
    assert ("opening_hours" in said(findings)) == (hours is None)


def test_outputs_are_dealt_out_only_when_they_fit(tmp_path: Path) -> None:
    tags: dict[str, object] = {"socket_type2__combo": 2, "socket_type2__combo_output": "150;50 kW"}
    (location,), findings, _ = read(tmp_path, [node(**tags)])
    assert (powers(location), len(findings)) == ([150000, 50000], 0)
    (location,), findings, _ = read(tmp_path, [node(**{**tags, "socket_type2__combo": 3})])
    assert powers(location) == [50000, 50000, 50000]
    assert "not as many outputs as sockets" in said(findings)


def test_references_and_evse_ids_are_given_only_when_they_fit(tmp_path: Path) -> None:
    alike = {"socket_type2": 2, "ref": "A1; A2", "ref_EU_EVSE": "FR*ABC*E1, FR*ABC*E2"}
    (location,), findings, _ = read(tmp_path, [node(**alike)])
    assert [evse["physical_reference"] for evse in location["evses"]] == ["A1", "A2"]
    assert [evse["evse_id"] for evse in location["evses"]] == ["FR*ABC*E1", "FR*ABC*E2"]
    for tags, word in (
        ({**alike, "socket_type2": 1, "socket_chademo": 1}, "ref:EU:EVSE does not tell"),
        ({**alike, "socket_type2": 3}, "ref does not tell"),
        ({"socket_type2": 1, "ref_EU_EVSE": "FR*ABC*P1"}, "the id of a pool"),
        ({"socket_type2": 1, "ref_EU_EVSE": "12"}, "holds no EVSE ID"),
    ):
        (location,), findings, _ = read(tmp_path, [node(**tags)])
        assert word in said(findings)
        assert not any("evse_id" in evse or "physical_reference" in evse for evse in location["evses"])


@pytest.mark.parametrize(
    ("tags", "expected", "word"),
    [
        ({"socket_type2": 1, "socket_chademo": 2}, ["chademo-1", "chademo-2", "type2-1"], ""),
        ({"socket_type2": "yes"}, ["type2-1"], "socket:type2=yes is no number"),
        ({"socket_type2_output": "22 kW"}, ["type2-1"], "is no number"),
        ({"socket_type2": "0", "socket_schuko": 1}, ["schuko-1"], ""),
        ({"capacity": 2}, ["unknown-1", "unknown-2"], "no socket:* tag"),
        ({"capacity": 9, "capacity_car": 1}, ["unknown-1"], "no socket:* tag"),
        ({}, ["unknown-1"], "neither socket:* nor capacity"),
    ],
)
def test_number_of_evses(tmp_path: Path, tags: dict[str, object], expected: list[str], word: str) -> None:
    (location,), findings, _ = read(tmp_path, [node(**tags)])
    assert uids(location) == expected
    assert word in said(findings) and (word or not len(findings))


def test_evses_are_bounded(tmp_path: Path) -> None:
    (location,), findings, _ = read(tmp_path, [node(socket_type2=999999, socket_chademo=1)])
    assert len(location["evses"]) == MAX_EVSES
    assert "S308 more than 200 sockets" in said(findings)


@pytest.mark.parametrize(
    ("element", "word"),
    [
        (node(amenity="fuel"), "S305 not tagged amenity=charging_station"),
        (node(disused="yes"), "S305 tagged disused"),
        (node(motorcar="no", bicycle="yes"), "S305 tagged motorcar=no"),
        ({"type": "node", "id": 2, "lat": 1, "lon": 1}, "S305 an element without tags"),
        (node(number=None), "S308 no id"),
        (node(number=7), "S308 the same id"),
        ("x", "S308 no node"),
        ({"type": "count", "id": 0}, "S308 no node"),
        ({"type": [], "id": 0}, "S308 no node"),
    ],
)
def test_left_out_and_counted(tmp_path: Path, element: object, word: str) -> None:
    locations, findings, _ = read(tmp_path, [node(number=7, capacity=1), element])
    assert [location["id"] for location in locations] == ["osm-node-7"]
    assert re.search(rf"{re.escape(word)}.*\(1 \w+, first at elements\[1\]\)", said(findings))


def test_country_is_asked_for(tmp_path: Path) -> None:
    locations, findings, _ = read(tmp_path, [node(1, addr_country="de"), node(2)], None)
    assert [(location["country_code"], location["country"]) for location in locations] == [("DE", "DEU")]
    assert [finding.mend for finding in findings if finding.code == "S308"] == [
        "pass --country, e.g. --country FR"
    ]
    locations, findings, _ = read(tmp_path, [node(2)], None)
    assert (locations, [finding.code for finding in findings.errors]) == ([], ["S309"])
    locations, findings, _ = read(tmp_path, [node(addr_country="Nowhere")], "CH")
    assert locations[0]["country"] == "CHE" and 'addr:country "Nowhere"' in said(findings)
    locations, findings, _ = read(tmp_path, [node()], "ZZ")
    assert (locations, [finding.code for finding in findings]) == ([], ["S309"])


def test_access_phone_and_hours(tmp_path: Path) -> None:
    (location,), findings, _ = read(
        tmp_path,
        [
            node(
                access="private",
                phone="0000000000",
                contact_phone="(512) 555-0123; 1",
                opening__hours="Mo-Fr",
            )
        ],
    )
    assert (location["publish"], location["chargeside"]["help_phone"]) == (False, "512 555-0123")
    assert "opening_times" not in location
    assert "access=private" in said(findings) and "opening_hours" in said(findings)
    (location,), findings, _ = read(tmp_path, [node(access="customers", phone="ask inside")])
    assert location["publish"] and location["chargeside"]["access"] == "customers"
    assert location["evses"][0]["parking_restrictions"] == ["CUSTOMERS"]
    assert "phone is a placeholder" in said(findings)


@pytest.mark.parametrize(
    ("tags", "expected", "word"),
    [
        ({}, {}, ""),
        ({"access": "yes"}, {"access": "public"}, ""),
        ({"access": "permissive"}, {"access": "public"}, ""),
        ({"access": "destination"}, {}, ""),
        ({"access": "unknown"}, {}, ""),
        ({"access": "customers"}, {"access": "customers"}, "access=customers"),
        ({"access": "permit"}, {"access": "restricted"}, "access=permit"),
        ({"access": "private"}, {"access": "restricted"}, "access=private"),
        ({"wheelchair": "yes"}, {"wheelchair": "yes"}, ""),
        ({"wheelchair": "No"}, {"wheelchair": "no"}, ""),
        ({"wheelchair": "limited"}, {}, ""),
        ({"maxheight": "2.1"}, {"max_height_m": 2.1}, ""),
        ({"maxheight": "2,10 m"}, {"max_height_m": 2.1}, ""),
        ({"maxheight": "6'11\""}, {"max_height_m": 2.11}, ""),
        ({"maxheight": "default"}, {}, ""),
        ({"maxheight": "210"}, {}, "maxheight 210 is no height"),
        ({"maxheight": "0.9 m"}, {}, "maxheight 0.9 m is no height"),
    ],
)
def test_who_gets_there(tmp_path: Path, tags: dict[str, object], expected: dict[str, Any], word: str) -> None:
    (location,), findings, _ = read(tmp_path, [node(**{"socket_type2": 1, **tags})])
    extra = location["chargeside"]
    assert {key: extra[key] for key in extra if key not in {"source", "licence"}} == expected
    assert word in said(findings) and (word or not len(findings))


@pytest.mark.parametrize(
    ("tags", "brands"),
    [
        ({"payment_visa": "yes", "payment_mastercard": "only"}, ["Mastercard", "Visa"]),
        ({"payment_mastercard__contactless": "yes", "payment_mastercard": "yes"}, ["Mastercard"]),
        ({"payment_visa__debit": "yes", "payment_visa": "no"}, ["Visa"]),
        ({"payment_american__express": "no", "payment_girocard": "limited"}, None),
        ({"payment_credit__cards": "yes", "payment_apple__pay": "yes"}, None),
    ],
)
def test_brands_of_cards(tmp_path: Path, tags: dict[str, object], brands: list[str] | None) -> None:
    (location,), _, _ = read(tmp_path, [node(**tags)])
    assert location["evses"][0].get("chargeside", {}).get("card_brands") == brands


SQUARE = [[2, 48], [2, 49], [3, 49], [3, 48], [2, 48]]
TAGS = {"amenity": "charging_station"}


@pytest.mark.parametrize(
    ("data", "place"),
    [
        ([{"type": "way", "id": 5, "center": {"lat": 48.5, "lon": 2.5}, "tags": TAGS}], "way-5"),
        ([{"type": "relation", "id": 5, "bounds": {"minlat": 48, "minlon": 2, "maxlat": 49, "maxlon": 3}, "tags": TAGS}], "relation-5"),
        ([{"type": "way", "id": 5, "geometry": [{"lat": y, "lon": x} for x, y in SQUARE], "tags": TAGS}], "way-5"),
        (
            [
                {"type": "way", "id": 5, "nodes": [1, 2], "tags": TAGS},
                {"type": "node", "id": 1, "lat": 48, "lon": 2},
                {"type": "node", "id": 2, "lat": 49, "lon": 3},
            ],
            "way-5",
        ),
        ({"features": [{"type": "Feature", "id": "way/5", "properties": TAGS, "geometry": {"type": "Polygon", "coordinates": [SQUARE]}}]}, "way-5"),
        ({"features": [{"type": "Feature", "properties": {"type": "node", "id": 5, "tags": TAGS}, "geometry": {"coordinates": [2.5, 48.5]}}]}, "node-5"),
        ({"type": "Feature", "properties": {"@id": "node/5", **TAGS}, "geometry": {"coordinates": [2.5, 48.5]}}, "node-5"),
    ],
    ids=["centre", "bounds", "geometry", "nodes", "polygon", "nested tags", "one feature"],
)  # fmt: skip
def test_shapes(tmp_path: Path, data: object, place: str) -> None:
    (location,), _, _ = read(tmp_path, data)
    assert location["id"] == f"osm-{place}"
    assert location["coordinates"] == {"latitude": "48.500000", "longitude": "2.500000"}


@pytest.mark.parametrize("place", [(0, 0), (91, 2), (None, 2), ("x", 2)])
def test_no_usable_place_is_said(tmp_path: Path, place: tuple[object, object]) -> None:
    (location,), findings, _ = read(tmp_path, [{**node(), "lat": place[0], "lon": place[1]}])
    assert "coordinates" not in location
    assert "no usable coordinates" in said(findings)


@pytest.mark.parametrize(
    ("data", "code", "word"),
    [
        (b"", "F102", "empty"),
        (b"<osm version='0.6'>", "F104", "XML"),
        (b'{"elements": [', "F104", "breaks off"),
        (b'{"elements": [], "remark": "runtime error: Query timed out"}', "F104", "timed out"),
        (b'[{"AddressInfo": {}, "ID": 1}]', "F104", "Open Charge Map"),
        (b'{"data": [{"id": "1", "country_code": "FR", "evses": []}]}', "F104", "OCPI"),
        (b'{"elements": []}', "S309", "no usable charging station"),
        (b'{"elements": [{"type": "node", "lat": NaN}]}', "F104", "NaN"),
        (b'{"elements": ' + b"[" * 100_000, "F104", "nested too deeply"),
        (b'"x"', "F108", "single value"),
    ],
)
def test_bad_files(tmp_path: Path, data: bytes, code: str, word: str) -> None:
    locations, findings, _ = read(tmp_path, data)
    assert (locations, [finding.code for finding in findings.errors]) == ([], [code])
    assert word in said(findings)


SCALAR = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
TEXT = st.sampled_from(
    [
        "yes",
        "no",
        "2",
        "22 kW",
        "50;150 kW",
        "²",
        "24/7",
        "FR*ABC*E1",
        "../x",
        "node/1",
        "charging_station",
        "0",
    ]
) | st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
VALUE = st.recursive(
    SCALAR | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
TAG = st.sampled_from(
    ["capacity", "ref", "ref:EU:EVSE", "phone", "access", "level", "fee", "payment:cards", "addr:country",
     "socket:type2", "socket:type2:output", "socket:²", "socket:x:voltage", "opening_hours", "name", "tags"]
)  # fmt: skip
ELEMENT = st.fixed_dictionaries(
    {"type": st.sampled_from(["node", "way", "Feature", "x"]) | VALUE, "id": st.integers(0, 3) | VALUE},
    optional={
        "tags": st.dictionaries(TAG, VALUE, max_size=6).map(lambda tags: {**TAGS, **tags}) | VALUE,
        "properties": st.dictionaries(TAG, VALUE, max_size=6).map(lambda tags: {**TAGS, **tags}) | VALUE,
        **dict.fromkeys(("lat", "lon", "center", "geometry", "nodes", "bounds", "timestamp"), VALUE),
    },
)


@settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(ELEMENT | VALUE, max_size=5), st.sampled_from(["FR", None]))
def test_no_element_disappears_without_a_word(
    tmp_path: Path, elements: list[Any], country: str | None
) -> None:
    locations, findings, _ = read(tmp_path, elements, country)
    gone = sum(
        int(match.group(1))
        for finding in findings
        if finding.code in {"S305", "S308"}
        and "kept with" not in finding.message
        and "more than" not in finding.message
        if (match := re.search(r"\((\d+) \w+, first at", finding.message))
    )
    assert len(locations) + gone == len(elements)
    feed = tmp_path / "feed.json"
    feed.write_bytes(feed_bytes(locations, "osm"))
    again = Findings()
    read_back = read_feed(feed, "feed.json", KINDS, again)
    assert all(finding.code == "S309" for finding in again.errors)
    assert len(read_back) == sum(location["publish"] for location in locations)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300) | VALUE.map(lambda value: json.dumps({"features": value}).encode()))
def test_never_raises_on_bytes(tmp_path: Path, data: bytes) -> None:
    read(tmp_path, data)


@pytest.mark.data
@pytest.mark.parametrize(
    ("name", "country", "elements", "locations", "evses", "shown"),
    [
        ("osm_charging_station_ile-de-france_2021-01-29.geojson", "FR", 706, 699, 1870, 686),
        ("osm_charging_stations_de_2015-05-03.geojson", "DE", 82, 82, 227, 78),
    ],
)
def test_real_data(
    shared_data: Path,
    tmp_path: Path,
    name: str,
    country: str,
    elements: int,
    locations: int,
    evses: int,
    shown: int,
) -> None:
    findings = Findings()
    found = read_osm(shared_data / "osm" / name, findings, country)
    assert not findings.errors
    left_out = sum(
        int(match.group(1))
        for finding in findings
        if (match := re.search(r"left out \((\d+) stations?,", finding.message))
        and finding.code in {"S305", "S308"}
    )
    assert (len(found), len(found) + left_out) == (locations, elements)
    assert sum(len(location["evses"]) for location in found) == evses
    feed = tmp_path / "osm.json"
    feed.write_bytes(feed_bytes(found, name))
    again = Findings()
    assert len(read_feed(feed, "osm.json", KINDS, again)) == shown
    assert not again.errors
