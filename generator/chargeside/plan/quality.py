"""What the data-quality report says: counted, put in the order in which it is worth mending, and bounded where people read it."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from chargeside.findings import RULES, Finding, Findings, Severity
from chargeside.journal import Effect, FileCount, Journal, Remark
from chargeside.model.network import Network, Station

MOST_STATIONS = 50
MOST_LEFT_OUT = 200
MOST_FIRST = 5
"""So many are shown to people; the files for machines hold all."""
_MOST_SAID, _EXAMPLES, _MANY = 12, 3, 1000
_WEIGHT: Mapping[Effect, int] = {
    Effect.LEFT_OUT: 8,
    Effect.DOUBTED: 4,
    Effect.ASSUMED: 2,
    Effect.REPAIRED: 1,
    Effect.ON_PURPOSE: 0,
}
"""How much a remark counts when kinds and stations are put in order."""
_SEVERITY: Mapping[str, int] = {Severity.ERROR: 1000, Severity.WARNING: 4, Severity.NOTE: 1}
"""What stops the build comes before all else, a note after what is no note."""
_OTHER_FILES = ("/operator.yml", "/kits.yml", "/overrides.csv", "/notices.csv", "/problems/", "/connectors/")
"""What tells findings on an operator's own texts and settings from those on station data."""

_Key = tuple[str, int, str]
"""Which record: file, line, and id, or its place where it has none."""


@dataclass(slots=True)
class EffectCount:
    """How often something was done about a mistake, and to how many records."""

    effect: Effect
    remarks: int = 0
    records: int = 0


@dataclass(slots=True)
class KindCount:
    """All remarks of one kind. `first` is the earliest of them, `meaning` that of its rule.

    `messages`: how often each of them came, of the first _MANY that differ.
    """

    first: Remark
    meaning: str
    remarks: int = 0
    records: int = 0
    messages: Counter[str] = field(default_factory=Counter)

    def take(self, message: str) -> None:
        """Count one remark."""
        self.remarks += 1
        if message in self.messages or len(self.messages) < _MANY:
            self.messages[message] += 1

    @property
    def text(self) -> str:
        """What is wrong: the message itself where all are alike."""
        return self.first.message if len(self.messages) == 1 else self.first.kind

    @property
    def examples(self) -> tuple[tuple[str, int], ...]:
        """What the messages differ in, with counts, the commonest first; none where no two are alike."""
        if len(self.messages) == 1:
            return ()
        commonest = sorted(self.messages.items(), key=lambda one: (-one[1], one[0]))[:_EXAMPLES]
        return tuple((_detail(self.first.kind, message), count) for message, count in commonest if count > 1)

    @property
    def weight(self) -> int:
        """What mending it is worth."""
        return _weight(self.first) * self.records


def _detail(kind: str, message: str) -> str:
    """What stands in a message where its kind has `…`, or behind it."""
    before, dots, behind = kind.partition("…")
    if dots and message.startswith(before) and message.endswith(behind):
        return message[len(before) : len(message) - len(behind)]
    return message.removeprefix(kind).lstrip(": ")


@dataclass(frozen=True, slots=True)
class Said:
    """Equal remarks on one record: the first of them, how many there are, and of which EVSEs."""

    remark: Remark
    count: int
    evses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Worst:
    """A record with all that was said of it, worst first. `more`: kinds of remarks that are not listed."""

    first: Remark
    said: tuple[Said, ...]
    counts: Mapping[Effect, int]
    more: int


@dataclass(frozen=True, slots=True)
class Cover:
    """Of how many stations something is known. `why`: what drivers have of it."""

    name: str
    why: str
    known: int


