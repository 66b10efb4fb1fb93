"""The help desk: what drivers say and send is understood, the frame holds the driver's own page, and the log shows no driver."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest

from browsing import PHONE, served
from chargeside.findings import Findings
from chargeside.i18n import LANGUAGES
from chargeside.load.network import load_network
from chargeside.model.codes import new_code
from chargeside.model.network import Network
from chargeside.plan.driver import plan_driver
from chargeside.plan.jobs import Plan
from chargeside.render import html
from chargeside.render.driver import RENDERERS
from conftest import ROOT
from support import few_content
from test_conformance import BY_DAY, BY_NIGHT, OVER, SMALL_TARGETS, TARGET, violations

pytestmark = pytest.mark.xdist_group("help-desk")
in_browser = [pytest.mark.browser, pytest.mark.filterwarnings("ignore::ResourceWarning")]

DESK = {"width": 1280, "height": 800}
PROBLEM = "cable-stuck"
MOVED = new_code("a charger that has moved", ())


@cache
def network() -> Network:
    """The demo operator, whose phones keep help unasked, with a code that has moved."""
    found = load_network(ROOT / "station_kits" / "demo", few_content(), Findings())
    assert found is not None
    operator = found.operator.model_copy(update={"offline": "auto"})
    sides = (one for one in found.stations if len({point.number for point in one.points}) == 2)
    code = next(one.code for one in sides if operator.countries[one.country].languages[0] == "en")
    gone = replace(found.ledger[0], code=MOVED, station="GB*DMO*GONE/cabinet/1")
    moved = replace(gone, status="moved", moved_to=code)
    return replace(found, operator=operator, ledger=(*found.ledger, moved))


def code() -> str:
    """A charger with a number on each side, in a country with six languages."""
    return network().ledger[-1].moved_to


@cache
def plan() -> Plan:
    return plan_driver(network())


class Files(Mapping[str, bytes]):
    """The site's files, each rendered when somebody asks for it."""

    def __init__(self) -> None:
        self._jobs = {job.path.removeprefix("site/"): job for job in plan().jobs}
        self._made: dict[str, bytes] = {}

    def __getitem__(self, path: str) -> bytes:
        job = self._jobs[path]
        if path not in self._made:
            self._made[path] = RENDERERS[job.kind](job.payload, plan().shared)
        return self._made[path]

    def __iter__(self) -> Iterator[str]:
        return iter(self._jobs)

    def __len__(self) -> int:
        return len(self._jobs)


@cache
def files() -> Files:
    return Files()


def page_of(path: str) -> str:
    return files()[f"{path}index.html"].decode()


# ---------------------------------------------------------------------------------------------------- the files


def test_each_language_has_a_desk_and_nothing_leads_a_driver_there() -> None:
    desks = {path for path in files() if path.startswith("desk/")}
    assert desks == {"desk/index.html", *(f"desk/{lang}/index.html" for lang in LANGUAGES)}
    assert page_of("desk/") == page_of("desk/en/").replace("../../", "../")
    bundled = {path for job in plan().jobs if job.kind == "driver.bundle" for path, _ in job.payload.pages}
    assert bundled and not any(path.startswith("desk/") for path in bundled)
    kinds = {
        (job.kind, getattr(job.payload, "name", "")): job.path.removeprefix("site/") for job in plan().jobs
    }
    others = [path for (kind, _), path in kinds.items() if kind not in ("driver.desk", "driver.bundle")]
    assert len(others) > 15
    named = {path for path in others if b"desk/" in files()[path]}
    assert named == {"robots.txt", "_headers"}


def test_search_engines_keep_out_and_other_sites_may_not_frame_it() -> None:
    assert "\nDisallow: /desk/\n" in files()["robots.txt"].decode()
    page = page_of("desk/de/")
    assert '<meta name="robots" content="noindex">' in page
    policy = re.search(r'Policy" content="([^"]+)"', page)
    assert policy
    headers = files()["_headers"].decode()
    assert f"/desk/*\n  Content-Security-Policy: {policy[1]}; frame-ancestors 'none'\n" in headers
    assert "X-Frame-Options: SAMEORIGIN\n" in headers and "frame-src" not in page_of(f"{code()}/")


def test_desk_and_drivers_page_look_up_by_the_same_script() -> None:
    for path in ("desk/en/", "s/en/"):
        assert f"<script>{html.script('lookup')}</script>" in page_of(path)


