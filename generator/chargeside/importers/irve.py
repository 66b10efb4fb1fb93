"""`chargeside import irve FILE`: the French static charging data (IRVE, schema 2.x) as OCPI 2.2.1 Locations.

One row is one EVSE; rows with the same id_station_itinerance are one Location. Source of the columns: etalab/schema-irve,
schema-irve-statique 2.3.0. How it is turned into OCPI:

* Booleans have three states: an empty cell is *unknown*, never *no*.
* Volts and amperes, which OCPI wants and IRVE does not know, are left out rather than made up; so is the format of a Type 2
  outlet where cable_t2_attache is empty.
* A row in which no plug is true is a charger all the same: it stands there and drivers need help at it. It becomes a
  connector without standard, whose plug is unknown.
* puissance_nominale is the power of the whole EVSE: a plug gets it only where that plug can carry it. Type 2 next to DC at
  150 kW has no power of its own, which is the truth.
* paiement_cb = true means a bank card terminal of unknown type. It becomes CREDIT_CARD_PAYABLE and DEBIT_CARD_PAYABLE and
  claims neither contactless nor chip: a wrong "cards accepted" on a sign is worse than silence. paiement_cb = false means no
  terminal, so contactless and chip are a real *no*. paiement_acte and paiement_autre say too little to become a fact.
* condition_acces and implantation_station say who may come, accessibilite_pmr whether a wheelchair gets there; "accessible
  mais non réservé PMR" does. restriction_gabarit is free text: a height is taken only where it says `hauteur` and metres.
* operator is nom_operateur; nom_enseigne, meant for the brand but often the name of the site, is suboperator.
* Overseas departments keep the country FRA, as the source sees them; Monaco is MCO. Time zones follow the commune.
"""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from chargeside.findings import Findings
from chargeside.importers.common import (
    ONE_PHASE,
    Place,
    coordinates,
    count_in_journal,
    metres,
    other_format,
    present,
    say_mixed,
)
from chargeside.importers.importer import Importer, ImporterOption
from chargeside.importers.mapping import UNKNOWN_PLUG, Access, ParkingType, Plug, Strict, YesNo, mapping
from chargeside.importers.opening_hours import opening_times
from chargeside.importers.table import Table
from chargeside.load.looks_like import START_BYTES
from chargeside.load.ocpi_values import MAX_POWER, clean_text, is_safe_id, number
from chargeside.load.packed import start_of
from chargeside.load.phone import is_placeholder, tidy_phone
from chargeside.load.records import Records
from chargeside.load.tally import Kind, Tally


class _Mapping(Strict):
    """tables/irve.yml."""

    plugs: Mapping[str, Plug]
    booleans: Mapping[str, bool]
    parking: Mapping[str, ParkingType]
    access: Mapping[str, Access]
    wheelchair: Mapping[str, YesNo]
    zones: Mapping[str, str]


_TABLE = mapping("irve", _Mapping)
_NEEDED = (
    "nom_enseigne",
    "id_station_itinerance",
    "nom_station",
    "adresse_station",
    "coordonneesXY",
    "id_pdc_itinerance",
    "puissance_nominale",
    "prise_type_ef",
    "prise_type_2",
    "prise_type_combo_ccs",
    "prise_type_chademo",
    "prise_type_autre",
    "date_maj",
)
_POSTAL_CODE = re.compile(r"(?<!\d)\d{5}(?!\d)")
_PREFIX = re.compile(r"([A-Z]{2})\*?([A-Z0-9]{3})\*?[A-Z]")
_COORDINATES = re.compile(r"\[?\s*(-?\d+(?:\.\d+)?)\s*[,;]\s*(-?\d+(?:\.\d+)?)\s*\]?")
_MOBILE = re.compile(r"(\+33 ?|0)[67]")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_HEIGHT = re.compile(
    r"hauteur(?:\s+(?:max(?:i(?:male|mum)?)?\.?|limitée|autorisée|libre|inférieure|(?:du|des)\s+véhicules?|de|à))*"
    r"\s*[:=<≤]?\s*(\d(?:[.,]\d{1,2})?)\s*m(?:ètres?|\b)"
)
_EXTRA = {"source": "IRVE", "licence": "Licence Ouverte"}

