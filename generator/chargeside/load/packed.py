"""Files that may be packed with gzip: opened as what they hold, and never unpacked beyond a limit."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

from chargeside.findings import Findings

GZIP = b"\x1f\x8b"
"""First bytes of a gzip file."""
DAMAGED = (gzip.BadGzipFile, EOFError, zlib.error)
"""What reading a damaged gzip file raises. Catch it before OSError, of which BadGzipFile is one."""
_CHUNK_BYTES = 1024 * 1024


def open_unpacked(path: Path) -> IO[bytes]:
    """Open a file for its bytes, unpacked where it is gzip. Raises OSError; reading on may raise what DAMAGED says."""
    with path.open("rb") as file:
        packed = file.read(len(GZIP)) == GZIP
    return cast(IO[bytes], gzip.open(path, "rb")) if packed else path.open("rb")


def read_at_most(file: IO[bytes], most: int) -> bytes | None:
    """All bytes of an open file; None when there are more than `most`: a small gzip file can hold terabytes of zeros."""
    chunks: list[bytes] = []
    size = 0
    while chunk := file.read(_CHUNK_BYTES):
        size += len(chunk)
        if size > most:
            return None
        chunks.append(chunk)
    return b"".join(chunks)


def start_of(path: Path, most: int) -> bytes:
    """The first `most` bytes that a file holds, unpacked; empty where it cannot be read: who reads all of it says why."""
    try:
        with open_unpacked(path) as file:
            return file.read(most)
    except (*DAMAGED, OSError):
        return b""


@contextmanager
def said_when_unreadable(shown: str, findings: Findings) -> Iterator[None]:
    """Turns what opening and reading such a file may raise into a finding."""
    try:
        yield
    except FileNotFoundError:
        findings.add("F101", shown, None, "no such file", "correct the name")
    except DAMAGED as error:
        findings.add("F104", shown, None, f"the gzip archive is damaged: {error}", "fetch the file again")
    except OSError as error:
        mend = "check the file's kind and its permissions"
        findings.add("F101", shown, None, f"cannot be read: {error.strerror}", mend)
