"""Tags with a plug at its true size, and the poster of a site: what is on them, that it fits, and how large it is drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, Literal

import pypdfium2
import pytest
import zxingcpp
from PIL import Image, ImageFilter

from chargeside.errors import RenderError
from chargeside.findings import Findings
from chargeside.load.content import load_content
from chargeside.load.designs import load_designs
from chargeside.model.codes import new_code
from chargeside.model.design import Design
from chargeside.model.facts import Facts
from chargeside.model.network import Content, Network, Point, Station
from chargeside.model.ocpi import Connector, Evse, Location
from chargeside.model.operator import Operator
from chargeside.plan.placards import Placard, plan_placards
from chargeside.render.faces import FLOOR, SHELL
from chargeside.render.placard import Sign, render_placard

DPI = 400
LANGUAGES = [("en",), ("de",), ("de", "en"), ("fr", "de", "en")]
PLUGS = ["ccs1", "ccs2", "chademo", "gbt_ac", "gbt_dc", "nacs", "type1", "type2"]
NOTHING = Facts({})
Form = Literal["CABLE", "SOCKET"]

languages = pytest.mark.parametrize("langs", LANGUAGES, ids="-".join)


@cache
def content() -> Content:
    return Content({}, load_content(Findings()).connectors)


@cache
def designs() -> Mapping[str, Design]:
    findings = Findings()
    found = load_designs(Path("no such folder"), findings)
    assert not list(findings)
    return found


def plug(kind: str, kw: int, form: Form = "CABLE") -> Connector:
    known = content().connectors.get(kind)
    standard = known.ocpi[0] if known else kind
    return Connector(
        id="1", standard=standard, kind=kind if known else None, format=form, max_electric_power=kw * 1000
    )


def station(at: int, *numbered: tuple[str, Sequence[Connector]]) -> Station:
    where = Location(
        country_code="DE", party_id="EXC", id="1", country="DE", evses=(), name="Old Harbour", address="Quay Street 4",
        postal_code="12345", city="Seatown",
    )  # fmt: skip
    points = tuple(
        Point(
            Evse(uid=str(place), connectors=tuple(plugs), floor_level="-1", bay=str(at)),
            NOTHING,
            number,
            None,
        )
        for place, (number, plugs) in enumerate(numbered)
    )
    number = " | ".join(dict.fromkeys(number for number, _ in numbered))
    return Station(str(at), new_code(str(at), ()), number, where, points, NOTHING)


def network(stations: Sequence[Station], **asked: Any) -> Network:
    helpline = {"phone": "+49 800 1234567", "free": True, "hours": "24/7"}
    operator = Operator.model_validate(
        {
            "name": "Example Charge",
            "country_code": "DE",
            "party_id": "EXC",
            "site_url": "https://help.example.org/",
            "countries": {"DE": {"helpline": helpline, "emergency_phone": "112"}},
            "placards": [asked],
        }
    )
    return Network(
        operator=operator,
        content=content(),
        stations=tuple(stations),
        ledger=(),
        vanished=(),
        last_seen={},
        logo=None,
        path="example",
    )


def drawn(
    stations: Sequence[Station], own: Mapping[str, Design] | None = None, **asked: Any
) -> tuple[Placard, Sign]:
    """The first sign of these stations; `own`: designs instead of those of the package."""
    made = replace(network(stations, **asked), designs=own or designs())
    plan = plan_placards(made, "2026-11-22")
    placard = plan.jobs[0].payload
    assert isinstance(placard, Placard)
    return placard, render_placard(placard, plan.shared)


def page_of(sign: bytes) -> Any:
    return pypdfium2.PdfDocument(sign)[0]


def text_of(sign: bytes) -> str:
    text: str = page_of(sign).get_textpage().get_text_bounded()
    return " ".join(text.replace("\x02", "-").split())


def bare(text: str) -> str:
    """Without spaces of any kind and line breaks."""
    return "".join(text.split())


def picture_of(sign: bytes, dpi: int) -> Image.Image:
    picture: Image.Image = page_of(sign).render(scale=dpi / 72, grayscale=True).to_pil()
    return picture


def codes_on(sign: bytes) -> list[str]:
    return [code.text for code in zxingcpp.read_barcodes(picture_of(sign, 150))]


# ── tags ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def tag(kind: str, form: Form = "CABLE", **asked: Any) -> tuple[Placard, Sign]:
    return drawn([station(1, ("2A", [plug(kind, 50, form)]))], design="tag", **asked)


def extent_mm(picture: Image.Image, grey: str) -> tuple[float, float]:
    """Width and height of all that is of this grey; lines of a pixel or two between two other greys do not count."""
    value = int(grey[1] * 2, 16)
    mask = picture.point(lambda pixel: 255 * (abs(pixel - value) <= 2)).filter(ImageFilter.MinFilter(3))
    left, top, right, bottom = mask.getbbox() or (0, 0, 0, 0)
    return (right - left + 2) / DPI * 25.4, (bottom - top + 2) / DPI * 25.4


@pytest.mark.parametrize(("kind", "form"), [*((kind, "CABLE") for kind in PLUGS), ("type2", "SOCKET")])
def test_a_face_is_as_large_as_the_plug(kind: str, form: Form) -> None:
    """So that a driver can hold the plug to it."""
    placard, sign = tag(kind, form)
    assert placard.plugs[0].view == ("socket" if form == "SOCKET" else "plug")
    picture = picture_of(sign, DPI)
    face = picture.crop((0, 0, round(88 / 25.4 * DPI), picture.height))
    left, bottom, right, top = content().connectors[kind].face.bounds
    width, height = extent_mm(face, FLOOR if form == "SOCKET" else SHELL)
    assert width == pytest.approx(right - left, abs=0.2)
    assert height == pytest.approx(top - bottom, abs=0.3)  # ends of arcs are rounded to 0.1 mm


def test_the_bar_is_ten_millimetres_long() -> None:
    _, sign = tag("type2")
    picture = picture_of(sign, DPI)
    foot = [round(mm / 25.4 * DPI) for mm in (87, 103.5, 98.4, 109)]
    bar = picture.crop(tuple(foot)).point(lambda pixel: 255 * (pixel < 128))  # type: ignore[arg-type]
    left, _, right, _ = bar.getbbox() or (0, 0, 0, 0)
    assert (right - left) / DPI * 25.4 == pytest.approx(10, abs=0.1)


@pytest.mark.parametrize(
    ("kind", "form", "langs"),
    [*(("ccs2", "CABLE", langs) for langs in LANGUAGES), ("type2", "SOCKET", LANGUAGES[-1])],
    ids=lambda value: "-".join(value) if isinstance(value, tuple) else value,
)
def test_a_tag_says_which_plug_and_how_it_lets_go(kind: str, form: Form, langs: tuple[str, ...]) -> None:
    placard, sign = tag(kind, form, languages=list(langs))
    text = bare(text_of(sign))
    for words in (
        "2A",
        placard.plugs[0].name,
        placard.plugs[0].power,
        placard.phone,
        "112",
        *placard.release,
    ):
        assert bare(words) in text, words
    assert placard.plugs[0].letters
    assert codes_on(sign) == [placard.url]
    assert {code for code, _, _ in sign.warnings} <= {"P706"}
    assert sign.figures
    assert not sign.figures.plain


def test_a_plug_without_a_drawing_claims_no_size() -> None:
    placard, sign = tag("DOMESTIC_E", "SOCKET")
    assert placard.plugs[0].name in text_of(sign)
    assert "10 mm" not in text_of(sign)


@pytest.mark.parametrize(
    ("size", "code", "mend"),
    [
        ("140x112", "P701", "larger size"),
        ("180x90", "P709", "larger size"),
        ("180x104", "P709", "larger size"),
    ],
)
def test_a_tag_that_is_too_small_for_its_plug_or_text_is_refused(size: str, code: str, mend: str) -> None:
    with pytest.raises(RenderError) as caught:
        tag("ccs2", size=size)
    assert caught.value.code == code
    assert mend in caught.value.mend


def test_larger_paper_draws_no_larger_plug() -> None:
    _, sign = tag("type2", size="A5-landscape")
    left, _, right, _ = content().connectors["type2"].face.bounds
    picture = picture_of(sign, DPI)
    face = picture.crop((0, 0, round(88 / 25.4 * DPI), picture.height))
    assert extent_mm(face, SHELL)[0] == pytest.approx(right - left, abs=0.2)


# ── posters ────────────────────────────────────────────────────────────────────────────────────────────────────────


def site(count: int) -> list[Station]:
    """Chargers with one plug, two plugs, a socket, and two sides, in turn."""
    chargers = []
    for at in range(1, count + 1):
        kinds = (
            [(f"{at}", [plug("ccs2", 150)])],
            [(f"{at}", [plug("ccs2", 150), plug("chademo", 50)])],
            [(f"{at}", [plug("type2", 22, "SOCKET")])],
            [(f"{at}A", [plug("ccs2", 300)]), (f"{at}B", [plug("ccs2", 300), plug("type2", 43)])],
        )
        chargers.append(station(at, *kinds[at % 4]))
    return chargers


@pytest.mark.parametrize("count", [1, 2, 6, 12, 40])
def test_a_poster_has_every_charger_with_its_plugs(count: int) -> None:
    placard, sign = drawn(site(count)[::-1], design="sheet")
    assert [row.number for row in placard.rows] == [where.number for where in site(count)]
    text = text_of(sign)
    for row in placard.rows:
        for words in (row.number, row.code, row.spot, *(plug.name for plug in row.plugs)):
            assert words in text, words
    assert codes_on(sign) == ["https://help.example.org/s/en/"]
    assert sign.warnings == ()


@languages
@pytest.mark.parametrize("count", [9])
def test_a_poster_in_each_language(count: int, langs: tuple[str, ...]) -> None:
    placard, sign = drawn(site(count), design="sheet", languages=list(langs))
    assert placard.langs == langs
    text = text_of(sign)
    for words in ("Old Harbour", "+49 800 1234567", *(row.number for row in placard.rows)):
        assert words in text, words
    assert sign.warnings == ()


@pytest.mark.parametrize("size", ["A3", "Letter", "Tabloid", "300x400"])
def test_a_poster_in_other_sizes(size: str) -> None:
    placard, sign = drawn(site(3), design="sheet", size=size)
    width, height = (points * 25.4 / 72 for points in page_of(sign).get_size())
    assert (width, height) == pytest.approx((placard.width_mm, placard.height_mm), abs=0.1)
    assert placard.distance_m == designs()["sheet"].file.distance_m


def test_too_many_chargers_need_larger_paper() -> None:
    """With nothing but the last attempt, at the smallest letters: each of them takes a second with so many chargers."""
    sheet = designs()["sheet"]
    file = sheet.file.model_copy(update={"levels": sheet.file.levels[-1:], "drops": ()})
    last = {"sheet": replace(sheet, file=file)}
    with pytest.raises(RenderError) as caught:
        drawn(site(70), last, design="sheet", size="A4")
    assert caught.value.code == "P709"
    assert "larger size" in caught.value.mend
    placard, sign = drawn(site(70), last, design="sheet", size="A3")
    text = text_of(sign)
    assert all(row.code in text for row in placard.rows)


def test_a_charger_without_a_number_shows_its_code_once() -> None:
    where = station(1, ("1", [plug("type2", 22)]))
    bare = replace(where, number=None, points=tuple(replace(point, number=None) for point in where.points))
    placard, sign = drawn([bare], design="sheet")
    assert placard.rows[0].number == bare.code
    assert text_of(sign).count(bare.code) == 1


def test_a_number_that_is_too_long_is_named() -> None:
    with pytest.raises(RenderError) as caught:
        drawn([station(1, ("x" * 80, [plug("type2", 22)]))], design="sheet")
    assert caught.value.code == "P701"
    assert "the number of the charger" in str(caught.value)
