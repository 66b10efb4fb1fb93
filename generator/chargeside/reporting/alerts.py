"""`report --alerts`: a short list for cron of what has just changed: a charger where drivers are suddenly stuck, a code that was never issued, a sign
that is scanned no more."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from chargeside.model.network import Network
from chargeside.reporting import chance
from chargeside.reporting.counts import Counts

AlertKind = Literal["stuck", "unknown-code", "no-scans", "no-lines"]
_EPOCH = dt.date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Thresholds:
    """What is worth an alert. `chance`: how unlikely a jump or a silence must be, after correction for looking at many; `stuck`: how many
    at least; `unknown`: scans of one code that was never issued; `before`: days before `since` that are compared with."""

    chance: float = 0.01
    stuck: int = 3
    unknown: int = 3
    before: int = 28


@dataclass(frozen=True, slots=True)
class Alert:
    """`seen` in the days since, where `expected` were; `chance` is empty where none is worked out."""

    kind: AlertKind
    code: str
    station: str
    seen: int
    expected: float
    chance: float | None
    message: str

    def as_dict(self) -> Mapping[str, Any]:
        """For JSON."""
        return asdict(self)


def alerts(
    counts: Counts, network: Network, since: dt.date, today: dt.date, limits: Thresholds
) -> list[Alert]:
    """What changed since a day (UTC), the most urgent first. `today` is not over and counts no silence."""
    start = (since - _EPOCH).days
    days = counts.days()
    names = {
        station.code: f"{station.name}, {station.number or station.code}" for station in network.stations
    }
    found = list(_unknown(counts, start, limits))
    if days is None or days[1] < start:
        found.append(
            Alert("no-lines", "", "", 0, 0.0, None, f"the logs tell of no day since {since}: are they the right ones?")
        )  # fmt: skip
        return found
    first = max(days[0], start - limits.before)
    before, after = start - first, min(days[1], (today - _EPOCH).days) - start + 1
    if before >= after > 0:
        found += _stuck(counts, names, first, start, after / before, limits)
        found += _silent(counts, names, first, start, after / before, limits)
    return found


def _unknown(counts: Counts, start: int, limits: Thresholds) -> Iterator[Alert]:
    rows = counts.rows(
        """SELECT station, sum(n)::BIGINT AS n FROM counts WHERE kind = 'unknown' AND hour // 24 >= ?
            GROUP BY station HAVING sum(n) >= ? ORDER BY n DESC, station""",
        [start, limits.unknown],
    )
    for code, n in rows:
        words = (
            f"{code} was scanned or typed {n} times and was never issued: look for a sign that is not yours"
        )
        yield Alert("unknown-code", code, "", n, 0.0, None, words)


def _around(counts: Counts, kind: str, first: int, start: int) -> Mapping[str, tuple[int, int]]:
    """By code: how many before and how many since."""
    found: dict[str, tuple[int, int]] = defaultdict(lambda: (0, 0))
    rows = counts.rows(
        """SELECT station, sum(n) FILTER (hour // 24 < $1)::BIGINT, sum(n) FILTER (hour // 24 >= $1)::BIGINT FROM counts
            WHERE kind = $2 AND station <> '' AND hour // 24 >= $3 GROUP BY station""",
        [start, kind, first],
    )
    found.update({code: (before or 0, after or 0) for code, before, after in rows})
    return found


def _stuck(
    counts: Counts, names: Mapping[str, str], first: int, start: int, ratio: float, limits: Thresholds
) -> list[Alert]:
    around = {code: both for code, both in _around(counts, "call", first, start).items() if code in names}
    if not around:
        return []
    usual = sum(before for before, _ in around.values()) / len(names) * ratio
    # A charger that was never stuck before may be so by chance: half of what is usual everywhere goes with its own past.
    expected = {code: before * ratio + 0.5 * usual + 0.05 for code, (before, _) in around.items()}
    spread = chance.spread_of([around[code][1] for code in around], [expected[code] for code in around])
    chances = chance.among_many(
        [chance.chance_of_so_many(around[code][1], expected[code], spread) for code in around]
    )
    found = [
        Alert("stuck", code, names[code], around[code][1], round(expected[code], 2), likely,
              f'{names[code]}: "call us" {around[code][1]} times since, {expected[code]:.1f} would be usual')
        for code, likely in zip(around, chances, strict=True)
        if likely < limits.chance and around[code][1] >= limits.stuck
    ]  # fmt: skip
    return sorted(found, key=lambda one: (one.chance or 0, one.code))


def _silent(
    counts: Counts, names: Mapping[str, str], first: int, start: int, ratio: float, limits: Thresholds
) -> list[Alert]:
    around = {code: both for code, both in _around(counts, "scan", first, start).items() if code in names}
    if not around:
        return []
    # What fell everywhere is no news of one sign.
    all_before, all_after = (sum(both[place] for both in around.values()) for place in (0, 1))
    everywhere = min(ratio, all_after / all_before) if all_before else ratio
    expected = {code: before * everywhere for code, (before, _) in around.items()}
    spread = chance.spread_of([around[code][1] for code in around], [expected[code] for code in around])
    chances = chance.among_many([chance.chance_of_none(expected[code], spread) for code in around])
    found = [
        Alert("no-scans", code, names[code], 0, round(expected[code], 1), likely,
              f"{names[code]}: not scanned since, {expected[code]:.0f} scans would be usual: does the sign still hang?")
        for code, likely in zip(around, chances, strict=True)
        if not around[code][1] and likely < limits.chance
    ]  # fmt: skip
    return sorted(found, key=lambda one: (-one.expected, one.code))
