"""Which station in the feeds is the one that a lost code belongs to: proposals with a score and a reason, and what a
confirmed one does to the ledger. Pure: reads and writes nothing.

A code is lost when its station is in no feed: the back end gave all ids anew, a company was bought and its party id changed, or
EVSEs were grouped otherwise. Chargers are compared only within small blocks (same EVSE ID, same outlet number, same cell
of some 200 m, same address), so the work grows with the number of stations and not with its square.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from chargeside.model.evse_id import bare_evse_id
from chargeside.model.network import LedgerLine, Network, Station
from chargeside.model.place import metres_between
from chargeside.plan.issue import at_station

LEAST = 30
"""Score from which a pair is proposed, of 100."""
CERTAIN = 100
_CLOSE = 10
"""A second charger that scores so little less makes a proposal doubtful."""
_ALONE = 20
"""Points more for a charger beside which no other one fits."""
_BLOCK = 40
"""No more chargers of a block are compared: a thousand at one place say nothing about each other."""
_CELL = 0.002
"""Size of a cell in degrees: some 220 m from south to north."""
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Traits:
    """What tells a charger from another. Texts are compared in small letters without punctuation."""

    key: str
    location: str
    uids: frozenset[str]
    evse_ids: frozenset[str]
    numbers: frozenset[str]
    plugs: tuple[str, ...]
    place: tuple[float, float] | None
    address: str
    name: str

    @property
    def outlets(self) -> frozenset[str]:
        """EVSE IDs without country and operator, which change when a company is bought."""
        return frozenset(one[5:] for one in self.evse_ids if len(one) > 6)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A lost code and the station it may belong to (`key` is empty where none was found), with a score of 100 and why."""

    code: str
    name: str
    score: int
    key: str
    reason: str
    others: tuple[str, ...] = ()


def propose(network: Network) -> tuple[Proposal, ...]:
    """A proposal for each lost code, the surest first. A station is proposed for one code, unless the EVSEs of several are in
    it."""
    field = _Field(network)
    wanted = [(line, field.of_line(line)) for line in network.vanished]
    pairs = [
        (score, line, key, reasons, certain)
        for line, traits in wanted
        for score, key, reasons, certain in field.rank(line, traits)
    ]
    pairs.sort(key=lambda pair: (-pair[0], pair[1].station, pair[2]))  # alike ones in the order of their ids
    best: dict[str, Proposal] = {}
    taken: dict[str, int] = {}
    for score, line, key, reasons, certain in pairs:
        if line.code not in best and (certain or key not in taken):
            best[line.code] = Proposal(line.code, line.name, score, key, "; ".join(reasons))
            taken.setdefault(key, score)
    others: dict[str, list[str]] = {}
    for score, line, key, _, _ in pairs:
        if (one := best.get(line.code)) is not None and one.key != key:
            better_elsewhere = taken.get(key, score) - score > _CLOSE
            if one.score - score <= _CLOSE and not better_elsewhere:
                others.setdefault(line.code, []).append(key)
    proposals = (_finished(line, best.get(line.code), others.get(line.code, ())) for line, _ in wanted)
    return tuple(sorted(proposals, key=lambda one: (-one.score, one.code)))


def _finished(line: LedgerLine, best: Proposal | None, others: Sequence[str]) -> Proposal:
    if best is None:
        return Proposal(line.code, line.name, 0, "", "no charger in the feeds is like it")
    if others:
        return replace(
            best, others=tuple(others), reason=f"{best.reason}; {len(others)} other charger(s) fit as well"
        )
    score = best.score if best.score == CERTAIN else min(CERTAIN - 1, best.score + _ALONE)
    return replace(best, score=score, reason=f"{best.reason}; no other charger fits")


