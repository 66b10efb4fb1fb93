"""overrides.csv: facts for single EVSEs, and which EVSEs share a cabinet. Edited in a spreadsheet.

Spreadsheets may save it with commas, semicolons or tabs, with `22,5` for 22.5 and TRUE, WAHR or VRAI for yes; all of it is
read (load/spreadsheet.py). What cannot be mended is a number that Excel made out of an id.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from chargeside.findings import Findings
from chargeside.load.source import Row, is_file, mend_of, read_csv
from chargeside.load.spreadsheet import YES_NO, made_by_excel, with_point
from chargeside.model.facts import SETTABLE, Fact, Origin
from chargeside.model.network import Side
from chargeside.model.operator import FactSettings

COLUMNS = ("evse", "cabinet", "side", "number", "code", *SETTABLE)
_IDS = ("evse", "cabinet", "number", "code")
_SIDES: Mapping[str, Side] = {"left": "left", "right": "right", "centre": "centre", "center": "centre"}


@dataclass(frozen=True, slots=True)
class Override:
    """What one row says of one EVSE."""

    line: int
    cabinet: str | None
    side: Side | None
    number: str | None
    facts: Mapping[str, Fact]
    code: str | None = None


def load_overrides(path: Path, shown: str, findings: Findings) -> dict[str, Override]:
    """Rows by EVSE uid or EVSE ID as written. No file is no rows."""
    if not os.path.lexists(path):  # a link to nowhere is a mistake, not a missing file
        _say_workbook(path, shown, findings)
        return {}
    found: dict[str, Override] = {}
    rows = read_csv(path, shown, findings, COLUMNS, code="O208", all_columns=False, by_people=True)
    for row in rows or ():
        evse = row.values.get("evse", "")
        damaged = next((name for name in _IDS if made_by_excel(row.values.get(name, ""))), None)
        if damaged:
            text = row.values[damaged]
            mend = "format the column as text, then enter it again"
            findings.add(
                "O208", shown, row.line, f'column {damaged} holds "{text}": {made_by_excel(text)}', mend
            )
        elif not evse:
            mend = "put its uid or EVSE ID into the column evse"
            findings.add("O208", shown, row.line, "the row names no EVSE", mend)
        elif evse in found:
            findings.add("O208", shown, row.line, f"EVSE {evse} has two rows", "join them into one")
        else:
            found[evse] = _override(row, shown, findings)
    return found


def _say_workbook(path: Path, shown: str, findings: Findings) -> None:
    """Somebody who works in a spreadsheet may leave the workbook in the folder instead of the CSV."""
    for ending in (".xlsx", ".xlsm", ".xls", ".ods"):
        if is_file(path.with_suffix(ending)):
            beside = shown.removesuffix(".csv") + ending
            mend = "save the sheet as CSV (UTF-8), as overrides.csv"
            findings.add("O208", beside, None, "a workbook is not read here", mend)


def _override(row: Row, shown: str, findings: Findings) -> Override:
    side = row.values.get("side", "").casefold()
    if side and side not in _SIDES:
        findings.add("O208", shown, row.line, f'side "{side}" is not known', "use left, right or centre")
    return Override(
        row.line,
        row.values.get("cabinet") or None,
        _SIDES.get(side),
        row.values.get("number") or None,
        _facts(row, shown, findings),
        row.values.get("code") or None,
    )


def _word(name: str, given: str) -> str:
    """What a cell means: `ja` and `WAHR` are yes, `22,5` is 22.5, `Plug first` is plug_first."""
    text = given.casefold()
    if name == "hardware":
        return given
    if name == "power_kw":
        return with_point(text)
    if "yes" in SETTABLE[name].values:
        return YES_NO.get(text, text)
    return re.sub(r"[\s-]+", "_", text)


def _facts(row: Row, shown: str, findings: Findings) -> dict[str, Fact]:
    named = {name: _word(name, row.values[name]) for name in SETTABLE if row.values.get(name)}
    payment = {
        name.removeprefix("payment."): value for name, value in named.items() if name.startswith("payment.")
    }
    try:
        settings = FactSettings.model_validate(
            {**{name: value for name, value in named.items() if "." not in name}, "payment": payment}
        )
    except ValidationError as error:
        for one in error.errors(include_url=False):
            column = ".".join(str(part) for part in one["loc"])
            findings.add("O208", shown, row.line, f'column {column} holds "{one["input"]}"', mend_of(one))
        return {}
    origin = Origin("overrides", shown, row.line)
    return {name: Fact(value, origin) for name, value in settings.flat().items()}
