"""What of an operator's site a log is read against: hosts, base paths, codes and the kinds of chargers behind them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from chargeside.model.kinds import kind_of
from chargeside.model.operator import Operator

if TYPE_CHECKING:  # what a log is read against is known long before all chargers are
    from chargeside.model.network import Network


@dataclass(frozen=True, slots=True)
class Site:
    """Where drivers' pages answer. `hosts`: in small letters, with the port where one is named. `bases`: paths that the site stands under,
    the longest first, each with both slashes. `kinds`: by code, the kind of charger (`kind_of`); every code
    that was ever issued is there, with '' where nothing is known."""

    hosts: frozenset[str]
    bases: tuple[str, ...]
    kinds: Mapping[str, str] = field(default_factory=dict, hash=False)


def site_of(
    operator: Operator, more_hosts: Iterable[str] = (), kinds: Mapping[str, str] = MappingProxyType({})
) -> Site:
    """The site of an operator; `more_hosts` also stand for it (a test server, a host behind a CDN)."""
    urls = [urlsplit(url) for url in (operator.site_url, *operator.former_site_urls)]
    hosts = {url.netloc.lower() for url in urls} | {host.lower() for host in more_hosts}
    bases = {f"/{path}/" if (path := url.path.strip("/")) else "/" for url in urls}
    return Site(frozenset(hosts), tuple(sorted(bases, key=lambda base: (-len(base), base))), kinds)


def kinds_of(network: Network) -> Mapping[str, str]:
    """By code, the kind of each charger that was ever known."""
    stations = {**network.last_seen, **network.station_by_code}
    return {
        line.code: kind_of(stations[line.code].facts) if line.code in stations else ""
        for line in network.ledger
    }
