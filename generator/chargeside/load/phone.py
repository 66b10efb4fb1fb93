"""Phone numbers in data: brought into one form, and told apart from placeholders."""

from __future__ import annotations

import re

# The first bracket is that of an area code: (512) 555-0123.
_ALLOWED = re.compile(r"\+?(?=[0-9(])(?:[0-9 ./-]|\([0-9][0-9 ]*\)){2,25}")
_RUNS = ("0123456789", "1234567890", "9876543210")


def tidy_phone(text: str) -> str | None:
    """A number as people write it: `tel:+33-1-76-31-06-84` (RFC 3966) becomes `+33 1 76 31 06 84`; None when it is none."""
    number = text.strip()
    if number.lower().startswith("tel:"):
        number = number[4:].partition(";")[0].replace("-", " ")
    number = " ".join(number.replace(".", " ").split())
    return number if _ALLOWED.fullmatch(number) and len(number) <= 25 else None


def is_placeholder(number: str) -> bool:
    """Whether a number is a filler nobody answers: `01 00 00 00 00`, `123456789`, one digit over and over."""
    digits = re.sub(r"\D", "", number)
    if len(digits) < 6:
        return False
    return bool(re.search(r"0{6}|(\d)\1{7}", digits)) or any(
        run[:9] in digits or digits in run for run in _RUNS
    )
