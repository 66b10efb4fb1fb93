"""Our own sheet (`import csv`) to OCPI: columns, words, ids, what is wrong in which line, and the template."""

from __future__ import annotations

import csv
import io
import itertools
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chargeside.errors import WriteError
from chargeside.findings import Findings
from chargeside.importers.feed import feed_bytes
from chargeside.importers.importer import importer
from chargeside.importers.sheet import read_sheet
from chargeside.importers.sheet.table import sheet_table
from chargeside.importers.sheet.template import template_csv, template_xlsx
from chargeside.importing import import_feed
from chargeside.load.network import load_network
from chargeside.load.ocpi import read_feed
from chargeside.model.facts import PAYMENTS, SETTABLE
from chargeside.model.ocpi import Evse, Location
from chargeside.scaffold import new_operator, new_sheet
from support import TODAY, shared_content

ROW = {"location_id": "L1", "name": "Car Park", "address": "Ring 1", "city": "Ulm", "country": "DE", "evse_id": "DE*GTS*E1", "connector": "Type 2"}  # fmt: skip


def text_of(*rows: dict[str, str], delimiter: str = ",") -> str:
    """A sheet of rows like ROW, with the columns that any of them has; a column that is "" in ROW's stead is empty."""
    full = [{**ROW, **row} for row in rows]
    columns = list(dict.fromkeys(itertools.chain.from_iterable(full)))
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, "", delimiter=delimiter, lineterminator="\n")
    writer.writeheader()
    writer.writerows(full)
    return out.getvalue()


def read(folder: Path, data: str | bytes, **options: Any) -> tuple[list[dict[str, Any]], Findings]:
    path = folder / "stations.csv"
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    findings = Findings()
    return read_sheet(path, findings, **options), findings


def loaded(folder: Path, locations: list[dict[str, Any]]) -> tuple[Location, ...]:
    """The Locations as the build reads them, without an error."""
    (folder / "csv.json").write_bytes(feed_bytes(locations, "csv"))
    findings = Findings()
    found = read_feed(folder / "csv.json", "csv.json", shared_content().connector_by_ocpi, findings)
    assert not findings.errors
    return tuple(found)


def connector_of(folder: Path, **cells: str) -> dict[str, Any]:
    locations, _ = read(folder, text_of(cells))
    found: dict[str, Any] = locations[0]["evses"][0]["connectors"][0]
    return {key: found[key] for key in found if key not in {"id", "last_updated"}}


CCS = {"standard": "IEC_62196_T2_COMBO", "format": "CABLE", "power_type": "DC"}
T2 = {"standard": "IEC_62196_T2", "power_type": "AC_3_PHASE"}
T2_SOCKET = {**T2, "format": "SOCKET"}


