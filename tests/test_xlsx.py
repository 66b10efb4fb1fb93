"""Excel workbooks: what cells become, which sheet is read, and what is refused before it can do harm."""

from __future__ import annotations

import csv
import datetime as dt
import io
import random
import zipfile
import zlib
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chargeside.findings import Findings
from chargeside.importers import xlsx
from chargeside.importers.irve import read_irve
from chargeside.importers.table import Table
from chargeside.importers.xlsx import archive as xlsx_zip
from chargeside.importers.xlsx import is_workbook, workbook_rows
from chargeside.importers.xlsx import parts as xlsx_parts

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PARTS = {
    "[Content_Types].xml": "<Types/>",
    "_rels/.rels": f'<Relationships><Relationship Id="r1" Type="{RELATION}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{RELATION}"><sheets><sheet name="One" sheetId="1" r:id="s1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": "<Relationships>"
    f'<Relationship Id="s1" Type="{RELATION}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="t1" Type="{RELATION}/sharedStrings" Target="/xl/sharedStrings.xml"/>'
    f'<Relationship Id="y1" Type="{RELATION}/styles" Target="styles.xml"/></Relationships>',
    "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}"><si><t>plain</t></si><si><r><t>in </t></r><r><rPr><b/></rPr><t>two</t></r><rPh><t>aloud</t></rPh></si></sst>',
    "xl/styles.xml": f'<styleSheet xmlns="{MAIN}"><numFmts><numFmt numFmtId="164" formatCode="[$-407]d. mmmm yyyy"/>'
    '<numFmt numFmtId="165" formatCode="0.0&quot; kW/day&quot;;[Red]\\-0"/></numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>'
    '<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="165"/></cellXfs></styleSheet>',
}


def sheet(*rows: str, before: str = "") -> str:
    return f'{before}<worksheet xmlns="{MAIN}"><sheetData>{"".join(rows)}</sheetData></worksheet>'


def packed(content: str | None = None, **changes: str | bytes | None) -> bytes:
    """A workbook of PARTS and the sheet; `changes` by name of the part without its folders, None leaves it out."""
    out = io.BytesIO()
    parts: dict[str, Any] = {**PARTS, "xl/worksheets/sheet1.xml": content or sheet()}
    for key, value in changes.items():
        name = next((name for name in parts if name.rpartition("/")[2].partition(".")[0] == key), key)
        parts[name] = value
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            if text is not None:
                archive.writestr(name, text)
    return out.getvalue()


def rows_of(
    folder: Path, data: bytes, is_header: xlsx.IsHeader | None = None
) -> tuple[list[xlsx.Row], Findings]:
    path = folder / "book.xlsx"
    path.write_bytes(data)
    findings = Findings()
    return list(workbook_rows(path, "book.xlsx", findings, is_header)), findings


def saved(book: openpyxl.Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("cell", "text", "doubt"),
    [
        ("<c><v>22</v></c>", "22", None),
        ("<c><v>22.0</v></c>", "22", None),
        ("<c><v>0.30000000000000004</v></c>", "0.3", None),
        ("<c><v>1.2345678901E+10</v></c>", "12345678901", None),
        ("<c><v>-7.25</v></c>", "-7.25", None),
        ("<c><v>1.23456789012345E+17</v></c>", "123456789012345000", "15 digits"),
        ("<c><v>nan</v></c>", "", "cannot be read"),
        ('<c s="1"><v>45536</v></c>', "2024-09-01", None),
        ('<c s="2"><v>45536.5</v></c>', "2024-09-01T12:00:00", None),
        ('<c s="1"><v>0.25</v></c>', "06:00", None),
        ('<c s="1"><v>1</v></c>', "1900-01-01", None),
        ('<c s="1"><v>1E+99</v></c>', "1e+99", "no calendar"),
        ('<c t="d"><v>2024-09-01T00:00:00.000Z</v></c>', "2024-09-01", None),
        ('<c s="3"><v>45536</v></c>', "45536", None),
        ('<c s="99"><v>5</v></c>', "5", None),
        ('<c t="b"><v>1</v></c>', "TRUE", None),
        ('<c t="s"><v>0</v></c>', "plain", None),
        ('<c t="s"><v>1</v></c>', "in two", None),
        ('<c t="s"><v>9</v></c>', "", "cannot be read"),
        ('<c t="inlineStr"><is><t>in</t><t> line</t></is></c>', "in line", None),
        ('<c t="str"><f>A2</f><v>a_x0041_b</v></c>', "aAb", None),
        ("<c><f>1+1</f><v>2</v></c>", "2", None),
        ("<c><f>1+1</f></c>", "", "a formula without the value"),
        ('<c t="e"><v>#N/A</v></c>', "", "#N/A"),
        ('<x:c xmlns:x="x"><x:v>3</x:v></x:c>', "3", None),
    ],
)
def test_cells(tmp_path: Path, cell: str, text: str, doubt: str | None) -> None:
    rows, findings = rows_of(tmp_path, packed(sheet(f"<row>{cell}<c><v>9</v></c></row>")))
    assert rows == [(1, [text, "9"])]
    assert [(one.code, one.line) for one in findings] == ([("F112", 1)] if doubt else [])
    assert not doubt or (doubt in next(iter(findings)).message and "A1" in next(iter(findings)).message)


