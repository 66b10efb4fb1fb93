"""Where things came to lie on a page that WeasyPrint laid out, in mm from the top left corner.

WeasyPrint has no public way to ask; its box tree is read here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from weasyprint.text.ffi import FROM_UNITS, ffi, pango

_MM = 25.4 / 96  # a CSS pixel
_SLACK_MM = 0.1
"""Rounding between font units and millimetres, thinner than any line on a sign."""


_OVERHANG_MM = 0.5
"""How far a letter such as J may hang out of its line sideways."""


@dataclass(frozen=True, slots=True)
class Rect:
    """A box in mm; y grows downwards."""

    left: float
    top: float
    right: float
    bottom: float

    def holds(self, other: Rect) -> bool:
        """Whether `other` lies inside, but for rounding and overhang."""
        return (
            other.left >= self.left - _OVERHANG_MM
            and other.right <= self.right + _OVERHANG_MM
            and other.top >= self.top - _SLACK_MM
            and other.bottom <= self.bottom + _SLACK_MM
        )


@dataclass(frozen=True, slots=True)
class Ink:
    """A line of text or a piece of it, or a picture: the box around what is drawn.

    For text also where its letters stand, in mm: on the `baseline`, from `start` to `end` (a letter's ink may stand out of
    that a little), in letters of font `size`. All 0 for a picture.
    """

    box: Rect
    baseline: float = 0.0
    start: float = 0.0
    end: float = 0.0
    size: float = 0.0


@dataclass(frozen=True, slots=True)
class Drawn:
    """`places`: the lines and pictures of each element, by id. `overfull`: blocks (`data-fit`) that something stands out of."""

    places: dict[str, tuple[Ink, ...]]
    overfull: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Around:
    """What a box lies in: ids of elements, and the innermost block with its bounds."""

    ids: tuple[str, ...] = ()
    block: str = ""
    bounds: Rect | None = None


def read_page(page: Any) -> Drawn:
    """Reads one page of a laid-out document."""
    places: dict[str, tuple[Ink, ...]] = {}
    overfull: set[str] = set()
    for ink, around in _inks(page._page_box, _Around()):  # noqa: SLF001 - see above
        for name in around.ids:
            places[name] = (*places.get(name, ()), ink)
        if around.bounds is not None and not around.bounds.holds(ink.box):
            overfull.add(around.block)
    return Drawn(places, frozenset(overfull))


def _inks(box: Any, around: _Around) -> Iterator[tuple[Ink, _Around]]:
    """Every line of text and every picture, with what it lies in."""
    name, block = _attribute(box, "id"), _attribute(box, "data-fit")
    ids = (*around.ids, name) if name and name not in around.ids else around.ids
    if block and block != around.block:
        around = _Around(ids, block, _border(box))
    elif ids != around.ids:
        around = _Around(ids, around.block, around.bounds)
    ink = _ink(box)
    if ink is not None:
        yield ink, around
    for child in getattr(box, "children", ()):
        yield from _inks(child, around)


def _attribute(box: Any, name: str) -> str:
    element = getattr(box, "element", None)
    return str(element.get(name, "")) if element is not None else ""


def _border(box: Any) -> Rect:
    left, top = box.border_box_x() * _MM, box.border_box_y() * _MM
    return Rect(left, top, left + box.border_width() * _MM, top + box.border_height() * _MM)


def _ink(box: Any) -> Ink | None:
    """What a box itself draws: a line of text, or a picture; None for boxes that only hold others."""
    if not hasattr(box, "pango_layout"):
        return Ink(_border(box)) if hasattr(box, "replacement") else None
    if not box.text.strip():
        return None
    box.pango_layout.reactivate(box.style)
    line, _ = box.pango_layout.get_first_line()
    extents = ffi.new("PangoRectangle *")
    pango.pango_layout_line_get_extents(line, extents, ffi.NULL)
    box.pango_layout.deactivate()
    x, y, width, height = (
        value * FROM_UNITS * _MM for value in (extents.x, extents.y, extents.width, extents.height)
    )
    start, baseline = box.position_x * _MM, (box.position_y + box.baseline) * _MM
    drawn = Rect(start + x, baseline + y, start + x + width, baseline + y + height)
    return Ink(drawn, baseline, start, start + box.width * _MM, box.style["font_size"] * _MM)
