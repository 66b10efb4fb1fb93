"""Pictures of signs for the docs: each design in each size, drawn to one scale, and the pages that come with them."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pypdfium2
from PIL import Image, ImageDraw, ImageFont

DAY = "2026-11-22"
CODE, HUB = "6843445", "6883402"
"""Chargers of the demo operator: one with sockets, one of four at its site, with two kinds of plug."""
THREE = "de-en-fr"
FINE = 3
"""Signs are drawn so many times larger and then made small: letters stay clear."""
GROUND, INK = "#d4d8db", "#111111"
MARGIN, LINE = 20, 16

Sign = tuple[str, str, str]
"""Design, size, languages as in the file's name."""


def _en(design: str, *sizes: str) -> list[Sign]:
    return [(design, size, "en") for size in sizes]


SHEETS: Mapping[str, tuple[float, Sequence[Sequence[Sign]]]] = {
    "sign-classic": (1.05, (_en("classic", "A4", "A5", "A6"), _en("classic", "Letter", "half-Letter"))),
    "sign-classic-languages": (2.2, ((("classic", "A5", "de-en"), ("classic", "A5", THREE)),)),
    "sign-label": (
        2.0,
        (_en("label", "120x120", "100x100", "90x90"), (("label", "100x100", THREE),)),
    ),
    "sign-strip": (2.1, (_en("strip", "297x105"), _en("strip", "210x74"), (("strip", "210x74", THREE),))),
    "sign-tag": (1.8, (_en("tag", "A5-landscape", "180x112"), _en("tag", "160x112"))),
    "sign-sheet": (0.85, (_en("sheet", "A3", "Tabloid"), _en("sheet", "A4", "Letter"))),
}
"""By name of the picture: pixels of a millimetre, and the signs in rows."""


def _run(*words: str | Path) -> None:
    """A command of Chargeside."""
    command = Path(sys.executable).with_name("chargeside")
    subprocess.run([command, *words, "--date", DAY], check=True)


def _operator(demo: Path, folder: Path, signs: Sequence[Sign]) -> Path:
    """A copy of the demo operator that wants these signs."""
    shutil.copytree(demo, folder)
    file = folder / "operator.yml"
    kept, found, _ = file.read_text(encoding="utf-8").partition("placards:\n")
    assert found, "operator.yml of the demo has placards: last"
    lines = [
        f"  - {{design: {design}, size: {size}, languages: [{', '.join(langs.split('-'))}]}}\n"
        for design, size, langs in signs
    ]
    file.write_text(kept + found + "".join(lines), encoding="utf-8")
    return folder


def _drawn(pdf: Path, pixels_per_mm: float) -> Image.Image:
    page = pypdfium2.PdfDocument(pdf)[0]
    fine: Image.Image = page.render(scale=pixels_per_mm * FINE * 25.4 / 72).to_pil()
    size = round(fine.width / FINE), round(fine.height / FINE)
    return fine.resize(size, Image.Resampling.LANCZOS)


def _sheet(rows: Sequence[Sequence[tuple[str, Image.Image]]]) -> Image.Image:
    """Signs in rows on grey, each with its caption below."""
    heights = [max(picture.height for _, picture in row) + LINE + MARGIN for row in rows]
    widths = [sum(picture.width + MARGIN for _, picture in row) for row in rows]
    sheet = Image.new("RGB", (max(widths) + MARGIN, sum(heights) + MARGIN), GROUND)
    draw, top = ImageDraw.Draw(sheet), MARGIN
    font = ImageFont.truetype("NotoSans-Regular.ttf", 12)
    for row, height in zip(rows, heights, strict=True):
        left, foot = MARGIN, top + height - MARGIN - LINE
        for caption, picture in row:
            sheet.paste(picture, (left, foot - picture.height))
            draw.text((left, foot + 2), caption, INK, font)
            left += picture.width + MARGIN
        top += height
    return sheet


def _caption(design: str, size: str, langs: str) -> str:
    size = re.sub(r"^([0-9]+)x([0-9]+)$", r"\1 × \2 mm", size)
    return f"{design} {size}" + (f", {langs.replace('-', ', ')}" if langs != "en" else "")


def _sign_sheets(demo: Path, work: Path) -> Iterator[tuple[str, Image.Image]]:
    for code, kinds in ((CODE, ("classic", "label", "strip")), (HUB, ("tag", "sheet"))):
        signs = [sign for _, rows in SHEETS.values() for row in rows for sign in row if sign[0] in kinds]
        _run("placards", _operator(demo, work / code, signs), "--out", work / f"{code}-out", "--code", code)

    def file(sign: Sign) -> Path:
        design, size, langs = sign
        return min(work.glob(f"*-out/placards/*.{design}-{size}.{langs}.pdf"))

    for name, (scale, rows) in SHEETS.items():
        yield name, _sheet([[(_caption(*sign), _drawn(file(sign), scale)) for sign in row] for row in rows])


def _lists(demo: Path, out: Path, work: Path, browser: Any) -> Iterator[tuple[str, Image.Image]]:
    """The proof, the list of signs to print again after the helpline got another number, and a fitting sheet."""
    yield "sign-proof", _screen(browser, out / "placards/proof.html", work, (1000, 1100))
    folder, made = work / "demo", work / "made"
    shutil.copytree(demo, folder)
    _run("placards", folder, "--out", made, "--record")
    file = folder / "operator.yml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("+44 808 157 0123", "+44 808 157 0456"), encoding="utf-8")
    _run("placards", folder, "--out", made, "--changed", "--fitting")
    yield "sign-reprint", _screen(browser, made / "reprint.html", work, (900, 620))
    sheet = max((made / "fitting").glob("*.pdf"), key=lambda path: path.stat().st_size)
    yield "sign-fitting", _sheet([[("", _drawn(sheet, 3))]])


def _screen(browser: Any, file: Path, work: Path, size: tuple[int, int]) -> Image.Image:
    page = browser.new_page(viewport={"width": size[0], "height": size[1]})
    page.goto(file.resolve().as_uri())
    page.screenshot(path=work / "screen.png")
    page.close()
    return Image.open(work / "screen.png").copy()


def sign_pictures(demo: Path, out: Path, browser: Any) -> Iterator[tuple[str, Image.Image]]:
    """Names and pictures. `demo`: folder of the demo operator; `out`: output folder of its build."""
    with TemporaryDirectory() as name:
        work = Path(name)
        yield from _sign_sheets(demo, work)
        yield from _lists(demo, out, work, browser)
