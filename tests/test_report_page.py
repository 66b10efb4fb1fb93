"""The report's page, tables and JSON, from made figures: rich ones, poor ones, hostile ones."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import random
import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chargeside.render.html import csp_hash
from chargeside.reporting import chance, charts
from chargeside.reporting.figures import ProblemRow, Reading, Report, SignRow, StationRow, Trend
from chargeside.reporting.page import as_json, page, tables

_MONDAY = dt.date(2026, 8, 17)
_HOSTILE = "=1+1<script>alert(1)</script><img src=https://evil.example/x onerror=alert(2)>\u202e\x1b[31m\x00\"'`{{7*7}}"
_KINDS = (
    "AC · Socket · Example 22",
    "DC · Cable · Example 180",
    "DC · Cable · Example 400",
    "AC · Cable · Wall 11",
)


def empty_report(**more: Any) -> Report:
    base = Report(
        operator="Example Charging", lang="en", first="", last="", zone="Europe/Berlin", stations=0, visits=0, scans=0,
        asked=0, ok=0, stuck=0, solved=None, weeks=(), partial=(), per_week={}, problems=(), languages=(), topics=(),
        hours=((0,) * 24,) * 7, kinds=(), busiest=(), standing_out=(), tested=0, never_scanned=(), never_total=0,
        outdated=(), unknown=(), reading=Reading(0, 0, 0, 0, 0, 0, 0, 0), made=dt.date(2026, 11, 23),
    )  # fmt: skip
    return replace(base, **more)


def rich_report(lang: str = "en", problems: int = 40, weeks: int = 13) -> Report:
    dice = random.Random(7)
    partial = (True, *(False,) * (weeks - 2), True)
    rows = [_problem(dice, place, partial) for place in range(problems)]
    ok, stuck = sum(row.ok for row in rows), sum(row.stuck for row in rows)
    stations = [_station(dice, place) for place in range(50)]
    visits = tuple(dice.randrange(780, 1100) // (2 if part else 1) for part in partial)
    return empty_report(
        lang=lang, first="2026-08-19", last="2026-11-12", stations=250, visits=sum(visits), scans=9120,
        asked=sum(row.asked for row in rows), ok=ok, stuck=stuck, solved=chance.share(ok, ok + stuck),
        weeks=tuple((_MONDAY + dt.timedelta(weeks=week)).isoformat() for week in range(weeks)), partial=partial,
        per_week={
            "visit": visits, "scan": tuple(n - n // 7 for n in visits), "asked": tuple(300 + 25 * at for at in range(weeks)),
            "ok": tuple(40 + at % 3 for at in range(weeks)), "call": tuple(60 - 3 * at for at in range(weeks)),
        },
        problems=tuple(sorted(rows, key=lambda row: (-row.asked, row.slug))),
        languages=(("de", 8123), ("en", 2310), ("fr", 711), ("nl", 402), ("it", 120), ("es", 44)),
        topics=(("plugs", 1410), ("pay", 1208), ("codes", 633), ("speed", 402), ("find", 300), ("kept", 41), ("fake", 9)),
        hours=tuple(tuple(_hourly(dice, weekday, hour) for hour in range(24)) for weekday in range(7)),
        kinds=tuple((kind, 90 - 15 * at, 4000 // (at + 1), 210 // (at + 1)) for at, kind in enumerate(_KINDS)),
        busiest=tuple(sorted(stations, key=lambda row: -row.visits)),
        standing_out=tuple(
            replace(row, stuck=24 - 3 * at, expected=4.2 + at, chance=0.00002 * 12**at) for at, row in enumerate(stations[:4])
        ),
        tested=231,
        never_scanned=tuple(
            SignRow(row.code, row.number, row.name, "K7", "", "2026-03-02", "2026-10-01" if at % 2 else "", 0, 86, 0.0004 * 3**at)
            for at, row in enumerate(stations[10:18])
        ),
        never_total=8,
        outdated=tuple(SignRow(row.code, row.number, row.name, "K7", "M2", "2026-03-02", "", row.scans) for row in stations[20:24]),
        unknown=(SignRow("4815162", "", "", scans=7), SignRow("0000000", "", "", scans=1)),
        reading=Reading(412_345, 31_200, 160_301, 2040, 311, 210_000, 493, 8000),
    )  # fmt: skip


def _problem(dice: random.Random, place: int, partial: tuple[bool, ...]) -> ProblemRow:
    base = 160 / (place + 1.5)
    slope = (1.8 if place == 2 else 0.55 if place == 5 else 1.0) ** (1 / 8)
    weeks = tuple(
        int(dice.gauss(base * slope**at, base**0.5 / 2).__abs__()) // (2 if part else 1)
        for at, part in enumerate(partial)
    )
    whole = weeks[1:-1]
    asked = sum(weeks)
    answers = asked // 5
    ok = int(answers * dice.uniform(0.35, 0.95))
    title = (
        "The charger will not let go of the plug",
        "The screen says that payment failed",
        "Charging is slower than expected",
    )[place % 3]
    return ProblemRow(
        slug=f"made-problem-{place}", title=f"{title} ({place})", category="cable", asked=asked, opened=asked, ok=ok,
        stuck=answers - ok, solved=chance.share(ok, answers), trend=Trend(weeks, chance.change(whole[-8:-4], whole[-4:])),
        step_list=f"problems/made-problem-{place}/en.md",
    )  # fmt: skip


def _station(dice: random.Random, place: int) -> StationRow:
    visits = int(500 / (place + 2)) + dice.randrange(9)
    return StationRow(
        code=f"{2_000_000 + place * 7919}", number=f"{place % 6 + 1}", name=f"Car park at the old harbour {place}",
        place=f"Quay Street {place}, Exampleton", kind=_KINDS[place % 4], visits=visits, scans=visits - visits // 8,
        ok=visits // 12, stuck=visits // 15, problems=(("made-problem-0", visits // 6), ("made-problem-3", visits // 9)),
        last_scan="2026-11-11",
    )  # fmt: skip


def _hourly(dice: random.Random, weekday: int, hour: int) -> int:
    return (
        0
        if hour in (2, 3)
        else int(max(0, 14 - abs(hour - 17)) * (12 if weekday < 5 else 7) / 2 + dice.randrange(6))
    )


class _Outline(HTMLParser):
    """Elements of a page, whether they are closed, and all of its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def sections(self) -> set[str]:
        return {str(attrs["aria-labelledby"]) for tag, attrs in self.seen if tag == "section" and "aria-labelledby" in attrs}  # fmt: skip


