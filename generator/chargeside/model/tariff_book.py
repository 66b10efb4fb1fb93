"""Which tariffs hold at a connector: tariffs are the operator's own list, beside the feed or inside it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import PurePosixPath

from chargeside.model.ocpi import Connector, Evse, Location
from chargeside.model.tariff import Tariff

Book = Mapping[str, tuple[Tariff, ...]]
"""Tariffs of one feed by id in small letters; several parties may have one of the same id."""


def book_of(tariffs: Iterable[Tariff]) -> Book:
    """Tariffs by id. Of one that stands there twice with different prices, nobody knows which holds: it gets a flaw."""
    found: dict[str, dict[tuple[str, str], Tariff]] = {}
    for tariff in tariffs:
        same = found.setdefault(tariff.id.casefold(), {})
        owner = (tariff.country_code, tariff.party_id)
        same[owner] = tariff if same.get(owner, tariff) == tariff else replace(tariff, flaw=TWICE)
    return {tariff_id: tuple(same.values()) for tariff_id, same in found.items()}


TWICE = "two versions in the file"
"""The flaw of a tariff that stands there twice."""


def feed_name(location: Location) -> str:
    """The name of the feed that a Location stands in: `demo` for `stations/demo.json`."""
    return PurePosixPath(location.path).stem


def tariffs_at(location: Location, evse: Evse, connector: Connector, book: Book) -> tuple[Tariff, ...]:
    """The tariffs that hold at a connector: those that it names, from the EVSE itself or the feed's list; where it names
    none, those of the EVSE itself."""
    if not connector.tariff_ids:
        return evse.tariffs
    found = (tariff_called(name, location, evse, book) for name in connector.tariff_ids)
    return tuple(dict.fromkeys(tariff for tariff in found if tariff))


def missing_tariffs(location: Location, book: Book) -> Iterator[str]:
    """Ids of tariffs that connectors of a Location name and nobody has, one for each connector."""
    for evse in location.evses:
        for connector in evse.connectors:
            yield from (
                name for name in connector.tariff_ids if tariff_called(name, location, evse, book) is None
            )


def tariff_called(name: str, location: Location, evse: Evse, book: Book) -> Tariff | None:
    """The tariff of an id. An id is the operator's own: that of another party is another tariff."""
    key = name.casefold()
    owners = ((location.country_code, location.party_id), ("", ""))
    inside = (tariff for tariff in evse.tariffs if tariff.id.casefold() == key)
    listed = (tariff for tariff in book.get(key, ()) if (tariff.country_code, tariff.party_id) in owners)
    return next(inside, None) or next(listed, None)
