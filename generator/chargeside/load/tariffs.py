"""OCPI Tariffs: those of `tariffs/<feed>.json` in the operator's folder, and those that stand inside the feeds themselves.

Read as leniently as Locations. What a price cannot be told from is kept with its flaw, so that `check --explain` can say it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import Any, cast

from chargeside.findings import Findings, Severity
from chargeside.load.ocpi_hours import moment
from chargeside.load.ocpi_place import texts
from chargeside.load.ocpi_values import MAX_ID, clean_text, named, number
from chargeside.load.records import Record, read_records
from chargeside.load.source import folder_name, leaves
from chargeside.load.tally import Kind, Tally
from chargeside.model.ocpi import Location
from chargeside.model.tariff import (
    Dimension,
    PriceComponent,
    PriceLimit,
    Tariff,
    TariffElement,
    TaxIncluded,
)
from chargeside.model.tariff_book import Book, book_of, feed_name, missing_tariffs

FOLDER = "tariffs"
"""Folder in the operator's folder; its files are called as the feeds."""
MAX_ALT_TEXT = 512
"""Characters. A longer text is not used: a price that is cut says something else."""
MAX_ELEMENTS = 200
MAX_IDS = 50
"""Tariffs of one connector."""

TARIFF_KINDS: Mapping[str, Kind] = {
    "no_tariff": Kind(
        "S308", "no OCPI Tariff: {}", "give objects of the module Tariffs", "record", each=True, part=True
    ),
    "same_tariff": Kind(
        "S303",
        "two different tariffs have the same id, and neither is shown: {}",
        "keep the one that holds",
        "tariff",
        Severity.WARNING,
    ),
    "flaw": Kind("S306", "no price is shown of a tariff that has {}", "correct it in your system", "tariff"),
}
"""What can be wrong with a file of tariffs. The second two are warnings: a page then links to the prices."""

_Raw = dict[str, Any]
_DIMENSIONS = {name: name for name in ("ENERGY", "FLAT", "TIME", "PARKING_TIME")}
_TAXES = {"YES": "YES", "NO": "NO", "N/A": "N/A", "N_A": "N/A", "NA": "N/A"}
_AMOUNT = re.compile(r"-?[0-9]{1,9}(?:[.,][0-9]{1,20})?")


class _FlawError(ValueError):
    """Why no price can be told from a tariff."""


def read_tariffs(path: Path, shown: str, findings: Findings) -> list[_Raw]:
    """The Tariff objects of a file in any wrapping that feeds have, as they stand; none when it cannot be read.

    Records that are no Tariffs are left out, each with a finding.
    """
    return [cast(_Raw, record.value) for record, _ in _read(path, shown, findings)]


def load_tariffs(
    folder: Path,
    locations: Iterable[Location],
    findings: Findings,
    instead: Mapping[str, Path] = MappingProxyType({}),
) -> Mapping[str, Book]:
    """The tariffs of an operator's folder by name of the feed. Says which ones the Locations name and nobody has.

    `instead`: files that are not in place yet, by the name they will have in the folder (`tariffs/ocpi.json`).
    """
    inside = folder / FOLDER
    files = {f"{FOLDER}/{path.name}": path for path in inside.glob("*.json")} if inside.is_dir() else {}
    files |= {name: path for name, path in instead.items() if name.startswith(f"{FOLDER}/")}
    books: dict[str, Book] = {}
    for name, path in sorted(files.items()):
        shown = f"{folder_name(folder)}/{name}"
        feed = f"stations/{PurePosixPath(name).name}"
        if feed not in instead and not (folder / feed).exists():
            message = "no feed has this name, so these tariffs are not used"
            findings.add("S308", shown, None, message, "call it as the feed in stations/")
        elif name not in instead and leaves(path, folder):
            message = "the file is a link that leads out of the operator's folder"
            findings.add("F109", shown, None, message, "put the file itself here")
        else:
            books[PurePosixPath(name).stem] = book_of(tariff for _, tariff in _read(path, shown, findings))
    _report_missing(folder, locations, books, findings)
    return books


