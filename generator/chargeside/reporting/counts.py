"""Counts of what drivers did, hour by hour: a table that adds up, and its Parquet files, which add up too.

Nothing of a visitor is in it. Columns: `hour` (hours since 1970, UTC), `station` (7 digits or ''), `problem` (slug or ''), `lang`, `kind`
(events.KINDS), `n`; and of the lines read: `day` (days since 1970, -1 where a line tells none), `fate` (events.FATES, and
`no_referer`, `no_agent`, `no_address`: counted lines whose log does not tell that), `n`.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chargeside.errors import ChargesideError
from chargeside.reporting.events import FATES, KINDS

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

LACKS = ("no_referer", "no_agent", "no_address")
_COUNTS = "hour INTEGER, station VARCHAR, problem VARCHAR, lang VARCHAR, kind VARCHAR, n BIGINT"
_LINES = "day INTEGER, fate VARCHAR, n BIGINT"
MEMORY = "600MB"
"""What DuckDB may use before it spills; what Python and the charts need comes on top."""


class Counts:
    """Counts in a database of their own. Made by `counting`, which also removes it."""

    def __init__(self, database: DuckDBPyConnection) -> None:
        self.database = database
        database.execute(f"CREATE TABLE counts ({_COUNTS}); CREATE TABLE lines ({_LINES})")

    def rows(self, sql: str, values: Any = None) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        return self.database.execute(sql, values).fetchall()

    def add_up(self) -> None:
        """Rows of the same key become one. What was added from several logs or files is told apart no longer."""
        self.database.execute("""
            CREATE OR REPLACE TABLE counts AS
              SELECT hour, station, problem, lang, kind, sum(n)::BIGINT AS n FROM counts GROUP BY ALL ORDER BY ALL;
            CREATE OR REPLACE TABLE lines AS SELECT day, fate, sum(n)::BIGINT AS n FROM lines GROUP BY ALL ORDER BY ALL""")

    def table(self) -> Counter[tuple[str, str, str, str, str]]:
        """n by (hour as UTC 2026-11-30T07, station, problem, lang, kind): small ones only."""
        rows = self.rows("""SELECT strftime(make_timestamp(hour::BIGINT * 3600000000), '%Y-%m-%dT%H'), station, problem,
            lang, kind, n FROM counts""")
        return Counter({tuple(row[:5]): row[5] for row in rows})

    def fates(self) -> Mapping[str, int]:
        """How many lines there were by what became of them."""
        found = dict(self.rows("SELECT fate, sum(n)::BIGINT FROM lines GROUP BY fate"))
        return {name: found.get(name, 0) for name in (*FATES, *LACKS)}

    def days(self) -> tuple[int, int] | None:
        """First and last day (since 1970, UTC) that any line tells of; None without lines."""
        first, last = self.rows("SELECT min(day), max(day) FROM lines WHERE day >= 0")[0]
        return None if first is None else (first, last)

    def write_parquet(self, folder: Path, kinds: Mapping[str, str]) -> None:
        """Write day=YYYY-MM-DD/counts.parquet and lines.parquet into a folder that does not exist yet. `kinds`: kind of charger by code,
        which is written beside each count so that a warehouse needs no other table."""
        self.database.execute("CREATE OR REPLACE TEMP TABLE kits (station VARCHAR, kit VARCHAR)")
        if kinds:
            names = list(kinds)
            self.database.execute(
                "INSERT INTO kits SELECT unnest($1::VARCHAR[]), unnest($2::VARCHAR[])",
                [names, [kinds[name] for name in names]],
            )
        folder.mkdir(parents=True)
        for (day,) in self.rows("SELECT DISTINCT hour // 24 AS day FROM counts ORDER BY day"):
            name = self.rows("SELECT (DATE '1970-01-01' + CAST(? AS INTEGER))::VARCHAR", [day])[0][0]
            place = folder / f"day={name}"
            place.mkdir()
            self.database.execute(
                f"""COPY (SELECT make_timestamp(hour::BIGINT * 3600000000) AS hour, station, coalesce(kit, '') AS kit, problem, lang,
                    kind, n FROM counts LEFT JOIN kits USING (station) WHERE hour // 24 = {int(day)} ORDER BY ALL)
                    TO {_path(place / "counts.parquet")} (FORMAT parquet, COMPRESSION zstd)"""
            )
        self.database.execute(
            f"COPY (FROM lines ORDER BY ALL) TO {_path(folder / 'lines.parquet')} (FORMAT parquet)"
        )

    def add_parquet(self, folder: Path) -> None:
        """Add counts that `write_parquet` wrote. Raises ChargesideError where the folder holds something else."""
        import duckdb

        files = sorted(folder.glob("day=*/counts.parquet"))
        lines = folder / "lines.parquet"
        if not lines.is_file():
            raise ChargesideError(
                f"{folder} holds no counts: name a folder that `chargeside report --counts` wrote"
            )
        kinds = ", ".join(f"'{kind}'" for kind in KINDS)
        fates = ", ".join(f"'{fate}'" for fate in (*FATES, *LACKS))
        try:
            for file in files:
                self.database.execute(f"""INSERT INTO counts SELECT (epoch(hour) // 3600)::INTEGER, station::VARCHAR,
                    problem::VARCHAR, lang::VARCHAR, kind::VARCHAR, n::BIGINT FROM read_parquet({_path(file)}, hive_partitioning = false)
                    WHERE n > 0 AND kind IN ({kinds}) AND regexp_full_match(station, '([0-9]{{7}})?')
                      AND regexp_full_match(problem, '[a-z0-9-]*') AND regexp_full_match(lang, '[A-Za-z0-9-]*')""")
            self.database.execute(f"""INSERT INTO lines SELECT day::INTEGER, fate::VARCHAR, n::BIGINT
                FROM read_parquet({_path(lines)}) WHERE n > 0 AND fate IN ({fates})""")
        except duckdb.Error as error:
            first = str(error).splitlines()[0]
            raise ChargesideError(
                f"{folder} holds something else than counts, or is damaged ({first}); write it anew"
            ) from None


def _path(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"


@contextmanager
def counting(scratch: Path) -> Iterator[Counts]:
    """An empty table of counts. What does not fit into memory is in `scratch` (salted digests, never an address) until the end.

    Raises ChargesideError where DuckDB is missing."""
    try:
        import duckdb
    except ImportError:
        raise ChargesideError(
            'reading logs needs packages that are not here: pip install "chargeside[report]"'
        ) from None
    place = scratch / "counting"
    place.mkdir(mode=0o700, parents=True)
    database = duckdb.connect(
        str(place / "counts.duckdb"),
        config={
            "memory_limit": MEMORY,
            "temp_directory": str(place / "spill"),
            "preserve_insertion_order": "false",
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
        },
    )
    try:
        database.execute("SET TimeZone = 'UTC'")
        yield Counts(database)
    finally:
        database.close()
        shutil.rmtree(place, ignore_errors=True)
