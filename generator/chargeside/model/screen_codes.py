"""Codes and messages that chargers show or report, whatever their make: what they mean, and what helps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from chargeside.model.condition import Condition

CODE_SYSTEMS: Mapping[str, str] = {
    "ocpp16": "OCPP 1.6",
    "ocpp2": "OCPP 2.0.1 and 2.1",
    "chargex": "ChargeX (MREC)",
    "evgo": "EVgo (MREC)",
    "uec": "CharIN Unified Error Codes",
    "iso15118": "ISO 15118",
    "din70121": "DIN SPEC 70121",
}
"""Names of the systems that codes name before the colon."""


@dataclass(frozen=True, slots=True)
class ScreenCode:
    """All spellings of one thing, each as `system:code`.

    `also`: what screens write in words, and `means`: both are English messages of the catalogues; `means` is empty where only
    a guide names the code, which then says it. `problem` is a problem's slug or `call`. `danger`: do not try again.
    """

    codes: tuple[str, ...]
    also: tuple[str, ...]
    means: str
    problem: str
    danger: bool
    applies_to: Condition


def spelling(code: str) -> str:
    """A code as it stands on a screen, without the name of its system."""
    return code.partition(":")[2] or code
