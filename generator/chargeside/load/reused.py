"""Ids that a back end gave to other chargers: the key is in a feed, but the charger that it names stands elsewhere now.

New back ends like to count from 1 again. Without this look every code would silently lead to whichever charger has its
old number.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from chargeside.model.network import LedgerLine, Station
from chargeside.model.place import Place, metres_between

FAR_M = 1_000.0
"""Coordinates that are corrected move by less (m)."""


def reused_ids(stations: Iterable[Station], active: Mapping[str, LedgerLine]) -> frozenset[str]:
    """Codes whose station stands more than FAR_M from where it stood in the last import, and has another name or left its place to
    somebody else. A charger that was only entered wrongly before keeps its name and leaves nobody behind."""
    places = [(station, station.coordinates) for station in stations]
    there = Counter(_cell(place) for _, place in places if place)
    found = set()
    for station, place in places:
        line = active.get(station.key)
        before = _place(line) if line else None
        if line is None or place is None or before is None or metres_between(place, before) <= FAR_M:
            continue
        if line.name != " ".join(station.name.split()) or there[_cell(before)]:
            found.add(line.code)
    return frozenset(found)


def _place(line: LedgerLine) -> Place | None:
    return (float(line.lat), float(line.lon)) if line.lat and line.lon else None


def _cell(place: Place) -> tuple[float, float]:
    """The place to some ten metres."""
    return round(place[0], 4), round(place[1], 4)
