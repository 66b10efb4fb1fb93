"""DATEX II to OCPI: two profiles, wrappings, plugs, paying, hours, places, doubts, bad files, and real data."""

from __future__ import annotations

import copy
import gzip
import inspect
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chargeside.findings import Findings
from chargeside.importers.datex2 import IMPORTER, read_datex2
from chargeside.importers.feed import feed_bytes
from chargeside.journal import Journal
from chargeside.load.ocpi import read_feed

KINDS = {"IEC_62196_T2": "type2", "IEC_62196_T2_COMBO": "ccs2", "CHADEMO": "chademo"}
LONG_AGO = "1970-01-01T00:00:00Z"
Raw = dict[str, Any]


def text(value: str, lang: str = "de") -> Raw:
    return {"values": [{"lang": lang, "value": value}]}


def enum(*values: str) -> list[Raw]:
    return [{"value": value} for value in values]


def identifier(kind: str, value: str) -> list[Raw]:
    return [{"identifier": value, "typeOfIdentifier": {"value": "extendedG", "extendedValueG": kind}}]


def address(street: str = "Example Street", number: str = "12", **fields: Any) -> Raw:
    """An address whose lines stand in the wrong order."""
    lines = [("houseNumber", number), ("street", street)]
    return {
        "postcode": "12345 ",
        "city": text("Exampletown"),
        "countryCode": "DE",
        "addressLine": [
            {"order": 2 - index, "type": {"value": kind}, "text": text(value)}
            for index, (kind, value) in enumerate(lines)
        ],
        **fields,
    }


def located(north: float = 50.5, east: float = 9.25, **fields: Any) -> Raw:
    return {
        "locPointLocation": {
            "pointByCoordinates": {"pointCoordinates": {"latitude": north, "longitude": east}},
            "locLocationExtensionG": {
                "FacilityLocation": {"timeZone": "Europe/Berlin", "address": address()}
            },
            **fields,
        }
    }


def organisation(name: str = "Example Charge", **fields: Any) -> Raw:
    return {"afacAnOrganisation": {"name": text(name), **fields}}


def helpdesk(phone: str) -> Raw:
    contact = {"afacContactInformation": {"telephoneNumber": phone}}
    return {
        "afacReferenceableOrganisation": {
            "idG": "HELP",
            "organisationUnit": [{"contactInformation": [contact]}],
        }
    }


def rate(*means: str, brands: tuple[str, ...] = (), policy: str = "adHoc", **fields: Any) -> Raw:
    payment = {"paymentMeans": enum(*means), "brandsAccepted": enum(*brands)}
    return {"idG": "r", "ratePolicy": {"value": policy}, "payment": payment, **fields}


def plug(
    kind: str = "iec62196T2", power: object = 22000.0, form: str | None = "socket", **fields: Any
) -> Raw:
    given = {"connectorFormat": {"value": form}} if form else {}
    return {"connectorType": {"value": kind}, "maxPowerAtSocket": power, **given, **fields}


def point(uid: str = "DE*ABC*E1", *connectors: Raw, current: str = "ac", **fields: Any) -> Raw:
    inner = {
        "idG": uid,
        "currentType": {"value": current},
        "connector": list(connectors) or [plug()],
        **fields,
    }
    return {"aegiElectricChargingPoint": inner}


def station(uid: str = "s1", *points: Raw, **fields: Any) -> Raw:
    return {"idG": uid, "refillPoint": list(points) or [point()], **fields}


def site(uid: str = "1", *stations: Raw, **fields: Any) -> Raw:
    return {
        "idG": uid,
        "locationReference": located(),
        "operator": organisation(),
        "energyInfrastructureStation": list(stations) or [station()],
        **fields,
    }


def publication(*sites: object) -> Raw:
    table = {"idG": "t", "versionG": "1", "energyInfrastructureSite": list(sites)}
    inner = {
        "lang": "de",
        "publicationCreator": {"country": "DE", "nationalIdentifier": "DE-NAP-Example"},
        "energyInfrastructureTable": [table],
    }
    return {"payload": {"versionG": "3.6", "aegiEnergyInfrastructureTablePublication": inner}}


def read(folder: Path, data: object, **options: Any) -> tuple[list[Raw], Findings]:
    path = folder / "afir.json"
    path.write_bytes(
        data if isinstance(data, bytes) else json.dumps(data, ensure_ascii=False, indent=1).encode()
    )
    findings = Findings()
    return read_datex2(path, findings, **options), findings


def said(findings: Findings) -> str:
    return "\n".join(f"{finding.code} {finding.message}" for finding in findings)


def read_one(folder: Path, raw: Raw) -> tuple[Raw, str]:
    """The only Location of a site, and what is said of it."""
    (location,), findings = read(folder, publication(raw))
    return location, said(findings)


def read_evse(folder: Path, raw_point: Raw, **fields: Any) -> tuple[Raw, str]:
    location, words = read_one(folder, site("1", station("s1", raw_point, **fields)))
    (evse,) = location["evses"]
    return evse, words


# two profiles


