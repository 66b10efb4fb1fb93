"""Plans the driver site: which pages there are and what each of them shows. Holds no HTML.

Stations alike in their facts share a kit; all that depends on the kit alone is worked out once, and the jobs of the
stations name it by its digest.
"""

from __future__ import annotations

import zlib
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from urllib.parse import urlsplit

from chargeside.load.ledger import where_to
from chargeside.model.condition import Condition
from chargeside.model.facts import Facts
from chargeside.model.hardware import Photo
from chargeside.model.network import LedgerLine, Logo, Network, Station
from chargeside.model.operator import Operator
from chargeside.model.problem import CATEGORIES, END_POINTS, Problem
from chargeside.plan.card_brands import card_brands
from chargeside.plan.driver_find import find_pages
from chargeside.plan.driver_notes import Noted, Sides, notes_view, pay_view, start_views, without_own
from chargeside.plan.driver_place import level_name, limited_hours, place_view, town
from chargeside.plan.driver_plugs import Plugs
from chargeside.plan.driver_prices import price_views
from chargeside.plan.driver_sites import Neighbours
from chargeside.plan.driver_speed import speed_view
from chargeside.plan.driver_views import (
    NO_NOTES_VIEW,
    Addresses,
    CodeRow,
    Contact,
    Digest,
    FindRow,
    GuidePage,
    GuideRef,
    GuideView,
    Headers,
    Kit,
    LeadView,
    LegalPage,
    LegalText,
    Link,
    LogoImage,
    MovedPage,
    Near,
    NotesView,
    Notice,
    PayView,
    PhotoFile,
    PlainPage,
    Plate,
    PlugView,
    Robots,
    SideView,
    Site,
    SpeedView,
    StationPage,
    StepView,
    TopicName,
    TopicPage,
    plain,
)
from chargeside.plan.jobs import Job, Plan, digest
from chargeside.plan.redirects import redirect_files
from chargeside.plan.words import COUNTRY_NAMES, condition_in_words

SYMPTOM_BUTTONS = 6
START_GUIDE = "how-to-start"
"""Its short form stands above the symptoms already, so it is no button."""
FAKE_GUIDE = "fake-code"
SITEMAP_URLS = 45_000
"""A sitemap may hold 50,000 (sitemaps.org)."""
LOGO_BYTES = 1_500
"""A logo that weighs more than this compressed is left out: the name in text is enough."""

UNKNOWN_FACTS = Facts({})


def plan_driver(network: Network, library_paths: Iterable[str] = (), today: str = "") -> Plan:
    """All files of the driver site. `library_paths`: addresses of the library's pages from the root of the site
    (`problems/cable-stuck/`), for the sitemap. `today`: ISO date; what had ended by then is left out, nothing without it."""
    return _Planner(network, today).plan(tuple(library_paths))


