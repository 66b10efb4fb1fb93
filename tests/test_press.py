"""Signs put together by hand: letters measure, read and look as WeasyPrint's do, and the files are whole."""

from __future__ import annotations

import hashlib
import io
import os
import pickle
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from html import escape
from typing import Any

import pikepdf
import pypdfium2
import pypdfium2.raw as pdfium
import pytest
import weasyprint
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageStat

from chargeside.errors import RenderError
from chargeside.render import pdf, qr
from chargeside.render import type as letters
from chargeside.render.boxes import read_page
from chargeside.render.overlay import BLACK, Overlay
from chargeside.render.press import Intent, Leaf, Placed, Plate, Run, single, spot
from chargeside.render.type import Face, face

W, H, BLEED = 148.0, 210.0, 3.0
BRAND = "#0a7d4b"
URL = "https://help.example.org/c/K7M2QX"
STYLE = (
    f"@page {{ size: {W}mm {H}mm; margin: 0; bleed: {BLEED}mm }}"
    "body { margin: 0; font-family: 'Noto Sans'; font-kerning: none; font-variant-ligatures: none }"
    "p { position: absolute; margin: 0; white-space: pre; line-height: 1 } b { font-weight: 700 }"
)
BAND = f'<p style="left: -3mm; top: -3mm; width: 154mm; height: 30mm; background: {BRAND}"></p>'
DRAWING = (
    "<img style='position: absolute; left: 10mm; top: 170mm; width: 20mm' src='data:image/svg+xml;utf8,"
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><path fill="black" d="M2 12 12 3v18z"/>'
    '<g opacity=".99"><path stroke="black" fill="none" d="M14 4h8v8h-8z"/></g></svg>\'>'
)


def laid_out(body: str) -> Any:
    return weasyprint.HTML(string=f"<!doctype html><html lang=en><style>{STYLE}</style>{body}").render()


@cache
def plate(body: str = "") -> Plate:
    key = hashlib.sha256(body.encode()).hexdigest()
    return Plate(key, laid_out(body).write_pdf(), W, H, BLEED)


def leaf(overlay: Overlay, on: Plate | None = None, title: str = "Sign") -> Leaf:
    identifier = hashlib.md5(overlay.drawn() + title.encode()).digest()
    return Leaf(
        on or plate(), overlay.drawn(), overlay.pieces(), title, "Operator", "de", "2026-11-22", identifier
    )


def sign(number: int, on: Plate | None = None) -> Leaf:
    """A sign with about as much on it as a real one."""
    overlay = Overlay(H)
    overlay.code(qr.fit(f"{URL}{number:04d}", 57.0), 12, 62)
    overlay.text(face(bold=True), f"Säule {number}", 80, 70, 12)
    lines = ("Ladepark am Überseehafen", "Straße der Einheit 17, 18147 Rostock", "Ebene 2 · Platz 14–16")
    lines += (
        "help.example.org/c/K7M2QX",
        "+49 381 5550100",
        "CCS2 · 150 kW",
        "Typ 2 · 22 kW",
        "B · 2026-11-22",
    )
    for row, line in enumerate(lines):
        overlay.text(face(bold=False), line, 80, 85 + 8 * row, 3.5, "#ffffff" if row == 9 else BLACK)
    return leaf(overlay, on, f"Säule {number}")


def picture(data: bytes, page: int = 0, dpi: int = 150) -> Image.Image:
    document = pypdfium2.PdfDocument(data)
    try:
        return document[page].render(scale=dpi / 72).to_pil().convert("RGB")
    finally:
        document.close()


def trimmed(data: bytes, page: int = 0) -> bytes:
    """A page cut at its trim."""
    with pikepdf.open(io.BytesIO(data)) as document, pikepdf.new() as alone:
        alone.pages.append(document.pages[page])
        alone.pages[0].mediabox = alone.pages[0].trimbox
        file = io.BytesIO()
        alone.save(file)
        return file.getvalue()


