"""Connector files and their drawings. Expected sizes are those of the facts sheet and its sources, not of the files."""

from __future__ import annotations

import gzip
import math
import re
import xml.etree.ElementTree as ET
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from chargeside.load.content import content_root
from chargeside.model.connector import Circle, ConnectorType, Face, FlatCircle, Oblong
from chargeside.render.faces import face_svg, label_svg

FOLDER = content_root() / "connectors"


def _raw(slug: str) -> dict[str, Any]:
    raw: dict[str, Any] = yaml.safe_load((FOLDER / f"{slug}.yml").read_text(encoding="utf-8"))
    return raw | {"slug": slug}


ALL = {path.stem: ConnectorType.model_validate(_raw(path.stem)) for path in sorted(FOLDER.glob("*.yml"))}
EXAMPLES = [(slug, number) for slug, connector in ALL.items() for number in range(len(connector.examples))]
VIEWS = [(slug, view) for slug, connector in ALL.items() for view in connector.looks]

each = pytest.mark.parametrize("connector", ALL.values(), ids=ALL)


def _draw(slug: str, number: int) -> str:
    example = ALL[slug].examples[number]
    return face_svg(ALL[slug], prefix="x", view=example.view, letter=example.letter, scale=example.scale)


# --- the files ------------------------------------------------------------------------------------------------------


def test_the_eight_connectors_are_there() -> None:
    assert set(ALL) >= {"type1", "type2", "ccs1", "ccs2", "chademo", "nacs", "gbt_ac", "gbt_dc"}


def test_an_ocpi_value_means_one_connector() -> None:
    values = [value.upper() for connector in ALL.values() for value in connector.ocpi]
    assert len(values) == len(set(values))


def test_ocpi_values_are_those_of_ocpi() -> None:
    assert {slug: set(connector.ocpi) for slug, connector in ALL.items()} == {
        "type1": {"IEC_62196_T1"},
        "type2": {"IEC_62196_T2"},
        "ccs1": {"IEC_62196_T1_COMBO"},
        "ccs2": {"IEC_62196_T2_COMBO"},
        "chademo": {"CHADEMO"},
        "nacs": {"SAE_J3400", "TESLA_S"},
        "gbt_ac": {"GBT_AC"},
        "gbt_dc": {"GBT_DC"},
    }


def test_labels_are_only_the_sourced_ones() -> None:
    # Letter, who carries it and voltage, after facts sheet section 2; N and O are unconfirmed there.
    labels = {
        (slug, label.letter, label.range["en"], label.fills)
        for slug, connector in ALL.items()
        for label in connector.labels
    }
    assert labels == {
        ("type1", "B", "AC, up to 250 V", ("vehicle",)),
        ("type2", "C", "AC, up to 480 V", ("vehicle", "station")),
        ("ccs2", "K", "DC, 50 to 500 V", ("vehicle",)),
        ("ccs2", "L", "DC, 200 to 920 V", ("vehicle",)),
        ("chademo", "M", "DC, 50 to 500 V", ("vehicle",)),
    }


def test_look_alikes_exist_and_know_of_each_other() -> None:
    pairs = {(slug, other.connector) for slug, connector in ALL.items() for other in connector.look_alikes}
    assert {other for _, other in pairs} <= set(ALL)
    assert pairs == {(other, slug) for slug, other in pairs}


def test_who_holds_the_plug() -> None:
    by_holder = {
        holder: {slug for slug, c in ALL.items() if c.latch == holder} for holder in ("car", "plug", "none")
    }
    assert by_holder == {
        "car": {"type2", "ccs2", "nacs"},
        "plug": {"type1", "ccs1", "chademo", "gbt_ac", "gbt_dc"},
        "none": set(),
    }


@each
def test_the_driver_stops_first_and_never_forces(connector: ConnectorType) -> None:
    release = connector.release.text["en"]
    assert release.startswith("Stop charging")
    assert not re.search(r"twist|pry|force|jiggle|reset|open the", release, re.IGNORECASE)


# --- geometry -------------------------------------------------------------------------------------------------------

SIZES = {  # width and height over all, mm
    "type1": (43.8, 46.6),
    "type2": (60, 53),
    "ccs1": (62.3, 83.1),
    "ccs2": (62.3, 88.7),
    "chademo": (70, 70),
    "nacs": (41.5, 35.1),
    "gbt_ac": (50, 43),
    "gbt_dc": (63.6, 58.6),
}

