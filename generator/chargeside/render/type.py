"""Letters for what is drawn beside WeasyPrint: Noto Sans measured, and cut into pieces that files embed."""

from __future__ import annotations

import subprocess
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from hashlib import blake2b
from io import BytesIO
from itertools import chain, groupby
from pathlib import Path
from typing import Any

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont, TTLibError

from chargeside.errors import RenderError
from chargeside.render.pdf import Bundle, deflated, number

FAMILY = "Noto Sans"

_MEND = "install Noto Sans as TrueType files (Debian: the packages fonts-noto-core and fontconfig)"

# Characters that stand for themselves wherever they are: one glyph each, from left to right, whatever is beside them.
# Not among them: combining marks, joiners, the soft hyphen, and U+2044, which turns the digits around it into a fraction.
_ALPHABETS: tuple[tuple[Iterable[int], ...], ...] = (
    (range(0x20, 0x7F),),  # ASCII
    (
        range(0xA0, 0xAD),
        range(0xAE, 0x100),
        range(0x2010, 0x2016),
        range(0x2018, 0x2023),
        (0x2026, 0x202F, 0x2032, 0x2033, 0x2039, 0x203A, 0x20AC, 0x2122),
    ),  # what the languages of signs need besides: accents, dashes, quotes, bullets, the narrow space, primes, €, ™
    (range(0x100, 0x250),),  # Latin of other languages
    (range(0x370, 0x400),),  # Greek
    (range(0x400, 0x530),),  # Cyrillic
    (  # the rest: more of all of them, punctuation, raised figures, currencies, letter-like signs
        range(0x1E00, 0x2000),
        range(0x2010, 0x2028),
        range(0x2030, 0x2044),
        range(0x2045, 0x205F),
        range(0x2070, 0x20C1),
        range(0x2100, 0x2150),
    ),
)
"""The pieces of a face, in the order of their names; a character belongs to the first that has it."""

_DRAWN = frozenset(("GlyphOrder", "cmap", "glyf", "head", "hhea", "hmtx", "loca", "maxp"))
"""Tables of a font that drawing needs."""

_SAFE = frozenset(("L", "N", "P", "S", "Zs"))
"""General categories, or their first letters, of characters that are drawn alone."""


@dataclass(frozen=True, eq=False)
class Piece:
    """A fixed part of a face, to be embedded: a CIDFontType2 whose codes 1, 2, … are `letters` in order.

    Measures are in thousandths of an em, as PDF has them. The same font file gives the same bytes everywhere.
    """

    name: str
    """Name of the resource, such as R0 (regular, ASCII) or B1."""

    font: str
    """PostScript name with the tag that marks a subset."""

    ttf: bytes = field(repr=False)
    letters: str = field(repr=False)
    widths: tuple[float, ...] = field(repr=False)
    glyphs: tuple[int, ...] = field(repr=False)
    box: tuple[int, int, int, int]
    ascent: int
    descent: int
    cap_height: int
    bold: bool

    def __reduce__(self) -> tuple[Any, ...]:
        """Travels between processes as its name: each makes the same piece."""
        return piece, (self.name,)


Shown = tuple[tuple[Piece, bytes], ...]
"""A line of text as runs: the piece to draw with, and the codes as hexadecimal digits."""


