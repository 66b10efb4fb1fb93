"""QR codes sized for print: level H where it fits, else Q; a module never below the floor; a quiet zone always there."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache, lru_cache
from math import ceil
from typing import Literal

import zxingcpp

from chargeside.errors import RenderError
from chargeside.model.colour import contrast, luminance

Level = Literal["H", "Q"]
"""Error correction: about 30 % of a code can be lost at level H, 25 % at level Q."""

QUIET = 4
"""White modules around the code (ISO/IEC 18004)."""

DISTANCE_M = 0.8
"""From how far a sign is scanned unless its design says otherwise: at arm's length from the charger."""

INK_CONTRAST = 7.0
"""Contrast of the code with its ground. Readers manage with less, in good light and without scratches."""

STEP_MM = 0.01
"""Modules are multiples of this, so that figures in reports are short."""

_LEVELS: tuple[Level, ...] = ("H", "Q")
_MM_PER_M, _NEAREST_MM, _FARTHEST_MM = 1.0, 0.4, 1.0
_SCHEME = "https://"
_SHORTEST_SITE = len("a.de")
_ASCII = re.compile(r"[!-~]+")
_DARK = re.compile(rb"\x00+")
# What decides how many bits a character takes: whether it is a digit, in the alphanumeric set of ISO/IEC 18004, or neither.
_KINDS = str.maketrans(
    {
        **{chr(code): "a" for code in range(0x21, 0x7F)},
        **dict.fromkeys("0123456789", "0"),
        **dict.fromkeys("ABCDEFGHIJKLMNOPQRSTUVWXYZ$%*+-./:", "A"),
    }
)


@dataclass(frozen=True, slots=True)
class Symbol:
    """A QR code: `modules` on each side, and `cells`, a byte for each, row by row from the upper left corner: 0 is dark."""

    url: str
    version: int
    level: Level
    modules: int
    cells: bytes = field(repr=False)

    @property
    def runs(self) -> tuple[tuple[int, int, int], ...]:
        """The dark modules: (x, y, length) of each horizontal run, row by row, in modules. No module is in two runs."""
        return tuple(
            (dark.start() - y * self.modules, y, dark.end() - dark.start())
            for y in range(self.modules)
            for dark in _DARK.finditer(self.cells, y * self.modules, (y + 1) * self.modules)
        )

    @property
    def path(self) -> str:
        """The dark modules as SVG path data with one module as the unit."""
        return "".join(f"M{x} {y}h{length}v1h-{length}z" for x, y, length in self.runs)


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


@dataclass(frozen=True, slots=True)
class Gain:
    """What a shorter site_url would gain: `characters` fewer give a code of this version and level, with modules this large."""

    characters: int
    version: int
    level: Level
    module_mm: float

    @property
    def sentence(self) -> str:
        """For operators, in reports."""
        fewer = "1 character" if self.characters == 1 else f"{self.characters} characters"
        return (
            f"A site_url shorter by {fewer} would give modules of {self.module_mm:g} mm"
            f" (version {self.version}, level {self.level})."
        )


@dataclass(frozen=True, slots=True)
class CodePlan:
    """How a code is printed and how well it can be scanned.

    `quiet_mm`: white on each side. `scan_m`: from how far phones read it, ten times its side: industry practice, not in the
    standard. `floor_mm`: the smallest module for the sign's distance; `margin`: by which share of it the module is larger.
    """

    version: int
    level: Level
    module_mm: float
    code_mm: float
    quiet_modules: float
    quiet_mm: float
    scan_m: float
    floor_mm: float
    margin: float
    gain: Gain | None