NUMBERS = {  # contacts in the plug
    "type1": 5,
    "type2": 7,
    "ccs1": 5,
    "ccs2": 5,
    "chademo": 10,
    "nacs": 5,
    "gbt_ac": 7,
    "gbt_dc": 9,
}

PITCHES = {  # distance of the two power contacts of a row, mm
    "type1": 15.7,
    "ccs1": 26,
    "ccs2": 26,
    "chademo": 31.2,
    "nacs": 21.5,
    "gbt_dc": 32.2,
}


@pytest.mark.parametrize("slug", SIZES)
def test_size_over_all(slug: str) -> None:
    face = ALL[slug].face
    left, bottom, right, top = face.bounds
    assert (right - left, top - bottom) == pytest.approx(SIZES[slug], abs=2 * face.tolerance_mm)


@pytest.mark.parametrize("slug", NUMBERS)
def test_number_of_contacts(slug: str) -> None:
    assert len([contact for contact in ALL[slug].face.contacts if contact.kind != "empty"]) == NUMBERS[slug]


@pytest.mark.parametrize("slug", PITCHES)
def test_distance_of_the_power_contacts(slug: str) -> None:
    face = ALL[slug].face
    left, right = sorted(contact.x for contact in face.contacts if contact.kind == "power")
    assert right - left == pytest.approx(PITCHES[slug], abs=face.tolerance_mm)


@each
def test_left_and_right_are_alike(connector: ConnectorType) -> None:
    def places(sign: int) -> set[tuple[float, ...]]:
        return {
            (
                round(sign * contact.x, 2),
                contact.y,
                contact.d_contact,
                contact.d_sleeve,
                contact.kind == "empty",
            )
            for contact in connector.face.contacts
        }

    assert places(1) == places(-1)


@each
def test_contacts_stand_apart_and_inside(connector: ConnectorType) -> None:
    contacts = connector.face.contacts
    for number, one in enumerate(contacts):
        assert connector.face.contains(one.x, one.y)
        for other in contacts[number + 1 :]:
            apart = math.hypot(one.x - other.x, one.y - other.y)
            # Tubes may touch within the tolerance of the trace; metal never.
            assert apart >= (one.d_sleeve + other.d_sleeve) / 2 - 2 * connector.face.tolerance_mm
            assert apart > (one.d_contact + other.d_contact) / 2 + 1


def test_type_2_is_a_hexagon_around_the_earth_contact() -> None:
    contacts = {contact.name: contact for contact in ALL["type2"].face.contacts}
    for name in ("N", "L1", "L2", "L3"):
        assert math.hypot(contacts[name].x, contacts[name].y) == pytest.approx(15.2, abs=0.5)
    assert (contacts["PE"].x, contacts["PE"].y) == (0, 0)


@pytest.mark.parametrize(("combo", "top"), [("ccs1", "type1"), ("ccs2", "type2")])
def test_the_upper_part_of_a_combo_is_its_ac_plug(combo: str, top: str) -> None:
    upper = {(c.name, c.x, c.y) for c in ALL[combo].face.contacts if not c.name.startswith("DC")}
    assert upper == {(c.name, c.x, c.y) for c in ALL[top].face.contacts}
    free = {contact.name for contact in ALL[combo].face.contacts if contact.kind == "empty"}
    assert free == {contact.name for contact in ALL[top].face.contacts if contact.kind == "power"}


def test_gbt_ac_has_the_other_gender_of_type_2() -> None:
    assert (ALL["type2"].face.plug_has, ALL["gbt_ac"].face.plug_has) == ("holes", "pins")


SHAPES = [
    Circle(shape="circle", x=1, d=30),
    FlatCircle(shape="flat_circle", d=59, flat=23.1, corner=10.1),
    FlatCircle(shape="flat_circle", y=-3.6, d=41.5, flat=14.35, corner=9.4, crown=60),
    Oblong(shape="oblong", y=2, width=62.3, height=36.5),
    Oblong(shape="oblong", width=8, height=20, corner=1),
]


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@given(x=st.floats(-50, 50), y=st.floats(-50, 50))
def test_shapes_lie_in_their_box_and_in_themselves_grown(
    shape: Circle | FlatCircle | Oblong, x: float, y: float
) -> None:
    left, bottom, right, top = shape.bounds
    if shape.contains(x, y):
        assert left - 0.01 <= x <= right + 0.01
        assert bottom - 0.01 <= y <= top + 0.01
        assert shape.grown(2).contains(x, y)


