"""Records as they come in, page by page: on disk, not in memory, each of them once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, BinaryIO, NamedTuple

from chargeside.fetching.paging import Page
from chargeside.fetching.token import Token

LONG_AGO = datetime.min.replace(tzinfo=UTC)
"""Stands for a date that is not given."""

Key = tuple[str, ...]


class Line(NamedTuple):
    """Where the JSON of a record lies in the store, when it changed, and what it is."""

    offset: int
    length: int
    updated: datetime
    digest: bytes


class Store:
    """Records as they come, in a file; in memory only where they are. A newer one takes the place of an earlier one."""

    def __init__(self, file: BinaryIO, token: Token | None) -> None:
        """`token`: is not stored, should the server have put it into its data."""
        self._file = file
        self._token = token
        self._end = 0
        self._lines: dict[Key, list[Line]] = {}
        self._nameless = 0

    def __contains__(self, key: object) -> bool:
        return key in self._lines

    def __len__(self) -> int:
        return sum(len(lines) for lines in self._lines.values())

    def add(self, page: Page) -> int:
        """Keep the records of a page; how many of them were not there before.

        A record can come on two pages when others change meanwhile. Two of the same id on one page, or different ones of the
        same date, are the feed's own mistake, and both stay for the reader to name.
        """
        lines: dict[Key, list[Line]] = {}
        for value, raw in page:
            key = key_of(value)
            if key is None:
                self._nameless += 1
                key = ("", str(self._nameless))
            text = self._token.masked_data(raw) if self._token else raw
            lines.setdefault(key, []).append(self._put(value, text.encode()))
        new = 0
        for key, found in lines.items():
            before = self._lines.get(key)
            new += before is None
            self._lines[key] = _newest(before, found) if before else found
        return new

    def all(self) -> Iterator[bytes]:
        """The JSON of all records."""
        for lines in self._lines.values():
            for line in lines:
                self._file.seek(line.offset)
                yield self._file.read(line.length)

    def _put(self, value: Any, data: bytes) -> Line:
        self._file.write(data)
        line = Line(self._end, len(data), updated_of(value), hashlib.blake2b(data, digest_size=16).digest())
        self._end += len(data)
        return line


def key_of(value: Any) -> Key | None:
    """What makes two records the same (OCPI's ids know no upper and lower case); None for a record without an id."""
    if not isinstance(value, dict) or value.get("id") in (None, ""):
        return None
    return tuple(str(value.get(name) or "").strip().upper() for name in ("country_code", "party_id", "id"))


def updated_of(value: Any) -> datetime:
    """When a record last changed; LONG_AGO when it does not say."""
    text = value.get("last_updated") if isinstance(value, dict) else None
    return (moment_of(text) if isinstance(text, str) else None) or LONG_AGO


def moment_of(text: str) -> datetime | None:
    """A date and time of OCPI (RFC 3339; without a time zone it is UTC)."""
    try:
        found = datetime.fromisoformat(text.strip())
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _newest(before: list[Line], found: list[Line]) -> list[Line]:
    """Of one record on two pages the newer; both where neither is."""
    if {line.digest for line in found} == {line.digest for line in before}:
        return before
    then, now = (max(line.updated for line in lines) for lines in (before, found))
    return [*before, *found] if then == now else max((then, before), (now, found))[1]
