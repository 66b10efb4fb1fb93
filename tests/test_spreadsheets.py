"""Tables that people edit in spreadsheets: every way Excel and LibreOffice save them reads the same, and nothing runs in them."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chargeside.findings import Findings
from chargeside.importers.table import MAX_TABLE_BYTES, Table
from chargeside.load.overrides import Override, load_overrides
from chargeside.load.source import read_csv
from chargeside.load.spreadsheet import dialect_of, from_windows_1252
from chargeside.model.cells import csv_text, plain_cell, safe_cell

HEADER = ["evse", "cabinet", "side", "number", "power_kw", "display", "payment.cash", "hardware"]
ROWS = [
    ["DE*EXC*E1", "Säule 1", "left", "1A", "22,5", "ja", "no", "Alpha, Beta; „Gamma“"],
    ["DE*EXC*E2", "Säule 1", "RIGHT", "1B", "150", "WAHR", "unknown", ""],
    ["-17", "=2", "", "007", "", "", "FALSE", "+49 Typ"],
]


def written(delimiter: str, end: str = "\n", quoting: int = csv.QUOTE_MINIMAL, *, decimal: str = ",") -> str:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator=end, quoting=quoting)  # type: ignore[arg-type]
    writer.writerow(HEADER)
    writer.writerows([cell.replace("22,5", f"22{decimal}5") for cell in row] for row in ROWS)
    return out.getvalue()


def edged(text: str) -> str:
    """With the empty columns and rows that spreadsheets add, and without the empty cells that they leave out."""
    first, *others = text.splitlines()
    return "\n".join([f"{first};;", *(f"{line.rstrip(';')}" for line in others), ";" * 9, ""])


DIALECTS: dict[str, bytes] = {
    "comma": written(",").encode(),
    "comma, decimal point": written(",", decimal=".").encode(),
    "semicolon": written(";").encode(),
    "tab": written("\t").encode(),
    "Excel UTF-8": written(";", "\r\n").encode("utf-8-sig"),
    "Excel ANSI": written(";", "\r\n").encode("cp1252"),
    "LibreOffice, all quoted": written(",", "\n", csv.QUOTE_ALL).encode(),
    "old Mac": written(",", "\r").encode(),
    "sep=;": b"sep=;\r\n" + written(";", "\r\n").encode(),
    "sep=, with a mark": b"\xef\xbb\xbf" + b"sep=,\r\n" + written(",", "\r\n").encode(),
    '"sep=;"': b'"sep=;"\n' + written(";").encode(),
    "edges": edged(written(";")).encode(),
    "apostrophes": csv_text(HEADER, ROWS).encode(),
}


def overrides(folder: Path, data: bytes) -> tuple[dict[str, Override], Findings]:
    (folder / "overrides.csv").write_bytes(data)
    findings = Findings()
    return load_overrides(folder / "overrides.csv", "overrides.csv", findings), findings


@pytest.mark.parametrize("dialect", DIALECTS)
def test_overrides_read_the_same_however_they_were_saved(tmp_path: Path, dialect: str) -> None:
    found, findings = overrides(tmp_path, DIALECTS[dialect])
    said = [(one.code, one.severity) for one in findings]
    assert said == ([("F103", "warning")] if dialect == "Excel ANSI" else [])
    told = {
        key: (one.cabinet, one.side, one.number, {name: fact.value for name, fact in one.facts.items()})
        for key, one in found.items()
    }
    assert told == {
        "DE*EXC*E1": ("Säule 1", "left", "1A", {"power_kw": 22.5, "display": "yes", "payment.cash": "no", "hardware": "Alpha, Beta; „Gamma“"}),
        "DE*EXC*E2": ("Säule 1", "right", "1B", {"power_kw": 150, "display": "yes", "payment.cash": "unknown"}),
        "-17": ("=2", None, "007", {"payment.cash": "no", "hardware": "+49 Typ"}),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("word", "value"),
    [(word, "yes") for word in ("yes", "TRUE", "Wahr", "VRAI", "ja", "Oui")]
    + [(word, "no") for word in ("no", "FALSE", "FALSCH", "faux", "nein", "Non")]
    + [("unbekannt", "unknown"), ("perhaps", None), ("1", None)],
)
def test_words_for_yes_and_no(tmp_path: Path, word: str, value: str | None) -> None:
    found, findings = overrides(tmp_path, f"evse,display\nE1,{word}\n".encode())
    assert [(one.code, one.line) for one in findings] == ([] if value else [("O208", 2)])
    assert [fact.value for fact in found["E1"].facts.values()] == ([value] if value else [])


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("1.23E+10,,", "column evse holds"),
        ("1,23E+17,,", "column evse holds"),
        ("E1,,2-Jan", "Excel took it for a date"),
        ("E1,,02. Mrz", "Excel took it for a date"),
        ("E1,4.5E+11,", "Excel took it for a number"),
        ("E1,,1A,surplus", "4 cells where the header has 3"),
        ("1E5,,", None),  # an id like any other
        ("E1,,1-2", None),
    ],
)
def test_what_excel_made_of_an_id_is_named(tmp_path: Path, row: str, said: str | None) -> None:
    found, findings = overrides(tmp_path, f"evse;cabinet;number\n{row.replace(',', ';', 2) if not row.startswith('1,23') else '1,23E+17;;'}".replace("1A,surplus", "1A;surplus").encode())  # fmt: skip
    assert bool(found) == (said is None)
    assert [(one.code, one.line) for one in findings] == ([("O208", 2)] if said else [])
    assert said is None or said in next(iter(findings)).message


@pytest.mark.parametrize(
    ("data", "said"),
    [
        pytest.param(b"PK\x03\x04....", "Excel workbook", id="xlsx"),
        pytest.param(b"\xd0\xcf\x11\xe0....", "old Excel workbook", id="xls"),
        pytest.param("evse\nE1".encode("utf-16"), "UTF-16", id="utf-16"),
        pytest.param(gzip.compress(b"evse\nE1"), "gzip", id="gzip"),
        pytest.param("evse\nЩёлково".encode("cp1251"), "not UTF-8", id="another character set"),
        pytest.param("evse\nM\u00fcller".encode("mac-roman"), "not UTF-8", id="mac"),
        pytest.param(b"evse\nE\x001\n", "control character U+0000", id="NUL"),
        pytest.param(b"evse;evs\nE1;1\n", 'column "evs" is not known', id="column"),
    ],
)
def test_overrides_of_another_kind(tmp_path: Path, data: bytes, said: str) -> None:
    found, findings = overrides(tmp_path, data)
    assert not found
    assert said in next(iter(findings.errors)).message


def test_a_workbook_in_the_place_of_overrides_is_named(tmp_path: Path) -> None:
    (tmp_path / "overrides.xlsx").write_bytes(b"PK")
    findings = Findings()
    assert not load_overrides(tmp_path / "overrides.csv", "my/overrides.csv", findings)
    assert [(one.code, one.path) for one in findings] == [("O208", "my/overrides.xlsx")]


@pytest.mark.parametrize(
    ("first", "delimiter"),
    [
        ("a,b;c", ","),
        ("a;b", ";"),
        ('"a;b;c",d', ","),
        ("a\tb", "\t"),
        ("a", ","),
        ("sep=|", "|"),
        ("SEP=\t", "\t"),
    ],
)
def test_dialects(first: str, delimiter: str) -> None:
    assert dialect_of(first + "\r\n").delimiter == delimiter


@pytest.mark.parametrize(
    ("text", "encoding", "read"),
    [
        ("Säule „Süd“, 5 €", "cp1252", True),
        ("Gare de l’Étang, 3 °C", "cp1252", True),
        ("Estación Ñandú", "cp1252", True),
        ("Brønshøj Åvej", "cp1252", True),
        ("Ťažná Dvořák", "cp1250", False),
        ("Česká Třebová", "cp1250", False),
        ("Щёлково", "cp1251", False),
        ("Αθήνα", "cp1253", False),
        ("Müller", "cp850", False),
        ("Müller", "mac-roman", False),
    ],
)
def test_windows_1252_is_told_from_other_character_sets(text: str, encoding: str, read: bool) -> None:
    assert from_windows_1252(text.encode(encoding)) == (text if read else None)


# What is written for people


@given(st.lists(st.lists(st.text(), min_size=3, max_size=3), min_size=1, max_size=4))
def test_no_cell_runs_and_every_text_comes_back(rows: list[list[str]]) -> None:
    for row in rows:
        for text in row:
            assert not safe_cell(text).startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
            assert plain_cell(safe_cell(text)) == text


_line = st.text(
    st.characters(exclude_categories=("Cc", "Cs"), exclude_characters="\ufffe\uffff\u2028\u2029"), min_size=1
)


@given(
    st.lists(_line.map(lambda text: text.strip(" \t")).filter(bool), min_size=2, max_size=2),
    st.sampled_from(["=", "'=", "-", "@", "+", ""]),
)
@settings(max_examples=150)
def test_the_reader_gives_back_what_was_written(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str], start: str
) -> None:
    path = tmp_path_factory.getbasetemp() / "written.csv"
    cells = [f"{start}{text}" for text in texts]
    path.write_text(csv_text(["a", "b"], [cells]), encoding="utf-8")
    rows = read_csv(path, "written.csv", Findings(), ("a", "b"), by_people=True)
    assert rows is not None
    assert [list(row.values.values()) for row in rows] == [cells]


def test_numbers_stay_numbers() -> None:
    assert [safe_cell(value) for value in (-1.5, 22.0, True, None)] == ["-1.5", "22", "True", ""]


# Tables of other sources


def hole(path: Path, start: bytes) -> None:
    with path.open("wb") as file:
        file.write(start)
        file.truncate(2 * 1024**3)


@pytest.mark.parametrize(
    ("make", "code", "said"),
    [
        pytest.param(lambda path: hole(path, b"a,b\n1,2\n"), "F110", str(MAX_TABLE_BYTES), id="2 GB"),
        pytest.param(lambda path: path.write_bytes(b"a,b\n1,\x00\n"), "F104", "NUL", id="NUL"),
        pytest.param(lambda path: path.write_bytes(gzip.compress(b'{"fuel_stations": []}')), "F104", "AFDC) compressed with gzip", id="packed JSON"),
        pytest.param(lambda path: path.write_bytes(gzip.compress(b"PK\x03\x04")), "F104", "ZIP archive compressed with gzip", id="packed ZIP"),
        pytest.param(lambda path: path.write_bytes(b"%PDF-1.7\n"), "F104", "a PDF", id="PDF"),
        pytest.param(lambda path: path.write_bytes("a,b\nü,1\n".encode("cp1252")), "F103", "0xfc", id="Windows-1252"),
        pytest.param(lambda path: path.write_bytes(b"\n\n \n"), "F102", "empty", id="blank"),
        pytest.param(lambda path: path.mkdir(), "F101", "cannot be read", id="folder"),
    ],
)  # fmt: skip
def test_tables_that_are_refused(
    tmp_path: Path, make: Callable[[Path], object], code: str, said: str
) -> None:
    make(tmp_path / "table.csv")
    findings = Findings()
    table = Table(tmp_path / "table.csv", "table.csv", findings)
    assert len(list(table)) <= 1
    assert table.broken
    (finding,) = findings
    assert (finding.code, said in finding.message) == (code, True)


@pytest.mark.parametrize(
    "data", [b"sep=;\r\na;b\r\n\r\n1;2\r\n", b"\r\n\r\n\xef\xbb\xbfa\tb\n1\t2", b'"a",b\n"1\n2",3\n4,5']
)
def test_lines_of_a_table_are_its_own(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "table.csv").write_bytes(data)
    lines = data.decode().splitlines()
    for line, cells in Table(tmp_path / "table.csv", "table.csv", Findings()):
        assert cells[0].split("\n")[0] in lines[line - 1]


def test_a_header_below_other_rows_is_found(tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_bytes(b"Stations of 2026;;\n;;\nid;plug;\n1;CCS;\n")
    table = Table(tmp_path / "table.csv", "table.csv", Findings(), lambda cells: "plug" in cells)
    assert [(line, cells[:2]) for line, cells in table] == [(3, ["id", "plug"]), (4, ["1", "CCS"])]
