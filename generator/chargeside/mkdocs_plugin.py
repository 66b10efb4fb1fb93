"""The MkDocs plugin: fills the library's folder from problems/, connectors/ and docs/ before MkDocs reads it.

Only a shell around `plan_library`: it can be replaced without touching the rest.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click
from mkdocs.exceptions import PluginError
from mkdocs.plugins import BasePlugin

from chargeside.findings import Findings
from chargeside.load.content import content_root, load_content
from chargeside.load.docs import DocPage, load_docs
from chargeside.plan.library import plan_library
from chargeside.render.library import RENDERERS

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.livereload import LiveReloadServer

_RECORD = ".written-by-chargeside"
"""Names of the files in the folder that are ours. MkDocs passes over names that start with a dot."""

_COMMAND_LINE_HEAD = """\
---
hide: [toc]
---

# Command line

What `chargeside COMMAND --help` says. Exit status: 0 done, 1 findings at error level or a failed file, 2 wrong use.
"""


class ChargesidePlugin(BasePlugin):  # type: ignore[type-arg,no-untyped-call]
    """`plugins: [chargeside]`: Chargeside's own library, without an operator."""

    def on_config(self, config: MkDocsConfig) -> None:
        """Write the Markdown. Raises PluginError with every finding when the content has errors."""
        findings = Findings()
        content = load_content(findings)
        if findings.errors:
            raise PluginError("\n".join(str(finding) for finding in findings.errors))
        plan = plan_library(content, docs=(*load_docs(), command_line_page()))
        files = {job.path: RENDERERS[job.kind](job.payload, plan.shared) for job in plan.jobs}
        _fill(Path(config["docs_dir"]), files)

    def on_serve(self, server: LiveReloadServer, **_more: object) -> None:
        """`mkdocs serve` looks at the sources too."""
        for folder in ("problems", "connectors", "docs"):
            if (content_root() / folder).is_dir():
                server.watch(str(content_root() / folder))


def _fill(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write the files; remove those that an earlier run wrote and that are no more. A file that is right is not touched:
    MkDocs watches them."""
    record = folder / _RECORD
    earlier = record.read_text(encoding="utf-8").splitlines() if record.is_file() else []
    for name in set(earlier) - set(files):
        (folder / name).unlink(missing_ok=True)
    for name, data in files.items():
        path = folder / name
        if not path.is_file() or path.read_bytes() != data:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
    record.write_text("".join(f"{name}\n" for name in files), encoding="utf-8")


def command_line_page() -> DocPage:
    """The reference of the command line: what `--help` says, command by command."""
    from chargeside.cli import main

    parts = [_COMMAND_LINE_HEAD]
    for name, command in _commands("chargeside", main):
        context = click.Context(command, info_name=name, max_content_width=90, terminal_width=90)
        parts.append(f"## {name}\n\n```text\n{command.get_help(context).rstrip()}\n```\n")
    return DocPage("reference/cli.md", "\n".join(parts))


def _commands(name: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    """A command and all below it, each with the words that call it."""
    yield name, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for word in sorted(command.list_commands(context)):
            if inner := command.get_command(context, word):
                yield from _commands(f"{name} {word}", inner)
