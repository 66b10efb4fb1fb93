"""A driver site in Chromium for tests of its scripts: a few real page types, served from memory; other pages are their path."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from chargeside.plan.jobs import Job, Plan
from chargeside.render.driver import RENDERERS

_KINDS = {"json": "application/json", "js": "text/javascript"}
PHONE = {"width": 360, "height": 640}


def rendered(plan: Plan, wanted: Callable[[Job], bool]) -> dict[str, bytes]:
    """Files by their path below the site; pages that are not wanted say just where they are."""
    return {
        job.path.removeprefix("site/"): RENDERERS[job.kind](job.payload, plan.shared)
        if wanted(job)
        else b"<!doctype html><title>page</title>"
        for job in plan.jobs
    }


@contextmanager
def served(
    files: Mapping[str, bytes], base: str = "/", seen: list[tuple[str, str]] | None = None
) -> Iterator[str]:
    """The address of a server on this machine. `base`: the path of site_url; what is missing is answered with 404.html.
    `seen` gathers address and Referer of each request."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if seen is not None:
                seen.append((self.path, self.headers.get("Referer", "")))
            path = self.path.partition("?")[0].removeprefix(base)
            name = f"{path}index.html" if not path or path.endswith("/") else path
            data = files.get(name, files["404.html"])
            self.send_response(200 if name in files else 404)
            self.send_header("Content-Type", _KINDS.get(name.rpartition(".")[2], "text/html; charset=utf-8"))
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}{base}"
        server.shutdown()
