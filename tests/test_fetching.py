"""OCPI over HTTP: a real server on this machine, right and wrong in every way that servers are; nothing is lost, nothing leaks."""

from __future__ import annotations

import base64
import gzip
import json
import time
import traceback
from collections.abc import Callable
from dataclasses import replace
from email.utils import formatdate
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from chargeside.cli import main
from chargeside.errors import ContentError, FetchError
from chargeside.fetching import Fetched, Limits, fetch_locations, token_from
from chargeside.fetching.address import parsed
from chargeside.fetching.causes import seconds_until
from chargeside.fetching.paging import next_link
from chargeside.findings import Findings
from chargeside.load.records import read_records
from misbehaving_server import Asked, Script, Server, certificate, in_pages, serving
from support import location

TOKEN = "k7/Qz+tok3n/OCPI=="
ENCODED = base64.b64encode(TOKEN.encode()).decode()
QUICK = Limits(
    connect_seconds=2,
    read_seconds=2,
    total_seconds=20,
    page_bytes=200_000,
    total_bytes=300_000,
    pages=30,
    pages_without_news=3,
    attempts=3,
    first_wait_seconds=0.01,
    longest_wait_seconds=2,
)
SOON = replace(QUICK, total_seconds=0.3)
HASTY = replace(QUICK, read_seconds=0.4)


def some(count: int, **changes: Any) -> list[dict[str, Any]]:
    return [location(f"L{number}", last_updated="2026-11-01T10:00:00Z", **changes) for number in range(count)]


def pull(server: Server, target: Path, **options: Any) -> Fetched:
    given = {"token": TOKEN, "limits": QUICK, **options}
    return fetch_locations(f"{server.url}/locations", target, **given)


def ids(feed: Path) -> list[str]:
    findings = Findings()
    found = [record.value["id"] for record in read_records(feed, feed.name, findings) or ()]
    assert not list(findings)
    return found


# ── pages ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def linking(link: str, body: str = "data", **headers: str) -> Script:
    """Five Locations on three pages; `link` is the Link header, `{}` stands for the next offset."""

    def script(asked: Asked) -> None:
        offset = int(asked.query.get("offset", 0))
        more = offset + 2 < 5
        target = link.replace("{base}", asked.base).replace("{}", str(offset + 2))
        page: dict[str, Any] = {body: some(5)[offset : offset + 2]}
        if body == "items":
            page["next"] = target if more else None
        named = {"Link": target} if more and link and body == "data" else {}
        asked.give(page, **named, **headers)

    return script


@pytest.mark.parametrize(
    "script",
    [
        pytest.param(linking('<{base}/locations?offset={}>; rel="next"'), id="link"),
        pytest.param(linking("<?offset={}>; rel=next"), id="relative link"),
        pytest.param(
            linking('</l,;>; rel="first"; title="a, <b>; \\"c", </locations?offset={}>;x;REL="last NEXT"'),
            id="several links",
        ),
        pytest.param(linking("", X_Total_Count="5", X_Limit="2"), id="offsets by total count"),
        pytest.param(linking("", X_Total_Count="5"), id="offsets without limit"),
        pytest.param(linking("{base}/locations?offset={}", "items"), id="next in the body"),
        pytest.param(in_pages(some(5)), id="as OCPI says"),
        pytest.param(in_pages(some(5), 100), id="one page"),
        pytest.param(lambda asked: asked.give(some(5)), id="bare list"),
    ],
)
def test_all_pages_become_one_feed(tmp_path: Path, script: Script) -> None:
    target = tmp_path / "feed.json"
    with serving(script) as server:
        fetched = pull(server, target)
    assert json.loads(target.read_bytes())["data"] == some(5)
    assert (fetched.records, fetched.pages) == (5, len(server.seen))
    marks = [asked.headers[name] for asked in server.seen for name in ("X-Request-ID", "X-Correlation-ID")]
    assert len(set(marks)) == len(marks) and all(marks)


def test_a_page_of_full_length_without_a_count_may_have_another_behind_it(tmp_path: Path) -> None:
    with serving(linking("", X_Limit="2")) as server:
        pull(server, tmp_path / "feed.json")
    assert ids(tmp_path / "feed.json") == ["L0", "L1", "L2", "L3", "L4"]


def test_after_links_a_page_without_one_is_the_last(tmp_path: Path) -> None:
    """A server may count Locations that it does not give to everyone."""
    told: list[str] = []

    def script(asked: Asked) -> None:
        more = {} if asked.query else {"Link": "<?offset=2>; rel=next"}
        asked.give({"data": some(4)[2:] if asked.query else some(2)}, X_Total_Count="9", X_Limit="2", **more)

    with serving(script) as server:
        pull(server, tmp_path / "feed.json", tell=told.append)
    assert len(server.seen) == 2 and ids(tmp_path / "feed.json") == ["L0", "L1", "L2", "L3"]
    assert "the server counts 9, and gave 4" in told


