"""Draws the face of a connector as SVG, from its geometry: one routine, one style for all.

The unit of every drawing is the millimetre, so drawings at one `scale` are to scale with one another. Fixed colours in
presentation attributes: the drawings need no CSS, pass a policy without inline styles, read on light and dark pages and in
black-and-white print, and WeasyPrint draws them as browsers do.

A hole is a light ring around a dark bore, a pin is a light disc in a dark well.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Literal

from chargeside.i18n.texts import in_language
from chargeside.model.connector import (
    Bounds,
    Circle,
    ConnectorType,
    Contact,
    Face,
    Fill,
    FlatCircle,
    Oblong,
    View,
    enclose,
)

Unit = Literal["mm", "px"]

# Greys without a tint: a printer needs black ink only, and three digits each keep a drawing small.
EDGE = "#999"  # thin line around everything: parts the drawing from a dark page
BODY = "#333"  # handle
SHELL = "#666"
FLOOR = "#111"  # inside of the shell
FACE = "#888"  # flat face that the contacts are set into
BLANK = "#333"  # a place for a contact that this plug leaves free
SLEEVE = "#bbb"
METAL = "#fff"
BORE = "#000"
PANEL = "#ccc"  # around an inlet or a socket: the car's or the charger's skin

EDGE_MM = 0.8
RING_MM = 1.0  # visible rim of a metal contact tube
PANEL_MM = 6.0  # how much of the skin around an inlet is shown
LABEL_MM = 22.0  # width of the label beside a drawing
GAP_MM = 3.0

COLOURS: dict[Fill, tuple[str, str]] = {"vehicle": ("#000", "#fff"), "station": ("#fff", "#000")}
"""Ground, and line and letter, of an EN 17186 label."""


@dataclass(frozen=True)
class Layer:
    """One disc of a contact: its colour, its diameter in mm from d_contact and d_sleeve (0: none), and how far it is
    shifted up and left, in parts of d_contact."""

    colour: str
    diameter: Callable[[float, float], float]
    shift: float = 0


def _sleeve(contact: float, sleeve: float) -> float:
    """Nothing where the metal rim covers the sleeve."""
    return sleeve if sleeve > contact + 2 * RING_MM else 0


_RIM = (Layer(METAL, lambda contact, _: contact + 2 * RING_MM), Layer(BORE, lambda contact, _: contact))
HOLE = (Layer(SLEEVE, _sleeve), *_RIM)
WELL = (Layer(FLOOR, _sleeve), *_RIM)
PIN = (
    Layer(FLOOR, lambda _, sleeve: sleeve),
    Layer(SLEEVE, lambda contact, _: contact),
    Layer(METAL, lambda contact, _: contact / 2, shift=-0.125),
)
PLACE = (Layer(BLANK, lambda _, sleeve: sleeve),)


def face_svg(
    connector: ConnectorType,
    *,
    prefix: str,
    view: View = "plug",
    lang: str = "en",
    title: str | None = None,
    desc: str | None = None,
    letter: str | None = None,
    scale: float | None = 1.0,
    unit: Unit = "mm",
    css_class: str | None = None,
    font: str = "sans-serif",
    standalone: bool = False,
) -> str:
    """One face as an SVG element, front view.

    `prefix` starts the ids and must be unique on the page. `title` and `desc` replace the connector's own name and
    description in `lang` (English where there is no translation). `letter` puts its EN 17186 label beside the drawing.
    `scale` is how many `unit`s a real millimetre becomes: 1 and "mm" is actual size, None leaves the size to the page.
    `font` is the family of the label's letter.
    `standalone` adds the namespace that a file or an <img> needs and an element in an HTML page does not.

    Raises ValueError for a view that the connector's `looks` do not describe, and for a letter it does not carry.
    """
    if view not in connector.looks:
        raise ValueError(f"{connector.slug} has no view {view!r}")
    face = connector.face
    pen = _Pen(face, prefix)
    if view == "plug":
        drawing = pen.behind(face.body, BODY, face.lever) + pen.plug()
    else:
        drawing = pen.behind(PANEL_MM, PANEL) + (pen.inlet() if view == "inlet" else pen.socket())
    box = _drawn_bounds(face, view)
    if letter is not None:
        ground = next((label.fills for label in connector.labels if label.letter == letter), ())
        fill: Fill = "station" if view == "socket" else "vehicle"
        if fill not in ground:
            raise ValueError(f"{connector.slug} carries no label {letter!r} as {view}")
        centre = box[2] + GAP_MM + LABEL_MM / 2
        drawing += _hexagon(letter, fill, centre, -(box[1] + box[3]) / 2, LABEL_MM, font)
        box = (box[0], box[1], centre + LABEL_MM / 2, box[3])
    return _svg(
        box,
        drawing,
        prefix=prefix,
        title=title if title is not None else in_language(connector.name, lang),
        desc=desc if desc is not None else in_language(connector.looks[view], lang),
        size=None if scale is None else (scale, unit),
        css_class=css_class,
        standalone=standalone,
    )


def label_svg(
    letter: str,
    fill: Fill,
    *,
    prefix: str,
    title: str | None = None,
    width_mm: float | None = 30.0,
    css_class: str | None = None,
    font: str = "sans-serif",
    standalone: bool = False,
) -> str:
    """An EN 17186 label: hexagon with letter, `width_mm` across its flat sides (None: the page sizes it).

    `vehicle` is white on black, for plugs that go into a car and for inlets; `station` is black on white, for sockets.
    The standard wants at least 30 mm for the label itself. `prefix`, `font` and `standalone` as in `face_svg`.
    """
    corner = 15 / math.sin(math.pi / 3)
    box = (-corner, -15.0, corner, 15.0)
    return _svg(
        box,
        _hexagon(letter, fill, 0, 0, 2 * corner, font),
        prefix=prefix,
        title=letter if title is None else title,
        desc=None,
        size=None if width_mm is None else (width_mm / 30, "mm"),
        css_class=css_class,
        standalone=standalone,
    )


class _Pen:
    """Draws the parts of one face, from the back to the front. `behind` comes first: the others use its outline."""

    def __init__(self, face: Face, prefix: str) -> None:
        self.face = face
        self.outline = f"{prefix}-o"

    def behind(self, by: float, fill: str, lever: Oblong | None = None) -> str:
        """What stands out `by` mm behind the outline, with a thin line around it: the outline with a broad stroke."""
        return (
            f'<g stroke="{EDGE}" stroke-width="{_n(2 * (by + EDGE_MM))}">'
            f'<path id="{self.outline}" d="{_path(self.face.outline)}"/></g>'
            f"{_lever(lever) if lever else ''}"
            f'<use href="#{self.outline}" stroke="{fill}" stroke-width="{_n(2 * by)}"/>'
        )

    def plug(self) -> str:
        """Shell and contacts of the plug on a cable."""
        contacts = [contact for contact in self.face.contacts if contact.kind != "empty"]
        blanks = [contact for contact in self.face.contacts if contact.kind == "empty"]
        tubes = self.face.sleeves == "tubes"
        layers = PIN if self.face.plug_has == "pins" else HOLE if tubes else WELL
        return self._floor(SHELL, FLOOR if tubes else FACE) + self._round(
            _dots(blanks, PLACE) + _dots(contacts, layers)
        )

    def inlet(self) -> str:
        """Inlet of a car. It meets the plug face to face, so left and right change sides; it has what the plug has not."""
        contacts = [contact.model_copy(update={"x": -contact.x}) for contact in self.face.contacts]
        layers = HOLE if self.face.plug_has == "pins" else PIN
        return self._floor(FLOOR, FACE) + self._round(_dots(contacts, layers))

    def socket(self) -> str:
        """Socket of a charger: contacts as in the plug that goes into a car, set into the charger's skin."""
        layers = PIN if self.face.plug_has == "pins" else HOLE
        return self._floor(FLOOR, FACE) + self._round(_dots(self.face.contacts, layers))

    def _floor(self, rim: str, floor: str) -> str:
        """The outline, and what lies inside its rim."""
        parts = [f'<use href="#{self.outline}" fill="{rim}"/>']
        if self.face.key:
            parts.append(f'<path d="{_path([self.face.key])}" fill="{rim}"/>')
        parts.append(f'<path d="{_path(self.face.inset)}" fill="{floor}"/>')
        if self.face.wells:
            parts.append(f'<path d="{_path(self.face.wells)}" fill="{FLOOR}"/>')
        return "".join(parts)

    def _round(self, strokes: str) -> str:
        return f'<g stroke-linecap="round">{_crosses(self.face)}{strokes}</g>'


