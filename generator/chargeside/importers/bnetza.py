"""The German register of charging stations (Ladesäulenregister of the Bundesnetzagentur) as OCPI 2.2.1 Locations.

Two forms are read: CSV in the layouts of 2019, 2022 and 2024, and the JSON of the API (`/els/service/public/v1/chargepoints`).
One record is one charging device with up to six charge points. Devices of one operator with the same address and the same
coordinates are one Location, each charge point is one EVSE. How the rest is turned into OCPI:

* Ids of the API are those of the register: a Location has the lowest id of its devices, an EVSE the id of its device and its
  place in the list. The CSV has no ids: a Location's is a digest of address, coordinates and operator, an EVSE's one of
  address, coordinates and day of commissioning, then the number of the device and of the charge point. Devices alike in these
  are numbered by plugs, power and keys, so that the order of rows does not matter. The layouts give the same ids.
* The power is that of the whole charge point: a plug gets it only where that plug can carry it. A Schuko socket beside
  Type 2 at 22 kW has no power of its own, which is the truth.
* A CEE socket with five pins is 16, 32 or 63 A by its power; beside other plugs nobody knows, and the text stays.
* A list of ways to pay says what works; that a way is not in it says nothing, for the list is often empty.
* Anzeigename is a brand, not the name of a site: it becomes suboperator, and the address is the title of the Location.
* The register knows no day of last change. last_updated is the day of commissioning, which is stable, or 1970-01-01.
"""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import hashlib
import io
import re
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import IO, Any, cast

from chargeside.findings import Findings, Severity
from chargeside.load.ocpi_values import MAX_AC_POWER, MAX_POWER, MIN_POWER, clean_text, number
from chargeside.load.records import Record, Records, Step
from chargeside.load.tally import Kind, Tally

MAX_REGISTER_BYTES = 512 * 1024 * 1024
"""Largest file that is read, in bytes after unpacking. The whole register of 2024 has about 40 million."""

_ONE_PHASE = 7_400
"""W. 32 A at 230 V: what one phase of Type 2 gives."""
_AC = {"power_type": "AC_1_PHASE"}
_CCS = {"standard": "IEC_62196_T2_COMBO", "format": "CABLE", "power_type": "DC"}
_T2 = {"standard": "IEC_62196_T2", "power_type": "AC_3_PHASE"}
_CEE_5 = {"standard": "", "format": "SOCKET", "power_type": "AC_3_PHASE"}
_PLUGS: Sequence[tuple[frozenset[str], Mapping[str, str], int]] = (
    (frozenset({"tesla"}), {"standard": "IEC_62196_T2", "format": "CABLE", "power_type": "DC"}, MAX_POWER),
    (frozenset({"combo"}), _CCS, MAX_POWER),
    (frozenset({"ccs"}), _CCS, MAX_POWER),
    (frozenset({"chademo"}), {"standard": "CHADEMO", "format": "CABLE", "power_type": "DC"}, MAX_POWER),
    (frozenset({"schuko"}), {"standard": "DOMESTIC_F", "format": "SOCKET", **_AC}, 4_000),
    (frozenset({"cee", "3"}), {"standard": "IEC_60309_2_single_16", "format": "SOCKET", **_AC}, 4_000),
    (frozenset({"cee", "5"}), _CEE_5, MAX_AC_POWER),
    (frozenset({"typ", "2", "steckdose"}), {**_T2, "format": "SOCKET"}, MAX_AC_POWER),
    (frozenset({"typ", "2", "fahrzeugkupplung"}), {**_T2, "format": "CABLE"}, MAX_AC_POWER),
    (frozenset({"typ", "2", "kupplung"}), {**_T2, "format": "CABLE"}, MAX_AC_POWER),
    (frozenset({"typ", "2"}), _T2, MAX_AC_POWER),
    # The register says "Steckdose Typ 1"; Type 1 comes with a cable. Nobody knows which is meant.
    (frozenset({"typ", "1"}), {"standard": "IEC_62196_T1", **_AC}, _ONE_PHASE),
)
"""Words that tell a plug, the first match counts, with what it is in OCPI and the W it can carry."""
_CEE_BY_POWER = (
    (11_500, "IEC_60309_2_three_16"),
    (22_500, "IEC_60309_2_three_32"),
    (MAX_AC_POWER, "IEC_60309_2_three_64"),
)

