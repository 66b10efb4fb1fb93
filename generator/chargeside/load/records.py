"""Feed files: JSON read one record at a time, so that every Location knows its line and big feeds stay light.

A feed is a bare list, an envelope `{"data": […]}` (OCPI 2.3.0, transport_and_format) or `{"next": …, "items": […]}`, one
single object, or several of these one after the other (JSON Lines, pages); any of them packed with gzip.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from chargeside.findings import Findings, Severity
from chargeside.load.looks_like import START_BYTES, looks_like
from chargeside.load.ocpi_values import KEYS_BY_CAMEL_CASE
from chargeside.load.packed import DAMAGED, GZIP, open_unpacked, read_at_most
from chargeside.load.source import read_text

MAX_FEED_BYTES = 512 * 1024 * 1024
"""Largest feed that is read, in bytes, also after unpacking: about 500,000 EVSEs."""

Step = str | int
Doubts = tuple[tuple[str, str], ...]
"""Kind and detail of what was odd about a record's JSON; the kinds are those of load/ocpi_reader.py."""
_SPACE = re.compile(r"[ \t\n\r]*")
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_STRING_OR_CONSTANT = re.compile(
    r'"(?:[^"\\]|\\.)*"|(-?Infinity|NaN|[0-9.]{0,20}[0-9][eE]\+?[0-9]{3,})', re.DOTALL
)
"""Text, to be passed over, or in the group what may be a number that is refused."""
_LISTS = ("data", "items")
"""Keys that hold the records of an envelope: OCPI's own, and that of feeds which page as `{"next", "items"}`."""
_CAMEL_CASE = frozenset(KEYS_BY_CAMEL_CASE)
_ASK_AGAIN = "fetch the file again"


class _NotJsonError(ValueError):
    """A number that JSON does not have, or that is larger than any float."""


@dataclass(frozen=True, slots=True)
class Record:
    """One element of a feed. `path` is its JSON path, `start` its offset in the text, `line` counts from 1.

    `doubts`: what its JSON shows before it is read as a Location (keys that stand twice, camelCase).
    """

    value: Any
    path: str
    start: int
    line: int
    doubts: Doubts = ()


