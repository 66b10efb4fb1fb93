"""Lays a sign out with WeasyPrint: finds the size of text and the blocks with which all that is on it fits, and measures that."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from html import unescape
from typing import Any

import weasyprint
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher

from chargeside.errors import RenderError
from chargeside.model.design import Design
from chargeside.plan.jobs import digest
from chargeside.plan.placards import Placard
from chargeside.render.boxes import Drawn, read_page, spread
from chargeside.render.canvas import Canvas, NoRoomError, Part, page_style
from chargeside.render.slots import PT_MM, Paragraphs, Slot

BLEED_MM = 3.0
SAFE_MM = 3.0
"""Nothing that is read stands nearer to the edge: cutters wander."""

_LOG = logging.getLogger("weasyprint")
PART_BLEED_MM = 1.0
"""How far letters may hang out of a part."""

_ID = re.compile(r' id="([^"]+)"')
_TAG = re.compile(r"<[^>]*>")
_ROOMY = 0.05
"""Share of a sign's height that may stay empty before larger letters are tried."""
_TINY = 0.02  # mm, rounding of sizes

_WHAT: Mapping[str, tuple[str, str]] = {
    "number": ("the number of the charger", "shorten the number in overrides.csv"),
    "phone": ("the phone number", "shorten phone: of the helpline in operator.yml"),
    "helpline": ("the helpline and its hours", "shorten hours: of the helpline in operator.yml"),
    "emergency": ("the emergency number", "shorten emergency_phone: in operator.yml"),
    "where": ("the address with level and bay", "shorten the address in the feed"),
    "typed": ("the address to type", "use a shorter site_url"),
    "pay": ("the page that takes money", "use a shorter pay_url"),
    "power": ("the power", "see what the feed gives as power"),
    "plugs": ("the plugs", "see that the feed names each plug as OCPI does"),
    "payments": ("the ways to pay", "shorten the names of apps in operator.yml"),
    "brand": ("the operator's name", "set a logo in operator.yml, or shorten name:"),
    "name": ("the site's name", "shorten the name in the feed"),
    "release": ("how to unplug", "choose a larger size or fewer languages"),
    "legend": ("the drawings of the plugs", "choose a larger size"),
    "promise": ("the promise that the code never asks for money", "choose a larger size or fewer languages"),
}
"""A block or text in words, and where it can be mended."""
_MEND = "choose a larger size or fewer languages for this sign, or report it"


def in_words(block: str) -> tuple[str, str]:
    """What a block is, and what to do when there is no room for it."""
    name = re.sub(r"^slot:|-[0-9]+$", "", block)
    return _WHAT.get(name, (f'the block "{name}"', _MEND))


class SlotFullError(RenderError):
    """A text that differs from sign to sign has no room in its slot at the smallest size (P701)."""

    def __init__(self, slot: str, texts: Sequence[Paragraphs]) -> None:
        what, mend = in_words(slot)
        text = ", ".join(texts[-1])
        shown = f"{text[:77]}…" if len(text) > 80 else text
        super().__init__(f'no room on the sign for {what}: "{shown}"', code="P701", mend=mend)
        self.slot = slot


@dataclass(frozen=True)
class Page:
    """A page laid out, the whole of a sign or a part of it. `key` names what is on it; `warnings`: what the print engine said."""

    key: str
    document: Any
    drawn: Drawn
    warnings: tuple[str, ...]
    written: dict[tuple[bytes, str | None], tuple[bytes, tuple[str, ...]]] = field(
        default_factory=dict, repr=False
    )

    def pdf(self, identifier: bytes = b"", variant: str | None = None) -> tuple[bytes, tuple[str, ...]]:
        """The PDF, and what the print engine said. `variant`: of PDF, such as pdf/ua-1. Raises RenderError (P703)."""
        if (identifier, variant) not in self.written:
            with _listen() as said:
                data: bytes = self.document.write_pdf(
                    pdf_identifier=identifier or bytes.fromhex(self.key), pdf_variant=variant
                )
            _refuse_missing_glyphs(said)
            self.written[identifier, variant] = data, tuple(dict.fromkeys((*self.warnings, *said)))
        return self.written[identifier, variant]


@dataclass(frozen=True)
class Laid:
    """A sign, or the fixed part of many, laid out so that all that is on it fits. Places in mm from its upper left corner.

    `least_mm`: size of the smallest letters for drivers. `warnings`: what the print engine said.
    """

    page: Page
    slots: Mapping[str, Slot]
    parts: tuple[tuple[Part, Page], ...]
    code_mm: float
    level: float
    dropped: frozenset[str]
    least_mm: float
    warnings: tuple[str, ...]


