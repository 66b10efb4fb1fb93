"""`chargeside import ocm FILE`: Open Charge Map records (JSON, verbose or compact) as OCPI 2.2.1 Locations.

One POI is one Location. A Connection with Quantity n becomes n EVSEs with one connector each: Open Charge Map knows no EVSEs.
Source of the fields: the OpenAPI description of the Open Charge Map API v3. How they are turned into OCPI:

* A compact record holds ids alone (CountryID, OperatorID, DataProviderID). What they mean stands in the reference lists,
  which the API gives at /v3/referencedata.
* Ids come from the POI and the Connection (`ocm-4343`, `ocm-4343-3493-1`), country_code and party_id from the country and
  `OCM`: a changed operator moves no code.
* Licence and source are those of each record's DataProvider.
* Planned and removed records and Connections are left out, as are submissions that are not live. UsageTypes that are private
  become publish false.
* UsageType says who may charge (public, restricted) and too little of how to pay; only a UsageCost that is the word *Free* becomes a fact.
* IsOperational and StatusType are what somebody once reported: of them only *out of order* is kept, and never *available*.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from chargeside.findings import Findings
from chargeside.importers.common import (
    LONG_AGO,
    MAX_EVSES,
    MAX_SHORT,
    MAX_TEXT,
    Place,
    alpha3,
    coordinates,
    count_in_journal,
    present,
    usable_phone,
)
from chargeside.importers.importer import Importer, ImporterOption
from chargeside.importers.ocm.evses import TABLE, Evses
from chargeside.importers.ocm.fields import (
    Lists,
    Raw,
    field,
    id_of,
    part,
    read_lists,
    text_of,
    updated_of,
    whole,
)
from chargeside.journal import Effect
from chargeside.load.looks_like import looks_like
from chargeside.load.ocpi_values import clean_text
from chargeside.load.records import Record, read_records
from chargeside.load.tally import Kind, Tally
from chargeside.model.countries import alpha2

_PARTY = "OCM"
_ALWAYS = re.compile(r"(open )?24/7|(open )?24 hours( daily|/day|, 7 days a week)?", re.IGNORECASE)


_LEFT = "it is left out"
_NOTHING = "nothing to do if that is meant"

KINDS: Mapping[str, Kind] = {
    # left out
    "no_record": Kind("S308", f"no record of Open Charge Map: {_LEFT}", "fetch the file again", "record"),
    "no_id": Kind("S308", f"no ID: {_LEFT}", "fetch the file again", "record"),
    "same_id": Kind("S308", f"the same ID stands earlier in the file: {_LEFT}", _NOTHING, "record"),
    "no_country": Kind(
        "S308",
        f"neither Country nor a CountryID with reference lists tells the country: {_LEFT}",
        "pass the reference lists with --reference, or ask the API for compact=false",
        "record",
    ),
    "too_many": Kind(
        "S308",
        f"more than {MAX_EVSES} plugs: those beyond are left out",
        "correct Quantity at Open Charge Map",
        "record",
        part=True,
    ),
    "no_part": Kind(
        "S308", f"a Connection that is no object: {_LEFT}", "fetch the file again", "Connection", part=True
    ),
    "none_left": Kind(
        "S308", f"each of its Connections is planned, removed or no object: {_LEFT}", _NOTHING, "record"
    ),
    # left out on purpose
    "planned": Kind("S305", f"planned for later: {_LEFT}", _NOTHING, "record"),
    "removed": Kind("S305", f"removed, or listed twice: {_LEFT}", _NOTHING, "record"),
    "part_gone": Kind("S305", f"planned or removed: {_LEFT}", _NOTHING, "Connection", part=True),
    "not_live": Kind("S305", f"the submission is not live: {_LEFT}", _NOTHING, "record"),
    "private": Kind(
        "S305",
        "UsageType {}: kept with publish false, so not shown",
        _NOTHING,
        "record",
        effect=Effect.ASSUMED,
    ),
    # looks wrong
    "no_plug": Kind(
        "S306",
        "no Connections: taken as NumberOfPoints EVSEs whose plug is unknown",
        "add its Connections at Open Charge Map",
        "record",
        effect=Effect.ASSUMED,
    ),
    "quantity": Kind(
        "S306",
        "Quantity is missing or no whole number: taken as one",
        "give Quantity",
        "Connection",
        part=True,
        effect=Effect.ASSUMED,
    ),
    "power": Kind(
        "S306", "PowerKW cannot be right and is left out", "give it in kW", "Connection", part=True
    ),
    "measure": Kind("S306", "{} cannot be right and is left out", "give A and V", "Connection", part=True),
    "coordinates": Kind("S306", "no usable coordinates", "give latitude and longitude", "record"),
    "phone": Kind(
        "S306", "each phone number is a placeholder or none and left out", "give the helpline", "record"
    ),
    "comments": Kind(
        "S306",
        "AccessComments that say more than 24 hours are left out",
        "see that the signs on site tell it",
        "record",
    ),
    "no_licence": Kind(
        "S306",
        "its DataProvider names no licence",
        "ask for the licence before you publish; for compact data pass --reference",
        "record",
    ),
    "not_open": Kind(
        "S306",
        "its DataProvider ({}) says that the data is not open",
        "ask before you publish it",
        "record",
    ),
    "long": Kind("S306", "{} is too long and was cut", "shorten it", "record"),
    "no_operator": Kind(
        "S306", "OperatorID {} is not in the record nor in the reference lists", "pass --reference", "record"
    ),
}


def read_ocm(path: Path, findings: Findings, reference: Path | None = None) -> list[dict[str, Any]]:
    """OCPI 2.2.1 Locations of a file of Open Charge Map; an empty list when the file cannot be used.

    `reference`: the reference lists, which compact records need.
    """
    lists = read_lists(reference, findings) if reference else Lists({})
    shown = str(path)
    records = read_records(path, shown, findings) if lists is not None else None
    if lists is None or records is None:
        return []
    reader = _Reader(Tally(shown, records, KINDS, findings), lists)
    try:
        for record in records:
            if trouble := _trouble(record.value):
                findings.add("F104", shown, record.line, *trouble)
                return []
            reader.add(record)
        if records.broken:
            return []
        reader.report(shown, findings)
    except RecursionError:  # the scanner's depth was just enough, that of the search for a line is not
        findings.add("F104", shown, 1, "nested too deeply to be Open Charge Map data", "fetch the file again")
        return []
    return reader.locations


class _Reader(Place):
    """Turns records into Locations and counts what is wrong with them."""

    def __init__(self, tally: Tally, lists: Lists) -> None:
        super().__init__(tally)
        self._lists = lists
        self._evses = Evses(self, lists)
        self._ids: set[int] = set()
        self._seen = 0
        self.locations: list[dict[str, Any]] = []

    def report(self, shown: str, findings: Findings) -> None:
        """Add the findings of the whole file."""
        self._tally.report()
        used = len(self.locations)
        count_in_journal(findings, shown, "record", self.locations, records=self._seen, used=used)
        if not used:
            message = f"no usable station among {self._seen} records"
            findings.add("S309", shown, None, message, "mend what the warnings say, or fetch the file again")

    def add(self, record: Record) -> None:
        """One record: a Location, or a reason why not."""
        self.go_to(record)
        self._seen += 1
        raw = record.value
        address = part(raw, "AddressInfo") if isinstance(raw, dict) else None
        if not address:
            self.note("no_record")
            return
        why = self._not_wanted(raw)
        poi = whole(field(raw, "ID"))
        self.is_about("" if poi is None else f"ocm-{poi}", clean_text(field(address, "Title")))
        if why is None and (poi is None or poi in self._ids):
            why = "no_id" if poi is None else "same_id"
        if why is not None or poi is None:
            self.note(why or "no_id")
            return
        self._ids.add(poi)
        country = alpha2(clean_text(field(self._lists.object(address, "Country"), "ISOCode")) or "")
        if country is None:
            self.note("no_country")
            return
        evses = self._evses.of(raw, f"ocm-{poi}", country)
        self.go_into()
        if evses:
            self.locations.append(self._location(raw, address, f"ocm-{poi}", country, evses))
        else:
            self.note("none_left")

    def _not_wanted(self, raw: Raw) -> str | None:
        status = id_of(raw, "StatusType", 0)
        if status in TABLE.planned:
            return "planned"
        if status in TABLE.removed:
            return "removed"
        return "not_live" if field(self._lists.object(raw, "SubmissionStatus"), "IsLive") is False else None

    def _location(
        self, raw: Raw, address: Raw, location_id: str, country: str, evses: list[dict[str, Any]]
    ) -> dict[str, Any]:
        operator = self._lists.object(raw, "OperatorInfo")
        name = self._text(operator, "Title")
        if operator and name and name.startswith("("):  # "(Unknown Operator)", "(Business Owner at Location)"
            name = None
        elif not operator and id_of(raw, "OperatorInfo", 0) > 1:
            self.note("no_operator", str(id_of(raw, "OperatorInfo", 0)))
        street = " ".join(
            filter(None, (self._text(address, key) for key in ("AddressLine1", "AddressLine2")))
        )
        location: dict[str, Any] = {
            "country_code": country,
            "party_id": _PARTY,
            "id": location_id,
            "publish": self._is_public(raw),
            "name": self._text(address, "Title"),
            "address": street[:MAX_TEXT],
            "city": self._text(address, "Town", MAX_SHORT) or "",
            "postal_code": self._text(address, "Postcode", MAX_SHORT),
            "state": self._text(address, "StateOrProvince", MAX_SHORT),
            "country": alpha3(country),
            "coordinates": coordinates(field(address, "Latitude"), field(address, "Longitude")),
            "evses": evses,
            "operator": {"name": name} if name else None,
            "opening_times": self._opening_times(address),
            "chargeside": self._extra(raw, address, operator),
            "last_updated": updated_of(raw, LONG_AGO),
        }
        if location["coordinates"] is None:
            self.note("coordinates")
        return present(location)

    def _text(self, raw: Raw, key: str, limit: int = MAX_TEXT) -> str | None:
        return text_of(raw, key, self, limit)

    def _is_public(self, raw: Raw) -> bool:
        usage = id_of(raw, "UsageType", 0)
        if usage not in TABLE.private:
            return True
        self.note("private", clean_text(field(self._lists.object(raw, "UsageType"), "Title")) or str(usage))
        return False

    def _opening_times(self, address: Raw) -> dict[str, Any] | None:
        text = clean_text(field(address, "AccessComments"))
        if text and not _ALWAYS.fullmatch(text.rstrip(" .;")):
            self.note("comments")
            return None
        return {"twentyfourseven": True} if text else None

    def _extra(self, raw: Raw, address: Raw, operator: Raw) -> dict[str, Any]:
        provider = self._lists.object(raw, "DataProvider")
        title, licence = self._text(provider, "Title"), self._text(provider, "License")
        if licence is None:
            self.note("no_licence")
        if field(provider, "IsOpenDataLicensed") is False:
            self.note("not_open", title or "unnamed")
        free = (clean_text(field(raw, "UsageCost")) or "").casefold() == "free"
        extra: dict[str, Any] = {
            "payment": {"free": "yes"} if free else None,
            "access": TABLE.access.get(id_of(raw, "UsageType", 0)),
            "help_phone": self._phone(address, operator),
            "source": _source(title),
            "licence": licence,
        }
        return present(extra)

    def _phone(self, address: Raw, operator: Raw) -> str | None:
        """The number of the site; else that of its operator."""
        given = [
            text
            for raw, keys in (
                (address, ("ContactTelephone1", "ContactTelephone2")),
                (operator, ("PhonePrimaryContact", "PhoneSecondaryContact")),
            )
            for key in keys
            if (text := clean_text(field(raw, key)))
        ]
        found = next(filter(None, map(usable_phone, given)), None)
        if given and found is None:
            self.note("phone")
        return found


def _trouble(raw: object) -> tuple[str, str] | None:
    """Message and mend for a record that shows that the whole file is of no use: it has nothing of Open Charge Map."""
    if not isinstance(raw, dict) or field(raw, "AddressInfo") is not None:
        return None
    guess = looks_like(raw)
    if guess is None or guess.importer == "ocm":
        return None
    return f"holds {guess.what}, no records of Open Charge Map", guess.mend


def _source(provider: str | None) -> str:
    if provider and not provider.startswith("Open Charge Map"):
        return f"Open Charge Map: {provider}"[:MAX_TEXT]
    return provider or "Open Charge Map"


IMPORTER = Importer(
    "ocm",
    "Records of Open Charge Map (JSON, verbose or compact).",
    "chargeside import ocm poi.json --to my-network",
    read_ocm,
    (
        ImporterOption(
            "--reference", "Open Charge Map's reference lists, which compact records need.", "file"
        ),
    ),
)
