"""`check --changed BASE`: what a pull request touches, and what that means for drivers, stations and translators.

Git is asked what differs from the point at which the branch left BASE, with what is not committed yet. Guides as they were are read
from there with the same reader, so that "changed" means what drivers read, not white space.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from chargeside.check.guide_stations import Kits
from chargeside.check.guides import check_content
from chargeside.errors import ChargesideError
from chargeside.findings import Finding, Findings
from chargeside.load.content import MAX_GUIDE_BYTES, content_root, load_content
from chargeside.load.guide import GuideReader, ReadGuide
from chargeside.load.pictograms import pictogram_names
from chargeside.load.source import folder_name
from chargeside.load.translation import fingerprints
from chargeside.model.network import Content, Network
from chargeside.model.problem import Guide, Problem, Step

_SHARED = ("problems/", "connectors/", "generator/chargeside/")
"""Where findings on what all operators share can be."""
_FACTS_OF_STATIONS = ("kits.yml", "overrides.csv", "operator.yml")


_BETWEEN_GUIDES = frozenset({"G531", "G535", "G537"})
"""Rules on two guides or more: the finding may be laid to the one that was not touched."""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where git knows a file: a folder, the path there, and the commit that it is compared with."""

    root: Path
    path: str
    since: str


@dataclass(frozen=True, slots=True)
class Touched:
    """What differs from a base. `since`: the commit at which the branch left it. `files`: by the names that findings have for them."""

    since: str
    files: Mapping[str, _Place] = field(default_factory=dict)

    @property
    def guides(self) -> tuple[str, ...]:
        """Folders of problems that were touched, as findings show them."""
        return tuple(dict.fromkeys(_folder(shown) for shown in self.files if _is_guide(shown)))

    @property
    def only_guides(self) -> bool:
        """Whether nothing but guides of all operators was touched: then other guides need not be read whole."""
        return all(map(_is_guide, self.files))

    def concerns(self, finding: Finding) -> bool:
        """Whether a finding is in a touched file, or comes of one: a guide leads to one that was removed, or has words of one
        that was touched."""
        if finding.path in self.files or finding.path in self.guides:
            return True
        if finding.code == "G506":
            return any(f'"{slug}"' in finding.message for slug in self._removed())
        return finding.code in _BETWEEN_GUIDES and any(
            re.search(rf"(?<![\w-]){re.escape(_slug(folder))}(?![\w-])", finding.message)
            for folder in self.guides
        )

    def _removed(self) -> Iterator[str]:
        for shown, place in self.files.items():
            if _is_guide(shown) and shown.endswith("/en.md") and not (place.root / place.path).exists():
                yield _slug(_folder(shown))


def _is_guide(shown: str) -> bool:
    return shown.endswith(".md") and "problems" in shown.split("/")[:2] and shown.count("/") >= 2


def _folder(shown: str) -> str:
    return shown.rpartition("/")[0]


def _slug(folder: str) -> str:
    return folder.rpartition("/")[2]


def touched(base: str, operator_folder: Path | None = None) -> Touched:
    """What differs from the point at which this branch left `base`.

    Raises ChargesideError, in words, where git does not know.
    """
    if not base or base.startswith("-"):
        raise ChargesideError(f'"{base}" names no commit: give a branch, like main or origin/main')
    files: dict[str, _Place] = {}
    since = ""
    if operator_folder is None or _git(content_root(), "merge-base", "--end-of-options", base, "HEAD"):
        # An operator's repository need not hold the guides of all: those of an installed package do not change.
        since, changed = _differs(content_root(), base)
        files = {path: _Place(content_root(), path, since) for path in changed if path.startswith(_SHARED)}
    if operator_folder:
        since, changed = _differs(operator_folder, base)
        name = folder_name(operator_folder)
        files |= {f"{name}/{path}": _Place(operator_folder, path, since) for path in changed}
    return Touched(since, files)


