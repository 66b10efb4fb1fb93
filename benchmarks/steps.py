"""One step of the benchmark, in a process of its own: `python benchmarks/steps.py STEP ROOM [SOURCE]`.

ROOM is a folder to work in, the same for all steps of a run; SOURCE the file that the step `import` reads. Prints one JSON
object: `seconds`, `cpu_seconds`, `peak_mb`, `made`, `failed`. What a step stands on (imports, loading, planning) is done
before the clock starts. `python -m cProfile -s tottime benchmarks/steps.py plan ROOM` says where the time goes.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
import resource
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chargeside.build import Report
    from chargeside.findings import Findings
    from chargeside.model.network import Network

TODAY = "2026-11-22"
"""Fixed, so that every run makes the same files."""
PLACARDS = 100
MANY = 300_000
"""EVSEs of the largest networks, such as all of a country."""
STATIONS = 10_000
"""Stations of a large operator, with pages in all languages."""
REPEATED = "repeated.json"
SITES: Mapping[str, tuple[str, ...]] = {"driver": ("driver",), "whole": ("library", "driver", "placards")}
"""Parts of a build by the name of its output folder."""
_LOOK_EVERY_S = 0.5
_MIB = 1024 * 1024
_RSS_UNIT = 1 if sys.platform == "darwin" else 1024  # bytes of ru_maxrss (getrusage(2) of the two systems)


@dataclass(frozen=True)
class Room:
    """Where the steps of a run find what earlier steps made. `source` is empty but for the import."""

    root: Path
    source: Path

    @property
    def operator(self) -> Path:
        """The operator's folder."""
        return self.root / "operator"

    def out(self, name: str) -> Path:
        """An output folder."""
        return self.root / f"out-{name}"


@dataclass(frozen=True)
class Made:
    """What a step made: Locations, stations or files; how many could not be made; and bytes, where they tell something."""

    count: int
    failed: int = 0
    size: int = 0


Run = Callable[[], Made]
"""The part of a step that is measured."""


def start(room: Room) -> Run:
    """Importing the program, which every command waits for."""
    del room

    def run() -> Made:
        import chargeside.build
        import chargeside.cli  # noqa: F401 - importing it is the work

        return Made(1)

    return run


def repeat(room: Room, evses_wanted: int = MANY, stations_wanted: int = MANY) -> Run:
    """An OCPI file of so many EVSEs or stations, whichever comes first: those of the source over and over, each time with
    other ids."""
    from chargeside.findings import Findings
    from chargeside.importers.irve import read_irve

    def run() -> Made:
        evses = written = 0
        stations = read_irve(room.source, Findings())
        with (room.root / REPEATED).open("w", encoding="utf-8") as file:
            for turn in count():
                for station in stations:
                    line = json.dumps({**station, "id": f"{station['id']}-{turn}"}, ensure_ascii=False)
                    file.write(f"{line}\n")
                    evses += len(station["evses"])
                    written += 1
                    if evses >= evses_wanted or written >= stations_wanted:
                        return Made(evses)
        raise AssertionError("the source holds no stations")

    return run


def import_stations(room: Room) -> Run:
    """`chargeside import` into a new operator's folder, with a code for every station: IRVE, or OCPI when it is JSON."""
    from chargeside.findings import Findings
    from chargeside.importers.importer import importer
    from chargeside.importing import import_feed
    from chargeside.scaffold import new_operator

    new_operator(room.operator, station_is="location", country="FR")
    found = importer("ocpi" if room.source.suffix == ".json" else "irve")
    return lambda: Made(import_feed(found, room.source, room.operator, "feed", TODAY, Findings()).locations)


def speak(room: Room) -> Run:
    """All languages for every country, in operator.yml."""
    from chargeside.i18n import LANGUAGES

    path = room.operator / "operator.yml"

    def run() -> Made:
        every = f"languages: [{', '.join(LANGUAGES)}]"
        text, count = re.subn(r"languages: \[[a-z, ]*\]", every, path.read_text(encoding="utf-8"))
        assert count, f"{path} names no languages"
        path.write_text(text, encoding="utf-8")
        return Made(len(LANGUAGES))

    return run


def load(room: Room) -> Run:
    """Guides, connectors and the operator's folder into a Network."""
    from chargeside.findings import Findings
    from chargeside.load.content import load_content
    from chargeside.load.network import load_network

    def run() -> Made:
        findings = Findings()
        network = load_network(room.operator, load_content(findings, room.operator), findings)
        return Made(len(network.stations) if network else 0)

    return run


def check(room: Room) -> Run:
    """All rules over a Network that is loaded already."""
    from chargeside.build import committed_codes
    from chargeside.check.cabinets import check_cabinets
    from chargeside.check.guides import check_content
    from chargeside.check.operator import check_ledger, check_operator

    network, findings = network_of(room)

    def run() -> Made:
        check_content(network.content, TODAY, findings)
        check_operator(network, findings)
        check_cabinets(network, findings)
        check_ledger(network, committed_codes(room.operator), findings)
        return Made(len(network.stations))

    return run


def plan(room: Room) -> Run:
    """The plan of the driver site."""
    from chargeside.plan.driver import plan_driver

    network, _ = network_of(room)
    return lambda: Made(len(plan_driver(network).jobs))


