"""Makes the pictures of the README and the docs from the demo operator's build: `make pictures`."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pypdfium2
from PIL import Image
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "images"
COLOURS = 64
"""Flat drawings keep their looks with few colours, and the files stay small."""


def save(image: Image.Image, name: str) -> None:
    """Write a PNG that is the same for the same picture."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    image.convert("RGB").quantize(COLOURS).save(PICTURES / f"{name}.png", optimize=True)
    print(PICTURES / f"{name}.png")


def main(out: Path) -> None:
    """`out`: output folder of a build of the demo operator."""
    code = min(path.name.split(".")[0] for path in (out / "placards/").glob("*.pdf"))
    placard = next((out / "placards/").glob(f"{code}.*.pdf"))
    document = pypdfium2.PdfDocument(placard)
    save(document[0].render(scale=120 / 72).to_pil(), "placard")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = browser.new_page(
            viewport={"width": 360, "height": 640}, device_scale_factor=2, java_script_enabled=False
        )
        page.goto((out / "site" / code / "index.html").as_uri())
        save(Image.open(io.BytesIO(page.screenshot())), "station-page")
        guide = next((out / "site/g/en/communication-error/").glob("*/index.html"))
        page.goto(guide.as_uri())
        save(Image.open(io.BytesIO(page.screenshot())), "guide")
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
