"""`new problem`: five questions, and a guide to start from."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import click

from chargeside.cli.common import FOLDER, command, now
from chargeside.drafting import CATEGORIES, OUTCOMES, PLACES, Draft, condition_of, slug_of, warnings
from chargeside.findings import Findings
from chargeside.load.content import RESERVED, SLUG, content_root, load_content
from chargeside.model.condition import ConditionError
from chargeside.model.network import Content
from chargeside.scaffold import new_problem

_TEACH = """\
without a terminal to ask on, say it all:

  chargeside new problem --title "The cable does not reach my car" --category connector

and what else you know: --symptom "words on the screen", --outcome fix|call|danger, --applies-to dc"""


@click.command("problem")
@click.argument("slug", required=False)
@click.option("--title", help="What the driver sees, in their words.")
@click.option(
    "--symptom",
    "symptoms",
    multiple=True,
    help="Words on the screen, or other words for it; may be given several times.",
)
@click.option("--category", type=click.Choice(list(CATEGORIES)), help="What it is about.")
@click.option(
    "--outcome",
    type=click.Choice(list(OUTCOMES)),
    help="Whether the driver can mend it, must call, or must get away. [default: fix]",
)
@click.option(
    "--applies-to",
    metavar="WHERE",
    help=f"At which chargers: {', '.join(PLACES)}, or a condition such as display=yes. [default: all]",
)
@click.option(
    "--operator", type=FOLDER, help="Write it into this operator's own problems/ instead of the shared ones."
)
@command
def new_problem_command(
    slug: str | None,
    title: str | None,
    symptoms: tuple[str, ...],
    category: str | None,
    outcome: str | None,
    applies_to: str | None,
    operator: Path | None,
) -> None:
    """Write a guide to start from: problems/SLUG/en.md. Asks what you do not say.

    \b
    Example:
      chargeside new problem
      chargeside new problem --title "The cable does not reach my car" --category connector --applies-to cable
    """
    if operator and not (operator / "operator.yml").is_file():
        raise click.BadParameter(f"{operator} holds no operator.yml", param_hint="--operator")
    asks = not (title and category)
    if asks and not sys.stdin.isatty():
        raise click.UsageError(_TEACH)
    if not operator and not (content_root() / "pyproject.toml").is_file():
        operator = _own_folder()
    content = load_content(Findings(), operator)
    title = title or _ask("What does the driver see? Say it in their words, as you hear it on the phone.")
    if asks and not symptoms:
        symptoms = _several(
            _ask("Which words does the screen show? Several with ; between. Enter if none.", "")
        )
    category = category or _choose("What is it about?", CATEGORIES)
    if asks and not outcome:
        outcome = _choose("How does it end?", OUTCOMES)
    draft = Draft(" ".join(title.split()), symptoms, category, outcome or "fix")
    draft = replace(draft, applies_to=_where(applies_to, asks, content))
    slug = _slug(slug, draft, asks)
    told = list(warnings(draft, content))
    for words in told:
        click.echo(f"{click.style('Warning', fg='yellow')}: {words}", err=True)
    if told and asks and not click.confirm("Write a new guide all the same?", default=True):
        return
    path = new_problem((operator or content_root()) / "problems" / slug, draft, _in_a_year(now().date()))
    click.echo(f"wrote {_short(path)}: write what is marked TODO")
    target = f" {operator}" if operator else ""
    click.echo("Next:")
    click.echo(f"  chargeside serve{target}    then open http://127.0.0.1:8000/#page=guide&slug={slug}")
    click.echo(f"  chargeside check{target}")


def _own_folder() -> Path:
    """The operator's folder that we are in: guides of all operators are changed in a checkout, not where they are installed."""
    if Path("operator.yml").is_file():
        return Path.cwd()
    raise click.UsageError("name the operator whose guide it is: --operator my-network")


def _ask(question: str, default: str | None = None) -> str:
    click.echo(f"\n{question}", err=True)
    answer = click.prompt(">", default=default, show_default=False, prompt_suffix=" ", err=True)
    return " ".join(str(answer).split())


def _several(answer: str) -> tuple[str, ...]:
    return tuple(filter(None, map(str.strip, answer.split(";"))))


def _choose(question: str, choices: Mapping[str, str]) -> str:
    """One of these, by its name or number."""
    question = _listed(question, choices)
    while (answer := _named(_ask(question), choices)) not in choices:
        question = f'"{answer}" is none of them. Type a number from 1 to {len(choices)}, or a name.'
    return answer


def _listed(question: str, choices: Mapping[str, str]) -> str:
    lines = (f"{number:>4}  {name:<14} {words}" for number, (name, words) in enumerate(choices.items(), 1))
    return "\n".join((question, *lines))


def _named(answer: str, choices: Mapping[str, str]) -> str:
    """The choice of that number; else the answer itself, in small letters where that is a choice."""
    by_number = {str(number): name for number, name in enumerate(choices, 1)}
    return by_number.get(answer) or (answer.lower() if answer.lower() in choices else answer)


def _where(wish: str | None, asks: bool, content: Content) -> str:
    """The condition that was asked for."""
    if wish is None and asks:
        return _ask_where(content)
    try:
        return condition_of(wish or "all", content)
    except ConditionError as error:
        known = ", ".join(PLACES)
        raise click.BadParameter(
            f"{error}; name one of {known}, or write a condition", param_hint="--applies-to"
        ) from None


def _ask_where(content: Content) -> str:
    words = {name: meaning for name, (_, meaning) in PLACES.items()}
    question = f"{_listed('At which chargers can it happen? Enter for all.', words)}\n      or a condition, like display=yes"
    while True:
        answer = _ask(question, "all")
        try:
            return condition_of(_named(answer, words), content)
        except ConditionError as error:
            question = f"{error}. Type a number, a name or a condition."


def _slug(given: str | None, draft: Draft, asks: bool) -> str:
    proposed = given or slug_of(draft.title)
    if asks and not given:
        proposed = _ask(f"Its name in addresses, for ever. Enter for: {proposed}", proposed)
    if not SLUG.fullmatch(proposed) or proposed in RESERVED:
        raise click.BadParameter(
            f'"{proposed}" is no name: use small letters, digits and hyphens, like cable-too-short',
            param_hint="SLUG",
        )
    return proposed


def _in_a_year(day: dt.date) -> str:
    return day.replace(year=day.year + 1, day=1).isoformat()


def _short(path: Path) -> Path:
    """From where we are, if the file is below."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
