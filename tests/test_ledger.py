"""Codes and the ledger: what stands on a wall must never change its meaning and never get lost."""

from __future__ import annotations

import csv
import random
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chargeside.build import committed_codes
from chargeside.findings import Findings
from chargeside.load.ledger import COLUMNS, ledger_bytes, load_ledger
from chargeside.model.codes import LENGTH, damm_digit, is_code, new_code
from chargeside.model.facts import Facts
from chargeside.model.network import LedgerLine, Station
from chargeside.model.ocpi import Location
from chargeside.model.operator import Operator
from chargeside.plan.issue import issue_codes
from support import OPERATOR, TODAY, Folder, codes_of, found, line_of, location, operator_folder

SITE = OPERATOR["site_url"]
THE_OPERATOR = Operator.model_validate(OPERATOR)

# ── Codes ────────────────────────────────────────────────────────────────────────────────────────────────────────────

BODIES = [f"{100_000 + (n * 7919) % 900_000}" for n in range(150)] + ["000000", "999999", "123456", "100000"]


def test_the_check_digit_is_damms() -> None:
    assert damm_digit("572") == "4", "the example of his thesis"


@pytest.mark.parametrize("body", BODIES)
def test_every_single_wrong_digit_is_caught(body: str) -> None:
    code = body + damm_digit(body)
    assert is_code(code)
    wrong = [
        code[:at] + digit + code[at + 1 :]
        for at in range(LENGTH)
        for digit in "0123456789"
        if digit != code[at]
    ]
    assert len(wrong) == LENGTH * 9
    assert not any(is_code(one) for one in wrong)


@pytest.mark.parametrize("body", BODIES)
def test_every_swap_of_neighbours_is_caught(body: str) -> None:
    code = body + damm_digit(body)
    for at in range(LENGTH - 1):
        swapped = code[:at] + code[at + 1] + code[at] + code[at + 2 :]
        assert is_code(swapped) is (swapped == code)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "123456",
        "12345678",
        "12345a7",
        "٤٨٢١٧٣٦",
        "482173６",
        " 4821736",
        "4821736\n",
        "-482173",
        "4821 73",
    ],
)
def test_what_is_no_code(text: str) -> None:
    assert not is_code(text)


@given(st.text(max_size=40))
@settings(max_examples=100)
def test_a_new_code_is_a_code_and_always_the_same(key: str) -> None:
    code = new_code(key, ())
    assert is_code(code)
    assert not code.startswith("0"), "a spreadsheet would drop it"
    assert new_code(key, ()) == code


def test_a_clash_takes_the_next_free_code() -> None:
    taken: set[str] = set()
    for _ in range(200):
        code = new_code("DE*GTS*L1", taken)
        assert is_code(code)
        assert code not in taken
        taken.add(code)


# ── Issuing ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def station(key: str, name: str = "Site") -> Station:
    place = Location(
        country_code="DE", party_id="GTS", id=key, name=name, country="DE", latitude=48.4, longitude=9.99
    )
    return Station(key, "", None, place, (), Facts({}))


def issue(keys: list[str], ledger: tuple[LedgerLine, ...] = ()) -> tuple[LedgerLine, ...]:
    return issue_codes([station(key) for key in keys], ledger, THE_OPERATOR, TODAY)


KEYS = st.lists(
    st.text(st.characters(categories=("L", "N", "P")), min_size=1, max_size=12), max_size=12, unique=True
)


@given(KEYS, st.randoms(use_true_random=False))
@settings(max_examples=40)
def test_the_order_of_stations_changes_no_code(keys: list[str], chance: random.Random) -> None:
    shuffled = keys.copy()
    chance.shuffle(shuffled)
    assert issue(shuffled) == issue(keys)


def test_the_order_changes_no_code_even_where_two_clash() -> None:
    by_code: dict[str, str] = {}
    for number in range(20_000):
        one, other = f"K{number}", by_code.setdefault(new_code(f"K{number}", ()), f"K{number}")
        if one != other:
            break
    else:
        pytest.fail("no two keys clash, so nothing is shown")
    assert issue([one, other]) == issue([other, one])
    assert len(issue([one, other])) == 2