def test_a_site_of_the_recharging_profile(tmp_path: Path) -> None:
    """Coordinates of an area, addresses under FacilityLocation, electricEnergy, ids that are EVSE IDs, a helpdesk."""
    area = {"coordinatesForDisplay": {"latitude": 50.5, "longitude": 9.25}}
    extension = {"FacilityLocation": {"address": address()}}
    raw = site(
        "8001",
        station(
            "11",
            point(
                "DE*ABC*E1*1",
                plug("iec62196T2COMBO", 150000.0, form=None),
                current="dc",
                availableVoltage=[1000.0],
                numberOfConnectors=1,
                electricEnergy=[{"energyRate": [rate("nfc", "website")]}],
            ),
            numberOfRefillPoints=1,
            authenticationAndIdentificationMethods=enum("overTheAir", "mifareClassic", "creditCard"),
            operatingHours={"afacOpenAllHours": {}},
        ),
        station("12", point("DE*ABC*E2*1"), userInterfaceLanguage=["de"]),
        locationReference={"locAreaLocation": area, "locPointLocation": {"locLocationExtensionG": extension}},
        operator=organisation(externalIdentifier=identifier("operatorId", "ABC")),
        helpdesk=helpdesk("+49 800 555 01 23"),
        operatingHours={"afacOpenAllHours": {}},
        additionalInformation=[text("Behind the shop", "en"), text("Hinter dem Laden")],
    )
    location, words = read_one(tmp_path, raw)
    assert words == ""
    now = {"last_updated": LONG_AGO}
    ccs = {
        "standard": "IEC_62196_T2_COMBO",
        "format": "CABLE",
        "power_type": "DC",
        "max_voltage": 1000,
        "max_electric_power": 150000,
    }
    type2 = {
        "standard": "IEC_62196_T2",
        "format": "SOCKET",
        "power_type": "AC_3_PHASE",
        "max_electric_power": 22000,
    }
    assert location == {
        "country_code": "DE",
        "party_id": "ABC",
        "id": "8001",
        "publish": True,
        "address": "Example Street 12",
        "city": "Exampletown",
        "postal_code": "12345",
        "country": "DEU",
        "coordinates": {"latitude": "50.500000", "longitude": "9.250000"},
        "evses": [
            {
                "uid": "DE*ABC*E1*1",
                "evse_id": "DE*ABC*E1*1",
                "status": "UNKNOWN",
                "capabilities": [
                    "CONTACTLESS_CARD_SUPPORT",
                    "REMOTE_START_STOP_CAPABLE",
                    "RFID_READER",
                    "CREDIT_CARD_PAYABLE",
                ],
                "connectors": [{"id": "1", **ccs, **now}],
                "chargeside": {"cabinet": "11", "payment": {"contactless": "yes", "rfid": "yes", "web": "yes"}},
                **now,
            },
            {
                "uid": "DE*ABC*E2*1",
                "evse_id": "DE*ABC*E2*1",
                "status": "UNKNOWN",
                "connectors": [{"id": "1", **type2, **now}],
                "chargeside": {"cabinet": "12"},
                **now,
            },
        ],
        "directions": [
            {"language": "en", "text": "Behind the shop"},
            {"language": "de", "text": "Hinter dem Laden"},
        ],
        "operator": {"name": "Example Charge"},
        "time_zone": "Europe/Berlin",
        "opening_times": {"twentyfourseven": True},
        "chargeside": {"help_phone": "+49 800 555 01 23", "source": "DE-NAP-Example"},
        **now,
    }  # fmt: skip


def test_a_site_of_version_3_7(tmp_path: Path) -> None:
    """A point with coordinates, AfirFacilityLocation with a difference to UTC, energyProduct, ids that are no EVSE IDs, brands."""
    product = {
        "aegiElectricEnergy": {
            "energyRate": [
                rate("nfc", brands=("giroCard",)),
                rate("website", "emv", brands=("visa", "masterCard", "giroCard")),
            ]
        }
    }
    where = located()
    where["locPointLocation"]["locLocationExtensionG"] = {
        "AfirFacilityLocation": {"timeZone": "+01:00", "address": address()}
    }
    raw = site(
        "2629",
        station(
            "77",
            point("77", chargingMode={"value": "mode2AC3p"}, energyProduct=[product], lastUpdated="2026-05-04T15:46:04+02:00"),
            point("78", lastUpdated="2026-05-05T13:46:04.123Z"),
            lastUpdated="2026-02-03T18:09:24Z",
        ),
        locationReference=where,
        lastUpdated="2024-12-09T07:48:23Z",
    )  # fmt: skip
    location, words = read_one(tmp_path, raw)
    assert words == ""
    first, second = location["evses"]
    assert [location[key] for key in ("country_code", "party_id", "id", "time_zone")] == [
        "DE",
        "XXX",
        "2629",
        "Europe/Berlin",
    ]
    assert first["chargeside"] == {
        "payment": {"contactless": "yes", "web": "yes"},
        "card_brands": ["girocard", "Visa", "Mastercard"],
    }
    assert "chargeside" not in second and not {"evse_id", "capabilities"} & second.keys()
    assert (first["uid"], second["uid"]) == ("77", "78")
    assert first["last_updated"] == first["connectors"][0]["last_updated"] == "2026-05-04T13:46:04Z"
    assert location["last_updated"] == second["last_updated"] == "2026-05-05T13:46:04Z"


def _renamed(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, list):
        return [_renamed(member, names) for member in value]
    if not isinstance(value, dict):
        return value
    found = {}
    for key, member in value.items():
        name = key
        for old, new in names.items():
            name = re.sub(old, new, name)
        found[name] = _renamed(member, names)
    return found


def _bare(value: Any) -> Any:
    """Enumerations without their wrapper."""
    if isinstance(value, list):
        return [_bare(member) for member in value]
    if not isinstance(value, dict):
        return value
    if value.keys() == {"value"}:
        return value["value"]
    return {key: _bare(member) for key, member in value.items()}


@pytest.mark.parametrize(
    "wrapping",
    ["mobilithek", "no_payload", "list", "objects", "other_letters", "bare_values", "gzip", "head_last"],
)
def test_wrappings_are_the_same(tmp_path: Path, wrapping: str) -> None:
    paid = {"energyRate": [rate("nfc", brands=("visa",))]}
    plain = publication(
        site("1", station("s1", point(electricEnergy=[paid])), helpdesk=helpdesk("+49 800 555 01 23"))
    )
    payload = plain["payload"]
    inner = payload["aegiEnergyInfrastructureTablePublication"]
    (table,) = inner["energyInfrastructureTable"]
    alone = {**table, "energyInfrastructureSite": table["energyInfrastructureSite"][0]}
    wrapped = {
        "mobilithek": {"messageContainer": {"payload": [payload], "exchangeInformation": {"a": [1]}}},
        "no_payload": payload,
        "list": [plain],
        "objects": {"payload": {**payload, "aegiEnergyInfrastructureTablePublication": {**inner, "energyInfrastructureTable": alone}}},
        "other_letters": _renamed(plain, {"^aegi": "egi", "^afac": "fac", "^FacilityL": "facilityL"}),
        "bare_values": _bare(plain),
        "gzip": gzip.compress(json.dumps(plain).encode()),
        "head_last": {"payload": {"aegiEnergyInfrastructureTablePublication": dict(reversed(inner.items()))}},
    }  # fmt: skip
    locations, findings = read(tmp_path, wrapped[wrapping])
    assert not len(findings)
    assert locations == read(tmp_path, plain)[0]


# connectors


