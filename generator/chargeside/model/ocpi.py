"""OCPI Locations as Chargeside uses them: 2.2.1 and 2.3.0, read leniently, raw values kept where they are not known.

Field names are OCPI's (2.3.0-ed2, mod_locations). What OCPI cannot say stands under one extra key, `chargeside`, on
Location or EVSE (DESIGN.md, rule 1).
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

YesNo = Literal["yes", "no"]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class ExtraFacts(_Frozen):
    """The `chargeside` key: facts that the source knows and OCPI has no word for. Absent means unknown."""

    payment: dict[str, YesNo] = Field(default_factory=dict, description="A real yes or no per way to pay")
    start_order: str | None = None
    display: YesNo | None = None
    hardware: str | None = None
    help_phone: str | None = Field(
        None, description="A phone number for drivers; OCPI has one only since 2.3.0"
    )
    source: str | None = Field(None, description="Where the record comes from, for the imprint")
    licence: str | None = None


class Connector(_Frozen):
    """One plug or socket of an EVSE."""

    id: str
    standard: str = Field(description="OCPI ConnectorType, or the raw text when it is none")
    kind: str | None = Field(
        None, description="Name of the file in connectors/, None when it is not one of them"
    )
    format: Literal["SOCKET", "CABLE"] | None = None
    power_type: str | None = None
    max_voltage: int | None = Field(None, description="V")
    max_amperage: int | None = Field(None, description="A")
    max_electric_power: int | None = Field(None, description="W, given or worked out from volts and amperes")

    @property
    def current(self) -> str | None:
        """AC, DC, or None when the feed does not say."""
        return self.power_type[:2] if self.power_type else None


class Evse(_Frozen):
    """One charging point: serves one car at a time, by one of its connectors."""

    uid: str
    evse_id: str | None = None
    status: str | None = None
    capabilities: tuple[str, ...] = ()
    connectors: tuple[Connector, ...] = ()
    floor_level: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    physical_reference: str | None = None
    directions: str | None = None
    position: Literal["LEFT", "RIGHT", "CENTER"] | None = Field(
        None, description="OCPI 2.3.0 EVSEParking.evse_position"
    )
    bay: str | None = Field(
        None, description="What is painted on the parking place, OCPI 2.3.0 Parking.physical_reference"
    )
    chargeside: ExtraFacts = ExtraFacts()


class Location(_Frozen):
    """A site with its EVSEs, as one operator publishes it."""

    country_code: str
    party_id: str
    id: str
    publish: bool = True
    name: str | None = None
    address: str = ""
    city: str = ""
    postal_code: str | None = None
    country: str = Field(description="ISO 3166-1 alpha-2")
    latitude: float | None = None
    longitude: float | None = None
    directions: str | None = None
    operator_name: str | None = None
    help_phone: str | None = None
    time_zone: str | None = None
    evses: tuple[Evse, ...] = ()
    chargeside: ExtraFacts = ExtraFacts()
    path: str = Field("", description="The feed file, for findings")
    line: int = Field(1, description="Line in the feed file where the Location starts")

    @property
    def title(self) -> str:
        """Name for people; OCPI allows Locations without one."""
        return self.name or self.address or self.id
