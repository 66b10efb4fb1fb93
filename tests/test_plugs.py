"""Which plug: what the page shows of this station's plugs, in which countries letters stand, and that all of it can be translated."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from babel.messages.extract import extract

from chargeside.findings import Findings
from chargeside.i18n.catalogue import PSEUDO
from chargeside.i18n.extract import extract_connectors
from chargeside.i18n.texts import in_language
from chargeside.load import content
from chargeside.load.content import content_root
from chargeside.load.designs import load_designs
from chargeside.model.connector import LABEL_COUNTRIES
from chargeside.model.countries import NAMES
from chargeside.model.network import Station
from chargeside.model.ocpi import Connector
from chargeside.plan.driver import contact_view, site_view
from chargeside.plan.driver_plugs import Plugs
from chargeside.plan.driver_views import PlugView, TopicPage
from chargeside.plan.jobs import digest
from chargeside.plan.placards import Placard, plan_placards
from chargeside.render.driver import BUDGET, RENDERERS
from chargeside.render.faces import face_svg, width
from chargeside.render.pictograms import load_pictograms
from support import shared_content
from test_driver import OPERATOR, Case, Reader, network, text_of

PHONE = {"width": 360, "height": 640}
ALL = shared_content().connectors
EVERY_KIND = tuple(
    Connector(
        id=slug,
        standard=kind.ocpi[0],
        kind=slug,
        format="CABLE",
        power_type="DC",
        max_electric_power=50_000,
    )
    for slug, kind in ALL.items()
)
TYPE2_SOCKET = Connector(
    id="1", standard="IEC_62196_T2", kind="type2", format="SOCKET", max_electric_power=22_000
)
RAW = Connector(id="1", standard="<b>FLUX</b>", format="CABLE")


def kinds(*slugs: str) -> list[Connector]:
    return [plug for plug in EVERY_KIND if plug.kind in slugs]


def station(plugs: Iterable[Connector], country: str = "DE") -> Station:
    return Case((("1", None, tuple(plugs)),), number="1", country=country).station("plugs")


def shown(
    plugs: Sequence[Connector], country: str = "DE", lang: str = "en"
) -> tuple[tuple[PlugView, ...], str]:
    """The views of a station, and its page about them."""
    shared: dict[str, Any] = {}

    def share(value: Any) -> str:
        return shared.setdefault(digest(value), value) and digest(value)

    views = Plugs(shared_content(), share).of_station(station(plugs, country), lang)
    site = share(site_view(OPERATOR, None))
    contact = contact_view(OPERATOR, "DE", lang)
    page = TopicPage(site, lang, "../../../../", contact, "plugs", plugs=views)
    return views, RENDERERS["driver.topic"](page, shared).decode()


def drawings(page: str, prefix: str) -> list[tuple[float, float]]:
    """Width and height in px of the faces whose ids start so."""
    found = re.findall(rf'<svg[^>]*aria-labelledby="{prefix}\d+-t[^>]*>', page)
    return [
        (float(re.search(r'width="([\d.]+)', tag)[1]), float(re.search(r'height="([\d.]+)', tag)[1]))  # type: ignore[index]
        for tag in found
    ]


# ------------------------------------------------------------------------------------------------ letters


@pytest.mark.parametrize(
    ("country", "letters"),
    [
        ("DE", "CKL"),
        ("CH", "CKL"),
        ("TR", "CKL"),
        ("RS", "CKL"),
        ("GB", ""),
        ("US", ""),
        ("AU", ""),
        ("", ""),
    ],
)
def test_letters_stand_where_the_norm_does(country: str, letters: str) -> None:
    plugs = kinds("ccs2", "type2")
    views, page = shown(plugs, country)
    assert sorted({label.letter for view in views for label in view.labels}) == list(letters)
    assert ("letter" in text_of(page)) == bool(letters)
    assert ('class="label"' in page) == bool(letters)
    designs = load_designs(Path("nowhere"), Findings())
    one = replace(network([station(plugs, country)], OPERATOR), designs=designs)
    (job,) = plan_placards(one, "2026-01-01").jobs
    assert isinstance(job.payload, Placard)
    assert sorted({letter for plug in job.payload.plugs for letter in plug.letters}) == list(letters)


def test_countries_of_the_norm_are_countries() -> None:
    assert set(NAMES) > LABEL_COUNTRIES


def test_the_driver_of_a_socket_looks_at_the_cable() -> None:
    assert "Look for this letter on your cable." in text_of(shown([TYPE2_SOCKET])[1])
    assert "New cars since 2021 have this letter at the inlet." in text_of(shown(kinds("type2"))[1])


# ------------------------------------------------------------------------------------------------ the page


@pytest.mark.parametrize(
    "slugs", [("ccs2", "type2"), ("ccs2", "chademo", "type2"), ("ccs1", "nacs"), tuple(ALL)], ids="+".join
)
def test_plugs_stand_side_by_side_at_one_scale(slugs: tuple[str, ...]) -> None:
    views, page = shown(kinds(*slugs))
    sizes = drawings(page, "s")
    assert len(sizes) == len(views) == len(slugs)
    real = [width(kind, "plug") for slug, kind in ALL.items() if slug in slugs]
    scale = {round(px / mm, 1) for (px, _), mm in zip(sizes, real, strict=True)}
    assert len(scale) == 1
    if len(slugs) <= 3:
        assert sum(px for px, _ in sizes) + 12 * (len(sizes) - 1) <= PHONE["width"] - 32
    targets = [link for link in Reader(page).links if link.startswith("#p")]
    assert targets == [f"#p{n}" for n in range(1, len(slugs) + 1)]
    assert {target[1:] for target in targets} <= set(Reader(page).ids)


def test_one_plug_needs_no_row() -> None:
    assert 'class="strip"' not in shown(kinds("ccs2"))[1]


@pytest.mark.parametrize("slug", ALL)
def test_each_plug_with_its_inlet_its_look_alikes_and_its_release(slug: str) -> None:
    kind = ALL[slug]
    (view,), page = shown(kinds(slug))
    text = text_of(page)
    assert len(drawings(page, "i")) == 1
    assert len(drawings(page, "a")) == len(kind.also_fits)
    assert len(drawings(page, "m")) == len(drawings(page, "o")) == len(kind.look_alikes)
    for other in (*kind.also_fits, *kind.look_alikes):
        assert ALL[other.connector].short in text
    assert kind.release.text["en"] in text
    assert view.acts
    assert all(f"#p-{act}" in page for act in view.acts)
    assert not re.search(r"IEC|JEVS", text), "drivers have no use for numbers of standards"


def test_a_socket_shows_what_the_drivers_own_cable_must_be() -> None:
    (view,), page = shown([TYPE2_SOCKET])
    text = text_of(page)
    assert view.view == "socket"
    assert len(drawings(page, "f")) == 1
    assert "Socket: bring your own cable" in text
    assert "CCS2" in text, "cars with such an inlet take the cable too"
    assert ALL["type2"].release.at_socket
    assert ALL["type2"].release.at_socket["en"] in text
    assert "Easily mixed up with" not in text


def test_of_an_unknown_plug_nothing_is_made_up() -> None:
    text = text_of(shown([RAW])[1])
    assert "Other plug: &lt;b&gt;FLUX&lt;/b&gt;" in text
    assert "We have no drawing of this plug." in text
    assert "To unplug" not in text
    assert "looks like this" not in text


def test_without_plugs_the_page_says_so() -> None:
    text = text_of(shown([])[1])
    assert "We have no list of the plugs here." in text
    assert "inlet" not in text


@pytest.mark.parametrize("lang", ["en", PSEUDO])
def test_every_plug_there_is_fits_one_response(lang: str) -> None:
    page = shown([*EVERY_KIND, TYPE2_SOCKET], lang=lang)[1]
    assert len(gzip.compress(page.encode(), 9)) <= BUDGET
    ids = Reader(page).ids
    assert len(ids) == len(set(ids))


def test_release_pictograms_exist() -> None:
    assert {act for kind in ALL.values() for act in kind.release.acts} <= set(load_pictograms())


@pytest.mark.browser
@pytest.mark.slow
def test_three_plugs_stand_in_one_row_and_nothing_is_cut_off(chromium: Any) -> None:
    page = chromium.new_page(viewport=PHONE)
    page.set_content(shown(kinds("ccs2", "chademo", "type2"))[1])
    tops = "[...document.querySelectorAll('.strip li')].map(li => li.getBoundingClientRect().top)"
    assert len(set(page.evaluate(tops))) == 1
    links = "[...document.querySelectorAll('.strip a')].map(a => a.getBoundingClientRect().height)"
    assert min(page.evaluate(links)) >= 44
    for px in (360, 320):
        page.set_viewport_size({"width": px, "height": 640})
        assert page.evaluate("document.documentElement.scrollWidth") == px
    page.context.close()


# ------------------------------------------------------------------------------------------------ languages


def messages() -> dict[str, list[tuple[int, str]]]:
    """What Babel finds: line and text by file."""
    found = {}
    for path in sorted((content_root() / "connectors").glob("*.yml")):
        with path.open("rb") as file:
            found[path.stem] = [(line, text) for line, text, *_ in extract(extract_connectors, file)]
    return found


def test_all_that_drivers_read_of_plugs_can_be_translated() -> None:
    english = {text for found in messages().values() for _, text in found}
    plugs = [*EVERY_KIND, TYPE2_SOCKET]
    views = shown(plugs)[0]
    texts = {
        text
        for view in views
        for text in (
            view.release,
            *view.good_to_know,
            *(label.range for label in view.labels),
            *(other.tell for other in view.look_alikes),
            *(other.how for other in view.also_fits),
        )
    }
    texts |= {look["en"] for kind in ALL.values() for look in kind.looks.values()}
    assert texts == english
    # Those very texts go through the catalogue, in the views and in the titles of the drawings.
    mirrored = shown(plugs, lang=PSEUDO)[0]
    assert {view.release.strip("\u202e\u202c") for view in mirrored} == {view.release for view in views}
    assert all(view.release.startswith("\u202e") for view in mirrored)
    assert "<desc" in (drawn := face_svg(ALL["ccs2"], prefix="x", lang=PSEUDO))
    assert f"\u202e{ALL['ccs2'].looks['plug']['en']}" in drawn


def test_messages_stand_on_the_lines_that_are_named() -> None:
    for slug, found in messages().items():
        lines = (content_root() / "connectors" / f"{slug}.yml").read_text(encoding="utf-8").splitlines()
        assert found
        assert all(text in lines[line - 1] for line, text in found)


@pytest.mark.parametrize(
    ("texts", "lang", "text"),
    [
        ({"en": "Plug", "de": "Stecker"}, "de", "Stecker"),
        ({"en": "Plug", "de": "Stecker"}, "de-AT", "Stecker"),
        ({"en": "Plug", "de": "Stecker", "de-AT": "Stöpsel"}, "de-AT", "Stöpsel"),
        ({"en": "Plug", "de": "Stecker"}, PSEUDO, "\u202ePlug\u202c"),
        ({"en": "Plug", "de": "Stecker"}, "xx", "Plug"),
    ],
)
def test_the_files_own_translation_comes_first(texts: dict[str, str], lang: str, text: str) -> None:
    assert in_language(texts, lang) == text


def test_stations_alike_share_one_tuple_and_others_do_not() -> None:
    plugs = Plugs(shared_content(), digest)
    one, two = (plugs.of_station(station(kinds("ccs2"), country), "en") for country in ("DE", "FR"))
    assert one is two
    assert plugs.of_station(station(kinds("ccs2"), "GB"), "en") is not one
    assert plugs.of_station(station(kinds("ccs2")), PSEUDO) != one


def test_another_inlet_that_does_not_exist_is_a_finding(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in (content_root() / "connectors").glob("*.yml"):
        text = path.read_text(encoding="utf-8")
        changed = text.replace("also_fits:\n  - connector: ccs2", "also_fits:\n  - connector: ccs3")
        (tmp_path / path.name).write_text(changed, encoding="utf-8")
    findings = Findings()
    content.load_connectors(tmp_path, findings)
    (found,) = list(findings)
    assert found.code == "C601"
    assert "ccs3" in found.message
    assert "ccs2" in found.mend
    lines = (tmp_path / "type2.yml").read_text(encoding="utf-8").splitlines()
    assert "ccs3" in lines[(found.line or 0) - 1]
