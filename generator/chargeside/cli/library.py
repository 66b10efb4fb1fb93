"""`library`: the Markdown of the library site, for any engine that builds sites from Markdown."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from chargeside.cli.common import command, counted, exit_by, print_findings
from chargeside.findings import Findings
from chargeside.library_folder import fill_library_folder
from chargeside.load.content import load_content
from chargeside.load.docs import DocPage

_HEAD = """\
---
hide: [toc]
---

# Command line

What `chargeside COMMAND --help` says. Exit status: 0 done, 1 findings at error level or a failed file, 2 wrong use.
"""


@click.command("library")
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), metavar="DIR", default=Path("build/library"),
    show_default=True, help="The folder to fill. Only files that an earlier run wrote are removed.",
)  # fmt: skip
@click.pass_context
@command
def library(ctx: click.Context, out: Path) -> None:
    """Write the library site as Markdown: every guide, the indexes and the handbooks.

    MkDocs and ProperDocs do this by themselves, through the plugin that mkdocs.yml names. Zensical runs no plugins of others:
    fill the folder first.

    \b
    Example:
      chargeside library
      zensical build -f mkdocs.yml
    """
    findings = Findings()
    content = load_content(findings)
    if findings.errors:
        print_findings(findings.errors)
        exit_by(findings)
    written = fill_library_folder(out, content, [command_line_page(ctx.find_root().command)])
    click.echo(f"{counted(written, 'file')} in {out}")


def command_line_page(main: click.Command) -> DocPage:
    """The reference of the command line: what `--help` says, command by command."""
    parts = [_HEAD]
    for name, one in _commands("chargeside", main):
        context = click.Context(
            one, info_name=name, max_content_width=90, terminal_width=90, help_option_names=["-h", "--help"]
        )
        parts.append(f"## {name}\n\n```text\n{one.get_help(context).rstrip()}\n```\n")
    return DocPage("reference/cli.md", "\n".join(parts))


def _commands(name: str, one: click.Command) -> Iterator[tuple[str, click.Command]]:
    """A command and all below it, each with the words that call it."""
    yield name, one
    if isinstance(one, click.Group):
        context = click.Context(one)
        for word in sorted(one.list_commands(context)):
            if inner := one.get_command(context, word):
                yield from _commands(f"{name} {word}", inner)