def test_days_that_count_from_1904(tmp_path: Path) -> None:
    book = PARTS["xl/workbook.xml"].replace("<sheets>", '<workbookPr date1904="1"/><sheets>')
    rows, _ = rows_of(tmp_path, packed(sheet('<row><c s="1"><v>44074</v></c></row>'), workbook=book))
    assert rows == [(1, ["2024-09-01"])]


def test_a_sheet_that_claims_a_million_rows(tmp_path: Path) -> None:
    filled = [
        f'<row r="{number}"><c r="B{number}"><v>{number}</v></c><c r="XFD{number}" s="1"/></row>'
        for number in range(1, 11)
    ]
    last = '<row r="1048576"><c r="A1048576" s="1"/></row>'
    claimed = sheet(*filled, last).replace("<sheetData>", '<dimension ref="A1:XFD1048576"/><sheetData>')
    rows, findings = rows_of(tmp_path, packed(claimed))
    assert rows == [(number, ["", str(number)]) for number in range(1, 11)]
    assert not len(findings)


def test_the_sheet_with_the_header_is_read(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for name, cells in (("Cover", ["Our stations"]), ("Old", ["id", "plug"]), ("Data", ["id", "plug"])):
        book.create_sheet(name).append(cells)
    book["Old"].sheet_state = "hidden"
    book["Data"].append(["1", "CCS"])
    rows, findings = rows_of(tmp_path, saved(book), lambda cells: "plug" in cells)
    assert rows == [(1, ["id", "plug"]), (2, ["1", "CCS"])]
    (note,) = findings
    assert note.code == "F111"
    assert 'sheet "Data" is read, not: Sheet, Cover, Old (hidden)' in note.message
    assert rows_of(tmp_path, saved(book))[0] == [
        (1, ["Our stations"])
    ]  # without a header: what holds anything


def deflated(megabytes: int) -> bytes:
    """So many MB of blanks, packed a thousand times smaller: one block that stands by itself, again and again."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = packer.compress(b" " * 1024 * 1024) + packer.flush(zlib.Z_FULL_FLUSH)
    return block * megabytes + packer.flush()


def bomb(declared: int, megabytes: int, part: str = "xl/worksheets/sheet1.xml", crc: int = 0) -> bytes:
    """A workbook with a part that unpacks to so many MB, and a directory that says it has `declared` bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in PARTS.items():
            if name != part:
                archive.writestr(name, text)
        archive.writestr(part, deflated(megabytes))
        info = archive.getinfo(part)
        info.compress_type, info.file_size, info.CRC = zipfile.ZIP_DEFLATED, declared, crc
    return out.getvalue()


def test_bombs_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    four_gigabytes = bomb(4 * 1024**3 - 1, 4096)
    assert len(four_gigabytes) < 5_000_000
    start = " " * 1000
    cases = [
        (four_gigabytes, "unpacks to 4294967295 bytes"),
        (bomb(900 * 1024**2, 900), "unpacks from"),
        (bomb(1000, 4096), "damaged"),  # the directory lies
        (bomb(1000, 300, crc=zlib.crc32(start.encode())), "damaged"),  # and its checksum fits the lie
        (bomb(1000, 300, "xl/sharedStrings.xml"), "damaged"),
    ]
    for data, said in cases:
        rows, findings = rows_of(tmp_path, data)
        (finding,) = findings
        assert not rows
        assert said in finding.message
    monkeypatch.setattr(xlsx_zip, "MAX_UNPACKED_BYTES", 3000)
    rows, findings = rows_of(tmp_path, packed(sheet(*["<row><c><v>1</v></c></row>"] * 200)))
    assert [finding.code for finding in findings] == ["F110"]


def zipped(**parts: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), text)
    return out.getvalue()


