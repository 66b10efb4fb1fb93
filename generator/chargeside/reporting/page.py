"""The report as a page for people, tables for spreadsheets and JSON for programs.

The page needs nothing else: no script, no font, no picture is fetched, and it can be sent or printed as it is. Names come from feeds and
digits from addresses that anybody can ask for: they are cut and escaped. The JSON is `Report` as it stands in `figures`, and `version`,
which counts up when a key changes or goes; keys may be added.

templates/report/report.html takes in calls.html where there are figures of calls: it has `report`, `lang`, `_`, `_n`, the short forms `n`,
`date`, `pct`, `bar` of this module, and `number`, `money`, `percent`, `day`, `listed` of `chargeside.i18n`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache

from jinja2 import Environment
from markupsafe import Markup

from chargeside.i18n import (
    N_,
    Translator,
    clock,
    day,
    is_right_to_left,
    language_name,
    listed,
    money,
    number,
    percent,
    short_day,
    translator,
    weekday,
)
from chargeside.model.cells import csv_text
from chargeside.render.html import environment, minify_css, minify_html, package_text, page_policy, trusted
from chargeside.reporting import chance, charts
from chargeside.reporting.call_charts import CallView, call_tables
from chargeside.reporting.figures import WEEKDAYS, ProblemRow, Report, SignRow, StationRow, Trend

_MOST_PROBLEMS, _MOST_STATIONS, _MOST_CALLS = 15, 10, 10
"""Rows that are seen at once; the others unfold."""
_MOST_WEEKS = 26
"""Weeks in the row of a problem."""
_LEAST_ANSWERS = 5
_RARE = 0.05
_TREND_WEEKS = 4
_LONGEST = 120

_TOPICS = {
    "plugs": N_("Plugs and cables"),
    "pay": N_("How to pay"),
    "speed": N_("Charging speed"),
    "codes": N_("Error codes"),
    "all": N_("All guides"),
    "words": N_("Words explained"),
    "find": N_("Find a charger by its number"),
    "fake": N_("Is this sign real?"),
    "kept": N_("Help kept on the phone"),
    "library": N_("Guides away from a charger"),
}


@dataclass(frozen=True, slots=True)
class _Figure:
    """One of the large numbers, with what the last full weeks say against those before; `words` is empty where nothing can be said."""

    label: str
    shown: str
    css: str
    direction: str
    words: str
    counts: str


class _Page:
    """What the templates ask for, in the language of the report."""

    def __init__(self, report: Report) -> None:
        self.report, self.lang = report, report.lang
        self._: Translator = translator(report.lang)
        self.titles = {row.slug: row.title for row in report.problems}

    # ------------------------------------------------------------------------------------------ words and numbers

    def n(self, value: float, digits: int = 0) -> str:
        """A number as it is written."""
        return number(value, self.lang, digits)

    def date(self, iso: str) -> str:
        """A day as it is written; a dash where there is none."""
        return day(iso, self.lang) if iso else "–"

    def pct(self, share: float) -> str:
        """A share (0 to 1) in whole per cent."""
        return percent(round(100 * share), self.lang)

    def chance(self, share: float) -> str:
        """A chance (0 to 1), small ones as `less than`."""
        if share < 0.001:
            return self._("less than {share}").format(share=percent("0.1", self.lang))
        return percent(round(100 * share, 1 if share < 0.1 else None), self.lang)

    def range(self, low: float, high: float) -> str:
        """`48% to 75%`."""
        return self._("{low} to {high}").format(low=self.pct(low), high=self.pct(high))

    def trend(self, change: tuple[float, float, float] | None) -> tuple[str, str, str]:
        """Class, words, and the interval in words. More or fewer only where chance does not explain it."""
        if change is None:
            return "unsure", self._("too few to say"), ""
        _factor, low, high = change
        reach = self._("{low} to {high} times as many").format(low=self.n(low, 1), high=self.n(high, 1))
        if low > 1:
            return "more", self._("▲ more"), reach
        if high < 1:
            return "fewer", self._("▼ fewer"), reach
        return "unsure", self._("no clear change"), ""

    def topic(self, name: str) -> str:
        """The words for a topic."""
        return self._(_TOPICS[name]) if name in _TOPICS else name

    def topics(self) -> list[tuple[str, int]]:
        """Help that is no guide, by its words."""
        return [(self.topic(name), count) for name, count in self.report.topics]

    def languages(self) -> list[tuple[str, int]]:
        """Languages in their own words."""
        return [(language_name(lang), count) for lang, count in self.report.languages]

    def asked_at(self, row: StationRow) -> str:
        """What drivers ask most at a charger."""
        return " · ".join(f"{clean(self.titles.get(slug, slug))} ({self.n(n)})" for slug, n in row.problems)

    # ------------------------------------------------------------------------------------------ head

    def figures(self) -> list[_Figure]:
        """The large numbers."""
        _, report = self._, self.report
        return [
            self._figure(_("Scans of signs"), report.scans, "scan"),
            self._figure(_("Visits"), report.visits, "visit"),
            self._figure(_("Asked for help with a problem"), report.asked, "asked"),
            self._figure(_("Said that it worked"), report.ok, "ok", "good"),
            self._figure(_("Still stuck"), report.stuck, "call", "bad"),
        ]

    def _figure(self, label: str, total: int, kind: str, css: str = "") -> _Figure:
        weeks = self._whole(self.report.per_week.get(kind, ()))
        half = min(_TREND_WEEKS, len(weeks) // 2)
        if not half or self.report.few:
            return _Figure(label, self.n(total), css, "unsure", "", "")
        before, after = weeks[-2 * half : -half], weeks[-half:]
        direction, words, _reach = self.trend(chance.change(before, after))
        counts = self._("{after}, before {before}").format(
            after=self.n(sum(after)), before=self.n(sum(before))
        )
        return _Figure(label, self.n(total), css, direction, words, counts)

    def _whole(self, counts: Sequence[int]) -> list[int]:
        return [n for n, partial in zip(counts, self.report.partial, strict=False) if not partial]

    def compared(self) -> str:
        """What the small lines below the large numbers compare; empty where there are too few weeks."""
        half = min(_TREND_WEEKS, self.report.partial.count(False) // 2)
        if not half or self.report.few:
            return ""
        return self._.many(
            "The lines below the numbers: the last full week against the one before.",
            "The lines below the numbers: the last {count} full weeks against the {count} before.",
            half,
        )

    def in_short(self) -> list[str]:
        """The few sentences that the page comes down to, the surest only."""
        return [
            text
            for text in (self._first(), self._growing(), self._calling(), self._places(), self._missing())
            if text
        ]

    def _first(self) -> str:
        rows = self.report.problems
        if not rows or not self.report.asked or self.report.few:
            return ""
        return self._("Drivers ask most about “{problem}”: {share} of all they ask.").format(
            problem=clean(rows[0].title), share=self.pct(rows[0].asked / self.report.asked)
        )

    def _growing(self) -> str:
        rows = [row for row in self.report.problems if row.trend.change and row.trend.change[1] > 1]
        if not rows:
            return ""
        names = listed([self._("“{title}”").format(title=clean(row.title)) for row in rows[:3]], self.lang)
        return self._("Asked more often than before: {problems}.").format(problems=names)

    def _calling(self) -> str:
        rows = self.calling()
        if not rows or self.report.few:
            return ""
        return self._(
            "The guide that most often ends with a driver still stuck: “{problem}” ({count})."
        ).format(problem=clean(rows[0].title), count=self.n(rows[0].stuck))

    def _places(self) -> str:
        count = len(self.report.standing_out)
        return self._.many(
            "At {count} charger drivers are stuck more often than chance explains.",
            "At {count} chargers drivers are stuck more often than chance explains.",
            count,
        ) if count else ""  # fmt: skip

    def _missing(self) -> str:
        count = sum(map(self.missing, self.report.never_scanned))
        return self._.many(
            "{count} sign may be missing: nobody scanned it, which is rare by chance.",
            "{count} signs may be missing: nobody scanned them, which is rare by chance.",
            count,
        ) if count else ""  # fmt: skip

    # ------------------------------------------------------------------------------------------ rows

    def calling(self) -> list[ProblemRow]:
        """Guides after which drivers are still stuck, those with most first."""
        rows = [row for row in self.report.problems if row.stuck]
        return sorted(rows, key=lambda row: (-row.stuck, row.slug))[:_MOST_CALLS]

    def missing(self, row: SignRow) -> bool:
        """Whether it is rare by chance that nobody scanned a sign."""
        return row.chance is not None and row.chance < _RARE

    def weeks_of(self, trend: Trend) -> Markup:
        """Weeks in the row of a problem."""
        weeks, partial = trend.weeks[-_MOST_WEEKS:], self.report.partial[-_MOST_WEEKS:]
        title = self._("Week by week: {numbers}").format(numbers=", ".join(map(self.n, weeks)))
        return trusted(charts.weeks_mark(weeks, partial, title))

    def digits(self, row: SignRow) -> str:
        """What was scanned: digits alone, whatever stood in the address."""
        return "".join(letter for letter in row.code if letter in "0123456789")[:7]

    # ------------------------------------------------------------------------------------------ charts

    def weeks(self) -> Markup:
        """The chart of visits week by week."""
        report = self.report
        visits = report.per_week.get("visit", (0,) * len(report.weeks))
        labels = [short_day(week, self.lang) for week in report.weeks]
        title = self._("Visits week by week")
        return trusted(
            charts.weeks_chart(labels, visits, [self.n(one) for one in visits], report.partial, title)
        )

    def hours(self) -> Markup:
        """The chart of scans by weekday and hour."""
        days = [weekday(one + 1, self.lang) for one in range(WEEKDAYS)]
        hours = [clock(60 * hour, self.lang) for hour in range(24)]
        shown = [[self.n(one) for one in line] for line in self.report.hours]
        title = self._("Scans by weekday and hour")
        return trusted(charts.hours_chart(self.report.hours, days, hours, shown, title))

    def lines(self) -> list[tuple[str, int]]:
        """What became of the lines of the logs."""
        _, reading = self._, self.report.reading
        return [
            (_("Pages that drivers opened, and counted"), reading.counted),
            (_("Bots and programs"), reading.bots),
            (_("Fetched in advance, or kept for use without a network"), reading.prefetch),
            (_("Opened by the help desk"), reading.desk),
            (_("Of other sites"), reading.elsewhere),
            (_("Pictures, files, redirects and what is no page of help"), reading.other),
            (_("Damaged: could not be read"), reading.damaged),
        ]


def page(report: Report) -> str:
    """The page. Raises ChargesideError where the package that draws charts is missing."""
    style, view, say = minify_css(package_text("style/report.css")), _Page(report), translator(report.lang)
    html = (
        _environment()
        .get_template("report.html")
        .render(
            _=say,
            _n=say.many,
            lang=report.lang,
            rtl=is_right_to_left(report.lang),
            report=report,
            r=report,
            view=view,
            calls=CallView(report.calls, report.lang),
            n=view.n,
            date=view.date,
            pct=view.pct,
            money=money,
            number=number,
            percent=percent,
            day=day,
            listed=listed,
            bar=lambda part, whole, tick=None: trusted(charts.bar_mark(part, whole, tick)),
            interval=lambda share: trusted(charts.interval_mark(share.low, share.share, share.high)),
            first_problems=_MOST_PROBLEMS,
            first_stations=_MOST_STATIONS,
            least_answers=_LEAST_ANSWERS,
            style=trusted(style),
            policy=page_policy(style),
        )
    )
    return minify_html(html)


def tables(report: Report) -> Mapping[str, bytes]:
    """CSV files by name. A byte order mark stands before each, so that spreadsheets read its letters right."""
    made = {
        "problems.csv": (
            ("problem", "title", "asked", "opened", "worked", "stuck", "worked_share", "low", "high", "change", "change_low", "change_high", "step_list"),
            map(_problem_cells, report.problems),
        ),
        "weeks.csv": (("week", "whole", *report.per_week), _week_cells(report)),
        "hours.csv": (
            ("weekday", *map(str, range(24))),
            ((place + 1, *line) for place, line in enumerate(report.hours)),
        ),
        "stations.csv": (
            ("code", "number", "name", "place", "kind", "visits", "scans", "worked", "stuck", "expected_stuck", "chance", "last_scan"),
            _station_cells(report),
        ),
        "signs-to-check.csv": (
            ("why", "code", "number", "name", "mark", "newest_mark", "printed", "seen", "scans", "days", "chance"),
            _sign_cells(report),
        ),
    }  # fmt: skip
    made |= call_tables(report.calls)
    return {name: csv_text(head, rows).encode("utf-8-sig") for name, (head, rows) in made.items()}


def as_json(report: Report) -> bytes:
    """All that the report says."""
    text = json.dumps({"version": 1, **asdict(report)}, ensure_ascii=False, indent=1, default=str)
    return f"{text}\n".encode()


def clean(text: str) -> str:
    """A text from outside as it can be shown: no control characters, nothing that turns the direction of what follows, not endless."""
    cut = text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in cut)


def _problem_cells(row: ProblemRow) -> tuple[object, ...]:
    solved = (row.solved.share, row.solved.low, row.solved.high) if row.solved else ("", "", "")
    change = row.trend.change or ("", "", "")
    return (row.slug, row.title, row.asked, row.opened, row.ok, row.stuck, *solved, *change, row.step_list)


def _week_cells(report: Report) -> list[tuple[object, ...]]:
    counts = zip(*report.per_week.values(), strict=True) if report.per_week else [()] * len(report.weeks)
    return [
        (week, "no" if partial else "yes", *line)
        for week, partial, line in zip(report.weeks, report.partial, counts, strict=True)
    ]


def _station_cells(report: Report) -> list[tuple[object, ...]]:
    """The chargers that stand out first, then the busiest of the others. What was not compared has no expectation."""
    out = {row.code for row in report.standing_out}
    rest = (row for row in report.busiest if row.code not in out)
    return [
        (row.code, row.number, row.name, row.place, row.kind, row.visits, row.scans, row.ok, row.stuck,
         *((row.expected, row.chance) if row.code in out else ("", "")), row.last_scan)
        for row in (*report.standing_out, *rest)
    ]  # fmt: skip


def _sign_cells(report: Report) -> list[tuple[object, ...]]:
    parts: tuple[tuple[str, Sequence[SignRow]], ...] = (
        ("never scanned", report.never_scanned),
        ("out of date", report.outdated),
        ("no sign of ours", report.unknown),
    )
    return [
        (why, row.code, row.number, row.name, row.mark, row.newest, row.printed, row.seen, row.scans, row.days,
         "" if row.chance is None else row.chance)
        for why, rows in parts
        for row in rows
    ]  # fmt: skip


@cache
def _environment() -> Environment:
    environ = environment("report")
    environ.filters["clean"] = clean
    return environ
