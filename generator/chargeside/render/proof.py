"""Proof of a sign: the finished bytes are read back, as a camera and a reader would, and compared with what was meant.

What signs of a kind share is proofed once, when their plate is made; each sign then for what is its own: the code, and every
line that was drawn into a slot.
"""

from __future__ import annotations

import ctypes
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import pypdfium2
import pypdfium2.raw as pdfium
import zxingcpp

from chargeside.errors import RenderError
from chargeside.plan.placards import Placard, Plug
from chargeside.render.boxes import Drawn, Ink, Rect
from chargeside.render.layout import Laid
from chargeside.render.press import Leaf, without_plates
from chargeside.render.qr import QUIET, CodePlan, Printed
from chargeside.render.qr import plan as plan_code
from chargeside.render.slots import PT_MM, Slot

DPI = 150
"""Resolution at which the code must still be read: a poor photo or an office printer."""

_PAGE_SLACK_MM = 0.1
_OVERLAP_MM = 0.25
_OVERLAP = 0.15
"""How far letters of two lines may reach into each other's box, in mm and in shares of the lower one's height: a box is around a
whole line, and the accent of one line hardly ever meets the tail of another."""
_SLOT_EDGE = 0.2
"""Share of the letters' size at the upper and lower edge of a slot that no letter of it reaches."""
_LINE, _ALONG = 0.1, 0.05
"""How far an origin may lie from the baseline, and how far before its line, in shares of the font size."""
_MARK = 0.5
"""The same for marks above and below letters."""
_LINE_END_HYPHENS = str.maketrans("\x02\ufffe", "--")  # what PDFium makes of a hyphen at the end of a line
_QR = zxingcpp.barcode_formats_from_str("QRCode")


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured of a sign. Millimetres; `letters_pt`: smallest letters for drivers, `level`: size of its text, 1 as the
    design has it; `fonts`: how many are embedded; `left_off`: blocks there was no room for; `plain`: all of it laid out by
    the print engine."""

    letters_pt: float
    level: float
    left_off: tuple[str, ...]
    fonts: int
    plain: bool
    code: CodePlan | None = None

    def with_code(self, printed: Printed, distance_m: float) -> Figures:
        """With what is known of the code."""
        return replace(self, code=plan_code(printed.symbol.url, printed.side_mm, distance_m))


class Text(NamedTuple):
    """A line of text: where it starts, in mm from the sign's upper left corner."""

    text: str
    x: float
    baseline: float
    width: float
    size: float


@dataclass(slots=True)
class Wanted:
    """What one sign must show besides its plate: its size in mm, the code's address and place, and lines in the order drawn."""

    width_mm: float
    height_mm: float
    url: str
    code: Rect
    lines: list[Text] = field(default_factory=list)


def proof(data: bytes, wanted: Wanted, figures: Figures) -> None:
    """Compares the finished PDF of a sign with what it should be.

    Raises RenderError (P702) that names the first thing that differs.
    """
    document = pypdfium2.PdfDocument(data)
    try:
        if len(document) != 1:
            raise failed(f"it has {len(document)} pages")
        _sign(document[0], wanted, figures)
    finally:
        document.close()


def proof_batch(signs: Sequence[tuple[bytes, Leaf, Wanted, Figures]]) -> list[tuple[int, RenderError]]:
    """The same for signs whose plates were looked at before: place and reason of those that fail."""
    if not signs:
        return []
    wrong: list[tuple[int, RenderError]] = []
    document = pypdfium2.PdfDocument(without_plates([(data, leaf) for data, leaf, _, _ in signs]))
    try:
        for place, (_, _, wanted, figures) in enumerate(signs):
            page = document[place]
            try:
                _sign(page, wanted, figures)
            except RenderError as error:
                wrong.append((place, error))
            page.close()
    finally:
        document.close()
    return wrong


def _sign(page: pypdfium2.PdfPage, wanted: Wanted, figures: Figures) -> None:
    _page_size(page, wanted.width_mm, wanted.height_mm)
    proof_page(page, wanted, 0.0, 0.0)
    if figures.code is None or figures.code.quiet_modules < QUIET - 0.01:
        raise failed("there is too little white around the code")


