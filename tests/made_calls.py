"""Calls and sessions whose truth is known: sites with rates of their own that change a little on their own, and signs at some of them."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from chargeside.load.signs import PrintedSign
from chargeside.model.network import Network
from chargeside.reporting.calls_read import Calls, Sessions, site_of

MONDAY = dt.date(2026, 6, 1)
Table = NDArray[np.float64]


def group(
    dice: np.random.Generator,
    sites: int,
    weeks: int = 8,
    *,
    a_week: float = 60,
    per_1000: float = 8,
    between: float = 0.6,
    drift: float = 0.25,
    fall: float = 0.0,
    cv: float = 0.4,
) -> tuple[Table, Table]:
    """Calls and sessions before and after of so many sites, and their usual sessions a week."""
    usual = dice.lognormal(math.log(a_week) - cv**2 / 2, cv, sites)
    own = dice.gamma(1 / between**2, between**2, sites) if between else np.ones(sites)
    changed = dice.lognormal(-(drift**2) / 2, drift, sites) * (1 - fall)
    calls = usual * weeks * per_1000 / 1000 * own
    columns = (
        dice.poisson(calls),
        dice.poisson(usual * weeks),
        dice.poisson(calls * changed),
        dice.poisson(usual * weeks),
    )
    return np.column_stack(columns).astype(float), usual  # fmt: skip


def signs_at(network: Network, sites: Iterable[str], printed: dt.date) -> list[PrintedSign]:
    """A sign for each site, printed on one day."""
    codes = {site_of(station): station.code for station in network.stations}
    rest = ("d", "A5", "en", "", "https://help.example.org/", *[""] * 9, "0000")
    return [PrintedSign("ABC", codes[site], *rest, printed=printed.isoformat()) for site in sites]


def made_files(
    network: Network,
    with_signs: Iterable[str],
    *,
    fall: float,
    seed: int,
    weeks: int = 24,
    hung: int = 13,
    per_1000: float = 12,
    problem: str = "",
) -> tuple[Calls, Sessions]:
    """Daily counts of so many weeks at all sites; where signs hang, fewer calls from the week `hung` on."""
    dice, having = np.random.default_rng(seed), frozenset(with_signs)
    calls: dict[tuple[dt.date, str, str], int] = {}
    sessions: dict[tuple[dt.date, str], int] = {}
    for site in sorted({site_of(station) for station in network.stations}):
        own, a_day = dice.gamma(4, 1 / 4), dice.lognormal(math.log(13), 0.3)
        for at in range(7 * weeks):
            day = MONDAY + dt.timedelta(at)
            had = int(dice.poisson(a_day))
            left = 1 - fall if site in having and at >= 7 * hung else 1.0
            came = int(dice.poisson(had * own * left * per_1000 / 1000))
            sessions[day, site] = had
            if came:
                calls[day, site, problem] = came
    return Calls(calls), Sessions(sessions, attempts=True)
