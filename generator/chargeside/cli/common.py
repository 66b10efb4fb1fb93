"""What the commands share: kinds of arguments, today's date, errors as words and exit status, findings as text."""

from __future__ import annotations

import datetime as dt
import json
import os
import sys
from collections import Counter
from collections.abc import Iterable
from functools import wraps
from pathlib import Path
from typing import Any, NoReturn

import click

from chargeside.errors import ChargesideError, ContentError
from chargeside.findings import Finding, Findings, Severity
from chargeside.load.source import folder_name
from chargeside.model.network import Network

FOLDER = click.Path(path_type=Path, file_okay=False)
FILE = click.Path(path_type=Path, dir_okay=False)


def now() -> dt.datetime:
    """This moment by the clock of this machine, or the one SOURCE_DATE_EPOCH names, so that builds can be repeated to the
    byte."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    return dt.datetime.fromtimestamp(int(epoch), dt.UTC) if epoch else dt.datetime.now().astimezone()


def today() -> str:
    """The day of `now`."""
    return now().date().isoformat()


def command(function: Any) -> Any:
    """Turns what can be raised into words and an exit status: the one place that does."""

    @wraps(function)
    def run(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except ContentError as error:
            print_findings(error.findings, kwargs.get("as_json", False))
            click.echo("Nothing was written.", err=True)
            sys.exit(1)
        except ChargesideError as error:
            click.echo(f"chargeside: {error}", err=True)
            sys.exit(1)
        except KeyboardInterrupt:
            click.echo("Stopped. What stood before still stands.", err=True)
            sys.exit(130)

    return run


def iso_date(text: str) -> str:
    """A date as YYYY-MM-DD. Raises click.BadParameter for anything else."""
    try:
        return dt.date.fromisoformat(text).isoformat()
    except ValueError:
        raise click.BadParameter(
            f'"{text}" is no date; write it like 2026-11-30', param_hint="--date"
        ) from None


def print_findings(
    findings: Iterable[Finding], as_json: bool = False, *, err: bool = True, summary: bool = False
) -> None:
    """Findings for people, or as JSON on standard output; `summary` counts them at the end."""
    found = list(findings)
    if as_json:
        click.echo(
            json.dumps({"findings": [finding.as_dict() for finding in found]}, ensure_ascii=False, indent=1)
        )
    colours = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.NOTE: "cyan"}
    for finding in found:
        where = f"{finding.path}:{finding.line}" if finding.line else finding.path
        severity = click.style(finding.severity, fg=colours[finding.severity])
        click.echo(f"{where}: {severity}: {finding.message}. Mend: {finding.mend} [{finding.code}]", err=err)
    if summary:
        count = Counter(finding.severity for finding in found)
        click.echo(", ".join(counted(count[severity], severity) for severity in Severity), err=err)


def counted(number: int, noun: str) -> str:
    """`1 error`, `2 errors`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def github_line(finding: Finding) -> str:
    """A finding as an annotation of a GitHub workflow."""
    kind = "notice" if finding.severity is Severity.NOTE else str(finding.severity)
    text = f"{finding.message}. Mend: {finding.mend} [{finding.code}]".replace("%", "%25").replace(
        "\n", "%0A"
    )
    return f"::{kind} file={finding.path},line={finding.line or 1}::{text}"


def write_report(
    findings: Findings, out: Path, folder: Path, *, network: Network | None = None, only: str | None = None
) -> None:
    """Write the data-quality report of what was read with these findings, and say where it is."""
    from chargeside.quality import report_on

    title = network.operator.name if network else folder_name(folder)
    page, *_ = report_on(findings, out, title=title, day=today(), network=network, only=only)
    click.echo(f"wrote {page}", err=True)


def exit_by(findings: Findings) -> NoReturn:
    """End with status 1 when a finding is an error, else 0."""
    sys.exit(1 if findings.errors else 0)
