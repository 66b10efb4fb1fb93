"""An inspection round: for each site every sign that hangs there, or may hang there still, in walking order. Values in words, no layout.

Codes come from the ledger, so that none is forgotten; what hangs, and which mark it carries, from signs.csv.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum

from chargeside.i18n import LANGUAGES, PSEUDO, SOURCE, phone, translator
from chargeside.load.ledger import where_to
from chargeside.load.signs import PrintedSign
from chargeside.model.network import LedgerLine, Network, Point, Station
from chargeside.plan.driver_views import plain
from chargeside.plan.placard_words import spot_of
from chargeside.plan.print_order import place_key
from chargeside.plan.reprint import SITE
from chargeside.plan.sites import SiteOf, natural, site_of

_SIDES = re.compile(r" (left|right|centre)(?= \||$)")
_NUMBER, _LINE, _NAME = 40, 100, 160
"""Letters of a number, a line and a name from outside that a sheet has room for."""
_EVSES = 4
"""EVSE IDs that stand in a row: of more than this the first will do."""


class State(StrEnum):
    """What is to be done where a code hangs, or may hang."""

    HANGS = "look at the sign"
    LEFT = "the charger is in no feed"
    RETIRED = "take down"
    MOVED = "take down, another code leads there"
    UNKNOWN = "the code is not in the ledger"


@dataclass(frozen=True, slots=True)
class RoundSign:
    """A sign that was printed. `plug`: number of the connector of a tag; `seen`: ISO date, empty for never; `shows`: the address in its
    code where that is not the one of the code today."""

    title: str
    languages: str
    plug: str
    mark: str
    seen: str
    shows: str


@dataclass(frozen=True, slots=True)
class RoundStop:
    """A code, and the signs that carry it; no signs where none is on record. Without a code it is the poster of the site.

    `number` is what stands on the hardware, empty where nobody knows; `seats`: number and side of each half of a cabinet. `leads_to`: the
    code that hangs there instead of one that moved.
    """

    code: str
    number: str
    seats: tuple[tuple[str, str], ...]
    where: tuple[str, ...]
    evse_ids: tuple[str, ...]
    state: State
    leads_to: str
    signs: tuple[RoundSign, ...]


@dataclass(frozen=True, slots=True)
class RoundSheet:
    """The sheet of one site. `position`: latitude and longitude, as maps take them. `phone`: of the helpline, as it is written there."""

    lang: str
    town: str
    name: str
    address: str
    position: str
    phone: str
    stops: tuple[RoundStop, ...]


@dataclass(frozen=True, slots=True)
class Round:
    """All sheets, in the order of work. `day`: ISO date. `shown`: how every address in a code begins; `pay`: that of codes for paying,
    empty where there are none."""

    operator: str
    day: str
    shown: str
    pay: str
    sheets: tuple[RoundSheet, ...]


@dataclass(frozen=True, slots=True)
class Chosen:
    """What to look at: all where empty. `sites`: names of sites or ids of Locations; `unseen_since`: ISO date, signs seen good on that day
    or later are left out."""

    sites: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    unseen_since: str = ""


class NotThere(Exception):  # noqa: N818 - it says what is not there
    """A site or code was asked for that nobody knows. `kind`: site or code; `near`: what may have been meant, empty if nothing."""

    def __init__(self, kind: str, text: str, near: str) -> None:
        super().__init__(f'there is no {kind} "{text}"')
        self.kind, self.near = kind, near


def inspection_round(
    network: Network, printed: Iterable[PrintedSign], day: str, chosen: Chosen, lang: str = ""
) -> Round:
    """The sheets of the sites and codes chosen. `day`: ISO date; `lang`: of all sheets, else the first of each site's country.

    Reserved codes have no site, and are on no sheet. Raises NotThere.
    """
    signs: dict[str, list[PrintedSign]] = defaultdict(list)
    for sign in printed:
        signs[sign.code].append(sign)
    planner = _Planner(network, signs, lang)
    by_site: dict[SiteOf, list[str]] = defaultdict(list)
    for code in planner.codes():
        by_site[planner.site(code)].append(code)
    sites = _sites(by_site, chosen.sites)
    wanted = _wanted(by_site, chosen.codes)
    sheets = (planner.sheet(site, by_site[site], wanted, chosen.unseen_since) for site in sites)
    operator = network.operator
    return Round(
        operator=plain(operator.name, _NAME),
        day=day,
        shown=_shown(operator.site_url),
        pay=_shown(operator.pay_url or ""),
        sheets=tuple(sheet for sheet in sheets if sheet.stops),
    )


def _sites(known: Collection[SiteOf], asked: Iterable[str]) -> list[SiteOf]:
    """The sites asked for, in the order of work; all where none is named. A name may be that of several."""
    names: dict[str, list[SiteOf]] = defaultdict(list)
    for site in known:
        for name in dict.fromkeys(
            (site.name.casefold(), site.ident.casefold(), site.ident.split("*")[-1].casefold())
        ):
            names[name].append(site)
    found: set[SiteOf] = set()
    for text in asked:
        those = names.get(plain(text).casefold()) if plain(text) else None
        if not those:
            raise NotThere("site", plain(text), _nearest(text, (site.name for site in known)))
        found.update(those)
    return sorted(found if asked else known)


def _wanted(by_site: Mapping[SiteOf, Collection[str]], asked: Collection[str]) -> frozenset[str]:
    known = {code for codes in by_site.values() for code in codes}
    for text in asked:
        if text not in known:
            raise NotThere("code", plain(text), _nearest(text, known))
    return frozenset(asked)


def _nearest(text: str, names: Iterable[str]) -> str:
    """The name most like a text; empty where none is."""
    choices = {name.casefold(): name for name in sorted(names, reverse=True)}
    close = get_close_matches(plain(text).casefold()[:_LINE], choices, n=1, cutoff=0.6)
    return choices[close[0]] if close else ""


class _Planner:
    """Makes sheets of one operator. `signs`: those printed, by code."""

    def __init__(self, network: Network, signs: Mapping[str, list[PrintedSign]], lang: str) -> None:
        self._network = network
        self._signs = signs
        self._lang = lang
        self._lines = {line.code: line for line in network.ledger}
        stations = (
            *network.last_seen.values(),
            *network.stations,
        )  # of two that say where a site is, today's counts
        self._sites = {site.ident: site for site in (site_of(station.location) for station in stations)}

    def codes(self) -> Iterator[str]:
        """All that a sign at a charger may carry."""
        yield from (line.code for line in self._network.ledger if line.status != "reserved")
        yield from sorted(self._signs.keys() - self._lines.keys())

    def site(self, code: str) -> SiteOf:
        """Where a code hangs. One whose station is gone hangs where that stood: the key of a station begins with its site."""
        station, line = self._station(code), self._lines.get(code)
        if station is not None:
            return self._sites[site_of(station.location).ident]
        if line is None:
            name = plain(self._signs[code][0].name, _NAME)
            those = [site for site in self._sites.values() if site.name == name]
            return those[0] if len(those) == 1 else SiteOf("~", "", name, "", "")
        key = plain(line.station)
        ends = [len(key), *(found.start() for found in re.finditer("/", key))]
        for end in sorted(ends, reverse=True):
            if key[:end] in self._sites:
                return self._sites[key[:end]]
        return SiteOf(key[:2] or "~", "", plain(line.name, _NAME), key.partition("/")[0], "")

    def sheet(self, site: SiteOf, codes: Iterable[str], wanted: Collection[str], unseen: str) -> RoundSheet:
        """The sheet of a site, without stops that were not asked for."""
        codes = list(codes)
        country = self._country(codes)
        helpline = self._network.country(country)
        lang = self._lang or helpline.languages[0]
        lang = lang if lang == PSEUDO or lang.partition("-")[0] in LANGUAGES else SOURCE
        stops = [self._poster(code, unseen) for code in codes] if not wanted else []
        inside = (code for code in codes if not wanted or code in wanted)
        stops += [self._stop(code, lang, unseen) for code in sorted(inside, key=self._walk)]
        return RoundSheet(
            lang=lang,
            town=site.town,
            name=plain(site.name, _NAME),
            address=plain(site.address, _NAME),
            position=self._position(codes),
            phone=phone(helpline.helpline.phone, at_home=True, country=country),
            stops=tuple(stop for stop in stops if stop is not None),
        )

    def _country(self, codes: Iterable[str]) -> str:
        return next(filter(None, map(self._network.country_of, codes)), "")

    def _walk(self, code: str) -> tuple[Hashable, ...]:
        """As plan/print_order.py has signs: by level, bay and number; last what nobody knows the place of."""
        number = self._number(code)
        return *place_key(self._network, code), not number, natural(number), code

    def _position(self, codes: Iterable[str]) -> str:
        for code in codes:
            station, line = self._station(code), self._lines.get(code)
            if station is not None and station.coordinates:
                return "{:.5f}, {:.5f}".format(*station.coordinates)
            if line is not None and line.lat and line.lon:
                return f"{float(line.lat):.5f}, {float(line.lon):.5f}"
        return ""

    def _station(self, code: str) -> Station | None:
        return self._network.station_by_code.get(code) or self._network.last_seen.get(code)

    def _number(self, code: str) -> str:
        """What stands on the charger: as data has it, else as the last sign said."""
        station = self._station(code)
        if station is not None:
            return plain(station.number, _NUMBER)
        signs = [sign for sign in self._signs.get(code, ()) if sign.connector != SITE]
        number = _SIDES.sub("", max(signs, key=lambda sign: sign.printed).number) if signs else ""
        return "" if number == code else plain(number, _NUMBER)

    def _poster(self, code: str, unseen: str) -> RoundStop | None:
        """The posters of a site, which signs.csv keeps under one of its codes."""
        signs = self._of(code, unseen, poster=True)
        return RoundStop("", "", (), (), (), State.HANGS, "", signs) if signs else None

    def _stop(self, code: str, lang: str, unseen: str) -> RoundStop | None:
        state, leads_to = self._state(code)
        signs = self._of(code, unseen, poster=False)
        if unseen and not signs and any(sign.connector != SITE for sign in self._signs.get(code, ())):
            return None  # all that hang there were seen since
        station = self._station(code)
        points = station.points if station else ()
        number = self._number(code)
        seats = dict.fromkeys(
            (plain(point.number, _NUMBER), _side(point.side, lang)) for point in points if point.side
        )
        cabinets = dict.fromkeys(filter(None, map(_cabinet, points)))
        where = [plain(spot_of(points, lang), _LINE)] if points else []
        where += [
            translator(lang)("Cabinet {cabinet}").format(cabinet=name) for name in cabinets if name != number
        ]
        evses = [plain(point.evse.evse_id or point.evse.uid, _LINE) for point in points] if not number else []
        return RoundStop(
            code, number, tuple(seats), tuple(filter(None, where)), tuple(evses[:_EVSES]), state, leads_to, signs
        )  # fmt: skip

    def _state(self, code: str) -> tuple[State, str]:
        line: LedgerLine | None = self._lines.get(code)
        if line is None:
            return State.UNKNOWN, ""
        if line.status == "moved":
            end = where_to(code, self._lines)
            return State.MOVED, end.code if end else line.moved_to
        if line.status == "retired":
            return State.RETIRED, ""
        return (State.HANGS if code in self._network.station_by_code else State.LEFT), ""

    def _of(self, code: str, unseen: str, *, poster: bool) -> tuple[RoundSign, ...]:
        """Signs of a code that were printed and not seen since, in the order of signs.csv."""
        now = f"{self._network.operator.site_url}{code}/"
        return tuple(
            RoundSign(
                title=f"{sign.design} {sign.size}",
                languages=sign.languages,
                plug="" if poster else sign.connector,
                mark=sign.mark,
                seen=sign.seen,
                shows="" if sign.url == now else plain(_shown(sign.url), _LINE),
            )
            for sign in self._signs.get(code, ())
            if (sign.connector == SITE) is poster and not (unseen and sign.seen >= unseen)
        )


def _cabinet(point: Point) -> str:
    """As overrides.csv calls it, else the feed."""
    said = point.said.get("cabinet") if point.said else None
    return plain(str(said.value) if said else point.evse.chargeside.cabinet, _NUMBER)


def _side(side: str | None, lang: str) -> str:
    _ = translator(lang)
    return {"left": _("left"), "right": _("right"), "centre": _("centre")}.get(side or "", "")


def _shown(address: str) -> str:
    """An address as phones show it."""
    return address.removeprefix("https://")
