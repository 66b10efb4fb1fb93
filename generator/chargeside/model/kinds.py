"""Kinds of chargers: alike in what drivers get stuck on, and enough of each to compare and to count."""

from __future__ import annotations

from chargeside.model.facts import UNKNOWN, Facts

KIND_FACTS = ("current", "format", "hardware")


def kind_of(facts: Facts) -> str:
    """The kind of a charger: `current=DC and format=cable and hardware=Example 180`. Facts that are not known are left out; '' where none is."""
    clauses = []
    for name in KIND_FACTS:
        value = facts.get(name)
        values = sorted(value) if isinstance(value, tuple) else [str(value)]
        if UNKNOWN not in values:
            clauses.append(f"{name}={'|'.join(values)}")
    return " and ".join(clauses)
