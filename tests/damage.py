"""Damages the picture of a code as light, lenses and years do: each harm alone, drawn from a seed, and no worse than it says."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter

from chargeside.render.placard import leaf_with
from chargeside.render.press import single
from signs import CASES, asked, one, picture_of, read_by_zbar, read_by_zxing

COVERED = 0.08
"""Share of a code's area that a sticker or a scratch may take, outside of the finder patterns."""
FINDER = 8
"""Modules of a finder pattern with the white line around it."""


@dataclass(frozen=True)
class Shot:
    """A code as a camera has it: in grey, with some of the sign around it. `left` and `top` of its dark modules, and the side of
    a module, in pixels."""

    url: str
    picture: Image.Image
    left: float
    top: float
    module: float
    modules: int


Damage = Callable[[Shot, random.Random], Image.Image]


def nothing(shot: Shot, chance: random.Random) -> Image.Image:
    """As printed."""
    return shot.picture


def blurred(shot: Shot, chance: random.Random) -> Image.Image:
    """Out of focus: a Gaussian blur, its standard deviation 0.2 to 0.4 modules."""
    return shot.picture.filter(ImageFilter.GaussianBlur(chance.uniform(0.2, 0.4) * shot.module))


def turned(shot: Shot, chance: random.Random) -> Image.Image:
    """Held askew: turned by 20 degrees to either side."""
    angle = chance.choice((-20.0, 20.0))
    return shot.picture.rotate(angle, Image.Resampling.BICUBIC, expand=True, fillcolor=128)


def askance(shot: Shot, chance: random.Random) -> Image.Image:
    """Seen from the side, from above or below: the far edge is 15 to 30 % shorter than the near one."""
    width, height = shot.picture.size
    far = chance.uniform(0.15, 0.3) / 2
    seen = [(0.0, 0.0), (0.0, 1.0), (1.0, 1.0), (1.0, 0.0)]
    edge, along = chance.choice((((0, 1), "y"), ((2, 3), "y"), ((0, 3), "x"), ((1, 2), "x")))
    for place in edge:
        x, y = seen[place]
        seen[place] = (x, abs(y - far)) if along == "y" else (abs(x - far), y)
    corners = [(x * width, y * height) for x, y in ((0, 0), (0, 1), (1, 1), (1, 0))]
    return shot.picture.transform(
        shot.picture.size,
        Image.Transform.PERSPECTIVE,
        _perspective(corners, [(x * width, y * height) for x, y in seen]),
        Image.Resampling.BICUBIC,
        fillcolor=128,
    )


def faint(shot: Shot, chance: random.Random) -> Image.Image:
    """Bleached, or at dusk: of the 255 steps between black and white 40 to 80 are left, somewhere in the middle."""
    span = chance.uniform(40, 80)
    dark = chance.uniform(20, 235 - span)
    return shot.picture.point(lambda value: round(dark + value / 255 * span))


def covered(shot: Shot, chance: random.Random) -> Image.Image:
    """A black or white square over 4 to 8 % of the code, anywhere but on the finder patterns."""
    side = (chance.uniform(COVERED / 2, COVERED) ** 0.5) * shot.modules
    while True:
        x, y = chance.uniform(0, shot.modules - side), chance.uniform(0, shot.modules - side)
        far = shot.modules - FINDER
        if not any(
            x < right and x + side > left and y < bottom and y + side > top
            for left, top, right, bottom in (
                (0, 0, FINDER, FINDER),
                (far, 0, shot.modules, FINDER),
                (0, far, FINDER, shot.modules),
            )
        ):
            break
    picture = shot.picture.copy()
    edges = [
        origin + shot.module * offset
        for origin, offset in ((shot.left, x), (shot.top, y), (shot.left, x + side), (shot.top, y + side))
    ]
    ImageDraw.Draw(picture).rectangle(edges, fill=chance.choice((0, 255)))
    return picture


DAMAGES: Mapping[str, Damage] = {
    "Nothing": nothing,
    "Blur": blurred,
    "Rotation": turned,
    "Perspective": askance,
    "Low contrast": faint,
    "Covered square": covered,
}


@dataclass(frozen=True)
class Score:
    """How many of `trials` pictures zxing-cpp read, zbar read, and one of them at least."""

    trials: int
    zxing: int
    zbar: int
    either: int


