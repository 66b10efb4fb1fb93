"""Cabinets: which EVSEs look as if they share one, and what a person is given to check."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from chargeside.check.cabinets import REASONS, Proposal, check_cabinets, proposals_csv, propose
from chargeside.cli import main
from chargeside.explain import explain
from chargeside.findings import Findings
from chargeside.load.overrides import load_overrides
from support import Folder, evse, found, location, operator_folder

HERE = {"latitude": "48.400000", "longitude": "9.990000"}
THERE = {"latitude": "48.401000", "longitude": "9.991000"}


def one(uid: str, evse_id: str | None = "", **more: Any) -> dict[str, Any]:
    """An EVSE; its EVSE ID says nothing unless one is given."""
    return evse(uid, **{**more, "evse_id": f"DE*GTS*E{uid}" if evse_id == "" else evse_id})


def proposed(folder: Folder) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """Cabinet, reason, and the members with their sides."""
    return [
        (p.cabinet, p.reason, [(place.name, place.side) for place in p.places])
        for p in propose(folder.network())
    ]


# fmt: off
GROUPS = [
    pytest.param(
        [one("x", physical_reference="07"), one("y", physical_reference="07")],
        [("07", "reference", [("DE*GTS*Ex", "left"), ("DE*GTS*Ey", "right")])], id="same reference"),
    pytest.param(
        [one("y", physical_reference="2B"), one("x", physical_reference="2A"), one("z", physical_reference="3A")],
        [("2", "references", [("DE*GTS*Ex", "left"), ("DE*GTS*Ey", "right")])], id="references with letters"),
    pytest.param(
        [one("x", physical_reference="4 rechts"), one("y", physical_reference="4 links")],
        [("4", "references", [("DE*GTS*Ey", "left"), ("DE*GTS*Ex", "right")])], id="sides in another language"),
    pytest.param(
        [one("x", physical_reference="9D"), one("y", physical_reference="9G")],
        [("9", "references", [("DE*GTS*Ex", "right"), ("DE*GTS*Ey", "left")])], id="droite sorts before gauche"),
    pytest.param(
        [one("x", "DE*GTS*E100*2"), one("y", "DE*GTS*E100*1"), one("z", "DE*GTS*E101*1")],
        [("E100", "evse_ids", [("DE*GTS*E100*1", "left"), ("DE*GTS*E100*2", "right")])], id="last part of an EVSE ID"),
    pytest.param(
        [one(str(n), f"DE*GTS*E100*{n}") for n in (1, 2, 3)],
        [("E100", "evse_ids", [(f"DE*GTS*E100*{n}", side) for n, side in ((1, "left"), (2, "centre"), (3, "right"))])],
        id="three at one"),
    pytest.param(
        [one(str(n), f"FRATLE00{n}") for n in (2401, 2402, 2411, 2412)],
        [(f"FRATLE0{n}", "evse_ids", [(f"FRATLE0{n}1", "left"), (f"FRATLE0{n}2", "right")]) for n in ("0240", "0241")],
        id="EVSE IDs without separators"),
    pytest.param(
        [one("a", coordinates=HERE), one("c", coordinates=THERE), one("b", coordinates=HERE)],
        [("a", "coordinates", [("DE*GTS*Ea", "left"), ("DE*GTS*Eb", "right")])], id="same coordinates, another elsewhere"),
    pytest.param(
        [one("a", physical_reference="5", chargeside={"side": "right"}),
         one("b", physical_reference="5", chargeside={"side": "left"})],
        [("5", "reference", [("DE*GTS*Ea", "right"), ("DE*GTS*Eb", "left")])], id="the source knows the sides"),
    pytest.param(
        [one("a", physical_reference="5", parking=[{"parking_id": "p", "evse_position": "LEFT"}]),
         one("b", physical_reference="5", parking=[{"parking_id": "q", "evse_position": "RIGHT"}])],
        [("5", "reference", [("DE*GTS*Ea", "right"), ("DE*GTS*Eb", "left")])], id="positions at the parking places"),
]
NO_GROUPS = [
    pytest.param([one("a"), one("b")], id="nothing in common"),
    pytest.param([one(str(n), f"FRV75EPX1409{n}") for n in range(1, 7)], id="numbers that run through the site"),
    pytest.param([one(str(n), f"DE*GTS*E1*{n}") for n in range(1, 9)], id="a site with eight"),
    pytest.param([one("a", "DE*GTS*E1*2"), one("b", "DE*GTS*E1*3")], id="the first is missing"),
    pytest.param([one("a", "DE*GTS*E1*1"), one("b", "DE*GTS*E1*1")], id="the same EVSE ID twice"),
    pytest.param([one(str(n), physical_reference="Hub") for n in range(5)], id="a reference that names the site"),
    pytest.param([one("a", physical_reference="5", floor_level="-1"), one("b", physical_reference="5", floor_level="-2")], id="two floors"),
    pytest.param([one("a", physical_reference="5", coordinates=HERE), one("b", physical_reference="5", coordinates=THERE)], id="150 m apart"),
    pytest.param([one("a", coordinates=HERE), one("b", coordinates=HERE)], id="all of the site at one place"),
    pytest.param([one("a", physical_reference="5", chargeside={"cabinet": "1"}), one("b", physical_reference="5")], id="the source names the cabinet of one"),
]
# fmt: on


@pytest.mark.parametrize(("evses", "expected"), GROUPS)
def test_what_is_proposed(tmp_path: Path, evses: list[dict[str, Any]], expected: list[Any]) -> None:
    assert proposed(operator_folder(tmp_path, location("L1", *evses))) == expected


@pytest.mark.parametrize("evses", NO_GROUPS)
def test_what_is_not_proposed(tmp_path: Path, evses: list[dict[str, Any]]) -> None:
    assert proposed(operator_folder(tmp_path, location("L1", *evses))) == []


def test_an_operator_who_counts_otherwise_is_asked_nothing(tmp_path: Path) -> None:
    pair = [one("a", physical_reference="5"), one("b", physical_reference="5")]
    assert proposed(operator_folder(tmp_path, location("L1", *pair), station_is="evse")) == []


def test_ids_that_two_sites_share_name_nothing(tmp_path: Path) -> None:
    """A row of overrides.csv holds for all feeds: uid 1 would put EVSEs of both sites into cabinets."""
    pair = [one("1", None, physical_reference="5"), one("2", None, physical_reference="5")]
    folder = operator_folder(tmp_path, location("L1", *pair), location("L2", *pair))
    assert proposed(folder) == []


IDS = st.sampled_from(["DE*GTS*E1*1", "DE*GTS*E1*2", "DE*GTS*E1*3", "DE*GTS*E2A", "DE*GTS*E2-A", "DEGTSE000011", "DEGTSE000012", None])  # fmt: skip
EVSES = st.fixed_dictionaries(
    {"evse_id": IDS},
    optional={
        "physical_reference": st.sampled_from(["1", "1A", "1B", "1 left", "1 right", "Hub"]),
        "coordinates": st.sampled_from([HERE, THERE]),
        "floor_level": st.sampled_from(["0", "-1"]),
        "chargeside": st.sampled_from([{"cabinet": "1A"}, {"side": "left"}]),
    },
)


@given(
    st.lists(st.lists(EVSES, min_size=1, max_size=8), min_size=1, max_size=3),
    st.randoms(use_true_random=False),
)
@settings(max_examples=60)
def test_each_evse_is_in_one_proposal_at_most_whatever_the_order(
    tmp_path_factory: pytest.TempPathFactory, sites: list[list[dict[str, Any]]], random: Any
) -> None:
    locations = [
        location(f"L{site}", *(evse(f"{site}-{n}", **more) for n, more in enumerate(evses)))
        for site, evses in enumerate(sites)
    ]
    folder = operator_folder(tmp_path_factory.mktemp("op"), *locations)
    network = folder.network()
    first = propose(network)
    names = [place.name for proposal in first for place in proposal.places]
    assert len(names) == len(set(names))
    keys = {
        name: station.key
        for station in network.stations
        for point in station.points
        for name in (point.evse.uid, point.evse.evse_id)
        if name
    }
    assert all("/evse/" in keys[name] for name in names), "a person has decided about the others"
    for one_location in locations:
        random.shuffle(one_location["evses"])
    random.shuffle(locations)
    folder.feed(*locations)
    assert propose(folder.network()) == first


def pairs(folder: Folder) -> None:
    folder.feed(
        location("L1", one("a", physical_reference="5"), one("b", physical_reference="5"), one("c")),
        location("L2", one("d", "DE*GTS*E9*1"), one("+e", "DE*GTS*E9*2")),
    )
    folder.issue()


def test_the_note_counts_groups_and_codes(tmp_path: Path) -> None:
    folder = operator_folder(tmp_path)
    pairs(folder)
    findings = Findings()
    check_cabinets(folder.network(), findings)
    finding = found(findings, "O211")
    assert (finding.severity, finding.path) == ("note", "op/overrides.csv")
    assert "2 group(s)" in finding.message
    assert f"1 by {REASONS['reference']}" in finding.message
    assert f"1 by {REASONS['evse_ids']}" in finding.message
    assert "4 codes" in finding.mend
    assert "ledger rematch op" in finding.mend


def test_rows_are_laid_over_what_overrides_csv_says(tmp_path: Path) -> None:
    folder = operator_folder(tmp_path)
    pairs(folder)
    folder.write("overrides.csv", "evse;side;payment.cash\nb;left;no\nDE*GTS*Ec;;yes\n")
    network = folder.network()
    findings = Findings()
    text = proposals_csv(propose(network), folder.path / "overrides.csv", "op/overrides.csv", findings)
    assert text is not None
    assert not len(findings)
    rows = {row["evse"]: row for row in csv.DictReader(io.StringIO(text))}
    assert set(rows) == {"b", "DE*GTS*Ea", "DE*GTS*Ec", "DE*GTS*E9*1", "DE*GTS*E9*2"}
    assert (rows["b"]["cabinet"], rows["b"]["side"], rows["b"]["payment.cash"]) == ("5", "left", "no")
    assert (rows["DE*GTS*Ec"]["cabinet"], rows["DE*GTS*Ec"]["payment.cash"]) == ("", "yes")
    folder.write("overrides.csv", text)
    joined = {station.key: len(station.points) for station in folder.network().stations}
    assert joined == {
        "DE*GTS*L1/cabinet/5": 2,
        "DE*GTS*L1/evse/c": 1,
        "DE*GTS*L2/cabinet/E9": 2,
    }
    assert propose(folder.network()) == ()


def test_a_name_that_looks_like_a_formula_comes_back_as_it_was(tmp_path: Path) -> None:
    folder = operator_folder(tmp_path)
    folder.feed(
        location("L1", one("=a", None, physical_reference="5"), one("+b", None, physical_reference="5"))
    )
    folder.issue()
    path = folder.path / "overrides.csv"
    text = proposals_csv(propose(folder.network()), path, "op/overrides.csv", Findings())
    assert text is not None
    assert "'=a" in text
    path.write_text(text)
    findings = Findings()
    assert set(load_overrides(path, "op/overrides.csv", findings)) == {"=a", "+b"}
    assert [len(station.points) for station in folder.network().stations] == [2]


def test_the_command_writes_the_file_and_never_overrides_csv_itself(tmp_path: Path) -> None:
    folder = operator_folder(tmp_path)
    pairs(folder)
    target = tmp_path / "proposed.csv"
    done = CliRunner().invoke(main, ["check", str(folder.path), "--propose-cabinets", str(target)])
    assert done.exit_code == 0, done.output
    assert "2 cabinet(s)" in done.output
    assert target.read_text().startswith("evse,cabinet,side,number\n")
    assert not (folder.path / "overrides.csv").exists()
    into = str(folder.path / "overrides.csv")
    refused = CliRunner().invoke(main, ["check", str(folder.path), "--propose-cabinets", into])
    assert refused.exit_code == 2
    assert not (folder.path / "overrides.csv").exists()


def test_a_broken_overrides_csv_is_not_written_over(tmp_path: Path) -> None:
    folder = operator_folder(tmp_path)
    pairs(folder)
    folder.write("overrides.csv", "evse,side,colour\na,left,red\n")
    target = tmp_path / "proposed.csv"
    done = CliRunner().invoke(main, ["check", str(folder.path), "--propose-cabinets", str(target)])
    assert done.exit_code == 1
    assert not target.exists()


def test_a_source_may_name_cabinet_and_side_and_overrides_csv_wins(tmp_path: Path) -> None:
    named = {"cabinet": "7", "side": "right"}
    folder = operator_folder(
        tmp_path, location("L1", one("a", chargeside=named), one("b", chargeside={"cabinet": "7"}))
    )
    (station,) = folder.network().stations
    assert station.key == "DE*GTS*L1/cabinet/7"
    assert [point.side for point in station.points] == ["right", None]
    folder.write("overrides.csv", "evse,cabinet,side\na,7,left\nb,8,\n")
    folder.issue()
    assert {s.key: s.points[0].side for s in folder.network().stations} == {
        "DE*GTS*L1/cabinet/7": "left",
        "DE*GTS*L1/cabinet/8": None,
    }


def test_a_cabinet_or_side_that_is_none_is_named(tmp_path: Path) -> None:
    folder = operator_folder(
        tmp_path, location("L1", one("a", chargeside={"side": "above", "cabinet": "../x"}))
    )
    said = [finding.message for finding in folder.load()[1] if finding.code == "S304"]
    assert ["above" in message or "../x" in message for message in said] == [True, True]


def test_cabinet_side_and_number_are_explained(tmp_path: Path) -> None:
    folder = operator_folder(
        tmp_path,
        location(
            "L1",
            one("a", physical_reference="1A", chargeside={"cabinet": "1"}),
            one("b", chargeside={"cabinet": "1"}),
        ),
    )
    folder.write("overrides.csv", "evse,side,number\na,left,7L\n")
    folder.issue()
    (station,) = folder.network().stations
    lines = [" ".join(line.split()) for line in explain(station)]
    assert "number 7L overrides (op/overrides.csv:2)" in lines
    assert "side left overrides (op/overrides.csv:2)" in lines
    assert lines.count("cabinet 1 feed (op/stations/feed.json:2, EVSE uid a)") == 1
    assert "side unknown" in lines


@pytest.mark.parametrize(
    ("rows", "unread", "findings"), [(20, False, 20), (21, False, 1), (3, True, 1), (1, True, 1)]
)
def test_rows_without_an_evse_are_no_flood(tmp_path: Path, rows: int, unread: bool, findings: int) -> None:
    folder = operator_folder(tmp_path)
    folder.write("overrides.csv", "evse,payment.cash\n" + "".join(f"gone-{n},no\n" for n in range(rows)))
    if unread:
        folder.write("stations/feed.json", '[{"id": "L1"')
    those = [finding for finding in folder.load()[1] if finding.code == "O210"]
    assert len(those) == findings
    assert those[0].line == 2
    assert findings > 1 or str(rows) in those[0].message


def test_rows_proposed_for_real_stations_group_them(shared_data: Path, tmp_path: Path) -> None:
    folder = operator_folder(tmp_path)
    (folder.path / "stations" / "feed.json").unlink()
    source = str(shared_data / "irve" / "irve-statique-250-stations.csv")
    done = CliRunner().invoke(main, ["import", "irve", source, "--to", str(folder.path), "--accept-removals"])
    assert done.exit_code == 0, done.output
    network = folder.network()
    proposals: tuple[Proposal, ...] = propose(network)
    assert proposals
    names = [place.name for proposal in proposals for place in proposal.places]
    assert len(names) == len(set(names))
    assert all(2 <= len(proposal.places) <= 4 for proposal in proposals)
    text = proposals_csv(proposals, folder.path / "overrides.csv", "op/overrides.csv", Findings())
    assert text is not None
    folder.write("overrides.csv", text)
    again, findings = folder.load()
    assert again is not None
    assert len(again.stations) == len(network.stations) - len(names) + len(proposals)
    assert "O210" not in {finding.code for finding in findings}
