"""What the installed package must carry and do by itself: run in the checkout, and again from the built wheel."""

from __future__ import annotations

import csv
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

import chargeside


def run(*arguments: object, folder: Path) -> subprocess.CompletedProcess[str]:
    """Call `chargeside` as a user would, from a folder that is no checkout."""
    command = Path(sys.executable).with_name("chargeside")
    return subprocess.run(
        [command, *map(str, arguments)], cwd=folder, capture_output=True, text=True, timeout=600, check=False
    )


def test_version_is_the_one_that_was_installed() -> None:
    assert metadata.version("chargeside") == chargeside.__version__


@pytest.mark.parametrize(
    ("group", "name"), [("console_scripts", "chargeside"), ("mkdocs.plugins", "chargeside")]
)
def test_entry_points_lead_somewhere(group: str, name: str) -> None:
    (entry,) = metadata.entry_points(group=group, name=name)
    assert callable(entry.load())


def test_packaged_guides_and_connectors_are_found_and_right(tmp_path: Path) -> None:
    done = run("check", folder=tmp_path)
    assert done.returncode == 0, done.stderr


@pytest.mark.slow
def test_demo_operator_is_built_whole(root: Path, tmp_path: Path) -> None:
    done = run("build", root / "station_kits" / "demo", "--out", "out", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    with (root / "station_kits" / "demo" / "ledger.csv").open(encoding="utf-8", newline="") as ledger:
        codes = [line["code"] for line in csv.DictReader(ledger)]
    assert codes
    for code in codes:
        page = tmp_path / "out" / "site" / code / "index.html"
        assert page.is_file(), f"no page for the code {code}"
    assert (tmp_path / "out" / "site" / "index.html").is_file()
    assert list((tmp_path / "out" / "placards").glob("*.pdf"))
