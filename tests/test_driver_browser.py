"""The driver site in Chromium: on a small phone, without scripts. What holds for pages of every kind: test_conformance.py."""

from __future__ import annotations

import re
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from test_driver import CASES, LEDGER, STATIONS, site

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

PHONE = {"width": 360, "height": 640}
USABLE = 520
"""Of 640 px, what the bars of the browser leave."""


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of the whole site, served from disk."""
    folder = tmp_path_factory.mktemp("driver")
    for path, data in site().items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)

    def handler(*args: Any, **more: Any) -> _Quiet:
        return _Quiet(*args, directory=str(folder / "site"), **more)

    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def phone(chromium: Any) -> Iterator[Any]:
    """A small phone without scripts."""
    context = chromium.new_context(viewport=PHONE, java_script_enabled=False)
    yield context.new_page()
    context.close()


def station(name: str) -> str:
    code = STATIONS[name].code if name in STATIONS else LEDGER[name].code
    return f"/{code}/"


def page_types() -> dict[str, str]:
    """One page of each type."""
    found = {
        name: station(name)
        for name in ("two-sides", "auth-first", "no-facts", "unknown-plug", "markup", "vanished", "moved")
    }
    for topic in ("plugs", "pay", "speed", "codes", "all", "cable-stuck", "burning-smell"):
        path = next(path for path in sorted(site()) if re.match(rf"site/g/en/{topic}/de-", path))
        found[topic] = path.removeprefix("site").removesuffix("index.html")
    found["generic guide"] = "/g/en/how-to-start/"
    found["generic list"] = "/g/en/all/"
    found |= {name: f"/{name}/en/" for name in ("s", "ok", "call", "fake", "desk")}
    found |= {name: f"/{name}/" for name in ("privacy", "imprint", "accessibility")}
    return found | {"404": "/404.html"}


@pytest.mark.parametrize("name", [name for name in CASES if name != "long-name"])
def test_first_screen_reaches_from_the_charger_to_what_is_wrong(phone: Any, base: str, name: str) -> None:
    phone.goto(base + station(name))
    last, bar = phone.locator(".keys .key").last.bounding_box(), phone.locator(".call").bounding_box()
    assert phone.locator("h1").bounding_box()["y"] < 60
    assert phone.locator(".alarm").bounding_box()["y"] < 120
    # The bar sticks to the lower edge: on a screen that leaves 520 px, all buttons stand above it.
    assert last["y"] + last["height"] <= USABLE - bar["height"]
    assert bar["y"] + bar["height"] <= PHONE["height"] + 1


def test_without_scripts_each_button_opens_its_guide_and_the_phone_is_at_hand(phone: Any, base: str) -> None:
    phone.goto(base + station("auth-first"))
    slugs = [key.get_attribute("href") for key in phone.locator(".key").all()]
    assert len(slugs) == 6
    for slug in slugs:
        body = phone.locator(f"{slug} > .b")
        assert not body.is_visible()
        phone.locator(f".key[href='{slug}']").click()
        assert body.is_visible()
        assert phone.locator(f"{slug} .t").is_visible()
        box = phone.locator(f"{slug} .t").bounding_box()
        assert 0 <= box["y"] < 300
        assert phone.locator(f"{slug} .us a[href^='tel:']").is_visible()
        assert phone.locator(".call a[href='tel:+498001234567']").is_visible()
        phone.go_back()


def test_without_scripts_a_summary_opens_and_closes_its_guide(phone: Any, base: str) -> None:
    phone.goto(base + station("auth-first"))
    for guide in phone.locator(".g").all():
        summary, body = guide.locator("summary"), guide.locator("> .b")
        summary.click()
        assert body.is_visible()
        assert body.locator("li").first.is_visible()
        summary.click()
        assert not body.is_visible()


def test_without_scripts_from_station_to_every_page_that_tells_more(phone: Any, base: str) -> None:
    phone.goto(base + station("auth-first"))
    links = [link.get_attribute("href") for link in phone.locator("main a[href*='/g/en/']:not(.w)").all()]
    assert len(links) >= 5
    for link in links:
        phone.goto(base + station("auth-first"))
        phone.locator(f"main a[href='{link}']").first.click()
        assert phone.locator("h1").is_visible()
        assert phone.locator(".call a[href='tel:+498001234567']").is_visible()


def test_a_moved_code_leads_to_the_new_page(phone: Any, base: str) -> None:
    phone.goto(base + station("moved"))
    phone.wait_for_url(f"**{station('greek')}")
    assert "Πλατεία" in phone.content()


@pytest.mark.parametrize("width", [320, 360, 1024])
@pytest.mark.parametrize("text", [100, 200])
def test_nothing_runs_off_the_side(chromium: Any, base: str, width: int, text: int) -> None:
    context = chromium.new_context(viewport={"width": width, "height": 640}, bypass_csp=True)
    page = context.new_page()
    session, size = context.new_cdp_session(page), 16 * text // 100
    wide = {}
    addresses = {**{name: station(name) for name in CASES}, **page_types()}
    del addresses["moved"]
    for name, address in addresses.items():
        page.goto(base + address)
        # As the browser's own setting does it, which rules for narrow screens follow.
        session.send("Page.setFontSizes", {"fontSizes": {"standard": size, "fixed": size}})
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if over > 0:
            wide[name] = over
    context.close()
    assert wide == {}


def test_call_bar_covers_nothing(chromium: Any, base: str) -> None:
    context = chromium.new_context(viewport=PHONE, bypass_csp=True)
    page = context.new_page()
    page.goto(base + station("two-sides"))
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    last, bar = page.locator("footer a").last.bounding_box(), page.locator(".call").bounding_box()
    assert last["y"] + last["height"] <= bar["y"]
    for link in page.locator("main a:visible").all():
        link.focus()
        box = link.bounding_box()
        assert box["y"] < bar["y"], link.text_content()
    context.close()