@given(st.lists(KEYS, max_size=6), st.data())
@settings(max_examples=40)
def test_whatever_comes_and_goes_no_code_changes_or_returns(
    feeds: list[list[str]], data: st.DataObject
) -> None:
    """Feeds follow one another; in between a person retires a code now and then."""
    ledger: tuple[LedgerLine, ...] = ()
    for keys in feeds:
        before = {line.code: line for line in ledger}
        ledger = issue(keys, ledger)
        after = {line.code: line for line in ledger}
        assert len(after) == len(ledger), "no code stands twice"
        for code, line in before.items():
            now = after[code]
            assert (now.station, now.status, now.moved_to, now.issued, now.url) == (
                line.station,
                line.status,
                line.moved_to,
                line.issued,
                line.url,
            )
        active = [line.station for line in ledger if line.status == "active"]
        assert len(active) == len(set(active))
        assert set(keys) <= set(active), "every station has a code"
        assert issue(keys, ledger) == ledger, "asked again, nothing changes"
        if ledger and data.draw(st.booleans()):
            gone = data.draw(st.sampled_from(ledger))
            ledger = tuple(replace(line, status="retired") if line is gone else line for line in ledger)


def test_a_key_that_two_stations_share_gets_one_code() -> None:
    assert len(issue(["A", "A"])) == 1


def test_names_and_places_follow_the_feed_and_nothing_else_does() -> None:
    first = issue(["A"])
    moved = station("A", name="New\nname ")
    (second,) = issue_codes([moved], first, THE_OPERATOR, "2030-01-01")
    assert second == replace(first[0], name="New name")


def test_codes_are_issued_under_the_address_of_the_day() -> None:
    later = THE_OPERATOR.model_copy(update={"site_url": "https://new.grid-test.example/"})
    both = issue_codes([station("A"), station("B")], issue(["A"]), later, TODAY)
    assert {line.station: line.url.removesuffix(f"{line.code}/") for line in both} == {
        "A": SITE,
        "B": later.site_url,
    }


# ── The file ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@given(
    st.lists(
        st.tuples(
            st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=20),
            st.text(st.characters(exclude_categories=("Cc", "Cs", "Cn")), max_size=30).map(
                lambda t: " ".join(t.split())
            ),
        ),
        max_size=8,
        unique_by=lambda pair: pair[0],
    )
)
@settings(max_examples=40)
def test_the_file_gives_back_every_line(
    tmp_path_factory: pytest.TempPathFactory, known: list[tuple[str, str]]
) -> None:
    lines = issue_codes([station(*pair) for pair in known], (), THE_OPERATOR, TODAY)
    path = tmp_path_factory.mktemp("ledger") / "ledger.csv"
    path.write_bytes(ledger_bytes(reversed(lines)))
    findings = Findings()
    again = load_ledger(path, "op/ledger.csv", findings)
    assert list(findings) == []
    assert tuple(replace(line, line=0) for line in again) == lines
    assert ledger_bytes(again) == path.read_bytes()


def test_a_spreadsheet_may_save_it_with_semicolons_and_quotes(tmp_path: Path) -> None:
    folder = operator_folder(tmp_path)
    rows = list(csv.reader(folder.text("ledger.csv").splitlines()))
    before = [replace(line, line=0) for line in folder.network().ledger]
    folder.write(
        "ledger.csv", "\ufeff" + "".join(";".join(f'"{cell}"' for cell in row) + "\r\n" for row in rows)
    )
    assert [replace(line, line=0) for line in folder.network().ledger] == before


def test_every_line_knows_where_it_stands(tmp_path: Path) -> None:
    folder = operator_folder(tmp_path)
    for line in folder.network().ledger:
        assert line.line == line_of(folder.text("ledger.csv"), f"\n{line.code},") + 1


GOOD = issue(["A", "B"])
TEXT = ledger_bytes(GOOD).decode()
A, B = (next(line for line in GOOD if line.station == key) for key in "AB")
BAD_CODE = A.code[:-1] + str((int(A.code[-1]) + 1) % 10)
SPARE = new_code("spare", {A.code, B.code})

