"""`round`: sheets of paper for whoever walks from charger to charger and looks at the signs."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import click

from chargeside.cli.common import FILE, FOLDER, command, counted, iso_date, print_findings, today
from chargeside.findings import Findings
from chargeside.i18n import LANGUAGES
from chargeside.plan.inspection_round import Chosen, NotThere, Round
from chargeside.progress import shown_progress
from chargeside.round_work import read_round, write_round


def _pdf(context: click.Context, option: click.Parameter, file: Path) -> Path:
    if file.suffix.lower() != ".pdf":
        raise click.BadParameter(f"{file.name} must end in .pdf", context, option)
    return file


def _date(context: click.Context, option: click.Parameter, text: str) -> str:
    try:
        return dt.date.fromisoformat(text).isoformat() if text else ""
    except ValueError:
        raise click.BadParameter(f'"{text}" is no date; write it like 2026-11-30', context, option) from None


@click.command("round")
@click.argument("operator_dir", type=FOLDER)
@click.option("--out", type=FILE, required=True, callback=_pdf, metavar="FILE.pdf", help="The PDF to write.")
@click.option(
    "--site",
    "sites",
    multiple=True,
    metavar="NAME",
    help="Only the site of this name, or the Location with this id; may be given several times.",
)
@click.option("--code", "codes", multiple=True, help="Only this code; may be given several times.")
@click.option(
    "--unseen-since",
    metavar="DATE",
    default="",
    callback=_date,
    help="Only signs not seen good since that day, or never (YYYY-MM-DD).",
)
@click.option(
    "--lang",
    type=click.Choice(LANGUAGES),
    help="Language of the sheets. [default: the first of each site's country]",
)
@click.option(
    "--paper",
    type=click.Choice(("A4", "Letter"), case_sensitive=False),
    default="A4",
    show_default=True,
    help="Size of the sheets.",
)
@click.option(
    "--date", "day", default=today, help="Date printed on the sheets (YYYY-MM-DD). [default: today]"
)
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=lambda: os.cpu_count() or 1,
    help="Processes. [default: one per processor]",
)
@command
def inspection_round(
    operator_dir: Path,
    out: Path,
    sites: tuple[str, ...],
    codes: tuple[str, ...],
    unseen_since: str,
    lang: str | None,
    paper: str,
    day: str,
    workers: int,
) -> None:
    """Print sheets for a round from charger to charger: one for each site, a row for each sign, boxes to tick.

    The chargers come from ledger.csv in walking order, also those that left the feed and codes to take down. Signs, their marks and the
    day each was last seen good come from signs.csv; a charger without one is marked "No sign recorded". Each sheet says how to
    find a code that somebody pasted over yours, and what to do then.

    \b
    Examples:
      chargeside round my-network --out round.pdf
      chargeside round my-network --out round.pdf --site "Market Square car park" --site "Old Harbour"
      chargeside round my-network --out round.pdf --unseen-since 2026-06-01 --lang de
      chargeside round my-network --out round.pdf --code 4821736 --paper Letter
    """
    findings = Findings()
    of = _read(operator_dir, iso_date(day), Chosen(sites, codes, unseen_since), lang or "", findings)
    with shown_progress() as progress:
        made = write_round(of, out, paper, workers, progress)
    print_findings(findings.sorted())
    what = f"{counted(made.codes, 'code')} at {counted(made.sites, 'site')} on {counted(made.pages, 'page')}"
    click.echo(f"wrote {out}: {what}.", err=True)


def _read(folder: Path, day: str, chosen: Chosen, lang: str, findings: Findings) -> Round:
    try:
        return read_round(folder, day, chosen, lang, findings)
    except NotThere as error:
        mend = (
            f'did you mean "{error.near}"?' if error.near else f"`chargeside ledger show {folder}` lists all"
        )
        raise click.BadParameter(f"{error}: {mend}", param_hint=f"--{error.kind}") from None