def _differs(root: Path, base: str) -> tuple[str, list[str]]:
    """The commit at which this branch left its base, and the files below a folder that differ from it."""
    left = _git(root, "merge-base", "--end-of-options", base, "HEAD")
    if not left or not left.strip():
        raise ChargesideError(
            f'git knows no commit that {root} and "{base}" share: name a branch that there is, or fetch it first '
            "(`git fetch origin main`; in a workflow, check out with fetch-depth: 0)"
        )
    since = left.decode().strip()
    how = ("--name-only", "--no-renames", "--no-ext-diff", "--relative", "-z")
    changed = _git(root, "diff", *how, since, "--") or b""
    changed += _git(root, "ls-files", "--others", "--exclude-standard", "-z") or b""
    return since, [name.decode("utf-8", "replace") for name in changed.split(b"\0") if name]


def _git(root: Path, *words: str) -> bytes | None:
    command = ["git", "-C", str(root), *words]
    try:
        done = subprocess.run(command, capture_output=True, timeout=30, check=False)  # noqa: S603 - no shell; BASE is no option
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None


def check_touched(what: Touched, today: str, findings: Findings) -> Content:
    """Load and check where only guides of all operators were touched: those whole, the others as far as they are held against."""
    content = load_content(findings, whole=what.guides)
    slugs = {_slug(folder) for folder in what.guides}
    check_content(content, today, findings, only=slugs)
    return content


# ── What it means ────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class StepChange:
    """A step that was added, changed or removed. `stations`, `kits`: that show it; None without an operator or where it is gone."""

    id: str
    how: str
    line: int
    stations: int | None = None
    kits: int | None = None


@dataclass(frozen=True, slots=True)
class GuideChange:
    """A guide that was added, changed or removed. `pieces`: title, intro … that read otherwise. `facts`: keys of the front matter.

    `stale`: by language, pieces that drivers now read in English. `led_from`: guides that lead to it. `stations`: at which it
    applies, None without an operator.
    """

    path: str
    how: str
    line: int = 1
    pieces: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    steps: tuple[StepChange, ...] = ()
    stale: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    led_from: tuple[str, ...] = ()
    stations: int | None = None


@dataclass(frozen=True, slots=True)
class Affects:
    """What a change means. `since`: the commit that it is compared with. `of_stations`, `of_kits`: all there are, None without an
    operator. `files`: others that decide what stations are known for; how many of their facts change is not worked out.
    """

    since: str
    guides: tuple[GuideChange, ...]
    of_stations: int | None = None
    of_kits: int | None = None
    files: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """For --format json."""
        return asdict(self)

    def __iter__(self) -> Iterator[tuple[str, int, str]]:
        """Lines for people: file, line in it, and what changes."""
        for guide in self.guides:
            yield from ((guide.path, line, text) for line, text in self._guide(guide))
        for path in self.files:
            yield path, 1, "decides what is known of stations: check --explain CODE shows it for one of them"

    def _guide(self, guide: GuideChange) -> Iterator[tuple[int, str]]:
        where = ""
        if guide.stations is not None:
            where = f"; it applies to {guide.stations:,} of {self.of_stations:,} stations"
        parts = [
            f"{name} {', '.join(of)}"
            for name, of in (("texts:", guide.pieces), ("facts:", guide.facts))
            if of
        ]
        yield guide.line, f"guide {guide.how}{where}{'; ' if parts else ''}{'; '.join(parts)}"
        for step in guide.steps:
            shown = ""
            if step.stations is not None:
                shown = f": shown at {step.stations:,} of {self.of_stations:,} stations ({step.kits} of {self.of_kits} kits)"
            yield step.line, f'step "{step.id}" {step.how}{shown}'
        for lang, pieces in guide.stale.items():
            yield (
                guide.line,
                f"{lang}: until they are translated anew, drivers read in English: {', '.join(pieces)}",
            )
        if guide.led_from:
            yield guide.line, f"guides that lead here: {', '.join(guide.led_from)}"


def affects(what: Touched, content: Content, network: Network | None) -> Affects:
    """What the changes mean, guide by guide."""
    reader = GuideReader(pictogram_names(), content.connectors)
    kits = Kits(network) if network else None
    by_folder = {_folder(problem.path): problem for problem in content.problems.values()}
    guides = [_change(folder, by_folder.get(folder), what, content, reader, kits) for folder in what.guides]
    others = [shown for shown in what.files if shown.rpartition("/")[2] in _FACTS_OF_STATIONS]
    return Affects(
        what.since,
        tuple(one for one in guides if one),
        sum(kits.stations.values()) if kits else None,
        len(kits.stations) if kits else None,
        tuple(sorted(others)),
    )


