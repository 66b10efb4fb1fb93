"""Files that keep former addresses answering: each is read here as its server reads it, nginx' by nginx itself where it is there."""

from __future__ import annotations

import http.client
import json
import re
import shutil
import socket as sockets
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chargeside.load.adopted import adopted_bytes
from chargeside.model.address import parse_address
from chargeside.model.network import Adopted, Network
from chargeside.plan.driver import plan_driver
from chargeside.plan.redirects import redirect_files
from chargeside.render.driver import RENDERERS
from support import Folder, found, operator_folder

SITE = "https://help.grid-test.example/now/"
FORMER = [
    "https://old.grid-test.example/",
    "https://help.grid-test.example/",
    "https://old.grid-test.example/sub/",
]
ADOPTED = {
    "https://qr.grid-test.example/s/AB12": 0,
    "https://qr.grid-test.example/s/ab12": 1,
    "https://qr.grid-test.example/?id=AB12&x=1": 1,
    "https://old.grid-test.example/s/AB12": 1,
    "https://qr.grid-test.example/S%C3%A4ule;$1'(2)": 0,
    "https://help.grid-test.example/now/x/AB12": 1,
    "https://qr.grid-test.example/a.html": 0,
    "https://qr.grid-test.example/a.html/b": 1,
    f"https://qr.grid-test.example/{'long' * 60}": 0,
}
CASES = [
    # asked for, where it leads: an address, the number of a station, or nothing
    ("https://old.grid-test.example/1234566/", SITE + "1234566/"),
    ("https://old.grid-test.example/sub/1234566/de/?s=1", SITE + "1234566/de/?s=1"),
    ("https://help.grid-test.example/1234566", SITE + "1234566"),
    ("https://help.grid-test.example/now/1234566/", None),
    ("https://other.grid-test.example/1234566/", None),
    ("https://qr.grid-test.example/s/AB12", 0),
    ("https://qr.grid-test.example/s/AB12/", 0),
    ("https://qr.grid-test.example/s/ab12", 1),
    ("https://qr.grid-test.example/s/AB123", None),
    ("https://qr.grid-test.example/?id=AB12&x=1", 1),
    ("https://old.grid-test.example/s/AB12", 1),
    ("https://qr.grid-test.example/S%C3%A4ule;$1'(2)", 0),
    ("https://help.grid-test.example/now/x/AB12", 1),
    (f"https://qr.grid-test.example/{'long' * 60}", 0),
]


def network_of(base: Path, adopted: dict[str, int] = ADOPTED) -> tuple[Folder, Network]:
    folder = operator_folder(base, site_url=SITE, former_site_urls=FORMER)
    codes = [line.code for line in folder.network().ledger]
    folder.write("adopted.csv", adopted_bytes(Adopted(address, codes[n]) for address, n in adopted.items()))
    return folder, folder.network()


def made(network: Network) -> dict[str, str]:
    return {
        path: RENDERERS[kind](payload, {}).decode() for path, kind, payload in redirect_files(network, (), ())
    }


# ── Readers of the files ─────────────────────────────────────────────────────────────────────────────────────────────

NGINX_LINE = re.compile(r'"([^"\\]*(?:\\.[^"\\]*)*)" "([^"\\]*)";')


def by_nginx_map(text: str, asked: str) -> str | None:
    """As ngx_http_map_module does: strings without regard to case, then patterns in their order."""
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    assert lines[0] == 'default "";'
    pairs = [match.groups() for line in lines[1:] if (match := NGINX_LINE.fullmatch(line))]
    assert len(pairs) == len(lines) - 1, "every line is a pair"
    plain = [key.casefold() for key, _ in pairs if not key.startswith("~")]
    assert len(plain) == len(set(plain)), "nginx refuses a key that stands twice"
    for key, to in pairs:
        if not key.startswith("~") and key.casefold() == asked.casefold():
            return to or None
    for key, to in pairs:
        if key.startswith("~") and (match := re.search(key[1:], asked)):
            return to.replace("$chargeside_rest", match.groupdict().get("chargeside_rest", "")) or None
    return None


def by_caddy(text: str, asked: str) -> str | None:
    """As Caddy's directive `map` does: the first line that fits."""
    body = text[text.index("{chargeside} {\n") :].partition("\n")[2].partition("\n}")[0]
    for line in body.splitlines():
        key, _, to = line.strip().partition(" ")
        to = to.strip('"')
        match = re.search(key[1:], asked) if key.startswith("~") else None
        if match or key.strip('"') == asked:
            rest = match.groupdict().get("chargeside_rest", "") if match else ""
            to = to.replace("${chargeside_rest}", rest)
            return None if to == "-" else to
    return None


READERS: list[tuple[str, Callable[[str, str], str | None]]] = [
    ("nginx-redirects.map", by_nginx_map),
    ("caddy-redirects", by_caddy),
]


@pytest.mark.parametrize(("name", "read"), READERS, ids=lambda value: value if isinstance(value, str) else "")
def test_every_former_address_leads_to_its_charger(
    tmp_path: Path, name: str, read: Callable[[str, str], str | None]
) -> None:
    _, network = network_of(tmp_path)
    text = made(network)[name]
    codes = [line.code for line in network.ledger]
    for asked, to in CASES:
        expected = f"{SITE}{codes[to]}/" if isinstance(to, int) else to
        assert read(text, asked.removeprefix("https://")) == expected, asked


