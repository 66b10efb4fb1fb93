"""The key `chargeside` of a Location or an EVSE: what OCPI has no word for."""

from __future__ import annotations

from dataclasses import fields
from typing import Any, Literal

from chargeside.findings import nearest
from chargeside.load import ocpi_place
from chargeside.load.ocpi_values import boolean, clean_text, is_safe_id
from chargeside.load.phone import is_placeholder, tidy_phone
from chargeside.model.facts import FACTS, PAYMENTS
from chargeside.model.ocpi import ExtraFacts

_TEXT, _SHORT = 255, 60
"""Longest texts, in characters."""
_SIDES = ("left", "right", "centre")
_EXTRA_FIELDS = tuple(field.name for field in fields(ExtraFacts))
_EXTRA_TEXTS = ("hardware", "source", "licence")

_Raw = dict[str, Any]


def extra_parts(given: object) -> tuple[_Raw, tuple[tuple[str, str], ...]]:
    """The valid parts of a `chargeside` key, and what is wrong with the others."""
    if given is None:
        return {}, ()
    if not isinstance(given, dict):
        return {}, (("extra", "is no JSON object"),)
    parts: _Raw = {}
    doubts: list[str] = []
    for key, value in given.items():
        if key == "payment" and isinstance(value, dict):
            parts["payment"] = _payment(value, doubts)
        elif key == "card_brands" and value is not None:
            if brands := ocpi_place.card_brands(value, doubts):
                parts["card_brands"] = brands
        elif key in _EXTRA_FIELDS:
            found = _extra_value(key, value)
            if found is not None:
                parts[key] = found
            elif value is not None:
                doubts.append(f"{key} {quoted(value)} is not usable")
        else:
            doubts.append(f'key "{key}" is not known here, {nearest(str(key), _EXTRA_FIELDS)}')
    return parts, tuple(("extra", doubt) for doubt in doubts)


def _extra_value(key: str, value: object) -> object:
    text = clean_text(value)
    if key == "help_phone":
        phone = tidy_phone(text) if text else None
        return phone if phone and not is_placeholder(phone) else None
    if key == "start_order":
        return text if text in FACTS["start_order"].values else None
    if key == "display":
        return _yes_no(value)
    if key == "side":
        return text.lower() if text and text.lower() in _SIDES else None
    if key == "cabinet":
        return text[:_SHORT] if text and is_safe_id(text) else None
    if key in ocpi_place.EXTRA_PLACE:
        return ocpi_place.extra_place(key, value)
    return text[:_TEXT] if text and key in _EXTRA_TEXTS else None


def _payment(given: _Raw, doubts: list[str]) -> dict[str, str]:
    payment: dict[str, str] = {}
    for way, value in given.items():
        answer = _yes_no(value)
        if way not in PAYMENTS:
            doubts.append(f'no way to pay is called "{way}", {nearest(str(way), PAYMENTS)}')
        elif answer:
            payment[way] = answer
        elif value is not None and value != "unknown":
            doubts.append(f"payment.{way} {quoted(value)} is neither yes nor no")
    return payment


def _yes_no(value: object) -> Literal["yes", "no"] | None:
    answer = boolean(value, default=False) if value is not None else None
    return None if answer is None else "yes" if answer else "no"


def quoted(value: object) -> str:
    """A value for a message, bounded."""
    text = str(value)[:100]
    return f'"{text}"' if len(text) < 100 else f'"{text}…"'
