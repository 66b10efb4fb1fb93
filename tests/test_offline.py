"""What a phone keeps: that it is all there without a network, gives way to what is new, and goes when it shall."""

from __future__ import annotations

import gzip
import json
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, ClassVar
from urllib.parse import urljoin, urlsplit

import pytest

from chargeside.model.network import Content, Station
from chargeside.model.operator import Operator
from chargeside.plan.driver import plan_driver
from chargeside.render import html as html_tools
from support import shared_content
from test_driver import CASES, LEDGER, OPERATOR, STATIONS, Reader, network, render

LANGUAGES = ("en", "de")
HERE, THERE = STATIONS["auth-first"], STATIONS["same-site"]
TWINS = tuple(CASES["thai"].station(key) for key in ("twin one", "twin two"))
"""Alike in all that a kit holds."""
CHANGED = "A guide that reads otherwise now"
KEEP_BYTES = 1_150
"""What scripts/keep.js may weigh in every station page, minified."""


def operator(
    offline: str = "ask", hours: str = "24/7", base: str = "/", languages: tuple[str, ...] = ("en",)
) -> Operator:
    """The test operator, with more languages or other settings."""
    told = OPERATOR.model_dump(mode="json")
    told |= {"languages": languages, "offline": offline, "site_url": f"https://help.grid-test.example{base}"}
    told["countries"]["DE"]["languages"] = languages
    told["countries"]["DE"]["helpline"]["hours"] = hours
    return Operator.model_validate(told)


def changed_content() -> Content:
    """The packaged content with another title for a guide: same addresses, other texts."""
    content = shared_content()
    problem = content.problems["cable-stuck"]
    guides = tuple(replace(guide, title=CHANGED) for guide in problem.guides)
    return replace(content, problems={**content.problems, problem.slug: replace(problem, guides=guides)})


@cache
def site(
    offline: str = "ask",
    *,
    hours: str = "24/7",
    base: str = "/",
    changed: bool = False,
    twins: bool = False,
) -> dict[str, bytes]:
    """A release of a site, by address from its root."""
    content = changed_content() if changed else None
    plan = plan_driver(network(TWINS if twins else (HERE, THERE), operator(offline, hours, base), content))
    return {
        path.removeprefix("site/").removesuffix("index.html"): data for path, data in render(plan).items()
    }


def page(files: dict[str, bytes], path: str) -> str:
    return files[path].decode()


def bundle_of(files: dict[str, bytes], station: str) -> dict[str, str]:
    """The pages that a phone keeps with a station page, put together as sw.js does it."""
    names = [value for _, name, value in Reader(page(files, station)).attributes if name == "data-bundle"]
    assert len(names) == 1
    bundle = json.loads(files[names[0]])
    return {
        path: "".join(bundle["parts"][number] for number in numbers)
        for path, numbers in bundle["pages"].items()
    }


# ---------------------------------------------------------------------------------------------------- bundles


KINDS = ("two-sides", "sides-that-differ", "auth-first", "no-facts", "unknown-plug")
"""Stations whose pages link to different things."""


@cache
def all_kinds() -> dict[str, bytes]:
    """A site of these stations, with codes that are in no feed."""
    plan = plan_driver(network(map(STATIONS.__getitem__, KINDS), operator(languages=LANGUAGES)))
    return {
        path.removeprefix("site/").removesuffix("index.html"): data for path, data in render(plan).items()
    }


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", KINDS)
def test_a_bundle_holds_all_that_the_station_page_links_to(name: str, lang: str) -> None:
    files = all_kinds()
    path = f"{STATIONS[name].code}/" if lang == "en" else f"{STATIONS[name].code}/{lang}/"
    kept = bundle_of(files, path)
    links = Reader(page(files, path)).links
    inside = {urlsplit(urljoin(f"/{path}", link)).path.removeprefix("/") for link in links if ":" not in link}
    same_language = {link for link in inside if re.match(rf"[a-z]+/{lang}/", link)}
    assert len(same_language) > 5
    # The same guide for every charger: sw.js leads to how it reads for this one.
    dead = {link for link in same_language if not any(own.startswith(link) for own in kept if own)}
    assert dead == set()


