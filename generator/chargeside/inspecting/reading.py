"""Finds and reads every code in a photo: small first, then at full size, then with what helps against blur, noise, glare and rain.

A photo with a right code may have a foreign one beside or on top of it. So reading does not end with the first code that is found.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum
from functools import cache

import zxingcpp
from PIL import Image, ImageChops, ImageFilter, ImageOps

from chargeside.inspecting.finders import has_finders

_SMALL = 1600
"""Longest side of the first try, in px."""
_SMALLEST = 320
"""A photo of fewer px to its longer side is too small to say that no code is there."""
_SHARP = 96
"""Where not even one edge is as steep as this, a photo is blurred all over."""
_EDGES = ImageFilter.Kernel((3, 3), (-1, -2, -1, 0, 0, 0, 1, 2, 1), scale=4, offset=128)
_WORK = 2400
"""Longest side of what is mended before it is read, in px."""
_INSIDE = 0.72
"""Share of a code's side that is looked at again, for what is pasted on it."""
_INSIDE_PX = 720
_LEAST = 21
"""Modules of the smallest QR code: what is smaller in px was not seen, but guessed."""
DAMAGED = 0.5
"""From this share of error correction used a code is damaged: it reads today, and one more scratch may be too much."""

Box = tuple[float, float, float, float]
"""Left, top, right, bottom, in px."""
Corners = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Code:
    """A code in a photo. `text` is None where it was seen but not read; `is_qr`: other kinds may hold addresses as well.

    `corners` in px of the upright photo. `used`: share of the error correction (of its worst block) that reading took, 0 to 1, None where
    the reader does not tell.
    """

    text: str | None
    is_qr: bool
    corners: Corners
    used: float | None = None

    @property
    def box(self) -> Box:
        """Around it."""
        across, down = zip(*self.corners, strict=True)
        return min(across), min(down), max(across), max(down)

    @property
    def side(self) -> float:
        """Its mean side, in px."""
        left, top, right, bottom = self.box
        return (right - left + bottom - top) / 2

    @property
    def centre(self) -> tuple[float, float]:
        """Its middle."""
        left, top, right, bottom = self.box
        return (left + right) / 2, (top + bottom) / 2


@dataclass(frozen=True, slots=True)
class _View:
    """A picture made of the photo, and how its px lie in the photo: x * scale + left."""

    image: Image.Image
    scale: float = 1.0
    left: float = 0.0
    top: float = 0.0
    coarse: bool = False
    """One threshold for the whole picture, not one for each neighbourhood."""


def read_codes(photo: Image.Image) -> tuple[Code, ...]:
    """All codes in an upright photo, from left to right. Codes that were seen and not read have no text."""
    grey = photo.convert("L")
    found = _Found()
    found.look(_scaled(grey, _SMALL))
    if max(grey.size) > _SMALL:
        found.look(_View(grey))
    for view in _mended(grey):
        if found.is_settled:
            break
        found.look(view)
    for code in found.read:
        for view in _inside(grey, code):
            found.look(view)
    found.look(_without(grey, found.read))
    return found.codes


class _Found:
    """Codes found so far, each once, at the reading that needed least correction."""

    def __init__(self) -> None:
        self.read: list[Code] = []
        self._seen: list[Code] = []

    @property
    def is_settled(self) -> bool:
        """Whether something was read, nothing was seen that was not, and no reading was hard."""
        hard = any(code.used is not None and code.used >= DAMAGED for code in self.read)
        return bool(self.read) and not hard and not self._unread

    @property
    def codes(self) -> tuple[Code, ...]:
        """All of them, those that were not read too."""
        return tuple(sorted((*self.read, *self._unread), key=lambda code: (code.centre, code.text or "")))

    @property
    def _unread(self) -> tuple[Code, ...]:
        """Seen where nothing was read."""
        return tuple(seen for seen in self._seen if not any(_same_place(seen, code) for code in self.read))

    def look(self, view: _View) -> None:
        """Read the codes in a view."""
        for code in _read(view):
            if code.text is None:
                if not any(_same_place(code, seen) for seen in self._seen):
                    self._seen.append(code)
                continue
            known = next((one for one in self.read if one.text == code.text and _same_place(one, code)), None)
            if known is None:
                self.read.append(code)
            elif (code.used or 0) < (known.used or 0):
                self.read[self.read.index(known)] = replace(known, used=code.used)


@cache
def _formats() -> tuple[frozenset[zxingcpp.BarcodeFormat], frozenset[zxingcpp.BarcodeFormat]]:
    """QR codes of any kind, and those that may be wrong: the rest is guessed too easily."""
    kinds = zxingcpp.BarcodeFormat
    return (
        frozenset((kinds.QRCode, kinds.QRCodeModel1, kinds.QRCodeModel2, kinds.MicroQRCode, kinds.RMQRCode)),
        frozenset((kinds.QRCode, kinds.QRCodeModel2)),
    )


