"""Messages of problems/codes.yml for Babel: what codes mean, and what screens write in words."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import IO, Any

import yaml


def extract_codes(
    fileobj: IO[bytes], keywords: Mapping[str, Any], comment_tags: Collection[str], options: Mapping[str, Any]
) -> Iterator[tuple[int, str, str, list[str]]]:
    """Yields line, `gettext`, message and no comments, as Babel asks of an extractor. The file is one that
    `chargeside check` finds no fault with; one that is not YAML raises yaml.YAMLError."""
    del keywords, comment_tags, options
    root = yaml.compose(fileobj, Loader=yaml.SafeLoader)
    for entry in members(root, "codes"):
        for key in ("also", "means"):
            for node in members(entry, key):
                yield node.start_mark.line + 1, "gettext", str(node.value).strip(), []


def members(node: yaml.Node | None, key: str) -> Iterator[yaml.Node]:
    """The members of the list below `key`, or the only value there."""
    pairs = node.value if isinstance(node, yaml.MappingNode) else ()
    for name, value in pairs:
        if name.value == key:
            yield from value.value if isinstance(value, yaml.SequenceNode) else (value,)
