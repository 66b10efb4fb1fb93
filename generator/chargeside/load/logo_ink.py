"""On what ground a logo can be seen: whether its ink is light, dark or both, from its pixels or the colours of its shapes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from xml.etree import ElementTree

from PIL import Image, ImageColor

from chargeside.model.colour import contrast
from chargeside.model.network import Tone

VISIBLE = 3.0
"""Contrast that a drawing needs with its ground (WCAG 2.2, 1.4.11)."""

_NEARLY_ALL = 0.9
_SAMPLE = 128  # pixels on each side that are looked at
_FAINT = 16  # of 255: what is more transparent than this is no ink
_NEAR = 32  # of 255: how far the noise of a JPEG strays from the colour of its ground
_NO_PAINT = ("none", "transparent")
_SHAPES = frozenset({"path", "rect", "circle", "ellipse", "line", "polyline", "polygon"})
_GRADIENTS = frozenset({"linearGradient", "radialGradient"})

Rgb = tuple[int, int, int]


def tone_of_picture(picture: Image.Image) -> Tone:
    """The tone of a picture in RGBA.

    What is transparent is no ink. Nor is the light ground of a picture without transparency: it brings its own white along.
    """
    width, height = min(picture.width, _SAMPLE), min(picture.height, _SAMPLE)
    data = picture.resize((width, height), Image.Resampling.NEAREST).tobytes()
    pixels = [(data[at], data[at + 1], data[at + 2], data[at + 3]) for at in range(0, len(data), 4)]
    inks = {pixel: count for pixel, count in Counter(pixels).items() if pixel[3] >= _FAINT}
    ground, *corners = (pixels[at][:3] for at in (0, width - 1, -width, -1))
    is_opaque = min(data[3::4]) == 255
    if is_opaque and not _is_seen(ground) and all(_is_near(ground, corner) for corner in corners):
        inks = {pixel: count for pixel, count in inks.items() if not _is_near(pixel[:3], ground)} or inks
    total = sum(count * pixel[3] for pixel, count in inks.items())
    seen = sum(count * pixel[3] for pixel, count in inks.items() if _is_seen(pixel[:3]))
    return _tone(seen / total if total else 0)


def tone_of_svg(root: ElementTree.Element) -> Tone:
    """The tone of a checked SVG, from the paints of its shapes. How much of each is seen is not known: light or dark is only
    said when all are.
    """
    paints = set(_paints(root))
    if not paints or None in paints:
        return "mixed"
    seen = {_is_seen(paint) for paint in paints if paint}
    return "mixed" if len(seen) > 1 else _tone(float(seen.pop()))


def _tone(seen_on_white: float) -> Tone:
    if seen_on_white <= 1 - _NEARLY_ALL:
        return "light"
    return "dark" if seen_on_white >= _NEARLY_ALL else "mixed"


def _is_seen(rgb: Rgb) -> bool:
    return contrast("#{:02x}{:02x}{:02x}".format(*rgb), "#ffffff") >= VISIBLE


def _is_near(one: Rgb, other: Rgb) -> bool:
    return all(abs(a - b) <= _NEAR for a, b in zip(one, other, strict=True))


def _paints(root: ElementTree.Element) -> Iterator[Rgb | None]:
    """What shapes are filled and stroked with; None for what is not known. Gradients give the colours of their stops."""
    stops = {
        element.get("id", ""): [stop.get("stop-color", "black") for stop in element]
        for element in root.iter()
        if _name(element) in _GRADIENTS
    }
    below = [(root, "black", "none")]
    while below:
        element, fill, stroke = below.pop()
        fill, stroke = element.get("fill", fill), element.get("stroke", stroke)
        if _name(element) in ("defs", "clipPath") or _is_clear(element, "opacity"):
            continue
        if _name(element) in _SHAPES:
            if not _is_clear(element, "fill-opacity"):
                yield from _colours(fill, stops)
            if not _is_clear(element, "stroke-opacity"):
                yield from _colours(stroke, stops)
        below += [(child, fill, stroke) for child in element]


def _name(element: ElementTree.Element) -> str:
    return str(element.tag).split("}")[-1]


def _is_clear(element: ElementTree.Element, opacity: str) -> bool:
    try:
        return float(element.get(opacity, "1").strip().rstrip("%")) == 0
    except ValueError:
        return False


def _colours(paint: str, stops: dict[str, list[str]]) -> Iterable[Rgb | None]:
    paint = paint.strip()
    if paint in _NO_PAINT:
        return ()
    if paint.startswith("url("):
        return [_colour(stop) for stop in stops.get(paint.partition("#")[2].partition(")")[0], [])]
    return [_colour(paint)]


def _colour(text: str) -> Rgb | None:
    """None for what Pillow does not know."""
    try:
        channels = ImageColor.getrgb("black" if text == "currentColor" else text.strip())
    except ValueError:
        return None
    red, green, blue = (min(channel, 255) for channel in channels[:3])
    return red, green, blue
