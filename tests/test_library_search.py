"""The search finds a guide by the words a driver types: in Chargeside's own library, as MkDocs builds it, in Chromium."""

from __future__ import annotations

import functools
import http.server
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from chargeside.plan.search_words import code_words, search_words

pytestmark = pytest.mark.xdist_group("library")

FIRST = 3
"""A guide counts as found among so many results."""

QUERIES = {
    "charger won't let go of cable": "cable-stuck cable-stuck-in-socket",
    "plug wont come out of car": "cable-stuck",
    "my cable is locked in the charging post": "cable-stuck-in-socket",
    "charger wont release after power outage": "stuck-after-power-cut",
    "charging plug frozen in ice": "frozen-plug",
    "adapter stuck in car": "adapter-stuck",
    "plug doesn't fit": "plug-will-not-go-in which-plug no-matching-plug",
    "plug keeps falling out": "plug-falls-out",
    "cable too short": "cable-too-short",
    "broken cable": "cable-damaged burning-smell",
    "water in the charging port": "water-in-plug",
    "can I charge in the rain": "rain-or-snow",
    "lightning storm charging safe?": "thunderstorm",
    "why is it charging so slow in winter": "slow-in-cold",
    "so slow": "slow-charging",
    "charger says 150 kw but I only get 40": "slow-charging",
    "only getting 7kw": "ac-slow",
    "stops at 80 percent": "car-limit-reached",
    "speed dropped when another car plugged in": "power-shared",
    "plug is hot": "handle-warm burning-smell",
    "charging stopped by itself": "charging-stopped keeps-stopping",
    "keeps cutting out": "keeps-stopping",
    "how do i stop charging": "how-to-stop",
    "stop button not working": "stop-button-dead",
    "someone unplugged me": "someone-unplugged-me",
    "I drove away with the cable attached": "drove-off-with-cable",
    "card declined but money gone": "card-declined money-held",
    "card payment refused": "card-declined foreign-card cannot-pay",
    "contactless not working": "reader-no-reaction phone-payment-fails",
    "apple pay does not work": "phone-payment-fails",
    "charged me twice": "charged-twice",
    "they took 60 euros from my card": "money-held",
    "where is my refund": "refund-late",
    "need a receipt": "no-receipt",
    "paid but no electricity": "billed-without-energy",
    "can i pay with cash": "pay-cash",
    "how much does it cost per kwh": "no-price-shown price-differs",
    "overstay fee": "idle-fee",
    "still charging me after I left": "session-still-active",
    "no app no signal": "no-phone-signal no-smartphone",
    "app wont start the charger": "authorisation-failed start-button-grey roaming-start-rejected cannot-pay app-cannot-find-charger how-to-start",
    "rfid card not recognised": "charging-card-no-reaction",
    "qr code not working": "code-will-not-scan wrong-code-scanned",
    "is this qr code a scam": "fake-code",
    "entered my card number on scam site": "typed-card-on-fake-page",
    "phone died": "phone-battery-flat",
    "app says charger in use but it's empty": "occupied-but-empty",
    "screen says out of order": "screen-black",
    "screen is dead": "screen-black",
    "unavailable": "screen-black charger-offline",
    "CX014": "communication-error",
    "ground fault": "earth-fault",
    "GroundFailure": "earth-fault",
    "insulation error": "isolation-error",
    "emergency stop": "emergency-stop-pressed emergency-stop-when",
    "somebody pressed the red button": "emergency-stop-pressed emergency-stop-when",
    "smoke coming out of charger": "burning-smell",
    "someone got an electric shock": "person-hurt",
    "petrol car parked in charging space": "bay-blocked",
    "got a ticket for parking": "parking-fine barrier-ticket",
    "wheelchair cant reach the screen": "out-of-reach accessible-bay-taken",
    "tesla wont charge at this charger": "old-tesla nacs-at-ccs1 site-for-one-brand",
    "charge port door wont open": "charge-flap-stuck",
    "schuko plug": "household-socket",
    "first time charging what do I do": "how-to-start",
    "handshake failed": "communication-error",
    "app keeps crashing": "app-crashes",
    "can't get into the car park gate closed": "closed-at-this-hour barrier-ticket",
}
"""What drivers type, and the guides that help: any of them may be among the first."""

