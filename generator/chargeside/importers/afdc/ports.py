"""The EVSEs of a station of the AFDC, from its numbers of ports and its connector types."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from chargeside.importers.common import Place
from chargeside.importers.mapping import Capability, ParkingType, Plug, PowerType, Strict, mapping
from chargeside.load.ocpi_values import number

MAX_PORTS = 1_000
"""More ports of one level than any station has."""

Level = Literal["L1", "L2", "DC"]
Row = Mapping[str, str]
Port = tuple[str, list[Mapping[str, str]]]
"""Name of an EVSE, and the fields of each of its connectors."""


class _Level(Strict):
    columns: tuple[str, ...]
    power_type: PowerType


class _Type(Plug):
    levels: tuple[Level, ...]


class _Card(Strict):
    brand: str | None = None
    capability: Capability


class _Mapping(Strict):
    """tables/afdc.yml."""

    levels: Mapping[Level, _Level]
    types: Mapping[str, _Type]
    cards: Mapping[str, _Card]
    no_network: frozenset[str]
    parking: Mapping[str, ParkingType]


TABLE = mapping("afdc", _Mapping)


def ports_of(row: Row, place: Place) -> list[Port]:
    """Name and connectors of each EVSE, with what is wrong noted at `place`."""
    counts = {level: count for level in TABLE.levels if (count := _count(row, level, place))}
    types = list(dict.fromkeys(row.get("ev_connector_types", "").upper().split()))
    of_level, loose = _by_level(types, list(counts))
    ports: list[Port] = []
    for level, count in counts.items():
        current = {"power_type": TABLE.levels[level].power_type}
        plugs: list[Mapping[str, str]] = [{**current, **_fields(name)} for name in of_level[level]]
        if not plugs:
            place.note("no_type")
            plugs = [current]
        if len(plugs) > 1 and count > 1:
            place.note("shared")
            ports += [(f"{level}-{name}", [plug]) for name, plug in zip(of_level[level], plugs, strict=True)]
        else:
            ports += [(f"{level}-{index + 1}", list(plugs)) for index in range(count)]
    for name in types:
        if name not in TABLE.types:
            place.note("type", name)
    for name in loose:
        place.note("loose", name)
        ports.append((name, [_fields(name)]))
    if not ports:
        place.note("no_port")
        ports.append(("1", [{}]))
    return ports


def _count(row: Row, level: Level, place: Place) -> int:
    text = next((row[name] for name in TABLE.levels[level].columns if name in row), "")
    count = number(text) if text else 0.0
    if count is None or not 0 <= count <= MAX_PORTS or count != int(count):
        place.note("ports", text)
        return 0
    return int(count)


def _by_level(types: Sequence[str], levels: Sequence[Level]) -> tuple[dict[Level, list[str]], list[str]]:
    """The connector types of each level, and those that cannot be told."""
    of_level: dict[Level, list[str]] = {level: [] for level in levels}
    several: list[tuple[str, list[Level]]] = []
    loose: list[str] = []
    for name in types:
        # A type that nobody knows fits anywhere.
        known = TABLE.types.get(name)
        fitting = [level for level in levels if known is None or level in known.levels]
        if len(fitting) == 1:
            of_level[fitting[0]].append(name)
        elif fitting:
            several.append((name, fitting))
        else:
            loose.append(name)
    bare = {level for level in levels if not of_level[level]}
    for name, fitting in several:
        empty = [level for level in fitting if level in bare]
        for level in empty:
            of_level[level].append(name)
        if not empty:
            loose.append(name)
    return of_level, loose


def _fields(name: str) -> Mapping[str, str]:
    known = TABLE.types.get(name)
    return known.fields if known else {"standard": name}
