"""`translate`: how far each language is, files to translate in, and exchange with translators' tools."""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import click

from chargeside.cli.common import FILE, FOLDER, command, counted, exit_by, now, print_findings
from chargeside.errors import ContentError, WriteError
from chargeside.findings import Findings, nearest
from chargeside.i18n import LANGUAGES, SOURCE
from chargeside.load.source import leaves, read_text
from chargeside.translating.intake import Taken, take_in
from chargeside.translating.languages import checked_language, has_catalogue, name_of
from chargeside.translating.po import from_po, to_po
from chargeside.translating.shelf import Shelf, State
from chargeside.translating.status import GuideStatus, LanguageStatus, status
from chargeside.translating.units import units
from chargeside.translating.work import Outcome, Piece, confirm, start
from chargeside.translating.xliff import from_xliff, to_xliff
from chargeside.write import locked, write_atomic

_FORMATS = {".po": "PO", ".xlf": "XLIFF", ".xliff": "XLIFF"}
_MOST_BYTES = 20_000_000
"""Largest file of translations that is read, in bytes: ten times all guides with their notes."""
_NEXT = 5
"""How many guides `status` names unless asked for all."""

_OPERATOR = click.option(
    "--operator", type=FOLDER, metavar="DIR", help="The guides of this operator's own problems/, not the shared ones."
)  # fmt: skip


class _Language(click.ParamType[str]):
    """A language other than English."""

    name = "lang"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        try:
            return checked_language(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


_LANG = _Language()


@click.group()
def translate() -> None:
    """Translate guides: see what is missing, begin, bring up to date, work with PO or XLIFF files.

    A guide falls into pieces: title, short, symptoms, intro, each step, call, ask. When an English piece changes, that piece of
    each translation is stale, and drivers read it in English until somebody has looked at it.

    \b
    In the files themselves:
      chargeside translate status de
      chargeside translate start de card-declined
      (translate problems/card-declined/de.md in any editor)
      chargeside translate confirm de card-declined
    \b
    In a translator's tool:
      chargeside translate export de --out de.po --only-open
      (translate de.po, save it)
      chargeside translate import de.po
    """


@translate.command("status")
@click.argument("langs", metavar="[LANG]...", nargs=-1, type=_LANG)
@click.option("--problem", metavar="PROBLEM", help="Look at this guide alone, piece by piece.")
@click.option("-v", "--verbose", is_flag=True, help="Every guide with something open, and which pieces.")
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", help="For people, or for programs.",
    show_default=True,
)  # fmt: skip
@_OPERATOR
@command
def status_command(
    langs: tuple[str, ...], problem: str | None, verbose: bool, form: str, operator: Path | None
) -> None:
    """How far each LANG is: guides that are complete, begun and missing, and what to translate next.

    The guides that drivers need most stand first. Words are those of the English text.

    \b
    Examples:
      chargeside translate status
      chargeside translate status fr -v
      chargeside translate status --problem card-declined
      chargeside translate status --format json
    """
    shelf = _shelf(operator)
    _known(shelf, problem)
    findings = Findings()
    wanted = langs or tuple(
        dict.fromkeys([*(lang for lang in LANGUAGES if lang != SOURCE), *shelf.languages()])
    )
    found = status(shelf, wanted, findings, problem)
    print_findings(finding for finding in findings.sorted() if finding in findings.errors)
    if form == "json":
        click.echo(json.dumps({"languages": [one.as_dict() for one in found]}, ensure_ascii=False, indent=1))
        return
    for one in found:
        _show(one, verbose or problem is not None)


def _show(one: LanguageStatus, all_guides: bool) -> None:
    summary = [f"{one.complete} of {counted(len(one.guides), 'guide')} complete"]
    summary += [f"{one.begun} begun"] * bool(one.begun) + [f"{one.missing} missing"] * bool(one.missing)
    left = f"; {counted(one.words, 'word')} to translate" if one.words else ""
    click.echo(f"{click.style(name_of(one.lang), bold=True)}: {', '.join(summary)}{left}")
    if not has_catalogue(one.lang):
        click.echo(
            "  The pages around the guides are in English until there is a catalogue for this language."
        )
    still = [guide for guide in one.guides if guide.open]
    for guide in still if all_guides else still[:_NEXT]:
        click.echo(f"  {guide.slug} (weight {guide.weight}): {_what(guide)}; {counted(guide.words, 'word')}")
    if len(still) > _NEXT and not all_guides:
        click.echo(f"  … and {len(still) - _NEXT} more; -v names them")


def _what(guide: GuideStatus) -> str:
    if not guide.there:
        return "missing"
    by_state: dict[State, list[str]] = defaultdict(list)
    for name in guide.open:
        by_state[guide.states[name]].append(name)
    return "; ".join(f"{state}: {', '.join(names)}" for state, names in sorted(by_state.items()))


