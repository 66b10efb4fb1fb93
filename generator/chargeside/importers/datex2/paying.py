"""What DATEX II says of paying at a refill point (Payment, AuthenticationAndIdentification), as far as drivers can rely on it.

* Ways to pay are those of rates for ad hoc charging; a contract's are for those who have it. That a way is not listed says
  nothing: no way becomes a *no*.
* A bank card is promised by nfc and emv alone, and by nfc only where the ways to identify do not speak against it: some
  operators write nfc at each of their points for the reader of charging cards.
* Brands of cards are kept where they stand beside a means that is a card: those beside `website` are for paying on a page, and
  nobody should look for a reader.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from chargeside.importers.common import present, shortened
from chargeside.importers.datex2.values import (
    Means,
    Note,
    Raw,
    code,
    codes,
    get,
    listed,
    only,
    part,
    parts,
    text_of,
    words,
)
from chargeside.load.ocpi_place import MAX_BRAND, MAX_BRANDS
from chargeside.model.facts import PAYMENTS

_IDENTIFICATION = "authenticationAndIdentificationMethods"
_SOMETIMES = frozenset({"energyBasedApplicability", "overallPeriod", "timeBasedApplicability"})
"""Keys of prices that do not hold for every charge."""


def paying_of(point: Raw, station: Raw, note: Note) -> tuple[dict[str, Any], list[str]]:
    """`payment` and `card_brands` for the key `chargeside`, and the OCPI capabilities of a charging point.

    Rates of the point count; those of its station where it has none with a means of payment.
    """
    of_point, of_station = _ad_hoc(point), _ad_hoc(station)
    if any(listed(energy, "energyRateByReference") for energy in (*_energies(point), *_energies(station))):
        note("rate")
    identification = _known(codes(station, _IDENTIFICATION), words().identification, note)
    reader = not codes(station, _IDENTIFICATION) or any(one.card for one in identification)
    means: list[Means] = []
    brands: dict[str, None] = {}
    for rate in [rate for rate in of_point if _paid_by(rate)] or of_station:
        found, names = _of_rate(rate, note, reader=reader)
        means += found
        brands.update(dict.fromkeys(names))
    means += identification
    ways = {one.way for one in means}
    if "plugAndCharge" in codes(point, "smartRechargingServices"):
        ways.add("plug_and_charge")
    if _is_free(of_point or of_station):
        ways.add("free")
    capabilities = list(dict.fromkeys(one.capability for one in means if one.capability))
    if code(get(point, "reservation")) in {"optional", "mandatory"}:
        capabilities.append("RESERVABLE")
    if len(brands) > MAX_BRANDS:
        note("many_brands")
    extra = {
        "payment": {way: "yes" for way in PAYMENTS if way in ways} or None,
        "card_brands": list(brands)[:MAX_BRANDS] or None,
    }
    return present(extra), capabilities


def _of_rate(rate: Raw, note: Note, *, reader: bool) -> tuple[list[Means], list[str]]:
    """Means of payment and card brands of a rate. `reader`: nothing speaks against a reader of bank cards."""
    paid_by = _paid_by(rate)
    means = _known(codes(paid_by, "paymentMeans"), words().means, note)
    brands = list(dict.fromkeys(_brands(paid_by, note)))
    if not reader and any(one.weak for one in means) and not any(one.card and not one.weak for one in means):
        note("no_reader")
        return [one for one in means if not one.weak], []
    if brands and not any(one.card for one in means):
        note("brands", ", ".join(brands)[:80])
        return means, []
    return means, brands


def _energies(holder: Raw) -> list[Raw]:
    """What a point or station sells, of whichever profile."""
    products = (only(raw, "ElectricEnergy") or raw for raw in parts(holder, "energyProduct"))
    return [*parts(holder, "electricEnergy"), *products]


def _ad_hoc(holder: Raw) -> list[Raw]:
    """The rates of a point or station that are for charging without a contract."""
    rates = (rate for energy in _energies(holder) for rate in parts(energy, "energyRate"))
    return [rate for rate in rates if code(get(rate, "ratePolicy")) == "adHoc"]


def _paid_by(rate: Raw) -> Raw:
    return part(rate, "payment") or part(rate, "paymentMethod")


def _known(names: Sequence[str], table: Mapping[str, Means], note: Note) -> list[Means]:
    """What the table knows of each name; what says nothing to drivers, or is not known, is noted."""
    found = []
    for name in names:
        means = table.get(name)
        if means is None or means.says_nothing:
            note("unused" if means else "unknown", name[:40])
        else:
            found.append(means)
    return found


def _brands(paid_by: Raw, note: Note) -> Iterator[str]:
    """Names of brands as people know them. `other` stands beside a text that names it."""
    for name in (*codes(paid_by, "brandsAccepted"), *codes(paid_by, "brandsAcceptedCards")):
        if name in words().brands:
            yield words().brands[name]
        elif name != "other":
            note("brand", name[:40])
            yield shortened(name, MAX_BRAND)
    for value in listed(paid_by, "otherBrandsAccepted"):
        if other := text_of(value):
            yield shortened(other, MAX_BRAND)


def _is_free(rates: Sequence[Raw]) -> bool:
    """Whether all prices of all rates for ad hoc charging are called free, at all times and for every amount."""
    prices = [parts(rate, "energyPrice") for rate in rates]
    return bool(prices) and all(
        found and all(code(get(one, "priceType")) == "free" and not _SOMETIMES & one.keys() for one in found)
        for found in prices
    )
