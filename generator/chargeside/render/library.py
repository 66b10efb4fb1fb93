"""Renders the Markdown files of the library site from the model.

Whatever a template puts out is escaped for Markdown and HTML alike unless it is `Markup`: texts of authors and operators are
plain text, and no character of theirs may become a link, an attribute list or a tag. Steps and sentences of guides come
sanitised from the loader and stand in HTML blocks, which Markdown leaves alone.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Mapping
from functools import cache
from html import escape
from importlib.metadata import version
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from chargeside.i18n import translator
from chargeside.load.docs import DocPage
from chargeside.model.colour import with_contrast
from chargeside.model.connector import ConnectorType, Fill, Sourced, View
from chargeside.plan.coverage import CoveragePage
from chargeside.plan.glossary import MARK as WORD
from chargeside.plan.jobs import Renderer, digest
from chargeside.plan.library import (
    LANG,
    CodesPage,
    ConnectorPage,
    ConnectorsPage,
    FactsPage,
    FindingsPage,
    GlossaryPage,
    GuidePage,
    HomePage,
    MarkPage,
    PaymentPage,
    PictogramsPage,
    ProblemsPage,
    StylePage,
    SymptomsPage,
)
from chargeside.plan.ways import WaysPage
from chargeside.render import faces
from chargeside.render.html import band, package_text
from chargeside.render.pictograms import inline, load_groups, load_pictograms, sprite, use
from chargeside.render.ways import ways_svg

Shared = Mapping[str, Any]

_ENTITIES = {ord(char): f"&#{ord(char)};" for char in "\\`*_{}[]#!|~"} | {
    ord("&"): "&amp;",
    ord("<"): "&lt;",
    ord(">"): "&gt;",
    ord('"'): "&quot;",
}
_BLOCK_START = re.compile(r"^(\d+)([.)])|^([-+=:])")

CATEGORY_PICTOGRAMS: Mapping[str, str] = {
    "starting": "start",
    "payment": "card",
    "connector": "plug-in",
    "communication": "network",
    "speed": "battery",
    "stopping": "stop",
    "billing": "receipt",
    "app": "app",
    "vehicle": "car-off",
    "weather": "cold-battery",
    "site": "charger",
    "safety": "danger",
    "accessibility": "look",
    "special": "other-charger",
}
_WAY_PICTOGRAMS: Mapping[str, str] = {
    "contactless": "tap",
    "chip": "card",
    "app": "app",
    "rfid": "tap-phone",
    "web": "address",
    "plug_and_charge": "plug-in",
    "cash": "receipt",
    "free": "start",
}


def plain(text: object) -> Markup:
    """Plain text for a place in Markdown or in an HTML block: on one line, every mark of either kept as a character."""
    flat = " ".join(str(text).split()).translate(_ENTITIES)
    return Markup(_BLOCK_START.sub(_entity_for_start, flat))  # noqa: S704 - every special character is an entity by now


def _entity_for_start(match: re.Match[str]) -> str:
    number, mark, other = match.groups()
    return f"{number}&#{ord(mark)};" if number else f"&#{ord(other)};"


def front(text: str) -> Markup:
    """Plain text as a value in the front matter. The theme puts it on the page as it is, so it is escaped for HTML here."""
    return Markup(json.dumps(escape(" ".join(text.split())), ensure_ascii=False))  # noqa: S704


def source(text: str) -> Markup:
    """Where a fact comes from: plain text, or a link where it is nothing but an https address."""
    if re.fullmatch(r"https://[^\s<>\"']+", text):
        return Markup('<a href="{0}" rel="noopener">{0}</a>').format(text)
    return plain(text)


def tel(phone: str) -> Markup:
    """A `tel:` address of a phone number."""
    return Markup("tel:" + re.sub(r"[^0-9+]", "", phone))  # noqa: S704 - digits and plus signs


def directory_url(here: str, target: str) -> str:
    """The address of the page `target` as seen from the page `here`, both Markdown files below the library's folder."""
    if not target.endswith(".md"):
        return posixpath.relpath(target, _directory(here) or ".")
    relative = posixpath.relpath(_directory(target) or ".", _directory(here) or ".")
    return "./" if relative == "." else f"{relative}/"


