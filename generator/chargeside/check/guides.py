"""Rules on guides: what each driver would see, whatever the facts of their charger."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from chargeside.check.guide_conditions import check_conditions
from chargeside.check.guide_pieces import is_shared
from chargeside.check.guide_reading import check_reading
from chargeside.check.guide_safety import check_bans, check_danger
from chargeside.check.guide_screens import check_screens, screen_texts
from chargeside.check.guide_sources import check_sources
from chargeside.check.guide_symptoms import check_symptoms
from chargeside.check.guide_unfinished import check_unfinished
from chargeside.check.guide_ways import check_ways
from chargeside.check.guide_words import check_characters, check_words
from chargeside.findings import Finding, Findings
from chargeside.load.guide import plain_text
from chargeside.model.condition import Clause, Condition
from chargeside.model.connector import ConnectorType
from chargeside.model.facts import FACTS, Fact, Facts, FactValue, Origin
from chargeside.model.network import Content
from chargeside.model.problem import Guide, Problem

MAX_STEPS = 6
MAX_WORDS = 130
"""About 90 words is the aim (DESIGN.md, 5); beyond this a guide is long."""
_KNOWN_CAPITALS = frozenset({"NACS", "RFID", "IBAN", "HTTPS", "GDPR", "SEPA", "ADAC", "TODO"})
_NOWHERE = Origin("feed", "check")
_MAX_WORLDS = 20_000
"""Combinations of facts that are walked for one guide, so that no guide can stop a check."""
_Axis = tuple[str, list[tuple[tuple[str, FactValue], ...]]]
"""A fact and all that it may be, each as the facts that say so."""


@dataclass
class Known:
    """What was found in each problem by itself, for whoever checks again and again: only problems that changed are looked at
    again. `around`: all else that those rules look at."""

    around: object = None
    found: dict[str, tuple[object, tuple[Finding, ...]]] = field(default_factory=dict)

    def of(self, problem: Problem, check: Callable[[Findings], None]) -> tuple[Finding, ...]:
        """What `check` finds in a problem, or found when it was last as it is now."""
        now = (problem, [guide.lines for guide in problem.guides])
        before, found = self.found.get(problem.slug, (None, ()))
        if before != now:
            fresh = Findings()
            check(fresh)
            found = tuple(fresh)
            self.found[problem.slug] = (now, found)
        return found


@dataclass(frozen=True)
class _Around:
    """What the rules on one guide look at beside it."""

    connectors: Mapping[str, ConnectorType]
    screens: Mapping[str, str]
    capitals: frozenset[str]
    today: str
    for_operator: bool


def check_content(
    content: Content,
    today: str,
    findings: Findings,
    *,
    for_operator: bool = False,
    only: Collection[str] | None = None,
    known: Known | None = None,
) -> None:
    """All rules on all guides. `today`: ISO date, against which review dates are held.

    `for_operator`: what operators can do nothing about in the guides of all is said once, or not at all. `only`: slugs of the guides
    that are looked at; the others are there to be held against. None looks at all. `known`: what was found before, kept up to date.
    """
    check_symptoms(content, findings, only or ())
    check_ways(content.problems, findings, only or ())
    around = _Around(content.connectors, screen_texts(content), _capitals(content), today, for_operator)
    known = known or Known()
    if known.around != around:
        known.around, known.found = around, {}
    looked_at = [problem for problem in content.problems.values() if only is None or problem.slug in only]
    for problem in looked_at:
        findings.extend(known.of(problem, partial(_check_problem, problem, around)))
    _check_reviews(looked_at, for_operator, findings)


def _check_problem(problem: Problem, around: _Around, findings: Findings) -> None:
    """The rules on one guide by itself."""
    english = problem.guide("en")
    check_bans(english, findings)
    check_danger(problem, english, findings)
    check_conditions(around.connectors, problem, english, findings)
    check_words(problem, english, around.capitals, findings)
    check_screens(english, around.screens, findings)
    check_sources(problem, english, around.today, findings)
    check_unfinished(problem, english, findings)
    if not (around.for_operator and is_shared(problem)):
        check_reading(english, findings)
    for guide in problem.guides:
        if guide is not english:
            check_characters(guide, findings)
    _check_views(problem, findings)


def _capitals(content: Content) -> frozenset[str]:
    """Words that are rightly in capitals: names of plugs, and of what the glossary explains."""
    names = [connector.short for connector in content.connectors.values()]
    names += [name for connector in content.connectors.values() for name in connector.other_names]
    names += [text for word in content.glossary for text in (word.word, *word.also)]
    return (
        frozenset(part for name in names for part in re.findall(r"\w+", name) if part.isupper())
        | _KNOWN_CAPITALS
    )


def _check_reviews(problems: Iterable[Problem], for_operator: bool, findings: Findings) -> None:
    """G514: guide by guide for their authors; in one note that names them for operators, who answer for what they publish."""
    waiting = [problem for problem in problems if problem.needs_review]
    theirs = [problem for problem in waiting if for_operator and is_shared(problem)]
    for problem in waiting:
        if problem not in theirs:
            mend = "let somebody of that trade read it, then remove needs_review"
            line = problem.guide("en").line_of("needs_review")
            findings.add("G514", problem.path, line, f"needs a review: {problem.needs_review}", mend)
    if theirs:
        message = (
            f"nobody of the trade has yet read {len(theirs)} guides: {', '.join(p.slug for p in theirs)}"
        )
        mend = "let your own electrician read them before you publish; your own problems/<name>/ replaces one"
        findings.add("G514", "problems", None, message, mend, room=5_000)


def _check_views(problem: Problem, findings: Findings) -> None:
    """Every combination of the facts that the guide asks for is walked: a guide asks for a handful at most."""
    views = list(views_of(problem))
    for guide in problem.guides:
        _check_seen(guide, views, findings)


def _check_seen(guide: Guide, views: Iterable[tuple[Facts, tuple[int, ...]]], findings: Findings) -> None:
    fewest, words = 2, 0
    around = len(plain_text(guide.intro_html).split()) + len(plain_text(guide.call_html).split())
    lengths = [len(step.text.split()) for step in guide.steps]
    for facts, seen in views:
        if len(seen) > MAX_STEPS:
            message = f"a driver would see {len(seen)} steps where {_in_brief(facts)}"
            mend = f"at most {MAX_STEPS}: join or drop some, or give them conditions that exclude each other"
            findings.add("G510", guide.path, guide.steps[seen[MAX_STEPS]].line, message, mend)
            return
        if len(seen) < fewest:
            fewest = len(seen)
            message = f"a driver would see {fewest} step(s) where {_in_brief(facts)}"
            mend = "add a step for that case, or narrow applies_to"
            findings.add("G511", guide.path, guide.line, message, mend)
        words = max(words, around + sum(lengths[place] for place in seen))
    if words > MAX_WORDS:
        mend = "about 90 is right: cut what a driver in the rain does not need"
        findings.add("G512", guide.path, guide.line, f"a driver would read {words} words", mend)


def views_of(problem: Problem) -> Iterator[tuple[Facts, tuple[int, ...]]]:
    """What drivers see of a guide: each set of steps, by their places, once, and the first combination of facts that shows it.

    The steps are the same in every language. Whether a condition holds is worked out once for the values of its own facts, not for
    each of all combinations.
    """
    steps = problem.guide("en").steps
    axes = _axes(problem, problem.guide("en"))
    tables = {
        condition: _table(condition, axes) for condition in {problem.applies_to, *(s.when for s in steps)}
    }
    applies = tables[problem.applies_to]
    whens = [tables[step.when] for step in steps]
    known: set[tuple[int, ...]] = set()
    for places in itertools.islice(
        itertools.product(*(range(len(choices)) for _, choices in axes)), _MAX_WORLDS
    ):
        if not applies(places):
            continue
        seen = tuple(number for number, holds in enumerate(whens) if holds(places))
        if seen not in known:
            known.add(seen)
            yield _facts(axes, places), seen


def _table(condition: Condition, axes: Sequence[_Axis]) -> Callable[[tuple[int, ...]], bool]:
    """Whether a condition holds, by the place of the value on each axis."""
    asked = {_fact_of(clause) for clause in condition.clauses}
    mine = [number for number, (name, _) in enumerate(axes) if name in asked]
    own = [axes[number] for number in mine]
    table = {
        places: condition.holds(_facts(own, places))
        for places in itertools.product(*(range(len(choices)) for _, choices in own))
    }
    return lambda places: table[tuple([places[number] for number in mine])]


def _facts(axes: Sequence[_Axis], places: tuple[int, ...]) -> Facts:
    """The facts at these places of the axes."""
    chosen = (choices[place] for (_, choices), place in zip(axes, places, strict=True))
    return Facts({name: Fact(value, _NOWHERE) for part in chosen for name, value in part})


def _in_brief(facts: Facts) -> str:
    return ", ".join(f"{name}={value}" for name, value in facts.values) or "nothing is known"


def _axes(problem: Problem, guide: Guide) -> list[_Axis]:
    """The facts that matter to this guide, each with what it may be: each value it asks for, one it does not ask for, and unknown."""
    asked: dict[str, set[str]] = {}
    for condition in (problem.applies_to, *(step.when for step in guide.steps)):
        for clause in condition.clauses:
            asked.setdefault(_fact_of(clause), set()).update(clause.values)
    return [(name, _choices(name, sorted(values))) for name, values in sorted(asked.items())]


def _fact_of(clause: Clause) -> str:
    return "power_kw" if clause.fact == "min_power_kw" else clause.fact


def _choices(name: str, values: list[str]) -> list[tuple[tuple[str, FactValue], ...]]:
    values = [value for value in values if value != "unknown"]
    unknown: tuple[tuple[str, FactValue], ...] = ()
    if name == "payment":
        return [
            unknown,
            *(
                tuple((f"payment.{way}", "yes") for way in some)
                for some in _some_of([*values, *_other(name, values)])
            ),
        ]
    if name == "power_kw":
        return [unknown, ((name, 0.0),), *(((name, float(value)),) for value in values)]
    if FACTS[name].kind == "list":
        return [unknown, *(((name, some),) for some in _some_of([*values, *_other(name, values)]))]
    return [unknown, *(((name, value),) for value in (*values, *_other(name, values)))]


def _other(name: str, values: list[str]) -> list[str]:
    """A value that the guide does not ask for: what it leaves to "all the rest"."""
    return [value for value in FACTS[name].values or ("another",) if value not in values][:1]


def _some_of(values: list[str]) -> list[tuple[str, ...]]:
    """One of them, each pair, and all together: enough to find steps that add up."""
    return [
        *((value,) for value in values),
        *itertools.combinations(values, 2),
        *((tuple(values),) if len(values) > 2 else ()),
    ]
