"""What lines of access logs are counted as: a table of cases, hostile lines, packed and broken files, and what adds up."""

from __future__ import annotations

import gzip
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest
import zstandard

from chargeside.errors import ChargesideError
from chargeside.reporting.counts import counting
from chargeside.reporting.reading import Told, count_logs
from chargeside.reporting.site import Site

CODE, OTHER = "1717395", "2069364"
SITE = Site(frozenset({"help.example.org"}), ("/",), {CODE: "current=DC", OTHER: "current=AC"})
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1"
HOME = "https://help.example.org"
LATEST = 1_800_000_000.0
Key = tuple[str, str, str, str, str]


def line(
    target: str,
    referer: str = "-",
    *,
    at: str = "23/Nov/2026:10:00:00 +0000",
    agent: str = PHONE,
    status: int = 200,
    method: str = "GET",
    address: str = "192.0.2.7",
) -> str:
    return f'{address} - - [{at}] "{method} {target} HTTP/2.0" {status} 1234 "{referer}" "{agent}"'


def counted(
    tmp_path: Path, *paths: Path, site: Site = SITE
) -> tuple[Counter[Key], dict[str, int], list[Told]]:
    scratch = tmp_path / "scratch"
    scratch.mkdir(exist_ok=True)
    with counting(scratch) as counts:
        told = count_logs(paths, site, counts, scratch=scratch, salt="of this run", latest=LATEST)
        return counts.table(), {name: n for name, n in counts.fates().items() if n}, told


def of_lines(tmp_path: Path, lines: Iterable[str], site: Site = SITE) -> Counter[Key]:
    path = tmp_path / "access.log"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return counted(tmp_path, path, site=site)[0]


def events(table: Counter[Key]) -> set[tuple[str, str, str, str]]:
    """Kind, station, problem, language."""
    return {(kind, station, problem, lang) for _, station, problem, lang, kind in table}


@pytest.mark.parametrize(
    ("target", "referer", "event"),
    [
        (f"/{CODE}/", "-", ("station", CODE, "", "")),
        (f"/{CODE}", "-", ("station", CODE, "", "")),
        (f"/{CODE}/de/", f"{HOME}/{CODE}/", ("station", CODE, "", "de")),
        (f"/{CODE}/index.html", "-", ("station", CODE, "", "")),
        (f"/g/en/cable-stuck/gb-12ab34cd/?s={CODE}", "-", ("guide", CODE, "cable-stuck", "en")),
        ("/g/en/cable-stuck/", f"{HOME}/{CODE}/", ("guide", CODE, "cable-stuck", "en")),
        ("/g/pt-BR/cable-stuck/", f"{HOME}/g/en/all/?s={CODE}", ("guide", CODE, "cable-stuck", "pt-BR")),
        ("/g/en/cable-stuck/", "https://elsewhere.example/?s=1717395", ("guide", "", "cable-stuck", "en")),
        ("/g/en/cable-stuck/?s=1234567", "-", ("guide", "", "cable-stuck", "en")),
        (f"/g/de/plugs/de-1/?l=1&s={CODE}", "-", ("plugs", CODE, "", "de")),
        (f"/g/de/all/?s={CODE}&l=1", "-", ("all", CODE, "", "de")),
        (f"/ok/en/?s={CODE}&p=cable-stuck", "-", ("ok", CODE, "cable-stuck", "en")),
        (f"/call/en/?s={CODE}", "-", ("call", CODE, "", "en")),
        (f"/call/en/?p=cable-stuck&s={CODE}", "-", ("call", CODE, "cable-stuck", "en")),
        ("/fake/fr/", f"{HOME}/{CODE}/fr/", ("fake", CODE, "", "fr")),
        ("/s/en/", "-", ("find", "", "", "en")),
        (f"/{CODE}/de/?offline", f"{HOME}/sw.js", ("kept", CODE, "", "de")),
        ("/problems/cable-stuck/", "-", ("library", "", "cable-stuck", "")),
    ],
)  # fmt: skip
def test_what_a_page_counts_as(
    tmp_path: Path, target: str, referer: str, event: tuple[str, str, str, str]
) -> None:
    assert event in events(of_lines(tmp_path, [line(target, referer)]))


