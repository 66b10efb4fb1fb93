"""The charge points of the German register: plugs, power and ways to pay."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from chargeside.importers.common import ONE_PHASE, Place, watts
from chargeside.importers.mapping import UNKNOWN_PLUG, Access, Capability, Plug, Strict, Way, mapping
from chargeside.load.ocpi_values import MAX_POWER, number


class _Plug(Plug):
    words: frozenset[str]


class _Payment(Strict):
    way: Way | None = None
    capabilities: tuple[Capability, ...] = ()


class _Mapping(Strict):
    """tables/bnetza.yml."""

    plugs: tuple[_Plug, ...]
    cee_by_power: Mapping[int, str]
    payments: Mapping[str, _Payment]
    statuses: Mapping[str, str]
    access: Mapping[str, Access]
    days: tuple[str, ...]
    zero_states: frozenset[str]


TABLE = mapping("bnetza", _Mapping)
_WORD = re.compile(r"[a-zäöü]+|[0-9]+")


def connectors_of(plugs: Sequence[tuple[str, str]], place: Place) -> list[dict[str, Any]]:
    """The connectors of one charge point from the texts of its plugs and their power in kW; what is wrong is noted at `place`.

    A power that one plug cannot carry belongs to another one; it is doubted where no plug can carry it.
    """
    real = [(text, power) for text, power in plugs if not text or not text.isdigit()]
    for text, _ in plugs:
        if text.isdigit():
            place.note("odd_plug", text)
    connectors: list[dict[str, Any]] = []
    doubted = {power for _, power in plugs if power}
    for index, (text, power) in enumerate(real or [("", plugs[0][1])]):
        plug = _plug(text)
        fitting = watts(power, plug.most)
        connector: dict[str, Any] = {"id": str(index + 1), **plug.fields}
        if _is_cee_5(plug):
            connector = {"id": connector.pop("id"), "standard": text, **connector}
            if fitting and len(real) == 1:
                connector["standard"] = _cee_5(fitting, text)
        if text and not plug.fields:
            connector["standard"] = text
            place.note("plug", text)
        elif not text:
            place.note("no_plug")
        if fitting:
            doubted.discard(power)
            connector["max_electric_power"] = fitting
            if plug.standard == "IEC_62196_T2" and fitting <= ONE_PHASE and plug.most < MAX_POWER:
                connector["power_type"] = "AC_1_PHASE"
        connectors.append(connector)
    for power in sorted(doubted):
        place.note("power", power)
    if not any(power for _, power in plugs):
        place.note("no_power")
    return connectors


def powers_of(text: str, plugs: Sequence[str], place: Place) -> list[tuple[str, str]]:
    """Plugs with their power from a cell that holds one for all (`22`) or one for each (`11; 3,7`)."""
    powers = [part.strip() for part in text.split(";")]
    if len(powers) == 1:
        powers *= len(plugs)
    elif len(powers) != len(plugs):
        place.note("powers", text)
        powers = [""] * len(plugs)
    return list(zip(plugs, powers, strict=True))


def points_of(row: Mapping[str, str], place: Place) -> tuple[list[list[dict[str, Any]]], list[str]]:
    """The connectors of each charge point of a row, and the text of its EVSE-ID."""
    points: list[list[dict[str, Any]]] = []
    ids: list[str] = []
    without_plug: list[tuple[str, str]] = []
    numbers = [name.removeprefix("steckertypen") for name in row if name.startswith("steckertypen")]
    for index in numbers:
        names = [name.strip() for name in re.split(r"[;,]", row[f"steckertypen{index}"])]
        names = [name for name in names if name]
        power = (row.get(f"p{index}") or row.get(f"nennleistung stecker{index}") or "").strip()
        evse_id = row.get(f"evse-id{index}", "")
        if names:
            points.append(connectors_of(powers_of(power, names, place), place))
            ids.append(evse_id)
        elif power and number(power) != 0:
            without_plug.append((power, evse_id))
    count = number(row.get("anzahl ladepunkte"))
    missing = len(without_plug) if count is None else max(0, int(count) - len(points))
    for power, evse_id in without_plug[:missing]:
        points.append(connectors_of([("", power)], place))
        ids.append(evse_id)
    for power, _ in without_plug[missing:]:
        place.note("stray_power", power)
    if not points:
        place.note("no_point")
        known = int(count) if count and 1 <= count <= len(numbers) else 1
        return [[{"id": "1"}] for _ in range(known)], [""] * known
    if count is not None and count != len(points):
        place.note("count", f"{count:g}, but {len(points)} are described")
    return points, ids


def payments_of(given: Iterable[str | None], place: Place) -> tuple[list[str], dict[str, str]]:
    """OCPI capabilities and ways to pay from the entries of a list. That a way is not in it says nothing."""
    capabilities: dict[str, None] = {}
    payment: dict[str, str] = {}
    for text in filter(None, given):
        known = TABLE.payments.get(text)
        if known is None:
            place.note("payment", text)
            continue
        capabilities.update(dict.fromkeys(known.capabilities))
        if known.way:
            payment[known.way] = "yes"
    return list(capabilities), payment


@lru_cache(maxsize=1024)
def _plug(text: str) -> Plug:
    """What a text says of a plug; nothing when it is not known."""
    words = set(_WORD.findall(text.casefold()))
    return next((plug for plug in TABLE.plugs if plug.words <= words), UNKNOWN_PLUG)


def _is_cee_5(plug: Plug) -> bool:
    return bool(plug.fields) and not plug.standard


def _cee_5(power: int, text: str) -> str:
    return next((standard for most, standard in TABLE.cee_by_power.items() if power <= most), text)
