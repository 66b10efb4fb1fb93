"""The pages that the law asks for, and the page about false codes: what operators write, in which language, how much of it."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chargeside.model.operator import Operator
from chargeside.plan.driver import contact_view, plan_driver
from chargeside.plan.driver_legal import LEGAL, TESTED, legal_pages
from chargeside.plan.driver_views import LegalPage
from chargeside.render.driver_words import linked
from support import OPERATOR, found, operator_folder
from test_driver import OPERATOR as TWO_COUNTRIES
from test_driver import network, page_of, render

GERMANY = OPERATOR["countries"]["DE"]


def operator(**texts: Any) -> Operator:
    """An operator in German and English with these texts for Germany."""
    germany = {**GERMANY, "languages": ["de", "en"], **texts}
    return Operator.model_validate(
        {**OPERATOR, "countries": {"DE": germany}, "languages": ["de", "en", "fr"]}
    )


def planned(known: Operator, lang: str) -> dict[str, LegalPage]:
    """Pages in a language, by path."""
    contacts = tuple(contact_view(known, country, lang) for country in known.countries)
    return dict(legal_pages(known, "site", lang, contacts, ()))


# ------------------------------------------------------------------------------------------------ which text


@pytest.mark.parametrize(
    ("given", "lang", "shown"),
    [
        pytest.param("Wir", "en", ("de", "Wir"), id="without a language it is in the country's first"),
        pytest.param({"de": "Wir", "en": "We"}, "en", ("en", "We"), id="the reader's"),
        pytest.param({"de": "Wir", "en": "We"}, "fr", ("en", "We"), id="else English"),
        pytest.param({"de": "Wir"}, "fr", ("de", "Wir"), id="else what there is"),
    ],
)
def test_a_text_is_shown_in_the_language_that_serves_the_reader_best(
    given: object, lang: str, shown: tuple[str, str]
) -> None:
    for name in LEGAL:
        text = planned(operator(**{name: given}), lang)[f"{name}/{lang}/"].texts[0]
        assert (text.lang, text.blocks[0].lines[0]) == shown


def test_each_language_has_its_page_and_the_bare_address_the_first_one() -> None:
    made = {lang: planned(operator(), lang) for lang in ("de", "en", "fr")}
    assert {path for pages in made.values() for path in pages} == {
        f"{name}/{rest}" for name in LEGAL for rest in ("", "de/", "en/", "fr/")
    }
    assert made["de"]["privacy/"].canonical == f"{OPERATOR['site_url']}privacy/de/"
    assert [link.text for link in made["en"]["imprint/en/"].languages] == ["de", "en", "fr"]


def test_a_text_keeps_its_headings_lists_and_addresses_and_nothing_else() -> None:
    text = "Us & <b>co</b>,\r\nUlm\r\n \r\n## Where <i>\r\n\r\n- mail: a.b@example.org.\r\n- https://example.org/x?a=1&b=2).\r\n\r\n## not alone\r\n# nor this"
    known = operator(imprint=text)
    page = render_page(known, "imprint/en/")
    own = page.split('class="own"', 1)[1].split("</main>", 1)[0]
    assert "<p>Us &amp; &lt;b&gt;co&lt;/b&gt;, Ulm</p>" in own
    assert "<h3>Where &lt;i&gt;</h3>" in own
    assert '<li>mail: <a href="mailto:a.b@example.org">a.b@example.org</a>.</li>' in own
    assert (
        '<li><a href="https://example.org/x?a=1&amp;b=2">https://example.org/x?a=1&amp;b=2</a>).</li>' in own
    )
    assert "<p>## not alone # nor this</p>" in own


def render_page(known: Operator, path: str) -> str:
    return render(plan_driver(network([], known)))[f"site/{path}index.html"].decode()


def long_text(lang: str) -> dict[str, str]:
    return {lang: "\n\n".join(f"{number * 7919} {number * 104_729:x} {lang}" for number in range(500))}


def test_texts_too_heavy_for_one_page_get_a_page_for_each_country() -> None:
    countries = {
        name: country.model_copy(update={"privacy": long_text("en")["en"]})
        for name, country in TWO_COUNTRIES.countries.items()
    }
    known = TWO_COUNTRIES.model_copy(update={"countries": countries})
    made = planned(known, "en")
    both = made["privacy/en/"]
    assert both.texts == ()
    assert {link.href for link in both.countries} == {"privacy/en/de/", "privacy/en/fr/"} <= made.keys()
    for link in both.countries:
        assert made[link.href].heading == link.text
        assert made[link.href].texts[0].blocks[-1].lines[0].endswith("en")
        assert made[link.href].up == "privacy/en/"
    assert len(made["imprint/en/"].texts) == 1  # Germany's, short enough


# ------------------------------------------------------------------------------------------------ findings


@pytest.mark.parametrize("name", LEGAL)
def test_a_missing_text_is_a_finding(tmp_path: Path, name: str) -> None:
    without = {key: value for key, value in GERMANY.items() if key != name}
    folder = operator_folder(tmp_path, countries={"DE": without})
    finding = found(folder.check(), "O209")
    assert f"DE has no {name} text" in finding.message
    assert f"countries.DE.{name}" in finding.mend
    assert finding.line == 6


def test_a_text_in_a_language_that_the_site_does_not_have_is_a_finding(tmp_path: Path) -> None:
    folder = operator_folder(
        tmp_path, countries={"DE": {**GERMANY, "privacy": {"en": "Few", "dee": "Wenige"}}}
    )
    finding = found(folder.check(), "O206")
    assert "dee" in finding.message
    assert finding.line
    assert "dee: Wenige" in folder.text("operator.yml").splitlines()[finding.line - 1]


@given(st.text(st.sampled_from("ab.@:/-<&\"' \n") | st.characters(), max_size=60))
def test_linked_text_stays_the_same_text(text: str) -> None:
    markup = str(linked(f"https://{text}@{text}"))
    assert unescape(re.sub(r"</?a[^>]*>", "", markup)) == f"https://{text}@{text}"
    for href in re.findall(r'<a href="([^"]*)"', markup):
        assert href.startswith(("https://", "mailto:"))
        assert not set(href) & set(" <>'")


# ------------------------------------------------------------------------------------------------ what is told


@pytest.mark.parametrize(
    ("offline", "told"),
    [
        ("ask", "Nothing, unless you press"),
        ("auto", "It holds nothing about you."),
        ("off", "Nothing of the help"),
    ],
)
def test_privacy_tells_what_the_phone_keeps(offline: str, told: str) -> None:
    known = operator().model_copy(update={"offline": offline})
    assert told in render_page(known, "privacy/en/")


def test_privacy_names_the_buttons_as_they_are_called() -> None:
    station = page_of("two-sides")
    page = render_page(operator().model_copy(update={"offline": "ask"}), "privacy/en/")
    for button in re.findall(r"“([^”]+)”", page):
        assert f">{button}<" in station, button


def test_the_statement_and_the_record_of_tests_are_of_the_same_day(root: Path) -> None:
    record = root / "docs" / "reference" / "accessibility-record.md"
    if not record.is_file():
        pytest.skip("the handbook is not beside the tests")
    text = record.read_text(encoding="utf-8")
    assert f"gone through on {TESTED}" in text
    tests = "".join(path.read_text(encoding="utf-8") for path in (root / "tests").glob("test_*.py"))
    names = re.findall(r"`(test_\w+)`", text)
    assert len(names) > 5
    for name in names:
        assert f"def {name}(" in tests, name


def test_the_page_about_false_codes_shows_our_address_and_whom_to_call() -> None:
    one = render_page(operator(), "fake/en/")
    assert ">help.grid-test.example/</b>" in one
    assert 'href="tel:+498001234567"' in one.split("Report a false code", 1)[1]
    two = render_page(TWO_COUNTRIES, "fake/en/")
    assert 'href="../../call/en/"' in two.split("Report a false code", 1)[1]
