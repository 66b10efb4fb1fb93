"""The driver site of a moment, page by page: each is planned and rendered when it is first asked for, and has the bytes that a build
would give it."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import partial
from threading import RLock

from chargeside.model.facts import Facts
from chargeside.model.network import Network, Station
from chargeside.plan.driver import UNKNOWN_FACTS, DriverPlanner
from chargeside.plan.driver_desk import DESK
from chargeside.plan.jobs import Job
from chargeside.render import driver, html

_STATION = re.compile(r"([0-9]{7})/(?:[\w-]+/)?")
_GENERIC = re.compile(r"g/([\w-]+)/[a-z0-9-]+/(?:words\.json)?")
VARIANT = re.compile(r"g/([\w-]+)/([a-z0-9-]+)/([a-z]{2})-[0-9a-f]{8}/")
RENDERING = RLock()
"""What renderers keep is kept for one thread at a time."""


class _StationPaths:
    """Paths of the pages of all stations, without planning them."""

    def __init__(self, planner: DriverPlanner) -> None:
        self._planner = planner

    def __contains__(self, path: object) -> bool:
        code, *rest = str(path).removeprefix("site/").removesuffix("index.html").strip("/").split("/")
        network = self._planner.network
        if code not in network.station_by_code and code not in self._planner.lines:
            return False
        return not rest or rest[0] in self._planner.languages(network.country_of(code))[1:]


class PagePlanner(DriverPlanner):
    """A planner of single pages."""

    def __init__(
        self, network: Network, today: str, now: str, marks: Mapping[str, tuple[str, ...]] | None
    ) -> None:
        super().__init__(network, today, now)
        if marks is not None:
            self.__dict__["marks"] = marks

    @property
    def pages(self) -> _StationPaths:
        """Paths of the pages of all stations, planned or not."""
        return _StationPaths(self)


class Pages:
    """Answers with the pages of one network. `marks`: of its signs, where they are known: working them out takes a while."""

    def __init__(
        self, network: Network, today: str, now: str, marks: Mapping[str, tuple[str, ...]] | None = None
    ) -> None:
        self.network = network
        with RENDERING:
            self.planner = PagePlanner(network, today, now, marks)
        self._made: dict[str, bytes] = {}

    def get(self, path: str) -> bytes | None:
        """The file of a path below the site (`4821736/de/`, `s/i/0.json`); None where the site has none.

        Raises RenderError.
        """
        name = f"site/{path}index.html" if not path or path.endswith("/") else f"site/{path}"
        with RENDERING:
            if name not in self._made:
                job = self._job(name, path)
                if job is None:
                    return None
                self._made[name] = driver.RENDERERS[job.kind](job.payload, self.planner.shared)
            return self._made[name]

    def guide_href(self, slug: str, station: Station, lang: str) -> str:
        """The address of a guide as it reads at a station, in a language that the station has."""
        planner = self.planner
        with RENDERING:
            problem = self.network.content.problems[slug]
            return planner.ref(problem, lang, planner.country_key(station.country), station.facts).href

    def _job(self, name: str, path: str) -> Job | None:
        jobs = self.planner.jobs
        if name not in jobs:
            for plan in self._plans(path):
                plan()
                if name in jobs:
                    break
        return jobs.get(name)

    def _plans(self, path: str) -> Iterator[Callable[[], object]]:
        """What to plan for a page to be among the jobs, the likely first."""
        planner, languages = self.planner, self.network.operator.languages
        if match := _STATION.fullmatch(path):
            yield partial(self._station, match[1])
        elif match := _GENERIC.fullmatch(path):
            yield from (partial(planner.generic_guides, lang) for lang in languages if lang == match[1])
        elif match := VARIANT.fullmatch(path):
            yield from self._variants(*match.groups())
        elif path.startswith("photos/"):
            yield from self._stations(self.network.stations)
        elif path.startswith(("s/", DESK)) or path == "404.html":
            yield planner.find_pages
        else:
            yield from (partial(planner.same_for_all, lang) for lang in languages)

    def _station(self, code: str) -> None:
        if station := self.network.station_by_code.get(code):
            self.planner.station(station)
        elif line := self.planner.lines.get(code):
            self.planner.ledger_line(line)

    def _variants(self, lang: str, name: str, country: str) -> Iterator[Callable[[], object]]:
        """A guide as some station shows it, or the page of a topic that some station links."""
        planner = self.planner
        stations = [
            one for one in self.network.stations if planner.country_key(one.country).lower() == country
        ]
        problem = self.network.content.problems.get(name)
        if problem is None:
            yield from self._stations(stations)
            return
        key = country.upper()
        every: Collection[Facts] = dict.fromkeys((*(one.facts for one in stations), UNKNOWN_FACTS))
        if key in self.network.operator.countries and lang in planner.languages(key):
            for facts in every:
                yield partial(planner.ref, problem, lang, key, facts)

    def _stations(self, stations: Collection[Station]) -> Iterator[Callable[[], object]]:
        """Stations to plan, one of each kind first."""
        kinds: set[object] = set()
        others: list[Station] = []
        for one in stations:
            kind = (one.country, one.facts)
            if kind in kinds:
                others.append(one)
            else:
                kinds.add(kind)
                yield partial(self.planner.station, one)
        yield from (partial(self.planner.station, one) for one in others)


def keep_nothing() -> bytes:
    """A service worker that takes away what an earlier one kept: a preview must never show pages of yesterday."""
    return html.script("sw_off").encode()
