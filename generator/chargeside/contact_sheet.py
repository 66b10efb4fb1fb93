"""Keeps the contact sheet of the signs beside them: OUT/placards/proof.csv and proof.html (see render.proof_page).

What was measured of a sign is known when it is made. Builds make only what changed, so the rows of all others come from the
proof.csv of the release that stands; a sign without a row is made anew.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import replace
from functools import cached_property

from chargeside.findings import Finding
from chargeside.plan.jobs import Job, digest
from chargeside.plan.placards import Placard
from chargeside.render.proof_page import (
    PICTURES,
    ProofRow,
    look,
    proof_html,
    row_of,
    rows_from_csv,
    rows_to_csv,
    sample,
    thumbnail,
)
from chargeside.write import Output, Release

PART = "proof"
"""The files' part in the manifest: no sign, so they are neither counted nor removed as such."""

_TABLE, _PAGE = "placards/proof.csv", "placards/proof.html"


class ContactSheet:
    """The rows of the release that stands, brought up to date by a build."""

    def __init__(self, output: Output) -> None:
        self._output = output
        self._before = output.manifest.files.get(PART, {})

    @cached_property
    def _rows(self) -> dict[str, ProofRow]:
        """By path. A table that cannot be read is as none."""
        return {row.path: row for row in rows_from_csv(self._output.read(_TABLE) or b"")}

    def has(self, path: str) -> bool:
        """Whether it is known what was measured of a sign."""
        return path in self._rows

    def keep(self, paths: Collection[str]) -> None:
        """Forget all signs but these."""
        self._rows = {path: row for path, row in self._rows.items() if path in paths}

    def add(self, job: Job, data: bytes | None, findings: Iterable[Finding]) -> None:
        """A sign was made, or could not be (`data` is None): then the figures of its earlier file stay."""
        assert isinstance(job.payload, Placard)
        row = row_of(job.payload, getattr(data, "figures", None), len(data or b""), findings)
        earlier = self._rows.get(job.path)
        if data is None and earlier:
            row = replace(earlier, state=row.state, remarks=row.remarks)
        self._rows[job.path] = row

    def marks(self, operator: str, pictures: int | None) -> dict[str, str]:
        """What the manifest says of the files; nothing where there is no sign. `pictures`: how many, None for as many as before."""
        if not self._rows:
            return {}
        table = digest(rows_to_csv(self._rows.values()).decode())
        shown = digest((table, operator, look()))
        before, _, many = self._before.get(_PAGE, "").partition(" ")
        if pictures is None:
            pictures = int(many) if before == shown and many.isdecimal() else PICTURES
        return {_TABLE: table, _PAGE: f"{shown} {pictures}"}

    def is_stale(self, operator: str, pictures: int | None) -> bool:
        """Whether the files do not show what is known."""
        marks = self.marks(operator, pictures)
        return marks != self._before or not all(map(self._output.has, marks))

    def write(self, release: Release, operator: str, day: str, pictures: int | None) -> dict[str, str]:
        """Write both files where they are stale, and give what the manifest says of them. `day`: ISO date. Raises WriteError."""
        if not self.is_stale(operator, pictures):
            return dict(self._before)
        marks = self.marks(operator, pictures)
        if not marks:
            for path in self._before:
                release.remove(path)
            return {}
        rows = tuple(self._rows.values())
        release.put(_TABLE, rows_to_csv(rows))
        most = int(marks[_PAGE].partition(" ")[2])
        page = proof_html(rows, _pictures(release, sample(rows, most)), operator=operator, day=day)
        release.put(_PAGE, page)
        return marks


def _pictures(release: Release, rows: Iterable[ProofRow]) -> dict[str, bytes]:
    """Pictures of those signs that have a file."""
    pictures: dict[str, bytes] = {}
    for row in rows:
        data = release.read(row.path) if row.bytes else None
        if data:
            with suppress(ValueError):  # somebody wrote something else into the file
                pictures[row.path] = thumbnail(data)
    return pictures
