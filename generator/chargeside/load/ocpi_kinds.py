"""What can be wrong with the records of a feed: rule, words, mend, and what is done about it."""

from __future__ import annotations

from collections.abc import Mapping

from chargeside.findings import Severity
from chargeside.journal import Effect
from chargeside.load import ocpi_place
from chargeside.load.ocpi_hours import HOURS_KINDS
from chargeside.load.ocpi_values import POWER_TYPES, STATUSES
from chargeside.load.plausible import PLAUSIBLE_KINDS
from chargeside.load.tally import Kind
from chargeside.load.tariffs import TARIFF_KINDS

_W, _N = Severity.WARNING, Severity.NOTE
_IF_MEANT = "nothing to do if that is meant"

KINDS: Mapping[str, Kind] = {
    # left out, with an error
    "no_object": Kind("S301", "no JSON object: {}", "give an object with id and evses", each=True),
    "other_record": Kind("S301", "no OCPI Location but {}", "give a feed of the module Locations", each=True),
    "wrapping": Kind(
        "S301",
        "no Location, but Locations in a wrapping that is not known here: under {}",
        'give one list of Locations: [{"id": …}, …]',
        each=True,
    ),
    "no_id": Kind("S301", "no id: {}", "give it the id it has in the operator's system", each=True),
    "no_country": Kind(
        "S301",
        "no country, which decides language and emergency number: Location {}",
        "give country as ISO 3166-1 alpha-3, e.g. FRA",
        each=True,
    ),
    "evse_no_id": Kind(
        "S301",
        "EVSE without uid and evse_id: Location {}",
        "give it the uid it has in the operator's system",
        each=True,
        part=True,
    ),
    "bad_id": Kind(
        "S302",
        "an id holds control characters or ../, or is longer than 255 characters: {}",
        "give the id as the operator's system has it",
        each=True,
    ),
    "bad_uid": Kind(
        "S302",
        "an EVSE is left out whose uid holds control characters or ../, or is longer than 255 characters: {}",
        "give the uid as the operator's system has it",
        each=True,
        part=True,
    ),
    "bad_evse_id": Kind(
        "S302",
        "an EVSE ID that holds control characters or ../, or is longer than 255 characters, is not used: {}",
        "give the EVSE ID as it stands on the hardware",
        each=True,
        effect=Effect.DOUBTED,
    ),
    "same_id": Kind("S303", "the file holds this Location twice: {}", "keep one of the two", each=True),
    "same_uid": Kind(
        "S303",
        "two different EVSEs of a Location have the same uid: {}",
        "give each EVSE its own uid",
        each=True,
        part=True,
    ),
    # left out, with a warning
    "same_evse": Kind(
        "S303", "an EVSE stands twice in its Location; it is kept once", "list it once", "EVSE", _W, part=True
    ),
    "two_records": Kind(
        "S303",
        "an EVSE stands twice in its Location with different data; the first is used",
        "list it once, with all its connectors",
        "EVSE",
        _W,
        part=True,
    ),
    "shared_uid": Kind(
        "S303",
        'EVSEs of a Location share the uid "{}": each goes by its EVSE ID instead',
        "give each EVSE its own uid",
        "EVSE",
        _W,
        effect=Effect.ASSUMED,
    ),
    "no_evse": Kind(
        "S301",
        "left out for want of a usable EVSE: Location {}",
        "list its EVSEs with their connectors",
        "",
        _W,
        each=True,
    ),
    "no_connector": Kind(
        "S301", "an EVSE without connectors is left out", "list its connectors", "EVSE", _W, part=True
    ),
    "no_part": Kind(
        "S301", "{} that is no JSON object is left out", "give an object", "record", _W, part=True
    ),
    # left out on purpose
    "not_public": Kind("S305", "left out because publish is false", _IF_MEANT, "Location"),
    "odd_publish": Kind(
        "S305",
        "left out because publish is {}",
        "write true or false",
        "Location",
        _W,
        effect=Effect.LEFT_OUT,
    ),
    "gone": Kind("S305", "left out because the status is {}", _IF_MEANT, "EVSE", part=True),
    "all_gone": Kind(
        "S305", "left out because all its EVSEs are REMOVED or PLANNED: Location {}", _IF_MEANT, each=True
    ),
    # kept as text
    "standard": Kind(
        "S304",
        'standard "{}" is no OCPI ConnectorType: shown as text',
        "use a ConnectorType of OCPI 2.3.0",
        "connector",
    ),
    "format": Kind("S304", 'format "{}" is not known', "use SOCKET or CABLE", "connector"),
    "power_type": Kind(
        "S304", 'power_type "{}" is not known', f"use one of: {', '.join(POWER_TYPES)}", "connector"
    ),
    "status": Kind("S304", 'status "{}" is not known', f"use one of: {', '.join(STATUSES)}", "EVSE"),
    "capability": Kind("S304", 'capability "{}" is none that OCPI names', _IF_MEANT, "list", _N),
    "country_name": Kind(
        "S304",
        'country "{}" is a name: taken as its code',
        "use alpha-3, e.g. FRA",
        "Location",
        effect=Effect.REPAIRED,
    ),
    "country": Kind(
        "S304",
        'country "{}" is not in ISO 3166-1: country_code is used',
        "use alpha-3, e.g. FRA",
        "Location",
        effect=Effect.ASSUMED,
    ),
    "extra": Kind("S304", "chargeside: {}", "correct it, or delete it", "record"),
    # looks wrong
    "twice": Kind(
        "S306",
        'key "{}" stands twice in one object: the last value is used',
        "write each key once",
        "Location",
        effect=Effect.ASSUMED,
    ),
    "camel_case": Kind(
        "S306",
        "keys are written in camelCase, such as evseId: read as OCPI's, such as evse_id",
        "write keys as OCPI does",
        "Location",
        effect=Effect.REPAIRED,
    ),
    "country_missing": Kind(
        "S306",
        "country is missing: country_code is used",
        "give country, e.g. FRA",
        "Location",
        effect=Effect.ASSUMED,
    ),
    "no_standard": Kind(
        "S306", "no standard: drivers see a plug without a name", "give its ConnectorType", "connector"
    ),
    "coordinates": Kind(
        "S306", "coordinates are {}", "give latitude and longitude in degrees, WGS 84", "record"
    ),
    "swapped": Kind(
        "S306",
        "latitude is beyond 90 degrees: taken as swapped with longitude",
        "swap latitude and longitude",
        "record",
        effect=Effect.REPAIRED,
    ),
    "maybe_swapped": Kind(
        "S306",
        "coordinates lie outside Europe, and in it with latitude and longitude swapped: used as they are",
        "check which is which",
        "record",
    ),
    "evse_id_form": Kind(
        "S306",
        "an EVSE ID fits neither ISO 15118 (such as FR*ABC*E123) nor DIN SPEC 91286: used as it is",
        "give the EVSE ID that your ID issuer assigned",
        "EVSE",
    ),
    "no_evse_id": Kind("S312", "no evse_id: the uid stands in", "give the EVSE ID", "EVSE"),
    "same_evse_id": Kind(
        "S306",
        "the EVSE ID {} stands twice in the file (spelt with or without *): both are kept",
        "give each EVSE its own",
        "EVSE",
        each=True,
    ),
    "no_number": Kind(
        "S306",
        "physical_reference is the EVSE ID again and not used as the number on the hardware",
        "give what is printed on the charger, or leave it out",
        "EVSE",
        _N,
    ),
    "phone": Kind(
        "S306", 'help_phone "{}" is left out: nobody answers it', "give the helpline of the site", "Location"
    ),
    **HOURS_KINDS,
    **ocpi_place.PLACE_KINDS,
    **TARIFF_KINDS,
    "long": Kind("S306", "{} is too long and was cut", "shorten it", "text"),
    **PLAUSIBLE_KINDS,
    # put right, or worked out
    "alpha3": Kind(
        "S311", 'country "{}" is understood, but is no alpha-3 code', "use alpha-3, e.g. FRA", "Location"
    ),
    "owner": Kind(
        "S312",
        "no country_code and party_id, as in OCPI 2.1.1: taken from the EVSE IDs",
        "give them, if your system knows OCPI 2.2",
        "Location",
    ),
    "uid": Kind(
        "S312", "no uid: the EVSE ID stands in", "give the uid it has in the operator's system", "EVSE"
    ),
}
