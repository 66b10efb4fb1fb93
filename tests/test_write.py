"""Writing: every file is the old one or the new one, a whole site changes at one moment, and what others put there stays."""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import signal
import time
from contextlib import suppress
from pathlib import Path

import pytest

from chargeside.errors import WriteError
from chargeside.write import PARTS, Manifest, Output, locked, staged, write_atomic


def publish(
    root: Path, files: dict[str, str], *, remove: tuple[str, ...] = (), codes: tuple[str, ...] = ()
) -> None:
    """Make one release with these files changed."""
    output = Output(root)
    with output.release() as release:
        for path, text in files.items():
            release.put(path, text.encode())
        for path in remove:
            release.remove(path)
        marks = {**output.manifest.files.get("driver", {}), **dict.fromkeys(files, "mark")}
        release.commit(Manifest({"driver": marks}, codes, "library mark"))


def tree(folder: Path) -> dict[str, bytes]:
    """All files below a folder, by path, links followed at the top only."""
    top = folder.resolve()
    return {
        path.relative_to(top).as_posix(): path.read_bytes()
        for path in sorted(top.rglob("*"))
        if path.is_file()
    }


def releases(root: Path) -> list[str]:
    return sorted(path.name for path in (root / "releases").iterdir())


# ── Releases ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_nothing_stands_before_the_first_commit(tmp_path: Path) -> None:
    output = Output(tmp_path)
    with output.release() as release:
        release.put("site/index.html", b"new")
        assert not (tmp_path / "site").exists()
        assert not output.has("site/index.html")
    assert releases(tmp_path) == []
    assert Output(tmp_path).manifest == Manifest()


def test_a_committed_release_stands(tmp_path: Path) -> None:
    publish(tmp_path, {"site/index.html": "one", "placards/1.pdf": "pdf"}, codes=("4821736",))
    assert tree(tmp_path / "site") == {"index.html": b"one"}
    assert tree(tmp_path / "placards") == {"1.pdf": b"pdf"}
    again = Output(tmp_path)
    assert again.has("site/index.html")
    assert not again.has("site/other.html")
    assert again.manifest == Manifest(
        {"driver": {"site/index.html": "mark", "placards/1.pdf": "mark"}}, ("4821736",), "library mark"
    )


def test_what_is_not_changed_stays_and_what_is_removed_goes(tmp_path: Path) -> None:
    publish(tmp_path, {"site/a/b/index.html": "old", "site/c.html": "old", "site/keep.html": "keep"})
    kept = (tmp_path / "site" / "keep.html").stat().st_ino
    publish(tmp_path, {"site/c.html": "new"}, remove=("site/a/b/index.html",))
    assert tree(tmp_path / "site") == {"c.html": b"new", "keep.html": b"keep"}
    assert not (tmp_path / "site" / "a").exists(), "no empty folder is left"
    assert (tmp_path / "site" / "keep.html").stat().st_ino == kept, "an unchanged file costs nothing"


@pytest.mark.parametrize("path", ["site/never.html", "site/no/such/folder.html", "site/a.html/below.html"])
def test_removing_what_is_not_there_is_no_mistake(tmp_path: Path, path: str) -> None:
    publish(tmp_path, {"site/a.html": "a"})
    publish(tmp_path, {}, remove=(path,))
    assert tree(tmp_path / "site") == {"a.html": b"a"}
    assert all((tmp_path / part).is_dir() for part in PARTS)


def test_writing_never_changes_the_release_before(tmp_path: Path) -> None:
    publish(tmp_path, {"site/index.html": "one"})
    before = (tmp_path / "current").resolve()
    output = Output(tmp_path)
    with output.release() as release:
        release.put("site/index.html", b"two")
        release.put("site/index.html", b"three")
        assert tree(tmp_path / "site") == {"index.html": b"one"}
        release.commit(Manifest())
    assert tree(before / "site") == {"index.html": b"one"}
    assert tree(tmp_path / "site") == {"index.html": b"three"}


