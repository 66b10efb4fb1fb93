"""The contact sheet of the signs: what was measured of each, as a page for people and a table that the next build reads.

The page needs nothing else: no font and no picture is fetched, its one script only hides rows, and without it all of them show.
`proof.csv` has one row per sign (columns: _COLUMNS) in the order of the files, and keeps what was measured of those signs that a
build had no reason to make again.
"""

from __future__ import annotations

import csv
import io
import re
from base64 import b64encode
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import astuple, dataclass, fields, replace
from functools import cache
from itertools import chain
from typing import TYPE_CHECKING, Literal, get_args
from urllib.parse import quote

from jinja2 import Environment

from chargeside.findings import Finding, Severity, one_line
from chargeside.model.cells import csv_text, plain_cell
from chargeside.render.html import (
    environment,
    minify_css,
    minify_html,
    package_text,
    page_policy,
    script,
    trusted,
)

if TYPE_CHECKING:  # proof loads PDFium, which a build of pages does without
    from chargeside.plan.placards import Placard
    from chargeside.render.proof import Figures

PICTURES = 24
"""Signs of which the page shows a picture, unless more are asked for."""

_BOX_PX = 200, 200
_LARGEST = 6_000  # bytes of a picture
_GREYS = 16
_FINER = 3  # drawn so many times larger, then made small: fine lines turn grey and do not vanish
_NAMED = 12  # signs named below what is wrong with them; the table has all
_QUOTED = re.compile(r'"[^"]*"')
_PATH = re.compile(r"placards/[^/\\]+\.pdf")

State = Literal["error", "warning", "ok"]
STATES: tuple[State, ...] = get_args(State)
"""The worst first."""

Way = Literal["fast", "plain"]


