"""Designs: what is chosen by fit, letters that can be read, designs of one's own, and what cannot be printed."""

from __future__ import annotations

import shutil
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from chargeside.errors import RenderError
from chargeside.findings import Findings, Severity
from chargeside.load.designs import PACKAGED, load_designs
from chargeside.model.design import FIRST_FIVE
from chargeside.render.canvas import POINTS_PER_METRE
from chargeside.render.placard import Sign, leaf_with, render_placard
from chargeside.render.press import single
from signs import (
    CASES,
    PT_MM,
    apart,
    asked,
    case,
    designs,
    drawn_or_refused,
    first_five,
    letters_large_enough,
    one,
    page_of,
    picture_of,
    plug,
    read_by_zxing,
    refusal,
    squeezed,
    station,
    text_of,
    well_set,
    within_the_page,
)
from support import line_of, location, operator_folder

STATIONS = [name for name, design in designs().items() if design.file.carries != "site"]


def test_what_is_too_small_near_the_edge_or_on_something_else_is_seen() -> None:
    """So that the tests above can fail."""
    placard, _, sign = case("two sides")
    with pytest.raises(AssertionError):
        letters_large_enough(replace(placard, distance_m=1.0), sign)
    with pytest.raises(AssertionError):
        within_the_page(replace(placard, width_mm=placard.width_mm - 10), sign)
    made = leaf_with(*case("two sides")[:2]).leaf
    apart(single(made))
    twice = made.overlay + b"\n1 0 0 1 2 2 cm\n" + made.overlay
    with pytest.raises(AssertionError):
        apart(single(replace(made, overlay=twice)))


# ── chosen by fit ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_first_five_are_in_no_list_of_what_may_go() -> None:
    for name, design in designs().items():
        stays = {*FIRST_FIVE, "emergency", "phone", "code"}
        if name != "tag":  # hangs beside a sign that has the place
            stays.add("where")
        assert not set(design.file.drops) & stays


def many_plugs(count: int) -> Any:
    plugs = [plug(f"IEC_60309_2_UNKNOWN_{number}", 22, "SOCKET") for number in range(count)]
    return station(("1", None, plugs))


def left_off(sign: Sign) -> list[str]:
    assert {code for code, _, _ in sign.warnings} <= {"P706"}
    return [message.removeprefix("left off for want of room: ") for _, message, _ in sign.warnings]


def test_the_least_worthy_go_first() -> None:
    """The more languages, the more goes; what has gone does not come back, and the first five stay."""
    worth = [
        "the ways to pay",
        "the plugs",
        "the promise that the code never asks for money",
        "the address to type",
    ]
    assert case("two sides")[2].warnings == ()
    gone = []
    for langs in (("en",), ("de", "en"), ("fr", "de", "en")):
        placard, shared = one(many_plugs(9), placards=asked("classic", "A5", langs))
        sign = render_placard(placard, shared)
        first_five(placard, sign)
        well_set(placard, sign)
        gone.append(left_off(sign))
        assert set(gone[-1]) == set(worth[: len(gone[-1])])
    assert "the plugs" in gone[0]
    for fewer, more in pairwise(gone):
        assert set(fewer) <= set(more)


def test_a_larger_sign_leaves_no_more_off() -> None:
    """At the same reading distance."""
    gone = []
    for size in ("A5", "A4"):
        placard, shared = one(many_plugs(9), placards=asked("classic", size, ("de", "en"), distance_m=0.8))
        sign = render_placard(placard, shared)
        gone.append(set(left_off(sign)))
        letters_large_enough(placard, sign)
    assert gone[1] <= gone[0]


def test_a_name_of_255_characters_is_left_off_and_said() -> None:
    placard, shared = one(station(("1", None, [plug("ccs2", 50)]), name="Very long name " * 17))
    sign = render_placard(placard, shared)
    assert left_off(sign) == ["the site's name"]
    first_five(placard, sign)
    well_set(placard, sign)


@pytest.mark.parametrize("name", ["", "  ", None])
def test_a_site_without_a_name_is_its_street(name: str | None) -> None:
    placard, shared = one(station(("1", None, [plug("ccs2", 50)]), name=name))
    sign = render_placard(placard, shared)
    assert placard.name == ""
    assert not sign.warnings
    first_five(placard, sign)


