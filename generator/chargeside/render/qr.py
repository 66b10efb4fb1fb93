"""QR codes as one SVG path, sized for print: level Q, a module never below the floor, a quiet zone always there."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from qrcode import QRCode
from qrcode.base import rs_blocks
from qrcode.constants import ERROR_CORRECT_Q
from qrcode.exceptions import DataOverflowError
from qrcode.util import MODE_8BIT_BYTE, QRData

from chargeside.errors import RenderError

FLOOR_MM = 0.8
"""Smallest module of a sign. At arm's length cameras read 0.4 mm; the rest is for rain, scratches and old phones."""

QUIET = 4
"""White modules around the code (ISO/IEC 18004)."""

STEP_MM = 0.01
"""Modules are multiples of this, so that figures in reports are short."""

_LARGEST_VERSION = 40


@dataclass(frozen=True, slots=True)
class Symbol:
    """A QR code: `modules` on each side, and `path`, the dark ones as SVG path data with one module as the unit."""

    url: str
    modules: int
    path: str


@dataclass(frozen=True, slots=True)
class Printed:
    """A symbol at its printed size: `module_mm` a module, `side_mm` the whole card with its quiet zone."""

    symbol: Symbol
    module_mm: float
    side_mm: float

    @property
    def code_mm(self) -> float:
        """Side of the code without its quiet zone, in mm."""
        return self.symbol.modules * self.module_mm

    @property
    def quiet_modules(self) -> float:
        """White modules on each side."""
        return (self.side_mm - self.code_mm) / 2 / self.module_mm

    def svg(self) -> str:
        """The card as an SVG element: black on white, one path, no soft edges."""
        side, offset = self.side_mm / self.module_mm, self.quiet_modules
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{self.side_mm:g}mm" height="{self.side_mm:g}mm"'
            f' viewBox="0 0 {side:.4f} {side:.4f}" shape-rendering="crispEdges">'
            f'<rect width="100%" height="100%" fill="#fff"/>'
            f'<path transform="translate({offset:.4f} {offset:.4f})" fill="#000" d="{self.symbol.path}"/></svg>'
        )


def encode(url: str) -> Symbol:
    """The smallest symbol of level Q for a URL.

    Raises ValueError when no version holds it, and for a scheme that is not lower-case `https`: the camera apps of common
    phones do not open `HTTPS://`.
    """
    if not url.startswith("https://"):
        raise ValueError(f'"{url}" does not start with https:// in lower case')
    code: QRCode[object] = QRCode(error_correction=ERROR_CORRECT_Q, border=0)
    code.add_data(QRData(url.encode(), mode=MODE_8BIT_BYTE), optimize=0)
    try:
        code.make(fit=True)
    except (DataOverflowError, ValueError) as error:
        raise ValueError("no QR code holds an address this long") from error
    return Symbol(url, code.modules_count, _path([[bool(cell) for cell in row] for row in code.modules]))


def fit(url: str, side_mm: float) -> Printed:
    """The code of a URL as large as a card of `side_mm` allows, with its quiet zone.

    Raises RenderError (P705) when its modules would be smaller than the floor.
    """
    try:
        symbol = encode(url)
    except ValueError as error:
        raise _too_long(url, side_mm, str(error)) from error
    steps = int(side_mm / (symbol.modules + 2 * QUIET) / STEP_MM + 1e-9)
    module_mm = round(steps * STEP_MM, 4)
    if module_mm < FLOOR_MM:
        would_be = side_mm / (symbol.modules + 2 * QUIET)
        raise _too_long(url, side_mm, f"its modules would be {would_be:.2f} mm and need {FLOOR_MM:g} mm")
    return Printed(symbol, module_mm, side_mm)


def longest_url(side_mm: float) -> int:
    """Bytes of the longest URL whose code fits on a card of `side_mm` at the smallest module; 0 when none does."""
    modules = int(side_mm / FLOOR_MM + 1e-9) - 2 * QUIET
    version = min((modules - 17) // 4, _LARGEST_VERSION)
    return _capacity(version) if version >= 1 else 0


def _too_long(url: str, side_mm: float, why: str) -> RenderError:
    longest = longest_url(side_mm)
    return RenderError(
        f'the code for "{url}" ({len(url.encode())} characters) does not fit: {why}',
        code="P705",
        mend=f"make site_url shorter by {len(url.encode()) - longest} of its characters: this sign carries {longest} with the code",
    )


@cache
def _capacity(version: int) -> int:
    """Bytes that a symbol of level Q holds in byte mode (ISO/IEC 18004: 4 bits mode, 8 or 16 bits count)."""
    data: int = sum(block.data_count for block in rs_blocks(version, ERROR_CORRECT_Q))
    return (8 * data - 4 - (8 if version < 10 else 16)) // 8


def _path(matrix: list[list[bool]]) -> str:
    """Dark modules as one path: a rectangle for each horizontal run, so that no module is drawn twice."""
    parts: list[str] = []
    for y, row in enumerate(matrix):
        x = 0
        while x < len(row):
            if not row[x]:
                x += 1
                continue
            end = row.index(False, x) if False in row[x:] else len(row)
            parts.append(f"M{x} {y}h{end - x}v1h{x - end}z")
            x = end
    return "".join(parts)
