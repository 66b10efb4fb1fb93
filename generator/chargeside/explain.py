"""`check --explain`: each fact of a station and where it came from."""

from __future__ import annotations

from collections.abc import Iterator

from chargeside.model.facts import FACTS, PAYMENTS, UNKNOWN, Fact
from chargeside.model.network import Point, Station

_NAMES = (*(name for name in FACTS if name != "payment"), *(f"payment.{way}" for way in PAYMENTS))


def explain(station: Station) -> Iterator[str]:
    """Lines for people: what is known at each EVSE of a station, and who said so; the last to speak wins."""
    yield f"{station.code}  {station.name}  ({station.key})"
    for point in station.points:
        yield ""
        yield f"EVSE {point.evse.evse_id or point.evse.uid}{f', number {point.number}' if point.number else ''}{f', {point.side}' if point.side else ''}"
        facts = dict(point.facts)
        for name in _NAMES:
            yield f"  {name:<24}{_fact(facts.get(name), station, point)}"


def _fact(fact: Fact | None, station: Station, point: Point) -> str:
    if fact is None:
        return UNKNOWN
    value = (
        ", ".join(fact.value)
        if isinstance(fact.value, tuple)
        else f"{fact.value:g}"
        if isinstance(fact.value, float)
        else fact.value
    )
    if fact.origin.rank == "feed":
        return (
            f"{value!s:<24}feed ({station.location.path}:{station.location.line}, EVSE uid {point.evse.uid})"
        )
    return f"{value!s:<24}{fact.origin}"
