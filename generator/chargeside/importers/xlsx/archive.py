"""The ZIP archive that an Excel workbook is: looked at before anything is unpacked, and unpacked within limits.

A few kB can unpack to terabytes, and the sizes in a ZIP directory can lie. So the directory is measured first, then what it
says, and then every byte that comes out is counted.
"""

from __future__ import annotations

import os
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO

MAX_WORKBOOK_BYTES = 256 * 1024 * 1024
"""Largest workbook that is read, in bytes as it lies on the disk. A full sheet of 50 columns has about half of that."""
MAX_PART_BYTES = 1024 * 1024 * 1024
"""Most that one part of a workbook, such as a sheet, may unpack to, in bytes."""
MAX_UNPACKED_BYTES = 2 * MAX_PART_BYTES
"""Most that all parts together may unpack to, in bytes."""
MAX_PARTS = 10_000
MAX_RATIO = 250
"""Parts of more than a few MB that shrink more than so many times are bombs: real sheets shrink 5 to 40 times."""
_SMALL_PART = 8 * 1024 * 1024
_CHUNK = 256 * 1024
_ENTRY = b"PK\x01\x02"
"""Starts each entry of a ZIP directory."""
_ZIP_STARTS = (b"PK\x03\x04", b"PK\x05\x06")
_OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""Starts .xls, and .xlsx with a password."""
_SAVE_AS = "open it and save the sheet as XLSX or CSV (UTF-8)"
_FETCH = "save or fetch the file again, best as CSV (UTF-8)"
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    KeyError,
    NotImplementedError,
    OverflowError,
    RuntimeError,
    UnicodeError,
    ValueError,
)
"""What `zipfile` raises for archives that are not whole, or not as the format has them."""


class RefusedError(Exception):
    """A workbook that cannot be read: code, message and mend of its finding."""

    def __init__(self, code: str, message: str, mend: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.mend = mend


def is_workbook(start: bytes) -> bool:
    """Whether a file that starts so (8 bytes are enough) is a workbook or something that `workbook_rows` can name:
    a ZIP archive of any kind, an old .xls, a workbook with a password."""
    return start.startswith((*_ZIP_STARTS, _OLE2))


class Parts:
    """The parts of a workbook, by name. Raises RefusedError for what is no workbook, damaged, or too large."""

    def __init__(self, file: IO[bytes]) -> None:
        _check_start(file)
        try:
            self._zip = zipfile.ZipFile(file)
            self._infos = {info.filename: info for info in self._zip.infolist()}
        except _DAMAGED as error:
            message = f"is an Excel workbook or a ZIP archive, damaged or cut short: {error}"
            raise RefusedError("F104", message, _FETCH) from None
        self._check_kind()
        self._check_sizes()
        self._left = MAX_UNPACKED_BYTES

    def __contains__(self, name: str) -> bool:
        return name in self._infos

    def chunks(self, name: str) -> Iterator[bytes]:
        """The bytes of a part, piece by piece. Raises RefusedError, also when a limit is passed."""
        try:
            with self._zip.open(self._infos[name]) as part:
                while chunk := part.read(_CHUNK):  # never unpacks more than it gives
                    self._left -= len(chunk)
                    if self._left < 0:
                        raise _bomb(f"unpacks to more than {MAX_UNPACKED_BYTES} bytes")
                    yield chunk
        except _DAMAGED as error:
            raise RefusedError("F104", f"the workbook is damaged: {error}", _FETCH) from None

    def _check_kind(self) -> None:
        kind = _other_kind(self._infos)
        if kind is None and "mimetype" in self._infos and self._infos["mimetype"].file_size < 200:
            with self._zip.open("mimetype") as part:
                if b"opendocument" in part.read(200):
                    kind = ("an OpenDocument file (.ods)", _SAVE_AS)
        if kind is None and "[Content_Types].xml" not in self._infos:
            kind = (
                "a ZIP archive, not a workbook",
                "unpack it, and import the table or workbook that is in it",
            )
        if kind is not None:
            raise RefusedError("F104", f"is {kind[0]}", kind[1])

    def _check_sizes(self) -> None:
        total = 0
        for info in self._infos.values():
            total += info.file_size
            if info.flag_bits & 0x1:
                raise RefusedError("F104", "the workbook is encrypted", "save it without a password")
            if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise RefusedError("F104", "is packed in a way that no spreadsheet uses", _SAVE_AS)
            if info.file_size > MAX_PART_BYTES:
                raise _bomb(f"{info.filename} unpacks to {info.file_size} bytes")
            if info.file_size > max(_SMALL_PART, MAX_RATIO * info.compress_size):
                raise _bomb(f"{info.filename} unpacks from {info.compress_size} to {info.file_size} bytes")
        if total > MAX_UNPACKED_BYTES:
            raise _bomb(f"unpacks to {total} bytes")


def _bomb(what: str) -> RefusedError:
    return RefusedError(
        "F110", f"the workbook is refused: {what}", "save only the sheet with the stations, as XLSX or CSV"
    )


def _other_kind(names: object) -> tuple[str, str] | None:
    """What a ZIP archive is, by names of its parts, when it is no workbook; with the mend."""
    known = (
        ("xl/workbook.bin", "a binary Excel workbook (.xlsb)", _SAVE_AS),
        ("word/document.xml", "a Word document", "save its table as a workbook (XLSX) or CSV"),
        ("Index/Document.iwa", "a Numbers document", "export it as Excel (XLSX) or CSV"),
    )
    return next(((what, mend) for name, what, mend in known if name in names), None)  # type: ignore[operator]


def _check_start(file: IO[bytes]) -> None:
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    if size > MAX_WORKBOOK_BYTES:
        message = f"{size} bytes; workbooks of more than {MAX_WORKBOOK_BYTES} are not read"
        raise RefusedError("F110", message, "save the sheet as CSV (UTF-8)")
    if file.read(8) == _OLE2:
        if _count(file, "EncryptedPackage".encode("utf-16-le")):
            raise RefusedError("F104", "the workbook is protected by a password", "save it without one")
        raise RefusedError("F104", "is an old Excel workbook (.xls)", _SAVE_AS)
    # Counted in the raw bytes, for `zipfile` makes an object of each before it tells how many there are.
    if _count(file, _ENTRY) > MAX_PARTS:
        raise _bomb(f"it has more than {MAX_PARTS} parts")


def _count(file: IO[bytes], needle: bytes) -> int:
    file.seek(0)
    found, tail = 0, b""
    while chunk := file.read(_CHUNK):
        piece = tail + chunk
        found += piece.count(needle)
        tail = piece[-(len(needle) - 1) :]
    file.seek(0)
    return found
