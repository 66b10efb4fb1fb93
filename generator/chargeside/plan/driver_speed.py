"""What speed to expect at a charger, worked out from published figures.

Sources (the figures are derived, see docs): chargeprice/open-ev-data (MIT, frozen 2021-09): the charging curves of 111
cars, power as a share of the car's own peak, median; median peak 100 kW; of 258 cars with AC data, 7 % take 22 kW.
AC steps 3.7, 7.4, 11 and 22 kW are 16 and 32 A on one and on three phases.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from chargeside.plan.driver_views import PlugView, SpeedRow, SpeedView

CURVE: tuple[tuple[int, float], ...] = (
    (20, 0.95), (30, 0.97), (40, 0.95), (50, 0.85), (60, 0.70), (70, 0.56), (80, 0.48),
)  # fmt: skip
"""Battery level in %, and power as a share of the car's peak: median of 111 cars."""

TYPICAL_PEAK_KW = 100.0
"""Median peak of the same cars."""

BATTERIES_KWH = (40, 60, 80)
AC_LIMITS_KW = (3.7, 7.4, 11.0, 22.0)
AC_BATTERY_KWH = 60


def dc_minutes(battery_kwh: float, charger_kw: float, peak_kw: float = TYPICAL_PEAK_KW) -> float:
    """Minutes from 20 % to 80 % on DC, power by the curve and never above the charger's."""
    minutes = 0.0
    for (low, share_low), (high, share_high) in pairwise(CURVE):
        power_kw = min(charger_kw, peak_kw * (share_low + share_high) / 2)
        minutes += battery_kwh * (high - low) / 100 / power_kw * 60
    return minutes


def ac_minutes(battery_kwh: float, charger_kw: float, car_kw: float) -> float:
    """Minutes from 20 % to 80 % on AC, where the weaker of charger and car rules and power stays the same."""
    return battery_kwh * 0.6 / min(charger_kw, car_kw) * 60


def speed_view(plugs: Sequence[PlugView]) -> SpeedView:
    """What to expect at a station with these plugs."""
    ac_kw, dc_kw = _power(plugs, "AC"), _power(plugs, "DC")
    dc = [SpeedRow(f"{kwh} kWh", _round(dc_minutes(kwh, dc_kw))) for kwh in BATTERIES_KWH] if dc_kw else []
    ac = []
    if ac_kw:
        # Cars above the charger's own power gain nothing: one row for all of them is enough.
        limits = [kw for kw in AC_LIMITS_KW if kw < ac_kw * 0.98] + [
            kw for kw in AC_LIMITS_KW if kw >= ac_kw * 0.98
        ][:1]
        ac = [SpeedRow(f"{kw:g} kW", _round(ac_minutes(AC_BATTERY_KWH, ac_kw, kw))) for kw in limits]
    currents = {plug.current for plug in plugs}
    return SpeedView(ac_kw, dc_kw, "AC" in currents, "DC" in currents, tuple(ac), tuple(dc))


def _power(plugs: Sequence[PlugView], current: str) -> float | None:
    powers = [plug.power_kw for plug in plugs if plug.current == current and plug.power_kw]
    return max(powers, default=None)


def _round(minutes: float) -> int:
    """To 5 minutes, above two hours to 15: the figures are no better than that."""
    step = 5 if minutes <= 120 else 15
    return max(step, round(minutes / step) * step)
