"""OCPI Locations as Chargeside uses them: 2.2.1 and 2.3.0, read leniently, raw values kept where they are not known.

Field names are OCPI's (2.3.0-ed2, mod_locations). What OCPI cannot say stands under one extra key, `chargeside`, on
Location or EVSE (DESIGN.md, rule 1).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from chargeside.model.tariff import Tariff
from chargeside.model.texts import Texts

YesNo = Literal["yes", "no"]
Access = Literal["public", "customers", "restricted"]


@dataclass(frozen=True, slots=True)
class ExtraFacts:
    """The `chargeside` key: facts that the source knows and OCPI has no word for. Absent means unknown."""

    payment: Mapping[str, YesNo] = field(default_factory=dict)  # a real yes or no per way to pay
    start_order: str | None = None
    display: YesNo | None = None
    hardware: str | None = None
    cabinet: str | None = None  # EVSEs of one Location with the same word stand in one cabinet
    side: Literal["left", "right", "centre"] | None = None  # where on the cabinet
    help_phone: str | None = None  # a phone number for drivers; OCPI has one only since 2.3.0
    source: str | None = None  # where the record comes from, for the imprint
    licence: str | None = None
    card_brands: tuple[str, ...] = ()  # cards that the reader takes, as people call them
    access: Access | None = None  # who may charge here
    wheelchair: YesNo | None = None  # whether a wheelchair gets to the charger
    max_height_m: float | None = None  # highest vehicle that gets there, m


@dataclass(frozen=True, slots=True)
class DayHours:
    """Opened on one day of the week, in minutes after its midnight by the clock of the place."""

    weekday: int  # 1 is Monday, 7 is Sunday
    begin: int
    end: int  # 1440 is midnight; more is on the next day


@dataclass(frozen=True, slots=True)
class Period:
    """A time that the usual hours do not hold for. Both ends are in UTC."""

    begin: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Hours:
    """When a site is open (OCPI, Hours)."""

    twentyfourseven: bool = False
    regular: tuple[DayHours, ...] = ()  # by day and time; days that are missing are closed
    openings: tuple[Period, ...] = ()
    closings: tuple[Period, ...] = ()


@dataclass(frozen=True, slots=True)
class Parking:
    """What holds at the parking places of an EVSE (OCPI 2.3.0, Parking). None where they differ or nobody says."""

    max_height_m: float | None = None  # of the lowest place, m
    time_limit: int | None = None  # of the shortest, minutes
    roofed: bool | None = None
    drive_through: bool | None = None
    reservation_required: bool | None = None
    vehicle_types: tuple[str, ...] = ()  # OCPI VehicleType, of all places together
    restricted_to_type: bool | None = None


@dataclass(frozen=True, slots=True)
class Connector:
    """One plug or socket of an EVSE."""

    id: str
    standard: str  # OCPI ConnectorType, or the raw text when it is none
    kind: str | None = None  # name of the file in connectors/, None when it is not one of them
    format: Literal["SOCKET", "CABLE"] | None = None
    power_type: str | None = None
    max_voltage: int | None = None  # V
    max_amperage: int | None = None  # A
    max_electric_power: int | None = None  # W, given or worked out from volts and amperes
    tariff_ids: tuple[str, ...] = ()

    @property
    def current(self) -> str | None:
        """AC, DC, or None when the feed does not say."""
        return self.power_type[:2] if self.power_type else None


@dataclass(frozen=True, slots=True)
class Evse:
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
    directions: Texts = ()
    parking_restrictions: tuple[str, ...] = ()
    parking: Parking | None = None
    tariffs: tuple[Tariff, ...] = ()  # those that stand in the feed itself
    position: Literal["LEFT", "RIGHT", "CENTER"] | None = None  # OCPI 2.3.0 EVSEParking.evse_position
    bay: str | None = None  # What is painted on the parking place, OCPI 2.3.0 Parking.physical_reference
    chargeside: ExtraFacts = ExtraFacts()


@dataclass(frozen=True, slots=True)
class Location:
    """A site with its EVSEs, as one operator publishes it."""

    country_code: str
    party_id: str
    id: str
    country: str  # ISO 3166-1 alpha-2
    name: str | None = None
    address: str = ""
    city: str = ""
    state: str | None = None
    postal_code: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    directions: Texts = ()
    opening_times: Hours | None = None
    charging_when_closed: bool | None = None
    parking_type: str | None = None
    help_phone: str | None = None
    time_zone: str | None = None
    evses: tuple[Evse, ...] = ()
    chargeside: ExtraFacts = ExtraFacts()
    path: str = ""  # the feed file, for findings
    line: int = 1  # line in the feed file where the Location starts

    @property
    def title(self) -> str:
        """Name for people; OCPI allows Locations without one."""
        return self.name or self.address or self.id
