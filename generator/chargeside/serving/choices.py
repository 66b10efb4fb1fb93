"""What can be chosen in the workshop: kinds of chargers, single chargers, guides; and which page shows what was chosen."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from chargeside.i18n import country_name, language_name
from chargeside.model.facts import Facts
from chargeside.model.network import Network, Station
from chargeside.model.problem import Problem
from chargeside.plan.driver_place import town
from chargeside.plan.words import CATEGORY_NAMES
from chargeside.serving.pages import Pages

_FOUND = 12
"""Chargers that a search lists."""
_KITS = 200
"""Kinds of chargers that are listed; more are found by their number."""
_ORDERS = {"plug_first": "plug first", "auth_first": "pay first", "any": "either order"}
_PAYMENTS = {
    "contactless": "contactless",
    "chip": "bank card",
    "app": "app",
    "rfid": "charging card",
    "web": "web page",
    "plug_and_charge": "Plug & Charge",
    "cash": "cash",
    "free": "free",
}

Json = dict[str, Any]


class Choices:
    """What can be chosen of one network."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self._stations = [station for station in network.stations if station.code]
        count = Counter((one.country, one.facts) for one in self._stations)
        self._rank = {kind: number for number, (kind, _) in enumerate(count.most_common())}
        self._count = count
        self._of_kind: dict[tuple[str, Facts], Station] = {}
        for one in self._stations:
            self._of_kind.setdefault((one.country, one.facts), one)

    def as_dict(self) -> Json:
        """For the browser."""
        operator = self.network.operator
        ranked = sorted(self._of_kind, key=self._rank.__getitem__)[:_KITS]
        return {
            "languages": [{"code": lang, "name": language_name(lang)} for lang in operator.languages],
            "kits": [self._kit(kind) for kind in ranked],
            "guides": [
                {
                    "slug": problem.slug,
                    "title": problem.guide("en").title,
                    "category": CATEGORY_NAMES[problem.category],
                    "outcome": problem.outcome,
                    "words": " ".join(problem.guide("en").symptoms),
                }
                for problem in sorted(self.network.content.problems.values(), key=_by_category)
            ],
        }

    def _kit(self, kind: tuple[str, Facts]) -> Json:
        station = self._of_kind[kind]
        words = self.kit_in_words(station)
        if len(self.network.operator.countries) > 1:
            words = f"{country_name(kind[0], 'en')}: {words}"
        return {"code": station.code, "words": words, "count": self._count[kind]}

    def kit_in_words(self, station: Station) -> str:
        """A kind of charger in a line: "CCS 2 cable, Type 2 socket · 50 kW · contactless, app · plug first"."""
        facts, connectors = station.facts, self.network.content.connectors
        plugs = [connectors[slug].short_in("en") for slug in facts.many("connectors") if slug in connectors]
        shapes = facts.many("format")
        if len(shapes) == 1:
            plugs = [f"{plug} {shapes[0]}" for plug in plugs]
        power = facts.power_kw
        parts = (
            ", ".join(plugs) or "plug not known",
            f"{power:g} kW" if power else "",
            ", ".join(_PAYMENTS[way] for way in facts.many("payment")) or "payment not known",
            _ORDERS.get(facts.text("start_order"), "order not known"),
            {"no": "no screen", "yes": "screen"}.get(facts.text("display"), ""),
        )
        return " · ".join(filter(None, parts))

    def search(self, typed: str) -> list[Json]:
        """Chargers by number, code, name, street, town or EVSE ID."""
        words = typed.casefold().split()
        found = (one for one in self._stations if words and all(word in _words(one) for word in words))
        return [
            {"code": one.code, "name": self.name(one)} for one, _ in zip(found, range(_FOUND), strict=False)
        ]

    def name(self, station: Station) -> str:
        """A charger in a line: number, street or name, town."""
        place = station.location.address or station.name
        return ", ".join(filter(None, (station.number or station.code, place, town(station.location))))

    def kind(self, station: Station) -> str:
        """The code of the charger that stands for its kind in the list."""
        return self._of_kind[station.country, station.facts].code

    def station(self, code: str) -> Station | None:
        """The station of a code, else the first of the most frequent kind; None where there are no stations."""
        found = self.network.station_by_code.get(code) if code else None
        return found or (
            self._of_kind[min(self._of_kind, key=self._rank.__getitem__)] if self._of_kind else None
        )

    def suiting(self, problem: Problem, lang: str, wished: Station | None) -> Station | None:
        """A station that shows a problem in a language: the wished one if it does, else one of the most frequent kind."""
        kinds = [(wished, (wished.country, wished.facts))] if wished else []
        kinds += [(self._of_kind[kind], kind) for kind in sorted(self._of_kind, key=self._rank.__getitem__)]
        return next(
            (
                station
                for station, (country, facts) in kinds
                if problem.applies_to.holds(facts) and lang in self._languages(country)
            ),
            None,
        )

    def _languages(self, country: str) -> tuple[str, ...]:
        built = self.network.operator.languages
        return tuple(lang for lang in self.network.country(country).languages if lang in built) or built[:1]


