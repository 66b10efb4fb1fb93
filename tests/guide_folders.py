"""Small content folders for tests of guides: written to disk, loaded and checked with every rule, as `chargeside check` does."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from unittest.mock import patch

from chargeside.build import load_and_check
from chargeside.check.guide_pictograms import check_pictograms
from chargeside.check.guides import check_content
from chargeside.findings import Findings
from chargeside.load.content import content_root, load_connectors, load_content
from chargeside.load.guide import GuideReader
from chargeside.load.pictograms import pictogram_names
from chargeside.load.translation import fingerprints
from chargeside.model.connector import ConnectorType
from support import TODAY, Folder, operator_folder, replaced

DRAWINGS = "generator/chargeside/pictograms"
NETWORK = "my-network"
"""The folder of an operator, where the files of a case name one."""

GUIDE = """\
---
title: The light is red
short: Red light
symptoms: [Red lamp]
category: starting
outcome: fix
next: another-charger
weight: 20
review: 2027-11-01
sources: [A manual]
---
The charger waits for you.

1. **Unplug** and wait.
   {: #unplug pictogram=unplug }
2. **Plug in** again.
   {: #plug-in pictogram=plug-in }

**Call us if** it stays red.
{: #call }
"""
"""A guide that no rule finds fault with."""

_GERMAN = """\
---
title: Das Licht ist rot
translates:
{translates}---
Die Ladesäule wartet auf Sie.

1. **Ziehen Sie den Stecker ab** und warten Sie.
   {{: #unplug }}
2. **Stecken Sie ihn** wieder ein.
   {{: #plug-in }}

**Rufen Sie an, wenn** es rot bleibt.
{{: #call }}
"""


@cache
def _connectors() -> dict[str, ConnectorType]:
    return load_connectors(content_root() / "connectors", Findings())


def german() -> str:
    """GUIDE in German, up to date."""
    read = GuideReader(pictogram_names(), ()).read(GUIDE, "en", "problems/red-light/en.md", Findings())
    assert read
    lines = (f'  {name}: "{digest}"\n' for name, digest in fingerprints(read.guide).items())
    return _GERMAN.format(translates="".join(lines))


def with_keys(lines: str, text: str = GUIDE) -> str:
    """The guide with these lines in its front matter, each in place of the key it begins with."""
    _, matter, body = text.split("---\n", 2)
    entries = re.split(r"^(?=\S)", lines.strip("\n") + "\n", flags=re.MULTILINE)
    for entry in filter(None, entries):
        key = entry.partition(":")[0]
        old = re.search(rf"^{re.escape(key)}:.*\n(?:[ \t].*\n)*", matter, re.MULTILINE)
        matter = replaced(matter, old.group(), entry) if old else matter + entry
    return f"---\n{matter}---\n{body}"


def without_key(key: str, text: str = GUIDE) -> str:
    """The guide without a line of its front matter."""
    found = re.search(rf"^{key}:.*\n", text, re.MULTILINE)
    assert found, key
    return replaced(text, found.group(), "")


def with_piece(piece: str, text: str = GUIDE) -> str:
    """The guide with other steps, another "Call us if" or other first sentences, by what the piece begins with."""
    intro, steps, call = re.split(r"\n(?=1\. |\*\*Call us if)", text.split("---\n", 2)[2])
    if piece.startswith("1. "):
        return replaced(text, steps, piece.strip("\n") + "\n")
    if piece.startswith("**Call us if"):
        return replaced(text, call, piece.strip("\n") + "\n")
    return replaced(text, intro, piece.strip("\n") + "\n")


def check_files(base: Path, files: Mapping[str, str | bytes]) -> Findings:
    """What `check` finds in files below problems/, my-network/problems/ and the drawings, and nothing else.

    With a file below my-network/ it is the check of an operator with two fast chargers.
    """
    root = Folder(base / "content")
    (root.path / "problems").mkdir(parents=True, exist_ok=True)
    root.write("problems/codes.yml", "codes: []\n")
    root.write("problems/glossary.yml", "words: []\n")
    for name, data in files.items():
        root.write(name, data)
    findings, plugs = Findings(), _connectors()
    with (
        patch("chargeside.load.content.content_root", lambda: root.path),
        patch("chargeside.load.content.load_connectors", lambda *_: plugs),
    ):
        if any(name.startswith(f"{NETWORK}/") for name in files):
            operator = operator_folder(base).path
            for path in sorted(operator.iterdir()):
                shutil.move(path, root.path / NETWORK / path.name)
            load_and_check(root.path / NETWORK, TODAY, findings)
            return findings
        content = load_content(findings)
        check_content(content, TODAY, findings)
    if (root.path / DRAWINGS).is_dir():
        check_pictograms(content, findings, root.path / DRAWINGS)
    return findings
