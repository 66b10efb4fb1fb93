"""kits.yml: which chargers a rule selects, what it sets and tells, and what drivers are shown of it."""

from __future__ import annotations

import gzip
import io
import re
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from chargeside.explain import explain
from chargeside.findings import Findings
from chargeside.load.photo import MAX_BYTES, MAX_SIDE, load_photo
from chargeside.model.condition import parse_condition
from chargeside.model.facts import START_WAYS, Fact, Facts, Origin, merge, settle_orders
from chargeside.model.network import Network
from chargeside.plan.driver import plan_driver
from chargeside.plan.jobs import Plan
from chargeside.plan.placards import plan_placards
from chargeside.plan.start_steps import start_steps
from chargeside.render.driver import BUDGET, RENDERERS
from support import Folder, connector, evse, found, location, operator_folder, shared_content, socket

HERE = Origin("kits", "op/kits.yml", 1)
TIME_OF_ALL = {"payment": {"contactless": "yes", "app": "yes"}}


def kits(folder: Folder, *rules: dict[str, Any]) -> Folder:
    """Write kits.yml and give new stations their codes."""
    named = [{"name": f"rule {number}", **deepcopy(rule)} for number, rule in enumerate(rules)]
    folder.write("kits.yml", yaml.safe_dump({"kits": named}, allow_unicode=True, sort_keys=False))
    return folder