# ---------------------------------------------------------------------------------------------------- in Chromium


@pytest.fixture(scope="module")
def seen() -> list[tuple[str, str]]:
    """Address and Referer of each request."""
    return []


@pytest.fixture(scope="module")
def base(seen: list[tuple[str, str]]) -> Iterator[str]:
    with served(files(), seen=seen) as address:
        yield address


@pytest.fixture
def desk(chromium: Any, base: str, seen: list[tuple[str, str]]) -> Iterator[Any]:
    """The desk in English, before the first call."""
    context = chromium.new_context(viewport=DESK)
    page = context.new_page()
    page.set_default_timeout(5_000)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{base}desk/en/")
    seen.clear()
    yield page
    context.close()
    assert [one for one in complaints if "404" not in one] == []


def ask(page: Any, text: str) -> None:
    """Type or paste, and press Enter; the frame has forgotten what it showed."""
    page.evaluate("document.getElementById('frame').contentWindow.location.replace('about:blank')")
    page.locator("#given").fill(text)
    page.locator("#given").press("Enter")


def frame_at(page: Any, wanted: str) -> Any:
    """The frame, as soon as it is at an address below the site, which may end in *."""
    page.wait_for_function(
        """([path, more]) => {
            const at = document.getElementById("frame").contentWindow.location, now = (at.pathname + at.search + at.hash).slice(1);
            return document.getElementById("frame").contentDocument.readyState == "complete" && (more ? now.startsWith(path) : now == path);
        }""",
        arg=[wanted.removesuffix("*"), wanted.endswith("*")],
    )
    return page.frames[1]


def mail_of(text: str) -> str:
    """What stands in a message that a link to write begins."""
    link = re.search(r'href="mailto:[^"]*?body=([^"]+)"', text)
    assert link
    return unquote(link[1])


def path_in(lang: str) -> str:
    return f"{code()}/" if lang == "en" else f"{code()}/{lang}/"


@pytest.fixture(scope="module")
def blocks(chromium: Any, base: str) -> Mapping[str, Mapping[str, tuple[str, str]]]:
    """By language and name: what a driver sends or reads out, taken from the drivers' own pages, and where the frame must go."""
    context = chromium.new_context(viewport=PHONE, service_workers="block")
    driver = context.new_page()
    made = {}
    for lang in LANGUAGES:
        own, guide = path_in(lang), f"{path_in(lang)}#{PROBLEM}"
        query = f"?s={code()}{'' if lang == 'en' else '&l=1'}"
        driver.goto(f"{base}call/{lang}/{query}&p={PROBLEM}")
        sent = unquote(driver.locator(".mail").first.get_attribute("href").partition("body=")[2])
        read = driver.locator("main").inner_text()
        driver.goto(base + own)
        numbers = driver.locator(".handoff").inner_text()
        station = mail_of(page_of(own))
        made[lang] = {
            "message from the station": (station, own),
            "message from the call page": (sent, guide),
            "call page, copied": (read, guide),
            "numbers of the station, copied": (numbers, f"{code()}/*"),
        }
        if lang != "it":
            continue
        without_code = re.sub(r"^.*" + code() + r".*\r\n", "", station, flags=re.MULTILINE)
        made[lang] |= {
            "with what the driver wrote": (station.replace("\r\n\r\n", "\r\nE-12 030 1234567\r\n"), own),
            "lines lost on the way": (station.replace("\r\n", " "), own),
            "no code, but an id": (without_code, own),
            "link to the station": (f"Hi! https://help.example.org/{own} thanks", own),
            "link to a guide": (f"https://help.example.org/{guide}", guide),
            "link to the page of a guide": (f"{base}g/it/{PROBLEM}/{query}", f"g/it/{PROBLEM}/{query}"),
            "link to the call page": (f"help.example.org/call/it/{query}&p={PROBLEM}#c-GB", guide),
        }
    context.close()
    return made


