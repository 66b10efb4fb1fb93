"""notices.csv: what drivers at a charger are told until a date. Edited in a spreadsheet, or written by `chargeside notice`."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from pathlib import Path

from chargeside.findings import Findings, nearest
from chargeside.load.ledger import where_to
from chargeside.load.source import Row, read_csv, refuse_control
from chargeside.load.spreadsheet import made_by_excel
from chargeside.model.codes import LENGTH, is_code
from chargeside.model.evse_id import bare_evse_id
from chargeside.model.network import Network
from chargeside.model.notice import EVERYWHERE, TEXT_LIMIT, Level, Notice, Target, read_moment

COLUMNS = ("code", "text", "until", "from", "lang", "level", "use")
_LEVELS: Mapping[str, Level] = {"info": "info", "out_of_order": "out_of_order"}
_MOST_NAMES = 20_000
"""In a longer list of names the nearest one is not looked for: it would take seconds."""

Meaning = tuple[Target, ...]
"""What a name stands for: one charger, one side of it, or all chargers of a site."""


def load_notices(path: Path, shown: str, network: Network, findings: Findings) -> tuple[Notice, ...]:
    """The rows that can be used, in their order. No file is none; every mistake is a finding that names its line."""
    if not os.path.lexists(path):  # a link to nowhere is a mistake, not a missing file
        return ()
    reader = NoticeReader(network, shown, findings)
    return tuple(filter(None, map(reader.read, read_rows(path, shown, findings) or ())))


def read_rows(path: Path, shown: str, findings: Findings) -> list[Row] | None:
    """The rows as they are written; None where the file cannot be read."""
    return read_csv(path, shown, findings, COLUMNS, code="N901", all_columns=False, by_people=True)


class NoticeReader:
    """Reads rows of notices.csv for one network."""

    def __init__(self, network: Network, shown: str, findings: Findings) -> None:
        self._network = network
        self._shown = shown
        self._findings = findings

    @cached_property
    def names(self) -> Names:
        """Names of all chargers."""
        return Names(self._network)

    def read(self, row: Row) -> Notice | None:
        """The notice of a row; None, with findings, where it cannot be used."""
        before = len(self._findings)
        cells = " ".join(" ".join(row.values.values()).split("\n"))
        refuse_control(cells, self._shown, self._findings, code="N907", first_line=row.line)
        text = " ".join(row.values.get("text", "").split())
        if len(text) > TEXT_LIMIT:
            message = f"the text has {len(text)} characters"
            self._refuse(row, message, f"say it in {TEXT_LIMIT}: it is read with the cable in hand")
        begin, end = self._moment(row, "from"), self._moment(row, "until")
        if begin and end and not _is_before(begin, end):
            self._refuse(row, "until is not after from", "correct one of the two")
        level, lang = self._level(row, text), self._lang(row)
        targets = self.targets(row)
        if end is None or targets is None or len(self._findings) > before:
            return None
        use = self._use(row, targets)
        return Notice(row.values["code"], targets, text, lang, level, begin, end, use, row.line)

    def _refuse(self, row: Row, message: str, mend: str) -> None:
        self._findings.add("N907", self._shown, row.line or None, message, mend)

    def _moment(self, row: Row, column: str) -> datetime | None:
        text = row.values.get(column, "")
        if not text:
            if column == "until":
                mend = "write into the column until when it ends, such as 2026-11-24 or 2026-11-24T18:00"
                self._refuse(row, "the notice has no end", mend)
            return None
        try:
            return read_moment(text, end=column == "until")
        except ValueError as error:
            mend = "write it like 2026-11-24 or 2026-11-24T18:00"
            self._refuse(row, f'column {column} holds "{text}", which {error}', mend)
            return None

    def _level(self, row: Row, text: str) -> Level:
        given = row.values.get("level", "")
        if not given:
            return "info" if text else "out_of_order"
        level = _LEVELS.get(re.sub(r"[\s-]+", "_", given.casefold()))
        if level is None:
            self._refuse(row, f'level "{given}" is not known', nearest(given, _LEVELS))
        elif level == "info" and not text:
            self._refuse(row, "the notice has no text", "write one, or set level to out_of_order")
        return level or "info"

    def _lang(self, row: Row) -> str:
        lang, right = row.values.get("lang", ""), self._network.operator.languages
        by_name = {one.casefold(): one for one in right}
        if lang and lang.casefold() not in by_name:
            message = f'"{lang}" is not among languages: in operator.yml'
            self._refuse(row, message, nearest(lang, right))
        return by_name.get(lang.casefold(), "")

    def targets(self, row: Row) -> Meaning | None:
        """Whom a row is for; None, with a finding, where that is not clear."""
        name = row.values.get("code", "")
        if not name:
            mend = f"write a code, an EVSE ID, the id of a site, or {EVERYWHERE} for all into the column code"
            self._refuse(row, "the row names no charger", mend)
            return None
        meanings = self.names.find(name)
        if len(meanings) > 1:
            mend = "name one by its code: `chargeside ledger show` lists them"
            self._refuse(row, f'several chargers are called "{name}"', mend)
        elif not meanings:
            message = f'no charger is called "{name}"'
            if len(name) == LENGTH and name.isdigit() and not is_code(name):
                message = f"{name} is no code: one digit is wrong"
            self._findings.add("N902", self._shown, row.line or None, message, self._mend_name(name))
        return meanings[0] if len(meanings) == 1 else None

    def _mend_name(self, name: str) -> str:
        if damage := made_by_excel(name):
            return f"format the column as text, then enter it again: {damage}"
        close = self.names.nearest(name)
        return f'did you mean "{close}"?' if close else "`chargeside ledger show --csv` lists all names"

    def _use(self, row: Row, targets: Meaning) -> Target | None:
        """The charger to use instead; None, with a finding, where it is not known or not another one."""
        name = row.values.get("use", "")
        if not name:
            return None
        meant = {target for meaning in self.names.find(name) for target in meaning}
        other = meant.pop() if len(meant) == 1 else None
        if other is None:
            message, mend = f'no one charger is called "{name}"', self._mend_name(name)
        elif other.code not in self._network.station_by_code:
            message, mend = f"{name} is in no feed", "name one that is in use"
        elif any(map(other.overlaps, targets)):
            message, mend = f"{name} is the charger that the notice is about", "name another one"
        else:
            return other
        self._findings.add("N905", self._shown, row.line or None, message, mend)
        return None


class Names:
    """All names that people may call the chargers of a network by."""

    def __init__(self, network: Network) -> None:
        lines = {line.code: line for line in network.ledger}
        ends = {code: where_to(code, lines) for code in lines}
        self._codes = {code: end.code if end else code for code, end in ends.items()}
        self._evses: dict[str, dict[Target, None]] = {}
        self._sites: dict[str, dict[tuple[str, str], dict[Target, None]]] = {}
        self._everywhere: dict[Target, None] = {}
        for station in (*network.stations, *network.last_seen.values()):
            if not station.code:
                continue
            whole, location = Target(station.code), station.location
            self._everywhere[whole] = None
            site = self._sites.setdefault(location.id, {})
            site.setdefault((location.country_code, location.party_id), {})[whole] = None
            for point in station.points:
                target = Target(station.code, point.evse.uid) if len(station.points) > 1 else whole
                for name in {point.evse.uid, bare_evse_id(point.evse.evse_id or "")} - {""}:
                    self._evses.setdefault(name, {})[target] = None

    def find(self, name: str) -> tuple[Meaning, ...]:
        """What a name stands for: a code before an EVSE, an EVSE before a site. More than one where several are called so."""
        if name == EVERYWHERE:
            return (tuple(self._everywhere),)
        if name in self._codes:
            return ((Target(self._codes[name]),),)
        evses = self._evses.get(name) or self._evses.get(bare_evse_id(name)) or {}
        return tuple((target,) for target in evses) or tuple(map(tuple, self._sites.get(name, {}).values()))

    def nearest(self, name: str) -> str:
        """A name that was perhaps meant; empty where there is none."""
        names = self._codes if name.isdigit() else {**self._evses, **self._sites}
        if len(names) > _MOST_NAMES:
            return ""
        return next(iter(difflib.get_close_matches(name[:100], names, n=1, cutoff=0.7)), "")


def _is_before(begin: datetime, end: datetime) -> bool:
    """Whether one comes before the other; by the clock of the place where only one of them has an offset."""
    if (begin.tzinfo is None) != (end.tzinfo is None):
        begin, end = begin.replace(tzinfo=None), end.replace(tzinfo=None)
    return begin < end
