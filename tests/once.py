"""Reads and checks each guide once for all tests of a process. A command reads and checks all of them anew, which is right for a
command and takes seconds; tests do it thousands of times. What is kept is by the files as they are, so a test that changes
a guide sees its change."""

from __future__ import annotations

from typing import Any

from chargeside.check import guides as checking
from chargeside.findings import Findings
from chargeside.load import content as loading


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