def test_pages_come_over_one_connection(tmp_path: Path) -> None:
    with serving(in_pages(some(9))) as server:
        pull(server, tmp_path / "feed.json")
    assert len(server.seen) == 5 and len({asked.client_address for asked in server.seen}) == 1


def test_a_location_that_comes_twice_is_kept_once_the_newer(tmp_path: Path) -> None:
    """While pages are fetched, others may move; ids know no upper and lower case."""
    first, second = some(2), some(3)
    second[0] = {**second[0], "id": "l0", "last_updated": "2026-11-02T00:00:00.5+01:00", "name": "newer"}
    second[1]["last_updated"] = "2025-01-01T00:00:00"

    def script(asked: Asked) -> None:
        more = {"Link": "<?offset=2>; rel=next"} if not asked.query else {}
        asked.give({"data": second if asked.query else first}, **more)

    with serving(script) as server:
        pull(server, tmp_path / "feed.json")
    data = json.loads((tmp_path / "feed.json").read_bytes())["data"]
    assert [one["name"] for one in data] == ["newer", "Site L1", "Site L2"]
    assert data[1]["last_updated"] == "2026-11-01T10:00:00Z"


def test_twins_stay_for_the_reader_to_name(tmp_path: Path) -> None:
    """Two of one id on a page, or different ones of the same date, are the feed's mistake; none is left out in silence."""
    more = {"Link": "<?offset=2>; rel=next"}

    def script(asked: Asked) -> None:
        if asked.query:
            asked.give(some(2, name="other"))
        else:
            asked.give(some(1) + some(1, name="twin"), **more)

    with serving(script) as server:
        pull(server, tmp_path / "feed.json")
    data = json.loads((tmp_path / "feed.json").read_bytes())["data"]
    assert [(one["id"], one["name"]) for one in data] == [
        ("L0", "Site L0"),
        ("L0", "twin"),
        ("L0", "other"),
        ("L1", "other"),
    ]


def test_what_the_server_wrote_stays_as_it_wrote_it(tmp_path: Path) -> None:
    raw = '{"id": "Ü1",\n "lastUpdated": "2026-11-01T10:00:00Z", "n": 1.50, "x": "\\u00e4\\ud83d\\ude00"}'
    with serving(lambda asked: asked.give(f"\ufeff[{raw}]".encode())) as server:
        pull(server, tmp_path / "feed.json")
    assert raw in (tmp_path / "feed.json").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("packed", "headers"),
    [
        pytest.param(gzip.compress, {"Content_Encoding": "gzip"}, id="encoded"),
        pytest.param(gzip.compress, {}, id="a packed file"),
        pytest.param(
            lambda data: gzip.compress(data[:500]) + gzip.compress(data[500:]),
            {"Content_Encoding": "x-gzip"},
            id="two members",
        ),
        pytest.param(lambda data: data, {"Content_Encoding": "gzip"}, id="said but not done"),
    ],
)
def test_gzip_is_unpacked(tmp_path: Path, packed: Callable[[bytes], bytes], headers: dict[str, str]) -> None:
    body = packed(json.dumps({"data": some(4)}).encode())
    with serving(lambda asked: asked.give(body, **headers)) as server:
        pull(server, tmp_path / "feed.json")
    assert len(ids(tmp_path / "feed.json")) == 4


def test_chunks_are_read(tmp_path: Path) -> None:
    body = json.dumps(some(3)).encode()

    def script(asked: Asked) -> None:
        asked.raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        for start in range(0, len(body), 700):
            piece = body[start : start + 700]
            asked.raw(b"%x\r\n%s\r\n" % (len(piece), piece))
        asked.raw(b"0\r\n\r\n")

    with serving(script) as server:
        pull(server, tmp_path / "feed.json")
    assert len(ids(tmp_path / "feed.json")) == 3


@pytest.mark.parametrize(
    ("header", "target"),
    [
        ("", None),
        ('<https://a.example/x?offset=2&limit=2>; rel="next"', "https://a.example/x?offset=2&limit=2"),
        ("< /x >;REL = next", "/x"),
        ('</p>; rel="prev", </n>; rel="next"', "/n"),
        ('</p>; rel="prev"; rel="next"', None),  # RFC 8288, 3.3: later ones do not count
        ('</n>; title="a,<b>; rel=\\"last\\""; rel=\'next\'', None),
        ('</n>; rel="next last"', "/n"),
        ('</n>; rel="nextish"', None),
        ('</n>; rel="next"; anchor="/elsewhere"', None),
        ("</a>; rel=next, </b>; rel=next", "/a"),
        ("no link at all", None),
        (f"</n>;{' ' * 60_000}rel =", None),
    ],
)
def test_link_headers_are_read_as_rfc_8288_says(header: str, target: str | None) -> None:
    assert next_link(header) == target


@given(st.lists(st.sampled_from([*'<>;,="\\ ', "rel", "next", "x", "\t"]), max_size=60).map("".join))
def test_any_link_header_can_be_read(header: str) -> None:
    found = next_link(header)
    assert found is None or f"<{found}" in " ".join(header.split()).replace("< ", "<")


