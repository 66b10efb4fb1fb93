"""The fields of Open Charge Map's records, verbose or compact, in either case, and its reference lists."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from chargeside.findings import Findings
from chargeside.importers.common import MAX_TEXT, Place, shortened
from chargeside.load.ocpi_values import clean_text, number
from chargeside.load.records import read_records

Raw = Mapping[str, Any]
_LISTS = {
    "Countries": "Country",
    "DataProviders": "DataProvider",
    "Operators": "OperatorInfo",
    "StatusTypes": "StatusType",
    "SubmissionStatusTypes": "SubmissionStatus",
    "UsageTypes": "UsageType",
    "ConnectionTypes": "ConnectionType",
}
"""Reference lists, and the object of a verbose record that each stands for."""
_ID_OF = {"OperatorInfo": "OperatorID", "SubmissionStatus": "SubmissionStatusTypeID"}
"""The field with the id, where it is not the name with ID behind it."""
_DATE = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d+)?Z?")
_CAPITALS = re.compile(r"^(?:[A-Z]+(?=[A-Z][a-z]|$)|[A-Z])")


@dataclass(frozen=True, slots=True)
class Lists:
    """The reference lists by the name of the object they stand for, then by id."""

    by_object: Mapping[str, Mapping[int, Raw]]

    def object(self, raw: Raw, name: str) -> Raw:
        """The object of that name, or the one that its id means in the lists; empty when neither is there."""
        return part(raw, name) or self.by_object.get(name, {}).get(id_of(raw, name, -1), {})


def read_lists(path: Path, findings: Findings) -> Lists | None:
    """The reference lists of a file; None with a finding when it cannot be used."""
    shown = str(path)
    records = read_records(path, shown, findings)
    if records is None:
        return None
    lists: dict[str, dict[int, Raw]] = {}
    for record in records:
        for name, what in _LISTS.items():
            given = field(record.value, name) if isinstance(record.value, dict) else None
            for entry in given if isinstance(given, list) else ():
                entry_id = whole(field(entry, "ID")) if isinstance(entry, dict) else None
                if entry_id is not None:
                    lists.setdefault(what, {})[entry_id] = entry
    if records.broken:
        return None
    if "Country" not in lists or "ConnectionType" not in lists:
        mend = "give the answer of the Open Charge Map API /v3/referencedata"
        findings.add("F104", shown, 1, "holds no reference lists of Open Charge Map", mend)
        return None
    return Lists(lists)


def field(raw: Raw, name: str) -> Any:
    """The value of a field, also in camelCase, as the API gives it for camelcase=true."""
    value = raw.get(name)
    return raw.get(_camel(name)) if value is None else value


@cache
def _camel(name: str) -> str:
    return _CAPITALS.sub(lambda match: match.group().lower(), name)


def part(raw: Raw, name: str) -> Raw:
    """The object of that name; empty when there is none."""
    value = field(raw, name)
    return value if isinstance(value, dict) else {}


def whole(value: object) -> int | None:
    """A whole number; None for anything else."""
    found = number(value)
    return int(found) if found is not None and found == int(found) else None


def id_of(raw: Raw, name: str, default: int) -> int:
    """The id of an object: the field beside it in compact records, its own in verbose ones."""
    found = whole(field(raw, _ID_OF.get(name, f"{name}ID")))
    if found is None:
        found = whole(field(part(raw, name), "ID"))
    return default if found is None else found


def text_of(raw: Raw, key: str, place: Place, limit: int = MAX_TEXT) -> str | None:
    """The text of a field, cut to so many characters with a note at `place`."""
    text = clean_text(field(raw, key))
    if text and len(text) > limit:
        place.note("long", key)
    return shortened(text, limit) if text else None


def updated_of(raw: Raw, otherwise: str) -> str:
    """When somebody last had a look at it, as OCPI writes it."""
    for key in ("DateLastStatusUpdate", "DateLastVerified", "DateCreated"):
        if match := _DATE.fullmatch(str(field(raw, key) or "")):
            return f"{match.group(1)}Z"
    return otherwise