class Face:
    """A font file of Noto Sans: what it has, how wide that is, and how to draw it."""

    def __init__(self, path: Path, *, bold: bool) -> None:
        """Reads the file. Raises RenderError (P721) when it is not a TrueType font."""
        self.bold = bold
        self._path = path
        try:
            with TTFont(path, lazy=True) as font:
                self._em: int = font["head"].unitsPerEm
                self.ascent: float = font["hhea"].ascent / self._em
                """Height of a line of text above the baseline in em, as WeasyPrint has it."""
                self.descent: float = -font["hhea"].descent / self._em
                """Depth of a line of text below the baseline in em, positive."""
                self.cap_height: float = font["OS/2"].sCapHeight / self._em
                """Height of a capital in em."""
                cmap: dict[int, str] = font.getBestCmap()
                self._alphabets = tuple(_alphabets(cmap))
                self._advances: dict[str, int] = {
                    letter: font["hmtx"][cmap[ord(letter)]][0] for letter in chain(*self._alphabets)
                }
        except (OSError, TTLibError, KeyError, AttributeError) as error:
            raise RenderError(f"{path} cannot be used: {error}", code="P721", mend=_MEND) from error
        self._codes = {
            letter: (which, f"{code:04X}")
            for which, alphabet in enumerate(self._alphabets)
            for code, letter in enumerate(alphabet, 1)
        }
        self._ascii = {ord(letter): code for letter, (which, code) in self._codes.items() if which == 0}
        self._pieces: dict[int, Piece] = {}

    def has(self, text: str) -> bool:
        """Whether each character can be drawn by itself, one after the other from left to right."""
        return self._codes.keys() >= set(text)

    def width(self, text: str) -> float:
        """Width of a line without kerning and ligatures, in em. Raises KeyError for what it has not."""
        return sum(map(self._advances.__getitem__, text)) / self._em

    def show(self, text: str) -> Shown:
        """How to draw a line. Raises KeyError for what it has not."""
        if text.isascii():  # most are
            return ((self.piece(0), text.translate(self._ascii).encode()),) if text else ()
        coded = [self._codes[letter] for letter in text]
        return tuple(
            (self.piece(which), "".join(code for _, code in run).encode())
            for which, run in groupby(coded, key=lambda code: code[0])
        )

    def piece(self, which: int) -> Piece:
        """One of the face's pieces, made when first asked for."""
        if which not in self._pieces:
            self._pieces[which] = self._cut(which)
        return self._pieces[which]

    def _cut(self, which: int) -> Piece:
        letters = self._alphabets[which]
        options = Options(
            hinting=False,  # print has dots enough
            layout_features=[],
            name_IDs=[],
            glyph_names=False,
            notdef_outline=True,
            recalc_timestamp=False,
        )
        with TTFont(self._path, recalcTimestamp=False) as font:
            for table in set(font.keys()) - _DRAWN:  # unread: to cut them as well would take most of the time
                del font[table]
            cmap = font.getBestCmap()
            names = [cmap[ord(letter)] for letter in letters]
            subsetter = Subsetter(options)
            subsetter.populate(unicodes=map(ord, letters))
            subsetter.subset(font)
            del font["cmap"]  # a CID font is asked by glyph
            order = {glyph: index for index, glyph in enumerate(font.getGlyphOrder())}
            file = BytesIO()
            font.save(file, reorderTables=False)
            box = tuple(getattr(font["head"], edge) for edge in ("xMin", "yMin", "xMax", "yMax"))
        ttf, scale = file.getvalue(), 1000 / self._em
        return Piece(
            name=f"{'B' if self.bold else 'R'}{which}",
            font=f"{_tag(ttf)}+NotoSans-{'Bold' if self.bold else 'Regular'}",
            ttf=ttf,
            letters=letters,
            widths=tuple(self._advances[letter] * scale for letter in letters),
            glyphs=tuple(order[glyph] for glyph in names),
            box=tuple(round(edge * scale) for edge in box),
            ascent=round(self.ascent * 1000),
            descent=-round(self.descent * 1000),
            cap_height=round(self.cap_height * 1000),
            bold=self.bold,
        )


@cache
def face(*, bold: bool) -> Face:
    """Noto Sans, regular or bold: the file that WeasyPrint draws with too. Raises RenderError (P721) when there is none."""
    return Face(_find(bold=bold), bold=bold)


def piece(name: str) -> Piece:
    """A piece by its name."""
    return face(bold=name[0] == "B").piece(int(name[1:]))


def _find(*, bold: bool) -> Path:
    """Asks fontconfig, as WeasyPrint does. It always names a file, so what it names is looked at."""
    style = "Bold" if bold else "Regular"
    command = [
        "fc-match",
        "-f",
        "%{family}|%{style}|%{index}|%{file}",
        f"{FAMILY}:style={style}:weight={200 if bold else 80}",
    ]
    try:
        done = subprocess.run(command, capture_output=True, timeout=60, check=False)  # noqa: S603 - fixed words, no shell
    except (OSError, subprocess.TimeoutExpired) as error:
        raise RenderError(
            f"fontconfig cannot be asked for {FAMILY}: {error}", code="P721", mend=_MEND
        ) from error
    families, styles, which = (done.stdout.decode("utf-8", "replace") + "||").split("|", 2)
    index, _, path = which.rstrip("|").partition("|")
    if FAMILY not in families.split(",") or style not in styles.split(",") or index != "0":
        raise RenderError(f"{FAMILY} {style} is not installed", code="P721", mend=_MEND)
    return Path(path)


