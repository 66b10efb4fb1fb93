"""Readers of the parts of a workbook: what its XML means."""

from __future__ import annotations

import posixpath
import re
from functools import lru_cache

from chargeside.importers.xlsx.archive import RefusedError
from chargeside.importers.xlsx.cells import Doubts, Values, unescaped

MAX_ROWS = 1_048_576
MAX_COLUMNS = 16_384
"""What a sheet of Excel can have."""
MAX_CELLS = 100_000_000
"""Empty ones included: a cell far to the right in every row would make rows of nothing."""
MAX_TEXT = 1_000_000
"""Characters of one cell; Excel itself allows 32,767."""
MEND_DAMAGED = "open it in a spreadsheet and save it again as XLSX or CSV"
_QUOTED = re.compile(r'"[^"]*"|\\.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)
"""Parts of a number format that are not about dates: texts in quotes, colours, conditions."""
_DATE_IDS = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
"""Ids of the number formats for dates and times that every spreadsheet knows (ECMA-376, 18.8.30)."""

Row = tuple[int, list[str]]


class PartReader:
    """Takes what the parser of a part finds. Names come without their prefix of a namespace."""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element opens."""

    def end(self, name: str) -> None:
        """An element closes."""

    def text(self, text: str) -> None:
        """A piece of text in the innermost element."""


@lru_cache(maxsize=256)
def _bare(name: str) -> str:
    return name.rpartition(":")[2]


class Relations(PartReader):
    """xl/_rels/*.rels: by id the last word of the kind, and the part."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self.found: dict[str, tuple[str, str]] = {}

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Keep a relation that leads to a part of the workbook."""
        if _bare(name) == "Relationship" and attributes.get("TargetMode") != "External":
            target = posixpath.normpath(posixpath.join("/", self._folder, attributes.get("Target", "")))
            kind = attributes.get("Type", "").rpartition("/")[2]
            self.found[attributes.get("Id", "")] = (kind, target.lstrip("/"))


class Book(PartReader):
    """xl/workbook.xml: name, id and state of each sheet; whether days count from 1904."""

    def __init__(self) -> None:
        self.sheets: list[tuple[str, str, str]] = []
        self.from_1904 = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Keep a sheet's name, or the epoch."""
        element = _bare(name)
        if element == "sheet":
            key = next((value for key, value in attributes.items() if key.endswith(":id")), "")
            self.sheets.append((attributes.get("name", ""), key, attributes.get("state", "visible")))
        elif element == "workbookPr":
            self.from_1904 = attributes.get("date1904") in {"1", "true"}


class _Texts(PartReader):
    """Collects the text of <t> within some element; what is read aloud (<rPh>) is none of it."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._open = False
        self._phonetic = False

    def text(self, text: str) -> None:
        if self._open:
            self._parts.append(text)

    def _enter(self, element: str) -> None:
        if element == "rPh":
            self._phonetic = True
        elif element == "t" and not self._phonetic:
            self._open = True

    def _leave(self, element: str) -> None:
        if element == "rPh":
            self._phonetic = False
        elif element == "t":
            self._open = False

    def _taken(self) -> str:
        text = "".join(self._parts)
        self._parts.clear()
        return unescaped(text)


class Strings(_Texts):
    """xl/sharedStrings.xml: the texts that cells share."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:  # noqa: ARG002 - as the parser calls it
        """Start a text."""
        self._enter(_bare(name))

    def end(self, name: str) -> None:
        """Keep a text that has ended."""
        element = _bare(name)
        self._leave(element)
        if element == "si":
            self.texts.append(self._taken())


class Styles(PartReader):
    """xl/styles.xml: which cell formats are those of dates."""

    def __init__(self) -> None:
        self._codes: dict[str, str] = {}
        self._in_cells = False
        self.dates: list[bool] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Keep a number format, or what a cell format is."""
        element = _bare(name)
        if element == "numFmt":
            self._codes[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
        elif element == "cellXfs":
            self._in_cells = True
        elif element == "xf" and self._in_cells:
            self.dates.append(self._is_date(attributes.get("numFmtId", "0")))

    def end(self, name: str) -> None:
        """The cell formats have ended."""
        if _bare(name) == "cellXfs":
            self._in_cells = False

    def _is_date(self, key: str) -> bool:
        if key in self._codes:
            code = _QUOTED.sub("", self._codes[key]).lower().partition(";")[0]
            return any(letter in code for letter in "dmyhs")
        return key.isdecimal() and int(key) in _DATE_IDS


class Sheet(_Texts):
    """xl/worksheets/*.xml: rows as they end."""

    def __init__(self, values: Values, doubts: Doubts) -> None:
        super().__init__()
        self._values = values
        self._doubts = doubts
        self._ready: list[Row] = []
        self._row = 0
        self._cells: dict[int, str] = {}
        self._column = 0
        self._kind = self._style = ""
        self._formula = self._in_cell = False
        self._size = self._total = 0

    def take(self) -> list[Row]:
        """Rows that have ended since the last call."""
        ready, self._ready = self._ready, []
        return ready

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Start a row or a cell, or what a cell holds."""
        element = _bare(name)
        if element == "c":
            self._start_cell(attributes)
        elif element == "row":
            given = attributes.get("r", "")
            self._row = int(given) if given.isdecimal() and len(given) < 9 else self._row + 1
            if self._row > MAX_ROWS:
                raise RefusedError("F104", f"the sheet has a row {self._row}", MEND_DAMAGED)
            self._column = 0
        elif self._in_cell:
            if element == "v":
                self._open = True
            elif element == "f":
                self._formula = True
            elif self._kind == "inlineStr":
                self._enter(element)

    def end(self, name: str) -> None:
        """End a row or a cell, or what a cell holds."""
        element = _bare(name)
        if element == "c":
            self._end_cell()
        elif element == "row":
            self._end_row()
        elif element == "v":
            self._open = False
        else:
            self._leave(element)

    def text(self, text: str) -> None:
        """Collect the value of a cell."""
        if self._open:
            self._size += len(text)
            if self._size > MAX_TEXT:
                raise RefusedError("F110", f"a cell has more than {MAX_TEXT} characters", "shorten it")
            self._parts.append(text)

    def _start_cell(self, attributes: dict[str, str]) -> None:
        letters = attributes.get("r", "").rstrip("0123456789")
        self._column = _column(letters) if letters else self._column + 1
        if self._column > MAX_COLUMNS:
            message = f"row {self._row} has a cell {attributes.get('r', '')[:20]}, which no sheet has"
            raise RefusedError("F104", message, MEND_DAMAGED)
        self._kind = attributes.get("t", "n")
        self._style = attributes.get("s", "")
        self._in_cell, self._formula, self._size = True, False, 0
        self._parts.clear()

    def _end_cell(self) -> None:
        raw = "".join(self._parts)
        self._parts.clear()
        self._in_cell = self._open = self._phonetic = False
        doubt = None
        if raw:
            text, doubt = self._values.text(self._kind, self._style, raw)
            if text.strip():
                self._cells[self._column] = text
        elif self._formula and self._kind != "str":  # a formula may well give an empty text
            doubt = "formula"
        if doubt:
            self._doubts.add(doubt, f"{_letters(self._column)}{self._row}")

    def _end_row(self) -> None:
        if not self._cells:
            return
        width = max(self._cells)
        self._total += width
        if self._total > MAX_CELLS:
            mend = "delete what lies far to the right of the table"
            raise RefusedError("F110", f"the sheet has more than {MAX_CELLS} cells", mend)
        row = [""] * width
        for column, text in self._cells.items():
            row[column - 1] = text
        self._ready.append((self._row, row))
        self._cells = {}


@lru_cache(maxsize=4096)
def _column(letters: str) -> int:
    """The number of a column from 1; one that no sheet has for what is no column."""
    if len(letters) > 3 or not (letters.isascii() and letters.isupper()):
        return MAX_COLUMNS + 1
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _letters(column: int) -> str:
    text = ""
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(ord("A") + rest) + text
    return text