def _directory(page: str) -> str:
    stem = page.removesuffix(".md")
    return stem.removesuffix("index").rstrip("/")


def picture(name: str) -> Markup:
    """A pictogram beside words that say the same."""
    return Markup(inline(name, decorative=True))  # noqa: S704 - our own drawing


def pointer(name: str) -> Markup:
    """A pictogram out of the page's sprite, beside words that say the same."""
    return Markup(use(name, decorative=True))  # noqa: S704 - our own drawing


def face(
    connector: ConnectorType, view: View = "plug", scale: float | None = None, prefix: str = "face"
) -> Markup:
    """A connector's face on one line; `scale` in pixels a millimetre. `prefix` parts several faces of it on one page."""
    drawn = faces.face_svg(
        connector,
        prefix=f"{prefix}-{connector.slug}-{view}",
        view=view,
        lang=LANG,
        scale=scale,
        unit="px",
        css_class="cs-face",
    )
    return Markup(" ".join(drawn.split()))  # noqa: S704 - our own drawing


def label(slug: str, letter: str, fill: Fill) -> Markup:
    """An EN 17186 label."""
    title = f"Letter {letter}, {'white on black' if fill == 'vehicle' else 'black on white'}"
    drawn = faces.label_svg(
        letter, fill, prefix=f"{slug}-{letter}-{fill}", title=title, width_mm=None, css_class="cs-label"
    )
    return Markup(" ".join(drawn.split()))  # noqa: S704 - our own drawing


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("chargeside", "templates/library"),
        autoescape=True,
        finalize=lambda value: value if isinstance(value, Markup) else plain(value),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(front=front, source=source, tel=tel, safe_html=Markup)
    environment.globals.update(
        picture=picture,
        pointer=pointer,
        face=face,
        label=label,
        category_pictogram=CATEGORY_PICTOGRAMS,
        way_pictogram=_WAY_PICTOGRAMS,
        lang=LANG,
        _=translator(LANG),
    )
    return environment


def _page(template: str, here: str, page: object, **more: object) -> bytes:
    def to(target: str) -> Markup:
        return Markup(escape(directory_url(here, target)))  # noqa: S704

    def link(target: str) -> Markup:
        return Markup(escape(posixpath.relpath(target, posixpath.dirname(here) or ".")))  # noqa: S704

    text = _environment().get_template(f"{template}.md.j2").render(page=page, to=to, link=link, **more)
    return text.encode()


def _home(page: HomePage, shared: Shared) -> bytes:
    connectors = [(slug, shared[key]) for slug, key in page.connectors]
    return _page("home", "index.md", page, connectors=connectors)


def _problems(page: ProblemsPage, _shared: Shared) -> bytes:
    return _page("problems", "problems/index.md", page)


def _guide(page: GuidePage, _shared: Shared) -> bytes:
    here = f"problems/{page.ref.slug}.md"
    glossary = directory_url(here, "glossary.md")

    def worded(text: str) -> Markup:
        return Markup(text.replace(f'href="{WORD}', f'href="{glossary}#'))  # noqa: S704 - sanitised by the loader

    return _page("guide", here, page, worded=worded)


def _glossary(page: GlossaryPage, _shared: Shared) -> bytes:
    return _page("glossary", "glossary.md", page)


def _coverage(page: CoveragePage, _shared: Shared) -> bytes:
    return _page("coverage", "reference/codes-covered.md", page)


def _ways(page: WaysPage, _shared: Shared) -> bytes:
    drawing = Markup(ways_svg(page).strip())  # noqa: S704 - our own drawing
    return _page("ways", "operators/where-guides-lead.md", page, drawing=drawing)


def _symptoms(page: SymptomsPage, _shared: Shared) -> bytes:
    return _page("symptoms", "symptoms.md", page)


def _codes(page: CodesPage, _shared: Shared) -> bytes:
    return _page("codes", "codes.md", page)


