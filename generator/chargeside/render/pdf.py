"""Objects of a PDF file, put together by hand: quick, and the same bytes every time. No layout, no reading."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from string import ascii_letters, digits

HEADER = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
"""The second line tells programs that move files that this one is not text."""

POINT_MM = 25.4 / 72
"""A point in mm."""

_PLAIN = frozenset(f"{ascii_letters}{digits}+-_.".encode())
"""Bytes that stand in a name as they are."""

Body = tuple[bytes | int, ...]
"""An object in pieces: an int stands for a reference to that object of the same bundle, counted from 0."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """Objects that refer to one another, to be written under any numbers. The first is the one to refer to."""

    bodies: tuple[Body, ...]

    def __len__(self) -> int:
        return len(self.bodies)

    def numbered(self, first: int) -> Iterator[bytes]:
        """The objects' contents when the first has the number `first` and the others follow."""
        for body in self.bodies:
            yield b"".join(b"%d 0 R" % (first + part) if isinstance(part, int) else part for part in body)


def number(value: float, places: int = 3) -> bytes:
    """A number as short as it can be, exact to `places` decimals: `0.5` is `.5`."""
    text = f"{value:.{places}f}".rstrip("0").rstrip(".") if places else f"{value:.0f}"
    if text in {"", "-0", "0"}:
        return b"0"
    return text.replace("0.", ".", 1).encode() if text.startswith(("0.", "-0.")) else text.encode()


def numbers(*values: float) -> bytes:
    """Numbers with a space between them, exact to 0.001."""
    return b" ".join(map(number, values))


def box(left_mm: float, bottom_mm: float, right_mm: float, top_mm: float) -> bytes:
    """A rectangle given in mm, as an array in points."""
    return b"[%b]" % numbers(*(edge / POINT_MM for edge in (left_mm, bottom_mm, right_mm, top_mm)))


def string(text: str) -> bytes:
    """A text string of any script."""
    if text.isascii() and text.isprintable():
        escaped = text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
        return b"(%b)" % escaped.encode()
    return b"<FEFF%b>" % text.encode("utf-16-be", "replace").hex().upper().encode()


def name(text: str) -> bytes:
    """A name, with its slash; what a name cannot hold is written as its code."""
    return b"/" + b"".join(bytes((byte,)) if byte in _PLAIN else b"#%02X" % byte for byte in text.encode())


def stream(entries: Iterable[bytes | int], data: bytes, *, packed: bool = False) -> Body:
    """A stream with further entries of its dictionary. `packed`: the entries say how, otherwise it is compressed."""
    if not packed:
        data = zlib.compress(data)
    how = b"" if packed else b"/Filter/FlateDecode"
    return joined((b"<<", *entries, b"%b/Length %d>>stream\n%b\nendstream" % (how, len(data), data)))


def deflated(data: bytes, entries: bytes = b"", *, quickly: bool = False) -> bytes:
    """A compressed stream that refers to nothing. `quickly`: a little larger, in half the time."""
    packed = zlib.compress(data, 2 if quickly else -1)
    return b"<<%b/Filter/FlateDecode/Length %d>>stream\n%b\nendstream" % (entries, len(packed), packed)


def joined(parts: Iterable[bytes | int]) -> Body:
    """An object with what lies between its references in one piece."""
    body: list[bytes | int] = []
    for part in parts:
        last = body[-1] if body else 0
        if isinstance(part, bytes) and isinstance(last, bytes):
            body[-1] = last + part
        else:
            body.append(part)
    return tuple(body)


def catalog(pages: int, lang: str, others: bytes = b"") -> bytes:
    """The root of a document: its title stands in the window, its language is told."""
    told = b"/Lang%b" % string(lang) if lang else b""
    return b"<</Type/Catalog/Pages %d 0 R%b/ViewerPreferences<</DisplayDocTitle true>>%b>>" % (
        pages,
        told,
        others,
    )


def information(title: str, author: str, created: str) -> bytes:
    """The document's information dictionary; `created` is a day such as 2026-11-22. Raises ValueError for another."""
    day = _day(created)
    said = b"/Title%b/Author%b" % (string(title), string(author))
    return (
        b"<<%b/Creator(Chargeside)/Producer(Chargeside)/CreationDate(D:%b000000Z)/ModDate(D:%b000000Z)>>"
        % (
            said,
            day,
            day,
        )
    )


@lru_cache(maxsize=8)
def _day(created: str) -> bytes:
    return date.fromisoformat(created).strftime("%Y%m%d").encode()


def wrapped(number_: int, body: bytes) -> bytes:
    """An object with its number."""
    return b"%d 0 obj\n%b\nendobj\n" % (number_, body)


def entries(offsets: Iterable[int]) -> bytes:
    """Lines of the cross-reference table for objects at these places in the file."""
    return b"".join(b"%010d 00000 n \n" % offset for offset in offsets)


def object_stream(first: int, bodies: Sequence[bytes]) -> bytes:
    """Objects with the numbers from `first` on, packed together."""
    data = b" ".join(bodies)
    table, at = [], 0
    for number_, body in enumerate(bodies, first):
        table.append(b"%d %d" % (number_, at))
        at += len(body) + 1
    head = b" ".join(table) + b"\n"
    return deflated(head + data, b"/Type/ObjStm/N %d/First %d" % (len(bodies), len(head)))


def identifiers(identifier: bytes) -> bytes:
    """The two identifiers of a file; both the same, since it has never been changed."""
    mark = identifier.hex().encode()
    return b"[<%b><%b>]" % (mark, mark)


def trailer(size: int, root: int, info: int, identifier: bytes, start: int) -> bytes:
    """The end of the file; `size` counts the objects with the empty first, `start` is where the table of them begins."""
    known = b"<</Size %d/Root %d 0 R/Info %d 0 R/ID%b>>" % (size, root, info, identifiers(identifier))
    return b"trailer\n%b\nstartxref\n%d\n%%%%EOF\n" % (known, start)
