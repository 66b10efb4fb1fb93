"""Notices: what is read from notices.csv, what a page shows of it and when, and what `chargeside notice` writes."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import re
from dataclasses import replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from chargeside.build import Options, build
from chargeside.check.notices import check_notices
from chargeside.cli import main
from chargeside.errors import ContentError
from chargeside.findings import Findings
from chargeside.load.ledger import ledger_bytes
from chargeside.load.notices import load_notices
from chargeside.model.network import Network
from chargeside.model.notice import ROOM, TEXT_LIMIT, Notice, Target, read_moment
from chargeside.model.zones import at_the_place, in_utc, is_certain, zones_of
from chargeside.notice_work import file_of, typed
from chargeside.plan.driver import plan_driver
from chargeside.plan.driver_notices import Notices
from chargeside.plan.driver_views import NoticeView, StationPage
from chargeside.render.driver import BUDGET, RENDERERS
from support import TODAY, Folder, codes_of, evse, found, line_of, location, operator_folder, shared_content

NOW = f"{TODAY}T12:00:00+01:00"
AT = dt.datetime.fromisoformat(NOW)
HEAD = "code,text,until,from,lang,level,use\n"
SPOKEN = {
    "languages": ["de", "en", "fr"],
    "countries": {
        "DE": {
            "languages": ["de", "en", "fr"],
            "helpline": {"phone": "+49 800 1234567"},
            "emergency_phone": "112",
            "imprint": "Grid Test, Ulm",
            "privacy": "Nothing is kept.",
        }
    },
}


def place(name: str, *evses: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return location(name, *evses, **{"time_zone": "Europe/Berlin", **changes})


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """L1 with one charger; L2, 1 km from there, with a cabinet of two sides and a charger of its own."""
    sides = [evse("A", physical_reference="2A"), evse("B", physical_reference="2B"), evse("C")]
    near = {"latitude": "48.410000", "longitude": "9.990000"}
    made = operator_folder(tmp_path, place("L1"), place("L2", *sides, coordinates=near), **SPOKEN)
    made.write("overrides.csv", "evse,cabinet,side\nA,2,left\nB,2,right\n")
    made.write("ledger.csv", "code,station,status,moved_to,issued,url,name,lat,lon\n")
    made.issue()
    return made


def code(network: Network, uid: str) -> str:
    """The code of the charger that an EVSE belongs to."""
    return next(s.code for s in network.stations if any(p.evse.uid == uid for p in s.points))


def with_rows(folder: Folder, *rows: str) -> tuple[Network, Findings]:
    """The network with these rows, in which `<uid>` stands for the code of a charger."""
    known = folder.network()
    text = re.sub(r"<(EL1|A|B|C)>", lambda match: code(known, match[1]), "\n".join(rows))
    folder.write("notices.csv", f"{HEAD}{text}\n")
    network, findings = folder.load()
    assert network is not None
    check_notices(network, NOW, findings)
    return network, findings


def pages(network: Network, now: str = NOW) -> dict[str, StationPage]:
    """Station pages by their folder."""
    jobs = plan_driver(network, (), TODAY, now).jobs
    return {
        job.path.removeprefix("site/").removesuffix("index.html"): job.payload
        for job in jobs
        if isinstance(job.payload, StationPage)
    }


def shown(network: Network, uid: str, lang: str = "de", now: str = NOW) -> tuple[NoticeView, ...]:
    """What the page of a charger tells."""
    href = f"{code(network, uid)}/" if lang == "de" else f"{code(network, uid)}/{lang}/"
    return pages(network, now)[href].notices


def html(network: Network, uid: str, lang: str = "de") -> str:
    plan = plan_driver(network, (), TODAY, NOW)
    path = f"site/{code(network, uid)}/{'' if lang == 'de' else lang + '/'}index.html"
    job = next(job for job in plan.jobs if job.path == path)
    return RENDERERS[job.kind](job.payload, plan.shared).decode()


# ---------------------------------------------------------------------------------------------------------- moments


@pytest.mark.parametrize(
    ("text", "as_end", "as_begin"),
    [
        ("2026-11-24", "2026-11-25T00:00:00", "2026-11-24T00:00:00"),
        ("2026-11-24T18:00", "2026-11-24T18:00:00", "2026-11-24T18:00:00"),
        ("2026-11-24 18:00:30", "2026-11-24T18:00:30", "2026-11-24T18:00:30"),
        ("2026-11-24t18:00z", "2026-11-24T18:00:00+00:00", "2026-11-24T18:00:00+00:00"),
        ("2026-11-24T18:00+0530", "2026-11-24T18:00:00+05:30", "2026-11-24T18:00:00+05:30"),
        ("24.11.2026", "2026-11-25T00:00:00", "2026-11-24T00:00:00"),
        ("1.2.2026 8:05", "2026-02-01T08:05:00", "2026-02-01T08:05:00"),
        ("24-11-2026 18:00:00", "2026-11-24T18:00:00", "2026-11-24T18:00:00"),
        ("11/24/2026 18:00", "2026-11-24T18:00:00", "2026-11-24T18:00:00"),
        ("24/11/2026", "2026-11-25T00:00:00", "2026-11-24T00:00:00"),
        ("7/7/2026", "2026-07-08T00:00:00", "2026-07-07T00:00:00"),
    ],
)
def test_moments_are_read_as_people_and_spreadsheets_write_them(
    text: str, as_end: str, as_begin: str
) -> None:
    assert read_moment(text, end=True).isoformat() == as_end
    assert read_moment(text, end=False).isoformat() == as_begin


@pytest.mark.parametrize(
    "text",
    [
        "",
        "soon",
        "11/12/2026",
        "2026-13-01",
        "31.2.2026",
        "2026-11-24T25:00",
        "24.11.26",
        "9999-12-31",
        "20261124",
        "46350",
    ],
)
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"is no date|may be 2026-12-11 or 2026-11-12|a year"):
        read_moment(text, end=True)


_MOMENTS = st.datetimes(dt.datetime.fromisoformat("2001-01-01"), dt.datetime.fromisoformat("2098-01-01")).map(
    lambda moment: moment.replace(second=0, microsecond=0)
)


@given(_MOMENTS, st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", ""]))
def test_no_doubt_about_a_clock_ends_a_notice_too_early(moment: dt.datetime, name: str) -> None:
    zones = (ZoneInfo(name),) if name else zones_of("", "ES")
    begin, end = in_utc(moment, zones, latest=False), in_utc(moment, zones, latest=True)
    assert begin <= end <= begin + dt.timedelta(hours=2)
    if begin == end:
        assert is_certain(moment, zones)
        assert at_the_place(end, zones) in {moment, at_the_place(begin, zones)}
    for zone in zones:  # whichever clock is right, by it the moment has come at the end
        assert moment.replace(tzinfo=zone) <= end


# ------------------------------------------------------------------------------------------------------------ loading


@pytest.mark.parametrize(
    "dialect",
    [
        lambda text: text.encode(),
        lambda text: b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode(),
        lambda text: text.replace(",", ";").encode(),
        lambda text: ("sep=;\n" + text.replace(",", ";")).encode(),
        lambda text: text.replace(",", "\t").encode("cp1252"),
        lambda text: text.replace("2026-11-24T18:00", "24.11.2026 18:00").encode(),
        lambda text: text.replace(",,,,", ",").encode(),  # empty cells missing at the end
    ],
    ids=["plain", "mark-crlf", "semicolon", "sep", "tab-1252", "german-date", "short-row"],
)
def test_every_spreadsheet_says_the_same(folder: Folder, dialect: Any) -> None:
    text = f"{HEAD}EL1,Außer Betrieb,2026-11-24T18:00,,,,\n"
    folder.write("notices.csv", dialect(text))
    (notice,) = folder.network().notices
    assert (notice.text, notice.end) == ("Außer Betrieb", dt.datetime.fromisoformat("2026-11-24T18:00"))


BAD = {
    "no-end": ("<EL1>,Broken,,,,,", "N907", "2026-11-24T18:00"),
    "no-name": (",Broken,2026-11-24,,,,", "N907", "EVSE ID"),
    "no-text": ("<EL1>,,2026-11-24,,,info,", "N907", "out_of_order"),
    "bad-date": ("<EL1>,Broken,11/12/2026,,,,", "N907", "2026-11-24"),
    "ends-first": ("<EL1>,Broken,2026-11-24,2026-11-25,,,", "N907", "correct one"),
    "too-long": (f"<EL1>,{'x' * (TEXT_LIMIT + 1)},2026-11-24,,,,", "N907", str(TEXT_LIMIT)),
    "level": ("<EL1>,Broken,2026-11-24,,,out_of_ordr,", "N907", "out_of_order"),
    "language": ("<EL1>,Broken,2026-11-24,,ge,,", "N907", "de, en, fr"),
    "control": ("<EL1>,Bro\x1bken,2026-11-24,,,,", "N901", "delete it"),
    "unknown": ("EL11,Broken,2026-11-24,,,,", "N902", '"EL1"'),
    "excel": ("1.23E+10,Broken,2026-11-24,,,,", "N902", "format the column as text"),
    "ended": ("<EL1>,Broken,2026-11-21,,,,", "N903", "delete the row"),
    "use-unknown": ("<EL1>,Broken,2026-11-24,,,,nowhere", "N905", "ledger show"),
    "use-itself": ("<EL1>,Broken,2026-11-24,,,,EL1", "N905", "another one"),
    "use-broken": ("<EL1>,Broken,2026-11-24,,,,<C>\n<C>,,2026-11-24,,,,", "N905", "another one"),
    "crowded": ("\n".join(f"<EL1>,Text {n},2026-11-24,,,," for n in range(4)), "N906", "join them"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_mistake_is_named_with_its_line_and_its_mend(folder: Folder, name: str) -> None:
    row, rule, mend = BAD[name]
    _, findings = with_rows(folder, "*,All is well,2026-12-01,,en,,", row)
    finding = found(findings, rule)
    assert finding.path == "op/notices.csv"
    assert finding.line == (6 if name == "crowded" else 3)
    assert mend in finding.mend


def test_a_time_that_may_be_one_of_several_is_said(tmp_path: Path) -> None:
    spain = {
        "ES": {**SPOKEN["countries"]["DE"], "languages": ["en"]},  # type: ignore[index]
    }
    folder = operator_folder(tmp_path, location("L1", country="ESP"), countries=spain, languages=["en"])
    network, findings = with_rows(
        folder, "EL1,,2026-11-24T18:00,,,,", "EL1,Known,2026-11-24T18:00+01:00,,,info,"
    )
    assert found(findings, "N904").line == 2
    until = {
        view.is_out: (view.until, view.end) for view in pages(network)[f"{code(network, 'EL1')}/"].notices
    }
    assert until[True] == ("2026-11-24T18:00", "2026-11-24T18:00Z")  # as it is in the Canaries
    assert until[False] == ("2026-11-24T18:00", "2026-11-24T17:00Z")


def test_chargers_are_found_by_every_name(folder: Folder) -> None:
    network = folder.network()
    one, cabinet, alone = (code(network, uid) for uid in ("EL1", "A", "C"))
    names = {
        one: {Target(one)},
        "EL1": {Target(one)},
        "DE*GTS*EL1": {Target(one)},
        "degtsa": {Target(cabinet, "A")},
        "C": {Target(alone)},
        "L2": {Target(cabinet), Target(alone)},
        "*": {Target(one), Target(cabinet), Target(alone)},
    }
    network, findings = with_rows(folder, *(f"{name},Hello,2026-11-24,,,," for name in names))
    assert [set(notice.targets) for notice in network.notices] == list(names.values())
    assert [rule for rule in codes_of(findings) if rule.startswith("N")] == ["N906"]


def test_a_uid_of_two_chargers_names_none(tmp_path: Path) -> None:
    folder = operator_folder(tmp_path, place("L1", evse("1")), place("L2", evse("1", evse_id="DE*GTS*OTHER")))
    _, findings = with_rows(folder, "1,Broken,2026-11-24,,,,")
    assert "several" in found(findings, "N907").message


def test_codes_that_are_given_up_or_moved_can_be_told_of(folder: Folder) -> None:
    network = folder.network()
    old, new = code(network, "EL1"), code(network, "C")
    lines = [
        replace(line, status="moved", moved_to=new) if line.code == old else line for line in network.ledger
    ]
    folder.write("ledger.csv", ledger_bytes(lines))
    folder.feed(place("L2", evse("C")))
    moved, _ = with_rows(folder, f"{old},Mind the step,2026-11-24,,,,")
    assert moved.notices[0].targets == (Target(new),)
    gone = [replace(line, status="retired", moved_to="") if line.code == old else line for line in lines]
    folder.write("ledger.csv", ledger_bytes(gone))
    retired, _ = with_rows(folder, f"{old},Gone to the station,2026-11-24T18:00,,,,")
    (view,) = pages(retired)[f"{old}/"].notices
    assert (view.text and view.text.text, view.end) == ("Gone to the station", "2026-11-24T17:00Z")


# ------------------------------------------------------------------------------------------------- what a page shows


def texts(views: tuple[NoticeView, ...]) -> list[tuple[str, str]]:
    return [(view.text.lang, view.text.text) if view.text else ("", "") for view in views]


@pytest.mark.parametrize(
    ("rows", "de", "en", "fr"),
    [
        (["", "en:Broken", "de:Kaputt"], ("de", "Kaputt"), ("en", "Broken"), ("en", "Broken")),
        ([":Kaputt", "fr:En panne"], ("de", "Kaputt"), ("de", "Kaputt"), ("fr", "En panne")),
        (["fr:En panne", "en:Broken"], ("en", "Broken"), ("en", "Broken"), ("fr", "En panne")),
        (["fr:En panne"], ("fr", "En panne"), ("fr", "En panne"), ("fr", "En panne")),
        ([""], ("", ""), ("", ""), ("", "")),
    ],
)
def test_the_language_that_serves_best_is_shown_once(
    folder: Folder, rows: list[str], de: tuple[str, str], en: tuple[str, str], fr: tuple[str, str]
) -> None:
    cells = [row.partition(":") for row in rows]
    network, _ = with_rows(
        folder, *(f"<EL1>,{text},2026-11-24,,{lang},out_of_order," for lang, _, text in cells)
    )
    assert [texts(shown(network, "EL1", lang)) for lang in ("de", "en", "fr")] == [[de], [en], [fr]]


def test_what_is_out_of_order_comes_first_and_a_side_has_its_name(folder: Folder) -> None:
    network, _ = with_rows(
        folder,
        "L2,Ramp closed,2026-11-24,,,,",
        "B,Cable gone,2026-11-24T18:00,,,out of order,<C>",
        "A,Dark screen,2026-11-24,,,,",
    )
    views = shown(network, "A")
    assert [(view.at and view.at.number, view.is_out) for view in views] == [
        ("2B", True),
        (None, False),
        ("2A", False),
    ]
    assert (views[0].until, views[0].end) == ("2026-11-24T18:00", "2026-11-24T17:00Z")
    assert views[0].use is not None
    assert (views[0].use.at.number, views[0].use.place) == (code(network, "C"), "")
    assert shown(network, "EL1") == ()


def test_a_page_tells_in_its_language_and_believes_nothing(folder: Folder) -> None:
    network, _ = with_rows(
        folder, '<EL1>,"<script>alert(1)</script> & ""more""\u202e",2026-11-24,,en,out_of_order,<C>'
    )
    page = html(network, "EL1", "fr")
    (notice,) = re.findall(r'<p class="notice out".*?</p>', page, re.DOTALL)
    assert 'data-until="2026-11-24T23:00Z"' in notice
    assert "&lt;script&gt;" in notice and "<script" not in notice and "\u202e" not in notice
    assert re.search(r'<span lang="en"><bdi>&lt;script', notice)
    assert f'href="../../{code(network, "C")}/fr/"' in notice
    assert page.index('class="alarm"') < page.index('class="notice out"') < page.index('id="s-start"')


def test_a_side_is_named_as_it_is_written_on_the_charger(folder: Folder) -> None:
    folder.write("overrides.csv", "evse,cabinet,side,number\nA,2,left,2 & A\nB,2,right,\n")
    network, _ = with_rows(folder, "A,,2026-11-24,,,,", "B,Hello,2026-11-24,,,,")
    page = html(network, "A", "en")
    assert "<strong>2 &amp; A: out of order</strong>" in page


def test_nobody_is_sent_to_a_charger_that_is_out_of_order(folder: Folder) -> None:
    def offered(network: Network) -> set[str]:
        return {other.code for page in pages(network).values() for other in (*page.here, *page.near)}

    network = folder.network()
    one, cabinet, alone = (code(network, uid) for uid in ("EL1", "A", "C"))
    assert offered(network) == {one, cabinet, alone}
    for rows, out in (
        (["A,,2026-11-24,,,,"], set()),
        (["A,,2026-11-24,,,,", "B,,2026-11-24,,,,"], {cabinet}),
        (["L2,,2026-11-24,,,,"], {cabinet, alone}),
        (["L2,Ramp closed,2026-11-24,,,,"], set()),
        (["L2,,2026-11-21,,,,"], set()),
    ):
        network, _ = with_rows(folder, *rows)
        assert {one, cabinet, alone} - offered(network) == out


def test_the_heaviest_notices_fit_the_page(folder: Folder) -> None:
    words = "".join(chr(0x4E00 + (n * 7919) % 20_000) for n in range(ROOM))
    texts = (words[n : n + ROOM // 6] for n in range(0, ROOM // 2, ROOM // 6))  # three bytes a letter
    rows = [f"<EL1>,{text},2026-11-24,,,,<C>" for text in texts]
    network, findings = with_rows(folder, *rows)
    assert found(findings, "N906").line == 4
    assert len(shown(network, "EL1")) == 2
    for lang in ("de", "en", "fr"):
        assert len(gzip.compress(html(network, "EL1", lang).encode(), 9)) <= BUDGET


_TIMES = st.integers(0, 6).map(lambda hours: f"{TODAY}T{10 + hours}:00")


@given(
    st.lists(st.tuples(st.sampled_from(["EL1", "A", "L2", "*"]), _TIMES, _TIMES), max_size=6),
    st.integers(9 * 4, 17 * 4),
)
def test_nothing_changes_before_the_next_change(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str, str]], quarter: int
) -> None:
    network = _network(tmp_path_factory)
    targets = {"EL1": 0, "A": 1, "L2": 2, "*": 3}
    every = [(Target(s.code),) for s in network.stations]
    meant = [every[0], every[1], every[2], tuple(target for one in every for target in one)]
    notices = tuple(
        Notice(
            name,
            meant[targets[name]],
            "",
            "",
            "out_of_order",
            *sorted(map(dt.datetime.fromisoformat, times)),
            "",
            n,
        )
        for n, (name, *times) in enumerate(rows, 2)
    )
    network = replace(network, notices=notices)
    now = dt.datetime.fromisoformat(f"{TODAY}T00:00+01:00") + dt.timedelta(minutes=15 * quarter)

    def out(moment: dt.datetime) -> frozenset[str]:
        return Notices(network, moment.isoformat()).out_of_order

    change = Notices(network, now.isoformat()).next_change
    last = dt.datetime.fromisoformat(change) if change else now + dt.timedelta(days=1)
    assert last > now
    step = (last - now) / 8
    assert {out(now + step * n) for n in range(8)} == {out(now)}


def _network(factory: pytest.TempPathFactory) -> Network:
    if not _KEPT:
        _KEPT.append(operator_folder(factory.mktemp("op"), *map(place, ("L1", "L2", "L3"))).network())
    return _KEPT[0]


_KEPT: list[Network] = []


# ------------------------------------------------------------------------------------------------------------ building


def test_a_build_after_the_end_takes_the_notice_away_and_touches_no_other_page(
    folder: Folder, tmp_path: Path
) -> None:
    with_rows(folder, "<EL1>,Reader broken,2026-11-22T18:00,,,,")
    options = Options(tmp_path / "out", TODAY, ("driver",), now=NOW)
    page = tmp_path / f"out/site/{code(folder.network(), 'EL1')}/index.html"
    build(folder.path, options)
    assert 'class="notice"' in page.read_text()
    again = build(folder.path, replace(options, now=f"{TODAY}T17:59:59+01:00"))
    assert (again.rendered, again.unchanged > 0) == ([], True)
    later = build(folder.path, replace(options, now=f"{TODAY}T18:00:00+01:00"))
    assert 'class="notice"' not in page.read_text()
    own = {path for path in later.rendered if path.endswith(".html")}
    assert {path.split("/")[1] for path in own} == {code(folder.network(), "EL1")}
    assert "N903" in codes_of(later.findings) and "N903" not in codes_of(again.findings)


def test_a_slip_in_one_row_keeps_no_other_notice_from_drivers(folder: Folder, tmp_path: Path) -> None:
    folder.write("notices.csv", f"{HEAD}EL1,Without an end,,,,,\nEL1,With an end,2026-11-24,,,,\n")
    build(folder.path, Options(tmp_path / "out", TODAY, ("driver",), now=NOW))
    pages = [path.read_text(encoding="utf-8") for path in (tmp_path / "out/site/").glob("[0-9]*/index.html")]
    assert any("With an end" in page for page in pages)
    assert not any("Without an end" in page for page in pages)


def test_a_file_that_is_no_table_stops_the_build(folder: Folder, tmp_path: Path) -> None:
    folder.write("notices.csv", "what,ever\nEL1,Broken\n")
    with pytest.raises(ContentError):
        build(folder.path, Options(tmp_path / "out", TODAY, ("driver",), now=NOW))


def test_the_operator_decides_what_is_needed_most(folder: Folder) -> None:
    def order() -> list[str]:
        plan = plan_driver(folder.network())
        page = next(job.payload for job in plan.jobs if isinstance(job.payload, StationPage))
        return [ref.slug for ref in plan.shared[page.kit].guides]  # type: ignore[attr-defined]

    dangers = {slug for slug, one in shared_content().problems.items() if one.outcome == "danger"}
    usual = order()
    least = usual[-1]
    assert least not in dangers
    weights = f"weights:\n  {least}: 100\n  how-to-start: 99\n  how-to-strat: 1\n"
    folder.write("operator.yml", folder.text("operator.yml") + weights)
    first, *rest = usual  # the most needed of those that tell of danger stays before all else
    assert first in dangers
    assert order() == [first, least, *(slug for slug in rest if slug != least)]
    finding = found(folder.check(), "O212")
    assert finding.line == line_of(folder.text("operator.yml"), "how-to-strat")
    assert '"how-to-start"' in finding.mend


# ------------------------------------------------------------------------------------------------------- the command


@pytest.fixture
def at_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int(AT.timestamp())))
    monkeypatch.setattr("chargeside.notice_work.load_content", lambda *_: shared_content())  # read once


def notice(folder: Folder, *words: str, status: int = 0) -> Result:
    result = CliRunner().invoke(main, ["notice", str(folder.path), *words])
    assert result.exit_code == status, result.output
    return result


def rows(folder: Folder) -> list[str]:
    return folder.text("notices.csv").splitlines()[1:]


@pytest.mark.parametrize(
    ("when", "written"),
    [
        ("2026-11-24", "2026-11-24"),
        ("24.11.2026", "2026-11-24"),
        ("2026-11-24T18:00", "2026-11-24T18:00+01:00"),
        ("2027-07-01T18:00", "2027-07-01T18:00+02:00"),
        ("2026-11-24T18:00Z", "2026-11-24T18:00+00:00"),
        ("18:00", "2026-11-22T18:00+01:00"),
        ("9:30", "2026-11-23T09:30+01:00"),
        ("+90min", "2026-11-22T13:30+01:00"),
        ("+3h", "2026-11-22T15:00+01:00"),
        ("+200d", "2027-06-10T12:00+02:00"),
    ],
)
@pytest.mark.parametrize("here", ["Europe/Berlin", "Asia/Tokyo"])
def test_times_are_written_by_the_clock_of_the_charger(when: str, written: str, here: str) -> None:
    now = AT.astimezone(ZoneInfo(here))
    assert typed(when, now, ZoneInfo("Europe/Berlin")) == written


@pytest.mark.usefixtures("at_noon")
def test_a_notice_replaces_its_like_and_leaves_others(folder: Folder) -> None:
    folder.write("notices.csv", f"{HEAD}<gone>,Ended,2026-11-21,,,,\nEL1,Ended,2026-11-21,,,,\n")
    notice(folder, "EL1", "Broken", "--until", "+3h", "--lang", "en")
    notice(folder, "EL1", "Kaputt", "--until", "+3h")
    notice(folder, "EL1", "--until", "+3h")
    notice(folder, "EL1", "Works", "--from", "2026-12-01", "--until", "2026-12-02", "--lang", "en")
    result = notice(folder, "DE-GTS-EL1", "Reader broken", "--until", "+1d", "--lang", "en", "--use", "C")
    assert "replaced: EL1  Broken" in result.output
    assert rows(folder) == [
        "<gone>,Ended,2026-11-21,,,,",
        "DE-GTS-EL1,Reader broken,2026-11-23T12:00+01:00,,en,info,C",
        "EL1,,2026-11-22T15:00+01:00,,,out_of_order,",
        "EL1,Kaputt,2026-11-22T15:00+01:00,,,info,",
        "EL1,Works,2026-12-02,2026-12-01,en,info,",
    ]


@pytest.mark.usefixtures("at_noon")
def test_taking_back_covers_the_sides_and_spares_the_site(folder: Folder) -> None:
    cabinet = code(folder.network(), "A")
    for name in ("A", "B", "L2", "EL1"):
        notice(folder, name, "--until", "+1h")
    result = notice(folder, "--clear", cabinet)
    assert "stays, since it is for others too: L2" in result.output
    assert [row.partition(",")[0] for row in rows(folder)] == ["EL1", "L2"]
    before = folder.text("notices.csv")
    assert "0 notices" in notice(folder, "--clear", cabinet).output
    assert folder.text("notices.csv") == before


@pytest.mark.usefixtures("at_noon")
def test_the_list_says_what_holds(folder: Folder) -> None:
    folder.write(
        "notices.csv",
        f"{HEAD}EL1,Past,2026-11-21,,,,\nEL1,Coming,2026-12-02,2026-12-01,,,\nEL1,Present,2026-11-23,,,,\n",
    )
    before = folder.text("notices.csv")
    lines = notice(folder, "--list").output.splitlines()[:3]
    assert [line.split()[::2][:2] for line in lines] == [
        ["now", "Present,"],
        ["coming", "Coming,"],
        ["past", "Past,"],
    ]
    folder.write("notices.csv", f"{before}EL1,Endless,,,,,\n")
    listed = notice(folder, "--list").output
    assert "notices.csv:5" in listed
    assert "Present" in listed


@pytest.mark.usefixtures("at_noon")
@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["EL1", "Broken"], 2, "--until"),
        (["EL1", "Broken", "--until", "soon"], 2, "2026-11-24T18:00"),
        (["EL1", "--list"], 2, "name one of"),
        ([], 2, "name one of"),
        (["EL11", "--until", "+3h"], 1, '"EL1"'),
        (["EL1", "--until", "2026-11-21"], 1, "is over"),
        (["EL1", "x" * 201, "--until", "+3h"], 1, "201 characters"),
        (["EL1", "Bro\x07ken", "--until", "+3h"], 1, "U+0007"),
        (["EL1", "Broken", "--until", "+3h", "--lang", "ge"], 1, "de, en, fr"),
        (["EL1", "--until", "+3h", "--use", "EL1"], 1, "another one"),
        (["--clear", "nobody"], 1, "nobody"),
    ],
)
def test_what_cannot_be_done_is_said_and_writes_nothing(
    folder: Folder, words: list[str], status: int, said: str
) -> None:
    assert said in notice(folder, *words, status=status).output
    assert not (folder.path / "notices.csv").exists()


@pytest.mark.usefixtures("at_noon")
def test_no_folder_is_made_for_a_mistyped_name(tmp_path: Path) -> None:
    missing = Folder(tmp_path / "opp")
    assert "no such folder" in notice(missing, "--list", status=1).output
    assert not missing.path.exists()


@pytest.mark.usefixtures("at_noon")
def test_a_damaged_file_is_not_written_over(folder: Folder) -> None:
    folder.write("notices.csv", f'{HEAD}EL1,"Broken,2026-11-24,,,,\n')
    before = folder.text("notices.csv")
    assert "notices.csv:2" in notice(folder, "EL1", "--until", "+3h", status=1).output
    assert folder.text("notices.csv") == before


@pytest.mark.usefixtures("at_noon")
def test_a_row_that_cannot_be_used_stays_for_people_to_mend(folder: Folder) -> None:
    folder.write("notices.csv", f"{HEAD}EL1,Without an end,,,,,\n")
    notice(folder, "EL1", "--until", "+3h")
    assert "Without an end" in folder.text("notices.csv")
    assert len(folder.network().notices) == 1


@pytest.mark.usefixtures("at_noon")
@pytest.mark.parametrize(
    ("start", "delimiter"),
    [("sep=;\n", ";"), ("", "\t"), ("\ufeff", ";")],
)
def test_the_file_stays_as_the_spreadsheet_wants_it(folder: Folder, start: str, delimiter: str) -> None:
    folder.write("notices.csv", start + f"{HEAD}A,Geöffnet,2026-11-24,,,,\n".replace(",", delimiter))
    notice(folder, "EL1", "--until", "2026-11-24")
    data = (folder.path / "notices.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf") == (start == "\ufeff")
    assert data.decode("utf-8-sig").splitlines()[1:] == [
        delimiter.join(["A", "Geöffnet", "2026-11-24", "", "", "", ""]),
        delimiter.join(["EL1", "", "2026-11-24", "", "", "out_of_order", ""]),
    ]


_TEXT = st.text(st.characters(exclude_categories=["C", "Z"]) | st.sampled_from(" =+-@'\",;\n"), max_size=60)


@given(_TEXT, st.sampled_from(",;\t"))
def test_any_text_comes_back_and_no_cell_is_a_formula(
    tmp_path_factory: pytest.TempPathFactory, text: str, delimiter: str
) -> None:
    network = _network(tmp_path_factory)
    path = tmp_path_factory.getbasetemp() / "notices.csv"
    path.write_text(HEAD.replace(",", delimiter))
    path.write_bytes(file_of([{"code": "*", "text": text, "until": "2026-11-24"}], path))
    findings = Findings()
    (told,) = load_notices(path, "notices.csv", network, findings)
    assert told.text == " ".join(text.split())
    assert not list(findings)
    (_, row) = csv.reader(path.read_text().splitlines(keepends=True), delimiter=delimiter)
    assert not row[1].startswith(("=", "+", "-", "@"))


# ---------------------------------------------------------------------------------------------------------- a browser


@pytest.mark.browser
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_a_page_that_is_kept_too_long_drops_what_has_ended(
    folder: Folder, chromium: Any, tmp_path: Path
) -> None:
    network, _ = with_rows(
        folder,
        "<EL1>,,2026-11-22T12:30,,,,",
        "<EL1>,Ramp closed,2099-11-24,,,,",
        "<EL1>,No light,2026-11-23,,,,",
    )
    file = tmp_path / "page.html"
    file.write_text(html(network, "EL1", "en"))
    for scripts, left in ((False, 3), (True, 1)):
        context = chromium.new_context(viewport={"width": 360, "height": 640}, java_script_enabled=scripts)
        page = context.new_page()
        page.clock.set_fixed_time("2030-01-01T00:00:00Z") if scripts else None
        page.goto(file.as_uri())
        notices = page.locator(".notice")
        assert notices.count() == left
        assert "Until the end of 24 Nov 2099" in notices.last.inner_text() or not scripts
        assert notices.first.bounding_box()["y"] < 200
        context.close()
