"""What `report` makes of counts: figures, and from them the page, the tables, needs.yml and alerts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from chargeside.errors import ContentError
from chargeside.findings import Findings
from chargeside.load.needs import NEEDS
from chargeside.load.signs import SIGNS, PrintedSign, load_signs
from chargeside.model.network import Network
from chargeside.reporting.alerts import Alert, Thresholds, alerts
from chargeside.reporting.figures import Report
from chargeside.reporting.figuring import Wanted, report_of
from chargeside.reporting.order import MeasuredNeed, measured, needs_yml
from chargeside.reporting.page import as_json, page, tables
from chargeside.reporting.work import Counted, write_counts
from chargeside.write import locked, write_atomic

if TYPE_CHECKING:
    from chargeside.plan.reprint import Reprint
    from chargeside.reporting.calls_work import Files


def printed_signs(operator: Path, network: Network) -> Sequence[PrintedSign]:
    """What signs.csv tells of. Raises ContentError where it is damaged."""
    findings = Findings()
    printed = load_signs(operator / SIGNS, f"{network.path}/{SIGNS}", findings)
    if findings.errors:
        raise ContentError(findings.sorted())
    return printed


def figures(
    found: Counted, operator: Path, now: dt.datetime, lang: str, files: Files | None, findings: Findings
) -> Report:
    """What the report says; what was odd about `files` of calls and sessions is in `findings`.

    Raises ContentError where signs.csv is damaged or one of `files` cannot be used."""
    printed = printed_signs(operator, found.network)
    reprint = _reprint(operator, now) if printed else None
    calls = None
    if files:
        from chargeside.reporting.calls_work import figures_of_calls  # only here: it loads numpy

        calls = figures_of_calls(files, found.network, printed, now.date(), lang, findings)
    wanted = Wanted(now.date(), lang, printed, reprint, calls)
    return report_of(found.counts, found.network, found.site, wanted)


def _reprint(operator: Path, now: dt.datetime) -> Reprint | None:
    """Which signs say something else today; None where signs cannot be planned, which a report does not wait for."""
    from chargeside.signs_work import Asked, read_signs  # only here: it loads all that signs are drawn with

    asked = Asked(operator, operator, now.date().isoformat(), now.isoformat(timespec="seconds"))
    try:
        return read_signs(asked, Findings()).reprint()
    except ContentError:
        return None


def write_report(found: Counted, report: Report, out: Path) -> list[Path]:
    """Write OUT.html with OUT.json, OUT.<table>.csv and OUT.counts/ (Parquet) beside it, and give the paths. Each file is the old one or the new one.

    Raises WriteError."""
    paths: list[Path] = []
    counts = out.with_name(f"{out.stem}.counts")
    with ThreadPoolExecutor(1) as beside:
        written = beside.submit(write_counts, found, counts)  # DuckDB writes while charts are drawn
        more = {f"{out.stem}.{name}": data for name, data in tables(report).items()}
        more[f"{out.stem}.json"] = as_json(report)
        for name, data in {out.name: page(report).encode(), **more}.items():
            write_atomic(out.with_name(name), data)
            paths.append(out.with_name(name))
        written.result()
    return [*paths, counts]


def write_order(found: Counted, report: Report, operator: Path) -> tuple[Path, tuple[MeasuredNeed, ...]]:
    """Write needs.yml into the operator's folder, for a person to review. Raises WriteError."""
    needs = measured(found.counts, found.network, found.site)
    path = operator / NEEDS
    with locked(operator):
        write_atomic(path, needs_yml(needs, report.first, report.last).encode())
    return path, needs


def find_alerts(found: Counted, since: dt.date, now: dt.datetime, limits: Thresholds) -> Sequence[Alert]:
    """What has just changed."""
    return alerts(found.counts, found.network, since, now.date(), limits)
