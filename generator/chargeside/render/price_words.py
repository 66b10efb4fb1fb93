"""Words of the prices on a station page: all fees, the tax, and as of when, in short plain lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from chargeside.i18n import N_, Translator, day, listed, money, number, percent
from chargeside.model.tariff import Dimension
from chargeside.plan.driver_views import PriceLine, PriceView

_PER: Mapping[Dimension, str] = {
    "ENERGY": N_("{price} / kWh"),
    "TIME": N_("{price} / h while it charges"),
    "PARKING_TIME": N_("{price} / h plugged in without charging"),
    "FLAT": N_("{price} for each charge"),
}


def price_lines(view: PriceView, _: Translator) -> list[str]:
    """What a charge costs: a line for each price. None where the tariff's own text says it."""
    if view.free:
        return [_("Free of charge")]
    lines = [_line(line, view.currency, _) for line in view.lines]
    if view.least:
        lines.append(
            _("At least {price} for each charge").format(price=money(view.least, view.currency, _.lang))
        )
    if view.most:
        lines.append(
            _("At most {price} for each charge").format(price=money(view.most, view.currency, _.lang))
        )
    return lines


def price_notes(view: PriceView, _: Translator) -> str:
    """Tax and dates, in one line."""
    return " ".join(_notes(view, _))


def has_price(view: PriceView) -> bool:
    """Whether a view says a price; one that does not stands for plugs whose price is not shown."""
    return bool(view.told or view.lines or view.least or view.free)


def _line(line: PriceLine, currency: str, _: Translator) -> str:
    price = money(line.amount, currency, _.lang)
    text = _(_PER[line.dimension]).format(price=price)
    return f"{text} ({_step(line, _)})" if line.step else text


def _step(line: PriceLine, _: Translator) -> str:
    if line.dimension == "ENERGY":
        return _("each {step} kWh begun counts in full").format(step=number(line.step / 1000, _.lang, 3))
    minutes, seconds = divmod(line.step, 60)
    if seconds:
        return _("each {step} seconds begun count in full").format(step=line.step)
    if minutes == 1:
        return _("each minute begun counts in full")
    return _("each {step} minutes begun count in full").format(step=minutes)


def _notes(view: PriceView, _: Translator) -> Iterator[str]:
    if view.taxes == "N/A":
        yield _("No tax is added.")
    elif view.vats and view.taxes:
        rates = listed([percent(rate, _.lang) for rate in view.vats], _.lang)
        yield _("VAT of {rates} included.").format(rates=rates)
    elif view.taxes == "YES":
        yield _("Taxes included.")
    elif view.taxes == "NO":
        yield _("VAT of {rate}.").format(rate=percent(0, _.lang))
    if view.since:
        yield _("From {date}.").format(date=day(view.since, _.lang))
    if view.until:
        yield _("Until {date}.").format(date=day(view.until, _.lang))
    if view.as_of:
        yield _("As of {date}.").format(date=day(view.as_of, _.lang))
