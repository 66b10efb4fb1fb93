"""Texts that come in several languages."""

from __future__ import annotations

Texts = tuple[tuple[str, str], ...]
"""One text in several languages: language tag in lower case (empty where none is given) and text."""


def text_in(texts: Texts, lang: str) -> tuple[str, str]:
    """Language and text that serve a reader of `lang` best: that language, its main one, one without a tag, English, the
    first. Both empty when there is no text."""
    for tag in (*_same_language(texts, lang), "", *_same_language(texts, "en")):
        if tag in dict(texts):
            return tag, dict(texts)[tag]
    return texts[0] if texts else ("", "")


def text_in_just(texts: Texts, lang: str) -> str:
    """The text in a language; empty when there is none in it."""
    return next((dict(texts)[tag] for tag in _same_language(texts, lang)), "")


def _same_language(texts: Texts, lang: str) -> list[str]:
    """Tags of a language, the very one asked for first: `de-at`, `de`, `de-ch`."""
    wanted = lang.lower()
    main = wanted.partition("-")[0]
    tags = [tag for tag, _ in texts if tag.partition("-")[0] == main]
    return sorted(tags, key=lambda tag: (tag != wanted, tag != main))
