"""Proposes which EVSEs share a cabinet. OCPI has no word for the box that carries two plugs; a person confirms each.

What speaks for one: the same physical_reference, references or EVSE IDs that are alike up to a last letter or number, the
same coordinates where the other EVSEs of the site have theirs.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from chargeside.findings import Findings
from chargeside.load.overrides import COLUMNS
from chargeside.load.source import read_csv
from chargeside.model.cells import csv_text
from chargeside.model.network import Network, Point, Side, Station

Reason = Literal["reference", "references", "evse_ids", "coordinates"]
REASONS: Mapping[Reason, str] = {
    "reference": "the same physical_reference",
    "references": "physical_references alike up to the last letter",
    "evse_ids": "EVSE IDs alike up to the last number or letter",
    "coordinates": "the same coordinates",
}
"""What speaks for a cabinet, the strongest first."""

_MOST = 4
"""Plugs for cars at one cabinet: more EVSEs with one name are a site, not a box."""
_NEAR = 0.0002
"""Degrees, about 20 m: EVSEs further apart stand in different boxes, whatever their names."""
_LEFT = ("left", "l", "links", "gauche", "g", "izquierda", "sinistra")
_RIGHT = ("right", "r", "rechts", "droite", "d", "derecha", "destra")
_REFERENCE = re.compile(rf"(.*\d)[\s._/-]*([a-d]|{'|'.join((*_LEFT, *_RIGHT))})")
_PARTED_ID = re.compile(r"(.+)[*_-]([0-9]{1,2}|[a-d])")
_JOINED_ID = re.compile(r"(.{6,})([0-9])")
"""Without a separator the last figure may be that of a number that runs through the site: of those only 1 and 2 count, alone."""
_SIDES: Mapping[int, tuple[Side, ...]] = {2: ("left", "right"), 3: ("left", "centre", "right")}
_PARTS = re.compile(r"(\d+)")

Named = tuple[str, str]
"""What a group has in common, and what tells its members apart."""
_Member = tuple[str, Point]


@dataclass(frozen=True, slots=True)
class Place:
    """One EVSE of a proposed cabinet. `name` is its uid or EVSE ID, whichever no other EVSE has. `side` is empty where even a
    guess is not possible; `code` is empty where none was issued."""

    name: str
    side: Side | Literal[""]
    code: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """EVSEs that look as if they share a cabinet. `cabinet` is a name that is free at that Location; `site` its name."""

    site: str
    cabinet: str
    places: tuple[Place, ...]
    reason: Reason

    def __str__(self) -> str:
        places = ", ".join(f"{place.name} {place.side}".rstrip() for place in self.places)
        return f"{self.site}: cabinet {self.cabinet} = {places} ({REASONS[self.reason]})"


def check_cabinets(network: Network, findings: Findings) -> None:
    """One note that counts the proposals."""
    proposals = propose(network)
    if not proposals:
        return
    reasons = Counter(proposal.reason for proposal in proposals)
    counted = ", ".join(
        f"{reasons[reason]} by {words}" for reason, words in REASONS.items() if reasons[reason]
    )
    codes = sum(bool(place.code) for proposal in proposals for place in proposal.places)
    message = f"{len(proposals)} group(s) of EVSEs look as if they share a cabinet and one sign: {counted}; e.g. {proposals[0]}"
    mend = f"`chargeside check {network.path} --propose-cabinets FILE.csv` writes them as rows: check them, save them as overrides.csv"
    if codes:
        mend += f", then run `chargeside ledger rematch {network.path} --confirm-from 100` to join the {codes} codes issued for single EVSEs"
    findings.add("O211", f"{network.path}/overrides.csv", None, message, mend)


def propose(network: Network) -> tuple[Proposal, ...]:
    """Proposals for EVSEs that are stations by themselves although a cabinet would be one; each is in one at most.

    They do not depend on the order of the feed. EVSEs that no id names for certain are left out.
    """
    by_location: dict[tuple[str, str, str], list[Station]] = {}
    for station in network.stations:
        place = station.location
        by_location.setdefault((place.country_code, place.party_id, place.id), []).append(station)
    groups = [
        (stations, group, reason)
        for _, stations in sorted(by_location.items())
        for group, reason in _groups(_alone(stations))
    ]
    if not groups:
        return ()
    known = Counter(
        name
        for station in network.stations
        for point in station.points
        for name in {point.evse.uid, point.evse.evse_id or point.evse.uid}
    )
    return tuple(_proposals(groups, known))


def proposals_csv(proposals: Sequence[Proposal], path: Path, shown: str, findings: Findings) -> str | None:
    """overrides.csv at `path` with rows for the proposals: what it says already stays, empty cells are filled, missing rows are
    added. None, with findings, when it cannot be read."""
    found = Findings()
    given = (
        read_csv(path, shown, found, COLUMNS, code="O208", all_columns=False, by_people=True)
        if path.exists()
        else []
    )
    findings.extend(found)
    if given is None:
        return None
    rows = [dict(row.values) for row in given]
    by_evse = {row.get("evse", ""): row for row in rows}
    for proposal in proposals:
        for place in proposal.places:
            row = by_evse.get(place.name)
            if row is None:
                row = by_evse[place.name] = {"evse": place.name}
                rows.append(row)
            row["cabinet"] = row.get("cabinet") or proposal.cabinet
            row["side"] = row.get("side") or place.side
    used = {name for row in rows for name, value in row.items() if value} | {
        "evse",
        "cabinet",
        "side",
        "number",
    }
    head = [name for name in COLUMNS if name in used]
    return csv_text(head, [[row.get(name, "") for name in head] for row in rows])


def _alone(stations: Sequence[Station]) -> dict[str, tuple[Station, Point]]:
    """By uid, EVSEs of a Location that nobody has put into a cabinet."""
    return {
        station.points[0].evse.uid: (station, station.points[0])
        for station in stations
        if station.station_is == "cabinet"
        and len(station.points) == 1
        and station.key.endswith(f"/evse/{station.points[0].evse.uid}")
    }


def _groups(
    alone: Mapping[str, tuple[Station, Point]],
) -> Iterator[tuple[list[tuple[str, Station, Point]], Reason]]:
    """Members of each group with what tells them apart, in their order."""
    left = dict(alone)
    for reason, named, most in _EVIDENCE:
        if len(left) < 2:
            return
        together: dict[str, list[tuple[str, Station, Point]]] = {}
        for station, point in left.values():
            if found := named(point):
                together.setdefault(found[0], []).append((found[1], station, point))
        if reason == "coordinates" and len(together) < 2:
            return  # all of a site at one place says nothing
        for _, members in sorted(together.items()):
            members.sort(key=lambda member: (_natural(member[0]), _natural(member[2].evse.uid)))
            if 2 <= len(members) <= most and _is_cabinet([(end, point) for end, _, point in members], reason):
                for _, _, point in members:
                    del left[point.evse.uid]
                yield members, reason


def _same_reference(point: Point) -> Named | None:
    reference = point.evse.physical_reference
    return (reference.casefold(), point.evse.evse_id or point.evse.uid) if reference else None


def _reference_and_letter(point: Point) -> Named | None:
    match = _REFERENCE.fullmatch((point.evse.physical_reference or "").casefold())
    return (match[1], match[2]) if match else None


def _evse_id_and_last(pattern: re.Pattern[str]) -> Callable[[Point], Named | None]:
    def named(point: Point) -> Named | None:
        match = pattern.fullmatch((point.evse.evse_id or "").casefold())
        return (match[1], match[2]) if match else None

    return named


def _own_coordinates(point: Point) -> Named | None:
    evse = point.evse
    if evse.latitude is None or evse.longitude is None:
        return None
    return f"{evse.latitude:.6f} {evse.longitude:.6f}", evse.evse_id or evse.uid


_EVIDENCE: Sequence[tuple[Reason, Callable[[Point], Named | None], int]] = (
    ("reference", _same_reference, _MOST),
    ("references", _reference_and_letter, _MOST),
    ("evse_ids", _evse_id_and_last(_PARTED_ID), _MOST),
    ("evse_ids", _evse_id_and_last(_JOINED_ID), 2),
    ("coordinates", _own_coordinates, 2),
)
"""What to look at, the strongest first, and how many EVSEs one name may bring together."""


def _is_cabinet(members: Sequence[_Member], reason: Reason) -> bool:
    """Whether EVSEs of one name stand at one spot and have endings that follow each other."""
    if not _at_one_spot([point for _, point in members]):
        return False
    if reason in ("reference", "coordinates"):
        return True
    endings = [ending for ending, _ in members]
    if len(members) == 2 and any(end in _LEFT for end in endings) and any(end in _RIGHT for end in endings):
        return True
    if all(ending.isdecimal() for ending in endings):
        return [int(ending) for ending in endings] == list(range(1, len(endings) + 1))
    return endings == list("abcd"[: len(endings)])


def _at_one_spot(points: Sequence[Point]) -> bool:
    """Whether nothing says that they stand apart: their own coordinates, and the floor."""
    floors = {point.evse.floor_level for point in points if point.evse.floor_level}
    spots = [
        (point.evse.latitude, point.evse.longitude)
        for point in points
        if point.evse.latitude is not None and point.evse.longitude is not None
    ]
    return len(floors) < 2 and all(max(values) - min(values) <= _NEAR for values in zip(*spots, strict=True))


def _proposals(
    groups: Sequence[tuple[Sequence[Station], list[tuple[str, Station, Point]], Reason]],
    known: Mapping[str, int],
) -> Iterator[Proposal]:
    taken: dict[int, set[str]] = {}
    for stations, members, reason in groups:
        names = [_name(point, known) for _, _, point in members]
        if not all(names):
            continue
        if id(stations) not in taken:
            taken[id(stations)] = {
                station.key.partition("/cabinet/")[2] for station in stations if "/cabinet/" in station.key
            }
        cabinet = _free_name(_cabinet_name(members[0][2], reason), taken[id(stations)])
        sides = _sides([(ending, point) for ending, _, point in members])
        places = zip(names, sides, members, strict=True)
        yield Proposal(
            stations[0].name,
            cabinet,
            tuple(Place(name, side, station.code) for name, side, (_, station, _) in places),
            reason,
        )


def _name(point: Point, known: Mapping[str, int]) -> str:
    """The row's name of an EVSE in overrides.csv: one that no other EVSE of any feed has; empty where there is none."""
    said = point.said.get("evse") if point.said else None
    names = [str(said.value)] if said else [point.evse.evse_id or "", point.evse.uid]
    return next((name for name in names if name and known.get(name, 0) <= 1), "")


