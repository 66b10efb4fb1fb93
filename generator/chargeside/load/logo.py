"""The operator's logo: read, checked, and an SVG reduced to shapes and colours."""

from __future__ import annotations

import io
import re
import warnings
import zlib
from pathlib import Path
from xml.etree import ElementTree

from PIL import Image

from chargeside.findings import Findings
from chargeside.load.source import is_file, leaves
from chargeside.model.network import Logo

_MAX_BYTES = 2_000_000
_MAX_PIXELS = 4000 * 4000
_MAX_DEPTH = 50
_SVG = "http://www.w3.org/2000/svg"
_SHAPES = frozenset(
    {"svg", "g", "defs", "title", "desc", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon"}
    | {"linearGradient", "radialGradient", "stop", "clipPath"}
)
_ATTRIBUTES = frozenset(
    {
        "viewBox",
        "width",
        "height",
        "x",
        "y",
        "x1",
        "y1",
        "x2",
        "y2",
        "cx",
        "cy",
        "r",
        "rx",
        "ry",
        "fx",
        "fy",
        "d",
    }
    | {"points", "transform", "fill", "fill-opacity", "fill-rule", "clip-rule", "stroke", "stroke-width"}
    | {"stroke-linecap", "stroke-linejoin", "stroke-opacity", "stroke-dasharray", "opacity", "id", "offset"}
    | {"stop-color", "stop-opacity", "gradientUnits", "gradientTransform", "clip-path", "version"}
    | {"preserveAspectRatio", "clipPathUnits"}
)
# What a value may be. Functions are named one by one: in whatever spelling, nothing else can fetch from elsewhere.
_VALUE = re.compile(
    r"""[\w\s#.,%+-]*
    |\s*url\(\#[A-Za-z_][\w.-]*\)\s*[\w#]*\s*
    |\s*(rgba?|hsla?)\([\d\s.,%/+-]*\)\s*
    |(\s*(matrix|translate|scale|rotate|skewX|skewY)\s*\([\d\s.,eE+-]*\)\s*,?)*""",
    re.VERBOSE,
)
_NUMBER = r"[+-]?[0-9]*\.?[0-9]+(?:[eE][+-]?[0-9]+)?"
_VIEW_BOX = re.compile(rf"\s*({_NUMBER})[\s,]+({_NUMBER})[\s,]+({_NUMBER})[\s,]+({_NUMBER})\s*")
_LENGTH = re.compile(rf"\s*({_NUMBER})\s*(?:px|pt|pc|mm|cm|in)?\s*")


def load_logo(folder: Path, name: str, shown: str, line: int | None, findings: Findings) -> Logo | None:
    """The logo `name` beside operator.yml or in brands/; None with a finding when it cannot be used.

    `shown` and `line`: where the name stands.
    """
    for path in (folder / name, folder / "brands" / name):
        if leaves(path, folder):
            message = f'the logo "{name}" lies outside the operator\'s folder'
            findings.add("F109", shown, line, message, "put the file beside operator.yml")
            return None
        if is_file(path):
            break
    else:
        mend = "put the file beside operator.yml or into brands/"
        findings.add("O203", shown, line, f'there is no logo "{name}"', mend)
        return None
    try:
        return _logo(path)
    except _UnusableError as unusable:
        message, mend = unusable.args
        findings.add("O203", shown, line, f'the logo "{name}" {message}', mend)
        return None


class _UnusableError(Exception):
    """What is wrong with a logo, and the mend."""


def _logo(path: Path) -> Logo:
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise _UnusableError(f"is larger than {_MAX_BYTES} bytes", "save it smaller")
        data = path.read_bytes()
    except OSError as error:
        raise _UnusableError(f"cannot be read: {error.strerror}", "check its permissions") from None
    return (
        Logo("image/svg+xml", _svg(data)) if path.suffix.lower() == ".svg" else Logo("image/png", _png(data))
    )


def _png(data: bytes) -> bytes:
    if not _is_whole(data):
        raise _UnusableError("is not a PNG or SVG image, or is damaged", "save it as PNG or SVG")
    try:
        with (
            warnings.catch_warnings(action="ignore"),
            Image.open(io.BytesIO(data), formats=("PNG",)) as image,
        ):
            if image.width * image.height > _MAX_PIXELS:
                message = f"has {image.width} × {image.height} pixels"
                raise _UnusableError(message, "save it with at most 4000 × 4000")
            image.load()
            out = io.BytesIO()
            # A fresh file: no metadata, no bytes behind the image.
            image.convert("RGBA").save(out, "PNG", optimize=True)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise _UnusableError(f"is damaged: {error}", "save it as PNG or SVG") from None
    return out.getvalue()


def _is_whole(data: bytes) -> bool:
    """Whether all chunks of a PNG are there and undamaged. Pillow would tell, unless another library told it not to."""
    place = 8
    while data.startswith(b"\x89PNG\r\n\x1a\n") and place + 12 <= len(data):
        length = int.from_bytes(data[place : place + 4])
        kind, end = data[place + 4 : place + 8], place + 8 + length
        if zlib.crc32(data[place + 4 : end]) != int.from_bytes(data[end : end + 4]):
            return False
        if kind == b"IEND":
            return True
        place = end + 4
    return False


def _svg(data: bytes) -> bytes:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _UnusableError("is not UTF-8 text", "save it again as SVG, or as PNG") from None
    # Text, not bytes: a declared encoding must not hide from us what the parser then reads.
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise _UnusableError("declares a DOCTYPE or entities", "save it as plain SVG")
    try:
        root = ElementTree.fromstring(text)  # noqa: S314 - without a DOCTYPE there are no entities to expand
    except (ElementTree.ParseError, ValueError) as error:
        raise _UnusableError(f"is not SVG: {error}", "save it again as SVG or PNG") from None
    if root.tag != f"{{{_SVG}}}svg" or not _has_size(root):
        raise _UnusableError("is not an SVG with a size", "save it as SVG with a viewBox")
    removed = _reduce(root)
    if removed:
        raise _UnusableError(
            f"holds {', '.join(sorted(removed))}", "save it as plain SVG: shapes and colours only"
        )
    ElementTree.register_namespace("", _SVG)
    return bytes(ElementTree.tostring(root, encoding="utf-8"))


def _has_size(root: ElementTree.Element) -> bool:
    """A viewBox, or width and height, of more than nothing."""
    if "viewBox" in root.attrib:
        box = _VIEW_BOX.fullmatch(root.attrib["viewBox"])
        return box is not None and float(box.group(3)) > 0 and float(box.group(4)) > 0
    lengths = [_LENGTH.fullmatch(root.get(name, "")) for name in ("width", "height")]
    return all(length is not None and float(length.group(1)) > 0 for length in lengths)


def _reduce(root: ElementTree.Element) -> set[str]:
    """Drop harmless extras (metadata of drawing programs); name what is not allowed."""
    bad: set[str] = set()
    below = [(root, 1)]
    while below:
        element, depth = below.pop()
        if depth > _MAX_DEPTH:
            return {f"groups nested more than {_MAX_DEPTH} deep"}
        bad |= _not_allowed(element)
        for child in list(element):
            if not str(child.tag).startswith(f"{{{_SVG}}}") or child.tag == f"{{{_SVG}}}metadata":
                element.remove(child)
            else:
                below.append((child, depth + 1))
    return bad


def _not_allowed(element: ElementTree.Element) -> set[str]:
    bad: set[str] = set()
    tag = element.tag.removeprefix(f"{{{_SVG}}}")
    if tag not in _SHAPES:
        bad.add(f"<{tag}>")
    for key, value in list(element.attrib.items()):
        name = key.split("}")[-1]
        if key.startswith("{") and name != "href":
            del element.attrib[key]
        elif key not in _ATTRIBUTES:
            bad.add(f'the attribute "{name}"')
        elif not _VALUE.fullmatch(value):
            bad.add(f'an outside reference or other text that is no shape or colour in "{name}"')
    return bad
