"""Access logs as they come, into counts. DuckDB cuts and judges the lines; what is packed or comes from a pipe is fed to it."""

from __future__ import annotations

import io
import itertools
import os
import threading
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING

from chargeside.errors import ChargesideError
from chargeside.reporting.counts import Counts
from chargeside.reporting.events import CODE, LANG, SLUG, folded_sql, hits_sql
from chargeside.reporting.formats import LogFormat, formats_of, text
from chargeside.reporting.site import Site

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

STDIN = Path("-")
LONGEST_LINE = 65_536
"""Bytes. No server writes longer ones of its own will; what is longer is counted as damaged."""
_HEAD = 1 << 18
_CHUNK = 1 << 20
_BLOCK = 1 << 23
"""Bytes. DuckDB loses lines without a word that are longer than its buffers of 32 MB; lines of two blocks at most it counts."""
_SIP = 1 << 10
"""Bytes of a file packed with zstd that are unpacked at once: a few can stand for 128 KiB."""
_WINDOW = 1 << 27
_MOST_HITS = 3_000_000
"""Counted hits that are folded at once: bounds the memory it takes."""

_GZIP, _ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"


@dataclass(slots=True)
class Told:
    """What the reading of one log came to, for people: `form` is '' where no line was known. `ended`: why it could not be read to its
    end. `shapes`: how damaged lines look, without anything of a visitor's."""

    path: Path
    form: str = ""
    lines: int = 0
    damaged: int = 0
    ended: str = ""
    shapes: tuple[str, ...] = field(default=())


def count_logs(
    paths: Sequence[Path],
    site: Site,
    counts: Counts,
    *,
    scratch: Path,
    salt: str,
    latest: float,
    progress: Callable[[Path], None] = lambda path: None,
    issued: Callable[[], Iterable[str]] | None = None,
) -> list[Told]:
    """Add what these logs tell to the counts. `-` is standard input; a folder that `Counts.write_parquet` wrote is added as it is.

    `salt`: random, for this run only: visitors' addresses and agents are folded by a salted digest. `latest`: seconds since 1970; lines from later are
    damaged. `issued`: gives the codes that were ever issued, by default those of `site`; it is asked when all is read. Raises ChargesideError for a log that cannot be opened; damage inside is counted and told."""
    database = counts.database
    database.execute("""CREATE OR REPLACE TEMP TABLE hits (fate VARCHAR, day INTEGER, second BIGINT, visitor UBIGINT, kind VARCHAR,
        station VARCHAR, problem VARCHAR, lang VARCHAR, inside BOOLEAN)""")
    told = []
    for path in paths:
        progress(path)
        if path.is_dir():
            counts.add_parquet(path)
            continue
        told.append(_read(path, site, database, scratch, salt, latest))
    codes = list(site.kinds if issued is None else issued())
    database.execute(
        "CREATE OR REPLACE TEMP TABLE issued AS SELECT unnest($1::VARCHAR[]) AS station", [codes]
    )
    _fold(database)
    # A page that is missing at a code that was issued is a fault of the site, not a sign of somebody else's.
    database.execute("DELETE FROM counts WHERE kind = 'unknown' AND station IN (SELECT station FROM issued)")
    counts.add_up()
    return told


def _read(
    path: Path, site: Site, database: DuckDBPyConnection, scratch: Path, salt: str, latest: float
) -> Told:
    told = Told(path)
    with _opened(path, scratch, told) as (head, source):
        form = formats_of(head.decode("utf-8", "replace").splitlines())
        if form is None:
            lines = source.count_lines(head) if head else 0
            told.lines = told.damaged = lines
            told.shapes = tuple(_shape(line) for line in head.decode("utf-8", "replace").splitlines()[:3])
            database.execute("INSERT INTO lines VALUES (-1, 'damaged', ?)", [lines])
            return told
        told.form = form.name
        _insert(source.given_to(head), form, site, database, told, salt, latest)
    return told


