"""The sites of a DATEX II table publication, one at a time, from under whatever wraps them.

Publications have hundreds of megabytes, and every site stands inside one object: read as one record they would fill memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from chargeside.findings import Findings
from chargeside.load.looks_like import looks_like
from chargeside.load.records import Record, Records, read_feed_text

_SITES = "energyInfrastructureSite"
_TABLES = "EnergyInfrastructureTablePublication"
"""How the key of a publication ends; profiles put their own letters before it (`aegi`, `egi`)."""
_WRAPPERS = frozenset({"d2Payload", "energyInfrastructureTable", "messageContainer", "payload"})
_BESIDE = frozenset({"lang", "publicationCreator"})


class Sites(Records):
    """The sites of one file. Iterate once; `publication` then holds what its head says."""

    def __init__(self, text: str, shown: str, findings: Findings) -> None:
        super().__init__(text, shown, findings)
        self.publication: dict[str, object] = {}
        self._keys: set[str] = set()

    def wrong_file(self) -> tuple[str, str] | None:
        """What a file without sites seems to be, with the mend; None when it is a table publication."""
        live = next((key for key in self._keys if key.endswith("InfrastructureStatusPublication")), None)
        if live:
            return (
                "holds live DATEX II data (a status publication)",
                "give the static data: the table publication",
            )
        if any(key.endswith(_TABLES) for key in self._keys):
            return None
        other = next((key for key in sorted(self._keys) if key.endswith("Publication")), None)
        if other:
            return (
                f"holds DATEX II of another kind ({other[:60]})",
                "give the energy infrastructure table publication",
            )
        guess = looks_like(dict.fromkeys(self._keys))
        if guess and guess.importer != "datex2":
            return f"holds {guess.what}, no DATEX II", guess.mend
        return (
            "holds no DATEX II table of charging sites",
            "give an EnergyInfrastructureTablePublication (AFIR, static data) as JSON",
        )

    def _top(self) -> Iterator[Record]:
        yield from self._inside(self._skip(0), "")

    def _inside(self, pos: int, path: str) -> Iterator[Record]:
        """The sites inside a value that only wraps them; leaves `_pos` behind it."""
        opening = self._text[pos : pos + 1]
        if opening == "{":
            for key, start in self._members(pos):
                yield from self._member(key, start, f"{path}.{key}".lstrip("."))
        elif opening == "[":
            yield from self._each(pos, path)
        else:
            self._pos = self._decode(self._text, pos)[1]

    def _each(self, start: int, path: str) -> Iterator[Record]:
        pos = self._skip(start + 1)
        if self._text[pos : pos + 1] == "]":
            self._pos = pos + 1
            return
        number = 0
        while pos >= 0:
            self._pos = pos
            yield from self._inside(pos, f"{path}[{number}]")
            pos = self._next(self._pos, "]")
            number += 1

    def _member(self, key: str, start: int, path: str) -> Iterator[Record]:
        self._keys.add(key)
        opening = self._text[start : start + 1]
        if key == _SITES and opening == "[":
            yield from self._list(start, path)
            return
        if opening in {"{", "["} and (key in _WRAPPERS or key.endswith(_TABLES)):
            yield from self._inside(start, path)
            return
        self._objects.take_doubts()
        value, self._pos = self._decode(self._text, start)
        if key == _SITES:  # one site alone, as converters from XML write it
            yield Record(value, path, start, self._line(start), self._objects.take_doubts())
        elif key in _BESIDE:
            self.publication[key] = value
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            self._keys.update(value[0])


def read_sites(path: Path, shown: str, findings: Findings) -> Sites | None:
    """The sites of a file, plain or gzip; None with a finding when it cannot be read at all."""
    text = read_feed_text(path, shown, findings)
    return None if text is None else Sites(text, shown, findings)
