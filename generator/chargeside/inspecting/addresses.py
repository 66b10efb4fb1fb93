"""What a code says: whether it is one of ours, letter by letter, and if not, what it is instead.

Right is only what is the same, character by character, as what we print. Taking addresses apart serves to say why another one is not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from chargeside.i18n import N_
from chargeside.inspecting.lookalikes import why_foreign
from chargeside.inspecting.verdicts import Words
from chargeside.model.address import parse_address
from chargeside.model.codes import is_code
from chargeside.model.network import Network

_CODE = re.compile(r"([0-9]{7})(/?)", re.ASCII)
_FIND = re.compile(r"s/([A-Za-z-]{2,12})/", re.ASCII)
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]{0,30}):", re.ASCII | re.IGNORECASE)
_BARE = re.compile(r"[^\s/@:]+(\.[^\s/@:.]+)*\.[^\s/@:.0-9]{2,}([/:?#]\S*)?")
"""What phones take for an address without a scheme: example.org/pay."""
_ACTING = frozenset((
    "bitcoin", "data", "ethereum", "facetime", "file", "ftp", "geo", "intent", "itms-apps", "javascript", "litecoin", "mailto", "market",
    "matmsg", "mecard", "mebkm", "otpauth", "sgnl", "sip", "sms", "smsto", "spc", "tel", "tg", "upi", "urlto", "viber", "vnd.youtube",
    "weixin", "whatsapp", "wifi", "wxp",
))  # fmt: skip
"""Beginnings on which phones do something, without `//` behind them."""
_PLAIN = re.compile(r"(?!.*(\.\.|%2e|\\))[!-~]+", re.ASCII | re.IGNORECASE)
"""No way out of a folder, nothing that browsers read in their own way."""
_LONGEST_SHOWN = 120


class Kind(StrEnum):
    """What a code is."""

    STATION = "station"
    FIND = "find"
    """The poster of a site: the page where drivers pick a charger."""
    OWN = "own"
    TEXT = "text"
    ODD = "odd"
    """Leads to our site, but is no address that a sign carries."""
    FOREIGN = "foreign"


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a code says. `code`: the one it names, of a station; `old`: why its address is not the one of today; `why`: in words."""

    kind: Kind
    code: str = ""
    old: Words | None = None
    why: Words | None = None


