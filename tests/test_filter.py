"""All problems: the field that filters the list while typing, in Chromium, and what it can find within the budget."""

from __future__ import annotations

import gzip
import html
import json
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from browsing import PHONE, rendered, served
from chargeside.model.hardware import CALL, HardwareNotes, ShownCode
from chargeside.model.network import Content, Network
from chargeside.model.problem import CATEGORIES
from chargeside.plan.driver import plan_driver
from chargeside.plan.driver_views import SearchFile, TopicPage
from chargeside.plan.jobs import Job
from chargeside.render.driver import BUDGET
from chargeside.render.html import script
from support import shared_content
from test_driver import OPERATOR, STATIONS, Reader, network

in_browser = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

LANGUAGES = ("en", "de", "fr", "nl", "es", "it")


def all_languages(content: Content | None = None) -> Network:
    countries = {
        name: country.model_copy(update={"languages": LANGUAGES})
        for name, country in OPERATOR.countries.items()
    }
    operator = OPERATOR.model_copy(update={"languages": LANGUAGES, "countries": countries})
    return network([STATIONS["two-sides"]], operator, content)


def is_list(job: Job) -> bool:
    return isinstance(job.payload, TopicPage) and job.payload.topic == "all"


@cache
def lists() -> dict[str, bytes]:
    """The lists of all problems, by path; other pages stand in for themselves."""
    plan = plan_driver(all_languages())
    missing = {"404.html": b"missing"}
    return {**rendered(plan, lambda job: is_list(job) or isinstance(job.payload, SearchFile)), **missing}


def generic(lang: str) -> str:
    return lists()[f"g/{lang}/all/index.html"].decode()


def more_words(lang: str) -> dict[str, str]:
    """What the guides of a language are found by besides what the list shows."""
    words: dict[str, str] = json.loads(lists()[f"g/{lang}/all/words.json"])
    return words


def entries(page: str) -> dict[str, tuple[str, str]]:
    """By problem: what its row shows, and codes of the hardware, which it does not."""
    rows = re.findall(
        r'<li data-w="([^"]*)"><a href="[^"]*?g/\w+/([a-z0-9-]+)/[^"]*">(.*?)</a>', page, re.DOTALL
    )
    return {slug: (re.sub("<[^>]+>", " ", shown), words) for words, slug, shown in rows}


# ---------------------------------------------------------------------------------------------------- what is in the page


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_title_symptom_and_code_of_every_guide_can_be_found(lang: str) -> None:
    found = entries(generic(lang))
    problems = shared_content().problems
    assert found.keys() == problems.keys()
    more = more_words(lang)
    for slug, (shown, _) in found.items():
        guide = problems[slug].guide(lang)
        text = fold(f"{shown} {more[slug]}")
        for part in (
            guide.title,
            *guide.symptoms,
            *(code.partition(":")[2] for code in problems[slug].codes),
        ):
            assert set(fold(part)) <= set(text), (slug, part)


def fold(text: str) -> list[str]:
    bare = unicodedata.normalize("NFKD", html.unescape(text)).lower()
    return re.findall(r"\w+", "".join(c for c in bare if not unicodedata.combining(c)))


def test_no_word_is_told_twice() -> None:
    problems = shared_content().problems
    for slug, words in more_words("en").items():
        assert len(set(words.split())) == len(words.split())
        assert not set(words.split()) & set(fold(problems[slug].guide("en").title))


def test_a_code_of_the_hardware_finds_its_guide() -> None:
    means = (("en", "The lock is jammed"),)
    notes = HardwareNotes(codes=(ShownCode("Er-417", means, "cable-stuck"), ShownCode("Er-418", means, CALL)))
    known = STATIONS["two-sides"]
    station = replace(known, points=tuple(replace(point, notes=notes) for point in known.points))
    made = rendered(plan_driver(network([station], OPERATOR)), is_list)
    of_kits = [entries(page.decode()) for path, page in made.items() if path.startswith("g/en/all/de-")]
    assert sum("Er-417" in rows["cable-stuck"][1] for rows in of_kits) == 1
    assert not any("418" in words for rows in of_kits for _, words in rows.values())


def guides_like(count: int, words: int) -> Content:
    """`count` problems whose titles and symptoms hardly compress; each symptom has `words` words."""
    content = shared_content()
    model = content.problems["cable-stuck"]
    guide = model.guide("en")
    made = {}
    for number in range(count):
        several = [
            " ".join(f"{(number + 5) * (place + 3) * (word + 7) * 7919 % 999_983:x}" for word in range(words))
            for place in range(9)
        ]
        own = replace(guide, title=f"Problem {number}: {several[0]}", symptoms=tuple(several[1:]))
        codes = (f"x:E{number}", f"x:F{number * 7919 % 1000}")
        slug = f"extra-{number}"
        made[slug] = replace(
            model, slug=slug, category=CATEGORIES[number % len(CATEGORIES)], guides=(own,), codes=codes, applies_to=model.applies_to
        )  # fmt: skip
    return Content({**content.problems, **made}, content.connectors, content.codes)


