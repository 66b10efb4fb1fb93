"""`chargeside import ocm FILE`: Open Charge Map records (JSON, verbose or compact) as OCPI 2.2.1 Locations.

One POI is one Location. A Connection with Quantity n becomes n EVSEs with one connector each: Open Charge Map knows no EVSEs.
Source of the fields: the OpenAPI description of the Open Charge Map API v3. How they are turned into OCPI:

* A compact record holds ids alone (CountryID, OperatorID, DataProviderID). What they mean stands in the reference lists,
  which the API gives at /v3/referencedata.
* Ids come from the POI and the Connection (`ocm-4343`, `ocm-4343-3493-1`), country_code and party_id from the country and
  `OCM`: a changed operator moves no code.
* Licence and source are those of each record's DataProvider.
* Planned and removed records and Connections are left out, as are submissions that are not live. UsageTypes that are private
  become publish false.
* UsageType says too little of how to pay; only a UsageCost that is the word *Free* becomes a fact.
* IsOperational and StatusType are what somebody once reported: of them only *out of order* is kept, and never *available*.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from chargeside.findings import Findings
from chargeside.importers.osm import LONG_AGO, MAX_EVSES, OVAL_TESLA, alpha3, coordinates, usable_phone
from chargeside.load.ocpi_values import MAX_POWER, MIN_POWER, clean_text, is_safe_id, number
from chargeside.load.records import Record, Step, read_records
from chargeside.load.tally import Kind, Tally
from chargeside.model.countries import alpha2

_PARTY = "OCM"
_MAX_TEXT = 255
_TYPES: Mapping[int, tuple[str, str | None]] = {
    0: ("", None),
    1: ("IEC_62196_T1", "CABLE"),
    2: ("CHADEMO", "CABLE"),
    3: ("DOMESTIC_G", "SOCKET"),
    4: ("IEC_60309_2_single_16", "SOCKET"),
    8: ("TESLA_R", "CABLE"),
    9: ("NEMA_5_20", "SOCKET"),
    10: ("NEMA_14_30", "SOCKET"),
    11: ("NEMA_14_50", "SOCKET"),
    13: ("DOMESTIC_C", "SOCKET"),
    16: ("IEC_60309_2_single_16", "SOCKET"),
    22: ("DOMESTIC_B", "SOCKET"),
    23: ("DOMESTIC_E", "SOCKET"),
    25: ("IEC_62196_T2", "SOCKET"),
    26: ("IEC_62196_T3C", "SOCKET"),
    28: ("DOMESTIC_F", "SOCKET"),
    29: ("DOMESTIC_I", "SOCKET"),
    32: ("IEC_62196_T1_COMBO", "CABLE"),
    33: ("IEC_62196_T2_COMBO", "CABLE"),
    34: ("IEC_60309_2_single_16", "SOCKET"),
    36: ("IEC_62196_T3A", "SOCKET"),
    1036: ("IEC_62196_T2", "CABLE"),
    1037: ("DOMESTIC_J", "SOCKET"),
    1038: ("GBT_AC", "SOCKET"),
    1039: ("GBT_AC", "CABLE"),
    1040: ("GBT_DC", "CABLE"),
}
"""OCPI standard and format by ConnectionTypeID. Others keep their title and are shown as text."""
_TESLA = (27, 30)
"""ConnectionTypeIDs of Tesla plugs: J3400 where the oval one is in use, Type 2 elsewhere."""
_FIVE_PIN = (17, 35)
"""ConnectionTypeIDs of the red three-phase socket, whose size follows from the amperes."""
_CURRENTS = {10: "AC_1_PHASE", 20: "AC_3_PHASE", 30: "DC"}
_PLANNED, _REMOVED = 150, (200, 210)
_STATUSES = {100: "OUTOFORDER"}
_PRIVATE = (2, 3, 6)
"""UsageTypeIDs: restricted access, privately owned, for staff, visitors or customers."""
_LISTS = {
    "Countries": "Country",
    "DataProviders": "DataProvider",
    "Operators": "OperatorInfo",
    "StatusTypes": "StatusType",
    "SubmissionStatusTypes": "SubmissionStatus",
    "UsageTypes": "UsageType",
    "ConnectionTypes": "ConnectionType",
}
"""Reference lists, and the object of a verbose record that each stands for."""
_ID_OF = {"OperatorInfo": "OperatorID", "SubmissionStatus": "SubmissionStatusTypeID"}
"""The field with the id, where it is not the name with ID behind it."""
_ALWAYS = re.compile(r"(open )?24/7|(open )?24 hours( daily|/day|, 7 days a week)?", re.IGNORECASE)
_DATE = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d+)?Z?")
_EVSE_ID = re.compile(r"[A-Z]{2}\*?[A-Z0-9]{3}\*?E[A-Z0-9*]{1,30}", re.IGNORECASE)
_CAPITALS = re.compile(r"^(?:[A-Z]+(?=[A-Z][a-z]|$)|[A-Z])")
_OTHER_FILES: Mapping[str, frozenset[str]] = {
    "the reference lists of Open Charge Map": frozenset({"ConnectionTypes", "StatusTypes"}),
    "GeoJSON": frozenset({"type", "features"}),
    "Overpass JSON": frozenset({"elements"}),
    "OCPI": frozenset({"country_code"}),
    "OCPI Locations": frozenset({"evses"}),
    "DATEX II": frozenset({"payload"}),
}
"""Keys that tell other formats."""

_Raw = Mapping[str, Any]
_Lists = Mapping[str, Mapping[int, _Raw]]
_LEFT = "it is left out"
_NOTHING = "nothing to do if that is meant"

_KINDS: Mapping[str, Kind] = {
    # left out
    "no_record": Kind("S308", f"no record of Open Charge Map: {_LEFT}", "fetch the file again", "record"),
    "no_id": Kind("S308", f"no ID: {_LEFT}", "fetch the file again", "record"),
    "same_id": Kind("S308", f"the same ID stands earlier in the file: {_LEFT}", _NOTHING, "record"),
    "no_country": Kind(
        "S308",
        f"neither Country nor a CountryID with reference lists tells the country: {_LEFT}",
        "pass the reference lists with --reference, or ask the API for compact=false",
        "record",
    ),
    "too_many": Kind(
        "S308",
        f"more than {MAX_EVSES} plugs: those beyond are left out",
        "correct Quantity at Open Charge Map",
        "record",
    ),
    "no_part": Kind("S308", f"a Connection that is no object: {_LEFT}", "fetch the file again", "Connection"),
    "none_left": Kind(
        "S308", f"each of its Connections is planned, removed or no object: {_LEFT}", _NOTHING, "record"
    ),
    # left out on purpose
    "planned": Kind("S305", f"planned for later: {_LEFT}", _NOTHING, "record"),
    "removed": Kind("S305", f"removed, or listed twice: {_LEFT}", _NOTHING, "record"),
    "part_gone": Kind("S305", f"planned or removed: {_LEFT}", _NOTHING, "Connection"),
    "not_live": Kind("S305", f"the submission is not live: {_LEFT}", _NOTHING, "record"),
    "private": Kind("S305", "UsageType {}: kept with publish false, so not shown", _NOTHING, "record"),
    # looks wrong
    "no_plug": Kind(
        "S306",
        "no Connections: taken as NumberOfPoints EVSEs whose plug is unknown",
        "add its Connections at Open Charge Map",
        "record",
    ),
    "quantity": Kind(
        "S306", "Quantity is missing or no whole number: taken as one", "give Quantity", "Connection"
    ),
    "power": Kind("S306", "PowerKW cannot be right and is left out", "give it in kW", "Connection"),
    "measure": Kind("S306", "{} cannot be right and is left out", "give A and V", "Connection"),
    "coordinates": Kind("S306", "no usable coordinates", "give latitude and longitude", "record"),
    "phone": Kind(
        "S306", "each phone number is a placeholder or none and left out", "give the helpline", "record"
    ),
    "comments": Kind(
        "S306",
        "AccessComments that say more than 24 hours are left out",
        "see that the signs on site tell it",
        "record",
    ),
    "no_licence": Kind(
        "S306",
        "its DataProvider names no licence",
        "ask for the licence before you publish; for compact data pass --reference",
        "record",
    ),
    "not_open": Kind(
        "S306",
        "its DataProvider ({}) says that the data is not open",
        "ask before you publish it",
        "record",
    ),
    "long": Kind("S306", "{} is too long and was cut", "shorten it", "record"),
    "no_operator": Kind(
        "S306", "OperatorID {} is not in the record nor in the reference lists", "pass --reference", "record"
    ),
}


def read_ocm(path: Path, findings: Findings, reference: Path | None = None) -> list[dict[str, Any]]:
    """OCPI 2.2.1 Locations of a file of Open Charge Map; an empty list when the file cannot be used.

    `reference`: the reference lists, which compact records need.
    """
    lists = _reference(reference, findings) if reference else {}
    shown = str(path)
    records = read_records(path, shown, findings) if lists is not None else None
    if lists is None or records is None:
        return []
    tally = Tally(shown, records, _KINDS, findings)
    importer = _Importer(tally, lists)
    try:
        for record in records:
            what = _other(record.value)
            if what:
                findings.add(
                    "F104",
                    shown,
                    record.line,
                    f"holds {what}, no records of Open Charge Map",
                    "give a file of its API /v3/poi, or choose the importer of that format",
                )
                return []
            importer.add(record)
        if records.broken:
            return []
        tally.report()
    except RecursionError:  # the scanner's depth was just enough, that of the search for a line is not
        findings.add("F104", shown, 1, "nested too deeply to be Open Charge Map data", "fetch the file again")
        return []
    if not importer.locations:
        message = f"no usable station among {importer.seen} records"
        findings.add("S309", shown, None, message, "mend what the warnings say, or fetch the file again")
    return importer.locations


def _reference(path: Path, findings: Findings) -> _Lists | None:
    """The reference lists by the name of the object they stand for, then by id; None with a finding when unusable."""
    shown = str(path)
    records = read_records(path, shown, findings)
    if records is None:
        return None
    lists: dict[str, dict[int, _Raw]] = {}
    for record in records:
        for name, what in _LISTS.items():
            given = _field(record.value, name) if isinstance(record.value, dict) else None
            for entry in given if isinstance(given, list) else ():
                entry_id = _whole(_field(entry, "ID")) if isinstance(entry, dict) else None
                if entry_id is not None:
                    lists.setdefault(what, {})[entry_id] = entry
    if records.broken:
        return None
    if "Country" not in lists or "ConnectionType" not in lists:
        mend = "give the answer of the Open Charge Map API /v3/referencedata"
        findings.add("F104", shown, 1, "holds no reference lists of Open Charge Map", mend)
        return None
    return lists


class _Importer:
    """Turns records into Locations and counts what is wrong with them."""

    def __init__(self, tally: Tally, lists: _Lists) -> None:
        self._tally = tally
        self._lists = lists
        self._record = Record(None, "", 0, 1)
        self._steps: tuple[Step, ...] = ()
        self._ids: set[int] = set()
        self.locations: list[dict[str, Any]] = []
        self.seen = 0

    def add(self, record: Record) -> None:
        """One record: a Location, or a reason why not."""
        self._record, self._steps = record, ()
        self.seen += 1
        raw = record.value
        address = _part(raw, "AddressInfo") if isinstance(raw, dict) else None
        if not address:
            self._note("no_record")
            return
        why = self._not_wanted(raw)
        poi = _whole(_field(raw, "ID"))
        if why is None and (poi is None or poi in self._ids):
            why = "no_id" if poi is None else "same_id"
        if why is not None or poi is None:
            self._note(why or "no_id")
            return
        self._ids.add(poi)
        country = alpha2(clean_text(_field(self._object(address, "Country"), "ISOCode")) or "")
        if country is None:
            self._note("no_country")
            return
        evses = self._evses(raw, f"ocm-{poi}", country)
        self._steps = ()
        if evses:
            self.locations.append(self._location(raw, address, f"ocm-{poi}", country, evses))
        else:
            self._note("none_left")

    def _note(self, kind: str, detail: str = "") -> None:
        self._tally.note(kind, detail, self._record, self._steps)

    def _object(self, raw: _Raw, name: str) -> _Raw:
        """The object of that name, or the one that its id means in the reference lists; empty when neither is there."""
        return _part(raw, name) or self._lists.get(name, {}).get(_id_of(raw, name, -1), {})

    def _not_wanted(self, raw: _Raw) -> str | None:
        status = _id_of(raw, "StatusType", 0)
        if status == _PLANNED:
            return "planned"
        if status in _REMOVED:
            return "removed"
        return "not_live" if _field(self._object(raw, "SubmissionStatus"), "IsLive") is False else None

    def _location(
        self, raw: _Raw, address: _Raw, location_id: str, country: str, evses: list[dict[str, Any]]
    ) -> dict[str, Any]:
        operator = self._object(raw, "OperatorInfo")
        name = self._text(operator, "Title")
        if operator and name and name.startswith("("):  # "(Unknown Operator)", "(Business Owner at Location)"
            name = None
        elif not operator and _id_of(raw, "OperatorInfo", 0) > 1:
            self._note("no_operator", str(_id_of(raw, "OperatorInfo", 0)))
        street = " ".join(
            filter(None, (self._text(address, key) for key in ("AddressLine1", "AddressLine2")))
        )
        location: dict[str, Any] = {
            "country_code": country,
            "party_id": _PARTY,
            "id": location_id,
            "publish": self._is_public(raw),
            "name": self._text(address, "Title"),
            "address": street[:_MAX_TEXT],
            "city": self._text(address, "Town", 60) or "",
            "postal_code": self._text(address, "Postcode", 60),
            "state": self._text(address, "StateOrProvince", 60),
            "country": alpha3(country),
            "coordinates": coordinates(_field(address, "Latitude"), _field(address, "Longitude")),
            "evses": evses,
            "operator": {"name": name} if name else None,
            "opening_times": self._opening_times(address),
            "chargeside": self._extra(raw, address, operator),
            "last_updated": _updated(raw),
        }
        if location["coordinates"] is None:
            self._note("coordinates")
        return {key: value for key, value in location.items() if value is not None}

    def _text(self, raw: _Raw, key: str, limit: int = _MAX_TEXT) -> str | None:
        text = clean_text(_field(raw, key))
        if text and len(text) > limit:
            self._note("long", key)
            return text[: limit - 1].rstrip() + "…"
        return text

    def _is_public(self, raw: _Raw) -> bool:
        usage = _id_of(raw, "UsageType", 0)
        if usage not in _PRIVATE:
            return True
        self._note("private", clean_text(_field(self._object(raw, "UsageType"), "Title")) or str(usage))
        return False

    def _opening_times(self, address: _Raw) -> dict[str, Any] | None:
        text = clean_text(_field(address, "AccessComments"))
        if text and not _ALWAYS.fullmatch(text.rstrip(" .;")):
            self._note("comments")
            return None
        return {"twentyfourseven": True} if text else None

    def _extra(self, raw: _Raw, address: _Raw, operator: _Raw) -> dict[str, Any]:
        provider = self._object(raw, "DataProvider")
        title, licence = self._text(provider, "Title"), self._text(provider, "License")
        if licence is None:
            self._note("no_licence")
        if _field(provider, "IsOpenDataLicensed") is False:
            self._note("not_open", title or "unnamed")
        free = (clean_text(_field(raw, "UsageCost")) or "").casefold() == "free"
        extra: dict[str, Any] = {
            "payment": {"free": "yes"} if free else None,
            "help_phone": self._phone(address, operator),
            "source": _source(title),
            "licence": licence,
        }
        return {key: value for key, value in extra.items() if value is not None}

    def _phone(self, address: _Raw, operator: _Raw) -> str | None:
        """The number of the site; else that of its operator."""
        given = [
            text
            for raw, keys in (
                (address, ("ContactTelephone1", "ContactTelephone2")),
                (operator, ("PhonePrimaryContact", "PhoneSecondaryContact")),
            )
            for key in keys
            if (text := clean_text(_field(raw, key)))
        ]
        found = next(filter(None, map(usable_phone, given)), None)
        if given and found is None:
            self._note("phone")
        return found

    # EVSEs

    def _evses(self, raw: _Raw, location_id: str, country: str) -> list[dict[str, Any]]:
        updated = _updated(raw)
        given = _field(raw, "Connections")
        if not isinstance(given, list) or not given:
            return self._unknown(raw, location_id, updated)
        evses: list[dict[str, Any]] = []
        seen: set[str] = set()
        for index, connection in enumerate(given):
            self._steps = ("Connections", index)
            if not isinstance(connection, dict):
                self._note("no_part")
                continue
            status = _id_of(connection, "StatusType", 0)
            if status == _PLANNED or status in _REMOVED:
                self._note("part_gone")
                continue
            part = clean_text(_whole(_field(connection, "ID"))) or ""
            uid = f"{location_id}-{part if part and part not in seen else f'c{index + 1}'}"
            seen.add(part)
            connector = {"id": "1", **self._connector(connection, country), "last_updated": updated}
            status = status or _id_of(raw, "StatusType", 0)
            quantity = self._quantity(connection)
            evse: dict[str, Any] = {"status": _STATUSES.get(status, "UNKNOWN"), "connectors": [connector]}
            reference = clean_text(_field(connection, "Reference")) or ""
            if quantity == 1 and _EVSE_ID.fullmatch(reference) and is_safe_id(reference):
                evse["evse_id"] = reference
            room = MAX_EVSES - len(evses)
            evses += [
                {"uid": f"{uid}-{number_ + 1}", **evse, "last_updated": updated}
                for number_ in range(min(quantity, room))
            ]
            if quantity > room:
                self._note("too_many")
                break
        return evses

    def _unknown(self, raw: _Raw, location_id: str, updated: str) -> list[dict[str, Any]]:
        self._note("no_plug")
        count = _whole(_field(raw, "NumberOfPoints")) or 1
        if count > MAX_EVSES:
            self._note("too_many")
        status = _STATUSES.get(_id_of(raw, "StatusType", 0), "UNKNOWN")
        return [
            {
                "uid": f"{location_id}-unknown-{index + 1}",
                "status": status,
                "connectors": [{"id": "1", "last_updated": updated}],
                "last_updated": updated,
            }
            for index in range(min(max(count, 1), MAX_EVSES))
        ]

    def _quantity(self, connection: _Raw) -> int:
        quantity = _whole(_field(connection, "Quantity"))
        if quantity is None or quantity < 1:
            self._note("quantity")
            return 1
        return quantity

    def _connector(self, connection: _Raw, country: str) -> dict[str, Any]:
        type_id = _id_of(connection, "ConnectionType", 0)
        power_type = _CURRENTS.get(_id_of(connection, "CurrentType", 0))
        amperes = self._measure(connection, "Amps", 4000)
        standard, form = self._plug(connection, type_id, country, amperes)
        connector = {
            "standard": standard or None,
            "format": form,
            "power_type": power_type,
            "max_voltage": self._measure(connection, "Voltage", 1500),
            "max_amperage": amperes,
            "max_electric_power": self._power(connection),
        }
        return {key: value for key, value in connector.items() if value is not None}

    def _plug(
        self, connection: _Raw, type_id: int, country: str, amperes: int | None
    ) -> tuple[str, str | None]:
        if type_id in _TESLA:
            return ("SAE_J3400" if country in OVAL_TESLA else "IEC_62196_T2"), "CABLE"
        if type_id in _FIVE_PIN and amperes in {16, 32, 63, 64}:
            return f"IEC_60309_2_three_{64 if amperes == 63 else amperes}", "SOCKET"
        if type_id in _TYPES:
            return _TYPES[type_id]
        title = self._text(self._object(connection, "ConnectionType"), "Title", 60)
        return title or f"Open Charge Map connection type {type_id}", None

    def _power(self, connection: _Raw) -> int | None:
        given = _field(connection, "PowerKW")
        kilowatts = number(given)
        if given is None or kilowatts == 0:
            return None
        if kilowatts is None or not MIN_POWER <= kilowatts * 1000 <= MAX_POWER:
            self._note("power")
            return None
        return round(kilowatts * 1000)

    def _measure(self, connection: _Raw, key: str, most: int) -> int | None:
        given = _field(connection, key)
        value = number(given)
        if given is None or value == 0:
            return None
        if value is None or not 1 <= value <= most:
            self._note("measure", key)
            return None
        return round(value)


def _other(raw: object) -> str | None:
    """What a record is that has nothing of Open Charge Map."""
    if not isinstance(raw, dict) or _field(raw, "AddressInfo") is not None:
        return None
    return next((what for what, keys in _OTHER_FILES.items() if keys <= raw.keys()), None)


def _source(provider: str | None) -> str:
    if provider and not provider.startswith("Open Charge Map"):
        return f"Open Charge Map: {provider}"[:_MAX_TEXT]
    return provider or "Open Charge Map"


def _field(raw: _Raw, name: str) -> Any:
    """The value of a field, also in camelCase, as the API gives it for camelcase=true."""
    value = raw.get(name)
    return raw.get(_camel(name)) if value is None else value


@cache
def _camel(name: str) -> str:
    return _CAPITALS.sub(lambda match: match.group().lower(), name)


def _part(raw: _Raw, name: str) -> _Raw:
    value = _field(raw, name)
    return value if isinstance(value, dict) else {}


def _whole(value: object) -> int | None:
    found = number(value)
    return int(found) if found is not None and found == int(found) else None


def _id_of(raw: _Raw, name: str, default: int) -> int:
    """The id of an object: the field beside it in compact records, its own in verbose ones."""
    found = _whole(_field(raw, _ID_OF.get(name, f"{name}ID")))
    if found is None:
        found = _whole(_field(_part(raw, name), "ID"))
    return default if found is None else found


def _updated(raw: _Raw) -> str:
    for key in ("DateLastStatusUpdate", "DateLastVerified", "DateCreated"):
        if match := _DATE.fullmatch(str(_field(raw, key) or "")):
            return f"{match.group(1)}Z"
    return LONG_AGO
