"""Jobs: one file to be made each. Frozen, picklable, fingerprinted by the values they show."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Job:
    """One file to be made.

    `path` is relative to the output folder, with forward slashes (`site/4821736/index.html`). `payload` is a frozen dataclass
    of plain values (str, numbers, tuples, other such dataclasses: no sets, no dicts), all its renderer gets to see; large pieces
    shared by many jobs are named by their digest and stand once in `Plan.shared`.
    """

    path: str
    kind: str
    payload: Hashable

    def fingerprint(self, closure: str) -> str:
        """Digest of the values shown and of `closure`: templates, style and tool versions of the job's kind."""
        return digest((self.kind, self.payload), closure)


@dataclass(frozen=True, slots=True)
class Plan:
    """All jobs of a build, and the shared pieces they name by digest."""

    jobs: tuple[Job, ...]
    shared: Mapping[str, Hashable] = field(default_factory=dict)


def joined(*plans: Plan) -> Plan:
    """One plan with all jobs of these."""
    shared: dict[str, Hashable] = {}
    for plan in plans:
        shared.update(plan.shared)
    return Plan(tuple(job for plan in plans for job in plan.jobs), shared)


Renderer = Callable[[Any, Mapping[str, Any]], bytes]
"""A job's payload and the plan's shared pieces give the bytes of the file. Raises RenderError."""


def digest(value: Hashable, salt: str = "") -> str:
    """32 hex digits of a digest of plain values. Equal values give equal digests in every process and on every machine."""
    return hashlib.blake2b(repr(value).encode(), digest_size=16, key=salt.encode()[:64]).hexdigest()
