"""Nothing wrong gets past the proof: signs are drawn wrongly on purpose, each in one thing, and each must be refused."""

from __future__ import annotations

import ctypes
import io
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields, replace
from functools import cache
from typing import Any

import pypdfium2
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from chargeside.errors import RenderError
from chargeside.model.design import Design
from chargeside.plan.jobs import digest
from chargeside.plan.placards import Number, Placard
from chargeside.render import placard as module
from chargeside.render.layout import lay_out
from chargeside.render.overlay import Overlay
from chargeside.render.placard import (
    DrawnLeaf,
    Sign,
    kind_key,
    kind_of,
    leaf_with,
    plain_leaf,
    render_batch,
    render_placard,
    slot_texts,
)
from chargeside.render.press import single
from chargeside.render.proof import proof, proof_plate
from chargeside.render.qr import QUIET, fit, floor_mm
from signs import (
    PAYS,
    PT_MM,
    case,
    drawn_or_refused,
    each_case,
    one,
    picture_of,
    plan,
    plug,
    station,
)

Shared = Mapping[str, Any]


@cache
def drawn(name: str = "two sides") -> DrawnLeaf:
    """The sign of a case, drawn the fast way."""
    made = leaf_with(*case(name)[:2])
    assert not made.figures.plain
    return made


@cache
def set_by_the_engine() -> tuple[Placard, Shared]:
    """A sign that the print engine sets alone, for its name."""
    numbers = ("2A", "left", [plug("ccs2", 150)]), ("2B", "right", [plug("chademo", 50)])
    where = station(*numbers, known=PAYS, level="1", bays=("14", "15"), name="กทม", city="Q")
    placard, shared = one(where)
    assert plain_leaf(placard, shared).figures.plain
    assert leaf_with(placard, shared).figures.plain
    return placard, shared


def refused(made: object, words: str = "") -> None:
    assert isinstance(made, RenderError), "it was let past"
    assert made.code == "P702", made
    assert words in str(made)


def swap(text: str, at: int, to: str) -> str:
    at %= len(text)
    return text[:at] + to + text[at + 1 :]


# ── what is drawn into slots ───────────────────────────────────────────────────────────────────────────────────────


@contextmanager
def misdrawn(change: Callable[[str], str]) -> Iterator[None]:
    """Every line of text is drawn as `change` makes it, and still meant as it was."""

    class Wrong(Overlay):
        def text(self, face: Any, text: str, *place: Any) -> None:
            super().text(face, change(text), *place)

    with pytest.MonkeyPatch.context() as patch:
        module._in_slot.cache_clear()
        patch.setattr(module, "Overlay", Wrong)
        try:
            yield
        finally:
            module._in_slot.cache_clear()


@pytest.mark.parametrize("name", ["two sides", "EVSE ID as number", "Greek"])
def test_the_right_sign_passes(name: str) -> None:
    placard, shared, sign = case(name)
    with misdrawn(lambda text: text):
        assert render_placard(placard, shared) == sign


def test_the_phone_number_of_a_neighbour_does_not_pass() -> None:
    """Under the right code: a probe of this way to draw let this past."""
    placard, shared, _ = case("two sides")
    with misdrawn(lambda text: text.replace("0123", "0124")):
        refused(drawn_or_refused(placard, shared), '"+448081570124" where "+44 808 157 0123" should stand')


@settings(max_examples=80)
@given(st.integers(0, 20), st.integers(0, 200), st.sampled_from("0123456789AZaz"))
def test_one_wrong_character_anywhere_does_not_pass(line: int, at: int, to: str) -> None:
    placard, shared, _ = case("two sides")
    lines = drawn().wanted.lines
    right = lines[line % len(lines)].text
    wrong = swap(right, at, to)
    assume(wrong != right and right[at % len(right)] != " ")
    with misdrawn(lambda text: wrong if text == right else text):
        refused(drawn_or_refused(placard, shared))


def test_a_line_left_out_does_not_pass() -> None:
    placard, shared, _ = case("two sides")
    for line in drawn().wanted.lines:
        with misdrawn(lambda text, left_out=line.text: "" if text == left_out else text):
            refused(drawn_or_refused(placard, shared))


