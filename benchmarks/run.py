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

SIGN_STEPS: Mapping[str, str] = {
    "draw": "Chargeside, drawn",
    "proof": "Chargeside, drawn and proofed",
    "typst": "Typst, a document each",
    "typst-split": "Typst, documents of 50 signs, split by pikepdf",
    "plain": "plain WeasyPrint, reckoned from a sample",
    "build": "Chargeside, the whole build",
    "print-run": "Chargeside, a print run",
    "typst-run": "Typst, a print run",
}
"""What signs.py draws with, in the order of the table."""
SIGNS: Mapping[int, tuple[str, ...]] = {
    1000: ("draw", "typst", "typst-split", "proof", "plain", "print-run", "typst-run"),
    5571: ("draw", "typst", "typst-split", "proof", "plain", "print-run", "build"),
    20_000: ("draw", "proof", "print-run"),
}
"""Steps by how many signs they draw. The whole build is that of all stations; a print run by Typst takes memory by the page."""
SAMPLE = (20, 80)
"""Signs drawn by plain WeasyPrint: the difference says what one takes, the smaller number what starting takes."""
TYPST = ("typst", "typst-split")
TIMES_AS_FAST: Sequence[tuple[str, str, float]] = (
    ("draw", "Typst", 4),
    ("draw", "plain WeasyPrint", 40),
    ("proof", "Typst", 1.5),
    ("proof", "plain WeasyPrint", 20),
)
MOST_MB_SIGNS = 600
MOST_BYTES_A_PAGE = 2048
AIMED_AT = 5571
"""Signs at which the aims hold. The other sizes are told beside it."""

COMPARED: Sequence[tuple[str, str, str, float | None]] = (
    ("nothing changed / first build, driver site", "same-build", "first-build", PART_OF_FIRST),
    ("one station changed / first build, driver site", "changed-build", "first-build", None),
    ("nothing changed / first build, all parts", "whole-same", "whole-first", PART_OF_FIRST),
    ("100 placards, 2 workers / 1", "placards-2", "placards-1", None),
)


@dataclass(frozen=True)
class Measured:
    """What a step took. `made` counts Locations, stations or files; `peak_mb` is in units of 2^20 bytes; `size` is in bytes, 0
    where nobody counted."""

    step: str
    seconds: float
    cpu_seconds: float
    peak_mb: float
    made: int
    failed: int
    size: int = 0


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
    return _run("steps.py", step, room, str(source))


def _run(script: str, step: str, room: Path, of: str) -> Measured:
    command = [sys.executable, str(HERE / script), step, str(room), of]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=False, text=True)
    if done.returncode:
        sys.exit(f"The step {step} failed (see above): python benchmarks/{script} {step} …")
    return Measured(step=step, **json.loads(done.stdout.splitlines()[-1]))


def measure_signs(source: Path, counts: Sequence[int]) -> list[Size]:
    """The tools that draw signs, one after the other, with the same stations of one source."""
    with TemporaryDirectory(prefix="chargeside-bench-") as folder:
        room = Path(folder)
        _measure("import", room, source)
        _run("signs.py", "values", room, "0")
        sizes = []
        for count in counts:
            steps = {}
            for step in SIGNS.get(count, SIGNS[1000]):
                print(f"{count:,} signs: {SIGN_STEPS[step]} …", file=sys.stderr, flush=True)
                sampled = step == "plain"
                steps[step] = _sampled(room, count) if sampled else _run("signs.py", step, room, str(count))
            sizes.append(Size(source.name, count, steps))
    return sizes


def _sampled(room: Path, count: int) -> Measured:
    """What so many signs would take by plain WeasyPrint."""
    few, more = (_run("signs.py", "plain", room, str(sample)) for sample in SAMPLE)
    share = (count - SAMPLE[0]) / (SAMPLE[1] - SAMPLE[0])
    return Measured(
        "plain",
        few.seconds + share * (more.seconds - few.seconds),
        few.cpu_seconds + share * (more.cpu_seconds - few.cpu_seconds),
        more.peak_mb,
        count,
        more.failed,
        round(more.size * count / SAMPLE[1]),
    )


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


def sign_ratios(sizes: Sequence[Size]) -> Iterator[Ratio]:
    """What the promises about signs are about: other tools, memory, growth, the weight of a page in print."""
    for size in sizes:
        for step, other, aim in TIMES_AS_FAST:
            peers = TYPST if other == "Typst" else ("plain",)
            if found := [size.steps[peer] for peer in peers if peer in size.steps]:
                ours, peer = size.steps[step], min(found, key=lambda peer: peer.cpu_seconds)
                what = (
                    f"{SIGN_STEPS[step]}: times as fast as {SIGN_STEPS[peer.step]}, {size.stations:,} signs"
                )
                yield _faster(what, peer, ours, aim if size.stations == AIMED_AT else None)
    for size in sizes:
        for step in ("draw", "proof", "build", "print-run"):
            if step in size.steps:
                yield _peak(f"signs ({SIGN_STEPS[step]})", size, step, MOST_MB_SIGNS)
    for small, large in pairwise(sizes):
        growth = large.stations / small.stations
        for step in ("draw", "proof", "print-run"):
            what = f"per sign, {large.stations:,} / {small.stations:,}: {SIGN_STEPS[step]}"
            yield _ratio(what, large.steps[step], small.steps[step], NEARLY_LINEAR, growth)
    for small, large in pairwise(sizes):
        more, fewer = large.steps["print-run"], small.steps["print-run"]
        each = (more.size - fewer.size) / max(more.made - fewer.made, 1)
        what = f"bytes of a page more in a print run, {small.stations:,} to {large.stations:,} signs"
        yield Ratio(what, each, None, f"≤ {MOST_BYTES_A_PAGE}", each <= MOST_BYTES_A_PAGE)


