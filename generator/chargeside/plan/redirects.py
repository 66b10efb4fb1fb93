"""Plans the files that keep former addresses answering: of this site (`former_site_urls`), and of other systems (adopted.csv)."""

from __future__ import annotations

import re
from collections.abc import Collection, Hashable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from chargeside.model.address import parse_address
from chargeside.model.network import Network

_FIXED = frozenset((
    "g", "s", "ok", "call", "fake", "privacy", "imprint", "accessibility", "desk",
    "photos", "redirects", "index.html", "404.html", "assets", "search", "sw.js", "robots.txt",
    "sitemap.xml", "sitemap.xml.gz", "_headers", "_redirects", "nginx-redirects.map", "caddy-redirects",
))  # fmt: skip
_PLAIN = re.compile(r"(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+")
"""Paths that can be files of a file host."""


@dataclass(frozen=True, slots=True)
class Former:
    """An address that this site had. `nested`: the site of today lies below it, so that not all below it is former."""

    host: str
    base: str
    nested: bool


@dataclass(frozen=True, slots=True)
class Lead:
    """An address of another system, and the address it leads to. `target`: path and query; `own`: it is below today's site."""

    host: str
    target: str
    to: str
    own: bool


@dataclass(frozen=True, slots=True)
class Redirects:
    """All that former addresses lead to; the longest former site first."""

    site_url: str
    formers: tuple[Former, ...]
    leads: tuple[Lead, ...]
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stub:
    """A page that leads elsewhere, for hosts that know no other way."""

    to: str


@dataclass(frozen=True, slots=True)
class FormerHost:
    """What the file host of a former address must be told."""

    site_url: str
    formers: tuple[Former, ...]


def own_names(library: Iterable[str]) -> frozenset[str]:
    """First parts, in small letters, of all addresses below the site that are pages of its own. `library`: its paths."""
    return _FIXED | {path.partition("/")[0].casefold() for path in library}


def redirect_files(
    network: Network, library: Collection[str], taken: Collection[str]
) -> Iterator[tuple[str, str, Hashable]]:
    """Path below the site, kind and payload of each file. `taken`: files of the site (`site/…`) that no stub may replace."""
    site = network.operator.site_url
    formers = tuple(
        Former(parts.netloc, parts.path, site.startswith(url))
        for url in sorted(network.operator.former_site_urls, key=lambda url: (-len(url), url))
        if url != site and (parts := urlsplit(url))
    )
    leads = []
    for one in network.adopted:
        address = parse_address(one.address)
        own = f"{address}/".startswith(site)
        leads.append(Lead(address.host, address.target, f"{site}{one.code}/", own))
    redirects = Redirects(site, formers, tuple(leads), tuple(sorted(own_names(library))))
    yield "_redirects", "redirects.static", redirects
    yield "nginx-redirects.map", "redirects.nginx", redirects
    yield "caddy-redirects", "redirects.caddy", redirects
    for host in dict.fromkeys(former.host for former in formers):
        those = tuple(former for former in formers if former.host == host)
        yield f"redirects/{host}/s3-website.json", "redirects.s3", FormerHost(site, those)
    yield from _stubs(redirects, taken)


def _stubs(redirects: Redirects, taken: Collection[str]) -> Iterator[tuple[str, str, Hashable]]:
    """Pages at adopted addresses: in their place where they are below this site, else in a folder to copy to their host."""
    base = urlsplit(redirects.site_url).path
    stubs: dict[str, Stub] = {}
    for lead in redirects.leads:
        if _PLAIN.fullmatch(lead.target):
            path = lead.target.removeprefix(base) if lead.own else f"redirects/{lead.host}{lead.target}"
            file = path if path.casefold().endswith((".html", ".htm")) else f"{path}/index.html"
            stubs[file] = Stub(lead.to)
    folders = {str(folder) for path in (*stubs, *taken) for folder in PurePosixPath(path).parents}
    for path, stub in stubs.items():
        if f"site/{path}" not in taken and not folders & {path, f"site/{path}"}:
            yield path, "redirects.stub", stub