def test_a_bundle_is_the_pages_as_they_stand() -> None:
    files = all_kinds()
    kept = bundle_of(files, f"{HERE.code}/de/")
    assert len(kept) > 15
    for path, text in kept.items():
        if path:
            assert text == page(files, path)


def test_a_bundle_is_light() -> None:
    """All pages together weigh less than four of them would alone."""
    bundles = {path: data for path, data in all_kinds().items() if path.startswith("b/")}
    assert {path.split("/")[1] for path in bundles} == set(LANGUAGES)
    for data in bundles.values():
        assert len(gzip.compress(data, 9)) < 55_000


def test_nothing_is_kept_of_a_charger_that_is_not_in_use() -> None:
    for key in ("vanished", "retired"):
        assert 'id="keep"' not in page(all_kinds(), f"{LEDGER[key].code}/")


def test_off_keeps_nothing_and_takes_back() -> None:
    files = site("off")
    assert not [path for path in files if path.startswith("b/")]
    assert not [path for path, data in files.items() if b'id="keep"' in data or b"data-kept" in data]
    assert b"unregister" in files["sw.js"]
    assert b"fetch" not in files["sw.js"]


def test_hosts_are_told_to_ask_again() -> None:
    lines = page(site(), "_headers").split("\n")
    for name in ("/sw.js", "/b/*"):
        assert lines[lines.index(name) + 1].strip() == "Cache-Control: no-cache"


def test_the_button_weighs_little() -> None:
    assert len(html_tools.script("keep").encode()) <= KEEP_BYTES


# ---------------------------------------------------------------------------------------------------- in a browser

in_a_browser = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]
PATIENCE_MS = 300
"""Instead of the seconds that a driver waits."""
SAVED = "Saved on this phone"
COPY = "p.kept"


class _Handler(BaseHTTPRequestHandler):
    """A web server as there are many: tags, redirects to the folder, a page for what is not there."""

    host: ClassVar[Host]

    def do_GET(self) -> None:
        host = self.host
        path = urlsplit(self.path).path.removeprefix(host.base)
        host.asked.append(self.path)
        if host.hangs.get(path):
            time.sleep(host.hangs[path])
        if host.fails:
            self.respond(host.fails, b"broken", "text/plain")
        elif f"{path}/" in host.files:
            self.respond(301, b"", "text/plain", Location=f"{host.base}{path}/")
        elif path in host.files:
            data = host.files[path]
            tag = f'"{sha256(data).hexdigest()[:16]}"'
            same = self.headers.get("If-None-Match") == tag
            self.respond(304 if same else 200, b"" if same else data, _type(path), ETag=tag)
        else:
            self.respond(404, host.files["404.html"], "text/html")

    def respond(self, status: int, data: bytes, kind: str, **headers: str) -> None:
        self.send_response(status)
        more = {
            "Content-Type": kind,
            "Content-Length": str(len(data)),
            "Cache-Control": "no-cache",
            **headers,
        }
        for name, value in more.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: Any) -> None:
        pass


def _type(path: str) -> str:
    kinds = {".js": "text/javascript", ".json": "application/json"}
    return next((kind for end, kind in kinds.items() if path.endswith(end)), "text/html")


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, *_: Any) -> None:
        """A phone that hangs up is nothing to tell of."""


class Host:
    """A server of a release that can stop, fail, hang, and change what it serves. `asked`: all it was asked for."""

    def __init__(self) -> None:
        self.base = "/"
        self.files: dict[str, bytes] = {}
        self.asked: list[str] = []
        self.fails = 0
        self.hangs: dict[str, float] = {}
        self.port = 0
        self.start()

    def start(self) -> None:
        handler = type("Handler", (_Handler,), {"host": self})
        self._server = _Server(("127.0.0.1", self.port), handler)
        self.port = self._server.server_port
        Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def serve(self, files: dict[str, bytes]) -> None:
        worker = files["sw.js"].replace(b"PATIENCE=4000", f"PATIENCE={PATIENCE_MS}".encode())
        self.files = {**files, "sw.js": worker}