def with_password() -> bytes:
    data = bytearray(packed())
    data[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


def squeezed() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
    return out.getvalue()


OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENTITY = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
FILLED = sheet("<row><c><v>1</v></c></row>")


@pytest.mark.parametrize(
    ("data", "code", "said"),
    [
        pytest.param(OLE2 + b"\0" * 600, "F104", "old Excel workbook (.xls)", id="xls"),
        pytest.param(OLE2 + "EncryptedPackage".encode("utf-16-le"), "F104", "protected by a password", id="password"),
        pytest.param(with_password(), "F104", "encrypted", id="encrypted part"),
        pytest.param(zipped(mimetype="application/vnd.oasis.opendocument.spreadsheet"), "F104", "OpenDocument", id="ods"),
        pytest.param(zipped(word__document_dot_xml="<w/>"), "F104", "Word document", id="docx"),
        pytest.param(zipped(xl__workbook_dot_bin=""), "F104", ".xlsb", id="xlsb"),
        pytest.param(zipped(stations_dot_csv="a,b"), "F104", "ZIP archive, not a workbook", id="zip"),
        pytest.param(squeezed(), "F104", "packed in a way", id="lzma"),
        pytest.param(packed(FILLED)[:-40], "F104", "cut short", id="truncated"),
        pytest.param(packed(FILLED[:-30]), "F104", "damaged", id="truncated sheet"),
        pytest.param(packed("<a>&undefined;</a>"), "F104", "damaged", id="undefined entity"),
        pytest.param(packed(sheet("<row><c t='str'><v>&e;</v></c></row>", before=ENTITY)), "F104", "document type", id="external entity"),
        pytest.param(packed(FILLED, sharedStrings=LAUGHS + "<sst>&b;</sst>"), "F104", "document type", id="laughs"),
        pytest.param(packed(sheet('<row r="99999999"><c><v>1</v></c></row>')), "F104", "row 99999999", id="far row"),
        pytest.param(packed(sheet('<row><c r="ZZZ1"><v>1</v></c></row>')), "F104", "ZZZ1", id="far column"),
        pytest.param(packed(sheet(f"<row><c t='str'><v>{'x' * 1_000_001}</v></c></row>")), "F110", "characters", id="long cell"),
        pytest.param(packed('<?xml version="1.0" encoding="shift_jis"?>' + FILLED), "F104", "damaged", id="odd encoding"),
        pytest.param(packed('<?xml version="1.0" encoding="nonsense"?>' + FILLED), "F104", "damaged", id="no encoding"),
        pytest.param(packed(FILLED, workbook=None), "F104", "no workbook", id="no workbook"),
        pytest.param(packed(sheet()), "F102", "no visible sheet", id="empty"),
    ],
)  # fmt: skip
def test_what_is_refused(tmp_path: Path, data: bytes, code: str, said: str) -> None:
    rows, findings = rows_of(tmp_path, data)
    (finding,) = findings
    assert not rows
    assert (finding.code, finding.severity) == (code, "error")
    assert said in finding.message
    assert is_workbook(data[:8])


def test_too_many_parts_and_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx_zip, "MAX_PARTS", 5)
    assert "parts" in next(iter(rows_of(tmp_path, packed(FILLED))[1])).message
    with (tmp_path / "huge.xlsx").open("wb") as file:
        file.write(b"PK\x03\x04")
        file.truncate(2 * 1024**3)
    findings = Findings()
    assert not list(workbook_rows(tmp_path / "huge.xlsx", "huge.xlsx", findings))
    assert [finding.code for finding in findings] == ["F110"]


def test_a_tag_without_end_is_refused(tmp_path: Path) -> None:
    noise = bytes(
        48 + byte % 10 for byte in random.Random(1).randbytes(6_000_000)
    ).decode()  # so that it is no bomb
    rows, findings = rows_of(tmp_path, packed(sheet(f'<row><c r="{noise}"><v>1</v></c></row>')))
    assert not rows
    assert [(one.code, "tag" in one.message) for one in findings] == [("F110", True)]


def test_rows_of_nothing_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx_parts, "MAX_CELLS", 100_000)
    wide = sheet(*['<row><c r="XFD1"><v>1</v></c></row>'] * 10)
    rows, findings = rows_of(tmp_path, packed(wide))
    assert len(rows) < 10
    assert [finding.code for finding in findings] == ["F110"]


