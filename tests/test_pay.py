"""How to pay: a walkthrough for each way that works here and for no other, in this charger's order."""

from __future__ import annotations

import gzip
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chargeside.i18n.catalogue import PSEUDO
from chargeside.model.facts import PAYMENTS, START_WAYS, Fact, Facts, Origin
from chargeside.plan.driver import contact_view, site_view
from chargeside.plan.driver_notes import Sides, pay_view, start_views
from chargeside.plan.driver_views import PayView, TopicPage
from chargeside.plan.jobs import digest
from chargeside.plan.words import PAYMENT_NAMES
from chargeside.render.driver import BUDGET, RENDERERS
from chargeside.render.pay_words import pay_hints, pay_steps
from chargeside.render.pictograms import load_pictograms
from test_driver import OPERATOR, Case, Reader, plug, text_of

ORIGIN = Origin("kits", "kits.yml")
PLUG, LOOK = "plug-in", "look"


def facts(yes: Iterable[str] = (), no: Iterable[str] = (), **more: Any) -> Facts:
    values = {f"payment.{way}": "yes" for way in yes} | {f"payment.{way}": "no" for way in no} | more
    return Facts({name: Fact(value, ORIGIN) for name, value in values.items()})


def shown(known: Facts | PayView, lang: str = "en", **operator: Any) -> str:
    """The page about paying."""
    pay = known if isinstance(known, PayView) else pay_view(known)
    owner = OPERATOR.model_copy(update=operator)
    site = site_view(owner, None)
    shared = {digest(site): site}
    page = TopicPage(digest(site), lang, "../../../../", contact_view(owner, "DE", lang), "pay", pay=pay)
    return RENDERERS["driver.topic"](page, shared).decode()


def headings(page: str) -> list[str]:
    return [text_of(f"<body>{part.split('</h2>')[0]}").strip() for part in page.split('<h2 class="way">')[1:]]


# ------------------------------------------------------------------------------------------------ steps


def pictures(way: str, order: str, pay: PayView | None = None) -> list[str]:
    steps = pay_steps(way, order, pay or PayView(order, (way,), ()), str)
    assert all(step.text for step in steps)
    return [step.pictogram for step in steps]


@pytest.mark.parametrize("way", START_WAYS)
@pytest.mark.parametrize(
    ("order", "first"), [("plug_first", PLUG), ("any", PLUG), ("auth_first", None), ("unknown", LOOK)]
)
def test_the_order_is_that_of_the_charger(way: str, order: str, first: str | None) -> None:
    found = pictures(way, order)
    assert found.count(PLUG) == 1
    assert found[-1] == "stop" or way not in ("contactless", "chip", "app", "rfid", "web")
    paying = [name for name in found if name not in (PLUG, LOOK, "stop")]
    if first:
        assert found[0] == first
    else:
        assert found.index(PLUG) > found.index(paying[-1])


@pytest.mark.parametrize("order", ["plug_first", "auth_first", "any", "unknown"])
@pytest.mark.parametrize("way", ["plug_and_charge", "free"])
def test_who_need_not_pay_plugs_in_first(way: str, order: str) -> None:
    assert pictures(way, order)[0] == PLUG


@pytest.mark.parametrize("order", ["plug_first", "auth_first", "unknown"])
@pytest.mark.parametrize("way", PAYMENTS)
def test_steps_name_no_cable_and_no_screen_that_is_not_there(way: str, order: str) -> None:
    bare = PayView(order, (way,), (), cable="own", screen=False)
    steps = pay_steps(way, order, bare, str)
    text = " ".join(step.text for step in steps)
    assert "screen" not in text
    assert "our cable into the charger and your car" in text
    assert "screen" not in [step.pictogram for step in steps]
    with_both = " ".join(s.text for s in pay_steps(way, order, PayView(order, (way,), ()), str))
    assert "your cable" not in with_both


def test_every_picture_and_every_way_is_there() -> None:
    names = {name for way in PAYMENTS for order in ("plug_first", "unknown") for name in pictures(way, order)}
    assert names <= set(load_pictograms())


# ------------------------------------------------------------------------------------------------ the page


