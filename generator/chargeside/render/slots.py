"""Slots: places on a sign that hold what differs from station to station, one line or a few, set by the same rules whether
WeasyPrint draws the line or we do."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from chargeside.render.type import Face, face

PT_MM = 25.4 / 72
LEADING = 1.2
"""Line height in em."""

_STEP = 0.94
"""Each size that is tried is so much smaller than the one before."""

_PIECES = re.compile(r"[^ ]+? *(?:(?<=[/.*|-])|(?<= )|$)")
"""A line may end behind a space, and in long numbers and addresses behind a stroke, dot, star or hyphen."""

Align = Literal["left", "center", "right"]
VAlign = Literal["top", "middle", "bottom"]
Paragraphs = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Slot:
    """A place for text: its box in mm, sizes of letters from `largest` to `smallest` in mm, as many lines as `most`.

    `breaks`: a paragraph may go on in the next line.
    """

    name: str
    width: float
    height: float
    largest: float
    smallest: float
    most: int
    bold: bool
    align: Align
    valign: VAlign
    ink: str
    breaks: bool

    @property
    def last(self) -> int:
        """Place of the smallest size among `sizes`."""
        return sum(1 for _ in self.sizes()) - 1

    def sizes(self) -> Iterator[float]:
        """Sizes to try, in mm, from large to small."""
        size = self.largest
        while size > self.smallest:
            yield size
            size *= _STEP
        yield self.smallest


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text in its slot: `x` and `baseline` in mm from the slot's upper left corner, downwards; `size` in mm."""

    text: str
    x: float
    baseline: float
    width: float
    size: float


@dataclass(frozen=True, slots=True)
class Setting:
    """How a text lies in a slot: which of the texts offered it is, and its lines."""

    choice: int
    lines: tuple[Line, ...]


def can_set(texts: Sequence[Paragraphs], bold: bool) -> bool:
    """Whether we can set them: left to right, one letter after the other, all of them in the design's own font."""
    letters = face(bold=bold)
    return all(letters.has(text) for paragraphs in texts for text in paragraphs)


def set_text(slot: Slot, texts: Sequence[Paragraphs]) -> Setting | None:
    """The first of the texts that fits, as large as it does; None when none does at the smallest size."""
    letters = face(bold=slot.bold)
    for choice, paragraphs in enumerate(texts):
        for size in slot.sizes():
            lines = _broken(slot, paragraphs, letters, size)
            if lines is not None and len(lines) * LEADING * size <= slot.height + 0.05:
                return Setting(choice, tuple(_placed(slot, lines, letters, size)))
    return None


def _broken(slot: Slot, paragraphs: Paragraphs, letters: Face, size: float) -> list[tuple[str, float]] | None:
    """The lines with their widths in mm; None when they are too wide or too many."""
    lines: list[tuple[str, float]] = []
    for paragraph in paragraphs:
        rest = paragraph.strip()
        if not rest:
            continue
        width = letters.width(rest) * size
        if width <= slot.width:
            lines.append((rest, width))
        elif not slot.breaks:
            return None
        else:
            line, line_width = "", 0.0
            for piece in _PIECES.findall(rest):
                longer = line + piece
                longer_width = letters.width(longer.rstrip()) * size
                if longer_width > slot.width and line:
                    lines.append((line.rstrip(), line_width))
                    longer, longer_width = piece, letters.width(piece.rstrip()) * size
                if longer_width > slot.width:
                    return None
                line, line_width = longer, longer_width
            lines.append((line.rstrip(), line_width))
        if len(lines) > slot.most:
            return None
    return lines


def _placed(slot: Slot, lines: Sequence[tuple[str, float]], letters: Face, size: float) -> Iterator[Line]:
    spare = slot.height - len(lines) * LEADING * size
    top = {"top": 0.0, "middle": spare / 2, "bottom": spare}[slot.valign]
    # As CSS has it: what the line height leaves over the font's own height is shared above and below.
    within = (LEADING - letters.ascent - letters.descent) / 2 + letters.ascent
    for number, (text, width) in enumerate(lines):
        x = {"left": 0.0, "center": (slot.width - width) / 2, "right": slot.width - width}[slot.align]
        yield Line(text, x, top + (number * LEADING + within) * size, width, size)
