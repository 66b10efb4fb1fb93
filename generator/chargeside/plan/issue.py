"""Issues codes: a station without one gets one, for ever. Pure: gives new ledger lines and writes nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from chargeside.model.codes import new_code
from chargeside.model.network import LedgerLine, Station
from chargeside.model.operator import Operator


def issue_codes(
    stations: Iterable[Station], ledger: Iterable[LedgerLine], operator: Operator, today: str
) -> tuple[LedgerLine, ...]:
    """All lines of the ledger, with new ones for stations that have no code, and names and places brought up to date.

    `today`: ISO date for new lines. A code that was ever issued, in whatever status, is never given again.
    """
    lines = {line.code: line for line in ledger}
    by_station = {line.station: line for line in lines.values() if line.status == "active"}
    for station in sorted(stations, key=lambda station: station.key):
        lat, lon = (f"{value:.6f}" for value in station.coordinates) if station.coordinates else ("", "")
        line = by_station.get(station.key)
        if line is None:
            code = new_code(station.key, lines)
            line = LedgerLine(
                code, station.key, "active", "", today, f"{operator.site_url}{code}/", "", "", ""
            )
        by_station[station.key] = lines[line.code] = replace(
            line, name=" ".join(station.name.split()), lat=lat, lon=lon
        )
    return tuple(sorted(lines.values(), key=lambda line: line.code))
