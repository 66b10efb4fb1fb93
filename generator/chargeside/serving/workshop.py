"""What the workshop shows at a moment: pages, choices, findings; and who is told when that changes."""

from __future__ import annotations

import json
import secrets
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from threading import Condition
from typing import Any

from chargeside.findings import Finding, Severity
from chargeside.render import driver
from chargeside.serving.choices import Choices, Json, place
from chargeside.serving.pages import RENDERING, Pages
from chargeside.serving.sources import LOOK, PACKAGE, Reading, Sources, in_order

_LISTED = 200
"""Findings that are sent to the browser; all are counted."""
_FILES = 5
"""A save of more files than this is a pull or a search and replace: no guide is brought to the front."""


class Workshop:
    """Reads when told that something changed, and lets everybody who waits know."""

    def __init__(self, folder: Path, clock: Callable[[], datetime]) -> None:
        self.sources = Sources(folder)
        self.addresses: tuple[str, ...] = ()
        """Addresses by which a phone in the network reaches this machine; none unless it may."""
        self.pages: Pages | None = None
        self._choices: Choices | None = None
        self._clock = clock
        self._news = Condition()
        self._state: Json = {"boot": secrets.token_hex(4), "number": 0, "edition": 0, "ready": False}
        self._viewers = 0

    # ------------------------------------------------------------------------------------------------ reading

    def read(self, changed: Collection[Path] = ()) -> str:
        """Read what changed (everything at first) and tell of it; gives a line about it for the terminal."""
        started = time.perf_counter()
        moment = self._clock()
        today, now = moment.date().isoformat(), moment.isoformat()
        if any(path.is_relative_to(PACKAGE / name) for path in changed for name in LOOK):
            _forget()
        try:
            reading = self.sources.read(changed, today, now)
        except Exception as error:  # noqa: BLE001 - whatever a half-written file sets off, the author's workshop goes on
            traceback.print_exc()
            self._tell(broken=f"Chargeside itself failed here: {type(error).__name__}: {error}")
            return "Chargeside itself failed while reading; see above. The pages stay as they were."
        pages = self._pages_of(reading, today, now)
        if pages is not None and (self._choices is None or self._choices.network is not pages.network):
            self._choices = Choices(pages.network)
        self.pages = pages
        saved = sorted(self.sources.shown_path(path) for path in changed)
        seconds = time.perf_counter() - started
        self._tell(
            **self._told(reading, saved), time=f"{moment:%H:%M:%S}", seconds=round(seconds, 3), broken=""
        )
        what = ", ".join(saved) if len(saved) <= _FILES else f"{len(saved)} files"
        return f"{moment:%H:%M:%S}  {what or 'Read'}: {_in_words(reading.findings)}  ({seconds:.2f} s)"

    def _pages_of(self, reading: Reading, today: str, now: str) -> Pages | None:
        network, before = reading.network, self.pages
        if network is None:
            return None
        if before is None:
            return Pages(network, today, now)
        old = before.network
        same = old.stations is network.stations and old.content.connectors == network.content.connectors
        return Pages(network, today, now, before.planner.__dict__.get("marks") if same else None)

    def _told(self, reading: Reading, saved: Collection[str]) -> Json:
        count = Counter(finding.severity for finding in reading.findings)
        ordered = in_order(reading.findings, saved)
        choices = self._choices
        network = reading.network
        return {
            "edition": self._state["edition"] + 1,
            "ready": network is not None,
            "operator": network.operator.name if network else self.sources.name,
            "stations": len(network.stations) if network else 0,
            "counts": {severity: count[severity] for severity in Severity},
            "summary": _in_words(reading.findings),
            "findings": [{**one.as_dict(), "saved": one.path in saved} for one in ordered[:_LISTED]],
            "more": max(0, len(ordered) - _LISTED),
            "held": [{"path": path, "slug": self.sources.slug_of(path)} for path in reading.held],
            "saved": list(saved)[:_FILES],
            "focus": self._focus(saved),
            "choices": choices.as_dict() if choices else None,
            "addresses": self.addresses,
        }

    def _focus(self, saved: Collection[str]) -> Json | None:
        """The guide that was saved, and its language where the operator's pages have it."""
        guides = [path for path in saved if path.endswith(".md") and self.sources.slug_of(path)]
        if not guides or len(saved) > _FILES or self.pages is None:
            return None
        slug, lang = self.sources.slug_of(guides[0]), Path(guides[0]).stem
        network = self.pages.network
        if slug not in network.content.problems:
            return None
        return {"slug": slug, "lang": lang if lang in network.operator.languages else ""}

    def _tell(self, **news: Any) -> None:
        with self._news:
            self._state = {**self._state, **news, "number": self._state["number"] + 1}
            self._news.notify_all()

    # ------------------------------------------------------------------------------------------------ asking

    @property
    def is_watched(self) -> bool:
        """Whether a browser waits for news."""
        return self._viewers > 0

    @contextmanager
    def viewer(self, most: int) -> Iterator[bool]:
        """For as long as a browser waits for news; False when there are `most` of them already."""
        with self._news:
            welcome = self._viewers < most
            self._viewers += welcome
        try:
            yield welcome
        finally:
            with self._news:
                self._viewers -= welcome

    def wait(self, number: int, seconds: float) -> tuple[int, str] | None:
        """The number of the newest state and the state as JSON, once it is another than `number`; None when nothing changed."""
        with self._news:
            if not self._news.wait_for(lambda: self._state["number"] != number, seconds):
                return None
            state = self._state
        return state["number"], json.dumps(state, ensure_ascii=False, separators=(",", ":"))

    def place(self, asked: dict[str, str]) -> Json:
        """See `choices.place`."""
        pages, choices = self.pages, self._choices
        if pages is None or choices is None:
            return {"href": "", "note": "There is nothing to show yet: see what to mend."}
        return place(pages, choices, asked)

    def search(self, typed: str) -> list[Json]:
        """See `Choices.search`."""
        return self._choices.search(typed) if self._choices else []


def _in_words(findings: Collection[Finding]) -> str:
    """`1 error, 2 warnings`."""
    count = Counter(finding.severity for finding in findings)
    words = [
        f"{count[one]:,} {one}{'' if count[one] == 1 else 's'}" for one in (Severity.ERROR, Severity.WARNING)
    ]
    return ", ".join(words)


def _forget() -> None:
    """Let go of templates, style, drawings and words that were read."""
    with RENDERING:
        for name, module in list(sys.modules.items()):
            if name.startswith(
                ("chargeside.render", "chargeside.i18n", "chargeside.plan", "chargeside.serving")
            ):
                for value in list(vars(module).values()):
                    if callable(clear := getattr(value, "cache_clear", None)):
                        clear()
        driver.forget()
