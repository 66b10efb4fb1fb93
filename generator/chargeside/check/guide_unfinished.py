"""A rule on guides that were begun and not finished."""

from __future__ import annotations

import re

from chargeside.check.guide_pieces import every
from chargeside.findings import Findings
from chargeside.model.problem import Guide, Problem

_MARK = re.compile(r"\bTODO\b")


def check_unfinished(problem: Problem, guide: Guide, findings: Findings) -> None:
    """G549: what `chargeside new problem` left for the author to write."""
    mend = "write it, and take the word TODO out; or delete the piece"
    for piece in every(guide):
        if _MARK.search(piece.text):
            findings.add("G549", guide.path, piece.line, f"{piece.name}: not written yet", mend)
    if any(_MARK.search(source) for source in problem.sources):
        findings.add("G549", guide.path, guide.line_of("sources"), "the sources: not written yet", mend)
