"""problems/glossary.yml: words that drivers meet, explained."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from chargeside.findings import Findings
from chargeside.load.codes import Message
from chargeside.load.source import read_yaml, validate
from chargeside.model.glossary import Word

GLOSSARY_FILE = "glossary.yml"

Spelling = Annotated[Message, Field(min_length=2, max_length=40)]
Meaning = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^{}\n]*$")
]


class GlossaryEntry(BaseModel):
    """One entry of glossary.yml."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    word: Spelling = Field(description="As drivers read it")
    also: tuple[Spelling, ...] = Field((), max_length=6, description="Other spellings that are linked, too")
    means: Meaning = Field(description="What it is, in plain words")
    source: str = Field(min_length=1, max_length=200, description="Where the facts come from")


class GlossaryFile(BaseModel):
    """glossary.yml."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    words: tuple[GlossaryEntry, ...]


def load_glossary(path: Path, shown: str, findings: Findings) -> tuple[Word, ...]:
    """The words in the order of the file; none, with findings, when it cannot be used."""
    doc = read_yaml(path, shown, findings)
    read = validate(GlossaryFile, doc, findings) if doc else None
    if not doc or not read:
        return ()
    words: list[Word] = []
    taken: dict[str, str] = {}
    for number, entry in enumerate(read.words):
        for spelling in (entry.word, *entry.also):
            first = taken.setdefault(spelling.casefold(), entry.word)
            if first != entry.word or (spelling in entry.also and spelling == entry.word):
                message = f'"{spelling}" stands with "{first}" too'
                line = doc.line(("words", number, "word"))
                findings.add("G519", shown, line, message, "keep each spelling in one entry")
        words.append(Word(slug_of(entry.word), entry.word, entry.also, entry.means, entry.source))
    return tuple(words)


def slug_of(word: str) -> str:
    """The address of a word: small letters and digits, joined by hyphens."""
    return "-".join(re.findall(r"[a-z0-9]+", word.lower()))
