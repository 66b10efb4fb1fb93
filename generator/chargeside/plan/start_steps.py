"""How to start: three steps in this charger's order and with its ways to pay, the same on the sign and on the page.

A step names only what is known of the charger. What is not known is left to the charger to say, never guessed: a wrong
"tap your card" is worse than "in the way it shows".
"""

from __future__ import annotations

from typing import NamedTuple

from chargeside.i18n import Translate
from chargeside.model.facts import START_WAYS, Facts

_READER = frozenset({"contactless", "chip", "rfid"})


class StartStep(NamedTuple):
    """One action: the name of its pictogram, and plain text that must be escaped like any other."""

    pictogram: str
    text: str


def _english(message: str) -> str:
    return message


def start_steps(facts: Facts, translate: Translate = _english) -> tuple[StartStep, StartStep, StartStep]:
    """Three steps from an empty bay to a charging car."""
    _ = translate
    order = facts.text("start_order")
    if order == "unknown":
        return _by_way(facts, _) or _as_the_charger_says(facts, _)
    plug, pay = StartStep("plug-in", _plug(facts, _)), _pay(facts, _)
    check = StartStep("wait", _check(facts, _))
    if order == "auth_first":
        return pay, plug, check
    if order == "any" and _known_ways(facts):
        plug = plug._replace(text=_("{plug} You may also pay first.").format(plug=plug.text))
    return plug, pay, check


def _by_way(facts: Facts, _: Translate) -> tuple[StartStep, StartStep, StartStep] | None:
    """Where the order depends on how one pays: a step for each order, the one that more ways have first. None where it is
    not known of any way."""
    groups: dict[str, list[str]] = {"auth_first": [], "plug_first": [], "unknown": []}
    for way in facts.many("payment"):
        if way in START_WAYS:
            order = facts.order_of(way)
            groups["plug_first" if order == "any" else order].append(way)
    known = sorted(
        (order for order, ways in groups.items() if ways),
        key=lambda order: (order == "unknown", -len(groups[order]), not _READER & set(groups[order])),
    )
    if len(known) < 2:
        return None
    texts = {
        "auth_first": (_("{way}, then plug in."), _("Or {way}, then plug in.")),
        "plug_first": (_("Plug in, then {way}."), _("Or plug in, then {way}.")),
        "unknown": ("", _("Or {way} in the order the charger shows.")),
    }
    steps = []
    for place, order in enumerate(known[:2]):
        pictogram, way = _way_of(frozenset(groups[order]), _)
        text = texts[order][place].format(way=way)
        steps.append(StartStep("plug-in" if order == "plug_first" else pictogram, text[0].upper() + text[1:]))
    return steps[0], steps[1], StartStep("wait", _check(facts, _))


def _as_the_charger_says(facts: Facts, _: Translate) -> tuple[StartStep, StartStep, StartStep]:
    """Nobody told us the order: no step may sound like the first one."""
    if facts.text("display") == "yes":
        first = StartStep("screen", _("Follow the order on the screen."))
    else:
        first = StartStep("charger", _("Follow the order shown on the charger."))
    if own_cable(facts):
        plug = _("When it says so, plug your cable into the charger and your car.")
    else:
        plug = _("When it says so, push the plug all the way in.")
    pictogram, way = _way(facts, _)
    pay = _("When it says so, {way}.").format(way=way) if way else _("Pay or sign in the way it shows.")
    return first, StartStep("plug-in", plug), StartStep(pictogram, pay)


def _plug(facts: Facts, _: Translate) -> str:
    if own_cable(facts):
        return _("Plug your cable into the charger and your car.")
    return _("Push the plug all the way into your car.")


def _check(facts: Facts, _: Translate) -> str:
    if facts.text("display") == "yes":
        return _("Wait up to a minute. The screen shows when charging starts.")
    return _("Wait up to a minute. Your car shows when charging starts.")


def _pay(facts: Facts, _: Translate) -> StartStep:
    pictogram, way = _way(facts, _)
    if way:
        return StartStep(pictogram, f"{way[0].upper()}{way[1:]}.")
    if facts.get("payment.free") == "yes":
        return StartStep("start", _("Charging is free here. Start it the way the charger shows."))
    if facts.get("payment.plug_and_charge") == "yes":
        return StartStep("start", _("With Plug & Charge set up in your car, charging starts by itself."))
    return StartStep("card", _("Pay or sign in the way the charger shows."))


def own_cable(facts: Facts) -> bool:
    """Whether nobody finds a cable here. DC always comes on a fixed cable, said or not."""
    return facts.many("format") == ("socket",) and "DC" not in facts.many("current")


def _known_ways(facts: Facts) -> bool:
    return bool({"contactless", "chip", "rfid", "app", "web"} & set(facts.many("payment")))


def _way(facts: Facts, _: Translate) -> tuple[str, str]:
    """Pictogram and clause of the ways to pay that work here."""
    return _way_of(frozenset(facts.many("payment")), _)


def _way_of(ways: frozenset[str], _: Translate) -> tuple[str, str]:
    """Pictogram and clause of some ways to pay: one at the charger, one on the phone. The clause is empty where none is known."""
    reader, phone = _reader(ways, _), _phone(ways, _)
    if reader and phone:
        return reader[0], _("{first}, or {second}").format(first=reader[1], second=phone[1])
    return reader or phone or ("card", "")


def _reader(ways: frozenset[str], _: Translate) -> tuple[str, str] | None:
    match "contactless" in ways, "rfid" in ways, "chip" in ways:
        case True, True, _chip:
            return "tap", _("tap a bank card, phone or charging card")
        case True, False, _chip:
            return "tap", _("tap your bank card or phone")
        case False, True, True:
            return "card", _("put in your bank card or tap your charging card")
        case False, True, False:
            return "tap", _("tap your charging card")
        case False, False, True:
            return "card", _("put your bank card in the reader")
    return None


def _phone(ways: frozenset[str], _: Translate) -> tuple[str, str] | None:
    if "app" in ways:
        return "app", _("start in the app")
    if "web" in ways:
        return "address", _("pay on the website")
    return None
