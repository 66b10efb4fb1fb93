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
* OpenStreetMap has country and address of few stations: whoever imports says the country.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from chargeside.findings import Findings, Severity
from chargeside.load.ocpi_values import MAX_AC_POWER, MAX_POWER, MIN_POWER, clean_text, is_safe_id, number
from chargeside.load.phone import is_placeholder, tidy_phone
from chargeside.load.records import Record, Step, read_records
from chargeside.load.tally import Kind, Tally
from chargeside.model.countries import ALPHA3, alpha2

MAX_EVSES = 200
"""Most EVSEs that one record may become: a typing mistake must not fill the site."""
LONG_AGO = "1970-01-01T00:00:00Z"
"""last_updated of a record without a date: OCPI wants one, and the day of the import would change each line each time."""
OVAL_TESLA = frozenset({"US", "CA", "MX", "JP", "KR", "TW"})
"""Countries (alpha-2) in which a Tesla plug is the one that became SAE J3400; in Europe and Oceania it is Type 2."""

_PARTY = "OSM"
_EXTRA = {"source": "© OpenStreetMap contributors", "licence": "ODbL 1.0"}
_MAX_TEXT = 255
_DOMESTIC = 4_000
"""W. A domestic socket gives 16 A at 230 V: 3.7 kW, often rounded up."""
_ONE_PHASE = 7_400
"""W. 32 A at 230 V."""
_MOST_SOCKET = 22_200
"""W. 3 × 32 A at 230 V; a Type 2 plug with more almost always hangs on a cable."""


@dataclass(frozen=True, slots=True)
class _Plug:
    """What a socket:* tag means. `most`: W that the plug can carry."""

    standard: str
    format: str | None = None
    power_type: str | None = None
    most: int = MAX_POWER


