"""Options of `report` for what the operator's boss asks: calls per 1,000 sessions, and a pilot that shows what signs change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from chargeside.cli.common import FILE, now, print_findings
from chargeside.findings import Findings
from chargeside.write import write_atomic

if TYPE_CHECKING:  # they load numpy and SciPy
    from chargeside.reporting.calls_work import Files

_DEAREST = 10_000


def _amount(text: str) -> Decimal:
    """An amount of money, with a point or a comma before the cents."""
    try:
        amount = Decimal(text.strip().replace(",", "."))
    except InvalidOperation:
        raise click.BadParameter(f'"{text}" is no amount; write it like 6.50') from None
    if not (amount.is_finite() and 0 < amount <= _DEAREST):
        raise click.BadParameter(f'"{text}" is not between 0 and {_DEAREST:,}')
    return amount


def _currency(text: str) -> str:
    """A currency by its code of ISO 4217."""
    from babel.numbers import is_currency

    code = text.strip().upper()
    if not is_currency(code, "en"):
        raise click.BadParameter(f'"{text}" is no currency; write it like EUR')
    return code


@dataclass(frozen=True, slots=True)
class CallOptions:
    """What was asked of calls, sessions and pilots."""

    calls: Path | None
    sessions: Path | None
    cost: Decimal | None
    currency: str
    pilot: Path | None
    plan_pilot: bool
    sites: int | None
    weeks: int | None
    a_week: float | None
    per_1000: float | None
    seed: int

    def files(self, operator: Path) -> Files | None:
        """The files that a report takes in; None where none were given. Raises click.UsageError where one lacks the other."""
        self._refuse(("--sites", self.sites), ("--weeks", self.weeks), ("--sessions-per-site-week", self.a_week), ("--calls-per-1000", self.per_1000), needs="--plan-pilot")  # fmt: skip
        if self.calls is None or self.sessions is None:
            self._refuse(("--calls", self.calls), needs="--sessions FILE as well: calls mean little without the sessions they came from")  # fmt: skip
            self._refuse(("--sessions", self.sessions), ("--cost-per-call", self.cost), ("--pilot", self.pilot), needs="--calls FILE and --sessions FILE")  # fmt: skip
            return None
        from chargeside.reporting.calls_work import Files

        return Files(operator, self.calls, self.sessions, self.pilot, self.cost, self.currency)

    @staticmethod
    def _refuse(*given: tuple[str, object], needs: str) -> None:
        for name, value in given:
            if value is not None:
                raise click.UsageError(f"{name} needs {needs}")

    def plan(self, operator: Path, out: Path | None) -> None:
        """Draw a pilot, say what it can show, and write it. Raises click.UsageError, ChargesideError and ContentError."""
        if self.sites is None or self.weeks is None or out is None:
            raise click.UsageError("--plan-pilot needs --sites N, --weeks N and --out pilot.csv")
        if out.suffix.lower() != ".csv":
            raise click.BadParameter(f"{out}: a pilot is a table; name it pilot.csv", param_hint="--out")
        from chargeside.reporting import calls_work, making, pilot, work

        asked = calls_work.PilotAsked(
            operator, self.sites, self.weeks, self.seed, self.sessions, self.a_week, self.calls, self.per_1000
        )
        network, findings = work.load_for_report(operator, Findings()), Findings()
        printed = making.printed_signs(operator, network)
        made = calls_work.planned(asked, network, printed, now().date(), findings)
        print_findings(findings.sorted())
        write_atomic(out, pilot.pilot_csv(made))
        click.echo("\n".join([*pilot.pilot_words(made), f"wrote {out}"]), err=True)


def call_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Adds the options, and hands them on as one argument `asked`."""

    @wraps(function)
    def run(*args: Any, **given: Any) -> Any:
        asked = CallOptions(**{name: given.pop(name) for name in CallOptions.__dataclass_fields__})
        return function(*args, asked=asked, **given)

    for option in reversed(_OPTIONS):
        run = option(run)
    return run


_OPTIONS = (
    click.option("--calls", type=FILE, metavar="FILE", help="Calls to your help desk (CSV or XLSX: time, reason, station): the report begins with calls per 1,000 sessions."),
    click.option("--sessions", type=FILE, metavar="FILE", help="With --calls: charging sessions (CSV or XLSX: day, station, attempts, or a row for each)."),
    click.option("--cost-per-call", "cost", type=_amount, metavar="AMOUNT", help="With --calls: what a call costs you, such as 6.50: the report says it in money, too."),
    click.option("--currency", type=_currency, default="EUR", show_default=True, metavar="CODE", help="Of --cost-per-call."),
    click.option("--pilot", type=FILE, metavar="FILE", help="With --calls: the file that --plan-pilot wrote. Its groups are compared."),
    click.option("--plan-pilot", is_flag=True, help="No report: draw sites for signs and for none by lot, write them to --out (CSV), and say the smallest fall in calls that shows."),
    click.option("--sites", type=click.IntRange(1, 100_000), help="With --plan-pilot: sites to draw, half of them for signs."),
    click.option("--weeks", type=click.IntRange(1, 104), help="With --plan-pilot: weeks to count after the signs hang."),
    click.option("--sessions-per-site-week", "a_week", type=click.FloatRange(0, min_open=True), metavar="N", help="With --plan-pilot, without --sessions: how busy a site is."),
    click.option("--calls-per-1000", "per_1000", type=click.FloatRange(0, 1000, min_open=True), metavar="N", help="With --plan-pilot, without --calls: calls per 1,000 sessions."),
    click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="With --plan-pilot: the same number draws the same sites."),
)  # fmt: skip
