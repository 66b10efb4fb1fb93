"""What speed to expect at a charger, worked out from the published figures of `speed_facts`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from chargeside.model.ocpi import Connector
from chargeside.plan.driver_views import BatteryRow, Limit400, PlugView, SpeedRow, SpeedView
from chargeside.plan.speed_facts import AC_STEPS_KW, SPEED_FACTS

TYPICAL_PEAK_KW = float(SPEED_FACTS.peak_kw.value)
BATTERIES_KWH = (40, 60, 80)
"""Examples, so that most drivers find one near their own."""
EXAMPLE_KWH = 60
PEAKS_KW = (50, 100, 150, 200, 250)
LOW, HIGH, FULL = 20, 80, 100
"""Levels of the battery in %: where drivers usually come and leave."""

_EVEN = 60
"""Where the last fifth takes no longer than so late a part of the rest, there is nothing to gain by leaving at 80 %."""
_VOLTS = 400
_MORE_VOLTS = 500
"""A charger for more than that is made for cars of 800 V too."""


def dc_minutes(
    battery_kwh: float, charger_kw: float, peak_kw: float = TYPICAL_PEAK_KW, low: int = LOW, high: int = HIGH
) -> float:
    """Minutes between two levels (%, both of the curve) on DC, power by the curve and never above the charger's."""
    minutes = 0.0
    for here, there in pairwise(level for level in SPEED_FACTS.levels if low <= level.percent <= high):
        power_kw = min(charger_kw, peak_kw * (here.median + there.median) / 2)
        minutes += battery_kwh * (there.percent - here.percent) / 100 / power_kw * 60
    return minutes


def ac_minutes(battery_kwh: float, charger_kw: float, car_kw: float) -> float:
    """Minutes from 20 % to 80 % on AC, where the weaker of charger and car rules and power stays the same."""
    return battery_kwh * (HIGH - LOW) / 100 / min(charger_kw, car_kw) * 60


def as_long_from(charger_kw: float) -> int:
    """The level (%, of the curve) from which a typical car takes as long to 80 % as from there to full, to the nearest."""
    last = dc_minutes(1, charger_kw, low=HIGH, high=FULL)
    levels = (level.percent for level in SPEED_FACTS.levels if level.percent <= HIGH)
    return min(levels, key=lambda level: abs(dc_minutes(1, charger_kw, low=level, high=HIGH) - last))


def steady_to(charger_kw: float) -> int | None:
    """The highest level (%) at which a typical car still takes all that the charger gives."""
    levels = [level.percent for level in SPEED_FACTS.levels if level.median * TYPICAL_PEAK_KW >= charger_kw]
    return max(levels, default=None)


def limit_400(connectors: Iterable[Connector]) -> Limit400 | None:
    """What the amperes of the strongest DC plugs leave a car of 400 V, where that is clearly less than their power.

    None unless every plug that could give more has amperes and volts one can believe: feeds often hold amperes that were
    only divided out of power and volts, which say nothing of the hardware.
    """
    dc = [plug for plug in connectors if plug.current == "DC" and plug.max_electric_power]
    power_kw = max((plug.max_electric_power or 0 for plug in dc), default=0) / 1000
    best = max(
        (Limit400(_kw_400(plug), plug.max_amperage or 0) for plug in dc),
        key=lambda limit: (limit.kw, limit.amps),
        default=None,
    )
    return best if best and best.kw <= 0.95 * power_kw else None


def _kw_400(plug: Connector) -> float:
    power, volts, amps = plug.max_electric_power or 0, plug.max_voltage or 0, plug.max_amperage or 0
    believable = volts > _MORE_VOLTS and volts * amps >= 1.05 * power
    return min(power, _VOLTS * amps if believable else power) / 1000


def speed_view(plugs: Sequence[PlugView], limit: Limit400 | None = None) -> SpeedView:
    """What to expect at a station with these plugs."""
    ac_kw, dc_kw = _power(plugs, "AC"), _power(plugs, "DC")
    currents = {plug.current for plug in plugs}
    from_level = as_long_from(dc_kw) if dc_kw else None
    lesson = from_level is not None and from_level < _EVEN
    return SpeedView(
        ac_kw=ac_kw,
        dc_kw=dc_kw,
        has_ac="AC" in currents,
        has_dc="DC" in currents,
        ac=_ac_rows(ac_kw) if ac_kw else (),
        ac_takers=tuple(row for row in SPEED_FACTS.ac_takers if ac_kw and row[0] <= ac_kw * 1.02),
        dc=_dc_rows(dc_kw) if dc_kw else (),
        peaks=_peak_rows(dc_kw) if dc_kw else (),
        as_long_from=from_level if lesson else None,
        steady_to=steady_to(dc_kw) if dc_kw and not lesson else None,
        limit_400=limit,
    )


def _dc_rows(dc_kw: float) -> tuple[BatteryRow, ...]:
    return tuple(
        BatteryRow(kwh, _round(dc_minutes(kwh, dc_kw)), _round(dc_minutes(kwh, dc_kw, low=HIGH, high=FULL)))
        for kwh in BATTERIES_KWH
    )


def _peak_rows(dc_kw: float) -> tuple[SpeedRow, ...]:
    """Cars of different peaks, where the charger has power for more than the typical one."""
    peaks = [peak for peak in PEAKS_KW if peak <= dc_kw * 1.02]
    if not peaks or peaks[-1] <= TYPICAL_PEAK_KW:
        return ()
    return tuple(SpeedRow(peak, _round(dc_minutes(EXAMPLE_KWH, dc_kw, peak))) for peak in peaks)


def _ac_rows(ac_kw: float) -> tuple[SpeedRow, ...]:
    """Cars that take less than the charger gives, and one for all the others: they gain nothing by taking more."""
    limits = [kw for kw in AC_STEPS_KW if kw < ac_kw * 0.95]
    return tuple(SpeedRow(kw, _round(ac_minutes(EXAMPLE_KWH, ac_kw, kw))) for kw in (*limits, ac_kw))


def _power(plugs: Sequence[PlugView], current: str) -> float | None:
    powers = [plug.power_kw for plug in plugs if plug.current == current and plug.power_kw]
    return max(powers, default=None)


def _round(minutes: float) -> int:
    """To 5 minutes, above two hours to 15: the figures are no better than that."""
    step = 5 if minutes <= 120 else 15
    return max(step, round(minutes / step) * step)
