"""ledger.csv: every code ever issued. Damage is never repaired silently: a code on a wall must resolve for ever."""

from __future__ import annotations

import csv
import datetime
import io
import os
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from operator import attrgetter
from pathlib import Path

from chargeside.findings import Findings, nearest
from chargeside.load.source import CONFLICT, Row, read_csv
from chargeside.model.cells import plain_cell, safe_cell
from chargeside.model.codes import is_code
from chargeside.model.network import LedgerLine

COLUMNS = ("code", "station", "status", "moved_to", "issued", "url", "name", "lat", "lon")
_FROM_FEEDS = ("station", "name")
"""Columns with text from feeds, which no spreadsheet may run as a formula."""
_COORDINATE = re.compile(r"(-?[0-9]{1,3}(\.[0-9]+)?)?")
_STATUSES = ("active", "retired", "moved", "reserved")
_BOTH_SIDES = (
    "two branches changed the ledger: keep the lines of both sides and delete only the marks (<<<<<<<, =======, >>>>>>>), since "
    "each line is a code on a wall; a code that then stands twice is told by its line"
)

_Add = Callable[[int, str, str], None]


def load_ledger(path: Path, shown: str, findings: Findings) -> tuple[LedgerLine, ...]:
    """The lines of the ledger, sorted by code. No file is an empty ledger; any damaged line is an error that names it.

    A code that two branches issued to the same station (two lines) is one code, issued at the earlier date; that is a warning.
    """
    if not os.path.lexists(path):  # a link to nowhere is damage, not an empty ledger
        return ()

    def add(line: int, message: str, mend: str) -> None:
        findings.add("L401", shown, line, message, mend)

    lines: dict[str, LedgerLine] = {}
    for row in _rows(path, shown, findings):
        line = _line(row, add)
        if line is None:
            continue
        first = lines.setdefault(line.code, line)
        if first is not line and (joined := _joined(first, line, add)) is not None:
            lines[line.code] = joined
            message = f"code {line.code} stands twice for one station, here and in line {first.line}; it is taken as one"
            findings.add("L405", shown, line.line, message, "nothing: the next import writes it once")
    _check_active(lines.values(), add)
    for line in lines.values():
        if line.status == "moved" and line.moved_to not in lines:
            message = f"{line.code} moved to {line.moved_to or 'nowhere'}, which was never issued"
            add(line.line, message, "name the code it moved to")
        elif line.status == "moved" and where_to(line.code, lines) is None:
            add(line.line, f"{line.code} moved in a circle", "let the last one be active")
    return tuple(sorted(lines.values(), key=lambda line: line.code))


def where_to(code: str, lines: Mapping[str, LedgerLine]) -> LedgerLine | None:
    """The line of a code, or of the code at the end of its moves. None when it was never issued or moved in a circle."""
    seen: set[str] = set()
    line = lines.get(code)
    while line is not None and line.status == "moved":
        if line.code in seen:
            return None
        seen.add(line.code)
        line = lines.get(line.moved_to)
    return line


def _rows(path: Path, shown: str, findings: Findings) -> list[Row]:
    """Rows of the file. For marks of a conflict the usual mend, to keep one side, would lose codes."""
    found = Findings()
    rows = read_csv(path, shown, found, COLUMNS, code="L401")
    for one in found:
        conflict = one.message == CONFLICT
        findings.extend([replace(one, code="L401", mend=_BOTH_SIDES) if conflict else one])
    return rows or []


def _check_active(lines: Iterable[LedgerLine], add: _Add) -> None:
    """A station has one active code; others may lead to it."""
    active: dict[str, LedgerLine] = {}
    for line in lines:
        other = active.setdefault(line.station, line) if line.status == "active" else line
        if other is not line:
            first, second = sorted((other, line), key=lambda one: (one.issued or "9", one.line))
            message = f"station {line.station} has two active codes, {other.code} and {line.code}"
            mend = f"keep the one whose sign hangs, else {first.code}; mark the other as moved: {second.code},…,moved,{first.code},…"
            add(line.line, message, mend)


def _joined(one: LedgerLine, other: LedgerLine, add: _Add) -> LedgerLine | None:
    """Two lines of a code as one, as two branches leave them that issued it at once. None when they contradict each other."""
    first, second = sorted((one, other), key=lambda line: line.issued or "9")
    if one.station != other.station and "reserved" not in (one.status, other.status):
        message = f"code {one.code} stands twice, for station {one.station} (line {one.line}) and for {other.station}"
        mend = (
            "keep the line of the charger whose sign hangs; if none hangs, the one issued first, for "
            f"{first.station}; delete the other line, and `chargeside ledger issue` gives its charger a code of its own"
        )
        add(other.line, message, mend)
        return None
    if one.status != other.status and "reserved" in (one.status, other.status):  # claimed since
        later = other if one.status == "reserved" else one
        return replace(later, issued=first.issued)
    if (one.status, one.moved_to) != (other.status, other.moved_to):
        said = " and as ".join(f"{line.status} {line.moved_to}".rstrip() for line in (one, other))
        mend = "keep the line that is right today, and delete the other one"
        add(other.line, f"code {one.code} stands twice, as {said} (line {one.line} is the first)", mend)
        return None
    return replace(first, issued=first.issued or second.issued)


def _line(row: Row, add: _Add) -> LedgerLine | None:
    value = row.values
    mend = "restore the line from the file's history (git log -p); codes on walls depend on it"
    if not is_code(value["code"]):
        add(row.line, f'"{value["code"]}" is no code: seven digits, the last a check digit', mend)
    elif value["status"] not in _STATUSES:
        add(row.line, f'status "{value["status"]}" is not known', nearest(value["status"], _STATUSES))
    elif not value["station"] and value["status"] == "active":
        add(row.line, "the station is missing", mend)
    elif value["station"] and value["status"] == "reserved":
        add(row.line, f"reserved, but it has the station {value['station']}", "set its status to active")
    elif not value["url"].startswith("https://") or not value["url"].endswith(f"/{value['code']}/"):
        add(row.line, f'url "{value["url"]}" does not lead to {value["code"]}', mend)
    elif not _is_date(value["issued"]):
        add(row.line, f'issued "{value["issued"]}" is no date', mend)
    elif not all(_COORDINATE.fullmatch(value[name]) for name in ("lat", "lon")):
        add(row.line, f'"{value["lat"]}, {value["lon"]}" are no coordinates', mend)
    else:
        texts = {name: plain_cell(value[name]) for name in _FROM_FEEDS}
        return LedgerLine(**{**value, **texts}, line=row.line)  # type: ignore[arg-type]
    return None


def _is_date(text: str) -> bool:
    try:
        return not text or datetime.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def ledger_bytes(lines: Iterable[LedgerLine]) -> bytes:
    """The file for these lines: sorted by code, one line each, made for `git diff`."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    cells = attrgetter(*COLUMNS)
    for line in sorted(lines, key=lambda line: line.code):
        safe = replace(line, station=safe_cell(line.station), name=safe_cell(line.name))
        writer.writerow(cells(safe))
    return out.getvalue().encode()
