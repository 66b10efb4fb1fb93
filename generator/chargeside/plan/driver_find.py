"""Finding a station without its code: one complete list by town, in as many pages as the weight of a page allows."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

from chargeside.plan.driver_views import Contact, Digest, FindPage, FindRow, FindTown, Link

PAGE_WEIGHT = 9_000
"""Bytes of text a list may hold: compressed and with the style, it stays within one response."""
_ROW_WEIGHT = 14  # code, tags
_LINKS_PER_PAGE = 350

Town = tuple[str, tuple[FindRow, ...]]


def find_pages(
    rows: Iterable[tuple[str, FindRow]],
    *,
    site: Digest,
    lang: str,
    root: str,
    example: str,
    contact: Contact | None = None,
) -> Iterator[tuple[str, FindPage]]:
    """Pages for rows of (town, station), each with its path from the root of the site (`s/en/`, `s/en/k/` …).

    All on one page if they fit; else by first letter; a letter that is too heavy by town; a town in numbered pages.
    `root` leads from the first page up to the root of the site; `example` is a code to show how addresses look.
    """
    towns = _by_town(rows)
    maker = _Maker(site, lang, root, sum(len(rows) for _, rows in towns), example, contact)
    top = f"s/{lang}/"
    if _fits(towns):
        yield maker.page(top, "", None, towns=towns)
        return
    letters: dict[str, list[Town]] = {}
    for town in towns:
        letters.setdefault(_letter(town[0]), []).append(town)
    yield maker.page(top, "", None, links=[Link(letter, f"{top}{_slug(letter)}/") for letter in letters])
    for letter, members in letters.items():
        yield from _letter_pages(maker, top, letter, members)


class _Maker:
    """Makes pages with what they have in common."""

    def __init__(
        self, site: Digest, lang: str, root: str, total: int, example: str, contact: Contact | None
    ) -> None:
        self._contact = contact
        self._site, self._lang, self._root, self._total, self._example = site, lang, root, total, example

    def page(
        self,
        path: str,
        heading: str,
        up: Link | None,
        *,
        links: Sequence[Link] = (),
        towns: Sequence[Town] = (),
        onward: str = "",
    ) -> tuple[str, FindPage]:
        deeper = "../" * (path.count("/") - 2)
        page = FindPage(
            site=self._site,
            lang=self._lang,
            root=deeper + self._root,
            heading=heading,
            up=up,
            onward=onward,
            links=tuple(links),
            towns=tuple(FindTown(town, rows) for town, rows in towns),
            total=self._total,
            example=self._example,
            contact=self._contact,
        )
        return path, page


def _letter_pages(maker: _Maker, top: str, letter: str, towns: list[Town]) -> Iterator[tuple[str, FindPage]]:
    path, up = f"{top}{_slug(letter)}/", Link("", top)
    if _fits(towns):
        yield maker.page(path, letter, up, towns=towns)
        return
    links = [Link(f"{town} ({len(rows)})", f"{path}{_slug(town)}/") for town, rows in towns]
    chunks = [links[i : i + _LINKS_PER_PAGE] for i in range(0, len(links), _LINKS_PER_PAGE)]
    for number, chunk in enumerate(chunks, 1):
        onward = _numbered(path, number + 1) if number < len(chunks) else ""
        yield maker.page(_numbered(path, number), letter, up, links=chunk, onward=onward)
    for (town, rows), link in zip(towns, links, strict=True):
        parts = list(_chunks(rows))
        for number, part in enumerate(parts, 1):
            onward = _numbered(link.href, number + 1) if number < len(parts) else ""
            up_town = Link(letter, path)
            yield maker.page(_numbered(link.href, number), town, up_town, towns=[(town, part)], onward=onward)


def _numbered(path: str, number: int) -> str:
    """The slug of a town never looks like this: see `_slug`."""
    return path if number == 1 else f"{path}page-{number}/"


def _chunks(rows: Sequence[FindRow]) -> Iterator[tuple[FindRow, ...]]:
    chunk: list[FindRow] = []
    weight = 0
    for row in rows:
        if chunk and weight + _weight(row) > PAGE_WEIGHT:
            yield tuple(chunk)
            chunk, weight = [], 0
        chunk.append(row)
        weight += _weight(row)
    yield tuple(chunk)


def _fits(towns: Sequence[Town]) -> bool:
    weight = 0
    for town, rows in towns:
        weight += len(town.encode()) + _ROW_WEIGHT + sum(map(_weight, rows))
        if weight > PAGE_WEIGHT:
            return False
    return True


def _weight(row: FindRow) -> int:
    return _ROW_WEIGHT + len(row.number) + (len(row.name.encode()) + len(row.street.encode())) * 2 // 3


def _by_town(rows: Iterable[tuple[str, FindRow]]) -> list[Town]:
    towns: dict[str, list[FindRow]] = {}
    for town, row in rows:
        towns.setdefault(town, []).append(row)
    ordered = sorted(towns.items(), key=lambda item: (_bare(item[0]), item[0]))
    return [
        (town, tuple(sorted(members, key=lambda row: (_bare(row.name), row.number, row.href))))
        for town, members in ordered
    ]


def _bare(text: str) -> str:
    """For sorting and addresses: small letters without accents."""
    parts = unicodedata.normalize("NFKD", text).casefold()
    return "".join(c for c in parts if not unicodedata.combining(c))


def _letter(town: str) -> str:
    """What a town is listed under: its first letter, "0–9" for digits, "#" for anything else."""
    first = next((c for c in _bare(town) if c.isalnum()), "")
    if first.isdigit():
        return "0–9"
    return first.upper()[:1] if first else "#"


def _slug(text: str) -> str:
    """A folder's name, ASCII only and one to one: where a name loses something, a digest of the whole name follows."""
    ascii_only = re.sub(r"[^a-z0-9]+", "-", _bare(text)).strip("-")[:40]
    if ascii_only == text.casefold() and not ascii_only.startswith("page-"):
        return ascii_only
    mark = hashlib.blake2b(text.encode(), digest_size=3).hexdigest()
    return f"{ascii_only}-{mark}" if ascii_only else f"x{mark}"
