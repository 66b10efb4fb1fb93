"""CSV files of other sources, plain or compressed with gzip, row by row and within limits."""

from __future__ import annotations

import csv
import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, cast

from chargeside.findings import Findings

MAX_TABLE_BYTES = 1024 * 1024 * 1024
"""Largest table that is read, in bytes after unpacking: about two million rows."""
_MAX_LINE = 1024 * 1024
_OTHER_FILES = (
    (b"PK\x03\x04", "a ZIP archive or an Excel workbook", "unpack it, or save the sheet as CSV (UTF-8)"),
    (b"{", "JSON", "use `chargeside import ocpi` if it holds OCPI Locations"),
    (b"[", "JSON", "use `chargeside import ocpi` if it holds OCPI Locations"),
    (b"<", "an HTML page or XML", "fetch the file again: a login or error page may have been saved"),
    (b"\xff\xfe", "UTF-16 text", "save the file as CSV (UTF-8)"),
    (b"\xfe\xff", "UTF-16 text", "save the file as CSV (UTF-8)"),
)


class _TooLargeError(ValueError):
    """The table exceeds a limit."""


class Table:
    """Rows of a comma or semicolon separated file. Iterate once; `broken` says afterwards whether it ended in an error."""

    def __init__(self, path: Path, shown: str, findings: Findings) -> None:
        self._path = path
        self._shown = shown
        self._findings = findings
        self._line = 0
        self._row = 1
        self._size = 0
        self.broken = False

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        """Line number and cells of each row that is not empty, the header first."""
        try:
            with self._open() as file:
                yield from self._rows(file)
        except FileNotFoundError:
            self._add("F101", None, "no such file", "correct the name")
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            self._add("F104", None, f"the gzip archive is damaged: {error}", "fetch the file again")
        except OSError as error:
            self._add(
                "F101", None, f"cannot be read: {error.strerror}", "check the file's kind and its permissions"
            )
        except UnicodeDecodeError as error:
            message = f"byte 0x{error.object[error.start]:02x} is not UTF-8"
            self._add("F103", self._line, message, "save the file as CSV (UTF-8)")
        except csv.Error as error:
            self._add(
                "F104", self._row, f"not valid CSV from here on: {error}", "check the quotes in this line"
            )
        except _TooLargeError as error:
            self._add("F110", self._line, str(error), "split the file")

    def refuse(self, message: str, mend: str) -> None:
        """Say that the file is not what the importer reads."""
        self._add("F104", 1, message, mend)

    def _open(self) -> IO[bytes]:
        with self._path.open("rb") as file:
            packed = file.read(2) == b"\x1f\x8b"
        return cast(IO[bytes], gzip.open(self._path, "rb")) if packed else self._path.open("rb")

    def _rows(self, file: IO[bytes]) -> Iterator[tuple[int, list[str]]]:
        start = self._read_line(file).removeprefix(b"\xef\xbb\xbf")
        for magic, what, mend in _OTHER_FILES:
            if start.lstrip().startswith(magic):
                self._add("F104", 1, f"is {what}, not CSV", mend)
                return
        header = start.decode()
        if not header.strip():
            self._add("F102", None, "the file is empty", "fetch the file again")
            return
        delimiter = ";" if header.count(";") > header.count(",") else ","
        yield 1, next(csv.reader([header], delimiter=delimiter, strict=True))
        reader = csv.reader(self._lines(file), delimiter=delimiter, strict=True)
        self._row = self._line + 1
        for cells in reader:
            if any(cells):
                yield self._row, cells
            self._row = self._line + 1

    def _lines(self, file: IO[bytes]) -> Iterator[str]:
        while raw := self._read_line(file):
            yield raw.decode()

    def _read_line(self, file: IO[bytes]) -> bytes:
        raw = file.readline(_MAX_LINE)
        self._line += 1
        self._size += len(raw)
        if len(raw) == _MAX_LINE:
            raise _TooLargeError(f"the line is longer than {_MAX_LINE} bytes")
        if self._size > MAX_TABLE_BYTES:
            raise _TooLargeError(f"more than {MAX_TABLE_BYTES} bytes are not read")
        return raw

    def _add(self, code: str, line: int | None, message: str, mend: str) -> None:
        self.broken = True
        self._findings.add(code, self._shown, line, message, mend)
