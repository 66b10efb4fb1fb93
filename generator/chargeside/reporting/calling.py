"""What calls and sessions say, as values: calls per 1,000 attempted sessions, and what signs change about that.

Made by `calls_figuring`, drawn by templates/report/calls.html. Shares and changes are between 0 and 1; weeks are Mondays, ISO."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Verdict = Literal[
    "fewer", "more", "unclear", "below", "few-sites", "few-weeks", "few-calls", "no-signs", "alone"
]
"""What may be said. `fewer`, `more`: chance does not explain it. `unclear`: cannot be told apart from no change. `below`: a smaller fall than such
a comparison can show. `few-…`, `no-signs`: nothing is compared. `alone`: before and after, with nothing to hold it against."""
Design = Literal["pilot", "matched", "alone"]
"""Sites drawn by lot; sites with signs beside like ones without; sites with signs before and after."""


@dataclass(frozen=True, slots=True)
class Rate:
    """Calls per 1,000 attempted sessions with its 95 % interval."""

    calls: int
    sessions: int
    per_1000: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class ReasonRow:
    """Calls for a problem. `slug` is empty for those that lead to none; `guessed`: how many of the calls were matched by words alone."""

    slug: str
    title: str
    rate: Rate
    guessed: int = 0


@dataclass(frozen=True, slots=True)
class WeekRow:
    """One whole week."""

    week: str
    calls: int
    sessions: int

    @property
    def per_1000(self) -> float:
        """Calls per 1,000 sessions; 0 where there was none."""
        return 1000 * self.calls / self.sessions if self.sessions else 0.0


@dataclass(frozen=True, slots=True)
class Change:
    """Calls after by calls before, at sites with signs by those without: a factor with its 95 % interval. 0.7 is 30 % fewer."""

    factor: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Group:
    """Sites of one group: sessions a site and week before, and rates before and after."""

    sites: int
    sessions_a_week: float
    before: Rate | None
    after: Rate | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Sites with signs against sites without, before and after.

    `with_signs`: sites with signs, or drawn for one; `matched`: how many of them are compared. `weeks_before`, `weeks_after`: whole weeks, the
    fewest and the most of any site. `change` is None where nothing may be said in numbers. `smallest`: the smallest fall that such a comparison shows in
    four cases of five (for a pilot, as it was planned). `needed`: what is lacking where the verdict is `few-…`. `crossed`: sites of
    a pilot whose signs are not as the lot said. `avoided`: calls that did not come, lowest and highest of the interval; negative where more came.
    """

    design: Design
    verdict: Verdict
    with_signs: int
    matched: int
    signs: Group | None = None
    control: Group | None = None
    weeks_before: tuple[int, int] = (0, 0)
    weeks_after: tuple[int, int] = (0, 0)
    change: Change | None = None
    smallest: float | None = None
    needed: int = 0
    crossed: int = 0
    avoided: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Money:
    """What calls cost. Amounts in digits, as `i18n.money` takes them; `saved`: lowest and highest, None where nothing is claimed."""

    currency: str
    per_call: str
    spent: str
    saved: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class CallFigures:
    """The figures that lead the report when calls and sessions are given.

    All are of the whole weeks that both files cover; `overall` is None where there is none. `reasons`: most calls first, those that lead to
    no problem last. `unmapped`: reasons (those with five calls at least) that lead to no problem, and their calls; `unmapped_reasons`: how many there are.
    `unplaced`: share of calls whose charger is not known. `attempts`: the sessions are attempts, not only those that succeeded. `sites`: rows of the sites compared,
    for the table beside the page."""

    overall: Rate | None = None
    weeks: tuple[WeekRow, ...] = ()
    reasons: tuple[ReasonRow, ...] = ()
    unmapped: tuple[tuple[str, int], ...] = ()
    unmapped_reasons: int = 0
    unplaced: float = 0.0
    attempts: bool = False
    comparison: Comparison | None = None
    money: Money | None = None
    sites: tuple[Mapping[str, str | int], ...] = ()
