"""Signs to be printed: one job per station and per sign that operator.yml asks for. Values in words, no layout."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass, field, replace
from typing import Literal

from chargeside.i18n import translator
from chargeside.model.connector import ConnectorType, Fill, View
from chargeside.model.network import Network, Point, Station
from chargeside.model.ocpi import Location
from chargeside.model.operator import Country, Operator, PlacardSpec
from chargeside.plan.card_brands import CARD_WAYS, card_brands
from chargeside.plan.driver_plugs import Plugs
from chargeside.plan.driver_views import Cards, PlugView, plain
from chargeside.plan.jobs import Job, Plan, digest
from chargeside.plan.start_steps import start_steps
from chargeside.plan.words import PAYMENT_NAMES

KIND = "placard"

TEXTS = ("en",)
"""Languages that signs have texts in."""

_MARK_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""No 0 O, no 1 I L, no U: what is read out over the phone is understood."""

_FEW = 4
"""Bays that a sign names; of more than this a driver at the sign learns nothing."""

_CARDS = 6
"""Names of cards that a sign has room for. Whoever takes more of them takes most."""

_CARD_WORDS = {"contactless": "contactless", "chip": "chip card"}

_ENDLESS = 10_000


_WORD = re.compile(r"[^\W\d_]{3}")

Place = Literal["left", "centre", "right", ""]


@dataclass(frozen=True, slots=True)
class Number:
    """What stands on the hardware, and on which side of the sign its plugs are."""

    text: str
    place: Place


@dataclass(frozen=True, slots=True)
class Plug:
    """One kind of plug or socket of the station.

    `face` names its ConnectorType in `Plan.shared`, empty for a plug that has no drawing. `power` is ready to print, empty
    when unknown; `places` are sides or numbers, empty when the plug is at all of them; `letters` are those of EN 17186.
    """

    name: str
    power: str
    format: Literal["cable", "socket", "unknown"]
    places: tuple[str, ...]
    face: str
    view: View
    letters: tuple[str, ...]
    fill: Fill


@dataclass(frozen=True, slots=True)
class Placard:
    """All that one sign shows. `typed` is the address without scheme, `name` that of the site, `spot` its
    level and bay.

    A new date alone makes no new sign: `issued` (ISO date) does not count in the fingerprint.
    """

    design: str
    size: str
    lang: str
    code: str
    url: str
    typed: str
    operator: str
    logo: str
    colour: str
    numbers: tuple[Number, ...]
    phone: str
    phone_free: bool
    phone_hours: str
    steps: tuple[tuple[str, str], ...]
    emergency: str
    name: str
    street: str
    spot: str
    plugs: tuple[Plug, ...]
    payments: tuple[str, ...]
    mark: str
    issued: str = field(repr=False, compare=False)


def plan_placards(network: Network, issued: str, codes: Collection[str] = ()) -> Plan:
    """A job for every station and sign; with `codes` only for those stations. `issued` is the ISO date printed in the foot."""
    shared: dict[str, Hashable] = {}
    logo = ""
    if network.logo:
        logo = digest((network.logo.media_type, network.logo.data))
        shared[logo] = network.logo

    def share(connector: Hashable) -> str:
        assert isinstance(connector, ConnectorType)
        name = _face_digest(connector)
        shared[name] = connector
        return name

    plugs = Plugs(network.content, share)  # the same as on the page, so that page and sign never differ
    wanted, used = frozenset(codes), {logo}
    jobs: dict[str, Job] = {}
    for station in network.stations:
        if wanted and station.code not in wanted:
            continue
        for spec in network.operator.placards:
            lang = _language(spec, network.country(station.country))
            drawn = _plug_list(plugs.of_station(station, lang), shared)
            placard = _placard(station, network, spec, lang, drawn, logo, issued)
            path = f"placards/{placard.code}.{placard.design}-{placard.size}.{placard.lang}.pdf"
            jobs[path] = Job(path, KIND, placard)
            used.update(plug.face for plug in drawn)
    return Plan(tuple(jobs.values()), {name: piece for name, piece in shared.items() if name in used})


def _placard(
    station: Station,
    network: Network,
    spec: PlacardSpec,
    lang: str,
    plugs: tuple[Plug, ...],
    logo: str,
    issued: str,
) -> Placard:
    operator, country = network.operator, network.country(station.country)
    street = _street(station.location)
    placard = Placard(
        design=spec.design,
        size=spec.size,
        lang=lang,
        code=station.code,
        url=f"https://{operator.site_url.split('://', 1)[1]}{station.code}/",
        typed=f"{operator.site_url.split('://', 1)[1]}{station.code}",
        operator=_plain(operator.name),
        logo=logo,
        colour=operator.brand.colour.lower(),
        numbers=_numbers(station),
        phone=country.helpline.phone,
        phone_free=country.helpline.free,
        phone_hours=_plain(country.helpline.hours),
        steps=tuple((step.pictogram, step.text) for step in start_steps(station.facts, translator(lang))),
        emergency=country.emergency_phone,
        name=name if (name := _plain(station.name)) not in street else "",
        street=street,
        spot=_spot(station.points),
        plugs=plugs,
        payments=_payments(station, operator),
        mark="",
        issued=issued,
    )
    return replace(placard, mark=_mark(placard))