# ── the token ────────────────────────────────────────────────────────────────────────────────────────────────────────


def only_for(*credentials: str) -> Script:
    def script(asked: Asked) -> None:
        if asked.headers["Authorization"] in {f"Token {one}" for one in credentials}:
            in_pages(some(3))(asked)
        else:
            asked.give({"status_code": 2001, "status_message": "no"}, 401 if asked.number % 2 else 403)

    return script


@pytest.mark.parametrize(
    ("right", "encoding", "asked"),
    [
        (ENCODED, "auto", [ENCODED, ENCODED]),
        (TOKEN, "auto", [ENCODED, TOKEN, TOKEN]),
        (ENCODED, "base64", [ENCODED, ENCODED]),
        (TOKEN, "plain", [TOKEN, TOKEN]),
    ],
)
def test_both_forms_of_the_token(tmp_path: Path, right: str, encoding: str, asked: list[str]) -> None:
    with serving(only_for(right)) as server:
        pull(server, tmp_path / "feed.json", encoding=encoding)
    assert [one.headers["Authorization"] for one in server.seen] == [f"Token {form}" for form in asked]
    assert len(ids(tmp_path / "feed.json")) == 3


@pytest.mark.parametrize(("right", "encoding"), [("another", "auto"), (TOKEN, "base64"), (ENCODED, "plain")])
def test_a_wrong_token_is_not_tried_for_ever(tmp_path: Path, right: str, encoding: str) -> None:
    with serving(only_for(right)) as server, pytest.raises(FetchError, match="check the token"):
        pull(server, tmp_path / "feed.json", encoding=encoding)
    assert len(server.seen) == (2 if encoding == "auto" else 1)


def test_without_a_token_none_is_sent(tmp_path: Path) -> None:
    with serving(only_for(TOKEN)) as server, pytest.raises(FetchError, match="--token-env"):
        pull(server, tmp_path / "feed.json", token=None)
    assert [asked.headers["Authorization"] for asked in server.seen] == [None]


def test_a_token_that_comes_back_is_not_stored(tmp_path: Path) -> None:
    echo = [
        {**one, "name": f"{TOKEN} {ENCODED}", "website": f"https://e.example/?t={ENCODED}"} for one in some(1)
    ]
    body = json.dumps(echo).replace("/", "\\/").encode()  # as PHP writes it
    with serving(lambda asked: asked.give(body)) as server:
        pull(server, tmp_path / "feed.json")
    found = json.loads((tmp_path / "feed.json").read_bytes())["data"][0]
    assert found["name"] == "[token] [token]" and found["website"] == "https://e.example/?t=[token]"


def test_a_short_token_does_not_black_out_words(tmp_path: Path) -> None:
    with serving(lambda asked: asked.give(some(1))) as server:
        pull(server, tmp_path / "feed.json", token="Site")
    assert json.loads((tmp_path / "feed.json").read_bytes())["data"] == some(1)


@pytest.mark.parametrize("value", ["", "two words", "täken", "line\r\nX-Injected: 1", "a" * 1001])
def test_a_token_that_no_header_can_carry_is_refused_and_not_repeated(tmp_path: Path, value: str) -> None:
    with pytest.raises(FetchError) as refused:
        fetch_locations("https://localhost/locations", tmp_path / "feed.json", token=value)
    assert not value or value not in str(refused.value)


def test_the_token_is_read_from_the_environment_alone() -> None:
    assert token_from("T", {"T": f" {TOKEN}\n"}) == TOKEN
    for environment in ({}, {"T": " "}):
        with pytest.raises(FetchError) as refused:
            token_from(TOKEN, environment)  # somebody gave the token in the place of the name
        assert TOKEN not in str(refused.value)


# ── addresses ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://example.org/locations", "use https://"),
        ("http://localhost.example.org/", "use https://"),
        ("http://127.1/", "use https://"),
        ("https://me:s3cret@example.org/", "user name"),
        ("https://me@example.org/", "user name"),
        ("ftp://example.org/", "no web address"),
        ("file:///etc/passwd", "no web address"),
        ("https:///locations", "no web address"),
        ("https://example.org:99999/", "no web address"),
        ("https://exa mple.org/", "no web address"),
        ("https://example.org/" + "a" * 5000, "no web address"),
        ("example.org/locations", "no web address"),
    ],
)
def test_addresses_that_are_not_asked(tmp_path: Path, url: str, said: str) -> None:
    with pytest.raises(FetchError, match=said) as refused:
        fetch_locations(url, tmp_path / "feed.json", token=TOKEN)
    assert "s3cret" not in str(refused.value)


