"""Which price a station page states: only what one tariff tells a driver who pays without a contract, in full.

A tariff is shown by its own text in the page's language, or by its prices where they hold always. In every other case the
page leads to the operator's prices: a price that leaves a fee out is worse than none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from chargeside.i18n import SOURCE, translator
from chargeside.model.network import Network, Point, Station
from chargeside.model.ocpi import Connector
from chargeside.model.tariff import PriceComponent, PriceLimit, Tariff
from chargeside.model.tariff_book import feed_name, tariff_called, tariffs_at
from chargeside.model.texts import text_in_just
from chargeside.plan.driver_views import PriceLine, PriceView, Told, plain
from chargeside.plan.words import standard_in_words

AD_HOC = "AD_HOC_PAYMENT"
ALT_TEXT = 300
"""Characters of a tariff's own text that a page has room for; a longer one is not shown."""

MAX_VIEWS = 4
"""A station with more different prices only links to them: the page has a budget, and nobody finds theirs."""
_ORDER = ("ENERGY", "TIME", "PARKING_TIME", "FLAT")
_CENT = Decimal("0.01")
_FINEST = Decimal("0.0001")
_WHOLE = frozenset({"CLP", "ISK", "JPY", "KRW", "VND"})
"""Currencies without a smaller unit (ISO 4217)."""
_SMALL_WH = 100
_SMALL_S = 60
"""Wh and seconds: smaller steps change a bill by less than anybody would notice."""


class _UnclearError(ValueError):
    """Why a tariff is not shown, in words for people."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What a page does about the price at a connector: `view` (without names of plugs) or None, and why."""

    view: PriceView | None
    why: str


def price_views(station: Station, network: Network, lang: str, today: str = "") -> tuple[PriceView, ...]:
    """The prices of a station, plugs with equal ones together; none where the page only links to them.

    Plugs without a price that can be shown come last, in a view without one. `today`: ISO date.
    """
    if network.operator.prices != "tariff":
        return ()
    plugs: dict[PriceView | None, list[tuple[Point, Connector]]] = {}
    for point, connector, decision in _decisions(station, network, lang, today):
        plugs.setdefault(decision.view, []).append((point, connector))
    if not any(plugs) or len(plugs) > MAX_VIEWS:
        return ()
    if len(plugs) == 1:
        return tuple(view for view in plugs if view)
    names = _names(list(plugs.values()), network, lang)
    if names is None:
        return ()
    views = [(view or PriceView(), named) for view, named in zip(plugs, names, strict=True)]
    views.sort(key=lambda entry: entry[0] == PriceView())
    return tuple(view.at(named) for view, named in views)


def explain_prices(station: Station, network: Network, lang: str, today: str = "") -> Iterator[str]:
    """A line for each plug: which tariff its price comes from, or why there is only a link."""
    if network.operator.prices != "tariff":
        yield "price: the link to price_url (operator.yml says prices: link)"
        return
    shown = price_views(station, network, lang, today)
    for point, connector, decision in _decisions(station, network, lang, today):
        what = (
            decision.why
            if shown or not decision.view
            else f"link only: the plugs have too many prices or cannot be told apart; {decision.why}"
        )
        yield f"price of {_name(connector, network, SOURCE)}, EVSE {point.evse.evse_id or point.evse.uid}, connector {connector.id}: {what}"


def decide(tariffs: Sequence[Tariff], lang: str, today: str = "") -> Decision:
    """The price that a page in a language states where these tariffs hold. `today`: ISO date; without it none is too old."""
    try:
        tariff = _the_one(tariffs, today)
        view, how = _shown(tariff, lang)
    except _UnclearError as error:
        return Decision(None, f"link only: {error}")
    return Decision(view, f"shown: tariff {tariff.id}, {how}")


def _decisions(
    station: Station, network: Network, lang: str, today: str
) -> Iterator[tuple[Point, Connector, Decision]]:
    location = station.location
    book = network.tariffs.get(feed_name(location), {})
    for point in station.points:
        for connector in point.connectors:
            missing = [n for n in connector.tariff_ids if not tariff_called(n, location, point.evse, book)]
            if missing:  # what is not here may be the one that holds
                yield point, connector, Decision(None, f"link only: tariff {missing[0]} is not known")
            else:
                tariffs = tariffs_at(location, point.evse, connector, book)
                yield point, connector, decide(tariffs, lang, today)


def _the_one(tariffs: Sequence[Tariff], today: str) -> Tariff:
    """The only tariff for drivers without a contract that holds today."""
    if not tariffs:
        raise _UnclearError("no tariff is known")
    running = [tariff for tariff in tariffs if not (_ended(tariff, today) or _to_come(tariff, today))]
    if not running:
        raise _UnclearError("; ".join(_out_of_time(tariff, today) for tariff in tariffs))
    open_to_all = [tariff for tariff in running if tariff.kind in {None, AD_HOC}]
    if not open_to_all:
        kinds = ", ".join(f"tariff {tariff.id} is of type {tariff.kind}" for tariff in running)
        raise _UnclearError(f"{kinds}, not for paying without a contract")
    found = [tariff for tariff in open_to_all if tariff.kind == AD_HOC] or open_to_all
    if len(found) > 1:
        raise _UnclearError(f"several tariffs may hold: {', '.join(tariff.id for tariff in found)}")
    return found[0]


