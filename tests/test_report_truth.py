"""Logs whose truth is known, in each form that servers write: the counts are that truth, neither more nor less."""

from __future__ import annotations

import datetime as dt
import gzip
import itertools
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from chargeside.reporting.counts import Counts, counting
from chargeside.reporting.reading import Told, count_logs
from chargeside.reporting.site import Site
from made_logs import CODES, FORMS, HOST, PACKING, Hit, Made, bad_logs, long_line, made, write

SITE = Site(frozenset({HOST}), ("/",), dict.fromkeys(CODES, "kit"))
LATEST = dt.datetime(2026, 12, 1, tzinfo=dt.UTC).timestamp()
_ROOMS = itertools.count()


def read(paths: Sequence[Path], counts: Counts, scratch: Path) -> list[Told]:
    return count_logs(paths, SITE, counts, scratch=scratch, salt="salt", latest=LATEST)


@pytest.fixture
def counts(tmp_path: Path) -> Iterator[Counts]:
    with counting(tmp_path) as found:
        yield found


@pytest.fixture(scope="module")
def some() -> Made:
    return made(7, 400)


def differences(found: Counter[tuple[str, str, str, str, str]], truth: Made) -> dict[str, object]:
    """What is counted too often, and what too rarely."""
    return {"more": dict(found - truth.counts), "fewer": dict(truth.counts - found)}


def test_ten_thousand_visits_are_counted_as_they_were(tmp_path: Path, counts: Counts) -> None:
    truth = made(1, 10_000)
    assert sum(n for (*_, kind), n in truth.counts.items() if kind == "visit") == 10_000
    form, log = FORMS["caddy_json"], tmp_path / "access.log"
    junk = write(truth.hits, form, log, junk=97)
    assert junk > 100
    (told,) = read([log], counts, tmp_path)
    assert differences(counts.table(), truth) == {"more": {}, "fewer": {}}
    assert told.damaged == junk
    fates = truth.fates(form) | Counter(damaged=junk)
    assert {fate: n for fate, n in counts.fates().items() if n} == dict(fates)


@pytest.mark.parametrize("name", [name for name, form in FORMS.items() if "agent" not in form.lacks])
def test_each_form_tells_the_truth(name: str, some: Made, tmp_path: Path) -> None:
    for packing in PACKING:
        log, room = tmp_path / f"{name}.log{packing}", tmp_path / f"room{packing}"
        room.mkdir()
        junk = write(some.hits, FORMS[name], log, junk=53)
        with counting(room) as counts:
            (told,) = read([log], counts, room)
            assert differences(counts.table(), some) == {"more": {}, "fewer": {}}, packing
            fates = some.fates(FORMS[name]) | Counter(damaged=junk)
            assert {fate: n for fate, n in counts.fates().items() if n} == dict(fates), packing
            assert (told.ended, told.damaged) == ("", junk)


def test_a_log_without_agents_says_how_much_it_lacks(some: Made, tmp_path: Path, counts: Counts) -> None:
    form, log = FORMS["apache_common"], tmp_path / "access.log"
    write(some.hits, form, log)
    read([log], counts, tmp_path)
    expected = some.fates(form)
    found = counts.fates()
    assert {fate: found[fate] for fate in expected} == dict(expected)
    assert found["no_agent"] == found["no_referer"] == expected["counted"]


def test_a_log_cut_by_days_adds_up_to_the_same(some: Made, tmp_path: Path, counts: Counts) -> None:
    by_day: dict[dt.date, list[Hit]] = {}
    for hit in some.hits:
        by_day.setdefault(hit.when.date(), []).append(hit)
    assert len(by_day) >= 10
    folders = []
    for day, hits in by_day.items():
        log, room = tmp_path / f"{day}.log.gz", tmp_path / f"room-{day}"
        room.mkdir()
        write(hits, FORMS["nginx_json"], log)
        with counting(room) as counts_of_day:
            read([log], counts_of_day, room)
            counts_of_day.write_parquet(tmp_path / f"counts-{day}", SITE.kinds)
        folders.append(tmp_path / f"counts-{day}")
    read(folders[::-1], counts, tmp_path)
    assert differences(counts.table(), some) == {"more": {}, "fewer": {}}
    assert {fate: n for fate, n in counts.fates().items() if n} == dict(some.fates(FORMS["nginx_json"]))


def test_lines_in_any_order_count_the_same(some: Made, tmp_path: Path, counts: Counts) -> None:
    halves = [tmp_path / "new.log", tmp_path / "old.log.gz"]
    write(some.hits[::-2], FORMS["nginx_json"], halves[0])
    write(some.hits[-2::-2], FORMS["caddy_json"], halves[1])
    read(halves, counts, tmp_path)
    assert differences(counts.table(), some) == {"more": {}, "fewer": {}}


BAD = bad_logs()


@pytest.mark.parametrize("name", BAD)
def test_bad_logs_are_counted_and_told(name: str, tmp_path: Path, counts: Counts) -> None:
    log = tmp_path / "bad.log"
    log.write_bytes(BAD[name])
    (told,) = read([log], counts, tmp_path)
    assert (
        sum(counts.fates()[fate] for fate in ("counted", "damaged", "bot", "other", "elsewhere"))
        <= told.lines
    )
    for key in counts.table():
        assert all(part.replace("-", "").isalnum() or part == "" for part in key), key
    shown = repr((counts.table(), told.shapes))
    assert not any(secret in shown for secret in ("198.51.100", "Mozilla", "script", "DROP", "\\x1b", "evil"))


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("size", [3_000_000, 20_000_000, 100_000_000])
def test_a_line_without_end_counts_as_one_and_takes_no_other_with_it(
    size: int, packed: bool, tmp_path: Path, counts: Counts
) -> None:
    log = tmp_path / "long.log"
    long_line(log, size)
    if packed:
        log.write_bytes(gzip.compress(log.read_bytes(), 1))
    (told,) = read([log], counts, tmp_path)
    assert counts.fates()["counted"] == 2
    assert (told.damaged, told.lines) == (1, 3)
