"""`ledger show`: the codes for people, for a call centre's search, and for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from chargeside.load.ledger import where_to
from chargeside.model.cells import csv_text
from chargeside.model.network import LedgerLine, Network

COLUMNS = (
    "code",
    "status",
    "leads_to",
    "number",
    "evse_ids",
    "uids",
    "name",
    "address",
    "city",
    "url",
    "old_addresses",
)


def table(network: Network) -> Iterator[str]:
    """One line a code."""
    for line in network.ledger:
        there = line.code in network.station_by_code
        state = f"→ {line.moved_to}" if line.status == "moved" else line.status
        shown = state if line.status != "active" else "" if there else "not in any feed"
        yield f"{line.code}  {line.name:<40.40}  {shown:<16}{line.url}"


def table_csv(network: Network) -> str:
    """What a caller may read out, for a spreadsheet: several values in a cell are parted by blanks."""
    rows = _rows(network)
    return csv_text(COLUMNS, ([_cell(row[name]) for name in COLUMNS] for row in rows))


def table_json(network: Network) -> str:
    """The same for programs, with lists where there may be several values."""
    return json.dumps({"codes": list(_rows(network))}, ensure_ascii=False, indent=1)


def _cell(value: str | list[str]) -> str:
    return value if isinstance(value, str) else " ".join(value)


def _rows(network: Network) -> Iterator[dict[str, Any]]:
    lines = {line.code: line for line in network.ledger}
    old: dict[str, list[str]] = {}
    for one in network.adopted:
        old.setdefault(one.code, []).append(one.address)
    for line in network.ledger:
        yield {
            **_row(network, line, where_to(line.code, lines) or line),
            "old_addresses": old.get(line.code, []),
        }


def _row(network: Network, line: LedgerLine, end: LedgerLine) -> dict[str, str | list[str]]:
    """A code that leads to another one stands for that one's station: callers read out what is on their sign."""
    station = network.station_by_code.get(end.code)
    points = station.points if station else ()
    return {
        "code": line.code,
        "status": line.status if line.status != "active" or station else "vanished",
        "leads_to": end.code if end is not line else "",
        "number": (station.number or "") if station else "",
        "evse_ids": [point.evse.evse_id for point in points if point.evse.evse_id],
        "uids": [point.evse.uid for point in points],
        "name": line.name or end.name,
        "address": station.location.address if station else "",
        "city": station.location.city if station else "",
        "url": line.url,
    }
