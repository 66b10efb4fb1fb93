"""Addresses of this machine: which of them a browser may ask for, and how a phone finds it."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterable

import zxingcpp

_TEST_NET = "192.0.2.1"
"""Nobody has this address (RFC 5737); nothing is sent to it, it only makes the system choose the interface to the network."""
_QUIET = 2
"""Light modules around the code in a terminal: fewer than print needs, enough for a phone before a screen."""


def is_local_only(host: str) -> bool:
    """Whether only this machine can reach a server on `host`."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def network_addresses(host: str) -> tuple[str, ...]:
    """Hosts to type into a phone when the server listens on `host`; none where only this machine may ask."""
    if is_local_only(host):
        return ()
    if host not in ("0.0.0.0", "::"):  # noqa: S104 - what the person chose is compared, nothing is bound here
        return (in_address(host),)
    return tuple(in_address(one) for one in dict.fromkeys(_own()) if not is_local_only(one))


def _own() -> Iterable[str]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((_TEST_NET, 9))
            yield probe.getsockname()[0]
        except OSError:  # no network at all
            pass
    try:
        for *_, address in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET):
            yield str(address[0])
    except OSError:
        pass


def in_address(host: str) -> str:
    """A host as it stands in an address: IPv6 in brackets."""
    return f"[{host}]" if ":" in host else host


def is_ours(header: str, host: str, reached: str) -> bool:
    """Whether a request's Host header names this server; a name that another's DNS could lend us is not ours (DNS rebinding).

    `host`: what the server was told to listen on; `reached`: the address of this machine that the request came in on.
    """
    name = header.strip().lower()
    name = name[: name.rfind("]") + 1] if name.startswith("[") else name.partition(":")[0]
    reached = reached.removeprefix("::ffff:").partition("%")[0]
    return name in {"localhost", "127.0.0.1", "[::1]", in_address(host.lower()), in_address(reached)}


def qr_svg(text: str) -> bytes:
    """A QR code as SVG, for a screen."""
    rows = _modules(text, 4)
    side = len(rows)
    path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" shape-rendering="crispEdges">'
        f'<rect width="100%" height="100%" fill="#fff"/><path d="{path}"/></svg>'
    ).encode()


def qr_terminal(text: str) -> str:
    """A QR code for a terminal, two rows of modules in a line; black on white whatever its colours are."""
    rows = _modules(text, _QUIET)
    rows += [[False] * len(rows)] * (len(rows) % 2)
    lines = (
        "".join(" ▄▀█"[2 * above + below] for above, below in zip(upper, lower, strict=True))
        for upper, lower in zip(rows[::2], rows[1::2], strict=True)
    )
    return "\n".join(f"\x1b[107;30m{line}\x1b[0m" for line in lines)


def _modules(text: str, quiet: int) -> list[list[bool]]:
    """Rows of modules, True where dark, with a light zone around."""
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    picture = code.to_image(scale=1, add_quiet_zones=False)
    side, cells = int(picture.shape[0]), bytes(memoryview(picture))  # type: ignore[arg-type]  # as in render/qr.py
    light = [False] * quiet
    inside = [
        [*light, *(cell == 0 for cell in cells[y * side : (y + 1) * side]), *light] for y in range(side)
    ]
    edge = [[False] * (side + 2 * quiet)] * quiet
    return [*edge, *inside, *edge]