_ALLOWED = {
    "html", "head", "meta", "title", "style", "body", "header", "main", "footer", "section", "div", "p", "h1", "h2", "h3", "dl", "dt",
    "dd", "ul", "li", "table", "caption", "thead", "tbody", "tr", "th", "td", "span", "b", "strong", "small", "bdi", "code", "time",
    "figure", "figcaption", "details", "summary", "svg", "g", "path", "rect", "circle", "text", "defs", "clippath", "line",
}  # fmt: skip


def _held(html: str) -> _Outline:
    """The page is whole, needs nothing from elsewhere, and its policy allows its style and nothing else."""
    outline = _Outline(html)
    assert outline.open == []
    assert {tag for tag, _ in outline.seen} <= _ALLOWED
    for _tag, attrs in outline.seen:
        assert not {"style", "src", "href", "xlink:href"} & attrs.keys()
        assert not any(name.startswith("on") for name in attrs)
    style = re.search(r"<style>(.*?)</style>", html, re.DOTALL)
    policy = next(attrs["content"] for tag, attrs in outline.seen if attrs.get("http-equiv"))
    assert style and policy and f"default-src 'none'; style-src {csp_hash(style[1])};" in policy
    assert "script-src" not in policy
    return outline


@pytest.fixture(scope="module")
def rich() -> str:
    return page(rich_report())


def test_a_rich_page_says_everything_and_stays_small(rich: str) -> None:
    outline = _held(rich)
    assert outline.sections() == {"problems", "calling", "where", "when", "signs", "read"}
    assert len(rich.encode()) < 500_000
    assert "24 Aug" in outline.text and "7,043" in outline.text
    assert outline.text.count("Sign missing?") == sum(
        (row.chance or 0) < 0.05 for row in rich_report().never_scanned
    )
    assert rich == page(rich_report())


def test_trend_is_told_only_where_chance_does_not_explain_it(rich: str) -> None:
    changes = [row.trend.change for row in rich_report().problems]
    more = sum(change is not None and change[1] > 1 for change in changes)
    fewer = sum(change is not None and change[2] < 1 for change in changes)
    assert more and more + fewer < len(changes)
    table = rich[rich.index('id="problems"') : rich.index('id="calling"')]
    assert (table.count("▲"), table.count("▼")) == (more, fewer)


@pytest.mark.parametrize(
    ("ok", "stuck", "said"), [(0, 0, "no answer yet"), (3, 1, "too few to say"), (4, 1, "80%")]
)
def test_a_share_of_few_answers_is_no_share(ok: int, stuck: int, said: str) -> None:
    row = replace(rich_report().problems[0], ok=ok, stuck=stuck, solved=chance.share(ok, ok + stuck))
    html = page(empty_report(visits=40, asked=40, problems=(row,)))
    assert said in html
    assert html.count("<circle") == (2 if said == "80%" else 0)  # in the table, and among those still stuck


@pytest.mark.parametrize(
    ("report", "says"),
    [
        (empty_report(), "The logs have no lines"),
        (empty_report(reading=Reading(9, 0, 0, 0, 0, 0, 0, 9)), "site_url"),
        (empty_report(reading=Reading(9, 0, 0, 0, 0, 0, 9, 0)), "could not be read"),
        (empty_report(reading=Reading(9, 0, 9, 0, 0, 0, 0, 0)), "nobody opened a help page"),
        (empty_report(visits=3, few=True), "Little was counted"),
        (empty_report(visits=3, first="2026-11-20", last="2026-11-20"), "20 Nov 2026"),
        (empty_report(visits=3), "no chargers in the station data"),
        (empty_report(visits=50, stations=4), "at least five of a kind"),
        (empty_report(visits=50, stations=9, tested=9), "None stands out"),
        (empty_report(visits=50, stations=9, no_referer=True), "carry no Referer"),
    ],
    ids=["nothing", "other-sites", "damaged", "bots", "few", "one-day", "no-stations", "few-stations", "none-out", "no-referer"],
)  # fmt: skip
def test_little_reads_well_too(report: Report, says: str) -> None:
    outline = _held(page(report))
    assert says in outline.text
    assert "None" not in outline.text.replace("None stands out", "").replace("None were opened", "")
    assert "▲" not in outline.text and "In short" not in outline.text


