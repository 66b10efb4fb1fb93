"""Where a site of DATEX II is (LocationReference, FacilityLocation), and who gets there (access, wheelchairs, heights)."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from chargeside.importers.common import coordinates, metres
from chargeside.importers.datex2.values import (
    Note,
    Raw,
    code,
    codes,
    get,
    only,
    part,
    parts,
    text_of,
    texts,
    words,
)
from chargeside.load.ocpi_values import clean_text, number
from chargeside.model.countries import alpha2

_ZONE = re.compile(r"[A-Z][A-Za-z_]+(/[A-Za-z0-9_+-]+)+")
_STREET = ("street", "houseNumber")
_BESIDE_STREET = ("building", "unit", "apartment", "districtTerritory", "generalTextLine")
_LOWER = frozenset({"lessThan", "lessThanOrEqualTo"})
_NOT_SAID = frozenset({"unknown", "other"})
_DISABLED = frozenset({"personsWithDisabilities", "registeredDisabledUsers", "wheelchairUsers"})
_KM_PER_DEGREE = 111.2


@dataclass(frozen=True, slots=True)
class SitePlace:
    """Where a site is. Texts are empty where nobody says; `country` is alpha-2."""

    coordinates: dict[str, str] | None
    address: str
    town: str
    postal_code: str
    state: str
    country: str | None
    time_zone: str | None

    @property
    def has_address(self) -> bool:
        """Whether somebody finds it by its address."""
        return bool(self.address and self.town)


def place_of(holders: Sequence[Raw]) -> SitePlace:
    """The place of a site from its own words, else those of its stations: each thing as the first one has it."""
    addresses = [address for holder in holders if (address := _address(holder))]
    best = next((one for one in addresses if _street(one) and _town(one)), addresses[0] if addresses else {})
    zones = (clean_text(get(one, "timeZone")) or "" for holder in holders for one in _facilities(holder))
    countries = (alpha2(clean_text(get(one, "countryCode")) or "") for one in addresses)
    return SitePlace(
        next(filter(None, map(coordinates_of, holders)), None),
        _street(best),
        _town(best),
        clean_text(get(best, "postcode")) or "",
        next(_lines(best, ("region",)), ""),
        next(filter(None, countries), None),
        next((zone for zone in zones if _ZONE.fullmatch(zone)), None),
    )


def coordinates_of(holder: Raw) -> dict[str, str] | None:
    """OCPI coordinates of a site or station: its point, what it is shown at on maps, its entrance."""
    for location in _locations(holder):
        for names in (("pointByCoordinates", "pointCoordinates"), ("coordinatesForDisplay",)):
            there = part(location, *names)
            if found := coordinates(there.get("latitude"), there.get("longitude")):
                return found
    return None


def kilometres(one: dict[str, str], other: dict[str, str]) -> float:
    """How far two places are from each other, near enough for a few kilometres."""
    north, east, south, west = (float(at[key]) for at in (one, other) for key in ("latitude", "longitude"))
    return _KM_PER_DEGREE * math.hypot(north - south, (east - west) * math.cos(math.radians(north)))


def floor_of(holder: Raw) -> str | None:
    """The floor in the address of a station."""
    return next(_lines(_address(holder), ("floor",)), None)


def described(holder: Raw) -> Iterator[tuple[str, str]]:
    """Language and text of all that a site, station or point says about itself and the way to it."""
    for location in _locations(holder):
        yield from texts(part(location, "supplementaryPositionalDescription", "locationDescription"))
    yield from texts(get(holder, "description"))
    for given in parts(holder, "additionalInformation"):
        yield from texts(given)


def access_of(site: Raw, note: Note) -> str | None:
    """Who may charge: the widest of the groups that a site is for."""
    users = codes(site, "exclusiveUsers")
    known = {words().users.get(user, "restricted") for user in users if user not in _NOT_SAID}
    if users and not known:
        note("users")
    return next((access for access in ("public", "customers", "restricted") if access in known), None)


def wheelchair_of(holder: Raw) -> str | None:
    """Whether a wheelchair gets there; None where nobody says so for certain, or says both."""
    said = {words().wheelchair[name] for name in codes(holder, "accessibility") if name in words().wheelchair}
    return said.pop() if len(said) == 1 else None


def height_of(holder: Raw, note: Note) -> float | None:
    """How high a vehicle may be at a site or station, m: where vehicles or parking places differ, the highest of all.

    None where a vehicle or a place has no limit.
    """
    spaces = [
        one for one in parts(holder, "dedicatedParkingSpaces") if number(get(one, "numberOfSpaces")) != 0
    ]
    for limits in ([_limit(holder, note)], [_limit(space, note) for space in spaces]):
        known = [limit for limit in limits if limit is not None]
        if known and len(known) == len(limits):
            return max(known)
    return None


def is_for_disabled(station: Raw) -> bool:
    """Whether each parking place of a station is for disabled people alone."""
    spaces = [
        one for one in parts(station, "dedicatedParkingSpaces") if number(get(one, "numberOfSpaces")) != 0
    ]
    users = [set(codes(space, "userSpecific")) for space in spaces]
    return bool(users) and all(one and one <= _DISABLED for one in users)


def _limit(holder: Raw, note: Note) -> float | None:
    limits: list[float | None] = []
    for vehicles in parts(holder, "applicableForVehicles"):
        given = [
            get(one, "vehicleHeight")
            for one in parts(vehicles, "heightCharacteristic")
            if code(get(one, "comparisonOperator")) in _LOWER
        ]
        usable = [height for value in given if (height := metres(value)) is not None]
        if len(usable) < len(given):
            note("height")
        limits.append(min(usable, default=None))
    known = [limit for limit in limits if limit is not None]
    return max(known) if known and len(known) == len(limits) else None


def _locations(holder: Raw) -> list[Raw]:
    """The locations of a site or station, the most exact first."""
    reference = part(holder, "locationReference")
    entrances = [only(one, "PointLocation") for one in parts(holder, "entrance")]
    return [only(reference, "PointLocation"), only(reference, "AreaLocation"), *entrances]


def _facilities(holder: Raw) -> Iterator[Raw]:
    """What profiles call FacilityLocation, facilityLocation or AfirFacilityLocation."""
    for location in _locations(holder):
        yield only(only(location, "ocationExtensionG"), "acilityLocation")


def _address(holder: Raw) -> Raw:
    return next(filter(None, (part(one, "address") for one in _facilities(holder))), {})


def _street(address: Raw) -> str:
    return ", ".join(filter(None, (" ".join(_lines(address, _STREET)), *_lines(address, _BESIDE_STREET))))


def _town(address: Raw) -> str:
    return text_of(get(address, "city")) or next(_lines(address, ("town",)), "")


def _lines(address: Raw, kinds: Sequence[str]) -> Iterator[str]:
    """Those lines of an address that are of some kinds, in their order."""
    given = parts(address, "addressLine")
    for line in sorted(given, key=lambda one: number(get(one, "order")) or 0):
        if code(get(line, "type")) in kinds and (text := text_of(get(line, "text"))):
            yield text
