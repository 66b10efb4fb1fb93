"""The clock of a place: what a date and time that somebody wrote down means there."""

from __future__ import annotations

import zoneinfo
from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo
from functools import cache

from babel.core import get_global

Zones = tuple[tzinfo, ...]
"""Clocks that a place may go by; more than one where nobody says which, none where nothing is known."""


@cache
def zones_of(name: str, country: str) -> Zones:
    """The zone of that name (IANA), else all those of the country (ISO 3166-1 alpha-2) as CLDR has them."""
    named = _zone(name) if name else None
    if named is not None:
        return (named,)
    return tuple(filter(None, map(_zone, _by_country().get(country, ()))))


def in_utc(moment: datetime, zones: Zones, *, latest: bool) -> datetime:
    """A moment in UTC. One without an offset is by the clock of the place: the earliest that it can be, or the latest.

    Which of two is meant where clocks are put back an hour is settled in the same way.
    """
    if moment.tzinfo is not None:
        return moment.astimezone(UTC)
    found = (moment.replace(tzinfo=zone, fold=int(latest)).astimezone(UTC) for zone in zones or (UTC,))
    return max(found) if latest else min(found)


def utc(text: str) -> str:
    """A moment (ISO 8601 with an offset) as one in UTC, so that such texts sort by time; an empty text stays empty."""
    return datetime.fromisoformat(text).astimezone(UTC).isoformat(timespec="seconds") if text else ""


def is_certain(moment: datetime, zones: Zones) -> bool:
    """Whether there is no doubt which moment is meant."""
    return moment.tzinfo is not None or (bool(zones) and len(_offsets(moment, zones)) == 1)


def at_the_place(moment: datetime, zones: Zones) -> datetime:
    """Date and time that the clock of the place shows, without an offset; as written where nobody knows that clock."""
    if moment.tzinfo is None or len(_offsets(moment, zones)) != 1:
        return moment.replace(tzinfo=None)
    return moment.astimezone(zones[0]).replace(tzinfo=None)


def _offsets(moment: datetime, zones: Zones) -> set[object]:
    if moment.tzinfo is None:
        return {moment.replace(tzinfo=zone).utcoffset() for zone in zones}
    return {moment.astimezone(zone).utcoffset() for zone in zones}


@cache
def _by_country() -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, country in sorted(get_global("zone_territories").items()):
        found.setdefault(country, []).append(name)
    return found


def _zone(name: str) -> tzinfo | None:
    """A zone of the time zone database; None for a name that it, or this machine, does not have."""
    try:
        return zoneinfo.ZoneInfo(name)
    except (OSError, ValueError, zoneinfo.ZoneInfoNotFoundError):
        return None
