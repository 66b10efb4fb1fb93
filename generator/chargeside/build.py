"""The build: load, check, plan, compare with what stands, render what changed, put it in place at one moment."""

from __future__ import annotations

import csv
import gc
import hashlib
import subprocess
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from chargeside.check.cabinets import check_cabinets
from chargeside.check.catalogues import check_catalogues
from chargeside.check.guide_stations import check_stations
from chargeside.check.guides import check_content
from chargeside.check.notices import check_notices
from chargeside.check.operator import check_ledger, check_operator
from chargeside.contact_sheet import PART as PROOF
from chargeside.contact_sheet import ContactSheet
from chargeside.errors import ContentError, RenderError
from chargeside.findings import Finding, Findings, Severity
from chargeside.library_site import build_library_site, library_fingerprint
from chargeside.load.adopted import COLUMNS as ADOPTED_COLUMNS
from chargeside.load.content import load_content
from chargeside.load.ledger import COLUMNS as LEDGER_COLUMNS
from chargeside.load.network import load_network
from chargeside.load.signs import load_signs
from chargeside.model.codes import is_code
from chargeside.model.network import Network
from chargeside.model.zones import utc
from chargeside.plan.driver import plan_driver
from chargeside.plan.driver_notices import Notices
from chargeside.plan.jobs import Job, Plan, Renderer, joined
from chargeside.plan.library import library_paths, plan_library
from chargeside.plan.placards import KIND as PLACARD
from chargeside.plan.placards import plan_placards
from chargeside.plan.reserved import plan_reserved, reserved_codes, standing_reserved
from chargeside.render import driver
from chargeside.stamp import recall, remember, sources_digest
from chargeside.write import Manifest, Output, Release, locked

PARTS = ("library", "driver", "placards")
POOL_FROM = 64
"""Fewer slow jobs than this are rendered in this process: a pool costs more than it gives (measured, see publishing notes)."""

Progress = Callable[[str, int, int], None]
"""Told of what is being done, how many are done, of how many."""


@dataclass(frozen=True)
class Options:
    """What to build. `today`: ISO date, printed on new signs and held against review dates. `codes`: only these placards.
    `reserved`: also the placards of reserved codes; without it, those that stand stay.

    `now`: ISO 8601 with an offset; notices that do not hold then are left out, none where it is empty. `pictures`: of so many
    signs in their proof.html; None for as many as it has.
    """

    out: Path
    today: str
    parts: tuple[str, ...] = PARTS
    workers: int = 1
    strict: bool = False
    codes: tuple[str, ...] = ()
    now: str = ""
    reserved: bool = False
    pictures: int | None = None


@dataclass
class Report:
    """What a build did; the shape of `--json`."""

    rendered: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    unchanged: int = 0
    findings: tuple[Finding, ...] = ()
    seconds: float = 0.0

    def as_dict(self) -> dict[str, Any]:
        """For --json."""
        return {
            "rendered": sorted(self.rendered),
            "removed": sorted(self.removed),
            "failed": sorted(self.failed),
            "unchanged": self.unchanged,
            "findings": [finding.as_dict() for finding in self.findings],
            "seconds": round(self.seconds, 3),
        }


def load_and_check(
    folder: Path, today: str, findings: Findings, earlier_codes: Collection[str] = (), now: str = ""
) -> Network | None:
    """The network with all findings of loading and checking. `today`, `now`: as in Options."""
    content = load_content(findings, folder)
    network = load_network(folder, content, findings)
    check_content(content, today, findings, for_operator=True)
    if network:
        check_stations(network, findings)
        check_network(network, folder, findings, earlier_codes, now)
    return network


def check_network(
    network: Network, folder: Path, findings: Findings, earlier_codes: Collection[str] = (), now: str = ""
) -> None:
    """All rules but those that read guides. `now`: as in Options."""
    check_catalogues(network.operator.languages, findings)
    check_operator(network, findings)
    check_notices(network, now, findings)
    check_cabinets(network, findings)
    check_ledger(network, earlier_codes, findings)
    # Pages and signs do not depend on it, so damage stops only what does: `placards --changed` and `--record`.
    load_signs(folder / "signs.csv", f"{network.path}/signs.csv", findings, Severity.WARNING)


