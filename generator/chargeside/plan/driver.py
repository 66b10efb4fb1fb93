"""Plans the driver site: which pages there are and what each of them shows. Holds no HTML.

Stations alike in their facts share a kit; all that depends on the kit alone is worked out once, and the jobs of the
stations name it by its digest.
"""

from __future__ import annotations

import zlib
from collections.abc import Container, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from urllib.parse import urlsplit

from chargeside.i18n import SOURCE, country_name, phone, translator
from chargeside.load.ledger import where_to
from chargeside.model.condition import Condition
from chargeside.model.facts import Facts
from chargeside.model.hardware import Photo
from chargeside.model.network import LedgerLine, Logo, Network, Station
from chargeside.model.operator import Operator
from chargeside.model.problem import CATEGORIES, END_POINTS, Problem
from chargeside.plan.applying import Applying, Kept, in_order
from chargeside.plan.card_brands import card_brands
from chargeside.plan.driver_codes import MOST_ON_PAGE, MOST_OWN, Messages
from chargeside.plan.driver_desk import DESK, desk_pages
from chargeside.plan.driver_find import find_pages
from chargeside.plan.driver_index import find_index
from chargeside.plan.driver_legal import data_sources, legal_pages, legal_paths, plain_pages
from chargeside.plan.driver_notes import Noted, Sides, notes_view, pay_view, start_views
from chargeside.plan.driver_notices import Notices, side_of
from chargeside.plan.driver_offline import Bundles
from chargeside.plan.driver_place import level_name, limited_hours, place_view, town
from chargeside.plan.driver_plugs import Plugs
from chargeside.plan.driver_prices import price_views
from chargeside.plan.driver_sites import Neighbours
from chargeside.plan.driver_speed import limit_400, speed_view
from chargeside.plan.driver_views import (
    NO_NOTES_VIEW,
    Addresses,
    CodeRow,
    Contact,
    Digest,
    FindPage,
    FindRow,
    GuidePage,
    GuideRef,
    GuideView,
    Headers,
    IndexFile,
    Kit,
    LeadView,
    Limit400,
    Link,
    LogoImage,
    MessageRow,
    MissingPage,
    MovedPage,
    Near,
    NotesView,
    Notice,
    NoticeView,
    PayView,
    PhotoFile,
    Plate,
    PlugView,
    Robots,
    SearchFile,
    SideView,
    Site,
    SpeedView,
    StationPage,
    StepView,
    TopicName,
    TopicPage,
    UseView,
    plain,
)
from chargeside.plan.glossary import Linker
from chargeside.plan.jobs import Job, Plan, digest
from chargeside.plan.marks import marks
from chargeside.plan.redirects import redirect_files
from chargeside.plan.words import condition_in_words

SYMPTOM_BUTTONS = 6
START_GUIDE = "how-to-start"
"""Its short form stands above the symptoms already, so it is no button."""
SITEMAP_URLS = 45_000
"""A sitemap may hold 50,000 (sitemaps.org)."""
LOGO_BYTES = 1_500
"""A logo that weighs more than this compressed is left out: the name in text is enough."""

UNKNOWN_FACTS = Facts({})


def plan_driver(network: Network, library_paths: Iterable[str] = (), today: str = "", now: str = "") -> Plan:
    """All files of the driver site. `library_paths`: addresses of the library's pages from the root of the site
    (`problems/cable-stuck/`), for the sitemap. `today`: ISO date; what had ended by then is left out, nothing without it.
    `now`: ISO 8601 with an offset; notices that do not hold then are left out, none without it."""
    return DriverPlanner(network, today, now).plan(tuple(library_paths))


