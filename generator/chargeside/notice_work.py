"""`notice`: writes notices.csv. What a person wrote there by hand stays as it is; what has ended goes."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta, tzinfo
from pathlib import Path

from chargeside.errors import ContentError
from chargeside.findings import Findings
from chargeside.load.content import load_content
from chargeside.load.network import load_network
from chargeside.load.notices import COLUMNS, NoticeReader, read_rows
from chargeside.load.operator import load_operator
from chargeside.load.source import Row
from chargeside.load.spreadsheet import dialect_of
from chargeside.model.cells import safe_cell
from chargeside.model.network import Network
from chargeside.model.notice import Notice, State, Target, read_moment
from chargeside.write import locked, write_atomic

_IN = re.compile(r"\+(\d{1,4})(min|h|d)")
_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
_UTF8_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Entry:
    """A row of notices.csv as it is written, and the notice that it is."""

    row: Row
    notice: Notice
    state: State


@dataclass
class Work:
    """The notices of an operator while somebody works on them. `now`: by the clock of this machine, with its offset."""

    network: Network
    now: datetime
    reader: NoticeReader
    findings: Findings
    entries: list[Entry]
    strange: list[Row] = field(default_factory=list)
    """Rows for chargers that are not known: perhaps they come back."""
    is_changed: bool = False

    def clock(self, targets: Iterable[Target]) -> tzinfo | None:
        """The clock that all these go by; None where they differ, or where nobody knows it."""
        zones = {zone for target in targets for zone in self.network.zones(target.code)}
        offsets = {self.now.astimezone(zone).utcoffset() for zone in zones}
        return min(zones, key=str) if len(offsets) == 1 else None

    def state(self, notice: Notice) -> State:
        """Whether a notice holds now; one for several clocks has ended when it has everywhere."""
        found = {notice.state(self.network.zones(target.code), self.now) for target in notice.targets}
        return next((state for state in ("now", "coming") if state in found), "past")

    def language(self, notice: Notice) -> str:
        """The language of a notice; where it names none, the first of its first charger's country."""
        code = notice.targets[0].code if notice.targets else ""
        return notice.lang or self.network.country(self.network.country_of(code)).languages[0]

    def meant(self, name: str) -> tuple[Target, ...]:
        """Whom a name stands for. Raises ContentError where that is not clear."""
        targets = self.reader.targets(Row(0, {"code": name}))
        if targets is None:
            raise ContentError(self.findings.sorted())
        return targets


@contextmanager
def at_work(folder: Path, now: datetime, findings: Findings, *, change: bool) -> Iterator[Work]:
    """The notices, locked, and written when all went well and something changed. Raises ContentError; nothing was written then."""
    found = Findings()
    if load_operator(folder, found) is None:  # before the lock, which would make the folder
        raise ContentError(found.sorted())
    with locked(folder):
        found = Findings()
        network = load_network(folder, load_content(Findings(), folder), found)
        if network is None:
            raise ContentError(found.sorted())
        path, shown = folder / "notices.csv", f"{network.path}/notices.csv"
        own = [one for one in found if one.path == shown]
        if change and any(one in found.errors for one in own):
            raise ContentError(tuple(own))
        if not change:
            findings.extend(own)
        work = Work(network, now, NoticeReader(network, shown, findings), findings, [])
        by_line = {notice.line: notice for notice in network.notices}
        for row in (read_rows(path, shown, Findings()) or ()) if path.exists() else ():
            notice = by_line.get(row.line)
            if notice is None:
                work.strange.append(row)
            else:
                work.entries.append(Entry(row, notice, work.state(notice)))
        yield work
        if change and work.is_changed:
            entries = [entry.row.values for entry in work.entries if entry.state != "past"]
            write_atomic(path, file_of([*entries, *(row.values for row in work.strange)], path))


def add(
    folder: Path, name: str, values: Mapping[str, str], now: datetime, findings: Findings
) -> tuple[Entry, list[Entry]]:
    """Put a notice into the file: `values` by column, `until` and `from` as people type them. Gives it and those that it replaces:
    of the same chargers, level and language, at a time that overlaps. Raises ContentError, and ValueError for what is no moment."""
    with at_work(folder, now, findings, change=True) as work:
        targets = work.meant(name)
        zone = work.clock(targets)
        moments = {name: typed(values[name], now, zone) for name in ("until", "from") if values[name]}
        cells = {**dict.fromkeys(COLUMNS, ""), **values, **moments, "code": name}
        notice = work.reader.read(Row(0, cells))
        refused = [one for one in findings if one.code != "N904"]
        if notice is None or refused:
            raise ContentError(findings.sorted())
        entry = Entry(Row(0, cells), notice, work.state(notice))
        if entry.state == "past":
            mend = "name a later one"
            findings.add(
                "N903", f"{work.network.path}/notices.csv", None, f"{moments['until']} is over", mend
            )
            raise ContentError(findings.sorted())
        replaced = [one for one in work.entries if _is_replaced(one, entry, work)]
        work.entries = [*(one for one in work.entries if one not in replaced), entry]
        work.is_changed = True
    return entry, replaced


