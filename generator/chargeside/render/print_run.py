"""A print run: many signs in one PDF, in order, with what a print shop needs around them.

It is made in three passes, so that memory stays flat and no plate is laid out twice: signs are drawn kind by kind into a store on
disk (`draw`, `Store`), put on pages in their order (`write_part`), and read back from the finished file (`proof_batch`).
"""

from __future__ import annotations

import pickle
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from pathlib import Path
from typing import Any, BinaryIO

from chargeside.errors import RenderError
from chargeside.model.label_sheet import A4, LETTER, LabelSheet
from chargeside.plan.jobs import Job as JobOf
from chargeside.plan.placards import KIND, Placard
from chargeside.plan.sites import SiteOf
from chargeside.render import marks
from chargeside.render.cover import MOST_SITES, Cover, Kind, cover_leaf
from chargeside.render.inks import Inks
from chargeside.render.layout import BLEED_MM
from chargeside.render.placard import in_batches, leaf_with
from chargeside.render.press import Edges, Leaf, Placed, Plate, Run
from chargeside.render.proof import Wanted
from chargeside.render.run_proof import Shown, proof_pages
from chargeside.render.type import Piece

_BATCH = 500
"""Pages that are proofed together."""
_MOST_NAME = 90
"""Characters of a site's name on the cover."""


@dataclass(frozen=True)
class Setup:
    """How a run is printed. `cut_mm`: radius of the corners of a cut contour, None for none. `first`: the first free label of a
    sheet, from 0. `per_part`: pages with signs in each file, 0 for all in one. `day`: ISO date."""

    title: str
    operator: str
    day: str
    marks: bool = True
    cut_mm: float | None = None
    sheet: LabelSheet | None = None
    first: int = 0
    cover: bool = False
    per_part: int = 0
    inks: Inks | None = None


# ── Drawing ────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Drawn:
    """A sign without its plate, which `plate` names."""

    plate: str
    overlay: bytes
    pieces: tuple[Piece, ...]
    wanted: Wanted


Batch = tuple[tuple[tuple[int, Drawn], ...], dict[str, Plate]]
"""Signs by their place in the run, and their plates by key."""


def batches(placards: Sequence[Placard]) -> Iterator[tuple[tuple[int, Placard], ...]]:
    """Signs with their places in the run, those of a kind together: its plate is laid out once."""
    for batch in in_batches(JobOf(str(index), KIND, placard) for index, placard in enumerate(placards)):
        yield tuple((int(job.path), placards[int(job.path)]) for job in batch)


def draw(batch: Sequence[tuple[int, Placard]], shared: Mapping[str, Any]) -> Batch:
    """Draws signs. Raises RenderError that names the sign."""
    signs, plates = [], {}
    for index, placard in batch:
        try:
            found = leaf_with(placard, shared)
        except RenderError as error:
            raise RenderError(f"{placard.path}: {error}", code=error.code, mend=error.mend) from error
        leaf = found.leaf
        plates[leaf.plate.key] = leaf.plate
        signs.append((index, Drawn(leaf.plate.key, leaf.overlay, leaf.pieces, found.wanted)))
    return tuple(signs), plates


