"""A photo of hardware that kits.yml names: read, checked, and made anew, small and without metadata (a phone writes where it was)."""

from __future__ import annotations

import io
import warnings
from pathlib import Path

from PIL import Image, ImageOps

from chargeside.findings import Findings
from chargeside.load.source import is_file, leaves

MAX_SIDE = 720
"""Longest side of a photo on a page, in px: twice the width of a small phone."""
MAX_BYTES = 60_000
"""Largest photo on a page, in bytes: some three seconds on a slow line, and no page waits for it."""
_MAX_FILE_BYTES = 25_000_000
_MAX_PIXELS = 60_000_000
_QUALITIES = (75, 60, 45)
_FOLDERS = ("", "brands", "kits")


def load_photo(
    folder: Path, name: str, shown: str, line: int | None, findings: Findings
) -> tuple[bytes, int, int] | None:
    """JPEG, width and height in px of the photo `name` beside kits.yml, in brands/ or in kits/; None with a finding when it
    cannot be used. `shown` and `line`: where the name stands."""
    paths = [folder / inside / name for inside in _FOLDERS]
    if any(leaves(path, folder) for path in paths):
        mend = "put the file beside kits.yml, into brands/ or into kits/"
        findings.add("F109", shown, line, f'the photo "{name}" lies outside the operator\'s folder', mend)
        return None
    path = next((path for path in paths if is_file(path)), None)
    if path is None:
        mend = "put the file beside kits.yml, into brands/ or into kits/"
        findings.add("O203", shown, line, f'there is no photo "{name}"', mend)
        return None
    try:
        if path.stat().st_size > _MAX_FILE_BYTES:
            raise ValueError(f"it is larger than {_MAX_FILE_BYTES} bytes")
        return _made_anew(path.read_bytes())
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        mend = "save it as a PNG or JPEG of at most 25 MB"
        findings.add("O203", shown, line, f'the photo "{name}" cannot be used: {error}', mend)
        return None


def _made_anew(data: bytes) -> tuple[bytes, int, int]:
    with (
        warnings.catch_warnings(action="ignore"),
        Image.open(io.BytesIO(data), formats=("PNG", "JPEG")) as given,
    ):
        if given.width * given.height > _MAX_PIXELS:
            raise ValueError(f"it has {given.width} × {given.height} pixels")
        given.thumbnail(
            (2 * MAX_SIDE, 2 * MAX_SIDE)
        )  # first of all, so that nothing large is copied; a JPEG is read small
        upright = ImageOps.exif_transpose(given).convert("RGBA")
    upright.thumbnail((MAX_SIDE, MAX_SIDE))
    clean = Image.new("RGB", upright.size, "white")  # fresh pixels: nothing of the old file comes along
    clean.paste(upright, mask=upright.getchannel("A"))
    out = b""
    for quality in _QUALITIES:
        file = io.BytesIO()
        clean.save(file, "JPEG", quality=quality, optimize=True, progressive=True)
        out = file.getvalue()
        if len(out) <= MAX_BYTES:
            return out, clean.width, clean.height
    raise ValueError(f"even small it weighs {len(out)} bytes: it shows too much at once")