class _Planner:
    """Gathers jobs and shared pieces. Every cache lives as long as one plan."""

    def __init__(self, network: Network, today: str) -> None:
        self.network = network
        self.today = today
        self.operator = network.operator
        self.shared: dict[str, Hashable] = {}
        self.jobs: dict[str, Job] = {}
        self.site = self.share(site_view(network.operator, network.logo))
        self.plugs = Plugs(network.content, self.share)
        self.neighbours = Neighbours(network.stations)
        self.sides = Sides()
        self._contacts: dict[str, Contact] = {}
        self._guides: dict[tuple[str, str, tuple[str, ...]], tuple[Digest, str]] = {}
        self._refs: dict[tuple[str, str | None, Facts | None], tuple[GuideRef, ...]] = {}
        self._kits: dict[tuple[Hashable, ...], Digest] = {}

    def plan(self, library_paths: tuple[str, ...]) -> Plan:
        """Everything, in the order of writing."""
        for lang in self.operator.languages:
            self.generic_guides(lang)
            self.plain_pages(lang)
        self.legal_pages()
        for station in self.network.stations:
            self.station(station)
        for line in self.network.ledger:
            self.ledger_line(line)
        for lang in self.operator.languages:
            self.find(lang)
        self.machine_files(library_paths)
        return Plan(tuple(sorted(self.jobs.values(), key=_writing_order)), self.shared)

    def share(self, value: Hashable) -> Digest:
        """Put a piece where many jobs find it."""
        name = digest(value)
        self.shared.setdefault(name, value)
        return name

    def add(self, path: str, kind: str, payload: Hashable) -> None:
        """A job; `path` is below the site, a folder unless it names a file. The same page is planned once."""
        full = f"site/{path}index.html" if not path or path.endswith("/") else f"site/{path}"
        self.jobs.setdefault(full, Job(full, kind, payload))

    # ------------------------------------------------------------------------------------------------ countries

    def country_key(self, country: str) -> str:
        """The country of operator.yml that holds; one that is missing there falls back on the first."""
        return country if country in self.operator.countries else next(iter(self.operator.countries))

    def contact(self, country: str) -> Contact:
        """Whom to call, for a station of the country."""
        key = self.country_key(country)
        if key not in self._contacts:
            self._contacts[key] = contact_view(self.operator, key)
        return self._contacts[key]

    @cached_property
    def contacts(self) -> tuple[Contact, ...]:
        """All countries by name."""
        return tuple(sorted(map(self.contact, self.operator.countries), key=lambda c: c.country_name))

    @property
    def only_contact(self) -> Contact | None:
        """Whom to call on pages that do not know the country: clear only where there is one."""
        return self.contacts[0] if len(self.contacts) == 1 else None

    def languages(self, country: str) -> tuple[str, ...]:
        """Languages of a station's pages, its country's first one first."""
        wanted = self.network.country(country).languages
        return (
            tuple(lang for lang in wanted if lang in self.operator.languages) or self.operator.languages[:1]
        )

    def station_href(self, station: Station, lang: str) -> str:
        """The page of a station in a language if there is one, else in its country's."""
        languages = self.languages(station.country)
        return f"{station.code}/{lang}/" if lang in languages[1:] else f"{station.code}/"

    # ------------------------------------------------------------------------------------------------ guides

    @cached_property
    def problems(self) -> tuple[Problem, ...]:
        """Most needed first; danger before all else."""
        found = self.network.content.problems.values()
        return tuple(sorted(found, key=lambda p: (p.outcome != "danger", -p.weight, p.slug)))

    def guide(self, problem: Problem, lang: str, facts: Facts | None) -> tuple[Digest, str]:
        """The guide as the facts make it read, and the part of its address that depends on them; without facts the
        guide for every charger, conditions in words."""
        guide = problem.guide(lang)
        steps = guide.steps if facts is None else guide.steps_for(facts)
        key = (problem.slug, lang, tuple(step.id for step in steps) if facts is not None else ("*",))
        if key not in self._guides:
            view = GuideView(
                slug=problem.slug,
                lang=guide.lang,
                title=guide.title,
                symptoms=guide.symptoms,
                intro_html=_safe(guide.intro_html),
                steps=tuple(
                    StepView(_safe(s.html), s.pictogram, "" if facts is not None else self.in_words(s.when))
                    for s in steps
                ),
                call_html=_safe(guide.call_html),
                outcome=problem.outcome,
                question=problem.question or "",
                leads=self.leads(problem, lang),
                when="" if facts is not None else self.in_words(problem.applies_to),
            )
            self._guides[key] = self.share(view), digest(key)[:8]
        return self._guides[key]

    def in_words(self, condition: Condition) -> str:
        """When a step or a guide applies."""
        return condition_in_words(condition, self.network.content)

    def leads(self, problem: Problem, lang: str) -> tuple[LeadView, ...]:
        """Where a guide leads, with the words of the link; an end point needs none."""
        if problem.question:
            return tuple(LeadView(answer.text, answer.next) for answer in problem.answers)
        following = self.network.content.problems.get(problem.next or "")
        if following:
            return (LeadView(following.guide(lang).title, following.slug),)
        return (LeadView("", problem.next),) if problem.next in END_POINTS else ()

    def refs(self, lang: str, country: str | None, facts: Facts | None) -> tuple[GuideRef, ...]:
        """All guides that apply, each with its page, planned on the way."""
        key = (lang, country, facts)
        if key not in self._refs:
            self._refs[key] = tuple(
                self.ref(problem, lang, country, facts)
                for problem in self.problems
                if facts is None or problem.applies_to.holds(facts)
            )
        return self._refs[key]

    def ref(self, problem: Problem, lang: str, country: str | None, facts: Facts | None) -> GuideRef:
        """A guide and its page."""
        view, variant = self.guide(problem, lang, facts)
        generic = f"g/{lang}/{problem.slug}/"
        href = generic if country is None else f"{generic}{country.lower()}-{variant}/"
        contact = self.only_contact if country is None else self.contact(country)
        page = GuidePage(self.site, lang, _up(href), contact, view, self.operator.site_url + generic)
        self.add(href, "driver.guide", page)
        guide = problem.guide(lang)
        return GuideRef(
            problem.slug, guide.title, guide.short, guide.lang, problem.category, problem.outcome, href, view
        )

    def generic_guides(self, lang: str) -> None:
        """Guides for every charger, and the list of them."""
        href = f"g/{lang}/all/"
        page = TopicPage(
            self.site, lang, _up(href), None, "all", guides=_by_category(self.refs(lang, None, None))
        )
        self.add(href, "driver.topic", page)

    # ------------------------------------------------------------------------------------------------ kits

    def kit(
        self,
        country: str,
        lang: str,
        facts: Facts,
        plugs: tuple[PlugView, ...],
        notice: Notice,
        noted: Noted = (),
        sides: tuple[SideView, ...] = (),
    ) -> Digest:
        """Everything of a station page that depends on the facts alone; `country` is a key of operator.yml."""
        # Stations with equal plugs share one tuple, which lives as long as the plan: its identity is enough, and quick. The
        # same holds for notes and sides.
        key = (country, lang, facts, id(plugs), notice, id(noted), id(sides))
        if key not in self._kits:
            self._kits[key] = self.share(self.new_kit(country, lang, facts, plugs, notice, noted, sides))
        return self._kits[key]

    def new_kit(
        self,
        country: str,
        lang: str,
        facts: Facts,
        plugs: tuple[PlugView, ...],
        notice: Notice,
        noted: Noted,
        sides: tuple[SideView, ...],
    ) -> Kit:
        """A kit, and the pages that tell more about its topics."""
        guides = self.refs(lang, country, facts)
        pay = pay_view(facts, sides)
        notes = notes_view(noted, lang, self.network.content, guides, self.photo)
        speed, codes = speed_view(plugs), without_own(self.codes(guides), notes)
        first = lang == self.languages(country)[0]
        bare = facts == UNKNOWN_FACTS
        return Kit(
            site=self.site,
            lang=lang,
            root="../" if first else "../../",
            contact=self.contact(country),
            start=() if notice else start_views(facts),
            order=_order(facts),
            symptoms=_symptoms(guides),
            guides=guides,
            plugs=plugs,
            pay=pay,
            speed=speed,
            codes=codes,
            plugs_href=self.topic(
                "plugs", lang, country, plugs=tuple(replace(plug, count=1) for plug in plugs)
            ),
            pay_href=self.topic("pay", lang, country, pay=pay),
            speed_href=self.topic("speed", lang, country, speed=speed, notes=NotesView(speed=notes.speed)),
            codes_href=self.topic(
                "codes", lang, country, codes=codes, guides=guides, notes=replace(notes, speed=())
            ),
            all_href=self.topic("all", lang, country, guides=_by_category(guides)),
            notice=notice,
            bare=bare,
            notes=notes,
            sides=() if notice else sides,
        )

    def photo(self, photo: Photo) -> str:
        """The address of a photo, planned on the way."""
        name = self.share(photo)
        href = f"photos/{name[:16]}.jpg"
        self.add(href, "driver.photo", PhotoFile(name))
        return href

    def codes(self, guides: Sequence[GuideRef]) -> tuple[CodeRow, ...]:
        """Codes a screen may show, with the guide that helps: guides that warn of danger first."""
        rows: dict[str, CodeRow] = {}
        for ref in guides:
            for code in self.network.content.problems[ref.slug].codes:
                name = code.partition(":")[2] or code
                rows.setdefault(name.casefold(), CodeRow(name, ref.slug))
        return tuple(sorted(rows.values(), key=lambda row: row.code.casefold()))

    def topic(
        self,
        topic: TopicName,
        lang: str,
        country: str,
        *,
        plugs: tuple[PlugView, ...] = (),
        pay: PayView | None = None,
        speed: SpeedView | None = None,
        codes: tuple[CodeRow, ...] = (),
        guides: tuple[GuideRef, ...] = (),
        notes: NotesView = NO_NOTES_VIEW,
    ) -> str:
        """The address of the page on a topic, planned on the way."""
        shown = (plugs, pay, speed, codes, tuple(ref.href for ref in guides), notes)
        href = f"g/{lang}/{topic}/{country.lower()}-{digest(shown)[:8]}/"
        if f"site/{href}index.html" not in self.jobs:
            page = TopicPage(
                self.site, lang, _up(href), self.contact(country), topic,
                plugs=plugs, pay=pay, speed=speed, codes=codes, guides=guides, notes=notes,
            )  # fmt: skip
            self.add(href, "driver.topic", page)
        return href

    # ------------------------------------------------------------------------------------------------ stations

    def station(self, station: Station, notice: Notice = "") -> None:
        """A station's page in each language of its country."""
        country = self.country_key(station.country)
        languages = self.languages(station.country)
        location, evses = station.location, [point.evse for point in station.points]
        name, street = plain(location.title), plain(location.address)
        here, near = self.neighbours.of(station)
        noted, sides = self.sides.noted(station), self.sides.views(station)
        for lang in languages:
            href = self.station_href(station, lang)
            page = StationPage(
                kit=self.kit(
                    country, lang, station.facts, self.plugs.of_station(station, lang), notice, noted, sides
                ),
                code=station.code,
                plates=_plates(station),
                name=name,
                place=", ".join(filter(None, (street or name, plain(town(location))))),
                level=_joined(level_name(evse.floor_level) for evse in evses),
                bay=_joined(evse.bay for evse in evses),
                evse_ids=tuple(
                    dict.fromkeys(
                        Plate(plain(p.evse.evse_id), p.side or "") for p in station.points if p.evse.evse_id
                    )
                ),
                languages=_language_links(station.code, languages),
                canonical=self.operator.site_url + href,
                here=tuple(self.near(other, lang, ()) for other in here),
                near=tuple(self.near(other, lang, kinds, metres) for other, kinds, metres in near),
                where=place_view(station, lang, self.today),
                brands=card_brands(station),
                prices=() if notice else price_views(station, self.network, lang, self.today),
            )
            self.add(href, "driver.station", page)

    def near(self, station: Station, lang: str, kinds: Sequence[str], metres: float = 0.0) -> Near:
        """Another station, as its neighbour shows it."""
        connectors = self.network.content.connectors
        title, street = plain(station.location.title, 80), plain(station.location.address, 80)
        return Near(
            code=station.code,
            href=self.station_href(station, lang),
            number=", ".join(plate.number for plate in _plates(station)),
            name=title,
            street="" if street == title else street,
            metres=round(metres),
            plugs=tuple(connectors[kind].short for kind in kinds if kind in connectors),
            hours=limited_hours(station) if metres else None,
        )

    def ledger_line(self, line: LedgerLine) -> None:
        """The page of a code whose station is in no feed, was retired, has moved, or has yet to be set up."""
        if line.code in self.network.station_by_code:
            return
        end = where_to(line.code, self.lines)
        to = end.code if end is not None else line.moved_to
        if line.status == "moved" and (end is not None or to in self.network.station_by_code):
            lang = self.operator.languages[0]
            self.add(f"{line.code}/", "driver.moved", MovedPage(self.site, lang, line.code, to))
        elif line.status == "active" and line.code in self.network.last_seen:
            self.station(self.network.last_seen[line.code], "vanished")
        else:
            self.known_by_ledger_alone(line)

    def known_by_ledger_alone(self, line: LedgerLine) -> None:
        """A page of what the ledger says, with guides that need no facts and the way to other chargers."""
        near = self.neighbours.around(_coordinates(line))
        country = self.country_key(near[0][0].country if near else line.station[:2])
        languages = self.languages(country)
        notice: Notice = line.status if line.status in ("retired", "reserved") else "vanished"
        for index, lang in enumerate(languages):
            href = f"{line.code}/" if index == 0 else f"{line.code}/{lang}/"
            page = StationPage(
                kit=self.kit(country, lang, UNKNOWN_FACTS, (), notice),
                code=line.code,
                plates=(Plate(line.code, ""),),
                name=plain(line.name),
                place=plain(line.name),
                level="",
                bay="",
                evse_ids=(),
                languages=_language_links(line.code, languages),
                canonical=self.operator.site_url + href,
                here=(),
                near=tuple(self.near(other, lang, (), metres) for other, metres in near),
            )
            self.add(href, "driver.station", page)

    @cached_property
    def lines(self) -> Mapping[str, LedgerLine]:
        """The ledger by code."""
        return {line.code: line for line in self.network.ledger}

    # ------------------------------------------------------------------------------------------------ other pages

    def plain_pages(self, lang: str) -> None:
        """ok, call, fake; and 404 in the first language."""
        fake = self.network.content.problems.get(FAKE_GUIDE)
        more = (Link(fake.guide(lang).title, f"g/{lang}/{fake.slug}/"),) if fake else ()
        for name in ("ok", "call", "fake"):
            href = f"{name}/{lang}/"
            page = PlainPage(self.site, lang, "../../", name, self.contacts, more if name == "fake" else ())
            self.add(href, "driver.plain", page)
        base = self.shared[self.site]
        assert isinstance(base, Site)
        # Served at any depth, so its links start at the root of the host.
        missing = PlainPage(self.site, lang, base.base_path, "404", self.contacts, ())
        self.add("404.html", "driver.plain", missing)

    def legal_pages(self) -> None:
        """Texts of operator.yml per country, beside what the site does."""
        for name in ("privacy", "imprint", "accessibility"):
            texts = []
            for contact in self.contacts:
                text = getattr(self.operator.countries[contact.country], name)
                if text:
                    texts.append(LegalText(contact.country_name, contact.lang, _paragraphs(text)))
            sources = self.sources() if name == "imprint" else ()
            lang = self.operator.languages[0]
            page = LegalPage(self.site, lang, "../", name, tuple(texts), self.contacts, sources)
            self.add(f"{name}/", "driver.legal", page)

    def sources(self) -> tuple[str, ...]:
        """Where station data comes from, with its licence, as the records say."""
        extras = (station.location.chargeside for station in self.network.stations)
        pairs = {(plain(extra.source), plain(extra.licence)) for extra in extras if extra.source}
        named = {", ".join(filter(None, pair)) for pair in pairs}
        return tuple(sorted(named))

    def find(self, lang: str) -> None:
        """The list of all stations by town."""
        rows = [(plain(town(s.location), 80) or "–", self.find_row(s, lang)) for s in self.network.stations]
        example = self.network.stations[0].code if self.network.stations else ""
        for path, page in find_pages(
            rows, site=self.site, lang=lang, root="../../", example=example, contact=self.only_contact
        ):
            self.add(path, "driver.find", page)

    def find_row(self, station: Station, lang: str) -> FindRow:
        """A station in the list."""
        title, street = plain(station.location.title, 100), plain(station.location.address, 100)
        number = ", ".join(plate.number for plate in _plates(station))
        return FindRow(self.station_href(station, lang), number, title, "" if street == title else street)

    def machine_files(self, library_paths: tuple[str, ...]) -> None:
        """robots.txt, sitemaps, _headers, redirects."""
        url = self.operator.site_url
        base = self.shared[self.site]
        assert isinstance(base, Site)
        urls = tuple(sorted({url + path for path in (*library_paths, *self.public_paths())}))
        parts = [urls[i : i + SITEMAP_URLS] for i in range(0, len(urls), SITEMAP_URLS)]
        if len(parts) == 1:
            self.add("sitemap.xml", "driver.sitemap", Addresses(parts[0]))
        else:
            names = [f"sitemap-{number}.xml" for number in range(1, len(parts) + 1)]
            for name, part in zip(names, parts, strict=True):
                self.add(name, "driver.sitemap", Addresses(part))
            index = Addresses(tuple(url + name for name in names), index=True)
            self.add("sitemap.xml", "driver.sitemap", index)
        self.add("robots.txt", "driver.robots", Robots(f"{url}sitemap.xml"))
        self.add("_headers", "driver.headers", Headers(self.site, base.base_path))
        taken = self.jobs.keys() | {f"site/{path}index.html" for path in library_paths}
        for name, kind, payload in redirect_files(self.network, library_paths, taken):
            self.add(name, kind, payload)

    def public_paths(self) -> Iterator[str]:
        """Addresses that a search engine should know: no variants, they repeat the guides for every charger."""
        yield ""
        for station in self.network.stations:
            yield from (self.station_href(station, lang) for lang in self.languages(station.country))
        for lang in self.operator.languages:
            yield from (f"s/{lang}/", f"call/{lang}/", f"fake/{lang}/", f"g/{lang}/all/")
            yield from (f"g/{lang}/{problem.slug}/" for problem in self.problems)
        yield from ("privacy/", "imprint/", "accessibility/")


