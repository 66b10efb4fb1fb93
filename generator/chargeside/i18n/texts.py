"""Texts of content files that are English there, and in other languages in the catalogues."""

from __future__ import annotations

from collections.abc import Mapping

from chargeside.i18n.catalogue import SOURCE, translator


def in_language(texts: Mapping[str, str], lang: str) -> str:
    """The file's own text in the language (`de-AT`, else `de`), else the catalogue's, else the English one."""
    return texts.get(lang) or texts.get(lang.partition("-")[0]) or translator(lang)(texts[SOURCE])