def _dots(contacts: Sequence[Contact], layers: Sequence[Layer]) -> str:
    """Discs: each a stroke of no length with round ends, all of one colour and size in one path."""
    drawn = []
    for layer in layers:
        paths: dict[str, str] = {}
        for contact in contacts:
            width = _n(layer.diameter(contact.d_contact, contact.d_sleeve))
            shift = layer.shift * contact.d_contact
            paths[width] = paths.get(width, "") + f"M{_pair(contact.x + shift, shift - contact.y)}h0"
        paths.pop("0", None)
        strokes = "".join(f'<path d="{path}" stroke-width="{width}"/>' for width, path in paths.items())
        drawn.append(f'<g stroke="{layer.colour}">{strokes}</g>' if strokes else "")
    return "".join(drawn)


def _lever(shape: Oblong) -> str:
    left, _, _, top = shape.bounds
    return (
        f'<rect x="{_n(left)}" y="{_n(-top)}" width="{_n(shape.width)}" height="{_n(shape.height)}" '
        f'rx="{_n(shape.radius)}" fill="{BODY}" stroke="{EDGE}" stroke-width="{_n(2 * EDGE_MM)}"/>'
    )


def _crosses(face: Face) -> str:
    """Ribs in wells."""
    path = ""
    for cross in face.crosses:
        half = cross.length / 2 * math.sqrt(0.5)
        side = _n(2 * half)
        path += f"M{_pair(cross.x - half, -cross.y - half)}l{side} {side}m0-{side}l-{side} {side}"
    return f'<path d="{path}" stroke="{FACE}"/>' if path else ""


