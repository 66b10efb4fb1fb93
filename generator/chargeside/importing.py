"""`import` and `ledger issue`: the only two that issue codes. A failed import leaves the last good feed and ledger."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from chargeside.errors import ContentError
from chargeside.findings import Findings
from chargeside.importers.afdc import read_afdc
from chargeside.importers.bnetza import read_bnetza
from chargeside.importers.feed import feed_bytes
from chargeside.importers.irve import read_irve
from chargeside.importers.ocm import read_ocm
from chargeside.importers.ocpi import read_ocpi_file
from chargeside.importers.osm import read_osm
from chargeside.load.content import load_content
from chargeside.load.ledger import ledger_bytes
from chargeside.load.network import load_network, load_operator
from chargeside.load.ocpi import read_feed
from chargeside.load.source import folder_name
from chargeside.plan.issue import issue_codes
from chargeside.write import locked, write_atomic

READERS: Mapping[str, Callable[..., list[dict[str, Any]]]] = {
    "ocpi": read_ocpi_file,
    "irve": read_irve,
    "bnetza": read_bnetza,
    "afdc": read_afdc,
    "osm": read_osm,
    "ocm": read_ocm,
}
"""By name of the source: path and findings, and options of its own, give OCPI Locations."""


@dataclass(frozen=True)
class Imported:
    """What an import did."""

    feed: Path
    locations: int
    ledger: Path
    issued: int


def import_feed(
    kind: str,
    source: Path,
    folder: Path,
    name: str,
    today: str,
    findings: Findings,
    **options: object,
) -> Imported:
    """Read a source, write it as `stations/<name>.json`, issue codes. Raises ContentError; nothing was written then.

    `kind`: a name in READERS. `options`: those of its reader.
    """
    if load_operator(folder, findings) is None:
        raise ContentError(findings.sorted())
    locations = READERS[kind](source, findings, **options)
    if not locations and not findings.errors:
        findings.add(
            "S309", str(source), None, "the source holds no stations", "see that it is the file you meant"
        )
    if findings.errors:
        raise ContentError(findings.sorted())
    data = feed_bytes(locations, kind)
    feed = folder / "stations" / f"{name}.json"
    left = folder / "left" / feed.name
    with locked(folder):
        _try_out(data, feed, folder, findings)
        with _restored_on_error(feed, left):
            keep_left(left, feed, locations, kind)
            write_atomic(feed, data)
            ledger, issued = _issue(folder, today, findings)
    return Imported(feed, len(locations), ledger, issued)


@contextmanager
def _restored_on_error(*paths: Path) -> Iterator[None]:
    """Give files back what they held when what follows is refused."""
    held = {path: path.read_bytes() if path.exists() else None for path in paths}
    try:
        yield
    except BaseException:
        for path, data in held.items():
            if data is None:
                path.unlink(missing_ok=True)
            else:
                write_atomic(path, data)
        raise


def keep_left(left: Path, feed: Path, locations: Sequence[dict[str, Any]], kind: str) -> None:
    """Keep what stands in the last feed and not in the new one, EVSE by EVSE; forget what has come back.

    A code on a wall keeps its last page, and a page needs what was known (DESIGN.md, rule 8).
    """
    kept: dict[tuple[str, ...], dict[str, Any]] = {}
    now = {
        (_location_key(location), str(evse.get("uid")))
        for location in locations
        for evse in location.get("evses", ())
    }
    for path in (left, feed):
        if not path.exists():
            continue
        for location in read_ocpi_file(path, Findings()):
            key = _location_key(location)
            missing = [evse for evse in location.get("evses", ()) if (key, str(evse.get("uid"))) not in now]
            if missing:
                known = {
                    str(evse.get("uid")): evse for evse in (*kept.get(key, {}).get("evses", ()), *missing)
                }
                kept[key] = {**location, "evses": list(known.values())}
    if kept or left.exists():
        write_atomic(left, feed_bytes(list(kept.values()), kind))


def _location_key(location: dict[str, Any]) -> tuple[str, ...]:
    return tuple(str(location.get(name, "")).upper() for name in ("country_code", "party_id", "id"))


def _try_out(data: bytes, feed: Path, folder: Path, findings: Findings) -> None:
    """Read the feed as the build will, before it takes the place of the last good one."""
    tried = Findings()
    with TemporaryDirectory() as scratch:
        path = Path(scratch) / feed.name
        path.write_bytes(data)
        read_feed(
            path,
            f"{folder_name(folder)}/stations/{feed.name}",
            load_content(Findings()).connector_by_ocpi,
            tried,
        )
    if tried.errors:
        findings.extend(tried)
        raise ContentError(findings.sorted())


def issue(folder: Path, today: str, findings: Findings) -> tuple[Path, int]:
    """Give every station without a code one; gives the ledger's path and how many codes are new.

    Raises ContentError when the ledger or the feeds are damaged; nothing was written then.
    """
    with locked(folder):
        return _issue(folder, today, findings)


def _issue(folder: Path, today: str, findings: Findings) -> tuple[Path, int]:
    network = load_network(folder, load_content(findings, folder), findings)
    # What decides which EVSEs make a station must be whole; a guide or a colour may be mended later.
    blocking = [finding for finding in findings.errors if finding.code[0] in "FSL" or finding.code == "O208"]
    if network is None or blocking:
        raise ContentError(findings.sorted())
    lines = issue_codes(network.stations, network.ledger, network.operator, today)
    path = folder / "ledger.csv"
    write_atomic(path, ledger_bytes(lines))
    return path, len(lines) - len(network.ledger)
