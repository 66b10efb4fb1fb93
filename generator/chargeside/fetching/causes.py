"""What the errors of a connection mean, in words for people, and whether asking again may help."""

from __future__ import annotations

import socket
import ssl
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError, ReadTimeoutError

from chargeside.errors import FetchError
from chargeside.fetching.address import Address

_MOST_SECONDS = 9  # digits of a Retry-After; more would be decades


class PassingError(Exception):
    """What may go well next time. `wait`: the seconds that the server asks for."""

    def __init__(self, message: str, wait: float | None = None) -> None:
        super().__init__(message)
        self.wait = wait


def meaning(error: Exception, address: Address) -> FetchError | PassingError:
    """What a failed connection means: an error to raise. None of these holds what was sent."""
    cause = error.__cause__ if isinstance(error, NewConnectionError) else error
    if isinstance(cause, ssl.SSLCertVerificationError):
        return FetchError(
            f"{address.shown}: the certificate of {address.host} is not accepted ({cause.verify_message}); correct the address, "
            "or name the file of your own certificate authority with --ca-file"
        )
    if isinstance(cause, socket.gaierror) and cause.errno == socket.EAI_NONAME:
        return FetchError(f"{address.shown}: there is no server named {address.host}; correct the address")
    return PassingError(_passing(error, cause))


def _passing(error: Exception, cause: BaseException | None) -> str:
    if isinstance(error, NameResolutionError):
        return "the name of the server could not be looked up"
    if isinstance(error, NewConnectionError):
        why = cause.strerror if isinstance(cause, OSError) else None
        return f"no connection could be made ({why})" if why else "no connection could be made"
    if isinstance(error, ConnectTimeoutError | ReadTimeoutError | TimeoutError):
        return "the server was silent for too long"
    if isinstance(error, ssl.SSLError):
        return "the server does not speak TLS as it should"
    return "the connection broke off before the answer was whole"


def seconds_until(retry_after: str | None) -> float | None:
    """The seconds that a Retry-After header asks to wait, a number or a date (RFC 9110, 10.2.3); None when it says nothing."""
    text = (retry_after or "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:_MOST_SECONDS])
    try:
        then = parsedate_to_datetime(text)
    except ValueError:
        return None
    if then.tzinfo is None:
        then = then.replace(tzinfo=UTC)
    return max(0.0, (then - datetime.now(UTC)).total_seconds())
