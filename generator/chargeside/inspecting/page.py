"""What was found as a page for people, a table for spreadsheets and JSON for programs.

The page needs nothing else: pictures are in it, small and made anew. Texts of codes are not trusted: they are cut, escaped, and no link.
Columns of the table: _COLUMNS, a row for each code, and one for a photo without any. The JSON:

    {"version": 1, "day": "YYYY-MM-DD", "counts": {verdict: photos},
     "photos": [{"name", "verdict", "taken", "why": [text], "to_do",
                 "codes": [{"verdict", "station", "text", "metres", "used", "why": [text]}]}]}

`used`: share of the error correction that reading took, 0 to 1. Keys may be added; `version` counts up when one changes or goes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from jinja2 import Environment

from chargeside.i18n import day, is_right_to_left, translator
from chargeside.inspecting.inspection import Inspection, Looked
from chargeside.inspecting.judging import CodeResult
from chargeside.inspecting.verdicts import TITLES, TO_DO, Verdict, Words
from chargeside.model.cells import csv_text
from chargeside.plan.sites import site_of_code
from chargeside.render.html import environment, minify_css, minify_html, package_text, page_policy, trusted

_COLUMNS = (
    "photo", "verdict_photo", "taken", "verdict", "station", "number", "site", "metres", "error_correction_used", "text", "why", "to_do",
)  # fmt: skip
_CSS = {Verdict.RIGHT: "right", Verdict.OWN: "plain", Verdict.OTHER_CODE: "plain", Verdict.FOREIGN: "foreign"}
_LONGEST_NAME = 200


def report_html(inspection: Inspection) -> bytes:
    """The page, in the first language of the operator."""
    lang = inspection.network.operator.languages[0]
    _ = translator(lang)
    style = minify_css(package_text("style/signs.css") + package_text("style/inspect.css"))
    html = (
        _environment()
        .get_template("report.html")
        .render(
            _=_,
            _n=_.many,
            lang=lang,
            rtl=is_right_to_left(lang),
            day=day,
            inspection=inspection,
            operator=inspection.network.operator.name,
            titles={verdict: _(text) for verdict, text in TITLES.items()},
            to_do={verdict: _(text) for verdict, text in TO_DO.items()},
            css=lambda verdict: _CSS.get(verdict, "wrong"),
            say=lambda words: words.say(_),
            name=safe_name,
            place=lambda code: station_name(inspection, code),
            style=trusted(style),
            policy=page_policy(style),
        )
    )
    return minify_html(html).encode()


def report_csv(inspection: Inspection) -> bytes:
    """The table: a byte order mark, so that spreadsheets read its letters right."""
    say = translator(inspection.network.operator.languages[0])
    return csv_text(_COLUMNS, _rows(inspection, say)).encode("utf-8-sig")


def report_json(inspection: Inspection) -> dict[str, Any]:
    """What programs read; sentences in English."""
    return {
        "version": 1,
        "day": inspection.day,
        "counts": {str(verdict): count for verdict, count in inspection.counts.items()},
        "photos": [_photo(one) for one in inspection.photos],
    }


def _photo(looked: Looked) -> dict[str, Any]:
    result = looked.result
    return {
        "name": safe_name(result.name),
        "verdict": str(result.verdict),
        "taken": result.taken,
        "why": [str(words) for words in result.reasons],
        "to_do": TO_DO[result.verdict],
        "codes": [
            {
                "verdict": str(one.verdict),
                "station": one.station,
                "text": one.shown,
                "metres": one.metres,
                "used": one.code.used,
                "why": [str(words) for words in one.reasons],
            }
            for one in result.codes
        ],
    }


def _rows(inspection: Inspection, say: Callable[[str], str]) -> Iterator[tuple[object, ...]]:
    for looked in inspection.photos:
        result = looked.result
        codes: tuple[CodeResult | None, ...] = result.codes or (None,)
        for one in codes:
            reasons = (*(one.reasons if one else ()), *result.reasons)
            number, site = station_name(inspection, one.station) if one else ("", "")
            yield (
                safe_name(result.name),
                result.verdict,
                result.taken,
                one.verdict if one else "",
                one.station if one else "",
                number,
                site,
                one.metres if one and one.metres is not None else "",
                one.code.used if one and one.code.used is not None else "",
                one.shown if one else "",
                _sentences(reasons, say),
                say(TO_DO[result.verdict]),
            )


def _sentences(reasons: tuple[Words, ...], say: Callable[[str], str]) -> str:
    return " ".join(words.say(say) for words in reasons)


def safe_name(name: str) -> str:
    """The name of a file as it can be shown: no control characters, nothing that turns the direction of what follows."""
    cut = name if len(name) <= _LONGEST_NAME else f"…{name[-_LONGEST_NAME:]}"
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in cut)


def station_name(inspection: Inspection, code: str) -> tuple[str, str]:
    """Number and site of the charger of a code; empty where nothing is known."""
    network = inspection.network
    if not code:
        return "", ""
    station = network.station_by_code.get(code) or network.last_seen.get(code)
    return (station.number or "") if station else "", site_of_code(
        network, code, inspection.lines.get(code)
    ).name


@cache
def _environment() -> Environment:
    return environment("inspect")
