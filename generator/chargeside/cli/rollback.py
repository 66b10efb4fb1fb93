"""`rollback`: the release before stands again, at one moment."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import click

from chargeside.cli.common import FOLDER, command, counted
from chargeside.errors import ChargesideError, WriteError
from chargeside.write import finished, go_back, held_by, locked, resume, standing

_SHOWN = 5
"""Codes that are named before the rest is counted."""


@click.command()
@click.argument("out", type=FOLDER)
@click.option(
    "--to",
    "number",
    type=click.IntRange(min=1),
    metavar="N",
    help="The release that shall stand. [default: the one before]",
)
@click.option("--list", "as_list", is_flag=True, help="Show which releases are there, and change nothing.")
@click.option("--resume", "go_on", is_flag=True, help="Let builds go on from the release that stands.")
@command
def rollback(out: Path, number: int | None, as_list: bool, go_on: bool) -> None:
    """Put the release before back in its place: site and signs, at one moment.

    OUT is the output folder of `chargeside build`. A build keeps the release before the current one, so there is one step to go back.

    Until you say otherwise, builds leave OUT as it is, and say so with exit status 1: else the next one, perhaps a quarter of an hour later,
    would make again what you have just taken away. Mend what was wrong, then let them go on with --resume. Notices do not
    change either until then.

    Only OUT changes, never your own folder: what you import, and the ledger, stay as they are. Codes that were issued since have no
    page in the release before; they are named. Where the site lies on another host, upload it again.

    \b
    Examples:
      chargeside rollback out --list
      chargeside rollback out
      chargeside rollback out --to 7
      chargeside rollback out --resume
    """
    if sum((number is not None, as_list, go_on)) > 1:
        raise click.UsageError("name at most one of --to N, --list, --resume")
    if not out.is_dir():
        raise ChargesideError(f"{out} is no folder; name the --out folder of a build")
    if as_list:
        _show(out)
        return
    with locked(out):
        if go_on:
            _resume(out)
        else:
            _go_back(out, number)


def _show(out: Path) -> None:
    now, held = standing(out), held_by(out)
    for number in finished(out):
        if number == now:
            note = f"stands now, since {held} was rolled back" if held else "stands now"
        else:
            note = "rolled back" if number == held else ""
        pages = counted(len(_codes(out, number)), "charger")
        click.echo(f"{number:>6}  {_made(out, number)}  {pages}  {note}".rstrip())
    if held:
        click.echo(f"Builds wait for: chargeside rollback {out} --resume", err=True)


def _go_back(out: Path, number: int | None) -> None:
    now, there = standing(out), finished(out)
    to = number if number is not None else max((one for one in there if one < now), default=None)
    if to is None:
        newer = [one for one in there if one > now]
        hint = f"; forward again: chargeside rollback {out} --to {max(newer)}" if newer else ""
        raise WriteError(f"there is no release before {now}{hint}")
    if to == now:
        raise WriteError(f"release {now} stands already")
    if to not in there:
        names = " and ".join(map(str, there)) or "none"
        raise WriteError(f"there is no release {to}; there are: {names}")
    go_back(out, to)
    click.echo(f"release {to} ({_made(out, to)}) stands again, in place of {now} ({_made(out, now)})")
    _tell_missing(out, to, now)
    if held_by(out):
        click.echo(f"Builds leave it as it is until you say: chargeside rollback {out} --resume", err=True)
    else:
        click.echo("It is the newest one: builds go on from it.", err=True)


def _tell_missing(out: Path, to: int, now: int) -> None:
    missing = sorted(_codes(out, now) - _codes(out, to))
    if missing:
        more = f" and {len(missing) - _SHOWN} more" if len(missing) > _SHOWN else ""
        count = counted(len(missing), "charger")
        named = ", ".join(missing[:_SHOWN])
        click.echo(
            f"{count} of release {now} had no page in {to}: {named}{more}. Whoever scans there sees the page for missing "
            "addresses, with your helpline.",
            err=True,
        )


def _resume(out: Path) -> None:
    held, now = held_by(out), standing(out)
    resume(out)
    if held:
        click.echo(f"The next build goes on from release {now}; what {held} had, it makes anew.")
    else:
        click.echo("Nothing was held: builds go on as before.")


def _codes(out: Path, number: int) -> set[str]:
    """Chargers with a page in a release."""
    site = out / "releases" / str(number) / "site"
    return (
        {path.name for path in site.iterdir() if re.fullmatch("[0-9]{7}", path.name)}
        if site.is_dir()
        else set()
    )


def _made(out: Path, number: int) -> str:
    """When a release was made, by the clock of this machine."""
    try:
        stamp = (out / "releases" / str(number) / "manifest.json").stat().st_mtime
    except OSError:
        return "damaged"
    return dt.datetime.fromtimestamp(stamp).astimezone().strftime("%Y-%m-%d %H:%M")
