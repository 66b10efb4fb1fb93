"""Catalogues of interface texts: `locale/<lang>.po`, read as they are, so that there is no compiled file to forget."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from string import Formatter

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import PoFileError, PoFileParser

from chargeside.findings import Findings
from chargeside.i18n.formats import locale_of, number

SOURCE = "en"
"""The language of the messages themselves."""

LANGUAGES = ("en", "de", "fr", "nl", "es", "it")
"""Languages with a catalogue, English first."""

PSEUDO = "ar-XB"
"""Every message from right to left: shows whether a layout would bear Arabic. No reader has this language."""

_RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})
_RLO, _PDF = "\u202e", "\u202c"  # Unicode: what stands between them runs from right to left

Translate = Callable[[str], str]
"""Gives an English message in the reader's language."""


@dataclass(frozen=True)
class Translator:
    """Words of one language. Called with an English message; `many` also with a number. `lang` is a language tag."""

    lang: str
    words: Mapping[str, str] = field(default_factory=dict, repr=False)
    plurals: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
    plural_of: Callable[[int], int] = field(default=lambda n: int(n != 1), repr=False)

    def __call__(self, message: str) -> str:
        """The message in this language, else as it is."""
        return self.words.get(message, message)

    def many(self, one: str, other: str, count: int) -> str:
        """`one` or `other`, or what stands for them; the number is filled in as `{count}`."""
        forms = self.plurals.get(one) or (self(one), self(other))
        index = self.plural_of(count) if one in self.plurals else int(count != 1)
        return forms[min(index, len(forms) - 1)].format(count=number(count, self.lang, 0))


class _Mirrored(dict[str, str]):
    """Every message as it is, run from right to left; its placeholders stay."""

    def __missing__(self, message: str) -> str:
        return f"{_RLO}{message}{_PDF}"

    def get(self, message: str, default: str | None = None) -> str:  # type: ignore[override]
        del default
        return self[message]


@cache
def translator(lang: str) -> Translator:
    """Words of a language; English where there is no catalogue. Never fails: what is wrong in a catalogue is found by
    `read_catalogue` in `chargeside check`."""
    if lang == PSEUDO:
        return Translator(lang, _Mirrored())
    main = lang.partition("-")[0]
    if main == SOURCE or main not in LANGUAGES:
        return Translator(lang)
    return read_catalogue(catalogue_text(main), lang, f"locale/{main}.po", Findings())


def catalogue_text(lang: str) -> str:
    """The catalogue of one of LANGUAGES but English."""
    return files("chargeside").joinpath(f"locale/{lang}.po").read_text(encoding="utf-8")


def is_right_to_left(lang: str) -> bool:
    """Whether pages in the language run from right to left."""
    return lang.partition("-")[0] in _RIGHT_TO_LEFT


def read_catalogue(text: str, lang: str, shown: str, findings: Findings) -> Translator:
    """The words of a catalogue.

    Left out, with a finding: translations with a missing or strange placeholder (T601); entries that are fuzzy, stand
    twice or lack a form (T602). A text that is no catalogue, or one without entries, gives no words (T602).
    """
    main = lang.partition("-")[0]
    catalogue = _Catalogue(locale=main)
    try:
        PoFileParser(catalogue, ignore_obsolete=True, abort_invalid=True).parse(io.StringIO(text))
    except (PoFileError, ValueError, LookupError) as error:
        line, why = None, str(error)
        if isinstance(error, PoFileError):
            line, why = error.lineno + 1, why.removesuffix(f" on {error.lineno}")
        mend = "see the format of .po files of GNU gettext"
        findings.add("T602", shown, line, f"cannot be read: {why}", mend)
        return Translator(lang)
    if not len(catalogue):
        findings.add("T602", shown, None, "has no entries", "run `make messages` and translate what it adds")
    words: dict[str, str] = {}
    plurals: dict[str, tuple[str, ...]] = {}
    for ids, strings in _translated(catalogue, shown, findings):
        if len(ids) > 1:
            plurals[ids[0]] = strings
        else:
            words[ids[0]] = strings[0]
    return Translator(lang, words, plurals, lambda n: int(locale_of(main).plural_form(n) != "one"))


class _Catalogue(Catalog):
    """Remembers what stands twice: Babel keeps the first entry and says nothing."""

    twice: Mapping[str, int] = {}
    """Lines of the second entry by the English text."""

    def __setitem__(self, id: str | list[str] | tuple[str, ...], message: Message) -> None:  # noqa: A002 - Babel's name
        if message.id and self.get(message.id, message.context):
            self.twice = {**self.twice, _forms(message.id)[0]: message.lineno or 1}
        super().__setitem__(id, message)


def _translated(
    catalogue: _Catalogue, shown: str, findings: Findings
) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """English texts and what stands for them, of the entries that can be used."""
    for message in catalogue:
        ids, strings = _forms(message.id), _forms(message.string)
        if not message.id or message.context:  # the header; or no message of ours, which have no contexts
            continue
        line = catalogue.twice.get(ids[0], message.lineno)
        name = f'"{ids[0][:60]}"'
        if ids[0] in catalogue.twice:
            findings.add("T602", shown, line, f"{name} stands twice", "keep one of the entries")
        elif message.fuzzy:
            mend = "compare it with the English text, then delete the word fuzzy"
            findings.add("T602", shown, line, f"the translation of {name} is marked as fuzzy", mend)
        elif any(strings) and not all(strings):
            findings.add("T602", shown, line, f"a form of {name} is missing", "translate every msgstr[…]")
        elif any(strings) and _fit(ids, strings):
            yield ids, strings
        elif any(strings):
            wanted = placeholders(ids[-1])
            names = ", ".join(f"{{{name}}}" for name in sorted(wanted or ())) or "none"
            message_text = f"the translation of {name} has other placeholders"
            findings.add("T601", shown, line, message_text, f"it must have: {names}")


def _forms(text: str | Sequence[str] | None) -> tuple[str, ...]:
    """A message's text, or its texts for one and for many."""
    return (text,) if isinstance(text, str) else tuple(text or ("",))


def placeholders(message: str) -> frozenset[str] | None:
    """Names in braces; None where braces do not match or hold more than a name."""
    try:
        fields = list(Formatter().parse(message))
    except ValueError:
        return None
    names = [name for _, name, spec, conversion in fields if name is not None]
    plain = all(not spec and not conversion for _, _, spec, conversion in fields)
    return frozenset(names) if plain and all(re.fullmatch(r"[a-z_]+", name) for name in names) else None


def _fit(ids: tuple[str, ...], strings: tuple[str, ...]) -> bool:
    """Whether every form has the placeholders of the English text; the one for one may also have those for many."""
    one, many = placeholders(ids[0]), placeholders(ids[-1])
    first, *others = map(placeholders, strings)
    return None not in (one, many) and first in (one, many) and all(names == many for names in others)
