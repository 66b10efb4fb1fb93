"""Words of the driver site that depend on values: durations, distances, names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from urllib.parse import quote

import pyphen
from markupsafe import Markup, escape

from chargeside.i18n import Translate, Translator, number

LONG_WORD = 14
"""Letters that half of a narrow phone has room for."""

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


@cache
def soft(text: str, lang: str) -> str:
    """A short text with soft hyphens in its long words, for a narrow button: browsers know the rules of few languages."""
    rules = pyphen.language_fallback(lang.replace("-", "_"))
    if rules is None or all(len(word) <= LONG_WORD for word in text.split(" ")):
        return text  # reading the rules of a language takes a tenth of a second
    dictionary = pyphen.Pyphen(lang=rules, left=4, right=4)
    return " ".join(
        dictionary.inserted(word, hyphen="\N{SOFT HYPHEN}") if len(word) > LONG_WORD else word
        for word in text.split(" ")
    )


LINE, CRLF = "\n", "\r\n"
"""What parts lines here, and in an e-mail (RFC 6068)."""


def letter(href: str, text: str) -> str:
    """An address to write to, with the beginning of the text: of an e-mail (RFC 6068) or a text message (RFC 5724). A form on
    the web takes none."""
    if href.startswith("https:"):
        return href
    return f"{href}{'&' if '?' in href else '?'}body={quote(text.replace(LINE, CRLF))}"


def duration(minutes: int, _: Translate) -> str:
    """35 min; 4 h 45 min."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return _("{minutes} min").format(minutes=rest)
    if not rest:
        return _("{hours} h").format(hours=hours)
    return _("{hours} h {minutes} min").format(hours=hours, minutes=rest)


def distance(metres: int, _: Translator) -> str:
    """350 m; 2.4 km; 24 km."""
    if metres < 995:
        return _("{metres} m").format(metres=max(10, round(metres, -1)))
    km = metres / 1000
    return _("{km} km").format(km=number(km, _.lang, 1 if km < 9.95 else 0))


_ADDRESS = re.compile(
    r'(?P<url>https://[^\s<>"]*[^\s<>".,;:!?)\]])|(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}',
    re.ASCII,
)


def linked(text: str) -> Markup:
    """An operator's text with its https and e-mail addresses as links; all else in it is text."""
    made, end = Markup(""), 0
    for found in _ADDRESS.finditer(text):
        href = found[0] if found["url"] else f"mailto:{found[0]}"
        made += escape(text[end : found.start()]) + Markup('<a href="{}">{}</a>').format(href, found[0])
        end = found.end()
    return made + escape(text[end:])
