"""What every test may ask for. Markers are declared, with their meaning, in `pyproject.toml`."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parent.parent

# A busy machine must not turn a slow example into a failure, and a failure must come back in the next run.
settings.register_profile("chargeside", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("chargeside")


@pytest.fixture(scope="session")
def root() -> Path:
    """The folder that holds `tests/` and `station_kits/`: the checkout, or the copy that the wheel is tested from."""
    return ROOT


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
