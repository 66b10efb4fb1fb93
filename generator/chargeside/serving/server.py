"""The workshop's web server: the shell at `/`, its own answers below `/-/`, and the driver site everywhere else.

It answers with what it planned and rendered in memory, and opens no file for a request.
"""

from __future__ import annotations

import json
import re
import socket
import traceback
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlsplit

from chargeside.errors import ChargesideError
from chargeside.render import html
from chargeside.render.html import trusted
from chargeside.serving.addresses import is_ours, qr_svg
from chargeside.serving.pages import VARIANT, keep_nothing
from chargeside.serving.workshop import Workshop

_TYPES = {"json": "application/json", "js": "text/javascript", "jpg": "image/jpeg", "xml": "application/xml"}
_STILL_HERE = 15.0
"""Seconds after which a browser that waits is told that there is nothing new, so that neither side lets go."""
_VIEWERS = 40
_SHELL_CHOICE = re.compile(r"[\w=&.%-]{0,300}")


class Server(ThreadingHTTPServer):
    """Listens on a host and port; port 0 for any that is free."""

    daemon_threads = True

    def __init__(self, host: str, port: int, workshop: Workshop) -> None:
        self.host, self.workshop = host, workshop
        if ":" in host:
            self.address_family = socket.AF_INET6
        super().__init__((host, port), _Handler)

    def server_bind(self) -> None:
        """Without the library's look-up of our own name, which waits for a DNS server that may not answer."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = self.host, self.server_address[1]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that went away is nothing to tell of."""
        del request, client_address


