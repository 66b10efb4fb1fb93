"""Issues codes: a station without one gets one, for ever. Pure: gives new ledger lines and writes nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from chargeside.model.codes import new_code
from chargeside.model.network import LedgerLine, Network, Station
from chargeside.model.operator import Operator


def issue_codes(
    stations: Iterable[Station],
    ledger: Iterable[LedgerLine],
    operator: Operator,
    today: str,
    held: Collection[str] = (),
) -> tuple[LedgerLine, ...]:
    """All lines of the ledger, with new ones for stations that have no code, and names and places brought up to date.

    `today`: ISO date for new lines. A code that was ever issued, in whatever status, is never given again. A reserved code goes
    to the station that claims it; a code that this station had before then leads to it. Nothing changes for stations `held` (by
    key).
    """
    lines = {line.code: line for line in ledger}
    by_station = {line.station: line for line in lines.values() if line.status == "active"}
    for station in sorted(stations, key=lambda station: station.key):
        if station.key in held:
            continue
        line = by_station.get(station.key)
        claimed = lines.get(station.claim)
        if claimed is not None and claimed.status == "reserved":
            if line is not None:
                lines[line.code] = replace(line, status="moved", moved_to=claimed.code)
            line = replace(claimed, status="active")
        elif line is None:
            line = new_line(new_code(station.key, lines), station.key, operator, today)
        by_station[station.key] = lines[line.code] = at_station(line, station)
    return tuple(sorted(lines.values(), key=lambda line: line.code))


def at_station(line: LedgerLine, station: Station) -> LedgerLine:
    """The line with the station's key, name and place."""
    lat, lon = (f"{value:.6f}" for value in station.coordinates) if station.coordinates else ("", "")
    return replace(line, station=station.key, name=" ".join(station.name.split()), lat=lat, lon=lon)


def new_line(code: str, key: str, operator: Operator, today: str) -> LedgerLine:
    """The line of a code that is issued today."""
    return LedgerLine(code, key, "active", "", today, f"{operator.site_url}{code}/", "", "", "")


def held_back(network: Network) -> frozenset[str]:
    """Keys of stations without a code of which somebody has to say first whose code is theirs: their EVSEs had one in another
    grouping (rule L407), or their ids were another charger's (rule L411)."""
    without = {station.key for station in network.stations if not station.code}
    regrouped = {key for keys in network.regrouped.values() for key in keys}
    return frozenset(without & (regrouped | set(network.reused.values())))