def few(count: int) -> Content:
    """The first problems of all."""
    content = shared_content()
    return Content(dict(list(content.problems.items())[:count]), content.connectors, content.codes)


@pytest.mark.parametrize(
    ("content", "symptoms"), [(few(12), 3), (few(60), 1), (None, 0), (guides_like(10, 4), 0)]
)
def test_symptoms_give_way_to_the_budget_and_guides_never(content: Content | None, symptoms: int) -> None:
    network = all_languages(content)
    made = rendered(plan_driver(network), is_list)
    for lang in LANGUAGES:
        pages = {path: page for path, page in made.items() if path.startswith(f"g/{lang}/all/")}
        assert (
            sum(path.endswith(".html") for path in pages) == 3
        )  # every charger, this one, those of which nothing is known
        for path, page in pages.items():
            assert len(gzip.compress(page, 9)) <= BUDGET, path
        every = entries(made[f"g/{lang}/all/index.html"].decode())
        assert every.keys() == network.content.problems.keys()
        most = max(shown.count("·") + ("<small>" in shown) for shown, _ in every.values())
        assert most <= symptoms


def test_script_is_light() -> None:
    assert len(script("filter").encode()) <= 3_000


# ---------------------------------------------------------------------------------------------------- in the browser


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    with served(lists()) as address:
        yield address


@pytest.fixture(scope="module")
def tab(chromium: Any, base: str) -> Iterator[Any]:
    context = chromium.new_context(viewport=PHONE, base_url=base)
    page = context.new_page()
    page.set_default_timeout(10_000)
    yield page
    context.close()


def shown(page: Any, typed: str) -> list[str]:
    """Problems that stand in the list when this is typed."""
    page.locator("#filter-words").fill(typed)
    found = page.locator("main li[data-w]:visible a").evaluate_all(
        "all => all.map(a => a.getAttribute('href'))"
    )
    return [re.search(r"g/\w+/([a-z0-9-]+)/", href)[1] for href in found]  # type: ignore[index]


TYPED = {
    "en": [
        ("communication error", "communication-error"),
        ("COMUNICATION EROR", "communication-error"),
        ("error communication", "communication-error"),
        ("comm", "communication-error"),
        ("vehicel", "communication-error"),
        ("cabel stuck", "cable-stuck"),
        ("stuk", "cable-stuck"),
        ("declned", "card-declined"),
        ("emergancy stop", "emergency-stop-pressed"),
        ("80%", "slow-charging"),
        ("plug\u00a0&\u202fcharge", "plug-and-charge-failed"),
        ("page’s number", "fake-code"),
        ("cx014", "communication-error"),
        ("EVCommunicationError", "communication-error"),
        ("evcomunicationeror", "communication-error"),
        ("ConnectorLockFailure", "lock-failed"),
        ("burning/plastic", "burning-smell"),
    ],
    "de": [
        ("Kommunikationsfehler", "communication-error"),
        ("komunikationsfeler", "communication-error"),
        ("fahrzeug antwortet", "communication-error"),
        ("ladesaule", "communication-error"),
        ("Ladesaeule Kommunikation", "communication-error"),
        ("fehler", "communication-error"),
        ("steckt fest", "cable-stuck"),
    ],
    "fr": [("ecran noir", "screen-black"), ("ÉCRAN", "screen-black"), ("ecrna", "screen-black"), ("l'ecran", "screen-black")],
    "nl": [("communicatiefout", "communication-error"), ("comunicatiefout", "communication-error"), ("kabel", "cable-stuck")],
    "es": [("comunicacion", "communication-error"), ("comunicasion", "communication-error"), ("cable", "cable-stuck")],
    "it": [("comunicazione", "communication-error"), ("comunicazone", "communication-error"), ("cavo", "cable-stuck")],
}  # fmt: skip