def _mark(placard: Placard) -> str:
    """Three characters that change when a printed value does: person and page compare them. Drawings and colour do not count."""
    plugs = tuple(replace(plug, face="") for plug in placard.plugs)
    values = replace(placard, logo="", colour="", plugs=plugs, mark="", issued="")
    number = int.from_bytes(hashlib.blake2b(repr(astuple(values)).encode(), digest_size=8).digest())
    base = len(_MARK_LETTERS)
    return "".join(_MARK_LETTERS[number // base**place % base] for place in range(3))


def _language(spec: PlacardSpec, country: Country) -> str:
    """The first language of the sign that there are texts in, else English."""
    wanted = [country.languages[0] if language == "station" else language for language in spec.languages]
    return next((language for language in wanted if language in TEXTS), TEXTS[0])


def _numbers(station: Station) -> tuple[Number, ...]:
    """Both numbers of a cabinet with two sides, else the one on the hardware, else the code."""
    sides: dict[str, Place] = {}
    for point in station.points:
        if point.number:
            # Points that share a number are not told apart by it, so no side goes with it.
            sides[_plain(point.number)] = (point.side or "") if _plain(point.number) not in sides else ""
    if len(sides) == 2:
        return tuple(Number(text, place) for text, place in sides.items())
    return (Number(_plain(station.number) or station.code, ""),)


def _street(location: Location) -> str:
    """Street and town on one line."""
    parts = (_plain(location.address), _plain(f"{location.postal_code or ''} {location.city}"))
    return ", ".join(part for part in parts if part)


def _spot(points: Sequence[Point]) -> str:
    """Level and bay: what the emergency services ask for next."""
    levels = list(dict.fromkeys(point.evse.floor_level for point in points))
    bays = [bay for bay in dict.fromkeys(_plain(point.evse.bay) for point in points) if bay]
    parts = []
    if len(levels) == 1 and levels[0]:
        parts.append(f"Level {_plain(levels[0])}")
    if len(bays) == 1:
        # "Platz 3", "Space 7": what is painted there may say itself that it is a bay.
        parts.append(bays[0] if _WORD.search(bays[0]) else f"Bay {bays[0]}")
    elif 1 < len(bays) <= _FEW:
        parts.append(f"Bays {', '.join(bays)}")
    return ", ".join(parts)


def _payments(station: Station, operator: Operator) -> tuple[str, ...]:
    """Ways to pay that are *yes*, in words; the app by its name. Where the cards are known, none is promised beyond them."""
    ways = station.facts.many("payment")
    cards = card_brands(station)
    limited = 0 < sum(len(group.names) for group in cards) <= _CARDS
    words = [_by_card([way for way in ways if way in CARD_WAYS], cards)] if limited else []
    for way in ways:
        if limited and way in CARD_WAYS:
            continue
        if way == "app" and operator.apps:
            words.append(f"App: {', '.join(_plain(app.name) for app in operator.apps)}")
        else:
            words.append(PAYMENT_NAMES[way])
    return tuple(filter(None, words))


def _by_card(ways: Sequence[str], cards: Sequence[Cards]) -> str:
    """`Contactless: girocard only`; empty where no reader is known to work."""
    if not ways:
        return ""
    names = " or ".join(_CARD_WORDS[way] for way in ways).capitalize()
    taken = "; ".join(f"{group.at}: {_listed(group)}" if group.at else _listed(group) for group in cards)
    return f"{names} ({taken})" if any(group.at for group in cards) else f"{names}: {taken}"


def _listed(cards: Cards) -> str:
    return ", ".join(cards.names) if len(cards.names) > 1 else f"{cards.names[0]} only"


def _plug_list(views: Sequence[PlugView], shared: Mapping[str, Hashable]) -> tuple[Plug, ...]:
    """Plugs in words, the most powerful first. Plugs that differ in power alone, and not in their place, are one."""
    alike: dict[Hashable, list[PlugView]] = {}
    for view in views:
        alike.setdefault((view.drawing or view.name, view.view, view.format, view.where), []).append(view)
    plugs = [(max(view.power_kw or 0 for view in group), _plug(group, shared)) for group in alike.values()]
    return tuple(plug for _, plug in sorted(plugs, key=lambda pair: (-pair[0], pair[1].name, pair[1].places)))


def _plug(group: Sequence[PlugView], shared: Mapping[str, Hashable]) -> Plug:
    first = group[0]
    known = shared.get(first.drawing or "")
    labels = dict.fromkeys(label for view in group for label in view.labels)
    return Plug(
        name=known.short if isinstance(known, ConnectorType) else first.name,
        power=_power(view.power_kw for view in group),
        format=first.format,
        places=first.where,
        face=first.drawing or "",
        view=first.view,
        letters=tuple(sorted(label.letter for label in labels)),
        fill="station" if first.format == "socket" else "vehicle",
    )


def _power(kilowatts: Iterable[float | None]) -> str:
    """`150 kW`; "up to" where plugs of one kind differ; empty when no one told."""
    known = {kw for kw in kilowatts if kw}
    if not known:
        return ""
    words = f"{max(known):g} kW"
    return words if len(known) == 1 else f"up to {words}"


def _face_digest(connector: ConnectorType) -> str:
    """Digest of what a drawing shows, so that a new sentence about a plug prints no new sign."""
    return digest(
        (
            connector.slug,
            repr(connector.face),
            repr(connector.labels),
            repr(connector.looks),
            repr(connector.name),
        )
    )


def _plain(text: str | None) -> str:
    """All of a text from outside, on one line: a sign never cuts a text off, it says that it does not fit."""
    return plain(text, limit=_ENDLESS)
