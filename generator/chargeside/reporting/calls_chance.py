"""What chance explains of calls: rates, changes and the smallest fall that can be shown, where calls cluster by site and by week.

A site is what is counted as one: its drivers, its hardware and its weather are the same, so its calls come together. Spread is measured between sites (the
linearised ratio, as of a survey that drew sites) and never taken as less than chance alone makes it (Poisson). The tests hold all of it against simulated
calls whose truth is known, and against the bootstrap of scipy.stats, which takes seconds to load."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chargeside.reporting.calling import Change, Rate

POWER = 0.8
"""A fall counts as one that can be shown where so many of such comparisons would show it."""
_SURE = 0.975
"""Of both ends together: 95 %."""
Cells = NDArray[np.float64]
"""A row for each site: calls before, sessions before, calls after, sessions after."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """The logarithm of a factor, its variance and the degrees of freedom of that."""

    log: float
    variance: float
    freedom: float

    def change(self) -> Change:
        """The factor with its interval."""
        reach = _quantile(_SURE, self.freedom) * math.sqrt(self.variance)
        return Change(math.exp(self.log), math.exp(self.log - reach), math.exp(self.log + reach))

    def smallest_fall(self) -> float:
        """The smallest fall (0 to 1) that a comparison as sharp as this one shows in four cases of five."""
        return fall_of(self.variance, self.freedom)


def fall_of(variance: float, freedom: float) -> float:
    """The fall that is told apart from none at 5 % (two-sided) in four cases of five, for this variance of the logarithm."""
    return 1 - math.exp(-(_quantile(_SURE, freedom) + _quantile(POWER, freedom)) * math.sqrt(variance))


def _quantile(share: float, freedom: float) -> float:
    from scipy.special import stdtrit

    return float(stdtrit(max(1.0, freedom), share))


def rate(calls: int, sessions: int, *clusters: Sequence[tuple[float, float]]) -> Rate | None:
    """Calls per 1,000 sessions; None without sessions. `clusters`: calls and sessions by site, by week …: the widest spread among them counts."""
    from scipy.special import gammaincinv

    if sessions <= 0:
        return None
    spread = max([1.0, *(_spread(np.asarray(one, float)) for one in clusters if len(one) > 1)])
    low = float(gammaincinv(calls / spread, 1 - _SURE)) * spread if calls else 0.0
    high = float(gammaincinv(calls / spread + 1, _SURE)) * spread
    scale = 1000 / sessions
    return Rate(calls, sessions, calls * scale, low * scale, high * scale)


def _spread(parts: Cells) -> float:
    """By how much the count of calls varies more than by chance, its parts being drawn as wholes."""
    calls, sessions = parts.sum(axis=0)
    if not calls or not sessions:
        return 1.0
    misses = parts[:, 0] - calls / sessions * parts[:, 1]
    return float(len(parts) / (len(parts) - 1) * (misses**2).sum() / calls)


def _influence(cells: Cells) -> tuple[float, Cells, float]:
    """Logarithm of the rate after by the rate before, what each site adds to it (by leaving each out in turn), and its variance by chance alone."""
    before, old, after, new = sums = cells.sum(axis=0)
    log = math.log(after / new) - math.log(before / old)
    rest = np.maximum(sums - cells, 0.5)  # where all calls are of one site, as if it had left half a call
    without = np.log(rest[:, 2] / rest[:, 3]) - np.log(rest[:, 0] / rest[:, 1])
    return log, (without.mean() - without) * (len(cells) - 1) / len(cells), 1 / before + 1 / after


def one_group(cells: Cells) -> Estimate:
    """After by before at sites of one group. All four sums must be above nought."""
    log, added, least = _influence(cells)
    return Estimate(log, max(least, _scaled(added)), len(cells) - 1)


def pairs(signs: Cells, control: Cells) -> Estimate:
    """After by before at sites with signs, by the same at their likes without: row by row a pair."""
    log, added, least = _influence(signs)
    other, taken, also = _influence(control)
    return Estimate(log - other, max(least + also, _scaled(added - taken)), len(signs) - 1)


def two_groups(signs: Cells, control: Cells) -> Estimate:
    """The same for two groups drawn by lot."""
    log, added, least = _influence(signs)
    other, taken, also = _influence(control)
    one, two = max(least, _scaled(added)), max(also, _scaled(taken))
    # Welch and Satterthwaite: the spread of the group that varies more is known by its own sites alone.
    freedom = (one + two) ** 2 / (one**2 / (len(signs) - 1) + two**2 / (len(control) - 1))
    return Estimate(log - other, one + two, freedom)


def _scaled(added: Cells) -> float:
    return float(len(added) / (len(added) - 1) * (added**2).sum())


# ── Before there are any ─────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Spread:
    """How sites differ. `between`: standard deviation of their rates by the mean; `drift`: standard deviation of the change of
    a site's own rate (its logarithm) from before to after beyond chance; `measured`: from files, else taken as usual."""

    between: float
    drift: float
    measured: bool = False


def spread_of(cells: Cells) -> Spread | None:
    """How sites have differed so far, from two halves of the past; None where fewer than ten sites or fifty calls tell of it."""
    cells = cells[(cells[:, 1] > 0) & (cells[:, 3] > 0)]
    calls, sessions = cells[:, 0] + cells[:, 2], cells[:, 1] + cells[:, 3]
    if len(cells) < 10 or calls.sum() < 50 or not cells[:, 0].sum() or not cells[:, 2].sum():
        return None
    expected = calls.sum() / sessions.sum() * sessions
    beyond = float(((calls - expected) ** 2 - expected).sum() / (expected**2).sum())
    _log, added, least = _influence(cells)
    weight = float((calls**2).sum() - calls.sum()) / float(calls.sum()) ** 2  # without what chance adds
    excess = max(0.0, _scaled(added) - least) / max(weight, 1 / len(cells))
    return Spread(math.sqrt(max(0.0, beyond)), math.sqrt(excess), measured=True)


def planned_fall(
    signs: Sequence[float], control: Sequence[float], weeks: int, per_1000: float, spread: Spread
) -> float:
    """The smallest fall that a pilot shows. `signs`, `control`: sessions a week of each site; as many weeks before as after.

    Chance makes the counts vary, and sites change on their own: by `spread.drift`, the more of all calls a site has the more it weighs."""
    freedom = max(2, len(signs) + len(control) - 2)
    fall = 0.0
    for _ in range(60):  # the fall itself leaves fewer calls to count
        variance = _variance(control, weeks, per_1000, spread, 1.0)
        fall = fall_of(variance + _variance(signs, weeks, per_1000, spread, 1 - fall), freedom)
        if fall > 0.999:
            return 1.0
    return fall


def _variance(sites: Sequence[float], weeks: int, per_1000: float, spread: Spread, left: float) -> float:
    sessions = np.asarray(sites, float)
    calls = sessions.sum() * weeks * per_1000 / 1000
    if calls <= 0 or left <= 0:
        return math.inf
    weight = float((sessions**2).sum() / sessions.sum() ** 2) * (1 + spread.between**2)
    # Leaving out sites in turn finds a little too much where there are few: better a wide interval than a false claim.
    wide = (len(sites) + 1) / max(1, len(sites) - 1)
    return wide * (float(1 / calls + 1 / (calls * left)) + spread.drift**2 * min(1.0, weight))
