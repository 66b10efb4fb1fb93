"""The rules on guides: for each, words that must be found and words that must not."""

from __future__ import annotations

import json
import re
import subprocess
import time
from dataclasses import replace
from functools import cache
from pathlib import Path
from shutil import rmtree

import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from chargeside.changed import Touched, _Place, check_touched
from chargeside.check.guide_pictograms import check_pictograms
from chargeside.check.guide_pieces import told
from chargeside.check.guide_reading import grade, grade_of
from chargeside.check.guide_safety import banned
from chargeside.check.guide_stations import check_stations
from chargeside.check.guide_ways import check_ways
from chargeside.check.guides import Known, check_content
from chargeside.cli import main
from chargeside.findings import RULES, Findings
from chargeside.load.content import _build, content_root, load_connectors, load_content
from chargeside.load.guide import GuideReader
from chargeside.load.network import load_network
from chargeside.load.pictograms import pictogram_names
from chargeside.load.translation import fingerprints
from chargeside.model.condition import ALWAYS, parse_condition
from chargeside.model.connector import ConnectorType
from chargeside.model.network import Content
from chargeside.model.problem import Problem
from chargeside.model.screen_codes import ScreenCode
from support import GUIDE, TODAY, codes_of, found, line_of, operator_folder, replaced

GOOD = replaced(GUIDE, "review: 2027-11-01", "review: 2027-11-01\nsources: [A manual]")
"""A guide that no rule finds fault with."""
DANGER = """\
---
title: Smoke comes out of the charger
short: Smoke
symptoms: [It smells of burning]
category: safety
outcome: danger
next: call
review: 2027-11-01
sources: [A manual]
---
Smoke can mean fire.

1. **Get away** from the charger now.
   {: #leave }
2. **Call the emergency number** from a safe place.
   {: #emergency }

**Call us if** you are safe.
{: #call }
"""


@cache
def connectors() -> dict[str, ConnectorType]:
    return load_connectors(content_root() / "connectors", Findings())


def problem(text: str, slug: str = "red-light", folder: str = "problems") -> Problem:
    """A problem of one English guide, as it is read."""
    findings = Findings()
    reader = GuideReader(pictogram_names(), connectors())
    read = reader.read(text, "en", f"{folder}/{slug}/en.md", findings)
    assert read is not None, [str(finding) for finding in findings]
    assert read.matter is not None
    applies_to = reader.condition(read.matter.applies_to, "", None, findings)
    return _build(slug, read.matter, applies_to, (read.guide,), f"{folder}/{slug}/en.md")


def checked(*problems: Problem, codes: tuple[ScreenCode, ...] = ()) -> Findings:
    """What all rules find in these problems."""
    findings = Findings()
    check_content(Content({one.slug: one for one in problems}, connectors(), codes), TODAY, findings)
    return findings


def changed(*pairs: tuple[str, str], text: str = GOOD) -> str:
    for old, new in pairs:
        text = replaced(text, old, new)
    return text


def test_no_rule_finds_fault_with_a_good_guide() -> None:
    assert list(checked(problem(GOOD), problem(DANGER, "smoke"))) == []


# ── What no guide may ask for ────────────────────────────────────────────────────────────────────────────────────────