_Row = Mapping[str, str]

KINDS: Mapping[str, Kind] = {
    # rows
    "cells": Kind(
        "S308",
        "left out: the number of cells differs from the header's",
        "quote cells that hold a comma",
        "row",
    ),
    "no_id": Kind(
        "S308",
        "left out: neither id_pdc_itinerance nor id_pdc_local is an id",
        "fill in id_pdc_itinerance",
        "row",
    ),
    "no_station": Kind(
        "S308",
        "left out: neither id_station_itinerance nor id_station_local is an id",
        "fill in id_station_itinerance",
        "row",
    ),
    "same_id": Kind(
        "S308",
        "left out: the same id_pdc_itinerance stands in an earlier row",
        "keep one row for each charge point",
        "row",
    ),
    "no_plug": Kind(
        "S306",
        "no plug is true; the charge point is kept, its plug unknown",
        "set the prise_type columns",
        "row",
        part=True,
    ),
    "all_plugs": Kind(
        "S306",
        "all five plugs are true, which is hard to believe",
        "set the prise_type columns",
        "row",
        part=True,
    ),
    "odd_boolean": Kind(
        "S306",
        "{} is neither true nor false and counts as unknown",
        "write true, false or nothing",
        "cell",
        part=True,
    ),
    "power": Kind(
        "S306", "puissance_nominale cannot be right and is left out", "give it in kW", "row", part=True
    ),
    # stations
    "coordinates": Kind(
        "S306", "coordonneesXY is not usable and left out", "write [longitude, latitude]", "station"
    ),
    "phone": Kind(
        "S306",
        "telephone_operateur is a placeholder or no number and left out",
        "give the helpline",
        "station",
    ),
    "mobile": Kind(
        "S306",
        "telephone_operateur is a mobile number, perhaps of one person",
        "check that it is the helpline",
        "station",
    ),
    "no_town": Kind(
        "S306", "adresse_station holds no postal code and town", 'write "street, 75000 Paris"', "station"
    ),
    "hours": Kind(
        "S306", "horaires does not fit OCPI and is left out", "write 24/7 or Mo-Fr 08:00-18:00, …", "station"
    ),
}


def read_irve(path: Path, findings: Findings, only_operator: str | None = None) -> list[dict[str, Any]]:
    """OCPI 2.2.1 Locations of an IRVE file (CSV in UTF-8, plain or gzip, or XLSX); an empty list when the file cannot be used.

    `only_operator`: keep the rows whose nom_operateur or nom_enseigne is this, in any case.
    """
    shown = str(path)
    table = Table(path, shown, findings)
    tally = Tally(shown, Records("", shown, findings), KINDS, findings)  # lines are told by the table
    reader = _Reader(tally, only_operator)
    header: list[str] | None = None
    for line, cells in table:
        if header is None:
            header = [cell.strip() for cell in cells]
            if not _is_irve(header, table, path):
                return []
        else:
            reader.add(line, dict(zip(header, cells, strict=True)) if len(cells) == len(header) else None)
    if table.broken:
        return []
    reader.report(shown, findings)
    return reader.locations()


def _is_irve(header: Sequence[str], table: Table, path: Path) -> bool:
    missing = [name for name in _NEEDED if name not in header]
    if missing:
        guess = other_format(header, start_of(path, START_BYTES), "irve")
        if guess:
            table.refuse(f"is not static IRVE data but {guess.what}", guess.mend)
        else:
            listed = f"{', '.join(missing[:5])}{' …' if len(missing) > 5 else ''}"
            mend = "give a file of the schema etalab/schema-irve-statique"
            table.refuse(f"is not static IRVE data: column {listed} is missing", mend)
    return not missing


