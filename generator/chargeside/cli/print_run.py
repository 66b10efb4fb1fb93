"""`placards --print-run`: the options, and what is said of that work."""

from __future__ import annotations

import sys
from dataclasses import dataclass, fields
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from chargeside.cli.common import FILE, counted, print_findings
from chargeside.errors import ContentError
from chargeside.findings import Findings
from chargeside.progress import shown_progress
from chargeside.signs_work import Asked

if TYPE_CHECKING:  # it loads WeasyPrint, which takes half a second
    from chargeside.print_work import Prepared, Wish

_PLAIN_CORNER_MM = 3.0


@dataclass(frozen=True)
class RunOptions:
    """The options of a print run as they were given."""

    file: Path | None
    designs: tuple[str, ...]
    sizes: tuple[str, ...]
    no_marks: bool
    icc: Path | None
    cut_contour: bool
    corner: float
    sheet: str | None
    first_label: int
    outline: bool
    cover: bool
    split: int

    def check(self) -> None:
        """Whether they go together. Raises click.UsageError."""
        given = (
            self.designs,
            self.sizes,
            self.no_marks,
            self.icc,
            self.cut_contour,
            self.sheet,
            self.cover,
            self.split,
        )
        if self.file is None and (any(given) or self.outline):
            raise click.UsageError(
                "These options are for a print run: name its file with --print-run FILE.pdf."
            )
        if self.file is not None and self.file.suffix.lower() != ".pdf":
            raise click.UsageError(f"--print-run: {self.file.name} must end in .pdf.")
        if not self.sheet and (self.outline or self.first_label != 1):
            raise click.UsageError(
                "--outline and --first-label are for sheets of labels: name one with --sheet."
            )

    def wish(self, asked: Asked, changed: bool, workers: int) -> Wish:
        """What is asked for. There must be a file."""
        from chargeside.print_work import Wish

        assert self.file is not None
        return Wish(
            asked, self.file, self.designs, self.sizes, changed, not self.no_marks,
            self.corner if self.cut_contour else None, self.icc, self.sheet or "", self.first_label, self.cover,
            self.split, workers,
        )  # fmt: skip

    def prepare(self, asked: Asked, changed: bool, workers: int) -> Prepared | None:
        """What can be known before signs are made; None without a print run. Raises ContentError."""
        if self.file is None:
            return None
        from chargeside.print_work import prepare

        return prepare(self.wish(asked, changed, workers))


def print_options(function: Any) -> Any:
    """The options of `placards` for a print run, as one argument `run`."""

    @wraps(function)
    def collected(*args: Any, **kwargs: Any) -> Any:
        run = RunOptions(**{field.name: kwargs.pop(field.name) for field in fields(RunOptions)})
        return function(*args, run=run, **kwargs)

    wrapped: Any = collected
    for option in reversed((
        click.option("--print-run", "file", type=FILE, metavar="FILE.pdf", help="One PDF of all these signs for the print shop, by site in walking order, and FILE.csv that lists them."),
        click.option("--design", "designs", multiple=True, help="Print run: only this design; may be given several times."),
        click.option("--size", "sizes", multiple=True, help="Print run: only this size, as in the file's name (A5, 100x100)."),
        click.option("--no-marks", is_flag=True, help="Print run: pages as large as the signs, without bleed, crop marks and page line."),
        click.option("--icc", type=FILE, metavar="PROFILE.icc", help="Print run: brand colours in the CMYK inks of this press; black stays black ink alone."),
        click.option("--cut-contour", is_flag=True, help="Print run: the spot colour CutContour around each sign, for a plotter."),
        click.option("--corner", type=click.FloatRange(0, 50), default=_PLAIN_CORNER_MM, show_default=True, metavar="MM", help="Radius of the corners of that contour."),
        click.option("--sheet", metavar="NAME", help="Print run: on sheets of labels: a4-2, a4-4, a4-4-100, letter-2, … or one of sheets.yml."),
        click.option("--first-label", type=click.IntRange(1, 2500), default=1, show_default=True, help="First free label of the first sheet, row by row."),
        click.option("--outline", is_flag=True, help="Only a test print of the outlines of the labels, to hold against a sheet."),
        click.option("--cover", is_flag=True, help="Print run: first a leaf with what is in it and what to do; its back is blank."),
        click.option("--split", type=click.IntRange(0), default=0, metavar="N", help="Print run: files of N pages each: FILE.1.pdf, FILE.2.pdf, …"),
    )):  # fmt: skip
        wrapped = option(wrapped)
    return wrapped


def write_outline(wish: Wish) -> None:
    """Write the test print and say where it is. Raises ContentError and WriteError."""
    from chargeside.print_work import print_outline

    click.echo(f"  {print_outline(wish)}: print it at 100 % and hold it against a sheet", err=True)


def write_run(prepared: Prepared | None) -> None:
    """Make the print run and say what it is; nothing where none is meant. Raises WriteError."""
    if prepared is None:
        return
    from chargeside.print_work import print_run

    findings = Findings()
    try:
        with shown_progress() as progress:
            made = print_run(prepared, findings, progress)
    except ContentError as error:
        print_findings(error.findings)
        click.echo("There is no new print run. What stood before still stands.", err=True)
        sys.exit(1)
    print_findings(findings.sorted())
    size = f"{made.size / 1_000_000:.1f} MB"
    click.echo(
        f"Print run: {counted(made.signs, 'sign')} on {counted(made.pages, 'page')}, {size}, each proofed.",
        err=True,
    )
    few = made.files if len(made.files) <= 4 else (*made.files[:2], *made.files[-2:])
    for path in few:
        click.echo(f"  {path}", err=True)
