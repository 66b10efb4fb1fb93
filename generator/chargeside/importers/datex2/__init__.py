"""`chargeside import datex2 FILE`: static AFIR data (DATEX II v3, energy infrastructure, JSON) as OCPI 2.2.1 Locations.

Source of the names: CEN/TS 16157-10 in the AFIR recharging profile 01-00-00 and in version 3.7. A site is a Location, a refill
point an EVSE. How they are turned into OCPI:

* Ids are those of the file. The EVSE ID is the identifier called evseId, else the id where it is one.
* Where a site has several stations, `chargeside.cabinet` says which EVSEs stand in one. A site with one station says nothing:
  operators list all cabinets of a site as one station.
* party_id is the identifier called operatorId, else what all EVSE IDs of the site begin with, else XXX.
* A site without coordinates or address has those of its first station; an EVSE has its station's where they differ.
* The phone is that of the helpdesk. One of the operator's is not: it may ring on somebody's desk.
* Opening hours are those of the stations where all agree, and of the site where they have none (hours.py).
* exclusiveUsers tells who has access, accessibility whether a wheelchair gets there, applicableForVehicles how high a car may be
  (datex2_places.py). Connectors: datex2_points.py; paying: datex2_paying.py. Prices and live status are left out.
* DATEX II does not say which licence the data has: --licence does.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chargeside.findings import Findings
from chargeside.importers.common import (
    MAX_SHORT,
    MAX_TEXT,
    Place,
    alpha3,
    count_in_journal,
    most_common,
    present,
    say_mixed,
    shortened,
)
from chargeside.importers.datex2.hours import hours_of
from chargeside.importers.datex2.kinds import KINDS
from chargeside.importers.datex2.paying import paying_of
from chargeside.importers.datex2.places import (
    SitePlace,
    access_of,
    coordinates_of,
    described,
    floor_of,
    height_of,
    is_for_disabled,
    kilometres,
    place_of,
    wheelchair_of,
)
from chargeside.importers.datex2.points import charging_point, connectors_of, evse_id_of
from chargeside.importers.datex2.records import Sites, read_sites
from chargeside.importers.datex2.values import (
    Raw,
    code,
    get,
    identifiers,
    listed,
    moment,
    organisation,
    part,
    parts,
    phones,
    text_of,
    words,
)
from chargeside.importers.importer import Importer, ImporterOption
from chargeside.load.ocpi_values import clean_text, is_safe_id, number
from chargeside.load.records import Record, Step
from chargeside.load.tally import Tally
from chargeside.model.countries import alpha2

_STATIONS, _POINTS = "energyInfrastructureStation", "refillPoint"
_PARTY = re.compile(r"[A-Z0-9]{3}")
_NO_PARTY = "XXX"
_EVSE_PARTY = re.compile(r"[A-Z]{2}\*?([A-Z0-9]{3})\*?E", re.IGNORECASE)
_FAR = 0.5
"""km. A station further from its site than that is worth a look."""
_MOST_IN_CABINET = 4
"""A station with more refill points is no cabinet but a row of them."""
_MAX_DIRECTIONS, _MAX_FLOOR, _MAX_PROVIDER = 512, 4, 50


def read_datex2(
    path: Path,
    findings: Findings,
    *,
    only_operator: str | None = None,
    source: str | None = None,
    licence: str | None = None,
) -> list[dict[str, Any]]:
    """OCPI 2.2.1 Locations of a DATEX II table publication (JSON, plain or gzip); an empty list when it cannot be used.

    `only_operator`: keep the stations whose operator has this name or operatorId, in any case. `source` and `licence` go to the
    imprint; the source is else the publisher's nationalIdentifier.
    """
    shown = str(path)
    sites = read_sites(path, shown, findings)
    if sites is None:
        return []
    tally = Tally(shown, sites, KINDS, findings)
    extra = {"source": clean_text(source), "licence": clean_text(licence)}
    reader = _Reader(tally, sites, only_operator, present(extra))
    try:
        for record in sites:
            reader.add(record)
        wrong = None if reader.seen or sites.broken else sites.wrong_file()
        if wrong:
            findings.add("F104", shown, 1, *wrong)
        if sites.broken or wrong:
            return []
        tally.report()
    except RecursionError:  # the scanner's depth was just enough, that of the search for a line is not
        findings.add("F104", shown, 1, "nested too deeply to be DATEX II", "fetch the file again")
        return []
    reader.finish(shown, findings)
    return reader.locations


@dataclass(frozen=True, slots=True)
class _Station:
    """A station of a site, its place in the list, and the phone of its own helpdesk."""

    index: int
    raw: Raw
    phone: str | None


@dataclass(frozen=True, slots=True)
class _Site:
    """A site with those of its stations that are read."""

    raw: Raw
    id: str
    stations: Sequence[_Station]
    place: SitePlace
    country: str
    phone: str | None
    has_cabinets: bool


class _Reader:
    """Turns sites into Locations and counts what is wrong with them."""

    def __init__(self, tally: Tally, sites: Sites, only_operator: str | None, extra: dict[str, str]) -> None:
        self._at = Place(tally)
        self._sites = sites
        self._only = only_operator
        self._extra = extra
        self._operators: Counter[str] = Counter()
        self._ids: set[tuple[str, str, str]] = set()
        self._skipped = 0
        self.locations: list[dict[str, Any]] = []
        self.seen = 0

    def add(self, record: Record) -> None:
        """One site: a Location, or a reason why not."""
        self._at.go_to(record)
        self.seen += 1
        raw = record.value
        for kind, detail in record.doubts:
            if kind == "twice":
                self._at.note("twice", detail[:60])
        if not isinstance(raw, dict):
            self._at.note("no_object")
            return
        site_id = _id_of(raw)
        if site_id is None:
            self._at.note("no_id")
            return
        self._at.is_about(site_id, text_of(get(raw, "name")))
        stations = self._stations(raw)
        if stations is None:
            self._skipped += 1
            self._at.note("other_operator")
        elif not any(listed(station, _POINTS) for _, station in stations):
            self._at.note("empty")
        elif site := self._site(raw, site_id, stations):
            self._add(site)

    def finish(self, shown: str, findings: Findings) -> None:
        """Say what came of the file as a whole, and who publishes it: that may stand behind the sites."""
        publisher = self._publisher("nationalIdentifier")
        for location in self.locations if publisher else ():
            location["chargeside"] = {"source": publisher} | location.get("chargeside", {})
        if self._only is None:
            say_mixed(self._operators, "operators", "refill points", shown, findings)
        used = len(self.locations)
        count_in_journal(
            findings, shown, "site", self.locations, records=self.seen, used=used, skipped=self._skipped
        )
        if self.locations:
            return
        if self._only is not None and self._skipped == self.seen:
            message = f'no station is of the operator "{self._only[:80]}"'
            findings.add("S309", shown, None, message, f"use one of: {most_common(self._operators)}")
            return
        message = f"no usable site among {self.seen}"
        findings.add("S309", shown, None, message, "mend what the warnings say, or fetch the file again")

    # sites

    def _stations(self, raw: Raw) -> list[tuple[int, Raw]] | None:
        """The stations of the operator that was asked for, with their places in the list; None where it has none here."""
        stations: list[tuple[int, Raw]] = []
        others = 0
        for index, station in enumerate(listed(raw, _STATIONS)):
            if not isinstance(station, dict):
                self._at.go_into(_STATIONS, index)
                self._at.note("no_station")
                self._at.go_into()
            elif self._is_wanted(station, raw):
                stations.append((index, station))
            else:
                others += 1
        if others and stations:
            self._at.note("other_station", str(others))
        return None if others and not stations else stations

    def _is_wanted(self, station: Raw, site: Raw) -> bool:
        operator = organisation(part(station, "operator")) or organisation(part(site, "operator"))
        name = text_of(get(operator, "name"))
        self._operators[name or "without name"] += len(listed(station, _POINTS))
        names = (name or "", *identifiers(operator, "operatorId"))
        return self._only is None or _folded(self._only) in map(_folded, names)

    def _site(self, raw: Raw, site_id: str, numbered: Sequence[tuple[int, Raw]]) -> _Site | None:
        place = place_of([raw, *(station for _, station in numbered)])
        country = place.country or alpha2(self._publisher("country") or "")
        if country is None:
            self._at.note("no_country")
            return None
        if not place.coordinates and not place.has_address:
            self._at.note("no_place")
            return None
        phone = self._phone(raw)
        stations = []
        for index, station in numbered:
            self._at.go_into(_STATIONS, index)
            stations.append(_Station(index, station, self._phone(station)))
        self._at.go_into()
        if phone is None and len({station.phone for station in stations}) == 1:
            phone = stations[0].phone
        return _Site(raw, site_id, stations, place, country, phone, len(listed(raw, _STATIONS)) > 1)

    def _add(self, site: _Site) -> None:
        evses = self._evses(site)
        self._at.go_into()
        party = _party_of([site.raw, *(station.raw for station in site.stations)], evses)
        key = (site.country, party, site.id)
        if not evses or key in self._ids:
            self._at.note("same_id" if evses else "no_point")
            return
        self._ids.add(key)
        if not site.place.coordinates:
            self._at.note("coordinates")
        if not site.place.has_address:
            self._at.note("no_address")
        self.locations.append(self._location(site, party, evses))

    def _location(self, site: _Site, party: str, evses: list[dict[str, Any]]) -> dict[str, Any]:
        raw, place = site.raw, site.place
        holders = [raw, *(station.raw for station in site.stations)]
        names = (text_of(get(organisation(part(one, "operator")), "name")) for one in holders)
        operator = next(filter(None, names), None)
        brand = text_of(get(raw, "brand"))
        updated = moment(get(raw, "lastUpdated"))
        extra = {
            "help_phone": site.phone,
            "access": access_of(raw, self._at.note),
            "wheelchair": wheelchair_of(raw),
            "max_height_m": height_of(raw, self._at.note),
            **self._extra,
        }
        return present(
            {
                "country_code": site.country,
                "party_id": party,
                "id": site.id,
                "publish": True,
                "name": self._cut("name", text_of(get(raw, "name"))),
                "address": self._cut("address", place.address) or "",
                "city": self._cut("city", place.town, MAX_SHORT) or "",
                "postal_code": self._cut("postcode", place.postal_code, MAX_SHORT),
                "state": self._cut("region", place.state, MAX_SHORT),
                "country": alpha3(site.country),
                "coordinates": place.coordinates,
                "parking_type": words().parking.get(code(get(raw, "typeOfSite")) or ""),
                "evses": evses,
                "directions": self._directions([raw]),
                "operator": {"name": self._cut("operator", operator)} if operator else None,
                "suboperator": {"name": self._cut("brand", brand)} if brand and brand != operator else None,
                "time_zone": place.time_zone or words().zones.get(site.country),
                "opening_times": self._hours(site),
                "chargeside": present(extra) or None,
                "last_updated": max(updated, *(evse["last_updated"] for evse in evses)),
            }
        )

    def _publisher(self, key: str) -> str | None:
        creator = self._sites.publication.get("publicationCreator")
        found = clean_text(get(creator, key)) if isinstance(creator, dict) else None
        return shortened(found, MAX_TEXT) if found else None

    def _phone(self, holder: Raw) -> str | None:
        """A number of the helpdesk of a site or station."""
        helpdesk = part(holder, "helpdesk")
        if helpdesk and not organisation(helpdesk):
            self._at.note("helpdesk")
        given = list(phones(organisation(helpdesk)))
        found = next((phone for _, phone in given if phone), None)
        if given and found is None:
            self._at.note("phone", given[0][0][:40])
        return found

    def _hours(self, site: _Site) -> dict[str, Any] | None:
        own = [one.raw if part(one.raw, "operatingHours") else site.raw for one in site.stations]
        found = [hours_of(holder, site.country) for holder in own]
        unsure = next((why for _, why in found if why), None)
        first, _ = found[0]
        if unsure is not None:
            self._at.note("hours", unsure)
        elif any(hours != first for hours, _ in found):
            self._at.note("hours_differ")
        else:
            return first
        return None

    def _directions(self, holders: Sequence[Raw]) -> list[dict[str, str]] | None:
        """What sites, stations and points say about themselves, by language."""
        lang = clean_text(self._sites.publication.get("lang")) or ""
        by_language: dict[str, dict[str, None]] = {}
        for holder in holders:
            for language, text in described(holder):
                by_language.setdefault(language or lang, {})[text] = None
        found = [
            present(
                {
                    "language": language or None,
                    "text": self._cut("a description", "; ".join(given), _MAX_DIRECTIONS),
                }
            )
            for language, given in by_language.items()
        ]
        return found or None

    def _cut(self, what: str, text: str | None, most: int = MAX_TEXT) -> str | None:
        """A text that is not too long; None for none."""
        if text and len(text) > most:
            self._at.note("long", what)
            return shortened(text, most)
        return text or None

    # EVSEs

    def _evses(self, site: _Site) -> list[dict[str, Any]]:
        evses: dict[str, dict[str, Any]] = {}
        for station in site.stations:
            here: tuple[Step, ...] = (_STATIONS, station.index)
            self._at.go_into(*here)
            shared = self._of_station(station, site)
            for index, given in enumerate(listed(station.raw, _POINTS)):
                self._at.go_into(*here, _POINTS, index)
                found = charging_point(given)
                uid = _id_of(found[1]) if found else None
                if found is None or uid is None or uid in evses:
                    self._at.note(
                        "no_electric" if found is None else "point_id" if uid is None else "same_point"
                    )
                    continue
                self._at.is_about(site.id, text_of(get(site.raw, "name")), uid)
                steps, point = found
                evses[uid] = self._evse(site, station, point, uid, (*here, _POINTS, index, *steps), shared)
        self._at.is_about(site.id, text_of(get(site.raw, "name")))
        return list(evses.values())

    def _of_station(self, station: _Station, site: _Site) -> dict[str, Any]:
        """What the EVSEs of a station have in common; their own keys under `chargeside` lie over these."""
        raw = station.raw
        said, count = number(get(raw, "numberOfRefillPoints")), len(listed(raw, _POINTS))
        if listed(raw, "refillPointByReference"):
            self._at.note("by_reference")
        elif said is not None and said != count:
            self._at.note("points", f"{said:g}")
        there = coordinates_of(raw)
        if there and site.place.coordinates and kilometres(there, site.place.coordinates) > _FAR:
            self._at.note("far")
        floor = floor_of(raw)
        extra = {
            "cabinet": self._cabinet(station, site) if site.has_cabinets else None,
            "help_phone": station.phone if station.phone != site.phone else None,
            "wheelchair": wheelchair_of(raw),
            "max_height_m": height_of(raw, self._at.note),
        }
        return {
            "floor_level": floor if floor and len(floor) <= _MAX_FLOOR else None,
            "coordinates": there if there != site.place.coordinates else None,
            "parking_restrictions": ["DISABLED"] if is_for_disabled(raw) else None,
            "accepted_service_providers": _providers([site.raw, raw]),
            "chargeside": present(extra),
        }

    def _cabinet(self, station: _Station, site: _Site) -> str | None:
        """The word for the cabinet of a station: its id, where that can be one cabinet."""
        own = _id_of(station.raw)
        if own is None:
            why = "a station without a usable idG"
        elif any(_id_of(other.raw) == own for other in site.stations if other is not station):
            why = "stations of a site with the same idG"
        elif len(listed(station.raw, _POINTS)) > _MOST_IN_CABINET:
            why = f"a station with more than {_MOST_IN_CABINET} refill points"
        else:
            return own
        self._at.note("cabinet", why)
        return None

    def _evse(
        self,
        site: _Site,
        station: _Station,
        point: Raw,
        uid: str,
        here: tuple[Step, ...],
        shared: dict[str, Any],
    ) -> dict[str, Any]:
        note = self._at.note
        paying, capabilities = paying_of(point, station.raw, note)
        wheelchair = wheelchair_of(point)
        hardware = self._cut("modelType", text_of(get(point, "modelType")))
        extra = shared["chargeside"] | paying | present({"wheelchair": wheelchair, "hardware": hardware})
        updated = moment(*(get(one, "lastUpdated") for one in (point, station.raw, site.raw)))
        connectors = connectors_of(point, lambda index: self._at.go_into(*here, "connector", index), note)
        self._at.go_into(*here)
        return present(
            {
                "uid": uid,
                "evse_id": evse_id_of(point, uid, note),
                "status": "UNKNOWN",
                "capabilities": capabilities or None,
                "connectors": [{**connector, "last_updated": updated} for connector in connectors],
                "directions": self._directions([station.raw, point]),
                **shared,
                "chargeside": extra or None,
                "last_updated": updated,
            }
        )


def _id_of(raw: Raw) -> str | None:
    """The id of a site, station or point, where it is a usable one."""
    text = clean_text(get(raw, "idG"))
    return text if text and is_safe_id(text) else None


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()


def _party_of(holders: Sequence[Raw], evses: Sequence[dict[str, Any]]) -> str:
    """party_id: the operatorId, else the one in all EVSE IDs."""
    for holder in holders:
        for text in identifiers(organisation(part(holder, "operator")), "operatorId"):
            if _PARTY.fullmatch(text.upper()):
                return text.upper()
    matches = [_EVSE_PARTY.match(evse.get("evse_id", "")) for evse in evses]
    found = {match[1].upper() if match else _NO_PARTY for match in matches}
    return found.pop() if len(found) == 1 else _NO_PARTY


def _providers(holders: Sequence[Raw]) -> list[str] | None:
    """Names of those whose contracts work here."""
    wrapped = (one for holder in holders for one in parts(holder, "mobilityServiceProvider"))
    names = (text_of(get(organisation(one), "name")) for one in wrapped)
    return list(dict.fromkeys(shortened(name, _MAX_PROVIDER) for name in names if name)) or None


IMPORTER = Importer(
    "datex2",
    "AFIR static data (DATEX II v3, energy infrastructure, JSON).",
    'chargeside import datex2 afir-static.json --to my-network --licence "CC BY 4.0"',
    read_datex2,
    (
        ImporterOption("--only-operator", "Only stations of this operator (name or operatorId)."),
        ImporterOption("--source", "Whose data it is, for the imprint. [default: the publisher's id]"),
        ImporterOption("--licence", "The data's licence, for the imprint; the file does not say it."),
    ),
)
