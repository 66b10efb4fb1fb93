"""Words that drivers meet on chargers, in apps and on bills."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Word:
    """A word, other spellings of it and what it means: English messages of the catalogues. `slug` is its address in the glossary,
    `source` where the facts come from."""

    slug: str
    word: str
    also: tuple[str, ...]
    means: str
    source: str