def read_back(data: bytes, page: int = 0) -> str:
    """Characters in the order in which they are drawn, without white space."""
    document = pypdfium2.PdfDocument(data)
    try:
        text = document[page].get_textpage()
        drawn = (chr(pdfium.FPDFText_GetUnicode(text, index)) for index in range(text.count_chars()))
        return "".join(letter for letter in drawn if not letter.isspace())
    finally:
        document.close()


def tool(command: list[str], data: bytes, tmp_path: Any) -> str:
    """What a tool says of a file; whatever it complains of fails the test."""
    path = tmp_path / "file.pdf"
    path.write_bytes(data)
    words = [str(path) if word == "FILE" else word for word in command]
    done = subprocess.run(words, check=False, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def drawings(data: bytes) -> Iterator[list[tuple[str, tuple[Any, ...]]]]:
    """The instructions of every content stream, those of drawings in drawings too."""
    with pikepdf.open(io.BytesIO(data)) as document:
        streams = [item for item in document.objects if isinstance(item, pikepdf.Stream)]
        forms = [item for item in streams if item.get("/Subtype") == "/Form"]
        for drawing in [*document.pages, *forms]:
            yield [(str(i.operator), tuple(i.operands)) for i in pikepdf.parse_content_stream(drawing)]


# ── Letters ────────────────────────────────────────────────────────────────────────────────────────────────────────


def alphabet(of: Face) -> list[str]:
    return [chr(point) for point in range(0x20, 0x10000) if of.has(chr(point))]


TEXTS = st.text(st.sampled_from(alphabet(face(bold=False))), min_size=1, max_size=40)


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("Straße 17 · Übersee–Nord, 2² ½ €", True),
        ("Αθήνα Ἀθῆναι", True),
        ("Київ Ђорђе", True),
        ("Łódź Ærø Çeşme Đà Nẵng", True),
        ("№ 5 ‘x’ „y“ «z» … 5′ 3″", True),
        ("", True),
        ("e\u0301", False),
        ("\u212b", False),  # the sign of the ångström, which is another way to write Å
        ("مطار", False),
        ("חניה", False),
        ("ที่จอด", False),
        ("充電", False),
        ("⚡", False),
        ("1\u20442", False),
        ("a\u200db", False),
        ("soft\u00adhyphen", False),
        ("a\tb", False),
        ("a\nb", False),
        ("\u202eabc", False),
    ],
    ids=ascii,
)
def test_only_letters_that_stand_for_themselves_are_drawn(text: str, drawn: bool) -> None:
    assert [face(bold=bold).has(text) for bold in (False, True)] == [drawn, drawn]


@settings(max_examples=12)
@given(st.lists(TEXTS, min_size=20, max_size=20))
def test_lines_are_as_wide_as_weasyprint_lays_them_out(texts: list[str]) -> None:
    texts = [f"|{text}|" for text in texts]  # WeasyPrint measures no line of spaces
    size_mm = 2.0
    for bold in (False, True):
        rows = "".join(
            f'<p style="top: {row * 5}mm; font-size: {size_mm}mm; font-weight: {700 if bold else 400}" id="t{row}">{escape(text)}</p>'
            for row, text in enumerate(texts)
        )
        places = read_page(laid_out(rows).pages[0]).places
        for row, text in enumerate(texts):
            (line,) = places[f"t{row}"]
            assert face(bold=bold).width(text) == pytest.approx(
                (line.end - line.start) / size_mm, abs=0.01
            ), text


def test_a_line_is_as_high_as_weasyprint_makes_it() -> None:
    drawn = laid_out('<p id="t" style="font-size: 10mm; top: 20mm; line-height: normal">Hxg</p>').pages[0]
    (line,) = read_page(drawn).places["t"]
    assert face(bold=False).ascent == pytest.approx((line.baseline - 20) / 10, abs=0.001)


