"""Reading text, YAML and CSV so that every value keeps its line and every mistake becomes a finding."""

from __future__ import annotations

import csv
import io
import re
import stat
import types
import typing
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from chargeside.findings import Findings, Severity, nearest
from chargeside.load.spreadsheet import dialect_of, fitted, from_windows_1252, looks_like_file, odd_word
from chargeside.model.cells import plain_cell

MAX_BYTES = 2_000_000
"""Largest file that people write by hand, in bytes. Feeds have their own limit."""
_MAX_CSV_BYTES = 200_000_000
_MAX_DEPTH = 40
_NOTHING = ("null", "~", "")
CONFLICT = "holds the marks of a merge conflict"
_CONFLICT = re.compile(r"^(<{7}|>{7}) ", re.MULTILINE)
_UNUSUAL = re.compile(r"[&*!]")
"""Without one of these there are no anchors, aliases and tags."""
_LINE_START = re.compile(r"^[ \t?:-]+", re.MULTILINE)
"""Blanks and marks before the words of a line: a block is as deep at most, twice for lists that stand as far left as their key."""
# Control characters but tab, line feed and NEL; halves of characters; what Unicode says is no character.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")

Loc = tuple[str | int, ...]
Model = TypeVar("Model", bound=BaseModel)


class _RefusedError(Exception):
    """A file that cannot be read: code, line, message and mend of its finding."""


def read_text(
    path: Path,
    shown: str,
    findings: Findings,
    *,
    max_bytes: int = MAX_BYTES,
    may_be_empty: bool = False,
    within: Path | None = None,
) -> str | None:
    """The text of a UTF-8 file (with or without BOM), line ends as `\\n`; None with a finding when it cannot be read.

    `within`: a folder that the file must lie in once links are followed.
    """
    try:
        if within is not None and leaves(path, within):
            raise _RefusedError(
                "F109", None, "is a link that leads out of its folder", "put the file itself here"
            )
        text = _decoded(_bytes_of(path, max_bytes))
        if not text.strip() and not may_be_empty:
            raise _RefusedError("F102", None, "the file is empty", "fill it, or delete it")
        if "<<<<<<< " in text and (mark := _CONFLICT.search(text)):
            mend = "keep one of the two versions between <<<<<<< and >>>>>>>, and delete the marks"
            raise _RefusedError("F104", line_at(text, mark.start()), CONFLICT, mend)
    except _RefusedError as refused:
        code, line, message, mend = refused.args
        findings.add(code, shown, line, message, mend)
        return None
    return text


def _bytes_of(path: Path, max_bytes: int) -> bytes:
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise _RefusedError("F101", None, "is no plain file", "put a file of that name here")
        if status.st_size > max_bytes:
            message = f"{status.st_size} bytes, at most {max_bytes} are read"
            raise _RefusedError("F110", None, message, "split or shorten the file")
        return path.read_bytes()
    except FileNotFoundError:
        mend = "create it, or correct the name that points to it"
        raise _RefusedError("F101", None, "no such file", mend) from None
    except OSError as error:
        message = f"cannot be read: {error.strerror}"
        raise _RefusedError("F101", None, message, "check the file and its permissions") from None


