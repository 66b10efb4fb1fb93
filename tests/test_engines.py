"""MkDocs is a shell: its fork ProperDocs and Zensical build the same pages from the same Markdown and settings."""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner

from chargeside.cli import main
from chargeside.findings import Findings
from chargeside.load.content import load_content
from chargeside.load.docs import load_docs
from chargeside.plan.library import library_paths, plan_library
from engines import build

pytestmark = pytest.mark.xdist_group("library")

_LOADED = re.compile(r"<(?:script|img|iframe|source|link)\b[^>]*?\b(?:src|href)=[\"']?([^\"'\s>]+)")


def pages(site: Path) -> set[str]:
    """Addresses of the site's pages; 404.html is no page of ours."""
    found = (path.relative_to(site).as_posix() for path in site.rglob("*.html"))
    return {name for name in found if name != "404.html"}


def planned() -> set[str]:
    """The pages that the plan names, and the one page that only the command line can write."""
    addresses = library_paths(plan_library(load_content(Findings()), docs=load_docs()))
    return {f"{address}index.html" for address in (*addresses, "reference/cli/")}


@pytest.fixture(scope="module")
def filled(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that `chargeside library` fills, where an earlier run wrote a page that is no more."""
    if not (root / "mkdocs.yml").is_file():
        pytest.skip("mkdocs.yml and docs/ are in the checkout only")
    docs = tmp_path_factory.mktemp("engines") / "docs"
    docs.mkdir()
    (docs / ".written-by-chargeside").write_text("gone.md\n")
    for name in ("gone.md", "mine.txt"):
        (docs / name).write_text("# Gone or mine")
    done = CliRunner().invoke(main, ["library", "--out", str(docs)])
    assert done.exit_code == 0, done.output
    return docs


@pytest.fixture(scope="module", params=["mkdocs", "properdocs", "zensical"])
def site(request: pytest.FixtureRequest, root: Path, filled: Path) -> Path:
    """The library as one engine builds it."""
    engine = str(request.param)
    if find_spec(engine) is None:
        pytest.skip(f"needs the package {engine}: pip install 'chargeside[engines]'")
    if engine == "mkdocs":
        found: Path = request.getfixturevalue("library_by_mkdocs")
        return found
    return build(engine, root, filled)


def test_every_engine_builds_the_same_pages(site: Path) -> None:
    assert pages(site) == planned()


def test_no_engine_reaches_another_host(site: Path) -> None:
    """Nothing is loaded from elsewhere; only what a reader chooses to follow leads there."""
    for path in site.rglob("*.html"):
        foreign = [url for url in _LOADED.findall(path.read_text("utf-8")) if urlsplit(url).netloc]
        assert not foreign, f"{path.relative_to(site)}: {foreign}"
    for path in site.rglob("*.css"):
        assert not re.search(r"(?:url\(\s*[\"']?|@import\s+[\"'])(?:https?:)?//", path.read_text("utf-8")), (
            path
        )


def test_every_engine_wears_chargesides_dress(site: Path) -> None:
    """Theme overrides and style sheet, and a navigation that stands there once."""
    home = (site / "index.html").read_text("utf-8")
    assert "CC BY 4.0, Chargeside" in home
    assert re.search(r'<link rel="stylesheet" href="[^"]*assets/library\.css"', home)
    tabs = re.findall(r'<nav class="md-tabs".*?</nav>', home, re.DOTALL)
    assert len(tabs) == 1
    assert len(re.findall(r">\s*Paying\s*<", tabs[0])) == 1


def test_the_folder_loses_what_is_no_more_and_nothing_else(filled: Path) -> None:
    assert not (filled / "gone.md").exists()
    assert (filled / "mine.txt").exists()
    CliRunner().invoke(main, ["library", "--out", str(filled)])  # a guide may have been saved since
    before = {path: path.stat().st_mtime_ns for path in filled.rglob("*.md")}
    assert CliRunner().invoke(main, ["library", "--out", str(filled)]).exit_code == 0
    assert before == {path: path.stat().st_mtime_ns for path in filled.rglob("*.md")}, (
        "engines watch the files"
    )


def test_the_plugin_and_the_command_write_the_same(library_by_mkdocs: Path, filled: Path) -> None:
    """The help texts above all: the command runs in a context of its own."""
    cli = Path("docs/reference/cli.md")
    CliRunner().invoke(main, ["library", "--out", str(filled)])
    assert (library_by_mkdocs.parent / cli).read_text("utf-8") == (filled.parent / cli).read_text("utf-8")
