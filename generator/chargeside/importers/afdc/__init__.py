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

Cards Accepted says which cards are taken, not how: it becomes CREDIT_CARD_PAYABLE and DEBIT_CARD_PAYABLE and brands, and
claims neither contactless nor chip. Access is public only where no further restriction (Restricted Access) is named. Opening hours that OCPI cannot say are kept as directions. Private stations get `publish: false`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from chargeside.findings import Findings
from chargeside.importers.afdc.ports import TABLE, Row, ports_of
from chargeside.importers.common import (
    LONG_AGO,
    Place,
    alpha3,
    coordinates,
    count_in_journal,
    doubt_of_place,
    most_common,
    other_format,
    present,
    say_mixed,
)
from chargeside.importers.importer import Importer, ImporterOption
from chargeside.importers.opening_hours import Period, times_of
from chargeside.importers.table import Table
from chargeside.journal import Effect
from chargeside.load.looks_like import START_BYTES, looks_like
from chargeside.load.ocpi_values import clean_text, is_safe_id
from chargeside.load.packed import start_of
from chargeside.load.phone import is_placeholder, tidy_phone
from chargeside.load.records import Record, Records, Step, read_records
from chargeside.load.tally import Kind, Tally
from chargeside.model.countries import alpha2

_LISTS = ("fuel_stations", "alt_fuel_stations", "data", "items")
_NEEDED = ("fuel_type_code", "id", "status_code", "latitude", "longitude", "ev_connector_types")
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_PERIOD = re.compile(r"([a-z]{3}) (\d{1,2}):([0-5]\d)(am|pm) - (\d{1,2}):([0-5]\d)(am|pm)", re.IGNORECASE)
_STAMP = re.compile(r"(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}:\d{2})( UTC|Z)?")
_OTHER_PHONES = re.compile(r"\s{2,}|[;,/]|\s+(?:ext|or)\b", re.IGNORECASE)
_AMOUNT = re.compile(r"\$\s*[0.]*[1-9]")
_EXTRA = {"source": "US DOE / NREL AFDC", "licence": "any purpose"}

_IF_MEANT = "nothing to do if that is meant"
KINDS: Mapping[str, Kind] = {
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
    "private": Kind("S305", "private: kept with publish: false", _IF_MEANT, "record", effect=Effect.ASSUMED),
    "access": Kind(
        "S306",
        'access "{}" is neither public nor private; taken as public',
        "correct it",
        "record",
        effect=Effect.ASSUMED,
    ),
    "type": Kind("S304", 'connector type "{}" is not known: shown as text', _IF_MEANT, "record"),
    "shared": Kind(
        "S306",
        "several ports and several connector types at one level: one EVSE for each type, not for each port",
        "nothing to do: the register does not say more",
        "record",
        effect=Effect.ASSUMED,
    ),
    "loose": Kind(
        "S306",
        "connector type {} fits none of the levels, or several: an EVSE of its own",
        "correct it",
        "record",
        effect=Effect.ASSUMED,
    ),
    "no_type": Kind(
        "S306", "a level without connector type; its plugs are unknown", "give the type", "record", part=True
    ),
    "no_port": Kind(
        "S306",
        "neither ports nor connector types; one EVSE is kept",
        "give them",
        "record",
        effect=Effect.ASSUMED,
    ),
    "ports": Kind("S306", 'number of ports "{}" cannot be right and is not used', "correct it", "record"),
    "coordinates": Kind("S306", "coordinates are {}", "give degrees, WGS 84", "record"),
    "phone": Kind("S306", 'phone "{}" is no number and left out', "give the helpline", "record"),
    "phones": Kind(
        "S306",
        "more than one phone number; the first is used",
        "give the helpline",
        "record",
        effect=Effect.ASSUMED,
    ),
    "updated": Kind(
        "S306",
        "no time of last change; 1970-01-01 stands in",
        "give Updated At",
        "record",
        effect=Effect.ASSUMED,
    ),
}


def read_afdc(path: Path, findings: Findings, only_operator: str | None = None) -> list[dict[str, Any]]:
    """OCPI 2.2.1 Locations of the register (CSV or JSON, plain or gzip, or XLSX); an empty list when the file cannot be used.

    `only_operator`: keep the stations whose EV Network is this, in any case.
    """
    shown = str(path)
    before = len(findings.errors)
    start = start_of(path, START_BYTES)
    if start.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"[")):
        records = read_records(path, shown, findings, _LISTS)
        if records is None:
            return []
        reader = _Reader(Tally(shown, records, KINDS, findings), only_operator)
        reader.read_json(records)
    else:
        lines_of_table = Records("", shown, findings)
        reader = _Reader(Tally(shown, lines_of_table, KINDS, findings), only_operator)
        reader.read_table(Table(path, shown, findings), start)
    if len(findings.errors) > before:
        return []
    if not reader.is_afdc:
        message = "is not the register: no record has fuel_type_code and id"
        guess = looks_like(start)
        if guess and guess.importer not in {"", "afdc"}:
            message = f"is not the register but {guess.what}"
        mend = guess.mend if guess and guess.importer else "give the stations of the AFDC as CSV or JSON"
        findings.add("F104", shown, 1, message, mend)
        return []
    reader.report(shown, findings)
    return reader.locations()


