"""`placards --print-run`: chooses the signs, and puts the finished, proofed PDF and its index in place.

Only signs whose proofed PDF of today's values stands in the output folder are printed. Everything is written beside its place and
swapped in at the end, so that a full disk or a failed proof leaves what stood before.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain, islice
from multiprocessing import get_context
from pathlib import Path
from typing import Any, TypeVar

from chargeside.build import POOL_FROM, Progress
from chargeside.errors import ContentError, RenderError
from chargeside.findings import Findings
from chargeside.load.label_sheets import FILE as SHEETS
from chargeside.load.label_sheets import load_sheet
from chargeside.load.source import folder_name
from chargeside.model.cells import csv_lines
from chargeside.model.label_sheet import LabelSheet
from chargeside.model.network import Network
from chargeside.plan.jobs import Job, Plan
from chargeside.plan.placards import Placard
from chargeside.plan.print_order import walking_order
from chargeside.plan.sites import SiteOf
from chargeside.render import print_run as runs
from chargeside.render.inks import Inks
from chargeside.signs_work import Asked, read_signs
from chargeside.write import Output, staged

_MOST_PROFILE = 20_000_000
"""Largest ICC profile that is read, in bytes."""
_SHOWN = 20
"""From more findings of a kind than this a list helps nobody."""


@dataclass(frozen=True)
class Wish:
    """A print run as it was asked for. `file`: the PDF. `designs`, `sizes`: only these, all where empty; `changed`: only signs that
    say something else than what was printed. Further as the options of the command line; `per_part`: 0 for one file."""

    asked: Asked
    file: Path
    designs: tuple[str, ...] = ()
    sizes: tuple[str, ...] = ()
    changed: bool = False
    marks: bool = True
    cut_mm: float | None = None
    icc: Path | None = None
    sheet: str = ""
    first_label: int = 1
    cover: bool = False
    per_part: int = 0
    workers: int = 1


@dataclass(frozen=True)
class Prepared:
    """A run that can be made once the signs stand. `jobs`: those of the build, by path."""

    wish: Wish
    setup: runs.Setup
    signs: Sequence[tuple[SiteOf, Placard]]
    plan: Plan
    jobs: Mapping[str, Job] = field(repr=False)


@dataclass(frozen=True)
class Made:
    """Files of a run that was put in place, with counts."""

    files: tuple[Path, ...]
    signs: int
    pages: int
    size: int


def prepare(wish: Wish) -> Prepared:
    """Chooses the signs and reads sheet and profile, before anything is made. Raises ContentError."""
    findings = Findings()
    signs = read_signs(wish.asked, Findings())
    setup = _setup(wish, signs.network.operator.name, findings)
    changed = signs.reprint().paths if wish.changed else None
    jobs = {job.path: job for job in signs.plan.jobs}
    chosen = _chosen(wish, signs.network, signs.placards, changed)
    if not chosen:
        mend = "name other codes, designs or sizes, or leave --changed out"
        findings.add(
            "P724", f"{signs.network.path}/operator.yml", None, "no sign is meant by these options", mend
        )
    if setup and setup.sheet:
        _check_labels(wish, setup.sheet, [placard for _, placard in chosen], findings)
    if setup is None or findings.errors:
        raise ContentError(findings.sorted())
    return Prepared(wish, setup, chosen, signs.plan, jobs)


def _chosen(
    wish: Wish, network: Network, placards: Iterable[Placard], changed: frozenset[str] | None
) -> list[tuple[SiteOf, Placard]]:
    wanted = (
        placard
        for placard in placards
        if (not wish.designs or placard.design in wish.designs)
        and (not wish.sizes or placard.size in wish.sizes)
        and (changed is None or placard.path in changed)
    )
    return walking_order(network, wanted)


def _setup(wish: Wish, operator: str, findings: Findings) -> runs.Setup | None:
    """None with a finding where sheet or profile cannot be used."""
    sheet = load_sheet(wish.asked.folder, wish.sheet, findings) if wish.sheet else None
    inks = None
    try:
        inks = Inks(_read(wish.icc)) if wish.icc else None
    except RenderError as error:
        findings.add(error.code, str(wish.icc), None, str(error), error.mend)
    if findings.errors:
        return None
    return runs.Setup(
        title=f"Signs of {operator}", operator=operator, day=wish.asked.today, marks=wish.marks, cut_mm=wish.cut_mm,
        sheet=sheet, first=wish.first_label - 1, cover=wish.cover, per_part=wish.per_part, inks=inks,
    )  # fmt: skip


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > _MOST_PROFILE:
            raise RenderError("is too large for an ICC profile", code="P720", mend="name another file")
        return path.read_bytes()
    except OSError as error:
        message = f"cannot be read: {error.strerror}"
        raise RenderError(message, code="P720", mend="check the file's name and permissions") from error


def _check_labels(wish: Wish, sheet: LabelSheet, placards: Iterable[Placard], findings: Findings) -> None:
    shown = f"{folder_name(wish.asked.folder)}/{SHEETS}"
    label = f"{sheet.label[0]:.4g} × {sheet.label[1]:.4g} mm"
    if wish.first_label > sheet.labels:
        message = f'sheet "{wish.sheet}" has {sheet.labels} labels and no number {wish.first_label}'
        findings.add("P722", shown, None, message, "labels count from 1, row by row")
    sizes = {(one.design, one.size): (one.width_mm, one.height_mm) for one in placards}
    for (design, size), (width, height) in sorted(sizes.items()):
        if not sheet.holds(width, height):
            turned = (
                "; it fits turned: swap width and height of the sign" if sheet.holds(height, width) else ""
            )
            message = f'the sign {design} {size} ({width:.4g} × {height:.4g} mm) is larger than a label of "{wish.sheet}" ({label})'
            findings.add(
                "P722",
                shown,
                None,
                message,
                f"choose a sheet with larger labels, or --design and --size{turned}",
            )


# ── Making it ──────────────────────────────────────────────────────────────────────────────────────────────────────


def print_run(prepared: Prepared, findings: Findings, progress: Progress) -> Made:
    """Makes the run from signs that stand in the output folder. Raises ContentError and WriteError; earlier files then stand."""
    wish = prepared.wish
    signs = _standing(prepared, findings)
    if not signs:
        findings.add(
            "P724", wish.file.name, None, "none of the signs could be made", "mend what is said of them"
        )
        raise ContentError(findings.sorted())
    index = wish.file.with_suffix(".csv")
    job = runs.Job(signs, prepared.setup, index.name)
    parts = job.parts()
    files = [_part_file(wish.file, part) for part in parts]
    with staged(*files, index) as beside:
        try:
            _make(job, prepared, beside, progress)
        except RenderError as error:
            findings.add(error.code, wish.file.name, None, str(error), error.mend)
            raise ContentError(findings.sorted()) from error
        with beside[-1].open("w", encoding="utf-8-sig", newline="") as table:
            table.writelines(csv_lines(runs.COLUMNS, runs.index_rows(job)))
        size = sum(path.stat().st_size for path in beside[:-1])
    _tell_of_earlier(wish.file, files, findings)
    return Made((*files, index), len(signs), sum(map(job.pages, parts)), size)


def _make(job: runs.Job, prepared: Prepared, beside: Sequence[Path], progress: Progress) -> None:
    placards = [placard for _, placard in job.signs]
    workers = prepared.wish.workers if len(placards) >= POOL_FROM else 1
    # Beside the result and not where temporary files go, which is memory on many machines.
    with tempfile.TemporaryFile(dir=beside[-1].parent) as file, _crew(workers, prepared.plan.shared) as crew:
        store = runs.Store(file, len(placards), job.setup.inks)
        done = 0
        for batch in crew.each(_draw, runs.batches(placards)):
            store.add(batch)
            done += len(batch[0])
            progress("draw the print run", done, len(placards))
        done = 0
        for part, path in zip(job.parts(), beside, strict=False):
            with path.open("wb") as out:
                for signs in runs.write_part(job, part, store, out):
                    done += signs
                    progress("put signs on pages", done, len(placards))
        parts = zip(job.parts(), beside, strict=False)
        written = chain.from_iterable(runs.to_proof(job, part, store, path) for part, path in parts)
        pages, done = sum(map(job.pages, job.parts())), 0
        for passed in crew.each(runs.proof_batch, written):
            done += passed
            progress("proof the print run", done, pages)


def _standing(prepared: Prepared, findings: Findings) -> list[tuple[SiteOf, Placard]]:
    """Signs whose proofed file of today's values stands. Of the others a finding tells."""
    from chargeside.render.placard import closure

    output, state = Output(prepared.wish.asked.out), closure()
    marks: Mapping[str, str] = output.manifest.files.get("placards", {})
    standing = [
        one
        for one in prepared.signs
        if marks.get(one[1].path) == prepared.jobs[one[1].path].fingerprint(state) and output.has(one[1].path)
    ]
    kept = {placard.path for _, placard in standing}
    missing = [placard.path for _, placard in prepared.signs if placard.path not in kept]
    mend = "mend what is said of it, and print again"
    for path in missing[:_SHOWN]:
        findings.add(
            "P725", path, None, "is not in the print run: no proofed file of today's values stands", mend
        )
    if len(missing) > _SHOWN:
        message = f"so are {len(missing) - _SHOWN} more signs"
        findings.add("P725", prepared.wish.file.name, None, message, mend)
    return standing


