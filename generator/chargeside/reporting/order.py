"""`report --write-order`: what drivers were measured to need at each kind of charger, as needs.yml, by which pages order their guides."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from chargeside.model.network import Network
from chargeside.reporting.counts import Counts
from chargeside.reporting.site import Site

PRIOR = 200
"""Visits that the weight of a guide counts as much as. At a kind with fewer visits its own weight prevails, with more what was measured."""
_LEAST = 50
"""Visits with a question below which a kind of charger keeps the usual order."""


@dataclass(frozen=True, slots=True)
class MeasuredNeed:
    """One kind of charger: in how many visits drivers asked for help there, and for each guide the new weight with what it comes from."""

    kind: str
    visits: int
    weights: Mapping[str, tuple[int, int, int]]
    """By slug: the new weight, the usual one, and in how many visits it was asked for; only where the weight changes."""


def measured(counts: Counts, network: Network, site: Site) -> tuple[MeasuredNeed, ...]:
    """The need at each kind of charger that enough was counted of.

    The most asked-for guide measures 100, the others in proportion. What is written is the mean of that and the usual weight, by the visits it
    rests on against `PRIOR`."""
    asked: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for station, problem, n in counts.rows("""SELECT station, problem, sum(n)::BIGINT FROM counts
            WHERE kind = 'asked' AND station <> '' GROUP BY ALL"""):
        kind = site.kinds.get(station, "")
        if kind and problem in network.content.problems:
            asked[kind][problem] += n
    return tuple(
        MeasuredNeed(kind, sum(found.values()), dict(_weights(found, network)))
        for kind, found in sorted(asked.items())
        if sum(found.values()) >= _LEAST
    )


def _weights(asked: Mapping[str, int], network: Network) -> Iterator[tuple[str, tuple[int, int, int]]]:
    visits, most = sum(asked.values()), max(asked.values())
    for slug, problem in sorted(network.content.problems.items()):
        usual = network.operator.weights.get(slug, problem.weight)
        measure = 100 * asked.get(slug, 0) / most
        # A guide that nobody can open where it does not apply is not unneeded there: pages leave it out by themselves.
        if slug not in asked and usual == 0:
            continue
        new = round((PRIOR * usual + visits * measure) / (PRIOR + visits))
        if new != usual:
            yield slug, (new, usual, asked.get(slug, 0))


def needs_yml(needs: tuple[MeasuredNeed, ...], first: str, last: str) -> str:
    """The file: sorted, a line for each guide with what its weight comes from, made for `git diff`."""
    lines = [
        "# What drivers needed at each kind of charger, measured from the access logs of the help pages.",
        f"# `chargeside report --write-order` wrote this from {first or 'no day'} to {last or 'no day'}. Look at it as a diff; take out what you do not want.",
        f"# Weight: the mean of the guide's usual weight (counting {PRIOR} visits) and of what was measured (100 = asked for most).",
        "# Weights in operator.yml win over these. Without this file pages go back to the usual order.",
        "needs:" if needs else "needs: []",
    ]
    for need in needs:
        lines += [f'  - kind: "{_quoted(need.kind)}"', f"    visits: {need.visits}", "    weights:"]
        if not need.weights:
            lines[-1] += " {}"
        for slug, (new, usual, asked) in sorted(
            need.weights.items(), key=lambda item: (-item[1][0], item[0])
        ):
            lines.append(f"      {slug}: {new}  # was {usual}; asked for in {asked} of {need.visits}")
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
