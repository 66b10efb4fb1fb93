"""One step of the benchmark of signs, in a process of its own: `python benchmarks/signs.py STEP ROOM COUNT`.

ROOM is the folder that the steps `import` (steps.py) and `values` (here) have worked in; COUNT says how many signs to draw: the
stations' over and over with other codes, should there be fewer. Prints one JSON object as steps.py does.

Every tool starts cold: a process imports what is needed and is copied into two workers, as the build does it; these read the
signs' values, draw half of the signs each and write each to a file of its own, all of it while the clock runs. Typst and WeasyPrint have the same stations, texts,
fonts and drawings; Typst reads its values as JSON, so that it waits for nothing of ours.
"""

from __future__ import annotations

import argparse
import gc
import json
import pickle
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import astuple, replace
from importlib import import_module
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

from steps import TODAY, Made, Room, Run, measured, network_of

if TYPE_CHECKING:
    from chargeside.plan.placards import Placard, Plug

WORKERS = 2
PAGES = 50
"""Pages of a Typst document that is split into signs. Fewer take longer each; more take memory and are hardly quicker."""

_HERE = Path(__file__).resolve().parent
_SCALES = {"few": 1 / 6.3, "row": 1 / 8.6, "grid": 1 / 14.5}
"""Drawings of plugs, as in the design `classic`."""
_LEVEL = "H"
"""Error correction that our signs have at this length of address."""

Draw = Callable[[Path, int, int, Path], Made]
"""What a worker does: of the signs in a room, every WORKERS-th of so many from the given one on, into a folder."""


# ── Values ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def values(room: Room, count: int) -> Run:
    """The plan of the signs, written down for our workers and for Typst's. Not a part of any tool's time."""
    del count
    from chargeside.plan.placards import plan_placards

    network, _ = network_of(room)

    def run() -> Made:
        plan = plan_placards(network, TODAY)
        placards: list[Any] = [job.payload for job in plan.jobs]
        with _ours(room.root).open("wb") as file:
            pickle.dump((placards, plan.shared), file)
        typst = _typst(room.root)
        (typst / "drawings").mkdir(parents=True)
        shutil.copy(_HERE / "sign.typ", typst)
        _copy_fonts(typst / "fonts")
        _draw_for_typst(placards, plan.shared, typst / "drawings")
        lines = (json.dumps(typst_values(placard), ensure_ascii=False) for placard in placards)
        (typst / "signs.jsonl").write_text("\n".join(lines), encoding="utf-8")
        return Made(len(placards))

    return run


def _ours(root: Path) -> Path:
    return root / "signs.pickle"


def _typst(root: Path) -> Path:
    return root / "typst"


def typst_values(placard: Placard) -> dict[str, Any]:
    """What the Typst document shows of a sign."""
    return {
        "numbers": [number.text for number in placard.numbers],
        "colour": placard.colour,
        "code": placard.code,
        "url": placard.url,
        "typed": placard.typed,
        "operator": placard.operator,
        "phone": placard.phone,
        "free": placard.phone_free,
        "hours": placard.phone_hours,
        "steps": [(step.pictogram, step.texts[0]) for step in placard.steps],
        "emergency": placard.emergency,
        "name": placard.name,
        "street": placard.street,
        "spot": placard.spot,
        "plugs": [
            {
                "name": plug.name,
                "words": _words(plug),
                "face": f"{plug.face}-{plug.view}" if plug.face else "",
                "letters": [f"{letter}-{plug.fill}" for letter in plug.letters],
            }
            for plug in placard.plugs
        ],
        "payments": [texts[0] for texts in placard.payments],
        "mark": placard.mark,
        "issued": placard.issued,
    }


def _words(plug: Plug) -> list[str]:
    own = "own cable" if plug.format == "socket" else ""
    return [word for word in (plug.power, *plug.places, own) if word]


