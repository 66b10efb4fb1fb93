"""Why people called: the operator's own words for it, and the problem that each means.

An operator's reasons.csv (reason, problem) counts before everything; an empty problem means that none is meant. Without it a reason is a problem's slug, its
title or a symptom in any language, or shares most of its telling words with one of these. Words that many guides use tell little."""

from __future__ import annotations

import math
import os
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from chargeside.findings import Findings, Severity, nearest
from chargeside.load.source import read_csv
from chargeside.model.network import Content
from chargeside.model.problem import Problem

REASONS = "reasons.csv"
COLUMNS = ("reason", "problem")
_ALIKE = 0.6
"""Share of the telling words, of reason and phrase alike, that must be the same."""
_AHEAD = 0.1
"""By so much the best problem must be ahead of the next."""
_LONGEST = 200
_MOST_GUESSED = 20_000
"""Different reasons that are matched by words; a column with more is no list of reasons."""


@dataclass(frozen=True, slots=True)
class Meant:
    """The problem that a reason means ('' for none). `confidence`: 1 where it is written so, less where words are alike, 0 where nobody knows."""

    slug: str
    confidence: float


_NONE = Meant("", 0.0)


def flat(text: str) -> str:
    """Words in small letters without accents, one blank between them."""
    bare = unicodedata.normalize("NFKD", text[:_LONGEST].casefold().replace("ß", "ss"))
    bare = "".join(letter for letter in bare if not unicodedata.combining(letter))
    return " ".join(re.findall(r"[^\W_]+", bare))


def read_reasons(folder: Path, shown: str, content: Content, findings: Findings) -> Mapping[str, str]:
    """What reasons.csv says: the problem's slug by reason, in `flat` words. No file says nothing."""
    path = folder / REASONS
    if not os.path.lexists(path):
        return {}
    given: dict[str, str] = {}
    for row in read_csv(path, shown, findings, COLUMNS, by_people=True) or ():
        reason, slug = flat(row.values["reason"]), row.values["problem"].strip()
        if slug in {"-", "–"}:
            slug = ""
        if slug and slug not in content.problems:
            mend = nearest(slug, content.problems) if len(slug) > 3 else "write the slug of a problem"
            findings.add("F106", shown, row.line, f'problem "{slug}" is not known', mend, Severity.WARNING)
        elif reason:
            given.setdefault(reason, slug)
    return given


@dataclass(slots=True)
class Reasons:
    """Tells which problem a reason means. `given`: from reasons.csv."""

    given: Mapping[str, str]
    problems: Mapping[str, Problem]
    _known: dict[str, str] = field(init=False, default_factory=dict)
    _phrases: list[tuple[str, frozenset[str]]] = field(init=False, default_factory=list)
    _by_word: dict[str, list[int]] = field(init=False, default_factory=lambda: defaultdict(list))
    _met: dict[str, Meant] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        """All phrases of the guides. Of two problems with the same one neither is meant."""
        for slug, phrase in _phrases(self.problems):
            if self._known.setdefault(phrase, slug) != slug:
                self._known[phrase] = ""
        for phrase, slug in self._known.items():
            words = frozenset(phrase.split())
            if slug and words:
                for word in words:
                    self._by_word[word].append(len(self._phrases))
                self._phrases.append((slug, words))

    def meant(self, reason: str) -> Meant:
        """The problem that a reason means."""
        words = flat(reason)
        if words not in self._met:
            self._met[words] = self._found(words)
        return self._met[words]

    def _found(self, words: str) -> Meant:
        if not words:
            return _NONE
        if words in self.given:
            return Meant(self.given[words], 1.0)
        if self._known.get(words):
            return Meant(self._known[words], 1.0)
        return self._alike(frozenset(words.split())) if len(self._met) < _MOST_GUESSED else _NONE

    def _alike(self, words: frozenset[str]) -> Meant:
        best: dict[str, float] = defaultdict(float)
        whole = sum(map(self._tells, words))
        for place in {place for word in words for place in self._by_word.get(word, ())}:
            slug, phrase = self._phrases[place]
            shared = sum(map(self._tells, words & phrase))
            best[slug] = max(best[slug], shared / max(whole, sum(map(self._tells, phrase))))
        ranked = sorted(best.items(), key=lambda one: (-one[1], one[0]))
        if not ranked or ranked[0][1] < _ALIKE:
            return _NONE
        second = ranked[1][1] if len(ranked) > 1 else 0.0
        return Meant(ranked[0][0], round(ranked[0][1], 3)) if ranked[0][1] - second >= _AHEAD else _NONE

    def _tells(self, word: str) -> float:
        """How much a word tells: less the more phrases have it."""
        return math.log(1 + len(self._phrases) / (1 + len(self._by_word.get(word, ()))))


def _phrases(problems: Mapping[str, Problem]) -> Iterator[tuple[str, str]]:
    for slug, problem in problems.items():
        yield slug, flat(slug.replace("-", " "))
        for guide in problem.guides:
            for text in (guide.title, guide.short, *guide.symptoms):
                yield slug, flat(text)
