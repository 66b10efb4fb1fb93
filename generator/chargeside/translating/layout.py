"""Where the pieces of a guide stand in its file, so that one of them changes and every other byte stays.

The reader (load.guide) says what a guide means; this module says in which lines. Its answer counts only where both agree: `work`
compares them.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import yaml

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_FENCE = re.compile(r"---[ \t]*")
_STEP = re.compile(r" {0,3}(\d+)\.[ \t]+")
_ATTRIBUTES = re.compile(r"\s*\{:[^{}]*\}\s*")
_ID = re.compile(r"\{:\s*#([a-z][a-z0-9-]*)")
_MARK = re.compile(r"""(\s+)["']?([^\s"':]+)["']?:\s""")
_KEYS = ("title", "short", "symptoms", "ask", "translates")
"""Keys of a translation's front matter in the order of the house."""


class LayoutError(ValueError):
    """The lines of a file cannot be told apart. The message says why."""


@dataclass(frozen=True)
class _Block:
    """A piece of the body: its lines from `first` to before `end`, of which those before `text_end` hold its words."""

    first: int
    text_end: int
    end: int
    text: str


class Layout:
    """A guide's file as lines that can be exchanged. Line ends and a byte order mark are kept as they are."""

    def __init__(self, text: str) -> None:
        """Raises LayoutError."""
        self._bom = text[:1] == "\ufeff"
        self._lines: list[str] = _LINE.findall(text.removeprefix("\ufeff"))
        ends = Counter(line[len(line.rstrip("\r\n")) :] for line in self._lines)
        ends.pop("", None)
        self._end = ends.most_common(1)[0][0] if ends else "\n"
        self._find()

    def __str__(self) -> str:
        return "\ufeff" * self._bom + "".join(self._lines)

    @property
    def texts(self) -> dict[str, str]:
        """The Markdown of intro, steps and call, each by its name, without numbers and attributes."""
        return {name: block.text for name, block in self._blocks.items()}

    def line(self, name: str) -> int:
        """The line of a piece, from 1; of the file's first where there is none."""
        block = self._blocks.get(name)
        return block.first + 1 if block else self._keys.get(name, (0, 0))[0] + 1

    def set_front(self, name: str, value: str | Sequence[str]) -> None:
        """Write title, short (a text), symptoms or ask (texts; of ask the question first)."""
        if isinstance(value, str):
            lines = [f"{name}: {_scalar(value)}"]
        elif name == "ask":
            answers = ", ".join(_quoted(answer) for answer in value[1:])
            lines = [f"ask: {{question: {_quoted(value[0])}, answers: [{answers}]}}"]
        else:
            lines = [f"{name}:", *(f"  - {_scalar(one)}" for one in value)]
        self._set_key(name, lines)

    def set_marks(self, marks: Mapping[str, str], order: Sequence[str], notes: Mapping[str, str]) -> None:
        """Write fingerprints of pieces into `translates`; `order` is that of the pieces, `notes` stand behind as comments."""
        if not marks:
            return
        first, end = self._keys.get("translates", (0, 0))
        old = [line.rstrip("\r\n") for line in self._lines[first:end]]
        entries = old[1:]
        if old and (
            old[0].split("#")[0].strip() != "translates:" or not all(map(_is_mark, entries))
        ):  # {on: one line}, or nothing
            entries = [f'  {name}: "{mark}"' for name, mark in self._old_marks().items()]
        indent = next((match.group(1) for match in map(_MARK.match, entries) if match), "  ")
        rank = {name: number for number, name in enumerate(order)}
        for name, mark in marks.items():
            note = f"  # {notes[name]}" if name in notes else ""
            entry = f'{indent}{name}: "{mark}"{note}'
            names = [match.group(2) if (match := _MARK.match(line)) else "" for line in entries]
            if name in names:
                entries[names.index(name)] = entry
            else:
                here = rank.get(name, len(rank))
                before = [n for n, other in enumerate(names) if rank.get(other, len(rank)) < here and other]
                entries.insert(before[-1] + 1 if before else 0, entry)
        self._set_key("translates", ["translates:", *entries])

    def set_text(self, name: str, text: str, order: Sequence[str]) -> None:
        """Write intro, call or a step. A new step goes behind the one that `order` has before it."""
        lines = text.split("\n")
        block = self._blocks.get(name)
        if block and name in ("intro", "call"):
            self._put(block.first, block.text_end, lines)
        elif block:
            number = _STEP.match(self._lines[block.first])
            assert number
            self._put(block.first, block.text_end, _indented(number.group(), lines))
        elif name == "intro":
            self._put(self._body, self._body, [*lines, ""])
        elif name == "call":
            while self._lines and not self._lines[-1].strip():
                self._lines.pop()
            self._put(len(self._lines), len(self._lines), ["", *lines, "{: #call }"])
        else:
            self._add_step(name, lines, order)

    def _add_step(self, name: str, lines: list[str], order: Sequence[str]) -> None:
        steps = {step: block for step, block in self._blocks.items() if step not in ("intro", "call")}
        rank = {step: number for number, step in enumerate(order)}
        before = [block for step, block in steps.items() if rank.get(step, -1) < rank[name]]
        numbers = [int(self._number(block)) for block in steps.values()]
        ordered = list(steps.values())
        loose = len(ordered) > 1 and not self._lines[ordered[1].first - 1].strip()
        new = _indented("1. ", [*lines, f"{{: #{name} }}"])
        if before:
            self._put(before[-1].end, before[-1].end, ["", *new] if loose else new)
        elif ordered:
            self._put(ordered[0].first, ordered[0].first, [*new, ""] if loose else new)
        else:
            raise LayoutError("has no steps to put another one beside")
        self._renumber(one_by_one=len(numbers) < 2 or numbers[:2] != [1, 1])

    def _renumber(self, one_by_one: bool) -> None:
        steps = [block for name, block in self._blocks.items() if name not in ("intro", "call")]
        for number, block in enumerate(steps, 1):
            line = self._lines[block.first]
            self._lines[block.first] = re.sub(r"\d+", str(number if one_by_one else 1), line, count=1)
        self._find()

    def _number(self, block: _Block) -> str:
        match = _STEP.match(self._lines[block.first])
        assert match
        return match.group(1)

    # ── Front matter ─────────────────────────────────────────────────────────────────────────────────────────────────

    def _set_key(self, name: str, lines: list[str]) -> None:
        if name in self._keys:
            self._put(*self._keys[name], lines)
            return
        before = [self._keys[key][1] for key in _KEYS[: _KEYS.index(name)] if key in self._keys]
        here = max(before, default=1)
        self._put(here, here, lines)

    def _old_marks(self) -> dict[str, str]:
        first, end = self._keys.get("translates", (0, 0))
        node = yaml.compose("".join(self._lines[first:end]), Loader=yaml.CSafeLoader)
        if node is None or not isinstance(node.value[0][1], yaml.MappingNode):
            return {}
        return {str(key.value): str(value.value) for key, value in node.value[0][1].value}

    def _find(self) -> None:
        bare = [line.rstrip("\r\n") for line in self._lines]
        fences = [number for number, line in enumerate(bare) if _FENCE.fullmatch(line)][:2]
        if len(fences) < 2 or fences[0]:
            raise LayoutError("has no front matter between two lines ---")
        self._keys = _key_lines(bare[1 : fences[1]], 1)
        self._body = fences[1] + 1
        self._blocks = _blocks(bare, self._body)

    def _put(self, first: int, end: int, lines: Sequence[str]) -> None:
        if first and first <= len(self._lines) and self._lines[first - 1][-1:] not in ("\r", "\n"):
            self._lines[first - 1] += self._end
        last = self._lines[end - 1] if end > first else ""
        unended = end == len(self._lines) and last and last[-1] not in "\r\n"
        new = [line + self._end for line in lines]
        if unended:
            new[-1] = new[-1].rstrip("\r\n")
        self._lines[first:end] = new
        self._find()


