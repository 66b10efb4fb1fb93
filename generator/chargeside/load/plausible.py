"""What is certain enough in a feed to be put right, and what is doubted: powers, plugs and places that cannot be."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Literal, cast

from chargeside.findings import Severity
from chargeside.journal import Effect
from chargeside.load.ocpi_values import (
    CONNECTOR_TYPES,
    DC_ONLY,
    FORMATS,
    MAX_AC_POWER,
    MAX_POWER,
    MIN_POWER,
    POWER_TYPES,
    clean_text,
    named,
    number,
    plug_named,
    power_from,
)
from chargeside.load.records import Record
from chargeside.load.tally import Kind

Doubt = tuple[str, str]
"""Kind and detail."""

PLAUSIBLE_KINDS: Mapping[str, Kind] = {
    # places
    "far_away": Kind(
        "S306",
        "lies hundreds of kilometres from all other Locations of its country: used as it is",
        "check the coordinates and the country",
        "Location",
    ),
    "far_evse": Kind(
        "S306",
        "coordinates of an EVSE lie more than 10 km from those of its Location: used as they are",
        "check both",
        "EVSE",
    ),
    "same_place": Kind(
        "S306",
        "an earlier Location has exactly these coordinates, and another address",
        "nothing to do if both stand there; else give each its own coordinates",
        "Location",
        Severity.NOTE,
    ),
    "comma": Kind("S311", "coordinates are written with a decimal comma", "write a point", "record"),
    "foreign": Kind(
        "S306",
        "coordinates lie outside of the country ({}): used as they are",
        "check the coordinates and the country",
        "record",
    ),
    # power
    "power": Kind(
        "S306",
        "max_electric_power cannot be right: {} W; worked out from volts and amperes instead",
        "give max_electric_power in W",
        "connector",
        effect=Effect.ASSUMED,
    ),
    "power_unknown": Kind(
        "S306",
        "max_electric_power cannot be right: {} W; no power is shown",
        "give max_electric_power in W",
        "connector",
    ),
    "power_scale": Kind(
        "S306",
        "max_electric_power is {}, a thousand times too much or too little: put right by volts × amperes",
        "give max_electric_power in W",
        "connector",
        effect=Effect.REPAIRED,
    ),
    "ac_power": Kind(
        "S306", "an AC connector with {} W, more than 43 kW", "check power_type and power", "connector"
    ),
    "measure": Kind(
        "S306", "{} is no number above 0 and is not used", "give V, A or W, or leave it out", "connector"
    ),
    "worked_out": Kind(
        "S312",
        "no max_electric_power: worked out from volts and amperes",
        "give max_electric_power in W",
        "connector",
    ),
    # plugs
    "not_ac": Kind(
        "S306",
        "{} is called AC but carries only DC: taken as DC",
        "give power_type DC",
        "connector",
        effect=Effect.REPAIRED,
    ),
    "dc_only": Kind("S312", "no power_type: {} carries nothing but DC", "give power_type DC", "connector"),
    "dc_socket": Kind(
        "S306",
        "{} is called a SOCKET but always has its cable: taken as CABLE",
        "give format CABLE",
        "connector",
        effect=Effect.REPAIRED,
    ),
    "plug_name": Kind(
        "S311",
        "a plug's name is read as a ConnectorType: {}",
        "use a ConnectorType of OCPI 2.3.0",
        "connector",
    ),
    "name_format": Kind(
        "S306",
        "the plug's name and its format disagree: {}, which is used",
        "correct the one that is wrong",
        "connector",
    ),
    "dc_by_socket": Kind(
        "S306", "{} gives DC from a SOCKET: used as it is", "check format and power_type", "connector"
    ),
    # spelling
    "spelling": Kind("S311", "{} is read as OCPI writes it", "write it as OCPI does", "value"),
    "as_text": Kind("S311", "{} is given as text: read as what it says", "write it without quotes", "value"),
}


def named_or_doubt(kind: str, given: object, table: Mapping[str, str], doubts: list[Doubt]) -> str | None:
    """The value of `table` that a text means; None for no text, and with a doubt of `kind` when it means none."""
    text = clean_text(given)
    if not text:
        return None
    found = named(text, table)
    if found is None:
        doubts.append((kind, text))
    elif found != given:
        doubts.append(("spelling", f'{kind} "{str(given)[:100]}"'))
    return found


def measure(name: str, given: object, doubts: list[Doubt]) -> float | None:
    """V, A or W above 0; None with a doubt for anything else that is given."""
    value = number(given)
    if value is None or value <= 0:
        if given is not None and given != "":
            doubts.append(("measure", f'{name} "{str(given)[:100]}"'))
        return None
    if isinstance(given, str):
        doubts.append(("as_text", name))
    return value


def standard_of(given: object, doubts: list[Doubt]) -> tuple[str | None, str | None]:
    """The ConnectorType, and the ConnectorFormat where a name in its place says it; None, with a doubt, for any other text."""
    text = clean_text(given)
    named_plug = plug_named(text) if text and named(text, CONNECTOR_TYPES) is None else None
    if named_plug is None:
        return named_or_doubt("standard", given, CONNECTOR_TYPES, doubts), None
    standard, shape = named_plug
    doubts.append(("plug_name", f'"{text}" as {standard}{f", {shape}" if shape else ""}'))
    return named_plug


def power_type_of(given: object, standard: str | None, doubts: list[Doubt]) -> str | None:
    """The PowerType; that of a plug which carries nothing but DC is certain, whatever the feed says."""
    found = named_or_doubt("power_type", given, POWER_TYPES, doubts)
    if standard in DC_ONLY and found != "DC":
        doubts.append(("not_ac" if found else "dc_only", str(standard)))
        return "DC"
    return found


def format_of(
    given: object, said: str | None, standard: str | None, power_type: str | None, doubts: list[Doubt]
) -> Literal["SOCKET", "CABLE"] | None:
    """The ConnectorFormat, else what the plug's name `said`; a plug for DC always hangs on its cable."""
    found = named_or_doubt("format", given, FORMATS, doubts) or said
    if said and found != said:
        doubts.append(("name_format", f"{said} by name, format {found}"))
    if found == "SOCKET" and standard in DC_ONLY:
        doubts.append(("dc_socket", str(standard)))
        found = "CABLE"
    elif found == "SOCKET" and power_type == "DC":
        doubts.append(("dc_by_socket", standard or "a connector"))
    return cast(Literal["SOCKET", "CABLE"] | None, found)


