"""The order of names and the letters they are listed under, as readers of a language expect them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from functools import cache

_OWN_LETTERS: Mapping[str, str] = {
    "cs": "čc řr šs žz",
    "da": "æz øz åz",
    "es": "ñn",
    "fi": "åz äz öz",
    "nb": "æz øz åz",
    "nn": "æz øz åz",
    "no": "æz øz åz",
    "pl": "ąa ćc ęe łl ńn óo śs źz żz",
    "sv": "åz äz öz",
    "tr": "çc ğg \u0131h öo şs üu",
    "uk": "ґг єе іи їи",
}
"""Letters that are not read as another letter with a mark but stand behind one, in their order. By language; source: CLDR,
collation charts."""

_PLAIN = str.maketrans(
    {"ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "\u0131": "i"}
)
"""Letters without a decomposition in Unicode, where they are not letters of their own."""

_MARKS = re.compile("(?<!и)\u0306|[\u0300-\u0305\u0307-\u036f\u0653-\u0655]")
"""Accents. With its own, the Cyrillic и is another letter."""
_THAI_VOWELS = "เแโใไ"
"""Written before the consonant that a word is listed under."""
_HANGUL = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
"""First consonants in the order of Unicode's syllables."""
_DIGITS, _OTHER, _HAN = "0–9", "#", "漢字"


_NUMBER = re.compile("[0-9]+")


def _padded(number: re.Match[str]) -> str:
    return number[0].zfill(6)


@cache
def sort_key(lang: str) -> Callable[[str], str]:
    """Gives what names are sorted by in a language: small letters, accents away, letters of its own behind those they
    follow, numbers by their value."""
    own = str.maketrans(
        {pair[0]: f"{pair[1]}\uffff{chr(place)}" for place, pair in enumerate(_own_letters(lang))}
    )

    def key(text: str) -> str:
        if text.isascii():
            flat = text.casefold()
        else:
            flat = bare(unicodedata.normalize("NFC", text).casefold().translate(own) if own else text)
        return _NUMBER.sub(_padded, flat.lstrip(" '\"(-.,‘’“„«"))

    return key


def _own_letters(lang: str) -> list[str]:
    return _OWN_LETTERS.get(lang.partition("-")[0], "").split()


def bare(text: str) -> str:
    """Small letters without accents, in whatever script; a mark that makes another letter stays."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return unicodedata.normalize("NFC", _MARKS.sub("", parts)).translate(_PLAIN)


def letter(town: str, lang: str) -> str:
    """What a town is listed under: its first letter, "0–9" for digits, "#" for anything else."""
    first = next(
        (c for c in unicodedata.normalize("NFC", town).casefold() if c.isalnum() and c not in _THAI_VOWELS),
        "",
    )
    first = unicodedata.normalize("NFKC", first)[:1]
    if not first.isalnum():
        return _OTHER
    if first.isdigit():
        return _DIGITS
    if "가" <= first <= "힣":
        return _HANGUL[(ord(first) - ord("가")) // 588]  # 21 vowels times 28 endings
    if "\u3400" <= first <= "\u9fff":
        return _HAN
    own = {pair[0] for pair in _own_letters(lang)}
    return (first if first in own else bare(first)[:1] or first).upper()[:1]


def letter_order(town: str, lang: str) -> tuple[int, str]:
    """Letters as the language has them, then digits, then the rest."""
    name = letter(town, lang)
    place = {_DIGITS: 1, _OTHER: 2}.get(name, 0)
    return place, sort_key(lang)(name)
