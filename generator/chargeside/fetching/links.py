"""Looks whether the links of guides still lead somewhere. Only when a person asks for it: nothing else follows a link of a guide.

Links are not trusted: only https on its own port, only hosts on the public internet, a few redirects held to the same, nothing
read but the answer's first line.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

import urllib3

from chargeside.findings import Findings
from chargeside.model.network import Content

_HREF = re.compile(r'href="(https://[^"]+)"')
_TIMEOUT = urllib3.Timeout(connect=6, read=8)
_REDIRECTS, _AT_ONCE = 5, 8
_GONE = (404, 410)

Resolve = Callable[[str], Iterable[str]]


@dataclass(frozen=True, slots=True, order=True)
class Link:
    """A link and where it stands."""

    url: str
    path: str
    line: int | None


def links_of(content: Content) -> tuple[Link, ...]:
    """All links in texts and sources of guides, sorted."""
    return tuple(sorted(set(_links(content)), key=lambda link: (link.url, link.path, link.line or 0)))


def _links(content: Content) -> Iterator[Link]:
    for problem in content.problems.values():
        for guide in problem.guides:
            for step in guide.steps:
                yield from (Link(url, guide.path, step.line) for url in _HREF.findall(step.html))
            around = _HREF.findall(guide.intro_html) + _HREF.findall(guide.call_html)
            yield from (Link(url, guide.path, guide.line) for url in around)
        yield from (
            Link(source, problem.path, None) for source in problem.sources if source.startswith("https://")
        )


def check_links(links: Iterable[Link], findings: Findings, resolve: Resolve | None = None) -> int:
    """Follow each address once and add a finding for each that leads nowhere; gives how many addresses were asked.

    `resolve` gives the addresses (IP) of a host, for tests.
    """
    places: dict[str, list[Link]] = {}
    for link in links:
        places.setdefault(link.url.partition("#")[0], []).append(link)
    with (
        urllib3.PoolManager(retries=False, timeout=_TIMEOUT, num_pools=_AT_ONCE) as pool,
        ThreadPoolExecutor(_AT_ONCE) as workers,
    ):
        results = workers.map(lambda url: trouble(url, pool, resolve or _resolve), places)
        for url, what in zip(places, results, strict=True):
            for link in places[url] if what else ():
                mend = "name where it stands now, or name the publisher and title without a link"
                findings.add("G550", link.path, link.line, f"{url} {what}", mend)
    return len(places)


def trouble(url: str, pool: urllib3.PoolManager, resolve: Resolve) -> str:
    """What is wrong with an address; empty for one that leads somewhere. A server that refuses us is not taken for gone."""
    for _ in range(_REDIRECTS + 1):
        if what := _refused(url, resolve):
            return what
        try:
            answer = pool.request("HEAD", url, redirect=False, preload_content=False)
            answer.release_conn()
        except urllib3.exceptions.HTTPError as error:
            return f"does not answer ({type(error).__name__})"
        if answer.status in _GONE:
            return f"is gone (HTTP {answer.status})"
        if answer.status not in (301, 302, 303, 307, 308):
            return ""
        url = urljoin(url, answer.headers.get("Location", ""))
    return "leads round in redirects"


def _refused(url: str, resolve: Resolve) -> str:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return "is no address"
    if parts.scheme != "https" or not host or parts.username is not None or port not in (None, 443):
        return "leads to what is no plain https address"
    try:
        found = [ipaddress.ip_address(address) for address in resolve(host)]
    except (OSError, UnicodeError, ValueError):
        return "has a host that nobody knows"
    return "" if found and all(address.is_global for address in found) else "leads into a private network"


def _resolve(host: str) -> list[str]:
    return sorted({str(info[4][0]) for info in socket.getaddrinfo(host, 443, proto=socket.IPPROTO_TCP)})
