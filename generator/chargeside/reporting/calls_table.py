"""Calls and sessions by site and week, as far as both files cover whole weeks."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from chargeside.model.network import Network, Station
from chargeside.reporting.calls_read import Calls, Sessions, site_of

_WEEK = dt.timedelta(7)
_SELDOM = 3.0
"""Days without any entry at the end of a file are a gap where by chance so many entries would stand there."""
_BUSY = 10
"""A week without one call, where so many are usual, is one that the file leaves out."""
_CLASSES = (7_400, 22_000, 50_000, 150_000)
"""Powers (W) up to which chargers are alike."""

Counts = NDArray[np.int64]
Profile = tuple[str, str, str, int]
"""What must be the same for two sites to be alike: country, currents, plugs, class of power."""


@dataclass(frozen=True)
class CallTable:
    """A row for each site that anything is known of ('' for all calls and sessions whose site is not known), a column for each week."""

    weeks: tuple[dt.date, ...]
    sites: tuple[str, ...]
    calls: Counts
    sessions: Counts
    by_problem: Mapping[str, Counts] = field(default_factory=dict)
    """Calls by problem, site and week."""

    @cached_property
    def row(self) -> Mapping[str, int]:
        """Where a site stands."""
        return {site: place for place, site in enumerate(self.sites)}

    @cached_property
    def placed(self) -> Sequence[int]:
        """Rows of sites that are known."""
        return [place for place, site in enumerate(self.sites) if site]


def table_of(calls: Calls, sessions: Sessions) -> CallTable:
    """Both files side by side."""
    weeks = _whole_weeks(calls, sessions)
    place = {week: at for at, week in enumerate(weeks)}
    sites = tuple(sorted({site for _, site, _ in calls.counts} | {site for _, site in sessions.counts}))
    row = {site: at for at, site in enumerate(sites)}
    empty = (len(sites), len(weeks))
    had = np.zeros(empty, np.int64)
    by_problem: dict[str, Counts] = defaultdict(lambda: np.zeros(empty, np.int64))
    for (day, site), n in sessions.counts.items():
        at = place.get(_monday(day))
        if at is not None:
            had[row[site], at] += n
    for (day, site, problem), n in calls.counts.items():
        at = place.get(_monday(day))
        if at is not None:
            by_problem[problem][row[site], at] += n
    called = sum(by_problem.values(), np.zeros(empty, np.int64))
    return CallTable(weeks, sites, called, had, dict(by_problem))


def _monday(day: dt.date) -> dt.date:
    return day - dt.timedelta(day.weekday())


def _whole_weeks(calls: Calls, sessions: Sessions) -> tuple[dt.date, ...]:
    called = _weeks_of([(key[0], n) for key, n in calls.counts.items()])
    had = _weeks_of([(key[0], n) for key, n in sessions.counts.items()], weekly=sessions.weekly)
    return tuple(sorted(called & had))


def _weeks_of(days: Iterable[tuple[dt.date, int]], *, weekly: bool = False) -> set[dt.date]:
    """Mondays of the weeks that a file covers. What is seldom may be missing at an end by chance; what comes daily may not."""
    counts: dict[dt.date, int] = defaultdict(int)
    for day, n in days:
        counts[day] += n
    if not counts:
        return set()
    first, last = min(counts), max(counts)
    if weekly:
        last += dt.timedelta(6)
    a_day = sum(counts.values()) / ((last - first).days + 1)
    slack = dt.timedelta(min(6, int(_SELDOM / max(a_day, 0.01))))
    by_week: dict[dt.date, int] = defaultdict(int)
    for day, n in counts.items():
        by_week[_monday(day)] += n
    week, weeks = _monday(first), set()
    while week <= last:
        covered = week >= first - slack and week + dt.timedelta(6) <= last + slack
        if covered and (by_week[week] or 7 * a_day < _BUSY):
            weeks.add(week)
        week += _WEEK
    return weeks


def profiles(network: Network) -> Mapping[str, Profile]:
    """What each site is like."""
    stations: dict[str, list[Station]] = defaultdict(list)
    for station in network.stations:
        stations[site_of(station)].append(station)
    return {site: _profile(found) for site, found in stations.items()}


def _profile(stations: Sequence[Station]) -> Profile:
    plugs = [plug for station in stations for plug in station.connectors]
    most = max((plug.max_electric_power or 0 for plug in plugs), default=0)
    return (
        stations[0].country,
        "+".join(sorted({plug.current or "?" for plug in plugs})),
        "+".join(sorted({plug.kind or plug.standard for plug in plugs})),
        sum(most > limit for limit in _CLASSES),
    )


def kind_words(profile: Profile) -> str:
    """A site's kind in short: `GB DC up to 150 kW`."""
    country, current, _plugs, place = profile
    power = (
        f"up to {_CLASSES[place] / 1000:g} kW"
        if place < len(_CLASSES)
        else f"over {_CLASSES[-1] / 1000:g} kW"
    )
    return f"{country} {current} {power}"


def names_of(network: Network) -> Mapping[str, str]:
    """Sites by their names."""
    return {site_of(station): station.name for station in network.stations}
