"""Print runs: every sign once, in walking order, proofed in the finished file; sheets, covers, parts, inks; a full disk harms nothing."""

from __future__ import annotations

import base64
import csv
import io
import itertools
import re
import resource
import struct
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest
import weasyprint
import zxingcpp
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageCms

from chargeside import print_work
from chargeside.build import Options, build
from chargeside.cli import main
from chargeside.errors import ContentError, RenderError, WriteError
from chargeside.findings import Findings
from chargeside.load.label_sheets import load_sheet
from chargeside.model.label_sheet import NAMED, LabelSheet, faults
from chargeside.plan.placards import plan_placards
from chargeside.plan.print_order import walking_order
from chargeside.print_work import Made, Wish, prepare, print_outline, print_run
from chargeside.render import marks, placard
from chargeside.render import print_run as runs
from chargeside.render.inks import Inks
from chargeside.signs_work import Asked, read_signs
from chargeside.write import staged
from support import TODAY, Folder, codes_of, connector, evse, found, location, operator_folder, socket

BRAND = "#17457a"
SIGNS = [{"design": "classic", "size": "A5"}, {"design": "classic", "size": "A6"}]
MM = 25.4 / 72


@dataclass(frozen=True)
class Built:
    """An operator whose signs stand."""

    folder: Folder
    out: Path

    def wish(self, file: Path, **changes: Any) -> Wish:
        return Wish(Asked(self.folder.path, self.out, TODAY), file, **changes)

    def run(self, file: Path, **changes: Any) -> Made:
        return print_run(prepare(self.wish(file, **changes)), Findings(), quiet)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Built]:
    base = tmp_path_factory.mktemp("runs")
    garage = location(
        "L2",
        evse("B", floor_level="-1", physical_reference="2"),
        evse("C", socket(), floor_level="-2", physical_reference="10"),
        evse("D", floor_level="-2", physical_reference="9"),
        name="Garage",
    )
    places = (location("L1", evse("A", connector()), name="Zoo"), garage)
    folder = operator_folder(base, *places, station_is="evse", placards=SIGNS, brand={"colour": BRAND})
    report = build(folder.path, Options(base / "out", TODAY, ("placards",)))
    assert (len(report.rendered), report.failed) == (8, []), list(map(str, report.findings))
    # The folder does not change, so it is read once and not for every run.
    with pytest.MonkeyPatch.context() as patch:
        once = cache(partial(read_signs, findings=Findings()))
        patch.setattr(print_work, "read_signs", lambda asked, findings: once(asked))
        yield Built(folder, base / "out")


def quiet(what: str, done: int, total: int) -> None:
    """Progress that nobody wants to hear of."""


def rows_of(made: Made) -> list[dict[str, str]]:
    with made.files[-1].open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def pages_of(path: Path) -> Iterator[tuple[Image.Image, str]]:
    """Each page as a picture at 150 dpi, and its text."""
    document = pypdfium2.PdfDocument(path)
    try:
        for page in document:
            yield page.render(scale=150 / 72).to_pil().convert("RGB"), page.get_textpage().get_text_range()
    finally:
        document.close()


def decoded(picture: Image.Image) -> list[str]:
    return [symbol.text for symbol in zxingcpp.read_barcodes(picture)]


