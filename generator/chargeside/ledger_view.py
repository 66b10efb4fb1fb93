"""`ledger show`: the codes for people and for a call centre's search."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from chargeside.model.network import Network

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def table(network: Network) -> Iterator[str]:
    """One line a code."""
    for line in network.ledger:
        station = network.station_by_code.get(line.code)
        state = line.status if line.status != "active" else "" if station else "not in any feed"
        yield f"{line.code}  {line.name:<40.40}  {state:<16}{line.url}"


def table_csv(network: Network) -> str:
    """Code, EVSE IDs, uids, number, address: what a caller may read out. Cells that a spreadsheet would run are quoted."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("code", "status", "number", "evse_ids", "uids", "name", "address", "city", "url"))
    for line in network.ledger:
        station = network.station_by_code.get(line.code)
        points = station.points if station else ()
        cells = (
            line.code,
            line.status,
            (station.number or "") if station else "",
            " ".join(point.evse.evse_id or "" for point in points).strip(),
            " ".join(point.evse.uid for point in points),
            line.name,
            station.location.address if station else "",
            station.location.city if station else "",
            line.url,
        )
        writer.writerow([f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in cells])
    return out.getvalue()
