"""What is on a sign: values in words, in any script; the same sign however it is drawn; when it is a new one."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageFilter

from chargeside.errors import RenderError
from chargeside.findings import RULES
from chargeside.model.colour import contrast
from chargeside.model.facts import Facts
from chargeside.model.network import Logo
from chargeside.plan.jobs import Job
from chargeside.plan.placards import Placard, plan_placards
from chargeside.plan.start_steps import start_steps
from chargeside.render.html import band
from chargeside.render.placard import RENDERERS, closure, leaf_with, plain_leaf, render_placard
from chargeside.render.press import single
from signs import (
    CASES,
    LANGUAGES,
    LOGO,
    TODAY,
    asked,
    case,
    designs,
    drawn_or_refused,
    each_case,
    facts,
    fonts_of,
    network,
    one,
    picture_of,
    plan,
    plug,
    read_by_zxing,
    squeezed,
    station,
    text_of,
)

# ── the finished sign ──────────────────────────────────────────────────────────────────────────────────────────────


def test_what_a_driver_needs_is_on_it() -> None:
    placard, _, data = case("two sides")
    text = text_of(data)
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
        "Level –1, Bays 14, 15",
        "This code is for help. It never asks for money.",
        "CCS2",
        "150 kW",
        "CHAdeMO",
        "50 kW",
        "Contactless card or phone",
        "App: Example Charge",
        placard.mark,
        TODAY,
    ):
        assert squeezed(words) in squeezed(text), words
    assert placard.typed in squeezed(text)


def test_what_is_not_known_or_not_so_is_not_on_it() -> None:
    assert "RFID" not in text_of(case("two sides")[2])  # the operator said no
    unknown = text_of(case("nothing known of paying")[2])
    assert "Pay here" not in unknown
    assert "Follow the order shown on the charger." in unknown
    assert "unknown" not in unknown


def test_where_to_pay_instead_is_on_it() -> None:
    assert "Pay at the charger or at pay.example.org" in text_of(case("nothing known of paying")[2])
    assert "Pay at" not in text_of(case("two sides")[2])


def test_a_call_that_costs_money_is_not_called_free() -> None:
    countries = {"GB": {"helpline": {"phone": "0123 456", "hours": "Mon–Fri 8–18"}, "emergency_phone": "999"}}
    placard, shared = one(CASES["no number"][0], countries=countries)
    text = text_of(render_placard(placard, shared))
    assert "Mon–Fri 8–18" in text
    assert "Free" not in text


@pytest.mark.parametrize("langs", LANGUAGES, ids="-".join)
def test_help_is_said_in_each_language(langs: tuple[str, ...]) -> None:
    helps = {"en": "HELP", "de": "HILFE", "fr": "AIDE"}
    placard, shared = one(CASES["two sides"][0], placards=asked("classic", "A5", langs))
    text = text_of(render_placard(placard, shared))
    assert [lang for lang, word in helps.items() if word in text.split()] == sorted(
        langs, key=list(helps).index
    )


@each_case
def test_warnings_name_rules_that_exist(name: str) -> None:
    for code, message, mend in case(name)[2].warnings:
        assert RULES[code].severity.name == "WARNING"
        assert message
        assert mend


@pytest.mark.parametrize("colour", ["#ffffff", "#767676", "#00ff00"])
def test_any_brand_colour_can_be_read(colour: str) -> None:
    ground, ink = band(colour)
    assert contrast(ground, ink) >= 4.5
    placard, shared = one(CASES["no number"][0], brand={"colour": colour})
    assert read_by_zxing(picture_of(render_placard(placard, shared)).convert("L")) == [placard.url]


# ── two ways to draw it ────────────────────────────────────────────────────────────────────────────────────────────

STATION_DESIGNS = sorted(name for name, design in designs().items() if design.file.carries != "site")


def ways() -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Each case as a classic sign, and some of them in each other design."""
    for name in CASES:
        yield name, "classic", ("en",)
    yield "two sides", "classic", ("fr", "de", "en")
    for design in STATION_DESIGNS:
        if design != "classic":
            yield "two sides", design, ("en",)
            yield "long name with accents", design, ("de", "en")