class Store:
    """Drawn signs and plates in a temporary file of our own; only their places are kept in memory."""

    def __init__(self, file: BinaryIO, count: int, inks: Inks | None) -> None:
        self._file = file
        self._inks = inks
        self._signs = [0] * count
        self._plates: dict[str, int] = {}
        self._known: dict[str, Plate] = {}  # without their PDF

    def add(self, batch: Batch) -> None:
        """Keeps a batch. Raises RenderError (P723) where a colour cannot be converted to inks."""
        signs, plates = batch
        for index, drawn in signs:
            self._keep(plates[drawn.plate])
            overlay = self._inks.overlay(drawn.overlay) if self._inks else drawn.overlay
            self._signs[index] = self._put(replace(drawn, overlay=overlay))

    def sign(self, index: int) -> Drawn:
        """A sign by its place in the run."""
        found = self._get(self._signs[index])
        assert isinstance(found, Drawn)
        return found

    def leaf(self, drawn: Drawn, written: set[str]) -> Leaf:
        """A sign to be put on a page. Plates in `written` are in the file already, and come without their PDF."""
        plate = self._whole(self._known[drawn.plate], written)
        return Leaf(plate, drawn.overlay, drawn.pieces, "", "", "", "", b"")

    def _keep(self, plate: Plate) -> Plate:
        if plate.key not in self._known:
            if plate.parts:
                parts = tuple((self._keep(part), left, top) for part, left, top in plate.parts)
                self._known[plate.key] = replace(plate, parts=parts)
            else:
                self._plates[plate.key] = self._put(self._inks.plate(plate) if self._inks else plate)
                self._known[plate.key] = replace(plate, pdf=b"")
        return self._known[plate.key]

    def _whole(self, plate: Plate, written: set[str]) -> Plate:
        if plate.key in written:
            return plate
        written.add(plate.key)
        if plate.parts:
            parts = tuple((self._whole(part, written), left, top) for part, left, top in plate.parts)
            return replace(plate, parts=parts)
        found = self._get(self._plates[plate.key])
        assert isinstance(found, Plate)
        return found

    def _put(self, what: object) -> int:
        at = self._file.seek(0, 2)
        pickle.dump(what, self._file, protocol=pickle.HIGHEST_PROTOCOL)
        return at

    def _get(self, at: int) -> Any:
        self._file.seek(at)
        return pickle.load(self._file)  # noqa: S301 - written by `_put` into a file that has no name


# ── Pages ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a sign stands: its page in the part, from 1, and its label, from 1; its upper left corner in mm."""

    index: int
    page: int
    position: int
    left_mm: float
    top_mm: float


@dataclass(frozen=True)
class Part:
    """A file of the run: which one of how many, from 1, and its pages with signs, counted through the run from 0."""

    number: int
    of: int
    first: int
    last: int


