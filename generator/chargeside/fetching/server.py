"""One server, asked with care: one origin, TLS verified, everything bounded, and asked again where that may help."""

from __future__ import annotations

import json
import secrets
import ssl
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from http.client import HTTPException, responses
from pathlib import Path
from types import TracebackType
from typing import NoReturn, Self

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError
from urllib3.response import HTTPResponse

from chargeside import __version__
from chargeside.errors import FetchError
from chargeside.fetching.address import Address
from chargeside.fetching.causes import PassingError, meaning, seconds_until
from chargeside.fetching.deadline import Deadline
from chargeside.fetching.packing import DamagedError, Unpacker
from chargeside.fetching.token import Encoding, Token
from chargeside.load.records import MAX_FEED_BYTES

_CHUNK_BYTES = 64 * 1024
_MOST_OF_AN_ERROR = 16 * 1024
_LONGEST_QUOTE = 200
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_ASK_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
_REFUSED = frozenset({401, 403})
_MESSAGES = ("status_message", "message", "error_description", "error", "detail", "title")
"""Keys under which servers say what is wrong, OCPI's own first."""
_FAILED = (HTTPError, HTTPException, OSError)
"""All that urllib3 and the library below it raise about a connection."""

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Limits:
    """How long, how much, how often. Bytes count after unpacking; `read_seconds` is the longest silence."""

    connect_seconds: float = 15
    read_seconds: float = 60
    total_seconds: float = 3600
    page_bytes: int = MAX_FEED_BYTES // 2
    total_bytes: int = MAX_FEED_BYTES
    pages: int = 20_000
    pages_without_news: int = 10
    redirects: int = 5
    attempts: int = 5
    first_wait_seconds: float = 1
    longest_wait_seconds: float = 120


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server gave: the address that it was given at, the headers, and the body unpacked."""

    address: Address
    headers: Mapping[str, str]
    body: bytes


class Server:
    """The server of one address. Used as a context."""

    def __init__(
        self,
        start: Address,
        token: Token | None,
        encoding: Encoding,
        ca_file: Path | None,
        limits: Limits,
        tell: Tell,
    ) -> None:
        """Raises FetchError when `ca_file` cannot be used."""
        self._token = token
        self._forms = token.forms(encoding) if token else []
        self._limits = limits
        self.tell = tell
        self._bytes = 0
        self._response: HTTPResponse | None = None
        self._connection = _connection(start, ca_file)
        self._deadline = Deadline(limits.total_seconds)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._deadline.cancel()
        self._close()

    def get(self, address: Address) -> Answer:
        """What stands at an address of this server. Raises FetchError."""
        attempt = 0
        while True:
            attempt += 1
            try:
                return self._followed(address)
            except PassingError as error:
                self._refuse_late(address)
                if attempt >= self._limits.attempts:
                    raise FetchError(
                        f"{address.shown}: {error}; asked {attempt} times. Try later, and if it stays so, ask those who run the "
                        "server"
                    ) from None
                self._wait(address, error, attempt)

    def said(self, text: object) -> str:
        """Words of the server for people: on one line, not endless, without the token; empty when it said none."""
        start = str(text)[:_MOST_OF_AN_ERROR]
        masked = self._token.masked(start) if self._token else start
        flat = " ".join("".join(c if c.isprintable() else " " for c in masked).split())
        return flat if len(flat) <= _LONGEST_QUOTE else flat[: _LONGEST_QUOTE - 1] + "…"

    def reason(self, answer: object) -> str:
        """What the server says in the JSON of an error; empty when it says nothing."""
        if isinstance(answer, dict):
            answer = next((answer[key] for key in _MESSAGES if isinstance(answer.get(key), str)), "")
        return self.said(answer) if isinstance(answer, str) else ""

    # one request and what follows at once from its answer

    def _followed(self, address: Address) -> Answer:
        """The answer behind redirects, with the form of the token that the server takes."""
        for _ in range(self._limits.redirects + 1):
            response = self._asked(address)
            if response.status in _REFUSED and len(self._forms) > 1:
                del self._forms[0]
                response = self._asked(address)
            if response.status not in _REDIRECTS:
                return self._answer(address, response)
            address = address.resolved(response.headers.get("Location", ""))
        raise FetchError(
            f"{address.shown}: sends on and on, more than {self._limits.redirects} times; give the address of the Locations "
            "themselves"
        )

    def _asked(self, address: Address) -> HTTPResponse:
        """The status and headers of an answer; its body is still to be read."""
        connection = self._connection
        try:
            if self._response is not None or not connection.is_connected:
                self._close()
                connection.timeout = self._at_most(self._limits.connect_seconds, address)
                connection.connect()
                self._deadline.watch(connection.sock)
            connection.timeout = self._at_most(self._limits.read_seconds, address)
            connection.request(
                "GET", address.target, headers=self._headers(), preload_content=False, decode_content=False
            )
            self._response = connection.getresponse()
        except _FAILED as error:
            self._close()
            raise self._failed(error, address) from None
        return self._response

    def _close(self) -> None:
        """An answer that was not read to its end takes its connection with it."""
        if self._response is not None:
            self._response.close()
            self._response = None
        self._connection.close()

    def _headers(self) -> dict[str, str]:
        """OCPI wants an id on every request, and another one on what belongs together; each retry is a request of its own."""
        headers = {
            "Accept": "application/json",
            "Accept-Encoding": "gzip",
            "User-Agent": f"chargeside/{__version__}",
            "X-Request-ID": str(uuid.uuid4()),
            "X-Correlation-ID": str(uuid.uuid4()),
        }
        return {**headers, "Authorization": self._forms[0]} if self._forms else headers

    def _answer(self, address: Address, response: HTTPResponse) -> Answer:
        if response.status != 200:
            self._refuse(address, response)
        self._forms = self._forms[:1]  # this form is the right one
        encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
        if encoding not in ("", "identity", "gzip", "x-gzip"):
            raise FetchError(
                f"{address.shown}: the answer is packed as {self.said(encoding)}, though only gzip was asked for; ask those who "
                "run the server to mend that"
            )
        body = b"".join(self._unpacked(address, response))
        self._bytes += len(body)
        self._response = None  # read to its end: the connection can carry the next one
        return Answer(address, response.headers, body)

    def _unpacked(self, address: Address, response: HTTPResponse) -> Iterator[bytes]:
        """The body in pieces, counted as they come. A file that is packed for good says so in its first bytes alone."""
        unpacker = Unpacker()
        size = 0
        try:
            for chunk in self._chunks(address, response):
                for piece in unpacker.pieces(chunk):
                    size += len(piece)
                    self._refuse_large(address, size)
                    yield piece
            yield unpacker.rest()
        except DamagedError:
            raise PassingError("the answer is packed with gzip, and damaged or cut short") from None

    def _chunks(self, address: Address, response: HTTPResponse) -> Iterator[bytes]:
        try:
            while chunk := response.read1(_CHUNK_BYTES):
                self._refuse_late(address)
                yield chunk
        except _FAILED as error:
            raise self._failed(error, address) from None
        self._refuse_late(address)  # a connection that was cut looks like the end

    # what went wrong

    def _failed(self, error: Exception, address: Address) -> Exception:
        self._refuse_late(address)
        return meaning(error, address)

    def _refuse(self, address: Address, response: HTTPResponse) -> NoReturn:
        """Raises what an answer without data means."""
        status = response.status
        said = self._error_said(address, response)
        what = f"answers {status} {responses.get(status, '')}".rstrip() + (f" ({said})" if said else "")
        if status in _ASK_AGAIN:
            raise PassingError(what, seconds_until(response.headers.get("Retry-After")))
        if status in _REFUSED and self._forms:
            mend = (
                "check the token: the one that this server gave you, whole and still valid; --token-encoding says in which form "
                "it is sent"
            )
        elif status in _REFUSED:
            mend = "give the token of this server with --token-env"
        elif status in (404, 410):
            mend = "correct the address; that of OCPI Locations often ends in /locations"
        else:
            mend = "check the address, and ask those who run the server"
        raise FetchError(f"{address.shown}: {what}; {mend}")

    def _error_said(self, address: Address, response: HTTPResponse) -> str:
        """What the body of an error says, when it says it in words or in JSON."""
        body = b""
        try:
            for chunk in self._chunks(address, response):
                body += chunk
                if len(body) > _MOST_OF_AN_ERROR:
                    break
        except PassingError:
            pass  # the status says enough
        text = body.decode("utf-8", "replace").strip()
        try:
            return self.reason(json.loads(text))
        except (ValueError, RecursionError):
            return "" if text.startswith(("<", "\x1f")) else self.said(text)

    def _refuse_late(self, address: Address) -> None:
        if not self._deadline.left():
            raise FetchError(
                f"{address.shown}: the pull was not done within {self._limits.total_seconds:g} seconds in all, and was ended; "
                "fetch less at a time with --since last, or larger pages: add ?limit=1000 to the address"
            )

    def _refuse_large(self, address: Address, size: int) -> None:
        limits = self._limits
        if size > limits.page_bytes:
            raise FetchError(
                f"{address.shown}: a page holds more than {limits.page_bytes} bytes, and no more are read; ask for smaller "
                "pages: add ?limit=500 to the address"
            )
        if self._bytes + size > limits.total_bytes:
            raise FetchError(
                f"{address.shown}: all pages hold more than {limits.total_bytes} bytes, and no more are read; split the feed "
                "into several"
            )

    def _at_most(self, seconds: float, address: Address) -> float:
        """A time limit that ends no later than everything does."""
        self._refuse_late(address)
        return min(seconds, self._deadline.left() or seconds)

    def _wait(self, address: Address, passing: PassingError, attempt: int) -> None:
        limits = self._limits
        asked = passing.wait or 0.0
        if asked > min(limits.longest_wait_seconds, self._deadline.left()):
            raise FetchError(
                f"{address.shown}: {passing}, and asks to come back in {asked:.0f} seconds; do so"
            )
        grown = min(limits.longest_wait_seconds, limits.first_wait_seconds * 2 ** (attempt - 1))
        # Not all clients of a server that was down shall come back in the same second.
        wait = max(asked, grown * secrets.SystemRandom().uniform(0.5, 1))
        self.tell(
            f"{address.server}: {passing}; asking again in {wait:.0f} s ({attempt + 1} of {limits.attempts})"
        )
        time.sleep(min(wait, self._deadline.left()))


def _connection(start: Address, ca_file: Path | None) -> HTTPConnection:
    if start.scheme == "http":
        return HTTPConnection(start.host, start.port)
    context = ssl.create_default_context()
    if ca_file is not None:
        try:
            context.load_verify_locations(ca_file)
        except OSError as error:
            why = "no certificate in PEM form" if isinstance(error, ssl.SSLError) else error.strerror
            raise FetchError(
                f"{ca_file}: cannot be used ({why}); give a file of certificates in PEM form"
            ) from None
    return HTTPSConnection(start.host, start.port, ssl_context=context)