def _decoded(raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        message = f"byte 0x{raw[error.start]:02x} is not UTF-8"
        raise _RefusedError("F103", line, message, "save the file as UTF-8") from None


def leaves(path: Path, folder: Path) -> bool:
    """Whether a path lies outside `folder` once all links are followed. A path that cannot be followed does."""
    try:
        if path.parent == folder and path.name != ".." and not path.is_symlink():
            return False  # what stands in a folder itself is in it wherever links have led to that folder
        return not path.resolve().is_relative_to(folder.resolve())
    except (OSError, RuntimeError, ValueError):  # too long, a circle of links, a NUL in the name
        return True


def is_file(path: Path) -> bool:
    """Whether there is a plain file; no, too, for a name that is too long for one."""
    try:
        return path.is_file()
    except OSError:
        return False


def folder_name(folder: Path) -> str:
    """A folder's own name, also when it is given as `.`."""
    return folder.name or folder.resolve().name


def line_at(text: str, offset: int) -> int:
    """The line of an offset, from 1."""
    return text.count("\n", 0, offset) + 1


def refuse_control(
    text: str, shown: str, findings: Findings, *, code: str = "F104", first_line: int = 1
) -> bool:
    """Whether a text holds a control character, with a finding that names the first one."""
    found = _CONTROL.search(text)
    if found:
        line = line_at(text, found.start()) + first_line - 1
        message = f"holds the control character U+{ord(found.group()):04X}"
        findings.add(
            code, shown, line, message, "delete it; restore the file from its history if it is damaged"
        )
    return found is not None


# ── YAML ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Yaml:
    """Plain values of a YAML text and the line of each. Lines count from 1."""

    shown: str
    data: Any
    lines: Mapping[Loc, int]

    def line(self, loc: Loc) -> int | None:
        """The line of a value, or of the nearest thing around it."""
        while loc not in self.lines and loc:
            loc = loc[:-1]
        return self.lines.get(loc)


def parse_yaml(text: str, shown: str, findings: Findings, first_line: int = 1) -> Yaml | None:
    """Read YAML as data only: lists, keys with values, text and nothing (`null`, `~`).

    Numbers, true and false stay text until a model asks for them, so that `no` is Norway and 112 a phone number.
    Anchors, aliases, tags, duplicate keys and deep nesting are refused. `first_line`: where the text starts in its file.
    """
    return _YamlReader(text, shown, findings, first_line).read()


def read_yaml(path: Path, shown: str, findings: Findings) -> Yaml | None:
    """Read a YAML file of the folder it stands in; None with findings when it cannot be read."""
    text = read_text(path, shown, findings, within=path.parent)
    return None if text is None else parse_yaml(text, shown, findings)


_BROKEN = (
    # what the parser says, whether its context has the line, message, mend
    (
        "mapping values are not allowed",
        False,
        "a second colon stands in the line, or the line is indented too far",
        'put text that holds a colon in quotes, like title: "Error: no card"; or check the indentation',
    ),
    (
        "cannot start any token",
        False,
        "the text begins with a sign that YAML keeps for itself",
        "put text that starts with @ ` or % in quotes",
    ),
    (
        "expected ':'",
        True,
        "the line is no key with a value",
        "write key: value, with a space behind the colon; begin a member of a list with a hyphen; check the indentation",
    ),
    (
        "quoted scalar found unexpected end",
        True,
        "a quote opens here and does not close",
        "put the same quote at the end of the text",
    ),
    (
        "expected ',' or ']'",
        True,
        "a list in brackets does not close, or lacks a comma",
        "check the brackets: write [one, two]",
    ),
    (
        "expected ',' or '}'",
        True,
        "a group in braces does not close, or lacks a comma",
        "check the brackets: write {key: value, key: value}",
    ),
    (
        "expected alphabetic or numeric character",
        False,
        "the text begins with * or &",
        "put text that starts with & or * in quotes; bold works below the facts only",
    ),
    ("single document", False, "a second document begins", "keep one document: remove the line ---"),
)
_HALF_QUOTED = re.compile(r"""[:-]\s+(?:"[^"]*"|'[^']*')\s*[^\s#,\]}]""")


def _new_key(line: str) -> bool:
    """Whether a line begins with a key, so that what does not close began above it."""
    return bool(re.match(r"\s*[\w-]+:(?:\s|$)", line))


class _YamlReader:
    """Reads one YAML text."""

    def __init__(self, text: str, shown: str, findings: Findings, first_line: int) -> None:
        self._text = text
        self._shown = shown
        self._findings = findings
        self._first_line = first_line
        self._lines: dict[Loc, int] = {}
        self._broken = False

    def read(self) -> Yaml | None:
        if refuse_control(self._text, self._shown, self._findings, first_line=self._first_line):
            return None
        try:
            if not self._events_are_plain():
                return None
            node = yaml.compose(self._text, Loader=yaml.CSafeLoader)
        except yaml.MarkedYAMLError as error:
            self._add_broken(error)
            return None
        except yaml.YAMLError as error:
            self._add("F104", None, f"not valid YAML: {error}", "remove the character named")
            return None
        data = self._plain(node, ()) if node is not None else None
        return None if self._broken else Yaml(self._shown, data, self._lines)

    def _events_are_plain(self) -> bool:
        """Looks for what may not be there before anything is built: aliases can make a page of text out of a few bytes."""
        if not _UNUSUAL.search(self._text) and self._cannot_be_deep():
            return True
        depth = 0
        for event in yaml.parse(self._text, Loader=yaml.CSafeLoader):
            tag = getattr(event, "tag", None) if isinstance(event, yaml.NodeEvent) else None
            if getattr(event, "anchor", None) is not None or tag not in (None, "!"):
                message = "anchors (&), aliases (*) and tags (!) are not allowed"
                mend = "write the value out; put text that starts with & * or ! in quotes"
                self._add("F107", event.start_mark, message, mend)
                return False
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > _MAX_DEPTH:
                self._add(
                    "F104",
                    event.start_mark,
                    f"nested more than {_MAX_DEPTH} deep",
                    "flatten it: use fewer brackets, and indent less",
                )
                return False
        return True

    def _cannot_be_deep(self) -> bool:
        """Whether brackets are too few, and lines begin too far left, to nest deeper than is allowed."""
        starts = max((len(found) for found in _LINE_START.findall(self._text)), default=0)
        return 2 * (starts + 1) + self._text.count("[") + self._text.count("{") <= _MAX_DEPTH

    def _plain(self, node: yaml.Node, loc: Loc) -> Any:
        self._lines[loc] = node.start_mark.line + self._first_line
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node)
        if isinstance(node, yaml.SequenceNode):
            return [self._plain(child, (*loc, number)) for number, child in enumerate(node.value)]
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value) if isinstance(key_node, yaml.ScalarNode) else ""
            if not key:
                self._add("F104", key_node.start_mark, "a key must be plain text", "write key: value")
            elif key in result:
                self._add("F105", key_node.start_mark, f'key "{key}" stands twice', "keep one of the two")
            else:
                result[key] = self._plain(value_node, (*loc, key))
                self._lines[(*loc, key)] = key_node.start_mark.line + self._first_line
        return result

    def _scalar(self, node: yaml.ScalarNode) -> str | None:
        value: str = node.value
        line = node.start_mark.line + self._first_line
        if refuse_control(value, self._shown, self._findings, first_line=line):  # written as an escape
            self._broken = True
        return None if not node.style and value in _NOTHING else value

    def _add_broken(self, error: yaml.MarkedYAMLError) -> None:
        """What the parser says, in words of those who write files; its line is often the one below the mistake."""
        said = f"{error.context or ''} {error.problem or ''}".strip()
        lines = [*self._text.split("\n"), ""]
        there = lines[min(error.problem_mark.line, len(lines) - 1)] if error.problem_mark else ""
        if "\t" in there:
            self._add_invalid(error, "a tab stands in the line", "indent with spaces, not with tabs")
            return
        for words, by_context, message, mend in _BROKEN:
            if words in said:
                begins = by_context and (
                    error.problem != "did not find expected ',' or ']'" or _new_key(there)
                )
                self._add_invalid(error, message, mend, begins)
                return
        if "expected key" in said and _HALF_QUOTED.search(there):
            mend = "put quotes around the whole text, or around none of it"
            self._add_invalid(error, "text stands behind a closing quote", mend)
            return
        mend = "check indentation, colons, brackets and quotes near this line"
        self._add_invalid(error, said, mend)

    def _add_invalid(
        self, error: yaml.MarkedYAMLError, message: str, mend: str, begins: bool = False
    ) -> None:
        """`begins`: the line is that where the broken thing begins, not where the parser gave up."""
        mark = error.context_mark if begins and error.context_mark else error.problem_mark
        self._add("F104", mark, f"not valid YAML: {message}", mend)

    def _add(self, code: str, mark: Any, message: str, mend: str) -> None:
        self._broken = True
        line = mark.line + self._first_line if mark else None
        self._findings.add(code, self._shown, line, message, mend)


