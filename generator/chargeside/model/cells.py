"""Tables as CSV that people open in a spreadsheet: no cell of ours may run there as a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def safe_cell(value: object) -> str:
    """Text of a cell that no spreadsheet takes for a formula: an apostrophe stands before `=`, `+`, `-` and `@`.

    A number keeps its sign. Source: OWASP, CSV injection.
    """
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return f"{value:.15g}"
    text = "" if value is None else str(value)
    # Also where the text has apostrophes before a formula of its own: `plain_cell` takes one off.
    return f"'{text}" if text.lstrip("'").startswith(_FORMULA) else text


def plain_cell(text: str) -> str:
    """The text that `safe_cell` made a cell of: without the apostrophe that stands before a formula."""
    return text[1:] if text.startswith("'") and text.lstrip("'").startswith(_FORMULA) else text


def csv_text(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A CSV file for spreadsheets: comma, quotes where needed, one line feed a row."""
    return "".join(csv_lines(head, rows))


def csv_lines(head: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """The same row by row, for tables that are not held in memory."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    for row in chain((head,), rows):
        writer.writerow([safe_cell(cell) for cell in row])
        yield out.getvalue()
        out.seek(0)
        out.truncate()
