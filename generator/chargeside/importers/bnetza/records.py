"""The records of the German register: rows of its tables, stations of its API."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from chargeside.importers.bnetza.plugs import TABLE, connectors_of, payments_of, points_of
from chargeside.importers.bnetza.sites import Device
from chargeside.importers.common import Place, coordinates, doubt_of_place, is_evse_id
from chargeside.importers.opening_hours import times_of
from chargeside.load.looks_like import Guess, looks_like
from chargeside.load.ocpi_values import clean_text, number
from chargeside.load.records import Records
from chargeside.load.tally import Kind, Tally

_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_POSTAL_CODE_TOWN = re.compile(r"(\d{4,6})\s+(\S.*)")
_GERMAN_DATE = re.compile(r"(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>\d{4}|\d{2})")
_ISO_DATE = re.compile(r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)(T.*)?")
_LATITUDES, _LONGITUDES = (47.2, 55.1), (5.8, 15.1)
"""Degrees between which Germany lies."""
_ID = "ladeeinrichtungs-id"
_ALWAYS = frozenset({"247", "24/7"})

KINDS: Mapping[str, Kind] = {
    # left out
    "cells": Kind(
        "S308", "left out: the number of cells differs from the header's", "quote cells that hold a ;", "row"
    ),
    "no_object": Kind("S308", "left out: no JSON object", "give an object", "record"),
    "no_id": Kind("S308", "left out: no id", "give the id that the register has", "record"),
    "same_id": Kind("S308", "left out: the id stands in an earlier record", "keep one of them", "record"),
    "no_place": Kind(
        "S308", "left out: neither an address nor usable coordinates", "give the place", "record"
    ),
    # kept
    "count": Kind(
        "S306",
        "Anzahl Ladepunkte is {}; those that are described are kept",
        "describe each charge point",
        "record",
    ),
    "no_point": Kind(
        "S306", "no charge point is described; kept, its plug unknown", "give Steckertypen", "record"
    ),
    "no_plug": Kind("S306", "no plug is given; kept, its plug unknown", "give Steckertypen", "charge point"),
    "odd_plug": Kind("S306", '"{}" is no plug and left out', "correct Steckertypen", "charge point"),
    "plug": Kind("S304", 'plug "{}" is none that OCPI names: shown as text', "nothing to do", "connector"),
    "no_power": Kind("S306", "no power is given", "give the power in kW", "charge point"),
    "stray_power": Kind(
        "S306",
        "a power of {} kW belongs to no charge point and is left out",
        "delete it, or give its Steckertypen",
        "cell",
    ),
    "power": Kind("S306", "a power of {} kW cannot be right here and is left out", "give it in kW", "plug"),
    "powers": Kind(
        "S306",
        "not as many powers as plugs: {} is left out",
        "give one for each plug, or one for all",
        "charge point",
        part=True,
    ),
    "evse_id": Kind(
        "S306", "EVSE-ID holds no single EVSE ID and is left out", "give one", "charge point", part=True
    ),
    "swapped": Kind("S311", "coordinates were swapped, which was put right", "give them in order", "record"),
    "zero": Kind(
        "S311",
        "a postal code had lost its leading zero, which was put back",
        "keep the cells as text",
        "record",
    ),
    "coordinates": Kind("S306", "coordinates are {}", "give degrees, WGS 84", "record"),
    "postal_code": Kind("S306", "a postal code without five digits is kept", "correct it", "record"),
    "no_operator": Kind("S306", "Betreiber is empty", "give the operator", "record"),
    "hours": Kind("S306", "opening hours do not fit OCPI and are left out", "correct them", "record"),
    "hours_differ": Kind(
        "S306",
        "opening hours differ between the devices of a site and are left out",
        "nothing to do",
        "site",
    ),
    "payment": Kind("S304", 'way to pay "{}" is not known and left out', "nothing to do", "record"),
    "status": Kind("S304", 'status "{}" is not known', "nothing to do", "record"),
}


_Raw = Mapping[str, Any]


class Reader(Place):
    """Turns records into devices and notes what is wrong with them. `seen`: records so far."""

    def __init__(self, tally: Tally) -> None:
        super().__init__(tally)
        self._ids: set[int] = set()
        self.seen = 0

    # tables

    def row(self, line: int, header: Sequence[str], cells: Sequence[str]) -> Device | None:
        """The device of a row. `header`: names in lower case, without units."""
        self.go_to_line(line)
        self.seen += 1
        if any(cell.strip() for cell in cells[len(header) :]) or len(cells) <= header.index("steckertypen1"):
            self.note("cells")
            return None
        row = dict.fromkeys(header, "") | dict(zip(header, cells, strict=False))
        known = self._register_id(row.get(_ID)) if _ID in row else None
        if known is None and _ID in row:
            return None
        street = row.get("adresse") or _street(row.get("straße"), row.get("hausnummer"))
        postal_code, town = row.get("postleitzahl", ""), row.get("ort", "")
        if both := row.get("postleitzahl ort", "").strip():
            match = _POSTAL_CODE_TOWN.fullmatch(both)
            postal_code, town = match.groups() if match else ("", both)
        given = {
            "operator": row["betreiber"],
            "brand": row.get("anzeigename (karte)"),
            "name": row.get("standortbezeichnung"),
            "street": street,
            "postal_code": postal_code,
            "town": town,
            "state": row.get("bundesland"),
            "latitude": row["breitengrad"],
            "longitude": row["längengrad"],
            "date": row.get("inbetriebnahmedatum"),
            "addition": row.get("adresszusatz"),
            "access": row.get("informationen zum parkraum"),
        }
        points, ids = points_of(row, self)
        device = self._device(row, given, points, known)
        if device:
            self._finish(device, ids, row.get("status"), _parts(row.get("bezahlsysteme", "")))
            days, times = (
                _parts(row.get(f"öffnungszeiten: {part}", "")) for part in ("wochentage", "tageszeiten")
            )
            spans = [time.partition("-")[::2] for time in times]
            device.hours = self._hours(
                row.get("öffnungszeiten"),
                [(day, begin.strip(), end.strip()) for day, (begin, end) in zip(days, spans, strict=False)],
                is_whole=len(days) == len(times),
            )
        return device

    # JSON

    def stations(self, records: Records) -> Iterator[Device | Guess]:
        """The devices of the API's answer, also of a bare list of stations; a guess for a file that is something else."""
        for record in records:
            value = record.value
            is_own = "chargingStations" in records.listed
            guess = None if is_own or not isinstance(value, dict) else looks_like(value)
            if guess and guess.importer != "bnetza":
                yield guess
                return
            listed = value.get("chargingStations") if isinstance(value, dict) else None
            for index, station in enumerate(listed if isinstance(listed, list) else [value]):
                self.go_to(record, ("chargingStations", index) if isinstance(listed, list) else ())
                self.seen += 1
                if device := self._station(station):
                    yield device

    def _station(self, raw: object) -> Device | None:
        if not isinstance(raw, dict):
            self.note("no_object")
            return None
        known = self._register_id(raw.get("id"))
        if known is None:
            return None
        operator, place, status = (_dict(raw.get(key)) for key in ("operator", "coordinates", "status"))
        given = {
            "operator": operator.get("companyName"),
            "brand": operator.get("displayName"),
            "name": None,
            "street": _street(raw.get("street"), raw.get("house_no")),
            "postal_code": raw.get("postal_code"),
            "town": raw.get("city"),
            "state": raw.get("state"),
            "latitude": place.get("latitude"),
            "longitude": place.get("longitude"),
            "date": raw.get("go_live_date"),
            "addition": raw.get("address_addition"),
            "access": raw.get("access_restriction"),
        }
        evses = [_dict(evse) for evse in _list(raw.get("evses"))]
        device = self._device(raw, given, [self._api_connectors(evse) for evse in evses] or None, known)
        if device:
            ids = [clean_text(evse.get("evse_id")) or "" for evse in evses]
            self._finish(device, ids, status.get("operational"), _list(raw.get("payment_systems")))
            days = [_dict(day) for day in _list(raw.get("opening_days"))]
            keys = ("weekday", "open_from", "open_to")
            device.hours = self._hours(
                raw.get("opening_hours_specification"),
                [tuple(clean_text(day.get(key)) or "" for key in keys) for day in days],
            )
        return device

    def _api_connectors(self, evse: _Raw) -> list[dict[str, Any]]:
        given = [_dict(connector) for connector in _list(evse.get("connectors"))]
        plugs = [
            (
                clean_text(connector.get("connector_type")) or "",
                clean_text(connector.get("max_electric_power_connector")) or "",
            )
            for connector in given
        ]
        return connectors_of(plugs or [("", "")], self)

    # both

    def _register_id(self, given: object) -> int | None:
        """The id that the register gave, once; None with a note for a record that has none of its own."""
        known = number(given)
        if known is None or known != int(known) or known < 0:
            self.note("no_id")
            return None
        if int(known) in self._ids:
            self.note("same_id")
            return None
        return int(known)

    def _device(
        self, raw: _Raw, given: _Raw, points: list[list[dict[str, Any]]] | None, known: int | None
    ) -> Device | None:
        text = {key: clean_text(given[key]) for key in ("operator", "brand", "street", "town", "state")}
        self.is_about(str(known or ""), text["street"])
        place = self._coordinates(given["latitude"], given["longitude"])
        if not place and not (text["street"] and text["town"]):
            self.note("no_place")
            return None
        if known is not None:
            self._ids.add(known)
        if not text["operator"]:
            self.note("no_operator")
        if points is None:
            self.note("no_point")
        day = _day(given["date"])
        who = clean_text(given["access"])
        access = TABLE.access.get(who.casefold()) if who else None
        directions = "; ".join(filter(None, (clean_text(given["addition"]), None if access else who)))
        keys = (str(raw[key]) for key in sorted(raw) if key.startswith("public key"))
        return Device(
            record=self._record,
            steps=self._steps,
            operator=text["operator"] or "",
            brand=text["brand"] if text["brand"] != text["operator"] else None,
            name=clean_text(given["name"]),
            street=text["street"] or "",
            postal_code=self._postal_code(given["postal_code"], text["state"] or ""),
            town=text["town"] or "",
            state=text["state"],
            coordinates=place,
            day=day,
            register_id=known,
            # The numbers of devices alike hang on this order, and codes on walls on those: it must stay as it is.
            order=(repr(points), directions, *keys, repr(text)),
            evses=_evses(points or [[{"id": "1"}]], day, directions),
            access=access,
        )

    def _finish(self, device: Device, ids: Sequence[str], status: object, payments: Sequence[object]) -> None:
        """What only the API and the newest tables know: EVSE IDs, status, ways to pay."""
        said = clean_text(status) or ""
        if said and said not in TABLE.statuses:
            self.note("status", said)
        capabilities, payment = payments_of(map(clean_text, payments), self)
        for evse, text in zip(device.evses, ids or [""], strict=False):
            if evse_id := self._evse_id(text):
                evse["evse_id"] = evse_id
            evse["status"] = TABLE.statuses.get(said, "UNKNOWN")
            if capabilities:
                evse["capabilities"] = capabilities
            if payment:
                evse["chargeside"] = {"payment": payment}

    def _evse_id(self, text: str) -> str | None:
        given = {part for part in re.split(r"[;,\s]+", text) if part}
        if not given:
            return None
        if len(given) == 1 and is_evse_id(found := given.pop()):
            return found
        self.note("evse_id")
        return None

    def _hours(
        self, always: object, days: Sequence[Sequence[str]], *, is_whole: bool = True
    ) -> dict[str, Any] | None:
        """OCPI's Hours of (day, begin, end). `is_whole`: there are as many times as days."""
        if clean_text(always) in _ALWAYS:
            return {"twentyfourseven": True}
        periods = [
            (TABLE.days.index(day) + 1, begin, end)
            for day, begin, end in days
            if day in TABLE.days and _TIME.fullmatch(begin) and _TIME.fullmatch(end)
        ]
        times = times_of(periods) if is_whole and len(periods) == len(days) else None
        if times is None and (days or not is_whole):
            self.note("hours")
        return times

    def _coordinates(self, latitude: object, longitude: object) -> tuple[str, str] | None:
        """Degrees with six decimals (a tenth of a metre). Swapped ones are certain and put right."""
        north, east = number(latitude), number(longitude)
        if _within(east, _LATITUDES) and _within(north, _LONGITUDES):
            self.note("swapped")
            north, east = east, north
        found = coordinates(north, east)
        if found is None:
            self.note("coordinates", doubt_of_place(north, east))
            return None
        if not (_within(north, _LATITUDES) and _within(east, _LONGITUDES)):
            self.note("coordinates", "outside Germany, but kept")
        return found["latitude"], found["longitude"]

    def _postal_code(self, given: object, state: str) -> str:
        text = clean_text(given) or ""
        if len(text) == 4 and text.isdigit() and state.casefold() in TABLE.zero_states:
            self.note("zero")
            text = f"0{text}"
        if len(text) != 5 or not text.isdigit():
            self.note("postal_code")
        return text


