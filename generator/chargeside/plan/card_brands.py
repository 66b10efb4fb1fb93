"""Bank cards that the readers of a station take, so that nobody is promised a card that is refused."""

from __future__ import annotations

from chargeside.model.network import Point, Station
from chargeside.plan.driver_views import Cards, plain

CARD_WAYS = ("contactless", "chip")
BRANDS = 10
"""So many names of cards stand on a page."""


def card_brands(station: Station) -> tuple[Cards, ...]:
    """Cards that the readers take: those that all of them take, else reader by reader where its cards are known.

    An EVSE where paying by card is not known to work has no say. None where no reader's cards are known.
    """
    read = [
        point
        for point in station.points
        if any(point.facts.get(f"payment.{way}") == "yes" for way in CARD_WAYS)
    ]
    lists = [point.evse.chargeside.card_brands for point in read]
    shared = _in_all(lists)
    if shared:
        whole = len(read) == len(station.points)
        at = "" if whole else ", ".join(dict.fromkeys(filter(None, map(_label, read))))
        return (Cards(at, _names(shared)),)
    known = [Cards(_label(point), _names(names)) for point, names in zip(read, lists, strict=True) if names]
    return tuple(dict.fromkeys(known))


def _label(point: Point) -> str:
    return plain(point.number) or point.side or ""


def _names(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(plain(name, 40) for name in names)[:BRANDS]


def _in_all(lists: list[tuple[str, ...]]) -> tuple[str, ...]:
    """Members of all the lists, in the order of the first."""
    return tuple(name for name in lists[0] if all(name in other for other in lists)) if lists else ()
