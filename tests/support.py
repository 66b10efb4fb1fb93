"""Builds small, real operator folders for tests: operator.yml, OCPI feeds, ledger. Nothing is faked; what is built is loaded."""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from chargeside.check.operator import check_ledger, check_operator
from chargeside.findings import Finding, Findings
from chargeside.load.content import load_content
from chargeside.load.guide import GuideReader, ReadGuide
from chargeside.load.ledger import ledger_bytes
from chargeside.load.network import load_network
from chargeside.load.pictograms import pictogram_names
from chargeside.model.network import Content, LedgerLine, Network
from chargeside.plan.issue import issue_codes
from once import few

TODAY = "2026-11-22"

OPERATOR: dict[str, Any] = {
    "name": "Grid Test (fictional)",
    "country_code": "DE",
    "party_id": "GTS",
    "site_url": "https://help.grid-test.example/",
    "countries": {
        "DE": {
            "languages": ["en"],
            "helpline": {"phone": "+49 800 1234567", "free": True, "hours": "24/7"},
            "emergency_phone": "112",
            "imprint": "Grid Test, Ulm",
            "privacy": "Nothing is kept.",
            "accessibility": "The pages were tested.",
        }
    },
    "languages": ["en"],
    "station_is": "cabinet",
}


def connector(standard: str = "IEC_62196_T2_COMBO", **changes: Any) -> dict[str, Any]:
    """An OCPI Connector, by default a 150 kW CCS2 cable."""
    known = {"id": "1", "standard": standard, "format": "CABLE", "power_type": "DC"}
    return {**known, "max_voltage": 500, "max_amperage": 300, "max_electric_power": 150_000, **changes}


def socket(**changes: Any) -> dict[str, Any]:
    """An OCPI Connector, a 22 kW Type 2 socket."""
    ac = {"format": "SOCKET", "power_type": "AC_3_PHASE", "max_voltage": 230, "max_amperage": 32}
    return connector("IEC_62196_T2", **{**ac, "max_electric_power": 22_000, **changes})


def evse(uid: str = "E1", *connectors: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """An OCPI EVSE, by default with one CCS2 cable."""
    plugs = list(connectors) or [connector()]
    return {"uid": uid, "evse_id": f"DE*GTS*{uid}", "status": "AVAILABLE", "connectors": plugs, **changes}


def location(location_id: str = "L1", *evses: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """An OCPI Location, by default with one EVSE of the same number."""
    known = {
        "country_code": "DE",
        "party_id": "GTS",
        "id": location_id,
        "publish": True,
        "name": f"Site {location_id}",
    }
    place = {"address": "Lange Str. 1", "city": "Ulm", "country": "DEU"}
    where = {"coordinates": {"latitude": "48.400000", "longitude": "9.990000"}}
    charged = list(evses) or [evse(f"E{location_id}")]
    return {**known, **place, **where, "evses": charged, **changes}


@cache
def few_content() -> Content:
    """A dozen of the shared guides."""
    return few(shared_content())


@cache
def shared_content() -> Content:
    """The packaged problems and connectors, loaded once."""
    findings = Findings()
    content = load_content(findings)
    assert not findings.errors
    return content


@cache
def _reader() -> GuideReader:
    return GuideReader(pictogram_names(), shared_content().connectors)


def read_guide(
    text: str, lang: str = "en", shown: str = "problems/x/en.md"
) -> tuple[ReadGuide | None, Findings]:
    """A guide and what was found in it."""
    findings = Findings()
    return _reader().read(text, lang, shown, findings), findings


GUIDE = """\
---
title: The light is red
symptoms: [Red light]
category: starting
outcome: fix
next: another-charger
review: 2027-11-01
---
The charger waits for you.

1. **Unplug** and wait.
   {: #unplug pictogram=unplug }
2. **Plug in** again.
   {: #plug-in pictogram=plug-in when="start_order=plug_first" }
3. **Tap** your card.
   {: #tap }

**Call us if** it stays red.
{: #call }
"""
"""A guide without mistakes, which tests change one thing in."""


def line_of(text: str, words: str) -> int:
    """The line, from 1, of the one place where `words` stand."""
    assert text.count(words) == 1, f"{words!r} stands {text.count(words)} times"
    return text[: text.index(words)].count("\n") + 1


def replaced(text: str, old: str, new: str) -> str:
    """`text` with its one `old` made `new`."""
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times"
    return text.replace(old, new)


@dataclass(frozen=True)
class Folder:
    """An operator's folder on disk."""

    path: Path

    def write(self, name: str, content: str | bytes) -> Path:
        """Write a file of the folder."""
        target = self.path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content.encode() if isinstance(content, str) else content)
        return target

    def feed(self, *locations: dict[str, Any], name: str = "feed") -> Path:
        """Write a feed, one record a line."""
        records = ",\n".join(json.dumps(one) for one in locations)
        return self.write(f"stations/{name}.json", f"[\n{records}\n]\n")

    def text(self, name: str) -> str:
        """A file's text."""
        return (self.path / name).read_text(encoding="utf-8")

    def edit(self, name: str, old: str, new: str) -> None:
        """Change one thing in a file."""
        self.write(name, replaced(self.text(name), old, new))

    def load(self) -> tuple[Network | None, Findings]:
        """The network and what loading found."""
        findings = Findings()
        return load_network(self.path, shared_content(), findings), findings

    def network(self) -> Network:
        """The network of a folder that has no errors."""
        network, findings = self.load()
        assert network is not None, list(findings)
        assert not findings.errors, findings.errors
        return network

    def check(self, *earlier_codes: str) -> Findings:
        """What loading and checking find."""
        network, findings = self.load()
        if network is not None:
            check_operator(network, findings)
            check_ledger(network, earlier_codes, findings)
        return findings

    def issue(self, today: str = TODAY) -> tuple[LedgerLine, ...]:
        """Give every station its code and write the ledger, as `ledger issue` does."""
        network = self.network()
        lines = issue_codes(network.stations, network.ledger, network.operator, today)
        self.write("ledger.csv", ledger_bytes(lines))
        return lines


class _WithoutAliases(yaml.SafeDumper):
    """Writes a value that is used twice twice, as a person would."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def operator_folder(base: Path, *locations: dict[str, Any], **changes: Any) -> Folder:
    """A small valid operator in `base`/op, its codes issued. `changes`: top-level values of operator.yml, None removes one."""
    folder = Folder(base / "op")
    values = {name: value for name, value in {**deepcopy(OPERATOR), **changes}.items() if value is not None}
    folder.write(
        "operator.yml", yaml.dump(values, Dumper=_WithoutAliases, sort_keys=False, allow_unicode=True)
    )
    folder.feed(*(locations or (location("L1"), location("L2"))))
    folder.issue()
    return folder


def found(findings: Findings, code: str) -> Finding:
    """The one finding of a rule."""
    those = [finding for finding in findings if finding.code == code]
    assert len(those) == 1, [str(finding) for finding in findings]
    return those[0]


def codes_of(findings: Findings) -> list[str]:
    """Rules broken, sorted."""
    return sorted({finding.code for finding in findings})
