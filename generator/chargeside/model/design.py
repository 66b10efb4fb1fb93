"""A design of a sign: a folder with a description (design.yml), a template (sign.html.jinja) and a style (style.css)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

Millimetres = Annotated[float, Field(ge=20, le=2000)]
Size = tuple[Millimetres, Millimetres]
"""Width and height in mm."""
Carries = Literal["station", "connector", "site"]
BlockName = Annotated[str, Field(pattern=r"^[a-z][a-z-]{0,30}$")]

_MM = re.compile(r"([0-9]{2,4}(?:\.[0-9])?)x([0-9]{2,4}(?:\.[0-9])?)")

FIRST_FIVE = ("number", "help", "helpline", "steps", "danger")
"""What no design may leave off, in order of worth: number, HELP with the code, helpline and hours, three steps, emergency number with
the place."""


class DesignFile(BaseModel):
    """design.yml."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str = Field(min_length=1, max_length=60)
    description: str = Field(min_length=1, max_length=400)
    carries: Carries = Field("station", description="What gets a sign of its own")
    sizes: dict[Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,20}$")], Size] = Field(
        min_length=1, description="Sizes by name, in mm. The first is the one its lengths are written for"
    )
    distance_m: float = Field(gt=0.2, le=5, description="From how far the first size is read, in metres")
    distance_grows: bool = Field(
        True, description="Larger sizes are read from further; if not, they have room for more"
    )
    true_size: bool = Field(
        False, description="Plugs are drawn at their own size, so lengths do not grow with the sign"
    )
    levels: tuple[Annotated[float, Field(ge=0.5, le=2)], ...] = Field(
        (1.0, 0.9, 0.8), min_length=1, max_length=6, description="Sizes of text that are tried, in turn"
    )
    drops: tuple[BlockName, ...] = Field(
        (), description="Blocks that may be left off, the least worthy first"
    )

    @field_validator("drops")
    @classmethod
    def _first_five_stay(cls, drops: tuple[str, ...]) -> tuple[str, ...]:
        if lost := [name for name in drops if name in FIRST_FIVE]:
            raise ValueError(f"{', '.join(lost)} must never be left off")
        return drops

    @field_validator("levels")
    @classmethod
    def _large_to_small(cls, levels: tuple[float, ...]) -> tuple[float, ...]:
        if list(levels) != sorted(levels, reverse=True):
            raise ValueError("must go from large to small")
        return levels


@dataclass(frozen=True)
class Design:
    """A design as it was read. `template` (Jinja) and `style` (CSS, Jinja too) are texts, not yet compiled."""

    name: str
    file: DesignFile
    template: str
    style: str

    @property
    def size(self) -> Size:
        """Width and height in mm that its lengths are written for."""
        return next(iter(self.file.sizes.values()))

    def size_of(self, asked: str) -> Size | None:
        """Width and height in mm of a size by name, or as `120x80`; the first one where none is asked for. None: no such size."""
        if not asked:
            return self.size
        if asked in self.file.sizes:
            return self.file.sizes[asked]
        match = _MM.fullmatch(asked)
        width, height = (float(match[1]), float(match[2])) if match else (0.0, 0.0)
        return (width, height) if 20 <= width <= 2000 and 20 <= height <= 2000 else None

    def scale_at(self, size: Size) -> float:
        """How many times larger than at its first size its lengths are at another."""
        return 1.0 if self.file.true_size else min(size[0] / self.size[0], size[1] / self.size[1])

    def distance_at(self, size: Size) -> float:
        """From how far a sign of this size is read, in metres: what is larger is read from further, where it is so designed."""
        if not self.file.distance_grows:
            return self.file.distance_m
        return round(self.file.distance_m * self.scale_at(size), 2)
