"""Rules on operator.yml and the ledger that need the whole network."""

from __future__ import annotations

from collections.abc import Collection

from chargeside.findings import Findings, Severity, nearest
from chargeside.i18n import LANGUAGES, PSEUDO
from chargeside.load.network import is_feed_unread
from chargeside.model.colour import contrast
from chargeside.model.network import Network, Station
from chargeside.model.operator import PlacardSpec, Statement

TEMPLATE_HOST = "help.example.org"
TEMPLATE_PHONE = "+00 000 000000"
_READABLE = 7.0

Place = tuple[str | int, ...]


def check_operator(network: Network, findings: Findings) -> None:
    """What would mislead drivers or leave them without help."""
    rules = _Rules(network, findings)
    rules.template_values()
    rules.countries()
    rules.stations_countries()
    rules.languages()
    rules.weights()
    rules.colour()
    rules.logo()


class _Rules:
    """Rules on operator.yml."""

    def __init__(self, network: Network, findings: Findings) -> None:
        self._network = network
        self._operator = network.operator
        self._findings = findings

    def template_values(self) -> None:
        """Values of the template that nobody has changed yet."""
        if TEMPLATE_HOST in self._operator.site_url and not self._operator.name.endswith("(fictional)"):
            mend = "put the address you own before you print anything: signs carry it for ever"
            self._add("O201", ("site_url",), f"site_url is still {self._operator.site_url}", mend)
        for code, country in self._operator.countries.items():
            if country.helpline.phone == TEMPLATE_PHONE:
                mend = f"put your phone number into countries.{code}.helpline.phone"
                place = ("countries", code, "helpline", "phone")
                self._add("O201", place, f"the helpline of {code} is still the template's", mend)

    def countries(self) -> None:
        """Texts and languages of each country."""
        for code, country in self._operator.countries.items():
            if not country.helpline.phone.startswith("+"):
                message = f"{country.helpline.phone} cannot be dialled with a phone from abroad"
                mend = "write it with + and the country's code, unless it can be dialled in the country only"
                self._add("O214", ("countries", code, "helpline", "phone"), message, mend)
            for name in ("imprint", "privacy", "accessibility"):
                self._statement(code, name, getattr(country, name))
            for number, language in enumerate(country.languages):
                if language not in self._operator.languages:
                    place = ("countries", code, "languages", number)
                    message = f"{code} uses language {language}, which languages: does not name"
                    self._add("O206", place, message, f"add {language} to languages:")

    def _statement(self, code: str, name: str, given: Statement | None) -> None:
        """A text that the site must show, and the languages it is given in."""
        if not given:
            mend = f"put it into countries.{code}.{name}; most countries ask for it"
            self._add("O209", ("countries", code), f"{code} has no {name} text", mend)
            return
        for language in given if isinstance(given, dict) else ():
            if language not in self._operator.languages:
                message = f"{code} has its {name} in {language}, which languages: does not name"
                mend = nearest(language, self._operator.languages)
                self._add("O206", ("countries", code, name, language), message, mend, Severity.WARNING)

    def stations_countries(self) -> None:
        """Stations in a country whose helpline and emergency number nobody gave. While the helpline is the template's nothing
        can be printed in earnest, so a first try may go on."""
        missing: dict[str, list[Station]] = {}
        for station in (*self._network.stations, *self._network.last_seen.values()):
            if station.country not in self._operator.countries:
                missing.setdefault(station.country, []).append(station)
        tried = all(c.helpline.phone == TEMPLATE_PHONE for c in self._operator.countries.values())
        for country, those in missing.items():
            where = f"{those[0].location.path}:{those[0].location.line}"
            message = f'{len(those)} station(s) stand in "{country}", e.g. {those[0].name} ({where})'
            mend = f"add {country}: with its helpline and emergency number below countries:"
            self._add("O205", ("countries",), message, mend, Severity.WARNING if tried else None)

    def languages(self) -> None:
        """Languages without texts, and signs in a language that has no pages."""
        for number, language in enumerate(self._operator.languages):
            if language != PSEUDO and language.partition("-")[0] not in LANGUAGES:
                mend = f"use one of: {', '.join(LANGUAGES)}"
                self._add("O206", ("languages", number), f'there are no texts in "{language}"', mend)
        used = {language for country in self._operator.countries.values() for language in country.languages}
        for number, language in enumerate(self._operator.languages):
            if language not in used and language.partition("-")[0] in LANGUAGES:
                mend = f"add {language} to the languages of a country, or take it out here"
                message = f"no country uses {language}: no page of a charger is in it"
                self._add("O206", ("languages", number), message, mend, Severity.WARNING)
        right = ("station", *self._operator.languages)
        for number, spec in enumerate(self._operator.placards):
            self._design(number, spec)
            for place, language in enumerate(spec.languages):
                if language not in right:
                    message = f'a sign in "{language}", which languages: does not name'
                    where = ("placards", number, "languages", place)
                    self._add("O206", where, message, nearest(language, right))

    def _design(self, number: int, spec: PlacardSpec) -> None:
        """A sign of a design or size that there is not."""
        designs = self._network.designs
        design = designs.get(spec.design)
        if design is None:
            mend = nearest(spec.design, designs)
            self._add("P708", ("placards", number, "design"), f'there is no design "{spec.design}"', mend)
        elif design.size_of(spec.size) is None:
            mend = f"use {', '.join(design.file.sizes)}, or width x height in mm: 120x80"
            message = f'the design "{spec.design}" has no size "{spec.size}"'
            self._add("P708", ("placards", number, "size"), message, mend)

    def weights(self) -> None:
        """Weights of problems that there are not."""
        problems = self._network.content.problems
        for slug in self._operator.weights:
            if slug not in problems:
                self._add("O212", ("weights", slug), f'there is no problem "{slug}"', nearest(slug, problems))

    def colour(self) -> None:
        """A brand colour that must be darkened where text stands on it."""
        colour = self._operator.brand.colour
        on_white = contrast(colour, "#ffffff")
        if on_white < _READABLE:
            message = f"brand colour {colour} reaches a contrast of only {on_white:.1f} on white"
            mend = "pages and signs use a darker tone of it; choose one with 7 or more to have it as it is"
            self._add("O204", ("brand", "colour"), message, mend)

    def logo(self) -> None:
        """A logo made for a dark ground."""
        logo = self._network.logo
        if logo and logo.tone == "light" and self._operator.placards:
            message = f'the logo "{self._operator.brand.logo}" would hardly be seen on the white of a sign: its ink is light'
            mend = "use the version of it that is made for a white ground"
            self._add("P741", ("brand", "logo"), message, mend)

    def _add(
        self, code: str, place: Place, message: str, mend: str, severity: Severity | None = None
    ) -> None:
        shown = f"{self._network.path}/operator.yml"
        self._findings.add(code, shown, _line(self._network, place), message, mend, severity)