def test_every_value_of_its_own_is_drawn_and_proofed() -> None:
    placard = case("two sides")[0]
    read = {line.text for line in drawn().wanted.lines}
    assert {placard.phone, placard.mark, placard.typed, *(n.text for n in placard.numbers)} <= read
    assert {plug.power for plug in placard.plugs} <= read
    where = " ".join(read)
    assert all(text in where for text in (placard.name, placard.street, placard.spot))


def test_a_line_drawn_elsewhere_does_not_pass() -> None:
    made = drawn()
    for index, line in enumerate(made.wanted.lines):
        for moved in (line._replace(baseline=line.baseline + 3), line._replace(x=line.x + 3)):
            lines = [*made.wanted.lines[:index], moved, *made.wanted.lines[index + 1 :]]
            with pytest.raises(RenderError, match="does not stand where it should"):
                proof(single(made.leaf), replace(made.wanted, lines=lines), made.figures)


def test_what_is_drawn_over_a_sign_does_not_pass() -> None:
    """Another sign's lines on top of the right ones."""
    mine, other = drawn(), drawn("EVSE ID as number")
    both = replace(mine.leaf, overlay=mine.leaf.overlay + b"\n" + other.leaf.overlay)
    with pytest.raises(RenderError) as caught:
        proof(single(both), mine.wanted, mine.figures)
    assert caught.value.code == "P702"


def test_in_a_batch_only_the_wrong_sign_is_refused() -> None:
    numbers = ["1", "2", "3", "4"]
    made = plan(*(station((number, None, [plug("ccs2", 50)]), known=PAYS) for number in numbers))
    placards = [job.payload for job in made.jobs]
    assert all(isinstance(placard, Placard) for placard in placards)
    assert len({kind_key(placard) for placard in placards if isinstance(placard, Placard)}) == 1
    with misdrawn(lambda text: "7" if text == "3" else text):
        signs = render_batch(placards, made.shared)  # type: ignore[arg-type]
    assert [isinstance(sign, Sign) for sign in signs] == [True, True, False, True]
    refused(signs[2], '"7" where "3" should stand')


# ── the code ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_code_of_a_neighbour_does_not_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    placard, shared, _ = case("two sides")
    neighbour = case("no number")[0].url
    monkeypatch.setattr(module, "fit", lambda _, *size: fit(neighbour, *size))
    refused(drawn_or_refused(placard, shared), f'the code reads "{neighbour}" and not "{placard.url}"')


def test_a_code_that_cannot_be_read_does_not_pass() -> None:
    made, box = drawn(), drawn().wanted.code
    cover = Overlay(made.wanted.height_mm)
    cover.box(box.left, box.top, 40, 40, "#000000")
    over = replace(made.leaf, overlay=made.leaf.overlay + b"\n" + cover.drawn())
    with pytest.raises(RenderError, match="the code reads nothing"):
        proof(single(over), made.wanted, made.figures)


def test_another_code_over_it_does_not_pass() -> None:
    """A code for money, stuck over the one for help."""
    made, box = drawn(), drawn().wanted.code
    second = Overlay(made.wanted.height_mm)
    second.box(box.left, box.top, (box.right - box.left) / 2, box.bottom - box.top, "#ffffff")
    second.code(fit("https://pay.example.org/", 26, 0.5), box.left + 2, box.top + 2)
    both = replace(made.leaf, overlay=made.leaf.overlay + b"\n" + second.drawn())
    with pytest.raises(RenderError, match='the code reads "https://pay'):
        proof(single(both), made.wanted, made.figures)


@pytest.mark.parametrize("quiet", [0.0, 2.0, 3.9])
def test_too_little_white_does_not_pass(quiet: float) -> None:
    made = drawn()
    assert made.figures.code
    tight = replace(made.figures, code=replace(made.figures.code, quiet_modules=quiet))
    with pytest.raises(RenderError, match="too little white"):
        proof(single(made.leaf), made.wanted, tight)


