"""`check`: mistakes in content and data, and where each fact of a station comes from."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from chargeside.cli.common import (
    FILE,
    FOLDER,
    command,
    exit_by,
    github_line,
    now,
    print_findings,
    today,
    write_report,
)
from chargeside.findings import RULES, Findings, nearest
from chargeside.journal import Journal
from chargeside.load.content import content_root, load_content

if TYPE_CHECKING:
    from chargeside.changed import Affects
    from chargeside.model.network import Network


@click.command()
@click.argument("operator_dir", type=FOLDER, required=False)
@click.option(
    "--explain", "code", metavar="CODE", help="Show each fact of this station and where it came from."
)
@click.option(
    "--format",
    "style",
    type=click.Choice(["text", "json", "github"]),
    default="text",
    help="How to print findings.",
)
@click.option(
    "--propose-cabinets",
    "cabinets",
    type=FILE,
    metavar="FILE.csv",
    help="Write overrides.csv with rows for EVSEs that look as if they share a cabinet, for you to check.",
)
@click.option(
    "--report",
    type=FOLDER,
    metavar="DIR",
    help="Write a data-quality report: what to mend in your station data, what is assumed meanwhile.",
)
@click.option(
    "--changed",
    "base",
    metavar="BASE",
    help="Only what differs from this branch (like main), and what that means for drivers and translators.",
)
@click.option(
    "--links",
    is_flag=True,
    help="Follow the links of guides too, over the network, and name those that lead nowhere.",
)
@click.option(
    "--why",
    "rule",
    metavar="RULE",
    help="Explain a rule, like G526: why there is one, a bad example and a good one.",
)
@command
def check(
    operator_dir: Path | None,
    code: str | None,
    style: str,
    cabinets: Path | None,
    report: Path | None,
    base: str | None,
    rule: str | None,
    links: bool,
) -> None:
    """Look for mistakes in guides, connectors and translations, and in an operator's folder if you name one.

    Every finding says file, line, what, and how to mend it. Exit status 1 when one is an error.
    """
    if rule is not None:
        click.echo(_why(rule))
        return
    if (code or cabinets or report) and (base is not None or not operator_dir):
        raise click.UsageError(
            "--explain, --propose-cabinets and --report need OPERATOR_DIR, and go without --changed"
        )
    if base is not None:
        _check_changed(operator_dir, base, style)
    findings = Findings(Journal() if report else None)
    network = _check_operator(operator_dir, findings) if operator_dir else None
    if not operator_dir:
        _check_shared(findings)
    if links:
        _follow_links(operator_dir, findings)
    if report and operator_dir:
        write_report(findings, report, operator_dir, network=network)
    if code:
        station = network.station_by_code.get(code) if network else None
        if station is None:
            print_findings(findings.errors)
            raise click.BadParameter(
                f"no station has the code {code}; see `chargeside ledger show {operator_dir}`",
                param_hint="--explain",
            )
        assert network is not None
        from chargeside.explain import explain, explain_price

        for line in (*explain(station), *explain_price(station, network, today())):
            click.echo(line)
        return
    if cabinets and operator_dir:
        _write_cabinets(operator_dir, cabinets, network, findings)
        return
    _print(findings, style)
    exit_by(findings)


def _check_operator(folder: Path, findings: Findings) -> Network | None:
    from chargeside.build import committed_codes, load_and_check

    return load_and_check(folder, today(), findings, committed_codes(folder), now().isoformat())


def _follow_links(operator_dir: Path | None, findings: Findings) -> None:
    from chargeside.fetching.links import check_links, links_of

    asked = check_links(links_of(load_content(Findings(), operator_dir)), findings)
    click.echo(f"{asked} links followed", err=True)


def _check_shared(findings: Findings) -> None:
    """What all operators share: guides, connectors, pictograms, catalogues."""
    from chargeside.check.catalogues import check_catalogues
    from chargeside.check.guide_pictograms import check_pictograms
    from chargeside.check.guides import check_content
    from chargeside.i18n import LANGUAGES

    content = load_content(findings)
    check_content(content, today(), findings)
    check_pictograms(content, findings)
    check_catalogues(LANGUAGES, findings)


def _check_changed(operator_dir: Path | None, base: str, style: str) -> NoReturn:
    """Findings in what was touched since BASE, then what the changes mean. Ends the command."""
    from chargeside.changed import affects, check_touched, kept, touched

    what = touched(base, operator_dir)
    findings = Findings()
    network = _check_operator(operator_dir, findings) if operator_dir else None
    if network:
        content = network.content
    elif operator_dir:
        content = load_content(Findings(), operator_dir)
    elif what.only_guides:
        content = check_touched(what, today(), findings)
    else:
        _check_shared(findings)
        content = load_content(Findings())
    mine, meaning = kept(findings, what), affects(what, content, network)
    _print(mine, style, meaning)
    exit_by(mine)


def _print(findings: Findings, style: str, meaning: Affects | None = None) -> None:
    if style == "json":
        report: dict[str, Any] = {"findings": [finding.as_dict() for finding in findings.sorted()]}
        if meaning is not None:
            report["affects"] = meaning.as_dict()
        click.echo(json.dumps(report, ensure_ascii=False, indent=1))
    elif style == "github":
        for finding in findings.sorted():
            click.echo(github_line(finding))
        for path, line, text in meaning or ():
            click.echo(f"::notice file={path},line={line}::{text.replace('%', '%25')}")
    else:
        print_findings(findings.sorted(), err=False, summary=True)
        if meaning is not None:
            click.echo(f"\nWhat changes, compared with {meaning.since[:10]}:")
        for path, line, text in meaning or ():
            click.echo(f"{path}:{line}: {text}")


def _why(rule: str) -> str:
    """The page of a rule in the author handbook; where there is none, what the rule means."""
    code = rule.strip().upper()
    if code not in RULES:
        raise click.BadParameter(nearest(code, RULES), param_hint="--why")
    page = content_root() / "docs" / "authors" / "rules" / f"{code.lower()}.md"
    if page.is_file():
        return page.read_text(encoding="utf-8").strip()
    return f"{code}: {RULES[code].meaning} ({RULES[code].severity})."


_SHOWN = 20
"""Proposals that are listed on the terminal; the file has all."""


def _write_cabinets(folder: Path, path: Path, network: Network | None, findings: Findings) -> None:
    """Write the proposals beside what overrides.csv says already. That file itself stays as it is: a person decides."""
    from chargeside.check.cabinets import proposals_csv, propose
    from chargeside.write import write_atomic

    if path.resolve() == (folder / "overrides.csv").resolve():
        raise click.BadParameter(
            "choose another name: you save the rows as overrides.csv once you have checked them",
            param_hint="--propose-cabinets",
        )
    proposals = propose(network) if network else ()
    text = proposals_csv(proposals, folder / "overrides.csv", f"{folder.name}/overrides.csv", findings)
    if network is None or text is None:
        print_findings(findings.errors)
        click.echo("Nothing was written.", err=True)
        sys.exit(1)
    if not proposals:
        click.echo(
            "No EVSEs look as if they share a cabinet that overrides.csv does not name. Nothing was written."
        )
        return
    write_atomic(path, text.encode())
    for proposal in proposals[:_SHOWN]:
        click.echo(str(proposal))
    if len(proposals) > _SHOWN:
        click.echo(f"... and {len(proposals) - _SHOWN} more in the file")
    click.echo(
        f"wrote {path}: {len(proposals)} cabinet(s). Sides are a guess unless their names say so: check them on site."
    )
    click.echo(
        f"Next: save it as {folder / 'overrides.csv'}, then `chargeside ledger rematch {folder} --confirm-from 100`."
    )
