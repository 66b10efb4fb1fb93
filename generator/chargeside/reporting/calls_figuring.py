"""From calls and sessions to what the operator's boss asks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

import numpy as np

from chargeside.load.signs import PrintedSign
from chargeside.model.network import Network
from chargeside.reporting.calling import CallFigures, Comparison, Money, ReasonRow, WeekRow
from chargeside.reporting.calls_chance import Spread, rate, spread_of
from chargeside.reporting.calls_compare import matched, pilot, printed_by_site
from chargeside.reporting.calls_read import Calls, Sessions
from chargeside.reporting.calls_table import CallTable, Counts, table_of
from chargeside.reporting.pilot import Groups


@dataclass(frozen=True, slots=True)
class Asked:
    """`lang`: of titles. `cost`: of one call, in digits with a point, None where nothing is said of money; `currency`: ISO 4217.
    `pilot`: groups that a lot drew; without them sites are matched."""

    lang: str
    cost: Decimal | None = None
    currency: str = "EUR"
    pilot: Groups | None = None


def call_figures(
    calls: Calls, sessions: Sessions, network: Network, signs: Iterable[PrintedSign], asked: Asked
) -> CallFigures:
    """All that calls and sessions say."""
    table = table_of(calls, sessions)
    total, had = int(table.calls.sum()), int(table.sessions.sum())
    placed = table.placed
    overall = rate(
        total,
        had,
        _clusters(table.calls[placed], table.sessions[placed]),
        _clusters(table.calls.sum(axis=0), table.sessions.sum(axis=0)),
    )
    if overall is None:
        return CallFigures(
            attempts=sessions.attempts, unmapped=calls.unmapped, unmapped_reasons=calls.unmapped_reasons
        )
    printed = printed_by_site(network, signs)
    comparison, sites = (
        pilot(table, network, printed, asked.pilot) if asked.pilot else matched(table, network, printed)
    )
    return CallFigures(
        overall=overall,
        weeks=tuple(_weeks(table)),
        reasons=_reasons(table, calls.guessed, network, asked.lang),
        unmapped=calls.unmapped,
        unmapped_reasons=calls.unmapped_reasons,
        unplaced=1 - int(table.calls[placed].sum()) / total if total else 0.0,
        attempts=sessions.attempts,
        comparison=comparison,
        money=_money(total, comparison, asked),
        sites=sites,
    )


def spread_so_far(calls: Calls, sessions: Sessions) -> Spread | None:
    """How sites have differed, from the two halves of what the files hold; None where they hold too little."""
    table = table_of(calls, sessions)
    half = len(table.weeks) // 2
    if half < 1:
        return None
    rows = table.placed
    parts = (
        table.calls[rows, :half],
        table.sessions[rows, :half],
        table.calls[rows, half:],
        table.sessions[rows, half:],
    )
    return spread_of(np.column_stack([part.sum(axis=1) for part in parts]).astype(float))


def calls_per_1000(calls: Calls, sessions: Sessions) -> float | None:
    """Calls per 1,000 sessions so far; None without sessions."""
    table = table_of(calls, sessions)
    had = int(table.sessions.sum())
    return 1000 * int(table.calls.sum()) / had if had else None


def sessions_a_week(sessions: Sessions) -> Mapping[str, float]:
    """Sessions a week of each site, over the days that the file spans."""
    if not sessions.counts:
        return {}
    days = [day for day, _site in sessions.counts]
    weeks = ((max(days) - min(days)).days + (7 if sessions.weekly else 1)) / 7
    found: dict[str, float] = {}
    for (_day, site), n in sessions.counts.items():
        found[site] = found.get(site, 0.0) + n / weeks
    found.pop("", None)
    return found


def _clusters(calls: Counts, sessions: Counts) -> Sequence[tuple[float, float]]:
    one, two = (part.sum(axis=1) if part.ndim > 1 else part for part in (calls, sessions))
    return [(float(a), float(b)) for a, b in zip(one, two, strict=True) if a or b]


def _weeks(table: CallTable) -> Iterable[WeekRow]:
    for at, week in enumerate(table.weeks):
        yield WeekRow(week.isoformat(), int(table.calls[:, at].sum()), int(table.sessions[:, at].sum()))


def _reasons(
    table: CallTable, guessed: Mapping[str, int], network: Network, lang: str
) -> tuple[ReasonRow, ...]:
    rows = []
    had = table.sessions.sum(axis=0)
    for slug, counts in table.by_problem.items():
        found = rate(
            int(counts.sum()),
            int(had.sum()),
            _clusters(counts.sum(axis=0), had),
            _clusters(counts[table.placed], table.sessions[table.placed]),
        )
        if found and found.calls:
            problem = network.content.problems.get(slug)
            title = problem.guide(lang).title if problem else ""
            rows.append(ReasonRow(slug, title, found, guessed.get(slug, 0)))
    return tuple(sorted(rows, key=lambda row: (not row.slug, -row.rate.calls, row.slug)))


def _money(calls: int, comparison: Comparison, asked: Asked) -> Money | None:
    if asked.cost is None:
        return None
    saved = None
    if comparison.verdict == "fewer" and comparison.avoided:
        fewest, most = comparison.avoided
        saved = (_amount(fewest * asked.cost), _amount(most * asked.cost))
    return Money(asked.currency, f"{asked.cost:f}", _amount(calls * asked.cost), saved)


def _amount(value: Decimal) -> str:
    """Whole units of money: what is so unsure has no cents."""
    return f"{value.quantize(Decimal(1), ROUND_HALF_UP):f}"
