"""Signs: what is on them, that they fit, and that nothing wrong gets past the proof."""

from __future__ import annotations

import ctypes
import io
import itertools
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Literal

import pypdfium2
import pytest
import zxingcpp
from hypothesis import Phase, assume, given, settings
from hypothesis import strategies as st
from PIL import Image

from chargeside.errors import RenderError
from chargeside.findings import RULES, Findings
from chargeside.load.content import load_content
from chargeside.model.codes import new_code
from chargeside.model.colour import contrast
from chargeside.model.facts import Fact, Facts, Origin
from chargeside.model.network import Content, Logo, Network, Point, Station
from chargeside.model.ocpi import Connector, Evse, Location
from chargeside.model.operator import Operator
from chargeside.plan.jobs import Job, Plan
from chargeside.plan.placards import Number, Placard, Plug, plan_placards
from chargeside.plan.start_steps import start_steps
from chargeside.render import boxes
from chargeside.render import placard as module
from chargeside.render.boxes import Ink
from chargeside.render.html import band
from chargeside.render.placard import RENDERERS, Sign, closure, render_placard
CARD_MM=57.0
from chargeside.render.proof import DPI, proof
from chargeside.render.qr import QUIET, fit, floor_mm

TODAY = "2026-11-22"
OCPI = {
    "ccs2": "IEC_62196_T2_COMBO",
    "chademo": "CHADEMO",
    "type1": "IEC_62196_T1",
    "type2": "IEC_62196_T2",
}
LOGO = Logo(
    "image/svg+xml",
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 60 20"><rect width="60" height="20" fill="#0b5d4e"/></svg>',
)


@cache
def content() -> Content:
    findings = Findings()
    return Content({}, load_content(findings).connectors)


def plug(kind: str, kw: float | None = None, form: Literal["CABLE", "SOCKET"] | None = "CABLE") -> Connector:
    known = kind if kind in content().connectors else None
    watts = int(kw * 1000) if kw else None
    return Connector(id="1", standard=OCPI.get(kind, kind), kind=known, format=form, max_electric_power=watts)


def facts(**values: str | tuple[str, ...]) -> Facts:
    origin = Origin("overrides", "overrides.csv")
    ways = ("contactless", "chip", "app", "rfid", "web", "plug_and_charge", "cash", "free")
    return Facts({f"payment.{k}" if k in ways else k: Fact(v, origin) for k, v in values.items()})


def station(
    *points: tuple[str | None, Literal["left", "right"] | None, Sequence[Connector]],
    known: Facts | None = None,
    level: str | None = None,
    bays: Sequence[str | None] = (),
    **location: Any,
) -> Station:
    known = known or facts()
    place = {"name": "Old Harbour", "address": "Quay Street 4", "postal_code": "12345", "city": "Seatown"}
    made = tuple(
        Point(
            Evse(
                uid=str(i),
                connectors=tuple(plugs),
                floor_level=level,
                bay=bays[i] if i < len(bays) else None,
            ),
            known,
            number,
            side,
        )
        for i, (number, side, plugs) in enumerate(points)
    )
    where = Location(
        country_code="GB", party_id="EXC", id="1", country="GB", evses=(), **{**place, **location}
    )
    numbers = list(dict.fromkeys(point.number for point in made if point.number))
    number = " | ".join(numbers) if 1 <= len(numbers) <= 2 else None
    key = repr((points, known, location))
    return Station(key, new_code(key, ()), number, where, made, known)


def operator(**values: Any) -> Operator:
    helpline = {"phone": "+44 808 157 0123", "free": True, "hours": "24/7"}
    return Operator.model_validate(
        {
            "name": "Example Charge",
            "country_code": "GB",
            "party_id": "EXC",
            "site_url": "https://help.example.org/",
            "countries": {"GB": {"helpline": helpline, "emergency_phone": "999"}},
            "apps": [{"name": "Example Charge", "url": "https://example.org/app"}],
            **values,
        }
    )