_text = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"), min_size=1, max_size=20
)
_values = st.one_of(
    st.none(),
    _text.filter(lambda text: text.strip() and not text.startswith("=") and "_x" not in text),
    st.integers(-(10**14), 10**14),
    st.booleans(),
    st.dates(dt.date(1900, 3, 1)),
)


def shown(value: object) -> str:
    if value is None:
        return ""
    return str(value).upper() if isinstance(value, bool) else str(value)


@given(st.lists(st.lists(_values, min_size=1, max_size=6), max_size=6))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_another_program_writes_is_read(tmp_path: Path, table: Sequence[Sequence[object]]) -> None:
    book = openpyxl.Workbook()
    for number, values in enumerate(table, 1):
        for column, value in enumerate(values, 1):
            cell = book.worksheets[0].cell(number, column, value)  # type: ignore[arg-type]
            if isinstance(value, str):
                cell.data_type = "s"
    wanted = [(number, [shown(value) for value in values]) for number, values in enumerate(table, 1)]
    for _, cells in wanted:
        while cells and not cells[-1]:
            cells.pop()
    rows, _ = rows_of(tmp_path, saved(book))
    assert rows == [(number, cells) for number, cells in wanted if cells]


@given(st.data())
@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_damage_is_a_finding_and_no_traceback(tmp_path: Path, data: st.DataObject) -> None:
    whole = bytearray(
        packed(sheet('<row r="1"><c r="A1" t="s"><v>1</v></c><c s="1"><f>1</f><v>4</v></c></row>'))
    )
    for _ in range(data.draw(st.integers(0, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(whole)))
    rows, findings = rows_of(tmp_path, bytes(whole[:cut] if data.draw(st.booleans()) else whole))
    assert rows or findings.errors


_xml = st.sampled_from(
    ["<row>", "</row>", '<row r="7">', "<c>", "</c>", '<c r="B2" t="s">', '<c t="inlineStr" s="1">', "<v>", "</v>", "<is>",
     "</is>", "<t>", "</t>", "<f>", "<f/>", "7", "-1e400", "x", "&#x85;", '<c r="a1">', '<c r="1">', "<rPh>", "</rPh>"]
)  # fmt: skip


@given(st.lists(_xml, max_size=30))
@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_odd_sheets_are_no_traceback(tmp_path: Path, pieces: list[str]) -> None:
    open_tags: list[str] = []
    text = ""
    for piece in pieces:  # well-formed, so that it reaches the reader
        name = piece.strip("</>").split(" ")[0]
        if piece.startswith("</"):
            if open_tags and open_tags[-1] == name:
                text += piece
                open_tags.pop()
        else:
            text += piece
            if piece.startswith("<") and not piece.endswith("/>"):
                open_tags.append(name)
    rows, findings = rows_of(
        tmp_path, packed(sheet(text + "".join(f"</{name}>" for name in reversed(open_tags))))
    )
    assert all(cells and cells[-1] for _, cells in rows)
    assert rows or findings.errors


def test_a_table_is_also_a_workbook(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for cells in (["a", "b", "c"], ["1"], [], ["1", "2", "3", "4"]):
        book.worksheets[0].append(cells)
    (tmp_path / "table.csv").write_bytes(saved(book))  # told by what it holds, not by its name
    table = Table(tmp_path / "table.csv", "table.csv", Findings())
    assert list(table) == [(1, ["a", "b", "c"]), (2, ["1", "", ""]), (4, ["1", "2", "3", "4"])]
    assert not table.broken


@pytest.mark.data
def test_a_real_table_gives_the_same_from_a_workbook(tmp_path: Path, shared_data: Path) -> None:
    source = shared_data / "irve" / "irve-statique-250-stations.csv"
    with source.open(encoding="utf-8-sig", newline="") as file:
        rows = list(islice(csv.reader(file), 300))
    with (tmp_path / "irve.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    book = openpyxl.Workbook(write_only=True)
    filled = book.create_sheet("IRVE")
    for cells in rows:
        filled.append(cells)
    (tmp_path / "irve.xlsx").write_bytes(saved(book))
    locations = read_irve(tmp_path / "irve.csv", Findings())
    assert locations
    assert read_irve(tmp_path / "irve.xlsx", Findings()) == locations
