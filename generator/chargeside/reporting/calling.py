"""What calls and sessions say: calls per 1,000 attempted sessions, and what signs change about that."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rate:
    """Calls per 1,000 attempted sessions with its 95 % interval."""

    calls: int
    sessions: int
    per_1000: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class CallFigures:
    """The figures that lead the report when calls and sessions are given."""

    overall: Rate | None = None