class DriverPlanner:
    """Gathers jobs and shared pieces. Every cache lives as long as one plan.

    A preview asks for single pages (`station`, `ledger_line`, `ref`, `generic_guides`, …) and finds them in `jobs`.
    """

    def __init__(self, network: Network, today: str, now: str) -> None:
        self.network = network
        self.today = today
        self.notices = Notices(network, now)
        self.operator = network.operator
        self.shared: dict[str, Hashable] = {}
        self.jobs: dict[str, Job] = {}
        self.site = self.share(site_view(network.operator, network.logo))
        self.plugs = Plugs(network.content, self.share)
        working = [one for one in network.stations if one.code not in self.notices.out_of_order]
        self.neighbours = Neighbours(working)
        self.sides = Sides()
        self.messages = Messages(network.content.codes)
        self.bundles = Bundles(network.operator, self.site, self.share)
        self._linkers: dict[str, Linker] = {}
        self._contacts: dict[tuple[str, str], Contact] = {}
        self._guides: dict[tuple[str, str, tuple[str, ...]], tuple[Digest, str]] = {}
        self._refs: dict[tuple[str, str | None, Facts | None], tuple[GuideRef, ...]] = {}
        self._ref_of: dict[tuple[str, str, str | None, Kept | None], GuideRef] = {}
        self._kits: dict[tuple[Hashable, ...], Digest] = {}

    def plan(self, library_paths: tuple[str, ...]) -> Plan:
        """Everything, in the order of writing."""
        for lang in self.operator.languages:
            self.generic_guides(lang)
            self.same_for_all(lang)
        for station in self.network.stations:
            self.station(station)
        for line in self.network.ledger:
            self.ledger_line(line)
        self.find_pages()
        for path, kind, payload in self.bundles.files(self.jobs):
            self.add(path, kind, payload)
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

    def contact(self, country: str, lang: str) -> Contact:
        """Whom to call, for a station of the country."""
        key = self.country_key(country), lang
        if key not in self._contacts:
            self._contacts[key] = contact_view(self.operator, *key)
        return self._contacts[key]

    def contacts(self, lang: str) -> tuple[Contact, ...]:
        """All countries by name."""
        several = len(self.operator.countries) > 1
        found = (contact_view(self.operator, key, lang, abroad=several) for key in self.operator.countries)
        return tuple(sorted(found, key=lambda contact: contact.country_name))

    def only_contact(self, lang: str) -> Contact | None:
        """Whom to call on pages that do not know the country: clear only where there is one."""
        return self.contact(self.country_key(""), lang) if len(self.operator.countries) == 1 else None

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
        """Most needed first (`in_order`)."""
        return in_order(self.network.content.problems.values(), self.operator.weights)

    @cached_property
    def applying(self) -> Applying:
        """What fits which charger."""
        return Applying(self.problems, self.operator.weights, self.network.needs)

    def guide(self, problem: Problem, lang: str, kept: Kept | None) -> tuple[Digest, str]:
        """The guide with the steps that are kept, and the part of its address that depends on them; None for the guide for
        every charger, conditions in words."""
        guide = problem.guide(lang)
        steps = guide.steps if kept is None else tuple(guide.steps[place] for place in kept)
        key = (problem.slug, lang, tuple(step.id for step in steps) if kept is not None else ("*",))
        if key not in self._guides:
            texts = (_safe(guide.intro_html), *(_safe(step.html) for step in steps), _safe(guide.call_html))
            if problem.outcome != "danger":  # whoever must get away reads nothing else
                texts = self.linker(guide.lang).link(texts)
            intro, *told, call = texts
            view = GuideView(
                slug=problem.slug,
                lang=guide.lang,
                title=guide.title,
                symptoms=guide.symptoms,
                intro_html=intro,
                steps=tuple(
                    StepView(
                        text,
                        s.pictogram,
                        "" if kept is not None else self.in_words(s.when, lang),
                        SOURCE if s.id in guide.in_english else "",
                    )
                    for s, text in zip(steps, told, strict=True)
                ),
                call_html=call,
                outcome=problem.outcome,
                question=guide.question,
                leads=self.leads(problem, lang),
                when="" if kept is not None else self.in_words(problem.applies_to, lang),
                in_english=guide.in_english,
            )
            self._guides[key] = self.share(view), digest(key)[:8]
        return self._guides[key]

    def linker(self, lang: str) -> Linker:
        """What links the words of the glossary."""
        if lang not in self._linkers:
            self._linkers[lang] = Linker(self.network.content.glossary, translator(lang))
        return self._linkers[lang]

    def in_words(self, condition: Condition, lang: str) -> str:
        """When a step or a guide applies."""
        return condition_in_words(condition, self.network.content, translator(lang))

    def leads(self, problem: Problem, lang: str) -> tuple[LeadView, ...]:
        """Where a guide leads, with the words of the link; an end point needs none."""
        if problem.answers:
            words = problem.guide(lang).answers
            return tuple(
                LeadView(text, answer.next) for text, answer in zip(words, problem.answers, strict=True)
            )
        following = self.network.content.problems.get(problem.next or "")
        if following:
            guide = following.guide(lang)
            return (LeadView(guide.title, following.slug, guide.title_lang),)
        return (LeadView("", problem.next),) if problem.next in END_POINTS else ()

    def leads_to(self, slug: str) -> tuple[str, ...]:
        """Where a guide leads: slugs and end points."""
        problem = self.network.content.problems[slug]
        return tuple(answer.next for answer in problem.answers) or (problem.next or "",)

    def refs(self, lang: str, country: str | None, facts: Facts | None) -> tuple[GuideRef, ...]:
        """All guides that apply, each with its page, planned on the way."""
        key = (lang, country, facts)
        if key not in self._refs:
            every = ((problem, None) for problem in self.problems)
            chosen = every if facts is None else self.applying.of(facts)
            self._refs[key] = tuple(self._ref(problem, lang, country, kept) for problem, kept in chosen)
        return self._refs[key]

    def ref(self, problem: Problem, lang: str, country: str | None, facts: Facts | None) -> GuideRef:
        """A guide and its page."""
        kept = None if facts is None else self.applying.steps(problem, facts)
        return self._ref(problem, lang, country, kept)

    def _ref(self, problem: Problem, lang: str, country: str | None, kept: Kept | None) -> GuideRef:
        key = (problem.slug, lang, country, kept)
        if key not in self._ref_of:
            self._ref_of[key] = self._new_ref(problem, lang, country, kept)
        return self._ref_of[key]

    def _new_ref(self, problem: Problem, lang: str, country: str | None, kept: Kept | None) -> GuideRef:
        view, variant = self.guide(problem, lang, kept)
        generic = f"g/{lang}/{problem.slug}/"
        href = generic if country is None else f"{generic}{country.lower()}-{variant}/"
        contact = self.only_contact(lang) if country is None else self.contact(country, lang)
        page = GuidePage(self.site, lang, _up(href), contact, view, self.operator.site_url + generic)
        self.add(href, "driver.guide", page)
        guide = problem.guide(lang)
        return GuideRef(
            problem.slug,
            guide.title,
            guide.short,
            guide.title_lang,
            problem.category,
            problem.outcome,
            href,
            view,
        )

    def generic_guides(self, lang: str) -> None:
        """Guides for every charger, the list of them, and the words that they link."""
        href = f"g/{lang}/all/"
        refs = self.refs(lang, None, None)
        page = TopicPage(
            self.site, lang, _up(href), self.only_contact(lang), "all", guides=_by_category(refs)
        )
        self.add(href, "driver.topic", page)
        problems = self.network.content.problems
        codes = tuple(
            CodeRow(code.partition(":")[2] or code, ref.slug)
            for ref in refs
            for code in problems[ref.slug].codes
        )
        words = SearchFile(tuple((ref.slug, ref.view) for ref in refs), codes)
        self.add(f"{href}words.json", "driver.words", words)
        href = f"g/{lang}/words/"
        glossary = TopicPage(
            self.site, lang, _up(href), self.only_contact(lang), "words", words=self.network.content.glossary
        )
        self.add(href, "driver.topic", glossary)

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
        limit: Limit400 | None = None,
    ) -> Digest:
        """Everything of a station page that depends on the facts alone; `country` is a key of operator.yml."""
        # Stations with equal plugs share one tuple, which lives as long as the plan: its identity is enough, and quick. The
        # same holds for notes and sides.
        key = (country, lang, facts, id(plugs), notice, id(noted), id(sides), limit)
        if key not in self._kits:
            kit = self.new_kit(country, lang, facts, plugs, notice, noted, sides, limit)
            self._kits[key] = self.share(kit)
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
        limit: Limit400 | None,
    ) -> Kit:
        """A kit, and the pages that tell more about its topics."""
        guides = self.refs(lang, country, facts)
        pay = pay_view(facts, sides)
        notes = notes_view(noted, lang, self.network.content, guides, self.photo)
        speed = speed_view(plugs, limit)
        codes = self.messages.rows(guides, facts, [code.shown for code in notes.codes])
        first = lang == self.languages(country)[0]
        bare = facts == UNKNOWN_FACTS
        kit = Kit(
            site=self.site,
            lang=lang,
            root="../" if first else "../../",
            contact=self.contact(country, lang),
            start=() if notice else start_views(facts, lang),
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
            codes_href=self.codes_page(lang, country, codes, replace(notes, speed=())),
            all_href=self.topic(
                "all", lang, country, guides=_by_category(guides), codes=_own_codes(guides, notes)
            ),
            notice=notice,
            bare=bare,
            notes=notes,
            sides=() if notice else sides,
        )
        return replace(kit, bundle=self.bundles.of_kit(kit, self.leads_to))

    def codes_page(self, lang: str, country: str, messages: tuple[MessageRow, ...], notes: NotesView) -> str:
        """The address of the page on lights and messages; with many codes of the operator's it leads on to others."""
        if len(notes.codes) <= MOST_OWN:
            return self.topic("codes", lang, country, messages=messages, notes=notes)
        href = self.topic("codes", lang, country, messages=messages)
        first, *more = (notes.codes[n : n + MOST_ON_PAGE] for n in range(0, len(notes.codes), MOST_ON_PAGE))
        for codes in reversed(more):
            href = self.topic("codes", lang, country, notes=NotesView(codes=codes), messages_href=href)
        return self.topic("codes", lang, country, notes=replace(notes, codes=first), messages_href=href)

    def photo(self, photo: Photo) -> str:
        """The address of a photo, planned on the way."""
        name = self.share(photo)
        href = f"photos/{name[:16]}.jpg"
        self.add(href, "driver.photo", PhotoFile(name))
        return href

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
        messages: tuple[MessageRow, ...] = (),
        messages_href: str = "",
    ) -> str:
        """The address of the page on a topic, planned on the way."""
        shown = (plugs, pay, speed, codes, tuple(ref.href for ref in guides), notes, messages, messages_href)
        href = f"g/{lang}/{topic}/{country.lower()}-{digest(shown)[:8]}/"
        if f"site/{href}index.html" not in self.jobs:
            page = TopicPage(
                self.site, lang, _up(href), self.contact(country, lang), topic,
                plugs=plugs, pay=pay, speed=speed, codes=codes, guides=guides, notes=notes, messages=messages,
                messages_href=messages_href,
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
        noted = self.sides.noted(station)
        limit = limit_400(plug for point in station.points for plug in point.connectors)
        for lang in languages:
            plugs, sides = self.plugs.of_station(station, lang), self.sides.views(station, lang)
            href = self.station_href(station, lang)
            page = StationPage(
                kit=self.kit(country, lang, station.facts, plugs, notice, noted, sides, limit),
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
                notices=self.notices_of(station.code, station, lang, languages),
                marks=self.marks.get(station.code, ()),
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
            plugs=tuple(connectors[kind].short_in(lang) for kind in kinds if kind in connectors),
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
                notices=self.notices_of(line.code, None, lang, languages),
                marks=self.marks.get(line.code, ()),
            )
            self.add(href, "driver.station", page)

    def notices_of(
        self, code: str, station: Station | None, lang: str, languages: Sequence[str]
    ) -> tuple[NoticeView, ...]:
        """The notices on a code's page; a charger of the same site to use instead is named by its number alone."""

        def instead(other: Station, uid: str) -> UseView:
            site, is_here = other.location, station is not None and other.location == station.location
            words = () if is_here else (plain(site.address or site.title, 80), plain(town(site), 80))
            whole = Plate(", ".join(plate.number for plate in _plates(other)), "")
            href = "" if other.code == code else self.station_href(other, lang)
            return UseView(href, side_of(other, uid) or whole, ", ".join(filter(None, words)))

        return self.notices.views(code, station, lang, languages[0], instead)

    @cached_property
    def marks(self) -> Mapping[str, tuple[str, ...]]:
        """Marks of the signs by code."""
        return marks(self.network)

    @property
    def pages(self) -> Container[str]:
        """Paths of the pages of all stations."""
        return self.jobs

    @cached_property
    def lines(self) -> Mapping[str, LedgerLine]:
        """The ledger by code."""
        return {line.code: line for line in self.network.ledger}

    # ------------------------------------------------------------------------------------------------ other pages

    def same_for_all(self, lang: str) -> None:
        """Pages that are the same at every charger."""
        for path, page in plain_pages(self.site, lang, self.contacts(lang), self.problems):
            self.add(path, "driver.plain", page)
        for path, legal in legal_pages(self.operator, self.site, lang, self.contacts(lang), self.sources):
            self.add(path, "driver.legal", legal)

    @cached_property
    def sources(self) -> tuple[str, ...]:
        """Where station data comes from."""
        return data_sources(self.network.stations)

    def find_pages(self) -> None:
        """The index to look a charger up in, and the pages that read it: find, and 404 in the first language."""
        index = find_index(self.network, self.pages)
        for number, file in enumerate(index):
            self.add(f"s/i/{number}.json", "driver.index", file)
        languages = self.operator.languages
        for lang in languages:
            self.find(lang, len(index))
        for path, desk in desk_pages(self.site, languages, len(index)):
            self.add(path, "driver.desk", desk)
        base = self.shared[self.site]
        assert isinstance(base, Site)
        # Served at any depth, so its links start at the root of the host.
        missing = MissingPage(
            self.site, languages[0], base.base_path, languages, len(index), self.only_contact(languages[0])
        )
        self.add("404.html", "driver.missing", missing)

    def find(self, lang: str, index_files: int) -> None:
        """The list of all stations by town."""
        rows = [(plain(town(s.location), 80) or "–", self.find_row(s, lang)) for s in self.network.stations]
        example = self.network.stations[0].code if self.network.stations else ""
        for path, page in find_pages(
            rows, site=self.site, lang=lang, root="../../", example=example, index_files=index_files,
            contact=self.only_contact(lang),
        ):  # fmt: skip
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
        self.add("robots.txt", "driver.robots", Robots(f"{url}sitemap.xml", (f"{base.base_path}{DESK}",)))
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
        yield from legal_paths(self.operator.languages)


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
        offline=operator.offline,
    )


