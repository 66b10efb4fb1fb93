"""Rules on the words that guides are found by: no two guides fight for the same ones."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from chargeside.check.guide_conditions import exclude
from chargeside.check.guide_pieces import Piece, is_shared, named
from chargeside.findings import Findings, Severity
from chargeside.model.network import Content
from chargeside.model.problem import Guide, Problem

_WORD = re.compile(r"\w+(?:['’]\w+)*")
_LITTLE = frozenset(
    ("a", "an", "the", "my", "your", "our", "this", "that", "these", "it", "its", "i", "is", "are", "was", "were", "be", "been", "has", "have")
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Name:
    """Words that a guide is found by. `rank`: shared guides come first, so that a finding names an operator's own one; and those
    that were `touched` last of all, since whoever touched them can mend it."""

    problem: Problem
    guide: Guide
    piece: Piece
    touched: bool

    @property
    def rank(self) -> tuple[bool, bool, str, int]:
        return self.touched, not is_shared(self.problem), self.problem.slug, self.piece.line


def folded(text: str) -> str:
    """A text as a search sees it: without case, punctuation and runs of blanks."""
    return " ".join(_WORD.findall(text.casefold().replace("’", "'")))


def gist(text: str) -> frozenset[str]:
    """The words of a text that tell it apart, without their order and a plural s."""
    words = (word.partition("'")[0] if word.endswith("'s") else word for word in folded(text).split())
    return frozenset(
        word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word
        for word in words
        if word not in _LITTLE
    )


def check_symptoms(content: Content, findings: Findings, touched: Collection[str] = ()) -> None:
    """G531: titles and symptoms that two guides share, in English. Linear: names are put into groups, never compared by pairs.

    `touched`: slugs of guides that findings are laid to rather than to others.
    """
    names = sorted(
        (
            _Name(problem, guide, piece, problem.slug in touched)
            for problem in content.problems.values()
            for guide in (problem.guide("en"),)
            for piece in named(guide)
        ),
        key=lambda name: name.rank,
    )
    said: set[tuple[str, int, str]] = set()
    for name, first in _fights(names, folded):
        _same(name, first, said, findings)
    for name, first in _fights(names, gist):
        if name.problem is not first.problem:
            _alike(name, first, said, findings)
    _check_codes(content, names, findings)


def _fights(
    names: Iterable[_Name], key: Callable[[str], str | frozenset[str]]
) -> Iterator[tuple[_Name, _Name]]:
    """Each name and the first one before it that it fights with, by what `key` makes of their texts."""
    groups: dict[str | frozenset[str], list[_Name]] = {}
    for name in names:
        of_text = key(name.piece.text)
        if not of_text:
            continue
        group = groups.setdefault(of_text, [])
        first = next((other for other in group[:10] if _meet(other, name)), None)
        if first:
            yield name, first
        group.append(name)


def _meet(one: _Name, other: _Name) -> bool:
    """Whether a driver can meet both: never where no charger has both guides. Within a guide only its list is looked at."""
    if one.problem is other.problem:
        return one.piece.kind == other.piece.kind == "symptom"
    return not exclude(one.problem.applies_to, other.problem.applies_to)


def _same(name: _Name, first: _Name, said: set[tuple[str, int, str]], findings: Findings) -> None:
    said.add(_key(name))
    if name.problem is first.problem:
        message, mend = f"{name.piece.name} stands twice in this guide", "keep one of the two"
        findings.add("G531", name.guide.path, name.piece.line, message, mend, Severity.WARNING)
        return
    message = f"{name.piece.name} is {_whose(first)} too: two guides fight for the same words"
    mend = f"keep it in the guide that helps most, and give the other words of its own ({first.guide.path}:{first.piece.line})"
    findings.add("G531", name.guide.path, name.piece.line, message, mend)


def _alike(name: _Name, first: _Name, said: set[tuple[str, int, str]], findings: Findings) -> None:
    if _key(name) in said:
        return
    message = f'{name.piece.name} is nearly {_whose(first)}: "{first.piece.text}"'
    mend = f"keep one of the two, or say what is different ({first.guide.path}:{first.piece.line})"
    findings.add("G531", name.guide.path, name.piece.line, message, mend, Severity.WARNING)


def _key(name: _Name) -> tuple[str, int, str]:
    return name.problem.slug, name.piece.line, name.piece.kind


_WHOSE = {"title": "the title of", "short": "the short title of", "symptom": "a symptom of"}


def _whose(name: _Name) -> str:
    return f'{_WHOSE[name.piece.kind]} "{name.problem.slug}"'


def _check_codes(content: Content, names: Iterable[_Name], findings: Findings) -> None:
    """What a screen writes leads to one guide: by problems/codes.yml and by the symptoms alike."""
    by_text: Mapping[str, _Name] = {
        folded(name.piece.text): name for name in names if name.piece.kind == "symptom"
    }
    for entry in content.codes:
        for text in entry.also:
            name = by_text.get(folded(text))
            if name and entry.problem in content.problems and entry.problem != name.problem.slug:
                message = f'{name.piece.name} leads here, and problems/codes.yml sends drivers who read it to "{entry.problem}"'
                mend = "let both lead to the same guide: move the symptom, or change problem: there"
                findings.add("G531", name.guide.path, name.piece.line, message, mend, Severity.WARNING)