class _Field:
    """Stations that a lost code may belong to, in blocks."""

    def __init__(self, network: Network) -> None:
        self._network = network
        lost = {line.code for line in network.vanished}
        self._issued = {
            line.station: line.issued
            for line in network.ledger
            if line.status == "active" and line.code not in lost
        }
        self._traits: dict[str, Traits] = {}
        self._blocks: dict[Hashable, list[str]] = {}
        for station in network.stations:
            traits = self._traits[station.key] = _traits(station)
            for block in _blocks(traits):
                self._blocks.setdefault(block, []).append(station.key)

    def of_line(self, line: LedgerLine) -> Traits:
        """What is known of a lost code's station: from when it was last in a feed, else from the ledger."""
        seen = self._network.last_seen.get(line.code)
        if seen is not None:
            return _traits(seen)
        base, _, name = line.station.partition("/")
        kind, _, last = name.partition("/")
        place = (float(line.lat), float(line.lon)) if line.lat and line.lon else None
        uids, numbers = (frozenset({last} if kind == k and last else ()) for k in ("evse", "reference"))
        return Traits(line.station, base, uids, frozenset(), numbers, (), place, "", _bare(line.name))

    def rank(self, line: LedgerLine, old: Traits) -> Iterator[tuple[int, str, Sequence[str], bool]]:
        """Score, key and reasons for each station that is worth a proposal, and whether it has the very EVSE."""
        holders = dict.fromkeys(self._network.regrouped.get(line.code, ()))
        for key in {**holders, **self._candidates(old)}:
            new = self._traits[key]
            same = bool(old.evse_ids & new.evse_ids) or (key in holders and bool(old.uids & new.uids))
            # A charger that had a code beside this one is another charger, unless its own numbers say otherwise.
            if not same and not _same_outlet(old, new) and self._issued.get(key, "9") <= (line.issued or "0"):
                continue
            score, reasons = (CERTAIN, _moved_in(old, new)) if key in holders and same else _score(old, new)
            if score >= LEAST:
                yield score, key, reasons, same

    def _candidates(self, old: Traits) -> dict[str, None]:
        found: dict[str, None] = {}
        for block in _blocks(old):
            for near in _around(block):
                found.update(dict.fromkeys(self._blocks.get(near, ())[:_BLOCK]))
        return found


def _traits(station: Station) -> Traits:
    location, evses = station.location, [point.evse for point in station.points]
    return Traits(
        station.key,
        f"{location.country_code}*{location.party_id}*{location.id}",
        frozenset(evse.uid for evse in evses),
        frozenset(bare_evse_id(evse.evse_id) for evse in evses if evse.evse_id),
        frozenset(_bare(point.number) for point in station.points if point.number),
        tuple(
            sorted(
                f"{c.kind or c.standard} {round((c.max_electric_power or 0) / 1000)}"
                for c in station.connectors
            )
        ),
        station.coordinates,
        _bare(f"{location.address} {location.city}"),
        _bare(station.name),
    )


def _bare(text: str) -> str:
    return " ".join(_WORD.findall(text.casefold()))


def _blocks(traits: Traits) -> Iterator[tuple[Hashable, ...]]:
    """Names of the blocks a charger is in, the ones that tell most first. Narrow ones stand beside wide ones, so that a
    crowded place still finds its own."""
    for evse_id in sorted(traits.evse_ids):
        yield "evse", evse_id
    for outlet in sorted(traits.outlets):
        yield "outlet", outlet
    for uid in sorted(traits.uids):
        yield "uid", traits.location, uid
    cell = (
        (math.floor(traits.place[0] / _CELL), math.floor(traits.place[1] / _CELL)) if traits.place else None
    )
    for number in sorted(traits.numbers):
        yield "number", traits.location, number
        if cell:
            yield "number", *cell, number
    if cell:
        yield "plugs", *cell, traits.plugs
        yield "cell", *cell
    if traits.address:
        yield "address", traits.address, traits.plugs
    if traits.name:
        yield "name", traits.name, traits.plugs
    yield "location", traits.location


def _around(block: tuple[Hashable, ...]) -> Iterator[tuple[Hashable, ...]]:
    """A block, and for one in a cell the same in the cells around it: a place may lie at an edge."""
    if len(block) > 2 and isinstance(block[1], int) and isinstance(block[2], int):
        for lat in (0, -1, 1):
            for lon in (0, -1, 1):
                yield block[0], block[1] + lat, block[2] + lon, *block[3:]
    else:
        yield block


def _same_outlet(old: Traits, new: Traits) -> bool:
    """Whether both are at one place and have an outlet number in common, which no two chargers of an operator have."""
    distance = _metres(old, new)
    near = old.location == new.location or (distance is not None and distance <= 100)
    return near and bool(old.outlets & new.outlets)


def _moved_in(old: Traits, new: Traits) -> list[str]:
    shared = ", ".join(sorted(old.uids & new.uids))
    return [f"its EVSE {shared} is part of this charger now"]


