"""`placards --changed`, `--record`, `--fitting`: what becomes of signs once they are made.

signs.csv lies beside ledger.csv and is written here alone, under the lock of the operator's folder. A sign counts as printed only
when its proofed PDF of today's values stands in the output folder.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from chargeside.build import Progress, load_and_check
from chargeside.errors import ContentError, RenderError
from chargeside.findings import Findings
from chargeside.load.signs import SIGNS, PrintedSign, SignKey, load_signs, signs_bytes
from chargeside.load.source import folder_name
from chargeside.model.network import Network
from chargeside.plan.fitting import fitting_plan
from chargeside.plan.jobs import Job, Plan, joined
from chargeside.plan.placards import Placard, plan_placards
from chargeside.plan.reprint import Reprint, as_printed, reprint_list
from chargeside.plan.reserved import plan_reserved
from chargeside.render.reprint import reprint_csv, reprint_html
from chargeside.write import Output, locked, write_atomic

LIST = "reprint"
FITTING = "fitting"
ACCESSIBLE = "accessible"


@dataclass(frozen=True)
class Asked:
    """Which signs of which operator. `today`: ISO date; `now`: ISO 8601 with an offset; `codes`: only these, all where empty;
    `reserved`: also the signs for reserved codes."""

    folder: Path
    out: Path
    today: str
    now: str = ""
    codes: tuple[str, ...] = ()
    reserved: bool = False


@dataclass(frozen=True)
class Signs:
    """The signs asked for, and what signs.csv says was printed."""

    asked: Asked
    network: Network
    plan: Plan
    printed: tuple[PrintedSign, ...]

    @property
    def placards(self) -> tuple[Placard, ...]:
        """All signs asked for."""
        return tuple(_placard(job) for job in self.plan.jobs)

    def reprint(self) -> Reprint:
        """Which of them to print again."""
        return reprint_list(self.network, self.placards, self.printed, self.asked.today, self.asked.codes)


def _placard(job: Job) -> Placard:
    assert isinstance(job.payload, Placard)
    return job.payload


def read_signs(asked: Asked, findings: Findings) -> Signs:
    """Plans the signs and reads signs.csv. Raises ContentError when either has errors."""
    found = Findings()
    network = load_and_check(asked.folder, asked.today, found, now=asked.now)
    if network is None or found.errors:
        raise ContentError(found.sorted())
    found = Findings()
    printed = load_signs(asked.folder / SIGNS, f"{network.path}/{SIGNS}", found)
    if found.errors:
        raise ContentError(found.sorted())
    findings.extend(found)
    return Signs(asked, network, _planned(network, asked), printed)


def check_signs(folder: Path) -> None:
    """Raises ContentError when signs.csv is damaged: before hours of printing, rather than after."""
    found = Findings()
    load_signs(folder / SIGNS, f"{folder_name(folder)}/{SIGNS}", found)
    if found.errors:
        raise ContentError(found.sorted())


def _planned(network: Network, asked: Asked) -> Plan:
    plan = plan_placards(network, asked.today, asked.codes)
    if not asked.reserved:
        return plan
    return joined(plan, plan_reserved(network, asked.today, asked.codes))


def write_list(out: Path, reprint: Reprint) -> tuple[Path, ...]:
    """Write reprint.html and reprint.csv into the output folder, and give their paths. Raises WriteError."""
    files = {"html": reprint_html(reprint), "csv": reprint_csv(reprint)}
    for kind, data in files.items():
        write_atomic(out / f"{LIST}.{kind}", data)
    return tuple(out / f"{LIST}.{kind}" for kind in files)


@dataclass(frozen=True)
class Recorded:
    """What `--record` noted: how many signs in which file, how many lines went, and files of the signs that it could not note since
    no proofed PDF of today stands."""

    file: Path
    signs: int
    gone: int
    missing: tuple[str, ...]


def record(asked: Asked, findings: Findings, *, changed: bool = False) -> Recorded:
    """Note in signs.csv that these signs were printed on the day `asked.today`. With `changed` those on the list alone, and the lines
    of signs that the list says to take down go. Raises ContentError and WriteError; signs.csv is then as it was."""
    with locked(asked.folder):
        signs = read_signs(asked, findings)
        made = _made(signs)
        lines = {line.key: replace(line, line=0) for line in signs.printed}
        wanted = signs.placards
        down: tuple[SignKey, ...] = ()
        if changed:
            reprint = signs.reprint()
            wanted = tuple(one for one in wanted if one.path in reprint.paths)
            down = tuple(reprint.to_take_down)
        ready = [one for one in wanted if one.path in made]
        for placard in ready:
            line = as_printed(placard, asked.today)
            before = lines.get(line.key)
            lines[line.key] = replace(line, seen=before.seen) if before else line
        for key in down:
            del lines[key]
        file = asked.folder / SIGNS
        if ready or down:
            write_atomic(file, signs_bytes(lines.values()))
    missing = tuple(one.path for one in wanted if one.path not in made)
    return Recorded(file, len(ready), len(down), missing)


def _made(signs: Signs) -> frozenset[str]:
    """Files in the output folder that show today's values: only a sign that passed its proof is written."""
    from chargeside.render.placard import closure

    output, state = Output(signs.asked.out), closure()
    marks: Mapping[str, str] = output.manifest.files.get("placards", {})
    return frozenset(
        job.path
        for job in signs.plan.jobs
        if marks.get(job.path) == job.fingerprint(state) and output.has(job.path)
    )


def fitting_sheets(
    signs: Signs, reprint: Reprint | None, findings: Findings, progress: Progress
) -> tuple[Path, ...]:
    """Write OUT/fitting/<site>.pdf for each site, with `reprint` for the signs on that list, and give the paths.

    A sign without a proofed PDF of today's values is on no sheet; a finding says so (P732). Raises WriteError.
    """
    from chargeside.render.fitting import fitting_pdf, picture

    out, made = signs.asked.out, _made(signs)
    wanted = [one for one in signs.placards if reprint is None or one.path in reprint.paths]
    missing = [one.path for one in wanted if one.path not in made]
    if missing:
        message = f"{len(missing)} signs are on no fitting sheet since they are not made, e.g. {missing[0]}"
        mend = "mend what the proof found, then make the sheets again"
        findings.add("P732", signs.network.path, None, message, mend)
    ready = [one for one in wanted if one.path in made]
    sheets = fitting_plan(signs.network, ready, signs.printed, signs.asked.today, reprint)
    paths = []
    for done, sheet in enumerate(sheets, 1):
        pictures = {sign.path: picture((out / "current" / sign.path).read_bytes()) for sign in sheet.signs}
        path = out / FITTING / f"{sheet.slug}.pdf"
        write_atomic(path, fitting_pdf(sheet, pictures))
        paths.append(path)
        progress("fitting sheets", done, len(sheets))
    return tuple(paths)


def accessible_signs(signs: Signs, findings: Findings, progress: Progress) -> tuple[Path, ...]:
    """Write OUT/accessible/<sign>.pdf, tagged for screen readers, for each sign, and give the paths.

    A sign that cannot be made is a finding. Raises WriteError.
    """
    from chargeside.render.placard import render_accessible

    paths = []
    for done, placard in enumerate(signs.placards, 1):
        path = signs.asked.out / ACCESSIBLE / Path(placard.path).name
        try:
            write_atomic(path, render_accessible(placard, signs.plan.shared))
            paths.append(path)
        except RenderError as error:
            findings.add(error.code, placard.path, None, str(error), error.mend)
        progress("accessible signs", done, len(signs.plan.jobs))
    return tuple(paths)
