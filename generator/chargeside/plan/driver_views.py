"""What the pages of the driver site show: plain values, no HTML. A job's payload is one of these.

`str` fields named `*_html` were sanitised by the loader; every other text is escaped by the templates. Texts that come from
a feed or from an operator went through `plain`.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace
from typing import Literal

from chargeside.model.connector import Fill, View
from chargeside.model.glossary import Word
from chargeside.model.ocpi import Access, YesNo
from chargeside.model.tariff import Dimension
from chargeside.plan.speed_facts import SPEED_FACTS, SpeedFacts

Digest = str
"""Names a piece in `Plan.shared`."""

MIXED = "mixed"
"""A start order that depends on the way to pay."""

_UNWANTED = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
_JOINERS = frozenset("\u200c\u200d")
"""Wanted although "format": Persian, Hindi and others need them between letters."""


def plain(text: str | None, limit: int = 300) -> str:
    """A text from outside on one line, without control characters and without marks that turn the direction of what follows."""
    if not text:
        return ""
    if not text.isprintable():  # nearly all are, and that is quicker to know
        text = "".join(c if unicodedata.category(c) not in _UNWANTED or c in _JOINERS else " " for c in text)
    flat = " ".join(text.split())
    return flat if len(flat) <= limit else f"{flat[: limit - 1].rstrip()}…"


@dataclass(frozen=True, slots=True)
class Link:
    """A text that leads somewhere; `href` is relative to the root of the site unless it names a scheme. `lang`: of the text,
    where that may not be the page's."""

    text: str
    href: str
    lang: str = ""


@dataclass(frozen=True, slots=True)
class LogoImage:
    """A logo light enough to stand in every page."""

    media_type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Site:
    """What all pages of an operator share. `base_path` is the path of site_url: `/` or `/help/`. `offline` as in
    operator.yml."""

    name: str
    host: str
    site_url: str
    base_path: str
    colour: str
    logo: LogoImage | None
    pay: Link | None
    apps: tuple[Link, ...]
    offline: Literal["ask", "auto", "off"] = "off"


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom to call in a country. The `*_tel` forms are for `tel:` links."""

    country: str
    country_name: str
    lang: str
    phone: str
    phone_tel: str
    free: bool
    hours: str
    emergency: str
    emergency_tel: str
    write: Link | None
    price_url: str | None


@dataclass(frozen=True, slots=True)
class StepView:
    """One step. `when` says in words when it applies, on pages that do not know the charger. `lang`: of its text, where that
    is not the guide's."""

    html: str
    pictogram: str | None
    when: str = ""
    lang: str = ""


@dataclass(frozen=True, slots=True)
class LeadView:
    """Where a guide leads: `to` is a problem's slug or an end point (fixed, another-charger, call). `lang`: of the text, where
    that may not be the guide's."""

    text: str
    to: str
    lang: str = ""


@dataclass(frozen=True, slots=True)
class StartView:
    """A step of starting, in plain text."""

    text: str
    pictogram: str


@dataclass(frozen=True, slots=True)
class GuideView:
    """A guide as certain facts make it read. `lang` is that of the text, which may not be the page's; `in_english` names the
    pieces that are not in it yet (see Guide)."""

    slug: str
    lang: str
    title: str
    symptoms: tuple[str, ...]
    intro_html: str
    steps: tuple[StepView, ...]
    call_html: str
    outcome: Literal["fix", "call", "danger"]
    question: str
    leads: tuple[LeadView, ...]
    when: str = ""
    in_english: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GuideRef:
    """A guide of a kit: its text by digest, and the address of its own page. `short` is its title on a button."""

    slug: str
    title: str
    short: str
    lang: str
    category: str
    outcome: Literal["fix", "call", "danger"]
    href: str
    view: Digest


@dataclass(frozen=True, slots=True)
class LabelView:
    """An EN 17186 label."""

    letter: str
    fill: Fill
    range: str


