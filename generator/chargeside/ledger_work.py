"""`ledger move`, `retire`, `reserve`, `adopt`: what a person decides about codes. A refused change writes nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from chargeside.errors import ContentError
from chargeside.findings import Findings
from chargeside.load.adopted import adopted_bytes
from chargeside.load.content import load_content
from chargeside.load.ledger import ledger_bytes, where_to
from chargeside.load.network import load_network
from chargeside.load.source import Row, read_csv
from chargeside.model.address import Address, parse_address
from chargeside.model.codes import LENGTH, is_code, new_code
from chargeside.model.network import Adopted, LedgerLine, Network
from chargeside.plan.issue import new_line
from chargeside.plan.library import library_paths, plan_library
from chargeside.plan.redirects import own_names
from chargeside.plan.which_station import StationIndex
from chargeside.write import locked, write_atomic

MOST_RESERVED = 100_000
"""Codes that may be reserved at once: of 900,000 in all."""


class Work:
    """An operator's ledger while somebody works on it. Findings at error level throw the work away."""

    def __init__(self, folder: Path, network: Network, findings: Findings) -> None:
        self.folder = folder
        self.network = network
        self.findings = findings
        self.shown = f"{network.path}/ledger.csv"
        self.lines = {line.code: line for line in network.ledger}
        self.adopted = {one.address: one for one in network.adopted}

    def refuse(self, message: str, mend: str, line: int | None = None) -> None:
        """Note why something cannot be done."""
        self.findings.add("L409", self.shown, line, message, mend)

    def known(self, code: str) -> LedgerLine | None:
        """The line of a code; None, with a finding, when it was never issued."""
        line = self.lines.get(code)
        if line is None:
            self.refuse(f"{code} was never issued", f"see `chargeside ledger show {self.network.path}`")
        return line

    def put(self, line: LedgerLine, **changes: str) -> None:
        """Change a line."""
        self.lines[line.code] = replace(line, **changes)  # type: ignore[arg-type]

    @cached_property
    def present(self) -> dict[str, str]:
        """Name of each station that is in a feed, by key."""
        return {station.key: station.name for station in self.network.stations}


@contextmanager
def at_work(folder: Path, findings: Findings, *, stations: bool = False) -> Iterator[Work]:
    """The ledger, locked, and written when all went well. `stations`: whether the feeds must be whole for this.

    Raises ContentError; nothing was written then.
    """
    with locked(folder):
        found = Findings()
        network = load_network(folder, load_content(Findings(), folder), found)
        blocking = [one for one in found.errors if _blocks(one.code, one.path, stations=stations)]
        if network is None or blocking:
            findings.extend(blocking or found.errors)
            raise ContentError(findings.sorted())
        work = Work(folder, network, findings)
        yield work
        if findings.errors:
            raise ContentError(findings.sorted())
        before = tuple(replace(line, line=0) for line in network.ledger)
        after = tuple(replace(line, line=0) for _, line in sorted(work.lines.items()))
        if before != after:
            write_atomic(folder / "ledger.csv", ledger_bytes(after))
        if tuple(work.adopted.values()) != network.adopted:
            write_atomic(folder / "adopted.csv", adopted_bytes(work.adopted.values()))


def _blocks(code: str, path: str, *, stations: bool) -> bool:
    if path.endswith(("/ledger.csv", "/adopted.csv")):
        return True
    return stations and (code[0] in "FS" or code == "O208")


def move(folder: Path, old: str, new: str, findings: Findings) -> None:
    """Let the code `old` lead to the page of the code `new`, for ever. Raises ContentError."""
    with at_work(folder, findings) as work:
        line, target = work.known(old), work.known(new)
        if line is None or target is None:
            return
        end = where_to(new, {**work.lines, old: replace(line, status="moved", moved_to=new)})
        if end is None:
            work.refuse(f"{new} leads to {old} itself", "name the code of the charger that took its place")
            return
        if end.status == "retired":
            mend = f"name a charger that is in use, or bring it back: `chargeside ledger retire {work.network.path} --undo {end.code}`"
            work.refuse(f"{end.code} is retired", mend, end.line)
        if line.status == "active" and line.station in work.present:
            mend = "if it is another charger than the one of the new code, take it out of the feed first: else it gets a new code"
            _given_up(work, line, mend)
        work.put(line, status="moved", moved_to=new)


