"""The guides of one folder: the English ones in their pieces, and how far each piece of a translation is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from pathlib import Path

from chargeside.findings import Findings
from chargeside.load.content import LANGUAGE_TAG, MAX_GUIDE_BYTES, content_root, guide_folders
from chargeside.load.guide import FrontMatter, GuideReader, ReadGuide, plain_text
from chargeside.load.pictograms import pictogram_names
from chargeside.load.source import folder_name, read_text
from chargeside.load.translation import fingerprints
from chargeside.translating.layout import Layout, LayoutError, skeleton

ENGLISH_MARK = "en:"
"""Stands before a fingerprint in `translates` where the words are still the English ones with that fingerprint."""


class State(StrEnum):
    """How far a piece of a translation is."""

    DONE = "done"
    NEW = "not confirmed"  # words in the language, of which nobody said yet that they are right
    STALE = "stale"  # the English piece has changed since
    MISSING = "missing"  # no words, or still the English ones


@dataclass(frozen=True)
class Source:
    """An English guide. `right`: the fingerprint of each of its pieces, in the order of the guide."""

    slug: str
    read: ReadGuide
    matter: FrontMatter
    right: Mapping[str, str]
    all_right: Mapping[str, str]
    """The same with `short` where the guide has no short title of its own, since a translation is asked for it all the same."""

    @cached_property
    def words(self) -> dict[str, int]:
        """How many words each piece has."""
        guide = self.read.guide
        pieces = {
            "title": guide.title,
            "short": guide.short,
            "symptoms": " ".join(guide.symptoms),
            "intro": plain_text(guide.intro_html),
            **{step.id: step.text for step in guide.steps},
            "call": plain_text(guide.call_html),
            "ask": " ".join((guide.question, *guide.answers)),
        }
        return {name: len(pieces[name].split()) for name in self.right}

    @property
    def steps(self) -> tuple[str, ...]:
        """Ids of the steps in their order."""
        return tuple(step.id for step in self.read.guide.steps)

    def marks(self, names: Iterable[str]) -> dict[str, str]:
        """What `translates` says of pieces that are up to date."""
        found = {name: self.right[name] for name in names}
        if "title" in found and "short" not in self.right:
            found["short"] = self.all_right["short"]
        return found


@dataclass(frozen=True)
class Words:
    """A translation as it stands in its file. `states`: of each English piece."""

    lang: str
    read: ReadGuide
    states: Mapping[str, State]
    own: Mapping[str, str]
    """Fingerprint of each piece's own words, by which one sees whether they are still English."""