DAMAGED = [
    pytest.param(f"\n{A.code},", f"\n{BAD_CODE},", f"\n{BAD_CODE},", "seven digits", "git log", id="wrong check digit"),
    pytest.param(f"\n{A.code},", "\n,", "\n,", "seven digits", "git log", id="no code"),
    pytest.param(f"\n{A.code},A,active", f"\n{A.code},A,actve", "actve", "actve", '"active"', id="unknown status"),
    pytest.param(f"\n{A.code},A,", f"\n{A.code},,", f"\n{A.code},,", "station", "git log", id="no station"),
    pytest.param(f"{SITE}{A.code}/", f"{SITE}{A.code}", f"\n{A.code},", "url", "git log", id="address cut short"),
    pytest.param(f"{SITE}{A.code}/", f"{SITE}{B.code}/", f"\n{A.code},", "url", "git log", id="address of another code"),
    pytest.param(f"A,active,,{TODAY}", "A,active,,22.11.2026", "22.11.2026", "date", "git log", id="date as a spreadsheet has it"),
    pytest.param(f"\n{A.code},A,active,,{TODAY},{SITE}{A.code}/,Site,48.400000", f"\n{A.code},A,active,,{TODAY},{SITE}{A.code}/,Site,48°24'", "48°", "coordinates", "git log", id="no coordinates"),
    pytest.param(f"\n{A.code},A,active", f"\n{A.code},A", f"\n{A.code},", "8 cells", "one cell for each column", id="cell lost"),
    pytest.param(f"\n{A.code},A", f"\n{A.code},B", "station B has two", "two active codes", "as moved", id="two codes for one station"),
    pytest.param(f"\n{A.code},A,active,", f"\n{A.code},A,moved,{SPARE}", f"\n{A.code},", "never issued", "name the code", id="moved to nowhere"),
    pytest.param(f"\n{A.code},A,active,", f"\n{A.code},A,moved,{A.code}", f"\n{A.code},", "circle", "active", id="moved to itself"),
    pytest.param("code,station", "code,staton", "code,staton", '"staton"', '"station"', id="column misspelt"),
    pytest.param(f"\n{A.code},A", f'\n{A.code},"A', f"\n{A.code},", "not valid CSV", "quotes", id="quote left open"),
    pytest.param(f"\n{A.code},A", f"\n{A.code},A\x00", f"\n{A.code},", "U+0000", "restore", id="NUL byte"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "at", "message", "mend"), DAMAGED)
def test_a_damaged_line_is_named(
    tmp_path: Path, old: str, new: str, at: str, message: str, mend: str
) -> None:
    assert TEXT.count(old) == 1
    text = TEXT.replace(old, new)
    path = tmp_path / "ledger.csv"
    path.write_text(text, encoding="utf-8", newline="")
    findings = Findings()
    load_ledger(path, "op/ledger.csv", findings)
    named = [finding for finding in findings if finding.code == "L401" and message in finding.message]
    assert named, [str(finding) for finding in findings]
    if at == "station B has two":
        at = f"\n{max(A.code, B.code)},"  # the file is sorted: the second one is named
    expected = line_of(text, at) + at.startswith("\n")
    assert (named[0].path, named[0].line) == ("op/ledger.csv", expected)
    assert mend in named[0].mend


TWICE = [
    # what the second line of A says, rule broken, what the message or the mend tells, what the code is then
    pytest.param({}, "L405", "taken as one", A, id="the same"),
    pytest.param({"issued": "2026-11-01", "name": "Elsewhere"}, "L405", "taken as one", replace(A, issued="2026-11-01", name="Elsewhere"), id="issued earlier on the other branch"),
    pytest.param({"issued": "2026-12-01"}, "L405", "taken as one", A, id="issued later on the other branch"),
    pytest.param({"status": "reserved", "station": ""}, "L405", "taken as one", A, id="claimed since"),
    pytest.param({"station": "C", "issued": "2026-11-01"}, "L401", "the one issued first, for C", None, id="for two stations"),
    pytest.param({"status": "retired"}, "L401", "as active and as retired", None, id="retired on one branch"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "rule", "told", "expected"), TWICE)
def test_a_code_that_two_branches_wrote(
    tmp_path: Path, changes: dict[str, str], rule: str, told: str, expected: LedgerLine | None
) -> None:
    second = ledger_bytes([replace(A, **changes)]).decode().splitlines()[1]  # type: ignore[arg-type]
    path = tmp_path / "ledger.csv"
    path.write_text(f"{TEXT}{second}\n", encoding="utf-8")
    findings = Findings()
    lines = load_ledger(path, "op/ledger.csv", findings)
    finding = found(findings, rule)
    assert finding.line == 4
    assert told in f"{finding.message} {finding.mend}"
    if expected is not None:
        assert not findings.errors
        assert next(replace(line, line=0) for line in lines if line.code == A.code) == expected


