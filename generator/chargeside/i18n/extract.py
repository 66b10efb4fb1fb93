"""Finds the messages in content files, for Babel (`pybabel extract`; babel.cfg names the functions)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, BinaryIO

import yaml

from chargeside.i18n.catalogue import SOURCE

Message = tuple[int, str, str, list[str]]
"""Line, name of the function as in Python code, text, comments for translators."""

_SHOWN = ("release", "labels", "also_fits", "look_alikes", "good_to_know", "looks")
"""Keys of a connector's file whose texts drivers see. Its names are names in every language."""


def extract_connectors(
    fileobj: BinaryIO, keywords: Mapping[str, Any], comment_tags: Collection[str], options: Mapping[str, Any]
) -> Iterator[Message]:
    """Every English text of `connectors/<slug>.yml` that drivers see, with the place it has in the file."""
    del keywords, comment_tags, options  # the texts are where they are; nothing marks them
    root = yaml.compose(fileobj, Loader=yaml.SafeLoader)
    entries = _entries(root)
    name = entries["short"].value if "short" in entries else ""
    for key in _SHOWN:
        if key in entries:
            yield from _english(entries[key], f"{name}: {key}")


def _english(node: yaml.Node, comment: str) -> Iterator[Message]:
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _english(item, comment)
    for key, value in _entries(node).items():
        if key == SOURCE and isinstance(value, yaml.ScalarNode):
            yield value.start_mark.line + 1, "gettext", value.value, [comment]
        else:
            yield from _english(value, comment)


def _entries(node: yaml.Node | None) -> dict[str, yaml.Node]:
    if not isinstance(node, yaml.MappingNode):
        return {}
    return {key.value: value for key, value in node.value if isinstance(key, yaml.ScalarNode)}