def _connectors(page: ConnectorsPage, shared: Shared) -> bytes:
    connectors = [(slug, shared[key]) for slug, key in page.connectors]
    names = {slug: connector.short for slug, connector in connectors}
    return _page("connectors", "connectors/index.md", page, connectors=connectors, names=names, cite=_cited)


def _cited(connector: ConnectorType, sourced: Sourced) -> list[int]:
    """Numbers of the sources, as they stand on the connector's page."""
    numbers = {key: number for number, key in enumerate(connector.sources, start=1)}
    return sorted(numbers[key] for key in sourced.source)


def _connector(page: ConnectorPage, shared: Shared) -> bytes:
    connector: ConnectorType = shared[page.digest]

    def cite(sourced: Sourced) -> list[int]:
        return _cited(connector, sourced)

    return _page("connector", f"connectors/{page.slug}.md", page, connector=connector, cite=cite)


def _payment(page: PaymentPage, _shared: Shared) -> bytes:
    return _page("payment", "payment.md", page)


def _facts(page: FactsPage, _shared: Shared) -> bytes:
    return _page("facts", "reference/facts.md", page)


def _findings(page: FindingsPage, _shared: Shared) -> bytes:
    return _page("findings", "reference/findings.md", page)


def _pictograms(page: PictogramsPage, _shared: Shared) -> bytes:
    uses = {name: (steps, guides) for name, steps, guides in page.uses}
    drawings = Markup(sprite(load_pictograms()))  # noqa: S704 - our own drawings
    return _page(
        "pictograms", "authors/pictograms.md", page, groups=load_groups(), uses=uses, drawings=drawings
    )


def _doc(page: DocPage, _shared: Shared) -> bytes:
    return page.data or page.text.encode()


_LIGHT, _DARK = "#eff3f4", "#1c2226"
"""The least favourable grounds of the two colour schemes (--cs-surface), on which coloured text must be readable."""


def _style(page: StylePage, _shared: Shared) -> bytes:
    ground, ink = band(page.colour)
    light, dark = with_contrast(page.colour, _LIGHT), with_contrast(page.colour, _DARK)
    names = {
        "band": ground,
        "on-band": ink,
        "accent": light,
        "on-accent": "#ffffff",
        "accent-dark": dark,
        "on-accent-dark": "#000000",
    }
    root = ";".join(f"--cs-{name}:{value}" for name, value in names.items())
    return f":root{{{root}}}\n{package_text('style/library.css')}".encode()


def _mark(page: MarkPage, _shared: Shared) -> bytes:
    ground, ink = band(page.colour)
    body = load_pictograms()["charger"].body
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">'
        f'<rect width="32" height="32" rx="7" fill="{ground}"/>'
        f'<g transform="translate(4 4)" fill="none" stroke="{ink}" stroke-width="2" '
        f'stroke-linecap="round" stroke-linejoin="round">{body}</g></svg>\n'
    ).encode()


RENDERERS: Mapping[str, Renderer] = {
    "library/home": _home,
    "library/problems": _problems,
    "library/guide": _guide,
    "library/symptoms": _symptoms,
    "library/codes": _codes,
    "library/connectors": _connectors,
    "library/connector": _connector,
    "library/payment": _payment,
    "library/glossary": _glossary,
    "library/coverage": _coverage,
    "library/ways": _ways,
    "library/schema": lambda file, _: file.data,
    "library/facts": _facts,
    "library/findings": _findings,
    "library/pictograms": _pictograms,
    "library/doc": _doc,
    "library/style": _style,
    "library/mark": _mark,
}
"""Renderers of the library's jobs by kind."""


@cache
def closure() -> str:
    """Digest of everything but the payload that the library's files are made from."""
    folder = files("chargeside").joinpath("templates", "library")
    texts = [
        (entry.name, entry.read_text(encoding="utf-8"))
        for entry in folder.iterdir()
        if entry.name.endswith(".j2")
    ]
    drawings = tuple(
        (group, tuple((one.name, one.alt, one.body) for one in every))
        for group, every in load_groups().items()
    )
    return digest((tuple(sorted(texts)), package_text("style/library.css"), drawings, version("chargeside")))
