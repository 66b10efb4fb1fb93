"""Facts of a station: what is known, what its value is, and where that came from. Unknown is a fact too."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

FactValue = str | float | tuple[str, ...]
UNKNOWN = "unknown"

Rank = Literal["feed", "defaults", "kits", "overrides", "force"]
RANKS: tuple[Rank, ...] = ("feed", "defaults", "kits", "overrides", "force")
"""Who may overrule whom: the later wins (DESIGN.md, rule 2)."""

PAYMENTS = ("contactless", "chip", "app", "rfid", "web", "plug_and_charge", "cash", "free")
"""Ways to pay that a fact `payment.<way>` can be yes or no about."""

START_WAYS = ("contactless", "chip", "app", "rfid", "web")
"""Ways by which a driver starts with their own hands, at a reader or on a phone: a fact `start_order.<way>` may tell their
order apart."""


@dataclass(frozen=True, slots=True)
class FactSpec:
    """What a fact may hold. `values` is empty where any text or number is allowed."""

    kind: Literal["choice", "list", "number", "text"]
    doc: str
    values: tuple[str, ...] = ()


FACTS: Mapping[str, FactSpec] = {
    "connectors": FactSpec("list", "Plugs of the station, by the name of their file in connectors/"),
    "current": FactSpec("list", "Kind of current the plugs give", ("AC", "DC")),
    "format": FactSpec("list", "Fixed cable, or a socket for the driver's own cable", ("cable", "socket")),
    "payment": FactSpec("list", "Ways to pay that work here", PAYMENTS),
    "start_order": FactSpec(
        "choice",
        "Which comes first, the plug or the card. Beside payment in one condition: when paying in those ways",
        ("plug_first", "auth_first", "any"),
    ),
    "power_kw": FactSpec("number", "Highest power of the station in kW"),
    "display": FactSpec("choice", "Whether the charger has a screen with text", ("yes", "no")),
    "hardware": FactSpec("text", "Make and model of the charger"),
    "country": FactSpec("text", "Country, ISO 3166-1 alpha-2"),
    "emergency_stop_reset": FactSpec(
        "choice", "Whether the operator lets drivers reset the emergency stop of this hardware", ("released",)
    ),
}
"""Facts that a condition may ask for."""

SETTABLE: Mapping[str, FactSpec] = {
    **{
        name: spec
        for name, spec in FACTS.items()
        if name in ("start_order", "power_kw", "display", "hardware")
    },
    **{f"payment.{way}": FactSpec("choice", f"Pay by {way}", ("yes", "no")) for way in PAYMENTS},
}
"""Facts that operator.yml, kits.yml and overrides.csv may set, payment flattened to one fact per way."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a value came from, for `check --explain`."""

    rank: Rank
    path: str
    line: int | None = None

    def __str__(self) -> str:
        return f"{self.rank} ({self.path}{f':{self.line}' if self.line else ''})"


@dataclass(frozen=True, slots=True)
class Fact:
    """A value and its origin."""

    value: FactValue
    origin: Origin


class Facts:
    """All facts of one EVSE or one station, by name (`payment.contactless`, `start_order` …).

    A name that is absent, or whose value is "unknown", is unknown. Equality and hash go by values alone, so that stations
    alike in their facts fall into one kit whatever file told us.
    """

    __slots__ = ("_by_name", "_hash", "values")

    def __init__(self, by_name: Mapping[str, Fact]) -> None:
        self._by_name = dict(sorted(by_name.items()))
        self.values: tuple[tuple[str, FactValue], ...] = tuple(
            (name, fact.value) for name, fact in self._by_name.items() if fact.value != UNKNOWN
        )
        self._hash = hash(self.values)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Facts) and self.values == other.values

    def __hash__(self) -> int:
        return self._hash

    def __reduce__(self) -> tuple[type[Facts], tuple[dict[str, Fact]]]:
        return Facts, (self._by_name,)  # a hash of text holds in one process only

    def __repr__(self) -> str:
        return f"Facts({dict(self.values)!r})"

    def __iter__(self) -> Iterator[tuple[str, Fact]]:
        return iter(self._by_name.items())

    def get(self, name: str) -> FactValue:
        """The value, or "unknown"."""
        fact = self._by_name.get(name)
        return fact.value if fact else UNKNOWN

    def text(self, name: str) -> str:
        """The value of a choice or text fact, or "unknown"."""
        value = self.get(name)
        return value if isinstance(value, str) else UNKNOWN

    def many(self, name: str) -> tuple[str, ...]:
        """The members of a list fact; empty when unknown. `payment` gives the ways that are *yes*."""
        if name == "payment":
            return tuple(way for way in PAYMENTS if self.get(f"payment.{way}") == "yes")
        value = self.get(name)
        return value if isinstance(value, tuple) else ()

    def is_unknown(self, name: str) -> bool:
        """Whether nothing is known; of ways to pay: whether none is *yes* and not all are *no*."""
        if name == "payment":
            return not self.many(name) and len(self.refused_payments) < len(PAYMENTS)
        return self.get(name) == UNKNOWN

    @property
    def refused_payments(self) -> tuple[str, ...]:
        """Ways to pay that the operator or the feed said do not work here."""
        return tuple(way for way in PAYMENTS if self.get(f"payment.{way}") == "no")

    def order_of(self, way: str) -> str:
        """What comes first when paying this way: `start_order` of the way where it has its own, else of the charger."""
        own = self._by_name.get(f"start_order.{way}")
        return str(own.value) if own else self.text("start_order")

    @property
    def power_kw(self) -> float | None:
        """Highest power in kW, None when unknown."""
        value = self.get("power_kw")
        return float(value) if isinstance(value, (int, float)) else None


