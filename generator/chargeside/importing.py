"""`import` and `ledger issue`: the only two that issue codes. A failed import leaves the last good feed and ledger."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import Any

from chargeside.check.operator import check_regrouped
from chargeside.errors import ContentError
from chargeside.findings import Finding, Findings, Severity
from chargeside.importers.feed import FEED_START, feed_bytes, feed_lines, feed_of
from chargeside.importers.importer import Importer
from chargeside.importers.ocpi import read_ocpi_file
from chargeside.load.content import load_content
from chargeside.load.ledger import ledger_bytes
from chargeside.load.network import load_network
from chargeside.load.ocpi_reader import GONE
from chargeside.load.ocpi_values import boolean
from chargeside.load.operator import load_operator
from chargeside.model.network import LedgerLine, Network
from chargeside.plan.issue import held_back, issue_codes
from chargeside.write import locked, write_atomic

MOST_GONE = 0.5
"""So large a part of a feed's EVSEs may leave it at once before the import asks whether that is meant."""

_Location = dict[str, Any]
_Key = tuple[tuple[str, ...], str]
"""Which EVSE: country_code, party_id and id of its Location, and its uid, or EVSE ID where its uid is not its own."""


@dataclass(frozen=True)
class Imported:
    """What an import did."""

    feed: Path
    locations: int
    ledger: Path
    issued: int


def import_feed(
    importer: Importer,
    source: Path,
    folder: Path,
    name: str,
    today: str,
    findings: Findings,
    *,
    accept_removals: bool = False,
    tariffs: Sequence[dict[str, Any]] | None = None,
    options: Mapping[str, object] = MappingProxyType({}),
) -> Imported:
    """Read a source, write it as `stations/<name>.json`, issue codes. Raises ContentError; nothing was written then.

    `accept_removals`: go on although more than MOST_GONE of the EVSEs of the last import are missing. `tariffs`: OCPI Tariffs
    that are kept as `tariffs/<name>.json`; None leaves those that are there. `options`: those of the importer.
    """
    loaded = load_operator(folder, findings)
    if loaded is None:
        raise ContentError(findings.sorted())
    of_operator = {
        option.keyword: option.of_operator(loaded[0])
        for option in importer.options
        if option.of_operator and options.get(option.keyword) is None
    }
    new = _New(importer.read(source, findings, **{**options, **of_operator}))
    if not new.lines and not findings.errors:
        findings.add(
            "S309", str(source), None, "the source holds no stations", "see that it is the file you meant"
        )
    if findings.errors:
        raise ContentError(findings.sorted())
    with locked(folder):
        return _put(importer, new, folder, name, today, findings, accept_removals, tariffs)


class _New:
    """The new feed: its lines, and which EVSEs drivers see. Locations are taken one by one and not kept."""

    def __init__(self, locations: Iterable[_Location]) -> None:
        self.shown: set[_Key] = set()
        self.lines = feed_lines(self._passed(locations))

    def _passed(self, locations: Iterable[_Location]) -> Iterator[_Location]:
        for location in locations:
            self.shown.update(_shown(location))
            yield location


def _put(
    importer: Importer,
    new: _New,
    folder: Path,
    name: str,
    today: str,
    findings: Findings,
    accept_removals: bool,
    tariffs: Sequence[dict[str, Any]] | None,
) -> Imported:
    """Load the whole network with the new feed in it, and write only when that goes well."""
    feed, left = (folder / inside / f"{name}.json" for inside in ("stations", "left"))
    kept, missing, before = _missing(left, feed, new)
    if missing > before * MOST_GONE and not accept_removals:
        findings.add(
            "S310",
            str(feed),
            None,
            f"{missing} of the {before} EVSEs of the last import are missing in the new data",
            "see that it is whole; if they are gone indeed, import with --accept-removals; after a change of ids, join old and new "
            "with `chargeside ledger rematch`",
        )
        raise ContentError(findings.sorted())
    with TemporaryDirectory() as scratch:
        instead = {f"stations/{name}.json": Path(scratch) / "feed"}
        instead[f"stations/{name}.json"].write_bytes(feed_of(new.lines, importer.name))
        if kept or left.exists():
            instead[f"left/{name}.json"] = Path(scratch) / "left"
            instead[f"left/{name}.json"].write_bytes(feed_bytes(kept, importer.name))
        if tariffs is not None:
            instead[f"tariffs/{name}.json"] = Path(scratch) / "tariffs"
            instead[f"tariffs/{name}.json"].write_bytes(feed_bytes(tariffs, importer.name))
        loaded = Findings(None if importer.name == "ocpi" else findings.journal)
        try:
            network, ledger = _issued(folder, today, loaded, instead)
        except ContentError:
            findings.extend(_news(loaded, importer, feed.name))
            raise ContentError(findings.sorted()) from None  # with what was said of the source
        findings.extend(_news(loaded, importer, feed.name))
        # The kept ones first: whoever is stopped in between has them twice, not never.
        for inside, path in sorted(instead.items()):
            write_atomic(folder / inside, path.read_bytes())
    path = folder / "ledger.csv"
    write_atomic(path, ledger_bytes(ledger))
    return Imported(feed, len(new.lines), path, len(ledger) - len(network.ledger))


