"""A connector type: what it is called, how it lets go, what its label letter is, and the geometry of its face in mm.

The files are `connectors/<slug>.yml`; the loader adds `slug` from the file name. Coordinates of a face: the plug on the
cable as its driver sees it from the front, origin in the centre of the round part (for `nacs`: between the two big
contacts), x to the right, y up, millimetres. The car's inlet is the mirror image.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

View = Literal["plug", "inlet", "socket"]
"""What is drawn: the plug on the cable to the car, the inlet of the car, or the socket of a charger without a cable."""

Fill = Literal["vehicle", "station"]
"""Colour of an EN 17186 label. `vehicle`: white on black, for a plug that goes into a car and for the car's inlet.
`station`: black on white, for a socket of the charger and for the plug of the driver's own cable that goes into it."""

ReleaseAct = Literal["stop", "unlock-car", "wait", "press-release", "unplug"]
"""A pictogram of what a driver does to unplug, in the order of doing it."""

LABEL_COUNTRIES = frozenset(
    [
        "AT",
        "BE",
        "BG",
        "CH",
        "CY",
        "CZ",
        "DE",
        "DK",
        "EE",
        "ES",
        "FI",
        "FR",
        "GR",
        "HR",
        "HU",
        "IE",
        "IS",
        "IT",
        "LI",
        "LT",
        "LU",
        "LV",
        "MK",
        "MT",
        "NL",
        "NO",
        "PL",
        "PT",
        "RO",
        "RS",
        "SE",
        "SI",
        "SK",
        "TR",
    ]
)
"""Countries where the letters of EN 17186 stand at chargers and, since 20 March 2021, on new cars: the 27 of the EU, Iceland,
Liechtenstein, Norway, North Macedonia, Serbia, Switzerland, Türkiye. Source: elektroauto-news.net and
electricmotorengineering.com on EN 17186, the latter after a release of the makers' association ACEA."""

ContactKind = Literal["power", "signal", "earth", "empty"]
"""`empty`: this plug leaves the place free; the inlet of a car may have a contact there for another plug."""

Bounds = tuple[float, float, float, float]
"""Left, bottom, right, top in mm."""


def enclose(boxes: Iterable[Bounds]) -> Bounds:
    """The smallest box around all boxes."""
    lefts, bottoms, rights, tops = zip(*boxes, strict=True)
    return (min(lefts), min(bottoms), max(rights), max(tops))


def _has_english(texts: dict[str, str]) -> dict[str, str]:
    if "en" not in texts:
        raise ValueError('has no English text: add "en"')
    return texts


Texts = Annotated[dict[str, str], AfterValidator(_has_english)]
"""One text per language (BCP 47); English is always there."""

Sources = Annotated[tuple[str, ...], Field(min_length=1)]
"""Keys of the file's `sources`."""

Positive = Annotated[float, Field(gt=0)]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Circle(_Frozen):
    """A round outline of diameter `d` mm."""

    shape: Literal["circle"]
    x: float = 0
    y: float = 0
    d: Positive

    @property
    def bounds(self) -> Bounds:
        """The box around it."""
        r = self.d / 2
        return (self.x - r, self.y - r, self.x + r, self.y + r)

    def grown(self, by: float) -> Circle:
        """The same outline `by` mm further out on every side; a negative `by` shrinks it."""
        return self.model_copy(update={"d": self.d + 2 * by})

    def contains(self, x: float, y: float) -> bool:
        """Whether the point lies inside or on the line."""
        return math.hypot(x - self.x, y - self.y) <= self.d / 2 + 1e-6


