"""Forms of access logs: how each is known by its lines, and how its lines become columns, in DuckDB's SQL.

Every form gives the same columns (`COLUMNS`), with `stamp` in seconds since 1970 (UTC) as a double, NULL where a line is damaged.

Sources: Apache's mod_log_config and nginx's ngx_http_log_module for the common and the combined form; Caddy's `log`
directive; Amazon's "Standard log file fields" of CloudFront and "server access log format" of S3; Cloudflare's Logpush fields of HTTP
requests; Netlify's log drains.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

COLUMNS = ("address", "stamp", "method", "target", "status", "referer", "agent", "purpose", "host")
"""`target`: path and query as the client asked for them. `purpose`: why a browser fetched, where the log tells."""

_CLF_TIME = "%d/%b/%Y:%H:%M:%S %z"
_QUOTED = (
    r"""string_split(if(contains(line, '\'), replace(replace(line, '\\', '/'), '\"', ''''), line), '"')"""
)
"""The line cut at its quotes. A server writes a quote of the client's as \\" or \\x22: it opens nothing."""


@dataclass(frozen=True, slots=True)
class LogFormat:
    """A form of log lines. `columns`: SQL of each column over `cut`, which `cut` makes of `line`. `has_agent` and `has_referer`: whether
    the form holds them at all; without agents no program can be told from a person, and without addresses nothing is folded."""

    name: str
    cut: str
    columns: Mapping[str, str] = field(hash=False)
    has_agent: bool = True
    has_referer: bool = True


def text(value: str) -> str:
    """As a string of SQL."""
    return "'" + value.replace("'", "''") + "'"


def before_mark(value: str, mark: str) -> str:
    """SQL of what stands before the first `mark`; all of it where there is none. Some times as fast as split_part, which makes a list."""
    return f"if(contains({value}, {text(mark)}), substring({value}, 1, instr({value}, {text(mark)}) - 1), {value})"


def after_mark(value: str, mark: str) -> str:
    """SQL of what stands behind the first `mark`, where there is one."""
    return f"substring({value}, instr({value}, {text(mark)}) + {len(mark)})"


# -------------------------------------------------------------------------------------------- lines with quoted fields

_IP = r"[0-9a-fA-F]*[.:][0-9a-fA-F:.%\w]*"
_TIME = r"\[\d{1,2}/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}\]"
_PLAIN = re.compile(rf'^\S+ \S+ .*?{_TIME} "[^"]*" \d{{3}} \S+')
_VHOST = re.compile(rf'^[\w.-]+(?::\d+)? {_IP} \S+ .*?{_TIME} "[^"]*" \d{{3}} \S+')
_S3 = re.compile(rf'^[0-9a-f]{{16,}} \S+ {_TIME} {_IP} \S+ \S+ [A-Z]+\.\S+ \S+ (?:"|-)')
_COMBINED = re.compile(r'" \d{3} \S+ "(?:[^"\\]|\\.)*" "(?:[^"\\]|\\.)*"')


def _clf(name: str, address: str, host: str, combined: bool) -> LogFormat:
    s3 = address == "s3"
    # The time ends what stands before the first quote, where there is nothing odd about the line.
    far = "split_part(split_part(cut[1], '[', -1), ']', 1)"
    near = f"if(substring(cut[1], -28, 1) = '[', substring(cut[1], -27, 26), {far})"
    first = "substring(cut[1], instr(cut[1], '[') + 1, 26)"
    columns = {
        "address": "split_part(split_part(cut[1], ']', 2), ' ', 2)" if s3 else address,
        "stamp": f"epoch(try_strptime({first if s3 else near}, {text(_CLF_TIME)}))",
        "method": "if(starts_with(cut[2], 'GET '), 'GET', split_part(cut[2], ' ', 1))",
        "target": "split_part(cut[2], ' ', 2)",
        "status": "try_cast(substring(cut[3], 2, 3) AS SMALLINT)",
        "referer": "coalesce(cut[4], '')" if combined else "''",
        "agent": "coalesce(cut[6], '')" if combined else "NULL",
        "purpose": "''",
        "host": host,
    }
    return LogFormat(name, _QUOTED, columns, combined, combined)


_CLF_FORMATS = {
    "combined": _clf("combined", before_mark("cut[1]", " "), "''", True),
    "common": _clf("common", before_mark("cut[1]", " "), "''", False),
    "vhost combined": _clf(
        "vhost combined", "split_part(cut[1], ' ', 2)", "split_part(split_part(cut[1], ' ', 1), ':', 1)", True
    ),
    "vhost common": _clf(
        "vhost common", "split_part(cut[1], ' ', 2)", "split_part(split_part(cut[1], ' ', 1), ':', 1)", False
    ),
    "S3": _clf("S3", "s3", "''", True),
}


def _quoted(line: str) -> LogFormat | None:
    if _S3.match(line):
        return _CLF_FORMATS["S3"]
    ending = "combined" if _COMBINED.search(line) else "common"
    if _VHOST.match(line):
        return _CLF_FORMATS[f"vhost {ending}"]
    return _CLF_FORMATS[ending] if _PLAIN.match(line) else None


# ------------------------------------------------------------------------------------------------------- JSON lines

_KEYS = {
    "address": ("request.client_ip", "request.remote_ip", "ClientIP", "remote_addr", "client_ip", "clientip",
                "client_addr", "remote_ip", "client", "ip"),
    "stamp": ("EdgeStartTimestamp", "time_iso8601", "@timestamp", "timestamp", "time_local", "msec", "time", "datetime", "ts"),
    "method": ("request.method", "ClientRequestMethod", "request_method", "method", "verb"),
    "target": ("request.uri", "ClientRequestURI", "request_uri", "uri", "url", "path"),
    "status": ("EdgeResponseStatus", "status_code", "response_status", "status"),
    "referer": ("request.headers.Referer[0]", "ClientRequestReferer", "http_referer", "http_referrer", "referer", "referrer"),
    "agent": ("request.headers.User-Agent[0]", "ClientRequestUserAgent", "http_user_agent", "user_agent", "userAgent",
              "useragent", "agent"),
    "purpose": ("request.headers.Sec-Purpose[0]", "request.headers.Purpose[0]", "http_sec_purpose", "http_purpose", "sec_purpose", "purpose"),
    "host": ("request.host", "ClientRequestHost", "http_host", "host", "server_name", "vhost", "domain"),
    "request": ("request",),
    "query": ("args", "query_string", "query"),
}  # fmt: skip
"""Where each column may stand, the surest first. `request`: "GET /path HTTP/2.0"; `query`: where the path comes without one."""


def _look(document: object, path: str) -> object:
    for part in path.removesuffix("[0]").split("."):
        if not isinstance(document, dict):
            return None
        document = document.get(part)
    if path.endswith("[0]"):
        return document[0] if isinstance(document, list) and document else None
    return document


def _json_format(documents: Sequence[object]) -> LogFormat | None:
    """The form of these objects: each column is taken from the first key that any of them has a plain value for."""
    found: dict[str, str] = {}
    for column, paths in _KEYS.items():
        for path in paths:
            if any(isinstance(_look(one, path), str | int | float) for one in documents):
                found[column] = path
                break
    whole = found.get("request") if "target" not in found else None
    if "stamp" not in found or "status" not in found or not ("target" in found or whole):
        return None
    order = list(found)
    place = {column: f"cut[{number}]" for number, column in enumerate(order, 1)}
    paths_sql = ", ".join(
        text(
            "$"
            + "".join(
                f'."{part}"' if "[" not in part else f'."{part[:-3]}"[0]' for part in found[column].split(".")
            )
        )
        for column in order
    )
    target = f"split_part({place['request']}, ' ', 2)" if whole else place["target"]
    if "query" in place and not whole:
        query = place["query"]
        target = f"if(contains({target}, '?') OR coalesce({query}, '') IN ('', '-'), {target}, {target} || '?' || ltrim({query}, '?'))"
    method = f"split_part({place['request']}, ' ', 1)" if whole else place.get("method", "'GET'")
    columns = {
        "address": place.get("address", "''"),
        "stamp": _any_time(place["stamp"]),
        "method": method,
        "target": target,
        "status": f"try_cast({place['status']} AS SMALLINT)",
        "referer": f"coalesce({place['referer']}, '')" if "referer" in place else "''",
        # A request without the header has no such key: that is no browser, unlike in logs that never name agents.
        "agent": f"coalesce({place['agent']}, '')" if "agent" in place else "NULL",
        "purpose": f"coalesce({place['purpose']}, '')" if "purpose" in place else "''",
        "host": f"coalesce({place['host']}, '')" if "host" in place else "''",
    }
    cut = f"if(json_valid(line), json_extract_string(line, [{paths_sql}]), NULL)"
    return LogFormat("JSON", cut, columns, "agent" in place, "referer" in place)


def _any_time(value: str) -> str:
    """Seconds since 1970 of a number (in seconds, milli-, micro- or nanoseconds), an ISO time, or a time as in the common form."""
    number = f"try_cast({value} AS DOUBLE)"
    scaled = (
        f"{number} / CASE WHEN {number} >= 1e17 THEN 1e9 WHEN {number} >= 1e14 THEN 1e6 "
        f"WHEN {number} >= 1e11 THEN 1e3 ELSE 1 END"
    )
    return (
        f"CASE WHEN {number} IS NOT NULL THEN {scaled} ELSE coalesce("
        f"epoch(try_cast({value} AS TIMESTAMPTZ)), epoch(try_strptime({value}, {text(_CLF_TIME)}))) END"
    )


# --------------------------------------------------------------------------------------- columns that a header names

_W3C_NAMES = {
    "address": ("c-ip", "x-forwarded-for"),
    "method": ("cs-method",),
    "path": ("cs-uri-stem", "cs-uri"),
    "query": ("cs-uri-query",),
    "status": ("sc-status",),
    "referer": ("cs(referer)",),
    "agent": ("cs(user-agent)",),
    "host": ("x-host-header", "cs(host)", "cs-host"),
    "date": ("date",),
    "time": ("time",),
}


def _w3c_format(header: str) -> LogFormat | None:
    """The form of a W3C extended log with this `#Fields:` line, as CloudFront writes it: tabs, values in percent signs, UTC."""
    names = [name.lower() for name in header.split(":", 1)[1].split()]
    place = {}
    for column, known in _W3C_NAMES.items():
        at = next((names.index(name) for name in known if name in names), None)
        if at is not None:
            place[column] = f"cut[{at + 1}]"
    if not {"path", "status", "date", "time"} <= place.keys():
        return None
    query = place.get("query", "'-'")
    # CloudFront writes what was no plain letter in percent signs, and a percent sign of the client's as %25.
    columns = {
        "address": place.get("address", "''"),
        "stamp": f"epoch(try_cast({place['date']} || ' ' || {place['time']} || '+00' AS TIMESTAMPTZ))",
        "method": place.get("method", "'GET'"),
        "target": f"{place['path']} || if({query} = '-', '', '?' || url_decode({query}))",
        "status": f"try_cast({place['status']} AS SMALLINT)",
        "referer": f"url_decode({place['referer']})" if "referer" in place else "''",
        "agent": f"url_decode({place['agent']})" if "agent" in place else "NULL",
        "purpose": "''",
        "host": place.get("host", "''"),
    }
    separator = "\t"
    return LogFormat(
        "W3C", f"string_split(line, '{separator}')", columns, "agent" in place, "referer" in place
    )


# ------------------------------------------------------------------------------------------------------------- telling


_LONGEST = 16_384
"""Characters of a line that is looked at: a pattern may take a long time over what is no log at all."""


def formats_of(lines: Iterable[str]) -> LogFormat | None:
    """The form of a log by some of its first lines: the one that most of them have. None where no line is known."""
    votes: dict[str, tuple[int, LogFormat]] = {}
    documents: list[object] = []
    for line in lines:
        if len(line) > _LONGEST:
            continue
        if line.startswith("#Fields:") and (w3c := _w3c_format(line)):
            return w3c
        if line.lstrip().startswith("{"):
            try:
                documents.append(json.loads(line))
            except (ValueError, RecursionError):
                continue
        elif found := _quoted(line):
            votes[found.name] = (votes.get(found.name, (0, found))[0] + 1, found)
    if documents and len(documents) > sum(count for count, _ in votes.values()):
        return _json_format(documents)
    return max(votes.values(), key=lambda vote: vote[0])[1] if votes else None