def committed_codes(folder: Path) -> tuple[str, ...]:
    """Codes of the ledger and adopted addresses as last committed, in a git checkout; none elsewhere."""
    codes = (code for code in _committed(folder, "ledger.csv", LEDGER_COLUMNS[0]) if is_code(code))
    return (*codes, *_committed(folder, "adopted.csv", ADOPTED_COLUMNS[0]))


def _committed(folder: Path, name: str, column: str) -> list[str]:
    """The first column of a CSV file as last committed; empty when it is called otherwise."""
    command = ["git", "-C", str(folder), "show", f"HEAD:./{name}"]
    try:
        done = subprocess.run(command, capture_output=True, timeout=30, check=False)  # noqa: S603 - fixed words, no shell
    except (OSError, subprocess.TimeoutExpired):
        return []
    text = done.stdout.decode("utf-8-sig", "replace") if done.returncode == 0 else ""
    delimiter = ";" if text.partition("\n")[0].count(";") else ","
    try:
        first = [row[0] for row in csv.reader(text.splitlines(), delimiter=delimiter) if row]
    except csv.Error:  # damaged when it was committed; the build tells of the file as it is now
        return []
    return first[1:] if first[:1] == [column] else []


def build(folder: Path, options: Options, progress: Progress = lambda what, done, total: None) -> Report:
    """Build an operator's site and placards.

    Raises ContentError, with all findings, when something must be mended first (nothing was written), and WriteError when
    the disk refuses (what stood before still stands).
    """
    started = time.perf_counter()
    with locked(options.out):
        output = Output(options.out)
        committed = committed_codes(folder)
        how = (options.today, options.parts, options.strict, options.codes, options.reserved, committed)
        sources, now = sources_digest(folder, (*how, options.pictures)), utc(options.now)
        standing = [path for part in options.parts for path in output.manifest.files.get(part, ())]
        found = recall(options.out, sources, now)
        proofs = output.manifest.files.get(PROOF, ()) if "placards" in options.parts else ()
        if found is not None and all(map(output.has, (*standing, *proofs))):
            return Report(unchanged=len(standing), findings=found, seconds=time.perf_counter() - started)
        findings = Findings()
        progress("load and check", 0, 1)
        earlier = {*output.manifest.codes, *committed}
        network = load_and_check(folder, options.today, findings, earlier, now)
        _refuse(findings, options)
        assert network is not None
        known = {*network.station_by_code, *(reserved_codes(network) if options.reserved else ())}
        if unknown := [code for code in options.codes if code not in known]:
            raise ContentError(tuple(_no_such_code(code, network) for code in unknown))
        report = _make(network, output, options, findings, progress)
        report.findings = findings.sorted()
        if not report.failed:
            remember(options.out, sources, report.findings, now, Notices(network, now).next_change)
    report.seconds = time.perf_counter() - started
    return report


def _refuse(findings: Findings, options: Options) -> None:
    if findings.errors or (options.strict and any(f.severity == "warning" for f in findings)):
        raise ContentError(findings.sorted())


def _no_such_code(code: str, network: Network) -> Finding:
    findings = Findings()
    findings.add(
        "L402",
        f"{network.path}/ledger.csv",
        None,
        f"no station has the code {code}",
        "see `chargeside ledger show` for all codes",
    )
    return next(iter(findings))


@dataclass
class _Work:
    """What one part of the build has to do. `marks`: fingerprint by path of every file the part shall have."""

    part: str
    marks: dict[str, str]
    jobs: list[Job] = field(default_factory=list)
    files: dict[str, Path] = field(default_factory=dict)
    gone: list[str] = field(default_factory=list)
    plan: Plan | None = None
    library: str = ""