def skeleton(
    front: Mapping[str, str | Sequence[str]], texts: Mapping[str, str], steps: Sequence[str]
) -> Layout:
    """A translation's file in the style of the house: values of the front matter, texts of intro, steps and call by name."""
    body = ["---", "---"]
    if "intro" in texts:
        body += [*texts["intro"].split("\n"), ""]
    for number, name in enumerate(steps, 1):
        body += _indented(f"{number}. ", [*texts[name].split("\n"), f"{{: #{name} }}"])
    if "call" in texts:
        body += ["", *texts["call"].split("\n"), "{: #call }"]
    layout = Layout("\n".join([*body, ""]))
    for name, value in front.items():
        layout.set_front(name, value)
    return layout


def joined(lines: Sequence[str]) -> str:
    """Lines of one paragraph as one, but for breaks that the author asked for with two blanks at the end of a line."""
    text = ""
    for number, line in enumerate(lines):
        hard = line.endswith("  ") and number < len(lines) - 1
        text += line.strip(" \t") + ("  \n" if hard else " ")
    return text.strip(" \t\n")


def _key_lines(lines: Sequence[str], offset: int) -> dict[str, tuple[int, int]]:
    """First line of each key, and the line behind its value; comments and blank lines between keys belong to none."""
    try:
        node = yaml.compose("\n".join(lines), Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        raise LayoutError("has front matter that is no valid YAML") from error
    if node is None:
        return {}
    if not isinstance(node, yaml.MappingNode) or node.flow_style:
        raise LayoutError("has front matter that is no list of `key: value` lines")
    starts = [(str(key.value), key.start_mark.line) for key, _ in node.value]
    found: dict[str, tuple[int, int]] = {}
    for (name, first), behind in zip(starts, [*(start for _, start in starts[1:]), len(lines)], strict=True):
        end = behind
        while end > first + 1 and (not lines[end - 1].strip() or lines[end - 1].lstrip().startswith("#")):
            end -= 1
        found[name] = (first + offset, end + offset)
    return found


def _blocks(lines: Sequence[str], first: int) -> dict[str, _Block]:
    """Intro, steps and call, in the order of the file."""
    found: dict[str, _Block] = {}
    here = first
    while here < len(lines):
        if not lines[here].strip():
            here += 1
            continue
        is_step = _STEP.match(lines[here])
        end = _step_end(lines, here) if is_step else _paragraph_end(lines, here)
        name, block = _block(lines, here, end, is_step)
        if name == "intro" and "intro" in found:
            whole = found["intro"]
            block = _Block(whole.first, block.text_end, block.end, f"{whole.text}\n\n{block.text}")
        elif name in found:
            raise LayoutError(f'has "{name}" twice')
        if name == "intro" and len(found) > ("intro" in found):
            raise LayoutError(f"has text behind the steps in line {here + 1}")
        found[name] = block
        here = end
    return found


def _block(lines: Sequence[str], first: int, end: int, is_step: re.Match[str] | None) -> tuple[str, _Block]:
    text_end = next((n for n in range(first, end) if _ATTRIBUTES.fullmatch(lines[n])), end)
    if any(lines[n].strip() and not _ATTRIBUTES.fullmatch(lines[n]) for n in range(text_end, end)):
        raise LayoutError(f"has text below the attributes in line {text_end + 1}")
    ids = [match.group(1) for n in range(text_end, end) if (match := _ID.search(lines[n]))]
    words = list(lines[first:text_end])
    while words and not words[-1].strip():
        words.pop()
    if is_step:
        if not ids:
            raise LayoutError(f"has a step without an id in line {first + 1}")
        if any(not word.strip() for word in words):
            raise LayoutError(f"has a step of several paragraphs in line {first + 1}")
        words[0] = words[0][is_step.end() :]
    name = ids[0] if ids else "intro"
    return name, _Block(first, first + len(words), end, joined(words))


def _step_end(lines: Sequence[str], first: int) -> int:
    """The line behind a step: its own lines, those of its attributes, and blank lines only where indented ones follow."""
    end = first + 1
    for here in range(first + 1, len(lines)):
        line = lines[here]
        if not line.strip():
            continue
        if _STEP.match(line) or (here > end and line[:1] not in (" ", "\t")):
            break
        end = here + 1
    return end


def _paragraph_end(lines: Sequence[str], first: int) -> int:
    return next((here for here in range(first, len(lines)) if not lines[here].strip()), len(lines))


def _indented(number: str, lines: Sequence[str]) -> list[str]:
    """Lines of a step behind its number, the others as far in as the first one's words."""
    return [number + lines[0], *(" " * len(number) + line for line in lines[1:])]


def _is_mark(line: str) -> bool:
    return bool(_MARK.match(line)) or not line.strip() or line.lstrip().startswith("#")


def _scalar(text: str) -> str:
    """A text as YAML: plain where that means the same, else in double quotes."""
    for around in (f"k: {text}", f"- {text}"):
        try:
            node = yaml.compose(around, Loader=yaml.CSafeLoader)
        except (yaml.YAMLError, UnicodeEncodeError):
            return _quoted(text)
        value = node.value[0] if node and node.value else None
        value = value[1] if isinstance(value, tuple) else value
        plain = isinstance(value, yaml.ScalarNode) and not value.style and value.value == text
        if not plain or text in ("~", "null") or "\n" in text:
            return _quoted(text)
    return text


def _quoted(text: str) -> str:
    """In double quotes, which JSON and YAML share but for a few line breaks of Unicode."""
    quoted = json.dumps(text, ensure_ascii=False)
    return re.sub(r"[\x85\u2028\u2029\ufeff]", lambda match: f"\\u{ord(match.group()):04x}", quoted)
