"""Proof of a print run: the finished file is read back page by page. Every sign must show its code and its own lines, in its place."""

from __future__ import annotations

import ctypes
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pypdfium2
import pypdfium2.raw as pdfium

from chargeside.render.pdf import POINT_MM
from chargeside.render.press import Edges
from chargeside.render.proof import Text, Wanted, failed, proof_page

_SLACK_MM = 0.1
_LETTER_OFF = 0.1
"""How far a letter may lie from its line, in shares of its size."""
_HYPHEN = "\x02"  # what PDFium makes of a hyphen at the end of a line


@dataclass(frozen=True, slots=True)
class Shown:
    """A page as it should be: its size, where it is cut, and its signs with their upper left corners in mm."""

    size_mm: tuple[float, float]
    trim: Edges
    signs: Sequence[tuple[Wanted, float, float]]


@dataclass(frozen=True, slots=True)
class _Letter:
    text: str
    x: float
    baseline: float


def proof_pages(path: Path, pages: int, first: int, shown: Sequence[Shown]) -> int:
    """Proofs pages of a file from the page `first` on, counted from 0, and that it has `pages` in all; gives how many passed.

    PDFium keeps what it has read: a long file is better proofed in many calls. Raises RenderError (P702).
    """
    document = pypdfium2.PdfDocument(path)
    try:
        if len(document) != pages:
            raise failed(f"the print run has {len(document)} pages and not {pages}")
        for number, wanted in enumerate(shown, first):
            page = document[number]
            try:
                _proof(page, number, wanted)
            finally:
                page.close()
    finally:
        document.close()
    return len(shown)


def _proof(page: pypdfium2.PdfPage, number: int, shown: Shown) -> None:
    _sizes(page, number, shown)
    letters = list(_letters(page)) if any(wanted.lines for wanted, _, _ in shown.signs) else []
    for wanted, left, top in shown.signs:
        proof_page(page, replace(wanted, lines=[]), left, top)
        if wanted.lines:
            right, bottom = left + wanted.width_mm, top + wanted.height_mm
            own = [one for one in letters if left <= one.x <= right and top <= one.baseline <= bottom]
            _lines(own, wanted.lines, left, top)


def _sizes(page: pypdfium2.PdfPage, number: int, shown: Shown) -> None:
    measured = (*page.get_size(), *page.get_trimbox())
    for is_, should_be in zip(measured, (*shown.size_mm, *shown.trim), strict=True):
        if abs(is_ * POINT_MM - should_be) > _SLACK_MM:
            raise failed(
                f"page {number + 1} or its trim box measures {is_ * POINT_MM:.1f} and not {should_be:.1f} mm"
            )


def _letters(page: pypdfium2.PdfPage) -> Iterator[_Letter]:
    """All characters of a page in the order in which they are drawn."""
    text, height, x, y = page.get_textpage(), page.get_height(), ctypes.c_double(), ctypes.c_double()
    try:
        for index in range(text.count_chars()):
            letter = chr(pdfium.FPDFText_GetUnicode(text, index))
            if not letter.isspace() and pdfium.FPDFText_GetCharOrigin(text, index, x, y):
                yield _Letter(letter, x.value * POINT_MM, (height - y.value) * POINT_MM)
    finally:
        text.close()


def _lines(letters: Sequence[_Letter], lines: Sequence[Text], left: float, top: float) -> None:
    """What was drawn last on a sign must be just these lines, each in its place."""
    at = len(letters) - sum(len(_bare(line.text)) for line in lines)
    if at < 0:
        raise failed("a sign of the print run lacks a line")
    for line in lines:
        drawn = letters[at : at + len(_bare(line.text))]
        at += len(drawn)
        read = "".join(letter.text for letter in drawn).replace(_HYPHEN, "-")
        if unicodedata.normalize("NFKC", read) != unicodedata.normalize("NFKC", _bare(line.text)):
            raise failed(f'it says "{read}" where "{line.text}" should stand')
        slack = _LETTER_OFF * line.size
        for letter in (drawn[0], drawn[-1]):
            along, off = letter.x - left - line.x, letter.baseline - top - line.baseline
            if abs(off) > slack or not -slack - 0.1 <= along <= line.width + 0.1:
                raise failed(f'"{line.text}" does not stand where it should')


def _bare(text: str) -> str:
    return "".join(text.split())