_PLUGS: Mapping[str, _Plug] = {
    "type1": _Plug("IEC_62196_T1", "CABLE", "AC_1_PHASE", 19_200),
    "type1_cable": _Plug("IEC_62196_T1", "CABLE", "AC_1_PHASE", 19_200),
    "type1_combo": _Plug("IEC_62196_T1_COMBO", "CABLE", "DC"),
    "type2": _Plug("IEC_62196_T2", "SOCKET", "AC_3_PHASE", MAX_AC_POWER),
    "type2_cable": _Plug("IEC_62196_T2", "CABLE", "AC_3_PHASE", MAX_AC_POWER),
    "type2_combo": _Plug("IEC_62196_T2_COMBO", "CABLE", "DC"),
    "combo2": _Plug("IEC_62196_T2_COMBO", "CABLE", "DC"),
    "tesla_supercharger_ccs": _Plug("IEC_62196_T2_COMBO", "CABLE", "DC"),
    "type3": _Plug("IEC_62196_T3C", "SOCKET", "AC_3_PHASE", MAX_AC_POWER),
    "type3c": _Plug("IEC_62196_T3C", "SOCKET", "AC_3_PHASE", MAX_AC_POWER),
    "type3a": _Plug("IEC_62196_T3A", "SOCKET", "AC_1_PHASE", _DOMESTIC),
    "chademo": _Plug("CHADEMO", "CABLE", "DC"),
    "nacs": _Plug("SAE_J3400", "CABLE"),
    "tesla_roadster": _Plug("TESLA_R", "CABLE", "AC_1_PHASE"),
    "gb_ac": _Plug("GBT_AC", None, "AC_3_PHASE", MAX_AC_POWER),
    "gb_dc": _Plug("GBT_DC", "CABLE", "DC"),
    "mcs": _Plug("MCS", "CABLE", "DC"),
    "chaoji": _Plug("CHAOJI", "CABLE", "DC"),
    "typec": _Plug("DOMESTIC_C", "SOCKET", "AC_1_PHASE", _DOMESTIC),
    "typee": _Plug("DOMESTIC_E", "SOCKET", "AC_1_PHASE", _DOMESTIC),
    "schuko": _Plug("DOMESTIC_F", "SOCKET", "AC_1_PHASE", _DOMESTIC),
    "bs1363": _Plug("DOMESTIC_G", "SOCKET", "AC_1_PHASE", _DOMESTIC),
    "as3112": _Plug("DOMESTIC_I", "SOCKET", "AC_1_PHASE", _DOMESTIC),
    "sev1011_t13": _Plug("DOMESTIC_J", "SOCKET", "AC_1_PHASE", _DOMESTIC),
    "nema_5_15": _Plug("DOMESTIC_B", "SOCKET", "AC_1_PHASE", _DOMESTIC),
    "nema_5_20": _Plug("NEMA_5_20", "SOCKET", "AC_1_PHASE", _DOMESTIC),
    "nema_14_30": _Plug("NEMA_14_30", "SOCKET", "AC_1_PHASE", 7_200),
    "nema_14_50": _Plug("NEMA_14_50", "SOCKET", "AC_1_PHASE", 12_000),
    "cee_blue": _Plug("IEC_60309_2_single_16", "SOCKET", "AC_1_PHASE", _DOMESTIC),
    "cee_red_16a": _Plug("IEC_60309_2_three_16", "SOCKET", "AC_3_PHASE", 11_100),
    "cee_red_32a": _Plug("IEC_60309_2_three_32", "SOCKET", "AC_3_PHASE", _MOST_SOCKET),
    "cee_red_63a": _Plug("IEC_60309_2_three_64", "SOCKET", "AC_3_PHASE", MAX_AC_POWER),
    "unknown": _Plug(""),
}
"""By the name behind `socket:`. Others keep that name as their standard and are shown as text."""
_TESLA: Mapping[str, tuple[_Plug, _Plug]] = {
    "tesla_supercharger": (_Plug("SAE_J3400", "CABLE", "DC"), _Plug("IEC_62196_T2", "CABLE", "DC")),
    "tesla_destination": (
        _Plug("SAE_J3400", "CABLE", "AC_1_PHASE", MAX_AC_POWER),
        _Plug("IEC_62196_T2", "CABLE", "AC_3_PHASE", MAX_AC_POWER),
    ),
}
"""What a Tesla plug is where it is oval, and elsewhere."""

_ELEMENTS = ("Feature", "node", "way", "relation")  # no set: what stands in a file may have no hash
_SOCKET = re.compile(r"socket:([a-z0-9_]{1,40})(:[a-z]+)?", re.IGNORECASE)
_DETAILS = ("output", "power", "current", "amperage", "voltage")
_COUNTS = ("capacity:motorcar", "capacity:car", "capacity:cars", "capacity", "socket")
_COUNT = re.compile(r"\d{1,6}")
_OUTPUT = re.compile(
    r"(?:max\.?|up to|≤|~)?\s*(\d{1,7}(?:[.,]\d+)?)\s*(mw|kwh?|kva|w|va)?\s*(?:max\.?)?", re.IGNORECASE
)
_WATTS = {"mw": 1_000_000, "kw": 1000, "kwh": 1000, "kva": 1000, "w": 1, "va": 1}
_MEASURE = re.compile(r"(\d{1,4}(?:[.,]\d+)?)\s*[AV]?", re.IGNORECASE)
_EVSE_ID = re.compile(
    r"[A-Z]{2}\*?[A-Z0-9]{3}\*?E[A-Z0-9*]{1,30}|\+?[0-9]{1,3}\*[0-9]{3}\*[0-9*]{1,32}", re.IGNORECASE
)
_POOL_ID = re.compile(r"[A-Z]{2}\*?[A-Z0-9]{3}\*?P.+", re.IGNORECASE)
_ALWAYS = re.compile(r"(24/7|(mo-su\s+)?0?0:00\s*-\s*24:00)(\s*open)?", re.IGNORECASE)
_DATE = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d+)?Z)?")
_ID = re.compile(r"(node|way|relation)/(\d{1,19})")
_NUMBER_FIRST = frozenset({"FR", "LU", "MC", "GB", "IE", "US", "CA", "AU", "NZ", "ZA", "IN"})
"""Countries (alpha-2) that write the house number before the street."""
_PARKING = {
    "underground": "UNDERGROUND_GARAGE",
    "multi-storey": "PARKING_GARAGE",
    "surface": "PARKING_LOT",
    "street_side": "ON_STREET",
    "lane": "ON_STREET",
    "on_kerb": "ON_STREET",
}
_OPEN = frozenset({"", "yes", "public", "permissive", "destination", "designated", "unknown"})
_ANSWERS = {"yes": "yes", "only": "yes", "no": "no"}
_WAYS: Mapping[str, tuple[str, ...]] = {
    "contactless": ("payment:contactless", "payment:mastercard_contactless"),
    "app": ("payment:app", "authentication:app"),
    "rfid": ("authentication:nfc", "authentication:contactless", "authentication:membership_card"),
}
"""The tags that tell of a way to pay: one *yes* is yes; a *no* without a yes is no."""
_CARDS: Mapping[str, str] = {
    "payment:credit_cards": "CREDIT_CARD_PAYABLE",
    "payment:debit_cards": "DEBIT_CARD_PAYABLE",
}
_OTHER_FILES: Mapping[str, frozenset[str]] = {
    "Open Charge Map": frozenset({"AddressInfo"}),
    "OCPI": frozenset({"country_code"}),
    "OCPI Locations": frozenset({"evses"}),
    "DATEX II": frozenset({"payload"}),
}
"""Keys that tell other formats."""

