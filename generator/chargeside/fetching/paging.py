"""One page of an answer, read record by record, and where the next one is."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from chargeside.errors import ContentError, FetchError
from chargeside.fetching.address import Address
from chargeside.fetching.server import Answer, Server
from chargeside.findings import Findings
from chargeside.load.records import Records

_DECODER = json.JSONDecoder()
_VERSIONS = ("2.3.0", "2.2.1", "2.2", "2.1.1")
"""What `chargeside` reads, the best first."""
_MOST_DIGITS = 12

# RFC 8288, section 3: links are parted by commas, their parameters by semicolons; both may stand inside quotes and brackets.
_LINK = re.compile(
    r'\s*,?\s*<([^>]*)>((?:\s*;\s*[\w!#$%&*+.^`|~-]+(?:\s*=\s*(?:"(?:[^"\\]|\\.)*"|[^\s";,]*))?)*)'
)
_PARAMETER = re.compile(r';\s*([\w!#$%&*+.^`|~-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s";,]*))')


class Page:
    """The records of one page. Iterate once; what else the page holds is known afterwards."""

    def __init__(self, server: Server, answer: Answer, shown: str) -> None:
        """Raises ContentError when the answer is no text."""
        self._server = server
        self._answer = answer
        self._shown = shown
        self._findings = Findings()
        self._directory: list[dict[str, Any]] = []
        self._count = 0
        try:
            self._text = answer.body.decode("utf-8-sig").replace("\r\n", "\n")
        except UnicodeDecodeError as error:
            line = answer.body.count(b"\n", 0, error.start) + 1
            self._findings.add(
                "F103", shown, line, "the answer is not UTF-8", "ask those who run the server to mend that"
            )
            raise ContentError(self._findings.sorted()) from None
        if not self._text.strip():
            self._findings.add("F102", shown, None, "the answer is empty", "check the address")
            raise ContentError(self._findings.sorted())
        self._records = Records(self._text, shown, self._findings)

    def __iter__(self) -> Iterator[tuple[Any, str]]:
        """Each record, and its JSON as the server wrote it.

        Raises FetchError when the server says that it failed, ContentError when the page is no feed.
        """
        for record in self._records:
            self._count += 1
            value = record.value
            if isinstance(value, dict) and "id" not in value and ("endpoints" in value or "version" in value):
                self._directory.append(value)
            elif record.path == "" and "id" not in value and (said := self._server.reason(value)):
                raise FetchError(
                    f"{self._shown}: the server gives no feed but says: {said}; check the address and the token"
                )
            else:
                yield value, self._text[record.start : _DECODER.raw_decode(self._text, record.start)[1]]
        self._refuse_failure()
        if self._findings.errors and not self._is_empty_by_null:
            raise ContentError(self._findings.sorted())

    def directory(self, module: str) -> Address | None:
        """Where the module is, when the page is not the module itself but OCPI's list of versions or of endpoints.

        Raises FetchError when it names none.
        """
        if not self._directory:
            return None
        endpoints = [one for entry in self._directory for one in _dicts(entry.get("endpoints"))]
        found = [
            one
            for one in endpoints
            if str(one.get("identifier")).lower() == module
            and str(one.get("role", "SENDER")).upper() == "SENDER"
        ]
        if not endpoints:
            by_version = {str(entry.get("version")).strip(): entry for entry in self._directory}
            found = [by_version[version] for version in _VERSIONS if version in by_version]
        link = next((str(one["url"]) for one in found if one.get("url")), None)
        if link is None:
            offered = endpoints or self._directory
            names = sorted({str(one.get("identifier") or one.get("version")) for one in offered})
            raise FetchError(
                f"{self._shown}: is OCPI's list of {'modules' if endpoints else 'versions'}, and names no {module} that can be "
                f"fetched, only: {self._server.said(', '.join(names))}; ask those who run the server for the address"
            )
        return self._answer.address.resolved(link)

    def next(self, *, after_links: bool) -> tuple[Address | None, bool]:
        """Where the next page is, if there is one, and whether the server itself named it.

        `after_links`: it has named one before; no further one then means the end.
        """
        here, headers = self._answer.address, self._answer.headers
        named = next_link(headers.get("Link", "")) or self._records.envelope.get("next")
        if isinstance(named, str) and named.strip():
            return here.resolved(named), True
        if after_links or not self._count:
            return None, False
        behind = (_whole(here.parameter("offset")) or 0) + self._count
        limit = _whole(headers.get("X-Limit")) or 0
        more = 0 < limit <= self._count if self.total is None else behind < self.total
        return here.with_parameter("offset", str(behind)) if more else None, False

    @property
    def total(self) -> int | None:
        """How many records the server counts on all pages."""
        return _whole(self._answer.headers.get("X-Total-Count"))

    @property
    def _is_empty_by_null(self) -> bool:
        """Some servers write `null` for a list of nothing."""
        envelope = self._records.envelope
        return "data" in envelope and envelope["data"] is None and "status_code" in envelope

    def _refuse_failure(self) -> None:
        """Raises FetchError for OCPI's own status: 1xxx is success, 2xxx and 3xxx are mistakes of ours and of theirs."""
        status = _whole(self._records.envelope.get("status_code"))
        if status is None or status < 2000:
            return
        said = self._server.said(self._records.envelope.get("status_message") or "no reason given")
        mend = (
            "ask those who run the server"
            if status >= 3000
            else "check the address, its parameters and the token"
        )
        raise FetchError(f"{self._shown}: the server answers with OCPI status {status} ({said}); {mend}")


def next_link(header: str) -> str | None:
    """The target of `rel="next"` in a Link header (RFC 8288); the first `rel` of a link counts, and it may name several."""
    header = " ".join(header.split())  # long runs of spaces would take the pattern very long
    pos = 0
    while match := _LINK.match(header, pos):
        pos = match.end()
        given: dict[str, str] = {}
        for name, quoted, plain in _PARAMETER.findall(match.group(2)):
            given.setdefault(name.lower(), re.sub(r"\\(.)", r"\1", quoted) or plain)
        if "next" in given.get("rel", "").lower().split() and "anchor" not in given:
            return match.group(1).strip()
    return None


def _dicts(value: object) -> list[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _whole(value: object) -> int | None:
    text = str(value).strip() if value is not None else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS else None
