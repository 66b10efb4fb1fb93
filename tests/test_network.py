"""From an operator's folder to stations: which EVSEs share one sign, who may say what of them, and how it is explained."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chargeside.explain import explain
from chargeside.model.facts import (
    FACTS,
    PAYMENTS,
    RANKS,
    UNKNOWN,
    Fact,
    Facts,
    FactValue,
    Origin,
    Rank,
    merge,
)
from chargeside.model.network import Station
from support import Folder, codes_of, connector, evse, found, line_of, location, operator_folder, socket

# ── Which EVSEs share one sign ───────────────────────────────────────────────────────────────────────────────────────

OVERRIDES = "evse,cabinet,side,number\n"


def site(*evses: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return location("L1", *evses, **changes)


def uids(stations: tuple[Station, ...]) -> list[list[str]]:
    return sorted([point.evse.uid for point in station.points] for station in stations)


@pytest.mark.parametrize(
    ("station_is", "groups"),
    [
        ("evse", [["A1"], ["A2"], ["B1"], ["C1"]]),
        ("cabinet", [["A1", "A2"], ["B1"], ["C1"]]),
        ("physical_reference", [["A1"], ["A2", "B1"], ["C1"]]),
        ("location", [["A1", "A2", "B1", "C1"]]),
    ],
)
def test_what_carries_one_sign(tmp_path: Path, station_is: str, groups: list[list[str]]) -> None:
    two = {"physical_reference": "2"}
    place = site(evse("A1", physical_reference="1"), evse("A2", **two), evse("B1", **two), evse("C1"))
    folder = operator_folder(tmp_path, place, station_is=station_is)
    folder.write("overrides.csv", OVERRIDES + "A1,K1,left,\nA2,K1,right,\nB1,K2,,\n")
    assert uids(folder.load()[0].stations) == groups  # type: ignore[union-attr]


def test_a_rule_of_kits_says_what_carries_one_sign(tmp_path: Path) -> None:
    folder = operator_folder(tmp_path, site(evse("A1"), evse("A2")), location("L2", evse("B1"), evse("B2")))
    folder.write(
        "kits.yml", "kits:\n  - name: one post\n    match: {location: L2}\n    station_is: location\n"
    )
    assert uids(folder.load()[0].stations) == [["A1"], ["A2"], ["B1", "B2"]]  # type: ignore[union-attr]


def test_sides_are_sorted_from_left_to_right_and_numbers_shown(tmp_path: Path) -> None:
    place = site(evse("A1", physical_reference="1"), evse("A2"), evse("A3"))
    folder = operator_folder(tmp_path, place)
    folder.write("overrides.csv", OVERRIDES + "A1,K,right,\nA2,K,left,7\nDE*GTS*A3,K,Center,\n")
    (station,) = folder.load()[0].stations  # type: ignore[union-attr]
    assert [(point.evse.uid, point.side, point.number) for point in station.points] == [
        ("A2", "left", "7"),
        ("A3", "centre", None),
        ("A1", "right", "1"),
    ]
    assert station.number == "7 | 1"


def test_a_site_with_many_numbers_has_none_of_its_own(tmp_path: Path) -> None:
    place = site(*(evse(f"A{n}", physical_reference=str(n)) for n in (1, 2, 3)))
    folder = operator_folder(tmp_path, place, station_is="location")
    assert folder.network().stations[0].number is None


def test_the_key_is_made_of_ids_that_do_not_change(tmp_path: Path) -> None:
    folder = operator_folder(tmp_path)
    before = {station.key: station.code for station in folder.network().stations}
    changed = {
        "name": "New name",
        "address": "New Str. 9",
        "coordinates": {"latitude": "48.401", "longitude": "9.991"},
    }
    folder.feed(location("L1", **changed), location("L2", **changed), name="feed")
    assert {station.key: station.code for station in folder.network().stations} == before


def test_the_order_and_number_of_feeds_change_nothing(tmp_path: Path) -> None:
    folder = operator_folder(tmp_path)
    before = [(station.code, station.key, station.facts) for station in folder.network().stations]
    (folder.path / "stations" / "feed.json").unlink()
    folder.feed(location("L2"), name="a")
    folder.feed(location("L1"), name="b")
    assert [(station.code, station.key, station.facts) for station in folder.network().stations] == before


def test_a_location_in_two_feeds_is_named(tmp_path: Path) -> None:
    folder = operator_folder(tmp_path)
    folder.feed(location("L3"), location("L2"), name="second")
    _, findings = folder.load()
    finding = found(findings, "S303")
    assert (finding.path, finding.line) == ("op/stations/second.json", 3)
    assert "op/stations/feed.json:3" in finding.message


def test_two_stations_never_share_a_key(tmp_path: Path) -> None:
    """An id may hold a slash, so that one Location's EVSE looks like another Location."""
    folder = operator_folder(tmp_path, site(evse("1")))
    folder.feed(site(evse("1")), location("L1/evse/1", evse("2")))
    folder.write(
        "kits.yml", 'kits:\n  - name: whole\n    match: {location: "L1/*"}\n    station_is: location\n'
    )
    network, findings = folder.load()
    assert network is not None
    assert len({station.key for station in network.stations}) == len(network.stations)
    assert found(findings, "S303").line == 3


