"""The inspection round as PDF: a sheet for each site, to be filled in on paper. Same input, same bytes.

WeasyPrint lays each site out by itself, so that its pages count from 1, and writes a batch of them as one file, so that a font stands in it
once. The batches are put together page by page; how they were shared out among workers makes no difference.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import pikepdf
import weasyprint
from jinja2 import Environment
from markupsafe import Markup
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher

from chargeside.i18n import Translator, day, is_right_to_left, translator
from chargeside.plan.inspection_round import Round, RoundSheet, RoundStop, State
from chargeside.render.html import environment, package_text, trusted

PAPERS = {"A4": 210.0, "Letter": 215.9}
"""Width of each paper in mm."""
BATCH = 40
"""Sites of a file of its own: enough to share fonts, few enough to hold."""
BOX_MM = 7.6
"""Side of a box to tick, for hands in gloves."""
_MARGIN, _CHARGER, _SIGN, _GAP = 12.0, 50.0, 37.0, 3.0
"""Margins, columns and what parts those, in mm."""
_PX = 0.75
"""A CSS pixel in points."""
_DOWN = frozenset({State.RETIRED, State.MOVED})


@dataclass(frozen=True, slots=True)
class Batch:
    """Sites to be laid out in one go. `frame`: the round without its sheets."""

    frame: Round
    sheets: tuple[RoundSheet, ...]
    paper: str


@dataclass(frozen=True, slots=True)
class Block:
    """What many rows or sheets have in common, laid out once as a PDF page of its own. `height`: as far down as it is used, in px."""

    name: str
    data: bytes
    height: float


@dataclass(frozen=True, slots=True)
class Blocks:
    """Those of a sheet: above its site and below that; for a sign that nobody recorded, to look for (`unrecorded`) and to take down
    (`unknown`); what to tick off at a sign, and at one to take down; what stands at the end."""

    head: Block
    hand: Block
    unrecorded: Block
    unknown: Block
    look: Block
    down: Block
    end: Block


Stamp = tuple[str, float, float]
"""Name of a block, and its upper left corner on a page in px from that of the page."""


@dataclass(frozen=True, slots=True)
class Laid:
    """A batch as PDF, without its blocks. `stamps`: by page, where those go; `sites`: title and number of pages of each."""

    data: bytes
    blocks: frozenset[Block]
    stamps: tuple[tuple[Stamp, ...], ...]
    sites: tuple[tuple[str, int], ...]


def batches(of: Round, paper: str) -> Iterator[Batch]:
    """The round in batches. `paper`: one of PAPERS."""
    frame = replace(of, sheets=())
    for start in range(0, len(of.sheets), BATCH):
        yield Batch(frame, of.sheets[start : start + BATCH], paper)


def laid_out(batch: Batch) -> Laid:
    """A batch, laid out."""
    fonts, styles = _fonts(), [_style(batch.paper)]
    digest = hashlib.blake2b(batch.paper.encode(), digest_size=16)
    documents: list[Any] = []
    stamps: list[tuple[Stamp, ...]] = []
    used: set[Block] = set()
    for sheet in batch.sheets:
        places: list[Block] = []
        html = _html(sheet, batch.frame, _blocks(sheet.lang, sheet.phone, batch.frame, batch.paper), places)
        digest.update(html.encode())
        source = weasyprint.HTML(string=html, url_fetcher=_fetcher())
        documents.append(source.render(font_config=fonts, stylesheets=styles))
        stamps.extend(
            tuple((places[int(name)].name, *at[:2]) for name, at in page.anchors.items())
            for page in documents[-1].pages
        )
        used.update(places)
    pages = [page for document in documents for page in document.pages]
    data = documents[0].copy(pages).write_pdf(pdf_identifier=digest.digest())
    sites = zip(map(_title, batch.sheets), (len(document.pages) for document in documents), strict=True)
    return Laid(data, frozenset(used), tuple(stamps), tuple(sites))


def put_together(of: Round, parts: Iterable[Laid], out: Path) -> int:
    """Write all batches, in order, as one file with a bookmark for each site. Gives the number of pages."""
    with pikepdf.new() as whole:
        items, forms = [], {}
        for part in parts:
            start = len(whole.pages)
            for block in sorted(part.blocks, key=lambda block: block.name):
                if block.name not in forms:
                    with pikepdf.open(io.BytesIO(block.data)) as pdf:
                        forms[block.name] = whole.copy_foreign(pdf.pages[0].as_form_xobject())
            with pikepdf.open(io.BytesIO(part.data)) as pdf:
                whole.pages.extend(pdf.pages)
            for number, stamps in enumerate(part.stamps, start):
                _stamp(whole, whole.pages[number], stamps, forms)
            for title, pages in part.sites:
                items.append(pikepdf.OutlineItem(title, start))
                start += pages
        with whole.open_outline() as outline:
            outline.root.extend(items)
        whole.docinfo = whole.make_indirect(_information(of))
        whole.save(out, deterministic_id=True)
        return len(whole.pages)


def _stamp(
    whole: pikepdf.Pdf, page: pikepdf.Page, stamps: Iterable[Stamp], forms: Mapping[str, pikepdf.Object]
) -> None:
    """Puts blocks on a page. They are drawn first, before WeasyPrint turns the page's coordinates upside down."""
    height = float(page.mediabox[3])
    drawn = []
    for name, x, y in stamps:
        form = forms[name]
        if "/XObject" not in page.Resources:
            page.Resources.XObject = pikepdf.Dictionary()
        page.Resources.XObject[f"/{name}"] = form
        left, bottom = x * _PX, height - y * _PX - float(form.BBox[3])
        drawn.append(b"q 1 0 0 1 %.3f %.3f cm /%b Do Q" % (left, bottom, name.encode()))
    page.contents_add(whole.make_stream(b"\n".join(drawn)), prepend=True)


