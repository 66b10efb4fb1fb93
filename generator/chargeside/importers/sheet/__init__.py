"""`chargeside import csv FILE`: our own sheet, one row for each connector, as OCPI 2.2.1 Locations.

For operators with nothing but a spreadsheet: CSV or XLSX. The columns, their other names and the words that may stand in them
are in tables/sheet.yml; the template is made from it (importers/sheet/template.py). A few columns are enough: `connector`,
`country`, and what tells the site. How rows become OCPI:

* Rows with the same location_id are one Location; without that, rows with the same name and address. Its id is then a digest
  of them, so another spelling is another site, with another code: a note says so.
* Rows of a Location with the same evse_uid or evse_id are one EVSE (it serves one car at a time, by one of its plugs). So are,
  without those, rows with the same number, cabinet and side, of which the number, or cabinet and side, must be there. Any
  other row is an EVSE of its own. Without evse_uid and evse_id the uid is a digest of what tells the EVSE.
* What holds for the site (name, address, phone, hours) is taken from its first row that has it. What holds for an EVSE is left
  out where its rows contradict each other: a wrong "cards accepted" is worse than silence.
* Type 2 at no more than 7.4 kW, or at less than 346 V and an unknown power, counts as one phase.
* A row whose connector is empty is a charger all the same: drivers need help at it.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from chargeside.findings import Findings, Severity
from chargeside.importers.common import (
    LONG_AGO,
    MAX_SHORT,
    MAX_TEXT,
    Place,
    alpha3,
    coordinates,
    count_in_journal,
    doubt_of_place,
    metres,
    other_format,
    present,
    shortened,
    usable_phone,
    watts,
)
from chargeside.importers.importer import Importer, ImporterOption
from chargeside.importers.opening_hours import opening_times
from chargeside.importers.sheet.table import (
    CHOICES,
    bare_word,
    column_of,
    fields_of,
    is_header,
    nearest_column,
    plug_of,
    power_type_of,
    sheet_table,
)
from chargeside.importers.table import Table
from chargeside.journal import Effect
from chargeside.load.looks_like import START_BYTES
from chargeside.load.ocpi_values import (
    COUNTRIES_BY_OWN_NAME,
    clean_text,
    is_safe_id,
    number,
)
from chargeside.load.packed import start_of
from chargeside.load.records import Records
from chargeside.load.spreadsheet import YES_NO, fitted, made_by_excel
from chargeside.load.tally import Kind, Tally
from chargeside.model.cells import plain_cell
from chargeside.model.countries import alpha2
from chargeside.model.facts import PAYMENTS
from chargeside.model.operator import Operator

_E = Severity.ERROR
KINDS: Mapping[str, Kind] = {
    # errors: a code would be given to something that is not what was meant
    "excel": Kind(
        "F112",
        "{}",
        "format the column as text, then enter it again",
        severity=_E,
        each=True,
    ),
    "bad_id": Kind(
        "S302",
        "{} holds control characters or ../, or is longer than 255 characters",
        "give the id as your system has it",
        each=True,
    ),
    "no_country": Kind(
        "S301",
        "no country, which decides language and emergency number",
        "fill in country, or import with --country DE",
        "row",
    ),
    "bad_country": Kind(
        "S301", "country {} is not known", "write two letters, like DE, or the English name", each=True
    ),
    # left out
    "cells": Kind(
        "S308",
        "left out: there are cells beyond the header",
        "give every column a name; quote cells that hold the separator",
        "row",
        each=True,
    ),
    "no_place": Kind(
        "S308", "left out: nothing tells the site", "fill in location_id, or name and address", "row", each=True
    ),
    # kept
    "no_plug": Kind("S306", "no connector: kept, its plug unknown", "fill in connector", "row", each=True),
    "plug": Kind(
        "S304", "connector {} is not known: shown as text", "write Type 2, CCS … or an OCPI ConnectorType", "row"
    ),
    "word": Kind("S306", "{} is not understood and left out", "use one of the words in the template", "row", each=True),
    "value": Kind("S306", "{} cannot be right and is left out", "correct it", "row", each=True),
    "coordinates": Kind("S306", "coordinates are {}", "give degrees, WGS 84, or leave both empty", "row", each=True),
    "phone": Kind("S306", "help_phone {} is no number or a placeholder, and left out", "give the helpline", "row", each=True),
    "bare_phone": Kind(
        "S306",
        "help_phone {} starts with neither + nor 0, which spreadsheets take off: used as it is",
        "format the column as text, and write it like +49 800 1234567",
        "row",
        each=True,
    ),
    "hours": Kind(
        "S306",
        "opening_hours {} are not understood and left out",
        "write 24/7, or like Mo-Fr 06:00-22:00, Sa 08:00-20:00",
        "row",
        each=True,
    ),
    "differs": Kind("S306", "{}: the first row of the site counts", "write the same in all its rows", "row", each=True),
    "conflict": Kind(
        "S306", "{} says something else than an earlier row of the same EVSE, and is left out", "write the same", "row", each=True
    ),
    "elsewhere": Kind(
        "S306", "EVSE {} also stands at another site: both are kept", "give each its own evse_uid", "row", each=True
    ),
    "examples": Kind("S306", "the rows are the template's example, which no driver should see", "fill in yours", "row"),
    "left_examples": Kind(
        "S308", "left out: the template's example", "delete the rows EXAMPLE-1 and EXAMPLE-2", "row", effect=Effect.ON_PURPOSE
    ),
    # put right and worked out
    "zero": Kind("S311", "postal_code had lost its leading zero: put back", "format the column as text", "row"),
    "site_id": Kind(
        "S312",
        "no location_id: made from name and address. A change of either is another site, with other codes",
        "fill in location_id before you print signs",
        "row",
    ),
    "uid": Kind(
        "S312",
        "neither evse_uid nor evse_id: made from number, cabinet and side, or plug and power. A change of these is another charger",
        "fill in evse_uid before you print signs",
        "row",
    ),
}  # fmt: skip
_IDS = ("location_id", "evse_uid", "evse_id", "number", "cabinet")
_SITE_TEXTS = {"name": MAX_TEXT, "address": MAX_TEXT, "postal_code": MAX_SHORT, "city": MAX_SHORT}
"""Columns of the site, and their longest text in characters."""
_PAYMENTS = {f"pay_{way}" if way != "free" else "free_of_charge": way for way in PAYMENTS}
_YES_NO = (*_PAYMENTS, "display", "wheelchair")
_ZERO_FIRST = frozenset({"DE", "ES", "FR", "IT", "US"})
"""Countries whose postal codes have five digits and may start with a zero, which spreadsheets take off."""
_NOTHING = frozenset({"-", "–", "—", "n/a", "N/A"})
"""What people write where they have nothing to write."""
_UNIT = re.compile(r"\s*(kw|v|a|m)$", re.IGNORECASE)

_Row = Mapping[str, str]


def read_sheet(
    path: Path, findings: Findings, country: str | None = None, party_id: str | None = None
) -> list[dict[str, Any]]:
    """OCPI 2.2.1 Locations of a sheet (CSV or XLSX); an empty list when it cannot be used.

    `country`: of the rows that have none. `party_id`: three characters of the operator, as in EVSE IDs.
    """
    shown = str(path)
    before = len(findings.errors)
    home, party = _options(country, party_id, shown, findings)
    table = Table(path, shown, findings, is_header, by_people=True)
    tally = Tally(shown, Records("", shown, findings), KINDS, findings)
    reader = _Reader(tally, home, party)
    for line, row in _rows(table, reader, shown, findings):
        reader.add(line, row)
    reader.finish()
    locations = reader.locations()
    tally.report()
    count_in_journal(findings, shown, "rows", locations, records=reader.total, used=reader.used)
    if len(findings.errors) > before:
        return []
    if not reader.total:
        findings.add("S309", shown, None, "the sheet holds no row below its header", "fill in your chargers")
    return locations


def _options(
    country: str | None, party_id: str | None, shown: str, findings: Findings
) -> tuple[str | None, str]:
    """--country as alpha-2, --party-id or the XXX of those who have none."""
    home = _country(country) if country else None
    if country and not home:
        findings.add("F108", shown, None, f"--country {country} is not known", "write two letters, like DE")
    party = (party_id or "XXX").strip().upper()
    if not re.fullmatch(r"[A-Z0-9]{3}", party):
        findings.add("F108", shown, None, f"--party-id {party_id} is none", "write three letters or digits")
    return home, party


def _country(text: str) -> str | None:
    return alpha2(text) or COUNTRIES_BY_OWN_NAME.get(text.strip().casefold())


def _rows(table: Table, reader: _Reader, shown: str, findings: Findings) -> Iterator[tuple[int, _Row]]:
    """Line and cells by column of each row."""
    columns: list[str | None] | None = None
    for line, cells in table:
        if columns is None:
            columns = _columns(cells, line, shown, findings)
            if columns is None:
                return
            continue
        whole = fitted(cells, len(columns))
        if whole is None:
            reader.leave_out(line, "cells")
            continue
        named_cells = zip(columns, whole, strict=True)
        row = {name: plain_cell(text) for name, cell in named_cells if name and (text := clean_text(cell))}
        filled = {name: text for name, text in row.items() if text not in _NOTHING}
        if filled:
            yield line, filled
        elif any(cell.strip() for cell in whole):
            reader.leave_out(line, "no_place")


def _columns(header: Sequence[str], line: int, shown: str, findings: Findings) -> list[str | None] | None:
    """The column of each cell of the header, None for those not read; None, with a finding, when it is no header of ours."""
    columns = [column_of(cell) for cell in header]
    if "connector" not in columns:
        guess = other_format(header, start_of(Path(shown), START_BYTES), "csv")
        message = (
            f"is {guess.what}, not the sheet" if guess else "is not the sheet: no column is called connector"
        )
        mend = guess.mend if guess else "start from the template: chargeside new sheet stations.xlsx"
        findings.add("F104", shown, line, message, mend)
        return None
    for index, cell in enumerate(header):
        name = columns[index]
        if name and name in columns[:index]:
            findings.add(
                "F105", shown, line, f"{_quoted(cell)} is a second column {name}", "keep one of the two"
            )
        elif name is None and cell.strip():
            message = f"column {_quoted(cell)} is not known and not read"
            findings.add("F106", shown, line, message, nearest_column(cell), Severity.WARNING)
    return columns


@dataclass(slots=True)
class _Evse:
    """An EVSE as its rows tell it."""

    uid: str
    connectors: list[dict[str, Any]] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)
    conflicts: set[str] = field(default_factory=set)


@dataclass(slots=True)
class _Site:
    """A Location as its rows tell it."""

    country: str
    values: dict[str, Any] = field(default_factory=dict)
    evses: dict[tuple[str, ...], _Evse] = field(default_factory=dict)
    alike: Counter[tuple[str, ...]] = field(default_factory=Counter)


class _Reader(Place):
    """Collects rows into Locations and notes what is wrong with them."""

    def __init__(self, tally: Tally, home: str | None, party: str) -> None:
        super().__init__(tally)
        self._home = home
        self._party = party
        self._sites: dict[str, _Site] = {}
        self._owner_of_uid: dict[str, str] = {}
        self._examples: list[tuple[int, _Row]] = []
        self.total = self.used = 0

    def leave_out(self, line: int, kind: str) -> None:
        """Count a row that is not used."""
        self.total += 1
        self.go_to_line(line)
        self.note(kind)

    def add(self, line: int, row: _Row) -> None:
        """One row; those of the template wait until it is known whether there are others."""
        self.total += 1
        if (row.get("location_id"), row.get("name")) in sheet_table().example_sites:
            self._examples.append((line, row))
        else:
            self._use(line, row)

    def finish(self) -> None:
        """Use the rows of the template where there are no others, for a first try; their codes would last for ever."""
        kind = "left_examples" if self.used else "examples"
        for line, row in self._examples:
            self.go_to_line(line)
            self.note(kind)
            if kind == "examples":
                self._use(line, row)

    def _use(self, line: int, row: _Row) -> None:
        """One row: a connector of an EVSE of a Location."""
        self.go_to_line(line)
        if not self._ids_are_whole(row):
            return
        country = self._country_of(row)
        key = self._site_key(row, country) if country else None
        if key is None or country is None:
            return
        self.used += 1
        self.is_about(key, row.get("name"), row.get("evse_id") or row.get("evse_uid", ""))
        site = self._sites.setdefault(key, _Site(country))
        if site.country != country:
            self.note("differs", f"country {_quoted(row.get('country', ''))}")
        self._read_site(site, row)
        connector = self._connector(row, country)
        evse = self._evse(key, site, row, connector)
        evse.connectors.append({"id": str(len(evse.connectors) + 1), **connector})
        self._read_evse(evse, row)

    def locations(self) -> list[dict[str, Any]]:
        """The Locations, in the order of the sheet."""
        return [self._location(key, site) for key, site in self._sites.items()]

    # ids

    def _ids_are_whole(self, row: _Row) -> bool:
        for name in _IDS:
            text = row.get(name, "")
            if spoilt := made_by_excel(text):
                self.note("excel", f"{name} {_quoted(text)}: {spoilt}")
                return False
            if text and not is_safe_id(text):
                self.note("bad_id", f"{name} {_quoted(text)}")
                return False
        return True

    def _site_key(self, row: _Row, country: str) -> str | None:
        given = row.get("location_id")
        if given:
            return given
        # Not the postal code, which spreadsheets change.
        texts = [row.get(name, "") for name in ("name", "address", "city")]
        if not any(texts):
            self.note("no_place")
            return None
        self.note("site_id")
        return _digest(*texts, country)

    def _country_of(self, row: _Row) -> str | None:
        given = row.get("country")
        if not given:
            if self._home is None:
                self.note("no_country")
            return self._home
        country = _country(given)
        if country is None:
            self.note("bad_country", _quoted(given))
        return country

    def _evse(self, site_key: str, site: _Site, row: _Row, connector: Mapping[str, Any]) -> _Evse:
        key = _evse_key(site, row, connector)
        evse = site.evses.get(key)
        if evse is None:
            uid = row.get("evse_uid") or row.get("evse_id")
            if uid is None:
                self.note("uid")
                uid = _digest(site_key, *key)
            evse = site.evses[key] = _Evse(uid)
            if self._owner_of_uid.setdefault(uid, site_key) != site_key:
                self.note("elsewhere", _quoted(uid))
        return evse

    # the site

    def _read_site(self, site: _Site, row: _Row) -> None:
        """Take from a row what holds for the whole site."""
        texts: dict[str, Any] = {
            name: shortened(row[name], most) for name, most in _SITE_TEXTS.items() if name in row
        }
        if "postal_code" in texts:
            texts["postal_code"] = self._postal_code(texts["postal_code"], site.country)
        found = {
            **texts,
            "coordinates": self._coordinates(row),
            "help_phone": self._phone(row),
            "opening_times": self._hours(row),
        }
        for name, value in present(found).items():
            if site.values.setdefault(name, value) != value and name != "coordinates":
                column = "opening_hours" if name == "opening_times" else name
                self.note("differs", f"{column} {_quoted(row[column])}")

    def _postal_code(self, text: str, country: str) -> str:
        if country in _ZERO_FIRST and re.fullmatch(r"[0-9]{4}", text):
            self.note("zero")
            return f"0{text}"
        return text

    def _coordinates(self, row: _Row) -> dict[str, str] | None:
        latitude, longitude = row.get("latitude"), row.get("longitude")
        if latitude is None and longitude is None:
            return None
        found = coordinates(latitude, longitude)
        if found is None:
            self.note("coordinates", doubt_of_place(latitude, longitude))
        return found

    def _phone(self, row: _Row) -> str | None:
        given = row.get("help_phone")
        phone = usable_phone(given) if given else None
        if given and phone is None:
            self.note("phone", _quoted(given))
        elif phone and phone.isdigit() and len(phone) > 8 and phone[0] != "0":
            self.note("bare_phone", _quoted(phone))
        return phone

    def _hours(self, row: _Row) -> dict[str, Any] | None:
        given = row.get("opening_hours")
        hours = opening_times(given) if given else None
        if given and hours is None:
            self.note("hours", _quoted(given))
        return hours

    def _location(self, key: str, site: _Site) -> dict[str, Any]:
        values = dict(site.values)
        phone = values.pop("help_phone", None)
        evses = [_ocpi_evse(evse, values.get("coordinates")) for evse in site.evses.values()]
        bays = dict.fromkeys(evse.values["bay"] for evse in site.evses.values() if "bay" in evse.values)
        return present(
            {
                "country_code": site.country,
                "party_id": self._party,
                "id": key,
                "publish": True,
                "address": "",
                "city": "",
                **values,
                "country": alpha3(site.country),
                "parking_places": [{"id": bay, "physical_reference": bay} for bay in bays] or None,
                "evses": evses,
                "chargeside": {"help_phone": phone} if phone else None,
                "last_updated": LONG_AGO,
            }
        )

    # the EVSE

    def _read_evse(self, evse: _Evse, row: _Row) -> None:
        """Take from a row what holds for its EVSE."""
        texts = ("evse_id", "number", "cabinet", "floor", "bay", "directions", "hardware")
        found: dict[str, Any] = {name: row[name] for name in texts if name in row}
        found |= {name: self._chosen(row, name) for name in CHOICES}
        found |= {name: self._answer(row, name) for name in _YES_NO}
        found["max_height_m"] = self._measure(row, "max_height_m", metres)
        if place := coordinates(row.get("latitude"), row.get("longitude")):
            evse.values.setdefault("coordinates", place)
        for name, value in present(found).items():
            if evse.values.setdefault(name, value) != value and name not in evse.conflicts:
                self.note("conflict", f"{name} {_quoted(row.get(name, ''))}")
                evse.conflicts.add(name)

    def _chosen(self, row: _Row, name: str) -> str | None:
        given = row.get(name)
        found = sheet_table().choices[name].get(bare_word(given)) if given else None
        if given and found is None and YES_NO.get(given.casefold()) != "unknown":
            self.note("word", f"{name} {_quoted(given)}")
        return found

    def _answer(self, row: _Row, name: str) -> str | None:
        given = row.get(name)
        found = YES_NO.get(given.casefold()) if given else None
        if given and found is None:
            self.note("word", f"{name} {_quoted(given)}")
        return found if found != "unknown" else None

    # the connector

    def _connector(self, row: _Row, country: str) -> dict[str, Any]:
        given = row.get("connector")
        if not given:
            self.note("no_plug")
        plug, form = plug_of(given or "")
        if given and plug is None:
            self.note("plug", _quoted(given))
        own = row.get("cable_or_socket")
        if own:
            form = sheet_table().format_by_word.get(bare_word(own))
            if form is None:
                self.note("word", f"cable_or_socket {_quoted(own)}")
        power = self._measure(row, "power_kw", watts)
        volts, amps = self._measure(row, "volts", _whole), self._measure(row, "amps", _whole)
        fields = fields_of(plug, given or "", country)
        return present(
            {
                **fields,
                "format": form or fields.get("format"),
                "power_type": power_type_of(fields, power, volts),
                "max_voltage": volts,
                "max_amperage": amps,
                "max_electric_power": power,
                "last_updated": LONG_AGO,
            }
        )

    def _measure(self, row: _Row, name: str, read: Any) -> Any:
        """A number of a row, with or without its unit."""
        given = row.get(name)
        found = read(_UNIT.sub("", given)) if given else None
        if given and found is None:
            self.note("value", f"{name} {_quoted(given)}")
        return found


def _evse_key(site: _Site, row: _Row, connector: Mapping[str, Any]) -> tuple[str, ...]:
    """What tells an EVSE within its site."""
    given = row.get("evse_uid") or row.get("evse_id")
    if given:
        return "id", given.casefold()
    side = bare_word(row.get("side", ""))
    place = (row.get("cabinet", ""), sheet_table().choices["side"].get(side, side), row.get("number", ""))
    if place[2] or (place[0] and place[1]):
        return "place", *map(str.casefold, place)
    plug = (str(connector.get(name, "")) for name in ("standard", "format", "max_electric_power"))
    alike = (row.get("cabinet", ""), *plug)
    site.alike[alike] += 1
    return "row", *alike, str(site.alike[alike])


def _ocpi_evse(evse: _Evse, of_site: Mapping[str, str] | None) -> dict[str, Any]:
    values = {name: value for name, value in evse.values.items() if name not in evse.conflicts}
    payment = {way: values[name] for name, way in _PAYMENTS.items() if name in values}
    own = ("start_order", "display", "hardware", "cabinet", "side", "access", "wheelchair", "max_height_m")
    extra = {"payment": payment or None, **{name: values.get(name) for name in own}}
    place = values.get("coordinates")
    return present(
        {
            "uid": evse.uid,
            "evse_id": values.get("evse_id"),
            "status": "UNKNOWN",
            "physical_reference": values.get("number"),
            "floor_level": values.get("floor"),
            "coordinates": place if place != of_site else None,
            "directions": values.get("directions"),
            "parking": [{"parking_id": values["bay"]}] if "bay" in values else None,
            "connectors": evse.connectors,
            "chargeside": present(extra) or None,
            "last_updated": LONG_AGO,
        }
    )


def _whole(text: str) -> int | None:
    """Volts or amperes, which OCPI wants as whole numbers."""
    value = number(text)
    return round(value) if value is not None and 1 <= value <= 5_000 else None


def _digest(*texts: str) -> str:
    """An id of what tells a thing, whatever its case and spaces."""
    flat = "\0".join(" ".join(text.split()).casefold() for text in texts)
    return hashlib.sha256(flat.encode("utf-8", "replace")).hexdigest()[:16]


def _quoted(text: str) -> str:
    return f'"{shortened(text, MAX_SHORT)}"'


def _only_country(operator: Operator) -> str | None:
    return next(iter(operator.countries)) if len(operator.countries) == 1 else None


IMPORTER = Importer(
    "csv",
    "Your own sheet, one row for each connector (CSV or XLSX). The template: chargeside new sheet stations.xlsx",
    "chargeside import csv stations.xlsx --to my-network",
    read_sheet,
    (
        ImporterOption(
            "--country",
            "Country of the rows that have none (ISO 3166-1 alpha-2). [default: that of operator.yml, if it is the only one]",
            of_operator=_only_country,
        ),
        ImporterOption(
            "--party-id",
            "Your three characters in EVSE IDs and OCPI. [default: those of operator.yml]",
            of_operator=lambda operator: operator.party_id,
        ),
    ),
)
