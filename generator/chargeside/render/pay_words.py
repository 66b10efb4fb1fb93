"""How to pay, one way after the other: the steps in this charger's order, and what usually goes wrong.

Source: research on ways to pay, and usual failures named by operators (ChargeUK, ChargeX, Iberdrola | bp pulse, char.gy,
Fastned, Gridserve, Liberty Charge, Digital Charging Solutions: their help pages).
"""

from __future__ import annotations

from typing import NamedTuple

from chargeside.i18n import Translate
from chargeside.plan.driver_views import PayView, StartView


class Hint(NamedTuple):
    """What a driver meets, and what to do about it."""

    seen: str
    then: str


def pay_steps(way: str, order: str, pay: PayView, _: Translate) -> tuple[StartView, ...]:
    """How to pay one way. `order` is that of this way; of `pay`, whether there are cables and a screen."""
    paying = _paying(way, _)
    if pay.screen and way in ("contactless", "chip"):
        paying = (StartView(_("Choose your plug if the screen asks."), "screen"), *paying)
    if order == "unknown" and way not in ("plug_and_charge", "free"):
        look = StartView(_("Look at the charger: it shows whether to plug in or to pay first."), "look")
        steps = (look, _plug_when_told(pay, _), *paying)
    elif order == "auth_first" and way not in ("plug_and_charge", "free"):
        steps = (*paying, _plug(pay, _))
    else:
        steps = (_plug(pay, _), *paying)
    return (*steps, *_ending(way, pay, _))


def _plug(pay: PayView, _: Translate) -> StartView:
    match pay.cable:
        case "own":
            text = _("Plug your cable into the charger and your car.")
        case "either":
            text = _("Push the plug all the way into your car. At a socket, plug in your own cable.")
        case _:
            text = _("Push the plug all the way into your car.")
    return StartView(text, "plug-in")


def _plug_when_told(pay: PayView, _: Translate) -> StartView:
    match pay.cable:
        case "own":
            text = _("When it says so, plug your cable into the charger and your car.")
        case "either":
            text = _("When it says so, push the plug all the way in. At a socket, plug in your own cable.")
        case _:
            text = _("When it says so, push the plug all the way in.")
    return StartView(text, "plug-in")


def _paying(way: str, _: Translate) -> tuple[StartView, ...]:  # noqa: PLR0911 - one case per way to pay
    match way:
        case "contactless":
            text = _("Hold your bank card, or your unlocked phone, flat against the reader.")
            return (StartView(text, "tap"),)
        case "chip":
            return (StartView(_("Put your bank card in the reader and type your PIN."), "card"),)
        case "app":
            return (
                StartView(_("Open the app and find this charger by its number."), "app"),
                StartView(_("Choose your plug and start."), "start"),
            )
        case "rfid":
            text = _("Tap your charging card or key fob on the reader. Wait for the beep or the light.")
            return (StartView(text, "tap"),)
        case "web":
            return (
                StartView(_("Open the payment page. Read its address before you type anything."), "address"),
                StartView(_("Choose your plug, leave your e-mail address for the receipt, and pay."), "card"),
            )
        case "plug_and_charge":
            return (StartView(_("Wait up to a minute. Charging starts by itself."), "wait"),)
        case "free":
            return (StartView(_("Press start if the charger asks. Charging is free here."), "start"),)
        case "cash":
            return (StartView(_("Pay in cash the way the charger shows."), "receipt"),)
    return ()


def _ending(way: str, pay: PayView, _: Translate) -> tuple[StartView, ...]:
    text = ""
    match way, pay.screen:
        case "contactless", True:
            text = _("To stop, use the same card or phone again, or follow the screen.")
        case "contactless", False:
            text = _("To stop, use the same card or phone again.")
        case "chip" | "rfid", True:
            text = _("To stop, use the same card again, or follow the screen.")
        case "chip" | "rfid", False:
            text = _("To stop, use the same card again.")
        case "app" | "web", _screen:
            text = _("To stop, press stop where you started.")
    return (StartView(text, "stop"),) if text else ()


def pay_hints(way: str, _: Translate) -> tuple[Hint, ...]:
    """What usually goes wrong with a way to pay."""
    match way:
        case "contactless":
            again = _(
                "Unlock your phone first. Take a card out of its wallet and hold it still for three seconds."
            )
            return (Hint(_("The reader does nothing?"), again), *_bank_card(_))
        case "chip":
            return _bank_card(_)
        case "app":
            return (
                Hint(
                    _("It does not start?"),
                    _(
                        "Check the charger’s number and the plug that you chose. Is an earlier charge still unpaid?"
                    ),
                ),
                Hint(
                    _("No signal?"),
                    _("Note the charger’s number and go to where your phone has signal."),
                ),
            )
        case "rfid":
            maybe = _(
                "It may not be active yet, blocked, out of date, or not valid here. Ask who gave it to you."
            )
            return (Hint(_("Card refused?"), maybe),)
        case "web":
            return (
                Hint(
                    _("The code opened no payment page?"),
                    _("A charger can have several codes. Look for the one to pay with."),
                ),
                Hint(_("It does not start?"), _("Check the plug that you chose.")),
            )
        case "plug_and_charge":
            maybe = _(
                "Plug & Charge may be off in the car’s settings, or its contract in the car has run out."
            )
            return (Hint(_("It does not start?"), maybe),)
    return ()


def _bank_card(_: Translate) -> tuple[Hint, ...]:
    return (
        Hint(
            _("Card refused?"),
            _("The reader first reserves a sum. If your account does not cover it, try another card."),
        ),
        Hint(
            _("More reserved than you spent?"),
            _("The rest is released: on the same day, or up to ten days later."),
        ),
    )
