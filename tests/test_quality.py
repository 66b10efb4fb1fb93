"""Repair and doubt, said out loud: what the reader repairs and assumes, the journal, and the data-quality report."""

from __future__ import annotations

import csv
import io
import json
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chargeside.findings import RULES, Findings
from chargeside.importers.importer import importer, importer_names
from chargeside.journal import Effect, Journal, Remark
from chargeside.load.content import load_content
from chargeside.load.network import load_network
from chargeside.load.ocpi import read_feed
from chargeside.model.ocpi import Location
from chargeside.plan.quality import MOST_LEFT_OUT, Quality, quality_of
from chargeside.quality import report_on, write_quality_report
from chargeside.render.quality import report_csv, report_html, report_json
from support import connector, evse, location, socket

SHOWN = "net/stations/feed.json"
KINDS = {"IEC_62196_T2": "type2", "IEC_62196_T2_COMBO": "ccs2", "CHADEMO": "chademo"}
EFFECTS = {"repaired", "assumed", "doubted", "left out", "on purpose"}


def load(folder: Path, records: Any) -> tuple[tuple[Location, ...], Findings, Journal]:
    path = folder / "feed.json"
    path.write_text(records if isinstance(records, str) else json.dumps(records, indent=0))
    journal = Journal()
    findings = Findings(journal)
    return read_feed(path, SHOWN, KINDS, findings), findings, journal


def report(findings: Findings, title: str = "Grid Test") -> Quality:
    assert findings.journal is not None
    return quality_of(findings.journal, findings, title=title, day="2026-11-22")


def plugged(**changes: Any) -> dict[str, Any]:
    return location("L1", evse("E1", socket(**changes)))


# What is repaired and assumed is said, and what comes of it


@pytest.mark.parametrize(
    ("record", "said", "value"),
    [
        (plugged(max_electric_power=None), "assumed: no max_electric_power: worked out", 22_080),
        (plugged(max_electric_power=22_000_000), "repaired: max_electric_power is 22000000, a thousand", 22_000),
        (plugged(max_electric_power=22), "repaired: max_electric_power is 22, a thousand", 22_000),
        (plugged(max_electric_power=900_000), "assumed: max_electric_power cannot be right: 900000 W", 22_080),
        (
            plugged(max_electric_power=90, max_voltage=None, max_amperage=None),
            "doubted: max_electric_power cannot be right: 90 W; no power",
            None,
        ),
        (plugged(max_electric_power="22000"), "repaired: max_electric_power is given as text", 22_000),
        (plugged(max_electric_power="lots"), 'doubted: max_electric_power "lots" is no number above 0', 22_080),
        (
            plugged(max_electric_power=50_000, max_voltage=None, max_amperage=None),
            "doubted: an AC connector with 50000 W",
            50_000,
        ),
    ],
    ids=lambda value: value.partition(":")[2][:50] if isinstance(value, str) else "",
)  # fmt: skip
def test_power(record: dict[str, Any], said: str, value: int | None, tmp_path: Path) -> None:
    locations, _, journal = load(tmp_path, [record])
    assert [
        f"{r.effect}: {r.message}" for r in journal.remarks if f"{r.effect}: {r.message}".startswith(said)
    ]
    assert locations[0].evses[0].connectors[0].max_electric_power == value


@pytest.mark.parametrize(
    ("changes", "said", "expected"),
    [
        ({"format": "cable"}, 'repaired: format "cable" is read as OCPI writes it', ("IEC_62196_T2_COMBO", "CABLE", "DC")),
        ({"format": "SOCKET"}, "repaired: IEC_62196_T2_COMBO is called a SOCKET", ("IEC_62196_T2_COMBO", "CABLE", "DC")),
        ({"power_type": "AC_3_PHASE"}, "repaired: IEC_62196_T2_COMBO is called AC", ("IEC_62196_T2_COMBO", "CABLE", "DC")),
        ({"power_type": None}, "assumed: no power_type: IEC_62196_T2_COMBO carries nothing but DC", ("IEC_62196_T2_COMBO", "CABLE", "DC")),
        ({"standard": "iec 62196-t2 combo"}, "repaired: standard", ("IEC_62196_T2_COMBO", "CABLE", "DC")),
        ({"standard": "GB/T (DC)"}, 'repaired: a plug\'s name is read as a ConnectorType: "GB/T (DC)" as GBT_DC', ("GBT_DC", "CABLE", "DC")),
        ({"standard": "Type 2 outlet", "format": None, "power_type": "AC_3_PHASE"}, 'repaired: a plug\'s name is read as a ConnectorType: "Type 2 outlet" as IEC_62196_T2, SOCKET', ("IEC_62196_T2", "SOCKET", "AC_3_PHASE")),
        ({"standard": "Type 9"}, 'doubted: standard "Type 9" is no OCPI', ("Type 9", "CABLE", "DC")),
        ({"standard": "IEC_62196_T2", "format": "SOCKET"}, "doubted: IEC_62196_T2 gives DC from a SOCKET", ("IEC_62196_T2", "SOCKET", "DC")),
    ],
    ids=lambda value: value[:60] if isinstance(value, str) else "",
)  # fmt: skip
def test_plugs(changes: dict[str, Any], said: str, expected: tuple[str, ...], tmp_path: Path) -> None:
    locations, _, journal = load(tmp_path, [location("L1", evse("E1", connector(**changes)))])
    assert [one for one in (f"{r.effect}: {r.message}" for r in journal.remarks) if one.startswith(said)]
    found = locations[0].evses[0].connectors[0]
    assert (found.standard, found.format, found.power_type) == expected