@each_case
def test_quiet_zone_and_modules_as_measured_in_the_picture(name: str) -> None:
    placard, _, data = case(name)
    figures, box, dpi = data.figures, drawn(name).wanted.code, 600
    assert figures
    assert figures.code
    edges = [round(mm / 25.4 * dpi) for mm in (box.left, box.top, box.right, box.bottom)]
    card = picture_of(data, dpi).convert("L").crop(tuple(edges))  # type: ignore[arg-type]
    left, top, right, bottom = card.point(lambda value: 255 * (value < 128)).getbbox()  # type: ignore[misc]
    module_px = (right - left) / (17 + 4 * figures.code.version)
    assert module_px / dpi * 25.4 == pytest.approx(figures.code.module_mm, abs=0.01)
    assert figures.code.module_mm >= floor_mm(placard.distance_m)
    assert bottom - top == pytest.approx(right - left, abs=2)
    for margin in (left, top, card.width - right, card.height - bottom):
        assert margin >= QUIET * module_px - 2
        assert margin / module_px == pytest.approx(figures.code.quiet_modules, abs=0.1)


# ── what signs of a kind share ─────────────────────────────────────────────────────────────────────────────────────


def changed(placard: Placard, what: str) -> Placard:
    """The sign with one value changed that its kind shares."""
    if what == "steps":
        first, second, *others = placard.steps
        return replace(placard, steps=(second, first, *others))
    if what == "payments":
        return replace(placard, payments=(("Cash",), *placard.payments[1:]))
    if what == "plugs":
        return replace(placard, plugs=(replace(placard.plugs[0], name="CCS1"), *placard.plugs[1:]))
    return replace(
        placard, **{what: {"phone_hours": "8–18", "emergency": "998", "issued": "2026-11-23"}[what]}
    )


@contextmanager
def laid_out_as(change: Callable[[Placard], Placard]) -> Iterator[None]:
    """The print engine is given the values of another sign than was meant."""

    def wrong(placard: Placard, design: Any, shared: Shared, texts: Any, *more: Any, **options: Any) -> Any:
        other = change(placard)
        return lay_out(other, design, shared, slot_texts(other) if texts else None, *more, **options)

    with pytest.MonkeyPatch.context() as patch:
        module._bases.clear()
        patch.setattr(module, "lay_out", wrong)
        try:
            yield
        finally:
            module._bases.clear()


@pytest.mark.parametrize("what", ["phone_hours", "emergency", "steps", "payments", "plugs", "issued"])
def test_a_wrong_value_of_the_kind_does_not_pass(what: str) -> None:
    placard, shared, _ = case("two sides")
    with laid_out_as(lambda kind: changed(kind, what)):
        refused(drawn_or_refused(placard, shared))
    assert isinstance(drawn_or_refused(placard, shared), Sign)


OF_ITS_OWN: dict[str, dict[str, Any]] = {
    "phone": {"phone": "+44 808 157 0124"},
    "number": {"numbers": (Number("2A", "left"), Number("2C", "right"))},
    "street": {"street": "Quay Street 5, 12345 Q"},
    "spot": {"spot": "Level 2, Bays 14, 15"},
    "typed": {"typed": "help.example.com/2345678"},
    "mark": {"mark": "XYZ"},
    "url": {"url": "https://help.example.org/2345678/"},
}