@settings(max_examples=40)
@given(TEXTS, st.booleans())
def test_text_reads_back_as_it_was(text: str, bold: bool) -> None:
    overlay = Overlay(H)
    overlay.text(face(bold=bold), text, 2, 20, 3)
    assert read_back(single(leaf(overlay))) == "".join(text.split())


def compared(ours: Image.Image, theirs: Image.Image) -> tuple[int, float]:
    """The largest difference of a pixel and the mean one, of 255."""
    assert ours.size == theirs.size
    difference = ImageChops.difference(ours, theirs).convert("L")
    return difference.getextrema()[1], ImageStat.Stat(difference).mean[0]


@pytest.mark.parametrize("bold", [False, True])
def test_letters_look_as_weasyprint_draws_them(bold: bool) -> None:
    every = "".join(alphabet(face(bold=bold)))
    lines = [f"|{every[at : at + 40]}|" for at in range(0, len(every), 40)]
    rows = [
        f'<p id="t{row}" style="left: {3 + 70 * (row % 2)}mm; top: {2 + row // 2 * 4.6}mm; font-size: 3.2mm;'
        f' font-weight: {700 if bold else 400}; color: {BRAND if row == 3 else BLACK}">{escape(line)}</p>'
        for row, line in enumerate(lines)
    ]
    places, overlay = read_page(laid_out("".join(rows)).pages[0]).places, Overlay(H)
    for row, line in enumerate(lines):
        (at,) = places[f"t{row}"]
        overlay.text(face(bold=bold), line, at.start, at.baseline, at.size, BRAND if row == 3 else BLACK)
    # Drawn finer and made smaller, since PDFium sets small letters on whole dots, the one or the other within a hair's breadth.
    theirs = picture(single(leaf(Overlay(H), plate("".join(rows)))), dpi=600).reduce(4)
    ours = picture(single(leaf(overlay)), dpi=600).reduce(4)
    assert ImageStat.Stat(theirs.convert("L")).mean[0] < 250  # something is drawn
    largest, mean = compared(ours, theirs)
    assert largest <= 80 and mean <= 0.03


def test_pieces_are_the_same_in_every_process() -> None:
    script = (
        "from chargeside.render.type import face; import hashlib;"
        "print([hashlib.sha256(face(bold=b).piece(i).ttf).hexdigest() for b in (False, True) for i in (0, 1)])"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "77"}
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, env=environment, check=True
    )
    here = [hashlib.sha256(face(bold=b).piece(i).ttf).hexdigest() for b in (False, True) for i in (0, 1)]
    assert done.stdout.strip() == str(here)
    piece = face(bold=True).piece(0)
    assert pickle.loads(pickle.dumps(piece)) is piece and len(pickle.dumps(piece)) < 100


