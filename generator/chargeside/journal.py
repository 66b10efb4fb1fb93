"""The journal: what was repaired, assumed, doubted or left out in station data, case by case, for the data-quality report.

Findings count such cases (a mistake in ten thousand records is one line); the journal keeps each. It is off unless a report
was asked for: a feed of 300,000 EVSEs makes more remarks than stations.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NamedTuple


class Effect(StrEnum):
    """What Chargeside did about a mistake in data."""

    REPAIRED = "repaired"  # it was certain what is meant
    ASSUMED = "assumed"  # worked out from what else is given, or taken from next to it
    DOUBTED = "doubted"  # kept as it is, or that one value not used, and said so
    LEFT_OUT = "left out"  # the record, EVSE or connector is not there for drivers
    ON_PURPOSE = "on purpose"  # left out because the source says so (publish: false, REMOVED)


_BY_CODE: Mapping[str, Effect] = {
    "S301": Effect.LEFT_OUT,
    "S302": Effect.LEFT_OUT,
    "S303": Effect.LEFT_OUT,
    "S305": Effect.ON_PURPOSE,
    "S308": Effect.LEFT_OUT,
    "S311": Effect.REPAIRED,
    "S312": Effect.ASSUMED,
}


def usual_effect(code: str) -> Effect:
    """What findings of a rule usually come down to; a kind of finding may differ from it."""
    return _BY_CODE.get(code, Effect.DOUBTED)


class Remark(NamedTuple):
    """One case. A tuple, and of shared texts where they are equal: there may be half a million of them.

    `kind`: the message of all cases alike, with `…` for what differs.
    `severity` is "error", "warning" or "note". `file` as shown to people, `line` and `place` (the JSON path, or the row) are
    where the record and the value in it stand. `whole`: the record as a whole is left out by it. `station` is the
    record's id, `name` what people call it, `evse` the EVSE ID or uid where one is concerned; each empty when not known.
    """

    code: str
    kind: str
    severity: str
    effect: Effect
    file: str
    line: int
    place: str
    whole: bool
    station: str
    name: str
    evse: str
    message: str
    mend: str


@dataclass(frozen=True, slots=True)
class FileCount:
    """What came of one file. `records` in it, of which `used` for Locations: in a table several rows make one Location.

    `noun`: what a record is, in the singular. `skipped`: records that nobody asked for (another operator's, another fuel's).
    """

    file: str
    noun: str
    records: int
    used: int
    locations: int
    evses: int
    skipped: int = 0


class Journal:
    """Remarks and counts of the files that were read, in the order in which they were."""

    def __init__(self) -> None:
        self.remarks: list[Remark] = []
        self.files: list[FileCount] = []
        self.told: set[object] = set()
        """Findings that only sum up remarks: a report that lists the remarks need not say them again."""

    def add(self, remark: Remark) -> None:
        """Keep one case."""
        self.remarks.append(remark)

    def count(
        self, file: str, noun: str, *, records: int, used: int, locations: int, evses: int, skipped: int = 0
    ) -> None:
        """Say what came of a file. The file is counted once, as it was read last."""
        self.files = [count for count in self.files if count.file != file]
        self.files.append(FileCount(file, noun, records, used, locations, evses, skipped))

    def rename(self, file: str, shown: str) -> None:
        """Call a file by another name: people know its address, not the copy that was read and is gone soon."""
        self.remarks = [
            remark._replace(file=shown) if remark.file == file else remark for remark in self.remarks
        ]
        self.files = [replace(count, file=shown) if count.file == file else count for count in self.files]

    def forget(self, file: str) -> None:
        """Drop what was said of a file, which could not be used after all or is read again."""
        self.remarks = [remark for remark in self.remarks if remark.file != file]
        self.files = [count for count in self.files if count.file != file]
