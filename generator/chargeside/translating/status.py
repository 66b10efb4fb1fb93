"""How far each language is: guides and pieces that are done, stale, not confirmed, missing, and the words that are left."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from chargeside.findings import Findings
from chargeside.translating.shelf import Shelf, Source, State


@dataclass(frozen=True)
class GuideStatus:
    """One guide in one language. `words`: English words in its open pieces."""

    slug: str
    title: str
    weight: int
    there: bool
    states: dict[str, State]
    words: int

    @property
    def open(self) -> tuple[str, ...]:
        """Names of pieces that drivers read in English."""
        return tuple(name for name, state in self.states.items() if state is not State.DONE)

    def as_dict(self) -> dict[str, object]:
        """For --format json."""
        pieces = {name: str(state) for name, state in self.states.items()}
        return {
            "problem": self.slug,
            "title": self.title,
            "weight": self.weight,
            "file": self.there,
            "words_left": self.words,
            "pieces": pieces,
        }


@dataclass(frozen=True)
class LanguageStatus:
    """All guides in one language, those that drivers need most first."""

    lang: str
    guides: tuple[GuideStatus, ...]

    @property
    def complete(self) -> int:
        """Guides that have nothing open."""
        return sum(not guide.open for guide in self.guides)

    @property
    def missing(self) -> int:
        """Guides without a file."""
        return sum(not guide.there for guide in self.guides)

    @property
    def begun(self) -> int:
        """Guides that have a file and something open."""
        return len(self.guides) - self.complete - self.missing

    @property
    def words(self) -> int:
        """English words that are left to translate."""
        return sum(guide.words for guide in self.guides)

    @property
    def pieces(self) -> Counter[State]:
        """How many pieces are in each state."""
        return Counter(state for guide in self.guides for state in guide.states.values())

    def as_dict(self) -> dict[str, object]:
        """For --format json."""
        return {
            "language": self.lang,
            "guides": {"complete": self.complete, "begun": self.begun, "missing": self.missing},
            "pieces": {str(state): self.pieces[state] for state in State},
            "words_left": self.words,
            "problems": [guide.as_dict() for guide in self.guides],
        }


def status(
    shelf: Shelf, langs: Sequence[str], findings: Findings, only: str | None = None
) -> tuple[LanguageStatus, ...]:
    """How far languages are. `only`: look at this problem and no other. Guides that cannot be read are findings and are left out."""
    slugs = (only,) if only else shelf.slugs(findings)
    sources = [source for slug in slugs if (source := shelf.source(slug, findings))]
    sources.sort(key=lambda source: (-source.matter.weight, source.slug))
    return tuple(
        LanguageStatus(lang, tuple(_guide(shelf, source, lang, findings) for source in sources))
        for lang in langs
    )


def _guide(shelf: Shelf, source: Source, lang: str, findings: Findings) -> GuideStatus:
    words = shelf.words(source, lang, findings)
    states = dict(words.states) if words else dict.fromkeys(source.right, State.MISSING)
    left = sum(source.words[name] for name, state in states.items() if state is not State.DONE)
    there = shelf.path(source.slug, lang).is_file()
    return GuideStatus(source.slug, source.read.guide.title, source.matter.weight, there, states, left)