def encode(url: str, level: Level = "H") -> Symbol:
    """The smallest symbol of a level for a URL.

    Raises ValueError when no version holds it; for a scheme that is not lower-case `https`, since the camera apps of common
    phones do not open `HTTPS://`; and for what is not printable ASCII, which each reader takes for something else.
    """
    _check(url)
    try:
        modules, cells = _matrix(url, level)
    except ValueError as error:
        raise ValueError("no QR code holds an address this long") from error
    return Symbol(url, (modules - 17) // 4, level, modules, cells)


def floor_mm(distance_m: float = DISTANCE_M) -> float:
    """The smallest module, in mm, of a code that is scanned from `distance_m`: 1 mm for each metre, at least the 0.4 mm that
    cameras read in the hand, at most the 1 mm that is asked of codes at one to two metres.
    """
    return round(min(max(_MM_PER_M * distance_m, _NEAREST_MM), _FARTHEST_MM), 4)


def fit(url: str, side_mm: float, distance_m: float = DISTANCE_M) -> Printed:
    """The code of a URL as large as a card of `side_mm` allows, with its quiet zone: of level H if its modules keep the floor of
    the distance, else of level Q.

    Raises RenderError (P705) when neither does, ValueError for an address that `encode` refuses at any length.
    """
    _check(url)
    chosen = _choose(_shape(url), side_mm, floor_mm(distance_m))
    if chosen is None:
        raise _too_long(url, side_mm, distance_m)
    version, level, module_mm = chosen
    symbol = encode(url, level)
    assert symbol.version == version, "two addresses of one shape take one version"
    return Printed(symbol, module_mm, side_mm)


def plan(url: str, side_mm: float, distance_m: float = DISTANCE_M) -> CodePlan:
    """How the code of a URL is printed on a card of `side_mm`, and what a shorter address would gain.

    Raises as `fit` does.
    """
    _check(url)
    planned = _planned(_shape(url), _site_length(url), side_mm, floor_mm(distance_m))
    if planned is None:
        raise _too_long(url, side_mm, distance_m)
    return planned


@lru_cache(maxsize=256)
def _planned(shape: str, site_length: int, side_mm: float, floor: float) -> CodePlan | None:
    """Addresses of one shape have one plan."""
    chosen = _choose(shape, side_mm, floor)
    if chosen is None:
        return None
    version, level, module_mm = chosen
    code_mm = (17 + 4 * version) * module_mm
    quiet_mm = (side_mm - code_mm) / 2
    return CodePlan(
        version,
        level,
        module_mm,
        round(code_mm, 2),
        round(quiet_mm / module_mm, 2),
        round(quiet_mm, 2),
        round(code_mm / 100, 2),  # mm × 10, in metres
        floor,
        round(module_mm / floor - 1, 3),
        _gain(shape, site_length, side_mm, floor),
    )


def check_ink(dark: str, light: str) -> None:
    """Raises RenderError (P740) when a code of the colour `dark` on the colour `light` (both `#rrggbb`) is light on dark, which
    many phones do not read, or of too little contrast.
    """
    what = f"a code in {dark} on {light}"
    mend = "print the code in black on white"
    if luminance(dark) >= luminance(light):
        raise RenderError(f"{what} is light on dark: many phones do not read it", code="P740", mend=mend)
    if (reached := contrast(dark, light)) < INK_CONTRAST:
        message = f"{what} has a contrast of {reached:.1f} and needs {INK_CONTRAST:g}"
        raise RenderError(message, code="P740", mend=mend)


def _check(url: str) -> None:
    if not url.startswith(_SCHEME):
        raise ValueError(f'"{url}" does not start with https:// in lower case')
    if not _ASCII.fullmatch(url):
        raise ValueError(f'"{url}" holds characters that an address has percent-encoded')


def _shape(url: str) -> str:
    """A URL with each character as one of its kind: addresses of one shape take symbols of one version."""
    return url.translate(_KINDS)


def _matrix(text: str, level: Level) -> tuple[int, bytes]:
    """Modules on each side of the smallest symbol, and a byte for each, row by row: 0 is dark. ValueError: too long."""
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level=level)
    picture = code.to_image(scale=1, add_quiet_zones=False)
    return int(picture.shape[0]), bytes(memoryview(picture))  # type: ignore[arg-type]  # its stub does not say it is a buffer