BANNED = {
    "opening the charger": [
        "Open the housing and look inside.",
        "Open the charger and press the button.",
        "Unscrew the front panel.",
        "If it stays dark, open the cabinet.",
        "Remove the two screws.",
        "Lift off the cover.",
        "Open the charger door.",
    ],
    "force": [
        "Use force.",
        "Pull with a little force.",
        "Twist the plug until it moves.",
        "Wiggle it gently.",
        "If it does not come out, force it.",
        "If it does not come out, twist, bend or force it.",
        "Gently rock the plug while you press.",
        "Try wiggling the plug.",
        "Pull harder.",
        "Pull the plug as hard as you can.",
        "Do not wait, but shake the cable.",
        "Press the lever and jiggle the connector.",
        "Kick the charger.",
    ],
    "working round a lock or a safety switch": [
        "Bypass the lock.",
        "Override the safety interlock.",
        "Tape down the latch.",
        "Hold down the safety switch.",
    ],
    "an emergency stop": [
        "Press the emergency stop.",
        "Turn the red emergency stop button until it pops out.",
        "Pull out the emergency-stop.",
        "Release the big red button.",
        "Reset the emergency stop button.",
        "If nothing helps, push the red emergency button.",
        "Turn the red button clockwise until it comes out.",
        "Pull the red knob out.",
    ],
    "resetting the charger": [
        "Reset the charger.",
        "Switch the breaker off and on.",
        "Reset it.",
        "Check the fuse box.",
        "Press the reset button.",
        "Restart the charging station.",
        "Turn it off at the mains.",
    ],
    "an adapter": [
        "Use an adapter.",
        "Try a CCS to CHAdeMO adapter.",
        "Plug in with your adaptor.",
        "Charge with an adapter.",
    ],
    "touching what is damaged": [
        "Touch the damaged cable.",
        "Pull out the broken plug.",
        "Tape up the torn insulation.",
        "Pick up the bare wires.",
        "Hold the cracked plug straight.",
    ],
    "heat, tools, fingers or things in a plug or socket": [
        "Pour warm water over the plug.",
        "Use a hair dryer.",
        "Loosen it with a screwdriver.",
        "Put your finger into the socket.",
        "Clean the contacts.",
        "Push something into the holes.",
        "Spray de-icer on the lock.",
    ],
    "wet handling": [
        "Take the wet plug.",
        "Unplug with wet hands.",
        "Step into the water.",
        "Plug in the soaked cable.",
    ],
    "the car's emergency release": [
        "Pull the emergency release in the boot.",
        "Use the manual release.",
        "Find the release cord under the bonnet.",
    ],
}
RIGHT = [
    "Never use force.",
    "Pull the plug straight out, gently. Never use force.",
    "Do not force, twist or bend the plug.",
    "Push the plug in without force.",
    "Do not open the housing.",
    "Call us if the housing is open.",
    "Never touch a damaged cable.",
    "Do not touch the plug. Do not open the cabinet, and do not reset anything.",
    "Do not use an adapter between standards.",
    "Use only an adapter that your car's maker approves.",
    "With an adapter in its socket, your car gives power.",
    "Unlock your car, then take the adapter out.",
    "The make of your car and the time help us to mend it.",
    "Do not press the emergency stop.",
    "Somebody may have pressed the emergency stop.",
    "The emergency stop is for danger only.",
    "Call the emergency number from a safe place.",
    "Press the emergency call button.",
    "Leave the red button as it is.",
    "Somebody has pressed the red button.",
    "Press the red Stop button on the screen.",
    "Use your car's own release only as your car's manual says.",
    "We can reset the charger from here.",
    "Ask us to restart the charger.",
    "Ask staff to switch the breaker on.",
    "Call us if the charger must be reset.",
    "Open the flap over your car's socket.",
    "Open the charger's page in your app.",
    "Open the cover of your car's socket fully.",
    "Fold away the small cover over the lower holes of your car's socket.",
    "Keep both ends of the cable out of the water.",
    "Do not pour hot water on ice.",
    "No hot water, no tools, no force.",
    "Keep fingers and tools out of the socket.",
    "Wipe the outside of the plug dry with a cloth.",
    "Turn the plug so that its flat side is on top.",
    "Press and hold the lever on the plug if it has one.",
    "Press Stop on the screen.",
    "Reset your password in the app.",
    "Switch off any charging timer in your car.",
    "Override the timer in your car's settings.",
    "Push the plug in until it clicks.",
    "Hold the plug straight and push firmly.",
    "Enter the PIN with your card.",
    "Take out your charging card.",
    "Look at the cable. If it is torn or bare wires show, get away.",
    "Move away from the damaged cable.",
    "Pull straight, with both hands.",
    "Use the tool tip in your app.",
    "Put your card into the reader.",
    "Put the plug in the holder.",
    "Hang the cable up, so that nobody drives over it.",
    "Stand on the dry side.",
    "Drive to a charger under a roof in heavy rain.",
]


@pytest.mark.parametrize(("what", "text"), [(what, text) for what, texts in BANNED.items() for text in texts])
def test_what_no_guide_may_ask_for_is_found(what: str, text: str) -> None:
    assert what in [ban.what for ban in banned(text, ALWAYS)]


@pytest.mark.parametrize("text", RIGHT)
def test_what_a_guide_may_say_is_left_alone(text: str) -> None:
    assert [ban.what for ban in banned(text, ALWAYS)] == []


def test_an_emergency_stop_is_released_by_the_operator_alone() -> None:
    text = "Turn the emergency stop button to the right."
    assert not list(banned(text, parse_condition("emergency_stop_reset=released")))
    for other in ("emergency_stop_reset=unknown", "emergency_stop_reset=released|unknown", "display=yes"):
        assert [ban.what for ban in banned(text, parse_condition(other))] == ["an emergency stop"]
    assert list(banned("Open the housing.", parse_condition("emergency_stop_reset=released")))


def test_a_dangerous_step_is_named_with_its_line() -> None:
    text = changed(("**Unplug** and wait.", "**Twist** the plug."))
    finding = found(checked(problem(text)), "G526")
    assert (finding.path, finding.line, finding.severity) == (
        "problems/red-light/en.md",
        line_of(text, "1. **"),
        "error",
    )
    assert "force" in finding.message and 'step "unplug"' in finding.message