def _part_file(file: Path, part: runs.Part) -> Path:
    return file if part.of == 1 else file.with_name(f"{file.stem}.{part.number}{file.suffix}")


def _tell_of_earlier(file: Path, files: Sequence[Path], findings: Findings) -> None:
    """Parts that an earlier run left, which nobody should print by mistake."""
    form = re.compile(rf"{re.escape(file.stem)}(\.[0-9]+)?{re.escape(file.suffix)}")
    names = {path.name for path in files}
    left = sorted(
        path.name for path in file.parent.iterdir() if form.fullmatch(path.name) and path.name not in names
    )
    for name in left[:_SHOWN]:
        findings.add(
            "P726", name, None, "is of an earlier print run", "delete it, so that nobody prints it by mistake"
        )


def print_outline(wish: Wish) -> Path:
    """Writes the test print of a sheet: the outlines of its labels and their numbers. Raises ContentError and WriteError."""
    findings = Findings()
    sheet = load_sheet(wish.asked.folder, wish.sheet, findings)
    if sheet is None:
        raise ContentError(findings.sorted())
    with staged(wish.file) as (beside,), beside.open("wb") as out:
        runs.write_outline(sheet, f"Outlines of labels: {wish.sheet}", wish.asked.today, out)
    return wish.file


# ── Worker processes ───────────────────────────────────────────────────────────────────────────────────────────────


