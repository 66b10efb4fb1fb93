"""Where things came to lie on a page that WeasyPrint laid out, in mm from the top left corner.

WeasyPrint has no public way to ask; its box tree is read here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from weasyprint.layout.background import layout_backgrounds
from weasyprint.text.ffi import FROM_UNITS, ffi, pango

_MM = 25.4 / 96  # a CSS pixel


_OVERHANG_MM = 0.5
"""How far a letter may hang out of its line, such as J sideways, or g below a line that is set tight."""


@dataclass(frozen=True, slots=True)
class Rect:
    """A box in mm; y grows downwards."""

    left: float
    top: float
    right: float
    bottom: float

    def holds(self, other: Rect) -> bool:
        """Whether `other` lies inside, but for overhang."""
        return (
            other.left >= self.left - _OVERHANG_MM
            and other.right <= self.right + _OVERHANG_MM
            and other.top >= self.top - _OVERHANG_MM
            and other.bottom <= self.bottom + _OVERHANG_MM
        )


@dataclass(frozen=True, slots=True)
class Ink:
    """A line of text or a piece of it, or a picture: the box around what is drawn.

    For text also where its letters stand, in mm: on the `baseline`, from `start` to `end` (a letter's ink may stand out of
    that a little), in letters of font `size`, and its `text`. All 0 for a picture.
    """

    box: Rect
    baseline: float = 0.0
    start: float = 0.0
    end: float = 0.0
    size: float = 0.0
    text: str = ""


@dataclass(frozen=True, slots=True)
class Drawn:
    """`places`: the lines and pictures of each element, by id. `overfull`: blocks (`data-fit`) that something stands out of.

    `boxes`: of elements with an id, by id. `flows`: of each `data-flow`, how much of its height is left (in mm, below 0 when it is
    overfull) and how many blocks stand in it. `smallest`: size of the smallest letters in mm, but for those in `data-fine`. `text`: all
    that is written.
    """

    places: dict[str, tuple[Ink, ...]]
    overfull: frozenset[str]
    boxes: dict[str, Rect]
    flows: dict[str, tuple[float, int]]
    smallest: float
    text: str


@dataclass(frozen=True, slots=True)
class _Around:
    """What a box lies in: ids of elements, and the innermost block with its bounds."""

    ids: tuple[str, ...] = ()
    block: str = ""
    bounds: Rect | None = None
    fine: bool = False


def read_page(page: Any, safe_mm: float = 0.0) -> Drawn:
    """Reads one page of a laid-out document. What comes nearer to its edges than `safe_mm` stands out of the block `page`."""
    places: dict[str, list[Ink]] = {}
    overfull: set[str] = set()
    smallest = float("inf")
    written = []
    box = page._page_box  # noqa: SLF001 - see above
    sheet = _border(box)
    whole = Rect(sheet.left + safe_mm, sheet.top + safe_mm, sheet.right - safe_mm, sheet.bottom - safe_mm)
    for ink, around in _inks(box, _Around()):
        for name in around.ids:
            places.setdefault(name, []).append(ink)
        if around.bounds is not None and not around.bounds.holds(ink.box):
            overfull.add(around.block)
        if not whole.holds(ink.box):
            overfull.add("page")
        written.append(ink.text)
        if ink.size and not around.fine:
            smallest = min(smallest, ink.size)
    boxes: dict[str, Rect] = {}
    flows: dict[str, tuple[float, int]] = {}
    _read_boxes(box, boxes, flows)
    return Drawn(
        {name: tuple(inks) for name, inks in places.items()},
        frozenset(overfull),
        boxes,
        flows,
        smallest,
        " ".join(written),
    )


def spread(page: Any) -> None:
    """Shares out what is left of the height of each `data-flow` between the blocks that stand in it."""
    box = page._page_box  # noqa: SLF001 - see above
    _spread(box)
    layout_backgrounds(box, lambda **_: None)  # grounds have places of their own; none is a picture


def _spread(box: Any) -> None:
    if _attribute(box, "data-flow"):
        blocks = _blocks(box)
        spare = (box.content_box_y() + box.height) - max((_foot(child) for child in blocks), default=0.0)
        for place, child in enumerate(blocks):
            child.translate(0, max(spare, 0.0) * place / max(len(blocks) - 1, 1))
    for child in getattr(box, "children", ()):
        _spread(child)


def _blocks(box: Any) -> list[Any]:
    return [child for child in box.children if child.is_in_normal_flow()]


def _foot(box: Any) -> float:
    return float(box.border_box_y() + box.border_height())


def _read_boxes(box: Any, boxes: dict[str, Rect], flows: dict[str, tuple[float, int]]) -> None:
    name, flow = _attribute(box, "id"), _attribute(box, "data-flow")
    if name and name not in boxes and hasattr(box, "border_width"):
        boxes[name] = _border(box)
    if flow and flow not in flows:
        blocks = _blocks(box)
        foot = max(map(_foot, blocks), default=0.0)
        flows[flow] = (box.content_box_y() + box.height - foot) * _MM, len(blocks)
    for child in getattr(box, "children", ()):
        _read_boxes(child, boxes, flows)


def _inks(box: Any, around: _Around) -> Iterator[tuple[Ink, _Around]]:
    """Every line of text and every picture, with what it lies in."""
    name, block = _attribute(box, "id"), _attribute(box, "data-fit")
    ids = (*around.ids, name) if name and name not in around.ids else around.ids
    fine = around.fine or bool(_attribute(box, "data-fine"))
    if block and block != around.block:
        around = _Around(ids, block, _border(box), fine)
    elif ids != around.ids or fine != around.fine:
        around = _Around(ids, around.block, around.bounds, fine)
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
    return Ink(drawn, baseline, start, start + box.width * _MM, box.style["font_size"] * _MM, box.text)
