"""Renders what a phone may keep: bundles of pages, and the service worker that keeps them."""

from __future__ import annotations

import json
import sys
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

from chargeside.plan.driver_views import BundleFile, WorkerFile
from chargeside.plan.jobs import Renderer
from chargeside.render import html

Shared = Mapping[str, Any]

_PAGES_KEPT = 2_000
"""Pages, some 5 kB each, that stay at hand for the next bundles: neighbouring ones share most of theirs."""

_SEAM = "\x1f"
"""Stands where two parts meet while a page is cut; no page holds it, it is a control character."""

_pages: OrderedDict[str, tuple[str, ...]] = OrderedDict()


def bundle(file: BundleFile, shared: Shared, renderers: Mapping[str, Renderer]) -> bytes:
    """`{"parts": […], "pages": {path: [number of part, …]}}`: a page is its parts in that order. Most parts of a page (style,
    header, footer, pictograms) stand in others too."""
    numbers: dict[str, int] = {}
    pages = {
        path: [numbers.setdefault(part, len(numbers)) for part in _parts(name, shared, renderers)]
        for path, name in file.pages
    }
    text = json.dumps({"parts": list(numbers), "pages": pages}, ensure_ascii=False, separators=(",", ":"))
    return text.encode()


def _parts(name: str, shared: Shared, renderers: Mapping[str, Renderer]) -> tuple[str, ...]:
    """A page in parts: its lines, and its pictograms. What other pages have too is held in memory once."""
    parts = _pages.get(name)
    if parts is None:
        kind, payload = shared[name]
        text = renderers[kind](payload, shared).decode()
        parts = _pages[name] = tuple(map(sys.intern, filter(None, _cut(text).split(_SEAM))))
        if len(_pages) > _PAGES_KEPT:
            _pages.popitem(last=False)
    else:
        _pages.move_to_end(name)
    return parts


def _cut(text: str) -> str:
    """The page with a seam behind each line and around each pictogram."""
    for before, after in (
        ("\n", f"\n{_SEAM}"),
        ("<symbol ", f"{_SEAM}<symbol "),
        ("</symbol>", f"</symbol>{_SEAM}"),
    ):
        text = text.replace(before, after)
    return text


def worker(file: WorkerFile, _: Shared) -> bytes:
    """The service worker; where nothing is to be kept, one that takes away what an earlier one kept."""
    return html.script("sw" if file.keeps else "sw_off").encode()
