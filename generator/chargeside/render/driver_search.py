"""What the search fields read: the words of each guide for filter.js, and the files of the index for find.js."""

from __future__ import annotations

import gzip
import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from chargeside.plan.driver_views import CodeRow, GuideView, IndexFile, SearchFile, TopicPage

_SHOWN = ((40, 3), (80, 1))
"""So many symptoms of each guide are shown in lists of up to so many guides; in longer ones none: titles have to do."""
MANY = 30
"""In longer lists the categories are linked at the top."""


def index_file(file: IndexFile, _: Mapping[str, Any]) -> bytes:
    """A file of the index as JSON."""
    known = {"of": file.of, "langs": file.langs, "ids": dict(file.entries)}
    return json.dumps(known, separators=(",", ":")).encode()


def words_file(file: SearchFile, shared: Mapping[str, Any]) -> bytes:
    """What the guides of a language are found by besides their titles, as JSON: words by problem. One file serves the lists of all
    chargers, and is fetched when somebody types."""
    codes = codes_of(file.codes)
    known = {slug: _words(shared[view], codes.get(slug, ())) for slug, view in file.guides}
    return json.dumps(known, separators=(",", ":"), ensure_ascii=False).encode()


def codes_of(rows: Iterable[CodeRow]) -> Mapping[str, Sequence[str]]:
    """Codes by problem."""
    codes: dict[str, list[str]] = {}
    for row in rows:
        codes.setdefault(row.slug, []).append(row.code)
    return codes


def fitting(
    page: TopicPage,
    shared: Mapping[str, Any],
    render: Callable[[Mapping[str, Sequence[str]]], bytes],
    budget: int,
) -> bytes:
    """The list of all problems with as many symptoms as `budget` (bytes, gzipped) holds. All guides stay, whatever that weighs.
    `render` takes the symptoms to show by slug."""
    views: dict[str, GuideView] = {ref.slug: shared[ref.view] for ref in page.guides}
    most = next((shown for guides, shown in _SHOWN if len(views) <= guides), 0)
    for count in range(most, 0, -1):
        text = render({slug: view.symptoms[:count] for slug, view in views.items()})
        if len(gzip.compress(text, 9, mtime=0)) <= budget:
            return text
    return render(dict.fromkeys(views, ()))


def _words(view: GuideView, codes: Sequence[str]) -> str:
    """Words of the symptoms, then codes; each once, and none that can be read on the page already."""
    shown = set(_split(view.title))
    rest = _split(" ".join((*view.symptoms, *codes)))
    return " ".join(word for word in dict.fromkeys(rest) if word not in shown)


def _split(text: str) -> list[str]:
    """Small letters without accents, split as filter.js does it."""
    bare = re.sub("[\u0300-\u036f]", "", unicodedata.normalize("NFKD", text)).lower()
    return [word for word in re.split(r"[\s!-/:-@\[-`{-\xbf\u2000-\u206f]+", bare) if word]
