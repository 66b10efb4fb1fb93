"""The MkDocs plugin: fills the library's folder from problems/, connectors/ and docs/ before MkDocs reads it. ProperDocs runs
it too; for engines that do not, `chargeside library` fills the folder.

Only a shell around `fill_library_folder`: it can be replaced without touching the rest.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from mkdocs.exceptions import PluginError
from mkdocs.plugins import BasePlugin

from chargeside.cli import main
from chargeside.cli.library import command_line_page
from chargeside.findings import Findings
from chargeside.library_folder import fill_library_folder
from chargeside.load.content import content_root, load_content

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.livereload import LiveReloadServer


class ChargesidePlugin(BasePlugin):  # type: ignore[type-arg,no-untyped-call]
    """`plugins: [chargeside]`: Chargeside's own library, without an operator."""

    def on_config(self, config: MkDocsConfig) -> None:
        """Write the Markdown. Raises PluginError with every finding when the content has errors."""
        findings = Findings()
        content = load_content(findings)
        if findings.errors:
            raise PluginError("\n".join(str(finding) for finding in findings.errors))
        fill_library_folder(Path(config["docs_dir"]), content, [command_line_page(main)])

    def on_serve(self, server: LiveReloadServer, **_more: object) -> None:
        """`mkdocs serve` looks at the sources too."""
        for folder in ("problems", "connectors", "docs"):
            if (content_root() / folder).is_dir():
                server.watch(str(content_root() / folder))
