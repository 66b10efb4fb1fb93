"""Where guides lead: the graph of all guides, which ends in *fixed*, *another charger* or *call*."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from chargeside.model.problem import CATEGORIES, END_POINTS, Problem
from chargeside.plan.words import CATEGORY_NAMES


@dataclass(frozen=True, slots=True)
class Lead:
    """Where a guide leads: a slug or an end point; `answer` to its question, empty where it asks nothing."""

    answer: str
    to: str


@dataclass(frozen=True, slots=True)
class Node:
    """A guide, by its short title."""

    slug: str
    short: str
    title: str
    question: str
    leads: tuple[Lead, ...]


@dataclass(frozen=True, slots=True)
class WaysPage:
    """All guides by category: its name and the guides in it, most needed first."""

    categories: tuple[tuple[str, tuple[Node, ...]], ...]


def leads(problem: Problem) -> tuple[Lead, ...]:
    """Where a guide leads. A call is always one of the ways."""
    if problem.answers:
        return tuple(Lead(answer.text, answer.next) for answer in problem.answers)
    return (Lead("", problem.next or "call"),)


def ways_page(problems: Mapping[str, Problem]) -> WaysPage:
    """The graph, for drawing."""
    found = sorted(problems.values(), key=lambda problem: (-problem.weight, problem.slug))
    parts = []
    for category in CATEGORIES:
        nodes = tuple(
            Node(p.slug, p.guide("en").short, p.guide("en").title, p.question or "", leads(p))
            for p in found
            if p.category == category
        )
        if nodes:
            parts.append((CATEGORY_NAMES[category], nodes))
    return WaysPage(tuple(parts))


def paths(problems: Mapping[str, Problem], slug: str) -> Iterator[tuple[str, ...]]:
    """Every way through the guides from one of them to an end point, by slugs. A circle is walked once and ends where it closes."""
    yield from _paths(problems, (slug,))


def _paths(problems: Mapping[str, Problem], walked: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    for lead in leads(problems[walked[-1]]):
        way = (*walked, lead.to)
        if lead.to in END_POINTS or lead.to in walked or lead.to not in problems:
            yield way
        else:
            yield from _paths(problems, way)