@translate.command("start")
@click.argument("lang", type=_LANG)
@click.argument("problem")
@_OPERATOR
@command
def start_command(lang: str, problem: str, operator: Path | None) -> None:
    """Write problems/PROBLEM/LANG.md to translate in, its text still English.

    Where the file is there already, only what it lacks is added, and stale pieces get the English text of today beside their
    fingerprint. Nothing you wrote is changed. What is still English is marked so (`en:…`) and does not count as translated.

    \b
    Example:
      chargeside translate start de card-declined
    """
    shelf = _shelf(operator)
    _known(shelf, problem)
    with locked(shelf.base):
        started = start(shelf, problem, lang)
    path = shelf.path(problem, lang)
    click.echo(f"wrote {path}" if started.written else f"{path} stays as it is")
    if started.added and not started.new:
        click.echo(f"added, in English: {', '.join(started.added)}")
    for piece in started.stale:
        click.echo(f"stale: {_both(piece)}")
    if started.stale:
        earlier = f"git log -p {shelf.path(problem, SOURCE)}"
        click.echo(f"Files keep only the English of today; what it was before: {earlier}", err=True)
    if started.unconfirmed:
        click.echo(f"not confirmed yet: {', '.join(started.unconfirmed)}")
    if not has_catalogue(lang):
        click.echo(
            f"Note: the pages around the guides have no {name_of(lang)} yet and stay English.", err=True
        )
    if started.added or started.stale or started.unconfirmed:
        click.echo(f"Next: translate it, then `chargeside translate confirm {lang} {problem}`.")
    else:
        click.echo("Everything in it is translated.")


def _both(piece: Piece) -> str:
    flat = [text.replace("\n", " / ") for text in (piece.english, piece.words)]
    return f"{piece.name}\n  English now: {flat[0]}\n  here:        {flat[1]}"


@translate.command("confirm")
@click.argument("lang", type=_LANG)
@click.argument("problem")
@click.option(
    "--piece",
    "pieces",
    metavar="PIECE",
    multiple=True,
    help="Only this piece: title, call, or the id of a step.",
)
@click.option("--all", "everything", is_flag=True, help="Stale pieces too, without asking about each.")
@click.option("--same", is_flag=True, help="Words that equal the English ones are meant so.")
@_OPERATOR
@command
def confirm_command(
    lang: str, problem: str, pieces: tuple[str, ...], everything: bool, same: bool, operator: Path | None
) -> None:
    """Say that problems/PROBLEM/LANG.md is up to date with the English guide: writes the fingerprints.

    New words are taken at once. About a stale piece you are asked, since nobody else can tell whether you changed it; where nobody
    can be asked, it stays stale unless you name it or say --all. What is still English stays open, unless you say --same.

    \b
    Examples:
      chargeside translate confirm de card-declined
      chargeside translate confirm de card-declined --piece chip --piece call
      chargeside translate confirm nl how-to-start --piece short --same
    """
    shelf = _shelf(operator)
    _known(shelf, problem)
    source = shelf.source(problem, Findings())
    for piece in pieces if source else ():
        if source and piece not in source.right:
            raise click.BadParameter(
                f'the guide has no piece "{piece}"; {nearest(piece, source.right)}', param_hint="--piece"
            )
    with locked(shelf.base):
        outcome = confirm(
            shelf, problem, lang, pieces, same=same, stale_too=(lambda _: True) if everything else _asked
        )
    for what in Outcome:
        names = [name for name, became in outcome.items() if became is what]
        if names:
            click.echo(f"{what}: {', '.join(names)}")
    if Outcome.STALE in outcome.values():
        click.echo(
            "Read the stale ones against the English guide, then name them with --piece, or say --all.",
            err=True,
        )
    if Outcome.MISSING in outcome.values():
        click.echo(f"`chargeside translate start {lang} {problem}` adds what is missing.", err=True)
    if not outcome:
        click.echo("Everything was up to date.")


def _asked(piece: Piece) -> bool:
    if not sys.stdin.isatty():
        return False
    click.echo(_both(piece))
    return click.confirm("Is this up to date with the English text?", default=False)


