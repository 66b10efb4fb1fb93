"""What chance alone explains: intervals of shares and of changes, and counts among their like.

From the functions of scipy.special, which load in a moment; the tests hold them against scipy.stats, which takes seconds."""

from __future__ import annotations

import math
from collections.abc import Sequence

from chargeside.reporting.figures import Share

SURE = 0.95
_NORMAL = 1.959963984540054
"""Quantile of the normal distribution for it."""
_LEAST_FOR_CHANGE = 20


def share(part: int, whole: int) -> Share | None:
    """The part of a whole with its 95 % interval by Wilson; None of nothing."""
    if whole < 1:
        return None
    share_of, square = part / whole, _NORMAL**2 / whole
    middle = (share_of + square / 2) / (1 + square)
    reach = _NORMAL * math.sqrt(share_of * (1 - share_of) / whole + square / whole / 4) / (1 + square)
    low = 0.0 if part == 0 else middle - reach
    return Share(part, whole, low, 1.0 if part == whole else middle + reach)


def change(before: Sequence[int], after: Sequence[int]) -> tuple[float, float, float] | None:
    """Counts of weeks against those before, as a factor with its 95 % interval; None where fewer than 20 were counted, or none before.

    Weeks vary more than by chance alone (weather, holidays): the interval is widened by how much they do (quasi-Poisson)."""
    from scipy.special import stdtrit

    weeks = len(before) + len(after)
    old, new = sum(before), sum(after)
    if old + new < _LEAST_FOR_CHANGE or not old or not new or weeks < 4:
        return None
    means = [old / len(before)] * len(before) + [new / len(after)] * len(after)
    spread = sum((seen - mean) ** 2 / mean for seen, mean in zip((*before, *after), means, strict=True))
    widened = max(1.0, spread / (weeks - 2))
    factor = (new / len(after)) / (old / len(before))
    reach = float(stdtrit(weeks - 2, (1 + SURE) / 2)) * math.sqrt(widened * (1 / old + 1 / new))
    return factor, factor * math.exp(-reach), factor * math.exp(reach)


def spread_of(seen: Sequence[int], expected: Sequence[float]) -> float:
    """By how much counts vary more than chance alone would let them (1 = not at all), the tenth that stands out most left out, so
    that what is looked for does not hide itself."""
    parts = sorted((have - mean) ** 2 / mean for have, mean in zip(seen, expected, strict=True) if mean > 0)
    kept = parts[: max(1, len(parts) - max(1, len(parts) // 10))]
    return max(1.0, sum(kept) / max(1, len(kept) - 1)) if len(kept) > 1 else 1.0


def chance_of_so_many(seen: int, expected: float, spread: float) -> float:
    """How likely so many or more are where so many are expected; counts spread as `spread_of` tells."""
    from scipy.special import betainc, pdtrc

    if seen <= 0:
        return 1.0
    if spread <= 1.001:
        return float(pdtrc(seen - 1, expected))
    return float(betainc(seen, expected / (spread - 1), 1 - 1 / spread))


def chance_of_none(expected: float, spread: float) -> float:
    """How likely none are where so many are expected."""
    return 1.0 if expected <= 0 else 1.0 - chance_of_so_many(1, expected, spread)


def among_many(chances: Sequence[float]) -> list[float]:
    """Chances corrected for that many were looked at: the share of false ones among those that are as small (Benjamini and Hochberg)."""
    adjusted, least = [1.0] * len(chances), 1.0
    order = sorted(range(len(chances)), key=chances.__getitem__, reverse=True)
    for rank, place in zip(range(len(chances), 0, -1), order, strict=True):
        least = min(least, chances[place] * len(chances) / rank)
        adjusted[place] = least
    return adjusted