@dataclass(frozen=True)
class Quality:
    """The report. `title` names the operator or the source, `day` is the ISO date of the data.

    `trouble`: findings about whole files. `stations` counts what carries a sign, None where the network is not known.
    `left_out` and `on_purpose` hold the first MOST_LEFT_OUT of `left_out_count` and `on_purpose_count`.
    """

    title: str
    day: str
    files: tuple[FileCount, ...]
    trouble: tuple[Finding, ...]
    effects: tuple[EffectCount, ...]
    kinds: tuple[KindCount, ...]
    worst: tuple[Worst, ...]
    worst_count: int
    left_out: tuple[Remark, ...]
    left_out_count: int
    on_purpose: tuple[Remark, ...]
    on_purpose_count: int
    records_left_out: int
    records_on_purpose: int
    stations: int | None
    coverage: tuple[Cover, ...]
    remarks: Sequence[Remark] = field(repr=False)

    @property
    def first(self) -> tuple[KindCount, ...]:
        """What to mend first."""
        return tuple(kind for kind in self.kinds if kind.weight)[:MOST_FIRST]

    def total(self, name: str) -> int:
        """A number of FileCount over all files."""
        return sum(getattr(count, name) for count in self.files)


def quality_of(
    journal: Journal,
    findings: Findings,
    *,
    title: str,
    day: str,
    network: Network | None = None,
    only: str | None = None,
) -> Quality:
    """The report on what was read.

    `network`: for what is known of the stations; None when it could not be loaded. `only`: the file, as shown to people, that
    the report is about; an import reads its source, and then all feeds of the network.
    """
    remarks = [remark for remark in journal.remarks if only in (None, remark.file)]
    kinds, effects = _counted(remarks)
    worst, worst_count = _worst(remarks)
    left_out = [remark for remark in remarks if remark.effect is Effect.LEFT_OUT]
    on_purpose = [remark for remark in remarks if remark.effect is Effect.ON_PURPOSE]
    return Quality(
        title,
        day,
        tuple(count for count in journal.files if only in (None, count.file)),
        tuple(finding for finding in _about_files(findings, journal) if only in (None, finding.path)),
        effects,
        kinds,
        worst,
        worst_count,
        tuple(left_out[:MOST_LEFT_OUT]),
        len(left_out),
        tuple(on_purpose[:MOST_LEFT_OUT]),
        len(on_purpose),
        _whole(left_out, journal.files),
        _whole(on_purpose, journal.files),
        len(network.stations) if network else None,
        coverage(network) if network else (),
        remarks,
    )


def _whole(remarks: Iterable[Remark], files: Iterable[FileCount]) -> int:
    """How many records of these files the remarks took out."""
    counted = {count.file for count in files}
    return len({(one.file, one.place) for one in remarks if one.whole and one.file in counted})


def _about_files(findings: Findings, journal: Journal) -> list[Finding]:
    """Findings on station data that no remark tells of: a file that cannot be read, a page that is missing."""
    read = {count.file for count in journal.files}
    return [
        finding
        for finding in findings.sorted()
        if finding not in journal.told
        and (finding.code[0] == "S" or (finding.code[0] == "F" and _is_data(finding.path, read)))
    ]


def _is_data(path: str, read: set[str]) -> bool:
    return path in read or not any(part in f"/{path}" for part in _OTHER_FILES)


def _weight(remark: Remark) -> int:
    return _WEIGHT[remark.effect] * _SEVERITY[remark.severity]


def _key(remark: Remark) -> _Key:
    return remark.file, remark.line, remark.station or remark.place


def _counted(remarks: Sequence[Remark]) -> tuple[tuple[KindCount, ...], tuple[EffectCount, ...]]:
    """Kinds in the order in which they are worth mending, and counts by effect."""
    kinds: dict[tuple[str, str, Effect, str], KindCount] = {}
    effects = {effect: EffectCount(effect) for effect in Effect}
    records: dict[object, set[_Key]] = {effect: set() for effect in Effect}
    for remark in remarks:
        kind = (remark.code, remark.kind, remark.effect, remark.severity)
        count = kinds.get(kind)
        if count is None:
            count = kinds[kind] = KindCount(remark, RULES[remark.code].meaning)
            records[kind] = set()
        count.take(remark.message)
        records[kind].add(_key(remark))
        effects[remark.effect].remarks += 1
        records[remark.effect].add(_key(remark))
    for kind, count in kinds.items():
        count.records = len(records[kind])
    for effect, total in effects.items():
        total.records = len(records[effect])
    ordered = sorted(kinds.values(), key=lambda count: (-count.weight, -count.remarks, count.first.kind))
    return tuple(ordered), tuple(effects.values())


