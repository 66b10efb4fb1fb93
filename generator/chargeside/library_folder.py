"""Fills the folder that every engine builds Chargeside's own library from: Markdown, the style sheet, the mark, the schemas."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from chargeside.load.docs import DocPage, load_docs
from chargeside.model.network import Content
from chargeside.plan.library import plan_library
from chargeside.render.library import RENDERERS
from chargeside.write import write_atomic

_RECORD = ".written-by-chargeside"
"""Names of the files in the folder that are ours. Every engine passes over names that start with a dot."""


def fill_library_folder(folder: Path, content: Content, docs: Iterable[DocPage] = ()) -> int:
    """Write the library without an operator, handbooks and `docs` included; gives the number of files.

    Files that an earlier run wrote and that are no more are removed, others in the folder stay. A file that is right is not
    touched: engines watch them.
    """
    plan = plan_library(content, docs=(*load_docs(), *docs))
    files = {job.path: RENDERERS[job.kind](job.payload, plan.shared) for job in plan.jobs}
    _fill(folder, files)
    return len(files)


def _fill(folder: Path, files: Mapping[str, bytes]) -> None:
    record = folder / _RECORD
    earlier = record.read_text(encoding="utf-8").splitlines() if record.is_file() else []
    for name in set(earlier) - set(files):
        (folder / name).unlink(missing_ok=True)
    for name, data in files.items():
        path = folder / name
        if not path.is_file() or path.read_bytes() != data:
            write_atomic(path, data)
    write_atomic(record, "".join(f"{name}\n" for name in files).encode())