# ── Who may say what ─────────────────────────────────────────────────────────────────────────────────────────────────

SAY: dict[str, st.SearchStrategy[Any]] = {
    "start_order": st.sampled_from(["plug_first", "auth_first", "any"]),
    "display": st.sampled_from(["yes", "no"]),
    "hardware": st.sampled_from(["Alpha", "Beta", "Gamma"]),
    "payment.app": st.sampled_from(["yes", "no"]),
    "payment.contactless": st.sampled_from(["yes", "no"]),
}
LAYERS = st.fixed_dictionaries({rank: st.fixed_dictionaries({}, optional=SAY) for rank in RANKS})


def nested(flat: dict[str, str]) -> dict[str, Any]:
    """Flat names as the files have them: `payment.app` below `payment`."""
    plain: dict[str, Any] = {name: value for name, value in flat.items() if "." not in name}
    payment = {name.partition(".")[2]: value for name, value in flat.items() if "." in name}
    return {**plain, "payment": payment} if payment else plain


def layered(base: Path, layers: dict[Rank, dict[str, str]]) -> Folder:
    """An operator whose five layers say these facts of the one EVSE."""
    place = site(evse("A1", chargeside=nested(layers["feed"])))
    folder = operator_folder(base, place, defaults=nested(layers["defaults"]), force=nested(layers["force"]))
    kit = {"kits": [{"name": "all", "facts": nested(layers["kits"])}]}
    folder.write("kits.yml", str(kit).replace("'", '"'))  # JSON is YAML
    row = layers["overrides"]
    folder.write(
        "overrides.csv",
        f"evse{''.join(',' + name for name in row)}\nA1{''.join(',' + v for v in row.values())}\n",
    )
    return folder


@given(LAYERS)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_last_to_speak_wins(tmp_path: Path, layers: dict[Rank, dict[str, str]]) -> None:
    (station,) = layered(tmp_path, layers).network().stations
    told = dict(station.points[0].facts)
    for name in SAY:
        speakers = [rank for rank in RANKS if name in layers[rank]]
        if speakers:
            assert (told[name].value, told[name].origin.rank) == (layers[speakers[-1]][name], speakers[-1])
        else:
            assert name not in told


@pytest.mark.parametrize("rank", ["defaults", "kits", "force"])
def test_unknown_takes_back_what_was_said_below(tmp_path: Path, rank: Rank) -> None:
    said: dict[Rank, dict[str, str]] = {one: {} for one in RANKS}
    said["feed"] = {"payment.contactless": "yes", "start_order": "any"}
    said[rank] = {"payment.contactless": "unknown", "start_order": "unknown"}
    (station,) = layered(tmp_path, said).network().stations
    assert station.facts.get("payment.contactless") == UNKNOWN
    assert station.facts.get("start_order") == UNKNOWN
    assert "contactless" not in station.facts.many("payment")


def test_later_rules_of_kits_win_and_see_what_earlier_ones_said(tmp_path: Path) -> None:
    folder = operator_folder(tmp_path, site(evse("A1")))
    folder.write(
        "kits.yml",
        "kits:\n"
        "  - {name: make, match: {connectors: [ccs2]}, facts: {hardware: Alpha 50, display: yes}}\n"
        "  - {name: model, match: {hardware: Alpha *}, facts: {display: no}}\n"
        "  - {name: other, match: {hardware: Beta}, facts: {display: yes}}\n",
    )
    network, findings = folder.load()
    assert network is not None
    assert network.stations[0].facts.get("display") == "no"
    finding = found(findings, "O207")
    assert (finding.path, finding.line) == ("op/kits.yml", 4)


