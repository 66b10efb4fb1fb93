"""Whether a QR code is in a photo at all, though none can be read: by the squares in its corners.

Across the middle of such a square, in any direction, dark and light alternate as 1:1:3:1:1 (ISO/IEC 18004). One alone may be a pictogram
or a screw; two of about the same size are a code.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from PIL import Image, ImageChops, ImageFilter

_LONGEST = 720
_RUN = re.compile(rb"\x00+|\xff+")
_PARTS = (1, 1, 3, 1, 1)
_LEAST_PX = 7
_SHARE = 0.2
"""So many lines of a square's height must show it: three in seven do, if it is whole and upright."""
_SURER = 8
"""So much darker than its neighbourhood is dark, of 255: noise on a plain ground is not."""

Spot = tuple[float, float, float]
"""Middle of a square and its width, in px."""


def has_finders(grey: Image.Image) -> bool:
    """Whether at least two squares of one code are in a grey photo."""
    small = grey.copy()
    small.thumbnail((_LONGEST, _LONGEST), Image.Resampling.BOX)
    for picture in (small, small.filter(ImageFilter.GaussianBlur(1.5))):
        for radius in (max(picture.size) / 16, max(picture.size) / 40):
            spots = _squares(_two_tones(picture, radius))
            if any(_are_alike(one, other) for place, one in enumerate(spots) for other in spots[:place]):
                return True
    return False


def _two_tones(grey: Image.Image, radius: float) -> Image.Image:
    """Dark is 0, light 255, each px against the mean of its neighbourhood."""
    against = ImageChops.subtract(grey, grey.filter(ImageFilter.BoxBlur(radius)), 1, 128)
    return against.point(lambda value: 0 if value < 128 - _SURER else 255)


def _squares(two_tones: Image.Image) -> list[Spot]:
    """What looks like such a square both across and down, each once."""
    down: dict[int, list[Spot]] = {}
    for y, x, width in _lines(two_tones.transpose(Image.Transpose.TRANSPOSE)):
        down.setdefault(int(x), []).append((x, y, width))
    found: list[Spot] = []
    lines: list[int] = []
    for x, y, width in _lines(two_tones):
        near = (spot for column in range(int(x) - 2, int(x) + 3) for spot in down.get(column, ()))
        if not any(abs(spot[1] - y) < width / 5 and 0.6 < spot[2] / width < 1.6 for spot in near):
            continue
        known = next((place for place, spot in enumerate(found) if _is_near((x, y, width), spot)), None)
        if known is None:
            found.append((x, y, width))
            lines.append(1)
        else:
            lines[known] += 1
    return [spot for spot, count in zip(found, lines, strict=True) if count >= _SHARE * spot[2]]


def _lines(two_tones: Image.Image) -> Iterator[Spot]:
    """Middle and width of each piece of a row that alternates in the right measure."""
    data, across = two_tones.tobytes(), two_tones.width
    for y in range(two_tones.height):
        first = y * across
        runs = [
            (run.start() - first, run.end() - first) for run in _RUN.finditer(data, first, first + across)
        ]
        for place in range(data[first] != 0, len(runs) - 4, 2):
            start, end = runs[place][0], runs[place + 4][1]
            middle = runs[place + 2][1] - runs[place + 2][0]
            if (
                2 < (end - start) / middle < 3
                and end - start >= _LEAST_PX
                and _is_in_measure(runs[place : place + 5])
            ):
                yield (start + end) / 2, y + 0.5, end - start


def _is_in_measure(runs: list[tuple[int, int]]) -> bool:
    module = (runs[4][1] - runs[0][0]) / 7
    return all(
        abs(end - start - part * module) <= 0.6 * module * (1.5 if part > 1 else 1)
        for (start, end), part in zip(runs, _PARTS, strict=True)
    )


def _is_near(one: Spot, other: Spot) -> bool:
    return (
        max(abs(one[0] - other[0]), abs(one[1] - other[1])) < other[2] / 2 and 0.6 < one[2] / other[2] < 1.6
    )


def _are_alike(one: Spot, other: Spot) -> bool:
    """Whether two squares may be of one code: about as large, and no further apart than corners of the largest code."""
    away = max(abs(one[0] - other[0]), abs(one[1] - other[1]))
    return 0.6 < one[2] / other[2] < 1.6 and 1.5 * one[2] < away < 25 * one[2]