def check_ledger(network: Network, earlier_codes: Collection[str], findings: Findings) -> None:
    """Codes on walls must resolve for ever. `earlier_codes`: those of the last build and of the last commit, and addresses
    that were adopted."""
    shown = f"{network.path}/ledger.csv"
    if not any(finding.path == shown for finding in findings.errors):
        _check_codes(
            network, earlier_codes, shown, findings
        )  # else a damaged line would be called lost as well
    operator = network.operator
    sites = (operator.site_url, *operator.former_site_urls)
    strange = [line for line in network.ledger if line.url.removesuffix(f"{line.code}/") not in sites]
    if strange:
        first = strange[0]
        message = f"site_url is {operator.site_url}, but {len(strange)} code(s) were issued as {first.url}"
        site = first.url.removesuffix(f"{first.code}/")
        mend = f"restore the old site_url, or list {site} below former_site_urls and keep it answering"
        findings.add("O202", f"{network.path}/operator.yml", _line(network, ("site_url",)), message, mend)
    # Where a feed could not be read its own error is what must be seen, not every station that it would have.
    for line in () if is_feed_unread(findings) else network.vanished:
        if line.code not in network.regrouped and line.code not in network.reused:
            message = f"{line.code} ({line.name}) is in no feed"
            mend = (
                "nothing, if it comes back; if its ids changed, `chargeside ledger rematch`; if the charger is gone for good, "
                "`chargeside ledger retire`"
            )
            findings.add("L404", shown, line.line, message, mend)
    check_regrouped(network, findings)
    present = {station.key: station for station in network.stations}
    for line in network.ledger:
        if line.status == "retired" and line.station in present:
            station = present[line.station]
            mend = (
                f"if the sign still hangs, `chargeside ledger move {network.path} {line.code} {station.code}`"
                if station.code
                else f"bring the code back with `chargeside ledger retire {network.path} --undo {line.code}`"
            )
            message = f"{line.code} is retired, and its charger {station.name} ({station.key}) is in a feed"
            findings.add("L410", shown, line.line, message, mend)