@dataclass(frozen=True, slots=True)
class Remark:
    """What was found about a sign."""

    code: str
    message: str
    mend: str


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured of a sign; see Figures and CodePlan. Millimetres, metres and points; `gain` is a sentence or empty.

    `scan_m`: ten times the code's side, which is industry practice and in no standard. `way`: `plain` when all of it was laid out
    by the print engine.
    """

    version: int
    level: str
    module_mm: float
    code_mm: float
    quiet_mm: float
    floor_mm: float
    margin: float
    scan_m: float
    gain: str
    letters_pt: float
    text_level: float
    left_off: tuple[str, ...]
    fonts: int
    way: Way

    @classmethod
    def of(cls, figures: Figures | None) -> Measured | None:
        """None where nothing, or not the code, was measured."""
        if figures is None or figures.code is None:
            return None
        code = figures.code
        return cls(
            version=code.version,
            level=code.level,
            module_mm=code.module_mm,
            code_mm=code.code_mm,
            quiet_mm=code.quiet_mm,
            floor_mm=code.floor_mm,
            margin=code.margin,
            scan_m=code.scan_m,
            gain=code.gain.sentence if code.gain else "",
            letters_pt=figures.letters_pt,
            text_level=figures.level,
            left_off=figures.left_off,
            fonts=figures.fonts,
            way="plain" if figures.plain else "fast",
        )


@dataclass(frozen=True, slots=True)
class ProofRow:
    """One sign. `path` is that of its file in the output folder, `bytes` the file's size: 0 when there is none, because the sign
    could not be made. `number` and `name` are those printed, on one line; `connector` is that of a tag.

    A sign that could not be made anew has the state `error`, and the figures of its earlier file, if that stands.
    """

    path: str
    state: State
    remarks: tuple[Remark, ...]
    number: str
    name: str
    code: str
    connector: str
    design: str
    size: str
    languages: tuple[str, ...]
    url: str
    mark: str
    phone: str
    width_mm: float
    height_mm: float
    distance_m: float
    bytes: int
    measured: Measured | None

    @property
    def kind(self) -> str:
        """Design and size, as people say it."""
        return f"{self.design} {self.size}"


def row_of(
    placard: Placard, figures: Figures | None, size_bytes: int, findings: Iterable[Finding]
) -> ProofRow:
    """The row of a sign that was made, or could not be: then `size_bytes` is 0."""
    found = tuple(findings)
    severities = {finding.severity for finding in found}
    state: State = "warning" if Severity.WARNING in severities else "ok"
    return ProofRow(
        path=placard.path,
        state="error" if Severity.ERROR in severities or not size_bytes else state,
        remarks=tuple(Remark(finding.code, finding.message, finding.mend) for finding in found),
        number=one_line(" | ".join(number.text for number in placard.numbers)),
        name=one_line(", ".join(filter(None, (placard.name, placard.street, placard.spot)))),
        code=placard.code,
        connector=placard.connector,
        design=placard.design,
        size=placard.size,
        languages=placard.langs,
        url=placard.url,
        mark=placard.mark,
        phone=one_line(placard.phone),
        width_mm=placard.width_mm,
        height_mm=placard.height_mm,
        distance_m=placard.distance_m,
        bytes=size_bytes,
        measured=Measured.of(figures),
    )


# ── The table ──────────────────────────────────────────────────────────────────────────────────────────────────────

_OWN = tuple(field.name for field in fields(ProofRow) if field.name not in ("remarks", "measured"))
_FIGURES = tuple(field.name for field in fields(Measured))
_COLUMNS = (*_OWN, *_FIGURES, "codes", "messages", "mends")


def rows_to_csv(rows: Iterable[ProofRow]) -> bytes:
    """The table: a byte order mark, so that spreadsheets read its letters right, and a row for each sign, sorted by file. Several
    remarks stand in one cell, a line each."""
    ordered = sorted(rows, key=lambda row: row.path)
    return csv_text(_COLUMNS, (tuple(_cells(row)) for row in ordered)).encode("utf-8-sig")


def _cells(row: ProofRow) -> Iterator[object]:
    for name in _OWN:
        yield " ".join(row.languages) if name == "languages" else getattr(row, name)
    measured = astuple(row.measured) if row.measured else ("",) * len(_FIGURES)
    yield from (" ".join(cell) if isinstance(cell, tuple) else cell for cell in measured)
    for name in ("code", "message", "mend"):
        yield "\n".join(getattr(remark, name) for remark in row.remarks)


def rows_from_csv(data: bytes) -> tuple[ProofRow, ...]:
    """The rows of a table that `rows_to_csv` wrote. A row that is damaged is left out: its sign is then made anew."""
    rows: list[ProofRow] = []
    reader = csv.reader(io.StringIO(data.decode("utf-8-sig", "replace"), newline=""))
    with suppress(csv.Error):
        if tuple(next(reader, ())) == _COLUMNS:
            rows.extend(row for cells in reader if (row := _row(cells)))
    return tuple(rows)


def _row(cells: Sequence[str]) -> ProofRow | None:
    if len(cells) != len(_COLUMNS):
        return None
    cell = dict(zip(_COLUMNS, map(plain_cell, cells), strict=True))
    parts = (cell[name].split("\n") if cell[name] else [] for name in ("codes", "messages", "mends"))
    try:
        state: State = next(state for state in STATES if state == cell["state"])
        remarks = tuple(Remark(*part) for part in zip(*parts, strict=True))
        if not _PATH.fullmatch(cell["path"]):
            return None
        return ProofRow(
            path=cell["path"],
            state=state,
            remarks=remarks,
            number=cell["number"],
            name=cell["name"],
            code=cell["code"],
            connector=cell["connector"],
            design=cell["design"],
            size=cell["size"],
            languages=tuple(cell["languages"].split()),
            url=cell["url"],
            mark=cell["mark"],
            phone=cell["phone"],
            width_mm=float(cell["width_mm"]),
            height_mm=float(cell["height_mm"]),
            distance_m=float(cell["distance_m"]),
            bytes=int(cell["bytes"]),
            measured=_measured(cell) if cell["version"] else None,
        )
    except (ValueError, StopIteration):
        return None


def _measured(cell: Mapping[str, str]) -> Measured:
    """Raises ValueError."""
    return Measured(
        version=int(cell["version"]),
        level=cell["level"],
        module_mm=float(cell["module_mm"]),
        code_mm=float(cell["code_mm"]),
        quiet_mm=float(cell["quiet_mm"]),
        floor_mm=float(cell["floor_mm"]),
        margin=float(cell["margin"]),
        scan_m=float(cell["scan_m"]),
        gain=cell["gain"],
        letters_pt=float(cell["letters_pt"]),
        text_level=float(cell["text_level"]),
        left_off=tuple(cell["left_off"].split()),
        fonts=int(cell["fonts"]),
        way="plain" if cell["way"] == "plain" else "fast",
    )


# ── The page ───────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Trouble:
    """What is wrong with some signs. Where their messages differ in the words that they quote, `remark` has … for those."""

    state: State
    remark: Remark
    rows: list[ProofRow]


def sample(rows: Iterable[ProofRow], most: int = PICTURES) -> tuple[ProofRow, ...]:
    """Signs to be looked at: one of everything that is wrong in each design, size and set of languages, and one of each where
    nothing is; then a second one of each, and so on. The worst of them first, then those with the least margin.
    """
    counts: Counter[object] = Counter()
    ranked: list[tuple[int, ProofRow]] = []
    for row in _worst_first(rows):
        key = row.state, _alike(row), row.kind, row.languages
        ranked.append((counts[key], row))
        counts[key] += 1
    ranked.sort(key=lambda one: one[0])
    return tuple(row for _, row in ranked[: max(most, 0)])


def _alike(row: ProofRow) -> frozenset[Remark]:
    """What was found, without the words that are this sign's own."""
    return frozenset(map(_general, row.remarks))


def _general(remark: Remark) -> Remark:
    return replace(remark, message=_QUOTED.sub('"…"', remark.message))


def _worst_first(rows: Iterable[ProofRow]) -> list[ProofRow]:
    return sorted(
        rows,
        key=lambda row: (
            STATES.index(row.state),
            row.measured.margin if row.measured else -1.0,
            row.name,
            row.path,
        ),
    )