@cache
def _version(shape: str, level: Level) -> int | None:
    """Version of the smallest symbol for addresses of a shape; None when there is none."""
    try:
        return (_matrix(shape, level)[0] - 17) // 4
    except ValueError:
        return None


@cache
def _choose(shape: str, side_mm: float, floor: float) -> tuple[int, Level, float] | None:
    """Version, level and module in mm of the code that a card carries; None when no code keeps the floor."""
    for level in _LEVELS:
        version = _version(shape, level)
        if version is None:
            continue
        module_mm = _module_mm(version, side_mm)
        if module_mm >= floor:
            return version, level, module_mm
    return None


def _module_mm(version: int, side_mm: float) -> float:
    """The largest module, in steps, with which a symbol and its quiet zone stay on the card."""
    return round(int(side_mm / (17 + 4 * version + 2 * QUIET) / STEP_MM + 1e-9) * STEP_MM, 4)


def _site_length(url: str) -> int:
    """Characters of host and folder, between the scheme and the slash before the last part: what an operator can shorten."""
    return max(url.rstrip("/").rfind("/") - len(_SCHEME), 0)


def _shorter(shape: str, site_length: int, fewer: int) -> str:
    """The shape of an address whose host and folder have so many characters fewer, none of them a digit: the longest case."""
    return shape[: len(_SCHEME)] + "a" * (site_length - fewer) + shape[len(_SCHEME) + site_length :]


def _fewest(site_length: int, enough: Callable[[int], bool]) -> int | None:
    """How many characters fewer are the first to be enough; None when a short domain would not do either."""
    steps = range(1, site_length - _SHORTEST_SITE + 1)
    place = bisect_left(steps, True, key=enough)
    return steps[place] if place < len(steps) else None


@cache
def _gain(shape: str, site_length: int, side_mm: float, floor: float) -> Gain | None:
    def shorter(fewer: int) -> tuple[int, Level, float] | None:
        return _choose(_shorter(shape, site_length, fewer), side_mm, floor)

    def is_better(fewer: int) -> bool:
        return _rank(shorter(fewer)) < now

    now = _rank(_choose(shape, side_mm, floor))
    fewer = _fewest(site_length, is_better)
    chosen = shorter(fewer) if fewer else None
    return Gain(fewer, *chosen) if fewer and chosen else None


def _rank(chosen: tuple[int, Level, float] | None) -> tuple[int, int]:
    """For comparing choices: the better level first, then the smaller version; no choice comes last."""
    return (_LEVELS.index(chosen[1]), chosen[0]) if chosen else (len(_LEVELS), 0)


def _too_long(url: str, side_mm: float, distance_m: float) -> RenderError:
    """P705, with the module that would be and both mends: a shorter site_url, a larger code."""
    shape, floor, site_length = _shape(url), floor_mm(distance_m), _site_length(url)
    version = _version(shape, "Q")
    why, larger = "no QR code holds an address this long", ""
    if version is not None:
        why = f"its modules would be {_module_mm(version, side_mm):.2f} mm and need {floor:g} mm"
        larger = f"choose a sign whose code with its white is at least {_card_mm(version, floor):g} mm wide"
    fewer = _fewest(
        site_length, lambda k: _choose(_shorter(shape, site_length, k), side_mm, floor) is not None
    )
    shorter = f"make site_url shorter by {fewer} of its characters" if fewer else ""
    return RenderError(
        f'the code for "{url}" ({len(url)} characters) does not fit on {side_mm:g} mm: {why}',
        code="P705",
        mend=", or ".join(filter(None, (shorter, larger))) or "use a much shorter site_url",
    )


def _card_mm(version: int, floor: float) -> float:
    """The smallest card for a symbol, in whole mm."""
    return ceil((17 + 4 * version + 2 * QUIET) * floor - 1e-9)
