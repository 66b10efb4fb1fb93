"""Opening hours of DATEX II (OperatingHours, OverallPeriod) as OCPI's Hours, as far as they map with certainty.

Read are 24/7, and days of the week with times that hold all the year round. Seasons, public holidays, weeks of a month and
hours that end on some day are not: half of the truth would send people to a closed gate.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from chargeside.importers.datex2.values import Raw, codes, get, listed, only, part, parts
from chargeside.importers.opening_hours import Period, times_of

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_TIME = re.compile(
    r"(?P<time>([01]\d|2[0-4]):[0-5]\d):(?P<seconds>[0-5]\d)(\.\d+)?(?P<zone>Z|[+-]\d\d:\d\d)?"
)
_UTC_ALL_WINTER = frozenset({"GB", "IE", "IS", "PT"})
"""Countries whose clocks show UTC in winter."""
_UTC = ("Z", "+00:00", "-00:00")
_PERIOD_KEYS = frozenset({"recurringTimePeriodOfDay", "recurringDayWeekMonthPeriod", "periodName"})
_LAST = "23:59"


class _UnsureError(ValueError):
    """Hours that do not map with certainty, in words for people."""


def hours_of(raw: Raw, country: str) -> tuple[dict[str, Any] | None, str | None]:
    """OCPI's Hours from `operatingHours`, and why there are none although some are given.

    A time with a difference to UTC is read as the time by the clock of the place: nobody changes opening hours in spring.
    One in UTC is not, except where clocks show that: it may have been worked out by a program.
    """
    given = part(raw, "operatingHours")
    if not given or _names(given, "UnknownOperatingHours") or _names(given, "UndefinedOperatingHours"):
        return None, None
    try:
        return _hours(given, country), None
    except _UnsureError as error:
        return None, str(error)


def _names(given: Raw, ending: str) -> bool:
    """Whether a key ends so: `{"afacOpenAllHours": {}}` says all that it has to say with its key."""
    return any(key.endswith(ending) for key in given)


def _hours(given: Raw, country: str) -> dict[str, Any]:
    if _names(given, "OpenAllHours"):
        if only(given, "OpenAllHours").get("closureInformation"):
            raise _UnsureError("they hold a closure")
        return {"twentyfourseven": True}
    specification = only(given, "OperatingHoursSpecification")
    if not specification:
        raise _UnsureError("they are given by reference")
    if specification.get("closureInformation"):
        raise _UnsureError("they hold a closure")
    if get(specification, "operatingAllYear") is False:
        raise _UnsureError("they hold for a season")
    overall = part(specification, "overallPeriod")
    if overall.get("overallEndTime"):
        raise _UnsureError("they end on some day")
    if listed(overall, "exceptionPeriod"):
        raise _UnsureError("they have exceptions")
    periods = [found for period in listed(overall, "validPeriod") for found in _periods(period, country)]
    times = times_of(periods)
    if times is None:
        raise _UnsureError("they hold no times" if not periods else "their times contradict each other")
    return times


def _periods(period: object, country: str) -> Iterator[Period]:
    """The days and times of one validPeriod. One past midnight is split there."""
    if not isinstance(period, dict) or not {key for key, value in period.items() if value} <= _PERIOD_KEYS:
        raise _UnsureError("they hold for some dates only")
    days = _days(period)
    spans = [_span(span, country) for span in listed(period, "recurringTimePeriodOfDay")] or [
        ("00:00", "24:00")
    ]
    for begin, end in spans:
        for day in days:
            if begin < end:
                yield day, begin, end
            else:
                yield day, begin, "24:00"
                if end != "00:00":
                    yield day % len(_DAYS) + 1, "00:00", end


def _days(period: Raw) -> list[int]:
    given = parts(period, "recurringDayWeekMonthPeriod")
    if not listed(period, "recurringDayWeekMonthPeriod"):
        return list(range(1, len(_DAYS) + 1))
    found: set[int] = set()
    for entry in given:
        inner = only(entry, "DayWeekMonth") or entry
        if {key for key, value in inner.items() if value} != {"applicableDay"}:
            raise _UnsureError("they hold for some weeks or months only")
        for name in codes(inner, "applicableDay"):
            if name not in _DAYS:
                raise _UnsureError(f'"{name[:40]}" is no day of the week')
            found.add(_DAYS.index(name) + 1)
    if not found:
        raise _UnsureError("their days cannot be read")
    return sorted(found)


def _span(span: object, country: str) -> tuple[str, str]:
    if not isinstance(span, dict):
        raise _UnsureError("their times cannot be read")
    begin, end = (_time(span.get(key), country) for key in ("startTimeOfPeriod", "endTimeOfPeriod"))
    if end == _LAST:
        end = "24:00"
    if begin in {end, "24:00"}:
        raise _UnsureError("they hold a period without length")
    return begin, end


def _time(value: object, country: str) -> str:
    match = _TIME.fullmatch(value.strip()) if isinstance(value, str) else None
    time = match["time"] if match else ""
    if not match or time > "24:00" or (match["seconds"] != "00" and time != _LAST):
        raise _UnsureError("their times cannot be read")
    if match["zone"] in _UTC and country not in _UTC_ALL_WINTER:
        raise _UnsureError("their times are in UTC")
    return time
