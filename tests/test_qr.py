"""The code on a sign: what it holds, how large its modules are, and what happens when it cannot be legible."""

from __future__ import annotations

import re
import subprocess
from itertools import pairwise
from pathlib import Path

import pytest
import zxingcpp
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw
from qrcode import QRCode
from qrcode.base import rs_blocks
from qrcode.constants import ERROR_CORRECT_H, ERROR_CORRECT_Q

from chargeside.errors import RenderError
from chargeside.findings import RULES
from chargeside.render import qr

CARD_MM = 57.0
URL = "https://help.example.org/4821736/"
LEVELS = {"H": ERROR_CORRECT_H, "Q": ERROR_CORRECT_Q}

# Host names and folders that make addresses of different lengths, up to the longest a sign can carry.
ADDRESSES = [
    "https://h.de/4821736/",
    URL,
    "https://help.example.org/fr/4821736/",
    "https://laden.stadtwerke-musterhausen.example.org/hilfe/4821736/",
    f"https://example.org/{'a' * 140}/4821736/",
]

# What an address may hold: any ASCII that is printed, with much of what makes the modes of a symbol change.
PATHS = st.text(
    st.one_of(
        st.sampled_from("abcdefghijklmnopqrstuvwxyz0123456789-./"),
        st.characters(codec="ascii", categories=("L", "N", "P", "S")),
    ),
    max_size=120,
)


def _drawn(symbol: qr.Symbol, pixels: int = 4) -> Image.Image:
    """The runs drawn by a hand of our own."""
    size = (symbol.modules + 8) * pixels
    picture = Image.new("L", (size, size), 255)
    draw = ImageDraw.Draw(picture)
    for x, y, length in symbol.runs:
        left, top = (x + 4) * pixels, (y + 4) * pixels
        draw.rectangle([left, top, left + length * pixels - 1, top + pixels - 1], fill=0)
    return picture


def _read(picture: Image.Image) -> list[str]:
    return [code.text for code in zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormat.QRCode)]


def _capacity(version: int, level: str) -> int:
    """Bytes a symbol holds when it is all in byte mode (ISO/IEC 18004: 4 bits mode, 8 or 16 bits count)."""
    data = sum(block.data_count for block in rs_blocks(version, LEVELS[level]))
    return (8 * data - 4 - (8 if version < 10 else 16)) // 8


@pytest.mark.parametrize("level", ["H", "Q"])
@pytest.mark.parametrize("url", ADDRESSES)
def test_two_readers_of_different_make_read_the_address(url: str, level: qr.Level, tmp_path: Path) -> None:
    symbol = qr.encode(url, level)
    picture = _drawn(symbol)
    (found,) = zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormat.QRCode)
    assert (found.text, found.ec_level, found.extra["Version"]) == (url, level, str(symbol.version))
    assert found.content_type == zxingcpp.ContentType.Text
    assert found.symbology_identifier == "]Q1", "no ECI: readers differ in what they make of it"
    picture.save(tmp_path / "code.png")
    command = [
        "zbarimg",
        "--quiet",
        "--raw",
        "--nodbus",
        "-Sdisable",
        "-Sqrcode.enable",
        tmp_path / "code.png",
    ]
    assert subprocess.run(command, capture_output=True, check=True).stdout.decode() == f"{url}\n"


@given(PATHS, st.sampled_from(["H", "Q"]))
def test_any_address_reads_back(path: str, level: qr.Level) -> None:
    symbol = qr.encode(f"https://{path}/", level)
    assert _read(_drawn(symbol)) == [symbol.url]


