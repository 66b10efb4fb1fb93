"""The operator's logo: read, checked, and an SVG reduced to shapes and colours."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

from chargeside.findings import Findings
from chargeside.load.logo_ink import tone_of_picture, tone_of_svg
from chargeside.load.logo_picture import UnusableError, as_png, read_picture
from chargeside.load.source import is_file, leaves
from chargeside.model.network import Logo

_MAX_BYTES = 2_000_000
_MAX_DEPTH = 50
_LONGEST = 40
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
    except UnusableError as unusable:
        message, mend = unusable.args
        findings.add("O203", shown, line, f'the logo "{name}" {message}', mend)
        return None


def _logo(path: Path) -> Logo:
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise UnusableError(f"is larger than {_MAX_BYTES} bytes", "save it smaller")
        data = path.read_bytes()
    except OSError as error:
        raise UnusableError(f"cannot be read: {error.strerror}", "check its permissions") from None
    if path.suffix.lower() == ".svg":
        return _svg(data)
    picture = read_picture(data)
    return Logo("image/png", as_png(picture), _ratio(*picture.size), tone_of_picture(picture))


def _ratio(width: float, height: float) -> float:
    """Width by height. Raises UnusableError for a logo that is a mere line on any sign."""
    ratio = width / height
    if not 1 / _LONGEST <= ratio <= _LONGEST:
        mend = "save it without the empty space around it"
        raise UnusableError(f"is more than {_LONGEST} times as long as wide", mend)
    return ratio


def _svg(data: bytes) -> Logo:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UnusableError("is not UTF-8 text", "save it again as SVG, or as PNG") from None
    # Text, not bytes: a declared encoding must not hide from us what the parser then reads.
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise UnusableError("declares a DOCTYPE or entities", "save it as plain SVG")
    try:
        root = ElementTree.fromstring(text)  # noqa: S314 - without a DOCTYPE there are no entities to expand
    except (ElementTree.ParseError, ValueError) as error:
        raise UnusableError(f"is not SVG: {error}", "save it again as SVG or PNG") from None
    size = _size(root) if root.tag == f"{{{_SVG}}}svg" else None
    if size is None:
        raise UnusableError("is not an SVG with a size", "save it as SVG with a viewBox")
    removed = _reduce(root)
    if removed:
        raise UnusableError(
            f"holds {', '.join(sorted(removed))}", "save it as plain SVG: shapes and colours only"
        )
    ElementTree.register_namespace("", _SVG)
    data = bytes(ElementTree.tostring(root, encoding="utf-8"))
    return Logo("image/svg+xml", data, _ratio(*size), tone_of_svg(root))


def _size(root: ElementTree.Element) -> tuple[float, float] | None:
    """Width and height, in whatever unit, of the viewBox, or as they are given; None when they are nothing or missing."""
    if "viewBox" in root.attrib:
        box = _VIEW_BOX.fullmatch(root.attrib["viewBox"])
        width, height = (float(box.group(3)), float(box.group(4))) if box else (0.0, 0.0)
    else:
        lengths = [_LENGTH.fullmatch(root.get(name, "")) for name in ("width", "height")]
        width, height = (float(length.group(1)) if length else 0.0 for length in lengths)
    return (width, height) if width > 0 and height > 0 else None


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
