"""Renders the driver site.

All of a station page that depends on its kit is rendered once and kept as bytes with marked places; a station fills these
places with its own name, number and neighbours. So 5,000 stations cost a few hundred pages and 5,000 joins.
"""

from __future__ import annotations

import base64
import gzip
import re
import zlib
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from itertools import groupby
from typing import Any
from urllib.parse import quote
from xml.sax.saxutils import escape as escape_xml

from jinja2 import Environment
from markupsafe import Markup, escape

import chargeside
from chargeside.i18n import (
    LANGUAGES,
    Translator,
    catalogue_text,
    day,
    is_right_to_left,
    language_name,
    number,
    translator,
)
from chargeside.model.colour import with_contrast
from chargeside.model.connector import View
from chargeside.model.hardware import Photo
from chargeside.plan.driver_desk import DeskPage
from chargeside.plan.driver_views import (
    Addresses,
    AlsoFitsView,
    Contact,
    FindPage,
    GuidePage,
    GuideRef,
    GuideView,
    Headers,
    Kit,
    LabelView,
    LegalPage,
    LookAlikeView,
    MissingPage,
    MovedPage,
    PhotoFile,
    PlainPage,
    PlugView,
    Robots,
    Site,
    StationPage,
    TopicPage,
)
from chargeside.plan.glossary import MARK as WORD
from chargeside.plan.jobs import Renderer, digest
from chargeside.plan.words import CATEGORY_NAMES, PAYMENT_NAMES
from chargeside.render import (
    driver_desk,
    faces,
    html,
    notice_words,
    offline,
    pay_words,
    place_words,
    price_words,
    redirects,
    speed_chart,
)
from chargeside.render import driver_search as search
from chargeside.render import driver_words as words
from chargeside.render.html import trusted
from chargeside.render.pictograms import load_pictograms, sprite, use

Shared = Mapping[str, Any]

BUDGET = 14_600
"""Bytes of a page, gzipped: what a server sends before it waits for the phone's first answer (RFC 6928, 10 x 1,460)."""

_GZIP_FRAME = 12
"""Bytes that gzip's header and trailer take more than zlib's (RFC 1950, RFC 1952)."""

FULL_GUIDES = 8
"""At least so many guides stand in full on a station page."""
_MOST_FULL, _LINKED = 24, 6
"""More than fit the budget, and how many of the next ones are linked one by one."""

_STATION_RESERVE = 2_000
"""Bytes, gzipped, kept free in a kit for a station's own texts."""
_KITS_KEPT = 64
_STRIP_PX, _STRIP_GAP_PX = 326, 12
"""What a screen of 360 px leaves for the drawings of a row, and the gap between two (see driver.css)."""
_STRIP_SCALES = (0.9, 1.5)
_MARK = re.compile("\0([a-z]+)\0")
_CODE = (
    "driver",
    "driver_desk",
    "driver_search",
    "driver_words",
    "faces",
    "html",
    "notice_words",
    "offline",
    "pay_words",
    "pictograms",
    "place_words",
    "price_words",
    "redirects",
    "speed_chart",
)
"""Modules that decide what a page looks like: a change in them must not wait for the next version."""
_DIVIDER = "\0divider\0"
_PARTS_KEPT = 2_000
_POINTER = re.compile(r'href="#p-([a-z-]+)"')

GROUND = ("#ffffff", "#eff3f4")
"""Page and surface in the light, as driver.css has them."""
GROUND_DARK = ("#101416", "#1c2226")


def too_large(path: str, page: bytes) -> int:
    """By how many bytes, gzipped, a page of the driver site is above the budget; 0 for one that fits, and for files
    that are no pages."""
    if not path.endswith(".html") or len(page) <= BUDGET:
        return 0
    # Quick compression is never smaller than thorough, and settles nearly all pages in a sixth of the time.
    if len(zlib.compress(page, 1)) + 12 <= BUDGET:
        return 0
    return max(0, len(gzip.compress(page, 9, mtime=0)) - BUDGET)