@pytest.mark.parametrize(
    ("cells", "connector"),
    [
        ({"connector": "Type 2"}, T2),
        ({"connector": "typ-2", "cable_or_socket": "Kabel"}, {**T2, "format": "CABLE"}),
        ({"connector": "AC Typ 2 Steckdose"}, T2_SOCKET),
        ({"connector": "prise T2"}, T2_SOCKET),
        ({"connector": "Type 2 (tethered)"}, {**T2, "format": "CABLE"}),
        ({"connector": "IEC_62196_T2", "cable_or_socket": "socket"}, T2_SOCKET),
        ({"connector": "iec_62196_t2_combo"}, CCS),
        ({"connector": "CCS"}, CCS),
        ({"connector": "CCS", "country": "US"}, {**CCS, "standard": "IEC_62196_T1_COMBO"}),
        ({"connector": "CCS2", "country": "US"}, CCS),
        ({"connector": "IEC_62196_T2_COMBO", "country": "US"}, CCS),
        ({"connector": "CHAdeMO", "power_kw": "50"}, {"standard": "CHADEMO", "format": "CABLE", "power_type": "DC", "max_electric_power": 50_000}),
        ({"connector": "Schuko"}, {"standard": "DOMESTIC_F", "format": "SOCKET", "power_type": "AC_1_PHASE"}),
        ({"connector": "CEE rot 32 A"}, {"standard": "IEC_60309_2_three_32", "format": "SOCKET", "power_type": "AC_3_PHASE"}),
        ({"connector": "NEMA 14-50"}, {"standard": "NEMA_14_50", "format": "SOCKET", "power_type": "AC_1_PHASE"}),
        ({"connector": "SAE_J3400"}, {"standard": "SAE_J3400", "format": "CABLE"}),
        ({"connector": "Marechal"}, {"standard": "Marechal"}),
        ({"connector": ""}, {"standard": ""}),
        ({"power_kw": "22,5"}, {**T2, "max_electric_power": 22_500}),
        ({"power_kw": "22 kW"}, {**T2, "max_electric_power": 22_000}),
        ({"power_kw": "3.7"}, {**T2, "power_type": "AC_1_PHASE", "max_electric_power": 3_700}),
        ({"volts": "230 V", "amps": "16A"}, {**T2, "power_type": "AC_1_PHASE", "max_voltage": 230, "max_amperage": 16}),
        ({"volts": "400", "amps": "32"}, {**T2, "max_voltage": 400, "max_amperage": 32}),
    ],
    ids=lambda value: "-".join(value.values()) if isinstance(value, dict) and "standard" not in value else "",
)  # fmt: skip
def test_connectors(tmp_path: Path, cells: dict[str, str], connector: dict[str, Any]) -> None:
    assert connector_of(tmp_path, **cells) == connector


def test_every_plug_of_the_table_is_found_by_its_words(tmp_path: Path) -> None:
    for plug in sheet_table().plugs:
        for word in plug.words:
            assert connector_of(tmp_path, connector=word.upper())["standard"] == plug.standard


def test_everything_arrives(tmp_path: Path) -> None:
    given = {
        "postal_code": "89073", "latitude": "48,4", "longitude": "9.99", "evse_uid": "u1", "number": "1A", "cabinet": "K1",
        "side": "links", "pay_contactless": "yes", "payment.cash": "nein", "kostenlos": "?", "start_order": "card first",
        "display": "WAHR", "hardware": "Alpha 1", "help_phone": "'+49 800 1234567", "floor": "-1", "bay": "14",
        "directions": "Behind the barrier.", "access": "Kunden", "wheelchair": "no", "max_height_m": "2,1 m",
        "opening_hours": "Mo-Fr 06:00-22:00, Sa 08:00-20:00",
    }  # fmt: skip
    locations, findings = read(tmp_path, text_of(given), party_id="gts")
    assert not len(findings)
    (site,) = loaded(tmp_path, locations)
    (evse,) = site.evses
    assert (site.party_id, site.id, site.name, site.city, site.postal_code) == (
        "GTS",
        "L1",
        "Car Park",
        "Ulm",
        "89073",
    )
    assert (site.latitude, site.longitude, site.help_phone) == (48.4, 9.99, "+49 800 1234567")
    assert site.opening_times is not None
    assert [(day.weekday, day.begin, day.end) for day in site.opening_times.regular] == [
        *((day, 360, 1320) for day in range(1, 6)),
        (6, 480, 1200),
    ]
    assert (evse.uid, evse.evse_id, evse.physical_reference) == ("u1", "DE*GTS*E1", "1A")
    assert (evse.floor_level, evse.bay) == ("-1", "14")
    assert evse.directions == (("", "Behind the barrier."),)
    told = {
        "payment": {"contactless": "yes", "cash": "no"}, "start_order": "auth_first", "display": "yes",
        "hardware": "Alpha 1", "cabinet": "K1", "side": "left", "access": "customers", "wheelchair": "no", "max_height_m": 2.1,
    }  # fmt: skip
    assert {name: getattr(evse.chargeside, name) for name in told} == told


