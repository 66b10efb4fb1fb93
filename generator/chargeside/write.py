"""Writes files so that each is the old one or the new one, never torn, and a whole site changes at one moment.

    OUT/site      -> current/site          what a web server shows
    OUT/placards  -> current/placards      what a print shop gets
    OUT/current   -> releases/7            swapped by one rename: before it all is old, after it all is new
    OUT/releases/7/{site,placards}/, manifest.json

A release starts as hard links to the files of the one before, so only what changed costs room and time, and files that
somebody else put there stay. The manifest lies in its release, so the two can never disagree (ADR 0005).
"""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import NoReturn, Self

from chargeside.errors import WriteError

PARTS = ("site", "placards")
_VERSION = 1


def write_atomic(path: Path, data: bytes) -> None:
    """Write a file beside `path`, then swap it in. Raises WriteError; the earlier file is then untouched."""
    write_parts(path, (data,))


def write_parts(path: Path, parts: Iterable[bytes]) -> None:
    """The same with what need not be held in memory at once."""
    temporary: str | None = None
    _refuse_devices(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "wb") as file:
            file.writelines(parts)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask())
        os.replace(temporary, path)
    except BaseException as error:
        if temporary:
            with suppress(OSError):
                os.unlink(temporary)
        if isinstance(error, OSError):
            raise WriteError(f"{path} could not be written: {error.strerror}") from error
        raise


def _refuse_devices(path: Path) -> None:
    """A file that is swapped in would take the place of /dev/null itself. Raises WriteError."""
    if path.exists() and not (path.is_file() or path.is_dir()):
        raise WriteError(f"{path} is no file: name one")


@contextmanager
def staged(*paths: Path) -> Iterator[tuple[Path, ...]]:
    """Empty files beside `paths` to write into, swapped in when the block ends well: large files that belong together, looked at
    before they count. Raises WriteError for an OSError too; the earlier files are then untouched, unless it is the swap that fails.
    """
    beside: list[Path] = []
    path = paths[0]
    for path in paths:
        _refuse_devices(path)
    try:
        for path in paths:
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:100]}.")
            os.close(handle)
            beside.append(Path(name))
        yield tuple(beside)
        for path, temporary in zip(paths, beside, strict=True):
            with temporary.open("rb") as file:
                os.fsync(file.fileno())
            os.chmod(temporary, path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask())
        for path, temporary in zip(paths, beside, strict=True):
            os.replace(temporary, path)
    except OSError as error:
        raise WriteError(f"{path} could not be written: {error.strerror or error}") from error
    finally:
        for temporary in beside:
            temporary.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


@dataclass(frozen=True)
class Manifest:
    """What a release holds: by part (library, driver, placards) the fingerprint of every file we made, and all codes with a page.

    `library`: fingerprint of the library's sources.
    """

    files: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    codes: tuple[str, ...] = ()
    library: str = ""


class Output:
    """An output folder: the release that stands now, and at most one that is being made."""

    def __init__(self, root: Path) -> None:
        """Raises WriteError when the folder holds something else that we would overwrite, or when it is damaged."""
        self.root = root
        self._current = root / "current"
        for name in ("current", *PARTS):
            path = root / name
            if os.path.lexists(path) and not _is_our_link(path):
                message = "was not made by Chargeside; name another --out folder, or move it away"
                raise WriteError(f"{path} {message}")
        if os.path.lexists(self._current) and not self._current.is_dir():
            raise WriteError(
                f"{self._current} leads to {self._current.readlink()}, which is gone; {self._way_out()}"
            )
        self.manifest = self._read_manifest() if self._current.is_dir() else Manifest()

    def _read_manifest(self) -> Manifest:
        path = self._current / "manifest.json"
        try:
            raw = json.loads(path.read_bytes())
            codes = _texts(raw["codes"])
            if raw["version"] != _VERSION:  # made by another version of Chargeside: make everything anew
                return Manifest(codes=codes)
            files = {
                part: dict(zip(marks, _texts(marks.values()), strict=True))
                for part, marks in raw["files"].items()
            }
            return Manifest(files, codes, "".join(_texts([raw["library"]])))
        except OSError as error:
            raise WriteError(f"{path} cannot be read ({error.strerror}); {self._way_out()}") from error
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise WriteError(f"{path} is damaged ({error}); {self._way_out()}") from error

    def _way_out(self) -> str:
        """What to do about a release that cannot be used."""
        now = self._current.readlink().name
        others = [name for name in _numbers(self.root / "releases") if str(name) != now]
        if others:
            return f"go back to the release before: chargeside rollback {self.root} --to {max(others)}"
        return "restore it from a backup, or name another --out folder"

    def has(self, path: str) -> bool:
        """Whether the current release has the file."""
        return (self._current / path).is_file()

    def read(self, path: str) -> bytes | None:
        """A file of the current release; None where it cannot be read."""
        try:
            return (self._current / path).read_bytes()
        except OSError:
            return None

    def release(self) -> Release:
        """Start a new release from the current one. Raises WriteError while a rollback stands."""
        if held := held_by(self.root):
            message = (
                f"was rolled back from release {held} to {standing(self.root)}, and a build would undo that"
            )
            raise WriteError(
                f"{self.root} {message}; mend what was wrong, then: chargeside rollback {self.root} --resume"
            )
        return Release(self.root, self._current)