@pytest.mark.parametrize(
    ("connector", "fields", "expected", "word"),
    [
        (plug("iec62196T2", 22000, "socket"), {}, ("IEC_62196_T2", "SOCKET", "AC_3_PHASE", 22000), ""),
        (plug("iec62196T2", 11000, None), {}, ("IEC_62196_T2", None, "AC_3_PHASE", 11000), ""),
        (plug("iec62196T2", 22000, "cableMode3"), {}, ("IEC_62196_T2", "CABLE", "AC_3_PHASE", 22000), ""),
        (plug("iec62196T2", 3700, None), {}, ("IEC_62196_T2", None, "AC_1_PHASE", 3700), ""),
        (plug("iec62196T2", 7400, None), {"chargingMode": {"value": "mode3AC3p"}}, ("IEC_62196_T2", None, "AC_3_PHASE", 7400), ""),
        (plug("iec62196T2", None, None, voltage=400), {}, ("IEC_62196_T2", None, "AC_3_PHASE", None), "S306 no power"),
        (plug("iec62196T2", None, None), {}, ("IEC_62196_T2", None, "AC_1_PHASE", None), "taken as one"),
        (plug("iec62196T2", 0, None), {"availableChargingPower": [11000, 22000]}, ("IEC_62196_T2", None, "AC_3_PHASE", 22000), ""),
        (plug("iec62196T2", 120000, None), {"current": "dc"}, ("IEC_62196_T2", "CABLE", "DC", 120000), ""),
        (plug("teslaConnectorEurope", 120000, None), {"current": "dc"}, ("IEC_62196_T2", "CABLE", "DC", 120000), ""),
        (plug("iec62196T2COMBO", 150000, None), {"current": "ac"}, ("IEC_62196_T2_COMBO", "CABLE", "DC", 150000), "currentType does not fit"),
        (plug("chademo", 50, None), {"current": "dc"}, ("CHADEMO", "CABLE", "DC", 50000), "S306 a power of 50 W can only be kW"),
        (plug("chademo", 7590000, None), {"current": "dc"}, ("CHADEMO", "CABLE", "DC", None), "7.59e+06 W cannot be right"),
        (plug("domesticF", 3700, None), {}, ("DOMESTIC_F", "SOCKET", "AC_1_PHASE", 3700), ""),
        (plug("cee5", 22000, None), {}, ("IEC_60309_2_three_32", "SOCKET", "AC_3_PHASE", 22000), ""),
        (plug("cee5", None, None), {}, ("cee5", "SOCKET", "AC_3_PHASE", None), "no power"),
        (plug("mcs", 1000000, None), {"current": "dc"}, ("MCS", "CABLE", "DC", 1000000), ""),
        (plug("other", 22000, None, otherConnector="Round one"), {}, ("Round one", None, "AC_3_PHASE", 22000), 'S304 plug "Round one"'),
        (plug("extendedG", 22000, "odd"), {}, ("extendedG", None, "AC_3_PHASE", 22000), 'connectorFormat "odd"'),
        ({"maxPowerAtSocket": 22000}, {}, (None, None, "AC_3_PHASE", 22000), "no connectorType"),
        (plug(), {"current": "x", "chargingMode": {"value": "mode4DC"}}, ("IEC_62196_T2", "SOCKET", "DC", 22000), ""),
        (plug(), {"current": "x"}, ("IEC_62196_T2", "SOCKET", None, 22000), ""),
    ],
)  # fmt: skip
def test_connectors(
    tmp_path: Path, connector: Raw, fields: Raw, expected: tuple[object, ...], word: str
) -> None:
    evse, words = read_evse(tmp_path, point("DE*ABC*E1", connector, **fields))
    (found,) = evse["connectors"]
    assert (
        tuple(found.get(key) for key in ("standard", "format", "power_type", "max_electric_power"))
        == expected
    )
    assert word in words and (word or not words)


def test_a_point_with_both_currents(tmp_path: Path) -> None:
    plugs = [plug("chademo", 50000, None), plug("iec62196T2", 22000, None, maximumCurrent=32, voltage=400)]
    evse, words = read_evse(tmp_path, point("DE*ABC*E1", *plugs, current="dc", numberOfConnectors=3))
    first, second = evse["connectors"]
    assert (first["power_type"], second["power_type"]) == ("DC", "AC_3_PHASE")
    assert (second["id"], second["max_amperage"], second["max_voltage"]) == ("2", 32, 400)
    assert "IEC_62196_T2 beside plugs for DC" in words and "numberOfConnectors is 3" in words


@pytest.mark.parametrize(("connectors", "odd"), [(None, False), ([], False), (["x"], True)])
def test_a_point_without_connectors_is_kept(tmp_path: Path, connectors: object, odd: bool) -> None:
    raw = point()
    raw["aegiElectricChargingPoint"]["connector"] = connectors
    evse, words = read_evse(tmp_path, raw)
    assert evse["connectors"] == [{"id": "1", "last_updated": LONG_AGO}]
    assert "no connectorType: kept, its plug unknown" in words
    assert ("S308 a connector that is no object" in words) is odd


# paying


def priced(*prices: Raw) -> Raw:
    return {"ratePolicy": {"value": "adHoc"}, "energyPrice": list(prices)}


@pytest.mark.parametrize(
    ("rates", "identification", "payment", "brands", "word"),
    [
        ([rate("nfc")], (), {"contactless"}, [], ""),
        ([rate("emv", brands=("visa", "applePay", "vpay"))], (), {"contactless"}, ["Visa", "Apple Pay", "V PAY"], ""),
        ([rate("website", brands=("visa",))], (), {"web"}, [], "S304 card brands for paying on a web page are not shown as cards for a reader: Visa"),
        ([rate("qrCode"), rate("cashCoinsOnly")], (), {"web", "cash"}, [], ""),
        ([rate("nfc", policy="contract")], (), set(), [], ""),
        ([rate("nfc")], ("mifareDesfire", "overTheAir"), {"rfid"}, [], "S306 paymentMeans has nfc"),
        ([rate("nfc", brands=("giroCard",))], ("rfid", "debitCard"), {"contactless", "rfid"}, ["girocard"], ""),
        ([rate("nfc", "emv")], ("rfid",), {"contactless", "rfid"}, [], ""),
        ([rate("paymentCreditCard", brands=("americanExpress",))], (), set(), ["American Express"], ""),
        ([], ("nfc", "creditCard", "pinpad"), set(), [], "S304 nfc tells drivers nothing sure"),
        ([], ("apps", "plc", "cashPayment", "website"), {"app", "plug_and_charge", "cash", "web"}, [], ""),
        ([rate("tollTag")], ("x-ray",), set(), [], 'S304 way to pay or to identify "x-ray" is not known'),
        ([rate("emv", brands=("other", "newCard"))], (), {"contactless"}, ["newCard"], 'S304 card brand "newCard"'),
        ([priced({"priceType": {"value": "free"}})], (), {"free"}, [], ""),
        ([priced({"priceType": {"value": "free"}}), priced({"priceType": {"value": "basePrice"}})], (), set(), [], ""),
        ([priced({"priceType": {"value": "free"}, "timeBasedApplicability": {"toMinute": 30}})], (), set(), [], ""),
        ([rate("nfc", energyPrice=[{"priceType": {"value": "pricePerKWh"}, "value": 0}])], (), {"contactless"}, [], ""),
    ],
)  # fmt: skip
def test_paying(
    tmp_path: Path,
    rates: list[Raw],
    identification: tuple[str, ...],
    payment: set[str],
    brands: list[str],
    word: str,
) -> None:
    methods = {"authenticationAndIdentificationMethods": enum(*identification)} if identification else {}
    evse, words = read_evse(tmp_path, point(electricEnergy=[{"energyRate": rates}]), **methods)
    extra = evse.get("chargeside", {})
    assert extra.get("payment", {}) == dict.fromkeys(payment, "yes")
    assert extra.get("card_brands", []) == brands
    assert ("CONTACTLESS_CARD_SUPPORT" in evse.get("capabilities", [])) == ("contactless" in payment)
    assert word in words and (word or not words)