def _score(old: Traits, new: Traits) -> tuple[int, list[str]]:
    """Points for what is alike, less for what differs, with the reasons in words."""
    told: list[tuple[int, str]] = [*_by_ids(old, new), *_by_hardware(old, new), *_by_place(old, new)]
    return max(0, min(CERTAIN - 1, sum(points for points, _ in told))), [words for _, words in told]


def _by_ids(old: Traits, new: Traits) -> Iterator[tuple[int, str]]:
    if shared := old.evse_ids & new.evse_ids:
        yield 65, f"same EVSE ID {', '.join(sorted(shared))}"
    elif outlets := old.outlets & new.outlets:
        yield 35, f"same outlet number {', '.join(sorted(outlets))} under another operator id"
    elif old.evse_ids and new.evse_ids:
        yield -5, "another EVSE ID"
    if old.location == new.location:
        yield 15, "same Location id"
        if old.uids & new.uids:
            yield 15, f"same uid {', '.join(sorted(old.uids & new.uids))}"


def _by_hardware(old: Traits, new: Traits) -> Iterator[tuple[int, str]]:
    if shared := old.numbers & new.numbers:
        yield 25, f"same number {', '.join(sorted(shared))} on the hardware"
    elif old.numbers and new.numbers:
        yield (
            -25,
            f"number {', '.join(sorted(new.numbers))} on the hardware instead of {', '.join(sorted(old.numbers))}",
        )
    if old.plugs and new.plugs:
        kinds = [{plug.rpartition(" ")[0] for plug in one.plugs} for one in (old, new)]
        if old.plugs == new.plugs:
            yield 15, "same plugs and power"
        elif kinds[0] == kinds[1]:
            yield 8, "same plugs, other power or count"
        elif not kinds[0] & kinds[1]:
            yield -30, "other plugs"


def _by_place(old: Traits, new: Traits) -> Iterator[tuple[int, str]]:
    distance = _metres(old, new)
    if distance is not None:
        points = next(
            (points for most, points in ((30, 20), (100, 15), (250, 8), (1_000, 0)) if distance <= most), -40
        )
        yield points, f"{round(distance)} m apart" if distance >= 1 else "same coordinates"
    if old.address and new.address:
        yield (15, "same address") if old.address == new.address else (-5, "another address")
    if old.name and old.name == new.name:
        yield 10, "same name"


def _metres(old: Traits, new: Traits) -> float | None:
    return metres_between(old.place, new.place) if old.place and new.place else None


# ── What was confirmed ───────────────────────────────────────────────────────────────────────────────────────────────


def give_back(
    ledger: Iterable[LedgerLine],
    confirmed: Mapping[str, str],
    stations: Iterable[Station],
    lost: Collection[str] = (),
) -> tuple[LedgerLine, ...]:
    """The ledger once lost codes (`confirmed`: key of a station by code) stand for their stations again. Of the other `lost`
    codes, one whose key such a station has gets a key of its own: its charger is another one.

    A station keeps one active code. Where several are to be its code (two chargers were joined, or `import` issued a new one
    meanwhile), the one issued first is: its sign hangs the longest. The others lead to it (ADR 0008).
    """
    lines = {line.code: line for line in ledger}
    by_key = {station.key: station for station in stations}
    claims: dict[str, list[LedgerLine]] = {}
    wanted = set(confirmed.values())
    for line in tuple(lines.values()):
        key = confirmed.get(line.code, line.station)
        if line.status != "active" or key not in wanted:
            continue
        if line.code in lost and line.code not in confirmed:
            lines[line.code] = replace(line, station=f"{line.station}/was/{line.code}")
        else:
            claims.setdefault(key, []).append(line)
    for key, those in claims.items():
        station = by_key[key]
        uids = [point.evse.uid for point in station.points]
        first, *rest = sorted(those, key=lambda line: _rank(line, key, uids))
        lines[first.code] = at_station(first, station)
        for line in rest:
            lines[line.code] = replace(line, status="moved", moved_to=first.code)
    return tuple(sorted(lines.values(), key=lambda line: line.code))


def _rank(line: LedgerLine, key: str, uids: Sequence[str]) -> tuple[str, bool, int, str]:
    """First the earlier one; of one day the one that was lost; then in the order of the EVSEs on the cabinet."""
    uid = line.station.rpartition("/evse/")[2]
    return line.issued or "9", line.station == key, uids.index(uid) if uid in uids else len(uids), line.code
