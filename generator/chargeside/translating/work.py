"""What changes the file of a translation: beginning one, saying that pieces are up to date, taking in words from elsewhere.

Every file is read again before it is written: what the reader makes of it must be what was meant.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from chargeside.errors import ContentError
from chargeside.findings import Findings, one_line
from chargeside.load.content import MAX_GUIDE_BYTES
from chargeside.translating.layout import Layout, LayoutError, skeleton
from chargeside.translating.shelf import ENGLISH_MARK, Shelf, Source, State, Words
from chargeside.write import write_atomic

_FRONT = ("title", "short", "symptoms", "ask")
_NOTE = 160
"""Longest English text in a comment, in characters."""


@dataclass(frozen=True)
class Piece:
    """A piece in both languages, as Markdown; several symptoms or answers are lines."""

    name: str
    state: State
    english: str
    words: str


@dataclass(frozen=True)
class Started:
    """What `start` did. `added`: pieces that are now in the file in English; `stale`: those whose words are there and old."""

    written: bool
    new: bool
    added: tuple[str, ...]
    stale: tuple[Piece, ...]
    unconfirmed: tuple[str, ...]


class Outcome(StrEnum):
    """What `confirm` made of a piece."""

    CONFIRMED = "confirmed"
    ENGLISH = "still English"
    STALE = "stale"
    MISSING = "missing"


@dataclass(frozen=True)
class Draft:
    """A guide's file on the way to being changed. `text` is the old one as it stands on disk, None where there is none."""

    source: Source
    lang: str
    english: Mapping[str, str]
    text: str | None = None
    words: Words | None = None
    own: Mapping[str, str] = field(default_factory=dict)

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """All pieces in the order of the guide; `words` is empty where there are none, or still the English ones."""
        states = self.words.states if self.words else dict.fromkeys(self.source.right, State.MISSING)
        return tuple(
            Piece(name, state, self.english[name], "" if state is State.MISSING else self.own.get(name, ""))
            for name, state in states.items()
        )


def open_draft(shelf: Shelf, slug: str, lang: str, findings: Findings) -> Draft | None:
    """A guide and its translation, if there is one; None with findings where one of them cannot be used."""
    source = shelf.source(slug, findings)
    english = shelf.text(slug, "en", findings) if source else None
    if source is None or english is None:
        return None
    texts = _texts(shelf, source, english, shelf.name(slug, "en"), findings)
    if texts is None:
        return None
    path = shelf.path(slug, lang)
    if not path.is_file():
        return Draft(source, lang, texts)
    words = shelf.words(source, lang, findings)
    if words is None:
        return None
    raw = path.read_bytes().decode(
        "utf-8"
    )  # it was read a moment ago, so it is UTF-8; line ends stay as they are
    own = _texts(shelf, words, raw, shelf.name(slug, lang), findings)
    return None if own is None else Draft(source, lang, texts, raw, words, own)


def start(shelf: Shelf, slug: str, lang: str) -> Started:
    """Write a file to translate in, or add to one what it lacks, in English and marked so. Raises ContentError, WriteError."""
    findings = Findings()
    draft = open_draft(shelf, slug, lang, findings)
    if draft is None:
        raise ContentError(findings.sorted())
    stale = tuple(piece for piece in draft.pieces if piece.state is State.STALE)
    unconfirmed = tuple(piece.name for piece in draft.pieces if piece.state is State.NEW)
    english = {piece.name: piece.english for piece in draft.pieces if piece.state is State.MISSING}
    added = tuple(name for name, text in english.items() if draft.own.get(name) != text)
    layout = _skeleton(draft) if draft.text is None else Layout(draft.text)
    if draft.text is not None:
        for name in added:
            _put(layout, draft, name, english[name])
        layout.set_marks(_english_marks(draft.source, english), tuple(draft.source.all_right), {})
        _note_stale(layout, draft, stale)
    written = save(shelf, draft, layout, english, findings)
    return Started(written, draft.text is None, added, stale, unconfirmed)


def confirm(
    shelf: Shelf,
    slug: str,
    lang: str,
    names: Sequence[str] = (),
    *,
    same: bool = False,
    stale_too: Callable[[Piece], bool] = lambda _: False,
) -> dict[str, Outcome]:
    """Write the fingerprints of pieces whose words are up to date, and say what became of each piece that was open.

    `names`: these pieces, else all. `same`: words that equal the English ones are meant so. `stale_too` is asked of each stale
    piece that is not named. Raises ContentError, WriteError.
    """
    findings = Findings()
    draft = open_draft(shelf, slug, lang, findings)
    if draft is None or draft.text is None or draft.words is None:
        if draft:
            mend = f"begin with: chargeside translate start {lang} {slug}"
            findings.add("F101", shelf.name(slug, lang), None, "no such file", mend)
        raise ContentError(findings.sorted())
    outcome: dict[str, Outcome] = {}
    for piece in draft.pieces:
        if piece.state is not State.DONE and (not names or piece.name in names):
            outcome[piece.name] = _outcome(draft, piece, bool(names), same, stale_too)
    layout = Layout(draft.text)
    confirmed = [name for name, what in outcome.items() if what is Outcome.CONFIRMED]
    layout.set_marks(draft.source.marks(confirmed), tuple(draft.source.all_right), {})
    save(shelf, draft, layout, {}, findings)
    return outcome


