"""Words that drivers type for the same thing. A guide that uses one phrase of a group is found by the others, too.

A guide's own words come first: what a driver sees stands in its `symptoms`. Here stands only what is the same for many guides.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

_GROUPS: tuple[tuple[str, ...], ...] = (
    # The cable and the plug
    (
        "stuck",
        "will not come out",
        "stays locked",
        "won't let go",
        "won't release",
        "jammed",
        "trapped",
        "cannot unplug",
        "plug won't come out of the car",
    ),
    ("in the charger", "in the charging post", "in the charge point"),
    ("frozen", "ice", "iced up"),
    ("damaged", "broken", "cracked", "torn", "bent", "frayed"),
    ("does not click", "falls out", "loose", "wobbles", "comes out"),
    ("will not go in", "does not fit", "wrong shape", "not compatible"),
    ("does not reach", "too short", "not long enough"),
    ("warm", "hot", "heat", "overheating", "burning hot"),
    ("flap", "charge port door", "charging port cover", "fuel flap"),
    ("household socket", "schuko", "granny cable", "domestic socket", "wall socket", "three pin plug"),
    ("water", "wet", "soaked"),
    # Slow, stopped, finished
    ("slow", "takes forever", "takes ages", "low speed", "low power", "long time", "less kw than it says"),
    ("got slower", "dropped", "speed went down", "shared", "split"),
    ("cold", "winter", "frost", "freezing", "snow"),
    ("hot weather", "summer", "heatwave"),
    ("again and again", "keeps stopping", "keeps cutting out", "on and off", "repeatedly"),
    ("stopped early", "stopped by itself", "cut out", "interrupted", "gave up"),
    ("80", "eighty percent", "not full", "will not reach 100"),
    ("7 kw", "7kw", "3.6 kw", "11 kw", "22 kw"),
    # The charger and its screen
    (
        "out of service",
        "out of order",
        "broken",
        "dead",
        "not working",
        "faulty",
        "unavailable",
        "screen is off",
        "blank",
    ),
    ("offline", "no connection", "not connected", "disconnected"),
    ("occupied", "in use", "busy", "taken"),
    ("no car is there", "empty", "nobody there"),
    ("restarting", "rebooting", "booting", "updating"),
    ("communication error", "handshake", "cannot talk to the car", "connection to car lost"),
    ("earth fault", "ground fault", "grounding error", "leakage"),
    ("isolation", "insulation"),
    ("cannot reach", "too high", "wheelchair", "out of reach"),
    ("red button", "emergency stop", "emergency button", "e-stop"),
    # Paying
    ("declined", "refused", "rejected", "not accepted", "did not go through"),
    ("bank card", "credit card", "debit card", "visa", "mastercard", "contactless"),
    ("phone will not pay", "apple pay", "google pay", "mobile wallet"),
    ("twice", "double", "two times"),
    ("shows more than", "held", "blocked amount", "reserved", "deposit", "money gone", "took too much"),
    ("refund", "money back", "reimbursed"),
    ("receipt", "invoice", "proof of payment"),
    ("price", "cost", "how much", "tariff"),
    ("staying too long", "overstay", "idle fee", "blocking fee"),
    ("got no energy", "no electricity", "no power", "charged nothing"),
    ("fake", "scam", "fraud", "phishing", "sticker", "not genuine"),
    # Apps, phones, cards
    ("charging card", "rfid", "key fob", "chip"),
    ("code", "qr code", "barcode"),
    ("cannot read the code", "will not scan", "qr code not working"),
    ("no signal", "no reception", "no internet", "no network", "no data"),
    ("battery is flat", "phone died", "phone is dead", "phone is empty"),
    ("cannot start", "will not start", "won't start", "does not start"),
    ("crashes", "freezes", "keeps closing", "logged me out"),
    # Places
    ("blocks the bay", "blocked", "iced", "petrol car", "diesel car", "parked in charging space"),
    ("parking ticket", "parking fine", "penalty", "clamped"),
    ("barrier", "gate", "car park"),
    ("closed", "opening hours", "shut", "locked gate"),
    # Danger
    ("smoke", "fire", "burning", "sparks", "flames"),
    ("got a shock", "electric shock", "electrocuted", "zapped"),
    ("thunderstorm", "lightning", "storm"),
    # Cars
    ("tesla", "supercharger"),
    ("how do i start", "first time", "new to this", "beginner"),
)


def search_words(texts: Iterable[str]) -> tuple[str, ...]:
    """Phrases of the groups that the texts (title, short title, symptoms) touch, without those that they hold already."""
    said = _flat(" | ".join(texts))
    found = [
        phrase for group in _groups() if any(f" {phrase} " in said for phrase in group) for phrase in group
    ]
    return tuple(phrase for phrase in dict.fromkeys(found) if f" {phrase} " not in said)


def code_words(codes: Iterable[str]) -> tuple[str, ...]:
    """Codes written as words: "ground failure" for GroundFailure."""
    apart = (re.sub(r"(?<=[a-z])(?=[A-Z])", " ", code).lower() for code in codes)
    return tuple(dict.fromkeys(words for words in apart if " " in words))


@cache
def _groups() -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(_flat(phrase).strip() for phrase in group) for group in _GROUPS)


def _flat(text: str) -> str:
    """Words in lower case with one space around each, and nothing else."""
    words = re.findall(r"[\w'|]+", text.casefold().replace("’", "'"))
    return f" {' '.join(words)} "