def network(*stations: Station, logo: Logo | None = LOGO, **values: Any) -> Network:
    return Network(
        operator=operator(**values),
        content=content(),
        stations=stations,
        ledger=(),
        vanished=(),
        last_seen={},
        logo=logo,
        path="example",
    )


def plan(*stations: Station, logo: Logo | None = LOGO, **values: Any) -> Plan:
    return plan_placards(network(*stations, logo=logo, **values), TODAY)


def one(where: Station, logo: Logo | None = LOGO, **values: Any) -> tuple[Placard, Mapping[str, Any]]:
    made = plan(where, logo=logo, **values)
    (job,) = made.jobs
    assert isinstance(job.payload, Placard)
    return job.payload, made.shared


PAYS = facts(start_order="plug_first", display="yes", contactless="yes", app="yes", rfid="no")
CASES: dict[str, tuple[Station, dict[str, Any]]] = {
    "two sides": (
        station(
            ("2A", "left", [plug("ccs2", 150)]),
            ("2B", "right", [plug("ccs2", 150), plug("chademo", 50)]),
            known=PAYS,
            level="-1",
            bays=("14", "15"),
        ),
        {},
    ),
    "no number": (station((None, None, [plug("ccs2", 300)]), known=PAYS), {}),
    "long name with accents": (
        station(
            ("7", None, [plug("ccs2", 50), plug("chademo", 50), plug("type2", 43)]),
            known=facts(start_order="auth_first", rfid="yes"),
            name="Aire de l’Île-d’Évaux-Saint-Hélène – Côté Montréjeau, Château d’Œx",
            city="Saint-Rémy-en-Bouzemont-Saint-Genest-et-Isson",
        ),
        {"brand": {"colour": "#f5c400"}},
    ),
    "socket": (
        station(
            ("P12", None, [plug("type2", 22, "SOCKET")]),
            known=facts(start_order="any", format=("socket",), app="yes"),
        ),
        {"logo": None, "brand": {"colour": "#1d3fbb"}},
    ),
    "nothing known of paying": (
        station(("1", None, [plug("ccs2"), plug("type2", 22, "SOCKET")])),
        {"brand": {"colour": "#c8102e"}},
    ),
    "Greek": (
        station(
            ("Γ3", None, [plug("type2", 11)]),
            known=PAYS,
            name="Πλατεία",
            address="Αμαλίας 12",
            city="Αθήνα",
            level="2",
        ),
        {},
    ),
    "Cyrillic": (station(("Б-1", None, [plug("type2", 11)]), name="Дом № 5", city="София"), {}),
    "EVSE ID as number": (
        station(("GB*EXC*E207301*1", None, [plug("type2", 11)])),
        {
            "logo": None,
            "name": "Musterhausen Energy and Transport Company of the Upper Valley",
            "site_url": "https://charging-help.upper-valley.example.org/help/",
        },
    ),
    "five kinds of plug": (
        station(
            (
                None,
                None,
                [plug("ccs2", 300), plug("chademo", 50), plug("type2", 22), plug("type2", 22, "SOCKET")],
            ),
            (None, None, [plug("DOMESTIC_E", 2.3, "SOCKET")]),
            known=PAYS,
        ),
        {},
    ),
    "a plug without a drawing": (
        station(
            ("4", "left", [plug("IEC_60309_2_three_32", 22, "SOCKET")]), ("5", "right", [plug("type2", 22)])
        ),
        {"brand": {"colour": "#e6e6e6"}},
    ),
}


@cache
def case(name: str) -> tuple[Placard, Mapping[str, Any], Sign]:
    where, values = CASES[name]
    placard, shared = one(where, **values)
    return placard, shared, render_placard(placard, shared)


each = pytest.mark.parametrize("name", CASES)


def page_of(data: bytes) -> Any:
    return pypdfium2.PdfDocument(data)[0]


def picture_of(data: bytes, dpi: int = DPI) -> Image.Image:
    picture: Image.Image = page_of(data).render(scale=dpi / 72).to_pil()
    return picture


def text_of(data: bytes) -> str:
    return " ".join(page_of(data).get_textpage().get_text_bounded().replace("\x02", "-").split())


