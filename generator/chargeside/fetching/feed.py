"""All pages of a module as one feed file; with `since`, what changed laid over what was there."""

from __future__ import annotations

import json
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Literal

from chargeside.errors import ContentError, FetchError, WriteError
from chargeside.fetching.address import Address, parsed
from chargeside.fetching.paging import Page
from chargeside.fetching.server import Limits, Server, Tell
from chargeside.fetching.store import LONG_AGO, Store, key_of, moment_of, updated_of
from chargeside.fetching.token import Encoding, Token
from chargeside.findings import Findings
from chargeside.load.records import read_records

_MOST_HOPS = 3
_SECONDS_BETWEEN_LINES = 5.0
_DATE = "%Y-%m-%dT%H:%M:%SZ"

Module = Literal["locations", "tariffs"]


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a pull brought. `records`: Locations or Tariffs that came; `kept`: earlier ones that had not changed."""

    path: Path
    url: str
    pages: int
    records: int
    kept: int
    since: str | None


def fetch(
    module: Module,
    url: str,
    target: Path,
    *,
    token: str | None = None,
    encoding: Encoding = "auto",
    ca_file: Path | None = None,
    since: str | None = None,
    earlier: Path | None = None,
    limits: Limits | None = None,
    tell: Tell = lambda _: None,
) -> Fetched:
    """Fetch all pages of an OCPI module into the file `target`, to be imported as one feed.

    `since`: only what changed since a date, or since the newest `last_updated` of `earlier` ("last"); it is laid over the
    records of `earlier`, a feed file. `tell`: is told of progress. Raises FetchError, ContentError and WriteError; `target` is
    then as it was.
    """
    secret = Token(token) if token is not None else None
    masked = secret.masked if secret else str
    try:
        start = parsed(url)
        date = _date_of(since, earlier, module, tell) if since else None
        if date:
            start = start.with_parameter("date_from", date)
        limits = limits or Limits()
        with (
            tempfile.TemporaryFile() as file,
            Server(start, secret, encoding, ca_file, limits, lambda text: tell(masked(text))) as server,
        ):
            store = Store(file, secret)
            pages = _collect(server, start, module, store, limits)
            if not len(store) and date is None and module == "locations":
                raise FetchError(
                    f"{start.shown}: gives no Locations; the token may decide which ones: ask those who run the server"
                )
            kept = _write(target, store, earlier if date else None)
    # Whatever they say, and wherever a server has put the token: no message leaves with it.
    except FetchError as error:
        raise FetchError(masked(str(error))) from None
    except ContentError as error:
        raise ContentError(
            tuple(replace(one, path=masked(one.path), message=masked(one.message)) for one in error.findings)
        ) from None
    except OSError as error:
        raise WriteError(
            f"the pages could not be kept on the way: {error.strerror}; make room for temporary files"
        ) from None
    return Fetched(target, masked(start.shown), pages, len(store), kept, date)


fetch_locations = partial(fetch, "locations")
fetch_tariffs = partial(fetch, "tariffs")


def _collect(server: Server, start: Address, module: Module, store: Store, limits: Limits) -> int:
    """Fetch page after page into the store; how many there were."""
    address: Address | None = start
    seen: set[Address] = set()
    hops = pages = stale = total = 0
    told = -_SECONDS_BETWEEN_LINES
    named = False
    while address is not None:
        if address in seen:
            raise _endless(start, "one that was fetched before is named as the next one")
        if pages >= limits.pages:
            raise _endless(start, f"there are more than {limits.pages} pages")
        seen.add(address)
        page = Page(server, server.get(address), f"{start.shown} (page {pages + 1})")
        new = store.add(page)
        elsewhere = page.directory(module)
        if elsewhere is not None and hops < _MOST_HOPS:
            hops += 1
            address = start = _with_date_of(start, elsewhere)
            continue
        pages += 1
        total = page.total or total
        if time.monotonic() - told > _SECONDS_BETWEEN_LINES:
            told = time.monotonic()
            server.tell(f"page {pages}: {len(store)} {module.capitalize()} so far")
        address, by_server = page.next(after_links=named)
        named = named or by_server
        stale = 0 if new else stale + 1
        if address is not None and stale >= limits.pages_without_news:
            raise _endless(start, f"the last {stale} pages brought nothing new, and yet there is a next one")
    since = start.parameter("date_from")
    server.tell(
        f"{module.capitalize()} fetched: {len(store)}, on {pages} page{'s' * (pages > 1)}"
        + (f", changed since {since}" if since else "")
    )
    if len(store) < total:
        server.tell(f"the server counts {total}, and gave {len(store)}")
    if hops:
        server.tell(f"they are at {start.shown}; give that address next time")
    return pages


def _with_date_of(start: Address, elsewhere: Address) -> Address:
    date = start.parameter("date_from")
    return elsewhere.with_parameter("date_from", date) if date else elsewhere


def _endless(start: Address, what: str) -> FetchError:
    return FetchError(
        f"{start.shown}: the pages do not end: {what}; ask those who run the server to mend its paging, or save the Locations "
        "as a file and import that"
    )


def _write(target: Path, store: Store, earlier: Path | None) -> int:
    """Put the feed file in place; how many earlier records stay as they were. Raises WriteError, ContentError."""
    kept = 0
    temporary: Path | None = None
    try:
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        temporary = Path(name)
        with os.fdopen(handle, "wb") as file:
            separator = b'{"data": [\n'
            for data in store.all():
                file.write(separator + data)
                separator = b",\n"
            for value in _unchanged(earlier, store) if earlier else ():
                file.write(separator + json.dumps(value, ensure_ascii=False).encode())
                separator = b",\n"
                kept += 1
            file.write(b"\n]}\n" if separator == b",\n" else b'{"data": []}\n')
        temporary.replace(target)
    except BaseException as error:
        if temporary is not None:
            with suppress(OSError):
                temporary.unlink()
        if isinstance(error, OSError):
            raise WriteError(f"{target} could not be written: {error.strerror}") from error
        raise
    return kept


def _unchanged(earlier: Path, store: Store) -> Iterator[Any]:
    return (value for value in _records_of(earlier) if key_of(value) not in store)


def _records_of(feed: Path) -> Iterator[Any]:
    """The records of a feed file of ours. Raises ContentError when it is damaged."""
    findings = Findings()
    for record in read_records(feed, str(feed), findings) or ():
        yield record.value
    if findings.errors:
        raise ContentError(findings.sorted())


def _date_of(since: str, earlier: Path | None, module: Module, tell: Tell) -> str | None:
    """The `date_from` of a pull, in UTC; None when there is nothing to lay changes over. Raises FetchError, ContentError."""
    moment = moment_of(since)
    if moment is None and since != "last":
        raise FetchError(
            f'"{since[:40]}" is no date; give --since last, or a date like 2026-11-22 or 2026-11-22T08:00:00Z'
        )
    if earlier is None or not earlier.exists():
        tell(f"there are no earlier {module.capitalize()} to lay changes over: all are fetched")
        return None
    if moment is None:
        # A date in the future would never fetch anything again; it is a mistake of the system that wrote it.
        latest = datetime.now(UTC) + timedelta(days=1)
        moments = (found for value in _records_of(earlier) if (found := updated_of(value)) <= latest)
        moment = max(moments, default=LONG_AGO)
    return moment.strftime(_DATE) if moment > LONG_AGO else None
