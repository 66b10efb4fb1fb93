"""OCPI Locations from a feed file (2.2.1 and 2.3.0, read leniently), and the facts they hold.

Source of field names and values: OCPI 2.2.1-d2 and 2.3.0-ed2, mod_locations.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from chargeside.findings import Findings
from chargeside.load.ocpi_kinds import KINDS
from chargeside.load.ocpi_reader import LocationReader
from chargeside.load.ocpi_values import PLUG_AND_CHARGE
from chargeside.load.records import read_records, warn_if_empty
from chargeside.load.tally import Tally
from chargeside.model.facts import Fact, FactValue, Origin
from chargeside.model.ocpi import Connector, Evse, ExtraFacts, Location

_PAYMENT_BY_CAPABILITY: Mapping[str, str] = {
    "CONTACTLESS_CARD_SUPPORT": "contactless",
    "CHIP_CARD_SUPPORT": "chip",
    "PED_TERMINAL": "chip",
    "RFID_READER": "rfid",
    **dict.fromkeys(PLUG_AND_CHARGE, "plug_and_charge"),
}
"""What a capability promises a driver. REMOTE_START_STOP_CAPABLE, CREDIT_CARD_PAYABLE and DEBIT_CARD_PAYABLE promise nothing:
feeds set them on every EVSE, whatever stands there. A person sets `payment.app` in operator.yml."""

_Values = tuple[tuple[str, FactValue], ...]


def read_feed(
    path: Path, shown: str, connector_by_ocpi: Mapping[str, str], findings: Findings
) -> tuple[Location, ...]:
    """The Locations of a feed file that may be shown; none when the file cannot be read to its end.

    `connector_by_ocpi`: name of the file in connectors/ by ConnectorType in upper case.
    """
    feed = Feed(path, shown, connector_by_ocpi, findings)
    locations = tuple(location for _, location in feed if location is not None)
    return () if feed.broken else locations


class Feed:
    """The records of a feed file, each as it is and as the Location it makes, None where it is not shown.

    Iterate once. Findings are whole afterwards, and `broken` says whether the file could not be read to its end.
    """

    def __init__(
        self, path: Path, shown: str, connector_by_ocpi: Mapping[str, str], findings: Findings
    ) -> None:
        self._path = path
        self._shown = shown
        self._connector_by_ocpi = connector_by_ocpi
        self._findings = findings
        self._used = self._evses = self._count = 0
        self.broken = True

    def __iter__(self) -> Iterator[tuple[Any, Location | None]]:
        records = read_records(self._path, self._shown, self._findings)
        if records is None:
            return
        tally = Tally(self._shown, records, KINDS, self._findings)
        reader = LocationReader(self._shown, self._connector_by_ocpi, tally)
        for record in records:
            self._count += 1
            try:
                location = reader.read(record)
            except RecursionError:  # the scanner's depth was just enough, ours is not
                mend = "fetch the file again"
                self._findings.add("F104", self._shown, record.line, "nested too deeply to be a feed", mend)
                self._forget()
                return
            if location is not None:
                self._used += 1
                self._evses += len(location.evses)
            yield record.value, location
        if records.broken:
            self._forget()
            return
        self.broken = False
        reader.finish()
        tally.report()
        self._say_counts()
        warn_if_empty(self._count, self._shown, self._findings)

    def _say_counts(self) -> None:
        if self._findings.journal is not None:
            self._findings.journal.count(
                self._shown,
                "record",
                records=self._count,
                used=self._used,
                locations=self._used,
                evses=self._evses,
            )

    def _forget(self) -> None:
        if self._findings.journal is not None:
            self._findings.journal.forget(self._shown)


def facts_of(location: Location, evse: Evse) -> dict[str, Fact]:
    """The facts that the feed gives of an EVSE. EVSEs of a Location that are alike share one dictionary: do not change it."""
    values = _values(location.country, evse.connectors, evse.capabilities, _extra_key(evse.chargeside))
    return _facts(values, location.path, location.line)


@lru_cache(maxsize=4096)
def _facts(values: _Values, path: str, line: int) -> dict[str, Fact]:
    origin = Origin("feed", path, line)
    return {name: Fact(value, origin) for name, value in values}


def _extra_key(extra: ExtraFacts) -> _Values:
    return (
        *(
            (name, value)
            for name in ("hardware", "display", "start_order")
            if (value := getattr(extra, name))
        ),
        *((f"payment.{way}", answer) for way, answer in sorted(extra.payment.items())),
    )


@lru_cache(maxsize=4096)
def _values(
    country: str, connectors: tuple[Connector, ...], capabilities: tuple[str, ...], extra: _Values
) -> _Values:
    """Facts by name. What the source says under `chargeside` lies over what the capabilities say."""
    facts: dict[str, FactValue] = {"country": country}
    lists: Mapping[str, list[str | None]] = {
        "connectors": [connector.kind or connector.standard for connector in connectors],
        "current": [connector.current for connector in connectors],
        "format": [connector.format.lower() for connector in connectors if connector.format],
    }
    for name, members in lists.items():
        if known := tuple(dict.fromkeys(member for member in members if member)):
            facts[name] = known
    powers = [connector.max_electric_power for connector in connectors if connector.max_electric_power]
    if powers:
        facts["power_kw"] = max(powers) / 1000
    for capability in capabilities:
        if way := _PAYMENT_BY_CAPABILITY.get(capability):
            facts[f"payment.{way}"] = "yes"
    facts.update(extra)
    return tuple(sorted(facts.items()))