# ── the finished sign ──────────────────────────────────────────────────────────────────────────────────────────────


@each
def test_the_code_leads_to_the_station(name: str) -> None:
    placard, _, data = case(name)
    found = zxingcpp.read_barcodes(picture_of(data))
    assert [symbol.text for symbol in found] == [placard.url]
    assert placard.url == f"https://{placard.typed}/"


@each
def test_a_second_decoder_reads_it_too(name: str, tmp_path: Path) -> None:
    if not shutil.which("zbarimg"):
        pytest.skip("needs zbarimg (Debian: zbar-tools)")
    placard, _, data = case(name)
    picture = tmp_path / "sign.png"
    picture_of(data).save(picture)
    read = subprocess.run(["zbarimg", "-q", "--raw", picture], capture_output=True, text=True, check=True)
    assert read.stdout.strip() == placard.url


@each
def test_one_a5_page_with_all_fonts_embedded(name: str, tmp_path: Path) -> None:
    _, _, data = case(name)
    document = pypdfium2.PdfDocument(data)
    assert len(document) == 1
    assert [points * 25.4 / 72 for points in document[0].get_size()] == pytest.approx([148, 210], abs=0.1)
    if not shutil.which("pdffonts"):
        pytest.skip("needs pdffonts (Debian: poppler-utils)")
    path = tmp_path / "sign.pdf"
    path.write_bytes(data)
    lines = subprocess.run(
        ["pdffonts", path], capture_output=True, text=True, check=True
    ).stdout.splitlines()[2:]
    assert lines
    for line in lines:
        assert re.search(r"\byes yes yes\b", line), line  # embedded, a subset, can be read back


@each
def test_quiet_zone_and_modules_as_measured_in_the_picture(name: str) -> None:
    placard, shared, data = case(name)
    dpi = 600
    laid = module._lay_out(placard, fit(placard.url, CARD_MM), shared)
    card = laid.drawn.places["code"][0].box
    picture = picture_of(data, dpi).convert("L")
    edges = [round(mm / 25.4 * dpi) for mm in (card.left, card.top, card.right, card.bottom)]
    crop = picture.crop(tuple(edges)).point(lambda value: 255 * (value < 128))  # type: ignore[arg-type]
    left, top, right, bottom = crop.getbbox()  # type: ignore[misc]
    modules = fit(placard.url, CARD_MM).symbol.modules
    module_px = (right - left) / modules
    assert module_px / dpi * 25.4 >= floor_mm() - 0.02
    assert bottom - top == pytest.approx(right - left, abs=2)
    for margin in (left, top, crop.width - right, crop.height - bottom):
        assert margin >= QUIET * module_px - 2


@each
def test_warnings_name_rules_that_exist(name: str) -> None:
    for code, message, mend in case(name)[2].warnings:
        assert code in RULES
        assert message
        assert mend


def test_what_a_driver_needs_is_on_it() -> None:
    text = text_of(case("two sides")[2])
    for words in (
        "Charger",
        "2A",
        "left",
        "2B",
        "right",
        "HELP",
        "Scan the code",
        "+44 808 157 0123",
        "Free call",
        "24/7",
        "How to start",
        "Push the plug all the way into your car.",
        "999",
        "Quay Street 4, 12345 Seatown",
        "Level -1, Bays 14, 15",
        "This code is for help. It never asks for money.",
        "CCS2",
        "150 kW",
        "CHAdeMO",
        "50 kW",
        "Contactless card or phone",
        "App: Example Charge",
        f"Sign {case('two sides')[0].mark} · {TODAY}",
    ):
        assert words in text, words
    assert "help.example.org/" in text


def test_what_is_not_known_or_not_so_is_not_on_it() -> None:
    assert "RFID" not in text_of(case("two sides")[2])  # the operator said no
    unknown = text_of(case("nothing known of paying")[2])
    assert "Pay here" not in unknown
    assert "Follow the order shown on the charger." in unknown
    assert "unknown" not in unknown


