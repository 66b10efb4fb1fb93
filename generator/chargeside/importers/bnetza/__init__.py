"""The German register of charging stations (Ladesäulenregister of the Bundesnetzagentur) as OCPI 2.2.1 Locations.

Two forms are read: tables (CSV, XLSX) in the layouts of 2019, 2022, 2024 and the one with Ladeeinrichtungs-ID that followed,
and the JSON of the API (`/els/service/public/v1/chargepoints`). One record is one charging device with up to six charge points. Devices of one operator with the same address and the same
coordinates are one Location, each charge point is one EVSE. How the rest is turned into OCPI:

* Ids of the API are those of the register: a Location has the lowest id of its devices, an EVSE the id of its device and its
  place in the list. So are those of tables with
  Ladeeinrichtungs-ID. Other tables have no ids: a Location's is a digest of address, coordinates and operator, an EVSE's one of
  address, coordinates and day of commissioning, then the number of the device and of the charge point. Devices alike in these
  are numbered by plugs, power and keys, so that the order of rows does not matter. The layouts without ids give the same ones.
* The power is that of the whole charge point: a plug gets it only where that plug can carry it. A Schuko socket beside
  Type 2 at 22 kW has no power of its own, which is the truth.
* A CEE socket with five pins is 16, 32 or 63 A by its power; beside other plugs nobody knows, and the text stays.
* A list of ways to pay says what works; that a way is not in it says nothing, for the list is often empty.
* Anzeigename is a brand, not the name of a site: it becomes suboperator, and the address is the title of the Location; a
  Standortbezeichnung is its name.
* The register knows no day of last change. last_updated is the day of commissioning, which is stable, or 1970-01-01.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import IO, Any

from chargeside.findings import Findings, Severity
from chargeside.importers.bnetza.records import KINDS, Reader
from chargeside.importers.bnetza.sites import Device, locations_of
from chargeside.importers.common import count_in_journal, most_common, say_mixed
from chargeside.importers.importer import Importer, ImporterOption
from chargeside.importers.xlsx import is_workbook, workbook_rows
from chargeside.load.looks_like import START_BYTES, Guess, looks_like
from chargeside.load.packed import open_unpacked, said_when_unreadable, start_of
from chargeside.load.records import Records, read_records
from chargeside.load.tally import Tally

MAX_REGISTER_BYTES = 512 * 1024 * 1024
"""Largest file that is read, in bytes after unpacking. The whole register of 2026 has about 56 million."""
_MAX_LINE = 1024 * 1024
_MAX_PREAMBLE = 200
"""Lines. The header stands in line 11 at most, so far."""
_LISTS = ("chargingStations", "data", "items")
_FIRST_COLUMNS = ("betreiber", "ladeeinrichtungs-id")
_HEADER = re.compile(r'"?(?:Betreiber|Ladeeinrichtungs-ID)"?([;,\t])', re.IGNORECASE)
_UNIT = re.compile(r"\s*\[.*")
_NEEDED = ("betreiber", "breitengrad", "längengrad", "steckertypen1")
_MEND = "give the Ladesäulenregister of the Bundesnetzagentur as CSV, XLSX or JSON"

_Rows = Iterator[tuple[int, list[str]]]
"""Line and cells, the header first."""


def read_bnetza(path: Path, findings: Findings, only_operator: str | None = None) -> list[dict[str, Any]]:
    """OCPI 2.2.1 Locations of the register (CSV, XLSX or JSON); an empty list when the file cannot be used.

    CSV and JSON may be packed with gzip. `only_operator`: keep the records whose Betreiber or Anzeigename is this, in any case.
    """
    shown = str(path)
    before = len(findings.errors)
    start = start_of(path, START_BYTES)
    is_json = start.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"["))
    records = read_records(path, shown, findings, _LISTS) if is_json else Records("", shown, findings)
    if records is None:
        return []
    tally = Tally(shown, records, KINDS, findings)
    reader = Reader(tally)
    if is_json:
        devices = _stations(reader, records, shown, findings)
    else:
        rows = _sheet_rows if is_workbook(start) else _text_rows
        devices = list(_table(reader, rows(path, shown, findings), shown, findings))
    if len(findings.errors) > before:
        return []
    kept = _of_operator(devices, only_operator, shown, findings)
    locations = locations_of(kept, tally)
    tally.report()
    skipped = len(devices) - len(kept)
    count_in_journal(
        findings, shown, "record", locations, records=reader.seen, used=len(kept), skipped=skipped
    )
    if not devices:
        findings.add("S309", shown, None, "the register holds no station", "fetch the file again")
    return locations


def _stations(reader: Reader, records: Records, shown: str, findings: Findings) -> list[Device]:
    devices = []
    for device in reader.stations(records):
        if isinstance(device, Guess):
            findings.add("F104", shown, 1, f"is not the register but {device.what}", device.mend)
            return []
        devices.append(device)
    return devices


# tables


def _table(reader: Reader, rows: _Rows, shown: str, findings: Findings) -> Iterator[Device]:
    """The devices of a table."""
    line, cells = next(rows, (0, []))
    header = [_UNIT.sub("", cell).strip().lower() for cell in cells]
    if not header:
        return
    if missing := _missing(header):
        message = f"is not the register: column {missing} is missing"
        mend = "give the table as the Bundesnetzagentur publishes it, with all columns"
        findings.add("F104", shown, line, message, mend)
        return
    for line, cells in rows:
        if any(cell.strip() for cell in cells) and (device := reader.row(line, header, cells)):
            yield device


def _missing(header: Sequence[str]) -> str | None:
    if "adresse" not in header and "straße" not in header:
        return "Straße"
    return next((name.capitalize() for name in _NEEDED if name not in header), None)


def _sheet_rows(path: Path, shown: str, findings: Findings) -> _Rows:
    """The rows of a workbook from the header on, filled up to its length."""
    before = len(findings.errors)
    width = 0
    for line, cells in workbook_rows(path, shown, findings, _is_header):
        if not width and _is_header(cells):
            width = len(cells)
        if width:
            yield line, [*cells, *[""] * (width - len(cells))]
        elif line > _MAX_PREAMBLE:
            break
    if not width and len(findings.errors) == before:
        findings.add(
            "F104", shown, 1, "no row of the workbook begins with Betreiber or Ladeeinrichtungs-ID", _MEND
        )


def _is_header(cells: Sequence[str]) -> bool:
    return bool(cells) and cells[0].strip().lower() in _FIRST_COLUMNS


def _text_rows(path: Path, shown: str, findings: Findings) -> _Rows:
    """The rows of a CSV file from the header on. What stands before it may be anything, quotes that do not close included."""
    before = len(findings.errors)
    guess = looks_like(start_of(path, START_BYTES))
    if guess and not guess.is_text:
        _refuse(path, shown, findings)
        return
    lines = _Lines(path, shown, findings)
    for text in lines:
        if match := _HEADER.match(text):
            break
        if lines.number > _MAX_PREAMBLE:
            break
    else:
        match = None
    if match is None:
        if len(findings.errors) == before:
            _refuse(path, shown, findings)
        return
    first = lines.number - 1
    reader = csv.reader(chain((text,), lines), delimiter=match[1], strict=True)
    line = first + 1
    try:
        for cells in reader:
            yield line, cells
            line = first + reader.line_num + 1
    except csv.Error as error:
        message = f"not valid CSV from here on: {error}"
        findings.add("F104", shown, line, message, "check the quotes in this line")


def _refuse(path: Path, shown: str, findings: Findings) -> None:
    """Say what a file without the header is."""
    start = start_of(path, START_BYTES)
    guess = looks_like(start)
    if not start.strip(b"\xef\xbb\xbf \t\r\n\x00"):
        findings.add("F102", shown, None, "the file is empty", "fetch the file again")
    elif guess and (guess.importer or not guess.is_table):
        findings.add("F104", shown, 1, f"is {guess.what}, not the register", guess.mend)
    else:
        message = "is not the register: no row begins with Betreiber or Ladeeinrichtungs-ID"
        findings.add("F104", shown, 1, message, _MEND)


class _Lines:
    """The lines of a text file that may be packed, with their ends, within limits. `number`: lines so far.

    UTF-8, else line by line what is not UTF-8 as Windows-1252 (Latin-1), in which older registers were published.
    """

    def __init__(self, path: Path, shown: str, findings: Findings) -> None:
        self._path = path
        self._shown = shown
        self._findings = findings
        self._lines = self._read()
        self._is_utf_8 = True
        self.number = 0

    def __iter__(self) -> Iterator[str]:
        return self._lines

    def _read(self) -> Iterator[str]:
        with said_when_unreadable(self._shown, self._findings), open_unpacked(self._path) as file:
            yield from self._decoded(file)

    def _decoded(self, file: IO[bytes]) -> Iterator[str]:
        size = 0
        while raw := file.readline(_MAX_LINE):
            size += len(raw)
            if size > MAX_REGISTER_BYTES or len(raw) == _MAX_LINE:
                most = (
                    f"more than {MAX_REGISTER_BYTES} bytes" if size > MAX_REGISTER_BYTES else "so long a line"
                )
                self._findings.add(
                    "F110", self._shown, self.number + 1, f"{most} is not read", "split the file"
                )
                return
            self.number += 1
            yield self._text(raw.removeprefix(b"\xef\xbb\xbf") if self.number == 1 else raw)

    def _text(self, raw: bytes) -> str:
        try:
            return raw.decode()
        except UnicodeDecodeError:
            if self._is_utf_8:
                self._is_utf_8 = False
                message = "the file is not UTF-8; lines that are not were read as Windows-1252 (Latin-1)"
                mend = "see that umlauts are right"
                self._findings.add("F103", self._shown, self.number, message, mend, Severity.WARNING)
            return raw.decode("cp1252", "replace")


def _of_operator(
    devices: Sequence[Device], only_operator: str | None, shown: str, findings: Findings
) -> Sequence[Device]:
    """The devices of one operator, or all with a warning that there are several."""
    operators = Counter(device.operator or "without name" for device in devices)
    if only_operator is None:
        say_mixed(operators, "operators", "records", shown, findings)
        return devices
    wanted = " ".join(only_operator.split()).casefold()
    kept = [
        device
        for device in devices
        if wanted in (device.operator.casefold(), (device.brand or "").casefold())
    ]
    if devices and not kept:
        message = f'none of {len(devices)} records is of the operator "{only_operator}"'
        findings.add("S309", shown, None, message, f"use one of: {most_common(operators)}")
    return kept


IMPORTER = Importer(
    "bnetza",
    "The German register of charging points (CSV, XLSX or JSON).",
    'chargeside import bnetza Ladesaeulenregister.csv --to my-network --only-operator "My Network GmbH"',
    read_bnetza,
    (ImporterOption("--only-operator", "Only records of this Betreiber or Anzeigename."),),
)
