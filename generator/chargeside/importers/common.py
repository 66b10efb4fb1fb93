"""What importers share: places, countries, phones, limits of text and power, and where a reader stands in its file."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from chargeside.findings import Findings
from chargeside.load.looks_like import Guess, looks_like
from chargeside.load.ocpi_values import MAX_POWER, MIN_POWER, clean_text, is_off_globe, is_safe_id, number
from chargeside.load.phone import is_placeholder, tidy_phone
from chargeside.load.records import Record, Step
from chargeside.load.tally import Tally
from chargeside.model.countries import ALPHA3

MAX_EVSES = 200
"""Most EVSEs that one record may become: a typing mistake must not fill the site."""
LONG_AGO = "1970-01-01T00:00:00Z"
"""last_updated of a record without a date: OCPI wants one, and the day of the import would change each line each time."""
OVAL_TESLA = frozenset({"US", "CA", "MX", "JP", "KR", "TW"})
"""Countries (alpha-2) in which a Tesla plug is the one that became SAE J3400; in Europe and Oceania it is Type 2."""
ONE_PHASE = 7_400
"""W. 32 A at 230 V: what one phase of Type 2 gives."""
MAX_TEXT = 255
"""Longest name or address, in characters."""
MAX_SHORT = 60
"""Longest town, postal code, state or reference, in characters."""
MIN_HEIGHT, MAX_HEIGHT = 1.5, 6.0
"""m. Bars over an entrance lie between; anything else is a slip of the pen or not meant as one."""

_EVSE_ID = re.compile(
    r"[A-Z]{2}\*?[A-Z0-9]{3}\*?E[A-Z0-9*]{1,30}|\+?[0-9]{1,3}\*[0-9]{3}\*[0-9*]{1,32}", re.IGNORECASE
)


class Place:
    """Where a reader stands in its file, and the tally of what it found wrong there."""

    def __init__(self, tally: Tally) -> None:
        self._tally = tally
        self._record = Record(None, "", 0, 1)
        self._steps: tuple[Step, ...] = ()

    def go_to(self, record: Record, steps: tuple[Step, ...] = ()) -> None:
        """Stand at a record, or at a value inside it."""
        self._record, self._steps = record, steps
        self._tally.about("")

    def go_to_line(self, line: int) -> None:
        """Stand at a row of a table."""
        self.go_to(Record(None, f"line {line}", 0, line))

    def go_into(self, *steps: Step) -> None:
        """Stand at another value of the same record."""
        self._steps = steps

    def is_about(self, station: str, name: str | None = "", evse: str = "") -> None:
        """Say which station (id, and name for people) and EVSE is being read."""
        self._tally.about(station, name or "", evse)

    def note(self, kind: str, detail: str = "") -> None:
        """Count a mistake here."""
        self._tally.note(kind, detail, self._record, self._steps)


def alpha3(code: str) -> str:
    """The alpha-3 code of an alpha-2 code, or the code itself where ISO 3166-1 has none (Kosovo)."""
    return _alpha3().get(code, code)


@cache
def _alpha3() -> Mapping[str, str]:
    return {two: three for three, two in ALPHA3.items()}


def coordinates(latitude: object, longitude: object) -> dict[str, str] | None:
    """Coordinates as OCPI writes them, in degrees with six decimals (a tenth of a metre); None when they are not usable."""
    north, east = number(latitude), number(longitude)
    if north is None or east is None or is_off_globe(north, east) or north == east == 0:
        return None
    return {"latitude": f"{north:.6f}", "longitude": f"{east:.6f}"}


def doubt_of_place(latitude: object, longitude: object) -> str:
    """Why coordinates are not usable, to follow `coordinates are`."""
    if number(latitude) is None or number(longitude) is None:
        return "missing or no numbers"
    return "0, 0 or off the globe, and not used"


def usable_phone(text: object) -> str | None:
    """The first number of a text, e.g. `(512) 555-0123; …`, in one form; None for none and for placeholders."""
    for part in re.split(r"[;,]|\s/\s", clean_text(text) or ""):
        bare = re.sub(r"^\((\d+)\)", r"\1", part.strip())
        phone = tidy_phone(bare)
        if phone and phone.count("(") == phone.count(")") and not is_placeholder(phone):
            return phone
    return None


def watts(kilowatts: object, most: int = MAX_POWER) -> int | None:
    """Power in W from a number in kW; None when it is none, or not what a plug that carries `most` W can have."""
    value = number(kilowatts)
    power = round(value * 1000) if value is not None else 0
    return power if MIN_POWER <= power <= most else None


def metres(value: object) -> float | None:
    """A height limit in m with two decimals; None when it is none or cannot be one."""
    height = number(value)
    return round(height, 2) if height is not None and MIN_HEIGHT <= height <= MAX_HEIGHT else None


def is_evse_id(text: str) -> bool:
    """Whether a text is an EVSE ID of ISO 15118 or DIN 91286, also without separators."""
    return _EVSE_ID.fullmatch(text) is not None and is_safe_id(text)


def shortened(text: str, most: int = MAX_TEXT) -> str:
    """A text of at most so many characters."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def other_format(header: Sequence[str], start: bytes, own: str) -> Guess | None:
    """What a table is whose header is not that of the importer `own`: told by the header, or by what stands below it."""
    guesses = (looks_like(";".join(header)), looks_like(start))
    return next(
        (
            guess
            for guess in guesses
            if guess and guess.is_text and not guess.is_table and guess.importer != own
        ),
        None,
    )


def present(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that have a value."""
    return {key: value for key, value in fields.items() if value is not None}


def most_common(counts: Counter[str]) -> str:
    """The twenty names that stand most often, with their counts."""
    return ", ".join(f"{name} ({count})" for name, count in counts.most_common(20))


def say_mixed(counts: Counter[str], who: str, what: str, shown: str, findings: Findings) -> None:
    """Warn when a file mixes several operators. `who`: what they are called; `what`: what is counted."""
    if len(counts) > 1:
        message = f"the file mixes {len(counts)} {who}; {what}: {most_common(counts)}"
        mend = f'take one with --only-operator "{counts.most_common(1)[0][0]}"'
        findings.add("S307", shown, None, message, mend)


def count_in_journal(
    findings: Findings,
    shown: str,
    noun: str,
    locations: Sequence[Mapping[str, Any]],
    *,
    records: int,
    used: int,
    skipped: int = 0,
) -> None:
    """Tell the journal, where one is kept, what came of a file."""
    if findings.journal is not None:
        evses = sum(len(location["evses"]) for location in locations)
        findings.journal.count(
            shown, noun, records=records, used=used, locations=len(locations), evses=evses, skipped=skipped
        )
