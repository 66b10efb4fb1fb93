"""Draws a sign: laid out by WeasyPrint, measured, and proofed by reading back the finished PDF before it is handed on."""

from __future__ import annotations

import logging
import re
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from importlib.metadata import version
from importlib.resources import files
from typing import Any

import weasyprint
from jinja2 import Template
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher

from chargeside.errors import RenderError
from chargeside.i18n import translator
from chargeside.model.colour import contrast
from chargeside.model.connector import ConnectorType, Fill, View
from chargeside.model.network import Logo
from chargeside.plan.jobs import Renderer
from chargeside.plan.placards import KIND, Placard, Plug
from chargeside.render import html
from chargeside.render.boxes import Drawn, read_page
from chargeside.render.faces import face_svg, label_svg
from chargeside.render.pictograms import inline, load_pictograms
from chargeside.render.proof import expected, proof
from chargeside.render.qr import Printed, fit

CARD_MM = 57.0
"""Side of the white card that the code and its quiet zone fill."""

_FOLDER = "templates/placard/classic"
_LOG = logging.getLogger("weasyprint")
_FACE_SCALES = {"few": 1 / 6.3, "row": 1 / 8.6, "grid": 1 / 14.5}
"""Drawings of plugs, by how many there are: all of a sign to one scale."""

_VISIBLE = 3.0  # contrast of a line with the paper (WCAG 2.2, 1.4.11)

SMALL = "small"
_LADDERS: Mapping[str, tuple[str, ...]] = {
    "number": (SMALL,),
    "helpline": (SMALL,),
    "steps": (SMALL,),
    "emergency": (SMALL,),
    "where": (SMALL, "-name"),
    "typed": (SMALL, "-typed"),
    "plugs": (SMALL, "-plugs"),
    "payments": (SMALL, "-payments"),
    "brand": (SMALL, "-brand"),
    "foot": ("-maker",),
}
"""What is done, in turn, about a block that something stands out of: the design's smaller size, then leaving a thing of
little worth off. A block that still does not fit is an error; so is one that is not listed."""

_WHAT: Mapping[str, tuple[str, str]] = {
    "number": ("the number of the charger", "shorten the number in overrides.csv"),
    "helpline": ("the helpline and its hours", "shorten hours: of the helpline in operator.yml"),
    "steps": ("the steps to start", "report it: these texts are part of Chargeside"),
    "emergency": ("the emergency number", "shorten emergency_phone: in operator.yml"),
    "where": ("the address with level and bay", "shorten the address in the feed"),
    "typed": ("the address to type", "use a shorter site_url"),
    "plugs": ("the plugs", "see that the feed names each plug as OCPI does"),
    "payments": ("the ways to pay", "shorten the names of apps in operator.yml"),
    "brand": ("the operator's name", "set a logo in operator.yml, or shorten name:"),
    "maker": ("the operator's name in the foot", "shorten name: in operator.yml"),
    "name": ("the site's name", "shorten the name in the feed"),
}
"""A block in words, and where its text can be mended."""


class Sign(bytes):
    """A finished PDF. `warnings` are findings to be: code, message, mend."""

    warnings: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class _Laid:
    """A sign laid out so that all that is on it fits."""

    document: Any
    drawn: Drawn
    dropped: frozenset[str]
    said: tuple[str, ...]


def render_placard(placard: Placard, shared: Mapping[str, Any]) -> Sign:
    """The PDF of one sign, proofed.

    Raises RenderError: P701 a text does not fit, P702 the proof failed, P703 a character has no glyph, P705 no legible code.
    """
    code = fit(placard.url, CARD_MM)
    with _listen() as heard:
        laid = _lay_out(placard, code, shared)
        heard.clear()  # earlier attempts said the same
        data = laid.document.write_pdf(
            pdf_identifier=blake2b(repr(placard).encode(), digest_size=16).digest()
        )
    warnings = [*laid.said, *heard]
    _refuse_missing_glyphs(warnings)
    proof(data, placard, laid.drawn.places, code, laid.dropped)
    sign = Sign(data)
    sign.warnings = (
        *(
            ("P706", f"left off for want of room: {_WHAT[name][0]}", _WHAT[name][1])
            for name in sorted(laid.dropped)
        ),
        *(("P704", f"the print engine says: {text}", "look at the sign") for text in dict.fromkeys(warnings)),
    )
    return sign


RENDERERS: Mapping[str, Renderer] = {KIND: render_placard}


@cache
def closure() -> str:
    """Digest of all that decides how a sign looks besides its values."""
    state = blake2b(digest_size=16)
    package = files("chargeside")
    for name in ("sign.html.jinja", "style.css"):
        state.update(html.package_text(f"{_FOLDER}/{name}").encode())
    for name in ("boxes", "faces", "placard", "proof", "qr"):
        state.update(package.joinpath("render", f"{name}.py").read_bytes())
    state.update(repr(sorted(load_pictograms().items())).encode())
    state.update(repr([version(name) for name in ("chargeside", "weasyprint", "pydyf", "qrcode")]).encode())
    return state.hexdigest()


