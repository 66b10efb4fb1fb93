"""Which other chargers a driver can go to: those of the same site, and the nearest sites with the same plugs."""

from __future__ import annotations

from collections.abc import Sequence

from chargeside.model.network import Station
from chargeside.plan.driver_nearest import Nearest, Point3, metres, on_sphere

HERE = 6
"""How many other chargers of the same site a page names."""
NEAR = 3
"""How many other sites a page names."""

SiteKey = tuple[str, str, str]
ANY = ""
"""Stands for any plug."""


class Neighbours:
    """Neighbours of all stations. Works by site, not by station: the chargers of a site have the same other sites near."""

    def __init__(self, stations: Sequence[Station]) -> None:
        self._sites: dict[SiteKey, list[Station]] = {}
        for station in stations:
            self._sites.setdefault(_key(station), []).append(station)
        self._points: dict[SiteKey, Point3] = {}
        for key, members in self._sites.items():
            places = [place for place in (station.coordinates for station in members) if place]
            if places:
                self._points[key] = on_sphere(*places[0])
        self._trees: dict[str, tuple[Nearest, list[SiteKey]]] = {}
        self._near: dict[tuple[SiteKey, tuple[str, ...]], list[tuple[Station, tuple[str, ...], float]]] = {}

    def of(self, station: Station) -> tuple[list[Station], list[tuple[Station, tuple[str, ...], float]]]:
        """Other chargers of the same site; and at other sites one charger for each plug, with the plugs both have and
        the distance in metres, nearest first."""
        key = _key(station)
        kinds = _kinds(station)
        others = [other for other in self._sites.get(key, ()) if other.code != station.code]
        # Those with a plug in common first: sorting keeps the order of codes within.
        here = sorted(others, key=lambda other: not kinds & _kinds(other))[:HERE]
        point = self._points.get(key) or (on_sphere(*station.coordinates) if station.coordinates else None)
        if point is None:
            return here, []
        wanted = tuple(sorted(kinds)) or (ANY,)
        if (key, wanted) not in self._near:
            self._near[key, wanted] = self._search(key, point, wanted)
        return here, self._near[key, wanted]

    def around(self, place: tuple[float, float] | None) -> list[tuple[Station, float]]:
        """Chargers of the sites nearest to a place (latitude, longitude), with the distance in metres."""
        if place is None or not self._points:
            return []
        tree, keys = self._tree(ANY)
        found = tree.find(on_sphere(*place), NEAR, lambda _: True)
        return [(self._sites[keys[item]][0], metres(squared)) for squared, item in found]

    def _search(
        self, key: SiteKey, point: Point3, kinds: tuple[str, ...]
    ) -> list[tuple[Station, tuple[str, ...], float]]:
        found: dict[str, tuple[Station, list[str], float]] = {}
        for kind in kinds:
            tree, keys = self._tree(kind)
            for squared, item in tree.find(point, 1, lambda item, keys=keys: keys[item] != key):  # type: ignore[misc]
                station = next(s for s in self._sites[keys[item]] if kind == ANY or kind in _kinds(s))
                found.setdefault(station.code, (station, [], metres(squared)))[1].append(kind)
        ordered = sorted(found.values(), key=lambda entry: (entry[2], entry[0].code))
        return [
            (station, tuple(k for k in both if k != ANY), distance)
            for station, both, distance in ordered[:NEAR]
        ]

    def _tree(self, kind: str) -> tuple[Nearest, list[SiteKey]]:
        if kind not in self._trees:
            keys = [k for k in self._points if kind == ANY or any(kind in _kinds(s) for s in self._sites[k])]
            self._trees[kind] = Nearest([self._points[k] for k in keys]), keys
        return self._trees[kind]


def _key(station: Station) -> SiteKey:
    location = station.location
    return location.country_code, location.party_id, location.id


def _kinds(station: Station) -> frozenset[str]:
    return frozenset(connector.kind for connector in station.connectors if connector.kind)
