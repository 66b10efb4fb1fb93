"""Files of calls and of sessions, as help desks and back ends export them, counted by day and site.

Only three columns are read: when (to the day), why, and where. What else stands in a row (the caller's number, a name, a note) is passed over with the row and
kept nowhere. A file is CSV, plain or packed with gzip, or a workbook; its columns may be called in any of six languages.

A site is a Location: all chargers there share their drivers, so what hangs at one helps at all."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVarTuple

from chargeside.findings import Findings, Severity
from chargeside.importers.sheet.table import bare_word
from chargeside.importers.table import Table
from chargeside.load.source import folder_name
from chargeside.load.spreadsheet import fitted
from chargeside.model.network import Network, Station
from chargeside.plan.which_station import StationIndex
from chargeside.reporting.reasons import Reasons, flat, read_reasons

_WORDS: Mapping[str, str] = {
    # The best first: of "date" and "time" the date tells the day.
    "time": (
        "date day datetime date_time timestamp start_date_time start_time started started_at start created created_at call_time time "
        "datum tag zeitpunkt zeitstempel beginn start_zeit startzeit anrufzeit zeit "
        "jour horodatage debut heure date_heure dag tijdstip begin starttijd tijd "
        "fecha dia inicio fecha_hora hora data giorno inizio data_ora ora"
    ),
    "week": ("week week_start calendar_week woche kalenderwoche kw semaine semana settimana"),
    "reason": (
        "reason call_reason problem cause category topic issue disposition subject "
        "grund anrufgrund problem_ursache ursache kategorie thema betreff "
        "motif raison categorie sujet reden reden_van_bellen probleem onderwerp "
        "motivo razon causa categoria asunto problema oggetto"
    ),
    "station": (
        "code station station_id charger charger_id charging_station evse_id evse evse_uid charge_point charge_point_id chargepoint cp_id "
        "location_id location site site_id number "
        "ladestation ladesaule saule ladepunkt standort nummer borne point_de_charge pdc id_pdc_itinerance "
        "laadpaal laadstation laadpunt locatie cargador estacion punto_de_recarga ubicacion "
        "colonnina stazione punto_di_ricarica sede"
    ),
    "attempts": (
        "attempts attempted attempted_sessions session_attempts ladeversuche versuche tentatives pogingen intentos tentativi"
    ),
    "sessions": (
        "sessions charging_sessions count charges ladevorgange ladungen anzahl recharges charges_reussies nombre "
        "laadsessies sessies aantal sesiones recargas cargas sessioni ricariche numero_sessioni"
    ),
    "result": (
        "result outcome status success ergebnis erfolg resultat statut resultaat resultado estado risultato esito stato"
    ),
}
_HEADERS = {name: tuple(words.split()) for name, words in _WORDS.items()}
_ISO = re.compile(r"((?:19|20)\d\d)-?(\d\d)-?(\d\d)(?!\d)")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:?\d\d.*(?:Z|[+-]\d\d:?\d\d)")
_WEEK = re.compile(r"((?:19|20)\d\d)-?[A-Za-z]{1,2} ?(\d{1,2})")
_PARTS = re.compile(r"(\d{1,2})([./-]) ?(\d{1,2})\2 ?((?:19|20)?\d\d)(?!\d)")
_NUMBER = re.compile(r"\d{1,7}(?:[.,]0{1,2})?|\d{1,3}(?:[.,  ’']\d{3})+")
_SERIAL = re.compile(r"[34567]\d{4}(?:[.,]\d+)?")
_EXCEL = dt.date(1899, 12, 30)
_EPOCH = re.compile(r"(1\d{9})(\d{3})?")
_LONG_NUMBER = re.compile(r"\d(?:[\d /().-]{3,}\d)")
_MAIL = re.compile(r"\S*@\S*")
_EARLIEST = dt.date(2000, 1, 1)
_LEAST_NAMED = 5
"""A reason is named only where so many gave it: a rarer one may be what somebody said, and of whom."""
_MOST_NAMED = 20
_MOST_KEPT = 100_000
_LONGEST_REASON = 60


@dataclass(frozen=True, slots=True)
class Calls:
    """Calls by day, site ('' where not known) and problem ('' where none is meant).

    `guessed`: by problem, calls that words alone led there. `unmapped`: reasons that lead nowhere with their calls, most first;
    `unmapped_reasons`, `unmapped_calls`: how many there are, also of those that are too rare to be named."""

    counts: Mapping[tuple[dt.date, str, str], int]
    guessed: Mapping[str, int] = field(default_factory=dict)
    unmapped: tuple[tuple[str, int], ...] = ()
    unmapped_reasons: int = 0
    unmapped_calls: int = 0


@dataclass(frozen=True, slots=True)
class Sessions:
    """Sessions by day and site. `weekly`: days are Mondays and stand for their weeks. `attempts`: also sessions that failed are there."""

    counts: Mapping[tuple[dt.date, str], int]
    weekly: bool = False
    attempts: bool = False


def site_of(station: Station) -> str:
    """The site that a station stands at."""
    location = station.location
    return f"{location.country_code}*{location.party_id}*{location.id}"


class Sites:
    """Finds the site that a cell names: by a code, an EVSE ID, the id or the name of a Location, or the number on a charger."""

    def __init__(self, network: Network) -> None:
        stations = {station.key: station for station in (*network.last_seen.values(), *network.stations)}
        self._index = StationIndex(stations.values(), network.ledger)
        self._by_key = {key: site_of(station) for key, station in stations.items()}
        self._names: dict[str, set[str]] = defaultdict(set)
        for key, station in stations.items():
            site = self._by_key[key]
            for name in (
                site,
                station.location.id,
                station.name,
                station.number,
                *(point.number for point in station.points),
            ):
                if name:
                    self._names[name.casefold()].add(site)  # fmt: skip
        self._met: dict[str, str] = {}

    def find(self, text: str) -> str:
        """The site; '' where none is called so, or several are."""
        text = text.strip().lstrip("#")
        if text not in self._met:
            keys = self._index.find(text)
            found = {self._by_key.get(key) or key.partition("/")[0] for key in keys}
            found = found or self._names.get(text.casefold(), set())
            self._met[text] = next(iter(found)) if len(found) == 1 else ""
        return self._met[text]


def read_calls(
    path: Path, network: Network, findings: Findings, *, folder: Path, zone: dt.tzinfo, latest: dt.date
) -> Calls:
    """The calls in a file. `folder`: the operator's, for reasons.csv; `zone`: the clock by which days end; later days are no days.

    What cannot be used is a finding; the file is of no use where there is an error among them."""
    given = read_reasons(folder, f"{folder_name(folder)}/reasons.csv", network.content, findings)
    reasons, sites = Reasons(given, network.content.problems), Sites(network)
    reader = _Reader(path, findings, zone, latest)
    counts: Counter[tuple[_Day, str, str]] = Counter()
    guessed: Counter[str] = Counter()
    lost: Counter[str] = Counter()
    names: dict[str, str] = {}
    for day, row in reader.rows(("time",)):
        meant = reasons.meant(row.get("reason", ""))
        counts[day, reader.site(row, sites), meant.slug] += 1
        if not meant.confidence:
            words = flat(row.get("reason", ""))
            lost[words] += 1
            names.setdefault(words, row.get("reason", "").strip())
        elif meant.confidence < 1:
            guessed[meant.slug] += 1
    reader.report("call", "calls")
    if "attempts" in reader.columns and "reason" not in reader.columns:
        message = "holds sessions, and no reason why anybody called"
        findings.add(
            "F104",
            reader.shown,
            1,
            message,
            "give the file of calls as --calls, that of sessions as --sessions",
        )
    elif reader.columns and "reason" not in reader.columns:
        findings.add("S308", reader.shown, None, "no column tells why people called", "call one `reason`")
    if lost:
        message = f"calls that lead to no problem: {lost.total()}, of {len(lost)} different reasons"
        mend = f"write them into {folder_name(folder)}/reasons.csv: reason,problem"
        findings.add("S308", reader.shown, None, message, mend)
    named = [(_shown_reason(names[words]), n) for words, n in lost.most_common() if n >= _LEAST_NAMED]
    made = reader.dated(counts)
    return Calls(made, guessed, tuple(named[:_MOST_NAMED]), len(lost), lost.total())


def read_sessions(
    path: Path, network: Network, findings: Findings, *, zone: dt.tzinfo, latest: dt.date
) -> Sessions:
    """The sessions in a file: one row each, or counts by day or week. What cannot be used is a finding."""
    sites, reader = Sites(network), _Reader(path, findings, zone, latest)
    counts: Counter[tuple[_Day, str]] = Counter()
    results: set[str] = set()
    for day, row in reader.rows(("time", "week")):
        n = _count(row)
        if n is None:
            reader.odd("no number of sessions")
            continue
        if len(results) < 10:
            results.add(flat(row.get("result", "")))
        counts[day, reader.site(row, sites)] += n
    reader.report("session", "sessions")
    made = reader.dated(counts)
    weekly = "week" in reader.columns and "time" not in reader.columns
    attempts = "attempts" in reader.columns or len(results) > 1
    if made and not attempts:
        message = "nothing tells of sessions that failed: exports such as OCPI's CDRs hold only those that succeeded"
        mend = (
            "give attempts where you can (a column `attempts`, or a row for each attempt with its `result`)"
        )
        findings.add("S308", reader.shown, None, message, mend, Severity.NOTE)
    if weekly:
        made = _by_monday(made)
    return Sessions(made, weekly, attempts)


def _by_monday(counts: Mapping[tuple[dt.date, str], int]) -> dict[tuple[dt.date, str], int]:
    found: Counter[tuple[dt.date, str]] = Counter()
    for (day, site), n in counts.items():
        found[day - dt.timedelta(day.weekday()), site] += n
    return dict(found)


def _count(row: Mapping[str, str]) -> int | None:
    """How many sessions a row is: what it says, one where it has no such column, None where that is no number."""
    text = row.get("attempts", row.get("sessions"))
    if text is None:
        return 1
    bare = text.strip()
    if not _NUMBER.fullmatch(bare):
        return None
    whole = re.sub(r"[.,]0{1,2}$", "", bare)
    return int(re.sub(r"\D", "", whole))


def _shown_reason(text: str) -> str:
    """A reason as it may be shown: nothing in it that looks like a phone number or an address of mail."""
    bare = _MAIL.sub("…", _LONG_NUMBER.sub("…", " ".join(text.split())))
    bare = "".join(letter for letter in bare if letter.isprintable())
    return bare if len(bare) <= _LONGEST_REASON else f"{bare[: _LONGEST_REASON - 1]}…"


# ── Rows and days ────────────────────────────────────────────────────────────────────────────────────────────────────

Rest = TypeVarTuple("Rest")
_Day = dt.date | tuple[int, int, int]
"""A day, or two numbers and a year where only the whole file tells which of them is the month."""


class _Reader:
    """Rows of a file with their days. What is odd about rows is counted by what it is, and said once."""

    def __init__(self, path: Path, findings: Findings, zone: dt.tzinfo, latest: dt.date) -> None:
        self.shown = str(path)
        self.columns: dict[str, int] = {}
        self._findings, self._zone, self._latest = findings, zone, latest
        self._table = Table(path, self.shown, findings, _is_header, by_people=True)
        self._odd: dict[str, list[int]] = {}
        self._line = 0
        self._rows = self._unplaced = 0
        self._firsts = self._seconds = 0
        self._days: dict[str, _Day | None] = {}

    def rows(self, when: Sequence[str]) -> Iterator[tuple[_Day, Mapping[str, str]]]:
        """Day and named cells of each row that has a day."""
        width = 0
        for line, cells in self._table:
            self._line = line
            if not width:
                self.columns, width = _columns(cells), len(cells)
                if not any(name in self.columns for name in when):
                    self._table.refuse(
                        "no column tells the day", "give the columns names: time, reason, station; or week"
                    )
                    return
                continue
            whole = fitted(cells, width) or cells
            row = {name: whole[place] for name, place in self.columns.items() if place < len(whole)}
            self._rows += 1
            text = row.get("time") or row.get("week") or ""
            day = self._day(text.strip())
            if day is None:
                self.odd("no day that can be read, or one that is yet to come")
                continue
            yield day, row

    def site(self, row: Mapping[str, str], sites: Sites) -> str:
        """The site that a row names."""
        site = sites.find(row.get("station", ""))
        self._unplaced += not site
        return site

    def odd(self, what: str) -> None:
        """Count a row that is left out."""
        found = self._odd.setdefault(what, [0, self._line])
        found[0] += 1

    def dated(self, counts: Mapping[tuple[_Day, *Rest], int]) -> dict[tuple[dt.date, *Rest], int]:
        """The same with each day a day: the whole file tells whether days or months stand first."""
        month_first = self._seconds > 0 and not self._firsts
        unsure = any(not isinstance(key[0], dt.date) for key in counts)
        if unsure and not self._seconds and not self._firsts:
            message = "nothing tells whether days or months stand first: read as day, month, year"
            self._findings.add("F112", self.shown, None, message, "write days like 2026-11-30")
        made: Counter[tuple[dt.date, *Rest]] = Counter()
        lost = 0
        for (day, *rest), n in counts.items():
            real = day if isinstance(day, dt.date) else _made_day(day, month_first)
            if real is None or not _EARLIEST <= real <= self._latest:
                lost += n
            else:
                made[real, *rest] += n  # type: ignore[index]
        if lost:
            message = f"{lost} left out: of no day, or of one that is yet to come"
            self._findings.add("S308", self.shown, None, message, "write days like 2026-11-30")
        return dict(made)

    def report(self, one: str, many: str) -> None:
        """Say what was odd."""
        if not self._rows and not self._table.broken:
            message, mend = f"holds no {many} below its header", "export the file again"
            self._findings.add("F102", self.shown, None, message, mend)
        for what, (count, line) in self._odd.items():
            message = f"{count} of {self._rows} rows left out: {what}"
            self._findings.add("S308", self.shown, line, message, "write days like 2026-11-30; see this line")
        if self._rows and self._unplaced:
            words = f"{one} names" if self._unplaced == 1 else f"{many} name"
            message = f"{self._unplaced} {words} no charger that is known: they count in the whole only"
            mend = "give the charger's code, EVSE ID, number or Location id in a column `station`"
            self._findings.add("S308", self.shown, None, message, mend)

    def _day(self, text: str) -> _Day | None:
        """The day that a cell tells; most cells of a file begin with the same days, so each is worked out once."""
        key = text if _MOMENT.match(text) or len(text) < 11 else text[:10] if _ISO.match(text) else text
        if key not in self._days:
            if len(self._days) > _MOST_KEPT:
                self._days.clear()
            day = self._read_day(key)
            fits = not isinstance(day, dt.date) or _EARLIEST <= day <= self._latest
            self._days[key] = day if fits else None
        day = self._days[key]
        if day is not None and (parts := _PARTS.match(text)):
            self._firsts += parts[2] != "." and int(parts[1]) > 12
            self._seconds += parts[2] != "." and int(parts[3]) > 12
        return day

    def _read_day(self, text: str) -> _Day | None:
        try:
            if _MOMENT.match(text):
                return dt.datetime.fromisoformat(text.replace(" ", "T", 1)).astimezone(self._zone).date()
            if found := _ISO.match(text):
                return dt.date(*map(int, found.groups()))
            if found := _WEEK.fullmatch(text):
                return dt.date.fromisocalendar(int(found[1]), int(found[2]), 1)
            if found := _PARTS.match(text):
                return _of_parts(found)
            if _SERIAL.fullmatch(text):
                return _EXCEL + dt.timedelta(int(text[:5]))
            if found := _EPOCH.fullmatch(text):
                return dt.datetime.fromtimestamp(int(found[1]), self._zone).date()
        except (ValueError, OverflowError):
            return None
        return None


def _of_parts(found: re.Match[str]) -> _Day | None:
    first, second = int(found[1]), int(found[3])
    year = int(found[4]) + (2000 if len(found[4]) == 2 else 0)
    if found[2] == "." or first > 12:
        return dt.date(year, second, first)
    return dt.date(year, first, second) if second > 12 else (first, second, year)


def _made_day(parts: tuple[int, int, int], month_first: bool) -> dt.date | None:
    first, second, year = parts
    return dt.date(year, first, second) if month_first else dt.date(year, second, first)


# ── Header ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _word(cell: str) -> str:
    bare = unicodedata.normalize("NFKD", bare_word(cell[:80]))
    return "".join(letter for letter in bare if not unicodedata.combining(letter))


def _columns(header: Sequence[str]) -> dict[str, int]:
    """The place of each column that is read, by its name among ours. Of several that may be meant the best known word counts."""
    words = [_word(cell) for cell in header]
    found: dict[str, int] = {}
    for name, synonyms in _HEADERS.items():
        place = next((words.index(word) for word in synonyms if word in words), None)
        if place is not None and place not in found.values():
            found[name] = place
    return found


def _is_header(cells: Sequence[str]) -> bool:
    return len(_columns(cells)) > 1
