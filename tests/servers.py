"""A real nginx and a real Caddy on this machine with the settings of docs/operators/hosting.md, taken out of that page: what is documented is
what is tested. Only ports, folders and the certificate are replaced."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

HOST = "help.example.org"
_PATH = "/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin"
_PATIENCE = 20  # seconds, on a busy machine


def program(name: str) -> str:
    """Where a program is; the test is skipped without."""
    found = shutil.which(name, path=_PATH)
    if found is None:
        pytest.skip(f"{name} is not installed (scripts/system-packages test)")
    return found


def recipe(root: Path, title: str) -> str:
    """A fenced block of the hosting page by its title; the test is skipped where docs/ is not at hand."""
    page = root / "docs" / "operators" / "hosting.md"
    if not page.is_file():
        pytest.skip("docs/ is in the checkout only")
    blocks = dict(
        re.findall(
            r'^```\{\.\w+ title="([^"]+)"\}\n(.*?)^```$', page.read_text("utf-8"), re.MULTILINE | re.DOTALL
        )
    )
    return str(blocks[title])


def replaced(text: str, pairs: Mapping[str, str]) -> str:
    """The text with all of these replaced, each of which must stand in it."""
    for old, new in pairs.items():
        assert old in text, f"the recipe holds no {old!r}"
        text = text.replace(old, new)
    return text


def free_port() -> int:
    """One that nobody listens at now."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@dataclass(frozen=True)
class Server:
    """A server at work. `https`, `http`: its ports on 127.0.0.1. `logs`: its access logs, one in each documented form, by name; `log`:
    the first. `folder`: all it writes, logs of errors too."""

    https: int
    http: int
    logs: Mapping[str, Path]
    folder: Path

    @property
    def log(self) -> Path:
        """The log in the form that is documented first."""
        return next(iter(self.logs.values()))

    def lines(self, holds: Callable[[list[str]], object] = bool) -> list[str]:
        """The lines of the log, as soon as they hold what is asked for."""
        end = time.monotonic() + _PATIENCE
        while True:
            lines = self.log.read_text("utf-8").splitlines() if self.log.is_file() else []
            if holds(lines) or time.monotonic() > end:
                return lines
            time.sleep(0.05)


@contextmanager
def nginx(root: Path, site: Path, folder: Path) -> Iterator[Server]:
    """nginx as documented, which writes each line in both documented forms."""
    name, https, http = program("nginx"), free_port(), free_port()
    certificate, key = _certificate(folder)
    text = recipe(root, "/etc/nginx/conf.d/chargeside.conf")
    combined = replaced(recipe(root, "combined"), {"log_format chargeside ": "log_format combined_too "})
    first = "    access_log /var/log/chargeside/access.log chargeside;\n"
    second = "    access_log /var/log/chargeside/combined.log combined_too;\n"
    text = replaced(
        text, {first: first + second, "log_format chargeside ": f"{combined}\nlog_format chargeside "}
    )
    text = replaced(
        text,
        {
            "listen 443 ssl http2;": f"listen 127.0.0.1:{https} ssl http2;",
            "    listen [::]:443 ssl http2;\n": "",
            "listen 80;": f"listen 127.0.0.1:{http};",
            "    listen [::]:80;\n": "",
            f"/etc/letsencrypt/live/{HOST}/fullchain.pem": str(certificate),
            f"/etc/letsencrypt/live/{HOST}/privkey.pem": str(key),
            "/srv/chargeside/out/site": str(site),
            "/var/log/chargeside/": f"{folder}/",
        },
    )
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    # What stands around it in Debian's nginx.conf, as far as it matters. A test says which address it comes from.
    conf = folder / "nginx.conf"
    conf.write_text(
        f"{'user root;' if os.geteuid() == 0 else ''} worker_processes 1; pid {folder}/nginx.pid;\n"
        f"error_log {folder}/error.log; events {{}}\n"
        f"http {{ include {_mime_types()}; default_type application/octet-stream; access_log off; {temporary}\n"
        f"set_real_ip_from 127.0.0.1; real_ip_header X-Test-Address;\n{text}}}\n",
        encoding="utf-8",
    )
    command = [name, "-p", str(folder), "-c", str(conf), "-g", "daemon off;"]
    checked = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    assert checked.returncode == 0 and "warn" not in checked.stderr, checked.stderr
    with _running(command, https, folder):
        yield Server(
            https, http, {"json": folder / "access.log", "combined": folder / "combined.log"}, folder
        )


@contextmanager
def caddy(root: Path, site: Path, folder: Path) -> Iterator[Server]:
    """Caddy as documented."""
    name, https, http = program("caddy"), free_port(), free_port()
    certificate, key = _certificate(folder)
    text = replaced(
        recipe(root, "/etc/caddy/Caddyfile"),
        {
            f"{HOST} {{\n": f"{HOST} {{\n\ttls {certificate} {key}\n\tbind 127.0.0.1 127.1.2.3 ::1\n",
            "/srv/chargeside/out/site": str(site),
            "/var/log/caddy/": f"{folder}/",
        },
    )
    head = f"{{\n\tadmin off\n\thttp_port {http}\n\thttps_port {https}\n\tservers {{\n\t\tprotocols h1 h2\n\t}}\n}}\n"
    conf = folder / "Caddyfile"
    conf.write_text(head + text, encoding="utf-8")
    command = [name, "run", "--config", str(conf), "--adapter", "caddyfile"]
    with _running(command, https, folder):
        yield Server(https, http, {"json": folder / "chargeside.log"}, folder)


Start = Callable[[Path, Path, Path], AbstractContextManager[Server]]
"""Starts a server by the root of the checkout, the site, and a folder for all it writes."""
SERVERS: Mapping[str, Start] = {"nginx": nginx, "caddy": caddy}


def trusting_home(server: Server) -> Path:
    """A home folder for a browser in which the server's certificate is trusted: else the browser would keep no page, and ask for
    each anew."""
    home = server.folder / "home"
    store = home / ".pki" / "nssdb"
    store.mkdir(parents=True, exist_ok=True)
    certutil = [program("certutil"), "-d", f"sql:{store}"]
    subprocess.run([*certutil, "-N", "--empty-password"], check=True, capture_output=True)
    trust = ("-A", "-t", "C,,", "-n", HOST, "-i", str(server.folder / "certificate.pem"))
    subprocess.run([*certutil, *trust], check=True, capture_output=True)
    return home


def _certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for the host, signed by itself, and its key."""
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    subprocess.run(
        [program("openssl"), "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
         "-subj", f"/CN={HOST}", "-addext", f"subjectAltName=DNS:{HOST}", "-keyout", str(key), "-out", str(certificate)],
        check=True, capture_output=True,
    )  # fmt: skip
    return certificate, key


def _mime_types() -> Path:
    path = Path("/etc/nginx/mime.types")
    if not path.is_file():
        pytest.skip(f"nginx is here without its {path}")
    return path


@contextmanager
def _running(command: list[str], port: int, folder: Path) -> Iterator[None]:
    """The server, from when it answers until the end; what it says goes to told.log."""
    env = {**os.environ, "HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    with (folder / "told.log").open("wb") as told:
        process = subprocess.Popen(command, stdout=told, stderr=told, env=env)
    try:
        end = time.monotonic() + _PATIENCE
        while True:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            assert process.poll() is None and time.monotonic() < end, (folder / "told.log").read_text()
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait(_PATIENCE)
