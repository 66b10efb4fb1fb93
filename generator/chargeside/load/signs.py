"""signs.csv: what each sign said when it was printed. One line a sign; damage is a finding, never dropped silently."""

from __future__ import annotations

import csv
import datetime
import io
import os
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path

from chargeside.findings import Findings, Severity
from chargeside.load.source import CONFLICT, Row, read_csv
from chargeside.model.cells import plain_cell, safe_cell
from chargeside.model.codes import is_code

SIGNS = "signs.csv"
SignKey = tuple[str, str, str, str, str]
"""Which sign: code, design, size, languages, connector."""

_IDENTITY = ("code", "design", "size", "languages", "connector")
VALUES = (
    "url",
    "number",
    "name",
    "place",
    "phone",
    "hours",
    "emergency",
    "plugs",
    "payments",
    "order",
    "look",
)
"""What was printed."""
COLUMNS = ("mark", *_IDENTITY, *VALUES, "printed", "seen")

_FORMS = {
    "mark": (re.compile(r"[0-9A-Z]{3}"), "three letters and digits as in the foot of the sign"),
    "design": (re.compile(r"[a-z0-9]+(-[a-z0-9]+)*"), "the name of a design"),
    "size": (re.compile(r"[A-Za-z0-9.-]{1,20}"), "a size such as A5 or 100x100"),
    "languages": (re.compile(r"[A-Za-z-]{2,60}"), "languages joined by hyphens"),
    "connector": (re.compile(r"[A-Za-z0-9]{0,20}"), "the number of a connector, `site` or nothing"),
    "url": (re.compile(r"https://\S+"), "an address that starts with https://"),
    "look": (re.compile(r"[0-9a-f]{4}"), "four digits 0-9 a-f"),
}
_RESTORE = "restore the line from the file's history (git log -p), or delete it and print the sign again"
_BOTH_SIDES = "keep the lines of both sides and delete only the marks (<<<<<<<, =======, >>>>>>>): of two lines for one sign the newer counts"

_Add = Callable[[int, str, str], None]


@dataclass(frozen=True, slots=True)
class PrintedSign:
    """A sign and what it says. `languages` joined by hyphens; `connector` is that of a tag, `site` for a poster.

    `plugs`, `payments` and `order` are lists in one cell (see plan/reprint.py). `look`: four hex digits of a digest of design, colour
    and logo. `printed` and `seen` on a wall: ISO dates, empty when never.
    """

    mark: str
    code: str
    design: str
    size: str
    languages: str
    connector: str
    url: str
    number: str
    name: str
    place: str
    phone: str
    hours: str
    emergency: str
    plugs: str
    payments: str
    order: str
    look: str
    printed: str = ""
    seen: str = ""
    line: int = 0

    @property
    def key(self) -> SignKey:
        """Which sign it is."""
        return self.code, self.design, self.size, self.languages, self.connector


def load_signs(
    path: Path, shown: str, findings: Findings, severity: Severity | None = None
) -> tuple[PrintedSign, ...]:
    """The signs that were printed, sorted by key. No file: none was. A damaged line is a finding (P730, of `severity`) and left out.

    Of two lines for one sign, as two branches leave them, the newer one counts (P731).
    """
    if not os.path.lexists(path):  # a link to nowhere is damage, not an empty list
        return ()

    def add(line: int, message: str, mend: str) -> None:
        findings.add("P730", shown, line, message, mend, severity)

    signs: dict[SignKey, PrintedSign] = {}
    for row in _rows(path, shown, findings, severity):
        sign = _sign(row, add)
        if sign is None:
            continue
        first = signs.setdefault(sign.key, sign)
        if first is not sign:
            signs[sign.key] = max(first, sign, key=attrgetter("printed", "line"))
            message = f"the sign of line {first.line} stands here again; the one printed later counts"
            findings.add(
                "P731", shown, sign.line, message, "nothing: the next `placards --record` writes it once"
            )
    return tuple(signs[key] for key in sorted(signs))


def _rows(path: Path, shown: str, findings: Findings, severity: Severity | None) -> Iterator[Row]:
    found = Findings()
    rows = read_csv(path, shown, found, COLUMNS, code="P730")
    for one in found:
        mend = _BOTH_SIDES if one.message == CONFLICT else one.mend
        findings.add("P730", shown, one.line, one.message, mend, severity)
    yield from rows or ()


def _sign(row: Row, add: _Add) -> PrintedSign | None:
    values = {name: plain_cell(value) for name, value in row.values.items()}
    if not is_code(values["code"]):
        add(row.line, f'"{values["code"]}" is no code: seven digits, the last a check digit', _RESTORE)
        return None
    for name, (form, words) in _FORMS.items():
        if not form.fullmatch(values[name]):
            add(row.line, f'{name} "{values[name]}" is not {words}', _RESTORE)
            return None
    for name in ("printed", "seen"):
        if not _is_date(values[name]) or (name == "printed" and not values[name]):
            add(row.line, f'{name} "{values[name]}" is no date like 2026-11-30', _RESTORE)
            return None
    return PrintedSign(**values, line=row.line)


def _is_date(text: str) -> bool:
    try:
        return not text or datetime.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def signs_bytes(signs: Iterable[PrintedSign]) -> bytes:
    """The file for these signs: sorted, one line each, made for `git diff`."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    cells = attrgetter(*COLUMNS)
    for sign in sorted(signs, key=attrgetter("key")):
        writer.writerow([safe_cell(cell) for cell in cells(sign)])
    return out.getvalue().encode()
