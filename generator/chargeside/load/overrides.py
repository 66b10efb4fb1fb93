"""overrides.csv: facts for single EVSEs, and which EVSEs share a cabinet. Edited in a spreadsheet."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from chargeside.findings import Findings
from chargeside.load.source import Row, mend_of, read_csv
from chargeside.model.facts import SETTABLE, Fact, Origin
from chargeside.model.network import Side
from chargeside.model.operator import FactSettings

COLUMNS = ("evse", "cabinet", "side", "number", *SETTABLE)
_SIDES: Mapping[str, Side] = {"left": "left", "right": "right", "centre": "centre", "center": "centre"}


@dataclass(frozen=True, slots=True)
class Override:
    """What one row says of one EVSE."""

    line: int
    cabinet: str | None
    side: Side | None
    number: str | None
    facts: Mapping[str, Fact]


def load_overrides(path: Path, shown: str, findings: Findings) -> dict[str, Override]:
    """Rows by EVSE uid or EVSE ID as written. No file is no rows."""
    if not os.path.lexists(path):  # a link to nowhere is a mistake, not a missing file
        return {}
    found: dict[str, Override] = {}
    for row in read_csv(path, shown, findings, COLUMNS, code="O208", all_columns=False) or ():
        evse = row.values.get("evse", "")
        if not evse:
            mend = "put its uid or EVSE ID into the column evse"
            findings.add("O208", shown, row.line, "the row names no EVSE", mend)
        elif evse in found:
            findings.add("O208", shown, row.line, f"EVSE {evse} has two rows", "join them into one")
        else:
            found[evse] = _override(row, shown, findings)
    return found


def _override(row: Row, shown: str, findings: Findings) -> Override:
    side = row.values.get("side", "").lower()
    if side and side not in _SIDES:
        findings.add("O208", shown, row.line, f'side "{side}" is not known', "use left, right or centre")
    return Override(
        row.line,
        row.values.get("cabinet") or None,
        _SIDES.get(side),
        row.values.get("number") or None,
        _facts(row, shown, findings),
    )


def _facts(row: Row, shown: str, findings: Findings) -> dict[str, Fact]:
    named = {
        name: row.values[name].lower() if name != "hardware" else row.values[name]
        for name in SETTABLE
        if row.values.get(name)
    }
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