def test_rates_of_the_station_count_where_the_point_has_none(tmp_path: Path) -> None:
    of_station = [{"energyRate": [rate("nfc")]}]
    silent, own = point("1"), point("2", electricEnergy=[{"energyRate": [rate("website")]}])
    by_reference = point("3", electricEnergy=[{"energyRateByReference": [{"idG": "r"}]}])
    raw = site("1", station("s", silent, own, by_reference, electricEnergy=of_station))
    location, words = read_one(tmp_path, raw)
    ways = [set(evse["chargeside"]["payment"]) for evse in location["evses"]]
    assert ways == [{"contactless"}, {"web"}, {"contactless"}]
    assert "rates given by reference are left out" in words


# hours


def period(days: tuple[str, ...], *times: tuple[str, str], **fields: Any) -> Raw:
    spans = [{"startTimeOfPeriod": begin, "endTimeOfPeriod": end} for begin, end in times]
    on = (
        {"recurringDayWeekMonthPeriod": [{"comDayWeekMonth": {"applicableDay": enum(*days)}}]} if days else {}
    )
    return {"recurringTimePeriodOfDay": spans, **on, **fields}


def hours(*periods: Raw, **overall: Any) -> Raw:
    inner = {"overallStartTime": "2024-02-05T15:06:57+01:00", "validPeriod": list(periods), **overall}
    return {"afacOperatingHoursSpecification": {"idG": "1", "versionG": "1", "overallPeriod": inner}}


EIGHT = ("08:00:00+01:00", "21:15:00+01:00")


@pytest.mark.parametrize(
    ("given", "expected", "word"),
    [
        ({"afacOpenAllHours": {}}, "24/7", ""),
        ({"afacUnknownOperatingHours": {}}, None, ""),
        ({}, None, ""),
        (hours(period(("monday", "saturday"), EIGHT)), [(1, "08:00", "21:15"), (6, "08:00", "21:15")], ""),
        (hours(period((), ("00:00:00", "24:00:00"))), "24/7", ""),
        (hours(period((), ("00:00:00", "23:59:59"))), "24/7", ""),
        (hours(period(("sunday",), ("22:00:00", "02:00:00"))), [(1, "00:00", "02:00"), (7, "22:00", "23:59")], ""),
        (hours(period(("friday",), ("06:00:00", "12:00:00"), ("13:00:00", "00:00:00"))), [(5, "06:00", "12:00"), (5, "13:00", "23:59")], ""),
        (hours(period(("monday",), ("08:00:00Z", "20:00:00Z"))), None, "their times are in UTC"),
        (hours(period(("monday",), EIGHT), overallEndTime="2027-01-01T00:00:00Z"), None, "they end on some day"),
        (hours(period(("monday",), EIGHT), exceptionPeriod=[{"recurringSpecialDay": [{}]}]), None, "they have exceptions"),
        (hours(period(("monday",), EIGHT, startOfPeriod="2026-01-01T00:00:00Z")), None, "some dates only"),
        (hours(period(("publicHoliday",), EIGHT)), None, "is no day of the week"),
        (hours(period(("monday",), ("8", "20:00:00"))), None, "their times cannot be read"),
        (hours(period(("monday",), ("08:00:00", "08:00:00"))), None, "without length"),
        (hours(period(("monday",), ("08:00:00", "12:00:00"), ("11:00:00", "13:00:00"))), None, "contradict each other"),
        (hours(), None, "they hold no times"),
        ({"afacOpenAllHours": {"closureInformation": {"temporarilyClosed": True}}}, None, "they hold a closure"),
        ({"afacOperatingHoursByReference": {"operatingHoursReference": {"idG": "1"}}}, None, "given by reference"),
    ],
)  # fmt: skip
def test_hours(tmp_path: Path, given: Raw, expected: object, word: str) -> None:
    location, words = read_one(tmp_path, site(operatingHours=given))
    found = location.get("opening_times")
    if found and not found["twentyfourseven"]:
        found = [(one["weekday"], one["period_begin"], one["period_end"]) for one in found["regular_hours"]]
    assert (found == {"twentyfourseven": True}) if expected == "24/7" else found == expected
    assert word in words and (word or not words)


def test_hours_of_the_stations_go_before_those_of_the_site(tmp_path: Path) -> None:
    shop, always = hours(period(("monday",), EIGHT)), {"afacOpenAllHours": {}}
    a, b = station("a", point("1"), operatingHours=shop), station("b", point("2"), operatingHours=shop)
    location, words = read_one(tmp_path, site("1", a, b, operatingHours=always))
    assert location["opening_times"]["twentyfourseven"] is False and not words
    location, words = read_one(tmp_path, site("1", a, station("b", point("2")), operatingHours=always))
    assert "opening_times" not in location and "opening hours differ between the stations" in words


# ids, places, people