@dataclass(frozen=True, slots=True)
class LookAlikeView:
    """A plug it is taken for, and how to tell. `drawing` as in PlugView."""

    name: str
    tell: str
    drawing: Digest


@dataclass(frozen=True, slots=True)
class AlsoFitsView:
    """The inlet of another plug, which this one fits too. `drawing` as in PlugView."""

    name: str
    how: str
    drawing: Digest


@dataclass(frozen=True, slots=True)
class PlugView:
    """A plug or socket of the station. `drawing` is the digest of the connector to draw, None where the kind is not known;
    then `name` is what the feed calls it. Power in kW. `where` tells apart the sides of a cabinet that differ. `acts`:
    pictograms of unplugging. `short` is its name where there is little room."""

    drawing: Digest | None
    view: View
    name: str
    other_names: tuple[str, ...]
    labels: tuple[LabelView, ...]
    format: Literal["cable", "socket", "unknown"]
    current: str
    power_kw: float | None
    where: tuple[str, ...]
    count: int
    latch: Literal["car", "plug", "none", ""]
    release: str
    good_to_know: tuple[str, ...]
    look_alikes: tuple[LookAlikeView, ...]
    also_fits: tuple[AlsoFitsView, ...] = ()
    acts: tuple[str, ...] = ()
    short: str = ""


@dataclass(frozen=True, slots=True)
class PayView:
    """Ways to pay by name: those that work here, those that the operator says do not. Where `order` is MIXED, `orders` has one
    for each way that works. `where`: the sides that each of them works at, empty for all. `cable`: of the
    charger (`here`), the driver's own, or either at plugs that differ. `screen`: False where the operator says that there is
    none."""

    order: str
    yes: tuple[str, ...]
    no: tuple[str, ...]
    orders: tuple[str, ...] = ()
    where: tuple[tuple[str, ...], ...] = ()
    cable: Literal["here", "own", "either"] = "here"
    screen: bool = True


@dataclass(frozen=True, slots=True)
class SpeedRow:
    """A car that takes `kw` at most, and its minutes from 20 % to 80 %."""

    kw: float
    minutes: int


@dataclass(frozen=True, slots=True)
class BatteryRow:
    """A battery of `kwh`, and minutes from 20 % to 80 % and from there to full."""

    kwh: int
    minutes: int
    last_minutes: int


@dataclass(frozen=True, slots=True)
class Limit400:
    """What a car with a battery of 400 V gets at a charger that gives no more than these amperes."""

    kw: float
    amps: int


@dataclass(frozen=True, slots=True)
class SpeedView:
    """What speed to expect. Power in kW, None where the data does not say; levels of the battery in %.

    `as_long_from`: from this level to 80 % takes as long as from there to full; None where the charger is so weak that it
    makes the pace, up to the level of `steady_to`. `ac_takers`: those of the facts that this charger has power for.
    """

    ac_kw: float | None
    dc_kw: float | None
    has_ac: bool
    has_dc: bool
    ac: tuple[SpeedRow, ...]
    ac_takers: tuple[tuple[int, int], ...]
    dc: tuple[BatteryRow, ...]
    peaks: tuple[SpeedRow, ...]
    as_long_from: int | None
    steady_to: int | None
    limit_400: Limit400 | None
    facts: SpeedFacts = SPEED_FACTS


@dataclass(frozen=True, slots=True)
class CodeRow:
    """What a charger may show or report, and the guide that helps."""

    code: str
    slug: str


@dataclass(frozen=True, slots=True)
class MessageRow:
    """What a charger may show or report, in all spellings: names, and `also` in words. `also` and `means` are English messages
    of the catalogues. `title` (the short one), `lang` and `href` are the guide's; without one it is: call us."""

    names: tuple[str, ...]
    also: tuple[str, ...]
    means: str
    kind: Literal["fix", "call", "danger"]
    title: str = ""
    lang: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """A text from outside in a language, which may not be the page's; `lang` is empty where nobody says which."""

    lang: str
    text: str


