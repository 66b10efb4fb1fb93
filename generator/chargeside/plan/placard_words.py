"""Words on signs that depend on the station: place, power, ways to pay."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from chargeside.i18n import N_, translator, unit
from chargeside.model.network import Point, Station
from chargeside.model.ocpi import Location
from chargeside.model.operator import Operator
from chargeside.plan.card_brands import CARD_WAYS, card_brands
from chargeside.plan.driver_views import Cards, plain
from chargeside.plan.words import PAYMENT_NAMES

_FEW = 4
"""Bays that a sign names; of more than this a driver at the sign learns nothing."""

_CARDS = 6
"""Names of cards that a sign has room for. Whoever takes more of them takes most."""

_CARD_WORDS = {
    ("contactless",): N_("Contactless"),
    ("chip",): N_("Chip card"),
    ("contactless", "chip"): N_("Contactless or chip card"),
}
_WORD = re.compile(r"[^\W\d_]{3}")
_ENDLESS = 10_000


def street_of(location: Location) -> str:
    """Street and town on one line."""
    parts = (_plain(location.address), _plain(f"{location.postal_code or ''} {location.city}"))
    return ", ".join(part for part in parts if part)


def spot_of(points: Sequence[Point], lang: str) -> str:
    """Level and bay: what the emergency services ask for next."""
    _ = translator(lang)
    levels = list(dict.fromkeys(point.evse.floor_level for point in points))
    bays = [bay for bay in dict.fromkeys(_plain(point.evse.bay) for point in points) if bay]
    parts = []
    if len(levels) == 1 and levels[0]:
        level = re.sub(r"^-(?=[0-9])", "–", _plain(levels[0]))  # as long as a minus, which Noto Sans has not
        parts.append(_("Level {level}").format(level=level))
    if len(bays) == 1:
        # "Platz 3", "Space 7": what is painted there may say itself that it is a bay.
        parts.append(bays[0] if _WORD.search(bays[0]) else _("Bay {bay}").format(bay=bays[0]))
    elif 1 < len(bays) <= _FEW:
        parts.append(_("Bays {bays}").format(bays=", ".join(bays)))
    return ", ".join(parts)


def power_of(kilowatts: Iterable[float | None], lang: str) -> str:
    """`150 kW`; "up to" where plugs of one kind differ; empty when no one told."""
    known = {kw for kw in kilowatts if kw}
    if not known:
        return ""
    power = unit(max(known), "kilowatt", lang)
    return power if len(known) == 1 else translator(lang)("up to {power}").format(power=power)


def payments_of(station: Station, operator: Operator, lang: str) -> tuple[str, ...]:
    """Ways to pay that are *yes*, in words; the app by its name. Where the cards are known, none is promised beyond them."""
    _ = translator(lang)
    ways = station.facts.many("payment")
    cards = card_brands(station)
    limited = 0 < sum(len(group.names) for group in cards) <= _CARDS
    words = [_by_card(tuple(way for way in ways if way in CARD_WAYS), cards, lang)] if limited else []
    for way in ways:
        if limited and way in CARD_WAYS:
            continue
        if way == "app" and operator.apps:
            words.append(_("App: {apps}").format(apps=", ".join(_plain(app.name) for app in operator.apps)))
        else:
            words.append(_(PAYMENT_NAMES[way]))
    return tuple(filter(None, words))


def _by_card(ways: tuple[str, ...], cards: Sequence[Cards], lang: str) -> str:
    """`Contactless: girocard only`; empty where no reader is known to work."""
    _ = translator(lang)
    if not ways:
        return ""
    name = _(_CARD_WORDS[tuple(sorted(ways, reverse=True))])
    taken = "; ".join(
        f"{_(group.at)}: {_listed(group, lang)}" if group.at else _listed(group, lang) for group in cards
    )
    return f"{name} ({taken})" if any(group.at for group in cards) else f"{name}: {taken}"


def _listed(cards: Cards, lang: str) -> str:
    if len(cards.names) == 1:
        return translator(lang)("{card} only").format(card=cards.names[0])
    return ", ".join(cards.names)


def _plain(text: str | None) -> str:
    return plain(text, limit=_ENDLESS)
