"""Every design, size and number of languages: two decoders of different make read its code, and nothing is small, clipped or on
something else; and damaged codes are read."""

from __future__ import annotations

import random
from functools import cache
from pathlib import Path

import pytest

from chargeside.errors import RenderError
from chargeside.findings import RULES
from damage import COVERED, DAMAGES, FINDER, Shot, covered, score, shots
from signs import (
    CASES,
    LANGUAGES,
    asked,
    case,
    designs,
    drawn_or_refused,
    each_case,
    first_five,
    fonts_of,
    one,
    page_of,
    picture_of,
    read_by_zbar,
    read_by_zxing,
    tool,
    well_set,
)

TRIALS = 60
NO_ROOM = {("tag", "160x112", 3)}
"""Design, size and number of languages for which there is no room: the sign is refused, with a mend."""

KINDS = [
    (design.name, size, langs, list(CASES)[(at + at // 3) % 3])
    for at, (design, size, langs) in enumerate(
        (design, size, langs)
        for design in designs().values()
        for size in design.file.sizes
        for langs in LANGUAGES
    )
]
"""Each design, size and number of languages, with one of three stations in turn."""


@pytest.mark.parametrize(("design", "size", "langs", "name"), KINDS)
def test_every_design_in_every_size_and_number_of_languages(
    design: str, size: str, langs: tuple[str, ...], name: str, tmp_path: Path
) -> None:
    where, values = CASES[name]
    placard, shared = one(where, **values, placards=asked(design, size, langs))
    sign = drawn_or_refused(placard, shared)
    if (design, size, len(langs)) in NO_ROOM:
        assert isinstance(sign, RenderError)
        assert sign.code in ("P701", "P709")
        assert sign.mend
        return
    assert not isinstance(sign, RenderError), (sign, sign.code)
    pictures = [picture_of(sign, dpi).convert("L") for dpi in (300, 150)]
    paths = [tmp_path / f"{number}.png" for number in range(len(pictures))]
    for picture, path in zip(pictures, paths, strict=True):
        picture.save(path, compress_level=1)
        assert read_by_zxing(picture) == [placard.url]
    assert read_by_zbar(paths) == [[placard.url], [placard.url]]
    size_mm = [points * 25.4 / 72 for points in page_of(sign).get_size()]
    assert size_mm == pytest.approx(list(designs()[design].file.sizes[size]), abs=0.1)
    assert set(fonts_of(sign, tmp_path)) == {"yes yes yes"}  # embedded, a subset, can be read back
    assert "No syntax or stream encoding errors" in tool(sign, tmp_path, "qpdf", "--check")
    assert all(code in RULES for code, _, _ in sign.warnings)
    well_set(placard, sign)
    if design in ("classic", "label", "strip"):
        first_five(placard, sign)


@each_case
def test_the_code_of_every_station_leads_to_it(name: str, tmp_path: Path) -> None:
    placard, _, sign = case(name)
    assert placard.url == f"https://{placard.typed}/"
    assert read_by_zxing(picture_of(sign)) == [placard.url]
    path = tmp_path / "sign.png"
    picture_of(sign).save(path)
    assert read_by_zbar([path]) == [[placard.url]]


# ── damaged ────────────────────────────────────────────────────────────────────────────────────────────────────────


@cache
def all_shots() -> tuple[Shot, ...]:
    return shots()


@pytest.mark.parametrize("name", DAMAGES)
def test_damaged_codes_are_read(name: str) -> None:
    found = score(DAMAGES[name], all_shots(), TRIALS, name, both=False)
    assert found.either >= 0.99 * TRIALS, found


def test_the_square_covers_what_it_says_and_no_finder_pattern() -> None:
    shot = all_shots()[0]
    for seed in range(40):
        before, after = shot.picture, covered(shot, random.Random(seed))
        gone = [
            (
                (place % before.width - shot.left) / shot.module,
                (place // before.width - shot.top) / shot.module,
            )
            for place, (a, b) in enumerate(zip(before.tobytes(), after.tobytes(), strict=True))
            if a != b
        ]
        assert gone
        left, right = min(x for x, _ in gone), max(x for x, _ in gone)
        top, bottom = min(y for _, y in gone), max(y for _, y in gone)
        assert (right - left) * (bottom - top) <= (COVERED + 0.02) * shot.modules**2
        far = shot.modules - FINDER
        for x, y in ((left, top), (right, top), (left, bottom), (right, bottom)):
            assert not (min(x, shot.modules - x) < FINDER - 0.5 and y < FINDER - 0.5)
            assert not (x < FINDER - 0.5 and y > far + 0.5)
