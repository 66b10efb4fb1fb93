"""`report`: what drivers get stuck on, from the access logs of the web server."""

from __future__ import annotations

import datetime as dt
import glob
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from chargeside.cli.calls import CallOptions, call_options
from chargeside.cli.common import FILE, FOLDER, command, counted, iso_date, now, print_findings
from chargeside.errors import ChargesideError
from chargeside.findings import Findings

if TYPE_CHECKING:  # it loads DuckDB's readers and the planning of signs
    from chargeside.reporting.calls_work import Files
    from chargeside.reporting.reading import Told
    from chargeside.reporting.work import Counted

_ALERT = 3
"""Exit status where there is something to look at: told apart from a failure (1) and wrong use (2)."""


def _language(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    from chargeside.i18n import LANGUAGES

    if value and value not in LANGUAGES:
        raise click.BadParameter(f'"{value}" is none of {", ".join(LANGUAGES)}', ctx, param)
    return value


@click.command()
@click.argument("logs", nargs=-1, metavar="LOG…")
@click.option("--operator", "operator_dir", type=FOLDER, required=True, help="Folder of the operator.")
@click.option("--out", type=FILE, metavar="FILE.html", help="The report; tables and counts are written beside it.")  # fmt: skip
@click.option("--lang", callback=_language, help="Language of the report. [default: the operator's first]")
@click.option("--host", "hosts", multiple=True, metavar="HOST", help="Another host name that stands for the site in these logs; may be given several times.")  # fmt: skip
@click.option("--counts", "counts_only", type=FOLDER, metavar="DIR", help="Only count, and write the counts (Parquet) here: give such folders in place of logs to add them up.")  # fmt: skip
@click.option("--write-order", is_flag=True, help="Write needs.yml into the operator's folder: by it pages order their guides. Look at it as a diff.")  # fmt: skip
@click.option("--since", metavar="DATE", help="With --alerts: what changed since this day. [default: yesterday]")  # fmt: skip
@click.option("--alerts", "with_alerts", is_flag=True, help="Print what has just changed as JSON; exit status 3 if there is anything. For cron.")  # fmt: skip
@click.option("--alert-stuck", type=click.IntRange(1), default=3, show_default=True, help="Alert: so many calls at one charger at least.")  # fmt: skip
@click.option("--alert-chance", type=click.FloatRange(0.000001, 0.5), default=0.01, show_default=True, help="Alert: how unlikely it must be by chance.")  # fmt: skip
@call_options
@command
def report(
    logs: tuple[str, ...],
    operator_dir: Path,
    out: Path | None,
    lang: str | None,
    hosts: tuple[str, ...],
    counts_only: Path | None,
    write_order: bool,
    since: str | None,
    with_alerts: bool,
    alert_stuck: int,
    alert_chance: float,
    asked: CallOptions,
) -> None:
    """Say what drivers get stuck on, from the access logs of the web server: no cookie, no script, nothing of a visitor kept.

    LOG is a log as Apache, nginx, Caddy, CloudFront, S3, Netlify or Cloudflare write it, plain or packed (gzip, zstd); a pattern in quotes; a
    folder that --counts wrote; or - for standard input. Addresses of clients are used to fold visits, in memory, and written nowhere.

    \b
    Examples:
      chargeside report /var/log/nginx/help.access.log* --operator my-network --out report.html
      zcat old.gz | chargeside report - --operator my-network --out report.html
      chargeside report today.log --operator my-network --counts counts/today
      chargeside report counts/* --operator my-network --out report.html
      chargeside report 'logs/*.gz' --operator my-network --out report.html --write-order
      chargeside report 'logs/*.log' --operator my-network --alerts --since 2026-11-21
      chargeside report 'logs/*.gz' --operator my-network --out report.html --calls calls.csv --sessions sessions.csv --cost-per-call 6.50
      chargeside report --plan-pilot --operator my-network --sites 60 --weeks 12 --sessions sessions.csv --calls calls.csv --out pilot.csv
    """
    if not (operator_dir / "operator.yml").is_file():
        raise click.BadParameter(f"{operator_dir} holds no operator.yml", param_hint="--operator")
    if asked.plan_pilot:
        if logs or counts_only or write_order or with_alerts:
            raise click.UsageError("--plan-pilot reads no logs and makes nothing else: leave them out")
        asked.plan(operator_dir, out)
        return
    files = asked.files(operator_dir)
    _check_out(out, files, more=counts_only is not None or write_order or with_alerts)
    paths = _paths(logs)
    day = dt.date.fromisoformat(iso_date(since)) if since else now().date() - dt.timedelta(1)
    from chargeside.reporting import work

    wanted = work.Logs(operator_dir, paths, now(), hosts, _say_reading)
    with work.counted(wanted) as found:
        _say_what_was_read(found)
        if not found.any_known:
            raise ChargesideError("nothing of this is an access log, so nothing was written")
        print_findings(found.findings.errors)
        if counts_only:
            work.write_counts(found, counts_only)
            click.echo(f"wrote {counts_only}", err=True)
        if out or write_order:
            _make(found, operator_dir, lang, files, out, write_order=write_order)
        if with_alerts:
            from chargeside.reporting.alerts import Thresholds
            from chargeside.reporting.making import find_alerts

            limits = Thresholds(chance=alert_chance, stuck=alert_stuck)
            told = find_alerts(found, day, now(), limits)
            click.echo(json.dumps({"since": day.isoformat(), "alerts": [one.as_dict() for one in told]}, ensure_ascii=False, indent=1))  # fmt: skip
            sys.exit(_ALERT if told else 0)


def _check_out(out: Path | None, files: Files | None, *, more: bool) -> None:
    """Raises click.UsageError where nothing would be made, or not under this name."""
    if out and out.suffix.lower() not in {".html", ".htm"}:
        raise click.BadParameter(f"{out} must end in .html", param_hint="--out")
    if files and not out:
        raise click.UsageError("--calls are for the page: add --out report.html")
    if not (out or more):
        raise click.UsageError("say what to make: --out report.html, --counts DIR, --write-order or --alerts")


def _make(
    found: Counted,
    operator_dir: Path,
    lang: str | None,
    files: Files | None,
    out: Path | None,
    *,
    write_order: bool,
) -> None:
    """What is made of the figures, and where it is."""
    from chargeside.reporting import making

    findings = Findings()
    lang = lang or found.network.operator.languages[0]
    made = making.figures(found, operator_dir, now(), lang, files, findings)
    print_findings(findings.sorted())
    if write_order:
        path, needs = making.write_order(found, made, operator_dir)
        click.echo(f"wrote {path}: {counted(len(needs), 'kind')} of chargers. Look at it: git diff", err=True)
    if out:
        for path in making.write_report(found, made, out):
            click.echo(f"wrote {path}", err=True)


def _paths(logs: tuple[str, ...]) -> tuple[Path, ...]:
    """The files that are meant. Raises click.UsageError where there are none."""
    if not logs:
        raise click.UsageError("name at least one log, or - for standard input")
    paths: dict[Path, None] = {}
    for text in logs:
        named = [text] if text == "-" or Path(text).exists() else sorted(glob.glob(text))  # noqa: PTH207 - absolute patterns too
        if not named:
            raise click.UsageError(f"there is no log {text}")
        paths.update(dict.fromkeys(map(Path, named)))
    return tuple(paths)


def _say_reading(path: Path) -> None:
    click.echo(f"reading {'standard input' if str(path) == '-' else path}", err=True)


def _say_what_was_read(found: Counted) -> None:
    for told in found.told:
        _say_log(told)
    fates: Any = found.counts.fates()
    total = sum(
        fates[name] for name in ("counted", "bot", "prefetch", "desk", "other", "damaged", "elsewhere")
    )
    click.echo(
        f"{counted(total, 'line')}: {fates['counted']:,} counted, {fates['bot']:,} of programs, {fates['prefetch']:,} fetched ahead, "
        f"{fates['desk']:,} of the help desk, {fates['elsewhere']:,} of other sites, {fates['other']:,} no pages of drivers, "
        f"{fates['damaged']:,} damaged",
        err=True,
    )


def _say_log(told: Told) -> None:
    name = "standard input" if str(told.path) == "-" else told.path
    if not told.lines:
        click.echo(f"{name}: empty", err=True)
    elif not told.form:
        shapes = "; ".join(told.shapes)
        click.echo(
            f"{name}: no line is in a form of logs that is known. Name the access log, not the error log. "
            f"The first lines look like (letters and digits replaced): {shapes}",
            err=True,
        )
    elif told.damaged:
        click.echo(f"{name}: {told.form}, {told.damaged:,} of {told.lines:,} lines damaged and left out", err=True)  # fmt: skip
    if told.ended:
        click.echo(f"{name}: could not be read to its end ({told.ended}); what came before counts", err=True)
