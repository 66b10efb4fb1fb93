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
* operator is nom_operateur; nom_enseigne, meant for the brand but often the name of the site, is suboperator.
* Overseas departments keep the country FRA, as the source sees them; Monaco is MCO. Time zones follow the commune.
"""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from chargeside.findings import Findings
from chargeside.importers.table import Table
from chargeside.load.ocpi_values import MAX_AC_POWER, MAX_POWER, clean_text, is_safe_id, number
from chargeside.load.phone import is_placeholder, tidy_phone

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
_OTHER_TABLES = {
    "etat_pdc": "the dynamic IRVE file (states of charge points); the static one is needed",
    "Fuel Type Code": "the US register of alternative fuel stations (AFDC)",
    "Betreiber": "the German register (Bundesnetzagentur)",
}
"""Columns that tell other tables."""

_PLUGS: Mapping[str, Mapping[str, str]] = {
    "prise_type_combo_ccs": {"standard": "IEC_62196_T2_COMBO", "format": "CABLE", "power_type": "DC"},
    "prise_type_chademo": {"standard": "CHADEMO", "format": "CABLE", "power_type": "DC"},
    "prise_type_2": {"standard": "IEC_62196_T2", "power_type": "AC_3_PHASE"},
    "prise_type_ef": {"standard": "DOMESTIC_E", "format": "SOCKET", "power_type": "AC_1_PHASE"},
    "prise_type_autre": {"standard": "OTHER"},
}
_UNKNOWN_PLUG = ""
_MOST: Mapping[str, int] = {"prise_type_2": MAX_AC_POWER, "prise_type_ef": 4_000}
"""W that a plug can carry: Type 2 3 × 63 A, a domestic socket 16 A (3.7 kW, often rounded up), both at 230 V."""
_ONE_PHASE = 7_400
"""W. 32 A at 230 V: what one phase of Type 2 gives."""

_BOOLEANS = {
    "true": True,
    "1": True,
    "vrai": True,
    "oui": True,
    "false": False,
    "0": False,
    "faux": False,
    "non": False,
}
_PARKING = {"voirie": "ON_STREET", "parking": "PARKING_LOT"}
_ZONES = {
    "971": "America/Guadeloupe",
    "972": "America/Martinique",
    "973": "America/Cayenne",
    "974": "Indian/Reunion",
    "975": "America/Miquelon",
    "976": "Indian/Mayotte",
    "977": "America/St_Barthelemy",
    "978": "America/Marigot",
    "987": "Pacific/Tahiti",
    "988": "Pacific/Noumea",
}
_DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_PERIOD = re.compile(r"(Mo|Tu|We|Th|Fr|Sa|Su) ([0-2]\d:[0-5]\d)-([0-2]\d:[0-5]\d)")
_POSTAL_CODE = re.compile(r"(?<!\d)\d{5}(?!\d)")
_PREFIX = re.compile(r"([A-Z]{2})\*?([A-Z0-9]{3})\*?[A-Z]")
_COORDINATES = re.compile(r"\[?\s*(-?\d+(?:\.\d+)?)\s*[,;]\s*(-?\d+(?:\.\d+)?)\s*\]?")
_MOBILE = re.compile(r"(\+33 ?|0)[67]")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_RESTRICTED = [
    {
        "language": "en",
        "text": "Access is reserved to certain users. Check the signs at the site before you park.",
    },
    {
        "language": "fr",
        "text": "Accès réservé à certains usagers. Lisez les panneaux sur place avant de vous garer.",
    },
]
_EXTRA = {"source": "IRVE", "licence": "Licence Ouverte"}

_Row = Mapping[str, str]

_KINDS: Mapping[str, tuple[str, str, str]] = {
    # rows
    "cells": ("S308", "the number of cells differs from the header's", "quote cells that hold a comma"),
    "no_id": ("S308", "neither id_pdc_itinerance nor id_pdc_local is an id", "fill in id_pdc_itinerance"),
    "no_station": (
        "S308",
        "neither id_station_itinerance nor id_station_local is an id",
        "fill in id_station_itinerance",
    ),
    "same_id": (
        "S308",
        "the same id_pdc_itinerance stands in an earlier row",
        "keep one row for each charge point",
    ),
    "no_plug": (
        "S306",
        "no plug is true; the charge point is kept, its plug unknown",
        "set the prise_type columns",
    ),
    "all_plugs": ("S306", "all five plugs are true, which is hard to believe", "set the prise_type columns"),
    "odd_boolean": (
        "S306",
        "a cell is neither true nor false and counts as unknown",
        "write true, false or nothing",
    ),
    "power": ("S306", "puissance_nominale cannot be right and is left out", "give it in kW"),
    # stations
    "coordinates": ("S306", "coordonneesXY is not usable and left out", "write [longitude, latitude]"),
    "phone": ("S306", "telephone_operateur is a placeholder or no number and left out", "give the helpline"),
    "mobile": (
        "S306",
        "telephone_operateur is a mobile number, perhaps of one person",
        "check that it is the helpline",
    ),
    "no_town": ("S306", "adresse_station holds no postal code and town", 'write "street, 75000 Paris"'),
    "hours": ("S306", "horaires does not fit OCPI and is left out", "write 24/7 or Mo 08:00-18:00, …"),
}

_STATION_KINDS = ("coordinates", "phone", "mobile", "no_town", "hours")


def read_irve(path: Path, findings: Findings, only_operator: str | None = None) -> list[dict[str, Any]]:
    """OCPI 2.2.1 Locations of an IRVE file (CSV, plain or gzip, UTF-8); an empty list when the file cannot be used.

    `only_operator`: keep the rows whose nom_operateur or nom_enseigne is this, in any case.
    """
    table = Table(path, str(path), findings)
    importer = _Importer(only_operator)
    header: list[str] | None = None
    for line, cells in table:
        if header is None:
            header = [cell.strip() for cell in cells]
            if not _is_irve(header, table):
                return []
        elif len(cells) != len(header):
            importer.note("cells", line)
        else:
            importer.add(line, dict(zip(header, cells, strict=True)))
    if table.broken:
        return []
    importer.report(str(path), findings)
    return importer.locations()


def _is_irve(header: Sequence[str], table: Table) -> bool:
    missing = [name for name in _NEEDED if name not in header]
    if not missing:
        return True
    for column, what in _OTHER_TABLES.items():
        if any(column in name for name in header):
            table.refuse(
                f"is not static IRVE data but {what}", "give a file of the schema etalab/schema-irve-statique"
            )
            return False
    message = f"is not static IRVE data: column {', '.join(missing[:5])}{' …' if len(missing) > 5 else ''} is missing"
    table.refuse(message, "give a file of the schema etalab/schema-irve-statique")
    return False


class _Importer:
    """Collects rows into Locations and counts what is wrong with them."""

    def __init__(self, only_operator: str | None) -> None:
        self._only = only_operator.strip().casefold() if only_operator else None
        self._operators: Counter[str] = Counter()
        self._brands: Counter[str] = Counter()
        self._kept = 0
        self._locations: dict[str, dict[str, Any]] = {}
        self._points: set[str] = set()
        self._notes: dict[str, tuple[int, int]] = {}

    def note(self, kind: str, line: int) -> None:
        """Count one row with a mistake of `kind`."""
        count, first = self._notes.get(kind, (0, line))
        self._notes[kind] = (count + 1, first)

    def add(self, line: int, row: _Row) -> None:
        """One row: an EVSE, and its Location if it is the first."""
        operator, brand = row.get("nom_operateur", "").strip(), row["nom_enseigne"].strip()
        self._operators[operator or brand] += 1
        self._brands[brand] += 1
        if self._only is not None and self._only not in (operator.casefold(), brand.casefold()):
            return
        self._kept += 1
        point = _first_id(row["id_pdc_itinerance"], row.get("id_pdc_local", ""))
        station = _first_id(row["id_station_itinerance"], row.get("id_station_local", ""))
        if point is None or station is None:
            self.note("no_id" if point is None else "no_station", line)
            return
        if point in self._points:
            self.note("same_id", line)
            return
        evse = self._evse(line, row, point)
        self._points.add(point)
        location = self._locations.get(station)
        if location is None:
            location = self._locations[station] = self._location(line, row, station, point)
        if (coordinates := _coordinates(row)) and coordinates != location.get("coordinates"):
            evse["coordinates"] = coordinates
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
        if self._only is not None and not self._kept:
            mend = _nearest_operator(self._only, self._operators, self._brands)
            findings.add("S309", shown, None, f'none of {total} rows is of the operator "{self._only}"', mend)
        elif self._only is None and len(self._operators) > 1:
            counts = ", ".join(f"{name} ({count})" for name, count in self._operators.most_common(20))
            message = f"the file mixes {len(self._operators)} operators; rows: {counts}"
            name = self._operators.most_common(1)[0][0]
            findings.add("S307", shown, None, message, f'take one with --only-operator "{name}"')
        elif not total:
            findings.add("S309", shown, None, "the file holds a header and no row", "fetch the file again")
        for kind, (count, first) in self._notes.items():
            code, text, mend = _KINDS[kind]
            noun = "station" if kind in _STATION_KINDS else "row"
            rows = f"1 {noun}" if count == 1 else f"{count} {noun}s"
            left_out = " left out" if code == "S308" else ""
            findings.add(code, shown, first, f"{rows}{left_out}, first in line {first}: {text}", mend)

    def _evse(self, line: int, row: _Row, point: str) -> dict[str, Any]:
        plugs = [name for name in _PLUGS if self._boolean(line, row, name)]
        if not plugs:
            self.note("no_plug", line)
        if len(plugs) == len(_PLUGS):
            self.note("all_plugs", line)
        updated = _updated(row)
        card = self._boolean(line, row, "paiement_cb")
        evse: dict[str, Any] = {"uid": point, "evse_id": point, "status": "UNKNOWN"}
        if card:
            evse["capabilities"] = ["CREDIT_CARD_PAYABLE", "DEBIT_CARD_PAYABLE"]
        evse["connectors"] = self._connectors(line, row, plugs or [_UNKNOWN_PLUG], updated)
        if restrictions := _restrictions(row):
            evse["parking_restrictions"] = restrictions
        payment = {"contactless": "no", "chip": "no"} if card is False else {}
        free = self._boolean(line, row, "gratuit")
        if free is not None:
            payment["free"] = "yes" if free else "no"
        if payment:
            evse["chargeside"] = {"payment": payment}
        evse["last_updated"] = updated
        return evse

    def _connectors(self, line: int, row: _Row, plugs: Sequence[str], updated: str) -> list[dict[str, Any]]:
        kilowatts = number(row["puissance_nominale"])
        power = round(kilowatts * 1000) if kilowatts and 0 < kilowatts * 1000 <= MAX_POWER else None
        fitting = [name for name in plugs if power and power <= _MOST.get(name, MAX_POWER)]
        if not fitting:
            self.note("power", line)
        tethered = self._boolean(line, row, "cable_t2_attache")
        connectors = []
        for index, name in enumerate(plugs):
            connector: dict[str, Any] = {"id": str(index + 1), **_PLUGS.get(name, {})}
            if name == "prise_type_2" and tethered is not None:
                connector["format"] = "CABLE" if tethered else "SOCKET"
            if name in fitting and power:
                connector["max_electric_power"] = power
                if name == "prise_type_2" and power <= _ONE_PHASE:
                    connector["power_type"] = "AC_1_PHASE"
            connector["last_updated"] = updated
            connectors.append(connector)
        return connectors

    def _location(self, line: int, row: _Row, station: str, point: str) -> dict[str, Any]:
        prefix = _PREFIX.match(station) or _PREFIX.match(point)
        insee = row.get("code_insee_commune", "").strip()
        street, postal_code, city = split_address(row["adresse_station"], insee)
        brand = clean_text(row["nom_enseigne"]) or station
        operator = clean_text(row.get("nom_operateur")) or brand
        monaco = insee == "99138" or (postal_code or "").startswith("980")
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
            "directions": _RESTRICTED if "réservé" in row.get("condition_acces", "").lower() else None,
            "operator": {"name": operator},
            "suboperator": {"name": brand} if brand != operator else None,
            "time_zone": "Europe/Monaco" if monaco else _ZONES.get(insee[:3], "Europe/Paris"),
            "opening_times": self._opening_times(line, row),
            "chargeside": {**self._phone(line, row), **_EXTRA},
            "last_updated": _updated(row),
        }
        if not city:
            self.note("no_town", line)
        if location["coordinates"] is None:
            self.note("coordinates", line)
        return {key: value for key, value in location.items() if value is not None}

    def _phone(self, line: int, row: _Row) -> dict[str, str]:
        text = row.get("telephone_operateur", "").strip()
        if not text:
            return {}
        phone = tidy_phone(text)
        if phone is None or is_placeholder(phone):
            self.note("phone", line)
            return {}
        if _MOBILE.match(phone):
            self.note("mobile", line)
        return {"help_phone": phone}

    def _opening_times(self, line: int, row: _Row) -> dict[str, Any] | None:
        text = row.get("horaires", "").strip()
        if not text:
            return None
        if text == "24/7":
            return {"twentyfourseven": True}
        periods = _PERIOD.findall(text)
        rest = _PERIOD.sub("", text).strip(" ,;")
        if rest.replace(",", "").replace(" ", "") or any(
            end <= begin or end == "00:01" for _, begin, end in periods
        ):
            self.note("hours", line)
            return None
        return {
            "twentyfourseven": False,
            "regular_hours": [
                {"weekday": _DAYS.index(day) + 1, "period_begin": begin, "period_end": end}
                for day, begin, end in periods
            ],
        }

    def _boolean(self, line: int, row: _Row, column: str) -> bool | None:
        text = row.get(column, "").strip().lower()
        if text and text not in _BOOLEANS:
            self.note("odd_boolean", line)
        return _BOOLEANS.get(text)


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


def _coordinates(row: _Row) -> dict[str, str] | None:
    """Coordinates as OCPI writes them, in degrees with six decimals (a tenth of a metre)."""
    match = _COORDINATES.fullmatch(row["coordonneesXY"].strip())
    longitude, latitude = (float(part) for part in match.groups()) if match else (0.0, 0.0)
    if (longitude == 0 and latitude == 0) or abs(longitude) > 180 or abs(latitude) > 90:
        return None
    return {"latitude": f"{latitude:.6f}", "longitude": f"{longitude:.6f}"}


def _updated(row: _Row) -> str:
    match = _DATE.match(row["date_maj"].strip())
    return f"{match.group() if match else '1970-01-01'}T00:00:00Z"


def _parking_type(row: _Row) -> str | None:
    words = row.get("implantation_station", "").lower().split()
    return _PARKING.get(words[0]) if words else None


def _restrictions(row: _Row) -> list[str]:
    found = []
    if "réservé à la clientèle" in row.get("implantation_station", "").lower():
        found.append("CUSTOMERS")
    if row.get("accessibilite_pmr", "").strip().lower() == "réservé pmr":
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
