"""Sees within a fifth of a second that a source was saved, by looking at the times and sizes of files.

It looks, and does not wait to be told: what tells of changes on one system is silent on network drives, in containers and on disks
that two systems share, and an author would wait for ever. A look at a thousand files takes some milliseconds.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

SECONDS_BETWEEN_LOOKS = 0.2
SECONDS_UNWATCHED = 1.0
"""Between looks while no browser shows the workshop."""
_SETTLING = 0.05
"""Editors write a file in steps: it is read when nothing changed for so many seconds, or after `_PATIENCE`."""
_PATIENCE = 1.0
_SOURCES = (".md", ".yml", ".csv", ".json", ".svg", ".png", ".jpg", ".jpeg", ".css", ".html", ".js", ".po")
_OUTPUT = "last-build.json"
"""Stands in a folder that `build` made: its thousands of files are no sources."""
_DEEPEST = 6

State = dict[str, tuple[int, int, int]]
"""By path: time of change in ns, bytes, inode (which a file has anew when an editor renames another one over it)."""


class Watcher:
    """Compares the sources below some folders with how they were at the last look."""

    def __init__(self, roots: Sequence[Path]) -> None:
        self._roots = tuple(roots)
        self._seen = self._look()

    def changed(self) -> frozenset[Path]:
        """Files that were changed, added or deleted since the last call; waits until they are whole."""
        state = self._look()
        if state == self._seen:
            return frozenset()
        until = time.monotonic() + _PATIENCE
        while time.monotonic() < until:
            time.sleep(_SETTLING)
            before, state = state, self._look()
            if state == before:
                break
        before, self._seen = self._seen, state
        return frozenset(Path(path) for path, _ in before.items() ^ state.items())

    def _look(self) -> State:
        state: State = {}
        for root in self._roots:
            if root.is_dir():
                _walk(str(root), state, _DEEPEST)
        return state


def watch(watcher: Watcher, is_watched: Callable[[], bool]) -> Iterator[frozenset[Path]]:
    """What was saved, each time that something was; for ever."""
    while True:
        time.sleep(SECONDS_BETWEEN_LOOKS if is_watched() else SECONDS_UNWATCHED)
        if changed := watcher.changed():
            yield changed


def _walk(folder: str, state: State, depth: int) -> None:
    try:
        with os.scandir(folder) as found:
            entries = list(found)
    except OSError:  # it has just gone, or may not be read: reading it says so
        return
    if any(entry.name == _OUTPUT for entry in entries):
        return
    for entry in entries:
        if entry.name[0] == ".":
            continue
        try:
            if entry.name.lower().endswith(_SOURCES):
                status = entry.stat()
                state[entry.path] = (status.st_mtime_ns, status.st_size, status.st_ino)
            elif depth and entry.is_dir(follow_symlinks=False):
                _walk(entry.path, state, depth - 1)
        except OSError:
            continue