# ── Models ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def validate(
    model: type[Model],
    doc: Yaml,
    findings: Findings,
    code: str = "F108",
    extra: Mapping[str, Any] | None = None,
) -> Model | None:
    """The document as `model`, or None with one finding for each wrong value. `extra`: values not from the file."""
    if not isinstance(doc.data, dict):
        mend = f"start with {next(iter(model.model_fields))}: …"
        findings.add("F108", doc.shown, doc.line(()) or 1, "must be lines of key: value", mend)
        return None
    try:
        return model.model_validate({**doc.data, **(extra or {})})
    except ValidationError as error:
        for one in _relevant(error.errors(include_url=False), doc):
            _add_error(model, one, doc, findings, code)
        return None


def _add_error(model: type[BaseModel], one: Any, doc: Yaml, findings: Findings, code: str) -> None:
    loc = _place(one["loc"], doc)
    where = ".".join(str(part + 1 if isinstance(part, int) else part) for part in loc)
    line = doc.line(loc) or 1
    if one["type"] == "extra_forbidden":
        mend = nearest(str(loc[-1]), _fields_at(model, loc[:-1]))
        findings.add("F106", doc.shown, line, f'key "{where}" is not known here', mend)
    elif one["type"] == "missing":
        key = one["loc"][-1]
        findings.add(
            code,
            doc.shown,
            line,
            f'"{".".join(filter(None, (where, str(key))))}" is missing',
            f"add {key}: …",
        )
    elif one["loc"][-1:] == ("[key]",):
        findings.add(code, doc.shown, line, f'key "{where}" is not known here', mend_of(one))
    elif one["type"] == "value_error" and isinstance(one["input"], dict):
        findings.add(code, doc.shown, line, f'"{where}" does not fit together', mend_of(one))
    else:
        findings.add(code, doc.shown, line, f'"{where}" is {_short(one["input"])}', mend_of(one))