def _information(of: Round) -> pikepdf.Dictionary:
    created = f"D:{of.day.replace('-', '')}000000Z"
    return pikepdf.Dictionary(
        Title=f"{of.operator} {of.day}", Author=of.operator, Producer="Chargeside", CreationDate=created
    )


@lru_cache(64)
def _blocks(lang: str, phone: str, frame: Round, paper: str) -> Blocks:
    _ = translator(lang)
    width = PAPERS[paper] - 2 * _MARGIN
    strong = _("Nothing pasted over: run a fingernail over the code's edge")
    look = (
        (_("Hangs"), _("Clean, readable"), _("Can be scanned")),
        (_("Mark is right"), _("Photo taken")),
        (strong,),
    )
    down = ((_("Taken down"), _("No sign there"), _("Photo taken")),)
    narrow = width - _CHARGER - _SIGN
    return Blocks(
        _block(lang, width, kind="head", operator=frame.operator, today=day(frame.day, lang)),
        _block(lang, width, kind="hand"),
        _block(lang, _SIGN - _GAP, kind="unrecorded", asks=True),
        _block(lang, _SIGN - _GAP, kind="unrecorded", asks=False),
        _block(lang, narrow, kind="look", ticks=look, strong=strong),
        _block(lang, narrow, kind="down", ticks=down, strong=""),
        _block(
            lang,
            width,
            kind="end",
            shown=frame.shown,
            pay=frame.pay,
            checks=_checks(_),
            steps=_steps(phone, _),
        ),
    )


def _block(lang: str, width: float, **values: object) -> Block:
    """`width` in mm."""
    html = _environment().get_template("block.html").render(
        _=translator(lang), lang=lang, rtl=is_right_to_left(lang), **values
    )  # fmt: skip
    page = weasyprint.CSS(
        string=f"@page {{ size: {width}mm 120mm; margin: 0 }} {_css()}",
        font_config=_fonts(),
        url_fetcher=_fetcher(),
    )
    source = weasyprint.HTML(string=html, url_fetcher=_fetcher())
    document = source.render(font_config=_fonts(), stylesheets=[page])
    name = f"B{hashlib.blake2b(html.encode(), key=str(width).encode(), digest_size=8).hexdigest()}"
    data = document.write_pdf(pdf_identifier=name.encode())
    return Block(name, data, document.pages[0].anchors["foot"][1])


