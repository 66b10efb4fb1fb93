"""Going back a release: at one moment, told in full, and not undone by the next build."""

from __future__ import annotations

import json
import os
import shutil
import threading
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from chargeside.cli import main
from chargeside.errors import WriteError
from chargeside.write import Manifest, Output, go_back, held_by, locked, standing


def publish(out: Path, text: str, *codes: str) -> None:
    """A release with this text on the pages of these chargers."""
    output = Output(out)
    with output.release() as release:
        for code in codes:
            release.put(f"site/{code}/index.html", text.encode())
        release.commit(Manifest({"driver": dict.fromkeys(codes, text)}, codes))


def page(out: Path, code: str = "1717395") -> str:
    return (out / "site" / code / "index.html").read_text()


def rollback(out: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["rollback", str(out), *arguments])


@pytest.fixture
def out(tmp_path: Path) -> Path:
    publish(tmp_path, "good", "1717395")
    publish(tmp_path, "bad", "1717395", "2069364")
    return tmp_path


def test_the_release_before_stands_again(out: Path) -> None:
    done = rollback(out)
    assert done.exit_code == 0, done.output
    assert page(out) == "good"
    assert not (out / "site" / "2069364").exists()
    assert "release 1 (" in done.stdout and "in place of 2 (" in done.stdout
    assert "2069364" in done.stderr, "a charger that has lost its page is named"
    assert "--resume" in done.stderr


def test_no_build_undoes_it_until_told(out: Path) -> None:
    rollback(out)
    with pytest.raises(WriteError, match=r"rolled back from release 2 to 1.* --resume"):
        publish(out, "bad once more", "1717395")
    assert page(out) == "good"
    assert sorted(path.name for path in (out / "releases").iterdir()) == ["1", "2"], "nothing is left behind"
    assert rollback(out, "--resume").exit_code == 0
    publish(out, "mended", "1717395")
    assert page(out) == "mended"
    assert sorted(path.name for path in (out / "releases").iterdir()) == ["1", "3"]
    assert held_by(out) is None
    assert rollback(out).exit_code == 0
    assert page(out) == "good", "there is always one step to go back"


@pytest.mark.slow
def test_a_real_build_stops_with_a_mend(tmp_path: Path, root: Path) -> None:
    network, out = tmp_path / "network", tmp_path / "out"
    shutil.copytree(root / "station_kits" / "demo", network)
    build = ["build", str(network), "--out", str(out), "--only", "driver", "--date", "2026-11-23"]
    assert CliRunner().invoke(main, build).exit_code == 0
    first = page(out)
    settings = network / "operator.yml"
    settings.write_text(settings.read_text("utf-8").replace("157 0123", "157 0124"), "utf-8")
    assert CliRunner().invoke(main, build).exit_code == 0
    second = page(out)
    assert second != first
    assert rollback(out).exit_code == 0
    stopped = CliRunner().invoke(main, build)
    assert stopped.exit_code == 1 and "--resume" in stopped.stderr
    assert page(out) == first
    assert rollback(out, "--resume").exit_code == 0
    assert CliRunner().invoke(main, build).exit_code == 0
    assert page(out) == second, "resumed, the same sources give the same pages again"


def test_forward_again_needs_no_word(out: Path) -> None:
    rollback(out)
    done = rollback(out, "--to", "2")
    assert done.exit_code == 0, done.output
    assert page(out) == "bad"
    publish(out, "next", "1717395")
    assert page(out) == "next"


def test_a_link_moved_by_hand_is_a_decision(out: Path) -> None:
    rollback(out)
    (out / "current").unlink()
    (out / "current").symlink_to(out / "releases" / "2")
    assert held_by(out) is None
    publish(out, "next", "1717395")
    assert page(out) == "next"


def test_list_changes_nothing(out: Path) -> None:
    before = rollback(out, "--list")
    assert [line.split()[0] for line in before.stdout.splitlines()] == ["1", "2"]
    assert "1 charger" in before.stdout and "2 chargers  stands now" in before.stdout
    assert standing(out) == 2
    rollback(out)
    after = rollback(out, "--list").stdout.splitlines()
    assert after[0].endswith("stands now, since 2 was rolled back") and after[1].endswith("rolled back")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--to", "9"), "there is no release 9; there are: 1 and 2"),
        (("--to", "2"), "release 2 stands already"),
        (("--to", "0"), "Invalid value"),
        (("--list", "--resume"), "at most one of"),
    ],
)
def test_what_cannot_be_done_is_said(out: Path, arguments: tuple[str, ...], told: str) -> None:
    done = rollback(out, *arguments)
    assert done.exit_code in (1, 2) and told in done.output
    assert (standing(out), page(out)) == (2, "bad")


def test_the_first_release_has_none_before(tmp_path: Path) -> None:
    publish(tmp_path, "only", "1717395")
    assert "there is no release before 1" in rollback(tmp_path).output
    assert page(tmp_path) == "only"


def test_two_steps_back_lead_forward(out: Path) -> None:
    rollback(out)
    assert "--to 2" in rollback(out).output
    assert page(out) == "good"


def test_a_folder_of_others_is_left_alone(tmp_path: Path) -> None:
    assert "holds no release" in rollback(tmp_path).output
    (tmp_path / "current").mkdir()
    assert "was not made by Chargeside" in rollback(tmp_path).output
    assert "no folder" in rollback(tmp_path / "nowhere").output
    assert [path.name for path in tmp_path.iterdir()] == ["current"]


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"files": 1}', b"\xff"], ids=range(5))
def test_a_damaged_release_is_refused(out: Path, damage: bytes) -> None:
    (out / "releases" / "1" / "manifest.json").write_bytes(damage)
    assert "missing or damaged" in rollback(out).output
    assert page(out) == "bad"
    assert held_by(out) is None


def test_it_is_the_way_out_of_a_damaged_one(out: Path) -> None:
    (out / "releases" / "2" / "manifest.json").write_bytes(b"{")
    with pytest.raises(WriteError, match=r"chargeside rollback .* --to 1"):
        Output(out)
    assert rollback(out, "--to", "1").exit_code == 0
    assert page(out) == "good"


def test_it_waits_for_nobody(out: Path) -> None:
    with locked(out):
        assert "another chargeside is at work" in rollback(out).output
    assert page(out) == "bad"


@pytest.mark.parametrize(
    "told", [b"", b"[]", b'{"current": 1}', b'{"current": "x", "aside": null}'], ids=range(4)
)
def test_a_damaged_note_holds_nothing(out: Path, told: bytes) -> None:
    rollback(out)
    (out / "rolled-back.json").write_bytes(told)
    assert held_by(out) is None


def test_killed_before_the_swap_it_has_changed_nothing(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chargeside.write._swap_link", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        go_back(out, 1)
    assert json.loads((out / "rolled-back.json").read_bytes())["current"] == 1
    assert page(out) == "bad" and held_by(out) is None
    monkeypatch.undo()
    publish(out, "next", "1717395")


def test_no_visitor_meets_half_of_it(out: Path) -> None:
    seen: set[str] = set()
    stop = threading.Event()

    def visit() -> None:
        while not stop.is_set():
            seen.add(page(out))

    visitor = threading.Thread(target=visit)
    visitor.start()
    try:
        for _ in range(100):
            go_back(out, 1)
            go_back(out, 2)
    finally:
        stop.set()
        visitor.join()
    assert seen <= {"good", "bad"}
    assert not os.path.lexists(out / ".current.new")