@pytest.mark.parametrize("text", ["x" * 255, "long " * 51])
def test_a_number_that_does_not_fit_is_named(text: str) -> None:
    error = refusal(station((text, None, [plug("ccs2", 50)])))
    assert error.code == "P701"
    assert "no room on the sign for the number of the charger" in str(error)
    assert text[:40] in str(error)
    assert len(str(error)) < 200


def test_an_address_that_does_not_fit_is_named() -> None:
    error = refusal(station(("1", None, [plug("ccs2", 50)]), address="Long Street " * 40))
    assert (error.code, "the address with level and bay" in str(error)) == ("P701", True)


@pytest.mark.parametrize("digits", [15, 40])
def test_a_helpline_that_does_not_fit_is_named(digits: int) -> None:
    """operator.yml refuses such a number; whoever gets past that does not get a sign."""
    placard, shared = one(CASES["two sides"][0])
    made = drawn_or_refused(replace(placard, phone=f"+{'1' * digits}"), shared)
    if digits == 15:  # the longest there is (ITU-T E.164)
        assert isinstance(made, Sign)
        assert f"+{'1' * 15}" in squeezed(text_of(made))
    else:
        assert isinstance(made, RenderError)
        assert (made.code, "the phone number" in str(made)) == ("P701", True)


def test_a_helpline_of_40_digits_is_refused_with_its_line(tmp_path: Path) -> None:
    folder = operator_folder(tmp_path, location("L1"))
    folder.edit("operator.yml", "+49 800 1234567", f"+49 {'8' * 40}")
    network, findings = folder.load()
    assert network is None
    (finding,) = findings.errors
    assert finding.code == "F108"
    assert finding.line == line_of(folder.text("operator.yml"), "8" * 40)
    assert "phone" in f"{finding.message} {finding.mend}"


@pytest.mark.parametrize(("text", "point"), [("Street \u0378 5", "U+0378"), ("\u2fe0 5", "U+2FE0")])
def test_a_character_without_a_glyph_is_named(text: str, point: str) -> None:
    error = refusal(station(("1", None, [plug("ccs2", 50)]), address=text))
    assert error.code == "P703"
    assert point in str(error)


# ── sizes and distances ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("design", STATIONS)
def test_a_size_smaller_than_its_code_needs_is_refused(design: str) -> None:
    where, values = CASES["EVSE ID as number"]
    error = refusal(where, **values, placards=asked(design, "40x40"))
    assert error.code in ("P701", "P705", "P709")


@pytest.mark.parametrize("size", ["150x220", "300x400", "1000x1400"])
def test_any_size_in_millimetres(size: str) -> None:
    placard, shared = one(CASES["two sides"][0], placards=asked("classic", size))
    sign = render_placard(placard, shared)
    width, height = map(float, size.split("x"))
    measured = [points * PT_MM for points in page_of(sign).get_size()]
    assert measured == pytest.approx([width, height], abs=0.1)
    well_set(placard, sign)
    assert read_by_zxing(picture_of(sign, 72)) == [placard.url]


def test_a_sign_to_be_read_from_too_far_is_refused() -> None:
    placard, shared = one(CASES["two sides"][0], placards=asked("classic", "A5", distance_m=3))
    made = drawn_or_refused(placard, shared)
    assert isinstance(made, RenderError)
    assert made.code in ("P701", "P705", "P709")
    assert made.mend


@pytest.mark.parametrize("distance_m", [0.5, 0.8, 1.0])
def test_letters_and_code_grow_with_the_distance(distance_m: float) -> None:
    placard, shared = one(CASES["no number"][0], placards=asked("classic", "A4", distance_m=distance_m))
    sign = render_placard(placard, shared)
    well_set(placard, sign)
    assert sign.figures
    assert sign.figures.letters_pt >= POINTS_PER_METRE * distance_m - 0.1
    assert sign.figures.code
    assert sign.figures.code.module_mm >= distance_m


def test_a_site_url_too_long_for_a_legible_code_is_named() -> None:
    error = refusal(CASES["no number"][0], site_url=f"https://example.org/{'a' * 300}/")
    assert error.code == "P705"
    assert "shorter by" in error.mend


