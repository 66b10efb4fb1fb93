"""Opening hours, access, parking and the way there: from the feed to the words on a station page."""

from __future__ import annotations

import html
import json
import random
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chargeside.explain import explain
from chargeside.i18n import translator
from chargeside.load.ocpi_hours import MAX_PERIODS, read_hours
from chargeside.load.ocpi_place import EXTRA_PLACE, MAX_BRANDS, card_brands, extra_place, parking, texts
from chargeside.model.network import Network
from chargeside.model.ocpi import Hours
from chargeside.model.texts import text_in, text_in_just
from chargeside.plan.driver import plan_driver
from chargeside.plan.driver_place import EXCEPTIONS, hours_view
from chargeside.plan.driver_views import PlaceView
from chargeside.render.driver import RENDERERS, too_large
from chargeside.render.place_words import hours_lines, near_hours, place_rows
from support import TODAY, connector, evse, location, operator_folder, socket

ALWAYS = ["Day and night"]


def day(weekday: object, begin: object, end: object) -> dict[str, object]:
    return {"weekday": weekday, "period_begin": begin, "period_end": end}


def week(*days: dict[str, object], **more: object) -> dict[str, object]:
    return {"regular_hours": list(days), **more}


def every(days: range, begin: str, end: str) -> list[dict[str, object]]:
    return [day(number, begin, end) for number in days]


def said(hours: Hours | None) -> list[str] | None:
    """The week as a page states it."""
    view = hours_view(hours, "Europe/Berlin")
    return hours_lines(view, translator("en")) if view else None


WORK = every(range(1, 6), "06:00", "22:00")
WEEKS: dict[str, tuple[object, list[str] | None, list[str]]] = {
    "as OCPI has it": (week(*WORK, twentyfourseven=False), ["Mon–Fri 06:00–22:00", "Sat, Sun closed"], []),
    "day and night": ({"twentyfourseven": True}, ALWAYS, []),
    "day and night, as text": ("24/7", ALWAYS, ["hours_form"]),
    "true as text": ({"twentyFourSeven": "true", "regularHours": []}, ALWAYS, ["hours_form"]),
    "limited, nobody says how": ({"twentyfourseven": False}, ["Not at all hours"], []),
    "seconds": (week(day(1, "08:00:00", "17:30:00")), ["Mon 08:00–17:30", "Tue–Sun closed"], ["hours_form"]),
    "one digit, no colon": (week(day(1, "8:00", "1730")), ["Mon 08:00–17:30", "Tue–Sun closed"], ["hours_form"]),
    "until 24:00, 00:00 and 23:59": (
        week(day(1, "08:00", "24:00"), day(2, "08:00", "00:00"), day(3, "08:00", "23:59")),
        ["Mon–Wed 08:00–24:00", "Thu–Sun closed"],
        [],
    ),
    "days by name or number as text": (
        week(day("MONDAY", "09:00", "10:00"), day("tue", "09:00", "10:00"), day("3", "09:00", "10:00")),
        ["Mon–Wed 09:00–10:00", "Thu–Sun closed"],
        ["hours_form"],
    ),
    "camelCase": (
        {"twentyfourseven": False, "regularHours": [{"weekday": 7, "periodBegin": "10:00", "periodEnd": "12:00"}]},
        ["Sun 10:00–12:00", "Mon–Sat closed"],
        [],
    ),
    "closed days that are written": (
        week(*every(range(1, 7), "08:00", "20:00"), day(7, "closed", "closed"), {"weekday": 7}),
        ["Mon–Sat 08:00–20:00", "Sun closed"],
        ["hours_form"],
    ),
    "a break, in any order": (
        week(day(1, "14:00", "18:00"), day(1, "08:00", "12:00")),
        ["Mon 08:00–12:00, 14:00–18:00", "Tue–Sun closed"],
        [],
    ),
    "periods that overlap, meet or stand twice": (
        week(day(2, "08:00", "12:00"), day(2, "12:00", "15:00"), day(2, "14:00", "18:00"), day(2, "08:00", "12:00")),
        ["Tue 08:00–18:00", "Mon, Wed–Sun closed"],
        [],
    ),
    "over midnight": (
        week(*every(range(1, 8), "18:00", "02:00")),
        ["Daily 18:00–02:00"],
        ["hours_midnight"],
    ),
    "all days in full": (week(*every(range(1, 8), "00:00", "24:00"), twentyfourseven=False), ALWAYS, []),
    "all days from 00:00 to 00:00": (week(*every(range(1, 8), "00:00", "00:00")), ALWAYS, []),
    "one day from 00:00 to 00:00": (week(*WORK, day(6, "00:00", "00:00")), None, ["hours"]),
    "day and night, and shorter": (
        week(*WORK, twentyfourseven=True),
        ["Mon–Fri 06:00–22:00", "Sat, Sun closed"],
        ["hours_both"],
    ),
    "nothing": ({}, None, []),
    "null": (None, None, []),
    "a text": ("Mo-Fr 8-18", None, ["hours"]),
    "a list": ([1], None, ["hours"]),
    "neither true nor false": ({"twentyfourseven": "perhaps"}, None, ["hours"]),
    "an eighth day": (week(*WORK, day(8, "08:00", "20:00")), None, ["hours"]),
    "day 0, which may be two days": (week(*WORK, day(0, "08:00", "20:00")), None, ["hours"]),
    "a day and a half": (week(day(1.5, "08:00", "20:00")), None, ["hours"]),
    "a 25th hour": (week(*WORK, day(6, "08:00", "25:00")), None, ["hours"]),
    "half a period": (week(*WORK, day(6, "08:00", None)), None, ["hours"]),
    "no length": (week(*WORK, day(6, "08:00", "08:00")), None, ["hours"]),
    "too many periods": (week(*every(range(1, 2), "08:00", "09:00") * (MAX_PERIODS + 1)), None, ["hours"]),
}  # fmt: skip


