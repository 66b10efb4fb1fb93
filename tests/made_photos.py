"""Photos of signs with a known truth: real placards, put through what happens to signs and to photos. Same number, same photo."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import zxingcpp
from PIL import Image, ImageDraw, ImageFilter

SIZE = 600, 800
"""Of a photo, in px: small, so that two hundred take seconds; phones make them thirty times as large."""
SITE = "https://help.example.org/"
FOREIGN = (
    "https://evil.test/pay",
    "https://help.example.org.evil.test/1717395/",
    "https://help.example.org@evil.test/1717395/",
    "https://help.examp1e.org/1717395/",
    "https://help.exarnple.org/1717395/",
    "https://hlep.example.org/1717395/",
    "https://help-example.org/1717395/",
    "https://xn--hlp-qdd.example.org/1717395/",
    "https://bit.ly/3xYzAbC",
    "http://help.example.org/1717395/",
    "https://help.example.org:8443/1717395/",
    "https://help.example.org/pay/",
    "https://help.example.org/1717396/",
    "https://help.example.com/1717395/",
    "https://203.0.113.7/1717395/",
    "WIFI:T:WPA;S:Charger;P:12345678;;",
    "tel:+44909879001",
    "evil.test/pay",
)
"""What a stranger may paste over a code of https://help.example.org/."""


MOST = {
    "straight": 20, "turned": 16, "blurred": 16, "noisy": 16, "glare": 16, "rain": 16, "covered": 14, "pasted-over": 24, "sticker": 18,
    "two-signs": 12, "of-another": 14, "former": 8, "no-code": 6, "dark": 4,
}  # fmt: skip
"""How many photos there are, by what was done to them."""
Shot = tuple[str, str, Image.Image]
"""The verdict that a photo should get, the code that its name says, and the photo."""


@dataclass(frozen=True)
class Made:
    """A photo and its truth: the verdict it should get."""

    name: str
    truth: str
    image: Image.Image


