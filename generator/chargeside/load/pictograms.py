"""Names of the pictograms that steps may show."""

from __future__ import annotations

from importlib import resources


def pictogram_names() -> tuple[str, ...]:
    """File names in pictograms/ without their ending, sorted."""
    folder = resources.files("chargeside").joinpath("pictograms")
    return tuple(sorted(entry.name[:-4] for entry in folder.iterdir() if entry.name.endswith(".svg")))
