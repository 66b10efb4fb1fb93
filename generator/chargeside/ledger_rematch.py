"""`ledger rematch`: writes proposals as a CSV file that a person confirms, and carries out what was confirmed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from chargeside.errors import ContentError
from chargeside.findings import Findings
from chargeside.ledger_work import Work, at_work
from chargeside.load.ledger import where_to
from chargeside.load.source import Row, folder_name, read_csv
from chargeside.model.cells import csv_text
from chargeside.model.network import Station
from chargeside.plan.rematch import Proposal, give_back, propose
from chargeside.plan.which_station import StationIndex
from chargeside.write import write_atomic

FILE = "rematch.csv"
COLUMNS = (
    "confirm", "score", "code", "name", "station", "station_code", "station_name", "station_address", "reason", "others",
)  # fmt: skip
_YES = "yes"
_NO = ("", "no")


@dataclass(frozen=True)
class Proposed:
    """What was proposed: the file, how many codes are lost, for how many a station was found, how many are confirmed."""

    file: Path
    lost: int
    found: int
    confirmed: int


def write_proposals(folder: Path, findings: Findings, confirm_from: int | None = None) -> Proposed:
    """Write `rematch.csv` with a row for each lost code. `confirm_from`: score from which rows are confirmed already.

    Raises ContentError, and writes nothing, when a `rematch.csv` stands there whose confirmed rows are not carried out yet.
    """
    file = folder / FILE
    with at_work(folder, findings, stations=True) as work:
        if file.exists() and (waiting := _waiting(work, file)):
            message = (
                f"{waiting} row(s) of the proposals that stand here are confirmed and not carried out yet"
            )
            mend = f"carry them out with `chargeside ledger rematch {work.network.path} --apply {file}`, or delete the file"
            findings.add("L409", f"{work.network.path}/{FILE}", None, message, mend)
            raise ContentError(findings.sorted())
        proposals = propose(work.network)
        stations = {station.key: station for station in work.network.stations}
        rows = [_row(one, stations.get(one.key), confirm_from) for one in proposals]
        write_atomic(file, csv_text(COLUMNS, rows).encode())
    return Proposed(
        file, len(rows), sum(bool(one.key) for one in proposals), sum(row[0] == _YES for row in rows)
    )


def _row(proposal: Proposal, station: Station | None, confirm_from: int | None) -> Sequence[object]:
    sure = confirm_from is not None and station is not None and proposal.score >= confirm_from
    return (
        _YES if sure else "",
        proposal.score,
        proposal.code,
        proposal.name,
        proposal.key,
        station.code if station else "",
        station.name if station else "",
        f"{station.location.address}, {station.location.city}" if station else "",
        proposal.reason,
        ", ".join(proposal.others),
    )


def _waiting(work: Work, file: Path) -> int:
    lost = {line.code for line in work.network.vanished}
    rows = read_csv(file, FILE, Findings(), COLUMNS, all_columns=False) or ()
    return sum(
        row.values.get("confirm", "").lower() == _YES and row.values.get("code") in lost for row in rows
    )


def apply_proposals(folder: Path, file: Path, findings: Findings) -> int:
    """Give lost codes to the stations that a person confirmed for them; gives how many.

    A station may be named by its key, EVSE ID, uid or code. Raises ContentError, with all rows that are wrong.
    """
    shown = f"{folder_name(folder)}/{FILE}" if file.resolve().parent == folder.resolve() else str(file)
    rows = read_csv(file, shown, findings, COLUMNS, code="L409", all_columns=False)
    if rows is None:
        raise ContentError(findings.sorted())
    with at_work(folder, findings, stations=True) as work:
        confirmed = _Confirmed(work, shown)
        for row in rows:
            confirmed.row(row)
        lines = give_back(work.lines.values(), confirmed.keys, work.network.stations, confirmed.lost)
        work.lines = {line.code: line for line in lines}
    return len(confirmed.keys)


class _Confirmed:
    """Confirmed rows of one file: `keys` gives the station of each code. `lost` codes may be confirmed."""

    def __init__(self, work: Work, shown: str) -> None:
        self._work = work
        self._shown = shown
        self._index = StationIndex(work.network.stations, work.network.ledger)
        self._present = {station.key for station in work.network.stations}
        self.lost = {line.code for line in work.network.vanished}
        self.keys: dict[str, str] = {}

    def row(self, row: Row) -> None:
        """Take a row, or note why not."""
        code, name = row.values.get("code", ""), row.values.get("station", "")
        confirm = row.values.get("confirm", "").lower()
        if confirm in _NO:
            return
        name = name[1:] if name[:1] == "'" and name[1:2] in tuple("=+-@") else name  # put there by `csv_text`
        keys = [key for key in self._index.find(name) if key in self._present]
        end = where_to(code, self._work.lines)
        if confirm != _YES:
            self._refuse(row, f'confirm says "{confirm}"', "write yes, or leave it empty")
        elif len(keys) != 1:
            what = f"{len(keys)} chargers are" if keys else "no charger in the feeds is"
            self._refuse(row, f'{what} called "{name}"', "name one by its key, as `ledger rematch` does")
        elif code not in self.lost:
            if end is not None and end.station == keys[0]:
                return  # carried out before
            mend = "only a code whose station is in no feed can be given to another; propose anew with `ledger rematch`"
            self._refuse(row, f'"{code}" is no code that has lost its station', mend)
        elif self.keys.setdefault(code, keys[0]) != keys[0]:
            self._refuse(row, f"{code} is confirmed for two chargers", "keep one of the two rows")

    def _refuse(self, row: Row, message: str, mend: str) -> None:
        self._work.findings.add("L409", self._shown, row.line, message, mend)