def _read(view: _View) -> Iterator[Code]:
    qr, trusted_wrong = _formats()
    binarizer = zxingcpp.Binarizer.GlobalHistogram if view.coarse else zxingcpp.Binarizer.LocalAverage
    for found in zxingcpp.read_barcodes(
        view.image,
        formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.AllMatrix),
        text_mode=zxingcpp.TextMode.Plain,
        binarizer=binarizer,
        return_errors=True,
    ):
        at = found.position
        corners = tuple(
            (corner.x * view.scale + view.left, corner.y * view.scale + view.top)
            for corner in (at.top_left, at.top_right, at.bottom_right, at.bottom_left)
        )
        unused = found.extra.get("UEC") if isinstance(found.extra, dict) else None
        used = round(1 - float(unused), 2) if found.valid and unused is not None else None
        code = Code(found.text if found.valid else None, found.format in qr, corners, used)
        if found.valid or (found.format in trusted_wrong and code.side > _LEAST):
            yield code


class Hidden(Enum):
    """Whether there may be a code in a photo in which none was found."""

    NO = "no"
    SEEN = "corners of one were seen"
    POOR = "the photo is too poor to tell"


def hidden_code(photo: Image.Image) -> Hidden:
    """Whether there may be a code in a photo in which none was found."""
    if max(photo.size) < _SMALLEST:
        return Hidden.POOR
    grey = photo.convert("L")
    if has_finders(grey):
        return Hidden.SEEN
    grey.thumbnail((800, 800), Image.Resampling.BOX)
    edges = (
        ImageOps.autocontrast(grey, 0.5)
        .filter(ImageFilter.GaussianBlur(1))
        .filter(_EDGES)
        .crop((2, 2, grey.width - 2, grey.height - 2))
    )
    steepest = max(abs(level - 128) for level, count in enumerate(edges.histogram()) if count)
    return Hidden.POOR if steepest < _SHARP else Hidden.NO


def _same_place(one: Code, other: Code) -> bool:
    """Whether the middle of one lies in the other, and they are about as large."""
    left, top, right, bottom = other.box
    x, y = one.centre
    about = 0.5 < (one.side + 1) / (other.side + 1) < 2
    return about and left <= x <= right and top <= y <= bottom


def _scaled(grey: Image.Image, longest: int) -> _View:
    """At most so large."""
    scale = max(1.0, max(grey.size) / longest)
    if scale == 1:
        return _View(grey)
    size = round(grey.width / scale), round(grey.height / scale)
    return _View(grey.resize(size, Image.Resampling.BOX), scale)


def _mended(grey: Image.Image) -> Iterator[_View]:
    """Views in which codes can be read that are blurred, noisy, pale, in glare or shade, or behind drops."""
    base = _scaled(grey, _WORK)
    yield replace(base, coarse=True)
    for radius in (1.0, 2.0):
        yield replace(base, image=base.image.filter(ImageFilter.GaussianBlur(radius)))
    even = _even(base.image)
    yield replace(base, image=even)
    for radius in (2, 4):
        yield replace(
            base, image=ImageOps.autocontrast(even.filter(ImageFilter.UnsharpMask(radius, 250, 0)), 2)
        )
    yield replace(base, image=base.image.filter(ImageFilter.MedianFilter(5)))
    for edge in (ImageFilter.MinFilter(3), ImageFilter.MaxFilter(3)):  # strokes that dirt or glare ate
        yield replace(base, image=base.image.filter(edge))
    for longest in (1000, 640):
        if max(grey.size) > longest:
            yield _scaled(grey, longest)
    yield from _tiles(grey)


def _even(grey: Image.Image) -> Image.Image:
    """With light and shade taken out: each px against the mean of its neighbourhood."""
    radius = max(grey.size) / 24
    ground = grey.filter(ImageFilter.BoxBlur(radius))
    return ImageOps.autocontrast(ImageChops.subtract(grey, ground, 1, 128), 1)


def _tiles(grey: Image.Image) -> Iterator[_View]:
    """Quarters and the middle, each made larger: codes that are small in the photo."""
    width, height = grey.width * 6 // 10, grey.height * 6 // 10
    lefts, tops = (0, grey.width - width), (0, grey.height - height)
    places = [(left, top) for top in tops for left in lefts]
    places.append(((grey.width - width) // 2, (grey.height - height) // 2))
    for left, top in places:
        yield _enlarged(grey, (left, top, left + width, top + height), _SMALL)


def _enlarged(grey: Image.Image, box: tuple[int, int, int, int], longest: int) -> _View:
    """A piece of the photo, made so large, at most three times."""
    piece = grey.crop(box)
    scale = min(3.0, longest / max(piece.size))
    size = max(1, round(piece.width * scale)), max(1, round(piece.height * scale))
    return _View(piece.resize(size, Image.Resampling.BICUBIC), 1 / scale, box[0], box[1])


def _inside(grey: Image.Image, code: Code) -> Iterator[_View]:
    """The middle of a code: what is pasted on a code of ours leaves it readable, if it is small."""
    x, y = code.centre
    half = code.side * _INSIDE / 2
    box = (
        max(0, round(x - half)), max(0, round(y - half)),
        min(grey.width, round(x + half)), min(grey.height, round(y + half)),
    )  # fmt: skip
    if min(box[2] - box[0], box[3] - box[1]) >= _LEAST:
        yield _enlarged(grey, box, _INSIDE_PX)


def _without(grey: Image.Image, codes: list[Code]) -> _View:
    """The photo with what was read wiped out, so that what stands beside it is found."""
    view = _scaled(grey, _SMALL)
    image = view.image.copy()
    for code in codes:
        left, top, right, bottom = (round(value / view.scale) for value in code.box)
        image.paste(255, (left, top, right, bottom))
    return replace(view, image=image)
