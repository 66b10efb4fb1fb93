"""What can be wrong with DATEX II: the kinds of findings of its importer."""

from __future__ import annotations

from collections.abc import Mapping

from chargeside.findings import Severity
from chargeside.journal import Effect
from chargeside.load.ocpi_place import MAX_BRANDS
from chargeside.load.tally import Kind

_AGAIN = "fetch the file again"
_NOTHING = "nothing to do if that is meant"
_LEFT = "it is left out"
_N = Severity.NOTE
_REPAIRED, _ASSUMED = Effect.REPAIRED, Effect.ASSUMED


def _site(code: str, text: str, mend: str, effect: Effect | None = None) -> Kind:
    return Kind(code, text, mend, "site", effect=effect)


def _part(code: str, text: str, mend: str, noun: str, effect: Effect | None = None) -> Kind:
    return Kind(code, text, mend, noun, effect=effect, part=True)


def _note(text: str, mend: str, noun: str) -> Kind:
    return Kind("S304", text, mend, noun, _N, part=True)


KINDS: Mapping[str, Kind] = {
    # left out: sites
    "no_object": _site("S308", f"a site that is no object: {_LEFT}", _AGAIN),
    "no_id": _site("S308", f"a site without a usable idG: {_LEFT}", "give the id that the site has"),
    "same_id": _site("S308", f"the same idG stands earlier in the file: {_LEFT}", "keep one of them"),
    "empty": _site("S308", f"a site without refill points: {_LEFT}", "list its refill points"),
    "no_point": _site(
        "S308", f"each of its refill points is left out, so {_LEFT}", "see what is said of them"
    ),
    "no_country": _site("S308", f"no country: {_LEFT}", "give countryCode in its address"),
    "no_place": _site("S308", f"neither coordinates nor an address: {_LEFT}", "give its place"),
    # left out: parts
    "no_station": _part("S308", f"a station that is no object: {_LEFT}", _AGAIN, "station"),
    "no_electric": _part("S308", f"no electric charging point: {_LEFT}", _NOTHING, "refill point"),
    "point_id": _part("S308", f"no usable idG: {_LEFT}", "give the id that it has", "refill point"),
    "same_point": _part(
        "S308", f"the same idG stands twice in its site: {_LEFT}", "list it once", "refill point"
    ),
    "no_connector": _part("S308", f"a connector that is no object: {_LEFT}", _AGAIN, "refill point"),
    "by_reference": _part(
        "S308", "refill points given by reference are left out", "list them at their station", "station"
    ),
    # left out on purpose
    "other_operator": _site("S305", f"of another operator: {_LEFT}", _NOTHING),
    "other_station": _part(
        "S305", "stations of another operator at the same site are left out: {}", _NOTHING, "site"
    ),
    # kept, and doubted
    "twice": _part("S306", 'key "{}" stands twice in one object: the last value is used', _AGAIN, "site"),
    "cabinet": _part(
        "S306",
        "{}: its EVSEs are not joined to a cabinet",
        "say in overrides.csv which EVSEs share a cabinet",
        "station",
    ),
    "points": _part(
        "S306",
        "numberOfRefillPoints is {}; those that are described are kept",
        "correct the number",
        "station",
    ),
    "connectors": _part(
        "S306",
        "numberOfConnectors is {}; those that are described are kept",
        "correct the number",
        "refill point",
    ),
    "no_plug": _part(
        "S306", "no connectorType: kept, its plug unknown", "give connectorType", "refill point"
    ),
    "plug": _part("S304", 'plug "{}" is none that OCPI names: shown as text', _NOTHING, "connector"),
    "format": _part("S304", 'connectorFormat "{}" is not known', _NOTHING, "connector"),
    "no_power": _part("S306", "no power is given", "give maxPowerAtSocket in W", "connector"),
    "kilowatts": _part(
        "S306", "a power of {} W can only be kW: taken as such", "give it in W", "connector", _REPAIRED
    ),
    "power": _part(
        "S306", "a power of {} W cannot be right and is left out", "give maxPowerAtSocket in W", "connector"
    ),
    "current": _part(
        "S306",
        "currentType does not fit the plug, which decides: {}",
        "correct currentType",
        "connector",
        _REPAIRED,
    ),
    "phases": _part(
        "S306",
        "neither chargingMode nor power tells the phases: taken as one",
        "give chargingMode",
        "connector",
        _ASSUMED,
    ),
    "evse_ids": _part(
        "S306",
        "its connectors have different EVSE IDs, which are left out: {}",
        "give the point one id",
        "refill point",
    ),
    "brand": _part("S304", 'card brand "{}" is not known: shown as text', _NOTHING, "refill point"),
    "many_brands": _part(
        "S306", f"more than {MAX_BRANDS} card brands: the rest is left out", _NOTHING, "refill point"
    ),
    "unknown": _part(
        "S304", 'way to pay or to identify "{}" is not known and left out', _NOTHING, "refill point"
    ),
    "no_reader": _part(
        "S306",
        "paymentMeans has nfc, authenticationAndIdentificationMethods no bank card: none is promised",
        "correct one of the two, or set payment.contactless in overrides.csv",
        "refill point",
    ),
    "rate": _part(
        "S306",
        "rates given by reference are left out, and with them how to pay",
        "give the rates at the refill point",
        "refill point",
    ),
    "phone": _part(
        "S306",
        'the helpdesk\'s number "{}" is left out: nobody answers it',
        "give telephoneNumber",
        "helpdesk",
    ),
    "helpdesk": _part(
        "S306", "a helpdesk given by reference is left out", "give it at the site or station", "helpdesk"
    ),
    "coordinates": _site("S306", "no usable coordinates", "give latitude and longitude in degrees"),
    "far": _part(
        "S306",
        "a station lies more than 500 m from the coordinates of its site: each keeps its own",
        "correct one of the two",
        "station",
    ),
    "no_address": _site("S306", "no street or no town", "give addressLine and city"),
    "hours": _part("S306", "opening hours are left out: {}", "see that the signs on site tell them", "site"),
    "hours_differ": _part(
        "S306", "opening hours differ between the stations of a site and are left out", _NOTHING, "site"
    ),
    "users": _part("S304", "exclusiveUsers does not say who may charge", "name the users", "site"),
    "height": _part("S306", "a vehicleHeight cannot be right and is left out", "give it in m", "facility"),
    "long": _part("S306", "{} is too long and was cut", "shorten it", "text"),
    # no mistakes
    "brands": _note(
        "card brands for paying on a web page are not shown as cards for a reader: {}", _NOTHING, "rate"
    ),
    "unused": _note("{} tells drivers nothing sure and is left out", _NOTHING, "refill point"),
}