def _cabinet_name(point: Point, reason: Reason) -> str:
    """What the group has in common, in few characters."""
    evse = point.evse
    if reason == "reference":
        return evse.physical_reference or evse.uid
    if reason == "references":
        match = _REFERENCE.fullmatch((evse.physical_reference or "").casefold())
        return (evse.physical_reference or "")[: match.end(1)] if match else evse.uid
    if reason == "evse_ids":
        evse_id = evse.evse_id or ""
        match = _PARTED_ID.fullmatch(evse_id.casefold()) or _JOINED_ID.fullmatch(evse_id.casefold())
        return re.split(r"[*_-]", evse_id[: match.end(1)] if match else "")[-1] or evse.uid
    return evse.uid


def _free_name(wanted: str, taken: set[str]) -> str:
    name, number = wanted, 2
    while name in taken:
        name, number = f"{wanted} ({number})", number + 1
    taken.add(name)
    return name


def _sides(members: Sequence[_Member]) -> tuple[Side | Literal[""], ...]:
    """Sides as somebody in front of the cabinet sees them: as the source says, as the name says, else by order, a guess."""
    points = [point for _, point in members]
    if any(point.side for point in points):
        return tuple(point.side or "" for point in points)
    if len(members) == 2:
        first, second = (ending for ending, _ in members)
        if first in _RIGHT and second in _LEFT:
            return "right", "left"
        # The charger on the right of its parking place has that place on its left. OCPI leaves open who looks from where.
        if [point.evse.position for point in points] == ["LEFT", "RIGHT"]:
            return "right", "left"
    if len(members) in _SIDES:
        return _SIDES[len(members)]
    return tuple("" for _ in members)


def _natural(text: str) -> tuple[tuple[int, int, str], ...]:
    """Sorts 2 before 10."""
    parts = _PARTS.split(text)
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts if part)