class _Reader(Place):
    """Turns stations into Locations and counts what is wrong with them."""

    def __init__(self, tally: Tally, only_operator: str | None) -> None:
        super().__init__(tally)
        self._only = only_operator.strip() if only_operator else None
        self._found: dict[str, dict[str, Any]] = {}
        self._networks: Counter[str] = Counter()
        self._seen = self._skipped = 0
        self.is_afdc = False

    def read_table(self, table: Table, start: bytes) -> None:
        """Take the rows of a table; refuses one whose header is another's. `start`: of the file."""
        header: list[str] | None = None
        for line, cells in table:
            if header is None:
                header = [_snake(cell) for cell in cells]
                if missing := [name for name in _NEEDED if name not in header]:
                    _refuse(table, cells, start, missing)
                    return
                self.is_afdc = True
                continue
            self.go_to_line(line)
            if len(cells) == len(header):
                pairs = zip(header, cells, strict=True)
                self._take({key: text for key, cell in pairs if (text := clean_text(cell))})
            else:
                self._seen += 1
                self.note("cells")

    def read_json(self, records: Records) -> None:
        """Take the stations of the API's answer, also of a bare list, or of one station."""
        for record in records:
            self.is_afdc |= isinstance(record.value, dict) and "fuel_stations" in record.value
            for steps, station in _stations(record):
                self.go_to(record, steps)
                if not isinstance(station, dict):
                    self._seen += 1
                    self.note("no_object")
                    continue
                row = _flat(station)
                self.is_afdc |= "fuel_type_code" in row and "id" in row
                self._take(row)
        self.is_afdc |= "fuel_stations" in records.listed

    def locations(self) -> list[dict[str, Any]]:
        """The Locations."""
        return list(self._found.values())

    def report(self, shown: str, findings: Findings) -> None:
        """Add the findings of the whole file."""
        self._tally.report()
        networks, wanted = self._networks, self._only
        if not networks:
            mend = "see that it is the file you meant"
            findings.add("S309", shown, None, "the file holds no charging station in operation", mend)
        elif wanted is None:
            say_mixed(networks, "networks", "stations", shown, findings)
        elif wanted.casefold() not in map(str.casefold, networks):
            message = f'none of {networks.total()} stations is of the network "{wanted}"'
            findings.add("S309", shown, None, message, f"use one of: {most_common(networks)}")
        count_in_journal(
            findings,
            shown,
            "record",
            self.locations(),
            records=self._seen,
            used=len(self._found),
            skipped=self._skipped,
        )

    def _take(self, row: Row) -> None:
        self._seen += 1
        self.is_about(row.get("id", ""), row.get("station_name"))
        if not self._is_wanted(row):
            return
        network = row.get("ev_network", "Non-Networked")
        self._networks[network] += 1
        if self._only is not None and network.casefold() != self._only.casefold():
            self._skipped += 1
            return
        location = self._location(row)
        if location and location["id"] in self._found:
            self.note("same_id")
        elif location:
            self._found[location["id"]] = location

    def _is_wanted(self, row: Row) -> bool:
        fuel, status = row.get("fuel_type_code", ""), row.get("status_code", "")
        if fuel != "ELEC":
            self.note("fuel", fuel or "none")
        elif status in {"P", "T"}:
            self.note("planned" if status == "P" else "closed")
        elif status != "E":
            self.note("status", status)
        else:
            return True
        return False

    def _location(self, row: Row) -> dict[str, Any] | None:
        known = row.get("id", "")
        if not is_safe_id(known):
            self.note("no_id")
            return None
        country = alpha2(row.get("country", "US"))
        if country is None:
            self.note("country", row.get("country", ""))
            return None
        network = row.get("ev_network")
        networked = network is not None and network.casefold() not in TABLE.no_network
        opening_times, hours = _opening_times(row.get("access_days_time", ""))
        extra = {"access": _access(row), "help_phone": self._phone(row)}
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
            "country": alpha3(country),
            "coordinates": self._coordinates(row),
            "parking_type": TABLE.parking.get(row.get("facility_type", "")),
            "evses": self._evses(row, known, updated),
            "directions": _directions(row, hours),
            "operator": {"name": network} if networked else None,
            "opening_times": opening_times,
            "chargeside": {**present(extra), **_EXTRA},
            "last_updated": updated,
        }
        return present(location)

    def _evses(self, row: Row, known: str, updated: str) -> list[dict[str, Any]]:
        shared: dict[str, Any] = {"status": "UNKNOWN"}
        words = set(row.get("cards_accepted", "").split())
        cards = [card for word, card in TABLE.cards.items() if word in words]
        if cards:
            shared["capabilities"] = list(dict.fromkeys(card.capability for card in cards))
        extra = {
            "payment": _payment("Cash" in words, row.get("ev_pricing", "")),
            "card_brands": [card.brand for card in cards if card.brand],
        }
        if any(extra.values()):
            shared["chargeside"] = {key: value for key, value in extra.items() if value}
        evses = []
        for name, plugs in ports_of(row, self):
            connectors = [
                {"id": str(index + 1), **fields, "last_updated": updated}
                for index, fields in enumerate(plugs)
            ]
            evses.append(
                {"uid": f"{known}-{name}", **shared, "connectors": connectors, "last_updated": updated}
            )
        return evses

    def _publish(self, row: Row) -> bool:
        access = row.get("access_code", "").lower()
        if access == "private":
            self.note("private")
            return False
        if access not in {"public", ""}:
            self.note("access", access)
        return True

    def _phone(self, row: Row) -> str | None:
        text = row.get("station_phone", "")
        if not text:
            return None
        parts = [part for part in _OTHER_PHONES.split(text) if part.strip()]
        phone = tidy_phone(parts[0]) if parts else None
        if phone is None or is_placeholder(phone):
            self.note("phone", text)
            return None
        if len(parts) > 1:
            self.note("phones")
        return phone

    def _coordinates(self, row: Row) -> dict[str, str] | None:
        north, east = row.get("latitude"), row.get("longitude")
        found = coordinates(north, east)
        if found is None:
            self.note("coordinates", doubt_of_place(north, east))
        return found

    def _updated(self, row: Row) -> str:
        match = _STAMP.fullmatch(row.get("updated_at", ""))
        if match is None:
            self.note("updated")
            return LONG_AGO
        return f"{match[1]}T{match[2]}Z"


