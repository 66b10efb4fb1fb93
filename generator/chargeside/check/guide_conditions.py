"""Rules on conditions: none that can never hold, none that says again what holds anyway."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from chargeside.findings import Findings, Severity
from chargeside.model.condition import Clause, Condition
from chargeside.model.connector import ConnectorType
from chargeside.model.facts import FACTS, UNKNOWN
from chargeside.model.problem import Guide, Problem


def check_conditions(
    connectors: Mapping[str, ConnectorType], problem: Problem, guide: Guide, findings: Findings
) -> None:
    """G533, G534: on `applies_to`, and on `when` of each step together with it."""
    line = guide.line_of("applies_to")
    clash = contradiction(problem.applies_to.clauses)
    if clash:
        message = f"applies_to can never hold: {clash}"
        findings.add("G533", guide.path, line, message, "no charger has both: correct or remove one of them")
        return
    _add_unlikely(problem.applies_to.clauses, "applies_to", connectors, guide.path, line, findings)
    for step in guide.steps:
        clauses = step.when.clauses
        together = (*problem.applies_to.clauses, *clauses)
        name = f'step "{step.id}"'
        if clash := contradiction(clauses):
            message = f"{name} is never shown: {clash}"
            findings.add("G533", guide.path, step.line, message, "correct when: no charger has both")
        elif clash := _clash_between(problem.applies_to, step.when):
            message = f"{name} is never shown where the guide applies: {clash}"
            mend = "correct when or applies_to, or delete the step"
            findings.add("G533", guide.path, step.line, message, mend)
        elif clauses and _repeats(problem.applies_to, step.when):
            message = f'when="{step.when}" of {name} holds at every charger that shows the guide'
            findings.add("G534", guide.path, step.line, message, "leave when out: it changes nothing")
        elif clauses:
            _add_unlikely(together, name, connectors, guide.path, step.line, findings)


def exclude(one: Condition, other: Condition) -> bool:
    """Whether no station can satisfy both conditions."""
    return bool(_clash_between(one, other))


def contradiction(clauses: Sequence[Clause]) -> str:
    """Two clauses that cannot hold together, in words; empty where there are none.

    A list fact such as `connectors` may satisfy two clauses by two members, so only "unknown" contradicts a value there.
    """
    for number, clause in enumerate(clauses):
        for other in clauses[:number]:
            if _contradict(other, clause):
                return f"{other} and {clause}"
    return ""


def _clash_between(one: Condition, other: Condition) -> str:
    """A start order counts for the ways to pay of its own condition, so it is compared only where none is named."""
    by_way = any(clause.fact == "payment" for clause in (*one.clauses, *other.clauses))
    for clause in one.clauses:
        for more in other.clauses:
            if not (by_way and clause.fact == "start_order") and _contradict(clause, more):
                return f"{clause} and {more}"
    return ""


def _contradict(one: Clause, other: Clause) -> bool:
    facts = {one.fact, other.fact}
    if facts == {"min_power_kw", "power_kw"}:
        least, among = (one, other) if one.fact == "min_power_kw" else (other, one)
        return all(value == UNKNOWN or float(value) < float(least.values[0]) for value in among.values)
    if len(facts) > 1 or one.fact == "min_power_kw":
        return False
    if FACTS[one.fact].kind == "list":
        return any(
            set(some.values) == {UNKNOWN} and UNKNOWN not in more.values
            for some, more in ((one, other), (other, one))
        )
    if FACTS[one.fact].kind == "number":
        return not set(map(_number, one.values)) & set(map(_number, other.values))
    return not set(one.values) & set(other.values)


def _number(value: str) -> float | str:
    return value if value == UNKNOWN else float(value)


def _repeats(applies_to: Condition, when: Condition) -> bool:
    """Whether every clause of `when` holds wherever `applies_to` does, or everywhere."""
    coupled = {"payment", "start_order"} <= {clause.fact for clause in when.clauses}
    return not coupled and all(
        _always(clause) or any(_implies(given, clause) for given in applies_to.clauses)
        for clause in when.clauses
    )


def _always(clause: Clause) -> bool:
    spec = FACTS.get(clause.fact)
    return bool(spec and spec.values) and {*(spec.values if spec else ()), UNKNOWN} <= set(clause.values)


def _implies(given: Clause, clause: Clause) -> bool:
    if given.fact != clause.fact:
        return False
    if clause.fact == "min_power_kw":
        return float(given.values[0]) >= float(clause.values[0])
    return set(given.values) <= set(clause.values)


# ── What the connectors say ──────────────────────────────────────────────────────────────────────────────────────────


def _add_unlikely(
    clauses: Sequence[Clause],
    name: str,
    connectors: Mapping[str, ConnectorType],
    path: str,
    line: int,
    findings: Findings,
) -> None:
    for message in _unlikely(clauses, connectors):
        mend = "ask for one of the two: the plug says it already"
        findings.add("G533", path, line, f"{name}: {message}", mend, Severity.WARNING)


def _unlikely(clauses: Sequence[Clause], connectors: Mapping[str, ConnectorType]) -> Iterator[str]:
    """What holds only at a charger with another plug beside the one that is meant, or never."""
    plugs = next((c for c in clauses if c.fact == "connectors" and UNKNOWN not in c.values), None)
    known = [connectors[slug] for slug in plugs.values if slug in connectors] if plugs else []
    if not plugs or not known:
        return
    for clause in clauses:
        currents = {current for one in known for current in one.current}
        if clause.fact == "current" and UNKNOWN not in clause.values and not currents & set(clause.values):
            yield f"{clause} and {plugs}: these plugs never give {' or '.join(clause.values)}"
        if (
            clause.fact == "format"
            and clause.values == ("socket",)
            and not any("socket" in c.looks for c in known)
        ):
            yield f"{clause} and {plugs}: these plugs hang on a cable of the charger, there is no socket for them"