@pytest.mark.parametrize(
    ("here", "link", "there"),
    [
        ("https://a.example/x/locations?limit=2", "?offset=2", "https://a.example/x/locations?offset=2"),
        ("https://a.example/x/locations", "more", "https://a.example/x/more"),
        ("https://a.example/x", "//A.example:443/y#z", "https://a.example/y"),
        ("https://a.example/x", "http://a.example/y", "https://a.example/y"),
        ("https://a.example:8443/x", "http://a.example/y", "https://a.example:8443/y"),
        ("http://[::1]:8080/x", "/y", "http://[::1]:8080/y"),
        ("https://a.example/x", "https://a.example:8443/y", None),
        ("https://a.example/x", "http://a.example:8080/y", None),
        ("https://a.example/x", "https://b.example/y", None),
        ("https://a.example/x", "https://a.example.evil.example/y", None),
        ("https://a.example/x", "https://a.example@b.example/y", None),
        ("https://a.example/x", "https://u:p@a.example/y", None),
        ("https://a.example/x", "\\\\b.example/y", "https://a.example/%5C%5Cb.example/y"),
        ("https://a.example/x", "file:///etc/passwd", None),
        ("http://localhost:8080/x", "http://127.0.0.1:8080/y", None),
        ("https://a.example/x", "https://[broken/y", None),
    ],
)
def test_links_lead_to_the_same_server_or_nowhere(here: str, link: str, there: str | None) -> None:
    if there is None:
        with pytest.raises(FetchError):
            parsed(here).resolved(link)
    else:
        found = parsed(here).resolved(link)
        assert found.server + found.target == there


def test_redirects_on_the_same_server_are_followed(tmp_path: Path) -> None:
    def script(asked: Asked) -> None:
        if asked.path.startswith("/locations"):
            asked.give(b"gone", 308, Location=f"{asked.base}/new/locations")
        else:
            asked.give(some(2))

    with serving(script) as server:
        pull(server, tmp_path / "feed.json")
    assert [asked.path for asked in server.seen] == ["/locations", "/new/locations"]
    assert {asked.headers["Authorization"] for asked in server.seen} == {f"Token {ENCODED}"}


def versions(asked: Asked) -> None:
    offered = [
        {"version": version, "url": f"{asked.base}/{version}"} for version in ("2.1.1", "2.2.1", "9.9")
    ]
    endpoints = [
        {"identifier": "locations", "role": "RECEIVER", "url": f"{asked.base}/in"},
        {"identifier": "locations", "role": "SENDER", "url": f"{asked.base}/out"},
    ]
    answers: dict[str, Any] = {
        "/locations": offered,
        "/2.2.1": {"version": "2.2.1", "endpoints": endpoints},
        "/out": some(2),
    }
    asked.give({"status_code": 1000, "data": answers[asked.path]})


def test_from_the_list_of_versions_the_locations_are_found(tmp_path: Path) -> None:
    told: list[str] = []
    with serving(versions) as server:
        pull(server, tmp_path / "feed.json", tell=told.append)
    assert [asked.path for asked in server.seen] == ["/locations", "/2.2.1", "/out"]
    assert ids(tmp_path / "feed.json") == ["L0", "L1"]
    assert any(f"{server.url}/out" in line for line in told), "the address to use next time"


# ── asked again ──────────────────────────────────────────────────────────────────────────────────────────────────────


def at_first(*faults: Script) -> Script:
    """One fault after the other, then all is well."""

    def script(asked: Asked) -> None:
        if asked.number <= len(faults):
            faults[asked.number - 1](asked)
        else:
            in_pages(some(3))(asked)

    return script


def failing(status: int, **headers: str) -> Script:
    return lambda asked: asked.give({"message": "over\x1b[31m load"}, status, **headers)


def cut(asked: Asked) -> None:
    asked.raw(b'HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n{"data": [')


def reset(asked: Asked) -> None:
    asked.raw(b'HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n{"data": [')
    asked.reset()


def nonsense(asked: Asked) -> None:
    asked.raw(b"\x16\x03\x01 this is no HTTP\r\n\r\n")


@pytest.mark.parametrize(
    ("fault", "limits"),
    [
        pytest.param(failing(500), QUICK, id="500"),
        pytest.param(failing(503, Retry_After="junk"), QUICK, id="503"),
        pytest.param(cut, QUICK, id="cut short"),
        pytest.param(reset, QUICK, id="reset"),
        pytest.param(nonsense, QUICK, id="no HTTP"),
        pytest.param(lambda asked: asked.stall(), HASTY, id="silence"),
        pytest.param(lambda asked: asked.give(gzip.compress(b"[" * 999)[:-9]), QUICK, id="gzip cut short"),
    ],
)
def test_what_may_pass_is_asked_again(tmp_path: Path, fault: Script, limits: Limits) -> None:
    told: list[str] = []
    with serving(at_first(fault, fault)) as server:
        pull(server, tmp_path / "feed.json", tell=told.append, limits=limits)
    assert len(ids(tmp_path / "feed.json")) == 3
    assert len([line for line in told if "asking again" in line]) == 2
    assert all(line.isprintable() for line in told)


