"""Logos: pictures in any common form come out right or are named; and it is known on what ground they can be seen."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from chargeside.findings import Findings
from chargeside.load import logo_picture
from chargeside.load.logo import load_logo
from chargeside.model.network import Logo
from support import codes_of, found, line_of, operator_folder

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20">{}</svg>'
WHITE, BLACK, GREEN, YELLOW = "#ffffff", "#000000", "#0b5d4e", "#f2c705"


def load(folder: Path, name: str, data: bytes | str) -> tuple[Logo | None, Findings]:
    (folder / name).write_bytes(data.encode() if isinstance(data, str) else data)
    findings = Findings()
    return load_logo(folder, name, "op/operator.yml", 7, findings), findings


def good(folder: Path, name: str, data: bytes | str) -> Logo:
    logo, findings = load(folder, name, data)
    assert list(findings) == []
    assert logo
    return logo


def refused(folder: Path, name: str, data: bytes | str) -> str:
    """Message and mend of a logo that is not used."""
    logo, findings = load(folder, name, data)
    assert logo is None
    assert codes_of(findings) == ["O203"]
    (finding,) = findings
    assert (finding.path, finding.line) == ("op/operator.yml", 7)
    assert f'"{name}"' in finding.message
    return f"{finding.message} · {finding.mend}"


def picture(ground: str | None, *inks: str, size: tuple[int, int] = (300, 100)) -> Image.Image:
    """Broad bars of each ink, side by side, on a ground; None: on nothing."""
    image = Image.new("RGBA", size, ground or (0, 0, 0, 0))
    draw, width = ImageDraw.Draw(image), size[0] // (2 * len(inks) + 1)
    for number, ink in enumerate(inks):
        left = width * (2 * number + 1)
        draw.rectangle([left, size[1] // 5, left + width, size[1] * 4 // 5], fill=ink)
    return image


def saved(image: Image.Image, kind: str, **how: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **how)
    return out.getvalue()


def pixel(logo: Logo, x: int, y: int) -> tuple[int, ...]:
    image = Image.open(io.BytesIO(logo.data))
    assert image.mode == "RGBA"
    found_there = image.getpixel((x, y))
    assert isinstance(found_there, tuple)
    return found_there


def cmyk_profile() -> bytes:
    """The smallest colour profile for CMYK: whatever the ink, grey, as dark as there is ink of any kind."""
    nodes = [(c, m, y, k) for c in (0, 1) for m in (0, 1) for y in (0, 1) for k in (0, 1)]
    table = b"".join(bytes([round(255 * (1 - sum(node) / 4)), 128, 128]) for node in nodes)
    identity = struct.pack(">9i", *(65536 if at % 4 == 0 else 0 for at in range(9)))
    line = bytes(range(256))
    lut = b"mft1\0\0\0\0" + bytes([4, 3, 2, 0]) + identity + line * 4 + table + line * 3
    white = b"XYZ \0\0\0\0" + struct.pack(">3i", 63190, 65536, 54061)
    tags = [(b"A2B0", lut), (b"wtpt", white)]
    place, index, body = 128 + 4 + 12 * len(tags), struct.pack(">I", len(tags)), b""
    for name, data in tags:
        padded = data + bytes(-len(data) % 4)
        index += name + struct.pack(">II", place + len(body), len(data))
        body += padded
    head = struct.pack(
        ">I4sI4s4s4s12s4s",
        place + len(body),
        b"\0" * 4,
        0x02400000,
        b"prtr",
        b"CMYK",
        b"Lab ",
        b"\0" * 12,
        b"acsp",
    )
    return head.ljust(68, b"\0") + struct.pack(">3i", 63190, 65536, 54061) + bytes(48) + index + body


# ── Pictures ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("mode", ["RGB", "L"])
@pytest.mark.parametrize("how", [{}, {"progressive": True}, {"exif": b"Exif\0\0MM\0*\0\0\0\x08\0\0\0\0\0\0"}])
@pytest.mark.parametrize("name", ["logo.jpg", "logo.JPEG", "logo.png"])
def test_a_jpeg_is_taken_whatever_it_is_called(
    tmp_path: Path, name: str, mode: str, how: dict[str, Any]
) -> None:
    data = saved(picture(WHITE, BLACK).convert(mode), "JPEG", quality=95, **how)
    logo = good(tmp_path, name, data)
    assert (logo.media_type, logo.ratio, logo.tone) == ("image/png", 3.0, "dark")
    assert max(pixel(logo, 150, 50)[:3]) < 20
    assert min(pixel(logo, 5, 5)) > 235


def test_a_picture_that_was_taken_sideways_stands_upright(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned: show it a quarter turn clockwise
    image = picture(WHITE, BLACK).convert("RGB")
    logo = good(tmp_path, "logo.jpg", saved(image, "JPEG", exif=exif))
    assert logo.ratio == pytest.approx(1 / 3)


def test_cmyk_takes_its_colours_from_its_profile(tmp_path: Path) -> None:
    image = Image.new("CMYK", (60, 20), (255, 0, 0, 0))
    logo = good(tmp_path, "logo.jpg", saved(image, "JPEG", icc_profile=cmyk_profile(), quality=95))
    red, green, blue, alpha = pixel(logo, 30, 10)
    # Cyan to whoever guesses; grey at three quarters of the lightness (L* 75 is 185) by the profile.
    assert max(red, green, blue) - min(red, green, blue) <= 3
    assert green == pytest.approx(185, abs=4)
    assert alpha == 255
    assert b"iCCP" not in logo.data


@pytest.mark.parametrize(
    ("profile", "message"),
    [
        (b"", "without a colour profile"),
        (b"no profile at all" * 20, "profile that cannot be used"),
        (cmyk_profile()[:400], "profile that cannot be used"),
        (cmyk_profile().replace(b"CMYK", b"RGB "), "profile that cannot be used"),
    ],
    ids=["none", "not one", "cut short", "for RGB"],
)
def test_cmyk_without_a_usable_profile_is_not_guessed(tmp_path: Path, profile: bytes, message: str) -> None:
    image = Image.new("CMYK", (60, 20), (255, 0, 0, 0))
    words = refused(tmp_path, "logo.jpg", saved(image, "JPEG", icc_profile=profile))
    assert message in words
    assert "save it as RGB" in words


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def header_only(width: int, height: int) -> bytes:
    """A PNG that says it is so large, with nothing inside to unpack."""
    size = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", size) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


def huge_jpeg(width: int, height: int) -> bytes:
    data = bytearray(saved(Image.new("L", (16, 16)), "JPEG"))
    at = data.index(b"\xff\xc0") + 5
    data[at : at + 4] = struct.pack(">HH", height, width)
    return bytes(data)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (header_only(8000, 6250), "has 8000 × 6250 pixels"),
        (huge_jpeg(8000, 6250), "has 8000 × 6250 pixels"),
        (header_only(100_000, 100_000), "far too many pixels"),
        (huge_jpeg(65_000, 65_000), "far too many pixels"),
    ],
    ids=["50 megapixels", "50 megapixels of JPEG", "a bomb", "a bomb of JPEG"],
)
def test_a_picture_too_large_is_refused_by_its_header(
    tmp_path: Path, data: bytes, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unpack(image: Image.Image) -> Image.Image:
        pytest.fail("it was unpacked")

    monkeypatch.setattr(logo_picture, "_in_rgb", unpack)
    words = refused(tmp_path, "logo.png", data)
    assert message in words
    assert "at most 4000 × 4000" in words


def test_a_large_picture_is_made_as_small_as_print_allows(tmp_path: Path) -> None:
    logo = good(tmp_path, "logo.png", saved(picture(None, GREEN, size=(3600, 1200)), "PNG"))
    image = Image.open(io.BytesIO(logo.data))
    assert image.size == (1200, 400)
    assert pixel(logo, 600, 200) == (11, 93, 78, 255)
    assert pixel(logo, 5, 5)[3] == 0


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (saved(picture(WHITE, GREEN).convert("RGB"), "JPEG")[:-40], "damaged"),
        (saved(picture(WHITE, GREEN).convert("RGB"), "JPEG")[:30], "damaged"),
        (saved(picture(WHITE, GREEN), "WEBP"), "not a PNG, JPEG or SVG"),
        (saved(Image.new("RGBA", (20, 10)), "PNG"), "transparent all over"),
        (saved(Image.new("RGB", (900, 2)), "PNG"), "40 times"),
        (SVG.format("").replace("40 20", "1e-300 1e300"), "40 times"),
        (SVG.format("").replace("40 20", "1e999 1e999"), "40 times"),
    ],
    ids=["JPEG cut short", "JPEG cut early", "WebP", "nothing to see", "a line", "a line in SVG", "no ratio"],
)
def test_a_picture_that_is_no_logo_is_refused(tmp_path: Path, data: bytes | str, message: str) -> None:
    assert message in refused(tmp_path, "logo.svg" if isinstance(data, str) else "logo.jpg", data)


JPEGS = [
    saved(picture(WHITE, GREEN).convert("RGB"), "JPEG"),
    saved(Image.new("CMYK", (60, 20)), "JPEG", icc_profile=cmyk_profile()),
]


@given(st.data())
@settings(max_examples=60)
def test_a_damaged_jpeg_never_raises(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    whole = data.draw(st.sampled_from(JPEGS))
    at = data.draw(st.integers(0, len(whole)))
    bad = whole[:at] + data.draw(st.binary(max_size=6)) + whole[at + data.draw(st.integers(0, 6)) :]
    logo, findings = load(tmp_path_factory.mktemp("logo"), "logo.jpg", bad)
    assert (logo is None) == bool(findings.errors)


# ── On what ground ───────────────────────────────────────────────────────────────────────────────────────────────────

TONES = [
    # ground (None: transparent), inks, tone
    (None, [WHITE], "light"),
    (None, [YELLOW, WHITE], "light"),
    (None, [GREEN], "dark"),
    (None, [BLACK, GREEN], "dark"),
    (None, [WHITE, GREEN], "mixed"),
    (WHITE, [GREEN], "dark"),  # it brings its white along
    (WHITE, [GREEN, YELLOW], "mixed"),
    (WHITE, [YELLOW], "light"),
    (WHITE, [WHITE], "light"),
    (GREEN, [GREEN], "dark"),
    (GREEN, [WHITE], "mixed"),  # a white word in a green box is seen on white
]


@pytest.mark.parametrize(
    ("kind", "ground", "inks", "tone"),
    [(kind, *row) for kind in ("PNG", "JPEG") for row in TONES if kind == "PNG" or row[0]],
)
def test_the_tone_of_a_picture_is_that_of_its_ink(
    tmp_path: Path, kind: str, ground: str | None, inks: list[str], tone: str
) -> None:
    image = picture(ground, *inks).convert("RGBA" if kind == "PNG" else "RGB")
    assert good(tmp_path, "logo.png", saved(image, kind)).tone == tone


GRADIENT = '<defs><linearGradient id="g"><stop offset="0" stop-color="{}"/><stop offset="1" stop-color="{}"/></linearGradient></defs>'
DRAWINGS = [
    pytest.param('<path d="M0 0h9v9z"/>', "dark", id="black unless it says otherwise"),
    pytest.param('<path d="M0 0h9v9z" fill="#fff"/>', "light", id="white"),
    pytest.param('<g fill="white"><path d="M0 0h9v9z"/><circle r="3"/></g>', "light", id="from the group"),
    pytest.param('<g fill="white"><circle r="3" fill="navy"/></g>', "dark", id="its own first"),
    pytest.param('<path d="M0 0h9" fill="none" stroke="#fffde0"/>', "light", id="a line"),
    pytest.param(
        '<rect fill="#0b5d4e"/><path fill="#fff" d="M0 0h9v9z"/>', "mixed", id="light in a dark box"
    ),
    pytest.param(
        '<rect fill="#000" fill-opacity="0"/><path fill="#fff" d="M0 0h9v9z"/>', "light", id="a clear box"
    ),
    pytest.param('<g opacity="0"><rect/></g><circle fill="hsl(50, 90%, 60%)"/>', "light", id="a clear group"),
    pytest.param(GRADIENT.format("#fff", "#f2c705") + '<rect fill="url(#g)"/>', "light", id="light gradient"),
    pytest.param(
        GRADIENT.format("#fff", "#000") + '<rect fill="url(#g)"/>', "mixed", id="both in a gradient"
    ),
    pytest.param(
        '<clipPath id="c"><rect fill="#000"/></clipPath><rect fill="rgb(255, 255, 240)"/>', "light", id="clip"
    ),
    pytest.param('<rect fill="Fantasy"/>', "mixed", id="no colour"),
    pytest.param('<rect fill="rgb(999, 999, 999)"/>', "light", id="more than white"),
    pytest.param("<title>nothing</title>", "mixed", id="nothing"),
]


@pytest.mark.parametrize(("shapes", "tone"), DRAWINGS)
def test_the_tone_of_a_drawing_is_that_of_its_paints(tmp_path: Path, shapes: str, tone: str) -> None:
    logo = good(tmp_path, "logo.svg", SVG.format(shapes))
    assert (logo.tone, logo.ratio) == (tone, 2.0)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("logo.png", saved(picture(None, WHITE), "PNG")),
        ("logo.svg", SVG.format('<circle r="5" fill="#fff"/>')),
    ],
    ids=["PNG", "SVG"],
)
def test_a_logo_that_vanishes_on_a_white_sign_is_warned_of(
    tmp_path: Path, name: str, data: bytes | str
) -> None:
    folder = operator_folder(tmp_path)
    folder.write(name, data)
    folder.edit("operator.yml", "station_is:", f"brand: {{logo: {name}}}\nstation_is:")
    finding = found(folder.check(), "P741")
    assert finding.line == line_of(folder.text("operator.yml"), name)
    assert name in finding.message
    folder.write(name, saved(picture(None, GREEN), "PNG") if name == "logo.png" else SVG.format("<rect/>"))
    assert list(folder.check()) == []
