"""Contrast of colours, as WCAG 2.2 defines it (relative luminance, success criterion 1.4.3)."""

from __future__ import annotations


def luminance(colour: str) -> float:
    """Relative luminance, 0 to 1, of `#rrggbb`."""
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio, 1 to 21, of two colours `#rrggbb`."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def with_contrast(colour: str, ground: str, ratio: float = 7.0) -> str:
    """`colour`, moved towards black or white only as far as it takes to reach `ratio` on `ground`."""
    target = 0 if luminance(ground) > 0.18 else 255
    channels = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
    for step in range(101):
        mixed = "#" + "".join(f"{round(c + (target - c) * step / 100):02x}" for c in channels)
        if contrast(mixed, ground) >= ratio:
            return mixed
    return "#000000" if target == 0 else "#ffffff"