@pytest.mark.parametrize("what", [*OF_ITS_OWN, "power", "payments", "emergency", "steps"])
def test_a_wrong_value_that_the_engine_sets_does_not_pass(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    placard, shared = set_by_the_engine()
    if what == "power":
        wrong = replace(placard, plugs=(replace(placard.plugs[0], power="151 kW"), *placard.plugs[1:]))
    else:
        wrong = replace(placard, **OF_ITS_OWN[what]) if what in OF_ITS_OWN else changed(placard, what)
    monkeypatch.setattr(module, "leaf_with", plain_leaf)
    with laid_out_as(lambda _: wrong):
        refused(drawn_or_refused(placard, shared))


OTHER: dict[str, Any] = {
    "langs": ("de",),
    "numbers": (Number("1", ""),),
    "steps": (),
    "plugs": (),
    "rows": (),
}


@pytest.mark.parametrize("field", [field.name for field in fields(Placard)])
def test_signs_that_differ_in_what_is_on_their_plate_share_none(field: str) -> None:
    """A plate is proofed once, against the first sign that has it: whatever stands on it must be in the key."""
    placard = case("two sides")[0]
    value = getattr(placard, field)
    other = OTHER.get(
        field, value + ("x" if isinstance(value, str) else ("x",) if isinstance(value, tuple) else 1)
    )
    changed_one = replace(placard, **{field: other})
    shown = [(kind_of(sign), sign.issued) for sign in (placard, changed_one)]
    if shown[0] != shown[1]:
        assert kind_key(placard) != kind_key(changed_one)


@pytest.mark.parametrize("field", ["name", "format", "places", "face", "view", "letters", "fill"])
def test_signs_whose_plugs_differ_share_no_plate(field: str) -> None:
    placard = case("two sides")[0]
    first = placard.plugs[0]
    value = ("x",) if isinstance(getattr(first, field), tuple) else "x"
    other = replace(placard, plugs=(replace(first, **{field: value}), *placard.plugs[1:]))
    assert kind_key(placard) != kind_key(other)


def in_design(change: Callable[[Design], Design]) -> Sign | RenderError:
    """The sign in a design that was changed."""
    placard, shared, _ = case("two sides")
    design = change(shared[placard.look])
    assert design != shared[placard.look]
    look = digest(repr(design))
    return drawn_or_refused(replace(placard, look=look), {**shared, look: design})


def test_a_missing_block_does_not_pass() -> None:
    """A template that forgets the second step."""
    made = in_design(lambda d: replace(d, template=d.template.replace("in sign.steps", "in sign.steps[:1]")))
    refused(made, "(step-1) is not on it")


def test_lines_that_overlap_do_not_pass() -> None:
    made = in_design(lambda d: replace(d, style=d.style + "#step-1 p { position: relative; top: -9rem }"))
    refused(made, "overlaps")


def test_text_over_a_slot_does_not_pass() -> None:
    made = in_design(lambda d: replace(d, style=d.style + ".hours { position: relative; top: -6rem }"))
    refused(made, "overlaps the place of phone")


# ── the file ───────────────────────────────────────────────────────────────────────────────────────────────────────


def saved(document: pypdfium2.PdfDocument) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def test_two_pages_or_another_size_do_not_pass() -> None:
    made = drawn()
    document = pypdfium2.PdfDocument(single(made.leaf))
    document.new_page(400, 400)
    with pytest.raises(RenderError, match="2 pages"):
        proof(saved(document), made.wanted, made.figures)
    document = pypdfium2.PdfDocument(single(made.leaf))
    document[0].set_mediabox(0, 0, 418, 595)
    with pytest.raises(RenderError, match=r"147\.5 × 209\.9 mm and not 148 × 210"):
        proof(saved(document), made.wanted, made.figures)


def test_a_font_that_is_not_embedded_does_not_pass() -> None:
    made = plain_leaf(*case("two sides")[:2])
    document = pypdfium2.PdfDocument(made.leaf.plate.pdf)
    raw = pypdfium2.raw
    thing = raw.FPDFPageObj_NewTextObj(document, b"Helvetica", 8.0)
    text = "x".encode("utf-16-le") + b"\0\0"
    raw.FPDFText_SetText(thing, (ctypes.c_ushort * 2).from_buffer_copy(text))
    raw.FPDFPageObj_Transform(thing, 1, 0, 0, 1, 5 / PT_MM, 5 / PT_MM)
    page = document[0]
    raw.FPDFPage_InsertObject(page, thing)
    page.gen_content()
    laid, _ = module._plain(*case("two sides")[:2])
    proof_plate(made.leaf.plate.pdf, {}, laid, {})
    with pytest.raises(RenderError, match="not embedded"):
        proof_plate(saved(document), {}, laid, {})
