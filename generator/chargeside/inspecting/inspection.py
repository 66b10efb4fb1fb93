"""Looks at many photos, one after the other and never two at once, and keeps of each the verdict and a small picture."""

from __future__ import annotations

import base64
import datetime as dt
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from PIL import Image, ImageDraw

from chargeside.build import Progress
from chargeside.errors import ContentError
from chargeside.findings import Findings, Severity
from chargeside.inspecting.judging import CodeResult, Judge, Result
from chargeside.inspecting.photos import NotAPhotoError, find_photos, open_photo
from chargeside.inspecting.reading import Hidden, hidden_code, read_codes
from chargeside.inspecting.verdicts import ORDER, Verdict
from chargeside.load.content import load_content
from chargeside.load.network import load_network
from chargeside.load.signs import SIGNS, load_signs
from chargeside.model.network import LedgerLine, Network
from chargeside.plan.marks import marks

THUMBNAIL = 320
"""Longest side of a picture in the report, in px."""
_COLOURS = {Verdict.RIGHT: "#0b8f3c", Verdict.OWN: "#1f5fa8", Verdict.OTHER_CODE: "#4a555c"}
_WRONG = "#d01010"


@dataclass(frozen=True, slots=True)
class Looked:
    """A photo, judged, with a small picture as a data address; empty where there is none."""

    result: Result
    picture: str = ""


@dataclass(frozen=True)
class Inspection:
    """All photos that were looked at, the worst first; `passed_over`: files in folders that are no photos."""

    network: Network
    photos: tuple[Looked, ...]
    day: str
    passed_over: int = 0

    @property
    def counts(self) -> dict[Verdict, int]:
        """Photos of each verdict, the worst first."""
        verdicts = [one.result.verdict for one in self.photos]
        return {verdict: verdicts.count(verdict) for verdict in ORDER if verdict in verdicts}

    @cached_property
    def lines(self) -> Mapping[str, LedgerLine]:
        """Lines of the ledger by code."""
        return {line.code: line for line in self.network.ledger}

    @property
    def is_right(self) -> bool:
        """Whether every photo is right."""
        return all(one.result.verdict is Verdict.RIGHT for one in self.photos)


@dataclass(frozen=True)
class Question:
    """What is to be looked at, and against what. `known`: beginnings of addresses of others that may hang there."""

    folder: Path
    paths: tuple[Path, ...]
    today: str
    known: tuple[str, ...] = ()
    printed_before: dt.date | None = None
    pictures: bool = False


def inspect(question: Question, findings: Findings, progress: Progress) -> Inspection:
    """Look at all photos. A file that is no photo is a verdict. Raises ContentError when the operator's folder cannot be used."""
    network, judge = _judge(question, findings)
    found = find_photos(question.paths)
    looked = []
    for done, (path, name) in enumerate(found.files, 1):
        looked.append(_look(path, name, judge, pictures=question.pictures))
        progress("photos", done, len(found.files))
    looked.sort(key=lambda one: (ORDER.index(one.result.verdict), one.result.name))
    return Inspection(network, tuple(looked), question.today, found.passed_over)


def _judge(question: Question, findings: Findings) -> tuple[Network, Judge]:
    folder, found = question.folder, Findings()
    network = load_network(folder, load_content(found, folder), found)
    if network is None or found.errors:
        raise ContentError(found.sorted())
    printed = load_signs(folder / SIGNS, f"{network.path}/{SIGNS}", findings, Severity.WARNING)
    newest = marks(network)
    return network, Judge(network, printed, newest, question.known, question.printed_before)


def _look(path: Path, name: str, judge: Judge, *, pictures: bool) -> Looked:
    try:
        photo = open_photo(path)
    except NotAPhotoError as error:
        return Looked(Result(name, Verdict.NOT_A_PHOTO, (), (error.words,)))
    codes = read_codes(photo.image)
    result = judge.photo(name, photo, codes, Hidden.NO if codes else hidden_code(photo.image))
    return Looked(result, _picture(photo.image, result.codes) if pictures else "")


def _picture(image: Image.Image, codes: Sequence[CodeResult]) -> str:
    """A small JPEG with a box around each code, made anew: nothing of the photo's metadata comes along."""
    small = image.copy()
    small.thumbnail((THUMBNAIL, THUMBNAIL))
    draw, scale = ImageDraw.Draw(small), small.width / image.width
    for one in codes:
        corners = [(x * scale, y * scale) for x, y in one.code.corners]
        colour = _COLOURS.get(one.verdict, _WRONG)
        draw.line([*corners, corners[0]], fill="white", width=5, joint="curve")
        draw.line([*corners, corners[0]], fill=colour, width=3, joint="curve")
    file = io.BytesIO()
    small.save(file, "JPEG", quality=72, optimize=True)
    return f"data:image/jpeg;base64,{base64.b64encode(file.getvalue()).decode()}"
