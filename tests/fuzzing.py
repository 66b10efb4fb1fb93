"""Throws damaged files at every reader: `python tests/fuzzing.py --inputs 100000`.

Each input is a small sound file with something done to it: bytes flipped, cut out, put in twice; a value of its JSON, or a
cell of its table, replaced by something nobody expects. A reader must come back, in bounded time, with Locations or with
findings that name a mend, and nothing else. The inputs follow from the seed, so what is found can be shown again.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import io
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from chargeside.findings import Findings
from chargeside.importers.feed import feed_bytes
from chargeside.importers.importer import importer
from chargeside.load.ledger import load_ledger
from chargeside.load.ocpi import read_feed
from chargeside.load.overrides import load_overrides

SEEDS = Path(__file__).parent / "cases" / "fuzz"
SECONDS_EACH = 5.0
"""Far more than any input takes, also on a busy machine; what hangs takes longer."""

Reader = Callable[[Path, Findings], object]

_NASTY_TEXTS = ("", " ", "0", "-1", "1e999", "NaN", "null", "\x00", "\u202eevil", "=1+1", "@SUM(1)", "../../etc/passwd",
                "<script>", "ß" * 300, "9" * 400, "\ud800", "true", "2026-13-45T99:99:99Z", "24:00", "{{7*7}}", "%s%n", ";", ",", '"')  # fmt: skip
_NASTY_VALUES: tuple[object, ...] = (
    None,
    True,
    False,
    0,
    -1,
    1e308,
    10**30,
    [],
    {},
    [[]],
    [None],
    {"": None},
    *_NASTY_TEXTS,
)
_NASTY_NUMBERS = ("1e999", "-1e999", "NaN", "-Infinity", "-0", "1e-999", "9" * 400, "9" * 5000, "0.1e1", "00")
"""As they stand in JSON: some are none, some are more than a number of Python holds."""
_PLACE = "a nasty number stands here"
_NASTY_BYTES = (b"", b"\x00", b"\xff", b"\xef\xbb\xbf", b"{", b"}", b"[", b"]", b",", b";", b'"', b"\n", b"\r", b"\t", b"\\u",
                b"\\ud800", b"NaN", b"-Infinity", b"1e9999", b"[" * 2000, b"\xc3", b"PK\x03\x04", b"\x1f\x8b", b"<html>")  # fmt: skip


@dataclass(frozen=True)
class Failure:
    """An input that a reader did not come back from as it must."""

    seed: str
    number: int
    why: str


@cache
def reader(name: str) -> Reader:
    """Who reads seeds of a kind: the first part of a seed's name is the importer, or what reads it in an operator's folder."""
    if name == "ledger":
        return lambda path, findings: load_ledger(path, "op/ledger.csv", findings)
    if name == "overrides":
        return lambda path, findings: load_overrides(path, "op/overrides.csv", findings)
    found = importer(name)
    return lambda path, findings: _read(found.read, path, findings)


def _read(read: Callable[..., Iterable[dict[str, object]]], path: Path, findings: Findings) -> None:
    """As `import` does: read, write as OCPI, load. What an importer makes must be a feed that can be read."""
    locations = list(read(path, findings))
    if findings.errors:
        return
    data = feed_bytes(locations, "fuzz")
    path.write_bytes(data)
    loaded = Findings()
    read_feed(path, "op/stations/fuzz.json", {}, loaded)
    broken = [finding for finding in loaded.errors if finding.code[0] == "F"]
    assert not broken, f"it made a feed that cannot be read: {broken[0]}"


def damaged(sound: bytes, chance: random.Random) -> bytes:
    """The file with one to three things done to it."""
    data = sound
    for _ in range(chance.randint(1, 3)):
        data = chance.choice((_bytes, _bytes, _json, _json, _table))(data, chance)
    return gzip.compress(data, 1) if chance.random() < 0.02 else data


def _bytes(data: bytes, chance: random.Random) -> bytes:
    start = chance.randint(0, len(data))
    end = min(len(data), start + int(chance.expovariate(0.05)))
    what = chance.randrange(5)
    if what == 0:
        return data[:start] + data[end:]
    if what == 1:
        return data[:start] + data[start:end] * chance.randint(2, 4) + data[end:]
    if what == 2:
        return data[:start]
    if what == 3 and data:
        at = min(start, len(data) - 1)
        return data[:at] + bytes([data[at] ^ 1 << chance.randrange(8)]) + data[at + 1 :]
    return data[:start] + chance.choice(_NASTY_BYTES) + data[start:]


def _json(data: bytes, chance: random.Random) -> bytes:
    try:
        whole = json.loads(data)
    except (ValueError, RecursionError):
        return _bytes(data, chance)
    places = list(_places(whole))
    if not places:
        return _bytes(data, chance)
    holder, key = chance.choice(places)
    what = chance.randrange(4)
    if what == 0:
        del holder[key]
    elif what == 1 and isinstance(holder, list):
        holder.insert(key, holder[key])
    elif what == 2:
        other, other_key = chance.choice(places)
        holder[key] = json.loads(json.dumps(other[other_key]))
    elif what == 3 and chance.random() < 0.2:
        holder[key] = _PLACE
        return json.dumps(whole).replace(json.dumps(_PLACE), chance.choice(_NASTY_NUMBERS)).encode()
    else:
        holder[key] = chance.choice(_NASTY_VALUES)
    return json.dumps(whole, ensure_ascii=True).encode()


def _places(value: object) -> Iterator[tuple[object, object]]:
    """Every place in a JSON value that can be written to: a list or object, and index or key."""
    waiting = [value]
    while waiting:
        holder = waiting.pop()
        pairs = (
            holder.items()
            if isinstance(holder, dict)
            else enumerate(holder)
            if isinstance(holder, list)
            else ()
        )
        for key, inner in list(pairs):
            yield holder, key
            waiting.append(inner)


def _table(data: bytes, chance: random.Random) -> bytes:
    try:
        text = data.decode()
        delimiter = ";" if text.count(";") > text.count(",") else ","
        rows = list(csv.reader(io.StringIO(text), delimiter=delimiter))
    except (UnicodeDecodeError, csv.Error):
        return _bytes(data, chance)
    filled = [row for row in rows if row]
    if not filled:
        return _bytes(data, chance)
    row = chance.choice(filled)
    row[chance.randrange(len(row))] = chance.choice(_NASTY_TEXTS)
    if chance.random() < 0.2:
        rows.append(list(chance.choice(filled)))
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue().encode("utf-8", "surrogatepass")


def fuzz(inputs: int, seed: int, first: int = 0) -> tuple[Counter[str], list[Failure]]:
    """Inputs `first` to `first + inputs`; how many each reader got, and what failed."""
    seeds = sorted(path for path in SEEDS.iterdir() if path.is_file())
    counted: Counter[str] = Counter()
    failures: list[Failure] = []
    with TemporaryDirectory() as folder:
        for number in range(first, first + inputs):
            chance = random.Random(f"{seed}-{number}")
            sound = chance.choice(seeds)
            data = damaged(sound.read_bytes(), chance)
            name = sound.name.split(".")[0].split("-")[0]
            path = Path(folder) / f"input{sound.suffix}"
            path.write_bytes(data)
            counted[name] += 1
            why = _tried(reader(name), path)
            if why:
                failures.append(Failure(sound.name, number, why))
    return counted, failures


def _tried(read: Reader, path: Path) -> str:
    """What is wrong with how a reader came back; empty when nothing is."""
    findings = Findings()
    start = time.process_time()
    try:
        read(path, findings)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is what is looked for
        return f"{type(error).__name__}: {error}"[:500]
    took = time.process_time() - start
    return f"took {took:.1f} s" if took > SECONDS_EACH else ""


def _part(arguments: tuple[int, int, int]) -> tuple[Counter[str], list[Failure]]:
    inputs, seed, first = arguments
    return fuzz(inputs, seed, first)


def main() -> None:
    """Run, print what was tried, and end with status 1 when anything failed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--inputs", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=20261122)
    parser.add_argument("--workers", type=int, default=2)
    arguments = parser.parse_args()
    share = 1000
    parts = [
        (min(share, arguments.inputs - first), arguments.seed, first)
        for first in range(0, arguments.inputs, share)
    ]
    counted: Counter[str] = Counter()
    failures: list[Failure] = []
    start = time.perf_counter()
    with ProcessPoolExecutor(arguments.workers) as pool:
        for done, (some, failed) in enumerate(pool.map(_part, parts), 1):
            counted += some
            failures += failed
            print(
                f"\r{done} of {len(parts)} thousand, {len(failures)} failed",
                end="",
                file=sys.stderr,
                flush=True,
            )
    print(file=sys.stderr)
    for failure in failures[:20]:
        print(f"{failure.seed}, input {failure.number}: {failure.why}")
    shares = ", ".join(f"{name} {number:,}" for name, number in sorted(counted.items()))
    print(
        f"{counted.total():,} inputs ({shares}) in {time.perf_counter() - start:.0f} s, {len(failures)} failed."
    )
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
