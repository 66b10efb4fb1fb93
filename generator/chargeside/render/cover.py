"""The cover of a print run: what is in it, and what the print shop has to do. Two pages, so that the first sign is a front."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from hashlib import blake2b

import weasyprint
from jinja2 import Template
from weasyprint.urls import URLFetcher

from chargeside.render.html import environment
from chargeside.render.press import Leaf, Plate

MOST_SITES = 24
_ROOMY_MM = 140.0  # a page at least as wide has the margins and letters of a letter


@dataclass(frozen=True, slots=True)
class Kind:
    """Signs of a design, size and languages."""

    design: str
    size: str
    languages: str
    count: int


@dataclass(frozen=True, slots=True)
class Cover:
    """What stands on it. `day`: ISO date. `signs`, `pages`: counted, in words. `sites`: with how many signs each; `more_sites` are
    not shown. `index`: name of the file that lists every sign."""

    title: str
    day: str
    part: int
    parts: int
    signs: str
    pages: str
    kinds: tuple[Kind, ...]
    sites: tuple[tuple[str, int], ...]
    more_sites: int
    index: str
    steps: tuple[str, ...]


def cover_leaf(cover: Cover, width_mm: float, height_mm: float) -> Leaf:
    """The front, on a page of that size; what there is no room for runs off its end and is not shown: sites stand last."""
    roomy = min(width_mm, height_mm) > _ROOMY_MM
    html = _template().render(
        cover=cover, width=width_mm, height=height_mm, margin=18 if roomy else 5, size=10 if roomy else 6
    )
    fetcher = URLFetcher(allowed_protocols=("data",), allow_redirects=False)
    document = weasyprint.HTML(string=html, url_fetcher=fetcher).render()
    data = document.copy(document.pages[:1]).write_pdf(pdf_identifier=b"cover")
    key = blake2b(data, digest_size=16).hexdigest()
    return Leaf(Plate(key, data, width_mm, height_mm, 0.0), b"", (), "", "", "", "", b"")


@cache
def _template() -> Template:
    return environment("print").get_template("cover.html.jinja")