def lay_out(
    placard: Placard,
    design: Design,
    shared: Mapping[str, Any],
    texts: Mapping[str, Sequence[Paragraphs]] | None,
    *,
    bleed_mm: float = BLEED_MM,
    off: frozenset[str] = frozenset(),
) -> Laid:
    """Tries the design's sizes of text, then leaves off what it says may go, until everything fits. `off`: blocks that are
    left off in any case.

    `texts` as in Canvas. Raises RenderError: P701 a text does not fit, P703 a character has no glyph, P705 no legible code, P707
    the design is broken.
    """
    levels = design.file.levels
    drops = [name for name in design.file.drops if name not in off]
    chosen: dict[str, int] = {}

    def attempt(level: float, count: int) -> Laid | frozenset[str]:
        """The sign laid out, or what does not fit."""
        canvas = Canvas(placard, design, shared, level, off.union(drops[:count]), texts)
        return _attempt(canvas, chosen, bleed_mm)

    tries = [(level, 0) for level in levels] + [(levels[-1], count) for count in range(1, len(drops) + 1)]
    laid: Laid | frozenset[str] = frozenset()
    for level, count in tries:
        laid = attempt(level, count)
        if not isinstance(laid, Laid):
            continue
        if count and _roomy(laid.page.drawn, placard.height_mm):  # what went left room for larger letters
            for larger in levels[:-1]:
                other = attempt(larger, count)
                if isinstance(other, Laid):
                    return other
        return laid
    assert not isinstance(laid, Laid)
    raise _no_room(laid, placard, design)


def _roomy(drawn: Drawn, height_mm: float) -> bool:
    return max((spare for spare, _ in drawn.flows.values()), default=0.0) > _ROOMY * height_mm


def _no_room(overfull: frozenset[str], placard: Placard, design: Design) -> RenderError:
    named = sorted(name for name in overfull if not name.startswith("flow:") and name != "page")
    if not named:
        return RenderError(
            f"what must be on a sign does not fit on {placard.width_mm:g} × {placard.height_mm:g} mm in letters that can be "
            f"read from {placard.distance_m:g} m, in {len(placard.langs)} language(s)",
            code="P709",
            mend="choose fewer languages or another design"
            if design.file.distance_grows
            else "choose a larger size or fewer languages",
        )
    what, mend = in_words(named[0])
    return RenderError(f"no room on the sign for {what}", code="P701", mend=mend)


def _attempt(canvas: Canvas, chosen: dict[str, int], bleed_mm: float) -> Laid | frozenset[str]:
    """Lays the sign out. Texts that only the print engine can set are made smaller until they fit."""
    while True:
        canvas.begin(chosen)
        page, style = _html(canvas, bleed_mm)
        # What differs from sign to sign is in its HTML only where the print engine is to draw it: then nobody asks again.
        laid = _laid(page, style) if canvas.texts is None else _laid.__wrapped__(page, style)
        large = [name[5:] for name in laid.drawn.overfull if name.startswith("slot:")]
        smaller = [name for name in large if chosen.get(name, 0) < canvas.slots[name].last]
        if not smaller:
            break
        for name in smaller:
            chosen[name] = chosen.get(name, 0) + 1
    if laid.drawn.overfull:
        return laid.drawn.overfull
    parts = tuple(
        (part, _laid_part(part.html, style, part.width_mm, part.height_mm))
        for part in canvas.parts
        if part.html
    )
    if any(part.drawn.overfull for _, part in parts):
        return frozenset({"plugs"})
    return _checked(canvas, laid, parts)


def _checked(canvas: Canvas, page: Page, parts: tuple[tuple[Part, Page], ...]) -> Laid:
    """Nothing is smaller than can be read. Raises RenderError (P707)."""
    least = canvas.least_pt * PT_MM * canvas.scale
    drawn = min([page.drawn.smallest, *(part.drawn.smallest for _, part in parts)])
    if drawn < least - _TINY:
        raise RenderError(
            f'the design "{canvas.design.name}" has letters of {drawn / PT_MM:.1f} pt, which cannot be read from '
            f"{canvas.placard.distance_m:g} m: that takes {least / PT_MM:.1f} pt",
            code="P707",
            mend="size letters with t(…) in style.css, or mark fine print with data-fine",
        )
    slots = [*canvas.slots.values(), *(slot for part, _ in parts for slot in part.slots)]
    read = [slot.smallest for slot in slots if slot.smallest > least - _TINY]
    return Laid(
        page,
        canvas.slots,
        parts,
        canvas.code_mm,
        canvas.level,
        canvas.dropped,
        min([drawn, *read]),
        page.warnings,
    )


