"""Lays a translation over the English guide, piece by piece.

English carries the facts: which steps there are, in which order, for whom, with which pictogram. A translation gives words. It names
the fingerprint of each English piece it translates, so that a change of one English step makes that one piece stale and no
other; a stale or missing piece is shown in English.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace

from chargeside.findings import Findings, nearest
from chargeside.model.problem import Guide, Step

PIECES = ("title", "short", "symptoms", "intro", "call", "ask")
"""Pieces of a guide beside its steps, which go by their ids."""


def fingerprint(text: str) -> str:
    """Eight hex digits that change with the words, not with the white space around them."""
    return hashlib.blake2b(" ".join(text.split()).encode(), digest_size=4).hexdigest()


def fingerprints(guide: Guide) -> dict[str, str]:
    """Of each piece of a guide that has words, by its name."""
    pieces = {
        "title": guide.title,
        "short": guide.short,
        "symptoms": "\n".join(guide.symptoms),
        "intro": guide.intro_html,
        **{step.id: step.html for step in guide.steps},
        "call": guide.call_html,
        "ask": "\n".join((guide.question, *guide.answers)),
    }
    return {name: fingerprint(text) for name, text in pieces.items() if text}


def laid_over(english: Guide, words: Guide, translates: Mapping[str, str], findings: Findings) -> Guide:
    """The guide in the language of `words`: every English step, in the words of the translation where these are fresh.

    `english`: names of the pieces that are shown in English for want of fresh words.
    """
    right = fingerprints(english)
    stale = {name for name, digest in right.items() if translates.get(name) != digest}
    by_id = {step.id: step for step in words.steps}
    if words.answers and len(words.answers) != len(english.answers):
        message, mend = "the English guide asks no question", "delete ask"
        if english.answers:
            message = f"{len(words.answers)} answers, and the English guide has {len(english.answers)}"
            mend = "give the answers in the order of the English ones"
        findings.add("G517", words.path, words.lines.get("ask", words.line), message, mend)
        stale.add("ask")
    for step in words.steps:
        if step.id not in right or step.id in PIECES:
            mend = nearest(step.id, [step.id for step in english.steps])
            findings.add("G517", words.path, step.line, f'the English guide has no step "{step.id}"', mend)
    if names := ", ".join(name for name in right if name in stale):
        mend = "bring them up to date; until then drivers read them in English"
        findings.add("G518", words.path, words.line, f"not up to date with {english.path}: {names}", mend)
    steps = tuple(
        _in_words(step, by_id[step.id]) if step.id in by_id and step.id not in stale else step
        for step in english.steps
    )
    missing = {step.id for step in english.steps if step.id not in by_id}
    if english.question and not words.question:
        missing.add("ask")
    return replace(
        words,
        title=english.title if "title" in stale else words.title,
        short=english.short if "short" in stale else words.short,
        symptoms=english.symptoms if "symptoms" in stale else words.symptoms,
        intro_html=english.intro_html if "intro" in stale else words.intro_html,
        call_html=english.call_html if "call" in stale else words.call_html,
        steps=steps,
        question=english.question if "ask" in stale | missing else words.question,
        answers=english.answers if "ask" in stale | missing else words.answers,
        in_english=tuple(name for name in right if name in stale | missing),
    )


def _in_words(step: Step, words: Step) -> Step:
    return replace(step, html=words.html, text=words.text, line=words.line)
