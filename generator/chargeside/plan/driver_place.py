"""What a driver should know about the place of a charger: when it is open, who may park there, what fits, how to get there."""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, tzinfo
from functools import cache
from typing import TypeVar

from chargeside.model.network import Station
from chargeside.model.ocpi import Hours, Location, Parking, Period
from chargeside.model.texts import Texts, text_in
from chargeside.plan.driver_views import ExceptionView, HoursRow, HoursView, PlaceView, Told, plain

EXCEPTIONS = 6
"""So many dates on which the usual hours do not hold stand on a page."""
DIRECTIONS = 300
"""Characters of a text that tells the way, and at most WAYS of them: the page has a budget."""
WAYS = 3
_TAG = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*")
"""A language tag that HTML may hold (BCP 47), in small letters."""
CAR = "PERSONAL_VEHICLE"
_FIT_ANYWHERE = frozenset({CAR, "DISABLED", "MOTORCYCLE"})

_WITH_STATE = frozenset({"AU", "CA", "US"})

_Value = TypeVar("_Value")
_Number = TypeVar("_Number", int, float)


def place_view(station: Station, lang: str, today: str = "") -> PlaceView | None:
    """What is known of a station's place; None where that is nothing. `today`: ISO date, dates before it are left out."""
    location, evses = station.location, [point.evse for point in station.points]
    parking = [evse.parking or Parking() for evse in evses]
    everywhere = _in_all([evse.parking_restrictions for evse in evses])
    only = all(place.restricted_to_type for place in parking)
    vehicles = _vehicles(parking, only=only)
    view = PlaceView(
        hours=hours_view(location.opening_times, location.time_zone, today),
        when_closed=location.charging_when_closed
        if location.opening_times and not location.opening_times.twentyfourseven
        else None,
        access=_agreed([evse.chargeside.access for evse in evses]),
        kind=location.parking_type or "",
        restrictions=everywhere,
        some_restrictions=tuple(
            sorted({name for evse in evses for name in evse.parking_restrictions} - set(everywhere))
        ),
        vehicles=vehicles,
        vehicles_only=bool(vehicles) and only,
        max_height_m=_least(
            [*(place.max_height_m for place in parking), *(evse.chargeside.max_height_m for evse in evses)]
        ),
        time_limit=_least([place.time_limit for place in parking]),
        roofed=_agreed([place.roofed for place in parking]),
        drive_through=_agreed([place.drive_through for place in parking]),
        booking=_agreed([place.reservation_required for place in parking]),
        wheelchair=_agreed([evse.chargeside.wheelchair for evse in evses]),
        directions=directions([location.directions, *(evse.directions for evse in evses)], lang),
    )
    return view if view != PlaceView() else None


def directions(texts: Iterable[Texts], lang: str) -> tuple[Told, ...]:
    """Texts in the page's language, or in the one that comes nearest, each once."""
    told: dict[str, Told] = {}
    for text in texts:
        language, words = text_in(text, lang)
        shown = plain(words, DIRECTIONS)
        if shown:
            told.setdefault(shown, Told(language if _TAG.fullmatch(language) else "", shown))
    return tuple(told.values())[:WAYS]


def town(location: Location) -> str:
    """The town of a site, with its state where people say both: there are many Springfields."""
    with_state = location.country in _WITH_STATE and location.city
    return ", ".join(filter(None, (location.city, location.state if with_state else "")))


def level_name(text: str | None) -> str | None:
    """A floor as people write it: `-2` with a real minus."""
    return f"\N{MINUS SIGN}{text[1:]}" if text and text[0] == "-" and text[1:].isdigit() else text


def hours_view(hours: Hours | None, time_zone: str | None, today: str = "") -> HoursView | None:
    """Hours as a page states them: days with equal times together, exceptions by the clock of the place."""
    if hours is None:
        return None
    zone = _zone(time_zone or "")
    by_day: dict[int, list[tuple[int, int]]] = {}
    for day in hours.regular:
        by_day.setdefault(day.weekday, []).append((day.begin, day.end))
    by_times: dict[tuple[tuple[int, int], ...], list[int]] = {}
    for weekday, times in sorted(by_day.items()):
        by_times.setdefault(tuple(times), []).append(weekday)
    exceptions = [
        _exception(period, is_open, zone)
        for is_open, periods in ((True, hours.openings), (False, hours.closings))
        for period in periods
    ]
    coming = sorted(view for view in exceptions if view.end > today)
    return HoursView(
        always=hours.twentyfourseven,
        rows=tuple(HoursRow(tuple(days), times) for times, days in by_times.items()),
        exceptions=tuple(coming[:EXCEPTIONS]),
        clock="" if zone else "UTC",
    )


def limited_hours(station: Station) -> HoursView | None:
    """The weekly hours of a neighbour; None where it is open day and night or nobody says."""
    hours = station.location.opening_times
    if hours is None or hours.twentyfourseven or not hours.regular:
        return None
    return hours_view(Hours(regular=hours.regular), None)


def _exception(period: Period, is_open: bool, zone: tzinfo | None) -> ExceptionView:
    begin, end = (_local(moment, zone) for moment in (period.begin, period.end))
    return ExceptionView(begin, end, is_open)


def _local(moment: datetime, zone: tzinfo | None) -> str:
    try:
        local = moment.astimezone(zone or UTC)
    except OverflowError:  # the first or last hours that a calendar has
        local = moment
    return local.replace(tzinfo=None).isoformat(timespec="minutes")


@cache
def _zone(name: str) -> tzinfo | None:
    """A zone of the time zone database; None for a name that it, or this machine, does not have."""
    try:
        return zoneinfo.ZoneInfo(name) if name else None
    except (OSError, ValueError, zoneinfo.ZoneInfoNotFoundError):
        return None


def _vehicles(parking: Sequence[Parking], *, only: bool) -> tuple[str, ...]:
    """Vehicles that the places are kept for, unless it is cars, as everywhere; else large ones that fit in all of them."""
    shared = _in_all([place.vehicle_types for place in parking])
    if only:
        return () if shared == (CAR,) else shared
    return tuple(name for name in shared if name not in _FIT_ANYWHERE)


def _in_all(lists: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """Members of all the lists, in the order of the first."""
    return tuple(name for name in lists[0] if all(name in other for other in lists)) if lists else ()


def _agreed(values: Sequence[_Value | None]) -> _Value | None:
    """What all say alike."""
    return values[0] if values and all(value == values[0] for value in values) else None


def _least(values: Iterable[_Number | None]) -> _Number | None:
    return min((value for value in values if value is not None), default=None)
