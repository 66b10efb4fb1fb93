"""Words of the part "This place" of a station page: opening hours, parking, who may charge. The hours are stated as they are:
a page that is made once cannot know what time it is when it is read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from chargeside.i18n import N_, Translator, clock, day, listed, moment, unit, weekday
from chargeside.plan.driver_views import ExceptionView, HoursView, PlaceView, Told

_WEEK = 7
_NEAR_ROWS = 2
"""Hours of a neighbour that need more lines than this are only said to be limited."""

_KINDS: Mapping[str, str] = {
    "ALONG_MOTORWAY": N_("Along the motorway."),
    "PARKING_GARAGE": N_("In a multi-storey car park."),
    "PARKING_LOT": N_("In a car park."),
    "ON_DRIVEWAY": N_("On a driveway."),
    "ON_STREET": N_("At the roadside."),
    "UNDERGROUND_GARAGE": N_("In an underground car park."),
}
_ROOFED = frozenset({"PARKING_GARAGE", "UNDERGROUND_GARAGE"})
_RESTRICTIONS: Mapping[str, str] = {
    "EV_ONLY": N_("Electric cars only."),
    "PLUGGED": N_("Only while plugged in."),
    "DISABLED": N_("Only with a disabled parking permit."),
    "CUSTOMERS": N_("Customers and guests only."),
    "MOTORCYCLES": N_("Motorcycles and scooters only."),
    "EMPLOYEES": N_("Employees only."),
    "TAXIS": N_("Taxis only."),
    "TENANTS": N_("Residents only."),
}
_VEHICLES: Mapping[str, str] = {
    "MOTORCYCLE": N_("motorcycles"),
    "PERSONAL_VEHICLE": N_("cars"),
    "PERSONAL_VEHICLE_WITH_TRAILER": N_("cars with a trailer"),
    "VAN": N_("vans"),
    "SEMI_TRACTOR": N_("tractor units"),
    "RIGID": N_("lorries"),
    "TRUCK_WITH_TRAILER": N_("lorries with a trailer"),
    "BUS": N_("buses"),
    "DISABLED": N_("vehicles of people with disabilities"),
}
"""OCPI 2.3.0: ParkingType, ParkingRestriction, VehicleType."""


def place_rows(place: PlaceView, _: Translator) -> list[tuple[str, tuple[Told, ...]]]:
    """Name and texts of all that is known; nothing that is not."""
    height = _("Vehicles up to {height}").format(height=unit(place.max_height_m or 0, "meter", _.lang, 2))
    rows = (
        # Translators: the heading of opening hours.
        (_("Open"), _said(*_open(place, _))),
        # Translators: the heading of who may charge here.
        (_("Access"), _said(*_access(place, _))),
        (_("Parking"), _said(" ".join(_parking(place, _)))),
        (_("Height"), _said(height if place.max_height_m else "")),
        (_("Wheelchair"), _said(_wheelchair(place, _))),
        (_("Way there"), place.directions),
    )
    return [(name, texts) for name, texts in rows if texts]


def hours_lines(hours: HoursView, _: Translator) -> list[str]:
    """The usual week: `Mon–Fri 6:00–22:00`, `Sat 8:00–20:00`, `Sun closed`."""
    if hours.always:
        return [_("Day and night")]
    if not hours.rows:
        return [_("Not at all hours")]
    lines = [
        f"{_days(row.days, _)} {', '.join(_span(*times, _.lang) for times in row.times)}"
        for row in hours.rows
    ]
    shut = tuple(sorted(set(range(1, 8)) - {number for row in hours.rows for number in row.days}))
    # Translators: {days} are days of the week in short: "Sat, Sun closed".
    return [*lines, _("{days} closed").format(days=_days(shut, _))] if shut else lines


def near_hours(hours: HoursView, _: Translator) -> str:
    """The usual week of another site, short."""
    lines = hours_lines(hours, _)
    if len(lines) > _NEAR_ROWS:
        return _("limited hours")
    # Translators: {hours} are days and times, of another site: "open Mon–Fri 06:00–22:00".
    return _("open {hours}").format(hours=", ".join(lines))


def _open(place: PlaceView, _: Translator) -> Iterator[str]:
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


def _access(place: PlaceView, _: Translator) -> Iterator[str]:
    if place.access == "customers":
        yield _("Customers only")
    elif place.access == "restricted":
        yield _("Certain users only")


def _parking(place: PlaceView, _: Translator) -> Iterator[str]:
    if place.kind in _KINDS:
        yield _(_KINDS[place.kind])
    said = {"CUSTOMERS"} if place.access == "customers" else set()
    yield from (_(_RESTRICTIONS[name]) for name in place.restrictions if name not in said)
    some = " ".join(_(_RESTRICTIONS[name]) for name in place.some_restrictions if name not in said)
    if some:
        yield _("At some of the bays: {restrictions}").format(restrictions=some)
    if place.vehicles:
        vehicles = listed([_(_VEHICLES[name]) for name in place.vehicles], _.lang)
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


def _wheelchair(place: PlaceView, _: Translator) -> str:
    if place.wheelchair is None:
        return ""
    return _("Accessible") if place.wheelchair == "yes" else _("Not accessible")


def _stay(minutes: int, _: Translator) -> str:
    hours, rest = divmod(minutes, 60)
    _n = _.many
    if not hours:
        return _n("{count} minute", "{count} minutes", rest)
    if not rest:
        return _n("{count} hour", "{count} hours", hours)
    return _("{hours} h {minutes} min").format(hours=hours, minutes=rest)


def _said(*texts: str) -> tuple[Told, ...]:
    return tuple(Told("", text) for text in texts if text)


def _days(days: Sequence[int], _: Translator) -> str:
    """Mon–Fri; Sat, Sun; Daily."""
    if len(days) == _WEEK:
        return _("Daily")
    runs: list[list[int]] = []
    for weekday_number in days:
        if runs and weekday_number == runs[-1][-1] + 1:
            runs[-1].append(weekday_number)
        else:
            runs.append([weekday_number])
    names = {number: weekday(number, _.lang) for number in days}
    return ", ".join(
        f"{names[run[0]]}–{names[run[-1]]}" if len(run) > 2 else ", ".join(names[day] for day in run)
        for run in runs
    )


def _span(begin: int, end: int, lang: str) -> str:
    """06:00–22:00; 18:00–02:00 where it ends on the next day; 00:00–24:00."""
    return f"{clock(begin, lang)}–{clock(end if end <= 24 * 60 else end - 24 * 60, lang)}"


def _when(exception: ExceptionView, _: Translator) -> str:
    """25 Dec 2026; 24 Dec 2026, 18:00–22:00; 24 Dec 2026 – 26 Dec 2026; 24 Dec 2026, 18:00 – 26 Dec 2026, 08:00."""
    lang = _.lang
    (first, begin), (last, end) = (point.split("T") for point in (exception.begin, exception.end))
    if begin == end == "00:00":  # whole days: the end is the midnight behind the last of them
        last = (date.fromisoformat(last) - timedelta(days=1)).isoformat()
        return day(first, lang) if first == last else f"{day(first, lang)} – {day(last, lang)}"
    if first == last:
        hours, minutes = end.split(":")
        return f"{moment(exception.begin, lang)}–{clock(int(hours) * 60 + int(minutes), lang)}"
    return f"{moment(exception.begin, lang)} – {moment(exception.end, lang)}"