def test_retry_after_is_honoured(tmp_path: Path) -> None:
    started = time.monotonic()
    with serving(at_first(failing(429, Retry_After="1"))) as server:
        pull(server, tmp_path / "feed.json")
    assert time.monotonic() - started > 0.9


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("soon", None),
        ("-1", None),
        ("0", 0),
        (" 90 ", 90),
        ("Fri, 01 Jan 1999 00:00:00 GMT", 0),
    ],
)
def test_retry_after_is_read(header: str | None, seconds: float | None) -> None:
    assert seconds_until(header) == seconds


def test_retry_after_can_be_a_date() -> None:
    then = formatdate(time.time() + 100, usegmt=True)
    assert 90 < (seconds_until(then) or 0) <= 100


# ── failures: words, and all as it was ───────────────────────────────────────────────────────────────────────────────


def on_page_3(fault: Script) -> Script:
    return lambda asked: fault(asked) if asked.query.get("offset") == "4" else in_pages(some(9))(asked)


def endless_same(asked: Asked) -> None:
    offset = int(asked.query.get("offset", 0))
    asked.give(some(9)[offset : offset + 1], Link=f"<?offset={min(offset + 1, 3)}>; rel=next")


def endless_empty(asked: Asked) -> None:
    asked.give([], Link=f"<?offset={asked.number}>; rel=next")


def endless_new(asked: Asked) -> None:
    asked.give([location(f"L{asked.number}")], Link=f"<?offset={asked.number}>; rel=next")


def huge_page(asked: Asked) -> None:
    asked.raw(b"HTTP/1.1 200 OK\r\n\r\n[")
    asked.drip(b'{"id": "x"},' * 5000)


def huge_in_all(asked: Asked) -> None:
    asked.give([location(f"L{asked.number}", name="n" * 150_000)], Link=f"<?offset={asked.number}>; rel=next")


def chunk_drip(asked: Asked) -> None:
    asked.raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    asked.drip(b"0")