@pytest.mark.parametrize(
    ("record", "said"),
    [
        (location(country="de"), 'repaired: country "de" is understood'),
        (location(country="Deutschland"), 'repaired: country "Deutschland" is a name'),
        (location(country="XXX"), "assumed: country"),
        (location(country=None), "assumed: country is missing"),
        (location(country_code=None, party_id=None), "assumed: no country_code and party_id"),
        (location(publish="true"), "repaired: publish is given as text"),
        (location(coordinates={"latitude": "48,4", "longitude": "9,99"}), "repaired: coordinates are written"),
        (location(coordinates={"latitude": 9.99, "longitude": 48.4}), "doubted: coordinates lie outside Europe"),
        (location(coordinates={"latitude": 0, "longitude": 0}), "doubted: coordinates are 0, 0"),
        (location(coordinates={"latitude": 40.7, "longitude": -74.0}), "doubted: coordinates lie outside of the country (DE)"),
        (location("L1", evse("A", evse_id="DE*GTS*E1"), evse("A", evse_id="DE*GTS*E2")), 'assumed: EVSEs of a Location share the uid "A"'),
        (location(help_phone="0000000000"), "doubted: help_phone"),
        (location("L1", evse(uid=None, evse_id="DE*GTS*E1")), "assumed: no uid"),
        (location("L1", evse(evse_id=None)), "assumed: no evse_id"),
        (location("L1", evse(evse_id="TR*OTO*1034009702")), "doubted: an EVSE ID fits neither"),
        (location("L1", evse(physical_reference="DEGTSE1")), "doubted: physical_reference is the EVSE ID again"),
        (location("L1", evse(coordinates={"latitude": 48.6, "longitude": 9.99})), "doubted: coordinates of an EVSE"),
        (location("L1", evse(status="CHARGING ")), 'repaired: status "CHARGING " is read'),
        (location("L1", evse(capabilities=["rfid reader"])), 'repaired: capability "rfid reader" is read'),
    ],
    ids=lambda value: value[:60] if isinstance(value, str) else "",
)  # fmt: skip
def test_locations_and_evses(record: dict[str, Any], said: str, tmp_path: Path) -> None:
    locations, _, journal = load(tmp_path, [record])
    assert len(locations) == 1
    assert [one for one in (f"{r.effect}: {r.message}" for r in journal.remarks) if one.startswith(said)]


def test_a_clean_feed_has_no_remark(tmp_path: Path) -> None:
    _, findings, journal = load(
        tmp_path, [location(), location("L2", coordinates={"latitude": 50, "longitude": 8})]
    )
    assert (journal.remarks, list(findings)) == ([], [])
    assert "Nothing to mend." in report_html(report(findings)).decode()


def test_evse_ids_that_differ_in_stars_alone_are_the_same(tmp_path: Path) -> None:
    locations, _, journal = load(
        tmp_path,
        [
            location("L1", evse("A", evse_id="DE*GTS*E12")),
            location("L2", evse("B", evse_id="DEGTSE1*2"), address="Kurze Str. 2"),
        ],
    )
    assert [r.message for r in journal.remarks if r.code == "S306" and r.severity == "warning"] == [
        "the EVSE ID DEGTSE1*2 stands twice in the file (spelt with or without *): both are kept"
    ]
    assert [r.station for r in journal.remarks if r.message.startswith("an earlier Location")] == ["L2"]
    assert [place.evses[0].evse_id for place in locations] == ["DE*GTS*E12", "DEGTSE1*2"]