def _html(sheet: RoundSheet, frame: Round, blocks: Blocks, places: list[Block]) -> str:
    """The HTML of a sheet. Where a block goes, stands an empty box with the block's place in `places` as its id."""
    _ = translator(sheet.lang)

    def put(block: Block) -> Markup:
        places.append(block)
        return trusted(f'<div id="{len(places) - 1}" style="height: {block.height}px"></div>')

    return _environment().get_template("round.html").render(
        _=_, sheet=sheet, operator=frame.operator, today=frame.day, site=_site(sheet), rtl=is_right_to_left(sheet.lang),
        down=_DOWN, notes=lambda stop: _note(stop, _), blocks=blocks, put=put, day=lambda iso: day(iso, sheet.lang).replace(" ", "\u00a0"),
    )  # fmt: skip


def _site(sheet: RoundSheet) -> str:
    return sheet.name or translator(sheet.lang)("Site not known")


def _title(sheet: RoundSheet) -> str:
    return " · ".join(filter(None, (sheet.town, _site(sheet))))


def _note(stop: RoundStop, _: Translator) -> str:
    """What is not as usual at a stop; empty where all is."""
    if stop.state is State.LEFT:
        return _("This charger is not in our list now. Is it gone? Take the sign down.")
    if stop.state is State.RETIRED:
        return _("Take this sign down: its code is no longer used.")
    if stop.state is State.MOVED:
        return _("Take this sign down. The sign with the code {code} belongs here.").format(
            code=stop.leads_to
        )
    if stop.state is State.UNKNOWN:
        return _("Our list does not know this code. Take a photo and tell your office.")
    return ""


# Edges, what the phone shows before the page opens, and whom to tell: advice of the police and of operators who looked for stickers on
# chargers (Denbighshire Free Press on Conwy and Denbighshire; Essex police alert, ecops.org.uk; VRT, May 2024, on 2,000 posts in Brussels).


def _checks(_: Translator) -> tuple[str, ...]:
    """How to find a code that is pasted over ours."""
    return (
        _(
            "Feel: run a fingernail over all four edges of the code. Ours is printed on the sign and has no edge."
        ),
        _("Look along the sign from the side: bubbles, a raised corner or another white mean a sticker."),
        _("Scan with the camera of your phone, and read the address before you open it."),
    )


def _steps(phone: str, _: Translator) -> tuple[str, ...]:
    """What to do about one."""
    return (
        _("Do not open its page. Do not pull it off yet."),
        _("Take a photo of the code, and one of the whole charger."),
        _("Cover the code so that nobody can scan it."),
        _("Call {phone} at once.").format(phone=phone),
    )


@cache
def _environment() -> Environment:
    return environment("round")


def _css() -> str:
    boxes = f".ticks td {{ height: {BOX_MM}mm }} .ticks td.box {{ width: {BOX_MM}mm }}"
    return f"{package_text('templates/round/round.css')} {boxes}"


@cache
def _style(paper: str) -> weasyprint.CSS:
    columns = f".stop > tbody > tr > td {{ padding-inline-end: {_GAP}mm }} .charger {{ width: {_CHARGER}mm }} .sign {{ width: {_SIGN}mm }}"
    text = f"@page {{ size: {paper} }} {package_text('templates/round/page.css')} {_css()} {columns}"
    return weasyprint.CSS(string=text, font_config=_fonts(), url_fetcher=_fetcher())


@cache
def _fonts() -> FontConfiguration:
    return FontConfiguration()


@cache
def _fetcher() -> URLFetcher:
    """Reaches nothing: all that a sheet shows stands in its HTML."""
    return URLFetcher(allowed_protocols=("data",), allow_redirects=False)