# ---------------------------------------------------------------------------------------------------- small pieces


def site_view(operator: Operator, logo: Logo | None) -> Site:
    """What all pages share."""
    pay = operator.pay_url
    return Site(
        name=plain(operator.name),
        host=operator.host,
        site_url=operator.site_url,
        base_path=urlsplit(operator.site_url).path or "/",
        colour=operator.brand.colour.lower(),
        logo=LogoImage(logo.media_type, logo.data)
        if logo and len(zlib.compress(logo.data, 9)) <= LOGO_BYTES
        else None,
        pay=Link(urlsplit(pay).hostname or pay, pay) if pay else None,
        apps=tuple(Link(plain(app.name), app.url) for app in operator.apps),
    )


def contact_view(operator: Operator, country: str) -> Contact:
    """Whom to call in a country of operator.yml."""
    entry = operator.countries[country]
    write = entry.text_contact
    return Contact(
        country=country,
        country_name=COUNTRY_NAMES.get(country, country).removeprefix("the "),
        lang=entry.languages[0],
        phone=entry.helpline.phone,
        phone_tel=_tel(entry.helpline.phone),
        free=entry.helpline.free,
        hours=plain(entry.helpline.hours),
        emergency=entry.emergency_phone,
        emergency_tel=_tel(entry.emergency_phone),
        write=Link(
            write.partition(":")[2] if not write.startswith("https:") else urlsplit(write).hostname or write,
            write,
        )
        if write
        else None,
        price_url=entry.price_url,
    )


