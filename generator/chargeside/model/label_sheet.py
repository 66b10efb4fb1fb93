"""Sheets of labels: how many, how large, and where on the page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

Length = Annotated[float, Field(ge=5, le=2000)]
_SLACK_MM = 0.05
"""Makers round to tenths of a millimetre."""

INCH = 25.4
A4 = (210.0, 297.0)
LETTER = (8.5 * INCH, 11 * INCH)


class LabelSheet(BaseModel):
    """A sheet of labels. All measures in mm: across, then down. `offset` is the upper left corner of the first label."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    page: tuple[Length, Length] = Field(A4, description="Width and height of the page")
    columns: int = Field(ge=1, le=50)
    rows: int = Field(ge=1, le=50)
    label: tuple[Length, Length] = Field(description="Width and height of a label")
    offset: tuple[float, float] = Field(
        (0.0, 0.0), description="Of the first label, from the left and the top"
    )
    gap: tuple[float, float] = Field((0.0, 0.0), description="Between labels, across and down")

    @property
    def labels(self) -> int:
        """How many labels a sheet has."""
        return self.columns * self.rows

    def corner(self, position: int) -> tuple[float, float]:
        """The upper left corner of a label, in mm from that of the page. Labels count from 0, row by row."""
        row, column = divmod(position, self.columns)
        return (
            self.offset[0] + column * (self.label[0] + self.gap[0]),
            self.offset[1] + row * (self.label[1] + self.gap[1]),
        )

    def holds(self, width_mm: float, height_mm: float) -> bool:
        """Whether a label is large enough for a sign of that size."""
        return width_mm <= self.label[0] + _SLACK_MM and height_mm <= self.label[1] + _SLACK_MM

    def bleed_mm(self, width_mm: float, height_mm: float, most_mm: float) -> float:
        """How far a sign of that size may be printed over the edge of its label without reaching another one; not at all where the
        label is larger than the sign, since nothing is cut there."""
        if max(self.label[0] - width_mm, self.label[1] - height_mm) > 1.0:
            return 0.0
        gaps = [gap for gap, many in zip(self.gap, (self.columns, self.rows), strict=True) if many > 1]
        return max(0.0, min([most_mm, *(gap / 2 for gap in gaps)]))


class Fault(NamedTuple):
    """What is wrong with a sheet: at which key, what, and what to do."""

    key: str
    message: str
    mend: str


def faults(sheet: LabelSheet) -> Iterator[Fault]:
    """Labels that overlap, or that leave the page."""
    words = (("columns", "beside one another", "right"), ("rows", "below one another", "lower"))
    for axis, (many, where, edge) in enumerate(words):
        count = (sheet.columns, sheet.rows)[axis]
        label, gap, offset = sheet.label[axis], sheet.gap[axis], sheet.offset[axis]
        if count > 1 and gap < -_SLACK_MM:
            message = f"labels {where} overlap by {-gap:g} mm"
            yield Fault("gap", message, "measure from the edge of one label to the next: a gap is 0 or more")
        if offset < -_SLACK_MM:
            yield Fault(
                "offset",
                f"the first label begins {-offset:g} mm off the page",
                "measure from the edge of the page",
            )
        end = offset + count * label + (count - 1) * gap
        if end > sheet.page[axis] + _SLACK_MM:
            message = f"the last of {count} {many} ends {end - sheet.page[axis]:.4g} mm beyond the {edge} edge of the page"
            yield Fault(many, message, f"correct {many}, label, offset or gap; is the page turned?")


def _sheet(
    page: tuple[float, float],
    grid: tuple[int, int],
    label: tuple[float, float],
    gap: tuple[float, float] = (0.0, 0.0),
) -> LabelSheet:
    """A sheet whose labels stand in the middle of the page."""
    offset = [(page[axis] - grid[axis] * label[axis] - (grid[axis] - 1) * gap[axis]) / 2 for axis in (0, 1)]
    return LabelSheet(
        page=page, columns=grid[0], rows=grid[1], label=label, offset=(offset[0], offset[1]), gap=gap
    )


NAMED: Mapping[str, LabelSheet] = {
    # By geometry alone: plain paper that is cut.
    "a4-2": _sheet(A4[::-1], (2, 1), (148, 210)),
    "a4-4": _sheet(A4, (2, 2), (105, 148)),
    "a4-4-100": _sheet(A4, (2, 2), (100, 100)),
    "letter-2": _sheet(LETTER[::-1], (2, 1), (5.5 * INCH, 8.5 * INCH)),
    "letter-4-100": _sheet(LETTER, (2, 2), (100, 100)),
    # Usual label stock. Source: the templates of gLabels (github.com/jimevins/glabels-qt, templates/), families 7165 and 7169
    # (avery-iso-templates.xml) and 5164 (avery-us-templates.xml); all of them stand in the middle of the page within 0.5 mm.
    "a4-8-99x68": _sheet(A4, (2, 4), (99.1, 67.7), (2.5, 0)),
    "a4-4-99x139": _sheet(A4, (2, 2), (99.1, 139.0), (2.5, 0)),
    "letter-6-4x3.33": _sheet(LETTER, (2, 3), (4 * INCH, 10 / 3 * INCH), (0.1875 * INCH, 0)),
}
"""Sheets that many use, by name."""
