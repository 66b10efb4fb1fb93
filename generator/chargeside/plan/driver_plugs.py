"""The plugs and sockets of a station as drivers are shown them."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterator
from dataclasses import replace
from typing import Literal

from chargeside.i18n import translator
from chargeside.i18n.texts import in_language
from chargeside.model.connector import LABEL_COUNTRIES, ConnectorType, Fill, Label, Release, View
from chargeside.model.network import Content, Point, Station
from chargeside.model.ocpi import Connector
from chargeside.plan.driver_views import AlsoFitsView, Digest, LabelView, LookAlikeView, PlugView, plain
from chargeside.plan.words import standard_in_words

Signature = tuple[str | int | None, ...]
"""What tells one connector from another for a driver; plain values, quick to compare. Its id says nothing to a driver."""

_NUMBER_OF_STANDARD = re.compile(r"\d{3}")
"""In "IEC 62196-3" and the like, which drivers have no use for."""


class Plugs:
    """Makes the views. Stations with equal plugs are given the very same tuple. `share` keeps what is drawn, and names it.

    Letters are shown only in countries where they stand at chargers and cars.
    """

    def __init__(self, content: Content, share: Callable[[Hashable], Digest]) -> None:
        self._content = content
        self._share = share
        self._views: dict[tuple[Signature, str, bool], PlugView] = {}
        self._sets: dict[Hashable, tuple[PlugView, ...]] = {}

    def of_station(self, station: Station, lang: str) -> tuple[PlugView, ...]:
        """Each different plug once, with how many there are, and where, if the points of the station differ."""
        signatures = tuple(tuple(map(_signature, point.connectors)) for point in station.points)
        places = tuple(map(_place, station.points)) if len(set(map(frozenset, signatures))) > 1 else ()
        lettered = station.country in LABEL_COUNTRIES
        key = (signatures, places, lang, lettered)
        if key not in self._sets:
            self._sets[key] = self._new_set(station, places, lang, lettered)
        return self._sets[key]

    def of_connector(self, connector: Connector, station: Station, lang: str) -> PlugView:
        """One plug of the station by itself."""
        return self._view(connector, lang, station.country in LABEL_COUNTRIES)

    def _new_set(
        self, station: Station, places: tuple[str, ...], lang: str, lettered: bool
    ) -> tuple[PlugView, ...]:
        by_point = [
            [self._view(connector, lang, lettered) for connector in point.connectors]
            for point in station.points
        ]
        counts: dict[PlugView, int] = {}
        for view in (view for views in by_point for view in views):
            counts[view] = counts.get(view, 0) + 1
        tell_apart = len(set(places)) == len(places) > 1 and all(places)
        return tuple(
            replace(
                view,
                count=count,
                where=tuple(p for p, views in zip(places, by_point, strict=True) if view in views),
            )
            if tell_apart and not all(view in views for views in by_point)
            else replace(view, count=count)
            for view, count in counts.items()
        )

    def _view(self, connector: Connector, lang: str, lettered: bool) -> PlugView:
        key = _signature(connector), lang, lettered
        if key not in self._views:
            kind = self._content.connectors.get(connector.kind or "")
            self._views[key] = self._known(kind, connector, lang, lettered) if kind else _raw(connector, lang)
        return self._views[key]

    def _known(self, kind: ConnectorType, connector: Connector, lang: str, lettered: bool) -> PlugView:
        form = _format(connector)
        view: View = "socket" if form == "socket" and "socket" in kind.looks else "plug"
        fill: Fill = "station" if form == "socket" else "vehicle"
        connectors = self._content.connectors
        return PlugView(
            drawing=self._share(kind),
            view=view,
            name=in_language(kind.name, lang),
            other_names=tuple(name for name in kind.other_names if not _NUMBER_OF_STANDARD.search(name)),
            labels=tuple(
                LabelView(label.letter, fill, in_language(label.range, lang))
                for label in _labels(kind, connector)
                if lettered and fill in label.fills
            ),
            format=form,
            current=connector.current or (kind.current[0] if len(kind.current) == 1 else ""),
            power_kw=_kw(connector),
            where=(),
            count=1,
            latch=kind.latch,
            release=in_language(_release(kind.release, form), lang),
            good_to_know=tuple(in_language(fact.text, lang) for fact in kind.good_to_know),
            look_alikes=tuple(
                LookAlikeView(other.short_in(lang), in_language(alike.tell, lang), self._share(other))
                for alike in kind.look_alikes
                if (other := connectors.get(alike.connector))
            ),
            also_fits=tuple(
                AlsoFitsView(other.short_in(lang), in_language(more.how, lang), self._share(other))
                for more in kind.also_fits
                if (other := connectors.get(more.connector)) and "inlet" in other.looks
            ),
            acts=kind.release.acts,
            short=kind.short_in(lang),
        )


def _signature(connector: Connector) -> Signature:
    return (
        connector.standard, connector.kind, connector.format, connector.power_type, connector.max_voltage,
        connector.max_electric_power,
    )  # fmt: skip


def _raw(connector: Connector, lang: str) -> PlugView:
    """A plug that is not one of those we know: what the feed calls it, and nothing made up."""
    return PlugView(
        drawing=None,
        view="plug",
        name=standard_in_words(plain(connector.standard, 80), translator(lang)),
        other_names=(),
        labels=(),
        format=_format(connector),
        current=connector.current or "",
        power_kw=_kw(connector),
        where=(),
        count=1,
        latch="",
        release="",
        good_to_know=(),
        look_alikes=(),
    )


def _labels(kind: ConnectorType, connector: Connector) -> Iterator[Label]:
    """Letters for the voltage of this plug; all of them where that does not settle it."""
    volts = connector.max_voltage
    reached = [label for label in kind.labels if volts and _highest_volts(label) <= volts]
    yield from reached or kind.labels


def _highest_volts(label: Label) -> int:
    numbers = re.findall(r"\d+", label.range["en"])
    return int(numbers[-1]) if numbers else 0


def _release(release: Release, form: str) -> dict[str, str]:
    return release.at_socket if form == "socket" and release.at_socket else release.text


def _place(point: Point) -> str:
    return point.side or plain(point.number, 24)


def _format(connector: Connector) -> Literal["cable", "socket", "unknown"]:
    if connector.format is None:
        return "unknown"
    return "cable" if connector.format == "CABLE" else "socket"


def _kw(connector: Connector) -> float | None:
    return round(connector.max_electric_power / 1000, 1) if connector.max_electric_power else None