_PAYMENTS: Mapping[str, tuple[tuple[str, ...], str | None]] = {
    "Kostenlos": ((), "free"),
    "Kostenlos (Registrierung)": ((), None),
    "Bargeld": ((), "cash"),
    "Kreditkarte (Lesegerät)": (("CHIP_CARD_SUPPORT", "CREDIT_CARD_PAYABLE"), "chip"),
    "Kreditkarte (NFC)": (("CONTACTLESS_CARD_SUPPORT", "CREDIT_CARD_PAYABLE"), "contactless"),
    "Kreditkarte (Webseite/App)": ((), "app"),
    "Debitkarte (Lesegerät)": (("CHIP_CARD_SUPPORT", "DEBIT_CARD_PAYABLE"), "chip"),
    "Debitkarte (NFC)": (("CONTACTLESS_CARD_SUPPORT", "DEBIT_CARD_PAYABLE"), "contactless"),
    "Debitkarte (Webseite/App)": ((), "app"),
    "Onlinezahlungsverfahren": ((), "web"),
    "RFID-Karte": (("RFID_READER",), "rfid"),
    "Plug & Charge": ((), "plug_and_charge"),
    "Sonstige": ((), None),
}
"""Capabilities and the way to pay that each entry of payment_systems stands for."""

_STATUSES = {"In Betrieb": "UNKNOWN", "In Wartung": "INOPERATIVE"}
_DAYS = ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag")
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_HEADER = re.compile(r'^"?Betreiber"?([;,\t])', re.MULTILINE)
_MAX_PREAMBLE = 20_000
_UNIT = re.compile(r"\s*\[.*")
_WORD = re.compile(r"[a-zäöü]+|[0-9]+")
_POSTAL_CODE_TOWN = re.compile(r"(\d{4,6})\s+(\S.*)")
_DATE = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4}|\d{2})")
_ZERO_STATES = frozenset({"brandenburg", "sachsen", "sachsen-anhalt", "thüringen"})
"""Where postal codes begin with a zero, which spreadsheets drop."""
_LATITUDES, _LONGITUDES = (47.2, 55.1), (5.8, 15.1)
"""Degrees between which Germany lies."""
_EXTRA = {"source": "Bundesnetzagentur.de", "licence": "CC BY 4.0"}

_KINDS: Mapping[str, Kind] = {
    # left out
    "cells": Kind(
        "S308", "left out: the number of cells differs from the header's", "quote cells that hold a ;", "row"
    ),
    "no_object": Kind("S308", "left out: no JSON object", "give an object", "record"),
    "no_id": Kind("S308", "left out: no id", "give the id that the register has", "record"),
    "same_id": Kind("S308", "left out: the id stands in an earlier record", "keep one of them", "record"),
    "no_place": Kind(
        "S308", "left out: neither an address nor usable coordinates", "give the place", "record"
    ),
    # kept
    "count": Kind(
        "S306",
        "Anzahl Ladepunkte is {}; those that are described are kept",
        "describe each charge point",
        "record",
    ),
    "no_point": Kind(
        "S306", "no charge point is described; kept, its plug unknown", "give Steckertypen", "record"
    ),
    "no_plug": Kind("S306", "no plug is given; kept, its plug unknown", "give Steckertypen", "charge point"),
    "odd_plug": Kind("S306", '"{}" is no plug and left out', "correct Steckertypen", "charge point"),
    "plug": Kind("S304", 'plug "{}" is none that OCPI names: shown as text', "nothing to do", "connector"),
    "no_power": Kind("S306", "no power is given", "give the power in kW", "charge point"),
    "stray_power": Kind(
        "S306",
        "a power of {} kW belongs to no charge point and is left out",
        "delete it, or give its Steckertypen",
        "cell",
    ),
    "power": Kind("S306", "a power of {} kW cannot be right here and is left out", "give it in kW", "plug"),
    "coordinates": Kind("S306", "coordinates are {}", "give degrees, WGS 84", "record"),
    "postal_code": Kind("S306", "a postal code without five digits is kept", "correct it", "record"),
    "no_operator": Kind("S306", "Betreiber is empty", "give the operator", "record"),
    "hours": Kind("S306", "opening hours do not fit OCPI and are left out", "correct them", "record"),
    "hours_differ": Kind(
        "S306",
        "opening hours differ between the devices of a site and are left out",
        "nothing to do",
        "site",
    ),
    "payment": Kind("S304", 'way to pay "{}" is not known and left out', "nothing to do", "record"),
    "status": Kind("S304", 'status "{}" is not known', "nothing to do", "record"),
}

