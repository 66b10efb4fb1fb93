"""From counts to what a report says: by the operator's clock, in the operator's language, each number with how sure it is."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from chargeside.i18n import Translator, listed, translator
from chargeside.load.signs import PrintedSign
from chargeside.model.network import Network, Station
from chargeside.model.zones import zones_of
from chargeside.plan.reprint import Reprint, Verdict
from chargeside.reporting import chance
from chargeside.reporting.calling import CallFigures
from chargeside.reporting.counts import Counts
from chargeside.reporting.figures import (
    HOURS,
    WEEKDAYS,
    ProblemRow,
    Reading,
    Report,
    SignRow,
    StationRow,
    Trend,
)
from chargeside.reporting.site import Site

_MOST_ROWS = 50
"""Chargers and signs that are named one by one."""
_LEAST_ALIKE = 5
"""Chargers of a kind from which on one can stand out from the others."""
_LEAST_STUCK = 3
_LEAST_VISITS = 30
_CHANCE = 0.05
_TREND_WEEKS = 4
_KINDS = ("visit", "scan", "asked", "ok", "call")
_EPOCH = dt.date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Beside the counts: `made`: today; `lang`: of the report; `printed`: signs.csv; `reprint`: the list of signs that say
    something else today, None where none was ever printed."""

    made: dt.date
    lang: str
    printed: Sequence[PrintedSign] = ()
    reprint: Reprint | None = None
    calls: CallFigures | None = None


def report_of(counts: Counts, network: Network, site: Site, wanted: Wanted) -> Report:
    """All that the report says."""
    return _Figures(counts, network, site, wanted).report()


def zone_of(network: Network) -> dt.tzinfo:
    """The operator's clock: that of the first country in operator.yml."""
    zones = zones_of("", next(iter(network.operator.countries)))
    return zones[0] if zones else dt.UTC