def _insert(
    file: Path,
    form: LogFormat,
    site: Site,
    database: DuckDBPyConnection,
    told: Told,
    salt: str,
    latest: float,
) -> None:
    # One column: nothing in a line may end it but its end. Damaged lines go where they can be counted.
    lines = f"""read_csv({text(str(file))}, columns = {{'line': 'VARCHAR'}}, delim = E'\\x01', quote = '', escape = '', header = false,
        auto_detect = false, max_line_size = {LONGEST_LINE}, strict_mode = false, store_rejects = true, rejects_limit = 0,
        compression = 'none')"""
    before = _fates(database)
    database.execute(f"INSERT INTO hits {hits_sql(lines, form, site, salt, latest)}")
    after = _fates(database)
    (rejected,) = database.execute("SELECT count(DISTINCT line) FROM reject_errors").fetchone() or (0,)
    database.execute("DROP TABLE reject_errors; DROP TABLE reject_scans")
    if rejected:
        database.execute("INSERT INTO lines VALUES (-1, 'damaged', ?)", [rejected])
    for lack, missing in (("no_referer", not form.has_referer), ("no_agent", not form.has_agent)):
        if missing:
            database.execute(
                "INSERT INTO lines VALUES (-1, ?, ?)",
                [lack, after.get("counted", 0) - before.get("counted", 0)],
            )
    told.lines = sum(after.values()) - sum(before.values()) + rejected
    told.damaged = after.get("damaged", 0) - before.get("damaged", 0) + rejected


def _fates(database: DuckDBPyConnection) -> dict[str, int]:
    return dict(database.execute("SELECT fate, count(*) FROM hits GROUP BY fate").fetchall())


def _shape(line: str) -> str:
    """How a line looks, without anything it says: `127.0.0.1 - bob` becomes `999.9.9.9 - aaa`."""
    shown = (
        "9" if one.isdigit() else "a" if one.isalpha() else one if one in ' .:/-[]"{},?=&' else "·"
        for one in line[:100]
    )
    return "".join(shown)


def _fold(database: DuckDBPyConnection) -> None:
    """Hits become counts, some days at a time, and are gone."""
    database.execute("INSERT INTO lines SELECT day, fate, count(*) FROM hits GROUP BY ALL")
    days = database.execute(
        "SELECT day, count(*) FROM hits WHERE fate = 'counted' GROUP BY day ORDER BY day"
    ).fetchall()
    for first, last in _batches(days):
        database.execute(
            f"""CREATE OR REPLACE TEMP VIEW batch AS SELECT visitor, second, kind, problem, lang, inside,
              if(kind = 'unknown' OR station IN (SELECT station FROM issued), station, '') AS station FROM hits
            WHERE fate = 'counted' AND day BETWEEN {int(first)} AND {int(last)}"""
        )
        # What a log could be made to say: an address of a page with words for a language that are none.
        sound = " AND ".join(
            f"({column} = '' OR regexp_full_match({column}, {text(pattern)}))"
            for column, pattern in (("lang", LANG), ("problem", SLUG), ("station", CODE))
        )
        database.execute(f"INSERT INTO counts SELECT * FROM ({folded_sql('batch')}) WHERE {sound}")
    database.execute("DROP VIEW IF EXISTS batch; DROP TABLE hits")


