"""Which guides and which of their steps fit a charger. Many steps ask the same of it, and many chargers are alike: each condition
is asked once for each set of facts, whatever the number of guides, languages and stations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from chargeside.model.condition import Condition
from chargeside.model.facts import Facts
from chargeside.model.problem import Problem

Kept = tuple[int, ...]
"""Places of the steps that are shown, in every language the same."""


class Applying:
    """Answers for one set of problems, in their order."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self._places: dict[Condition, int] = {}
        self._asked = [
            (
                problem,
                self._place(problem.applies_to),
                tuple(self._place(step.when) for step in problem.guide("en").steps),
            )
            for problem in problems
        ]
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
            self._found[facts] = {
                problem.slug: (problem, tuple(n for n, step in enumerate(steps) if holds[step]))
                for problem, applies_to, steps in self._asked
                if holds[applies_to]
            }
        return self._found[facts]
