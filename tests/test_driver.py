"""The driver site: what each page shows, that it weighs little, runs nothing and leads nowhere that does not exist."""

from __future__ import annotations

import gzip
import pickle
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from html.parser import HTMLParser
from random import Random
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chargeside.model.codes import new_code
from chargeside.model.colour import contrast
from chargeside.model.facts import Fact, Facts, Origin, merge
from chargeside.model.network import Content, LedgerLine, Network, Point, Station
from chargeside.model.ocpi import Connector, Evse, Location
from chargeside.model.operator import Operator
from chargeside.model.problem import Step
from chargeside.plan import driver as plan_module
from chargeside.plan.driver import contact_view, plan_driver
from chargeside.plan.driver_nearest import Nearest, metres, on_sphere
from chargeside.plan.driver_speed import ac_minutes, dc_minutes
from chargeside.plan.driver_views import StationPage, plain
from chargeside.plan.jobs import Plan
from chargeside.render import html as html_tools
from chargeside.render.driver import BUDGET, FULL_GUIDES, GROUND, GROUND_DARK, RENDERERS, closure, too_large
from support import shared_content

FEED = Origin("feed", "stations/test.json")
STANDARDS = {
    "type1": ("IEC_62196_T1", "AC_1_PHASE"),
    "type2": ("IEC_62196_T2", "AC_3_PHASE"),
    "ccs2": ("IEC_62196_T2_COMBO", "DC"),
    "chademo": ("CHADEMO", "DC"),
}

# ------------------------------------------------------------------------------------------------ stations to test with


def plug(
    kind: str, form: str | None = "CABLE", kw: float | None = 150, volts: int | None = None, raw: str = ""
) -> Connector:
    standard, power_type = STANDARDS.get(kind, (raw, None))
    return Connector(
        id="1",
        standard=standard,
        kind=kind if kind in STANDARDS else None,
        format=form,  # type: ignore[arg-type]
        power_type=power_type,
        max_voltage=volts,
        max_electric_power=int(kw * 1000) if kw else None,
    )


def facts_of(plugs: Sequence[Connector], country: str, more: Mapping[str, Any]) -> Facts:
    lists = {
        "connectors": [p.kind for p in plugs],
        "current": [p.current for p in plugs],
        "format": [p.format.lower() for p in plugs if p.format],
    }
    values: dict[str, Any] = {
        name: tuple(dict.fromkeys(filter(None, found))) for name, found in lists.items()
    }
    values["power_kw"] = max(
        (p.max_electric_power / 1000 for p in plugs if p.max_electric_power), default=None
    )
    known = {name: value for name, value in {**values, **more}.items() if value}
    return Facts({name: Fact(value, FEED) for name, value in {**known, "country": country}.items()})


@dataclass(frozen=True)
class Case:
    """A station, and what its page must and must not show."""

    points: tuple[tuple[str | None, str | None, tuple[Connector, ...]], ...]
    name: str = "Town hall"
    address: str = "Example Street 12"
    city: str = "Ulm"
    number: str | None = None
    country: str = "DE"
    place: tuple[float, float] | None = (48.4, 9.99)
    site: str = ""
    level: str | None = None
    bay: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    shows: tuple[str, ...] = ()
    hides: tuple[str, ...] = ()

    def station(self, key: str) -> Station:
        points = []
        for index, (number, side, plugs) in enumerate(self.points, 1):
            evse = Evse(
                uid=f"{key}-{index}",
                evse_id=f"DE*GTS*E{key}*{index}",
                connectors=plugs,
                floor_level=self.level,
                bay=self.bay,
            )
            points.append(Point(evse, facts_of(plugs, self.country, self.facts), number, side))  # type: ignore[arg-type]
        location = Location(
            country_code="DE",
            party_id="GTS",
            id=self.site or key,
            name=self.name,
            address=self.address,
            city=self.city,
            country=self.country,
            latitude=self.place[0] if self.place else None,
            longitude=self.place[1] if self.place else None,
            evses=tuple(point.evse for point in points),
        )
        merged = merge(point.facts for point in points)
        return Station(key, new_code(key, ()), self.number, location, tuple(points), merged)


READER = {"start_order": "plug_first", "payment.contactless": "yes", "payment.app": "yes", "display": "yes"}

