"""What every test may ask for. Markers are declared, with their meaning, in `pyproject.toml`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from shutil import which
from typing import Any

import pytest
from hypothesis import settings

from engines import build
from once import build_with_few_guides, read_guides_once

read_guides_once()
build_with_few_guides()

_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM = next(filter(None, map(which, _BROWSERS)), None)
ROOT = Path(__file__).resolve().parent.parent

# A busy machine must not turn a slow example into a failure, and a failure must come back in the next run.
settings.register_profile("chargeside", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("chargeside")


@pytest.fixture(autouse=True)
def guides_of_builds(request: pytest.FixtureRequest) -> Iterator[None]:
    """A test marked `all_guides` builds with all guides that are shared, others with a dozen."""
    marked = request.node.get_closest_marker("all_guides") is not None
    if marked:
        build_with_few_guides(whole=True)
    yield
    if marked:
        build_with_few_guides()


@pytest.fixture(scope="session")
def root() -> Path:
    """The folder that holds `tests/` and `station_kits/`: the checkout, or the copy that the wheel is tested from."""
    return ROOT


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """Debian's Chromium, driven by Playwright: one for all tests of a worker, since only one driver can run in a process."""
    playwright = pytest.importorskip("playwright.sync_api", reason="needs the package playwright")
    if CHROMIUM is None:
        pytest.skip(f"needs a browser: {', '.join(_BROWSERS)}")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def library_by_mkdocs(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Chargeside's own library with all its guides and handbooks, as `mkdocs build` makes it: seconds, so once for all tests
    that look at it (their modules share the xdist group "library")."""
    if not (root / "mkdocs.yml").is_file():
        pytest.skip("mkdocs.yml and docs/ are in the checkout only")
    return build("mkdocs", root, tmp_path_factory.mktemp("library") / "docs")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever drives the browser is marked so."""
    for item in items:
        if "chromium" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.filterwarnings("ignore::ResourceWarning"))


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real station data beside the checkout (`../shared/data`); the test is skipped where there is none."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"needs real station data in {folder}")
    return folder


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Bytes name no test: packed ones hold the time of packing, and every worker must name the same tests."""
    return argname if isinstance(val, bytes) else None
