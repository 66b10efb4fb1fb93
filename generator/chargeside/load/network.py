"""Loads an operator's folder into a Network: feeds, people's facts over them, EVSEs grouped into stations, codes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

from chargeside.findings import Findings
from chargeside.load.adopted import load_adopted
from chargeside.load.claims import check_claims
from chargeside.load.designs import load_designs
from chargeside.load.kits import KitRules, lay, layer, load_kits
from chargeside.load.ledger import load_ledger
from chargeside.load.logo import load_logo
from chargeside.load.needs import NEEDS, load_needs
from chargeside.load.notices import load_notices
from chargeside.load.ocpi import facts_of, read_feed
from chargeside.load.operator import load_operator
from chargeside.load.overrides import Override, load_overrides
from chargeside.load.regroup import regrouped
from chargeside.load.reused import reused_ids
from chargeside.load.source import folder_name, leaves
from chargeside.load.tariffs import load_tariffs
from chargeside.model.facts import Fact, Facts, Origin, merge, settle_orders
from chargeside.model.hardware import HardwareNotes
from chargeside.model.network import Content, LedgerLine, Network, Point, Station
from chargeside.model.ocpi import Evse, Location
from chargeside.model.operator import Operator, StationIs

_MANY_ROWS = 20
"""Rows of overrides.csv without an EVSE: from more than this a list helps nobody."""


@dataclass(frozen=True)
class _Sources:
    """Files of an operator, read and validated."""

    operator: Operator
    layers_below: Mapping[str, Fact]
    layers_above: Mapping[str, Fact]
    kits: KitRules
    overrides: Mapping[str, Override]
    overrides_shown: str


def load_network(
    folder: Path, content: Content, findings: Findings, instead: Mapping[str, Path] = MappingProxyType({})
) -> Network | None:
    """The operator's network; None when operator.yml cannot be used. All other mistakes leave out what they touch.

    `instead`: feeds that are not in place yet, by the name they will have in the folder (`stations/ocpi.json`).
    """
    read = load_operator(folder, findings)
    if read is None:
        return None
    operator, doc = read
    name = folder_name(folder)
    logo = (
        load_logo(folder, operator.brand.logo, doc.shown, doc.line(("brand", "logo")), findings)
        if operator.brand.logo
        else None
    )
    sources = _Sources(
        operator,
        layer(operator.defaults, "defaults", doc, ("defaults",)),
        layer(operator.force, "force", doc, ("force",)),
        KitRules(load_kits(folder, f"{name}/kits.yml", content, findings)),
        load_overrides(folder / "overrides.csv", f"{name}/overrides.csv", findings),
        f"{name}/overrides.csv",
    )
    locations = _load_feeds(folder, content, findings, instead)
    left = _load_left(folder, content, findings, instead)
    ledger = load_ledger(folder / "ledger.csv", f"{name}/ledger.csv", findings)
    active = {line.station: line for line in ledger if line.status == "active"}
    used = _Used()
    stations = tuple(_distinct(_stations(locations, sources, active, used), findings))
    reused = reused_ids(stations, active)
    stations = tuple(replace(one, code="") if one.code in reused else one for one in stations)
    present = {station.key for station in stations}
    gone = [station for station in _stations(left, sources, active, used) if station.key not in present]
    _check_used(used, sources, f"{name}/overrides.csv", f"{name}/kits.yml", findings)
    check_claims(stations, used.claims, ledger, f"{name}/overrides.csv", findings)
    vanished = tuple(line for line in ledger if line.status == "active" and line.station not in present)
    last_seen = {station.code: station for station in gone if station.code}
    elsewhere, as_they_were = regrouped(vanished, stations, last_seen)
    strangers = tuple(line for line in ledger if line.code in reused)
    network = Network(
        operator,
        content,
        tuple(sorted(stations, key=lambda s: (s.code, s.key))),
        ledger,
        tuple(sorted((*vanished, *strangers), key=lambda line: line.code)),
        {**as_they_were, **last_seen},
        logo,
        name,
        doc.lines,
        elsewhere,
        load_adopted(folder / "adopted.csv", f"{name}/adopted.csv", ledger, findings),
        {line.code: line.station for line in strangers},
        tariffs=load_tariffs(folder, locations, findings, instead) if operator.prices == "tariff" else {},
        designs=load_designs(folder, findings),
        needs=load_needs(folder, f"{name}/{NEEDS}", findings),
    )
    notices = load_notices(folder / "notices.csv", f"{name}/notices.csv", network, findings)
    return replace(network, notices=notices) if notices else network


def _load_feeds(
    folder: Path, content: Content, findings: Findings, instead: Mapping[str, Path]
) -> list[Location]:
    locations: list[Location] = []
    taken: dict[tuple[str, str, str], Location] = {}
    stations = f"{folder_name(folder)}/stations"
    feeds = {f"stations/{path.name}": path for path in _feed_files(folder, stations, findings)}
    feeds |= {name: path for name, path in instead.items() if name.startswith("stations/")}
    for name, path in sorted(feeds.items()):
        shown = f"{folder_name(folder)}/{name}"
        for location in read_feed(path, shown, content.connector_by_ocpi, findings):
            key = (location.country_code, location.party_id, location.id)
            if key in taken:
                findings.add(
                    "S303",
                    shown,
                    location.line,
                    f"Location {'*'.join(key)} stands in {taken[key].path}:{taken[key].line} too",
                    "leave one of the two out of the feeds",
                )
                continue
            taken[key] = location
            locations.append(location)
    if not feeds:
        findings.add(
            "S309",
            stations,
            None,
            "there is no station data",
            "import a feed (`chargeside import ocpi FILE --to DIR`) or drop an OCPI file in",
        )
    elif not locations and not findings.errors:
        findings.add(
            "S309",
            stations,
            None,
            "the feeds hold no station that may be shown",
            "see the notes on what was left out",
        )
    return locations


def _feed_files(folder: Path, shown: str, findings: Findings) -> Iterator[Path]:
    """Files in stations/ that are read; what is passed over is said."""
    inside = folder / "stations"
    for path in sorted(inside.iterdir()) if inside.is_dir() else ():
        name = f"{shown}/{path.name}"
        if path.name.startswith("."):
            continue
        if path.suffix != ".json":
            mend = "bring it in with `chargeside import`, or move it elsewhere"
            findings.add("S308", name, None, "is not read: feeds are called *.json", mend)
        elif leaves(path, folder):
            message = "the feed is a link that leads out of the operator's folder"
            findings.add("F109", name, None, message, "put the file itself here")
        elif not path.is_file():  # reading a pipe would wait for ever
            findings.add("F101", name, None, "is no plain file", "put a file of that name here")
        else:
            yield path


def _load_left(
    folder: Path, content: Content, findings: Findings, instead: Mapping[str, Path]
) -> list[Location]:
    """Locations that have left their feed, kept by `import` so that a code on a wall keeps its page."""
    locations: list[Location] = []
    files = {f"left/{path.name}": path for path in (folder / "left").glob("*.json")}
    files |= {name: path for name, path in instead.items() if name.startswith("left/")}
    for name, path in sorted(files.items()):
        found = Findings()
        shown = f"{folder_name(folder)}/{name}"
        locations += read_feed(path, shown, content.connector_by_ocpi, found)
        findings.extend(found.errors)  # its warnings were told when it was in the feed
    return locations


@dataclass(slots=True)
class _Used:
    """Rows of overrides.csv that met an EVSE."""

    overrides: set[str] = field(default_factory=set)
    claims: dict[str, list[tuple[str, int]]] = field(default_factory=dict)
    """By key of a station, codes that rows claim for it, with their lines."""


def _stations(
    locations: Iterable[Location], sources: _Sources, active: Mapping[str, LedgerLine], used: _Used
) -> Iterator[Station]:
    shared: dict[tuple[object, ...], Facts] = {}
    for location in locations:
        groups: dict[str, list[Point]] = {}
        kinds: dict[str, StationIs] = {}
        alike: dict[tuple[object, ...], tuple[Facts, StationIs, HardwareNotes]] = {}
        for evse in location.evses:
            override = _override_of(evse, sources.overrides, used.overrides)
            # Most EVSEs of a site are alike, and the reader makes one object of what is equal.
            same = (
                (tuple(map(id, evse.connectors)), id(evse.capabilities), id(evse.chargeside))
                if override is None and not sources.kits.ask_for_evse
                else (evse.uid,)
            )
            if same not in alike:
                alike[same] = _facts(location, evse, override, sources, shared)
            facts, station_is, notes = alike[same]
            side = override.side if override and override.side else evse.chargeside.side
            number = override.number if override and override.number else evse.physical_reference
            key = _station_key(location, evse, override, station_is)
            said = _said(evse, override, sources) if override else None
            groups.setdefault(key, []).append(Point(evse, facts, number, side, notes, said))
            kinds[key] = station_is
            if override and override.code:
                used.claims.setdefault(key, []).append((override.code, override.line))
        for key, points in groups.items():
            points.sort(key=lambda point: ("left", "centre", "right").index(point.side) if point.side else 3)
            line = active.get(key)
            yield Station(
                key,
                line.code if line else "",
                _number(points),
                location,
                tuple(points),
                merge(p.facts for p in points),
                used.claims[key][0][0] if key in used.claims else "",
                kinds[key],
            )


def _said(evse: Evse, override: Override, sources: _Sources) -> dict[str, Fact]:
    """What a row of overrides.csv says beside facts, and by which name it calls the EVSE."""
    origin = Origin("overrides", sources.overrides_shown, override.line)
    name = evse.uid if evse.uid in sources.overrides else evse.evse_id
    values = {"evse": name, "cabinet": override.cabinet, "side": override.side, "number": override.number}
    return {name: Fact(value, origin) for name, value in values.items() if value}


def _distinct(stations: Iterable[Station], findings: Findings) -> Iterator[Station]:
    """Stations without those whose key another one has: two signs with one code would lead to the wrong charger."""
    taken: dict[str, Station] = {}
    for station in stations:
        first = taken.setdefault(station.key, station)
        if first is station:
            yield station
        else:
            message = f"two stations have the key {station.key}, the other one in {first.location.path}:{first.location.line}"
            mend = "give the Locations ids without / or use one station_is for all"
            findings.add("S303", station.location.path, station.location.line, message, mend)


def _check_used(
    used: _Used, sources: _Sources, overrides_shown: str, kits_shown: str, findings: Findings
) -> None:
    _check_rows(sorted(sources.overrides.keys() - used.overrides), sources, overrides_shown, findings)
    if is_feed_unread(findings):
        return
    for number, kit in enumerate(sources.kits.kits):
        if number not in sources.kits.matched:
            message = f'rule "{kit.rule.name}" selects no EVSE'
            findings.add("O207", kits_shown, kit.line, message, "correct its match, or delete the rule")


def is_feed_unread(findings: Findings) -> bool:
    """Whether a feed could not be read: then what selects nothing may well be right, and the error must be seen."""
    return any("/stations/" in error.path for error in findings.errors)


def _check_rows(names: Sequence[str], sources: _Sources, overrides_shown: str, findings: Findings) -> None:
    """Rows of overrides.csv that meet no EVSE. Where many do, or a feed could not be read, they are counted and not listed."""
    rows = sources.overrides
    unread = is_feed_unread(findings)
    if len(names) > _MANY_ROWS or (names and unread):
        first = min(names, key=lambda name: rows[name].line)
        message = f"no feed has the EVSEs of {len(names)} of {len(rows)} rows, e.g. {first}"
        if unread:
            mend = "mend the feed first: see the errors in stations/"
        else:
            mend = "if all ids are new, run `chargeside ledger rematch` and correct the column evse; else delete the rows"
        findings.add("O210", overrides_shown, rows[first].line, message, mend)
        return
    for name in names:
        mend = "correct the uid or EVSE ID, or delete the row"
        findings.add("O210", overrides_shown, rows[name].line, f"no feed has an EVSE {name}", mend)


def _override_of(evse: Evse, overrides: Mapping[str, Override], used: set[str]) -> Override | None:
    for name in (evse.uid, evse.evse_id):
        if name and name in overrides:
            used.add(name)
            return overrides[name]
    return None


def _facts(
    location: Location,
    evse: Evse,
    override: Override | None,
    sources: _Sources,
    shared: dict[tuple[object, ...], Facts],
) -> tuple[Facts, StationIs, HardwareNotes]:
    """Facts in their order: feed < defaults < kits < overrides < force. Equal ones are one object, so memory stays flat."""
    layers: dict[str, Fact] = {**facts_of(location, evse), **sources.layers_below}
    station_is, notes = sources.kits.apply(location, evse, layers, sources.operator.station_is)
    if override:
        lay(layers, override.facts)
    lay(layers, sources.layers_above)
    settle_orders(layers)
    facts = Facts(layers)
    # Origins are part of the key: a kit's fact and the feed's own may have equal values and must explain themselves apart.
    key = tuple((name, fact.value, fact.origin) for name, fact in facts)
    return shared.setdefault(key, facts), station_is, notes


def _station_key(location: Location, evse: Evse, override: Override | None, station_is: StationIs) -> str:
    """The station's key in the ledger: ids of OCPI, which its owner must never change (OCPI 2.3.0, Location.id)."""
    base = f"{location.country_code}*{location.party_id}*{location.id}"
    if station_is == "location":
        return base
    cabinet = override.cabinet if override and override.cabinet else evse.chargeside.cabinet
    if station_is == "cabinet" and cabinet:
        return f"{base}/cabinet/{cabinet}"
    if station_is == "physical_reference" and evse.physical_reference:
        return f"{base}/reference/{evse.physical_reference}"
    return f"{base}/evse/{evse.uid}"


def _number(points: Sequence[Point]) -> str | None:
    """What stands on the hardware: the only number, or both of a cabinet with two; a site with many has none."""
    numbers = list(dict.fromkeys(point.number for point in points if point.number))
    return " | ".join(numbers) if 1 <= len(numbers) <= 2 else None
