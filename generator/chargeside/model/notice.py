"""Notices: what drivers at a charger are told for a time, such as "out of order until Tuesday". They end by themselves."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal, NamedTuple

from chargeside.model.zones import Zones, in_utc

Level = Literal["info", "out_of_order"]
State = Literal["coming", "now", "past"]

TEXT_LIMIT = 200
"""Characters of a notice: what is longer is not read with the cable in hand."""
MOST_SHOWN = 3
ROOM = 900
"""So many notices stand on a page at most, and so many bytes of their texts (UTF-8); the first one always. A page has a budget."""
EVERYWHERE = "*"
"""Stands for all stations in the column `code`."""

_ISO = re.compile(
    r"\d{4}-\d\d-\d\d(?P<clock>[T ]\d\d:\d\d(:\d\d(\.\d{3,6})?)?(Z|[+-]\d\d(:?\d\d)?)?)?", re.IGNORECASE
)
_DAY_FIRST = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4})(?:,? +(\d{1,2}:\d\d)(?::\d\d)?)?")
_YEARS = range(2000, 2100)


class Target(NamedTuple):
    """A station by its code, or with `uid` one EVSE of it."""

    code: str
    uid: str = ""

    def overlaps(self, other: Target) -> bool:
        """Whether both have an EVSE in common."""
        return self.code == other.code and (not self.uid or not other.uid or self.uid == other.uid)


@dataclass(frozen=True, slots=True)
class Notice:
    """A row of notices.csv. `name`: whom it is for, as the row says; `lang` empty: the first language of the station.

    `begin`, `end`: without an offset they are by the clock of each station. `use`: a charger, or a side of one, to use instead. Without
    `text` it is out of order and no more is known.
    """

    name: str
    targets: tuple[Target, ...]
    text: str
    lang: str
    level: Level
    begin: datetime | None
    end: datetime
    use: Target | None
    line: int

    def period(self, zones: Zones) -> tuple[datetime, datetime]:
        """Begin and end in UTC at a place. Where its clock is not known, all the time that may be meant."""
        begin = in_utc(self.begin, zones, latest=False) if self.begin else datetime.min.replace(tzinfo=UTC)
        return begin, in_utc(self.end, zones, latest=True)

    def state(self, zones: Zones, now: datetime) -> State:
        """Whether it holds at a place at a moment."""
        begin, end = self.period(zones)
        return "coming" if now < begin else "now" if now < end else "past"


def read_moment(text: str, *, end: bool) -> datetime:
    """A date, or date and time, as people and spreadsheets write it; with an offset only where one is written.

    Read are ISO 8601 (`2026-11-24`, `2026-11-24T18:00`, `2026-11-24 18:00+01:00`) and what spreadsheets make of that
    (`24.11.2026 18:00`, `24/11/2026`, `11/24/2026`). A date alone is its midnight, and as the end of something the midnight after
    it. Raises ValueError, in words.
    """
    match = _ISO.fullmatch(text) or _ISO.fullmatch(_in_order(text))
    if match is None:
        raise ValueError("is no date")
    try:
        moment = datetime.fromisoformat(match.group().upper())
    except ValueError:
        raise ValueError("is no date") from None
    if moment.year not in _YEARS:
        raise ValueError("is a year that nobody means")
    return moment if match["clock"] or not end else moment + timedelta(days=1)


def _in_order(text: str) -> str:
    """A date in another order as ISO 8601; any other text as it is. Raises ValueError where day and month cannot be told apart."""
    match = _DAY_FIRST.fullmatch(text)
    if match is None:
        return text
    first, separator, second, year, clock = match.groups()
    day, month = int(first), int(second)
    if separator == "/" and day != month and max(day, month) <= 12:
        raise ValueError(f"may be {year}-{month:02}-{day:02} or {year}-{day:02}-{month:02}")
    if separator == "/" and month > 12:  # as it is written in the United States
        day, month = month, day
    return f"{year}-{month:02}-{day:02}" + (f"T{clock:0>5}" if clock else "")