def score(damage: Damage, shots: Sequence[Shot], trials: int, seed: str, *, both: bool) -> Score:
    """Damages the shots in turn and reads them. `both`: zbar reads all of them too, not only what zxing-cpp did not."""
    chance = random.Random(seed)
    pictures = [
        (shot.url, damage(shot, chance)) for _, shot in zip(range(trials), _round(shots), strict=False)
    ]
    zxing = [read_by_zxing(picture) == [url] for url, picture in pictures]
    asked = [place for place in range(trials) if both or not zxing[place]]
    zbar = dict(zip(asked, _zbar([pictures[place] for place in asked]), strict=True))
    either = sum(zxing[place] or zbar.get(place, False) for place in range(trials))
    return Score(trials, sum(zxing), sum(zbar.values()), either)


def _round(shots: Sequence[Shot]) -> Iterator[Shot]:
    while True:
        yield from shots


def _zbar(pictures: Sequence[tuple[str, Image.Image]]) -> list[bool]:
    if not pictures:
        return []
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / f"{place:04}.png" for place in range(len(pictures))]
        for path, (_, picture) in zip(paths, pictures, strict=True):
            picture.save(path)
        read = read_by_zbar(paths)
    return [found == [url] for found, (url, _) in zip(read, pictures, strict=True)]


def _perspective(drawn: Sequence[tuple[float, float]], seen: Sequence[tuple[float, float]]) -> list[float]:
    """The eight coefficients with which Pillow finds, for what is `seen` at these corners, where it is `drawn`."""
    rows: list[list[float]] = []
    for (u, v), (x, y) in zip(drawn, seen, strict=True):
        rows.append([x, y, 1, 0, 0, 0, -u * x, -u * y, u])
        rows.append([0, 0, 0, x, y, 1, -v * x, -v * y, v])
    return _solved(rows)


def _solved(rows: list[list[float]]) -> list[float]:
    """Solves linear equations by elimination; the last number of each row is its right side."""
    count = len(rows)
    for column in range(count):
        best = max(range(column, count), key=lambda row: abs(rows[row][column]))
        rows[column], rows[best] = rows[best], rows[column]
        head = rows[column]
        for row in range(count):
            if row != column:
                factor = rows[row][column] / head[column]
                rows[row] = [value - factor * above for value, above in zip(rows[row], head, strict=True)]
    return [rows[place][count] / rows[place][place] for place in range(count)]


# ── codes to damage ────────────────────────────────────────────────────────────────────────────────────────────────

DPI = 150
"""Resolution of the pictures: that of a phone's camera (12 megapixels) at about half a metre."""

SHOTS = (
    ("two sides", "classic", "A5"),
    ("no number", "classic", "A6"),
    ("EVSE ID as number", "classic", "A5"),
    ("two sides", "label", "100x100"),
    ("no number", "strip", "210x74"),
    ("two sides", "tag", "180x112"),
)
"""Stations with the designs and sizes of signs whose codes are damaged: long addresses and short ones, large codes and small ones."""


def shots() -> tuple[Shot, ...]:
    """Codes cut out of finished signs, with a quarter of their side around them."""
    return tuple(shot(*which) for which in SHOTS)


def shot(name: str, design: str, size: str) -> Shot:
    """The code of a station's sign, as printed."""
    where, values = CASES[name]
    placard, shared = one(where, **values, placards=asked(design, size))
    drawn = leaf_with(placard, shared)
    printed, box = drawn.printed, drawn.wanted.code
    picture = picture_of(single(drawn.leaf), DPI).convert("L")
    pixels = DPI / 25.4
    around = (box.right - box.left) / 4
    left, top = max(box.left - around, 0.0), max(box.top - around, 0.0)
    edges = (left, top, box.right + around, box.bottom + around)
    quiet = printed.quiet_modules * printed.module_mm
    x, y = round(left * pixels), round(top * pixels)
    return Shot(
        placard.url,
        picture.crop(tuple(round(edge * pixels) for edge in edges)),  # type: ignore[arg-type]
        (box.left + quiet) * pixels - x,
        (box.top + quiet) * pixels - y,
        printed.module_mm * pixels,
        printed.symbol.modules,
    )
