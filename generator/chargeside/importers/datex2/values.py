"""What the importer of DATEX II knows of its words (tables/datex2.yml), and the shapes in which values come.

Profiles differ in the letters before a name (`aegiElectricChargingPoint`, `egiElectricChargingPoint`), wrap values or not
(`{"value": "nfc"}`, `"nfc"`), and give an object where others give a list.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any, Literal, Protocol

from chargeside.importers.common import LONG_AGO, usable_phone
from chargeside.importers.mapping import Access, Capability, ParkingType, Plug, Strict, Way, YesNo, mapping
from chargeside.load.ocpi_values import KEYS_BY_CAMEL_CASE, clean_text

Raw = Mapping[str, Any]


class Note(Protocol):
    """What counts a mistake."""

    def __call__(self, kind: str, detail: str = "", /) -> None:
        """Count one of a kind (datex2_kinds.py)."""


_ORGANISATIONS = ("Organisation", "OrganisationSpecification")


class Means(Strict):
    """What a means of payment or of identification promises a driver. `card`, `weak`: see tables/datex2.yml."""

    way: Way | None = None
    capability: Capability | None = None
    card: bool = False
    weak: bool = False

    @property
    def says_nothing(self) -> bool:
        """Whether it is known and tells a driver nothing sure."""
        return not (self.way or self.capability or self.card)


class Words(Strict):
    """The tables of tables/datex2.yml."""

    plugs: dict[str, Plug]
    formats: dict[str, Literal["SOCKET", "CABLE"]]
    means: dict[str, Means]
    identification: dict[str, Means]
    brands: dict[str, str]
    users: dict[str, Access]
    parking: dict[str, ParkingType]
    wheelchair: dict[str, YesNo]
    zones: dict[str, str]


@cache
def words() -> Words:
    """The tables, read once."""
    return mapping("datex2", Words)


def get(raw: Raw, name: str) -> Any:
    """The value of a key. The reader of JSON writes keys that OCPI has too as OCPI does (`last_updated`)."""
    value = raw.get(name)
    return raw.get(KEYS_BY_CAMEL_CASE[name]) if value is None and name in KEYS_BY_CAMEL_CASE else value


def part(raw: Raw, *names: str) -> Raw:
    """The object that keys lead to, one inside the other; empty where there is none."""
    for name in names:
        value = get(raw, name)
        raw = value if isinstance(value, dict) else {}
    return raw


def listed(raw: Raw, name: str) -> list[Any]:
    """The elements of a list; one value alone is a list of one."""
    value = get(raw, name)
    return value if isinstance(value, list) else [] if value is None else [value]


def parts(raw: Raw, name: str) -> list[Raw]:
    """The objects of a list."""
    return [value for value in listed(raw, name) if isinstance(value, dict)]


def only(raw: Raw, *endings: str) -> Raw:
    """The object whose key ends so, whatever letters its profile puts before it; empty where there is none."""
    return next(
        (value for key, value in raw.items() if key.endswith(endings) and isinstance(value, dict)), {}
    )


def code(value: object) -> str | None:
    """A value of an enumeration, wrapped or bare. One that a profile added is its own."""
    if isinstance(value, dict):
        found = clean_text(value.get("value"))
        return clean_text(value.get("extendedValueG")) or found if found in {None, "extendedG"} else found
    return clean_text(value) if isinstance(value, str) else None


def codes(raw: Raw, name: str) -> list[str]:
    """The values of an enumeration, each once."""
    return list(dict.fromkeys(found for value in listed(raw, name) if (found := code(value))))


def texts(value: object) -> Iterator[tuple[str, str]]:
    """Language (empty where none is given) and text of a MultilingualString; also of a plain text."""
    if isinstance(value, dict):
        for entry in parts(value, "values"):
            if text := clean_text(entry.get("value")):
                yield (clean_text(entry.get("lang")) or "").lower(), text
    elif text := clean_text(value):
        yield "", text


def text_of(value: object) -> str | None:
    """The first text of a MultilingualString."""
    return next((text for _, text in texts(value)), None)


def organisation(wrapped: Raw) -> Raw:
    """The organisation inside its wrapper; empty where there is only a reference to one."""
    return only(wrapped, *_ORGANISATIONS)


def identifiers(raw: Raw, kind: str) -> list[str]:
    """The external identifiers of one kind: evseId, operatorId …"""
    return [
        text
        for entry in parts(raw, "externalIdentifier")
        if (code(entry.get("typeOfIdentifier")) or entry.get("otherTypeOfIdentifier")) == kind
        and (text := clean_text(entry.get("identifier")))
    ]


def phones(owner: Raw) -> Iterator[tuple[str, str | None]]:
    """The phone numbers of an organisation as they stand there, and in one form where somebody answers them."""
    for unit in parts(owner, "organisationUnit"):
        for contact in parts(unit, "contactInformation"):
            inner = only(contact, "ContactInformation", "ContactPerson") or contact
            if given := clean_text(inner.get("telephoneNumber")):
                yield given, usable_phone(given)


def moment(*given: object) -> str:
    """The first date and time as OCPI writes it, in UTC; LONG_AGO where there is none. Without a zone it is UTC."""
    for value in given:
        try:
            found = datetime.fromisoformat(value.strip()) if isinstance(value, str) and "T" in value else None
            if found is not None:
                there = found if found.tzinfo else found.replace(tzinfo=UTC)
                return f"{there.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
        except (ValueError, OverflowError):
            continue
    return LONG_AGO
