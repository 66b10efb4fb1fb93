"""Signs to be printed: one job for each station, connector or site and each sign that operator.yml asks for. Values in words, no
layout."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from chargeside.i18n import LANGUAGES, PSEUDO, SOURCE, translator
from chargeside.model.connector import ConnectorType, Fill, View
from chargeside.model.design import Design, Size
from chargeside.model.network import Network, Station
from chargeside.model.operator import Country, PlacardSpec
from chargeside.plan.driver_plugs import Plugs
from chargeside.plan.driver_views import PlugView, plain
from chargeside.plan.jobs import Job, Plan, digest
from chargeside.plan.placard_words import payments_of, power_of, spot_of, street_of
from chargeside.plan.start_steps import start_steps

KIND = "placard"

_MARK_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""No 0 O, no 1 I L, no U: what is read out over the phone is understood."""

_ENDLESS = 10_000

Place = Literal["left", "centre", "right", ""]
Texts = tuple[str, ...]
"""A text in each language of the sign."""


@dataclass(frozen=True, slots=True)
class Number:
    """What stands on the hardware, and on which side of the sign its plugs are."""

    text: str
    place: Place


@dataclass(frozen=True, slots=True)
class Step:
    """One action to start: a pictogram's name, and what to do."""

    pictogram: str
    texts: Texts


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
class Row:
    """One charger on the poster of a site."""

    number: str
    code: str
    spot: str
    plugs: tuple[Plug, ...]


@dataclass(frozen=True, slots=True)
class Placard:
    """All that one sign shows. `typed` is the address without scheme, `pay_at` that of the page that takes money, `name` that
    of the site, `spot` its level and bay.

    `size` is as in the file's name, `width_mm` and `height_mm` what it is; `distance_m` from how far it is read. `look` names its
    Design in `Plan.shared`. A tag has the one plug of its `connector` and how that is released in `release`, with pictograms in
    `acts`; the poster of a site has `rows`.

    A new date alone makes no new sign: `issued` (ISO date) does not count in the fingerprint.
    """

    design: str
    size: str
    width_mm: float
    height_mm: float
    distance_m: float
    langs: tuple[str, ...]
    look: str
    code: str
    url: str
    typed: str
    pay_at: str
    operator: str
    logo: str
    colour: str
    numbers: tuple[Number, ...]
    phone: str
    phone_free: bool
    phone_hours: str
    steps: tuple[Step, ...]
    emergency: str
    name: str
    street: str
    spot: str
    plugs: tuple[Plug, ...]
    payments: tuple[Texts, ...]
    connector: str
    release: Texts
    acts: tuple[str, ...]
    rows: tuple[Row, ...]
    mark: str
    issued: str = field(repr=False, compare=False)

    @property
    def path(self) -> str:
        """Where its file goes, in the output folder."""
        of = f".{self.connector}" if self.connector else ".site" if self.rows else ""
        return f"placards/{self.code}{of}.{self.design}-{self.size}.{'-'.join(self.langs)}.pdf"


@dataclass(frozen=True, slots=True)
class _Spec:
    """A sign that operator.yml asks for, with its design."""

    asked: PlacardSpec
    design: Design
    look: str
    size: str
    size_mm: Size
    distance_m: float

    @classmethod
    def of(cls, asked: PlacardSpec, designs: Mapping[str, Design]) -> _Spec | None:
        """None where there is no such design or size; `check` has said so."""
        design = designs.get(asked.design)
        size_mm = design.size_of(asked.size) if design else None
        if design is None or size_mm is None:
            return None
        distance = asked.distance_m or design.distance_at(size_mm)
        return cls(
            asked,
            design,
            digest(repr(design)),
            asked.size or next(iter(design.file.sizes)),
            size_mm,
            distance,
        )


def plan_placards(network: Network, issued: str, codes: Collection[str] = ()) -> Plan:
    """A job for every station and sign; with `codes` only for those stations. `issued` is the ISO date printed in the foot."""
    planner = _Planner(network, issued)
    wanted = frozenset(codes)
    jobs: dict[str, Job] = {}
    for placard in planner.placards(wanted):
        jobs[placard.path] = Job(placard.path, KIND, placard)
    return Plan(tuple(jobs.values()), planner.used_by(job.payload for job in jobs.values()))