class FlatCircle(_Frozen):
    """A circle of diameter `d` mm cut off by a line `flat` mm above its centre, its two corners rounded with `corner`
    mm. With `crown` the line is no straight one but an arc of that radius, highest in the middle (NACS)."""

    shape: Literal["flat_circle"]
    x: float = 0
    y: float = 0
    d: Positive
    flat: float
    corner: Positive
    crown: Positive | None = None

    @model_validator(mode="after")
    def _can_be_drawn(self) -> FlatCircle:
        if not self.corner < min(self.d / 2, self.d / 2 + self.flat):
            raise ValueError("corner is too big for the circle")
        if not -self.d / 2 < self.flat < self.d / 2:
            raise ValueError("flat does not cut the circle")
        if self.crown is not None and self.crown <= self.d / 2:
            raise ValueError("crown must be flatter than the circle: a radius larger than half of d")
        return self

    @property
    def corner_centre(self) -> tuple[float, float]:
        """Centre of the right corner's arc, measured from the centre of the circle."""
        inner = self.d / 2 - self.corner
        if self.crown is None:
            y = self.flat - self.corner
        else:
            # Where two circles meet: one around the centre, one around the centre of the crown.
            crown_y = self.flat - self.crown
            outer = self.crown - self.corner
            y = (inner**2 - outer**2 + crown_y**2) / (2 * crown_y)
        return (math.sqrt(max(0.0, inner**2 - y**2)), y)

    @property
    def bounds(self) -> Bounds:
        """The box around it."""
        r = self.d / 2
        cx, cy = self.corner_centre
        half = r if cy >= 0 else cx + self.corner
        return (self.x - half, self.y - r, self.x + half, self.y + self.flat)

    def grown(self, by: float) -> FlatCircle:
        """The same outline `by` mm further out on every side; a negative `by` shrinks it."""
        return self.model_copy(
            update={
                "d": self.d + 2 * by,
                "flat": self.flat + by,
                "corner": self.corner + by,
                "crown": None if self.crown is None else self.crown + by,
            }
        )

    def contains(self, x: float, y: float) -> bool:
        """Whether the point lies inside or on the line."""
        x, y = abs(x - self.x), y - self.y
        top = self.flat
        if self.crown is not None and x < self.crown:
            top += math.sqrt(self.crown**2 - x**2) - self.crown
        cx, cy = self.corner_centre
        # The corner's arc rules where the point is above the ray from the centre through the corner's centre.
        in_corner = x > cx and y * cx > cy * x
        within = math.hypot(x - cx, y - cy) <= self.corner + 1e-6 if in_corner else True
        return within and math.hypot(x, y) <= self.d / 2 + 1e-6 and y <= top + 1e-6


class Oblong(_Frozen):
    """A rectangle with round corners of radius `corner` mm (default: the short sides are half circles)."""

    shape: Literal["oblong"]
    x: float = 0
    y: float = 0
    width: Positive
    height: Positive
    corner: Annotated[float, Field(ge=0)] | None = None

    @model_validator(mode="after")
    def _can_be_drawn(self) -> Oblong:
        if self.corner is not None and self.corner > min(self.width, self.height) / 2 + 1e-6:
            raise ValueError("corner is more than half of the short side")
        return self

    @property
    def radius(self) -> float:
        """Radius of the corners in mm."""
        return min(self.width, self.height) / 2 if self.corner is None else self.corner

    @property
    def bounds(self) -> Bounds:
        """The box around it."""
        half_width, half_height = self.width / 2, self.height / 2
        return (self.x - half_width, self.y - half_height, self.x + half_width, self.y + half_height)

    def grown(self, by: float) -> Oblong:
        """The same outline `by` mm further out on every side; a negative `by` shrinks it."""
        return self.model_copy(
            update={"width": self.width + 2 * by, "height": self.height + 2 * by, "corner": self.radius + by}
        )

    def contains(self, x: float, y: float) -> bool:
        """Whether the point lies inside or on the line."""
        # Distance to the rectangle of the corners' centres.
        dx = abs(x - self.x) - (self.width / 2 - self.radius)
        dy = abs(y - self.y) - (self.height / 2 - self.radius)
        return math.hypot(max(dx, 0), max(dy, 0)) <= self.radius + 1e-6


class _Cited(_Frozen):
    source: Sources


Shape = Annotated[Circle | FlatCircle | Oblong, Field(discriminator="shape")]


class Contact(_Frozen):
    """One contact: centre, diameter of the metal and of the plastic sleeve (or well) around it, in mm."""

    name: str
    x: float
    y: float
    d_contact: Positive
    d_sleeve: Positive
    kind: ContactKind

    @model_validator(mode="after")
    def _sleeve_is_wider(self) -> Contact:
        if self.d_sleeve < self.d_contact:
            raise ValueError(f"contact {self.name}: d_sleeve is smaller than d_contact")
        return self


class Cross(_Frozen):
    """Two plastic ribs crossing at 45° in a well, each `length` mm."""

    x: float
    y: float
    length: Positive


class Face(_Cited):
    """What is seen from the front. The outline is everything `outline` covers together."""

    outline: tuple[Shape, ...] = Field(min_length=1, description="Edge of the plastic shell")
    inset: tuple[Shape, ...] = Field(
        min_length=1, description="What lies inside the shell's rim: see `sleeves`"
    )
    contacts: tuple[Contact, ...] = Field(min_length=1)
    plug_has: Literal["holes", "pins"] = Field(
        description="What the plug's contacts are; the inlet has the other"
    )
    sleeves: Literal["tubes", "wells"] = Field(
        description="In the plug: each contact in a tube of its own that stands on a deep floor, or all in one flat face"
    )
    wells: tuple[Shape, ...] = Field((), description="Wells that several contacts share")
    crosses: tuple[Cross, ...] = ()
    key: Oblong | None = Field(
        None, description="Ridge of the shell that fits one way round only; part of the outline"
    )
    lever: Oblong | None = Field(
        None, description="Latch that is seen from the front; drawn behind the shell"
    )
    body: Annotated[float, Field(ge=0)] = Field(
        3, description="How far the handle behind the face stands out, mm; a hint of a handle, not a measure"
    )
    tolerance_mm: Positive

    @property
    def bounds(self) -> Bounds:
        """The box around the outline, without handle and lever: the sizes that can be compared with a data sheet."""
        keys = (self.key,) if self.key else ()
        return enclose(shape.bounds for shape in (*self.outline, *keys))

    def contains(self, x: float, y: float) -> bool:
        """Whether the point lies on the face."""
        return any(shape.contains(x, y) for shape in self.outline)

    @model_validator(mode="after")
    def _contacts_fit(self) -> Face:
        names = [contact.name for contact in self.contacts]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"contact {twice[0]} is there twice")
        for contact in self.contacts:
            for eighth in range(8):
                angle = math.radians(45 * eighth)
                x = contact.x + contact.d_sleeve / 2 * math.cos(angle)
                y = contact.y + contact.d_sleeve / 2 * math.sin(angle)
                if not self.contains(x, y):
                    raise ValueError(f"contact {contact.name} stands out of the outline at {x:.1f}, {y:.1f}")
        return self


