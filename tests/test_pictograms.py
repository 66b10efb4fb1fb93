"""The pictograms are one family: same head, same grid, nothing but plain shapes; and the ways to show them work."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.resources import files
from itertools import combinations
from xml.etree import ElementTree as ET

import pypdfium2
import pytest
import weasyprint
import yaml
from PIL import Image, ImageChops, ImageOps, ImageStat

from chargeside.render.pictograms import contact_sheet_html, inline, load_groups, load_pictograms, sprite, use

FOLDER = files("chargeside").joinpath("pictograms")
NAMES = sorted(entry.name.removesuffix(".svg") for entry in FOLDER.iterdir() if entry.name.endswith(".svg"))
HEAD = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" stroke="currentColor" '
    'stroke-width="2" stroke-linecap="round" stroke-linejoin="round">'
)
SHAPE = {"fill", "stroke", "stroke-width"}
ALLOWED = {
    "path": SHAPE | {"d"},
    "circle": SHAPE | {"cx", "cy", "r"},
    "rect": SHAPE | {"x", "y", "width", "height", "rx"},
}
PLAIN_VALUE = {"fill": {"currentColor"}, "stroke": {"none"}, "stroke-width": {"1.75"}}
MAX_BYTES = 600
# Shapes that mean the same thing look the same: the piece of drawing, and the pictograms that carry it.
SHARED = {
    "car": ("M4.5 20H3a1 1 0 0 1-1-1v-2.6a1", ["car-off", "lock-car", "move-car", "timer", "unlock-car"]),
    "plug": ("a5 5 0 0 1 0-10z", ["adapter", "plug-in", "press-release", "unplug"]),
    "reader": ("M11 7V4a2 2 0 0 1 2-2h7a2 2 0 0 1 2 2v16a2 2 0 0 1-2 2h-7", ["tap", "tap-phone"]),
    "padlock": (
        '<rect x="8.5" y="6" width="7" height="2.5" fill="currentColor"/>',
        ["lock-car", "unlock-car"],
    ),
    "small charger": ("a2 2 0 0 1 2-2h2a2 2 0 0 1 2 2v", ["leave", "other-charger", "reach"]),
    "battery": ('width="17" height="9" rx="2"', ["battery", "limit", "warm-battery"]),
    "cloud": ("a4.8 4.8 0 0 1-.6-9.5 6 6 0 0 1 11.3 1.3", ["rain", "storm"]),
}
GRID_MM = 36  # the 24 grid with 6 units to spare on every side, so that what sticks out shows
PIXELS_PER_UNIT = 10
LEAST_APART = 10  # of 255: a padlock that opens is told from one that does not


def text(name: str) -> str:
    return FOLDER.joinpath(f"{name}.svg").read_text(encoding="utf-8")


def test_every_drawing_has_a_text_alternative_and_the_reverse() -> None:
    groups = yaml.safe_load(FOLDER.joinpath("alt.yml").read_text(encoding="utf-8"))
    assert sorted(name for alts in groups.values() for name in alts) == NAMES, "each in one group"
    assert list(load_pictograms()) == NAMES
    assert list(load_groups()) == list(groups)
    alts = [one.alt for one in load_pictograms().values()]
    assert all(re.fullmatch(r"[A-Z][^<>&\"]{1,40}[^.\s]", alt) for alt in alts), alts
    assert len(set(alts)) == len(alts), "two pictograms are read out alike"


@pytest.mark.parametrize("name", NAMES)
def test_a_drawing_is_small_and_plain(name: str) -> None:
    svg = text(name)
    assert svg.startswith(HEAD)
    assert len(svg.encode()) <= MAX_BYTES
    assert svg == svg.strip() + "\n"
    for element in list(ET.fromstring(svg).iter())[1:]:
        tag = element.tag.rpartition("}")[2]
        assert tag in ALLOWED, f"<{tag}>"
        assert set(element.keys()) <= ALLOWED[tag], element.attrib
        for key, values in PLAIN_VALUE.items():
            assert element.get(key, next(iter(values))) in values, element.attrib
        assert not list(element)
        assert not (element.text or "").strip()


@pytest.mark.parametrize(("shape", "names"), SHARED.values(), ids=SHARED)
def test_the_same_thing_is_drawn_the_same_way(shape: str, names: list[str]) -> None:
    assert [name for name in NAMES if shape in text(name)] == names


@pytest.fixture(scope="module")
def drawn() -> Iterator[dict[str, Image.Image]]:
    """Each pictogram in black on white, as WeasyPrint draws it: 10 px a unit, 6 units of air on every side."""
    pages = "".join(
        f"<div>{inline(name).replace('0 0 24 24', '-6 -6 36 36').replace('class', 'data-was')}</div>"
        for name in NAMES
    )
    style = (
        f"@page{{size:{GRID_MM}mm;margin:0}}body{{margin:0}}div{{break-after:page;height:{GRID_MM}mm}}"
        f"svg{{display:block;width:{GRID_MM}mm;height:{GRID_MM}mm}}"
    )
    pdf = weasyprint.HTML(string=f"<style>{style}</style>{pages}").write_pdf()
    document = pypdfium2.PdfDocument(pdf)
    scale = PIXELS_PER_UNIT * 25.4 / 72
    yield {
        name: document[number].render(scale=scale).to_pil().convert("L") for number, name in enumerate(NAMES)
    }
    document.close()


@pytest.mark.parametrize("name", NAMES)
def test_the_ink_stays_in_its_grid_and_fills_it(name: str, drawn: dict[str, Image.Image]) -> None:
    box = ImageOps.invert(drawn[name]).point(lambda level: 255 if level > 96 else 0).getbbox()
    assert box is not None
    left, top, right, bottom = (value / PIXELS_PER_UNIT - 6 for value in box)
    # Centre lines live in 2..22; half a stroke more is the ink. A tenth of a unit is the raster's own.
    assert min(left, top) >= 0.9
    assert max(right, bottom) <= 23.1
    assert max(right - left, bottom - top) >= 18, "smaller than its family"


def test_no_two_drawings_look_alike_on_a_phone(drawn: dict[str, Image.Image]) -> None:
    """Even where they share a car or a plug, at 24 px: mean difference of two pictures, of 255."""
    side = 24 * PIXELS_PER_UNIT
    edge = 6 * PIXELS_PER_UNIT
    box = (edge, edge, edge + side, edge + side)
    small = {name: picture.resize((24, 24), Image.Resampling.BOX, box) for name, picture in drawn.items()}
    apart = {
        pair: ImageStat.Stat(ImageChops.difference(small[pair[0]], small[pair[1]])).mean[0]
        for pair in combinations(NAMES, 2)
    }
    assert {pair: value for pair, value in apart.items() if value < LEAST_APART} == {}


def test_a_sprite_holds_what_was_asked_for_and_no_more() -> None:
    made = sprite(["stop", "call", "stop"])
    assert re.findall(r'<symbol id="([^"]+)"', made) == ["p-call", "p-stop"]
    assert "style=" not in made
    assert 'width="0" height="0"' in made
    assert made == sprite(iter(("call", "stop")))
    assert sprite([]) == ""


def test_a_pictogram_beside_words_is_silent_and_one_alone_is_read_out() -> None:
    assert 'aria-hidden="true"' in use("tap", decorative=True)
    assert "aria-label" not in use("tap", decorative=True)
    alone = use("tap", decorative=False)
    assert 'role="img" aria-label="Tap your card"' in alone
    assert '<use href="#p-tap"/>' in alone
    assert 'aria-label="Read the charger&#x27;s screen"' in use("screen", decorative=False)


def test_inline_stands_alone_and_carries_its_colour() -> None:
    made = inline("call", colour="#0b5d4e")
    assert ET.fromstring(made).get("color") == "#0b5d4e"
    assert load_pictograms()["call"].body in made
    assert 'role="img"' in inline("call", decorative=False)
    assert ET.fromstring(inline("call", colour='"><script>')).get("color") == '"><script>'


@pytest.mark.parametrize(
    "show", [inline, lambda name: use(name, decorative=True), lambda name: sprite([name])]
)
def test_an_unknown_name_is_refused_with_the_nearest_known(show) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(KeyError, match='no pictogram "unplugg"; did you mean "unplug"'):
        show("unplugg")
    with pytest.raises(KeyError, match="known are: adapter, address"):
        show("xyzzy")


def test_the_contact_sheet_shows_them_all() -> None:
    sheet = contact_sheet_html()
    assert all(sheet.count(f'href="#p-{name}"') == 4 for name in NAMES)