@pytest.mark.parametrize(
    ("near", "far", "doubted"),
    [(12, [(33.9, 18.4)], ["far-0"]), (12, [(33.9, 18.4), (33.8, 18.5)], []), (5, [(33.9, 18.4)], [])],
    ids=["one alone", "two of a country of several parts", "too few to tell"],
)
def test_a_location_far_from_all_others_is_doubted(
    near: int, far: list[tuple[float, float]], doubted: list[str], tmp_path: Path
) -> None:
    def placed(name: str, latitude: float, longitude: float) -> dict[str, Any]:
        return location(name, coordinates={"latitude": latitude, "longitude": longitude}, country="IND")

    records = [placed(f"near-{i}", 48 + i / 50, 9) for i in range(near)]
    records += [placed(f"far-{i}", *place) for i, place in enumerate(far)]
    _, _, journal = load(tmp_path, records)
    assert [r.station for r in journal.remarks if "hundreds of kilometres" in r.message] == doubted


# The journal


MESS = [
    location("L1", evse("E1", socket(max_electric_power=None)), evse("E2", connectors=[])),
    location("L2", evse("E3", connector(format="SOCKET")), publish=False),
    location("L3", evse("E4", status="REMOVED")),
    location("L4", evse("E5", connector(standard="Type 9")), evse("E5", socket())),
    location("L4", name="Twice"),
    {"currency": "EUR", "elements": []},
    "text",
    location("../L5"),
    location("L6", evse("E6", connector(format="cable")), coordinates={"latitude": 50, "longitude": 8}),
]


def test_every_case_has_its_place_its_station_and_its_evse(tmp_path: Path) -> None:
    _, findings, journal = load(tmp_path, {"data": MESS})
    said = {(r.place, r.effect.value, r.whole, r.station, r.name, r.evse) for r in journal.remarks}
    assert said >= {
        ("data[0].evses[0].connectors[0]", "assumed", False, "L1", "Site L1", "DE*GTS*E1"),
        ("data[0].evses[1]", "left out", False, "L1", "Site L1", "DE*GTS*E2"),
        ("data[1]", "on purpose", True, "L2", "Site L2", ""),
        ("data[2].evses[0]", "on purpose", False, "L3", "Site L3", "DE*GTS*E4"),
        ("data[2]", "on purpose", True, "L3", "Site L3", ""),
        ("data[3].evses[1]", "left out", False, "L4", "Site L4", "DE*GTS*E5"),
        ("data[4]", "left out", True, "L4", "Twice", ""),
        ("data[5]", "left out", True, "", "", ""),
        ("data[6]", "left out", True, "", "", ""),
        ("data[7]", "left out", True, "../L5", "Site ../L5", ""),
    }
    assert all(remark.code in RULES and remark.mend for remark in journal.remarks)
    assert journal.told == set(findings)


def test_findings_are_the_same_with_and_without_a_journal(tmp_path: Path) -> None:
    _, with_one, _ = load(tmp_path, MESS)
    without = Findings()
    read_feed(tmp_path / "feed.json", SHOWN, KINDS, without)
    assert list(without) == list(with_one)


def test_a_broken_file_leaves_nothing_but_the_reason(tmp_path: Path) -> None:
    _, findings, journal = load(tmp_path, json.dumps(MESS)[:-20])
    quality = report(findings)
    assert (journal.remarks, journal.files, quality.kinds) == ([], [], ())
    assert [finding.code for finding in quality.trouble] == ["F104"]
    assert "breaks off before its end" in report_html(quality).decode()


# No row disappears without a reason


def parts_out(journal: Journal) -> tuple[set[str], set[str]]:
    """Places of the records and of the EVSEs that are left out."""
    gone = [r for r in journal.remarks if r.effect in (Effect.LEFT_OUT, Effect.ON_PURPOSE)]
    return {r.place for r in gone if r.whole}, {
        r.place for r in gone if not r.whole and "connectors" not in r.place
    }