class Sourced(_Cited):
    """A sentence for drivers, and where its fact comes from."""

    text: Texts


class Release(Sourced):
    """How the plug is released. `at_socket`: with a cable of one's own, whose other end is in a socket of the charger."""

    at_socket: Texts | None = None
    acts: tuple[ReleaseAct, ...] = Field(min_length=1, description="The same in pictograms")


class Label(_Cited):
    """An EN 17186 letter that stands on this connector, and who carries it."""

    letter: Annotated[str, Field(pattern="^[A-Z]$")]
    range: Texts = Field(description="Voltage range in words")
    fills: tuple[Fill, ...] = Field(min_length=1, description="Colours that exist: see Fill")


class LookAlike(_Frozen):
    """Another connector it is taken for, and how to tell them apart."""

    connector: str = Field(description="Slug of the other connector")
    tell: Texts


class AlsoFits(_Cited):
    """The inlet of another connector that this plug fits too."""

    connector: str = Field(description="Slug of the other connector")
    how: Texts


class Example(_Frozen):
    """A drawing that the test suite makes."""

    view: View = "plug"
    letter: str | None = None
    scale: Positive | None = None


class ConnectorType(_Frozen):
    """One kind of connector, as `connectors/<slug>.yml` describes it."""

    slug: Annotated[str, Field(pattern="^[a-z][a-z0-9_]*$")]
    ocpi: tuple[str, ...] = Field(min_length=1, description="OCPI ConnectorType values it stands for")
    name: Texts
    short: str = Field(description="Name on signs, in English and wherever it is the same")
    short_names: dict[str, str] = Field(
        default_factory=dict, description="Name on signs in languages where it differs"
    )
    other_names: tuple[str, ...] = ()
    current: tuple[Literal["AC", "DC"], ...] = Field(min_length=1)
    regions: Texts
    ratings: tuple[Sourced, ...] = ()
    latch: Literal["car", "plug", "none"] = Field(description="Who holds the plug in the car")
    release: Release = Field(description="How the plug is released")
    labels: tuple[Label, ...] = ()
    also_fits: tuple[AlsoFits, ...] = ()
    look_alikes: tuple[LookAlike, ...] = ()
    good_to_know: tuple[Sourced, ...] = ()
    looks: dict[View, Texts] = Field(
        description="What is seen from the front, in words, for each view it can be drawn in"
    )
    face: Face
    examples: tuple[Example, ...] = Field(min_length=1)
    sources: dict[str, str] = Field(min_length=1, description="Key and where it can be looked up")
    unverified: tuple[str, ...] = Field((), description="For authors; never printed")

    def short_in(self, lang: str) -> str:
        """The short name in a language (`de-AT`, else `de`)."""
        return self.short_names.get(lang) or self.short_names.get(lang.partition("-")[0]) or self.short

    @model_validator(mode="after")
    def _hangs_together(self) -> ConnectorType:
        parts: list[_Cited] = [self.release, self.face, *self.also_fits]
        parts += [*self.ratings, *self.labels, *self.good_to_know]
        cited = {key for part in parts for key in part.source}
        if missing := sorted(cited - set(self.sources)):
            raise ValueError(f"source {missing[0]} is cited and not listed under sources")
        if "plug" not in self.looks:
            raise ValueError('looks says nothing of the plug: add "plug"')
        letters = {label.letter for label in self.labels}
        for example in self.examples:
            if example.view not in self.looks:
                raise ValueError(
                    f"an example asks for the view {example.view}, and looks does not describe it"
                )
            if example.letter is not None and example.letter not in letters:
                raise ValueError(f"an example asks for the letter {example.letter}, and labels has none")
        if self.slug in {other.connector for other in self.look_alikes}:
            raise ValueError("looks like itself")
        return self
