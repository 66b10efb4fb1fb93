"""What speed to expect: what is worked out, drawn and said, from a table of published figures."""

from __future__ import annotations

import re
from dataclasses import fields
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chargeside.i18n import LANGUAGES
from chargeside.model.ocpi import Connector
from chargeside.plan.driver_speed import (
    ac_minutes,
    as_long_from,
    dc_minutes,
    limit_400,
    speed_view,
    steady_to,
)
from chargeside.plan.driver_views import Limit400, PlugView, Site, SpeedView, TopicPage
from chargeside.plan.speed_facts import SPEED_FACTS, Figure
from chargeside.render.driver import BUDGET, RENDERERS, too_large
from chargeside.render.speed_chart import cut, dc_chart, level_rows, quartiles, typical

POWERS = st.floats(3, 1000).map(lambda kw: round(kw, 1))
LEVELS = [level.percent for level in SPEED_FACTS.levels]


def plug(current: str, kw: float | None) -> PlugView:
    return PlugView(
        drawing=None, view="plug", name="plug", other_names=(), labels=(), format="cable", current=current, power_kw=kw,
        where=(), count=1, latch="", release="", good_to_know=(), look_alikes=(),
    )  # fmt: skip


def view(*plugs: tuple[str, float | None], limit: Limit400 | None = None) -> SpeedView:
    return speed_view([plug(*one) for one in plugs], limit)


def page(speed: SpeedView, lang: str = "en") -> str:
    site = Site("Demo", "example.org", "https://example.org/", "/", "#0b4a6f", None, None, ())
    topic = TopicPage("site", lang, "../../../../", None, "speed", speed=speed)
    data = RENDERERS["driver.topic"](topic, {"site": site})
    assert too_large("page.html", data) == 0, BUDGET
    return data.decode()


def connector(kw: float, volts: int | None, amps: int | None, power_type: str = "DC") -> Connector:
    return Connector("1", "IEC_62196_T2_COMBO", power_type=power_type, max_voltage=volts, max_amperage=amps,
                     max_electric_power=int(kw * 1000))  # fmt: skip


# ── Minutes ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@given(POWERS, POWERS, st.sampled_from([(20, 80), (80, 100), (10, 100)]))
def test_a_stronger_charger_is_never_slower(one: float, other: float, part: tuple[int, int]) -> None:
    weak, strong = sorted((one, other))
    low, high = part
    assert dc_minutes(60, strong, low=low, high=high) <= dc_minutes(60, weak, low=low, high=high)
    assert ac_minutes(60, strong, 11) <= ac_minutes(60, weak, 11)


@given(POWERS, st.floats(1, 400))
def test_no_car_charges_faster_than_charger_and_its_own_peak_allow(charger_kw: float, peak_kw: float) -> None:
    assert dc_minutes(60, charger_kw, peak_kw) >= 60 * 0.6 / min(charger_kw, peak_kw) * 60 * 0.999


@given(POWERS)
def test_the_sentence_to_remember_is_true_of_the_minutes(charger_kw: float) -> None:
    last = dc_minutes(60, charger_kw, low=80, high=100)
    level = as_long_from(charger_kw)
    gap = abs(dc_minutes(60, charger_kw, low=level, high=80) - last)
    for other in (level - 10, level + 10):
        if other in LEVELS and other <= 80:
            assert gap <= abs(dc_minutes(60, charger_kw, low=other, high=80) - last)
    shown = view(("DC", charger_kw))
    assert (shown.as_long_from is None) != (shown.steady_to is None)
    if shown.steady_to:
        assert dict(typical(shown))[shown.steady_to] >= charger_kw
        assert steady_to(charger_kw) == shown.steady_to


@given(POWERS, POWERS)
def test_rows_get_shorter_with_more_power(ac_kw: float, dc_kw: float) -> None:
    shown = view(("AC", ac_kw), ("DC", dc_kw))
    assert all(a.kw < b.kw and a.minutes >= b.minutes for a, b in pairwise(shown.ac))
    assert shown.ac[-1].kw == ac_kw
    assert all(a.kw < b.kw and a.minutes >= b.minutes for a, b in pairwise(shown.peaks))
    assert all(a.minutes <= b.minutes and a.last_minutes <= b.last_minutes for a, b in pairwise(shown.dc))


# ── 400 V ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("connectors", "kw"),
    [
        pytest.param([connector(350, 1000, 500)], 200, id="350 kW, 500 A"),
        pytest.param([connector(150, 920, 200)], 80, id="below the typical peak"),
        pytest.param([connector(150, 920, 163)], None, id="amperes that are power by volts"),
        pytest.param([connector(150, 1000, 500)], None, id="amperes enough"),
        pytest.param([connector(50, 500, 125)], None, id="made for 400 V"),
        pytest.param([connector(350, None, 500)], None, id="no volts"),
        pytest.param([connector(350, 1000, None)], None, id="no amperes"),
        pytest.param([connector(50, 400, 32)], None, id="amperes of an AC plug"),
        pytest.param([connector(350, 1000, 500), connector(50, 500, 125)], 200, id="the strongest counts"),
        pytest.param(
            [connector(350, 1000, 500), connector(300, None, None)], 300, id="another plug gives more"
        ),
        pytest.param(
            [connector(350, 1000, 500), connector(350, None, None)], None, id="another may give all"
        ),
        pytest.param([connector(22, 1000, 32, "AC_3_PHASE")], None, id="AC"),
        pytest.param([], None, id="no plug"),
    ],
)
def test_400_volts_are_told_of_only_where_the_data_bears_it(
    connectors: list[Connector], kw: float | None
) -> None:
    found = limit_400(connectors)
    assert (found.kw if found else None) == kw