_Raw = Mapping[str, Any]


@dataclass(slots=True)
class _Device:
    """One record of the register."""

    record: Record
    steps: tuple[Step, ...]
    operator: str
    brand: str | None
    street: str
    postal_code: str
    town: str
    state: str | None
    coordinates: tuple[str, str] | None
    day: str
    api_id: int | None
    evses: list[dict[str, Any]]
    hours: dict[str, Any] | None
    order: tuple[str, ...]

    @property
    def address(self) -> tuple[str, ...]:
        """What tells the site, in one spelling."""
        texts = (self.street, self.postal_code, self.town, *(self.coordinates or ("", "")))
        return tuple(" ".join(text.split()).casefold() for text in texts)


def read_bnetza(path: Path, findings: Findings, only_operator: str | None = None) -> list[dict[str, Any]]:
    """OCPI 2.2.1 Locations of the register (CSV or JSON, plain or gzip); an empty list when the file cannot be used.

    `only_operator`: keep the records whose Betreiber or Anzeigename is this, in any case. Excel workbooks are refused with a
    finding: save the sheet as CSV.
    """
    shown = str(path)
    data = _bytes_of(path, shown, findings)
    text = _text_of(data, shown, findings) if data is not None else None
    if text is None:
        return []
    is_json = text.lstrip()[:1] in {"{", "["}
    records = Records(text if is_json else "", shown, findings)
    tally = Tally(shown, records, _KINDS, findings)
    reader = _Reader(tally)
    total = len(findings.errors)
    devices = list(reader.stations(records) if is_json else reader.rows(text, shown, findings))
    if len(findings.errors) > total:
        return []
    kept = _of_operator(devices, only_operator, shown, findings)
    locations = _locations(kept, tally)
    tally.report()
    if not devices:
        findings.add("S309", shown, None, "the register holds no station", "fetch the file again")
    return locations


# bytes and text


def _bytes_of(path: Path, shown: str, findings: Findings) -> bytes | None:
    try:
        with path.open("rb") as file:
            packed = file.read(2) == b"\x1f\x8b"
        with cast(IO[bytes], gzip.open(path, "rb")) if packed else path.open("rb") as file:
            data = file.read(MAX_REGISTER_BYTES + 1)
    except FileNotFoundError:
        findings.add("F101", shown, None, "no such file", "correct the name")
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        findings.add("F104", shown, None, f"the gzip archive is damaged: {error}", "fetch the file again")
    except OSError as error:
        mend = "check the file's kind and its permissions"
        findings.add("F101", shown, None, f"cannot be read: {error.strerror}", mend)
    else:
        if len(data) <= MAX_REGISTER_BYTES:
            return data
        findings.add("F110", shown, None, f"more than {MAX_REGISTER_BYTES} bytes are not read", "split it")
    return None


def _text_of(data: bytes, shown: str, findings: Findings) -> str | None:
    """The text of a CSV or JSON file; None with a finding for anything else."""
    if data.startswith(b"PK"):
        message = "is an Excel workbook (XLSX) or a ZIP archive, which is not read"
        findings.add("F104", shown, 1, message, "save the sheet as CSV (UTF-8), or unpack the archive")
    elif data.startswith((b"\xff\xfe", b"\xfe\xff")):
        findings.add("F103", shown, 1, "the file is UTF-16", "save it as CSV (UTF-8)")
    elif data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        mend = "fetch the file again: a login or error page may have been saved"
        findings.add("F104", shown, 1, "is an HTML page or XML, not the register", mend)
    elif not data.strip(b"\xef\xbb\xbf \t\r\n\x00"):
        findings.add("F102", shown, None, "the file is empty", "fetch the file again")
    else:
        return _decoded(data.removeprefix(b"\xef\xbb\xbf"), shown, findings)
    return None


def _decoded(data: bytes, shown: str, findings: Findings) -> str:
    """UTF-8, else line by line what is not UTF-8 as Windows-1252 (Latin-1), in which older registers were published."""
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
    message = "the file is not UTF-8; lines that are not were read as Windows-1252 (Latin-1)"
    findings.add("F103", shown, line, message, "see that umlauts are right", Severity.WARNING)
    return "\n".join(map(_decoded_line, data.split(b"\n")))


