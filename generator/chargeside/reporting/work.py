"""`report` from end to end: logs to counts, counts to figures, figures to files beside each other."""

from __future__ import annotations

import datetime as dt
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from chargeside.errors import ContentError, WriteError
from chargeside.findings import Findings
from chargeside.load.content import load_content
from chargeside.load.ledger import load_ledger
from chargeside.load.needs import NEEDS
from chargeside.load.network import load_network, load_operator
from chargeside.load.signs import PrintedSign, load_signs
from chargeside.load.source import folder_name
from chargeside.model.network import Network
from chargeside.plan.reprint import Reprint
from chargeside.reporting.alerts import Alert, Thresholds, alerts
from chargeside.reporting.calls_work import Files, figures_of_calls
from chargeside.reporting.charts import warm_up
from chargeside.reporting.counts import Counts, counting
from chargeside.reporting.figures import Report
from chargeside.reporting.figuring import Wanted, report_of
from chargeside.reporting.order import MeasuredNeed, measured, needs_yml
from chargeside.reporting.page import as_json, page, tables
from chargeside.reporting.reading import Told, count_logs
from chargeside.reporting.site import Site, kinds_of, site_of
from chargeside.signs_work import SIGNS, Asked, read_signs
from chargeside.write import locked, write_atomic

_DAY = 86_400
LEDGER = "ledger.csv"


@dataclass(frozen=True, slots=True)
class Logs:
    """What to count: `paths` of logs, of folders with counts, or `-`; `hosts` that also stand for the site; `now`: no line is later."""

    operator: Path
    paths: tuple[Path, ...]
    now: dt.datetime
    hosts: tuple[str, ...] = ()
    progress: Callable[[Path], None] = field(default=lambda path: None)


@dataclass(slots=True)
class Counted:
    """What was counted, and from what."""

    counts: Counts
    network: Network
    site: Site
    told: list[Told]


def load_for_report(folder: Path) -> Network:
    """The operator's network, read as leniently as can be: a report of last month does not wait for a mistake of today's to be mended.

    Raises ContentError where operator.yml cannot be used."""
    findings = Findings()
    network = load_network(folder, load_content(findings, folder), findings)
    if network is None:
        raise ContentError(findings.sorted())
    return network


def _addresses(logs: Logs) -> Site:
    """What a log is read against, without the stations, which take longer to read. Raises ContentError."""
    findings = Findings()
    read = load_operator(logs.operator, findings)
    if read is None:
        raise ContentError(findings.sorted())
    ledger = load_ledger(logs.operator / LEDGER, f"{folder_name(logs.operator)}/{LEDGER}", findings)
    return site_of(read[0], logs.hosts, {line.code: "" for line in ledger})


@contextmanager
def counted(logs: Logs) -> Iterator[Counted]:
    """Counts of these logs, in a temporary folder that goes at the end. Raises ChargesideError and ContentError."""
    addresses = _addresses(logs)
    with tempfile.TemporaryDirectory(prefix="chargeside-") as folder:
        scratch = Path(folder)
        with counting(scratch) as counts:
            # A clock that is a little fast is no mistake; a day ahead is.
            latest = logs.now.timestamp() + _DAY
            salt = secrets.token_hex(16)
            # While DuckDB reads, which needs no interpreter, all else is made ready.
            with ThreadPoolExecutor(1) as beside:
                network = beside.submit(_made_ready, logs.operator)
                told = count_logs(
                    logs.paths,
                    addresses,
                    counts,
                    scratch=scratch,
                    salt=salt,
                    latest=latest,
                    progress=logs.progress,
                )
            kinds = {**addresses.kinds, **kinds_of(network.result())}
            yield Counted(counts, network.result(), replace(addresses, kinds=kinds), told)


def _made_ready(operator: Path) -> Network:
    warm_up()
    return load_for_report(operator)


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
    calls = figures_of_calls(files, found.network, printed, now.date(), lang, findings) if files else None
    wanted = Wanted(now.date(), lang, printed, reprint, calls)
    return report_of(found.counts, found.network, found.site, wanted)


def _reprint(operator: Path, now: dt.datetime) -> Reprint | None:
    """Which signs say something else today; None where signs cannot be planned, which a report does not wait for."""
    asked = Asked(operator, operator, now.date().isoformat(), now.isoformat(timespec="seconds"))
    try:
        return read_signs(asked, Findings()).reprint()
    except ContentError:
        return None


def write_report(found: Counted, report: Report, out: Path) -> list[Path]:
    """Write OUT.html with OUT.json, OUT.<table>.csv and OUT.counts/ (Parquet) beside it, and give the paths. Each file is the old one or the new one.

    Raises WriteError."""
    paths = [out]
    write_atomic(out, page(report).encode())
    more = {f"{out.stem}.{name}": data for name, data in tables(report).items()}
    more[f"{out.stem}.json"] = as_json(report)
    for name, data in more.items():
        write_atomic(out.with_name(name), data)
        paths.append(out.with_name(name))
    paths.append(out.with_name(f"{out.stem}.counts"))
    write_counts(found, paths[-1])
    return paths


def write_counts(found: Counted, folder: Path) -> None:
    """Write the counts as Parquet into a folder, in place of counts that stood there before. Raises WriteError."""
    if folder.exists() and not (folder / "lines.parquet").is_file():
        raise WriteError(f"{folder} stands there already and holds no counts: name another, or remove it")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        place = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
        try:
            found.counts.write_parquet(place / "new", found.site.kinds)
            if folder.exists():
                folder.replace(place / "old")
            (place / "new").replace(folder)
        finally:
            shutil.rmtree(place, ignore_errors=True)
    except OSError as error:
        raise WriteError(f"cannot write {folder}: {error.strerror}") from None


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
