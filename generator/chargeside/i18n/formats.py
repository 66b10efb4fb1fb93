"""Numbers, money, dates, lists and phone numbers as readers of a language write them (Unicode CLDR, through Babel)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from functools import cache, lru_cache
from typing import Any, Literal, cast

import phonenumbers
from babel import Locale, UnknownLocaleError, localedata
from babel.dates import format_date, format_skeleton, format_time
from babel.lists import format_list
from babel.numbers import format_currency, format_decimal, format_percent, get_currency_precision

Unit = Literal["kilowatt", "kilowatt-hour", "volt", "meter", "kilometer", "minute", "hour", "second"]
_CLDR_UNITS: dict[Unit, str] = {
    "kilowatt": "power-kilowatt",
    "kilowatt-hour": "energy-kilowatt-hour",
    "volt": "electric-volt",
    "meter": "length-meter",
    "kilometer": "length-kilometer",
    "minute": "duration-minute",
    "hour": "duration-hour",
    "second": "duration-second",
}
_KEPT = 4_096


@cache
def locale_of(lang: str) -> Locale:
    """CLDR's data for a language tag; English as it is written in Europe where we mean plain English or do not know the language."""
    try:
        return Locale.parse("en_GB" if lang == "en" else lang.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        main = lang.partition("-")[0]
        return locale_of(main) if main != lang else locale_of("en")


@lru_cache(_KEPT)
def number(value: float, lang: str, digits: int = 1, *, all_digits: bool = False) -> str:
    """A number with at most so many digits behind the point, halves away from nought: `7.4`, `7,4`; with `all_digits` with noughts as well: `9.0`."""
    pattern = "#,##0." + ("0" if all_digits else "#") * digits if digits else "#,##0"
    return format_decimal(_rounded(value, digits), format=pattern, locale=locale_of(lang))


def _rounded(value: float, digits: int) -> Decimal:
    """As people round: by the digits they see, not by those of the binary number; and no minus before nought."""
    return Decimal(str(value)).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP) + 0


@lru_cache(_KEPT)
def percent(value: float | str, lang: str) -> str:
    """A percentage (a number, or one in digits as data has it): `80%`, `5,5 %`."""
    return format_percent(Decimal(str(value)) / 100, format=_percent_format(lang), locale=locale_of(lang))


@cache
def _percent_format(lang: str) -> str:
    """The language's pattern with up to two digits behind the point."""
    return str(locale_of(lang).percent_formats[None].pattern).replace("#,##0", "#,##0.##")


@lru_cache(_KEPT)
def unit(value: float, name: Unit, lang: str, digits: int = 1) -> str:
    """A number with its unit in short: `7.4 kW`, `7,4 kW`."""
    patterns = _unit_patterns(name, lang)
    form = locale_of(lang).plural_form(float(_rounded(value, digits)))
    text = patterns.get(form, patterns["other"]).format(number(value, lang, digits))
    return text.replace(" ", "\u00a0")  # a number and its unit stay on one line


@cache
def _unit_patterns(name: Unit, lang: str) -> dict[str, str]:
    """`{0} Std.` by plural form; where CLDR leaves one out, `other` stands for it.

    Not through Babel's format_unit, which then takes the unit's name: `1 horas`.
    """
    data = cast("dict[str | int | None, Any]", localedata.load(str(locale_of(lang))))
    return dict(localedata.LocaleDataDict(data)["unit_patterns"][_CLDR_UNITS[name]]["short"].items())


@lru_cache(_KEPT)
def money(amount: str, currency: str, lang: str, *, whole: bool = False) -> str:
    """An amount with all the digits it is given with, at least those of the currency: `€0.49`, `0,49 €`; with `whole` without cents: `€1,200`."""
    locale, value = locale_of(lang), Decimal(amount)
    exact = value != round(value, get_currency_precision(currency))
    pattern = re.sub(r"\.0+", "", str(locale.currency_formats["standard"].pattern)) if whole else None
    text = format_currency(
        value,
        currency,
        pattern,
        locale=locale,
        currency_digits=not whole,
        decimal_quantization=whole or not exact,
    )
    # CLDR parts letters from digits, Babel does not.
    return re.sub(r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])", "\u00a0", text)


