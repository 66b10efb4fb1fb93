"""Turns raw records of a feed into Locations and says what is wrong with them.

What is certain is put right (case and spaces, numbers as text, countries by code or name, latitudes that are longitudes),
what is doubtful is said in a finding, and nothing is left out without one. Values that OCPI does not name are kept as text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal, cast

from chargeside.findings import Severity, nearest
from chargeside.load.ocpi_values import (
    CAPABILITIES,
    CONNECTOR_TYPES,
    COUNTRIES_BY_OWN_NAME,
    DC_ONLY,
    FORMATS,
    MAX_AC_POWER,
    MAX_POWER,
    MIN_POWER,
    POSITIONS,
    POWER_TYPES,
    STATUSES,
    boolean,
    clean_text,
    is_off_globe,
    is_safe_id,
    is_swapped,
    looks_swapped,
    named,
    number,
    power_from,
)
from chargeside.load.phone import is_placeholder, tidy_phone
from chargeside.load.records import Record, Step
from chargeside.load.tally import Kind, Tally
from chargeside.model.countries import alpha2
from chargeside.model.facts import FACTS, PAYMENTS
from chargeside.model.ocpi import Connector, Evse, ExtraFacts, Location

_W, _N = Severity.WARNING, Severity.NOTE
_IF_MEANT = "nothing to do if that is meant"

KINDS: Mapping[str, Kind] = {
    # left out, with an error
    "no_object": Kind("S301", "no JSON object: {}", "give an object with id and evses", each=True),
    "other_record": Kind("S301", "no OCPI Location but {}", "give a feed of the module Locations", each=True),
    "no_id": Kind("S301", "no id: {}", "give it the id it has in the operator's system", each=True),
    "no_country": Kind(
        "S301",
        "no country, which decides language and emergency number: Location {}",
        "give country as ISO 3166-1 alpha-3, e.g. FRA",
        each=True,
    ),
    "evse_no_id": Kind(
        "S301",
        "EVSE without uid and evse_id: Location {}",
        "give it the uid it has in the operator's system",
        each=True,
    ),
    "bad_id": Kind(
        "S302",
        "an id holds control characters or ../, or is longer than 255 characters: {}",
        "give the id as the operator's system has it",
        each=True,
    ),
    "same_id": Kind("S303", "the file holds this Location twice: {}", "keep one of the two", each=True),
    "same_uid": Kind(
        "S303",
        "two different EVSEs of a Location have the same uid: {}",
        "give each EVSE its own uid",
        each=True,
    ),
    # left out, with a warning
    "same_evse": Kind(
        "S303", "an EVSE stands twice in its Location; it is kept once", "list it once", "EVSE", _W
    ),
    "no_evse": Kind(
        "S301",
        "left out for want of a usable EVSE: Location {}",
        "list its EVSEs with their connectors",
        "",
        _W,
        each=True,
    ),
    "no_connector": Kind("S301", "an EVSE without connectors is left out", "list its connectors", "EVSE", _W),
    "no_part": Kind("S301", "{} that is no JSON object is left out", "give an object", "record", _W),
    # left out on purpose
    "not_public": Kind("S305", "left out because publish is false", _IF_MEANT, "Location"),
    "odd_publish": Kind("S305", "left out because publish is {}", "write true or false", "Location", _W),
    "gone": Kind("S305", "left out because the status is {}", _IF_MEANT, "EVSE"),
    "all_gone": Kind(
        "S305", "left out because all its EVSEs are REMOVED or PLANNED: Location {}", _IF_MEANT, each=True
    ),
    # kept as text
    "standard": Kind(
        "S304",
        'standard "{}" is no OCPI ConnectorType: shown as text',
        "use a ConnectorType of OCPI 2.3.0",
        "connector",
    ),
    "format": Kind("S304", 'format "{}" is not known', "use SOCKET or CABLE", "connector"),
    "power_type": Kind(
        "S304", 'power_type "{}" is not known', f"use one of: {', '.join(POWER_TYPES)}", "connector"
    ),
    "status": Kind("S304", 'status "{}" is not known', f"use one of: {', '.join(STATUSES)}", "EVSE"),
    "capability": Kind("S304", 'capability "{}" is none that OCPI names', _IF_MEANT, "list", _N),
    "country_name": Kind(
        "S304", 'country "{}" is a name: taken as its code', "use alpha-3, e.g. FRA", "Location"
    ),
    "country": Kind(
        "S304", 'country "{}" is not in ISO 3166-1: country_code is used', "use alpha-3, e.g. FRA", "Location"
    ),
    "extra": Kind("S304", "chargeside: {}", "correct it, or delete it", "record"),
    # looks wrong
    "twice": Kind(
        "S306",
        'key "{}" stands twice in one object: the last value is used',
        "write each key once",
        "Location",
    ),
    "camel_case": Kind(
        "S306",
        "keys are written in camelCase, such as evseId: read as OCPI's, such as evse_id",
        "write keys as OCPI does",
        "Location",
    ),
    "country_missing": Kind(
        "S306", "country is missing: country_code is used", "give country, e.g. FRA", "Location"
    ),
    "no_standard": Kind(
        "S306", "no standard: drivers see a plug without a name", "give its ConnectorType", "connector"
    ),
    "coordinates": Kind(
        "S306", "coordinates are {}", "give latitude and longitude in degrees, WGS 84", "record"
    ),
    "swapped": Kind(
        "S306",
        "latitude is beyond 90 degrees: taken as swapped with longitude",
        "swap latitude and longitude",
        "record",
    ),
    "maybe_swapped": Kind(
        "S306",
        "coordinates lie outside Europe, and in it with latitude and longitude swapped: used as they are",
        "check which is which",
        "record",
    ),
    "power": Kind(
        "S306",
        "max_electric_power cannot be right: {} W; volts × amperes are used where they are given",
        "give max_electric_power in W",
        "connector",
    ),
    "ac_power": Kind(
        "S306", "an AC connector with {} W, more than 43 kW", "check power_type and power", "connector"
    ),
    "not_ac": Kind(
        "S306", "{} is called AC but carries only DC: taken as DC", "give power_type DC", "connector"
    ),
    "phone": Kind(
        "S306", 'help_phone "{}" is left out: nobody answers it', "give the helpline of the site", "Location"
    ),
    "long": Kind("S306", "{} is too long and was cut", "shorten it", "text"),
}

_GONE = ("REMOVED", "PLANNED")
_OTHER_RECORDS: Mapping[str, frozenset[str]] = {
    "an OCPI Tariff": frozenset({"currency", "elements"}),
    "an EVSE outside its Location": frozenset({"uid", "connectors"}),
    "a record of Open Charge Map": frozenset({"AddressInfo"}),
    "GeoJSON": frozenset({"type", "features"}),
    "DATEX II": frozenset({"payload"}),
}
"""Keys that tell other records from Locations."""
_EVSE_ID_PREFIX = re.compile(r"([A-Z]{2})\*?([A-Z0-9]{3})\*?E")
_TEXT, _SHORT, _LONG = 255, 60, 512
_EXTRA_TEXTS = ("hardware", "source", "licence")
_FIELDS_SET: set[str] = set()  # shared: a set for each record would be a third of its memory

_Coordinates = tuple[float | None, float | None]
_Doubts = tuple[tuple[str, str], ...]
_Raw = dict[str, Any]


class LocationReader:
    """Reads the records of one feed. Equal connectors and extra facts become one object, so that memory stays flat."""

    def __init__(self, shown: str, connector_by_ocpi: Mapping[str, str], tally: Tally) -> None:
        self._shown = shown
        self._kind = connector_by_ocpi
        self._tally = tally
        self._record = Record(None, "", 0, 1)
        self._steps: tuple[Step, ...] = ()
        self._place: _Coordinates = None, None
        self._seen: set[tuple[str, str, str]] = set()
        self._connectors: dict[tuple[object, ...], tuple[Connector, _Doubts]] = {}
        self._capabilities: dict[tuple[object, ...], tuple[tuple[str, ...], _Doubts]] = {}
        self._extras: dict[str, tuple[_Raw, _Doubts]] = {"None": ({}, ())}
        self._merged: dict[tuple[str, str], ExtraFacts] = {}

    def read(self, record: Record) -> Location | None:
        """The Location of a record; None, with a note, when it is left out."""
        self._record, self._steps = record, ()
        raw = record.value
        if record.doubts:
            self._note_all(record.doubts)
        if not isinstance(raw, dict):
            self._note("no_object", _quoted(raw))
            return None
        published = boolean(raw.get("publish"), default=True)
        if not published:
            self._note(
                *(("not_public", "") if published is False else ("odd_publish", _quoted(raw["publish"])))
            )
            return None
        other = _other_record(raw)
        if other:
            self._note("other_record", other)
            return None
        label = clean_text(raw.get("name")) or clean_text(raw.get("address"))
        location_id = self._id(raw.get("id"), "no_id", _quoted(label) if label else "a Location without name")
        owner = self._owner(raw)
        if location_id is None or owner is None:
            return None
        name = "*".join(part for part in (*owner, location_id) if part)
        country = self._country(raw, owner[0])
        if country is None:
            self._note("no_country", name)
            return None
        if not self._is_first((*owner, location_id.casefold()), name):
            return None
        return self._location(raw, owner, location_id, name, country)

    def _location(
        self, raw: _Raw, owner: tuple[str, str], location_id: str, name: str, country: str
    ) -> Location | None:
        extra_key = self._extra_key(raw)
        extra = self._extra("None", extra_key)
        latitude, longitude = self._place = self._coordinates(raw, country, required=True)
        operator = raw.get("operator")
        texts: dict[str, Any] = {
            "name": self._text(raw, "name"),
            "address": self._text(raw, "address") or "",
            "city": self._text(raw, "city", _SHORT) or "",
            "postal_code": self._text(raw, "postal_code", _SHORT),
            "directions": self._directions(raw),
            "operator_name": self._text(operator, "name") if isinstance(operator, dict) else None,
            "help_phone": extra.help_phone or self._phone(raw),
            "time_zone": self._text(raw, "time_zone", _SHORT),
        }
        evses = self._evses(raw, name, country, extra_key)
        if not evses:
            return None
        return Location.model_construct(
            _fields_set=_FIELDS_SET,
            country_code=owner[0],
            party_id=owner[1],
            id=location_id,
            publish=True,
            country=country,
            latitude=latitude,
            longitude=longitude,
            evses=evses,
            chargeside=extra,
            path=self._shown,
            line=self._record.line,
            **texts,
        )

    # ids

    def _id(self, value: object, kind: str, label: str) -> str | None:
        """A safe id; None with a note of `kind` when there is none, of `bad_id` when it is unsafe."""
        text = value.strip(" ") if isinstance(value, str) else clean_text(value)
        if not text:
            self._note(kind, label)
        elif is_safe_id(text):
            return text
        else:
            self._note("bad_id", _quoted(text))
        return None

    def _owner(self, raw: _Raw) -> tuple[str, str] | None:
        """country_code and party_id; where a feed has none, as in OCPI 2.1.1, those of its EVSE IDs."""
        code, party = clean_text(raw.get("country_code")), clean_text(raw.get("party_id"))
        if not code or not party:
            for evse in _list(raw.get("evses")):
                match = (
                    _EVSE_ID_PREFIX.match(str(evse.get("evse_id")).upper())
                    if isinstance(evse, dict)
                    else None
                )
                if match:
                    code, party = code or match.group(1), party or match.group(2)
                    break
        owner = ((code or "").upper(), (party or "").upper())
        for part in owner:
            if part and not is_safe_id(part):
                self._note("bad_id", _quoted(part))
                return None
        return owner

    def _is_first(self, key: tuple[str, str, str], name: str) -> bool:
        if key in self._seen:
            self._note("same_id", name)
            return False
        self._seen.add(key)
        return True

    # EVSEs

    def _evses(self, raw: _Raw, name: str, country: str, extra_key: str) -> tuple[Evse, ...]:
        given = _list(raw.get("evses"))
        places = self._bays(raw)
        found: dict[str, Evse] = {}
        gone = 0
        for index, raw_evse in enumerate(given):
            self._steps = ("evses", index)
            if not isinstance(raw_evse, dict):
                self._note("no_part", "an EVSE")
                continue
            status = self._word(raw_evse, "status", STATUSES)
            if status in _GONE:
                gone += 1
                self._note("gone", status)
                continue
            evse = self._evse(raw_evse, name, country, status, extra_key, places)
            if evse is None:
                continue
            if evse.uid in found:
                self._note(
                    *(
                        ("same_evse", "")
                        if found[evse.uid] == evse
                        else ("same_uid", f"{evse.uid}, Location {name}")
                    )
                )
            else:
                found[evse.uid] = evse
        self._steps = ()
        if not found:
            self._note("all_gone" if gone and gone == len(given) else "no_evse", name)
        return tuple(found.values())

    def _evse(
        self,
        raw: _Raw,
        name: str,
        country: str,
        status: str | None,
        location_extra: str,
        places: Mapping[str, str],
    ) -> Evse | None:
        steps = self._steps
        connectors: list[Connector] = []
        capabilities = [*_list(raw.get("capabilities"))]
        for index, raw_connector in enumerate(_list(raw.get("connectors"))):
            self._steps = (*steps, "connectors", index)
            if isinstance(raw_connector, dict):
                connectors.append(self._connector(raw_connector, index))
                capabilities += _list(
                    raw_connector.get("capabilities")
                )  # of use to us only for the EVSE as a whole
            else:
                self._note("no_part", "a connector")
        self._steps = steps
        if not connectors:
            self._note("no_connector")
            return None
        evse_id = self._evse_id(raw)
        uid_given = raw.get("uid")
        uid = self._id(evse_id if uid_given is None or uid_given == "" else uid_given, "evse_no_id", name)
        if uid is None:
            return None
        latitude, longitude = self._coordinates(raw, country)
        position, bay = self._parking(raw, places)
        return Evse.model_construct(
            _fields_set=_FIELDS_SET,
            uid=uid,
            evse_id=evse_id,
            status=status,
            capabilities=self._capability_names(capabilities),
            connectors=tuple(connectors),
            floor_level=self._text(raw, "floor_level", _SHORT),
            latitude=latitude,
            longitude=longitude,
            physical_reference=self._physical_reference(raw, evse_id),
            directions=self._directions(raw),
            position=position,
            bay=bay,
            chargeside=self._extra(location_extra, self._extra_key(raw)),
        )

    def _evse_id(self, raw: _Raw) -> str | None:
        text = clean_text(raw.get("evse_id"))
        if text and not is_safe_id(text):
            self._note("bad_id", _quoted(text))
            return None
        return text

    def _physical_reference(self, raw: _Raw, evse_id: str | None) -> str | None:
        """What is printed on the hardware. Some feeds put the EVSE ID here again, which says nothing of the hardware."""
        text = self._text(raw, "physical_reference", _SHORT)
        return None if text and evse_id and _bare(text) == _bare(evse_id) else text

    def _bays(self, raw: _Raw) -> Mapping[str, str]:
        """What is painted on the parking places, by id (OCPI 2.3.0, Parking)."""
        places = {}
        for place in _list(raw.get("parking_places")):
            if isinstance(place, dict) and (painted := self._text(place, "physical_reference", _SHORT)):
                places[str(place.get("id"))] = painted
        return places

    def _parking(
        self, raw: _Raw, places: Mapping[str, str]
    ) -> tuple[Literal["LEFT", "RIGHT", "CENTER"] | None, str | None]:
        """Position, where all parking places of the EVSE agree on it, and bays (OCPI 2.3.0, EVSEParking)."""
        given = raw.get("parking")
        if not given:
            return None, None
        parkings = [parking for parking in _list(given) if isinstance(parking, dict)]
        positions = {named(str(parking.get("evse_position")), POSITIONS) for parking in parkings}
        position = positions.pop() if len(positions) == 1 else None
        bays = dict.fromkeys(
            places[key] for parking in parkings if (key := str(parking.get("parking_id"))) in places
        )
        return cast(Literal["LEFT", "RIGHT", "CENTER"] | None, position), " / ".join(bays)[:_SHORT] or None

    def _capability_names(self, given: list[object]) -> tuple[str, ...]:
        texts = tuple(text for value in given if (text := clean_text(value)))
        cached = self._capabilities.get(texts)
        if cached is None:
            names = {
                named(text, CAPABILITIES) or text: named(text, CAPABILITIES) is not None for text in texts
            }
            cached = tuple(names), tuple(("capability", name) for name, known in names.items() if not known)
            self._capabilities[texts] = cached
        self._note_all(cached[1])
        return cached[0]

    # connectors

    def _connector(self, raw: _Raw, index: int) -> Connector:
        volts, amperes = raw.get("max_voltage"), raw.get("max_amperage")
        if volts is None:  # OCPI 2.1.1 has the short names; files of any version hold them
            volts = raw.get("voltage")
        if amperes is None:
            amperes = raw.get("amperage")
        given = (
            raw.get("standard"),
            raw.get("format"),
            raw.get("power_type"),
            volts,
            amperes,
            raw.get("max_electric_power"),
        )
        key = (clean_text(raw.get("id")) or str(index + 1), repr(given))
        cached = self._connectors.get(key)
        if cached is None:
            doubts: list[tuple[str, str]] = []
            cached = self._connectors[key] = (
                self._new_connector(key[0], raw, volts, amperes, doubts),
                tuple(doubts),
            )
        self._note_all(cached[1])
        return cached[0]

    def _new_connector(
        self, connector_id: str, raw: _Raw, volts: object, amperes: object, doubts: list[tuple[str, str]]
    ) -> Connector:
        text = clean_text(raw.get("standard")) or ""
        standard = named(text, CONNECTOR_TYPES)
        if standard is None:
            doubts.append(("standard", text) if text else ("no_standard", ""))
        power_type = _power_type(raw, standard, doubts)
        max_voltage, max_amperage = number(volts), number(amperes)
        return Connector(
            id=connector_id[:_TEXT],
            standard=standard or text[:_SHORT],
            kind=self._kind.get((standard or text).upper()),
            format=_format(raw, doubts),
            power_type=power_type,
            max_voltage=_whole(max_voltage),
            max_amperage=_whole(max_amperage),
            max_electric_power=_power(
                number(raw.get("max_electric_power")), power_type, max_voltage, max_amperage, doubts
            ),
        )

    # what Locations and EVSEs share

    def _text(self, raw: _Raw, key: str, limit: int = _TEXT) -> str | None:
        value = raw.get(key)
        if value is None:
            return None
        text = clean_text(value)
        if text and len(text) > limit:
            self._note("long", key)
            return text[: limit - 1].rstrip() + "…"
        return text

    def _word(self, raw: _Raw, key: str, table: Mapping[str, str]) -> str | None:
        """A value of `table`, or the text as it stands with a note."""
        text = clean_text(raw.get(key))
        if not text:
            return None
        found = named(text, table)
        if found is None:
            self._note(key, text)
        return found or text[:_SHORT]

    def _country(self, raw: _Raw, country_code: str) -> str | None:
        text = clean_text(raw.get("country"))
        found = alpha2(text) if text and len(text) <= _TEXT else None
        if found:
            return found
        by_name = COUNTRIES_BY_OWN_NAME.get(text.casefold()) if text else None
        if text and by_name:
            self._note("country_name", text)
            return by_name
        fallback = alpha2(country_code) if country_code else None
        if fallback:
            self._note(*(("country", text) if text else ("country_missing", "")))
        return fallback

    def _coordinates(self, raw: _Raw, country: str, *, required: bool = False) -> _Coordinates:
        given = raw.get("coordinates")
        if given is None:
            if required:
                self._note("coordinates", "missing")
            return None, None
        latitude, longitude = (
            (number(given.get(key)) for key in ("latitude", "longitude"))
            if isinstance(given, dict)
            else (None, None)
        )
        if latitude is None or longitude is None:
            self._note("coordinates", "not two numbers, and not used")
        elif latitude == longitude == 0:
            self._note("coordinates", "0, 0, and not used")
        elif not is_off_globe(latitude, longitude):
            if looks_swapped(country, latitude, longitude):
                self._note("maybe_swapped")
            return latitude, longitude
        elif is_swapped(country, latitude, longitude) and (required or self._is_near(longitude, latitude)):
            self._note("swapped")
            return longitude, latitude
        else:
            self._note("coordinates", "off the globe, and not used")
        return None, None

    def _is_near(self, latitude: float, longitude: float) -> bool:
        """Whether a place lies within a degree of its Location, or nobody knows where that is."""
        there, here = self._place, (latitude, longitude)
        return all(a is None or abs(a - b) <= 1 for a, b in zip(there, here, strict=True))

    def _directions(self, raw: _Raw) -> str | None:
        """The English text of a list of DisplayText, else the first one; also a plain text."""
        given = raw.get("directions")
        if given is None:
            return None
        by_language: dict[str, object] = {}
        for entry in given if isinstance(given, list) else [given]:
            text = entry.get("text") if isinstance(entry, dict) else entry
            if clean_text(text):
                by_language.setdefault(
                    str(entry.get("language")).lower() if isinstance(entry, dict) else "", text
                )
        return self._text(
            {"directions": by_language.get("en", next(iter(by_language.values()), None))}, "directions", _LONG
        )

    def _phone(self, raw: _Raw) -> str | None:
        text = clean_text(raw.get("help_phone"))
        if not text:
            return None
        phone = tidy_phone(text)
        if phone is None or is_placeholder(phone):
            self._note("phone", text)
            return None
        return phone

    def _extra_key(self, raw: _Raw) -> str:
        """Reads the `chargeside` key and notes what is wrong with it; equal ones are read once and known by this key."""
        given = raw.get("chargeside")
        key = repr(given)
        if key not in self._extras:
            self._extras[key] = _extra_parts(given)
        self._note_all(self._extras[key][1])
        return key

    def _extra(self, below: str, above: str) -> ExtraFacts:
        """The extra facts of a Location (`below`) with those of its EVSE (`above`) laid over them."""
        merged = self._merged.get((below, above))
        if merged is None:
            low, high = self._extras[below][0], self._extras[above][0]
            payment = {**low.get("payment", {}), **high.get("payment", {})}
            merged = self._merged[below, above] = ExtraFacts.model_validate(
                {**low, **high, "payment": payment}
            )
        return merged

    def _note(self, kind: str, detail: str = "") -> None:
        self._tally.note(kind, detail, self._record, self._steps)

    def _note_all(self, doubts: _Doubts) -> None:
        for kind, detail in doubts:
            self._note(kind, detail)


def _other_record(raw: _Raw) -> str | None:
    """What a record is that has nothing of a Location."""
    if "evses" in raw or "coordinates" in raw:
        return None
    return next((what for what, keys in _OTHER_RECORDS.items() if keys <= raw.keys()), None)


def _format(raw: _Raw, doubts: list[tuple[str, str]]) -> Literal["SOCKET", "CABLE"] | None:
    text = clean_text(raw.get("format"))
    found = named(text, FORMATS) if text else None
    if text and not found:
        doubts.append(("format", text))
    return cast(Literal["SOCKET", "CABLE"] | None, found)


def _power_type(raw: _Raw, standard: str | None, doubts: list[tuple[str, str]]) -> str | None:
    text = clean_text(raw.get("power_type"))
    found = named(text, POWER_TYPES) if text else None
    if text and not found:
        doubts.append(("power_type", text))
    if standard in DC_ONLY and found != "DC":
        if found:
            doubts.append(("not_ac", standard))
        return "DC"
    return found


def _power(
    given: float | None,
    power_type: str | None,
    volts: float | None,
    amperes: float | None,
    doubts: list[tuple[str, str]],
) -> int | None:
    """Power in W as given, unless it cannot be right; else from volts and amperes."""
    worked_out = power_from(power_type, volts, amperes)
    power = worked_out
    if given is not None and given > 0:
        most = volts * amperes * 3 * 1.2 if volts and amperes and volts > 0 and amperes > 0 else MAX_POWER
        if MIN_POWER <= given <= min(most, MAX_POWER):
            power = given
        else:
            doubts.append(("power", f"{given:.15g}"))
    if power is None or not MIN_POWER <= power <= MAX_POWER:
        return None
    if power_type and power_type != "DC" and power > MAX_AC_POWER:
        doubts.append(("ac_power", f"{power:.15g}"))
    return round(power)


def _whole(value: float | None) -> int | None:
    return round(value) if value is not None and value > 0 else None


def _extra_parts(given: object) -> tuple[_Raw, _Doubts]:
    """The valid parts of a `chargeside` key, and what is wrong with the others."""
    if given is None:
        return {}, ()
    if not isinstance(given, dict):
        return {}, (("extra", "is no JSON object"),)
    parts: _Raw = {}
    doubts: list[str] = []
    for key, value in given.items():
        if key == "payment" and isinstance(value, dict):
            parts["payment"] = _payment(value, doubts)
        elif key in ExtraFacts.model_fields:
            found = _extra_value(key, value)
            if found is not None:
                parts[key] = found
            elif value is not None:
                doubts.append(f"{key} {_quoted(value)} is not usable")
        else:
            doubts.append(f'key "{key}" is not known here, {nearest(str(key), ExtraFacts.model_fields)}')
    return parts, tuple(("extra", doubt) for doubt in doubts)


def _extra_value(key: str, value: object) -> str | None:
    text = clean_text(value)
    if key == "help_phone":
        phone = tidy_phone(text) if text else None
        return phone if phone and not is_placeholder(phone) else None
    if key == "start_order":
        return text if text in FACTS["start_order"].values else None
    if key == "display":
        return _yes_no(value)
    return text[:_TEXT] if text and key in _EXTRA_TEXTS else None


def _payment(given: _Raw, doubts: list[str]) -> dict[str, str]:
    payment: dict[str, str] = {}
    for way, value in given.items():
        answer = _yes_no(value)
        if way not in PAYMENTS:
            doubts.append(f'no way to pay is called "{way}", {nearest(str(way), PAYMENTS)}')
        elif answer:
            payment[way] = answer
        elif value is not None and value != "unknown":
            doubts.append(f"payment.{way} {_quoted(value)} is neither yes nor no")
    return payment


def _yes_no(value: object) -> Literal["yes", "no"] | None:
    answer = boolean(value, default=False) if value is not None else None
    return None if answer is None else "yes" if answer else "no"


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _bare(evse_id: str) -> str:
    return re.sub(r"[*\s-]", "", evse_id).upper()


def _quoted(value: object) -> str:
    text = str(value)[:100]
    return f'"{text}"' if len(text) < 100 else f'"{text}…"'