def _copy_fonts(folder: Path) -> None:
    """Noto Sans alone: Typst looks into every font that it is shown."""
    folder.mkdir()
    for style in ("Regular", "Bold"):
        asked = ["fc-match", f"Noto Sans:style={style}", "--format=%{file}"]
        shutil.copy(subprocess.run(asked, check=True, capture_output=True, text=True).stdout, folder)


def _draw_for_typst(placards: Sequence[Placard], shared: Mapping[str, Any], folder: Path) -> None:
    """Every drawing that the signs show, as an SVG file by the name that the Typst document knows."""
    from chargeside.render.faces import face_svg, label_svg
    from chargeside.render.pictograms import inline

    arrow = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><path fill="#fff" d="M2 12 12 3v6h10v6H12v6z"/></svg>'
    drawings = {"arrow": arrow, "danger": inline("danger", colour="#fff"), "unknown": inline("plug-in")}
    plugs = {plug for placard in placards for plug in placard.plugs}
    for name in {step.pictogram for placard in placards for step in placard.steps}:
        drawings[name] = inline(name)
    for letter, fill in {(letter, plug.fill) for plug in plugs for letter in plug.letters}:
        drawings[f"{letter}-{fill}"] = label_svg(letter, fill, prefix="l", width_mm=30, standalone=True)
    for face, view in {(plug.face, plug.view) for plug in plugs if plug.face}:
        for name, scale in _SCALES.items():
            drawings[f"{face}-{view}-{name}"] = face_svg(
                shared[face], prefix="f", view=view, scale=scale, standalone=True
            )
    for name, drawing in drawings.items():
        (folder / f"{name}.svg").write_text(drawing, encoding="utf-8")


# ── Ours ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _placards(
    root: Path, count: int, first: int = 0, step: int = 1
) -> Iterator[tuple[int, Placard, dict[str, Any]]]:
    """Every `step`-th of so many signs, with its number and the drawings they share."""
    placards, shared = pickle.loads(_ours(root).read_bytes())  # noqa: S301 - written by the step `values`
    for index in range(first, count, step):
        turn, place = divmod(index, len(placards))
        placard = placards[place]
        yield index, _with_code(placard, _code(placard.code, turn)) if turn else placard, shared


def _code(code: str, turn: int) -> str:
    """Another code of the same length."""
    return f"{(int(code) + turn * 1_234_567) % 10 ** len(code):0{len(code)}}"


def _with_code(placard: Placard, code: str) -> Placard:
    old = placard.code
    numbers = tuple(replace(number, text=number.text.replace(old, code)) for number in placard.numbers)
    url, typed = placard.url.replace(old, code), placard.typed.replace(old, code)
    return replace(placard, code=code, url=url, typed=typed, numbers=numbers)


def _each(
    render: Callable[[Any, Mapping[str, Any]], bytes], root: Path, count: int, first: int, out: Path
) -> Made:
    from chargeside.errors import RenderError

    made = failed = size = 0
    for index, placard, shared in _share_of(root, count, first):
        try:
            size += (out / f"{index}.pdf").write_bytes(render(placard, shared))
            made += 1
        except RenderError as error:
            if not failed:
                print(f"{placard.code}: {error}", file=sys.stderr)
            failed += 1
    return Made(made, failed, size)


BATCH = 64
"""Signs that are proofed at once, as in the build."""