@pytest.mark.parametrize(
    ("raw", "expected", "word"),
    [
        (point("DE*ABC*E1"), "DE*ABC*E1", ""),
        (point("DEABCE1"), "DEABCE1", ""),
        (point("+49*810*000*438"), "+49*810*000*438", ""),
        (point("10338"), None, ""),
        (point("uuid", externalIdentifier=identifier("evseId", "DE*ABC*E7")), "DE*ABC*E7", ""),
        (point("uuid", plug(externalIdentifier=identifier("evseId", "DE*ABC*E8"))), "DE*ABC*E8", ""),
        (point("uuid", *(plug(externalIdentifier=identifier("evseId", f"DE*ABC*E{n}")) for n in (1, 2))), None, "different EVSE IDs, which are left out: DE*ABC*E1, DE*ABC*E2"),
    ],
)  # fmt: skip
def test_evse_ids(tmp_path: Path, raw: Raw, expected: str | None, word: str) -> None:
    evse, words = read_evse(tmp_path, raw)
    assert evse.get("evse_id") == expected
    assert evse["uid"] == raw["aegiElectricChargingPoint"]["idG"]
    assert word in words and (word or not words)


def test_party(tmp_path: Path) -> None:
    named = organisation(externalIdentifier=identifier("operatorId", "xyz"))
    odd = organisation(externalIdentifier=identifier("operatorId", "[Operator-ID, 3-stellig]"))
    two = station("s", point("DE*ABC*E1"), point("DE*DEF*E1"))
    for raw, party in (
        (site(operator=named), "XYZ"),
        (site(operator=odd), "ABC"),
        (site("1", two, operator={}), "XXX"),
        (site("1", station("s", point("DE*ABC*E1"), operator=named), operator={}), "XYZ"),
    ):
        assert read_one(tmp_path, raw)[0]["party_id"] == party


def test_a_site_without_place_has_that_of_its_station(tmp_path: Path) -> None:
    near, far = located(50.501, 9.25), located(50.52, 9.25)
    a, b = station("a", point("1"), locationReference=near), station("b", point("2"), locationReference=far)
    location, words = read_one(tmp_path, site("1", a, b, locationReference={}))
    first, second = location["evses"]
    assert location["coordinates"]["latitude"] == "50.501000" and location["address"] == "Example Street 12"
    assert "coordinates" not in first and second["coordinates"]["latitude"] == "50.520000"
    assert "(1 station, first at" in words and "more than 500 m" in words


def test_address_lines(tmp_path: Path) -> None:
    extra = [
        ("region", "Hesse"),
        ("building", "Tower B"),
        ("floor", "-2"),
        ("town", "Elsewhere"),
        ("poBox", "99"),
    ]
    lines = [{"order": 5, "type": {"value": kind}, "text": text(value)} for kind, value in extra]
    given = address()
    given["addressLine"] += lines
    del given["city"]
    where = located(locLocationExtensionG={"facilityLocation": {"address": given}})
    a = station("a", point("1"), locationReference=where)
    location, words = read_one(tmp_path, site("1", a, locationReference={}))
    assert [location[key] for key in ("address", "city", "state")] == [
        "Example Street 12, Tower B",
        "Elsewhere",
        "Hesse",
    ]
    assert location["evses"][0]["floor_level"] == "-2" and not words


def test_no_time_zone_where_a_country_has_several(tmp_path: Path) -> None:
    where = located(
        locLocationExtensionG={
            "FacilityLocation": {"timeZone": "+01:00", "address": address(countryCode="ES")}
        }
    )
    location, _ = read_one(tmp_path, site(locationReference=where))
    assert location["country"] == "ESP" and "time_zone" not in location


@pytest.mark.parametrize(
    ("of_site", "of_stations", "expected", "of_evses", "word"),
    [
        ("0800 5550123", (None, None), "0800 5550123", (None, None), ""),
        (None, ("0800 5550123", "0800 5550123"), "0800 5550123", (None, None), ""),
        (None, ("0800 5550123", None), None, ("0800 5550123", None), ""),
        ("0800 5550123", ("0800 5550124", None), "0800 5550123", ("0800 5550124", None), ""),
        ("000000000", (None, None), None, (None, None), 'number "000000000" is left out'),
    ],
)
def test_phones(
    tmp_path: Path,
    of_site: str | None,
    of_stations: tuple[str | None, ...],
    expected: str | None,
    of_evses: tuple[str | None, ...],
    word: str,
) -> None:
    def desk(phone: str | None) -> Raw:
        return {"helpdesk": helpdesk(phone)} if phone else {}

    stations = [station(str(n), point(str(n)), **desk(phone)) for n, phone in enumerate(of_stations)]
    location, words = read_one(tmp_path, site("1", *stations, **desk(of_site)))
    assert location["chargeside"].get("help_phone") == expected
    assert tuple(evse["chargeside"].get("help_phone") for evse in location["evses"]) == of_evses
    assert word in words and (word or not words)


def test_the_operators_phone_is_no_helpline(tmp_path: Path) -> None:
    unit = helpdesk("0800 5550123")["afacReferenceableOrganisation"]["organisationUnit"]
    by_reference = {"afacOrganisationByReference": {"organisationReference": {"idG": "x"}}}
    location, words = read_one(
        tmp_path, site(operator=organisation(organisationUnit=unit), helpdesk=by_reference)
    )
    assert "help_phone" not in location["chargeside"]
    assert "a helpdesk given by reference is left out" in words


@pytest.mark.parametrize(
    ("fields", "key", "expected", "word"),
    [
        ({"exclusiveUsers": enum("allUsers", "staff")}, "access", "public", ""),
        ({"exclusiveUsers": enum("shoppers")}, "access", "customers", ""),
        ({"exclusiveUsers": enum("residents", "women")}, "access", "restricted", ""),
        ({"exclusiveUsers": enum("unknown")}, "access", None, "exclusiveUsers does not say"),
        ({"exclusiveUsers": []}, "access", None, ""),
        ({"accessibility": enum("wheelChairAccessible", "marking")}, "wheelchair", "yes", ""),
        ({"accessibility": enum("none")}, "wheelchair", "no", ""),
        ({"accessibility": enum("none", "barrierFreeAccessible")}, "wheelchair", None, ""),
        ({"accessibility": enum("disabilityFacilities")}, "wheelchair", None, ""),
    ],
)
def test_who_gets_there(tmp_path: Path, fields: Raw, key: str, expected: str | None, word: str) -> None:
    location, words = read_one(tmp_path, site(**fields))
    assert location["chargeside"].get(key) == expected
    assert word in words and (word or not words)


