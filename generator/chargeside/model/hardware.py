"""What an operator tells drivers of a kind of hardware, beside its facts: lights, codes, a photo, a word on speed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from chargeside.model.facts import Origin
from chargeside.model.texts import Texts

CALL = "call"
"""Stands in the place of a problem where a driver can do nothing but call."""


@dataclass(frozen=True, slots=True)
class Light:
    """What a light on the charger looks like, in words, and what it means."""

    light: Texts
    means: Texts


@dataclass(frozen=True, slots=True)
class ShownCode:
    """A code as the screen prints it. `problem` is a problem's slug or CALL."""

    shown: str
    means: Texts
    problem: str


@dataclass(frozen=True, slots=True)
class Photo:
    """A JPEG without metadata, already checked; sides in px. `alt` says in words what it shows."""

    data: bytes
    width: int
    height: int
    alt: Texts


@dataclass(frozen=True, slots=True)
class HardwareNotes:
    """All of it for an EVSE. `origins` says by name where each came from."""

    leds: tuple[Light, ...] = ()
    codes: tuple[ShownCode, ...] = ()
    photo: Photo | None = None
    speed: Texts = ()
    origins: Mapping[str, Origin] = field(default_factory=dict, compare=False, repr=False)


NO_NOTES = HardwareNotes()