@pytest.mark.parametrize(("given", "words", "doubts"), WEEKS.values(), ids=WEEKS)
def test_hours_in_words(given: object, words: list[str] | None, doubts: list[str]) -> None:
    hours, found = read_hours(given)
    assert said(hours) == words
    assert [kind for kind, _ in found] == doubts


PERIODS = st.lists(
    st.tuples(st.integers(1, 7), st.integers(0, 95), st.integers(1, 95)).map(
        lambda p: (p[0], p[1] * 15, min(p[1] + p[2], 96) * 15)
    ),
    min_size=1,
    max_size=20,
)


@given(PERIODS)
def test_no_minute_is_lost_or_added(periods: list[tuple[int, int, int]]) -> None:
    clock = [f"{minute // 60:02}:{minute % 60:02}" for minute in range(24 * 60 + 1)]
    hours, doubts = read_hours(week(*(day(d, clock[b], clock[e]) for d, b, e in periods)))
    assert hours is not None
    assert not doubts
    view = hours_view(hours, None)
    assert view is not None
    stated = {
        (d, minute) for row in view.rows for d in row.days for b, e in row.times for minute in range(b, e, 15)
    }
    if view.always:
        stated = {(d, minute) for d in range(1, 8) for minute in range(0, 24 * 60, 15)}
    assert stated == {(d, minute) for d, b, e in periods for minute in range(b, e, 15)}


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
    | st.sampled_from(["08:00", "24:00", "2026-12-25T00:00:00Z", "9999-12-31T23:59:59-05:00", "MONDAY", "EV_ONLY", "en"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(
            ["twentyfourseven", "regular_hours", "weekday", "period_begin", "period_end", "exceptional_closings",
             "exceptional_openings", "max_vehicle_height", "time_limit", "vehicle_types", "roofed", "language", "text"]
        ),
        inner,
        max_size=6,
    ),
    max_leaves=12,
)  # fmt: skip


@given(ANYTHING, st.sampled_from(["", "Europe/Berlin", "../../etc", "No/Where", "\0", "Europe"]))
def test_nothing_in_a_feed_breaks_the_reading(anything: Any, zone: str) -> None:
    hours, _ = read_hours(anything)
    view = hours_view(hours, zone)
    if view:
        assert hours_lines(view, translator("en"))
        assert near_hours(view, translator("en"))
    parking([anything] if isinstance(anything, dict) else [])
    texts(anything)
    for key in EXTRA_PLACE:
        extra_place(key, anything)
    assert len(card_brands(anything, [])) <= MAX_BRANDS


