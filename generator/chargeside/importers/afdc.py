"""The US register of alternative fuel stations (AFDC) as OCPI 2.2.1 Locations, from its CSV or its JSON.

One record is one Location. Only electric stations (ELEC) in operation (E) are taken; the rest is left out and counted. The
register knows the number of ports of each level and the list of connector types of the whole station, no power and no ids
of ports. How that becomes EVSEs:

* A connector type goes to the one level that it fits and the station has. One that fits several goes to a level that has
  none otherwise.
* A level with one type has one EVSE for each port. So has a level with one port, whose EVSE has all types of the level.
* Where a level has several ports and several types, nobody knows which port has which: there is one EVSE for each *type*,
  and a finding says so. A type that fits no level, or several, is an EVSE of its own, too.
* A level without a type has one EVSE for each port, its plug unknown.

Cards Accepted says which cards are taken, not how: it becomes CREDIT_CARD_PAYABLE and DEBIT_CARD_PAYABLE and claims neither
contactless nor chip. Opening hours that OCPI cannot say are kept as directions. Private stations get `publish: false`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from chargeside.findings import Findings
from chargeside.importers.table import Table
from chargeside.load.ocpi_values import clean_text, is_safe_id, number
from chargeside.load.phone import is_placeholder, tidy_phone
from chargeside.load.records import Record, Records, Step, read_records
from chargeside.load.tally import Kind, Tally
from chargeside.model.countries import ALPHA3, alpha2

_MAX_PORTS = 1_000
"""More ports of one level than any station has."""

_LEVELS: Mapping[str, tuple[tuple[str, ...], str]] = {
    "L1": (("ev_level1_evse_num",), "AC_1_PHASE"),
    "L2": (("ev_level2_evse_num",), "AC_1_PHASE"),
    "DC": (("ev_dc_fast_count", "ev_dc_fast_num"), "DC"),
}
"""Columns with the number of ports, in the CSV and in the JSON, and the current of each level."""
_AC, _DC = {"power_type": "AC_1_PHASE"}, {"power_type": "DC"}
_NACS = {"standard": "SAE_J3400", "format": "CABLE"}
_TYPES: Mapping[str, tuple[Mapping[str, str], tuple[str, ...]]] = {
    "J1772": ({"standard": "IEC_62196_T1", "format": "CABLE", **_AC}, ("L1", "L2")),
    "J1772COMBO": ({"standard": "IEC_62196_T1_COMBO", "format": "CABLE", **_DC}, ("DC",)),
    "CHADEMO": ({"standard": "CHADEMO", "format": "CABLE", **_DC}, ("DC",)),
    "TESLA": (_NACS, ("L2", "DC")),
    "J3400": (_NACS, ("L2", "DC")),
    "NEMA515": ({"standard": "DOMESTIC_B", "format": "SOCKET", **_AC}, ("L1",)),
    "NEMA520": ({"standard": "NEMA_5_20", "format": "SOCKET", **_AC}, ("L1",)),
    "NEMA1450": ({"standard": "NEMA_14_50", "format": "SOCKET", **_AC}, ("L2",)),
}
"""OCPI fields of each connector type, and the levels that it fits."""

_CREDIT = frozenset({"A", "CREDIT", "D", "M", "V"})
_NO_NETWORK = frozenset({"non-networked", "non_networked"})
_PARKING = {
    "PARKING_GARAGE": "PARKING_GARAGE",
    "PAY_GARAGE": "PARKING_GARAGE",
    "PARKING_LOT": "PARKING_LOT",
    "PAY_LOT": "PARKING_LOT",
    "STREET_PARKING": "ON_STREET",
}
_NEEDED = ("fuel_type_code", "id", "status_code", "latitude", "longitude", "ev_connector_types")
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_PERIOD = re.compile(r"([a-z]{3}) (\d{1,2}):([0-5]\d)(am|pm) - (\d{1,2}):([0-5]\d)(am|pm)", re.IGNORECASE)
_STAMP = re.compile(r"(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}:\d{2})( UTC|Z)?")
_OTHER_PHONES = re.compile(r"\s{2,}|[;,/]|\s+(?:ext|or)\b", re.IGNORECASE)
_AMOUNT = re.compile(r"\$\s*[0.]*[1-9]")
_EXTRA = {"source": "US DOE / NREL AFDC", "licence": "any purpose"}

_IF_MEANT = "nothing to do if that is meant"
_KINDS: Mapping[str, Kind] = {
    # left out
    "cells": Kind(
        "S308", "left out: the number of cells differs from the header's", "quote cells that hold a ,", "row"
    ),
    "no_object": Kind("S308", "left out: no JSON object", "give an object", "record"),
    "no_id": Kind("S308", "left out: no usable ID", "give the ID that the register has", "record"),
    "same_id": Kind("S308", "left out: the ID stands in an earlier record", "keep one of them", "record"),
    "country": Kind("S308", 'left out: country "{}" is not known', "give US or CA", "record"),
    "fuel": Kind("S305", "left out: no charging station but fuel type {}", _IF_MEANT, "record"),
    "planned": Kind("S305", "left out: planned (status P)", _IF_MEANT, "record"),
    "closed": Kind("S305", "left out: temporarily unavailable (status T)", _IF_MEANT, "record"),
    "status": Kind("S308", 'left out: status "{}" is not known', "use E, P or T", "record"),
    # kept
    "private": Kind("S305", "private: kept with publish: false", _IF_MEANT, "record"),
    "access": Kind(
        "S306", 'access "{}" is neither public nor private; taken as public', "correct it", "record"
    ),
    "type": Kind("S304", 'connector type "{}" is not known: shown as text', _IF_MEANT, "record"),
    "shared": Kind(
        "S306",
        "several ports and several connector types at one level: one EVSE for each type, not for each port",
        "nothing to do: the register does not say more",
        "record",
    ),
    "loose": Kind(
        "S306",
        "connector type {} fits none of the levels, or several: an EVSE of its own",
        "correct it",
        "record",
    ),
    "no_type": Kind(
        "S306", "a level without connector type; its plugs are unknown", "give the type", "record"
    ),
    "no_port": Kind("S306", "neither ports nor connector types; one EVSE is kept", "give them", "record"),
    "ports": Kind("S306", 'number of ports "{}" cannot be right and is not used', "correct it", "record"),
    "coordinates": Kind("S306", "coordinates are {}", "give degrees, WGS 84", "record"),
    "phone": Kind("S306", 'phone "{}" is no number and left out', "give the helpline", "record"),
    "phones": Kind("S306", "more than one phone number; the first is used", "give the helpline", "record"),
    "updated": Kind("S306", "no time of last change; 1970-01-01 stands in", "give Updated At", "record"),
}

_Row = Mapping[str, str]


def read_afdc(path: Path, findings: Findings, only_operator: str | None = None) -> list[dict[str, Any]]:
    """OCPI 2.2.1 Locations of the register (CSV plain or gzip, or JSON); an empty list when the file cannot be used.

    `only_operator`: keep the stations whose EV Network is this, in any case.
    """
    shown = str(path)
    before = len(findings.errors)
    reader = _Reader()
    records: Records | None
    if _is_json(path):
        records = read_records(path, shown, findings)
        if records is not None:
            reader.read_json(records)
    else:
        table = Table(path, shown, findings)
        reader.read_table(table)
        records = Records("", shown, findings)  # its lines are told by the table
    if records is None or len(findings.errors) > before:
        return []
    if not reader.is_afdc:
        mend = "give the stations of the AFDC as CSV or JSON"
        findings.add("F104", shown, 1, "is not the register: no record has fuel_type_code and id", mend)
        return []
    return reader.locations(records, only_operator, shown, findings)


def _is_json(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(64).lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in {b"{", b"["}
    except OSError:
        return False  # the table says what is wrong


class _Reader:
    """Collects the stations of one file; what is wrong with them is noted and said at the end."""

    def __init__(self) -> None:
        self._rows: list[tuple[Record, tuple[Step, ...], _Row | None, str]] = []
        self._tally: Tally | None = None
        self._record = Record(None, "", 0, 1)
        self._steps: tuple[Step, ...] = ()
        self.is_afdc = False

    def read_table(self, table: Table) -> None:
        """Take the rows of a CSV file; refuses one whose header is another's."""
        header: list[str] | None = None
        for line, cells in table:
            if header is None:
                header = [_snake(cell) for cell in cells]
                missing = [name for name in _NEEDED if name not in header]
                if missing:
                    message = f"is not the register: column {', '.join(missing)} is missing"
                    table.refuse(message, "give the CSV of all columns from the AFDC")
                    return
                self.is_afdc = True
                continue
            record = Record(None, f"line {line}", 0, line)
            if len(cells) != len(header):
                self._rows.append((record, (), None, "cells"))
            else:
                row = {
                    key: text for key, cell in zip(header, cells, strict=True) if (text := clean_text(cell))
                }
                self._rows.append((record, (), row, ""))

    def read_json(self, records: Records) -> None:
        """Take the stations of the API's answer, also of a bare list, or of one station."""
        for record in records:
            for steps, station in _stations(record.value):
                row = _flat(station) if isinstance(station, dict) else None
                self.is_afdc = self.is_afdc or bool(row and "fuel_type_code" in row and "id" in row)
                self._rows.append((record, steps, row, "no_object"))
            if isinstance(record.value, dict) and "fuel_stations" in record.value:
                self.is_afdc = True

    def locations(
        self, records: Records, only_operator: str | None, shown: str, findings: Findings
    ) -> list[dict[str, Any]]:
        """The Locations; adds the findings of the whole file."""
        self._tally = Tally(shown, records, _KINDS, findings)
        wanted = only_operator.strip().casefold() if only_operator else None
        found: dict[str, dict[str, Any]] = {}
        networks: Counter[str] = Counter()
        for record, steps, row, kind in self._rows:
            self._record, self._steps = record, steps
            if row is None:
                self._note(kind)
                continue
            if not self._is_wanted(row):
                continue
            network = row.get("ev_network", "Non-Networked")
            networks[network] += 1
            if wanted is not None and network.casefold() != wanted:
                continue
            location = self._location(row)
            if location and location["id"] in found:
                self._note("same_id")
            elif location:
                found[location["id"]] = location
        self._tally.report()
        listed = ", ".join(f"{name} ({count})" for name, count in networks.most_common(20))
        if not networks:
            mend = "see that it is the file you meant"
            findings.add("S309", shown, None, "the file holds no charging station in operation", mend)
        elif wanted is None and len(networks) > 1:
            message = f"the file mixes {len(networks)} networks; stations: {listed}"
            mend = f'take one with --only-operator "{networks.most_common(1)[0][0]}"'
            findings.add("S307", shown, None, message, mend)
        elif wanted is not None and wanted not in map(str.casefold, networks):
            message = f'none of {networks.total()} stations is of the network "{only_operator}"'
            findings.add("S309", shown, None, message, f"use one of: {listed}")
        return list(found.values())

    def _is_wanted(self, row: _Row) -> bool:
        fuel, status = row.get("fuel_type_code", ""), row.get("status_code", "")
        if fuel != "ELEC":
            self._note("fuel", fuel or "none")
        elif status in {"P", "T"}:
            self._note("planned" if status == "P" else "closed")
        elif status != "E":
            self._note("status", status)
        else:
            return True
        return False

    def _location(self, row: _Row) -> dict[str, Any] | None:
        known = row.get("id", "")
        if not is_safe_id(known):
            self._note("no_id")
            return None
        country = alpha2(row.get("country", "US"))
        if country is None:
            self._note("country", row.get("country", ""))
            return None
        network = row.get("ev_network")
        networked = network is not None and network.casefold() not in _NO_NETWORK
        opening_times, hours = _opening_times(row.get("access_days_time", ""))
        phone = self._phone(row)
        updated = self._updated(row)
        location: dict[str, Any] = {
            "country_code": country,
            "party_id": "XXX",
            "id": known,
            "publish": self._publish(row),
            "name": row.get("station_name"),
            "address": row.get("street_address", ""),
            "city": row.get("city", ""),
            "postal_code": row.get("zip"),
            "state": row.get("state"),
            "country": next(code for code, short in ALPHA3.items() if short == country),
            "coordinates": self._coordinates(row),
            "parking_type": _PARKING.get(row.get("facility_type", "")),
            "evses": self._evses(row, known, updated),
            "directions": _directions(row, hours),
            "operator": {"name": network} if networked else None,
            "opening_times": opening_times,
            "chargeside": {**({"help_phone": phone} if phone else {}), **_EXTRA},
            "last_updated": updated,
        }
        return {key: value for key, value in location.items() if value is not None}

    # EVSEs

    def _evses(self, row: _Row, known: str, updated: str) -> list[dict[str, Any]]:
        shared: dict[str, Any] = {"status": "UNKNOWN"}
        cards = set(row.get("cards_accepted", "").split())
        capabilities = ["CREDIT_CARD_PAYABLE"] if cards & _CREDIT else []
        capabilities += ["DEBIT_CARD_PAYABLE"] if "Debit" in cards else []
        if capabilities:
            shared["capabilities"] = capabilities
        if payment := _payment(cards, row.get("ev_pricing", "")):
            shared["chargeside"] = {"payment": payment}
        evses = []
        for name, plugs in self._ports(row):
            connectors = [
                {"id": str(index + 1), **fields, "last_updated": updated}
                for index, fields in enumerate(plugs)
            ]
            evses.append(
                {"uid": f"{known}-{name}", **shared, "connectors": connectors, "last_updated": updated}
            )
        return evses

    def _ports(self, row: _Row) -> list[tuple[str, list[Mapping[str, str]]]]:
        """Name and connectors of each EVSE, see the head of this module."""
        counts = {level: count for level in _LEVELS if (count := self._count(row, level))}
        types = list(dict.fromkeys(row.get("ev_connector_types", "").upper().split()))
        of_level, loose = _by_level(types, list(counts))
        ports: list[tuple[str, list[Mapping[str, str]]]] = []
        for level, count in counts.items():
            current = {"power_type": _LEVELS[level][1]}
            plugs = [{**current, **_fields(name)} for name in of_level[level]]
            if not plugs:
                self._note("no_type")
                plugs = [current]
            if len(plugs) > 1 and count > 1:
                self._note("shared")
                ports += [
                    (f"{level}-{name}", [plug]) for name, plug in zip(of_level[level], plugs, strict=True)
                ]
            else:
                ports += [(f"{level}-{index + 1}", list(plugs)) for index in range(count)]
        for name in types:
            if name not in _TYPES:
                self._note("type", name)
        for name in loose:
            self._note("loose", name)
            ports.append((name, [_fields(name)]))
        if not ports:
            self._note("no_port")
            ports.append(("1", [{}]))
        return ports

    def _count(self, row: _Row, level: str) -> int:
        text = next((row[name] for name in _LEVELS[level][0] if name in row), "")
        count = number(text) if text else 0.0
        if count is None or not 0 <= count <= _MAX_PORTS or count != int(count):
            self._note("ports", text)
            return 0
        return int(count)

    # parts of a Location

    def _publish(self, row: _Row) -> bool:
        access = row.get("access_code", "").lower()
        if access == "private":
            self._note("private")
            return False
        if access not in {"public", ""}:
            self._note("access", access)
        return True

    def _phone(self, row: _Row) -> str | None:
        text = row.get("station_phone", "")
        if not text:
            return None
        parts = [part for part in _OTHER_PHONES.split(text) if part.strip()]
        phone = tidy_phone(parts[0]) if parts else None
        if phone is None or is_placeholder(phone):
            self._note("phone", text)
            return None
        if len(parts) > 1:
            self._note("phones")
        return phone

    def _coordinates(self, row: _Row) -> dict[str, str] | None:
        """Degrees with six decimals (a tenth of a metre)."""
        latitude, longitude = number(row.get("latitude")), number(row.get("longitude"))
        if latitude is None or longitude is None:
            self._note("coordinates", "missing or no numbers")
        elif latitude == longitude == 0 or abs(latitude) > 90 or abs(longitude) > 180:
            self._note("coordinates", "0, 0 or off the globe, and not used")
        else:
            return {"latitude": f"{latitude:.6f}", "longitude": f"{longitude:.6f}"}
        return None

    def _updated(self, row: _Row) -> str:
        match = _STAMP.fullmatch(row.get("updated_at", ""))
        if match is None:
            self._note("updated")
            return "1970-01-01T00:00:00Z"
        return f"{match[1]}T{match[2]}Z"

    def _note(self, kind: str, detail: str = "") -> None:
        if self._tally is not None:
            self._tally.note(kind, detail, self._record, self._steps)


