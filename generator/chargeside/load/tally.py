"""Findings about feeds: a mistake that a system made in ten thousand records is one finding with a count."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from chargeside.findings import Findings, Severity
from chargeside.load.records import Record, Records, Step

_EACH = 20
"""So many records, and so many different values, are named one by one; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of finding. `text` and `mend` may hold `{}` for the detail; `noun` is what is counted.

    `each`: every record is named (up to a limit), for mistakes that are mended one by one.
    """

    code: str
    text: str
    mend: str
    noun: str = "Location"
    severity: Severity | None = None
    each: bool = False


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
            self._findings.add(kind.code, self._shown, line, text, kind.mend, kind.severity)


def where(record: Record, steps: tuple[Step, ...]) -> str:
    """The JSON path of a value, e.g. `data[3].evses[0]`."""
    path = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps)
    return f"{record.path}{path}".lstrip(".") or "the top of the file"