def test_a_call_that_costs_money_is_not_called_free() -> None:
    countries = {"GB": {"helpline": {"phone": "0123 456", "hours": "Mon–Fri 8–18"}, "emergency_phone": "999"}}
    placard, shared = one(CASES["no number"][0], countries=countries)
    text = text_of(render_placard(placard, shared))
    assert "Mon–Fri 8–18" in text
    assert "Free" not in text


@pytest.mark.parametrize("colour", ["#ffffff", "#767676", "#00ff00"])
def test_any_brand_colour_can_be_read(colour: str) -> None:
    ground, ink = band(colour)
    assert contrast(ground, ink) >= 4.5
    placard, shared = one(CASES["no number"][0], brand={"colour": colour})
    sign = render_placard(placard, shared)
    grey = picture_of(sign).convert("L")
    assert [code.text for code in zxingcpp.read_barcodes(grey)] == [placard.url]


# ── same input, same bytes ─────────────────────────────────────────────────────────────────────────────────────────


def test_same_bytes_here_and_in_another_process() -> None:
    placard, shared, data = case("two sides")
    assert render_placard(placard, shared) == data
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        other = pool.submit(render_placard, placard, shared).result()
    assert other == data
    assert other.warnings == data.warnings


def test_warnings_travel_with_the_bytes() -> None:
    placard, shared, data = case("long name with accents")
    assert data.warnings
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        assert pool.submit(render_placard, placard, shared).result().warnings == data.warnings


def test_a_new_date_alone_makes_no_new_sign() -> None:
    where = CASES["two sides"][0]
    old = plan_placards(network(where), "2026-11-22").jobs[0]
    new = plan_placards(network(where), "2027-01-01").jobs[0]
    assert old.fingerprint(closure()) == new.fingerprint(closure())
    assert render_placard(new.payload, plan(where).shared) != case("two sides")[2]


def test_a_new_phone_number_makes_a_new_sign_with_a_new_mark() -> None:
    where = CASES["two sides"][0]
    countries = {"GB": {"helpline": {"phone": "+44 808 157 0999"}, "emergency_phone": "999"}}
    (old,), (new,) = plan(where).jobs, plan(where, countries=countries).jobs
    assert old.fingerprint("") != new.fingerprint("")
    assert mark(old) != mark(new)


def test_a_new_logo_makes_a_new_sign_with_the_same_mark() -> None:
    where = CASES["two sides"][0]
    (old,), (new,) = plan(where).jobs, plan(where, logo=Logo("image/svg+xml", LOGO.data + b" ")).jobs
    assert old.fingerprint("") != new.fingerprint("")
    assert mark(old) == mark(new)


def mark(job: Job) -> str:
    assert isinstance(job.payload, Placard)
    assert re.fullmatch("[2-9A-HJKMNP-TV-Z]{3}", job.payload.mark)
    return job.payload.mark


# ── the proof ──────────────────────────────────────────────────────────────────────────────────────────────────────


def check(placard: Placard, data: bytes, drawn: Placard) -> None:
    """Hold the sign of `drawn` against what `placard` says."""
    laid = places_of(drawn)
    proof(data, placard, laid, fit(placard.url, CARD_MM))


@cache
def places_of(placard: Placard) -> Mapping[str, tuple[Ink, ...]]:
    shared = case("two sides")[1]
    return module._lay_out(placard, fit(placard.url, CARD_MM), shared).drawn.places


def test_the_right_sign_passes() -> None:
    placard, _, data = case("two sides")
    check(placard, data, placard)


FIELDS = ("phone", "phone_hours", "emergency", "street", "spot", "typed", "mark", "issued", "url")


def changed(placard: Placard, where: str, at: int, to: str) -> Placard:
    """The sign with one character of one value changed."""
    if where in FIELDS:
        return replace(placard, **{where: swap(getattr(placard, where), at, to)})
    part, index = where.split("-")
    position = int(index)
    if part == "number":
        numbers = list(placard.numbers)
        numbers[position] = Number(swap(numbers[position].text, at, to), numbers[position].place)
        return replace(placard, numbers=tuple(numbers))
    if part in ("name", "power"):
        plugs: list[Plug] = list(placard.plugs)
        plugs[position] = replace(plugs[position], **{part: swap(getattr(plugs[position], part), at, to)})
        return replace(placard, plugs=tuple(plugs))
    if part == "pay":
        ways = list(placard.payments)
        ways[position] = swap(ways[position], at, to)
        return replace(placard, payments=tuple(ways))
    steps = list(placard.steps)
    steps[position] = (steps[position][0], swap(steps[position][1], at, to))
    return replace(placard, steps=tuple(steps))


