"""What the pages of the driver site show: plain values, no HTML. A job's payload is one of these.

`str` fields named `*_html` were sanitised by the loader; every other text is escaped by the templates. Texts that come from
a feed or from an operator went through `plain`.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Literal

from chargeside.model.connector import Fill, View

Digest = str
"""Names a piece in `Plan.shared`."""

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
    """A text that leads somewhere; `href` is relative to the root of the site unless it names a scheme."""

    text: str
    href: str


@dataclass(frozen=True, slots=True)
class LogoImage:
    """A logo light enough to stand in every page."""

    media_type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Site:
    """What all pages of an operator share. `base_path` is the path of site_url: `/` or `/help/`."""

    name: str
    host: str
    site_url: str
    base_path: str
    colour: str
    logo: LogoImage | None
    pay: Link | None
    apps: tuple[Link, ...]


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
    """One step. `when` says in words when it applies, on pages that do not know the charger."""

    html: str
    pictogram: str | None
    when: str = ""


@dataclass(frozen=True, slots=True)
class LeadView:
    """Where a guide leads: `to` is a problem's slug or an end point (fixed, another-charger, call)."""

    text: str
    to: str


@dataclass(frozen=True, slots=True)
class StartView:
    """A step of starting, in plain text."""

    text: str
    pictogram: str


@dataclass(frozen=True, slots=True)
class GuideView:
    """A guide as certain facts make it read. `lang` is that of the text, which may not be the page's."""

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
    """A plug it is taken for, and how to tell."""

    name: str
    tell: str


@dataclass(frozen=True, slots=True)
class PlugView:
    """A plug or socket of the station. `drawing` is the digest of the connector to draw, None where the kind is not known;
    then `name` is what the feed calls it. Power in kW. `where` tells apart the sides of a cabinet that differ."""

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


@dataclass(frozen=True, slots=True)
class PayView:
    """Ways to pay by name: those that work here, those that the operator says do not."""

    order: str
    yes: tuple[str, ...]
    no: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SpeedRow:
    """`who` on one kind of current, and minutes from 20 % to 80 %."""

    who: str
    minutes: int


@dataclass(frozen=True, slots=True)
class SpeedView:
    """What speed to expect. Power in kW, None where the data does not say."""

    ac_kw: float | None
    dc_kw: float | None
    has_ac: bool
    has_dc: bool
    ac: tuple[SpeedRow, ...]
    dc: tuple[SpeedRow, ...]


@dataclass(frozen=True, slots=True)
class CodeRow:
    """What a charger may show or report, and the guide that helps."""

    code: str
    slug: str


Notice = Literal["", "vanished", "retired"]


@dataclass(frozen=True, slots=True)
class Kit:
    """All of a station page that depends on the facts, the country and the language alone. `root` leads up to the root
    of the site. `plugs_href` and the like are the addresses of the pages that tell more. `bare`: nothing is known."""

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
    codes: tuple[CodeRow, ...]
    plugs_href: str
    pay_href: str
    speed_href: str
    codes_href: str
    all_href: str
    notice: Notice
    bare: bool


@dataclass(frozen=True, slots=True)
class Near:
    """Another station. `plugs` are those both have; metres are along a straight line."""

    code: str
    href: str
    number: str
    name: str
    street: str
    metres: int
    plugs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plate:
    """A number on the charger and the side it stands on."""

    number: str
    side: Literal["", "left", "right", "centre"]


@dataclass(frozen=True, slots=True)
class StationPage:
    """One station in one language. `here`: other chargers of the same site; `near`: other sites with the same plugs."""

    kit: Digest
    code: str
    plates: tuple[Plate, ...]
    name: str
    place: str
    level: str
    bay: str
    directions: str
    evse_ids: tuple[str, ...]
    languages: tuple[Link, ...]
    canonical: str
    here: tuple[Near, ...]
    near: tuple[Near, ...]


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


TopicName = Literal["plugs", "pay", "speed", "codes", "all"]


@dataclass(frozen=True, slots=True)
class TopicPage:
    """A page on one topic, for all stations alike in it; only the fields of its topic are filled. `guides` are those of the
    kit, or of every charger where there is no `contact`."""

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
    contact: Contact | None


@dataclass(frozen=True, slots=True)
class PlainPage:
    """ok, call, fake, 404: the same for every station."""

    site: Digest
    lang: str
    root: str
    name: Literal["ok", "call", "fake", "404"]
    contacts: tuple[Contact, ...]
    more: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class LegalText:
    """An operator's own text for a country, in paragraphs."""

    country_name: str
    lang: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LegalPage:
    """privacy, imprint, accessibility."""

    site: Digest
    lang: str
    root: str
    name: Literal["privacy", "imprint", "accessibility"]
    texts: tuple[LegalText, ...]
    contacts: tuple[Contact, ...]
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Addresses:
    """Addresses for a sitemap, or of its parts when `index` is set."""

    urls: tuple[str, ...]
    index: bool = False


@dataclass(frozen=True, slots=True)
class Robots:
    """robots.txt."""

    sitemap: str


@dataclass(frozen=True, slots=True)
class Headers:
    """_headers, for hosts that read it. The policy of pages is worked out by the renderer."""

    site: Digest
    base_path: str