_Task = TypeVar("_Task")
_Done = TypeVar("_Done")


@dataclass(frozen=True)
class _Crew:
    """Those who draw and proof: worker processes, or this one where there are none."""

    pool: ProcessPoolExecutor | None
    workers: int

    def each(self, work: Callable[[_Task], _Done], tasks: Iterator[_Task]) -> Iterator[_Done]:
        """What becomes of each task, in any order. Raises what `work` raises."""
        if self.pool is None:
            yield from map(work, tasks)
            return
        waiting: set[Future[_Done]] = set()
        while True:  # a bounded queue, so that memory stays flat
            room = self.workers * 2 - len(waiting)
            waiting |= {self.pool.submit(work, task) for task in islice(tasks, room)}
            if not waiting:
                return
            done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            for future in done:
                try:
                    yield future.result()
                except BrokenProcessPool as error:
                    message = "a worker process died, perhaps for want of memory"
                    raise RenderError(f"{message}; try again with --workers 1") from error


@contextmanager
def _crew(workers: int, shared: Mapping[str, Any]) -> Iterator[_Crew]:
    if workers < 2:
        _start_worker(shared)
        yield _Crew(None, 1)
        return
    context = get_context("spawn")
    with ProcessPoolExecutor(workers, context, initializer=_start_worker, initargs=(shared,)) as pool:
        try:
            yield _Crew(pool, workers)
        except BaseException:
            pool.shutdown(cancel_futures=True)  # or a mistake would wait for all that is queued
            raise


_shared: Mapping[str, Any] = {}


def _start_worker(shared: Mapping[str, Any]) -> None:
    global _shared  # noqa: PLW0603 - a process has one plan at a time
    _shared = shared


def _draw(batch: Sequence[tuple[int, Placard]]) -> runs.Batch:
    return runs.draw(batch, _shared)
