"""Loads an operator's folder into a Network: feeds, people's facts over them, EVSEs grouped into stations, codes."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from chargeside.findings import Findings, nearest
from chargeside.load.ledger import load_ledger
from chargeside.load.logo import load_logo
from chargeside.load.ocpi import facts_of, read_feed
from chargeside.load.overrides import Override, load_overrides
from chargeside.load.source import Yaml, folder_name, leaves, read_yaml, validate
from chargeside.model.facts import Fact, Facts, Origin, Rank, merge
from chargeside.model.network import Content, LedgerLine, Network, Point, Station
from chargeside.model.ocpi import Evse, Location
from chargeside.model.operator import FactSettings, KitMatch, KitRule, Kits, Operator, StationIs


@dataclass(frozen=True, slots=True)
class _Kit:
    """A rule of kits.yml, the facts it sets, and its line."""

    rule: KitRule
    facts: Mapping[str, Fact]
    line: int | None


@dataclass(frozen=True)
class _Sources:
    """Files of an operator, read and validated."""

    operator: Operator
    layers_below: Mapping[str, Fact]
    layers_above: Mapping[str, Fact]
    kits: Sequence[_Kit]
    overrides: Mapping[str, Override]


def load_operator(folder: Path, findings: Findings) -> tuple[Operator, Yaml] | None:
    """operator.yml of an operator's folder."""
    shown = f"{folder_name(folder)}/operator.yml"
    if not folder.is_dir():
        findings.add(
            "F101",
            str(folder),
            None,
            "there is no such folder",
            "name an operator's folder, or make one with `chargeside new operator`",
        )
        return None
    doc = read_yaml(folder / "operator.yml", shown, findings)
    operator = validate(Operator, doc, findings) if doc else None
    return (operator, doc) if operator and doc else None


def load_network(folder: Path, content: Content, findings: Findings) -> Network | None:
    """The operator's network; None when operator.yml cannot be used. All other mistakes leave out what they touch."""
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
        _layer(operator.defaults, "defaults", doc, ("defaults",)),
        _layer(operator.force, "force", doc, ("force",)),
        _load_kits(folder / "kits.yml", f"{name}/kits.yml", content, findings),
        load_overrides(folder / "overrides.csv", f"{name}/overrides.csv", findings),
    )
    locations = _load_feeds(folder, content, findings)
    left = _load_left(folder, content, findings)
    ledger = load_ledger(folder / "ledger.csv", f"{name}/ledger.csv", findings)
    active = {line.station: line for line in ledger if line.status == "active"}
    used = _Used()
    stations = tuple(_distinct(_stations(locations, sources, active, used), findings))
    present = {station.key for station in stations}
    gone = [station for station in _stations(left, sources, active, used) if station.key not in present]
    _check_used(used, sources, f"{name}/overrides.csv", f"{name}/kits.yml", findings)
    vanished = tuple(line for line in ledger if line.status == "active" and line.station not in present)
    return Network(
        operator,
        content,
        tuple(sorted(stations, key=lambda s: (s.code, s.key))),
        ledger,
        vanished,
        {station.code: station for station in gone if station.code},
        logo,
        name,
        doc.lines,
    )


def _layer(settings: FactSettings, rank: Rank, doc: Yaml, loc: tuple[str | int, ...]) -> dict[str, Fact]:
    return {
        name: Fact(value, Origin(rank, doc.shown, doc.line((*loc, *name.split(".")))))
        for name, value in settings.flat().items()
    }


def _load_kits(path: Path, shown: str, content: Content, findings: Findings) -> list[_Kit]:
    if not os.path.lexists(path):  # a link to nowhere is a mistake, not a missing file
        return []
    doc = read_yaml(path, shown, findings)
    kits = validate(Kits, doc, findings) if doc else None
    if not doc or not kits:
        return []
    for number, rule in enumerate(kits.kits):
        for place, connector in enumerate(rule.match.connectors):
            if connector not in content.connectors:
                line = doc.line(("kits", number, "match", "connectors", place))
                mend = nearest(connector, content.connectors)
                findings.add("F108", shown, line, f'no connector is called "{connector}"', mend)
    return [
        _Kit(rule, _layer(rule.facts, "kits", doc, ("kits", number, "facts")), doc.line(("kits", number)))
        for number, rule in enumerate(kits.kits)
    ]


def _load_feeds(folder: Path, content: Content, findings: Findings) -> list[Location]:
    locations: list[Location] = []
    taken: dict[tuple[str, str, str], Location] = {}
    stations = f"{folder_name(folder)}/stations"
    feeds = list(_feed_files(folder, stations, findings))
    for path in feeds:
        shown = f"{stations}/{path.name}"
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


