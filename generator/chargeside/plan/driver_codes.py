"""Codes and messages of a charger as drivers are shown them: what each means, and what to do."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from chargeside.model.facts import Facts
from chargeside.model.hardware import CALL
from chargeside.model.screen_codes import ScreenCode, spelling
from chargeside.plan.driver_views import GuideRef, MessageRow

MOST_OWN, MOST_ON_PAGE = 40, 90
"""So many codes of an operator's own fit on a page beside those of the field, and so many on a page of their own."""

_KINDS = ("fix", "danger", "call")


class Messages:
    """What chargers may show, for all chargers of a network: what is the same for many of them is worked out once."""

    def __init__(self, codes: Sequence[ScreenCode]) -> None:
        self._codes = [
            (code, {spelling(one).casefold(): spelling(one) for one in code.codes}) for code in codes
        ]
        self._holding: dict[Facts, tuple[bool, ...]] = {}

    def rows(
        self, guides: Sequence[GuideRef], facts: Facts, told: Collection[str] = ()
    ) -> tuple[MessageRow, ...]:
        """Messages that a charger with these facts may show: by kind, danger before what is only to be called about, then by
        name.

        `guides`: those of the charger; a code whose guide is not among them is left out. `told`: codes that the operator tells
        about.
        """
        by_slug = {ref.slug: ref for ref in guides}
        taken = {name.casefold() for name in told}
        rows = []
        for (code, by_name), holds in zip(self._codes, self._holds(facts), strict=True):
            if not holds or (code.problem != CALL and code.problem not in by_slug):
                continue
            names = tuple(name for key, name in by_name.items() if key not in taken)
            also = tuple(text for text in code.also if text.casefold() not in taken)
            taken.update(by_name)
            if names:
                rows.append(_row(code, names, also, by_slug))
        return tuple(sorted(rows, key=lambda row: (_KINDS.index(row.kind), row.names[0].casefold())))

    def _holds(self, facts: Facts) -> tuple[bool, ...]:
        if facts not in self._holding:
            self._holding[facts] = tuple(code.applies_to.holds(facts) for code, _ in self._codes)
        return self._holding[facts]


def _row(
    code: ScreenCode, names: tuple[str, ...], also: tuple[str, ...], by_slug: Mapping[str, GuideRef]
) -> MessageRow:
    ref = by_slug.get(code.problem)
    if ref is None:
        return MessageRow(names, also, code.means, "danger" if code.danger else "call")
    return MessageRow(names, also, code.means, ref.outcome, ref.short, ref.lang, ref.href)