def _faster(what: str, peer: Measured, ours: Measured, aim: float | None) -> Ratio:
    share = ours.made / peer.made  # a sign that could not be drawn is no sign drawn fast
    clock, cpu = peer.seconds / ours.seconds * share, peer.cpu_seconds / ours.cpu_seconds * share
    return Ratio(what, clock, cpu, f"≥ {aim:g}" if aim else "", cpu >= aim if aim else None)


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
        "typst": version("typst"),
    }


def report(
    facts: Mapping[str, str | int], sizes: Sequence[Size], signs: Sequence[Size], compared: Sequence[Ratio]
) -> str:
    """The figures as Markdown."""
    parts = [", ".join(f"{name.replace('_', ' ')} {value}" for name, value in facts.items())]
    if sizes:
        parts.append(_step_table(sizes))
    if signs:
        parts.append(_sign_table(signs))
    met = {None: "", True: "yes", False: "**no**"}
    ratio_rows = [
        (r.what, f"{r.clock:.3g}", "" if r.cpu is None else f"{r.cpu:.3g}", r.aim, met[r.met])
        for r in compared
    ]
    return "\n\n".join((*parts, _table(("ratio", "clock", "CPU", "aim", "met"), ratio_rows)))


def _step_table(sizes: Sequence[Size]) -> str:
    head = (
        "step",
        *(f"{size.stations:,}: {name}" for size in sizes for name in ("s", "CPU s", "MB", "made")),
    )
    rows = [
        (STEPS[step], *(cell for size in sizes for cell in _cells(size.steps.get(step))))
        for step in STEPS
        if any(step in size.steps for size in sizes)
    ]
    return _table(head, rows)


def _sign_table(sizes: Sequence[Size]) -> str:
    head = (
        "signs",
        *(
            f"{size.stations:,}: {name}"
            for size in sizes
            for name in ("s", "CPU s", "CPU ms each", "MB", "KB each")
        ),
    )
    rows = [
        (what, *(cell for size in sizes for cell in _sign_cells(size.steps.get(step))))
        for step, what in SIGN_STEPS.items()
        if any(step in size.steps for size in sizes)
    ]
    return _table(head, rows)


def _sign_cells(measured: Measured | None) -> tuple[str, ...]:
    if measured is None or not measured.made:
        return ("",) * 4 + ("" if measured is None else f"{measured.failed:,} failed",)
    weight = f"{measured.size / measured.made / 1024:.1f}" if measured.size else ""
    return (
        f"{measured.seconds:.1f}",
        f"{measured.cpu_seconds:.1f}",
        f"{measured.cpu_seconds / measured.made * 1000:.1f}",
        f"{measured.peak_mb:.0f}",
        weight + (f", {measured.failed:,} failed" if measured.failed else ""),
    )


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
    parser.add_argument(
        "--signs",
        type=int,
        nargs="*",
        metavar="COUNT",
        help=f"the part on signs only (default: {', '.join(map(str, SIGNS))} of them)",
    )
    arguments = parser.parse_args()
    sources = [arguments.data / name for name in (SOURCES[:1] if arguments.small else SOURCES)]
    if absent := [path.name for path in sources if not path.is_file()]:
        parser.exit(1, f"There is no station data to measure with: {arguments.data} lacks {' and '.join(absent)}.\n"
                       "Name the folder that holds the extracts of the French IRVE data with --data FOLDER.\n")  # fmt: skip
    small = tuple(step for step in STEPS if step not in (*ONLY_MANY, "speak"))
    large = tuple(step for step in small if step not in SMALL_ONLY)
    sizes = []
    if arguments.signs is None:
        sizes += [measure(source, small if source.name == SOURCES[0] else large) for source in sources]
        if not arguments.small:
            sizes += [measure(sources[-1], REPEATED), measure(sources[-1], LANGUAGES)]
    if arguments.signs is not None or not arguments.small:
        signs = measure_signs(sources[-1], arguments.signs or tuple(SIGNS))
    else:
        signs = []
    facts, compared = machine(), (*ratios(sizes), *sign_ratios(signs))
    print(report(facts, sizes, signs, compared))
    if arguments.json:
        figures = {
            "machine": facts,
            "sizes": [asdict(size) for size in sizes],
            "signs": [asdict(size) for size in signs],
            "ratios": [asdict(r) for r in compared],
        }
        arguments.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
