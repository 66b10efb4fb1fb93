"""Proof of a sign: the finished bytes are read back, as a camera and a reader would, and compared with what was meant."""

from __future__ import annotations

import ctypes
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import pypdfium2
import pypdfium2.raw as pdfium
import zxingcpp

from chargeside.errors import RenderError
from chargeside.plan.placards import Placard
from chargeside.render.boxes import Ink
from chargeside.render.qr import Printed

DPI = 150
"""Resolution at which the code must still be read: a poor photo or an office printer."""

SIZES_MM: Mapping[str, tuple[float, float]] = {"A5": (148.0, 210.0)}
_PAGE_SLACK_MM = 0.1
_LINE, _ALONG = 0.1, 0.05
"""How far an origin may lie from the baseline, and how far before its line, in shares of the font size."""
_LINE_END_HYPHEN = "\x02"  # what PDFium makes of a hyphen at the end of a line
_POINT_MM = 25.4 / 72


def proof(
    data: bytes,
    placard: Placard,
    places: Mapping[str, tuple[Ink, ...]],
    code: Printed,
    dropped: frozenset[str] = frozenset(),
) -> None:
    """Compares a PDF with the sign it should be. `places` says where each element was drawn, by id.

    Raises RenderError (P702) that names the first thing that differs.
    """
    document = pypdfium2.PdfDocument(data)
    try:
        if len(document) != 1:
            raise _failed(f"it has {len(document)} pages")
        page = document[0]
        _page_size(page, placard.size)
        _code(page, places, code)
        _texts(page, placard, places, dropped)
        _fonts(page)
    finally:
        document.close()


def _failed(what: str) -> RenderError:
    return RenderError(
        f"the proof failed: {what}", code="P702", mend="do not print it; report it with the station's data"
    )


def _page_size(page: pypdfium2.PdfPage, size: str) -> None:
    drawn = tuple(points * _POINT_MM for points in page.get_size())
    if any(
        abs(is_mm - want_mm) > _PAGE_SLACK_MM for is_mm, want_mm in zip(drawn, SIZES_MM[size], strict=True)
    ):
        raise _failed(f"the page is {drawn[0]:.1f} × {drawn[1]:.1f} mm and not {size}")


def _code(page: pypdfium2.PdfPage, places: Mapping[str, tuple[Ink, ...]], code: Printed) -> None:
    if "code" not in places:
        raise _failed("there is no code")
    box, (width, height) = places["code"][0].box, page.get_size()
    crop = (
        box.left / _POINT_MM,
        height - box.bottom / _POINT_MM,
        width - box.right / _POINT_MM,
        box.top / _POINT_MM,
    )
    picture = page.render(scale=DPI / 72, crop=crop, grayscale=True).to_pil()
    found = zxingcpp.read_barcodes(
        picture, formats=zxingcpp.barcode_formats_from_str("QRCode"), try_invert=False
    )
    if [symbol.text for symbol in found] != [code.symbol.url]:
        read = ", ".join(f'"{symbol.text}"' for symbol in found) or "nothing"
        raise _failed(f'the code reads {read} and not "{code.symbol.url}"')


def _texts(
    page: pypdfium2.PdfPage, placard: Placard, places: Mapping[str, tuple[Ink, ...]], dropped: frozenset[str]
) -> None:
    letters = _letters(page)
    wanted = {name: value for name, (block, value) in expected(placard).items() if block not in dropped}
    for name, value in wanted.items():
        if name not in places:
            raise _failed(f'"{value}" ({name}) is not on it')
        # Each letter counts once, should two pieces of a line share it.
        found = dict.fromkeys(letter for piece in places[name] for letter in _on_line(letters, piece))
        read = "".join(letter.text for letter in found)
        if _bare(read) != _bare(value):
            raise _failed(f'it says "{read}" where "{value}" ({name}) should stand')


class _Letter(NamedTuple):
    """A character as drawn: its place on the page, and its origin in mm from the left and from the top."""

    at: int
    text: str
    x: float
    baseline: float


def _letters(page: pypdfium2.PdfPage) -> list[_Letter]:
    """All characters of the page in the order in which they are drawn."""
    text, (_, height) = page.get_textpage(), page.get_size()
    x, y = ctypes.c_double(), ctypes.c_double()
    letters: list[_Letter] = []
    for index in range(text.count_chars()):
        letter = chr(pdfium.FPDFText_GetUnicode(text, index))
        if not letter.isspace() and pdfium.FPDFText_GetCharOrigin(text, index, x, y):
            letters.append(_Letter(index, letter, x.value * _POINT_MM, (height - y.value) * _POINT_MM))
    return letters


def _on_line(letters: Iterable[_Letter], line: Ink) -> Iterator[_Letter]:
    """Characters that stand on a line of text, between its ends."""
    start, end = line.start - _ALONG * line.size, line.end - _ALONG * line.size
    for letter in letters:
        if start <= letter.x < end and abs(letter.baseline - line.baseline) < _LINE * line.size:
            yield letter


def expected(placard: Placard) -> dict[str, tuple[str, str]]:
    """What must be read where: by id the block that it belongs to (which may be left off) and the text."""
    return dict(_expected(placard))


def _expected(placard: Placard) -> Iterator[tuple[str, tuple[str, str]]]:
    for index, number in enumerate(placard.numbers):
        yield f"number-{index}", ("number", number.text)
    yield "phone", ("helpline", placard.phone)
    if placard.phone_hours:
        yield "hours", ("helpline", placard.phone_hours)
    for index, (_, text) in enumerate(placard.steps):
        yield f"step-{index}", ("steps", text)
    yield "emergency", ("emergency", placard.emergency)
    if placard.name:
        yield "name", ("name", placard.name)
    if placard.street:
        yield "street", ("where", placard.street)
    if placard.spot:
        yield "spot", ("where", placard.spot)
    yield "typed", ("typed", placard.typed)
    for index, plug in enumerate(placard.plugs):
        yield f"plug-{index}", ("plugs", plug.name)
        if plug.power:
            yield f"power-{index}", ("plugs", plug.power)
    for index, way in enumerate(placard.payments):
        yield f"pay-{index}", ("payments", way)
    yield "mark", ("foot", placard.mark)
    yield "issued", ("foot", placard.issued)


def _bare(text: str) -> str:
    """Text without spaces and line breaks, which a PDF does not keep; ligatures and composed letters in one form."""
    text = text.replace(_LINE_END_HYPHEN, "-")
    return "".join(
        c for c in unicodedata.normalize("NFKC", text) if not c.isspace() and unicodedata.category(c) != "Cf"
    )


def _fonts(page: pypdfium2.PdfPage) -> None:
    for thing in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_TEXT]):
        font: Any = pdfium.FPDFTextObj_GetFont(thing)
        if pdfium.FPDFFont_GetIsEmbedded(font) != 1:
            raise _failed(f"the font {_font_name(font)} is not embedded")


def _font_name(font: Any) -> str:
    length = pdfium.FPDFFont_GetBaseFontName(font, None, 0)
    buffer = ctypes.create_string_buffer(max(length, 1))
    pdfium.FPDFFont_GetBaseFontName(font, buffer, length)
    return buffer.value.decode("utf-8", "replace")