def test_the_release_before_is_kept_for_going_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(1, 5):
        publish(tmp_path, {"site/index.html": str(number)})
    assert releases(tmp_path) == ["3", "4"]
    (tmp_path / "current").unlink()
    (tmp_path / "current").symlink_to("releases/3")
    assert tree(tmp_path / "site") == {"index.html": b"3"}
    publish(tmp_path, {"site/other.html": "5"})
    assert tree(tmp_path / "site") == {"index.html": b"3", "other.html": b"5"}
    assert releases(tmp_path) == ["3", "5"]
    monkeypatch.chdir(tmp_path)
    publish(Path(), {"site/other.html": "6"})
    assert releases(tmp_path) == ["5", "6"], "the folder may be named relative to where we are"


def test_whoever_went_back_may_have_given_the_whole_path(tmp_path: Path) -> None:
    publish(tmp_path, {"site/index.html": "1"})
    publish(tmp_path, {"site/index.html": "2"})
    (tmp_path / "current").unlink()
    (tmp_path / "current").symlink_to(tmp_path / "releases" / "1")
    publish(tmp_path, {"site/other.html": "3"})
    assert tree(tmp_path / "site") == {"index.html": b"1", "other.html": b"3"}


def test_an_exception_leaves_what_stood(tmp_path: Path) -> None:
    publish(tmp_path, {"site/index.html": "one"})
    with suppress(KeyboardInterrupt), Output(tmp_path).release() as release:
        release.put("site/index.html", b"two")
        raise KeyboardInterrupt
    assert tree(tmp_path / "site") == {"index.html": b"one"}
    assert releases(tmp_path) == ["1"]


@pytest.mark.parametrize("path", ["../escape", "site/../../escape", "/etc/escape", ""])
def test_nothing_is_written_outside(tmp_path: Path, path: str) -> None:
    with Output(tmp_path).release() as release:
        with pytest.raises(WriteError, match="outside"):
            release.put(path, b"x")
        with pytest.raises(WriteError, match="outside"):
            release.remove(path)


# ── What others put there ────────────────────────────────────────────────────────────────────────────────────────────


def test_files_of_others_stay(tmp_path: Path) -> None:
    publish(tmp_path, {"site/index.html": "one", "site/a/page.html": "a"})
    (tmp_path / "site" / ".well-known").mkdir()
    (tmp_path / "site" / ".well-known" / "token").write_text("theirs")
    (tmp_path / "site" / "a" / "photo.jpg").write_text("theirs")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "big.bin").write_text("far away")
    (tmp_path / "site" / "uploads").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "site" / "alias.html").symlink_to("index.html")
    (tmp_path / "releases" / "backup").mkdir()
    for _ in range(3):
        publish(tmp_path, {"site/index.html": "two"}, remove=("site/a/page.html",))
    site = tmp_path / "site"
    assert (site / ".well-known" / "token").read_text() == "theirs"
    assert (site / "a" / "photo.jpg").read_text() == "theirs"
    assert (site / "uploads").is_symlink()
    assert (site / "uploads" / "big.bin").read_text() == "far away"
    assert (site / "alias.html").readlink() == Path("index.html")
    assert (tmp_path / "releases" / "backup").is_dir()


def test_a_link_that_leads_out_is_never_written_through(tmp_path: Path) -> None:
    publish(tmp_path, {"site/index.html": "one"})
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "page.html").write_text("theirs")
    (tmp_path / "site" / "a").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(WriteError, match="link that leads out"):
        publish(tmp_path, {"site/a/page.html": "ours"})
    publish(tmp_path, {}, remove=("site/a/page.html",))
    assert (tmp_path / "elsewhere" / "page.html").read_text() == "theirs"


