"""Says quickly that nothing changed: a digest of all that a build reads, kept beside its output.

What a build does is decided by comparing what each file shows (`Job.fingerprint`). That needs every feed to be read and every
page to be planned; when not one byte of the sources differs from the last build, there is nothing to compare.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Iterable, Iterator
from importlib import metadata
from pathlib import Path

from chargeside.findings import Finding, Severity
from chargeside.load.content import content_root
from chargeside.write import write_atomic

_FILE = "last-build.json"
_TOOLS = (
    *("jinja2", "markdown", "mkdocs", "mkdocs-material", "nh3"),
    *("pillow", "pydantic", "weasyprint", "zxing-cpp"),
)
_PACKAGE = Path(__file__).resolve().parent


def sources_digest(folder: Path, how: Iterable[object]) -> str:
    """Digest of an operator's folder, of the shared content, of this program and its tools, and of how it is called."""
    state = hashlib.blake2b(digest_size=16)
    state.update(repr((sys.version, [metadata.version(tool) for tool in _TOOLS], *how)).encode())
    content = content_root()
    for root in (folder, content / "problems", content / "connectors", _PACKAGE):
        for path in _files(root):
            data = path.read_bytes()
            state.update(f"{path.relative_to(root)}\0{len(data)}\0".encode("utf-8", "surrogateescape"))
            state.update(data)
    return state.hexdigest()


def _files(root: Path) -> Iterator[Path]:
    for here, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name != "__pycache__")
        for name in sorted(names):
            path = Path(here, name)
            if not name.startswith(".") and path.is_file():
                yield path


def recall(out: Path, sources: str, now: str) -> tuple[Finding, ...] | None:
    """The findings of the last build when it read these very sources, its release still stands and no notice has begun or
    ended since, else None. `now`: UTC, ISO 8601."""
    try:
        told = json.loads((out / _FILE).read_bytes())
        if (told["sources"], told["release"]) != (sources, _release(out)):
            return None
        if now < told["since"] or (told["until"] and now >= told["until"]):
            return None
        return tuple(Finding(**{**one, "severity": Severity(one["severity"])}) for one in told["findings"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def remember(out: Path, sources: str, findings: Iterable[Finding], since: str, until: str) -> None:
    """Note what a build read and found, and that it holds from one moment to another (UTC, ISO 8601; the second may be empty:
    for ever). Raises WriteError."""
    told = {
        "sources": sources,
        "since": since,
        "until": until,
        "release": _release(out),
        "findings": [finding.as_dict() for finding in findings],
    }
    write_atomic(out / _FILE, json.dumps(told, ensure_ascii=False, indent=0).encode())


def _release(out: Path) -> str:
    link = out / "current"
    return link.readlink().name if link.is_symlink() else ""
