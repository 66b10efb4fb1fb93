"""What a file seems to be that is not what its reader expects: so that a wrong file is named, with the importer that reads it.

Told by its first bytes, or by the keys of its JSON. Sources of the keys and columns: the importers' own.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

START_BYTES = 20_000
"""So many bytes of a file are enough to tell what it is. Tables may have some lines before their header."""


@dataclass(frozen=True, slots=True)
class Guess:
    """`what` a file seems to be (`an HTML page`), and the `mend`.

    `importer`: the name of the one that reads it, or empty. `is_table`: some table, nobody knows which. `is_text`: its bytes
    are text in UTF-8.
    """

    what: str
    mend: str
    importer: str = ""
    is_table: bool = False
    is_text: bool = True


def _by(importer: str, what: str) -> Guess:
    return Guess(what, f"use `chargeside import {importer}`", importer)


_OSM = "export the stations as GeoJSON, or ask Overpass for JSON, and use `chargeside import osm`"
_XLSX = Guess("an Excel workbook (XLSX)", "save the sheet as CSV (UTF-8)", is_text=False)
_ZIP = Guess("a ZIP archive", "unpack it, and give the file inside", is_text=False)
_XLS = Guess("an old Excel workbook (XLS)", "save the sheet as CSV (UTF-8)", is_text=False)
_PDF = Guess("a PDF", "ask for the data as JSON or CSV", is_text=False)
_UTF_16 = Guess("UTF-16 text", "save the file as UTF-8", is_text=False)
_MAGIC = (
    (b"PK\x03\x04", _ZIP),
    (b"\xd0\xcf\x11\xe0", _XLS),
    (b"%PDF-", _PDF),
    (b"\xff\xfe", _UTF_16),
    (b"\xfe\xff", _UTF_16),
)
_IN_WORKBOOKS = (b"[Content_Types].xml", b"xl/")
_HTML = Guess(
    "an HTML page", "a login or error page was saved instead: check address and token, fetch the file again"
)
_MARKUP = (
    (re.compile(r"<!doctype html|<(html|head|body)\b"), _HTML),
    (re.compile(r"<osm\b"), Guess("OpenStreetMap as XML", _OSM)),
    (re.compile(r"datex|d2logicalmodel"), Guess("DATEX II as XML", "ask for OCPI JSON; or for DATEX II as JSON, and use `chargeside import datex2`")),
    (re.compile(r"<"), Guess("XML", "export the stations as OCPI JSON")),
)  # fmt: skip
_JSON = Guess("JSON", "use `chargeside import ocpi` if it holds OCPI Locations")
_OCPI, _OCM, _AFDC = _by("ocpi", "OCPI"), _by("ocm", "Open Charge Map"), _by("afdc", "the US register (AFDC)")
_BNETZA = _by("bnetza", "the German register (Bundesnetzagentur)")
_DATEX = _by("datex2", "DATEX II")
_KEYS: tuple[tuple[frozenset[str], Guess], ...] = tuple(
    (frozenset(keys.split()), guess)
    for keys, guess in (
        (
            "ConnectionTypes StatusTypes",
            Guess("the reference lists of Open Charge Map", "give them with --reference, beside the records of /v3/poi"),
        ),
        ("AddressInfo", _OCM),
        ("addressInfo", _OCM),
        ("payload", _DATEX),
        ("energyInfrastructureTable", _DATEX),
        ("chargingStations", _BNETZA),
        ("go_live_date", _BNETZA),
        ("payment_systems", _BNETZA),
        ("fuel_stations", _AFDC),
        ("alt_fuel_stations", _AFDC),
        ("alt_fuel_station", _AFDC),
        ("fuel_type_code", _AFDC),
        ("features", _by("osm", "GeoJSON")),
        ("elements", _by("osm", "Overpass JSON")),
        ("evses", _OCPI),
        ("country_code", _OCPI),
    )
)  # fmt: skip
"""Keys of JSON objects that tell their format; the first match counts, so that the surer ones stand first."""
_COLUMNS = (
    (
        "etat_pdc",
        Guess("the dynamic IRVE file (states of charge points)", "give the static one (etalab/schema-irve-statique)"),
    ),
    ("id_pdc_itinerance", _by("irve", "static IRVE data")),
    ("Fuel Type Code", _AFDC),
    ("Ladeeinrichtungs-ID", _BNETZA),
    ("Betreiber", _BNETZA),
    ("cable_or_socket", _by("csv", "the sheet of `chargeside new sheet`")),
)  # fmt: skip
"""Columns that tell tables."""
_TABLE = Guess("a table (CSV)", "convert it with `chargeside import`; feeds are OCPI JSON", is_table=True)
_KEY = re.compile(r'"(\w{1,60})"\s*:')


def looks_like(given: bytes | str | Mapping[str, Any]) -> Guess | None:
    """What a file seems to be, from its first bytes (unpacked) or its text, or from one object of its JSON; None for no idea."""
    if isinstance(given, Mapping):
        return _by_keys(given)
    if isinstance(given, str):
        return _text_looks_like(given[:START_BYTES])
    for magic, guess in _MAGIC:
        if given.startswith(magic):
            is_workbook = guess is _ZIP and any(part in given[:START_BYTES] for part in _IN_WORKBOOKS)
            return _XLSX if is_workbook else guess
    return _text_looks_like(given[:START_BYTES].decode("utf-8-sig", "replace"))


def _by_keys(keys: Collection[str]) -> Guess | None:
    return next((guess for needed, guess in _KEYS if all(key in keys for key in needed)), None)


def _text_looks_like(text: str) -> Guess | None:
    start = text.lstrip("\ufeff \t\r\n")
    if start.startswith("<"):
        head = start[:2000].lower()
        return next(guess for pattern, guess in _MARKUP if pattern.search(head))
    if start.startswith(("{", "[")):
        return _by_keys(set(_KEY.findall(start))) or _JSON
    for column, guess in _COLUMNS:
        if re.search(rf'(^|[;,\t"]){column}("|[;,\t]|\s*$)', start, re.MULTILINE):
            return guess
    first = start.partition("\n")[0]
    return _TABLE if first.count(",") > 2 or first.count(";") > 2 else None
