"""Draws what is one sign's own: text and the QR code, as the content stream of a PDF."""

from __future__ import annotations

import re
from functools import cache

from chargeside.render.pdf import POINT_MM, number, numbers
from chargeside.render.qr import Printed, Symbol
from chargeside.render.type import Face, Piece

BLACK = "#000000"


class Overlay:
    """Draws on a plate. Places are in mm from the upper left corner of the trimmed sign."""

    def __init__(self, height_mm: float) -> None:
        """`height_mm` is the height of the trimmed sign."""
        self._height_mm = height_mm
        self._parts: list[bytes] = []
        self._pieces: dict[str, Piece] = {}
        self._ink = b""  # so that what is drawn needs nothing that was drawn before it

    def text(
        self, face: Face, text: str, x_mm: float, baseline_mm: float, size_mm: float, colour: str = BLACK
    ) -> None:
        """One line of text that starts at `x_mm` on a baseline, in letters of `size_mm` an em.

        Raises KeyError when the face has not all of it (`Face.has`).
        """
        if not text:
            return
        self._use(colour)
        shown = face.show(text)
        self._pieces.update((piece.name, piece) for piece, _ in shown)
        size = number(_font_size(size_mm), 7)
        place = numbers(x_mm / POINT_MM, (self._height_mm - baseline_mm) / POINT_MM)
        first, *others = (b"/%b %b Tf" % (piece.name.encode(), size) for piece, _ in shown)
        codes = [b"<%b>Tj" % code for _, code in shown]
        more = b"".join(map(b"".join, zip(others, codes[1:], strict=True)))
        self._parts.append(b"BT %b %b Td%b%b ET" % (first, place, codes[0], more))

    def code(self, printed: Printed, left_mm: float, top_mm: float) -> None:
        """A QR code in black. `left_mm`, `top_mm`: the corner of its dark modules, without the quiet zone."""
        self._use(BLACK)
        module = number(printed.module_mm / POINT_MM, 5)
        place = numbers(left_mm / POINT_MM, (self._height_mm - top_mm) / POINT_MM)
        self._parts.append(b"q %b 0 0 -%b %b cm %bf Q" % (module, module, place, _modules(printed.symbol)))

    def box(self, left_mm: float, top_mm: float, width_mm: float, height_mm: float, colour: str) -> None:
        """A filled rectangle."""
        self._use(colour)
        corner = (left_mm, self._height_mm - top_mm - height_mm, width_mm, height_mm)
        self._parts.append(b"%b re f" % numbers(*(measure / POINT_MM for measure in corner)))

    def add(self, other: Overlay) -> None:
        """Draws what another overlay of the same height draws."""
        self._parts += other._parts
        self._pieces |= other._pieces
        self._ink = other._ink or self._ink

    def drawn(self) -> bytes:
        """The content stream."""
        return b"\n".join(self._parts)

    def pieces(self) -> tuple[Piece, ...]:
        """The fonts it uses."""
        return tuple(self._pieces[name] for name in sorted(self._pieces))

    def _use(self, colour: str) -> None:
        wanted = ink(colour)
        if wanted != self._ink:
            self._parts.append(wanted)
            self._ink = wanted


@cache
def _font_size(size_mm: float) -> float:
    """Points of the size that WeasyPrint draws: Pango counts in 1024ths of a CSS pixel and drops what is less."""
    pango_units = int(size_mm / 25.4 * 96 * 1024 + 1e-6)
    return pango_units / 1024 * 72 / 96


@cache
def ink(colour: str) -> bytes:
    """The operator that fills with a colour such as #0a7d4b: greys, black and white in DeviceGray, others in DeviceRGB."""
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return (
        b"%b g" % number(red, 4)
        if red == green == blue
        else b"%b rg" % b" ".join(number(c, 4) for c in (red, green, blue))
    )


class _Strip(dict[bytes, bytes]):
    """Rectangles for eight modules of a row from `left` on, by what they are: each is worked out once."""

    def __init__(self, left: int, y: int) -> None:
        self._left, self._y = left, y

    def __missing__(self, cells: bytes) -> bytes:
        runs = re.finditer(rb"\x00+", cells)
        self[cells] = drawn = b"".join(
            b"%d %d %d 1 re\n" % (self._left + run.start(), self._y, run.end() - run.start()) for run in runs
        )
        return drawn


@cache
def _strips(side: int) -> tuple[tuple[int, int, _Strip], ...]:
    """Where each strip of a code begins and ends among its modules."""
    return tuple(
        (y * side + left, y * side + min(left + 8, side), _Strip(left, y))
        for y in range(side)
        for left in range(0, side, 8)
    )


def _modules(symbol: Symbol) -> bytes:
    """The dark modules as one path of rectangles, a module being the unit: one path, so that they close up without a seam."""
    cells = symbol.cells
    return b"".join([strip[cells[start:end]] for start, end, strip in _strips(symbol.modules)])