@pytest.mark.parametrize(
    ("given", "fate"),
    [
        (line("/sw.js"), "other"),
        (line("/g/en/all/words.json"), "other"),
        (line("/s/i/3.json"), "other"),
        (line("/b/en/0123456789abcdef.json", f"{HOME}/sw.js"), "other"),
        (line(f"/{CODE}/", method="HEAD"), "other"),
        (line(f"/{CODE}/", method="POST"), "other"),
        (line(f"/{CODE}", status=301), "other"),
        (line("/g/en/none/", status=404), "other"),
        (line("/12345678/", status=404), "other"),
        (line("/desk/en/"), "other"),
        (line(f"/{CODE}/", f"{HOME}/desk/en/"), "desk"),
        (line(f"/{CODE}/", f"{HOME}/sw.js"), "prefetch"),
        (line(f"/g/en/cable-stuck/?s={CODE}&offline"), "prefetch"),
        (line(f"/{CODE}/", agent="curl/8.5.0"), "bot"),
        (line(f"/{CODE}/", agent="-"), "bot"),
        (line(f"/{CODE}/", agent="WhatsApp/2.23.20.0"), "bot"),
        (line(f"/{CODE}/", agent="Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)"), "bot"),
        (line(f"/{CODE}/", agent="Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X Build/MMB29P) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Mobile Safari/537.36 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"), "bot"),
        (line(f"/{CODE}/", agent="Mozilla/5.0 (Linux; Android 14; CUBOT P80) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Mobile Safari/537.36"), "counted"),
        (line(f"/{CODE}/", agent="Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36"), "counted"),
        (line(f"/{CODE}/", status=304), "counted"),
        (line(f"/{CODE}/", at="23/Nov/2096:10:00:00 +0000"), "damaged"),
        (line(f"/{CODE}/", at="01/Jan/1970:00:00:00 +0000"), "damaged"),
        (line(f"/{CODE}/", at="31/Feb/2026:00:00:00 +0000"), "damaged"),
        (line("/<script>alert(1)</script>/"), "other"),
        ('192.0.2.7 - - [23/Nov/2026:10:00:00 +0000] "\\x16\\x03\\x01" 400 0 "-" "-"', "other"),
        ('192.0.2.7 - - [23/Nov/2026:10:00:00 +0000] "GET /1717395/ HTTP/1.1" 200', "bot"),
        ("\x1b[31mred\x1b[0m", "damaged"),
    ],
)  # fmt: skip
def test_what_becomes_of_a_line(tmp_path: Path, given: str, fate: str) -> None:
    path = tmp_path / "access.log"
    path.write_text("\n".join([*[line("/x.png")] * 5, given]) + "\n")
    _, fates, told = counted(tmp_path, path)
    expected = Counter({"other": 5}) + Counter({fate: 1})
    assert fates == dict(expected)
    assert told[0].form == "combined" and told[0].lines == 6


def at(clock: str) -> str:
    return f"23/Nov/2026:{clock} +0000"


def test_reloads_fold_and_visits_end(tmp_path: Path) -> None:
    """The same in one visit counts once; after half an hour without a hit, at another phone, and on another day it counts again."""
    page, guide = f"/{CODE}/", f"/g/en/cable-stuck/?s={CODE}"
    lines = [
        line(page, at=at("10:00:00")),
        line(page, at=at("10:00:05")),
        line(guide, f"{HOME}{page}", at=at("10:01:00")),
        line(page, f"{HOME}/g/en/cable-stuck/", at=at("10:20:00")),
        line(f"/call/en/?s={CODE}&p=cable-stuck", f"{HOME}/", at=at("10:50:00")),
        line(page, at=at("11:20:01")),  # 30 minutes and a second later
        line(page, at=at("11:20:01"), address="192.0.2.8"),
        line(page, at=at("11:20:01"), agent=PHONE + " x"),
        line(page, at=at("23:59:00")),
        line(page, at="24/Nov/2026:00:01:00 +0000"),
    ]
    found = of_lines(tmp_path, lines)
    by_hour = {(hour, kind): n for (hour, _, _, _, kind), n in found.items()}
    assert by_hour == {
        ("2026-11-23T10", "visit"): 1, ("2026-11-23T10", "scan"): 1, ("2026-11-23T10", "station"): 1,
        ("2026-11-23T10", "guide"): 1, ("2026-11-23T10", "asked"): 1, ("2026-11-23T10", "call"): 1,
        ("2026-11-23T11", "visit"): 3, ("2026-11-23T11", "scan"): 3, ("2026-11-23T11", "station"): 3,
        ("2026-11-23T23", "visit"): 1, ("2026-11-23T23", "scan"): 1, ("2026-11-23T23", "station"): 1,
        ("2026-11-24T00", "visit"): 1, ("2026-11-24T00", "scan"): 1, ("2026-11-24T00", "station"): 1,
    }  # fmt: skip


