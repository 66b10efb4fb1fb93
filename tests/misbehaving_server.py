"""A real HTTP server on this machine that does what a script says: right, wrong, slowly, or never."""

from __future__ import annotations

import json
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

Script = Callable[["Asked"], None]


class Asked(BaseHTTPRequestHandler):
    """One request. A script answers it with `give`, or with bytes of its own through `raw`."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Server

    def do_GET(self) -> None:
        self.server.seen.append(copy(self))  # one handler serves all requests of a connection
        self.number = len(self.server.seen)
        self.server.script(self)

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.path).query))

    @property
    def base(self) -> str:
        return self.server.url

    def give(self, value: object, status: int = 200, **headers: str) -> None:
        """Answer with JSON, or with bytes as they are. `X_Limit="2"` is the header X-Limit."""
        body = value if isinstance(value, bytes) else json.dumps(value).encode()
        self.send_response(status)
        given = {name.replace("_", "-"): text for name, text in headers.items()}
        for name, text in {"Content-Length": str(len(body)), **given}.items():
            self.send_header(name, text)
        self.end_headers()
        self.wfile.write(body)

    def raw(self, data: bytes) -> None:
        """Write bytes instead of an answer, or a part of one; the connection ends after it."""
        self.close_connection = True
        self.wfile.write(data)
        self.wfile.flush()

    def drip(self, piece: bytes) -> None:
        """Send the same bytes every 20 milliseconds, for far longer than any client here should listen."""
        for _ in range(250):
            if self.server.stopping.wait(0.02):
                break
            self.raw(piece)

    def stall(self) -> None:
        """Say nothing more."""
        self.close_connection = True
        self.server.stopping.wait(10)

    def reset(self) -> None:
        """Break the connection off, as a crashed server does."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
        self.connection.close()

    def log_message(self, *args: Any) -> None:
        pass


class Server(ThreadingHTTPServer):
    """Answers every request by its script and keeps what was asked."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, script: Script, tls: ssl.SSLContext | None) -> None:
        super().__init__(("127.0.0.1", 0), Asked)
        self.script = script
        self.seen: list[Asked] = []
        self.stopping = threading.Event()
        self.url = f"{'https' if tls else 'http'}://localhost:{self.server_address[1]}"
        if tls:
            self.socket = tls.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)

    def handle_error(self, request: object, client_address: object) -> None:
        pass  # clients that hang up are what is tested


@contextmanager
def serving(script: Script, tls: ssl.SSLContext | None = None) -> Iterator[Server]:
    """The server while the block runs."""
    with Server(script, tls) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.stopping.set()
            server.shutdown()
            thread.join()


def in_pages(locations: Sequence[object], size: int = 2) -> Script:
    """A server of Locations as OCPI wants it: `size` on a page, Link and counts in the headers."""

    def script(asked: Asked) -> None:
        offset = int(asked.query.get("offset", 0))
        headers = {"X_Total_Count": str(len(locations)), "X_Limit": str(size)}
        if offset + size < len(locations):
            headers["Link"] = f'<{asked.base}{urlsplit(asked.path).path}?offset={offset + size}>; rel="next"'
        asked.give({"data": locations[offset : offset + size], "status_code": 1000}, **headers)

    return script


def certificate(folder: Path, host: str) -> tuple[Path, ssl.SSLContext]:
    """A certificate that no authority knows, for a host name, and what a server needs to show it."""
    key, chain = folder / f"{host}.key", folder / f"{host}.pem"
    words = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-days",
        "2",
    ]
    words += ["-subj", f"/CN={host}", "-addext", f"subjectAltName=DNS:{host}"]
    subprocess.run([*words, "-keyout", key, "-out", chain], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain, key)
    return chain, context