@pytest.fixture
def host() -> Iterator[Host]:
    server = Host()
    server.serve(site())
    yield server
    server.stop()


class Phone:
    """A phone in front of a station."""

    def __init__(self, browser: Any, host: Host, **more: Any) -> None:
        self.host = host
        self.context = browser.new_context(viewport={"width": 360, "height": 640}, **more)
        self.context.set_default_timeout(10_000)
        self.page = self.context.new_page()

    def open(self, path: str) -> int:
        answer = self.page.goto(f"http://127.0.0.1:{self.host.port}{self.host.base}{path}")
        return int(answer.status)

    def keep(self, station: Station = HERE, folder: str = "") -> None:
        """Open a station's page, press the button and wait until all is kept."""
        self.open(f"{station.code}/{folder}")
        told = self.page.locator("#keep").get_attribute("data-kept")
        self.page.locator("#keep button").click()
        self.page.get_by_text(told, exact=True).wait_for()

    def is_copy(self) -> bool:
        return bool(self.page.locator(COPY).is_visible())

    def cached(self) -> list[str]:
        """Paths of all that is kept."""
        found = self.page.evaluate(
            """async () => {
                const all = [];
                for (const name of await caches.keys())
                    for (const request of await (await caches.open(name)).keys()) all.push(new URL(request.url).pathname);
                return all;
            }"""
        )
        return sorted(path.removeprefix("/") for path in found)

    def caches(self) -> int:
        return int(self.page.evaluate("caches.keys().then(names => names.length)"))

    def workers(self) -> int:
        return int(self.page.evaluate("navigator.serviceWorker.getRegistrations().then(all => all.length)"))

    def stored(self, path: str) -> str:
        """The text kept at a path."""
        return str(self.page.evaluate("path => caches.match(path).then(r => r ? r.text() : '')", f"/{path}"))

    def in_worker(self, script: str) -> Any:
        return self.context.service_workers[0].evaluate(script)


@pytest.fixture
def phone(chromium: Any, host: Host) -> Iterator[Phone]:
    one = Phone(chromium, host)
    yield one
    one.context.close()


def soon(holds: Callable[[], object]) -> None:
    """Wait until something holds; 4 s at most."""
    for _ in range(80):
        if holds():
            return
        time.sleep(0.05)
    assert holds()


def guide_of(slug: str) -> str:
    """The address of a guide as it reads for HERE."""
    return next(path for path in bundle_of(site(), f"{HERE.code}/") if path.startswith(f"g/en/{slug}/"))