def _report_missing(
    folder: Path, locations: Iterable[Location], books: Mapping[str, Book], findings: Findings
) -> None:
    """One finding for each feed whose connectors name tariffs that nobody has."""
    missing: dict[str, list[str]] = {}
    for location in locations:
        feed = feed_name(location)
        if names := [*missing_tariffs(location, books.get(feed, {}))]:
            missing.setdefault(feed, []).extend(names)
    for feed, names in missing.items():
        different = sorted(set(names))
        more = f" and {len(different) - 5} more" if len(different) > 5 else ""
        message = f"the feed names tariffs that are not here: {', '.join(different[:5])}{more} ({len(names)} connectors)"
        mend = (
            f"bring them in with `chargeside import ocpi … --tariffs`, or put them into {FOLDER}/{feed}.json"
        )
        findings.add("S308", f"{folder_name(folder)}/{FOLDER}/{feed}.json", None, message, mend)


def tariff_of(raw: object) -> Tariff | None:
    """A Tariff from its JSON; None for what is none. One without id gets a name made from what it says."""
    if not isinstance(raw, dict) or not isinstance(raw.get("elements", raw.get("tariff_alt_text")), list):
        return None
    tariff_id = clean_text(raw.get("id")) or f"inline-{hashlib.sha256(repr(raw).encode()).hexdigest()[:8]}"
    country_code, party_id = (
        (clean_text(raw.get(key)) or "").upper() for key in ("country_code", "party_id")
    )
    kind = clean_text(raw.get("type"))
    alt_texts, _ = texts(raw.get("tariff_alt_text"))
    elements: tuple[TariffElement, ...] = ()
    limits: list[PriceLimit | None] = [None, None]
    currency, flaw = "", ""
    try:
        currency = _currency(raw.get("currency"))
        elements = _elements(raw.get("elements"))
        limits = [_limit(raw, "min_price"), _limit(raw, "max_price")]
        taxes = _taxes(raw.get("tax_included"))
    except _FlawError as error:
        flaw, taxes = str(error), "NO"
    return Tariff(
        country_code=country_code[:2],
        party_id=party_id[:3],
        id=tariff_id[:MAX_ID],
        currency=currency,
        kind=kind.upper()[:40] if kind else None,
        alt_texts=tuple(pair for pair in alt_texts if len(pair[1]) <= MAX_ALT_TEXT),
        elements=elements,
        min_price=limits[0],
        max_price=limits[1],
        tax_included=cast(TaxIncluded, taxes),
        start=moment(raw.get("start_date_time")),
        end=moment(raw.get("end_date_time")),
        last_updated=moment(raw.get("last_updated")),
        flaw=flaw or _odd_date(raw),
    )


def tariff_ids(connector: Mapping[str, Any]) -> tuple[str, ...]:
    """Ids of the tariffs that hold at a connector as its JSON has them, those inside it too; OCPI 2.1.1 has one in
    `tariff_id`."""
    given = connector.get("tariff_ids")
    ids = [*given] if isinstance(given, list) else [given]
    ids.append(connector.get("tariff_id"))
    inside = connector.get("tariffs")
    tariffs = [tariff_of(raw) for raw in inside] if isinstance(inside, list) else []
    names = [text[:MAX_ID] for value in ids if (text := clean_text(value))]
    return tuple(dict.fromkeys((*names, *(tariff.id for tariff in tariffs if tariff))))[:MAX_IDS]


def _read(path: Path, shown: str, findings: Findings) -> list[tuple[Record, Tariff]]:
    records = read_records(path, shown, findings)
    if records is None:
        return []
    tally = Tally(shown, records, TARIFF_KINDS, findings)
    found: list[tuple[Record, Tariff]] = []
    seen: dict[tuple[str, str, str], Tariff] = {}
    for record in records:
        tariff = tariff_of(record.value)
        if tariff is None:
            tally.note("no_tariff", _quoted(record.value), record, ())
            continue
        if tariff.flaw:
            tally.note("flaw", tariff.flaw, record, ())
        if seen.setdefault((tariff.country_code, tariff.party_id, tariff.id.casefold()), tariff) != tariff:
            tally.note("same_tariff", tariff.id, record, ())
        found.append((record, tariff))
    if records.broken:
        return []
    tally.report()
    return found