def _hexagon(letter: str, fill: Fill, x: float, y: float, width: float, font: str) -> str:
    """A regular hexagon standing on a side, `width` mm from corner to corner, around x, y (y down)."""
    ground, line = COLOURS[fill]
    radius = width / 2

    def path(r: float) -> str:
        side, high = _n(r), _n(r * math.sin(math.pi / 3))
        half = _n(r / 2)
        return f"M{_pair(x - r, y)}l{half}-{high}h{side}l{half} {high}-{half} {high}h-{side}z"

    text = (
        f'<text x="{_n(x)}" y="{_n(y + radius * 0.36)}" fill="{line}" font-family="{escape(font)}" font-weight="700" '
        f'font-size="{_n(radius)}" text-anchor="middle">{escape(letter)}</text>'
    )
    inner = (
        f'<path d="{path(radius * 0.88)}" fill="none" stroke="{line}" stroke-width="{_n(radius * 0.09)}"/>'
    )
    return f'<path d="{path(radius)}" fill="{ground}"/>{inner}{text}'


def width(connector: ConnectorType, view: View) -> float:
    """Width of a drawing without label, in mm."""
    left, _, right, _ = _drawn_bounds(connector.face, view)
    return right - left


def _drawn_bounds(face: Face, view: View) -> Bounds:
    """What is drawn around the face, y up."""
    by = face.body if view == "plug" else PANEL_MM
    boxes = [shape.grown(by).bounds for shape in face.outline]
    if view == "plug" and face.lever is not None:
        boxes.append(face.lever.bounds)
    left, bottom, right, top = enclose(boxes)
    return (left - EDGE_MM, bottom - EDGE_MM, right + EDGE_MM, top + EDGE_MM)


def _path(shapes: Iterable[Circle | FlatCircle | Oblong]) -> str:
    """The shapes as one path, y down. Where they overlap they become one area."""
    return "".join(_subpath(shape) for shape in shapes)