def _lay_out(placard: Placard, code: Printed, shared: Mapping[str, Any]) -> _Laid:
    """Lays the sign out, and again with the next step of its ladder for each block that is overfull."""
    taken = dict.fromkeys(_LADDERS, 0)
    while True:
        steps = [step for block, ladder in _LADDERS.items() for step in ladder[: taken[block]]]
        dropped = frozenset(step[1:] for step in steps if step.startswith("-"))
        sizes = {block: SMALL if taken[block] else "" for block in _LADDERS}
        with _listen() as said:
            document = _document(_html(placard, code, shared, sizes, dropped))
        drawn = read_page(document.pages[0])
        overfull = drawn.overfull | _pushed_off(placard, drawn, dropped)
        if not overfull:
            return _Laid(document, drawn, dropped, tuple(said))
        _refuse_missing_glyphs(said)
        for block in sorted(overfull):
            if taken.get(block, 0) >= len(_LADDERS.get(block, ())):
                what, mend = _WHAT.get(block, (block, "report it: this text is part of Chargeside"))
                raise RenderError(
                    f"no room on the sign for {what}: {_text_of(placard, block)}", code="P701", mend=mend
                )
            taken[block] += 1


def _pushed_off(placard: Placard, drawn: Drawn, dropped: frozenset[str]) -> frozenset[str]:
    """Blocks of which something is not on the page at all: WeasyPrint lays out nothing below its foot."""
    wanted = expected(placard).items()
    gone = {block for name, (block, _) in wanted if name not in drawn.places and block not in dropped}
    return frozenset("where" if block == "name" else block for block in gone)


def _text_of(placard: Placard, block: str) -> str:
    """The text that did not fit, shortened for the message."""
    texts = {
        "number": " | ".join(number.text for number in placard.numbers),
        "helpline": f"{placard.phone} {placard.phone_hours}",
        "emergency": placard.emergency,
        "where": f"{placard.street} {placard.spot}".strip(),
        "brand": placard.operator,
        "payments": ", ".join(placard.payments),
    }
    text = texts.get(block, "")
    return f'"{text[:77]}…"' if len(text) > 80 else f'"{text}"'


def _refuse_missing_glyphs(said: list[str]) -> None:
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


# ── WeasyPrint ─────────────────────────────────────────────────────────────────────────────────────────────────────


@cache
def _fonts() -> FontConfiguration:
    return FontConfiguration()


@cache
def _fetcher() -> URLFetcher:
    """Reaches nothing: what a sign shows stands in its HTML."""
    return URLFetcher(allowed_protocols=("data",), allow_redirects=False)


@cache
def _style() -> weasyprint.CSS:
    return weasyprint.CSS(
        string=html.package_text(f"{_FOLDER}/style.css"), font_config=_fonts(), url_fetcher=_fetcher()
    )


_images: dict[str, Any] = {}
"""Drawings already parsed, by data: address."""


def _document(page: str) -> Any:
    source = weasyprint.HTML(string=page, url_fetcher=_fetcher())
    document = source.render(font_config=_fonts(), stylesheets=[_style()], cache=_images)
    for address in [address for address, image in _images.items() if image is None]:
        del _images[address]  # so that an image that cannot be drawn is told of at every sign that shows it
    return document


# ── HTML ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@cache
def _template() -> Template:
    environment = html.environment("placard/classic")
    environment.globals.update({"pictogram": _pictogram, "arrow": _arrow, "label": _label, "parts": _parts})
    return environment.get_template("sign.html.jinja")


def _html(
    placard: Placard,
    code: Printed,
    shared: Mapping[str, Any],
    sizes: Mapping[str, str],
    dropped: frozenset[str],
) -> str:
    logo: Logo | None = shared[placard.logo] if placard.logo else None

    many = len(placard.plugs)
    grid = "grid" if sizes["plugs"] == SMALL or many > 4 else "few" if many <= 2 else "row"

    def face(plug: Plug) -> str:
        return _face(shared[plug.face], plug.face, plug.view, _FACE_SCALES[grid])

    brand, on_brand = html.band(placard.colour)
    return _template().render(
        sign=placard,
        sizes=sizes,
        dropped=dropped,
        _=translator(placard.lang),
        brand=brand,
        on_brand=on_brand,
        frame=brand if contrast(brand, "#ffffff") >= _VISIBLE else "#000000",
        logo=_data(logo.data, logo.media_type) if logo else "",
        code_svg=html.trusted(code.svg()),
        face=face,
        grid=grid,
    )


def _parts(text: str) -> list[str]:
    """A long number or address in the pieces between which a line may end."""
    return re.findall(r"[^/.*-]+[/.*-]*|[/.*-]+", text)


def _face(connector: ConnectorType, digest: str, view: View, scale: float) -> str:
    """A drawing, made once for each connector, view and scale."""
    key = (digest, view, scale)
    if key not in _faces:
        _faces[key] = _data(face_svg(connector, prefix="f", view=view, scale=scale, standalone=True))
    return _faces[key]


_faces: dict[tuple[str, View, float], str] = {}


@cache
def _label(letter: str, fill: Fill) -> str:
    return _data(label_svg(letter, fill, prefix="l", width_mm=30, standalone=True))


@cache
def _pictogram(name: str, colour: str = "#000") -> str:
    return _data(inline(name, colour=colour))


@cache
def _arrow(place: str, colour: str = "#000") -> str:
    turn = {"left": 0, "right": 180, "centre": 270}[place]
    return _data(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24">'
        f'<path transform="rotate({turn} 12 12)" fill="{colour}" d="M2 12 12 3v6h10v6H12v6z"/></svg>'
    )


def _data(image: str | bytes, media_type: str = "image/svg+xml") -> str:
    raw = image.encode() if isinstance(image, str) else image
    return f"data:{media_type};base64,{b64encode(raw).decode()}"