@settings(max_examples=12, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(
    name=st.text(st.characters(codec="latin-1", exclude_categories=("C", "Z")), max_size=60),
    street=st.text("abcdefg hijk-ABC.,’é0123", min_size=1, max_size=90),
    number=st.text("0123456789ABCDE*-", max_size=20),
    design=st.sampled_from(STATIONS),
)
def test_any_text_fits_or_is_named(name: str, street: str, number: str, design: str) -> None:
    """Whatever a feed says: a proofed sign, every letter of it whole and apart, or a finding; never anything else."""
    where = station((number or None, None, [plug("ccs2", 50)]), name=name, address=street)
    placard, shared = one(where, placards=asked(design))
    made = drawn_or_refused(placard, shared)
    if isinstance(made, RenderError):
        assert made.code in ("P701", "P703"), made
        assert made.mend
    else:
        well_set(placard, made)
        assert read_by_zxing(picture_of(made)) == [placard.url]


# ── designs of one's own ───────────────────────────────────────────────────────────────────────────────────────────


def own_folder(base: Path, name: str = "classic", *, under: str = "", **replaced: tuple[str, str]) -> Path:
    """An operator's folder with a copy of a design in `designs/`, one thing changed in each file named."""
    target = base / "designs" / (under or name)
    shutil.copytree(PACKAGED / name, target)
    for file, (old, new) in replaced.items():
        path = target / {"yml": "design.yml", "template": "sign.html.jinja", "style": "style.css"}[file]
        text = path.read_text(encoding="utf-8")
        assert old in text, old
        path.write_text(text.replace(old, new), encoding="utf-8")
    return base


def test_an_own_design_wins_over_the_packaged_one(tmp_path: Path) -> None:
    findings = Findings()
    changed = ('_all("How to start")', '_all("HELP")')
    found = load_designs(own_folder(tmp_path, template=changed), findings)
    assert not list(findings)
    assert set(found) == set(designs())
    where = CASES["two sides"][0]
    texts = [text_of(render_placard(*one(where, own=own))) for own in ({}, {"classic": found["classic"]})]
    assert ["How to start" in text for text in texts] == [True, False]


def test_an_own_design_beside_the_packaged_ones(tmp_path: Path) -> None:
    findings = Findings()
    changed = ("A5: [148, 210]", "door: [160, 230]")
    found = load_designs(own_folder(tmp_path, under="my-door", yml=changed), findings)
    assert not list(findings)
    assert set(found) == {*designs(), "my-door"}
    placard, shared = one(CASES["two sides"][0], own=found, placards=asked("my-door"))
    assert placard.path == f"placards/{placard.code}.my-door-door.en.pdf"
    sign = render_placard(placard, shared)
    assert [points * PT_MM for points in page_of(sign).get_size()] == pytest.approx([160, 230], abs=0.1)
    well_set(placard, sign)


MISTAKES: dict[str, tuple[dict[str, tuple[str, str]], str, str]] = {
    "no phone": ({"template": ('slot("phone"', 'slot("typed"')}, 'slot("phone", …)', "sign.html.jinja"),
    "no code": ({"template": ("{{ code(card) }}", "")}, "code(…)", "sign.html.jinja"),
    "no number": ({"template": ('slot("number-', 'slot("mark')}, 'slot("number-0", …)', "sign.html.jinja"),
    "no mark": ({"template": ('slot("mark"', 'slot("typed"')}, 'slot("mark", …)', "sign.html.jinja"),
    "drops the helpline": ({"yml": ("drops: [", "drops: [helpline, ")}, "helpline", "design.yml"),
    "unknown key": ({"yml": ("carries: station", "carries: station\ncolour: red")}, "colour", "design.yml"),
    "no sizes": ({"yml": ("A5: [148, 210]", "A5: [148]")}, "sizes", "design.yml"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_in_a_design_is_a_finding(mistake: str, tmp_path: Path) -> None:
    changed, words, file = MISTAKES[mistake]
    findings = Findings()
    found = load_designs(own_folder(tmp_path, under="mine", **changed), findings)
    assert "mine" not in found
    assert set(found) == set(designs())
    (finding,) = findings.errors
    assert finding.code == ("F106" if mistake == "unknown key" else "P707")
    assert words in f"{finding.message} {finding.mend}"
    assert str(finding.path).endswith(f"designs/mine/{file}")
    assert finding.mend


@pytest.mark.parametrize("file", ["template", "style"])
def test_a_template_that_cannot_be_read_is_named_with_its_line(file: str, tmp_path: Path) -> None:
    old = {"template": '<div class="sheet"', "style": ".sheet {"}[file]
    folder = own_folder(tmp_path, **{file: (old, "{% if %}" + old)})
    name = {"template": "sign.html.jinja", "style": "style.css"}[file]
    text = (folder / "designs" / "classic" / name).read_text(encoding="utf-8")
    findings = Findings()
    load_designs(folder, findings)
    (finding,) = findings.errors
    assert (finding.code, finding.line) == ("P707", text[: text.index("{% if %}")].count("\n") + 1)


@pytest.mark.parametrize("missing", ["design.yml", "sign.html.jinja", "style.css"])
def test_a_file_that_is_not_there_is_a_finding(missing: str, tmp_path: Path) -> None:
    folder = own_folder(tmp_path, under="mine")
    (folder / "designs" / "mine" / missing).unlink()
    findings = Findings()
    assert "mine" not in load_designs(folder, findings)
    assert findings.errors
    assert all(missing in str(finding.path) for finding in findings.errors)


def test_a_folder_with_no_name_for_a_design_is_a_finding(tmp_path: Path) -> None:
    findings = Findings()
    load_designs(own_folder(tmp_path, under="My Design"), findings)
    assert [finding.code for finding in findings] == ["P707"]


HOSTILE = {
    "another file": "{% include '/etc/passwd' %}",
    "inheritance": "{% extends 'base' %}",
    "insides of Python": "{{ ''.__class__.__mro__ }}",
    "functions' insides": "{{ slot.__globals__ }}",
    "a long loop": "{% for i in range(10**9) %}x{% endfor %}",
    "what is not there": "{{ nothing }}",
    "a field that is not there": "{{ sign.nothing }}",
    "division": "{{ 1 / 0 }}",
    "a slot without its size": '{{ slot("mark") }}',
    "a slot of no text": '{{ slot("nothing", 10, 4, 8) }}',
    "a slot in no colour": '{{ slot("mark", 10, 4, 8, ink="red;x:url(http://x)") }}',
    "no pictogram": '{{ pictogram("nothing") }}',
    "small letters": '<p style="font-size:1rem">small</p>',
    "change of a value": "{% do sign.steps.append(1) %}",
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_design_that_does_what_it_may_not_is_refused(what: str, tmp_path: Path) -> None:
    """Found when its folder is read, or when the first sign is drawn; never a traceback, nothing is reached."""
    old = '<div class="sheet" data-flow="sheet">\n'
    folder = own_folder(tmp_path, template=(old, old + HOSTILE[what]))
    findings = Findings()
    found = load_designs(folder, findings)
    if findings.errors:
        assert [finding.code for finding in findings.errors] == ["P707"]
        return
    error = refusal(CASES["two sides"][0], own=found)
    assert error.code == "P707"
    assert "classic" in str(error)


@pytest.mark.parametrize(
    "what", ['<img src="file:///etc/hostname" alt="">', '<img src="http://127.0.0.1:9/a.png" alt="">']
)
def test_pictures_from_elsewhere_are_told_of(what: str, tmp_path: Path) -> None:
    old = '<div class="sheet" data-flow="sheet">\n'
    found = load_designs(own_folder(tmp_path, template=(old, old + what)), Findings())
    made = drawn_or_refused(*one(CASES["two sides"][0], own=found))
    assert isinstance(made, Sign)
    assert "P704" in [code for code, _, _ in made.warnings]


def test_there_is_no_such_design_or_size(tmp_path: Path) -> None:
    specs = [{"design": "clasic"}, {"design": "classic", "size": "A55"}, {"design": "tag", "size": "180x112"}]
    found = [
        finding for finding in operator_folder(tmp_path, placards=specs).check() if finding.code == "P708"
    ]
    assert [finding.severity for finding in found] == [Severity.ERROR] * 2
    assert all(finding.line for finding in found)
    assert "classic" in found[0].mend
    assert "A5" in found[1].mend