@pytest.mark.parametrize(
    ("match", "selected"),
    [
        ("{}", {"A1", "A2", "B1"}),
        ("{location: L1}", {"A1", "A2"}),
        ("{location: L*}", {"A1", "A2", "B1"}),
        ("{evse: A*}", {"A1", "A2"}),
        ("{evse: DE*GTS*A1}", {"A1"}),
        ("{evse: DE*G*A1}", set()),
        ("{connectors: [type2, chademo]}", {"A2"}),
        ("{current: AC}", {"A2"}),
        ("{min_power_kw: 150}", {"A1", "B1"}),
        ("{min_power_kw: 150.5}", set()),
        ("{country: FR}", {"B1"}),
        ("{country: FR, current: AC}", set()),
    ],
)
def test_what_a_rule_of_kits_selects(tmp_path: Path, match: str, selected: set[str]) -> None:
    country = {"languages": ["en"], "helpline": {"phone": "+33 1"}, "emergency_phone": "112"}
    places = [site(evse("A1"), evse("A2", socket())), location("L2", evse("B1"), country="FRA")]
    folder = operator_folder(tmp_path, *places, countries={"DE": country, "FR": country})
    folder.write("kits.yml", f"kits:\n  - name: some\n    match: {match}\n    facts: {{hardware: Found}}\n")
    network, findings = folder.load()
    assert network is not None
    points = [point for station in network.stations for point in station.points]
    assert {point.evse.uid for point in points if point.facts.get("hardware") == "Found"} == selected
    assert ("O207" in codes_of(findings)) is not bool(selected)


# ── What holds for a whole station ───────────────────────────────────────────────────────────────────────────────────

HERE = Origin("feed", "test")
VALUES: dict[str, st.SearchStrategy[FactValue]] = {
    "connectors": st.lists(st.sampled_from(["ccs2", "type2", "chademo"]), min_size=1, unique=True).map(tuple),
    "start_order": st.sampled_from(["plug_first", "auth_first", "any", "unknown"]),
    "power_kw": st.sampled_from([3.7, 22.0, 150.0]),
    "display": st.sampled_from(["yes", "no", "unknown"]),
    "payment.app": st.sampled_from(["yes", "no", "unknown"]),
    "payment.cash": st.sampled_from(["yes", "no", "unknown"]),
}
OF_ONE = st.fixed_dictionaries({}, optional=VALUES).map(
    lambda v: Facts({n: Fact(x, HERE) for n, x in v.items()})
)


@given(st.lists(OF_ONE, min_size=1, max_size=4), st.randoms(use_true_random=False))
@settings(max_examples=150)
def test_a_station_promises_only_what_holds_at_every_evse(evses: list[Facts], chance: Any) -> None:
    whole = merge(evses)
    for name in ("start_order", "display", "payment.app", "payment.cash"):
        values = {one.get(name) for one in evses}
        assert whole.get(name) == (values.pop() if len(values) == 1 else UNKNOWN)
    assert set(whole.many("connectors")) == {plug for one in evses for plug in one.many("connectors")}
    known = [one.power_kw for one in evses if one.power_kw is not None]
    assert whole.power_kw == (max(known) if known else None)
    mixed = evses.copy()
    chance.shuffle(mixed)
    again = merge([*mixed, *mixed])
    assert {n: sorted(v) if isinstance(v, tuple) else v for n, v in again.values} == {
        n: sorted(v) if isinstance(v, tuple) else v for n, v in whole.values
    }


def test_a_cabinet_with_two_sides_promises_what_both_have(tmp_path: Path) -> None:
    folder = operator_folder(tmp_path, site(evse("A1"), evse("A2", socket())))
    folder.write(
        "overrides.csv",
        "evse,cabinet,payment.app,payment.cash,start_order\nA1,K,yes,yes,plug_first\nA2,K,yes,,plug_first\n",
    )
    (station,) = folder.load()[0].stations  # type: ignore[union-attr]
    assert station.facts.many("payment") == ("app",)
    assert station.facts.get("start_order") == "plug_first"
    assert station.facts.many("current") == ("DC", "AC")
    assert station.facts.power_kw == 150
    assert [point.facts.many("payment") for point in station.points] == [("app", "cash"), ("app",)]


# ── How it is explained ──────────────────────────────────────────────────────────────────────────────────────────────


