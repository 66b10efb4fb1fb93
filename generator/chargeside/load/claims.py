"""The column `code` of overrides.csv: a pre-printed sign, and with it a reserved code, was hung at a charger."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from chargeside.findings import Findings
from chargeside.load.ledger import where_to
from chargeside.model.network import LedgerLine, Station

Claims = Mapping[str, Iterable[tuple[str, int]]]
"""By key of a station, the codes that rows claim for it, each with the row's line."""


def check_claims(
    stations: Iterable[Station], claims: Claims, ledger: Iterable[LedgerLine], shown: str, findings: Findings
) -> None:
    """Rows whose code was never issued, or belongs to another station, or that two stations claim."""
    lines = {line.code: line for line in ledger}
    present = {station.key: station for station in stations}
    claimed: dict[str, Station] = {}
    for station in present.values():
        for code, row in claims.get(station.key, ()):
            other = claimed.setdefault(code, station)
            if other is not station:
                mend = "a code is one charger's; name it by its EVSE ID if both have this uid"
                message = f"code {code} is claimed for two chargers, {other.key} and {station.key}"
            elif code != station.claim:
                message = f"{station.key} is one charger and has two codes, {station.claim} and {code}"
                mend = f"keep one; the other one then leads there with `chargeside ledger move DIR {code} {station.claim}`"
            elif (wrong := _wrong(code, station, lines, present)) is not None:
                message, mend = wrong
            else:
                continue
            findings.add("L406", shown, row, message, mend)


def _wrong(
    code: str, station: Station, lines: Mapping[str, LedgerLine], present: Mapping[str, Station]
) -> tuple[str, str] | None:
    """What is wrong with a claim, and the mend; None when the code is the station's, or reserved."""
    end = where_to(code, lines)
    if end is None:
        mend = "correct the digits; codes are reserved with `chargeside ledger reserve`, taken over with `ledger adopt`"
        return f'"{code}" was never reserved', mend
    if end.status == "retired":
        return (
            f"code {code} is retired",
            f"bring it back with `chargeside ledger retire DIR --undo {end.code}`",
        )
    if end.station == station.key or lines[code].status == "reserved":
        return None
    if end.station in present:
        mend = "correct the digits or the EVSE; the charger is the one whose sign shows this number"
        return f"code {code} belongs to another charger, {present[end.station].name} ({end.station})", mend
    mend = "confirm that it is the same charger with `chargeside ledger rematch`, or delete the code from the row"
    return f"code {code} belongs to {end.station}, which is in no feed", mend
