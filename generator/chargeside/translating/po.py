"""Units as a gettext catalogue (PO), through Babel."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence

from babel.messages.catalog import Catalog
from babel.messages.pofile import PoFileError, read_po, write_po

from chargeside.findings import Findings
from chargeside.translating.units import Entry, Unit

_HEADER = "# Guides of Chargeside. What a unit is stands above it; **bold** is Markdown and stays."


def to_po(units: Sequence[Unit], lang: str, moment: dt.datetime) -> bytes:
    """The units as a catalogue. `moment`: when it is made, for its header."""
    catalogue = Catalog(
        locale=lang.replace("-", "_"), project="Chargeside guides", version="1", header_comment=_HEADER,
        creation_date=moment, revision_date=moment, fuzzy=False,
    )  # fmt: skip
    for unit in units:
        catalogue.add(
            unit.source,
            unit.target,
            locations=[unit.place],
            flags=["fuzzy"] if unit.unsure else [],
            auto_comments=unit.notes,
            context=unit.name,
        )
    out = io.BytesIO()
    write_po(out, catalogue, width=0)
    return out.getvalue()


def from_po(text: str, shown: str, findings: Findings) -> tuple[str, list[Entry]] | None:
    """The language that a catalogue names, and its entries; None with a finding when it cannot be read."""
    try:
        catalogue = read_po(io.StringIO(text, newline="\n"), abort_invalid=True)
    except (PoFileError, ValueError, LookupError) as error:
        line = error.lineno + 1 if isinstance(error, PoFileError) else None
        mend = "save it as a gettext catalogue again, or export it anew"
        findings.add("T603", shown, line, f"is no catalogue that can be read: {error}", mend)
        return None
    entries = [
        Entry(
            str(message.context or ""),
            _one(message.id),
            _one(message.string),
            message.fuzzy,
            message.lineno,
            "has forms for one and for many" if not isinstance(message.id, str) else "",
        )
        for message in catalogue
        if message.id
    ]
    return (catalogue.locale_identifier or "").replace("_", "-"), entries


def _one(text: str | Sequence[str] | None) -> str:
    return text if isinstance(text, str) else next(iter(text or ()), "")