_Tags = Mapping[str, str]
_W, _N = Severity.WARNING, Severity.NOTE
_NOTHING = "nothing to do if that is meant"
_LEFT = "it is left out"

_KINDS: Mapping[str, Kind] = {
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
    ),
    # left out on purpose
    "shape": Kind(
        "S305", "an element without tags is no station: it only gives a shape", _NOTHING, "element"
    ),
    "no_station": Kind("S305", f"not tagged amenity=charging_station: {_LEFT}", _NOTHING, "element"),
    "disused": Kind("S305", f"tagged disused or abandoned: {_LEFT}", _NOTHING, "station"),
    "no_cars": Kind("S305", f"tagged motorcar=no or car=no: {_LEFT}", _NOTHING, "station"),
    "private": Kind("S305", "access={}: kept with publish false, so not shown", _NOTHING, "station"),
    # looks wrong
    "access": Kind("S306", "access={} is kept as restricted access", "check who may charge there", "station"),
    "country": Kind(
        "S304", 'addr:country "{}" is no country: --country is used', "write two letters, e.g. FR", "station"
    ),
    "no_plug": Kind(
        "S306",
        "no socket:* tag: the number of EVSEs is that of capacity, their plug unknown",
        "tag socket:type2=2 and the like",
        "station",
    ),
    "no_count": Kind(
        "S306",
        "neither socket:* nor capacity: taken as one EVSE whose plug is unknown",
        "tag socket:type2=2 and the like",
        "station",
    ),
    "odd_count": Kind("S306", "{} is no number: taken as one", "write a number", "tag"),
    "output": Kind("S306", "{} cannot be right and is left out", 'write "22 kW"', "tag"),
    "outputs": Kind(
        "S306", "not as many outputs as sockets: the lowest is taken", "give one for each socket", "tag"
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
        "S306", "opening_hours other than 24/7 is left out", "see that the signs on site tell it", "station"
    ),
    "phone": Kind("S306", "phone is a placeholder or no number and left out", "give the helpline", "station"),
    "coordinates": Kind("S306", "no usable coordinates", "export with `out center`", "station"),
    "no_address": Kind("S306", "no street in addr:*", "tag the address, or set overrides.csv", "station"),
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
    records = read_records(path, shown, findings)
    if records is None:
        return []
    tally = Tally(shown, records, _KINDS, findings)
    importer = _Importer(tally, given)
    try:
        for record in records:
            trouble = _trouble(record.value)
            if trouble:
                findings.add("F104", shown, record.line, *trouble)
                return []
            importer.add(record)
        if records.broken:
            return []
        tally.report()
    except RecursionError:  # the scanner's depth was just enough, that of the search for a line is not
        findings.add("F104", shown, 1, "nested too deeply to be OpenStreetMap data", "fetch the file again")
        return []
    if not importer.locations:
        _say_none(importer, shown, findings)
    return importer.locations


