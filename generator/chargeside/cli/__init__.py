"""The command line. Exit status: 0 done, 1 findings at error level or a failed job, 2 wrong use."""

from __future__ import annotations

import click

from chargeside import __version__
from chargeside.cli.building import build_command, doctor, placards, serve
from chargeside.cli.checking import check
from chargeside.cli.importing import import_group
from chargeside.cli.ledger import ledger
from chargeside.cli.notice import notice
from chargeside.cli.ocpi import import_ocpi
from chargeside.cli.starting import editor, new
from chargeside.cli.translating import translate


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


import_group.add_command(import_ocpi)
for _command in (
    new,
    import_group,
    ledger,
    notice,
    translate,
    check,
    build_command,
    placards,
    serve,
    editor,
    doctor,
):
    main.add_command(_command)