@given(st.lists(PATHS, min_size=6, max_size=6))
@settings(max_examples=8)
def test_any_address_reads_back_with_the_other_reader(
    tmp_path_factory: pytest.TempPathFactory, paths: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("codes")
    urls = [f"https://{path}/" for path in paths]
    files = [folder / f"{number}.png" for number in range(len(urls))]
    for url, file in zip(urls, files, strict=True):
        _drawn(qr.encode(url)).save(file)
    command = ["zbarimg", "--quiet", "--raw", "--nodbus", "-Sdisable", "-Sqrcode.enable", *files]
    assert subprocess.run(command, capture_output=True, check=True).stdout.decode().splitlines() == urls


@given(PATHS, st.sampled_from(["H", "Q"]))
@settings(max_examples=25)
def test_another_maker_needs_no_smaller_symbol_and_says_the_same(path: str, level: qr.Level) -> None:
    symbol = qr.encode(f"https://{path}/", level)
    other: QRCode[object] = QRCode(version=symbol.version, error_correction=LEVELS[level], border=0)
    other.add_data(symbol.url)
    other.make(fit=False)
    rows = [bytes(0 if cell else 255 for cell in row) for row in other.modules]
    picture = Image.frombytes("L", (symbol.modules, symbol.modules), b"".join(rows))
    framed = Image.new("L", (symbol.modules + 8, symbol.modules + 8), 255)
    framed.paste(picture, (4, 4))
    assert _read(framed.resize((framed.width * 4, framed.height * 4))) == [symbol.url]


def test_the_path_is_the_runs() -> None:
    symbol = qr.encode(URL)
    drawn = re.findall(r"M(\d+) (\d+)h(\d+)v1h-(\d+)z", symbol.path)
    assert [tuple(map(int, run[:3])) for run in drawn] == list(symbol.runs)
    assert all(there == back for *_, there, back in drawn)
    rows = [sorted(run for run in symbol.runs if run[1] == y) for y in range(symbol.modules)]
    assert [run for row in rows for run in row] == list(symbol.runs)
    assert all(left[0] + left[2] < right[0] for row in rows for left, right in pairwise(row))


@pytest.mark.parametrize(
    ("distance_m", "floor"), [(0.25, 0.4), (0.4, 0.4), (0.57, 0.57), (0.8, 0.8), (1, 1), (1.5, 1), (5, 1)]
)
def test_the_floor_grows_with_the_distance(distance_m: float, floor: float) -> None:
    assert qr.floor_mm(distance_m) == floor


# Characters of the site's name, side of the card in mm, distance in m; the level and the version that are right, None for no code.
# 57 mm carry 63 modules of 0.8 mm with the quiet zone: version 11 has 61. At 1 m it is 49 modules: version 8.
FITS = [
    (4, 57, 0.8, "H", 3),
    (16, 57, 0.8, "H", 4),
    (16, 57, 1.0, "H", 4),
    (16, 40, 1.0, "Q", 3),
    (16, 37, 1.0, "Q", 3),
    (16, 36, 1.0, None, None),
    (16, 20, 0.4, "H", 4),
    (16, 15, 0.4, "Q", 3),
    (16, 14, 0.4, None, None),
    (60, 57, 0.8, "H", 8),
    (60, 45, 0.8, "Q", 7),
    (60, 30, 0.8, None, None),
]


@pytest.mark.parametrize(("site", "side_mm", "distance_m", "level", "version"), FITS)
def test_level_and_version_by_length_side_and_distance(
    site: int, side_mm: float, distance_m: float, level: str | None, version: int | None
) -> None:
    url = f"https://{'a' * (site - 3)}.de/4821736/"
    if level is None:
        with pytest.raises(RenderError):
            qr.fit(url, side_mm, distance_m)
        return
    printed = qr.fit(url, side_mm, distance_m)
    assert (printed.symbol.level, printed.symbol.version) == (level, version)


@given(PATHS, st.integers(60, 1500), st.integers(20, 200))
def test_the_floor_is_never_broken_and_level_h_taken_whenever_it_fits(
    path: str, side: int, distance: int
) -> None:
    url, side_mm, distance_m = f"https://{path}/", side / 10, distance / 100
    floor = max(0.4, min(1.0, distance_m))

    def fits(level: qr.Level) -> bool:
        # A card carries a symbol when its modules, in whole hundredths of a millimetre, keep the floor.
        return int(side * 10 / (qr.encode(url, level).modules + 8)) >= floor * 100 - 1e-6

    if not fits("H") and not fits("Q"):
        with pytest.raises(RenderError) as caught:
            qr.fit(url, side_mm, distance_m)
        assert caught.value.code == "P705"
        return
    printed = qr.fit(url, side_mm, distance_m)
    assert printed.symbol == qr.encode(url, printed.symbol.level)
    assert printed.module_mm >= floor
    assert printed.quiet_modules >= qr.QUIET - 1e-9
    assert printed.code_mm + 2 * printed.quiet_modules * printed.module_mm == pytest.approx(side_mm)
    assert (printed.symbol.level == "H") == fits("H")


@given(PATHS, st.sampled_from(["H", "Q"]))
def test_digits_only_make_a_symbol_smaller(path: str, level: qr.Level) -> None:
    symbol = qr.encode(f"https://{path}/", level)
    assert symbol.modules == 17 + 4 * symbol.version
    in_bytes = next(version for version in range(1, 41) if _capacity(version, level) >= len(symbol.url))
    assert symbol.version <= in_bytes


@pytest.mark.parametrize("encode", [qr.encode, lambda url: qr.fit(url, CARD_MM)])
@pytest.mark.parametrize("url", ["HTTPS://help.example.org/4821736/", "http://help.example.org/4821736/", ""])
def test_the_scheme_is_https_in_lower_case(encode: object, url: str) -> None:
    assert callable(encode)
    with pytest.raises(ValueError, match="lower case"):
        encode(url)


@pytest.mark.parametrize(
    "url", ["https://example.org/säule/", "https://example.org/a b/", "https://example.org/\n/"]
)
def test_what_readers_take_for_different_things_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="percent-encoded"):
        qr.encode(url)


