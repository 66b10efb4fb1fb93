"""`chargeside import ocpi FILE`: a feed file as it is, checked, to be written one Location per line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from chargeside.findings import Findings
from chargeside.load.ocpi import read_feed
from chargeside.load.records import read_records


def read_ocpi_file(path: Path, findings: Findings) -> list[dict[str, Any]]:
    """The Locations of an OCPI file with every field they have; an empty list when the file cannot be used.

    Every wrapping is taken off (load/records.py), and keys in camelCase become OCPI's. No value is repaired or left out here,
    not even `publish: false`: that happens each time the feed is loaded. The findings
    are those that loading it will give; unknown plugs are not among them, they are judged against connectors/.
    """
    before = len(findings.errors)
    read_feed(path, str(path), {}, findings)
    if len(findings.errors) > before:
        return []
    records = read_records(path, str(path), findings)
    return [record.value for record in records or ()]
