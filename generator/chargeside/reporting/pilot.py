"""A pilot: sites drawn by lot for signs or for none, and the smallest fall in calls that it can show.

Only a lot makes the two groups alike in all that nobody thought of. Sites are drawn, not chargers: drivers of a site share what hangs there. The lot is a digest
of the seed and the site's id, so that anybody can draw it again and get the same."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from chargeside.errors import ChargesideError
from chargeside.findings import Findings
from chargeside.load.source import read_csv
from chargeside.model.cells import csv_text
from chargeside.model.network import Network
from chargeside.reporting.calls_chance import Spread, planned_fall
from chargeside.reporting.calls_table import kind_words, names_of, profiles

COLUMNS = ("site", "name", "group", "stratum", "weeks", "smallest_fall", "planned", "seed")
USUAL = Spread(between=0.6, drift=0.25)
"""Where no files tell: rates of sites differ by about 60 % of their mean, and a site's own by about a quarter between two times. An assumption, to be
replaced by your own files as soon as there are any."""
SOME_WEEKS = (4, 8, 12, 26)
LEAST_SITES = 10
_LOT = ("sign", "control")
Lot = Literal["sign", "control"]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A site of a pilot."""

    site: str
    name: str
    group: Lot
    stratum: str
    a_week: float


@dataclass(frozen=True, slots=True)
class Pilot:
    """A plan. `falls`: smallest fall (0 to 1; 1 where none can be shown) by weeks; `smallest_fall`: after `weeks`."""

    drawn: tuple[Drawn, ...]
    weeks: int
    per_1000: float
    spread: Spread
    seed: int
    planned: dt.date
    smallest_fall: float
    falls: tuple[tuple[int, float], ...]

    def of(self, group: Lot) -> tuple[Drawn, ...]:
        """The sites of a group."""
        return tuple(one for one in self.drawn if one.group == group)


