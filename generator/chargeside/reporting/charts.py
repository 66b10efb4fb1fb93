"""Charts as SVG, from Vega-Lite specifications: no script, no address, text stays text, the same bytes for the same figures."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from chargeside.errors import ChargesideError

_INK, _QUIET, _GRID = "#1b1f23", "#57606a", "#d8dee4"
COLOURS = {"main": "#17457a", "good": "#1a7f5a", "bad": "#b3402a", "pale": "#a9bdd6"}
"""Told apart in grey, and by most who see few colours; words or shapes always say the same."""
_FONT = "Noto Sans, Segoe UI, Helvetica, Arial, sans-serif"
_TAG = re.compile(r'<[a-zA-Z][^<>"]*(?:"[^"]*"[^<>"]*)*>')
_SAID = re.compile(r' (?:role|aria-[a-z]+)="[^"]*"')
_CLIP = re.compile(r'(?<=id=")clip\d+(?=")|(?<=url\(#)clip\d+(?=\))')
_CONFIG = {
    "font": _FONT,
    "background": "transparent",
    "view": {"stroke": None},
    "axis": {
        "labelColor": _QUIET,
        "titleColor": _INK,
        "gridColor": _GRID,
        "domainColor": _GRID,
        "tickColor": _GRID,
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "labelLimit": 320,
    },
    "legend": {"labelColor": _INK, "titleColor": _INK, "labelFontSize": 12, "titleFontSize": 12},
    "text": {"color": _INK, "fontSize": 12},
}


def svg(spec: Mapping[str, Any], title: str) -> str:
    """The chart of a Vega-Lite specification (data inline) as an <svg> element with this accessible name.

    Raises ChargesideError where the package that draws is missing."""
    try:
        import vl_convert
    except ImportError:
        raise ChargesideError(
            'the charts need a package that is not here: pip install "chargeside[report]"'
        ) from None
    whole = {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        **spec,
        "config": {**_CONFIG, **spec.get("config", {})},
    }
    drawn = vl_convert.vegalite_to_svg(whole, allowed_base_urls=[])
    return _named(drawn, title)


def _named(drawn: str, title: str) -> str:
    """The picture by its one name: what each bar is called in the specification is nothing for readers. Ids count up in the process that
    draws: numbered anew, they are the same every time and differ from those of another chart."""
    from markupsafe import escape

    drawn = _TAG.sub(lambda tag: _SAID.sub("", tag[0]), drawn)
    mark = hashlib.sha256(title.encode()).hexdigest()[:6]
    order = {name: f"c{mark}-{at}" for at, name in enumerate(dict.fromkeys(_CLIP.findall(drawn)))}
    drawn = _CLIP.sub(lambda name: order[name[0]], drawn)
    return drawn.replace("<svg", f'<svg role="img" aria-label="{escape(title)}"', 1)


def weeks_chart(
    labels: Sequence[str], values: Sequence[int], shown: Sequence[str], partial: Sequence[bool], title: str
) -> str:
    """Bars week by week, the oldest first, each with its number. Weeks that are not whole are pale with a dashed edge."""
    wide = max(12, min(62, 806 // max(1, len(labels))))
    every = max(1, -(-52 // wide))  # labels stand at least 52 px apart
    rows = [
        {"at": at, "label": label if at % every == 0 else "", "n": n, "text": text, "partial": part}
        for at, (label, n, text, part) in enumerate(zip(labels, values, shown, partial, strict=True))
    ]
    x = {"field": "at", "type": "ordinal", "axis": None}
    y = {
        "field": "n",
        "type": "quantitative",
        "axis": None,
        "scale": {"domain": [0, max(1, *values) if values else 1]},
    }
    bar = {"type": "bar", "cornerRadiusEnd": 2, "width": {"band": 0.78}}
    whole, part_of = {"filter": "!datum.partial"}, {"filter": "datum.partial"}
    layers: list[dict[str, Any]] = [
        {
            "transform": [whole],
            "mark": {**bar, "color": COLOURS["main"]},
            "encoding": {"x": x, "y": y},
        },
        {
            "transform": [part_of],
            "mark": {
                **bar,
                "color": "#e7edf5",
                "stroke": COLOURS["main"],
                "strokeDash": [3, 2],
                "strokeWidth": 1,
            },
            "encoding": {"x": x, "y": y},
        },
        {
            "mark": {"type": "text", "baseline": "top", "dy": 8, "color": _QUIET, "fontSize": 12},
            "encoding": {"x": x, "y": {"value": {"expr": "height"}}, "text": {"field": "label"}},
        },
    ]
    if wide >= 40:
        layers.append(
            {
                "mark": {"type": "text", "baseline": "bottom", "dy": -4, "fontWeight": "bold"},
                "encoding": {"x": x, "y": y, "text": {"field": "text"}},
            }
        )
    spec = {
        "width": {"step": wide},
        "height": 170,
        "padding": {"left": 20, "right": 20, "top": 6, "bottom": 4},
        "data": {"values": rows},
        "layer": layers,
    }
    return svg(spec, title)


def hours_chart(
    table: Sequence[Sequence[int]],
    days: Sequence[str],
    hours: Sequence[str],
    shown: Sequence[Sequence[str]],
    title: str,
) -> str:
    """Weekday by hour: the darker the more, and the number in each field. `shown`: the numbers as they are written."""
    most = max((n for row in table for n in row), default=0) or 1
    rows = [
        {"day": day, "hour": hour, "at": at, "n": n, "text": text if n else "·", "dark": n > most * 0.78}
        for day, line, texts in zip(days, table, shown, strict=True)
        for at, (hour, n, text) in enumerate(zip(hours, line, texts, strict=True))
    ]
    y = {
        "field": "day",
        "type": "ordinal",
        "sort": list(days),
        "axis": {"title": None, "domain": False, "ticks": False, "labelPadding": 8, "labelColor": _INK},
    }
    x = {
        "field": "at",
        "type": "ordinal",
        "axis": {
            "title": None,
            "domain": False,
            "ticks": False,
            "orient": "top",
            "labelAngle": 0,
            "labelExpr": "datum.value % 3 ? '' : "
            + " : ".join([*(f"datum.value == {at} ? {hours[at]!r}" for at in range(0, len(hours), 3)), "''"]),
        },
    }
    fill = {
        "field": "n",
        "type": "quantitative",
        "legend": None,
        "scale": {"domain": [0, most], "range": ["#f3f6fa", "#c5d3e6", COLOURS["main"]]},
    }
    spec = {
        "width": {"step": 34},
        "height": {"step": 28},
        "padding": 2,
        "data": {"values": rows},
        "encoding": {"x": x, "y": y},
        "layer": [
            {"mark": {"type": "rect", "stroke": "#fff", "strokeWidth": 1.5}, "encoding": {"color": fill}},
            {
                "mark": {"type": "text", "fontSize": 11},
                "encoding": {
                    "text": {"field": "text"},
                    "color": {"condition": {"test": "datum.dark", "value": "#fff"}, "value": _INK},
                },
            },
        ],
    }
    return svg(spec, title)


def bar_mark(part: float, whole: float, tick: float | None = None) -> str:
    """A bar for the row of a table, as long as its part of the whole; `tick`: a line at another number. Said beside it in words."""
    scale = 100 / whole if whole > 0 else 0.0
    width = max(0.8, part * scale) if part > 0 else 0.0
    at = min(99.0, tick * scale) if tick else 0.0
    edge = f'<rect class="edge" x="{at - 0.8:.1f}" width="2.6" height="10"/>'
    line = f'{edge}<rect class="tick" x="{at:.1f}" width="1" height="10"/>' if tick else ""
    return (
        '<svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">'
        f'<rect class="fill" y="2" width="{width:.1f}" height="6"/>{line}</svg>'
    )


def weeks_mark(values: Sequence[int], partial: Sequence[bool], title: str) -> str:
    """Small bars week by week for the row of a table; weeks that are not whole are outlined only."""
    from markupsafe import escape

    most = max(values, default=0) or 1
    bars = []
    for at, (n, part) in enumerate(zip(values, partial, strict=True)):
        high = max(1.0, 22 * n / most) if n else 0.6
        inset = 0.4 if part else 0.0  # an outline stands on the edge
        bars.append(
            f'<rect{" class=part" if part else ""} x="{at * 7 + inset:g}" y="{24 - high + inset:.1f}"'
            f' width="{5 - 2 * inset:g}" height="{max(0.3, high - 2 * inset):.1f}"/>'
        )
    width = max(1, len(values)) * 7 - 2
    return (
        f'<svg class="weeks" viewBox="0 0 {width} 24" width="{width}" height="24" role="img" aria-label="{escape(title)}">'
        f"{''.join(bars)}</svg>"
    )


def interval_mark(low: float, at: float, high: float) -> str:
    """A share (0 to 1) as a dot with its interval as a line, on a scale from nothing to all. Said beside it in words."""
    left, dot, right = (6 + 108 * one for one in (low, at, high))
    return (
        '<svg class="interval" viewBox="0 0 120 20" width="120" height="20" aria-hidden="true">'
        '<path class="scale" d="M6 10H114M6 6v8M60 7v6M114 6v8"/>'
        f'<path class="reach" d="M{left:.1f} 10H{right:.1f}M{left:.1f} 6v8M{right:.1f} 6v8"/>'
        f'<circle cx="{dot:.1f}" cy="10" r="4.5"/></svg>'
    )


def warm_up() -> None:
    """Load what draws, so that the first chart need not wait for it. Nothing where it is missing: the first chart says so."""
    with suppress(ImportError):
        import vl_convert

        vl_convert.vegalite_to_svg({"mark": "point", "data": {"values": []}}, allowed_base_urls=[])