class _Reader(Place):
    """Collects rows into Locations and counts what is wrong with them."""

    def __init__(self, tally: Tally, only_operator: str | None) -> None:
        super().__init__(tally)
        self._only = only_operator.strip().casefold() if only_operator else None
        self._operators: Counter[str] = Counter()
        self._brands: Counter[str] = Counter()
        self._rows = self._skipped = 0
        self._locations: dict[str, dict[str, Any]] = {}
        self._points: set[str] = set()

    def add(self, line: int, row: _Row | None) -> None:
        """One row: an EVSE, and its Location if it is the first. None for a row whose cells do not fit the header."""
        self.go_to_line(line)
        self._rows += 1
        if row is None:
            self.note("cells")
            return
        operator, brand = row.get("nom_operateur", "").strip(), row["nom_enseigne"].strip()
        self._operators[operator or brand] += 1
        self._brands[brand] += 1
        if self._only is not None and self._only not in (operator.casefold(), brand.casefold()):
            self._skipped += 1
            return
        point = _first_id(row["id_pdc_itinerance"], row.get("id_pdc_local", ""))
        station = _first_id(row["id_station_itinerance"], row.get("id_station_local", ""))
        self.is_about(station or "", row["nom_station"], point or "")
        if point is None or station is None:
            self.note("no_id" if point is None else "no_station")
        elif point in self._points:
            self.note("same_id")
        else:
            self._points.add(point)
            self._take(row, station, point)

    def _take(self, row: _Row, station: str, point: str) -> None:
        evse = self._evse(row, point)
        location = self._locations.get(station)
        if location is None:
            self.is_about(station, row["nom_station"])
            location = self._locations[station] = self._location(row, station, point)
        if (place := _coordinates(row)) and place != location.get("coordinates"):
            evse["coordinates"] = place
        location["evses"].append(evse)
        location["last_updated"] = max(location["last_updated"], evse["last_updated"])

    def locations(self) -> list[dict[str, Any]]:
        """The Locations, their EVSEs sorted by uid."""
        for location in self._locations.values():
            location["evses"].sort(key=lambda evse: evse["uid"])
        return list(self._locations.values())

    def report(self, shown: str, findings: Findings) -> None:
        """Add the findings of the whole file."""
        total = sum(self._operators.values())
        if self._only is not None and total and total == self._skipped:
            mend = _nearest_operator(self._only, self._operators, self._brands)
            findings.add("S309", shown, None, f'none of {total} rows is of the operator "{self._only}"', mend)
        elif not total:
            findings.add("S309", shown, None, "the file holds a header and no row", "fetch the file again")
        elif self._only is None:
            say_mixed(self._operators, "operators", "rows", shown, findings)
        self._tally.report()
        count_in_journal(
            findings,
            shown,
            "row",
            list(self._locations.values()),
            records=self._rows,
            used=len(self._points),
            skipped=self._skipped,
        )

    def _evse(self, row: _Row, point: str) -> dict[str, Any]:
        plugs = [name for name in _TABLE.plugs if self._boolean(row, name)]
        if not plugs:
            self.note("no_plug")
        if len(plugs) == len(_TABLE.plugs):
            self.note("all_plugs")
        updated = _updated(row)
        card = self._boolean(row, "paiement_cb")
        evse: dict[str, Any] = {"uid": point, "evse_id": point, "status": "UNKNOWN"}
        if card:
            evse["capabilities"] = ["CREDIT_CARD_PAYABLE", "DEBIT_CARD_PAYABLE"]
        evse["connectors"] = self._connectors(row, plugs or [""], updated)
        if restrictions := _restrictions(row):
            evse["parking_restrictions"] = restrictions
        payment = {"contactless": "no", "chip": "no"} if card is False else {}
        free = self._boolean(row, "gratuit")
        if free is not None:
            payment["free"] = "yes" if free else "no"
        extra = {
            "payment": payment or None,
            "wheelchair": _TABLE.wheelchair.get(_word(row, "accessibilite_pmr")),
            "max_height_m": _max_height(_word(row, "restriction_gabarit")),
        }
        if any(extra.values()):
            evse["chargeside"] = present(extra)
        evse["last_updated"] = updated
        return evse

    def _connectors(self, row: _Row, plugs: Sequence[str], updated: str) -> list[dict[str, Any]]:
        kilowatts = number(row["puissance_nominale"])
        power = round(kilowatts * 1000) if kilowatts and 0 < kilowatts * 1000 <= MAX_POWER else None
        kinds = [_TABLE.plugs.get(name, UNKNOWN_PLUG) for name in plugs]
        if not any(power and power <= kind.most for kind in kinds):
            self.note("power")
        tethered = self._boolean(row, "cable_t2_attache")
        connectors = []
        for index, (name, kind) in enumerate(zip(plugs, kinds, strict=True)):
            connector: dict[str, Any] = {"id": str(index + 1), **kind.fields}
            if name == "prise_type_2" and tethered is not None:
                connector["format"] = "CABLE" if tethered else "SOCKET"
            if power and power <= kind.most:
                connector["max_electric_power"] = power
                if name == "prise_type_2" and power <= ONE_PHASE:
                    connector["power_type"] = "AC_1_PHASE"
            connector["last_updated"] = updated
            connectors.append(connector)
        return connectors

    def _location(self, row: _Row, station: str, point: str) -> dict[str, Any]:
        prefix = _PREFIX.match(station) or _PREFIX.match(point)
        insee = row.get("code_insee_commune", "").strip()
        street, postal_code, city = split_address(row["adresse_station"], insee)
        brand = clean_text(row["nom_enseigne"]) or station
        operator = clean_text(row.get("nom_operateur")) or brand
        monaco = insee == "99138" or (postal_code or "").startswith("980")
        extra = {"access": _access(row), "help_phone": self._phone(row)}
        location: dict[str, Any] = {
            "country_code": prefix.group(1) if prefix else "FR",
            "party_id": prefix.group(2) if prefix else "XXX",
            "id": station,
            "publish": True,
            "name": clean_text(row["nom_station"]) or brand,
            "address": street,
            "city": city,
            "postal_code": postal_code,
            "country": "MCO" if monaco else "FRA",
            "coordinates": _coordinates(row),
            "parking_type": _parking_type(row),
            "evses": [],
            "operator": {"name": operator},
            "suboperator": {"name": brand} if brand != operator else None,
            "time_zone": "Europe/Monaco" if monaco else _TABLE.zones.get(insee[:3], "Europe/Paris"),
            "opening_times": self._opening_times(row),
            "chargeside": {**present(extra), **_EXTRA},
            "last_updated": _updated(row),
        }
        if not city:
            self.note("no_town")
        if location["coordinates"] is None:
            self.note("coordinates")
        return present(location)

    def _phone(self, row: _Row) -> str | None:
        text = row.get("telephone_operateur", "").strip()
        if not text:
            return None
        phone = tidy_phone(text)
        if phone is None or is_placeholder(phone):
            self.note("phone")
            return None
        if _MOBILE.match(phone):
            self.note("mobile")
        return phone

    def _opening_times(self, row: _Row) -> dict[str, Any] | None:
        text = row.get("horaires", "").strip()
        times = opening_times(text) if text else None
        if text and times is None:
            self.note("hours")
        return times

    def _boolean(self, row: _Row, column: str) -> bool | None:
        text = _word(row, column)
        found = _TABLE.booleans.get(text)
        if found is None and text:
            self.note("odd_boolean", column)
        return found


