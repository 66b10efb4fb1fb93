"""Excel workbooks (.xlsx, .xlsm) as rows of text, as importers/table.py gives those of a CSV file.

Read as a stream, so that a sheet of a million rows takes no more memory than its texts; what is in no cell is never read:
macros, pictures, links to other files, comments. A document type (the way to external entities) is refused. Source of the
format: ECMA-376, SpreadsheetML; both its forms (transitional and strict) are read.

What a cell becomes:

* A number is written as people would: `22`, not `22.0`, and `0.3` where the file says 0.30000000000000004.
* A date is `2026-11-22`, with a time `2026-11-22T08:30:00`, a time alone `08:30`: what a date is tells the cell's format.
* true and false are `TRUE` and `FALSE`.
* A formula is the value that the spreadsheet last worked out. Where it kept none, the cell is empty and a finding says so;
  likewise for errors such as #N/A.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from xml.parsers import expat

from chargeside.findings import Findings
from chargeside.importers.xlsx.archive import Parts, RefusedError, is_workbook
from chargeside.importers.xlsx.cells import EPOCH, EPOCH_1904, Doubts, Values
from chargeside.importers.xlsx.parts import (
    MEND_DAMAGED,
    Book,
    PartReader,
    Relations,
    Row,
    Sheet,
    Strings,
    Styles,
)

__all__ = ["IsHeader", "Row", "is_workbook", "workbook_rows"]

_MAX_IN_MEMORY = 128 * 1024 * 1024
"""Bytes of a part that is kept as a whole: the texts that cells share, styles."""
_MAX_TAG = 4 * 1024 * 1024
"""Bytes of one tag or comment: the parser reads it anew with every piece until it has its end."""
_PROBED = 50
"""So many rows at the top of a sheet are looked at for its header."""

IsHeader = Callable[[Sequence[str]], bool]


def workbook_rows(
    path: Path, shown: str, findings: Findings, is_header: IsHeader | None = None
) -> Iterator[Row]:
    """Row number (from 1) and cells of each row that is not empty, of one sheet. Rows are as long as their last filled cell.

    That sheet is the first visible one with a row near its top that `is_header` accepts, else the first visible one that holds
    anything; a note says which when there are several. A file that cannot be read is a finding at error level, also in the
    middle: look at the findings before you use the rows.
    """
    try:
        with path.open("rb") as file:
            yield from _Workbook(Parts(file)).rows(shown, findings, is_header)
    except FileNotFoundError:
        findings.add("F101", shown, None, "no such file", "correct the name")
    except OSError as error:
        mend = "check the file's kind and its permissions"
        findings.add("F101", shown, None, f"cannot be read: {error.strerror or error}", mend)
    except expat.ExpatError as error:
        findings.add("F104", shown, None, f"the workbook is damaged: {error}", MEND_DAMAGED)
    except RefusedError as refused:
        findings.add(refused.code, shown, None, refused.message, refused.mend)


@dataclass(frozen=True, slots=True)
class _SheetInfo:
    name: str
    part: str
    visible: bool


class _Workbook:
    """The sheets of a workbook and what their cells share."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        main = next(
            (target for kind, target in self._related("").values() if kind == "officeDocument"),
            "xl/workbook.xml",
        )
        if main not in parts:
            raise RefusedError("F104", "is no workbook", "give a workbook (XLSX) or CSV (UTF-8)")
        related = self._related(main)
        book = Book()
        self._parse(main, book)
        self._sheets = [
            _SheetInfo(name, related[key][1], state == "visible")
            for name, key, state in book.sheets
            if key in related and related[key][0] == "worksheet" and related[key][1] in parts
        ]
        strings, styles = Strings(), Styles()
        for kind, target in related.values():
            if kind == "sharedStrings" and target in parts:
                self._parse(target, strings)
            elif kind == "styles" and target in parts:
                self._parse(target, styles)
        epoch = EPOCH_1904 if book.from_1904 else EPOCH
        self._values = Values(strings.texts, styles.dates, epoch)

    def rows(self, shown: str, findings: Findings, is_header: IsHeader | None) -> Iterator[Row]:
        sheet = self._chosen(is_header)
        others = [one.name if one.visible else f"{one.name} (hidden)" for one in self._sheets if one != sheet]
        if others:
            message = f'sheet "{sheet.name}" is read, not: {", ".join(others)}'
            findings.add("F111", shown, None, message, "save the sheet you mean as a workbook of its own")
        doubts = Doubts()
        yield from self._sheet_rows(sheet, doubts)
        doubts.report(shown, findings)

    def _chosen(self, is_header: IsHeader | None) -> _SheetInfo:
        filled = []
        for sheet in self._sheets:
            if not sheet.visible:
                continue
            with closing(self._sheet_rows(sheet, Doubts())) as rows:
                for _, cells in islice(rows, _PROBED):
                    if is_header is None or is_header(cells):
                        return sheet
                    if sheet not in filled:
                        filled.append(sheet)
        if filled:
            return filled[0]
        raise RefusedError("F102", "no visible sheet of the workbook holds anything", "fill it, or unhide it")

    def _sheet_rows(self, sheet: _SheetInfo, doubts: Doubts) -> Generator[Row, None, None]:
        reader = Sheet(self._values, doubts)
        for _ in self._steps(sheet.part, reader):
            yield from reader.take()

    def _related(self, part: str) -> Mapping[str, tuple[str, str]]:
        """By id the kind and the name of the parts that a part leads to; "" is the workbook as a whole."""
        folder, name = posixpath.split(part)
        relations = Relations(folder)
        path = posixpath.join(folder, "_rels", f"{name}.rels")
        if path in self._parts:
            self._parse(path, relations)
        return relations.found

    def _parse(self, part: str, reader: PartReader) -> None:
        for _ in self._steps(part, reader, _MAX_IN_MEMORY):
            pass

    def _steps(self, part: str, reader: PartReader, most: int | None = None) -> Iterator[None]:
        """Lets a reader read a part, piece by piece. Raises RefusedError or expat.ExpatError."""
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = _refuse_doctype
        parser.StartElementHandler = reader.start
        parser.EndElementHandler = reader.end
        parser.CharacterDataHandler = reader.text
        size = 0
        for chunk in self._parts.chunks(part):
            size += len(chunk)
            if most is not None and size > most:
                raise RefusedError("F110", f"{part} has more than {most} bytes", "save the sheet as CSV")
            _parse(parser, chunk)
            if size - parser.CurrentByteIndex > _MAX_TAG + len(chunk):
                raise RefusedError("F110", f"{part} has a tag of more than {_MAX_TAG} bytes", MEND_DAMAGED)
            yield
        _parse(parser, b"", last=True)
        yield


def _parse(parser: expat.XMLParserType, chunk: bytes, *, last: bool = False) -> None:
    try:
        parser.Parse(chunk, last)
    except (LookupError, ValueError) as error:  # a character set that no workbook is written in
        raise RefusedError("F104", f"the workbook is damaged: {error}", MEND_DAMAGED) from None


def _refuse_doctype(*_: object) -> None:
    raise RefusedError("F104", "holds a document type, which no spreadsheet writes", MEND_DAMAGED)