def _alphabets(cmap: dict[int, str]) -> Iterator[str]:
    """The letters of each piece, those that the font has, by code point."""
    taken: set[int] = set()
    for ranges in _ALPHABETS:
        points = {point for point in chain(*ranges) if point in cmap and _alone(chr(point))} - taken
        taken |= points
        yield "".join(map(chr, sorted(points)))


def _alone(letter: str) -> bool:
    """Whether a character is drawn as itself: neither combining nor invisible nor another way to write one."""
    category = unicodedata.category(letter)
    return bool({category, category[0]} & _SAFE) and unicodedata.is_normalized("NFC", letter)


def _tag(ttf: bytes) -> str:
    """Six letters that tell a subset from others of the same font."""
    return "".join(chr(ord("A") + byte % 26) for byte in blake2b(ttf, digest_size=6).digest())


# ── As objects of a PDF ────────────────────────────────────────────────────────────────────────────────────────────


@cache
def embedded(piece: Piece) -> Bundle:
    """A piece as a font that is asked by code: font, descendant, description, file, codes to glyphs, codes to characters."""
    name = piece.font.encode()
    widths = b" ".join(number(width) for width in piece.widths)
    box = b" ".join(b"%d" % edge for edge in piece.box)
    measures = b"/ItalicAngle 0/Ascent %d/Descent %d/CapHeight %d/StemV %d" % (
        piece.ascent,
        piece.descent,
        piece.cap_height,
        140 if piece.bold else 80,  # about the width of its stems, for programs that must replace it
    )
    glyphs = b"".join(glyph.to_bytes(2, "big") for glyph in (0, *piece.glyphs))
    return Bundle(
        (
            (
                b"<</Type/Font/Subtype/Type0/BaseFont/%b/Encoding/Identity-H/DescendantFonts[" % name,
                1,
                b"]/ToUnicode ",
                5,
                b">>",
            ),
            (
                b"<</Type/Font/Subtype/CIDFontType2/BaseFont/%b/DW 0/W[1[%b]]" % (name, widths),
                b"/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/CIDToGIDMap ",
                4,
                b"/FontDescriptor ",
                2,
                b">>",
            ),
            (
                b"<</Type/FontDescriptor/FontName/%b/Flags 4/FontBBox[%b]%b/FontFile2 "
                % (name, box, measures),
                3,
                b">>",
            ),
            (deflated(piece.ttf, b"/Length1 %d" % len(piece.ttf)),),
            (deflated(glyphs),),
            (deflated(_to_unicode(piece.letters)),),
        )
    )


def _to_unicode(letters: str) -> bytes:
    """What the codes 1, 2, … stand for, so that text can be read back, searched and copied."""
    spans: list[tuple[int, int, int]] = []
    for code, letter in enumerate(letters, 1):
        first, _, point = spans[-1] if spans else (0, 0, 0)
        # A range may not go over the end of a row of 256, of codes or of characters.
        if spans and ord(letter) == point + code - first and code & 0xFF and ord(letter) & 0xFF:
            spans[-1] = (first, code, point)
        else:
            spans.append((code, code, ord(letter)))
    lines = [f"<{first:04X}><{last:04X}><{point:04X}>" for first, last, point in spans]
    parts = [lines[at : at + 100] for at in range(0, len(lines), 100)]  # the most that one block may have
    blocks = "\n".join(f"{len(part)} beginbfrange\n" + "\n".join(part) + "\nendbfrange" for part in parts)
    return (
        "/CIDInit/ProcSet findresource begin 12 dict begin begincmap\n"
        "/CIDSystemInfo<</Registry(Adobe)/Ordering(UCS)/Supplement 0>>def/CMapName/Adobe-Identity-UCS def/CMapType 2 def\n"
        f"1 begincodespacerange\n<0000><FFFF>\nendcodespacerange\n{blocks}\n"
        "endcmap CMapName currentdict/CMap defineresource pop end end"
    ).encode()