def power_of(
    given: float | None,
    power_type: str | None,
    volts: float | None,
    amperes: float | None,
    doubts: list[Doubt],
) -> int | None:
    """Power in W as given, unless it cannot be right; else from volts and amperes."""
    power = worked_out = power_from(power_type, volts, amperes)
    product = volts * amperes if volts and amperes else None
    if given is None:
        if worked_out is not None:
            doubts.append(("worked_out", ""))
    elif MIN_POWER <= given <= min(product * 3 * 1.2 if product else MAX_POWER, MAX_POWER):
        power = given
    elif scaled := _scaled(given, worked_out, product):
        power = scaled
        doubts.append(("power_scale", f"{given:.15g}"))
    else:
        doubts.append(("power" if worked_out is not None else "power_unknown", f"{given:.15g}"))
    if power is None or not MIN_POWER <= power <= MAX_POWER:
        return None
    if power_type and power_type != "DC" and power > MAX_AC_POWER:
        doubts.append(("ac_power", f"{power:.0f}"))
    return round(power)


def _scaled(given: float, *references: float | None) -> float | None:
    """The power in W where kW or mW were written and volts × amperes bear it out within 5 %."""
    for power in (given / 1000, given * 1000):
        if any(reference and abs(power / reference - 1) <= 0.05 for reference in references):
            return power
    return None


def _plain(address: str) -> str:
    """An address without what people write now so, now so."""
    return "".join(filter(str.isalnum, address.casefold()))


class Places:
    """Where the Locations of a feed lie, to find those that cannot lie there."""

    _CELL = 5.0  # degrees: 555 km from north to south, 280 km from east to west at 60 degrees north
    _ENOUGH = 10  # so many Locations of a country tell where the feed's stations are

    def __init__(self) -> None:
        self._taken: dict[tuple[float, float], str] = {}
        self._cells: dict[str, dict[tuple[int, int], tuple[int, Record]]] = {}

    def add(
        self, country: str, latitude: float | None, longitude: float | None, address: str, record: Record
    ) -> bool:
        """Take in a Location; whether an earlier one has the same coordinates (degrees) and another address."""
        if latitude is None or longitude is None:
            return False
        cells = self._cells.setdefault(country, {})
        cell = math.floor(latitude / self._CELL), math.floor(longitude / self._CELL)
        count, first = cells.get(cell, (0, record))
        cells[cell] = count + 1, first
        earlier = self._taken.setdefault((latitude, longitude), address)
        return earlier != address and _plain(earlier) != _plain(address)

    def alone(self) -> Iterator[Record]:
        """Locations with none of their country around, where the feed has enough of that country to tell."""
        for cells in self._cells.values():
            if sum(count for count, _ in cells.values()) < self._ENOUGH:
                continue
            for (north, east), (count, record) in cells.items():
                around = ((north + i, east + j) for i in (-1, 0, 1) for j in (-1, 0, 1) if i or j)
                if count == 1 and not any(cell in cells for cell in around):
                    yield record
