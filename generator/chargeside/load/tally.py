"""Findings about feeds: a mistake that a system made in ten thousand records is one finding with a count."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chargeside.findings import RULES, Findings, Severity, one_line
from chargeside.journal import Effect, Journal, Remark, usual_effect
from chargeside.load.ocpi_values import clean_text
from chargeside.load.records import Record, Records, Step

_SHORT = 120
_EACH = 20
"""So many records, and so many different values, are named one by one; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of finding. `text` and `mend` may hold `{}` for the detail; `noun` is what is counted.

    `each`: every record is named (up to a limit), for mistakes that are mended one by one. `effect`: what is done about it,
    where that is not what `usual_effect(code)` says. `part`: it is about a part of a record (an EVSE, a connector): the
    record itself is not left out.
    """

    code: str
    text: str
    mend: str
    noun: str = "Location"
    severity: Severity | None = None
    each: bool = False
    effect: Effect | None = None
    part: bool = False


@dataclass(slots=True)
class _Entry:
    record: Record
    steps: tuple[Step, ...]
    count: int = 0


class Tally:
    """Counts what is wrong in one feed and says it at the end. Lines are worked out only for what is said."""

    def __init__(self, shown: str, records: Records, kinds: Mapping[str, Kind], findings: Findings) -> None:
        self._shown = shown
        self._records = records
        self._kinds = kinds
        self._findings = findings
        self._entries: dict[tuple[str, str], _Entry] = {}
        self._named: dict[str, int] = {}
        self._journal: Journal | None = findings.journal
        self._about: tuple[str, str, str] | None = None
        self._messages: dict[tuple[str, str], str] = {}

    def about(self, station: str, name: str = "", evse: str = "") -> None:
        """Say which station (id, and name for people) and EVSE the next notes are about, where the record does not tell.

        Only the journal needs it. Records whose value is a Location tell it themselves.
        """
        if self._journal is not None:
            self._about = _short(station), _short(name), _short(evse)

    def note(self, kind: str, detail: str, record: Record, steps: tuple[Step, ...]) -> None:
        """Count one case of `kind`. Cases with equal detail are one finding."""
        each = self._kinds[kind].each
        key = (kind, f"{detail} ({where(record, steps)})" if each else detail[:100])
        entry = self._entries.get(key)
        if entry is None:
            named = self._named[kind] = self._named.get(kind, 0) + 1
            if named > _EACH:
                key = (kind, "" if each else "…")
            entry = self._entries.setdefault(key, _Entry(record, steps))
        entry.count += 1
        if self._journal is not None:
            self._journal.add(self._remark(self._kinds[kind], detail[:200], record, steps))

    def report(self) -> None:
        """Add the findings."""
        for (name, detail), entry in self._entries.items():
            kind = self._kinds[name]
            noun = kind.noun if entry.count == 1 else f"{kind.noun}s"
            place = where(entry.record, entry.steps)
            if not kind.each:
                text = f"{kind.text.format(detail)} ({entry.count} {noun}, first at {place})"
            elif detail:
                text = kind.text.format(detail)
            else:
                text = f"{kind.text.format('…')}: {entry.count} more, first at {place}"
            line = self._records.line_of(entry.record, entry.steps)
            finding = self._findings.add(kind.code, self._shown, line, text, kind.mend, kind.severity)
            if self._journal is not None:
                self._journal.told.add(finding)

    def _message(self, text: str, detail: str) -> str:
        """A message on one line; equal ones are one text in memory."""
        key = text, detail
        message = self._messages.get(key)
        if message is None:
            message = self._messages[key] = one_line(text.format(detail))
        return message

    def _remark(self, kind: Kind, detail: str, record: Record, steps: tuple[Step, ...]) -> Remark:
        station, name, evse = self._about or _about(record.value, steps)
        effect = kind.effect or usual_effect(kind.code)
        return Remark(
            kind.code,
            self._message(kind.text, "…").removesuffix(": …"),
            kind.severity or RULES[kind.code].severity,
            effect,
            self._shown,
            record.line,
            where(record, steps),
            not kind.part and effect in (Effect.LEFT_OUT, Effect.ON_PURPOSE),
            station,
            name,
            evse,
            self._message(kind.text, detail),
            kind.mend,
        )


def where(record: Record, steps: tuple[Step, ...]) -> str:
    """The JSON path of a value, e.g. `data[3].evses[0]`."""
    path = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps)
    return f"{record.path}{path}".lstrip(".") or "the top of the file"


def _about(raw: Any, steps: tuple[Step, ...]) -> tuple[str, str, str]:
    """Id and name of an OCPI Location, and the EVSE that `steps` lead to; empty where it does not tell."""
    if not isinstance(raw, dict):
        return "", "", ""
    station = _short(raw.get("id"))
    name = _short(raw.get("name")) or _short(raw.get("address"))
    evses = raw.get("evses")
    evse: Any = None
    if steps[:1] == ("evses",) and isinstance(evses, list) and isinstance(steps[1], int):
        evse = evses[steps[1]]
    if not isinstance(evse, dict):
        return station, name, ""
    return station, name, _short(evse.get("evse_id")) or _short(evse.get("uid"))


def _short(value: object) -> str:
    return (clean_text(value) or "")[:_SHORT]