# ── Danger ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("**Get away** from the charger now.", "**Look** at the charger.", "not to get away"),
        ("**Call the emergency number** from a safe place.", "**Wait** at a safe distance.", "no step tells to call"),
        ("2. **Call", "2. **Unplug** your car.\n   {: #unplug }\n3. **Call", "neither"),
        ("{: #leave }", '{: #leave when="display=yes" }', "some drivers only"),
        ("next: call", "next: another-charger", "leads to another-charger"),
        ("\n**Call us if** you are safe.\n{: #call }\n", "", "Call us if"),
    ],
)  # fmt: skip
def test_a_danger_guide_holds_nothing_else(old: str, new: str, says: str) -> None:
    errors = checked(problem(changed((old, new), text=DANGER), "smoke")).errors
    assert any(says in finding.message for finding in errors), [str(error) for error in errors]


@pytest.mark.parametrize(
    "step", ["**Keep away.** Do not touch anything.", "**Leave the car** and go back 20 metres."]
)
def test_there_are_more_ways_to_say_get_away(step: str) -> None:
    text = changed(("**Get away** from the charger now.", step), text=DANGER)
    assert codes_of(checked(problem(text, "smoke"))) == []


@pytest.mark.parametrize(
    ("symptom", "is_found"),
    [
        ("Sparks from the plug", True),
        ("I got a shock", True),
        ("It smells of burning", True),
        ("Wires show", True),
        ("Red light", False),
        ("The price was a shock", False),
        ("My tablet is a Fire HD", True),
    ],
)
def test_danger_in_a_guide_that_lets_drivers_go_on_is_named(symptom: str, is_found: bool) -> None:
    text = changed(("symptoms: [Red light]", f"symptoms: [{symptom}]"))
    assert ("G528" in codes_of(checked(problem(text)))) == is_found


# ── Words ────────────────────────────────────────────────────────────────────────────────────────────────────────────

STEP, INTRO, TITLE, SYMPTOM = (
    "**Unplug** and wait.",
    "The charger waits for you.",
    "The light is red",
    "[Red light]",
)
WORDS = [
    ("G522", STEP, f"**Unplug** {'slowly ' * 25}.", True),
    ("G522", STEP, f"**Unplug** {'slowly ' * 23}.", False),
    ("G523", INTRO, "It waits. It is late. It is dark.", True),
    ("G523", INTRO, "It waits. It is late.", False),
    ("G523", INTRO, "It takes 7.4 kW. It is late.", False),
    ("G525", STEP, "**Unplug** and then **plug in**.", True),
    ("G525", STEP, "**Unplug**, open the app, press Stop and call your bank.", True),
    ("G525", STEP, "Unplug and then plug in.", True),
    ("G525", STEP, "**Unplug.** It is safe. It takes long.", True),
    ("G525", STEP, "**Unplug and wait 30 seconds.**", False),
    ("G525", STEP, "**Unlock your car**, then wait 30 seconds.", False),
    ("G525", STEP, "**Put the card into the reader** and enter your PIN.", False),
    ("G525", STEP, "**Unplug and begin again.** Plug in first, then start within one minute.", False),
    ("G529", STEP, "**Simply unplug.**", True),
    ("G529", STEP, "**Just unplug.**", True),
    ("G529", STEP, "**Unplug** just before the screen goes dark.", False),
    ("G529", INTRO, "You should have paid first.", True),
    ("G529", INTRO, "The plug was put in wrongly.", True),
    ("G529", INTRO, "The charger has just started.", False),
    ("G529", INTRO, "This bay is easy to reach.", False),
    ("G529", STEP, "**It is easy.**", True),
    ("G530", INTRO, "The EVSE waits.", True),
    ("G530", INTRO, "The charging station waits for authorisation.", True),
    ("G530", INTRO, "Your vehicle is not ready.", True),
    ("G530", STEP, "**Push the connector** into the inlet.", True),
    ("G530", STEP, "**Tap your RFID token.**", True),
    ("G530", INTRO, 'The screen says "Red light vehicle".', False),
    ("G530", TITLE, "The handshake fails", True),
    ("G530", SYMPTOM, "[Waiting for vehicle]", False),
    ("G542", INTRO, "It\u2019s late.", True),
    ("G542", INTRO, "\u201cRed light\u201d is shown.", True),
    ("G542", INTRO, "It's late.", False),
    ("G542", STEP, "**Unplug** \U0001f50c.", True),
    ("G542", STEP, "**Unplug** \u26a1.", True),
    ("G542", STEP, "**Un\u200bplug.**", True),
    ("G542", STEP, "**UNPLUG** now.", True),
    ("G542", STEP, "**Take the CCS or NACS plug.** Enter your PIN.", False),
    ("G542", SYMPTOM, "[OUT OF SERVICE]", True),
    ("G545", TITLE, "The light on the charger is red and it stays red whatever I do", True),
    ("G545", TITLE, "The light on the charger is red", True),
    ("G545", TITLE, "The light is red on it", False),
    ("G545", SYMPTOM, f"[{'red ' * 16}]", True),
    ("G545", SYMPTOM, f"[{'red ' * 14}]", False),
]  # fmt: skip