texts = st.sampled_from([None, "", "A", "a", "B*1", "../x", "REMOVED", "x" * 300, "DE", "GBR"])
connectors = st.lists(st.sampled_from([socket(), connector(), {}, None, {"standard": 5}]), max_size=2)
evses = st.one_of(
    st.none(),
    st.fixed_dictionaries({"uid": texts, "evse_id": texts, "status": texts, "connectors": connectors}),
)
records = st.one_of(
    st.sampled_from([None, 7, "text", {}, {"currency": "EUR", "elements": []}]),
    st.builds(
        lambda given, gone: {key: value for key, value in given.items() if key not in gone},
        st.fixed_dictionaries(
            {
                "country_code": texts,
                "party_id": texts,
                "id": texts,
                "publish": st.sampled_from([True, True, False, "yes", "maybe", None]),
                "country": texts,
                "evses": st.one_of(st.none(), st.lists(evses, max_size=3)),
            }
        ),
        st.sets(st.sampled_from(["id", "evses", "country", "publish"]), max_size=1),
    ),
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(records, max_size=6))
def test_every_record_and_evse_of_a_feed_is_shown_or_has_its_reason(tmp_path: Path, given: list[Any]) -> None:
    shown, findings, journal = load(tmp_path, given)
    if not journal.files:  # all of the file is something else
        assert findings.errors and not shown
        return
    records_out, evses_out = parts_out(journal)
    assert len(given) == len(shown) + len(records_out)
    inside = {
        f"[{i}].evses[{j}]"
        for i, record in enumerate(given)
        if isinstance(record, dict) and f"[{i}]" not in records_out
        for j, _ in enumerate(record.get("evses") or ())
    }
    assert len(inside) == sum(len(place.evses) for place in shown) + len(inside & evses_out)


FILES = {
    "afdc": ["afdc/*.csv"],
    "bnetza": ["bnetza/*"],
    "datex2": ["datex2/*"],
    "irve": ["irve/*250*"],
    "ocm": ["ocm/ocm_*"],
    "ocpi": ["ocpi/*/location_example*.json"],
    "osm": ["osm/*"],
}


@pytest.mark.data
@pytest.mark.parametrize("kind", FILES)
def test_every_row_of_real_files_is_used_or_has_its_reason(kind: str, shared_data: Path) -> None:
    if kind not in importer_names():
        pytest.skip(f"the importer {kind} is not installed")
    paths = [path for pattern in FILES[kind] for path in sorted(shared_data.glob(pattern))]
    assert paths
    for path in paths:
        findings = Findings(Journal())
        options = {"country": "FR"} if kind == "osm" else {}
        made = list(importer(kind).read(path, findings, **options))
        quality = report(findings)
        assert [count.file for count in quality.files] == [str(path)]
        rows = quality.files[0]
        out = quality.records_left_out + quality.records_on_purpose
        assert (rows.records, rows.locations) == (rows.used + rows.skipped + out, rows.locations)
        if kind != "ocpi":  # it hands on also what is not shown: that is decided each time the feed is loaded
            assert (rows.locations, rows.evses) == (len(made), sum(len(place["evses"]) for place in made))


# The report


def reports(quality: Quality) -> tuple[str, list[dict[str, str]], dict[str, Any]]:
    table = b"".join(report_csv(quality)).decode("utf-8-sig")
    return (
        report_html(quality).decode(),
        list(csv.DictReader(io.StringIO(table))),
        json.loads(b"".join(report_json(quality))),
    )


