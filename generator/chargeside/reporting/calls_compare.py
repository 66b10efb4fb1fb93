"""Sites with signs against sites without: which are compared, and what may be said of it."""

from __future__ import annotations

import datetime as dt
import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from chargeside.load.signs import PrintedSign
from chargeside.model.network import Network
from chargeside.reporting.calling import Comparison, Group, Rate
from chargeside.reporting.calls_chance import Cells, Estimate, one_group, pairs, rate, two_groups
from chargeside.reporting.calls_read import Sites
from chargeside.reporting.calls_table import CallTable, names_of, profiles
from chargeside.reporting.pilot import Groups

LEAST_PAIRS = 10
LEAST_WEEKS = 4
"""Whole weeks before and after."""
_LEAST_CALLS = 5
"""Calls of each group before and after: with fewer the logarithm of a rate says nothing."""
_LEAST_IN_PILOT = 5
"""Sites of a pilot's group."""
_MOST_WEEKS = 26
_HANGING = dt.timedelta(14)
"""From the day a sign was printed: until then it may not hang yet, so that these weeks count as neither before nor after."""
_CALLIPER = math.log(1.5)
"""Two sites are alike where one has at most half as many sessions again as the other."""

Rows = tuple[Mapping[str, str | int], ...]


@dataclass(frozen=True, slots=True)
class _Window:
    """Columns of the weeks before and after."""

    before: Sequence[int]
    after: Sequence[int]

    @property
    def enough(self) -> bool:
        return min(len(self.before), len(self.after)) >= LEAST_WEEKS


@dataclass(frozen=True, slots=True)
class _Side:
    """A site as it is compared."""

    site: str
    window: _Window
    cells: tuple[float, float, float, float]

    @property
    def a_week(self) -> float:
        """Sessions a week before."""
        return self.cells[1] / len(self.window.before)


def printed_by_site(network: Network, signs: Iterable[PrintedSign]) -> Mapping[str, dt.date]:
    """Sites with signs, and the day on which the first of them was printed."""
    sites, found = Sites(network), dict[str, dt.date]()
    for sign in signs:
        site, day = sites.find(sign.code), dt.date.fromisoformat(sign.printed)
        if site:
            found[site] = min(day, found.get(site, day))
    return dict(sorted(found.items()))  # pairs are the same whatever the order of signs


def matched(table: CallTable, network: Network, printed: Mapping[str, dt.date]) -> tuple[Comparison, Rows]:
    """Each site with a sign beside its like without: same country, plugs and class of power, and about as many sessions a week before."""
    having = [site for site in printed if site in table.row and table.sessions[table.row[site]].any()]
    nothing = Comparison(
        "matched", "no-signs" if not having else "few-weeks", len(having), 0, needed=LEAST_WEEKS
    )
    windows = {site: _window(table, printed[site]) for site in having}
    ready = [side for site in having if windows[site].enough and (side := _side(table, site, windows[site]))]
    if not ready:
        return nothing, ()
    without = [site for site in table.sites if site and site not in printed]
    if not any(table.sessions[table.row[site]].any() for site in without):
        return _alone(ready, len(having)), ()
    found = _pairs(table, ready, without, profiles(network))
    made = replace(nothing, matched=len(found), needed=LEAST_PAIRS)
    if len(found) < LEAST_PAIRS:
        return replace(made, verdict="few-sites"), ()
    signs, control = [one for one, _ in found], [other for _, other in found]
    names = names_of(network)
    rows = [
        _row(side, group, str(number), names)
        for number, both in enumerate(found, 1)
        for side, group in zip(both, ("sign", "control"), strict=True)
    ]
    return _judged(made, signs, control, pairs, None), tuple(rows)


def pilot(
    table: CallTable, network: Network, printed: Mapping[str, dt.date], groups: Groups
) -> tuple[Comparison, Rows]:
    """The groups of a pilot as the lot drew them, whatever became of the signs: what is asked is whether giving signs helps."""
    drawn, others = groups.of("sign"), groups.of("control")
    crossed = sum(site not in printed for site in drawn) + sum(site in printed for site in others)
    made = Comparison("pilot", "no-signs", len(drawn), 0, crossed=crossed, smallest=groups.smallest_fall)
    starts = [printed[site] for site in drawn if site in printed and printed[site] >= groups.planned]
    if not starts:
        return made, ()
    window = _window(table, min(starts), groups.weeks)
    if len(window.before) < LEAST_WEEKS or len(window.after) < groups.weeks:
        lacking = replace(made, verdict="few-weeks", needed=groups.weeks)
        return replace(
            lacking, weeks_before=(len(window.before),) * 2, weeks_after=(len(window.after),) * 2
        ), ()
    signs = [side for site in drawn if (side := _side(table, site, window))]
    control = [side for site in others if (side := _side(table, site, window))]
    made = replace(made, matched=len(signs), needed=_LEAST_IN_PILOT)
    if min(len(signs), len(control)) < _LEAST_IN_PILOT:
        return replace(made, verdict="few-sites"), ()
    names = names_of(network)
    rows = [
        _row(side, group, groups.stratum.get(side.site, ""), names)
        for sides, group in ((signs, "sign"), (control, "control"))
        for side in sides
    ]
    return _judged(made, signs, control, two_groups, groups.smallest_fall), tuple(rows)


