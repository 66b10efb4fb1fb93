"""Walks a built site on disk: every link must lead to a file, every page must stand alone and within its budget."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

BUDGET = 14_600
"""Bytes of one first flight (RFC 6928: ten segments of 1,460 bytes)."""
OWN = ("/g/", "/s/", "/ok/", "/call/", "/fake/", "/desk/")
"""Folders of pages that the driver site makes."""


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.ids: set[str] = set()
        self.scripts = 0
        self.complete = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if "id" in values:
            self.ids.add(values["id"])
        if tag == "a" and "href" in values:
            self.links.append(values["href"])
        if tag == "script":
            self.scripts += 1
        if tag in ("img", "script", "iframe", "source", "video", "audio", "embed") and values.get("src"):
            self.loads.append(values["src"])
        if tag == "link" and values.get("rel") in ("stylesheet", "icon", "preload", "manifest"):
            self.loads.append(values["href"])
        if tag == "meta" and values.get("http-equiv", "").lower() == "refresh":
            self.links.append(values["content"].partition("url=")[2])

    def handle_endtag(self, tag: str) -> None:
        self.complete = self.complete or tag == "html"


def read_page(path: Path) -> _Page:
    page = _Page()
    page.feed(path.read_text(encoding="utf-8"))
    page.close()
    return page


def pages(site: Path) -> Iterator[tuple[str, Path]]:
    """Address from the root and file of every HTML page."""
    for path in sorted(site.rglob("*.html")):
        relative = path.relative_to(site).as_posix()
        yield "/" + relative.removesuffix("index.html"), path


def broken_links(site: Path, *, library: bool) -> list[str]:
    """Links, anchors and torn pages that do not hold. Without the library its addresses are not looked at."""
    read = {address: read_page(path) for address, path in pages(site)}
    ours = {address for address in read if address.split("/")[1].isdigit() or address.startswith(OWN)}
    wrong = [f"{address}: torn" for address, page in read.items() if not page.complete and address in ours]
    for address, page in read.items():
        if not library and address not in ours:
            continue
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = unquote(urlsplit(urljoin(address, link)).path)
            if not library and not target.startswith(OWN) and not target.strip("/")[:7].isdigit():
                continue
            if target in read:
                if parts.fragment and parts.fragment not in read[target].ids and address in ours:
                    wrong.append(f"{address}: no anchor {link}")
            elif not (site / target.lstrip("/")).is_file():
                wrong.append(f"{address}: {link}")
    return wrong


def driver_pages(site: Path) -> Iterator[tuple[str, Path]]:
    """Station and guide pages."""
    for address, path in pages(site):
        first = address.split("/")[1]
        if first == "g" or (len(first) == 7 and first.isdigit()):
            yield address, path


def gzipped(path: Path) -> int:
    """Bytes of a page as a web server sends it."""
    return len(gzip.compress(path.read_bytes(), 9))
