"""The command line. Exit status: 0 done, 1 findings at error level or a failed job, 2 wrong use."""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import sys
from collections import Counter
from collections.abc import Iterable
from functools import wraps
from pathlib import Path
from typing import Any, NoReturn

import click

from chargeside import __version__
from chargeside.build import PARTS, Options, build, committed_codes, load_and_check
from chargeside.errors import ChargesideError, ContentError
from chargeside.explain import explain
from chargeside.findings import Finding, Findings, Severity
from chargeside.importing import import_feed, issue
from chargeside.load.content import content_root, load_content
from chargeside.load.network import load_network
from chargeside.progress import shown_progress
from chargeside.scaffold import new_operator, new_problem

FOLDER = click.Path(path_type=Path, file_okay=False)
FILE = click.Path(path_type=Path, dir_okay=False)


def _today() -> str:
    """Today, or the day SOURCE_DATE_EPOCH names, so that builds can be repeated to the byte."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    day = (
        dt.datetime.fromtimestamp(int(epoch), dt.UTC).date()
        if epoch
        else dt.datetime.now().astimezone().date()
    )
    return day.isoformat()


def _command(function: Any) -> Any:
    """Turns what can be raised into words and an exit status: the one place that does."""

    @wraps(function)
    def run(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except ContentError as error:
            _print_findings(error.findings, kwargs.get("as_json", False))
            click.echo("Nothing was written.", err=True)
            sys.exit(1)
        except ChargesideError as error:
            click.echo(f"chargeside: {error}", err=True)
            sys.exit(1)
        except KeyboardInterrupt:
            click.echo("Stopped. What stood before still stands.", err=True)
            sys.exit(130)

    return run


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="chargeside")
def main() -> None:
    """Help at the side of the charger: driver pages and printed signs from your station data.

    \b
    Your first hour:
      chargeside new operator my-network --country DE --phone "+49 800 1234567"
      chargeside import ocpi locations.json --to my-network
      chargeside check my-network
      chargeside build my-network --out out
      chargeside serve my-network
    """


# ── new ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


@main.group()
def new() -> None:
    """Start an operator's folder or a guide."""


@new.command("operator")
@click.argument("folder", type=FOLDER)
@click.option("--name", default="Example Charge", help="Name that drivers know you by.", show_default=True)
@click.option(
    "--country", default="DE", help="Country of your stations (ISO 3166-1 alpha-2).", show_default=True
)
@click.option(
    "--party-id", default="EXC", help="Your three characters in OCPI and EVSE IDs.", show_default=True
)
@click.option(
    "--site-url",
    default="https://help.example.org/",
    help="Address of the help site; signs carry it for ever.",
)
@click.option("--phone", default="+00 000 000000", help="Helpline, as it is dialled from abroad.")
@click.option("--emergency", default="112", help="Emergency number of that country.", show_default=True)
@click.option(
    "--station-is", type=click.Choice(["cabinet", "physical_reference", "location", "evse"]), default="cabinet",
    help="What carries one sign and one code.", show_default=True,
)  # fmt: skip
@_command
def new_operator_command(folder: Path, **values: str) -> None:
    """Write FOLDER/operator.yml to start from.

    \b
    Example:
      chargeside new operator my-network --name "My Network" --country FR --phone "+33 800 000000"
    """
    for path in new_operator(folder, **values):
        click.echo(f"wrote {path}")
    click.echo(f"Next: read it, then `chargeside import ocpi YOUR_FEED.json --to {folder}`.")


@new.command("problem")
@click.argument("slug")
@click.option("--title", default="What the driver sees, in their words", help="Title of the guide.")
@click.option(
    "--operator", type=FOLDER, help="Write it into this operator's own problems/ instead of the shared ones."
)
@_command
def new_problem_command(slug: str, title: str, operator: Path | None) -> None:
    """Write a guide to start from: problems/SLUG/en.md.

    \b
    Example:
      chargeside new problem cable-too-short --title "The cable does not reach my car"
    """
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug):
        raise click.BadParameter(
            "use small letters, digits and hyphens, like cable-too-short", param_hint="SLUG"
        )
    review = dt.date.today().replace(year=dt.date.today().year + 1, day=1).isoformat()
    for path in new_problem((operator or content_root()) / "problems" / slug, title=title, review=review):
        click.echo(f"wrote {path}")
    click.echo("Next: write it, then `chargeside check`.")


# ── import, ledger ───────────────────────────────────────────────────────────────────────────────────────────────────


@main.group("import")
def import_group() -> None:
    """Bring station data in, as OCPI, and give every new station its code."""


def _import_options(function: Any) -> Any:
    function = click.option("--name", help="Name of the feed: stations/NAME.json.")(function)
    function = click.option("--to", "folder", type=FOLDER, required=True, help="The operator's folder.")(
        function
    )
    return click.argument("source", type=FILE)(function)