def closure() -> str:
    """Digest of everything besides the payload that a page depends on."""
    folder = files("chargeside").joinpath("templates/driver")
    templates = sorted((item.name, item.read_text(encoding="utf-8")) for item in folder.iterdir())
    style = (html.package_text("style/driver.css"), html.package_text("style/desk.css"))
    pictograms = tuple(load_pictograms().values())
    code = tuple(html.package_text(f"render/{name}.py") for name in _CODE)
    scripts = tuple(map(html.script, (*html.page_scripts(), *driver_desk.SCRIPTS, "sw", "sw_off")))
    words = tuple(map(catalogue_text, LANGUAGES[1:]))
    look = (tuple(templates), style, scripts, pictograms, code, words)
    return digest((chargeside.__version__, version("jinja2"), look))


# ---------------------------------------------------------------------------------------------------- what all pages have


def forget() -> None:
    """Let go of what was made of templates, style and words, for a preview in which they have changed. What `functools` keeps
    is not among it."""
    for kept in (_kits, _parts, _drawings):
        kept.clear()


@cache
def _environment() -> Environment:
    return html.environment("driver")


@cache
def _style(colour: str) -> str:
    """The style with the operator's colour."""
    return _colours(colour) + html.minify_css(html.package_text("style/driver.css"))


def _colours(colour: str) -> str:
    """The operator's colour by day and by night, corrected so that it can be read."""
    band, on_band = html.band(colour)
    accent = with_contrast(colour, GROUND[1])
    night_band = with_contrast(colour, "#ffffff")
    night_accent = with_contrast(colour, GROUND_DARK[1])
    light = f":root{{--band:{band};--on-band:{on_band};--accent:{accent};--on-accent:#fff}}"
    dark = f":root{{--band:{night_band};--on-band:#fff;--accent:{night_accent};--on-accent:#000}}"
    return f"{light}@media (prefers-color-scheme:dark){{{dark}}}"


@cache
def _look(colour: str) -> tuple[Markup, str]:
    """Style, and the colour of the top of the page."""
    return trusted(_style(colour)), html.band(colour)[0]


@cache
def _icon(colour: str) -> str:
    """A picture for the tab, in the page, so that no browser asks the server for one."""
    ground, ink = html.band(colour)
    drawing = (
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 24 24'><rect width='24' height='24' rx='5' fill='{ground}'/>"
        f"<path d='M13 3 6 14h5l-1 7 8-11h-5z' fill='{ink}'/></svg>"
    )
    return "data:image/svg+xml," + quote(drawing, safe="='/:")


@cache
def _logo(site: Site) -> str:
    if not site.logo:
        return ""
    if site.logo.media_type == "image/svg+xml":
        return f"data:image/svg+xml,{quote(site.logo.data.decode())}"
    return f"data:{site.logo.media_type};base64,{base64.b64encode(site.logo.data).decode()}"


_drawings: dict[tuple[str, str, View, float, str], Markup] = {}
"""Few: as many as there are connectors, times the plugs of a page."""