@dataclass(frozen=True, slots=True)
class LightView:
    """A light on the charger in words. `where`: the sides it stands for, empty for all."""

    light: Told
    means: Told
    where: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OwnCode:
    """A code that the screen of this hardware shows, and the guide that helps; without one it is: call us."""

    shown: str
    means: Told
    where: tuple[str, ...]
    title: str
    lang: str
    href: str
    kind: Literal["fix", "call", "danger"] = "call"


@dataclass(frozen=True, slots=True)
class PhotoView:
    """A photo of the hardware, a file of its own. Sides in px."""

    href: str
    width: int
    height: int
    alt: Told


@dataclass(frozen=True, slots=True)
class SpeedNote:
    """What the operator says of the speed here."""

    text: Told
    where: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NotesView:
    """What the operator tells of this hardware."""

    leds: tuple[LightView, ...] = ()
    codes: tuple[OwnCode, ...] = ()
    photos: tuple[PhotoView, ...] = ()
    speed: tuple[SpeedNote, ...] = ()


NO_NOTES_VIEW = NotesView()


@dataclass(frozen=True, slots=True)
class SideView:
    """How to start and pay on one side of a cabinet. `place`: left, right, centre, or the number there."""

    place: str
    start: tuple[StartView, ...]
    pay: PayView


@dataclass(frozen=True, slots=True)
class PhotoFile:
    """A photo of hardware by its digest."""

    photo: Digest


Notice = Literal["", "vanished", "retired", "reserved"]


@dataclass(frozen=True, slots=True)
class Kit:
    """All of a station page that depends on the facts, the country and the language alone. `root` leads up to the root
    of the site. `plugs_href` and the like are the addresses of the pages that tell more. `bare`: nothing is known. `bundle`: address of what a phone may
    keep, if it may."""

    site: Digest
    lang: str
    root: str
    contact: Contact
    start: tuple[StartView, ...]
    order: str
    symptoms: tuple[str, ...]
    guides: tuple[GuideRef, ...]
    plugs: tuple[PlugView, ...]
    pay: PayView
    speed: SpeedView
    codes: tuple[MessageRow, ...]
    plugs_href: str
    pay_href: str
    speed_href: str
    codes_href: str
    all_href: str
    notice: Notice
    bare: bool
    notes: NotesView = NO_NOTES_VIEW
    sides: tuple[SideView, ...] = ()
    bundle: str = ""


@dataclass(frozen=True, slots=True)
class HoursRow:
    """Days of the week (1 is Monday) that are alike, and when it is open then: minutes after midnight, above 1440 on the
    next day."""

    days: tuple[int, ...]
    times: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True, order=True)
class ExceptionView:
    """A time that the usual hours do not hold for: local date and time, `2026-12-25T08:00`."""

    begin: str
    end: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class HoursView:
    """When a site is open. Days without a row are closed; without any rows nobody knows. `clock`: of the exceptions, empty
    for that of the place."""

    always: bool
    rows: tuple[HoursRow, ...]
    exceptions: tuple[ExceptionView, ...]
    clock: str = ""


@dataclass(frozen=True, slots=True)
class PlaceView:
    """What is known of a station's place. Names as OCPI has them (ParkingType, ParkingRestriction, VehicleType).

    `some_restrictions` hold at some of the parking places only. `vehicles`: large ones that fit, or all those it is
    kept for with `vehicles_only`. `time_limit` in minutes.
    """

    hours: HoursView | None = None
    when_closed: bool | None = None
    access: Access | None = None
    kind: str = ""
    restrictions: tuple[str, ...] = ()
    some_restrictions: tuple[str, ...] = ()
    vehicles: tuple[str, ...] = ()
    vehicles_only: bool = False
    max_height_m: float | None = None
    time_limit: int | None = None
    roofed: bool | None = None
    drive_through: bool | None = None
    booking: bool | None = None
    wheelchair: YesNo | None = None
    directions: tuple[Told, ...] = ()


