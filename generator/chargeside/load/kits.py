"""kits.yml: rules that set facts, and tell what lights and codes mean, for all EVSEs they select."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from chargeside.findings import Findings, nearest
from chargeside.load.lights import check_lights
from chargeside.load.photo import load_photo
from chargeside.load.source import Yaml, read_yaml, validate
from chargeside.model.facts import START_WAYS, UNKNOWN, Fact, Origin, Rank
from chargeside.model.hardware import CALL, NO_NOTES, HardwareNotes, Light, Photo, ShownCode
from chargeside.model.network import Content
from chargeside.model.ocpi import Evse, Location
from chargeside.model.operator import FactSettings, KitMatch, KitRule, Kits, StationIs, Text
from chargeside.model.texts import Texts

_NOTES = ("leds", "codes", "photo", "speed_note")


@dataclass(frozen=True, slots=True)
class Kit:
    """A rule of kits.yml with the facts it sets, what it tells, and its line."""

    rule: KitRule
    facts: Mapping[str, Fact]
    notes: HardwareNotes
    line: int | None


def layer(settings: FactSettings, rank: Rank, doc: Yaml, loc: tuple[str | int, ...]) -> dict[str, Fact]:
    """Facts that a person set at `loc` of a file, each with its line."""
    return {
        name: Fact(value, Origin(rank, doc.shown, doc.line((*loc, *name.split(".")))))
        for name, value in settings.flat().items()
    }


def lay(layers: dict[str, Fact], above: Mapping[str, Fact]) -> None:
    """Lay facts over others, in place. A start order for all ways to pay takes back those of single ways below it."""
    if "start_order" in above:
        for way in START_WAYS:
            layers.pop(f"start_order.{way}", None)
    layers.update(above)


def load_kits(folder: Path, shown: str, content: Content, findings: Findings) -> list[Kit]:
    """The rules of an operator's kits.yml. No file is no rules."""
    path = folder / "kits.yml"
    if not os.path.lexists(path):  # a link to nowhere is a mistake, not a missing file
        return []
    doc = read_yaml(path, shown, findings)
    kits = validate(Kits, doc, findings) if doc else None
    if not doc or not kits:
        return []
    return [_kit(number, rule, folder, doc, content, findings) for number, rule in enumerate(kits.kits)]


def _kit(number: int, rule: KitRule, folder: Path, doc: Yaml, content: Content, findings: Findings) -> Kit:
    for place, connector in enumerate(rule.match.connectors):
        if connector not in content.connectors:
            line = doc.line(("kits", number, "match", "connectors", place))
            mend = nearest(connector, content.connectors)
            findings.add("F108", doc.shown, line, f'no connector is called "{connector}"', mend)
    for place, code in enumerate(rule.codes):
        if code.problem != CALL and code.problem not in content.problems:
            line = doc.line(("kits", number, "codes", place, "problem"))
            mend = nearest(code.problem, (*content.problems, CALL))
            findings.add("F108", doc.shown, line, f'no problem is called "{code.problem}"', mend)
    check_lights(rule.leds, number, doc, findings)
    facts = layer(rule.facts, "kits", doc, ("kits", number, "facts"))
    if rule.emergency_stop_reset:
        origin = Origin("kits", doc.shown, doc.line(("kits", number, "emergency_stop_reset")))
        value = UNKNOWN if rule.emergency_stop_reset == "never" else "released"
        facts["emergency_stop_reset"] = Fact(value, origin)
    notes = _notes(number, rule, folder, doc, content, findings)
    return Kit(rule, facts, notes, doc.line(("kits", number)))


def _notes(
    number: int, rule: KitRule, folder: Path, doc: Yaml, content: Content, findings: Findings
) -> HardwareNotes:
    origins = {
        name: Origin("kits", doc.shown, doc.line(("kits", number, name)))
        for name in _NOTES
        if getattr(rule, name)
    }
    if not origins:
        return NO_NOTES
    codes = [
        ShownCode(code.shown, texts(code.means), code.problem)
        for code in rule.codes
        if code.problem == CALL or code.problem in content.problems
    ]
    photo = None
    if rule.photo:
        line = doc.line(("kits", number, "photo", "file"))
        made = load_photo(folder, rule.photo.file, doc.shown, line, findings)
        photo = Photo(*made, texts(rule.photo.alt)) if made else None
    leds = tuple(Light(texts(led.light), texts(led.means)) for led in rule.leds)
    return HardwareNotes(leds, tuple(codes), photo, texts(rule.speed_note), origins)