def swap(text: str, at: int, to: str) -> str:
    at %= len(text)
    return text[:at] + to + text[at + 1 :]


WHERE = (
    *FIELDS,
    "number-0",
    "number-1",
    "name-0",
    "power-0",
    "power-1",
    "pay-0",
    "pay-1",
    "step-0",
    "step-2",
)


@settings(max_examples=150)
@given(st.sampled_from(WHERE), st.integers(0, 200), st.sampled_from("0123456789AZaz"))
def test_one_wrong_character_anywhere_does_not_pass(where: str, at: int, to: str) -> None:
    placard, _, data = case("two sides")
    if where == "url":
        at = len("https://") + at % (len(placard.url) - 8)
    wrong = changed(placard, where, at, to)
    bare = [
        re.sub(r"\s", "", repr(p)) for p in (replace(wrong, issued=TODAY), replace(placard, issued=TODAY))
    ]
    assume(bare[0] != bare[1] or wrong.issued != placard.issued)
    with pytest.raises(RenderError) as caught:
        check(wrong, data, placard)
    assert caught.value.code == "P702"


def test_the_sign_of_a_neighbour_does_not_pass() -> None:
    """A right code over a wrong phone number, and the other way round."""
    mine, _, data = case("two sides")
    theirs = case("no number")[0]
    for wrong in (replace(mine, phone="+44 808 157 0124"), replace(mine, url=theirs.url), theirs):
        with pytest.raises(RenderError) as caught:
            check(wrong, data, mine)
        assert caught.value.code == "P702"


def test_a_text_drawn_elsewhere_does_not_pass() -> None:
    placard, _, data = case("two sides")
    places = dict(places_of(placard))
    (ink,) = places["phone"]
    places["phone"] = (replace(ink, baseline=ink.baseline + 3),)
    with pytest.raises(RenderError, match=r"\(phone\) should stand"):
        proof(data, placard, places, fit(placard.url, CARD_MM))


@each
def test_blocks_do_not_overlap(name: str) -> None:
    """The proof reads line by line; that no line lies over another is the design's part."""
    placard, shared, _ = case(name)
    laid = module._lay_out(placard, fit(placard.url, CARD_MM), shared)
    inks = [
        (ink.box, around) for ink, around in boxes._inks(laid.document.pages[0]._page_box, boxes._Around())
    ]
    for (one_box, one_around), (other_box, other_around) in itertools.combinations(inks, 2):
        if one_around.bounds and other_around.bounds and one_around.bounds != other_around.bounds:
            assert not overlap(one_box, other_box), (one_around, other_around)


def overlap(one_box: boxes.Rect, other_box: boxes.Rect) -> bool:
    return (
        min(one_box.right, other_box.right) - max(one_box.left, other_box.left) > 0.05
        and min(one_box.bottom, other_box.bottom) - max(one_box.top, other_box.top) > 0.05
    )


def test_a_missing_piece_does_not_pass() -> None:
    placard, _, data = case("two sides")
    for name in ("code", "phone", "plug-1", "pay-0"):
        places = {key: value for key, value in places_of(placard).items() if key != name}
        with pytest.raises(RenderError) as caught:
            proof(data, placard, places, fit(placard.url, CARD_MM))
        assert caught.value.code == "P702"


