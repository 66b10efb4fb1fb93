"""`report` from its logs to counts. What is made of them is in `making`, which takes longer to load: that is done while DuckDB reads."""

from __future__ import annotations

import datetime as dt
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from chargeside.errors import ContentError, WriteError
from chargeside.findings import Findings
from chargeside.load.operator import load_operator
from chargeside.reporting.counts import Counts, counting
from chargeside.reporting.events import FATES
from chargeside.reporting.reading import Told, count_logs
from chargeside.reporting.site import Site, kinds_of, site_of

if TYPE_CHECKING:
    from chargeside.model.network import Network

_DAY = 86_400


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
    findings: Findings

    @property
    def any_known(self) -> bool:
        """Whether anything but damage was read: what is all of another kind than access logs makes no report."""
        fates = self.counts.fates()
        return not fates["damaged"] or any(
            n for fate, n in fates.items() if fate in FATES and fate != "damaged"
        )


def load_for_report(folder: Path, findings: Findings) -> Network:
    """The operator's network with the titles of guides, but not their steps; read as leniently as can be: a report of last month does not wait for a
    mistake of today's to be mended.

    What could not be read is in `findings`. Raises ContentError where operator.yml cannot be used."""
    from chargeside.load.content import load_content
    from chargeside.load.network import load_network

    network = load_network(folder, load_content(findings, folder, whole=(), titles=True), findings)
    if network is None:
        raise ContentError(findings.sorted())
    return network


@contextmanager
def counted(logs: Logs) -> Iterator[Counted]:
    """Counts of these logs, in a temporary folder that goes at the end. Raises ChargesideError and ContentError."""
    findings = Findings()
    read = load_operator(logs.operator, findings)
    if read is None:
        raise ContentError(findings.sorted())
    findings = Findings()  # the whole network is read with them, operator.yml once more
    site = site_of(read[0], logs.hosts)
    with tempfile.TemporaryDirectory(prefix="chargeside-") as folder:
        scratch = Path(folder)
        with counting(scratch) as counts, ThreadPoolExecutor(1) as beside:
            # While DuckDB reads, which needs no interpreter, all else is made ready.
            network = beside.submit(_made_ready, logs.operator, findings)
            told = count_logs(
                logs.paths,
                site,
                counts,
                scratch=scratch,
                salt=secrets.token_hex(16),
                # A clock that is a little fast is no mistake; a day ahead is.
                latest=logs.now.timestamp() + _DAY,
                progress=logs.progress,
                issued=lambda: kinds_of(network.result()),
            )
            yield Counted(
                counts, network.result(), replace(site, kinds=kinds_of(network.result())), told, findings
            )


def _made_ready(operator: Path, findings: Findings) -> Network:
    network = load_for_report(operator, findings)
    for name in ("chargeside.reporting.making", "scipy.special"):
        import_module(name)
    import_module("chargeside.reporting.charts").warm_up()
    return network


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