def texts(given: Text | None) -> Texts:
    """A text of an operator by language; one without a language stands for all of them."""
    if given is None:
        return ()
    if isinstance(given, str):
        return (("", given),)
    return tuple((language.lower(), text) for language, text in given.items())


class KitRules:
    """The rules at work. `matched`: numbers of those that have selected an EVSE. `ask_for_evse`: whether any goes by an
    EVSE's name, so that EVSEs alike in all else may differ."""

    def __init__(self, kits: Sequence[Kit]) -> None:
        self.kits = kits
        self.matched: set[int] = set()
        self.ask_for_evse = any(kit.rule.match.evse for kit in kits)
        self._notes: dict[tuple[int, ...], HardwareNotes] = {(): NO_NOTES}

    def apply(
        self, location: Location, evse: Evse, layers: dict[str, Fact], station_is: StationIs
    ) -> tuple[StationIs, HardwareNotes]:
        """Lay the facts of every rule that selects the EVSE over `layers`. Gives what a station is there, and what is told of
        the hardware; EVSEs under the same rules share one object."""
        telling: list[int] = []
        for number, kit in enumerate(self.kits):
            if selects(kit.rule.match, location, evse, layers):
                self.matched.add(number)
                lay(layers, kit.facts)
                station_is = kit.rule.station_is or station_is
                if kit.notes is not NO_NOTES:
                    telling.append(number)
        key = tuple(telling)
        if key not in self._notes:
            self._notes[key] = _joined([self.kits[number].notes for number in key])
        return station_is, self._notes[key]


def _joined(notes: Sequence[HardwareNotes]) -> HardwareNotes:
    """Later rules win: codes one by one, everything else as a whole."""
    codes: dict[str, ShownCode] = {}
    origins: dict[str, Origin] = {}
    leds: tuple[Light, ...] = ()
    photo: Photo | None = None
    speed: Texts = ()
    for one in notes:
        codes.update({code.shown.casefold(): code for code in one.codes})
        origins.update(one.origins)
        leds, photo, speed = one.leds or leds, one.photo or photo, one.speed or speed
    return HardwareNotes(leds, tuple(codes.values()), photo, speed, origins)


def selects(match: KitMatch, location: Location, evse: Evse, facts: Mapping[str, Fact]) -> bool:
    """Whether a rule selects an EVSE with these facts; every key given must match."""
    return (
        (match.location is None or _like(location.id, match.location))
        and (match.evse is None or any(_like(name, match.evse) for name in (evse.uid, evse.evse_id or "")))
        and _plugs_match(match, evse)
        and _power_matches(match, facts)
        and (match.country is None or location.country == match.country)
        and _hardware_matches(match, facts)
        and (not match.payment or any(_value(facts, f"payment.{way}") == "yes" for way in match.payment))
    )


def _plugs_match(match: KitMatch, evse: Evse) -> bool:
    kinds = [c.kind or c.standard for c in evse.connectors]
    return (not match.connectors or any(kind in match.connectors for kind in kinds)) and (
        match.current is None or any(c.current == match.current for c in evse.connectors)
    )


def _power_matches(match: KitMatch, facts: Mapping[str, Fact]) -> bool:
    if match.min_power_kw is None and match.max_power_kw is None:
        return True
    power = facts.get("power_kw")
    if power is None:
        return False
    kw = float(str(power.value))
    return (match.min_power_kw is None or kw >= match.min_power_kw) and (
        match.max_power_kw is None or kw <= match.max_power_kw
    )


def _hardware_matches(match: KitMatch, facts: Mapping[str, Fact]) -> bool:
    hardware = _value(facts, "hardware")
    # "make and model" begins with the make: whole words, in whatever case.
    made_by = f"{match.vendor.strip()} ".casefold() if match.vendor else ""
    return f"{hardware} ".casefold().startswith(made_by) and (
        match.hardware is None or _like(hardware, match.hardware)
    )


def _value(facts: Mapping[str, Fact], name: str) -> str:
    return str(facts[name].value) if name in facts else ""


def _like(text: str, pattern: str) -> bool:
    """Equal, or alike up to a last `*`. EVSE IDs hold stars of their own, which stand for themselves."""
    return text.startswith(pattern[:-1]) if pattern.endswith("*") else text == pattern