def retire(folder: Path, codes: Sequence[str], findings: Findings, *, undo: bool = False) -> None:
    """Mark codes as given up for good, or with `undo` bring them back. Raises ContentError."""
    with at_work(folder, findings) as work:
        for code in codes:
            line = work.known(code)
            if line is None:
                continue
            if undo:
                _bring_back(work, line)
            elif line.status == "moved":
                mend = f"retire {line.moved_to}, or move {code} elsewhere with `chargeside ledger move`"
                work.refuse(f"{code} leads to {line.moved_to}", mend, line.line)
            else:
                if line.status == "active" and line.station in work.present:
                    _given_up(
                        work,
                        line,
                        "take it out of the feed as well: else the next import gives it a new code",
                    )
                work.put(line, status="retired")


def _given_up(work: Work, line: LedgerLine, mend: str) -> None:
    message = f"the charger of {line.code}, {line.name} ({line.station}), is still in a feed"
    work.findings.add("L410", work.shown, line.line, message, mend)


def _bring_back(work: Work, line: LedgerLine) -> None:
    others = [one for one in work.lines.values() if one.station == line.station and one.status == "active"]
    if line.status == "moved":
        mend = "a move is undone by hand: restore the line from the file's history (git log -p)"
        work.refuse(f"{line.code} is not retired, it leads to {line.moved_to}", mend, line.line)
    elif line.status == "retired" and line.station and others:
        mend = f"let it lead there: `chargeside ledger move {work.network.path} {line.code} {others[0].code}`"
        work.refuse(f"the charger of {line.code} has the code {others[0].code} now", mend, line.line)
    elif line.status == "retired":
        work.put(line, status="active" if line.station else "reserved")


def reserve(folder: Path, count: int, today: str, salt: str, findings: Findings) -> tuple[str, ...]:
    """Put codes aside for signs that are printed before anybody knows where they will hang. Gives them.

    `salt`: a text that no other call has, so that two branches of a repository do not reserve the same codes. Raises
    ContentError.
    """
    with at_work(folder, findings) as work:
        if not 1 <= count <= MOST_RESERVED:
            work.refuse(f"{count} codes cannot be reserved", f"reserve 1 to {MOST_RESERVED} at once")
            return ()
        reserved = []
        for number in range(count):
            code = new_code(f"reserved/{salt}/{number}", work.lines)
            line = new_line(code, "", work.network.operator, today)
            work.lines[code] = replace(line, status="reserved")
            reserved.append(code)
    return tuple(sorted(reserved))


# ── Signs of other systems ───────────────────────────────────────────────────────────────────────────────────────────

SIGN_COLUMNS = ("sign", "station")
_SEVEN = re.compile(rf"([0-9]{{{LENGTH}}})/?")


@dataclass(frozen=True)
class Taken:
    """What `adopt` took over: new codes and new addresses, and rows that were known before."""

    codes: int
    addresses: int
    known: int


def adopt(folder: Path, file: Path, today: str, findings: Findings) -> Taken:
    """Take over codes and whole addresses that hang on walls already. Raises ContentError, with all rows that are wrong.

    `file`: CSV with the columns `sign` (seven digits, or an address) and `station` (EVSE ID, uid, code or key).
    """
    rows = read_csv(file, str(file), findings, SIGN_COLUMNS, code="L408")
    if rows is None:
        raise ContentError(findings.sorted())
    with at_work(folder, findings, stations=True) as work:
        adoption = _Adoption(work, str(file), today)
        for row in rows:
            adoption.row(row)
        return Taken(len(adoption.codes), adoption.addresses, adoption.known)


