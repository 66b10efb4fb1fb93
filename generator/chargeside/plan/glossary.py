"""Links the words of the glossary where a guide first uses them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from html import escape

from chargeside.model.glossary import Word

MARK = "word:"
"""How the address of such a link begins; the renderer puts the page of the glossary in its place."""
_TAG = re.compile(r"(<[^>]*>)")


class Linker:
    """Links words in the language that `translate` gives them."""

    def __init__(self, words: Iterable[Word], translate: Callable[[str], str]) -> None:
        self._slugs: dict[str, str] = {}
        exact: dict[str, str] = {}
        for word in words:
            for spelling in (word.word, *word.also):
                text = escape(translate(spelling), quote=False)
                # "kW" is no "kw", but a word that begins a sentence is the same word.
                (exact if text != text.lower() else self._slugs)[text] = word.slug
        patterns = [re.escape(text) for text in exact] + [f"(?i:{re.escape(text)})" for text in self._slugs]
        self._slugs |= exact
        every = "|".join(sorted(patterns, key=len, reverse=True))
        self._pattern = re.compile(rf"(?<![\w-])(?:{every})(?![\w-])") if every else None

    def link(self, texts: Iterable[str]) -> tuple[str, ...]:
        """Sanitised HTML texts in the order they are read, each word linked where it first stands; not inside another link."""
        seen: set[str] = set()
        return tuple(self._linked(text, seen) for text in texts)

    def _linked(self, html: str, seen: set[str]) -> str:
        if not self._pattern:
            return html

        def linked(match: re.Match[str]) -> str:
            text = match[0]
            slug = self._slugs.get(text) or self._slugs[text.lower()]
            if slug in seen:
                return text
            seen.add(slug)
            return f'<a class="w" href="{MARK}{slug}">{text}</a>'

        parts, inside = _TAG.split(html), False
        for place, part in enumerate(parts):
            if part.startswith("<"):
                inside = part.startswith("<a ") or (inside and not part.startswith("</a"))
            elif not inside:
                parts[place] = self._pattern.sub(linked, part)
        return "".join(parts)