def take_back(folder: Path, name: str, now: datetime, findings: Findings) -> tuple[list[Entry], list[Entry]]:
    """Take all notices of a charger out of the file, those of its sides too. Gives them, and those that it shares with others,
    which stay. Raises ContentError."""
    with at_work(folder, now, findings, change=True) as work:
        meant = frozenset(work.meant(name))
        whole = {target.code for target in meant if not target.uid}
        gone, shared = [], []
        for entry in work.entries:
            covered = [target in meant or target.code in whole for target in entry.notice.targets]
            if all(covered):
                gone.append(entry)
            elif any(covered) or any(
                target.code in {one.code for one in meant} for target in entry.notice.targets
            ):
                shared.append(entry)
        work.entries = [entry for entry in work.entries if entry not in gone]
        work.is_changed = bool(gone)
    return gone, shared


def everything(folder: Path, now: datetime, findings: Findings) -> list[Entry]:
    """All notices, those that hold now first."""
    with at_work(folder, now, findings, change=False) as work:
        order = ("now", "coming", "past")
        return sorted(work.entries, key=lambda one: (order.index(one.state), _sorting(one.row.values)))


def typed(text: str, now: datetime, zone: tzinfo | None) -> str:
    """A moment as it is written into the file: `18:00` is the next time that it is, `+3h` and `+2d` count from now; a time has its
    offset, that of the place where it is known, else of this machine. Raises ValueError, in words.
    """
    here = now.astimezone(zone) if zone else now
    local = here.replace(tzinfo=None, second=0, microsecond=0)
    if match := _IN.fullmatch(text):
        count, unit = int(match[1]), match[2]
        if unit == "d":
            return _with_offset(local + timedelta(days=count), zone)
        later = now + (timedelta(hours=count) if unit == "h" else timedelta(minutes=count))
        return (later.astimezone(zone) if zone else later.astimezone()).isoformat(timespec="minutes")
    if match := _CLOCK.fullmatch(text):
        wanted = datetime.combine(local.date(), time(int(match[1]), int(match[2])))
        return _with_offset(wanted if wanted > local else wanted + timedelta(days=1), zone)
    moment = read_moment(text, end=False)
    if ":" not in text:
        return moment.date().isoformat()
    return _with_offset(moment, zone) if moment.tzinfo is None else moment.isoformat(timespec="minutes")


def _with_offset(local: datetime, zone: tzinfo | None) -> str:
    # Without a zone `astimezone` takes it for a time of this machine, with the offset that holds on that day.
    moment = local.replace(tzinfo=zone) if zone else local.astimezone()
    return moment.isoformat(timespec="minutes")


def _is_replaced(old: Entry, new: Entry, work: Work) -> bool:
    one, other = old.notice, new.notice
    if (set(one.targets), one.level) != (set(other.targets), other.level):
        return False
    if work.language(one) != work.language(other):
        return False
    for zones in {work.network.zones(target.code) for target in other.targets}:
        (begin, end), (other_begin, other_end) = one.period(zones), other.period(zones)
        if begin < other_end and other_begin < end:
            return True
    return False


def _sorting(values: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(values.get(column, "") for column in ("code", "from", "until", "lang", "text"))


def file_of(rows: Iterable[Mapping[str, str]], path: Path) -> bytes:
    """The file for these rows, sorted, with the separator and the mark at its beginning that the spreadsheet gave it."""
    before = path.read_bytes() if path.exists() else b""
    first = before.removeprefix(_UTF8_MARK).partition(b"\n")[0].decode("utf-8", "replace")
    # A spreadsheet that does not write UTF-8 does not expect it either, unless the mark says so.
    mark = _UTF8_MARK if before.startswith(_UTF8_MARK) or not _is_utf8(before) else b""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=dialect_of(first).delimiter, lineterminator="\n")
    writer.writerow(COLUMNS)
    for values in sorted(rows, key=_sorting):
        writer.writerow([safe_cell(values.get(column, "")) for column in COLUMNS])
    return mark + out.getvalue().encode()


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
