"""Loads what all operators share: problems and connectors. From the package when installed, else from the checkout."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from chargeside.findings import Finding, Findings, Severity, nearest
from chargeside.load.codes import CODES_FILE, Claim, load_codes, with_claims, with_codes
from chargeside.load.glossary import GLOSSARY_FILE, load_glossary
from chargeside.load.guide import FrontMatter, GuideReader, NextAsk, ReadGuide
from chargeside.load.pictograms import pictogram_names
from chargeside.load.source import Yaml, folder_name, leaves, read_text, read_yaml, validate
from chargeside.load.translation import laid_over
from chargeside.model.condition import Condition
from chargeside.model.connector import ConnectorType
from chargeside.model.network import Content
from chargeside.model.problem import END_POINTS, Answer, Guide, Problem

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
MAX_GUIDE_BYTES = 16_000
"""Largest guide that is read, in bytes: several times what a driver wants to read, in any script."""
_LANGUAGES = {
    "english": "en", "german": "de", "deutsch": "de", "french": "fr", "dutch": "nl", "spanish": "es", "italian": "it",
}  # fmt: skip
LANGUAGE_TAG = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?")
"""Languages that a guide's file may be named after: `de`, `pt-BR`, `sr-Latn`."""
RESERVED = frozenset({*END_POINTS, "plugs", "pay", "speed", "codes", "words", "all"})
"""End points of `next`, and pages that stand beside the guides in g/<lang>/ (DESIGN.md, 6): no names of problems."""
_PACKAGE = Path(__file__).resolve().parent.parent


def content_root() -> Path:
    """The folder that holds problems/ and connectors/."""
    packaged = _PACKAGE / "content"
    return packaged if packaged.is_dir() else _PACKAGE.parent.parent


@dataclass
class Kept:
    """Problems as read, for whoever reads again and again: only a folder in which a file changed is read anew. `names`: of
    pictograms and connectors, which every guide is read against."""

    names: object = None
    read: dict[Path, tuple[object, _Loaded, tuple[Finding, ...]]] = field(default_factory=dict)


def load_content(
    findings: Findings,
    operator_folder: Path | None = None,
    kept: Kept | None = None,
    whole: Collection[str] | None = None,
    *,
    titles: bool = False,
) -> Content:
    """Problems and connectors; an operator's own `problems/<slug>` folder replaces the shared one whole. `kept`: is brought up
    to date. `whole`: folders of guides, as findings show them, that are read whole, others as GuideReader says, with their `titles` in all languages
    if that is wanted; None for all."""
    root = content_root()
    kept = kept or Kept()
    connectors = load_connectors(root / "connectors", findings)
    reader = GuideReader(pictogram_names(), connectors, whole, titles=titles)
    names = (reader.pictograms, tuple(connectors))
    if kept.names != names:
        kept.names, kept.read = names, {}
    loaded = _problems(root / "problems", "problems", reader, findings, kept)
    own: dict[str, _Loaded] = {}
    if operator_folder and (operator_folder / "problems").is_dir():
        shown = f"{folder_name(operator_folder)}/problems"
        if leaves(operator_folder / "problems", operator_folder):
            message = "is a link that leads out of the operator's folder"
            findings.add("F109", shown, None, message, "put the folder itself here")
        else:
            own = _problems(operator_folder / "problems", shown, reader, findings, kept)
            _check_own_codes(operator_folder, shown, findings)
    loaded |= own
    for one in loaded.values():
        _check_next(one, loaded, findings)
    shared = load_codes(root / "problems" / CODES_FILE, f"problems/{CODES_FILE}", loaded, reader, findings)
    problems = {slug: one.problem for slug, one in sorted(loaded.items()) if one.problem}
    claims = [claim for slug in problems for claim in loaded[slug].claims(slug not in own)]
    codes = with_claims(shared, claims, findings)
    glossary = load_glossary(root / "problems" / GLOSSARY_FILE, f"problems/{GLOSSARY_FILE}", findings)
    return Content(dict(with_codes(problems, codes)), connectors, codes, glossary)