class _Page:
    """What templates can use besides their own page: the operator, the language, drawings, words."""

    def __init__(
        self, shared: Shared, site: Site, lang: str, root: str, contact: Contact | None, query: str = ""
    ) -> None:
        self._shared = shared
        self._lang = lang
        self._ = translator(lang)
        style, band = _look(site.colour)
        self.values: dict[str, Any] = {
            "_": self._,
            "site": site,
            "lang": lang,
            "root": root,
            "contact": contact,
            "q": trusted(query),
            "_n": self._.many,
            "rtl": is_right_to_left(lang),
            "style": style,
            "band": band,
            "icon": trusted(_icon(site.colour)),
            "logo": trusted(_logo(site)),
            "sprite": trusted("\0sprite\0"),
            "use": _use,
            "face": self.face,
            "has_view": lambda plug, view: view in self._shared[plug.drawing].looks,
            "label_svg": self.label,
            "lang_of": self.lang_of,
            "lang_back": self.lang_back,
            "payment": lambda way: self._(PAYMENT_NAMES[way]),
            "payments": lambda ways: " · ".join(self._(PAYMENT_NAMES[way]) for way in ways),
            "number": lambda value: number(value, lang),
            "way_pictogram": words.WAY_PICTOGRAMS.__getitem__,
            "symptom_pictogram": words.symptom_pictogram,
            "letter": words.letter,
            "soft": words.soft,
            "worded": self.worded,
            "duration": lambda minutes: words.duration(minutes, self._),
            "distance": lambda metres: words.distance(metres, self._),
            **speed_chart.tools(lang),
        }

        self.run("page")

    def run(self, *names: str, photos: bool = False, fetches: bool = False, worker: bool = False) -> None:
        """Lets the page run these scripts of ours and no others, and load what its policy else forbids."""
        scripts = tuple(map(html.script, names))
        style = _style(self.values["site"].colour)
        policy = html.page_policy(style, scripts, photos=photos, fetches=fetches, worker=worker)
        self.values |= {"scripts": tuple(map(trusted, scripts)), "policy": trusted(policy)}

    def render(self, template: str, **values: Any) -> str:
        """The page as text, with a sprite of just the pictograms it shows."""
        text = self.fill(template, **values)
        names = set(_POINTER.findall(text))
        return html.minify_html(text.replace("\0sprite\0", sprite(names)))

    def fill(self, template: str, **values: Any) -> str:
        """A template as text; a whole page still lacks its sprite."""
        return _environment().get_template(template).render(self.values, **values)

    def worded(self, text: str) -> Markup:
        """Sanitised HTML of a guide whose links to words lead to the glossary."""
        root, lang, query = self.values["root"], self._lang, self.values["q"]
        start, *rest = text.split(f'href="{WORD}')
        return trusted(start + "".join(f'href="{root}g/{lang}/words/{query}#{part}' for part in rest))

    def face(
        self, plug: PlugView | AlsoFitsView | LookAlikeView, prefix: str, view: View, scale: float
    ) -> Markup:
        """A drawing of a plug, `scale` px to the millimetre; a plug that is not known is not drawn."""
        if plug.drawing is None:
            return _use("look")
        key = (plug.drawing, prefix, view, scale, self._lang)
        drawing = _drawings.get(key)
        if drawing is None:
            svg = faces.face_svg(
                self._shared[plug.drawing],
                prefix=prefix, view=view, lang=self._lang, scale=scale, unit="px", css_class="face",
            )  # fmt: skip
            drawing = _drawings[key] = trusted(svg)
        return drawing

    def label(self, label: LabelView, prefix: str) -> Markup:
        """An EN 17186 label."""
        title = self._("Letter {letter}: {range}").format(letter=label.letter, range=label.range)
        svg = faces.label_svg(
            label.letter, label.fill, prefix=prefix, title=title, width_mm=None, css_class="label"
        )
        return trusted(svg)

    def lang_of(self, lang: str) -> Markup:
        """The attribute for a part in another language than the page."""
        return _lang_of(lang, self._lang)

    def lang_back(self, lang: str) -> Markup:
        """The attribute for words of the page itself inside a part in another language."""
        return _lang_of(self._lang, lang)


def _lang_of(lang: str, around: str) -> Markup:
    """The language of a part, and its direction where that turns."""
    if not lang or lang == around:
        return Markup("")
    turned = is_right_to_left(lang) != is_right_to_left(around)
    direction = Markup(' dir="{}"').format("rtl" if is_right_to_left(lang) else "ltr") if turned else ""
    return Markup(' lang="{}"').format(lang) + direction


@cache
def _use(name: str) -> Markup:
    return trusted(use(name, decorative=True))


# ---------------------------------------------------------------------------------------------------- stations


@dataclass(frozen=True, slots=True)
class _KitBody:
    """A rendered kit: texts, and between them the names of what stations fill in."""

    pieces: tuple[str, ...]
    size: int


_kits: OrderedDict[str, _KitBody] = OrderedDict()


def _kit_body(name: str, shared: Shared) -> _KitBody:
    """A kit, rendered once and kept while its stations pass by."""
    body = _kits.get(name)
    if body is None:
        body = _kits[name] = _fit(shared[name], shared)
        if len(_kits) > _KITS_KEPT:
            _kits.popitem(last=False)
    else:
        _kits.move_to_end(name)
    return body