def alpha3(code: str) -> str:
    """The alpha-3 code of an alpha-2 code, or the code itself where ISO 3166-1 has none (Kosovo)."""
    return _alpha3().get(code, code)


@lru_cache(maxsize=1)
def _alpha3() -> Mapping[str, str]:
    return {two: three for three, two in ALPHA3.items()}


def coordinates(latitude: object, longitude: object) -> dict[str, str] | None:
    """Coordinates as OCPI writes them, in degrees with six decimals (a tenth of a metre); None when they are not usable."""
    north, east = number(latitude), number(longitude)
    if north is None or east is None or abs(north) > 90 or abs(east) > 180 or north == east == 0:
        return None
    return {"latitude": f"{north:.6f}", "longitude": f"{east:.6f}"}


def usable_phone(text: object) -> str | None:
    """The first number of a text, e.g. `(512) 555-0123; …`, in one form; None for none and for placeholders."""
    for part in re.split(r"[;,]|\s/\s", clean_text(text) or ""):
        bare = re.sub(r"^\((\d+)\)", r"\1", part.strip())
        phone = tidy_phone(bare)
        if phone and phone.count("(") == phone.count(")") and not is_placeholder(phone):
            return phone
    return None


def watts(text: str) -> list[int]:
    """The outputs of a tag in W: `22 kW`, `22kW`, `50;150 kW`, `3.7`, `7000`; empty where it holds anything else.

    A value without a unit takes that of a later one; without any, up to 999 is kW and more is W.
    """
    found: list[int] = []
    unit: str | None = None
    for part in reversed(
        re.split(r";|\||,\s+|\s*/\s*|(?<=[\dw])\s*-\s*(?=\d)", text.strip(), flags=re.IGNORECASE)
    ):
        match = _OUTPUT.fullmatch(part.strip())
        value = number(match.group(1)) if match else None
        if match is None or value is None:
            return []
        unit = match.group(2).lower() if match.group(2) else unit
        power = round(value * (_WATTS[unit] if unit else 1000 if value < 1000 else 1))
        if not MIN_POWER <= power <= MAX_POWER:
            return []
        found.append(power)
    return found[::-1]


def _trouble(raw: object) -> tuple[str, str] | None:
    """Message and mend for a record that shows that the whole file is of no use."""
    if not isinstance(raw, dict):
        return None
    if "elements" in raw and (remark := clean_text(raw.get("remark"))):
        return (
            f"Overpass did not finish: {remark}",
            "ask for a smaller area or a longer timeout, and fetch it again",
        )
    if "features" in raw or "elements" in raw or raw.get("type") in _ELEMENTS:
        return None
    for what, keys in _OTHER_FILES.items():
        if keys <= raw.keys():
            return f"is not OpenStreetMap data but {what}", "choose the importer of that format"
    return None


def _say_none(importer: _Importer, shown: str, findings: Findings) -> None:
    if importer.lacks_country:
        message, mend = "no station says its country", "pass --country, e.g. --country FR"
    else:
        message = f"no usable charging station among {importer.seen} elements"
        mend = "export amenity=charging_station as GeoJSON or Overpass JSON"
    findings.add("S309", shown, None, message, mend)


@dataclass(slots=True)
class _Sockets:
    """The sockets of one kind at a station."""

    name: str
    plug: _Plug
    count: int
    tags: _Tags


