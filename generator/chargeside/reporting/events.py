"""From a line's columns to what a driver did, in DuckDB's SQL: which page was opened, at which charger, by whom, and whether it counts.

What is counted, and as what:

- A hit counts when its method is GET and its status 200, 206 or 304; a code that was never issued with status 404.
- Not those of programs (by user agent), of browsers that fetch ahead, of the help desk, and of other sites in the same log.
- `station`: a charger's page · `guide`: a guide, with its problem · plugs, pay, speed, codes, all, words: those pages · `ok`, `call`: "it worked" and
  "call us", with the problem they came from · `fake`, `find` · `kept`: a phone was told to keep the help (scripts/sw.js marks it) ·
  `library`: a guide of the library · `unknown`: an address like a charger's that was never issued.
- The charger comes from the address, else from `s` of the query, else from the Referer of the same site.
- A visit: hits of one address and user agent with gaps of at most 30 minutes, within one day (UTC: so days add up). The same event in
  one visit counts once, in its first hour. `visit`, `scan` (a charger's page that no page of the site led to; once per charger), `asked`
  (guide, ok or call of a problem; once per charger and problem) are counted beside.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from chargeside.reporting.formats import LogFormat, after_mark, before_mark, text
from chargeside.reporting.site import Site

TOPICS = ("plugs", "pay", "speed", "codes", "all", "words")
PAGES = ("station", "guide", *TOPICS, "ok", "call", "fake", "find", "kept", "library", "unknown")
FOLDED = ("visit", "scan", "asked")
KINDS = (*PAGES, *FOLDED)
"""Kinds of events that are counted."""

FATES = ("counted", "bot", "prefetch", "desk", "other", "damaged", "elsewhere")
"""What became of a line. Only pages are judged further: what is no page is `other`, whoever asked for it."""

GAP = 1800
"""Seconds without a hit that end a visit."""

_EARLIEST = 1_262_304_000  # 2010: no sign of ours hung before
LANG = "([a-z]{2,3}(-[A-Za-z0-9]{2,8})*)?"
SLUG = "([a-z0-9]+(-[a-z0-9]+)*)?"
CODE = "([0-9]{7})?"
"""What `lang`, `problem` and `station` may be, as patterns of RE2; anything else is somebody's play."""

_LIKE_A_BROWSER = r"^(?:Mozilla/5\.0 \(|Opera/)"
_LIKE_A_PROGRAM = r"[Bb]ot[/;)]|\(compatible; |HeadlessChrome"
"""What no list can keep up with: programs that name themselves as such. Not `bot` alone: a maker of phones is called CUBOT."""


def _any(values: Iterable[str]) -> str:
    return "(" + ", ".join(text(value) for value in sorted(values)) + ")"


@cache
def programs() -> str:
    """A pattern that user agents of programs match which begin as a browser's do; from a list that is kept up by many.

    Only those of the list that were seen to begin so: the others are told by their beginning, and RE2 is many times slower with all."""
    from crawleruseragents import CRAWLER_USER_AGENTS_DATA

    def masked(entry: Mapping[str, Any]) -> bool:
        seen = entry.get("instances") or ()
        return not seen or any(re.match(_LIKE_A_BROWSER, one) for one in seen)

    known = [str(entry["pattern"]) for entry in CRAWLER_USER_AGENTS_DATA if masked(entry)]
    return "|".join((_LIKE_A_PROGRAM, *(pattern for pattern in known if "(?" not in pattern)))


