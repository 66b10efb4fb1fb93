"""Makes the pictures of the README and the docs from the demo operator's build: `make pictures`."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pypdfium2
from PIL import Image
from playwright.sync_api import sync_playwright
from sign_pictures import sign_pictures

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "images"
DEMO = ROOT / "station_kits" / "demo"
COLOURS = 64
"""Flat drawings keep their looks with few colours, and the files stay small."""
SIGN_COLOURS = 24
PHONE = {"width": 360, "height": 640}
GAP = 24
"""Pixels between the screens of a journey, at twice the size of a phone's own."""
NUMBER = "2A"
"""Stands on the demo charger that the journeys are about: two sides, a screen, all ways to pay."""

Step = str | Callable[[Any], None]
"""What a driver taps: a selector; or something else that is done with the page."""


def down(selector: str) -> Callable[[Any], None]:
    """Scrolls to a part of the page."""
    return lambda page: page.locator(selector).first.evaluate("e => e.scrollIntoView()")


JOURNEYS: Mapping[str, tuple[str, tuple[Step, ...]]] = {
    "journey-solved": ("", (".key[href='#cable-stuck']", "#cable-stuck a[href*='ok/']")),
    "journey-plug": ("", (down("#s-plugs"), "a[href*='/plugs/']")),
    "journey-pay": ("", (down("#s-pay"), "a[href*='/pay/']")),
    "journey-code": (
        "",
        ("a[href*='/codes/']", "main a[href*='communication-error']", "main a[href*='call/']"),
    ),
    "journey-speed": ("", (down("#s-speed"), "a[href*='/speed/']")),
    "journey-german": ("de/", ("a[href*='/all/']", "main a[href*='slow-charging']")),
}
"""By name of the picture: the language's folder, and what is tapped from the station's page on."""


def save(image: Image.Image, name: str, colours: int = COLOURS) -> None:
    """Write a PNG that is the same for the same picture."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    image.convert("RGB").quantize(colours).save(PICTURES / f"{name}.png", optimize=True)
    print(PICTURES / f"{name}.png")


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of the built site on this machine, as a web server would give it."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder))) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def screen(page: Any) -> Image.Image:
    """What the phone shows now."""
    page.wait_for_timeout(100)
    return Image.open(io.BytesIO(page.screenshot()))


def journey(page: Any, start: str, steps: tuple[Step, ...]) -> Image.Image:
    """The screens of a journey side by side."""
    page.goto(start)
    screens = [screen(page)]
    for step in steps:
        if isinstance(step, str):
            page.locator(step).first.click()
            page.wait_for_load_state()
        else:
            step(page)
        screens.append(screen(page))
    width, height = screens[0].size
    strip = Image.new("RGB", ((width + GAP) * len(screens) - GAP, height), "#ffffff")
    for number, one in enumerate(screens):
        strip.paste(one, (number * (width + GAP), 0))
    return strip.resize((strip.width * 2 // 3, strip.height * 2 // 3), Image.Resampling.LANCZOS)


def main(out: Path) -> None:
    """`out`: output folder of a build of the demo operator."""
    sign = min((out / "placards").glob("*.classic-A5.en.pdf"))
    save(pypdfium2.PdfDocument(sign)[0].render(scale=120 / 72).to_pil(), "placard")
    pages = sorted((out / "site").glob("[0-9]*/index.html"))
    code = next(page.parent.name for page in pages if f">{NUMBER}<" in page.read_text(encoding="utf-8"))
    with served(out / "site") as base, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        context = browser.new_context(viewport=PHONE, device_scale_factor=2, locale="en-GB")
        page = context.new_page()
        page.goto(f"{base}{code}/")
        save(screen(page), "station-page")
        guide = next((out / "site/g/en/communication-error").glob("*/index.html"))
        page.goto(f"{base}{guide.parent.relative_to(out / 'site')}/?s={code}")
        save(screen(page), "guide")
        for name, (folder, steps) in JOURNEYS.items():
            save(journey(page, f"{base}{code}/{folder}", steps), name)
        for name, picture in sign_pictures(DEMO, out, browser):
            save(picture, name, SIGN_COLOURS)
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
