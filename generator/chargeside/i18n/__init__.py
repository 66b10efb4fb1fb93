"""The reader's language: words from gettext catalogues, and numbers, money, dates and lists as CLDR writes them.

English texts in the code are the messages. A catalogue that lacks one, or whose translation lost a placeholder, shows the
English one: a driver reads a sentence in the wrong language rather than a broken one.
"""

from __future__ import annotations

from chargeside.i18n.catalogue import (
    LANGUAGES,
    PSEUDO,
    SOURCE,
    Translate,
    Translator,
    catalogue_text,
    is_right_to_left,
    read_catalogue,
    translator,
)
from chargeside.i18n.formats import (
    clock,
    country_name,
    day,
    language_name,
    listed,
    moment,
    money,
    number,
    percent,
    phone,
    short_day,
    unit,
    weekday,
)

__all__ = [
    "LANGUAGES",
    "N_",
    "PSEUDO",
    "SOURCE",
    "Translate",
    "Translator",
    "catalogue_text",
    "clock",
    "country_name",
    "day",
    "is_right_to_left",
    "language_name",
    "listed",
    "moment",
    "money",
    "number",
    "percent",
    "phone",
    "read_catalogue",
    "short_day",
    "translator",
    "unit",
    "weekday",
]


def N_(message: str) -> str:  # noqa: N802 - gettext's own name for "translated where it is shown"
    """Marks a message in a table for the catalogues; it is translated where it is shown."""
    return message
