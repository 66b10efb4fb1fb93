"""Writes feed files: OCPI Locations, one to a line, so that `git diff` shows the stations that changed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any


def feed_bytes(locations: Iterable[Mapping[str, Any]], source: str) -> bytes:
    """A feed file: the envelope `{"source": …, "data": […]}` with one Location per line, sorted by id.

    `source` says where the Locations come from, e.g. the name of the imported file. The same Locations give the same bytes,
    in whatever order they come. Raises ValueError for NaN and Infinity, which JSON does not have.
    """
    lines = sorted((_sort_key(location), _json(location)) for location in locations)
    body = ",\n".join(line for _, line in lines)
    end = f"\n{body}\n" if body else ""
    return f'{{"source": {_json(source)}, "data": [{end}]}}\n'.encode()


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _sort_key(location: Mapping[str, Any]) -> tuple[str, str, str]:
    code, party, location_id = (str(location.get(key, "")) for key in ("country_code", "party_id", "id"))
    return code, party, location_id