def evses(site: Location) -> list[tuple[str, list[str]]]:
    return [
        (evse.physical_reference or "", [plug.standard[-5:] for plug in evse.connectors])
        for evse in site.evses
    ]


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        # the same id: one EVSE with two plugs
        ([{"connector": "CCS"}, {"connector": "CHAdeMO"}], [("", ["COMBO", "ADEMO"])]),
        ([{"connector": "CCS"}, {"evse_id": "", "evse_uid": "de*gts*e1"}], [("", ["COMBO", "96_T2"])]),
        # the same number: one EVSE; the other side of it: another
        (
            [
                {"evse_id": "", "number": "7", "side": "left", "connector": "CCS"},
                {"evse_id": "", "number": "7", "side": "links", "connector": "CHAdeMO"},
                {"evse_id": "", "number": "7", "side": "right", "connector": "CCS"},
            ],
            [("7", ["COMBO", "ADEMO"]), ("7", ["COMBO"])],
        ),
        # number 1 of two cabinets
        (
            [{"evse_id": "", "number": "1", "cabinet": one} for one in "AB"],
            [("1", ["96_T2"]), ("1", ["96_T2"])],
        ),
        # nothing tells them apart: as many as there are rows
        ([{"evse_id": ""}, {"evse_id": ""}], [("", ["96_T2"]), ("", ["96_T2"])]),
    ],
    ids=["id", "uid", "number", "cabinets", "nothing"],
)
def test_rows_become_evses(
    tmp_path: Path, rows: list[dict[str, str]], found: list[tuple[str, list[str]]]
) -> None:
    locations, _ = read(tmp_path, text_of(*rows))
    (site,) = loaded(tmp_path, locations)
    assert evses(site) == found


def uids(locations: list[dict[str, Any]]) -> dict[str, list[str]]:
    return {location["id"]: sorted(evse["uid"] for evse in location["evses"]) for location in locations}


def test_ids_that_are_made_stay_the_same(tmp_path: Path) -> None:
    bare = {"location_id": "", "evse_id": ""}
    rows = [
        {**bare, "connector": "Type 2", "power_kw": "22"},
        {**bare, "connector": "Type 2", "power_kw": "22"},
        {**bare, "connector": "CCS"},
        {**bare, "name": "Other", "number": "1"},
    ]
    locations, findings = read(tmp_path, text_of(*rows))
    made = uids(locations)
    assert [len(made[key]) for key in made] == [3, 1]
    assert {(one.code, one.severity) for one in findings} == {("S312", "note")}
    respelled = [
        {**row, "name": "  car   PARK ", "connector": "TYP 2", "power_kw": "22,0", "country": "Germany"}
        for row in rows[:2]
    ]
    again = uids(read(tmp_path, text_of(rows[3], rows[2], *respelled, delimiter=";"))[0])
    assert again == made
    assert uids(read(tmp_path, text_of({**bare, "city": "Bonn"}))[0]).keys().isdisjoint(made)


