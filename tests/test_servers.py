"""The site as drivers get it: real servers with the documented settings, a real browser, and what is in the log afterwards.

The browser asks for https://help.example.org/ as on the signs, and is led to the server here.
"""

from __future__ import annotations

import datetime as dt
import gzip
import http.client
import ipaddress
import json
import os
import re
import ssl
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner

from browsing import PHONE
from chargeside.cli import main
from chargeside.findings import Findings
from chargeside.load.network import load_network
from chargeside.reporting.counts import counting
from chargeside.reporting.reading import count_logs
from chargeside.reporting.site import kinds_of, site_of
from conftest import CHROMIUM
from servers import HOST, SERVERS, Server, program, recipe, trusting_home
from support import shared_content

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("servers")]

BASE = f"https://{HOST}/"
HERE, THERE, ABROAD = "2069364", "6843445", "4100064"
"""Two chargers of a site in Great Britain, one in France."""
NEVER = "2069365"
"""A code that was never issued."""
MOST = 14_600
"""Bytes that a page may weigh on its way."""
GOOGLEBOT = (
    "Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X Build/MMB29P) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 "
    "Mobile Safari/537.36 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
)


@pytest.fixture(scope="module")
def site(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo operator's site for drivers, as built."""
    out = tmp_path_factory.mktemp("servers") / "out"
    command = ["build", str(root / "station_kits" / "demo"), "--out", str(out), "--only", "driver"]
    built = CliRunner().invoke(main, command)
    assert built.exit_code == 0, built.output
    return out / "site"


@pytest.fixture(scope="module", params=SERVERS)
def server(
    root: Path, site: Path, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    with SERVERS[request.param](root, site, tmp_path_factory.mktemp("server")) as running:
        yield running


class Answer(NamedTuple):
    """What a server said."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes


def ask(
    server: Server, path: str, method: str = "GET", came_from: str = "127.0.0.1", **headers: str
) -> Answer:
    """What the server says to `path`, over TLS. `headers`: with _ for -."""
    unchecked = ssl._create_unverified_context()
    unchecked.set_alpn_protocols(["http/1.1"])
    client = http.client.HTTPSConnection("127.0.0.1", server.https, timeout=20, context=unchecked)
    plain = http.client.HTTPConnection("127.0.0.1", server.https, timeout=20, source_address=(came_from, 0))
    plain.connect()
    client.sock = unchecked.wrap_socket(plain.sock, server_hostname=HOST)
    try:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        client.request(method, path, headers={"Host": HOST, **named})
        answer = client.getresponse()
        return Answer(answer.status, answer.headers, answer.read())
    finally:
        client.close()


# ── What servers send ────────────────────────────────────────────────────────────────────────────────────────────────


def headers_file(site: Path) -> dict[str, dict[str, str]]:
    """Headers that the build asks for, by pattern of the path."""
    rules: dict[str, dict[str, str]] = {}
    pattern = ""
    for line in (site / "_headers").read_text("utf-8").splitlines():
        if line.startswith(" "):
            name, _, value = line.strip().partition(": ")
            rules[pattern][name] = value
        else:
            pattern = line
            rules[pattern] = {}
    return rules


@pytest.mark.parametrize("path", ["/", f"/{HERE}/", f"/{NEVER}/", "/sw.js", "/g/en/words/", f"/{HERE}"])
def test_headers_are_those_that_the_build_asks_for(server: Server, site: Path, path: str) -> None:
    """But for the policies, each of which stands in its page."""
    answer = ask(server, path)
    wanted: dict[str, str] = {}
    for pattern, headers in headers_file(site).items():
        if path == pattern or (pattern.endswith("*") and path.startswith(pattern[:-1])):
            wanted |= {name: value for name, value in headers.items() if name != "Content-Security-Policy"}
    assert wanted, "the build asks for none"
    assert {name: answer.headers[name] for name in wanted} == wanted
    assert answer.headers["Cache-Control"] == "no-cache", "each visit is a line, and a notice shows at once"
    assert re.sub(r"[^\d.]", "", answer.headers["Server"]) == "", "no version"


def test_pages_fit_into_the_first_packets(server: Server, site: Path) -> None:
    pages = [f"/{HERE}/", f"/{ABROAD}/de/", "/g/en/words/", "/ok/fr/", f"/{NEVER}/"]
    for path in pages:
        answer = ask(server, path, Accept_Encoding="gzip")
        assert answer.headers["Content-Encoding"] == "gzip", path
        assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
        assert len(answer.body) <= MOST, path
    bundle = next((site / "b" / "en").iterdir())
    packed = ask(server, f"/b/en/{bundle.name}", Accept_Encoding="gzip")
    assert packed.headers["Content-Encoding"] == "gzip" and packed.headers["Content-Type"].startswith(
        "application/json"
    )
    assert "javascript" in ask(server, "/sw.js").headers["Content-Type"]


def test_a_page_that_has_not_changed_costs_little(server: Server) -> None:
    first = ask(server, f"/{HERE}/", Accept_Encoding="gzip")
    again = ask(server, f"/{HERE}/", Accept_Encoding="gzip", If_None_Match=first.headers["ETag"])
    assert (again.status, again.body) == (304, b"")


@pytest.mark.parametrize(
    "path",
    [
        f"/{NEVER}/",
        "/_headers",
        "/_redirects",
        "/nginx-redirects.map",
        "/caddy-redirects",
        "/b/en/",
        "/g/",
        "/wp-login.php",
    ],
)
def test_what_is_no_page_gets_ours(server: Server, site: Path, path: str) -> None:
    answer = ask(server, path)
    assert (answer.status, answer.body) == (404, (site / "404.html").read_bytes())


def test_typed_addresses_find_their_page(server: Server) -> None:
    answer = ask(server, f"/{HERE}")
    assert answer.status in {301, 308} and answer.headers["Location"] == f"/{HERE}/"


def test_typed_without_https_they_are_led_to_it(root: Path, site: Path, tmp_path: Path) -> None:
    """Caddy does so of its own."""
    with SERVERS["nginx"](root, site, tmp_path) as running:
        client = http.client.HTTPConnection("127.0.0.1", running.http, timeout=20)
        client.request("GET", f"/{HERE}?s=1", headers={"Host": HOST})
        answer = client.getresponse()
        assert (answer.status, answer.headers["Location"]) == (301, f"{BASE}{HERE}?s=1")
        client.close()


def test_a_rollback_shows_with_the_next_request(root: Path, tmp_path: Path) -> None:
    from chargeside.write import Manifest, Output, go_back

    out = tmp_path / "out"
    for text in ("good", "bad"):
        with Output(out).release() as release:
            release.put("site/404.html", b"missing")
            release.put(f"site/{HERE}/index.html", text.encode())
            for name in ("nginx-redirects.map", "caddy-redirects"):
                release.put(f"site/{name}", b"# none\n")
            release.commit(Manifest({"driver": {}}))
    for name in ("nginx", "caddy"):
        folder = tmp_path / name
        folder.mkdir()
        with SERVERS[name](root, out / "site", folder) as running:
            seen = []
            for number in (2, 1, 2):
                if int((out / "current").readlink().name) != number:
                    go_back(out, number)
                answer = ask(running, f"/{HERE}/")
                again = ask(running, f"/{HERE}/", If_None_Match=answer.headers["ETag"])
                seen.append((answer.body, again.status))
            assert seen == [(b"bad", 304), (b"good", 304), (b"bad", 304)], name


# ── What servers write down ──────────────────────────────────────────────────────────────────────────────────────────

ADDRESSES = (
    "203.0.113.77", "254.253.252.251", "1.2.3.4", "::ffff:198.51.100.23", "2001:db8:12:34::5", "2001:db8::1", "2001::9",
    "2001:db8:1:2:3:4:5:6", "::1", "2001:db8:ab:cdef:1234:5678:9abc:def0", "fe80::1:2:3:4", "2001:0:0:4::9",
)  # fmt: skip


def shortened(address: str) -> str:
    """What may be written of an address: 24 bits of an IPv4 one, 48 of an IPv6 one."""
    one = ipaddress.ip_address(address)
    one = getattr(one, "ipv4_mapped", None) or one
    bits = 24 if one.version == 4 else 48
    return str(ipaddress.ip_network((one, bits), strict=False).network_address)


def written(line: str) -> Mapping[str, Any]:
    """A line of any of the documented forms: address, method, target, status, referer, agent, and the whole."""
    if not line.startswith("{"):
        found = re.fullmatch(
            r'(\S+) - - \[[^\]]+\] "(\S+) (\S+) [^"]*" (\d+) \d+ "((?:[^"\\]|\\.)*)" "((?:[^"\\]|\\.)*)"',
            line,
        )
        assert found, line
        address, method, target, status, referer, agent = found.groups()
        return {
            "address": address,
            "method": method,
            "target": target,
            "status": int(status),
            "referer": referer.strip("-"),
            "agent": agent,
        }
    told = json.loads(line)
    if "request" in told:
        asked = told["request"]
        told = {
            "http_" + name.lower().replace("-", "_"): values[0] for name, values in asked["headers"].items()
        } | {
            "remote_addr": asked["remote_ip"],
            "request_method": asked["method"],
            "request_uri": asked["uri"],
            "status": told["status"],
        }
    names = {
        "address": "remote_addr", "method": "request_method", "target": "request_uri", "status": "status",
        "referer": "http_referer", "agent": "http_user_agent",
    }  # fmt: skip
    return {name: told.get(key, "") for name, key in names.items()} | {"headers": told}


def line_of(server: Server, agent: str) -> str:
    """The line that a visitor left, by something that is in no other."""
    lines = server.lines(lambda lines: any(agent in line for line in lines))
    (line,) = [line for line in lines if agent in line]
    return line


@pytest.mark.parametrize("server", ["nginx"], indirect=True)  # Caddy is asked from a real address, below
@pytest.mark.parametrize("address", ADDRESSES, ids=range(len(ADDRESSES)))
def test_nginx_shortens_addresses_before_it_writes_them(server: Server, address: str) -> None:
    agent = f"from {address};".replace(":", "-")
    ask(server, f"/{HERE}/", User_Agent=agent, X_Test_Address=address)
    line = line_of(server, agent)
    assert ipaddress.ip_address(written(line)["address"]) == ipaddress.ip_address(shortened(address))


def test_no_full_address_is_in_any_file(server: Server) -> None:
    """Also where something goes wrong: what is missing, what is too long, what is no HTTP."""
    for number, path in enumerate(
        (f"/{HERE}/", f"/{NEVER}/", "/../../etc/passwd", "/%00", "/" + "x" * 20_000)
    ):
        ask(server, path, came_from="127.1.2.3", User_Agent=f"loop {number}", X_Real_Ip="198.51.100.99", Forwarded="for=198.51.100.99",
            X_Forwarded_For="198.51.100.99", Cookie="id=42", Authorization="Basic c2VjcmV0")  # fmt: skip
    assert written(line_of(server, "loop 1"))["address"] == "127.1.2.0"
    for path in server.folder.rglob("*"):
        if path.is_file():
            text = path.read_text("utf-8", "replace")
            for secret in ("127.1.2.3", "198.51.100.99", "id=42", "c2VjcmV0"):
                if path.name not in {"nginx.conf", "Caddyfile", "autosave.json"}:  # our own settings
                    assert secret not in text, f"{secret} in {path.name}"


def test_what_a_visitor_says_opens_no_line(server: Server) -> None:
    hostile = 'x" 200 0 "-" "y\\" <script>alert(1)</script> \'; DROP TABLE'
    ask(server, f"/{HERE}/?p=%22%0a%1b", User_Agent=hostile, Referer='https://evil.test/"\\')
    line = line_of(server, "evil.test")
    assert (written(line)["status"], written(line)["target"]) == (200, f"/{HERE}/?p=%22%0a%1b")
    assert not re.search(r"[\x00-\x1f\x7f]", line)
    assert "alert(1)" in line, "it is all in one line"


@pytest.mark.parametrize(("name", "title"), [("nginx", "chargeside"), ("caddy", "chargeside-caddy")])
def test_old_lines_go(root: Path, site: Path, tmp_path: Path, name: str, title: str) -> None:
    """logrotate as documented, thirty-three nights long: the log goes on, and thirty nights are kept."""
    text = recipe(root, f"/etc/logrotate.d/{title}").replace("create 0640 www-data adm", "create 0640")
    text = text.replace("    su caddy caddy\n", "")  # this test runs as whoever runs it
    text = re.sub("/var/log/(?:chargeside|caddy)/", f"{tmp_path}/", text)
    settings = tmp_path / "rotate.conf"
    settings.write_text(text.replace("/run/nginx.pid", f"{tmp_path}/nginx.pid"), encoding="utf-8")
    settings.chmod(0o644)
    command = [program("logrotate"), "--force", "--state", str(tmp_path / "state"), str(settings)]
    with SERVERS[name](root, site, tmp_path) as running:

        def written_by(said: str) -> Callable[[list[str]], object]:
            # A server that is told to begin a new file does so in a moment: so it is asked until the line stands there.
            return lambda lines: (
                said in "".join(lines) or not ask(running, f"/{HERE}/", User_Agent=said).status
            )

        for night in range(33):
            assert running.lines(written_by(f"night {night}"))
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            assert done.returncode == 0 and "error" not in done.stderr, done.stderr
            for log in running.logs.values():
                _a_day_passes(tmp_path, log.name)
        assert running.lines(written_by("the morning after"))
        kept = sorted(tmp_path.glob(f"{running.log.name}-*"))
        assert len(kept) == 30
        assert all(path.name.endswith(".gz") for path in kept[:-1])
        assert "night" not in running.log.read_text("utf-8").replace("the morning after", "")
        oldest = gzip.decompress(kept[0].read_bytes()).decode()
        assert "night 3" in oldest


def _a_day_passes(folder: Path, name: str) -> None:
    """What was put aside today was put aside yesterday."""
    for path in sorted(folder.glob(f"{name}-*")):
        found = re.fullmatch(rf"({re.escape(name)}-)(\d{{8}})(.*)", path.name)
        assert found, path
        day = dt.datetime.strptime(found[2], "%Y%m%d").replace(tzinfo=dt.UTC) - dt.timedelta(days=1)
        moved = path.rename(folder / f"{found[1]}{day:%Y%m%d}{found[3]}")
        then = moved.stat().st_mtime - 86_400
        os.utime(moved, (then, then))


# ── Twenty visits ────────────────────────────────────────────────────────────────────────────────────────────────────

Event = tuple[str, str, str, str]
"""Kind, charger, problem, language."""


class Visitor:
    """Somebody with a phone of their own. What they open is asked of the server as any browser does."""

    def __init__(self, page: Any) -> None:
        self.page = page

    def scan(self, path: str) -> None:
        """Open an address from outside, as a camera does."""
        self.page.goto(BASE + path)

    def tap(self, target: str) -> None:
        """Follow the first link whose address holds this, folded away or not, and wait for the page."""
        with self.page.expect_navigation():
            self.page.locator(f'a[href*="{target}"]').first.evaluate("one => one.click()")

    def unfold(self, slug: str) -> None:
        """A guide on the charger's own page: that leaves no line."""
        self.page.goto(f"{self.page.url.partition('#')[0]}#{slug}")


def _solved(visitor: Visitor) -> None:
    visitor.scan(f"{HERE}/")
    visitor.unfold("cable-stuck")
    visitor.tap("p=cable-stuck")


def _own_page_solved(visitor: Visitor) -> None:
    visitor.scan(f"{HERE}/")
    visitor.tap("/g/en/all/")
    visitor.tap("/g/en/cannot-pay/")
    visitor.tap("ok/en/")


def _own_page_call(visitor: Visitor) -> None:
    visitor.scan(f"{THERE}/")
    visitor.tap("/g/en/all/")
    visitor.tap("/g/en/screen-black/")
    visitor.tap("call/en/?p=screen-black")


def _call(visitor: Visitor) -> None:
    visitor.scan(f"{HERE}/")
    visitor.unfold("screen-black")
    visitor.tap(f"call/en/?s={HERE}&p=screen-black")


def _open(*targets: str) -> Callable[[Visitor], None]:
    def does(visitor: Visitor) -> None:
        visitor.scan(targets[0])
        for target in targets[1:]:
            visitor.tap(target)

    return does


def _pay_then_speed(visitor: Visitor) -> None:
    visitor.scan(f"{HERE}/")
    visitor.tap("/g/en/pay/")
    visitor.page.go_back()
    visitor.tap("/g/en/speed/")


def _reload(visitor: Visitor) -> None:
    visitor.scan(f"{HERE}/")
    for _ in range(3):
        visitor.page.reload()


def _back_and_forth(visitor: Visitor) -> None:
    visitor.scan(f"{HERE}/")
    visitor.tap("/g/en/plugs/")
    visitor.page.go_back()
    visitor.page.go_forward()
    visitor.page.go_back()


def _keep(visitor: Visitor) -> None:
    """Keep the help, come again with a network, and go on without one: the last leaves no line."""
    page = visitor.page
    visitor.scan(f"{HERE}/")
    told = page.locator("#keep").get_attribute("data-kept")
    page.locator("#keep button").click()
    page.get_by_text(told, exact=True).wait_for()
    visitor.scan(f"{HERE}/")
    page.reload()
    page.context.set_offline(True)
    visitor.scan(f"{HERE}/")
    visitor.tap("/g/en/plugs/")
    assert page.locator(".kept").is_visible()
    page.context.set_offline(False)


def _prefetch(visitor: Visitor) -> None:
    """The browser fetches a page ahead, and nobody opens it."""
    visitor.scan("robots.txt")
    with visitor.page.expect_event("requestfinished"):
        visitor.page.evaluate(
            f"""() => {{ const link = document.createElement("link"); link.rel = "prefetch"; link.href = "/{THERE}/";
            document.head.append(link); }}"""
        )


def _prefetch_then_open(visitor: Visitor) -> None:
    _prefetch(visitor)
    visitor.scan(f"{THERE}/")


def _help_desk(visitor: Visitor) -> None:
    """An agent at the help desk sees what the driver sees."""
    visitor.scan("desk/en/")
    loaded = f"/{HERE}/"
    with visitor.page.expect_request(lambda request: urlsplit(request.url).path == loaded):
        visitor.page.evaluate(
            f"""() => {{ const frame = document.createElement("iframe"); frame.src = "{loaded}"; document.body.append(frame); }}"""
        )
    visitor.page.frame_locator(f'iframe[src="{loaded}"]').locator("h1").wait_for()


@dataclass(frozen=True)
class Journey:
    """What somebody does, and all that is to be counted of it. `agent`: a program's; '' for a phone of their own.
    `ahead`: what is counted in its place where a log does not tell that a browser only fetched ahead."""

    name: str
    does: Callable[[Visitor], None]
    counted: tuple[Event, ...] = ()
    agent: str = ""
    scripts: bool = True
    ahead: tuple[Event, ...] = ()


def _of(station: str, *events: Event, scanned: bool = True) -> tuple[Event, ...]:
    """The events of a visit at a charger, with the visit itself."""
    scan: tuple[Event, ...] = (("station", station, "", ""), ("scan", station, "", "")) if scanned else ()
    return (("visit", station, "", ""), *scan, *events)


JOURNEYS = (
    Journey("scan", _open(f"{HERE}/"), _of(HERE)),
    Journey("scan, unfold a guide, solved", _solved,
            _of(HERE, ("ok", HERE, "cable-stuck", "en"), ("asked", HERE, "cable-stuck", ""))),
    Journey("scan, a guide's own page, solved", _own_page_solved,
            _of(HERE, ("all", HERE, "", "en"), ("guide", HERE, "cannot-pay", "en"), ("ok", HERE, "cannot-pay", "en"),
                ("asked", HERE, "cannot-pay", ""))),
    Journey("scan, a guide's own page, call", _own_page_call,
            _of(THERE, ("all", THERE, "", "en"), ("guide", THERE, "screen-black", "en"),
                ("call", THERE, "screen-black", "en"), ("asked", THERE, "screen-black", ""))),
    Journey("scan, unfold, call", _call,
            _of(HERE, ("call", HERE, "screen-black", "en"), ("asked", HERE, "screen-black", ""))),
    Journey("scan, plugs", _open(f"{HERE}/", "/g/en/plugs/"), _of(HERE, ("plugs", HERE, "", "en"))),
    Journey("scan, pay, back, speed", _pay_then_speed,
            _of(HERE, ("pay", HERE, "", "en"), ("speed", HERE, "", "en"))),
    Journey("scan, codes on the screen", _open(f"{HERE}/", "/g/en/codes/"), _of(HERE, ("codes", HERE, "", "en"))),
    Journey("scan, words", _open(f"{THERE}/", "/g/en/words/"), _of(THERE, ("words", THERE, "", "en"))),
    Journey("scan, in another language, plugs", _open(f"{HERE}/", f"{HERE}/de/", "/g/de/plugs/"),
            _of(HERE, ("station", HERE, "", "de"), ("plugs", HERE, "", "de"))),
    Journey("abroad, the number typed without a slash", _open(ABROAD, "/g/fr/pay/"),
            _of(ABROAD, ("pay", ABROAD, "", "fr"))),
    Journey("reloaded three times", _reload, _of(HERE)),
    Journey("back and forth", _back_and_forth, _of(HERE, ("plugs", HERE, "", "en"))),
    Journey("kept on the phone, used without a network", _keep, _of(HERE, ("kept", HERE, "", ""))),
    Journey("a number that is none, then the list", _open(f"{NEVER}/", "/s/en/"),
            (("visit", "", "", ""), ("unknown", NEVER, "", ""), ("find", "", "", "en"))),
    Journey("a page that wanted the card, then the warning", _open(f"{HERE}/", "fake/en/"),
            _of(HERE, ("fake", HERE, "", "en"))),
    Journey("found in the list, not scanned", _open("s/en/", f"/{THERE}/"),
            _of(THERE, ("find", "", "", "en"), ("station", THERE, "", ""), scanned=False)),
    # The third page is too far from the one that knew the charger.
    Journey("no scripts: the charger is known by the page before", _own_page_solved,
            _of(HERE, ("all", HERE, "", "en"), ("guide", HERE, "cannot-pay", "en"), ("ok", "", "cannot-pay", "en"),
                ("asked", HERE, "cannot-pay", ""), ("asked", "", "cannot-pay", "")), scripts=False),
    Journey("a search engine", _open(f"{HERE}/", "/g/en/plugs/"), agent=GOOGLEBOT),
    Journey("fetched ahead by the browser", _prefetch,
            ahead=_of(THERE, ("station", THERE, "", ""), scanned=False)),
    Journey("fetched ahead, then opened", _prefetch_then_open, _of(THERE)),
    Journey("the help desk", _help_desk),
)  # fmt: skip


def _agent(number: int) -> str:
    version = f"{100 + number}.0.0.0"
    return f"Mozilla/5.0 (Linux; Android 14; Phone) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{version} Mobile Safari/537.36"


@contextmanager
def browser_for(chromium: Any, running: Server) -> Iterator[Any]:
    """A browser that is led to the server for the host on the signs. What its service workers send says it is the phone of the
    one who keeps the help: a context's own agent does not reach them."""
    rules = f"MAP {HOST}:443 127.0.0.1:{running.https},MAP * ~NOTFOUND"
    agent = next(_agent(number) for number, journey in enumerate(JOURNEYS) if journey.does is _keep)
    browser = chromium.browser_type.launch(
        executable_path=CHROMIUM,
        args=["--no-sandbox", f"--host-resolver-rules={rules}", f"--user-agent={agent}"],
        env={**os.environ, "HOME": str(trusting_home(running))},
    )
    try:
        yield browser
    finally:
        browser.close()


def _far_from_midnight() -> None:
    """A visit ends at midnight, UTC."""
    now = dt.datetime.now(dt.UTC)
    if (now + dt.timedelta(minutes=5)).date() != now.date():
        pytest.skip("within minutes of midnight, UTC")


@pytest.fixture(scope="module")
def visited(chromium: Any, server: Server) -> Mapping[str, list[str]]:
    """What all journeys left in each log, by its name."""
    _far_from_midnight()
    with browser_for(chromium, server) as browser:
        for number, journey in enumerate(JOURNEYS):
            context = browser.new_context(
                viewport=PHONE,
                java_script_enabled=journey.scripts,
                locale="en-GB",
                user_agent=journey.agent or _agent(number),
            )
            context.set_default_timeout(20_000)
            journey.does(Visitor(context.new_page()))
            context.close()
    ask(server, f"/{HERE}/", User_Agent="the last")
    line_of(server, "the last")
    return {
        name: [line for line in path.read_text("utf-8").splitlines() if "Mozilla/5.0 (Linux; Android" in line]
        for name, path in server.logs.items()
    }


def by_journey(lines: Iterable[str]) -> dict[str, list[Mapping[str, Any]]]:
    """What each journey left in a log, by its name."""
    names = {journey.agent or _agent(number): journey.name for number, journey in enumerate(JOURNEYS)}
    found: dict[str, list[Mapping[str, Any]]] = {journey.name: [] for journey in JOURNEYS}
    for line in lines:
        one = written(line)
        found[names[one["agent"]]].append(one)
    return found


def test_the_report_shows_these_visits(
    visited: Mapping[str, list[str]], server: Server, root: Path, tmp_path: Path
) -> None:
    findings = Findings()
    network = load_network(root / "station_kits" / "demo", shared_content(), findings)
    assert network is not None
    for name, lines in visited.items():
        log = tmp_path / f"{name}.log"
        log.write_text("\n".join(lines) + "\n", encoding="utf-8")
        with counting(tmp_path / name) as counts:
            (told,) = count_logs(
                [log],
                site_of(network.operator, (), kinds_of(network)),
                counts,
                scratch=tmp_path,
                salt="salt",
                latest=time.time() + 3600,
            )
            counted = Counter[Event]()
            for (_, station, problem, lang, kind), number in counts.table().items():
                counted[kind, station, problem, lang] += number
        tells = "sec_purpose" in lines[0] or "headers" in lines[0]
        expected = Counter(
            event
            for journey in JOURNEYS
            for event in (journey.counted if tells else journey.counted or journey.ahead)
        )
        assert counted == expected, name
        assert (told.lines, told.damaged) == (len(lines), 0)


def test_a_log_holds_what_the_report_goes_by(visited: Mapping[str, list[str]]) -> None:
    for name, lines in visited.items():
        left = by_journey(lines)
        keeping = left["kept on the phone, used without a network"]
        assert all(one["address"] == "127.0.0.0" for journey in left.values() for one in journey), name
        (kept,) = [one for one in keeping if one["target"].endswith("?offline")]
        assert kept["referer"] == f"{BASE}sw.js"
        bundles = [one for one in keeping if one["target"].startswith("/b/")]
        assert bundles and all(one["referer"] == f"{BASE}sw.js" for one in bundles)
        assert not [one for one in keeping if "plugs" in one["target"]], "without a network nothing arrives"
        reloads = left["reloaded three times"]
        assert [one["status"] for one in reloads] == [200, 304, 304, 304], "not kept, or not asked for anew"
        assert {one["referer"] for one in reloads} == {""}, "a reload looks like a scan"
        assert [one["status"] for one in left["back and forth"]] == [200, 200], (
            "the browser goes back by itself"
        )
        assert [one["status"] for one in left["fetched ahead, then opened"]][-1] == 304
        assert [one["status"] for one in left["abroad, the number typed without a slash"]][1:] == [200, 200]
        assert left["the help desk"][-1]["referer"] == f"{BASE}desk/en/"


@pytest.mark.parametrize("server", ["caddy"], indirect=True)
def test_caddy_writes_no_more_of_a_visitor_than_it_must(visited: Mapping[str, list[str]]) -> None:
    allowed = {
        "User-Agent", "Referer", "Sec-Purpose", "Purpose", "Cache-Control", "Pragma", "Priority", "Service-Worker",
        "Service-Worker-Navigation-Preload", "Upgrade-Insecure-Requests", "Sec-Fetch-Dest", "Sec-Fetch-Mode", "Sec-Fetch-Site",
        "Sec-Fetch-User",
    }  # fmt: skip
    for line in visited["json"]:
        told = json.loads(line)
        assert told.keys() == {"level", "ts", "logger", "msg", "request", "duration", "size", "status"}
        assert told["request"].keys() == {"remote_ip", "proto", "method", "host", "uri", "headers"}
        assert told["request"]["headers"].keys() <= allowed