def _place(loc: Loc, doc: Yaml) -> Loc:
    """Where in the document an error stands: without the names of alternatives that pydantic puts in between."""
    place: Loc = ()
    for part in loc:
        if (*place, part) in doc.lines:
            place = (*place, part)
    return place


def _relevant(errors: Sequence[Any], doc: Yaml) -> Iterator[Any]:
    """Errors without those that only follow from others: a list is too short because a member is wrong, or a value is not the
    other thing that it might be (`next: slug` or `next: {ask: …}`).
    """
    for one in errors:
        place = _place(one["loc"], doc)
        others = [
            other for other in errors if other is not one and _place(other["loc"], doc)[: len(place)] == place
        ]
        is_other_thing = one["type"].endswith("_type") or (
            one["type"] == "literal_error" and isinstance(one["input"], dict)
        )
        follows = is_other_thing and any(not other["type"].endswith("_type") for other in others)
        if not follows and not (one["type"] == "too_short" and others):
            yield one


_LIKE = {
    "^[A-Z]{2}$": "two capital letters, like DE",
    "^[A-Z0-9]{3}$": "three capital letters or digits, like EXC",
    "^#[0-9a-fA-F]{6}$": "# and six digits 0-9 a-f in quotes, like #0b5d4e",
    "^[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?$": "a language like en or pt-BR",
    "^[a-z0-9]+:[A-Za-z0-9._-]+$": "a system and its code, like ocpp16:EVCommunicationError",
}
"""Patterns of the models in words."""
_KINDS = {
    "tuple_type": "write a list: [one, two]",
    "list_type": "write a list: [one, two]",
    "dict_type": "write it as key: value",
    "model_type": "write it as key: value",
    "model_attributes_type": "write it as key: value",
    "bool_parsing": "write true or false",
    "bool_type": "write true or false",
    "int_parsing": "write a whole number",
    "float_parsing": "write a number, with a point for decimals",
    "string_type": "write plain text",
}


_BOUNDS = {
    "less_than_equal": "write at most {le}",
    "greater_than_equal": "write at least {ge}",
    "too_short": "write at least {min_length}",
    "too_long": "write at most {max_length}",
}


def mend_of(error: Any) -> str:
    """The mend for one of pydantic's errors, in words for people who write files."""
    kind, value, context = error["type"], error["input"], error.get("ctx", {})
    if kind == "literal_error":
        words = re.findall(r"'([^']*)'", context["expected"])
        return nearest(value if isinstance(value, str) else "", words)
    if kind == "string_pattern_mismatch":
        return f"write {_LIKE.get(context['pattern'], 'it as ' + context['pattern'])}"
    if kind == "string_type" and value is None:
        return "write a text behind the colon or hyphen"
    if kind in _BOUNDS:
        return _BOUNDS[kind].format(**context)
    message = error["msg"].removeprefix("Value error, ").replace(" after validation", "")
    return _KINDS.get(kind) or re.sub(r"^([A-Z][a-z]+ should|must) ", "it must ", message)


def _short(value: Any) -> str:
    if isinstance(value, list):
        return f"a list of {len(value)}"
    if isinstance(value, dict):
        return "a group of keys"
    text = "empty" if value in (None, "") else f'"{value}"' if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else text[:59] + "…"


def _fields_at(model: Any, loc: Loc) -> list[str]:
    """Names of the fields of the model found by walking `loc` from `model`."""
    models = _models_in(model)
    for part in loc:
        inner = [
            found.model_fields[part].annotation
            for found in models
            if isinstance(part, str) and part in found.model_fields
        ]
        if inner:
            models = [found for annotation in inner for found in _models_in(annotation)]
    return sorted({name for found in models for name in found.model_fields})


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    if typing.get_origin(annotation) is not None or isinstance(annotation, types.UnionType):
        return [found for inner in typing.get_args(annotation) for found in _models_in(inner)]
    return []


