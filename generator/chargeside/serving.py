"""`serve`: the built site on this machine, built again whenever a source file changes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory

from chargeside.build import Options, build
from chargeside.errors import ChargesideError, ContentError
from chargeside.load.content import content_root

_SECONDS_BETWEEN_LOOKS = 0.5


class _Handler(SimpleHTTPRequestHandler):
    """Files only; our own 404 page; a word for each request would drown the findings."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the library's
        pass

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        page = Path(self.directory) / "404.html"
        if code == 404 and page.is_file():
            body = page.read_bytes()
            self.send_response(404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)
            return
        super().send_error(code, message, explain)


def serve_site(
    folder: Path,
    out: Path | None,
    host: str,
    port: int,
    now: Callable[[], datetime],
    say: Callable[[str], None],
) -> None:
    """Build, serve, watch; until interrupted. Raises ContentError when the first build has findings at error level."""
    with TemporaryDirectory(prefix="chargeside-serve-") as scratch:
        options = Options(out or Path(scratch), "", ("library", "driver"))
        build(folder, _at(now(), options))
        handler = partial(_Handler, directory=str(options.out / "site"))
        with ThreadingHTTPServer((host, port), handler) as server:
            say(f"http://{host}:{server.server_address[1]}/  (stop with Ctrl-C)")
            threading.Thread(target=server.serve_forever, daemon=True).start()
            _watch(folder, options, now, say)


def _at(moment: datetime, options: Options) -> Options:
    return replace(options, today=moment.date().isoformat(), now=moment.isoformat())


def _watch(folder: Path, options: Options, now: Callable[[], datetime], say: Callable[[str], None]) -> None:
    seen = _state(folder)
    while True:
        time.sleep(_SECONDS_BETWEEN_LOOKS)
        if (state := _state(folder)) == seen:
            continue
        seen = state
        try:
            report = build(folder, _at(now(), options))
            say(f"{len(report.rendered)} files rendered in {report.seconds:.1f} s")
        except ContentError as error:
            for finding in error.findings:
                say(str(finding))
        except ChargesideError as error:
            say(str(error))


def _state(folder: Path) -> frozenset[tuple[str, int]]:
    """Names and times of change of all source files."""
    roots = (folder, content_root() / "problems", content_root() / "connectors")
    files = (
        path for root in roots for path in root.rglob("*") if path.is_file() and not path.name.startswith(".")
    )
    return frozenset((str(path), path.stat().st_mtime_ns) for path in files)
