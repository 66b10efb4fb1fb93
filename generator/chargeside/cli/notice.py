"""`notice`: what drivers at a charger are told until a date."""

from __future__ import annotations

from pathlib import Path

import click

from chargeside.cli.common import FOLDER, command, counted, exit_by, now, print_findings
from chargeside.findings import Findings
from chargeside.notice_work import Entry, add, everything, take_back, typed


def _when(context: click.Context, option: click.Parameter, text: str) -> str:
    try:
        if text:
            typed(text, now(), None)
    except ValueError as error:
        hint = "write it like 2026-11-24, 2026-11-24T18:00, 18:00 or +3h"
        raise click.BadParameter(f'"{text}" {error}; {hint}', context, option) from None
    return text


@click.command()
@click.argument("operator_dir", type=FOLDER)
@click.argument("code", required=False)
@click.argument("text", required=False, default="")
@click.option("--until", metavar="WHEN", default="", callback=_when, help="When it ends.")
@click.option(
    "--from", "begin", metavar="WHEN", default="", callback=_when, help="When it begins. [default: at once]"
)
@click.option("--out-of-order", is_flag=True, help="The charger is out of order; so it is without TEXT.")
@click.option("--use", metavar="CODE", default="", help="The charger to use instead; the notice links to it.")
@click.option("--lang", default="", help="Language of TEXT. [default: the first of the charger's country]")
@click.option("--list", "as_list", is_flag=True, help="Show all notices, and change nothing.")
@click.option("--clear", metavar="CODE", help="Take all notices of this charger back.")
@command
def notice(
    operator_dir: Path,
    code: str | None,
    text: str,
    until: str,
    begin: str,
    out_of_order: bool,
    use: str,
    lang: str,
    as_list: bool,
    clear: str | None,
) -> None:
    """Tell drivers at a charger something for a time: it stands above everything on its page, and goes by itself.

    CODE is the charger's code, EVSE ID or uid; the id of a Location is all chargers of that site, * is all chargers. An EVSE of a
    cabinet with two is that side alone. TEXT has at most 200 characters. Without it the page says "This charger is out of
    order", in every language.

    WHEN is a date (2026-11-24: to the end of that day), date and time (2026-11-24T18:00), the next 18:00, or counted from now:
    +90min, +3h, +2d. Times are by the clock of the charger.

    A notice replaces one of the same charger, kind and language whose time overlaps. Drivers see it after the next build; build again
    when it ends, best every quarter of an hour: a build without changes takes a moment.

    \b
    Examples:
      chargeside notice my-network 4821736 --until +3h --use 5903178
      chargeside notice my-network 4821736 "The card reader does not work. Use our app." --until 2026-11-24
      chargeside notice my-network 4821736 "Der Kartenleser geht nicht." --until 2026-11-24 --lang de
      chargeside notice my-network --list
      chargeside notice my-network --clear 4821736
    """
    given = [name for name, value in (("CODE", code), ("--list", as_list), ("--clear", clear)) if value]
    if len(given) != 1:
        raise click.UsageError("name one of CODE, --list, --clear CODE")
    if as_list:
        _show(operator_dir)
    elif clear:
        _clear(operator_dir, clear)
    elif code and not until:
        raise click.UsageError("a notice needs --until: it must end by itself, such as --until +3h")
    elif code:
        level = "out_of_order" if out_of_order or not text else "info"
        values = {"text": text, "until": until, "from": begin, "lang": lang, "level": level, "use": use}
        _add(operator_dir, code, values)


def _add(folder: Path, code: str, values: dict[str, str]) -> None:
    findings = Findings()
    entry, replaced = add(folder, code, values, now(), findings)
    print_findings(findings.sorted())
    for old in replaced:
        click.echo(f"replaced: {_words(old)}")
    click.echo(f"wrote {folder / 'notices.csv'}: {_words(entry)}")
    click.echo("Drivers see it after the next `chargeside build`.", err=True)


def _clear(folder: Path, code: str) -> None:
    findings = Findings()
    gone, shared = take_back(folder, code, now(), findings)
    for entry in gone:
        click.echo(f"taken back: {_words(entry)}")
    for entry in shared:
        click.echo(f"stays, since it is for others too: {_words(entry)}")
    click.echo(f"{counted(len(gone), 'notice')} taken back.")


def _show(folder: Path) -> None:
    findings = Findings()
    entries = everything(folder, now(), findings)
    print_findings(findings.sorted())
    for entry in entries:
        click.echo(f"{entry.state:<6}  {_words(entry)}")
    count = sum(entry.state == "now" for entry in entries)
    click.echo(f"{counted(len(entries), 'notice')}, {count} of them now.", err=True)
    exit_by(findings)


def _words(entry: Entry) -> str:
    """A notice on one line, its times as they stand in the file."""
    cells, told = entry.row.values, entry.notice
    what = "out of order" if told.level == "out_of_order" else ""
    parts = [
        ": ".join(filter(None, (what, told.text))),
        f"from {cells['from']}" if cells.get("from") else "",
        f"until {cells['until']}",
        f"use {cells['use']}" if told.use else "",
        f"in {told.lang}" if told.lang else "",
    ]
    return f"{told.name}  {', '.join(filter(None, parts))}"
