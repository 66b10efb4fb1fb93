"""Files of calls and sessions from end to end: what `report --calls` and `report --plan-pilot` do beside logs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from chargeside.errors import ChargesideError, ContentError
from chargeside.findings import Findings
from chargeside.load.signs import PrintedSign
from chargeside.model.network import Network
from chargeside.reporting.calling import CallFigures
from chargeside.reporting.calls_compare import printed_by_site
from chargeside.reporting.calls_figuring import (
    Asked,
    call_figures,
    calls_per_1000,
    sessions_a_week,
    spread_so_far,
)
from chargeside.reporting.calls_read import Calls, Sessions, read_calls, read_sessions
from chargeside.reporting.figuring import zone_of
from chargeside.reporting.pilot import USUAL, Pilot, Wanted, plan_pilot, read_pilot


@dataclass(frozen=True, slots=True)
class Files:
    """What was given. `operator`: folder; `cost` of one call in `currency`; `pilot`: the file of a plan."""

    operator: Path
    calls: Path
    sessions: Path
    pilot: Path | None = None
    cost: Decimal | None = None
    currency: str = "EUR"


def figures_of_calls(
    files: Files,
    network: Network,
    printed: Sequence[PrintedSign],
    today: dt.date,
    lang: str,
    findings: Findings,
) -> CallFigures:
    """What calls and sessions say; what was odd about the files is in `findings`. Raises ContentError where a file cannot be used."""
    calls, sessions = _read(files.calls, files.sessions, files.operator, network, today, findings)
    groups = read_pilot(files.pilot, findings) if files.pilot else None
    if findings.errors:
        raise ContentError(findings.sorted())
    asked = Asked(lang, files.cost, files.currency, groups)
    return call_figures(calls, sessions, network, printed, asked)


def _read(
    calls: Path, sessions: Path, operator: Path, network: Network, today: dt.date, findings: Findings
) -> tuple[Calls, Sessions]:
    zone = zone_of(network)
    return (
        read_calls(calls, network, findings, folder=operator, zone=zone, latest=today),
        read_sessions(sessions, network, findings, zone=zone, latest=today),
    )


@dataclass(frozen=True, slots=True)
class PilotAsked:
    """What `--plan-pilot` was given. Of `sessions` (a file) and `a_week` (for each site) one is needed; without `calls` (a file) `per_1000` is."""

    operator: Path
    sites: int
    weeks: int
    seed: int
    sessions: Path | None = None
    a_week: float | None = None
    calls: Path | None = None
    per_1000: float | None = None


def planned(
    asked: PilotAsked, network: Network, printed: Sequence[PrintedSign], today: dt.date, findings: Findings
) -> Pilot:
    """A pilot. Raises ChargesideError where something is lacking, ContentError where a file cannot be used."""
    spread, per_1000 = USUAL, asked.per_1000
    a_week: dict[str, float] | float | None = asked.a_week
    if asked.sessions is not None:
        zone = zone_of(network)
        sessions = read_sessions(asked.sessions, network, findings, zone=zone, latest=today)
        a_week = dict(sessions_a_week(sessions))
        if asked.calls is not None:
            calls = read_calls(asked.calls, network, findings, folder=asked.operator, zone=zone, latest=today)
            spread = spread_so_far(calls, sessions) or USUAL
            per_1000 = per_1000 or calls_per_1000(calls, sessions)
    if findings.errors:
        raise ContentError(findings.sorted())
    if a_week is None:
        raise ChargesideError("say how busy sites are: --sessions FILE, or --sessions-per-site-week 60")
    if per_1000 is None:
        raise ChargesideError(
            "say how often drivers call: --calls FILE (with --sessions), or --calls-per-1000 8"
        )
    has_sign = frozenset(printed_by_site(network, printed))
    return plan_pilot(
        network,
        Wanted(asked.sites, asked.weeks, per_1000, a_week, asked.seed, today, spread, has_sign),
    )
