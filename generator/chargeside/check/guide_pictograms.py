"""Rules on pictograms: each has words for those who do not see it, and a guide that shows it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

from chargeside.findings import Findings, nearest
from chargeside.load.pictograms import pictogram_names
from chargeside.load.source import Yaml, read_yaml
from chargeside.model.network import Content

_FOLDER = Path(__file__).resolve().parent.parent / "pictograms"
_SHOWN = "generator/chargeside/pictograms"


def check_pictograms(content: Content, findings: Findings, folder: Path = _FOLDER) -> None:
    """G540, G541: on the pictograms of the package, which only its own authors can change."""
    doc = read_yaml(folder / "alt.yml", f"{_SHOWN}/alt.yml", findings)
    drawn = (
        tuple(sorted(path.stem for path in folder.glob("*.svg"))) if folder != _FOLDER else pictogram_names()
    )
    if doc is not None:
        _check_words(_words(doc), drawn, doc, findings)
    shown = {step.pictogram for problem in content.problems.values() for step in problem.guide("en").steps}
    shown |= {act for connector in content.connectors.values() for act in connector.release.acts}
    unused = [name for name in drawn if name not in shown]
    if unused:
        message = f"no guide shows {len(unused)} of {len(drawn)} pictograms: {', '.join(unused)}"
        mend = "show them in steps that they fit; leave them where other pages use them"
        findings.add("G540", _SHOWN, None, message, mend, room=5_000)


def _words(doc: Yaml) -> Mapping[str, tuple[str, int | None]]:
    """Text alternative and line of each pictogram."""
    groups = doc.data.items() if isinstance(doc.data, dict) else ()
    return {
        name: (str(words or ""), doc.line((group, name)))
        for group, members in groups
        if isinstance(members, dict)
        for name, words in members.items()
    }


def _check_words(
    words: Mapping[str, tuple[str, int | None]], drawn: Collection[str], doc: Yaml, findings: Findings
) -> None:
    for name in drawn:
        text, line = words.get(name, ("", None))
        if not text.strip():
            mend = f"add {name}: … with what the picture tells a driver"
            findings.add("G541", doc.shown, line, f'the pictogram "{name}" has no text alternative', mend)
    for name, (_, line) in words.items():
        if name not in drawn:
            findings.add("G541", doc.shown, line, f'there is no drawing "{name}.svg"', nearest(name, drawn))
