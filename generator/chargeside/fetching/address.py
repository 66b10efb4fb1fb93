"""Web addresses: which ones are asked at all, and which belong to the same server."""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, urlencode, urljoin

from urllib3.exceptions import LocationParseError
from urllib3.util import parse_url

from chargeside.errors import FetchError

_PORTS = {"http": 80, "https": 443}
_THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "::1"})
_LONGEST = 4000


@dataclass(frozen=True, slots=True)
class Address:
    """An address in its normal form, without user, password and fragment. IPv6 hosts have no brackets."""

    scheme: str
    host: str
    port: int
    path: str
    query: str = ""

    @property
    def origin(self) -> tuple[str, str, int]:
        """Scheme, host and port: what makes two addresses the same server (RFC 6454)."""
        return self.scheme, self.host, self.port

    @property
    def server(self) -> str:
        """The origin for people."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}" + ("" if self.port == _PORTS[self.scheme] else f":{self.port}")

    @property
    def shown(self) -> str:
        """For people: without the query, which may hold a key."""
        return f"{self.server}{self.path}"[:200]

    @property
    def target(self) -> str:
        """What stands in the request line."""
        return f"{self.path}?{self.query}" if self.query else self.path

    def parameter(self, name: str) -> str | None:
        """A value of the query."""
        return dict(parse_qsl(self.query)).get(name)

    def with_parameter(self, name: str, value: str) -> Address:
        """The same address with one value of the query set."""
        others = [pair for pair in parse_qsl(self.query, keep_blank_values=True) if pair[0] != name]
        return replace(self, query=urlencode([*others, (name, value)]))

    def resolved(self, link: str) -> Address:
        """A link that stands in the answer of this address. Raises FetchError when it leads to another server.

        Servers behind a proxy that ends TLS name themselves with http://; that is taken as the https:// it was asked by.
        """
        try:
            joined = urljoin(f"{self.server}{self.target}", link.strip())
        except ValueError:
            joined = link
        found = _split(joined)
        if (found.scheme, found.host, self.scheme) == ("http", self.host, "https") and found.port in (
            80,
            self.port,
        ):
            found = replace(found, scheme="https", port=self.port)
        if found.origin != self.origin:
            raise FetchError(
                f"{self.shown}: sends on to another server, {found.server}, and is not followed, because the token is for "
                f"{self.server} alone; if the stations are there indeed, give that address itself"
            )
        return found


def parsed(url: str) -> Address:
    """The address that a pull starts from. Raises FetchError when it is none that is asked."""
    found = _split(url)
    if found.scheme == "http" and found.host not in _THIS_MACHINE:
        raise FetchError(f"http://{found.host} would send the token for all to read; use https://")
    return found


def _split(url: str) -> Address:
    try:
        parts = parse_url(url) if len(url) <= _LONGEST else None
    except (LocationParseError, UnicodeError):
        parts = None
    if parts is None or not parts.host or parts.scheme not in _PORTS:
        raise FetchError(
            "this is no web address that can be asked; give one like https://example.org/ocpi/2.2.1/locations"
        )
    if parts.auth is not None:
        raise FetchError(
            f"the address at {parts.host} holds a user name or password; leave it out, and give the token with --token-env"
        )
    port = parts.port or _PORTS[parts.scheme]
    return Address(parts.scheme, parts.host.strip("[]"), port, parts.path or "/", parts.query or "")
