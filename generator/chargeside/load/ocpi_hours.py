"""Opening hours as feeds write them (OCPI 2.2.1 and 2.3.0, Hours), brought into one form.

Hours that cannot be understood in full are not used at all: a day left out would read as closed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from chargeside.findings import Severity
from chargeside.journal import Effect
from chargeside.load.ocpi_values import boolean, clean_text, number
from chargeside.load.tally import Kind
from chargeside.model.ocpi import DayHours, Hours, Period

DAY = 24 * 60
"""Minutes."""
MAX_PERIODS = 50
"""So many exceptional openings, and so many closings, are kept; so many periods a week are read."""

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_TIME = re.compile(r"([0-9]{1,2})[:.hH]?([0-9]{2})(?:[:.][0-9]{2}(?:\.[0-9]+)?)?")
_FORM = re.compile(r"([01][0-9]|2[0-4]):[0-5][0-9]")
_ROUND_THE_CLOCK = frozenset({"24/7", "24x7", "24h", "always"})
_CLOSED = frozenset({"closed", "off", "-"})

HOURS_KINDS: Mapping[str, Kind] = {
    "hours": Kind(
        "S306",
        "opening_times are not used: {}",
        'write them as OCPI does: weekday 1 (Monday) to 7, period_begin and period_end like "08:00"',
    ),
    "hours_form": Kind(
        "S311",
        "opening_times are read, though not written as OCPI does",
        'write weekday 1 (Monday) to 7, period_begin and period_end like "08:00", twentyfourseven as true or false',
    ),
    "hours_midnight": Kind(
        "S306",
        "opening_times hold a period that ends before it begins: taken as ending on the next day",
        "split it at midnight",
        severity=Severity.NOTE,
        effect=Effect.ASSUMED,
    ),
    "hours_both": Kind(
        "S306",
        "opening_times say twentyfourseven and shorter hours too: the shorter ones are shown",
        "write one of the two",
        effect=Effect.ASSUMED,
    ),
    "hours_exception": Kind(
        "S306",
        "an exceptional opening or closing is left out: {}",
        'write period_begin and period_end like "2026-12-25T00:00:00Z", the end later than the begin',
    ),
}
"""What can be wrong with opening hours."""

Doubts = tuple[tuple[str, str], ...]


class _UnreadableError(ValueError):
    """What cannot be understood, in words for people."""


def read_hours(given: object) -> tuple[Hours | None, Doubts]:
    """The hours of a Location, None where nothing usable is said; and what is odd about them, by kinds of HOURS_KINDS."""
    if given is None or given == {}:
        return None, ()
    doubts: list[tuple[str, str]] = []
    try:
        hours = _hours(given, doubts)
    except _UnreadableError as error:
        return None, (("hours", str(error)),)
    if hours is not None and not _in_form(given):
        doubts.append(("hours_form", ""))
    return hours, tuple(dict.fromkeys(doubts))


def _in_form(given: object) -> bool:
    """Whether opening times are written as OCPI does, so that nothing had to be put right. Exceptions are not looked at."""
    if not isinstance(given, dict) or not isinstance(given.get("twentyfourseven", False), bool):
        return False
    if any(str(key).lower() == "twentyfourseven" != key for key in given):
        return False
    return all(
        type(entry.get("weekday")) is int
        and all(_FORM.fullmatch(str(entry.get(key))) for key in ("period_begin", "period_end"))
        for entry in given.get("regular_hours") or ()
    )


def _hours(given: object, doubts: list[tuple[str, str]]) -> Hours | None:
    if isinstance(given, str) and given.strip().lower() in _ROUND_THE_CLOCK:
        return Hours(twentyfourseven=True)
    if not isinstance(given, dict):
        raise _UnreadableError(f"{_quoted(given)} is no JSON object")
    raw = {str(key).replace("_", "").lower(): value for key, value in given.items()}
    said = boolean(raw.get("twentyfourseven"), default=False)
    if said is None:
        raise _UnreadableError(f"twentyfourseven is {_quoted(raw['twentyfourseven'])}")
    regular = _regular(raw.get("regularhours"), doubts)
    whole_week = len(regular) == len(_DAYS) and all(day.end - day.begin == DAY for day in regular)
    if said and regular and not whole_week:
        doubts.append(("hours_both", ""))
    always = whole_week or (said and not regular)
    openings = _periods(raw.get("exceptionalopenings"), doubts)
    closings = _periods(raw.get("exceptionalclosings"), doubts)
    if not (always or regular or openings or closings or raw.get("twentyfourseven") is not None):
        return None
    return Hours(
        twentyfourseven=always, regular=() if always else regular, openings=openings, closings=closings
    )


def _regular(given: object, doubts: list[tuple[str, str]]) -> tuple[DayHours, ...]:
    if given is None:
        return ()
    if not isinstance(given, list):
        raise _UnreadableError("regular_hours is no list")
    if len(given) > MAX_PERIODS:
        raise _UnreadableError(f"regular_hours has more than {MAX_PERIODS} periods")
    found: list[tuple[int, int, int]] = []
    # From 00:00 to 00:00 is the whole day where it stands for every day, and may be a closed day where it does not.
    empty: set[int] = set()
    for entry in given:
        if not isinstance(entry, dict):
            raise _UnreadableError(f"{_quoted(entry)} is no period")
        raw = {str(key).replace("_", "").lower(): value for key, value in entry.items()}
        weekday = _weekday(raw.get("weekday"))
        begin, end = raw.get("periodbegin"), raw.get("periodend")
        if _is_closed(begin) and _is_closed(end):
            continue
        minutes = _minutes(begin), _minutes(end)
        if minutes == (0, 0):
            empty.add(weekday)
        elif minutes[0] == minutes[1] or minutes[0] == DAY:
            raise _UnreadableError(f"the period from {_quoted(begin)} to {_quoted(end)} has no length")
        else:
            found.append((weekday, *_in_order(*minutes, doubts)))
    if empty:
        if len(empty) < len(_DAYS) or found:
            raise _UnreadableError("a period from 00:00 to 00:00 may mean the whole day or none of it")
        found = [(weekday, 0, DAY) for weekday in sorted(empty)]
    return tuple(_merged(found))


def _in_order(begin: int, end: int, doubts: list[tuple[str, str]]) -> tuple[int, int]:
    """A period whose end is later than its begin. Until 00:00 is until midnight, and until 23:59 is meant so."""
    if end in {0, DAY - 1}:
        return begin, DAY
    if end < begin:
        doubts.append(("hours_midnight", ""))
        return begin, end + DAY
    return begin, end


def _merged(periods: Iterable[tuple[int, int, int]]) -> list[DayHours]:
    """By day and time, each minute once."""
    merged: list[DayHours] = []
    for weekday, begin, end in sorted(set(periods)):
        last = merged[-1] if merged else None
        if last and last.weekday == weekday and begin <= last.end:
            merged[-1] = DayHours(weekday=weekday, begin=last.begin, end=max(end, last.end))
        else:
            merged.append(DayHours(weekday=weekday, begin=begin, end=end))
    return merged


def _weekday(value: object) -> int:
    day = number(value)
    if day is not None and day in range(1, 8):
        return int(day)
    text = (clean_text(value) or "").lower()
    if len(text) >= 3 and text[:3] in _DAYS and text.isalpha():
        return _DAYS.index(text[:3]) + 1
    raise _UnreadableError(f"weekday is {_quoted(value)}")


def _minutes(value: object) -> int:
    """Minutes after midnight of `08:00`, `8:00`, `08:00:00`, `0800`, `24:00`."""
    match = _TIME.fullmatch((value if isinstance(value, str) else "").strip())
    if match:
        hours, minutes = int(match.group(1)), int(match.group(2))
        if minutes < 60 and hours * 60 + minutes <= DAY:
            return hours * 60 + minutes
    raise _UnreadableError(f"{_quoted(value)} is no time of day")


def _is_closed(value: object) -> bool:
    return value is None or (
        isinstance(value, str) and (not value.strip() or value.strip().lower() in _CLOSED)
    )


def _periods(given: object, doubts: list[tuple[str, str]]) -> tuple[Period, ...]:
    if given is None:
        return ()
    if not isinstance(given, list):
        doubts.append(("hours_exception", f"{_quoted(given)} is no list"))
        return ()
    found: dict[Period, None] = {}
    for entry in given[:MAX_PERIODS]:
        period = _period(entry)
        if period:
            found[period] = None
        else:
            doubts.append(("hours_exception", _quoted(entry)))
    if len(given) > MAX_PERIODS:
        doubts.append(("hours_exception", f"more than {MAX_PERIODS} are listed"))
    return tuple(sorted(found, key=lambda period: (period.begin, period.end)))


def _period(entry: Any) -> Period | None:
    if not isinstance(entry, dict):
        return None
    raw = {str(key).replace("_", "").lower(): value for key, value in entry.items()}
    begin, end = moment(raw.get("periodbegin")), moment(raw.get("periodend"))
    return Period(begin=begin, end=end) if begin and end and begin < end else None


def moment(value: object) -> datetime | None:
    """An OCPI DateTime; one without zone is in UTC (OCPI 2.3.0, types). None for anything else, a bare date too."""
    text = value.strip() if isinstance(value, str) else ""
    if not 16 <= len(text) <= 40 or not text.isascii():
        return None
    try:
        found = datetime.fromisoformat(text.upper())
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _quoted(value: object) -> str:
    text = repr(value) if isinstance(value, (dict, list)) else str(value)
    return f'"{text[:59]}…"' if len(text) > 60 else f'"{text}"'