def _shown(tariff: Tariff, lang: str) -> tuple[PriceView, str]:
    if tariff.last_updated is None:
        raise _UnclearError(f"tariff {tariff.id} does not say as of when it is")
    text = plain(text_in_just(tariff.alt_texts, lang), ALT_TEXT + 1)
    if text and len(text) <= ALT_TEXT:
        return _dated(PriceView(told=Told(lang, text)), tariff), f"its text in {lang}"
    if tariff.flaw:
        raise _UnclearError(f"tariff {tariff.id} has {tariff.flaw}")
    names = sorted({name for element in tariff.elements for name in element.restrictions})
    if names:
        raise _UnclearError(f"the prices of tariff {tariff.id} depend on {', '.join(names)}")
    return _dated(_worked_out(tariff), tariff), "its prices, which hold always"


def _dated(view: PriceView, tariff: Tariff) -> PriceView:
    return replace(
        view, since=day_of(tariff.start), until=day_of(tariff.end), as_of=day_of(tariff.last_updated)
    )


def _worked_out(tariff: Tariff) -> PriceView:
    """The prices with taxes. Of each dimension the first component counts (OCPI, Tariff.elements)."""
    first: dict[str, PriceComponent] = {}
    for element in tariff.elements:
        for component in element.components:
            first.setdefault(component.dimension, component)
    costing = [component for component in first.values() if component.price]
    vats = {component.vat for component in costing}
    if tariff.tax_included == "NO" and None in vats:
        raise _UnclearError(f"tariff {tariff.id} is without tax and does not say which one is added")
    lines = tuple(
        PriceLine(
            component.dimension,
            _money(_taxed(component.price, component.vat, tariff), tariff),
            _step(component),
        )
        for component in sorted(costing, key=lambda component: _ORDER.index(component.dimension))
    )
    least = _limit(tariff.min_price, "min_price", tariff, vats)
    most = _limit(tariff.max_price, "max_price", tariff, vats)
    named = sorted(vat for vat in vats if vat) if tariff.tax_included != "N/A" else []
    return PriceView(
        currency=tariff.currency,
        lines=lines,
        least=_money(least, tariff) if least else "",
        most=_money(most, tariff) if most and lines else "",
        taxes=tariff.tax_included if lines or least else "",
        vats=tuple(_plain_number(vat) for vat in named),
        free=not lines and not least,
    )


def _taxed(price: Decimal, vat: Decimal | None, tariff: Tariff) -> Decimal:
    return price if tariff.tax_included != "NO" else price * (1 + (vat or Decimal(0)) / 100)


def _limit(limit: PriceLimit | None, key: str, tariff: Tariff, vats: set[Decimal | None]) -> Decimal | None:
    """The least or most that a charge costs, with taxes."""
    if limit is None:
        return None
    if limit.after_taxes is not None:
        return limit.after_taxes
    if limit.before_taxes is None or tariff.tax_included == "N/A" or not limit.before_taxes:
        return limit.before_taxes
    if tariff.tax_included == "NO" and len(vats) == 1:
        return _taxed(limit.before_taxes, next(iter(vats)), tariff)
    raise _UnclearError(f"tariff {tariff.id} does not say its {key} with taxes")


def _step(component: PriceComponent) -> int:
    """Steps that a driver should know of; 0 for others."""
    if component.dimension == "FLAT":
        return 0
    smallest = _SMALL_WH if component.dimension == "ENERGY" else _SMALL_S
    return component.step_size if component.step_size >= smallest else 0


def _money(amount: Decimal, tariff: Tariff) -> str:
    """With two decimals, or up to four where the price has them."""
    fine = amount.quantize(_FINEST, ROUND_HALF_UP)
    if tariff.currency in _WHOLE and fine == fine.to_integral_value():
        return f"{fine:.0f}"
    return _plain_number(fine) if fine != fine.quantize(_CENT, ROUND_HALF_UP) else f"{fine:.2f}"


def _plain_number(value: Decimal) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def day_of(moment: datetime | None) -> str:
    """The ISO date of a moment (UTC); empty for none."""
    return moment.date().isoformat() if moment else ""


def _ended(tariff: Tariff, today: str) -> bool:
    return bool(today and tariff.end and day_of(tariff.end) < today)


def _to_come(tariff: Tariff, today: str) -> bool:
    return bool(today and tariff.start and day_of(tariff.start) > today)


def _out_of_time(tariff: Tariff, today: str) -> str:
    if _ended(tariff, today):
        return f"tariff {tariff.id} ended on {day_of(tariff.end)}"
    return f"tariff {tariff.id} starts on {day_of(tariff.start)}"


def _names(
    groups: Sequence[Sequence[tuple[Point, Connector]]], network: Network, lang: str
) -> list[tuple[str, ...]] | None:
    """Names of the plugs of each group: their kind, with the number of the EVSE where that alone does not tell them apart;
    None where nothing does."""
    for with_number in (False, True):
        named = [
            tuple(
                dict.fromkeys(
                    f"{_name(connector, network, lang)} ({plain(point.number, 24)})"
                    if with_number and point.number
                    else _name(connector, network, lang)
                    for point, connector in group
                )
            )
            for group in groups
        ]
        if sum(map(len, named)) == len({name for names in named for name in names}):
            return named
    return None


def _name(connector: Connector, network: Network, lang: str) -> str:
    known = network.content.connectors.get(connector.kind or "")
    return (
        known.short_in(lang) if known else plain(standard_in_words(connector.standard, translator(lang)), 40)
    )
