"""`build`, `placards`, `serve`, `doctor`: what makes and shows the output."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from chargeside.build import PARTS, Options, build
from chargeside.cli.common import FOLDER, command, iso_date, now, print_findings, today
from chargeside.cli.print_run import RunOptions, print_options, write_outline, write_run
from chargeside.cli.signs import AfterSigns, sign_options
from chargeside.findings import Severity
from chargeside.progress import shown_progress
from chargeside.signs_work import Asked


def _build_options(function: Any) -> Any:
    for option in reversed((
        click.argument("operator_dir", type=FOLDER),
        click.option("--out", type=FOLDER, required=True, help="Output folder; site/ and placards/ in it."),
        click.option("--date", "day", default=today, help="Date printed on new signs (YYYY-MM-DD). [default: today]"),
        click.option("--workers", type=click.IntRange(1, 64), default=lambda: os.cpu_count() or 1, help="Processes for placards. [default: one per processor]"),
        click.option("--json", "as_json", is_flag=True, help="Print one report on standard output."),
    )):  # fmt: skip
        function = option(function)
    return function


def _pictures(_ctx: click.Context, _param: click.Parameter, value: str | None) -> int | None:
    """A number, or `all`."""
    if value is None or value == "all":
        return None if value is None else sys.maxsize
    if not re.fullmatch("[0-9]{1,6}", value):
        raise click.BadParameter(f"{value} is neither a number nor all.")
    return int(value)


@click.command("build")
@_build_options
@click.option(
    "--only", type=click.Choice(PARTS), multiple=True, help="Only this part; may be given several times."
)
@click.option("--strict", is_flag=True, help="Warnings stop the build too.")
@command
def build_command(
    operator_dir: Path,
    out: Path,
    day: str,
    workers: int,
    as_json: bool,
    only: tuple[str, ...],
    strict: bool,
) -> None:
    """Build the driver site, the library and the placards into OUT.

    Only what changed is rendered. The new site replaces the old one at one moment; a mistake in the data stops the build
    before anything is written.

    \b
    Example:
      chargeside build my-network --out out
    """
    _build(
        operator_dir,
        Options(out, iso_date(day), only or PARTS, workers, strict, now=now().isoformat()),
        as_json,
    )


@click.command()
@_build_options
@click.option(
    "--code", "codes", multiple=True, help="Only the sign with this code; may be given several times."
)
@click.option(
    "--proof-pictures",
    "pictures",
    metavar="N|all",
    callback=_pictures,
    help="How many signs placards/proof.html shows a picture of. [default: as it does, 24 at first]",
)
@sign_options
@print_options
@command
def placards(
    operator_dir: Path,
    out: Path,
    day: str,
    workers: int,
    as_json: bool,
    codes: tuple[str, ...],
    pictures: int | None,
    reserved: bool,
    changed: bool,
    fitting: bool,
    record: bool,
    accessible: bool,
    run: RunOptions,
) -> None:
    """Make the printed signs as PDF, each proofed by decoding its code and reading its text back.

    \b
    Example:
      chargeside placards my-network --out out --code 4821736
      chargeside placards my-network --out out --changed
      chargeside placards my-network --out out --changed --record
      chargeside placards my-network --out out --print-run signs.pdf --cover
      chargeside placards my-network --out out --print-run labels.pdf --design label --sheet a4-4-100 --cut-contour
    """
    moment = now().isoformat()
    asked = Asked(operator_dir, out, iso_date(day), moment, codes, reserved)
    after = AfterSigns(asked, changed, fitting, record, accessible)
    after.check()
    run.check()
    if run.outline:
        write_outline(run.wish(asked, changed, workers))
        return
    prepared = run.prepare(asked, changed, workers)
    options = Options(
        out,
        iso_date(day),
        ("placards",),
        workers,
        codes=codes,
        now=moment,
        reserved=reserved,
        pictures=pictures,
    )

    def work() -> None:
        write_run(prepared)
        after.work()

    _build(operator_dir, options, as_json, work)


def _build(
    operator_dir: Path, options: Options, as_json: bool, after: Callable[[], None] = lambda: None
) -> None:
    """Builds and reports. `after`: what else is to be done once the files stand."""
    with shown_progress() as progress:
        report = build(operator_dir, options, progress)
    print_findings(report.findings)
    if as_json:
        click.echo(json.dumps(report.as_dict(), ensure_ascii=False, indent=1))
    click.echo(
        f"{len(report.rendered)} files rendered, {report.unchanged} unchanged, {len(report.removed)} removed, "
        f"{len(report.failed)} failed, in {report.seconds:.1f} s.",
        err=True,
    )
    for name in ("site", "placards"):
        folder = options.out / name
        if folder.is_dir() and any(folder.iterdir()):
            click.echo(f"  {options.out / name}", err=True)
    after()
    if report.failed or any(finding.severity is Severity.ERROR for finding in report.findings):
        sys.exit(1)


@click.command()
@click.argument("operator_dir", type=FOLDER, required=False)
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="0.0.0.0 lets a phone in your network open it."
)
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True)
@command
def serve(operator_dir: Path | None, host: str, port: int) -> None:
    """The workshop: what you save is on a phone-sized page at once, and mistakes stand beside it.

    Without OPERATOR_DIR the folder you are in, else the demo operator of a checkout. Nothing is written.

    \b
    Example:
      chargeside serve my-network
    """
    from chargeside.serving.serve import operator_folder
    from chargeside.serving.serve import serve as run

    folder = operator_folder(operator_dir, Path.cwd())
    run(folder, host, port, now, lambda text: click.echo(text, err=True), draw=sys.stderr.isatty())


@click.command()
@command
def doctor() -> None:
    """Check that this machine has what Chargeside needs, and say how to install what is missing."""
    from chargeside.doctor import examine

    fine = True
    for result in examine():
        mark = "ok     " if result.found else "missing" if result.needed else "not yet"
        click.echo(f"{mark}  {result.name}: {result.detail}")
        if not result.found:
            click.echo(f"         {result.mend}")
        fine = fine and (result.found or not result.needed)
    sys.exit(0 if fine else 1)
