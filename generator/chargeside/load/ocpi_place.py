"""Who gets to a charger and where a car stands there: access, heights, parking places (OCPI 2.3.0, Parking)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from chargeside.load.ocpi_values import (
    PARKING_RESTRICTIONS,
    PARKING_TYPES,
    VEHICLE_TYPES,
    boolean,
    clean_text,
    named,
    number,
)
from chargeside.load.tally import Kind
from chargeside.model.ocpi import Parking
from chargeside.model.texts import Texts

MAX_BRANDS = 20
"""So many names of cards are kept, each of up to MAX_BRAND characters."""
MAX_BRAND = 40
MAX_LANGUAGES = 30
"""A text is kept in so many languages."""
EXTRA_PLACE = ("access", "wheelchair", "max_height_m")
"""Keys under `chargeside` that `extra_place` reads."""

_LOWEST, _HIGHEST = 1.0, 10.0
"""m. No car is lower, no road takes higher vehicles: such a figure was written in another unit."""
_LONGEST_STAY = 31 * 24 * 60
_ACCESS = {name.upper(): name for name in ("public", "customers", "restricted")}
PLACE_KINDS: Mapping[str, Kind] = {
    # All three lists are open in OCPI 2.3.0: other values may come, and are not shown.
    "parking_restriction": Kind(
        "S304", 'parking restriction "{}" is none that OCPI names: not shown', "use one of OCPI 2.3.0", "EVSE"
    ),
    "parking_type": Kind(
        "S304", 'parking_type "{}" is none that OCPI names: not shown', "use one of OCPI 2.3.0"
    ),
    "vehicle_type": Kind(
        "S304", 'vehicle type "{}" is none that OCPI names: not shown', "use one of OCPI 2.3.0", "EVSE"
    ),
    "parking_height": Kind(
        "S306", 'max_vehicle_height "{}" cannot be right: not shown', "give the height in cm", "EVSE"
    ),
    "parking_time": Kind(
        "S306", 'time_limit "{}" cannot be right: not shown', "give the limit in minutes", "EVSE"
    ),
    "languages": Kind(
        "S306",
        f"a text stands in more than {MAX_LANGUAGES} languages: the rest is left out",
        "shorten the list",
    ),
}
"""What can be wrong with the place."""

Doubts = tuple[tuple[str, str], ...]
_Raw = Mapping[str, Any]


def extra_place(key: str, value: object) -> object:
    """The value of one of the keys EXTRA_PLACE under `chargeside`; None when it is not usable."""
    if key == "max_height_m":
        return height(number(value))
    if key == "access":
        text = clean_text(value)
        return named(text, _ACCESS) if text else None
    return _yes_no(value)


def height(metres: float | None) -> float | None:
    """A height in m that can be one, to the centimetre; else None."""
    return round(metres, 2) if metres is not None and _LOWEST <= metres <= _HIGHEST else None


def card_brands(value: object, doubts: list[str]) -> tuple[str, ...]:
    """Names of cards, each once; what is left out goes to `doubts`."""
    given = value if isinstance(value, list) else [value]
    names: dict[str, str] = {}
    for entry in given:
        text = clean_text(entry) if isinstance(entry, str) else None
        if not text or len(text) > MAX_BRAND or len(names) == MAX_BRANDS:
            doubts.append(f'card_brands: "{str(entry)[:MAX_BRAND]}" is left out')
        else:
            names.setdefault(text.casefold(), text)
    return tuple(names.values())


def parking_type(value: object) -> tuple[str | None, Doubts]:
    """The ParkingType of a Location."""
    text = clean_text(value)
    found = named(text, PARKING_TYPES) if text else None
    return found, (("parking_type", text[:60]),) if text and not found else ()


def restrictions(value: object) -> tuple[tuple[str, ...], Doubts]:
    """The ParkingRestrictions of an EVSE that OCPI names, sorted."""
    return _known(value, PARKING_RESTRICTIONS, "parking_restriction")


def parking(places: Sequence[_Raw]) -> tuple[Parking | None, Doubts]:
    """What holds at all the parking places of an EVSE; None where they say nothing."""
    if not places:
        return None, ()
    doubts: list[tuple[str, str]] = []
    heights = [_measured(place, "max_vehicle_height", "parking_height", doubts) for place in places]
    limits = [_measured(place, "time_limit", "parking_time", doubts) for place in places]
    types: dict[str, None] = {}
    for place in places:
        found, odd = _known(place.get("vehicle_types"), VEHICLE_TYPES, "vehicle_type")
        types.update(dict.fromkeys(found))
        doubts += odd
    lowest = min((metres for metres in heights if metres), default=None)
    shortest = min((minutes for minutes in limits if minutes), default=None)
    together = Parking(
        max_height_m=lowest,
        time_limit=round(shortest) if shortest else None,
        roofed=_agreed(places, "roofed"),
        drive_through=_agreed(places, "drive_through"),
        reservation_required=_agreed(places, "reservation_required"),
        vehicle_types=tuple(sorted(types)),
        restricted_to_type=_agreed(places, "restricted_to_type"),
    )
    return together if together != Parking() else None, tuple(dict.fromkeys(doubts))


def texts(given: object) -> tuple[Texts, Doubts]:
    """A list of DisplayText, or a plain text, by language: the first one of each. Texts are cleaned, not cut."""
    found: dict[str, str] = {}
    for entry in given if isinstance(given, list) else [given]:
        text = clean_text(entry.get("text") if isinstance(entry, dict) else entry)
        if text:
            language = clean_text(entry.get("language")) if isinstance(entry, dict) else None
            found.setdefault((language or "").lower()[:20], text)
    kept = tuple(found.items())[:MAX_LANGUAGES]
    return kept, (("languages", ""),) if len(found) > MAX_LANGUAGES else ()


def _measured(place: _Raw, key: str, kind: str, doubts: list[tuple[str, str]]) -> float | None:
    """A height in m, or a time limit in minutes; nought is nothing said."""
    given = place.get(key)
    value = number(given)
    if given is None or value == 0:
        return None
    good = (
        height(value / 100)
        if value and key == "max_vehicle_height"
        else value
        if value and 1 <= value <= _LONGEST_STAY
        else None
    )
    if good is None:
        doubts.append((kind, str(given)[:60]))
    return good


def _agreed(places: Sequence[_Raw], key: str) -> bool | None:
    """What all places say, None where they differ or one is silent."""
    said = {
        boolean(place.get(key), default=False) if place.get(key) is not None else None for place in places
    }
    return said.pop() if len(said) == 1 else None


def _known(value: object, table: Mapping[str, str], kind: str) -> tuple[tuple[str, ...], Doubts]:
    given = value if isinstance(value, list) else [] if value is None else [value]
    found: set[str] = set()
    doubts: dict[tuple[str, str], None] = {}
    for entry in given:
        text = clean_text(entry)
        name = named(text, table) if text else None
        if name:
            found.add(name)
        elif entry is not None:
            doubts[kind, str(entry)[:60]] = None
    return tuple(sorted(found)), tuple(doubts)


def _yes_no(value: object) -> Literal["yes", "no"] | None:
    answer = boolean(value, default=False) if value is not None else None
    return None if answer is None else "yes" if answer else "no"
