"""Which signs to print again, and why: what each says now, compared with what signs.csv says was printed.

Both sides are `PrintedSign`s, so that the same text is compared with the same text; `as_printed` is the one place that knows the
fields of `Placard`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from chargeside.load.ledger import where_to
from chargeside.load.signs import PrintedSign, SignKey
from chargeside.model.network import LedgerLine, Network
from chargeside.plan.jobs import digest
from chargeside.plan.placards import Placard, Plug
from chargeside.plan.print_order import walking_order
from chargeside.plan.sites import SiteOf, site_of_code

SITE = "site"
"""Stands in the column `connector` for the poster of a site."""
_ITEM, _FIELD, _STEP, _NOTHING = "; ", " / ", " > ", "-"
_LABELS = {
    "url": "address in the code changed",
    "number": "number of the charger changed",
    "name": "name of the site changed",
    "place": "place changed",
    "phone": "phone number changed",
    "hours": "hours of the helpline changed",
    "emergency": "emergency number changed",
}
"""Columns that are compared as they stand, most urgent first."""


class Verdict(StrEnum):
    """What is to be done about a sign, most urgent first."""

    OUTDATED = "print again"
    DOWN = "take down"
    CHECK = "look there"
    NEW = "never printed"
    LOOKS = "looks older"


@dataclass(frozen=True, slots=True)
class Entry:
    """A sign on the list. `was` is the mark that was printed, `mark` today's, `path` its file in the output folder; each empty where
    there is none."""

    verdict: Verdict
    number: str
    code: str
    design: str
    size: str
    languages: str
    connector: str
    was: str
    mark: str
    printed: str
    reasons: tuple[str, ...]
    path: str

    @property
    def key(self) -> SignKey:
        """Which sign it is."""
        return self.code, self.design, self.size, self.languages, self.connector


@dataclass(frozen=True, slots=True)
class SiteList:
    """The signs on the list at one site: those to print in walking order, then those to take down."""

    site: SiteOf
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Reprint:
    """The list. `compared`: how many signs there are. `day`: ISO date."""

    operator: str
    day: str
    compared: int
    sites: tuple[SiteList, ...]

    @property
    def counts(self) -> Mapping[Verdict, int]:
        """How many signs have each verdict."""
        found = Counter(entry.verdict for site in self.sites for entry in site.entries)
        return {verdict: found[verdict] for verdict in Verdict}

    @property
    def to_take_down(self) -> Iterator[SignKey]:
        """Signs that are no longer wanted."""
        return (entry.key for site in self.sites for entry in site.entries if entry.verdict is Verdict.DOWN)

    @property
    def paths(self) -> frozenset[str]:
        """Files of the signs to print."""
        return frozenset(entry.path for site in self.sites for entry in site.entries if entry.path)


def as_printed(placard: Placard, day: str) -> PrintedSign:
    """What a sign says, as signs.csv keeps it, printed on `day` (ISO date). Texts are those of its first language."""
    plugs = [_plug_cell(plug, "+".join(map(_clean, plug.places))) for plug in placard.plugs]
    plugs += [_plug_cell(plug, _clean(row.number)) for row in placard.rows for plug in row.plugs]
    numbers = " | ".join(f"{number.text} {number.place}".strip() for number in placard.numbers)
    return PrintedSign(
        mark=placard.mark,
        code=placard.code,
        design=placard.design,
        size=placard.size,
        languages="-".join(placard.langs),
        connector=placard.connector or (SITE if placard.rows else ""),
        url=placard.url,
        number=numbers or _ITEM.join(_clean(row.number) for row in placard.rows),
        name=placard.name,
        place=", ".join(filter(None, (placard.street, placard.spot))),
        phone=placard.phone,
        hours=_joined(placard.phone_hours, "free" if placard.phone_free else ""),
        emergency=placard.emergency,
        plugs=_ITEM.join(plugs),
        payments=_ITEM.join(_clean(texts[0]) for texts in placard.payments),
        order=_order_cell(placard),
        look=digest((placard.look, placard.colour, placard.logo))[:4],
        printed=day,
    )


def _joined(*parts: str) -> str:
    return ", ".join(filter(None, parts))


def _clean(text: str) -> str:
    """A text that can stand in a list in one cell."""
    return " ".join(text.replace(";", ",").replace(_FIELD, ", ").split())


def _plug_cell(plug: Plug, places: str) -> str:
    form = "" if plug.format == "unknown" else plug.format
    cells = [_clean(plug.name), _clean(plug.power), form, places, "".join(plug.letters)]
    while not cells[-1]:
        cells.pop()
    return _FIELD.join(cell or _NOTHING for cell in cells)


def _order_cell(placard: Placard) -> str:
    """The pictograms of the steps to start, and a digest of their words."""
    if not placard.steps:
        return ""
    words = digest(tuple(step.texts for step in placard.steps))[:4]
    return f"{_STEP.join(step.pictogram for step in placard.steps)} #{words}"


# ── Why ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def reasons(was: PrintedSign, now: PrintedSign) -> tuple[Verdict, tuple[str, ...]] | None:
    """What differs between a sign as printed and as it would be now, in words; None where nothing does."""
    found = [
        f"{label}: {getattr(was, column) or 'none'} → {getattr(now, column) or 'none'}"
        for column, label in _LABELS.items()
        if getattr(was, column) != getattr(now, column)
    ]
    found += _plug_reasons(was.plugs, now.plugs)
    found += _payment_reasons(was.payments, now.payments)
    found += _order_reasons(was.order, now.order)
    if was.mark != now.mark and not found:
        found.append("its wording or small print changed")
    verdict = Verdict.OUTDATED if found else Verdict.LOOKS
    if was.look != now.look:
        found.append("new design")
    return (verdict, tuple(found)) if found else None


def _plug_reasons(was: str, now: str) -> Iterator[str]:
    before, after = _plugs(was), _plugs(now)
    yield from (f"{_plug_words(key)} added" for key in after if key not in before)
    yield from (f"{_plug_words(key)} is gone" for key in before if key not in after)
    for key in (key for key in before if key in after):
        for what, old, new in zip(("", "letter "), before[key], after[key], strict=True):
            if old != new:
                yield f"{_plug_words(key)}: {what}{old or 'none'} → {new or 'none'}"


_PlugKey = tuple[str, str, str, int]
"""Name, cable or socket, where, and which of several such."""


def _plugs(cell: str) -> dict[_PlugKey, tuple[str, str]]:
    """Power and letters of each plug of a cell."""
    found: dict[_PlugKey, tuple[str, str]] = {}
    for item in filter(None, cell.split(_ITEM)):
        cells = ["" if cell == _NOTHING else cell for cell in item.split(_FIELD)]
        name, power, form, places, letters = (*cells, *[""] * 5)[:5]
        count = sum(key[:3] == (name, form, places) for key in found)
        found[name, form, places, count] = (power, letters)
    return found


def _plug_words(key: _PlugKey) -> str:
    name, form, places, _ = key
    words = f"{name} socket" if form == "socket" else name
    return f"{words} ({places.replace('+', ', ')})" if places else words


def _payment_reasons(was: str, now: str) -> Iterator[str]:
    before, after = (list(filter(None, cell.split(_ITEM))) for cell in (was, now))
    yield from (f"{way} is now a way to pay" for way in after if way not in before)
    yield from (f"{way} is no longer a way to pay" for way in before if way not in after)
    if before != after and sorted(before) == sorted(after):
        yield "ways to pay in another order"


def _order_reasons(was: str, now: str) -> Iterator[str]:
    if was == now:
        return
    before, after = (cell.partition(" #")[0].split(_STEP) for cell in (was, now))
    if before == after:
        yield "steps to start in other words"
    elif sorted(before) == sorted(after):
        yield f"steps in another order: {', '.join(before)} → {', '.join(after)}"
    else:
        yield f"other steps to start: {', '.join(before)} → {', '.join(after)}"


# ── The list ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def reprint_list(
    network: Network,
    placards: Sequence[Placard],
    printed: Iterable[PrintedSign],
    day: str,
    codes: Collection[str] = (),
) -> Reprint:
    """Signs that must be printed, or taken down, with the reasons. `placards`: all that the operator asks for; with `codes` those
    alone, and what was printed is then compared for these codes alone. `day`: ISO date."""
    known = {sign.key: sign for sign in printed if not codes or sign.code in codes}
    lines = {line.code: line for line in network.ledger}
    by_site: dict[SiteOf, list[Entry]] = defaultdict(list)
    planned: set[SignKey] = set()
    for site, placard in walking_order(network, placards):
        now = as_printed(placard, day)
        planned.add(now.key)
        if entry := _entry(known.get(now.key), now, placard.path):
            by_site[site].append(entry)
    for key in sorted(known.keys() - planned):
        sign = known[key]
        if found := _not_made(network, lines, sign.code):
            verdict, reason = found
            by_site[site_of_code(network, sign.code, lines.get(sign.code))].append(
                _of(sign, verdict, (reason,), was=sign)
            )
    sites = (SiteList(site, tuple(by_site[site])) for site in sorted(by_site))
    return Reprint(network.operator.name, day, len(planned), tuple(sites))


def _entry(was: PrintedSign | None, now: PrintedSign, path: str) -> Entry | None:
    if was is None:
        return _of(now, Verdict.NEW, ("never printed",), mark=now.mark, path=path)
    if differing := reasons(was, now):
        return _of(now, *differing, was=was, mark=now.mark, path=path)
    return None


def _of(
    sign: PrintedSign,
    verdict: Verdict,
    why: tuple[str, ...],
    *,
    was: PrintedSign | None = None,
    mark: str = "",
    path: str = "",
) -> Entry:
    return Entry(
        verdict, sign.number, sign.code, sign.design, sign.size, sign.languages, sign.connector, was.mark if was else "",
        mark, was.printed if was else "", why, path,
    )  # fmt: skip


def _not_made(network: Network, lines: Mapping[str, LedgerLine], code: str) -> tuple[Verdict, str] | None:
    """What is to be done about a sign that is not made any more, and why; None where it may hang on."""
    line = lines.get(code)
    if code in network.station_by_code:
        return Verdict.DOWN, "operator.yml no longer asks for this sign: take it down when the new one hangs"
    if line is None:
        return Verdict.CHECK, "the code is not in ledger.csv: restore its line, or take the sign down"
    if line.status == "reserved":
        return None
    if line.status == "retired":
        return Verdict.DOWN, "code retired: take the sign down"
    if line.status == "moved":
        end = where_to(code, lines)
        return Verdict.DOWN, f"code moved: hang the sign of {end.code if end else line.moved_to} in its place"
    return (
        Verdict.CHECK,
        "the charger is in no feed now: if it is gone, retire the code and take the sign down",
    )