def _fit(kit: Kit, shared: Shared) -> _KitBody:
    """The kit with as many guides in full as the budget holds, the least needed left to their own pages."""
    count = min(len(kit.guides), _MOST_FULL)
    while True:
        text = _render_kit(kit, shared, count)
        size = len(gzip.compress(text.encode(), 9, mtime=0))
        spare = BUDGET - _STATION_RESERVE - size
        if spare >= 0 or count <= FULL_GUIDES:
            return _KitBody(tuple(_MARK.split(text)), size)
        # A guide takes some 350 bytes: drop several at once where much is missing.
        count = max(FULL_GUIDES, count - max(1, -spare // 500))


def _render_kit(kit: Kit, shared: Shared, full: int) -> str:
    # Links take the station along, and whether this language has a folder of its own below it: see scripts/page.js.
    query = "?s=\0code\0" if kit.root == "../" else "?s=\0code\0&amp;l=1"
    page = _Page(shared, shared[kit.site], kit.lang, kit.root, kit.contact, query)
    page.run("station", *(("keep",) if kit.bundle else ()), worker=bool(kit.bundle))
    in_full = kit.guides[:full]
    by_slug = {ref.slug: ref for ref in kit.guides}
    here = frozenset(ref.slug for ref in in_full)
    return page.render(
        "station.html",
        kit=kit,
        mark=lambda name: trusted(f"\0{name}\0"),
        keys=[by_slug[slug] for slug in kit.symptoms],
        full=[_guide_part(page, kit, ref.view, shared, here, by_slug) for ref in in_full],
        rest=kit.guides[full : full + _LINKED],
        total=len(kit.guides),
        here=here,
    )


_parts: OrderedDict[tuple[Any, ...], Markup] = OrderedDict()


def _guide_part(
    page: _Page, kit: Kit, name: str, shared: Shared, here: frozenset[str], by_slug: Mapping[str, GuideRef]
) -> Markup:
    """A guide as it stands in a station page. Most kits share most of theirs, so they are kept."""
    guide: GuideView = shared[name]
    hrefs = {
        lead.to: by_slug[lead.to].href for lead in guide.leads if lead.to in by_slug and lead.to not in here
    }
    leads = tuple((lead.to in here, hrefs.get(lead.to)) for lead in guide.leads)
    key = (kit.site, kit.lang, kit.root, kit.contact, name, leads)
    part = _parts.get(key)
    if part is None:
        part = _parts[key] = trusted(page.fill("station_guide.html", g=guide, here=here, hrefs=hrefs))
        if len(_parts) > _PARTS_KEPT:
            _parts.popitem(last=False)
    else:
        _parts.move_to_end(key)
    return part


def _station(page: StationPage, shared: Shared) -> bytes:
    kit: Kit = shared[page.kit]
    body = _kit_body(page.kit, shared)
    site: Site = shared[kit.site]
    env = _environment()
    _ = translator(kit.lang)
    values = {
        "_": _, "site": site, "page": page, "kit": kit, "lang": kit.lang, "root": kit.root, "contact": kit.contact, "q": "",
        "logo": trusted(_logo(site)), "divider": trusted(_DIVIDER), "use": _use, "with_plugs": bool(kit.plugs),
        "language_name": language_name,
        "distance": lambda metres: words.distance(metres, _), "near_hours": lambda hours: place_words.near_hours(hours, _),
        "rows": place_words.place_rows(page.where, _) if page.where else (), "lang_of": lambda lang: _lang_of(lang, kit.lang),
        "price_lines": lambda view: price_words.price_lines(view, _), "price_notes": lambda view: price_words.price_notes(view, _),
        "has_price": price_words.has_price, "letter": words.letter, "handoff": _handoff(page, _),
        "until": lambda local: notice_words.until(local, _), "side_of": lambda plate: notice_words.side_of(plate, _),
        "instead": lambda plate: notice_words.instead(plate, _),
    }  # fmt: skip
    own = html.minify_html(env.get_template("station_own.html").render(values))
    head, notices, brands, prices, where, near, end = own.split(_DIVIDER)
    numbers = ", ".join(plate.number for plate in page.plates)
    title = _("Charger {number}").format(number=numbers)
    parts = {
        "title": escape(f"{title}, {page.place}" if page.place else title),
        "meta": _station_meta(page, kit, site),
        "head": head,
        "notices": notices,
        "brands": brands,
        "prices": prices,
        "where": where,
        "near": near,
        "end": end,
        "code": page.code,
    }
    pieces = (piece if index % 2 == 0 else parts[piece] for index, piece in enumerate(body.pieces))
    return "".join(pieces).encode()


def _handoff(page: StationPage, _: Translator) -> str:
    """The beginning of a message to the operator: which charger it is, and what to tell."""
    numbers = ", ".join(plate.number for plate in page.plates)
    lines = [_("Charger: {number}").format(number=numbers), _("Code: {code}").format(code=page.code)]
    lines += [f"EVSE ID: {one.number}" for one in page.evse_ids]
    return "\n".join((*lines, page.place, "", _("What I see:"), "", _("What I have tried:"), ""))


def _station_meta(page: StationPage, kit: Kit, site: Site) -> str:
    lines = [Markup('<link rel="canonical" href="{}">').format(page.canonical)]
    alternate = Markup('<link rel="alternate" hreflang="{}" href="{}">')
    lines += [alternate.format(link.text, site.site_url + link.href) for link in page.languages]
    if kit.notice:
        lines.append(Markup('<meta name="robots" content="noindex">'))
    return "\n".join(lines)


def _moved(page: MovedPage, shared: Shared) -> bytes:
    site = shared[page.site]
    return _Page(shared, site, page.lang, "../", None).render("moved.html", page=page).encode()


# ---------------------------------------------------------------------------------------------------- other pages


def _guide(page: GuidePage, shared: Shared) -> bytes:
    view: GuideView = shared[page.view]
    frame = _Page(shared, shared[page.site], page.lang, page.root, page.contact)
    return frame.render("guide.html", page=page, g=view).encode()


def _topic(page: TopicPage, shared: Shared) -> bytes:
    if page.topic == "all":
        return _all_problems(page, shared)
    frame = _Page(shared, shared[page.site], page.lang, page.root, page.contact)
    _ = translator(page.lang)
    headings = {
        "plugs": _("Which plug fits my car?"),
        "pay": _("How to pay here"),
        "speed": _("What speed to expect"),
        "codes": _("Lights and messages")
        if page.notes.leds or page.notes.codes
        else _("Error on the screen"),
        "words": _("Words explained"),
    }
    if page.notes.photos:
        frame.run("page", photos=True)
    text = frame.render(
        "topic.html",
        page=page,
        heading=headings[page.topic],
        strip_scale=_strip_scale(page.plugs, shared),
        pay_steps=lambda way, order, pay: pay_words.pay_steps(way, order, pay, _),
        pay_hints=lambda way: pay_words.pay_hints(way, _),
    )
    return text.encode()


def _all_problems(page: TopicPage, shared: Shared) -> bytes:
    frame = _Page(shared, shared[page.site], page.lang, page.root, page.contact)
    frame.run("page", "filter", fetches=True)
    _ = translator(page.lang)

    def render(symptoms: Mapping[str, Sequence[str]]) -> bytes:
        text = frame.render(
            "topic.html",
            page=page,
            heading=_("All problems"),
            by_category=lambda refs: groupby(refs, key=lambda ref: ref.category),
            category_name=lambda category: _(CATEGORY_NAMES[category]),
            symptoms=symptoms,
            codes=search.codes_of(page.codes),
            many=len(page.guides) > search.MANY,
        )
        return text.encode()

    return search.fitting(page, shared, render, BUDGET)


def _strip_scale(plugs: Sequence[PlugView], shared: Shared) -> float:
    """Pixels to the millimetre at which all plugs stand side by side on a small phone, if they can and stay readable."""
    widths = [faces.width(shared[plug.drawing], plug.view) for plug in plugs if plug.drawing]
    room = _STRIP_PX - _STRIP_GAP_PX * (len(plugs) - 1)
    return round(min(_STRIP_SCALES[1], max(_STRIP_SCALES[0], room / sum(widths))), 2) if widths else 1


def _photo(page: PhotoFile, shared: Shared) -> bytes:
    photo: Photo = shared[page.photo]
    return photo.data


def _find(page: FindPage, shared: Shared) -> bytes:
    frame = _Page(shared, shared[page.site], page.lang, page.root, page.contact)
    if not page.heading:
        frame.run("page", "lookup", "find", fetches=True)
    return frame.render("find.html", page=page).encode()


def _missing(page: MissingPage, shared: Shared) -> bytes:
    frame = _Page(shared, shared[page.site], page.lang, page.root, page.contact)
    frame.run("page", "lookup", "find", fetches=True)
    finds = [(lang, language_name(lang), translator(lang)("Find your charger")) for lang in page.languages]
    return frame.render("missing.html", page=page, finds=finds).encode()


def _desk(page: DeskPage, shared: Shared) -> bytes:
    site: Site = shared[page.site]
    return driver_desk.desk(page, site, _environment(), _colours(site.colour), _icon(site.colour))


def _plain(page: PlainPage, shared: Shared) -> bytes:
    _ = translator(page.lang)
    headings = {
        "ok": _("It works"),
        "call": _("Call us"),
        "fake": _("Is this code real?"),
        "nowhere": _("No network"),
    }
    contact = page.contacts[0] if len(page.contacts) == 1 else None
    frame = _Page(shared, shared[page.site], page.lang, page.root, contact)
    return frame.render("plain.html", page=page, heading=headings[page.name]).encode()


def _legal(page: LegalPage, shared: Shared) -> bytes:
    _ = translator(page.lang)
    headings = {"privacy": _("Privacy"), "imprint": _("Imprint"), "accessibility": _("Accessibility")}
    contact = page.contacts[0] if len(page.contacts) == 1 else None
    frame = _Page(shared, shared[page.site], page.lang, page.root, contact)
    text = frame.render(
        "legal.html",
        page=page,
        heading=headings[page.name],
        linked=words.linked,
        language_name=language_name,
        day=lambda iso: day(iso, page.lang),
    )
    return text.encode()


# ---------------------------------------------------------------------------------------------------- for machines


def _sitemap(page: Addresses, _: Shared) -> bytes:
    outer, inner = ("sitemapindex", "sitemap") if page.index else ("urlset", "url")
    entries = "".join(f"<{inner}><loc>{escape_xml(url)}</loc></{inner}>\n" for url in page.urls)
    space = "http://www.sitemaps.org/schemas/sitemap/0.9"
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<{outer} xmlns="{space}">\n{entries}</{outer}>\n'.encode()
    )


def _robots(page: Robots, _: Shared) -> bytes:
    closed = "".join(f"Disallow: {path}\n" for path in page.closed)
    return f"User-agent: *\nAllow: /\n{closed}\nSitemap: {page.sitemap}\n".encode()


def _headers(page: Headers, shared: Shared) -> bytes:
    """For hosts that read such a file. The policy stands in every page too, and allows no more than the page needs; here one for
    all of them is added for the folders that hold nothing but driver pages (the library has scripts of its own)."""
    site: Site = shared[page.site]
    scripts = tuple(map(html.script, html.page_scripts()))
    policy = html.page_policy(_style(site.colour), scripts, photos=True, fetches=True, worker=True)
    # Not 'none' and DENY: the help desk of the same site shows drivers' pages in a frame. Other sites still cannot.
    policy += "; frame-ancestors 'self'"
    common = (
        "  X-Content-Type-Options: nosniff\n  Referrer-Policy: same-origin\n  X-Frame-Options: SAMEORIGIN\n"
        "  Strict-Transport-Security: max-age=31536000\n"
    )
    folders = ("g", "s", "ok", "call", "fake", "privacy", "imprint", "accessibility")
    own = "".join(f"{page.base_path}{folder}/*\n  Content-Security-Policy: {policy}\n" for folder in folders)
    checked = "".join(f"{page.base_path}{name}\n  Cache-Control: no-cache\n" for name in ("sw.js", "b/*"))
    own += driver_desk.headers(site, _colours(site.colour))
    return f"{page.base_path}*\n{common}{own}{checked}".encode()


RENDERERS: Mapping[str, Renderer] = {
    "driver.station": _station,
    "driver.moved": _moved,
    "driver.guide": _guide,
    "driver.topic": _topic,
    "driver.photo": _photo,
    "driver.find": _find,
    "driver.desk": _desk,
    "driver.index": search.index_file,
    "driver.words": search.words_file,
    "driver.missing": _missing,
    "driver.plain": _plain,
    "driver.bundle": lambda file, shared: offline.bundle(file, shared, RENDERERS),
    "driver.worker": offline.worker,
    "driver.legal": _legal,
    "driver.sitemap": _sitemap,
    "driver.robots": _robots,
    "driver.headers": _headers,
    **redirects.RENDERERS,
}
"""The renderer of each kind of job."""