def place(pages: Pages, choices: Choices, asked: Mapping[str, str]) -> Json:
    """The page that shows what was chosen: `href` below the site, the station (`code`, `name`, `kit` in words, `kind`), and a `note` where it
    is not quite what was asked for.

    `asked`: page (station, guide, generic, all), code, lang, slug.
    """
    network = pages.network
    lang = asked.get("lang", "")
    if lang not in network.operator.languages:
        lang = network.operator.languages[0]
    wished = choices.station(asked.get("code", ""))
    problem = network.content.problems.get(asked.get("slug", ""))
    page = asked.get("page", "station")
    if page in ("guide", "generic") and problem is None:
        note = "There is no such guide any more." if asked.get("slug") else "Choose a guide from the list."
        return {"href": f"g/{lang}/all/", "note": note}
    if page == "all":
        return {"href": f"g/{lang}/all/", "note": ""}
    if page == "generic" and problem:
        return {"href": f"g/{lang}/{problem.slug}/", "note": ""}
    if page == "guide" and problem:
        return _guide(pages, choices, problem, lang, wished)
    if wished is None:
        return {"href": f"g/{lang}/all/", "note": "There are no stations to show."}
    languages = pages.planner.languages(wished.country)
    note = (
        ""
        if lang in languages
        else f"Chargers in {country_name(wished.country, 'en')} have no pages in {language_name(lang)}."
    )
    return {"href": pages.planner.station_href(wished, lang), "note": note, **_told(choices, wished)}


def _guide(pages: Pages, choices: Choices, problem: Problem, lang: str, wished: Station | None) -> Json:
    station = choices.suiting(problem, lang, wished)
    if station is None:
        note = f"No charger here shows this guide in {language_name(lang)}: this is the page for every charger, conditions in words."
        return {"href": f"g/{lang}/{problem.slug}/", "note": note}
    note = ""
    if wished and station is not wished:
        note = f"It does not apply at {choices.name(wished)}, so here is another charger."
        if problem.applies_to.holds(wished.facts):
            note = (
                f"{choices.name(wished)} has no pages in {language_name(lang)}, so here is another charger."
            )
    first = lang == pages.planner.languages(station.country)[0]
    href = f"{pages.guide_href(problem.slug, station, lang)}?s={station.code}{'' if first else '&l=1'}"
    return {"href": href, "note": note, **_told(choices, station)}


def _told(choices: Choices, station: Station) -> Json:
    return {
        "code": station.code,
        "name": choices.name(station),
        "kit": choices.kit_in_words(station),
        "kind": choices.kind(station),
    }


def _by_category(problem: Problem) -> tuple[int, str]:
    return list(CATEGORY_NAMES).index(problem.category), problem.guide("en").title.casefold()


def _words(station: Station) -> str:
    """What a charger is found by."""
    return " ".join(_said(station)).casefold()


def _said(station: Station) -> Iterator[str]:
    location = station.location
    yield from (station.code, station.number or "", location.title, location.address or "", town(location))
    for point in station.points:
        yield from filter(
            None, (point.number, point.evse.evse_id, re.sub(r"\W", "", point.evse.evse_id or ""))
        )
