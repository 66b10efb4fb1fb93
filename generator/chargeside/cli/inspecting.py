"""`inspect`: looks at photos of signs."""

from __future__ import annotations

import datetime as dt
import json
import sys
from pathlib import Path

import click

from chargeside.cli.common import FILE, FOLDER, command, counted, print_findings, today
from chargeside.findings import Findings
from chargeside.inspecting.inspection import Inspection, Question
from chargeside.inspecting.inspection import inspect as look_at
from chargeside.inspecting.page import report_csv, report_html, report_json, safe_name
from chargeside.inspecting.recording import record_seen
from chargeside.inspecting.verdicts import TITLES, Verdict
from chargeside.progress import shown_progress
from chargeside.write import write_atomic

_FEW = 10
"""Chargers that are named one by one."""
_COLOURS = {Verdict.FOREIGN: "red", Verdict.RIGHT: "green"}


def _https(_context: click.Context, _option: click.Parameter, urls: tuple[str, ...]) -> tuple[str, ...]:
    for url in urls:
        if not url.startswith("https://") or not url.removeprefix("https://").strip("/"):
            raise click.BadParameter(f'"{url}" is no address that starts with https://')
    return urls


@click.command()
@click.argument(
    "photos", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True), metavar="PHOTO…"
)
@click.option("--operator", "operator_dir", required=True, type=FOLDER, help="The operator's folder.")
@click.option("--report", type=FILE, help="Write a page with small pictures: out.html.")
@click.option("--csv", "table", type=FILE, help="Write a table for spreadsheets, a row for each code.")
@click.option("--json", "as_json", is_flag=True, help="Print what was found as JSON on standard output.")
@click.option("--record", is_flag=True, help="Note in signs.csv when each sign that is right was seen.")
@click.option(
    "--design",
    "designs",
    multiple=True,
    metavar="NAME",
    help="With --record: note signs of this design only. May be repeated.",
)
@click.option(
    "--known", multiple=True, metavar="URL", callback=_https,
    help="Beginning of addresses of others that may hang there, such as the maker's. May be repeated.",
)  # fmt: skip
@click.option(
    "--printed-before",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="Signs that signs.csv has as printed before this day are outdated.",
)
@command
def inspect(
    photos: tuple[Path, ...],
    operator_dir: Path,
    report: Path | None,
    table: Path | None,
    as_json: bool,
    record: bool,
    designs: tuple[str, ...],
    known: tuple[str, ...],
    printed_before: dt.datetime | None,
) -> None:
    """Look at photos of signs: whether each hangs, can be read, is the right one, and no stranger has pasted a code over it.

    PHOTO is a JPEG, PNG, WebP or HEIC file, or a folder of them, at any depth. The charger that a photo is of is told by its position,
    where the phone notes it, or by a seven-digit code in the name of the file or its folder: 4821736/IMG_0012.jpg.

    The worst code in a photo decides on it: foreign, other-station, outdated, damaged, unreadable, unsure; none where none was found,
    not-a-photo for another file. A foreign code is never opened, only read. Exit status 1 unless all are right.

    Which issue of a sign hangs, its code does not say: compare the mark in its foot by eye.

    \b
    Examples:
      chargeside inspect photos --operator my-network --report photos.html
      chargeside inspect photos --operator my-network --record
      chargeside inspect 4821736.jpg --operator my-network --json
    """
    if designs and not record:
        raise click.UsageError("--design goes with --record")
    findings, day = Findings(), today()
    before = printed_before.date() if printed_before else None
    question = Question(operator_dir, photos, day, known, before, pictures=report is not None)
    with shown_progress() as progress:
        inspection = look_at(question, findings, progress)
    print_findings(findings.sorted())
    if as_json:
        click.echo(json.dumps(report_json(inspection), ensure_ascii=False, indent=1))
    _say(inspection)
    for path, make in ((report, report_html), (table, report_csv)):
        if path is not None:
            write_atomic(path, make(inspection))
            click.echo(f"wrote {path}", err=True)
    if record:
        _record(operator_dir, inspection, designs)
    sys.exit(0 if inspection.is_right else 1)


def _say(inspection: Inspection) -> None:
    """Each photo that is not right with the reasons, then how many there are of each verdict."""
    for looked in inspection.photos:
        result = looked.result
        if result.verdict is Verdict.RIGHT:
            continue
        title = click.style(TITLES[result.verdict], fg=_COLOURS.get(result.verdict, "yellow"))
        reasons = [str(words) for words in result.reasons]
        for one in result.codes:
            if one.verdict is not Verdict.RIGHT:
                reasons += [one.shown] if one.shown and not one.station else []
                reasons += [str(words) for words in one.reasons]
        click.echo(f"{safe_name(result.name)}: {title}. {' '.join(reasons)}".rstrip(), err=True)
    counts = [f"{count} {verdict}" for verdict, count in inspection.counts.items()]
    click.echo(
        f"{counted(len(inspection.photos), 'photo')}: {', '.join(counts) or 'nothing to look at'}.", err=True
    )
    if inspection.passed_over:
        click.echo(
            f"{counted(inspection.passed_over, 'file')} passed over: neither name nor content of a photo.",
            err=True,
        )


def _record(folder: Path, inspection: Inspection, designs: tuple[str, ...]) -> None:
    noted = record_seen(folder, (one.result for one in inspection.photos), inspection.day, designs)
    known = f", {counted(noted.known, 'sign')} noted as seen that day or later already" if noted.known else ""
    click.echo(f"{counted(noted.signs, 'sign')} noted as seen{known}: {noted.file}", err=True)
    if noted.unknown:
        names = ", ".join(noted.unknown[:_FEW]) + (" …" if len(noted.unknown) > _FEW else "")
        of = f" of design {', '.join(designs)}" if designs else ""
        click.echo(
            f"Not noted, since signs.csv has no sign{of} of them (`placards --record` notes what is printed): {names}",
            err=True,
        )
