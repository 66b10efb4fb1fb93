"""Words of the driver site that depend on values: durations, distances, names, and how to pay."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from chargeside.plan.driver_views import StartView

Translate = Callable[[str], str]

LANGUAGE_NAMES: Mapping[str, str] = {
    "ar": "العربية",
    "cs": "Čeština",
    "da": "Dansk",
    "de": "Deutsch",
    "el": "Ελληνικά",
    "en": "English",
    "es": "Español",
    "fi": "Suomi",
    "fr": "Français",
    "hu": "Magyar",
    "it": "Italiano",
    "nl": "Nederlands",
    "no": "Norsk",
    "pl": "Polski",
    "pt": "Português",
    "sv": "Svenska",
    "tr": "Türkçe",
    "uk": "Українська",
}
"""Languages in their own words; one that is not here is shown by its code."""

RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})

CATEGORY_PICTOGRAMS: Mapping[str, str] = {
    "starting": "start",
    "payment": "card",
    "connector": "plug-in",
    "communication": "network",
    "speed": "battery",
    "stopping": "unplug",
    "billing": "receipt",
    "app": "app",
    "vehicle": "settings",
    "weather": "cold-battery",
    "site": "screen",
    "safety": "danger",
    "accessibility": "look",
    "special": "other-charger",
}

SYMPTOM_PICTOGRAMS: Mapping[str, str] = {"charging-stopped": "stop", "which-plug": "look"}
"""Where the picture of the category would tell two buttons of a page not apart, by problem."""

WAY_PICTOGRAMS: Mapping[str, str] = {
    "contactless": "tap",
    "chip": "card",
    "app": "app",
    "rfid": "tap",
    "web": "address",
    "plug_and_charge": "plug-in",
    "cash": "receipt",
    "free": "start",
}


def symptom_pictogram(slug: str, category: str) -> str:
    """The picture on the button of a problem."""
    return SYMPTOM_PICTOGRAMS.get(slug) or CATEGORY_PICTOGRAMS.get(category, "look")


def duration(minutes: int, _: Translate) -> str:
    """35 min; 4 h 45 min."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return _("{minutes} min").format(minutes=rest)
    if not rest:
        return _("{hours} h").format(hours=hours)
    return _("{hours} h {minutes} min").format(hours=hours, minutes=rest)


def distance(metres: int, _: Translate) -> str:
    """350 m; 2.4 km; 24 km."""
    if metres < 995:
        return _("{metres} m").format(metres=max(10, round(metres, -1)))
    km = metres / 1000
    return _("{km} km").format(km=f"{km:.1f}" if km < 9.95 else f"{km:.0f}")


def pay_steps(way: str, order: str, _: Translate) -> tuple[StartView, ...]:
    """How to pay one way at a charger with this order.

    Source: research on ways to pay, usual failures named by operators (ChargeUK, Iberdrola | bp pulse, char.gy, Fastned,
    Gridserve help pages).
    """
    plug = StartView(_("Push the plug all the way into your car."), "plug-in")
    pay = _paying(way, _)
    if way in ("plug_and_charge", "free") or not pay:
        steps = (plug, *pay)
    elif order == "auth_first":
        steps = (*pay, plug)
    elif order == "unknown":
        steps = (
            StartView(_("Look at the charger: it shows whether to plug in or to pay first."), "look"),
            plug,
            *pay,
        )
    else:
        steps = (plug, *pay)
    return (*steps, *_ending(way, _))


def _paying(way: str, _: Translate) -> tuple[StartView, ...]:  # noqa: PLR0911 - one case per way to pay
    match way:
        case "contactless":
            return (
                StartView(_("Choose your plug if the screen asks."), "screen"),
                StartView(_("Hold your bank card, or your unlocked phone, flat against the reader."), "tap"),
            )
        case "chip":
            return (
                StartView(_("Choose your plug if the screen asks."), "screen"),
                StartView(_("Put your bank card in the reader and type your PIN."), "card"),
            )
        case "app":
            return (
                StartView(_("Open the app and find this charger by its number."), "app"),
                StartView(_("Choose your plug and start."), "start"),
            )
        case "rfid":
            return (
                StartView(
                    _("Tap your charging card or key fob on the reader. Wait for the beep or the light."),
                    "tap",
                ),
            )
        case "web":
            return (
                StartView(_("Open the payment page. Read its address before you type anything."), "address"),
                StartView(
                    _("Choose your plug and pay. Leave an e-mail address if you want a receipt."), "receipt"
                ),
            )
        case "plug_and_charge":
            return (StartView(_("Wait up to a minute. Charging starts by itself."), "wait"),)
        case "free":
            return (StartView(_("Press start if the charger asks. Charging is free here."), "start"),)
        case "cash":
            return (StartView(_("Pay in cash the way the charger shows."), "receipt"),)
    return ()


def _ending(way: str, _: Translate) -> tuple[StartView, ...]:
    match way:
        case "contactless" | "chip" | "rfid":
            return (StartView(_("To stop, use the same card or phone again, or follow the screen."), "stop"),)
        case "app" | "web":
            return (StartView(_("To stop, press stop where you started."), "stop"),)
    return ()


def pay_hints(way: str, _: Translate) -> tuple[str, ...]:
    """What usually goes wrong with a way to pay."""
    match way:
        case "contactless" | "chip":
            return (
                _(
                    "The reader may reserve more money than you will spend. It is released later: the same day, or up to ten days on."
                ),
            )
        case "app":
            return (
                _(
                    "It does not start? Check the number and the plug you chose, and whether an earlier charge is still unpaid."
                ),
            )
        case "rfid":
            return (_("It does not start? The card may be new and not active yet, blocked, or out of date."),)
        case "plug_and_charge":
            return (
                _(
                    "It does not start? Plug & Charge may be off in the car’s settings, or the contract in the car has run out."
                ),
            )
    return ()
