"""The EVSEs of a charging station of OpenStreetMap: its socket:*, payment:* and authentication:* tags."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chargeside.importers.common import MAX_EVSES, MAX_SHORT, ONE_PHASE, OVAL_TESLA, Place, is_evse_id
from chargeside.importers.mapping import (
    UNKNOWN_PLUG,
    Access,
    Capability,
    ParkingType,
    Plug,
    Strict,
    Way,
    YesNo,
    mapping,
)
from chargeside.load.ocpi_values import MAX_POWER, MIN_POWER, number


class _Tesla(Strict):
    oval: Plug
    other: Plug


class _AccessWords(Strict):
    open: frozenset[str]
    silent: frozenset[str]
    customers: frozenset[str]
    hidden: frozenset[str]

    def meaning(self, word: str) -> Access | None:
        """Who may charge; None where the word tells nothing."""
        if not word or word in self.silent:
            return None
        return "public" if word in self.open else "customers" if word in self.customers else "restricted"


class _Mapping(Strict):
    """tables/osm.yml."""

    plugs: Mapping[str, Plug]
    tesla: Mapping[str, _Tesla]
    ways: Mapping[Way, tuple[str, ...]]
    cards: Mapping[str, Capability]
    brands: Mapping[str, str]
    answers: Mapping[str, YesNo]
    no_answers: frozenset[str]
    parking: Mapping[str, ParkingType]
    access: _AccessWords
    wheelchair: Mapping[str, YesNo]
    number_first: frozenset[str]


TABLE = mapping("osm", _Mapping)
Tags = Mapping[str, str]
"""The tags of an element as clean text."""

_MOST_SOCKET = 22_200
"""W. 3 × 32 A at 230 V; a Type 2 plug with more almost always hangs on a cable."""
_SOCKET = re.compile(r"socket:([a-z0-9_]{1,40})(:[a-z]+)?", re.IGNORECASE)
_DETAILS = ("output", "power", "current", "amperage", "voltage")
_COUNTS = ("capacity:motorcar", "capacity:car", "capacity:cars", "capacity", "socket")
_COUNT = re.compile(r"\d{1,6}")
_OUTPUT = re.compile(
    r"(?:max\.?|up to|≤|~)?\s*(\d{1,7}(?:[.,]\d+)?)\s*(mw|kwh?|kva|w|va)?\s*(?:max\.?)?", re.IGNORECASE
)
_WATTS = {"mw": 1_000_000, "kw": 1000, "kwh": 1000, "kva": 1000, "w": 1, "va": 1}
_MEASURE = re.compile(r"(\d{1,4}(?:[.,]\d+)?)\s*[AV]?", re.IGNORECASE)
_POOL_ID = re.compile(r"[A-Z]{2}\*?[A-Z0-9]{3}\*?P.+", re.IGNORECASE)
_LEVEL = re.compile(r"-?\d{1,2}")


@dataclass(frozen=True, slots=True)
class _Sockets:
    """The sockets of one kind at a station."""

    name: str
    standard: str
    plug: Plug
    count: int
    tags: Tags


def evses_of(tags: Tags, location_id: str, country: str, updated: str, place: Place) -> list[dict[str, Any]]:
    """OCPI EVSEs of a station, with what is wrong noted at `place`. `country`: alpha-2."""
    return _Station(tags, place).evses(location_id, country, updated)


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


def listed(text: str, separator: str) -> list[str]:
    """The parts of a tag that holds a list."""
    return [part.strip() for part in re.split(separator, text) if part.strip()]


class _Station:
    """Reads the tags of one station."""

    def __init__(self, tags: Tags, place: Place) -> None:
        self._tags = tags
        self._note = place.note

    def evses(self, location_id: str, country: str, updated: str) -> list[dict[str, Any]]:
        groups = self._sockets(country)
        shared = self._shared()
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
        self._give_evse_ids(evses, alike)
        self._give_references(evses, alike)
        return evses

    def _sockets(self, country: str) -> list[_Sockets]:
        """The sockets by kind, in the order of their names; one group of unknown plugs where no tag tells them."""
        tags = self._tags
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
            count = self._count(f"socket:{name}")
            if count:
                plug = _plug(name, country)
                groups.append(
                    _Sockets(name, plug.standard if plug else name, plug or UNKNOWN_PLUG, count, details)
                )
        if groups:
            return groups
        for key in _COUNTS:
            if _COUNT.fullmatch(tags.get(key, "")) and int(tags[key]) > 0:
                self._note("no_plug")
                return [_Sockets("unknown", "", UNKNOWN_PLUG, int(tags[key]), {})]
        self._note("no_count")
        return [_Sockets("unknown", "", UNKNOWN_PLUG, 1, {})]

    def _count(self, key: str) -> int:
        text = self._tags.get(key, "").lower()
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
            "standard": group.standard or None,
            "format": plug.format,
            "power_type": plug.power_type,
            "max_voltage": self._measure(group.tags.get("voltage")),
            "max_amperage": self._measure(group.tags.get("current") or group.tags.get("amperage")),
            "max_electric_power": power,
        }
        if power and plug.power_type == "AC_3_PHASE" and power <= ONE_PHASE and "60309" not in plug.standard:
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

    def _give_evse_ids(self, evses: Sequence[dict[str, Any]], alike: bool) -> None:
        given = listed(self._tags.get("ref:EU:EVSE", ""), r"[;,\s]+")
        ids = [text for text in given if is_evse_id(text)]
        if not given:
            return
        if not ids:
            self._note("pool" if any(map(_POOL_ID.fullmatch, given)) else "evse_odd")
        elif len(set(ids)) == len(evses) == len(given) and (alike or len(evses) == 1):
            for evse, evse_id in zip(evses, ids, strict=True):
                evse["evse_id"] = evse_id
        else:
            self._note("evse_ids")

    def _give_references(self, evses: Sequence[dict[str, Any]], alike: bool) -> None:
        """One reference is painted on the charger and holds for all its sockets."""
        given = [text[:MAX_SHORT] for text in listed(self._tags.get("ref", ""), r";")]
        if len(given) == 1:
            given *= len(evses)
        elif given and not (alike and len(given) == len(evses)):
            self._note("refs")
            return
        for evse, reference in zip(evses, given, strict=False):
            evse["physical_reference"] = reference

    def _shared(self) -> dict[str, Any]:
        """What holds for every EVSE of a station."""
        level = self._tags.get("level", "")
        capabilities = sorted({name for key, name in TABLE.cards.items() if self._answer(key) == "yes"})
        if self._answer("payment:cards") == "yes":
            capabilities = ["CREDIT_CARD_PAYABLE", "DEBIT_CARD_PAYABLE"]
        brands = dict.fromkeys(
            name for key, name in TABLE.brands.items() if key in self._tags and self._answer(key) == "yes"
        )
        extra = {"payment": self._payment(), "card_brands": list(brands)}
        is_for_customers = self._tags.get("access") in TABLE.access.customers
        shared: dict[str, Any] = {
            "capabilities": capabilities,
            "floor_level": level if _LEVEL.fullmatch(level) else None,
            "parking_restrictions": ["CUSTOMERS"] if is_for_customers else None,
            "chargeside": {key: value for key, value in extra.items() if value},
        }
        return {key: value for key, value in shared.items() if value}

    def _payment(self) -> dict[str, str]:
        payment: dict[str, str] = {}
        for way, keys in TABLE.ways.items():
            answers = {self._answer(key) for key in keys}
            if found := "yes" if "yes" in answers else "no" if "no" in answers else None:
                payment[way] = found
        if self._takes_no_cards():
            payment = {"contactless": "no", "chip": "no", **payment}
        cash, coins, notes = (self._answer(f"payment:{name}") for name in ("cash", "coins", "notes"))
        if "yes" in (cash, coins, notes):
            payment["cash"] = "yes"
        elif cash == "no" or coins == notes == "no":
            payment["cash"] = "no"
        fee = self._answer("fee")
        free = "yes" in (self._answer("payment:free"), self._answer("payment:none"))
        if fee or free:
            payment["free"] = "no" if fee == "yes" else "yes"
        return payment

    def _takes_no_cards(self) -> bool:
        credit, debit = (self._answer(f"payment:{name}") for name in ("credit_cards", "debit_cards"))
        no_cards = self._answer("payment:cards") == "no" and "yes" not in (credit, debit)
        return no_cards or credit == debit == "no"

    def _answer(self, key: str) -> YesNo | None:
        text = self._tags.get(key, "").lower()
        if text and text not in TABLE.answers and text not in TABLE.no_answers:
            self._note("answer", key)
        return TABLE.answers.get(text)


def _plug(name: str, country: str) -> Plug | None:
    """What a socket:* tag means; None when its name is not known."""
    if name in TABLE.tesla:
        return TABLE.tesla[name].oval if country in OVAL_TESLA else TABLE.tesla[name].other
    return TABLE.plugs.get(name)