@import_group.command("ocpi")
@_import_options
@_command
def import_ocpi(source: Path, folder: Path, name: str | None) -> None:
    """Import OCPI Locations (2.2.1, 2.3.0) from a JSON file.

    The file may hold a bare list, an answer of the Locations module ({"data": [...]}, {"items": [...]}), one Location, or one
    JSON document a line; plain or gzip.

    \b
    Example:
      chargeside import ocpi locations.json --to my-network
    """
    _import("ocpi", source, folder, name)


@import_group.command("irve")
@_import_options
@click.option("--only-operator", help="Only rows of this operator (nom_operateur or nom_enseigne).")
@_command
def import_irve(source: Path, folder: Path, name: str | None, only_operator: str | None) -> None:
    """Import French national static data (IRVE 2.3, CSV, plain or gzip).

    \b
    Example:
      chargeside import irve irve.csv.gz --to my-network --only-operator "My Network"
    """
    _import("irve", source, folder, name, only_operator=only_operator)


@import_group.command("bnetza")
@_import_options
@click.option("--only-operator", help="Only records of this Betreiber or Anzeigename.")
@_command
def import_bnetza(source: Path, folder: Path, name: str | None, only_operator: str | None) -> None:
    """Import the German register of charging points (CSV or JSON, plain or gzip).

    \b
    Example:
      chargeside import bnetza Ladesaeulenregister.csv --to my-network --only-operator "My Network GmbH"
    """
    _import("bnetza", source, folder, name, only_operator=only_operator)


@import_group.command("afdc")
@_import_options
@click.option("--only-operator", help="Only stations of this EV Network.")
@_command
def import_afdc(source: Path, folder: Path, name: str | None, only_operator: str | None) -> None:
    """Import the US register of alternative fuel stations (AFDC, CSV or JSON).

    \b
    Example:
      chargeside import afdc alt_fuel_stations.csv --to my-network --only-operator "My Network"
    """
    _import("afdc", source, folder, name, only_operator=only_operator)


@import_group.command("osm")
@_import_options
@click.option("--country", help="Country (ISO 3166-1 alpha-2) of stations that have no addr:country.")
@_command
def import_osm(source: Path, folder: Path, name: str | None, country: str | None) -> None:
    """Import charging stations of OpenStreetMap (GeoJSON or Overpass JSON).

    \b
    Example:
      chargeside import osm stations.geojson --to my-network --country FR
    """
    _import("osm", source, folder, name, country=country)


@import_group.command("ocm")
@_import_options
@click.option("--reference", type=FILE, help="Open Charge Map's reference lists, which compact records need.")
@_command
def import_ocm(source: Path, folder: Path, name: str | None, reference: Path | None) -> None:
    """Import records of Open Charge Map (JSON, verbose or compact).

    \b
    Example:
      chargeside import ocm poi.json --to my-network
    """
    _import("ocm", source, folder, name, reference=reference)


def _import(kind: str, source: Path, folder: Path, name: str | None, **options: object) -> None:
    name = name or kind
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,60}", name):
        raise click.BadParameter("use letters, digits, - and _", param_hint="--name")
    findings = Findings()
    done = import_feed(kind, source, folder, name, _today(), findings, **options)
    _print_findings(findings.sorted())
    click.echo(f"wrote {done.feed}: {done.locations} Locations; {done.issued} new codes in {done.ledger}.")
    _exit(findings)


@main.group()
def ledger() -> None:
    """The codes on your walls: show them, issue new ones."""


@ledger.command("show")
@click.argument("operator_dir", type=FOLDER)
@click.option(
    "--csv",
    "as_csv",
    is_flag=True,
    help="With EVSE IDs, uids, numbers and addresses, for a call centre's search.",
)
@_command
def ledger_show(operator_dir: Path, as_csv: bool) -> None:
    """Show every code, what it stands for, and its address."""
    from chargeside.ledger_view import table, table_csv

    findings = Findings()
    network = load_network(operator_dir, load_content(findings, operator_dir), findings)
    if network is None:
        raise ContentError(findings.sorted())
    if as_csv:
        sys.stdout.write(table_csv(network))
    else:
        for line in table(network):
            click.echo(line)


@ledger.command("issue")
@click.argument("operator_dir", type=FOLDER)
@_command
def ledger_issue(operator_dir: Path) -> None:
    """Give a code to every station that has none (for feeds dropped into stations/ by hand)."""
    findings = Findings()
    path, issued = issue(operator_dir, _today(), findings)
    _print_findings(findings.sorted())
    click.echo(f"{issued} new codes in {path}.")
    _exit(findings)


# ── check, build, placards ───────────────────────────────────────────────────────────────────────────────────────────