def site(*evses: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return location("L1", *evses, **changes)


# ── Which chargers a rule selects ────────────────────────────────────────────────────────────────────────────────────

# fmt: off
MATCHES = [
    pytest.param({"max_power_kw": 22}, {"B"}, id="up to"),
    pytest.param({"max_power_kw": 150}, {"A", "B"}, id="up to and with"),
    pytest.param({"min_power_kw": 23, "max_power_kw": 150}, {"A"}, id="between"),
    pytest.param({"min_power_kw": 1}, {"A", "B"}, id="power that nobody knows is not matched"),
    pytest.param({"vendor": "Example"}, {"A", "B"}, id="vendor"),
    pytest.param({"vendor": "example charge"}, {"B"}, id="vendor of two words in any case"),
    pytest.param({"vendor": "Exam"}, set(), id="vendor is whole words"),
    pytest.param({"vendor": "Example", "hardware": "Example HPC*"}, {"A"}, id="vendor and model"),
    pytest.param({"payment": ["contactless"]}, {"A"}, id="a way to pay"),
    pytest.param({"payment": ["cash", "rfid"]}, {"B"}, id="any of the ways"),
    pytest.param({"payment": ["web"]}, set(), id="a way that nobody knows of"),
]
# fmt: on


@pytest.mark.parametrize(("match", "selected"), MATCHES)
def test_what_a_rule_selects(tmp_path: Path, match: dict[str, Any], selected: set[str]) -> None:
    folder = operator_folder(
        tmp_path,
        site(
            evse("A", chargeside={"hardware": "Example HPC 150", "payment": {"contactless": "yes"}}),
            evse("B", socket(), chargeside={"hardware": "Example Charge Post", "payment": {"rfid": "yes"}}),
            evse("C", connector(max_electric_power=None, max_voltage=None, max_amperage=None)),
        ),
    )
    kits(folder, {"match": match, "facts": {"display": "yes"}})
    with_display = {
        point.evse.uid
        for station in folder.network().stations
        for point in station.points
        if point.facts.get("display") == "yes"
    }
    assert with_display == selected


# ── Start order per way to pay ───────────────────────────────────────────────────────────────────────────────────────


def facts(**values: str) -> Facts:
    """Facts as they are after all layers; `_` stands for the dot."""
    layers = {name.replace("__", "."): Fact(value, HERE) for name, value in values.items()}
    settle_orders(layers)
    return Facts(layers)


PAID = {"payment__contactless": "yes", "payment__app": "yes"}


def test_an_order_per_way_is_told_per_way(tmp_path: Path) -> None:
    folder = operator_folder(tmp_path, site(evse("A")), defaults={"start_order": "auth_first", **TIME_OF_ALL})
    kits(folder, {"facts": {"start_order": {"app": "plug_first"}}})
    (station,) = folder.network().stations
    assert station.facts.order_of("app") == "plug_first"
    assert station.facts.order_of("contactless") == "auth_first"
    assert station.facts.text("start_order") == "unknown"
    lines = [" ".join(line.split()) for line in explain(station)]
    assert "start_order depends on the way to pay, see below" in lines
    assert "start_order.app plug_first kits (op/kits.yml:5)" in lines
    assert any(
        re.fullmatch(r"start_order.chip auth_first defaults \(op/operator.yml:\d+\)", one) for one in lines
    )


def test_one_order_for_all_ways_takes_back_those_of_single_ways_below(tmp_path: Path) -> None:
    folder = operator_folder(tmp_path, site(evse("A"), evse("B")), defaults=TIME_OF_ALL)
    kits(folder, {"facts": {"start_order": {"app": "plug_first", "contactless": "auth_first"}}})
    folder.write("overrides.csv", "evse,start_order\nB,any\n")
    by_uid = {s.points[0].evse.uid: s.facts for s in folder.network().stations}
    assert by_uid["A"].order_of("app") == "plug_first"
    assert {by_uid["B"].order_of(way) for way in START_WAYS} == {"any"}
    assert by_uid["B"].text("start_order") == "any"


def test_only_ways_that_work_decide_the_order_of_the_charger() -> None:
    differing = {"start_order__contactless": "auth_first", "start_order__app": "plug_first"}
    assert facts(**differing, payment__app="yes").text("start_order") == "plug_first"
    assert facts(**differing, **PAID).text("start_order") == "unknown"
    loose = {**differing, "start_order__contactless": "any"}
    assert facts(**loose, **PAID).text("start_order") == "plug_first"


CONDITIONS = [
    ("start_order=auth_first and payment=contactless|chip", True),
    ("start_order=plug_first|any|unknown and payment=contactless|chip", False),
    ("start_order=plug_first|any|unknown and payment=app|web", True),
    ("start_order=auth_first and payment=app|web", False),
    ("start_order=auth_first and payment=rfid", False),
    ("start_order=unknown", True),
    ("start_order=auth_first", False),
]


@pytest.mark.parametrize(("condition", "holds"), CONDITIONS)
def test_a_condition_asks_for_the_order_of_the_ways_it_names(condition: str, holds: bool) -> None:
    differing = facts(start_order__contactless="auth_first", start_order__app="plug_first", **PAID)
    assert parse_condition(condition).holds(differing) is holds


ORDERS = st.sampled_from(["plug_first", "auth_first", "any", "unknown"])


@given(st.dictionaries(st.sampled_from(START_WAYS), ORDERS), ORDERS, st.sets(st.sampled_from(START_WAYS)))
@settings(max_examples=150)
def test_no_way_is_given_an_order_it_does_not_have(
    by_way: dict[str, str], whole: str, paid: set[str]
) -> None:
    made = facts(
        start_order=whole,
        **{f"start_order__{way}": order for way, order in by_way.items()},
        **{f"payment__{way}": "yes" for way in paid},
    )
    for way in START_WAYS:
        assert made.order_of(way) == by_way.get(way, whole)
    told = made.text("start_order")
    if told != "unknown":
        assert {made.order_of(way) for way in paid or START_WAYS} <= {told, "any"}
    for clause in ("auth_first", "plug_first", "any", "unknown"):
        condition = parse_condition(f"start_order={clause} and payment={'|'.join(START_WAYS)}")
        assert condition.holds(made) is any(made.order_of(way) == clause for way in paid)


@given(
    st.lists(st.tuples(st.dictionaries(st.sampled_from(START_WAYS), ORDERS), ORDERS), min_size=1, max_size=3)
)
@settings(max_examples=100)
def test_a_cabinet_promises_only_orders_that_hold_on_all_its_sides(
    sides: list[tuple[dict[str, str], str]],
) -> None:
    every = [
        facts(
            start_order=whole, payment__app="yes", **{f"start_order__{way}": o for way, o in by_way.items()}
        )
        for by_way, whole in sides
    ]
    merged = merge(every)
    for way in START_WAYS:
        if merged.order_of(way) != "unknown":
            assert {side.order_of(way) for side in every} == {merged.order_of(way)}


STEPS = [
    pytest.param({"contactless": "auth_first", "app": "plug_first"}, ("tap", "then plug in"), ("plug-in", "Or plug in, then start in the app"), id="card first"),
    pytest.param({"contactless": "plug_first", "app": "auth_first"}, ("plug-in", "Plug in, then tap"), ("app", "Or start in the app, then plug in"), id="plug first"),
    pytest.param({"contactless": "auth_first", "app": "unknown"}, ("tap", "then plug in"), ("app", "in the order the charger shows"), id="one unknown"),
]  # fmt: skip


@pytest.mark.parametrize(("orders", "first", "second"), STEPS)
def test_start_steps_say_both_orders(
    orders: dict[str, str], first: tuple[str, str], second: tuple[str, str]
) -> None:
    made = facts(**{f"start_order__{way}": order for way, order in orders.items()}, **PAID)
    steps = start_steps(made)
    assert len(steps) == 3
    for step, (pictogram, words) in zip(steps, (first, second), strict=False):
        assert step.pictogram == pictogram
        assert words in step.text


def test_page_and_sign_say_the_same_steps(tmp_path: Path) -> None:
    folder = operator_folder(tmp_path, site(evse("A")), defaults=TIME_OF_ALL)
    kits(folder, {"facts": {"start_order": {"contactless": "auth_first", "app": "plug_first"}}})
    network = folder.network()
    pages = rendered(network)
    (sign,) = [job.payload for job in plan_placards(network, "2026-11-22").jobs]
    for step in sign.steps:  # type: ignore[attr-defined]
        assert step.texts[0] in pages[station_path(network)]
    assert "What comes first depends on how you pay." in pages[station_path(network)]
    pay = topic(pages, "pay")
    # The plug comes behind the card, and before the app.
    by_way = pay.split("<h2")[1:]
    card, app = (next(one for one in by_way if name in one) for name in ("Contactless", "App"))
    assert card.index("flat against the reader") < card.index("Push the plug")
    assert app.index("Push the plug") < app.index("Choose your plug and start")


# ── Lights, codes, speed notes ───────────────────────────────────────────────────────────────────────────────────────


def rendered(network: Network) -> dict[str, str]:
    """Pages by path."""
    plan: Plan = plan_driver(network)
    return {
        job.path: RENDERERS[job.kind](job.payload, plan.shared).decode()
        for job in plan.jobs
        if job.kind in ("driver.station", "driver.topic", "driver.guide")
    }


def station_path(network: Network) -> str:
    return f"site/{network.stations[0].code}/index.html"


def topic(pages: dict[str, str], name: str) -> str:
    """The page on a topic that the station without a notice links to."""
    (station,) = [text for text in pages.values() if 'id="s-start"' in text]
    match = re.search(rf'href="\.\./(g/en/{name}/[^"?]+)', station)
    assert match
    return pages[f"site/{match[1]}index.html"]


TELLING: dict[str, Any] = {
    "leds": [{"light": "Steady blue", "means": "Free: plug in"}],
    "codes": [
        {
            "shown": "E-17 <b>",
            "means": {"en": "Lost contact", "de": "Kein Kontakt"},
            "problem": "communication-error",
        },
        {"shown": "EVCommunicationError", "means": "Call us & wait", "problem": "call"},
    ],
    "speed_note": {"de": "Zwei Autos teilen 150 kW", "en": "Two cars share 150 kW"},
}


def test_what_drivers_are_shown(tmp_path: Path) -> None:
    folder = kits(operator_folder(tmp_path, site(evse("A"))), TELLING)
    network = folder.network()
    pages = rendered(network)
    codes, speed, station = topic(pages, "codes"), topic(pages, "speed"), pages[station_path(network)]
    for page in (codes, speed, station):
        assert len(gzip.compress(page.encode(), 9)) <= BUDGET
    assert codes.index("Steady blue") < codes.index("Free: plug in") < codes.index("E-17 &lt;b&gt;")
    assert "Lost contact" in codes
    assert "Kein Kontakt" not in codes
    assert re.search(
        r'href="[./]*g/en/communication-error/de-[0-9a-f]{8}/"><span><b><span translate="no">E-17', codes
    )
    # What the operator says of a code wins over what the field says of it.
    assert codes.count("EVCommunicationError") == 1
    assert re.search(r'href="tel:\+498001234567"><span><b><span translate="no">EVCommunicationError<', codes)
    assert "Call us &amp; wait" in codes
    assert "Two cars share 150 kW" in speed
    assert "Two cars share 150 kW" in station
    assert "Lights and messages" in station


def test_a_text_in_another_language_than_the_page_says_so(tmp_path: Path) -> None:
    folder = kits(
        operator_folder(tmp_path, site(evse("A"))), {"speed_note": {"de": "Zwei Autos teilen 150 kW"}}
    )
    assert '<span lang="de">Zwei Autos teilen 150 kW</span>' in topic(rendered(folder.network()), "speed")


def test_stations_alike_share_the_pages_and_others_do_not_get_them(tmp_path: Path) -> None:
    folder = operator_folder(tmp_path, *(location(f"L{n}", evse(f"E{n}")) for n in range(3)))
    plain = plan_driver(folder.network())
    kits(folder, {"match": {"location": "L0"}, **TELLING}, {"match": {"location": "L1"}, **TELLING})
    told = plan_driver(folder.network())
    new = {job.path for job in told.jobs} - {job.path for job in plain.jobs}
    assert sorted(path.split("/")[3] for path in new if "/g/" in path) == ["all", "codes", "speed"]
    before = {job.path: job.fingerprint("") for job in plain.jobs}
    changed = {
        job.path for job in told.jobs if job.path in before and job.fingerprint("") != before[job.path]
    }
    codes = {station.location.id: station.code for station in folder.network().stations}
    assert changed == {f"site/{codes[name]}/index.html" for name in ("L0", "L1")}


def test_a_changed_text_is_a_new_variant(tmp_path: Path) -> None:
    folder = kits(operator_folder(tmp_path, site(evse("A"))), TELLING)
    one = {job.path for job in plan_driver(folder.network()).jobs}
    folder.edit("kits.yml", "Free: plug in", "Free")
    other = {job.path for job in plan_driver(folder.network()).jobs}
    assert {path.split("/")[3] for path in one ^ other if "/g/" in path} == {"codes"}


def test_later_rules_win_code_by_code(tmp_path: Path) -> None:
    more = {"codes": [{"shown": "e-17 <B>", "means": "Anew", "problem": "call"}], "leds": []}
    folder = kits(
        operator_folder(tmp_path, site(evse("A"))), TELLING, more, {"match": {"location": "L2"}, "leds": []}
    )
    (station,) = folder.network().stations
    (notes,) = {point.notes for point in station.points}
    assert [(code.shown, code.problem) for code in notes.codes] == [
        ("e-17 <B>", "call"),
        ("EVCommunicationError", "call"),
    ]
    assert len(notes.leds) == 1


def test_most_codes_that_are_allowed_still_fit(tmp_path: Path) -> None:
    guides = " ".join(
        guide.steps[-1].text for problem in shared_content().problems.values() for guide in problem.guides
    )
    codes = [
        {
            "shown": f"ERR-{n * 7919 % 10_000:04}",
            "means": guides[n * 37 % (len(guides) - 120) :][:120].strip(),
            "problem": ["call", "communication-error", "card-declined"][n % 3],
        }
        for n in range(60)
    ]
    leds = [
        {"light": f"Light {n} blinks {n} times", "means": f"Meaning number {n} in a few words"}
        for n in range(12)
    ]
    folder = kits(operator_folder(tmp_path, site(evse("A"))), {"codes": codes, "leds": leds})
    page = topic(rendered(folder.network()), "codes")
    assert page.count(">ERR-") == 60
    assert len(gzip.compress(page.encode(), 9)) <= BUDGET


def test_a_code_may_name_a_problem_that_is_not_listed_for_the_charger(tmp_path: Path) -> None:
    folder = operator_folder(tmp_path, site(evse("A", chargeside={"payment": {"app": "yes"}})))
    here = folder.network().stations[0].facts
    slug = next(s for s, problem in shared_content().problems.items() if not problem.applies_to.holds(here))
    shown = {"codes": [{"shown": "E1", "means": "Lost", "problem": slug}]}
    kits(folder, shown)
    assert f'g/en/{slug}/"><span><b><span translate="no">E1<' in topic(rendered(folder.network()), "codes")


def test_what_holds_on_one_side_says_which(tmp_path: Path) -> None:
    folder = operator_folder(
        tmp_path, site(evse("A"), evse("B", socket())), defaults={"start_order": "auth_first"}
    )
    folder.write(
        "overrides.csv",
        "evse,cabinet,side,payment.contactless,payment.app\nA,1,left,yes,yes\nB,1,right,no,yes\n",
    )
    folder.issue()
    kits(folder, {"match": {"current": "DC"}, **TELLING})
    network = folder.network()
    pages = rendered(network)
    station = pages[station_path(network)]
    assert "Two cars share 150 kW</span> <small>(left)</small>" in topic(pages, "speed")
    assert re.search(r"<h3>Left</h3>\s*<dl[^>]*>\s*<dt><span>Steady blue</span>", topic(pages, "codes"))
    # The top says what is true of both; each side has its own.
    top, left, right = (station.index(mark) for mark in ('id="s-start"', 'id="side-1"', 'id="side-2"'))
    assert top < left < right
    assert "Tap your bank card" not in station[:left]
    assert "Tap your bank card" in station[left:right]
    assert "Does not work here: Contactless" in station[right:]
    assert station.count('href="#side-1"') == 1
    assert re.search(r"EVSE ID \(left\)</dt><dd>DE\*GTS\*A<", station)
    assert "Contactless card or phone <small>(left)</small>" in topic(pages, "pay")


def test_sides_that_do_not_differ_are_not_asked_for(tmp_path: Path) -> None:
    folder = operator_folder(tmp_path, site(evse("A"), evse("B", physical_reference="9")))
    folder.write("overrides.csv", "evse,cabinet,side\nA,1,left\nB,1,right\n")
    folder.issue()
    network = folder.network()
    assert 'id="side-1"' not in rendered(network)[station_path(network)]


def test_notes_are_explained(tmp_path: Path) -> None:
    folder = kits(operator_folder(tmp_path, site(evse("A"))), TELLING)
    (station,) = folder.network().stations
    lines = [" ".join(line.split()) for line in explain(station)]
    assert "leds 1 light(s) kits (op/kits.yml:3)" in lines
    assert any(line.startswith("codes E-17 <b>, EVCommunicationError kits (op/kits.yml:") for line in lines)
    assert any("Two cars share 150 kW" in line and "kits (op/kits.yml:" in line for line in lines)


# ── Emergency stop ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_reset_is_released_for_the_hardware_that_is_named_and_no_other(tmp_path: Path) -> None:
    alpha, beta = {"hardware": "Alpha 50"}, {"hardware": "Beta 50"}
    folder = operator_folder(tmp_path, site(evse("A", chargeside=alpha), evse("B", chargeside=beta)))
    kits(
        folder,
        {
            "match": {"hardware": "Alpha*"},
            "emergency_stop_reset": {"released_by": "Head of safety", "date": "2026-10-01"},
        },
    )
    held = {s.points[0].evse.uid: s.facts.text("emergency_stop_reset") for s in folder.network().stations}
    assert held == {"A": "released", "B": "unknown"}
    released = parse_condition("emergency_stop_reset=released")
    assert [released.holds(s.facts) for s in folder.network().stations].count(True) == 1
    folder.write(
        "kits.yml", folder.text("kits.yml") + "- {name: not any more, emergency_stop_reset: never}\n"
    )
    assert {s.facts.text("emergency_stop_reset") for s in folder.network().stations} == {"unknown"}


# ── Mistakes ─────────────────────────────────────────────────────────────────────────────────────────────────────────

# fmt: off
MISTAKES = [
    pytest.param("codes: [{shown: E1, means: Lost, problem: comunication-error}]", "F108", "comunication-error", '"communication-error"', id="problem mistyped"),
    pytest.param("codes: [{shown: E1, means: Lost}]", "F108", "problem", "add problem", id="no problem"),
    pytest.param("codes: [{shown: '', means: Lost, problem: call}]", "F108", "shown", "at least 1", id="no code"),
    pytest.param(f"speed_note: {'x' * 121}", "F108", "speed_note", "120", id="too long"),
    pytest.param("speed_note: {English: fast}", "F108", "English", "en", id="no language"),
    pytest.param("leds: [{light: red}]", "F108", "means", "add means", id="a light that means nothing"),
    pytest.param("facts: {start_order: {app: first}}", "F108", "first", "first", id="no order"),
    pytest.param("facts: {start_order: {cash: any}}", "F108", "cash", "contactless", id="no way to start"),
    pytest.param("match: {payment: [card]}", "F108", "card", "use one of", id="no way to pay"),
    pytest.param("emergency_stop_reset: {released_by: us, date: 2026-10-01}", "F108", "kits.1", "hardware", id="released for everything"),
    pytest.param("emergency_stop_reset: released", "F108", "released", "never", id="released by nobody"),
    pytest.param("photo: {file: none.jpg, alt: The charger}", "O203", "none.jpg", "kits/", id="no photo"),
    pytest.param("photo: {file: ../out.jpg, alt: The charger}", "F109", "../out.jpg", "kits/", id="photo outside"),
]
# fmt: on


@pytest.mark.parametrize(("rule", "code", "what", "mend"), MISTAKES)
def test_a_mistake_is_named_with_its_line_and_mend(
    tmp_path: Path, rule: str, code: str, what: str, mend: str
) -> None:
    folder = operator_folder(tmp_path, site(evse("A")))
    Image.new("RGB", (8, 8)).save(tmp_path / "out.jpg")
    folder.write("kits.yml", f"# Rules\nkits:\n- name: one\n  {rule}\n")
    finding = found(folder.load()[1], code)
    assert finding.path == "op/kits.yml"
    assert finding.line in (3, 4)
    assert what in finding.message
    assert mend in finding.mend


# ── Photos ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@cache
def photo(kind: str, width: int = 1600, height: int = 1200) -> bytes:
    """A picture that does not pack well, turned and placed as a phone would."""
    image = Image.effect_noise((width // 16, height // 16), 90).resize((width, height)).convert("RGB")
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned
    exif.get_ifd(0x8825)[1] = "N"  # GPS
    exif[0x010E] = "SECRET PLACE"
    out = io.BytesIO()
    image.save(out, kind, exif=exif, **({"comment": b"SECRET PLACE"} if kind == "JPEG" else {}))
    return out.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
@pytest.mark.parametrize("inside", ["", "brands/", "kits/"])
def test_a_photo_is_made_anew_small_upright_and_without_its_place(
    tmp_path: Path, kind: str, inside: str
) -> None:
    folder = operator_folder(tmp_path)
    folder.write(f"{inside}hpc.img", photo(kind))
    made = load_photo(folder.path, "hpc.img", "op/kits.yml", 1, Findings())
    assert made is not None
    data, width, height = made
    assert b"SECRET" in photo(kind)
    assert b"SECRET" not in data
    assert len(data) <= MAX_BYTES
    with Image.open(io.BytesIO(data)) as image:
        assert (image.format, image.size) == ("JPEG", (width, height))
        assert height == MAX_SIDE  # it lay on its side
        assert not image.getexif()
        assert "comment" not in image.info


NO_PHOTOS = [
    pytest.param(b"", id="empty"),
    pytest.param(b"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 1 1'/>", id="SVG"),
    pytest.param(b"\xff\xd8\xff\xe0 no picture", id="a start of a JPEG"),
    pytest.param(b"\x89PNG\r\n\x1a\n" + b"\0" * 40, id="a start of a PNG"),
    pytest.param(b"GIF89a\x01\x00\x01\x00\x00\x00\x00;", id="GIF"),
]


@pytest.mark.parametrize("data", NO_PHOTOS)
def test_a_file_that_is_no_photo_is_named(tmp_path: Path, data: bytes) -> None:
    folder = operator_folder(tmp_path, site(evse("A")))
    folder.write("hpc.jpg", data)
    kits(folder, {"photo": {"file": "hpc.jpg", "alt": "The charger"}})
    finding = found(folder.load()[1], "O203")
    assert (finding.path, finding.line) == ("op/kits.yml", 4)


def test_a_picture_of_too_many_pixels_is_refused(tmp_path: Path) -> None:
    folder = operator_folder(tmp_path)
    out = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(out, "PNG")
    folder.write("big.png", out.getvalue())
    findings = Findings()
    assert load_photo(folder.path, "big.png", "op/kits.yml", 1, findings) is None
    assert "pixels" in found(findings, "O203").message


def test_the_photo_is_a_file_of_its_own_that_no_page_waits_for(tmp_path: Path) -> None:
    folder = operator_folder(tmp_path, site(evse("A")))
    folder.write("kits/hpc.jpg", photo("JPEG"))
    kits(folder, {"photo": {"file": "hpc.jpg", "alt": "Reader & lamp"}})
    plan = plan_driver(folder.network())
    (job,) = [job for job in plan.jobs if job.kind == "driver.photo"]
    data = RENDERERS[job.kind](job.payload, plan.shared)
    assert data.startswith(b"\xff\xd8")
    assert len(data) <= MAX_BYTES
    pages = rendered(folder.network())
    page = topic(pages, "codes")
    (tag,) = re.findall(r"<img [^>]*loading=[^>]*>", page)
    assert 'loading="lazy"' in tag
    assert 'alt="Reader &amp; lamp"' in tag
    assert f'src="../../../../{job.path.removeprefix("site/")}"' in tag
    assert "img-src &#39;self&#39; data:" in page or "img-src 'self' data:" in page
    others = [text for text in pages.values() if text != page]
    assert not any("img-src 'self'" in text for text in others)
