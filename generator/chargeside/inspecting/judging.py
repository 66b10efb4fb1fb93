"""Judges what was read in a photo against the operator's ledger, stations and printed signs."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from chargeside.i18n import N_
from chargeside.inspecting.addresses import Addresses, Kind, Meaning, shown
from chargeside.inspecting.photos import Photo
from chargeside.inspecting.reading import DAMAGED, Code, Hidden
from chargeside.inspecting.verdicts import ORDER, Verdict, Words, worst
from chargeside.load.ledger import where_to
from chargeside.load.signs import PrintedSign
from chargeside.model.codes import is_code
from chargeside.model.network import LedgerLine, Network
from chargeside.model.place import Place, metres_between

NEAR_M = 250
"""As near the camera must be to a charger, in metres: phones are wrong by tens of metres between houses, in car parks by more."""
_MOST_NEAR = 3
_SEVEN = re.compile(r"(?<![0-9])[0-9]{7}(?![0-9])", re.ASCII)


@dataclass(frozen=True, slots=True)
class CodeResult:
    """What a code in a photo is. `shown`: its text as it can be shown; `station`: the code of ours that it leads to, empty for none;
    `metres`: from the camera to that charger, None where one of the two places is not known."""

    verdict: Verdict
    code: Code
    shown: str
    station: str
    reasons: tuple[Words, ...]
    metres: int | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """A photo, judged. `name` as it is shown, `reasons` of the whole photo, beside those of its codes; `taken`: ISO date, empty where
    the camera does not say."""

    name: str
    verdict: Verdict
    codes: tuple[CodeResult, ...]
    reasons: tuple[Words, ...]
    taken: str = ""

    @property
    def stations(self) -> tuple[str, ...]:
        """Codes of ours in it, each once."""
        return tuple(dict.fromkeys(one.station for one in self.codes if one.station))


@dataclass(frozen=True, slots=True)
class _About:
    """What is known of a photo beside its codes. `named`: codes in its name, or else in those of its folders."""

    taken: dt.date | None
    place: Place | None
    named: frozenset[str]


class Judge:
    """Knows all that photos are held against. `newest`: by code the marks of the signs of today, empty where nobody knows;
    `printed_before`: signs printed before that day are outdated."""

    def __init__(
        self,
        network: Network,
        printed: Iterable[PrintedSign] = (),
        newest: Mapping[str, tuple[str, ...]] | None = None,
        known: Iterable[str] = (),
        printed_before: dt.date | None = None,
    ) -> None:
        self._network = network
        self._addresses = Addresses(network, known)
        self._ledger = {line.code: line for line in network.ledger}
        self._places = dict(_places(network))
        self._newest = newest or {}
        self._printed_before = printed_before
        self._printed: dict[str, list[PrintedSign]] = {}
        for sign in printed:
            if not sign.connector:  # a tag or a poster says nothing of the sign of the charger
                self._printed.setdefault(sign.code, []).append(sign)

    def photo(self, name: str, photo: Photo, codes: tuple[Code, ...], hidden: Hidden = Hidden.NO) -> Result:
        """The photo of that name (with its folders). `hidden`: whether a code may be in a photo in which none was found."""
        about = _About(photo.taken, photo.place, self._named(name))
        results = tuple(sorted((self._code(code, about) for code in codes), key=_badness))
        verdict, reasons = worst([one.verdict for one in results]), []
        stations = {one.station for one in results if one.verdict is Verdict.RIGHT and one.station}
        if verdict is Verdict.RIGHT and len(stations) > 1:
            verdict = Verdict.UNSURE
            reasons.append(
                Words.of(
                    N_(
                        "Codes of several chargers are in this photo. Take one photo for each, so that each can be told."
                    )
                )
            )
        if verdict is Verdict.NONE and hidden is Hidden.SEEN:
            verdict = Verdict.UNREADABLE
            reasons.append(Words.of(N_("Corners of a code were seen, but it could not be read.")))
        elif verdict is Verdict.NONE and hidden is Hidden.POOR:
            verdict = Verdict.UNSURE
            reasons.append(
                Words.of(N_("The photo is too small or too blurred to say that no code is there."))
            )
        taken = photo.taken.isoformat() if photo.taken else ""
        return Result(name, verdict, results, tuple(reasons), taken)

    def _named(self, name: str) -> frozenset[str]:
        """Codes in a name: that of the file says more than those of its folders, the nearest of these more than the others."""
        for part in reversed(name.split("/")):
            if found := {
                self._now(code) for code in _SEVEN.findall(part) if is_code(code) and code in self._ledger
            }:
                return frozenset(found)
        return frozenset()

    def _now(self, code: str) -> str:
        """The code that a code leads to today."""
        end = where_to(code, self._ledger)
        return end.code if end else code

    def _code(self, code: Code, about: _About) -> CodeResult:
        if code.text is None:
            seen = Words.of(N_("A code was seen, but could not be read."))
            return CodeResult(Verdict.UNREADABLE, code, "", "", (seen,))
        meaning, text = self._addresses.meaning(code.text), shown(code.text)
        if meaning.kind is Kind.STATION:
            return self._station(code, meaning, text, about)
        verdict = _VERDICTS[meaning.kind]
        reasons = [meaning.why] if meaning.why else []
        if meaning.kind is Kind.FIND:
            verdict, words = _readable(code)
            reasons += [Words.of(N_("It is the poster of a site, where drivers pick their charger.")), *words]
        return CodeResult(verdict, code, text, "", tuple(reasons))

    def _station(self, code: Code, meaning: Meaning, text: str, about: _About) -> CodeResult:
        """A code of ours: the worst of where it hangs, which sign it is, and how well it reads."""
        station = self._now(meaning.code)
        metres = self._metres(station, about.place)
        remarks = [
            *self._where(station, about, metres),
            *self._age(meaning, station, about),
            *_condition(code),
        ]
        verdict = worst([one for one, _ in remarks])
        reasons = tuple(
            words for one, words in remarks if (one is Verdict.RIGHT) == (verdict is Verdict.RIGHT)
        )
        return CodeResult(verdict, code, text, station, reasons, metres)

    def _metres(self, station: str, place: Place | None) -> int | None:
        own = self._places.get(station)
        return round(metres_between(place, own)) if place and own else None

    def _where(self, station: str, about: _About, metres: int | None) -> list[tuple[Verdict, Words]]:
        """Whether it hangs where it belongs, as far as name and place of the photo tell."""
        named, is_named = about.named, station in about.named
        far = metres is not None and metres > NEAR_M
        if named and not is_named:
            message = N_("The name of the photo says charger {named}, the sign is that of {station}.")
            return [
                (Verdict.OTHER_STATION, Words.of(message, named=", ".join(sorted(named)), station=station))
            ]
        if far and is_named:
            message = N_("The name of the photo says this charger, but it was taken {metres} m from it.")
            return [(Verdict.UNSURE, Words.of(message, metres=str(metres)))]
        if far:
            near = self._near(about.place)
            if not near:
                message = N_(
                    "The photo was taken {metres} m from this charger, and none of yours is near there."
                )
                return [(Verdict.UNSURE, Words.of(message, metres=str(metres)))]
            message = N_("The photo was taken {metres} m from this charger. Near there is {near}.")
            return [(Verdict.OTHER_STATION, Words.of(message, metres=str(metres), near=", ".join(near)))]
        if metres is not None:
            return [(Verdict.RIGHT, Words.of(N_("Taken {metres} m from the charger."), metres=str(metres)))]
        if is_named:
            return [(Verdict.RIGHT, Words.of(N_("The name of the photo says this charger.")))]
        message = N_("Neither name nor place of the photo tell at which charger it was taken.")
        return [(Verdict.RIGHT, Words.of(message))]

    def _near(self, place: Place | None) -> list[str]:
        """The chargers nearest to the camera, with their distance."""
        if place is None:
            return []
        away = sorted((metres_between(place, own), code) for code, own in self._places.items())
        near = [f"{code} ({round(metres)} m)" for metres, code in away if metres <= NEAR_M]
        return near[:_MOST_NEAR]

    def _age(self, meaning: Meaning, station: str, about: _About) -> list[tuple[Verdict, Words]]:
        """Whether it is the newest sign of its charger."""
        line = self._ledger[station]
        found: list[tuple[Verdict, Words]] = []
        if line.status == "retired":
            found.append((Verdict.OUTDATED, Words.of(N_("This charger is retired: take the sign down."))))
        elif station != meaning.code:
            message = N_("The code {code} has moved: the sign of this charger has {station} now.")
            found.append((Verdict.OUTDATED, Words.of(message, code=meaning.code, station=station)))
        elif line.status == "reserved":
            found.append((Verdict.UNSURE, Words.of(N_("The code is reserved: no charger has it yet."))))
        if meaning.old:
            found.append((Verdict.OUTDATED, meaning.old))
        return found or self._print(line, about)

    def _print(self, line: LedgerLine, about: _About) -> list[tuple[Verdict, Words]]:
        """What is known of the signs printed of a code: the photo does not show which of them it is."""
        signs, newest = self._printed.get(line.code, []), self._newest.get(line.code, ())
        found: list[tuple[Verdict, Words]] = []
        printed = max((sign.printed for sign in signs), default="")
        if printed and about.taken and about.taken.isoformat() < printed:
            message = N_("The photo is of {taken}, the newest sign was printed later, on {printed}.")
            found.append(
                (Verdict.OUTDATED, Words.of(message, taken=about.taken.isoformat(), printed=printed))
            )
        if printed and self._printed_before and printed < self._printed_before.isoformat():
            message = N_("Its newest sign was printed on {printed}, before {day}.")
            found.append(
                (Verdict.OUTDATED, Words.of(message, printed=printed, day=self._printed_before.isoformat()))
            )
        marks = sorted({sign.mark for sign in signs})
        if marks and newest and not set(marks) & set(newest):
            message = N_("Its sign was printed with the mark {marks}; that of today is {newest}.")
            found.append(
                (Verdict.OUTDATED, Words.of(message, marks=", ".join(marks), newest=", ".join(newest)))
            )
        elif newest and not found:
            message = N_(
                "The mark cannot be read from the code: compare {newest} with the foot of the sign by eye."
            )
            found.append((Verdict.RIGHT, Words.of(message, newest=", ".join(newest))))
        return found


_VERDICTS = {
    Kind.FOREIGN: Verdict.FOREIGN,
    Kind.OWN: Verdict.OWN,
    Kind.TEXT: Verdict.OTHER_CODE,
    Kind.ODD: Verdict.UNSURE,
    Kind.FIND: Verdict.RIGHT,
}


def _badness(one: CodeResult) -> int:
    return ORDER.index(one.verdict)


def _condition(code: Code) -> list[tuple[Verdict, Words]]:
    """How well a code of ours can be read."""
    verdict, words = _readable(code)
    return [(verdict, one) for one in words]


def _readable(code: Code) -> tuple[Verdict, list[Words]]:
    if not code.is_qr:
        return Verdict.UNSURE, [Words.of(N_("It is not a QR code, as those on your signs are."))]
    percent = round(100 * (code.used or 0))
    if code.used is not None and code.used >= DAMAGED:
        message = N_(
            "Reading it took {percent} % of its error correction: it is dirty, worn, covered, or the photo is blurred."
        )
        return Verdict.DAMAGED, [Words.of(message, percent=str(percent))]
    if percent:
        return Verdict.RIGHT, [
            Words.of(N_("Reading it took {percent} % of its error correction."), percent=str(percent))
        ]
    return Verdict.RIGHT, []


def _places(network: Network) -> Iterable[tuple[str, Place]]:
    """By code where chargers are; of those in no feed, where they were."""
    for line in network.ledger:
        station = network.station_by_code.get(line.code) or network.last_seen.get(line.code)
        place = station.coordinates if station else None
        if place is None and line.lat and line.lon:
            place = float(line.lat), float(line.lon)
        if place is not None and line.status == "active":
            yield line.code, place
