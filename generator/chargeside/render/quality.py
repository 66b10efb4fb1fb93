"""The data-quality report as a page for people, a table for spreadsheets and JSON for programs.

The page needs nothing else: no script, no font, no picture is fetched, and it can be sent as it is. All of its texts come from
feeds and are escaped. `data-quality.csv` has one row per remark (columns: _COLUMNS). `data-quality.json`:

    {"version": 1, "title": …, "day": "YYYY-MM-DD",
     "totals": {"records", "locations", "evses", "stations" (or null), "records_left_out", "records_on_purpose", "skipped"},
     "effects": {"repaired": {"remarks": n, "records": n}, "assumed": …, "doubted": …, "left out": …, "on purpose": …},
     "files": [{"file", "noun", "records", "used", "locations", "evses", "skipped"}],
     "about_files": [{"code", "severity", "path", "line", "message", "mend"}],
     "kinds": [{"code", "meaning", "severity", "effect", "kind", "mend", "remarks", "records"}],
     "coverage": [{"name", "why", "known"}],
     "remarks": [{"code", "kind", "severity", "effect", "file", "line", "place", "whole", "station", "name", "evse", "message",
                  "mend"}]}

Kinds stand in the order in which they are worth mending. Keys may be added; `version` counts up when one changes or goes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cache

from jinja2 import Environment

from chargeside.findings import Severity
from chargeside.journal import Effect, FileCount, Remark
from chargeside.model.cells import csv_lines
from chargeside.plan.quality import MOST_LEFT_OUT, Quality
from chargeside.render.html import (
    environment,
    minify_css,
    minify_html,
    package_text,
    page_policy,
    trusted,
)

_COLUMNS = ("effect", "severity", "code", "file", "line", "place", "station", "name", "evse", "what", "mend")
_BAR = 1000  # units of width of a whole bar
_SLIVER = 6  # that what is there can be seen

_MEANING = {
    Effect.LEFT_OUT: "Not shown to drivers.",
    Effect.DOUBTED: "Looks wrong. Kept as text or as it is, or that one value is not used.",
    Effect.ASSUMED: "Worked out from what else is given, until you give it.",
    Effect.REPAIRED: "It is certain what is meant, and used so.",
    Effect.ON_PURPOSE: "Not shown because the data says so: not public, removed, planned.",
}
"""In the order of the page."""


@dataclass(frozen=True, slots=True)
class _Part:
    """A piece of a bar: class of its colour, label, number, and where it lies in units of _BAR."""

    css: str
    label: str
    number: int
    start: float
    width: float


def report_html(quality: Quality) -> bytes:
    """The page."""
    style = minify_css(package_text("style/quality.css"))
    html = _environment().get_template("report.html").render(
        q=quality,
        style=trusted(style),
        policy=page_policy(style),
        effects=[(effect, meaning, _effect_of(quality, effect)) for effect, meaning in _MEANING.items()],
        most=max((count.records for count in quality.effects), default=0),
        fate=_bar(_fate(quality)),
        bar=_BAR,
        left=(
            ("left-out", "Left out", "each with its reason", quality.left_out, quality.left_out_count),
            ("on-purpose", "Left out on purpose", "because the data says so", quality.on_purpose, quality.on_purpose_count),
        ),
        bound=MOST_LEFT_OUT,
        Severity=Severity,
        file_bars=[(count, _bar(_fate_of(count))) for count in quality.files],
    )  # fmt: skip
    return minify_html(html).encode()


def report_csv(quality: Quality) -> Iterator[bytes]:
    """The table, row by row. It begins with the mark by which spreadsheets know UTF-8."""
    yield b"\xef\xbb\xbf"
    for line in csv_lines(_COLUMNS, map(_row, quality.remarks)):
        yield line.encode()


def report_json(quality: Quality) -> Iterator[bytes]:
    """The JSON, remark by remark; the schema stands above."""
    head = {
        "version": 1,
        "title": quality.title,
        "day": quality.day,
        "totals": {
            **{name: quality.total(name) for name in ("records", "locations", "evses", "skipped")},
            "stations": quality.stations,
            "records_left_out": quality.records_left_out,
            "records_on_purpose": quality.records_on_purpose,
        },
        "effects": {
            count.effect: {"remarks": count.remarks, "records": count.records} for count in quality.effects
        },
        "files": [asdict(count) for count in quality.files],
        "about_files": [finding.as_dict() for finding in quality.trouble],
        "kinds": [
            {
                "code": kind.first.code,
                "meaning": kind.meaning,
                "severity": kind.first.severity,
                "effect": kind.first.effect,
                "kind": kind.first.kind,
                "mend": kind.first.mend,
                "remarks": kind.remarks,
                "records": kind.records,
            }
            for kind in quality.kinds
        ],
        "coverage": [asdict(cover) for cover in quality.coverage],
    }
    yield json.dumps(head, ensure_ascii=False, indent=1).removesuffix("\n}").encode()
    yield b',\n "remarks": ['
    for number, remark in enumerate(quality.remarks):
        text = json.dumps(remark._asdict(), ensure_ascii=False)
        yield f"{',' if number else ''}\n  {text}".encode()
    yield b"\n ]\n}\n"


def _row(remark: Remark) -> Sequence[object]:
    return (
        remark.effect,
        remark.severity,
        remark.code,
        remark.file,
        remark.line,
        remark.place,
        remark.station,
        remark.name,
        remark.evse,
        remark.message,
        remark.mend,
    )


def _effect_of(quality: Quality, effect: Effect) -> object:
    return next(count for count in quality.effects if count.effect is effect)


def _fate(quality: Quality) -> list[tuple[str, str, int]]:
    """What became of all records."""
    left_out, on_purpose, skipped = (
        quality.records_left_out,
        quality.records_on_purpose,
        quality.total("skipped"),
    )
    return [
        ("used", "shown to drivers", quality.total("used")),
        ("left-out", "left out", left_out),
        ("on-purpose", "left out on purpose", on_purpose),
        ("skipped", "not asked for", skipped),
    ]


def _fate_of(count: FileCount) -> list[tuple[str, str, int]]:
    rest = count.records - count.used - count.skipped
    return [
        ("used", "used", count.used),
        ("left-out", "left out", rest),
        ("skipped", "not asked for", count.skipped),
    ]


def _bar(parts: list[tuple[str, str, int]]) -> list[_Part]:
    """The pieces of a bar; what is there is wide enough to be seen."""
    total = sum(number for _, _, number in parts) or 1
    widths = [max(_SLIVER, _BAR * number / total) if number else 0 for _, _, number in parts]
    scale = _BAR / (sum(widths) or 1)
    found, start = [], 0.0
    for (css, label, number), width in zip(parts, widths, strict=True):
        found.append(_Part(css, label, number, round(start, 1), round(width * scale, 1)))
        start += width * scale
    return found


@cache
def _environment() -> Environment:
    environ = environment("quality")
    environ.filters["n"] = lambda number: f"{number:,}"
    environ.filters["css"] = lambda effect: str(effect).replace(" ", "-")
    environ.filters["share"] = _share
    return environ


def _share(part: int, whole: int) -> str:
    """Per cent in whole numbers; what is not all is not called 100."""
    if not whole:
        return "–"
    per_cent = 100 * part / whole
    if 0 < per_cent < 1:
        return "< 1 %"
    return "> 99 %" if 99 < per_cent < 100 else f"{per_cent:.0f} %"