LATER = {
    "cord stuck in vehicle": "cable-stuck",
    "wrong pump started": "wrong-charger-started",
    "need help in german": "other-language",
    "sun glare cannot see display": "screen-hard-to-read cannot-see-screen",
    "heavy cable cant lift it": "cannot-lift-cable",
    "is it safe to charge with pacemaker": "pacemaker",
    "electric bike charging": "motorbike-or-small-car",
    "caravan hitched": "trailer",
    "preheat battery before fast charging": "precondition-fails",
    "software update on car stops charging": "car-wants-update",
    "station under maintenance": "screen-black charger-restarting charger-offline",
    "tag doesn't beep": "charging-card-no-reaction",
    "amount on reader different than app": "price-differs",
    "cant log in to my account": "app-crashes web-page-wants-account",
    "which connector do i need": "which-plug",
    "car drove over curb and hit station": "charger-hit-by-car",
    "stopped after 45 minutes": "time-limit charging-stopped",
    "charges fine elsewhere but not here": "only-this-charger-fails",
    "van too tall": "height-limit",
    "dark and scary at night": "feel-unsafe",
}
"""Written when the search was done, and never looked at while it was changed: what it is worth for words nobody thought of."""

_ASK = """async ([worker, queries]) => {
  const index = await (await fetch("search/search_index.json")).json();
  const search = new Worker(worker);
  const ask = (type, data) => new Promise((done) => {
    search.onmessage = (event) => done(event.data.data);
    search.postMessage({type, data});
  });
  await ask(0, {config: index.config, docs: index.docs, options: {suggest: true}});
  const found = {};
  for (const query of queries) found[query] = (await ask(2, query)).items.map((group) => group[0].location);
  search.terminate();
  return found;
}"""
"""Asks the theme's own worker as its script does: message 0 sets it up, message 2 asks; a result is a group of parts of a page."""


@contextmanager
def on_this_machine(folder: Path) -> Iterator[str]:
    """The address of a server for the files of a folder."""

    class Handler(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            pass

    handler = functools.partial(Handler, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.fixture(scope="module")
def page(chromium: Any, library_by_mkdocs: Path) -> Iterator[Any]:
    """The library's home page in the browser."""
    with on_this_machine(library_by_mkdocs) as address:
        tab = chromium.new_page(viewport={"width": 360, "height": 640})
        tab.goto(address)
        yield tab
        tab.close()


@pytest.fixture(scope="module")
def found(page: Any) -> dict[str, list[str]]:
    """Addresses of the pages found, best first, for every query of both tables."""
    worker = json.loads(page.locator("#__config").text_content())["search"]
    results: dict[str, list[str]] = page.evaluate(_ASK, [worker, [*QUERIES, *LATER]])
    return results


def rank(results: list[str], guides: str) -> int:
    """The place of the first of these guides among the results, from 1; 0 where there is none."""
    wanted = {f"problems/{slug}/" for slug in guides.split()}
    places = (place for place, url in enumerate(results, start=1) if url.partition("#")[0] in wanted)
    return next(places, 0)


def missed(table: dict[str, str], found: dict[str, list[str]]) -> list[str]:
    """Queries whose guide is not among the first, with what is."""
    return [
        f"{query!r}: {guides} at {rank(found[query], guides)}, before it {found[query][:FIRST]}"
        for query, guides in table.items()
        if not 1 <= rank(found[query], guides) <= FIRST
    ]


def test_expected_guides_exist(library_by_mkdocs: Path) -> None:
    for guides in (*QUERIES.values(), *LATER.values()):
        for slug in guides.split():
            assert (library_by_mkdocs / "problems" / slug / "index.html").is_file(), slug


def test_drivers_words_find_the_guide(found: dict[str, list[str]]) -> None:
    """At least 55 in 60."""
    wrong = missed(QUERIES, found)
    assert len(wrong) <= len(QUERIES) * 5 // 60, "\n".join(wrong)


def test_words_that_nobody_tuned_for_find_it_too(found: dict[str, list[str]]) -> None:
    wrong = missed(LATER, found)
    assert len(wrong) <= len(LATER) * 2 // 5, "\n".join(wrong)


def test_the_page_shows_what_the_worker_finds(page: Any, found: dict[str, list[str]]) -> None:
    query = "how do i stop charging"
    page.locator("label[for=__search]").first.click()
    page.locator("[data-md-component=search-query]").press_sequentially(query)
    page.wait_for_function(
        "want => document.querySelector('a.md-search-result__link')?.pathname.endsWith(want)",
        arg=found[query][0],
    )


def test_search_words_are_those_a_guide_lacks() -> None:
    words = search_words(["The cable is stuck", "Jammed plug"])
    assert "won't let go" in words
    assert "jammed" not in words, "the guide says it itself"
    assert search_words(["unstuckable"]) == (), "whole words only"
    assert code_words(["GroundFailure", "CX014", "GroundFailure"]) == ("ground failure",)