class TestInABrowser:
    pytestmark = in_a_browser

    def test_nothing_is_stored_unless_the_driver_asks(self, phone: Phone) -> None:
        phone.open(f"{HERE.code}/")
        assert phone.page.get_by_role("button", name="Keep this help on my phone").is_visible()
        phone.page.wait_for_timeout(200)
        assert phone.caches() == phone.workers() == 0
        assert phone.host.asked == [f"/{HERE.code}/"]

    def test_all_opens_without_a_network(self, phone: Phone) -> None:
        phone.keep()
        assert [path for path in phone.host.asked if "?" in path] == [f"/{HERE.code}/?offline"]
        phone.host.stop()
        phone.open(f"{HERE.code}/?from=camera")
        assert phone.is_copy()
        assert phone.page.locator(COPY).inner_text().startswith("Saved copy of ")
        assert phone.page.get_by_role("status").inner_text().startswith(SAVED)
        links = [
            link.get_attribute("href") for link in phone.page.locator("main a[href*='/g/en/']:not(.w)").all()
        ]
        assert len(links) >= 5
        for link in dict.fromkeys(links):
            phone.open(f"{HERE.code}/")
            phone.page.locator(f"main a[href='{link}']").first.click()
            assert phone.is_copy(), link
            assert phone.page.locator(".call a[href^='tel:']").is_visible()
        for path in (
            "call/en/?s=4821736&p=cable-stuck",
            "ok/en/?p=cable-stuck",
            "fake/en/",
            "s/en/",
            "privacy/en/",
        ):
            phone.open(path)
            assert phone.is_copy(), path
        phone.host.start()
        assert phone.open(f"{HERE.code}/") == 200
        assert not phone.is_copy()

    def test_what_is_not_kept_leads_back_to_what_is(self, phone: Phone) -> None:
        phone.keep()
        phone.host.stop()
        assert phone.open(f"{THERE.code}/") == 503
        assert phone.page.get_by_role("heading", level=1).inner_text() == "No network"
        assert phone.page.locator(".call a[href='tel:+498001234567']").is_visible()
        phone.page.get_by_role("link", name="Charger 1").click()
        assert phone.page.url.endswith(f"/{HERE.code}/")
        assert phone.is_copy()
        phone.host.start()

    def test_a_site_in_a_folder_keeps_to_it(self, phone: Phone) -> None:
        phone.host.base = "/help/"
        phone.host.serve(site(base="/help/"))
        phone.page.goto(f"http://127.0.0.1:{phone.host.port}/other")
        phone.page.evaluate("caches.open('of somebody else')")
        phone.keep()
        phone.host.stop()
        phone.open(guide_of("cable-stuck"))
        assert phone.is_copy()
        assert phone.open(f"{THERE.code}/") == 503
        phone.page.get_by_role("link", name="Charger 1").click()
        assert phone.is_copy()
        phone.host.start()
        phone.host.serve(site("off", base="/help/"))
        phone.open(f"{HERE.code}/")
        soon(lambda: phone.workers() == 0)
        assert phone.page.evaluate("caches.keys()") == ["of somebody else"]

    def test_the_guide_for_every_charger_opens_as_it_reads_here(self, phone: Phone) -> None:
        phone.keep()
        phone.host.stop()
        phone.open(f"g/en/all/?s={HERE.code}")
        assert phone.page.url.endswith(f"{guide_of('all')}?s={HERE.code}")
        assert phone.is_copy()
        phone.open(f"{HERE.code}")  # typed without the slash at the end
        assert phone.page.url.endswith(f"{HERE.code}/")
        phone.host.start()

    @pytest.mark.parametrize(
        ("folder", "date"),
        [("", r"\d{1,2} \w+ 20\d\d\b"), ("de/", r"\d\d\.\d\d\.20\d\d\b")],
        ids=["en", "de"],
    )
    def test_a_copy_tells_its_date_in_the_pages_language(self, phone: Phone, folder: str, date: str) -> None:
        phone.host.serve(all_kinds())
        phone.keep(folder=folder)
        phone.host.stop()
        phone.open(f"{HERE.code}/{folder}")
        assert re.search(date, phone.page.locator(COPY).inner_text())
        phone.page.locator("main .more a[href*='/g/']").first.click()
        assert re.search(date, phone.page.locator(COPY).inner_text())
        phone.host.start()

    @pytest.mark.parametrize(
        ("later", "same_bundle"),
        [({"changed": True}, True), ({"hours": "Mo-Fr 8-18"}, False)],
        ids=["same-addresses", "other-addresses"],
    )
    def test_a_release_and_its_rollback_replace_the_copy(
        self, phone: Phone, later: dict[str, Any], same_bundle: bool
    ) -> None:
        phone.keep()
        before = phone.cached()
        for release in (site(**later), site()):
            phone.host.serve(release)
            phone.open(f"{HERE.code}/")
            assert not phone.is_copy()
            wanted = page(release, f"{HERE.code}/").split("</h1>")[1]
            bundle = json.loads(release[next(iter(self.bundles(release)))])["parts"]
            soon(lambda wanted=wanted: wanted in phone.stored(f"{HERE.code}/"))
            kept = phone.cached()
            assert len(kept) == 2
            assert (kept == before) == (same_bundle or release is site())
            assert json.loads(phone.stored(kept[1]))["parts"] == bundle
        phone.host.serve(site(**later))
        phone.open(f"{HERE.code}/")
        soon(lambda: phone.cached() != before or CHANGED in phone.stored(before[1]))
        phone.host.stop()
        phone.open(guide_of("cable-stuck"))
        assert phone.is_copy()
        told = phone.page.locator("body").inner_text()
        assert (CHANGED in told) == same_bundle
        assert ("Mo-Fr 8-18" in told) != same_bundle
        phone.host.start()

    @staticmethod
    def bundles(files: dict[str, bytes]) -> list[str]:
        """Bundles that English pages of HERE name."""
        text = page(files, f"{HERE.code}/")
        return [path for path in files if path.startswith("b/en/") and path in text]

    def test_a_full_phone_keeps_nothing_half(self, phone: Phone) -> None:
        phone.keep()
        before = phone.cached()
        phone.in_worker(
            "() => { Cache.prototype.put = async () => { throw new DOMException('full', 'QuotaExceededError'); }; }"
        )
        phone.open(f"{THERE.code}/")
        phone.page.get_by_role("button").click()
        phone.page.get_by_text("It could not be saved.").wait_for()
        assert phone.cached() == before
        phone.host.serve(site(hours="Mo-Fr 8-18"))
        phone.open(f"{HERE.code}/")
        soon(
            lambda: any("b/en" in path and path.removeprefix("/") not in before for path in phone.host.asked)
        )
        phone.page.wait_for_timeout(100)
        assert phone.cached() == before
        phone.host.stop()
        phone.open(guide_of("cable-stuck"))
        assert phone.is_copy()
        phone.host.start()

    def test_a_first_save_that_fails_leaves_nothing(self, phone: Phone) -> None:
        files = site()
        phone.host.serve({path: data for path, data in files.items() if not path.startswith("b/")})
        phone.open(f"{HERE.code}/")
        phone.page.get_by_role("button").click()
        phone.page.get_by_text("It could not be saved.").wait_for()
        assert phone.caches() == phone.workers() == 0
        phone.host.serve(files)
        phone.page.get_by_role("button", name="Keep this help on my phone").click()
        phone.page.get_by_text(SAVED).wait_for()

    def test_blocked_workers_take_nothing_from_the_page(self, chromium: Any, host: Host) -> None:
        phone = Phone(chromium, host, service_workers="block")
        phone.open(f"{HERE.code}/")
        phone.page.get_by_role("button").click()
        phone.page.get_by_text("It could not be saved.").wait_for()
        phone.page.locator("summary").first.click()
        assert phone.page.locator(".g .b").first.is_visible()
        phone.context.close()

    @pytest.mark.parametrize(
        "private",
        [
            "delete Navigator.prototype.serviceWorker",
            "delete window.caches",
            "caches.match = () => Promise.reject(new DOMException('no', 'SecurityError'))",
            "Object.defineProperty(navigator, 'connection', {value: {saveData: true}})",
        ],
        ids=["no-workers", "no-caches", "forbidden", "save-data"],
    )
    def test_where_nothing_can_or_shall_be_kept_no_button_shows(
        self, chromium: Any, host: Host, private: str
    ) -> None:
        host.serve(site("auto"))
        phone = Phone(chromium, host)
        phone.page.add_init_script(private)
        phone.open(f"{HERE.code}/")
        phone.page.wait_for_timeout(100)
        assert not phone.page.locator("#keep").is_visible()
        assert host.asked == [f"/{HERE.code}/"]
        phone.context.close()

    def test_without_scripts_no_button_shows(self, chromium: Any, host: Host) -> None:
        phone = Phone(chromium, host, java_script_enabled=False)
        phone.open(f"{HERE.code}/")
        assert not phone.page.locator("#keep").is_visible()
        assert not phone.is_copy()
        phone.context.close()

    def test_save_data_leaves_a_copy_as_it_is(self, phone: Phone) -> None:
        phone.keep()
        phone.in_worker("Object.defineProperty(navigator, 'connection', {value: {saveData: true}})")
        before = phone.stored(f"{HERE.code}/")
        phone.host.serve(site(changed=True))
        phone.host.asked.clear()
        phone.open(f"{HERE.code}/")
        phone.page.wait_for_timeout(150)
        assert not [path for path in phone.host.asked if path.startswith("/b/")]
        assert phone.stored(f"{HERE.code}/") == before

    @pytest.mark.parametrize("scheme", ["light", "dark"])
    def test_axe_finds_nothing_in_copies(self, chromium: Any, host: Host, scheme: str) -> None:
        axe = pytest.importorskip(
            "axe_playwright_python.sync_playwright", reason="needs axe-playwright-python"
        )
        phone = Phone(chromium, host, bypass_csp=True, color_scheme=scheme)
        phone.keep()
        host.stop()
        for path in (f"{HERE.code}/", f"{THERE.code}/"):
            phone.open(path)
            height = phone.page.evaluate("document.documentElement.scrollHeight")
            phone.page.set_viewport_size({"width": 360, "height": height + 100})
            rules = {"color-contrast-enhanced": {"enabled": True}, "target-size": {"enabled": True}}
            found = axe.Axe().run(phone.page, options={"rules": rules})
            assert found.violations_count == 0, found.generate_report()
        host.start()
        phone.context.close()

    def test_auto_keeps_without_asking(self, phone: Phone) -> None:
        phone.host.serve(site("auto"))
        phone.open(f"{HERE.code}/")
        phone.page.get_by_text(SAVED).wait_for()
        phone.host.stop()
        phone.open(f"{HERE.code}/")
        assert phone.is_copy()
        phone.host.start()

    def test_two_stations_share_their_pages_and_go_one_by_one(self, phone: Phone) -> None:
        phone.host.serve(site(twins=True))
        for station in TWINS:
            phone.keep(station)
        assert len(phone.cached()) == 3
        for station in TWINS:
            phone.open(f"{station.code}/")
            phone.page.get_by_role("button", name="Remove the saved copy").click()
            phone.page.get_by_text("The saved copy is removed.").wait_for()
            assert f"{station.code}/" not in phone.cached()
        assert phone.caches() == phone.workers() == 0
        assert phone.page.evaluate("document.activeElement.textContent") == "Keep this help on my phone"

    def test_off_after_ask_takes_all_away(self, phone: Phone) -> None:
        phone.keep()
        phone.host.serve(site("off"))
        phone.open(f"{HERE.code}/")
        soon(lambda: phone.caches() == phone.workers() == 0)
        assert not phone.page.locator("#keep").count()

    def test_a_slow_network_gives_way_to_the_copy(self, phone: Phone) -> None:
        phone.keep()
        guide = guide_of("cable-stuck")
        phone.host.hangs = {guide: 3, f"{HERE.code}/": 3}
        started = time.monotonic()
        for path in (guide, f"{HERE.code}/"):
            phone.open(path)
            assert phone.is_copy()
        assert time.monotonic() - started < 2.5
        phone.open(guide_of("speed"))
        assert not phone.is_copy()

    def test_a_broken_server_gives_way_and_a_missing_page_does_not(self, phone: Phone) -> None:
        phone.keep()
        phone.host.fails = 502
        assert phone.open(f"{HERE.code}/") == 200
        assert phone.is_copy()
        phone.host.fails = 0
        phone.host.files.pop(f"{HERE.code}/")
        assert phone.open(f"{HERE.code}/") == 404
        assert "This page does not exist" in phone.page.content()

    def test_a_charger_out_of_use_is_kept_no_longer(self, phone: Phone) -> None:
        phone.keep()
        phone.host.files[f"{HERE.code}/"] = all_kinds()[f"{LEDGER['retired'].code}/"]
        phone.open(f"{HERE.code}/")
        soon(lambda: phone.caches() == 0)

    def test_prices_and_past_notices_are_in_no_copy(self, phone: Phone) -> None:
        parts = {
            "price": '<div class="price" data-offline="no"><p>0.49 a kWh</p></div>',
            "past": '<p class="notice" data-until="2020-01-01T00:00Z">It was <b>broken</b></p>',
            "now": '<p class="notice" data-until="2099-01-01T00:00Z">It is <b>broken</b></p>',
        }
        text = page(site(), f"{HERE.code}/")
        phone.host.files[f"{HERE.code}/"] = text.replace(
            "<main>", "<main>" + "".join(parts.values())
        ).encode()
        phone.keep()
        assert "0.49" not in phone.stored(f"{HERE.code}/")
        phone.host.stop()
        phone.open(f"{HERE.code}/")
        assert phone.page.locator(".notice").all_text_contents() == ["It is broken"]
        phone.host.start()
