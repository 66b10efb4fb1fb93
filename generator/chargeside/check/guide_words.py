"""Rules on wording: short, one action a step, no blame, words that drivers use, plain characters.

They are about English, the source; characters alone are looked at in every language. None of them is dogma: what a machine cannot
judge is a warning at most.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from chargeside.check.guide_pieces import Piece, every, named, sentences, told
from chargeside.findings import Findings
from chargeside.model.problem import Guide, Problem, Step

MAX_STEP_WORDS = 25
MAX_INTRO_SENTENCES = 2
MAX_STEP_SENTENCES = 2
MAX_ACTIONS = 3
MAX_TITLE = 60
"""Characters of a title or symptom: more do not fit into two lines of a phone."""
MAX_SHORT = 24
"""Characters of a title on a button."""
_OURS = ("intro", "step", "call", "question")
"""What we say ourselves. Titles, symptoms and answers are the driver's words, or a screen's."""
_QUOTED = re.compile(r'"[^"]*"|“[^”]*”|„[^“”]*[“”]')


def check_words(problem: Problem, guide: Guide, known: Collection[str], findings: Findings) -> None:
    """G522, G523, G525, G529, G530, G542, G545 on an English guide. `known`: words in capitals that are right."""
    _check_lengths(guide, findings)
    for step in guide.steps:
        if why := _several(step):
            mend = "make a step of each action, so that a driver can do one, look up and go on"
            findings.add("G525", guide.path, step.line, f'step "{step.id}" {why}', mend)
    for piece in every(guide):
        if piece.kind in _OURS:
            _check_tone(guide, piece, findings)
        if piece.kind == "title" or piece.kind in _OURS:
            _check_terms(problem, guide, piece, findings)
    for piece in every(guide):
        for message, mend in (*_strange(piece.text), *_not_plain(piece.text, known)):
            findings.add("G542", guide.path, piece.line, f"{piece.name}: {message}", mend)


def check_characters(guide: Guide, findings: Findings) -> None:
    """G542 on a translation: emoji and characters that nobody sees. Quotation marks are those of the language."""
    for piece in every(guide):
        for message, mend in _strange(piece.text):
            findings.add("G542", guide.path, piece.line, f"{piece.name}: {message}", mend)


# ── Length ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _check_lengths(guide: Guide, findings: Findings) -> None:
    for piece in told(guide):
        count = len(piece.text.split())
        if piece.kind == "step" and count > MAX_STEP_WORDS:
            mend = f"at most {MAX_STEP_WORDS}: keep what to do, cut why; or make two steps of it"
            findings.add("G522", guide.path, piece.line, f"{piece.name} has {count} words", mend)
        if piece.kind == "intro" and (many := len(sentences(piece.text))) > MAX_INTRO_SENTENCES:
            mend = "say in one or two what is going on; what to do belongs into steps"
            message = f"{many} sentences stand before the steps"
            findings.add("G523", guide.path, piece.line, message, mend)
    for piece in named(guide):
        if piece.kind in ("title", "symptom") and len(piece.text) > MAX_TITLE:
            mend = f"at most {MAX_TITLE}: say it as a driver would in one breath"
            findings.add(
                "G545", guide.path, piece.line, f"{piece.name} has {len(piece.text)} characters", mend
            )
    if guide.short == guide.title and len(guide.title) > MAX_SHORT:
        message = f"the title has {len(guide.title)} characters, and there is no short one for the button"
        findings.add(
            "G545", guide.path, guide.line_of("title"), message, f"add short: … with at most {MAX_SHORT}"
        )


# ── One action ───────────────────────────────────────────────────────────────────────────────────────────────────────

_ACTION = re.compile(
    r"(?:^|[.!?;,]\s+|\band\s+|\bthen\s+|\bor\s+)(?:please |now |first |then |also )?(?P<verb>"
    r"unplug|plug|push|pull|press|tap|touch|stop|start|unlock|lock|open|close|switch|turn|put|take|check|look|read|enter|type|scan|"
    r"call|ask|pay|drive|move|park|choose|select|remove|insert|hang|install|restart|log|sign|update|wipe|dry|"
    r"send|write|show|compare|connect|disconnect|go)\b"
)


def _several(step: Step) -> str:
    """Why a step looks like several; empty where it does not. Two actions that belong together may share a step."""
    low = _QUOTED.sub('""', step.text.casefold())
    if step.html.count("<strong>") > 1:
        return "has several parts in bold"
    if (count := len(sentences(step.text))) > MAX_STEP_SENTENCES:
        return f"has {count} sentences"
    if re.search(r"\band then\b", low) or low.count("then ") > 1:
        return 'joins actions with "and then"'
    actions = [found["verb"] for found in _ACTION.finditer(low)]
    if len(actions) > MAX_ACTIONS:
        return f"asks for {len(actions)} actions: {', '.join(actions)}"
    return ""


# ── Tone ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

_TONE = (
    (
        re.compile(
            r"\b(?:wrongly|incorrectly|improperly|(?:your|driver['’]s|user) (?:fault|mistake|error)|you should(?:n['’]t)? have|you forgot|"
            r"you (?:have )?failed to|you must have|careless(?:ly)?|misus(?:e|ed))\b"
        ),
        'say what is the case, not who did it: "Often the plug is not fully in"',
    ),
    (
        re.compile(
            r"\b(?:simply|obvious(?:ly)?|of course|clearly|trivial(?:ly)?|merely|easily|easy(?! (?:to reach|access)))\b"
        ),
        "leave the word out: for somebody who is stuck it is not",
    ),
    (
        re.compile(
            r"(?<!has )(?<!have )(?<!had )(?<!only )(?<!was )(?<!were )(?<!is )(?<!are )\bjust\b(?! (?:before|after|now|below|above|behind|beside|like|as|in time|under|over|started|stopped|ended|left|one|a (?:few|little|moment)))"
        ),
        'leave "just" out: for somebody who is stuck it is not that small',
    ),
)


def _check_tone(guide: Guide, piece: Piece, findings: Findings) -> None:
    low = _QUOTED.sub('""', piece.text.casefold())
    for pattern, mend in _TONE:
        if found := pattern.search(low):
            findings.add("G529", guide.path, piece.line, f'{piece.name} says "{found.group()}"', mend)


# ── Words that drivers use ───────────────────────────────────────────────────────────────────────────────────────────

_TERMS = tuple(
    (re.compile(rf"(?<![\w-])(?:{pattern})(?![\w-])"), mend)
    for pattern, mend in (
        (r"evses?", 'say "charger"'),
        (r"charge ?points?|charging (?:points?|stations?|posts?)|charge posts?|pedestals?", 'say "charger"'),
        (r"connectors?|couplers?", 'say "plug"'),
        (r"(?:vehicle |car |charging |charge )?inlets?", 'say "the socket in your car"'),
        (
            r"authori[sz]\w*|authenticat\w*",
            'say "start", "accept" or "your card was not accepted"; put what a screen prints in quotes',
        ),
        (r"initiat(?:e|es|ed|ing)|terminat(?:e|es|ed|ing)|commenc\w+", 'say "start" or "stop"'),
        (r"rfid(?: (?:cards?|tokens?|tags?|chips?))?|tokens?", 'say "charging card"'),
        (r"handshakes?", 'say "the charger and the car cannot talk to each other"'),
        (r"sessions?", 'say "charge"'),
        (r"tethered", 'say "with a cable of its own"'),
        (r"ocpp|iso ?15118|csms|emsps?|cpos?|back-?end", "leave it out: no driver knows it"),
        (
            r"contactors?|(?:control )?pilot signal|proximity pilot|isolation fault|insulation monitor",
            "say what the driver sees",
        ),
        (r"transactions?", 'say "charge" or "payment"'),
        (r"malfunction\w*", 'say "does not work"'),
        (r"utili[sz]e\w*", 'say "use"'),
        (r"prior to", 'say "before"'),
    )
)
_VEHICLE = (re.compile(r"(?<![\w-])vehicles?(?![\w-])"), 'say "car"; put what a screen prints in quotes')


def _check_terms(problem: Problem, guide: Guide, piece: Piece, findings: Findings) -> None:
    low = _QUOTED.sub('""', piece.text.casefold())
    for symptom in guide.symptoms:  # what screens print stands without quotes in a short title
        low = low.replace(symptom.casefold(), "")
    # Trucks, buses and motorbikes are no cars.
    for pattern, mend in _TERMS if problem.category == "special" else (*_TERMS, _VEHICLE):
        if found := pattern.search(low):
            findings.add("G530", guide.path, piece.line, f'{piece.name} says "{found.group()}"', mend)


# ── Characters ───────────────────────────────────────────────────────────────────────────────────────────────────────

_EMOJI = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf\u2b00-\u2bff\ufe0f\u20e3]")
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
_CURLY = re.compile("[“”„«»‘’\u201a]")
_CAPITALS = re.compile(r"\b[A-Z]{4,}\b")
_STRAIGHT = {"‘": "'", "’": "'", "\u201a": "'"}


def _strange(text: str) -> Iterator[tuple[str, str]]:
    if found := _EMOJI.search(text):
        mend = "leave it out: phones draw it differently, and screen readers read its name aloud; use a pictogram"
        yield f'the sign "{found.group()}" is an emoji', mend
    if found := _UNSEEN.search(text):
        yield (
            f"holds the invisible character U+{ord(found.group()):04X}",
            "delete it; it often comes with copied text",
        )
    if "\t" in text:
        yield "holds a tab", "write a blank instead"


def _not_plain(text: str, known: Collection[str]) -> Iterator[tuple[str, str]]:
    if found := _CURLY.search(text):
        plain = _STRAIGHT.get(found.group(), '"')
        yield f"has the curly quote {found.group()}", f"write {plain}: a search then finds the words"
    words = [word for word in _CAPITALS.findall(text) if word not in known]
    if words:
        yield (
            f'"{words[0]}" is in capitals',
            "write it in small letters: capitals are slow to read and seem to shout",
        )