def test_marks_of_a_conflict_are_mended_without_losing_a_code(tmp_path: Path) -> None:
    head, *rows = TEXT.splitlines()
    text = "\n".join((head, "<<<<<<< HEAD", rows[0], "=======", rows[1], ">>>>>>> other", ""))
    path = tmp_path / "ledger.csv"
    path.write_text(text, encoding="utf-8")
    findings = Findings()
    load_ledger(path, "op/ledger.csv", findings)
    finding = found(findings, "L401")
    assert finding.line == 2
    assert "keep the lines of both sides" in finding.mend


SPREADSHEET = [
    # what a spreadsheet makes of the table, and the line that is named
    pytest.param(lambda rows: [row[:-2] for row in rows], 1, "lat", id="columns dropped"),
    pytest.param(lambda rows: [rows[0], *([row[0].lstrip("0")[:6], *row[1:]] for row in rows[1:])], 2, "no code", id="leading zero dropped"),
    pytest.param(lambda rows: [rows[0], *(["4.82E+06", *row[1:]] for row in rows[1:])], 2, "no code", id="code as a power of ten"),
    pytest.param(lambda rows: [rows[0], *([*row[:4], "22/11/2026", *row[5:]] for row in rows[1:])], 2, "no date", id="dates in another order"),
    pytest.param(lambda rows: [rows[0], *([*row[:7], row[7].replace(".", ","), row[8]] for row in rows[1:])], 2, "no coordinates", id="decimal commas"),
    pytest.param(lambda rows: [rows[0], *([code, *row[1:]] for code, row in zip(sorted((r[0] for r in rows[1:]), reverse=True), rows[1:], strict=True))], 2, "does not lead to", id="one column sorted"),
]  # fmt: skip


@pytest.mark.parametrize("delimiter", [",", ";"])
@pytest.mark.parametrize(("damage", "line", "message"), SPREADSHEET)
def test_what_a_spreadsheet_damages_is_named(
    tmp_path: Path,
    damage: Callable[[list[list[str]]], list[list[str]]],
    line: int,
    message: str,
    delimiter: str,
) -> None:
    path = tmp_path / "ledger.csv"
    with path.open("w", newline="", encoding="utf-8-sig") as file:
        csv.writer(file, delimiter=delimiter).writerows(damage(list(csv.reader(TEXT.splitlines()))))
    findings = Findings()
    load_ledger(path, "op/ledger.csv", findings)
    first = findings.sorted()[0]
    assert (first.code, first.line) == ("L401", line)
    assert message in first.message


def test_codes_may_move_in_a_chain_and_not_in_a_circle(tmp_path: Path) -> None:
    first, second, third = issue(["A", "B", "C"])
    chain = [
        replace(first, status="moved", moved_to=second.code),
        replace(second, status="moved", moved_to=third.code),
    ]
    path = tmp_path / "ledger.csv"
    path.write_bytes(ledger_bytes([*chain, third]))
    findings = Findings()
    assert len(load_ledger(path, "op/ledger.csv", findings)) == 3
    assert list(findings) == []
    path.write_bytes(ledger_bytes([*chain, replace(third, status="moved", moved_to=first.code)]))
    load_ledger(path, "op/ledger.csv", findings)
    assert [finding.line for finding in findings.errors] == [2, 3, 4]


def test_a_damaged_ledger_is_not_called_lost_as_well(tmp_path: Path) -> None:
    folder = operator_folder(tmp_path)
    codes = [line.code for line in folder.network().ledger]
    folder.edit("ledger.csv", f"\n{codes[0]},", f"\n{codes[0]}0,")
    assert {one.code for one in folder.check(*codes).errors} == {"L401"}, (
        "told to issue codes, the operator would make it worse"
    )


def test_a_link_to_nowhere_is_no_empty_ledger(tmp_path: Path) -> None:
    folder = operator_folder(tmp_path)
    (folder.path / "ledger.csv").unlink()
    (folder.path / "ledger.csv").symlink_to(folder.path / "gone.csv")
    assert found(folder.check(), "F101").path == "op/ledger.csv"


# ── Lost, missing, vanished ──────────────────────────────────────────────────────────────────────────────────────────


def test_a_station_without_a_code_is_an_error_that_names_the_command(tmp_path: Path) -> None:
    folder = operator_folder(tmp_path)
    folder.feed(location("L1"), location("L2"), location("L3", name="New place"))
    finding = found(folder.check(), "L402")
    assert finding.path == "op/ledger.csv"
    assert "New place" in finding.message
    assert "chargeside ledger issue" in finding.mend
    folder.issue()
    assert folder.check().errors == ()


