"""Seconds and memory for real stations: `make bench`, or `python benchmarks/run.py [--json FILE]`.

Each step is measured in a fresh process (see steps.py), so that neither a warm cache nor another step's memory counts. This
process imports nothing but the standard library: on Linux a new process inherits its parent's peak memory.

The stations are those of two extracts of the French national data on charging points, which lie beside the checkout.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import platform
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

HERE = Path(__file__).resolve().parent
DATA = HERE.parent.parent / "shared" / "data" / "irve"
SOURCES = ("irve-statique-250-stations.csv", "irve-statique-29109.csv.gz")

STEPS: Mapping[str, str] = {
    "repeat": "repeat the stations to 300,000 EVSEs",
    "repeat-stations": "repeat the stations to 10,000",
    "start": "start the program",
    "import": "import the feed, issue codes",
    "speak": "set six languages",
    "load": "load",
    "check": "check",
    "plan": "plan the driver site",
    "pages": "driver pages rendered and written",
    "placards-1": "100 placards, 1 worker",
    "placards-2": "100 placards, 2 workers",
    "first-build": "driver site, first build",
    "same-build": "driver site, nothing changed",
    "changed-build": "driver site, one station changed",
    "whole-first": "all parts, first build",
    "whole-same": "all parts, nothing changed",
}
SMALL_ONLY = ("whole-first", "whole-same")
"""Thousands of placards take many minutes and say nothing that a hundred do not."""
ONLY_MANY = ("repeat", "repeat-stations")
REPEATED = ("repeat", "import", "load", "check")
"""Steps with the stations of the last source over and over, up to 300,000 EVSEs."""
LANGUAGES = (
    "repeat-stations", "import", "speak", "load", "plan", "pages", "first-build", "same-build", "changed-build",
)  # fmt: skip
"""Steps with 10,000 stations that have pages in six languages."""
LINEAR = ("import", "load", "check", "plan", "pages", "first-build")
MOST_MB = 512
MOST_MB_MANY = 1536
"""For loading 300,000 EVSEs."""
PART_OF_FIRST = 0.1
NEARLY_LINEAR = 1.5
"""Twenty times the stations at this many times the seconds each are still no sign of a quadratic step."""

COMPARED: Sequence[tuple[str, str, str, float | None]] = (
    ("nothing changed / first build, driver site", "same-build", "first-build", PART_OF_FIRST),
    ("one station changed / first build, driver site", "changed-build", "first-build", None),
    ("nothing changed / first build, all parts", "whole-same", "whole-first", PART_OF_FIRST),
    ("100 placards, 2 workers / 1", "placards-2", "placards-1", None),
)


@dataclass(frozen=True)
class Measured:
    """What a step took. `made` counts Locations, stations or files; `peak_mb` is in units of 2^20 bytes."""

    step: str
    seconds: float
    cpu_seconds: float
    peak_mb: float
    made: int
    failed: int


@dataclass(frozen=True)
class Size:
    """All measurements with one source of stations."""

    source: str
    stations: int
    steps: Mapping[str, Measured]
    languages: int = 1


@dataclass(frozen=True)
class Ratio:
    """One comparison, by the clock and by processor time; the latter counts, since other work bears less on it."""

    what: str
    clock: float
    cpu: float | None
    aim: str
    met: bool | None


def measure(source: Path, steps: Sequence[str]) -> Size:
    """Run the steps with one source in a folder of their own, which is removed afterwards."""
    measured: dict[str, Measured] = {}
    with TemporaryDirectory(prefix="chargeside-bench-") as folder:
        for step in steps:
            print(f"{source.name}: {STEPS[step]} …", file=sys.stderr, flush=True)
            measured[step] = _measure(step, Path(folder), source)
            if step.startswith("repeat"):
                source = Path(folder) / "repeated.json"
    languages = measured["speak"].made if "speak" in measured else 1
    return Size(source.name, measured["import"].made, measured, languages)


def _measure(step: str, room: Path, source: Path) -> Measured:
    command = [sys.executable, str(HERE / "steps.py"), step, str(room), str(source)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=False, text=True)
    if done.returncode:
        sys.exit(f"The step {step} failed (see above): python benchmarks/steps.py {step} …")
    return Measured(step=step, **json.loads(done.stdout.splitlines()[-1]))


def ratios(sizes: Sequence[Size]) -> Iterator[Ratio]:
    """What the promises are about: rebuilds, growth with the number of stations, memory."""
    for size in sizes:
        for what, one, other, aim in COMPARED:
            if one in size.steps:
                yield _ratio(f"{what}, {size.stations:,} stations", size.steps[one], size.steps[other], aim)
    for size in sizes:
        if "pages" in size.steps:
            pages = size.steps["pages"]
            what = f"driver pages per second, {size.stations:,} stations, {size.languages} language(s)"
            yield Ratio(what, pages.made / pages.seconds, pages.made / pages.cpu_seconds, "", None)
    for small, large in pairwise(size for size in sizes if size.languages == 1):
        growth = large.stations / small.stations
        for step in LINEAR:
            if step in large.steps:
                what = f"per station, {large.stations:,} / {small.stations:,}: {STEPS[step]}"
                yield _ratio(what, large.steps[step], small.steps[step], NEARLY_LINEAR, growth)
    for size in sizes:
        if "first-build" in size.steps:
            yield _peak("the first build", size, "first-build", MOST_MB)
        else:
            yield _peak("the load", size, "load", MOST_MB_MANY)


def _peak(what: str, size: Size, step: str, most: int) -> Ratio:
    peak = size.steps[step].peak_mb
    return Ratio(
        f"peak memory of {what}, {size.stations:,} stations, MB", peak, None, f"< {most}", peak < most
    )


def _ratio(what: str, one: Measured, other: Measured, aim: float | None = None, growth: float = 1.0) -> Ratio:
    clock = one.seconds / max(other.seconds, 1e-4) / growth
    cpu = one.cpu_seconds / max(other.cpu_seconds, 1e-4) / growth
    return Ratio(what, clock, cpu, f"< {aim:g}" if aim else "", cpu < aim if aim else None)


def machine() -> dict[str, str | int]:
    """What the figures depend on."""
    return {
        "date": dt.datetime.now(dt.UTC).date().isoformat(),
        "processors": os.cpu_count() or 1,
        "system": f"{platform.system()} {platform.machine()}",
        "memory_mb": os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2**20,
        "python": platform.python_version(),
        "chargeside": version("chargeside"),
        "weasyprint": version("weasyprint"),
    }


def report(facts: Mapping[str, str | int], sizes: Sequence[Size], compared: Sequence[Ratio]) -> str:
    """The figures as Markdown."""
    head = (
        "step",
        *(f"{size.stations:,}: {name}" for size in sizes for name in ("s", "CPU s", "MB", "made")),
    )
    rows = [
        (STEPS[step], *(cell for size in sizes for cell in _cells(size.steps.get(step))))
        for step in STEPS
        if any(step in size.steps for size in sizes)
    ]
    met = {None: "", True: "yes", False: "**no**"}
    ratio_rows = [
        (r.what, f"{r.clock:.3g}", "" if r.cpu is None else f"{r.cpu:.3g}", r.aim, met[r.met])
        for r in compared
    ]
    return "\n\n".join((
        ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in facts.items()),
        _table(head, rows),
        _table(("ratio", "clock", "CPU", "aim", "met"), ratio_rows),
    ))  # fmt: skip


def _cells(measured: Measured | None) -> tuple[str, ...]:
    if measured is None:
        return ("",) * 4
    made = f"{measured.made:,}" + (f", {measured.failed:,} failed" if measured.failed else "")
    return f"{measured.seconds:.2f}", f"{measured.cpu_seconds:.2f}", f"{measured.peak_mb:.0f}", made


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table: the first column is text, the others are figures."""
    ruler = ("---", *("---:" for _ in head[1:]))
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, ruler, *rows))


