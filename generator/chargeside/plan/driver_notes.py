"""What an operator tells of the hardware, and what differs between the sides of a cabinet, as drivers are shown it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from chargeside.i18n import translator
from chargeside.model.facts import PAYMENTS, UNKNOWN, Facts
from chargeside.model.hardware import NO_NOTES, HardwareNotes, Photo, ShownCode
from chargeside.model.network import Content, Station
from chargeside.model.texts import Texts, text_in
from chargeside.plan.driver_views import (
    MIXED,
    GuideRef,
    LightView,
    NotesView,
    OwnCode,
    PayView,
    PhotoView,
    SideView,
    SpeedNote,
    StartView,
    Told,
    plain,
)
from chargeside.plan.start_steps import own_cable, start_steps

Noted = tuple[tuple[tuple[str, ...], HardwareNotes], ...]
"""Notes of a station, each with the sides or numbers that they hold for; no places where they hold for all of it."""

_MOST_SIDES = 4


class Sides:
    """Sorts out what holds where. Stations alike in it are given the very same tuples, whose identity is then enough of a key."""

    def __init__(self) -> None:
        self._noted: dict[tuple[tuple[int, str], ...], Noted] = {}
        self._sides: dict[tuple[str, tuple[tuple[str, Facts], ...]], tuple[SideView, ...]] = {}

    def noted(self, station: Station) -> Noted:
        """The notes of a station's points."""
        if all(point.notes is NO_NOTES for point in station.points):
            return ()
        places = _places(station)
        key = tuple((id(point.notes), place) for point, place in zip(station.points, places, strict=True))
        if key not in self._noted:
            by_notes: dict[int, tuple[list[str], HardwareNotes]] = {}
            for point, place in zip(station.points, places, strict=True):
                by_notes.setdefault(id(point.notes), ([], point.notes))[0].append(place)
            all_alike = len(by_notes) == 1
            self._noted[key] = tuple(
                (() if all_alike or not all(where) else tuple(where), notes)
                for where, notes in by_notes.values()
                if notes is not NO_NOTES
            )
        return self._noted[key]

    def views(self, station: Station, lang: str) -> tuple[SideView, ...]:
        """How to start and pay on each side, where the sides can be told apart and the answers differ; else empty."""
        points = station.points
        if not 1 < len(points) <= _MOST_SIDES or all(point.facts == station.facts for point in points):
            return ()
        places = _places(station)
        if not all(places):
            return ()
        key = lang, tuple((place, point.facts) for point, place in zip(points, places, strict=True))
        if key not in self._sides:
            views = tuple(side_view(place, facts, lang) for place, facts in key[1])
            self._sides[key] = views if len({(view.start, view.pay) for view in views}) > 1 else ()
        return self._sides[key]


def _places(station: Station) -> tuple[str, ...]:
    """Side or number of each point; all empty where they do not tell the points apart."""
    places = tuple(point.side or plain(point.number, 24) for point in station.points)
    return places if len(set(places)) == len(places) else ("",) * len(places)


def side_view(place: str, facts: Facts, lang: str) -> SideView:
    """How to start and pay at one point of a station."""
    return SideView(place, start_views(facts, lang), pay_view(facts))


def start_views(facts: Facts, lang: str) -> tuple[StartView, ...]:
    """The three steps of starting."""
    return tuple(StartView(step.text, step.pictogram) for step in start_steps(facts, translator(lang)))


def pay_view(facts: Facts, sides: Sequence[SideView] = ()) -> PayView:
    """Ways to pay with the order of each. With `sides`: all that work at one side or another, and where."""
    view = _pay_view(facts, sides)
    screen = facts.text("display") != "no"
    if own_cable(facts):
        return replace(view, cable="own", screen=screen)
    return replace(view, cable="either" if "socket" in facts.many("format") else "here", screen=screen)


def _pay_view(facts: Facts, sides: Sequence[SideView]) -> PayView:
    order = facts.text("start_order")
    ways = facts.many("payment")
    if not sides:
        orders = tuple(facts.order_of(way) for way in ways)
        mixed = order == UNKNOWN and set(orders) - {UNKNOWN}
        return PayView(MIXED if mixed else order, ways, facts.refused_payments, orders if mixed else ())
    places = {way: tuple(side.place for side in sides if way in side.pay.yes) for way in PAYMENTS}
    ways = tuple(way for way in PAYMENTS if places[way])
    by_way = {way: {_order_at(side.pay, way) for side in sides if way in side.pay.yes} for way in ways}
    orders = tuple(found.pop() if len(found) == 1 else UNKNOWN for found in by_way.values())
    where = tuple(() if len(places[way]) == len(sides) else places[way] for way in ways)
    alike = set(orders)
    if len(alike) == 1:
        return PayView(alike.pop(), ways, facts.refused_payments, (), where)
    return PayView(MIXED, ways, facts.refused_payments, orders, where)


def _order_at(pay: PayView, way: str) -> str:
    return pay.orders[pay.yes.index(way)] if pay.orders else pay.order


def notes_view(
    noted: Noted,
    lang: str,
    content: Content,
    guides: Sequence[GuideRef],
    photo_href: Callable[[Photo], str],
) -> NotesView:
    """The notes in a language. `guides`: those of the station; a code may name one that is not among them."""
    by_slug = {ref.slug: ref for ref in guides}
    return NotesView(
        leds=tuple(
            LightView(told(led.light, lang), told(led.means, lang), where)
            for where, notes in noted
            for led in notes.leds
        ),
        codes=tuple(
            _own_code(code, where, lang, content, by_slug) for where, notes in noted for code in notes.codes
        ),
        photos=tuple(
            PhotoView(
                photo_href(notes.photo), notes.photo.width, notes.photo.height, told(notes.photo.alt, lang)
            )
            for _, notes in noted
            if notes.photo
        ),
        speed=tuple(SpeedNote(told(notes.speed, lang), where) for where, notes in noted if notes.speed),
    )


def told(texts: Texts, lang: str) -> Told:
    """A text of an operator as well as it can be told to a reader of `lang`."""
    language, text = text_in(texts, lang)
    return Told(language, plain(text))


def _own_code(
    code: ShownCode, where: tuple[str, ...], lang: str, content: Content, by_slug: Mapping[str, GuideRef]
) -> OwnCode:
    ref, problem = by_slug.get(code.problem), content.problems.get(code.problem)
    means = told(code.means, lang)
    if ref:
        return OwnCode(plain(code.shown), means, where, ref.short, ref.lang, ref.href, ref.outcome)
    if problem:  # for other chargers, says its condition; the operator knows better, and gets the guide with all its conditions
        guide = problem.guide(lang)
        href = f"g/{lang}/{problem.slug}/"
        return OwnCode(plain(code.shown), means, where, guide.short, guide.lang, href, problem.outcome)
    return OwnCode(plain(code.shown), means, where, "", "", "")