@given(st.lists(st.tuples(st.text(max_size=12), st.booleans()), max_size=8))
@settings(max_examples=40)
def test_no_address_breaks_out_of_its_line(
    tmp_path_factory: pytest.TempPathFactory, texts: list[tuple[str, bool]]
) -> None:
    """Whatever `parse_address` lets pass is one key in each file."""
    addresses = set()
    for text, query in texts:
        try:
            addresses.add(str(parse_address(f"https://qr.grid-test.example/x{'?' if query else ''}{text}")))
        except ValueError:
            continue
    network = network_of(tmp_path_factory.mktemp("held"), {})[1]
    adopted = tuple(Adopted(address, network.ledger[0].code) for address in sorted(addresses))
    files = made(replace(network, adopted=adopted))
    for name, read in READERS:
        for address in addresses:
            assert read(files[name], address.removeprefix("https://")) == f"{SITE}{network.ledger[0].code}/"
    for line in files["_redirects"].splitlines():
        assert line.startswith("#") or len(line.split()) == 3


# ── Servers ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@contextmanager
def nginx(folder: Path, text: str) -> Iterator[int]:
    """nginx with the settings that the head of the file names; gives its port."""
    with sockets.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    asked = dict(re.findall(r"#   (map_hash_\w+) (\d+);", text))
    (folder / "redirects.map").write_text(text, encoding="utf-8")
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    conf = folder / "nginx.conf"
    conf.write_text(
        f"pid {folder}/nginx.pid; error_log stderr; events {{}}\n"
        f"http {{ access_log off; {temporary}\n"
        + "".join(f"{name} {value};\n" for name, value in asked.items())
        + f"map $host$request_uri $chargeside {{ include {folder}/redirects.map; }}\n"
        f"server {{ listen 127.0.0.1:{port}; if ($chargeside) {{ return 301 $chargeside; }} location / {{ return 404; }} }} }}\n"
    )
    program = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")
    if program is None:
        pytest.skip("nginx is not installed")
    command = [program, "-p", str(folder), "-c", str(conf), "-g", "daemon off; master_process off;"]
    checked = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    assert checked.returncode == 0 and "warn" not in checked.stderr, checked.stderr
    server = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        for _ in range(100):
            with sockets.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield port
    finally:
        server.terminate()
        server.wait()


def test_nginx_answers_as_the_file_says(tmp_path: Path) -> None:
    _, network = network_of(tmp_path)
    codes = [line.code for line in network.ledger]
    with nginx(tmp_path, made(network)["nginx-redirects.map"]) as port:
        for asked, to in CASES:
            host, _, path = asked.removeprefix("https://").partition("/")
            client = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
            client.request("GET", f"/{path}", headers={"Host": host})
            answer = client.getresponse()
            expected = f"{SITE}{codes[to]}/" if isinstance(to, int) else to
            assert (answer.status, answer.headers["Location"]) == (301 if expected else 404, expected), asked
            client.close()


def test_static_hosts_get_rules_that_lead_in_no_circle(tmp_path: Path) -> None:
    _, network = network_of(tmp_path)
    codes = [line.code for line in network.ledger]
    lines = made(network)["_redirects"].splitlines()
    assert f"https://old.grid-test.example/sub/* {SITE}:splat 301!" in lines
    assert f"https://qr.grid-test.example/s/AB12 {SITE}{codes[0]}/ 301!" in lines
    assert not [line for line in lines if line.startswith("/s/AB12 ")], "two hosts have it, with two chargers"
    assert not [line for line in lines if line.startswith(("https://help.grid-test.example/*", "/* "))]
    assert f"/now/x/AB12 {SITE}{codes[1]}/ 301" in lines


def test_object_storage_gets_rules_and_pages_to_copy(tmp_path: Path) -> None:
    folder, network = network_of(tmp_path)
    codes = [line.code for line in network.ledger]
    plan = plan_driver(network)
    jobs = {job.path.removeprefix("site/"): job for job in plan.jobs}
    rules = json.loads(
        RENDERERS["redirects.s3"](jobs["redirects/old.grid-test.example/s3-website.json"].payload, {})
    )
    assert [rule["Condition"] for rule in rules["RoutingRules"]] == [
        {"KeyPrefixEquals": "sub/", "HttpErrorCodeReturnedEquals": "404"},
        {"HttpErrorCodeReturnedEquals": "404"},
    ]
    assert {rule["Redirect"]["ReplaceKeyPrefixWith"] for rule in rules["RoutingRules"]} == {"now/"}
    page = RENDERERS["redirects.stub"](
        jobs["redirects/qr.grid-test.example/s/AB12/index.html"].payload, {}
    ).decode()
    assert f'content="0; url={SITE}{codes[0]}/"' in page
    assert "x/AB12/index.html" in jobs, "below our own site the page is in its place"
    assert "redirects/qr.grid-test.example/a.html" not in jobs, "a file cannot be a folder as well"
    assert not folder.check().errors


def test_a_site_without_former_addresses_still_has_the_files(tmp_path: Path) -> None:
    """A server that includes a file that is not there does not start."""
    files = made(operator_folder(tmp_path).network())
    assert set(files) == {"_redirects", "nginx-redirects.map", "caddy-redirects"}
    assert by_nginx_map(files["nginx-redirects.map"], "help.grid-test.example/1234566/") is None


DAMAGED = [
    ("https://qr.grid-test.example/x,9999999", "never issued"),
    ("qr.grid-test.example/x,{0}", "does not start with https://"),
    ("https://qr.grid-test.example/x,{0}\nhttps://qr.grid-test.example/x,{1}", "leads to"),
]


@pytest.mark.parametrize(("rows", "message"), DAMAGED)
def test_a_damaged_line_of_adopted_csv_is_named(tmp_path: Path, rows: str, message: str) -> None:
    folder = operator_folder(tmp_path)
    codes = [line.code for line in folder.network().ledger]
    folder.write("adopted.csv", f"address,code\n{rows.format(*codes)}\n")
    finding = found(folder.check(), "L408")
    assert message in finding.message
    assert (finding.path, finding.line) == ("op/adopted.csv", rows.count("\n") + 2)
