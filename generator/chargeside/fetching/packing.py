"""Unpacks gzip as it comes in, a bounded piece at a time: a few kilobytes can hold terabytes of zeros."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

_GZIP = b"\x1f\x8b"
_PIECE_BYTES = 1024 * 1024


class DamagedError(Exception):
    """What began as gzip does not go on so, or breaks off."""


class Unpacker:
    """Gives gzip unpacked, several members one after the other too, and everything else as it is."""

    def __init__(self) -> None:
        self._start = b""
        self._inflate: zlib._Decompress | None = None
        self._decided = False

    def pieces(self, chunk: bytes) -> Iterator[bytes]:
        """What the next bytes hold, in pieces of at most 1 MiB. Raises DamagedError."""
        if not self._decided:
            chunk = self._start = self._start + chunk
            if len(chunk) < len(_GZIP):
                return
            self._decided, self._start = True, b""
            if chunk.startswith(_GZIP):
                self._inflate = _new()
        if self._inflate is None:
            yield chunk
        else:
            yield from self._inflated(chunk)

    def rest(self) -> bytes:
        """What is left at the end. Raises DamagedError when that is not the end of the gzip."""
        if self._inflate is None:
            return self._start
        if not self._inflate.eof:
            raise DamagedError
        return b""

    def _inflated(self, chunk: bytes) -> Iterator[bytes]:
        while chunk:
            if self._inflate is None or self._inflate.eof:
                self._inflate = _new()
            try:
                yield self._inflate.decompress(chunk, _PIECE_BYTES)
            except zlib.error:
                raise DamagedError from None
            chunk = self._inflate.unused_data if self._inflate.eof else self._inflate.unconsumed_tail


def _new() -> zlib._Decompress:
    return zlib.decompressobj(16 + zlib.MAX_WBITS)
