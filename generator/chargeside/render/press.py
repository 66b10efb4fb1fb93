"""Puts signs together as PDF files: what all signs of a kit share ("plate") once, and on it what is one sign's own ("overlay").

A plate is a page that WeasyPrint laid out. It is taken apart once and becomes a form XObject; a sign is then a few hundred
bytes of drawing on it. `single` makes the file of one sign, `Run` a print run of many pages.

Measures are millimetres from the upper left corner of the sign where things are laid out (`Overlay`), and from the lower left
corner of the page where paper is cut (`Run`), as PDF has it.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import BinaryIO

from chargeside.errors import RenderError
from chargeside.render import pdf
from chargeside.render.apart import form
from chargeside.render.pdf import POINT_MM, Bundle, box, number, numbers
from chargeside.render.type import Piece, embedded


@dataclass(frozen=True, slots=True)
class Plate:
    """What the signs of a kit share: a PDF by WeasyPrint with one page, `@page { size: W H; bleed: … }`.

    `key` names what is on it: plates with the same key are the same. A plate may be put together from others instead (`pdf` is
    empty then): `parts` are drawn in turn, each with its upper left corner so many mm from that of the trim.
    """

    key: str
    pdf: bytes
    width_mm: float
    height_mm: float
    bleed_mm: float
    parts: tuple[tuple[Plate, float, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Leaf:
    """One sign, ready to be put on paper. `created` is a day (2026-11-22), `identifier` 16 bytes of its own.

    `overlay` is a content stream in points from the lower left corner of the trimmed sign, `pieces` the fonts it uses.
    """

    plate: Plate
    overlay: bytes
    pieces: tuple[Piece, ...]
    title: str
    author: str
    lang: str
    created: str
    identifier: bytes


# ── One sign ───────────────────────────────────────────────────────────────────────────────────────────────────────

_CATALOG, _PAGES, _INFO = 1, 2, 3
_PAGE, _RESOURCES, _FREE = 3, 4, 5


@dataclass(frozen=True, slots=True)
class _Head:
    """The part of a file that the signs of a kit share, with its lines of the cross-reference table."""

    data: bytes
    lines: bytes
    objects: int


def single(leaf: Leaf) -> bytes:
    """The PDF of one sign, trimmed: its page is the sign's size. The same leaf gives the same bytes.

    Raises ValueError when the plate's page is not of its size or `created` is no day.
    """
    head = _head(leaf.plate, leaf.pieces, leaf.lang)
    content, info = head.objects + 1, head.objects + 2
    drawn = pdf.wrapped(content, pdf.deflated(b"/P0 Do\n" + leaf.overlay, quickly=True))
    said = pdf.wrapped(info, pdf.information(leaf.title, leaf.author, leaf.created))
    start = len(head.data)
    places = (start, start + len(drawn))
    return b"".join(
        (
            head.data,
            drawn,
            said,
            b"xref\n0 %d\n0000000000 65535 f \n" % (info + 1),
            head.lines,
            pdf.entries(places),
            pdf.trailer(info + 1, _CATALOG, info, leaf.identifier, places[1] + len(said)),
        )
    )


def without_plates(files: Sequence[tuple[bytes, Leaf]]) -> bytes:
    """Files of `single` as the pages of one document, with nothing on their plates: what the signs themselves draw, as it stands
    in the files, is quick to look at.

    Raises ValueError when a file is not put together as `single` does it.
    """
    fonts: dict[str, int] = {}
    objects: list[bytes] = []
    free = _RESOURCES + 1
    for piece in {piece.name: piece for _, leaf in files for piece in leaf.pieces}.values():
        fonts[piece.name] = free + len(objects)
        objects += embedded(piece).numbered(fonts[piece.name])
    blank = free + len(objects)
    objects.append(b"<</Type/XObject/Subtype/Form/BBox[0 0 0 0]/Length 0>>stream\n\nendstream")
    pages: list[int] = []
    for data, leaf in files:
        pages.append(free + len(objects))
        size = pdf.box(0, 0, leaf.plate.width_mm, leaf.plate.height_mm)
        objects.append(
            b"<</Type/Page/Parent %d 0 R/MediaBox%b/Resources %d 0 R/Contents %d 0 R>>"
            % (_PAGES, size, _RESOURCES, pages[-1] + 1)
        )
        objects.append(_own(data, leaf))
    first = (
        pdf.catalog(_PAGES, ""),
        b"<</Type/Pages/Kids[%b]/Count %d>>" % (_references(pages), len(pages)),
        b"null",
        _resources({"P0": blank}, fonts),
    )
    places: list[int] = []
    out = bytearray(pdf.HEADER)
    for at, body in enumerate((*first, *objects), _CATALOG):
        places.append(len(out))
        out += pdf.wrapped(at, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(places) + 1) + pdf.entries(places)
    return bytes(out + pdf.trailer(len(places) + 1, _CATALOG, _PAGE, bytes(16), start))


def _own(data: bytes, leaf: Leaf) -> bytes:
    """The content stream of a file of `single`. Raises ValueError when its parts are not where they should be."""
    head = _head(leaf.plate, leaf.pieces, leaf.lang)
    start = int(data[data.rindex(b"startxref\n") + 10 : -6])
    content, info = head.objects + 1, head.objects + 2
    table = data[start:].partition(b"trailer")[0]
    places = [int(line[:10]) for line in table.splitlines()[-2:]]
    drawn = data[places[0] : places[1]]
    if (
        places[0] != len(head.data)
        or not data.startswith(head.data)
        or not table.startswith(b"xref\n")
        or head.lines not in table
        or not drawn.startswith(b"%d 0 obj\n" % content)
        or not data.startswith(b"%d 0 obj\n" % info, places[1])
    ):
        raise ValueError("the file is not put together as it should be")
    return drawn.partition(b"obj\n")[2].removesuffix(b"\nendobj\n")


@lru_cache(maxsize=64)
def _head(plate: Plate, pieces: tuple[Piece, ...], lang: str) -> _Head:
    form_number, drawn = _FREE, _plate_objects(plate)
    fonts: dict[str, int] = {}
    objects = [*drawn.numbered(form_number)]
    for piece in pieces:
        fonts[piece.name] = _FREE + len(objects)
        objects += embedded(piece).numbered(fonts[piece.name])
    content = _FREE + len(objects)
    size = pdf.box(0, 0, plate.width_mm, plate.height_mm)
    first = (
        pdf.catalog(_PAGES, lang),
        b"<</Type/Pages/Kids[%d 0 R]/Count 1>>" % _PAGE,
        b"<</Type/Page/Parent %d 0 R/MediaBox%b/TrimBox%b/Resources %d 0 R/Contents %d 0 R>>"
        % (_PAGES, size, size, _RESOURCES, content),
        _resources({"P0": form_number}, fonts),
    )
    places: list[int] = []
    data = bytearray(pdf.HEADER)
    for at, body in enumerate((*first, *objects), _CATALOG):
        places.append(len(data))
        data += pdf.wrapped(at, body)
    return _Head(bytes(data), pdf.entries(places), len(places))


# ── Print runs ─────────────────────────────────────────────────────────────────────────────────────────────────────

Edges = tuple[float, float, float, float]
"""A rectangle on a page: left, bottom, right and top in mm from the page's lower left corner."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A sign on a page: the lower left corner of its trim stands at `x_mm`, `y_mm` of the page.

    What stands out of the trim is cut off `bleed_mm` around it; None leaves all of the plate's bleed.
    """

    leaf: Leaf
    x_mm: float
    y_mm: float
    bleed_mm: float | None = None


@dataclass(frozen=True, slots=True)
class Intent:
    """How the run is meant to be printed: an ICC profile of a press, and its name in words of the trade, such as FOGRA51."""

    profile: bytes
    condition: str

    def __post_init__(self) -> None:
        """Raises RenderError (P720) when it is not the profile of a printing process."""
        if self.profile[36:40] != b"acsp" or self.profile[12:16] != b"prtr" or not self.channels:
            raise RenderError(
                "this is not the ICC profile of a printing process",
                code="P720",
                mend="ask the print shop for the ICC profile of their press and paper",
            )

    @property
    def channels(self) -> int:
        """Colours of the process; 0 for a kind that PDF does not know."""
        return {b"CMYK": 4, b"RGB ": 3, b"GRAY": 1}.get(self.profile[16:20], 0)


def spot(name: str, cmyk: tuple[float, float, float, float]) -> bytes:
    """The colour space of an ink of its own, such as CutContour, and what screens and proofs show instead (0–1 each).

    All is the ink of registration marks: it prints on every plate.
    """
    shown = b" ".join(number(share) for share in cmyk)
    tint = b"<</FunctionType 2/Domain[0 1]/C0[0 0 0 0]/C1[%b]/N 1>>" % shown
    return b"[/Separation%b/DeviceCMYK%b]" % (pdf.name(name), tint)


_FAN = 100  # pages under one node of the tree, packed together

_PACKED = 1 << 63
"""Marks a place in an object stream: its number, and which of its objects. Other places are bytes from the file's start."""


