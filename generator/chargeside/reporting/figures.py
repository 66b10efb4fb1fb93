"""What a report says, as values: everything the page, its CSV and its JSON show. Made by `figuring`, drawn by `page`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from chargeside.reporting.calling import CallFigures

WEEKDAYS, HOURS = 7, 24


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a whole, with its 95 % interval by Wilson (0 to 1). There is none of nothing: `whole` is at least 1."""

    part: int
    whole: int
    low: float
    high: float

    @property
    def share(self) -> float:
        """Between 0 and 1."""
        return self.part / self.whole


@dataclass(frozen=True, slots=True)
class Trend:
    """Counts of one thing week by week (Monday to Sunday, the operator's clock), the oldest first; as long as `Report.weeks`.

    `change`: the last full weeks against those before as a factor with its 95 % interval, None where too little was counted.
    """

    weeks: tuple[int, ...]
    change: tuple[float, float, float] | None = None


@dataclass(frozen=True, slots=True)
class ProblemRow:
    """A problem that drivers had. `asked`: visits in which somebody opened its guide, or said that it helped or that it did
    not. `solved`: "it worked" among those who said either; None where nobody did. `step_list`: path of the guide to mend."""

    slug: str
    title: str
    category: str
    asked: int
    opened: int
    ok: int
    stuck: int
    solved: Share | None
    trend: Trend
    step_list: str


@dataclass(frozen=True, slots=True)
class StationRow:
    """A charger. `kind`: words for chargers alike (current, power, hardware). `expected`: how often drivers would be stuck here if it was
    as everywhere among its kind; `chance`: how likely so many or more are by chance alone, after correction for looking at many (Benjamini and
    Hochberg). `problems`: what is asked most here, slug and count. `last_scan`: ISO day, empty where never in this time."""

    code: str
    number: str
    name: str
    place: str
    kind: str
    visits: int
    scans: int
    ok: int
    stuck: int
    expected: float = 0.0
    chance: float = 1.0
    problems: tuple[tuple[str, int], ...] = ()
    last_scan: str = ""


@dataclass(frozen=True, slots=True)
class SignRow:
    """A sign to look after: never scanned, out of date, or an address that was scanned and is none of ours. `days`: since when it hangs, as
    far as is known; `chance`: how likely no scan in that time is at a charger of its kind, None where unknown."""

    code: str
    number: str
    name: str
    mark: str = ""
    newest: str = ""
    printed: str = ""
    seen: str = ""
    scans: int = 0
    days: int = 0
    chance: float | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """How the logs were read: lines by what became of them. All add up to `lines`."""

    lines: int
    counted: int
    bots: int
    prefetch: int
    desk: int
    other: int
    damaged: int
    elsewhere: int


@dataclass(frozen=True, slots=True)
class Report:
    """All that one report says. Days are ISO, by the operator's clock; `first` and `last` are the first and last day in the logs.

    `lang`: what it is written in. `problems`: most asked first. `languages`: pages opened in each; `topics`: name and count; most
    first. `hours`: scans by weekday (Monday first) and hour. `standing_out`: chargers where drivers are stuck more often than chance
    explains, surest first. `never_scanned`, `outdated`, `unknown`: signs to look after. `calls`: what the operator's boss asks, None
    without the file of calls. `no_referer`: the logs carry no Referer, so stations come from addresses alone.
    `few`: too little was counted for comparisons."""

    operator: str
    lang: str
    first: str
    last: str
    zone: str
    stations: int
    visits: int
    scans: int
    asked: int
    ok: int
    stuck: int
    solved: Share | None
    weeks: tuple[str, ...]
    """Monday of each week, ISO."""
    partial: tuple[bool, ...]
    """Which of the weeks the logs do not cover whole."""
    per_week: Mapping[str, tuple[int, ...]]
    """By kind (visit, scan, asked, ok, call): counts week by week."""
    problems: tuple[ProblemRow, ...]
    languages: tuple[tuple[str, int], ...]
    topics: tuple[tuple[str, int], ...]
    hours: tuple[tuple[int, ...], ...]
    kinds: tuple[tuple[str, int, int, int], ...]
    """Kind of charger, chargers, scans, stuck."""
    busiest: tuple[StationRow, ...]
    standing_out: tuple[StationRow, ...]
    tested: int
    """How many chargers were compared with their kind."""
    never_scanned: tuple[SignRow, ...]
    never_total: int
    outdated: tuple[SignRow, ...]
    unknown: tuple[SignRow, ...]
    reading: Reading
    made: dt.date
    no_referer: bool = False
    few: bool = False
    calls: CallFigures | None = None
    notes: tuple[str, ...] = field(default=())