@dataclass(frozen=True, slots=True)
class PriceLine:
    """A price with taxes for one thing: a kWh, an hour, a charge (`dimension` as OCPI has it). `step`: what is begun is paid,
    in Wh or seconds; 0 where it does not matter."""

    dimension: Dimension
    amount: str
    step: int


@dataclass(frozen=True, slots=True)
class PriceView:
    """What charging costs without a contract: the tariff's own text, or all its prices. `plugs` it holds for, none where it
    holds for all. `taxes`: YES included as given, NO added by us at the rates of `vats` (%), N/A none apply. Dates are ISO.
    A view without text and prices stands for plugs whose price is not shown."""

    plugs: tuple[str, ...] = ()
    told: Told | None = None
    currency: str = ""
    lines: tuple[PriceLine, ...] = ()
    least: str = ""
    most: str = ""
    taxes: Literal["", "YES", "NO", "N/A"] = ""
    vats: tuple[str, ...] = ()
    free: bool = False
    since: str = ""
    until: str = ""
    as_of: str = ""

    def at(self, plugs: tuple[str, ...]) -> PriceView:
        """The same price for certain plugs."""
        return replace(self, plugs=plugs)


@dataclass(frozen=True, slots=True)
class Near:
    """Another station. `plugs` are those both have; metres are along a straight line; `hours` where they are limited."""

    code: str
    href: str
    number: str
    name: str
    street: str
    metres: int
    plugs: tuple[str, ...]
    hours: HoursView | None = None


@dataclass(frozen=True, slots=True)
class Plate:
    """A number on the charger and the side it stands on."""

    number: str
    side: Literal["", "left", "right", "centre"]


@dataclass(frozen=True, slots=True)
class Cards:
    """Names of bank cards, and the numbers or side of the charger they hold for; empty where that is the whole station."""

    at: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UseView:
    """A charger to use instead of another one; `place` is empty where both are at the same site, `href` where they are sides
    of one charger."""

    href: str
    at: Plate
    place: str


@dataclass(frozen=True, slots=True)
class NoticeView:
    """What drivers are told for a time. `at`: the side it is about, None for the whole charger; `is_out`: out of order.

    `until` is the end by the clock of the place (`2026-11-24T18:00`), `end` the same in UTC (`2026-11-24T17:00Z`).
    """

    at: Plate | None
    is_out: bool
    text: Told | None
    until: str
    end: str
    use: UseView | None


@dataclass(frozen=True, slots=True)
class StationPage:
    """One station in one language. `here`: other chargers of the same site; `near`: other sites with the same plugs. `marks`: of the
    newest signs."""

    kit: Digest
    code: str
    plates: tuple[Plate, ...]
    name: str
    place: str
    level: str
    bay: str
    evse_ids: tuple[Plate, ...]
    languages: tuple[Link, ...]
    canonical: str
    here: tuple[Near, ...]
    near: tuple[Near, ...]
    where: PlaceView | None = None
    brands: tuple[Cards, ...] = ()
    prices: tuple[PriceView, ...] = ()
    notices: tuple[NoticeView, ...] = ()
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MovedPage:
    """A code that stands for another one now."""

    site: Digest
    lang: str
    code: str
    to: str


@dataclass(frozen=True, slots=True)
class GuidePage:
    """A guide on its own page. Without `contact` it is for every charger: conditions in words, no phone number."""

    site: Digest
    lang: str
    root: str
    contact: Contact | None
    view: Digest
    canonical: str


@dataclass(frozen=True, slots=True)
class SearchFile:
    """What the guides of a language are found by besides their titles: problem and guide, and error codes."""

    guides: tuple[tuple[str, Digest], ...]
    codes: tuple[CodeRow, ...]


TopicName = Literal["plugs", "pay", "speed", "codes", "words", "all"]