class _Objects:
    """Makes the objects of one feed's JSON and keeps what was odd about them.

    It does not know its Records: a circle of the two would keep the text of a feed in memory when it is no longer needed.
    """

    def __init__(self) -> None:
        self._doubts: dict[tuple[str, str], None] = {}

    def made_of(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        """An object. Of a key that stands twice the last value counts, as everywhere with JSON."""
        found = dict(pairs)
        if len(found) != len(pairs):
            seen: set[str] = set()
            for key, _ in pairs:
                if key in seen:
                    self.doubt("twice", key)
                seen.add(key)
        return found if _CAMEL_CASE.isdisjoint(found) else self._in_snake_case(found)

    def _in_snake_case(self, raw: dict[str, Any]) -> dict[str, Any]:
        """OCPI's keys as OCPI writes them; a key stays as it is where OCPI's own stands beside it."""
        found: dict[str, Any] = {}
        for key, value in raw.items():
            right = KEYS_BY_CAMEL_CASE.get(key)
            if right is None or right in raw:
                found[key] = value
            else:
                found[right] = value
                self.doubt("camel_case")
        return found

    def doubt(self, kind: str, detail: str = "") -> None:
        """Keep a doubt; the same one once."""
        self._doubts[kind, detail] = None

    def take_doubts(self) -> Doubts:
        """The doubts since they were last taken."""
        if not self._doubts:
            return ()
        doubts = tuple(self._doubts)
        self._doubts.clear()
        return doubts


class Records:
    """The records of one feed file. Iterate once.

    `lists`: keys that hold the records of an envelope. Afterwards `broken` says whether the file ended in an error, `envelope`
    holds what stood around the records, and `listed` those of the keys that were there.
    """

    def __init__(self, text: str, shown: str, findings: Findings, lists: Collection[str] = _LISTS) -> None:
        self._text = text
        self._shown = shown
        self._findings = findings
        self._objects = _Objects()
        # The hook keeps the scanner in C; it adds a tenth to the time that a feed takes.
        self._decode = json.JSONDecoder(
            parse_constant=_refuse, parse_float=_finite, object_pairs_hook=self._objects.made_of
        ).raw_decode
        self._next_page: object = None
        self._lists = lists
        self.envelope: dict[str, Any] = {}
        self.listed: set[str] = set()
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
            self._say_next_page()
        except json.JSONDecodeError as error:
            self._report_syntax(error)
        except _NotJsonError as error:
            self._add(self._line_of_constant(), str(error), "leave the value out or write null")
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
        """The records of every document of the text; most feeds are one."""
        pos: int | None = self._skip(0)
        number = 0
        while pos is not None:
            opening = self._text[pos : pos + 1]
            if opening == "[":
                yield from self._list(pos, f"[{number}]" if number else "")
            elif opening == "{":
                yield from self._object(pos, number)
            else:
                self._decode(self._text, pos)
                message = "holds a single value, neither a list of Locations nor an object"
                self._add(self._line(pos), message, 'give a list of Locations: [{"id": …}, …]', code="F108")
                self._pos = len(self._text)
            pos = self._next_document(opening)
            number += 1

    def _next_document(self, opening: str) -> int | None:
        """Offset of a document of the same kind behind `_pos` (JSON Lines, pages one after the other); None where none stands."""
        pos = self._skip(self._pos)
        return pos if opening and self._text.startswith(opening, pos) else None

    def _object(self, start: int, number: int) -> Iterator[Record]:
        """The elements of `data` or `items`, or the object itself when it has none. `number`: of the document."""
        starts: dict[str, int] = {}
        listed = False
        pairs: list[tuple[str, Any]] = []
        self._objects.take_doubts()
        for key, pos in self._members(start):
            if key in self._lists and self._text[pos : pos + 1] == "[":
                listed = True
                self.listed.add(key)
                yield from self._list(pos, f"[{number}].{key}" if number else key)
            else:
                starts[key] = pos
                value, self._pos = self._decode(self._text, pos)
                pairs.append((key, value))
        plain = self.envelope = self._objects.made_of(pairs)
        doubts = self._objects.take_doubts()
        if listed:
            self._next_page = plain.get("next")
            return
        data = plain.get("data")
        if isinstance(data, dict):
            path = f"[{number}].data" if number else "data"
            yield Record(data, path, starts["data"], self._line(starts["data"]), doubts)
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
            path = f"[{number}]" if number or self._next_document("{") is not None else ""
            yield Record(plain, path, start, self._line(start), doubts)

    def _list(self, start: int, name: str) -> Iterator[Record]:
        self._objects.take_doubts()
        for number, (pos, value) in enumerate(self._elements(start)):
            yield Record(value, f"{name}[{number}]", pos, self._line(pos), self._objects.take_doubts())

    def _say_next_page(self) -> None:
        """A page that names the next one is not the whole feed."""
        if self._next_page:
            self._findings.add(
                "S308",
                self._shown,
                None,
                f'the file is one page of several: the next one is "{str(self._next_page)[:200]}"',
                "fetch all pages, and put them into one file one after the other",
            )

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
        behind, self._pos = self._pos, record.start  # where to point at if it holds one
        json.dumps(record.value, ensure_ascii=False).encode()
        self._pos = behind

    def _line_of_constant(self) -> int:
        for match in _STRING_OR_CONSTANT.finditer(self._text, self._pos):
            if match.group(1):
                return self._line(match.start(1))
        return self._line(self._pos)

    def _report_syntax(self, error: json.JSONDecodeError) -> None:
        is_json = self._text.startswith(("[", "{"), self._skip(0))
        guess = None if is_json else looks_like(self._text)
        if guess:
            self._add(1, f"is {guess.what}, not JSON", guess.mend)
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


def read_records(
    path: Path, shown: str, findings: Findings, lists: Collection[str] = _LISTS
) -> Records | None:
    """The records of a feed file; None with a finding when it cannot be read at all. `lists`: keys that hold records."""
    text = read_feed_text(path, shown, findings)
    return None if text is None else Records(text, shown, findings, lists)


def read_feed_text(path: Path, shown: str, findings: Findings) -> str | None:
    """The text of a feed file, plain or gzip, at most MAX_FEED_BYTES; None with a finding when it cannot be read."""
    try:
        with path.open("rb") as file:
            start = file.read(START_BYTES)
    except OSError:
        start = b""  # read_text says what is wrong
    if start.startswith(GZIP):
        return _unpacked_text(path, shown, findings)
    if _is_other_kind(start, shown, findings):
        return None
    return read_text(path, shown, findings, max_bytes=MAX_FEED_BYTES)


def _is_other_kind(start: bytes, shown: str, findings: Findings) -> bool:
    guess = looks_like(start)
    if guess is None or guess.is_text:
        return False
    findings.add("F103", shown, 1, f"the file is {guess.what}, not UTF-8 text", guess.mend)
    return True


def _unpacked_text(path: Path, shown: str, findings: Findings) -> str | None:
    """The text of a gzip file; None with a finding when it is damaged, too large once unpacked, or not UTF-8."""
    try:
        with open_unpacked(path) as file:
            data = read_at_most(file, MAX_FEED_BYTES)
    except (*DAMAGED, OSError):
        findings.add("F104", shown, None, "is compressed with gzip, and damaged or cut short", _ASK_AGAIN)
        return None
    if data is None:
        message = f"more than {MAX_FEED_BYTES} bytes once unpacked; no more are read"
        findings.add("F110", shown, None, message, "split the feed into several files")
    elif data.startswith(GZIP):
        findings.add("F103", shown, 1, "is compressed with gzip twice", "unpack it first: gunzip FILE")
    elif not _is_other_kind(data[:START_BYTES], shown, findings):
        return _decoded(data, shown, findings)
    return None


def _decoded(data: bytes, shown: str, findings: Findings) -> str | None:
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = f"byte 0x{data[error.start]:02x} is not UTF-8"
        findings.add("F103", shown, line, message, "save the file as UTF-8")
        return None
    if not text.strip():
        findings.add("F102", shown, None, "the file is empty once unpacked", _ASK_AGAIN)
        return None
    return text


def warn_if_empty(count: int, shown: str, findings: Findings) -> None:
    """A readable feed without a single record is a warning: other feeds may hold the stations."""
    if not count:
        mend = "fetch the feed again, or delete the file"
        findings.add("S309", shown, 1, "the feed holds no Location", mend, Severity.WARNING)


def _refuse(constant: str) -> NoReturn:
    raise _NotJsonError(f"{constant} is not JSON")


def _finite(text: str) -> float:
    """A number with a point or exponent. What Python reads as infinite could not be written as JSON again."""
    value = float(text)
    if value in (math.inf, -math.inf):
        raise _NotJsonError(f"the number {text[:20]} is too large for any system")
    return value
