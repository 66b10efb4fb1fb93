"""Feed files: JSON read one record at a time, so that every Location knows its line and big feeds stay light.

A feed is a bare list, an envelope `{"data": […]}` (OCPI 2.3.0, transport_and_format), or one single object.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from chargeside.findings import Findings, Severity
from chargeside.load.source import read_text

MAX_FEED_BYTES = 512 * 1024 * 1024
"""Largest feed that is read, in bytes: about 500,000 EVSEs."""

Step = str | int
_SPACE = re.compile(r"[ \t\n\r]*")
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_STRING_OR_CONSTANT = re.compile(r'"(?:[^"\\]|\\.)*"|(-?Infinity|NaN)', re.DOTALL)
_OTHER_KINDS = (
    (b"\x1f\x8b", "compressed with gzip", "unpack it first: gunzip FILE"),
    (b"PK\x03\x04", "a ZIP archive or an Excel workbook", "unpack it, or export it as OCPI JSON"),
    (b"\xff\xfe", "UTF-16", "save the file as UTF-8"),
    (b"\xfe\xff", "UTF-16", "save the file as UTF-8"),
)
_ASK_AGAIN = "fetch the file again"


class _NotJsonError(ValueError):
    """A number that JSON does not have."""


@dataclass(frozen=True, slots=True)
class Record:
    """One element of a feed. `path` is its JSON path, `start` its offset in the text, `line` counts from 1."""

    value: Any
    path: str
    start: int
    line: int


class Records:
    """The records of one feed file. Iterate once; `broken` says afterwards whether the file ended in an error."""

    def __init__(self, text: str, shown: str, findings: Findings) -> None:
        self._text = text
        self._shown = shown
        self._findings = findings
        self._decode = json.JSONDecoder(parse_constant=_refuse).raw_decode
        self._may_hold_surrogates = _SURROGATE.search(text) is not None
        self._pos = 0
        self._counted = (0, 1)
        self.broken = False

    def __iter__(self) -> Iterator[Record]:
        try:
            for record in self._top():
                if self._may_hold_surrogates:
                    self._refuse_surrogates(record)
                yield record
            self._pos = self._skip(self._pos)
            if self._pos < len(self._text):
                raise json.JSONDecodeError("more follows", self._text, self._pos)
        except json.JSONDecodeError as error:
            self._report_syntax(error)
        except _NotJsonError as error:
            self._add(self._line_of_constant(), f"{error} is not JSON", "leave the value out or write null")
        except UnicodeEncodeError:
            message = "text holds half a character (a lone surrogate such as \\ud800)"
            self._add(
                self._line(self._pos), message, "correct the text where it is kept, and fetch the file again"
            )
        except RecursionError:
            self._add(self._line(self._pos), "nested too deeply to be a feed", _ASK_AGAIN)
        except ValueError as error:  # a number of thousands of digits
            self._add(self._line(self._pos), str(error).partition(";")[0], "correct the number")

    def line_of(self, record: Record, steps: tuple[Step, ...]) -> int:
        """The line of a value inside a record, or of the nearest thing around it."""
        pos = record.start
        for step in steps:
            found = self._child(pos, step)
            if found is None:
                break
            pos = found
        return record.line + self._text.count("\n", record.start, pos)

    def _top(self) -> Iterator[Record]:
        pos = self._skip(0)
        opening = self._text[pos : pos + 1]
        if opening == "[":
            yield from self._list(pos, "")
        elif opening == "{":
            yield from self._object(pos)
        else:
            self._decode(self._text, pos)
            message = "holds a single value, neither a list of Locations nor an object"
            self._add(self._line(pos), message, 'give a list of Locations: [{"id": …}, …]', code="F108")
            self._pos = len(self._text)

    def _object(self, start: int) -> Iterator[Record]:
        """The elements of `data`, or the object itself when it has none."""
        plain: dict[str, Any] = {}
        starts: dict[str, int] = {}
        listed = False
        for key, pos in self._members(start):
            if key == "data" and self._text[pos : pos + 1] == "[" and not listed:
                listed = True
                yield from self._list(pos, "data")
            else:
                starts[key] = pos
                plain[key], self._pos = self._decode(self._text, pos)
        if listed:
            return
        data = plain.get("data")
        if isinstance(data, dict):
            yield Record(data, "data", starts["data"], self._line(starts["data"]))
        elif "status_code" in plain and "id" not in plain:
            said = f"{plain['status_code']} {plain.get('status_message', '')}".strip()
            message = f"is an answer of an OCPI server without data: {said}"
            self._add(
                self._line(start),
                message,
                "mend the request (token, address), then " + _ASK_AGAIN,
                code="F108",
            )
        else:
            yield Record(plain, "", start, self._line(start))

    def _list(self, start: int, name: str) -> Iterator[Record]:
        for number, (pos, value) in enumerate(self._elements(start)):
            yield Record(value, f"{name}[{number}]", pos, self._line(pos))

    def _elements(self, start: int) -> Iterator[tuple[int, Any]]:
        """Offset and value of each element of the list at `start`; leaves `_pos` behind the list."""
        pos = self._skip(start + 1)
        if self._text[pos : pos + 1] == "]":
            self._pos = pos + 1
            return
        while True:
            self._pos = pos
            value, end = self._decode(self._text, pos)
            yield pos, value
            pos = self._next(end, "]")
            if pos < 0:
                return

    def _members(self, start: int) -> Iterator[tuple[str, int]]:
        """Key and offset of the value of each member of the object at `start`; the caller leaves `_pos` behind the value."""
        pos = self._skip(start + 1)
        if self._text[pos : pos + 1] == "}":
            self._pos = pos + 1
            return
        while pos >= 0:
            if self._text[pos : pos + 1] != '"':
                raise json.JSONDecodeError("a key in double quotes must stand here", self._text, pos)
            key, pos = self._decode(self._text, pos)
            pos = self._skip(pos)
            if self._text[pos : pos + 1] != ":":
                raise json.JSONDecodeError("Expecting ':' delimiter", self._text, pos)
            self._pos = self._skip(pos + 1)
            yield key, self._pos
            pos = self._next(self._pos, "}")

    def _next(self, end: int, closing: str) -> int:
        """Offset of the element behind the comma at `end`, or -1 where the list or object closes."""
        pos = self._skip(end)
        char = self._text[pos : pos + 1]
        if char == closing:
            self._pos = pos + 1
            return -1
        if char != ",":
            raise json.JSONDecodeError("Expecting ',' delimiter", self._text, pos)
        return self._skip(pos + 1)

    def _child(self, pos: int, step: Step) -> int | None:
        opening = self._text[pos : pos + 1]
        if opening == "{":
            for key, start in self._members(pos):
                if key == step:
                    return start
                self._pos = self._decode(self._text, start)[1]
        elif opening == "[":
            for number, (start, _) in enumerate(self._elements(pos)):
                if number == step:
                    return start
        return None

    def _skip(self, pos: int) -> int:
        match = _SPACE.match(self._text, pos)
        return match.end() if match else pos

    def _line(self, pos: int) -> int:
        """Line of an offset. Counts on from the last one asked for, so that a whole file is counted once."""
        seen, line = self._counted
        if pos < seen:
            return self._text.count("\n", 0, pos) + 1
        line += self._text.count("\n", seen, pos)
        self._counted = (pos, line)
        return line

    def _refuse_surrogates(self, record: Record) -> None:
        self._pos = record.start
        json.dumps(record.value, ensure_ascii=False).encode()

    def _line_of_constant(self) -> int:
        for match in _STRING_OR_CONSTANT.finditer(self._text, self._pos):
            if match.group(1):
                return self._line(match.start(1))
        return self._line(self._pos)

    def _report_syntax(self, error: json.JSONDecodeError) -> None:
        looks_like = _looks_like(self._text)
        if looks_like:
            what, mend = looks_like
            self._add(1, f"is {what}, not JSON", mend)
        elif error.pos >= len(self._text.rstrip()) or "Unterminated string" in error.msg:
            self._add(
                error.lineno, "the JSON breaks off before its end", f"the file is cut short: {_ASK_AGAIN}"
            )
        elif error.msg == "more follows":
            mend = "put all Locations into one list: [{…}, {…}]"
            self._add(error.lineno, "not valid JSON: more text follows where the file should end", mend)
        else:
            mend = "check commas, quotes and brackets in this line and the one above"
            self._add(error.lineno, f"not valid JSON: {error.msg} (column {error.colno})", mend)

    def _add(self, line: int | None, message: str, mend: str, *, code: str = "F104") -> None:
        self.broken = True
        self._findings.add(code, self._shown, line, message, mend)


def read_records(path: Path, shown: str, findings: Findings) -> Records | None:
    """The records of a feed file; None with a finding when it cannot be read at all."""
    try:
        with path.open("rb") as file:
            start = file.read(4)
    except OSError:
        start = b""  # read_text says what is wrong
    for magic, what, mend in _OTHER_KINDS:
        if start.startswith(magic):
            findings.add("F103", shown, 1, f"the file is {what}, not UTF-8 text", mend)
            return None
    text = read_text(path, shown, findings, max_bytes=MAX_FEED_BYTES)
    return None if text is None else Records(text, shown, findings)


def warn_if_empty(count: int, shown: str, findings: Findings) -> None:
    """A readable feed without a single record is a warning: other feeds may hold the stations."""
    if not count:
        mend = "fetch the feed again, or delete the file"
        findings.add("S309", shown, 1, "the feed holds no Location", mend, Severity.WARNING)


def _looks_like(text: str) -> tuple[str, str] | None:
    """What a text that is not JSON seems to be, with the mend."""
    start = text.lstrip()[:500].lower()
    if start.startswith(("<!doctype html", "<html", "<head", "<body")):
        return (
            "an HTML page",
            "a login or error page was saved instead of the feed: check address and token, fetch it again",
        )
    if start.startswith("<"):
        return "XML", "export the stations as OCPI JSON"
    first = start.partition("\n")[0]
    if not first.startswith(("[", "{")) and (first.count(",") > 2 or first.count(";") > 2):
        return "a table (CSV)", "convert it with `chargeside import`; feeds are OCPI JSON"
    return None


def _refuse(constant: str) -> NoReturn:
    raise _NotJsonError(constant)
