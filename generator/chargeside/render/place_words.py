"""Words of the part "This place" of a station page: opening hours, parking, who may charge. The hours are stated as they are:
a page that is made once cannot know what time it is when it is read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from chargeside.plan.driver_views import ExceptionView, HoursView, PlaceView, Told
from chargeside.render.driver_words import Translate

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_NEAR_ROWS = 2
"""Hours of a neighbour that need more lines than this are only said to be limited."""

_KINDS: Mapping[str, str] = {
    "ALONG_MOTORWAY": "Along the motorway.",
    "PARKING_GARAGE": "In a multi-storey car park.",
    "PARKING_LOT": "In a car park.",
    "ON_DRIVEWAY": "On a driveway.",
    "ON_STREET": "At the roadside.",
    "UNDERGROUND_GARAGE": "In an underground car park.",
}
_ROOFED = frozenset({"PARKING_GARAGE", "UNDERGROUND_GARAGE"})
_RESTRICTIONS: Mapping[str, str] = {
    "EV_ONLY": "Electric cars only.",
    "PLUGGED": "Only while plugged in.",
    "DISABLED": "Only with a disabled parking permit.",
    "CUSTOMERS": "Customers and guests only.",
    "MOTORCYCLES": "Motorcycles and scooters only.",
    "EMPLOYEES": "Employees only.",
    "TAXIS": "Taxis only.",
    "TENANTS": "Residents only.",
}
_VEHICLES: Mapping[str, str] = {
    "MOTORCYCLE": "motorcycles",
    "PERSONAL_VEHICLE": "cars",
    "PERSONAL_VEHICLE_WITH_TRAILER": "cars with a trailer",
    "VAN": "vans",
    "SEMI_TRACTOR": "tractor units",
    "RIGID": "lorries",
    "TRUCK_WITH_TRAILER": "lorries with a trailer",
    "BUS": "buses",
    "DISABLED": "vehicles of people with disabilities",
}
"""OCPI 2.3.0: ParkingType, ParkingRestriction, VehicleType."""


def place_rows(place: PlaceView, _: Translate) -> list[tuple[str, tuple[Told, ...]]]:
    """Name and texts of all that is known; nothing that is not."""
    height = _("Vehicles up to {metres} m").format(metres=metres(place.max_height_m or 0))
    rows = (
        (_("Open"), _said(*_open(place, _))),
        (_("Access"), _said(*_access(place, _))),
        (_("Parking"), _said(" ".join(_parking(place, _)))),
        (_("Height"), _said(height if place.max_height_m else "")),
        (_("Wheelchair"), _said(_wheelchair(place, _))),
        (_("Way there"), place.directions),
    )
    return [(name, texts) for name, texts in rows if texts]


def hours_lines(hours: HoursView, _: Translate) -> list[str]:
    """The usual week: `Mon–Fri 6:00–22:00`, `Sat 8:00–20:00`, `Sun closed`."""
    if hours.always:
        return [_("Day and night")]
    if not hours.rows:
        return [_("Not at all hours")]
    lines = [f"{_days(row.days, _)} {', '.join(_span(*times) for times in row.times)}" for row in hours.rows]
    shut = tuple(sorted(set(range(1, 8)) - {day for row in hours.rows for day in row.days}))
    return [*lines, _("{days} closed").format(days=_days(shut, _))] if shut else lines


def near_hours(hours: HoursView, _: Translate) -> str:
    """The usual week of another site, short."""
    lines = hours_lines(hours, _)
    if len(lines) > _NEAR_ROWS:
        return _("limited hours")
    return _("open {hours}").format(hours=", ".join(lines))


def metres(height: float) -> str:
    """2.0; 2.05."""
    return f"{height:.2f}".removesuffix("0")


def _open(place: PlaceView, _: Translate) -> Iterator[str]:
    if place.hours is None:
        return
    # 24/7 and no word of what is different on some dates may be all that hours with nothing but dates hold.
    if place.hours.always or place.hours.rows or not place.hours.exceptions:
        yield from hours_lines(place.hours, _)
    for exception in place.hours.exceptions:
        when = _when(exception, _)
        if place.hours.clock:
            when = f"{when} {place.hours.clock}"
        yield (_("Also open: {when}") if exception.is_open else _("Closed: {when}")).format(when=when)
    if place.when_closed is not None:
        yield (
            _("You can charge when the site is closed.")
            if place.when_closed
            else _("You cannot charge when the site is closed.")
        )


def _access(place: PlaceView, _: Translate) -> Iterator[str]:
    if place.access == "customers":
        yield _("Customers only")
    elif place.access == "restricted":
        yield _("Certain users only")


def _parking(place: PlaceView, _: Translate) -> Iterator[str]:
    if place.kind in _KINDS:
        yield _(_KINDS[place.kind])
    said = {"CUSTOMERS"} if place.access == "customers" else set()
    yield from (_(_RESTRICTIONS[name]) for name in place.restrictions if name not in said)
    some = " ".join(_(_RESTRICTIONS[name]) for name in place.some_restrictions if name not in said)
    if some:
        yield _("At some of the bays: {restrictions}").format(restrictions=some)
    if place.vehicles:
        vehicles = ", ".join(_(_VEHICLES[name]) for name in place.vehicles)
        text = _("For {vehicles} only.") if place.vehicles_only else _("Room for {vehicles}.")
        yield text.format(vehicles=vehicles)
    if place.time_limit:
        yield _("At most {time}.").format(time=_stay(place.time_limit, _))
    if place.booking:
        yield _("You must book the bay.")
    if place.drive_through:
        yield _("You can drive through.")
    if place.roofed and place.kind not in _ROOFED:
        yield _("Under a roof.")


def _wheelchair(place: PlaceView, _: Translate) -> str:
    if place.wheelchair is None:
        return ""
    return _("Accessible") if place.wheelchair == "yes" else _("Not accessible")


def _stay(minutes: int, _: Translate) -> str:
    hours, rest = divmod(minutes, 60)
    if not hours:
        return _("{minutes} minutes").format(minutes=rest)
    if not rest:
        return _("1 hour") if hours == 1 else _("{hours} hours").format(hours=hours)
    return _("{hours} h {minutes} min").format(hours=hours, minutes=rest)


def _said(*texts: str) -> tuple[Told, ...]:
    return tuple(Told("", text) for text in texts if text)


def _days(days: Sequence[int], _: Translate) -> str:
    """Mon–Fri; Sat, Sun; Daily."""
    if len(days) == len(_DAYS):
        return _("Daily")
    runs: list[list[int]] = []
    for day in days:
        if runs and day == runs[-1][-1] + 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    names = {day: _(_DAYS[day - 1]) for day in days}
    return ", ".join(
        f"{names[run[0]]}–{names[run[-1]]}" if len(run) > 2 else ", ".join(names[day] for day in run)
        for run in runs
    )


def _span(begin: int, end: int) -> str:
    """6:00–22:00; 18:00–2:00 where it ends on the next day; 0:00–24:00."""
    last = end if end <= 24 * 60 else end - 24 * 60
    return f"{_clock(begin)}–{_clock(last)}"


def _clock(minutes: int) -> str:
    return f"{minutes // 60}:{minutes % 60:02}"


def _when(exception: ExceptionView, _: Translate) -> str:
    """25 Dec 2026; 24 Dec 2026, 18:00–22:00; 24 Dec 2026 – 26 Dec 2026; 24 Dec 2026, 18:00 – 26 Dec 2026, 8:00."""
    (first, begin), (last, end) = (moment.split("T") for moment in (exception.begin, exception.end))
    if begin == end == "00:00":  # whole days: the end is the midnight behind the last of them
        last = (date.fromisoformat(last) - timedelta(days=1)).isoformat()
        return date_words(first, _) if first == last else f"{date_words(first, _)} – {date_words(last, _)}"
    if first == last:
        return f"{date_words(first, _)}, {_short(begin)}–{_short(end)}"
    return f"{date_words(first, _)}, {_short(begin)} – {date_words(last, _)}, {_short(end)}"


def _short(clock: str) -> str:
    return clock.removeprefix("0")


def date_words(iso: str, _: Translate) -> str:
    """25 Dec 2026."""
    year, month, day = iso.split("-")
    return _("{day} {month} {year}").format(day=int(day), month=_(_MONTHS[int(month) - 1]), year=year)