def test_a_font_that_is_not_embedded_does_not_pass() -> None:
    placard, _, data = case("two sides")
    document = pypdfium2.PdfDocument(data)
    raw = pypdfium2.raw
    thing = raw.FPDFPageObj_NewTextObj(document, b"Helvetica", 8.0)
    text = "x".encode("utf-16-le") + b"\0\0"
    raw.FPDFText_SetText(thing, (ctypes.c_ushort * 2).from_buffer_copy(text))
    raw.FPDFPageObj_Transform(thing, 1, 0, 0, 1, 5, 5)
    page = document[0]
    raw.FPDFPage_InsertObject(page, thing)
    page.gen_content()
    buffer = io.BytesIO()
    document.save(buffer)
    with pytest.raises(RenderError, match="not embedded"):
        check(placard, buffer.getvalue(), placard)


def test_two_pages_or_another_size_do_not_pass() -> None:
    placard, _, data = case("two sides")
    document = pypdfium2.PdfDocument(data)
    document.new_page(400, 400)
    two = io.BytesIO()
    document.save(two)
    with pytest.raises(RenderError, match="2 pages"):
        check(placard, two.getvalue(), placard)
    document = pypdfium2.PdfDocument(data)
    document[0].set_mediabox(0, 0, 420, 590)
    small = io.BytesIO()
    document.save(small)
    with pytest.raises(RenderError, match="not A5"):
        check(placard, small.getvalue(), placard)


def test_every_value_is_proofed() -> None:
    placard = case("two sides")[0]
    read = {text for _, text in expected(placard).values()}
    assert {
        placard.phone,
        placard.emergency,
        placard.typed,
        placard.street,
        placard.spot,
        placard.mark,
    } <= read
    assert {plug.power for plug in placard.plugs} <= read
    assert set(placard.payments) <= read


# ── what does not fit ──────────────────────────────────────────────────────────────────────────────────────────────


def refused(where: Station, **values: Any) -> RenderError:
    placard, shared = one(where, **values)
    with pytest.raises(RenderError) as caught:
        render_placard(placard, shared)
    return caught.value


def test_a_name_of_255_characters_is_left_off_and_said() -> None:
    placard, shared = one(station(("1", None, [plug("ccs2", 50)]), name="Very long name " * 17))
    sign = render_placard(placard, shared)
    assert [code for code, _, _ in sign.warnings] == ["P706"]
    assert "the site's name" in sign.warnings[0][1]
    assert "Quay Street 4" in text_of(sign)


@pytest.mark.parametrize("text", ["x" * 255, "long " * 51])
def test_a_number_that_does_not_fit_is_named(text: str) -> None:
    error = refused(station((text, None, [plug("ccs2", 50)])))
    assert error.code == "P701"
    assert "no room on the sign for the number of the charger" in str(error)
    assert "xxx" in str(error) or "long" in str(error)


def test_an_address_that_does_not_fit_is_named() -> None:
    error = refused(station(("1", None, [plug("ccs2", 50)]), address="Long Street " * 40))
    assert (error.code, "the address with level and bay" in str(error)) == ("P701", True)


def test_a_site_url_too_long_for_a_legible_code_is_named() -> None:
    error = refused(CASES["no number"][0], site_url=f"https://example.org/{'a' * 300}/")
    assert error.code == "P705"
    assert "shorter by" in error.mend


def test_a_character_without_a_glyph_is_named() -> None:
    error = refused(station(("1", None, [plug("ccs2", 50)]), address="Street \u0378 5"))
    assert error.code == "P703"
    assert "U+0378" in str(error)


def test_plugs_that_do_not_fit_are_left_off_and_said() -> None:
    many = [plug(f"IEC_60309_2_UNKNOWN_{number}", 22, "SOCKET") for number in range(9)]
    placard, shared = one(station(("1", None, many)))
    sign = render_placard(placard, shared)
    assert [code for code, _, _ in sign.warnings] == ["P706"]
    assert "the plugs" in sign.warnings[0][1]


