"""signs.csv, the list of signs to print again, fitting sheets, signs for reserved codes."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest
import zxingcpp
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from chargeside.build import Options, build
from chargeside.cli import main
from chargeside.errors import ContentError
from chargeside.findings import Findings
from chargeside.ledger_work import reserve, retire
from chargeside.load.signs import COLUMNS, PrintedSign, load_signs, signs_bytes
from chargeside.model.codes import new_code
from chargeside.plan.driver import plan_driver
from chargeside.plan.fitting import fitting_plan
from chargeside.plan.placards import Placard, plan_placards
from chargeside.plan.reprint import Reprint, Verdict, as_printed, reasons, reprint_list
from chargeside.plan.reserved import plan_reserved
from chargeside.plan.sites import natural
from chargeside.render.driver import RENDERERS
from chargeside.render.fitting import fitting_pdf, picture
from chargeside.render.reprint import reprint_csv, reprint_html
from chargeside.signs_work import Asked, record
from support import Folder, connector, evse, location, operator_folder, socket

PRINTED, TODAY = "2026-09-01", "2026-11-22"
NEVER = Verdict.NEW


def sign(**changes: str) -> PrintedSign:
    known = PrintedSign(
        mark="E98", code=new_code("a", ()), design="classic", size="A5", languages="de-en", connector="",
        url="https://help.example.org/1/", number="2A left | 2B right", name="Market", place="Street 1, Town, Level 1",
        phone="+49 800 1234567", hours="24/7, free", emergency="112", plugs="CCS2 / 150 kW / cable; Type 2 / 22 kW / socket / left / C",
        payments="Contactless; Cash", order="plug-in > tap > wait #a1b2", look="0f0f", printed=PRINTED,
    )  # fmt: skip
    return replace(known, **changes)  # type: ignore[arg-type]


def placards_of(folder: Folder, day: str = TODAY) -> list[Placard]:
    found = [job.payload for job in plan_placards(folder.network(), day).jobs]
    assert all(isinstance(one, Placard) for one in found)
    return found  # type: ignore[return-value]


def printed_in(folder: Folder) -> list[PrintedSign]:
    return [as_printed(placard, PRINTED) for placard in placards_of(folder)]


def list_of(folder: Folder, printed: list[PrintedSign]) -> Reprint:
    return reprint_list(folder.network(), placards_of(folder), printed, TODAY)


def reasons_in(reprint: Reprint) -> dict[str, tuple[str, ...]]:
    """Reasons by number of the charger."""
    return {entry.number: entry.reasons for of in reprint.sites for entry in of.entries}


# ── The file ─────────────────────────────────────────────────────────────────────────────────────────────────────────

_WORDS = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), max_size=30).map(
    lambda text: " ".join(text.split())
)
_FREE = ("number", "name", "place", "phone", "hours", "emergency", "plugs", "payments", "order")


@given(st.lists(st.fixed_dictionaries(dict.fromkeys(_FREE, _WORDS)), max_size=4))
def test_what_is_written_is_read_again(tmp_path_factory: Any, texts: list[dict[str, str]]) -> None:
    signs = [sign(**values, size=f"{100 + place}x90") for place, values in enumerate(texts)]
    path = tmp_path_factory.getbasetemp() / "signs.csv"
    path.write_bytes(signs_bytes(reversed(signs)))
    findings = Findings()
    read = load_signs(path, "op/signs.csv", findings)
    assert not list(findings)
    assert [replace(one, line=0) for one in read] == signs
    cells = [cell for row in csv.reader(io.StringIO(path.read_text("utf-8"))) for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]


@pytest.mark.parametrize(
    ("column", "value", "word"),
    [
        ("code", "1234567", "no code"),
        ("mark", "", "mark"),
        ("url", "http://help.example.org/", "url"),
        ("printed", "", "printed"),
        ("printed", "22.11.2026", "printed"),
        ("seen", "soon", "seen"),
        ("look", "zz", "look"),
        ("size", "", "size"),
    ],
)
def test_a_damaged_line_is_named_and_left_out(tmp_path: Path, column: str, value: str, word: str) -> None:
    good, bad = sign(size="A4"), sign(size="A5")
    rows = [[getattr(one, name) for name in COLUMNS] for one in (good, bad)]
    rows[1][COLUMNS.index(column)] = value
    text = io.StringIO()
    csv.writer(text).writerows([COLUMNS, *rows])
    (tmp_path / "signs.csv").write_text(text.getvalue(), encoding="utf-8")
    findings = Findings()
    read = load_signs(tmp_path / "signs.csv", "op/signs.csv", findings)
    assert [one.size for one in read] == ["A4"]
    (finding,) = findings
    assert (finding.code, finding.path, finding.line) == ("P730", "op/signs.csv", 3)
    assert word in finding.message
    assert "git log" in finding.mend


def test_of_two_lines_for_a_sign_the_newer_counts(tmp_path: Path) -> None:
    old, new = sign(mark="AAA", printed="2026-02-01"), sign(mark="BBB", printed="2026-10-01")
    for order in ((old, new), (new, old)):
        (tmp_path / "signs.csv").write_bytes(signs_bytes(order))
        findings = Findings()
        (read,) = load_signs(tmp_path / "signs.csv", "op/signs.csv", findings)
        assert read.mark == "BBB"
        assert [one.code for one in findings] == ["P731"]


def test_no_file_means_that_nothing_was_printed_and_a_conflict_is_told(tmp_path: Path) -> None:
    findings = Findings()
    assert load_signs(tmp_path / "signs.csv", "op/signs.csv", findings) == ()
    assert not list(findings)
    lines = signs_bytes([sign()]).decode().splitlines()
    (tmp_path / "signs.csv").write_text(
        "\n".join([lines[0], "<<<<<<< HEAD", lines[1], "=======", ">>>>>>> b"])
    )
    load_signs(tmp_path / "signs.csv", "op/signs.csv", findings)
    (finding,) = findings
    assert finding.code == "P730"
    assert "both sides" in finding.mend


# ── Why ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"phone": "+44 1"}, "phone number changed: +49 800 1234567 → +44 1"),
        ({"url": "https://b.example/1/"}, "address in the code changed: https://help.example.org/1/ → https://b.example/1/"),
        ({"number": "7"}, "number of the charger changed: 2A left | 2B right → 7"),
        ({"name": ""}, "name of the site changed: Market → none"),
        ({"plugs": "CCS2 / 300 kW / cable; Type 2 / 22 kW / socket / left / C"}, "CCS2: 150 kW → 300 kW"),
        ({"plugs": "CCS2 / 150 kW / cable; Type 2 / 22 kW / socket / left / C; CHAdeMO / 50 kW / cable"}, "CHAdeMO added"),
        ({"plugs": "CCS2 / 150 kW / cable"}, "Type 2 socket (left) is gone"),
        ({"plugs": "CCS2 / 150 kW / cable; Type 2 / 22 kW / socket / left / D"}, "Type 2 socket (left): letter C → D"),
        ({"plugs": "CCS2 / - / cable; Type 2 / 22 kW / socket / left / C"}, "CCS2: 150 kW → none"),
        ({"payments": "Contactless; Cash; App: X"}, "App: X is now a way to pay"),
        ({"payments": "Contactless"}, "Cash is no longer a way to pay"),
        ({"order": "tap > plug-in > wait #a1b2"}, "steps in another order: plug-in, tap, wait → tap, plug-in, wait"),
        ({"order": "plug-in > app > wait #ffff"}, "other steps to start: plug-in, tap, wait → plug-in, app, wait"),
        ({"order": "plug-in > tap > wait #ffff"}, "steps to start in other words"),
        ({}, "its wording or small print changed"),
    ],
)  # fmt: skip
def test_each_change_has_its_one_reason(changes: dict[str, str], words: str) -> None:
    was = sign()
    assert reasons(was, replace(was, **changes, mark="F22")) == (Verdict.OUTDATED, (words,))  # type: ignore[arg-type]


def test_a_new_design_alone_is_told_apart_from_a_sign_that_is_wrong() -> None:
    was = sign()
    assert reasons(was, was) is None
    assert reasons(was, replace(was, look="1111")) == (Verdict.LOOKS, ("new design",))
    verdict, words = reasons(was, replace(was, look="1111", phone="1", mark="222")) or ("", ())
    assert verdict is Verdict.OUTDATED
    assert words[-1] == "new design"


def test_every_printed_value_counts() -> None:
    was = sign()
    kept = {"code", "design", "size", "languages", "connector", "printed", "seen", "line"}
    for column in fields(PrintedSign):
        if column.name not in kept:
            assert reasons(was, replace(was, **{column.name: "abcd"})), column.name


def _operator(folder: Folder, old: str, new: str) -> None:
    folder.edit("operator.yml", old, new)


_CHANGES: tuple[tuple[str, Callable[[Folder], object], str], ...] = (
    ("phone", lambda folder: _operator(folder, "+49 800 1234567", "+49 800 7654321"), "phone number changed: +49 800 1234567 → +49 800 7654321"),
    ("emergency", lambda folder: _operator(folder, "emergency_phone: '112'", "emergency_phone: '110'"), "emergency number changed: 112 → 110"),
    ("power", lambda folder: folder.feed(site(connector(max_electric_power=300_000), socket())), "CCS2: 150 kW → 300 kW"),
    ("gone", lambda folder: folder.feed(site(connector())), "Type 2 socket is gone"),
    ("place", lambda folder: folder.feed({**site(connector(), socket()), "address": "Neue Str. 9"}), "place changed: Lange Str. 1, Ulm → Neue Str. 9, Ulm"),
)  # fmt: skip


def site(*plugs: dict[str, Any]) -> dict[str, Any]:
    return location("L1", evse("E1", *plugs, physical_reference="7"))


@pytest.mark.parametrize(("change", "words"), [one[1:] for one in _CHANGES], ids=[one[0] for one in _CHANGES])
def test_what_a_change_of_the_data_makes_of_the_list(
    tmp_path: Path, change: Callable[[Folder], object], words: str
) -> None:
    folder = operator_folder(tmp_path, site(connector(), socket()))
    printed = printed_in(folder)
    assert list_of(folder, printed).sites == ()
    change(folder)
    assert words in reasons_in(list_of(folder, printed))["7"]


def test_a_way_to_pay_is_named(tmp_path: Path) -> None:
    folder = operator_folder(tmp_path, site(connector()))
    printed = printed_in(folder)
    folder.write("overrides.csv", "evse,payment.contactless\nE1,yes\n")
    words = reasons_in(list_of(folder, printed))["7"]
    (way,) = placards_of(folder)[0].payments[0][:1]
    assert f"{way} is now a way to pay" in words
    assert any("steps" in one for one in words)


def test_what_is_no_longer_made_is_told(tmp_path: Path) -> None:
    folder = operator_folder(tmp_path, *(location(name) for name in ("L1", "L2", "L3", "L4")))
    codes = [line.code for line in folder.network().ledger]
    by_site = {station.location.id: station.code for station in folder.network().stations}
    printed = printed_in(folder)
    folder.feed(location("L1"), location("L4"))
    retire(folder.path, [by_site["L2"]], Findings())
    folder.edit("operator.yml", "station_is: cabinet", "station_is: cabinet\nplacards: [{size: A4}]")
    found = {
        (entry.code, entry.size): (entry.verdict, entry.reasons)
        for of in list_of(folder, printed).sites
        for entry in of.entries
    }
    assert {code for code, _ in found} == set(codes)
    down, check = Verdict.DOWN, Verdict.CHECK
    assert found[by_site["L2"], "A5"] == (down, ("code retired: take the sign down",))
    assert found[by_site["L3"], "A5"][0] is check
    assert "in no feed" in found[by_site["L3"], "A5"][1][0]
    assert found[by_site["L1"], "A5"][0] is down
    assert "operator.yml" in found[by_site["L1"], "A5"][1][0]
    assert found[by_site["L1"], "A4"] == (NEVER, ("never printed",))
    assert len(found) == 6


def test_the_list_goes_site_by_site_and_counts_as_people_do(tmp_path: Path) -> None:
    def at(ident: str, town: str, *numbers: str) -> dict[str, Any]:
        evses = [evse(f"{ident}{number}", physical_reference=number) for number in numbers]
        return {**location(ident, *evses), "city": town, "name": f"Park {ident}"}

    folder = operator_folder(
        tmp_path, at("Z", "Aachen", "10", "2", "1"), at("A", "Ulm", "5"), at("M", "Aachen", "7")
    )
    reprint = list_of(folder, [])
    assert [(of.site.town, of.site.name) for of in reprint.sites] == [
        ("Aachen", "Park M"), ("Aachen", "Park Z"), ("Ulm", "Park A"),
    ]  # fmt: skip
    assert [entry.number for entry in reprint.sites[1].entries] == ["1", "2", "10"]
    assert reprint.counts[NEVER] == reprint.compared == 5


@given(st.lists(st.integers(0, 500), min_size=2, max_size=5))
def test_numbers_sort_as_people_count(numbers: list[int]) -> None:
    texts = [f"{number}A" for number in numbers]
    assert sorted(texts, key=natural) == [f"{number}A" for number in sorted(numbers)]


def test_names_from_feeds_run_neither_in_spreadsheets_nor_on_the_page(tmp_path: Path) -> None:
    name = '=HYPERLINK("https://evil.example","x")<script>alert(1)</script>'
    folder = operator_folder(tmp_path, {**location("L1"), "name": name})
    reprint = list_of(folder, [])
    table = list(csv.DictReader(io.StringIO(reprint_csv(reprint).decode("utf-8-sig"))))
    assert [row["site"] for row in table] == [f"'{name}"]
    page = reprint_html(reprint).decode()
    assert "<script" not in page
    assert "&lt;script" in page
    assert not re.search(r'(src|href)="', page)


# ── What was printed ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Folder, Path]:
    """An operator of two chargers with a reserved code, and the proofed signs."""
    base = tmp_path_factory.mktemp("signs")
    points = (
        evse("E1", connector(), physical_reference="1A"),
        evse("E2", socket(), physical_reference="7", floor_level="-1"),
    )
    folder = operator_folder(base, location("L1", *points))
    reserve(folder.path, 1, TODAY, "test", Findings())
    report = build(folder.path, Options(base / "out", TODAY, ("placards",), reserved=True))
    assert (len(report.rendered), report.failed) == (3, []), report.findings
    return folder, base / "out"


@pytest.fixture
def fresh(made: tuple[Folder, Path]) -> tuple[Folder, Path]:
    """The same without a record."""
    folder, out = made
    (folder.path / "signs.csv").unlink(missing_ok=True)
    return folder, out


def signs_in(folder: Folder) -> list[PrintedSign]:
    findings = Findings()
    read = load_signs(folder.path / "signs.csv", "op/signs.csv", findings)
    assert not list(findings)
    return list(read)


def test_a_print_run_is_recorded_once_and_again(fresh: tuple[Folder, Path]) -> None:
    folder, out = fresh
    asked = Asked(folder.path, out, PRINTED)
    done = record(asked, Findings())
    assert (done.signs, done.missing) == (2, ())
    assert [(one.printed, one.seen) for one in signs_in(folder)] == [(PRINTED, "")] * 2
    first = signs_in(folder)[0]
    folder.write("signs.csv", signs_bytes([replace(first, seen="2026-10-10"), *signs_in(folder)[1:]]))
    record(replace(asked, today=TODAY, codes=(first.code,)), Findings())
    assert [(one.printed, one.seen) for one in signs_in(folder)] == [(TODAY, "2026-10-10"), (PRINTED, "")]
    before = folder.text("signs.csv")
    assert record(replace(asked, today="2026-12-24"), Findings(), changed=True).signs == 0
    assert folder.text("signs.csv") == before


def test_with_the_list_only_what_is_on_it_is_recorded(fresh: tuple[Folder, Path]) -> None:
    folder, out = fresh
    asked = Asked(folder.path, out, PRINTED)
    record(asked, Findings())
    one, other = signs_in(folder)
    unwanted = replace(one, size="A4")
    folder.write("signs.csv", signs_bytes([replace(one, mark="222", phone="1"), other, unwanted]))
    done = record(replace(asked, today=TODAY), Findings(), changed=True)
    assert (done.signs, done.gone) == (1, 1)
    assert [(read.size, read.mark, read.printed) for read in signs_in(folder)] == [
        ("A5", one.mark, TODAY),
        ("A5", other.mark, PRINTED),
    ]


def test_only_a_sign_whose_proofed_file_stands_is_recorded(
    fresh: tuple[Folder, Path], tmp_path: Path
) -> None:
    folder, _ = fresh
    done = record(Asked(folder.path, tmp_path / "empty", TODAY), Findings())
    assert done.signs == 0
    assert len(done.missing) == 2
    assert not (folder.path / "signs.csv").exists()


def test_a_damaged_record_is_not_written_over(fresh: tuple[Folder, Path]) -> None:
    folder, out = fresh
    record(Asked(folder.path, out, PRINTED), Findings())
    folder.write("signs.csv", folder.text("signs.csv") + "XXX,123\n")
    before = folder.text("signs.csv")
    with pytest.raises(ContentError) as error:
        record(Asked(folder.path, out, TODAY), Findings())
    assert [(one.code, one.line) for one in error.value.findings] == [("P730", 4)]
    assert folder.text("signs.csv") == before


def test_the_command_line(fresh: tuple[Folder, Path]) -> None:
    folder, out = fresh
    base = ["placards", str(folder.path), "--out", str(out), "--date", TODAY, "--workers", "1"]
    done = CliRunner().invoke(main, [*base, "--changed", "--record", "--fitting"])
    assert done.exit_code == 0, done.output
    assert "Of 2 signs: 2 never printed." in done.output
    assert "2 signs noted as printed on 2026-11-22" in done.output
    assert len(list((out / "fitting").glob("*.pdf"))) == 1
    done = CliRunner().invoke(main, [*base, "--changed"])
    assert "none to print" in done.output
    assert "Nothing to print" in (out / "reprint.html").read_text("utf-8")
    folder.write("signs.csv", "mark,code\n")
    done = CliRunner().invoke(main, [*base, "--changed"])
    assert done.exit_code == 1
    assert "P730" in done.output


# ── Who hangs them ───────────────────────────────────────────────────────────────────────────────────────────────────


def text_of(pdf: bytes) -> str:
    with pypdfium2.PdfDocument(pdf) as document:
        return "\n".join(page.get_textpage().get_text_bounded() for page in document)


def test_the_sheet_says_which_sign_goes_where(made: tuple[Folder, Path]) -> None:
    folder, out = made
    placards = placards_of(folder)
    old = replace(as_printed(placards[0], PRINTED), mark="9Z9")
    (sheet,) = fitting_plan(folder.network(), placards, [old], TODAY)
    pictures = {one.path: picture((out / "current" / one.path).read_bytes()) for one in placards}
    pdf = fitting_pdf(sheet, pictures)
    assert pdf == fitting_pdf(sheet, pictures)
    text = text_of(pdf)
    for word in (
        "Site L1",
        "Lange Str. 1",
        "1A",
        "7",
        "DE*GTS*E1",
        "DE*GTS*E2",
        "9Z9",
        *(one.code for one in placards),
    ):
        assert word in text, word
    assert all(one.mark in text for one in placards)


def test_nobody_can_scan_the_sheet_instead_of_the_sign(made: tuple[Folder, Path]) -> None:
    folder, out = made
    placards = placards_of(folder)
    (sheet,) = fitting_plan(folder.network(), placards, [], TODAY)
    signs = {one.path: (out / "current" / one.path).read_bytes() for one in placards}
    pdf = fitting_pdf(sheet, {path: picture(data) for path, data in signs.items()})

    def codes_in(data: bytes, dpi: int) -> list[str]:
        with pypdfium2.PdfDocument(data) as document:
            image = document[0].render(scale=dpi / 72).to_pil().convert("L")
        return [found.text for found in zxingcpp.read_barcodes(image)]

    assert all(codes_in(data, 150) for data in signs.values())
    assert not codes_in(pdf, 300)


def test_sites_of_one_name_have_sheets_of_their_own(tmp_path: Path) -> None:
    places = [
        {**location(ident), "name": name}
        for ident, name in (("L1", "Markt/1"), ("L2", "Markt 1"), ("L3", "駅前"))
    ]
    folder = operator_folder(tmp_path, *places)
    slugs = [sheet.slug for sheet in fitting_plan(folder.network(), placards_of(folder), [], TODAY)]
    assert len(set(slugs)) == 3
    assert all(re.fullmatch(r"[a-z0-9-]+", slug) for slug in slugs)


# ── Signs without a charger ──────────────────────────────────────────────────────────────────────────────────────────


def test_a_reserved_sign_says_nothing_that_may_be_wrong(made: tuple[Folder, Path]) -> None:
    folder, _ = made
    network = folder.network()
    (code,) = [line.code for line in network.ledger if line.status == "reserved"]
    (job,) = plan_reserved(network, TODAY).jobs
    placard = job.payload
    assert isinstance(placard, Placard)
    assert placard.code == code
    assert [number.text for number in placard.numbers] == [code]
    assert (placard.name, placard.street, placard.spot, placard.plugs, placard.payments) == (
        "",
        "",
        "",
        (),
        (),
    )
    known = placards_of(folder)[0]
    assert (placard.phone, placard.emergency) == (known.phone, known.emergency)
    assert plan_reserved(network, TODAY, [known.code]).jobs == ()


def test_a_reserved_sign_stays_while_nobody_asks_for_it(made: tuple[Folder, Path]) -> None:
    folder, out = made
    (path,) = [job.path for job in plan_reserved(folder.network(), TODAY).jobs]
    report = build(folder.path, Options(out, "2026-11-23", ("placards",)))
    assert path not in (*report.rendered, *report.removed)
    assert (out / path).is_file()


def test_when_a_charger_claims_the_code_its_sign_is_on_the_list(tmp_path: Path) -> None:
    folder = operator_folder(tmp_path, site(connector()))
    (code,) = reserve(folder.path, 1, TODAY, "test", Findings())
    (job,) = plan_reserved(folder.network(), TODAY).jobs
    assert isinstance(job.payload, Placard)
    hung = as_printed(job.payload, PRINTED)
    assert code not in {entry.code for of in list_of(folder, [hung]).sites for entry in of.entries}
    folder.write("overrides.csv", f"evse,code\nE1,{code}\n")
    folder.issue()
    assert plan_reserved(folder.network(), TODAY).jobs == ()
    (placard,) = placards_of(folder)
    assert placard.path == job.path
    words = reasons_in(list_of(folder, [hung]))["7"]
    assert f"number of the charger changed: {code} → 7" in words
    assert "CCS2 added" in words


# ── Pages ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def page_of(folder: Folder, code: str) -> str:
    plan = plan_driver(folder.network(), (), TODAY)
    (job,) = [job for job in plan.jobs if job.path == f"site/{code}/index.html"]
    return RENDERERS[job.kind](job.payload, plan.shared).decode()


def test_a_page_names_the_mark_of_the_newest_sign(tmp_path: Path) -> None:
    folder = operator_folder(tmp_path, site(connector()), placards=[{"size": "A5"}, {"size": "A4"}])
    small, large = placards_of(folder)
    assert small.mark != large.mark
    page = page_of(folder, small.code)
    assert f"{small.mark}, {large.mark}" in page
    folder.edit("operator.yml", "+49 800 1234567", "+49 800 7654321")
    assert f"{small.mark}, {large.mark}" not in page_of(folder, small.code)


def test_the_page_of_a_reserved_code_tells_driver_and_fitter_what_to_do(tmp_path: Path) -> None:
    folder = operator_folder(tmp_path, site(connector()))
    (code,) = reserve(folder.path, 1, TODAY, "test", Findings())
    page, known = page_of(folder, code), page_of(folder, placards_of(folder)[0].code)
    assert 'href="tel:+498001234567"' in page
    assert "overrides.csv" in page
    assert "overrides.csv" not in known
    (job,) = plan_reserved(folder.network(), TODAY).jobs
    assert isinstance(job.payload, Placard)
    assert job.payload.mark in page


def test_signs_for_screen_readers(fresh: tuple[Folder, Path]) -> None:
    folder, out = fresh
    base = ["placards", str(folder.path), "--out", str(out), "--date", TODAY, "--workers", "1"]
    done = CliRunner().invoke(main, [*base, "--accessible"])
    assert done.exit_code == 0, done.output
    made = sorted((out / "accessible").glob("*.pdf"))
    assert [path.name for path in made] == sorted(Path(one.path).name for one in placards_of(folder))
    with pikepdf.open(made[0]) as document:
        assert document.Root.MarkInfo.Marked
        assert "/StructTreeRoot" in document.Root
        assert str(document.Root.Lang) == placards_of(folder)[0].langs[0]
        assert b'pdfuaid:part="1"' in document.Root.Metadata.read_bytes()
