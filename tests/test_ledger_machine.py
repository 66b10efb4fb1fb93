"""No code dies: random histories of feeds, groupings, branches and decisions, run through the real import, ledger and plan."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Callable, Container
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import mkdtemp

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

import chargeside.importing
import chargeside.ledger_work
import chargeside.plan.issue
from chargeside.check.operator import check_ledger
from chargeside.errors import ContentError
from chargeside.findings import Findings
from chargeside.importers.importer import importer
from chargeside.importing import import_feed, issue
from chargeside.ledger_rematch import FILE as REMATCH
from chargeside.ledger_rematch import apply_proposals, write_proposals
from chargeside.ledger_work import adopt, move, reserve, retire
from chargeside.load.ledger import COLUMNS, ledger_bytes, load_ledger, where_to
from chargeside.model.codes import damm_digit, is_code
from chargeside.model.network import LedgerLine, Network
from chargeside.plan.driver import plan_driver
from chargeside.plan.driver_views import Kit, MovedPage, StationPage
from chargeside.plan.issue import held_back
from support import OPERATOR, Folder, evse, location, operator_folder, shared_content

SITES = 4
OCPI = importer("ocpi")
CODE_SPACE = 60
"""So few codes that two stations often want the same one."""


def crowded_code(key: str, taken: Container[str]) -> str:
    """As `new_code`, out of a few codes."""
    start = int.from_bytes(hashlib.blake2b(key.encode(), digest_size=8).digest())
    for step in range(900_000):
        body = str(100_000 + (start + step) % CODE_SPACE if step < CODE_SPACE else 100_000 + step)
        if (code := body + damm_digit(body)) not in taken:
            return code
    raise OverflowError


@dataclass
class Site:
    """Two chargers, as the world has them. `generation` is part of all ids and rises when a back end is replaced."""

    number: int
    feed: str = "a"
    generation: int = 0
    name: str = "Site"
    there: tuple[bool, bool] = (True, True)
    joined: bool = False
    party: str = "GTS"
    ids: int = 0

    def record(self) -> dict[str, object]:
        uids = [
            f"E{self.ids}{side}g{self.generation}"
            for side, there in zip("LR", self.there, strict=True)
            if there
        ]
        where = {"latitude": f"{48 + self.number / 10:.6f}", "longitude": "9.990000"}
        return location(
            f"L{self.ids}g{self.generation}",
            *(evse(uid, evse_id=f"DE*{self.party}*E{uid}") for uid in uids),
            name=self.name,
            address=f"Lange Str. {self.number}",
            coordinates=where,
            party_id=self.party,
        )


class World(RuleBasedStateMachine):
    """Whatever happens, each code ever issued leads to its station, to where it moved, or to its last page."""

    def __init__(self) -> None:
        super().__init__()
        self.base = Path(mkdtemp(prefix="chargeside-ledger-"))
        self.sites = [Site(number, name=f"Site {number}", ids=number) for number in range(SITES)]
        self.folder: Folder = operator_folder(self.base, *(site.record() for site in self.sites))
        (self.folder.path / "stations/feed.json").rename(self.folder.path / "stations/a.json")
        self.day = 1
        self.ever: set[str] = set()
        self.claims: dict[str, str] = {}
        self.home: dict[str, str] = {}
        """By code, where its sign hangs (latitude)."""
        self.git("init", "-q", "-b", "main")
        self.commit()

    def teardown(self) -> None:
        shutil.rmtree(self.base)

    # ── What tests look at ───────────────────────────────────────────────────────────────────────────────────────────

    @property
    def today(self) -> str:
        return f"2027-01-{self.day:02d}"

    def git(self, *words: str, check: bool = True) -> subprocess.CompletedProcess[bytes]:
        with_ = (
            "user.name=Test", "user.email=test@grid-test.example", "commit.gpgsign=false", "core.fsync=none", "gc.auto=0"
        )  # fmt: skip
        who = [word for setting in with_ for word in ("-c", setting)]
        return subprocess.run(["git", *who, *words], cwd=self.folder.path, check=check, capture_output=True)

    def commit(self) -> None:
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", "On")

    def ledger(self) -> dict[str, LedgerLine]:
        findings = Findings()
        lines = load_ledger(self.folder.path / "ledger.csv", "ledger.csv", findings)
        assert not findings.errors, findings.errors
        return {line.code: replace(line, line=0) for line in lines}

    def network(self) -> Network:
        network, findings = self.folder.load()
        assert network is not None
        assert {one.code for one in findings.errors} <= {"L406", "S309"}, findings.errors
        return network

    def attempt(self, work: Callable[[Findings], object], *refused: str) -> bool:
        """Do something that changes no code's meaning; a refusal must be one of the rules named, and change nothing."""
        before = {path: path.read_bytes() for path in self.folder.path.glob("*.csv")}
        lines, findings = self.ledger(), Findings()
        errors: set[str] = set()
        try:
            work(findings)
        except ContentError as error:
            errors = {one.code for one in error.findings if one.severity == "error"}
        if errors:
            assert errors <= set(refused), errors
            assert {path: path.read_bytes() for path in self.folder.path.glob("*.csv")} == before
            return False
        after = self.ledger()
        for code, line in lines.items():
            now = after[code]
            assert now.issued == line.issued and now.url == line.url
            if line.status != "reserved":
                assert now.station == line.station, "a code never changes its station by itself"
        return True

    def bring_in(self, name: str, *refused: str) -> None:
        """Import a feed as the world is now. A feed that has nothing left is deleted, as a person would."""
        source = self.base / "source.json"
        records = [site.record() for site in self.sites if site.feed == name and any(site.there)]
        source.write_text(json.dumps(records))
        if not records:
            (self.folder.path / f"stations/{name}.json").unlink(missing_ok=True)
            return
        done = self.attempt(
            lambda findings: import_feed(
                OCPI, source, self.folder.path, name, self.today, findings, accept_removals=True
            ),
            "L406",
            *refused,
        )
        if done:
            self.everybody_has_a_code()

    def everybody_has_a_code(self) -> None:
        network, findings = self.network(), Findings()
        check_ledger(network, self.ever, findings)
        assert not {one.code for one in findings.errors} & {"L402", "L403"}, findings.errors

    def overrides(self) -> None:
        rows = ["evse,cabinet,side,code"]
        for site in self.sites:
            for side in "LR":
                uid = f"E{site.ids}{side}g{site.generation}"
                if site.joined or uid in self.claims:
                    rows.append(
                        f"{uid},{'K' if site.joined else ''},{'left' if side == 'L' else 'right'},{self.claims.get(uid, '')}"
                    )
        self.folder.write("overrides.csv", "\n".join(rows) + "\n")

    def issue(self) -> None:
        if self.attempt(lambda findings: issue(self.folder.path, self.today, findings), "L406", "S309"):
            self.everybody_has_a_code()

    # ── What happens in feeds ────────────────────────────────────────────────────────────────────────────────────────

    @rule(number=st.integers(0, SITES - 1), there=st.tuples(st.booleans(), st.booleans()))
    def chargers_come_and_go(self, number: int, there: tuple[bool, bool]) -> None:
        self.sites[number].there = there
        self.bring_in(self.sites[number].feed)

    @rule(
        number=st.integers(0, SITES - 1),
        name=st.sampled_from(["Site", "Market", "=1+1", "Old\nname, 2", "Säule „3“"]),
    )
    def a_site_is_renamed(self, number: int, name: str) -> None:
        self.sites[number].name = f"{name} {number}"
        self.bring_in(self.sites[number].feed)

    @rule(number=st.integers(0, SITES - 1), bought=st.booleans())
    def a_back_end_gives_new_ids(self, number: int, bought: bool) -> None:
        site = self.sites[number]
        site.generation += 1
        site.party = "NEW" if bought else site.party
        self.overrides()
        self.bring_in(site.feed)

    @rule(one=st.integers(0, SITES - 1), other=st.integers(0, SITES - 1))
    def a_back_end_gives_ids_to_other_chargers(self, one: int, other: int) -> None:
        first, second = self.sites[one], self.sites[other]
        if first.feed != second.feed:
            return
        first.ids, second.ids = second.ids, first.ids
        first.generation, second.generation = second.generation, first.generation
        first.party, second.party = second.party, first.party
        self.overrides()
        self.bring_in(first.feed)

    @rule(number=st.integers(0, SITES - 1), first=st.booleans())
    def a_site_goes_over_to_another_feed(self, number: int, first: bool) -> None:
        site = self.sites[number]
        old, site.feed = site.feed, "b" if site.feed == "a" else "a"
        for name in (old, site.feed) if first else (site.feed, old, site.feed):
            self.bring_in(name, "S303")

    @rule(number=st.integers(0, SITES - 1))
    def a_cabinet_is_joined_or_parted(self, number: int) -> None:
        self.sites[number].joined = not self.sites[number].joined
        self.overrides()
        self.issue()

    @rule(station_is=st.sampled_from(["cabinet", "evse", "location"]))
    def station_is_means_something_else(self, station_is: str) -> None:
        text = self.folder.text("operator.yml")
        now = text.partition("station_is: ")[2].partition("\n")[0]
        self.folder.write("operator.yml", text.replace(f"station_is: {now}", f"station_is: {station_is}"))
        self.issue()

    # ── What people decide ───────────────────────────────────────────────────────────────────────────────────────────

    @rule(data=st.data(), undo=st.booleans())
    def a_code_is_retired(self, data: st.DataObject, undo: bool) -> None:
        code = data.draw(st.sampled_from(sorted(self.ledger())))
        self.attempt(lambda findings: retire(self.folder.path, [code], findings, undo=undo), "L409")

    @rule(data=st.data())
    def a_code_moves(self, data: st.DataObject) -> None:
        old, new = (data.draw(st.sampled_from(sorted(self.ledger()))) for _ in range(2))
        if self.attempt(lambda findings: move(self.folder.path, old, new, findings), "L409"):
            lines = self.ledger()
            assert where_to(old, lines) == where_to(new, lines)

    @rule(count=st.integers(1, 2), salt=st.integers(0, 99))
    def codes_are_reserved(self, count: int, salt: int) -> None:
        before = self.ledger()
        self.attempt(lambda findings: reserve(self.folder.path, count, self.today, str(salt), findings))
        assert len(self.ledger()) == len(before) + count

    @rule(data=st.data(), number=st.integers(0, SITES - 1))
    def a_reserved_code_is_hung(self, data: st.DataObject, number: int) -> None:
        reserved = sorted(code for code, line in self.ledger().items() if line.status == "reserved")
        uid = f"E{self.sites[number].ids}Lg{self.sites[number].generation}"
        if not reserved or not self.sites[number].there[0]:
            return
        self.claims = {uid: data.draw(st.sampled_from(reserved))}
        self.overrides()
        self.issue()
        here = next((s for s in self.network().stations if any(p.evse.uid == uid for p in s.points)), None)
        network = self.network()
        held = here is None or here.key in held_back(network)
        if not held:  # nor in a feed yet when its import was refused
            assert here.code == self.claims[uid]

    @rule(data=st.data(), own=st.booleans())
    def a_sign_is_adopted(self, data: st.DataObject, own: bool) -> None:
        stations = [station.key for station in self.network().stations if station.code]
        if not stations:
            return
        body = str(data.draw(st.integers(100_000, 100_000 + CODE_SPACE)))
        sign = body + damm_digit(body) if own else f"https://old.grid-test.example/qr/{body}"
        key = data.draw(st.sampled_from(stations))
        file = self.base / "signs.csv"
        file.write_text(f"sign,station\n{sign},{key}\n")
        if self.attempt(lambda findings: adopt(self.folder.path, file, self.today, findings), "L408"):
            end = where_to(sign if own else self.network().adopted[-1].code, self.ledger())
            assert end is not None and (not own or end.station == key)

    @rule(data=st.data())
    def lost_codes_are_matched(self, data: st.DataObject) -> None:
        findings = Findings()
        if not self.network().stations:
            return
        write_proposals(self.folder.path, findings)
        path = self.folder.path / REMATCH
        rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
        assert {row["code"] for row in rows} == {line.code for line in self.network().vanished}
        for row in rows:
            row["confirm"] = "yes" if row["station"] and data.draw(st.booleans()) else ""
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, rows[0] if rows else ["code", "station", "confirm"], delimiter=";")
            writer.writeheader()
            writer.writerows(rows)
        apply_proposals(self.folder.path, path, findings)
        lines = self.ledger()
        for row in rows:
            if row["confirm"]:
                end = where_to(row["code"], lines)
                assert end is not None and end.station == row["station"].removeprefix("'")
                self.home.pop(end.code, None)  # a person said where it hangs
        assert apply_proposals(self.folder.path, path, findings) == 0, "done once"
        path.unlink()
        self.issue()

    # ── What happens to the file ─────────────────────────────────────────────────────────────────────────────────────

    @rule(delimiter=st.sampled_from(",;"), backwards=st.booleans())
    def a_spreadsheet_saves_it(self, delimiter: str, backwards: bool) -> None:
        head, *rows = csv.reader(ledger_bytes(self.ledger().values()).decode().splitlines())
        with (self.folder.path / "ledger.csv").open("w", newline="", encoding="utf-8-sig") as file:
            csv.writer(file, delimiter=delimiter).writerows([head, *(reversed(rows) if backwards else rows)])

    @rule(data=st.data())
    def a_spreadsheet_damages_it(self, data: st.DataObject) -> None:
        good = ledger_bytes(self.ledger().values())
        head, *rows = csv.reader(good.decode().splitlines())
        column = data.draw(st.sampled_from(["code", "station", "status", "url", "dropped"]))
        if column == "dropped":
            table = [row[:-1] for row in (head, *rows)]
        else:
            row = data.draw(st.sampled_from([row for row in rows if row[2] == "active"] or rows))
            row[head.index(column)] = "4.82E+06" if column == "code" else ""
            table = [head, *rows]
            if column == "station" and row[2] != "active":
                return
        self.folder.write("ledger.csv", "\n".join(",".join(f'"{cell}"' for cell in row) for row in table))
        held = self.folder.text("ledger.csv")
        for work in (
            lambda: issue(self.folder.path, self.today, Findings()),
            lambda: reserve(self.folder.path, 1, self.today, "x", Findings()),
        ):
            with pytest.raises(ContentError) as refused:
                work()
            assert any(one.code == "L401" and one.line for one in refused.value.findings), (
                refused.value.findings
            )
        assert self.folder.text("ledger.csv") == held
        self.folder.write("ledger.csv", good)

    @rule(
        number=st.integers(0, SITES - 1),
        same=st.booleans(),
        days=st.tuples(st.integers(0, 2), st.integers(0, 2)),
        union=st.booleans(),
    )
    def two_branches_issue_at_once(self, number: int, same: bool, days: tuple[int, int], union: bool) -> None:
        """Both add chargers, the same ones or others; what the merge leaves is mended as the messages say."""
        self.folder.write(".gitattributes", "ledger.csv merge=union\n" if union else "")
        self.folder.write("ledger.csv", ledger_bytes(self.ledger().values()))
        self.commit()
        start, day = self.sites[number], self.day
        one, other = replace(start), replace(start)
        one.generation += 1
        other.generation += 1 if same else 2
        for branch, site, later in (("theirs", other, days[0]), ("main", one, days[1])):
            self.git("checkout", "-q", *(["-b", branch] if branch != "main" else [branch]))
            self.sites[number], self.day = site, min(28, day + later)
            self.overrides()
            self.bring_in(site.feed)
            self.commit()
        self.ever |= {line.code for branch in ("theirs", "main") for line in self.ledger_of(branch)}
        merged = self.git("merge", "-q", "theirs", check=False)
        assert not union or "<<<<<<<" not in self.folder.text("ledger.csv")
        self.settle(merged.returncode != 0)
        self.git("branch", "-q", "-D", "theirs")
        self.day = min(28, day + max(days))
        self.commit()
        assert self.ever <= set(self.ledger())
        self.bring_in(one.feed)

    def ledger_of(self, branch: str) -> tuple[LedgerLine, ...]:
        path = self.base / "other.csv"
        path.write_bytes(self.git("show", f"{branch}:ledger.csv").stdout)
        return load_ledger(path, "other.csv", Findings())

    def settle(self, conflict: bool) -> None:
        """Do what a person does who reads the messages: keep both sides of the ledger, our feeds, then mend line by line."""
        if "<<<<<<<" in self.folder.text("ledger.csv"):
            findings = self.folder.load()[1]
            told = next(one for one in findings.errors if one.path.endswith("ledger.csv"))
            assert told.line and "both sides" in told.mend
        unmerged = self.git("diff", "--name-only", "--diff-filter=U").stdout.decode().split()
        assert bool(unmerged) is conflict
        for path in unmerged:
            if path != "ledger.csv":
                self.git("checkout", "--ours", "--", path)
        lines = [
            line
            for line in self.folder.text("ledger.csv").splitlines()
            if not line.startswith(("<<<<<<<", "=======", ">>>>>>>"))
        ]
        self.folder.write("ledger.csv", "\n".join(lines) + "\n")
        for _ in range(3):  # one mend may show the next mistake
            findings = Findings()
            load_ledger(self.folder.path / "ledger.csv", "ledger.csv", findings)
            if not findings.errors:
                return
            rows = self.folder.text("ledger.csv").splitlines()
            for found in findings.errors:
                cells = rows[(found.line or 0) - 1].split(",")
                if "two active codes" in found.message:
                    second, _, _, first = found.mend.partition("as moved: ")[2].split(",")[:4]
                    at = next(i for i, row in enumerate(rows) if row.startswith(f"{second},"))
                    parts = rows[at].split(",")
                    rows[at] = ",".join([*parts[:2], "moved", first, *parts[4:]])
                else:
                    assert "stands twice" in found.message and is_code(cells[0]), found
                    rows[(found.line or 0) - 1] = ""
            self.folder.write("ledger.csv", "\n".join(row for row in rows if row) + "\n")
        raise AssertionError(findings.errors)

    # ── What must hold ───────────────────────────────────────────────────────────────────────────────────────────────

    @precondition(lambda self: self.day < 28)
    @rule()
    def a_day_passes(self) -> None:
        self.day += 1

    @invariant()
    def no_code_dies(self) -> None:
        network, lines = self.network(), self.ledger()
        assert self.ever <= set(lines), "codes never leave the ledger"
        self.ever = set(lines)
        plan = plan_driver(network)
        pages = {job.path: job.payload for job in plan.jobs}
        placed = [station for station in network.stations if station.coordinates and station.code]
        for code, line in lines.items():
            end, page = where_to(code, lines), pages[f"site/{code}/index.html"]
            assert end is not None
            if end.code != code:
                assert isinstance(page, MovedPage) and page.to == end.code
                continue
            assert isinstance(page, StationPage) and page.code == code
            kit = plan.shared[page.kit]
            assert isinstance(kit, Kit)
            station = network.station_by_code.get(code)
            if station is not None:
                assert (kit.notice, station.key, line.status) == ("", line.station, "active")
                place = f"{station.coordinates[0]:.6f}" if station.coordinates else ""
                assert self.home.setdefault(code, place) == place, "a page of another charger"
            else:
                usual = {"active": "vanished", "retired": "retired", "reserved": "reserved"}
                assert kit.notice == usual[line.status]
                assert page.near or page.here or not placed or not line.lat


World.TestCase.settings = settings(
    max_examples=12,
    stateful_step_count=12,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],  # a history that fails tells enough; to shorten it takes minutes
)


@pytest.mark.usefixtures("quick")
class TestWorld(World.TestCase):
    """Run by pytest as a test case of hypothesis."""


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Guides are loaded once, no disk is waited for, and codes are so few that they clash."""
    monkeypatch.setattr(os, "fsync", lambda _: None)
    monkeypatch.setattr(chargeside.importing, "load_content", lambda *_: shared_content())
    monkeypatch.setattr(chargeside.ledger_work, "load_content", lambda *_: shared_content())
    monkeypatch.setattr(chargeside.plan.issue, "new_code", crowded_code)
    monkeypatch.setattr(chargeside.ledger_work, "new_code", crowded_code)
    assert OPERATOR["station_is"] == "cabinet" and COLUMNS[2] == "status"
