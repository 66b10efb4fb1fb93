"""Pilots: the lot, the smallest fall that they show, and what is claimed of them later."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from chargeside.cli import main
from chargeside.errors import ChargesideError
from chargeside.findings import Findings
from chargeside.load.signs import signs_bytes
from chargeside.model.network import Network
from chargeside.reporting import calls_chance as chance
from chargeside.reporting.calls_chance import Spread
from chargeside.reporting.calls_figuring import Asked, call_figures, spread_so_far
from chargeside.reporting.calls_read import Calls, Sessions, site_of
from chargeside.reporting.calls_work import Files, PilotAsked, figures_of_calls, planned
from chargeside.reporting.pilot import Groups, Pilot, Wanted, pilot_csv, pilot_words, plan_pilot, read_pilot
from made_calls import MONDAY, group, made_files, signs_at
from support import connector, evse, location, operator_folder

SITES = 80
PLANNED = MONDAY + dt.timedelta(weeks=10)
PRINTED = MONDAY + dt.timedelta(weeks=11)


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Network:
    plugs = (connector(), connector("IEC_62196_T2", power_type="AC_3_PHASE", max_voltage=230, max_amperage=32, max_electric_power=22_000))  # fmt: skip
    sites = [
        location(f"L{n}", evse(f"E{n}a", plugs[n % 3 == 0]), evse(f"E{n}b", plugs[n % 3 == 0]))
        for n in range(SITES)
    ]
    return operator_folder(tmp_path_factory.mktemp("pilot"), *sites).network()


def wanted(network: Network, **changes: object) -> Wanted:
    a_week = {site_of(station): 20.0 + 3 * at for at, station in enumerate(network.stations)}
    base = Wanted(sites=60, weeks=8, per_1000=12, a_week=a_week, seed=7, planned=PLANNED)
    return replace(base, **changes)  # type: ignore[arg-type]


def groups_of(pilot: Pilot, folder: Path) -> Groups:
    path, findings = folder / "pilot.csv", Findings()
    path.write_bytes(pilot_csv(pilot))
    groups = read_pilot(path, findings)
    assert groups is not None, list(findings)
    return groups


def test_the_lot_halves_every_stratum_and_draws_whole_sites(network: Network) -> None:
    pilot = plan_pilot(network, wanted(network))
    assert len({one.site for one in pilot.drawn}) == 60
    assert abs(len(pilot.of("sign")) - len(pilot.of("control"))) <= 1
    strata = Counter((one.stratum, one.group) for one in pilot.drawn)
    names = {stratum for stratum, _ in strata}
    assert len(names) >= 4
    for name in names:
        assert abs(strata[name, "sign"] - strata[name, "control"]) <= 1
    busy = [np.mean([one.a_week for one in pilot.of(group)]) for group in ("sign", "control")]  # type: ignore[arg-type]
    assert busy[0] == pytest.approx(busy[1], rel=0.15)


def test_the_same_seed_draws_the_same_and_another_draws_otherwise(network: Network) -> None:
    first = pilot_csv(plan_pilot(network, wanted(network)))
    assert pilot_csv(plan_pilot(network, wanted(network))) == first
    assert pilot_csv(plan_pilot(network, wanted(network, seed=8))) != first


def test_every_site_is_as_likely_to_get_a_sign(network: Network) -> None:
    seeds = 80
    drawn = Counter(
        one.site
        for seed in range(seeds)
        for one in plan_pilot(network, wanted(network, seed=seed)).of("sign")
    )
    share = 30 / SITES
    reach = 4.5 * (share * (1 - share) / seeds) ** 0.5
    assert set(drawn) == {site_of(station) for station in network.stations}
    assert all(abs(n / seeds - share) < reach for n in drawn.values())


def test_sites_with_signs_or_without_sessions_are_passed_over(network: Network) -> None:
    sites = sorted({site_of(station) for station in network.stations})
    a_week = dict.fromkeys(sites[10:], 50.0)
    pilot = plan_pilot(network, wanted(network, a_week=a_week, has_sign=frozenset(sites[10:20])))
    assert {one.site for one in pilot.drawn} == set(sites[20:])


@pytest.mark.parametrize(
    "changes", [{"sites": 81}, {"sites": 2}, {"per_1000": 0}, {"weeks": 0}, {"a_week": {}}]
)
def test_what_cannot_be_planned_is_said(network: Network, changes: dict[str, object]) -> None:
    with pytest.raises(ChargesideError):
        plan_pilot(network, wanted(network, **changes))


def test_more_weeks_sites_and_calls_show_smaller_falls(network: Network) -> None:
    pilot = plan_pilot(network, wanted(network))
    falls = [fall for _weeks, fall in pilot.falls]
    assert [weeks for weeks, _ in pilot.falls] == [4, 8, 12, 26]
    assert falls == sorted(falls, reverse=True) and 0 < falls[-1] < falls[0] < 1
    assert plan_pilot(network, wanted(network, sites=20)).smallest_fall > pilot.smallest_fall
    assert plan_pilot(network, wanted(network, per_1000=40)).smallest_fall < pilot.smallest_fall
    rare = plan_pilot(network, wanted(network, per_1000=0.01))
    assert rare.smallest_fall > 0.99
    assert any("take more sites or weeks" in line for line in pilot_words(rare))


@pytest.mark.parametrize(
    ("count", "weeks", "per_1000", "between", "drift"),
    [(15, 8, 8, 0.6, 0.25), (30, 12, 5, 0.6, 0.25), (40, 26, 3, 0.3, 0.1), (20, 12, 10, 1.0, 0.4)],
)  # fmt: skip
def test_the_planned_fall_is_shown_four_times_in_five(
    count: int, weeks: int, per_1000: float, between: float, drift: float
) -> None:
    dice, runs, shown = np.random.default_rng(count), 400, 0
    usual = np.full(count, 60.0) * np.exp(0.4 * np.random.default_rng(0).standard_normal(count))
    fall = chance.planned_fall(list(usual), list(usual), weeks, per_1000, Spread(between, drift))
    for _ in range(runs):
        made = {"weeks": weeks, "per_1000": per_1000, "between": between, "drift": drift}
        signs, _ = group(dice, count, fall=fall, **made)  # type: ignore[arg-type]
        control, _ = group(dice, count, **made)  # type: ignore[arg-type]
        shown += chance.two_groups(signs, control).change().high < 1
    assert 0.72 <= shown / runs <= 0.88


def test_the_spread_of_sites_is_measured_from_files() -> None:
    dice = np.random.default_rng(2)
    cells, _ = group(dice, 600, weeks=26, per_1000=20, between=0.5, drift=0.3)
    found = chance.spread_of(cells)
    assert found is not None and found.measured
    assert found.between == pytest.approx(0.5, abs=0.12) and found.drift == pytest.approx(0.3, abs=0.08)
    even, _ = group(dice, 600, weeks=26, per_1000=20, between=0, drift=0)
    alike = chance.spread_of(even)
    assert alike is not None and alike.between < 0.12 and alike.drift < 0.12
    assert chance.spread_of(cells[:5]) is None and chance.spread_of(np.zeros((50, 4))) is None


# ── The file, and what is claimed later ──────────────────────────────────────────────────────────────────────────────


def test_the_file_comes_back_as_it_went(network: Network, tmp_path: Path) -> None:
    pilot = plan_pilot(network, wanted(network))
    groups = groups_of(pilot, tmp_path)
    assert groups.of("sign") == tuple(sorted(one.site for one in pilot.of("sign")))
    assert groups.weeks == 8 and groups.planned == PLANNED
    assert groups.smallest_fall == pytest.approx(pilot.smallest_fall, abs=1e-4)


@pytest.mark.parametrize(
    ("old", "new"),
    [(",sign,", ",maybe,"), (",8,0.", ",0,0."), (",2026-", ",someday-"), ("site,name", "place,name"), (",8,0.", ",8,-0.")],
)  # fmt: skip
def test_a_lot_that_was_mended_by_hand_is_refused(
    network: Network, tmp_path: Path, old: str, new: str
) -> None:
    text = pilot_csv(plan_pilot(network, wanted(network))).decode()
    path, findings = tmp_path / "pilot.csv", Findings()
    path.write_text(text.replace(old, new), encoding="utf-8")
    assert read_pilot(path, findings) is None and findings.errors


def test_a_missing_file_and_a_site_that_stands_twice_are_refused(network: Network, tmp_path: Path) -> None:
    findings = Findings()
    assert read_pilot(tmp_path / "none.csv", findings) is None and findings.errors
    lines = pilot_csv(plan_pilot(network, wanted(network))).decode().splitlines()
    (tmp_path / "pilot.csv").write_text("\n".join([*lines, lines[-1]]), encoding="utf-8")
    findings = Findings()
    assert read_pilot(tmp_path / "pilot.csv", findings) is None and findings.errors


def analysed(
    network: Network, groups: Groups, fall: float, seed: int, *, printed_at: int | None = None, **more: int
):  # type: ignore[no-untyped-def]
    drawn = groups.of("sign")
    calls, sessions = made_files(network, drawn, fall=fall, seed=seed, **more)  # type: ignore[arg-type]
    signs = signs_at(network, drawn[:printed_at], PRINTED)
    return call_figures(calls, sessions, network, signs, Asked("en", Decimal("6.5"), pilot=groups)).comparison


def test_a_pilot_finds_a_fall_that_it_was_planned_for(network: Network, tmp_path: Path) -> None:
    groups = groups_of(plan_pilot(network, wanted(network, sites=SITES)), tmp_path)
    found = [analysed(network, groups, 0.6, seed) for seed in range(4)]
    assert [one.verdict for one in found] == ["fewer"] * 4
    for one in found:
        assert one.design == "pilot" and one.matched == SITES // 2
        assert one.weeks_after == (8, 8) and one.change.low < 0.5


def test_a_pilot_claims_nothing_below_its_plan_and_nothing_too_early(
    network: Network, tmp_path: Path
) -> None:
    groups = groups_of(plan_pilot(network, wanted(network, sites=SITES)), tmp_path)
    strict = replace(groups, smallest_fall=0.7)
    assert analysed(network, strict, 0.5, 1).verdict == "below"
    early = analysed(network, groups, 0.5, 1, weeks=18)
    assert early.verdict == "few-weeks" and early.change is None and early.needed == 8
    assert analysed(network, groups, 0.5, 1, printed_at=0).verdict == "no-signs"
    later = replace(groups, planned=PRINTED + dt.timedelta(1))
    assert (
        analysed(network, later, 0.5, 1).verdict == "no-signs"
    )  # signs of before the plan are none of the pilot


def test_sites_count_where_the_lot_put_them(network: Network, tmp_path: Path) -> None:
    groups = groups_of(plan_pilot(network, wanted(network, sites=SITES)), tmp_path)
    found = analysed(network, groups, 0.5, 1, printed_at=30)
    assert found.crossed == 10 and found.matched == SITES // 2


def test_without_an_effect_a_pilot_claims_hardly_anything(network: Network, tmp_path: Path) -> None:
    groups = groups_of(plan_pilot(network, wanted(network, sites=SITES)), tmp_path)
    verdicts = [analysed(network, groups, 0.0, seed, weeks=22).verdict for seed in range(15)]
    assert sum(one in {"fewer", "more"} for one in verdicts) <= 3


def write_files(folder: Path, calls: Calls, sessions: Sessions) -> None:
    lines = [
        f"{day},L,{site.rpartition('*')[2]},x" for (day, site, _), n in calls.counts.items() for _ in range(n)
    ]
    (folder / "calls.csv").write_text("time,reason,station,caller\n" + "\n".join(lines) + "\n")
    lines = [f"{day},{site.rpartition('*')[2]},{n}" for (day, site), n in sessions.counts.items()]
    (folder / "sessions.csv").write_text("day,station,attempts\n" + "\n".join(lines) + "\n")


def epoch(day: dt.date) -> int:
    return int(dt.datetime.combine(day, dt.time(), dt.UTC).timestamp())


def test_from_files_to_a_plan_and_to_figures(network: Network, tmp_path: Path) -> None:
    calls, sessions = made_files(network, (), fall=0, seed=1, weeks=20)
    write_files(tmp_path, calls, sessions)
    findings, today = Findings(), dt.date(2026, 11, 23)
    asked = PilotAsked(tmp_path, 40, 8, 1, sessions=tmp_path / "sessions.csv", calls=tmp_path / "calls.csv")
    pilot = planned(asked, network, (), today, findings)
    assert pilot.spread == spread_so_far(calls, sessions) and pilot.spread.measured
    assert pilot.per_1000 == pytest.approx(12, rel=0.25)
    (tmp_path / "pilot.csv").write_bytes(pilot_csv(pilot))
    files = Files(tmp_path, tmp_path / "calls.csv", tmp_path / "sessions.csv", tmp_path / "pilot.csv")
    made = figures_of_calls(files, network, (), today, "en", findings)
    assert made.overall is not None and made.overall.calls == sum(calls.counts.values())
    assert made.comparison is not None and made.comparison.verdict == "no-signs"
    with pytest.raises(ChargesideError, match="--calls-per-1000"):
        planned(replace(asked, calls=None), network, (), today, findings)
    with pytest.raises(ChargesideError, match="--sessions"):
        planned(PilotAsked(tmp_path, 40, 8, 1), network, (), today, findings)


def test_the_command_plans_and_reports(tmp_path: Path) -> None:
    """As the operator does it: plan, print and note, later report with the plan; then what was given wrongly."""
    sites = [location(f"L{n}", evse(f"E{n}")) for n in range(SITES)]
    network = operator_folder(tmp_path, *sites).network()
    operator = tmp_path / network.path
    pilot = tmp_path / "pilot.csv"
    run = CliRunner().invoke
    asked = ("report", "--operator", str(operator), "--plan-pilot", "--weeks", "8", "--out", str(pilot))
    rates = ("--sessions-per-site-week", "90", "--calls-per-1000", "12")
    planned = run(main, [*asked, "--sites", "60", *rates], env={"SOURCE_DATE_EPOCH": str(epoch(PLANNED))})
    assert planned.exit_code == 0, planned.output
    assert "30 sites get signs, 30 get none" in planned.output

    findings = Findings()
    groups = read_pilot(pilot, findings)
    assert groups is not None
    drawn = groups.of("sign")
    (operator / "signs.csv").write_bytes(signs_bytes(signs_at(network, drawn, PRINTED)))
    calls, sessions = made_files(network, drawn, fall=0.6, seed=1)
    write_files(tmp_path, calls, sessions)
    (tmp_path / "access.log").write_bytes(b'198.51.100.7 - - [05/Oct/2026:07:00:00 +0000] "GET / HTTP/1.1" 200 9 "-" "Mozilla/5.0 (X)"\n')  # fmt: skip
    files = ("--calls", str(tmp_path / "calls.csv"), "--sessions", str(tmp_path / "sessions.csv"))
    report = ("report", str(tmp_path / "access.log"), "--operator", str(operator), "--out", str(tmp_path / "r.html"))  # fmt: skip
    made = run(main, [*report, *files, "--pilot", str(pilot), "--cost-per-call", "6,50"])
    assert made.exit_code == 0, made.output
    found = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))["calls"]
    assert found["comparison"]["design"] == "pilot" and found["comparison"]["verdict"] == "fewer"
    assert found["money"]["saved"] is not None
    assert (tmp_path / "r.calls-by-site.csv").read_text(encoding="utf-8-sig").count("\n") == 61

    wrong = [
        ([*asked, "--sites", "60"], 1, "--sessions-per-site-week"),
        ([*asked, "--sites", "600", *rates], 1, "50 can be drawn"),
        ([*asked, *rates], 2, "--sites"),
        ([*asked, "--sites", "60", *rates, "--alerts"], 2, "--plan-pilot"),
        ([*report, *files[:2]], 2, "--sessions"),
        ([*report, *files[2:]], 2, "--calls"),
        ([*report, *files, "--currency", "TALER"], 2, "no currency"),
        ([*report, *files, "--cost-per-call", "free"], 2, "no amount"),
        ([*report, "--sites", "60"], 2, "--plan-pilot"),
        ([*report, "--calls", files[3], "--sessions", files[1]], 1, "holds sessions"),
        ([*report, "--lang", "tlh"], 2, "none of en, de"),
        ([*report[:-1], str(tmp_path / "r.pdf")], 2, ".html"),
        ([report[0], str(pilot), *report[2:]], 1, "nothing was written"),
        ([*report, *files, "--pilot", str(tmp_path / "none.csv")], 1, "--plan-pilot"),
    ]
    for given, status, said in wrong:
        told = run(main, given)
        assert (told.exit_code, said in told.output) == (status, True), (given, told.output)