@pytest.mark.parametrize(
    "answer", ["DejaVu Sans|Book|0|/usr/share/fonts/DejaVuSans.ttf", "Noto Sans|Regular|0|/x.ttf", "", None]
)
def test_a_font_that_is_missing_is_told_of(answer: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    def match(command: list[str], **_: object) -> subprocess.CompletedProcess[bytes]:
        if answer is None:
            raise FileNotFoundError("fc-match")
        return subprocess.CompletedProcess(command, 0, answer.encode(), b"")

    monkeypatch.setattr(letters.subprocess, "run", match)
    with pytest.raises(RenderError) as told:
        letters.face.__wrapped__(bold=True)
    assert told.value.code == "P721" and "fonts-noto-core" in told.value.mend


# ── One sign ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_sign_is_a_whole_file(tmp_path: Any) -> None:
    body = f'{BAND}<p style="left: 10mm; top: 40mm">Danger <b>first</b></p>{DRAWING}'
    data = single(sign(17, plate(body)))
    assert "No syntax or stream encoding errors" in tool(["qpdf", "--check", "FILE"], data, tmp_path)
    assert "CCS2 · 150 kW" in tool(["pdftotext", "FILE", "-"], data, tmp_path)
    told = tool(["pdfinfo", "-box", "FILE"], data, tmp_path)
    assert re.search(r"Pages: +1\n", told) and re.search(r"Title: +Säule 17\n", told)
    for kind in ("MediaBox", "TrimBox"):
        assert re.search(rf"{kind}: +0\.00 +0\.00 +419\.53 +595\.28\n", told)
    fonts = tool(["pdffonts", "FILE"], data, tmp_path).splitlines()[2:]
    assert len(fonts) == 6  # the plate's two, and two pieces of each face
    for font in fonts:
        assert re.match(r"[A-Z]{6}\+Noto-?Sans\S* +CID TrueType +Identity-H +yes yes yes ", font)
    with pikepdf.open(io.BytesIO(data)) as document:
        assert str(document.Root.Lang) == "de" and document.Root.ViewerPreferences.DisplayDocTitle is True
        assert [bytes(mark) for mark in document.trailer.ID] == [sign(17).identifier] * 2


def test_the_same_leaf_gives_the_same_bytes_even_after_others() -> None:
    first = single(sign(1))
    for number in range(2, 5):
        single(sign(number, plate(BAND)))
    assert single(sign(1)) == first != single(sign(2))


def test_black_is_black_ink_alone_and_the_brand_stays() -> None:
    body = f'{BAND}<p style="left: 10mm; top: 40mm; color: black">Text</p><p style="color: #777; top: 50mm">Small</p>{DRAWING}'
    overlay = Overlay(H)
    overlay.box(50, 100, 30, 10, BRAND)
    overlay.text(face(bold=True), "white", 52, 107, 6, "#ffffff")
    overlay.text(face(bold=True), "black", 52, 127, 6)
    data = single(leaf(overlay, plate(body)))
    used = [(operator, operands) for drawing in drawings(data) for operator, operands in drawing]
    in_colour = {tuple(map(float, operands)) for operator, operands in used if operator in {"rg", "RG"}}
    assert {tuple(round(share * 255) for share in colour) for colour in in_colour} == {(0x0A, 0x7D, 0x4B)}
    assert {float(operands[0]) for operator, operands in used if operator in {"g", "G"}} >= {0.0, 1.0}
    largest, _ = compared(picture(single(leaf(Overlay(H), plate(body)))), picture(trimmed(plate(body).pdf)))
    assert largest <= 2


def test_a_code_is_read_and_its_modules_close_up() -> None:
    printed, overlay = qr.fit(URL, 57.0), Overlay(H)
    overlay.code(printed, 20, 30)
    image = picture(single(leaf(overlay)))
    (found,) = zxingcpp.read_barcodes(image)
    assert found.text == URL
    dots = 150 / 25.4
    for x, y, length in printed.symbol.runs:
        left, right = ((20 + (x + at) * printed.module_mm) * dots for at in (0, length))
        middle = round((30 + (y + 0.5) * printed.module_mm) * dots)
        assert {image.getpixel((at, middle)) for at in range(int(left) + 2, int(right) - 1)} == {(0, 0, 0)}
    side = round((20 + printed.module_mm / 2) * dots)  # of a finder pattern
    ends = (round((30 + at * printed.module_mm) * dots) for at in (0.2, 6.8))
    assert {image.getpixel((side, at)) for at in range(*ends)} == {(0, 0, 0)}
    white = image.getpixel((round(19 * dots), round(29 * dots)))
    assert white == (255, 255, 255)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
def test_any_title_is_kept(title: str) -> None:
    data = single(leaf(Overlay(H), title=title))
    with pikepdf.open(io.BytesIO(data)) as document:
        assert str(document.docinfo.get("/Title", "")) == title


@given(st.floats(-20000, 20000))
def test_numbers_are_short_and_exact(value: float) -> None:
    written = pdf.number(value)
    assert abs(float(written) - value) <= 0.00051
    assert re.fullmatch(rb"-?(0|[1-9]\d*|(0|[1-9]\d*)?\.\d*[1-9])", written) and written != b"-0"


def test_a_plate_of_another_size_is_refused() -> None:
    wrong = Plate("wrong", plate().pdf, W, H + 1, BLEED)
    with pytest.raises(ValueError, match=r"148\.00 × 210\.00 mm and not 148 × 211 mm"):
        single(leaf(Overlay(H + 1), wrong))


# ── Print runs ─────────────────────────────────────────────────────────────────────────────────────────────────────

SHEET, TRIM, AROUND = (W + 14, H + 14), (7.0, 7.0, W + 7, H + 7), (4.0, 4.0, W + 10, H + 10)
MARKS = b"/All CS 1 SCN .25 w 20 0 m 20 14 l S"


def run(file: Any, **options: Any) -> Run:
    known = {
        "title": "Run",
        "author": "Operator",
        "lang": "de",
        "created": "2026-11-22",
        "identifier": bytes(16),
    }
    return Run(file, **known, **options)


@cache
def printed(pages: int) -> bytes:
    file = io.BytesIO()
    made = run(file, colour_spaces={"All": spot("All", (1, 1, 1, 1))})
    for number in range(pages):
        on = plate(BAND if number % 10 else f"{BAND}<p>Other</p>")
        made.page(SHEET, [Placed(sign(number, on), 7, 7)], trim=TRIM, bleed=AROUND, fixed=MARKS)
    made.close()
    assert (made.pages, made.size) == (pages, len(file.getvalue()))
    return file.getvalue()


def test_a_run_is_a_whole_file_in_its_order(tmp_path: Any) -> None:
    data = printed(230)
    assert "No syntax or stream encoding errors" in tool(["qpdf", "--check", "FILE"], data, tmp_path)
    text = tool(["pdftotext", "-raw", "FILE", "-"], data, tmp_path)
    assert re.findall(r"Säule (\d+)\n", text) == [str(number) for number in range(230)]
    for page in (0, 99, 100, 199, 229):
        assert f"Säule{page}Ladepark" in read_back(data, page)
    with pikepdf.open(io.BytesIO(data)) as document:
        assert len(document.pages) == 230
        for page in document.pages:
            boxes = [
                [round(float(edge) * 25.4 / 72, 2) for edge in page.obj[name]]
                for name in ("/TrimBox", "/BleedBox")
            ]
            assert boxes == [list(TRIM), list(AROUND)]
        streams = [item for item in document.objects if isinstance(item, pikepdf.Stream)]
        assert len([item for item in streams if item.get("/Subtype") == "/Form"]) == 2
        names = [
            str(item.FontName)
            for item in document.objects
            if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/FontDescriptor"
        ]
        assert len(names) == len(set(names))
        marks = [item for item in streams if item.read_bytes() == MARKS]
        assert len(marks) == 1


def test_a_page_of_a_run_is_small() -> None:
    assert (len(printed(230)) - len(printed(30))) / 200 <= 2000


def test_a_page_of_a_run_shows_what_the_sign_shows() -> None:
    data = printed(30)
    assert compared(picture(trimmed(data, 3)), picture(single(sign(3, plate(BAND)))))[1] < 0.2
    assert compared(picture(trimmed(data, 4)), picture(single(sign(3, plate(BAND)))))[1] > 0.2
    page, dots = picture(data, 3), 150 / 25.4
    in_bleed, outside = (page.getpixel((round(50 * dots), round(mm * dots))) for mm in (5, 3))
    assert in_bleed == (0x0A, 0x7D, 0x4B) and outside == (255, 255, 255)


def test_labels_side_by_side_lose_their_bleed() -> None:
    file = io.BytesIO()
    made = run(file)
    put = [
        Placed(sign(1, plate(BAND)), 10, 10, bleed_mm=0),
        Placed(sign(2, plate(BAND)), 12 + W, 10, bleed_mm=0),
    ]
    page = (2 * W + 22, H + 20)
    made.page(page, put, trim=(0, 0, *page), bleed=(0, 0, *page))
    made.close()
    image, dots = picture(file.getvalue()), 150 / 25.4
    band = {
        mm: image.getpixel((round(mm * dots), round(20 * dots))) for mm in (9, 11 + W, 13 + W + W, 20, 20 + W)
    }
    white, brand = (255, 255, 255), (0x0A, 0x7D, 0x4B)
    assert list(band.values()) == [white, white, white, brand, brand]
    assert re.search("Säule1Lade.*Säule2Lade", read_back(file.getvalue()))


def test_a_cover_has_words_of_its_own() -> None:
    file, cover = io.BytesIO(), Overlay(SHEET[1])
    cover.text(face(bold=True), "230 Schilder", 20, 40, 8)
    made = run(file)
    made.page(SHEET, [], trim=TRIM, bleed=AROUND, extra=cover.drawn(), pieces=cover.pieces())
    made.close()
    assert read_back(file.getvalue()) == "230Schilder"


def profile(kind: bytes, colours: bytes) -> bytes:
    head = bytearray(128)
    head[12:16], head[16:20], head[36:40] = kind, colours, b"acsp"
    return bytes(head)


def test_a_run_names_the_press_it_is_meant_for(tmp_path: Any) -> None:
    file, icc = io.BytesIO(), profile(b"prtr", b"CMYK")
    made = run(
        file, intent=Intent(icc, "FOGRA51"), colour_spaces={"CutContour": spot("CutContour", (0, 1, 0, 0))}
    )
    extra = b"/CutContour CS 1 SCN .25 w 30 30 50 50 re S"
    made.page(SHEET, [Placed(sign(1), 7, 7)], trim=TRIM, bleed=AROUND, extra=extra)
    made.close()
    tool(["qpdf", "--check", "FILE"], file.getvalue(), tmp_path)
    with pikepdf.open(io.BytesIO(file.getvalue())) as document:
        (intent,) = document.Root.OutputIntents
        assert (str(intent.S), str(intent.OutputConditionIdentifier)) == ("/GTS_PDFX", "FOGRA51")
        assert intent.DestOutputProfile.read_bytes() == icc and intent.DestOutputProfile.N == 4
        space = document.pages[0].Resources.ColorSpace.CutContour
        assert [str(space[0]), str(space[1]), str(space[2])] == ["/Separation", "/CutContour", "/DeviceCMYK"]
    image, dots = picture(file.getvalue(), dpi=300), 300 / 72
    row = round(SHEET[1] / 25.4 * 300 - 50 * dots)
    edge = [image.getpixel((at, row)) for at in range(round(28 * dots), round(32 * dots))]
    assert any(green < min(red, blue) - 50 for red, green, blue in edge)  # magenta, as proofs show it


@pytest.mark.parametrize(
    "data", [b"", b"no profile" * 20, profile(b"mntr", b"RGB "), profile(b"prtr", b"Lab ")]
)
def test_what_is_no_profile_of_a_press_is_refused(data: bytes) -> None:
    with pytest.raises(RenderError) as told:
        Intent(data, "FOGRA51")
    assert told.value.code == "P720"


@pytest.mark.parametrize(
    ("colour", "written"), [("#000000", b"0 g"), ("#ffffff", b"1 g"), ("#ff0000", b"1 0 0 rg")]
)
def test_colours_are_written_short(colour: str, written: bytes) -> None:
    overlay = Overlay(H)
    overlay.box(0, 0, 1, 1, "#123456")
    overlay.box(0, 0, 1, 1, colour)
    assert overlay.drawn().split(b"\n")[2] == written
