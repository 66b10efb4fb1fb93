"""`ledger`: the codes on the walls."""

from __future__ import annotations

import secrets
import sys
from pathlib import Path

import click

from chargeside.cli.common import FILE, FOLDER, command, counted, exit_by, print_findings, today
from chargeside.errors import ContentError
from chargeside.findings import Findings
from chargeside.importing import issue
from chargeside.load.content import load_content
from chargeside.load.network import load_network


@click.group()
def ledger() -> None:
    """The codes on your walls: show them, issue new ones, say what became of them."""


@ledger.command("show")
@click.argument("operator_dir", type=FOLDER)
@click.option(
    "--csv",
    "as_csv",
    is_flag=True,
    help="With EVSE IDs, uids, numbers and addresses, for a call centre's search.",
)
@click.option("--json", "as_json", is_flag=True, help="The same for programs.")
@command
def ledger_show(operator_dir: Path, as_csv: bool, as_json: bool) -> None:
    """Show every code, what it stands for, and its address."""
    from chargeside.ledger_view import table, table_csv, table_json

    findings = Findings()
    network = load_network(operator_dir, load_content(findings, operator_dir), findings)
    if network is None:
        raise ContentError(findings.sorted())
    if as_csv:
        sys.stdout.write(table_csv(network))
    elif as_json:
        click.echo(table_json(network))
    else:
        for line in table(network):
            click.echo(line)


@ledger.command("issue")
@click.argument("operator_dir", type=FOLDER)
@command
def ledger_issue(operator_dir: Path) -> None:
    """Give a code to every station that has none (for feeds dropped into stations/ by hand)."""
    findings = Findings()
    path, issued = issue(operator_dir, today(), findings)
    print_findings(findings.sorted())
    click.echo(f"{counted(issued, 'new code')} in {path}.")
    exit_by(findings)


@ledger.command("move")
@click.argument("operator_dir", type=FOLDER)
@click.argument("old")
@click.argument("new")
@command
def ledger_move(operator_dir: Path, old: str, new: str) -> None:
    """Let the code OLD lead to the page of the code NEW, for ever: the charger was replaced by another one.

    \b
    Example:
      chargeside ledger move my-network 4821736 5903178
    """
    from chargeside.ledger_work import move

    findings = Findings()
    move(operator_dir, old, new, findings)
    print_findings(findings.sorted())
    click.echo(f"{old} leads to {new}.")


@ledger.command("retire")
@click.argument("operator_dir", type=FOLDER)
@click.argument("codes", nargs=-1, required=True)
@click.option("--undo", is_flag=True, help="Bring the codes back.")
@command
def ledger_retire(operator_dir: Path, codes: tuple[str, ...], undo: bool) -> None:
    """Mark CODES as given up: their pages then say so, and lead to the nearest other chargers.

    \b
    Example:
      chargeside ledger retire my-network 4821736
    """
    from chargeside.ledger_work import retire

    findings = Findings()
    retire(operator_dir, codes, findings, undo=undo)
    print_findings(findings.sorted())
    click.echo(f"{len(codes)} {'back' if undo else 'retired'}.")


@ledger.command("reserve")
@click.argument("operator_dir", type=FOLDER)
@click.argument("count", type=int)
@command
def ledger_reserve(operator_dir: Path, count: int) -> None:
    """Put COUNT codes aside for signs that are printed before anybody knows where they will hang. Prints them.

    When a sign hangs, write its code into the column `code` of overrides.csv, in the row of an EVSE of that charger: the next
    import or `ledger issue` makes it that charger's code.

    \b
    Example:
      chargeside ledger reserve my-network 50
    """
    from chargeside.ledger_work import reserve

    findings = Findings()
    for code in reserve(operator_dir, count, today(), secrets.token_hex(8), findings):
        click.echo(code)


@ledger.command("adopt")
@click.argument("operator_dir", type=FOLDER)
@click.argument("file", type=FILE)
@command
def ledger_adopt(operator_dir: Path, file: Path) -> None:
    """Take over signs that hang already: codes in our form, and whole addresses of another system.

    FILE is a CSV file with the columns `sign` (seven digits, or the whole address in the QR code) and `station` (EVSE ID, uid,
    code or key).

    \b
    Example:
      chargeside ledger adopt my-network old-signs.csv
    """
    from chargeside.ledger_work import adopt

    findings = Findings()
    taken = adopt(operator_dir, file, today(), findings)
    click.echo(f"{taken.codes} codes and {taken.addresses} addresses taken over, {taken.known} were known.")


@ledger.command("rematch")
@click.argument("operator_dir", type=FOLDER)
@click.option(
    "--apply", "file", type=FILE, help="Carry out the rows of this file whose column confirm says yes."
)
@click.option(
    "--confirm-from",
    type=click.IntRange(30, 100),
    help="Write yes into rows with at least this score; 100 are those whose EVSEs are only grouped otherwise.",
)
@command
def ledger_rematch(operator_dir: Path, file: Path | None, confirm_from: int | None) -> None:
    """Find the chargers of codes that lost theirs: after a change of back end, a merger, or another grouping into cabinets.

    Writes OPERATOR_DIR/rematch.csv with a proposal, a score and the reason for each lost code. Write yes into the column
    confirm where it is right, then carry it out with --apply.

    \b
    Example:
      chargeside ledger rematch my-network
      chargeside ledger rematch my-network --apply my-network/rematch.csv
    """
    from chargeside.ledger_rematch import apply_proposals, write_proposals

    findings = Findings()
    if file is not None:
        count = apply_proposals(operator_dir, file, findings)
        click.echo(f"{count} codes have their charger again. Next: `chargeside ledger issue {operator_dir}`.")
        return
    done = write_proposals(operator_dir, findings, confirm_from)
    click.echo(
        f"wrote {done.file}: {done.lost} lost codes, {done.found} with a proposal, {done.confirmed} confirmed. Next: write yes into "
        f"the column confirm, then `chargeside ledger rematch {operator_dir} --apply {done.file}`."
    )