def proof_page(page: pypdfium2.PdfPage, wanted: Wanted, left_mm: float, top_mm: float) -> None:
    """Code and lines of a sign whose upper left corner lies there on a page. Raises RenderError (P702)."""
    _code(page, wanted, left_mm, top_mm)
    if wanted.lines:
        _lines(page, wanted.lines, left_mm, top_mm)


def failed(what: str) -> RenderError:
    """The proof found something."""
    return RenderError(
        f"the proof failed: {what}", code="P702", mend="do not print it; report it with the station's data"
    )


def _page_size(page: pypdfium2.PdfPage, width_mm: float, height_mm: float) -> None:
    drawn = tuple(points * PT_MM for points in page.get_size())
    if abs(drawn[0] - width_mm) > _PAGE_SLACK_MM or abs(drawn[1] - height_mm) > _PAGE_SLACK_MM:
        raise failed(f"the page is {drawn[0]:.1f} × {drawn[1]:.1f} mm and not {width_mm:g} × {height_mm:g}")


def _code(page: pypdfium2.PdfPage, wanted: Wanted, left_mm: float, top_mm: float) -> None:
    box, (width, height) = wanted.code, page.get_size()
    crop = (
        (left_mm + box.left) / PT_MM,
        height - (top_mm + box.bottom) / PT_MM,
        width - (left_mm + box.right) / PT_MM,
        (top_mm + box.top) / PT_MM,
    )
    picture = page.render(scale=DPI / 72, crop=crop, grayscale=True, may_draw_forms=False).to_pil()
    found = zxingcpp.read_barcodes(picture, formats=_QR, try_invert=False)
    if [symbol.text for symbol in found] != [wanted.url]:
        read = ", ".join(f'"{symbol.text}"' for symbol in found) or "nothing"
        raise failed(f'the code reads {read} and not "{wanted.url}"')


def _lines(page: pypdfium2.PdfPage, lines: Sequence[Text], left_mm: float, top_mm: float) -> None:
    """What was drawn last must be just these lines, each in its place."""
    text, (_, height) = page.get_textpage(), page.get_size()
    try:
        read = _last_read(text, sum(len("".join(line.text.split())) for line in lines))
        at = 0
        for line in lines:
            count = len("".join(line.text.split()))
            drawn = read[at : at + count]
            at += count
            said = "".join([letter for _, letter in drawn])
            if said != "".join(line.text.split()) and _bare(said) != _bare(line.text):
                raise failed(f'it says "{said}" where "{line.text}" should stand')
            for index, letter in (drawn[0], drawn[-1]):
                place = _letter(text, index, 0.0, height)
                if place is None or not _stands(place, line, left_mm, top_mm):
                    raise failed(f'"{letter}" of "{line.text}" does not stand where it should')
    finally:
        text.close()


def _last_read(text: Any, count: int) -> list[tuple[int, str]]:
    """The last characters that the page draws, with their places among all."""
    every = text.count_chars()
    first = max(every - 2 * count - 40, 0)  # line ends and spaces that PDFium adds count too
    read = text.get_text_range(first, every - first, errors="replace")
    if len(read) != every - first:  # characters beyond U+FFFF, or none at all
        read = "".join(chr(pdfium.FPDFText_GetUnicode(text, index)) for index in range(first, every))
    return [(first + at, letter) for at, letter in enumerate(read) if not letter.isspace()][-count:]


def _stands(letter: _Letter, line: Text, left_mm: float, top_mm: float) -> bool:
    along = letter.x - left_mm - line.x
    return (
        abs(letter.baseline - top_mm - line.baseline) <= _LINE * line.size
        and -_ALONG * line.size - 0.1 <= along <= line.width + 0.1
    )


class _Letter(NamedTuple):
    """A character as drawn: its place on the page, and its origin in mm from the left and from the top."""

    at: int
    text: str
    x: float
    baseline: float


def _letters(page: pypdfium2.PdfPage, left: float, top: float) -> Iterator[_Letter]:
    """All characters of the page in the order in which they are drawn; the corner that they are measured from in points."""
    text = page.get_textpage()
    for index in range(text.count_chars()):
        if letter := _letter(text, index, left, top):
            yield letter


_X, _Y = ctypes.c_double(), ctypes.c_double()


