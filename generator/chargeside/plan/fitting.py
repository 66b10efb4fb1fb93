"""Fitting sheets: for each site which sign goes where, for the person who hangs them. Values in words, no layout."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from chargeside.i18n import language_name
from chargeside.load.signs import PrintedSign, SignKey
from chargeside.model.hardware import Photo
from chargeside.model.network import Network, Station
from chargeside.model.texts import text_in
from chargeside.plan.driver_views import plain
from chargeside.plan.placard_words import spot_of
from chargeside.plan.placards import Placard
from chargeside.plan.print_order import walking_order
from chargeside.plan.reprint import Entry, Reprint, Verdict, as_printed
from chargeside.plan.sites import SiteOf

_SIDES = re.compile(r" (left|right|centre)(?= \||$)")
_SLUG = 60
_MANY = 8
"""EVSE IDs that stand on a sheet for one charger."""


@dataclass(frozen=True, slots=True)
class SignToHang:
    """One sign. `plug`: number and name of that of a tag; `was` is the mark of the sign that hangs there."""

    path: str
    title: str
    languages: str
    code: str
    mark: str
    was: str
    plug: str
    is_poster: bool


@dataclass(frozen=True, slots=True)
class SeatOfEvse:
    """A side of the charger: what it is called there, and its EVSE ID."""

    number: str
    side: str
    evse_id: str


@dataclass(frozen=True, slots=True)
class Stop:
    """One charger, and the signs that go there. `number` is what stands on the hardware, empty for a sign without a charger yet and for
    the poster of a site; `is_code`: it is the code, since nobody knows what stands there."""

    number: str
    is_code: bool
    spot: str
    seats: tuple[SeatOfEvse, ...]
    photo: Photo | None
    photo_alt: str
    signs: tuple[SignToHang, ...]


@dataclass(frozen=True, slots=True)
class OldSign:
    """A sign to take down; `is_unclear`: only if the charger is gone."""

    number: str
    title: str
    code: str
    mark: str
    is_unclear: bool


@dataclass(frozen=True, slots=True)
class FittingSheet:
    """The sheet of one site. `position`: latitude and longitude, as maps take them. `down`: signs to take down there. `day`: ISO date.
    `is_open`: for signs that have no charger yet."""

    slug: str
    lang: str
    operator: str
    day: str
    name: str
    address: str
    position: str
    stops: tuple[Stop, ...]
    down: tuple[OldSign, ...]
    is_open: bool

    @property
    def signs(self) -> tuple[SignToHang, ...]:
        """All signs to hang, in the order of work."""
        return tuple(sign for stop in self.stops for sign in stop.signs)


@dataclass
class _Site:
    placards: list[Placard] = field(default_factory=list)
    down: list[Entry] = field(default_factory=list)


def fitting_plan(
    network: Network,
    placards: Iterable[Placard],
    printed: Iterable[PrintedSign],
    day: str,
    reprint: Reprint | None = None,
) -> tuple[FittingSheet, ...]:
    """A sheet for each site that gets signs, or where the list says to take some down, in the order of work. `day`: ISO date."""
    sites: dict[SiteOf, _Site] = defaultdict(_Site)
    for site, placard in walking_order(network, placards):
        sites[site].placards.append(placard)
    for of in reprint.sites if reprint else ():
        down = [entry for entry in of.entries if entry.verdict in (Verdict.DOWN, Verdict.CHECK)]
        if down and of.site.name:
            sites[of.site].down.extend(down)
    marks = {sign.key: sign.mark for sign in printed}
    slugs: set[str] = set()
    sheets = []
    for site in sorted(sites):
        slug = _slug(site, slugs)
        slugs.add(slug)
        sheets.append(_sheet(network, site, sites[site], slug, day, marks))
    return tuple(sheets)


def _sheet(
    network: Network, site: SiteOf, found: _Site, slug: str, day: str, marks: Mapping[SignKey, str]
) -> FittingSheet:
    code = found.placards[0].code if found.placards else found.down[0].code
    country = network.country_of(code)
    lang = network.country(country).languages[0]
    station = network.station_by_code.get(code) or network.last_seen.get(code)
    place = station.coordinates if station else None
    groups: dict[tuple[bool, str], list[Placard]] = defaultdict(list)
    for placard in found.placards:
        groups[bool(placard.rows), placard.code].append(placard)
    stops = [
        _stop(network.station_by_code.get(of), group, lang, marks, is_poster=is_poster)
        for (is_poster, of), group in groups.items()
    ]
    return FittingSheet(
        slug=slug,
        lang=lang,
        operator=plain(network.operator.name),
        day=day,
        name=site.name,
        address=site.address,
        position=f"{place[0]:.5f}, {place[1]:.5f}" if place else "",
        stops=tuple(stops),
        down=tuple(map(_old, found.down)),
        is_open=station is None and bool(found.placards),
    )


def _old(entry: Entry) -> OldSign:
    number = _SIDES.sub("", entry.number)
    title = f"{entry.design} {entry.size}"
    return OldSign(number, title, entry.code, entry.was, entry.verdict is Verdict.CHECK)


def _stop(
    station: Station | None,
    placards: Sequence[Placard],
    lang: str,
    marks: Mapping[SignKey, str],
    *,
    is_poster: bool,
) -> Stop:
    signs = tuple(_sign(placard, marks) for placard in placards)
    if station is None or is_poster:
        return Stop("", False, "", (), None, "", signs)
    number = plain(station.number) or station.code
    seats = tuple(
        SeatOfEvse(plain(point.number), point.side or "", plain(point.evse.evse_id))
        for point in station.points[:_MANY]
        if point.evse.evse_id
    )
    photo = next((point.notes.photo for point in station.points if point.notes.photo), None)
    alt = plain(text_in(photo.alt, lang)[1]) if photo else ""
    return Stop(number, number == station.code, spot_of(station.points, lang), seats, photo, alt, signs)


def _sign(placard: Placard, marks: Mapping[SignKey, str]) -> SignToHang:
    was = marks.get(as_printed(placard, "").key, "")
    return SignToHang(
        path=placard.path,
        title=f"{placard.design} {placard.size}",
        languages=", ".join(language_name(one) for one in placard.langs),
        code=placard.code,
        mark=placard.mark,
        was=was if was != placard.mark else "",
        plug=f"{placard.numbers[0].text} · {placard.plugs[0].name}" if placard.connector else "",
        is_poster=bool(placard.rows),
    )


def _slug(site: SiteOf, taken: Collection[str]) -> str:
    """A file name for the site: its town and name in plain letters, else its id; a number behind it where that is taken."""
    words = unicodedata.normalize("NFKD", f"{site.town} {site.name}").encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-")[:_SLUG].strip("-")
    slug = slug or re.sub(r"[^a-z0-9]+", "-", site.ident.lower()).strip("-")[:_SLUG] or "no-charger-yet"
    return next(one for one in (slug, *(f"{slug}-{n}" for n in range(2, len(taken) + 3))) if one not in taken)