def _worst(remarks: Sequence[Remark]) -> tuple[tuple[Worst, ...], int]:
    """The records that drivers see and that most is wrong with, and how many have any remark.

    A remark counts once for a record and kind: ten connectors with one mistake are mended at one go.
    """
    seen: dict[_Key, dict[str, int]] = {}
    gone: set[_Key] = set()
    for remark in remarks:
        if remark.whole:
            gone.add(_key(remark))
        elif weight := _weight(remark):
            seen.setdefault(_key(remark), {})[remark.kind] = weight
    weights = {key: sum(kinds.values()) for key, kinds in seen.items() if key not in gone}
    chosen = heapq.nsmallest(MOST_STATIONS, weights, key=lambda key: (-weights[key], key))
    wanted: dict[_Key, list[Remark]] = {key: [] for key in chosen}
    for remark in remarks:
        if (found := wanted.get(_key(remark))) is not None:
            found.append(remark)
    return tuple(map(_summed_up, wanted.values())), len(weights)


def _summed_up(remarks: Sequence[Remark]) -> Worst:
    """All that was said of one record, equal remarks together."""
    groups: dict[tuple[str, str], list[Remark]] = {}
    for remark in remarks:
        groups.setdefault((remark.kind, remark.message), []).append(remark)
    said = [
        Said(group[0], len(group), tuple(dict.fromkeys(remark.evse for remark in group if remark.evse)))
        for group in groups.values()
    ]
    said.sort(key=lambda one: (-_weight(one.remark), -one.count, one.remark.message))
    counts: dict[Effect, int] = {}
    for remark in remarks:
        counts[remark.effect] = counts.get(remark.effect, 0) + 1
    return Worst(remarks[0], tuple(said[:_MOST_SAID]), counts, max(0, len(said) - _MOST_SAID))


_Test = Callable[[Station], bool]

_COVERAGE: tuple[tuple[str, str, _Test], ...] = (
    ("Plug", "which cable fits", lambda s: all(connector.kind for connector in s.connectors)),
    ("Power", "how long it takes", lambda s: all(c.max_electric_power for c in s.connectors)),
    (
        "A way to pay",
        "how to start without a contract; a sign shows only what is known",
        lambda s: any(name.startswith("payment.") and value != "unknown" for name, value in s.facts.values),
    ),
    (
        "Start order",
        "whether to pay or to plug in first",
        lambda s: s.facts.get("start_order") != "unknown",
    ),
    ("Number on the hardware", "which charger to name on the phone", lambda s: s.number is not None),
    (
        "Phone of its own",
        "whom to call; else the helpline of the country is shown",
        lambda s: s.location.help_phone is not None,
    ),
    ("Coordinates", "the way there, and the nearest other station", lambda s: s.coordinates is not None),
    ("Address", "what to tell the rescue services", lambda s: bool(s.location.address)),
    ("Town", "what to tell the rescue services", lambda s: bool(s.location.city)),
    ("Opening hours", "whether one gets in and out", lambda s: s.location.opening_times is not None),
)


def coverage(network: Network) -> tuple[Cover, ...]:
    """Of how many stations each is known, the least known first."""
    covers = [
        Cover(name, why, sum(test(station) for station in network.stations)) for name, why, test in _COVERAGE
    ]
    return tuple(sorted(covers, key=lambda cover: cover.known))
