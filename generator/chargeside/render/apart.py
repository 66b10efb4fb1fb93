"""Takes a page that WeasyPrint wrote apart, so that it can be drawn in other files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from io import BytesIO
from itertools import chain
from typing import Any

import pikepdf

from chargeside.render.pdf import POINT_MM, Body, Bundle, joined, numbers, stream

_SLACK_MM = 0.05
"""How far a page may be off the size it is said to have; WeasyPrint writes a millionth of a point."""

_GREY = {"rg": pikepdf.Operator("g"), "RG": pikepdf.Operator("G")}

_Refer = Callable[[Any], int]


def form(data: bytes, width_mm: float, height_mm: float, bleed_mm: float) -> Bundle:
    """The first page as a form XObject with all that it needs: the lower left corner of its trim box at the origin, cut off
    `bleed_mm` around it. Greys, black and white come out in DeviceGray, so that black ink alone prints them.

    Raises ValueError when the trim box is not `width_mm` × `height_mm`.
    """
    with pikepdf.open(BytesIO(data)) as document:
        page = document.pages[0]
        left, bottom, right, top = (float(edge) for edge in page.trimbox.as_list())
        drawn = ((right - left) * POINT_MM, (top - bottom) * POINT_MM)
        if max(abs(drawn[0] - width_mm), abs(drawn[1] - height_mm)) > _SLACK_MM:
            raise ValueError(
                f"the page is {drawn[0]:.2f} × {drawn[1]:.2f} mm and not {width_mm:g} × {height_mm:g} mm"
            )
        bleed = bleed_mm / POINT_MM
        bounds = numbers(left - bleed, bottom - bleed, right + bleed, top + bleed)
        entries = b"/Type/XObject/Subtype/Form/BBox[%b]/Matrix[1 0 0 1 %b]/Resources " % (
            bounds,
            numbers(-left, -bottom),
        )
        return _gathered(page, entries)


def _gathered(page: pikepdf.Page, entries: bytes) -> Bundle:
    """The form and, in the order in which they are met, all objects that it refers to."""
    seen: dict[tuple[int, int], int] = {}
    queue: list[Any] = []

    def refer(target: Any) -> int:
        if target.objgen not in seen:
            queue.append(target)
            seen[target.objgen] = len(queue)  # the form itself is 0
        return seen[target.objgen]

    resources = tuple(_written(page.obj.get("/Resources", pikepdf.Dictionary()), refer))
    bodies = [stream((entries, *resources), _cleaned(page))]
    bodies.extend(_object(item, refer) for item in queue)  # which grows as it is walked
    return Bundle(tuple(bodies))


def _object(item: Any, refer: _Refer) -> Body:
    """An object as it is written: a stream packed as it was, but with its drawing instructions cleaned."""
    if not isinstance(item, pikepdf.Stream):
        return joined(_written(item, refer, inside=True))
    drawing = item.get("/Subtype") == "/Form" or item.get("/PatternType") == 1
    packed = "/Filter" in item and not drawing
    left_out = {"/Length"} if packed else {"/Length", "/Filter", "/DecodeParms"}
    entries = chain.from_iterable(_entry(item, key, refer) for key in sorted(set(item.keys()) - left_out))
    if packed:
        return stream(entries, item.read_raw_bytes(), packed=True)
    return stream(entries, _cleaned(item) if drawing else item.read_bytes())


def _cleaned(drawing: Any) -> bytes:
    """A content stream in which a colour of equal red, green and blue is a grey."""
    instructions: list[Any] = []
    for instruction in pikepdf.parse_content_stream(drawing):
        grey, operands = _GREY.get(str(instruction.operator)), list(instruction.operands)
        if grey is not None and operands[0] == operands[1] == operands[2]:
            instructions.append((operands[:1], grey))
        else:
            instructions.append(instruction)
    return pikepdf.unparse_content_stream(instructions)


def _written(value: Any, refer: _Refer, *, inside: bool = False) -> Iterator[bytes | int]:
    """A value; what is an object of its own becomes a reference, unless it is the one being written."""
    if isinstance(value, pikepdf.Object) and value.is_indirect and not inside:
        yield refer(value)
    elif isinstance(value, pikepdf.Dictionary):
        yield b"<<"
        for key in sorted(value.keys()):
            yield from _entry(value, key, refer)
        yield b">>"
    elif isinstance(value, pikepdf.Array):
        yield b"["
        for member in value.as_list():
            yield from (*_written(member, refer), b" ")
        yield b"]"
    elif isinstance(value, pikepdf.Object):
        yield value.unparse()
    else:
        words = {"True": b"true", "False": b"false", "None": b"null"}
        yield words.get(str(value)) or str(value).encode()


def _entry(holder: Any, key: str, refer: _Refer) -> Iterator[bytes | int]:
    yield from (pikepdf.Name(key).unparse(), b" ", *_written(holder[key], refer))