# ── Chart ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@given(POWERS)
def test_the_chart_shows_figures_of_the_table_and_nothing_above_the_charger(limit: float) -> None:
    shown = view(("DC", limit))
    rows = {level: (kw, *(band or ())) for level, kw, band in level_rows(shown)}
    for line in (typical(shown), *quartiles(shown)):
        points = cut(line, limit)
        assert all(y <= limit for _, y in points)
        assert all(x in rows and y in rows[x] for x, y in points if y < limit)
        assert [x for x, _ in points] == sorted({x for x, _ in points})
        assert {x for x, _ in line} <= {x for x, _ in points}


@given(POWERS, st.none() | st.floats(0.1, 0.95), st.sampled_from(LANGUAGES))
def test_everything_is_drawn_inside_the_drawing(limit: float, share: float | None, lang: str) -> None:
    limit_400v = Limit400(round(limit * share, 1), 500) if share else None
    svg = str(dc_chart(view(("DC", limit), limit=limit_400v), lang))
    width, height = map(int, re.findall(r'viewBox="0 0 (\d+) (\d+)"', svg)[0])
    for path in re.findall(r' d="([^"]+)"', svg):
        for x, y in re.findall(r"[ML](-?\d+) (-?\d+)", path):
            assert 0 <= int(x) <= width
            assert 24 <= int(y) <= height - 40
    # By the widest letters there are: about 0.62 of their size on average, bold a little more.
    for x, y, rest, text in re.findall(r'<text x="(-?\d+)" y="(-?\d+)"([^>]*)>([^<]+)<', svg):
        wide = len(text) * 13 * 0.62
        left = int(x) - (wide if '"end"' in rest else wide / 2 if '"middle"' in rest else 0)
        assert left >= -6
        assert left + wide <= width + 6, text
        assert 10 <= int(y) <= height
    assert "style=" not in svg


# ── Pages ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("shown", "says", "not_"),
    [
        pytest.param(view(("AC", 22.0)), ["only 19 of 258", "22 kW or more"], ["<svg class=\"chart", "Cold"], id="22 kW AC"),
        pytest.param(view(("AC", 11.0)), ["118 of 258 car models take 11 kW"], ["16 kW or more"], id="11 kW AC"),
        pytest.param(view(("AC", 3.7)), ["168 of 258 car models could take 7 kW"], ["class=\"bar"], id="3.7 kW AC"),
        pytest.param(view(("DC", 50.0)), ["as from 40 % to 80 %", "class=\"chart", "Cold"], ["class=\"bar", "250 kW"], id="50 kW"),
        pytest.param(view(("DC", 22.0)), ["sets the pace", "level of 90 %"], ["last fifth"], id="22 kW DC"),
        pytest.param(view(("DC", 400.0)), ["as from 30 % to 80 %", "This charger: 400"], ["400 V"], id="400 kW"),
        pytest.param(view(("DC", 300.0), limit=Limit400(200, 500)), ["400 V car: 200", "500 A"], [], id="400 V"),
        pytest.param(view(("AC", 22.0), ("DC", 50.0)), ["Fast charging (DC)", "AC charging"], [], id="AC and DC"),
        pytest.param(view(("DC", None)), ["Your car decides", "between 10 % and 50 %"], ["class=\"chart", "<table"], id="DC unknown"),
        pytest.param(view(("AC", None)), ["only 19 of 258"], ["class=\"bar", "<table"], id="AC unknown"),
        pytest.param(view(), ["no power figures"], ["class=\"chart", "<table", "258"], id="nothing known"),
    ],
)  # fmt: skip
def test_a_page_says_what_is_known_and_no_more(shown: SpeedView, says: list[str], not_: list[str]) -> None:
    text = page(shown).replace("\u00a0", " ")
    main = text[text.index("<main") :]
    assert [words for words in says if words not in main] == []
    assert [words for words in not_ if words in main] == []


def test_numbers_of_a_page_name_their_source() -> None:
    text = page(view(("AC", 22.0), ("DC", 50.0)))
    named = set(re.findall(r'data-source="([^"]+)"', text))
    figures = (getattr(SPEED_FACTS, field.name) for field in fields(SPEED_FACTS))
    assert named == {figure.source for figure in figures if isinstance(figure, Figure)}


def test_the_handbook_has_every_figure_with_its_source(root: Path) -> None:
    page = root / "docs/reference/speed.md"
    if not page.is_file():
        pytest.skip("the handbook is not beside the tests")
    text = page.read_text(encoding="utf-8")
    told = re.findall(r"^\| `(\w+)` \| (\d+) \| (.+) \|$", text, re.MULTILINE)
    named = {field.name: getattr(SPEED_FACTS, field.name) for field in fields(SPEED_FACTS)}
    assert told == [(n, str(f.value), f.source) for n, f in named.items() if isinstance(f, Figure)]
    curve = re.findall(r"^\| (\d+) % \| ([\d.]+) \| ([\d.]+|–) \| ([\d.]+|–) \|$", text, re.MULTILINE)
    assert [(int(level), float(median)) for level, median, *_ in curve] == [
        (level.percent, level.median) for level in SPEED_FACTS.levels
    ]
    assert [None if low == "–" else (float(low), float(high)) for *_, low, high in curve] == [
        level.quartiles for level in SPEED_FACTS.levels
    ]
    for kw, count in SPEED_FACTS.ac_takers:
        assert re.search(rf"\b{count}\s+take {kw} kW or more", text)