CASES: dict[str, Case] = {
    "two-sides": Case(
        (("2A", "left", (plug("type2", "SOCKET", 22, 400),)), ("2B", "right", (plug("type2", "SOCKET", 22, 400),))),
        level="-1", bay="14",
        facts={**READER, "payment.rfid": "yes", "payment.cash": "no"},
        shows=("2A", "left", "2B", "right", "Level −1", "Bay 14", "Plug your cable", "Type 2", "Does not work here:", "22 kW",
               "2 × Socket: bring your own cable", "Call us · free · 24/7", "Get away, call 112", "pay.example.org"),
        hides=("CHAdeMO", "Plug & Charge"),
    ),
    "sides-that-differ": Case(
        (("5L", "left", (plug("ccs2", volts=920),)), ("5R", "right", (plug("chademo", kw=50, volts=500),))),
        facts={"start_order": "auth_first", "payment.contactless": "yes"},
        shows=("CCS2 (Combo 2)", "(left)", "CHAdeMO", "(right)"),     ),
    "auth-first": Case(
        (("1", None, (plug("ccs2", kw=300, volts=920), plug("chademo", kw=50, volts=500))),), number="1",
        name="Motorway north", site="north", place=(48.5, 9.99),
        facts={"start_order": "auth_first", "payment.contactless": "yes", "payment.chip": "yes", "payment.web": "yes"},
        shows=("Charger</span> <span class=\"plate\">1<", "Pay first, then plug in.", "At this site:", "Charger 2"),
    ),
    "same-site": Case(
        (("2", None, (plug("ccs2", kw=300, volts=920),)),), number="2", name="Motorway north", site="north",
        place=(48.5, 9.99), facts=READER, shows=("Charger 1",),
    ),
    "no-facts": Case(
        ((None, None, ()),), place=None,
        shows=("Follow the order shown on the charger.", "We have no list of the ways to pay here."),
        hides=("Plugs here", "Contactless", "Type 2", "kWh"),
    ),
    "only-chademo": Case(
        (("7", None, (plug("chademo", kw=50, volts=500),)),), number="7", place=(48.6, 9.99), facts=READER,
        shows=("CHAdeMO", "50 kW", "11 km"), hides=("CCS2 (Combo", "Type 2", "own AC limit"),
    ),
    "unknown-plug": Case(
        (("3", None, (plug("", raw="MEGAWATT_PLUG_X", kw=1000),)),), number="3", place=(48.7, 9.99),
        facts={"start_order": "any", "payment.free": "yes"},
        shows=("Other plug: MEGAWATT PLUG X", "up to 1,000 kW", "Charging is free here."), hides=("<desc",),
    ),
    "long-name": Case(
        (("12", None, (plug("ccs2"),)),), number="12", place=(48.8, 9.99), facts=READER,
        name=("Parkhaus am großen Bahnhofsvorplatz " * 8)[:255], address=("Bahnhofsvorplatz " * 20)[:255],
        shows=("Bahnhofsvorplatz",),
    ),
    "greek": Case(
        (("A1", None, (plug("type2", "SOCKET", 22),)),), number="A1", name="Πλατεία Συντάγματος",
        address="Πλατεία Συντάγματος 1", city="Αθήνα", place=(37.9, 23.7), facts=READER, shows=("Πλατεία", "Αθήνα"),
    ),
    "arabic": Case(
        (("B2", None, (plug("ccs2", kw=60),)),), number="B2", name="ساحة المدينة", address="شارع الشيخ زايد 5",
        city="دبي", place=(25.2, 55.3), facts=READER, shows=("<bdi>شارع",),
    ),
    "thai": Case(
        (("C3", None, (plug("ccs2", kw=60),)),), number="C3", name="ศูนย์การค้า", address="ถนนสุขุมวิท 21",
        city="กรุงเทพมหานคร", place=(13.7, 100.5), facts=READER, shows=("กรุงเทพมหานคร",),
    ),
    "markup": Case(
        (("<b>9</b>", None, (plug("", raw="<img src=x onerror=alert(1)>"),)),), number="<b>9</b>",
        name="<script>alert(1)</script>\0code\0 \u202eevil", address="\"><svg onload=alert(1)>", city="<i>Town</i>",
        place=(48.9, 9.99), facts=READER, shows=("&lt;b&gt;9&lt;/b&gt;", "&lt;svg onload", "&lt;img src=x"),
        hides=("<script>alert", "<b>9</b>", "<i>Town", "<svg onload", "\u202e", "\0"),
    ),
    "other-country": Case(
        (("5", None, (plug("type2", "CABLE", 11, 400),)),), number="5", country="FR", city="Lyon", place=(45.76, 4.83),
        facts={"start_order": "plug_first", "payment.rfid": "yes", "display": "no"},
        shows=('href="tel:+33800123456"', "Push the plug all the way into your car.", "Tap your charging card."), hides=("+49 800", "24/7"),
    ),
}  # fmt: skip