def _stations(value: object) -> list[tuple[tuple[Step, ...], object]]:
    """The stations in one JSON record with the way to each."""
    if isinstance(value, dict):
        for key in ("fuel_stations", "alt_fuel_stations"):
            listed = value.get(key)
            if isinstance(listed, list):
                return [((key, index), station) for index, station in enumerate(listed)]
        if isinstance(value.get("alt_fuel_station"), dict):
            return [(("alt_fuel_station",), value["alt_fuel_station"])]
    return [((), value)]


def _flat(station: Mapping[str, Any]) -> dict[str, str]:
    """A station of the JSON as text by name; lists become words."""
    row = {}
    for key, value in station.items():
        if isinstance(value, bool):
            text: str | None = str(value).lower()
        elif isinstance(value, list):
            text = " ".join(filter(None, map(clean_text, value)))
        else:
            text = clean_text(value)
        if text:
            row[key] = text
    return row


def _snake(header: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", header.strip().lower()).strip("_")


def _by_level(types: Sequence[str], levels: Sequence[str]) -> tuple[dict[str, list[str]], list[str]]:
    """The connector types of each level, and those that cannot be told."""
    of_level: dict[str, list[str]] = {level: [] for level in levels}
    several: list[tuple[str, list[str]]] = []
    loose: list[str] = []
    for name in types:
        # A type that nobody knows fits anywhere.
        fitting = [level for level in levels if name not in _TYPES or level in _TYPES[name][1]]
        if len(fitting) == 1:
            of_level[fitting[0]].append(name)
        elif fitting:
            several.append((name, fitting))
        else:
            loose.append(name)
    bare = {level for level in levels if not of_level[level]}
    for name, fitting in several:
        empty = [level for level in fitting if level in bare]
        for level in empty:
            of_level[level].append(name)
        if not empty:
            loose.append(name)
    return of_level, loose


def _fields(name: str) -> Mapping[str, str]:
    return _TYPES[name][0] if name in _TYPES else {"standard": name}


def _payment(cards: set[str], pricing: str) -> dict[str, str]:
    payment = {"cash": "yes"} if "Cash" in cards else {}
    words = pricing.lower()
    if words == "free":
        payment["free"] = "yes"
    elif "free" not in words and _AMOUNT.search(words):
        payment["free"] = "no"
    return payment


def _directions(row: _Row, hours: str) -> list[dict[str, str]] | None:
    access = row.get("groups_with_access_code", "")
    texts = [row.get("intersection_directions", ""), "" if access in {"Public", "Private"} else access, hours]
    text = "; ".join(part.rstrip(" .;") for part in texts if part.strip(" .;"))
    return [{"language": "en", "text": text}] if text else None


def _opening_times(text: str) -> tuple[dict[str, Any] | None, str]:
    """Opening hours of OCPI, or what OCPI cannot say as text. Midnight as the end of a day becomes 23:59."""
    if text.lower().rstrip(".") in {"24 hours daily", "24 hours"}:
        return {"twentyfourseven": True}, ""
    periods = list(_periods(text))
    if not periods or any(period is None for period in periods):
        return None, text
    if len(periods) == len(_DAYS) and all(p and p[1:] == ("00:00", "23:59") for p in periods):
        return {"twentyfourseven": True}, ""
    regular = [
        {"weekday": _DAYS.index(day) + 1, "period_begin": begin, "period_end": end}
        for day, begin, end in filter(None, periods)
    ]
    return {"twentyfourseven": False, "regular_hours": regular}, ""


def _periods(text: str) -> Iterator[tuple[str, str, str] | None]:
    """Day, begin and end of each part between semicolons; None for a part that says something else."""
    for part in text.split(";"):
        match = _PERIOD.fullmatch(part.strip())
        if match is None:
            yield None
            continue
        day, begin, end = match[1].lower(), _time(*match.group(2, 3, 4)), _time(*match.group(5, 6, 7))
        end = "23:59" if end == "00:00" else end
        yield (day, begin, end) if day in _DAYS and begin and end and begin < end else None


def _time(hour: str, minute: str, half: str) -> str:
    """24-hour time; empty when the hour is none of a clock."""
    if not 1 <= int(hour) <= 12:
        return ""
    return f"{int(hour) % 12 + (12 if half.lower() == 'pm' else 0):02}:{minute}"
