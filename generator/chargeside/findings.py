"""Findings: mistakes in content and data. Collected, never raised, so that an author sees all of them at once."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum

from chargeside.journal import Journal


class Severity(StrEnum):
    """How bad. An error stops the build."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Rule:
    """A kind of finding: its usual severity and what it means, for the reference page."""

    severity: Severity
    meaning: str


E, W, N = Severity.ERROR, Severity.WARNING, Severity.NOTE

RULES: dict[str, Rule] = {
    # F: any file
    "F101": Rule(E, "A file that must be there is missing"),
    "F102": Rule(E, "A file is empty"),
    "F103": Rule(E, "A file is not valid UTF-8"),
    "F104": Rule(E, "A file is not valid YAML, JSON or CSV"),
    "F105": Rule(E, "A key stands twice"),
    "F106": Rule(E, "A key is not known here"),
    "F107": Rule(E, "YAML anchors, aliases and tags are not allowed"),
    "F108": Rule(E, "A value is not of the right kind"),
    "F109": Rule(E, "A path leads out of its folder"),
    "F110": Rule(E, "A file is too large"),
    "F111": Rule(N, "Of several sheets in a workbook one is read"),
    "F112": Rule(
        W, "A cell of a workbook or table holds no value that can be read, or not the one that was typed"
    ),
    # O: operator.yml, kits.yml, overrides.csv, brand
    "O201": Rule(W, "operator.yml still holds a value of the template"),
    "O202": Rule(E, "site_url was changed after codes were issued"),
    "O203": Rule(E, "The logo or a photo is not a usable image"),
    "O204": Rule(W, "The brand colour cannot be read on white or black"),
    "O205": Rule(E, "A country is used by stations and missing in operator.yml"),
    "O206": Rule(E, "A language has no texts"),
    "O207": Rule(W, "A rule in kits.yml selects nothing"),
    "O208": Rule(E, "A row in overrides.csv is not usable"),
    "O209": Rule(W, "A text the site must show is missing in operator.yml"),
    # A warning: an EVSE that leaves the feed must not stop the build of all others.
    "O210": Rule(W, "A row in overrides.csv names an EVSE that no feed has"),
    "O211": Rule(N, "EVSEs look as if they share a cabinet; only a person can know"),
    "O212": Rule(W, "operator.yml weighs a problem that does not exist"),
    "O213": Rule(W, "A light is described by its colour alone"),
    "O214": Rule(W, "A helpline cannot be dialled from abroad"),
    # T: catalogues of translations
    "T601": Rule(E, "A translation lost or made up a placeholder"),
    "T602": Rule(E, "A catalogue of translations, or an entry in it, cannot be used"),
    "T603": Rule(E, "A file of translations that came back cannot be read"),
    "T604": Rule(E, "A translation is of a piece that no guide has"),
    "T605": Rule(E, "A translation cannot be used: markup, length or number of lines"),
    "T606": Rule(W, "The English text has changed since a file of translations was made"),
    "T607": Rule(W, "A translation is still the English text"),
    "T608": Rule(N, "A translation is not marked as finished; it is left as it was"),
    "T609": Rule(E, "A guide's file cannot be changed piece by piece"),
    # S: station data
    "S301": Rule(E, "A Location or EVSE cannot be used"),
    "S302": Rule(E, "An id holds characters that no id may hold"),
    "S303": Rule(E, "Two records have the same id"),
    "S304": Rule(W, "A value is not one that OCPI names; it is kept as text"),
    "S305": Rule(N, "A record is left out on purpose (publish: false, REMOVED)"),
    "S306": Rule(W, "Data looks wrong"),
    "S307": Rule(W, "A file mixes several operators"),
    "S308": Rule(W, "Rows were left out"),
    "S309": Rule(E, "There are no stations"),
    "S310": Rule(E, "Most stations of the last import are missing"),
    "S311": Rule(N, "A value was put right: it is certain what is meant"),
    "S312": Rule(N, "A missing value was worked out from others"),
    # L: ledger
    "L401": Rule(E, "A line of the ledger is damaged"),
    "L402": Rule(E, "A station has no code"),
    "L403": Rule(E, "A code that was issued is lost"),
    "L404": Rule(N, "A code's station is in no feed"),
    "L405": Rule(W, "A code stands twice in the ledger for the same station"),
    "L406": Rule(E, "A row in overrides.csv claims a code that it cannot have"),
    "L407": Rule(E, "A code would lose its station because EVSEs are grouped otherwise"),
    "L408": Rule(E, "An adopted address or code cannot be used"),
    "L409": Rule(E, "A code cannot be moved, retired or matched as asked"),
    "L410": Rule(W, "A code that was given up has its station in a feed"),
    "L411": Rule(E, "The ids of a code's station are another charger's now"),
    # G: guides
    "G501": Rule(E, "The front matter is missing or wrong"),
    "G502": Rule(E, "A guide has no steps"),
    "G503": Rule(E, "Attributes were not understood and would be printed"),
    "G504": Rule(E, "A pictogram is not known"),
    "G505": Rule(E, "A condition cannot be read"),
    "G506": Rule(E, "The guide leads to nowhere"),
    "G507": Rule(E, "Two steps have the same id"),
    "G508": Rule(E, "HTML that is not allowed was removed"),
    "G509": Rule(E, "A link or image that is not allowed was removed"),
    "G510": Rule(W, "A driver would see too many steps"),
    "G511": Rule(W, "A driver would see no step or only one"),
    "G512": Rule(W, "The guide is long"),
    "G513": Rule(W, "The review date has passed or is missing"),
    "G514": Rule(N, "A person who knows the field has yet to review this guide"),
    "G515": Rule(E, "The English guide is missing"),
    "G517": Rule(E, "A translation has a step that the English guide lacks"),
    "G518": Rule(N, "A translation is not up to date with the English guide"),
    "G519": Rule(E, "An error code stands twice"),
    "G520": Rule(E, "An error code stands in the wrong file"),
    "G521": Rule(W, "A guide lets drivers go on where an error code says danger"),
    "G522": Rule(W, "A step is long"),
    "G523": Rule(W, "The first sentences are too many"),
    "G524": Rule(N, "The words are hard to read"),
    "G525": Rule(W, "A step asks for more than one action"),
    "G526": Rule(E, "A guide asks for something dangerous"),
    "G527": Rule(E, "A danger guide holds more than: get away, emergency number, then us"),
    "G528": Rule(W, "A guide that speaks of danger lets drivers go on"),
    "G529": Rule(W, "A word blames or belittles the driver"),
    "G530": Rule(W, "A word that drivers do not use"),
    "G531": Rule(E, "Two guides fight for the same words"),
    "G532": Rule(W, "A screen message is not quoted as screens print it"),
    "G533": Rule(E, "A condition can never hold"),
    "G534": Rule(N, "A condition holds at every charger that shows the guide"),
    "G535": Rule(E, "Guides lead in a circle, or out of danger"),
    "G536": Rule(W, "A question does not split the way"),
    "G537": Rule(W, "A guide leads to one that no charger there has"),
    "G538": Rule(E, "General knowledge about locks, plugs or danger was not reviewed"),
    "G539": Rule(W, "A guide names no sources"),
    "G540": Rule(N, "A pictogram is used by no guide"),
    "G541": Rule(E, "A pictogram has no text alternative, or a text alternative no pictogram"),
    "G542": Rule(W, "Characters that drivers' phones and screen readers stumble over"),
    "G543": Rule(W, "A comment in a guide was taken out"),
    "G544": Rule(E, "Two folders differ by upper and lower case only"),
    "G545": Rule(W, "A title or symptom is long"),
    "G546": Rule(N, "A step is shown at no station"),
    "G547": Rule(N, "A guide applies at no station"),
    "G548": Rule(W, "The review date is far away"),
    "G549": Rule(W, "A guide is not finished"),
    "G550": Rule(W, "A link leads nowhere"),
    # C: connectors
    "C601": Rule(E, "A connector file is wrong"),
    # P: placards
    "P701": Rule(E, "A text does not fit on the sign"),
    "P702": Rule(E, "The proof of a sign failed: what was drawn is not what was meant"),
    "P703": Rule(E, "A character cannot be printed in the sign's fonts"),
    "P704": Rule(W, "The print engine warned"),
    "P705": Rule(E, "No code of legible size fits on the sign"),
    "P706": Rule(W, "Something of little worth was left off the sign for want of room"),
    "P707": Rule(E, "A design of a sign is broken"),
    "P708": Rule(E, "There is no such design or size"),
    "P709": Rule(E, "A sign is too small or too far away for what must be on it"),
    "P720": Rule(E, "The colour profile for a print run cannot be used"),
    "P721": Rule(E, "The font of the signs is not installed"),
    "P722": Rule(E, "A sheet of labels cannot be used: labels overlap, leave the page or are too small"),
    "P723": Rule(E, "A colour of a sign cannot be converted to inks"),
    "P724": Rule(E, "There is no sign to print"),
    "P725": Rule(W, "A sign is not in the print run, because it could not be made"),
    "P726": Rule(W, "Files of an earlier print run still stand"),
    "P730": Rule(E, "A line of signs.csv is damaged"),
    "P731": Rule(W, "A sign stands twice in signs.csv"),
    "P732": Rule(W, "A sign is on no fitting sheet since it is not made"),
    "P740": Rule(E, "A code is printed in colours that phones cannot read"),
    "P741": Rule(W, "The logo would hardly be seen on the white of a sign"),
    # N: notices.csv
    "N901": Rule(E, "notices.csv cannot be read as a table"),
    # A warning: a charger that leaves the feed must not stop the build of all others.
    "N902": Rule(W, "A notice is for a charger that is not known"),
    "N903": Rule(N, "A notice has ended"),
    "N904": Rule(W, "Nobody can tell which hour a notice means"),
    "N905": Rule(W, "A notice sends drivers to a charger that cannot be used"),
    "N906": Rule(W, "A charger has more notices than its page has room for"),
    # A warning: one slip in a spreadsheet must not keep all other notices from drivers.
    "N907": Rule(W, "A row in notices.csv is not usable and is left out"),
    # B: build
    "B801": Rule(E, "A page is larger than one response may be"),
    "B802": Rule(E, "A file could not be made; its earlier version is kept"),
    "B803": Rule(E, "The library site could not be built"),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One mistake: what, where, and how to mend it. `path` is shown to people; `line` counts from 1."""

    code: str
    severity: Severity
    path: str
    line: int | None
    message: str
    mend: str

    def __str__(self) -> str:
        where = f"{self.path}:{self.line}" if self.line else self.path
        return f"{where}: {self.severity}: {self.message}. Mend: {self.mend} [{self.code}]"

    def as_dict(self) -> dict[str, str | int | None]:
        """For --json."""
        return asdict(self)


class Findings:
    """Collects findings. Every reader and rule is handed one and adds to it.

    `journal`: keeps every case by itself, for the data-quality report; None when nobody asked for one.
    """

    def __init__(self, journal: Journal | None = None) -> None:
        self.journal = journal
        self._found: dict[Finding, None] = {}

    def add(
        self,
        code: str,
        path: str,
        line: int | None,
        message: str,
        mend: str,
        severity: Severity | None = None,
        room: int = 500,
    ) -> Finding:
        """Add a finding of a known rule, and give it back; the same finding is kept once. `room`: for the message, in characters.

        Raises KeyError for an unknown code, ValueError for an empty mend: both are our own mistakes.
        """
        if not mend:
            raise ValueError(f"finding {code} says no mend")
        finding = Finding(
            code, severity or RULES[code].severity, path, line, one_line(message, room), one_line(mend)
        )
        self._found.setdefault(finding)
        return finding

    def extend(self, findings: Iterable[Finding]) -> None:
        """Add findings made elsewhere."""
        for finding in findings:
            self._found.setdefault(finding)

    def __iter__(self) -> Iterator[Finding]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)

    @property
    def errors(self) -> tuple[Finding, ...]:
        """Those that stop the build."""
        return tuple(finding for finding in self._found if finding.severity is Severity.ERROR)

    def sorted(self) -> tuple[Finding, ...]:
        """By file and line."""
        return tuple(sorted(self._found, key=lambda f: (f.path, f.line or 0, f.code, f.message)))


def nearest(word: str, right: Iterable[str]) -> str:
    """A mend for a mistyped word: the nearest right one, else all of them."""
    choices = {choice.casefold(): choice for choice in right}
    close = difflib.get_close_matches(word.casefold()[:100], choices, n=1, cutoff=0.6)
    if close:
        return f'did you mean "{choices[close[0]]}"?'
    if len(choices) == 1:
        return f'write "{next(iter(choices.values()))}"'
    return f"use one of: {', '.join(choices.values())}" if choices else "leave it out"


def one_line(text: str, room: int = 500) -> str:
    """Content decides parts of a message: keep it on one line and free of control characters, and not endless."""
    flat = "".join(c if c.isprintable() else " " for c in " ".join(text.split()))
    return flat if len(flat) <= room else flat[: room - 1] + "…"
