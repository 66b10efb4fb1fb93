"""OCPI Tariffs, as far as a driver can be told a price from them (OCPI 2.2.1-d2 and 2.3.0-ed2, mod_tariffs).

Amounts are decimal: a price is shown as it was written, not as a binary number comes near to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

from chargeside.model.texts import Texts

Dimension = Literal["ENERGY", "FLAT", "TIME", "PARKING_TIME"]
TaxIncluded = Literal["YES", "NO", "N/A"]


@dataclass(frozen=True, slots=True)
class PriceComponent:
    """A price per unit: kWh for ENERGY, hour for TIME and PARKING_TIME, charge for FLAT.

    `vat` in per cent; None where none is named. `step_size` in Wh or seconds: what is begun is paid.
    """

    dimension: Dimension
    price: Decimal
    vat: Decimal | None
    step_size: int


@dataclass(frozen=True, slots=True)
class PriceLimit:
    """The least or most that a charge costs."""

    before_taxes: Decimal | None
    after_taxes: Decimal | None


@dataclass(frozen=True, slots=True)
class TariffElement:
    """Prices that hold together. `restrictions`: names of what they depend on, none where they hold always."""

    components: tuple[PriceComponent, ...]
    restrictions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tariff:
    """A tariff. `kind` is OCPI's TariffType, None for every kind of session; `tax_included` as OCPI 2.3.0 has it, "NO" in
    earlier versions, whose prices are without VAT. `flaw` says why its prices cannot be shown, in words for people."""

    country_code: str
    party_id: str
    id: str
    currency: str
    kind: str | None
    alt_texts: Texts
    elements: tuple[TariffElement, ...]
    min_price: PriceLimit | None
    max_price: PriceLimit | None
    tax_included: TaxIncluded
    start: datetime | None
    end: datetime | None
    last_updated: datetime | None
    flaw: str