def _batches(days: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    start, held, last = None, 0, 0
    for day, hits in days:
        if start is not None and held + hits > _MOST_HITS:
            yield start, last
            start, held = None, 0
        start = day if start is None else start
        held, last = held + hits, day
    if start is not None:
        yield start, last


# ------------------------------------------------------------------------------------------------------------- opening


class _Plain:
    """A file that DuckDB reads by itself, on all cores."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def given_to(self, head: bytes) -> Path:  # noqa: ARG002 - the head is in the file
        return self._path

    def count_lines(self, head: bytes) -> int:  # noqa: ARG002
        with self._path.open("rb") as file:
            return sum(chunk.count(b"\n") for chunk in iter(lambda: file.read(_CHUNK), b"")) or 1


class _Fed:
    """Bytes that come through a pipe of the file system: no log is ever written unpacked."""

    def __init__(self, rest: Iterator[bytes], scratch: Path) -> None:
        self._rest = rest
        self._pipe = scratch / "log"

    def given_to(self, head: bytes) -> Path:
        os.mkfifo(self._pipe, 0o600)
        threading.Thread(target=self._feed, args=(head,), daemon=True).start()
        return self._pipe

    def _feed(self, head: bytes) -> None:
        try:
            with self._pipe.open("wb") as pipe:
                pipe.write(head)
                for chunk in self._rest:
                    pipe.write(chunk)
        except BrokenPipeError:
            pass  # the reader has given up, and says why itself

    def count_lines(self, head: bytes) -> int:
        return head.count(b"\n") + sum(chunk.count(b"\n") for chunk in self._rest) or 1

    def done(self) -> None:
        self._pipe.unlink(missing_ok=True)


@contextmanager
def _opened(path: Path, scratch: Path, told: Told) -> Iterator[tuple[bytes, _Plain | _Fed]]:
    """The beginning of a log, unpacked, and where the whole comes from."""
    try:
        file: IO[bytes] = os.fdopen(os.dup(0), "rb") if path == STDIN else path.open("rb")
    except OSError as error:
        raise ChargesideError(f"cannot read {path}: {error.strerror}") from None
    with file:
        buffered = io.BufferedReader(file, _CHUNK) if isinstance(file, io.RawIOBase) else file
        start = buffered.read(4)
        plain = path != STDIN and not start.startswith(_GZIP) and start != _ZSTD and path.is_file()
        if plain and not _has_huge_line(path):
            yield (start + buffered.read(_HEAD))[:_HEAD], _Plain(path)
            return
        chunks = _shortened(_unpacked(start, buffered, told))
        head = b""
        for chunk in chunks:
            head += chunk
            if len(head) >= _HEAD:
                break
        fed = _Fed(chunks, scratch)
        try:
            yield head, fed
        finally:
            fed.done()


def _has_huge_line(path: Path) -> bool:
    """Whether a line fills a whole block, as each of two blocks' length does. Of blocks that hold the end of a line only the beginning is read."""
    with path.open("rb") as file:
        for at in range(0, path.stat().st_size - _BLOCK, _BLOCK):
            file.seek(at)
            if b"\n" not in file.read(LONGEST_LINE) and b"\n" not in file.read(_BLOCK - LONGEST_LINE):
                return True
    return False


def _shortened(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The same without the rest of lines that have filled a block: what is left of them is still far too long, and is counted as damaged."""
    held = 0
    for chunk in chunks:
        kept = chunk[max(chunk.find(b"\n"), 0) :] if held > _BLOCK else chunk
        if held > _BLOCK and not kept.startswith(b"\n"):
            continue
        held = len(kept) - kept.rfind(b"\n") - 1 + (0 if b"\n" in kept else held)
        yield kept


def _unpacked(start: bytes, file: IO[bytes], told: Told) -> Iterator[bytes]:
    """What a file unpacks to, piece by piece; where it is damaged, what came before."""
    packed = iter(lambda: file.read(_CHUNK), b"")
    try:
        if start.startswith(_GZIP):
            yield from _gunzipped(start, packed)
        elif start == _ZSTD:
            yield from _unzstd(start, file)
        else:
            yield start
            yield from packed
    except (zlib.error, EOFError, OSError, ValueError) as error:
        told.ended = str(error) or "the file ends early"


def _gunzipped(start: bytes, packed: Iterator[bytes]) -> Iterator[bytes]:
    """Members one after the other, as `cat a.gz b.gz` makes them; each step gives at most a chunk, whatever it unpacks to."""
    unpacker, held = zlib.decompressobj(31), start
    while True:
        out = unpacker.decompress(held, _CHUNK)
        if out:
            yield out
        held = unpacker.unconsumed_tail
        if unpacker.eof:
            held = unpacker.unused_data or next(packed, b"")
            if not held.strip(b"\0"):
                return
            unpacker = zlib.decompressobj(31)
        elif not held:
            held = next(packed, b"")
            if not held:
                raise EOFError("the packed file ends early")


def _unzstd(start: bytes, file: IO[bytes]) -> Iterator[bytes]:
    try:
        import zstandard
    except ImportError:
        raise ChargesideError(
            'logs packed with zstd need a package that is not here: pip install "chargeside[report]"'
        ) from None

    unpacker = zstandard.ZstdDecompressor(max_window_size=_WINDOW)
    one, fresh = unpacker.decompressobj(), True
    try:
        for held in itertools.chain((start,), iter(lambda: file.read(_SIP), b"")):
            rest = held
            while rest:
                fresh = False
                yield one.decompress(rest)
                rest = one.unused_data
                if one.eof:
                    one, fresh = unpacker.decompressobj(), True
                else:
                    break
    except zstandard.ZstdError as error:
        raise ValueError(str(error)) from None
    if not fresh:
        raise EOFError("the packed file ends early")