class _Importer:
    """Turns elements into Locations and counts what is wrong with them."""

    def __init__(self, tally: Tally, country: str | None) -> None:
        self._tally = tally
        self._country_given = country
        self._record = Record(None, "", 0, 1)
        self._steps: tuple[Step, ...] = ()
        self._ids: set[str] = set()
        self.locations: list[dict[str, Any]] = []
        self.seen = 0
        self.lacks_country = False

    def add(self, record: Record) -> None:
        """All elements of a record."""
        self._record = record
        points = _points(record.value)
        for self._steps, element in _elements(record.value):
            self.seen += 1
            location = self._element(element, points)
            if location is not None:
                self.locations.append(location)

    def _note(self, kind: str, detail: str = "") -> None:
        self._tally.note(kind, detail, self._record, self._steps)

    def _element(self, element: object, points: Mapping[int, tuple[float, float]]) -> dict[str, Any] | None:
        if not isinstance(element, dict) or element.get("type") not in _ELEMENTS:
            self._note("no_element")
            return None
        tags = _tags(element)
        why = _not_wanted(tags)
        if why:
            self._note(why)
            return None
        element_id = _element_id(element)
        if element_id is None or element_id in self._ids:
            self._note("no_id" if element_id is None else "same_id")
            return None
        self._ids.add(element_id)
        country = self._country(tags)
        if country is None:
            self.lacks_country = True
            self._note("no_country")
            return None
        return self._location(element, tags, f"osm-{element_id.replace('/', '-')}", country, points)

    def _country(self, tags: _Tags) -> str | None:
        text = tags.get("addr:country", "")
        found = alpha2(text) if text else None
        if text and found is None and self._country_given:
            self._note("country", text)
        return found or self._country_given

    def _location(
        self,
        element: Mapping[str, Any],
        tags: _Tags,
        location_id: str,
        country: str,
        points: Mapping[int, tuple[float, float]],
    ) -> dict[str, Any]:
        updated = _updated(element, tags)
        access = tags.get("access", "").lower()
        evses = self._evses(tags, location_id, country, updated)
        operator, brand = (
            (tags.get("operator") or tags.get("brand") or tags.get("network")),
            tags.get("brand"),
        )
        phone = self._phone(tags)
        location: dict[str, Any] = {
            "country_code": country,
            "party_id": _PARTY,
            "id": location_id,
            "publish": access not in {"private", "no"},
            "name": self._cut(tags.get("name") or brand or operator, "name"),
            "address": self._cut(_street(tags, country), "the address") or "",
            "city": tags.get("addr:city", "")[:60],
            "postal_code": tags.get("addr:postcode", "")[:60] or None,
            "country": alpha3(country),
            "coordinates": _place(element, points),
            "parking_type": _PARKING.get(tags.get("parking", "")),
            "evses": evses,
            "operator": {"name": self._cut(operator, "operator")} if operator else None,
            "suboperator": {"name": self._cut(brand, "brand")} if brand and brand != operator else None,
            "opening_times": self._opening_times(tags),
            "chargeside": {**({"help_phone": phone} if phone else {}), **_EXTRA},
            "last_updated": updated,
        }
        if not location["publish"]:
            self._note("private", access)
        elif access not in _OPEN:
            self._note("access", access)
            location["directions"] = _RESTRICTED
        if location["coordinates"] is None:
            self._note("coordinates")
        if not location["address"]:
            self._note("no_address")
        return {key: value for key, value in location.items() if value is not None}

    def _cut(self, text: str | None, what: str) -> str | None:
        if text and len(text) > _MAX_TEXT:
            self._note("long", what)
            return text[: _MAX_TEXT - 1].rstrip() + "…"
        return text

    def _phone(self, tags: _Tags) -> str | None:
        given = [tags[key] for key in ("phone", "contact:phone", "operator:phone") if key in tags]
        found = next(filter(None, map(usable_phone, given)), None)
        if given and found is None:
            self._note("phone")
        return found

    def _opening_times(self, tags: _Tags) -> dict[str, Any] | None:
        text = tags.get("opening_hours", "")
        if text and not _ALWAYS.fullmatch(text):
            self._note("hours")
            return None
        return {"twentyfourseven": True} if text else None

    # EVSEs

    def _evses(self, tags: _Tags, location_id: str, country: str, updated: str) -> list[dict[str, Any]]:
        groups = self._sockets(tags, country)
        shared = self._shared(tags)
        evses: list[dict[str, Any]] = []
        for group in groups:
            powers = self._powers(group)
            for index in range(min(group.count, MAX_EVSES - len(evses))):
                connector = self._connector(group, powers[index % len(powers)] if powers else None)
                evse = {
                    "uid": f"{location_id}-{group.name}-{index + 1}",
                    "status": "UNKNOWN",
                    **shared,
                    "connectors": [{**connector, "last_updated": updated}],
                    "last_updated": updated,
                }
                evses.append(evse)
        if sum(group.count for group in groups) > MAX_EVSES:
            self._note("too_many")
        alike = len({repr(evse["connectors"]) for evse in evses}) == 1
        self._give_evse_ids(tags, evses, alike)
        self._give_references(tags, evses, alike)
        return evses

    def _sockets(self, tags: _Tags, country: str) -> list[_Sockets]:
        """The sockets by kind, in the order of their names; one group of unknown plugs where no tag tells them."""
        names = sorted(
            {
                match.group(1).lower()
                for key in tags
                if (match := _SOCKET.fullmatch(key)) and (match.group(2) or ":output")[1:].lower() in _DETAILS
            }
        )
        groups = []
        for name in names:
            details = {detail: tags[key] for detail in _DETAILS if (key := f"socket:{name}:{detail}") in tags}
            count = self._count(tags, f"socket:{name}")
            if count:
                groups.append(_Sockets(name, _plug(name, country), count, details))
        if groups:
            return groups
        for key in _COUNTS:
            if _COUNT.fullmatch(tags.get(key, "")) and int(tags[key]) > 0:
                self._note("no_plug")
                return [_Sockets("unknown", _PLUGS["unknown"], int(tags[key]), {})]
        self._note("no_count")
        return [_Sockets("unknown", _PLUGS["unknown"], 1, {})]

    def _count(self, tags: _Tags, key: str) -> int:
        text = tags.get(key, "").lower()
        if text in {"no", "none"}:
            return 0
        if _COUNT.fullmatch(text):
            return int(text)
        self._note("odd_count", f"{key}={text}")
        return 1

    def _powers(self, group: _Sockets) -> list[int]:
        """Outputs in W, one for all sockets or one for each; empty when unknown."""
        text = group.tags.get("output") or group.tags.get("power")
        if not text:
            return []
        powers = watts(text)
        if not powers or max(powers) > group.plug.most:
            self._note("output", f"socket:{group.name}:output={text}")
            return []
        if len(powers) not in {1, group.count}:
            self._note("outputs")
            return [min(powers)]
        return powers

    def _connector(self, group: _Sockets, power: int | None) -> dict[str, Any]:
        plug = group.plug
        connector: dict[str, Any] = {
            "id": "1",
            "standard": plug.standard or None,
            "format": plug.format,
            "power_type": plug.power_type,
            "max_voltage": self._measure(group.tags.get("voltage")),
            "max_amperage": self._measure(group.tags.get("current") or group.tags.get("amperage")),
            "max_electric_power": power,
        }
        if power and plug.power_type == "AC_3_PHASE" and power <= _ONE_PHASE and "60309" not in plug.standard:
            connector["power_type"] = "AC_1_PHASE"
        if power and plug.standard == "IEC_62196_T2" and plug.format == "SOCKET" and power > _MOST_SOCKET:
            connector["format"] = None
        return {key: value for key, value in connector.items() if value is not None}

    def _measure(self, text: str | None) -> int | None:
        if not text or text.upper() in {"AC", "DC"}:
            return None
        match = _MEASURE.fullmatch(text)
        value = number(match.group(1)) if match else None
        if not value:
            self._note("measure")
            return None
        return round(value) or None

    def _give_evse_ids(self, tags: _Tags, evses: Sequence[dict[str, Any]], alike: bool) -> None:
        given = _listed(tags.get("ref:EU:EVSE", ""), r"[;,\s]+")
        ids = [text for text in given if _EVSE_ID.fullmatch(text) and is_safe_id(text)]
        if not given:
            return
        if not ids:
            self._note("pool" if any(map(_POOL_ID.fullmatch, given)) else "evse_odd")
        elif len(set(ids)) == len(evses) == len(given) and (alike or len(evses) == 1):
            for evse, evse_id in zip(evses, ids, strict=True):
                evse["evse_id"] = evse_id
        else:
            self._note("evse_ids")

    def _give_references(self, tags: _Tags, evses: Sequence[dict[str, Any]], alike: bool) -> None:
        """One reference is painted on the charger and holds for all its sockets."""
        given = [text[:60] for text in _listed(tags.get("ref", ""), r";")]
        if len(given) == 1:
            given *= len(evses)
        elif given and not (alike and len(given) == len(evses)):
            self._note("refs")
            return
        for evse, reference in zip(evses, given, strict=False):
            evse["physical_reference"] = reference

    def _shared(self, tags: _Tags) -> dict[str, Any]:
        """What holds for every EVSE of a station."""
        level = tags.get("level", "")
        capabilities = sorted({name for key, name in _CARDS.items() if self._answer(tags, key) == "yes"})
        if self._answer(tags, "payment:cards") == "yes":
            capabilities = ["CREDIT_CARD_PAYABLE", "DEBIT_CARD_PAYABLE"]
        payment = self._payment(tags)
        shared: dict[str, Any] = {
            "capabilities": capabilities,
            "floor_level": level if re.fullmatch(r"-?\d{1,2}", level) else None,
            "parking_restrictions": ["CUSTOMERS"] if tags.get("access") == "customers" else None,
            "chargeside": {"payment": payment} if payment else None,
        }
        return {key: value for key, value in shared.items() if value}

    def _payment(self, tags: _Tags) -> dict[str, str]:
        payment: dict[str, str] = {}
        for way, keys in _WAYS.items():
            answers = {self._answer(tags, key) for key in keys}
            if found := "yes" if "yes" in answers else "no" if "no" in answers else None:
                payment[way] = found
        if self._no_cards(tags):
            payment = {"contactless": "no", "chip": "no", **payment}
        cash, coins, notes = (self._answer(tags, f"payment:{name}") for name in ("cash", "coins", "notes"))
        if "yes" in (cash, coins, notes):
            payment["cash"] = "yes"
        elif cash == "no" or coins == notes == "no":
            payment["cash"] = "no"
        fee = self._answer(tags, "fee")
        free = "yes" in (self._answer(tags, "payment:free"), self._answer(tags, "payment:none"))
        if fee or free:
            payment["free"] = "no" if fee == "yes" else "yes"
        return payment

    def _no_cards(self, tags: _Tags) -> bool:
        credit, debit = (self._answer(tags, f"payment:{name}") for name in ("credit_cards", "debit_cards"))
        no_cards = self._answer(tags, "payment:cards") == "no" and "yes" not in (credit, debit)
        return no_cards or credit == debit == "no"

    def _answer(self, tags: _Tags, key: str) -> str | None:
        text = tags.get(key, "").lower()
        if text and text not in _ANSWERS and text not in {"unknown", "limited", "interval"}:
            self._note("answer", key)
        return _ANSWERS.get(text)


