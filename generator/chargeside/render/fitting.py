"""Fitting sheets as PDF (A4), with small pictures of the signs.

In the pictures the codes are coarse squares: who scans the sheet instead of the sign on the wall learns nothing of the sign.
"""

from __future__ import annotations

import base64
import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import pypdfium2
import weasyprint
import zxingcpp
from jinja2 import Environment
from PIL import Image
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher

from chargeside.i18n import day, is_right_to_left, translator
from chargeside.plan.fitting import FittingSheet, SignToHang, Stop
from chargeside.render.html import environment, package_text, trusted

_BOX_MM = (28.0, 36.0)
"""Room for the picture of a sign."""
_DPI = 220
_FINER = 4
"""Times finer that a sign is drawn to find its code."""
_SQUARES = 11
"""Squares to a side that stand for a code."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A sign drawn small: address of the image, and its size on the sheet in mm."""

    src: str
    width_mm: float
    height_mm: float


def picture(pdf: bytes) -> Picture:
    """The first page of a sign's PDF, small, its codes unreadable."""
    with pypdfium2.PdfDocument(pdf) as document:
        page = document[0]
        width, height = page.get_size()
        scale = min(_BOX_MM[0] / width, _BOX_MM[1] / height)  # mm for a point
        fine: Image.Image = page.render(scale=scale * _DPI / 25.4 * _FINER).to_pil().convert("RGB")
    for found in zxingcpp.read_barcodes(fine):
        at = found.position
        corners = (at.top_left, at.top_right, at.bottom_right, at.bottom_left)
        box = (
            min(corner.x for corner in corners), min(corner.y for corner in corners),
            max(corner.x for corner in corners), max(corner.y for corner in corners),
        )  # fmt: skip
        code = fine.crop(box)
        coarse = code.resize((_SQUARES, _SQUARES), Image.Resampling.BOX)
        fine.paste(coarse.resize(code.size, Image.Resampling.NEAREST), box[:2])
    small = fine.resize((fine.width // _FINER, fine.height // _FINER), Image.Resampling.LANCZOS)
    file = io.BytesIO()
    small.save(file, "PNG", optimize=True)
    return Picture(_address("image/png", file.getvalue()), round(width * scale, 2), round(height * scale, 2))


def fitting_pdf(sheet: FittingSheet, pictures: Mapping[str, Picture]) -> bytes:
    """The sheet of a site. `pictures`: of its signs, by path. Same input, same bytes."""
    _ = translator(sheet.lang)
    html = (
        _environment()
        .get_template("fitting.html")
        .render(
            _=_,
            _n=_.many,
            sheet=sheet,
            site=sheet.name or _("Signs without a charger"),
            rtl=is_right_to_left(sheet.lang),
            style=trusted(package_text("style/fitting.css")),
            rules=_rules(sheet, _),
            ticks=lambda sign: _ticks(sign, sheet, _),
            sides={"left": _("left"), "right": _("right"), "centre": _("centre")},
            day=lambda iso: day(iso, sheet.lang),
            photo=_photo,
            pictures=pictures,
        )
    )
    source = weasyprint.HTML(string=html, url_fetcher=_fetcher())
    identifier = hashlib.blake2b(html.encode(), digest_size=16).digest()
    pdf: bytes = source.render(font_config=_fonts()).write_pdf(pdf_identifier=identifier)
    return pdf


def _rules(sheet: FittingSheet, _: Any) -> tuple[str, str, str, str]:
    """What to do at each sign, and what when it is wrong."""
    if sheet.is_open:
        return (
            _("Hang each sign at a charger that has none."),
            _("Write down here which charger that is: its number and its site."),
            _("Scan it now: the page must show the code of the sign."),
            _("Give this sheet to your office. Until they enter the charger, the page knows nothing of it."),
        )
    return (
        _("Find the charger by its number. The same number must stand on the sign."),
        _("Take the old sign away and hang the new one."),
        _("Scan it now: the page must show the same number."),
        _("Another number on the page? Take the sign down and tell your office."),
    )


def _ticks(sign: SignToHang, sheet: FittingSheet, _: Any) -> tuple[str, ...]:
    if sign.is_poster:
        return _("Hung"), _("Scanned: the page opens"), _("Old sign taken away")
    if sheet.is_open:
        return _("Hung"), _("Charger written down"), _("Scanned: the page shows this code")
    return (
        _("Number compared"),
        _("Hung"),
        _("Scanned: the page shows the same number"),
        _("Old sign taken away"),
    )


def _photo(stop: Stop) -> str:
    return _address("image/jpeg", stop.photo.data) if stop.photo else ""


def _address(kind: str, data: bytes) -> str:
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"


@cache
def _environment() -> Environment:
    return environment("signs")


@cache
def _fonts() -> FontConfiguration:
    return FontConfiguration()


@cache
def _fetcher() -> URLFetcher:
    """Reaches nothing: all that a sheet shows stands in its HTML."""
    return URLFetcher(allowed_protocols=("data",), allow_redirects=False)