class _Planner:
    """Makes placards. What is the same at many stations is worked out once."""

    def __init__(self, network: Network, issued: str) -> None:
        self._network = network
        self._issued = issued
        self._shared: dict[str, Hashable] = {}
        self._logo = ""
        if network.logo:
            self._logo = digest((network.logo.media_type, network.logo.data))
            self._shared[self._logo] = network.logo
        self._plugs = Plugs(
            network.content, self._share
        )  # the same as on the page: page and sign never differ
        self._lists: dict[tuple[int, str], tuple[tuple[PlugView, ...], tuple[Plug, ...]]] = {}
        specs = (_Spec.of(asked, network.designs) for asked in network.operator.placards)
        self._specs = [spec for spec in specs if spec is not None]
        self._shared |= {spec.look: spec.design for spec in self._specs}

    def placards(self, codes: Collection[str]) -> Iterator[Placard]:
        """All signs; with `codes` only those of these stations, and the posters of their sites."""
        sites = self._sites() if any(spec.design.file.carries == "site" for spec in self._specs) else {}
        for station in self._network.stations:
            if codes and station.code not in codes:
                continue
            for spec in self._specs:
                langs = self._languages(spec.asked, self._network.country(station.country))
                if spec.design.file.carries == "station":
                    yield self._of_station(station, spec, langs)
                elif spec.design.file.carries == "connector":
                    yield from self._of_connectors(station, spec, langs)
        for stations in sites.values():
            if codes and not any(station.code in codes for station in stations):
                continue
            for spec in self._specs:
                if spec.design.file.carries == "site":
                    langs = self._languages(spec.asked, self._network.country(stations[0].country))
                    yield self._of_site(stations, spec, langs)

    def used_by(self, placards: Iterable[Hashable]) -> dict[str, Hashable]:
        """The shared pieces that these name."""
        used = {self._logo}
        for placard in placards:
            assert isinstance(placard, Placard)
            used.add(placard.look)
            used.update(plug.face for plug in placard.plugs)
            used.update(plug.face for row in placard.rows for plug in row.plugs)
        return {name: piece for name, piece in self._shared.items() if name in used}

    def _sites(self) -> dict[tuple[str, str, str], list[Station]]:
        sites: dict[tuple[str, str, str], list[Station]] = {}
        for station in self._network.stations:
            where = station.location
            sites.setdefault((where.country_code, where.party_id, where.id), []).append(station)
        return sites

    def _share(self, connector: Hashable) -> str:
        assert isinstance(connector, ConnectorType)
        name = _face_digest(connector)
        self._shared[name] = connector
        return name

    def _languages(self, asked: PlacardSpec, country: Country) -> tuple[str, ...]:
        """The languages of the sign that there are texts in, each once; else English."""
        wanted = [country.languages[0] if one == "station" else one for one in asked.languages]
        known = [one for one in wanted if one == PSEUDO or one.partition("-")[0] in LANGUAGES]
        return tuple(dict.fromkeys(known)) or (SOURCE,)

    def _plug_list(self, station: Station, lang: str) -> tuple[Plug, ...]:
        views = self._plugs.of_station(station, lang)
        key = id(views), lang  # stations with equal plugs share the very same tuple, which is kept here
        if key not in self._lists:
            self._lists[key] = views, _plug_list(views, self._shared, lang)
        return self._lists[key][1]

    def _of_station(self, station: Station, spec: _Spec, langs: tuple[str, ...]) -> Placard:
        return _marked(self._bare(station, spec, langs, self._plug_list(station, langs[0])))

    def _of_connectors(self, station: Station, spec: _Spec, langs: tuple[str, ...]) -> Iterator[Placard]:
        """A tag for each plug, in the order of the feed."""
        many = sum(len(point.connectors) for point in station.points)
        place = 0
        for point in station.points:
            for connector in point.connectors:
                place += 1
                views = [self._plugs.of_connector(connector, station, lang) for lang in langs]
                plug = _plug(views[:1], self._shared, langs[0])
                number = Number(_plain(point.number) or _numbers(station)[0].text, "")
                tag = replace(
                    self._bare(station, spec, langs, (plug,)),
                    numbers=(number,) if many > 1 else _numbers(station)[:1],
                    connector=str(place),
                    release=tuple(view.release for view in views),
                    acts=views[0].acts,
                )
                yield _marked(tag)

    def _of_site(self, stations: Sequence[Station], spec: _Spec, langs: tuple[str, ...]) -> Placard:
        """The poster: every charger of the site. Its code leads to the page where a driver picks one by number."""
        first, lang = stations[0], langs[0]
        find = f"{self._network.operator.site_url}s/{lang}/"
        rows = [
            Row(
                " | ".join(number.text for number in _numbers(station)),
                station.code,
                spot_of(station.points, lang),
                self._plug_list(station, lang),
            )
            for station in stations
        ]
        bare = self._bare(first, spec, langs, ())
        name = _plain(first.name) or bare.street
        poster = replace(
            bare, url=find, typed=find.removeprefix("https://").rstrip("/"), numbers=(), name=name, spot="",
            steps=(), payments=(), rows=tuple(sorted(rows, key=lambda row: _natural(row.number))),
        )  # fmt: skip
        return _marked(poster)

    def _bare(
        self, station: Station, spec: _Spec, langs: tuple[str, ...], plugs: tuple[Plug, ...]
    ) -> Placard:
        operator, country = self._network.operator, self._network.country(station.country)
        street = street_of(station.location)
        steps = [start_steps(station.facts, translator(lang)) for lang in langs]
        ways = [payments_of(station, operator, lang) for lang in langs]
        return Placard(
            design=spec.design.name,
            size=spec.size,
            width_mm=spec.size_mm[0],
            height_mm=spec.size_mm[1],
            distance_m=spec.distance_m,
            langs=langs,
            look=spec.look,
            code=station.code,
            url=f"{operator.site_url}{station.code}/",
            typed=f"{operator.host}/{station.code}",
            pay_at=(operator.pay_url or "").removeprefix("https://").rstrip("/"),
            operator=_plain(operator.name),
            logo=self._logo,
            colour=operator.brand.colour.lower(),
            numbers=_numbers(station),
            phone=country.helpline.phone,
            phone_free=country.helpline.free,
            phone_hours=_plain(country.helpline.hours),
            steps=tuple(
                Step(same[0].pictogram, tuple(step.text for step in same))
                for same in zip(*steps, strict=True)
            ),
            emergency=country.emergency_phone,
            name=name if (name := _plain(station.name)) not in street else "",
            street=street,
            spot=spot_of(station.points, langs[0]),
            plugs=plugs,
            payments=tuple(zip(*ways, strict=True)),
            connector="",
            release=(),
            acts=(),
            rows=(),
            mark="",
            issued=self._issued,
        )


