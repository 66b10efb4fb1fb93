"""`placards --changed --fitting --record --reserved`: the options, and what is said of that work."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import click

from chargeside.cli.common import counted, print_findings
from chargeside.findings import Findings
from chargeside.plan.reprint import Reprint
from chargeside.progress import shown_progress
from chargeside.signs_work import (
    ACCESSIBLE,
    Asked,
    Signs,
    accessible_signs,
    check_signs,
    fitting_sheets,
    read_signs,
    record,
    write_list,
)

_FEW = 10
"""Signs that are named one by one."""


def sign_options(function: Any) -> Any:
    """The options of `placards` for what becomes of the signs."""
    for option in reversed((
        click.option("--reserved", is_flag=True, help="Also signs for reserved codes, which have no charger yet."),
        click.option("--changed", is_flag=True, help="List the signs to print again, and why: OUT/reprint.html and reprint.csv."),
        click.option("--fitting", is_flag=True, help="A fitting sheet for each site: OUT/fitting/*.pdf; with --changed for the signs on the list."),
        click.option("--record", is_flag=True, help="Note in signs.csv that these signs were printed; with --changed those on the list."),
        click.option("--accessible", is_flag=True, help="Also each sign as a tagged PDF for screen readers, in the manner of PDF/UA-1: OUT/accessible/*.pdf. Not for print."),
    )):  # fmt: skip
        function = option(function)
    return function


@dataclass(frozen=True)
class AfterSigns:
    """What is to be done once the signs are made."""

    asked: Asked
    changed: bool
    fitting: bool
    record: bool
    accessible: bool

    def check(self) -> None:
        """Whether it can be done. Raises ContentError."""
        if self.changed or self.record:
            check_signs(self.asked.folder)

    def work(self) -> None:
        """Write the list and the fitting sheets, then note what was printed. Raises ContentError and WriteError."""
        findings = Findings()
        if self.changed or self.fitting or self.accessible:
            signs = read_signs(self.asked, findings)
            if self.accessible:
                with shown_progress() as progress:
                    made = accessible_signs(signs, findings, progress)
                click.echo(
                    f"{counted(len(made), 'accessible sign')} in {self.asked.out / ACCESSIBLE}.", err=True
                )
            reprint = signs.reprint() if self.changed else None
            if reprint is not None:
                self._list(reprint)
            if self.fitting:
                self._sheets(signs, reprint, findings)
        if self.record:
            self._record(findings)
        print_findings(findings.sorted())

    def _list(self, reprint: Reprint) -> None:
        page, *_ = write_list(self.asked.out, reprint)
        counts = [f"{count} {verdict}" for verdict, count in reprint.counts.items() if count]
        click.echo(
            f"Of {counted(reprint.compared, 'sign')}: {', '.join(counts) or 'none to print'}.", err=True
        )
        click.echo(f"  {page}", err=True)

    def _sheets(self, signs: Signs, reprint: Reprint | None, findings: Findings) -> None:
        with shown_progress() as progress:
            made = fitting_sheets(signs, reprint, findings, progress)
        where = f" in {made[0].parent}" if made else ""
        click.echo(f"{counted(len(made), 'fitting sheet')}{where}.", err=True)

    def _record(self, findings: Findings) -> None:
        done = record(self.asked, findings, changed=self.changed)
        gone = f", {counted(done.gone, 'line')} of signs to take down removed" if done.gone else ""
        click.echo(
            f"{counted(done.signs, 'sign')} noted as printed on {self.asked.today}{gone}: {done.file}",
            err=True,
        )
        if done.missing:
            names = ", ".join(done.missing[:_FEW]) + (" …" if len(done.missing) > _FEW else "")
            click.echo(
                f"{counted(len(done.missing), 'sign')} not noted, for want of a proofed PDF: {names}",
                err=True,
            )
