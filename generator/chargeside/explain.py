"""`check --explain`: each fact of a station and where it came from."""

from __future__ import annotations

from collections.abc import Iterator

from chargeside.i18n import SOURCE, translator
from chargeside.model.facts import FACTS, PAYMENTS, START_WAYS, UNKNOWN, Fact, FactValue
from chargeside.model.hardware import HardwareNotes
from chargeside.model.network import Network, Point, Station
from chargeside.plan.driver_place import place_view
from chargeside.plan.driver_prices import explain_prices
from chargeside.render.place_words import place_rows

_NAMES = (*(name for name in FACTS if name != "payment"), *(f"payment.{way}" for way in PAYMENTS))
_ORDERS = tuple(f"start_order.{way}" for way in START_WAYS)

_DIFFERS = "depends on the way to pay, see below"


def explain(station: Station) -> Iterator[str]:
    """Lines for people: what is known at each EVSE of a station, and who said so; the last to speak wins."""
    yield f"{station.code}  {station.name}  ({station.key})"
    for point in station.points:
        yield ""
        yield f"EVSE {point.evse.evse_id or point.evse.uid}{f', number {point.number}' if point.number else ''}{f', {point.side}' if point.side else ''}"
        facts = dict(point.facts)
        orders = [name for name in _ORDERS if name in facts]
        for name in _NAMES:
            differs = name == "start_order" and orders and name not in facts
            yield _line(name, _DIFFERS if differs else _fact(facts.get(name), station, point))
        for name in orders:
            yield _line(name, _fact(facts[name], station, point))
        yield from _on_the_hardware(station, point)
        yield from _told(point.notes)
    yield from _place(station)


def explain_price(station: Station, network: Network, today: str) -> Iterator[str]:
    """Lines for people: which tariff the price of each plug comes from, or why the page has only a link. `today`: ISO date."""
    yield ""
    yield f"Price, operator.yml (prices: {network.operator.prices})"
    languages = network.country(station.country).languages
    for lang in languages:
        for line in explain_prices(station, network, lang, today):
            yield f"  {f'{lang}: ' if len(languages) > 1 else ''}{line}"


def _on_the_hardware(station: Station, point: Point) -> Iterator[str]:
    """Which cabinet, which side of it, and the number there."""
    evse = point.evse
    fed = {
        "cabinet": evse.chargeside.cabinet,
        "side": evse.chargeside.side,
        "number": evse.physical_reference,
    }
    for name, value in fed.items():
        said = point.said.get(name) if point.said else None
        if said:
            yield _line(name, _fact(said, station, point))
        elif value:
            yield _line(name, _row(value, _feed(station, point)))
        elif name == "number" and not station.number:
            yield _line(name, f"{UNKNOWN}: the code stands in its place")
        else:
            yield _line(name, UNKNOWN)


def _told(notes: HardwareNotes) -> Iterator[str]:
    """What kits.yml tells of the hardware."""
    values = {
        "speed_note": " / ".join(text for _, text in notes.speed),
        "leds": f"{len(notes.leds)} light(s)",
        "codes": ", ".join(code.shown for code in notes.codes),
        "photo": f"{notes.photo.width} × {notes.photo.height} px" if notes.photo else "",
    }
    for name, value in values.items():
        if name in notes.origins:
            yield _line(name, _row(value, str(notes.origins[name])))


def _place(station: Station) -> Iterator[str]:
    """Hours, access and the way there, as the page says them."""
    place = place_view(station, "en")
    rows = place_rows(place, translator(SOURCE)) if place else []
    if rows:
        yield ""
        yield f"Place, feed ({station.location.path}:{station.location.line})"
    for name, texts in rows:
        yield _line(name, " / ".join(told.text for told in texts))


def _line(name: str, rest: str) -> str:
    return f"  {name:<24}{rest}"


def _row(value: str, origin: str) -> str:
    return f"{value:<23} {origin}"


def _feed(station: Station, point: Point) -> str:
    return f"feed ({station.location.path}:{station.location.line}, EVSE uid {point.evse.uid})"


def _fact(fact: Fact | None, station: Station, point: Point) -> str:
    if fact is None:
        return UNKNOWN
    return _row(_words(fact.value), _feed(station, point) if fact.origin.rank == "feed" else str(fact.origin))


def _words(value: FactValue) -> str:
    if isinstance(value, tuple):
        return ", ".join(value)
    return f"{value:g}" if isinstance(value, float) else str(value)
