"""Links of guides that lead nowhere: followed only on request, and only to public https addresses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
import urllib3

from chargeside.fetching import links
from chargeside.fetching.links import Link, check_links, links_of, trouble
from chargeside.findings import Findings
from chargeside.model.network import Content
from support import shared_content

PUBLIC = {
    "known.example": ["93.184.216.34"],
    "inside.example": ["10.0.0.7"],
    "mixed.example": ["93.184.216.34", "::1"],
}


def resolve(host: str) -> list[str]:
    if host not in PUBLIC:
        raise OSError("no such host")
    return PUBLIC[host]


class Sent(urllib3.PoolManager):
    """Sends what is meant for a host to the server of the test, and notes what was asked."""

    def __init__(self, base: str) -> None:
        super().__init__(retries=False)
        self.base, self.asked = base, []  # type: ignore[var-annotated]

    def request(self, method: str, url: str, **more: Any) -> Any:
        self.asked.append(url)
        return super().request(method, self.base + url.split("/", 3)[3], **more)


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            name = self.path.strip("/")
            status = int(name) if name.isdigit() else 302
            self.send_response(status)
            if status == 302:
                to = {
                    "onward": "https://known.example/200",
                    "inside": "https://inside.example/",
                    "plain": "http://known.example/",
                }
                self.send_header("Location", to.get(name, f"/{name}"))
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.mark.parametrize(
    ("url", "what", "asked"),
    [
        ("https://known.example/200", "", 1),
        ("https://known.example/403", "", 1),
        ("https://known.example/500", "", 1),
        ("https://known.example/404", "gone", 1),
        ("https://known.example/410", "gone", 1),
        ("https://known.example/onward", "", 2),
        ("https://known.example/round", "round", 6),
        ("https://known.example/inside", "private", 1),
        ("https://known.example/plain", "https", 1),
        ("https://inside.example/200", "private", 0),
        ("https://mixed.example/200", "private", 0),
        ("https://unknown.example/", "nobody knows", 0),
        ("https://known.example:8443/200", "https", 0),
        ("https://user@known.example/200", "https", 0),
        ("https://[::1/", "no address", 0),
        ("file:///etc/passwd", "https", 0),
    ],
)
def test_what_is_wrong_is_said_and_nothing_private_is_asked(
    base: str, url: str, what: str, asked: int
) -> None:
    pool = Sent(base)
    found = trouble(url, pool, resolve)
    assert (what in found) if what else found == ""
    assert len(pool.asked) == asked
    assert all(one.startswith("https://known.example/") for one in pool.asked)


def test_links_are_found_with_their_lines_and_asked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    content = shared_content()
    model = content.problems["cable-stuck"]
    guide = model.guide("en")
    step = replace(guide.steps[0], html='<a href="https://gone.example/a#b">here</a>')
    linked = replace(
        model,
        guides=(
            replace(
                guide, steps=(step, *guide.steps[1:]), call_html='<a href="https://gone.example/a">x</a>'
            ),
        ),
        sources=("https://fine.example/", "A book"),
    )
    found = links_of(Content({"cable-stuck": linked}, content.connectors))
    assert {(link.url, link.line) for link in found} == {
        ("https://gone.example/a#b", step.line),
        ("https://gone.example/a", guide.line),
        ("https://fine.example/", None),
    }
    asked: list[str] = []

    def told(url: str, *_: object) -> str:
        asked.append(url)
        return "is gone (HTTP 404)" if "gone" in url else ""

    monkeypatch.setattr(links, "trouble", told)
    findings = Findings()
    assert check_links(found, findings) == 2
    assert sorted(asked) == ["https://fine.example/", "https://gone.example/a"]
    assert [(finding.code, finding.line) for finding in findings.sorted()] == [
        ("G550", guide.line), ("G550", step.line),
    ]  # fmt: skip


def test_a_host_that_does_not_answer_is_named() -> None:
    findings = Findings()
    check_links([Link("https://unknown.example/x", "a.md", 3)], findings, resolve)
    (finding,) = findings
    assert (finding.code, finding.path, finding.line) == ("G550", "a.md", 3)