class TestInBrowser:
    pytestmark = in_browser

    @pytest.mark.parametrize("lang", LANGUAGES)
    def test_what_drivers_send_leads_to_what_they_see(self, desk: Any, blocks: Any, lang: str) -> None:
        for name, (text, wanted) in blocks[lang].items():
            ask(desk, text)
            try:
                frame_at(desk, wanted)
            except Exception as error:
                message = f"{name}: {text!r} led to {desk.frames[-1].url}, not {wanted}; {desk.locator('#said').inner_text()}"
                raise AssertionError(message) from error
            if not wanted.endswith("*"):
                assert desk.locator("#lang").input_value() == lang, name
            if PROBLEM in wanted:
                current = desk.locator("#problems [aria-current=true]")
                current.wait_for()
                assert current.get_attribute("value") == PROBLEM, name

    def test_nothing_that_is_asked_for_looks_like_a_drivers_visit(
        self, desk: Any, base: str, seen: list[tuple[str, str]]
    ) -> None:
        own = f"{code()}/"
        ask(desk, MOVED)
        frame_at(desk, own)
        desk.keyboard.press("3")
        frame = frame_at(desk, f"{own}#*")
        frame.locator("a[href*='/plugs/']").click()
        frame = frame_at(desk, "g/en/plugs/*")
        frame.locator("footer a[href*='/g/en/all/']").click()
        frame = frame_at(desk, "g/en/all/*")
        frame.locator("main .rows a[href*='burning-smell']").click(button="middle")
        frame = frame_at(desk, "g/en/burning-smell/*")
        frame.locator("a[href*='ok/en/']").first.click(modifiers=["ControlOrMeta"])
        frame_at(desk, "ok/en/?*")
        desk.locator("#lang").select_option("it")
        frame_at(desk, f"{own}it/")
        desk.locator(f"#problems [value={PROBLEM}]").click()
        frame_at(desk, f"{own}it/#{PROBLEM}")
        desk.evaluate("history.back()")
        frame_at(desk, f"{own}it/")
        desk.evaluate("history.back()")
        frame_at(desk, "ok/en/?*")
        desk.locator("#towns").click()
        frame = frame_at(desk, "s/en/")
        frame.locator("#number").fill(own)
        frame.locator("#number").press("Enter")
        frame = frame_at(desk, own)
        frame.locator("#keep button").click()
        frame.locator(".call a[href^='tel:']").click()
        frame.locator("#s-near ~ .rows a").last.click()
        desk.wait_for_function(
            "code => !document.getElementById('aloud').textContent.endsWith(code)", arg=code()
        )
        assert len(desk.context.pages) == 1
        assert desk.evaluate("navigator.serviceWorker.getRegistrations().then(all => all.length)") == 0
        assert len(seen) > 20
        assert {
            (path, urlsplit(referer).path) for path, referer in seen if referer != f"{base}desk/en/"
        } == set()

    def test_agent_sees_the_charger_in_their_own_language_beside_the_drivers(
        self, desk: Any, base: str
    ) -> None:
        ask(desk, f"{base}{code()}/de/#{PROBLEM}")
        frame = frame_at(desk, f"{code()}/de/#{PROBLEM}")
        facts = desk.locator("#facts").inner_text()
        assert all(one.evse.evse_id in facts for one in network().station_by_code[code()].points)
        assert "Plugs here\n" in facts and "Ways to pay here\n" in facts
        assert desk.locator("#aloud").inner_text() == f"help.example.org/{code()}"
        assert desk.locator("#address").input_value() == f"https://help.example.org/{code()}/de/#{PROBLEM}"
        keys = [
            slug.partition("#")[2]
            for slug in frame.locator(".key").evaluate_all("all => all.map(a => a.href)")
        ]
        rows = desk.locator("#problems button").evaluate_all("all => all.map(one => one.value)")
        assert rows[:6] == keys and len(set(rows)) == len(rows)
        in_full = frame.locator(".g").evaluate_all("all => all.map(one => one.id)")
        elsewhere = [slug for slug in rows if slug not in in_full]
        assert elsewhere and set(rows) > set(in_full)
        english = few_content().problems[PROBLEM].guide("en")
        assert desk.locator("#problems [aria-current=true]").inner_text() == english.title
        driver = desk.context.new_page()
        driver.goto(f"{base}{code()}/de/#{PROBLEM}")
        steps = "all => all.map(one => getComputedStyle(one, '::before').counterIncrement + one.innerText)"
        shown = frame.locator(f"#{PROBLEM} .steps > li").evaluate_all(steps)
        assert shown == driver.locator(f"#{PROBLEM} .steps > li").evaluate_all(steps)
        assert len(shown) > 2
        driver.close()
        desk.locator(f"#problems [value={elsewhere[0]}]").click()
        frame_at(desk, f"g/de/{elsewhere[0]}/gb-*")

    def test_call_that_needs_no_mouse(self, desk: Any) -> None:
        focused = "() => document.activeElement.id || document.activeElement.value"
        assert desk.evaluate(focused) == "given"
        desk.keyboard.type(code())
        desk.keyboard.press("Enter")
        frame_at(desk, f"{code()}/")
        slugs = desk.locator("#problems button").evaluate_all("all => all.map(one => one.value)")
        assert desk.evaluate(focused) == slugs[0]
        desk.keyboard.press("4")
        frame_at(desk, f"{code()}/#{slugs[3]}")
        desk.keyboard.press("ArrowDown")
        desk.keyboard.press("ArrowDown")
        desk.keyboard.press("ArrowUp")
        assert desk.evaluate(focused) == slugs[4]
        desk.keyboard.press("Enter")
        frame = frame_at(desk, f"{code()}/#{slugs[4]}")
        frame.locator(f"#{slugs[4]} a:visible").first.focus()
        desk.keyboard.press("Escape")
        assert desk.evaluate(focused) == "given"
        desk.keyboard.type("12")  # in place of what stood there, and no short cut
        assert desk.locator("#given").input_value() == "12"
        assert frame.url.endswith(slugs[4])

    @pytest.mark.parametrize(
        ("typed", "said"),
        [
            ("", "empty"),
            ("???", "empty"),
            ("slip", "wrong"),
            ("Charger: slip\nThe screen is black", "wrong"),
            ("https://help.example.org/slip/de/", "wrong"),
            ("171739", "digits"),
            ("DE*XXX*E404", "none"),
            ("constructor", "none"),
            ("<img src=x onerror=alert(1)>", "none"),
            ("What is it? " * 300, "empty"),
        ],
    )
    def test_what_is_not_found_is_said_and_nothing_of_another_charger_is_left(
        self, desk: Any, typed: str, said: str
    ) -> None:
        ask(desk, code())
        frame_at(desk, f"{code()}/")
        slip = code()[:-1] + str((int(code()[-1]) + 1) % 10)
        ask(desk, typed.replace("slip", slip))
        desk.locator(
            "#said", has_text=desk.locator(f"#say-{said}").evaluate("e => e.content.textContent")
        ).wait_for()
        assert not desk.locator("#stage, #facts, #problems").first.is_visible()
        assert desk.evaluate("document.activeElement.id") == "given"
        assert desk.locator("#said *").count() == 0

    def test_another_program_opens_the_desk_with_a_charger(self, desk: Any, base: str) -> None:
        desk.goto(f"{base}desk/en/#GB*DMO*E2002*1")
        frame_at(desk, f"{code()}/")

    def test_address_is_copied(self, desk: Any) -> None:
        desk.context.grant_permissions(["clipboard-read", "clipboard-write"])
        ask(desk, code())
        frame_at(desk, f"{code()}/")
        desk.locator("#copy").click()
        desk.locator("#copied:not(:empty)").wait_for()
        assert desk.evaluate("navigator.clipboard.readText()") == f"https://help.example.org/{code()}/"

    @pytest.mark.parametrize("width", [1280, 360])
    def test_with_a_charger_everything_can_be_read_and_hit(self, desk: Any, width: int) -> None:
        axe = pytest.importorskip("axe_playwright_python.base", reason="needs axe-playwright-python")
        desk.set_viewport_size({"width": width, "height": 800})
        ask(desk, code())
        frame_at(desk, f"{code()}/")
        assert desk.evaluate(OVER) == []
        assert desk.evaluate(SMALL_TARGETS, TARGET) == []
        if width == DESK["width"]:
            lower = desk.locator("#frame").bounding_box()
            assert lower["y"] + lower["height"] <= DESK["height"]
            assert desk.locator("#frame").evaluate("e => e.clientWidth") == PHONE["width"]
        desk.evaluate(axe.AXE_SCRIPT)
        assert violations(desk, BY_DAY) == []
        desk.emulate_media(color_scheme="dark")
        assert violations(desk, BY_NIGHT) == []

    def test_without_scripts_the_list_is_named(self, chromium: Any, base: str) -> None:
        context = chromium.new_context(viewport=DESK, java_script_enabled=False)
        page = context.new_page()
        page.goto(f"{base}desk/fr/")
        assert not page.locator("#desk").is_visible()
        page.locator(".no-script a").click()
        page.wait_for_url(f"{base}s/fr/")
        context.close()
