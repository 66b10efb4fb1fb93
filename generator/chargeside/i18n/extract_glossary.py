"""Messages of problems/glossary.yml for Babel: words, their other spellings, and what they mean."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import IO, Any

import yaml

from chargeside.i18n.extract_codes import members


def extract_glossary(
    fileobj: IO[bytes], keywords: Mapping[str, Any], comment_tags: Collection[str], options: Mapping[str, Any]
) -> Iterator[tuple[int, str, str, list[str]]]:
    """Yields line, `gettext`, message and no comments, as Babel asks of an extractor. The file is one that
    `chargeside check` finds no fault with; one that is not YAML raises yaml.YAMLError."""
    del keywords, comment_tags, options
    root = yaml.compose(fileobj, Loader=yaml.SafeLoader)
    for entry in members(root, "words"):
        for key in ("word", "also", "means"):
            for node in members(entry, key):
                yield node.start_mark.line + 1, "gettext", str(node.value).strip(), []
