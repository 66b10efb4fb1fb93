"""Conditions: `when` on a step and `applies_to` on a problem.

condition = clause {" and " clause}
clause    = fact "=" value {"|" value}  |  "min_power_kw>=" number
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from chargeside.model.facts import FACTS, UNKNOWN, Facts

_CLAUSE = re.compile(r"\s*([\w.-]+)\s*(>=|=)\s*(.+?)\s*", re.DOTALL)
_NUMBER = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?")
_COUNTRY = re.compile(r"[A-Z]{2}")

_EXAMPLES = {"country": "FR or DE", "power_kw": "50 or 22.5"}


class ConditionError(ValueError):
    """A condition that cannot be read. `wrong` is the offending word, `right` the words allowed there."""

    def __init__(self, message: str, wrong: str = "", right: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.wrong = wrong
        self.right = right


@dataclass(frozen=True, slots=True)
class Clause:
    """One comparison. For `min_power_kw` the only value is the number in kW as text."""

    fact: str
    values: tuple[str, ...]

    def holds(self, facts: Facts) -> bool:
        """Whether the facts satisfy the clause; `unknown` matches only unknown."""
        if self.fact == "min_power_kw":
            return facts.power_kw is not None and facts.power_kw >= float(self.values[0])
        if self.fact == "power_kw":
            power = facts.power_kw
            return any(power is None if value == UNKNOWN else power == float(value) for value in self.values)
        if FACTS[self.fact].kind == "list":
            have = facts.many(self.fact) or ((UNKNOWN,) if facts.is_unknown(self.fact) else ())
        else:
            have = (facts.text(self.fact),)
        return any(value in self.values for value in have)

    def __str__(self) -> str:
        return f"{self.fact}{'>=' if self.fact == 'min_power_kw' else '='}{'|'.join(self.values)}"


@dataclass(frozen=True, slots=True)
class Condition:
    """Clauses that must all hold. The empty condition always holds."""

    clauses: tuple[Clause, ...] = ()

    def holds(self, facts: Facts) -> bool:
        """Whether a station with these facts satisfies every clause."""
        return all(
            self._order_holds(clause, facts) if clause.fact == "start_order" else clause.holds(facts)
            for clause in self.clauses
        )

    def _order_holds(self, clause: Clause, facts: Facts) -> bool:
        """A start order is that of the ways to pay which the condition names, else that of the charger as a whole."""
        named = [
            way
            for other in self.clauses
            if other.fact == "payment"
            for way in facts.many("payment")
            if way in other.values
        ]
        if not named:
            return clause.holds(facts)
        return any(facts.order_of(way) in clause.values for way in named)

    def __str__(self) -> str:
        return " and ".join(map(str, self.clauses))


ALWAYS = Condition()


def parse_condition(text: str, connectors: tuple[str, ...] = ()) -> Condition:
    """Read a condition. `connectors`: the names a `connectors=` clause may use; empty = any.

    Raises ConditionError with the wrong word and the right ones.
    """
    return Condition(tuple(_parse_clause(part, connectors) for part in re.split(r"\s+and\s+", text.strip())))


def _parse_clause(text: str, connectors: tuple[str, ...]) -> Clause:
    match = _CLAUSE.fullmatch(text)
    if not match:
        raise ConditionError(f'cannot read the condition "{text}"', text)
    fact, operator, rest = match.groups()
    if fact == "min_power_kw":
        if operator != ">=" or not _NUMBER.fullmatch(rest):
            raise ConditionError(f'"{text}" needs the form min_power_kw>=50', text)
        return Clause(fact, (rest,))
    if fact not in FACTS:
        raise ConditionError(f'no fact is called "{fact}"', fact, (*FACTS, "min_power_kw"))
    if operator != "=":
        raise ConditionError(f'"{fact}" is compared with "=", not with "{operator}"', operator, ("=",))
    values = tuple(value.strip() for value in rest.split("|"))
    allowed = connectors if fact == "connectors" else FACTS[fact].values
    for value in values:
        if value == UNKNOWN:
            continue
        if allowed and value not in allowed:
            raise ConditionError(f'fact "{fact}" never has the value "{value}"', value, (*allowed, UNKNOWN))
        if not value or (fact == "country" and not _COUNTRY.fullmatch(value)):
            raise ConditionError(f'"{text}" needs values like {_EXAMPLES.get(fact, "words")}', value)
        if FACTS[fact].kind == "number" and not _NUMBER.fullmatch(value):
            raise ConditionError(f'"{text}" needs values like {_EXAMPLES[fact]}', value)
    return Clause(fact, values)
