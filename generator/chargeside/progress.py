"""Progress of long work: a bar on a terminal, plain lines elsewhere. Speaks on standard error only."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from chargeside.build import Progress as Told

_SECONDS_BETWEEN_LINES = 5.0


@contextmanager
def shown_progress() -> Iterator[Told]:
    """A function to be told of progress while the block runs."""
    if not sys.stderr.isatty():
        yield _plain_lines()
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda what, done, total: bar.update(task, description=what, completed=done, total=total)


def _plain_lines() -> Told:
    last_what, last_at = "", 0.0

    def told(what: str, done: int, total: int) -> None:
        nonlocal last_what, last_at
        now = time.monotonic()
        if what != last_what or done == total > 1 or now - last_at > _SECONDS_BETWEEN_LINES:
            print(f"{what} {done}/{total}" if total > 1 else what, file=sys.stderr, flush=True)
            last_what, last_at = what, now

    return told
