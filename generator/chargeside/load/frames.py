"""In which frame the stations of a country lie: to doubt coordinates that lie in another country, never to refuse them."""

from __future__ import annotations

from collections.abc import Mapping

_Frame = tuple[float, float, float, float]

_FRAMES = """AD 42 43 1 2|AL 39 43 19 22|AT 46 50 9 18|BA 42 46 15 20|BE 49 52 2 7|BG 41 45 22 29|CH 45 48 5 11|CY 34 36 32 35
CZ 48 52 12 19|DE 47 56 5 16|DK 54 58 8 16|EE 57 60 21 29|FI 59 71 19 32|GB 49 61 -9 2|GI 36 37 -6 -5|GR 34 42 19 30
HR 42 47 13 20|HU 45 49 16 23|IE 51 56 -11 -5|IS 63 67 -25 -13|IT 35 48 6 19|LI 47 48 9 10|LT 53 57 20 27|LU 49 51 5 7
LV 55 59 20 29|MC 43 44 7 8|MD 45 49 26 31|ME 41 44 18 21|MK 40 43 20 24|MT 35 37 14 15|PL 48 55 14 25|RO 43 49 20 30
RS 42 47 18 24|SE 55 70 10 25|SI 45 47 13 17|SK 47 50 16 23|SM 43 44 12 13|TR 35 43 25 45|UA 44 53 22 41|XK 41 44 20 22
ES 35 44 -10 5|ES 27 30 -19 -13|PT 36 43 -10 -6|PT 32 34 -18 -16|PT 36 40 -32 -24|NO 57 72 4 32|NO 74 81 10 34
NL 50 54 3 8|NL 11 13 -71 -68|NL 17 19 -64 -62|FR 41 52 -6 10|FR 14 19 -64 -60|FR 2 6 -55 -51|FR -22 -20 55 56
FR -14 -12 44 46|FR 46 48 -57 -56|FR -23 -17 158 169|FR -28 -7 -155 -134|CA 41 84 -142 -52|US 24 50 -125 -66
US 51 72 -180 -129|US 51 54 172 180|US 18 23 -161 -154|US 17 19 -68 -64|US 13 21 144 147|US -15 -14 -171 -169"""
"""Country, southernmost and northernmost latitude, westernmost and easternmost longitude, in whole degrees outwards.

Countries that feeds come from most; others are not looked at. Islands far off have a frame of their own.
"""


def _by_country() -> Mapping[str, tuple[_Frame, ...]]:
    found: dict[str, tuple[_Frame, ...]] = {}
    for entry in _FRAMES.replace("\n", "|").split("|"):
        country, *numbers = entry.split()
        south, north, west, east = map(float, numbers)
        found[country] = (*found.get(country, ()), (south, north, west, east))
    return found


FRAMES = _by_country()


def is_abroad(country: str, latitude: float, longitude: float) -> bool:
    """Whether a place (degrees) lies outside of every frame of its country; False for countries without one."""
    frames = FRAMES.get(country, ())
    return bool(frames) and not any(
        south <= latitude <= north and west <= longitude <= east for south, north, west, east in frames
    )