def outside(one_picture: Image.Image, other: Image.Image) -> int:
    """How far, in steps of 255, pixels of one lie outside of what the other has within a pixel around: 0 when edges alone differ."""
    brightest, darkest = other.filter(ImageFilter.MaxFilter(3)), other.filter(ImageFilter.MinFilter(3))
    above, below = ImageChops.subtract(one_picture, brightest), ImageChops.subtract(darkest, one_picture)
    return max(high for picture in (above, below) for _, high in picture.getextrema())


ONE_LINE_TOO_LOW = pytest.mark.xfail(
    reason="a part's page ends at its foot: the print engine drops a line that only its leading puts below"
)


@pytest.mark.parametrize(
    ("name", "design", "langs"),
    [
        pytest.param(*way, marks=ONE_LINE_TOO_LOW if way[0] == "a plug without a drawing" else ())
        for way in ways()
    ],
)
def test_both_ways_draw_the_same_picture(name: str, design: str, langs: tuple[str, ...]) -> None:
    where, values = CASES[name]
    placard, shared = one(where, **values, placards=asked(design, "", langs))
    quick, plain = leaf_with(placard, shared), plain_leaf(placard, shared)
    assert (quick.figures.plain, plain.figures.plain) == (False, True)
    assert quick.leaf.overlay
    assert not plain.leaf.overlay
    assert quick.figures.level == plain.figures.level
    assert sorted(quick.warnings) == sorted(plain.warnings)
    pictures = [picture_of(single(leaf)).convert("RGB") for leaf in (quick.leaf, plain.leaf)]
    assert pictures[0].size == pictures[1].size
    assert outside(*pictures) <= 48
    assert outside(*reversed(pictures)) <= 48
    assert squeezed(text_of(single(quick.leaf))) != ""


def test_pictures_that_differ_are_told_apart() -> None:
    """So that the test above can fail: another phone number, and a line that stands half a millimetre lower."""
    placard, _, data = case("two sides")
    picture = picture_of(data).convert("RGB")
    other = picture_of(
        render_placard(replace(placard, phone="+44 808 157 0128"), case("two sides")[1])
    ).convert("RGB")
    assert outside(picture, other) > 100
    moved = Image.new("RGB", picture.size, "white")
    moved.paste(picture, (0, 3))
    assert outside(picture, moved) > 100


SCRIPTS = {
    "Latin": ("Œuvre Łódź Ġgantija", "Ångströmgatan 5", False),
    "Greek": ("Πλατεία Ομονοίας", "Αμαλίας 12", False),
    "Cyrillic": ("Площадь Їжакевича", "ул. Ленина 5", False),
    "Arabic": ("محطة الشحن", "شارع الملك فهد 12", True),
    "Hebrew": ("תחנת טעינה", "רחוב הרצל 5", True),
    "Thai": ("สถานีชาร์จ", "ถนนสุขุมวิท 21", True),
    "Thai with a mark at its end": ("สถานี", "ถนน 5", True),
    "combining marks": ("Q\u0323uai", "Quai 5", True),
}
CJK = {
    "Chinese": ("充电站", "人民路 12 号"),
    "Japanese": ("充電ステーション", "中央通り 5"),
    "Korean": ("충전소", "세종대로 5"),
}


def letters(text: str) -> list[str]:
    """Letters in no order, since right-to-left text is read in that of the paper; each form of an Arabic letter counts as it."""
    from unicodedata import category, normalize

    return sorted(c for c in normalize("NFKC", text) if category(c)[0] in "LN")


@pytest.mark.parametrize("script", SCRIPTS)
def test_names_of_any_script_are_printed(script: str, tmp_path: Path) -> None:
    name, address, plain = SCRIPTS[script]
    placard, shared = one(station(("1", None, [plug("ccs2", 50)]), name=name, address=address, city="X"))
    sign = render_placard(placard, shared)
    assert sign.figures
    assert sign.figures.plain == plain
    written = letters(text_of(sign))
    for letter in letters(name + address):
        assert letter in written, letter
        written.remove(letter)
    assert set(fonts_of(sign, tmp_path)) == {"yes yes yes"}
    assert read_by_zxing(picture_of(sign)) == [placard.url]