def settle_orders(layers: dict[str, Fact]) -> None:
    """Bring facts with a start order per way to pay into their one form, in place.

    Each way of START_WAYS is then given its order. `start_order` is the one that holds for all ways that are *yes* (for all,
    where none is), and is absent, which is unknown, where they differ. Facts without `start_order.<way>` stay as they are.
    """
    if not any(f"start_order.{way}" in layers for way in START_WAYS):
        return
    whole = layers.pop("start_order", None)
    for way in START_WAYS:
        if f"start_order.{way}" not in layers and whole:
            layers[f"start_order.{way}"] = whole
    ways = [
        way for way in START_WAYS if f"payment.{way}" in layers and layers[f"payment.{way}"].value == "yes"
    ]
    orders = [layers.get(f"start_order.{way}") for way in ways or START_WAYS]
    # Where one way may be used in any order, the order of the others is right for it as well.
    strict = [order for order in orders if order is None or order.value != "any"] or orders
    if strict[0] and len({order.value if order else UNKNOWN for order in strict}) == 1:
        layers["start_order"] = strict[0]


def _members(fact: Fact) -> tuple[str, ...]:
    return fact.value if isinstance(fact.value, tuple) else ()


def merge(all_facts: Iterable[Facts]) -> Facts:
    """Facts of a station from those of its EVSEs.

    Lists are joined and the highest power counts; any other fact holds for the station only where all EVSEs agree: what is
    true of one side must not be promised of the other.
    """
    every = list(dict.fromkeys(all_facts))
    if len(every) == 1:
        return every[0]
    names = sorted({name for facts in every for name, _ in facts})
    merged: dict[str, Fact] = {}
    for name in names:
        present = [fact for facts in every for key, fact in facts if key == name]
        spec = FACTS.get(name)
        if spec and spec.kind == "list":
            lists = [fact for fact in present if isinstance(fact.value, tuple)]
            members = dict.fromkeys(item for fact in lists for item in _members(fact))
            if lists:
                merged[name] = Fact(tuple(members), lists[0].origin)
        elif name == "power_kw":
            numbers = [fact for fact in present if isinstance(fact.value, (int, float))]
            if numbers:
                merged[name] = max(numbers, key=lambda fact: float(fact.value))  # type: ignore[arg-type]
        elif len(present) == len(every) and len({fact.value for fact in present}) == 1:
            merged[name] = present[0]
    _merge_orders(every, merged)
    return Facts(merged)


def _merge_orders(every: list[Facts], merged: dict[str, Fact]) -> None:
    """Start orders per way, where all agree: those of an EVSE that has one for all ways count for each of them."""
    own = [fact for facts in every for name, fact in facts if name.startswith("start_order.")]
    if not own:
        return
    for way in START_WAYS:
        orders = {facts.order_of(way) for facts in every}
        value = orders.pop() if len(orders) == 1 else UNKNOWN
        given = merged.get(f"start_order.{way}")
        merged[f"start_order.{way}"] = Fact(value, given.origin if given else own[0].origin)
    settle_orders(merged)
