"""Makes a sign: its fixed part laid out once for all signs of its kind ("plate"), what is its own drawn into the slots, and the
finished bytes proofed before they are handed on.

Where a text is not simply set from left to right in the design's own font, the whole sign is laid out by WeasyPrint: both ways
give the same picture.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property, lru_cache
from hashlib import blake2b
from importlib.metadata import version
from importlib.resources import files
from typing import Any, TypeVar

from chargeside.errors import RenderError
from chargeside.model.design import Design
from chargeside.plan.jobs import Job, Renderer, digest
from chargeside.plan.placards import KIND, Number, Placard
from chargeside.render.boxes import Drawn, Rect
from chargeside.render.canvas import title
from chargeside.render.layout import BLEED_MM, PART_BLEED_MM, Laid, SlotFullError, in_words, lay_out
from chargeside.render.overlay import Overlay
from chargeside.render.pictograms import load_pictograms
from chargeside.render.press import Leaf, Plate, single
from chargeside.render.proof import (
    Figures,
    Text,
    Wanted,
    proof,
    proof_batch,
    proof_part,
    proof_plate,
    wanted_in,
    wanted_in_part,
)
from chargeside.render.qr import Printed, fit
from chargeside.render.slots import Paragraphs, Slot, can_set, set_text
from chargeside.render.type import face

_HELD = 24
"""Plates kept ready. Signs come sorted by kind, so that few are needed at once."""

_STAND_IN = "\ue000"
"""Stands for whatever differs from sign to sign while a plate is laid out. A design that prints it outside of a slot has signs that
have nothing in common."""

Warnings = tuple[tuple[str, str, str], ...]
"""Findings to be: code, message, mend."""


class Sign(bytes):
    """A finished PDF."""

    warnings: Warnings = ()
    figures: Figures | None = None


@dataclass(frozen=True)
class Base:
    """The fixed part of signs of a kind, laid out. `slots` and `code` with their places in mm from the upper left corner."""

    plate: Plate
    slots: Mapping[str, tuple[Slot, float, float]]
    code: Rect
    warnings: Warnings
    proofs: Callable[[], Figures]

    @cached_property
    def figures(self) -> Figures:
        """What was measured of it. Proofs the plate when first asked, once for all signs that have it. Raises RenderError (P702)."""
        return self.proofs()


def render_placard(placard: Placard, shared: Mapping[str, Any]) -> Sign:
    """The PDF of one sign, proofed.

    Raises RenderError: P701 and P709 a text does not fit, P702 the proof failed, P703 a character has no glyph, P705 no legible
    code, P707 the design is broken.
    """
    drawn = leaf_with(placard, shared)
    sign = _sign(drawn)
    proof(sign, drawn.wanted, drawn.figures)
    return sign


RENDERERS: Mapping[str, Renderer] = {KIND: render_placard}


def render_batch(placards: Sequence[Placard], shared: Mapping[str, Any]) -> list[Sign | RenderError]:
    """Signs that share a plate, proofed, or why one cannot be made. The first is looked at whole; of the others what stands on
    the plate, all of them in one go, since that is all that differs."""
    made: list[Sign | RenderError] = []
    quick: list[tuple[int, Sign, DrawnLeaf]] = []
    plates = set()
    for placard in placards:
        try:
            drawn = leaf_with(placard, shared)
            sign = _sign(drawn)
            if drawn.wanted.lines and drawn.leaf.plate.key in plates:
                quick.append((len(made), sign, drawn))
            else:
                proof(sign, drawn.wanted, drawn.figures)
                plates.add(drawn.leaf.plate.key)
            made.append(sign)
        except RenderError as error:
            made.append(error)
    pages = [(sign, drawn.leaf, drawn.wanted, drawn.figures) for _, sign, drawn in quick]
    for place, wrong in proof_batch(pages):
        made[quick[place][0]] = wrong
    return made


def _sign(drawn: DrawnLeaf) -> Sign:
    sign = Sign(single(drawn.leaf))
    sign.figures, sign.warnings = drawn.figures, drawn.warnings
    return sign


@dataclass(frozen=True)
class DrawnLeaf:
    """A sign ready to be put on paper, with what must be found on it."""

    leaf: Leaf
    wanted: Wanted
    warnings: Warnings
    printed: Printed
    distance_m: float
    proofs: Callable[[], Figures]

    @property
    def figures(self) -> Figures:
        """What was measured of it. Proofs what it shares with other signs, unless that was done. Raises RenderError (P702)."""
        return self.proofs().with_code(self.printed, self.distance_m)


def leaf(placard: Placard, shared: Mapping[str, Any]) -> Leaf:
    """A sign ready to be put on paper. Raises RenderError as render_placard does, but for the proof."""
    return leaf_with(placard, shared).leaf


def leaf_with(placard: Placard, shared: Mapping[str, Any]) -> DrawnLeaf:
    """A sign and what it must show. Raises RenderError as render_placard does, but for the proof."""
    return _without(placard, shared, lambda off: _leaf(placard, shared, off))


def _leaf(placard: Placard, shared: Mapping[str, Any], off: frozenset[str]) -> DrawnLeaf:
    base = None if placard.rows else _base(placard, shared, off)
    drawn = None if base is None else _fast(placard, base, slot_texts(placard))
    return drawn or _plain_leaf(placard, shared, off)


_Made = TypeVar("_Made")


def _without(placard: Placard, shared: Mapping[str, Any], make: Callable[[frozenset[str]], _Made]) -> _Made:
    """Makes a sign, again with a block of little worth left off where a text of just this sign has no room in it."""
    drops: tuple[str, ...] = shared[placard.look].file.drops
    off: frozenset[str] = frozenset()
    while True:
        try:
            return make(off)
        except SlotFullError as error:
            if error.slot in off or error.slot not in drops:
                raise
            off |= {error.slot}


def slot_texts(placard: Placard) -> dict[str, tuple[Paragraphs, ...]]:
    """What may stand in each slot, the fullest first."""
    name, street, spot = placard.name, placard.street, placard.spot
    where = dict.fromkeys(
        ((name, street, spot), (", ".join(filter(None, (name, street))), spot), (street or name, spot))
    )
    return {
        **{f"number-{index}": ((number.text,),) for index, number in enumerate(placard.numbers)},
        "phone": ((placard.phone,),),
        "where": tuple(tuple(filter(None, paragraphs)) for paragraphs in where),
        "name": ((name,),),
        "street": ((street,),),
        "typed": ((placard.typed,),),
        "code": ((placard.code,),),
        "mark": ((placard.mark,),),
        **{f"power-{index}": ((plug.power,),) for index, plug in enumerate(placard.plugs)},
    }


# ── The fast way ───────────────────────────────────────────────────────────────────────────────────────────────────

_bases: OrderedDict[Hashable, Base | RenderError | None] = OrderedDict()


def _base(placard: Placard, shared: Mapping[str, Any], off: frozenset[str]) -> Base | None:
    """The plate for this kind of sign; None when the design has none. Raises RenderError, for every sign of the kind."""
    key = kind_key(placard), off
    if key in _bases:
        _bases.move_to_end(key)
    else:
        try:
            _bases[key] = _new_base(kind_of(placard), shared, off)
        except RenderError as error:
            _bases[key] = error
        while len(_bases) > _HELD:
            _bases.popitem(last=False)
    found = _bases[key]
    if isinstance(found, RenderError):
        raise RenderError(str(found), code=found.code, mend=found.mend)
    return found


def kind_key(placard: Placard) -> Hashable:
    """What two signs must have in common to share a plate; much quicker than `kind_of`, and no less strict."""
    plugs = tuple(
        (plug.name, not plug.power, plug.format, plug.places, plug.face, plug.view, plug.letters, plug.fill)
        for plug in placard.plugs
    )
    return (
        placard.look, placard.design, placard.size, placard.width_mm, placard.height_mm, placard.distance_m, placard.langs,
        len(plugs), placard.steps, placard.payments, plugs, tuple([number.place for number in placard.numbers]),
        placard.pay_at, placard.operator, placard.logo, placard.colour, placard.phone_free, placard.phone_hours,
        placard.emergency, placard.release, placard.acts, not placard.connector, placard.issued,
    )  # fmt: skip


def in_batches(jobs: Iterable[Job], most: int = 64) -> Iterator[tuple[Job, ...]]:
    """The jobs in batches of signs that share a plate, batches with like plates one after the other: whoever takes them in turn
    lays few plates out."""
    kinds: dict[Hashable, list[Job]] = {}
    for job in jobs:
        kinds.setdefault(kind_key(_placard(job)), []).append(job)
    for batch in sorted(kinds.values(), key=_likeness):
        for start in range(0, len(batch), most):
            yield tuple(batch[start : start + most])


def _placard(job: Job) -> Placard:
    assert isinstance(job.payload, Placard)
    return job.payload


def _likeness(batch: Sequence[Job]) -> str:
    sign = _placard(batch[0])
    return repr((sign.look, sign.size, sign.langs, len(sign.plugs), sign.payments, sign.steps, sign.plugs))


def kind_of(placard: Placard) -> Placard:
    """The sign without what differs from sign to sign: signs with the same kind share a plate."""
    blank = _STAND_IN
    return replace(
        placard, code=blank, url=blank, typed=blank, phone=blank, name=blank, street=blank, spot=blank, mark=blank,
        connector=blank if placard.connector else "",
        numbers=tuple(Number(blank, number.place) for number in placard.numbers),
        plugs=tuple(replace(plug, power=blank if plug.power else "") for plug in placard.plugs),
    )  # fmt: skip


def _new_base(kind: Placard, shared: Mapping[str, Any], off: frozenset[str]) -> Base | None:
    design: Design = shared[kind.look]
    laid = lay_out(kind, design, shared, None, off=off)
    if _STAND_IN in laid.page.drawn.text:
        return None
    data, said = laid.page.pdf()
    slots = _places(laid.slots.values(), laid.page.drawn, 0.0, 0.0)
    sheet = Plate(laid.page.key, data, kind.width_mm, kind.height_mm, BLEED_MM)
    wanted = wanted_in(kind, laid.page.drawn, design.file.carries)
    inside = dict(slots)
    placed = [(sheet, 0.0, 0.0)]
    for part, page in laid.parts:
        drawn, more = page.pdf()
        said = (*said, *more)
        corner = laid.page.drawn.boxes[part.id]
        plate = Plate(page.key, drawn, part.width_mm, part.height_mm, PART_BLEED_MM)
        placed.append((plate, corner.left, corner.top))
        slots |= _places(part.slots, page.drawn, corner.left, corner.top)
    whole = sheet
    if laid.parts:
        whole = replace(
            sheet, key=digest((kind, kind.issued, tuple(sorted(off)))), pdf=b"", parts=tuple(placed)
        )

    def proofs() -> Figures:
        for part, page in laid.parts:
            proof_part(page.pdf()[0], wanted_in_part(kind, part.ids), page.drawn)
        return proof_plate(data, wanted, laid, inside)

    return Base(whole, slots, laid.page.drawn.boxes["code"], _warnings(laid.dropped, said), proofs)


def _places(
    slots: Iterable[Slot], drawn: Drawn, left: float, top: float
) -> dict[str, tuple[Slot, float, float]]:
    """Where slots lie on the sign; `left` and `top` of what they are in."""
    found = {}
    for slot in slots:
        name = f"slot-{slot.name}"
        box = drawn.boxes.get(name) or drawn.boxes[re.sub("[0-9]+$", "0", name)]
        found[slot.name] = slot, left + box.left, top + box.top
    return found


def _fast(placard: Placard, base: Base, texts: Mapping[str, tuple[Paragraphs, ...]]) -> DrawnLeaf | None:
    """None when a text cannot be set by us. Raises RenderError (P701, P705)."""
    if not all(
        name in texts and can_set(texts[name][:1], slot.bold) for name, (slot, _, _) in base.slots.items()
    ):
        return None
    overlay = Overlay(placard.height_mm)
    wanted = Wanted(placard.width_mm, placard.height_mm, placard.url, base.code)
    dropped = set()
    for name, (slot, left, top) in base.slots.items():
        choice, drawn, lines = _in_slot(slot, left, top, placard.height_mm, texts[name])
        if name == "where" and placard.name and choice == len(texts[name]) - 1 > 0:
            dropped.add("name")
        overlay.add(drawn)
        wanted.lines += lines
    printed = fit(placard.url, base.code.right - base.code.left, placard.distance_m)
    quiet = (printed.side_mm - printed.code_mm) / 2
    overlay.code(printed, base.code.left + quiet, base.code.top + quiet)
    return DrawnLeaf(
        Leaf(
            base.plate, overlay.drawn(), overlay.pieces(), title(placard), placard.operator, placard.langs[0],
            placard.issued, _identifier(placard),
        ),
        wanted,
        (*base.warnings, *_warnings(frozenset(dropped), ())) if dropped else base.warnings,
        printed,
        placard.distance_m,
        lambda: base.figures,
    )  # fmt: skip


@lru_cache(maxsize=1024)
def _in_slot(
    slot: Slot, left: float, top: float, height_mm: float, texts: tuple[Paragraphs, ...]
) -> tuple[int, Overlay, tuple[Text, ...]]:
    """Which of the texts it is, how it is drawn, and its lines. Many signs have the same phone number, the same power."""
    setting = set_text(slot, texts)
    if setting is None:
        raise SlotFullError(slot.name, texts)
    overlay, letters, lines = Overlay(height_mm), face(bold=slot.bold), []
    for line in setting.lines:
        x, baseline = left + line.x, top + line.baseline
        overlay.text(letters, line.text, x, baseline, line.size, slot.ink)
        lines.append(Text(line.text, x, baseline, line.width, line.size))
    return setting.choice, overlay, tuple(lines)


# ── The plain way ──────────────────────────────────────────────────────────────────────────────────────────────────


def plain_leaf(placard: Placard, shared: Mapping[str, Any]) -> DrawnLeaf:
    """The same sign, all of it laid out by WeasyPrint. Raises RenderError as leaf does."""
    return _without(placard, shared, lambda off: _plain_leaf(placard, shared, off))


def _plain_leaf(placard: Placard, shared: Mapping[str, Any], off: frozenset[str]) -> DrawnLeaf:
    laid, printed = _plain(placard, shared, off=off)
    identifier = _identifier(placard)
    data, said = laid.page.pdf(identifier)
    plate = Plate(identifier.hex(), data, placard.width_mm, placard.height_mm, BLEED_MM)
    dropped = laid.dropped
    if (
        placard.name
        and "where-l0" in laid.page.drawn.places
        and placard.name.split()[0] not in _read(laid, "where")
    ):
        dropped |= {"name"}
    carries = shared[placard.look].file.carries
    wanted = wanted_in(placard, laid.page.drawn, carries, slot_texts(placard))
    return DrawnLeaf(
        Leaf(plate, b"", (), title(placard), placard.operator, placard.langs[0], placard.issued, identifier),
        Wanted(placard.width_mm, placard.height_mm, placard.url, laid.page.drawn.boxes["code"]),
        _warnings(dropped, said),
        printed,
        placard.distance_m,
        lambda: proof_plate(data, wanted, laid, {}),
    )


def _read(laid: Laid, slot: str) -> str:
    inks = [
        ink for name, inks in laid.page.drawn.places.items() if name.startswith(f"{slot}-l") for ink in inks
    ]
    return " ".join(ink.text for ink in inks)


def render_plain(placard: Placard, shared: Mapping[str, Any]) -> bytes:
    """The sign as WeasyPrint alone writes it, without proof: what the fast way is measured against. Raises RenderError."""
    laid, _ = _without(placard, shared, lambda off: _plain(placard, shared, 0.0, off))
    return laid.page.pdf(_identifier(placard))[0]


def render_accessible(placard: Placard, shared: Mapping[str, Any]) -> bytes:
    """The sign as one tagged PDF in the manner of PDF/UA-1: for a screen, not for a press. Raises RenderError as leaf does."""
    laid, _ = _without(placard, shared, lambda off: _plain(placard, shared, 0.0, off))
    return laid.page.pdf(_identifier(placard), "pdf/ua-1")[0]


def _plain(
    placard: Placard, shared: Mapping[str, Any], bleed_mm: float = BLEED_MM, off: frozenset[str] = frozenset()
) -> tuple[Laid, Printed]:
    laid = lay_out(placard, shared[placard.look], shared, slot_texts(placard), bleed_mm=bleed_mm, off=off)
    return laid, fit(placard.url, laid.code_mm, placard.distance_m)


def _identifier(placard: Placard) -> bytes:
    return blake2b(repr((placard, placard.issued)).encode(), digest_size=16).digest()


def _warnings(dropped: frozenset[str], said: Sequence[str]) -> Warnings:
    return (
        *(
            (
                "P706",
                f"left off for want of room: {in_words(name)[0]}",
                f"if it matters, choose fewer languages or another design, or {in_words(name)[1]}",
            )
            for name in sorted(dropped)
        ),
        *(("P704", f"the print engine says: {text}", "look at the sign") for text in dict.fromkeys(said)),
    )


@cache
def closure() -> str:
    """Digest of all that decides how a sign looks besides its values and its design."""
    state = blake2b(digest_size=16)
    package = files("chargeside")
    modules = (
        "boxes",
        "canvas",
        "apart",
        "faces",
        "layout",
        "overlay",
        "pdf",
        "placard",
        "press",
        "proof",
        "qr",
        "slots",
        "type",
    )
    for name in modules:
        state.update(package.joinpath("render", f"{name}.py").read_bytes())
    state.update(repr(sorted(load_pictograms().items())).encode())
    tools = ("chargeside", "weasyprint", "pydyf", "pikepdf", "fonttools", "zxing-cpp")
    state.update(repr([version(name) for name in tools]).encode())
    return state.hexdigest()