@settings(max_examples=12, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(
    name=st.text(st.characters(codec="latin-1", exclude_categories=("C", "Z")), max_size=60),
    street=st.text("abcdefg hijk-ABC.,’é0123", min_size=1, max_size=90),
    number=st.text("0123456789ABCDE*-", max_size=20),
)
def test_any_text_fits_or_is_named(name: str, street: str, number: str) -> None:
    """Whatever a feed says: a proofed sign or a finding, never anything else."""
    placard, shared = one(station((number or None, None, [plug("ccs2", 50)]), name=name, address=street))
    sign = sign_or_code(placard, shared)
    if isinstance(sign, str):
        assert sign in ("P701", "P703")
    else:
        assert [code.text for code in zxingcpp.read_barcodes(picture_of(sign))] == [placard.url]


def sign_or_code(placard: Placard, shared: Mapping[str, Any]) -> Sign | str:
    try:
        return render_placard(placard, shared)
    except RenderError as error:
        return error.code


# ── texts and pictures from outside ────────────────────────────────────────────────────────────────────────────────

_watched: list[str] = []
_watching: list[bool] = []


def _audit(event: str, arguments: tuple[Any, ...]) -> None:
    if _watching and event in ("open", "socket.connect", "socket.getaddrinfo", "urllib.Request"):
        _watched.append(f"{event} {arguments[0]!r}")


@pytest.fixture
def watched() -> Iterator[list[str]]:
    """What is opened or called while the test runs. An audit hook cannot be taken off, so it is put on once."""
    if not hasattr(sys, "_chargeside_audit"):
        sys.addaudithook(_audit)
        sys._chargeside_audit = True  # type: ignore[attr-defined]
    _watched.clear()
    _watching.append(True)
    yield _watched
    _watching.clear()


def test_a_logo_reaches_nothing(tmp_path: Path, watched: list[str]) -> None:
    """The loader refuses such a logo; the renderer is safe by itself."""
    secret = tmp_path / "secret.png"
    Image.new("RGB", (4, 4), "red").save(secret)
    hostile = f"""<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 60 20">
        <style>@import url("http://127.0.0.1:9/a.css"); rect {{ fill: url("{secret.as_uri()}") }}</style>
        <image href="{secret.as_uri()}" width="9" height="9"/>
        <image xlink:href="http://127.0.0.1:9/b.png" width="9" height="9"/>
        <use href="{secret.as_uri()}#a"/><script>alert(1)</script>
        <rect width="60" height="20" fill="#0b5d4e"/></svg>"""
    placard, shared = one(CASES["no number"][0], logo=Logo("image/svg+xml", hostile.encode()))
    watched.clear()
    sign = render_placard(placard, shared)
    assert not [event for event in watched if "secret" in event or "socket" in event]
    assert not [event for event in watched if "http" in event or "file:" in event]
    assert b"/JavaScript" not in sign


def test_markup_in_texts_is_text(tmp_path: Path, watched: list[str]) -> None:
    secret = tmp_path / "secret.png"
    Image.new("RGB", (4, 4), "red").save(secret)
    name = f'<img src="{secret.as_uri()}"><script>1</script>'
    placard, shared = one(station(("<b>1</b>", None, [plug("ccs2", 50)]), name="x", address=name))
    watched.clear()
    sign = sign_or_code(placard, shared)
    assert sign == "P701" or "<script>" in text_of(bytes(sign))
    assert not [event for event in watched if "secret" in event]


def test_a_logo_that_cannot_be_drawn_is_said_every_time() -> None:
    placard, shared = one(CASES["no number"][0], logo=Logo("image/png", b"no image"))
    for _ in range(2):
        assert "P704" in [code for code, _, _ in render_placard(placard, shared).warnings]


def test_marks_that_turn_the_direction_of_text_are_gone() -> None:
    placard, _ = one(station(("1", None, [plug("ccs2", 50)]), address="Street \u202e5\u0000"))
    assert placard.street == "Street 5, 12345 Seatown"


# ── the plan ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_one_job_for_each_station_and_sign() -> None:
    stations = [where for where, _ in CASES.values()]
    made = plan(*stations)
    assert [job.path for job in made.jobs] == [
        f"placards/{where.code}.classic-A5.en.pdf" for where in stations
    ]
    assert {job.kind for job in made.jobs} == set(RENDERERS)


def test_codes_choose_stations() -> None:
    stations = [where for where, _ in CASES.values()]
    made = plan_placards(network(*stations), TODAY, {stations[1].code})
    assert [job.path.split(".")[0] for job in made.jobs] == [f"placards/{stations[1].code}"]


def test_two_signs_that_come_out_alike_are_one() -> None:
    specs = [{"languages": ["station"]}, {"languages": ["en"]}, {"languages": ["xx", "en"]}]
    assert len(plan(CASES["no number"][0], placards=specs).jobs) == 1


def test_large_pieces_are_shared() -> None:
    made = plan(*(where for where, _ in CASES.values()))
    assert len(made.shared) == 1 + len(
        {p.kind for where, _ in CASES.values() for p in where.connectors if p.kind}
    )
    assert all(len(repr(job.payload)) < 4000 for job in made.jobs)


def test_a_plug_on_one_side_says_which() -> None:
    plugs = {plug.name: plug.places for plug in case("two sides")[0].plugs}
    assert plugs == {"CCS2": (), "CHAdeMO": ("right",)}


def test_plugs_that_differ_in_power_alone_are_one() -> None:
    placard, _ = one(station((None, None, [plug("ccs2", 150)]), (None, None, [plug("ccs2", 300)])))
    assert [(plug.name, plug.power) for plug in placard.plugs] == [("CCS2", "up to 300 kW")]


@pytest.mark.parametrize("standard", ["", "OTHER", "other"])
def test_a_plug_that_a_feed_does_not_name_has_words(standard: str) -> None:
    placard, shared = one(station(("1", None, [plug(standard, 150, None)])))
    assert "Other plug 150 kW" in text_of(render_placard(placard, shared))


def test_three_numbers_are_no_number() -> None:
    points = [(str(number), None, [plug("type2", 11)]) for number in range(3)]
    placard, _ = one(station(*points))  # type: ignore[arg-type]
    assert [number.text for number in placard.numbers] == [placard.code]


# ── how to start ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("known", "pictograms", "words"),
    [
        (
            facts(start_order="plug_first", contactless="yes"),
            "plug-in tap wait",
            "Tap your bank card or phone.",
        ),
        (facts(start_order="auth_first", rfid="yes"), "tap plug-in wait", "Tap your charging card."),
        (
            facts(start_order="auth_first", chip="yes"),
            "card plug-in wait",
            "Put your bank card in the reader.",
        ),
        (facts(start_order="plug_first", app="yes"), "plug-in app wait", "Start in the app."),
        (facts(start_order="plug_first", web="yes"), "plug-in address wait", "Pay on the website."),
        (facts(start_order="plug_first"), "plug-in card wait", "Pay or sign in the way the charger shows."),
        (facts(start_order="plug_first", free="yes"), "plug-in start wait", "Charging is free here."),
        (facts(start_order="any", app="yes"), "plug-in app wait", "You may also pay first."),
        (facts(display="yes", app="yes"), "screen plug-in app", "When it says so, start in the app."),
        (facts(), "charger plug-in card", "Follow the order shown on the charger."),
    ],
)
def test_three_steps_in_the_order_of_this_charger(known: Facts, pictograms: str, words: str) -> None:
    steps = start_steps(known)
    assert " ".join(step.pictogram for step in steps) == pictograms
    assert any(words in step.text for step in steps)


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "start_order": st.sampled_from(["plug_first", "auth_first", "any"]),
            "display": st.sampled_from(["yes", "no"]),
            "format": st.sampled_from([("cable",), ("socket",), ("cable", "socket")]),
            **{
                way: st.sampled_from(["yes", "no"])
                for way in ("contactless", "chip", "app", "rfid", "web", "free")
            },
        },
    )
)
def test_no_step_names_a_way_to_pay_that_is_not_there(known: dict[str, Any]) -> None:
    text = " ".join(step.text for step in start_steps(facts(**known))).lower()
    for way, words in {
        "contactless": "bank card or phone|bank card, phone",
        "chip": "bank card in the reader|put in your bank",
        "rfid": "charging card",
        "app": "in the app",
        "web": "website",
    }.items():
        if known.get(way) != "yes":
            assert not re.search(words, text), (way, text)
    if known.get("display") != "yes":
        assert "screen" not in text