@pytest.mark.parametrize(("code", "old", "new", "is_found"), WORDS)
def test_wording(code: str, old: str, new: str, is_found: bool) -> None:
    findings = checked(problem(changed((old, new))))
    assert (code in codes_of(findings)) == is_found, [str(finding) for finding in findings]


def test_a_tab_and_a_comment_are_named_with_their_lines() -> None:
    text = changed(
        ("2. **Plug in** again.", "2. **Plug in**\tagain."), (INTRO, f"{INTRO} <!-- open the cabinet -->")
    )
    findings = Findings()
    reader = GuideReader(pictogram_names(), connectors())
    read = reader.read(text, "en", "problems/red-light/en.md", findings)
    assert read is not None
    assert found(findings, "G542").line == line_of(text, "2. **")
    comment = found(findings, "G543")
    assert (comment.line, "open the cabinet" in comment.message) == (line_of(text, INTRO), True)
    assert "cabinet" not in read.guide.intro_html


@pytest.mark.parametrize("rest", ["=======", ">>>>>>> main", "||||||| 1a2b3c4"])
@pytest.mark.parametrize("place", ["title: The", "The charger waits", "2. **Plug in**"])
def test_the_rest_of_a_merge_conflict_is_named(rest: str, place: str) -> None:
    text = changed((place, f"{rest}\n{place}"))
    findings = Findings()
    GuideReader(pictogram_names(), connectors()).read(text, "en", "x/en.md", findings)
    assert codes_of(findings) == ["F104"]
    (finding,) = findings
    assert "merge conflict" in finding.message and finding.line == line_of(text, rest)


def test_folders_that_differ_by_case_are_named(tmp_path: Path) -> None:
    for name in ("red-light", "Red-Light"):
        (tmp_path / "problems" / name).mkdir(parents=True)
        (tmp_path / "problems" / name / "en.md").write_text(GOOD)
    findings = Findings()
    load_content(findings, tmp_path)
    assert found(findings, "G544").path.endswith("problems/Red-Light")


def test_the_grade_is_that_of_the_formula() -> None:
    assert grade([]) == 0
    # Six words, six syllables, one sentence: 0.39 * 6 + 11.8 - 15.59.
    assert grade(["The cat sat on the mat."]) == pytest.approx(-1.45)
    assert grade(["The cat sat.", "The dog sat."]) < grade(["The cat sat and the dog sat too."])
    assert "G524" not in codes_of(checked(problem(GOOD)))
    hard = "Communication irregularities necessitate comprehensive reinitialisation of infrastructural installations."
    assert found(checked(problem(changed((INTRO, hard)))), "G524").severity == "note"


def test_the_grade_is_the_one_that_textstat_gives() -> None:
    """With its syllables from pyphen, as here: its own list of English words is fetched when it is first asked for."""
    textstat = pytest.importorskip("textstat", reason="needs the package textstat")
    textstat.set_lang("en-US")
    content = load_content(Findings())
    for slug in ("how-to-start", "cable-stuck", "burning-smell", "which-plug"):
        guide = content.problems[slug].guide("en")
        text = " ".join(re.sub(r"\W*$", ".", piece.text) for piece in told(guide))
        assert grade_of(guide) == pytest.approx(textstat.flesch_kincaid_grade(text), abs=0.5)


# ── Who fights for which words ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("one", "other", "severity"),
    [
        ("Fault 7", "fault 7!", "error"),
        ("The plug is stuck", "Stuck plug", "warning"),
        ("My cards were declined", "Card declined", "warning"),
        ("Card declined", "Card not declined", None),
        ("The light is red", "Blue light", "error"),
        ("Plug will not go in", "Plug will not go out", None),
    ],
)
def test_two_guides_do_not_fight_for_the_same_words(one: str, other: str, severity: str | None) -> None:
    """The second guide's title stays; its symptom is the first one's symptom, or title."""
    first = problem(changed((SYMPTOM, f"[{other}]")), "aaa")
    second = problem(changed((TITLE, "All is dark"), (SYMPTOM, f"[{one}]")), "bbb")
    findings = [finding for finding in checked(first, second) if finding.code == "G531"]
    assert [finding.severity.value for finding in findings] == ([severity] if severity else [])
    for finding in findings:
        assert finding.path == "problems/bbb/en.md" and "aaa" in finding.message + finding.mend


def test_guides_that_no_driver_meets_together_may_share_words() -> None:
    one = problem(changed(("outcome: fix", "outcome: fix\napplies_to: country=DE")), "aaa")
    other = problem(changed(("outcome: fix", "outcome: fix\napplies_to: country=FR")), "bbb")
    assert codes_of(checked(one, other)) == []