# ── CSV ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a CSV file: values by column, and its line number."""

    line: int
    values: Mapping[str, str]


def read_csv(
    path: Path,
    shown: str,
    findings: Findings,
    columns: Sequence[str],
    *,
    code: str = "F104",
    all_columns: bool = True,
    by_people: bool = False,
) -> list[Row] | None:
    """Rows of a file with a header line, separated by commas, semicolons or tabs, spaces around cells taken off.

    A header that lacks or misspells a column, a row with too many or too few cells and a broken quote are findings of rule
    `code`; None when there was one. With `all_columns` False the header may leave columns out. `by_people`: the file is edited
    in spreadsheets, so what they do to it is undone: Windows-1252, empty cells missing or added at the end of rows, an
    apostrophe before a formula.
    """
    text = _csv_text(path, shown, findings, by_people)
    if text is None or refuse_control(text, shown, findings, code=code):
        return None
    found = Findings()
    rows = list(_rows(text, shown, found, columns, code, all_columns, by_people))
    findings.extend(found)
    return None if found.errors else rows


def _csv_text(path: Path, shown: str, findings: Findings, by_people: bool) -> str | None:
    found = Findings()
    text = read_text(path, shown, found, max_bytes=_MAX_CSV_BYTES, within=path.parent)
    not_utf8 = next((finding for finding in found if finding.code == "F103"), None)
    if text is None and not_utf8 is None:
        findings.extend(found)
        return None
    # It is a plain file inside the folder, or it would have been refused.
    data = path.read_bytes() if text is None else text[:8].encode()
    if other := looks_like_file(data[:8]):
        findings.add("F104", shown, None, f"is {other}, not CSV", "save the sheet as CSV (UTF-8)")
        return None
    if text is not None or not_utf8 is None:
        return text
    text = from_windows_1252(data) if by_people else None
    if text is None:
        findings.extend(found)
        return None
    message = f'is not UTF-8: read as Windows-1252, which gives "{odd_word(text)}"'
    mend = "save it as CSV UTF-8, so that no letter is lost"
    findings.add("F103", shown, not_utf8.line, message, mend, Severity.WARNING)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _rows(
    text: str,
    shown: str,
    findings: Findings,
    columns: Sequence[str],
    code: str,
    all_columns: bool,
    by_people: bool,
) -> Iterator[Row]:
    dialect = dialect_of(text.partition("\n")[0])
    source = io.StringIO(text, newline="\n")
    for _ in range(dialect.skip):
        source.readline()
    reader = csv.reader(source, delimiter=dialect.delimiter, strict=True)
    line = 1 + dialect.skip
    try:
        header = [name.strip() for name in next(reader, [])]
        if by_people:  # "Code" is what people type where "code" is meant
            by_name = {column.casefold(): column for column in columns}
            header = [by_name.get(name.casefold(), name) for name in header]
        while by_people and header and not header[-1]:
            header.pop()
        _check_header(header, shown, line, findings, columns, code, all_columns)
        while True:
            line = reader.line_num + 1 + dialect.skip
            cells = next(reader, None)
            if cells is None:
                return
            if not any(cell.strip() for cell in cells):
                continue
            whole = fitted(cells, len(header)) if by_people else cells
            if whole is None or len(whole) != len(header):
                message = f"{len(cells)} cells where the header has {len(header)}"
                mend = "give the row one cell for each column; quote cells that hold the separator"
                findings.add(code, shown, line, message, mend)
                continue
            # Only blanks: what else counts as space, such as a no-break space, may be part of an id.
            values = (cell.strip(" \t") for cell in whole)
            yield Row(line, dict(zip(header, map(plain_cell, values) if by_people else values, strict=True)))
    except csv.Error as error:
        mend = (
            "check the quotes from this line on"
            if "unexpected end" in str(error)
            else "check the quotes in this line"
        )
        findings.add(code, shown, line, f"not valid CSV: {error}", mend)


def _check_header(
    header: Sequence[str],
    shown: str,
    line: int,
    findings: Findings,
    columns: Sequence[str],
    code: str,
    all_columns: bool,
) -> None:
    for name in header:
        if name not in columns:
            findings.add(code, shown, line, f'column "{name}" is not known here', nearest(name, columns))
        elif header.count(name) > 1:
            findings.add("F105", shown, line, f'column "{name}" stands twice', "keep one of the two")
    for name in columns:
        if all_columns and name not in header:
            mend = f"the header is: {','.join(columns)}"
            findings.add(code, shown, line, f'column "{name}" is missing', mend)
