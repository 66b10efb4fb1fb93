"""The reader's language: formats of numbers, money, dates and lists, and words from catalogues that may be broken."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chargeside.findings import Findings
from chargeside.i18n import (
    LANGUAGES,
    PSEUDO,
    Translator,
    clock,
    country_name,
    day,
    is_right_to_left,
    language_name,
    listed,
    moment,
    money,
    number,
    percent,
    phone,
    read_catalogue,
    translator,
    unit,
    weekday,
)

NB, NARROW = "\u00a0", "\u202f"
"""No-break spaces: ~ and _ in the tables."""


def spaced(text: str) -> str:
    return text.replace("~", NB).replace("_", NARROW)


Row = tuple[str, str, str, str, str, str]
FORMATS: dict[str, tuple[Callable[[str], str], Row]] = {
    # what: how it is asked for; en, de, fr, nl, es, it
    "a number": (lambda lang: number(7.4, lang), ("7.4", "7,4", "7,4", "7,4", "7,4", "7,4")),
    "no digits that say nothing": (lambda lang: number(50.0, lang), ("50",) * 6),
    "thousands": (
        lambda lang: number(29109, lang, 0),
        ("29,109", "29.109", "29_109", "29.109", "29.109", "29.109"),
    ),
    "halves go up, as people count": (
        lambda lang: number(2.675, lang, 2),
        ("2.68", "2,68", "2,68", "2,68", "2,68", "2,68"),
    ),
    "no minus before nought": (lambda lang: number(-0.04, lang), ("0",) * 6),
    "percent": (lambda lang: percent(80, lang), ("80%", "80~%", "80~%", "80%", "80~%", "80%")),
    "percent as data has it": (
        lambda lang: percent("5.50", lang),
        ("5.5%", "5,5~%", "5,5~%", "5,5%", "5,5~%", "5,5%"),
    ),
    "euros": (
        lambda lang: money("0.49", "EUR", lang),
        ("€0.49", "0,49~€", "0,49~€", "€~0,49", "0,49~€", "0,49~€"),
    ),
    "tenths of a cent are kept": (
        lambda lang: money("0.4879", "EUR", lang),
        ("€0.4879", "0,4879~€", "0,4879~€", "€~0,4879", "0,4879~€", "0,4879~€"),
    ),
    "whole euros have cents": (
        lambda lang: money("1200", "EUR", lang),
        ("€1,200.00", "1.200,00~€", "1_200,00~€", "€~1.200,00", "1.200,00~€", "1.200,00~€"),
    ),
    "pounds": (
        lambda lang: money("0.79", "GBP", lang),
        ("£0.79", "0,79~£", "0,79~£GB", "£~0,79", "0,79~GBP", "0,79~£"),
    ),
    "kronor, by letters": (
        lambda lang: money("5.5", "SEK", lang),
        ("SEK~5.50", "5,50~SEK", "5,50~SEK", "SEK~5,50", "5,50~SEK", "5,50~SEK"),
    ),
    "francs, by letters": (
        lambda lang: money("0.595", "CHF", lang),
        ("CHF~0.595", "0,595~CHF", "0,595~CHF", "CHF~0,595", "0,595~CHF", "0,595~CHF"),
    ),
    "koruny, by letters": (
        lambda lang: money("12.5", "CZK", lang),
        ("CZK~12.50", "12,50~CZK", "12,50~CZK", "CZK~12,50", "12,50~CZK", "12,50~CZK"),
    ),
    "yen have no cents": (
        lambda lang: money("55.00", "JPY", lang),
        ("JP¥55", "55~¥", "55~JPY", "JP¥~55", "55~JPY", "55~JPY"),
    ),
    "half a yen is not rounded": (
        lambda lang: money("55.50", "JPY", lang),
        ("JP¥55.5", "55,5~¥", "55,5~JPY", "JP¥~55,5", "55,5~JPY", "55,5~JPY"),
    ),
    "a currency that nobody knows": (
        lambda lang: money("1", "XYZ", lang),
        ("XYZ~1.00", "1,00~XYZ", "1,00~XYZ", "XYZ~1,00", "1,00~XYZ", "1,00~XYZ"),
    ),
    "a date": (
        lambda lang: day("2026-11-04", lang),
        ("4 Nov 2026", "04.11.2026", "4 nov. 2026", "4 nov 2026", "4 nov 2026", "4 nov 2026"),
    ),
    "the date of a moment": (
        lambda lang: day("2026-05-01T23:59:00Z", lang),
        ("1 May 2026", "01.05.2026", "1 mai 2026", "1 mei 2026", "1 may 2026", "1 mag 2026"),
    ),
    "morning": (
        lambda lang: clock(6 * 60 + 5, lang),
        ("06:05", "06:05", "06:05", "06:05", "6:05", "06:05"),
    ),
    "midnight": (lambda lang: clock(0, lang), ("00:00", "00:00", "00:00", "00:00", "0:00", "00:00")),
    "the end of a day": (lambda lang: clock(24 * 60, lang), ("24:00",) * 6),
    "a moment": (
        lambda lang: moment("2026-11-24T18:00", lang),
        (
            "24 Nov 2026, 18:00", "24.11.2026, 18:00", "24 nov. 2026, 18:00", "24 nov 2026, 18:00",
            "24 nov 2026, 18:00", "24 nov 2026, 18:00",
        ),
    ),
    "Monday": (lambda lang: weekday(1, lang), ("Mon", "Mo", "lun.", "ma", "lun", "lun")),
    "Sunday": (lambda lang: weekday(7, lang), ("Sun", "So", "dim.", "zo", "dom", "dom")),
    "nothing": (lambda lang: listed([], lang), ("",) * 6),
    "one": (lambda lang: listed(["a"], lang, "or"), ("a",) * 6),
    "two": (lambda lang: listed(["a", "b"], lang), ("a and b", "a und b", "a et b", "a en b", "a y b", "a e b")),
    "three": (
        lambda lang: listed(["a", "b", "c"], lang),
        ("a, b and c", "a, b und c", "a, b et c", "a, b en c", "a, b y c", "a, b e c"),
    ),
    "either": (
        lambda lang: listed(["a", "b"], lang, "or"),
        ("a or b", "a oder b", "a ou b", "a of b", "a o b", "a o b"),
    ),
    "one of three": (
        lambda lang: listed(["a", "b", "c"], lang, "or"),
        ("a, b or c", "a, b oder c", "a, b ou c", "a, b of c", "a, b o c", "a, b o c"),
    ),
    "power": (lambda lang: unit(7.4, "kilowatt", lang), ("7.4~kW", "7,4~kW", "7,4_kW", "7,4~kW", "7,4~kW", "7,4~kW")),
    "one unit that has no plural": (lambda lang: unit(1, "meter", lang), ("1~m", "1~m", "1_m", "1~m", "1~m", "1~m")),
    "one hour": (lambda lang: unit(1, "hour", lang), ("1~hr", "1~Std.", "1_h", "1~uur", "1~h", "1~h")),
    "hours": (lambda lang: unit(1.5, "hour", lang), ("1.5~hrs", "1,5~Std.", "1,5_h", "1,5~uur", "1,5~h", "1,5~h")),
    "energy": (lambda lang: unit(50, "kilowatt-hour", lang), ("50~kWh", "50~kWh", "50_kWh", "50~kWh", "50~kWh", "50~kWh")),
    "a tension": (lambda lang: unit(400, "volt", lang), ("400~V", "400~V", "400_V", "400~V", "400~V", "400~V")),
    "a way": (lambda lang: unit(1.25, "kilometer", lang), ("1.3~km", "1,3~km", "1,3_km", "1,3~km", "1,3~km", "1,3~km")),
    "a country": (
        lambda lang: country_name("CH", lang),
        ("Switzerland", "Schweiz", "Suisse", "Zwitserland", "Suiza", "Svizzera"),
    ),
    "a country that is none": (lambda lang: country_name("QX", lang), ("QX",) * 6),
}  # fmt: skip
CASES = {
    f"{what}, {lang}": (ask, lang, text)
    for what, (ask, row) in FORMATS.items()
    for lang, text in zip(LANGUAGES, row, strict=True)
}


@pytest.mark.parametrize(("ask", "lang", "text"), CASES.values(), ids=CASES)
def test_formats(ask: Callable[[str], str], lang: str, text: str) -> None:
    assert ask(lang) == spaced(text)


@pytest.mark.parametrize(
    ("items", "style", "text"),
    [
        (["Francia", "Italia"], "and", "Francia e Italia"),
        (["coches", "hielo"], "and", "coches y hielo"),
        (["padres", "hijos"], "and", "padres e hijos"),
        (["7", "8"], "or", "7 u 8"),
        (["11", "22"], "or", "11 o 22"),
        (["7", "11", "110"], "or", "7, 11 o 110"),
        (["una", "otra"], "or", "una u otra"),
        (["y o", "y o"], "and", "y o y y o"),
    ],
)
def test_spanish_bends_its_conjunctions(items: list[str], style: str, text: str) -> None:
    assert listed(items, "es", "or" if style == "or" else "and") == text


def test_english_of_the_united_states_has_a_clock_of_twelve_hours() -> None:
    """Any language tag of CLDR has its formats, though only some have words."""
    assert clock(24 * 60, "en-US") == clock(0, "en-US")
    assert clock(23 * 60, "en-US") != clock(0, "en-US")
    assert money("0.49", "EUR", "de-AT") == spaced("€~0,49")
    assert number(7.4, "de-XX") == number(7.4, "de")
    assert number(7.4, "xx-??") == "7.4"


@given(
    st.decimals(0, 9_999, places=4),
    st.sampled_from(["EUR", "CHF", "JPY", "SEK", "BHD"]),
    st.sampled_from(LANGUAGES),
)
def test_no_digit_of_a_price_is_lost(price: object, currency: str, lang: str) -> None:
    """In the digits of the text, without what groups thousands and behind nought, stand those of the amount."""
    text = money(str(price), currency, lang)
    digits = "".join(char for char in text if char.isdigit())
    meant = str(price).replace(".", "")
    assert digits.rstrip("0") == meant.rstrip("0")


PHONES = {
    # written: at home, elsewhere
    "free": ("+49 800 1234567", "0800~1234567", "+49~800~1234567"),
    "with a nought in brackets": ("+49 (0)800 1234567", "0800~1234567", "+49~800~1234567"),
    "without spaces": ("+33123456789", "01~23~45~67~89", "+33~1~23~45~67~89"),
    "Italy keeps its nought": ("+39 02 1234567", "02~123~4567", "+39~02~123~4567"),
    "short": ("116117", "116117", "116117"),
    "of the country only": ("0800 1", "0800 1", "0800 1"),
    "impossible": ("+00 000 000000", "+00 000 000000", "+00 000 000000"),
    "too short": ("+49 8", "+49 8", "+49 8"),
    "no number": ("ask inside", "ask inside", "ask inside"),
    "nothing": ("", "", ""),
}


@pytest.mark.parametrize(("text", "at_home", "abroad"), PHONES.values(), ids=PHONES)
def test_phone_numbers(text: str, at_home: str, abroad: str) -> None:
    assert phone(text, at_home=True) == spaced(at_home)
    assert phone(text, at_home=False) == spaced(abroad)


def test_a_number_of_another_country_keeps_its_code_at_home() -> None:
    assert phone("+49 800 1234567", at_home=True, country="AT") == spaced("+49~800~1234567")
    assert phone("+49 800 1234567", at_home=True, country="DE") == spaced("0800~1234567")


@given(st.text(), st.booleans())
def test_any_text_may_stand_for_a_phone_number(text: str, at_home: bool) -> None:
    assert isinstance(phone(text, at_home=at_home), str)


def test_languages_in_their_own_words() -> None:
    names = [language_name(lang) for lang in LANGUAGES]
    assert names == ["English", "Deutsch", "Français", "Nederlands", "Español", "Italiano"]
    assert language_name("de-AT") == "Deutsch"
    assert language_name("qx") == "qx"


# ------------------------------------------------------------------------------------------------- catalogues

HEAD = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'


def entry(english: str, words: str, flags: str = "") -> str:
    return f'{flags}msgid "{english}"\nmsgstr "{words}"\n\n'


def plural(one: str, many: str, *words: str) -> str:
    forms = "".join(f'msgstr[{index}] "{text}"\n' for index, text in enumerate(words))
    return f'msgid "{one}"\nmsgid_plural "{many}"\n{forms}\n'


def read(text: str, lang: str = "de") -> tuple[Translator, list[tuple[str, int | None]]]:
    findings = Findings()
    words = read_catalogue(text, lang, "locale/de.po", findings)
    assert {finding.path for finding in findings} <= {"locale/de.po"}
    assert all(finding.mend for finding in findings)
    return words, [(finding.code, finding.line) for finding in findings]


GOOD = entry("Solved", "Gelöst")
POWER = "Up to {power} kW"
CHARGERS = "{count} charger", "{count} chargers"
FLAWS: dict[str, tuple[str, list[tuple[str, int | None]]]] = {
    # GOOD ends before line 7
    "nothing wrong": (entry(POWER, "Bis {power} kW"), []),
    "not translated": (entry(POWER, "") + plural(*CHARGERS, "", ""), []),
    "a placeholder made up": (entry(POWER, "Bis {leistung} kW"), [("T601", 7)]),
    "a placeholder lost": (entry(POWER, "Bis zu viel kW"), [("T601", 7)]),
    "one where none was": (entry("Free", "{price}"), [("T601", 7)]),
    "a format in it": (entry(POWER, "Bis {power:.1f} kW"), [("T601", 7)]),
    "an attribute of it": (entry(POWER, "Bis {power.__class__} kW"), [("T601", 7)]),
    "no name in it": (entry(POWER, "Bis {} kW"), [("T601", 7)]),
    "an open brace": (entry(POWER, "Bis {power kW"), [("T601", 7)]),
    "a closed brace": (entry(POWER, "Bis {power}} kW"), [("T601", 7)]),
    "an open brace in English too": (entry("Up to {power kW", "Bis {power kW"), [("T601", 7)]),
    "fuzzy": (entry(POWER, "Bis {power} kW", "#, fuzzy\n"), [("T602", 8)]),
    "twice": (entry(POWER, "Bis {power} kW") + entry(POWER, "Höchstens {power} kW"), [("T602", 10)]),
    "a plural with a bad form": (plural(*CHARGERS, "{count} Säule", "{zahl} Säulen"), [("T601", 7)]),
    "a plural with half its forms": (plural(*CHARGERS, "{count} Säule", ""), [("T602", 7)]),
    "a plural with too many forms": (plural(*CHARGERS, "{count}", "{count}", "{count}"), [("T602", 7)]),
    "an entry without an end": ('msgid "Up to', [("T602", 7)]),
    "markup": ("<html>502 Bad Gateway</html>\n", [("T602", 7)]),
}


@pytest.mark.parametrize(("text", "found"), FLAWS.values(), ids=FLAWS)
def test_a_flaw_in_a_catalogue_is_found_and_english_is_shown(
    text: str, found: list[tuple[str, int | None]]
) -> None:
    words, told = read(HEAD + GOOD + text)
    assert told == found
    if found:
        assert words(POWER).format(power=50) == "Up to 50 kW"
        assert words("Free") == "Free"
        assert words.many(*CHARGERS, 1) == "1 charger"
        assert words.many(*CHARGERS, 1200) == "1.200 chargers"
    if all(code == "T601" or line == 8 for code, line in found):
        assert words("Solved") == "Gelöst", "one bad entry leaves the others as they are"


@pytest.mark.parametrize("text", ["", HEAD, "# a comment\n"])
def test_a_catalogue_without_entries_is_a_finding(text: str) -> None:
    words, told = read(text)
    assert told == [("T602", None)]
    assert words("Solved") == "Solved"


HEADERS = {
    "plural forms that are none": "Plural-Forms: nplurals=two; plural=n;",
    "no plural forms": "Plural-Forms: nplurals=0; plural=0;",
    "a date that is none": "POT-Creation-Date: yesterday",
    "a language that is none": "Language: ???",
    "an alphabet that is none": "Content-Type: text/plain; charset=baudot",
}


@pytest.mark.parametrize("header", HEADERS.values(), ids=HEADERS)
def test_a_strange_header_breaks_nothing(header: str) -> None:
    text = f'msgid ""\nmsgstr "{header}\\n"\n\n' + GOOD + plural(*CHARGERS, "{count} Säule", "{count} Säulen")
    words, told = read(text)
    assert words("Solved") == ("Solved" if told else "Gelöst")
    assert words.many(*CHARGERS, 2) == ("2 chargers" if told else "2 Säulen")


LINES = st.sampled_from(
    ['msgid ""', 'msgid "a {x}"', 'msgid "b"', 'msgid_plural "bs"', 'msgstr ""', 'msgstr "{x}"', 'msgstr[0] "c"', "msgstr[x]",
     'msgstr[1] "d"', 'msgstr[9] "e"', '"f"', '"\\n"', '"', "#, fuzzy", "#: a.py:x", "#~ msgid", '#~ msgid "z"', 'msgctxt "g"', "",
     '"Language: de\\n"', '"Plural-Forms: nplurals=3; plural=n;\\n"', '"Content-Type: x; charset=é\\n"', "#| msgid", "msgid", "\u2028", "#:\u2068a"]
)  # fmt: skip


@given(
    st.text() | st.lists(LINES | st.text(max_size=9), max_size=20).map("\n".join), st.sampled_from(LANGUAGES)
)
def test_any_text_may_be_a_catalogue(text: str, lang: str) -> None:
    words, _ = read(text, lang)
    assert words.lang == lang
    assert words("a {x}").format(x=1)
    assert words.many("b", "bs", 2)


PLURALS = {
    # singular for 0, 1, 2, 1.000.000
    "en": (False, True, False, False),
    "de": (False, True, False, False),
    "fr": (True, True, False, False),
    "nl": (False, True, False, False),
    "es": (False, True, False, False),
    "it": (False, True, False, False),
}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_plurals_of_every_language(lang: str) -> None:
    words, told = read(
        HEAD + plural("{count} charger", "{count} chargers", "one of {count}", "many of {count}"), lang
    )
    assert not told
    said = tuple(words.many(*CHARGERS, count).startswith("one of ") for count in (0, 1, 2, 1_000_000))
    assert said == PLURALS[lang]


def test_english_and_unknown_languages_are_the_messages_themselves() -> None:
    for lang in ("en", "en-GB", "xx", ""):
        words = translator(lang)
        assert words("Solved") == "Solved"
        assert [words.many(*CHARGERS, count) for count in (0, 1, 2)] == [
            "0 chargers",
            "1 charger",
            "2 chargers",
        ]


def test_a_region_reads_the_words_of_its_language() -> None:
    words, _ = read(HEAD + GOOD, "de-AT")
    assert words.lang == "de-AT"
    assert words("Solved") == "Gelöst"
    assert translator("de-AT").words == translator("de").words


def test_the_pseudo_language_runs_from_right_to_left_and_keeps_placeholders() -> None:
    words = translator(PSEUDO)
    assert is_right_to_left(PSEUDO)
    assert not any(map(is_right_to_left, LANGUAGES))
    assert words(POWER).format(power=50) == "\u202eUp to 50 kW\u202c"
    assert words.many(*CHARGERS, 1) == "\u202e1 charger\u202c"
    assert words.many(*CHARGERS, 12) == "\u202e12 chargers\u202c"