def contact_view(operator: Operator, country: str, lang: str, *, abroad: bool = False) -> Contact:
    """Whom to call in a country of operator.yml, for a reader of `lang`: one of the country's own dials at home, unless the
    page is for several countries (`abroad`)."""
    entry = operator.countries[country]
    at_home = lang == entry.languages[0] and not abroad
    write = entry.text_contact
    return Contact(
        country=country,
        country_name=country_name(country, lang),
        lang=entry.languages[0],
        phone=phone(entry.helpline.phone, at_home=at_home, country=country),
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
    """Stations kit after kit, so that a renderer needs to keep few kits at a time; what leads to stations, after them."""
    if isinstance(job.payload, (FindPage, IndexFile)):
        return "~"
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


def _own_codes(guides: Iterable[GuideRef], notes: NotesView) -> tuple[CodeRow, ...]:
    """Codes of the hardware by which guides are found; all others are the same at every charger."""
    slugs = {ref.href: ref.slug for ref in guides}
    own = (CodeRow(code.shown, slugs[code.href]) for code in notes.codes if code.href in slugs)
    return tuple(dict.fromkeys(own))


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


def _coordinates(line: LedgerLine) -> tuple[float, float] | None:
    try:
        lat, lon = float(line.lat), float(line.lon)
    except ValueError:
        return None
    return (lat, lon) if -90 <= lat <= 90 and -180 <= lon <= 180 else None