class Run:
    """Writes a print run page by page: each plate and each font once, and only their numbers are kept.

    The file is whole after `close`. It is written from its present place on and never read. Pages are packed in object streams
    (PDF 1.5): they are alike but for their numbers, and take a tenth so.
    """

    def __init__(
        self,
        file: BinaryIO,
        *,
        title: str,
        author: str,
        lang: str,
        created: str,
        identifier: bytes,
        intent: Intent | None = None,
        colour_spaces: Mapping[str, bytes] = MappingProxyType({}),
    ) -> None:
        """`created` is a day (2026-11-22), `identifier` 16 bytes. `colour_spaces` may be used by what is drawn on pages, by name.

        Raises ValueError when `created` is no day.
        """
        self._file = file
        self._lang = lang
        self._identifier = identifier
        self._info = pdf.information(title, author, created)
        self._places = array("Q", (0, 0, 0, 0))  # by number; the first three objects are written last
        self._at = 0
        self._nodes: list[int] = []
        self._node: list[bytes] = []  # pages of the node that is being filled
        self._pages = 0
        self._plates: dict[str, int] = {}
        self._fonts: dict[str, int] = {}
        self._fixed: dict[bytes, int] = {}
        self._resources: dict[tuple[tuple[str, ...], tuple[str, ...]], int] = {}
        self._write(pdf.HEADER)
        self._spaces = b"".join(pdf.name(name) + space for name, space in colour_spaces.items())
        self._intent = self._output_intent(intent) if intent else b""

    @property
    def pages(self) -> int:
        """Pages written so far."""
        return self._pages

    @property
    def size(self) -> int:
        """Bytes written so far."""
        return self._at

    def page(
        self,
        size_mm: tuple[float, float],
        placed: Sequence[Placed],
        *,
        trim: Edges,
        bleed: Edges,
        fixed: bytes = b"",
        extra: bytes = b"",
        pieces: Iterable[Piece] = (),
    ) -> None:
        """Adds a page of `size_mm` (width, height), cut at `trim`, printed as far as `bleed`.

        On top of the signs, in points from the page's lower left corner: `fixed`, which is the same on many pages (crop marks)
        and written once, and `extra`, this page's own. `pieces` are the fonts they use.
        """
        plates = [self._plate(put.leaf.plate) for put in placed]
        fonts = {piece.name: self._font(piece) for put in placed for piece in put.leaf.pieces}
        fonts.update((piece.name, self._font(piece)) for piece in pieces)
        drawn = b"\n".join((*map(_put, placed, plates), extra))
        contents = [self._add(pdf.deflated(drawn)), *([self._drawn_once(fixed)] if fixed else ())]
        needed = self._needed({f"P{plate}": plate for plate in plates}, fonts)
        boxes = (box(0, 0, *size_mm), box(*trim), box(*bleed))
        self._node.append(
            b"/Type/Page/MediaBox%b/TrimBox%b/BleedBox%b/Resources %d 0 R/Contents[%b]"
            % (*boxes, needed, _references(contents))
        )
        self._pages += 1
        if len(self._node) == _FAN:
            self._fill_node()

    def close(self) -> None:
        """Writes what the pages hang on. The file itself stays open."""
        if self._node:
            self._fill_node()
        tree = b"<</Type/Pages/Kids[%b]/Count %d>>" % (_references(self._nodes), self._pages)
        self._put(_PAGES, tree)
        self._put(_CATALOG, pdf.catalog(_PAGES, self._lang, self._intent))
        self._put(_INFO, self._info)
        number_, start = len(self._places), self._at
        self._places.append(start)
        lines = b"".join(map(_line, self._places))
        entries = b"/Type/XRef/Size %d/W[1 5 2]/Root %d 0 R/Info %d 0 R/ID%b" % (
            number_ + 1,
            _CATALOG,
            _INFO,
            pdf.identifiers(self._identifier),
        )
        self._write(pdf.wrapped(number_, pdf.deflated(lines, entries)))
        self._write(b"startxref\n%d\n%%%%EOF\n" % start)

    def _plate(self, plate: Plate) -> int:
        if plate.key not in self._plates:
            if plate.parts:
                numbers = [self._plate(part) for part, _, _ in plate.parts]
                self._plates[plate.key] = self._add(b"".join(_numbered(_together(plate), numbers)))
            else:
                self._plates[plate.key] = self._add_all(_plate_objects(plate))
        return self._plates[plate.key]

    def _font(self, piece: Piece) -> int:
        if piece.name not in self._fonts:
            self._fonts[piece.name] = self._add_all(embedded(piece))
        return self._fonts[piece.name]

    def _drawn_once(self, drawing: bytes) -> int:
        if drawing not in self._fixed:
            self._fixed[drawing] = self._add(pdf.deflated(drawing))
        return self._fixed[drawing]

    def _needed(self, plates: Mapping[str, int], fonts: Mapping[str, int]) -> int:
        """The resources of pages that need the same."""
        key = (tuple(sorted(plates)), tuple(sorted(fonts)))
        if key not in self._resources:
            spaces = b"/ColorSpace<<%b>>" % self._spaces if self._spaces else b""
            self._resources[key] = self._add(_resources(plates, fonts, spaces))
        return self._resources[key]

    def _output_intent(self, intent: Intent) -> bytes:
        profile = self._add(pdf.deflated(intent.profile, b"/N %d" % intent.channels))
        condition = pdf.string(intent.condition)
        return (
            b"/OutputIntents[<</Type/OutputIntent/S/GTS_PDFX/OutputConditionIdentifier%b/Info%b/DestOutputProfile %d 0 R>>]"
            % (condition, condition, profile)
        )

    def _fill_node(self) -> None:
        """Writes pages and the node above them into one object stream."""
        node = len(self._places)
        kids = range(node + 1, node + 1 + len(self._node))
        tree = b"<</Type/Pages/Parent %d 0 R/Kids[%b]/Count %d>>" % (_PAGES, _references(kids), len(kids))
        bodies = (tree, *(b"<</Parent %d 0 R%b>>" % (node, page) for page in self._node))
        holder = node + len(bodies)
        self._places.extend(_PACKED | holder << 16 | index for index in range(len(bodies)))
        self._add(pdf.object_stream(node, bodies))
        self._nodes.append(node)
        self._node = []

    def _add(self, body: bytes) -> int:
        number_ = len(self._places)
        self._places.append(0)
        self._put(number_, body)
        return number_

    def _add_all(self, objects: Bundle) -> int:
        first = len(self._places)
        for body in objects.numbered(first):
            self._add(body)
        return first

    def _put(self, number_: int, body: bytes) -> None:
        self._places[number_] = self._at
        self._write(pdf.wrapped(number_, body))

    def _write(self, data: bytes) -> None:
        self._file.write(data)
        self._at += len(data)