@pytest.mark.parametrize("script", CJK)
def test_names_in_characters_of_east_asia_are_printed_or_refused(script: str, tmp_path: Path) -> None:
    """Printed where fonts-noto-cjk is installed; elsewhere named, with that package, and never drawn as boxes."""
    name, address = CJK[script]
    placard, shared = one(station(("1", None, [plug("ccs2", 50)]), name=name, address=address, city="X"))
    sign = drawn_or_refused(placard, shared)
    if isinstance(sign, RenderError):
        assert sign.code == "P703"
        assert "fonts-noto-cjk" in sign.mend
        assert any(letter in str(sign) for letter in name + address)
    else:
        assert set(letters(name + address)) <= set(letters(text_of(sign)))
        assert set(fonts_of(sign, tmp_path)) == {"yes yes yes"}


# ── same input, same bytes ─────────────────────────────────────────────────────────────────────────────────────────


def test_same_bytes_here_and_in_another_process() -> None:
    signs = [case(name) for name in ("two sides", "long name with accents")]
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        others = [pool.submit(render_placard, placard, shared) for placard, shared, _ in signs]
        for (placard, shared, data), other in zip(signs, others, strict=True):
            assert render_placard(placard, shared) == data
            assert other.result() == data
            assert other.result().warnings == data.warnings
            assert other.result().figures == data.figures


def test_a_new_date_alone_makes_no_new_sign() -> None:
    where = CASES["two sides"][0]
    old = plan_placards(network(where), "2026-11-22").jobs[0]
    new = plan_placards(network(where), "2027-01-01").jobs[0]
    assert old.fingerprint(closure()) == new.fingerprint(closure())
    assert mark(old) == mark(new)
    assert isinstance(new.payload, Placard)
    assert render_placard(new.payload, plan(where).shared) != case("two sides")[2]


OTHERWISE: dict[str, dict[str, Any]] = {
    "logo": {"logo": Logo("image/svg+xml", LOGO.data + b" ")},
    "colour": {"brand": {"colour": "#123456"}},
    "design": {
        "own": {
            "classic": replace(designs()["classic"], style=designs()["classic"].style + "p { color: #111 }")
        }
    },
}


@pytest.mark.parametrize("what", OTHERWISE)
def test_new_looks_make_a_new_sign_with_the_same_mark(what: str) -> None:
    where = CASES["two sides"][0]
    (old,), (new,) = plan(where).jobs, plan(where, **OTHERWISE[what]).jobs
    assert old.fingerprint("") != new.fingerprint("")
    assert mark(old) == mark(new)


def helpline(**changes: Any) -> dict[str, Any]:
    known = {"phone": "+44 808 157 0123", "free": True, "hours": "24/7"}
    return {"countries": {"GB": {"helpline": {**known, **changes}, "emergency_phone": "999"}}}


NEW_VALUES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "phone": (helpline(phone="+44 808 157 0999"), {}),
    "free": (helpline(free=False), {}),
    "hours": (helpline(hours="8–18"), {}),
    "site_url": ({"site_url": "https://help.example.com/"}, {}),
    "pay_url": ({"pay_url": "https://pay.example.org/"}, {}),
    "operator": ({"name": "Another Charge"}, {}),
    "languages": ({"placards": asked("classic", "A5", ("de",))}, {}),
    "size": ({"placards": asked("classic", "A4")}, {}),
    "street": ({}, {"address": "Quay Street 5"}),
    "name": ({}, {"name": "New Harbour"}),
    "level": ({}, {"level": "2"}),
    "plugs": ({}, {"plugs": [plug("ccs2", 150), plug("type2", 22)]}),
    "power": ({}, {"plugs": [plug("ccs2", 300)]}),
    "number": ({}, {"number": "3"}),
    "steps": ({}, {"known": facts(start_order="auth_first", app="yes")}),
    "payments": ({}, {"known": facts(start_order="plug_first", app="yes", contactless="yes", cash="yes")}),
}


