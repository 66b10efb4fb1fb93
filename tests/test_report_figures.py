"""From counts to what a report says, orders and alerts: counts with a known cause, and what is made of them."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner
from scipy import stats

from chargeside.cli import main
from chargeside.findings import Findings
from chargeside.load.needs import load_needs
from chargeside.model.kinds import kind_of
from chargeside.model.network import Network
from chargeside.plan.applying import Applying, in_order
from chargeside.reporting import chance
from chargeside.reporting.alerts import Thresholds, alerts
from chargeside.reporting.counts import Counts, counting
from chargeside.reporting.figures import Report
from chargeside.reporting.figuring import Wanted, report_of
from chargeside.reporting.order import measured, needs_yml
from chargeside.reporting.site import Site, kinds_of, site_of
from support import OPERATOR, evse, location, operator_folder, shared_content

FIRST = dt.date(2026, 9, 7)  # a Monday
DAYS = 56
_HOUR = (FIRST - dt.date(1970, 1, 1)).days * 24
TODAY = FIRST + dt.timedelta(DAYS)
STATIONS = 20


def site_for(network: Network) -> Site:
    return site_of(network.operator, (), kinds_of(network))


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Network:
    sites = [location(f"L{n}", evse(f"E{n}")) for n in range(STATIONS)]
    return operator_folder(tmp_path_factory.mktemp("figures"), *sites).network()


@pytest.fixture
def counts(tmp_path: Path) -> Iterator[Counts]:
    with counting(tmp_path) as found:
        found.database.execute(
            f"INSERT INTO lines VALUES ({_HOUR // 24}, 'counted', 1), ({_HOUR // 24 + DAYS - 1}, 'counted', 1)"
        )
        yield found


def put(counts: Counts, day: int, kind: str, n: int, station: str = "", problem: str = "") -> None:
    if n:
        counts.database.execute("INSERT INTO counts VALUES (?, ?, ?, '', ?, ?)", [_HOUR + day * 24 + 9, station, problem, kind, n])  # fmt: skip


def usual(counts: Counts, network: Network, *, but: str = "", stuck: float = 0.05, seed: int = 1) -> None:
    """Eight weeks: at each charger about six visits a day, one in twenty ends in a call; at `but` as `stuck` says."""
    chances = random.Random(seed)
    for station in network.stations:
        share = stuck if station.code == but else 0.05
        for day in range(DAYS):
            visits = sum(chances.random() < 0.5 for _ in range(12))
            put(counts, day, "visit", visits, station.code)
            put(counts, day, "scan", visits, station.code)
            put(counts, day, "call", sum(chances.random() < share for _ in range(visits)), station.code)


def report(counts: Counts, network: Network) -> Report:
    counts.add_up()
    return report_of(counts, network, site_for(network), Wanted(TODAY, "en"))


def test_the_one_that_stands_out_is_found_and_no_other(counts: Counts, network: Network) -> None:
    odd = network.stations[7].code
    usual(counts, network, but=odd, stuck=0.2)
    made = report(counts, network)
    assert [row.code for row in made.standing_out] == [odd]
    assert made.tested == STATIONS
    (row,) = made.standing_out
    assert row.stuck > 2 * row.expected and row.chance < 0.05


@pytest.mark.parametrize("seed", range(3))
def test_where_all_are_alike_none_stands_out(counts: Counts, network: Network, seed: int) -> None:
    usual(counts, network, seed=seed)
    assert not report(counts, network).standing_out


def test_a_sign_that_nobody_scans(counts: Counts, network: Network) -> None:
    silent = network.stations[3].code
    usual(counts, network)
    counts.database.execute("DELETE FROM counts WHERE station = ?", [silent])
    made = report(counts, network)
    assert [(row.code, row.days) for row in made.never_scanned] == [(silent, DAYS)]
    assert made.never_scanned[0].chance is not None and made.never_scanned[0].chance < 0.001
    assert made.never_total == 1


def test_totals_weeks_and_hours_agree(counts: Counts, network: Network) -> None:
    usual(counts, network)
    made = report(counts, network)
    assert sum(made.per_week["visit"]) == made.visits == sum(row.visits for row in made.busiest)
    assert sum(map(sum, made.hours)) == made.scans
    assert len(made.weeks) == 8 and not any(made.partial)
    assert made.weeks[0] == FIRST.isoformat()
    # 9 o'clock in UTC is 11 in Germany in summer, and 10 in winter.
    assert {hour for day in made.hours for hour, n in enumerate(day) if n} == {10, 11}
    assert sum(scans for _, _, scans, _ in made.kinds) == made.scans


def test_problems_are_ranked_with_honest_intervals(counts: Counts, network: Network) -> None:
    for day in range(DAYS):
        put(counts, day, "asked", 5 if day < 28 else 20, problem="cable-stuck")
        put(counts, day, "asked", 9, problem="how-to-start")
    put(counts, 1, "ok", 3, problem="cable-stuck")
    put(counts, 1, "call", 1, problem="cable-stuck")
    put(counts, 1, "asked", 10_000, problem="made-up-by-somebody")
    first, second = report(counts, network).problems
    assert (first.slug, first.asked, first.ok, first.stuck) == ("cable-stuck", 5 * 28 + 20 * 28, 3, 1)
    assert first.solved is not None and first.solved.low < 0.4 and first.solved.high > 0.94
    assert first.trend.change is not None and first.trend.change[1] > 2
    assert second.solved is None
    assert second.trend.change is not None and second.trend.change[1] <= 1 <= second.trend.change[2]


def test_nothing_counted(network: Network, tmp_path: Path) -> None:
    with counting(tmp_path) as empty:
        made = report_of(empty, network, site_for(network), Wanted(TODAY, "de"))
    assert made.visits == 0 and made.first == "" and not made.problems and made.few


# ---------------------------------------------------------------------------------------------------------- chance


@pytest.mark.parametrize(("part", "whole"), [(0, 1), (1, 1), (3, 4), (50, 100), (0, 1000)])
def test_an_interval_holds_its_share(part: int, whole: int) -> None:
    found = chance.share(part, whole)
    assert found is not None
    assert 0 <= found.low <= found.share <= found.high <= 1
    assert found.high - found.low > 0.5 / whole


def test_chances_are_those_of_scipy() -> None:
    for part, whole in ((0, 7), (3, 4), (7, 7), (120, 1000)):
        found = chance.share(part, whole)
        theirs = stats.binomtest(part, whole).proportion_ci(0.95, method="wilson")
        assert found is not None and (found.low, found.high) == pytest.approx((theirs.low, theirs.high))
    for seen, expected, spread in ((3, 1.5, 1.0), (12, 4.0, 2.5), (1, 0.2, 7.0)):
        theirs = stats.poisson(expected) if spread == 1 else stats.nbinom(expected / (spread - 1), 1 / spread)
        assert chance.chance_of_so_many(seen, expected, spread) == pytest.approx(theirs.sf(seen - 1))
        assert chance.chance_of_none(expected, spread) == pytest.approx(theirs.cdf(0))
    many = [0.8, 0.001, 0.04, 0.04, 0.9, 0.0]
    assert chance.among_many(many) == pytest.approx(stats.false_discovery_control(many))


def test_more_spread_makes_surprise_rarer() -> None:
    chances = [chance.chance_of_so_many(12, 4.0, spread) for spread in (1.0, 2.0, 5.0)]
    assert chances == sorted(chances) and chances[0] < 0.01 < chances[2]


# ----------------------------------------------------------------------------------------------------------- order


def test_what_is_asked_for_comes_first(counts: Counts, network: Network, tmp_path: Path) -> None:
    kind = kind_of(network.stations[0].facts)
    put(counts, 0, "asked", 4000, network.stations[0].code, "cable-stuck")
    put(counts, 0, "asked", 40, network.stations[1].code, "how-to-start")
    (need,) = measured(counts, network, site_for(network))
    assert need.kind == kind == "current=DC and format=cable"
    text = needs_yml((need,), "2026-09-07", "2026-11-01")
    (tmp_path / "needs.yml").write_text(text)
    findings = Findings()
    needs = load_needs(tmp_path, "op/needs.yml", findings)
    assert not list(findings)
    assert needs[kind]["cable-stuck"] > 90
    problems = shared_content().problems.values()
    facts = network.stations[0].facts
    order = [problem.slug for problem, _ in Applying(in_order(problems), {}, needs).of(facts)]
    before = [problem.slug for problem, _ in Applying(in_order(problems)).of(facts)]
    assert order[0] == before[0]  # the danger that leads
    assert order.index("cable-stuck") == 1
    assert sorted(order) == sorted(before)
    mine = Applying(
        in_order(problems, {"screen-black": 100, "cable-stuck": 0}),
        {"screen-black": 100, "cable-stuck": 0},
        needs,
    )
    weighed = [problem.slug for problem, _ in mine.of(facts)]
    assert weighed.index("screen-black") < weighed.index("cable-stuck")  # a person said so


def test_little_measured_changes_little(counts: Counts, network: Network) -> None:
    put(counts, 0, "asked", 10, network.stations[0].code, "cable-stuck")
    assert measured(counts, network, site_for(network)) == ()
    put(counts, 0, "asked", 50, network.stations[0].code, "no-receipt")
    (need,) = measured(counts, network, site_for(network))
    for new, was, _ in need.weights.values():
        assert abs(new - was) <= 100 * 60 / 260 + 1


@pytest.mark.parametrize(
    "broken", ["needs: 5", "needs:\n  - kind: x\n    weights: {a: 500}", "needs: [", "wrong: []"]
)
def test_a_broken_file_is_named(tmp_path: Path, broken: str) -> None:
    (tmp_path / "needs.yml").write_text(broken)
    findings = Findings()
    assert load_needs(tmp_path, "op/needs.yml", findings) == {}
    assert [one.path for one in findings] and {one.path for one in findings} == {"op/needs.yml"}


def test_the_station_page_follows_the_file(tmp_path: Path) -> None:
    folder = operator_folder(tmp_path)
    kind = kind_of(folder.network().stations[0].facts)
    folder.write(
        "needs.yml", yaml.safe_dump({"needs": [{"kind": kind, "visits": 900, "weights": {"no-receipt": 99}}]})
    )
    assert folder.network().needs == {kind: {"no-receipt": 99}}


# ---------------------------------------------------------------------------------------------------------- alerts

SINCE = FIRST + dt.timedelta(DAYS - 2)


def test_quiet_days_give_no_alert(counts: Counts, network: Network) -> None:
    usual(counts, network)
    assert alerts(counts, network, SINCE, TODAY, Thresholds()) == []


def test_a_jump_a_silence_and_a_foreign_code(counts: Counts, network: Network) -> None:
    usual(counts, network)
    jumped, silent = network.stations[2].code, network.stations[5].code
    put(counts, DAYS - 1, "call", 12, jumped)
    counts.database.execute(
        "DELETE FROM counts WHERE station = ? AND hour >= ?", [silent, _HOUR + (DAYS - 2) * 24]
    )
    put(counts, DAYS - 1, "unknown", 4, "9999999")
    put(counts, DAYS - 1, "unknown", 1, "8888888")
    found = alerts(counts, network, SINCE, TODAY, Thresholds())
    assert {(one.kind, one.code) for one in found} == {
        ("unknown-code", "9999999"),
        ("stuck", jumped),
        ("no-scans", silent),
    }


def test_old_logs_are_told(counts: Counts, network: Network) -> None:
    usual(counts, network)
    (told,) = alerts(counts, network, TODAY + dt.timedelta(30), TODAY + dt.timedelta(31), Thresholds())
    assert told.kind == "no-lines"


# ----------------------------------------------------------------------------------------------------- the command


def run(*words: object, status: int = 0, text: bytes = b"") -> str:
    result = CliRunner().invoke(main, ["report", *map(str, words)], input=text)
    assert result.exit_code == status, result.output
    return result.output


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return operator_folder(tmp_path, location("L1")).path


def test_the_command_writes_everything_beside_each_other(folder: Path, tmp_path: Path) -> None:
    code = (folder / "ledger.csv").read_text().splitlines()[1].split(",")[0]
    log = tmp_path / "a.log"
    phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15"
    log.write_text(
        f'192.0.2.1 - - [20/Nov/2026:10:00:00 +0000] "GET /{code}/ HTTP/2.0" 200 9 "-" "{phone}"\n'
        f'192.0.2.1 - - [20/Nov/2026:10:00:09 +0000] "GET /call/en/?s={code}&p=cable-stuck HTTP/2.0" 200 9 "-" "{phone}"\n'
    )
    out = tmp_path / "out" / "report.html"
    run(log, "--operator", folder, "--out", out)
    names = {path.name for path in out.parent.iterdir()}
    assert {"report.html", "report.json", "report.problems.csv", "report.counts"} <= names
    first = {path.name: path.read_bytes() for path in out.parent.iterdir() if path.is_file()}
    assert phone.encode() not in b"".join(first.values()) and b"192.0.2.1" not in b"".join(first.values())
    run(out.parent / "report.counts", "--operator", folder, "--out", tmp_path / "again" / "report.html")
    assert {
        path.name: path.read_bytes() for path in (tmp_path / "again").iterdir() if path.is_file()
    } == first
    run(log, "--operator", folder, "--write-order")
    assert (folder / "needs.yml").read_text().endswith("needs: []\n")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((), "name at least one log"),
        (("nowhere.log",), "nowhere.log"),
        (("-", "--since", "yesterday"), "2026-11-30"),
        (("*.nothing",), "*.nothing"),
    ],
)
def test_wrong_use(folder: Path, words: tuple[str, ...], says: str) -> None:
    assert says in run(*words, "--operator", folder, "--alerts", status=2)


def test_say_what_to_make(folder: Path) -> None:
    assert "--out" in run("-", "--operator", folder, status=2)


def test_counts_are_never_written_over_something_else(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear")
    assert "holds no counts" in run("-", "--operator", folder, "--counts", tmp_path / "mine", status=1)
    assert (tmp_path / "mine" / "letter.txt").read_text() == "dear"


assert OPERATOR["country_code"] == "DE"  # whose clock the hours above go by
