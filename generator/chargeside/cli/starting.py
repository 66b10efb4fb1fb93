"""`new`: start an operator's folder, a guide or a sheet."""

from __future__ import annotations

from pathlib import Path

import click

from chargeside.cli.common import FILE, FOLDER, command
from chargeside.cli.new_problem import new_problem_command
from chargeside.scaffold import new_operator, new_sheet


@click.group()
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
@command
def new_operator_command(folder: Path, **values: str) -> None:
    """Write FOLDER/operator.yml to start from.

    \b
    Example:
      chargeside new operator my-network --name "My Network" --country FR --phone "+33 800 000000"
    """
    for path in new_operator(folder, **values):
        click.echo(f"wrote {path}")
    click.echo(f"Next: read it, then `chargeside import ocpi YOUR_FEED.json --to {folder}`.")


@click.command()
@click.argument("folder", type=FOLDER, default=".")
@command
def editor(folder: Path) -> None:
    """Let your editor complete and check the files in FOLDER while you type: schemas, settings and snippets.

    Made for VS Code and its relatives with the YAML extension. For any other editor with a YAML language server, put this line
    at the top of a file: `# yaml-language-server: $schema=.chargeside-schemas/operator.json`

    \b
    Example:
      chargeside editor my-network
    """
    from chargeside.editor import set_up_editor
    from chargeside.findings import Findings
    from chargeside.load.content import load_content

    operator = folder if (folder / "operator.yml").is_file() else None
    written, by_hand = set_up_editor(folder, load_content(Findings(), operator))
    for path in written:
        click.echo(f"wrote {path}")
    if by_hand:
        click.echo(f"{folder / '.vscode' / 'settings.json'} is there already; add to it:")
        click.echo(by_hand)


@new.command("sheet")
@click.argument("path", metavar="FILE", type=FILE)
@command
def new_sheet_command(path: Path) -> None:
    """Write a sheet to fill in, one row for each connector: FILE.xlsx or FILE.csv.

    The workbook has lists to choose from and a second sheet that explains the columns. Its first rows are an example.

    \b
    Example:
      chargeside new sheet stations.xlsx
    """
    for written in new_sheet(path):
        click.echo(f"wrote {written}")
    click.echo(
        f"Next: fill it in, delete the example rows, then `chargeside import csv {path} --to YOUR_FOLDER`."
    )


new.add_command(new_problem_command)
