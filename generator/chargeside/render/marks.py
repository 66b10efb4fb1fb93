"""What is drawn around signs for those who cut them: crop marks, a line that says which page it is, the contour that a plotter
follows, and the outlines of labels for a test print. Content streams in points from the page's lower left corner.
"""

from __future__ import annotations

from collections.abc import Iterable

from chargeside.render.overlay import Overlay
from chargeside.render.pdf import POINT_MM, numbers
from chargeside.render.press import Edges, spot
from chargeside.render.type import face

CONTOUR = "CutContour"
REGISTRATION = "All"
SPACES = {REGISTRATION: spot(REGISTRATION, (1, 1, 1, 1)), CONTOUR: spot(CONTOUR, (0, 1, 0, 0))}
"""Inks of their own, by name: registration marks print on every plate; plotters know the contour by its name."""

MARK_MM = 5.0
MARK_OFF_MM = 4.0
"""How long crop marks are, and how far from the trim: outside the bleed of 3 mm, so that none is left on a sign."""
MARGIN_MM = 12.0
"""Around the trim where there are marks: room for them and 3 mm that no printer reaches."""
_SLUG_MM = 6 * POINT_MM
_HAIR = b".25 w "
_ROUND = 0.5523  # how far a Bézier curve's handles reach along a quarter of a circle of radius 1


def crop_marks(trim: Edges) -> bytes:
    """Two marks at each corner, in registration ink."""
    left, bottom, right, top = trim
    near, far = MARK_OFF_MM, MARK_OFF_MM + MARK_MM
    across = [(x, y) for y in (bottom, top) for x in (left - far, left - near, right + near, right + far)]
    up = [(x, y) for x in (left, right) for y in (bottom - far, bottom - near, top + near, top + far)]
    ends = [*across, *up]
    lines = b"".join(map(_line, ends[::2], ends[1::2]))
    return b"q /%b CS 1 SCN %b%bS Q" % (REGISTRATION.encode(), _HAIR, lines)


def contour(trim: Edges, radius_mm: float) -> bytes:
    """The line that a plotter cuts along, with rounded corners."""
    return b"q /%b CS 1 SCN %b%bS Q" % (CONTOUR.encode(), _HAIR, _rounded(trim, radius_mm))


def outlines(labels: Iterable[Edges]) -> bytes:
    """The edges of labels, to be held against a sheet."""
    return b"q 0 G .5 w %bS Q" % b"".join(_rounded(label, 0.0) for label in labels)


def numbers_of_labels(page_height_mm: float, labels: Iterable[Edges]) -> Overlay:
    """The number of each label, from 1, in its upper left corner."""
    overlay = Overlay(page_height_mm)
    for count, (left, _, _, top) in enumerate(labels, 1):
        overlay.text(face(bold=True), str(count), left + 3, page_height_mm - top + 8, 5)
    return overlay


def slug(page_height_mm: float, trim: Edges, text: str) -> Overlay:
    """A line in 6 pt below the trim, between the crop marks; what there is no room for is cut off."""
    letters = face(bold=False)
    room = (trim[2] - trim[0] - 4) / _SLUG_MM
    shown = "".join(one if letters.has(one) else "·" for one in " ".join(text.split()))
    if letters.width(shown) > room:
        while shown and letters.width(f"{shown}…") > room:
            shown = shown[:-1]
        shown = f"{shown.rstrip()}…"
    overlay = Overlay(page_height_mm)
    overlay.text(letters, shown, trim[0] + 2, page_height_mm - trim[1] + MARK_OFF_MM + 2.5, _SLUG_MM)
    return overlay


def _line(start: tuple[float, float], end: tuple[float, float]) -> bytes:
    return b"%b m %b l " % (_at(*start), _at(*end))


def _rounded(edges: Edges, radius: float) -> bytes:
    """A closed path around a rectangle, counter-clockwise from the left of the lower edge."""
    left, bottom, right, top = edges
    r = max(0.0, min(radius, (right - left) / 2, (top - bottom) / 2))
    if not r:
        return b"%b re " % _at(left, bottom, right - left, top - bottom)
    k = r * (1 - _ROUND)
    return b"".join((
        b"%b m %b l " % (_at(left + r, bottom), _at(right - r, bottom)),
        b"%b c " % _at(right - k, bottom, right, bottom + k, right, bottom + r),
        b"%b l %b c " % (_at(right, top - r), _at(right, top - k, right - k, top, right - r, top)),
        b"%b l %b c " % (_at(left + r, top), _at(left + k, top, left, top - k, left, top - r)),
        b"%b l %b c h " % (_at(left, bottom + r), _at(left, bottom + k, left + k, bottom, left + r, bottom)),
    ))  # fmt: skip


def _at(*measures_mm: float) -> bytes:
    return numbers(*(measure / POINT_MM for measure in measures_mm))