@main.command()
@click.argument("operator_dir", type=FOLDER, required=False)
@click.option(
    "--explain", "code", metavar="CODE", help="Show each fact of this station and where it came from."
)
@click.option(
    "--format",
    "style",
    type=click.Choice(["text", "json", "github"]),
    default="text",
    help="How to print findings.",
)
@_command
def check(operator_dir: Path | None, code: str | None, style: str) -> None:
    """Look for mistakes in guides and connectors, and in an operator's folder if you name one.

    Every finding says file, line, what, and how to mend it. Exit status 1 when one is an error.
    """
    findings = Findings()
    if code and not operator_dir:
        raise click.UsageError("--explain needs OPERATOR_DIR")
    network = None
    if operator_dir:
        network = load_and_check(operator_dir, _today(), findings, committed_codes(operator_dir))
    else:
        from chargeside.check.guides import check_content

        check_content(load_content(findings), _today(), findings)
    if code:
        station = network.station_by_code.get(code) if network else None
        if station is None:
            _print_findings(findings.errors)
            raise click.BadParameter(
                f"no station has the code {code}; see `chargeside ledger show {operator_dir}`",
                param_hint="--explain",
            )
        for line in explain(station):
            click.echo(line)
        return
    if style == "json":
        click.echo(
            json.dumps(
                {"findings": [finding.as_dict() for finding in findings.sorted()]},
                ensure_ascii=False,
                indent=1,
            )
        )
    elif style == "github":
        for finding in findings.sorted():
            click.echo(_github(finding))
    else:
        _print_findings(findings.sorted(), err=False, summary=True)
    _exit(findings)


def _build_options(function: Any) -> Any:
    for option in reversed((
        click.argument("operator_dir", type=FOLDER),
        click.option("--out", type=FOLDER, required=True, help="Output folder; site/ and placards/ in it."),
        click.option("--date", "today", default=_today, help="Date printed on new signs (YYYY-MM-DD). [default: today]"),
        click.option("--workers", type=click.IntRange(1, 64), default=lambda: os.cpu_count() or 1, help="Processes for placards. [default: one per processor]"),
        click.option("--json", "as_json", is_flag=True, help="Print one report on standard output."),
    )):  # fmt: skip
        function = option(function)
    return function


@main.command("build")
@_build_options
@click.option(
    "--only", type=click.Choice(PARTS), multiple=True, help="Only this part; may be given several times."
)
@click.option("--strict", is_flag=True, help="Warnings stop the build too.")
@_command
def build_command(
    operator_dir: Path,
    out: Path,
    today: str,
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
    _build(operator_dir, Options(out, _date(today), only or PARTS, workers, strict), as_json)


@main.command()
@_build_options
@click.option(
    "--code", "codes", multiple=True, help="Only the sign with this code; may be given several times."
)
@_command
def placards(
    operator_dir: Path, out: Path, today: str, workers: int, as_json: bool, codes: tuple[str, ...]
) -> None:
    """Make the printed signs as PDF, each proofed by decoding its code and reading its text back.

    \b
    Example:
      chargeside placards my-network --out out --code 4821736
    """
    _build(operator_dir, Options(out, _date(today), ("placards",), workers, codes=codes), as_json)


def _build(operator_dir: Path, options: Options, as_json: bool) -> None:
    with shown_progress() as progress:
        report = build(operator_dir, options, progress)
    _print_findings(report.findings)
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
    if report.failed or any(finding.severity is Severity.ERROR for finding in report.findings):
        sys.exit(1)


@main.command()
@click.argument("operator_dir", type=FOLDER)
@click.option("--out", type=FOLDER, help="Output folder. [default: a temporary one]")
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="0.0.0.0 lets a phone in your network open it."
)
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True)
@_command
def serve(operator_dir: Path, out: Path | None, host: str, port: int) -> None:
    """Build the site, show it on this machine, and build again whenever a file changes."""
    from chargeside.serving import serve_site

    serve_site(operator_dir, out, host, port, _today(), lambda text: click.echo(text, err=True))


@main.command()
@_command
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


# ── words ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _date(text: str) -> str:
    try:
        return dt.date.fromisoformat(text).isoformat()
    except ValueError:
        raise click.BadParameter(
            f'"{text}" is no date; write it like 2026-11-30', param_hint="--date"
        ) from None


def _print_findings(
    findings: Iterable[Finding], as_json: bool = False, *, err: bool = True, summary: bool = False
) -> None:
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
        click.echo(", ".join(f"{count[severity]} {severity}s" for severity in Severity), err=err)


def _github(finding: Finding) -> str:
    kind = "notice" if finding.severity is Severity.NOTE else str(finding.severity)
    text = f"{finding.message}. Mend: {finding.mend} [{finding.code}]".replace("%", "%25").replace(
        "\n", "%0A"
    )
    return f"::{kind} file={finding.path},line={finding.line or 1}::{text}"


def _exit(findings: Findings) -> NoReturn:
    sys.exit(1 if findings.errors else 0)
