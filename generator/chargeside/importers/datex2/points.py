"""Refill points of DATEX II as OCPI EVSEs: their ids and connectors.

Power is in W; a number below 500 can only be kW, and becomes W. The plug decides between AC and DC where it can carry only one:
profiles give the current of the whole point, which may have a CHAdeMO and a Type 2 plug.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from chargeside.importers.common import ONE_PHASE, is_evse_id, present, shortened
from chargeside.importers.datex2.values import (
    Note,
    Raw,
    code,
    get,
    identifiers,
    listed,
    parts,
    words,
)
from chargeside.importers.mapping import Plug
from chargeside.load.ocpi_values import MAX_AC_POWER, MAX_POWER, MIN_POWER, clean_text, number

_MAX_STANDARD = 60
_CEE_5 = (
    (11_500, "IEC_60309_2_three_16"),
    (22_500, "IEC_60309_2_three_32"),
    (MAX_AC_POWER, "IEC_60309_2_three_64"),
)
"""What a CEE socket with five pins is, by the W that it gives."""
_LINE_TO_LINE = 346
"""V. From here on volts are those between two phases (load/ocpi_values.py, power_from)."""


def charging_point(given: object) -> tuple[tuple[str, ...], Raw] | None:
    """The electric charging point of a refillPoint and the key to it; None for hydrogen, and for what is none at all."""
    if not isinstance(given, dict):
        return None
    for key, value in given.items():
        if key.endswith("ElectricChargingPoint") and isinstance(value, dict):
            return (key,), value
    return ((), given) if "connector" in given else None


def evse_id_of(point: Raw, uid: str, note: Note) -> str | None:
    """The EVSE ID: given as such at the point or at its connectors, else the id where that is one."""
    given = identifiers(point, "evseId")
    given = given or [found for plug in parts(point, "connector") for found in identifiers(plug, "evseId")]
    distinct = list(dict.fromkeys(given))
    if len(distinct) > 1:
        note("evse_ids", ", ".join(distinct)[:80])
        return None
    if distinct:
        return distinct[0]
    return uid if is_evse_id(uid) else None


# connectors


def connectors_of(point: Raw, go: Callable[[int], None], note: Note) -> list[dict[str, Any]]:
    """The connectors of a charging point; one whose plug is unknown where none is described."""
    given = parts(point, "connector")
    if len(given) < len(listed(point, "connector")):
        note("no_connector")
    count = number(get(point, "numberOfConnectors"))
    if not given:
        note("no_plug")
        return [{"id": "1"}]
    if count is not None and count != len(given):
        note("connectors", f"{count:g}")
    plugs = []
    for index, raw in enumerate(given):
        go(index)
        plugs.append(_plug(raw, note))
    mixed = any(plug.power_type == "DC" for plug, _ in plugs)
    found = []
    for index, (raw, (plug, standard)) in enumerate(zip(given, plugs, strict=True)):
        go(index)
        power = _power(raw, point, len(given), note)
        volts = _volts(raw, point)
        fields = {
            "id": str(index + 1),
            "standard": _cee_5(power) if standard == "cee5" and _cee_5(power) else standard,
            "format": _format(raw, plug, note),
            "power_type": _power_type(point, plug, mixed, power, volts, note),
            "max_voltage": volts,
            "max_amperage": _whole(get(raw, "maximumCurrent")),
            "max_electric_power": power,
        }
        if fields["standard"] == "IEC_62196_T2" and fields["power_type"] == "DC":
            fields["format"] = fields["format"] or "CABLE"
        found.append(present(fields))
    return found


def _plug(raw: Raw, note: Note) -> tuple[Plug, str | None]:
    """What the table knows of a plug, and its OCPI ConnectorType, or the text where it has none."""
    name = code(get(raw, "connectorType"))
    if name is None:
        note("no_plug")
        return Plug(), None
    if name in words().plugs:
        plug = words().plugs[name]
        return plug, plug.standard
    if name == "cee5":
        return Plug(format="SOCKET", power_type="AC_3_PHASE"), name
    text = (clean_text(get(raw, "otherConnector")) if name in {"other", "extendedG"} else None) or name
    note("plug", text[:_MAX_STANDARD])
    return Plug(), shortened(text, _MAX_STANDARD)


def _cee_5(power: int | None) -> str | None:
    return next((standard for most, standard in _CEE_5 if power and power <= most), None)


def _format(raw: Raw, plug: Plug, note: Note) -> str | None:
    name = code(get(raw, "connectorFormat"))
    found = words().formats.get(name or "")
    if name and not found:
        note("format", name[:40])
    return found or plug.format


def _power(raw: Raw, point: Raw, count: int, note: Note) -> int | None:
    """W of a connector; those of the whole point where it has only this one."""
    given = number(get(raw, "maxPowerAtSocket")) or 0
    if not given and count == 1:
        given = max((number(value) or 0 for value in listed(point, "availableChargingPower")), default=0)
    if not given:
        note("no_power")
        return None
    if 1 <= given < MIN_POWER:
        note("kilowatts", f"{given:g}")
        given *= 1000
    if MIN_POWER <= given <= MAX_POWER:
        return round(given)
    note("power", f"{given:g}")
    return None


def _volts(raw: Raw, point: Raw) -> int | None:
    """V of a connector; those of the point where it gives one number for all."""
    available = listed(point, "availableVoltage")
    return _whole(get(raw, "voltage")) or (_whole(available[0]) if len(available) == 1 else None)


def _power_type(
    point: Raw, plug: Plug, mixed: bool, power: int | None, volts: int | None, note: Note
) -> str | None:
    """PowerType from the plug, where it can carry only one, else from the point. `mixed`: it has a plug for DC alone too."""
    said = code(get(point, "currentType"))
    mode = code(get(point, "chargingMode")) or ""
    if plug.power_type:
        if said in {"ac", "dc"} and (said == "dc") != (plug.power_type == "DC"):
            note("current", f"{plug.standard or 'cee5'} at a point with {said}")
        return plug.power_type
    if said not in {"ac", "dc"}:
        said = "dc" if mode in {"mode4DC", "ccs"} else "ac" if "AC" in mode else None
    if said == "dc" and mixed and plug.standard == "IEC_62196_T2" and power and power <= MAX_AC_POWER:
        note("current", "IEC_62196_T2 beside plugs for DC")
        said = "ac"
    if said != "ac":
        return "DC" if said else None
    if mode.endswith("AC1p"):
        return "AC_1_PHASE"
    if mode.endswith("AC3p") or (power or 0) > ONE_PHASE or (volts or 0) >= _LINE_TO_LINE:
        return "AC_3_PHASE"
    if not power:
        note("phases")
    return "AC_1_PHASE"


def _whole(value: object) -> int | None:
    found = number(value)
    return round(found) if found is not None and found >= 1 else None
