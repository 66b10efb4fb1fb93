"""Calls and sessions: files as people export them, and what is claimed of signs where the truth is known."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import io
import re
from dataclasses import asdict, replace
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from openpyxl import Workbook
from scipy import stats

from chargeside.findings import Findings
from chargeside.model.network import Network
from chargeside.reporting import calls_chance as chance
from chargeside.reporting.calling import CallFigures
from chargeside.reporting.calls_figuring import Asked, call_figures
from chargeside.reporting.calls_read import Calls, Sessions, read_calls, read_sessions, site_of
from chargeside.reporting.page import as_json, page, tables
from chargeside.reporting.reasons import Reasons
from made_calls import MONDAY, group, made_files, signs_at
from support import evse, location, operator_folder
from test_report_page import empty_report, rich_report

TODAY = dt.date(2026, 11, 23)
SITES = 80
PRINTED = MONDAY + dt.timedelta(weeks=11)
SECRET = "Jo Example +44 1632 960123 jo@example.org"


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Network:
    sites = [location(f"L{n}", evse(f"E{n}")) for n in range(SITES)]
    return operator_folder(tmp_path_factory.mktemp("calls"), *sites).network()


@pytest.fixture(scope="module")
def sites(network: Network) -> list[str]:
    return sorted({site_of(station) for station in network.stations})


def calls_of(
    network: Network, folder: Path, content: str | bytes, name: str = "calls.csv"
) -> tuple[Calls, Findings]:
    path, findings = folder / name, Findings()
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_calls(path, network, findings, folder=folder, zone=dt.UTC, latest=TODAY), findings


def sessions_of(network: Network, folder: Path, content: str) -> tuple[Sessions, Findings]:
    path, findings = folder / "sessions.csv", Findings()
    path.write_text(content, encoding="utf-8")
    return read_sessions(path, network, findings, zone=dt.UTC, latest=TODAY), findings


# ── Files ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "head",
    ["time,reason,station", "Datum;Anrufgrund;Ladesäule", "\ufeffDate;Motif;Borne", "Tijdstip\tReden\tLaadpaal", "FECHA,Motivo,Estación", "Data,Motivo,Stazione"],
)  # fmt: skip
@pytest.mark.parametrize("day", ["2026-08-31", "2026-08-31T09:12:00Z", "31.08.2026 09:12", "31/08/2026", "46265.38", "1788174000"])  # fmt: skip
def test_headers_and_days_of_many_programs(network: Network, tmp_path: Path, head: str, day: str) -> None:
    mark = re.findall(r"[,;\t]", head)[0]
    calls, findings = calls_of(network, tmp_path, f"{head}\n{day}{mark}adapter-stuck{mark}L3\n")
    (site,) = {site for _day, site, _slug in calls.counts}
    assert site.endswith("*L3"), list(findings)
    assert dict(calls.counts) == {(dt.date(2026, 8, 31), site, "adapter-stuck"): 1}


def test_workbook_and_packed_file_say_the_same(network: Network, tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(["Date", "Reason", "Charger", "Caller"])
    sheet.append([dt.datetime(2026, 8, 31, 9, 12), "adapter-stuck", "L3", SECRET])  # noqa: DTZ001 - cells have no zone
    raw = io.BytesIO()
    book.save(raw)
    one, _ = calls_of(network, tmp_path, raw.getvalue(), "calls.xlsx")
    packed = gzip.compress(f'Date,Reason,Charger,Caller\n2026-08-31,adapter-stuck,L3,"{SECRET}"\n'.encode())
    two, _ = calls_of(network, tmp_path, packed, "calls.csv.gz")
    assert one == two and sum(one.counts.values()) == 1


def test_a_month_that_stands_first_is_told_by_the_whole_file(network: Network, tmp_path: Path) -> None:
    calls, _ = calls_of(network, tmp_path, "date,reason\n08/09/2026,x\n08/31/2026,x\n")
    assert {day for day, _, _ in calls.counts} == {dt.date(2026, 8, 9), dt.date(2026, 8, 31)}
    calls, findings = calls_of(network, tmp_path, "date,reason\n08/09/2026,x\n")
    assert {day for day, _, _ in calls.counts} == {dt.date(2026, 9, 8)}
    assert any(one.code == "F112" for one in findings)


@pytest.mark.parametrize("name", ["code", "evse", "key", "number", "place"])
def test_a_charger_by_whatever_it_is_called(tmp_path: Path, name: str) -> None:
    made = operator_folder(
        tmp_path, *(location(f"L{n}", evse(f"E{n}", evse_id=f"DE*ABC*E{n}", physical_reference=f"No {n}")) for n in range(3))
    ).network()  # fmt: skip
    station = next(one for one in made.stations if one.location.id == "L1")
    names = {"code": station.code, "evse": "deabce1", "key": station.key, "number": "no 1", "place": "L1"}
    calls, _ = calls_of(made, tmp_path, f"time,reason,station\n2026-08-31,x,{names[name]}\n")
    assert [site for _, site, _ in calls.counts] == [site_of(station)]


def test_what_cannot_be_used_is_counted_and_said(network: Network, tmp_path: Path) -> None:
    rows = ["2026-08-31,adapter-stuck,L3", "soon,x,L3", "2099-01-01,x,L3", "1970-01-01,x,L3", "2026-02-30,x,L3", ",,", "2026-08-31,x,nowhere", "31/31/2026,x,L3"]  # fmt: skip
    calls, findings = calls_of(network, tmp_path, "time,reason,station\n" + "\n".join(rows) + "\n")
    assert sum(calls.counts.values()) == 2
    assert not findings.errors
    said = " ".join(one.message for one in findings)
    assert "5 of 7 rows left out" in said and "1 call names no charger" in said


@pytest.mark.parametrize(
    "content",
    ["", "time\n", "a,b,c\n1,2,3\n", "\x00\x01", b"\xff\xfe\x00", b"PK\x03\x04junk", b"%PDF-1.7", b"\x1f\x8b\x08junk", 'time,reason\n"unclosed,x\n'],
)  # fmt: skip
def test_files_that_are_something_else_are_findings(
    network: Network, tmp_path: Path, content: str | bytes
) -> None:
    calls, findings = calls_of(network, tmp_path, content)
    assert findings.errors and not sum(calls.counts.values())


def test_nothing_of_a_caller_is_kept(network: Network, tmp_path: Path) -> None:
    rows = "".join(f'2026-08-31,Call back {SECRET},L3,{SECRET},"note of {SECRET}"\n' for _ in range(9))
    calls, findings = calls_of(
        network, tmp_path, f"time,reason,station,caller,notes\n{rows}2026-08-31,{SECRET},L3,,\n"
    )
    sessions = Sessions({(MONDAY + dt.timedelta(weeks=n), "x"): 9 for n in range(20)}, weekly=True)
    report = empty_report(calls=call_figures(calls, sessions, network, (), Asked("en")))
    said = repr(calls) + str(list(map(str, findings))) + page(report) + as_json(report).decode()
    said += b"".join(tables(report).values()).decode()
    assert "Call back" in said  # a reason that many gave is named
    for secret in ("960123", "example.org", "note of"):
        assert secret not in said


@pytest.mark.parametrize(
    ("content", "counts", "weekly", "attempts"),
    [
        ("start,station\n2026-08-31T10:00:00Z,L1\n2026-08-31T11:00:00Z,L1\n", {"2026-08-31": 2}, False, False),
        ("start,station,status\n2026-08-31,L1,FAILED\n2026-08-31,L1,COMPLETED\n", {"2026-08-31": 2}, False, True),
        ("day;station;attempts\n31.08.2026;L1;1.024\n", {"2026-08-31": 1024}, False, True),
        ("week;station;sessions\n2026-W36;L1;70\n2026-W37;L1;80\n", {"2026-08-31": 70, "2026-09-07": 80}, True, False),
        ("week,station,attempts\n2026-09-02,L1,70\n", {"2026-08-31": 70}, True, True),
        ("day,station,sessions\n2026-08-31,L1,-5\n2026-08-31,L1,many\n2026-08-31,L1,12.0\n", {"2026-08-31": 12}, False, False),
    ],
)  # fmt: skip
def test_sessions_one_by_one_and_counted(
    network: Network, tmp_path: Path, content: str, counts: dict[str, int], weekly: bool, attempts: bool
) -> None:
    sessions, findings = sessions_of(network, tmp_path, content)
    assert {day.isoformat(): n for (day, _site), n in sessions.counts.items()} == counts
    assert (sessions.weekly, sessions.attempts) == (weekly, attempts)
    assert attempts != any("CDR" in one.message for one in findings)


# ── Reasons ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_reasons_are_slugs_titles_in_any_language_or_the_operators_own(
    network: Network, tmp_path: Path
) -> None:
    problems = network.content.problems
    reasons = Reasons({"topic 17": "adapter-stuck", "spam": ""}, problems)
    for problem in list(problems.values())[::12]:
        assert reasons.meant(problem.slug).slug == problem.slug
        for guide in problem.guides:
            assert reasons.meant(f"  {guide.title.upper()}! ").slug in {problem.slug, ""}
        assert any(reasons.meant(guide.title).slug == problem.slug for guide in problem.guides)
    assert reasons.meant("Topic 17").slug == "adapter-stuck"
    assert reasons.meant("spam").confidence == 1 and not reasons.meant("spam").slug
    for text in ("", "?", "other", "x" * 5000, "=1+1", "\u202e<script>"):
        assert reasons.meant(text).confidence == 0


def test_words_alone_are_told_as_a_guess(network: Network, tmp_path: Path) -> None:
    title = network.content.problems["adapter-stuck"].guide("en").title
    calls, _ = calls_of(network, tmp_path, f"time,reason\n2026-08-31,{title} again\n2026-08-31,{title}\n")
    assert {slug for _, _, slug in calls.counts} == {"adapter-stuck"}
    assert calls.guessed == {"adapter-stuck": 1}


def test_reasons_csv_is_read_and_its_slips_are_said(network: Network, tmp_path: Path) -> None:
    (tmp_path / "reasons.csv").write_text(
        "reason;problem\nTopic 17;adapter-stuck\nTopic 18;adapter-stock\nSpam;\n"
    )
    rows = "".join(f"2026-08-31,{reason}\n" for reason in ["Topic 17", "Topic 18", "Spam"] for _ in range(6))
    calls, findings = calls_of(network, tmp_path, f"time,reason\n{rows}")
    assert {slug: n for (_, _, slug), n in calls.counts.items()} == {"adapter-stuck": 6, "": 12}
    assert calls.unmapped == (("Topic 18", 6),)
    assert any("adapter-stock" in one.message and "adapter-stuck" in one.mend for one in findings)


# ── What chance explains ─────────────────────────────────────────────────────────────────────────────────────────────


def test_rates_hold_the_truth_as_often_as_they_say() -> None:
    dice, inside, runs = np.random.default_rng(1), 0, 400
    for _ in range(runs):
        cells, _usual = group(dice, 40, weeks=12)
        found = chance.rate(
            int(cells[:, 0].sum()), int(cells[:, 1].sum()), [tuple(row) for row in cells[:, :2]]
        )
        assert found is not None
        inside += found.low <= 8 <= found.high
    assert 0.91 <= inside / runs <= 0.99


def test_rates_without_clusters_are_those_of_poisson() -> None:
    found = chance.rate(17, 1000)
    assert found is not None
    assert found.low == pytest.approx(stats.chi2.ppf(0.025, 34) / 2)
    assert found.high == pytest.approx(stats.chi2.ppf(0.975, 36) / 2)
    none = chance.rate(0, 1000)
    assert none is not None and none.low == 0 and none.high == pytest.approx(stats.chi2.ppf(0.975, 2) / 2)
    assert chance.rate(0, 0) is None


@pytest.mark.parametrize("compare", [chance.pairs, chance.two_groups])
@pytest.mark.parametrize(("count", "between", "drift", "fall"), [(12, 0.6, 0.25, 0.0), (30, 0.6, 0.25, 0.3), (20, 1.0, 0.5, 0.0)])  # fmt: skip
def test_intervals_of_changes_hold_the_truth(
    compare, count: int, between: float, drift: float, fall: float
) -> None:  # type: ignore[no-untyped-def]
    dice, inside, runs = np.random.default_rng(count), 0, 400
    for _ in range(runs):
        signs, _ = group(dice, count, between=between, drift=drift, fall=fall)
        control, _ = group(dice, count, between=between, drift=drift)
        found = compare(signs, control).change()
        inside += found.low <= 1 - fall <= found.high
    assert 0.92 <= inside / runs <= 0.995


def test_the_bootstrap_says_the_same() -> None:
    dice = np.random.default_rng(5)
    signs, control = group(dice, 60, weeks=20, fall=0.3)[0], group(dice, 60, weeks=20)[0]

    def log_of(*columns: np.ndarray, axis: int = -1) -> np.ndarray:  # type: ignore[type-arg]
        sums = [column.sum(axis=axis) for column in columns]
        (b, sb, a, sa), (cb, csb, ca, csa) = sums[:4], sums[4:]
        return np.log((a / sa) / (b / sb)) - np.log((ca / csa) / (cb / csb))

    columns = (*signs.T, *control.T)
    drawn = stats.bootstrap(
        columns, log_of, paired=True, vectorized=True, n_resamples=4000, rng=np.random.default_rng(1)
    )
    low, high = np.exp(drawn.confidence_interval)
    found = chance.pairs(signs, control).change()
    assert (found.low, found.high) == pytest.approx((low, high), rel=0.06)


# ── What is claimed ──────────────────────────────────────────────────────────────────────────────────────────────────


def figures(network: Network, having: list[str], *, fall: float, seed: int, asked: Asked | None = None, **more: float) -> CallFigures:  # fmt: skip
    calls, sessions = made_files(network, having, fall=fall, seed=seed, **more)  # type: ignore[arg-type]
    return call_figures(
        calls, sessions, network, signs_at(network, having, PRINTED), asked or Asked("en", Decimal("6.5"))
    )


def test_a_fall_is_found_with_its_money(network: Network, sites: list[str]) -> None:
    made = figures(network, sites[::2], fall=0.4, seed=3)
    found, paid = made.comparison, made.money
    assert found is not None and found.design == "matched" and found.verdict == "fewer"
    assert found.change is not None and found.change.low <= 0.6 <= found.change.high
    assert found.signs and found.control and found.signs.sites == found.control.sites == found.matched >= 35
    assert found.signs.sessions_a_week == pytest.approx(found.control.sessions_a_week, rel=0.1)
    assert paid is not None and paid.saved is not None and found.avoided is not None
    low, high = map(float, paid.saved)
    assert 0 < low < high and low == pytest.approx(found.avoided[0] * 6.5, abs=1)
    # Of the calls that the made world left out, the interval holds the number.
    came = found.signs.after
    assert came is not None and found.avoided[0] <= came.calls * (1 / 0.6 - 1) <= found.avoided[1]


def test_pairs_are_sites_alike_each_once_and_the_same_whatever_comes_first(
    network: Network, sites: list[str]
) -> None:
    made = figures(network, sites[::2], fall=0.2, seed=8)
    rows = list(made.sites)
    named = [row["site"] for row in rows]
    assert len(named) == len(set(named)) and {row["group"] for row in rows} == {"sign", "control"}
    for sign, control in zip(rows[::2], rows[1::2], strict=True):
        assert sign["pair"] == control["pair"]
        ratio = int(sign["sessions_before"]) / int(control["sessions_before"])
        assert 1 / 1.51 < ratio < 1.51
    assert figures(network, sites[::2][::-1], fall=0.2, seed=8) == made


def test_without_an_effect_hardly_anything_is_claimed(network: Network, sites: list[str]) -> None:
    verdicts = [figures(network, sites[::2], fall=0.0, seed=seed, weeks=20).comparison for seed in range(20)]
    claims = sum(one is not None and one.verdict in {"fewer", "more"} for one in verdicts)
    assert claims <= 3  # 20 at 5 %: more than 3 would come by chance in 2 of 100
    assert all(one is None or one.verdict in {"fewer", "more", "unclear", "below"} for one in verdicts)


@pytest.mark.parametrize(
    ("having", "weeks", "per_1000", "verdict"),
    [(0, 24, 12, "no-signs"), (6, 24, 12, "few-sites"), (40, 15, 12, "few-weeks"), (40, 24, 0.03, "few-calls"), (SITES, 24, 12, "alone")],
)  # fmt: skip
def test_a_claim_is_refused_in_words(
    network: Network, sites: list[str], having: int, weeks: int, per_1000: float, verdict: str
) -> None:
    made = figures(network, sites[:having], fall=0.5, seed=2, weeks=weeks, per_1000=per_1000)
    assert made.comparison is not None and made.comparison.verdict == verdict
    assert made.money is None or made.money.saved is None
    if verdict != "alone":
        assert made.comparison.change is None
    html = page(empty_report(calls=made))
    assert "No saving is claimed" in html
    assert "fewer calls per 1,000 sessions than at sites" not in html


def test_a_fall_below_what_can_be_shown_is_no_number(network: Network, sites: list[str]) -> None:
    made = [figures(network, sites[::2], fall=0.22, seed=seed) for seed in range(6)]
    below = [one for one in made if one.comparison and one.comparison.verdict == "below"]
    assert below, [one.comparison and one.comparison.verdict for one in made]
    for one in below:
        assert one.comparison is not None and one.comparison.change is None and one.comparison.avoided is None
        assert "No number is claimed" in page(empty_report(calls=one))


def test_only_whole_weeks_that_both_files_cover_count(network: Network, sites: list[str]) -> None:
    calls, sessions = made_files(network, (), fall=0, seed=1, weeks=10)
    cut = MONDAY + dt.timedelta(weeks=8, days=3)
    short = Calls({key: n for key, n in calls.counts.items() if key[0] <= cut})
    made = call_figures(short, sessions, network, (), Asked("en"))
    assert [row.week for row in made.weeks] == [
        (MONDAY + dt.timedelta(weeks=n)).isoformat() for n in range(8)
    ]
    assert made.overall is not None and made.overall.calls == sum(row.calls for row in made.weeks)
    later = Sessions({(day + dt.timedelta(weeks=200), site): n for (day, site), n in sessions.counts.items()})
    assert call_figures(calls, later, network, (), Asked("en")).overall is None


def test_reasons_add_up_to_all_calls(network: Network, sites: list[str]) -> None:
    one, sessions = made_files(network, (), fall=0, seed=1, weeks=10, problem="adapter-stuck")
    two, _ = made_files(network, (), fall=0, seed=2, weeks=10)
    made = call_figures(Calls({**one.counts, **two.counts}), sessions, network, (), Asked("de"))
    assert made.overall is not None and sum(row.rate.calls for row in made.reasons) == made.overall.calls
    assert [row.slug for row in made.reasons] == ["adapter-stuck", ""]
    assert made.reasons[0].title == network.content.problems["adapter-stuck"].guide("de").title


# ── The page ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("lang", ["en", "de", "fr", "nl", "es", "it", "ar"])
def test_the_page_says_it_in_every_language(network: Network, sites: list[str], lang: str) -> None:
    made = figures(network, sites[::2], fall=0.4, seed=3, asked=Asked(lang, Decimal("6.50"), "EUR"))
    hostile = replace(made, unmapped=(("<b>=1+1\u202e\x1b[31m", 7),), unmapped_reasons=3)
    report = rich_report() if lang == "en" else empty_report(lang=lang)
    html = page(replace(report, calls=hostile))
    assert 'class="big"' in html and html.index('class="rate"') < html.index('class="top"')
    assert "<b>=1+1" not in html and "=1+1\u202e" not in html and "\x1b" not in html
    assert html.count('role="img"') >= 2


def test_tables_and_json_hold_no_formula_and_all_figures(network: Network, sites: list[str]) -> None:
    made = figures(network, sites[::2], fall=0.4, seed=3)
    bad = replace(made, sites=tuple({**row, "name": "=cmd|' /C calc'!A0"} for row in made.sites))
    report = empty_report(calls=bad)
    files = tables(report)
    rows = list(csv.DictReader(io.StringIO(files["calls-by-site.csv"].decode("utf-8-sig"))))
    assert len(rows) == len(made.sites) and all(row["name"].startswith("'=") for row in rows)
    weeks = list(csv.DictReader(io.StringIO(files["calls-by-week.csv"].decode("utf-8-sig"))))
    assert sum(int(row["calls"]) for row in weeks) == (made.overall and made.overall.calls)
    assert b'"verdict": "fewer"' in as_json(report)
    assert asdict(made)["comparison"]["design"] == "matched"
    assert not any(name.startswith("calls") for name in tables(empty_report()))