def hits_sql(lines: str, form: LogFormat, site: Site, salt: str, latest: float) -> str:
    """A query over the column `line` of `lines` that gives each line's fate, and of those that count what was done.

    `salt`: of this run only; `latest`: seconds since 1970, what is later was not yet. Each step is as cheap as can be, since it runs once a
    line; what a log could be made to say wrongly (a language that is none) is sorted out among the counts."""
    columns = ", ".join(f"{sql} AS {name}" for name, sql in form.columns.items())
    # A page is what stands below the site's address, from its slash on and without one at its end: the parts of /1234567/ are '' and 1234567.
    page = " ".join(
        f"WHEN starts_with(path, {text(base)}) THEN substring(path, {len(base)}, length(path) - {len(base) - 1} - tail)"
        for base in site.bases
    )
    before = " ".join(
        f"WHEN starts_with(referer, {text(start)}) THEN substring(referer, {len(start) + 1})"
        for base in site.bases
        for host in sorted(site.hosts)
        for start in (f"https://{host}{base}", f"http://{host}{base}")
    )
    # Not IN: for so many values DuckDB makes a join of it, over every line.
    topic = " OR ".join(f"raw[4] = {text(name)}" for name in TOPICS)
    return f"""
    WITH cuts AS (SELECT line, {form.cut} AS cut FROM {lines} WHERE line <> '' AND NOT starts_with(line, '#')),
    cols AS (SELECT line, {columns} FROM cuts),
    aimed AS (
      SELECT * REPLACE (
        if(starts_with(target, 'http'), regexp_replace(target, '^https?://[^/]*', ''), target) AS target,
        if(starts_with(target, 'http'), regexp_extract(target, '^https?://([^/]*)', 1), host) AS host),
        floor(stamp)::BIGINT AS at_second
      FROM cols),
    asked AS (
      SELECT *, {before_mark("target", "?")} AS path,
        if(contains(target, '?'), '&' || {after_mark("target", "?")}, '') AS query
      FROM aimed),
    ended AS (
      SELECT *, CASE
        WHEN ends_with(path, '//') THEN length(path) - length(rtrim(path, '/'))
        WHEN ends_with(path, '/') THEN 1
        WHEN ends_with(path, '/index.html') THEN {len("/index.html")}
        ELSE 0 END AS tail
      FROM asked),
    paged AS (
      SELECT *,
        stamp IS NULL OR stamp < {_EARLIEST} OR stamp > {latest!r} OR status IS NULL AS damaged,
        CASE {page} END AS page,
        CASE {before} END AS ref,
        status IN (200, 206, 304) AS fine
      FROM ended),
    parted AS (SELECT *, string_split(page, '/') AS raw FROM paged),
    judged AS (
      SELECT *, raw[2] AS p1, CASE
        WHEN damaged OR raw IS NULL OR method <> 'GET' OR NOT (fine OR status = 404) OR contains(page, '.') THEN ''
        WHEN p1 = 'g' THEN CASE
          WHEN NOT fine OR len(raw) NOT IN (4, 5) THEN ''
          WHEN {topic} THEN raw[4]
          ELSE 'guide' END
        WHEN length(p1) = 7 AND regexp_full_match(p1, '[0-9]{{7}}') THEN CASE
          WHEN len(raw) > 3 THEN ''
          WHEN NOT fine THEN 'unknown'
          WHEN starts_with(query, '&offline') THEN 'kept'
          ELSE 'station' END
        WHEN NOT fine OR len(raw) <> 3 THEN ''
        WHEN p1 IN ('ok', 'call', 'fake') THEN p1
        WHEN p1 = 's' THEN 'find'
        WHEN p1 = 'problems' THEN 'library'
        ELSE '' END AS kind
      FROM parted),
    decided AS (
      SELECT *, CASE
        WHEN damaged THEN 'damaged'
        WHEN host <> '' AND host <> '-' AND lower(host) NOT IN {_any(site.hosts)} THEN 'elsewhere'
        WHEN kind = '' THEN 'other'
        WHEN NOT (starts_with(agent, 'Mozilla/5.0 (') OR starts_with(agent, 'Opera/')) THEN 'bot'
        WHEN regexp_matches(agent, {text(programs())}) THEN 'bot'
        WHEN purpose <> '' AND regexp_matches(purpose, 'prefetch|prerender') THEN 'prefetch'
        WHEN kind <> 'kept' AND (starts_with(ref, 'sw.js') OR contains(query, '&offline')) THEN 'prefetch'
        WHEN starts_with(ref, 'desk/') THEN 'desk'
        ELSE 'counted' END AS fate
      FROM judged)
    SELECT fate,
      if(damaged, -1, (at_second // 86400)::INTEGER) AS day,
      if(fate = 'counted', at_second, NULL) AS second,
      CASE WHEN fate <> 'counted' THEN NULL
        WHEN address IN ('', '-') THEN hash(line, {text(salt)})
        ELSE hash(address, agent, at_second // 86400, {text(salt)}) END AS visitor,
      if(fate = 'counted', kind, '') AS kind,
      CASE WHEN fate <> 'counted' THEN ''
        WHEN kind IN ('station', 'kept', 'unknown') THEN p1
        WHEN contains(query, '&s=') THEN {before_mark(after_mark("query", "&s="), "&")}
        WHEN ref IS NULL THEN ''
        WHEN contains(ref, '?s=') THEN {before_mark(after_mark("ref", "?s="), "&")}
        WHEN contains(ref, '&s=') THEN {before_mark(after_mark("ref", "&s="), "&")}
        ELSE {before_mark("ref", "/")} END AS station,
      CASE WHEN fate <> 'counted' THEN ''
        WHEN kind = 'guide' THEN raw[4]
        WHEN kind = 'library' THEN raw[3]
        WHEN kind IN ('ok', 'call') AND contains(query, '&p=') THEN {before_mark(after_mark("query", "&p="), "&")}
        ELSE '' END AS problem,
      CASE WHEN fate <> 'counted' OR kind = 'library' THEN '' ELSE coalesce(raw[3], '') END AS lang,
      ref IS NOT NULL AS inside
    FROM decided
    """


def folded_sql(hits: str) -> str:
    """A query over counted hits that gives (hour, station, problem, lang, kind, n). `hour`: hours since 1970 (UTC)."""
    return f"""
    WITH spans AS (SELECT visitor, max(second) - min(second) > {GAP} AS long FROM {hits} GROUP BY visitor),
    told AS (
      SELECT h.*, 0 AS visit FROM {hits} h JOIN spans USING (visitor) WHERE NOT long
      UNION ALL
      SELECT * EXCLUDE fresh, sum(fresh) OVER (PARTITION BY visitor ORDER BY second ROWS UNBOUNDED PRECEDING)::INTEGER AS visit
      FROM (SELECT h.*, coalesce(second - lag(second) OVER (PARTITION BY visitor ORDER BY second) > {GAP}, false)::INTEGER AS fresh
            FROM {hits} h JOIN spans USING (visitor) WHERE long)),
    events AS (
      SELECT visitor, visit, kind, station, problem, lang, min(second) AS first
      FROM told GROUP BY ALL),
    everything AS (
      SELECT visitor, visit, kind, station, problem, lang, first FROM events
      UNION ALL
      SELECT visitor, visit, 'scan', station, '', '', min(second) FROM told WHERE kind = 'station' AND NOT inside GROUP BY ALL
      UNION ALL
      SELECT visitor, visit, 'asked', station, problem, '', min(first)
      FROM events WHERE kind IN ('guide', 'ok', 'call') AND problem <> '' GROUP BY ALL
      UNION ALL
      SELECT visitor, visit, 'visit', coalesce(arg_min(station, (first, station)) FILTER (station <> '' AND kind <> 'unknown'), ''), '', '', min(first)
      FROM events GROUP BY ALL)
    SELECT (first // 3600)::INTEGER AS hour, station, problem, lang, kind, count(*)::BIGINT AS n FROM everything GROUP BY ALL
    """