def test_a_flat_circle_is_a_circle_without_its_top_and_its_corners() -> None:
    shape = FlatCircle(shape="flat_circle", d=60, flat=20, corner=5)
    assert shape.contains(0, 19.9)
    assert not shape.contains(0, 20.1)
    assert shape.contains(0, -29.9)
    corner = math.sqrt(30**2 - 20**2)  # where circle and flat would meet
    assert not shape.contains(corner - 0.3, 19.7)
    assert shape.contains(corner - 4, 19.7)


# --- mistakes in a file ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"colour": "black"}, "Extra inputs are not permitted"),
        ({"ocpi": []}, "at least 1 item"),
        ({"name": {"de": "Typ 2"}}, "has no English text"),
        ({"latch": "magnet"}, "latch"),
        ({"examples": [{"view": "plug", "letter": "K"}]}, "asks for the letter K"),
        ({"looks": {"plug": {"en": "Round."}}}, "asks for the view inlet"),
        ({"looks": {"inlet": {"en": "Round."}}}, "says nothing of the plug"),
        (
            {"release": {"text": {"en": "Stop charging."}, "acts": ["stop"], "source": ["hearsay"]}},
            "source hearsay is cited",
        ),
        ({"look_alikes": [{"connector": "type2", "tell": {"en": "No way."}}]}, "looks like itself"),
    ],
)
def test_a_mistake_is_named(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        ConnectorType.model_validate(_raw("type2") | change)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"x": 29}, "contact PE stands out of the outline"),
        ({"name": "CP"}, "contact CP is there twice"),
        ({"d_contact": 13}, "d_sleeve is smaller than d_contact"),
        ({"d_contact": -1}, "greater than 0"),
    ],
)
def test_a_contact_that_cannot_be_is_refused(change: dict[str, Any], message: str) -> None:
    face = _raw("type2")["face"]
    face["contacts"][3] |= change
    with pytest.raises(ValidationError, match=message):
        Face.model_validate(face)


@pytest.mark.parametrize("change", [{"corner": 40}, {"flat": 31}, {"flat": -31}, {"crown": 20}], ids=str)
def test_an_outline_that_cannot_be_drawn_is_refused(change: dict[str, float]) -> None:
    with pytest.raises(ValidationError):
        FlatCircle.model_validate({"shape": "flat_circle", "d": 60, "flat": 20, "corner": 5} | change)


# --- the drawings ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("slug", "number"), EXAMPLES)
def test_every_example_is_clean_svg(slug: str, number: int) -> None:
    svg = ET.fromstring(_draw(slug, number))
    allowed = {"svg", "title", "desc", "g", "path", "use", "rect", "text"}
    for element in svg.iter():
        assert element.tag in allowed
        for name, value in element.attrib.items():
            assert name != "style"
            assert not name.startswith("on")
            assert name != "href" or value.startswith("#x-")
    assert svg.get("role") == "img"
    ids = {element.get("id"): element for element in svg.iter() if element.get("id")}
    assert all((ids[name].text or "").strip() for name in (svg.get("aria-labelledby") or "").split())
    assert all(str(name).startswith("x-") for name in ids)
    assert "nan" not in ET.tostring(svg, encoding="unicode")


@pytest.mark.parametrize(("slug", "view"), VIEWS)
def test_drawings_are_small(slug: str, view: Any) -> None:
    svg = face_svg(ALL[slug], prefix=slug, view=view)
    assert len(svg.encode()) <= 1500
    assert len(gzip.compress(svg.encode())) <= 640


def test_all_eight_plugs_together_fit_a_page() -> None:
    plugs = "".join(face_svg(connector, prefix=slug) for slug, connector in ALL.items())
    assert len(gzip.compress(plugs.encode())) <= 2500


