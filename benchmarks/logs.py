"""Access logs into a report, beside GoAccess on the same file: `make bench`, or `python benchmarks/logs.py [--lines N] [--alone]`.

The log is made: a day of visits of the demo operator's site (tests/made_logs.py), with programs, assets and other sites' visitors, again and
again on later days with other addresses. Each tool runs as a process of its own; this one imports nothing but the standard library and
holds no log, since on Linux a new process inherits its parent's peak memory.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parent.parent
OPERATOR = ROOT / "station_kits" / "demo"
LINES = 2_000_000
ALONE = 20_000_000
VISITS_A_DAY = 12_600
BYTES_A_LINE = 260
TIMES_AS_FAST = 8
MOST_MB = 1024
NEARLY_LINEAR = 1.5
PANELS = (
    "VISITORS",
    "REQUESTS",
    "REQUESTS_STATIC",
    "NOT_FOUND",
    "HOSTS",
    "OS",
    "BROWSERS",
    "VISIT_TIMES",
    "VIRTUAL_HOSTS",
    "REFERRERS",
    "REFERRING_SITES",
    "KEYPHRASES",
    "STATUS_CODES",
    "REMOTE_USER",
    "CACHE_STATUS",
    "GEO_LOCATION",
    "MIME_TYPE",
    "TLS_TYPE",
)
KEPT_PANELS = ("VISITORS", "REQUESTS")


@dataclass(frozen=True)
class Ran:
    """One run of a tool. `seconds` by the clock, `cpu_seconds` of the processors; `peak_mb` in units of 2^20 bytes."""

    tool: str
    lines: int
    seconds: float
    cpu_seconds: float
    peak_mb: float

    @property
    def per_second(self) -> float:
        """Lines a second, by the clock."""
        return self.lines / self.seconds


def write_days(path: Path, lines: int) -> None:
    """Write a log of about so many lines in the combined form, days one after the other, the last of them yesterday."""
    sys.path.insert(0, str(ROOT / "tests"))
    logs = import_module("made_logs")
    day = path.with_suffix(".day")
    logs.write(logs.made(1, VISITS_A_DAY, days=1).hits, logs.FORMS["nginx_combined"], day)
    block = day.read_bytes()
    day.unlink()
    count, written = block.count(b"\n"), 0
    days = max(round(lines / count), 1)
    yesterday = dt.datetime.now(dt.UTC).date() - dt.timedelta(1)
    with path.open("wb") as file:
        for number in range(days):
            file.write(_moved(block, logs.FIRST_DAY, yesterday - dt.timedelta(days - 1 - number), number))
            written += count
    print(written)


def _moved(block: bytes, first: dt.date, day: dt.date, number: int) -> bytes:
    """The lines on another day, by other visitors. Where the log's clock is behind UTC, a day's lines lie on two dates."""
    for shift in (-1, 0, 1):
        old, new = (f"[{one + dt.timedelta(shift):%d/%b/%Y}:".encode() for one in (first, day))
        block = block.replace(old, new.replace(b"[", b"[\0"))
    block = block.replace(b"[\0", b"[")
    high, low = divmod(number, 256)
    for old, new in (
        (b"198.18.", b"%d.%d." % (20 + high, low)),
        (b"2001:db8:", b"2001:%x:" % (0xDB9 + number)),
    ):
        block = block.replace(old, new)
    return block


def run(tool: str, command: Sequence[str], lines: int) -> Ran:
    """One run. Exits with what the tool said when it fails."""
    start = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        said = process.stderr.read()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    took = time.perf_counter() - start
    if process.returncode:
        sys.exit(f"{' '.join(command)}\nfailed with {process.returncode}: {said[-2000:]}")
    return Ran(tool, lines, took, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def chargeside(log: Path, out: Path) -> list[str]:
    """`chargeside report`, with the page, the tables and the counts."""
    code = f"import sys; sys.path.insert(0, {str(ROOT / 'generator')!r}); from chargeside.cli import main; main()"
    return [
        sys.executable,
        "-P",
        "-c",
        code,
        "report",
        str(log),
        "--operator",
        str(OPERATOR),
        "--out",
        str(out),
    ]


def goaccess(log: Path, out: Path, *more: str) -> list[str]:
    """GoAccess with the same log."""
    return [
        "goaccess",
        str(log),
        "--log-format=COMBINED",
        "--no-global-config",
        "--no-progress",
        "-o",
        str(out),
        *more,
    ]


def fewest_panels() -> list[str]:
    """Options that leave GoAccess only visitors and requests to count; a version knows its own panels only."""
    known = subprocess.run(["goaccess", "--help"], capture_output=True, text=True, check=False).stdout
    panels = [panel for panel in PANELS if panel not in KEPT_PANELS]
    return [f"--ignore-panel={panel}" for panel in panels] if "ignore-panel" in known else []


def measured(lines: int, *, alone: bool, runs: int) -> Iterator[Ran]:
    """Every tool with a log of so many lines, in turns; `alone`: Chargeside only."""
    with TemporaryDirectory(prefix="chargeside-bench-") as folder:
        room = Path(folder)
        if shutil.disk_usage(room).free < lines * BYTES_A_LINE * 1.5:
            sys.exit(f"{room} has no room for a log of {lines:,} lines; name another place with TMPDIR=…")
        log = room / "access.log"
        print(f"making a log of {lines:,} lines …", file=sys.stderr, flush=True)
        making = [sys.executable, __file__, "--write", str(log), "--lines", str(lines)]
        made = int(subprocess.run(making, check=True, capture_output=True, text=True).stdout)
        print(f"{made:,} lines, {log.stat().st_size:,} bytes", file=sys.stderr, flush=True)
        for _ in range(runs):
            yield run("chargeside report", chargeside(log, room / "report.html"), made)
            if not alone:
                yield run("GoAccess", goaccess(log, room / "goaccess.html"), made)
                yield run(
                    "GoAccess, visitors and requests only",
                    goaccess(log, room / "few.html", *fewest_panels()),
                    made,
                )


def best(found: Sequence[Ran]) -> list[Ran]:
    """The quickest run of each tool and size: what else the machine did bears on it least."""
    kinds = dict.fromkeys((one.tool, one.lines) for one in found)
    return [
        min((one for one in found if (one.tool, one.lines) == kind), key=lambda one: one.seconds)
        for kind in kinds
    ]


def table(found: Sequence[Ran]) -> str:
    """The figures, then the comparisons, as Markdown."""
    rows = [
        "| tool | lines | s | CPU s | MB | lines a second |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
        *(
            f"| {one.tool} | {one.lines:,} | {one.seconds:.1f} | {one.cpu_seconds:.1f} | {one.peak_mb:,.0f} | {one.per_second:,.0f} |"
            for one in found
        ),
        "",
        "| compared | by the clock | by CPU | aim | met |",
        "| --- | ---: | ---: | ---: | --- |",
        *compared(found),
    ]
    return "\n".join(rows)


def compared(found: Sequence[Ran]) -> Iterator[str]:
    """What is promised: times as fast as GoAccess, memory, growth."""
    ours = [one for one in found if one.tool.startswith("chargeside")]
    for peer in found:
        for one in ours:
            if peer not in ours and peer.lines == one.lines:
                clock, cpu = peer.seconds / one.seconds, peer.cpu_seconds / one.cpu_seconds
                met = "yes" if clock >= TIMES_AS_FAST else "no"
                yield f"| lines a second, Chargeside / {peer.tool} | {clock:.1f} | {cpu:.1f} | ≥ {TIMES_AS_FAST} | {met} |"
    for one in ours:
        met = "yes" if one.peak_mb <= MOST_MB else "no"
        yield f"| MB, Chargeside, {one.lines:,} lines | {one.peak_mb:,.0f} |  | ≤ {MOST_MB:,} | {met} |"
    for few, many in pairwise(ours):
        growth = many.lines / few.lines
        clock, cpu = many.seconds / few.seconds / growth, many.cpu_seconds / few.cpu_seconds / growth
        met = "yes" if cpu <= NEARLY_LINEAR else "no"
        yield f"| each line, {many.lines:,} / {few.lines:,} | {clock:.2f} | {cpu:.2f} | ≤ {NEARLY_LINEAR} | {met} |"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Seconds and memory for access logs, beside GoAccess.")
    parser.add_argument("--lines", type=int, default=LINES, help=f"lines of the log (default: {LINES:,})")
    parser.add_argument(
        "--alone", action="store_true", help=f"also {ALONE:,} lines (about 5 GB of disk) by Chargeside alone"
    )
    parser.add_argument("--runs", type=int, default=2, help="runs of each; the quickest counts (default: 2)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all runs to this file too")
    parser.add_argument(
        "--write", type=Path, metavar="FILE", help="only write the log, and say how many lines it has"
    )
    arguments = parser.parse_args()
    if arguments.write:
        write_days(arguments.write, arguments.lines)
        return
    beside = shutil.which("goaccess") is not None
    if not beside:
        print("GoAccess is not installed (apt-get install goaccess): measuring without it", file=sys.stderr)
    found = list(measured(arguments.lines, alone=not beside, runs=arguments.runs))
    if arguments.alone:
        found += measured(ALONE, alone=True, runs=1)
    print(table(best(found)))
    if arguments.json:
        arguments.json.write_text(
            json.dumps([asdict(one) for one in found], indent=1) + "\n", encoding="utf-8"
        )


if __name__ == "__main__":
    main()