def test_an_own_guide_is_named_rather_than_one_of_all() -> None:
    own, shared = problem(GOOD, "aaa", "op/problems"), problem(GOOD, "bbb")
    assert {finding.path for finding in checked(own, shared)} == {"op/problems/aaa/en.md"}


def test_a_screen_text_leads_to_one_guide() -> None:
    text = changed((SYMPTOM, "[Fault 7]"))
    there, here = problem(changed((TITLE, "All dark"), (SYMPTOM, "[Dark]")), "dark"), problem(text)
    wrong = ScreenCode(("ocpp16:X",), ("Fault 7",), "A fault", "dark", False, ALWAYS)
    finding = found(checked(here, there, codes=(wrong,)), "G531")
    assert (finding.path, finding.line) == (here.path, line_of(text, "symptoms:"))
    right = ScreenCode(("ocpp16:X",), ("Fault 7",), "A fault", "red-light", False, ALWAYS)
    assert codes_of(checked(here, there, codes=(right,))) == []


@pytest.mark.parametrize(
    ("intro", "mend"),
    [
        ('The screen says "red light".', None),
        ('The screen says "Red light."', None),
        ('The screen says "Fault 7".', None),
        ('The screen says "X7".', None),
        ('Press "Stop" on the screen.', None),
        ('Look for "1000 V" on the charger.', None),
        ('The screen says "red".', None),
        ('The screen says "ed lig".', 'did you mean "Red light"?'),
        ('The screen says "Red lights".', 'did you mean "Red light"?'),
        ('The screen says "Something else".', "add it to symptoms"),
    ],
)
def test_what_screens_print_is_quoted_exactly(intro: str, mend: str | None) -> None:
    codes = (ScreenCode(("ocpp16:X7",), ("Fault 7",), "A fault", "call", False, ALWAYS),)
    findings = [f for f in checked(problem(changed((INTRO, intro))), codes=codes) if f.code == "G532"]
    assert [mend in finding.mend for finding in findings if mend] == ([True] if mend else [])
    assert bool(findings) == bool(mend)


# ── Conditions ───────────────────────────────────────────────────────────────────────────────────────────────────────

CONDITIONS = [
    ("", "display=yes and display=no", "G533", "error"),
    ("display=no", "display=yes", "G533", "error"),
    ("current=unknown", "current=DC", "G533", "error"),
    ("power_kw=22", "min_power_kw>=50", "G533", "error"),
    ("", "current=DC and connectors=type2", "G533", "warning"),
    ("connectors=ccs2", "current=AC", "G533", "warning"),
    ("", "format=socket and connectors=ccs2", "G533", "warning"),
    ("display=yes", "display=yes|unknown", "G534", "note"),
    ("min_power_kw>=100", "min_power_kw>=50", "G534", "note"),
    ("", "display=yes|no|unknown", "G534", "note"),
    ("", "display=yes", None, None),
    ("payment=app|rfid", "payment=app", None, None),
    ("current=DC", "current=AC", None, None),
    ("", "connectors=ccs2 and connectors=type2", None, None),
    ("", "current=AC and connectors=type2|ccs2", None, None),
    ("", "current=DC|unknown and connectors=type2", None, None),
    ("", "format=socket and connectors=type2", None, None),
    ("", "format=cable and connectors=ccs2", None, None),
    ("start_order=plug_first", "start_order=auth_first and payment=app", None, None),
    ("payment=app", "payment=app and start_order=plug_first", None, None),
    ("country=DE|FR", "country=FR|NL", None, None),
]


@pytest.mark.parametrize(("applies_to", "when", "code", "severity"), CONDITIONS)
def test_conditions(applies_to: str, when: str, code: str | None, severity: str | None) -> None:
    applies = f"outcome: fix\napplies_to: {applies_to}" if applies_to else "outcome: fix"
    text = changed(
        ("outcome: fix", applies), ("{: #unplug pictogram=unplug }", f'{{: #unplug when="{when}" }}')
    )
    at = line_of(text, "1. **Unplug**")
    findings = [f for f in checked(problem(text)) if f.code in ("G533", "G534") and f.line == at]
    assert [(f.code, f.severity.value) for f in findings] == ([(code, severity)] if code else [])


def test_a_guide_that_can_never_apply_is_named() -> None:
    text = changed(("outcome: fix", "outcome: fix\napplies_to: country=DE and country=FR"))
    finding = found(checked(problem(text)), "G533")
    assert finding.line == line_of(text, "applies_to:")


# ── Ways ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def leading(slug: str, to: str, *pairs: tuple[str, str]) -> Problem:
    """A guide with words of its own that leads somewhere."""
    own = ((TITLE, f"{slug} is on"), (SYMPTOM, f"[{slug}]"), ("next: another-charger", f"next: {to}"))
    return problem(changed(*own, *pairs), slug)