def _evses(points: Sequence[list[dict[str, Any]]], day: str, directions: str) -> list[dict[str, Any]]:
    """EVSEs without uid, which depends on the others of the site."""
    updated = f"{day or '1970-01-01'}T00:00:00Z"
    evses = []
    for connectors in points:
        evse: dict[str, Any] = {"uid": "", "status": "UNKNOWN"}
        evse["connectors"] = [{**connector, "last_updated": updated} for connector in connectors]
        if directions:
            evse["directions"] = [{"language": "de", "text": directions}]
        evse["last_updated"] = updated
        evses.append(evse)
    return evses


def _street(street: object, house: object) -> str:
    """Street and number; the register writes 0 for none."""
    parts = (clean_text(street), clean_text(house))
    return " ".join(part for part in parts if part and part != "0")


def _day(given: object) -> str:
    """Day of commissioning as YYYY-MM-DD; empty when it is none. Two digits of a year are of this century."""
    text = clean_text(given) or ""
    match = _GERMAN_DATE.fullmatch(text) or _ISO_DATE.fullmatch(text)
    if not match:
        return ""
    year = int(match["year"])
    try:
        return dt.date(year + (2000 if year < 100 else 0), int(match["month"]), int(match["day"])).isoformat()
    except ValueError:
        return ""


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(";") if part.strip()]


def _within(value: float | None, limits: tuple[float, float]) -> bool:
    return value is not None and limits[0] <= value <= limits[1]


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