@pytest.mark.parametrize(("slug", "view"), VIEWS)
def test_everything_drawn_lies_in_the_view(slug: str, view: Any) -> None:
    svg = ET.fromstring(face_svg(ALL[slug], prefix="x", view=view))
    left, top, width, height = (float(number) for number in svg.attrib["viewBox"].split())
    face_left, face_bottom, face_right, face_top = ALL[slug].face.bounds
    assert left <= face_left
    assert face_right <= left + width
    assert top <= -face_top
    assert -face_bottom <= top + height


def test_drawings_are_to_scale_with_one_another() -> None:
    for slug, connector in ALL.items():
        svg = ET.fromstring(face_svg(connector, prefix="x", scale=0.5))
        width, height = svg.attrib["viewBox"].split()[2:]
        assert float(svg.attrib["width"].removesuffix("mm")) == pytest.approx(float(width) / 2, abs=0.1), slug
        assert float(svg.attrib["height"].removesuffix("mm")) == pytest.approx(float(height) / 2, abs=0.1), (
            slug
        )


def test_size_can_be_pixels_or_left_to_the_page() -> None:
    assert 'px"' in face_svg(ALL["type1"], prefix="x", scale=2, unit="px")
    assert " width=" not in face_svg(ALL["chademo"], prefix="x", scale=None)
    assert 'class="plug"' in face_svg(ALL["type1"], prefix="x", css_class="plug")


@each
def test_plug_and_inlet_differ(connector: ConnectorType) -> None:
    pin = 'stroke="#bbb"><path'
    drawings = {view: face_svg(connector, prefix="x", view=view) for view in connector.looks}
    assert len(set(drawings.values())) == len(drawings)
    assert pin in drawings["inlet"]


def test_the_inlet_has_the_contacts_that_a_combo_plug_leaves_out() -> None:
    def discs(svg: str, colour: str) -> int:
        group = next(g for g in ET.fromstring(svg).iter("g") if g.get("stroke") == colour)
        return sum(str(path.get("d")).count("h0") for path in group)

    ccs2 = ALL["ccs2"]
    assert discs(face_svg(ccs2, prefix="x"), "#000") == 5  # bores
    assert discs(face_svg(ccs2, prefix="x", view="inlet"), "#bbb") == 9  # pins


def test_texts_can_be_replaced_and_are_escaped() -> None:
    svg = face_svg(ALL["type2"], prefix="x", title="Fiche <Type 2>", desc="a & b")
    root = ET.fromstring(svg)
    assert root.findtext("title") == "Fiche <Type 2>"
    assert root.findtext("desc") == "a & b"
    assert ET.fromstring(face_svg(ALL["type2"], prefix="x", lang="fr")).findtext("title") == "Type 2"


def test_a_letter_stands_beside_the_drawing_in_the_colour_of_the_accessory() -> None:
    plug = face_svg(ALL["type2"], prefix="x", letter="C")
    socket = face_svg(ALL["type2"], prefix="x", letter="C", view="socket")
    assert ET.fromstring(plug).findtext("text") == "C"
    assert 'fill="#fff" font-family' in plug
    assert 'fill="#000" font-family' in socket


@pytest.mark.parametrize(
    ("slug", "letter", "view"), [("chademo", "N", "plug"), ("type1", "C", "plug"), ("nacs", "A", "plug")]
)
def test_a_letter_that_is_not_its_own_is_refused(slug: str, letter: str, view: Any) -> None:
    with pytest.raises(ValueError, match="carries no label"):
        face_svg(ALL[slug], prefix="x", letter=letter, view=view)


def test_a_view_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="has no view"):
        face_svg(ALL["ccs2"], prefix="x", view="socket")


def test_labels() -> None:
    for fill in ("vehicle", "station"):
        svg = ET.fromstring(label_svg("C", fill, prefix="l"))
        assert svg.findtext("text") == "C"
        assert float(svg.attrib["height"].removesuffix("mm")) == 30  # EN 17186: at least 30 mm across
    assert label_svg("C", "vehicle", prefix="l") != label_svg("C", "station", prefix="l")


def test_a_file_of_its_own_has_the_namespace() -> None:
    svg = face_svg(ALL["nacs"], prefix="x", standalone=True)
    assert ET.fromstring(svg).tag == "{http://www.w3.org/2000/svg}svg"


def test_same_connector_same_bytes() -> None:
    again = ConnectorType.model_validate(_raw("ccs2"))
    assert face_svg(again, prefix="x") == face_svg(ALL["ccs2"], prefix="x")
