"""Reads the hand-written handbook pages. They are ours and trusted, and stand in the checkout only, not in the wheel:
an operator's site is for drivers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from chargeside.load.content import content_root


@dataclass(frozen=True, slots=True)
class DocPage:
    """One page, or a file that pages link to: `path` below docs/ with forward slashes, `text` as it stands in the file, or
    the `data` of a picture."""

    path: str
    text: str
    data: bytes = b""


HANDBOOKS = ("operators", "authors", "authors/rules", "reference")
"""Folders of docs/ that go into the library, beside the pictures of journeys and signs; decisions are for those who work on Chargeside."""


def load_docs(folder: Path | None = None) -> tuple[DocPage, ...]:
    """The pages of the handbooks, by path; none where there is no docs/ folder."""
    root = content_root() / "docs" if folder is None else folder
    paths = (path for name in HANDBOOKS for kind in ("*.md", "*.csv") for path in (root / name).glob(kind))
    found = (DocPage(path.relative_to(root).as_posix(), path.read_text(encoding="utf-8")) for path in paths)
    pictures = (
        DocPage(path.relative_to(root).as_posix(), "", path.read_bytes())
        for kind in ("journey-*.png", "sign-*.png")
        for path in (root / "images").glob(kind)
    )
    return tuple(sorted((*found, *pictures), key=lambda page: page.path))
