"""Codes whose EVSEs are still in a feed but make up another station now: joined in a cabinet, parted, `station_is` changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from chargeside.model.facts import merge
from chargeside.model.network import LedgerLine, Point, Station

_KINDS = ("evse", "cabinet", "reference")


def location_key(station: Station) -> str:
    """The part of a station's key that names its Location."""
    location = station.location
    return f"{location.country_code}*{location.party_id}*{location.id}"


def key_parts(key: str, known: Mapping[str, object]) -> tuple[str, str, str] | None:
    """A station's key as its Location's key, its kind (empty for a whole Location) and its name; None for a Location that is
    not `known`. Ids may hold a slash themselves."""
    if key in known:
        return key, "", ""
    for kind in _KINDS:
        base, found, name = key.partition(f"/{kind}/")
        if found and base in known:
            return base, kind, name
    return None


def regrouped(
    vanished: Iterable[LedgerLine], stations: Iterable[Station], last_seen: Mapping[str, Station]
) -> tuple[dict[str, tuple[str, ...]], dict[str, Station]]:
    """By code: keys of the stations that have its EVSEs now; and the station as it was, for its page.

    Of a cabinet nobody knows any more which EVSEs it had: then those of its site that have no code yet are named.
    """
    sites: dict[str, list[Station]] = {}
    for station in stations:
        sites.setdefault(location_key(station), []).append(station)
    now: dict[str, tuple[str, ...]] = {}
    pages: dict[str, Station] = {}
    for line in vanished:
        parts = None if line.code in last_seen else key_parts(line.station, sites)
        if parts is None:
            continue
        site = sites[parts[0]]
        holders: list[tuple[Station, tuple[Point, ...]]] = (
            [(station, ()) for station in site if not station.code]
            if parts[1] == "cabinet"
            else list(_holders(site, parts[1], parts[2]))
        )
        if holders:
            now[line.code] = tuple(station.key for station, _ in holders)
        points = tuple(point for _, those in holders for point in those)
        if points:
            pages[line.code] = replace(
                holders[0][0],
                key=line.station,
                code=line.code,
                number=_number(points),
                points=points,
                facts=merge(point.facts for point in points),
                claim="",
            )
    return now, pages


def _holders(site: Sequence[Station], kind: str, name: str) -> Iterator[tuple[Station, tuple[Point, ...]]]:
    for station in site:
        points = tuple(
            point
            for point in station.points
            if not kind
            or (kind == "evse" and point.evse.uid == name)
            or (kind == "reference" and point.evse.physical_reference == name)
        )
        if points:
            yield station, points


def _number(points: Iterable[Point]) -> str | None:
    numbers = dict.fromkeys(point.number for point in points if point.number)
    return " | ".join(numbers) if 1 <= len(numbers) <= 2 else None