def whole(path: Path) -> None:
    """qpdf has nothing to say."""
    done = subprocess.run(["qpdf", "--check", str(path)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout


# ── Order ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_signs_come_in_the_order_in_which_somebody_walks(tmp_path: Path) -> None:
    def at(uid: str, level: str | None, bay: str | None, number: str) -> dict[str, Any]:
        places = [{"bay": bay}] if bay else []
        return evse(
            uid,
            floor_level=level,
            physical_reference=number,
            **({"parking_spaces": places} if places else {}),
        )

    walked = [at("a", "-2", None, "3"), at("b", "-2", None, "12"), at("c", "-1", None, "1"), at("d", "0", None, "9"),
              at("e", "2", None, "8"), at("f", "Roof", None, "2"), at("g", None, None, "4")]  # fmt: skip
    folder = operator_folder(
        tmp_path,
        location("Z", *reversed(walked), name="Alpha", city="Ulm"),
        location("A", evse("x"), name="Beta", city="Ulm"),
        location("B", evse("y"), name="Zoo", city="Aalen"),
        station_is="evse",
        placards=SIGNS,
    )
    network = folder.network()
    uids = {station.code: station.points[0].evse.uid for station in network.stations}
    signs = [job.payload for job in plan_placards(network, TODAY).jobs]
    ordered = walking_order(network, reversed(signs))
    assert [uids[one.code] + one.size[-1] for _, one in ordered] == [
        uid + size for uid in ("y", "a", "b", "c", "d", "e", "f", "g", "x") for size in "56"
    ]
    assert ordered == walking_order(network, signs)


def test_plates_are_laid_out_once_whatever_the_order(built: Built, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages alternate between two sizes, and only one plate is kept ready."""
    prepared = prepare(built.wish(Path("run.pdf")))
    signs = [one for _, one in prepared.signs]
    laid: list[Any] = []
    new = placard.lay_out
    monkeypatch.setattr(placard, "_bases", type(placard._bases)())
    monkeypatch.setattr(placard, "_HELD", 1)
    monkeypatch.setattr(placard, "lay_out", lambda *args, **more: laid.append(args) or new(*args, **more))
    drawn = [index for batch in runs.batches(signs) for index, _ in runs.draw(batch, prepared.plan.shared)[0]]
    assert sorted(drawn) == list(range(8))
    assert len(laid) == len({placard.kind_key(one) for one in signs}) < len(signs)


# ── A run with marks ───────────────────────────────────────────────────────────────────────────────────────────────


def test_a_run_holds_every_sign_and_says_where(built: Built, tmp_path: Path) -> None:
    made = built.run(tmp_path / "run.pdf")
    whole(tmp_path / "run.pdf")
    fonts = subprocess.run(
        ["pdffonts", tmp_path / "run.pdf"], capture_output=True, text=True, check=True
    ).stdout
    assert {tuple(line.split()[-5:-2]) for line in fonts.splitlines()[2:]} == {
        ("yes", "yes", "yes")
    }  # embedded, subset
    rows = rows_of(made)
    assert [path.name for path in made.files] == ["run.pdf", "run.csv"]
    assert [row["number"] for row in rows] == ["9", "9", "10", "10", "2", "2", *[rows[-1]["number"]] * 2]
    assert [row["size"] for row in rows] == ["A5", "A6"] * 4
    pages = list(pages_of(tmp_path / "run.pdf"))
    assert len(pages) == len(rows) == made.signs == made.pages == 8
    for number, ((picture, text), row) in enumerate(zip(pages, rows, strict=True), 1):
        assert (row["part"], row["page"], row["position"]) == ("1", str(number), "1")
        assert decoded(picture) == [row["url"]]
        assert f"page {number} of 8 · {row['code']} · classic {row['size']} en · mark {row['mark']}" in text


def test_pages_are_cut_where_the_boxes_say(built: Built, tmp_path: Path) -> None:
    built.run(tmp_path / "run.pdf", sizes=("A6",))
    with pikepdf.open(tmp_path / "run.pdf") as document:
        for page in document.pages:
            trim, bleed, media = (
                [float(edge) * MM for edge in page.obj[f"/{name}Box"].as_list()]
                for name in ("Trim", "Bleed", "Media")
            )
            assert [trim[2] - trim[0], trim[3] - trim[1]] == pytest.approx([105, 148], abs=0.01)
            assert [trim[0] - bleed[0], bleed[2] - trim[2], trim[1] - bleed[1]] == pytest.approx(
                [3] * 3, abs=0.01
            )
            assert media[0] < bleed[0] - 5 and media[3] > bleed[3] + 5
    dots = 150 / 25.4
    picture, _ = next(pages_of(tmp_path / "run.pdf"))
    edge = marks.MARGIN_MM

    def dark(x: float, y: float) -> bool:
        """Whether there is ink within 0.2 mm of a place."""
        spots = itertools.product((-1, 0, 1), repeat=2)
        return any(max(picture.getpixel((round(x * dots) + i, round(y * dots) + j))) < 200 for i, j in spots)

    for x, y in itertools.product((edge, edge + 105), (edge, edge + 148)):
        out_x, out_y = (-1 if x == edge else 1), (-1 if y == edge else 1)
        marked = [dark(x + out_x * off, y) for off in (1, 2, 3.4, 5, 8)]
        assert marked == [False, False, False, True, True]
        assert [dark(x, y + out_y * off) for off in (1, 2, 3.4, 5, 8)] == marked


def test_without_marks_pages_are_as_large_as_signs(built: Built, tmp_path: Path) -> None:
    made = built.run(tmp_path / "run.pdf", marks=False)
    with pikepdf.open(tmp_path / "run.pdf") as document:
        sizes = [[round(float(edge) * MM) for edge in page.mediabox.as_list()] for page in document.pages]
    assert sizes == [[0, 0, 148, 210], [0, 0, 105, 148]] * 4
    for (picture, text), row in zip(pages_of(tmp_path / "run.pdf"), rows_of(made), strict=True):
        assert decoded(picture) == [row["url"]] and "page" not in text


def test_the_same_signs_give_the_same_bytes(built: Built, tmp_path: Path) -> None:
    for name in "ab":
        built.run(tmp_path / name / "run.pdf", cover=True, cut_mm=2.0)
    for name in ("run.pdf", "run.csv"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


@given(st.text(max_size=200), st.floats(20, 300))
def test_the_page_line_never_leaves_the_page(text: str, width: float) -> None:
    drawn = marks.slug(200, (12, 12, 12 + width, 188), text)
    shown = "".join(re.findall(r"<([0-9A-F]*)>Tj", drawn.drawn().decode()))
    assert bool(shown) == bool(text.split())
    file = io.BytesIO()
    run = runs.Run(file, title="", author="", lang="", created=TODAY, identifier=bytes(16))
    page = (0.0, 0.0, width + 24, 200.0)
    run.page(page[2:], [], trim=page, bleed=page, extra=drawn.drawn(), pieces=drawn.pieces())
    run.close()
    document = pypdfium2.PdfDocument(file.getvalue())
    try:
        boxes = [one.get_bounds() for one in document[0].get_objects()]
    finally:
        document.close()
    assert all(left * MM + 0.2 >= 12 and right * MM <= 12 + width + 0.2 for left, _, right, _ in boxes)


# ── Inks ───────────────────────────────────────────────────────────────────────────────────────────────────────────

_SHOWS = {"Tj", "TJ", "'", '"', "f", "f*", "F", "B", "S", "s"}


def drawn_colours(path: Path) -> set[tuple[str, tuple[float, ...]]]:
    """Colours that text, areas and lines are drawn with, over all content streams: operator and operands of each."""
    used: set[tuple[str, tuple[float, ...]]] = set()
    with pikepdf.open(path) as document:
        forms = [
            one for one in document.objects
            if isinstance(one, pikepdf.Stream) and (one.get("/Subtype") == "/Form" or one.get("/PatternType") == 1)
        ]  # fmt: skip
        for drawing in (*document.pages, *forms):
            state: list[tuple[str, tuple[float, ...]]] = [("g", (0.0,)), ("G", (0.0,))]
            kept = []
            for one in pikepdf.parse_content_stream(drawing):
                operator = str(one.operator)
                if operator == "q":
                    kept.append(list(state))
                elif operator == "Q":
                    state = kept.pop()
                elif operator.lower() in {"g", "rg", "k", "scn", "sc"}:
                    numbers = tuple(
                        float(value) for value in one.operands if not isinstance(value, pikepdf.Name)
                    )
                    state[operator.isupper()] = (operator, numbers)
                elif operator in _SHOWS:
                    used.add(state[operator in {"S", "s"}])
    return used


def test_text_and_code_are_black_ink_alone(built: Built, tmp_path: Path) -> None:
    built.run(tmp_path / "run.pdf", cover=True)
    colours = drawn_colours(tmp_path / "run.pdf")
    assert ("g", (0.0,)) in colours
    screen = {
        tuple(round(share * 255) for share in values) for kind, values in colours if kind.lower() == "rg"
    }
    assert screen == {(0x17, 0x45, 0x7A)}  # the brand, and no black or grey of three colours


def test_with_a_profile_nothing_is_left_in_screen_colours(built: Built, tmp_path: Path) -> None:
    (tmp_path / "press.icc").write_bytes(press_profile())
    built.run(tmp_path / "run.pdf", icc=tmp_path / "press.icc", cover=True, cut_mm=3.0)
    whole(tmp_path / "run.pdf")
    colours = drawn_colours(tmp_path / "run.pdf")
    assert {kind.lower() for kind, _ in colours} == {"g", "k", "scn"}
    assert ("g", (0.0,)) in colours
    with pikepdf.open(tmp_path / "run.pdf") as document:
        (intent,) = document.Root.OutputIntents
        assert str(intent.OutputConditionIdentifier) == "Test press" and intent.S == "/GTS_PDFX"
        assert intent.DestOutputProfile.read_bytes() == press_profile()
        kinds = set()
        for item in document.objects:
            if isinstance(item, (pikepdf.Dictionary, pikepdf.Stream)):
                kinds |= {str(item.get("/ColorSpace")), str((item.get("/Group") or {}).get("/CS"))}
        assert "/DeviceRGB" not in kinds and b"DeviceRGB" not in (tmp_path / "run.pdf").read_bytes()


def test_pictures_and_gradients_are_converted_too() -> None:
    picture = io.BytesIO()
    Image.new("RGB", (4, 4), BRAND).save(picture, "PNG")
    body = (
        f"<img src='data:image/png;base64,{base64.b64encode(picture.getvalue()).decode()}'>"
        f"<p style='opacity: .5; color: {BRAND}; background: linear-gradient(red, {BRAND})'>Words</p>"
    )
    data = weasyprint.HTML(
        string=f"<style>@page {{ size: 60mm 60mm; margin: 5mm }}</style>{body}"
    ).write_pdf()
    before = runs.Plate("k", data, 60, 60, 0)
    after = Inks(press_profile()).plate(before)
    with pikepdf.open(io.BytesIO(before.pdf)) as document:
        assert "/DeviceRGB" in _spaces(document)
    with pikepdf.open(io.BytesIO(after.pdf)) as document:
        assert _spaces(document) - {"/DeviceGray"} == {"/DeviceCMYK"}


def _spaces(document: pikepdf.Pdf) -> set[str]:
    """Names of colour spaces that anything in a document has."""
    found: set[str] = set()

    def walk(value: Any, depth: int = 0) -> None:
        if isinstance(value, (pikepdf.Dictionary, pikepdf.Stream)):
            for key, inner in value.items():
                if key in {"/ColorSpace", "/CS"} and isinstance(inner, pikepdf.Name):
                    found.add(str(inner))
                elif key != "/Parent" and depth < 8:
                    walk(inner, depth + 1)
        elif isinstance(value, pikepdf.Array):
            for inner in value.as_list():
                walk(inner, depth + 1)

    for item in document.objects:
        walk(item)
    return found


@pytest.mark.parametrize("kind", ["missing", "nonsense", "screen"])
def test_what_is_no_profile_of_a_press_is_a_finding(built: Built, tmp_path: Path, kind: str) -> None:
    path = tmp_path / "x.icc"
    if kind == "nonsense":
        path.write_bytes(b"no profile" * 50)
    elif kind == "screen":
        path.write_bytes(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    with pytest.raises(ContentError) as told:
        prepare(built.wish(tmp_path / "run.pdf", icc=path))
    assert codes_of(told.value.findings) == ["P720"] and not (tmp_path / "run.pdf").exists()


def test_a_contour_goes_around_each_sign(built: Built, tmp_path: Path) -> None:
    built.run(tmp_path / "run.pdf", sizes=("A6",), cut_mm=0.0)
    ends: list[list[float]] = []
    with pikepdf.open(tmp_path / "run.pdf") as document:
        for page in document.pages:
            assert str(page.Resources.ColorSpace.CutContour[1]) == "/CutContour"
            is_cut = False
            for one in pikepdf.parse_content_stream(page):
                if str(one.operator) == "CS":
                    is_cut = one.operands[0] == "/CutContour"
                elif is_cut and str(one.operator) == "re":
                    ends.append([round(float(value) * MM, 2) for value in one.operands])
    assert ends == [[12, 12, 105, 148]] * 4


# ── Sheets of labels ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", NAMED)
def test_named_sheets_fit_their_page_and_stand_in_its_middle(name: str) -> None:
    sheet = NAMED[name]
    assert list(faults(sheet)) == []
    left, top = sheet.corner(sheet.labels - 1)
    rest = (sheet.page[0] - left - sheet.label[0], sheet.page[1] - top - sheet.label[1])
    assert rest == pytest.approx(sheet.offset)


lengths = st.floats(5, 300).map(lambda value: round(value, 1))


@given(st.builds(
    LabelSheet, page=st.tuples(lengths, lengths), columns=st.integers(1, 6), rows=st.integers(1, 6),
    label=st.tuples(lengths, lengths), offset=st.tuples(st.floats(-5, 40), st.floats(-5, 40)),
    gap=st.tuples(st.floats(-3, 9), st.floats(-3, 9)),
))  # fmt: skip
def test_a_sheet_without_a_fault_has_room_for_all_its_labels(sheet: LabelSheet) -> None:
    boxes = []
    for position in range(sheet.labels):
        left, top = sheet.corner(position)
        boxes.append((left, top, left + sheet.label[0], top + sheet.label[1]))
    slack = 0.06
    leaves = any(
        a < -slack or b < -slack or c > sheet.page[0] + slack or d > sheet.page[1] + slack
        for a, b, c, d in boxes
    )
    overlap = any(
        min(a[2], b[2]) - max(a[0], b[0]) > slack and min(a[3], b[3]) - max(a[1], b[1]) > slack
        for a, b in itertools.combinations(boxes, 2)
    )
    if leaves or overlap:
        assert list(faults(sheet))


SHEETS = """\
sheets:
  mine:
    page: [210, 297]
    columns: 2
    rows: 2
    label: [100, 100]
    offset: [5, 5]
    gap: [0, 10]
"""


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("gap: [0, 10]", "gap: [-2, 10]", 8, "labels beside one another overlap by 2 mm"),
        ("gap: [0, 10]", "gap: [0, -1.5]", 8, "labels below one another overlap by 1.5 mm"),
        ("columns: 2", "columns: 3", 4, "the last of 3 columns ends 95 mm beyond the right edge of the page"),
        ("rows: 2", "rows: 3", 5, "the last of 3 rows ends 28 mm beyond the lower edge of the page"),
        ("offset: [5, 5]", "offset: [-1, 5]", 7, "the first label begins 1 mm off the page"),
        ("columns: 2", "columns: 0", 4, "columns"),
        ("label: [100, 100]", "label: 100", 6, "label"),
        ("  mine:", "  yours:", None, 'there is no sheet "mine"'),
    ],
)
def test_a_wrong_sheet_is_a_finding(tmp_path: Path, old: str, new: str, line: int | None, words: str) -> None:
    (tmp_path / "sheets.yml").write_text(SHEETS)
    assert load_sheet(tmp_path, "mine", Findings()) is not None
    (tmp_path / "sheets.yml").write_text(SHEETS.replace(old, new))
    findings = Findings()
    assert load_sheet(tmp_path, "mine", findings) is None
    told = found(findings, "P722")
    assert told.line == line and words in told.message and told.mend


def test_an_own_sheet_wins_over_one_of_the_same_name(tmp_path: Path) -> None:
    (tmp_path / "sheets.yml").write_text(SHEETS.replace("mine", "a4-2"))
    assert load_sheet(tmp_path, "a4-2", Findings()) != NAMED["a4-2"]
    assert load_sheet(tmp_path, "a4-4", Findings()) == NAMED["a4-4"]


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        ({"sheet": "a4-4"}, "classic A5 (148 × 210 mm) is larger than a label"),
        ({"sheet": "a4-2", "first_label": 3}, "has 2 labels and no number 3"),
        ({"sheet": "a4-9"}, 'there is no sheet "a4-9"'),
    ],
)
def test_signs_must_fit_the_labels(built: Built, tmp_path: Path, wish: dict[str, Any], words: str) -> None:
    with pytest.raises(ContentError) as told:
        prepare(built.wish(tmp_path / "run.pdf", **wish))
    assert words in told.value.findings[0].message and codes_of(told.value.findings) == ["P722"]


def test_each_label_has_the_sign_that_the_index_says(built: Built, tmp_path: Path) -> None:
    made = built.run(tmp_path / "run.pdf", sheet="a4-4", sizes=("A6",), first_label=3)
    whole(tmp_path / "run.pdf")
    sheet, dots = NAMED["a4-4"], 150 / 25.4
    rows = rows_of(made)
    assert [(row["page"], row["position"]) for row in rows] == [
        ("1", "3"),
        ("1", "4"),
        ("2", "1"),
        ("2", "2"),
    ]
    pictures = [picture for picture, _ in pages_of(tmp_path / "run.pdf")]
    for row in rows:
        left, top = sheet.corner(int(row["position"]) - 1)
        crop = (left, top, left + sheet.label[0], top + sheet.label[1])
        label = pictures[int(row["page"]) - 1].crop(tuple(round(edge * dots) for edge in crop))
        assert decoded(label) == [row["url"]]
    assert len(decoded(pictures[0])) == len(decoded(pictures[1])) == 2 == len(pictures)


def test_colour_does_not_reach_the_next_label() -> None:
    tight, loose, lone = (
        LabelSheet(columns=columns, rows=2, label=(100, 60), gap=gap)
        for columns, gap in ((2, (0, 9)), (2, (2, 9)), (1, (0, 9)))
    )
    assert [sheet.bleed_mm(100, 60, 3) for sheet in (tight, loose, lone)] == [0, 1, 3]
    assert lone.bleed_mm(90, 50, 3) == 0


def test_the_outline_shows_where_labels_are(built: Built, tmp_path: Path) -> None:
    print_outline(built.wish(tmp_path / "test.pdf", sheet="letter-6-4x3.33"))
    whole(tmp_path / "test.pdf")
    ((picture, text),) = pages_of(tmp_path / "test.pdf")
    assert text.split() == list("123456")
    sheet, dots = NAMED["letter-6-4x3.33"], 150 / 25.4
    for position in range(6):
        left, top = sheet.corner(position)
        middle = round((top + 25) * dots)
        row = [picture.getpixel((round(left * dots) + at, middle))[0] for at in range(-3, 4)]
        assert min(row) < 200 and max(row) == 255
    assert not (tmp_path / "test.csv").exists()


# ── Covers and parts ───────────────────────────────────────────────────────────────────────────────────────────────


def test_a_cover_counts_and_its_back_is_blank(built: Built, tmp_path: Path) -> None:
    made = built.run(tmp_path / "run.pdf", cover=True)
    pages = list(pages_of(tmp_path / "run.pdf"))
    assert len(pages) == made.pages == 10
    front, back = pages[0][1], pages[1]
    assert "8 signs on 8 pages" in front and "2026-11-22" in front and "run.csv" in front
    assert re.search(r"A5 \(148 × 210 mm\)\s+en\s+4\b", front) and re.search(
        r"A6 \(105 × 148 mm\)\s+en\s+4\b", front
    )
    assert re.search(r"6\s+Garage|Garage\s+6", front) and re.search(r"2\s+Zoo|Zoo\s+2", front)
    assert back[1] == "" and back[0].getextrema() == ((255, 255),) * 3
    assert [row["page"] for row in rows_of(made)] == [str(page) for page in range(3, 11)]
    assert decoded(pages[2][0]) == [rows_of(made)[0]["url"]]


@pytest.mark.parametrize(("split", "pages"), [(3, [3, 3, 2]), (8, [8])])
def test_parts_have_so_many_pages_and_one_index(
    built: Built, tmp_path: Path, split: int, pages: list[int]
) -> None:
    made = built.run(tmp_path / "run.pdf", per_part=split)
    names = ["run.pdf"] if len(pages) == 1 else [f"run.{part}.pdf" for part in range(1, len(pages) + 1)]
    assert [path.name for path in made.files] == [*names, "run.csv"]
    pictures = {part: list(pages_of(path)) for part, path in enumerate(made.files[:-1], 1)}
    assert [len(pictures[part]) for part in pictures] == pages
    rows = rows_of(made)
    assert len({row["url"] + row["size"] for row in rows}) == 8 == len(rows)
    for row in rows:
        picture, text = pictures[int(row["part"])][int(row["page"]) - 1]
        assert decoded(picture) == [row["url"]]
        assert (f"part {row['part']} of {len(pages)}" in text) == (len(pages) > 1)


def test_parts_of_an_earlier_run_are_told_of(built: Built, tmp_path: Path) -> None:
    built.run(tmp_path / "run.pdf", per_part=4)
    findings = Findings()
    print_run(prepare(built.wish(tmp_path / "run.pdf")), findings, quiet)
    assert [one.path for one in findings if one.code == "P726"] == ["run.1.pdf", "run.2.pdf"]


# ── What may go wrong ──────────────────────────────────────────────────────────────────────────────────────────────


def job_of(built: Built, tmp_path: Path) -> tuple[runs.Job, runs.Store, Path]:
    """A run and its finished file."""
    prepared = prepare(built.wish(tmp_path / "run.pdf"))
    job = runs.Job(prepared.signs, prepared.setup)
    store = runs.Store(io.BytesIO(), 8, None)
    for batch in runs.batches([one for _, one in job.signs]):
        store.add(runs.draw(batch, prepared.plan.shared))
    (part,) = job.parts()
    with (tmp_path / "run.pdf").open("wb") as file:
        assert sum(runs.write_part(job, part, store, file)) == 8
    return job, store, tmp_path / "run.pdf"


@pytest.mark.parametrize("wrong", ["nothing", "neighbour", "line", "place", "page", "size"])
def test_a_sign_that_is_not_what_was_meant_does_not_pass(built: Built, tmp_path: Path, wrong: str) -> None:
    job, store, path = job_of(built, tmp_path)
    (part,) = job.parts()
    drawn = store.sign(4)
    wanted = drawn.wanted
    if wrong == "neighbour":
        wanted = replace(store.sign(2).wanted, url=wanted.url)  # a right code over a wrong neighbour's text
    elif wrong == "line":
        wanted = replace(wanted, lines=[replace_text(line, "0", "8") for line in wanted.lines])
    elif wrong == "place":
        wanted = replace(wanted, lines=[line._replace(baseline=line.baseline + 3) for line in wanted.lines])
    elif wrong == "page":
        job = replace(job, signs=[*job.signs, job.signs[0]])
        store._signs.append(store._signs[0])
        (part,) = job.parts()
    elif wrong == "size":
        site, one = job.signs[4]
        job = replace(job, signs=[*job.signs[:4], (site, replace(one, width_mm=150.0)), *job.signs[5:]])
    store._signs[4] = store._put(replace(drawn, wanted=wanted))
    if wrong == "nothing":
        assert sum(map(runs.proof_batch, runs.to_proof(job, part, store, path))) == 8
        return
    with pytest.raises(RenderError) as told:
        list(map(runs.proof_batch, runs.to_proof(job, part, store, path)))
    assert told.value.code == "P702"


def replace_text(line: Any, old: str, new: str) -> Any:
    return line._replace(text=line.text.replace(old, new))


def test_only_signs_that_stand_proofed_are_printed(built: Built, tmp_path: Path) -> None:
    prepared = prepare(built.wish(tmp_path / "run.pdf"))
    jobs = dict(prepared.jobs)
    path = prepared.signs[3][1].path
    other = replace(prepared.signs[3][1], phone="+49 1")
    findings = Findings()
    changed = replace(prepared, jobs={**jobs, path: replace(jobs[path], payload=other)})
    made = print_run(changed, findings, quiet)
    assert found(findings, "P725").path == path
    assert made.signs == 7 and prepared.signs[3][1].code not in [
        row["code"] for row in rows_of(made) if row["size"] == prepared.signs[3][1].size
    ]


def test_no_sign_meant_is_a_finding(built: Built, tmp_path: Path) -> None:
    with pytest.raises(ContentError) as told:
        prepare(built.wish(tmp_path / "run.pdf", designs=("strip",)))
    assert codes_of(told.value.findings) == ["P724"]


@pytest.mark.parametrize("share", [0.05, 0.99])
def test_a_full_disk_leaves_what_stood(built: Built, tmp_path: Path, share: float) -> None:
    """No file may grow beyond a share of what the PDF needs: early for the store of drawn signs, late for the PDF itself."""
    made = built.run(tmp_path / "run.pdf", sizes=("A6",))
    before = {path: path.read_bytes() for path in made.files}
    prepared = prepare(built.wish(tmp_path / "run.pdf", sizes=("A6",), cover=True))
    room = int(
        print_run(
            replace(prepared, wish=replace(prepared.wish, file=tmp_path / "x" / "x.pdf")), Findings(), quiet
        ).size
        * share
    )
    said: list[str] = []
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, hard))
    try:
        with pytest.raises(WriteError):
            print_run(prepared, Findings(), lambda what, done, total: said.append(what))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert ("put signs on pages" in said) == (share > 0.5)
    assert {path: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()} == before


@pytest.mark.slow
def test_worker_processes_make_the_same_file(
    built: Built, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = built.run(tmp_path / "a" / "run.pdf")
    monkeypatch.setattr(print_work, "POOL_FROM", 1)
    again = built.run(tmp_path / "b" / "run.pdf", workers=2)
    assert [path.read_bytes() for path in made.files] == [path.read_bytes() for path in again.files]


def test_files_that_belong_together_appear_together(tmp_path: Path) -> None:
    paths = (tmp_path / "a.pdf", tmp_path / "b.csv")
    paths[0].write_text("old")

    def fill_up() -> None:
        with staged(*paths) as beside:
            for path in beside:
                path.write_text("new")
            raise OSError(28, "No space left on device")

    with pytest.raises(WriteError, match="No space left"):
        fill_up()
    assert [path.name for path in tmp_path.iterdir()] == ["a.pdf"] and paths[0].read_text() == "old"
    with staged(*paths) as beside:
        for path in beside:
            path.write_text("new")
        assert paths[0].read_text() == "old" and not paths[1].exists()
    assert (
        sorted(path.name for path in tmp_path.iterdir()) == ["a.pdf", "b.csv"]
        and paths[0].read_text() == "new"
    )


def test_a_page_of_a_run_costs_little(built: Built, tmp_path: Path) -> None:
    prepared = prepare(built.wish(tmp_path / "run.pdf"))
    sizes = []
    for times in (2, 12):
        signs = [*prepared.signs] * times
        store, file = runs.Store(io.BytesIO(), len(signs), None), io.BytesIO()
        for batch in runs.batches([one for _, one in signs]):
            store.add(runs.draw(batch, prepared.plan.shared))
        job = runs.Job(signs, prepared.setup)
        list(runs.write_part(job, job.parts()[0], store, file))
        sizes.append(len(file.getvalue()))
    assert (sizes[1] - sizes[0]) / 80 <= 2048


# ── On the command line ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--cover"], "--print-run FILE.pdf"),
        (["--outline"], "--print-run FILE.pdf"),
        (["--print-run", "x.txt"], "must end in .pdf"),
        (["--print-run", "x.pdf", "--outline"], "name one with --sheet"),
        (["--print-run", "x.pdf", "--first-label", "2"], "name one with --sheet"),
    ],
)
def test_options_that_do_not_go_together_are_refused(
    options: Sequence[str], words: str, built: Built
) -> None:
    done = CliRunner().invoke(main, ["placards", str(built.folder.path), "--out", str(built.out), *options])
    assert done.exit_code == 2 and words in done.output


def test_the_command_makes_a_run(built: Built, tmp_path: Path) -> None:
    command = ["placards", str(built.folder.path), "--out", str(built.out), "--date", TODAY]
    file = tmp_path / "new" / "run.pdf"
    done = CliRunner().invoke(main, [*command, "--print-run", str(file), "--size", "A6", "--cover"])
    assert done.exit_code == 0, done.output
    assert "Print run: 4 signs on 6 pages" in done.output and str(file) in done.output
    assert len(rows_of(Made((file, file.with_suffix(".csv")), 4, 6, 0))) == 4


# ── A profile ──────────────────────────────────────────────────────────────────────────────────────────────────────


@cache
def press_profile() -> bytes:
    """A small ICC profile of a press with four inks, made up: black takes the place of what three inks share."""
    lab, screen = ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB")
    steps = [round(value * 255 / 8) for value in range(9)]
    points = itertools.product(steps, repeat=3)
    image = Image.new("LAB", (9**3, 1))
    image.frombytes(
        bytes(v for lightness, a, b in points for v in (lightness, (a - 128) % 256, (b - 128) % 256))
    )
    colours = ImageCms.applyTransform(image, ImageCms.buildTransform(lab, screen, "LAB", "RGB")).tobytes()
    to_inks: list[int] = []
    for at in range(0, len(colours), 3):
        light = max(colours[at : at + 3])
        to_inks += [(light - value) * 255 // max(light, 1) for value in colours[at : at + 3]] + [255 - light]
    inks = itertools.product((0, 255), repeat=4)
    image = Image.new("RGB", (16, 1))
    image.frombytes(bytes((255 - value) * (255 - black) // 255 for *cmy, black in inks for value in cmy))
    seen = ImageCms.applyTransform(image, ImageCms.buildTransform(screen, lab, "RGB", "LAB")).tobytes()
    from_inks = [value if at % 3 == 0 else (value + 128) % 256 for at, value in enumerate(seen)]
    white = struct.pack(">3i", 63190, 65536, 54061)
    name = b"Test press"
    tags = {
        b"desc": b"desc" + bytes(4) + struct.pack(">I", len(name) + 1) + name + bytes(79),
        b"cprt": b"text" + bytes(4) + b"none\0",
        b"wtpt": b"XYZ " + bytes(4) + white,
        b"A2B0": _table(4, 3, 2, from_inks),
        b"B2A0": _table(3, 4, 9, to_inks),
    }
    table, body, at = struct.pack(">I", len(tags)), b"", 132 + 12 * len(tags)
    for key, data in tags.items():
        table += key + struct.pack(">II", at + len(body), len(data))
        body += data + bytes(-len(data) % 4)
    head = struct.pack(">I4sI", at + len(body), b"lcms", 0x02400000) + b"prtrCMYKLab "
    head += struct.pack(">6H", 2026, 1, 1, 0, 0, 0) + b"acsp" + bytes(28) + white
    return head.ljust(128, b"\0") + table + body


def _table(inputs: int, outputs: int, points: int, values: Sequence[int]) -> bytes:
    """A look-up table of the kind mft1."""
    identity = struct.pack(">9i", *(65536 if at % 4 == 0 else 0 for at in range(9)))
    straight = bytes(range(256))
    head = b"mft1" + bytes(4) + bytes((inputs, outputs, points, 0))
    return head + identity + straight * inputs + bytes(values) + straight * outputs
