"""Codes: seven digits, the last a check digit, printed on signs and never given to another station."""

from __future__ import annotations

import hashlib
from collections.abc import Container

# The order-10 quasigroup of H. Michael Damm, "Total anti-symmetrische Quasigruppen" (thesis, Marburg 2004), p. 111.
_DAMM = (
    "0317598642",
    "7092154863",
    "4206871359",
    "1750983426",
    "6123045978",
    "3674209581",
    "5869720134",
    "8945362017",
    "9438617205",
    "2581436790",
)
LENGTH = 7


def damm_digit(digits: str) -> str:
    """The check digit that belongs behind `digits`. It catches every single wrong digit and every swap of neighbours."""
    interim = 0
    for digit in digits:
        interim = int(_DAMM[interim][int(digit)])
    return str(interim)


def is_code(text: str) -> bool:
    """Whether `text` is seven ASCII digits with a right check digit."""
    return len(text) == LENGTH and text.isascii() and text.isdigit() and damm_digit(text[:-1]) == text[-1]


def new_code(key: str, taken: Container[str]) -> str:
    """A code for the station `key`: from a digest of the key, the next free one on a clash.

    Never starts with 0, which spreadsheets would drop. Raises OverflowError when all 900,000 are taken.
    """
    low, count = 10 ** (LENGTH - 2), 9 * 10 ** (LENGTH - 2)
    start = int.from_bytes(hashlib.blake2b(key.encode(), digest_size=8).digest()) % count
    for step in range(count):
        body = str(low + (start + step) % count)
        code = body + damm_digit(body)
        if code not in taken:
            return code
    raise OverflowError("every seven-digit code is taken")