# ---------------------------------------------------------------------------------------------------- dates


def closed(*spans: tuple[str, str], zone: str = "Europe/Brussels", today: str = "") -> list[str]:
    raw = {
        "twentyfourseven": True,
        "exceptional_closings": [{"period_begin": b, "period_end": e} for b, e in spans],
    }
    network_hours, _ = read_hours(raw)
    view = hours_view(network_hours, zone, today)
    assert view is not None
    (name, told), *_ = place_rows(PlaceView(hours=view), translator("en"))
    assert name == "Open"
    return [text.text for text in told[1:]]


DATES = {
    "a night": (("2026-12-25T03:00:00Z", "2026-12-25T05:00:00Z"), "Closed: 25 Dec 2026, 04:00–06:00"),
    "without zone it is UTC": (
        ("2026-07-01T03:00:00", "2026-07-01T05:00:00"),
        "Closed: 1 Jul 2026, 05:00–07:00",
    ),
    "a whole day": (("2026-12-24T23:00:00Z", "2026-12-25T23:00:00Z"), "Closed: 25 Dec 2026"),
    "whole days": (("2026-12-24T23:00:00Z", "2026-12-26T23:00:00Z"), "Closed: 25 Dec 2026 – 26 Dec 2026"),
    "with an offset": (
        ("2026-12-31T18:00:00+01:00", "2027-01-01T10:30:00+01:00"),
        "Closed: 31 Dec 2026, 18:00 – 1 Jan 2027, 10:30",
    ),
}


@pytest.mark.parametrize(("span", "words"), DATES.values(), ids=DATES)
def test_dates_by_the_clock_of_the_place(span: tuple[str, str], words: str) -> None:
    assert closed(span) == [words]


def test_a_place_without_time_zone_says_whose_clock() -> None:
    assert closed(("2026-12-25T03:00:00Z", "2026-12-25T05:00:00Z"), zone="") == [
        "Closed: 25 Dec 2026, 03:00–05:00 UTC"
    ]


def test_past_dates_are_left_out_and_many_are_cut() -> None:
    past = ("2026-11-20T08:00:00Z", "2026-11-21T08:00:00Z")
    running = ("2026-11-21T08:00:00Z", "2026-11-23T08:00:00Z")
    assert closed(past, running, today=TODAY) == ["Closed: 21 Nov 2026, 09:00 – 23 Nov 2026, 09:00"]
    many = [(f"2027-01-{d:02}T08:00:00Z", f"2027-01-{d:02}T09:00:00Z") for d in range(1, 20)]
    assert closed(*many)[-1] == f"Closed: {EXCEPTIONS} Jan 2027, 09:00–10:00"


@pytest.mark.parametrize(
    "entry",
    [{"period_begin": "2026-12-25", "period_end": "2026-12-26"}, {"period_begin": "2026-12-25T03:00:00Z"}, "Christmas",
     {"period_begin": "2026-12-26T00:00:00Z", "period_end": "2026-12-25T00:00:00Z"}],
)  # fmt: skip
def test_a_date_that_is_not_understood_is_said(entry: object) -> None:
    hours, doubts = read_hours({"twentyfourseven": True, "exceptional_closings": [entry]})
    assert hours == Hours(twentyfourseven=True)
    assert [kind for kind, _ in doubts] == ["hours_exception"]


OCPI_EXAMPLES = {
    "location_regularhours_example": [
        "Mon–Fri 08:00–20:00", "Sat, Sun closed", "Also open: 21 Jun 2014, 11:00–14:00",
        "Closed: 24 Jun 2014, 02:00 – 25 Jun 2014, 02:00",
    ],
    "location_hours_247_open_exception_closing": ["Day and night", "Closed: 25 Dec 2018, 04:00–06:00"],
    "location_hours_opening_hours_with_exceptional_closing": [
        "Mon, Tue 01:00–06:00", "Wed–Sun closed", "Closed: 25 Dec 2018, 04:00–06:00",
    ],
    "location_hours_opening_hours_with_exceptional_opening": [
        "Mon, Tue 00:00–04:00", "Wed–Sun closed", "Also open: 25 Dec 2018, 06:00–07:00",
    ],
    "location_example_parking_garage_opening_hours": [
        "Daily 07:00–18:00", "You can charge when the site is closed.",
    ],
}  # fmt: skip


