"""ledger.csv: every code ever issued. Damage is never repaired silently: a code on a wall must resolve for ever."""

from __future__ import annotations

import csv
import datetime
import io
import os
import re
from collections.abc import Callable, Iterable
from dataclasses import astuple
from pathlib import Path

from chargeside.findings import Findings, nearest
from chargeside.load.source import Row, read_csv
from chargeside.model.codes import is_code
from chargeside.model.network import LedgerLine

COLUMNS = ("code", "station", "status", "moved_to", "issued", "url", "name", "lat", "lon")
_COORDINATE = re.compile(r"(-?[0-9]{1,3}(\.[0-9]+)?)?")
_STATUSES = ("active", "retired", "moved")


def load_ledger(path: Path, shown: str, findings: Findings) -> tuple[LedgerLine, ...]:
    """The lines of the ledger, sorted by code. No file is an empty ledger; any damaged line is an error that names it."""
    if not os.path.lexists(path):  # a link to nowhere is damage, not an empty ledger
        return ()

    def add(line: int, message: str, mend: str) -> None:
        findings.add("L401", shown, line, message, mend)

    rows = read_csv(path, shown, findings, COLUMNS, code="L401")
    lines: dict[str, LedgerLine] = {}
    active: dict[str, str] = {}
    for row in rows or ():
        line = _line(row, add)
        if line is None:
            continue
        if line.code in lines:
            mend = "keep the line that was there first; git log shows it"
            add(row.line, f"code {line.code} stands twice", mend)
            continue
        lines[line.code] = line
        if line.status == "active" and (other := active.setdefault(line.station, line.code)) != line.code:
            message = f"station {line.station} has two active codes, {other} and {line.code}"
            add(row.line, message, f"mark the newer one as moved to {other}")
    for line in lines.values():
        if line.status == "moved" and line.moved_to not in lines:
            message = f"{line.code} moved to {line.moved_to or 'nowhere'}, which was never issued"
            add(line.line, message, "name the code it moved to")
        elif line.status == "moved" and _circular(line, lines):
            add(line.line, f"{line.code} moved in a circle", "let the last one be active")
    return tuple(sorted(lines.values(), key=lambda line: line.code))


def _circular(line: LedgerLine, lines: dict[str, LedgerLine]) -> bool:
    seen: set[str] = set()
    while line.status == "moved" and line.moved_to in lines:
        if line.code in seen:
            return True
        seen.add(line.code)
        line = lines[line.moved_to]
    return False


def _line(row: Row, add: Callable[[int, str, str], None]) -> LedgerLine | None:
    value = row.values
    mend = "restore the line from the file's history (git log -p); codes on walls depend on it"
    if not is_code(value["code"]):
        add(row.line, f'"{value["code"]}" is no code: seven digits, the last a check digit', mend)
    elif value["status"] not in _STATUSES:
        add(row.line, f'status "{value["status"]}" is not known', nearest(value["status"], _STATUSES))
    elif not value["station"]:
        add(row.line, "the station is missing", mend)
    elif not value["url"].startswith("https://") or not value["url"].endswith(f"/{value['code']}/"):
        add(row.line, f'url "{value["url"]}" does not lead to {value["code"]}', mend)
    elif not _is_date(value["issued"]):
        add(row.line, f'issued "{value["issued"]}" is no date', mend)
    elif not all(_COORDINATE.fullmatch(value[name]) for name in ("lat", "lon")):
        add(row.line, f'"{value["lat"]}, {value["lon"]}" are no coordinates', mend)
    else:
        return LedgerLine(**value, line=row.line)  # type: ignore[arg-type]
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
    for line in sorted(lines, key=lambda line: line.code):
        writer.writerow(astuple(line)[: len(COLUMNS)])
    return out.getvalue().encode()