def _make(
    network: Network, output: Output, options: Options, findings: Findings, progress: Progress
) -> Report:
    report = Report()
    before = output.manifest
    sheet = ContactSheet(output)
    with ExitStack() as stack:
        works = [
            _work(part, network, output, options, stack, report, findings, progress, sheet)
            for part in options.parts
        ]
        report.unchanged = sum(len(work.marks) - len(work.jobs) - len(work.files) for work in works)
        named = network.operator.name
        stale = "placards" in options.parts and sheet.is_stale(named, options.pictures)
        if not stale and not any(work.jobs or work.files or work.gone for work in works):
            return report
        files = {part: dict(marks) for part, marks in before.files.items()}
        release = stack.enter_context(output.release())
        for work in works:
            files[work.part] = _carry_out(work, release, before, options, report, findings, progress, sheet)
            if work.part == "driver" and report.failed:
                # A page that kept its old text would link to guides that go: then the whole old site stands.
                raise ContentError(findings.sorted())
        if "placards" in options.parts:
            files[PROOF] = sheet.write(release, named, options.today, options.pictures)
        if not (report.rendered or report.removed or stale) and files.get(PROOF, {}) == before.files.get(
            PROOF, {}
        ):
            return report
        codes = (
            {
                *before.codes,
                *(line.code for line in network.ledger),
                *(one.address for one in network.adopted),
            }
            if "driver" in options.parts
            else before.codes
        )
        library = next((work.library for work in works if work.part == "library"), before.library)
        release.commit(Manifest(files, tuple(sorted(codes)), library))
    return report


def _work(
    part: str,
    network: Network,
    output: Output,
    options: Options,
    stack: ExitStack,
    report: Report,
    findings: Findings,
    progress: Progress,
    sheet: ContactSheet,
) -> _Work:
    before = output.manifest.files.get(part, {})
    if part == "library":
        return _library_work(network, output, before, stack, report, findings, progress)
    progress(f"plan {part}", 0, 1)
    if part == "driver":
        paths = library_paths(plan_library(network.content, network.operator))
        plan, closure = plan_driver(network, paths, options.today, options.now), driver.closure()
    else:
        from chargeside.render import placard

        plan, closure = plan_placards(network, options.today, options.codes), placard.closure()
        if options.reserved:
            plan = joined(plan, plan_reserved(network, options.today, options.codes))
    marks = {job.path: job.fingerprint(closure) for job in plan.jobs}
    todo = [
        job
        for job in plan.jobs
        if before.get(job.path) != marks[job.path]
        or not output.has(job.path)
        or (part == "placards" and not sheet.has(job.path))
    ]
    partial = part == "placards" and options.codes
    if (
        part == "placards" and not options.reserved
    ):  # they are made only when asked for, and stay until a charger has the code
        standing = standing_reserved(network, before)
        marks |= {path: mark for path, mark in standing.items() if output.has(path)}
    gone = [] if partial else sorted(before.keys() - marks.keys())
    if part == "placards" and not partial:
        sheet.keep(marks)
    return _Work(part, marks, todo, gone=gone, plan=plan)


def _library_work(
    network: Network,
    output: Output,
    before: Mapping[str, str],
    stack: ExitStack,
    report: Report,
    findings: Findings,
    progress: Progress,
) -> _Work:
    """The library is built as a whole, but only when a source of it changed; then only changed files are written."""
    plan = plan_library(network.content, network.operator)
    fingerprint = library_fingerprint(plan)
    if fingerprint == output.manifest.library and all(output.has(path) for path in before):
        return _Work("library", dict(before), library=fingerprint)
    progress("library", 0, 1)
    staging = Path(stack.enter_context(TemporaryDirectory(prefix="chargeside-library-")))
    try:
        made = build_library_site(
            plan, staging, site_url=network.operator.site_url, site_name=network.operator.name
        )
    except RenderError as error:
        findings.add(error.code, f"{network.path}: library", None, str(error), error.mend)
        report.failed.append("site/index.html")
        return _Work("library", dict(before), library=output.manifest.library)
    files = {f"site/{name}": path for name, path in made.items()}
    marks = {
        path: hashlib.blake2b(source.read_bytes(), digest_size=16).hexdigest()
        for path, source in files.items()
    }
    changed = {
        path: source
        for path, source in files.items()
        if before.get(path) != marks[path] or not output.has(path)
    }
    return _Work(
        "library", marks, files=changed, gone=sorted(before.keys() - marks.keys()), library=fingerprint
    )


