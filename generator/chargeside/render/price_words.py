"""Words of the prices on a station page: all fees, the tax, and as of when, in short plain lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from chargeside.model.tariff import Dimension
from chargeside.plan.driver_views import PriceLine, PriceView
from chargeside.render.driver_words import Translate
from chargeside.render.place_words import date_words

_PER: Mapping[Dimension, str] = {
    "ENERGY": "{price} / kWh",
    "TIME": "{price} / h while it charges",
    "PARKING_TIME": "{price} / h plugged in without charging",
    "FLAT": "{price} for each charge",
}


def price_lines(view: PriceView, _: Translate) -> list[str]:
    """What a charge costs: a line for each price. None where the tariff's own text says it."""
    if view.free:
        return [_("Free of charge")]
    lines = [_line(line, view.currency, _) for line in view.lines]
    if view.least:
        lines.append(_("At least {price} for each charge").format(price=f"{view.currency} {view.least}"))
    if view.most:
        lines.append(_("At most {price} for each charge").format(price=f"{view.currency} {view.most}"))
    return lines


def price_notes(view: PriceView, _: Translate) -> str:
    """Tax and dates, in one line."""
    return " ".join(_notes(view, _))


def has_price(view: PriceView) -> bool:
    """Whether a view says a price; one that does not stands for plugs whose price is not shown."""
    return bool(view.told or view.lines or view.least or view.free)


def _line(line: PriceLine, currency: str, _: Translate) -> str:
    price = f"{currency} {line.amount}"
    text = _(_PER[line.dimension]).format(price=price)
    return f"{text} ({_step(line, _)})" if line.step else text


def _step(line: PriceLine, _: Translate) -> str:
    if line.dimension == "ENERGY":
        return _("each {step} kWh begun counts in full").format(step=f"{line.step / 1000:g}")
    minutes, seconds = divmod(line.step, 60)
    if seconds:
        return _("each {step} seconds begun count in full").format(step=line.step)
    if minutes == 1:
        return _("each minute begun counts in full")
    return _("each {step} minutes begun count in full").format(step=minutes)


def _notes(view: PriceView, _: Translate) -> Iterator[str]:
    if view.taxes == "N/A":
        yield _("No tax is added.")
    elif view.vats and view.taxes:
        rates = _(" and ").join(f"{rate} %" for rate in view.vats)
        yield _("VAT of {rates} included.").format(rates=rates)
    elif view.taxes == "YES":
        yield _("Taxes included.")
    elif view.taxes == "NO":
        yield _("VAT of 0 %.")
    if view.since:
        yield _("From {date}.").format(date=date_words(view.since, _))
    if view.until:
        yield _("Until {date}.").format(date=date_words(view.until, _))
    if view.as_of:
        yield _("As of {date}.").format(date=date_words(view.as_of, _))
