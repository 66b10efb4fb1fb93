"""Reads operator.yml."""

from __future__ import annotations

from pathlib import Path

from chargeside.findings import Findings
from chargeside.load.source import Yaml, folder_name, read_yaml, validate
from chargeside.model.operator import Operator


def load_operator(folder: Path, findings: Findings) -> tuple[Operator, Yaml] | None:
    """operator.yml of an operator's folder."""
    shown = f"{folder_name(folder)}/operator.yml"
    if not folder.is_dir():
        findings.add(
            "F101",
            str(folder),
            None,
            "there is no such folder",
            "name an operator's folder, or make one with `chargeside new operator`",
        )
        return None
    doc = read_yaml(folder / "operator.yml", shown, findings)
    operator = validate(Operator, doc, findings) if doc else None
    return (operator, doc) if operator and doc else None