class Shelf:
    """The folder `problems` of the project, or of an operator. `base` is the folder around it."""

    def __init__(self, operator: Path | None = None) -> None:
        self.base = operator or content_root()
        self.folder = self.base / "problems"
        self.shown = f"{folder_name(operator)}/problems" if operator else "problems"
        connectors = sorted(path.stem for path in (content_root() / "connectors").glob("*.yml"))
        self.reader = GuideReader(pictogram_names(), connectors)

    def slugs(self, findings: Findings) -> tuple[str, ...]:
        """Names of all problems."""
        return tuple(path.name for path in guide_folders(self.folder, self.shown, findings))

    def languages(self) -> tuple[str, ...]:
        """Languages that at least one guide is there in, without English."""
        stems = {path.stem for path in self.folder.glob("*/*.md")}
        return tuple(sorted(stem for stem in stems if LANGUAGE_TAG.fullmatch(stem) and stem != "en"))

    def path(self, slug: str, lang: str) -> Path:
        """The file of a guide."""
        return self.folder / slug / f"{lang}.md"

    def name(self, slug: str, lang: str) -> str:
        """The same as people are shown it."""
        return f"{self.shown}/{slug}/{lang}.md"

    def text(self, slug: str, lang: str, findings: Findings) -> str | None:
        """The text of a guide's file, line ends as `\\n`; None with a finding when it cannot be read."""
        path, name = self.path(slug, lang), self.name(slug, lang)
        return read_text(path, name, findings, max_bytes=MAX_GUIDE_BYTES, within=path.parent)

    def source(self, slug: str, findings: Findings) -> Source | None:
        """The English guide; None with findings when it cannot be used."""
        text = self.text(slug, "en", findings)
        read = None if text is None else self.reader.read(text, "en", self.name(slug, "en"), findings)
        if read is None or read.matter is None:
            return None
        right = fingerprints(read.guide)
        own = {name: mark for name, mark in right.items() if name != "short" or "short" in read.doc.data}
        return Source(slug, read, read.matter, own, right)

    def words(self, source: Source, lang: str, findings: Findings) -> Words | None:
        """A translation; None where there is none, and with findings where it cannot be used."""
        if not self.path(source.slug, lang).is_file():
            return None
        text = self.text(source.slug, lang, findings)
        return None if text is None else self.words_of(source, lang, text, findings)

    def words_of(self, source: Source, lang: str, text: str, findings: Findings) -> Words | None:
        """The same from the text of its file."""
        read = self.reader.read(text, lang, self.name(source.slug, lang), findings)
        if read is None:
            return None
        own = fingerprints(read.guide)
        if "short" not in read.doc.data:
            own.pop("short", None)
        return Words(lang, read, {name: _state(source, read, own, name) for name in source.right}, own)

    def layout(self, source_or_words: Source | Words, text: str) -> Layout:
        """The file of a guide by pieces. Raises LayoutError where its lines and what the reader understood differ."""
        layout = Layout(text)
        read = source_or_words.read
        meant = {name: html for name, html in body_html(read).items() if html}
        texts = layout.texts
        steps = [step.id for step in read.guide.steps]
        if list(texts) != [name for name in ("intro", *steps, "call") if name in meant]:
            raise LayoutError("is not laid out as sentences, numbered steps and **Call us if …**")
        again = self.reader.read(str(skeleton({"title": "x"}, texts, steps)), "xx", "", Findings())
        if again is None or {name: html for name, html in body_html(again).items() if html} != meant:
            raise LayoutError("has pieces that cannot be read by themselves")
        return layout

    def html(self, name: str, text: str, findings: Findings) -> str | None:
        """The Markdown of intro, a step or call as sanitised HTML; None with findings where it cannot be used."""
        if name == "intro":
            body = f"{text}\n\n1. x\n   {{: #x }}\n"
        elif name == "call":
            body = f"1. x\n   {{: #x }}\n\n{text}\n{{: #call }}\n"
        else:
            indented = text.replace("\n", "\n   ")
            body = f"1. {indented}\n   {{: #{name} }}\n"
        found = Findings()
        read = self.reader.read(f"---\ntitle: x\n---\n{body}", "xx", "", found)
        findings.extend(found)
        if read is None or found.errors:
            return None
        step = "x" if name in ("intro", "call") else name
        pieces = {key: html for key, html in body_html(read).items() if html}
        expected = [step] if name == step else [step, name]
        if sorted(pieces) != sorted(expected):
            findings.add(
                "T605",
                "",
                None,
                "is more than one paragraph or step",
                "write it as one paragraph of plain sentences",
            )
            return None
        return pieces[name]


def body_html(read: ReadGuide) -> dict[str, str]:
    """What the reader made of intro, steps and call."""
    guide = read.guide
    steps = {step.id: step.html for step in guide.steps}
    return {"intro": guide.intro_html, **steps, "call": guide.call_html}


def _state(source: Source, read: ReadGuide, own: Mapping[str, str], name: str) -> State:
    mark, words = read.translates.get(name), own.get(name)
    wanted = source.marks([name])
    if words is None:
        return State.MISSING
    if all(read.translates.get(piece) == right for piece, right in wanted.items()):
        wrong_count = name == "ask" and len(read.guide.answers) != len(source.read.guide.answers)
        return State.STALE if wrong_count else State.DONE
    if words == source.right[name] or mark == f"{ENGLISH_MARK}{words}":
        return State.MISSING
    return State.NEW if mark is None or mark.startswith(ENGLISH_MARK) else State.STALE
