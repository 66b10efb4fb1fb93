"""EVSE IDs as people and systems write them."""

from __future__ import annotations

import re

_FILLING = re.compile(r"[*\-\s]")


def bare_evse_id(text: str) -> str:
    """An EVSE ID without its separators, which are optional and differ from system to system (ISO 15118-2, annex H)."""
    return _FILLING.sub("", text).upper()