class _Adoption:
    """Rows of one file, one after another."""

    def __init__(self, work: Work, shown: str, today: str) -> None:
        self._work = work
        self._shown = shown
        self._today = today
        self._index = StationIndex(work.network.stations, work.network.ledger)
        self._active = {line.station: line.code for line in work.lines.values() if line.status == "active"}
        self._pages = own_names(library_paths(plan_library(work.network.content, work.network.operator)))
        self.codes: set[str] = set()
        self.addresses = self.known = 0

    def row(self, row: Row) -> None:
        """Take over what one row says, or note why not."""
        sign, name = row.values["sign"], row.values["station"]
        keys = self._index.find(name)
        if len(keys) != 1:
            what = f"{len(keys)} chargers are" if keys else "no charger is"
            mend = "name one by its EVSE ID or its code; `chargeside ledger show --csv` lists them"
            self._refuse(row, f'{what} called "{name}"', mend)
        elif self._active.get(keys[0]) in self._work.network.reused:
            mend = f"say first which charger it is: `chargeside ledger rematch {self._work.network.path}`"
            self._refuse(row, f"the ids of {keys[0]} were another charger's", mend)
        elif sign.isascii() and sign.isdigit():
            self._code(row, sign, keys[0], self._work.network.operator.site_url)
        else:
            self._address(row, sign, keys[0])

    def _refuse(self, row: Row, message: str, mend: str) -> None:
        self._work.findings.add("L408", self._shown, row.line, message, mend)

    def _code(self, row: Row, code: str, key: str, site: str) -> None:
        """A sign in our own form: the code is the station's from now on, and the one it had leads to it."""
        lines = self._work.lines
        if not is_code(code):
            message = f'"{code}" is no code: seven digits, the last a check digit'
            mend = "correct the digits; a sign of another system needs its whole address, with https://"
            self._refuse(row, message, mend)
            return
        line, end = lines.get(code), where_to(code, lines)
        if line is not None and end is not None and (end.station, end.status) == (key, "active"):
            self.known += 1
        elif line is not None and line.status != "reserved":
            whose = f"is {line.status}" if line.status != "active" else f"belongs to {line.station}"
            mend = "if it is the same charger, say so with `chargeside ledger move` or `ledger rematch`; else correct the row"
            self._refuse(row, f"code {code} {whose} (ledger.csv:{line.line})", mend)
        else:
            self._give(
                line
                or replace(
                    new_line(code, key, self._work.network.operator, self._today), url=f"{site}{code}/"
                ),
                key,
            )

    def _give(self, line: LedgerLine, key: str) -> None:
        lines, before = self._work.lines, self._active.get(key)
        self.codes.add(line.code)
        if before in self.codes:  # two signs of one charger in the file: the first one counts
            lines[line.code] = replace(line, station=key, status="moved", moved_to=str(before))
            return
        known = lines.get(before or "", line)
        # The charger is as old as its first code: `rematch` must not take it for one that came today.
        issued = line.issued if line.code in lines else known.issued
        lines[line.code] = replace(
            known, code=line.code, station=key, status="active", url=line.url, issued=issued
        )
        if before is not None:
            self._work.put(lines[before], status="moved", moved_to=line.code)
        self._active[key] = line.code

    def _address(self, row: Row, text: str, key: str) -> None:
        """A sign of another system: its address leads to the station's code."""
        try:
            address = parse_address(text)
        except ValueError as error:
            self._refuse(
                row, f'"{text}" {error}', "write seven digits, or the whole address as it stands in the code"
            )
            return
        operator = self._work.network.operator
        for site in (operator.site_url, *operator.former_site_urls):
            rest = f"{address}/".removeprefix(site)
            seven = _SEVEN.fullmatch(rest)
            if seven and (site == operator.site_url or self._is_ours(seven[1], key, site)):
                self._code(row, seven[1], key, site)
                return
            if site == operator.site_url and rest != f"{address}/" and self._is_page(rest):
                mend = "such an address cannot lead elsewhere; only a new sign helps"
                self._refuse(row, f"{address} is a page of this site", mend)
                return
        code = self._active.get(key)
        if code is None:
            mend = f"give it one first: `chargeside ledger issue {self._work.network.path}`"
            self._refuse(row, f"{key} has no code yet", mend)
        else:
            self._lead(row, address, code)

    def _is_ours(self, code: str, key: str, site: str) -> bool:
        """Whether a code below a former site is, or can be, one of this ledger. That of a company that was bought may have
        given a number that another charger has here: then its whole address leads on."""
        line, end = self._work.lines.get(code), where_to(code, self._work.lines)
        if line is None:
            return is_code(code)
        return line.url.startswith(site) or (end is not None and end.station == key)

    def _is_page(self, rest: str) -> bool:
        first = rest.partition("/")[0].partition("?")[0].casefold()
        return not first or first in self._pages or bool(re.match(rf"[0-9]{{{LENGTH}}}(?![0-9])", first))

    def _lead(self, row: Row, address: Address, code: str) -> None:
        lines, known = self._work.lines, self._work.adopted.get(str(address))
        if known is None:
            self._work.adopted[str(address)] = Adopted(str(address), code)
            self.addresses += 1
        elif where_to(known.code, lines) == where_to(code, lines):
            self.known += 1
        else:
            mend = "correct the row, or let the code lead elsewhere with `chargeside ledger move`"
            self._refuse(row, f"{address} leads to {known.code} already", mend)
