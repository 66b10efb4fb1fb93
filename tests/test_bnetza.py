"""The German register (Bundesnetzagentur) to OCPI: four layouts, workbooks, the API's JSON, stable ids, doubts, bad files."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import io
import json
import random
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chargeside.findings import Findings
from chargeside.importers import bnetza
from chargeside.importers.bnetza import read_bnetza
from chargeside.importers.feed import feed_bytes
from chargeside.load.ocpi import facts_of, read_feed

KINDS = {"IEC_62196_T2": "type2", "IEC_62196_T2_COMBO": "ccs2", "CHADEMO": "chademo"}


def points(count: int) -> str:
    return ";".join(f"Steckertypen{n};P{n} [kW];Public Key{n}" for n in range(1, count + 1))


HEAD_2019 = (
    "Betreiber;Adresse;Postleitzahl Ort;Bundesland;Längengrad [DG];Breitengrad [DG];Inbetriebnahmedatum;"
    f"Anschlussleistung [kW];Art der Ladeeinrichtung;Anzahl Ladepunkte;{points(4)}"
)
HEAD_2022 = (
    "Betreiber;Straße;Hausnummer;Adresszusatz;Postleitzahl;Ort;Bundesland;Kreis/kreisfreie Stadt;Breitengrad;"
    f"Längengrad;Inbetriebnahmedatum;Anschlussleistung;Art der Ladeeinrichung;Anzahl Ladepunkte;{points(4)}"
)
HEAD_2024 = (
    "Betreiber;Anzeigename (Karte);Straße;Hausnummer;Adresszusatz;Postleitzahl;Ort;Kreis/kreisfreie Stadt;"
    "Bundesland;Breitengrad;Längengrad;Inbetriebnahmedatum;Nennleistung Ladeeinrichtung [kW];"
    f"Art der Ladeeinrichung;Anzahl Ladepunkte;{points(6)}"
)
HEAD_2026 = (
    "Ladeeinrichtungs-ID;Betreiber;Anzeigename (Karte);Status;Art der Ladeeinrichtung;Anzahl Ladepunkte;"
    "Nennleistung Ladeeinrichtung [kW];Inbetriebnahmedatum;Straße;Hausnummer;Adresszusatz;Postleitzahl;Ort;"
    "Kreis/kreisfreie Stadt;Bundesland;Breitengrad;Längengrad;Standortbezeichnung;Informationen zum Parkraum;"
    "Bezahlsysteme;Öffnungszeiten;Öffnungszeiten: Wochentage;Öffnungszeiten: Tageszeiten;"
    + ";".join(f"Steckertypen{n};Nennleistung Stecker{n};EVSE-ID{n};Public Key{n}" for n in range(1, 7))
)
NEW: dict[str, str] = dict.fromkeys(HEAD_2026.split(";"), "") | {
    "Ladeeinrichtungs-ID": "1000001",
    "Betreiber": "Stadtwerke Musterstadt",
    "Anzeigename (Karte)": "SWM",
    "Status": "In Betrieb",
    "Anzahl Ladepunkte": "1",
    "Inbetriebnahmedatum": "01.02.2018",
    "Straße": "Mühlweg",
    "Hausnummer": "5",
    "Postleitzahl": "12345",
    "Ort": "Musterstadt",
    "Breitengrad": "52,5",
    "Längengrad": "13,4",
    "Öffnungszeiten": "Keine Angabe",
    "Steckertypen1": "AC Typ 2 Steckdose",
    "Nennleistung Stecker1": "22",
}
ROW_2019 = (
    "Stadtwerke Musterstadt;Mühlweg 5;12345 Musterstadt;Berlin;13.4;52.5;01.02.2018;44;Normal;2;"
    "AC Steckdose Typ 2, AC Schuko;22;;AC Kupplung Typ 2;11;;;;;;;"
)
ROW_2022 = (
    "Stadtwerke Musterstadt;Mühlweg;5;;12345;Musterstadt;Berlin;Berlin;52,5;13,4;01.02.18;44;Normal;2;"
    "AC Steckdose Typ 2, AC Schuko;22;;AC Kupplung Typ 2;11;;;;;;;"
)
ROW_2024 = (
    "Stadtwerke Musterstadt;;Mühlweg;5;;12345;Musterstadt;Berlin;Berlin;52,500;13,400;01.02.2018;44;Normal;2;"
    "AC Typ 2 Steckdose; AC Schuko;22;;AC Typ 2 Fahrzeugkupplung;11;;;;;;;;;;;;;"
).replace("AC Typ 2 Steckdose; AC Schuko", '"AC Typ 2 Steckdose; AC Schuko"')
PREAMBLE = 'Ladesäulenregister Bundesnetzagentur;;\n;;\nHinweis: "eine Liste, ohne Ende;;\n'

STATION: dict[str, Any] = {
    "id": 1000001,
    "operator": {"companyName": "Stadtwerke Musterstadt", "displayName": "SWM"},
    "status": {"operational": "In Betrieb"},
    "street": "Mühlweg",
    "house_no": "5",
    "postal_code": "12345",
    "city": "Musterstadt",
    "coordinates": {"latitude": 52.5, "longitude": 13.4},
    "go_live_date": "01.02.2018",
    "payment_systems": [],
    "opening_hours_specification": "Keine Angabe",
    "opening_days": [],
    "evses": [
        {"connectors": [{"connector_type": "AC Typ 2 Steckdose", "max_electric_power_connector": 22}]},
    ],
}


def read(
    folder: Path, data: str | bytes, only_operator: str | None = None
) -> tuple[list[dict[str, Any]], Findings]:
    path = folder / "register"
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    findings = Findings()
    return read_bnetza(path, findings, only_operator), findings


def table(*rows: str, head: str = HEAD_2022, preamble: str = "") -> str:
    return "\r\n".join([*filter(None, preamble.split("\n")), head, *rows]) + "\r\n"


def row(plugs: str = "AC Steckdose Typ 2", power: str = "22", **cells: str) -> str:
    values = dict(zip(HEAD_2022.split(";"), ROW_2022.split(";"), strict=True))
    values |= dict.fromkeys(("Steckertypen2", "P2 [kW]"), "")
    values |= {"Anzahl Ladepunkte": "1", "Steckertypen1": plugs, "P1 [kW]": power, **cells}
    return ";".join(f'"{value}"' if ";" in value else value for value in values.values())


def newest(*rows: dict[str, str]) -> str:
    cells = [";".join(f'"{value}"' for value in {**NEW, **row}.values()) for row in rows]
    return table(*cells, head=HEAD_2026, preamble=PREAMBLE)


def workbook(*rows: Sequence[object]) -> bytes:
    book = openpyxl.Workbook()
    for cells in rows:
        book.active.append(list(cells))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def typed(row: str) -> Iterator[object]:
    """The cells of a row as a spreadsheet keeps them: numbers, a date, nothing."""
    for cell in next(csv.reader([row], delimiter=";")):
        if re.fullmatch(r"\d+(,\d+)?", cell):
            yield float(cell.replace(",", "."))
        elif cell == "01.02.2018":
            yield dt.datetime(2018, 2, 1)  # noqa: DTZ001 - sheets know no zones
        else:
            yield cell or None


def answer(*stations: dict[str, Any]) -> str:
    return json.dumps({"chargingStations": list(stations)})


def messages(findings: Findings) -> str:
    return "\n".join(f"{finding.code} {finding.line} {finding.message}" for finding in findings)


@pytest.mark.parametrize(
    "data",
    [
        table(ROW_2019, head=HEAD_2019, preamble=PREAMBLE),
        table(ROW_2022),
        "\ufeff" + table(ROW_2022),
        table(ROW_2024, head=HEAD_2024, preamble=PREAMBLE),
        gzip.compress(table(ROW_2022).encode()),
        workbook(["Ladesäulenregister"], [], *csv.reader([HEAD_2022, ROW_2022], delimiter=";")),
        workbook(HEAD_2024.split(";"), [*typed(ROW_2024)]),
    ],
    ids=["2019", "2022", "BOM", "2024", "gzip", "XLSX", "XLSX with numbers and a date"],
)
def test_every_layout_gives_the_same(tmp_path: Path, data: str | bytes) -> None:
    (location,), findings = read(tmp_path, data)
    assert not len(findings)
    when = {"last_updated": "2018-02-01T00:00:00Z"}
    type_2 = {"standard": "IEC_62196_T2", "power_type": "AC_3_PHASE"}
    schuko = {"standard": "DOMESTIC_F", "format": "SOCKET", "power_type": "AC_1_PHASE"}
    assert location == {
        "country_code": "DE",
        "party_id": "XXX",
        "id": "daf9466fd69b1df3",
        "publish": True,
        "address": "Mühlweg 5",
        "city": "Musterstadt",
        "postal_code": "12345",
        "state": "Berlin",
        "country": "DEU",
        "coordinates": {"latitude": "52.500000", "longitude": "13.400000"},
        "evses": [
            {
                "uid": "ca5d53a624948190-1-1",
                "status": "UNKNOWN",
                "connectors": [
                    {"id": "1", **type_2, "format": "SOCKET", "max_electric_power": 22000, **when},
                    {"id": "2", **schuko, **when},
                ],
                **when,
            },
            {
                "uid": "ca5d53a624948190-1-2",
                "status": "UNKNOWN",
                "connectors": [{"id": "1", **type_2, "format": "CABLE", "max_electric_power": 11000, **when}],
                **when,
            },
        ],
        "operator": {"name": "Stadtwerke Musterstadt"},
        "time_zone": "Europe/Berlin",
        "chargeside": {"source": "Bundesnetzagentur.de", "licence": "CC BY 4.0"},
        **when,
    }


def test_latin_1_is_read_line_by_line(tmp_path: Path) -> None:
    utf_8 = row(Straße="Mühlweg").encode()
    data = table(row(Straße="Bärengasse")).encode("cp1252") + utf_8
    locations, findings = read(tmp_path, data)
    assert [location["address"] for location in locations] == ["Bärengasse 5", "Mühlweg 5"]
    assert [(f.code, f.severity.value, f.line) for f in findings] == [("F103", "warning", 1)]


@pytest.mark.parametrize(
    ("plugs", "power", "expected"),
    [
        ("AC Steckdose Typ 2", "22", [("IEC_62196_T2", "SOCKET", "AC_3_PHASE", 22000)]),
        ("AC Typ 2 Steckdose", "3,7", [("IEC_62196_T2", "SOCKET", "AC_1_PHASE", 3700)]),
        ("AC Typ 2", "", [("IEC_62196_T2", None, "AC_3_PHASE", None)]),
        (
            "DC Kupplung Combo, DC CHAdeMO",
            "50",
            [("IEC_62196_T2_COMBO", "CABLE", "DC", 50000), ("CHADEMO", "CABLE", "DC", 50000)],
        ),
        (
            "AC Typ 2 Fahrzeugkupplung; DC Fahrzeugkupplung Typ Combo 2 (CCS)",
            "150",
            [("IEC_62196_T2", "CABLE", "AC_3_PHASE", None), ("IEC_62196_T2_COMBO", "CABLE", "DC", 150000)],
        ),
        ("DC Tesla Fahrzeugkupplung (Typ 2)", "120", [("IEC_62196_T2", "CABLE", "DC", 120000)]),
        ("Steckdose Typ 1", "3.6", [("IEC_62196_T1", None, "AC_1_PHASE", 3600)]),
        ("AC CEE 3 polig", "3.7", [("IEC_60309_2_single_16", "SOCKET", "AC_1_PHASE", 3700)]),
        ("AC CEE 5-polig", "11", [("IEC_60309_2_three_16", "SOCKET", "AC_3_PHASE", 11000)]),
        ("AC CEE 5 polig", "22", [("IEC_60309_2_three_32", "SOCKET", "AC_3_PHASE", 22000)]),
        ("AC CEE 5 polig", "43", [("IEC_60309_2_three_64", "SOCKET", "AC_3_PHASE", 43000)]),
        ("AC CEE 5 polig", "", [("AC CEE 5 polig", "SOCKET", "AC_3_PHASE", None)]),
        ("Kabellos/Induktiv", "11", [("Kabellos/Induktiv", None, None, 11000)]),
        ("DC Kupplung Combo, 0", "50", [("IEC_62196_T2_COMBO", "CABLE", "DC", 50000)]),
    ],
)
def test_plugs(tmp_path: Path, plugs: str, power: str, expected: list[tuple[Any, ...]]) -> None:
    (location,), findings = read(tmp_path, table(row(plugs, power)))
    assert not findings.errors
    keys = ("standard", "format", "power_type", "max_electric_power")
    assert [tuple(map(c.get, keys)) for c in location["evses"][0]["connectors"]] == expected


@pytest.mark.parametrize(
    ("cells", "said", "kept"),
    [
        ({"plugs": "", "power": "22"}, "no plug is given", 1),
        ({"plugs": "", "power": "", "Anzahl Ladepunkte": "3"}, "no charge point is described", 3),
        ({"Anzahl Ladepunkte": "4"}, "is 4, but 1 are described", 1),
        ({"P2 [kW]": "22"}, "22 kW belongs to no charge point", 1),
        ({"plugs": "AC Schuko"}, "a power of 22 kW cannot be right", 1),
        ({"power": "22000"}, "a power of 22000 kW cannot be right", 1),
        ({"power": ""}, "no power is given", 1),
        ({"plugs": "Kabellos/Induktiv"}, 'plug "Kabellos/Induktiv" is none', 1),
        ({"plugs": "DC CHAdeMO, 0"}, '"0" is no plug', 1),
        ({"Breitengrad": "13,4", "Längengrad": "52,5"}, "swapped, which was put right", 1),
        ({"Breitengrad": "50,68", "Längengrad": "15,59"}, "outside Germany, but kept", 1),
        ({"Breitengrad": "0", "Längengrad": "0"}, "0, 0 or off the globe", 1),
        ({"Breitengrad": "", "Längengrad": ""}, "missing or no numbers", 1),
        ({"Breitengrad": "x", "Ort": ""}, "left out: neither an address nor usable coordinates", 0),
        ({"Postleitzahl": "1234"}, "postal code without five digits", 1),
        ({"Betreiber": ""}, "Betreiber is empty", 1),
    ],
)
def test_doubts_are_said(tmp_path: Path, cells: dict[str, str], said: str, kept: int) -> None:
    locations, findings = read(tmp_path, table(row(), row(**({"Straße": "Gasse"} | cells))))
    assert said in messages(findings)
    assert {f.line for f in findings if f.code != "S307"} == {3}
    assert sum(len(location["evses"]) for location in locations) == kept + 1


def test_small_repairs(tmp_path: Path) -> None:
    cells = {"Postleitzahl": "1067", "Bundesland": "Sachsen", "Hausnummer": "0", "Adresszusatz": "Tiefgarage"}
    (location,), findings = read(tmp_path, table(row(**cells), ";" * 25, ";;"))
    assert messages(findings).startswith("S311 2 a postal code had lost its leading zero")
    assert len(findings) == 1
    assert (location["postal_code"], location["address"]) == ("01067", "Mühlweg")
    assert location["evses"][0]["directions"] == [{"language": "de", "text": "Tiefgarage"}]


# The layout with ids


def test_the_newest_layout_is_as_the_api(tmp_path: Path) -> None:
    row = {
        "Bezahlsysteme": "RFID-Karte;Onlinezahlungsverfahren",
        "Öffnungszeiten": "Eingeschränkt",
        "Öffnungszeiten: Wochentage": "Montag; Dienstag",
        "Öffnungszeiten: Tageszeiten": "06:00-22:00; 07:00-20:00",
        "Informationen zum Parkraum": "nur für Kunden/Besucher",
        "Adresszusatz": "Hof",
        "EVSE-ID1": "DE*ABC*E1\n",
    }
    station = {
        **STATION,
        "payment_systems": ["RFID-Karte", "Onlinezahlungsverfahren"],
        "opening_days": [
            {"weekday": "Montag", "open_from": "06:00", "open_to": "22:00"},
            {"weekday": "Dienstag", "open_from": "07:00", "open_to": "20:00"},
        ],
        "access_restriction": "Nur für Kunden/Besucher",
        "address_addition": "Hof",
        "evses": [{**STATION["evses"][0], "evse_id": "DE*ABC*E1"}],
    }
    from_api, findings = read(tmp_path, answer(station))
    assert not len(findings)
    cells = list({**NEW, **row}.values())
    for data in (newest(row), workbook(["Stand: heute"], HEAD_2026.split(";"), cells)):
        locations, findings = read(tmp_path, data)
        assert not len(findings)
        assert locations == from_api
    (location,) = locations
    assert location["id"] == "1000001"
    assert location["chargeside"]["access"] == "customers"


@pytest.mark.parametrize(
    ("row", "expected", "said"),
    [
        (
            {"Steckertypen1": "AC Typ 2 Steckdose; AC Schuko", "Nennleistung Stecker1": "11; 3,7"},
            [11000, 3700],
            "",
        ),
        ({"Steckertypen1": "DC CHAdeMO; AC Schuko", "Nennleistung Stecker1": "50"}, [50000, None], ""),
        (
            {"Steckertypen1": "AC Typ 2 Steckdose; AC Schuko", "Nennleistung Stecker1": "11; 11; 3,7"},
            [None, None],
            "not as many powers as plugs",
        ),
        (
            {"Steckertypen1": "DC Megawatt Charging System (MCS)", "Nennleistung Stecker1": "1000"},
            [1000000],
            "",
        ),
        ({"EVSE-ID1": "DE*ABC*E1; DE*ABC*E2"}, [22000], "EVSE-ID holds no single EVSE ID"),
        ({"EVSE-ID1": "12"}, [22000], "EVSE-ID holds no single EVSE ID"),
        ({"Status": "Weg"}, [22000], 'status "Weg" is not known'),
        ({"Öffnungszeiten: Wochentage": "Montag; Dienstag"}, [22000], "opening hours do not fit"),
        (
            {"Öffnungszeiten: Wochentage": "Montag", "Öffnungszeiten: Tageszeiten": "früh"},
            [22000],
            "opening hours",
        ),
        ({"Ladeeinrichtungs-ID": "?"}, None, "S308 5 left out: no id"),
        ({"Ladeeinrichtungs-ID": "7"}, None, "S308 6 left out: the id stands in an earlier record"),
    ],
)
def test_cells_of_the_newest_layout(
    tmp_path: Path, row: dict[str, str], expected: list[int | None] | None, said: str
) -> None:
    others = (
        [{"Ladeeinrichtungs-ID": "7", "Ort": "Anderswo"}] if row.get("Ladeeinrichtungs-ID") == "7" else []
    )
    locations, findings = read(tmp_path, newest(*others, row))
    assert said in messages(findings) and (said or not len(findings))
    found = [
        connector.get("max_electric_power")
        for location in locations[len(others) :]
        for evse in location["evses"]
        for connector in evse["connectors"]
    ]
    assert found == (expected or [])
    assert not any("evse_id" in evse for location in locations for evse in location["evses"])


def test_access_is_told_by_each_evse_where_devices_differ(tmp_path: Path) -> None:
    rows = (
        {"Informationen zum Parkraum": "Keine Beschränkung", "Standortbezeichnung": "Parkhaus Mitte"},
        {"Ladeeinrichtungs-ID": "1000002", "Informationen zum Parkraum": "nur mit Schranke"},
    )
    (location,), findings = read(tmp_path, newest(*rows))
    assert not len(findings)
    assert location["name"] == "Parkhaus Mitte"
    assert "access" not in location["chargeside"]
    assert [evse.get("chargeside") for evse in location["evses"]] == [{"access": "public"}, None]
    assert [evse.get("directions") for evse in location["evses"]] == [
        None,
        [{"language": "de", "text": "nur mit Schranke"}],
    ]


def test_rows_of_a_site_are_one_location_in_any_order(tmp_path: Path) -> None:
    rows = [
        row(),
        row(),
        row(power="11"),
        row(Inbetriebnahmedatum="03.03.20"),
        row(Betreiber="Andere GmbH"),
        row(Hausnummer="6"),
        row(Breitengrad="52,51"),
    ]
    first, _ = read(tmp_path, table(*rows))
    assert sorted(len(location["evses"]) for location in first) == [1, 1, 1, 4]
    uids = [evse["uid"] for location in first for evse in location["evses"] if len(location["evses"]) == 4]
    assert len(set(uids)) == 4
    assert sorted(uid[16:] for uid in uids) == ["-1-1", "-1-1", "-2-1", "-3-1"]
    rng = random.Random(7)
    for _ in range(5):
        rng.shuffle(rows)
        again, _ = read(tmp_path, table(*rows))
        assert feed_bytes(again, "x") == feed_bytes(first, "x")


# The API


def test_stations_of_a_site_are_one_location(tmp_path: Path) -> None:
    twin = {**STATION, "id": 999, "evses": [*STATION["evses"], {"evse_id": "DE*ABC*E1", "connectors": []}]}
    other = {**STATION, "id": 5, "city": "Anderswo"}
    for data in (answer(STATION, twin, other), json.dumps([other, STATION, twin])):
        locations, findings = read(tmp_path, data)
        by_id = {location["id"]: location for location in locations}
        assert sorted(by_id) == ["5", "999"]
        site = by_id["999"]
        assert [evse["uid"] for evse in site["evses"]] == ["999-1", "999-2", "1000001-1"]
        assert site["evses"][1]["evse_id"] == "DE*ABC*E1"
        assert site["suboperator"] == {"name": "SWM"}
        assert site["party_id"] == "XXX"
        assert "no plug is given" in messages(findings)


@pytest.mark.parametrize(
    ("systems", "facts"),
    [
        ([], {}),
        (["", "Sonstige", "Kostenlos (Registrierung)"], {}),
        (["Onlinezahlungsverfahren", "RFID-Karte"], {"web": "yes", "rfid": "yes"}),
        (["Kreditkarte (NFC)"], {"contactless": "yes"}),
        (["Debitkarte (Lesegerät)"], {"chip": "yes"}),
        (["Kreditkarte (Webseite/App)"], {"app": "yes"}),
        (["Kostenlos", "Bargeld"], {"free": "yes", "cash": "yes"}),
        (["Plug & Charge"], {"plug_and_charge": "yes"}),
    ],
)
def test_ways_to_pay(tmp_path: Path, systems: list[str], facts: dict[str, str]) -> None:
    locations, findings = read(tmp_path, answer({**STATION, "payment_systems": systems}))
    assert not len(findings)
    feed = tmp_path / "feed.json"
    feed.write_bytes(feed_bytes(locations, "x"))
    (location,) = read_feed(feed, "feed.json", KINDS, Findings())
    found = facts_of(location, location.evses[0]).items()
    assert {k[8:]: fact.value for k, fact in found if k.startswith("payment.")} == facts


MONDAY = {"weekday": "Montag", "open_from": "06:00", "open_to": "22:00"}


@pytest.mark.parametrize(
    ("fields", "key", "value"),
    [
        ({"opening_hours_specification": "247"}, "opening_times", {"twentyfourseven": True}),
        (
            {"opening_days": [MONDAY]},
            "opening_times",
            {
                "twentyfourseven": False,
                "regular_hours": [{"weekday": 1, "period_begin": "06:00", "period_end": "22:00"}],
            },
        ),
        ({}, "opening_times", None),
        ({"status": {"operational": "In Wartung"}}, "status", "INOPERATIVE"),
        ({"access_restriction": "Keine Beschränkung"}, "directions", None),
        (
            {"access_restriction": "Nur Kunden", "address_addition": "Hof"},
            "directions",
            [{"language": "de", "text": "Hof; Nur Kunden"}],
        ),
    ],
)
def test_fields_of_the_api(tmp_path: Path, fields: dict[str, Any], key: str, value: Any) -> None:
    (location,), findings = read(tmp_path, answer({**STATION, **fields}))
    assert not len(findings)
    assert location.get(key, location["evses"][0].get(key)) == value


@pytest.mark.parametrize(
    ("station", "said", "kept"),
    [
        (7, "S308 1 left out: no JSON object", 0),
        ({**STATION, "id": None}, "S308 1 left out: no id", 0),
        (STATION, "S308 1 left out: the id stands in an earlier record", 0),
        ({**STATION, "id": 2, "evses": None}, "S306 1 no charge point is described", 1),
        ({**STATION, "id": 2, "payment_systems": ["Muscheln"]}, 'way to pay "Muscheln" is not known', 1),
        ({**STATION, "id": 2, "status": {"operational": "Weg"}}, 'status "Weg" is not known', 1),
        ({**STATION, "id": 2, "opening_days": [{"weekday": "Mo"}]}, "opening hours do not fit", 1),
        ({**STATION, "id": 2, "opening_hours_specification": "247"}, "opening hours differ between", 1),
    ],
)
def test_doubts_of_the_api(tmp_path: Path, station: Any, said: str, kept: int) -> None:
    locations, findings = read(tmp_path, answer(STATION, station))
    assert said in messages(findings)
    assert sum(len(location["evses"]) for location in locations) == kept + 1


# Files


@pytest.mark.parametrize(
    ("data", "code", "said"),
    [
        (b"PK\x03\x04rest", "F104", "workbook"),
        (workbook(["Name", "Ort"], ["a", "b"]), "F104", "no row of the workbook begins with Betreiber"),
        (b"", "F102", "empty"),
        (b"<html>", "F104", "HTML"),
        ("Betreiber;".encode("utf-16"), "F104", "UTF-16"),
        ("Name;Ort\na;b\n", "F104", "no row begins with Betreiber"),
        ("nom_station;id_pdc_itinerance\na;b\n", "F104", "static IRVE data"),
        ('{"type": "FeatureCollection", "features": []}', "F104", "GeoJSON"),
        (
            "Ladeeinrichtungs-ID;Betreiber;Straße;Breitengrad;Längengrad\n1;a;b;1;2\n",
            "F104",
            "column Steckertypen1",
        ),
        ("Betreiber;Ort\na;b\n", "F104", "column Straße is missing"),
        (table(row(Straße='Am "Alten" Tor')), None, ""),
        (table('"offen' + row()), "F104", "not valid CSV"),
        (gzip.compress(b"Betreiber;" * 99)[:-9], "F104", "gzip archive is damaged"),
        ('{"chargingStations": [', "F104", "breaks off"),
        ('{"chargingStations": [NaN]}', "F104", "NaN is not JSON"),
        ("[" * 200_000, "F104", "nested too deeply"),
        ('{"chargingStations": []}', "S309", "no station"),
        (table(), "S309", "no station"),
    ],
)
def test_files_that_are_not_the_register(
    tmp_path: Path, data: str | bytes, code: str | None, said: str
) -> None:
    locations, findings = read(tmp_path, data)
    assert (locations == []) == (code is not None)
    if code:
        assert [finding.code for finding in findings] == [code]
        assert said in messages(findings)


def test_missing_and_too_large_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for path in (tmp_path / "none.csv", tmp_path):
        findings = Findings()
        assert read_bnetza(path, findings) == []
        assert [finding.code for finding in findings] == ["F101"]
    monkeypatch.setattr(bnetza, "MAX_REGISTER_BYTES", 100)
    locations, findings = read(tmp_path, table(row()))
    assert (locations, [finding.code for finding in findings]) == ([], ["F110"])


def test_one_operator(tmp_path: Path) -> None:
    data = table(row(), row(Betreiber="Andere GmbH"))
    assert "S307 None the file mixes 2 operators" in messages(read(tmp_path, data)[1])
    (location,), findings = read(tmp_path, data, "andere gmbh")
    assert location["operator"]["name"] == "Andere GmbH"
    assert not len(findings)
    locations, findings = read(tmp_path, data, "Keine")
    assert locations == []
    assert [finding.code for finding in findings] == ["S309"]


VALUE = st.none() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=4)
JSON = st.recursive(
    VALUE, lambda v: st.lists(v, max_size=3) | st.dictionaries(st.sampled_from([*STATION]), v, max_size=4)
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.dictionaries(st.sampled_from([*STATION]), JSON, max_size=4) | JSON, max_size=4))
def test_no_station_disappears_without_a_word(tmp_path: Path, odd: list[Any]) -> None:
    stations = [
        {**STATION, "id": n, **fields} if isinstance(fields, dict) else fields for n, fields in enumerate(odd)
    ]
    locations, findings = read(tmp_path, json.dumps({"chargingStations": stations}))
    left_out = sum(
        int(n) for f in findings if f.code == "S308" for n in re.findall(r"\((\d+) record", f.message)
    )
    kept = {evse["uid"].split("-")[0] for location in locations for evse in location["evses"]}
    if not findings.errors:
        assert len(kept) + left_out == len(stations)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.binary(max_size=200)
    | st.text(max_size=80).map(lambda text: (HEAD_2022 + "\n" + text).encode("utf-8", "replace"))
    | st.lists(st.text(max_size=5), max_size=26).map(
        lambda cells: (HEAD_2019 + "\n" + ";".join(cells)).encode("utf-8", "replace")
    )
)
def test_never_raises_on_bytes(tmp_path: Path, data: bytes) -> None:
    locations, findings = read(tmp_path, data)
    assert locations or len(findings)


@pytest.mark.data
@pytest.mark.parametrize(
    ("name", "sites", "evses"),
    [
        ("ladesaeulenregister_2019-07-19.csv", 8810, 19029),
        ("ladesaeulenregister_2022_koeln_subset.csv", 205, 521),
        ("ladesaeulenregister_2024-09-01_excerpt.csv", 94, 189),
        ("bnetza_api_v1_chargepoints_reduced.json", 743, 1822),
    ],
)
def test_real_registers(shared_data: Path, tmp_path: Path, name: str, sites: int, evses: int) -> None:
    findings = Findings()
    locations = read_bnetza(shared_data / "bnetza" / name, findings)
    assert {finding.code for finding in findings} <= {"S304", "S306", "S307", "S311"}
    feed = tmp_path / "feed.json"
    feed.write_bytes(feed_bytes(locations, name))
    again = Findings()
    read_back = read_feed(feed, "feed.json", KINDS, again)
    assert {finding.code for finding in again} <= {"S304", "S306", "S312"}
    assert (len(read_back), sum(len(location.evses) for location in read_back)) == (sites, evses)