class _Handler(BaseHTTPRequestHandler):
    server: Server
    server_version, sys_version = "Chargeside", ""
    timeout = 60
    _answers: ClassVar[dict[str, str]] = {
        "/": "_shell",
        "/-/events": "_events",
        "/-/place": "_place",
        "/-/find": "_find",
        "/-/qr.svg": "_qr",
    }

    def do_GET(self) -> None:
        """Answers, or says why not."""
        reached = str(self.connection.getsockname()[0])
        if not is_ours(self.headers.get("Host", ""), self.server.host, reached):
            self._text(
                403,
                "This server answers only to its own addresses. Type the address that `chargeside serve` printed.",
            )
            return
        try:
            parts = urlsplit(self.path)
            asked = dict(parse_qsl(parts.query[:2_000]))
        except ValueError:
            self._text(400, "This is no address.")
            return
        try:
            answer = self._answers.get(parts.path)
            if answer:
                getattr(self, answer)(asked)
            else:
                self._page(parts.path, asked)
        except ChargesideError as error:
            self._text(500, f"This page could not be made: {error}")
        except ConnectionError:
            raise
        except Exception as error:  # noqa: BLE001 - one page that fails must not look like a server that stopped
            traceback.print_exc()
            self._text(500, f"Chargeside itself failed on this page: {type(error).__name__}: {error}")

    def do_HEAD(self) -> None:
        """As GET, without the body; there are no other methods, for there is nothing to change here."""
        self.do_GET()

    # ------------------------------------------------------------------------------------------------ answers

    def _shell(self, _: dict[str, str]) -> None:
        if self.headers.get("Sec-Fetch-Dest") == "iframe":
            self._text(
                200, "Here the library begins. It is no part of this preview: `mkdocs serve` shows it."
            )
            return
        body, policy = _shell_page()
        self._send(200, "text/html; charset=utf-8", body, {"Content-Security-Policy": policy})

    def _events(self, _: dict[str, str]) -> None:
        with self.server.workshop.viewer(_VIEWERS) as welcome:
            if not welcome:
                self._text(503, "Too many browsers wait for news already.")
                return
            self._head(200, "text/event-stream", None)
            self.wfile.write(b"retry: 500\n\n")
            number = -1
            while self.command != "HEAD":
                news = self.server.workshop.wait(number, _STILL_HERE)
                if news is None:
                    self.wfile.write(b": still here\n\n")
                    continue
                number, state = news
                self.wfile.write(f"id: {number}\nevent: state\ndata: {state}\n\n".encode())

    def _place(self, asked: dict[str, str]) -> None:
        self._json(self.server.workshop.place(asked))

    def _find(self, asked: dict[str, str]) -> None:
        self._json(self.server.workshop.search(asked.get("q", "")[:80]))

    def _qr(self, asked: dict[str, str]) -> None:
        addresses, choice = self.server.workshop.addresses, asked.get("choice", "")
        if not addresses or not _SHELL_CHOICE.fullmatch(choice):
            self._text(404, "There is no such code.")
            return
        self._send(200, "image/svg+xml", qr_svg(f"{addresses[0]}#{choice}" if choice else addresses[0]))

    def _page(self, path: str, asked: dict[str, str]) -> None:
        pages = self.server.workshop.pages
        if pages is None:
            self._text(503, "There is no page to show yet. The workshop says what to mend.")
            return
        base = urlsplit(pages.network.operator.site_url).path
        path = path.removeprefix(base if len(base) > 1 else "/").removeprefix("/")
        if path == "sw.js":
            self._send(200, "text/javascript", keep_nothing())
            return
        data = pages.get(path)
        if data is not None:
            suffix = path.rpartition(".")[2] if "." in path else "html"
            kind = _TYPES.get(
                suffix, "text/html; charset=utf-8" if suffix == "html" else "text/plain; charset=utf-8"
            )
            self._send(200, kind, data)
        elif not path.endswith("/") and pages.get(f"{path}/") is not None:
            self._send(302, "text/plain", b"", {"Location": f"/{path}/"})
        elif (moved := self._moved(path, asked)) is not None:
            self._send(302, "text/plain", b"", {"Location": f"/{moved}"})
        else:
            self._send(404, "text/html; charset=utf-8", pages.get("404.html") or b"")

    def _moved(self, path: str, asked: dict[str, str]) -> str | None:
        """Where a guide's page is now that its steps, and with them its address, have changed."""
        match = VARIANT.fullmatch(path)
        if not match or not asked.get("s"):
            return None
        wish = {"page": "guide", "lang": match[1], "slug": match[2], "code": asked["s"]}
        href = str(self.server.workshop.place(wish)["href"])
        return href if href.partition("?")[0] != path and match[2] in href else None

    # ------------------------------------------------------------------------------------------------ sending

    def _text(self, status: int, text: str) -> None:
        self._send(status, "text/plain; charset=utf-8", f"{text}\n".encode())

    def _json(self, value: Any) -> None:
        self._send(200, "application/json", json.dumps(value, ensure_ascii=False).encode())

    def _send(self, status: int, kind: str, body: bytes, headers: dict[str, str] | None = None) -> None:
        self._head(status, kind, len(body), headers)
        if self.command != "HEAD":
            self.wfile.write(body)

    def _head(
        self, status: int, kind: str, length: int | None, headers: dict[str, str] | None = None
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        if length is not None:
            self.send_header("Content-Length", str(length))
        common = {
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "same-origin",
            "X-Frame-Options": "SAMEORIGIN",
            "Cross-Origin-Resource-Policy": "same-origin",
        }
        for name, value in {**common, **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is the library's
        """Nothing: a word for each request would drown the findings."""


@cache
def _shell_page() -> tuple[bytes, str]:
    """The shell, and what it may load and run."""
    style, script = html.minify_css(html.package_text("style/serve.css")), html.script("desk/serve")
    text = (
        html.environment("serve")
        .get_template("shell.html")
        .render(style=trusted(style), script=trusted(script))
    )
    policy = (
        f"default-src 'none'; style-src {html.csp_hash(style)}; script-src {html.csp_hash(script)}; img-src 'self' data:; "
        "connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    return html.minify_html(text).encode(), policy