@dataclass(frozen=True)
class Job:
    """All signs of a run in their order, with their sites, and how they are printed. `index`: name of the table of them all."""

    signs: Sequence[tuple[SiteOf, Placard]]
    setup: Setup
    index: str = ""

    def parts(self) -> tuple[Part, ...]:
        """The files it is made of."""
        pages = -(-(len(self.signs) + self.setup.first) // self._a_page)
        size = self.setup.per_part or pages
        starts = range(0, pages, size)
        return tuple(
            Part(at, len(starts), start, min(start + size, pages)) for at, start in enumerate(starts, 1)
        )

    def pages(self, part: Part) -> int:
        """How many pages the file of a part has."""
        return part.last - part.first + self._before

    def spots(self, part: Part, page: int) -> list[Spot]:
        """Signs on a page with signs, counted through the run."""
        setup, many = self.setup, self._a_page
        spots = []
        for slot in range(page * many, (page + 1) * many):
            index = slot - setup.first
            if not 0 <= index < len(self.signs):
                continue
            left, top = self._corner(self.signs[index][1], slot % many)
            spots.append(Spot(index, page - part.first + self._before + 1, slot % many + 1, left, top))
        return spots

    def page_size(self, placard: Placard) -> tuple[float, float]:
        """Of the page that a sign stands on."""
        if self.setup.sheet:
            return self.setup.sheet.page
        margin = self._margin
        return (placard.width_mm + 2 * margin, placard.height_mm + 2 * margin)

    def trim(self, placard: Placard) -> Edges:
        """Where the page of a sign is cut."""
        width, height = self.page_size(placard)
        margin = self._margin
        return (margin, margin, width - margin, height - margin)

    def indexes(self, part: Part) -> range:
        """The signs of a part."""
        many, first = self._a_page, self.setup.first
        return range(max(0, part.first * many - first), min(len(self.signs), part.last * many - first))

    @property
    def cover_size(self) -> tuple[float, float]:
        """Of the cover: a sheet, or the paper that is usual where the signs hang."""
        if self.setup.sheet:
            return self.setup.sheet.page
        is_letter = any("letter" in placard.size.lower() for _, placard in self.signs)
        return LETTER if is_letter else A4

    @property
    def _a_page(self) -> int:
        return self.setup.sheet.labels if self.setup.sheet else 1

    @property
    def _before(self) -> int:
        """Pages before those with signs."""
        return 2 if self.setup.cover else 0

    @property
    def _margin(self) -> float:
        return marks.MARGIN_MM if self.setup.marks and not self.setup.sheet else 0.0

    def _corner(self, placard: Placard, position: int) -> tuple[float, float]:
        sheet = self.setup.sheet
        if sheet is None:
            return (self._margin, self._margin)
        left, top = sheet.corner(position)
        return (
            left + (sheet.label[0] - placard.width_mm) / 2,
            top + (sheet.label[1] - placard.height_mm) / 2,
        )


def write_part(job: Job, part: Part, store: Store, file: BinaryIO) -> Iterator[int]:
    """Writes a part; gives the number of signs on each page. Raises OSError when the disk refuses."""
    setup = job.setup
    name = setup.title + (f", part {part.number} of {part.of}" if part.of > 1 else "")
    ident = blake2b(repr((name, setup.day, [one.path for _, one in job.signs])).encode(), digest_size=16)
    run = Run(
        file, title=name, author=setup.operator, lang="", created=setup.day, identifier=ident.digest(),
        intent=setup.inks.intent if setup.inks else None, colour_spaces=marks.SPACES,
    )  # fmt: skip
    written: set[str] = set()
    if setup.cover:
        _write_cover(run, job, part)
    for page in range(part.first, part.last):
        spots = job.spots(part, page)
        _write_page(run, job, part, spots, store, written)
        yield len(spots)
    run.close()


def _write_page(
    run: Run, job: Job, part: Part, spots: Sequence[Spot], store: Store, written: set[str]
) -> None:
    setup = job.setup
    first = job.signs[spots[0].index][1]
    size, trim = job.page_size(first), job.trim(first)
    leaves = [store.leaf(store.sign(spot.index), written) for spot in spots]
    placed, cuts = [], []
    for spot, leaf in zip(spots, leaves, strict=True):
        bottom = size[1] - spot.top_mm - leaf.plate.height_mm
        placed.append(Placed(leaf, spot.left_mm, bottom, bleed_mm=_bleed(setup, leaf.plate)))
        if setup.cut_mm is not None:
            edges = (spot.left_mm, bottom, spot.left_mm + leaf.plate.width_mm, bottom + leaf.plate.height_mm)
            cuts.append(marks.contour(edges, setup.cut_mm))
    fixed, extra = b"\n".join(cuts), b""
    pieces: tuple[Piece, ...] = ()
    bleed = trim
    if setup.marks and not setup.sheet:
        fixed = b"\n".join((marks.crop_marks(trim), *cuts))
        bleed = (trim[0] - BLEED_MM, trim[1] - BLEED_MM, trim[2] + BLEED_MM, trim[3] + BLEED_MM)
        said = marks.slug(size[1], trim, _slug(job, part, spots[0], first))
        extra, pieces = said.drawn(), said.pieces()
    run.page(size, placed, trim=trim, bleed=bleed, fixed=fixed, extra=extra, pieces=pieces)


def _bleed(setup: Setup, plate: Plate) -> float:
    if setup.sheet:
        return setup.sheet.bleed_mm(plate.width_mm, plate.height_mm, BLEED_MM)
    return BLEED_MM if setup.marks else 0.0


def _slug(job: Job, part: Part, spot: Spot, placard: Placard) -> str:
    of = f" · part {part.number} of {part.of}" if part.of > 1 else ""
    page = f"page {spot.page} of {job.pages(part)}{of}"
    return f"{page} · {sign_name(placard)} · mark {placard.mark} · {job.setup.operator}"


def sign_name(placard: Placard) -> str:
    """A sign in a few words: 4821736, connector 2 · tag 60x90 en-fr."""
    of = f" connector {placard.connector}" if placard.connector else ""
    return f"{placard.code}{of} · {placard.design} {placard.size} {'-'.join(placard.langs)}"


def _write_cover(run: Run, job: Job, part: Part) -> None:
    size = job.cover_size
    page = (0.0, 0.0, *size)
    run.page(size, [Placed(cover_leaf(cover_of(job, part), *size), 0, 0)], trim=page, bleed=page)
    run.page(size, [], trim=page, bleed=page)


def cover_of(job: Job, part: Part) -> Cover:
    """What stands on the cover of a part."""
    signs = [job.signs[index] for index in job.indexes(part)]
    kinds = Counter((one.design, _size(one), ", ".join(one.langs)) for _, one in signs)
    sites = Counter(site for site, _ in signs)
    shown = [
        (_short(site.name or site.address or "(no site)"), count)
        for site, count in list(sites.items())[:MOST_SITES]
    ]
    pages = part.last - part.first
    return Cover(
        title=job.setup.title,
        day=job.setup.day,
        part=part.number,
        parts=part.of,
        signs=_many(len(signs), "sign"),
        pages=_many(pages, "page") + " besides this leaf",
        kinds=tuple(Kind(*kind, count) for kind, count in sorted(kinds.items())),
        sites=tuple(shown),
        more_sites=len(sites) - len(shown),
        index=job.index,
        steps=tuple(_steps(job)),
    )


def _steps(job: Job) -> Iterator[str]:
    setup = job.setup
    yield "Print at 100 %. Switch “fit to page” off."
    yield "Print this leaf by itself. Switch duplex off for the signs: each has one side. They begin on page 3."
    if setup.sheet:
        yield "Hold the outline print (--outline) against a sheet before you load the labels."
    elif setup.marks:
        yield f"Cut at the crop marks. Colour reaches {BLEED_MM:g} mm beyond them."
    if setup.cut_mm is not None:
        yield f"The ink {marks.CONTOUR} is the path of the plotter: do not print it."
    yield "Do not change colours, sizes or pictures. Text and codes are 100 % black."
    yield "Scan the first sign with two phones before you print the rest."
    if job.index:
        yield f"Every sign is listed in {job.index}, with the address that its code must show."


def _short(name: str) -> str:
    return name if len(name) <= _MOST_NAME else f"{name[: _MOST_NAME - 1]}…"


def _many(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _size(placard: Placard) -> str:
    measures = f"{placard.width_mm:.4g} × {placard.height_mm:.4g} mm"
    return measures if "x" in placard.size else f"{placard.size} ({measures})"


# ── Proof and index ────────────────────────────────────────────────────────────────────────────────────────────────


ToProof = tuple[Path, int, int, tuple[Shown, ...]]
"""Pages to be proofed: the file, how many it has, the first of these from 0, and what each must show."""


def to_proof(job: Job, part: Part, store: Store, path: Path) -> Iterator[ToProof]:
    """All pages of the finished file of a part, some at a time."""
    pages = job.pages(part)
    before = pages - (part.last - part.first)

    def shown(page: int) -> Shown:
        if page < before:
            return Shown(job.cover_size, (0.0, 0.0, *job.cover_size), ())
        spots = job.spots(part, part.first + page - before)
        first = job.signs[spots[0].index][1]
        signs = [(store.sign(spot.index).wanted, spot.left_mm, spot.top_mm) for spot in spots]
        return Shown(job.page_size(first), job.trim(first), signs)

    for start in range(0, pages, _BATCH):
        yield path, pages, start, tuple(map(shown, range(start, min(start + _BATCH, pages))))


def proof_batch(batch: ToProof) -> int:
    """Reads pages back; gives how many passed. Raises RenderError (P702)."""
    return proof_pages(*batch)


COLUMNS = (
    "part", "page", "position", "code", "connector", "design", "size", "languages", "number", "name", "url", "mark"
)  # fmt: skip


def index_rows(job: Job) -> Iterator[tuple[str | int, ...]]:
    """A row for each sign: COLUMNS. Pages count in the part's file, labels on the sheet, both from 1."""
    for part in job.parts():
        for page in range(part.first, part.last):
            for spot in job.spots(part, page):
                one = job.signs[spot.index][1]
                number = " | ".join(number.text for number in one.numbers)
                yield (
                    part.number, spot.page, spot.position, one.code, one.connector, one.design, one.size,
                    "-".join(one.langs), number, one.name, one.url, one.mark,
                )  # fmt: skip


def write_outline(sheet: LabelSheet, title: str, day: str, file: BinaryIO) -> None:
    """One page with the outlines of all labels of a sheet and their numbers. `day`: ISO date."""
    width, height = sheet.page
    labels = []
    for position in range(sheet.labels):
        left, top = sheet.corner(position)
        labels.append((left, height - top - sheet.label[1], left + sheet.label[0], height - top))
    counted = marks.numbers_of_labels(height, labels)
    run = Run(file, title=title, author="Chargeside", lang="en", created=day, identifier=bytes(16))
    page = (0.0, 0.0, width, height)
    drawn = b"\n".join((marks.outlines(labels), counted.drawn()))
    run.page(sheet.page, [], trim=page, bleed=page, extra=drawn, pieces=counted.pieces())
    run.close()
