"""Writes the data-quality report: what to mend in the station data, and what Chargeside does about it meanwhile."""

from __future__ import annotations

from pathlib import Path

from chargeside.findings import Findings
from chargeside.model.network import Network
from chargeside.plan.quality import Quality, quality_of
from chargeside.render.quality import report_csv, report_html, report_json
from chargeside.write import write_parts

NAME = "data-quality"


def report_on(
    findings: Findings,
    folder: Path,
    *,
    title: str,
    day: str,
    network: Network | None = None,
    only: str | None = None,
) -> tuple[Path, ...]:
    """Write the report on what was read with these findings, which must keep a journal, and give the paths of its files.

    `title` names the operator, `day` is today as an ISO date. `network` and `only` as in `quality_of`. Raises WriteError.
    """
    journal = findings.journal
    if journal is None:
        raise ValueError("these findings keep no journal")
    quality = quality_of(journal, findings, title=title, day=day, network=network, only=only)
    return write_quality_report(folder, quality)


def write_quality_report(folder: Path, quality: Quality) -> tuple[Path, ...]:
    """Write data-quality.html, .csv and .json into a folder, each whole or not at all, and give their paths.

    Raises WriteError; what stood there before is then untouched.
    """
    parts = {"csv": report_csv(quality), "json": report_json(quality), "html": iter((report_html(quality),))}
    for kind, chunks in parts.items():
        write_parts(folder / f"{NAME}.{kind}", chunks)
    return tuple(folder / f"{NAME}.{kind}" for kind in ("html", "csv", "json"))