def _is_our_link(path: Path) -> bool:
    """Whether `path` is a link made here. Somebody who went back to another release may have given its whole path."""
    if not path.is_symlink():
        return False
    target = path.parent / path.readlink()
    if path.name == "current":
        inside = path.parent / "releases"
        return target.parent.resolve() == inside.resolve() and target.name.isdigit()
    return target.parent.resolve() == (path.parent / "current").resolve() and target.name == path.name


def _texts(values: Iterable[object]) -> tuple[str, ...]:
    """The values, all of them texts. Raises TypeError."""
    if isinstance(values, str):
        raise TypeError("a list is expected")
    return tuple(value if isinstance(value, str) else _no_text(value) for value in values)


def _no_text(value: object) -> NoReturn:
    raise TypeError(f"{value!r} is no text")


def _numbers(releases: Path) -> list[int]:
    """Numbers of the finished releases."""
    if not releases.is_dir():
        return []
    return [int(path.name) for path in releases.iterdir() if re.fullmatch("[0-9]{1,18}", path.name)]


class Release:
    """A release being made. Used as a context: what is not committed is thrown away."""

    def __init__(self, root: Path, current: Path) -> None:
        self._root = root
        self._current = current
        self._before = current.resolve() if current.exists() else None
        number = max(_numbers(root / "releases"), default=0) + 1
        self._final = root / "releases" / str(number)
        self._work = root / "releases" / f"{number}.unfinished"
        self._base = self._work.resolve()
        self._folders: set[Path] = set()

    def __enter__(self) -> Self:
        try:
            self._sweep("*.unfinished")
            self._work.mkdir(parents=True)
            if self._before:
                _clone(self._before, self._work)
            for part in PARTS:
                (self._work / part).mkdir(exist_ok=True)
        except OSError as error:
            shutil.rmtree(self._work, ignore_errors=True)
            raise WriteError(f"{self._work} could not be made: {error.strerror}") from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        shutil.rmtree(self._work, ignore_errors=True)

    def put(self, path: str, data: bytes) -> None:
        """Write a file of the release. Raises WriteError."""
        target = self._inside(path)
        try:
            self._make_folder(target.parent)
            target.unlink(missing_ok=True)  # never write through a hard link into the release before
            with target.open("xb") as file:
                file.write(data)
        except OSError as error:
            raise WriteError(f"{path} could not be written: {error.strerror}") from error

    def read(self, path: str) -> bytes | None:
        """A file as this release has it; None where it cannot be read. Raises WriteError for a path that leads out of it."""
        try:
            return self._inside(path).read_bytes()
        except OSError:
            return None

    def remove(self, path: str) -> None:
        """Remove a file and the folders it leaves empty. Raises WriteError."""
        target = self._inside(path)
        try:
            if not target.parent.resolve().is_relative_to(self._base):
                return  # somebody put a link in its place; what lies behind it is not ours
            target.unlink(missing_ok=True)
            for folder in target.parents:
                if folder in (self._work, *(self._work / part for part in PARTS)):
                    break
                if folder.is_dir():
                    if any(folder.iterdir()):
                        break
                    folder.rmdir()
                    self._folders.discard(folder)
        except NotADirectoryError:
            return
        except OSError as error:
            raise WriteError(f"{path} could not be removed: {error.strerror}") from error

    def commit(self, manifest: Manifest) -> None:
        """Make this release the current one, by one rename. Raises WriteError; the release before then still stands."""
        text = {
            "version": _VERSION,
            "codes": manifest.codes,
            "library": manifest.library,
            "files": manifest.files,
        }
        try:
            self.put("manifest.json", json.dumps(text, indent=0, sort_keys=True, ensure_ascii=False).encode())
            self._work.rename(self._final)
            for (
                part
            ) in PARTS:  # only the first time: they lead nowhere yet, and all at once with the next line
                if not (self._root / part).is_symlink():
                    _swap_link(self._root / part, f"current/{part}")
            _swap_link(self._current, f"releases/{self._final.name}")
        except OSError as error:
            raise WriteError(f"the new release could not be put in place: {error.strerror}") from error
        self._sweep("*")

    def _sweep(self, pattern: str) -> None:
        """Remove releases but the current one and the one before it, which a rollback needs. What else lies there stays."""
        keep = {self._before.name if self._before else "", self._current.resolve().name}
        for folder in self._final.parent.glob(pattern):
            if (
                folder.is_dir()
                and folder.name not in keep
                and re.fullmatch(r"[0-9]+(\.unfinished)?", folder.name)
            ):
                shutil.rmtree(folder, ignore_errors=True)

    def _make_folder(self, folder: Path) -> None:
        """Make a folder of the release. Raises WriteError when a link that somebody put there leads out of it."""
        if folder in self._folders:
            return
        folder.mkdir(parents=True, exist_ok=True)
        if not folder.resolve().is_relative_to(self._base):
            raise WriteError(
                f"{folder.relative_to(self._work)} is a link that leads out of the output folder; remove it"
            )
        self._folders.add(folder)

    def _inside(self, path: str) -> Path:
        pure = PurePosixPath(path)
        if pure.is_absolute() or not pure.parts or ".." in pure.parts:
            raise WriteError(f"{path} would lie outside the output folder")
        return self._work / pure