def split_address(text: str, insee: str = "") -> tuple[str, str | None, str]:
    """Street, postal code and town of an address in one line, as far as it tells them: `1 Rue X, 75001 Paris, France`.

    The last five digits that agree with the department of the commune (`insee`) are the postal code. Without one all of the
    text is the street.
    """
    flat = re.sub(r"(\s*,)+\s*", ", ", " ".join((clean_text(text) or "").split())).strip(" ,")
    codes = _POSTAL_CODE.findall(flat)
    department = insee[:2].upper().replace("2A", "20").replace("2B", "20")
    fitting = [code for code in codes if code[:2] == department] or codes
    if not fitting:
        return flat, None, ""
    code = fitting[-1]
    before, *towns = (part.strip(" ,;-") for part in flat.split(code))
    town = next(filter(None, map(_town, towns)), "")
    return before or flat, code, town


def _town(text: str) -> str:
    """The town at the start of what follows a postal code, without department, region and country."""
    town = re.split(r"[,;(]", text)[0].strip()
    town = re.sub(r"\s+france$", "", town, flags=re.IGNORECASE)
    return "" if town.casefold() in {"fr", "france"} else town


def _first_id(*texts: str) -> str | None:
    """The first usable id; the schema writes `Non concerné` for none."""
    for text in texts:
        found = text.strip()
        if found and is_safe_id(found) and not found.casefold().startswith("non concern"):
            return found
    return None


