"""Rules on where guides lead: the graph ends in *fixed*, *another charger* or *call*, and has no circles."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from chargeside.check.guide_conditions import exclude
from chargeside.check.guide_pieces import is_shared
from chargeside.findings import Findings
from chargeside.model.problem import END_POINTS, Problem


@dataclass(frozen=True, slots=True)
class _Way:
    """Where a guide leads, and the line that says so. `answer`: to its question, empty where it asks none."""

    to: str
    line: int
    answer: str = ""


def check_ways(problems: Mapping[str, Problem], findings: Findings, touched: Collection[str] = ()) -> None:
    """G535: circles and ways out of danger. G536: answers that change nothing. G537: guides that no driver there has.

    `touched`: slugs of guides that a circle is laid to rather than to others.
    """
    for problem in problems.values():
        ways = list(_ways(problem))
        if problem.outcome == "danger":
            _check_danger(problem, ways, findings)
        _check_answers(problem, ways, findings)
        for way in ways:
            _check_applies(problem, problems.get(way.to), way, findings)
    for circle in _circles(problems):
        at = max(range(len(circle)), key=lambda place: _blame(problems[circle[place]], touched))
        round_it = [*circle[at:], *circle[: at + 1]]
        line = next(way.line for way in _ways(problems[circle[at]]) if way.to == round_it[1])
        message = f"guides lead in a circle: {' → '.join(round_it)}"
        mend = "let one of them lead to another-charger or call instead"
        findings.add("G535", problems[circle[at]].path, line, message, mend)


def _blame(problem: Problem, touched: Collection[str]) -> tuple[bool, bool, int]:
    """Which guide of a circle to name: one that was touched, else one of the operator's own, else the one that is needed least."""
    return problem.slug in touched, not is_shared(problem), -problem.weight


def _ways(problem: Problem) -> Iterator[_Way]:
    guide = problem.guide("en")
    if problem.next:
        yield _Way(problem.next, guide.line_of("next"))
    for number, answer in enumerate(problem.answers):
        yield _Way(answer.next, guide.line_of(f"next.{number}"), answer.text)


def _check_danger(problem: Problem, ways: list[_Way], findings: Findings) -> None:
    for way in ways:
        if way.to != "call":
            message = f"a danger guide leads to {way.to}"
            findings.add("G535", problem.path, way.line, message, "write next: call, and nothing else")


def _check_answers(problem: Problem, ways: list[_Way], findings: Findings) -> None:
    first: dict[str, str] = {}
    for way in ways:
        if way.answer and way.to in first:
            message = f'the answers "{first[way.to]}" and "{way.answer}" both lead to {way.to}'
            mend = "ask only what splits the way: join the two answers, or write next without a question"
            findings.add("G536", problem.path, way.line, message, mend)
        first.setdefault(way.to, way.answer)


def _check_applies(problem: Problem, following: Problem | None, way: _Way, findings: Findings) -> None:
    if following and following is not problem and exclude(problem.applies_to, following.applies_to):
        message = f'leads to "{following.slug}", which no charger has that shows this guide ({following.applies_to})'
        mend = "lead to a guide that applies at the same chargers, or to another-charger"
        findings.add("G537", problem.path, way.line, message, mend)


def _circles(problems: Mapping[str, Problem]) -> Iterator[list[str]]:
    """Each circle that a walk from guide to guide closes, by slugs; linear in guides and ways."""
    done: set[str] = set()
    for start in problems:
        walked = [start] if start not in done else []
        open_ways = [_onward(problems[slug], problems) for slug in walked]
        while walked:
            to = next(open_ways[-1], None)
            if to is None:
                done.add(walked.pop())
                open_ways.pop()
            elif to in walked:
                yield walked[walked.index(to) :]
            elif to not in done:
                walked.append(to)
                open_ways.append(_onward(problems[to], problems))


def _onward(problem: Problem, problems: Mapping[str, Problem]) -> Iterator[str]:
    return (way.to for way in _ways(problem) if way.to in problems and way.to not in END_POINTS)