def _decoded_line(line: bytes) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError:
        return line.decode("cp1252", "replace")


# records


class _Reader:
    """Turns records into devices and notes what is wrong with them."""

    def __init__(self, tally: Tally) -> None:
        self._tally = tally
        self._record = Record(None, "", 0, 1)
        self._steps: tuple[Step, ...] = ()
        self._ids: set[int] = set()

    # CSV

    def rows(self, text: str, shown: str, findings: Findings) -> Iterator[_Device]:
        """The devices of a CSV file. What stands before the header is skipped."""
        match = _HEADER.search(text, 0, _MAX_PREAMBLE)
        if match is None:
            message = 'is not the register: no row begins with "Betreiber"'
            mend = "give the Ladesäulenregister of the Bundesnetzagentur as CSV or JSON"
            findings.add("F104", shown, 1, message, mend)
            return
        first = text.count("\n", 0, match.start()) + 1
        reader = csv.reader(io.StringIO(text[match.start() :], newline=""), delimiter=match[1], strict=True)
        line = first
        try:
            header = [_UNIT.sub("", cell).strip().lower() for cell in next(reader)]
            if missing := _missing(header):
                message = f"is not the register: column {missing} is missing"
                findings.add("F104", shown, first, message, "give a layout of 2019, 2022 or 2024")
                return
            line = first + reader.line_num
            for cells in reader:
                if any(cell.strip() for cell in cells) and (device := self._row(line, header, cells)):
                    yield device
                line = first + reader.line_num
        except csv.Error as error:
            message = f"not valid CSV from here on: {error}"
            findings.add("F104", shown, line, message, "check the quotes in this line")

    def _row(self, line: int, header: Sequence[str], cells: list[str]) -> _Device | None:
        self._record, self._steps = Record(None, f"line {line}", 0, line), ()
        if any(cell.strip() for cell in cells[len(header) :]) or len(cells) <= header.index("steckertypen1"):
            self._note("cells")
            return None
        row = dict.fromkeys(header, "") | dict(zip(header, cells, strict=False))
        street = row.get("adresse") or _street(row.get("straße"), row.get("hausnummer"))
        postal_code, town = row.get("postleitzahl", ""), row.get("ort", "")
        if both := row.get("postleitzahl ort", "").strip():
            match = _POSTAL_CODE_TOWN.fullmatch(both)
            postal_code, town = match.groups() if match else ("", both)
        return self._device(
            row,
            {
                "operator": row["betreiber"],
                "brand": row.get("anzeigename (karte)"),
                "street": street,
                "postal_code": postal_code,
                "town": town,
                "state": row.get("bundesland"),
                "latitude": row["breitengrad"],
                "longitude": row["längengrad"],
                "date": row.get("inbetriebnahmedatum"),
                "directions": [row.get("adresszusatz")],
            },
            self._points(row),
            api_id=None,
        )

    def _points(self, row: Mapping[str, str]) -> list[list[dict[str, Any]]]:
        """The connectors of each charge point of a row."""
        points = []
        without_plug = []
        numbers = [name.removeprefix("steckertypen") for name in row if name.startswith("steckertypen")]
        for index in numbers:
            names = [name.strip() for name in re.split(r"[;,]", row[f"steckertypen{index}"])]
            names = [name for name in names if name]
            power = row.get(f"p{index}", "").strip()
            if names:
                points.append(self._connectors([(name, power) for name in names]))
            elif power and number(power) != 0:
                without_plug.append(power)
        count = number(row.get("anzahl ladepunkte"))
        missing = len(without_plug) if count is None else max(0, int(count) - len(points))
        points += [self._connectors([("", power)]) for power in without_plug[:missing]]
        for power in without_plug[missing:]:
            self._note("stray_power", power)
        if not points:
            self._note("no_point")
            known = int(count) if count and 1 <= count <= len(numbers) else 1
            return [[{"id": "1"}] for _ in range(known)]
        if count is not None and count != len(points):
            self._note("count", f"{count:g}, but {len(points)} are described")
        return points

    # JSON

    def stations(self, records: Records) -> Iterator[_Device]:
        """The devices of the API's answer, also of a bare list of stations."""
        for record in records:
            value = record.value
            listed = value.get("chargingStations") if isinstance(value, dict) else None
            stations = listed if isinstance(listed, list) else [value]
            for index, station in enumerate(stations):
                self._record = record
                self._steps = ("chargingStations", index) if isinstance(listed, list) else ()
                if device := self._station(station):
                    yield device

    def _station(self, raw: object) -> _Device | None:
        if not isinstance(raw, dict):
            self._note("no_object")
            return None
        known = number(raw.get("id"))
        if known is None or known != int(known) or known < 0:
            self._note("no_id")
            return None
        if int(known) in self._ids:
            self._note("same_id")
            return None
        operator, coordinates, status = (_dict(raw.get(key)) for key in ("operator", "coordinates", "status"))
        access = clean_text(raw.get("access_restriction"))
        device = self._device(
            raw,
            {
                "operator": operator.get("companyName"),
                "brand": operator.get("displayName"),
                "street": _street(raw.get("street"), raw.get("house_no")),
                "postal_code": raw.get("postal_code"),
                "town": raw.get("city"),
                "state": raw.get("state"),
                "latitude": coordinates.get("latitude"),
                "longitude": coordinates.get("longitude"),
                "date": raw.get("go_live_date"),
                "directions": [
                    raw.get("address_addition"),
                    None if access == "Keine Beschränkung" else access,
                ],
            },
            [self._api_connectors(evse) for evse in _list(raw.get("evses"))] or None,
            api_id=int(known),
        )
        if device is None:
            return None
        self._ids.add(int(known))
        self._finish(device, raw, clean_text(status.get("operational")))
        return device

    def _finish(self, device: _Device, raw: _Raw, status: str | None) -> None:
        """What only the API knows: EVSE IDs, status, ways to pay and hours."""
        if status and status not in _STATUSES:
            self._note("status", status)
        capabilities, payment = self._payments(_list(raw.get("payment_systems")))
        for evse, given in zip(device.evses, _list(raw.get("evses")) or [None], strict=False):
            if evse_id := clean_text(_dict(given).get("evse_id")):
                evse["evse_id"] = evse_id
            evse["status"] = _STATUSES.get(status or "", "UNKNOWN")
            if capabilities:
                evse["capabilities"] = capabilities
            if payment:
                evse["chargeside"] = {"payment": payment}
        device.hours = self._hours(raw)

    def _api_connectors(self, evse: object) -> list[dict[str, Any]]:
        given = [_dict(connector) for connector in _list(_dict(evse).get("connectors"))]
        plugs = [
            (
                clean_text(connector.get("connector_type")) or "",
                clean_text(connector.get("max_electric_power_connector")) or "",
            )
            for connector in given
        ]
        return self._connectors(plugs or [("", "")])

    def _payments(self, given: Sequence[object]) -> tuple[list[str], dict[str, str]]:
        capabilities: dict[str, None] = {}
        payment = {}
        for value in given:
            text = clean_text(value)
            if text is None:
                continue
            if text not in _PAYMENTS:
                self._note("payment", text)
                continue
            names, way = _PAYMENTS[text]
            capabilities.update(dict.fromkeys(names))
            if way:
                payment[way] = "yes"
        return list(capabilities), payment

    def _hours(self, raw: _Raw) -> dict[str, Any] | None:
        if clean_text(raw.get("opening_hours_specification")) in {"247", "24/7"}:
            return {"twentyfourseven": True}
        periods = []
        for given in map(_dict, _list(raw.get("opening_days"))):
            day, begin, end = (
                clean_text(given.get(key)) or "" for key in ("weekday", "open_from", "open_to")
            )
            if day not in _DAYS or not (_TIME.fullmatch(begin) and _TIME.fullmatch(end)) or end <= begin:
                self._note("hours")
                return None
            periods.append({"weekday": _DAYS.index(day) + 1, "period_begin": begin, "period_end": end})
        return {"twentyfourseven": False, "regular_hours": periods} if periods else None

    # both

    def _device(
        self,
        raw: _Raw,
        given: _Raw,
        points: list[list[dict[str, Any]]] | None,
        api_id: int | None,
    ) -> _Device | None:
        text = {key: clean_text(given[key]) for key in ("operator", "brand", "street", "town", "state")}
        coordinates = self._coordinates(given["latitude"], given["longitude"])
        if not coordinates and not (text["street"] and text["town"]):
            self._note("no_place")
            return None
        if not text["operator"]:
            self._note("no_operator")
        if points is None:
            self._note("no_point")
        day = _day(given["date"])
        updated = f"{day or '1970-01-01'}T00:00:00Z"
        directions = "; ".join(filter(None, map(clean_text, given["directions"])))
        evses = []
        for connectors in points or [[{"id": "1"}]]:
            evse: dict[str, Any] = {"uid": "", "status": "UNKNOWN"}
            evse["connectors"] = [{**connector, "last_updated": updated} for connector in connectors]
            if directions:
                evse["directions"] = [{"language": "de", "text": directions}]
            evse["last_updated"] = updated
            evses.append(evse)
        keys = (str(raw[key]) for key in sorted(raw) if key.startswith("public key"))
        return _Device(
            record=self._record,
            steps=self._steps,
            operator=text["operator"] or "",
            brand=text["brand"] if text["brand"] != text["operator"] else None,
            street=text["street"] or "",
            postal_code=self._postal_code(given["postal_code"], text["state"] or ""),
            town=text["town"] or "",
            state=text["state"],
            coordinates=coordinates,
            day=day,
            api_id=api_id,
            evses=evses,
            hours=None,
            order=(repr(points), directions, *keys, repr(text)),
        )

    def _connectors(self, plugs: Sequence[tuple[str, str]]) -> list[dict[str, Any]]:
        """The connectors of one charge point from the texts of its plugs and their power in kW.

        A power that one plug cannot carry belongs to another one; it is doubted where no plug can carry it.
        """
        real = [(text, power) for text, power in plugs if not text or not text.isdigit()]
        for text, _ in plugs:
            if text.isdigit():
                self._note("odd_plug", text)
        connectors: list[dict[str, Any]] = []
        doubted = {power for _, power in plugs if power}
        for index, (text, power) in enumerate(real or [("", plugs[0][1])]):
            fields, most = _plug(text)
            kilowatts = number(power)
            watts = round(kilowatts * 1000) if kilowatts is not None else 0
            fits = MIN_POWER <= watts <= most
            connector: dict[str, Any] = {"id": str(index + 1), **fields}
            if "standard" in fields and not fields["standard"]:
                connector["standard"] = _cee_5(watts, text) if fits and len(real) == 1 else text
            if text and not fields:
                connector["standard"] = text
                self._note("plug", text)
            elif not text:
                self._note("no_plug")
            if fits:
                doubted.discard(power)
                connector["max_electric_power"] = watts
                if connector.get("standard") == "IEC_62196_T2" and watts <= _ONE_PHASE and most < MAX_POWER:
                    connector["power_type"] = "AC_1_PHASE"
            connectors.append(connector)
        for power in sorted(doubted):
            self._note("power", power)
        if not any(power for _, power in plugs):
            self._note("no_power")
        return connectors

    def _coordinates(self, latitude: object, longitude: object) -> tuple[str, str] | None:
        """Degrees with six decimals (a tenth of a metre). Swapped ones are certain and put right."""
        north, east = number(latitude), number(longitude)
        if north is None or east is None:
            self._note("coordinates", "missing or no numbers")
            return None
        if _within(east, _LATITUDES) and _within(north, _LONGITUDES):
            self._note("coordinates", "swapped, which was put right")
            north, east = east, north
        if (north == 0 and east == 0) or abs(north) > 90 or abs(east) > 180:
            self._note("coordinates", "0, 0 or off the globe, and not used")
            return None
        if not (_within(north, _LATITUDES) and _within(east, _LONGITUDES)):
            self._note("coordinates", "outside Germany, but kept")
        return f"{north:.6f}", f"{east:.6f}"

    def _postal_code(self, given: object, state: str) -> str:
        text = clean_text(given) or ""
        if len(text) == 4 and text.isdigit() and state.casefold() in _ZERO_STATES:
            text = f"0{text}"
        if len(text) != 5 or not text.isdigit():
            self._note("postal_code")
        return text

    def _note(self, kind: str, detail: str = "") -> None:
        self._tally.note(kind, detail, self._record, self._steps)


