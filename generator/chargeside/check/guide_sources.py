"""Rules on where facts come from and how long they hold."""

from __future__ import annotations

import re

from chargeside.check.guide_pieces import every
from chargeside.findings import Findings
from chargeside.model.problem import GENERAL_KNOWLEDGE, Guide, Problem

_FAR_YEARS = 2
_ELECTRICAL = frozenset({"connector", "communication", "safety"})
"""Categories in which a mistake can hurt or break something."""
_LOCKS = re.compile(r"\b(?:cables?|plugs?|lock(?:s|ed|ing)?|unlock(?:s|ed)?|stuck|release)\b")
_DANGEROUS = re.compile(
    r"\b(?:high[- ]voltage|adapt[eo]rs?|emergency[- ]stop|electric(?:al)? shock|short circuit|handshake|locking pin|damaged (?:cable|plug))\b"
)


def check_sources(problem: Problem, guide: Guide, today: str, findings: Findings) -> None:
    """G538, G539 and the review date: G513, G548. `today`: ISO date."""
    if not problem.sources:
        mend = f"name a manual, a help page or a standard; {GENERAL_KNOWLEDGE} where there is none"
        findings.add("G539", problem.path, guide.line, "no sources are named", mend)
    elif (
        {source.casefold() for source in problem.sources} == {GENERAL_KNOWLEDGE.casefold()}
        and not problem.needs_review
        and _is_electrical(problem, guide)
    ):
        message = f"rests on {GENERAL_KNOWLEDGE} alone and touches plugs, locks or danger"
        mend = "add needs_review: electrical, until somebody of that trade has read it; or name a source"
        findings.add("G538", problem.path, guide.line_of("sources"), message, mend)
    line = guide.lines.get("review", 1)
    if not problem.review or problem.review < today:
        mend = "read the guide against its sources and set a new date"
        findings.add("G513", problem.path, line, f"review date {problem.review or 'missing'}", mend)
    elif problem.review > f"{int(today[:4]) + _FAR_YEARS}{today[4:]}":
        mend = f"set a day within {_FAR_YEARS} years: screens, cars and apps change faster"
        findings.add("G548", problem.path, line, f"review date {problem.review}", mend)


def _is_electrical(problem: Problem, guide: Guide) -> bool:
    if problem.category in _ELECTRICAL:
        return True
    words = " ".join(piece.text for piece in every(guide)).casefold()
    return bool(_DANGEROUS.search(words) or (problem.category == "stopping" and _LOCKS.search(words)))
