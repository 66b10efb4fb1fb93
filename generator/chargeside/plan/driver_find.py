"""Finding a station without its code: one complete list by town, in as many pages as the weight of a page allows."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from chargeside.plan.alphabet import bare, letter, letter_order, sort_key
from chargeside.plan.driver_views import Contact, Digest, FindPage, FindRow, FindTown, Link

PAGE_WEIGHT = 7_000
"""Bytes of text a list may hold: compressed and with the style, it stays within one response."""
_ROW_WEIGHT = 14  # code, tags

T = TypeVar("T")
Town = tuple[str, tuple[FindRow, ...]]


def find_pages(
    rows: Iterable[tuple[str, FindRow]],
    *,
    site: Digest,
    lang: str,
    root: str,
    example: str,
    index_files: int,
    contact: Contact | None = None,
) -> Iterator[tuple[str, FindPage]]:
    """Pages for rows of (town, station), each with its path from the root of the site (`s/en/`, `s/en/k/` …).

    All on one page if they fit; else by first letter; a letter that is too heavy by town; a town in numbered pages.
    `root` leads from the first page up to the root of the site; `example` is a code to show how addresses look;
    `index_files`: how many files of the index there are to look a charger up in.
    """
    towns = _by_town(rows, lang)
    maker = _Maker(site, lang, root, sum(len(rows) for _, rows in towns), example, index_files, contact)
    top = f"s/{lang}/"
    if _fits(towns):
        yield maker.page(top, "", None, towns=towns)
        return
    letters: dict[str, list[Town]] = {}
    for town in towns:
        letters.setdefault(letter(town[0], lang), []).append(town)
    yield maker.page(top, "", None, links=[Link(name, f"{top}{_slug(name)}/") for name in letters])
    for name, members in letters.items():
        yield from _letter_pages(maker, top, name, members)


class _Maker:
    """Makes pages with what they have in common."""

    def __init__(
        self,
        site: Digest,
        lang: str,
        root: str,
        total: int,
        example: str,
        index_files: int,
        contact: Contact | None,
    ) -> None:
        self._contact, self._index_files = contact, index_files
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
            index_files=self._index_files,
            contact=self._contact,
        )
        return path, page


def _letter_pages(maker: _Maker, top: str, name: str, towns: list[Town]) -> Iterator[tuple[str, FindPage]]:
    path, up = f"{top}{_slug(name)}/", Link("", top)
    if _fits(towns):
        yield maker.page(path, name, up, towns=towns)
        return
    links = [Link(f"{town} ({len(rows)})", f"{path}{_slug(town)}/") for town, rows in towns]
    chunks = list(_chunks(links, _link_weight))
    for number, chunk in enumerate(chunks, 1):
        onward = _numbered(path, number + 1) if number < len(chunks) else ""
        yield maker.page(_numbered(path, number), name, up, links=chunk, onward=onward)
    for (town, rows), link in zip(towns, links, strict=True):
        parts = list(_chunks(rows, _weight))
        for number, part in enumerate(parts, 1):
            onward = _numbered(link.href, number + 1) if number < len(parts) else ""
            up_town = Link(name, path)
            yield maker.page(_numbered(link.href, number), town, up_town, towns=[(town, part)], onward=onward)


def _numbered(path: str, number: int) -> str:
    """The slug of a town never looks like this: see `_slug`."""
    return path if number == 1 else f"{path}page-{number}/"


def _chunks(items: Sequence[T], weigh: Callable[[T], int]) -> Iterator[tuple[T, ...]]:
    """As many items on a page as it bears, one at least."""
    chunk: list[T] = []
    weight = 0
    for item in items:
        own = weigh(item)
        if chunk and weight + own > PAGE_WEIGHT:
            yield tuple(chunk)
            chunk, weight = [], 0
        chunk.append(item)
        weight += own
    yield tuple(chunk)


def _fits(towns: Sequence[Town]) -> bool:
    weight = 0
    for town, rows in towns:
        weight += len(town.encode()) + _ROW_WEIGHT + sum(map(_weight, rows))
        if weight > PAGE_WEIGHT:
            return False
    return True


def _link_weight(link: Link) -> int:
    """A name stands in the address again, with a digest where it is not ASCII."""
    return _ROW_WEIGHT + (0 if link.text.isascii() else 8) + len(link.text.encode()) * 2 // 3


def _weight(row: FindRow) -> int:
    return _ROW_WEIGHT + len(row.number) + (len(row.name.encode()) + len(row.street.encode())) * 2 // 3


def _by_town(rows: Iterable[tuple[str, FindRow]], lang: str) -> list[Town]:
    towns: dict[str, list[FindRow]] = {}
    for town, row in rows:
        towns.setdefault(town, []).append(row)
    key = sort_key(lang)
    ordered = sorted(towns.items(), key=lambda item: (letter_order(item[0], lang), key(item[0]), item[0]))
    return [
        (town, tuple(sorted(members, key=lambda row: (key(row.name), key(row.number), row.href))))
        for town, members in ordered
    ]


def _slug(text: str) -> str:
    """A folder's name, ASCII only and one to one: where a name loses something, a digest of the whole name follows."""
    ascii_only = re.sub(r"[^a-z0-9]+", "-", bare(text)).strip("-")[:40]
    if ascii_only == text.casefold() and not ascii_only.startswith("page-"):
        return ascii_only
    mark = hashlib.blake2b(text.encode(), digest_size=3).hexdigest()
    return f"{ascii_only}-{mark}" if ascii_only else f"x{mark}"