def _load_left(folder: Path, content: Content, findings: Findings) -> list[Location]:
    """Locations that have left their feed, kept by `import` so that a code on a wall keeps its page."""
    locations: list[Location] = []
    for path in sorted((folder / "left").glob("*.json")):
        found = Findings()
        locations += read_feed(
            path, f"{folder_name(folder)}/left/{path.name}", content.connector_by_ocpi, found
        )
        findings.extend(found.errors)  # its warnings were told when it was in the feed
    return locations


@dataclass(slots=True)
class _Used:
    """Rows of overrides.csv and rules of kits.yml that met an EVSE."""

    overrides: set[str] = field(default_factory=set)
    rules: set[int] = field(default_factory=set)


def _stations(
    locations: Iterable[Location], sources: _Sources, active: Mapping[str, LedgerLine], used: _Used
) -> Iterator[Station]:
    shared: dict[tuple[object, ...], Facts] = {}
    for location in locations:
        groups: dict[str, list[Point]] = {}
        for evse in location.evses:
            override = _override_of(evse, sources.overrides, used.overrides)
            facts, station_is = _facts(location, evse, override, sources, used.rules, shared)
            side = override.side if override else None
            number = override.number if override and override.number else evse.physical_reference
            groups.setdefault(_station_key(location, evse, override, station_is), []).append(
                Point(evse, facts, number, side)
            )
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
            )


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
    for evse_name in sorted(sources.overrides.keys() - used.overrides):
        findings.add(
            "O210",
            overrides_shown,
            sources.overrides[evse_name].line,
            f"no feed has an EVSE {evse_name}",
            "correct the uid or EVSE ID, or delete the row",
        )
    for number, kit in enumerate(sources.kits):
        if number not in used.rules:
            message = f'rule "{kit.rule.name}" selects no EVSE'
            findings.add("O207", kits_shown, kit.line, message, "correct its match, or delete the rule")


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
    matched: set[int],
    shared: dict[tuple[object, ...], Facts],
) -> tuple[Facts, StationIs]:
    """Facts in their order: feed < defaults < kits < overrides < force. Equal ones are one object, so memory stays flat."""
    layers: dict[str, Fact] = {**facts_of(location, evse), **sources.layers_below}
    station_is = sources.operator.station_is
    for number, kit in enumerate(sources.kits):
        if _matches(kit.rule.match, location, evse, layers):
            matched.add(number)
            layers.update(kit.facts)
            station_is = kit.rule.station_is or station_is
    if override:
        layers.update(override.facts)
    layers.update(sources.layers_above)
    facts = Facts(layers)
    # Origins are part of the key: a kit's fact and the feed's own may have equal values and must explain themselves apart.
    key = tuple((name, fact.value, fact.origin) for name, fact in facts)
    return shared.setdefault(key, facts), station_is


def _matches(match: KitMatch, location: Location, evse: Evse, facts: Mapping[str, Fact]) -> bool:
    kinds = [c.kind or c.standard for c in evse.connectors]
    power = facts.get("power_kw")
    return (
        (match.location is None or _like(location.id, match.location))
        and (match.evse is None or any(_like(name, match.evse) for name in (evse.uid, evse.evse_id or "")))
        and (not match.connectors or any(kind in match.connectors for kind in kinds))
        and (match.current is None or any(c.current == match.current for c in evse.connectors))
        and (
            match.min_power_kw is None
            or (power is not None and float(str(power.value)) >= match.min_power_kw)
        )
        and (match.country is None or location.country == match.country)
        and (
            match.hardware is None
            or _like(str(facts["hardware"].value) if "hardware" in facts else "", match.hardware)
        )
    )


def _like(text: str, pattern: str) -> bool:
    """Equal, or alike up to a last `*`. EVSE IDs hold stars of their own, which stand for themselves."""
    return text.startswith(pattern[:-1]) if pattern.endswith("*") else text == pattern


def _station_key(location: Location, evse: Evse, override: Override | None, station_is: StationIs) -> str:
    """The station's key in the ledger: ids of OCPI, which its owner must never change (OCPI 2.3.0, Location.id)."""
    base = f"{location.country_code}*{location.party_id}*{location.id}"
    if station_is == "location":
        return base
    if station_is == "cabinet" and override and override.cabinet:
        return f"{base}/cabinet/{override.cabinet}"
    if station_is == "physical_reference" and evse.physical_reference:
        return f"{base}/reference/{evse.physical_reference}"
    return f"{base}/evse/{evse.uid}"


def _number(points: Sequence[Point]) -> str | None:
    """What stands on the hardware: the only number, or both of a cabinet with two; a site with many has none."""
    numbers = list(dict.fromkeys(point.number for point in points if point.number))
    return " | ".join(numbers) if 1 <= len(numbers) <= 2 else None
