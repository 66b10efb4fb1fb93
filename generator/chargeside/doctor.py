"""`doctor`: what this machine must have, and how to install it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Result:
    """One thing looked for. `needed` to build; the others serve the tests."""

    name: str
    found: bool
    detail: str
    mend: str
    needed: bool = True


def examine() -> Iterator[Result]:
    """Look for everything, cheapest first."""
    version = ".".join(map(str, sys.version_info[:3]))
    yield Result("Python", sys.version_info >= (3, 11), version, "install Python 3.11 or newer")
    yield _pango()
    yield _fonts()
    for name, package, why in (
        ("chromium", "chromium", "the browser tests"),
        ("zbarimg", "zbar-tools", "a second decoder in the tests"),
        ("pdffonts", "poppler-utils", "the tests of placards"),
        ("java", "default-jre-headless", "the HTML checker in the tests"),
    ):
        path = shutil.which(name)
        yield Result(
            name, path is not None, path or f"only for {why}", f"apt-get install {package}", needed=False
        )


def _pango() -> Result:
    mend = "apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 (macOS: brew install pango)"
    try:
        import weasyprint
    except (ImportError, OSError) as error:
        return Result("Pango", False, str(error).splitlines()[0], mend)
    return Result("Pango", True, f"found by WeasyPrint {weasyprint.__version__}", mend)


def _fonts() -> Result:
    mend = "apt-get install fonts-noto-core fontconfig"
    program = shutil.which("fc-match")
    if not program:
        return Result("Noto Sans", False, "fc-match is missing, so fonts cannot be looked up", mend)
    done = subprocess.run(  # noqa: S603 - fixed words, no shell
        [program, "-f", "%{family}", "Noto Sans"], capture_output=True, text=True, check=False
    )
    family = done.stdout.strip()
    return Result("Noto Sans", family.startswith("Noto Sans"), family or "not found", mend)