@given(
    st.dictionaries(st.sampled_from(PAYMENTS), st.sampled_from(["yes", "no", "unknown"])),
    st.sampled_from(["plug_first", "auth_first", "any", "unknown"]),
)
def test_only_what_works_has_a_walkthrough_and_only_a_real_no_is_told(
    ways: dict[str, str], order: str
) -> None:
    yes = [way for way in PAYMENTS if ways.get(way) == "yes"]
    no = [way for way in PAYMENTS if ways.get(way) == "no"]
    page = shown(facts(yes, no, start_order=order))
    text = text_of(page)
    assert headings(page) == [PAYMENT_NAMES[way].replace("&", "&amp;") for way in yes]
    refused = text.partition("Does not work here: ")[2].partition(" Prices")[0]
    assert refused == " · ".join(PAYMENT_NAMES[way].replace("&", "&amp;") for way in no)
    assert "This page takes no money." in text
    assert ("We have no list of the ways to pay here." in text) == (not yes)


@pytest.mark.parametrize(
    ("yes", "no", "pay_url", "says", "says_not"),
    [
        (["contactless"], [], True, "Pay on the reader or at pay.example.org.", "the way the charger"),
        (["app"], [], True, "Pay the way the charger shows, or at pay.example.org.", "on the reader or"),
        ([], [], True, "Pay the way the charger shows, or at pay.example.org.", "on the reader or"),
        (["contactless"], ["web"], True, "Pay the way the charger shows.", "pay.example.org"),
        (["rfid"], [], False, "Pay the way the charger shows.", "pay.example.org"),
        (["free"], [], True, "This page takes no money.", "Pay the way the charger"),
    ],
)
def test_drivers_are_sent_only_where_they_can_pay(
    yes: list[str], no: list[str], pay_url: bool, says: str, says_not: str
) -> None:
    text = text_of(shown(facts(yes, no), **({} if pay_url else {"pay_url": None})))
    assert says in text
    assert says_not not in text


def test_links_lead_to_the_app_the_payment_page_and_the_prices() -> None:
    every = Reader(shown(facts(["app", "web"]))).links
    assert "https://grid-test.example/app" in every
    assert "https://pay.example.org/" in every
    assert "https://grid-test.example/price" in every
    card = Reader(shown(facts(["contactless"]))).links
    assert not {"https://grid-test.example/app", "https://pay.example.org/"} & set(card)


@pytest.mark.parametrize("way", PAYMENTS)
def test_a_hint_stands_where_it_belongs(way: str) -> None:
    text = text_of(shown(facts([way]))).replace("&amp;", "&")
    assert all(f"{hint.then}" in text for hint in pay_hints(way, str))
    assert ("up to ten days later" in text) == (way in ("contactless", "chip"))
    assert ("Unlock your phone" in text) == (way == "contactless")
    assert ("contract in the car" in text) == (way == "plug_and_charge")


@pytest.mark.parametrize("lang", ["en", PSEUDO])
def test_all_ways_fit_one_response(lang: str) -> None:
    page = shown(facts(PAYMENTS[:-1], PAYMENTS[-1:], start_order="unknown"), lang)
    assert len(gzip.compress(page.encode(), 9)) <= BUDGET


# ------------------------------------------------------------------------------------------------ languages and sides


@pytest.mark.parametrize("order", ["plug_first", "auth_first", "any", "unknown"])
def test_the_short_steps_speak_the_language_of_the_page(order: str) -> None:
    known = facts(["contactless", "app"], start_order=order)
    english, other = start_views(known, "en"), start_views(known, PSEUDO)
    assert [step.pictogram for step in english] == [step.pictogram for step in other]
    assert all("\u202e" in step.text for step in other)
    assert not any("\u202e" in step.text for step in english)


def test_sides_that_differ_are_told_apart_in_each_language() -> None:
    points = (("5L", "left", (plug("ccs2"),)), ("5R", "right", (plug("type2", "SOCKET", 22),)))
    station = Case(points, facts={"start_order": "auth_first", "payment.rfid": "yes"}).station("sides")
    sides = Sides()
    english, other = sides.views(station, "en"), sides.views(station, PSEUDO)
    assert sides.views(station, "en") is english
    assert [view.place for view in english] == [view.place for view in other] == ["left", "right"]
    assert [view.pay.cable for view in english] == ["here", "own"]
    assert all("\u202e" in step.text for view in other for step in view.start)
    assert not any("\u202e" in step.text for view in english for step in view.start)
    whole = pay_view(station.facts, english)
    assert whole.cable == "either"
    assert "At a socket, plug in your own cable." in text_of(shown(whole))
