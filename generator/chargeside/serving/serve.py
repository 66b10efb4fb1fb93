"""Starts the workshop and keeps it running until it is interrupted."""

from __future__ import annotations

import errno
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from chargeside.errors import ChargesideError
from chargeside.load.content import content_root
from chargeside.serving.addresses import in_address, network_addresses, qr_terminal
from chargeside.serving.server import Server
from chargeside.serving.watch import Watcher, watch
from chargeside.serving.workshop import Workshop

_MEND = "name an operator's folder, or make one: chargeside new operator my-network"


def operator_folder(folder: Path | None, here: Path) -> Path:
    """The operator's folder to preview: the one named, else `here` if it is one, else the demo operator of a checkout.

    Raises ChargesideError when there is none.
    """
    candidates = (folder,) if folder else (here, content_root() / "station_kits" / "demo")
    for one in candidates:
        if (one / "operator.yml").is_file():
            return one
    if folder:
        raise ChargesideError(f"{folder} holds no operator.yml; {_MEND}")
    raise ChargesideError(f"pages need the stations of an operator, and there is none here; {_MEND}")


def serve(
    folder: Path,
    host: str,
    port: int,
    clock: Callable[[], datetime],
    say: Callable[[str], None],
    draw: bool = False,
) -> None:
    """Show the workshop of an operator's folder until interrupted. `draw`: the terminal can show a code for phones.

    Raises ChargesideError when the address cannot be listened on.
    """
    workshop = Workshop(folder, clock)
    watcher = Watcher(workshop.sources.roots)
    with _listening(host, port, workshop) as server:
        port = server.server_port
        workshop.addresses = tuple(f"http://{one}:{port}/" for one in network_addresses(host))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        _greet(host, port, workshop.addresses, say, draw)
        say(workshop.read())
        for changed in watch(watcher, lambda: workshop.is_watched):
            say(workshop.read(changed))


def _listening(host: str, port: int, workshop: Workshop) -> Server:
    try:
        return Server(host, port, workshop)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            message = (
                f"port {port} is in use, perhaps by another preview; stop that one, or add --port {port + 1}"
            )
            raise ChargesideError(message) from None
        raise ChargesideError(f"cannot listen on {host}, port {port}: {error.strerror or error}") from None


def _greet(host: str, port: int, addresses: tuple[str, ...], say: Callable[[str], None], draw: bool) -> None:
    here = "127.0.0.1" if host in ("0.0.0.0", "::") else host  # noqa: S104 - compared, not bound
    say(f"Open  http://{in_address(here)}:{port}/  in your browser. Stop with Ctrl-C.")
    if not addresses:
        return
    say(
        "On a phone in the same network, open one of these:"
        if len(addresses) > 1
        else "On a phone in the same network:"
    )
    for address in addresses:
        say(f"      {address}")
    if draw:
        say(qr_terminal(addresses[0]))
    say("Everyone in this network can read these pages while this runs.")