def _marked(placard: Placard) -> Placard:
    """With its mark: three characters that change when a printed value does, for person and page to compare. Drawings, design
    and colour do not count."""
    plugs = tuple(replace(plug, face="") for plug in placard.plugs)
    rows = tuple(
        replace(row, plugs=tuple(replace(plug, face="") for plug in row.plugs)) for row in placard.rows
    )
    values = replace(placard, look="", logo="", colour="", plugs=plugs, rows=rows, mark="", issued="")
    number = int.from_bytes(hashlib.blake2b(repr(_flat(values)).encode(), digest_size=8).digest())
    base = len(_MARK_LETTERS)
    return replace(placard, mark="".join(_MARK_LETTERS[number // base**place % base] for place in range(3)))


def _flat(value: object) -> object:
    """Values alone, without names of classes and fields: a new name in the code makes no sign on a wall an old one."""
    if isinstance(value, tuple):
        return tuple(map(_flat, value))
    if isinstance(value, Placard | Number | Step | Plug | Row):
        return tuple([_flat(getattr(value, name)) for name in value.__slots__])
    return value


def _natural(text: str) -> tuple[tuple[int, str], ...]:
    """For sorting as people count: 2A before 10A."""
    return tuple(
        (int(part), "") if part.isdecimal() else (0, part) for part in re.findall(r"[0-9]+|[^0-9]+", text)
    )


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


def _plug_list(views: Sequence[PlugView], shared: Mapping[str, Hashable], lang: str) -> tuple[Plug, ...]:
    """Plugs in words, the most powerful first. Plugs that differ in power alone, and not in their place, are one."""
    alike: dict[Hashable, list[PlugView]] = {}
    for view in views:
        alike.setdefault((view.drawing or view.name, view.view, view.format, view.where), []).append(view)
    plugs = [
        (max(view.power_kw or 0 for view in group), _plug(group, shared, lang)) for group in alike.values()
    ]
    return tuple(plug for _, plug in sorted(plugs, key=lambda pair: (-pair[0], pair[1].name, pair[1].places)))


def _plug(group: Sequence[PlugView], shared: Mapping[str, Hashable], lang: str) -> Plug:
    first = group[0]
    known = shared.get(first.drawing or "")
    labels = dict.fromkeys(label for view in group for label in view.labels)
    return Plug(
        name=known.short_in(lang) if isinstance(known, ConnectorType) else first.name,
        power=power_of((view.power_kw for view in group), lang),
        format=first.format,
        places=first.where,
        face=first.drawing or "",
        view=first.view,
        letters=tuple(sorted(label.letter for label in labels)),
        fill="station" if first.format == "socket" else "vehicle",
    )


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
