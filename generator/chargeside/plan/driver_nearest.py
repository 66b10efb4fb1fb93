"""Nearest neighbours on the globe, in near-linear time: a k-d tree over points on the unit sphere.

A tree and not a grid of equal cells: charging sites crowd in towns and are rare between them, and a tree needs no cell size.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

EARTH_RADIUS_M = 6_371_009.0
_LEAF = 12

Point3 = tuple[float, float, float]


def on_sphere(latitude: float, longitude: float) -> Point3:
    """A place in degrees (WGS 84) as a point on the unit sphere."""
    lat, lon = math.radians(latitude), math.radians(longitude)
    return math.cos(lat) * math.cos(lon), math.cos(lat) * math.sin(lon), math.sin(lat)


def metres(squared_chord: float) -> float:
    """Distance along the ground in metres, from the squared straight line between two points on the unit sphere."""
    return 2 * EARTH_RADIUS_M * math.asin(min(1.0, math.sqrt(squared_chord) / 2))


@dataclass(frozen=True, slots=True)
class _Leaf:
    items: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Split:
    axis: int
    at: float
    low: _Split | _Leaf
    high: _Split | _Leaf


class Nearest:
    """Finds the places nearest to a point. Items are indexes into `points`."""

    def __init__(self, points: Sequence[Point3]) -> None:
        self._points = points
        self._root = self._build(list(range(len(points))))

    def _build(self, items: list[int]) -> _Split | _Leaf:
        if len(items) <= _LEAF:
            return _Leaf(tuple(items))
        points = self._points
        spread = [max(points[i][a] for i in items) - min(points[i][a] for i in items) for a in range(3)]
        axis = spread.index(max(spread))
        if spread[axis] == 0:  # all in one place: nothing to split
            return _Leaf(tuple(items))
        items.sort(key=lambda i: (points[i][axis], i))
        middle = len(items) // 2
        return _Split(
            axis, points[items[middle]][axis], self._build(items[:middle]), self._build(items[middle:])
        )

    def find(self, where: Point3, count: int, wanted: Callable[[int], bool]) -> list[tuple[float, int]]:
        """Up to `count` items that are `wanted`, nearest first, each with its squared chord; equal ones by index."""
        best: list[tuple[float, int]] = []  # a heap with the worst on top: both numbers negative
        self._search(self._root, where, count, wanted, best)
        return sorted((-squared, -item) for squared, item in best)

    def _search(
        self,
        node: _Split | _Leaf,
        where: Point3,
        count: int,
        wanted: Callable[[int], bool],
        best: list[tuple[float, int]],
    ) -> None:
        while isinstance(node, _Split):
            gap = where[node.axis] - node.at
            near, far = (node.low, node.high) if gap < 0 else (node.high, node.low)
            self._search(near, where, count, wanted, best)
            if len(best) == count and gap * gap > -best[0][0]:
                return
            node = far
        x, y, z = where
        for item in node.items:
            px, py, pz = self._points[item]
            squared = (px - x) ** 2 + (py - y) ** 2 + (pz - z) ** 2
            entry = (-squared, -item)
            if len(best) < count:
                if wanted(item):
                    heapq.heappush(best, entry)
            elif entry > best[0] and wanted(item):
                heapq.heapreplace(best, entry)