# sites


def _of_operator(
    devices: Sequence[_Device], only_operator: str | None, shown: str, findings: Findings
) -> Sequence[_Device]:
    """The devices of one operator, or all with a warning that there are several."""
    operators = Counter(device.operator or "without name" for device in devices)
    listed = ", ".join(f"{name} ({count})" for name, count in operators.most_common(20))
    if only_operator is None:
        if len(operators) > 1:
            message = f"the file mixes {len(operators)} operators; records: {listed}"
            mend = f'take one with --only-operator "{operators.most_common(1)[0][0]}"'
            findings.add("S307", shown, None, message, mend)
        return devices
    wanted = " ".join(only_operator.split()).casefold()
    kept = [
        device
        for device in devices
        if wanted in (device.operator.casefold(), (device.brand or "").casefold())
    ]
    if devices and not kept:
        message = f'none of {len(devices)} records is of the operator "{only_operator}"'
        findings.add("S309", shown, None, message, f"use one of: {listed}")
    return kept


def _locations(devices: Sequence[_Device], tally: Tally) -> list[dict[str, Any]]:
    """Devices of one operator at one place as one Location, whatever the order of records."""
    sites: dict[tuple[str, ...], list[_Device]] = {}
    for device in devices:
        key = (" ".join(device.operator.split()).casefold(), *device.address)
        sites.setdefault(key, []).append(device)
    locations = []
    for (operator, *_), members in sites.items():
        members.sort(key=lambda device: (device.api_id or 0, device.day, device.order))
        _name_evses(members)
        first = members[0]
        hours = first.hours
        if any(device.hours != hours for device in members):
            tally.note("hours_differ", "", first.record, first.steps)
            hours = None
        known = str(first.api_id) if first.api_id is not None else _digest(*first.address, operator)
        locations.append(_location(known, members, hours))
    return locations