def _letter(text: Any, index: int, left: float, top: float) -> _Letter | None:
    letter = chr(pdfium.FPDFText_GetUnicode(text, index))
    if letter.isspace() or not pdfium.FPDFText_GetCharOrigin(text, index, _X, _Y):
        return None
    return _Letter(index, letter, (_X.value - left) * PT_MM, (top - _Y.value) * PT_MM)


def _on_line(letters: Iterable[_Letter], line: Ink) -> Iterator[_Letter]:
    """Characters that stand on a line of text, between its ends."""
    start, end = line.start - _ALONG * line.size, line.end - _ALONG * line.size
    for letter in letters:
        aside = abs(letter.baseline - line.baseline)
        if (start <= letter.x < end and aside < _LINE * line.size) or (
            (  # a mark has no width of its own, and is set up or down
                unicodedata.combining(letter.text) or unicodedata.category(letter.text) == "Mn"
            )
            and line.start < letter.x <= line.end + _ALONG * line.size
            and aside < _MARK * line.size
        ):
            yield letter


def _bare(text: str) -> str:
    """Text without spaces and line breaks, which a PDF does not keep; ligatures and composed letters in one form."""
    text = text.translate(_LINE_END_HYPHENS)
    return "".join(
        c for c in unicodedata.normalize("NFKC", text) if not c.isspace() and unicodedata.category(c) != "Cf"
    )


# ── What signs of a kind share ─────────────────────────────────────────────────────────────────────────────────────


def proof_plate(
    data: bytes,
    texts: Mapping[str, str],
    laid: Laid,
    slots: Mapping[str, tuple[Slot, float, float]],
) -> Figures:
    """Compares a plate (or a whole sign that WeasyPrint drew) with the texts that it must show, by id; `slots` must be empty.

    Raises RenderError (P702) that names the first thing that differs.
    """
    document = pypdfium2.PdfDocument(data)
    try:
        if len(document) != 1:
            raise failed(f"it has {len(document)} pages")
        page = document[0]
        left, _, _, top = page.get_trimbox()
        _plate_texts(list(_letters(page, left, top)), texts, laid.page.drawn.places)
        _overlaps(page, slots, left, top)
        fonts = _fonts(page)
    finally:
        document.close()
    return Figures(
        letters_pt=round(laid.least_mm / PT_MM, 1),
        level=laid.level,
        left_off=tuple(sorted(laid.dropped)),
        fonts=fonts,
        plain=not slots,
    )


def proof_part(data: bytes, texts: Mapping[str, str], drawn: Drawn) -> None:
    """Compares a part of a plate with the texts that it must show, by id. Raises RenderError (P702)."""
    document = pypdfium2.PdfDocument(data)
    try:
        page = document[0]
        left, _, _, top = page.get_trimbox()
        _plate_texts(list(_letters(page, left, top)), texts, drawn.places)
        _overlaps(page, {}, left, top)
        _fonts(page)
    finally:
        document.close()


def _plate_texts(
    letters: Sequence[_Letter], texts: Mapping[str, str], places: Mapping[str, tuple[Ink, ...]]
) -> None:
    for name, value in texts.items():
        if name not in places:
            raise failed(f'"{value}" ({name}) is not on it')
        # Each letter counts once, should two pieces of a line share it.
        found = dict.fromkeys(letter for piece in places[name] for letter in _on_line(letters, piece))
        read = "".join(letter.text for letter in found)
        if not _same(read, value):
            raise failed(f'it says "{read}" where "{value}" ({name}) should stand')


def _same(read: str, value: str) -> bool:
    """Whether it is the same text. Right to left, letters are drawn in runs whose order on paper is not that of the text."""
    drawn, meant = _bare(read), _bare(value)
    return drawn == meant or (
        any(unicodedata.bidirectional(c) in ("R", "AL") for c in meant) and sorted(drawn) == sorted(meant)
    )


