"""Opening hours as OpenStreetMap and IRVE write them, as far as they map to OCPI with certainty.

Source: wiki.openstreetmap.org, Key:opening_hours/specification. Read are days, lists and ranges of days, times, `off` and
`24/7`: `Mo-Fr 06:00-22:00; Sa,Su 08:00-12:00,14:00-20:00`. Holidays, seasons, sunrise, times past midnight and comments are
not: half of the truth would send people to a closed gate.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise
from typing import Any

DAYS = ("mo", "tu", "we", "th", "fr", "sa", "su")
Period = tuple[int, str, str]
"""Weekday (Monday is 1), begin and end as HH:MM; 24:00 is the end of a day."""

_MAX_TEXT = 2000
_DAY = "|".join(DAYS)
_TIME = r"(?:[01]?\d|2[0-4]):[0-5]\d"
_ITEM = re.compile(
    rf"(?:(?P<first>{_DAY})(?:\s*-\s*(?P<last>{_DAY}))?)?\s*"
    rf"(?:(?P<begin>{_TIME})\s*[-–]\s*(?P<end>{_TIME})|(?P<off>off|closed))?"
)
_FILLER = ("00:00", "00:01")
"""What some write who have to write something."""


def opening_times(text: str) -> dict[str, Any] | None:
    """Opening hours as OCPI's Hours; None for everything that does not map with certainty."""
    words = text.strip().lower().removesuffix(" open").rstrip()
    if words == "24/7":
        return {"twentyfourseven": True}
    if len(words) > _MAX_TEXT:
        return None
    week: dict[int, list[Period]] = {}
    for rule in filter(None, map(str.strip, words.split(";"))):
        found = _rule(rule)
        if found is None:
            return None
        week |= found  # a later rule holds instead of an earlier one, for the days that it names
    return times_of(period for periods in week.values() for period in periods)


def times_of(periods: Iterable[Period]) -> dict[str, Any] | None:
    """OCPI's Hours of periods, sorted; None where there is none, or where they contradict each other.

    OCPI has no 24:00: the end of a day becomes 23:59.
    """
    found = sorted(set(periods))
    if not found or any(end <= begin or (begin, end) == _FILLER for _, begin, end in found):
        return None
    if any(one[0] == two[0] and two[1] < one[2] for one, two in pairwise(found)):
        return None
    shown = [(day, begin, "23:59" if end == "24:00" else end) for day, begin, end in found]
    if shown == [(day + 1, "00:00", "23:59") for day in range(len(DAYS))]:
        return {"twentyfourseven": True}
    return {
        "twentyfourseven": False,
        "regular_hours": [
            {"weekday": day, "period_begin": begin, "period_end": end} for day, begin, end in shown
        ],
    }


def _rule(rule: str) -> dict[int, list[Period]] | None:
    """Periods by day of what stands between two semicolons; a day that is off has none. None when it is not understood.

    Days add up until times follow them: `Mo,We 08:00-12:00,13:00-18:00,Fr 08:00-12:00`.
    """
    found: dict[int, list[Period]] = {}
    days: list[int] = []
    wait_for_times = True
    for item in rule.split(","):
        match = _ITEM.fullmatch(item.strip())
        if match is None or not match[0]:
            return None
        if match["first"]:
            days = [*(days if wait_for_times else ()), *_days(match["first"], match["last"])]
            wait_for_times = True
        if match["off"] and not match["first"]:
            return None
        if match["begin"]:
            end = _padded(match["end"])
            end = "24:00" if end == "00:00" and _padded(match["begin"]) != end else end
            if _padded(match["begin"]) >= end or end > "24:00":
                return None
            for day in days or range(1, len(DAYS) + 1):
                found.setdefault(day, []).append((day, _padded(match["begin"]), end))
        elif match["off"]:
            found |= {day: [] for day in days}
        else:
            continue
        wait_for_times = False
    return None if wait_for_times else found


def _days(first: str, last: str | None) -> list[int]:
    begin = DAYS.index(first)
    count = (DAYS.index(last) - begin) % len(DAYS) if last else 0
    return [(begin + number) % len(DAYS) + 1 for number in range(count + 1)]


def _padded(time: str) -> str:
    return time.zfill(len("00:00"))
