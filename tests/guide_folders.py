"""Small content folders for tests of guides: written to disk, loaded and checked with every rule, as `chargeside check` does."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from unittest.mock import patch

from chargeside.build import load_and_check
from chargeside.check.guide_pictograms import check_pictograms
from chargeside.check.guides import check_content
from chargeside.findings import Findings
from chargeside.load.content import content_root, load_content
from support import TODAY, Folder, operator_folder, replaced

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

GERMAN = """\
---
title: Rotes Licht
---
Warten Sie.

1. **Ausstecken**.
   {: #unplug }
"""
"""A translation of which nothing is fresh."""


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
    """What `check` finds in files below problems/, my-network/problems/ and pictograms/, and nothing else.

    With a file below my-network/ it is the check of an operator with two fast chargers.
    """
    root = Folder(base / "content")
    (root.path / "problems").mkdir(parents=True)
    (root.path / "connectors").symlink_to(content_root() / "connectors")
    root.write("problems/codes.yml", "codes: []\n")
    root.write("problems/glossary.yml", "words: []\n")
    for name, data in files.items():
        root.write(name, data)
    findings = Findings()
    with patch("chargeside.load.content.content_root", lambda: root.path):
        if any(name.startswith(f"{NETWORK}/") for name in files):
            operator = operator_folder(base).path
            for path in sorted(operator.iterdir()):
                shutil.move(path, root.path / NETWORK / path.name)
            load_and_check(root.path / NETWORK, TODAY, findings)
            return findings
        content = load_content(findings)
        check_content(content, TODAY, findings)
    if (root.path / "pictograms").is_dir():
        check_pictograms(content, findings, root.path / "pictograms")
    return findings
