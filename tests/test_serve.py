"""The workshop: `chargeside serve` as a process with a real browser, its parts by themselves, and `chargeside new problem`."""

from __future__ import annotations

import http.client
import json
import os
import pty
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from click.testing import CliRunner
from PIL import Image

from chargeside.check.guides import check_content
from chargeside.cli import main
from chargeside.drafting import Draft, slug_of, warnings
from chargeside.errors import ChargesideError
from chargeside.findings import Findings
from chargeside.load.content import load_content
from chargeside.load.network import load_network
from chargeside.plan.driver import plan_driver
from chargeside.plan.jobs import Job
from chargeside.render.driver import RENDERERS
from chargeside.serving.addresses import is_ours, network_addresses, qr_svg, qr_terminal
from chargeside.serving.choices import Choices, place
from chargeside.serving.pages import Pages
from chargeside.serving.serve import operator_folder as folder_to_serve
from chargeside.serving.sources import Sources
from chargeside.serving.watch import Watcher
from support import OPERATOR, TODAY, evse, location, operator_folder, shared_content
from support import socket as ac_socket

COMMAND = (sys.executable, "-c", "from chargeside.cli import main; main()")
PATIENCE = 20.0
GUIDE = """\
---
title: The lid squeaks
symptoms: [Squeaking lid]
category: connector
outcome: fix
next: another-charger
weight: 1
review: 2027-11-01
sources: [Made up for a test]
---
The hinge is dry.

1. **Open the lid** slowly.
   {: #open pictogram=look }
2. **Charge** as usual.
   {: #charge pictogram=wait }

**Call us if** it goes on.
{: #call }
"""


def until(what: Callable[[], Any], says: Callable[[], Any] = lambda: "") -> Any:
    """Waits for something to be true: the only clock in these tests, and a patient one."""
    end = time.monotonic() + PATIENCE
    while not (value := what()):
        assert time.monotonic() < end, says()
        time.sleep(0.02)
    return value


@dataclass
class Running:
    """A server process."""

    folder: Path
    port: int
    log: Path
    process: subprocess.Popen[bytes]

    @property
    def guide(self) -> Path:
        return self.folder / "problems" / "squeaky-lid" / "en.md"

    def get(
        self, path: str, host: str | None = None, method: str = "GET"
    ) -> tuple[int, dict[str, str], bytes]:
        """An answer; `path` goes over the wire as it is."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        if host is None:
            host = f"127.0.0.1:{self.port}"
        if host:
            connection.putheader("Host", host)
        connection.endheaders()
        answer = connection.getresponse()
        found = answer.status, dict(answer.getheaders()), answer.read()
        connection.close()
        return found

    def place(self, **asked: str) -> dict[str, Any]:
        query = "&".join(f"{name}={value}" for name, value in asked.items())
        told: dict[str, Any] = json.loads(self.get(f"/-/place?{query}")[2])
        return told

    @contextmanager
    def events(self) -> Iterator[Callable[[], dict[str, Any]]]:
        """Gives the next state each time it is called."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE) as wire:
            wire.sendall(f"GET /-/events HTTP/1.0\r\nHost: localhost:{self.port}\r\n\r\n".encode())
            lines = wire.makefile("rb")

            def following() -> dict[str, Any]:
                line = next(line for line in lines if line.startswith(b"data: "))
                state: dict[str, Any] = json.loads(line.removeprefix(b"data: "))
                return state

            yield following


