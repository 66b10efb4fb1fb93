"""Reads the sources again after a change, as little of them as can be, and keeps what is shown whole while there are mistakes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from chargeside.build import check_network, committed_codes
from chargeside.check.guide_stations import check_stations
from chargeside.check.guides import Known, check_content
from chargeside.findings import Finding, Findings, Severity
from chargeside.load.content import Kept, content_root, load_content
from chargeside.load.network import load_network
from chargeside.load.source import folder_name
from chargeside.model.network import Content, Network
from chargeside.model.problem import Problem
from chargeside.model.zones import utc

PACKAGE = Path(__file__).resolve().parent.parent
LOOK = ("templates", "style", "scripts", "pictograms", "locale")
"""Folders of the package that decide what pages look like."""


@dataclass(frozen=True)
class Reading:
    """The sources at one moment. `network`: what pages show, None while there is nothing to show; `findings`: by file and line.

    `held`: files whose mistakes keep their earlier, whole version on the pages, as they are shown to people.
    """

    network: Network | None
    findings: tuple[Finding, ...]
    held: tuple[str, ...] = ()


class Sources:
    """An operator's folder and the shared content, read as often as they change."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.name = folder_name(folder)
        self.for_operator = content_root().is_relative_to(PACKAGE)
        """The shared guides came with the package: who serves them cannot mend them."""
        self._read = Kept()
        self._checked = Known()
        self._network: Network | None = None
        self._network_found: tuple[Finding, ...] = ()
        self._shown: Network | None = None
        self._known: frozenset[tuple[str, str, str]] = frozenset()

    @property
    def roots(self) -> tuple[Path, ...]:
        """Folders to be watched."""
        content = content_root()
        look = (PACKAGE / name for name in LOOK)
        return (self.folder, content / "problems", content / "connectors", *look)

    def shown_path(self, path: Path) -> str:
        """How findings name a file."""
        for root, name in ((self.folder, self.name), (content_root(), ""), (PACKAGE, "chargeside")):
            if path.is_relative_to(root):
                return "/".join(filter(None, (name, path.relative_to(root).as_posix())))
        return path.name

    def read(self, changed: Collection[Path], today: str, now: str) -> Reading:
        """The sources as they are. `changed`: what was saved since the last call; `today`, `now`: as in build.Options."""
        found = Findings()
        content = load_content(found, self.folder, self._read)
        # Rules are held against the whole guide of before where one is broken: else they would tell of a guide that is missing.
        broken = {error.path for error in self._fresh(found)}
        if broken and self._shown:
            content = self._content(self._shown.content, content, broken)
        if self._needs_network(changed, content):
            self._read_network(content, now)
        self._network = self._network and replace(self._network, content=content)
        checked = Findings()
        check_content(content, today, checked, for_operator=self.for_operator, known=self._checked)
        if self._network:
            check_stations(self._network, checked)
        slugs = {slug for slug in map(self.slug_of, broken) if slug}
        found.extend(one for one in checked if self.slug_of(one.path) not in slugs)
        found.extend(self._network_found)
        return self._held(self._network, found)

    def _needs_network(self, changed: Collection[Path], content: Content) -> bool:
        if self._network is None or not changed:
            return True
        own_guides, locale = self.folder / "problems", PACKAGE / "locale"
        outside = (path for path in changed if not path.is_relative_to(own_guides))
        if any(path.is_relative_to(self.folder) or path.is_relative_to(locale) for path in outside):
            return True
        before = self._network.content  # rules in kits.yml name guides and connectors
        return (before.problems.keys(), before.connectors) != (content.problems.keys(), content.connectors)

    def _read_network(self, content: Content, now: str) -> None:
        found = Findings()
        self._network = load_network(self.folder, content, found)
        if self._network:
            check_network(self._network, self.folder, found, committed_codes(self.folder), utc(now))
        self._network_found = tuple(found)

    def _fresh(self, found: Findings) -> list[Finding]:
        """Errors that what is shown does not have."""
        return [error for error in found.errors if _key(error) not in self._known]

    def _held(self, network: Network | None, found: Findings) -> Reading:
        """What pages show: all that is new, but for parts with new mistakes, which stay as they were."""
        fresh = self._fresh(found)
        held: tuple[str, ...] = ()
        if self._shown is None or (network is not None and not fresh):
            self._shown, self._known = network, frozenset(map(_key, found.errors))
        else:
            paths = {error.path for error in fresh}
            self._shown = self._mixed(self._shown, network, paths)
            held = tuple(sorted(paths))
        return Reading(self._shown, found.sorted(), held)

    def _mixed(self, old: Network, new: Network | None, paths: Collection[str]) -> Network:
        """The new network with the old parts that these files are about."""
        if new is None:
            return old
        own = f"{self.name}/"
        of_operator = any(path.startswith(own) and not path.startswith(f"{own}problems/") for path in paths)
        content = self._content(old.content, new.content, paths)
        return replace(old if of_operator else new, content=content)

    def _content(self, old: Content, new: Content, paths: Collection[str]) -> Content:
        return replace(
            new,
            problems=dict(self._problems(old.problems, new.problems, paths)),
            connectors=_either(paths, "connectors/", old.connectors, new.connectors),
            codes=_either(paths, "problems/codes.yml", old.codes, new.codes),
            glossary=_either(paths, "problems/glossary.yml", old.glossary, new.glossary),
        )

    def _problems(
        self, old: Mapping[str, Problem], new: Mapping[str, Problem], paths: Collection[str]
    ) -> Iterator[tuple[str, Problem]]:
        broken = {slug for slug in map(self.slug_of, paths) if slug in old}
        for slug in sorted({*new, *broken}):
            yield slug, old[slug] if slug in broken else new[slug]

    def slug_of(self, shown: str) -> str:
        """The problem that a file belongs to, by its path as shown; empty for other files."""
        parts = shown.removeprefix(f"{self.name}/").split("/")
        return parts[1] if parts[0] == "problems" and len(parts) > 1 and "." not in parts[1] else ""


def _key(error: Finding) -> tuple[str, str, str]:
    """What an error is known by: its line moves when lines above it are added."""
    return error.code, error.path, error.message


def _either(paths: Collection[str], start: str, old: Any, new: Any) -> Any:
    return old if any(path.startswith(start) for path in paths) else new


_ORDER = {severity: number for number, severity in enumerate(Severity)}


def in_order(findings: Iterable[Finding], saved: Collection[str]) -> list[Finding]:
    """Those of saved files first, then errors before warnings before notes, then by file and line."""
    return sorted(
        findings, key=lambda one: (one.path not in saved, _ORDER[one.severity], one.path, one.line or 0)
    )