def _name_evses(members: Sequence[_Device]) -> None:
    """Give the EVSEs of a site their uids; `members` are in their stable order."""
    alike: Counter[str] = Counter()
    for device in members:
        name = str(device.api_id)
        if device.api_id is None:
            digest = _digest(*device.address, device.day)
            alike[digest] += 1
            name = f"{digest}-{alike[digest]}"
        for index, evse in enumerate(device.evses):
            evse["uid"] = f"{name}-{index + 1}"


def _location(known: str, members: Sequence[_Device], hours: dict[str, Any] | None) -> dict[str, Any]:
    first = members[0]
    place = (
        dict(zip(("latitude", "longitude"), first.coordinates, strict=True)) if first.coordinates else None
    )
    brand = next((device.brand for device in members if device.brand), None)
    location: dict[str, Any] = {
        "country_code": "DE",
        "party_id": "XXX",
        "id": known,
        "publish": True,
        "address": first.street,
        "city": first.town,
        "postal_code": first.postal_code or None,
        "state": first.state,
        "country": "DEU",
        "coordinates": place,
        "evses": [evse for device in members for evse in device.evses],
        "operator": {"name": first.operator} if first.operator else None,
        "suboperator": {"name": brand} if brand else None,
        "time_zone": "Europe/Berlin",
        "opening_times": hours,
        "chargeside": dict(_EXTRA),
        "last_updated": max(evse["last_updated"] for device in members for evse in device.evses),
    }
    return {key: value for key, value in location.items() if value is not None}