class Page(HTMLParser):
    """Elements, attributes and text of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        self.attributes.update(name for name, _ in attrs)

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_three_files_agree(tmp_path: Path) -> None:
    _, findings, journal = load(tmp_path, MESS)
    quality = report(findings)
    html, rows, data = reports(quality)
    assert (
        len(rows) == len(data["remarks"]) == len(journal.remarks) == sum(k["remarks"] for k in data["kinds"])
    )
    assert {row["effect"] for row in rows} == EFFECTS == set(data["effects"])
    assert data["totals"] == {
        "records": 9,
        "locations": 3,
        "evses": 3,
        "skipped": 0,
        "stations": None,
        "records_left_out": 4,
        "records_on_purpose": 2,
    }
    assert [Remark(**remark) for remark in data["remarks"]] == journal.remarks
    page = Page(html)
    for words in ("Records in", "3 shown to drivers", "4 left out", "2 left out on purpose", "Grid Test"):
        assert words in page.text
    for remark in journal.remarks:
        assert remark.message in page.text


def test_what_costs_drivers_most_comes_first(tmp_path: Path) -> None:
    _, findings, _ = load(tmp_path, MESS)
    quality = report(findings)
    weights = [kind.weight for kind in quality.kinds]
    assert weights == sorted(weights, reverse=True)
    assert quality.kinds[0].first.severity == "error"
    assert quality.kinds[-1].first.effect is Effect.ON_PURPOSE
    # Left out EVSEs weigh more than a power that was worked out; records that nobody sees are not among the stations.
    assert [one.first.station for one in quality.worst] == ["L4", "L1", "L6"]
    assert [said.remark.effect for said in quality.worst[1].said] == ["left out", "assumed"]


def test_many_cases_are_bounded_on_the_page_and_whole_in_the_files(tmp_path: Path) -> None:
    many = MOST_LEFT_OUT + 50
    _, findings, _ = load(tmp_path, [location(f"L{i}", evses=[]) for i in range(many)])
    html, rows, data = reports(report(findings))
    assert f"{many} cases, each with its reason; the first {MOST_LEFT_OUT} stand here" in Page(html).text
    assert html.count("left out for want of a usable EVSE") < MOST_LEFT_OUT + 10
    assert len(rows) == len(data["remarks"]) == many
    assert len(html) < 200_000


PAGE_OF_NOTHING = Page(report_html(report(Findings(Journal()), "x")).decode())
HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</style><b>",
    "=1+1",
    "@SUM(A1)",
    "-2",
    "\t=1",
]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.one_of(st.sampled_from(HOSTILE), st.text(max_size=30)), min_size=6, max_size=6))
def test_text_of_a_feed_is_only_text(tmp_path: Path, given: list[str]) -> None:
    texts = [text.encode("utf-8", "replace").decode() for text in given]
    name, ident, number, standard, status, phone = texts
    bad = location(
        ident, evse(number, connector(standard=standard), evse_id=number), name=name, help_phone=phone
    )
    _, findings, _ = load(
        tmp_path, [bad, location(name, evse(status=status), publish=status, address=phone), ident]
    )
    html, rows, _ = reports(report(findings, title=name))
    page = Page(html)
    shown = Page(report_html(report(load(tmp_path, MESS)[1])).decode())
    assert page.elements <= shown.elements | PAGE_OF_NOTHING.elements
    assert page.attributes <= shown.attributes | PAGE_OF_NOTHING.attributes
    for row in rows:
        assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) for cell in row.values())
        assert all(cell.isprintable() for cell in row.values())


def test_the_page_needs_nothing_else(tmp_path: Path) -> None:
    html, _, _ = reports(report(load(tmp_path, MESS)[1]))
    page = Page(html)
    assert not page.elements & {"script", "link", "img", "iframe", "form"}
    assert not page.attributes & {"src", "href", "style", "onclick"}
    assert "default-src 'none'" in unescape(html)


def test_files_are_whole_or_as_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    quality = report(load(tmp_path, MESS)[1])
    folder = tmp_path / "report"
    paths = write_quality_report(folder, quality)
    assert [path.name for path in paths] == ["data-quality.html", "data-quality.csv", "data-quality.json"]
    before = {path: path.read_bytes() for path in paths}
    quality.remarks.append(None)  # type: ignore[attr-defined]
    with pytest.raises(AttributeError):
        write_quality_report(folder, quality)
    assert {path: path.read_bytes() for path in folder.iterdir()} == before


def test_a_report_on_one_file_of_several(tmp_path: Path) -> None:
    _, findings, journal = load(tmp_path, MESS)
    read_feed(tmp_path / "feed.json", "net/stations/other.json", KINDS, findings)
    paths = report_on(findings, tmp_path / "report", title="x", day="2026-11-22", only=SHOWN)
    data = json.loads(paths[2].read_bytes())
    assert [count["file"] for count in data["files"]] == [SHOWN]
    assert 2 * len(data["remarks"]) == len(journal.remarks)
    assert {remark["file"] for remark in data["remarks"]} == {SHOWN}
    journal.rename("net/stations/other.json", "https://cpo.example/locations")
    assert {r.file for r in journal.remarks} == {SHOWN, "https://cpo.example/locations"}
    journal.forget(SHOWN)
    assert {count.file for count in journal.files} == {"https://cpo.example/locations"}


def test_coverage_of_the_demo_network(root: Path) -> None:
    findings = Findings(Journal())
    network = load_network(root / "station_kits" / "demo", load_content(findings), findings)
    assert network and findings.journal
    quality = quality_of(findings.journal, findings, title="Demo", day="2026-11-22", network=network)
    known = {cover.name: cover.known for cover in quality.coverage}
    assert quality.stations == len(network.stations)
    assert known["Number on the hardware"] == sum(1 for station in network.stations if station.number)
    assert known["Address"] == len(network.stations)
    assert [cover.known for cover in quality.coverage] == sorted(known.values())
    assert "What is known of the stations" in report_html(quality).decode()


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_the_page_is_accessible_and_fits_a_phone(chromium: Any, tmp_path: Path) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="needs axe-playwright-python")
    paths = write_quality_report(tmp_path / "report", report(load(tmp_path, MESS)[1]))
    for scheme, width in (("light", 360), ("dark", 360), ("light", 1200)):
        context = chromium.new_context(
            viewport={"width": width, "height": 800}, color_scheme=scheme, bypass_csp=True
        )
        page = context.new_page()
        page.goto(paths[0].as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") == width
        results = axe.Axe().run(page)
        assert results.violations_count == 0, results.generate_report()
        context.close()