def proof_html(rows: Iterable[ProofRow], pictures: Mapping[str, bytes], *, operator: str, day: str) -> bytes:
    """The page. `pictures`: PNG by path of the sign, in the order of the page (see `sample` and `thumbnail`); `day`: ISO date. Same input, same bytes."""
    ordered = _worst_first(rows)
    by_path = {row.path: row for row in ordered}
    measured = [row.measured for row in ordered if row.measured]
    style, code = minify_css(package_text("style/proof.css")), script(_SCRIPT)
    html = (
        _environment()
        .get_template("proof.html")
        .render(
            rows=ordered,
            cards=[(by_path[path], picture) for path, picture in pictures.items()],
            troubles=_troubles(ordered),
            named=_NAMED,
            counts=Counter(row.state for row in ordered),
            states=_STATE_WORDS,
            kinds=_kinds(ordered),
            languages=sorted({lang for row in ordered for lang in row.languages}),
            smallest=min(measured, key=lambda one: one.module_mm, default=None),
            tightest=min(measured, key=lambda one: one.margin, default=None),
            least_pt=min((one.letters_pt for one in measured), default=None),
            gain=next((one.gain for one in sorted(measured, key=lambda one: one.margin) if one.gain), ""),
            bytes=sum(row.bytes for row in ordered),
            operator=operator,
            day=day,
            style=trusted(style),
            script=trusted(code),
            policy=page_policy(style, (code,)),
        )
    )
    return minify_html(html).encode()


def look() -> str:
    """All that decides how the page looks besides what it shows."""
    return "".join(
        map(package_text, ("templates/proof/proof.html", "style/proof.css", f"scripts/{_SCRIPT}.js"))
    )


_SCRIPT = "desk/proof"
_STATE_WORDS: Mapping[State, tuple[str, str]] = {
    "error": ("Could not be made", "could not be made"),
    "warning": ("Look at it", "with a warning"),
    "ok": ("Fine", "fine"),
}
"""For a sign, and after a number of them."""


def _troubles(rows: Iterable[ProofRow]) -> list[_Trouble]:
    """What is wrong, the worst first, then what is wrong with most signs."""
    found: dict[tuple[State, Remark], dict[Remark, list[ProofRow]]] = {}
    for row in rows:
        for remark in row.remarks if row.state != "ok" else ():
            found.setdefault((row.state, _general(remark)), {}).setdefault(remark, []).append(row)
    troubles = (
        _Trouble(state, alike if len(own) > 1 else next(iter(own)), list(chain.from_iterable(own.values())))
        for (state, alike), own in found.items()
    )
    return sorted(
        troubles,
        key=lambda one: (STATES.index(one.state), -len(one.rows), one.remark.code, one.remark.message),
    )


def _kinds(rows: Sequence[ProofRow]) -> list[tuple[str, int]]:
    """Designs with their sizes, and how many signs there are of each."""
    return sorted(Counter(row.kind for row in rows).items())


@cache
def _environment() -> Environment:
    env = environment("proof")
    env.filters["n"] = lambda number: f"{number:,}"
    env.filters["g"] = lambda number: f"{number:g}"
    env.filters["tenths"] = lambda number: f"{number:.1f}"
    env.filters["share"] = lambda part: f"{100 * part:.0f} %"
    env.filters["file"] = lambda path: quote(path.removeprefix("placards/"))
    env.filters["png"] = lambda data: f"data:image/png;base64,{b64encode(data).decode()}"
    env.filters["upper_first"] = lambda text: text[:1].upper() + text[1:]
    env.filters["size"] = _size
    env.globals["many"] = lambda number, one, more: f"{number:,} {one if number == 1 else more}"
    return env


def _size(count: int) -> str:
    """Bytes as people say it."""
    return f"{count / 1e6:,.1f} MB" if count >= 1e6 else f"{max(count, 1) / 1e3:,.0f} KB"


def thumbnail(pdf: bytes) -> bytes:
    """The first page of a PDF as a small grey PNG of at most 6,000 bytes. Raises ValueError for what is no PDF."""
    import pypdfium2
    from PIL import Image

    try:
        with pypdfium2.PdfDocument(pdf) as document:
            page = document[0]
            width, height = page.get_size()
            scale = min(_BOX_PX[0] / width, _BOX_PX[1] / height)
            fine: Image.Image = page.render(scale=scale * _FINER, grayscale=True).to_pil()
    except pypdfium2.PdfiumError as error:
        raise ValueError(f"no picture of a sign: {error}") from error
    shrink = 1.0
    while True:
        size = max(round(width * scale * shrink), 1), max(round(height * scale * shrink), 1)
        small = fine.resize(size, Image.Resampling.LANCZOS).quantize(_GREYS, dither=Image.Dither.NONE)
        file = io.BytesIO()
        small.save(file, "PNG", optimize=True)
        if file.tell() <= _LARGEST:
            return file.getvalue()
        shrink *= 0.85
