"""Which guides and which of their steps fit a charger. Many steps ask the same of it, and many chargers are alike: each condition
is asked once for each set of facts, whatever the number of guides, languages and stations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from chargeside.model.condition import Condition
from chargeside.model.facts import Facts
from chargeside.model.kinds import kind_of
from chargeside.model.problem import Problem

Kept = tuple[int, ...]
"""Places of the steps that are shown, in every language the same."""


Weights = Mapping[str, int]
"""How often drivers need a guide, 0 to 100, by its slug."""


def in_order(problems: Iterable[Problem], *weights: Weights) -> tuple[Problem, ...]:
    """Most needed first, by the first of these weights that has a guide, else by the guide's own; but before all else the most needed of
    those that tell of danger."""

    def need(problem: Problem) -> tuple[int, str]:
        given = next((known[problem.slug] for known in weights if problem.slug in known), problem.weight)
        return -given, problem.slug

    found = sorted(problems, key=need)
    first = next((problem for problem in found if problem.outcome == "danger"), None)
    return tuple(sorted(found, key=lambda problem: problem is not first))


class Applying:
    """Answers for one set of problems, in their order; at kinds of chargers where need was measured, in the order of that, but for guides
    that the operator has weighed."""

    def __init__(
        self,
        problems: Iterable[Problem],
        weights: Weights = MappingProxyType({}),
        needs: Mapping[str, Weights] = MappingProxyType({}),
    ) -> None:
        self._places: dict[Condition, int] = {}
        self._asked = [
            (
                problem,
                self._place(problem.applies_to),
                tuple(self._place(step.when) for step in problem.guide("en").steps),
            )
            for problem in problems
        ]
        self._ranks = {
            kind: {
                problem.slug: rank
                for rank, problem in enumerate(in_order((one for one, *_ in self._asked), weights, need))
            }
            for kind, need in needs.items()
        }
        self._found: dict[Facts, dict[str, tuple[Problem, Kept]]] = {}

    def of(self, facts: Facts) -> Iterator[tuple[Problem, Kept]]:
        """Problems that a charger with these facts can have, each with the steps to show there."""
        yield from self._of(facts).values()

    def steps(self, problem: Problem, facts: Facts) -> Kept:
        """The steps of a guide to show at a charger with these facts, whether or not the problem can arise there."""
        found = self._of(facts).get(problem.slug)
        if found:
            return found[1]
        return tuple(n for n, step in enumerate(problem.guide("en").steps) if step.when.holds(facts))

    def _place(self, condition: Condition) -> int:
        return self._places.setdefault(condition, len(self._places))

    def _of(self, facts: Facts) -> dict[str, tuple[Problem, Kept]]:
        if facts not in self._found:
            holds = [condition.holds(facts) for condition in self._places]
            asked = [one for one in self._asked if holds[one[1]]]
            ranks = self._ranks.get(kind_of(facts)) if self._ranks else None
            if ranks is not None:
                asked.sort(key=lambda one: ranks[one[0].slug])
            self._found[facts] = {
                problem.slug: (problem, tuple(n for n, step in enumerate(steps) if holds[step]))
                for problem, _, steps in asked
            }
        return self._found[facts]
