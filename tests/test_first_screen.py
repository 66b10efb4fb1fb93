"""The first screen of a small phone holds all from the charger's number to the six buttons, in every language."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from browsing import PHONE
from chargeside.findings import Findings
from chargeside.i18n import LANGUAGES
from chargeside.load.network import load_network
from chargeside.model.operator import Operator
from chargeside.plan.driver import plan_driver
from chargeside.render.driver import RENDERERS
from conftest import ROOT
from support import shared_content
from test_driver import CASES, OPERATOR, STATIONS, network

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

USABLE = 520
"""Of 640 px, what the bars of the browser leave."""


@cache
def pages(lang: str) -> dict[str, str]:
    """Station pages in a language, by name of the case."""
    others = [one for one in LANGUAGES if one != lang]
    told = OPERATOR.model_dump(mode="json") | {"languages": LANGUAGES}
    for country in told["countries"].values():
        country["languages"] = [lang, *others]
    names = [name for name in CASES if name != "long-name"]
    plan = plan_driver(network([STATIONS[name] for name in names], Operator.model_validate(told)))
    jobs = {job.path: job for job in plan.jobs}
    found = {name: jobs[f"site/{STATIONS[name].code}/index.html"] for name in names}
    return {name: RENDERERS[job.kind](job.payload, plan.shared).decode() for name, job in found.items()}


@cache
def demo_pages(lang: str) -> dict[str, str]:
    """Pages of the demo operator's stations in a language, by code: sides that differ, orders by way to pay, and the like."""
    known = load_network(ROOT / "station_kits" / "demo", shared_content(), Findings())
    assert known is not None
    codes = set(known.station_by_code)
    plan = plan_driver(known)
    found = {}
    for job in plan.jobs:
        parts = job.path.split("/")
        if job.kind == "driver.station" and parts[1] in codes:
            text = RENDERERS[job.kind](job.payload, plan.shared).decode()
            if f'<html lang="{lang}"' in text:
                found[parts[1]] = text
    return found


@pytest.fixture(scope="module")
def phone(chromium: Any) -> Iterator[Any]:
    # Policies of pages that are set one after the other add up.
    context = chromium.new_context(viewport=PHONE, java_script_enabled=False, bypass_csp=True)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_from_the_number_to_the_six_buttons(phone: Any, lang: str) -> None:
    below = {}
    for name, text in {**pages(lang), **demo_pages(lang)}.items():
        phone.set_content(text)
        last, bar = phone.locator(".keys .key").last.bounding_box(), phone.locator(".call").bounding_box()
        over = last["y"] + last["height"] + bar["height"] - USABLE
        assert phone.locator("h1").bounding_box()["y"] < 60, name
        assert phone.locator(".alarm").bounding_box()["y"] < 120, name
        if over > 0:
            below[name] = round(over)
    assert below == {}
