"""Plans the pages of the help desk: where an agent looks a charger up and sees what the driver sees.

They hold no data of chargers: their script reads the index of find.js and the drivers' own pages. No page leads there, no sitemap
names them, and no phone keeps them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from chargeside.plan.driver_views import Digest

DESK = "desk/"
"""Below the site. What is asked for from there has a Referer that begins so: it is no driver's visit."""


@dataclass(frozen=True, slots=True)
class DeskPage:
    """The help desk in a language. `languages`: those of the site; `index_files`: how many files of the index there are."""

    site: Digest
    lang: str
    root: str
    languages: tuple[str, ...]
    index_files: int


def desk_pages(site: Digest, languages: Sequence[str], index_files: int) -> Iterator[tuple[str, DeskPage]]:
    """A page for each language with its path; the bare address is in the first."""
    every = tuple(languages)
    yield DESK, DeskPage(site, every[0], "../", every, index_files)
    for lang in every:
        yield f"{DESK}{lang}/", DeskPage(site, lang, "../../", every, index_files)
