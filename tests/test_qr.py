"""The code on a sign: what it holds, how large its modules are, and what happens when it cannot be legible."""

from __future__ import annotations

import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from chargeside.errors import RenderError
from chargeside.render import qr

CARD_MM = 57.0
URL = "https://help.example.org/4821736/"

# Host names and folders that make addresses of different lengths, up to the longest a sign can carry.
ADDRESSES = [
    "https://h.de/4821736/",
    URL,
    "https://help.example.org/fr/4821736/",
    "https://laden.stadtwerke-musterhausen.example.org/hilfe/4821736/",
    f"https://example.org/{'a' * 140}/4821736/",
]


def _picture(path: str, modules: int, pixels: int = 6) -> Image.Image:
    """The path drawn by a hand of our own, so that the SVG itself is proved and not only the matrix."""
    size = (modules + 8) * pixels
    picture = Image.new("L", (size, size), 255)
    draw = ImageDraw.Draw(picture)
    for run in path.split("z")[:-1]:
        start, width = run.removeprefix("M").split("v", 1)[0].split("h")
        x, y = map(int, start.split())
        box = [(x + 4) * pixels, (y + 4) * pixels, (x + 4 + int(width)) * pixels - 1, (y + 5) * pixels - 1]
        draw.rectangle(box, fill=0)
    return picture


@pytest.mark.parametrize("url", ADDRESSES)
def test_the_path_reads_back_as_the_address(url: str) -> None:
    symbol = qr.encode(url)
    found = zxingcpp.read_barcodes(_picture(symbol.path, symbol.modules))
    assert [code.text for code in found] == [url]
    assert found[0].ec_level == "Q"


@given(st.text("abcdefghijklmnopqrstuvwxyz0123456789-./", min_size=0, max_size=120))
def test_any_address_reads_back(path: str) -> None:
    symbol = qr.encode(f"https://{path}/")
    assert [code.text for code in zxingcpp.read_barcodes(_picture(symbol.path, symbol.modules))] == [
        symbol.url
    ]


@pytest.mark.parametrize("url", ADDRESSES)
def test_modules_and_quiet_zone_keep_their_floor(url: str) -> None:
    printed = qr.fit(url, CARD_MM)
    assert printed.module_mm >= qr.FLOOR_MM
    assert printed.quiet_modules >= qr.QUIET
    assert printed.code_mm + 2 * printed.quiet_modules * printed.module_mm == pytest.approx(CARD_MM)


def test_a_common_address_gets_large_modules() -> None:
    printed = qr.fit(URL, CARD_MM)
    assert printed.module_mm >= 1.3
    assert 45 <= printed.code_mm <= 55


@pytest.mark.parametrize("url", ["HTTPS://help.example.org/4821736/", "http://help.example.org/4821736/", ""])
def test_the_scheme_is_https_in_lower_case(url: str) -> None:
    with pytest.raises(ValueError, match="lower case"):
        qr.encode(url)


def test_the_longest_address_fits_and_one_more_character_does_not() -> None:
    longest = qr.longest_url(CARD_MM)
    url = f"https://example.org/{'a' * (longest - 21)}/"
    assert len(url) == longest
    assert qr.fit(url, CARD_MM).module_mm >= qr.FLOOR_MM
    with pytest.raises(RenderError, match="does not fit") as caught:
        qr.fit(url.replace("a/", "aa/"), CARD_MM)
    assert caught.value.code == "P705"
    assert "by 1 of" in caught.value.mend


def test_an_address_that_no_code_holds_is_named_too() -> None:
    with pytest.raises(RenderError, match="no QR code holds") as caught:
        qr.fit(f"https://example.org/{'a' * 3000}/", CARD_MM)
    assert caught.value.code == "P705"


def test_no_room_at_all_gives_no_address() -> None:
    assert qr.longest_url(10) == 0


def test_the_svg_is_one_black_path_on_white() -> None:
    svg = qr.fit(URL, CARD_MM).svg()
    assert svg.count("<path") == 1
    assert 'fill="#000"' in svg
    assert 'fill="#fff"' in svg
    assert f'width="{CARD_MM:g}mm"' in svg