class TestInBrowser:
    pytestmark = in_browser

    @pytest.mark.parametrize("lang", LANGUAGES)
    def test_what_drivers_type_finds_the_guide(self, tab: Any, lang: str) -> None:
        tab.goto(f"g/{lang}/all/")
        every = shown(tab, "")
        assert set(every) == shared_content().problems.keys()
        missed = {}
        for typed, slug in TYPED[lang]:
            found = shown(tab, typed)
            assert found == [one for one in every if one in found], "the order stays"
            if slug not in found:
                missed[typed] = found
        assert missed == {}

    @pytest.mark.parametrize("lang", LANGUAGES)
    def test_a_letter_too_many_too_few_wrong_or_swapped_still_finds(self, tab: Any, lang: str) -> None:
        tab.goto(f"g/{lang}/all/")
        problems = shared_content().problems
        missed = []
        every = " ".join(
            fold(" ".join(lists()[f"g/{lang}/all/{name}"].decode() for name in ("index.html", "words.json")))
        )
        for problem in list(problems.values())[::9]:
            word = max(fold(problem.guide(lang).title), key=len)
            if len(word) < 5:
                continue  # too short to be forgiven anything
            middle = len(word) // 2
            slips = {
                word[:middle] + word[middle + 1 :],
                word[:middle] + "q" + word[middle:],
                word[:middle] + "q" + word[middle + 1 :],
                word[:middle] + word[middle + 1] + word[middle] + word[middle + 2 :],
                "q" + word[1:],
            }
            if len(word) > 8:
                slips.add(word[1:-2] + word[-1])
            missed += [
                (slip, word)
                for slip in sorted(slips - {slip for slip in slips if slip in every})
                if problem.slug not in shown(tab, slip)
            ]
        assert missed == []

    def test_all_words_must_match_and_short_ones_forgive_nothing(self, tab: Any) -> None:
        tab.goto("g/en/all/")
        both = shown(tab, "card declined")
        assert set(both) <= set(shown(tab, "card")) & set(shown(tab, "declined"))
        assert shown(tab, "card xylophone") == []
        assert shown(tab, "zzz") == []

    def test_groups_without_a_match_go_and_come_back(self, tab: Any) -> None:
        tab.goto("g/en/all/")
        headings = tab.locator("main section:visible h2")
        before = headings.count()
        shown(tab, "communication error")
        assert headings.count() == 1
        shown(tab, "")
        assert headings.count() == before
        assert not tab.locator("#filter [role=status] p").is_visible()

    def test_the_count_is_told_and_the_phone_where_nothing_is_found(self, tab: Any) -> None:
        tab.goto("g/en/all/")
        status = tab.locator("#filter [role=status]")
        shown(tab, "communication error")
        status.get_by_text("Problems found: 1").wait_for()
        shown(tab, "xylophone")
        status.get_by_text("Nothing found.").wait_for()
        assert status.locator("span").text_content() == ""
        assert status.locator("a").get_attribute("href").startswith("../../../call/en/")
        own = next(path for path in lists() if path.startswith("g/en/all/de-"))
        tab.goto(own.removesuffix("index.html"))
        shown(tab, "xylophone")
        status.locator("a[href='tel:+498001234567']").wait_for()

    @pytest.mark.parametrize(
        "text", ["<img src=x onerror=alert(1)>", '"><script>alert(1)</script>', "\\", "[(*+?"]
    )
    def test_what_is_typed_is_never_markup_nor_a_pattern(self, tab: Any, text: str) -> None:
        dialogs: list[Any] = []
        tab.on("dialog", lambda dialog: dialogs.append(dialog))  # noqa: PLW0108 - Playwright cannot take a built-in
        tab.goto(
            "g/en/all/?" + tab.evaluate("text => new URLSearchParams({q: text, s: text}).toString()", text)
        )
        tags = "document.querySelectorAll('img, script').length"
        assert tab.locator("#filter-words").input_value() == text
        before = tab.evaluate(tags)
        shown(tab, text)
        tab.wait_for_timeout(350)
        assert tab.evaluate(tags) == before == lists()["g/en/all/index.html"].count(b"<script")
        assert dialogs == []

    def test_keyboard_alone_filters_and_follows(self, tab: Any, base: str) -> None:
        tab.goto("g/en/all/")
        for _ in range(12):
            tab.keyboard.press("Tab")
            if tab.evaluate("document.activeElement.id") == "filter-words":
                break
        tab.keyboard.type("comunication eror")
        tab.keyboard.press("Enter")
        assert tab.url == f"{base}g/en/all/"
        tab.keyboard.press("Tab")
        tab.keyboard.press("Enter")
        tab.wait_for_url(re.compile("/g/en/communication-error/"))
        tab.go_back()
        # Whether or not the browser kept what was typed, the list agrees with the field.
        rows, typed = tab.locator("main li[data-w]:visible"), tab.locator("#filter-words").input_value()
        assert rows.count() == (1 if typed else len(shared_content().problems))

    def test_without_scripts_the_list_is_complete(self, chromium: Any, base: str) -> None:
        context = chromium.new_context(viewport=PHONE, java_script_enabled=False)
        page = context.new_page()
        page.goto(f"{base}g/fr/all/")
        assert not page.locator("#filter").is_visible()
        assert page.locator("main li[data-w]:visible").count() == len(shared_content().problems)
        context.close()

    def test_field_is_large(self, tab: Any) -> None:
        tab.goto("g/en/all/")
        field = tab.get_by_label("What do you see?")
        assert field.bounding_box()["height"] >= 44
        assert float(field.evaluate("e => parseFloat(getComputedStyle(e).fontSize)")) >= 16


def test_the_field_stands_once_in_each_list() -> None:
    for lang in LANGUAGES:
        assert Reader(generic(lang)).ids.count("filter") == 1