def _outcome(
    draft: Draft, piece: Piece, named: bool, same: bool, stale_too: Callable[[Piece], bool]
) -> Outcome:
    assert draft.words
    if piece.name not in draft.words.own:
        return Outcome.MISSING
    if piece.state is State.MISSING:
        is_english = draft.words.own[piece.name] == draft.source.right[piece.name]
        return Outcome.CONFIRMED if same and is_english else Outcome.ENGLISH
    if piece.state is State.STALE and not named and not stale_too(piece):
        return Outcome.STALE
    return Outcome.CONFIRMED


def change(shelf: Shelf, draft: Draft, words: Mapping[str, str], findings: Findings) -> bool:
    """Write words for some pieces, which are then up to date; whether the file changed. Raises ContentError, WriteError."""
    if not words:
        return False
    layout = _skeleton(draft) if draft.text is None else Layout(draft.text)
    for name in draft.source.right:
        if name in words and words[name] != draft.own.get(name):
            _put(layout, draft, name, words[name])
    layout.set_marks(draft.source.marks(words), tuple(draft.source.all_right), {})
    return save(shelf, draft, layout, {**_first(draft), **words}, findings)


def save(shelf: Shelf, draft: Draft, layout: Layout, changed: Mapping[str, str], findings: Findings) -> bool:
    """Write the file if it changed. `changed`: the words that were put in.

    Raises ContentError where the reader would make something else of the file, and WriteError.
    """
    text = str(layout)
    if text == draft.text:
        return False
    name = shelf.name(draft.source.slug, draft.lang)
    data = text.encode()
    if len(data) > MAX_GUIDE_BYTES:
        message = f"would have {len(data)} bytes, at most {MAX_GUIDE_BYTES} are read"
        findings.add("F110", name, None, message, "shorten the translation")
        raise ContentError(findings.sorted())
    found = Findings()
    plain = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    words = shelf.words_of(draft.source, draft.lang, plain, found)
    again = _texts(shelf, words, text, name, found) if words else None
    if again != {**draft.own, **changed}:
        findings.extend(found)
        mend = "write the guide as the handbook shows it, then try again"
        findings.add("T609", name, None, "would not be read as it is meant", mend)
        raise ContentError(findings.sorted())
    write_atomic(shelf.path(draft.source.slug, draft.lang), data)
    return True


def _first(draft: Draft) -> Mapping[str, str]:
    """What stands in a new file before any of it is translated."""
    return draft.english if draft.text is None else {}


def _skeleton(draft: Draft) -> Layout:
    texts = draft.english
    front = {name: _value(name, texts[name]) for name in _FRONT if name in texts}
    layout = skeleton(front, texts, draft.source.steps)
    order = tuple(draft.source.all_right)
    layout.set_marks(_english_marks(draft.source, draft.source.right), order, {})
    return layout


def _english_marks(source: Source, names: Iterable[str]) -> dict[str, str]:
    return {name: ENGLISH_MARK + source.right[name] for name in names}


def _note_stale(layout: Layout, draft: Draft, stale: Iterable[Piece]) -> None:
    """Put the English words beside the old fingerprint of each stale piece."""
    marks, notes = {}, {}
    for piece in stale:
        if draft.words and (mark := draft.words.read.translates.get(piece.name)):
            marks[piece.name] = mark
            english = one_line(piece.english.replace("\n", " / "))
            notes[piece.name] = (
                f"stale. English now: {english if len(english) <= _NOTE else english[: _NOTE - 1] + '…'}"
            )
    layout.set_marks(marks, tuple(draft.source.all_right), notes)


def _put(layout: Layout, draft: Draft, name: str, text: str) -> None:
    if name in _FRONT:
        layout.set_front(name, _value(name, text))
    else:
        layout.set_text(name, text, draft.source.steps)


def _value(name: str, text: str) -> str | list[str]:
    return text.split("\n") if name in ("symptoms", "ask") else text


def _texts(
    shelf: Shelf, guide: Source | Words, text: str, shown: str, findings: Findings
) -> dict[str, str] | None:
    """Every piece as its author wrote it, in the order of the guide; None with a finding where they cannot be told apart."""
    try:
        body = shelf.layout(guide, text).texts
    except LayoutError as error:
        findings.add(
            "T609",
            shown,
            None,
            str(error),
            "write the guide as the handbook shows it: numbered steps, each with its id below",
        )
        return None
    read = guide.read
    asked = (read.guide.question, *read.guide.answers) if read.guide.question else ()
    front = {
        "title": read.guide.title,
        "short": read.guide.short if "short" in read.doc.data else "",
        "symptoms": "\n".join(map(_line, read.guide.symptoms)),
        "ask": "\n".join(map(_line, asked)),
    }
    texts = {**front, **body}
    return {name: texts[name] for name in (*front, *body) if texts[name]}


def _line(text: str) -> str:
    return " ".join(text.split("\n"))
