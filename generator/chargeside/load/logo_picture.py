"""A logo in pixels: PNG, or JPEG in RGB, grey, or CMYK with its profile; made anew as a PNG without metadata."""

from __future__ import annotations

import io
import warnings
import zlib

from PIL import Image, ImageCms, ImageOps

MAX_SIDE = 1200
"""Longest side of a logo in pixels: 300 dpi on 100 mm, more than any sign has room for."""

_MAX_PIXELS = 4000 * 4000
_PNG, _JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"
_JPEG_SCAN, _JPEG_END = b"\xff\xda", b"\xff\xd9"


class UnusableError(Exception):
    """What is wrong with a logo, and the mend."""


def read_picture(data: bytes) -> Image.Image:
    """The picture in RGBA (sRGB), upright, at most `MAX_SIDE` pixels long.

    Raises UnusableError. Nothing is unpacked before the size in the header is known to be small enough.
    """
    if not (_is_whole_png(data) or _is_whole_jpeg(data)):
        raise UnusableError("is not a PNG, JPEG or SVG image, or is damaged", "save it as PNG or SVG")
    try:
        with (
            warnings.catch_warnings(action="ignore"),
            Image.open(io.BytesIO(data), formats=("PNG", "JPEG")) as image,
        ):
            if image.width * image.height > _MAX_PIXELS:
                message = f"has {image.width} × {image.height} pixels"
                raise UnusableError(message, "save it with at most 4000 × 4000")
            upright = _in_rgb(ImageOps.exif_transpose(image))
    except Image.DecompressionBombError:
        raise UnusableError("has far too many pixels", "save it with at most 4000 × 4000") from None
    except (OSError, ValueError, SyntaxError) as error:
        raise UnusableError(f"is damaged: {error}", "save it as PNG or SVG") from None
    upright.thumbnail((MAX_SIDE, MAX_SIDE))
    if upright.getchannel("A").getextrema()[1] == 0:
        raise UnusableError("is transparent all over", "save it with its shapes")
    return upright


def as_png(picture: Image.Image) -> bytes:
    """A fresh file: no metadata, no bytes behind the image."""
    out = io.BytesIO()
    clean = Image.frombytes("RGBA", picture.size, picture.tobytes())
    clean.save(out, "PNG", optimize=True)
    return out.getvalue()


def _in_rgb(image: Image.Image) -> Image.Image:
    if image.mode != "CMYK":
        return image.convert("RGBA")
    # What ink looks like is in the profile alone; a guess prints the brand in a wrong colour, and nobody sees why.
    mend = "save it as RGB: PNG, or better SVG"
    profile = image.info.get("icc_profile")
    if not profile:
        raise UnusableError("is in CMYK without a colour profile", mend)
    image.thumbnail((MAX_SIDE, MAX_SIDE))
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        converted = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):
        raise UnusableError("is in CMYK with a colour profile that cannot be used", mend) from None
    assert converted is not None, "only a conversion in place gives nothing back"
    converted.info.pop("icc_profile", None)
    return converted.convert("RGBA")


def _is_whole_png(data: bytes) -> bool:
    """Whether all chunks of a PNG are there and undamaged. Pillow would tell, unless another library told it not to."""
    place = 8
    while data.startswith(_PNG) and place + 12 <= len(data):
        length = int.from_bytes(data[place : place + 4])
        kind, end = data[place + 4 : place + 8], place + 8 + length
        if zlib.crc32(data[place + 4 : end]) != int.from_bytes(data[end : end + 4]):
            return False
        if kind == b"IEND":
            return True
        place = end + 4
    return False


def _is_whole_jpeg(data: bytes) -> bool:
    """Whether a JPEG ends: the mark of its end stands behind its last scan (a small preview has marks of its own before it)."""
    return data.startswith(_JPEG) and data.rfind(_JPEG_END) > data.rfind(_JPEG_SCAN) > 0
