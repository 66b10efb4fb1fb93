"""`chargeside import ocpi FILE`: a feed file as it is, checked, to be written one Location per line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from chargeside.findings import Findings
from chargeside.importers.importer import Importer
from chargeside.load.ocpi import Feed


def read_ocpi_file(path: Path, findings: Findings) -> Iterator[dict[str, Any]]:
    """The Locations of an OCPI file with every field they have, one after the other: a feed may have 300,000 EVSEs.

    Every wrapping is taken off (load/records.py), and keys in camelCase become OCPI's. No value is repaired or left out here,
    not even `publish: false`: that happens each time the feed is loaded. The findings are those that loading it will give;
    unknown plugs are not among them, they are judged against connectors/.
    """
    for raw, _ in Feed(path, str(path), {}, findings):
        if isinstance(raw, dict):
            yield raw


IMPORTER = Importer(
    "ocpi",
    "OCPI Locations (2.1.1, 2.2, 2.2.1, 2.3.0) from a JSON file.",
    "chargeside import ocpi locations.json --to my-network",
    read_ocpi_file,
)