def _put(put: Placed, plate: int) -> bytes:
    """A sign at its place on the page."""
    sheet = put.leaf.plate
    cut = b""
    if put.bleed_mm is not None and put.bleed_mm < sheet.bleed_mm:
        edge, width, height = put.bleed_mm, sheet.width_mm, sheet.height_mm
        sides = (-edge, -edge, width + 2 * edge, height + 2 * edge)
        cut = b"%b re W n\n" % numbers(*(side / POINT_MM for side in sides))
    place = numbers(put.x_mm / POINT_MM, put.y_mm / POINT_MM)
    return b"q 1 0 0 1 %b cm\n%b/P%d Do\n%b\nQ" % (place, cut, plate, put.leaf.overlay)


def _line(place: int) -> bytes:
    """A line of the cross-reference stream: kind, place, and which; object 0 is none."""
    if place & _PACKED:
        return b"\2%b%b" % (
            (place >> 16 & 0xFFFFFFFFFF).to_bytes(5, "big"),
            (place & 0xFFFF).to_bytes(2, "big"),
        )
    return b"%b%b\0\0" % (b"\1" if place else b"\0", place.to_bytes(5, "big"))


def _references(objects: Iterable[int]) -> bytes:
    return b" ".join(b"%d 0 R" % number_ for number_ in objects)