def check_regrouped(network: Network, findings: Findings, severity: Severity | None = None) -> None:
    """Codes whose EVSEs make up other stations now (`station_is` was changed, or EVSEs were put into or out of a cabinet), or
    whose ids another charger has.

    An error while such a station has no code of its own, since nothing is lost yet; `severity` overrides that.
    """
    _check_reused(network, findings, severity)
    lost = [line for line in network.vanished if line.code in network.regrouped]
    if not lost:
        return
    without = {station.key for station in network.stations if not station.code}
    waiting = any(without & set(network.regrouped[line.code]) for line in lost)
    first, now = lost[0], network.regrouped[lost[0].code]
    message = (
        f"{len(lost)} code(s) would lose their station, e.g. {first.code} ({first.station}), whose EVSEs are now in "
        f"{', '.join(now[:2])}{' …' if len(now) > 2 else ''}"
    )
    mend = (
        "set it back (station_is, or the cabinet in overrides.csv), or confirm which code stays with "
        f"`chargeside ledger rematch {network.path}`"
    )
    usual = Severity.ERROR if waiting else Severity.WARNING
    findings.add("L407", f"{network.path}/ledger.csv", first.line, message, mend, severity or usual)


def _check_reused(network: Network, findings: Findings, severity: Severity | None) -> None:
    stations = {station.key: station for station in network.stations}
    lost = [line for line in network.vanished if line.code in network.reused]
    if lost:
        first, station = lost[0], stations[network.reused[lost[0].code]]
        message = (
            f"the ids of {len(lost)} code(s) stand for chargers elsewhere now, e.g. {first.code} hangs at {first.name} "
            f"({first.lat}, {first.lon}), and {station.key} is {station.name} far from there"
        )
        mend = (
            "if the ledger was sorted or edited, restore it (git log -p); else say which charger each code hangs at with "
            f"`chargeside ledger rematch {network.path}`"
        )
        findings.add("L411", f"{network.path}/ledger.csv", first.line, message, mend, severity)


def _check_codes(network: Network, earlier_codes: Collection[str], shown: str, findings: Findings) -> None:
    # L407 and L411 tell of these.
    held = {key for keys in network.regrouped.values() for key in keys} | set(network.reused.values())
    free = [station for station in network.stations if station.code or station.key not in held]
    if without := [station for station in free if not station.code]:
        message = f"{len(without)} station(s) have no code, e.g. {without[0].name} ({without[0].key})"
        findings.add("L402", shown, None, message, f"run `chargeside ledger issue {network.path}`")
    known = {line.code for line in network.ledger} | {one.address for one in network.adopted}
    reserved = {line.code for line in network.ledger if line.status == "reserved"}
    if claimed := [station for station in free if station.claim in reserved]:
        message = f"{len(claimed)} station(s) do not have the code that overrides.csv claims for them, e.g. {claimed[0].claim}"
        findings.add("L402", shown, None, message, f"run `chargeside ledger issue {network.path}`")
    for code in sorted(set(earlier_codes) - known):
        if "/" in code:
            mend = "restore its line (git log -p adopted.csv): signs that hang carry it"
            message = f"{code} was adopted and is no longer in adopted.csv"
            findings.add("L403", shown.replace("ledger.csv", "adopted.csv"), None, message, mend)
            continue
        mend = "restore its line (git log -p ledger.csv); to give a code up, set its status to retired"
        findings.add("L403", shown, None, f"code {code} was issued and is no longer in the ledger", mend)


def _line(network: Network, place: Place) -> int | None:
    """The line of a value in operator.yml, or of the nearest thing around it."""
    while place and place not in network.lines:
        place = place[:-1]
    return network.lines.get(place)