@lru_cache(_KEPT)
def day(iso: str, lang: str) -> str:
    """A date (`2026-11-24`): `24 Nov 2026`, `24.11.2026`."""
    return format_date(dt.date.fromisoformat(iso[:10]), format="medium", locale=locale_of(lang))


@lru_cache(_KEPT)
def short_day(iso: str, lang: str) -> str:
    """A day without its year, for the edge of a chart: `24 Nov`, `24. Nov.`."""
    return format_skeleton("MMMd", dt.date.fromisoformat(iso), locale=locale_of(lang))


@lru_cache(_KEPT)
def clock(minutes: int, lang: str) -> str:
    """A time of the day, in minutes after midnight: `18:00`, and `24:00` at its end."""
    if minutes == 24 * 60:
        last = clock(23 * 60, lang)
        return (
            last.replace("23", "24") if "23" in last else clock(0, lang)
        )  # no 24 on a clock of twelve hours
    return format_time(dt.time(minutes // 60 % 24, minutes % 60), format="short", locale=locale_of(lang))


def moment(iso: str, lang: str) -> str:
    """Date and local time (`2026-11-24T18:00`): `24 Nov 2026, 18:00`."""
    hours, minutes = int(iso[11:13]), int(iso[14:16])
    return f"{day(iso, lang)}, {clock(hours * 60 + minutes, lang)}"


def listed(items: Sequence[str], lang: str, style: Literal["and", "or"] = "and") -> str:
    """`a`, `a or b`, `a, b or c`; empty for no items."""
    if not items:
        return ""
    text = format_list(items, style="or" if style == "or" else "standard", locale=locale_of(lang))
    return _spanish(text, items[-1]) if lang.partition("-")[0] == "es" and len(items) > 1 else text


def _spanish(text: str, last: str) -> str:
    """`e` for `y` before the sound of i, `u` for `o` before that of o, as ICU has it; Babel does not."""
    before = text.removesuffix(last)
    if re.match(r"i|hi(?![ae])", last, re.IGNORECASE):
        before = re.sub(" y $", " e ", before)
    elif re.match(r"h?o|8|11\b", last, re.IGNORECASE):
        before = re.sub(" o $", " u ", before)
    return before + last


@lru_cache(_KEPT)
def weekday(day_of_week: int, lang: str) -> str:
    """A day of the week in short, 1 being Monday: `Mon`, `Mo`, `lun`."""
    return str(locale_of(lang).days["stand-alone"]["abbreviated"][day_of_week - 1])


@lru_cache(_KEPT)
def country_name(code: str, lang: str) -> str:
    """A country (ISO 3166-1 alpha-2) by its name, or by its letters where CLDR has none."""
    return str(locale_of(lang).territories.get(code, code))


@lru_cache(_KEPT)
def language_name(lang: str) -> str:
    """A language in its own words, with a capital as on a button: `Deutsch`; its tag where CLDR has none."""
    try:
        name = Locale.parse(lang.replace("-", "_")).get_language_name() or lang
    except (UnknownLocaleError, ValueError):
        return lang
    return name[:1].upper() + name[1:]


@lru_cache(_KEPT)
def phone(text: str, *, at_home: bool, country: str = "") -> str:
    """A phone number as it is written: at home without the country's code, elsewhere with it.

    `country` (ISO 3166-1 alpha-2): where home is, if that is known; a number of another country keeps its code there.
    A number that is not known to be possible (a short one, one of a country's own) stays as the operator wrote it.
    """
    try:
        found = phonenumbers.parse(text.replace("(0)", ""), None)
    except phonenumbers.NumberParseException:
        return text
    if not phonenumbers.is_valid_number(found):
        return text
    here = not country or phonenumbers.country_code_for_region(country) == found.country_code
    forms = phonenumbers.PhoneNumberFormat
    form = forms.NATIONAL if at_home and here else forms.INTERNATIONAL
    return phonenumbers.format_number(found, form).replace(" ", "\u00a0")