@pytest.mark.parametrize("name", ["current", *PARTS])
def test_what_we_did_not_make_is_not_overwritten(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    (tmp_path / name / "precious").write_text("theirs")
    with pytest.raises(WriteError, match="not made by Chargeside"):
        Output(tmp_path)
    assert (tmp_path / name / "precious").read_text() == "theirs"


@pytest.mark.parametrize("name", ["current", *PARTS])
def test_a_link_of_somebody_else_is_not_replaced(tmp_path: Path, name: str) -> None:
    (tmp_path / "www").mkdir()
    (tmp_path / name).symlink_to("www")
    with pytest.raises(WriteError, match="not made by Chargeside"):
        Output(tmp_path)


def test_a_folder_in_place_of_a_page_is_named(tmp_path: Path) -> None:
    publish(tmp_path, {"site/a/index.html": "a"})
    with pytest.raises(WriteError, match=r"site/a could not be written"):
        publish(tmp_path, {"site/a": "file"})
    assert tree(tmp_path / "site") == {"a/index.html": b"a"}


# ── Damage ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "damage",
    [
        "",
        "{",
        "[]",
        "null",
        "{}",
        '{"version": 1}',
        '{"version": 1, "codes": "4821736", "library": "", "files": {}}',
        '{"version": 1, "codes": [4821736], "library": "", "files": {}}',
        '{"version": 1, "codes": [], "library": 5, "files": {}}',
        '{"version": 1, "codes": [], "library": "", "files": []}',
        '{"version": 1, "codes": [], "library": "", "files": {"driver": {"site/x": 5}}}',
        '{"version": 2, "codes": null}',
        "\xff",
        "[" * 100_000,
    ],
)
def test_a_damaged_manifest_says_what_to_do(tmp_path: Path, damage: str) -> None:
    publish(tmp_path, {"site/index.html": "one"})
    publish(tmp_path, {"site/index.html": "two"})
    (tmp_path / "current" / "manifest.json").write_bytes(damage.encode("latin-1"))
    with pytest.raises(WriteError, match=r"manifest\.json is damaged .*chargeside rollback .* --to 1$"):
        Output(tmp_path)
    assert tree(tmp_path / "site") == {"index.html": b"two"}


def test_a_lost_manifest_is_no_empty_one(tmp_path: Path) -> None:
    """The codes of the last build stand in it: without them, a lost code would not be noticed."""
    publish(tmp_path, {"site/index.html": "one"}, codes=("4821736",))
    (tmp_path / "current" / "manifest.json").unlink()
    with pytest.raises(WriteError, match="cannot be read"):
        Output(tmp_path)


def test_a_lost_release_is_named(tmp_path: Path) -> None:
    publish(tmp_path, {"site/index.html": "one"})
    publish(tmp_path, {"site/index.html": "two"})
    (tmp_path / "releases" / "2").rename(tmp_path / "gone")
    with pytest.raises(WriteError, match=r"releases/2, which is gone; .*chargeside rollback .* --to 1$"):
        Output(tmp_path)


def test_a_manifest_of_another_version_keeps_the_codes(tmp_path: Path) -> None:
    publish(tmp_path, {"site/index.html": "one"}, codes=("4821736",))
    path = tmp_path / "current" / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "version": 99}))
    assert Output(tmp_path).manifest == Manifest(codes=("4821736",))


# ── Killed ───────────────────────────────────────────────────────────────────────────────────────────────────────────

PAGES = 12


def _pages(mark: str) -> dict[str, str]:
    return {f"site/{number}/index.html": mark * 200 for number in range(PAGES)}


def _publish_in_child(root: Path, mark: str) -> None:
    publish(root, _pages(mark), remove=("site/old.html",))


def _one_mark(root: Path) -> str:
    """The mark that all pages carry; fails when two releases are mixed or a page is torn."""
    texts = {data.decode() for path, data in tree(root / "site").items() if path.endswith("index.html")}
    assert len(texts) == 1, "pages of two releases stand side by side"
    (text,) = texts
    assert text == text[0] * 200
    assert len(tree(root / "site")) >= PAGES
    return text[0]


def test_killed_at_fifty_moments_a_site_is_whole(tmp_path: Path) -> None:
    publish(tmp_path, {**_pages("a"), "site/old.html": "old"})
    started = time.perf_counter()
    publish(tmp_path, _pages("b"))
    length = time.perf_counter() - started
    moments = random.Random(4821736)
    context = multiprocessing.get_context("fork")
    outcomes: list[bool] = []
    for number in range(50):
        before = _one_mark(tmp_path)
        mark = chr(ord("A") + number % 26)
        child = context.Process(target=_publish_in_child, args=(tmp_path, mark))
        child.start()
        time.sleep(moments.uniform(0, 2 * length))
        assert child.pid is not None
        os.kill(child.pid, signal.SIGKILL)
        child.join()
        after = _one_mark(tmp_path)
        assert after in (before, mark)
        outcomes.append(child.exitcode == -signal.SIGKILL)
        assert Output(tmp_path).manifest.files["driver"].keys() >= _pages("x").keys()
    assert any(outcomes), "none was killed at work: nothing was shown"
    publish(tmp_path, _pages("z"))
    assert _one_mark(tmp_path) == "z"
    assert len(releases(tmp_path)) == 2, "what the killed ones left is swept up"