def _currency(value: object) -> str:
    text = (clean_text(value) or "").upper()
    if len(text) != 3 or not text.isascii() or not text.isalpha():
        raise _FlawError(f"no currency but {_quoted(value)}")
    return text


def _elements(given: object) -> tuple[TariffElement, ...]:
    if not isinstance(given, list) or not given:
        raise _FlawError("no elements")
    if len(given) > MAX_ELEMENTS:
        raise _FlawError(f"more than {MAX_ELEMENTS} elements")
    return tuple(_element(entry) for entry in given)


def _element(entry: object) -> TariffElement:
    parts = entry.get("price_components") if isinstance(entry, dict) else None
    if not isinstance(entry, dict) or not isinstance(parts, list) or not parts:
        raise _FlawError("an element without price_components")
    restrictions = entry.get("restrictions") or {}
    if not isinstance(restrictions, dict):
        raise _FlawError("restrictions that cannot be read")
    names = sorted(str(name)[:40] for name, value in restrictions.items() if value not in (None, [], ""))
    return TariffElement(tuple(_component(part) for part in parts), tuple(names))


def _component(part: object) -> PriceComponent:
    if not isinstance(part, dict):
        raise _FlawError("a price component that is no JSON object")
    dimension = named(clean_text(part.get("type")) or "", _DIMENSIONS)
    if dimension is None:
        raise _FlawError(f"a price for {_quoted(part.get('type'))}")
    price, vat = _amount(part.get("price")), _amount(part.get("vat"))
    if price is None or price < 0:
        raise _FlawError(f"the price {_quoted(part.get('price'))}")
    if part.get("vat") is not None and (vat is None or not 0 <= vat <= 100):
        raise _FlawError(f"the VAT {_quoted(part.get('vat'))}")
    step = number(part.get("step_size"))
    if part.get("step_size") is not None and (step is None or step < 0 or step != int(step)):
        raise _FlawError(f"the step_size {_quoted(part.get('step_size'))}")
    return PriceComponent(cast(Dimension, dimension), price, vat, int(step or 0))


def _limit(raw: _Raw, key: str) -> PriceLimit | None:
    """A least or most price: PriceLimit of OCPI 2.3.0, Price of 2.2.1, a bare number of feeds before."""
    given = raw.get(key)
    if given is None:
        return None
    if isinstance(given, dict):
        before = _amount(given.get("before_taxes", given.get("excl_vat")))
        after = _amount(given.get("after_taxes", given.get("incl_vat")))
    else:
        before, after = _amount(given), None
    if (before is None and after is None) or (before or 0) < 0 or (after or 0) < 0:
        raise _FlawError(f"a {key} that cannot be read")
    return PriceLimit(before, after)


def _taxes(value: object) -> str:
    """NO where nothing is said: prices of OCPI 2.2.1 are without VAT."""
    if value is None:
        return "NO"
    found = named(clean_text(value) or ("YES" if value is True else ""), _TAXES)
    if found is None:
        raise _FlawError(f"the tax_included {_quoted(value)}")
    return found


def _odd_date(raw: _Raw) -> str:
    """A date that cannot be read may be one on which the tariff ends."""
    keys = ("start_date_time", "end_date_time", "last_updated")
    odd = [key for key in keys if raw.get(key) is not None and moment(raw[key]) is None]
    return f"the {odd[0]} {_quoted(raw[odd[0]])}" if odd else ""


def _amount(value: object) -> Decimal | None:
    """A number as it was written: `0.25`, `"0,25"`."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    text = value.strip() if isinstance(value, str) else f"{Decimal(repr(value)):f}"
    return Decimal(text.replace(",", ".")) if _AMOUNT.fullmatch(text) else None


def _quoted(value: object) -> str:
    text = str(value)
    return f'"{text[:59]}…"' if len(text) > 60 else f'"{text}"'