_RESTRICTED = [
    {
        "language": "en",
        "text": "Access is reserved to certain users. Check the signs at the site before you park.",
    }
]


def _elements(raw: object) -> Iterator[tuple[tuple[Step, ...], object]]:
    for key in ("features", "elements"):
        if isinstance(raw, dict) and isinstance(listed := raw.get(key), list):
            for index, element in enumerate(listed):
                yield (key, index), element
            return
    yield (), raw


def _points(raw: object) -> Mapping[int, tuple[float, float]]:
    """Latitude and longitude of the nodes of an Overpass answer by id, for ways that come without a centre."""
    listed = raw.get("elements") if isinstance(raw, dict) else None
    found: dict[int, tuple[float, float]] = {}
    for element in listed if isinstance(listed, list) else ():
        if isinstance(element, dict) and element.get("type") == "node" and isinstance(element.get("id"), int):
            north, east = number(element.get("lat")), number(element.get("lon"))
            if north is not None and east is not None:
                found[element["id"]] = (north, east)
    return found


def _tags(element: Mapping[str, Any]) -> _Tags:
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


def _not_wanted(tags: _Tags) -> str | None:
    """Why an element is no charging station for cars."""
    if not any(not key.startswith("@") for key in tags):
        return "shape"
    if "charging_station" not in _listed(tags.get("amenity", ""), r";"):
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