def _refuse(table: Table, header: list[str], start: bytes, missing: list[str]) -> None:
    guess = other_format(header, start, "afdc")
    if guess:
        table.refuse(f"is not the register but {guess.what}", guess.mend)
    else:
        message = f"is not the register: column {', '.join(missing)} is missing"
        table.refuse(message, "give the CSV of all columns from the AFDC")


def _stations(record: Record) -> list[tuple[tuple[Step, ...], object]]:
    """The stations in one JSON record with the way to each."""
    value = record.value
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


def _payment(takes_cash: bool, pricing: str) -> dict[str, str]:
    payment = {"cash": "yes"} if takes_cash else {}
    words = pricing.lower()
    if words == "free":
        payment["free"] = "yes"
    elif "free" not in words and _AMOUNT.search(words):
        payment["free"] = "no"
    return payment


def _access(row: Row) -> str | None:
    """Who may charge, where that is certain."""
    access = row.get("access_code", "").lower()
    if access == "private":
        return "restricted"
    return "public" if access == "public" and row.get("restricted_access", "").lower() != "true" else None


def _directions(row: Row, hours: str) -> list[dict[str, str]] | None:
    access = row.get("groups_with_access_code", "")
    texts = [row.get("intersection_directions", ""), "" if access in {"Public", "Private"} else access, hours]
    text = "; ".join(part.rstrip(" .;") for part in texts if part.strip(" .;"))
    return [{"language": "en", "text": text}] if text else None


def _opening_times(text: str) -> tuple[dict[str, Any] | None, str]:
    """Opening hours of OCPI, or what OCPI cannot say as text. Midnight as the end of a day becomes 23:59."""
    if text.lower().rstrip(".") in {"24 hours daily", "24 hours"}:
        return {"twentyfourseven": True}, ""
    periods = list(_periods(text))
    times = times_of(filter(None, periods)) if None not in periods else None
    return (times, "") if times else (None, text)


def _periods(text: str) -> Iterator[Period | None]:
    """Day, begin and end of each part between semicolons; None for a part that says something else."""
    for part in text.split(";"):
        match = _PERIOD.fullmatch(part.strip())
        if match is None:
            yield None
            continue
        day, begin, end = match[1].lower(), _time(*match.group(2, 3, 4)), _time(*match.group(5, 6, 7))
        end = "24:00" if end == "00:00" else end
        fits = day in _DAYS and begin and end and begin < end
        yield (_DAYS.index(day) + 1, begin, end) if fits else None


def _time(hour: str, minute: str, half: str) -> str:
    """24-hour time; empty when the hour is none of a clock."""
    if not 1 <= int(hour) <= 12:
        return ""
    return f"{int(hour) % 12 + (12 if half.lower() == 'pm' else 0):02}:{minute}"


IMPORTER = Importer(
    "afdc",
    "US alternative fuel stations (AFDC; CSV, XLSX, JSON).",
    'chargeside import afdc alt_fuel_stations.csv --to my-network --only-operator "My Network"',
    read_afdc,
    (ImporterOption("--only-operator", "Only stations of this EV Network."),),
)
