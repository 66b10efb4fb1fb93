"""Turns raw records of a feed into Locations and says what is wrong with them.

What is certain is put right (case and spaces, numbers as text, countries by code or name, latitudes that are longitudes),
what is doubtful is said in a finding, and nothing is left out without one. Values that OCPI does not name are kept as text.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal, TypeVar, cast

from chargeside.load import ocpi_place
from chargeside.load.frames import is_abroad
from chargeside.load.looks_like import looks_like
from chargeside.load.ocpi_extra import extra_parts, quoted
from chargeside.load.ocpi_hours import read_hours
from chargeside.load.ocpi_values import (
    CAPABILITIES,
    COUNTRIES_BY_OWN_NAME,
    POSITIONS,
    STATUSES,
    boolean,
    clean_text,
    is_evse_id,
    is_off_globe,
    is_safe_id,
    is_swapped,
    looks_swapped,
    named,
    number,
)
from chargeside.load.phone import is_placeholder, tidy_phone
from chargeside.load.plausible import (
    Places,
    format_of,
    measure,
    named_or_doubt,
    power_of,
    power_type_of,
    standard_of,
)
from chargeside.load.records import Record, Step
from chargeside.load.tally import Tally
from chargeside.load.tariffs import tariff_ids, tariff_of
from chargeside.model.countries import alpha2
from chargeside.model.ocpi import Connector, Evse, ExtraFacts, Hours, Location, Parking
from chargeside.model.tariff import Tariff
from chargeside.model.texts import Texts

GONE = ("REMOVED", "PLANNED")
"""Status values of EVSEs that drivers do not see."""
_OTHER_RECORDS: Mapping[str, frozenset[str]] = {
    "an OCPI Tariff": frozenset({"currency", "elements"}),
    "an EVSE outside its Location": frozenset({"uid", "connectors"}),
}
"""Keys that tell other records of OCPI from Locations."""
_PARTS: Mapping[str, frozenset[str]] = {
    "a change (PATCH) of a Location or EVSE": frozenset({"last_updated"}),
    "its energy mix alone": frozenset({"energy_mix"}),
    "its opening times alone": frozenset({"opening_times"}),
    "opening times alone": frozenset({"twentyfourseven"}),
}
"""Keys that tell what a record without id is a part of."""
_EVSE_ID_PREFIX = re.compile(r"([A-Z]{2})\*?([A-Z0-9]{3})\*?E")
_TEXT, _SHORT, _LONG = 255, 60, 512

_Coordinates = tuple[float | None, float | None]
_Doubts = tuple[tuple[str, str], ...]
_Raw = dict[str, Any]
_Shared = TypeVar("_Shared", bound=Hashable)


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
        self._places = Places()
        self._abroad: set[str] = set()
        self._evse_ids: set[str] = set()
        self._connectors: dict[tuple[object, ...], tuple[Connector, _Doubts]] = {}
        self._capabilities: dict[tuple[object, ...], tuple[tuple[str, ...], _Doubts]] = {}
        self._extras: dict[str, tuple[_Raw, _Doubts]] = {"None": ({}, ())}
        self._merged: dict[tuple[str, str], ExtraFacts] = {}
        self._hours: dict[str, tuple[Hours | None, _Doubts]] = {}
        self._shared: dict[Hashable, Hashable] = {}
        self._tariffs: dict[str, Tariff | None] = {}

    def read(self, record: Record) -> Location | None:
        """The Location of a record; None, with a note, when it is left out."""
        self._record, self._steps = record, ()
        raw = record.value
        if record.doubts:
            self._note_all(record.doubts)
        if not isinstance(raw, dict):
            self._note("no_object", quoted(raw))
            return None
        published = boolean(raw.get("publish"), default=True)
        if isinstance(raw.get("publish"), str) and published:
            self._note("as_text", "publish")
        if not published:
            self._note(
                *(("not_public", "") if published is False else ("odd_publish", quoted(raw["publish"])))
            )
            return None
        other = _other_record(raw)
        if other:
            self._note("other_record", other)
            return None
        if "id" not in raw and (key := _holds_locations(raw)):
            self._note("wrapping", quoted(key))
            return None
        label = clean_text(raw.get("name")) or clean_text(raw.get("address"))
        location_id = self._id(raw.get("id"), "no_id", quoted(label) if label else "a Location without name")
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
        texts: dict[str, Any] = {
            "name": self._text(raw, "name"),
            "address": self._text(raw, "address") or "",
            "city": self._text(raw, "city", _SHORT) or "",
            "state": self._text(raw, "state", _SHORT),
            "postal_code": self._text(raw, "postal_code", _SHORT),
            "directions": self._directions(raw),
            "help_phone": extra.help_phone or self._phone(raw),
            "time_zone": self._text(raw, "time_zone", _SHORT),
        }
        hours = self._opening_times(raw)
        parking_type, doubts = ocpi_place.parking_type(raw.get("parking_type"))
        self._note_all(doubts)
        evses = self._evses(raw, name, country, extra_key)
        if not evses:
            return None
        if self._places.add(country, latitude, longitude, texts["address"], self._record):
            self._note("same_place")
        return Location(
            country_code=owner[0],
            party_id=owner[1],
            id=location_id,
            country=country,
            latitude=latitude,
            longitude=longitude,
            opening_times=hours,
            charging_when_closed=boolean(raw["charging_when_closed"], default=False)
            if raw.get("charging_when_closed") is not None
            else None,
            parking_type=parking_type,
            evses=evses,
            chargeside=extra,
            path=self._shown,
            line=self._record.line,
            **texts,
        )

    # ids

    def _id(self, value: object, kind: str, label: str, unsafe: str = "bad_id") -> str | None:
        """A safe id; None with a note of `kind` when there is none, of `unsafe` when it is unsafe."""
        text = value.strip(" ") if isinstance(value, str) else clean_text(value)
        if not text:
            self._note(kind, label)
        elif is_safe_id(text):
            return text
        else:
            self._note(unsafe, quoted(text))
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
                    self._note("owner")
                    break
        owner = ((code or "").upper(), (party or "").upper())
        for part in owner:
            if part and not is_safe_id(part):
                self._note("bad_id", quoted(part))
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
        places = _places(raw)
        found: list[tuple[int, Evse]] = []
        gone = 0
        for index, raw_evse in enumerate(given):
            self._steps = ("evses", index)
            if not isinstance(raw_evse, dict):
                self._note("no_part", "an EVSE")
                continue
            status = self._word(raw_evse, "status", STATUSES)
            if status in GONE:
                gone += 1
                self._note("gone", status)
                continue
            evse = self._evse(raw_evse, name, country, status, extra_key, places)
            if evse is not None:
                found.append((index, evse))
        kept = self._told_apart(found, name)
        self._steps = ()
        if not kept:
            self._note("all_gone" if gone and gone == len(given) else "no_evse", name)
        return kept

    def _told_apart(self, found: Sequence[tuple[int, Evse]], name: str) -> tuple[Evse, ...]:
        """Each EVSE once. Those with one uid and each an EVSE ID of its own go by that, whatever their order in the feed:
        who kept the uid by its place in the list would get another charger's code when the list is sorted anew."""
        kept: dict[str, Evse] = {}
        shared = _shared_uids([evse for _, evse in found])
        for index, given in found:
            self._steps = ("evses", index)
            evse = given
            if evse.uid in shared and evse.evse_id:
                self._note("shared_uid", evse.uid)
                evse = replace(given, uid=evse.evse_id)
            first = kept.get(evse.uid)
            if first is None:
                kept[evse.uid] = evse
                self._look_for_evse_id(evse)
            elif first == evse:
                self._note("same_evse")
            elif first.evse_id and first.evse_id == evse.evse_id:
                self._note("two_records")
            else:
                self._note("same_uid", f"{evse.uid}, Location {name}")
        return tuple(kept.values())

    def _evse(
        self,
        raw: _Raw,
        name: str,
        country: str,
        status: str | None,
        location_extra: str,
        places: Mapping[str, _Raw],
    ) -> Evse | None:
        steps = self._steps
        connectors: list[Connector] = []
        capabilities = [*_list(raw.get("capabilities"))]
        tariffs = self._tariffs_in(raw)
        for index, raw_connector in enumerate(_list(raw.get("connectors"))):
            self._steps = (*steps, "connectors", index)
            if isinstance(raw_connector, dict):
                connectors.append(self._connector(raw_connector, index))
                tariffs += self._tariffs_in(raw_connector)
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
        has_uid = uid_given is not None and uid_given != ""
        uid = self._id(uid_given if has_uid else evse_id, "evse_no_id", name, "bad_uid")
        if uid is None:
            return None
        if not has_uid:
            self._note("uid")
        latitude, longitude = self._coordinates(raw, country)
        position, bay, parking = self._parking(raw, places)
        restrictions, doubts = ocpi_place.restrictions(raw.get("parking_restrictions"))
        self._note_all(doubts)
        return Evse(
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
            parking_restrictions=self._one_of(restrictions),
            parking=self._one_of(parking),
            tariffs=self._one_of(tariffs),
            position=position,
            bay=bay,
            chargeside=self._extra(location_extra, self._extra_key(raw)),
        )

    def _tariffs_in(self, raw: _Raw) -> tuple[Tariff, ...]:
        """Tariffs that an EVSE or connector itself holds, as some feeds do. Equal ones are read once."""
        found = []
        for given in _list(raw.get("tariffs")):
            key = repr(given)
            if key not in self._tariffs:
                self._tariffs[key] = tariff_of(given)
            tariff = self._tariffs[key]
            if tariff is None:
                self._note("no_tariff", quoted(given))
            else:
                found.append(tariff)
                if tariff.flaw:
                    self._note("flaw", tariff.flaw)
        return tuple(found)

    def _evse_id(self, raw: _Raw) -> str | None:
        text = clean_text(raw.get("evse_id"))
        if text and not is_safe_id(text):
            self._note("bad_evse_id", quoted(text))
            return None
        if not text:
            self._note("no_evse_id")
        elif not is_evse_id(text):
            self._note("evse_id_form")
        return text

    def _look_for_evse_id(self, evse: Evse) -> None:
        """Say when an EVSE ID stood in the file before."""
        if evse.evse_id:
            if (bare := _bare(evse.evse_id)) in self._evse_ids:
                self._note("same_evse_id", evse.evse_id)
            self._evse_ids.add(bare)

    def _physical_reference(self, raw: _Raw, evse_id: str | None) -> str | None:
        """What is printed on the hardware. Some feeds put the EVSE ID here again, which says nothing of the hardware."""
        text = self._text(raw, "physical_reference", _SHORT)
        if text and evse_id and _bare(text) == _bare(evse_id):
            self._note("no_number")
            return None
        return text

    def _parking(
        self, raw: _Raw, places: Mapping[str, _Raw]
    ) -> tuple[Literal["LEFT", "RIGHT", "CENTER"] | None, str | None, Parking | None]:
        """Position, where all parking places of the EVSE agree on it, bays, and what holds there (OCPI 2.3.0, EVSEParking)."""
        given = raw.get("parking")
        if not given:
            return None, None, None
        parkings = [parking for parking in _list(given) if isinstance(parking, dict)]
        positions = {named(str(parking.get("evse_position")), POSITIONS) for parking in parkings}
        position = positions.pop() if len(positions) == 1 else None
        used = [places[key] for parking in parkings if (key := str(parking.get("parking_id"))) in places]
        bays = dict.fromkeys(
            painted for place in used if (painted := self._text(place, "physical_reference", _SHORT))
        )
        together, doubts = ocpi_place.parking(used)
        self._note_all(doubts)
        side = cast(Literal["LEFT", "RIGHT", "CENTER"] | None, position)
        return side, " / ".join(bays)[:_SHORT] or None, together

    def _capability_names(self, given: list[object]) -> tuple[str, ...]:
        texts = tuple(text for value in given if (text := clean_text(value)))
        cached = self._capabilities.get(texts)
        if cached is None:
            doubts: list[tuple[str, str]] = []
            names = [named_or_doubt("capability", text, CAPABILITIES, doubts) or text for text in texts]
            cached = tuple(dict.fromkeys(names)), tuple(dict.fromkeys(doubts))
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
            raw.get("tariff_ids"),
            raw.get("tariff_id"),
            raw.get("tariffs"),
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
        standard, said_format = standard_of(raw.get("standard"), doubts)
        if not text:
            doubts.append(("no_standard", ""))
        power_type = power_type_of(raw.get("power_type"), standard, doubts)
        max_voltage = measure("max_voltage", volts, doubts)
        max_amperage = measure("max_amperage", amperes, doubts)
        return Connector(
            id=connector_id[:_TEXT],
            standard=standard or text[:_SHORT],
            kind=self._kind.get((standard or text).upper()),
            format=format_of(raw.get("format"), said_format, standard, power_type, doubts),
            power_type=power_type,
            max_voltage=_whole(max_voltage),
            max_amperage=_whole(max_amperage),
            max_electric_power=power_of(
                measure("max_electric_power", raw.get("max_electric_power"), doubts),
                power_type,
                max_voltage,
                max_amperage,
                doubts,
            ),
            tariff_ids=tariff_ids(raw),
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
        doubts: list[tuple[str, str]] = []
        found = named_or_doubt(key, raw.get(key), table, doubts)
        self._note_all(doubts)
        return found or text[:_SHORT]

    def _country(self, raw: _Raw, country_code: str) -> str | None:
        text = clean_text(raw.get("country"))
        found = alpha2(text) if text and len(text) <= _TEXT else None
        if text and found:
            if len(text) != 3 or not text.isupper():
                self._note("alpha3", text)
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
            self._doubt_place(given, country, latitude, longitude, required)
            return latitude, longitude
        elif is_swapped(country, latitude, longitude) and (required or self._is_near(longitude, latitude)):
            self._note("swapped")
            return longitude, latitude
        else:
            self._note("coordinates", "off the globe, and not used")
        return None, None

    def _doubt_place(
        self, given: _Raw, country: str, latitude: float, longitude: float, required: bool
    ) -> None:
        """Say what is odd about coordinates that are used."""
        if any("," in str(given.get(key)) for key in ("latitude", "longitude")):
            self._note("comma")
        if looks_swapped(country, latitude, longitude):
            self._note("maybe_swapped")
        elif required and is_abroad(country, latitude, longitude):
            self._note("foreign", country)
            self._abroad.add(self._record.path)
        elif not required and not self._is_near(latitude, longitude, 0.1):
            self._note("far_evse")

    def _is_near(self, latitude: float, longitude: float, degrees: float = 1) -> bool:
        """Whether a place lies within some degrees of its Location, or nobody knows where that is."""
        there, here = self._place, (latitude, longitude)
        return all(a is None or abs(a - b) <= degrees for a, b in zip(there, here, strict=True))

    def _directions(self, raw: _Raw) -> Texts:
        """The texts of a list of DisplayText by language; also a plain text."""
        given = raw.get("directions")
        if given is None:
            return ()
        texts, doubts = ocpi_place.texts(given)
        self._note_all(doubts)
        return tuple(
            (language, self._text({"directions": text}, "directions", _LONG) or "")
            for language, text in texts
        )

    def _opening_times(self, raw: _Raw) -> Hours | None:
        """Equal hours are read once."""
        given = raw.get("opening_times")
        if given is None:
            return None
        key = repr(given)
        if key not in self._hours:
            self._hours[key] = read_hours(given)
        hours, doubts = self._hours[key]
        self._note_all(doubts)
        return hours

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
            self._extras[key] = extra_parts(given)
        self._note_all(self._extras[key][1])
        return key

    def _extra(self, below: str, above: str) -> ExtraFacts:
        """The extra facts of a Location (`below`) with those of its EVSE (`above`) laid over them."""
        merged = self._merged.get((below, above))
        if merged is None:
            low, high = self._extras[below][0], self._extras[above][0]
            payment = {**low.get("payment", {}), **high.get("payment", {})}
            merged = self._merged[below, above] = ExtraFacts(**{**low, **high, "payment": payment})
        return merged

    def _one_of(self, value: _Shared) -> _Shared:
        """The first of equal values, so that memory stays flat."""
        return cast(_Shared, self._shared.setdefault(value, value))

    def finish(self) -> None:
        """Say what shows only once the whole feed is known."""
        for record in self._places.alone():
            if record.path not in self._abroad:
                self._tally.note("far_away", "", record, ())

    def _note(self, kind: str, detail: str = "") -> None:
        self._tally.note(kind, detail, self._record, self._steps)

    def _note_all(self, doubts: Iterable[tuple[str, str]]) -> None:
        for kind, detail in doubts:
            self._note(kind, detail)


def _shared_uids(evses: Sequence[Evse]) -> set[str]:
    """Those uids of a Location that EVSEs with different EVSE IDs have."""
    if len({evse.uid for evse in evses}) == len(evses):
        return set()
    by_uid: dict[str, set[str]] = {}
    for evse in evses:
        if evse.evse_id:
            by_uid.setdefault(evse.uid, set()).add(evse.evse_id)
    return {uid for uid, evse_ids in by_uid.items() if len(evse_ids) > 1}


def _places(raw: _Raw) -> Mapping[str, _Raw]:
    """Parking places of a Location by id (OCPI 2.3.0, Parking)."""
    given = _list(raw.get("parking_places"))
    return {str(place.get("id")): place for place in given if isinstance(place, dict)}


def _other_record(raw: _Raw) -> str | None:
    """What a record is that has nothing of a Location."""
    if "evses" in raw or "coordinates" in raw:
        return None
    known = _OTHER_RECORDS if "id" in raw else {**_OTHER_RECORDS, **_PARTS}
    other = next((what for what, keys in known.items() if keys <= raw.keys()), None)
    guess = looks_like(raw) if other is None else None
    return f"{guess.what} ({guess.mend})" if guess and guess.importer != "ocpi" else other


def _holds_locations(raw: _Raw) -> str | None:
    """The key under which an object that is no Location holds some."""
    for key, value in raw.items():
        first = value[0] if isinstance(value, list) and value else value
        if isinstance(first, dict) and "evses" in first:
            return key
    return None


def _whole(value: float | None) -> int | None:
    return round(value) if value is not None and value > 0 else None


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _bare(evse_id: str) -> str:
    return re.sub(r"[*\s-]", "", evse_id).upper()