def _news(loaded: Findings, importer: Importer, feed: str) -> Iterator[Finding]:
    """Findings of loading the network that are new to whoever imports: errors, and what is not about guides or other feeds.
    A feed of OCPI was told of when its source was read."""
    for found in loaded:
        is_own = importer.name != "ocpi" and found.path.endswith(f"/stations/{feed}")
        is_old = "/stations/" in found.path or found.code.startswith("G")
        if found.severity is Severity.ERROR or is_own or not is_old:
            yield found


def _missing(left: Path, feed: Path, new: _New) -> tuple[list[_Location], int, int]:
    """What stood in the last feed and does not stand in the new one, EVSE by EVSE, with what is kept from earlier; how many
    EVSEs are missing now, and how many the last feed had.

    A code on a wall keeps its last page, and a page needs what was known (DESIGN.md, rule 8). What has come back is forgotten.
    """
    lines = frozenset(new.lines)
    kept: dict[tuple[str, ...], _Location] = {}
    missing = before = 0
    for path in (left, feed):
        for line, location in _standing(path):
            shown = _shown(location)
            gone = {uid for key, uid in shown if (key, uid) not in new.shown} if line not in lines else ()
            if path == feed:
                before += len(shown)
                missing += len(gone)
            if gone:
                _keep(location, gone, kept)
    return list(kept.values()), missing, before


def _keep(location: _Location, gone: Collection[str], kept: dict[tuple[str, ...], _Location]) -> None:
    """Lay a Location with those EVSEs that are gone over what is kept of it."""
    key = _location_key(location)
    evses = {name: evse for evse, name in _named(kept.get(key, {}).get("evses", ()))}
    evses.update((name, evse) for evse, name in _named(location["evses"]) if name in gone)
    kept[key] = {**location, "evses": list(evses.values())}


def _standing(path: Path) -> Iterator[tuple[str, _Location]]:
    """Line and record of each Location of a feed that stands in the operator's folder."""
    if not path.exists():
        return
    with path.open("rb") as file:
        ours = file.readline().startswith(FEED_START)
    if not ours:
        for location in read_ocpi_file(path, Findings()):
            yield "", location
        return
    with path.open(encoding="utf-8") as lines:
        next(lines)
        for line in lines:
            text = line.rstrip("\n,")
            if text.startswith("{"):
                yield text, json.loads(text)


def _shown(location: _Location) -> list[_Key]:
    """Those EVSEs of a record that drivers see."""
    evses = location.get("evses")
    if not isinstance(evses, list) or boolean(location.get("publish"), default=True) is not True:
        return []
    key = _location_key(location)
    return [
        (key, name) for evse, name in _named(evses) if str(evse.get("status")).strip().upper() not in GONE
    ]


def _named(evses: Iterable[Any]) -> list[tuple[dict[str, Any], str]]:
    """EVSEs of a Location with what tells them apart: the uid, and the EVSE ID where several share a uid."""
    given = [evse for evse in evses if isinstance(evse, dict)]
    uids = Counter(str(evse.get("uid")) for evse in given)
    return [
        (evse, str((evse.get("evse_id") if uids[str(evse.get("uid"))] > 1 else None) or evse.get("uid")))
        for evse in given
    ]


def _location_key(location: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(location.get(name, "")).upper() for name in ("country_code", "party_id", "id"))


def issue(folder: Path, today: str, findings: Findings) -> tuple[Path, int]:
    """Give every station without a code one; gives the ledger's path and how many codes are new.

    Raises ContentError when the ledger or the feeds are damaged; nothing was written then.
    """
    with locked(folder):
        network, lines = _issued(folder, today, findings, {})
        path = folder / "ledger.csv"
        write_atomic(path, ledger_bytes(lines))
        return path, len(lines) - len(network.ledger)


def _issued(
    folder: Path, today: str, findings: Findings, instead: Mapping[str, Path]
) -> tuple[Network, Sequence[LedgerLine]]:
    """The network, with files that are not in place yet read from elsewhere, and its ledger with all codes."""
    network = load_network(folder, load_content(findings, folder), findings, instead)
    # What decides which EVSEs make a station must be whole; a guide or a colour may be mended later.
    blocking = [finding for finding in findings.errors if finding.code[0] in "FSL" or finding.code == "O208"]
    if network is None or blocking:
        raise ContentError(findings.sorted())
    check_regrouped(network, findings, Severity.WARNING)
    lines = issue_codes(network.stations, network.ledger, network.operator, today, held_back(network))
    return network, lines