def test_codes_never_issued(tmp_path: Path) -> None:
    found = of_lines(
        tmp_path,
        [
            line("/9999999/", status=404),
            line("/9999999", status=404, address="192.0.2.9"),
            line(f"/{OTHER}/", status=404),  # issued: a fault of the site
        ],
    )
    assert {key[1:]: n for key, n in found.items() if key[4] == "unknown"} == {
        ("9999999", "", "", "unknown"): 2
    }


def test_below_a_path_and_at_former_hosts(tmp_path: Path) -> None:
    site = Site(frozenset({"new.example", "old.example"}), ("/help/", "/"), {CODE: ""})
    lines = [
        line(f"/help/{CODE}/"),
        line("/help/g/en/cable-stuck/", f"https://new.example/help/{CODE}/"),
        line("/g/en/card-declined/", f"https://old.example/{CODE}/"),
    ]
    found = events(of_lines(tmp_path, lines, site))
    assert {("guide", CODE, "cable-stuck", "en"), ("guide", CODE, "card-declined", "en")} <= found


HOSTILE = [
    b"\xff\xfe\x00\x01binary",
    b"\x00" * 40,
    b'"' * 30,
    b"[" * 50 + b'"GET',
    b"=cmd|' /C calc'!A0",
    b"<script>alert(1)</script>",
    b"' OR 1=1; DROP TABLE counts; --",
    b"{" * 5000,
    b'{"status": {"a": [1,2,{"b": null}]}}',
    b"\xc3\x28 - - [",
    b"a" * 200_000,
]


def test_hostile_lines_are_counted_and_nothing_else_is_lost(tmp_path: Path) -> None:
    good = [line(f"/{CODE}/", address=f"192.0.2.{n}").encode() for n in range(100)]
    path = tmp_path / "access.log"
    path.write_bytes(b"\n".join([*good[:50], *HOSTILE, *good[50:]]) + b"\r\n")
    table, fates, told = counted(tmp_path, path)
    assert sum(n for key, n in table.items() if key[4] == "scan") == 100
    assert fates["counted"] == 100 and fates["damaged"] == told[0].damaged == len(HOSTILE)


def test_the_agent_cannot_make_up_fields(tmp_path: Path) -> None:
    forged = line("/x.png", agent=PHONE + '\\" 200 1 \\"-\\" \\"' + PHONE)
    quoted = line(f"/{CODE}/", agent=PHONE + ' \\"quoted\\" \\\\')
    assert events(of_lines(tmp_path, [forged, quoted])) == {
        ("station", CODE, "", ""), ("scan", CODE, "", ""), ("visit", CODE, "", "")
    }  # fmt: skip


def lines_of_visits(count: int) -> bytes:
    return "".join(line(f"/{CODE}/", address=f"2001:db8::{n:x}") + "\n" for n in range(count)).encode()


def scans(table: Counter[Key]) -> int:
    return sum(n for key, n in table.items() if key[4] == "scan")


