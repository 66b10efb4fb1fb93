"""Shows what a change does to the demo operator's pages and signs, for the review of a pull request: `make preview BASE=main`.

Builds the demo at BASE and as it is now, and writes OUT/index.html with a picture of each changed page on a phone, before and
after, and of each changed sign. Pages are looked at without a network and without scripts.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

import pypdfium2
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
DEMO = "station_kits/demo"
DATE = "2000-01-01"
"""Printed on signs of both builds, so that the day makes no difference."""
MOST_PAGES, MOST_SIGNS = 24, 12
PHONE = {"width": 360, "height": 640}
_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;margin:1rem;max-width:60rem}figure{display:inline-block;margin:0 1rem 1rem 0;"
    "vertical-align:top}figcaption{font-weight:600}img{border:1px solid;max-width:28rem}code{overflow-wrap:anywhere}"
)


def build(checkout: Path, out: Path) -> None:
    """Build the demo of a checkout with the code that stands there."""
    code = f"import sys; sys.path.insert(0, {str(checkout / 'generator')!r}); from chargeside.cli import main; main()"
    words = ["build", str(checkout / DEMO), "--out", str(out), "--date", DATE]
    words += ["--only", "driver", "--only", "placards"]
    subprocess.run([sys.executable, "-P", "-c", code, *words], check=True, cwd=checkout)


def changed(before: Path, after: Path, pattern: str) -> Iterator[str]:
    """Paths, below both, of files that differ, are new or are gone."""
    names = {
        path.relative_to(root).as_posix()
        for root in (before, after)
        for path in root.glob(pattern)
        if path.is_file()
    }
    for name in sorted(names):
        old, new = before / name, after / name
        if not (old.is_file() and new.is_file() and old.read_bytes() == new.read_bytes()):
            yield name


def telling(pages: list[str]) -> list[str]:
    """Pages worth a picture: guides first, one of each kind, then stations."""
    kinds: dict[str, str] = {}
    for name in sorted(pages, key=lambda name: ("/g/en/" not in name, name.count("/"), name)):
        parts = name.split("/")
        kinds.setdefault("/".join(parts[:4]) if parts[1] == "g" else parts[1], name)
    return list(kinds.values())[:MOST_PAGES]


def page_picture(browser: Any, path: Path, picture: Path) -> bool:
    """A page on a phone, whole; nothing where there is none."""
    if not path.is_file():
        return False
    context = browser.new_context(viewport=PHONE, java_script_enabled=False, offline=True)
    page = context.new_page()
    page.set_content(path.read_text(encoding="utf-8"))
    page.screenshot(path=str(picture), full_page=True)
    context.close()
    return True


def sign_picture(path: Path, picture: Path) -> bool:
    """The first page of a sign; nothing where there is none."""
    if not path.is_file():
        return False
    document = pypdfium2.PdfDocument(path)
    document[0].render(scale=1.5).to_pil().save(picture)
    return True


def figures(name: str, number: int, before: bool, after: bool) -> str:
    """Both pictures of one file side by side."""
    there = (("before", before), ("after", after))
    shown = "".join(
        f'<figure><figcaption>{when}</figcaption><img src="{number}-{when}.png" alt="{escape(name)}, {when}"></figure>'
        if is_there
        else f"<figure><figcaption>{when}: not there</figcaption></figure>"
        for when, is_there in there
    )
    return f"<h3><code>{escape(name)}</code></h3>{shown}"


def preview(base: str, out: Path) -> dict[str, int]:
    """Write OUT/index.html and its pictures; gives how many pages and signs changed."""
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        work, before, after = (Path(scratch) / name for name in ("base", "before", "after"))
        git = ["git", "-C", str(ROOT), "worktree"]
        subprocess.run([*git, "add", "--quiet", "--detach", str(work), base], check=True)
        try:
            build(work, before)
        finally:
            subprocess.run([*git, "remove", "--force", str(work)], check=True)
        build(ROOT, after)
        pages = list(changed(before, after, "site/**/*.html"))
        signs = list(changed(before, after, "placards/*.pdf"))
        parts = [f"<h2>{len(pages)} pages changed</h2>"]
        number = 0
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path="/usr/bin/chromium")
            for name in telling(pages):
                number += 1
                was = page_picture(browser, before / name, out / f"{number}-before.png")
                parts.append(
                    figures(
                        name, number, was, page_picture(browser, after / name, out / f"{number}-after.png")
                    )
                )
            browser.close()
        parts.append(f"<h2>{len(signs)} signs changed</h2>")
        for name in signs[:MOST_SIGNS]:
            number += 1
            was = sign_picture(before / name, out / f"{number}-before.png")
            parts.append(figures(name, number, was, sign_picture(after / name, out / f"{number}-after.png")))
    page = f'<!doctype html><html lang="en"><meta charset="utf-8"><title>What changes</title><style>{_STYLE}</style>'
    (out / "index.html").write_text(page + "".join(parts), encoding="utf-8")
    return {"pages": len(pages), "signs": len(signs), "pictures": number}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("base", help="commit or branch to compare with")
    parser.add_argument("out", type=Path, help="folder to write to")
    asked = parser.parse_args()
    if asked.base.startswith("-"):
        parser.error("a branch does not begin with a hyphen")
    print(json.dumps(preview(asked.base, asked.out)))