@pytest.mark.parametrize(
    ("row", "code", "said", "kept"),
    [
        ({"country": ""}, "S301", "no country", 0),
        ({"country": "Atlantis"}, "S301", 'country "Atlantis"', 0),
        ({"evse_id": "1.23E+10"}, "F112", "Excel took it for a number", 0),
        ({"number": "2-Jan"}, "F112", "Excel took it for a date", 0),
        ({"location_id": "../x"}, "S302", "location_id", 0),
        ({"location_id": "", "name": "", "address": "", "city": ""}, "S308", "nothing tells the site", 1),
        ({"connector": ""}, "S306", "no connector", 2),
        ({"connector": "Marechal"}, "S304", '"Marechal"', 2),
        ({"cable_or_socket": "perhaps"}, "S306", 'cable_or_socket "perhaps"', 2),
        ({"power_kw": "22000"}, "S306", 'power_kw "22000"', 2),
        ({"power_kw": "much"}, "S306", 'power_kw "much"', 2),
        ({"volts": "0"}, "S306", 'volts "0"', 2),
        ({"pay_cash": "x"}, "S306", 'pay_cash "x"', 2),
        ({"side": "front"}, "S306", 'side "front"', 2),
        ({"start_order": "?"}, None, "", 2),
        ({"latitude": "91", "longitude": "1"}, "S306", "coordinates are 0, 0 or off", 2),
        ({"latitude": "48.4"}, "S306", "coordinates are missing", 2),
        ({"help_phone": "0123456789"}, "S306", "help_phone", 2),
        ({"help_phone": "498001834567"}, "S306", "neither + nor 0", 2),
        ({"opening_hours": "when the sun shines"}, "S306", "opening_hours", 2),
        ({"location_id": "L0", "name": "Another"}, "S306", "name", 2),
        ({"location_id": "L0", "evse_id": "DE*GTS*E0", "display": "no"}, "S306", "display", 2),
        ({"evse_id": "DE*GTS*E0"}, "S306", "also stands at another site", 2),
        ({"postal_code": "1067"}, "S311", "leading zero", 2),
        ({"evse_id": ""}, "S312", "neither evse_uid nor evse_id", 2),
    ],
    ids=lambda value: "-".join(value.values()) if isinstance(value, dict) else "",
)
def test_a_mistake_is_named_with_its_line(
    tmp_path: Path, row: dict[str, str], code: str | None, said: str, kept: int
) -> None:
    first = {"location_id": "L0", "evse_id": "DE*GTS*E0", "display": "yes", "number": ""}
    locations, findings = read(tmp_path, text_of(first, {"name": "Car Park", **row}))
    assert [(one.code, one.line) for one in findings] == ([(code, 3)] if code else [])
    assert not code or said in next(iter(findings)).message
    connectors = [plug for site in locations for evse in site["evses"] for plug in evse["connectors"]]
    assert len(connectors) == kept


def test_what_rows_of_an_evse_disagree_about_is_unknown(tmp_path: Path) -> None:
    locations, _ = read(
        tmp_path, text_of({"pay_cash": "yes", "display": "no"}, {"pay_cash": "no", "display": "no"})
    )
    assert locations[0]["evses"][0]["chargeside"] == {"display": "no"}


@pytest.mark.parametrize(
    ("data", "code", "said"),
    [
        (b"name,address\nA,B\n", "F104", "no column is called connector"),
        (b"connector,Stecker,country,name\nCCS,CCS,DE,A\n", "F105", "second column connector"),
        (b"name,country,connector\n", "S309", "no row"),
        (b"name,country,connector\nA,DE,CCS,surplus\n", "S308", "beyond the header"),
        (b"", "F102", "empty"),
        (b"{}", "F104", "JSON"),
        (b"PK\x03\x04", "F104", "Excel workbook"),
    ],
)
def test_sheets_that_cannot_be_used(tmp_path: Path, data: bytes, code: str, said: str) -> None:
    locations, findings = read(tmp_path, data)
    assert not locations
    assert [one.code for one in findings][:1] == [code]
    assert said in next(iter(findings)).message


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize(
    "title", ["Our chargers", "Our chargers, all of them", "Stand: 2026; Ulm\n\nof the grid, in kW"]
)
def test_a_title_above_the_header_does_no_harm(tmp_path: Path, title: str, delimiter: str) -> None:
    sheet = text_of(
        {"evse_id": "DE*GTS*E1"}, {"evse_id": "DE*GTS*E2", "connector": "Type 9"}, delimiter=delimiter
    )
    plain, _ = read(tmp_path, sheet)
    found, findings = read(tmp_path, f"{title}\n{sheet}")
    assert found == plain
    (odd,) = (finding for finding in findings if "Type 9" in finding.message)
    assert odd.line == f"{title}\n{sheet}".splitlines().index(sheet.splitlines()[2]) + 1