class _Figures:
    def __init__(self, counts: Counts, network: Network, site: Site, wanted: Wanted) -> None:
        self.counts, self.network, self.site, self.wanted = counts, network, site, wanted
        self.zone = zone_of(network)
        self._: Translator = translator(wanted.lang)
        self._clock()
        self.days = self._span()
        self.weeks = self._weeks()

    # --------------------------------------------------------------------------------------------- time

    def _clock(self) -> None:
        """A table from hours (UTC) to day, week, weekday and hour by the operator's clock."""
        rows = []
        for (hour,) in self.counts.rows("SELECT DISTINCT hour FROM counts"):
            here = dt.datetime.fromtimestamp(hour * 3600, dt.UTC).astimezone(self.zone)
            day = (here.date() - _EPOCH).days
            rows.append((hour, day, day - here.weekday(), here.weekday(), here.hour))
        database = self.counts.database
        database.execute(
            "CREATE OR REPLACE TEMP TABLE clock (hour INTEGER, day INTEGER, week INTEGER, weekday INTEGER, at_hour INTEGER)"
        )
        if rows:
            columns = [list(column) for column in zip(*rows, strict=True)]
            database.execute(
                "INSERT INTO clock SELECT " + ", ".join(f"unnest(${n}::INTEGER[])" for n in range(1, 6)),
                columns,
            )

    def _span(self) -> tuple[dt.date, dt.date] | None:
        days = self.counts.rows("SELECT min(day), max(day) FROM clock")[0]
        lines = self.counts.days()
        found = [day for day in (*days, *(lines or ())) if day is not None]
        return (
            (
                _EPOCH + dt.timedelta(min(found)),
                _EPOCH + dt.timedelta(max(days[1] or 0, lines[1] if lines else 0)),
            )
            if found
            else None
        )

    def _weeks(self) -> tuple[dt.date, ...]:
        if self.days is None:
            return ()
        first, last = self.days
        monday = first - dt.timedelta(first.weekday())
        return tuple(monday + dt.timedelta(weeks=n) for n in range((last - monday).days // 7 + 1))

    @property
    def _partial(self) -> tuple[bool, ...]:
        if self.days is None:
            return ()
        first, last = self.days
        return tuple(week < first or week + dt.timedelta(6) > last for week in self.weeks)

    def _by_week(self, rows: Iterable[tuple[str, int, int]]) -> dict[str, tuple[int, ...]]:
        """Counts week by week from (name, week, n)."""
        places = {(week - _EPOCH).days: place for place, week in enumerate(self.weeks)}
        found: dict[str, list[int]] = defaultdict(lambda: [0] * len(self.weeks))
        for name, week, n in rows:
            found[name][places[week]] += n
        return {name: tuple(weeks) for name, weeks in found.items()}

    def _trend(self, weeks: tuple[int, ...]) -> Trend:
        whole = [n for n, partial in zip(weeks, self._partial, strict=True) if not partial]
        half = min(_TREND_WEEKS, len(whole) // 2)
        return Trend(weeks, chance.change(whole[-2 * half : -half], whole[-half:]) if half else None)

    # --------------------------------------------------------------------------------------------- the whole

    def report(self) -> Report:
        total = dict(self.counts.rows("SELECT kind, sum(n)::BIGINT FROM counts GROUP BY kind"))
        per_week = self._by_week(
            self.counts.rows(
                "SELECT kind, week, sum(n)::BIGINT FROM counts JOIN clock USING (hour) GROUP BY ALL"
            )
        )
        empty = (0,) * len(self.weeks)
        fates = self.counts.fates()
        stations = self._stations()
        out, tested = self._standing_out(stations)
        never, never_total = self._never_scanned(stations)
        ok, stuck = total.get("ok", 0), total.get("call", 0)
        first, last = (day.isoformat() for day in self.days) if self.days else ("", "")
        return Report(
            operator=self.network.operator.name,
            lang=self.wanted.lang,
            first=first,
            last=last,
            zone=str(self.zone),
            stations=len(self.network.stations),
            visits=total.get("visit", 0),
            scans=total.get("scan", 0),
            asked=total.get("asked", 0),
            ok=ok,
            stuck=stuck,
            solved=chance.share(ok, ok + stuck),
            weeks=tuple(week.isoformat() for week in self.weeks),
            partial=self._partial,
            per_week={kind: per_week.get(kind, empty) for kind in _KINDS},
            problems=self._problems(),
            languages=self._languages(),
            topics=tuple(
                sorted(
                    (
                        (name, total.get(name, 0))
                        for name in (
                            "plugs",
                            "pay",
                            "speed",
                            "codes",
                            "all",
                            "words",
                            "find",
                            "fake",
                            "kept",
                            "library",
                        )
                    ),
                    key=lambda row: (-row[1], row[0]),
                )
            ),
            hours=self._hours(),
            kinds=self._kinds(stations),
            busiest=tuple(sorted(stations, key=lambda row: (-row.visits, row.code))[:_MOST_ROWS]),
            standing_out=out,
            tested=tested,
            never_scanned=never,
            never_total=never_total,
            outdated=self._outdated(stations),
            unknown=self._unknown(),
            reading=Reading(
                lines=sum(
                    fates[fate]
                    for fate in ("counted", "bot", "prefetch", "desk", "other", "damaged", "elsewhere")
                ),
                counted=fates["counted"],
                bots=fates["bot"],
                prefetch=fates["prefetch"],
                desk=fates["desk"],
                other=fates["other"],
                damaged=fates["damaged"],
                elsewhere=fates["elsewhere"],
            ),
            made=self.wanted.made,
            no_referer=fates["no_referer"] > 0,
            few=total.get("visit", 0) < _LEAST_VISITS,
            calls=self.wanted.calls,
        )

    # --------------------------------------------------------------------------------------------- problems

    def _problems(self) -> tuple[ProblemRow, ...]:
        rows = self.counts.rows("""SELECT problem, week, kind, sum(n)::BIGINT FROM counts JOIN clock USING (hour)
            WHERE problem <> '' AND kind IN ('asked', 'guide', 'ok', 'call') GROUP BY ALL""")
        known = self.network.content.problems
        totals: dict[tuple[str, str], int] = defaultdict(int)
        for problem, _week, kind, n in rows:
            totals[problem, kind] += n
        weeks = self._by_week((problem, week, n) for problem, week, kind, n in rows if kind == "asked")
        found = []
        for slug in sorted(weeks.keys() & known.keys()):
            problem = known[slug]
            ok, stuck = totals[slug, "ok"], totals[slug, "call"]
            found.append(
                ProblemRow(
                    slug=slug,
                    title=problem.guide(self.wanted.lang).title,
                    category=problem.category,
                    asked=sum(weeks[slug]),
                    opened=totals[slug, "guide"],
                    ok=ok,
                    stuck=stuck,
                    solved=chance.share(ok, ok + stuck),
                    trend=self._trend(weeks[slug]),
                    step_list=f"problems/{slug}/en.md",
                )
            )
        return tuple(sorted(found, key=lambda row: (-row.asked, row.slug)))

    def _languages(self) -> tuple[tuple[str, int], ...]:
        """Pages in each language. A charger's own page is in its country's first."""
        rows = self.counts.rows("""SELECT station, lang, sum(n)::BIGINT FROM counts
            WHERE kind NOT IN ('visit', 'scan', 'asked', 'unknown', 'library') GROUP BY ALL""")
        found: dict[str, int] = defaultdict(int)
        for station, lang, n in rows:
            country = self.network.country(self.network.country_of(station))
            found[lang or country.languages[0]] += n
        known = set(self.network.operator.languages)
        mix = ((lang, n) for lang, n in found.items() if lang in known)
        return tuple(sorted(mix, key=lambda row: (-row[1], row[0])))

    def _hours(self) -> tuple[tuple[int, ...], ...]:
        table = [[0] * HOURS for _ in range(WEEKDAYS)]
        for weekday, hour, n in self.counts.rows("""SELECT weekday, at_hour, sum(n)::BIGINT FROM counts
                JOIN clock USING (hour) WHERE kind = 'scan' GROUP BY ALL"""):
            table[weekday][hour] = n
        return tuple(map(tuple, table))

    # --------------------------------------------------------------------------------------------- chargers

    def _stations(self) -> list[StationRow]:
        counted: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        for station, kind, n in self.counts.rows("""SELECT station, kind, sum(n)::BIGINT FROM counts
                WHERE station <> '' AND kind IN ('visit', 'scan', 'ok', 'call') GROUP BY ALL"""):
            counted[station][kind] = n
        last = dict(
            self.counts.rows("""SELECT station, max(day) FROM counts JOIN clock USING (hour)
            WHERE kind = 'scan' GROUP BY station""")
        )
        asked: dict[str, list[tuple[str, int]]] = defaultdict(list)
        for (
            station,
            problem,
            n,
        ) in self.counts.rows("""SELECT station, problem, sum(n)::BIGINT AS n FROM counts
                WHERE kind = 'asked' AND station <> '' GROUP BY ALL ORDER BY station, n DESC, problem"""):
            if len(asked[station]) < 3:
                asked[station].append((problem, n))
        return [
            self._row(station, counted[station.code], asked[station.code], last.get(station.code))
            for station in self.network.stations
        ]

    def _row(
        self,
        station: Station,
        n: Mapping[str, int],
        asked: Sequence[tuple[str, int]],
        last: int | None,
    ) -> StationRow:
        location = station.location
        return StationRow(
            code=station.code,
            number=_number(station),
            name=station.name,
            place=", ".join(filter(None, (location.address, location.city))),
            kind=self._kind_words(self.site.kinds.get(station.code, "")),
            visits=n.get("visit", 0),
            scans=n.get("scan", 0),
            ok=n.get("ok", 0),
            stuck=n.get("call", 0),
            problems=tuple(asked),
            last_scan=(_EPOCH + dt.timedelta(last)).isoformat() if last is not None else "",
        )

    def _kind_words(self, kind: str) -> str:
        """`DC · cable · Example 180` of a kind of charger."""
        words = {"cable": self._("Cable"), "socket": self._("Socket")}
        parts = [
            listed([words.get(one, one) for one in clause.partition("=")[2].split("|")], self.wanted.lang)
            for clause in kind.split(" and ")
            if clause
        ]
        return " · ".join(parts) or self._("Not known")

    def _alike(self, rows: Sequence[StationRow]) -> dict[str, list[StationRow]]:
        found = defaultdict(list)
        for row in rows:
            found[row.kind].append(row)
        return found

    def _kinds(self, rows: Sequence[StationRow]) -> tuple[tuple[str, int, int, int], ...]:
        table = (
            (kind, len(alike), sum(row.scans for row in alike), sum(row.stuck for row in alike))
            for kind, alike in self._alike(rows).items()
        )
        return tuple(sorted(table, key=lambda row: (-row[2], -row[1], row[0])))

    def _standing_out(self, rows: Sequence[StationRow]) -> tuple[tuple[StationRow, ...], int]:
        """Chargers where more drivers are stuck than chance explains, beside others of their kind with as many visits."""
        tested: list[StationRow] = []
        chances: list[float] = []
        for alike in self._alike(rows).values():
            seen = [row for row in alike if row.visits]
            if len(seen) < _LEAST_ALIKE:
                continue
            visits, stuck = sum(row.visits for row in seen), sum(row.stuck for row in seen)
            # Beside the others: a charger does not count among what it is compared with.
            expected = [
                row.visits * (stuck - row.stuck + 0.5) / max(1, visits - row.visits + 1) for row in seen
            ]
            spread = chance.spread_of([row.stuck for row in seen], expected)
            for row, mean in zip(seen, expected, strict=True):
                tested.append(replace(row, expected=mean))
                chances.append(chance.chance_of_so_many(row.stuck, mean, spread))
        sure = (
            replace(row, chance=one)
            for row, one in zip(tested, chance.among_many(chances), strict=True)
            if one < _CHANCE and row.stuck >= _LEAST_STUCK
        )
        return tuple(sorted(sure, key=lambda row: (row.chance, -row.stuck, row.code))[:_MOST_ROWS]), len(
            tested
        )

    # --------------------------------------------------------------------------------------------- signs

    def _never_scanned(self, rows: Sequence[StationRow]) -> tuple[tuple[SignRow, ...], int]:
        """Signs that nobody scanned, where most of their kind were: those first where that is least likely by chance."""
        if self.days is None:
            return (), 0
        first, last = self.days
        printed: dict[str, PrintedSign] = {}
        for sign in self.wanted.printed:
            held = printed.setdefault(sign.code, sign)
            if sign.printed > held.printed:
                printed[sign.code] = sign
        found = []
        for alike in self._alike(rows).values():
            days = [self._hung(row, printed, first, last) for row in alike]
            scans, total = sum(row.scans for row in alike), sum(days)
            expected = [scans * one / total if total else 0.0 for one in days]
            spread = chance.spread_of([row.scans for row in alike], expected)
            for row, hung, mean in zip(alike, days, expected, strict=True):
                if row.scans or not hung or (printed and row.code not in printed):
                    continue
                last_printed = printed.get(row.code)
                found.append(
                    SignRow(
                        code=row.code,
                        number=row.number,
                        name=row.name,
                        mark=last_printed.mark if last_printed else "",
                        printed=last_printed.printed if last_printed else "",
                        seen=last_printed.seen if last_printed else "",
                        days=hung,
                        chance=chance.chance_of_none(mean, spread) if scans else None,
                    )
                )
        found.sort(key=lambda row: (row.chance is None, row.chance or 0, row.code))
        return tuple(found[:_MOST_ROWS]), len(found)

    @staticmethod
    def _hung(row: StationRow, printed: Mapping[str, PrintedSign], first: dt.date, last: dt.date) -> int:
        """Days of the report in which the sign of a charger may have hung; without signs.csv all of them."""
        sign = printed.get(row.code)
        since = max(first, dt.date.fromisoformat(sign.printed)) if sign else first
        return max(0, (last - since).days + 1)

    def _outdated(self, rows: Sequence[StationRow]) -> tuple[SignRow, ...]:
        if self.wanted.reprint is None:
            return ()
        by_code = {row.code: row for row in rows}
        found = []
        for of in self.wanted.reprint.sites:
            for entry in of.entries:
                if entry.verdict in (Verdict.OUTDATED, Verdict.DOWN):
                    row = by_code.get(entry.code)
                    found.append(
                        SignRow(
                            code=entry.code,
                            number=entry.number,
                            name=of.site.name,
                            mark=entry.was,
                            newest=entry.mark,
                            printed=entry.printed,
                            scans=row.scans if row else 0,
                        )
                    )
        return tuple(sorted(found, key=lambda row: (-row.scans, row.code))[:_MOST_ROWS])

    def _unknown(self) -> tuple[SignRow, ...]:
        rows = self.counts.rows("""SELECT station, sum(n)::BIGINT AS n FROM counts WHERE kind = 'unknown'
            GROUP BY station ORDER BY n DESC, station LIMIT 20""")
        return tuple(SignRow(code=code, number="", name="", scans=n) for code, n in rows)


def report_language(network: Network, asked: str | None) -> str:
    """The language of a report: the one asked for, else the first of operator.yml."""
    return asked or network.operator.languages[0]


def _number(station: Station) -> str:
    """What stands on the charger, as a driver would say it."""
    numbers = dict.fromkeys(point.number for point in station.points if point.number)
    return " | ".join(numbers) or station.number or station.code
