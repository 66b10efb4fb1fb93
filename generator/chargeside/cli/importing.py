"""`import`: station data in, from any source that an importer knows."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import click

from chargeside.cli.common import FILE, FOLDER, command, counted, exit_by, print_findings, today, write_report
from chargeside.errors import ChargesideError
from chargeside.findings import Findings
from chargeside.importers.importer import Importer, importer, importer_names
from chargeside.importing import import_feed
from chargeside.journal import Journal


class _Importers(click.Group):
    """One command for each importer that is installed, loaded when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *importer_names()})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        own = super().get_command(ctx, cmd_name)
        if own is not None or cmd_name not in importer_names():
            return own
        try:
            return _command_of(importer(cmd_name))
        except ChargesideError as error:
            return _broken(cmd_name, str(error))


@click.group("import", cls=_Importers)
def import_group() -> None:
    """Bring station data in, as OCPI, and give every new station its code.

    Every source becomes OCPI Locations in stations/NAME.json. A source that cannot be used changes nothing.
    """


def import_options(function: Any) -> Any:
    """What every import takes."""
    for option in reversed((
        click.option("--to", "folder", type=FOLDER, required=True, help="The operator's folder."),
        click.option("--name", help="Name of the feed: stations/NAME.json. [default: the kind of source]"),
        click.option("--accept-removals", is_flag=True, help="Go on although most stations of the last import are missing."),
        click.option("--report", type=FOLDER, metavar="DIR", help="Write a data-quality report: what to mend, what is assumed meanwhile."),
    )):  # fmt: skip
        function = option(function)
    return function


def _broken(name: str, message: str) -> click.Command:
    """Stands for an importer that cannot be loaded, so that the others still can be listed and used."""

    @click.command(name, help=f"Does not work: {message}.", context_settings={"ignore_unknown_options": True})
    @click.argument("rest", nargs=-1)
    def run(rest: tuple[str, ...]) -> None:
        del rest
        raise click.ClickException(message)

    return run


def _command_of(found: Importer) -> click.Command:
    """The command of an importer."""

    @command
    def run(
        source_file: Path,
        folder: Path,
        name: str | None,
        accept_removals: bool,
        report: Path | None,
        **options: object,
    ) -> None:
        request = Request(folder, feed_name(name, found), accept_removals, report)
        run_import(found, source_file, request, options=options)

    help_text = f"{found.about}\n\n\b\nExample:\n  {found.example}"
    made = click.command(found.name, help=help_text)(
        import_options(click.argument("source_file", metavar="SOURCE", type=FILE)(run))
    )
    for option in found.options:
        kind = FILE if option.kind == "file" else str
        made.params.append(click.Option([option.flag, option.keyword], help=option.help, type=kind))
    return made


def feed_name(name: str | None, found: Importer) -> str:
    """The name of the feed that is written. Raises click.BadParameter."""
    name = name or found.name
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,60}", name):
        raise click.BadParameter("use letters, digits, - and _", param_hint="--name")
    return name


@dataclass(frozen=True)
class Request:
    """What every import is told: the operator's folder, the feed's name, and the options that all imports have."""

    folder: Path
    name: str
    accept_removals: bool
    report: Path | None


def run_import(
    found: Importer,
    source: Path,
    request: Request,
    *,
    shown: str | None = None,
    tariffs: Sequence[dict[str, Any]] | None = None,
    options: Mapping[str, object] = MappingProxyType({}),
) -> None:
    """Import, say what was done, and end. `shown`: what the source is called in findings, where that is not its path."""
    findings = Findings(Journal() if request.report else None)
    try:
        done = import_feed(
            found,
            source,
            request.folder,
            request.name,
            today(),
            findings,
            accept_removals=request.accept_removals,
            tariffs=tariffs,
            options=options,
        )
    finally:  # a refused import wants its report most
        if request.report:
            write_report(findings, request.report, request.folder, only=shown or str(source))
    print_findings(findings.sorted())
    stations, codes = counted(done.locations, "Location"), counted(done.issued, "new code")
    click.echo(f"wrote {done.feed}: {stations}; {codes} in {done.ledger}.")
    exit_by(findings)