def lower_than(*metres: object, operator: str = "lessThan") -> Raw:
    limits = [{"comparisonOperator": {"value": operator}, "vehicleHeight": metre} for metre in metres]
    return {"heightCharacteristic": limits}


@pytest.mark.parametrize(
    ("fields", "expected", "word"),
    [
        ({"applicableForVehicles": [lower_than(2.1)]}, 2.1, ""),
        ({"applicableForVehicles": [lower_than(2.1, 2.4), lower_than(3)]}, 3.0, ""),
        ({"applicableForVehicles": [lower_than(2.1), {"vehicleType": enum("lorry")}]}, None, ""),
        ({"applicableForVehicles": [lower_than(2.1, operator="greaterThan")]}, None, ""),
        ({"applicableForVehicles": [lower_than(210)]}, None, "vehicleHeight cannot be right"),
        (
            {"dedicatedParkingSpaces": [{"numberOfSpaces": 2, "applicableForVehicles": [lower_than(2)]}]},
            2.0,
            "",
        ),
        (
            {"dedicatedParkingSpaces": [{"applicableForVehicles": [lower_than(2)]}, {"numberOfSpaces": 1}]},
            None,
            "",
        ),
    ],
)
def test_heights(tmp_path: Path, fields: Raw, expected: float | None, word: str) -> None:
    location, words = read_one(tmp_path, site("1", station("a", point("1"), **fields)))
    assert location["evses"][0].get("chargeside", {}).get("max_height_m") == expected
    assert word in words and (word or not words)


def test_what_else_a_station_tells(tmp_path: Path) -> None:
    place = {"numberOfSpaces": 1, "userSpecific": enum("personsWithDisabilities")}
    provider = organisation("Example Roaming")
    raw_point = point(
        "1",
        modelType=text("Model 9"),
        reservation={"value": "optional"},
        smartRechargingServices=enum("plugAndCharge"),
        description=text("On the left"),
    )
    raw = site(
        "1",
        station("a", raw_point, dedicatedParkingSpaces=[place], mobilityServiceProvider=[provider, provider], description=text("x" * 600)),
        name=text("Example Square"),
        brand=text("Example Brand"),
        typeOfSite={"value": "onstreet"},
    )  # fmt: skip
    location, words = read_one(tmp_path, raw)
    (evse,) = location["evses"]
    assert evse["chargeside"] == {"payment": {"plug_and_charge": "yes"}, "hardware": "Model 9"}
    assert (evse["parking_restrictions"], evse["capabilities"]) == (["DISABLED"], ["RESERVABLE"])
    assert evse["accepted_service_providers"] == ["Example Roaming"]
    assert len(evse["directions"][0]["text"]) == 512 and "S306 a description is too long and was cut" in words
    assert [location[key] for key in ("name", "suboperator", "parking_type")] == [
        "Example Square",
        {"name": "Example Brand"},
        "ON_STREET",
    ]


# left out, and counted


@pytest.mark.parametrize(
    ("raw", "word"),
    [
        ("x", "S308 a site that is no object"),
        (site(""), "S308 a site without a usable idG"),
        (site("../x"), "S308 a site without a usable idG"),
        (site("1"), "S308 the same idG stands earlier"),
        (site("2", energyInfrastructureStation=[]), "S308 a site without refill points"),
        (site("2", station("s", refillPoint=[])), "S308 a site without refill points"),
        (site("2", station("s", {"aegiHydrogen": {}})), "S308 each of its refill points is left out"),
        (site("2", locationReference={}), "S308 neither coordinates nor an address"),
    ],
)
def test_sites_left_out(tmp_path: Path, raw: object, word: str) -> None:
    locations, findings = read(tmp_path, publication(site("1"), raw))
    assert [location["id"] for location in locations] == ["1"]
    assert re.search(
        rf"{re.escape(word)}.*\(1 site, first at .*energyInfrastructureSite\[1\]", said(findings)
    )


@pytest.mark.parametrize(
    ("raw", "kept", "word"),
    [
        (station("s", point("1"), {"egiRefillPoint": {"idG": "2"}}), 1, "S308 no electric charging point"),
        (station("s", point("1"), "x"), 1, "S308 no electric charging point"),
        (station("s", point("1"), point("")), 1, "S308 no usable idG"),
        (station("s", point("1"), point("1")), 1, "S308 the same idG stands twice in its site"),
        (station("s", point("1"), numberOfRefillPoints=2), 1, "S306 numberOfRefillPoints is 2"),
        (station("s", point("1"), refillPointByReference=[{"id": "2"}]), 1, "S308 refill points given by reference"),
    ],
)  # fmt: skip
def test_points_left_out(tmp_path: Path, raw: Raw, kept: int, word: str) -> None:
    location, words = read_one(tmp_path, site("1", raw))
    assert len(location["evses"]) == kept
    assert word in words


@pytest.mark.parametrize(
    ("uids", "points", "cabinets", "word"),
    [
        (("a", "b"), 2, [["a", "a"], ["b"]], ""),
        (("a", "a"), 1, [[None], [None]], "stations of a site with the same idG: its EVSEs are not joined"),
        (("", "b"), 1, [[None], ["b"]], "a station without a usable idG"),
        (("a", "b"), 5, [[None] * 5, ["b"]], "a station with more than 4 refill points"),
        (("a",), 2, [[None, None]], ""),
    ],
)
def test_cabinets(
    tmp_path: Path, uids: tuple[str, ...], points: int, cabinets: list[list[str | None]], word: str
) -> None:
    stations = [
        station(uid, *(point(f"{place}-{number}") for number in range(1 if place else points)))
        for place, uid in enumerate(uids)
    ]
    location, words = read_one(tmp_path, site("1", *stations))
    found: dict[str, list[str | None]] = {}
    for evse in location["evses"]:
        found.setdefault(evse["uid"][0], []).append(evse.get("chargeside", {}).get("cabinet"))
    assert list(found.values()) == cabinets
    assert word in words and (word or not words)


def test_stations_that_are_none(tmp_path: Path) -> None:
    location, words = read_one(tmp_path, site("1", station("s"), "x"))  # type: ignore[arg-type]
    assert len(location["evses"]) == 1
    assert re.search(r"S308 a station that is no object.*\(1 station, first at .*Station\[1\]\)", words)