@dataclass(frozen=True, slots=True)
class TopicPage:
    """A page on one topic, for all stations alike in it; only the fields of its topic are filled. `guides` are those of the
    kit, or of every charger, `codes` those of the hardware. `contact`: none where the country is not known. `messages_href`: the page with the messages, where
    they are too many for this one."""

    site: Digest
    lang: str
    root: str
    contact: Contact | None
    topic: TopicName
    plugs: tuple[PlugView, ...] = ()
    pay: PayView | None = None
    speed: SpeedView | None = None
    codes: tuple[CodeRow, ...] = ()
    guides: tuple[GuideRef, ...] = ()
    notes: NotesView = NO_NOTES_VIEW
    messages: tuple[MessageRow, ...] = ()
    messages_href: str = ""
    words: tuple[Word, ...] = ()


@dataclass(frozen=True, slots=True)
class FindRow:
    """A station in a list."""

    href: str
    number: str
    name: str
    street: str


@dataclass(frozen=True, slots=True)
class FindTown:
    """Stations of one town."""

    town: str
    rows: tuple[FindRow, ...]


@dataclass(frozen=True, slots=True)
class FindPage:
    """A page of the list of stations. `links` lead further down, `towns` hold stations; `heading` is a letter or a town,
    `up` the list above, `onward` the next page of the same list."""

    site: Digest
    lang: str
    root: str
    heading: str
    up: Link | None
    onward: str
    links: tuple[Link, ...]
    towns: tuple[FindTown, ...]
    total: int
    example: str
    index_files: int
    contact: Contact | None


@dataclass(frozen=True, slots=True)
class IndexFile:
    """One of `of` files to look a charger up in. `entries`: what is typed, and what it stands for: codes parted by spaces,
    each followed by a number that names one of `langs`: the languages with a page below that code, parted by spaces.
    A code that stands for itself is left out."""

    of: int
    langs: tuple[str, ...]
    entries: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class PlainPage:
    """ok, call, fake: the same for every station; nowhere: what a phone shows for a page that it does not keep."""

    site: Digest
    lang: str
    root: str
    name: Literal["ok", "call", "fake", "nowhere"]
    contacts: tuple[Contact, ...]
    more: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class MissingPage:
    """404, for an address that leads nowhere, at any depth: `root` is the path of site_url. `languages`: those of the site."""

    site: Digest
    lang: str
    root: str
    languages: tuple[str, ...]
    index_files: int
    contact: Contact | None


@dataclass(frozen=True, slots=True)
class LegalBlock:
    """A part of an operator's text: a heading or a paragraph (one line each), or a list."""

    kind: Literal["heading", "paragraph", "list"]
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LegalText:
    """An operator's own text for a country."""

    country_name: str
    lang: str
    blocks: tuple[LegalBlock, ...]


LegalName = Literal["privacy", "imprint", "accessibility"]


@dataclass(frozen=True, slots=True)
class LegalPage:
    """privacy, imprint, accessibility. `countries` lead to a page each where all texts together would be too heavy; on such
    a page `heading` names its country, and `up` leads back. `tested`: ISO date."""

    site: Digest
    lang: str
    root: str
    name: LegalName
    texts: tuple[LegalText, ...]
    contacts: tuple[Contact, ...]
    canonical: str
    languages: tuple[Link, ...] = ()
    countries: tuple[Link, ...] = ()
    heading: str = ""
    up: str = ""
    sources: tuple[str, ...] = ()
    tested: str = ""


@dataclass(frozen=True, slots=True)
class BundleFile:
    """Pages that a phone keeps together: addresses from the root of the site, each with the digest of its job's kind and
    payload."""

    pages: tuple[tuple[str, Digest], ...]


@dataclass(frozen=True, slots=True)
class WorkerFile:
    """The service worker. `keeps`: not `offline: off`."""

    keeps: bool


@dataclass(frozen=True, slots=True)
class Addresses:
    """Addresses for a sitemap, or of its parts when `index` is set."""

    urls: tuple[str, ...]
    index: bool = False


@dataclass(frozen=True, slots=True)
class Robots:
    """robots.txt. `closed`: paths from the root of the host that no search engine shall read."""

    sitemap: str
    closed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Headers:
    """_headers, for hosts that read it. The policy of pages is worked out by the renderer."""

    site: Digest
    base_path: str