# A file has tens of thousands of rows and few different words in them, and the points of a site share their place.
@lru_cache(maxsize=4096)
def _lower(text: str) -> str:
    return text.strip().lower()


def _word(row: _Row, column: str) -> str:
    return _lower(row.get(column, ""))


def _coordinates(row: _Row) -> dict[str, str] | None:
    return _place(row["coordonneesXY"])


@lru_cache(maxsize=4096)
def _place(text: str) -> dict[str, str] | None:
    match = _COORDINATES.fullmatch(text.strip())
    return coordinates(match[2], match[1]) if match else None


def _updated(row: _Row) -> str:
    return _day(row["date_maj"])


@lru_cache(maxsize=4096)
def _day(text: str) -> str:
    match = _DATE.match(text.strip())
    return f"{match.group() if match else '1970-01-01'}T00:00:00Z"


def _parking_type(row: _Row) -> str | None:
    words = _word(row, "implantation_station").split()
    return _TABLE.parking.get(words[0]) if words else None


def _access(row: _Row) -> str | None:
    said = {_word(row, "implantation_station"), _word(row, "condition_acces")}
    return next((access for words, access in _TABLE.access.items() if words in said), None)


@lru_cache(maxsize=4096)
def _max_height(text: str) -> float | None:
    """The height in m that a text names with certainty: one, and in metres."""
    named = set(_HEIGHT.findall(" ".join(text.split())))
    return metres(named.pop()) if len(named) == 1 else None


def _restrictions(row: _Row) -> list[str]:
    found = []
    if "réservé à la clientèle" in _word(row, "implantation_station"):
        found.append("CUSTOMERS")
    if _word(row, "accessibilite_pmr") == "réservé pmr":
        found.append("DISABLED")
    return found


def _nearest_operator(wanted: str, operators: Counter[str], brands: Counter[str]) -> str:
    names = {name.casefold(): name for name in (*brands, *operators) if name}
    close = difflib.get_close_matches(wanted, names, n=3, cutoff=0.6)
    close += [name for name in names if wanted in name and name not in close][: 3 - len(close)]
    if close:
        quoted = (f'"{names[name]}"' for name in close)
        return f"did you mean {' or '.join(quoted)}?"
    return f"use one of: {', '.join(name for name, _ in operators.most_common(20))}"


IMPORTER = Importer(
    "irve",
    "French national static data (IRVE; CSV or XLSX).",
    'chargeside import irve irve.csv.gz --to my-network --only-operator "My Network"',
    read_irve,
    (ImporterOption("--only-operator", "Only rows of this operator (nom_operateur or nom_enseigne)."),),
)
