"""What the search fields read: the words of each guide for filter.js, and the files of the index for find.js."""

from __future__ import annotations

import gzip
import json
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chargeside.plan.driver_views import GuideView, IndexFile, TopicPage

SHOWN_SYMPTOMS = 3
"""Of each guide in the list of all problems."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a guide is found by besides its title: symptoms that are shown, and more words that are not."""

    symptoms: tuple[str, ...]
    more: str


def index_file(file: IndexFile, _: Mapping[str, Any]) -> bytes:
    """A file of the index as JSON."""
    known = {"of": file.of, "langs": file.langs, "ids": dict(file.entries)}
    return json.dumps(known, separators=(",", ":")).encode()


def fitting(
    page: TopicPage, shared: Mapping[str, Any], render: Callable[[Mapping[str, Terms]], bytes], budget: int
) -> bytes:
    """The list of all problems with as many words to search for as `budget` (bytes, gzipped) holds: of every guide its last
    ones give way first, then the symptoms that are shown. All guides stay, whatever that weighs. `render` takes the terms by
    slug."""
    views: dict[str, GuideView] = {ref.slug: shared[ref.view] for ref in page.guides}
    codes: dict[str, list[str]] = {}
    for row in page.codes:
        codes.setdefault(row.slug, []).append(row.code)
    words = {slug: _more(view, codes.get(slug, ())) for slug, view in views.items()}
    most = max(map(len, words.values()), default=0)
    # How many symptoms are shown, and how many words are not: from all to nothing.
    levels = [(SHOWN_SYMPTOMS, count) for count in range(most, -1, -1)]
    levels += [(count, 0) for count in range(SHOWN_SYMPTOMS - 1, -1, -1)]

    def at(level: int) -> bytes:
        shown, count = levels[level]
        return render(
            {
                slug: Terms(view.symptoms[:shown], " ".join(words[slug][:count]))
                for slug, view in views.items()
            }
        )

    low, high = 0, len(levels) - 1
    best = at(low)
    if len(gzip.compress(best, 9, mtime=0)) <= budget:
        return best
    while low + 1 < high:  # `low` is too heavy; `high` may be, and is the least there can be
        middle = (low + high) // 2
        if len(gzip.compress(at(middle), 9, mtime=0)) <= budget:
            high = middle
        else:
            low = middle
    return at(high)


def _more(view: GuideView, codes: Sequence[str]) -> tuple[str, ...]:
    """Words of the symptoms that are not shown, then codes; none that can be read on the page already."""
    shown = set(_words(" ".join((view.title, *view.symptoms[:SHOWN_SYMPTOMS]))))
    rest = _words(" ".join((*view.symptoms[SHOWN_SYMPTOMS:], *codes)))
    return tuple(word for word in dict.fromkeys(rest) if word not in shown)


def _words(text: str) -> list[str]:
    """Small letters without accents, split as filter.js does it."""
    bare = re.sub("[\u0300-\u036f]", "", unicodedata.normalize("NFKD", text)).lower()
    return [word for word in re.split(r"[\s!-/:-@\[-`{-\xbf\u2000-\u206f]+", bare) if word]
