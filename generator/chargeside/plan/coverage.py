"""How far the codes of the standards are covered, and which facts of guides are not verified."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from chargeside.model.network import Content
from chargeside.model.problem import GENERAL_KNOWLEDGE, Problem
from chargeside.model.standard_codes import STANDARDS, UNVERIFIED, Standard

Help = Literal["guide", "call", "danger", "fine", "missing"]


@dataclass(frozen=True, slots=True)
class CoveredCode:
    """A code, what it means, and what helps; `slug` and `title` are the guide's."""

    code: str
    means: str
    help: Help
    slug: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class CoveragePage:
    """Codes by list of a standard. `unverified`: codes that nothing is shown for: code, name, what is not confirmed. `general`:
    guides that rest on general knowledge alone, `review`: those that wait for a review, as slug and title each."""

    standards: tuple[tuple[str, tuple[CoveredCode, ...]], ...]
    unverified: tuple[tuple[str, str, str], ...]
    general: tuple[tuple[str, str], ...]
    review: tuple[tuple[str, str], ...]

    @property
    def missing(self) -> tuple[str, ...]:
        """Codes without an explanation."""
        return tuple(row.code for _, rows in self.standards for row in rows if row.help == "missing")


def coverage_page(content: Content) -> CoveragePage:
    """What `content` covers."""
    problems = content.problems.values()
    return CoveragePage(
        tuple((one.name, _rows(one, content)) for one in STANDARDS),
        UNVERIFIED,
        _named({p.slug: p for p in problems if set(p.sources) == {GENERAL_KNOWLEDGE}}),
        _named({p.slug: p for p in problems if p.needs_review}),
    )


def _named(problems: Mapping[str, Problem]) -> tuple[tuple[str, str], ...]:
    return tuple((slug, problem.guide("en").title) for slug, problem in problems.items())


def _rows(standard: Standard, content: Content) -> tuple[CoveredCode, ...]:
    known = {code: entry for entry in reversed(content.codes) for code in entry.codes}
    rows = []
    for code in standard.codes:
        entry = known.get(f"{standard.system}:{code}")
        if code in standard.fine:
            rows.append(CoveredCode(code, "Nothing is wrong", "fine"))
        elif entry is None:
            rows.append(CoveredCode(code, "", "missing"))
        elif problem := content.problems.get(entry.problem):
            rows.append(CoveredCode(code, entry.means, "guide", problem.slug, problem.guide("en").title))
        else:
            rows.append(CoveredCode(code, entry.means, "danger" if entry.danger else "call"))
    return tuple(rows)