@given(st.integers(10, 250), st.integers(120, 600), st.sampled_from([0.4, 0.8, 1.0]))
@settings(max_examples=60)
def test_the_mend_is_enough_and_no_more(site: int, side: int, distance_m: float) -> None:
    def url(length: int) -> str:
        return f"https://{'a' * (length - 3)}.de/4821736/"

    side_mm = side / 10
    try:
        qr.fit(url(site), side_mm, distance_m)
        assume(False)
    except RenderError as error:
        mend = error.mend
    larger = re.search(r"at least (\d+) mm wide", mend)
    assert larger
    assert qr.fit(url(site), float(larger[1]), distance_m)
    with pytest.raises(RenderError):
        qr.fit(url(site), float(larger[1]) - 1, distance_m)
    fewer = re.search(r"shorter by (\d+) of", mend)
    if not fewer:
        with pytest.raises(RenderError):
            qr.fit(url(4), side_mm, distance_m)
        return
    assert qr.fit(url(site - int(fewer[1])), side_mm, distance_m)
    with pytest.raises(RenderError):
        qr.fit(url(site - int(fewer[1]) + 1), side_mm, distance_m)


def test_an_address_that_no_code_holds_is_named_too() -> None:
    with pytest.raises(RenderError, match="no QR code holds") as caught:
        qr.fit(f"https://{'a' * 3000}.example.org/4821736/", CARD_MM)
    assert caught.value.code == "P705"
    assert re.match(r"make site_url shorter by \d{4} of its characters", caught.value.mend)


@pytest.mark.parametrize(
    "url", [*ADDRESSES[:-1], "https://123456789012.example.org/4821736/", "https://h.de/"]
)
@pytest.mark.parametrize(("side_mm", "distance_m"), [(57, 0.8), (40, 0.8), (45, 1.0), (20, 0.3)])
def test_the_gain_of_a_shorter_name_is_what_fitting_it_gives(
    url: str, side_mm: float, distance_m: float
) -> None:
    try:
        plan = qr.plan(url, side_mm, distance_m)
    except RenderError:
        return
    site, _, tail = url.removeprefix("https://").rstrip("/").rpartition("/")

    def shorter(fewer: int) -> qr.CodePlan:
        return qr.plan(f"https://{'b' * (len(site) - fewer)}/{tail}/", side_mm, distance_m)

    def rank(one: qr.CodePlan) -> tuple[str, int]:
        return one.level.replace("H", "A"), one.version

    longest = len(site) - 4
    better = [fewer for fewer in range(1, longest + 1) if rank(shorter(fewer)) < rank(plan)]
    if plan.gain is None:
        assert not better
        return
    then = shorter(plan.gain.characters)
    assert plan.gain.characters == better[0]
    assert re.findall(r"[\d.]*\d", plan.gain.sentence) == [
        f"{figure:g}" for figure in (plan.gain.characters, then.module_mm, then.version)
    ]
    assert (then.version, then.level, then.module_mm) == (
        plan.gain.version,
        plan.gain.level,
        plan.gain.module_mm,
    )


def test_the_plan_says_how_well_the_code_is_scanned() -> None:
    plan, printed = qr.plan(URL, CARD_MM, 0.5), qr.fit(URL, CARD_MM, 0.5)
    assert (plan.level, plan.version, plan.module_mm) == ("H", printed.symbol.version, printed.module_mm)
    assert plan.quiet_modules >= 4
    assert plan.code_mm + 2 * plan.quiet_mm == pytest.approx(CARD_MM, abs=0.02)
    assert plan.scan_m * 1000 == pytest.approx(10 * plan.code_mm, abs=5)
    assert plan.module_mm == pytest.approx(plan.floor_mm * (1 + plan.margin), abs=0.001)


@pytest.mark.parametrize(
    ("dark", "light", "message"),
    [
        ("#000000", "#ffffff", None),
        ("#17457a", "#ffffff", None),
        ("#000000", "#ffd800", None),
        ("#ffffff", "#000000", "light on dark"),
        ("#336699", "#336699", "light on dark"),
        ("#ff0000", "#ffffff", "contrast of 4.0"),
        ("#595959", "#e0e0e0", "contrast of 5.3"),
    ],
)
def test_ink_that_cannot_be_read_is_refused(dark: str, light: str, message: str | None) -> None:
    if message is None:
        qr.check_ink(dark, light)
        return
    with pytest.raises(RenderError, match=message) as caught:
        qr.check_ink(dark, light)
    assert caught.value.code in RULES
    assert "black on white" in caught.value.mend


def test_the_svg_is_one_black_path_on_white() -> None:
    svg = qr.fit(URL, CARD_MM).svg()
    assert svg.count("<path") == 1
    assert 'fill="#000"' in svg
    assert 'fill="#fff"' in svg
    assert f'width="{CARD_MM:g}mm"' in svg
