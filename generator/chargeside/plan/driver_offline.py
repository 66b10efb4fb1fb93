"""What a phone may keep: for each kit a bundle of the pages that its station pages link to in their language, guides as far as they
are often needed.

A bundle is named by the addresses it holds, so that kits with the same pages share one, and holds whole pages, so that
nothing has to be put together without a network.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from urllib.parse import urlsplit

from chargeside.model.operator import Operator
from chargeside.plan.driver_legal import LEGAL
from chargeside.plan.driver_views import BundleFile, Contact, Digest, Kit, PlainPage, WorkerFile
from chargeside.plan.jobs import Job, digest

MOST_GUIDES = 24
"""Guides that a phone keeps, the most needed ones, beside those that these lead to. A bundle for each kind of charger holds them whole: all would take half a
megabyte, and gigabytes on the web server of a large operator."""
NOWHERE = ""
"""The name, in a bundle, of the page that tells that a page is not kept. It has no address of its own."""


class Bundles:
    """Gathers the bundles of a plan: first what each shall hold, then, when all pages are planned, their jobs."""

    def __init__(self, operator: Operator, site: Digest, share: Callable[[Hashable], Digest]) -> None:
        self._offline = operator.offline
        self._base_path = urlsplit(operator.site_url).path or "/"
        self._site, self._share = site, share
        self._wanted: dict[str, tuple[str, Contact, tuple[str, ...]]] = {}

    def of_kit(self, kit: Kit, leads: Callable[[str], Iterable[str]]) -> str:
        """The address of the bundle for a kit; empty where phones shall keep nothing, and for a charger that is not in use.
        `leads`: where a guide leads, by its slug."""
        if self._offline == "off" or kit.notice:
            return ""
        topics = (
            kit.plugs_href,
            kit.pay_href,
            kit.speed_href,
            kit.codes_href,
            kit.all_href,
            f"g/{kit.lang}/words/",
        )
        common = (f"{name}/{kit.lang}/" for name in ("s", "ok", "call", "fake", *LEGAL))
        first = kit.guides[:MOST_GUIDES]
        onward = {slug for ref in first for slug in leads(ref.slug)}
        more = (ref for ref in kit.guides[MOST_GUIDES:] if ref.slug in onward)
        guides = (ref.href for ref in (*first, *more))
        held = tuple(dict.fromkeys((*guides, *topics, *common)))
        path = f"b/{kit.lang}/{digest((held, kit.contact))[:16]}.json"
        self._wanted[path] = (kit.lang, kit.contact, held)
        return path

    def files(self, jobs: Mapping[str, Job]) -> Iterator[tuple[str, str, Hashable]]:
        """Path, kind and payload of the worker and of all bundles, those of a language together: they share most of their pages.
        `jobs`: all pages of the plan by path of the file."""
        yield "sw.js", "driver.worker", WorkerFile(self._offline != "off")
        known: dict[str, Digest] = {}
        for path, (lang, contact, held) in sorted(self._wanted.items(), key=lambda item: item[0]):
            pages = []
            for href in held:
                job = jobs[f"site/{href}index.html"]
                if job.path not in known:
                    known[job.path] = self._share((job.kind, job.payload))
                pages.append((href, known[job.path]))
            # It is shown at any depth, so its links start at the root of the host.
            nowhere = PlainPage(self._site, lang, self._base_path, "nowhere", (contact,), ())
            pages.append((NOWHERE, self._share(("driver.plain", nowhere))))
            yield path, "driver.bundle", BundleFile(tuple(pages))
