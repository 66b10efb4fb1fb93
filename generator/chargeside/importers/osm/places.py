"""Where an element of OpenStreetMap lies: a point, or the middle of the box around a shape (GeoJSON and Overpass JSON)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from chargeside.importers.common import coordinates
from chargeside.load.ocpi_values import number

Points = Mapping[int, tuple[float, float]]
"""Latitude and longitude (degrees) of nodes by id."""


def point_of(element: object) -> tuple[int, tuple[float, float]] | None:
    """Id and place of a node of Overpass, for ways that come without a centre."""
    if not isinstance(element, dict) or element.get("type") != "node":
        return None
    known, north, east = element.get("id"), number(element.get("lat")), number(element.get("lon"))
    if not isinstance(known, int) or north is None or east is None:
        return None
    return known, (north, east)


def lies_at_nodes(element: object) -> bool:
    """Whether only nodes, which may stand behind it, tell where an element of Overpass lies."""
    return (
        isinstance(element, dict)
        and isinstance(element.get("nodes"), list)
        and not element.get("center")
        and not element.get("geometry")
    )


def place_of(element: Mapping[str, Any], points: Points) -> dict[str, str] | None:
    """Coordinates of an element as OCPI writes them; None when it has none that are usable."""
    geometry = element.get("geometry")
    if element.get("type") == "Feature":
        return _middle(_positions(geometry.get("coordinates") if isinstance(geometry, dict) else None))
    centre = element.get("center")
    for place in (element, centre if isinstance(centre, dict) else {}):
        if found := coordinates(place.get("lat"), place.get("lon")):
            return found
    corners = (
        [point for point in geometry or () if isinstance(point, dict)] if isinstance(geometry, list) else []
    )
    pairs = [(number(point.get("lat")), number(point.get("lon"))) for point in corners]
    nodes = element.get("nodes")
    known = (
        [points[node] for node in nodes if isinstance(node, int) and node in points]
        if isinstance(nodes, list)
        else []
    )
    bounds = element.get("bounds")
    box = bounds if isinstance(bounds, dict) else {}
    boxed = [(number(box.get(f"{end}lat")), number(box.get(f"{end}lon"))) for end in ("min", "max")]
    given = next((some for some in (pairs, known, boxed) if some), [])
    return _middle([(n, e) for n, e in given if n is not None and e is not None])


def _positions(raw: object) -> list[tuple[float, float]]:
    """Latitude and longitude of all positions of a GeoJSON geometry, however deep its lists."""
    found: list[tuple[float, float]] = []
    waiting = [raw]
    while waiting:
        value = waiting.pop()
        if not isinstance(value, list):
            continue
        east, north = (number(part) for part in value[:2]) if len(value) >= 2 else (None, None)
        if east is not None and north is not None:
            found.append((north, east))
        else:
            waiting.extend(value)
    return found


def _middle(places: Sequence[tuple[float, float]]) -> dict[str, str] | None:
    if not places:
        return None
    norths, easts = zip(*places, strict=True)
    return coordinates((min(norths) + max(norths)) / 2, (min(easts) + max(easts)) / 2)
