"""The order in which people work through signs: by country, town and site, and at a site by the number on the charger."""

from __future__ import annotations

import re
from dataclasses import dataclass

from chargeside.model.network import LedgerLine, Network
from chargeside.model.ocpi import Location
from chargeside.plan.driver_views import plain
from chargeside.plan.placard_words import street_of

_LEDGER_LIMIT = 120
Natural = tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True, order=True)
class SiteOf:
    """Where a sign hangs, in the order of work. `ident` tells sites of one name apart."""

    country: str
    town: str
    name: str
    ident: str
    address: str


def site_of(location: Location) -> SiteOf:
    """The site of a Location."""
    ident = f"{location.country_code}*{location.party_id}*{location.id}"
    return SiteOf(
        location.country, plain(location.city), plain(location.title), plain(ident), street_of(location)
    )


def site_of_code(network: Network, code: str, line: LedgerLine | None) -> SiteOf:
    """The site of a code's station, also where no feed has it; where only the ledger knows it, as that says. Last of all those
    that have none."""
    station = network.station_by_code.get(code) or network.last_seen.get(code)
    if station is not None:
        return site_of(station.location)
    name = plain(line.name, _LEDGER_LIMIT) if line is not None else ""
    return SiteOf("~", "", name, "", "")


def natural(text: str) -> Natural:
    """For sorting as people count: 2A before 10A."""
    return tuple(
        (int(part), "") if part.isdecimal() else (0, part.casefold())
        for part in re.findall(r"[0-9]+|[^0-9]+", text)
    )
