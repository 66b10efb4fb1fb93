"""Which notices a station's page shows, in its language, and which stations are out of order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import accumulate

from chargeside.model.network import Network, Station
from chargeside.model.notice import MOST_SHOWN, ROOM, Notice, Target
from chargeside.model.texts import text_in
from chargeside.model.zones import Zones, at_the_place
from chargeside.plan.driver_views import NoticeView, Plate, Told, UseView, plain

Alternative = Callable[[Station, str], UseView]
"""A station, or its EVSE with a uid, as it is named where a driver is sent there."""


class Notices:
    """The notices of a network that hold at a moment. `now`: ISO 8601 with an offset; empty: all of them, whatever their time."""

    def __init__(self, network: Network, now: str = "") -> None:
        self._network = network
        self._now = datetime.fromisoformat(now).astimezone(UTC) if now else None
        self._by_code: dict[str, list[tuple[str, Notice]]] = {}
        changes: set[datetime] = set()
        for notice in network.notices:
            states: dict[Zones, bool] = {}  # the same for all places with the same clock
            for code, uid in notice.targets:
                zones = network.zones(code)
                if zones not in states:
                    states[zones] = self._now is None or notice.state(zones, self._now) == "now"
                    changes.update(notice.period(zones))
                if states[zones]:
                    self._by_code.setdefault(code, []).append((uid, notice))
        coming = [change for change in changes if self._now and change > self._now]
        self.next_change = min(coming).isoformat() if coming else ""
        """When other notices will hold, in UTC as ISO 8601; empty where that will never be."""
        self.out_of_order = frozenset(
            code for code, held in self._by_code.items() if self._is_out(code, held)
        )
        """Codes of stations of which no side works."""

    def is_out_of_order(self, target: Target) -> bool:
        """Whether a station, or one EVSE of it, cannot be used."""
        held = self._by_code.get(target.code, ())
        sides = {uid for uid, notice in held if notice.level == "out_of_order"}
        return target.code in self.out_of_order or (target.uid != "" and target.uid in sides)

    def _is_out(self, code: str, held: Sequence[tuple[str, Notice]]) -> bool:
        out = {uid for uid, notice in held if notice.level == "out_of_order"}
        station = self._network.station_by_code.get(code)
        return "" in out or (station is not None and {point.evse.uid for point in station.points} <= out)

    def views(
        self, code: str, station: Station | None, lang: str, own: str, alternative: Alternative
    ) -> tuple[NoticeView, ...]:
        """The notices of a code's page in a language: what is out of order first, the whole charger before a side of it.

        `station` is None where only the ledger knows it; `own` is the language of texts that name none.
        """
        held = self._by_code.get(code)
        if not held:
            return ()
        zones = self._network.zones(code)
        chosen = sorted(
            _in_language(held, lang, own),
            key=lambda one: (one[1].level == "info", one[0] != "", one[1].period(zones)[1], one[1].line),
        )
        views = (self._view(uid, notice, station, zones, own, alternative) for uid, notice in chosen)
        return _that_fit(tuple(dict.fromkeys(views)))

    def _view(
        self,
        uid: str,
        notice: Notice,
        station: Station | None,
        zones: Zones,
        own: str,
        alternative: Alternative,
    ) -> NoticeView:
        end = notice.period(zones)[1].replace(tzinfo=None)
        other = self._network.station_by_code.get(notice.use.code) if notice.use else None
        return NoticeView(
            at=side_of(station, uid),
            is_out=notice.level == "out_of_order",
            text=Told(notice.lang or own, plain(notice.text)) if notice.text else None,
            until=at_the_place(notice.end, zones).isoformat(timespec="minutes"),
            end=f"{end.isoformat(timespec='minutes')}Z",
            use=alternative(other, notice.use.uid)
            if notice.use and other and not self.is_out_of_order(notice.use)
            else None,
        )


def _in_language(held: Sequence[tuple[str, Notice]], lang: str, own: str) -> list[tuple[str, Notice]]:
    """Of the notices that one target has in several languages those that serve best: in the page's language, in English, in
    the first. One without a text says the same in every language, and nothing that one with a text does not say."""
    groups: dict[tuple[str, str, str], list[tuple[str, Notice]]] = {}
    for uid, notice in held:
        groups.setdefault((notice.name, uid, notice.level), []).append((uid, notice))
    found: list[tuple[str, Notice]] = []
    for group in groups.values():
        told = [(uid, notice) for uid, notice in group if notice.text]
        tags = tuple(((notice.lang or own).lower(), notice.text) for _, notice in told)
        best, _ = text_in(tags, lang)
        found += [one for one, (tag, _) in zip(told, tags, strict=True) if tag == best] or group
    return found


def _that_fit(views: tuple[NoticeView, ...]) -> tuple[NoticeView, ...]:
    """As many of the first as a page has room for; `check` tells of the others."""
    weights = accumulate(len(view.text.text.encode()) if view.text else 0 for view in views)
    count = max(1, sum(weight <= ROOM for weight in weights))
    return views[: min(count, MOST_SHOWN)]


def side_of(station: Station | None, uid: str) -> Plate | None:
    """What tells a side of a charger from the others; None where the notice is for all of it."""
    point = next((point for point in station.points if point.evse.uid == uid), None) if station else None
    if point is None:
        return None
    return Plate(
        plain(point.number, 24) or ("" if point.side else plain(point.evse.evse_id or uid, 40)),
        point.side or "",
    )