@pytest.mark.parametrize("packed", ["plain", "gzip", "gzip in two members", "zstd", "zstd in two frames"])
def test_packed_logs(tmp_path: Path, packed: str) -> None:
    data = lines_of_visits(3000)
    half = data[: len(data) // 2], data[len(data) // 2 :]
    made = {
        "plain": lambda: data,
        "gzip": lambda: gzip.compress(data),
        "gzip in two members": lambda: b"".join(map(gzip.compress, half)),
        "zstd": lambda: zstandard.compress(data),
        "zstd in two frames": lambda: b"".join(map(zstandard.compress, half)),
    }[packed]()
    path = tmp_path / "access.log.1"  # told by what is in it, not by its name
    path.write_bytes(made)
    table, _, told = counted(tmp_path, path)
    assert scans(table) == 3000 and not told[0].ended


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress])
def test_a_broken_packed_log_counts_as_far_as_it_goes(tmp_path: Path, pack: object) -> None:
    whole = pack(lines_of_visits(20_000))  # type: ignore[operator]
    path = tmp_path / "access.log.gz"
    path.write_bytes(whole[: len(whole) * 2 // 3])
    table, _, told = counted(tmp_path, path)
    assert told[0].ended
    assert 0 < scans(table) < 20_000


def test_standard_input(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; sys.path.insert(0, 'tests')\n"
        "from test_report_counts import counted, scans\n"
        f"print(scans(counted(Path({str(tmp_path)!r}), Path('-'))[0]))"
    )
    root = Path(__file__).parent.parent
    for data in (lines_of_visits(500), gzip.compress(lines_of_visits(500))):
        ran = subprocess.run(
            [sys.executable, "-c", program], input=data, capture_output=True, cwd=root, check=False
        )
        assert ran.stdout.strip() == b"500", ran.stderr.decode()


@pytest.mark.parametrize(
    "content", [b"", b"\n\n\n", b"\x89PNG\r\n\x1a\n\x00\x00", b"not a log\nat all\n" * 3]
)
def test_what_is_no_log_is_said(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    table, fates, told = counted(tmp_path, path)
    assert not table and not told[0].form
    assert set(fates) <= {"damaged"}


def test_shapes_of_damaged_lines_tell_nothing(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("someone@example.org called 0170 1234567 \x1b[31m\n")
    shape = counted(tmp_path, path)[2][0].shapes[0]
    assert "someone" not in shape and "1234567" not in shape and "\x1b" not in shape


def test_a_log_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ChargesideError, match="nowhere"):
        counted(tmp_path, tmp_path / "nowhere")


def test_counts_of_days_add_up(tmp_path: Path) -> None:
    """Ten logs of a day each, counted apart and written as Parquet, give what all of them give at once."""
    days = []
    for day in range(10, 20):
        lines = [
            line(target, referer, at=f"{day}/Nov/2026:{hour:02}:10:00 +0000", address=f"192.0.2.{hour}")
            for hour in range(24)
            for target, referer in (
                (f"/{CODE}/", "-"),
                (f"/call/en/?s={CODE}&p=cable-stuck", f"{HOME}/{CODE}/"),
            )
        ]
        path = tmp_path / f"{day}.log"
        path.write_text("\n".join(lines) + "\nnonsense\n")
        days.append(path)
    folders = []
    for path in days:
        scratch = tmp_path / path.stem
        with counting(scratch) as counts:
            count_logs([path], SITE, counts, scratch=scratch, salt=path.stem, latest=LATEST)
            folders.append(tmp_path / f"{path.stem}.counts")
            counts.write_parquet(folders[-1], SITE.kinds)
    assert counted(tmp_path, *folders)[:2] == counted(tmp_path, *days)[:2]
    assert sum(n for key, n in counted(tmp_path, *folders)[0].items() if key[4] == "call") == 240


def test_nothing_of_a_visitor_is_written(tmp_path: Path) -> None:
    path = tmp_path / "access.log"
    path.write_text(
        line(f"/{CODE}/?mail=someone@example.org", "https://private.example/me", agent=PHONE) + "\n"
    )
    with counting(tmp_path / "scratch") as counts:
        count_logs([path], SITE, counts, scratch=tmp_path / "scratch", salt="s", latest=LATEST)
        counts.write_parquet(tmp_path / "counts", SITE.kinds)
    assert not any((tmp_path / "scratch").iterdir())
    written = b"".join(file.read_bytes() for file in (tmp_path / "counts").rglob("*.parquet"))
    for text in (b"192.0.2", b"someone", b"private", b"iPhone"):
        assert text not in written
