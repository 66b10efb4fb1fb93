"""One moment at which a pull ends, whatever it hangs in."""

from __future__ import annotations

import socket
import time
from contextlib import suppress
from threading import Timer


class Deadline:
    """A server that sends a byte now and then keeps every limit on silence; at this moment its connection is cut."""

    def __init__(self, seconds: float) -> None:
        self._at = time.monotonic() + seconds
        self._socket: socket.socket | None = None
        self._timer = Timer(seconds, self._cut)
        self._timer.daemon = True
        self._timer.start()

    def left(self) -> float:
        """Seconds that are left, never below 0."""
        return max(0.0, self._at - time.monotonic())

    def watch(self, opened: socket.socket | None) -> None:
        """Cut this connection, the only one now, when time is up."""
        self._socket = opened
        if not self.left():
            self._cut()

    def cancel(self) -> None:
        """The work is done."""
        self._timer.cancel()

    def _cut(self) -> None:
        if self._socket is not None:
            with suppress(OSError):  # closed already
                # Not SSLSocket.shutdown, which takes the TLS layer away from under a read in the other thread.
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)