def _share_of(root: Path, count: int, first: int) -> Iterator[tuple[int, Placard, dict[str, Any]]]:
    """What falls to a process: a run of batches of like signs, as the build hands them out."""
    from chargeside.plan.jobs import Job
    from chargeside.render.placard import in_batches

    numbered = list(_placards(root, count))
    jobs = (Job(str(index), "placard", placard) for index, placard, _ in numbered)
    ordered = [job for batch in in_batches(jobs) for job in batch]
    gc.freeze()  # as the build's workers do, which do not hold all signs at once
    ends = [len(ordered) * place // WORKERS for place in (first, first + 1)]
    for job in ordered[ends[0] : ends[1]]:
        index = int(job.path)
        yield index, numbered[index][1], numbered[index][2]


def _draw(root: Path, count: int, first: int, out: Path) -> Made:
    from chargeside.render.placard import leaf
    from chargeside.render.press import single

    return _each(lambda placard, shared: single(leaf(placard, shared)), root, count, first, out)


def _proof(root: Path, count: int, first: int, out: Path) -> Made:
    from chargeside.errors import RenderError
    from chargeside.render.placard import render_batch

    made = failed = size = 0
    signs = list(_share_of(root, count, first))
    for start in range(0, len(signs), BATCH):
        some = signs[start : start + BATCH]
        results = render_batch([placard for _, placard, _ in some], some[0][2])
        for (index, placard, _), sign in zip(some, results, strict=True):
            if isinstance(sign, RenderError):
                print(f"{placard.code}: {sign}", file=sys.stderr)
                failed += 1
            else:
                size += (out / f"{index}.pdf").write_bytes(sign)
                made += 1
    return Made(made, failed, size)


def _plain(root: Path, count: int, first: int, out: Path) -> Made:
    from chargeside.render.placard import render_plain

    return _each(render_plain, root, count, first, out)


def print_run(room: Room, count: int) -> Run:
    """One PDF of all signs, each a page, with bleed; one process."""

    def run() -> Made:
        from chargeside.errors import RenderError
        from chargeside.render.placard import leaf
        from chargeside.render.press import Placed
        from chargeside.render.press import Run as PrintRun

        path = room.root / "print-run.pdf"
        with path.open("wb") as file:
            printed = PrintRun(
                file, title="Signs", author="Example Charge", lang="en", created=TODAY, identifier=bytes(16)
            )
            for _, placard, shared in _placards(room.root, count):
                try:
                    sign = leaf(placard, shared)
                except RenderError:
                    continue
                by, wide, high = sign.plate.bleed_mm, sign.plate.width_mm, sign.plate.height_mm
                printed.page(
                    (wide + 2 * by, high + 2 * by),
                    [Placed(sign, by, by)],
                    trim=(by, by, by + wide, by + high),
                    bleed=(0, 0, wide + 2 * by, high + 2 * by),
                )
            printed.close()
        return Made(printed.pages, count - printed.pages, printed.size)

    return run


def whole_build(room: Room, count: int) -> Run:
    """All of `chargeside build --only placards` for the stations there are: loaded, planned, drawn, proofed, put in place."""
    del count

    out = _emptied(room)

    def run() -> Made:
        from chargeside.build import Options, build

        report = build(room.operator, Options(out, TODAY, ("placards",), WORKERS))
        return Made(len(report.rendered), len(report.failed))

    return run


# ── Typst ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _signs(root: Path, count: int, first: int = 0, step: int = 1) -> Iterator[tuple[int, dict[str, Any]]]:
    """As `_placards`, for Typst, each with its QR code."""
    with (_typst(root) / "signs.jsonl").open(encoding="utf-8") as file:
        lines = file.readlines()
    for index in range(first, count, step):
        turn, place = divmod(index, len(lines))
        line = lines[place]
        if turn:
            old = str(json.loads(line)["code"])
            line = line.replace(old, _code(old, turn))
        sign = json.loads(line)
        yield index, {**sign, "qr": _qr(sign["url"])}


def _qr(url: str) -> str:
    """The code as an SVG with nothing in it but its path: Typst is a fifth quicker with it than with zxing's own."""
    import zxingcpp

    drawn = zxingcpp.create_barcode(url, zxingcpp.BarcodeFormat.QRCode, ec_level=_LEVEL).to_svg()
    found = re.search(r'<svg width="(\d+)".* d="([^"]+)"', drawn, re.DOTALL)
    assert found, "zxing-cpp writes its SVG in another way"
    side, path = found.groups()
    box, ground = f'viewBox="0 0 {side} {side}"', f'<path fill="#fff" d="M0 0h{side}v{side}h-{side}z"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {box}>{ground}<path d="{path}"/></svg>'


class _Typst:
    """One compiler for all documents of a process, so that fonts, drawings and layouts stay in its memory.

    Values come with the source. As `sys_inputs` they would make it forget what it remembers: that takes half as long again.
    """

    def __init__(self, root: Path) -> None:
        import typst

        folder = _typst(root)
        self._compiler = typst.Compiler(
            root=str(folder), font_paths=[str(folder / "fonts")], ignore_system_fonts=True
        )

    def pdf(self, signs: Sequence[Mapping[str, Any]]) -> bytes:
        """A page for each sign; untagged, as ours are."""
        text = json.dumps(json.dumps(signs, ensure_ascii=False), ensure_ascii=False)
        source = f'#import "/sign.typ": signs\n#signs(json(bytes({text})))'
        data = self._compiler.compile(input=source.encode(), format="pdf", pdf_tags=False)
        assert isinstance(data, bytes)
        return data


def _typst_each(root: Path, count: int, first: int, out: Path) -> Made:
    compiler = _Typst(root)
    made = size = 0
    for index, sign in _signs(root, count, first, WORKERS):
        size += (out / f"{index}.pdf").write_bytes(compiler.pdf([sign]))
        made += 1
    return Made(made, size=size)


def _typst_split(root: Path, count: int, first: int, out: Path) -> Made:
    """Documents of many pages, each split by pikepdf into its signs. Their files keep no title and no language."""
    from io import BytesIO

    import pikepdf

    compiler, signs = _Typst(root), _signs(root, count, first, WORKERS)
    made = size = 0
    while some := list(islice(signs, PAGES)):
        with pikepdf.open(BytesIO(compiler.pdf([sign for _, sign in some]))) as document:
            for (index, _), page in zip(some, document.pages, strict=True):
                with pikepdf.new() as one:
                    one.pages.append(page)
                    one.save(path := out / f"{index}.pdf")
                size += path.stat().st_size
                made += 1
    return Made(made, size=size)


def typst_run(room: Room, count: int) -> Run:
    """One PDF of all signs, each a page; one process."""

    def run() -> Made:
        document = _Typst(room.root).pdf([sign for _, sign in _signs(room.root, count)])
        return Made(count, size=(room.root / "typst-run.pdf").write_bytes(document))

    return run


# ── Steps ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def each(draw: Draw, *preloaded: str) -> Callable[[Room, int], Run]:
    """A file for each sign, by WORKERS copies of a process that has loaded these modules while the clock ran."""

    def step(room: Room, count: int) -> Run:
        out = _emptied(room)
        out.mkdir()

        def run() -> Made:
            tasks = [(room.root, count, first, out) for first in range(WORKERS)]
            for module in preloaded:
                import_module(module)
            with get_context("fork").Pool(WORKERS) as pool:
                parts = pool.starmap(draw, tasks, chunksize=1)
                pool.close()
                pool.join()  # so that their processor time is counted
            return Made(*(sum(figures) for figures in zip(*map(astuple, parts), strict=True)))

        return run

    return step


def _emptied(room: Room) -> Path:
    """The folder for a step's files, without those of the step before."""
    out = room.out("signs")
    if out.exists():
        shutil.rmtree(out)
    return out


OURS = ("chargeside.render.placard",)
TYPST = ("typst", "pikepdf", "chargeside.render.qr")
STEPS: Mapping[str, Callable[[Room, int], Run]] = {
    "values": values,
    "draw": each(_draw, *OURS),
    "proof": each(_proof, *OURS),
    "plain": each(_plain, *OURS),
    "typst": each(_typst_each, *TYPST),
    "typst-split": each(_typst_split, *TYPST),
    "print-run": print_run,
    "typst-run": typst_run,
    "build": whole_build,
}


def main() -> None:
    """Run one step and print what it took."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("step", choices=STEPS)
    parser.add_argument("room", type=Path)
    parser.add_argument("count", type=int, nargs="?", default=0)
    arguments = parser.parse_args()
    measured(STEPS[arguments.step](Room(arguments.room, Path()), arguments.count))


if __name__ == "__main__":
    main()