@pytest.mark.parametrize("version", ["2.2.1-d2", "2.3.0"])
@pytest.mark.parametrize(("name", "words"), OCPI_EXAMPLES.items(), ids=OCPI_EXAMPLES)
def test_the_examples_of_ocpi(
    name: str, words: list[str], version: str, shared_data: Path, tmp_path: Path
) -> None:
    example = json.loads((shared_data / "ocpi" / version / f"{name}.json").read_text("utf-8"))
    changes = {"opening_times": example.get("opening_times", example), "time_zone": "Europe/Brussels"}
    if "charging_when_closed" in example:
        changes["charging_when_closed"] = example["charging_when_closed"]
    assert rows(network_of(tmp_path, location(**changes)))["Open"] == words


# ---------------------------------------------------------------------------------------------------- pages


def network_of(tmp_path: Path, *locations: dict[str, Any], **changes: Any) -> Network:
    return operator_folder(tmp_path, *locations, **changes).network()


def pages(network: Network, today: str = "") -> dict[str, str]:
    """Station pages by code."""
    plan = plan_driver(network, (), today)
    return {
        job.path.split("/")[1]: RENDERERS[job.kind](job.payload, plan.shared).decode()
        for job in plan.jobs
        if job.kind == "driver.station"
    }


def part(page: str, heading: str) -> str:
    """The section of a page below a heading; empty where there is none."""
    match = re.search(rf"<h2[^>]*>{heading}</h2>(.*?)</section>", page, re.DOTALL)
    return match.group(1) if match else ""


def rows(network: Network, station: int = 0) -> dict[str, list[str]]:
    """Terms and texts of the part "This place" of a station's page."""
    place = part(pages(network)[network.stations[station].code], "This place")
    found: dict[str, list[str]] = {}
    for tag, text in re.findall(r"<(dt|dd)[^>]*>(.*?)</\1>", place):
        words = html.unescape(re.sub(r"<[^>]+>", "", text))
        if tag == "dt":
            found[words] = []
        else:
            found[[*found][-1]].append(words)
    return found


BAY = {"vehicle_types": ["PERSONAL_VEHICLE"], "restricted_to_type": True, "reservation_required": False}


def at_bays(*bays: dict[str, Any]) -> dict[str, Any]:
    """A Location whose one EVSE has these parking places."""
    places = [{"id": str(number), **BAY, **bay} for number, bay in enumerate(bays)]
    used = [{"parking_id": bay["id"]} for bay in places]
    return location("L1", evse("E1", parking=used), parking_places=places)