OPERATOR = Operator.model_validate(
    {
        "name": "Grid Test (fictional)",
        "country_code": "DE",
        "party_id": "GTS",
        "site_url": "https://help.grid-test.example/",
        "pay_url": "https://pay.example.org/",
        "countries": {
            "DE": {
                "languages": ["en"],
                "helpline": {"phone": "+49 (0) 800 1234567", "free": True, "hours": "24/7"},
                "emergency_phone": "112",
                "text_contact": "mailto:help@grid-test.example",
                "price_url": "https://grid-test.example/price",
                "imprint": "Grid Test\n\nUlm <b>not bold</b>",
            },
            "FR": {
                "languages": ["en"],
                "helpline": {"phone": "+33 800 123456"},
                "emergency_phone": "112",
            },
        },
        "languages": ["en"],
        "apps": [{"name": "Grid Test", "url": "https://grid-test.example/app"}],
    }
)


def ledger_line(
    key: str, status: str = "active", *, to: str = "", lat: str = "48.41", lon: str = "9.98"
) -> LedgerLine:
    code = new_code(key, ())
    url = f"{OPERATOR.site_url}{code}/"
    return LedgerLine(code, f"DE*GTS*{key}", status, to, "2026-01-01", url, f"Old {key}", lat, lon)  # type: ignore[arg-type]


STATIONS = {name: case.station(name) for name, case in CASES.items()}
LAST_SEEN = replace(CASES["two-sides"], name="Gone but known").station("known")
LEDGER = {
    "vanished": ledger_line("vanished"),
    "lost": ledger_line("lost", lat="", lon=""),
    "known": ledger_line("known"),
    "retired": ledger_line("retired", "retired"),
    "moved": ledger_line("moved", "moved", to=STATIONS["greek"].code),
}


def network(
    stations: Iterable[Station] = STATIONS.values(),
    operator: Operator = OPERATOR,
    content: Content | None = None,
) -> Network:
    return Network(
        operator=operator,
        content=content or shared_content(),
        stations=tuple(sorted(stations, key=lambda station: station.code)),
        ledger=tuple(LEDGER.values()),
        vanished=(LEDGER["vanished"], LEDGER["lost"], LEDGER["known"]),
        last_seen={LAST_SEEN.code: LAST_SEEN},
        logo=None,
        path="station_kits/grid-test",
    )


def render(plan: Plan) -> dict[str, bytes]:
    return {job.path: RENDERERS[job.kind](job.payload, plan.shared) for job in plan.jobs}


@cache
def site() -> dict[str, bytes]:
    """The whole site of the stations above."""
    return render(plan_driver(network()))


def page_of(name: str) -> str:
    code = STATIONS[name].code if name in STATIONS else LEDGER[name].code
    return site()[f"site/{code}/index.html"].decode()


def pages() -> dict[str, str]:
    return {path: data.decode() for path, data in site().items() if path.endswith(".html")}


# ---------------------------------------------------------------------------------------------------- reading pages