@pytest.mark.parametrize(
    ("ways", "circles"),
    [
        ({"one": "one"}, 1),
        ({"one": "two", "two": "one"}, 1),
        ({"one": "two", "two": "three", "three": "two"}, 1),
        ({"one": "two", "two": "one", "three": "four", "four": "three"}, 2),
        ({"one": "three", "two": "three", "three": "call"}, 0),
    ],
)
def test_circles_are_named_once(ways: dict[str, str], circles: int) -> None:
    findings = checked(*(leading(slug, to) for slug, to in ways.items()))
    assert [finding.code for finding in findings] == ["G535"] * circles
    assert {finding.line for finding in findings} <= {6}  # the line of `next`


def test_a_long_chain_of_guides_is_walked_without_recursion() -> None:
    one = leading("x", "call")
    ring = {f"x{n}": replace(one, slug=f"x{n}", next=f"x{(n + 1) % 3000}") for n in range(3000)}
    findings = Findings()
    check_ways(ring, findings)
    assert codes_of(findings) == ["G535"]


ASK = "next:\n  ask:\n    question: Is it red?\n    answers:\n      - {{text: Red, next: {}}}\n      - {{text: Green, next: {}}}"


@pytest.mark.parametrize(("red", "green", "is_found"), [("call", "call", True), ("call", "fixed", False)])
def test_answers_lead_to_different_places(red: str, green: str, is_found: bool) -> None:
    text = changed(("next: another-charger", ASK.format(red, green)))
    findings = checked(problem(text))
    assert codes_of(findings) == (["G536"] if is_found else [])
    assert all(finding.line == line_of(text, "text: Green") for finding in findings)


def test_a_guide_that_no_charger_there_has_is_named() -> None:
    here = leading("dc", "ac", ("outcome: fix", "outcome: fix\napplies_to: display=yes"))
    for applies_to, codes in (("display=no", ["G537"]), ("display=yes|no", []), ("current=AC", [])):
        there = leading("ac", "call", ("outcome: fix", f"outcome: fix\napplies_to: {applies_to}"))
        assert codes_of(checked(here, there)) == codes


# ── Sources and dates ────────────────────────────────────────────────────────────────────────────────────────────────

SOURCES = "sources: [A manual]"


@pytest.mark.parametrize(
    ("pairs", "code"),
    [
        ([(SOURCES, "sources: [General knowledge]"), ("category: starting", "category: connector")], "G538"),
        ([(SOURCES, "sources: [General knowledge]"), (INTRO, "High voltage is on.")], "G538"),
        ([(SOURCES, "sources: [General knowledge]"), (INTRO, "The plug is locked."), ("category: starting", "category: stopping")], "G538"),
        ([(SOURCES, "sources: [General knowledge]")], None),
        ([(SOURCES, "sources: [General knowledge, A manual]"), ("category: starting", "category: connector")], None),
        ([(SOURCES, "sources: [General knowledge]\nneeds_review: electrical"), ("category: starting", "category: connector")], "G514"),
        ([(f"\n{SOURCES}", "")], "G539"),
        ([("2027-11-01", "2026-11-21")], "G513"),
        ([("2027-11-01", "2028-11-23")], "G548"),
        ([("2027-11-01", "2028-11-22")], None),
    ],
)  # fmt: skip
def test_sources_and_dates(pairs: list[tuple[str, str]], code: str | None) -> None:
    assert codes_of(checked(problem(changed(*pairs)))) == ([code] if code else [])


# ── Pictograms ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_pictograms_have_words_and_guides(tmp_path: Path) -> None:
    for name in ("unplug", "plug-in", "moon"):
        (tmp_path / f"{name}.svg").write_text("<svg/>")
    (tmp_path / "alt.yml").write_text('Plug:\n  unplug: Unplug\n  plug-in: ""\nSky:\n  mooon: The moon\n')
    findings = Findings()
    check_pictograms(Content({"red-light": problem(GOOD)}, {}), findings, tmp_path)
    found_here = {(f.code, f.line, f.message) for f in findings}
    assert ("G541", 3, 'the pictogram "plug-in" has no text alternative') in found_here
    assert ("G541", None, 'the pictogram "moon" has no text alternative') in found_here
    assert ("G541", 5, 'there is no drawing "mooon.svg"') in found_here
    assert found(findings, "G540").message.endswith("1 of 3 pictograms: moon")


def test_the_packaged_pictograms_have_words() -> None:
    findings = Findings()
    check_pictograms(Content({}, {}), findings)
    assert "G541" not in codes_of(findings)