def _language_links(code: str, languages: Sequence[str]) -> tuple[Link, ...]:
    """The languages of a station's pages, if there is a choice."""
    hrefs = (f"{code}/{lang}/" if index else f"{code}/" for index, lang in enumerate(languages))
    return tuple(map(Link, languages, hrefs)) if len(languages) > 1 else ()


def _writing_order(job: Job) -> str:
    """Stations kit after kit, so that a renderer needs to keep few kits at a time."""
    return job.payload.kit if isinstance(job.payload, StationPage) else ""


def _tel(phone: str) -> str:
    """For a `tel:` link (RFC 3966): digits, and the plus in front. A zero in brackets behind the country code is for
    callers at home and is not dialled from abroad."""
    number = phone.replace("(0)", "") if phone.startswith("+") else phone
    return "".join(c for c in number if c.isdigit() or c == "+")


def _up(href: str) -> str:
    """From a page up to the root of the site."""
    return "../" * href.count("/")


def _safe(html: str) -> str:
    """Sanitised HTML without the character that marks the places a station's own texts go."""
    return html.replace("\0", "")


def _order(facts: Facts) -> str:
    return facts.text("start_order")


def _symptoms(guides: Iterable[GuideRef]) -> tuple[str, ...]:
    slugs = [ref.slug for ref in guides if ref.outcome != "danger" and ref.slug != START_GUIDE]
    return tuple(slugs[:SYMPTOM_BUTTONS])


