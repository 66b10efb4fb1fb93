"""Which station somebody means: by its key, its code, an EVSE ID in any spelling, or a uid."""

from __future__ import annotations

from collections.abc import Iterable

from chargeside.load.ledger import where_to
from chargeside.model.evse_id import bare_evse_id
from chargeside.model.network import LedgerLine, Station


class StationIndex:
    """Finds the key of a station. A code may name one that is in no feed."""

    def __init__(self, stations: Iterable[Station], ledger: Iterable[LedgerLine]) -> None:
        self._names: dict[str, dict[str, None]] = {}
        lines = {line.code: line for line in ledger}
        for code in lines:
            end = where_to(code, lines)
            if end is not None and end.status == "active":
                self._add(code, end.station)
                self._add(end.station, end.station)
        for station in stations:
            self._add(station.key, station.key)
            for point in station.points:
                self._add(point.evse.uid, station.key)
                self._add(bare_evse_id(point.evse.evse_id or ""), station.key)

    def _add(self, name: str, key: str) -> None:
        if name:
            self._names.setdefault(name, {})[key] = None

    def find(self, text: str) -> tuple[str, ...]:
        """Keys of all stations that are called so."""
        return tuple(self._names.get(text) or self._names.get(bare_evse_id(text)) or ())
