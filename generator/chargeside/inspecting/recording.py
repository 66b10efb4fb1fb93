"""`inspect --record`: notes in signs.csv when each sign was last seen good.

A photo does not show which of several signs of a charger it is, since all of them carry the same code. So all signs of the charger
itself are noted, its tags and the poster of the site only where their design is asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from chargeside.errors import ContentError
from chargeside.findings import Findings
from chargeside.inspecting.judging import Result
from chargeside.inspecting.verdicts import Verdict
from chargeside.load.signs import SIGNS, PrintedSign, load_signs, signs_bytes
from chargeside.load.source import folder_name
from chargeside.plan.reprint import SITE
from chargeside.write import locked, write_atomic


@dataclass(frozen=True)
class Noted:
    """What was noted: how many signs in which file, how many were noted as seen on that day or later already, and codes of chargers
    seen right of which signs.csv has no such sign."""

    file: Path
    signs: int
    known: int
    unknown: tuple[str, ...]


def record_seen(folder: Path, results: Iterable[Result], today: str, designs: tuple[str, ...] = ()) -> Noted:
    """Note the day of each right photo at the signs of its charger, of these `designs` where some are named. `today`: ISO date.

    Raises ContentError and WriteError; signs.csv is then as it was.
    """
    days = _days(results, today)
    file, found = folder / SIGNS, Findings()
    with locked(folder):
        signs = load_signs(file, f"{folder_name(folder)}/{SIGNS}", found)
        if found.errors:
            raise ContentError(found.sorted())
        seen = [sign for sign in signs if sign.code in days and _is_meant(sign, designs)]
        noted = {
            sign.key: replace(sign, seen=days[sign.code]) for sign in seen if sign.seen < days[sign.code]
        }
        if noted:
            write_atomic(file, signs_bytes(noted.get(sign.key, sign) for sign in signs))
    unknown = tuple(sorted(days.keys() - {sign.code for sign in seen}))
    return Noted(file, len(noted), len(seen) - len(noted), unknown)


def _is_meant(sign: PrintedSign, designs: tuple[str, ...]) -> bool:
    return sign.design in designs and sign.connector != SITE if designs else not sign.connector


def _days(results: Iterable[Result], today: str) -> Mapping[str, str]:
    """By code the last day on which a photo showed its sign right. A camera that is ahead of time counts as today's."""
    days: dict[str, str] = {}
    for result in results:
        if result.verdict is not Verdict.RIGHT:
            continue
        day = min(result.taken or today, today)
        for code in result.stations:
            days[code] = max(day, days.get(code, ""))
    return days
