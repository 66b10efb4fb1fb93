"""Takes in what translators send back: every unit is looked at before any file is written, and a wrong one harms no other."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser

from chargeside.errors import ContentError
from chargeside.findings import Findings, nearest
from chargeside.load.guide import plain_text
from chargeside.load.source import refuse_control
from chargeside.load.translation import fingerprint
from chargeside.translating.layout import joined
from chargeside.translating.shelf import Shelf, State
from chargeside.translating.units import SHORT, Entry
from chargeside.translating.work import Draft, change, open_draft

_TAG = re.compile(r"<[a-zA-Z/!?][^<>]*>?")
_LOOSE = ("**", "__", "`", "](")
"""Marks of Markdown that stand in the text as they are when one of a pair is missing."""
_BLANKS = re.compile(r"[ \t\r\n\f]+")
_LONGEST = {"title": 200, "symptoms": 200, "ask": 200, "short": SHORT}
_MOST_SYMPTOMS = 12
_TOLD = 20
"""How many units of unknown problems are named."""


@dataclass
class Taken:
    """What became of the units. `files`: those that were written."""

    files: list[str] = field(default_factory=list)
    changed: int = 0
    unchanged: int = 0
    empty: int = 0
    left: int = 0


def take_in(
    shelf: Shelf, lang: str, entries: Iterable[Entry], shown: str, findings: Findings, *, same: bool = False
) -> Taken:
    """Write the words of all units that can be used. `same`: words that equal the English ones are meant so.

    What cannot be used is a finding. Raises WriteError.
    """
    taken = Taken()
    by_slug: dict[str, dict[str, Entry]] = defaultdict(dict)
    slugs = shelf.slugs(Findings())
    unknown: list[Entry] = []
    for entry in entries:
        slug, _, piece = entry.name.partition("/")
        if slug not in slugs or not piece:
            unknown.append(entry)
        elif piece in by_slug[slug]:
            findings.add("T604", shown, entry.line, f'"{entry.name}" stands twice', "keep one of the two")
        else:
            by_slug[slug][piece] = entry
    taken.left += len(unknown)
    _tell_unknown(unknown, slugs, shown, findings)
    for slug, pieces in by_slug.items():
        _take_guide(shelf, slug, lang, pieces, shown, findings, same, taken)
    return taken


def _tell_unknown(unknown: Sequence[Entry], slugs: Sequence[str], shown: str, findings: Findings) -> None:
    """The first ones by name: a file that has nothing to do with guides holds thousands."""
    for entry in unknown[:_TOLD]:
        mend = nearest(entry.name.partition("/")[0], slugs)
        mend = (
            mend
            if mend.startswith("did you")
            else "keep the names that the export gave, or leave the unit out"
        )
        findings.add("T604", shown, entry.line, f'"{entry.name}" names no problem that is here', mend)
    if len(unknown) > _TOLD:
        message = f"{len(unknown) - _TOLD} more units name no problem that is here"
        mend = "check that the file comes from `chargeside translate export`, and that --operator is right"
        findings.add("T604", shown, None, message, mend)


def _take_guide(
    shelf: Shelf,
    slug: str,
    lang: str,
    pieces: dict[str, Entry],
    shown: str,
    findings: Findings,
    same: bool,
    taken: Taken,
) -> None:
    found = Findings()
    draft = open_draft(shelf, slug, lang, found)
    if draft is None:
        findings.extend(found)
        taken.left += len(pieces)
        return
    words: dict[str, str] = {}
    for name, entry in pieces.items():
        text = _looked_at(shelf, draft, name, entry, _Told(shown, entry, findings), same)
        if text is None:
            taken.left += bool(entry.target.strip())
            taken.empty += not entry.target.strip()
        elif text == draft.own.get(name) and _is_done(draft, name):
            taken.unchanged += 1
        else:
            words[name] = text
    told = {name: _Told(shown, pieces[name], findings) for name in words}
    written = _write(shelf, draft, words, told)
    taken.changed += written
    taken.left += len(words) - written
    if written:
        taken.files.append(shelf.name(slug, lang))


def _write(shelf: Shelf, draft: Draft, words: Mapping[str, str], told: Mapping[str, _Told]) -> int:
    """Write words into a guide, all at once or, where one of them spoils the file, each by itself; how many were written."""
    try:
        change(shelf, draft, words, Findings())
    except ContentError as error:
        if len(words) == 1:
            (name,) = words
            told[name].add("T605", f"cannot be written: {error.findings[0].message}", error.findings[0].mend)
            return 0
        written = 0
        for name, text in words.items():
            again = open_draft(shelf, draft.source.slug, draft.lang, Findings())
            written += _write(shelf, again, {name: text}, told) if again else 0
        return written
    return len(words)


def _is_done(draft: Draft, name: str) -> bool:
    return draft.words is not None and draft.words.states[name] is State.DONE


@dataclass(frozen=True)
class _Told:
    """Where findings of one unit go."""

    shown: str
    entry: Entry
    findings: Findings

    def add(self, code: str, message: str, mend: str) -> None:
        self.findings.add(code, self.shown, self.entry.line, f"{self.entry.name}: {message}", mend)


def _looked_at(shelf: Shelf, draft: Draft, name: str, entry: Entry, told: _Told, same: bool) -> str | None:
    """The unit's words as they go into the file; None where they do not, with a finding unless there are none."""
    if name not in draft.source.right:
        told.add("T604", "the English guide has no such piece", _nearest_piece(name, draft))
        return None
    if not entry.target.strip():
        return None
    text = _tidy(name, entry.target)
    if text == draft.own.get(name) and (_is_done(draft, name) or entry.open):
        return text if _is_done(draft, name) else None
    if entry.broken:
        told.add("T605", entry.broken, "write the words as plain text, in the form of the English ones")
    elif entry.open:
        told.add(
            "T608",
            "is not marked as finished",
            "mark it as translated in your tool, or take the word fuzzy away",
        )
    elif _mark(shelf, name, _tidy(name, entry.source)) != draft.source.right[name]:
        told.add(
            "T606",
            "the English text has changed since this file was made",
            "export it again and translate the new text",
        )
    elif text == draft.english[name] and not same:
        told.add(
            "T607",
            "is still the English text",
            "translate it; if it is the same in your language, import with --same",
        )
    elif _can_be_used(shelf, draft, name, text, told):
        return text
    return None


