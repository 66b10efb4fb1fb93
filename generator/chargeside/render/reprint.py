"""The list of signs to print again: a page for people and a table for spreadsheets.

The page needs nothing else: no script, no font, no picture is fetched. `reprint.csv` has one row per sign (columns: _COLUMNS).
"""

from __future__ import annotations

from functools import cache

from jinja2 import Environment

from chargeside.model.cells import csv_text
from chargeside.plan.reprint import SITE, Entry, Reprint, Verdict
from chargeside.render.html import (
    environment,
    minify_css,
    minify_html,
    package_text,
    page_policy,
    trusted,
)

_COLUMNS = (
    "site", "address", "number", "code", "design", "size", "languages", "connector", "what", "why", "mark_printed", "mark_now",
    "printed", "file",
)  # fmt: skip
_MEANINGS = {
    Verdict.OUTDATED: "Say something that no longer holds: print again",
    Verdict.DOWN: "No longer wanted: take down",
    Verdict.CHECK: "Unclear: look whether the charger is there",
    Verdict.NEW: "Never printed",
    Verdict.LOOKS: "Right, but in an older design",
}
_CSS = {
    Verdict.OUTDATED: "again",
    Verdict.DOWN: "down",
    Verdict.CHECK: "down",
    Verdict.NEW: "new",
    Verdict.LOOKS: "looks",
}


def reprint_html(reprint: Reprint) -> bytes:
    """The page."""
    style = minify_css(package_text("style/signs.css"))
    html = (
        _environment()
        .get_template("reprint.html")
        .render(
            list=reprint,
            style=trusted(style),
            policy=page_policy(style),
            meanings=_MEANINGS,
            many=_many,
            sign=sign_in_words,
        )
    )
    return minify_html(html).encode()


def reprint_csv(reprint: Reprint) -> bytes:
    """The table: a byte order mark, so that spreadsheets read its letters right, and a row for each sign."""
    rows = (
        (
            of.site.name, of.site.address, entry.number, entry.code, entry.design, entry.size, entry.languages,
            entry.connector, str(entry.verdict), "; ".join(entry.reasons), entry.was, entry.mark, entry.printed, entry.path,
        )
        for of in reprint.sites
        for entry in of.entries
    )  # fmt: skip
    return csv_text(_COLUMNS, rows).encode("utf-8-sig")


@cache
def _environment() -> Environment:
    env = environment("signs")
    env.filters["css"] = lambda verdict: _CSS[verdict]
    return env


def _many(number: int, one: str, several: str) -> str:
    return f"{number:,} {one if number == 1 else several}"


def sign_in_words(entry: Entry) -> str:
    """Which sign of a charger: `classic A5, en-fr`."""
    of = f", connector {entry.connector}" if entry.connector not in ("", SITE) else ""
    return f"{entry.design} {entry.size}, {entry.languages}{of}"