def _die_at(root: Path, name: str, count: int) -> None:
    """Publish, and end without any clean-up at the `count`th call of one of the calls that change the disk."""
    real = getattr(os, name)
    calls = 0

    def deadly(*args: object, **kwargs: object) -> object:
        nonlocal calls
        calls += 1
        if calls == count:
            os._exit(9)
        return real(*args, **kwargs)

    setattr(os, name, deadly)
    publish(root, {"site/index.html": "new", "site/more.html": "new"})


@pytest.mark.parametrize("first", [True, False], ids=["first release", "later release"])
@pytest.mark.parametrize("name", ["mkdir", "link", "unlink", "rename", "replace", "symlink", "rmdir"])
def test_ended_at_each_call_that_changes_the_disk(tmp_path: Path, name: str, first: bool) -> None:
    if not first:
        publish(tmp_path, {"site/index.html": "old"})
        publish(tmp_path, {"site/index.html": "old"})
    context = multiprocessing.get_context("fork")
    for count in range(1, 30):
        child = context.Process(target=_die_at, args=(tmp_path, name, count))
        child.start()
        child.join()
        standing = tree(tmp_path / "site") if (tmp_path / "site").exists() else {}
        whole = {"index.html": b"new", "more.html": b"new"}
        assert standing in (
            [whole] if child.exitcode == 0 else [whole, {} if first else {"index.html": b"old"}]
        )
        if child.exitcode == 0:
            break
        assert child.exitcode == 9
        Output(tmp_path)  # whatever is left, the next build can start
    else:
        pytest.fail(f"os.{name} is called without end")
    assert not list((tmp_path / "releases").glob("*.unfinished"))


# ── Single files, locks ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_file_is_swapped_in_whole(tmp_path: Path) -> None:
    path = tmp_path / "new" / "ledger.csv"
    write_atomic(path, b"one")
    path.chmod(0o640)
    held = path.open("rb")
    write_atomic(path, b"two")
    with held:
        assert held.read() == b"one", "who reads the old file reads it to its end"
    assert path.read_bytes() == b"two"
    assert path.stat().st_mode & 0o777 == 0o640
    assert [one.name for one in path.parent.iterdir()] == ["ledger.csv"]


def test_a_file_that_cannot_be_written_leaves_the_old_one(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("old")
    with pytest.raises(WriteError, match="could not be written"):
        write_atomic(tmp_path / "file" / "below", b"new")
    (tmp_path / "folder" / "inside").mkdir(parents=True)
    with pytest.raises(WriteError, match="could not be written"):
        write_atomic(tmp_path / "folder", b"new")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "folder"]


def test_two_at_work_in_one_folder_are_kept_apart(tmp_path: Path) -> None:
    with locked(tmp_path / "out"):
        with pytest.raises(WriteError, match="another chargeside is at work"), locked(tmp_path / "out"):
            pytest.fail("both are in")
        with locked(tmp_path / "other"):
            pass
    with locked(tmp_path / "out"):
        pass


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(WriteError, match="cannot be written into"), locked(tmp_path / "file" / "out"):
        pytest.fail("there is no folder to work in")


def test_what_is_no_file_is_not_replaced_by_one(tmp_path: Path) -> None:
    """`--out /dev/null` as root would else put a file in the place of the device."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(WriteError, match="no file"):
        write_atomic(pipe, b"")
    with pytest.raises(WriteError, match="no file"), staged(tmp_path / "one", pipe):
        pass
    assert pipe.is_fifo() and [path.name for path in tmp_path.iterdir()] == ["pipe"]