class Studio:
    """Makes the photos. `signs`: by code the placard as a picture, its code on the left below the number."""

    def __init__(self, signs: Mapping[str, Image.Image]) -> None:
        self.signs = dict(sorted(signs.items()))
        self.codes = tuple(self.signs)

    def of(self, kind: str) -> Iterator[Made]:
        """All photos to which this was done."""
        make = {
            "straight": self._straight, "turned": self._turned, "blurred": self._blurred, "noisy": self._noisy, "glare": self._in_glare,
            "rain": self._in_rain, "covered": self._partly_covered, "pasted-over": self._pasted_over, "sticker": self._sticker,
            "two-signs": self._two_signs, "of-another": self._of_another, "former": self._of_former_days, "no-code": self._bare_wall,
            "dark": self._dark,
        }[kind]  # fmt: skip
        first = list(MOST).index(kind) * 100
        for turn in range(MOST[kind]):
            truth, name, image = make(
                np.random.default_rng(first + turn), turn, self.codes[(first + turn) % len(self.codes)]
            )
            yield Made(f"{name} {kind} {turn}.jpg", truth, image)

    def _straight(self, dice: np.random.Generator, turn: int, code: str) -> Shot:
        return "right", code, self._scene(dice, self.signs[code])

    def _turned(self, dice: np.random.Generator, turn: int, code: str) -> Shot:
        image = self._scene(dice, self.signs[code], lean=0.22, angle=turn * 23)
        return "right", code, image

    def _blurred(self, dice: np.random.Generator, turn: int, code: str) -> Shot:
        image = self._scene(dice, self.signs[code]).filter(ImageFilter.GaussianBlur(0.6 + turn * 0.2))
        return "right", code, image

    def _noisy(self, dice: np.random.Generator, turn: int, code: str) -> Shot:
        return "right", code, _noise(self._scene(dice, self.signs[code]), dice, 12 + turn * 5)

    def _in_glare(self, dice: np.random.Generator, turn: int, code: str) -> Shot:
        return "right", code, _glare(self._scene(dice, self.signs[code]), dice, 0.6 + turn / 20)

    def _in_rain(self, dice: np.random.Generator, turn: int, code: str) -> Shot:
        image = _rain(self._scene(dice, self.signs[code]), dice, 80 + turn * 30)
        return "right", code, image

    def _partly_covered(self, dice: np.random.Generator, turn: int, code: str) -> Shot:
        sign = self.signs[code].copy()
        left, top, side = qr_box(sign)
        part = side * (0.12 + 0.03 * (turn % 7))
        x, y = left + dice.random() * (side - part), top + dice.random() * (side - part)
        colour = ("#b9b2a4", "#2c2c2c", "#f4f4f4")[turn % 3]
        ImageDraw.Draw(sign).ellipse((x, y, x + part, y + part), fill=colour)
        return "right", code, self._scene(dice, sign)

    def _pasted_over(self, dice: np.random.Generator, turn: int, code: str) -> Shot:
        sign = self.signs[code].copy()
        left, top, side = qr_box(sign)
        paste(sign, qr(FOREIGN[turn % len(FOREIGN)]), (left - side * 0.06, top - side * 0.06), side * 1.12)
        image = self._scene(dice, sign, lean=0.14)
        image = _noise(image, dice, 12) if turn % 2 else image.filter(ImageFilter.GaussianBlur(0.8))
        return "foreign", code, image

    def _sticker(self, dice: np.random.Generator, turn: int, code: str) -> Shot:
        """A foreign code smaller than ours: in its middle, on its edge, or on the free part of the sign."""
        sign = self.signs[code].copy()
        left, top, side = qr_box(sign)
        places = (
            (left + side * 0.29, top + side * 0.29),
            (left + side * 0.75, top + side * 0.4),
            (left + side * 1.5, top + side * 2.2),
        )
        paste(
            sign,
            qr(FOREIGN[turn % len(FOREIGN)], "L"),
            places[turn % 3],
            side * (0.42 if turn % 3 == 0 else 0.6),
        )
        return "foreign", code, self._scene(dice, sign)

    def _two_signs(self, dice: np.random.Generator, turn: int, code: str) -> Shot:
        """Two chargers in one photo: with a name that says which, or without."""
        other = self.codes[(self.codes.index(code) + 1) % len(self.codes)]
        both = Image.new("RGB", (self.signs[code].width * 2 + 60, self.signs[code].height), "#8b8f94")
        both.paste(self.signs[code], (0, 0))
        both.paste(self.signs[other], (self.signs[code].width + 60, 0))
        image = self._scene(dice, both, lean=0.05, size=(1060, 800))
        if turn % 2:
            return "unsure", "IMG", image
        return "other-station", code, image

    def _of_another(self, dice: np.random.Generator, turn: int, code: str) -> Shot:
        other = self.codes[(self.codes.index(code) + 1 + turn % 5) % len(self.codes)]
        return "other-station", code, self._scene(dice, self.signs[other])

    def _of_former_days(self, dice: np.random.Generator, turn: int, code: str) -> Shot:
        sign = self.signs[code].copy()
        left, top, side = qr_box(sign)
        paste(sign, qr(f"https://old.example.org/{code}/"), (left, top), side)
        return "outdated", code, self._scene(dice, sign)

    def _bare_wall(self, dice: np.random.Generator, turn: int, code: str) -> Shot:
        sign = self.signs[code].copy()
        left, top, side = qr_box(sign)
        ImageDraw.Draw(sign).rectangle((left - 4, top - 4, left + side + 4, top + side + 4), fill="white")
        return "none", code, self._scene(dice, sign)

    def _dark(self, dice: np.random.Generator, turn: int, code: str) -> Shot:
        image = self._scene(dice, self.signs[code]).point(lambda value: value // (3 + turn) + 6)
        return "right", code, _noise(image, dice, 4)

    def _scene(
        self,
        dice: np.random.Generator,
        sign: Image.Image,
        *,
        lean: float = 0.14,
        angle: float = 0,
        size: tuple[int, int] = SIZE,
    ) -> Image.Image:
        """A sign on a charger, seen from somewhere: corners away from where they belong by up to `lean` of its size."""
        width, height = size
        grains = dice.integers(80, 150, (height // 24, width // 24), dtype=np.uint8)
        ground = Image.fromarray(grains).resize(size, Image.Resampling.BICUBIC).convert("RGB")
        scale = min(width / sign.width, height / sign.height) * (0.72 if angle else 0.88)
        half = np.array((sign.width, sign.height)) * scale / 2
        turn = np.deg2rad(angle + dice.uniform(-6, 6))
        corners = (
            np.array(((-1, -1), (1, -1), (1, 1), (-1, 1)))
            * half
            * (1 + dice.uniform(-lean, lean / 4, (4, 2)))
        )
        turned = (
            corners @ np.array(((np.cos(turn), np.sin(turn)), (-np.sin(turn), np.cos(turn))))
            + np.array(size) / 2
        )
        return _in_perspective(sign, turned, ground)


def qr(text: str, level: str = "M") -> Image.Image:
    """A code with its white."""
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level=level)
    return Image.fromarray(np.array(code.to_image(scale=8, add_quiet_zones=True))).convert("RGB")


def qr_box(sign: Image.Image) -> tuple[float, float, float]:
    """Left, top and side of the code of a placard."""
    (found,) = zxingcpp.read_barcodes(sign, formats=zxingcpp.BarcodeFormat.QRCode)
    at = found.position
    return at.top_left.x, at.top_left.y, at.top_right.x - at.top_left.x


def paste(sign: Image.Image, code: Image.Image, at: tuple[float, float], side: float) -> None:
    """Put a code on a sign."""
    sign.paste(
        code.resize((round(side), round(side)), Image.Resampling.LANCZOS), (round(at[0]), round(at[1]))
    )


def _in_perspective(sign: Image.Image, corners: np.ndarray, ground: Image.Image) -> Image.Image:
    rows, values = [], []
    for (x, y), (u, v) in zip(
        corners, ((0, 0), (sign.width, 0), (sign.width, sign.height), (0, sign.height)), strict=True
    ):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        values += [u, v]
    matrix = tuple(np.linalg.solve(np.array(rows), np.array(values)))
    seen = sign.transform(ground.size, Image.Transform.PERSPECTIVE, matrix, Image.Resampling.BILINEAR)
    mask = Image.new("L", sign.size, 255).transform(
        ground.size, Image.Transform.PERSPECTIVE, matrix, Image.Resampling.BILINEAR
    )
    return Image.composite(seen, ground, mask)


def _noise(image: Image.Image, dice: np.random.Generator, strength: float) -> Image.Image:
    values = np.asarray(image, dtype=np.float32) + dice.normal(0, strength, (image.height, image.width, 1))
    return Image.fromarray(values.clip(0, 255).astype(np.uint8))


def _glare(image: Image.Image, dice: np.random.Generator, strength: float) -> Image.Image:
    """The sun in the laminate: a white spot that fades."""
    x, y = dice.uniform(0.1, 0.6) * image.width, dice.uniform(0.2, 0.6) * image.height
    rows, columns = np.mgrid[0 : image.height, 0 : image.width]
    away = np.hypot(columns - x, rows - y) / (0.22 * image.width)
    light = (strength * np.exp(-(away**2)))[..., None]
    values = np.asarray(image, dtype=np.float32)
    return Image.fromarray((values + (255 - values) * light.clip(0, 1)).clip(0, 255).astype(np.uint8))


def _rain(image: Image.Image, dice: np.random.Generator, drops: int) -> Image.Image:
    """Streaks across everything, and drops on the lens."""
    layer = Image.new("L", image.size, 0)
    draw = ImageDraw.Draw(layer)
    for _ in range(drops):
        x, y = dice.uniform(0, image.width), dice.uniform(0, image.height)
        draw.line(
            (x, y, x + dice.uniform(-6, 6), y + dice.uniform(20, 70)),
            fill=int(dice.integers(120, 250)),
            width=2,
        )
    for _ in range(drops // 12):
        x, y, radius = dice.uniform(0, image.width), dice.uniform(0, image.height), dice.uniform(4, 12)
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=150)
    return Image.composite(
        Image.new("RGB", image.size, "#dfe6ea"), image, layer.filter(ImageFilter.GaussianBlur(1.2))
    )
