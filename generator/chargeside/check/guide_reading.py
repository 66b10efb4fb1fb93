"""How hard a guide is to read: the Flesch-Kincaid grade, as years of school in the United States."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from chargeside.check.guide_pieces import sentences, told
from chargeside.findings import Findings
from chargeside.model.problem import Guide

MAX_GRADE = 8.0
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")


def check_reading(guide: Guide, findings: Findings) -> None:
    """G524: a guide above grade 8. A report, not dogma: the grade knows syllables and lengths, not sense."""
    grade = grade_of(guide)
    if grade > MAX_GRADE:
        message = f"reading level: grade {grade:.1f} of US schools, above {MAX_GRADE:.0f}"
        findings.add("G524", guide.path, guide.line, message, "make sentences shorter, and long words too")


def grade_of(guide: Guide) -> float:
    """The grade of what a driver reads of an English guide, all steps together."""
    return grade([sentence for piece in told(guide) for sentence in sentences(piece.text)])


def grade(all_sentences: list[str]) -> float:
    """The Flesch-Kincaid grade of sentences (Kincaid and others 1975); 0 for none. Syllables are those that pyphen's dictionary parts."""
    spoken = [words for sentence in all_sentences if (words := _WORD.findall(sentence))]
    count = sum(map(len, spoken))
    if not count:
        return 0.0
    syllables = sum(_syllables(word.casefold()) for words in spoken for word in words)
    return 0.39 * count / len(spoken) + 11.8 * syllables / count - 15.59


@cache
def _syllables(word: str) -> int:
    return len(_hyphenator().positions(word)) + 1


@cache
def _hyphenator() -> Any:
    from pyphen import Pyphen

    return Pyphen(lang="en_US")
