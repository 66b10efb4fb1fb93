"""adopted.csv: addresses of other systems that hang on walls already, and the code that each of them leads to."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable
from pathlib import Path

from chargeside.findings import Findings
from chargeside.load.source import read_csv
from chargeside.model.address import parse_address
from chargeside.model.network import Adopted, LedgerLine

COLUMNS = ("address", "code")


def load_adopted(
    path: Path, shown: str, ledger: Iterable[LedgerLine], findings: Findings
) -> tuple[Adopted, ...]:
    """The addresses, sorted. No file is none; a damaged line is an error that names it."""
    if not os.path.lexists(path):
        return ()
    codes = {line.code for line in ledger}
    found: dict[str, Adopted] = {}
    mend = "restore the line from the file's history (git log -p); signs on walls depend on it"
    for row in read_csv(path, shown, findings, COLUMNS, code="L408") or ():
        text, code = row.values["address"], row.values["code"]
        try:
            address = str(parse_address(text))
        except ValueError as error:
            findings.add("L408", shown, row.line, f'"{text}" {error}', mend)
            continue
        first = found.setdefault(address, Adopted(address, code, row.line))
        if code not in codes:
            findings.add("L408", shown, row.line, f'"{code}" was never issued', mend)
        elif first.code != code:
            message = f"{address} leads to {first.code} in line {first.line} and to {code} here"
            findings.add("L408", shown, row.line, message, "keep the line that is right")
    return tuple(sorted(found.values(), key=lambda one: one.address))


def adopted_bytes(adopted: Iterable[Adopted]) -> bytes:
    """The file for these addresses: sorted, one line each, made for `git diff`."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(sorted((one.address, one.code) for one in adopted))
    return out.getvalue().encode()