def _place(element: Mapping[str, Any], points: Mapping[int, tuple[float, float]]) -> dict[str, str] | None:
    """The point, or the middle of the box around a shape."""
    geometry = element.get("geometry")
    if element.get("type") == "Feature":
        return _middle(_positions(geometry.get("coordinates") if isinstance(geometry, dict) else None))
    centre = element.get("center")
    for place in (element, centre if isinstance(centre, dict) else {}):
        if found := coordinates(place.get("lat"), place.get("lon")):
            return found
    corners = (
        [point for point in geometry or () if isinstance(point, dict)] if isinstance(geometry, list) else []
    )
    pairs = [(number(point.get("lat")), number(point.get("lon"))) for point in corners]
    nodes = element.get("nodes")
    known = (
        [points[node] for node in nodes if isinstance(node, int) and node in points]
        if isinstance(nodes, list)
        else []
    )
    bounds = element.get("bounds")
    box = bounds if isinstance(bounds, dict) else {}
    boxed = [(number(box.get(f"{end}lat")), number(box.get(f"{end}lon"))) for end in ("min", "max")]
    given = next((some for some in (pairs, known, boxed) if some), [])
    return _middle([(n, e) for n, e in given if n is not None and e is not None])


def _positions(raw: object) -> list[tuple[float, float]]:
    """Latitude and longitude of all positions of a GeoJSON geometry, however deep its lists."""
    found: list[tuple[float, float]] = []
    waiting = [raw]
    while waiting:
        value = waiting.pop()
        if not isinstance(value, list):
            continue
        east, north = (number(part) for part in value[:2]) if len(value) >= 2 else (None, None)
        if east is not None and north is not None:
            found.append((north, east))
        else:
            waiting.extend(value)
    return found


def _middle(places: Sequence[tuple[float, float]]) -> dict[str, str] | None:
    if not places:
        return None
    norths, easts = zip(*places, strict=True)
    return coordinates((min(norths) + max(norths)) / 2, (min(easts) + max(easts)) / 2)


def _updated(element: Mapping[str, Any], tags: _Tags) -> str:
    for value in (element.get("timestamp"), tags.get("@timestamp"), tags.get("timestamp")):
        if isinstance(value, str) and _DATE.fullmatch(value):
            return value if "T" in value else f"{value}T00:00:00Z"
    return LONG_AGO


def _plug(name: str, country: str) -> _Plug:
    if name in _TESLA:
        return _TESLA[name][0 if country in OVAL_TESLA else 1]
    return _PLUGS.get(name) or _Plug(name)


def _street(tags: _Tags, country: str) -> str:
    street = tags.get("addr:street") or tags.get("addr:place")
    if not street:
        return tags.get("addr:full", "")
    house = tags.get("addr:housenumber", "")
    return " ".join(filter(None, (house, street) if country in _NUMBER_FIRST else (street, house)))


def _listed(text: str, separator: str) -> list[str]:
    return [part.strip() for part in re.split(separator, text) if part.strip()]
