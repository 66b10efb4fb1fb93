"""A sample of what `python tests/fuzzing.py` does at length, and a test of its own eyes."""

from __future__ import annotations

from pathlib import Path

import fuzzing
from chargeside.importers.importer import importer_names


def test_no_reader_is_brought_down_by_damage() -> None:
    _, failures = fuzzing.fuzz(1_200, seed=1)
    assert not failures, failures[:3]


def test_every_importer_has_sound_files_to_damage() -> None:
    kinds = {path.name.split(".")[0].split("-")[0] for path in fuzzing.SEEDS.iterdir()}
    assert set(importer_names()) <= kinds


def test_sees_a_reader_that_fails(tmp_path: Path) -> None:
    def fails(path: Path, findings: object) -> None:
        raise IndexError("no such cell")

    assert "no such cell" in fuzzing._tried(fails, tmp_path)
    assert fuzzing._tried(lambda path, findings: None, tmp_path) == ""
