"""The order in which signs are printed, so that the pile is in the order in which somebody walks."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable

from chargeside.model.network import Network
from chargeside.plan.placards import Placard
from chargeside.plan.sites import SiteOf, natural, site_of_code

_NONE = (1, ())
"""Sorts after every level or bay that has a name."""


def walking_order(network: Network, placards: Iterable[Placard]) -> list[tuple[SiteOf, Placard]]:
    """Signs with their sites: by site; there its poster, then by level, bay and number on the hardware; then by design as operator.yml
    has them, size and connector."""
    lines = {line.code: line for line in network.ledger}
    specs = network.operator.placards
    designs = {asked.design: place for place, asked in reversed(list(enumerate(specs)))}
    sites: dict[str, SiteOf] = {}

    def key(one: tuple[SiteOf, Placard]) -> tuple[Hashable, ...]:
        site, placard = one
        number = natural(placard.numbers[0].text) if placard.numbers else ()
        place = (not placard.rows, *place_key(network, placard.code), number, placard.code)
        return (
            site,
            place,
            designs.get(placard.design, len(designs)),
            placard.size,
            natural(placard.connector),
            placard.path,
        )

    def with_site(placard: Placard) -> tuple[SiteOf, Placard]:
        code = placard.code
        if code not in sites:
            sites[code] = site_of_code(network, code, lines.get(code))
        return sites[code], placard

    return sorted(map(with_site, placards), key=key)


def place_key(network: Network, code: str) -> tuple[Hashable, Hashable]:
    """Level and bay of a station, as somebody walks past them: from the lowest level up."""
    station = network.station_by_code.get(code)
    points = station.points if station else ()
    levels = [point.evse.floor_level for point in points if point.evse.floor_level]
    bays = [point.evse.bay for point in points if point.evse.bay]
    return (_level(levels[0]) if levels else _NONE, (0, natural(bays[0])) if bays else _NONE)


def _level(text: str) -> tuple[int, Hashable]:
    """-2 comes before -1, and what is no number after those."""
    if re.fullmatch(r"[+\-−]?[0-9]{1,4}", text.strip()):
        return 0, (0, int(text.strip().replace("−", "-")), ())
    return 0, (1, 0, natural(text))