PLACES: dict[str, tuple[dict[str, Any], dict[str, list[str]]]] = {
    "nothing known": (location(), {}),
    "day and night": (location(opening_times={"twentyfourseven": True}), {"Open": ALWAYS}),
    "charging goes on": (
        location(opening_times=week(*every(range(1, 8), "07:00", "18:00")), charging_when_closed=True),
        {"Open": ["Daily 07:00–18:00", "You can charge when the site is closed."]},
    ),
    "charging ends": (
        location(opening_times=week(*every(range(1, 8), "07:00", "18:00")), charging_when_closed=False),
        {"Open": ["Daily 07:00–18:00", "You cannot charge when the site is closed."]},
    ),
    "never closed, so nothing of when it is": (
        location(opening_times={"twentyfourseven": True}, charging_when_closed=True),
        {"Open": ALWAYS},
    ),
    "customers": (
        location("L1", evse("E1", parking_restrictions=["CUSTOMERS"]), chargeside={"access": "customers"}),
        {"Access": ["Customers only"]},
    ),
    "certain users": (location(chargeside={"access": "Restricted "}), {"Access": ["Certain users only"]}),
    "public is no news": (location(chargeside={"access": "public"}), {}),
    "the EVSE knows better": (
        location("L1", evse("E1", chargeside={"wheelchair": "no"}), chargeside={"wheelchair": "yes"}),
        {"Wheelchair": ["Not accessible"]},
    ),
    "restrictions": (
        location("L1", evse("E1", parking_restrictions=["plugged", "ev only"]), parking_type="PARKING_LOT"),
        {"Parking": ["In a car park. Electric cars only. Only while plugged in."]},
    ),
    "parking on the street": (location(parking_type="on_street"), {"Parking": ["At the roadside."]}),
    "height of the site": (location(chargeside={"max_height_m": "2,05"}), {"Height": ["Vehicles up to 2.05\u00a0m"]}),
    "the lower of two bays": (
        at_bays({"max_vehicle_height": 210}, {"max_vehicle_height": "200"}),
        {"Height": ["Vehicles up to 2\u00a0m"]},
    ),
    "what holds at every bay": (
        at_bays({"roofed": True, "drive_through": True, "time_limit": 90}, {"roofed": True, "time_limit": 240}),
        {"Parking": ["At most 1 h 30 min. Under a roof."]},
    ),
    "book first": (at_bays({"reservation_required": True, "time_limit": 240}), {"Parking": ["At most 4 hours. You must book the bay."]}),
    "room for trailers": (
        at_bays({"vehicle_types": ["PERSONAL_VEHICLE", "PERSONAL_VEHICLE_WITH_TRAILER"], "restricted_to_type": False}),
        {"Parking": ["Room for cars with a trailer."]},
    ),
    "lorries only": (
        at_bays({"vehicle_types": ["RIGID", "TRUCK_WITH_TRAILER"]}),
        {"Parking": ["For lorries and lorries with a trailer only."]},
    ),
    "the way, of site and EVSE, each once": (
        location(
            "L1",
            evse("E1", directions=[{"language": "en", "text": "By the lift."}]),
            directions=[{"language": "de", "text": "Schranke"}, {"language": "en", "text": "Take a ticket at the barrier."}],
        ),
        {"Way there": ["Take a ticket at the barrier.", "By the lift."]},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("place", "words"), PLACES.values(), ids=PLACES)
def test_what_a_page_says_of_the_place(
    place: dict[str, Any], words: dict[str, list[str]], tmp_path: Path
) -> None:
    assert rows(network_of(tmp_path, place)) == words


def test_a_cabinet_says_what_holds_at_some_bays_only(tmp_path: Path) -> None:
    both = [
        evse("E1", parking_restrictions=["EV_ONLY"], chargeside={"cabinet": "1", "side": "left"}),
        evse(
            "E2", parking_restrictions=["EV_ONLY", "DISABLED"], chargeside={"cabinet": "1", "side": "right"}
        ),
    ]
    network = network_of(tmp_path, location("L1", *both))
    assert len(network.stations) == 1
    assert rows(network) == {
        "Parking": ["Electric cars only. At some of the bays: Only with a disabled parking permit."]
    }


def test_first_screen_has_street_level_and_bay_and_no_more(tmp_path: Path) -> None:
    place = at_bays({"physical_reference": "14", "max_vehicle_height": 200})
    place["evses"][0]["floor_level"] = "-2"
    place["opening_times"] = week(*WORK)
    page = next(iter(pages(network_of(tmp_path, place)).values()))
    header = page[page.index("<header") : page.index("</header>")]
    assert "Lange Str. 1, Ulm" in header
    assert "Level −2" in header
    assert "Bay 14" in header
    first_screen = page[: page.index("Help, step by step")]
    assert not [words for words in ("22:00", "2.0 m", "Open") if words in first_screen]
    assert "open now" not in page.lower()


def test_a_text_in_another_language_says_so(tmp_path: Path) -> None:
    french = location(directions=[{"language": "FR", "text": "Derrière la <b>gare</b>"}])
    odd = location("L2", directions=[{"language": '"><i>', "text": "Behind"}])
    network = network_of(tmp_path, french, odd)
    texts = [part(page, "This place") for page in pages(network).values()]
    assert any('<dd lang="fr"><bdi>Derrière la &lt;b&gt;gare&lt;/b&gt;</bdi>' in text for text in texts)
    assert any("<dd><bdi>Behind</bdi>" in text for text in texts)


def test_a_text_in_the_language_of_the_reader() -> None:
    told = (("fr", "Derrière"), ("de-at", "Hinten"), ("en", "Behind"), ("de", "Dahinter"))
    assert text_in(told, "de") == ("de", "Dahinter")
    assert text_in(told, "de-AT") == ("de-at", "Hinten")
    assert text_in(told, "nl") == ("en", "Behind")
    assert text_in((("fr", "Derrière"), ("", "?")), "nl") == ("", "?")
    assert text_in((("fr", "Derrière"),), "nl") == ("fr", "Derrière")
    assert text_in((), "nl") == ("", "")
    assert text_in_just(told, "nl") == ""
    assert text_in_just(told, "de-CH") == "Dahinter"


def test_cards_stand_with_the_ways_to_pay_that_take_them(tmp_path: Path) -> None:
    brands = {"card_brands": ["Visa", "visa", "Mastercard <b>"]}
    reads = evse("E1", capabilities=["CONTACTLESS_CARD_SUPPORT"], chargeside=brands)
    none = evse("E2", chargeside=brands)
    network = network_of(tmp_path, location("L1", reads), location("L2", none))
    by_key = {station.key: station.code for station in network.stations}
    made = {key: part(pages(network)[code], "Ways to pay here") for key, code in by_key.items()}
    assert "Bank cards taken here: <b>Visa, Mastercard &lt;b&gt;</b></p>" in made["DE*GTS*L1/evse/E1"]
    assert "cards taken" not in made["DE*GTS*L2/evse/E2"]


@pytest.mark.parametrize(
    ("access", "on_top"), [("restricted", True), ("customers", False), ("public", False)]
)
def test_who_may_not_charge_here_reads_it_before_the_steps(
    tmp_path: Path, access: str, *, on_top: bool
) -> None:
    [page] = pages(network_of(tmp_path, location(chargeside={"access": access}))).values()
    assert ("Certain users only" in page.split("How to start")[0]) is on_top


def test_neighbours_say_limited_hours_only(tmp_path: Path) -> None:
    def site(number: int, plug: dict[str, Any], **changes: Any) -> dict[str, Any]:
        where = {"latitude": f"48.4{number}", "longitude": "9.99"}
        return location(f"L{number}", evse(f"E{number}", plug), coordinates=where, **changes)

    both = location("L0", evse("E0", connector(), socket(id="2"), connector("CHADEMO", id="3")))
    network = network_of(
        tmp_path,
        both,
        site(1, connector(), opening_times={"twentyfourseven": True}),
        site(2, socket(), opening_times=week(*WORK)),
        site(3, connector("CHADEMO"), opening_times=week(day(1, "08:00", "09:00"), day(2, "10:00", "11:00"))),
    )
    here = next(station for station in network.stations if station.location.id == "L0")
    near = part(pages(network)[here.code], "Other chargers")
    named = re.findall(r"<bdi>Site L(\d)</bdi> <small>(.*?)</small>", near)
    shown = {number: re.search(r"(open|limited).*$", text) for number, text in named}
    assert {number: found and found.group() for number, found in shown.items()} == {
        "1": None,
        "2": "open Mon–Fri 06:00–22:00, Sat, Sun closed",
        "3": "limited hours",
    }


def test_long_texts_of_a_place_leave_the_page_within_its_budget(tmp_path: Path) -> None:
    letters = random.Random(7)  # text that does not compress well
    words = [
        " ".join("".join(letters.choices("กขคงจฉชซญดตถทนบปผพมยรลวสหอ", k=9)) for _ in range(40))
        for _ in range(3)
    ]
    spans = [
        {"period_begin": f"2027-01-{d:02}T08:00:00Z", "period_end": f"2027-01-{d:02}T09:30:00Z"}
        for d in range(1, 20)
    ]
    hours = week(*(day(d, f"0{d}:15", f"1{d}:45") for d in range(1, 8)), exceptional_closings=spans)
    place = location(
        "L1",
        evse("E1", connector(), socket(id="2"), capabilities=["CONTACTLESS_CARD_SUPPORT"], directions=words[0], parking_restrictions=["EV_ONLY", "PLUGGED", "DISABLED"]),
        name=words[1][:200], directions=[{"language": "th", "text": words[2]}], opening_times=hours, parking_type="UNDERGROUND_GARAGE",
        chargeside={"card_brands": [f"{number}{words[1][number:number + 30]}" for number in range(30)], "access": "customers", "wheelchair": "yes"},
    )  # fmt: skip
    network = network_of(tmp_path, place)
    (page,) = pages(network).values()
    assert too_large("x.html", page.encode()) == 0
    assert len(rows(network)["Way there"]) == 2


def test_equal_hours_are_one_object(tmp_path: Path) -> None:
    places = [location(f"L{number}", opening_times=week(*WORK)) for number in range(3)]
    network = network_of(tmp_path, *places)
    assert len({id(station.location.opening_times) for station in network.stations}) == 1


EXTRAS: dict[str, tuple[dict[str, Any], str]] = {
    "access": ({"access": "everybody"}, 'access "everybody" is not usable'),
    "height in cm": ({"max_height_m": 205}, 'max_height_m "205" is not usable'),
    "wheelchair": ({"wheelchair": "perhaps"}, 'wheelchair "perhaps" is not usable'),
    "a brand that is no text": ({"card_brands": ["Visa", 3]}, 'card_brands: "3" is left out'),
    "many brands": ({"card_brands": [f"Card {n}" for n in range(MAX_BRANDS + 1)]}, f'card_brands: "Card {MAX_BRANDS}" is left out'),
}  # fmt: skip


@pytest.mark.parametrize(("extra", "message"), EXTRAS.values(), ids=EXTRAS)
def test_doubts_about_the_place_are_said(extra: dict[str, Any], message: str, tmp_path: Path) -> None:
    _, findings = operator_folder(tmp_path, location(chargeside=extra)).load()
    assert [f.message for f in findings if message in f.message]


DOUBTS: dict[str, tuple[dict[str, Any], str]] = {
    "parking_type": (location(parking_type="MOON"), 'parking_type "MOON"'),
    "restriction": (location("L1", evse("E1", parking_restrictions=["DOGS"])), 'parking restriction "DOGS"'),
    "vehicle": (at_bays({"vehicle_types": ["ROCKET"]}), 'vehicle type "ROCKET"'),
    "height": (at_bays({"max_vehicle_height": 2}), 'max_vehicle_height "2"'),
    "time limit": (at_bays({"time_limit": "long"}), 'time_limit "long"'),
    "hours": (
        location(opening_times={"twentyfourseven": "?"}),
        'opening_times are not used: twentyfourseven is "?"',
    ),
}


@pytest.mark.parametrize(("place", "message"), DOUBTS.values(), ids=DOUBTS)
def test_values_that_are_not_shown_are_said(place: dict[str, Any], message: str, tmp_path: Path) -> None:
    folder = operator_folder(tmp_path, place)
    _, findings = folder.load()
    found = [f for f in findings if message in f.message]
    assert len(found) == 1
    assert found[0].severity == "warning"
    assert rows(folder.network()) == {}


def test_explain_names_the_place(tmp_path: Path) -> None:
    (station,) = network_of(tmp_path, location(opening_times={"twentyfourseven": True})).stations
    assert any(line.split() == ["Open", "Day", "and", "night"] for line in explain(station))


@pytest.mark.parametrize(
    ("country", "place"), [("USA", "Lange Str. 1, Springfield, IL"), ("DEU", "Lange Str. 1, Springfield")]
)
def test_the_state_stands_where_people_say_it(country: str, place: str, tmp_path: Path) -> None:
    network = network_of(tmp_path, location(city="Springfield", state="IL", country=country))
    (page,) = pages(network).values()
    assert f"<bdi>{place}</bdi>" in page