def pages(room: Room) -> Run:
    """All pages of the driver site rendered and written, by a plan that stands already."""
    from chargeside.errors import RenderError
    from chargeside.plan.driver import plan_driver
    from chargeside.render.driver import RENDERERS
    from chargeside.write import Manifest, Output

    network, _ = network_of(room)
    planned = plan_driver(network)
    out = room.out("pages")
    out.mkdir()

    def run() -> Made:
        failed = 0
        with Output(out).release() as release:
            for job in planned.jobs:
                try:
                    release.put(job.path, RENDERERS[job.kind](job.payload, planned.shared))
                except RenderError:
                    failed += 1
            release.commit(Manifest())
        return Made(len(planned.jobs) - failed, failed)

    return run


def placards(room: Room, workers: int) -> Run:
    """PLACARDS signs drawn, proofed and written, loading included."""
    network, _ = network_of(room)
    codes = tuple(station.code for station in network.stations[:PLACARDS])
    del network
    return lambda: _build(room, f"placards-{workers}", ("placards",), workers, codes)


def first_build(room: Room, name: str) -> Run:
    """Everything in SITES[name] into an empty folder: load, check, plan, render, write."""
    import chargeside.build  # noqa: F401 - importing is measured by the step `start`

    return lambda: _build(room, name, SITES[name])


def same_build(room: Room, name: str) -> Run:
    """The same once more, with nothing changed. Raises AssertionError when it renders anything."""
    import chargeside.build  # noqa: F401 - importing is measured by the step `start`

    def run() -> Made:
        made = _build(room, name, SITES[name])
        assert not made.count, f"{made.count} files were rendered though nothing had changed"
        return made

    return run


def changed_build(room: Room) -> Run:
    """The same after one station's ways to pay changed, in overrides.csv."""
    network, _ = network_of(room)
    station = network.stations[0]
    answer = "no" if "contactless" in station.facts.many("payment") else "yes"
    with (room.operator / "overrides.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("evse", "payment.contactless"))
        writer.writerows((point.evse.uid, answer) for point in station.points)
    del network
    return lambda: _build(room, "driver", SITES["driver"])


def network_of(room: Room) -> tuple[Network, Findings]:
    """The operator's network, loaded and checked, with its findings. Raises AssertionError for errors among them."""
    from chargeside.build import load_and_check
    from chargeside.findings import Findings

    findings = Findings()
    network = load_and_check(room.operator, TODAY, findings)
    assert network is not None, [str(finding) for finding in findings.errors]
    return network, findings


def _build(
    room: Room, out: str, parts: tuple[str, ...], workers: int = 1, codes: tuple[str, ...] = ()
) -> Made:
    from chargeside.build import Options, build

    report: Report = build(room.operator, Options(room.out(out), TODAY, parts, workers, codes=codes))
    return Made(len(report.rendered), len(report.failed))


STEPS: Mapping[str, Callable[[Room], Run]] = {
    "start": start,
    "repeat": repeat,
    "repeat-stations": lambda room: repeat(room, stations_wanted=STATIONS),
    "import": import_stations,
    "speak": speak,
    "load": load,
    "check": check,
    "plan": plan,
    "pages": pages,
    "placards-1": lambda room: placards(room, 1),
    "placards-2": lambda room: placards(room, 2),
    "first-build": lambda room: first_build(room, "driver"),
    "same-build": lambda room: same_build(room, "driver"),
    "changed-build": changed_build,
    "whole-first": lambda room: first_build(room, "whole"),
    "whole-same": lambda room: same_build(room, "whole"),
}
"""In the order they must run: later steps find what earlier ones made."""


def _cpu_seconds() -> float:
    """Of this process and of those it has waited for."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


def _peak_mb() -> float:
    """Most memory this process held at any time, in units of 2^20 bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _RSS_UNIT / _MIB


class _Workers(Thread):
    """Watches the processes that this one starts; `peak_mb` is the sum of the most that each of them held.

    The system's own count for children (RUSAGE_CHILDREN) will not do: what is started by fork begins with our memory.
    Reads /proc, so on other systems than Linux the sum stays 0.
    """

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self._peaks: dict[str, int] = {}
        self._done = Event()

    def run(self) -> None:
        while not self._done.wait(_LOOK_EVERY_S):
            for children in Path("/proc/self/task").glob("*/children"):
                with suppress(OSError):  # a process may end while we look
                    for number in children.read_text().split():
                        self._look(number)

    def _look(self, number: str) -> None:
        found = re.search(r"VmHWM:\s*(\d+) kB", Path(f"/proc/{number}/status").read_text())
        if found and b"multiprocessing" in Path(f"/proc/{number}/cmdline").read_bytes():
            self._peaks[number] = int(found[1])

    def peak_mb(self) -> float:
        """Stops watching."""
        self._done.set()
        self.join()
        return sum(self._peaks.values()) * 1024 / _MIB


def main() -> None:
    """Run one step and print what it took."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("step", choices=STEPS)
    parser.add_argument("room", type=Path)
    parser.add_argument("source", type=Path, nargs="?", default=Path())
    arguments = parser.parse_args()
    measured(STEPS[arguments.step](Room(arguments.room, arguments.source)))


def measured(run: Run) -> None:
    """Run what is to be measured, and print what it took as JSON."""
    workers = _Workers()
    workers.start()
    cpu, clock = _cpu_seconds(), time.perf_counter()
    made = run()
    result = {
        "seconds": round(time.perf_counter() - clock, 4),
        "cpu_seconds": round(_cpu_seconds() - cpu, 4),
        "peak_mb": round(_peak_mb() + workers.peak_mb(), 1),
        "made": made.count,
        "failed": made.failed,
        "size": made.size,
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