# ── Stations ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_no_station_shows_is_named(tmp_path: Path) -> None:
    folder = operator_folder(tmp_path)
    step = changed(("{: #unplug pictogram=unplug }", '{: #unplug when="connectors=chademo" }'))
    folder.write("problems/own-step/en.md", step)
    other = changed(
        ("outcome: fix", "outcome: fix\napplies_to: connectors=gbt_ac"),
        (TITLE, "All dark"),
        (SYMPTOM, "[Dark]"),
    )
    folder.write("problems/own-guide/en.md", other)
    network = load_network(folder.path, load_content(Findings(), folder.path), Findings())
    assert network is not None
    findings = Findings()
    check_stations(network, findings)
    own = {(f.code, f.path, f.line) for f in findings if f.path.startswith("op/problems/")}
    assert own == {
        ("G546", "op/problems/own-step/en.md", line_of(step, "1. **Unplug**")),
        ("G546", "op/problems/own-step/en.md", line_of(step, "2. **")),
        ("G547", "op/problems/own-guide/en.md", line_of(other, "applies_to:")),
    }
    of_all = [f for f in findings if f.path == "op/operator.yml"]
    assert len(of_all) <= 2 and {f.severity.value for f in findings} == {"note"}


# ── Again and again, and whatever stands there ───────────────────────────────────────────────────────────────────────


def test_checking_again_finds_the_same() -> None:
    known = Known()
    texts = [GOOD, changed((STEP, "**Twist** it.")), changed((STEP, "**Twist** it.")), GOOD]
    for text in texts:
        content = Content({"red-light": problem(text)}, connectors())
        fresh, again = Findings(), Findings()
        check_content(content, TODAY, fresh)
        check_content(content, TODAY, again, known=known)
        assert list(again) == list(fresh)


def test_every_rule_on_guides_has_a_meaning() -> None:
    for code in (f"G{number}" for number in range(522, 549)):
        assert RULES[code].meaning


@given(
    st.text(alphabet="abeE .,;:!?\"'“”‘\u200b🔥-()/%0189\u00a0ß中", min_size=1, max_size=120),
    st.sampled_from([STEP, INTRO, "it stays red."]),
)
@settings(max_examples=60)
def test_no_words_make_a_rule_raise(words: str, place: str) -> None:
    findings = Findings()
    reader = GuideReader(pictogram_names(), connectors())
    read = reader.read(changed((place, words)), "en", "problems/red-light/en.md", findings)
    if read is None or read.matter is None:
        assert findings.errors
        return
    one = _build("red-light", read.matter, ALWAYS, (read.guide,), "problems/red-light/en.md")
    assert all(finding.mend for finding in checked(one))