_text = st.one_of(st.text(max_size=20), st.just(_HOSTILE), st.just("٣" * 300), st.just("שלום " * 60))
_count = st.integers(0, 10**9)


@st.composite
def _reports(draw: st.DrawFn) -> Report:
    weeks = draw(st.integers(0, 3))
    partial = tuple(draw(st.lists(st.booleans(), min_size=weeks, max_size=weeks)))
    counts = st.lists(_count, min_size=weeks, max_size=weeks).map(tuple)
    names, stuck = draw(_text), draw(_count)
    row = ProblemRow(
        "slug",
        names,
        names,
        draw(_count),
        1,
        draw(_count),
        stuck,
        chance.share(1, 7),
        Trend(draw(counts)),
        names,
    )
    station = StationRow(
        "2000000",
        names,
        names,
        names,
        names,
        draw(_count),
        1,
        1,
        stuck,
        0.5,
        draw(st.floats(0, 1)),
        ((names, 2),),
    )
    sign = SignRow(
        names, names, names, names, names, "", "", draw(_count), 3, draw(st.none() | st.floats(0, 1))
    )
    some = draw(st.booleans())
    return empty_report(
        operator=names, zone=names, lang=draw(st.sampled_from(["en", "de", "fr", "ar-XB"])), visits=draw(_count),
        asked=draw(st.integers(1, 9)), stations=1, weeks=tuple(str(_MONDAY + dt.timedelta(weeks=week)) for week in range(weeks)),
        partial=partial, per_week={"visit": draw(counts)}, problems=(row,) * draw(st.integers(0, 17)),
        languages=((names, draw(_count)),), topics=((names, 1),), kinds=((names, 0, 0, 0),), busiest=(station,),
        standing_out=(station,) * some, tested=1, never_scanned=(sign,) * some, never_total=1, outdated=(sign,), unknown=(sign,),
        notes=(names,), few=draw(st.booleans()),
    )  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(_reports())
def test_whatever_the_names_are_page_tables_and_json_hold(report: Report) -> None:
    # Charts are drawn from numbers and words of ours alone; drawing them again and again would say nothing more.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(charts, "svg", lambda spec, title: "<svg></svg>")
        html = page(report)
    outline = _held(html)
    assert not set("\x00\x1b") & set(html)
    if report.lang != "ar-XB":
        assert not set("\u202a\u202b\u202d\u202e") & set(html)
    assert "evil.example" not in re.findall(r'class="code">([^<]*)</th>', outline.text)
    for name, data in tables(report).items():
        rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
        assert len({len(row) for row in rows}) == 1, name
        assert not any(cell.startswith(("=", "@", "+")) for row in rows for cell in row)
    read = json.loads(as_json(report))
    assert read["version"] == 1
    assert (read["operator"], read["visits"]) == (report.operator, report.visits)


def test_a_number_that_is_none_of_ours_is_digits_alone() -> None:
    sign = SignRow("48/../15<b>162http://evil.example", "", "", scans=2)
    html = page(empty_report(unknown=(sign,)))
    assert "4815162" in html and "evil.example" not in html


def test_tables_say_what_the_figures_say() -> None:
    report = rich_report()
    found = {
        name: list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))
        for name, data in tables(report).items()
    }
    assert [row["problem"] for row in found["problems.csv"]] == [row.slug for row in report.problems]
    assert [int(row["visit"]) for row in found["weeks.csv"]] == list(report.per_week["visit"])
    assert sum(int(row[str(hour)]) for row in found["hours.csv"] for hour in range(24)) == sum(
        map(sum, report.hours)
    )
    codes = [row["code"] for row in found["stations.csv"]]
    assert len(codes) == len(set(codes)) == len(report.busiest)
    assert {row["why"] for row in found["signs-to-check.csv"]} == {
        "never scanned",
        "out of date",
        "no sign of ours",
    }


@pytest.mark.browser
def test_it_fits_a_phone_and_breaks_no_policy(rich: str, chromium: Any) -> None:
    long = rich.replace("Car park at the old harbour", "Parkhausbetriebsgesellschaftsverwaltungsgebäude" * 3)
    for browser in (chromium,):
        for html, wide in ((long, 360), (long, 1280)):
            view = browser.new_page(viewport={"width": wide, "height": 800})
            said: list[str] = []
            view.on("console", lambda message, said=said: said.append(message.text))
            view.set_content(html)
            assert view.evaluate("document.documentElement.scrollWidth") <= wide
            assert said == []