def _change(
    folder: str,
    problem: Problem | None,
    what: Touched,
    content: Content,
    reader: GuideReader,
    kits: Kits | None,
) -> GuideChange | None:
    english = f"{folder}/en.md"
    slug = _slug(folder)
    led_from = tuple(one.slug for one in content.problems.values() if slug in _onward(one))
    before = _before(what, english, reader) if english in what.files else None
    if problem is None:
        return GuideChange(english, "removed", led_from=led_from) if before else None
    now = problem.guide("en")
    stations = kits.count(problem.applies_to) if kits else None
    if english not in what.files:
        languages = [shown for shown in what.files if _folder(shown) == folder and _is_guide(shown)]
        return GuideChange(languages[0], "translated", stations=stations) if languages else None
    was = before.guide if before else None
    pieces = _pieces(was, now)
    ids = {step.id for step in now.steps} | ({step.id for step in was.steps} if was else set())
    stale = {
        guide.lang: tuple(piece for piece in guide.in_english if piece in pieces or was is None)
        for guide in problem.guides
        if guide is not now
    }
    return GuideChange(
        path=english,
        how="changed" if was else "added",
        line=now.line,
        pieces=tuple(piece for piece in pieces if piece not in ids) if was else (),
        facts=_facts(before, problem),
        steps=tuple(_steps(was, problem, kits)),
        stale={lang: names for lang, names in stale.items() if names},
        led_from=led_from,
        stations=stations,
    )


def _before(what: Touched, shown: str, reader: GuideReader) -> ReadGuide | None:
    """An English guide as it was; None where there was none, or none that can be read."""
    place = what.files[shown]
    was = _git(place.root, "show", f"{place.since}:./{place.path}")
    if was is None or len(was) > MAX_GUIDE_BYTES:
        return None
    text = was.decode("utf-8-sig", "replace").replace("\r\n", "\n").replace("\r", "\n")
    return reader.read(text, "en", shown, Findings())


def _pieces(was: Guide | None, now: Guide) -> tuple[str, ...]:
    """Names of pieces that read otherwise than before, those that are new or gone among them."""
    old, new = fingerprints(was) if was else {}, fingerprints(now)
    return tuple(name for name in {**new, **old} if old.get(name) != new.get(name))


def _facts(before: ReadGuide | None, problem: Problem) -> tuple[str, ...]:
    """Keys of the front matter that say otherwise than before, beside words."""
    if before is None or before.matter is None:
        return ()
    was = before.matter
    pairs = {
        "category": (was.category, problem.category),
        "applies_to": ((was.applies_to or "").split(), str(problem.applies_to).split()),
        "outcome": (was.outcome, problem.outcome),
        "next": (_next_of(was.next), _onward(problem)),
        "weight": (was.weight, problem.weight),
        "review": (was.review or "", problem.review),
        "sources": (was.sources, problem.sources),
        "needs_review": (was.needs_review, problem.needs_review),
    }
    return tuple(name for name, (old, new) in pairs.items() if old != new)


def _next_of(way: Any) -> tuple[str, ...]:
    return (way,) if isinstance(way, str) else tuple(answer.next for answer in way.ask.answers)


def _onward(problem: Problem) -> tuple[str, ...]:
    return (problem.next,) if problem.next else tuple(answer.next for answer in problem.answers)


def _steps(was: Guide | None, problem: Problem, kits: Kits | None) -> Iterator[StepChange]:
    now = problem.guide("en")
    old = {step.id: step for step in was.steps} if was else {}
    for step in now.steps:
        if step.id not in old or not _same(old[step.id], step):
            how = "changed" if step.id in old else "added"
            stations = kits.count(problem.applies_to, step.when) if kits else None
            many = kits.where(problem.applies_to, step.when).bit_count() if kits else None
            yield StepChange(step.id, how, step.line, stations, many)
    for gone in old.keys() - {step.id for step in now.steps}:
        yield StepChange(gone, "removed", now.line)


def _same(one: Step, other: Step) -> bool:
    return (one.html, one.pictogram, one.when) == (other.html, other.pictogram, other.when)


def kept(findings: Iterable[Finding], what: Touched) -> Findings:
    """Those findings that a change is answerable for."""
    mine = Findings()
    mine.extend(finding for finding in findings if what.concerns(finding))
    return mine