@dataclass(frozen=True, slots=True)
class Groups:
    """What pilot.csv says: the lot of each site, and what was planned."""

    lots: Mapping[str, Lot]
    stratum: Mapping[str, str]
    weeks: int
    smallest_fall: float
    planned: dt.date

    def of(self, group: Lot) -> tuple[str, ...]:
        """The sites of a group."""
        return tuple(sorted(site for site, lot in self.lots.items() if lot == group))


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is planned: so many sites and weeks. `a_week`: sessions a week by site, or one number for each; `has_sign`: sites that are passed over."""

    sites: int
    weeks: int
    per_1000: float
    a_week: Mapping[str, float] | float
    seed: int
    planned: dt.date
    spread: Spread = USUAL
    has_sign: frozenset[str] = field(default_factory=frozenset)


def plan_pilot(network: Network, wanted: Wanted) -> Pilot:
    """Draw the sites. Raises ChargesideError where there are too few, or what is asked makes no sense."""
    if wanted.sites < LEAST_SITES:
        raise ChargesideError(f"a pilot of {wanted.sites} sites shows nothing: take {LEAST_SITES} at least")
    if wanted.per_1000 <= 0 or wanted.weeks < 1:
        raise ChargesideError(
            "say how many calls per 1,000 sessions there are, and for how many weeks to count"
        )
    kinds = profiles(network)
    a_week = {
        site: wanted.a_week if isinstance(wanted.a_week, (int, float)) else wanted.a_week.get(site, 0.0)
        for site in kinds
        if site not in wanted.has_sign
    }
    open_ = sorted(
        (site for site, n in a_week.items() if n > 0), key=lambda site: _lot(wanted.seed, "site", site)
    )
    if len(open_) < wanted.sites:
        raise ChargesideError(
            f"{wanted.sites} sites are wanted and {len(open_)} can be drawn: sites in the feed, with sessions, without a sign so far; "
            "take fewer sites"
        )
    strata = _strata(open_[: wanted.sites], {site: kind_words(kinds[site]) for site in kinds}, a_week)
    lots = _draw(strata, wanted.seed)
    names = names_of(network)
    drawn = tuple(
        Drawn(site, names.get(site, ""), lots[site], stratum, a_week[site])
        for stratum, sites in sorted(strata.items())
        for site in sorted(sites)
    )
    falls = {weeks: _fall(drawn, weeks, wanted) for weeks in sorted({*SOME_WEEKS, wanted.weeks})}
    return Pilot(
        drawn, wanted.weeks, wanted.per_1000, wanted.spread, wanted.seed, wanted.planned, falls[wanted.weeks], tuple(falls.items())
    )  # fmt: skip


def _fall(drawn: Sequence[Drawn], weeks: int, wanted: Wanted) -> float:
    signs = [one.a_week for one in drawn if one.group == "sign"]
    control = [one.a_week for one in drawn if one.group == "control"]
    return planned_fall(signs, control, weeks, wanted.per_1000, wanted.spread)


def _lot(seed: int, what: str, name: str) -> bytes:
    return hashlib.sha256(f"{seed}:{what}:{name}".encode()).digest()


def _strata(
    sites: Sequence[str], kind: Mapping[str, str], a_week: Mapping[str, float]
) -> dict[str, list[str]]:
    """Sites of a kind in thirds by sessions, where there are enough for that; kinds of one site together."""
    by_kind: dict[str, list[str]] = defaultdict(list)
    for site in sites:
        by_kind[kind[site]].append(site)
    made: dict[str, list[str]] = defaultdict(list)
    for name, found in by_kind.items():
        found.sort(key=lambda site: (a_week[site], site))
        parts = min(3, len(found) // 4) or 1
        for at, site in enumerate(found):
            third = ("quiet", "middle", "busy")[
                at * parts // len(found) if parts == 3 else 2 * (at * parts // len(found))
            ]
            stratum = f"{name}, {third}" if parts > 1 else name
            made[stratum if len(found) > 1 else "others"].append(site)
    return dict(made)


def _draw(strata: Mapping[str, Sequence[str]], seed: int) -> dict[str, Lot]:
    """Half of each stratum; of strata with an odd number the one left over goes to each group in turn."""
    lots: dict[str, Lot] = {}
    turn = _lot(seed, "turn", "")[0] % 2
    for _stratum, sites in sorted(strata.items()):
        order = sorted(sites, key=lambda site: _lot(seed, "group", site))
        for at, site in enumerate(order):
            lots[site] = _LOT[(at + turn) % 2]  # type: ignore[assignment]
        turn = (turn + len(order)) % 2
    return lots


# ── pilot.csv ────────────────────────────────────────────────────────────────────────────────────────────────────────


def pilot_csv(pilot: Pilot) -> bytes:
    """The plan as a table; the report reads it again."""
    fall = f"{pilot.smallest_fall:.4f}"
    rows = (
        (one.site, one.name, one.group, one.stratum, pilot.weeks, fall, pilot.planned.isoformat(), pilot.seed)
        for one in pilot.drawn
    )
    return csv_text(COLUMNS, rows).encode()


def read_pilot(path: Path, findings: Findings) -> Groups | None:
    """The groups of a pilot. None, with a finding, where the file cannot be used: a lot that was mended by hand is none."""
    if not os.path.lexists(path):
        findings.add("F101", str(path), None, "no such file", "name the file that --plan-pilot wrote")
        return None
    rows = read_csv(path, str(path), findings, COLUMNS, by_people=True)
    if not rows:
        return None
    lots: dict[str, Lot] = {}
    strata: dict[str, str] = {}
    for row in rows:
        site, group = row.values["site"], row.values["group"]
        if group not in _LOT or site in lots:
            message = (
                f'"{site}" stands twice' if site in lots else f'group "{group}" is neither sign nor control'
            )
            findings.add("F104", str(path), row.line, message, "restore pilot.csv as --plan-pilot wrote it")
            return None
        lots[site] = "sign" if group == "sign" else "control"
        strata[site] = row.values["stratum"]
    try:
        first = rows[0].values
        weeks, fall = int(first["weeks"]), float(first["smallest_fall"].replace(",", "."))
        planned = dt.date.fromisoformat(first["planned"])
        if weeks < 1 or not 0 < fall <= 1:
            raise ValueError
    except ValueError:
        message = "weeks, smallest_fall or planned is not as it was written"
        findings.add("F104", str(path), rows[0].line, message, "restore pilot.csv as --plan-pilot wrote it")
        return None
    return Groups(lots, strata, weeks, fall, planned)


# ── In words ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def pilot_words(pilot: Pilot) -> list[str]:
    """The plan in lines for a terminal."""
    signs, control = pilot.of("sign"), pilot.of("control")
    strata = len({one.stratum for one in pilot.drawn})
    a_week = sum(one.a_week for one in pilot.drawn) / len(pilot.drawn)
    told = (
        "as your files tell"
        if pilot.spread.measured
        else "assumed: give --calls and --sessions to measure it"
    )
    return [
        f"{len(signs)} sites get signs, {len(control)} get none: drawn by lot in {strata} strata, seed {pilot.seed}",
        f"{a_week:,.0f} sessions a site and week, {pilot.per_1000:g} calls per 1,000",
        f"rates of sites differ by {pilot.spread.between:.0%} of their mean, a site's own changes by {pilot.spread.drift:.0%} ({told})",
        f"after {pilot.weeks} weeks with signs, held against as many before, {_shown(pilot.smallest_fall)}",
        "",
        "weeks  smallest fall that shows (in 4 of 5 such pilots, at 5 %)",
        *(f"{weeks:5}  {fall:.0%}" if fall < 1 else f"{weeks:5}  none" for weeks, fall in pilot.falls),
        "",
        "Hang no sign at the others until the end, and note what is printed: placards --record.",
        "Later: chargeside report … --calls CSV --sessions CSV --pilot pilot.csv. It claims no fall smaller than the planned one.",
    ]


def _shown(fall: float) -> str:
    return (
        "no fall can be shown: take more sites or weeks"
        if fall >= 1
        else f"the smallest fall in calls that shows is {fall:.0%}"
    )