def load_connectors(folder: Path, findings: Findings) -> dict[str, ConnectorType]:
    """The kinds of connectors in a folder, by the name of their file."""
    found: dict[str, ConnectorType] = {}
    docs: dict[str, Yaml] = {}
    for path in sorted(folder.glob("*.yml")):
        shown = f"{folder.name}/{path.name}"
        doc = read_yaml(path, shown, findings)
        connector = doc and validate(ConnectorType, doc, findings, code="C601", extra={"slug": path.stem})
        if doc and connector:
            found[path.stem] = connector
            docs[path.stem] = doc
    for slug, connector in found.items():
        named = [("look_alikes", n, other.connector) for n, other in enumerate(connector.look_alikes)]
        named += [("also_fits", n, other.connector) for n, other in enumerate(connector.also_fits)]
        for key, number, other in named:
            if other not in found:
                line = docs[slug].line((key, number, "connector"))
                findings.add(
                    "C601", docs[slug].shown, line, f'{key}: "{other}" is no connector', nearest(other, found)
                )
    return found


@dataclass(frozen=True)
class _Loaded:
    """A problem's folder: the problem, None when it cannot be used, and the line of each place that it leads to and of each
    code that it names."""

    problem: Problem | None
    ways: tuple[tuple[str, int | None], ...] = ()
    codes: tuple[tuple[str, int | None], ...] = ()

    def claims(self, shared: bool) -> Iterator[Claim]:
        """The codes that the guide names. `shared`: it is one of all operators."""
        if self.problem:
            yield from (Claim(code, self.problem, line, shared) for code, line in self.codes)


def _problems(
    folder: Path, shown_folder: str, reader: GuideReader, findings: Findings, kept: Kept
) -> dict[str, _Loaded]:
    loaded: dict[str, _Loaded] = {}
    for path in guide_folders(folder, shown_folder, findings):
        state = _state(path)
        if path not in kept.read or kept.read[path][0] != state:
            found = Findings(findings.journal)
            kept.read[path] = (
                state,
                _problem(path, f"{shown_folder}/{path.name}", reader, found),
                tuple(found),
            )
        _, loaded[path.name], told = kept.read[path]
        findings.extend(told)
    return loaded


def _state(folder: Path) -> object:
    """What tells whether a file of a folder has changed: names, times, sizes, and inodes, which are new where an editor puts one
    file over another."""
    status = ((path.name, path.stat()) for path in sorted(folder.iterdir()) if path.exists())
    return tuple((name, one.st_mtime_ns, one.st_size, one.st_ino) for name, one in status)


def guide_folders(folder: Path, shown_folder: str, findings: Findings) -> Iterator[Path]:
    """The folders of problems, in order; what stands among them and is none gets a finding."""
    paths = sorted(folder.iterdir()) if folder.is_dir() else []
    names = {path.name for path in paths}
    for path in paths:
        shown = f"{shown_folder}/{path.name}"
        if path.name.startswith("."):
            continue
        if leaves(path, folder):
            message = "is a link that leads out of the content folder"
            findings.add("F109", shown, None, message, "put the folder itself here")
        elif not path.is_dir():
            if path.suffix == ".md" and path.stem.upper() != "README":
                mend = f"move it to {shown_folder}/{path.stem}/en.md"
                findings.add("G501", shown, None, "a guide needs a folder of its own", mend)
        elif path.name != path.name.lower() and path.name.lower() in names:
            message = f'differs from "{path.name.lower()}" by upper and lower case only'
            mend = "keep one folder, in small letters: on many computers and web servers the two are one"
            findings.add("G544", shown, None, message, mend)
        elif path.name in RESERVED:
            mend = f"rename the folder; its name may be none of: {', '.join(sorted(RESERVED))}"
            findings.add("G501", shown, None, f'another page has the address "{path.name}"', mend)
        elif not SLUG.fullmatch(path.name):
            plain = "-".join(re.findall("[a-z0-9]+", path.name.lower())) or "a-name"
            mend = f'rename the folder "{plain}": small letters, digits and hyphens'
            findings.add("G501", shown, None, f'the address of a guide cannot be "{path.name}"', mend)
        else:
            yield path


