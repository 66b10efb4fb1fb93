"""What people decide about codes: move, retire, reserve, adopt, rematch. And what must not happen when two do so at once."""

from __future__ import annotations

import csv
import json
import multiprocessing
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import chargeside.importing
import chargeside.ledger_work
from chargeside.cli import main
from chargeside.errors import ContentError, WriteError
from chargeside.findings import Findings
from chargeside.importers.importer import importer
from chargeside.importing import import_feed, issue
from chargeside.ledger_rematch import apply_proposals, write_proposals
from chargeside.ledger_view import COLUMNS, table_csv, table_json
from chargeside.ledger_work import adopt, move, reserve, retire
from chargeside.load.ledger import where_to
from chargeside.model.address import parse_address
from chargeside.model.codes import is_code
from chargeside.model.network import LedgerLine
from chargeside.plan.driver import plan_driver
from chargeside.plan.driver_views import MovedPage
from support import TODAY, Folder, evse, found, location, operator_folder, shared_content, socket

LATER = "2027-03-01"
OCPI = importer("ocpi")


@pytest.fixture(autouse=True)
def _guides_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Guides are loaded once: no code depends on them."""
    for module in (chargeside.importing, chargeside.ledger_work):
        monkeypatch.setattr(module, "load_content", lambda *_: shared_content())


def lines_of(folder: Folder) -> dict[str, LedgerLine]:
    return {line.code: line for line in folder.network().ledger}


def code_of(folder: Folder, uid: str) -> str:
    """Code of the station that has the EVSE."""
    return next(s.code for s in folder.network().stations if any(p.evse.uid == uid for p in s.points))


def refusal(work: Callable[[Findings], object], folder: Folder) -> str:
    """What a refused change says; nothing was written."""
    before = {path: path.read_bytes() for path in folder.path.rglob("*") if path.is_file()}
    with pytest.raises(ContentError) as refused:
        work(Findings())
    assert {path: path.read_bytes() for path in folder.path.rglob("*") if path.is_file()} == before
    return "\n".join(map(str, refused.value.findings))


def bring_in(folder: Folder, *locations: dict[str, Any], name: str = "feed", today: str = LATER) -> Findings:
    findings = Findings()
    source = folder.path.parent / "source.json"
    source.write_text(json.dumps(locations))
    import_feed(OCPI, source, folder.path, name, today, findings, accept_removals=True)
    return findings


# ── Move, retire ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_moved_code_leads_to_the_new_one_and_says_when_its_charger_is_still_there(tmp_path: Path) -> None:
    folder = operator_folder(tmp_path)
    old, new = code_of(folder, "EL1"), code_of(folder, "EL2")
    findings = Findings()
    move(folder.path, old, new, findings)
    assert found(findings, "L410").severity == "warning"
    end = where_to(old, lines_of(folder))
    assert end is not None and end.code == new
    assert f"{old} leads to {new} itself" in refusal(
        lambda findings: move(folder.path, new, old, findings), folder
    )
    folder.issue()
    assert code_of(folder, "EL1") not in (old, new), "the charger that is still in the feed gets another code"


def test_a_code_can_move_only_to_one_that_is_in_use(tmp_path: Path) -> None:
    folder = operator_folder(tmp_path)
    old, new = code_of(folder, "EL1"), code_of(folder, "EL2")
    assert "never issued" in refusal(lambda findings: move(folder.path, old, "1234566", findings), folder)
    retire(folder.path, [new], Findings())
    assert "--undo" in refusal(lambda findings: move(folder.path, old, new, findings), folder)


def test_a_retired_code_comes_back_unless_its_charger_has_another_one(tmp_path: Path) -> None:
    folder = operator_folder(tmp_path)
    code = code_of(folder, "EL1")
    before = folder.text("ledger.csv")
    retire(folder.path, [code], Findings())
    assert lines_of(folder)[code].status == "retired"
    assert found(folder.check(), "L410").line == lines_of(folder)[code].line
    retire(folder.path, [code], Findings(), undo=True)
    assert folder.text("ledger.csv") == before
    retire(folder.path, [code], Findings())
    folder.issue()
    told = refusal(lambda findings: retire(folder.path, [code], findings, undo=True), folder)
    assert f"ledger move op {code} {code_of(folder, 'EL1')}" in told


# ── Reserve, claim ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_chain_of_moves_is_one_step_for_drivers(tmp_path: Path) -> None:
    folder = operator_folder(tmp_path, location("L1"), location("L2"), location("L3"))
    first, second, third = (code_of(folder, uid) for uid in ("EL1", "EL2", "EL3"))
    move(folder.path, first, second, Findings())
    move(folder.path, second, third, Findings())
    pages = {job.path: job.payload for job in plan_driver(folder.network()).jobs}
    page = pages[f"site/{first}/index.html"]
    assert isinstance(page, MovedPage) and page.to == third


def test_a_reserved_code_becomes_that_of_the_charger_whose_row_claims_it(tmp_path: Path) -> None:
    folder = operator_folder(tmp_path)
    earlier = code_of(folder, "EL1")
    reserved = reserve(folder.path, 3, TODAY, "salt", Findings())
    assert all(map(is_code, reserved)) and len(set(reserved)) == 3
    assert not set(reserved) & set(reserve(folder.path, 3, TODAY, "other", Findings()))
    folder.write("overrides.csv", f"evse,code\nEL1,{reserved[0]}\nEL3,{reserved[1]}\n")
    assert "claims" in found(folder.check(), "L402").message
    bring_in(folder, location("L1"), location("L2"), location("L3"))
    assert (code_of(folder, "EL1"), code_of(folder, "EL3")) == reserved[:2]
    lines = lines_of(folder)
    assert lines[earlier].moved_to == reserved[0], "a sign may hang there with the code it had"
    assert lines[reserved[2]].status == "reserved"
    before = folder.text("ledger.csv")
    issue(folder.path, LATER, Findings())
    assert folder.text("ledger.csv") == before


CLAIMS = [
    # overrides.csv with {reserved}, {other} (the code of EL2) and {retired}; what the finding tells, its line
    pytest.param("evse,code\nEL1,1234566\n", "never reserved", 2, id="never reserved"),
    pytest.param("evse,code\nEL1,12345\n", "never reserved", 2, id="no code"),
    pytest.param("evse,code\nEL1,{other}\n", "belongs to another charger", 2, id="another charger's"),
    pytest.param("evse,code\nEL1,{retired}\n", "is retired", 2, id="retired"),
    pytest.param("evse,code\nEL1,{reserved}\nEL2,{reserved}\n", "two chargers", 3, id="claimed twice"),
    pytest.param(
        "evse,cabinet,code\nEL2,K,{reserved}\nEL3,K,{retired}\n", "has two codes", 3, id="two for one"
    ),
]


@pytest.mark.parametrize(("rows", "message", "line"), CLAIMS)
def test_a_code_that_cannot_be_claimed_is_named(tmp_path: Path, rows: str, message: str, line: int) -> None:
    folder = operator_folder(tmp_path, location("L1"), location("L2", evse("EL2"), evse("EL3")))
    reserved = reserve(folder.path, 1, TODAY, "salt", Findings())[0]
    gone = code_of(folder, "EL3")
    retire(folder.path, [gone], Findings())
    folder.write("overrides.csv", rows.format(reserved=reserved, other=code_of(folder, "EL2"), retired=gone))
    finding = found(folder.check(), "L406")
    assert message in finding.message and finding.line == line
    assert "L406" in refusal(lambda findings: issue(folder.path, TODAY, findings), folder)


# ── Adopt ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def signs(folder: Folder, *rows: str) -> Path:
    path = folder.path.parent / "signs.csv"
    path.write_text("\n".join(("sign,station", *rows, "")), encoding="utf-8")
    return path


def test_signs_that_hang_already_lead_to_their_chargers(tmp_path: Path) -> None:
    folder = operator_folder(tmp_path, former_site_urls=["https://former.grid-test.example/"])
    before = {uid: code_of(folder, uid) for uid in ("EL1", "EL2")}
    file = signs(
        folder,
        "1234566,DE*GTS*EL1",  # a code in our form
        "https://former.grid-test.example/1000002/,DEGTSEL2",  # one under a former address
        "HTTPS://OLD.GRID-TEST.EXAMPLE/qr/AB12,EL1",
        "https://old.grid-test.example/qr?id=AB13,EL2",
        f"https://help.grid-test.example/x/AB14,{before['EL2']}",
    )  # fmt: skip
    taken = adopt(folder.path, file, LATER, Findings())
    assert (taken.codes, taken.addresses, taken.known) == (2, 3, 0)
    assert (code_of(folder, "EL1"), code_of(folder, "EL2")) == ("1234566", "1000002")
    lines = lines_of(folder)
    assert [lines[before[uid]].moved_to for uid in before] == ["1234566", "1000002"]
    assert lines["1000002"].url == "https://former.grid-test.example/1000002/"
    assert [(one.address, one.code) for one in folder.network().adopted] == [
        ("https://help.grid-test.example/x/AB14", "1000002"),
        ("https://old.grid-test.example/qr/AB12", "1234566"),
        ("https://old.grid-test.example/qr?id=AB13", "1000002"),
    ]
    files = {path.name: path.read_bytes() for path in folder.path.glob("*.csv")}
    taken = adopt(folder.path, file, LATER, Findings())
    assert (taken.codes, taken.addresses, taken.known) == (0, 0, 5), "once more, nothing changes"
    assert {path.name: path.read_bytes() for path in folder.path.glob("*.csv")} == files
    assert not folder.check().errors


def test_the_codes_of_a_company_that_was_bought_may_clash_with_ours(tmp_path: Path) -> None:
    site = "https://bought.grid-test.example/"
    folder = operator_folder(tmp_path, former_site_urls=[site])
    ours = code_of(folder, "EL2")
    adopt(folder.path, signs(folder, f"{site}{ours}/,EL1", f"{site}1234566/,EL2"), TODAY, Findings())
    assert [(one.address, one.code) for one in folder.network().adopted] == [
        (f"{site}{ours}", code_of(folder, "EL1"))
    ]
    assert code_of(folder, "EL2") == "1234566"
    assert lines_of(folder)[ours].moved_to == "1234566", "our own sign with the number leads where it led"
    assert "belongs to" in refusal(
        lambda findings: adopt(folder.path, signs(folder, f"{site}1234566,EL1"), TODAY, findings), folder
    )


NOT_ADOPTED = [
    pytest.param("1234567,EL1", "no code", id="wrong check digit"),
    pytest.param("https://help.grid-test.example/1234567,EL1", "no code", id="wrong check digit in our address"),
    pytest.param("123456,EL1", "no code", id="digit lost"),
    pytest.param("{EL2},EL1", "belongs to DE*GTS*L2/evse/EL2", id="code of another charger"),
    pytest.param("1234566,EL1\n1234566,EL2", "belongs to", id="two chargers for one code"),
    pytest.param("1234566,EL9", "no charger is called", id="no such charger"),
    pytest.param("1234566,E", "2 chargers are called", id="uid of two chargers"),
    pytest.param("AB12,EL1", "does not start with https://", id="neither code nor address"),
    pytest.param("ftp://old.grid-test.example/x,EL1", "does not start with https://", id="another scheme"),
    pytest.param("https://old.grid-test.example/,EL1", "whole site", id="a whole site"),
    pytest.param("https://old.grid-test.example/x#AB12,EL1", "holds #", id="fragment"),
    pytest.param("https://old.grid-test.example:8080/x,EL1", "plain host", id="port"),
    pytest.param("https://a@old.grid-test.example/x,EL1", "plain host", id="user name"),
    pytest.param("https://old.grid-test.example/../x,EL1", "dot", id="path upwards"),
    pytest.param("https://help.grid-test.example/g/x,EL1", "page of this site", id="address of our own page"),
    pytest.param("https://help.grid-test.example/problems/x,EL1", "page of this site", id="address of the library"),
    pytest.param("https://old.grid-test.example/x,EL1\nhttps://old.grid-test.example/x/,EL2", "leads to", id="address of two"),
]  # fmt: skip


@pytest.mark.parametrize(("rows", "message"), NOT_ADOPTED)
def test_a_sign_that_cannot_be_adopted_is_named_with_its_line(
    tmp_path: Path, rows: str, message: str
) -> None:
    folder = operator_folder(
        tmp_path, location("L1"), location("L2"), location("L3", evse("E")), location("L4", evse("E"))
    )
    file = signs(
        folder, "https://old.grid-test.example/fine,EL1", *rows.format(EL2=code_of(folder, "EL2")).split("\n")
    )
    told = refusal(lambda findings: adopt(folder.path, file, TODAY, findings), folder)
    assert message in told
    assert f"signs.csv:{2 + rows.count(chr(10)) + 1}: error" in told


def test_two_signs_of_one_charger_both_lead_there(tmp_path: Path) -> None:
    folder = operator_folder(tmp_path)
    adopt(folder.path, signs(folder, "1234566,EL1", "1000002,EL1"), TODAY, Findings())
    assert code_of(folder, "EL1") == "1234566"
    assert lines_of(folder)["1000002"].moved_to == "1234566"


ADDRESSES = [
    ("HTTP://OLD.Example/Qr/AB12/", "https://old.example/Qr/AB12"),
    ("https://old.example/Säule1", "https://old.example/S%C3%A4ule1"),
    ('https://old.example/a"b{c}\\', "https://old.example/a%22b%7Bc%7D%5C"),
    ("https://old.example/?id=a&b=;$c", "https://old.example/?id=a&b=;$c"),
]


@pytest.mark.parametrize(("text", "expected"), ADDRESSES)
def test_an_address_has_one_form(text: str, expected: str) -> None:
    assert str(parse_address(text)) == expected
    assert str(parse_address(expected)) == expected


# ── Rematch ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def charger(site: str, *uids: str, at: float = 0.0, **changes: Any) -> dict[str, Any]:
    """A site of its own place, its EVSE IDs made of the uids."""
    place = {"latitude": f"{48.4 + at:.6f}", "longitude": "9.990000"}
    known = {"coordinates": place, "name": f"Site {at}", "address": f"Street {at}"}
    return location(site, *map(evse, uids), **{**known, **changes})


BEFORE = [charger("L1", "A1", "A2", at=1), charger("L2", "B1", at=2)]
CHANGES = [
    # the feed after the change; for each old EVSE the new one, or None; words of the reasons
    pytest.param([charger("N1", "N1a", "N1b", at=1), charger("N2", "N2a", at=2)], {"A1": "N1a", "A2": "N1b", "B1": "N2a"}, "same address", id="all ids new"),
    pytest.param([charger("N1", at=1, evses=[evse("n1", evse_id="DE*GTS*A2"), evse("n2", evse_id="DE*GTS*A1")])], {"A1": "n2", "A2": "n1", "B1": None}, "same EVSE ID", id="EVSE IDs kept"),
    pytest.param([charger("N1", at=1, party_id="NEW", evses=[evse("n1", evse_id="DE*NEW*A2"), evse("n2", evse_id="DE*NEW*A1")])], {"A1": "n2", "A2": "n1", "B1": None}, "under another operator id", id="operator bought"),
    pytest.param([charger("L1", "A1", at=1), charger("N2", at=2, evses=[evse("n", socket())])], {"A2": None, "B1": None}, "no charger", id="other plugs, one gone"),
    pytest.param([charger("L2", "B1", at=2), charger("N1", "far", at=9)], {"A1": None, "A2": None}, "no charger", id="elsewhere"),
]  # fmt: skip


@pytest.mark.parametrize(("after", "pairs", "reason"), CHANGES)
def test_lost_codes_are_proposed_for_the_chargers_they_belong_to(
    tmp_path: Path, after: list[dict[str, Any]], pairs: dict[str, str | None], reason: str
) -> None:
    folder = operator_folder(tmp_path, *BEFORE)
    bring_in(folder, *BEFORE, today=TODAY)
    old = {uid: code_of(folder, uid) for uid in ("A1", "A2", "B1")}
    bring_in(folder, *after)
    done = write_proposals(folder.path, Findings())
    rows = {row["code"]: row for row in csv.DictReader(folder.text("rematch.csv").splitlines())}
    keys = {uid: rows[old[uid]]["station"].rpartition("/evse/")[2] or None for uid in pairs}
    assert keys == pairs
    assert (done.lost, done.confirmed) == (len(pairs), 0)
    told = [rows[old[uid]]["reason"] for uid in pairs if pairs[uid]] or [
        row["reason"] for row in rows.values()
    ]
    assert all(reason in text for text in told)


def test_what_a_person_confirms_gives_the_sign_its_charger_back(tmp_path: Path) -> None:
    folder = operator_folder(tmp_path, *BEFORE)
    bring_in(folder, *BEFORE, today=TODAY)
    old = {uid: code_of(folder, uid) for uid in ("A1", "A2", "B1")}
    bring_in(folder, charger("N1", "N1a", "N1b", at=1), charger("N2", "N2a", at=2))
    new = {uid: code_of(folder, uid) for uid in ("N1a", "N1b", "N2a")}
    write_proposals(folder.path, Findings())
    text = folder.text("rematch.csv")
    rows = [f"yes{row}" if row.startswith(",") and old["A2"] not in row else row for row in text.splitlines()]
    folder.write("rematch.csv", "\n".join(rows))
    assert "not carried out" in refusal(lambda findings: write_proposals(folder.path, findings), folder)
    assert apply_proposals(folder.path, folder.path / "rematch.csv", Findings()) == 2
    assert (code_of(folder, "N1a"), code_of(folder, "N2a")) == (old["A1"], old["B1"])
    lines = lines_of(folder)
    assert (lines[new["N1a"]].moved_to, lines[new["N2a"]].moved_to) == (old["A1"], old["B1"])
    assert code_of(folder, "N1b") == new["N1b"], "what nobody confirmed stays"
    assert lines[old["A2"]].status == "active"
    assert apply_proposals(folder.path, folder.path / "rematch.csv", Findings()) == 0, (
        "once more, nothing changes"
    )
    write_proposals(folder.path, Findings())
    assert not folder.check().errors


def test_equal_chargers_beside_each_other_are_doubtful(tmp_path: Path) -> None:
    folder = operator_folder(tmp_path, *BEFORE)
    bring_in(folder, *BEFORE, today=TODAY)
    codes = {uid: code_of(folder, uid) for uid in ("A1", "A2", "B1")}
    bring_in(folder, charger("N1", "N1a", "N1b", at=1), charger("N2", "N2a", at=2))
    write_proposals(folder.path, Findings())
    rows = {row["code"]: row for row in csv.DictReader(folder.text("rematch.csv").splitlines())}
    assert rows[codes["A1"]]["others"] == "DE*GTS*N1/evse/N1b"
    assert rows[codes["A2"]]["others"] == "DE*GTS*N1/evse/N1a"
    assert (
        int(rows[codes["B1"]]["score"]) > int(rows[codes["A1"]]["score"]) == int(rows[codes["A2"]]["score"])
    )
    assert "no other charger fits" in rows[codes["B1"]]["reason"]


def test_a_removed_charger_is_not_taken_for_its_twin(tmp_path: Path) -> None:
    """Equal chargers beside each other had their codes at the same time, so one is not the other."""
    twins = charger("L1", "A1", "A2", "A3", at=1)
    folder = operator_folder(tmp_path, twins)
    bring_in(folder, twins, today=TODAY)
    bring_in(folder, charger("L1", "A2", "A3", at=1))
    write_proposals(folder.path, Findings())
    (row,) = csv.DictReader(folder.text("rematch.csv").splitlines())
    assert (row["station"], row["score"]) == ("", "0")


def test_of_real_stations_with_new_ids_no_sure_proposal_is_wrong(tmp_path: Path, shared_data: Path) -> None:
    """250 real stations, all ids anew. Where nothing else fits, the proposal must be the very charger."""
    folder = operator_folder(tmp_path)
    for name in ("stations/feed.json", "ledger.csv"):
        (folder.path / name).unlink()
    source = shared_data / "irve" / "irve-statique-250-stations.csv"
    text = source.read_text(encoding="utf-8-sig")
    irve = importer("irve")
    import_feed(irve, source, folder.path, "irve", TODAY, Findings())
    old = {station.points[0].evse.uid: station.code for station in folder.network().stations}
    rows = list(csv.DictReader(text.splitlines()))
    new_ids = {row["id_pdc_itinerance"]: f"FRNEWE{number:07}" for number, row in enumerate(rows)}
    sites = {row["id_station_itinerance"]: f"FRNEWP{number:07}" for number, row in enumerate(rows)}
    after = folder.path.parent / "after.csv"
    with after.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        for row in rows:
            ids = {
                "id_pdc_itinerance": new_ids[row["id_pdc_itinerance"]],
                "id_station_itinerance": sites[row["id_station_itinerance"]],
            }
            writer.writerow({**row, **ids})
    import_feed(irve, after, folder.path, "irve", LATER, Findings(), accept_removals=True)
    done = write_proposals(folder.path, Findings())
    assert done.lost == len(old) > 250
    assert done.found > done.lost * 0.95
    proposals = {row["code"]: row for row in csv.DictReader(folder.text("rematch.csv").splitlines())}
    sure = {
        uid: row for uid, code in old.items() if (row := proposals[code])["station"] and not row["others"]
    }
    assert len(sure) > 20
    wrong = {uid for uid, row in sure.items() if not row["station"].endswith(f"/evse/{new_ids[uid]}")}
    assert not wrong, [sure[uid] for uid in wrong]


NOT_APPLIED = [
    pytest.param(
        "yes,{A1},DE*GTS*L2/evse/B1", "no code that has lost its station", id="its charger is there"
    ),
    pytest.param("yes,1234566,DE*GTS*L2/evse/B1", "no code that has lost its station", id="never issued"),
    pytest.param("yes,{A2},nowhere", "no charger in the feeds", id="no such charger"),
    pytest.param("maybe,{A2},B1", "write yes", id="neither yes nor no"),
    pytest.param("yes,{A2},B1\nyes,{A2},A1", "for two chargers", id="two chargers"),
]


@pytest.mark.parametrize(("rows", "message"), NOT_APPLIED)
def test_a_row_that_cannot_be_carried_out_is_named(tmp_path: Path, rows: str, message: str) -> None:
    folder = operator_folder(tmp_path, *BEFORE)
    codes = {uid: code_of(folder, uid) for uid in ("A1", "A2", "B1")}
    bring_in(folder, charger("L1", "A1", at=1), charger("L2", "B1", at=2))
    path = folder.write("rematch.csv", f"confirm,code,station\n{rows.format(**codes)}\n")
    told = refusal(lambda findings: apply_proposals(folder.path, path, findings), folder)
    assert message in told
    assert f"op/rematch.csv:{rows.count(chr(10)) + 2}: error" in told


GROUPINGS = [
    # operator.yml and overrides.csv after the change; stations that the two EVSEs of L1 are in then
    pytest.param({}, "evse,cabinet,side\nA1,K,left\nA2,K,right\n", 1, id="joined in a cabinet"),
    pytest.param({"station_is": "location"}, "", 1, id="a whole site"),
]


@pytest.mark.parametrize(("operator", "overrides", "count"), GROUPINGS)
def test_another_grouping_is_told_before_any_code_is_issued(
    tmp_path: Path, operator: dict[str, str], overrides: str, count: int
) -> None:
    folder = operator_folder(tmp_path, *BEFORE)
    old = {uid: code_of(folder, uid) for uid in ("A1", "A2")}
    before = folder.text("ledger.csv")
    folder.write("overrides.csv", overrides or "evse\n")
    for name, value in operator.items():
        folder.edit("operator.yml", f"{name}: cabinet", f"{name}: {value}")
    finding = found(folder.check(), "L407")
    assert finding.severity == "error"
    assert f"{len(old) + ('station_is' in operator)} code(s)" in finding.message
    assert found(bring_in(folder, *BEFORE), "L407").severity == "warning", "the import goes on"
    assert folder.text("ledger.csv") == before, "but issues no code that would part a sign from its charger"
    assert set(old.values()) <= set(folder.network().last_seen), "the pages of the signs stay as they were"
    assert write_proposals(folder.path, Findings(), confirm_from=100).confirmed == len(old) + (
        "station_is" in operator
    )
    apply_proposals(folder.path, folder.path / "rematch.csv", Findings())
    codes = {where_to(code, lines_of(folder)) for code in old.values()}
    assert len(codes) == count and {line.code for line in codes if line} == {code_of(folder, "A1")}
    assert code_of(folder, "A1") == old["A1"], "issued on the same day: the left one's stays"
    assert not folder.check().errors


def test_a_cabinet_that_is_parted_keeps_its_code_for_one_of_its_chargers(tmp_path: Path) -> None:
    folder = operator_folder(tmp_path, *BEFORE)
    folder.write("ledger.csv", folder.text("ledger.csv").splitlines()[0] + "\n")
    folder.write("overrides.csv", "evse,cabinet\nA1,K\nA2,K\n")
    folder.issue()
    cabinet = code_of(folder, "A1")
    folder.write("overrides.csv", "evse\n")
    assert found(folder.check(), "L407").severity == "error"
    issue(folder.path, LATER, Findings())
    assert code_of(folder, "A1") == ""
    write_proposals(folder.path, Findings())
    folder.edit(
        "rematch.csv",
        f"\n,{folder.text('rematch.csv').splitlines()[1].split(',')[1]},{cabinet}",
        f"\nyes,0,{cabinet}",
    )
    apply_proposals(folder.path, folder.path / "rematch.csv", Findings())
    issue(folder.path, LATER, Findings())
    assert cabinet in {code_of(folder, "A1"), code_of(folder, "A2")}
    assert not folder.check().errors


def test_a_back_end_that_counts_anew_gives_no_code_to_another_charger(tmp_path: Path) -> None:
    """The ids are the same ones, and stand for other chargers: the most dangerous change of all, since nothing is missing."""
    places = {"at": 1, "name": "Market"}, {"at": 2, "name": "Harbour"}
    folder = operator_folder(
        tmp_path, *(charger(f"L{uid}", uid, **where) for uid, where in zip("12", places, strict=True))
    )
    market, harbour = code_of(folder, "1"), code_of(folder, "2")
    before = folder.text("ledger.csv")
    told = bring_in(
        folder, *(charger(f"L{uid}", uid, **where) for uid, where in zip("21", places, strict=True))
    )
    assert found(told, "L411").severity == "warning"
    assert folder.text("ledger.csv") == before
    finding = found(folder.check(), "L411")
    assert finding.severity == "error" and "2 code(s)" in finding.message
    network = folder.network()
    assert {line.code for line in network.vanished} == {market, harbour}
    assert not any(station.code for station in network.stations), "no page of another charger"
    write_proposals(folder.path, Findings(), confirm_from=30)
    apply_proposals(folder.path, folder.path / "rematch.csv", Findings())
    assert (code_of(folder, "2"), code_of(folder, "1")) == (market, harbour)
    assert not folder.check().errors
    issue(folder.path, LATER, Findings())
    assert set(lines_of(folder)) == {market, harbour}


def test_of_two_codes_with_strange_ids_one_may_stay_open(tmp_path: Path) -> None:
    places = {"at": 1, "name": "Market"}, {"at": 2, "name": "Harbour"}
    folder = operator_folder(
        tmp_path, *(charger(f"L{uid}", uid, **where) for uid, where in zip("12", places, strict=True))
    )
    market, harbour = code_of(folder, "1"), code_of(folder, "2")
    bring_in(folder, *(charger(f"L{uid}", uid, **where) for uid, where in zip("21", places, strict=True)))
    path = folder.write("rematch.csv", f"confirm,code,station\nyes,{market},2\n")
    apply_proposals(folder.path, path, Findings())
    assert code_of(folder, "2") == market
    assert harbour in {line.code for line in folder.network().vanished}, "it has its own page still"
    issue(folder.path, LATER, Findings())
    assert code_of(folder, "1") not in ("", market, harbour)
    folder.write("rematch.csv", f"confirm,code,station\nyes,{harbour},1\n")
    apply_proposals(folder.path, path, Findings())
    assert code_of(folder, "1") == harbour
    assert not folder.check().errors


def test_a_sorted_column_is_noticed(tmp_path: Path) -> None:
    """A spreadsheet that sorts the stations alone leaves every line well-formed."""
    folder = operator_folder(tmp_path, charger("L1", "A1", at=1), charger("L2", "B1", at=2))
    head, *rows = list(csv.reader(folder.text("ledger.csv").splitlines()))
    for row, key in zip(rows, [row[1] for row in reversed(rows)], strict=True):
        row[1] = key
    folder.write("ledger.csv", "\n".join(",".join(row) for row in (head, *rows)) + "\n")
    assert "git log" in found(folder.check(), "L411").mend


MOVES = [
    # what the feed says of L1, 48.4 north before and called Site; whether its ids are taken for another charger's
    pytest.param({"at": 0.005}, False, id="put right by 500 m"),
    pytest.param({"at": 0.5}, False, id="put right by 50 km, nobody at the old place"),
    pytest.param({"at": 0.5, "name": "New"}, True, id="elsewhere under another name"),
    pytest.param({"name": "New"}, False, id="renamed"),
    pytest.param({"coordinates": {}, "name": "New"}, False, id="no place"),
]


@pytest.mark.parametrize(("changes", "reused"), MOVES)
def test_a_corrected_place_is_not_another_charger(
    tmp_path: Path, changes: dict[str, Any], reused: bool
) -> None:
    known: dict[str, Any] = {"name": "Site"}
    folder = operator_folder(tmp_path, charger("L1", "A1", **known), charger("L2", "B1", at=2))
    folder.feed(charger("L1", "A1", **{**known, **changes}), charger("L2", "B1", at=2))
    assert bool(folder.network().reused) is reused


def test_a_charger_that_goes_over_to_another_feed_keeps_its_code(tmp_path: Path) -> None:
    folder = operator_folder(tmp_path)
    code = code_of(folder, "EL1")
    assert "S303" in refusal(lambda _: bring_in(folder, location("L1"), name="second"), folder), (
        "in both at once"
    )
    bring_in(folder, location("L2"))
    bring_in(folder, location("L1"), name="second")
    assert code_of(folder, "EL1") == code
    assert not folder.network().vanished


# ── Show ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_call_centre_finds_the_charger_behind_every_sign(tmp_path: Path) -> None:
    folder = operator_folder(tmp_path, location("L1", name="=1+1"), location("L2"))
    old, new = code_of(folder, "EL1"), code_of(folder, "EL2")
    adopt(folder.path, signs(folder, "https://old.grid-test.example/qr/AB12,EL2"), TODAY, Findings())
    retired = reserve(folder.path, 1, TODAY, "salt", Findings())[0]
    rows = {row["code"]: row for row in csv.DictReader(table_csv(folder.network()).splitlines())}
    assert rows[old]["name"] == "'=1+1", "no spreadsheet runs it"
    assert (rows[new]["evse_ids"], rows[new]["old_addresses"]) == (
        "DE*GTS*EL2",
        "https://old.grid-test.example/qr/AB12",
    )
    assert (rows[retired]["status"], rows[retired]["uids"]) == ("reserved", "")
    folder.feed(location("L2"))
    move(folder.path, old, new, Findings())
    shown = {row["code"]: row for row in json.loads(table_json(folder.network()))["codes"]}
    assert (shown[old]["leads_to"], shown[old]["evse_ids"]) == (new, ["DE*GTS*EL2"])
    assert set(shown[old]) == set(COLUMNS)


def test_the_commands_say_what_they_did(tmp_path: Path) -> None:
    folder = operator_folder(tmp_path)
    old, new = code_of(folder, "EL1"), code_of(folder, "EL2")

    def run(*words: object) -> str:
        done = CliRunner().invoke(main, ["ledger", *map(str, words)])
        assert done.exit_code == 0, done.output
        return done.output

    reserved = run("reserve", folder.path, 2).split()
    assert all(map(is_code, reserved)) and len(reserved) == 2
    assert "2 retired" in run("retire", folder.path, *reserved)
    assert "2 back" in run("retire", folder.path, "--undo", *reserved)
    assert f"{old} leads to {new}" in run("move", folder.path, old, new)
    assert "1 addresses taken over" in run(
        "adopt", folder.path, signs(folder, "https://old.grid-test.example/a,EL2")
    )
    assert "0 lost codes" in run("rematch", folder.path)
    assert "0 codes have" in run("rematch", folder.path, "--apply", folder.path / "rematch.csv")
    assert f"→ {new}" in run("show", folder.path)
    refused = CliRunner().invoke(main, ["ledger", "move", str(folder.path), new, old])
    assert refused.exit_code == 1
    assert "L409" in refused.output and "Nothing was written" in refused.output


# ── Several at once ──────────────────────────────────────────────────────────────────────────────────────────────────


def _work(folder: Path, number: int, start: Any, told: Any) -> None:
    start.wait()
    for _ in range(400):
        try:
            told.put((number, reserve(folder, 5, TODAY, f"process {number}", Findings())))
            return
        except WriteError:
            time.sleep(0.02)
    told.put((number, ()))


def test_two_processes_never_write_the_ledger_at_the_same_time(tmp_path: Path) -> None:
    folder = operator_folder(tmp_path)
    before = set(lines_of(folder))
    context = multiprocessing.get_context("fork")
    start, told = context.Event(), context.Queue()
    workers = [context.Process(target=_work, args=(folder.path, number, start, told)) for number in range(3)]
    for worker in workers:
        worker.start()
    start.set()
    given = [told.get(timeout=60)[1] for _ in workers]
    for worker in workers:
        worker.join()
    codes = [code for those in given for code in those]
    assert len(codes) == len(set(codes)) == 15
    assert set(lines_of(folder)) == before | set(codes), "nobody overwrote what another one wrote"