def _subpath(shape: Circle | FlatCircle | Oblong) -> str:
    if isinstance(shape, Circle):
        radius, across = _n(shape.d / 2), _n(shape.d)
        arc = f"a{radius} {radius} 0 0 1"
        return f"M{_pair(shape.x - shape.d / 2, -shape.y)}{arc} {across} 0{arc}-{across} 0z"
    if isinstance(shape, Oblong):
        return _oblong(shape)
    return _flat_circle(shape)


def _oblong(shape: Oblong) -> str:
    left, _, _, top = shape.bounds
    r = shape.radius
    across, down = _n(shape.width - 2 * r), _n(shape.height - 2 * r)
    if r == 0:
        return f"M{_pair(left, -top)}h{across}v{down}h-{across}z"
    arc, size = f"a{_n(r)} {_n(r)} 0 0 1", _n(r)
    start = f"M{_pair(left + r, -top)}h{across}{arc} {size} {size}"
    if down == "0":  # half circles at both ends
        return f"M{_pair(left + r, -top)}h{across}{arc} 0 {_n(2 * r)}h-{across}{arc} 0-{_n(2 * r)}z"
    return f"{start}v{down}{arc}-{size} {size}h-{across}{arc}-{size}-{size}v-{down}{arc} {size}-{size}z"


def _flat_circle(shape: FlatCircle) -> str:
    """Straight or crowned top, corner arc, the circle's arc around the bottom, corner arc."""
    cx, cy = shape.corner_centre
    r, corner = shape.d / 2, shape.corner
    side_x, side_y = cx * r / (r - corner), cy * r / (r - corner)  # where corner and circle meet
    if shape.crown is None:
        top_x, top_y, top = cx, shape.flat, "H"
    else:
        stretch = shape.crown / (shape.crown - corner)
        crown_y = shape.flat - shape.crown
        top_x, top_y = cx * stretch, crown_y + (cy - crown_y) * stretch
        top = f"A{_n(shape.crown)} {_n(shape.crown)} 0 0 1 "
    x, y = shape.x, -shape.y
    line = f"{top}{_n(x + top_x)}" if shape.crown is None else f"{top}{_pair(x + top_x, y - top_y)}"
    arc, large = f"A{_n(corner)} {_n(corner)} 0 0 1", int(side_y > 0)
    return (
        f"M{_pair(x - top_x, y - top_y)}{line}{arc} {_pair(x + side_x, y - side_y)}"
        f"A{_n(r)} {_n(r)} 0 {large} 1 {_pair(x - side_x, y - side_y)}{arc} {_pair(x - top_x, y - top_y)}z"
    )


def _svg(
    box: Bounds,
    content: str,
    *,
    prefix: str,
    title: str,
    desc: str | None,
    size: tuple[float, Unit] | None,
    css_class: str | None,
    standalone: bool,
) -> str:
    """The element around a drawing; `box` with y up."""
    left, bottom, right, top = box
    width, height = right - left, top - bottom
    labelled = f"{prefix}-t" if desc is None else f"{prefix}-t {prefix}-d"
    attributes = [
        f'viewBox="{_n(left)} {_n(-top)} {_n(width)} {_n(height)}"',
        'role="img"',
        f'aria-labelledby="{labelled}"',
    ]
    if size is not None:
        scale, unit = size
        attributes.append(f'width="{_n(width * scale)}{unit}" height="{_n(height * scale)}{unit}"')
    if css_class is not None:
        attributes.append(f'class="{escape(css_class)}"')
    words = f'<title id="{prefix}-t">{escape(title)}</title>'
    if desc is not None:
        words += f'<desc id="{prefix}-d">{escape(desc)}</desc>'
    if standalone:
        attributes.insert(0, 'xmlns="http://www.w3.org/2000/svg"')
    return f"<svg {' '.join(attributes)}>{words}{content}</svg>"


def _pair(x: float, y: float) -> str:
    """Two numbers of a path; a minus sign parts them as well as a space."""
    first, second = _n(x), _n(y)
    return f"{first}{second}" if second.startswith("-") else f"{first} {second}"


def _n(value: float) -> str:
    """A number to a tenth, as short as SVG reads it."""
    text = f"{value:.1f}".removesuffix(".0")
    if text in ("-0", "0"):
        return "0"
    return text.replace("0.", ".", 1) if text.startswith(("0.", "-0.")) else text
