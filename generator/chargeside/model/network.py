"""The whole of what was loaded: stations with their codes, problems, connectors, operator, ledger. Immutable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from chargeside.model.connector import ConnectorType
from chargeside.model.design import Design
from chargeside.model.facts import Fact, Facts
from chargeside.model.glossary import Word
from chargeside.model.hardware import NO_NOTES, HardwareNotes
from chargeside.model.notice import Notice
from chargeside.model.ocpi import Connector, Evse, Location
from chargeside.model.operator import Country, Operator, StationIs
from chargeside.model.problem import Problem
from chargeside.model.screen_codes import ScreenCode
from chargeside.model.tariff_book import Book
from chargeside.model.zones import Zones, zones_of

LedgerStatus = Literal["active", "retired", "moved", "reserved"]
Side = Literal["left", "right", "centre"]


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One code ever issued. `station` is the station's key (empty while the code is reserved), `moved_to` a code, `issued` an
    ISO date, `url` the address the code was issued under (site_url + code + slash), name and coordinates those of the last
    import."""

    code: str
    station: str
    status: LedgerStatus
    moved_to: str
    issued: str
    url: str
    name: str
    lat: str
    lon: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class Adopted:
    """An address of another system that hangs on a wall and leads to a code of ours."""

    address: str
    code: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class Point:
    """An EVSE of a station, with its own facts and where it sits on the cabinet."""

    evse: Evse
    facts: Facts
    number: str | None
    side: Side | None = None
    notes: HardwareNotes = NO_NOTES
    said: Mapping[str, Fact] | None = field(default=None, compare=False, repr=False)
    """What a row of overrides.csv says of cabinet, side and number, and by which name it calls the EVSE (`evse`)."""

    @property
    def connectors(self) -> tuple[Connector, ...]:
        """Plugs of this EVSE."""
        return self.evse.connectors


@dataclass(frozen=True)
class Station:
    """The thing that carries one sign and one code. `code` is empty until `import` or `ledger issue` gave one.

    `number` is what stands on the hardware, None where nothing is known: then the code itself is the charger's number.
    `claim` is the reserved code that a row of overrides.csv claims for it, empty where there is none.
    """

    key: str
    code: str
    number: str | None
    location: Location
    points: tuple[Point, ...]
    facts: Facts
    claim: str = ""
    station_is: StationIs = "cabinet"

    @property
    def country(self) -> str:
        """ISO 3166-1 alpha-2."""
        return self.location.country

    @property
    def name(self) -> str:
        """Name of the site for people."""
        return self.location.title

    @property
    def coordinates(self) -> tuple[float, float] | None:
        """Latitude, longitude (WGS 84), None when the feed has none."""
        places: tuple[Evse | Location, ...] = (*(point.evse for point in self.points), self.location)
        for place in places:
            if place.latitude is not None and place.longitude is not None:
                return place.latitude, place.longitude
        return None

    @cached_property
    def connectors(self) -> tuple[Connector, ...]:
        """All plugs of the station, EVSE after EVSE."""
        return tuple(connector for point in self.points for connector in point.connectors)


Tone = Literal["light", "dark", "mixed"]


@dataclass(frozen=True, slots=True)
class Logo:
    """The operator's logo, already checked: media type and bytes (SVG sanitised).

    `ratio`: width by height. `tone`: light ink (nearly all of it below 3:1 on white) wants a dark ground, dark ink a white one;
    mixed can be seen on white.
    """

    media_type: Literal["image/svg+xml", "image/png"]
    data: bytes
    ratio: float = 1.0
    tone: Tone = "mixed"


@dataclass(frozen=True)
class Content:
    """What every operator shares: problems and connectors, by slug, codes, and words explained; an operator's own stand first."""

    problems: Mapping[str, Problem]
    connectors: Mapping[str, ConnectorType]
    codes: tuple[ScreenCode, ...] = ()
    glossary: tuple[Word, ...] = ()

    @cached_property
    def connector_by_ocpi(self) -> Mapping[str, str]:
        """Slug of the connector by OCPI ConnectorType in upper case."""
        return {
            value.upper(): slug for slug, connector in self.connectors.items() for value in connector.ocpi
        }


@dataclass(frozen=True)
class Network:
    """An operator's stations with all that is needed to make pages and signs for them.

    `stations`: published ones, sorted by code. `vanished`: active ledger lines whose station is in no feed. `last_seen`: by
    code, what was known of a vanished station when it was last in a feed; not all of them have that. `regrouped`: by code of a
    vanished station, keys of the stations that its EVSEs belong to now. `adopted`: addresses of other systems on the walls.
    `tariffs`: by name of the feed, none unless the operator shows prices. `notices`: also those that have ended. `designs`: of signs, by name.
    """

    operator: Operator
    content: Content
    stations: tuple[Station, ...]
    ledger: tuple[LedgerLine, ...]
    vanished: tuple[LedgerLine, ...]
    last_seen: Mapping[str, Station]
    logo: Logo | None
    path: str
    lines: Mapping[tuple[str | int, ...], int] = field(default_factory=dict, repr=False, compare=False)
    """Line in operator.yml of each value, for findings."""
    regrouped: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    adopted: tuple[Adopted, ...] = ()
    reused: Mapping[str, str] = field(default_factory=dict)
    """By code among `vanished`: key of the station in a feed that has its ids, and is another charger elsewhere."""
    tariffs: Mapping[str, Book] = field(default_factory=dict)
    notices: tuple[Notice, ...] = ()
    designs: Mapping[str, Design] = field(default_factory=dict)
    needs: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """By kind of charger (`kind_of`): measured weights of guides by slug, 0 to 100."""

    def country(self, code: str) -> Country:
        """What holds in a country; a country that operator.yml lacks (a finding) falls back on the first."""
        countries = self.operator.countries
        return countries.get(code) or next(iter(countries.values()))

    @cached_property
    def station_by_code(self) -> Mapping[str, Station]:
        """Stations by code."""
        return {station.code: station for station in self.stations}

    def zones(self, code: str) -> Zones:
        """Clocks that the station of a code may go by, also where it is in no feed."""
        station = self.station_by_code.get(code) or self.last_seen.get(code)
        return zones_of((station and station.location.time_zone) or "", self.country_of(code))

    def country_of(self, code: str) -> str:
        """Where the station of a code stands (ISO 3166-1 alpha-2); of one that no feed has, as its key tells."""
        station = self.station_by_code.get(code) or self.last_seen.get(code)
        return station.country if station is not None else self._country_codes.get(code, "")

    @cached_property
    def _country_codes(self) -> Mapping[str, str]:
        return {line.code: line.station[:2] for line in self.ledger}