def _overlaps(
    page: pypdfium2.PdfPage,
    slots: Mapping[str, tuple[Slot, float, float]],
    left_pt: float,
    top_pt: float,
) -> None:
    """No line of text reaches into another one or into a slot, as drawn."""
    boxes: list[tuple[str, Rect]] = []
    for name, (slot, left, top) in slots.items():
        inset = _SLOT_EDGE * slot.largest
        where = Rect(left, top + inset, left + slot.width, top + slot.height - inset)
        boxes.append((f"the place of {name}", where))
    text = page.get_textpage()
    for thing in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_TEXT], max_depth=4):
        left, bottom, right, top = thing.get_bounds()
        edges = (left - left_pt, top_pt - top, right - left_pt, top_pt - bottom)
        drawn = Rect(*(edge * PT_MM for edge in edges))
        words = " ".join(text.get_text_bounded(left, bottom, right, top).split())
        if not words:
            continue
        for what, other in boxes:
            low = min(drawn.bottom - drawn.top, other.bottom - other.top)
            across = min(drawn.right, other.right) - max(drawn.left, other.left)
            down = min(drawn.bottom, other.bottom) - max(drawn.top, other.top)
            if across > _OVERLAP_MM and down > max(_OVERLAP_MM, _OVERLAP * low):
                raise failed(f'"{words}" overlaps {what}')
        boxes.append((f'"{words}"', drawn))


def _fonts(page: pypdfium2.PdfPage) -> int:
    """How many fonts there are; all of them are embedded."""
    names = set()
    for thing in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_TEXT], max_depth=4):
        font: Any = pdfium.FPDFTextObj_GetFont(thing)
        names.add(_font_name(font))
        if pdfium.FPDFFont_GetIsEmbedded(font) != 1:
            raise failed(f"the font {_font_name(font)} is not embedded")
    return len(names)


def _font_name(font: Any) -> str:
    length = pdfium.FPDFFont_GetBaseFontName(font, None, 0)
    buffer = ctypes.create_string_buffer(max(length, 1))
    pdfium.FPDFFont_GetBaseFontName(font, buffer, length)
    return buffer.value.decode("utf-8", "replace")


_ALWAYS = {
    "station": ("hours", "step-", "emergency"),
    "connector": ("plug-0", "emergency"),
    "site": ("hours", "emergency", "row-"),
}
"""Ids, or what they begin with, of texts that a sign must have; the others where its design shows them."""


def wanted_in(
    placard: Placard, drawn: Drawn, carries: str, texts: Mapping[str, Sequence[tuple[str, ...]]] | None = None
) -> dict[str, str]:
    """By id, texts that WeasyPrint was to draw. `texts`: of the slots, where it draws those too."""
    found = dict(_expected(placard))
    must = {name for name in found if name.startswith(_ALWAYS[carries])}
    for name, choices in (texts or {}).items():
        lines = [key for key in drawn.places if key.startswith(f"{name}-l")]
        read = " ".join(ink.text for key in lines for ink in drawn.places[key])
        if lines:
            full = [" ".join(choice) for choice in choices if _bare(" ".join(choice)) == _bare(read)]
            found[f"slot-{name}"] = full[0] if full else " ".join(choices[0])
            must.add(f"slot-{name}")
    return {name: value for name, value in found.items() if name in must or name in drawn.places}


def wanted_in_part(placard: Placard, ids: Mapping[str, str]) -> dict[str, str]:
    """By id in the part, texts that WeasyPrint was to draw. `ids`: those of the sign, by those in the part."""
    found = dict(_expected(placard))
    return {there: found[here] for there, here in ids.items() if here in found}


def _expected(placard: Placard) -> Iterator[tuple[str, str]]:
    if placard.phone_hours:
        yield "hours", placard.phone_hours
    for index, step in enumerate(placard.steps):
        yield f"step-{index}", _each(step.texts)
    yield "emergency", placard.emergency
    yield from _plugs("", placard.plugs)
    for index, way in enumerate(placard.payments):
        yield f"pay-{index}", _each(way)
    if placard.release:
        yield "release", _each(placard.release)
    if placard.pay_at:
        yield "pay-at", placard.pay_at
    for index, row in enumerate(placard.rows):
        yield f"row-{index}", row.number
        yield f"code-{index}", row.code
        if row.spot:
            yield f"spot-{index}", row.spot
        yield from _plugs(f"{index}-", row.plugs)
        for place, plug in enumerate(row.plugs):
            if plug.power:
                yield f"power-{index}-{place}", plug.power
    yield "issued", placard.issued


def _plugs(of: str, plugs: Sequence[Plug]) -> Iterator[tuple[str, str]]:
    for index, plug in enumerate(plugs):
        yield f"plug-{of}{index}", plug.name


def _each(texts: Sequence[str]) -> str:
    """What a text reads as in all languages of the sign; what two of them share stands once."""
    return " ".join(dict.fromkeys(texts))