def _clone(source: Path, target: Path) -> None:
    """The tree `source` once more, as hard links; as copies where the file system has none. Links stay links."""
    for folder, folders, files in os.walk(source):
        here = target / Path(folder).relative_to(source)
        for name in folders:
            old = os.path.join(folder, name)
            if os.path.islink(old):
                (here / name).symlink_to(os.readlink(old))
            else:
                (here / name).mkdir()
        for name in files:
            _link(os.path.join(folder, name), here / name)


def _link(old: str, new: Path) -> None:
    try:
        os.link(old, new, follow_symlinks=False)
    except OSError:
        shutil.copy2(old, new, follow_symlinks=False)


def _swap_link(link: Path, target: str) -> None:
    beside = link.with_name(f".{link.name}.new")
    beside.unlink(missing_ok=True)
    beside.symlink_to(target)
    os.replace(beside, link)


# ------------------------------------------------------------------------------------------------------------ going back

_HOLD = "rolled-back.json"
"""Which release stands since a rollback, and which one it took the place of. It holds while that release stands: whoever moves
the link by hand has decided anew."""


def standing(root: Path) -> int:
    """The number of the current release. Raises WriteError where the folder has none that was made here."""
    link = root / "current"
    if not os.path.lexists(link):
        raise WriteError(f"{root} holds no release: name the --out folder of a build")
    if not _is_our_link(link):
        raise WriteError(f"{link} was not made by Chargeside; name the --out folder of a build")
    return int(link.readlink().name)


def finished(root: Path) -> tuple[int, ...]:
    """Numbers of all releases that are there, in order."""
    return tuple(sorted(_numbers(root / "releases")))


def held_by(root: Path) -> int | None:
    """The release that a rollback has put aside, while it holds."""
    try:
        told = json.loads((root / _HOLD).read_bytes())
        return int(told["aside"]) if told["current"] == standing(root) else None
    except (OSError, ValueError, KeyError, TypeError, WriteError):
        return None


def go_back(root: Path, to: int) -> None:
    """Make another release that is still there the current one, by one rename. Builds keep off from then on, unless it is the newest one.

    Raises WriteError; what stood before then still stands."""
    now, newest = standing(root), max(finished(root), default=0)
    manifest = root / "releases" / str(to) / "manifest.json"
    try:
        if not isinstance(json.loads(manifest.read_bytes())["files"], dict):
            raise TypeError("it names no files")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise WriteError(f"release {to} is missing or damaged ({error}); nothing was changed") from None
    if (
        to != newest
    ):  # said first: killed in between, it names a release that does not stand, and holds nothing
        aside = held_by(root) or now
        write_atomic(root / _HOLD, json.dumps({"current": to, "aside": aside}).encode())
    try:
        _swap_link(root / "current", f"releases/{to}")
    except OSError as error:
        raise WriteError(f"the release could not be put in place: {error.strerror}") from error
    if to == newest:
        resume(root)


def resume(root: Path) -> None:
    """Let builds go on from the release that stands. Raises WriteError."""
    try:
        (root / _HOLD).unlink(missing_ok=True)
    except OSError as error:
        raise WriteError(f"{root / _HOLD} could not be removed: {error.strerror}") from error


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keep other Chargeside processes out of a folder. Raises WriteError when one is at work there."""
    import fcntl  # not on Windows, where the rest of this module would need another way too

    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder, os.O_RDONLY)  # the folder itself is locked, so no lock file stays behind
    except OSError as error:
        raise WriteError(f"{folder} cannot be written into: {error.strerror}") from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as error:
        raise WriteError(f"another chargeside is at work in {folder}; wait for it to end") from error
    finally:
        os.close(handle)