def _by_category(guides: Iterable[GuideRef]) -> tuple[GuideRef, ...]:
    order = {category: index for index, category in enumerate(CATEGORIES)}
    return tuple(sorted(guides, key=lambda ref: order.get(ref.category, len(order))))


def _plates(station: Station) -> tuple[Plate, ...]:
    """What stands on the hardware: the numbers of the sides where they differ, else the station's number, else its code."""
    sides = tuple(dict.fromkeys(Plate(plain(p.number, 24), p.side or "") for p in station.points if p.number))
    if 1 < len({plate.number for plate in sides}) <= 3:
        return sides
    return (Plate(plain(station.number, 24) or station.code, ""),)


def _joined(texts: Iterable[str | None]) -> str:
    return ", ".join(dict.fromkeys(plain(text) for text in texts if text and plain(text)))


def _paragraphs(text: str) -> tuple[str, ...]:
    blocks = text.replace("\r\n", "\n").split("\n\n")
    return tuple(plain(block, 5000) for block in blocks if block.strip())


def _coordinates(line: LedgerLine) -> tuple[float, float] | None:
    try:
        lat, lon = float(line.lat), float(line.lon)
    except ValueError:
        return None
    return (lat, lon) if -90 <= lat <= 90 and -180 <= lon <= 180 else None