@contextmanager
def running(folder: Path, base: Path, port: int = 0) -> Iterator[Running]:
    log = base / "serve.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [*COMMAND, "serve", str(folder), "--port", str(port)], stderr=out, stdout=out
        )
    try:
        found = until(lambda: re.search(r"127\.0\.0\.1:(\d+)/", log.read_text()), log.read_text)
        until(lambda: "Read: " in log.read_text(), log.read_text)
        yield Running(folder, int(found[1]), log, process)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(PATIENCE)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A small operator: fast chargers in one town, one AC socket in another; a guide of its own."""
    base = tmp_path_factory.mktemp("serve")
    germany = {**OPERATOR["countries"]["DE"], "languages": ["en", "de"]}
    folder = operator_folder(
        base,
        location("L1", name="North Gate"),
        location("L2", name="South Gate"),
        location("L3", evse("E1", ac_socket()), name="Old Mill", city="Millbrook"),
        languages=["en", "de"],
        countries={"DE": germany},
    ).path
    guide = folder / "problems" / "squeaky-lid" / "en.md"
    guide.parent.mkdir(parents=True)
    guide.write_text(GUIDE)
    with running(folder, base) as server:
        yield server


@pytest.fixture
def written(site: Running) -> Iterator[Running]:
    """The server, with its guide put back when the test is over."""
    yield site
    if site.guide.read_text() != GUIDE:
        put(site, GUIDE)


def put(site: Running, text: str) -> dict[str, Any]:
    """Save the guide as editors do, by a rename; gives the state that tells of it."""
    with site.events() as following:
        number = following()["number"]
        beside = site.guide.with_name("beside")
        beside.write_text(text)
        beside.replace(site.guide)
        while (state := following())["number"] == number:
            pass
    return state


# ── A process and its answers ────────────────────────────────────────────────────────────────────────────────────────


def test_a_saved_guide_is_told_of_with_the_mistake_in_it_and_shown_whole_until_that_is_mended(
    written: Running,
) -> None:
    href = written.place(page="guide", slug="squeaky-lid", lang="en")["href"]
    state = put(written, GUIDE.replace("slowly", "with one finger"))
    assert state["focus"] == {"slug": "squeaky-lid", "lang": "en"}
    assert state["saved"] == ["op/problems/squeaky-lid/en.md"] and state["held"] == []
    assert b"with one finger" in written.get(f"/{href}")[2]

    state = put(
        written, GUIDE.replace("slowly", "with two fingers").replace("pictogram=look", "pictogram=loook")
    )
    (mistake,) = [one for one in state["findings"] if one["severity"] == "error" and one["saved"]]
    assert (mistake["path"], mistake["line"]) == ("op/problems/squeaky-lid/en.md", 14)
    assert "loook" in mistake["message"] and "look" in mistake["mend"]
    assert state["findings"][0] == mistake and state["counts"]["error"] >= 1
    assert [one["slug"] for one in state["held"]] == ["squeaky-lid"]
    page = written.get(f"/{href}")[2]
    assert b"with one finger" in page and b"with two fingers" not in page

    state = put(written, GUIDE.replace("slowly", "with two fingers"))
    assert state["held"] == [] and not [
        one for one in state["findings"] if one["saved"] and one["severity"] == "error"
    ]
    assert b"with two fingers" in written.get(f"/{href}")[2]


def test_what_the_operator_saves_is_on_the_pages_and_a_mistake_there_keeps_the_old_ones(
    site: Running,
) -> None:
    path = site.folder / "operator.yml"
    before = path.read_text()
    name = re.search(r"^name: (.*)$", before, re.MULTILINE)[1]  # type: ignore[index]
    page = f"/{site.place(page='station')['href']}"
    with site.events() as following:
        following()
        path.write_text(before.replace(f"name: {name}", "name: Renamed Network"))
        assert following()["operator"] == "Renamed Network"
        assert b"Renamed Network" in site.get(page)[2]
        path.write_text("name: [")
        state = following()
        assert [one["path"] for one in state["held"]] == ["op/operator.yml"]
        assert b"Renamed Network" in site.get(page)[2]
        path.write_text(before)
        assert following()["operator"] == name


def test_whoever_comes_back_is_told_everything_again(written: Running) -> None:
    with written.events() as following:
        first = following()
    put(written, GUIDE.replace("dry", "old"))
    with written.events() as following:
        again = following()
    assert again["boot"] == first["boot"] and again["number"] > first["number"]
    assert again["choices"]["guides"] and again["edition"] == first["edition"] + 1


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost", 200),
        ("LocalHost:1", 200),
        ("127.0.0.1", 200),
        ("[::1]:8000", 200),
        ("rebound.example", 403),
        ("127.0.0.1.rebound.example:8000", 403),
        ("localhost.rebound.example", 403),
        ("192.168.0.1", 403),
        ("", 403),
    ],
)
def test_only_our_own_names_are_answered(site: Running, host: str, status: int) -> None:
    for path in ("/", "/-/events", "/-/place", "/s/en/"):
        if path != "/-/events" or status != 200:
            assert site.get(path, host)[0] == status


@pytest.mark.parametrize(
    "path",
    [
        "/../op/operator.yml",
        "/operator.yml",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/..%2f..%2fetc/passwd",
        "//etc/passwd",
        "/s/en/../../../../etc/passwd",
        "/problems/squeaky-lid/en.md",
        "/-/../operator.yml",
        "/-/qr.svg?choice=%3Cscript%3E",
        "/index.html\\..\\operator.yml",
    ],
)
def test_no_file_is_served(site: Running, path: str) -> None:
    status, _, body = site.get(path)
    assert status == 404
    assert b"party_id" not in body and b"root:" not in body


def test_nothing_can_be_changed_by_a_request(site: Running) -> None:
    assert {site.get("/", method=method)[0] for method in ("POST", "PUT", "DELETE", "OPTIONS")} == {501}
    status, headers, body = site.get("/", method="HEAD")
    assert (status, body) == (200, b"") and int(headers["Content-Length"]) > 1_000


def test_the_shell_loads_nothing_from_elsewhere_and_no_page_is_kept(site: Running) -> None:
    _, headers, body = site.get("/")
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy and "unsafe" not in policy
    assert not re.search(rb"(?:src|href)=\"?(?:https?:)?//", body)
    worker = site.get("/sw.js")
    assert worker[1]["Content-Type"] == "text/javascript" and b"unregister" in worker[2]
    assert {site.get(path)[1]["Cache-Control"] for path in ("/", "/s/en/", "/nothing/")} == {"no-store"}


def test_a_guide_whose_address_changed_with_its_steps_is_found_again(written: Running) -> None:
    href = written.place(page="guide", slug="squeaky-lid", lang="en")["href"]
    put(written, GUIDE.replace("#charge pictogram", "#go-on pictogram"))
    status, headers, _ = written.get(f"/{href}")
    assert status == 302
    assert written.get(headers["Location"])[0] == 200


# ── Which page shows what ────────────────────────────────────────────────────────────────────────────────────────────


def test_every_page_has_the_bytes_of_the_build(site: Running) -> None:
    content = load_content(Findings(), site.folder)
    network = load_network(site.folder, content, Findings())
    assert network is not None
    plan = plan_driver(network, (), TODAY, "")
    by_kind: dict[str, list[Job]] = {}
    for job in plan.jobs:
        if job.path.endswith(".html") or job.kind in ("driver.index", "driver.words"):
            by_kind.setdefault(job.kind, []).append(job)
    assert {
        "driver.station",
        "driver.guide",
        "driver.topic",
        "driver.find",
        "driver.missing",
    } <= by_kind.keys()
    pages = Pages(network, TODAY, "")
    wrong = [
        job.path
        for jobs in by_kind.values()
        for job in jobs[:: 1 + len(jobs) // 40]
        if pages.get(job.path.removeprefix("site/").removesuffix("index.html"))
        != RENDERERS[job.kind](job.payload, plan.shared)
    ]
    assert wrong == []


def test_a_guide_is_shown_at_a_charger_that_has_it(site: Running) -> None:
    content = load_content(Findings(), site.folder)
    network = load_network(site.folder, content, Findings())
    assert network is not None
    pages, choices = Pages(network, TODAY, ""), Choices(network)
    mill = next(one for one in network.stations if one.name == "Old Mill")
    only_dc = next(
        slug
        for slug, one in content.problems.items()
        if "DC" in str(one.applies_to) and not one.applies_to.holds(mill.facts)
    )
    told = place(pages, choices, {"page": "guide", "slug": only_dc, "lang": "en", "code": mill.code})
    assert told["code"] != mill.code
    assert told["note"].startswith(f"It does not apply at {choices.name(mill)}, ")
    there = network.station_by_code[told["code"]]
    assert content.problems[only_dc].applies_to.holds(there.facts)
    assert pages.get(told["href"].partition("?")[0]) is not None
    assert [one["code"] for one in choices.search("millbrook")] == [mill.code]
    assert choices.search("") == [] and choices.search("nowhere") == []
    assert sum(kit["count"] for kit in choices.as_dict()["kits"]) == len(network.stations)


def test_a_file_that_is_broken_holds_back_nothing_else(tmp_path: Path) -> None:
    folder = operator_folder(tmp_path)
    for name in ("one", "two"):
        folder.write(
            f"problems/{name}/en.md",
            GUIDE.replace("lid squeaks", f"{name} squeaks").replace("Squeaking", f"Squeaking {name}"),
        )
    sources = Sources(folder.path)
    first = sources.read((), TODAY, "")
    assert first.network is not None and first.held == ()
    one, two = (folder.path / "problems" / name / "en.md" for name in ("one", "two"))
    one.write_text(one.read_text().replace("---\n", "--\n"))
    two.write_text(two.read_text().replace("slowly", "gently"))
    after = sources.read({one, two}, TODAY, "")
    assert after.held == ("op/problems/one/en.md",)
    assert after.network is not None
    problems = after.network.content.problems
    assert problems["one"] == first.network.content.problems["one"]
    assert "gently" in problems["two"].guide("en").steps[0].text
    shutil.rmtree(one.parent)
    gone = sources.read({one}, TODAY, "")
    assert gone.held == () and gone.network is not None and "one" not in gone.network.content.problems


def test_errors_that_were_there_at_the_start_hold_back_nothing(tmp_path: Path) -> None:
    folder = operator_folder(tmp_path)
    folder.write("problems/broken/en.md", "no front matter")
    guide = folder.write("problems/whole/en.md", GUIDE)
    sources = Sources(folder.path)
    assert any(one.path == "op/problems/broken/en.md" for one in sources.read((), TODAY, "").findings)
    guide.write_text(GUIDE.replace("slowly", "gently"))
    after = sources.read({guide}, TODAY, "")
    assert after.held == () and after.network is not None
    assert "gently" in after.network.content.problems["whole"].guide("en").steps[0].text


# ── Watching ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_way_of_saving_is_seen_and_output_is_not(tmp_path: Path) -> None:
    (tmp_path / "g").mkdir()
    guide = tmp_path / "g" / "en.md"
    guide.write_text("one")
    watcher = Watcher((tmp_path,))
    assert watcher.changed() == frozenset()
    guide.write_text("two!")
    assert watcher.changed() == {guide}
    beside = tmp_path / "g" / "en.md.tmp"
    beside.write_text("2two")
    os.utime(beside, ns=(guide.stat().st_atime_ns, guide.stat().st_mtime_ns))
    beside.replace(guide)  # of the same size and time
    assert watcher.changed() == {guide}
    (tmp_path / "new").mkdir()
    other = tmp_path / "new" / "de.md"
    other.write_text("x")
    assert watcher.changed() == {other}
    other.unlink()
    assert watcher.changed() == {other}
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "x.md").write_text("x")
    (tmp_path / "g" / ".en.md.swp").write_text("x")
    (tmp_path / "out" / "site").mkdir(parents=True)
    (tmp_path / "out" / "last-build.json").write_text("{}")
    (tmp_path / "out" / "site" / "index.html").write_text("x")
    assert watcher.changed() == frozenset()


# ── Addresses ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("header", "host", "reached", "ours"),
    [
        ("192.168.1.20:8000", "0.0.0.0", "192.168.1.20", True),
        ("192.168.1.21:8000", "0.0.0.0", "192.168.1.20", False),
        ("[fe80::1]:8000", "::", "fe80::1%eth0", True),
        ("192.168.1.20", "::", "::ffff:192.168.1.20", True),
        ("my-laptop.local:8000", "my-laptop.local", "192.168.1.20", True),
        ("my-laptop.local:8000", "0.0.0.0", "192.168.1.20", False),
        ("", "0.0.0.0", "192.168.1.20", False),
    ],
)
def test_hosts(header: str, host: str, reached: str, ours: bool) -> None:
    assert is_ours(header, host, reached) is ours


def test_only_a_host_that_others_reach_has_addresses_for_phones() -> None:
    assert [network_addresses(host) for host in ("127.0.0.1", "localhost", "::1")] == [(), (), ()]
    assert network_addresses("192.168.1.20") == ("192.168.1.20",)
    assert not any(one.startswith("127.") for one in network_addresses("0.0.0.0"))


def test_the_codes_for_phones_can_be_read() -> None:
    text = "http://192.168.1.20:8000/#page=guide&slug=cable-stuck"
    lines = re.sub(r"\x1b\[[0-9;]*m", "", qr_terminal(text)).split("\n")
    picture = Image.new("L", (len(lines[0]), 2 * len(lines)), 255)
    for y, line in enumerate(lines):
        for x, cell in enumerate(line):
            above, below = cell in "▀█", cell in "▄█"
            picture.putpixel((x, 2 * y), 0 if above else 255)
            picture.putpixel((x, 2 * y + 1), 0 if below else 255)
    large = picture.resize((picture.width * 8, picture.height * 8), Image.Resampling.NEAREST)
    assert [code.text for code in zxingcpp.read_barcodes(large)] == [text]
    assert qr_svg(text).startswith(b"<svg ")


def test_the_folder_to_serve(tmp_path: Path, root: Path) -> None:
    folder = operator_folder(tmp_path).path
    assert folder_to_serve(folder, tmp_path) == folder
    assert folder_to_serve(None, folder) == folder
    with pytest.raises(ChargesideError, match=r"holds no operator\.yml; name an operator's folder"):
        folder_to_serve(tmp_path, folder)


def test_a_port_in_use_is_said_with_the_way_out(site: Running) -> None:
    done = subprocess.run(
        [*COMMAND, "serve", str(site.folder), "--port", str(site.port)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert f"port {site.port} is in use" in done.stderr and f"--port {site.port + 1}" in done.stderr


# ── The shell in a browser ───────────────────────────────────────────────────────────────────────────────────────────


class Shell:
    """The shell on an open page."""

    def __init__(self, page: Any, site: Running, choice: str = "") -> None:
        self.page = page
        self.complaints: list[str] = []
        page.on(
            "console",
            lambda message: self.complaints.append(message.text) if message.type == "error" else None,
        )
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.goto(f"http://127.0.0.1:{site.port}/#{choice}")
        until(lambda: self.text() and self.told())

    def text(self) -> str:
        """What stands in the frame."""
        script = "() => { const d = document.getElementById('frame').contentDocument; return d && d.body ? d.body.innerText : '' }"
        return str(self.page.evaluate(script))

    def told(self) -> str:
        return str(self.page.inner_text("#told"))

    def found(self) -> str:
        return str(self.page.inner_text("#found"))

    def inside(self, script: str) -> Any:
        """The value of a script that sees the page in the frame as `d`."""
        return self.page.evaluate(
            f"() => {{ const d = document.getElementById('frame').contentDocument; return {script} }}"
        )

    def shows(self, words: str) -> None:
        until(lambda: words in self.text(), lambda: f"{self.text()}\n{self.complaints}")


@pytest.fixture
def desk(chromium: Any) -> Iterator[Any]:
    context = chromium.new_context(viewport={"width": 1280, "height": 860})
    yield context.new_page()
    context.close()


def test_in_the_browser_from_save_to_mistake_to_mend(desk: Any, written: Running) -> None:
    shell = Shell(desk, written)
    assert "What is wrong?" in shell.text()
    put(written, GUIDE.replace("slowly", "like a feather"))
    shell.shows("like a feather")
    assert shell.told().startswith("At ") and "CCS2 cable" in shell.told()
    assert desk.locator("#guides [aria-current=true]").inner_text().startswith("The lid squeaks")
    put(
        written,
        GUIDE.replace("slowly", "never").replace(
            "{: #open pictogram=look }", "{: #open pictogram=look when=rain }"
        ),
    )
    until(lambda: "op/problems/squeaky-lid/en.md:14" in shell.found(), shell.found)
    assert (
        "Mend:" in shell.found()
        and "last good version" in shell.found()
        and "last good version" in shell.told()
    )
    shell.shows("like a feather")
    assert desk.title().startswith("✗")
    put(written, GUIDE.replace("slowly", "now and then"))
    shell.shows("now and then")
    assert "en.md:14" not in shell.found() and "last good version" not in shell.told()
    assert shell.complaints == []


def test_in_the_browser_a_reload_keeps_the_place_and_what_is_open(desk: Any, site: Running) -> None:
    shell = Shell(desk, site)
    shell.inside("(d.querySelector('#cable-stuck > details').open = true) && d.defaultView.scrollTo(0, 500)")
    path = site.folder / "operator.yml"
    before = path.read_text()
    try:
        path.write_text(re.sub(r"^name: .*$", "name: Another Name", before, flags=re.MULTILINE))
        shell.shows("Another Name")
        until(lambda: shell.inside("d.defaultView.scrollY") == 500)
        assert shell.inside("d.querySelector('#cable-stuck > details').open") is True
    finally:
        path.write_text(before)
    until(lambda: "Another Name" not in shell.text())


def test_in_the_browser_pinned_pages_stay_and_choices_are_followed(desk: Any, written: Running) -> None:
    shell = Shell(desk, written, "page=generic&slug=cable-stuck&lang=en")
    assert "The same at every charger" in shell.told()
    desk.check("#pin")
    put(written, GUIDE.replace("slowly", "by the handle"))
    time.sleep(0.5)
    assert "by the handle" not in shell.text()
    desk.uncheck("#pin")
    desk.fill("#filter", "squeak")
    desk.click("#guides button")
    shell.shows("by the handle")
    desk.check("[name=page][value=station]")
    desk.fill("#find", "millbrook")
    desk.click("#hits button")
    until(lambda: "Old Mill" in shell.text() or "Millbrook" in shell.text())
    desk.select_option("#lang", "de")
    until(lambda: shell.inside("d.documentElement?.lang") == "de")
    desk.select_option("#width", "320")
    assert shell.inside("d.defaultView.innerWidth") == 320
    assert shell.complaints == []


def test_in_the_browser_the_stream_comes_back_after_the_server_did(
    desk: Any, site: Running, tmp_path: Path
) -> None:
    folder = tmp_path / "op"
    shutil.copytree(site.folder, folder)
    with running(folder, tmp_path) as server:
        shell = Shell(desk, server)
        port = server.port
    until(lambda: "Stopped" in desk.inner_text("#live"))
    guide = folder / "problems" / "squeaky-lid" / "en.md"
    with running(folder, tmp_path, port) as server:
        until(lambda: "Read" in desk.inner_text("#live"))
        guide.write_text(GUIDE.replace("slowly", "after the pause"))
        shell.shows("after the pause")


def test_on_a_phone_the_page_has_the_screen_and_the_rest_is_folded_away(chromium: Any, site: Running) -> None:
    axe = pytest.importorskip("axe_playwright_python.base", reason="needs axe-playwright-python")
    for scheme, size in (
        ("dark", (360, 640)),
        ("light", (1280, 860)),
    ):
        context = chromium.new_context(viewport={"width": size[0], "height": size[1]}, color_scheme=scheme)
        page = context.new_page()
        shell = Shell(page, site, "page=guide&slug=cable-stuck")
        box = page.locator("#frame").bounding_box()
        if size[0] == 360:
            assert (
                (box["x"], box["width"]) == (0, 360)
                and box["y"] < 110
                and box["y"] + box["height"] == pytest.approx(640, abs=1)
            )
            for part in ("choose", "found"):
                assert not page.locator(f"#{part}").is_visible()
                page.focus(f"#show-{part}")
                page.keyboard.press("Enter")
                assert page.locator(f"#{part}").is_visible()
            page.keyboard.press("Escape")
            assert not page.locator("#found").is_visible()
            page.click("#show-choose")
        assert page.evaluate("() => document.documentElement.scrollWidth") == size[0]
        page.evaluate(axe.AXE_SCRIPT)
        rules = {"iframes": False, "runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]}
        found = page.evaluate(
            "async rules => (await axe.run({exclude: [['#frame']]}, rules)).violations", rules
        )
        assert [(one["id"], [node["html"][:90] for node in one["nodes"]]) for one in found] == []
        assert shell.complaints == []
        context.close()


# ── new problem ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("The cable does not reach my car", "cable-not-reach-car"),
        ('It says "Error 17"', "says-error-17"),
        ("Überspannung!", "uberspannung"),
        ("I can't pay", "cant-pay"),
        ("Is it my?", "is-it-my"),
        ("充电", ""),
        ("Donaudampfschifffahrtsgesellschaftskapitän is gone", "donaudampfschifffahrtsgesellschaftskapit"),
    ],
)
def test_a_name_is_made_of_the_words_that_tell_most(title: str, slug: str) -> None:
    assert slug_of(title) == slug


def test_a_new_guide_has_no_errors_and_says_what_is_unwritten(tmp_path: Path) -> None:
    folder = operator_folder(tmp_path).path
    outcomes, words = ("fix", "call", "danger"), [""]
    for outcome in outcomes:
        words = [
            "new",
            "problem",
            f"lid-{outcome}",
            "--title",
            f"A lid squeaks {outcome}",
            "--category",
            "site",
        ]
        words += [
            "--outcome",
            outcome,
            "--applies-to",
            "DC",
            "--symptom",
            f"Squeak: {outcome}",
            "--operator",
            str(folder),
        ]
        told = CliRunner().invoke(main, words)
        assert told.exit_code == 0, told.output
        assert f"page=guide&slug=lid-{outcome}" in told.output and f"chargeside check {folder}" in told.output
    assert CliRunner().invoke(main, words).exit_code == 1  # it is there already
    findings = Findings()
    content = load_content(findings, folder)
    check_content(content, TODAY, findings, only={f"lid-{outcome}" for outcome in outcomes})
    for outcome in outcomes:
        problem = content.problems[f"lid-{outcome}"]
        assert (problem.outcome, problem.guide("en").symptoms) == (outcome, (f"Squeak: {outcome}",))
        found = [one for one in findings if one.path == f"op/problems/lid-{outcome}/en.md"]
        assert [str(one) for one in found if one.severity == "error"] == []
        unwritten = [one for one in found if one.code == "G549"]
        assert len(unwritten) >= 2 and {one.severity for one in unwritten} == {"warning"}


def test_without_a_terminal_it_says_what_to_say() -> None:
    told = CliRunner().invoke(main, ["new", "problem"])
    assert told.exit_code == 2
    assert "--title" in told.output and "--category" in told.output


@pytest.mark.parametrize(
    ("flag", "value", "says"),
    [
        ("--applies-to", "colour=red", "colour"),
        ("--category", "lids", "lids"),
        ("--operator", "/", "operator.yml"),
    ],
)
def test_wrong_flags_of_a_new_guide(tmp_path: Path, flag: str, value: str, says: str) -> None:
    words = [
        "new",
        "problem",
        "x",
        "--title",
        "X",
        "--category",
        "site",
        "--operator",
        str(operator_folder(tmp_path).path),
    ]
    told = CliRunner().invoke(main, [*words, flag, value])
    assert told.exit_code == 2 and says in told.output


def test_words_of_another_guide_are_named() -> None:
    content = shared_content()
    stuck = content.problems["cable-stuck"].guide("en")
    told = list(warnings(Draft("Brand new title", (stuck.symptoms[0].upper(),)), content))
    assert len(told) == 1 and "problems/cable-stuck/en.md" in told[0]
    assert any("similar title" in words for words in warnings(Draft(f"{stuck.title} today"), content))
    assert list(warnings(Draft("Zebras graze beside bay nine"), content)) == []


def test_five_questions_on_a_terminal(tmp_path: Path) -> None:
    folder = operator_folder(tmp_path).path
    terminal, its_end = pty.openpty()
    words = [*COMMAND, "new", "problem", "--operator", str(folder)]
    with subprocess.Popen(words, stdin=its_end, stdout=its_end, stderr=its_end, close_fds=True) as process:
        os.close(its_end)
        told = ""

        def answer(question: str, words: str) -> None:
            nonlocal told
            end = time.monotonic() + PATIENCE
            while not re.search(rf"{question}[^>]*> $", told):
                assert time.monotonic() < end, told
                told += os.read(terminal, 4_000).decode()
            told = ""
            os.write(terminal, f"{words}\n".encode())

        answer("What does the driver see", "The lid hums")
        answer("Which words does the screen show", "Hum detected; E-99 hum")
        answer("What is it about", "99")
        answer("is none of them", "11")
        answer("How does it end", "call")
        answer("At which chargers", "weather=bad")
        answer("Type a number, a name or a condition", "4")
        answer("Its name in addresses, for ever. Enter for: lid-hums", "")
        assert process.wait(PATIENCE) == 0
    os.close(terminal)
    content = load_content(Findings(), folder)
    problem = content.problems["lid-hums"]
    assert problem.guide("en").symptoms == ("Hum detected", "E-99 hum")
    assert (problem.category, problem.outcome, str(problem.applies_to)) == (
        "site",
        "call",
        "format=socket|unknown",
    )
