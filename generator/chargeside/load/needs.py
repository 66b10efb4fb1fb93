"""needs.yml: what drivers were measured to need at each kind of charger. `chargeside report --write-order` writes it, a person reviews it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from chargeside.findings import Findings
from chargeside.load.source import read_yaml, validate

NEEDS = "needs.yml"

Needs = Mapping[str, Mapping[str, int]]
"""By kind of charger (`kind_of`): weights of guides by slug, 0 to 100."""


class Need(BaseModel):
    """What was measured at one kind of charger."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Annotated[str, Field(max_length=500, description="The kind of charger, as the report names it")]
    visits: Annotated[int, Field(ge=0, description="Visits that this was measured from")] = 0
    weights: dict[str, Annotated[int, Field(ge=0, le=100)]] = Field(
        default_factory=dict, description="How often drivers need a guide there, 0 to 100, by its slug"
    )


class NeedsFile(BaseModel):
    """needs.yml."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    needs: tuple[Need, ...] = ()


def load_needs(folder: Path, shown: str, findings: Findings) -> Needs:
    """The measured weights by kind of charger. No file: nothing was measured."""
    path = folder / NEEDS
    if not os.path.lexists(path):
        return {}
    doc = read_yaml(path, shown, findings)
    read = validate(NeedsFile, doc, findings) if doc else None
    return {need.kind: need.weights for need in read.needs} if read else {}