def test_the_rules_take_no_longer_for_endless_words() -> None:
    """Sixteen thousand bytes of what patterns look for, in one step."""
    for piece in (
        "if you do not ",
        "the red emergency ",
        "press and hold the ",
        "a, ",
        '"x" ',
        "open the the the ",
    ):
        text = changed((STEP, piece * (12_000 // len(piece))))
        one = problem(text)
        started = time.perf_counter()
        checked(one)
        assert time.perf_counter() - started < 3, piece


# ── What a pull request touches ──────────────────────────────────────────────────────────────────────────────────────


def git(folder: Path, *words: str) -> None:
    who = ("-c", "user.name=Test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(["git", "-C", folder, *who, *words], check=True, capture_output=True)


def check(*words: object) -> Result:
    return CliRunner().invoke(main, ["check", *map(str, words)])


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """An operator's folder in a git repository of its own, with a guide that is translated."""
    folder = operator_folder(tmp_path)
    folder.write("problems/red-light/en.md", GOOD)
    folder.write(
        "problems/green-light/en.md",
        changed((TITLE, "All green"), (SYMPTOM, "[Green]"), ("another-charger", "red-light")),
    )
    translates = json.dumps(fingerprints(problem(GOOD).guide("en")))
    german = GOOD.replace("symptoms:", f"translates: {translates}\nsymptoms:")
    facts = ("category: starting", "outcome: fix", "next: another-charger", "review: 2027-11-01", SOURCES)
    for fact in facts:
        german = replaced(german, f"{fact}\n", "")
    folder.write("problems/red-light/de.md", re.sub(r'( pictogram=[a-z-]+| when="[^"]*")', "", german))
    git(folder.path, "init", "-b", "main")
    git(folder.path, "add", "-A")
    git(folder.path, "commit", "-m", "Start")
    return folder.path


def test_what_a_change_means_is_said(repository: Path) -> None:
    guide = repository / "problems/red-light/en.md"
    text = changed(
        (STEP, "**Twist it** and wait."),
        ("3. **Tap** your card.\n   {: #tap }", "3. **Pay.**\n   {: #pay }"),
        ("outcome: fix", "outcome: fix\napplies_to: current=AC"),
    )
    guide.write_text(text)
    result = check(repository, "--changed", "main", "--format", "json")
    report = json.loads(result.stdout)
    own = [finding for finding in report["findings"] if finding["path"].startswith("op/")]
    assert [(f["code"], f["path"], f["line"]) for f in own if f["severity"] == "error"] == [
        ("G526", "op/problems/red-light/en.md", line_of(text, "1. **Twist it**"))
    ]
    assert result.exit_code == 1
    (change,) = [one for one in report["affects"]["guides"] if one["path"].startswith("op/")]
    assert (change["how"], change["facts"], change["led_from"]) == (
        "changed",
        ["applies_to"],
        ["green-light"],
    )
    assert change["stale"] == {"de": ["unplug", "pay"]}
    steps = {step["id"]: (step["how"], step["stations"]) for step in change["steps"]}
    everywhere = report["affects"]["of_stations"]
    # The chargers of the test give DC.
    assert everywhere == 2
    assert change["stations"] == 0
    assert steps == {"unplug": ("changed", 0), "pay": ("added", 0), "tap": ("removed", None)}


def test_a_change_is_an_annotation_and_a_sentence(repository: Path) -> None:
    (repository / "problems/red-light/en.md").write_text(changed((STEP, "**Pull it out** and wait.")))
    line = line_of(GOOD, "1. **")
    told = check(repository, "--changed", "main", "--format", "github").stdout
    assert (
        f'::notice file=op/problems/red-light/en.md,line={line}::step "unplug" changed: shown at 2 of 2 stations (1 of 1 kits)'
        in told
    )
    told = check(repository, "--changed", "main").stdout
    assert f'op/problems/red-light/en.md:{line}: step "unplug" changed: shown at 2 of 2 stations' in told


def test_what_was_not_touched_is_not_told(repository: Path) -> None:
    (repository / "problems/red-light/en.md").write_text(changed((STEP, "**Twist** it.")))
    git(repository, "commit", "-am", "Mistake")
    (repository / "problems/green-light/en.md").unlink()
    (repository / "kits.yml").write_text("[]\n")
    report = json.loads(check(repository, "--changed", "HEAD", "--format", "json").stdout)
    assert not [finding for finding in report["findings"] if "red-light" in finding["path"]]
    changes = {
        one["path"]: one["how"] for one in report["affects"]["guides"] if one["path"].startswith("op/")
    }
    assert changes == {"op/problems/green-light/en.md": "removed"}
    assert "op/kits.yml" in report["affects"]["files"]


def test_a_guide_that_goes_leaves_no_way_to_nowhere(repository: Path) -> None:
    rmtree(repository / "problems/red-light")
    result = check(repository, "--changed", "main", "--format", "json")
    assert "G506" in [
        f["code"]
        for f in json.loads(result.stdout)["findings"]
        if f["path"] == "op/problems/green-light/en.md"
    ]
    assert result.exit_code == 1


def test_words_taken_from_a_guide_that_was_not_touched_are_named(repository: Path) -> None:
    """Whichever of the two the finding is laid to."""
    for slug in ("aaa", "zzz"):
        (repository / "problems" / slug).mkdir()
        text = changed((TITLE, f"All {slug}"), (SYMPTOM, "[Green]"))
        (repository / "problems" / slug / "en.md").write_text(text)
        report = json.loads(check(repository, "--changed", "main", "--format", "json").stdout)
        assert "G531" in [finding["code"] for finding in report["findings"] if slug in str(finding)]


def test_one_guide_is_checked_as_among_all_others() -> None:
    """Where nothing but a guide was touched, the others are read in part only: what is found in it stays the same."""
    touched_files = {
        f"problems/{slug}/en.md": _Place(content_root(), f"problems/{slug}/en.md", "HEAD")
        for slug in ("how-to-start", "cable-stuck")
    }
    what = Touched("HEAD", touched_files)
    fast, slow = Findings(), Findings()
    part = check_touched(what, "2030-01-01", fast)
    whole = load_content(slow)
    check_content(whole, "2030-01-01", slow)
    mine = [finding for finding in slow if finding.path in touched_files]
    assert [finding for finding in fast if finding.path in touched_files] == mine
    assert {finding.code for finding in mine} >= {"G513"}
    assert part.problems["how-to-start"].guide("en") == whole.problems["how-to-start"].guide("en")


@pytest.mark.parametrize(
    ("base", "says"),
    [
        ("", "names no commit"),
        ("-x", "names no commit"),
        ("--output=x", "names no commit"),
        ("no-such-branch", "fetch it first"),
        ("main:kits.yml", "fetch it first"),
    ],
)
def test_a_base_that_is_none_is_refused_in_words(tmp_path: Path, base: str, says: str) -> None:
    git(tmp_path, "init", "-b", "main")
    result = check(tmp_path, f"--changed={base}")
    assert (result.exit_code, says in result.output) == (1, True)


# ── Why there is a rule ──────────────────────────────────────────────────────────────────────────────────────────────


def test_why_tells_the_rule() -> None:
    told = check("--why", "g526")
    assert told.exit_code == 0
    assert "dangerous" in told.stdout
    missed = check("--why", "G999")
    assert missed.exit_code == 2
