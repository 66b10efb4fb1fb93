"""Words explained: linked where a guide first uses them, in every language, and nowhere they should not be."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from browsing import rendered
from chargeside.findings import Findings
from chargeside.i18n import translator
from chargeside.load.glossary import load_glossary, slug_of
from chargeside.model.glossary import Word
from chargeside.plan.coverage import coverage_page
from chargeside.plan.driver import plan_driver
from chargeside.plan.glossary import MARK, Linker
from chargeside.render.driver import BUDGET
from support import shared_content
from test_driver import network

WORDS = (
    Word("kw", "kW", ("kilowatt",), "Power", "a test"),
    Word("kwh", "kWh", (), "Energy", "a test"),
    Word("roaming", "roaming", (), "Elsewhere", "a test"),
    Word("plug-charge", "Plug & Charge", (), "By itself", "a test"),
)


@pytest.mark.parametrize(
    ("text", "linked"),
    [
        ("7 kW or 11 kW", ["kw"]),
        ("7 kWh at 11 kW", ["kwh", "kw"]),
        ("A kw, a KW and a kilowatt", ["kw"]),
        ("A KW and a kwh", []),
        ("Roaming, with roaming", ["roaming"]),
        ("kW-hungry", []),
        ("<strong>Plug &amp; Charge</strong> failed", ["plug-charge"]),
        ('<a href="https://example.org/kW">kW</a> is kW', ["kw"]),
        ('<abbr title="kW">x</abbr>', []),
        ("", []),
    ],
)
def test_a_word_is_linked_once_and_only_as_a_word(text: str, linked: list[str]) -> None:
    (made,) = Linker(WORDS, str).link([text])
    assert re.findall(rf'class="w" href="{MARK}([a-z-]+)"', made) == linked
    assert re.sub(r'<a class="w"[^>]*>(.*?)</a>', r"\1", made) == text
    assert '<a class="w"' not in "".join(re.findall(r'<a href="https.*?</a>', made))


@given(st.lists(st.text('kKwWh <>/ab"&;-', max_size=30), max_size=4))
def test_linking_adds_links_and_changes_nothing_else(texts: list[str]) -> None:
    made = Linker(WORDS, str).link(texts)
    assert [
        re.sub(r'<a class="w" href="word:[a-z-]+">|(?<=[A-Za-z])</a>(?=.*)', "", one) for one in made
    ] == [re.sub(r"(?<=[A-Za-z])</a>", "", one) for one in texts]


def test_every_link_leads_to_a_word_on_the_page_of_words() -> None:
    pages = rendered(plan_driver(network()), lambda job: job.path.endswith(".html"))
    words = pages["g/en/words/index.html"].decode()
    assert len(words) and all(
        f'id="{word.slug}"' in words or f"id={word.slug}" in words for word in shared_content().glossary
    )
    seen = set()
    for path, data in pages.items():
        for href in re.findall(r'class="w" href="([^"]+)"', data.decode()):
            address, _, slug = href.partition("#")
            assert re.fullmatch(r"(\.\./)*g/[a-z]{2}/words/(\?s=[0-9]{7}(&amp;l=1)?)?", address), (path, href)
            assert f'id="{slug}"' in words or f"id={slug}" in words, (path, href)
            seen.add(slug)
    assert len(seen) >= 10
    assert len(words.encode()) <= 8 * BUDGET


@pytest.mark.parametrize("lang", ["de", "fr", "nl", "es", "it"])
def test_no_two_words_share_a_spelling_in_any_language(lang: str) -> None:
    _ = translator(lang)
    taken: dict[str, str] = {}
    for word in shared_content().glossary:
        for spelling in {_(word.word), *map(_, word.also)}:
            assert taken.setdefault(spelling.casefold(), word.slug) == word.slug, spelling


def test_danger_reads_nothing_else() -> None:
    pages = rendered(plan_driver(network()), lambda job: job.path.endswith(".html"))
    for slug, problem in shared_content().problems.items():
        if problem.outcome == "danger":
            assert b'class="w"' not in pages[f"g/en/{slug}/index.html"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("words: [{word: kW, means: Power, source: x}, {word: kw, means: Again, source: x}]", "G519"),
        (
            "words: [{word: kW, also: [power], means: P, source: x}, {word: power, means: A, source: x}]",
            "G519",
        ),
        ("words: [{word: kW, means: 'Up to {power}', source: x}]", "F108"),
        ("words: [{word: kW, source: x}]", "F108"),
        ("words: 5", "F108"),
        ("words: [", "F104"),
    ],
)
def test_a_broken_glossary_is_named(text: str, code: str, tmp_path: Path) -> None:
    path = tmp_path / "glossary.yml"
    path.write_text(text)
    findings = Findings()
    load_glossary(path, "glossary.yml", findings)
    assert [finding.code for finding in findings] == [code]


def test_addresses_are_plain() -> None:
    slugs = [word.slug for word in shared_content().glossary]
    assert len(set(slugs)) == len(slugs)
    assert slug_of("Plug & Charge") == "plug-charge"


def test_every_code_of_the_standards_is_explained() -> None:
    page = coverage_page(shared_content())
    assert page.missing == ()
    assert sum(len(rows) for _, rows in page.standards) >= 80
    shown = {code.partition(":")[2] for entry in shared_content().codes for code in entry.codes}
    assert not shown & {code for code, _, _ in page.unverified}
