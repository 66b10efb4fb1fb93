"""IRVE (French static charging data) to OCPI: mapping, doubts, bad files, and the round trip with real data."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chargeside.findings import Findings
from chargeside.importers import table
from chargeside.importers.feed import feed_bytes
from chargeside.importers.irve import read_irve, split_address
from chargeside.load.ocpi import facts_of, read_feed

KINDS = {"IEC_62196_T2": "type2", "IEC_62196_T2_COMBO": "ccs2", "CHADEMO": "chademo"}

ROW = {
    "nom_amenageur": "Ville d'Exempleville",
    "nom_operateur": "Opérateur Exemple",
    "contact_operateur": "aide@example.org",
    "telephone_operateur": "tel:+33-1-99-00-12-34",
    "nom_enseigne": "Exemple",
    "id_station_itinerance": "FRTSTP0001",
    "id_station_local": "",
    "nom_station": "Place de l'Étang",
    "implantation_station": "Voirie",
    "adresse_station": "1 Rue des Écrevisses, 75001 Paris, France",
    "code_insee_commune": "75101",
    "coordonneesXY": "[2.337, 48.8621]",
    "nbre_pdc": "2",
    "id_pdc_itinerance": "FRTSTE00011",
    "id_pdc_local": "",
    "puissance_nominale": "22.0",
    "prise_type_ef": "False",
    "prise_type_2": "True",
    "prise_type_combo_ccs": "False",
    "prise_type_chademo": "False",
    "prise_type_autre": "False",
    "gratuit": "",
    "paiement_acte": "True",
    "paiement_cb": "",
    "paiement_autre": "",
    "condition_acces": "Accès libre",
    "reservation": "False",
    "horaires": "24/7",
    "accessibilite_pmr": "Accessibilité inconnue",
    "restriction_gabarit": "",
    "date_maj": "2025-03-28",
    "cable_t2_attache": "False",
}


def text_of(*rows: dict[str, str], delimiter: str = ",") -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(ROW), delimiter=delimiter, lineterminator="\n")
    writer.writeheader()
    for number, row in enumerate(rows):
        writer.writerow({**ROW, "id_pdc_itinerance": f"FRTSTE{number:05}", **row})
    return out.getvalue()


def read(
    folder: Path, data: str | bytes, only_operator: str | None = None
) -> tuple[list[dict[str, Any]], Findings]:
    path = folder / "irve.csv"
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    findings = Findings()
    return read_irve(path, findings, only_operator), findings


def codes(findings: Findings) -> list[tuple[str, int | None]]:
    return [(finding.code, finding.line) for finding in findings]


def one(folder: Path, **row: str) -> dict[str, Any]:
    (location,), findings = read(folder, text_of(row))
    assert not findings.errors
    return location


def facts(folder: Path, **row: str) -> dict[str, Any]:
    """The facts that the imported row has once the feed is read back."""
    feed = folder / "feed.json"
    feed.write_bytes(feed_bytes([one(folder, **row)], "test"))
    (location,) = read_feed(feed, "feed.json", KINDS, Findings())
    return {name: fact.value for name, fact in facts_of(location, location.evses[0]).items()}


def test_a_row_becomes_a_location(tmp_path: Path) -> None:
    (location,), findings = read(tmp_path, text_of({}))
    assert not len(findings)
    assert location == {
        "country_code": "FR",
        "party_id": "TST",
        "id": "FRTSTP0001",
        "publish": True,
        "name": "Place de l'Étang",
        "address": "1 Rue des Écrevisses",
        "city": "Paris",
        "postal_code": "75001",
        "country": "FRA",
        "coordinates": {"latitude": "48.862100", "longitude": "2.337000"},
        "parking_type": "ON_STREET",
        "evses": [
            {
                "uid": "FRTSTE00000",
                "evse_id": "FRTSTE00000",
                "status": "UNKNOWN",
                "connectors": [
                    {
                        "id": "1",
                        "standard": "IEC_62196_T2",
                        "power_type": "AC_3_PHASE",
                        "format": "SOCKET",
                        "max_electric_power": 22000,
                        "last_updated": "2025-03-28T00:00:00Z",
                    }
                ],
                "last_updated": "2025-03-28T00:00:00Z",
            }
        ],
        "operator": {"name": "Opérateur Exemple"},
        "suboperator": {"name": "Exemple"},
        "time_zone": "Europe/Paris",
        "opening_times": {"twentyfourseven": True},
        "chargeside": {
            "access": "public",
            "help_phone": "+33 1 99 00 12 34",
            "source": "IRVE",
            "licence": "Licence Ouverte",
        },
        "last_updated": "2025-03-28T00:00:00Z",
    }


def test_rows_of_a_station_are_one_location(tmp_path: Path) -> None:
    rows = [
        {"id_pdc_itinerance": "FRTSTE2", "date_maj": "2025-01-01"},
        {"id_pdc_itinerance": "FRTSTE1", "date_maj": "2025-02-02", "coordonneesXY": "[2.338, 48.8622]"},
        {"id_station_itinerance": "FRABCP9", "id_pdc_itinerance": "FRABCE9"},
    ]
    (first, second), findings = read(tmp_path, text_of(*rows))
    assert not len(findings)
    assert [evse["uid"] for evse in first["evses"]] == ["FRTSTE1", "FRTSTE2"]
    assert first["last_updated"] == "2025-02-02T00:00:00Z"
    assert first["evses"][0]["coordinates"] == {"latitude": "48.862200", "longitude": "2.338000"}
    assert "coordinates" not in first["evses"][1]
    assert (second["party_id"], second["id"]) == ("ABC", "FRABCP9")


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({}, {"connectors": ("type2",), "current": ("AC",), "format": ("socket",), "power_kw": 22.0}),
        (
            {"cable_t2_attache": "true"},
            {"connectors": ("type2",), "current": ("AC",), "format": ("cable",), "power_kw": 22.0},
        ),
        ({"cable_t2_attache": ""}, {"connectors": ("type2",), "current": ("AC",), "power_kw": 22.0}),
        (
            {"prise_type_ef": "True"},
            {
                "connectors": ("type2", "DOMESTIC_E"),
                "current": ("AC",),
                "format": ("socket",),
                "power_kw": 22.0,
            },
        ),
        (
            {
                "prise_type_2": "False",
                "prise_type_combo_ccs": "1",
                "prise_type_chademo": "VRAI",
                "puissance_nominale": "150",
            },
            {"connectors": ("ccs2", "chademo"), "current": ("DC",), "format": ("cable",), "power_kw": 150.0},
        ),
        (
            {"prise_type_combo_ccs": "True", "puissance_nominale": "150"},
            {
                "connectors": ("ccs2", "type2"),
                "current": ("DC", "AC"),
                "format": ("cable", "socket"),
                "power_kw": 150.0,
            },
        ),
        (
            {"prise_type_2": "False", "prise_type_autre": "True", "puissance_nominale": "100"},
            {"connectors": ("OTHER",), "power_kw": 100.0},
        ),
        ({"prise_type_2": "", "puissance_nominale": "50"}, {"power_kw": 50.0}),
        (
            {"paiement_cb": "True"},
            {"connectors": ("type2",), "current": ("AC",), "format": ("socket",), "power_kw": 22.0},
        ),
        (
            {"paiement_cb": "False", "gratuit": "True"},
            {
                "connectors": ("type2",),
                "current": ("AC",),
                "format": ("socket",),
                "power_kw": 22.0,
                "payment.contactless": "no",
                "payment.chip": "no",
                "payment.free": "yes",
            },
        ),
        (
            {"gratuit": "false", "paiement_autre": "True"},
            {
                "connectors": ("type2",),
                "current": ("AC",),
                "format": ("socket",),
                "power_kw": 22.0,
                "payment.free": "no",
            },
        ),
    ],
    ids=[
        "socket",
        "tethered",
        "not said",
        "domestic",
        "DC",
        "AC and DC",
        "other",
        "no plug",
        "card terminal",
        "no terminal",
        "not free",
    ],
)
def test_facts(tmp_path: Path, row: dict[str, str], expected: dict[str, Any]) -> None:
    assert facts(tmp_path, **row) == {"country": "FR", **expected}


def test_power_goes_to_the_plugs_that_can_carry_it(tmp_path: Path) -> None:
    every = {"prise_type_ef": "True", "prise_type_combo_ccs": "True", "puissance_nominale": "50"}
    connectors = one(tmp_path, **every)["evses"][0]["connectors"]
    assert [connector.get("max_electric_power") for connector in connectors] == [50000, None, None]
    for power, phases in (
        ("7.4", "AC_1_PHASE"),
        ("7,4", "AC_1_PHASE"),
        ("11", "AC_3_PHASE"),
        ("3.7", "AC_1_PHASE"),
    ):
        (connector,) = one(tmp_path, puissance_nominale=power)["evses"][0]["connectors"]
        assert connector["power_type"] == phases


@pytest.mark.parametrize("power", ["", "0", "-3", "x", "1e9", "22000000", "nan"])
def test_odd_power_is_left_out(tmp_path: Path, power: str) -> None:
    (location,), findings = read(tmp_path, text_of({"puissance_nominale": power}))
    assert codes(findings) == [("S306", 2)]
    assert "max_electric_power" not in location["evses"][0]["connectors"][0]


def test_card_terminal_of_unknown_type_claims_neither_contactless_nor_chip(tmp_path: Path) -> None:
    (evse,) = one(tmp_path, paiement_cb="True")["evses"]
    assert evse["capabilities"] == ["CREDIT_CARD_PAYABLE", "DEBIT_CARD_PAYABLE"]
    assert "chargeside" not in evse


def test_access_and_place(tmp_path: Path) -> None:
    location = one(
        tmp_path,
        condition_acces="Accès réservé",
        implantation_station="Parking privé réservé à la clientèle",
        accessibilite_pmr="Réservé PMR",
    )
    assert location["publish"] is True
    assert location["chargeside"]["access"] == "customers"
    assert location["parking_type"] == "PARKING_LOT"
    assert location["evses"][0]["parking_restrictions"] == ["CUSTOMERS", "DISABLED"]


@pytest.mark.parametrize(
    ("insee", "country", "zone"),
    [
        ("75101", "FRA", "Europe/Paris"),
        ("97411", "FRA", "Indian/Reunion"),
        ("2A004", "FRA", "Europe/Paris"),
        ("99138", "MCO", "Europe/Monaco"),
        ("", "FRA", "Europe/Paris"),
    ],
)
def test_country_and_time_zone(tmp_path: Path, insee: str, country: str, zone: str) -> None:
    location = one(tmp_path, code_insee_commune=insee)
    assert (location["country"], location["time_zone"]) == (country, zone)


@pytest.mark.parametrize(
    ("text", "insee", "parts"),
    [
        (
            "32 Rue du Saut le Cerf, 88000 Jeuxey, France",
            "88253",
            ("32 Rue du Saut le Cerf", "88000", "Jeuxey"),
        ),
        ("17 Rue Caulaincourt, 75018 Paris", "75118", ("17 Rue Caulaincourt", "75018", "Paris")),
        ("Route Des Alpes 25370 Jougne", "25318", ("Route Des Alpes", "25370", "Jougne")),
        ("Bd de la Muette", "95268", ("Bd de la Muette", None, "")),
        (
            "Rue de la Héronnière, 44570 Trignac 44570 Trignac",
            "44210",
            ("Rue de la Héronnière", "44570", "Trignac"),
        ),
        ("1 RUE DE L'OR - BP 20212, 95712 ROISSY", "95527", ("1 RUE DE L'OR - BP 20212", "95712", "ROISSY")),
        ("RD 643 - BP 57008 57255 Sainte-Marie", "57620", ("RD 643 - BP 57008", "57255", "Sainte-Marie")),
        ("Rue X 75001 PARIS (75) Île-de-France FRANCE", "75101", ("Rue X", "75001", "PARIS")),
        ("Quai Y, 20000 Ajaccio", "2A004", ("Quai Y", "20000", "Ajaccio")),
        ("Aire du Chavanon, , Merlines", "19133", ("Aire du Chavanon, Merlines", None, "")),
        ("44 Rue Z, 67000", "67482", ("44 Rue Z", "67000", "")),
        ("67000 Strasbourg", "67482", ("67000 Strasbourg", "67000", "Strasbourg")),
        ("Rue 1234567", "", ("Rue 1234567", None, "")),
        ("", "", ("", None, "")),
    ],
)
def test_split_address(text: str, insee: str, parts: tuple[str, str | None, str]) -> None:
    assert split_address(text, insee) == parts


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        (
            "Mo 07:00-23:00,Tu 08:00-12:00, Tu 14:00-18:00",
            [(1, "07:00", "23:00"), (2, "08:00", "12:00"), (2, "14:00", "18:00")],
        ),
        (
            "Mo-Tu 08:00-18:00, We 09:30-00:00",
            [(1, "08:00", "18:00"), (2, "08:00", "18:00"), (3, "09:30", "23:59")],
        ),
        ("Mo 00:00-00:01", None),
        ("sur demande", None),
    ],
)
def test_opening_hours(tmp_path: Path, text: str, hours: list[tuple[int, str, str]] | None) -> None:
    (location,), findings = read(tmp_path, text_of({"horaires": text}))
    times = location.get("opening_times")
    if hours is None:
        assert times is None
        assert codes(findings) == [("S306", 2)]
    else:
        assert not len(findings)
        found = [(h["weekday"], h["period_begin"], h["period_end"]) for h in times["regular_hours"]]
        assert found == hours


@pytest.mark.parametrize(
    ("row", "access", "wheelchair", "height"),
    [
        ({}, "public", None, None),
        ({"condition_acces": "Accès réservé"}, "restricted", None, None),
        ({"implantation_station": "Parking privé réservé à la clientèle"}, "customers", None, None),
        ({"condition_acces": ""}, None, None, None),
        ({"accessibilite_pmr": "Réservé PMR"}, "public", "yes", None),
        ({"accessibilite_pmr": "Accessible mais non réservé PMR"}, "public", "yes", None),
        ({"accessibilite_pmr": "Non accessible"}, "public", "no", None),
        ({"restriction_gabarit": "Hauteur max 2,1 m"}, "public", None, 2.1),
        ({"restriction_gabarit": "Hauteur limitée à 2.30m, largeur 2,5 m"}, "public", None, 2.3),
        ({"restriction_gabarit": "hauteur maximale : 1,90 mètres"}, "public", None, 1.9),
        ({"restriction_gabarit": "Hauteur 2 m au parking, hauteur 3 m dehors"}, "public", None, None),
        ({"restriction_gabarit": "Hauteur et longueur 5 m"}, "public", None, None),
        ({"restriction_gabarit": "Hauteur minimale 2 m"}, "public", None, None),
        ({"restriction_gabarit": "Hauteur max 210"}, "public", None, None),
        ({"restriction_gabarit": "Hauteur max 9 m"}, "public", None, None),
        ({"restriction_gabarit": "Longueur max 5 m"}, "public", None, None),
        ({"restriction_gabarit": "Que du poids léger"}, "public", None, None),
    ],
)
def test_who_gets_there(
    tmp_path: Path, row: dict[str, str], access: str | None, wheelchair: str | None, height: float | None
) -> None:
    location = one(tmp_path, **row)
    extra = location["evses"][0].get("chargeside", {})
    assert location["chargeside"].get("access") == access
    assert (extra.get("wheelchair"), extra.get("max_height_m")) == (wheelchair, height)


def test_ids_fall_back_on_the_local_ones(tmp_path: Path) -> None:
    location = one(
        tmp_path,
        id_station_itinerance="Non concerné",
        id_station_local="ST-7",
        id_pdc_itinerance="Non concerné",
        id_pdc_local="P-7",
    )
    assert (location["id"], location["evses"][0]["uid"]) == ("ST-7", "P-7")
    assert (location["country_code"], location["party_id"]) == ("FR", "XXX")


@pytest.mark.parametrize(
    ("rows", "code", "line", "message", "left"),
    [
        (
            [{}, {"prise_type_2": "False"}, {"prise_type_2": ""}],
            "S306",
            3,
            "no plug is true; the charge point is kept, its plug unknown (2 rows, first at line 3)",
            3,
        ),
        ([{}, {"id_pdc_itinerance": ""}], "S308", 3, "neither id_pdc_itinerance nor", 1),
        ([{}, {"id_station_itinerance": "../x"}], "S308", 3, "neither id_station_itinerance nor", 1),
        (
            [{"id_pdc_itinerance": "A1"}, {"id_pdc_itinerance": "A1"}],
            "S308",
            3,
            "stands in an earlier row",
            1,
        ),
        (
            [
                {
                    "prise_type_ef": "1",
                    "prise_type_combo_ccs": "1",
                    "prise_type_chademo": "1",
                    "prise_type_autre": "1",
                }
            ],
            "S306",
            2,
            "all five plugs are true, which is hard to believe (1 row, first at line 2)",
            1,
        ),
        ([{"gratuit": "peut-être"}], "S306", 2, "gratuit is neither true nor false", 1),
        (
            [{"coordonneesXY": "[0, 0]"}],
            "S306",
            2,
            "coordonneesXY is not usable and left out (1 station, first at line 2)",
            1,
        ),
        ([{"coordonneesXY": "48.8;2.3;1"}], "S306", 2, "coordonneesXY is not usable", 1),
        ([{"telephone_operateur": "tel:+33-1-00-00-00-00"}], "S306", 2, "placeholder", 1),
        ([{"telephone_operateur": "+33.123456789"}], "S306", 2, "placeholder", 1),
        ([{"telephone_operateur": "tel:+33-6-99-00-00-12"}], "S306", 2, "mobile number", 1),
        ([{"adresse_station": "Rue X"}], "S306", 2, "no postal code", 1),
    ],
)
def test_doubts(
    tmp_path: Path, rows: list[dict[str, str]], code: str, line: int, message: str, left: int
) -> None:
    locations, findings = read(tmp_path, text_of(*rows))
    assert codes(findings) == [(code, line)]
    (finding,) = findings
    assert message in finding.message
    assert finding.mend
    assert sum(len(location["evses"]) for location in locations) == left


def test_rows_with_another_number_of_cells_are_counted(tmp_path: Path) -> None:
    lines = text_of({}, {}, {}).splitlines()
    lines[2] += ",more"
    locations, findings = read(tmp_path, "\n".join(lines))
    assert codes(findings) == [("S308", 3)]
    assert len(locations[0]["evses"]) == 2


def test_several_operators(tmp_path: Path) -> None:
    rows = [
        {"nom_operateur": "Alpha"},
        {"nom_operateur": "Alpha"},
        {"nom_operateur": "Beta", "nom_enseigne": "Brand B"},
    ]
    text = text_of(*rows)
    locations, findings = read(tmp_path, text)
    assert codes(findings) == [("S307", None)]
    assert "Alpha (2), Beta (1)" in next(iter(findings)).message
    assert '--only-operator "Alpha"' in next(iter(findings)).mend
    for wanted, count in (("alpha", 2), ("  BETA ", 1), ("brand b", 1), ("exemple", 2)):
        locations, findings = read(tmp_path, text, wanted)
        assert not len(findings)
        assert len(locations[0]["evses"]) == count
    locations, findings = read(tmp_path, text, "Alhpa")
    assert locations == []
    assert codes(findings) == [("S309", None)]
    assert next(iter(findings)).mend == 'did you mean "Alpha"?'
    _, findings = read(tmp_path, text, "zzz")
    assert next(iter(findings)).mend == "use one of: Alpha, Beta"


def test_ways_to_write_the_file(tmp_path: Path) -> None:
    plain, _ = read(tmp_path, text_of({}, {}))
    text = text_of({}, {})
    for data in (
        ("\ufeff" + text).encode(),
        text.replace("\n", "\r\n").encode(),
        gzip.compress(text.encode()),
        gzip.compress(("\ufeff" + text).encode()),
        text_of({}, {}, delimiter=";").encode(),
        (text + "\n\n").encode(),
    ):
        locations, findings = read(tmp_path, data)
        assert locations == plain
        assert not len(findings)


@pytest.mark.parametrize(
    ("data", "code", "line", "message", "mend"),
    [
        (b"", "F102", None, "empty", "fetch"),
        (text_of().encode(), "S309", None, "a header and no row", "fetch"),
        (text_of({}).encode("latin-1"), "F103", 2, "0xe9 is not UTF-8", "UTF-8"),
        (
            text_of({}, {"nom_station": 'a "b'}).replace('"a ""b"', '"a "b').encode(),
            "F104",
            3,
            "not valid CSV",
            "quotes",
        ),
        (text_of({}).encode() + b'"never closed', "F104", 3, "not valid CSV", "quotes"),
        (gzip.compress(text_of({}).encode())[:-12], "F104", None, "gzip archive is damaged", "again"),
        (b"\x1f\x8b\x08\x00rubbish", "F104", None, "gzip archive is damaged", "again"),
        (b'{"data": []}', "F104", 1, "is JSON, not CSV", "import ocpi"),
        (b"\n [1]", "F104", 2, "is JSON, not CSV", "import ocpi"),
        (b"<!doctype html><p>Log in", "F104", 1, "an HTML page", "login"),
        (b"PK\x03\x04sheet", "F104", None, "Excel workbook", "CSV"),
        ("a,b".encode("utf-16"), "F104", 1, "UTF-16", "UTF-8"),
        (b"id_pdc_itinerance,etat_pdc,horodatage\n", "F104", 1, "dynamic IRVE", "schema"),
        (b"Betreiber;Stra\xc3\x9fe;Ort\n", "F104", 1, "German register", "import bnetza"),
        (b"Fuel Type Code,Station Name\n", "F104", 1, "AFDC", "import afdc"),
        (b"nom_enseigne,nom_station\n", "F104", 1, "column id_station_itinerance", "schema"),
        (b"x" * 3_000_000, "F110", 1, "longer than", "split"),
        (gzip.compress(b"x" * 50_000_000), "F110", 1, "longer than", "split"),
    ],
    ids=[
        "empty",
        "no rows",
        "latin-1",
        "quote",
        "open quote",
        "cut gzip",
        "bad gzip",
        "json",
        "empty first line",
        "html",
        "xlsx",
        "utf-16",
        "dynamic",
        "bnetza",
        "afdc",
        "columns",
        "long line",
        "gzip bomb",
    ],
)
def test_bad_files(tmp_path: Path, data: bytes, code: str, line: int | None, message: str, mend: str) -> None:
    locations, findings = read(tmp_path, data)
    assert locations == []
    assert codes(findings) == [(code, line)]
    (finding,) = findings
    assert message in finding.message
    assert mend in finding.mend


def test_missing_file_and_folder(tmp_path: Path) -> None:
    for path in (tmp_path / "none.csv", tmp_path):
        findings = Findings()
        assert read_irve(path, findings) == []
        assert codes(findings) == [("F101", None)]


def test_too_many_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "MAX_TABLE_BYTES", 1000)
    locations, findings = read(tmp_path, text_of({}, {}, {}))
    assert locations == []
    assert [code for code, _ in codes(findings)] == ["F110"]


CELL = st.sampled_from(
    ["", "True", "False", "../x", "[1, 2]", "22.0", "\x00", '"', "Non concerné", "24/7", "²", "=1+1"]
) | st.text(max_size=6)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.dictionaries(st.sampled_from(list(ROW)), CELL, max_size=12), max_size=5))
def test_no_row_disappears_without_a_word(tmp_path: Path, rows: list[dict[str, str]]) -> None:
    cleaned = [{key: value.encode("utf-8", "replace").decode() for key, value in row.items()} for row in rows]
    locations, findings = read(tmp_path, text_of(*cleaned))
    if findings.errors:
        assert locations == []
        return
    left_out = sum(
        int(re.search(r"\((\d+) rows?, first", f.message).group(1))  # type: ignore[union-attr]
        for f in findings
        if f.code == "S308"
    )
    kept = sum(len(location["evses"]) for location in locations)
    assert kept + left_out == len(rows)
    feed = tmp_path / "feed.json"
    feed.write_bytes(feed_bytes(locations, "test"))
    again = Findings()
    assert sum(len(location.evses) for location in read_feed(feed, "feed.json", KINDS, again)) == kept
    assert all(finding.code == "S309" for finding in again.errors)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.binary(max_size=300)
    | st.text(max_size=100).map(lambda text: text_of({}).encode() + text.encode("utf-8", "replace"))
)
def test_never_raises_on_bytes(tmp_path: Path, data: bytes) -> None:
    read(tmp_path, data)


@pytest.mark.data
@pytest.mark.parametrize(
    ("name", "rows", "stations"),
    [
        ("irve-statique-250-stations.csv", 1882, 250),
        pytest.param("irve-statique-29109.csv.gz", 29109, 5571, marks=pytest.mark.slow),
    ],
)
def test_round_trip_of_real_data(
    shared_data: Path, tmp_path: Path, name: str, rows: int, stations: int
) -> None:
    findings = Findings()
    locations = read_irve(shared_data / "irve" / name, findings)
    assert not findings.errors
    assert "S307" in {finding.code for finding in findings}
    said = sum(
        int(re.search(r"\((\d+) rows?, first", f.message).group(1))  # type: ignore[union-attr]
        for f in findings
        if f.code == "S308"
    )
    assert (len(locations), said) == (stations, 0)
    feed = tmp_path / "irve.json"
    feed.write_bytes(feed_bytes(locations, name))
    again = Findings()
    read_back = read_feed(feed, "irve.json", KINDS, again)
    assert not again.errors
    assert {finding.code for finding in again} <= {"S304", "S306"}
    assert sum(len(location.evses) for location in read_back) == rows - said
    assert {location.id for location in read_back} == {location["id"] for location in locations}
    lines = feed.read_text("utf-8").splitlines()
    for location in read_back[:: max(1, len(read_back) // 50)]:
        assert json.loads(lines[location.line - 1].rstrip(","))["id"] == location.id


@pytest.mark.data
def test_one_operator_of_real_data(shared_data: Path) -> None:
    findings = Findings()
    locations = read_irve(shared_data / "irve" / "irve-statique-250-stations.csv", findings, "tesla")
    assert locations
    assert {location["operator"]["name"] for location in locations} == {"Tesla"}
    assert "S307" not in {finding.code for finding in findings}