def test_each_fact_is_explained_with_file_and_line(tmp_path: Path) -> None:
    said: dict[Rank, dict[str, str]] = {
        "feed": {"payment.cash": "yes", "payment.app": "no"},
        "defaults": {"payment.app": "yes", "display": "no"},
        "kits": {"hardware": "Alpha 50"},
        "overrides": {"start_order": "any"},
        "force": {"payment.contactless": "unknown"},
    }
    folder = layered(tmp_path, said)
    (station,) = folder.network().stations
    lines = list(explain(station))
    operator = folder.text("operator.yml")
    expected = {
        "payment.cash": ("yes", "feed (op/stations/feed.json:2, EVSE uid A1)"),
        "payment.app": ("yes", f"defaults (op/operator.yml:{line_of(operator, 'app:')})"),
        "display": ("no", f"defaults (op/operator.yml:{line_of(operator, 'display:')})"),
        "hardware": ("Alpha 50", "kits (op/kits.yml:1)"),
        "start_order": ("any", "overrides (op/overrides.csv:2)"),
        "payment.contactless": ("unknown", f"force (op/operator.yml:{line_of(operator, 'contactless:')})"),
        "power_kw": ("150", "feed (op/stations/feed.json:2, EVSE uid A1)"),
        "connectors": ("ccs2", "feed (op/stations/feed.json:2, EVSE uid A1)"),
        "payment.web": ("unknown", ""),
    }
    assert lines[0].startswith(station.code)
    assert station.key in lines[0]
    for name, (value, origin) in expected.items():
        (line,) = [one for one in lines if one.split()[:1] == [name]]
        assert " ".join(line.split()) == f"{name} {value} {origin}".strip()


def test_every_fact_is_explained_known_or_not(tmp_path: Path) -> None:
    (station,) = operator_folder(tmp_path, site()).network().stations
    explained = [line.split()[0] for line in explain(station) if line.startswith("  ")]
    wanted = [*(name for name in FACTS if name != "payment"), *(f"payment.{way}" for way in PAYMENTS)]
    assert explained == [*wanted, "cabinet", "side", "number"]


# ── What is left out, and said ───────────────────────────────────────────────────────────────────────────────────────


def test_a_folder_may_be_named_by_a_dot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = operator_folder(tmp_path)
    folder.edit("operator.yml", "station_is: cabinet", "station_is: cabinett")
    monkeypatch.chdir(folder.path)
    assert found(Folder(Path()).check(), "F108").path == "op/operator.yml"


def test_a_file_that_is_no_feed_is_passed_over_with_a_word(tmp_path: Path) -> None:
    folder = operator_folder(tmp_path)
    folder.write("stations/notes.txt", "call Bert")
    folder.write("stations/.DS_Store", b"\x00")
    finding = found(folder.load()[1], "S308")
    assert (finding.path, finding.severity) == ("op/stations/notes.txt", "warning")


def test_a_country_without_a_helpline_is_named(tmp_path: Path) -> None:
    folder = operator_folder(tmp_path)
    folder.feed(location("L1"), location("L2", country="FRA"))
    folder.issue()
    finding = found(folder.check(), "O205")
    assert finding.severity == "error"
    assert finding.line == line_of(folder.text("operator.yml"), "countries:")
    assert "op/stations/feed.json:3" in finding.message
    assert "FR:" in finding.mend


@pytest.mark.parametrize(
    ("key", "value", "at", "mend"),
    [
        ("languages", ["en", "xx"], "- xx", "en"),
        ("placards", [{"design": "classic", "size": "A5", "languages": ["staton"]}], "- staton", '"station"'),
    ],
)
def test_a_language_without_texts_is_named(
    tmp_path: Path, key: str, value: object, at: str, mend: str
) -> None:
    folder = operator_folder(tmp_path, **{key: value})
    finding = found(folder.check(), "O206")
    assert finding.line == line_of(folder.text("operator.yml"), at)
    assert mend in finding.mend


def test_a_pale_colour_is_named_and_a_dark_one_is_not(tmp_path: Path) -> None:
    folder = operator_folder(tmp_path, brand={"colour": "#ffcc00"})
    finding = found(folder.check(), "O204")
    assert finding.line == line_of(folder.text("operator.yml"), "colour:")
    folder.edit("operator.yml", "#ffcc00", "#003300")
    assert [finding for finding in folder.check() if finding.code[0] == "O"] == []


def test_a_plug_that_nobody_knows_is_kept(tmp_path: Path) -> None:
    folder = operator_folder(tmp_path, site(evse("A1", connector("MY_OWN_PLUG"))))
    (station,) = folder.network().stations
    assert station.facts.many("connectors") == ("MY_OWN_PLUG",)