def _alone(ready: Sequence[_Side], having: int) -> Comparison:
    """Before and after where there is nothing to hold it against."""
    made = Comparison("alone", "alone", having, len(ready), needed=LEAST_PAIRS)
    if len(ready) < LEAST_PAIRS:
        return replace(made, verdict="few-sites")
    cells = _cells(ready)
    made = _described(made, ready, ())
    if min(cells[:, 0].sum(), cells[:, 2].sum()) < _LEAST_CALLS:
        return replace(made, verdict="few-calls", needed=_LEAST_CALLS)
    return replace(made, change=one_group(cells).change())


def _judged(
    made: Comparison,
    signs: Sequence[_Side],
    control: Sequence[_Side],
    estimate: Callable[[Cells, Cells], Estimate],
    planned: float | None,
) -> Comparison:
    made = _described(made, signs, control)
    one, other = _cells(signs), _cells(control)
    if min(cells[:, column].sum() for cells in (one, other) for column in (0, 2)) < _LEAST_CALLS:
        return replace(made, verdict="few-calls", needed=_LEAST_CALLS)
    found = estimate(one, other)
    change = found.change()
    smallest = planned if planned is not None else found.smallest_fall()
    made = replace(made, smallest=smallest)
    if change.low <= 1 <= change.high:
        return replace(made, verdict="unclear", change=change)
    if change.low > 1:
        return replace(made, verdict="more", change=change, avoided=_avoided(one, change.low, change.high))
    if 1 - change.factor < smallest:
        return replace(made, verdict="below")
    return replace(made, verdict="fewer", change=change, avoided=_avoided(one, change.low, change.high))


def _avoided(signs: Cells, low: float, high: float) -> tuple[int, int]:
    """Calls that would have come beside those that did, the fewest and the most."""
    came = float(signs[:, 2].sum())
    return math.floor(came * (1 / high - 1)), math.ceil(came * (1 / low - 1))


def _described(made: Comparison, signs: Sequence[_Side], control: Sequence[_Side]) -> Comparison:
    weeks = [(len(side.window.before), len(side.window.after)) for side in signs]
    before, after = zip(*weeks, strict=True)
    return replace(
        made,
        signs=_group(signs),
        control=_group(control) if control else None,
        weeks_before=(min(before), max(before)),
        weeks_after=(min(after), max(after)),
    )


def _group(sides: Sequence[_Side]) -> Group:
    cells = _cells(sides)
    return Group(
        len(sides),
        float(np.mean([side.a_week for side in sides])),
        _rate(cells[:, :2]),
        _rate(cells[:, 2:]),
    )


def _rate(cells: Cells) -> Rate | None:
    calls, sessions = cells.sum(axis=0)
    return rate(int(calls), int(sessions), [(float(one), float(two)) for one, two in cells])


def _cells(sides: Sequence[_Side]) -> Cells:
    return np.array([side.cells for side in sides], float)


def _window(table: CallTable, printed: dt.date, most: int = _MOST_WEEKS) -> _Window:
    before = [at for at, week in enumerate(table.weeks) if week + dt.timedelta(6) < printed]
    after = [at for at, week in enumerate(table.weeks) if week >= printed + _HANGING]
    return _Window(before[-most:], after[:most])


def _side(table: CallTable, site: str, window: _Window) -> _Side | None:
    """A site in these weeks; None where it had no session before or after."""
    row = table.row.get(site)
    if row is None:
        return None
    before, after = list(window.before), list(window.after)
    cells = (
        float(table.calls[row, before].sum()),
        float(table.sessions[row, before].sum()),
        float(table.calls[row, after].sum()),
        float(table.sessions[row, after].sum()),
    )
    return _Side(site, window, cells) if cells[1] and cells[3] else None


def _pairs(
    table: CallTable, ready: Sequence[_Side], without: Sequence[str], kinds: Mapping[str, object]
) -> list[tuple[_Side, _Side]]:
    """As many pairs as there can be, as close in sessions as they can be; each site is in one at most."""
    from scipy.optimize import linear_sum_assignment

    alike: dict[object, list[str]] = defaultdict(list)
    for site in without:
        if site in kinds:
            alike[kinds[site]].append(site)
    groups: dict[object, list[_Side]] = defaultdict(list)
    for side in ready:
        if kinds.get(side.site) in alike:
            groups[kinds[side.site]].append(side)
    found: list[tuple[_Side, _Side]] = []
    for kind, sides in groups.items():
        others = [[_side(table, site, side.window) for site in alike[kind]] for side in sides]
        far = np.array(
            [[_distance(side, other) for other in row] for side, row in zip(sides, others, strict=True)]
        )
        # Too far apart costs more than any number of pairs can save, so that the most pairs come out.
        cost = np.where(far <= _CALLIPER, far, 1000.0)
        for at, to in zip(*linear_sum_assignment(cost), strict=True):
            other = others[at][to]
            if other is not None and far[at, to] <= _CALLIPER:
                found.append((sides[at], other))
    return sorted(found, key=lambda both: both[0].site)


def _distance(side: _Side, other: _Side | None) -> float:
    return abs(math.log(side.a_week / other.a_week)) if other else math.inf


def _row(side: _Side, group: str, pair: str, names: Mapping[str, str]) -> Mapping[str, str | int]:
    calls, sessions, later, latest = map(int, side.cells)
    return {
        "site": side.site,
        "name": names.get(side.site, ""),
        "group": group,
        "pair": pair,
        "calls_before": calls,
        "sessions_before": sessions,
        "calls_after": later,
        "sessions_after": latest,
    }
