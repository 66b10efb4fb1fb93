"""Writes feed files: OCPI Locations, one to a line, so that `git diff` shows the stations that changed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

FEED_START = b'{"source": '
"""How a feed file written here begins, which tells that each Location has a line of its own."""


def feed_lines(locations: Iterable[Mapping[str, Any]]) -> list[str]:
    """The lines of Locations in a feed file, sorted by id. Raises ValueError for NaN and Infinity, which JSON does not have."""
    keyed = [(_sort_key(location), _json(location)) for location in locations]
    keyed.sort()
    return [line for _, line in keyed]


def feed_of(lines: Sequence[str], source: str) -> bytes:
    """A feed file of such lines: the envelope `{"source": …, "data": […]}`.

    `source` says where the Locations come from, e.g. the name of the importer.
    """
    body = ",\n".join(lines)
    end = f"\n{body}\n" if body else ""
    return FEED_START + f'{_json(source)}, "data": [{end}]}}\n'.encode()


def feed_bytes(locations: Iterable[Mapping[str, Any]], source: str) -> bytes:
    """A feed file of Locations; the same ones give the same bytes, in whatever order they come."""
    return feed_of(feed_lines(locations), source)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _sort_key(location: Mapping[str, Any]) -> tuple[str, str, str]:
    code, party, location_id = (str(location.get(key, "")) for key in ("country_code", "party_id", "id"))
    return code, party, location_id