def test_no_country(tmp_path: Path) -> None:
    raw = site(locationReference=located(locLocationExtensionG={}))
    (location,), findings = read(tmp_path, publication(raw))
    assert location["country"] == "DEU" and "S306 no street or no town" in said(findings)
    data = publication(site("1"), {**raw, "idG": "2"})
    data["payload"]["aegiEnergyInfrastructureTablePublication"]["publicationCreator"] = None
    (location,), findings = read(tmp_path, data)
    assert location["id"] == "1" and "S308 no country: it is left out (1 site" in said(findings)


def test_the_first_of_two_keys_is_told(tmp_path: Path) -> None:
    data = json.dumps(publication(site("1"))).replace('"idG": "s1"', '"idG": "s0", "idG": "s1"')
    assert 'key "idG" stands twice' in said(read(tmp_path, data.encode())[1])


def test_only_operator(tmp_path: Path) -> None:
    other = organisation("Other Charge", externalIdentifier=identifier("operatorId", "OTH"))
    mixed = site("2", station("a", point("1")), station("b", point("2"), operator=other))
    data = publication(site("1"), mixed, site("3", operator=other))
    locations, findings = read(tmp_path, data)
    assert len(locations) == 3
    assert "S307 the file mixes 2 operators; refill points: Example Charge (2), Other Charge (2)" in said(
        findings
    )
    for wanted in ("  other   CHARGE", "oth"):
        locations, findings = read(tmp_path, data, only_operator=wanted)
        assert [(one["id"], [evse["uid"] for evse in one["evses"]]) for one in locations] == [
            ("2", ["2"]),
            ("3", ["DE*ABC*E1"]),
        ]
        assert locations[0]["evses"][0]["chargeside"]["cabinet"] == "b"
        assert "S305 of another operator" in said(findings) and "same site are left out: 1" in said(findings)
        assert "S307" not in said(findings)
    locations, findings = read(tmp_path, data, only_operator="Nobody")
    assert locations == [] and 'S309 no station is of the operator "Nobody"' in said(findings)


def test_the_command_has_an_option_for_each_argument() -> None:
    arguments = inspect.signature(read_datex2).parameters.keys() - {"path", "findings"}
    assert {option.keyword for option in IMPORTER.options} == arguments


def test_source_and_licence(tmp_path: Path) -> None:
    (location,), _ = read(tmp_path, publication(site()), source="Example Charge", licence="CC0\udc80")
    assert location["chargeside"] == {"source": "Example Charge", "licence": "CC0"}


def test_findings_name_the_line(tmp_path: Path) -> None:
    data = publication(site("1"), site("2", station("s", point("2", plug("odd")))))
    _, findings = read(tmp_path, data)
    (finding,) = findings
    lines = (tmp_path / "afir.json").read_text("utf-8").splitlines()
    assert finding.line is not None
    found = "\n".join(lines[finding.line - 1 : finding.line + 3])
    assert '"odd"' in found
    assert (
        "Site[1].energyInfrastructureStation[0].refillPoint[0].aegiElectricChargingPoint.connector[0]"
        in finding.message
    )


def test_journal(tmp_path: Path) -> None:
    path = tmp_path / "afir.json"
    path.write_text(
        json.dumps(publication(site("1"), "x", site("2", station("s", point("2", plug("odd")))))), "utf-8"
    )
    journal = Journal()
    read_datex2(path, Findings(journal))
    (count,) = journal.files
    assert (count.noun, count.records, count.used, count.locations, count.evses) == ("site", 3, 2, 2, 2)
    assert [(remark.station, remark.evse, remark.whole) for remark in journal.remarks] == [
        ("", "", True),
        ("2", "2", False),
    ]


# bad files


@pytest.mark.parametrize(
    ("data", "code", "word"),
    [
        (b"", "F102", "empty"),
        (b"<!doctype html><p>login", "F104", "HTML"),
        (b'<?xml version="1.0"?><d2:payload xmlns:d2="http://datex2.eu/schema/3/d2Payload"/>', "F104", "is DATEX II as XML, not JSON"),
        (b"<gpx/>", "F104", "is XML, not JSON"),
        (b"PK\x03\x04", "F103", "ZIP"),
        (b"\x1f\x8b\x08junk", "F104", "gzip"),
        (b'{"payload": {"aegiEnergyInfrastructureTablePublication": {"lang": "de"', "F104", "breaks off"),
        (json.dumps(publication(site()))[:-40].encode(), "F104", "breaks off"),
        (json.dumps(publication(site())).encode() + b"x", "F104", "more text follows"),
        (json.dumps(publication(site("1", lastUpdated=float("nan")))).encode(), "F104", "NaN is not JSON"),
        (json.dumps(publication(site("1", name=text("\ud800")))).encode(), "F104", "lone surrogate"),
        (b'{"payload": ' * 100_000, "F104", "nested too deeply"),
        (json.dumps(publication("@")).replace('"@"', "[" * 100_000).encode(), "F104", "nested too deeply"),
        (b'{"payload": {"aegiEnergyInfrastructureStatusPublication": {}}}', "F104", "live DATEX II data"),
        (b'{"payload": {"situationPublication": {}}}', "F104", "DATEX II of another kind (situationPublication)"),
        (b'[{"id": "1", "country_code": "FR", "party_id": "ABC", "evses": []}]', "F104", "holds OCPI, no DATEX II"),
        (b'{"data": [{"id": "1", "evses": []}]}', "F104", "holds OCPI, no DATEX II"),
        (b'{"type": "FeatureCollection", "features": []}', "F104", "GeoJSON"),
        (b'[{"ID": 1, "AddressInfo": {}}]', "F104", "Open Charge Map"),
        (b"[1, {}, null]", "F104", "no DATEX II table"),
        (b"7", "F104", "no DATEX II table"),
        (b'{"payload": {"aegiEnergyInfrastructureTablePublication": {"energyInfrastructureTable": []}}}', "S309", "no usable site among 0"),
        (json.dumps(publication("x")).encode(), "S309", "no usable site among 1"),
    ],
)  # fmt: skip
def test_bad_files(tmp_path: Path, data: bytes, code: str, word: str) -> None:
    locations, findings = read(tmp_path, data)
    assert (locations, [finding.code for finding in findings.errors]) == ([], [code])
    assert word in said(findings)


# whatever comes

