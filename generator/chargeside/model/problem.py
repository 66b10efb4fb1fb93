"""Problems and their guides: what a driver is stuck on, and the text that helps, in one language each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from chargeside.model.condition import ALWAYS, Condition
from chargeside.model.facts import Facts

CATEGORIES = (
    "starting",
    "payment",
    "connector",
    "communication",
    "speed",
    "stopping",
    "billing",
    "app",
    "vehicle",
    "weather",
    "site",
    "safety",
    "accessibility",
    "special",
)
Outcome = Literal["fix", "call", "danger"]
END_POINTS = ("fixed", "another-charger", "call")
"""Where a guide may lead besides another problem."""
GENERAL_KNOWLEDGE = "General knowledge"
"""The source of a guide that rests on no published one."""


@dataclass(frozen=True, slots=True)
class Step:
    """One action. `html` is sanitised inline HTML, safe on every page, in the library and in a PDF; `text` the same as plain text."""

    id: str
    html: str
    text: str
    pictogram: str | None = None
    when: Condition = ALWAYS
    line: int = 0


@dataclass(frozen=True, slots=True)
class Guide:
    """The text of a problem in one language. All `*_html` is sanitised. `short` is the title on a button.

    `question` and `answers` are the words of Problem.answers, in their order; empty where the guide asks nothing.
    `in_english`: pieces of a translation that are English for want of fresh words: title, short, symptoms, intro, call, ask, and
    ids of steps.
    """

    lang: str
    title: str
    short: str
    symptoms: tuple[str, ...]
    intro_html: str
    steps: tuple[Step, ...]
    call_html: str
    path: str
    line: int = 1
    question: str = ""
    answers: tuple[str, ...] = ()
    in_english: tuple[str, ...] = ()
    lines: Mapping[str, int] = field(default_factory=dict, compare=False, repr=False)
    """Line in the file of each piece that has one, for findings: keys of the front matter, `symptoms.0` …, `next.0` … (where an
    answer leads), intro, call."""

    def line_of(self, piece: str) -> int:
        """The line of a piece, else of the list that it is in, else of the title."""
        return self.lines.get(piece) or self.lines.get(piece.partition(".")[0]) or self.line

    @property
    def title_lang(self) -> str:
        """The language that title and short title are in."""
        return "en" if {"title", "short"} & set(self.in_english) else self.lang

    def steps_for(self, facts: Facts) -> tuple[Step, ...]:
        """The steps a driver at a station with these facts is shown."""
        return tuple(step for step in self.steps if step.when.holds(facts))


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer to a question at the end of a guide and where it leads: a problem's slug or an end point."""

    text: str
    next: str


@dataclass(frozen=True, slots=True)
class Problem:
    """What a driver is stuck on. `next` is a slug or an end point; with `question` set, `answers` lead on instead."""

    slug: str
    category: str
    outcome: Outcome
    applies_to: Condition
    codes: tuple[str, ...]
    next: str | None
    question: str | None
    answers: tuple[Answer, ...]
    weight: int
    review: str
    sources: tuple[str, ...]
    needs_review: str | None
    guides: tuple[Guide, ...]
    path: str

    def guide(self, lang: str) -> Guide:
        """The guide in a language (`de-AT`), else in its main one (`de`), else in English, which every problem has."""
        by_lang = {guide.lang: guide for guide in self.guides}
        return by_lang.get(lang) or by_lang.get(lang.partition("-")[0]) or by_lang["en"]
