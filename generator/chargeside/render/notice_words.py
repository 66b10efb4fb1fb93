"""Words of notices: until when they hold."""

from __future__ import annotations

from datetime import date, timedelta

from chargeside.i18n import N_, Translator, day, moment
from chargeside.plan.driver_views import Plate

_MIDNIGHT = "00:00"
_SIDES = {"left": N_("Left"), "right": N_("Right"), "centre": N_("Centre")}
_USE_SIDE = {
    "left": N_("Use the left side"),
    "right": N_("Use the right side"),
    "centre": N_("Use the middle"),
}


def until(local: str, _: Translator) -> str:
    """Until when something holds, by local date and time: `2026-11-24T18:00`. At midnight it is the day before that ends."""
    if local.endswith(f"T{_MIDNIGHT}"):
        last = date.fromisoformat(local[:10]) - timedelta(days=1)
        return _("Until the end of {day}").format(day=day(last.isoformat(), _.lang))
    return _("Until {time}").format(time=moment(local, _.lang))


def side_of(plate: Plate, _: Translator) -> str:
    """What tells a side of a charger from the others: its number, else where it is."""
    return plate.number or _(_SIDES[plate.side])


def instead(plate: Plate, _: Translator) -> str:
    """Which charger, or which side of this one, to use instead."""
    return _("Use charger {number}").format(number=plate.number) if plate.number else _(_USE_SIDE[plate.side])
