"""The rules on guides: for each, words that must be found and words that must not."""

from __future__ import annotations

import pytest

from chargeside.check.guide_safety import banned
from chargeside.model.condition import ALWAYS, parse_condition

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
    "Do not press the emergency stop.",
    "Somebody may have pressed the emergency stop.",
    "The emergency stop is for danger only.",
    "Call the emergency number from a safe place.",
    "Press the emergency call button.",
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
