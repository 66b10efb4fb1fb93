"""What the guides promise as a whole: enough of them, short, easy to read, and every group of problems answered."""

from __future__ import annotations

from collections import Counter
from statistics import median

from chargeside.check.guide_reading import grade_of
from chargeside.check.guides import check_content, views_of
from chargeside.findings import Findings
from chargeside.load.content import load_content
from chargeside.load.guide import plain_text
from chargeside.model.problem import CATEGORIES, GENERAL_KNOWLEDGE, Problem
from support import shared_content

PROBLEMS = tuple(shared_content().problems.values())


def words_read(problem: Problem) -> int:
    """Words that the driver who sees most of a guide reads."""
    guide = problem.guide("en")
    around = len(f"{plain_text(guide.intro_html)} {plain_text(guide.call_html)}".split())
    lengths = [len(step.text.split()) for step in guide.steps]
    return around + max(sum(lengths[place] for place in seen) for _, seen in views_of(problem))


def test_a_hundred_and_twenty_problems_of_every_group_are_answered() -> None:
    assert len(PROBLEMS) >= 120
    assert Counter(problem.category for problem in PROBLEMS).keys() == set(CATEGORIES)
    assert min(Counter(problem.category for problem in PROBLEMS).values()) >= 4


def test_guides_are_short_and_easy_to_read() -> None:
    words = sorted(words_read(problem) for problem in PROBLEMS)
    assert median(words) <= 90
    assert words[-1] <= 130
    grades = sorted(grade_of(problem.guide("en")) for problem in PROBLEMS)
    assert median(grades) <= 6


def test_no_guide_of_ours_breaks_a_rule() -> None:
    findings = Findings()
    check_content(load_content(findings), "2026-11-22", findings)
    assert [str(finding) for finding in findings if finding.severity != "note"] == []


def test_what_rests_on_general_knowledge_and_touches_plugs_waits_for_an_electrician() -> None:
    unsourced = {problem.slug: problem for problem in PROBLEMS if set(problem.sources) == {GENERAL_KNOWLEDGE}}
    sensitive = {slug for slug, one in unsourced.items() if one.category in ("connector", "communication")}
    assert sensitive
    assert all(unsourced[slug].needs_review == "electrical" for slug in sensitive)


def test_nobody_resets_an_emergency_stop_unless_the_operator_released_it() -> None:
    for problem in PROBLEMS:
        for step in problem.guide("en").steps:
            if "red button" in step.text.lower() and "turn" in step.text.lower():
                assert str(step.when) == "emergency_stop_reset=released", problem.slug


def test_danger_says_get_away_then_emergency_then_us() -> None:
    for problem in PROBLEMS:
        if problem.outcome == "danger":
            pictures = [step.pictogram for step in problem.guide("en").steps]
            assert pictures == ["leave", "call"], problem.slug
            assert problem.next == "call"