@translate.command("export")
@click.argument("lang", type=_LANG)
@click.option(
    "--out", type=FILE, required=True, metavar="FILE", help="FILE.po (gettext) or FILE.xlf (XLIFF 1.2)."
)
@click.option(
    "--problem",
    "problems",
    metavar="PROBLEM",
    multiple=True,
    help="This guide; may be given several times.  [default: all]",
)
@click.option("--only-open", is_flag=True, help="Leave out what is up to date.")
@click.option("--replace", is_flag=True, help="Write over FILE if it is there.")
@_OPERATOR
@command
def export_command(
    lang: str, out: Path, problems: tuple[str, ...], only_open: bool, replace: bool, operator: Path | None
) -> None:
    """Write the guides to a file for translators' tools, English beside LANG.

    Each piece is one unit, with a note that says where drivers read it. Words are Markdown, as authors write it: **bold** stays bold.
    Translations that are stale are marked as fuzzy (PO) or needs-translation (XLIFF).

    XLIFF needs one more package: pip install 'chargeside[translate]'.

    \b
    Examples:
      chargeside translate export de --out de.po --only-open
      chargeside translate export pt-BR --out pt-BR.xlf --problem how-to-start --problem cable-stuck
    """
    kind = _format_of(out, "--out")
    if out.exists() and not replace:
        raise WriteError(f"{out} is there already; import it first, name another file, or say --replace")
    shelf = _shelf(operator)
    for problem in problems:
        _known(shelf, problem)
    findings = Findings()
    made = list(units(shelf, lang, findings, only=problems, only_open=only_open))
    print_findings(findings.sorted())
    if made:
        write_atomic(out, to_po(made, lang, now()) if kind == "PO" else to_xliff(made, lang, shelf.shown))
        unsure = sum(unit.unsure for unit in made)
        empty = sum(not unit.target for unit in made)
        click.echo(
            f"wrote {out}: {counted(len(made), 'unit')}, {empty} to translate, {unsure} to look at again"
        )
        click.echo(f"Next: translate it, then `chargeside translate import {out}`.", err=True)
    else:
        click.echo("There is nothing to translate; no file was written.")
    exit_by(findings)


@translate.command("import")
@click.argument("path", metavar="FILE", type=FILE)
@click.option("--lang", type=_LANG, help="Language of the words.  [default: the one FILE names]")
@click.option("--same", is_flag=True, help="Words that equal the English ones are meant so.")
@_OPERATOR
@command
def import_command(path: Path, lang: str | None, same: bool, operator: Path | None) -> None:
    """Take the words of FILE (.po or .xlf, from `export`) into the guides, and mark them as up to date.

    Left as they are, each with a line that says why: units without words, units that are not marked as finished, and those whose
    English text has changed since the export. HTML, broken marks and texts that are too long are refused. All other units are taken
    in; of each file only the pieces that changed are written.

    \b
    Examples:
      chargeside translate import de.po
      chargeside translate import back-from-agency.xlf --lang pt-BR
    """
    kind = _format_of(path, "FILE")
    shelf = _shelf(operator)
    findings = Findings()
    text = read_text(path, path.name, findings, max_bytes=_MOST_BYTES)
    read = None
    if text is not None:
        read = from_po(text, path.name, findings) if kind == "PO" else from_xliff(text, path.name, findings)
    if read is None:
        raise ContentError(findings.sorted())
    named, entries = read
    target = lang or _language_of(named, shelf, path)
    with locked(shelf.base):
        taken = take_in(shelf, target, entries, path.name, findings, same=same)
    print_findings(findings.sorted())
    _report(taken, name_of(target))
    exit_by(findings)


def _report(taken: Taken, language: str) -> None:
    for name in taken.files:
        click.echo(f"wrote {name}")
    parts = [
        f"{counted(taken.changed, 'unit')} taken in",
        f"{taken.unchanged} unchanged",
        f"{taken.empty} without words",
        f"{taken.left} left as they were",
    ]
    click.echo(f"{language}: {', '.join(parts)}")
    if taken.files:
        click.echo("Next: `chargeside check`, and look at them with `chargeside serve`.", err=True)


def _language_of(named: str, shelf: Shelf, path: Path) -> str:
    """The language that a file names. Tools like to make de-DE of de: no language is begun by that."""
    hint = "say which with --lang"
    try:
        tag = checked_language(named)
    except ValueError as error:
        raise click.UsageError(f"{path} does not say its language: {error}; {hint}") from None
    have, main = shelf.languages(), tag.partition("-")[0]
    if tag != main and tag not in have and main in (*have, *LANGUAGES):
        raise click.UsageError(
            f"{path} says {tag}, and the guides are there in {main}; {hint}: {main} or {tag}"
        )
    return tag


def _format_of(path: Path, hint: str) -> str:
    kind = _FORMATS.get(path.suffix.lower())
    if kind is None:
        raise click.BadParameter(f"{path} ends in none of {', '.join(_FORMATS)}", param_hint=hint)
    return kind


def _shelf(operator: Path | None) -> Shelf:
    shelf = Shelf(operator)
    if not shelf.folder.is_dir() or leaves(shelf.folder, shelf.base):
        raise click.BadParameter(
            f"{shelf.base} has no folder problems with guides of its own", param_hint="--operator"
        )
    return shelf


def _known(shelf: Shelf, problem: str | None) -> None:
    if problem is None:
        return
    slugs: Iterable[str] = shelf.slugs(Findings())
    if problem not in slugs:
        mend = nearest(problem, slugs)
        mend = mend if mend.startswith("did you") else f"the names are those of the folders in {shelf.shown}/"
        raise click.BadParameter(f'there is no problem "{problem}"; {mend}', param_hint="PROBLEM")