def marked(
    *, plugs: Any = None, number: str = "2", level: str = "1", known: Facts | None = None, **where: Any
) -> Any:
    """The same station with other values, under the same code."""
    known = known or facts(start_order="plug_first", app="yes", contactless="yes")
    made = station((number, None, plugs or [plug("ccs2", 150)]), level=level, known=known, **where)
    return replace(made, code="2345678")


@pytest.mark.parametrize("what", NEW_VALUES)
def test_a_new_value_makes_a_new_sign_with_a_new_mark(what: str) -> None:
    values, where = NEW_VALUES[what]
    (old,), (new,) = plan(marked()).jobs, plan(marked(**where), **values).jobs
    assert old.fingerprint("") != new.fingerprint("")
    assert mark(old) != mark(new)


def mark(job: Job) -> str:
    assert isinstance(job.payload, Placard)
    assert re.fullmatch("[2-9A-HJKMNP-TV-Z]{3}", job.payload.mark)
    return job.payload.mark


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


@pytest.mark.parametrize("more", ["", "\u05d0"], ids=["fast", "plain"])
def test_markup_in_texts_is_text(watched: list[str], more: str) -> None:
    """However the sign is drawn: one letter of Hebrew makes the print engine set it all."""
    address = f'<img src="file:///a.png">&amp;{more}'
    placard, shared = one(
        station(("<b>1", None, [plug("<i>x", 50)]), name="<u>N", address=address, postal_code=None, city="X")
    )
    watched.clear()
    sign = render_placard(placard, shared)
    assert not [event for event in watched if "a.png" in event]
    assert sign.figures
    assert sign.figures.plain == bool(more)
    text = squeezed(text_of(sign))
    for words in ("<b>1", "<u>N", '<imgsrc="file:///a.png">&amp;'):
        assert words in text, words


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


def test_signs_of_every_design_have_names_of_their_own() -> None:
    where = CASES["two sides"][0]
    made = plan(where, placards=[spec for name in designs() for spec in asked(name, "", ("de", "en"))])
    names = [job.path.removeprefix("placards/") for job in made.jobs]
    tags = [f"{where.code}.{at}.tag-180x112.de-en.pdf" for at in (1, 2, 3)]
    others = [f"{where.code}.{name}.de-en.pdf" for name in ("classic-A5", "label-100x100", "strip-210x74")]
    assert sorted(names) == sorted([*tags, *others, f"{where.code}.site.sheet-A4.de-en.pdf"])


def test_codes_choose_stations() -> None:
    stations = [where for where, _ in CASES.values()]
    made = plan_placards(network(*stations), TODAY, {stations[1].code})
    assert [job.path.split(".")[0] for job in made.jobs] == [f"placards/{stations[1].code}"]


def test_two_signs_that_come_out_alike_are_one() -> None:
    specs = [{"languages": ["station"]}, {"languages": ["en"]}, {"languages": ["xx", "en"]}]
    assert len(plan(CASES["no number"][0], placards=specs).jobs) == 1


def test_large_pieces_are_shared() -> None:
    made = plan(*(where for where, _ in CASES.values()))
    faces = {p.kind for where, _ in CASES.values() for p in where.connectors if p.kind}
    assert len(made.shared) == 2 + len(faces)  # the logo and the design
    assert all(len(repr(job.payload)) < 4000 for job in made.jobs)


def test_a_plug_on_one_side_says_which() -> None:
    plugs = {plug.name: plug.places for plug in case("two sides")[0].plugs}
    assert plugs == {"CCS2": (), "CHAdeMO": ("right",)}


def test_plugs_that_differ_in_power_alone_are_one() -> None:
    placard, _ = one(station((None, None, [plug("ccs2", 150)]), (None, None, [plug("ccs2", 300)])))
    assert [(plug.name, squeezed(plug.power)) for plug in placard.plugs] == [("CCS2", "upto300kW")]


@pytest.mark.parametrize("standard", ["", "OTHER", "other"])
def test_a_plug_that_a_feed_does_not_name_has_words(standard: str) -> None:
    placard, shared = one(station(("1", None, [plug(standard, 150, None)])))
    text = squeezed(text_of(render_placard(placard, shared)))
    assert "Otherplug" in text
    assert "150kW" in text


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
