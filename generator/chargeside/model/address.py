"""Addresses of other systems that hang on walls already: one form each, of characters that are safe in every server's files."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

_HOST = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+", re.ASCII)
_SAFE = "/!$&'()*+,;=:@%"
"""What a path may hold besides letters, digits and `-._~` (RFC 3986, pchar): no quote, no backslash, no brace, no blank."""
_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
LONGEST = 1_000
"""Characters of an address: as many as every static host takes in a line of `_redirects`, and any code can hold."""


@dataclass(frozen=True, slots=True, order=True)
class Address:
    """Host in small letters, path without its last slash, query without its mark. `http` and `https` are one."""

    host: str
    path: str
    query: str = ""

    def __str__(self) -> str:
        return f"https://{self.host}{self.target}"

    @property
    def target(self) -> str:
        """What a browser asks the host for."""
        return f"{self.path}?{self.query}" if self.query else self.path


def parse_address(text: str) -> Address:
    """The address that stands on a sign. Letters beyond ASCII get the form that browsers send.

    Raises ValueError with a message for people.
    """
    if not text.isprintable() or " " in text or len(text) > LONGEST:
        raise ValueError(f"holds blanks or more than {LONGEST} characters")
    scheme, found, rest = text.partition("://")
    if not found or scheme.lower() not in ("http", "https"):
        raise ValueError("does not start with https:// or http://")
    if "#" in rest:
        raise ValueError(
            "holds #: browsers keep what follows it to themselves, so no server can tell it apart"
        )
    parts = urlsplit(f"https://{rest}")
    host = parts.netloc.lower()
    if not _HOST.fullmatch(host):
        raise ValueError("has no plain host (no user name, no port, ASCII only)")
    path, query = quote(parts.path.rstrip("/"), safe=_SAFE), quote(parts.query, safe=f"{_SAFE}?")
    if not path and not query:
        raise ValueError("names a whole site")
    if path.replace("%2E", ".").replace("%2e", ".").count("/.") or _PERCENT.search(path + query):
        raise ValueError("has a path that starts with a dot, or a % that is not followed by two digits")
    return Address(host, path or "/", query)
