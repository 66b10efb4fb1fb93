"""What the cells of a workbook hold, as text; and what cannot be read of them."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from chargeside.findings import Findings

EPOCH, EPOCH_1904 = dt.datetime(1899, 12, 30), dt.datetime(1904, 1, 1)  # noqa: DTZ001 - sheets know no zones
"""Day 0 of a workbook."""
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_PLAIN = re.compile(r"-?\d{1,15}")
_MIDNIGHT = re.compile(r"(T00:00(:00(\.0+)?)?)?Z?$")
_REFERENCE = re.compile(r"[A-Z]{1,3}(\d{1,7})")


def unescaped(text: str) -> str:
    """`_x000D_` stands for a character that XML cannot hold."""
    return _ESCAPED.sub(_character, text) if "_x" in text else text


def _character(match: re.Match[str]) -> str:
    number = int(match[1], 16)
    return "\ufffd" if 0xD800 <= number < 0xE000 else chr(number)


@dataclass(slots=True)
class Doubts:
    """Cells whose value is not there: how many of each kind, and the first."""

    found: dict[str, tuple[int, str]] = field(default_factory=dict)

    def add(self, kind: str, cell: str) -> None:
        """Count one cell, such as B12."""
        count, first = self.found.get(kind, (0, cell))
        self.found[kind] = (count + 1, first)

    def report(self, shown: str, findings: Findings) -> None:
        """Add a finding for each kind."""
        for kind, (count, first) in self.found.items():
            message, mend = _DOUBTS[kind]
            cells = f"cell {first}" if count == 1 else f"{count} cells, first {first}"
            match = _REFERENCE.fullmatch(first)
            findings.add("F112", shown, int(match[1]) if match else None, f"{cells}: {message}", mend)


_DOUBTS: Mapping[str, tuple[str, str]] = {
    "formula": (
        "a formula without the value it had, which counts as empty",
        "open the workbook in a spreadsheet and save it, or paste the values",
    ),
    "error": ("an error such as #N/A, which counts as empty", "correct the formula"),
    "date": ("a date that no calendar has, taken as a number", "correct the date, or the cell's format"),
    "long": (
        "a number of more than 15 digits, of which spreadsheets keep 15",
        "format the column as text and enter the numbers again",
    ),
    "value": ("a value that cannot be read, which counts as empty", "enter it again"),
}


@dataclass(frozen=True, slots=True)
class Values:
    """Turns the raw value of a cell into text."""

    strings: Sequence[str]
    dates: Sequence[bool]
    epoch: dt.datetime

    def text(self, kind: str, style: str, raw: str) -> tuple[str, str | None]:
        """Text of a cell, and what is doubtful about it (a key of _DOUBTS)."""
        if kind == "s":
            index = int(raw) if raw.isdecimal() and len(raw) < 10 else len(self.strings)
            return (self.strings[index], None) if index < len(self.strings) else ("", "value")
        if kind == "d":
            return _MIDNIGHT.sub("", raw), None
        if kind in {"str", "inlineStr"}:
            return (unescaped(raw), None)
        if kind == "b":
            return ("TRUE" if raw.strip() in {"1", "true"} else "FALSE"), None
        if kind == "e":
            return "", "error"
        return self._number(style, raw.strip())

    def _number(self, style: str, raw: str) -> tuple[str, str | None]:
        try:
            value = float(raw)
        except ValueError:
            return "", "value"
        if not math.isfinite(value):
            return "", "value"
        index = int(style) if style.isdecimal() and len(style) < 10 else -1
        if 0 <= index < len(self.dates) and self.dates[index]:
            date = _date_text(value, self.epoch)
            return (date, None) if date else (_number_text(raw, value), "date")
        if abs(value) >= 1e15 and value.is_integer():
            return f"{Decimal(f'{value:.15g}'):f}"[:60], "long"
        return _number_text(raw, value), None


def _number_text(raw: str, value: float) -> str:
    if _PLAIN.fullmatch(raw):
        return raw
    if value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return f"{value:.15g}"


def _date_text(value: float, epoch: dt.datetime) -> str | None:
    """A date, a date with time, or (below one day) a time; None outside of what calendars have."""
    if not 0 <= value < 2_958_466:  # 31 December 9999
        return None
    if epoch == EPOCH and value < 60:
        value += value >= 1  # Excel has a 29 February 1900
    try:
        moment = epoch + dt.timedelta(seconds=round(value * 86_400))
    except OverflowError:
        return None
    if value < 1:
        return moment.strftime("%H:%M" if not moment.second else "%H:%M:%S")
    if moment.time() == dt.time():
        return moment.date().isoformat()
    return moment.isoformat()
