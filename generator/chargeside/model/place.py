"""Distances between places that are near each other."""

from __future__ import annotations

import math

_METRES_PER_DEGREE = 111_195
"""Along a meridian of a sphere of the earth's mean radius, 6,371,009 m."""

Place = tuple[float, float]
"""Latitude and longitude in degrees (WGS 84)."""


def metres_between(one: Place, other: Place) -> float:
    """Distance in metres, as on a flat map: good within some tens of kilometres, and never small for what is far."""
    north = (one[0] - other[0]) * _METRES_PER_DEGREE
    turn = (one[1] - other[1] + 180) % 360 - 180
    return math.hypot(north, turn * _METRES_PER_DEGREE * math.cos(math.radians((one[0] + other[0]) / 2)))
