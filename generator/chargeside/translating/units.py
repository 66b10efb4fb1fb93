"""What goes out to translators and comes back: one unit for each piece, with notes that say where drivers read it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from chargeside.errors import ContentError
from chargeside.findings import Findings
from chargeside.load.content import content_root, load_connectors
from chargeside.model.network import Content
from chargeside.model.problem import Step
from chargeside.plan.words import condition_in_words
from chargeside.translating.shelf import Shelf, State
from chargeside.translating.work import Draft, Piece, open_draft

SHORT = 24
"""Longest short title, in characters (load.guide)."""

_NOTES = {
    "title": "The title: what the driver sees, in their words. No full stop.",
    "short": f"The title on a button. At most {SHORT} characters.",
    "symptoms": "Other words for it, one a line. Write what drivers in your language type and what screens there print: as many as "
    "you need, at most 12. They need not match the English ones.",
    "intro": "Above the steps: what is going on. Never blames the driver.",
    "call": "Below the steps: when to call. Bold as in English.",
    "ask": "The question behind the steps on the first line, then one answer a line, in the order of the English ones.",
}


@dataclass(frozen=True)
class Unit:
    """One piece of one guide for a translator. `target` is empty where nothing is translated yet.

    `limit`: longest translation in characters, None for no limit. `place`: file and line of the English words.
    """

    slug: str
    piece: str
    source: str
    target: str
    state: State
    notes: tuple[str, ...]
    limit: int | None
    place: tuple[str, int]

    @property
    def name(self) -> str:
        """Its name in the file that goes out: `card-declined/title`."""
        return f"{self.slug}/{self.piece}"

    @property
    def unsure(self) -> bool:
        """Whether there are words that somebody must look at again."""
        return bool(self.target) and self.state is not State.DONE


@dataclass(frozen=True)
class Entry:
    """One unit as it came back. `open`: the translator has not marked it as finished. `broken`: what makes it of no use."""

    name: str
    source: str
    target: str
    open: bool
    line: int | None
    broken: str = ""


def units(
    shelf: Shelf, lang: str, findings: Findings, *, only: tuple[str, ...] = (), only_open: bool = False
) -> Iterator[Unit]:
    """Units of all guides, those that drivers need most first. Guides that cannot be read are findings and are left out.

    `only`: of these problems. `only_open`: what is up to date is left out.
    """
    content = Content({}, load_connectors(content_root() / "connectors", Findings()))
    drafts = [
        draft for slug in only or shelf.slugs(findings) if (draft := _draft(shelf, slug, lang, findings))
    ]
    for draft in sorted(drafts, key=lambda draft: (-draft.source.matter.weight, draft.source.slug)):
        for piece in draft.pieces:
            if not only_open or piece.state is not State.DONE:
                yield _unit(shelf, draft, piece, content)


def _draft(shelf: Shelf, slug: str, lang: str, findings: Findings) -> Draft | None:
    try:
        return open_draft(shelf, slug, lang, findings)
    except ContentError as error:
        findings.extend(error.findings)
        return None


def _unit(shelf: Shelf, draft: Draft, piece: Piece, content: Content) -> Unit:
    source = draft.source
    steps = {step.id: (number, step) for number, step in enumerate(source.read.guide.steps, 1)}
    if piece.name in steps:
        number, step = steps[piece.name]
        note, line = _of_step(number, len(steps), step, content), step.line
    else:
        note, line = _NOTES[piece.name], source.read.doc.line((piece.name,)) or 1
    notes = [f"In “{source.read.guide.title}”. {note}" if piece.name != "title" else note]
    if source.matter.outcome == "danger":
        notes.append("Danger: this must be exact.")
    if piece.state is State.STALE:
        notes.append("The English text has changed since this was translated.")
    if piece.state is State.NEW:
        notes.append("Nobody has confirmed this translation yet.")
    return Unit(
        source.slug,
        piece.name,
        piece.english,
        piece.words,
        piece.state,
        tuple(notes),
        SHORT if piece.name == "short" else None,
        (shelf.name(source.slug, "en"), line),
    )


def _of_step(number: int, count: int, step: Step, content: Content) -> str:
    where = condition_in_words(step.when, content)
    parts = [
        f"Step {number} of {count}.",
        f"{where}." if where else "",
        f"Beside the picture “{step.pictogram}”." if step.pictogram else "",
        "Keep **bold** marks.",
    ]
    return " ".join(filter(None, parts))
