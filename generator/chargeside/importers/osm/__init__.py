"""`chargeside import osm FILE`: OpenStreetMap charging stations (GeoJSON or Overpass JSON) as OCPI 2.2.1 Locations.

One element (node, way or relation) with amenity=charging_station is one Location, one socket is one EVSE: OpenStreetMap does
not say which sockets share a charging point. Source of the tags: wiki.openstreetmap.org, Tag:amenity=charging_station, and
the presets of the iD editor. How they are turned into OCPI:

* Ids come from the element and the tag alone (`osm-node-123`, `osm-node-123-type2-1`), country_code and party_id from the
  country and `OSM`, so that a mapper who adds an operator or an EVSE ID moves no code.
* Without socket:* tags, capacity tells how many EVSEs there are; their plug is unknown.
* A list of outputs, references or EVSE IDs is dealt out only where there are as many as sockets, and references and ids only
  where the sockets are alike. Otherwise the lowest output is taken, and no reference and no id.
* ref:EU:EVSE often holds the id of a pool (FR*ABC*P…), which is the id of no EVSE and is not used as one.
* payment:cards, credit_cards and debit_cards mean a card terminal of unknown type and claim neither contactless nor chip; no
  cards at all is a real *no* to both. authentication:chip_card and debit_card tell how to unlock, not how to pay, and become
  nothing; the others of authentication:* become the cards and apps that a driver holds up.
* Brands of cards (payment:visa and the like) are taken only where their tag says yes. A limited access for wheelchairs is
  neither yes nor no.
* OpenStreetMap has country and address of few stations: whoever imports says the country.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from chargeside.findings import Findings
from chargeside.importers.common import (
    LONG_AGO,
    MAX_EVSES,
    MAX_SHORT,
    MAX_TEXT,
    Place,
    alpha3,
    count_in_journal,
    metres,
    present,
    shortened,
    usable_phone,
)
from chargeside.importers.importer import Importer, ImporterOption
from chargeside.importers.opening_hours import opening_times
from chargeside.importers.osm.evses import TABLE, Tags, evses_of, listed
from chargeside.importers.osm.places import lies_at_nodes, place_of, point_of
from chargeside.journal import Effect
from chargeside.load.looks_like import looks_like
from chargeside.load.ocpi_values import clean_text
from chargeside.load.records import Record, Records, Step, read_records
from chargeside.load.tally import Kind, Tally
from chargeside.model.countries import alpha2

_PARTY = "OSM"
_EXTRA = {"source": "© OpenStreetMap contributors (openstreetmap.org/copyright)", "licence": "ODbL 1.0"}
_ELEMENTS = ("Feature", "node", "way", "relation")  # no set: what stands in a file may have no hash
_OWN_LISTS = frozenset({"features", "elements"})
_LISTS = _OWN_LISTS | {"data", "items"}
"""Keys that hold the records of an envelope, also of other formats, so that these are told as soon as they are met."""
_DATE = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d+)?Z)?")
_ID = re.compile(r"(node|way|relation)/(\d{1,19})")
_METRES = re.compile(r"(\d{1,2}(?:[.,]\d{1,2})?)\s*m?")
_FEET = re.compile(r"(\d{1,2})'\s*(?:(\d{1,2})\")?")
_NO_HEIGHT = ("default", "none", "below_default", "no_sign", "unsigned", "no_indications")
_NOTHING = "nothing to do if that is meant"
_LEFT = "it is left out"

KINDS: Mapping[str, Kind] = {
    # left out
    "no_element": Kind(
        "S308", f"no node, way or relation of OpenStreetMap: {_LEFT}", "fetch the file again", "record"
    ),
    "no_id": Kind("S308", f"no id such as node/123: {_LEFT}", "export with ids", "element"),
    "same_id": Kind("S308", f"the same id stands earlier in the file: {_LEFT}", _NOTHING, "element"),
    "no_country": Kind(
        "S308",
        f"neither addr:country nor --country says the country: {_LEFT}",
        "pass --country, e.g. --country FR",
        "station",
    ),
    "too_many": Kind(
        "S308",
        f"more than {MAX_EVSES} sockets: those beyond are left out",
        "correct the number in OpenStreetMap",
        "station",
        part=True,
    ),
    # left out on purpose
    "shape": Kind(
        "S305", "an element without tags is no station: it only gives a shape", _NOTHING, "element"
    ),
    "no_station": Kind("S305", f"not tagged amenity=charging_station: {_LEFT}", _NOTHING, "element"),
    "disused": Kind("S305", f"tagged disused or abandoned: {_LEFT}", _NOTHING, "station"),
    "no_cars": Kind("S305", f"tagged motorcar=no or car=no: {_LEFT}", _NOTHING, "station"),
    "private": Kind(
        "S305", "access={}: kept with publish false, so not shown", _NOTHING, "station", effect=Effect.ASSUMED
    ),
    # looks wrong
    "access": Kind("S306", "access={} is kept as restricted access", "check who may charge there", "station"),
    "country": Kind(
        "S304",
        'addr:country "{}" is no country: --country is used',
        "write two letters, e.g. FR",
        "station",
        effect=Effect.ASSUMED,
    ),
    "no_plug": Kind(
        "S306",
        "no socket:* tag: the number of EVSEs is that of capacity, their plug unknown",
        "tag socket:type2=2 and the like",
        "station",
        effect=Effect.ASSUMED,
    ),
    "no_count": Kind(
        "S306",
        "neither socket:* nor capacity: taken as one EVSE whose plug is unknown",
        "tag socket:type2=2 and the like",
        "station",
        effect=Effect.ASSUMED,
    ),
    "odd_count": Kind(
        "S306",
        "{} is no number: taken as one",
        "write a number",
        "tag",
        effect=Effect.ASSUMED,
    ),
    "output": Kind("S306", "{} cannot be right and is left out", 'write "22 kW"', "tag"),
    "outputs": Kind(
        "S306",
        "not as many outputs as sockets: the lowest is taken",
        "give one for each socket",
        "tag",
        effect=Effect.ASSUMED,
    ),
    "measure": Kind("S306", "volts or amperes are no single number and are left out", 'write "32"', "tag"),
    "evse_ids": Kind(
        "S306",
        "ref:EU:EVSE does not tell which socket has which id and is left out",
        "give one id for each socket",
        "station",
    ),
    "pool": Kind(
        "S306",
        "ref:EU:EVSE is the id of a pool, not of an EVSE, and is left out",
        "give the ids of the EVSEs",
        "station",
    ),
    "evse_odd": Kind("S306", "ref:EU:EVSE holds no EVSE ID and is left out", "write FR*ABC*E123", "station"),
    "refs": Kind(
        "S306", "ref does not tell which socket has which and is left out", "set overrides.csv", "station"
    ),
    "answer": Kind("S306", "{} is neither yes nor no and counts as unknown", "write yes or no", "tag"),
    "hours": Kind(
        "S306",
        "opening_hours that do not map to OCPI with certainty are left out",
        "see that the signs on site tell it",
        "station",
    ),
    "phone": Kind("S306", "phone is a placeholder or no number and left out", "give the helpline", "station"),
    "coordinates": Kind("S306", "no usable coordinates", "export with `out center`", "station"),
    "no_address": Kind(
        "S306", "no street in addr:*", "add addr:street and addr:housenumber in OpenStreetMap", "station"
    ),
    "height": Kind(
        "S306", "maxheight {} is no height of an entrance and is left out", 'write "2.1" (metres)', "station"
    ),
    "long": Kind("S306", "{} is too long and was cut", "shorten it", "station"),
}


def read_osm(path: Path, findings: Findings, country: str | None = None) -> list[dict[str, Any]]:
    """OCPI 2.2.1 Locations of a GeoJSON or Overpass JSON file; an empty list when the file cannot be used.

    `country`: ISO 3166-1 alpha-2 of the stations that have no addr:country. Stations without either are left out.
    """
    shown = str(path)
    given = alpha2(country) if country else None
    if country and given is None:
        message = f'--country "{country[:40]}" is not in ISO 3166-1'
        findings.add("S309", shown, None, message, "pass two letters, e.g. --country FR")
        return []
    records = read_records(path, shown, findings, _LISTS)
    if records is None:
        return []
    reader = _Reader(Tally(shown, records, KINDS, findings), given)
    try:
        for record in records:
            trouble = None if records.listed & _OWN_LISTS else _trouble(record.value)
            if trouble:
                findings.add("F104", shown, record.line, *trouble)
                return []
            reader.add(record)
        if records.broken or _is_cut_short(records, shown, findings):
            return []
        reader.finish()
        reader.report(shown, findings)
    except RecursionError:  # the scanner's depth was just enough, that of the search for a line is not
        findings.add("F104", shown, 1, "nested too deeply to be OpenStreetMap data", "fetch the file again")
        return []
    return reader.locations


def _trouble(raw: object) -> tuple[str, str] | None:
    """Message and mend for a record that shows that the whole file is something else."""
    if not isinstance(raw, dict) or raw.get("type") in _ELEMENTS or _OWN_LISTS & raw.keys():
        return None
    guess = looks_like(raw)
    return (f"is not OpenStreetMap data but {guess.what}", guess.mend) if guess else None


def _is_cut_short(records: Records, shown: str, findings: Findings) -> bool:
    """Whether Overpass says that it did not finish, with a finding."""
    remark = clean_text(records.envelope.get("remark")) if "elements" in records.listed else None
    if remark:
        mend = "ask for a smaller area or a longer timeout, and fetch it again"
        findings.add("F104", shown, 1, f"Overpass did not finish: {remark}", mend)
    return remark is not None


class _Reader(Place):
    """Turns elements into Locations and counts what is wrong with them."""

    def __init__(self, tally: Tally, country: str | None) -> None:
        super().__init__(tally)
        self._country_given = country
        self._ids: set[str] = set()
        self._points: dict[int, tuple[float, float]] = {}
        self._waiting: list[tuple[Record, tuple[Step, ...], object]] = []
        self._seen = 0
        self._lacks_country = False
        self.locations: list[dict[str, Any]] = []

    def add(self, record: Record) -> None:
        """All elements of a record."""
        for steps, element in _elements(record.value):
            self._seen += 1
            if point := point_of(element):
                self._points[point[0]] = point[1]
            if lies_at_nodes(element):
                self._waiting.append((record, steps, element))
            else:
                self._take(record, steps, element)

    def finish(self) -> None:
        """The elements that waited for nodes."""
        for record, steps, element in self._waiting:
            self._take(record, steps, element)

    def _take(self, record: Record, steps: tuple[Step, ...], element: object) -> None:
        self.go_to(record, steps)
        location = self._element(element)
        if location is not None:
            self.locations.append(location)

    def report(self, shown: str, findings: Findings) -> None:
        """Add the findings of the whole file."""
        self._tally.report()
        used = len(self.locations)
        count_in_journal(findings, shown, "element", self.locations, records=self._seen, used=used)
        if used:
            return
        message, mend = "no station says its country", "pass --country, e.g. --country FR"
        if not self._lacks_country:
            message = f"no usable charging station among {self._seen} elements"
            mend = "export amenity=charging_station as GeoJSON or Overpass JSON"
        findings.add("S309", shown, None, message, mend)

    def _element(self, element: object) -> dict[str, Any] | None:
        if not isinstance(element, dict) or element.get("type") not in _ELEMENTS:
            self.note("no_element")
            return None
        tags = _tags(element)
        element_id = _element_id(element)
        self.is_about(f"osm-{element_id.replace('/', '-')}" if element_id else "", tags.get("name"))
        why = _not_wanted(tags)
        if why:
            self.note(why)
            return None
        if element_id is None or element_id in self._ids:
            self.note("no_id" if element_id is None else "same_id")
            return None
        self._ids.add(element_id)
        country = self._country(tags)
        if country is None:
            self._lacks_country = True
            self.note("no_country")
            return None
        return self._location(element, tags, f"osm-{element_id.replace('/', '-')}", country)

    def _country(self, tags: Tags) -> str | None:
        text = tags.get("addr:country", "")
        found = alpha2(text) if text else None
        if text and found is None and self._country_given:
            self.note("country", text)
        return found or self._country_given

    def _location(
        self,
        element: Mapping[str, Any],
        tags: Tags,
        location_id: str,
        country: str,
    ) -> dict[str, Any]:
        updated = _updated(element, tags)
        access = tags.get("access", "").lower()
        brand = tags.get("brand")
        operator = tags.get("operator") or brand or tags.get("network")
        extra = {
            "access": TABLE.access.meaning(access),
            "wheelchair": TABLE.wheelchair.get(tags.get("wheelchair", "").lower()),
            "max_height_m": self._max_height(tags),
            "help_phone": self._phone(tags),
        }
        location: dict[str, Any] = {
            "country_code": country,
            "party_id": _PARTY,
            "id": location_id,
            "publish": access not in TABLE.access.hidden,
            "name": self._cut(tags.get("name") or brand or operator, "name"),
            "address": self._cut(_street(tags, country), "the address") or "",
            "city": tags.get("addr:city", "")[:MAX_SHORT],
            "postal_code": tags.get("addr:postcode", "")[:MAX_SHORT] or None,
            "country": alpha3(country),
            "coordinates": place_of(element, self._points),
            "parking_type": TABLE.parking.get(tags.get("parking", "")),
            "evses": evses_of(tags, location_id, country, updated, self),
            "operator": {"name": self._cut(operator, "operator")} if operator else None,
            "suboperator": {"name": self._cut(brand, "brand")} if brand and brand != operator else None,
            "opening_times": self._opening_times(tags),
            "chargeside": {**present(extra), **_EXTRA},
            "last_updated": updated,
        }
        if not location["publish"]:
            self.note("private", access)
        elif TABLE.access.meaning(access) not in {None, "public"}:
            self.note("access", access)
        if location["coordinates"] is None:
            self.note("coordinates")
        if not location["address"]:
            self.note("no_address")
        return present(location)

    def _cut(self, text: str | None, what: str) -> str | None:
        if text and len(text) > MAX_TEXT:
            self.note("long", what)
        return shortened(text) if text else text

    def _phone(self, tags: Tags) -> str | None:
        given = [tags[key] for key in ("phone", "contact:phone", "operator:phone") if key in tags]
        found = next(filter(None, map(usable_phone, given)), None)
        if given and found is None:
            self.note("phone")
        return found

    def _opening_times(self, tags: Tags) -> dict[str, Any] | None:
        text = tags.get("opening_hours", "")
        times = opening_times(text) if text else None
        if text and times is None:
            self.note("hours")
        return times

    def _max_height(self, tags: Tags) -> float | None:
        """Highest vehicle in m: `2.1`, `2.1 m`, `6'11"`."""
        text = tags.get("maxheight", "").lower()
        if not text or text in _NO_HEIGHT:
            return None
        found: float | None = None
        if match := _METRES.fullmatch(text):
            found = metres(match[1])
        elif match := _FEET.fullmatch(text):
            found = metres(round(int(match[1]) * 0.3048 + int(match[2] or 0) * 0.0254, 2))
        if found is None:
            self.note("height", text)
        return found


def _elements(raw: object) -> Iterator[tuple[tuple[Step, ...], object]]:
    for key in ("features", "elements"):
        if isinstance(raw, dict) and isinstance(given := raw.get(key), list):
            for index, element in enumerate(given):
                yield (key, index), element
            return
    yield (), raw


def _tags(element: Mapping[str, Any]) -> Tags:
    """The tags as clean text, socket:* in lower case. Some converters put those of GeoJSON one level deeper."""
    raw = element.get("properties") if element.get("type") == "Feature" else element.get("tags")
    if isinstance(raw, dict) and isinstance(raw.get("tags"), dict):
        raw = {**raw, **raw["tags"]}
    given = raw.items() if isinstance(raw, dict) else ()
    return {
        key.lower() if key[:7].lower() == "socket:" else key: text
        for key, value in given
        if (text := clean_text(value))
    }


def _not_wanted(tags: Tags) -> str | None:
    """Why an element is no charging station for cars."""
    if not any(not key.startswith("@") for key in tags):
        return "shape"
    if "charging_station" not in listed(tags.get("amenity", ""), r";"):
        return "no_station"
    if "yes" in (tags.get("disused"), tags.get("abandoned"), tags.get("removed")):
        return "disused"
    if "no" in (tags.get("motorcar"), tags.get("car")) and "yes" not in (
        tags.get("motorcar"),
        tags.get("truck"),
    ):
        return "no_cars"
    return None


def _element_id(element: Mapping[str, Any]) -> str | None:
    """`node/123`."""
    properties = element.get("properties")
    inner = properties if isinstance(properties, dict) else {}
    for kind, value in (
        (element.get("type"), element.get("id")),
        (inner.get("type"), inner.get("id")),
        (inner.get("type"), inner.get("@id")),
    ):
        text = clean_text(value) or ""
        if match := _ID.fullmatch(text) or _ID.fullmatch(f"{kind}/{text}"):
            return match.group()
    return None


def _updated(element: Mapping[str, Any], tags: Tags) -> str:
    for value in (element.get("timestamp"), tags.get("@timestamp"), tags.get("timestamp")):
        if isinstance(value, str) and _DATE.fullmatch(value):
            return value if "T" in value else f"{value}T00:00:00Z"
    return LONG_AGO


def _street(tags: Tags, country: str) -> str:
    street = tags.get("addr:street") or tags.get("addr:place")
    if not street:
        return tags.get("addr:full", "")
    house = tags.get("addr:housenumber", "")
    return " ".join(filter(None, (house, street) if country in TABLE.number_first else (street, house)))


IMPORTER = Importer(
    "osm",
    "Charging stations of OpenStreetMap (GeoJSON or Overpass JSON).",
    "chargeside import osm stations.geojson --to my-network --country FR",
    read_osm,
    (ImporterOption("--country", "Country (ISO 3166-1 alpha-2) of stations that have no addr:country."),),
)