def test_a_station_that_left_the_feed_keeps_its_code(tmp_path: Path) -> None:
    folder = operator_folder(tmp_path)
    line = next(line for line in folder.network().ledger if "*L1/" in line.station)
    folder.feed(location("L2"))
    network = folder.network()
    assert [vanished.code for vanished in network.vanished] == [line.code]
    finding = found(folder.check(line.code), "L404")
    assert (finding.severity, finding.line) == ("note", line.line)
    assert line.code in {kept.code for kept in folder.issue()}
    folder.feed(location("L1"), location("L2"))
    assert line.code in folder.network().station_by_code, "back in the feed, it has its old code"


@pytest.mark.parametrize("status", ["retired", "moved"])
def test_a_code_given_up_on_purpose_is_not_lost(tmp_path: Path, status: str) -> None:
    folder = operator_folder(tmp_path)
    folder.feed(location("L2"))
    codes = {("L1" if "*L1/" in line.station else "L2"): line.code for line in folder.network().ledger}
    target = codes["L2"] if status == "moved" else ""
    folder.edit(
        "ledger.csv",
        f"{codes['L1']},DE*GTS*L1/evse/EL1,active,",
        f"{codes['L1']},DE*GTS*L1/evse/EL1,{status},{target}",
    )
    assert list(folder.check(*codes.values())) == []


def test_a_lost_code_is_named(tmp_path: Path) -> None:
    folder = operator_folder(tmp_path)
    finding = found(folder.check(SPARE), "L403")
    assert SPARE in finding.message
    assert finding.path == "op/ledger.csv"
    assert "git log" in finding.mend


def _git(folder: Folder, *words: str) -> None:
    who = ["-c", "user.name=Test", "-c", "user.email=test@grid-test.example", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *who, *words], cwd=folder.path, check=True, capture_output=True)


def test_codes_of_the_last_commit_count(tmp_path: Path) -> None:
    folder = operator_folder(tmp_path)
    assert committed_codes(folder.path) == (), "no checkout"
    _git(folder, "init", "-q")
    assert committed_codes(folder.path) == (), "no commit"
    _git(folder, "add", ".")
    _git(folder, "commit", "-q", "-m", "Codes")
    codes = [line.code for line in folder.network().ledger]
    assert sorted(committed_codes(folder.path)) == sorted(codes)
    address = "https://old.grid-test.example/qr/AB12"
    folder.write("adopted.csv", f"address;code\r\n{address};{codes[0]}\r\n")
    _git(folder, "add", ".")
    _git(folder, "commit", "-q", "-m", "A sign that hangs, by a spreadsheet")
    assert sorted(committed_codes(folder.path)) == sorted((*codes, address))
    (folder.path / "adopted.csv").unlink()
    assert address in found(folder.check(*committed_codes(folder.path)), "L403").message
    folder.write("adopted.csv", f"address,code\n{address},{codes[0]}\n")
    lines = folder.text("ledger.csv").splitlines(keepends=True)
    folder.write("ledger.csv", lines[0] + lines[2])
    assert codes[0] in found(folder.check(*committed_codes(folder.path)), "L403").message


# ── The address ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("new", ["https://help.grid-test.example/chargers/", "https://elsewhere.example/"])
def test_a_changed_address_is_refused_once_codes_are_issued(tmp_path: Path, new: str) -> None:
    folder = operator_folder(tmp_path)
    folder.edit("operator.yml", f"site_url: {SITE}", f"site_url: {new}")
    finding = found(folder.check(), "O202")
    assert (finding.path, finding.line) == (
        "op/operator.yml",
        line_of(folder.text("operator.yml"), "site_url:"),
    )
    assert SITE in finding.mend
    folder.edit("operator.yml", f"site_url: {new}", f"site_url: {new}\nformer_site_urls: [{SITE}]")
    assert folder.check().errors == ()


def test_an_address_that_begins_like_the_old_one_is_another(tmp_path: Path) -> None:
    old = f"{SITE}chargers/"
    folder = operator_folder(tmp_path, site_url=old)
    folder.edit("operator.yml", f"site_url: {old}", f"site_url: {SITE}")
    assert "O202" in codes_of(folder.check())


def test_the_header_is_the_one_that_the_handbook_names() -> None:
    assert ",".join(COLUMNS) == "code,station,status,moved_to,issued,url,name,lat,lon"
