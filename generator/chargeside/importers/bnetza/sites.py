"""Devices of the German register, and how those of one operator at one place become a Location."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from chargeside.importers.common import present
from chargeside.load.records import Record, Step
from chargeside.load.tally import Tally
from chargeside.model.ocpi import Access

_EXTRA = {"source": "Bundesnetzagentur.de", "licence": "CC BY 4.0"}


@dataclass(slots=True)
class Device:
    """One record of the register. `day`: of commissioning (YYYY-MM-DD), or empty. `order`: a stable key among its like."""

    record: Record
    steps: tuple[Step, ...]
    operator: str
    brand: str | None
    name: str | None
    street: str
    postal_code: str
    town: str
    state: str | None
    coordinates: tuple[str, str] | None
    day: str
    register_id: int | None
    order: tuple[str, ...]
    evses: list[dict[str, Any]] = field(default_factory=list)
    hours: dict[str, Any] | None = None
    access: Access | None = None

    @property
    def address(self) -> tuple[str, ...]:
        """What tells the site, in one spelling."""
        texts = (self.street, self.postal_code, self.town, *(self.coordinates or ("", "")))
        return tuple(" ".join(text.split()).casefold() for text in texts)


def locations_of(devices: Sequence[Device], tally: Tally) -> list[dict[str, Any]]:
    """Devices of one operator at one place as one Location, whatever the order of records."""
    sites: dict[tuple[str, ...], list[Device]] = {}
    for device in devices:
        key = (" ".join(device.operator.split()).casefold(), *device.address)
        sites.setdefault(key, []).append(device)
    locations = []
    for (operator, *_), members in sites.items():
        members.sort(key=lambda device: (device.register_id or 0, device.day, device.order))
        _name_evses(members)
        first = members[0]
        hours = first.hours
        if any(device.hours != hours for device in members):
            tally.note("hours_differ", "", first.record, first.steps)
            hours = None
        known = str(first.register_id) if first.register_id is not None else _digest(*first.address, operator)
        locations.append(_location(known, members, hours))
    return locations


def _name_evses(members: Sequence[Device]) -> None:
    """Give the EVSEs of a site their uids; `members` are in their stable order."""
    alike: Counter[str] = Counter()
    for device in members:
        name = str(device.register_id)
        if device.register_id is None:
            digest = _digest(*device.address, device.day)
            alike[digest] += 1
            name = f"{digest}-{alike[digest]}"
        for index, evse in enumerate(device.evses):
            evse["uid"] = f"{name}-{index + 1}"


def _location(known: str, members: Sequence[Device], hours: dict[str, Any] | None) -> dict[str, Any]:
    first = members[0]
    place = (
        dict(zip(("latitude", "longitude"), first.coordinates, strict=True)) if first.coordinates else None
    )
    brand = next((device.brand for device in members if device.brand), None)
    names = {device.name for device in members if device.name}
    access = _shared_access(members)
    location: dict[str, Any] = {
        "country_code": "DE",
        "party_id": "XXX",
        "id": known,
        "publish": True,
        "name": names.pop() if len(names) == 1 else None,
        "address": first.street,
        "city": first.town,
        "postal_code": first.postal_code or None,
        "state": first.state,
        "country": "DEU",
        "coordinates": place,
        "evses": [evse for device in members for evse in device.evses],
        "operator": {"name": first.operator} if first.operator else None,
        "suboperator": {"name": brand} if brand else None,
        "time_zone": "Europe/Berlin",
        "opening_times": hours,
        "chargeside": {**({"access": access} if access else {}), **_EXTRA},
        "last_updated": max(evse["last_updated"] for device in members for evse in device.evses),
    }
    return present(location)


def _shared_access(members: Sequence[Device]) -> Access | None:
    """Who may charge at a site; where its devices differ, each EVSE says it for itself."""
    if len({device.access for device in members}) == 1:
        return members[0].access
    for device in members:
        for evse in device.evses:
            if device.access:
                evse["chargeside"] = {**evse.get("chargeside", {}), "access": device.access}
    return None


def _digest(*texts: str) -> str:
    return hashlib.sha256("\0".join(texts).encode("utf-8", "replace")).hexdigest()[:16]
