"""Draws what a typical car takes at a fast charger while its battery fills: inline SVG without scripts or styles.

Colours are the text's (`currentColor`) and, for the curve, those that driver.css gives the group; what tells the lines
apart is their shape and the words on them. The chart runs from left to right in every language.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any, Literal

from markupsafe import Markup, escape

from chargeside.i18n import number, percent, translator, unit
from chargeside.plan.driver_views import SpeedView
from chargeside.render.html import trusted

WIDTH = 328
"""Units of the drawing: pixels of a phone 360 px wide, so that letters of 13 units are read as such."""
TEXT = 13
_LEFT, _RIGHT, _TOP = 36, 312, 24
_PLOT, _TALL = 150, 190
"""Height of the plot; of a charger so strong that the curve would else be flat, the other."""
_STRONG_KW = 200
_FOOT = 40
"""Below the plot stand the levels and the name of their axis."""
_CLEAR = 19
"""Units that a line of words takes."""
_LEVELS = range(0, 101, 20)
_LEAVE = 80
"""Where to leave, %: a line of its own kind."""
_STEPS = (1, 2, 5, 10, 20, 25, 50, 100, 200, 500)

Point = tuple[float, float]
"""Level of the battery in %, and kW."""


def cut(points: Sequence[Point], limit: float) -> list[Point]:
    """A line below a limit: its own points, or the limit above them, and the points where it crosses the limit."""
    kept: list[Point] = []
    for (x, y), (next_x, next_y) in pairwise([*points, points[-1]]):
        kept.append((x, min(y, limit)))
        if (y - limit) * (next_y - limit) < 0:
            kept.append((x + (next_x - x) * (limit - y) / (next_y - y), limit))
    return kept


def typical(view: SpeedView) -> list[Point]:
    """What a car with the median peak takes by the median curve, whatever the charger."""
    return [(level.percent, level.median * view.facts.peak_kw.value) for level in view.facts.levels]


def quartiles(view: SpeedView) -> tuple[list[Point], list[Point]]:
    """The same for the lower and the upper quartile of the curves, at the levels where they are known."""
    known = [(level.percent, level.quartiles) for level in view.facts.levels if level.quartiles]
    peak = view.facts.peak_kw.value
    return [(x, low * peak) for x, (low, _) in known], [(x, high * peak) for x, (_, high) in known]


@lru_cache(256)
def dc_chart(view: SpeedView, lang: str) -> Markup:
    """The chart of a charger with DC power, as an SVG element. `view.dc_kw` must be known."""
    return _Chart(view, lang).drawn()


def level_rows(view: SpeedView) -> list[tuple[int, float, Point | None]]:
    """The figures of the chart: level in %, kW of the typical car, and kW of the quartiles where they are known."""
    limit, peak = view.dc_kw or 0, view.facts.peak_kw.value
    return [
        (
            level.percent,
            min(limit, level.median * peak),
            (min(limit, level.quartiles[0] * peak), min(limit, level.quartiles[1] * peak))
            if level.quartiles
            else None,
        )
        for level in view.facts.levels
    ]


def bar(part: int, whole: int) -> Markup:
    """A bar as long as a share of its frame; the number itself stands beside it."""
    return trusted(
        f'<svg class="bar" viewBox="0 0 {whole} 16" preserveAspectRatio="none" aria-hidden="true">'
        f'<path d="M0 0H{whole}V16H0Z" fill="currentColor" fill-opacity=".2"/>'
        f'<path d="M0 0H{part}V16H0Z" fill="currentColor"/></svg>'
    )


def tools(lang: str) -> Mapping[str, Any]:
    """What templates need to tell of speed."""
    return {
        "kw": lambda value: unit(value, "kilowatt", lang),
        "kwh": lambda value: unit(value, "kilowatt-hour", lang),
        "percent": lambda value: percent(value, lang),
        "dc_chart": lambda view: dc_chart(view, lang),
        "level_rows": level_rows,
        "bar": bar,
    }


class _Chart:
    """The drawing of one charger in one language."""

    def __init__(self, view: SpeedView, lang: str) -> None:
        assert view.dc_kw, "without a known power there is nothing to draw"
        self._view = view
        self._lang = lang
        self._ = translator(lang)
        self._limit = view.dc_kw
        self._bottom = _TOP + (_TALL if view.dc_kw > _STRONG_KW else _PLOT)

    def drawn(self) -> Markup:
        """The whole SVG element."""
        body = (*self._names(), *self._grid(), *self._limits(), *self._curves(), *self._words())
        return trusted(
            f'<svg class="chart" viewBox="0 0 {WIDTH} {self._bottom + _FOOT}" font-size="{TEXT}" direction="ltr" '
            f'role="img" aria-labelledby="c-t c-d">{"".join(body)}</svg>'
        )

    def _x(self, level: float) -> int:
        return round(_LEFT + (_RIGHT - _LEFT) * level / 100)

    def _y(self, kw: float) -> int:
        return round(self._bottom - (self._bottom - _TOP) * kw / self._limit)

    def _path(self, points: Iterable[Point]) -> str:
        return "M" + "L".join(f"{self._x(x)} {self._y(y)}" for x, y in points)

    def _kw(self, value: float) -> str:
        return unit(value, "kilowatt", self._lang, 0 if value >= 10 else 1)

    def _names(self) -> Iterator[str]:
        """What a screen reader says; all values stand in the table below the chart."""
        at = {int(x): self._kw(min(y, self._limit)) for x, y in typical(self._view)}
        title = self._("What power a typical car takes here")
        desc = self._(
            "With the battery at {low}: {most}. At {middle}: {less}. At {high}: {little}. The charger gives up to {limit}."
        ).format(
            low=percent(20, self._lang), most=at[20], middle=percent(60, self._lang), less=at[60],
            high=percent(90, self._lang), little=at[90], limit=self._kw(self._limit),
        )  # fmt: skip
        yield f'<title id="c-t">{escape(title)}</title><desc id="c-d">{escape(desc)}</desc>'

    def _grid(self) -> Iterator[str]:
        """Lines of power and of level."""
        across = "".join(f"M{_LEFT} {self._y(tick)}H{_RIGHT}" for tick in self._ticks())
        upward = "".join(f"M{self._x(level)} {_TOP}V{self._bottom}" for level in _LEVELS if level != _LEAVE)
        yield f'<path d="{across}{upward}" stroke="currentColor" stroke-opacity=".25"/>'
        leave = f"M{self._x(_LEAVE)} {_TOP}V{self._bottom}"
        yield f'<path d="{leave}" stroke="currentColor" stroke-width="1.5" stroke-dasharray="1 4"/>'

    def _ticks(self) -> Iterator[int]:
        """0 and a few round numbers of kW, none so near the limit that their words would touch."""
        step = next(step for step in _STEPS if self._limit / step <= 5)
        yield from (n * step for n in range(5) if n * step <= self._limit * 0.92)

    def _curves(self) -> Iterator[str]:
        """The band of the middle half, and the median in it."""
        low, high = (cut(line, self._limit) for line in quartiles(self._view))
        yield f'<g><path d="{self._path((*high, *reversed(low)))}Z" fill="currentColor" fill-opacity=".2" stroke="currentColor"/>'
        curve = self._path(cut(typical(self._view), self._limit))
        yield f'<path d="{curve}" fill="none" stroke="currentColor" stroke-width="3" stroke-linejoin="round"/></g>'

    def _limits(self) -> Iterator[str]:
        """The charger's own power, and what its amperes leave a car of 400 V."""
        yield f'<path d="M{_LEFT} {_TOP}H{_RIGHT}" stroke="currentColor" stroke-width="2"/>'
        limit = self._view.limit_400
        if limit:
            y = self._y(limit.kw)
            yield f'<path d="M{_LEFT} {y}H{_RIGHT}" stroke="currentColor" stroke-width="2" stroke-dasharray="7 4"/>'
            above = y - _TOP > _CLEAR
            text = self._("400 V car: {power}").format(power=self._kw(limit.kw))
            yield self._text(_RIGHT - 4, y - 6 if above else y + 15, text, "end")

    def _words(self) -> Iterator[str]:
        power = self._("This charger: {power}").format(power=self._kw(self._limit))
        yield self._text(_LEFT + 4, _TOP - 7, power, weight="bold")
        yield self._text(self._x(12), self._y(self._below()) + 17, self._("Typical car"))
        yield from (
            self._text(_LEFT - 6, self._y(tick) + 4, number(tick, self._lang), "end")
            for tick in self._ticks()
        )
        yield self._text(_LEFT - 6, _TOP - 7, "kW", "end")
        for level in _LEVELS:
            yield self._text(self._x(level), self._bottom + 17, number(level, self._lang), "middle")
        yield self._text((_LEFT + _RIGHT) // 2, self._bottom + 35, self._("Battery level in %"), "middle")

    def _below(self) -> float:
        """The power that no line runs below in the first third of the plot: words have room there."""
        low, _ = quartiles(self._view)
        lines = [self._limit, min(y for x, y in low if x <= 40)]
        return min((*lines, self._view.limit_400.kw) if self._view.limit_400 else lines)

    def _text(
        self, x: int, y: int, text: str, anchor: Literal["", "end", "middle"] = "", weight: str = ""
    ) -> str:
        anchored = f' text-anchor="{anchor}"' if anchor else ""
        weighted = f' font-weight="{weight}"' if weight else ""
        return f'<text x="{x}" y="{y}"{anchored}{weighted}>{escape(text)}</text>'
