"""The command line. Exit status: 0 done, 1 findings at error level or a failed job, 2 wrong use."""

from __future__ import annotations

from importlib import import_module

import click

from chargeside import __version__

_COMMANDS = {
    "new": "starting:new",
    "import": "ocpi:import_group",
    "ledger": "ledger:ledger",
    "notice": "notice:notice",
    "translate": "translating:translate",
    "check": "checking:check",
    "build": "building:build_command",
    "placards": "building:placards",
    "round": "inspection_round:inspection_round",
    "serve": "building:serve",
    "report": "reporting:report",
    "library": "library:library",
    "inspect": "inspecting:inspect",
    "rollback": "rollback:rollback",
    "editor": "starting:editor",
    "doctor": "building:doctor",
}
"""Module and name of each command. What one command needs is not loaded for another: `check` answers within a second."""


class _Commands(click.Group):
    """Commands that are loaded when somebody asks for them."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """All names, sorted."""
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """The command of that name; None where there is none."""
        if cmd_name not in _COMMANDS:
            return None
        module, _, name = _COMMANDS[cmd_name].partition(":")
        command = getattr(import_module(f"chargeside.cli.{module}"), name)
        assert isinstance(command, click.Command)
        return command


@click.group(
    cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
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
