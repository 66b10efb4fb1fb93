"""Hosts that are made to be taken for one of ours: by letters that look alike, by where ours stands in them, by hiding behind others.

Nothing here makes an address right: it only says why a foreign one is worse than that.
"""

# ruff: noqa: RUF001 - letters that look alike are what this is about

from __future__ import annotations

import ipaddress
import unicodedata
from collections.abc import Iterable

from chargeside.i18n import N_
from chargeside.inspecting.verdicts import Words

SHORTENERS = frozenset((
    "adf.ly", "b.link", "bit.do", "bit.ly", "bitly.com", "buff.ly", "cutt.ly", "dub.sh", "flowcode.com", "goo.gl", "is.gd", "lnkd.in",
    "me-qr.com", "ow.ly", "qr.ae", "qr.de", "qr.io", "qr1.at", "qrco.de", "qrd.by", "qrs.ly", "rb.gy", "rebrand.ly", "s.id", "scan.page",
    "short.io", "shorturl.at", "t.co", "t.ly", "t2m.io", "tiny.cc", "tiny.one", "tinyurl.com", "trib.al", "urlz.fr", "v.gd", "wa.me",
    "youtu.be",
))  # fmt: skip
"""Hosts that lead elsewhere, so that the code does not show where. Well-known ones, to be added to."""

_ALIKE = str.maketrans({
    # Digits and Latin letters that are taken for one another in print.
    "0": "o", "1": "l", "i": "l", "|": "l", "5": "s", "ı": "l", "ł": "l", "ø": "o",
    # Cyrillic: Unicode Technical Standard 39, confusables.txt, those of small letters that hosts are written in.
    "а": "a", "в": "b", "с": "c", "ԁ": "d", "е": "e", "һ": "h", "н": "h", "і": "l", "ј": "j", "к": "k", "ӏ": "l", "м": "m", "п": "n",
    "о": "o", "р": "p", "ԛ": "q", "г": "r", "ѕ": "s", "т": "t", "ѵ": "v", "ԝ": "w", "х": "x", "у": "y", "ү": "y",
    # Greek, Armenian.
    "α": "a", "ε": "e", "η": "n", "ι": "l", "κ": "k", "ν": "v", "ο": "o", "ρ": "p", "σ": "o", "τ": "t", "υ": "u", "χ": "x", "γ": "y",
    "օ": "o", "ս": "u", "հ": "h", "ո": "n", "ց": "g",
    "ɡ": "g", "ɑ": "a", "ʟ": "l",
})  # fmt: skip
_PAIRS = (("rn", "m"), ("vv", "w"), ("cl", "d"), ("nn", "m"))
_LONG = 8
"""From so many letters on, two wrong ones still look alike; in shorter hosts one."""


def why_foreign(host: str, ours: Iterable[str]) -> Words:
    """Why `host` (in small letters, without port) is not one of `ours`, as sharply as can be said."""
    if host in SHORTENERS or host.removeprefix("www.") in SHORTENERS:
        return Words.of(
            N_("{host} is a link shortener: where it leads does not show, and can be changed at any time."),
            host=host,
        )
    if _is_number(host):
        return Words.of(N_("The address names a machine by its number, as no help page does."))
    for own in ours:
        if words := _like(host, own):
            return words
    return Words.of(N_("{host} is another domain."), host=host)


def _like(host: str, own: str) -> Words | None:
    """Why a host may be taken for our `own`; None where it will not."""
    if f".{own}." in f".{host}." or f".{own.replace('.', '-')}" in f".{host}":
        return Words.of(N_("{host} has {own} in it, but belongs to somebody else."), host=host, own=own)
    shown = _unicode(host)
    if skeleton(shown) == skeleton(own):
        if shown != host or not host.isascii():
            return Words.of(
                N_("{host} looks like {own}: it has letters of other scripts or with marks."),
                host=host,
                own=own,
            )
        return Words.of(
            N_("{host} looks like {own}: it has characters that are taken for others."), host=host, own=own
        )
    if 0 < _wrong_letters(shown, own) <= (2 if len(own) >= _LONG else 1):
        return Words.of(
            N_("{host} is nearly {own}: letters are swapped, missing, added or replaced."), host=host, own=own
        )
    return None


def skeleton(host: str) -> str:
    """A host with all letters that look alike made one: hosts with the same skeleton are hard to tell apart."""
    plain = "".join(
        letter
        for letter in unicodedata.normalize("NFKD", host.casefold())
        if not unicodedata.combining(letter)
    ).translate(_ALIKE)
    for pair, one in _PAIRS:
        plain = plain.replace(pair, one)
    return plain


def _unicode(host: str) -> str:
    """A host as a browser may show it: labels in Punycode decoded."""
    return ".".join(map(_label, host.split(".")))


def _label(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        return label.removeprefix("xn--").encode("ascii").decode("punycode")
    except (UnicodeError, ValueError, OverflowError):
        return label


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return host.replace(".", "").isdigit() or host.startswith("0x")
    return True


def _wrong_letters(one: str, other: str) -> int:
    """Letters to add, leave out, replace or swap with their neighbour to make one host of the other; many where it is clearly many."""
    if abs(len(one) - len(other)) > 2:
        return len(one)
    before: list[int] = []
    row = list(range(len(other) + 1))
    for y, letter in enumerate(one, 1):
        row, before, last = [y], row, before
        for x, wanted in enumerate(other, 1):
            cost = min(before[x] + 1, row[x - 1] + 1, before[x - 1] + (letter != wanted))
            if y > 1 and x > 1 and letter == other[x - 2] and one[y - 2] == wanted:
                cost = min(cost, last[x - 2] + 1)
            row.append(cost)
    return row[-1]
