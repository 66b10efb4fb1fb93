"""problems/codes.yml: what the codes of chargers mean, and the guide that helps with each.

It is the one place for codes of the field. An operator's own guides may name codes in their front matter too: there, their
guide helps instead.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from chargeside.findings import Findings, nearest
from chargeside.load.guide import GuideReader
from chargeside.load.source import Yaml, read_yaml, validate
from chargeside.model.condition import ALWAYS
from chargeside.model.hardware import CALL
from chargeside.model.problem import Problem
from chargeside.model.screen_codes import CODE_SYSTEMS, ScreenCode, spelling

CODES_FILE = "codes.yml"


def _message(text: str) -> str:
    if "{" in text or "}" in text:
        raise ValueError("must hold no { or }: translators would take it for a value to fill in")
    if "\n" in text:
        raise ValueError("must be one line")
    return text


Code = Annotated[str, Field(pattern=r"^[a-z0-9]+:[A-Za-z0-9._-]+$", max_length=60)]
Message = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=90),
    AfterValidator(_message),
]


class CodeEntry(BaseModel):
    """One entry of codes.yml."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    codes: tuple[Code, ...] = Field(min_length=1, max_length=12)
    also: tuple[Message, ...] = Field((), max_length=6)
    means: Message
    problem: str = Field(min_length=1, max_length=100)
    danger: bool = False
    applies_to: str | None = None

    @model_validator(mode="after")
    def _danger_calls(self) -> CodeEntry:
        if self.danger and self.problem != CALL:
            raise ValueError("must lead to call where danger is said; a guide says itself how bad it is")
        return self


class CodesFile(BaseModel):
    """codes.yml."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    codes: tuple[CodeEntry, ...]


@dataclass(frozen=True, slots=True)
class Claim:
    """A code that a guide names in its front matter. `shared`: the guide is one of all operators."""

    code: str
    problem: Problem
    line: int | None
    shared: bool


def load_codes(
    path: Path, shown: str, problems: Iterable[str], reader: GuideReader, findings: Findings
) -> tuple[ScreenCode, ...]:
    """The entries of codes.yml; none, with findings, when it cannot be used. `problems`: slugs of all that there are."""
    doc = read_yaml(path, shown, findings)
    read = validate(CodesFile, doc, findings) if doc else None
    if not doc or not read:
        return ()
    slugs = frozenset(problems)
    _check_twice(read, doc, findings)
    return tuple(
        _entry(number, entry, doc, slugs, reader, findings) for number, entry in enumerate(read.codes)
    )


def _entry(
    number: int, entry: CodeEntry, doc: Yaml, slugs: frozenset[str], reader: GuideReader, findings: Findings
) -> ScreenCode:
    for place, code in enumerate(entry.codes):
        system = code.partition(":")[0]
        if system not in CODE_SYSTEMS:
            line = doc.line(("codes", number, "codes", place))
            findings.add(
                "F108", doc.shown, line, f'no system is called "{system}"', nearest(system, CODE_SYSTEMS)
            )
    problem = entry.problem
    if problem != CALL and problem not in slugs:
        line = doc.line(("codes", number, "problem"))
        message = f'"{entry.codes[0]}" leads to "{problem}", which is no problem'
        findings.add("G506", doc.shown, line, message, nearest(problem, (*slugs, CALL)))
        problem = CALL
    applies_to = reader.condition(
        entry.applies_to, doc.shown, doc.line(("codes", number, "applies_to")), findings
    )
    return ScreenCode(entry.codes, entry.also, entry.means, problem, entry.danger, applies_to)


def _check_twice(read: CodesFile, doc: Yaml, findings: Findings) -> None:
    """One spelling has one meaning for a driver, who does not know systems: it stands in one entry."""
    places: dict[str, tuple[int, int | None]] = {}
    given: set[str] = set()
    for number, entry in enumerate(read.codes):
        for key, texts in (("codes", entry.codes), ("also", entry.also)):
            for place, text in enumerate(texts):
                line = doc.line(("codes", number, key, place))
                name = spelling(text) if key == "codes" else text
                first, there = places.setdefault(name.casefold(), (number, line))
                if first != number:
                    message = f'"{name}" stands in line {there} too'
                    mend = "put all systems that have it into one entry"
                    findings.add("G519", doc.shown, line, message, mend)
                elif text.casefold() in given:
                    findings.add("G519", doc.shown, line, f'"{text}" stands twice', "keep one of the two")
                given.add(text.casefold())


def with_claims(
    codes: tuple[ScreenCode, ...], claims: Iterable[Claim], findings: Findings
) -> tuple[ScreenCode, ...]:
    """The entries, those of an operator's own guides before all others: where such a guide applies, it helps."""
    by_code = {code: entry for entry in codes for code in entry.codes}
    own: dict[tuple[str, ScreenCode | None], list[str]] = {}
    taken: dict[str, Claim] = {}
    for claim in claims:
        entry = by_code.get(claim.code)
        _check_claim(claim, entry, taken, findings)
        if not claim.shared and (entry is None or entry.problem != claim.problem.slug):
            own.setdefault((claim.problem.slug, entry), []).append(claim.code)
    return (
        *(
            ScreenCode(tuple(dict.fromkeys(names)), (), entry.means if entry else "", slug, False, ALWAYS)
            for (slug, entry), names in own.items()
        ),
        *codes,
    )


def _check_claim(claim: Claim, entry: ScreenCode | None, taken: dict[str, Claim], findings: Findings) -> None:
    path = claim.problem.path
    if claim.shared:
        mend = f'delete it here and give it an entry in problems/{CODES_FILE}, with "problem: {claim.problem.slug}"'
        findings.add("G520", path, claim.line, f'the guide names the code "{claim.code}"', mend)
        return
    first = taken.setdefault(claim.code, claim)
    if first is not claim and _may_both_apply(first.problem, claim.problem):
        message = f'{first.problem.path} names the code "{claim.code}" too'
        mend = "keep it in one of the two, or give both applies_to, so that no charger has both"
        findings.add("G519", path, claim.line, message, mend)
    if entry and entry.danger and claim.problem.outcome == "fix":
        message = f'"{claim.code}" is a danger ({entry.means}), and this guide lets the driver go on'
        findings.add("G521", path, claim.line, message, "leave the code out, or set outcome: call")


def _may_both_apply(one: Problem, other: Problem) -> bool:
    return (
        one.slug == other.slug
        or ALWAYS in (one.applies_to, other.applies_to)
        or one.applies_to == other.applies_to
    )


def with_codes(problems: Mapping[str, Problem], codes: Iterable[ScreenCode]) -> Iterator[tuple[str, Problem]]:
    """Problems by slug, each with all codes that lead to it."""
    leading: dict[str, list[str]] = {}
    for entry in codes:
        leading.setdefault(entry.problem, []).extend(entry.codes)
    for slug, problem in problems.items():
        yield slug, replace(problem, codes=tuple(dict.fromkeys(leading.get(slug, ()))))
