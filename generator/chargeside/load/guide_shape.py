"""Slips in the shape of a guide's text, found line by line and named by their cause.

Markdown reads on whatever was meant: behind an empty line too many, a step is a paragraph and its attributes are words. What a parser
could tell of that is what follows from it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_ALONE = re.compile(r"\s*\{:[^{}]*\}\s*")
_STEP = re.compile(r" {0,3}\d+\.\s")
_UNQUOTED = re.compile(r"""\bwhen\s*=\s*(?!"[^"]*"|'[^']*')""")
_BLOCKS = (
    (re.compile(r"\s*\|.*\|\s*$"), "a table"),
    (re.compile(r" {0,3}(?:```|~~~)"), "a block of code"),
)
_NEARLY = (
    (re.compile(r" {0,3}\d+\)"), "write 1. 2. 3. rather than 1) 2) 3)"),
    (_STEP, "leave an empty line above the first step"),
    (re.compile(r" {0,3}\d+\.[^\s\d]"), "leave a blank behind the number: 1. 2. 3."),
    (re.compile(r" {0,3}[-*+]\s"), "number the steps: 1. 2. 3. rather than hyphens"),
)
_RULE = re.compile(r" {0,3}(?:(?:\*\s*){3,}|(?:-\s*){3,}|(?:_\s*){3,})$")
_NAMES = {
    "ul": "a list without numbers",
    "ol": "a list",
    "pre": "text that is indented by four blanks or more",
    "blockquote": "a quote",
    "hr": "a line across",
    **{f"h{level}": "a heading" for level in range(1, 7)},
}
_HINTS = (
    (re.compile(r"^\s*$"), "write a condition, or leave when out"),
    (re.compile("[“”„‘’]"), "write straight quotes around the whole condition, and none within"),
    (re.compile(r"!=|\bnot\b|<"), "name the values that hold, like display=no|unknown: there is no way to say not"),
    (re.compile(r"\sor\s", re.IGNORECASE), "put | between values of one fact, like display=no|unknown: there is no other or"),
    (re.compile(r"[,;&]"), "join conditions with and, like current=DC and display=yes"),
    (re.compile(r"min_power_kw"), "write a number of kW, like min_power_kw>=50"),
    (re.compile(r"power_kw"), "write a number of kW, like power_kw=50"),
    (re.compile(r"country"), "write two capital letters, like country=FR"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Slip:
    """A slip: its line, from 0. `ends`: what stands below would be misread for it, so the text is read no further."""

    code: str
    number: int
    message: str
    mend: str
    ends: bool = False


def slips(lines: Sequence[str]) -> Iterator[Slip]:
    """All slips in the lines of a guide's text, in their order."""
    in_steps, told = False, set[str]()
    for number, line in enumerate(lines):
        in_steps = in_steps or bool(_STEP.match(line))
        if "{:" in line:
            yield from _in_attributes(number, line)
        if number and not lines[number - 1].strip() and _goes_on(line, in_steps):
            message = "an empty line stands in the middle of a step, or above its {: … }"
            mend = "delete it: words and {: … } stand line below line, and a step is one paragraph"
            yield Slip("G501", number - 1, message, mend, ends=True)
        for pattern, what in _BLOCKS:
            if pattern.match(line) and what not in told:
                told.add(what)
                mend = "use sentences and one numbered list"
                yield Slip("G501", number, f"{what} is not shown in guides", mend, ends=True)


def _in_attributes(number: int, line: str) -> Iterator[Slip]:
    if "}" not in line.partition("{:")[2]:
        yield Slip("G503", number, "the attributes {: … do not end", "write } at the end of the line")
    elif not _ALONE.fullmatch(line):
        message = "attributes {: … } must stand alone on the line below the text"
        mend = "move them to a line of their own, indented like the text of the step"
        yield Slip("G503", number, message, mend)
    elif _UNQUOTED.search(line):
        message = "the condition does not stand between straight quotes"
        mend = 'write it like when="display=yes", with " before and behind it'
        yield Slip("G505", number, message, mend)


def _goes_on(line: str, in_steps: bool) -> bool:
    """Whether a line below an empty one belongs to what stands above it. Markdown takes four blanks for a part of the step."""
    if _ALONE.fullmatch(line):
        return True
    return in_steps and bool(re.match(r" {1,3}(?!\d+\.\s|\*\*Call)\S", line))


def nearly_steps(lines: Sequence[str]) -> tuple[int, str] | None:
    """In a text without steps, the first line that may have been meant for one, and how it becomes one."""
    for number, line in enumerate(lines):
        for pattern, mend in _NEARLY:
            if pattern.match(line) and not _RULE.match(line):
                return number, mend
    return None


def is_rule(line: str) -> bool:
    """Whether a line is one that Markdown draws across the page."""
    return bool(_RULE.match(line))


def block_name(tag: str) -> str:
    """A block of Markdown by its HTML tag, in words."""
    return _NAMES.get(tag, f"<{tag}>")


def no_facts(text: str) -> tuple[str, str]:
    """Why the front matter of a guide cannot be found, and the mend."""
    lines = [line.rstrip() for line in text.split("\n")]
    marks = [number for number, line in enumerate(lines) if line == "---"]
    if marks[:2] == [0, 1]:
        return "no facts stand between the two lines ---", "write title: … and the other facts between them"
    if marks[:1] == [0]:
        return "the facts have no end", "write a line --- below the last of them, above the text"
    if re.fullmatch("-{2,}|—+|–+", lines[0]):
        return "the first line is not ---", "write three hyphens and nothing else"
    if marks:
        return "something stands above the facts", "begin the file with the line ---"
    return (
        "the facts are missing: title, category and what else stands above the text",
        "begin the file with a line ---, then title: …, then a line ---",
    )


def condition_mend(text: str) -> str:
    """How to write a condition that cannot be read, by what it seems to be meant for; empty where nothing is known."""
    return next((mend for pattern, mend in _HINTS if pattern.search(text)), "")
