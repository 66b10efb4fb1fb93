"""What spreadsheets make of a table when people save it as CSV, and the words that people type into its cells.

Excel and LibreOffice write commas, semicolons (where the comma is the decimal sign) or tabs, a first line `sep=;`, an
apostrophe before text, Windows-1252 instead of UTF-8, and 1,23E+10 for what looks like a long number.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

DELIMITERS = (",", ";", "\t")
_SEP_LINE = re.compile(r'"?sep=(.)"?[ ,;\t]*', re.IGNORECASE)
_QUOTED = re.compile(r'"[^"]*"')
_EXPONENT = re.compile(r"-?\d([.,]\d+)?E\+\d{1,2}")
_MONTH = (
    "jan|feb|mar|mär|mrz|fév|apr|avr|may|mai|jun|juin|jul|juil|aug|aoû|août|sep|sept|oct|okt|nov|dec|dez|déc"
)
_DATE = re.compile(
    rf"(19|20)\d\d-\d\d-\d\d(T[\d:]+)?|\d{{1,2}}[.-] ?({_MONTH})\.?|({_MONTH})[.-] ?\d\d", re.IGNORECASE
)
_DECIMAL_COMMA = re.compile(r"(-?\d+),(\d+)")
_SIGNS = "°²³µ§«»·º–—‘’“”„…€½×\xa0"
_GERMAN, _NORDIC = "äöüßÄÖÜ", "åæøÅÆØðþÐÞ"
_GROUPS = tuple(
    frozenset(letters + _SIGNS)
    for letters in (
        f"{_GERMAN}àâæçèéêëìîïòôùûœÀÂÆÇÈÉÊËÌÎÏÒÔÙÛŒ",  # with French and Italian
        f"{_GERMAN}{_NORDIC}éÉ",
        "áàâãçéêíñóôõúüªÁÀÂÃÇÉÊÍÑÓÔÕÚÜ¿¡",  # Spanish and Portuguese
    )
)
"""Letters that stand together in texts of western Europe. In other 8-bit character sets the same bytes are other letters,
and they would mix these groups."""
_RUN = re.compile(r"[^\W\d_a-zA-Z]{3}")
"""No word of these languages has three such letters in a row; Cyrillic and Greek, read as Windows-1252, have little else."""
_WORD = re.compile(r"\w*[^\x00-\x7f]\w*")
_OTHER_FILES = (
    (b"PK\x03\x04", "an Excel workbook (XLSX), an OpenDocument file or a ZIP archive"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook (XLS)"),
    (b"\xff\xfe", "UTF-16 text"),
    (b"\xfe\xff", "UTF-16 text"),
    (b"%PDF-", "a PDF"),
    (b"\x1f\x8b", "compressed with gzip"),
)

YES_NO: Mapping[str, str] = {
    **dict.fromkeys(("yes", "y", "true", "ja", "wahr", "oui", "vrai", "sí", "sì", "si", "sim", "tak"), "yes"),
    **dict.fromkeys(("no", "n", "false", "nein", "falsch", "non", "faux", "nee", "não", "nie"), "no"),
    **dict.fromkeys(("unknown", "unbekannt", "inconnu", "?"), "unknown"),
}
"""Words for yes, no and unknown in lower case: what people type, and what spreadsheets make of TRUE and FALSE."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a table is written. `skip`: lines before its first row."""

    delimiter: str
    skip: int = 0


def dialect_of(first_line: str) -> Dialect:
    """The dialect that the first line tells: by `sep=`, else by the separator that stands in it most often."""
    line = first_line.rstrip("\r\n")
    match = _SEP_LINE.fullmatch(line)
    if match:
        return Dialect(match[1], 1)
    bare = _QUOTED.sub("", line)
    return Dialect(max(DELIMITERS, key=bare.count))  # the first one where they are equal


def looks_like_file(start: bytes) -> str | None:
    """What a file is that is no table as text, by its first bytes; None when it may be one."""
    return next((what for magic, what in _OTHER_FILES if start.startswith(magic)), None)


def from_windows_1252(raw: bytes) -> str | None:
    """The text of bytes in Windows-1252, as Excel saves "CSV" in western Europe; None where they look like something else."""
    try:
        text = raw.decode("cp1252")
    except UnicodeDecodeError:
        return None
    others = {character for character in text if not character.isascii()}
    return text if any(others <= group for group in _GROUPS) and not _RUN.search(text) else None


def odd_word(text: str) -> str:
    """The first word of a text with a letter beyond ASCII, by which people see whether it was read right."""
    match = _WORD.search(text)
    return match[0][:40] if match else ""


def fitted(cells: Sequence[str], width: int) -> list[str] | None:
    """A row with as many cells as the header: spreadsheets leave empty ones out at the end of a row, or add some.

    None when cells beyond the header hold something.
    """
    if any(cell.strip() for cell in cells[width:]):
        return None
    return [*cells[:width], *("" for _ in range(width - len(cells)))]


def made_by_excel(text: str) -> str | None:
    """What Excel made of an id that was typed, when it looks like that: 1.23E+10 of a long number, 02. Jan of 2-1.

    What was typed is lost.
    """
    if _EXPONENT.fullmatch(text):
        return "Excel took it for a number and dropped digits"
    return "Excel took it for a date" if _DATE.fullmatch(text) else None


def with_point(text: str) -> str:
    """A number with a decimal comma as one with a point; any other text as it is."""
    return _DECIMAL_COMMA.sub(r"\1.\2", text) if _DECIMAL_COMMA.fullmatch(text) else text
