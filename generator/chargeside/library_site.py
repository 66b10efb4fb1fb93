"""Lets MkDocs build an operator's library site in a staging folder. MkDocs is a shell: only this module and the plugin know it.

MkDocs empties its output folder before it starts, so it never gets to see the real one.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Mapping
from html import escape
from importlib.metadata import version
from importlib.resources import as_file, files
from pathlib import Path

import yaml

from chargeside.errors import RenderError
from chargeside.plan.jobs import Plan, digest
from chargeside.plan.library import LANG
from chargeside.render.html import csp_hash
from chargeside.render.library import RENDERERS, closure

_OURS = frozenset({"404.html", "robots.txt", "sitemap.xml", "sitemap.xml.gz"})
"""Files that the driver site makes for the whole site; the sitemap would carry today's date besides."""

_UNUSED = re.compile(r"\.map$|^assets/javascripts/lunr/|^assets/images/favicon\.png$")
"""Source maps, and word stems of languages that the library is not written in: half of all bytes."""

_TOOLS = ("mkdocs", "mkdocs-material", "markdown", "pymdown-extensions", "pygments", "chargeside")
_TIMEOUT_S = 600

_FOOT = (
    ("Find your charger", f"s/{LANG}/"),
    ("Call us", f"call/{LANG}/"),
    ("Is this code real?", f"fake/{LANG}/"),
    ("Privacy", "privacy/"),
    ("Imprint", "imprint/"),
    ("Accessibility", "accessibility/"),
)
"""Pages of the driver site that every page of the library links to: words, address below the site."""

_NAV = (
    ("Home", "index.md"),
    ("Problems", "problems/index.md"),
    ("What you see", "symptoms.md"),
    ("Plugs", "connectors/index.md"),
    ("Paying", "payment.md"),
    ("Words", "glossary.md"),
)
"""Small and written out: automatic navigation is what makes large sites slow. mkdocs.yml has the handbooks besides."""

_INLINE_SCRIPT = re.compile(r"<script(?P<attributes>[^>]*)>(?P<code>.*?)</script>", re.DOTALL)


def library_fingerprint(plan: Plan) -> str:
    """Digest of all that the library site is made from: pages, settings, theme, versions of the tools."""
    pages = tuple((job.path, job.fingerprint(closure())) for job in plan.jobs)
    tools = tuple(version(name) for name in _TOOLS)
    return digest((pages, _packaged_texts(), _NAV, _FOOT, tools))


def build_library_site(plan: Plan, staging: Path, *, site_url: str, site_name: str) -> Mapping[str, Path]:
    """Build the site in `staging`, an empty folder that the caller removes. Gives its files: where they are, by the path
    each has below the site.

    Raises RenderError (rule B803) with what MkDocs says.
    """
    for job in plan.jobs:
        path = staging / "docs" / job.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(RENDERERS[job.kind](job.payload, plan.shared))
    with as_file(files("chargeside").joinpath("templates", "library")) as packaged:
        config = staging / "mkdocs.yml"
        config.write_text(yaml.safe_dump(_settings(packaged, site_url, site_name)), encoding="utf-8")
        _run(config)
    site = staging / "site"
    found = {path.relative_to(site).as_posix(): path for path in sorted(site.rglob("*")) if path.is_file()}
    made = {name: path for name, path in found.items() if name not in _OURS and not _UNUSED.search(name)}
    for name, path in made.items():
        if name.endswith(".html"):
            path.write_text(with_policy(path.read_text(encoding="utf-8")), encoding="utf-8")
    return made


def with_policy(html: str) -> str:
    """A page with a content security policy: nothing from other hosts, and no script but the theme's own."""
    hashes = [
        csp_hash(match["code"])
        for match in _INLINE_SCRIPT.finditer(html)
        if "src=" not in match["attributes"] and "application/json" not in match["attributes"]
    ]
    scripts = " ".join(dict.fromkeys(hashes))
    policy = (
        f"default-src 'none'; script-src 'self' {scripts}; worker-src 'self'; connect-src 'self'; "
        "img-src 'self' data:; font-src 'self'; style-src 'self' 'unsafe-inline'; form-action 'self'; base-uri 'self'"
    )
    tag = f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
    return html.replace('<meta charset="utf-8">', f'<meta charset="utf-8">{tag}', 1)


def _settings(packaged: Path, site_url: str, site_name: str) -> dict[str, object]:
    """What an operator's site adds to the packaged settings. The theme prints the name as it is: it is escaped here."""
    return {
        "INHERIT": str(packaged / "settings.yml"),
        "site_name": escape(site_name),
        "site_url": site_url,
        "docs_dir": "docs",
        "site_dir": "site",
        "theme": {"custom_dir": str(packaged / "theme")},
        "nav": [{words: page} for words, page in _NAV],
        "extra": {"foot": [{"words": words, "path": path} for words, path in _FOOT]},
    }


def _run(config: Path) -> None:
    """Run MkDocs in its own process and its own small environment, so that nothing around us changes what it makes.

    Not `--quiet`: MkDocs 1.6.1 then counts no warnings, and `--strict` has nothing to stop for.
    """
    command = [
        sys.executable,
        "-P",
        "-m",
        "mkdocs",
        "build",
        "--strict",
        "--config-file",
        str(config),
    ]
    environment = {
        "NO_MKDOCS_2_WARNING": "1",
        "PYTHONUTF8": "1",
        "PYTHONHASHSEED": "0",
        "SOURCE_DATE_EPOCH": "0",
    }
    try:
        done = subprocess.run(  # noqa: S603 - fixed words and our own paths, no shell
            command, cwd=config.parent, env=environment, capture_output=True, timeout=_TIMEOUT_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise RenderError(f"MkDocs did not run: {error}", code="B803", mend=_MEND) from error
    if done.returncode:
        said = (done.stderr + done.stdout).decode("utf-8", "replace").strip().splitlines()[-12:]
        raise RenderError(f"MkDocs says: {' / '.join(said)}", code="B803", mend=_MEND)


_MEND = "mend what MkDocs names; if it names nothing of yours, reinstall with `pip install --force-reinstall chargeside`"


def _packaged_texts() -> tuple[tuple[str, str], ...]:
    """Settings and theme, by path."""
    with as_file(files("chargeside").joinpath("templates", "library")) as packaged:
        paths = [packaged / "settings.yml", *sorted((packaged / "theme").rglob("*.html"))]
        return tuple(
            (path.relative_to(packaged).as_posix(), path.read_text(encoding="utf-8")) for path in paths
        )
