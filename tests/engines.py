"""Chargeside's own library, built for tests as somebody in a fresh clone would, by any of the engines."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import yaml

COMMANDS = {
    "mkdocs": ("-m", "mkdocs", "build", "--strict", "-f"),
    "properdocs": ("-m", "properdocs", "build", "--strict", "-f"),
    "zensical": ("-m", "zensical", "build", "--strict", "-f"),
}
"""How each engine is called; the settings file comes last."""


def build(engine: str, root: Path, docs: Path) -> Path:
    """The finished site, beside the folder `docs` with the Markdown, by the settings of mkdocs.yml in `root`."""
    config = yaml.safe_load((root / "mkdocs.yml").read_text("utf-8"))
    inherited = root / config["INHERIT"]
    config |= {
        "INHERIT": str(inherited),
        "docs_dir": docs.name,
        "site_dir": engine,
        "theme": {"custom_dir": str(inherited.parent / "theme")},
    }
    docs.mkdir(parents=True, exist_ok=True)
    settings = docs.parent / f"{engine}.yml"
    settings.write_text(yaml.safe_dump(config), "utf-8")
    command = [sys.executable, *COMMANDS[engine], str(settings)]
    done = subprocess.run(command, cwd=docs.parent, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, f"{engine}: {done.stdout}{done.stderr}"
    return docs.parent / engine
