"""sheets.yml: an operator's own sheets of labels, beside those that come with Chargeside."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from chargeside.findings import Findings, nearest
from chargeside.load.source import folder_name, read_yaml, validate
from chargeside.model.label_sheet import NAMED, LabelSheet, faults

FILE = "sheets.yml"
SheetName = Annotated[str, Field(pattern=r"^[a-z0-9]+([.-][a-z0-9]+)*$")]


class SheetsFile(BaseModel):
    """sheets.yml."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sheets: dict[SheetName, LabelSheet] = Field(min_length=1)


def load_sheet(folder: Path, name: str, findings: Findings) -> LabelSheet | None:
    """The sheet of that name: the operator's own, or one that many use. None with a finding (P722) where there is none, or where its
    labels overlap or leave the page."""
    shown = f"{folder_name(folder)}/{FILE}"
    doc = read_yaml(folder / FILE, shown, findings) if (folder / FILE).exists() else None
    file = validate(SheetsFile, doc, findings, code="P722") if doc else None
    if file is None and (folder / FILE).exists():
        return None  # and findings say why
    own = file.sheets if file else {}
    sheet = own.get(name) or NAMED.get(name)
    if sheet is None:
        known = sorted({*own, *NAMED})
        mend = f"{nearest(name, known)}; or describe it in {FILE}"
        findings.add("P722", shown, None, f'there is no sheet "{name}"', mend)
        return None
    found = list(faults(sheet))
    for fault in found:
        line = doc.line(("sheets", name, fault.key)) if doc else None
        findings.add("P722", shown, line, f'sheet "{name}": {fault.message}', fault.mend)
    return None if found else sheet
