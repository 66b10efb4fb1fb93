"""`import ocpi`: from a file like every other source, or from the server itself."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import click

from chargeside.cli.common import FILE, command, print_findings
from chargeside.cli.importing import Request, feed_name, import_group, import_options, run_import
from chargeside.errors import ContentError
from chargeside.findings import Finding, Findings
from chargeside.importers.importer import Importer
from chargeside.importers.ocpi import IMPORTER, read_ocpi_file
from chargeside.load.tariffs import FOLDER, read_tariffs

if TYPE_CHECKING:
    from chargeside.fetching import Encoding, Module

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")


@dataclass(frozen=True)
class _Asking:
    """How a server is asked, as the options say."""

    token_env: str | None
    token_encoding: Encoding | None
    since: str | None
    ca_file: Path | None

    def refuse(self) -> None:
        """Raises click.UsageError when one of them is given though no server is asked."""
        for name, value in vars(self).items():
            if value:
                raise click.UsageError(f"--{name.replace('_', '-')} goes with a URL, and none is given")

    def file(self, module: Module, source: str, scratch: Path, earlier: Path) -> tuple[Path, str]:
        """The file of a module, fetched when `source` is a URL, and what it is called in findings."""
        if not _URL.match(source):
            return FILE.convert(source, None, click.get_current_context()), source
        from chargeside.fetching import fetch, token_from

        fetched = fetch(
            module,
            source,
            scratch / f"{module}.json",
            token=token_from(self.token_env, os.environ) if self.token_env else None,
            encoding=self.token_encoding or "auto",
            ca_file=self.ca_file,
            since=self.since,
            earlier=earlier,
            tell=lambda text: click.echo(text, err=True),
        )
        return fetched.path, fetched.url


@import_group.command("ocpi")
@click.argument("source", metavar="FILE|URL")
@import_options
@click.option(
    "--tariffs", metavar="FILE|URL", help="The Tariffs of the same stations, for operators who show prices."
)
@click.option("--token-env", metavar="NAME", help="The token stands in this variable of the environment.")
@click.option(
    "--token-encoding",
    type=click.Choice(["auto", "base64", "plain"]),
    help="How the token is sent: base64 as of OCPI 2.2.1, plain as before. [default: auto, tries both]",
)
@click.option(
    "--since", metavar="last|DATE", help="Fetch only what changed since the last import, or since a date."
)
@click.option(
    "--ca-file", type=FILE, help="Certificates (PEM) of your own authority, trusted besides the usual ones."
)
@command
def import_ocpi(
    source: str,
    folder: Path,
    name: str | None,
    accept_removals: bool,
    report: Path | None,
    tariffs: str | None,
    **options: Any,
) -> None:
    """Import OCPI Locations (2.1.1, 2.2, 2.2.1, 2.3.0) from a JSON file, or from the Locations module of a server.

    The server is asked for all pages. A token is read from the environment only, and is neither shown nor stored. A pull that
    fails changes nothing.

    \b
    Examples:
      chargeside import ocpi locations.json --to my-network
      chargeside import ocpi https://example.org/ocpi/2.2.1/locations --token-env OCPI_TOKEN --to my-network
      chargeside import ocpi https://example.org/ocpi/2.2.1/locations --token-env OCPI_TOKEN --since last --to my-network
    """
    asking = _Asking(**options)
    if not any(_URL.match(given) for given in (source, tariffs or "")):
        asking.refuse()
    name = feed_name(name, IMPORTER)
    with TemporaryDirectory(prefix="chargeside-") as made:
        scratch = Path(made)
        path, shown = asking.file("locations", source, scratch, folder / "stations" / f"{name}.json")
        prices = None
        if tariffs:
            earlier = folder / FOLDER / f"{name}.json"
            prices = _tariffs(*asking.file("tariffs", tariffs, scratch, earlier))
        found = IMPORTER if path == Path(source) else _naming(shown)
        run_import(found, path, Request(folder, name, accept_removals, report), shown=shown, tariffs=prices)


def _tariffs(path: Path, shown: str) -> list[dict[str, Any]]:
    """The Tariffs of a file, with what is odd about them said. Raises ContentError."""
    findings = Findings()
    tariffs = read_tariffs(path, shown, findings)
    found = (
        findings.sorted() if path == Path(shown) else tuple(_without_line(one) for one in findings.sorted())
    )
    if findings.errors:
        raise ContentError(found)
    print_findings(found)
    return tariffs


def _naming(url: str) -> Importer:
    """The importer of files that names the address in its findings: lines of a file that is gone soon would help nobody."""

    def read(path: Path, findings: Findings) -> Iterator[dict[str, Any]]:
        own = Findings(findings.journal)
        yield from read_ocpi_file(path, own)
        if findings.journal is not None:
            findings.journal.rename(str(path), url)
        findings.extend(_without_line(replace(finding, path=url)) for finding in own)

    return replace(IMPORTER, read=read)


def _without_line(finding: Finding) -> Finding:
    return replace(finding, line=None)