def header_drip(asked: Asked) -> None:
    asked.raw(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    asked.drip(b"z")


def body_drip(asked: Asked) -> None:
    asked.raw(b"HTTP/1.1 200 OK\r\n\r\n")
    asked.drip(b" ")


def echoed(asked: Asked) -> None:
    asked.give({"message": f"{asked.headers['Authorization']} is no valid token; nor is {TOKEN}"}, 400)


def echoed_in_link(asked: Asked) -> None:
    asked.give([], Link=f"<https://evil.example/?t={ENCODED}>; rel=next")


def answer(value: object, **headers: str) -> Script:
    return lambda asked: asked.give(value, **headers)


BOMB = gzip.compress(b" " * 50_000_000)

FAILURES: dict[str, tuple[Script, Limits, tuple[str, ...]]] = {
    "500 for ever": (failing(500), QUICK, ("500 Internal Server Error (over [31m load)", "asked 3 times")),
    "404": (failing(404), QUICK, ("404 Not Found", "often ends in /locations")),
    "come back later": (failing(429, Retry_After="7200"), QUICK, ("429", "7200 seconds")),
    "come back never": (failing(503, Retry_After="9" * 400), QUICK, ("503", "asks to come back")),
    "bad JSON": (on_page_3(answer(b'{"data": [{"id": }]}')), QUICK, ("(page 3):1", "not valid JSON")),
    "cut JSON": (on_page_3(answer(b'{"data": [\n{"id": "1"}')), QUICK, ("(page 3):2", "breaks off")),
    "not UTF-8": (on_page_3(answer(b'{"data":\n["\xff"]}')), QUICK, ("(page 3):2", "UTF-8")),
    "NaN": (answer(b'[{"id": "1", "n": NaN}]'), QUICK, ("(page 1):1", "NaN is not JSON")),
    "deep": (answer(b"[" * 100_000), QUICK, ("nested too deeply",)),
    "nothing": (answer(b""), QUICK, ("the answer is empty",)),
    "a number": (answer(b"17"), QUICK, ("single value",)),
    "204": (lambda asked: asked.give(b"", 204), QUICK, ("204 No Content",)),
    "login page": (answer(b"<!DOCTYPE html><title>Log in</title>"), QUICK, ("HTML", "login")),
    "error page": (lambda asked: asked.give(b"<html>secret</html>", 400), QUICK, ("400 Bad Request; check",)),
    "OCPI 2001": (
        answer({"status_code": 2001, "status_message": "Bad\x07 parameter\n" + "x" * 999, "data": []}),
        QUICK,
        ("OCPI status 2001 (Bad parameter xxx", "…)"),
    ),
    "OCPI 3000": (answer({"status_code": "3000"}), QUICK, ("3000", "no reason given", "ask those who run")),
    "words": (answer({"error": "unauthorised"}), QUICK, ("says: unauthorised; check the address",)),
    "no Locations": (answer({"data": [], "status_code": 1000}), QUICK, ("gives no Locations",)),
    "null": (answer({"data": None, "status_code": 1000}), QUICK, ("gives no Locations",)),
    "next again": (endless_same, QUICK, ("do not end", "was fetched before")),
    "next with nothing new": (endless_empty, QUICK, ("do not end", "nothing new")),
    "next for ever": (endless_new, QUICK, ("do not end", "more than 30 pages")),
    "next elsewhere": (
        answer([], Link="<https://evil.example/>; rel=next"),
        QUICK,
        ("https://evil.example",),
    ),
    "redirect elsewhere": (
        lambda asked: asked.give(b"", 302, Location="https://evil.example/login"),
        QUICK,
        ("https://evil.example", "not followed"),
    ),
    "redirect round": (
        lambda asked: asked.give(b"", 301, Location="/locations"),
        QUICK,
        ("more than 5 times",),
    ),
    "redirect nowhere": (lambda asked: asked.give(b"", 307), QUICK, ("more than 5 times",)),
    "huge page": (huge_page, QUICK, ("a page holds more than 200000 bytes",)),
    "huge in all": (huge_in_all, QUICK, ("all pages hold more than 300000 bytes",)),
    "gzip bomb": (answer(BOMB, Content_Encoding="gzip"), QUICK, ("a page holds more than 200000 bytes",)),
    "gzip in gzip": (answer(gzip.compress(gzip.compress(b"[]"))), QUICK, ("not UTF-8",)),
    "brotli": (answer(b"x", Content_Encoding="br"), QUICK, ("packed as br",)),
    "cut short": (cut, QUICK, ("broke off", "asked 3 times")),
    "reset": (on_page_3(reset), QUICK, ("broke off", "asked 3 times")),
    "two lengths": (
        lambda asked: asked.raw(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n[]"),
        QUICK,
        ("broke off",),
    ),
    "no HTTP": (nonsense, QUICK, ("broke off",)),
    "silence": (lambda asked: asked.stall(), HASTY, ("silent for too long", "asked 3 times")),
    "drip of the body": (body_drip, SOON, ("within 0.3 seconds",)),
    "drip of the headers": (header_drip, SOON, ("within 0.3 seconds",)),
    "drip of chunks": (chunk_drip, SOON, ("within 0.3 seconds",)),
    "token echoed": (echoed, QUICK, ("400 Bad Request (Token [token] is no valid token; nor is [token])",)),
    "token in a link": (echoed_in_link, QUICK, ("https://evil.example",)),
    "no such module": (
        answer({"data": {"version": "2.2.1", "endpoints": [{"identifier": "cdrs", "url": "/c"}]}}),
        QUICK,
        ("names no locations", "cdrs"),
    ),
    "versions elsewhere": (
        answer({"data": [{"version": "2.2.1", "url": "https://evil.example/"}]}),
        QUICK,
        ("https://evil.example",),
    ),
}


@pytest.fixture(scope="module")
def operator(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An operator's folder with a good feed and its codes."""
    folder = tmp_path_factory.mktemp("operator") / "op"
    assert run("new", "operator", folder).exit_code == 0
    feed = folder.parent / "feed.json"
    feed.write_text(json.dumps(some(3)), encoding="utf-8")
    assert run("import", "ocpi", feed, "--to", folder).exit_code == 0
    return folder


def run(*words: object, **environment: str) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words], env=environment)


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("case", FAILURES)
def test_a_failed_pull_says_why_and_changes_nothing(
    operator: Path, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    script, limits, said = FAILURES[case]
    monkeypatch.setattr("chargeside.fetching.feed.Limits", lambda: limits)
    before = contents(operator)
    assert set(before) >= {"ledger.csv", "stations/ocpi.json"}
    with serving(script) as server:
        words = ("import", "ocpi", f"{server.url}/locations", "--to", operator, "--token-env", "OCPI_TOKEN")
        result = run(*words, OCPI_TOKEN=TOKEN)
    assert result.exit_code == 1 and isinstance(result.exception, SystemExit)
    for words_of_it in said:
        assert words_of_it in result.output
    assert f"{server.url}/locations" in result.output or "evil" in result.output
    assert "\x1b" not in result.output and "\x07" not in result.output and len(result.output) < 2500
    for secret in (TOKEN, ENCODED, ENCODED.rstrip("=")):
        assert secret not in result.output
    assert contents(operator) == before


def test_a_traceback_does_not_hold_the_token(tmp_path: Path) -> None:
    target = tmp_path / "feed.json"
    target.write_bytes(b"as it was")
    with serving(echoed) as server:
        try:
            pull(server, target)
        except FetchError as error:
            shown = "".join(traceback.TracebackException.from_exception(error, capture_locals=False).format())
        else:
            pytest.fail("the server refused")
    assert TOKEN not in shown and ENCODED not in shown
    assert contents(tmp_path) == {"feed.json": b"as it was"}, "no torn file stays beside it"


def test_a_server_that_is_not_there(tmp_path: Path) -> None:
    with serving(answer([])) as server:
        pass
    with pytest.raises(FetchError, match=r"Connection refused.*asked 3 times"):
        pull(server, tmp_path / "feed.json")


def test_a_feed_that_cannot_be_written_is_an_error_in_words(tmp_path: Path) -> None:
    with (
        serving(answer(some(1))) as server,
        pytest.raises(Exception, match="could not be written") as refused,
    ):
        pull(server, tmp_path / "nowhere" / "feed.json")
    assert type(refused.value).__name__ == "WriteError"


@pytest.mark.parametrize("status", [200, 404])
def test_a_token_in_an_address_of_the_server_is_not_shown(tmp_path: Path, status: int) -> None:
    told: list[str] = []

    def script(asked: Asked) -> None:
        if asked.path == "/locations":
            asked.give({"data": [{"version": "2.2.1", "url": f"/{ENCODED}/"}]})
        else:
            asked.give(b"no JSON", status)

    with serving(script) as server, pytest.raises((ContentError, FetchError)) as refused:
        pull(server, tmp_path / "feed.json", tell=told.append)
    error = refused.value
    said = error.findings if isinstance(error, ContentError) else [error]
    for shown in (*told, *map(str, said)):
        assert "/[token]/" in shown and ENCODED not in shown


# ── TLS ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_certificate_is_checked(tmp_path: Path) -> None:
    right, tls = certificate(tmp_path, "localhost")
    with serving(answer(some(2)), tls) as server:
        with pytest.raises(FetchError, match=r"certificate of localhost is not accepted.*--ca-file"):
            pull(server, tmp_path / "feed.json")
        assert not server.seen, "no request, and so no token, before the certificate was checked"
        pull(server, tmp_path / "feed.json", ca_file=right)
    assert len(ids(tmp_path / "feed.json")) == 2

    wrong, tls = certificate(tmp_path, "other.example")
    with serving(answer(some(2)), tls) as server:
        with pytest.raises(FetchError, match=r"certificate.*mismatch"):
            pull(server, tmp_path / "feed.json", ca_file=wrong)
        assert not server.seen

    for path in (tmp_path / "feed.json", tmp_path / "none.pem"):
        with pytest.raises(FetchError, match=r"cannot be used"):
            fetch_locations("https://localhost/locations", tmp_path / "x.json", ca_file=path)


@pytest.mark.parametrize("fault", [header_drip, body_drip])
def test_a_drip_over_tls_ends_in_time(tmp_path: Path, fault: Script) -> None:
    chain, tls = certificate(tmp_path, "localhost")
    started = time.monotonic()
    with serving(fault, tls) as server, pytest.raises(FetchError, match="seconds in all"):
        pull(server, tmp_path / "feed.json", ca_file=chain, limits=SOON)
    assert time.monotonic() - started < 5


def test_a_server_without_tls_behind_https(tmp_path: Path) -> None:
    with serving(answer([])) as server:
        server.url = server.url.replace("http:", "https:")
        with pytest.raises(FetchError, match="TLS"):
            pull(server, tmp_path / "feed.json")


# ── only what changed ────────────────────────────────────────────────────────────────────────────────────────────────


def test_changes_are_laid_over_the_last_feed(tmp_path: Path) -> None:
    earlier, target = tmp_path / "earlier.json", tmp_path / "feed.json"
    old = some(3)
    old[1]["last_updated"] = "2026-11-20T09:00:00.250Z"
    old[2]["last_updated"] = "2999-01-01T00:00:00Z"  # would never fetch anything again
    earlier.write_text(json.dumps({"data": old}), encoding="utf-8")
    changed = location("l1", last_updated="2026-11-21T00:00:00Z", evses=[{"uid": "E", "status": "REMOVED"}])
    with serving(answer({"data": [changed, location("L9")], "status_code": 1000})) as server:
        fetched = pull(server, target, since="last", earlier=earlier)
    assert [asked.query for asked in server.seen] == [{"date_from": "2026-11-20T09:00:00Z"}]
    assert (fetched.records, fetched.kept) == (2, 2)
    found = {one["id"]: one for one in json.loads(target.read_bytes())["data"]}
    assert found == {"L0": old[0], "l1": changed, "L2": old[2], "L9": location("L9")}


@pytest.mark.parametrize(
    ("since", "sent"),
    [
        ("2026-11-22", "2026-11-22T00:00:00Z"),
        ("2026-11-22T08:00:00+02:00", "2026-11-22T06:00:00Z"),
        ("last", "2026-11-01T10:00:00Z"),
    ],
)
def test_where_nothing_changed_the_feed_stays(tmp_path: Path, since: str, sent: str) -> None:
    earlier, target = tmp_path / "earlier.json", tmp_path / "feed.json"
    earlier.write_text(json.dumps(some(3)), encoding="utf-8")
    with serving(answer({"data": [], "status_code": 1000})) as server:
        pull(server, target, since=since, earlier=earlier)
    assert server.seen[0].query["date_from"] == sent
    assert json.loads(target.read_bytes())["data"] == some(3)


@pytest.mark.parametrize("held", [None, [{"id": "L7"}]])
def test_without_a_date_to_go_by_all_is_fetched(tmp_path: Path, held: object) -> None:
    earlier = tmp_path / "earlier.json"
    if held:
        earlier.write_text(json.dumps(held), encoding="utf-8")
    with serving(in_pages(some(3))) as server:
        pull(server, tmp_path / "feed.json", since="last", earlier=earlier)
    assert "date_from" not in server.seen[0].query
    assert ids(tmp_path / "feed.json") == ["L0", "L1", "L2"]


def test_a_wrong_date_or_a_damaged_feed_stops_before_anything_is_asked(tmp_path: Path) -> None:
    earlier = tmp_path / "earlier.json"
    earlier.write_text("[{", encoding="utf-8")
    with serving(answer([])) as server:
        with pytest.raises(ContentError):
            pull(server, tmp_path / "feed.json", since="last", earlier=earlier)
        with pytest.raises(FetchError, match="is no date"):
            pull(server, tmp_path / "feed.json", since="yesterday", earlier=earlier)
    assert not server.seen


# ── as it is typed ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_pull_from_the_command_line(tmp_path: Path) -> None:
    folder = tmp_path / "op"
    assert run("new", "operator", folder).exit_code == 0
    changed = location("L1", last_updated="2026-11-05T00:00:00Z", name="renamed")

    def script(asked: Asked) -> None:
        in_pages([changed] if "date_from" in asked.query else some(3))(asked)

    with serving(script) as server:
        words = ("import", "ocpi", f"{server.url}/locations", "--to", folder, "--token-env", "OCPI_TOKEN")
        first = run(*words, OCPI_TOKEN=TOKEN)
        ledger = (folder / "ledger.csv").read_bytes()
        second = run(*words, "--since", "last", OCPI_TOKEN=TOKEN)
    assert first.exit_code == 0 and second.exit_code == 0, first.output + second.output
    assert "fetched: 3, on 2 pages" in first.output
    assert "fetched: 1, on 1 page, changed since 2026-11-01T10:00:00Z" in second.output
    assert "3 Locations; 3 new codes" in first.output and "3 Locations; 0 new codes" in second.output
    names = [one["name"] for one in json.loads((folder / "stations" / "ocpi.json").read_bytes())["data"]]
    assert names == ["Site L0", "renamed", "Site L2"]
    assert (folder / "ledger.csv").read_bytes().count(b"\n") == ledger.count(b"\n")
    assert TOKEN.encode() not in b"".join(contents(folder).values())


def test_findings_name_the_address_and_not_a_file_that_is_gone(tmp_path: Path) -> None:
    folder = tmp_path / "op"
    assert run("new", "operator", folder).exit_code == 0
    with serving(answer([*some(2), {"id": "L7"}, "odd"])) as server:
        result = run("import", "ocpi", f"{server.url}/locations", "--to", folder)
    assert f"{server.url}/locations: " in result.output and "/tmp" not in result.output.replace(
        str(folder), ""
    )


@pytest.mark.parametrize(
    "option",
    [("--token-env", "X"), ("--since", "last"), ("--token-encoding", "plain"), ("--ca-file", "x.pem")],
)
def test_options_for_a_server_do_not_go_with_a_file(operator: Path, option: tuple[str, str]) -> None:
    result = run("import", "ocpi", operator / "stations" / "ocpi.json", "--to", operator, *option)
    assert result.exit_code == 2 and "goes with a URL" in result.output


@pytest.mark.parametrize("name", ["../x", "a/b", ".hidden"])
def test_the_name_of_a_feed_leads_nowhere_else(operator: Path, name: str) -> None:
    with serving(in_pages(some(1))) as server:
        result = run("import", "ocpi", f"{server.url}/locations", "--to", operator, "--name", name)
    assert result.exit_code == 2 and not server.seen


def test_tariffs_come_along(tmp_path: Path) -> None:
    folder = tmp_path / "op"
    assert run("new", "operator", folder).exit_code == 0
    price = {"price_components": [{"type": "ENERGY", "price": 0.5, "step_size": 1}]}
    tariff = {"country_code": "DE", "party_id": "GTS", "currency": "EUR", "elements": [price]}
    tariffs = [{**tariff, "id": f"T{number}", "last_updated": "2026-11-01T10:00:00Z"} for number in range(3)]

    def script(asked: Asked) -> None:
        in_pages(tariffs if asked.path.startswith("/tariffs") else some(3))(asked)

    def broken(asked: Asked) -> None:
        in_pages(some(2))(asked) if asked.path.startswith("/locations") else asked.give(b"[{}, oops]")

    with serving(script) as server:
        words = ("import", "ocpi", f"{server.url}/locations", "--to", folder)
        good = run(*words, "--tariffs", f"{server.url}/tariffs")
        before = contents(folder)
        server.script = broken
        bad = run(*words, "--tariffs", f"{server.url}/tariffs")
        neither = run(*words, "--tariffs", tmp_path / "none.json")
    assert good.exit_code == 0, good.output
    assert json.loads((folder / "tariffs" / "ocpi.json").read_bytes())["data"] == tariffs
    assert bad.exit_code == 1 and f"{server.url}/tariffs (page 1):1" in bad.output
    assert neither.exit_code == 1 and "no such file" in neither.output
    assert contents(folder) == before