# values


def _missing(header: Sequence[str]) -> str | None:
    wanted = ("breitengrad", "längengrad", "steckertypen1")
    if "adresse" not in header and "straße" not in header:
        return "Straße"
    return next((name.capitalize() for name in wanted if name not in header), None)


@lru_cache(maxsize=1024)
def _plug(text: str) -> tuple[Mapping[str, str], int]:
    """OCPI fields of a plug, none when the text is not known, and the W it can carry."""
    words = set(_WORD.findall(text.casefold()))
    return next(((fields, most) for needed, fields, most in _PLUGS if needed <= words), ({}, MAX_POWER))


def _cee_5(watts: int, text: str) -> str:
    return next((standard for most, standard in _CEE_BY_POWER if watts <= most), text)


def _street(street: object, house: object) -> str:
    """Street and number; the register writes 0 for none."""
    parts = (clean_text(street), clean_text(house))
    return " ".join(part for part in parts if part and part != "0")


def _day(given: object) -> str:
    """Day of commissioning as YYYY-MM-DD; empty when it is none. Two digits of a year are of this century."""
    match = _DATE.fullmatch(clean_text(given) or "")
    if not match:
        return ""
    day, month, year = map(int, match.groups())
    try:
        return dt.date(year + (2000 if year < 100 else 0), month, day).isoformat()
    except ValueError:
        return ""


def _digest(*texts: str) -> str:
    return hashlib.sha256("\0".join(texts).encode("utf-8", "replace")).hexdigest()[:16]


def _within(value: float, limits: tuple[float, float]) -> bool:
    return limits[0] <= value <= limits[1]


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
