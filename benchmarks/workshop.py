"""How long authors wait: `make bench`, or `python benchmarks/workshop.py`. Medians of several runs, in fresh processes.

Everything is done in a clone of the checkout, so that nothing of yours is touched. The preview is measured with 250 real
stations where these lie beside the checkout, else with the demo's.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parent.parent
STATIONS = ROOT.parent / "shared" / "data" / "irve" / "irve-statique-250-stations.csv"
RUNS = 5
GUIDE = "problems/cable-stuck/en.md"
CODE = "import sys; sys.path.insert(0, {root!r}); from chargeside.cli import main; main()"


def chargeside(clone: Path, *words: str) -> list[str]:
    """The command with the code of the clone."""
    return [sys.executable, "-P", "-c", CODE.format(root=str(clone / "generator")), *words]


def seconds(command: list[str], folder: Path, ready: Callable[[], None] = lambda: None) -> float:
    """Median of several runs; raises CalledProcessError when one fails."""
    took = []
    for _ in range(RUNS):
        ready()
        start = time.perf_counter()
        subprocess.run(command, cwd=folder, check=True, capture_output=True)
        took.append(time.perf_counter() - start)
    return median(took)


def touch(path: Path) -> None:
    """Change one word of a guide, back and forth."""
    text = path.read_text(encoding="utf-8")
    there, here = ("gently", "softly") if "gently" in text else ("softly", "gently")
    path.write_text(text.replace(there, here), encoding="utf-8")


def operator(clone: Path, folder: Path) -> Path:
    """An operator with 250 real stations in six languages; the demo where there are none."""
    if not STATIONS.is_file():
        return clone / "station_kits" / "demo"
    new = ["new", "operator", str(folder), "--country", "FR", "--phone", "+33 800 000000"]
    for words in (new, ["import", "irve", str(STATIONS), "--to", str(folder)]):
        subprocess.run(chargeside(clone, *words), check=True, capture_output=True)
    file = folder / "operator.yml"
    every = "languages: [fr, en, de, nl, es, it]"
    file.write_text(file.read_text(encoding="utf-8").replace("languages: [en]", every), encoding="utf-8")
    return folder


def save_to_shown(clone: Path, folder: Path) -> float:
    """From writing a guide to the preview giving the page with the new word: median seconds."""
    command = chargeside(clone, "serve", str(folder), "--port", "0")
    with subprocess.Popen(command, cwd=clone, stderr=subprocess.PIPE, text=True) as server:
        assert server.stderr
        base = ""
        while not base:
            found = re.search(r"http://127\.0\.0\.1:\d+/", server.stderr.readline())
            base = found[0] if found else ""
        os.set_blocking(server.stderr.fileno(), False)
        time.sleep(4)  # until it has read everything
        took = []
        for _ in range(RUNS):
            touch(clone / GUIDE)
            wanted = re.search("gently|softly", (clone / GUIDE).read_text(encoding="utf-8"))
            start = time.perf_counter()
            while wanted and time.perf_counter() - start < 30:
                with urllib.request.urlopen(f"{base}g/en/cable-stuck/") as page:  # noqa: S310 - our own server
                    if f"straight out</strong>, {wanted[0]}" in page.read().decode():
                        break
                time.sleep(0.01)
            took.append(time.perf_counter() - start)
            time.sleep(0.5)
        server.terminate()
    return median(took)


def measure() -> dict[str, float]:
    """Seconds by what was done."""
    with TemporaryDirectory() as scratch:
        clone = Path(scratch) / "clone"
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
        environment = {"NO_MKDOCS_2_WARNING": "1", "PYTHONPATH": str(clone / "generator")}
        os.environ.update(environment)
        return {
            "check of everything": seconds(chargeside(clone, "check"), clone),
            "check of one changed guide": seconds(
                chargeside(clone, "check", "--changed", "HEAD"), clone, lambda: touch(clone / GUIDE)
            ),
            "library, whole build": seconds([sys.executable, "-m", "mkdocs", "build", "--strict"], clone),
            "saved guide on the preview": save_to_shown(clone, operator(clone, Path(scratch) / "operator")),
        }


if __name__ == "__main__":
    print(json.dumps({name: round(took, 2) for name, took in measure().items()}, indent=1))
