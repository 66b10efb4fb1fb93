"""What a driver comes for, from the scan to the end: without scripts, on a slow network, and without any network."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import pytest

from browsing import PHONE, served
from chargeside.model.operator import Operator
from chargeside.plan.driver import plan_driver
from test_driver import OPERATOR, STATIONS, network, render

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

LANGUAGES = ("en", "de")
HERE = STATIONS["auth-first"]
SLOW = {"latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000, "offline": False}
"""400 ms and 400 kbit/s, in ms and bytes a second."""


@cache
def files() -> dict[str, bytes]:
    """The site of two stations in two languages."""
    told = OPERATOR.model_dump(mode="json") | {"languages": LANGUAGES, "offline": "ask"}
    told["countries"]["DE"]["languages"] = LANGUAGES
    plan = plan_driver(network([HERE, STATIONS["same-site"]], Operator.model_validate(told)))
    return {path.removeprefix("site/"): data for path, data in render(plan).items()}


@contextmanager
def without_scripts(chromium: Any, base: str, path: str) -> Iterator[Any]:
    del base, path
    context = chromium.new_context(viewport=PHONE, java_script_enabled=False)
    yield context.new_page()
    context.close()


@contextmanager
def slowly(chromium: Any, base: str, path: str) -> Iterator[Any]:
    del base, path
    context = chromium.new_context(viewport=PHONE)
    page = context.new_page()
    context.new_cdp_session(page).send("Network.emulateNetworkConditions", SLOW)
    yield page
    context.close()


@contextmanager
def without_network(chromium: Any, base: str, path: str) -> Iterator[Any]:
    """Once there, help kept, then the network goes."""
    context = chromium.new_context(viewport=PHONE)
    page = context.new_page()
    page.goto(base + path)
    page.locator("#keep button").click()
    saved = page.locator("#keep").get_attribute("data-kept")
    page.locator("#keep [role=status]", has_text=saved).wait_for()
    context.set_offline(True)
    yield page
    context.close()


WAYS = {"no scripts": without_scripts, "slow network": slowly, "no network": without_network}


def solved(page: Any) -> None:
    page.locator(".key[href='#cable-stuck']").click()
    guide = page.locator("#cable-stuck > .b")
    assert guide.locator("ol.steps > li").first.is_visible()
    guide.locator("a[href*='ok/']").click()
    page.wait_for_url("**/ok/**")
    assert page.locator("h1").is_visible()


def plug(page: Any) -> None:
    page.locator("a[href*='/plugs/']").first.click()
    page.wait_for_url("**/plugs/**")
    assert page.locator("main svg.face").first.is_visible()
    assert page.locator("main h2", has_text="CHAdeMO").first.is_visible()


def pay(page: Any) -> None:
    page.locator("a[href*='/pay/']").first.click()
    page.wait_for_url("**/pay/**")
    assert page.locator("main ol.steps > li").count() >= 3


def code_then_call(page: Any) -> None:
    page.locator("a[href*='/codes/']").first.click()
    page.wait_for_url("**/codes/**")
    page.locator("main a[href*='communication-error']").first.click()
    page.wait_for_url("**/communication-error/**")
    page.locator("main a[href*='call/']").first.click()
    page.wait_for_url("**/call/**")
    assert page.locator("main a[href='tel:+498001234567']").is_visible()


JOURNEYS: dict[str, Callable[[Any], None]] = {
    "scan, symptom, steps, solved": solved,
    "scan, plug": plug,
    "scan, pay": pay,
    "scan, code, call": code_then_call,
}


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("way", WAYS)
def test_journeys(chromium: Any, way: str, lang: str) -> None:
    path = f"{HERE.code}/" if lang == "en" else f"{HERE.code}/{lang}/"
    with served(files()) as base, WAYS[way](chromium, base, path) as page:
        for journey in JOURNEYS.values():
            page.goto(base + path)
            assert page.locator("html").get_attribute("lang") == lang
            assert page.locator(".kept").is_visible() == (way == "no network")
            journey(page)
            assert page.locator("html").get_attribute("lang") == lang
            # The station travels along, by link or by script.
            if page.locator(".call").count():
                assert page.locator(".call a").first.is_visible()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_with_scripts_the_station_comes_along_and_the_way_back_keeps_the_language(
    chromium: Any, lang: str
) -> None:
    path = f"{HERE.code}/" if lang == "en" else f"{HERE.code}/{lang}/"
    context = chromium.new_context(viewport=PHONE, service_workers="block")
    page = context.new_page()
    with served(files()) as base:
        page.goto(base + path)
        code_then_call(page)
        assert page.locator("[data-s]").inner_text() == HERE.code
        assert page.locator("[data-p]:visible").count() == 1
        assert page.locator("[data-p]:visible").get_attribute("data-p") == "communication-error"
        page.locator(".back").click()
        page.wait_for_url(base + path)
    context.close()


HOSTILE = (
    "<img src=x onerror=alert(1)>",
    "4821736<b>",
    "javascript:alert(1)",
    "../../../../",
    "\u0664\u0668\u0662\u0661\u0667\u0663\u0666",
)


@pytest.mark.parametrize("number", range(len(HOSTILE)))
def test_nothing_of_an_address_gets_into_a_page(chromium: Any, number: int) -> None:
    context = chromium.new_context(viewport=PHONE, service_workers="block")
    page = context.new_page()
    seen: list[str] = []
    page.on("dialog", lambda dialog: seen.append(dialog.message))
    with served(files()) as base:
        page.goto(f"{base}call/en/")
        clean = page.locator("main").inner_text()
        links = page.eval_on_selector_all("a", "all => all.map(a => a.getAttribute('href'))")
        page.goto(f"{base}call/en/")
        page.evaluate(
            "v => location.search = '?s=' + encodeURIComponent(v) + '&p=' + encodeURIComponent(v)",
            HOSTILE[number],
        )
        page.wait_for_load_state()
        assert page.locator("main").inner_text() == clean
        assert page.eval_on_selector_all("a", "all => all.map(a => a.getAttribute('href'))") == links
        assert seen == []
    context.close()
