"""The EVSEs of a record of Open Charge Map, from its Connections."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chargeside.importers.common import (
    LONG_AGO,
    MAX_EVSES,
    MAX_SHORT,
    OVAL_TESLA,
    Place,
    is_evse_id,
    present,
    watts,
)
from chargeside.importers.mapping import Access, Plug, PowerType, Strict, mapping
from chargeside.importers.ocm.fields import Lists, Raw, field, id_of, text_of, updated_of, whole
from chargeside.load.ocpi_values import clean_text, number


class _Mapping(Strict):
    """tables/ocm.yml."""

    types: Mapping[int, Plug]
    tesla: frozenset[int]
    five_pin: frozenset[int]
    five_pin_by_amperes: Mapping[int, str]
    currents: Mapping[int, PowerType]
    planned: frozenset[int]
    removed: frozenset[int]
    statuses: Mapping[int, str]
    access: Mapping[int, Access]
    private: frozenset[int]


TABLE = mapping("ocm", _Mapping)


class Evses:
    """Turns Connections into EVSEs, with what is wrong noted at `place`."""

    def __init__(self, place: Place, lists: Lists) -> None:
        self._place = place
        self._lists = lists

    def of(self, raw: Raw, location_id: str, country: str) -> list[dict[str, Any]]:
        """OCPI EVSEs of a record; none where each of its Connections is planned or removed. `country`: alpha-2."""
        updated = updated_of(raw, LONG_AGO)
        given = field(raw, "Connections")
        if not isinstance(given, list) or not given:
            return self._unknown(raw, location_id, updated)
        evses: list[dict[str, Any]] = []
        seen: set[str] = set()
        for index, connection in enumerate(given):
            self._place.go_into("Connections", index)
            if not isinstance(connection, dict):
                self._place.note("no_part")
                continue
            status = id_of(connection, "StatusType", 0)
            if status in TABLE.planned | TABLE.removed:
                self._place.note("part_gone")
                continue
            part = clean_text(whole(field(connection, "ID"))) or ""
            uid = f"{location_id}-{part if part and part not in seen else f'c{index + 1}'}"
            seen.add(part)
            connector = {"id": "1", **self._connector(connection, country), "last_updated": updated}
            status = status or id_of(raw, "StatusType", 0)
            quantity = self._quantity(connection)
            evse: dict[str, Any] = {
                "status": TABLE.statuses.get(status, "UNKNOWN"),
                "connectors": [connector],
            }
            reference = clean_text(field(connection, "Reference")) or ""
            if quantity == 1 and is_evse_id(reference):
                evse["evse_id"] = reference
            room = MAX_EVSES - len(evses)
            evses += [
                {"uid": f"{uid}-{number_ + 1}", **evse, "last_updated": updated}
                for number_ in range(min(quantity, room))
            ]
            if quantity > room:
                self._place.note("too_many")
                break
        return evses

    def _unknown(self, raw: Raw, location_id: str, updated: str) -> list[dict[str, Any]]:
        self._place.note("no_plug")
        count = whole(field(raw, "NumberOfPoints")) or 1
        if count > MAX_EVSES:
            self._place.note("too_many")
        status = TABLE.statuses.get(id_of(raw, "StatusType", 0), "UNKNOWN")
        return [
            {
                "uid": f"{location_id}-unknown-{index + 1}",
                "status": status,
                "connectors": [{"id": "1", "last_updated": updated}],
                "last_updated": updated,
            }
            for index in range(min(max(count, 1), MAX_EVSES))
        ]

    def _quantity(self, connection: Raw) -> int:
        quantity = whole(field(connection, "Quantity"))
        if quantity is None or quantity < 1:
            self._place.note("quantity")
            return 1
        return quantity

    def _connector(self, connection: Raw, country: str) -> dict[str, Any]:
        type_id = id_of(connection, "ConnectionType", 0)
        power_type = TABLE.currents.get(id_of(connection, "CurrentType", 0))
        amperes = self._measure(connection, "Amps", 4000)
        standard, form = self._plug(connection, type_id, country, amperes)
        connector = {
            "standard": standard or None,
            "format": form,
            "power_type": power_type,
            "max_voltage": self._measure(connection, "Voltage", 1500),
            "max_amperage": amperes,
            "max_electric_power": self._power(connection),
        }
        return present(connector)

    def _plug(
        self, connection: Raw, type_id: int, country: str, amperes: int | None
    ) -> tuple[str, str | None]:
        if type_id in TABLE.tesla:
            return ("SAE_J3400" if country in OVAL_TESLA else "IEC_62196_T2"), "CABLE"
        if type_id in TABLE.five_pin and amperes is not None and amperes in TABLE.five_pin_by_amperes:
            return TABLE.five_pin_by_amperes[amperes], "SOCKET"
        if plug := TABLE.types.get(type_id):
            return plug.standard, plug.format
        title = text_of(self._lists.object(connection, "ConnectionType"), "Title", self._place, MAX_SHORT)
        return title or f"Open Charge Map connection type {type_id}", None

    def _power(self, connection: Raw) -> int | None:
        given = field(connection, "PowerKW")
        power = watts(given)
        if given is not None and power is None and number(given) != 0:
            self._place.note("power")
        return power

    def _measure(self, connection: Raw, key: str, most: int) -> int | None:
        given = field(connection, key)
        value = number(given)
        if given is None or value == 0:
            return None
        if value is None or not 1 <= value <= most:
            self._place.note("measure", key)
            return None
        return round(value)
