"""Tables of other sources, row by row and within limits: CSV files, plain or compressed with gzip, and Excel workbooks."""

from __future__ import annotations

import csv
import gzip
import os
import zlib
from collections.abc import Generator, Iterator
from contextlib import closing
from itertools import chain
from pathlib import Path
from typing import IO, cast

from chargeside.findings import Findings, Severity
from chargeside.importers.xlsx import IsHeader, Row, is_workbook, workbook_rows
from chargeside.load.looks_like import looks_like
from chargeside.load.spreadsheet import dialect_of, fitted, from_windows_1252, odd_word

MAX_TABLE_BYTES = 1024 * 1024 * 1024
"""Largest table that is read, in bytes after unpacking: about two million rows."""
_MAX_LINE = 1024 * 1024
_ABOVE_HEADER = 50
"""So many rows may stand above the header, where the header is known."""
_GZIP = b"\x1f\x8b"
_BOM = b"\xef\xbb\xbf"
_OTHER_STARTS = (
    b"PK\x03\x04",
    b"\xd0\xcf\x11\xe0",
    b"%PDF-",
    b"\xff\xfe",
    b"\xfe\xff",
    b"{",
    b"[",
    b"<",
    _GZIP,
)


class _TooLargeError(ValueError):
    """The table exceeds a limit."""


class _NoTextError(ValueError):
    """The table holds what no text does."""


class Table:
    """Rows of a table. Iterate once; `broken` says afterwards whether it ended in an error.

    A CSV file is separated by commas, semicolons or tabs. Of a workbook the first visible sheet that holds anything is read;
    its rows have as many cells as the first one. `is_header`: tells the header, where other rows may stand above it or in
    other sheets. `by_people`: the file comes out of a spreadsheet, so it may also be in Windows-1252.
    """

    def __init__(
        self,
        path: Path,
        shown: str,
        findings: Findings,
        is_header: IsHeader | None = None,
        *,
        by_people: bool = False,
    ) -> None:
        self._path = path
        self._shown = shown
        self._findings = findings
        self._is_header = is_header
        self._by_people = by_people
        self._line = 0
        self._row = 1
        self._size = 0
        self._first_odd: int | None = None
        self._odd_word = ""
        self._packed = False
        self.broken = False

    def __iter__(self) -> Iterator[Row]:
        """Line number and cells of each row that is not empty, the header first. In a workbook the number is that of the row."""
        try:
            with self._path.open("rb") as opened:
                start = opened.read(8)
                size = opened.seek(0, os.SEEK_END)
            if is_workbook(start):
                yield from self._workbook_rows()
                return
            self._packed = start.startswith(_GZIP)
            if not self._packed and size > MAX_TABLE_BYTES:
                raise _TooLargeError(f"{size} bytes; more than {MAX_TABLE_BYTES} are not read")
            with self._open() as file, closing(self._rows(file)) as rows:
                yield from self._from_header(rows)
            self._say_encoding()
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
        except _NoTextError as error:
            self._add("F104", self._line, str(error), "save or fetch the file again")
        except _TooLargeError as error:
            self._add("F110", self._line or None, str(error), "split the file")

    def refuse(self, message: str, mend: str) -> None:
        """Say that the file is not what the importer reads."""
        self._add("F104", 1, message, mend)

    def _open(self) -> IO[bytes]:
        return cast(IO[bytes], gzip.open(self._path, "rb")) if self._packed else self._path.open("rb")

    def _workbook_rows(self) -> Iterator[Row]:
        before = len(self._findings.errors)
        width: int | None = None
        rows = workbook_rows(self._path, self._shown, self._findings, self._is_header)
        for number, cells in self._from_header(rows):
            width = len(cells) if width is None else width
            yield number, fitted(cells, width) or cells
        self.broken = len(self._findings.errors) > before

    def _from_header(self, rows: Iterator[Row]) -> Iterator[Row]:
        """The rows from the header on; all of them where it is not found."""
        above: list[Row] = []
        if self._is_header is not None:
            for row in rows:
                above.append(row)
                if self._is_header(row[1]):
                    above = [row]
                    break
                if len(above) == _ABOVE_HEADER:
                    break
        yield from chain(above, rows)

    def _rows(self, file: IO[bytes]) -> Generator[Row, None, None]:
        raw = self._read_line(file).removeprefix(_BOM)
        while not raw.strip():
            raw = self._read_line(file)
            if not raw:
                self._add("F102", None, "the file is empty", "fetch the file again")
                return
        if self._is_other_file(raw):
            return
        first = self._decoded(raw)
        dialect = dialect_of(first)
        if dialect.skip:
            first = self._decoded(self._read_line(file))
        self._row = self._line
        delimiter, ahead = self._looked_ahead(first, dialect.delimiter, file)
        lines = self._numbered(ahead, self._row, file)
        for cells in csv.reader(lines, delimiter=delimiter, strict=True):
            if any(cells):
                yield self._row, cells
            self._row = self._line + 1

    def _looked_ahead(self, first: str, delimiter: str, file: IO[bytes]) -> tuple[str, list[str]]:
        """What separates the cells of the header, and the lines up to it: a title above it says nothing of separators."""
        ahead = [first]
        while self._is_header is not None and len(ahead) < _ABOVE_HEADER:
            its_own = dialect_of(ahead[-1]).delimiter
            if self._is_header(next(csv.reader([ahead[-1]], delimiter=its_own), [])):
                return its_own, ahead
            raw = self._read_line(file)
            if not raw:
                break
            ahead.append(self._decoded(raw))
        return delimiter, ahead

    def _numbered(self, ahead: list[str], first: int, file: IO[bytes]) -> Iterator[str]:
        """The lines that were read ahead, as if they were read now, and those behind them."""
        for number, line in enumerate(ahead, first):
            self._line = number
            yield line
        yield from self._lines(file)

    def _lines(self, file: IO[bytes]) -> Iterator[str]:
        while raw := self._read_line(file):
            yield self._decoded(raw)

    def _decoded(self, raw: bytes) -> str:
        if b"\0" in raw:
            raise _NoTextError("the file holds NUL bytes, so it is no text or it is damaged")
        try:
            return raw.decode()
        except UnicodeDecodeError:
            text = from_windows_1252(raw) if self._by_people else None
            if text is None:
                raise
        if self._first_odd is None:
            self._first_odd, self._odd_word = self._line, odd_word(text)
        return text

    def _is_other_file(self, start: bytes) -> bool:
        bare = start.lstrip()
        guess = looks_like(bare) if bare.startswith(_OTHER_STARTS) else None
        if guess is None:
            return False
        if self._packed:
            self._add(
                "F104", 1, f"is {guess.what} compressed with gzip, not CSV", f"unpack it, then {guess.mend}"
            )
        else:
            self._add("F104", self._line, f"is {guess.what}, not CSV", guess.mend)
        return True

    def _say_encoding(self) -> None:
        if self._first_odd:
            message = f'is not UTF-8: read as Windows-1252, which gives "{self._odd_word}"'
            mend = "save it as CSV UTF-8, so that no letter is lost"
            self._findings.add("F103", self._shown, self._first_odd, message, mend, Severity.WARNING)

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
