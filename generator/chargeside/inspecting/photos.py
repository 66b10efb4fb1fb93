"""Photos from the field, opened with care: they come from anybody's phone, and are not trusted.

What a photo is, its content says and not its name. It is measured by its header before anything is unpacked.
"""

from __future__ import annotations

import datetime as dt
import math
import os
import struct
import warnings
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from PIL import ExifTags, Image, ImageFile, ImageOps

from chargeside.i18n import N_
from chargeside.inspecting.verdicts import Words
from chargeside.model.place import Place

MOST_BYTES = 60_000_000
MOST_PIXELS = 100_000_000
_FORMATS = ("JPEG", "PNG", "WEBP")
_HEIF = "HEIF"
_HEIF_BRANDS = frozenset((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"))
_SUFFIXES = frozenset((".jpg", ".jpeg", ".jpe", ".png", ".webp", ".heic", ".heif", ".hif"))
_DAMAGE = (
    OSError, ValueError, SyntaxError, EOFError, ArithmeticError, LookupError, TypeError, AttributeError, RuntimeError,
    AssertionError, MemoryError, struct.error, zlib.error,
)  # fmt: skip
"""What decoders raise on damaged files. A photo that raises one of them is none, and the others go on."""


class NotAPhotoError(Exception):
    """A file that cannot be looked at. `words` say why."""

    def __init__(self, message: str, **values: str) -> None:
        super().__init__(message)
        self.words = Words.of(message, **values)


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo, upright. `taken`: the day by the camera's clock, None where it does not say; `place`: where the camera was."""

    image: Image.Image
    taken: dt.date | None
    place: Place | None


@dataclass(frozen=True, slots=True)
class Found:
    """Files to be looked at, in order, with the names to show them by; and how many in folders are no photos by name nor content."""

    files: tuple[tuple[Path, str], ...]
    passed_over: int


def find_photos(paths: Sequence[Path]) -> Found:
    """All files that are named, and those in folders that are named, at any depth, sorted. Links in folders are not followed.

    Names begin with the folder that was named, or that the file lies in, since its name may say which charger it is.
    """
    files: dict[Path, str] = {}
    passed_over = 0
    for path in paths:
        if not path.is_dir():
            files.setdefault(path, "/".join(filter(None, (path.parent.name, path.name))))
            continue
        for file in _walk(path):
            if file.suffix.lower() in _SUFFIXES or _kind(file):
                files.setdefault(file, file.relative_to(path.parent).as_posix())
            else:
                passed_over += 1
    return Found(tuple(files.items()), passed_over)


def _walk(folder: Path) -> Iterator[Path]:
    for root, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(root, name)
            if not name.startswith(".") and not path.is_symlink():
                yield path


def _kind(path: Path) -> str:
    """Which kind of picture the first bytes of a file promise; empty for none that is read."""
    try:
        if not path.is_file():  # reading a pipe would wait for ever
            return ""
        with path.open("rb") as file:
            head = file.read(32)
    except OSError:
        return ""
    if head.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "WEBP"
    return _HEIF if head[4:8] == b"ftyp" and head[8:12] in _HEIF_BRANDS else ""


def open_photo(path: Path) -> Photo:
    """The photo, upright, in colour, with nothing of its metadata but day and place. Raises NotAPhotoError."""
    kind = _kind(path)
    _check_file(path, kind)
    formats = _formats(kind)
    try:
        with _strict(), Image.open(path, formats=formats) as given:
            if given.width * given.height > MOST_PIXELS:
                raise _too_many(f"{given.width} × {given.height}")
            exif = given.getexif()
            taken, place = _taken(exif), _place(exif)
            return Photo(_plain(given), taken, place)
    except Image.DecompressionBombError as error:
        raise _too_many("") from error
    except _DAMAGE as error:
        raise NotAPhotoError(N_("The file is damaged or cut short.")) from error


@contextmanager
def _strict() -> Iterator[None]:
    """No warnings, and nothing made of half a file: WeasyPrint lets Pillow do so in the whole process."""
    lenient = ImageFile.LOAD_TRUNCATED_IMAGES
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        with warnings.catch_warnings(action="ignore"):
            yield
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = lenient


def _check_file(path: Path, kind: str) -> None:
    try:
        if not path.is_file():
            raise NotAPhotoError(N_("There is no such file."))
        size = path.stat().st_size
        with path.open("rb"):
            pass
    except OSError as error:
        raise NotAPhotoError(N_("The file cannot be read.")) from error
    if size > MOST_BYTES:
        raise NotAPhotoError(N_("The file is larger than {size} MB."), size=str(MOST_BYTES // 1_000_000))
    if not kind:
        raise NotAPhotoError(N_("What is in the file is no JPEG, PNG, WebP or HEIC picture."))


def _too_many(pixels: str) -> NotAPhotoError:
    if pixels:
        return NotAPhotoError(N_("The picture is too large: {pixels} pixels."), pixels=pixels)
    return NotAPhotoError(N_("The picture is too large."))


def _formats(kind: str) -> tuple[str, ...]:
    if kind != _HEIF:
        return _FORMATS
    if find_spec("pillow_heif") is None:
        mend = 'pip install "chargeside[inspect]"'
        raise NotAPhotoError(N_("Photos of this kind (HEIC) need one more package: {command}"), command=mend)
    from pillow_heif import register_heif_opener

    register_heif_opener(thumbnails=False)
    return (_HEIF,)


def _plain(given: Image.Image) -> Image.Image:
    """Upright, in colour, what can be seen through on white, and without a word about whose it is. In place: photos are large."""
    given.load()
    ImageOps.exif_transpose(given, in_place=True)
    if given.mode in ("RGBA", "LA", "PA") or "transparency" in given.info:
        clear = given.convert("RGBA")
        given = Image.new("RGB", clear.size, "white")
        given.paste(clear, mask=clear.getchannel("A"))
    elif given.mode != "RGB":
        given = given.convert("RGB")
    given.info.clear()
    return given


def _taken(exif: Image.Exif) -> dt.date | None:
    try:
        text = exif.get_ifd(ExifTags.IFD.Exif).get(ExifTags.Base.DateTimeOriginal) or ""
        return dt.datetime.strptime(str(text).strip("\0 ")[:10], "%Y:%m:%d").date()  # noqa: DTZ007 - a camera's clock has no zone
    except _DAMAGE:
        return None


def _place(exif: Image.Exif) -> Place | None:
    try:
        gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
        latitude = _degrees(gps[ExifTags.GPS.GPSLatitude], str(gps[ExifTags.GPS.GPSLatitudeRef]), "S")
        longitude = _degrees(gps[ExifTags.GPS.GPSLongitude], str(gps[ExifTags.GPS.GPSLongitudeRef]), "W")
    except _DAMAGE:
        return None
    # Where there was no fix, cameras write zeros, or nonsense.
    usable = math.isfinite(latitude + longitude) and abs(latitude) <= 90 and abs(longitude) <= 180
    return (latitude, longitude) if usable and (latitude or longitude) else None


def _degrees(parts: Sequence[float], half: str, negative: str) -> float:
    degrees, minutes, seconds = (float(part) for part in parts)
    value = degrees + minutes / 60 + seconds / 3600
    return -value if half.strip("\0 ").upper() == negative else value
