"""proof.csv and proof.html: the rows survive, the page shows what is wrong first, and builds keep both up to date."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from chargeside.build import Options, Report, build
from chargeside.cli import main
from chargeside.render.proof_page import (
    STATES,
    Measured,
    ProofRow,
    Remark,
    proof_html,
    rows_from_csv,
    rows_to_csv,
    sample,
    thumbnail,
)
from support import Folder, location, operator_folder

TODAY = "2026-11-22"
DAY = {"operator": "Grid <Test>", "day": TODAY}
PNG = b"\x89PNG"

MEASURED = Measured(
    version=3, level="H", module_mm=1.39, code_mm=40.31, quiet_mm=5.6, floor_mm=0.8, margin=0.738, scan_m=0.4, gain="",
    letters_pt=9.6, text_level=0.9, left_off=(), fonts=2, way="fast",
)  # fmt: skip
ROW = ProofRow(
    path="placards/4821736.classic-A5.en.pdf", state="ok", remarks=(), number="2A", name="Market", code="4821736", connector="",
    design="classic", size="A5", languages=("en",), url="https://help.example.org/4821736/", mark="E98",
    phone="+49 800 1234567", width_mm=148, height_mm=210, distance_m=0.8, bytes=41_000, measured=MEASURED,
)  # fmt: skip
LEFT_OFF = Remark("P706", "left off for want of room: ways to pay", "use a larger size")


def rows(count: int, **changes: Any) -> list[ProofRow]:
    return [
        replace(ROW, path=f"placards/{place}.{ROW.design}.pdf", code=f"{place:07}", **changes)
        for place in range(count)
    ]


def cards(page: bytes) -> list[str]:
    """The headings of the pictures, in their order."""
    return [unescape(re.sub("<[^>]+>", "", text)) for text in re.findall("<h3>(.*?)</h3>", page.decode())]


# The table

_words = st.text("ab\"'=+-@,; \n\tÄ\u202e字\0", max_size=9)
_lines = st.text("ab\"'=+-@,; ÄΩ", min_size=1, max_size=9)
_numbers = st.integers(0, 10**6).map(lambda number: number / 1000)
_measured = st.builds(
    Measured,
    version=st.integers(1, 40), level=st.sampled_from("HQ"), gain=_words, fonts=st.integers(0, 9),
    left_off=st.lists(st.from_regex("[a-z-]{1,9}", fullmatch=True), max_size=3).map(tuple), way=st.sampled_from(["fast", "plain"]),
    **dict.fromkeys(("module_mm", "code_mm", "quiet_mm", "floor_mm", "margin", "scan_m", "letters_pt", "text_level"), _numbers),
)  # fmt: skip
_rows = st.builds(
    ProofRow,
    path=st.from_regex(r"placards/[0-9]{7}\.[a-zäö, -]{1,9}\.pdf", fullmatch=True), state=st.sampled_from(STATES),
    remarks=st.lists(st.builds(Remark, _lines, _lines, _lines), max_size=3).map(tuple),
    languages=st.lists(st.sampled_from(["en", "de", "pt-BR"]), min_size=1, max_size=3, unique=True).map(tuple),
    width_mm=_numbers, height_mm=_numbers, distance_m=_numbers, bytes=st.integers(0, 10**9), measured=st.none() | _measured,
    **dict.fromkeys(("number", "name", "code", "connector", "design", "size", "url", "mark", "phone"), _words),
)  # fmt: skip


@settings(max_examples=40)
@given(st.lists(_rows, max_size=3, unique_by=lambda row: row.path))
def test_rows_survive_the_table(those: list[ProofRow]) -> None:
    table = rows_to_csv(those)
    assert rows_from_csv(table) == tuple(sorted(those, key=lambda row: row.path))
    assert rows_to_csv(reversed(those)) == table


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("placards/4821736", "../4821736"),
        ("placards/4821736", "placards/x/4821736"),
        (",1.39,", ",1.39 mm,"),
        (",ok,", ",fine,"),
        (",en,", ",en,en,"),
        ("2A", '"2A'),
    ],
)
def test_a_damaged_row_is_no_row(old: str, new: str) -> None:
    other = replace(ROW, path="placards/1000000.classic-A5.en.pdf")
    text = rows_to_csv([other, ROW]).decode()
    whole, line = text[: text.index(ROW.path)], text[text.index(ROW.path) :]
    assert rows_from_csv((whole + line.replace(old, new, 1)).encode()) == (other,)


@pytest.mark.parametrize("data", [b"", b"\xff\x00", b"path,state\nplacards/1.pdf,ok\n"])
def test_what_is_no_such_table_has_no_rows(data: bytes) -> None:
    assert rows_from_csv(data) == ()


# The sample and the page


def test_the_sample_shows_one_of_everything_before_two_of_anything() -> None:
    warned = rows(30, state="warning", remarks=(LEFT_OFF,))
    quoted = [
        replace(row, path=f"{row.path[:-4]}-q.pdf", remarks=(Remark("P704", f'the engine says "{place}"', "look"),))
        for place, row in enumerate(warned)
    ]  # fmt: skip
    fine = [replace(ROW, path=f"placards/{size}.pdf", size=size) for size in ("A4", "A6")]
    tight = replace(ROW, path="placards/tight.pdf", measured=replace(MEASURED, margin=0.01), size="A4")
    failed = replace(
        ROW, path="placards/failed.pdf", state="error", remarks=(Remark("P702", "no", "report it"),)
    )
    shown = sample([*warned, *fine, *quoted, failed, tight], 6)
    assert [row.state for row in shown[:3]] == ["error", "warning", "warning"]
    assert {row.remarks[0].code for row in shown[1:3]} == {"P704", "P706"}
    assert {row.path for row in shown[3:5]} == {tight.path, "placards/A6.pdf"}
    assert shown[5].state == "warning"
    assert len(sample(warned, 100)) == len(warned) and sample(warned, 0) == ()


def test_what_is_wrong_stands_first_and_once() -> None:
    bad = Remark("P701", 'no room on the sign for the name: "{}"', "shorten it")
    failed = [
        replace(row, path=f"placards/f{place}.pdf", state="error", bytes=0, measured=None, number=f"F{place}",
                remarks=(replace(bad, message=bad.message.format(place)),))
        for place, row in enumerate(rows(3))
    ]  # fmt: skip
    page = proof_html([*rows(2), *failed], {}, **DAY).decode()
    assert (
        page.count('<b class="chip">Could not be made</b> No room on the sign for the name: &#34;…&#34;') == 1
    )
    table = page[page.index("<tbody>") :]
    assert re.findall('<tr class="([a-z]+)"', table) == ["error"] * 3 + ["ok"] * 2
    assert 'href="f0.pdf"' not in page  # there is no such file


def test_figures_in_words_and_nothing_unescaped() -> None:
    hostile = replace(ROW, name="<script>x</script>", number='"><b>', path='placards/a"b.pdf')
    page = proof_html([hostile], {hostile.path: PNG}, **DAY)
    text = page.decode()
    assert text.count("<script>") == 1 and "Grid &lt;Test&gt;" in text
    assert 'href="a%22b.pdf"' in text
    assert cards(page) == ['"><b>']
    for words in (
        "Squares of 1.39 mm, 74 % above the least for 0.8 m",
        "from about 0.4 m, by the usual 10:1 rule",
        "letters 9.6 pt, readable from 0.8 m; text at 90 %",
    ):
        assert words in text
    assert not re.search(r'(?:src|href)="(?!data:|[^":/]+\.pdf")', text)


def test_thousands_of_signs_stay_a_small_page() -> None:
    many = rows(5_571, name="Lange Straße 12, 89073 Ulm, Level 2", size="A5")
    pictures = {row.path: b"x" * 6_000 for row in sample(many)}
    page = proof_html(many, pictures, **DAY)
    assert len(page) < 3_000_000
    assert page.decode().count("<tr class") == 5_571 and len(cards(page)) == len(pictures) == 24
    assert page == proof_html(reversed(many), pictures, **DAY)


# Builds


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return operator_folder(
        tmp_path, location("L1"), location("L2"), placards=[{"design": "classic", "size": "A6"}]
    )


def make(folder: Folder, **options: Any) -> Report:
    return build(folder.path, Options(folder.path.parent / "out", TODAY, ("placards",), **options))


def shown(folder: Folder) -> tuple[tuple[ProofRow, ...], bytes]:
    out = folder.path.parent / "out" / "placards"
    return rows_from_csv((out / "proof.csv").read_bytes()), (out / "proof.html").read_bytes()


def test_a_build_keeps_the_sheet_up_to_date(folder: Folder, tmp_path: Path) -> None:
    first = make(folder)
    before, page = shown(folder)
    assert sorted(first.rendered) == [row.path for row in before]
    assert all(row.measured and row.bytes == (tmp_path / "out" / row.path).stat().st_size for row in before)
    assert len(cards(page)) == 2
    release = (tmp_path / "out" / "current").readlink()
    again = make(folder)
    assert (again.rendered, again.removed, again.unchanged) == ([], [], 2)
    assert (tmp_path / "out" / "current").readlink() == release

    folder.edit("stations/feed.json", "Site L2", "Harbour")
    changed = make(folder)
    after, page = shown(folder)
    assert len(changed.rendered) == 1 and changed.removed == []
    names = {row.path: row.name for row in after}
    assert "Harbour" in names[changed.rendered[0]] and b"Harbour" in page
    assert [row for row in after if row.path not in changed.rendered] == [
        row for row in before if row.path not in changed.rendered
    ]

    one = next(row for row in after if row.path != changed.rendered[0])
    make(folder, codes=(one.code,))
    assert shown(folder)[0] == after


def test_a_sign_that_fails_keeps_the_figures_of_its_file(folder: Folder) -> None:
    make(folder)
    before, _ = shown(folder)
    folder.edit("stations/feed.json", "Site L2", "\U0001f9ff\U000e0fff")
    report = make(folder)
    after, page = shown(folder)
    (row,) = [row for row in after if row.path in report.failed]
    (was,) = [old for old in before if old.path == row.path]
    assert (row.state, row.measured, row.bytes) == ("error", was.measured, was.bytes)
    assert row.remarks and page.index(b"Could not be made") < page.index(b"All signs")


@pytest.mark.parametrize("name", ["proof.html", "proof.csv"])
def test_what_somebody_deleted_comes_back(name: str, folder: Folder, tmp_path: Path) -> None:
    make(folder)
    before = shown(folder)
    (tmp_path / "out" / "placards" / name).unlink()
    make(folder)
    assert shown(folder) == before


def test_pictures_as_asked(folder: Folder, tmp_path: Path) -> None:
    def ask(*options: str) -> int:
        command = ["placards", str(folder.path), "--out", str(tmp_path / "out"), "--workers", "1", *options]
        done = CliRunner().invoke(main, command)
        return len(cards(shown(folder)[1])) if done.exit_code == 0 else -done.exit_code

    assert [ask("--proof-pictures", "1"), ask(), ask("--proof-pictures", "all"), ask()] == [1, 1, 2, 2]
    assert ask("--proof-pictures", "few") == -2
    signs = tmp_path / "out" / "placards"
    for path in signs.glob("*.pdf"):
        data = thumbnail(path.read_bytes())
        picture = Image.open(io.BytesIO(data))
        darkest, lightest = picture.convert("L").getextrema()
        assert len(data) <= 6_000 and picture.height == 200 and (darkest < 60, lightest > 240) == (True, True)
    with pytest.raises(ValueError, match="no picture"):
        thumbnail(b"%PDF-1.7 broken")


def test_no_signs_no_sheet(folder: Folder, tmp_path: Path) -> None:
    make(folder)
    folder.edit("operator.yml", "placards:\n- design: classic\n  size: A6\n", "placards: []\n")
    report = make(folder)
    assert len(report.removed) == 2 and not list((tmp_path / "out" / "placards" / "").iterdir())


# The filters


def test_filters_hide_what_was_not_asked_for(chromium: Any, tmp_path: Path) -> None:
    many = [
        replace(ROW, path="placards/1.pdf", code="1", number="1", name="Köln, Markt", languages=("de", "en")),
        replace(ROW, path="placards/2.pdf", code="2", number="2", size="A4"),
        replace(ROW, path="placards/3.pdf", code="3", number="3", state="warning", remarks=(LEFT_OFF,)),
    ]
    path = tmp_path / "proof.html"
    path.write_bytes(proof_html(many, {row.path: thumbnail(_pdf()) for row in many[:2]}, **DAY))
    for scripted in (False, True):
        context = chromium.new_context(java_script_enabled=scripted)
        page = context.new_page()
        trouble: list[str] = []
        requests: list[str] = []
        page.on("console", lambda message, said=trouble: said.append(message.text))
        page.on("request", lambda request, asked=requests: asked.append(request.url.partition(":")[0]))
        page.goto(path.as_uri())
        assert page.locator("tbody tr:visible").count() == 3
        assert page.locator("form").is_visible() == scripted
        if scripted:
            _filters(page)
        assert (trouble, set(requests) - {"file", "data"}) == ([], set())
        context.close()


def _filters(page: Any) -> None:
    def left() -> tuple[list[str], list[str], str]:
        page.wait_for_timeout(250)
        table, pictures = page.locator("tbody tr:visible a"), page.locator(".cards li:visible h3")
        return sorted(table.all_inner_texts()), sorted(pictures.all_inner_texts()), page.inner_text("output")

    page.get_by_label("State").select_option("warning")
    assert left() == (["3"], [], "1 of 3 signs")
    assert not page.get_by_role("heading", name="Pictures").is_visible()
    page.get_by_role("button", name="Show all").click()
    page.get_by_label("Design and size").select_option("classic A4")
    assert left() == (["2"], ["2"], "1 of 3 signs")
    page.get_by_role("button", name="Show all").click()
    page.get_by_label("Language").select_option("de")
    assert left() == (["1"], ["1"], "1 of 3 signs")
    page.get_by_role("button", name="Show all").click()
    for typed, found in (
        ("koln markt", ["1"]),
        ("WAYS pay", ["3"]),
        ("800 1234", ["1", "2", "3"]),
        ("nowhere", []),
    ):
        page.get_by_role("searchbox").fill(typed)
        assert left()[0] == found
    assert page.get_by_text("No sign is like that.").is_visible()


def _pdf() -> bytes:
    file = io.BytesIO()
    Image.new("L", (148, 210), 200).save(file, "PDF")
    return file.getvalue()