def _carry_out(
    work: _Work,
    release: Release,
    before: Manifest,
    options: Options,
    report: Report,
    findings: Findings,
    progress: Progress,
    sheet: ContactSheet,
) -> dict[str, str]:
    """Render and write a part's files; gives their fingerprints. A failed job keeps its old file, and none to match it."""
    earlier = before.files.get(work.part, {})
    marks = {**earlier, **work.marks} if options.codes else dict(work.marks)
    for path, source in work.files.items():
        release.put(path, source.read_bytes())
        report.rendered.append(path)
    if work.plan and work.jobs:
        results = _rendered(work.part, work.jobs, work.plan, options.workers)
        for done, (job, data, found) in enumerate(results, 1):
            findings.extend(found)
            if work.part == "placards":
                sheet.add(job, data, found)
            if data is None:
                report.failed.append(job.path)
                if job.path in earlier:
                    marks[job.path] = ""
                else:
                    del marks[job.path]
            else:
                release.put(job.path, data)
                report.rendered.append(job.path)
            progress(work.part, done, len(work.jobs))
    for path in work.gone:
        release.remove(path)
        report.removed.append(path)
    return marks


Result = tuple[Job, bytes | None, tuple[Finding, ...]]


def _rendered(part: str, jobs: Sequence[Job], plan: Plan, workers: int) -> Iterator[Result]:
    """Each job with its bytes, or None with the findings that say why."""
    if part != "placards":
        for job in jobs:
            yield _render(job, plan.shared)
        return
    from chargeside.render.placard import in_batches

    batches = in_batches(jobs)
    gc.freeze()  # as in a worker
    if workers < 2 or len(jobs) < POOL_FROM:
        for batch in batches:
            yield from _render_signs(batch, plan.shared)
        return
    # Workers are copies of a process that has loaded the print engine already, and nothing else.
    context = get_context("forkserver")
    context.set_forkserver_preload(["chargeside.render.placard"])
    with ProcessPoolExecutor(workers, context, initializer=_start_worker, initargs=(plan.shared,)) as pool:
        waiting: set[Future[list[Result]]] = set()
        while True:  # a bounded queue: neither all jobs nor all results are ever held at once
            waiting |= {
                pool.submit(_render_in_worker, batch) for batch in islice(batches, workers * 2 - len(waiting))
            }
            if not waiting:
                return
            done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            for future in done:
                try:
                    yield from future.result()
                except BrokenProcessPool as error:
                    message = "a worker process died, perhaps for want of memory"
                    raise RenderError(f"{message}; try again with --workers 1") from error


_shared: Mapping[str, Any] = {}


def _start_worker(shared: Mapping[str, Any]) -> None:
    global _shared  # noqa: PLW0603 - a worker process has one plan
    _shared = shared
    gc.freeze()  # what is loaded by now is never garbage: looking for it among that took half of the time


def _render_in_worker(batch: Sequence[Job]) -> list[Result]:
    return _render_signs(batch, _shared)


def _render_signs(batch: Sequence[Job], shared: Mapping[str, Any]) -> list[Result]:
    from chargeside.render.placard import render_batch

    results: list[Result] = []
    for job, made in zip(batch, render_batch([job.payload for job in batch], shared), strict=True):  # type: ignore[misc]
        findings = Findings()
        if isinstance(made, RenderError):
            findings.add(made.code, job.path, None, str(made), made.mend)
            results.append((job, None, findings.sorted()))
        else:
            for code, message, mend in made.warnings:
                findings.add(code, job.path, None, message, mend)
            results.append((job, made, findings.sorted()))
    return results


def renderer(kind: str) -> Renderer:
    """Who renders a kind of job. WeasyPrint takes half a second to load, so only those who make placards load it."""
    if kind == PLACARD:
        from chargeside.render import placard

        return placard.RENDERERS[kind]
    return driver.RENDERERS[kind]


def _render(job: Job, shared: Mapping[str, Any]) -> Result:
    findings = Findings()
    try:
        data = renderer(job.kind)(job.payload, shared)
    except RenderError as error:
        findings.add(error.code, job.path, None, str(error), error.mend)
        return job, None, findings.sorted()
    # An imprint or privacy text may be as long as the law wants it: nobody reads it with the cable in hand.
    if job.kind != "driver.legal" and (over := driver.too_large(job.path, data)):
        message = f"the page is {over} bytes above the {driver.BUDGET} that one response may have, gzipped"
        findings.add("B801", job.path, None, message, "shorten the guides or texts that it shows")
        return job, None, findings.sorted()
    for code, message, mend in getattr(data, "warnings", ()):  # a Sign has them
        findings.add(code, job.path, None, message, mend)
    return job, data, findings.sorted()
