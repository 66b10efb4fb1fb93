"""Rules on guides and an operator's stations: steps that no station shows, guides that no station needs.

The work grows with kits (stations alike in their facts are looked at once) and with distinct conditions, not with stations.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from chargeside.check.guide_pieces import is_shared
from chargeside.findings import Findings
from chargeside.model.condition import Condition
from chargeside.model.facts import Facts
from chargeside.model.network import Network
from chargeside.model.problem import Problem, Step


@dataclass
class Kits:
    """The kits of a network, and where conditions hold among them."""

    network: Network
    _held: dict[Condition, int] = field(default_factory=dict)

    @cached_property
    def stations(self) -> Mapping[Facts, int]:
        """Number of stations by what is known of them."""
        count: dict[Facts, int] = {}
        for station in self.network.stations:
            count[station.facts] = count.get(station.facts, 0) + 1
        return count

    def where(self, *conditions: Condition) -> int:
        """The kits in which all conditions hold, one bit each in the order of `stations`."""
        mask = (1 << len(self.stations)) - 1
        for condition in conditions:
            if condition not in self._held:
                bits = ["1" if condition.holds(facts) else "0" for facts in self.stations]
                self._held[condition] = int("".join(reversed(bits)) or "0", 2)
            mask &= self._held[condition]
        return mask

    def count(self, *conditions: Condition) -> int:
        """The stations at which all conditions hold."""
        mask = self.where(*conditions)
        return sum(many for number, many in enumerate(self.stations.values()) if mask >> number & 1)


def check_stations(network: Network, findings: Findings) -> None:
    """G546, G547: each by itself for the operator's own guides; in one note for those of all operators."""
    if not network.stations:
        return
    kits = Kits(network)
    guides: list[str] = []
    steps: list[tuple[str, str]] = []
    for problem in network.content.problems.values():
        if not kits.where(problem.applies_to):
            if is_shared(problem):
                guides.append(problem.slug)
            else:
                _add_guide(problem, findings)
            continue
        unseen = [step for step in problem.guide("en").steps if not kits.where(problem.applies_to, step.when)]
        if is_shared(problem):
            steps += [(problem.slug, step.id) for step in unseen]
        else:
            _add_steps(problem, unseen, findings)
    _sum_up(network, guides, steps, findings)


def _add_guide(problem: Problem, findings: Findings) -> None:
    message = f"the guide applies at none of your stations ({problem.applies_to})"
    mend = "widen applies_to, or leave it for stations to come"
    findings.add("G547", problem.path, problem.guide("en").line_of("applies_to"), message, mend)


def _add_steps(problem: Problem, unseen: list[Step], findings: Findings) -> None:
    for step in unseen:
        message = f'step "{step.id}" is shown at none of your stations ({step.when})'
        mend = "correct when, or leave it for stations to come"
        findings.add("G546", problem.path, step.line, message, mend)


def _sum_up(network: Network, guides: list[str], steps: list[tuple[str, str]], findings: Findings) -> None:
    shown = f"{network.path}/operator.yml"
    mend = "nothing to do, unless you miss one here: then a fact of your stations is missing (check --explain CODE)"
    if guides:
        of = sum(is_shared(problem) for problem in network.content.problems.values())
        message = f"{len(guides)} of the {of} guides of all operators apply at none of your stations: {', '.join(guides)}"
        findings.add("G547", shown, None, message, mend, room=5_000)
    if steps:
        inside = len({slug for slug, _ in steps})
        message = f"{len(steps)} steps in {inside} guides of all operators are shown at none of your stations"
        findings.add("G546", shown, None, message, mend)