def _problem(folder: Path, shown: str, reader: GuideReader, findings: Findings) -> _Loaded:
    english: ReadGuide | None = None
    translated: list[ReadGuide] = []
    misnamed = False
    for path in sorted(folder.glob("*.md")):
        name = f"{shown}/{path.name}"
        if path.stem.upper() == "README":
            continue
        if not LANGUAGE_TAG.fullmatch(path.stem):
            meant = _LANGUAGES.get(path.stem.lower(), path.stem.lower())
            mend = "name it after its language, like en.md or pt-BR.md; delete it if it is a copy"
            misnamed = misnamed or meant == "en"
            if LANGUAGE_TAG.fullmatch(meant):
                mend = f"rename it {meant}.md"
            findings.add("G501", name, None, "the file's name is no language", mend)
            continue
        text = read_text(path, name, findings, max_bytes=MAX_GUIDE_BYTES, within=folder)
        read = None if text is None else reader.read(text, path.stem, name, findings)
        if read:
            translated.append(read)
            english = read if read.matter else english
    if not (folder / "en.md").is_file() and not misnamed:
        findings.add("G515", shown, None, "there is no en.md", _english_mend(folder))
    if english is None or english.matter is None:
        return _Loaded(None)
    matter, doc = english.matter, english.doc
    applies_to = reader.condition(matter.applies_to, doc.shown, doc.line(("applies_to",)), findings)
    guides = tuple(
        one.guide if one is english else laid_over(english.guide, one.guide, one.translates, findings)
        for one in translated
    )
    problem = _build(folder.name, matter, applies_to, guides, doc.shown)
    codes = tuple((code, doc.line(("codes", place))) for place, code in enumerate(matter.codes))
    return _Loaded(problem, tuple(_ways(problem, doc)), codes)


def _english_mend(folder: Path) -> str:
    """Where the English guide may be instead."""
    for path in sorted(folder.iterdir()):
        if path.is_dir() and (path / "en.md").is_file():
            return f'move the folder "{path.name}" up into the folder of all guides'
        if path.name.lower().startswith("en."):
            return f'rename "{path.name}" to en.md'
    return "write the English guide first: it carries the facts"


def _build(
    slug: str, matter: FrontMatter, applies_to: Condition, guides: tuple[Guide, ...], path: str
) -> Problem:
    ask = matter.next.ask if isinstance(matter.next, NextAsk) else None
    return Problem(
        slug=slug,
        category=matter.category,
        outcome=matter.outcome,
        applies_to=applies_to,
        codes=matter.codes,
        next=matter.next if isinstance(matter.next, str) else None,
        question=ask.question if ask else None,
        answers=tuple(Answer(answer.text, answer.next) for answer in ask.answers) if ask else (),
        weight=matter.weight,
        review=matter.review or "",
        sources=matter.sources,
        needs_review=matter.needs_review,
        guides=guides,
        path=path,
    )


def _ways(problem: Problem, doc: Yaml) -> Iterator[tuple[str, int | None]]:
    if problem.next:
        yield problem.next, doc.line(("next",))
    for number, answer in enumerate(problem.answers):
        yield answer.next, doc.line(("next", "ask", "answers", number, "next"))


def _check_own_codes(operator_folder: Path, shown: str, findings: Findings) -> None:
    if (operator_folder / "problems" / CODES_FILE).exists():
        mend = "put codes of your hardware into kits.yml, and other codes into the front matter of your own guides"
        findings.add("G520", f"{shown}/{CODES_FILE}", None, "is not read here", mend, Severity.WARNING)


def _check_next(one: _Loaded, all_loaded: Mapping[str, _Loaded], findings: Findings) -> None:
    """A problem that cannot be used just now is no dead end: its own findings say what to mend."""
    for way, line in one.ways:
        if one.problem and way not in END_POINTS and way not in all_loaded:
            message = f'next leads to "{way}", which is no problem and no end point'
            mend = nearest(way, (*END_POINTS, *all_loaded))
            if mend.startswith("use one of"):  # a list of all guides helps nobody
                mend = f"name the folder of a guide, or one of: {', '.join(END_POINTS)}"
            findings.add("G506", one.problem.path, line, message, mend)