SCALAR = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
TEXT = st.sampled_from(
    ["value", "values", "idG", "payload", "energyInfrastructureSite", "1", "DE*ABC*E1", "extendedG", "08:00:00", "²", "../x"]
) | st.text(st.characters(exclude_categories=["Cs"]), max_size=8)  # fmt: skip
VALUE = st.recursive(
    SCALAR | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
FULL = site(
    "1",
    station(
        "s1",
        point(
            "DE*ABC*E1",
            plug("cee5"),
            plug("chademo", voltage=400),
            chargingMode={"value": "mode3AC3p"},
            availableVoltage=[400],
            electricEnergy=[{"energyRate": [rate("nfc", brands=("visa",))]}],
        ),
        point("DE*ABC*E2", energyProduct=[{"aegiElectricEnergy": {"energyRate": [rate("emv")]}}]),
        authenticationAndIdentificationMethods=enum("rfid", "creditCard"),
        numberOfRefillPoints=2,
        operatingHours=hours(period(("monday", "sunday"), EIGHT, ("22:00:00", "02:00:00"))),
        locationReference=located(50.501),
        helpdesk=helpdesk("0800 5550123"),
        applicableForVehicles=[lower_than(2.1)],
    ),
    station("s2", point("DE*ABC*E3"), lastUpdated="2026-05-05T13:46:04.123Z"),
    operatingHours={"afacOpenAllHours": {}},
    accessibility=enum("none"),
    exclusiveUsers=enum("allUsers"),
    additionalInformation=[text("Behind the shop")],
)


def _places(value: Any) -> list[tuple[Any, Any]]:
    """Each container with each of its keys or indices."""
    found = []
    members = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for key, member in members:
        found += [(value, key), *_places(member)]
    return found


@st.composite
def mutated(draw: st.DrawFn) -> list[Any]:
    """Two sites in which a few values are others, as odd systems write them."""
    sites = [copy.deepcopy(FULL), {**copy.deepcopy(FULL), "idG": "2"}]
    for _ in range(draw(st.integers(1, 4))):
        container, key = draw(st.sampled_from(_places(sites)))
        container[key] = draw(VALUE)
    return sites


def counted(findings: Findings, noun: str) -> int:
    """How many of them were left out."""
    found = (
        re.search(rf"\((\d+) {noun}s?, first at", one.message)
        for one in findings
        if one.code in {"S305", "S308"} and "a connector that" not in one.message
    )
    return sum(int(match[1]) for match in found if match)


@settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(mutated())
def test_nothing_disappears_without_a_word(tmp_path: Path, sites: list[Any]) -> None:
    locations, findings = read(tmp_path, publication(*sites))
    assert len(locations) + counted(findings, "site") == len(sites)
    kept = [one for one in sites if isinstance(one, dict)]
    if len(locations) == len(sites):
        stations = [one for raw in kept for one in _listed(raw.get("energyInfrastructureStation"))]
        points = sum(len(_listed(one.get("refillPoint"))) for one in stations if isinstance(one, dict))
        assert sum(len(one["evses"]) for one in locations) + counted(findings, "refill point") == points
    feed = tmp_path / "feed.json"
    feed.write_bytes(feed_bytes(locations, "datex2"))
    again = Findings()
    read_back = read_feed(feed, "feed.json", KINDS, again)
    assert [one.evses for one in read_back if not one.evses] == []
    assert len(read_back) == len(locations) and all(one.code == "S309" for one in again.errors)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200), VALUE, st.lists(VALUE, max_size=3))
def test_never_raises(tmp_path: Path, data: bytes, value: object, sites: list[Any]) -> None:
    for given_data in (data, value, publication(*sites), {"payload": value}):
        locations, findings = read(tmp_path, given_data)
        assert locations or findings.errors


# real data


@pytest.mark.data
@pytest.mark.parametrize(
    ("name", "sites", "points", "party"),
    [("enbw_afir_static_reduced.json", 10, 57, "EBW"), ("giroe_static_reduced.json", 8, 72, "XXX")],
)
def test_real_data(shared_data: Path, tmp_path: Path, name: str, sites: int, points: int, party: str) -> None:
    findings = Findings()
    locations = read_datex2(shared_data / "datex2" / name, findings)
    evses = [evse for location in locations for evse in location["evses"]]
    raw = (shared_data / "datex2" / name).read_text("utf-8")
    assert (
        (len(locations), len(evses)) == (sites, points) == (sites, raw.count('"aegiElectricChargingPoint"'))
    )
    assert not findings.errors and not {"S308", "S305"} & {finding.code for finding in findings}
    assert {location["party_id"] for location in locations} == {party}
    assert all(
        location.keys() >= {"coordinates", "address", "opening_times", "time_zone"} for location in locations
    )
    assert all(evse["connectors"][0]["max_electric_power"] >= 11000 for evse in evses)
    feed = tmp_path / "datex2.json"
    feed.write_bytes(feed_bytes(locations, "datex2"))
    again = Findings()
    read_back = read_feed(feed, "datex2.json", KINDS, again)
    assert sum(len(location.evses) for location in read_back) == points
    assert not again.errors and not {finding.code for finding in again} & {"S306"}


@pytest.mark.data
def test_real_cards(shared_data: Path) -> None:
    """No bank card at wall boxes that know charging cards alone, and no card brand that is good for a web page only."""
    found: Counter[tuple[str, ...]] = Counter()
    for name in ("enbw_afir_static_reduced.json", "giroe_static_reduced.json"):
        for location in read_datex2(shared_data / "datex2" / name, Findings()):
            for evse in location["evses"]:
                extra = evse["chargeside"]
                found[(name[:4], extra["payment"].get("contactless", ""), *extra.get("card_brands", ()))] += 1
    assert found == {
        ("enbw", "yes"): 57 - 14,
        ("enbw", ""): 14,
        ("giro", "yes", "girocard"): 72 - 15,
        ("giro", "yes", "girocard", "Visa", "Mastercard", "Apple Pay", "Maestro", "V PAY"): 15,
    }


@pytest.mark.data
def test_real_hours_and_helpdesk(shared_data: Path) -> None:
    locations = read_datex2(shared_data / "datex2" / "enbw_afir_static_reduced.json", Findings())
    restricted = [one for one in locations if not one["opening_times"]["twentyfourseven"]]
    assert [len(one["opening_times"]["regular_hours"]) for one in restricted] == [6]
    assert {one["chargeside"]["help_phone"] for one in locations} == {"+49 721 72 586 460"}
    cabinets = {(one["id"], evse["chargeside"]["cabinet"]) for one in locations for evse in one["evses"]}
    assert len(cabinets) == 27
