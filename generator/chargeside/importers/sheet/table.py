"""The columns of our own sheet and the words that people write into them: tables/sheet.yml."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from functools import cache, cached_property

from pydantic import Field

from chargeside.importers.common import MAX_SHORT, ONE_PHASE, OVAL_TESLA, shortened
from chargeside.importers.mapping import Plug, Strict, mapping
from chargeside.load.ocpi_values import CONNECTOR_TYPES, DC_ONLY, named
from chargeside.model.cells import plain_cell

CHOICES = ("start_order", "side", "access")
"""Columns that hold one of a few words."""
_LINE_TO_LINE = 346
"""V. From here on volts are those between two phases."""
_IN_BRACKETS = re.compile(r"[\[(].*?[\])]")
_GAP = re.compile(r"[\s\-./:&]+")
_WORD = re.compile(r"\w+")


class Column(Strict):
    """A column of the sheet: what to write into it, and what else it may be called."""

    about: str
    also: tuple[str, ...] = ()
    offer: tuple[str, ...] = ()
    width: int = Field(ge=5, le=60)


class SheetPlug(Plug):
    """A plug by the words for it. `outside_europe`: its standard in the countries OVAL_TESLA."""

    words: tuple[str, ...]
    outside_europe: str | None = None


class SheetTable(Strict):
    """tables/sheet.yml."""

    columns: dict[str, Column]
    plugs: tuple[SheetPlug, ...]
    cable_or_socket: dict[str, tuple[str, ...]]
    start_order: dict[str, tuple[str, ...]]
    side: dict[str, tuple[str, ...]]
    access: dict[str, tuple[str, ...]]
    examples: tuple[dict[str, str], ...]

    @cached_property
    def column_by_word(self) -> Mapping[str, str]:
        """The column that a header means."""
        return {word: name for name, column in self.columns.items() for word in (name, *column.also)}

    @cached_property
    def plug_by_word(self) -> Mapping[str, SheetPlug]:
        """The plug that a word means."""
        return {word: plug for plug in self.plugs for word in plug.words}

    @cached_property
    def format_by_word(self) -> Mapping[str, str]:
        """CABLE or SOCKET."""
        return _turned(self.cable_or_socket)

    @cached_property
    def example_sites(self) -> frozenset[tuple[str | None, str | None]]:
        """location_id and name of the sites in the template: a row that has both was never filled in."""
        return frozenset((row.get("location_id"), row.get("name")) for row in self.examples)

    @cached_property
    def choices(self) -> Mapping[str, Mapping[str, str]]:
        """By column, what the words in it mean."""
        return {name: _turned(getattr(self, name)) for name in CHOICES}


def _turned(table: Mapping[str, Sequence[str]]) -> Mapping[str, str]:
    return {word: value for value, words in table.items() for word in words}


@cache
def sheet_table() -> SheetTable:
    """The table of the sheet."""
    return mapping("sheet", SheetTable)


def is_header(cells: Sequence[str]) -> bool:
    """Whether a row names columns of the sheet: `connector` or some other two."""
    known = {name for cell in cells if (name := column_of(cell))}
    return "connector" in known or len(known) > 1


def column_of(cell: str) -> str | None:
    """The column that a cell of the header names."""
    return sheet_table().column_by_word.get(bare_word(cell))


def bare_word(cell: str) -> str:
    """A word in small letters, blanks and hyphens as _, without what stands in brackets: `Leistung (kW)` is leistung."""
    return _GAP.sub("_", _IN_BRACKETS.sub("", plain_cell(cell)).strip().casefold()).strip("_")


def nearest_column(cell: str) -> str:
    """The mend for a column that is not known."""
    words = sheet_table().column_by_word
    close = difflib.get_close_matches(bare_word(cell)[:60], words, n=1, cutoff=0.75)
    return f'did you mean "{words[close[0]]}"?' if close else "nothing to do, if it is a note of yours"


def plug_of(text: str) -> tuple[SheetPlug | None, str | None]:
    """The plug that people mean, and CABLE or SOCKET where they say it: `Type 2`, `Typ 2 Steckdose`, `AC Type 2 (cable)`."""
    table = sheet_table()
    standard = named(text, CONNECTOR_TYPES)
    if standard:
        known = next((plug for plug in table.plugs if plug.standard == standard), None)
        same = known or SheetPlug(
            words=(), standard=standard, power_type="DC" if standard in DC_ONLY else None
        )
        return same.model_copy(update={"outside_europe": None}), None
    words = [word for word in _WORD.findall(text.casefold().replace("_", " ")) if word not in {"ac", "dc"}]
    whole = table.plug_by_word.get("".join(words))
    if whole:
        return whole, None
    form = next((table.format_by_word[word] for word in words if word in table.format_by_word), None)
    rest = "".join(word for word in words if word not in table.format_by_word)
    return table.plug_by_word.get(rest), form


def fields_of(plug: SheetPlug | None, text: str, country: str) -> dict[str, str]:
    """Standard, format and power_type; a plug that is not known stays as text."""
    if plug is None:
        return {"standard": shortened(text, MAX_SHORT)}
    if plug.outside_europe and country in OVAL_TESLA:
        return {**plug.fields, "standard": plug.outside_europe}
    return plug.fields


def power_type_of(fields: Mapping[str, str], power: int | None, volts: int | None) -> str | None:
    """The power_type, where the power (W) or the volts tell one phase from three."""
    kind = fields.get("power_type")
    one_phase = power <= ONE_PHASE if power else volts is not None and volts < _LINE_TO_LINE
    return "AC_1_PHASE" if fields.get("standard") == "IEC_62196_T2" and one_phase else kind