@lru_cache(maxsize=64)
def _laid(html: str, style: str) -> Page:
    """A page laid out, with what is left of the height of its flows shared out."""
    document, said = _draw(html, style)
    page = document.pages[0]
    drawn = read_page(page, SAFE_MM)
    short = {f"flow:{name}" for name, (spare, _) in drawn.flows.items() if spare < -_TINY}
    # What WeasyPrint finds no room for on the page is nowhere.
    if len(document.pages) > 1 or _lost(html, drawn):
        short.add("page")
    if not (short or drawn.overfull) and any(spare > _TINY for spare, _ in drawn.flows.values()):
        spread(page)
        spread_out = read_page(page, SAFE_MM)
        drawn = replace(spread_out, flows=drawn.flows)
    return Page(digest((html, style)), document, replace(drawn, overfull=drawn.overfull | short), tuple(said))


@lru_cache(maxsize=256)
def _laid_part(html: str, style: str, width_mm: float, height_mm: float) -> Page:
    head = page_style(width_mm, height_mm, PART_BLEED_MM)
    box = f'<div class="part" data-fit="part" style="width:{width_mm:.4f}mm;height:{height_mm:.4f}mm">{html}</div>'
    page = f'<!DOCTYPE html><html><head><meta charset="utf-8">{head}</head><body>{box}</body></html>'
    document, said = _draw(page, style)
    drawn = read_page(document.pages[0])
    if len(document.pages) > 1 or _lost(html, drawn):
        drawn = replace(drawn, overfull=drawn.overfull | {"page"})
    return Page(digest((page, style)), document, drawn, tuple(said))


def _lost(html: str, drawn: Drawn) -> bool:
    """Whether something of a page is nowhere: WeasyPrint lays nothing out below the page's foot, and says nothing."""
    if set(_ID.findall(html)) - drawn.boxes.keys() - drawn.places.keys():
        return True
    body = _TAG.sub(" ", html.partition("<body>")[2] or html)
    return len("".join(drawn.text.split())) < len("".join(unescape(body).split()))


def _html(canvas: Canvas, bleed_mm: float) -> tuple[str, str]:
    try:
        return canvas.html(bleed_mm)
    except NoRoomError as error:
        raise SlotFullError(str(error), (canvas.texts or {}).get(str(error), ((),))) from None


def _draw(page: str, style: str) -> tuple[Any, list[str]]:
    with _listen() as said:
        document = _document(page, style)
    _refuse_missing_glyphs(said)
    return document, said


def _refuse_missing_glyphs(said: Sequence[str]) -> None:
    missing = sorted({match[1] for text in said if (match := re.search(r"notdef.*\(U\+([0-9A-F]+)\)", text))})
    if missing:
        shown = ", ".join(f"{chr(int(point, 16))} (U+{point})" for point in missing)
        raise RenderError(
            f"no font here has the character {shown}",
            code="P703",
            mend="install the Noto font of its script (Debian: fonts-noto-core, fonts-noto-cjk), or change the text",
        )


@contextmanager
def _listen() -> Iterator[list[str]]:
    """What WeasyPrint warns of meanwhile, as a growing list; nothing reaches the terminal."""
    heard: list[str] = []
    handler = logging.Handler(logging.WARNING)
    handler.emit = lambda record: heard.append(record.getMessage())  # type: ignore[method-assign]
    handlers, propagate = _LOG.handlers[:], _LOG.propagate
    _LOG.handlers, _LOG.propagate = [handler], False
    try:
        yield heard
    finally:
        _LOG.handlers, _LOG.propagate = handlers, propagate


@cache
def _fonts() -> FontConfiguration:
    return FontConfiguration()


@cache
def _fetcher() -> URLFetcher:
    """Reaches nothing: what a sign shows stands in its HTML."""
    return URLFetcher(allowed_protocols=("data",), allow_redirects=False)


_images: dict[str, Any] = {}
"""Drawings already parsed, by data: address."""


@lru_cache(maxsize=64)
def _style(text: str) -> weasyprint.CSS:
    return weasyprint.CSS(string=text, font_config=_fonts(), url_fetcher=_fetcher())


def _document(page: str, style: str) -> Any:
    source = weasyprint.HTML(string=page, url_fetcher=_fetcher())
    document = source.render(font_config=_fonts(), stylesheets=[_style(style)], cache=_images)
    for address in [address for address, image in _images.items() if image is None]:
        del _images[address]  # so that an image that cannot be drawn is told of at every sign that shows it
    return document