def _nearest_piece(name: str, draft: Draft) -> str:
    return nearest(name, draft.source.right)


def _tidy(name: str, text: str) -> str:
    """Without the blanks and line breaks that tools add; lists one a line, paragraphs with an empty line between."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if name in ("symptoms", "ask"):
        return "\n".join(filter(None, (_BLANKS.sub(" ", line).strip() for line in lines)))
    if name in ("title", "short"):
        return _BLANKS.sub(" ", text).strip()
    paragraphs = re.split(r"\n[ \t]*\n", "\n".join(lines).strip("\n"))
    return "\n\n".join(filter(None, (joined(paragraph.split("\n")) for paragraph in paragraphs)))


def _mark(shelf: Shelf, name: str, text: str) -> str:
    """The fingerprint of a piece's words; empty where they cannot be read."""
    if name in ("title", "short", "symptoms", "ask"):
        return fingerprint(text)
    return fingerprint(shelf.html(name, text, Findings()) or "")


def _can_be_used(shelf: Shelf, draft: Draft, name: str, text: str, told: _Told) -> bool:
    found = Findings()
    if refuse_control(told.entry.target.replace("\r\n", "\n"), told.shown, found):
        told.add("T605", "holds a control character", "delete it")
    elif tags := _tags(text) - _tags(draft.english[name]):
        told.add(
            "T605",
            f"holds HTML: {min(tags)[:60]}",
            "write plain words; **bold** is the only mark you need",
        )
    elif name in _LONGEST:
        return _fits(draft, name, text, told)
    else:
        return _reads_well(shelf, draft, name, text, told)
    return False


def _tags(text: str) -> Counter[str]:
    return Counter(_TAG.findall(text))


def _fits(draft: Draft, name: str, text: str, told: _Told) -> bool:
    lines = text.split("\n")
    long = next((line for line in lines if len(line) > _LONGEST[name]), None)
    if long is not None:
        message = f'"{long[:40]}" has {len(long)} characters, at most {_LONGEST[name]} fit'
        told.add("T605", message, "find shorter words")
    elif name == "symptoms" and len(lines) > _MOST_SYMPTOMS:
        told.add(
            "T605", f"has {len(lines)} lines, at most {_MOST_SYMPTOMS} are kept", "keep the likeliest ones"
        )
    elif name == "ask" and len(lines) != (wanted := len(draft.english[name].split("\n"))):
        mend = "the question on the first line, then one answer a line, in the English order"
        told.add("T605", f"has {len(lines)} lines where the English text has {wanted}", mend)
    else:
        return True
    return False


def _reads_well(shelf: Shelf, draft: Draft, name: str, text: str, told: _Told) -> bool:
    found = Findings()
    # As it came: what looks like another step would vanish in the middle of a line when lines are joined.
    html = shelf.html(name, told.entry.target.replace("\r\n", "\n").strip(), found)
    english = shelf.html(name, draft.english[name], Findings()) or ""
    for finding in found:
        told.add("T605", finding.message, finding.mend)
    if html is None or len(found):
        return False
    if html != shelf.html(name, text, Findings()):
        told.add("T605", "is more than plain sentences", "write it as one paragraph, without lists")
        return False
    loose = [mark for mark in _LOOSE if plain_text(html).count(mark) > plain_text(english).count(mark)]
    if loose:
        told.add(
            "T605",
            f"has a mark {loose[0]} without its partner",
            "put the marks around whole words: **Stop** the attempt",
        )
    elif _links(html) != _links(english):
        wanted = ", ".join(sorted(_links(english))) or "none"
        told.add("T605", "has other links than the English text", f"keep the addresses: {wanted}")
    else:
        return True
    return False


class _Links(HTMLParser):
    """Addresses of the links in a text."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.update(value or "" for name, value in attrs if tag == "a" and name == "href")


def _links(html: str) -> set[str]:
    links = _Links()
    links.feed(html)
    return links.found