def main() -> None:
    """Measure, print, and write the JSON file if one is named."""
    parser = argparse.ArgumentParser(description="Seconds and memory for 250 and 5,571 real stations.")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures to this file too")
    parser.add_argument(
        "--data",
        type=Path,
        default=DATA,
        metavar="FOLDER",
        help=f"folder of the station data (default: {DATA})",
    )
    parser.add_argument("--small", action="store_true", help="the 250 stations only")
    arguments = parser.parse_args()
    sources = [arguments.data / name for name in (SOURCES[:1] if arguments.small else SOURCES)]
    if absent := [path.name for path in sources if not path.is_file()]:
        parser.exit(1, f"There is no station data to measure with: {arguments.data} lacks {' and '.join(absent)}.\n"
                       "Name the folder that holds the extracts of the French IRVE data with --data FOLDER.\n")  # fmt: skip
    small = tuple(step for step in STEPS if step not in (*ONLY_MANY, "speak"))
    large = tuple(step for step in small if step not in SMALL_ONLY)
    sizes = [measure(source, small if source.name == SOURCES[0] else large) for source in sources]
    if not arguments.small:
        sizes += [measure(sources[-1], REPEATED), measure(sources[-1], LANGUAGES)]
    facts, compared = machine(), tuple(ratios(sizes))
    print(report(facts, sizes, compared))
    if arguments.json:
        figures = {
            "machine": facts,
            "sizes": [asdict(size) for size in sizes],
            "ratios": [asdict(r) for r in compared],
        }
        arguments.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