class Addresses:
    """An operator's own addresses. `known`: beginnings of addresses of others that may hang there, such as the maker's."""

    def __init__(self, network: Network, known: Iterable[str] = ()) -> None:
        operator = network.operator
        self._site = operator.site_url
        self._former = tuple(url for url in operator.former_site_urls if url != operator.site_url)
        self._adopted = {one.address: one.code for one in network.adopted}
        self._issued = frozenset(line.code for line in network.ledger)
        countries = operator.countries.values()
        self._languages = frozenset(
            (*operator.languages, *(lang for one in countries for lang in one.languages))
        )
        prices = (country.price_url for country in countries)
        own = (operator.pay_url, *(app.url for app in operator.apps), *prices)
        self._pay = operator.pay_url or ""
        self._own = tuple(dict.fromkeys(url for url in (*own, *known) if url))
        urls = (self._site, *self._former, *self._own)
        self.hosts = tuple(dict.fromkeys(host for url in urls if (host := urlsplit(url).hostname)))

    def meaning(self, text: str) -> Meaning:
        """What a code with this text is."""
        return self._ours(text) or self._adopted_one(text) or self._own_one(text) or self._stranger(text)

    def _ours(self, text: str) -> Meaning | None:
        for site in (self._site, *self._former):
            if not text.startswith(site):
                continue
            rest = text.removeprefix(site)
            if (found := _CODE.fullmatch(rest)) and found[1] in self._issued:
                old = (
                    Words.of(N_("It has the former address {site}."), site=site)
                    if site != self._site
                    else None
                )
                return Meaning(Kind.STATION, found[1], old)
            if found:
                return self._never_issued(found[1])
            if (page := _FIND.fullmatch(rest)) and page[1] in self._languages:
                return Meaning(Kind.FIND)
        return None

    def _never_issued(self, code: str) -> Meaning:
        if is_code(code):
            return _foreign(Words.of(N_("The code {code} was never issued."), code=code))
        return _foreign(Words.of(N_("{code} is no code: its check digit is wrong."), code=code))

    def _adopted_one(self, text: str) -> Meaning | None:
        try:
            address = str(parse_address(text))
        except ValueError:
            return None
        if not text.startswith("https://") or address not in self._adopted:
            return None
        old = Words.of(N_("It is a sign of an earlier system, whose address still leads here."))
        return Meaning(Kind.STATION, self._adopted[address], old)

    def _own_one(self, text: str) -> Meaning | None:
        for url in self._own:
            base = url.rstrip("/")
            if text == base or (
                text.startswith(base) and text[len(base)] in "/?#" and _PLAIN.fullmatch(text)
            ):
                message = (
                    N_("It leads to your page for paying.") if url == self._pay else N_("It leads to {page}.")
                )
                return Meaning(Kind.OWN, why=Words.of(message, page=shown(url)))
        return None

    def _stranger(self, text: str) -> Meaning:
        scheme = _SCHEME.match(text)
        name = scheme[1].lower() if scheme else ""
        if name in ("http", "https"):
            return self._address(text, name)
        if scheme and (name in _ACTING or text[scheme.end() :].startswith("//")):
            return _foreign(Words.of(N_("It is no web address: it starts with {scheme}."), scheme=f"{name}:"))
        if "://" in text:
            return _foreign(Words.of(N_("It has characters that hide where it leads.")))
        if _BARE.fullmatch(text):
            return self._address(f"https://{text}", "")
        return Meaning(Kind.TEXT)

    def _address(self, text: str, scheme: str) -> Meaning:
        """A web address that is not one of ours."""
        try:
            parts = urlsplit(text)
            host, port = (parts.hostname or "").rstrip("."), parts.port
        except ValueError:
            return _foreign(Words.of(N_("It is a damaged address.")))
        if "@" in parts.netloc:
            return _foreign(
                Words.of(
                    N_("What stands before @ is only for show: the address is that of {host}."),
                    host=shown_host(host),
                )
            )
        if "\\" in text or not text.isprintable() or " " in text:
            return _foreign(Words.of(N_("It has characters that hide where it leads.")))
        if host not in self.hosts:
            return _foreign(_defanged(why_foreign(host, self.hosts)))
        return self._our_host(text, scheme, host, port)

    def _our_host(self, text: str, scheme: str, host: str, port: int | None) -> Meaning:
        """An address at a host of ours that is not what a sign carries."""
        if scheme == "http":
            return _foreign(
                Words.of(
                    N_("It starts with http: and not https:, so anybody on the way can change the page.")
                )
            )
        site = next((url for url in (self._site, *self._former) if urlsplit(url).hostname == host), None)
        if site is None:
            return Meaning(
                Kind.ODD, why=Words.of(N_("It is at {host}, but on another page than yours."), host=host)
            )
        if port != urlsplit(site).port:
            return _foreign(
                Words.of(
                    N_("It is at {host}, but asks for another service there (port {port})."),
                    host=host,
                    port=str(port),
                )
            )
        head, _, rest = text.partition("://")
        folded = f"{head.lower()}://{rest.partition('/')[0].lower()}/{rest.partition('/')[2]}"
        ours = self._ours(folded)
        if ours is not None and ours.kind is Kind.STATION:
            old = Words.of(N_("Its address is in capitals, or without https: some phones do not open it."))
            return Meaning(Kind.STATION, ours.code, old)
        if (
            text.startswith(site)
            and (start := _CODE.match(text.removeprefix(site)))
            and start[1] in self._issued
        ):
            return Meaning(
                Kind.ODD,
                why=Words.of(
                    N_("It leads to a page of the charger {code}, but no sign carries this address."),
                    code=start[1],
                ),
            )
        return _foreign(
            Words.of(N_("It is at {host}, but no code of a charger stands behind that."), host=host)
        )


def _foreign(why: Words) -> Meaning:
    return Meaning(Kind.FOREIGN, why=why)


def _defanged(words: Words) -> Words:
    """With the foreign host as text that nothing makes a link of."""
    return Words(
        words.message,
        tuple((name, shown_host(text) if name == "host" else text) for name, text in words.values),
    )


def shown_host(host: str) -> str:
    """A host that nobody and no program opens by mistake: evil[.]test."""
    return _clean(host).replace(".", "[.]")


def shown(text: str) -> str:
    """The text of a code as it can be shown: cut to size, no control characters, its dots in brackets so that it is no link."""
    return _clean(text).replace(".", "[.]")


def _clean(text: str) -> str:
    """Control characters, and those that turn the direction of what follows or cannot be seen, as \\u…"""
    cut = text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"
    return "".join(
        letter
        if letter.isprintable()
        else f"\\u{ord(letter):04x}"
        if ord(letter) < 0x10000
        else f"\\U{ord(letter):08x}"
        for letter in cut
    )