class Reader(HTMLParser):
    """Collects what a page links to, loads and runs."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: list[str] = []
        self.loads: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.tags: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            self.attributes.append((tag, name, value or ""))
            if name == "id":
                self.ids.append(value or "")
            if name == "href" and tag == "a":
                self.links.append(value or "")
            elif name in ("src", "srcset", "data", "poster") or (name == "href" and tag in ("link", "use")):
                self.loads.append(value or "")


def text_of(page: str) -> str:
    """The body as read: without style and tags."""
    body = page.split("<body>", 1)[1]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body))


# ---------------------------------------------------------------------------------------------------- what is shown


@pytest.mark.parametrize("name", CASES)
def test_station_page_shows_this_charger(name: str) -> None:
    page = page_of(name)
    body = page.split("<body>", 1)[1]
    for words in CASES[name].shows:
        assert words in body, words
    for words in CASES[name].hides:
        assert words not in body, words


@pytest.mark.parametrize("name", CASES)
def test_guides_stand_in_full_and_only_those_that_apply(name: str) -> None:
    facts = STATIONS[name].facts
    page = page_of(name)
    applying = {p.slug: p for p in shared_content().problems.values() if p.applies_to.holds(facts)}
    in_full = set(re.findall(r'class="g(?: warn)?" id="([a-z0-9-]+)"', page))
    assert len(in_full) >= min(FULL_GUIDES, len(applying))
    assert in_full <= set(applying)
    for slug in in_full:
        part = page.split(f'id="{slug}"', 1)[1].split('class="up"', 1)[0]
        shown = [
            re.sub(r'<a class="w"[^>]*>(.*?)</a>', r"\1", step)
            for step in re.findall("<div>(.*?)</div></li>", part, re.DOTALL)
        ]
        assert shown == [step.html for step in applying[slug].guide("en").steps_for(facts)], slug


def test_danger_stands_first_and_calls_the_countrys_number() -> None:
    page = page_of("other-country")
    assert page.index('href="tel:112"') < page.index("How to start and pay") < page.index("What is wrong?")
    assert re.search(r'class="g warn" id="burning-smell"', page)


def test_six_symptoms_by_weight() -> None:
    keys = re.findall(r'class="key" href="#([a-z-]+)"', page_of("two-sides"))
    problems = shared_content().problems
    wanted = sorted(
        (p for p in problems.values() if p.outcome != "danger" and p.slug != "how-to-start"),
        key=lambda p: -p.weight,
    )
    assert keys == [problem.slug for problem in wanted[:6]]


def test_links_carry_the_station() -> None:
    code = STATIONS["two-sides"].code
    links = Reader(page_of("two-sides")).links
    for folder in ("g/", "ok/", "call/", "s/", "fake/"):
        inner = [link for link in links if link.startswith(f"../{folder}")]
        assert inner, folder
        assert all(f"?s={code}" in link for link in inner)
    assert not [data for path, data in pages().items() if path.startswith("site/g/") and "?s=" in data]


def test_a_phone_number_is_dialled_without_its_zero_in_brackets() -> None:
    contact = contact_view(OPERATOR, "DE", "fr")
    assert (contact.phone, contact.phone_tel) == ("+49\u00a0800\u00a01234567", "+498001234567")
    assert contact_view(OPERATOR, "DE", "en").phone == "0800\u00a01234567"


def test_vanished_station_keeps_a_page() -> None:
    page = page_of("vanished")
    assert "This charger is not in our list at the moment." in page
    assert "Old vanished" in page
    assert STATIONS["two-sides"].code in page  # the nearest
    assert "Plugs here" not in page
    assert 'id="cable-stuck"' in page
    assert "not in our list" in page_of("lost")


def test_vanished_station_that_was_known_keeps_what_was_known() -> None:
    page = page_of("known")
    assert "This charger is not in our list at the moment." in page
    assert "Type 2" in page
    assert "Gone but known" in page


def test_retired_and_moved_codes_lead_on() -> None:
    assert "This charger is no longer in use." in page_of("retired")
    assert STATIONS["two-sides"].code in page_of("retired")
    target = STATIONS["greek"].code
    assert f'content="0; url=../{target}/"' in page_of("moved")
    assert f'href="../{target}/"' in page_of("moved")


def test_operators_texts_are_text() -> None:
    page = pages()["site/imprint/en/index.html"]
    assert "<p>Ulm &lt;b&gt;not bold&lt;/b&gt;</p>" in page
    assert "Grid Test" in page


def test_pay_page_walks_through_the_ways_that_work_in_order() -> None:
    href = re.search(r'href="\.\./(g/en/pay/[^?"]+)', page_of("auth-first"))
    assert href
    page = pages()[f"site/{href[1]}index.html"]
    assert page.index("Hold your bank card") < page.index("Push the plug")
    assert "RFID" not in page


# ---------------------------------------------------------------------------------------------------- promises


def test_every_page_fits_one_response() -> None:
    sizes = {path: len(gzip.compress(data, 9)) for path, data in site().items() if path.endswith(".html")}
    assert {path: size for path, size in sizes.items() if size > BUDGET} == {}
    assert not any(too_large(path, data) for path, data in site().items())


def test_too_large_says_by_how_much() -> None:
    junk = Random(1).randbytes(20_000)
    assert too_large("site/x/index.html", junk) == len(gzip.compress(junk, 9)) - BUDGET > 0
    assert too_large("site/sitemap.xml", junk) == 0


def test_pages_load_nothing_and_run_no_script_of_others() -> None:
    for path, text in pages().items():
        reader = Reader(text)
        frames = {"iframe"} if "desk/" in path else set()  # the help desk shows other pages of the site
        assert not {"iframe", "object", "embed", "base"} & set(reader.tags) - frames, path
        assert not reader.tags.count("script") or ("script", "src") not in {
            (t, n) for t, n, _ in reader.attributes
        }
        assert all(load.startswith(("data:", "#")) or load == canonical(text) for load in reader.loads), path
        for tag, name, _ in reader.attributes:
            assert name != "style", (path, tag)
            assert not name.startswith("on"), (path, tag, name)
        assert "javascript:" not in text


def canonical(text: str) -> str:
    found = re.search(r'<link rel="canonical" href="([^"]+)"', text)
    return found[1] if found else ""


def test_policy_allows_just_the_style_and_scripts_of_the_page() -> None:
    for path, text in pages().items():
        style = re.search(r"<style>(.*?)</style>", text, re.DOTALL)
        assert style, path
        policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', text)
        assert policy, path
        assert policy[1].startswith("default-src 'none'; style-src " + html_tools.csp_hash(style[1]) + ";"), (
            path
        )
        assert "'unsafe" not in policy[1]
        scripts = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
        allowed = re.findall(r"'sha256-[^']+'", policy[1].partition("script-src")[2].partition(";")[0])
        assert sorted(allowed) == sorted(map(html_tools.csp_hash, scripts)), path
        assert text.index("Content-Security-Policy") < text.index("<style>")


def test_ids_are_unique_and_language_is_set() -> None:
    for path, text in pages().items():
        ids = Reader(text).ids
        assert len(ids) == len(set(ids)), path
        assert '<html lang="en" data-root=' in text
        assert text.count("<h1") == 1, path


def test_every_link_leads_somewhere() -> None:
    files = set(site())
    for path, text in pages().items():
        reader = Reader(text)
        address = "https://host/" + path.removeprefix("site/").removesuffix("index.html")
        for link in reader.links:
            parts = urlsplit(urljoin(address, link))
            if link.startswith("#"):
                assert link[1:] in reader.ids, (path, link)
            elif parts.netloc == "host":
                target = f"site{parts.path}index.html" if parts.path.endswith("/") else f"site{parts.path}"
                assert target in files or parts.path == "/", (path, link)
            else:
                allowed = (
                    "tel:",
                    "mailto:help@grid-test.example",
                    "https://grid-test.example/",
                    "https://pay.example.org/",
                )
                assert link.startswith(allowed), (path, link)


def test_every_anchor_of_a_station_page_is_a_guide_or_section() -> None:
    anchors = {link for link in Reader(page_of("auth-first")).links if link.startswith("#")}
    assert {"#cable-stuck", "#s-near", "#s-wrong"} <= anchors


def test_same_input_same_bytes_and_jobs_pickle() -> None:
    one, two = plan_driver(network()), plan_driver(network())
    mark = closure()
    assert {job.path: job.fingerprint(mark) for job in one.jobs} == {
        job.path: job.fingerprint(mark) for job in two.jobs
    }
    assert render(pickle.loads(pickle.dumps(one))) == site()


def test_every_shared_piece_is_named_by_its_digest() -> None:
    plan = plan_driver(network())
    for job in plan.jobs:
        if isinstance(job.payload, StationPage):
            assert job.payload.kit in plan.shared


def test_one_changed_station_changes_its_own_pages_only() -> None:
    mark = closure()
    before = {job.path: job.fingerprint(mark) for job in plan_driver(network()).jobs}
    case = replace(CASES["only-chademo"], facts={**READER, "payment.app": "no"})
    changed = {**STATIONS, "only-chademo": case.station("only-chademo")}
    after = {job.path: job.fingerprint(mark) for job in plan_driver(network(changed.values())).jobs}
    differing = {path for path in before if path in after and before[path] != after[path]}
    assert differing == {f"site/{STATIONS['only-chademo'].code}/index.html"}
    assert all(path.startswith(("site/g/en/", "site/b/en/")) for path in before.keys() ^ after.keys())


# ---------------------------------------------------------------------------------------------------- languages, sites


def test_each_language_of_a_country_has_its_page() -> None:
    germany = OPERATOR.countries["DE"].model_copy(update={"languages": ("pl", "en")})
    operator = OPERATOR.model_copy(
        update={"languages": ("pl", "en"), "countries": {**OPERATOR.countries, "DE": germany}}
    )
    made = render(plan_driver(network(operator=operator)))
    code = STATIONS["two-sides"].code
    first, second = (made[f"site/{code}/{path}index.html"].decode() for path in ("", "en/"))
    assert '<html lang="pl" ' in first
    assert f'href="../{code}/en/" hreflang="en" lang="en">English' in first
    assert '<html lang="en" ' in second
    assert f'href="../../{code}/" hreflang="pl"' in second
    # There is no Polish guide: the English one stands in, marked as English.
    assert re.search(r'id="cable-stuck" lang="en"', first)
    assert not re.search(r'id="cable-stuck" lang=', second)
    assert "site/s/pl/index.html" in made
    assert "site/g/pl/cable-stuck/index.html" in made


def test_site_below_a_path_is_found_from_its_404_page() -> None:
    operator = OPERATOR.model_copy(update={"site_url": "https://grid-test.example/help/"})
    made = render(plan_driver(network(operator=operator)))
    assert 'href="/help/s/en/"' in made["site/404.html"].decode()
    assert made["site/_headers"].decode().startswith("/help/*\n")


def test_machine_files() -> None:
    assert (
        site()["site/robots.txt"].decode().endswith("Sitemap: https://help.grid-test.example/sitemap.xml\n")
    )
    sitemap = site()["site/sitemap.xml"].decode()
    for station in STATIONS.values():
        assert f"<loc>https://help.grid-test.example/{station.code}/</loc>" in sitemap
    assert LEDGER["vanished"].code not in sitemap
    headers = site()["site/_headers"].decode()
    assert "/g/*\n  Content-Security-Policy: default-src 'none'" in headers


def test_sitemap_is_split_when_it_grows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan_module, "SITEMAP_URLS", 10)
    made = render(plan_driver(network(), ["problems/cable-stuck/"]))
    index = made["site/sitemap.xml"].decode()
    parts = re.findall(r"<loc>https://help\.grid-test\.example/(sitemap-\d+\.xml)</loc>", index)
    assert len(parts) > 2
    urls = [url for part in parts for url in re.findall("<loc>(.*?)</loc>", made[f"site/{part}"].decode())]
    assert len(urls) == len(set(urls))
    assert "https://help.grid-test.example/problems/cable-stuck/" in urls


def test_list_of_many_stations_is_complete_and_light() -> None:
    towns = [f"{chr(65 + i % 26)}own {i % 400}" for i in range(1_500)] + ["Ulm"] * 400 + ["Αθήνα"] * 3
    base = CASES["only-chademo"]
    many = [
        replace(base, city=town, name=f"Site {i} {town}", place=None).station(f"many{i}")
        for i, town in enumerate(towns)
    ]
    plan = plan_driver(network(many))
    made = {
        job.path: RENDERERS[job.kind](job.payload, plan.shared).decode()
        for job in plan.jobs
        if job.kind == "driver.find"
    }
    linked: set[str] = set()
    queue, seen = ["site/s/en/index.html"], set()
    while queue:
        path = queue.pop()
        if path in seen:
            continue
        seen.add(path)
        assert len(gzip.compress(made[path].encode(), 9)) <= BUDGET
        address = "https://host/" + path.removeprefix("site/").removesuffix("index.html")
        for link in Reader(made[path]).links:
            target = urlsplit(urljoin(address, link)).path
            if re.fullmatch(r"/\d{7}/", target):
                linked.add(target.strip("/"))
            elif target.startswith("/s/en/"):
                queue.append(f"site{target}index.html")
    assert linked == {station.code for station in many}
    assert seen == set(made)


# ---------------------------------------------------------------------------------------------------- too much content


def long_content(count: int) -> Content:
    """The packaged problems and many more, each with texts that hardly compress."""
    content = shared_content()
    model = content.problems["cable-stuck"]
    guide = model.guide("en")
    more = {}
    for number in range(count):
        slug = f"extra-{number}"
        words = [f"{(number + 3) * 7919 * (i + 11) % 999_983:x}" for i in range(60)]
        steps = tuple(Step(f"s{i}", " ".join(words[i * 10 : i * 10 + 10]), "") for i in range(6))
        own = replace(guide, title=f"Extra problem {number}", steps=steps)
        more[slug] = replace(model, slug=slug, weight=1, guides=(own,), codes=())
    return Content({**content.problems, **more}, content.connectors)


def test_least_needed_guides_give_way_to_the_budget() -> None:
    made = render(plan_driver(network([STATIONS["auth-first"]], content=long_content(40))))
    page = made[f"site/{STATIONS['auth-first'].code}/index.html"]
    assert too_large("x.html", page) == 0
    text = page.decode()
    full = re.findall(r'class="g(?: warn)?" id="([a-z0-9-]+)"', text)
    assert FULL_GUIDES <= len(full) < 52
    assert "cable-stuck" in full
    assert re.search(
        r'href="\.\./g/en/[a-z0-9-]+/de-[0-9a-f]{8}/\?s=\d{7}"', text.split('class="rows"', 1)[1]
    )


def test_a_guide_with_the_mark_of_a_filled_place_stays_text() -> None:
    content = shared_content()
    model = content.problems["cable-stuck"]
    guide = model.guide("en")
    sly = replace(model, guides=(replace(guide, intro_html="\0code\0 \0end\0"),))
    changed = Content({**content.problems, "cable-stuck": sly}, content.connectors)
    made = render(plan_driver(network([STATIONS["two-sides"]], content=changed)))
    assert b"\0" not in b"".join(made.values())
    assert (
        '<div class="intro">code end</div>' in made[f"site/{STATIONS['two-sides'].code}/index.html"].decode()
    )


def test_conditions_stand_in_words_on_the_page_for_every_charger() -> None:
    page = pages()["site/g/en/cable-stuck/index.html"]
    conditional = [
        step for step in shared_content().problems["cable-stuck"].guide("en").steps if step.when.clauses
    ]
    assert conditional
    assert page.count("<small>Only ") == len(conditional)


# ---------------------------------------------------------------------------------------------------- small parts


@given(
    st.lists(st.tuples(st.floats(-90, 90), st.floats(-180, 180)), min_size=1, max_size=80), st.integers(0, 79)
)
def test_nearest_is_what_looking_at_all_of_them_gives(places: list[tuple[float, float]], which: int) -> None:
    points = [on_sphere(*place) for place in places]
    me = which % len(points)
    found = Nearest(points).find(points[me], 3, lambda item: item != me)
    every = sorted(
        (sum((a - b) ** 2 for a, b in zip(points[me], points[i], strict=True)), i)
        for i in range(len(points))
        if i != me
    )
    assert found == every[:3]


def test_distance_along_the_ground() -> None:
    ulm, munich = on_sphere(48.4, 9.99), on_sphere(48.14, 11.58)
    chord = sum((a - b) ** 2 for a, b in zip(ulm, munich, strict=True))
    assert metres(chord) == pytest.approx(121_000, rel=0.01)


def test_speed_follows_the_weaker_of_charger_and_car() -> None:
    assert dc_minutes(60, 50) == pytest.approx(
        60 * 0.6 / 50 * 60, rel=0.02
    )  # the charger is the limit nearly throughout
    assert dc_minutes(60, 300) == dc_minutes(60, 150) < dc_minutes(60, 50)
    assert ac_minutes(60, 22, 11) == pytest.approx(36 / 11 * 60)


@given(st.from_regex(r"\A#[0-9a-f]{6}\Z"))
def test_any_brand_colour_can_be_read(colour: str) -> None:
    from chargeside.render.driver import _style

    tokens = re.findall(r"--(band|on-band|accent|on-accent):(#[0-9a-f]{3,6})", _style(colour))
    light, dark = dict(tokens[:4]), dict(tokens[4:8])
    for colours, grounds in ((light, GROUND), (dark, GROUND_DARK)):
        values = {
            name: value if len(value) == 7 else "#" + "".join(c * 2 for c in value[1:])
            for name, value in colours.items()
        }
        assert contrast(values["band"], values["on-band"]) >= 7
        assert contrast(values["accent"], values["on-accent"]) >= 7
        assert all(contrast(values["accent"], ground) >= 7 for ground in grounds)


@given(st.text())
def test_text_from_outside_stays_on_its_line(text: str) -> None:
    flat = plain(text)
    assert len(flat) <= 300
    assert not set(flat) & set("\0\n\r\t\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u2028\u2029")
    assert plain(flat) == flat