def test_columns_that_are_not_known(tmp_path: Path) -> None:
    text = "Conector,connector,name,country,Notes of ours\nCCS,CCS,A,DE,x\n,,,,total: 1\n , ,,,\n"
    locations, findings = read(tmp_path, text)
    told = [(one.code, one.severity, one.mend) for one in findings if one.code == "F106"]
    assert told[0] == ("F106", "warning", 'did you mean "connector"?')
    assert "nothing to do" in told[1][2]
    assert [(one.code, one.line) for one in findings if one.code == "S308"] == [("S308", 3)]
    assert len(locations) == 1


@pytest.mark.parametrize("options", [{"country": "Atlantis"}, {"party_id": "TOO LONG"}])
def test_options_that_are_not_usable(tmp_path: Path, options: dict[str, str]) -> None:
    locations, findings = read(tmp_path, text_of({}), **options)
    assert (locations, [one.code for one in findings]) == ([], ["F108"])


def test_the_country_may_be_said_once(tmp_path: Path) -> None:
    locations, findings = read(tmp_path, "Standort;Stecker\nA;CCS\n", country="AT")
    assert [(site["country_code"], site["country"]) for site in locations] == [("AT", "AUT")]
    assert not findings.errors


def test_the_same_sheet_from_every_program(tmp_path: Path) -> None:
    rows = [
        {"latitude": "48.4", "longitude": "9.99", "power_kw": "22.5", "number": "1", "name": "Süd"},
        {"number": "1", "connector": "CCS", "name": "Süd"},
    ]
    text = text_of(*rows)
    wanted = read(tmp_path, text)[0]
    cells = [line.split(",") for line in text.splitlines()]
    semicolons = "\r\n".join(
        ";".join(cell.replace(".", ",") if cell[0:1].isdigit() else cell for cell in line) for line in cells
    )
    book = openpyxl.Workbook()
    book.worksheets[0].append(["Stations of 2026"])
    for line in cells:
        book.worksheets[0].append([float(cell) if cell.replace(".", "").isdigit() else cell for cell in line])
    book.create_sheet("Notes").append(["connector"])
    out = io.BytesIO()
    book.save(out)
    for data in (
        semicolons.encode("utf-8-sig"),
        ("sep=;\r\n" + semicolons).encode("cp1252"),
        text.replace(",", "\t").encode(),
        out.getvalue(),
    ):
        assert read(tmp_path, data)[0] == wanted


# The template


def test_the_template_imports_and_loads(tmp_path: Path) -> None:
    found = []
    for data in (template_csv(), template_xlsx()):
        locations, findings = read(tmp_path, data)
        assert {(one.code, one.severity) for one in findings} <= {("S306", "warning"), ("F111", "note")}
        assert "example" in next(one.message for one in findings if one.code == "S306")
        found.append(locations)
    assert found[0] == found[1]
    evses: list[Evse] = [evse for site in loaded(tmp_path, found[0]) for evse in site.evses]
    assert [len(evse.connectors) for evse in evses] == [1, 1, 2]
    assert [(evse.chargeside.cabinet, evse.chargeside.side) for evse in evses] == [
        ("1", "left"),
        ("1", "right"),
        (None, None),
    ]


def test_the_examples_get_no_code_beside_real_rows(tmp_path: Path) -> None:
    columns = list(sheet_table().columns)
    own = ",".join(ROW.get(name, "") for name in columns)
    locations, findings = read(tmp_path, template_csv() + own.encode())
    assert [site["id"] for site in locations] == ["L1"]
    assert [(one.code, one.line) for one in findings] == [("S308", 2)]


def test_the_template_in_the_docs_is_the_one_that_is_written(root: Path) -> None:
    path = root / "docs" / "operators" / "stations-template.csv"
    if not path.parent.is_dir():
        pytest.skip("the docs are not here")
    assert path.read_bytes() == template_csv()


