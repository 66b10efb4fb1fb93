"""The mapping tables of the importers: tables/<source>.yml, what the words of a source mean in OCPI."""

from __future__ import annotations

from functools import cached_property
from importlib.resources import files
from typing import Annotated, Literal, TypeVar

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from chargeside.load.ocpi_values import CAPABILITIES, CONNECTOR_TYPES, MAX_POWER, MIN_POWER
from chargeside.model.facts import PAYMENTS
from chargeside.model.ocpi import Access, YesNo

__all__ = ["UNKNOWN_PLUG", "Access", "Capability", "ParkingType", "Plug", "Strict", "Way", "YesNo", "mapping"]

PowerType = Literal["AC_1_PHASE", "AC_2_PHASE", "AC_2_PHASE_SPLIT", "AC_3_PHASE", "DC"]
ParkingType = Literal[
    "ALONG_MOTORWAY", "PARKING_GARAGE", "PARKING_LOT", "ON_DRIVEWAY", "ON_STREET", "UNDERGROUND_GARAGE"
]
"""OCPI ParkingType (2.3.0, mod_locations)."""


class Strict(BaseModel):
    """A part of a table: all keys are known, nothing changes."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def _is_standard(name: str) -> str:
    if name not in {*CONNECTOR_TYPES.values(), "OTHER", ""}:
        raise ValueError(f"{name} is no ConnectorType of OCPI")
    return name


def _is_capability(name: str) -> str:
    if name not in CAPABILITIES:
        raise ValueError(f"{name} is no Capability of OCPI")
    return name


def _is_way(name: str) -> str:
    if name not in PAYMENTS:
        raise ValueError(f"{name} is no way to pay")
    return name


Capability = Annotated[str, AfterValidator(_is_capability)]
Way = Annotated[str, AfterValidator(_is_way)]
"""A way to pay that a fact can be about."""


class Plug(Strict):
    """What a plug is in OCPI, as far as the source tells. `most`: W that it can carry."""

    standard: Annotated[str, AfterValidator(_is_standard)] = ""
    format: Literal["SOCKET", "CABLE"] | None = None
    power_type: PowerType | None = None
    most: int = Field(MAX_POWER, ge=MIN_POWER, le=MAX_POWER)

    @cached_property
    def fields(self) -> dict[str, str]:
        """Those fields of an OCPI Connector that are known."""
        given = {"standard": self.standard, "format": self.format, "power_type": self.power_type}
        return {key: value for key, value in given.items() if value}


UNKNOWN_PLUG = Plug()
"""A plug of which nothing is known."""
Table = TypeVar("Table", bound=Strict)


def mapping(source: str, model: type[Table]) -> Table:
    """The table of a source. Raises pydantic.ValidationError when it is wrong, which is our own mistake."""
    text = files("chargeside.importers").joinpath("tables", f"{source}.yml").read_text("utf-8")
    return model.model_validate(yaml.safe_load(text))
