"""Cards that readers take: page and sign promise no card that is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from chargeside.plan.driver import plan_driver
from chargeside.plan.driver_views import StationPage
from chargeside.plan.placards import Placard, plan_placards
from chargeside.render.placard import render_placard
from support import evse, location, operator_folder

SIX = ("Visa", "Mastercard", "girocard", "Maestro", "V Pay", "American Express")
SEVEN = (*SIX, "Discover")
Reader = tuple[str, str, tuple[str, ...]]  # number on the hardware, ways to pay, cards

CASES: dict[str, tuple[tuple[Reader, ...], dict[str, tuple[str, ...]], tuple[str, ...]]] = {
    "one card": (
        (("1", "contactless", ("girocard",)),),
        {"": ("girocard",)},
        ("Contactless: girocard only",),
    ),
    "two ways by card": (
        (("1", "contactless chip app", ("girocard", "Visa")),),
        {"": ("girocard", "Visa")},
        ("Contactless or chip card: girocard, Visa", "App"),
    ),
    "what both readers take": (
        (("1", "chip", ("Visa", "girocard")), ("2", "chip", ("girocard",))),
        {"": ("girocard",)},
        ("Chip card: girocard only",),
    ),
    "no card that both take": (
        (("1", "contactless", ("Visa",)), ("2", "contactless", ("girocard",))),
        {"1": ("Visa",), "2": ("girocard",)},
        ("Contactless (1: Visa only; 2: girocard only)",),
    ),
    "one reader's cards are not known": (
        (("1", "contactless", ("girocard",)), ("2", "contactless", ())),
        {"1": ("girocard",)},
        ("Contactless (1: girocard only)",),
    ),
    "the other side has no reader": (
        (("1", "contactless app", ("girocard",)), ("2", "app", ())),
        {"1": ("girocard",)},
        ("App",),
    ),
    "no reader is known to work": ((("1", "app", ("girocard",)),), {}, ("App",)),
    "no card is known": ((("1", "contactless", ()),), {}, ("Contactless card or phone",)),
    "as many as fit": ((("1", "contactless", SIX),), {"": SIX}, (f"Contactless: {', '.join(SIX)}",)),
    "more than fit": ((("1", "contactless", SEVEN),), {"": SEVEN}, ("Contactless card or phone",)),
}


def of(folder: Path, readers: tuple[Reader, ...]) -> tuple[StationPage, Placard, Any]:
    """Page, sign and what signs share, for one cabinet with these readers."""
    evses = [
        evse(
            f"E{number}",
            physical_reference=number,
            chargeside={
                "cabinet": "A",
                "payment": dict.fromkeys(ways.split(), "yes"),
                "card_brands": list(cards),
            },
        )
        for number, ways, cards in readers
    ]
    network = operator_folder(folder, location("L1", *evses)).network()
    [page] = [job.payload for job in plan_driver(network, ()).jobs if job.kind == "driver.station"]
    signs = plan_placards(network, "2026-11-22")
    [sign] = [job.payload for job in signs.jobs]
    assert isinstance(page, StationPage)
    assert isinstance(sign, Placard)
    return page, sign, signs.shared


@pytest.mark.parametrize("name", CASES)
def test_no_card_is_promised_that_a_reader_refuses(tmp_path: Path, name: str) -> None:
    readers, on_page, on_sign = CASES[name]
    page, sign, _ = of(tmp_path, readers)
    assert {cards.at: cards.names for cards in page.brands} == on_page
    assert tuple(texts[0] for texts in sign.payments) == on_sign


@pytest.mark.parametrize("name", ["as many as fit", "no card that both take"])
def test_the_sign_has_room_for_the_cards(tmp_path: Path, name: str) -> None:
    _, sign, shared = of(tmp_path, CASES[name][0])
    assert render_placard(sign, shared).warnings == ()
