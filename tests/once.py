"""Reads and checks each guide once for all tests of a process. A command reads and checks all of them anew, which is right for a
command and takes seconds; tests do it thousands of times. What is kept is by the files as they are, so a test that changes
a guide sees its change."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from chargeside import build as building
from chargeside.check import guides as checking
from chargeside.findings import Findings
from chargeside.load import content as loading
from chargeside.model.hardware import CALL
from chargeside.model.network import Content

FEW = frozenset(
    (
        "authorisation-failed", "burning-smell", "cable-stuck", "cannot-pay", "card-declined", "charging-stopped",
        "communication-error", "fake-code", "how-to-start", "screen-black", "slow-charging", "which-plug",
    )
)  # fmt: skip
"""Guides of every outcome, with questions and without, which are there in all languages. They lead to each other only."""


def few(content: Content) -> Content:
    """A content with a dozen of the shared guides, and all of an operator's own."""
    problems = {
        slug: problem
        for slug, problem in content.problems.items()
        if slug in FEW or not problem.path.startswith("problems/")
    }
    codes = tuple(code for code in content.codes if code.problem in (*problems, CALL))
    return replace(content, problems=problems, codes=codes)


def build_with_few_guides(whole: bool = False) -> None:
    """From now on, builds in this process have a dozen of the shared guides, for the sake of time; `whole`: all again."""

    def load_content(findings: Findings, folder: Any = None) -> Content:
        return few(loading.load_content(findings, folder))

    building.load_content = loading.load_content if whole else load_content


def read_guides_once() -> None:
    """From now on, in this process."""
    read, check = loading._problem, checking._check_problem
    was_read: dict[object, tuple[Any, tuple[Any, ...]]] = {}
    was_checked: dict[str, list[tuple[object, tuple[Any, ...]]]] = {}

    def _problem(folder: Any, shown: str, reader: Any, findings: Findings) -> Any:
        if findings.journal is not None or reader._whole is not None:
            return read(folder, shown, reader, findings)
        key = (folder, shown, loading._state(folder), reader.pictograms, reader._connectors)
        if key not in was_read:
            found = Findings()
            was_read[key] = read(folder, shown, reader, found), tuple(found)
        loaded, found_then = was_read[key]
        findings.extend(found_then)
        return loaded

    def _check_problem(problem: Any, around: Any, findings: Findings) -> None:
        now = (problem, around, [guide.lines for guide in problem.guides])
        known = was_checked.setdefault(problem.slug, [])
        told = next((told for then, told in known if then == now), None)
        if told is None:
            found = Findings()
            check(problem, around, found)
            told = tuple(found)
            known.append((now, told))
        findings.extend(told)

    loading._problem, checking._check_problem = _problem, _check_problem