def test_the_workbook_helps_to_fill_it_in() -> None:
    data = template_xlsx()
    assert data == template_xlsx()
    book = openpyxl.load_workbook(io.BytesIO(data))
    sheet, columns = book.worksheets
    table = sheet_table()
    assert [cell.value for cell in sheet[1]] == list(table.columns)
    assert sheet.freeze_panes == "A2"
    offered = {
        str(one.sqref).split(":")[0]: str(one.formula1) for one in sheet.data_validations.dataValidation
    }
    for index, (name, column) in enumerate(table.columns.items(), 1):
        cell = f"{openpyxl.utils.get_column_letter(index)}2"
        assert offered.get(cell, '""') == f'"{",".join(column.offer)}"', name
        assert len(offered.get(cell, "")) <= 255, "a list in a cell has no more room in Excel"
        assert sheet[cell].data_type != "f"
        assert sheet.column_dimensions[cell[:-1]].number_format == "@"
        assert columns.cell(index + 1, 1).value == name
        assert columns.cell(index + 1, 2).value == column.about


def test_the_sheet_knows_every_fact_that_can_be_set() -> None:
    columns = {*sheet_table().columns}
    assert {name for name in SETTABLE if "." not in name} <= columns
    assert {f"pay_{way}" for way in PAYMENTS if way != "free"} <= columns


def test_what_the_lists_offer_is_understood(tmp_path: Path) -> None:
    for name, column in sheet_table().columns.items():
        for word in column.offer:
            _, findings = read(tmp_path, text_of({name: word}))
            assert not len(findings), (name, word)


def test_new_sheet(tmp_path: Path) -> None:
    for name, data in (("a.csv", template_csv()), ("b.XLSX", template_xlsx())):
        (path,) = new_sheet(tmp_path / name)
        assert path.read_bytes() == data
        with pytest.raises(WriteError, match="is there already"):
            new_sheet(path)
    with pytest.raises(WriteError, match="xlsx"):
        new_sheet(tmp_path / "c.ods")


def test_it_is_imported_with_what_operator_yml_says(tmp_path: Path) -> None:
    new_operator(tmp_path / "net", country="AT", party_id="ABC")
    (tmp_path / "stations.csv").write_text("id site;Stecker;evse_id\n7;CCS;AT*ABC*E7\n", encoding="utf-8")
    findings = Findings()
    done = import_feed(importer("csv"), tmp_path / "stations.csv", tmp_path / "net", "csv", TODAY, findings)
    assert (done.locations, done.issued, findings.errors) == (1, 1, ())
    network = load_network(tmp_path / "net", shared_content(), findings)
    assert network is not None
    assert [line.station for line in network.ledger] == ["AT*ABC*7/evse/AT*ABC*E7"]


_cell = st.one_of(
    st.text(max_size=8),
    st.sampled_from(
        [
            "L1",
            "DE",
            "CCS",
            "Type 2",
            "22",
            "yes",
            "48.4",
            "1.23E+10",
            "\ud800",
            "24/7",
            "'=1",
            "../x",
            "left",
        ]
    ),
)
_rows = st.lists(
    st.dictionaries(st.sampled_from(list(sheet_table().columns)), _cell, max_size=12), max_size=5
)


@given(_rows)
@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_row_disappears_without_a_word(tmp_path: Path, rows: list[dict[str, str]]) -> None:
    text = text_of(*rows)
    locations, findings = read(tmp_path, text.encode("utf-8", "replace"))
    told = [one for one in findings if one.severity != "note"]
    used = sum(len(evse["connectors"]) for site in locations for evse in site["evses"])
    assert used == len(rows) or told
    assert findings.errors or loaded(tmp_path, locations) is not None


@given(st.binary(max_size=300))
@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_bytes_are_no_traceback(tmp_path: Path, data: bytes) -> None:
    for start in (b"", b"connector,name,country\n", b"PK\x03\x04"):
        locations, findings = read(tmp_path, start + data)
        assert locations or len(findings)
