"""The pieces of a guide that rules read: plain text, where it stands, and under which condition it is shown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from chargeside.load.guide import plain_text
from chargeside.model.condition import ALWAYS, Condition
from chargeside.model.problem import Guide, Problem

_SENTENCE = re.compile(r"(?<=[.!?])[\"”’)]*\s+(?=[A-Z0-9\"“‘(])")


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a guide. `kind`: title, short, symptom, intro, step, call, question or answer; `name` says it to people."""

    kind: str
    name: str
    text: str
    line: int
    when: Condition = ALWAYS


def told(guide: Guide) -> Iterator[Piece]:
    """What is told to a driver who reads the guide: intro, steps and "Call us if …"."""
    yield Piece("intro", "the text above the steps", plain_text(guide.intro_html), guide.line_of("intro"))
    for step in guide.steps:
        yield Piece("step", f'step "{step.id}"', step.text, step.line, step.when)
    yield Piece("call", '"Call us if"', plain_text(guide.call_html), guide.line_of("call"))


def named(guide: Guide) -> Iterator[Piece]:
    """What the guide is found by: title, short title and symptoms."""
    yield Piece("title", "the title", guide.title, guide.line_of("title"))
    if guide.short != guide.title:
        yield Piece("short", "the short title", guide.short, guide.line_of("short"))
    for number, symptom in enumerate(guide.symptoms):
        yield Piece("symptom", f'symptom "{symptom}"', symptom, guide.line_of(f"symptoms.{number}"))


def asked(guide: Guide) -> Iterator[Piece]:
    """The question at the end, and its answers."""
    if guide.question:
        yield Piece("question", "the question", guide.question, guide.line_of("next"))
    for number, answer in enumerate(guide.answers):
        yield Piece("answer", f'answer "{answer}"', answer, guide.line_of(f"next.{number}"))


def every(guide: Guide) -> Iterator[Piece]:
    """All pieces that hold words."""
    yield from named(guide)
    yield from told(guide)
    yield from asked(guide)


def sentences(text: str) -> list[str]:
    """The sentences of a text."""
    return [sentence for sentence in _SENTENCE.split(text.strip()) if sentence]


def is_shared(problem: Problem) -> bool:
    """Whether a problem is one of all operators, which an operator cannot change."""
    return problem.path.startswith("problems/")
