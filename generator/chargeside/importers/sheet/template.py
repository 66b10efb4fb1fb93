"""The template of our own sheet, as CSV and as workbook, made from tables/sheet.yml: the same bytes every time."""

from __future__ import annotations

import io
import re
import zipfile
from typing import TYPE_CHECKING

from chargeside.importers.sheet.table import Column, sheet_table
from chargeside.model.cells import csv_text

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

_LAST_ROW = 5_000
"""So far down the workbook offers lists."""
_TEXT_FORMAT = "@"
"""Of every column: ids, postal codes and phones stay as they are typed. Numbers are read from text, too."""
_TITLES = ("Column", "What to write", "Words that are understood", "Other names of the column")
_WIDTHS = (22, 70, 34, 44)
_HEAD, _EXAMPLE = "FFD9E8E4", "FFFFF4CC"
_MODIFIED = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(<)")


def template_csv() -> bytes:
    """The template as CSV: UTF-8 with a byte order mark, by which Excel knows it."""
    table = sheet_table()
    rows = [[example.get(name, "") for name in table.columns] for example in table.examples]
    return csv_text(list(table.columns), rows).encode("utf-8-sig")


def template_xlsx() -> bytes:
    """The template as workbook: a sheet to fill in, with lists to choose from, and one that explains the columns."""
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    _fill(sheet)
    _explain(book.create_sheet("Columns"))
    out = io.BytesIO()
    book.save(out)
    return _without_time(out.getvalue())


def _fill(sheet: Worksheet) -> None:
    from openpyxl.styles import Font, PatternFill
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    table = sheet_table()
    sheet.title = "Chargers"
    sheet.freeze_panes = "A2"
    for index, (name, column) in enumerate(table.columns.items(), 1):
        letter = get_column_letter(index)
        dimension = sheet.column_dimensions[letter]
        dimension.width = column.width
        dimension.number_format = _TEXT_FORMAT
        head = sheet.cell(1, index, name)
        head.font, head.fill = Font(bold=True), PatternFill("solid", fgColor=_HEAD)
        for row, example in enumerate(table.examples, 2):
            cell = sheet.cell(row, index, example.get(name) or None)
            cell.data_type = "s" if example.get(name) else "n"  # never a formula
            cell.number_format, cell.fill = _TEXT_FORMAT, PatternFill("solid", fgColor=_EXAMPLE)
        if column.offer:
            choice = DataValidation("list", formula1=f'"{",".join(column.offer)}"', allow_blank=True)
            choice.showErrorMessage = False  # other words are understood as well
            choice.add(f"{letter}2:{letter}{_LAST_ROW}")
            sheet.add_data_validation(choice)


def _explain(sheet: Worksheet) -> None:
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    sheet.append(list(_TITLES))
    for name, column in sheet_table().columns.items():
        sheet.append([name, column.about, _words(name, column), ", ".join(column.also)])
    sheet.freeze_panes = "A2"
    for index, width in enumerate(_WIDTHS, 1):
        sheet.cell(1, index).font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(index)].width = width
        for row in range(2, sheet.max_row + 1):
            sheet.cell(row, index).alignment = Alignment(wrap_text=True, vertical="top")


def _words(name: str, column: Column) -> str:
    table = sheet_table()
    if name in table.choices:
        return ", ".join(dict.fromkeys(table.choices[name]))
    if name == "cable_or_socket":
        return ", ".join(table.format_by_word)
    return ", ".join(column.offer)


def _without_time(data: bytes) -> bytes:
    """The same workbook without the time it was made at."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = _MODIFIED.sub(rb"\g<1>2026-01-01T00:00:00Z\2", old.read(name))
            new.writestr(zipfile.ZipInfo(name), part, zipfile.ZIP_DEFLATED)
    return out.getvalue()