# ── What both need ─────────────────────────────────────────────────────────────────────────────────────────────────


@lru_cache(maxsize=64)
def _plate_objects(plate: Plate) -> Bundle:
    if not plate.parts:
        return form(plate.pdf, plate.width_mm, plate.height_mm, plate.bleed_mm)
    bodies: list[pdf.Body] = []
    firsts: dict[str, int] = {}
    for part, _, _ in plate.parts:
        if part.key not in firsts:
            firsts[part.key] = first = 1 + len(bodies)
            bodies += (
                tuple(first + one if isinstance(one, int) else one for one in body)
                for body in _plate_objects(part).bodies
            )
    drawn = _together(plate)
    order = [firsts[part.key] for part, _, _ in plate.parts]
    return Bundle((tuple(order[one] if isinstance(one, int) else one for one in drawn), *bodies))


def _together(plate: Plate) -> pdf.Body:
    """The form that draws the parts of a plate; an int stands for a part, counted from 0."""
    edge = plate.bleed_mm
    bounds = box(-edge, -edge, plate.width_mm + edge, plate.height_mm + edge)
    entries: list[bytes | int] = [b"/Type/XObject/Subtype/Form/BBox%b/Resources<</XObject<<" % bounds]
    drawing = []
    for which, (part, left, top) in enumerate(plate.parts):
        entries += [b"/A%d " % which, which]
        place = numbers(left / POINT_MM, (plate.height_mm - top - part.height_mm) / POINT_MM)
        drawing.append(b"q 1 0 0 1 %b cm/A%d Do Q" % (place, which))
    return pdf.stream([*entries, b">>>>"], b"\n".join(drawing))


def _numbered(body: pdf.Body, numbers: Sequence[int]) -> Iterator[bytes]:
    for part in body:
        yield b"%d 0 R" % numbers[part] if isinstance(part, int) else part


def _resources(plates: Mapping[str, int], fonts: Mapping[str, int], others: bytes = b"") -> bytes:
    """A resource dictionary; names to numbers of objects."""
    forms, types = (
        b"".join(b"/%b %d 0 R" % (name.encode(), number) for name, number in table.items())
        for table in (plates, fonts)
    )
    return b"<</XObject<<%b>>/Font<<%b>>%b>>" % (forms, types, others)
