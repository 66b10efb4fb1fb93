"""Published figures on charging speed: every number of the driver pages on speed, with where it is from.

Nothing is made up or rounded to look nicer. docs/reference/speed.md says how each was derived; a test keeps both alike.
"""

from __future__ import annotations

from dataclasses import dataclass

OPEN_EV_DATA = "chargeprice/open-ev-data (2021-09)"
LEAF_STUDY = "Energy Policy 2018, Nissan Leaf taxis"
CURVE_HELP = "support.charge.net.nz, charging curve"
START_HELP = "fastnedcharging.com, support"
AC_STEPS = "elbilgrossisten.no, type 2"


@dataclass(frozen=True, slots=True)
class Figure:
    """A number and its source."""

    value: int
    source: str


@dataclass(frozen=True, slots=True)
class Level:
    """What cars take at a level of the battery (%), as a share of their own peak: median and quartiles, where known."""

    percent: int
    median: float
    quartiles: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class SpeedFacts:
    """The figures by name. Levels of the battery in %, temperatures in °C."""

    curves: Figure  # car models with a charging curve of their own
    peak_kw: Figure  # median of their peaks
    levels: tuple[Level, ...]  # the curves of all of them together
    ac_models: Figure  # car models whose AC limit is known
    ac_takers: tuple[tuple[int, int], ...]  # kW, and how many of them take so much AC or more
    best_from: Figure  # between these two levels cars take the most
    best_to: Figure
    drop_at: Figure  # above this level they take much less
    cold_sessions: Figure  # fast charges studied, about
    cold_behind: Figure  # how much less charge after the same time, %
    cold: Figure
    warm: Figure
    start_seconds: Figure  # what charger and car need before power flows


SPEED_FACTS = SpeedFacts(
    curves=Figure(111, OPEN_EV_DATA),
    peak_kw=Figure(100, OPEN_EV_DATA),
    levels=(
        Level(10, 0.96, (0.92, 1.00)),
        Level(20, 0.95),
        Level(30, 0.97),
        Level(40, 0.95, (0.86, 0.99)),
        Level(50, 0.85, (0.75, 0.92)),
        Level(60, 0.70, (0.62, 0.80)),
        Level(70, 0.56, (0.47, 0.72)),
        Level(80, 0.48, (0.32, 0.55)),
        Level(90, 0.30, (0.20, 0.38)),
        Level(100, 0.11),
    ),
    ac_models=Figure(258, OPEN_EV_DATA),
    ac_takers=((7, 168), (11, 118), (16, 43), (22, 19)),
    best_from=Figure(10, CURVE_HELP),
    best_to=Figure(50, CURVE_HELP),
    drop_at=Figure(80, CURVE_HELP),
    cold_sessions=Figure(500, LEAF_STUDY),
    cold_behind=Figure(36, LEAF_STUDY),
    cold=Figure(0, LEAF_STUDY),
    warm=Figure(25, LEAF_STUDY),
    start_seconds=Figure(60, START_HELP),
)

AC_STEPS_KW = (3.7, 7.4, 11.0, 22.0)
"""16 and 32 A on one phase, and on three (AC_STEPS): the usual AC limits of cars."""
