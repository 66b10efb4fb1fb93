"""The index that find.js looks a charger up in: codes, EVSE IDs and numbers, in files small enough to fetch beside a charger.

A file is chosen by a hash of what was typed, so that a phone fetches one of them. There are as many files as a power of
two: a few more stations change a few files, not all of them.
"""

from __future__ import annotations

import unicodedata
import zlib
from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence

from chargeside.model.codes import LENGTH
from chargeside.model.network import Network, Station
from chargeside.plan.driver_views import IndexFile

ENTRIES_PER_FILE = 400
"""At most so many on average. An entry takes some 10 bytes compressed, with the longest ids some 25."""
_CODES_PER_ENTRY = 8
"""EVSEs that share an id; more of them tell a driver nothing."""
_DIGITS = {first + digit: str(digit) for first in (0x660, 0x6F0) for digit in range(10)}
"""Arabic and Persian ones."""
_LONGEST_ID = 48
"""Characters; OCPI 2.2.1 allows an EVSE ID 48."""


def find_index(network: Network, pages: Container[str]) -> tuple[IndexFile, ...]:
    """The files, in the order of their numbers. `pages`: paths of all station pages (`site/4821736/de/index.html`); a code
    without a page is left out."""
    languages = _languages(network, pages)
    return index_files(_keys(network, languages.keys()), languages)


def index_files(keys: Mapping[str, Sequence[str]], languages: Mapping[str, str]) -> tuple[IndexFile, ...]:
    """The files for what may be typed, with the codes it stands for. `languages`: by code, those with a page of their own."""
    groups = {group: number for number, group in enumerate(sorted(set(languages.values())))}
    count = file_count(len(keys))
    files: list[list[tuple[str, str]]] = [[] for _ in range(count)]
    for key, codes in sorted(keys.items()):
        shown = codes[:_CODES_PER_ENTRY]
        value = " ".join(f"{'' if code == key else code}{groups[languages[code]]}" for code in shown)
        files[file_of(key, count)].append((key, value))
    return tuple(IndexFile(count, tuple(groups), tuple(entries)) for entries in files)


def file_count(entries: int) -> int:
    """How many files hold so many entries."""
    count = 1
    while count * ENTRIES_PER_FILE < entries:
        count *= 2
    return count


def file_of(key: str, count: int) -> int:
    """The number of the file that holds a key, by the CRC-32 of its characters (that of gzip), as find.js works it out."""
    return zlib.crc32(key.encode()) % count


def find_key(text: str) -> str:
    """An id as it is looked up: ASCII letters, large, and digits. Separators of EVSE IDs are optional and do not count
    (ISO 15118-2, annex H)."""
    flat = unicodedata.normalize("NFKC", text).translate(_DIGITS).upper()
    return "".join(c for c in flat if c.isascii() and c.isalnum())


def _languages(network: Network, pages: Container[str]) -> dict[str, str]:
    """By code with a page: languages that have a page of their own below it, parted by spaces."""
    codes = {line.code for line in network.ledger} | network.station_by_code.keys()
    return {
        code: " ".join(
            lang for lang in network.operator.languages if f"site/{code}/{lang}/index.html" in pages
        )
        for code in sorted(codes)
        if f"site/{code}/index.html" in pages
    }


def _keys(network: Network, codes: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """What may be typed, and the codes it stands for: codes themselves, EVSE IDs, and numbers that only one charger has."""
    paged = frozenset(codes)
    # An id that a vanished station had is that of the station which has it now.
    vanished = [station for code, station in sorted(network.last_seen.items()) if code in paged]
    stations = [station for station in network.stations if station.code in paged]
    ids = {**_evse_ids(vanished), **_evse_ids(stations)}
    found = {**_alone(stations), **ids, **{code: (code,) for code in paged}}
    return {key: those for key, those in found.items() if 0 < len(key) <= _LONGEST_ID}


def _evse_ids(stations: Iterable[Station]) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for station in stations:
        for point in station.points:
            found[find_key(point.evse.evse_id or "")][station.code] = None
    return {key: tuple(codes) for key, codes in found.items()}


def _alone(stations: Iterable[Station]) -> Mapping[str, tuple[str, ...]]:
    """Numbers on the hardware that lead to one station. Seven digits are always read as a code."""
    found: dict[str, set[str]] = defaultdict(set)
    for station in stations:
        for number in (station.number, *(point.number for point in station.points)):
            found[find_key(number or "")].add(station.code)
    return {
        key: tuple(codes)
        for key, codes in found.items()
        if len(codes) == 1 and not (len(key) == LENGTH and key.isdigit())
    }
