"""`round`: reads what hangs where, has the sheets laid out, and puts the PDF in place.

Batches of sites go to worker processes and come back in order, so the file is the same whatever the number of workers.
"""

from __future__ import annotations

import gc
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

from chargeside.build import Progress
from chargeside.errors import ChargesideError, ContentError, RenderError
from chargeside.findings import Findings
from chargeside.load.content import load_content
from chargeside.load.network import load_network
from chargeside.load.signs import SIGNS, load_signs
from chargeside.plan.inspection_round import Chosen, Round, inspection_round
from chargeside.write import staged

if TYPE_CHECKING:  # it loads WeasyPrint, which takes half a second
    from chargeside.render.inspection_round import Batch, Laid

_POOL_FROM = 3
"""From so many batches on, starting workers pays."""


@dataclass(frozen=True)
class RoundMade:
    """The round that was written: counts of sites, codes and pages."""

    sites: int
    codes: int
    pages: int


def read_round(folder: Path, today: str, chosen: Chosen, lang: str, findings: Findings) -> Round:
    """What is to be looked at. Mistakes in guides do not matter here. Raises ContentError when feeds, ledger or signs.csv have errors,
    and NotThere."""
    found = Findings()
    network = load_network(folder, load_content(Findings(), folder), found)
    if network is None or found.errors:
        raise ContentError(found.sorted())
    found = Findings()
    printed = load_signs(folder / SIGNS, f"{network.path}/{SIGNS}", found)
    if found.errors:
        raise ContentError(found.sorted())
    findings.extend(found)
    return inspection_round(network, printed, today, chosen, lang)


def write_round(of: Round, file: Path, paper: str, workers: int, progress: Progress) -> RoundMade:
    """Write the PDF. `paper`: A4 or Letter. Raises ChargesideError where there is nothing to look at, RenderError and WriteError; an
    earlier file then stands."""
    from chargeside.render.inspection_round import batches, put_together

    if not of.sheets:
        raise ChargesideError("there is no sign to look at; choose other sites or codes, or an earlier day")
    with staged(file) as (beside,):
        parts = _laid_out(list(batches(of, paper)), workers, progress)
        pages = put_together(of, parts, beside)
    return RoundMade(
        len(of.sheets), sum(bool(stop.code) for sheet in of.sheets for stop in sheet.stops), pages
    )


def _laid_out(tasks: list[Batch], workers: int, progress: Progress) -> Iterator[Laid]:
    """The batches in order. Never more of them are held than workers have in hand."""
    from chargeside.render.inspection_round import laid_out

    if workers < 2 or len(tasks) < _POOL_FROM:
        gc.freeze()  # looking for garbage among all stations, again and again, would take most of the time
        for done, task in enumerate(tasks, 1):
            yield laid_out(task)
            progress("lay out the sheets", done, len(tasks))
        return
    context = get_context("forkserver")
    context.set_forkserver_preload(["chargeside.render.inspection_round"])
    with ProcessPoolExecutor(min(workers, len(tasks)), context, initializer=gc.freeze) as pool:
        rest = iter(tasks)
        waiting: deque[Future[Laid]] = deque(
            pool.submit(laid_out, task) for task in islice(rest, workers * 2)
        )
        for done in range(1, len(tasks) + 1):
            try:
                yield waiting.popleft().result()
            except BrokenProcessPool as error:
                message = "a worker process died, perhaps for want of memory"
                raise RenderError(f"{message}; try again with --workers 1") from error
            waiting.extend(pool.submit(laid_out, task) for task in islice(rest, 1))
            progress("lay out the sheets", done, len(tasks))
