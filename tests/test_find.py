"""Find a charger: the lists by town, the index, and the field that looks a number up in it, in Chromium."""

from __future__ import annotations

import csv
import gzip
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from hashlib import blake2b
from io import TextIOWrapper
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from browsing import PHONE, rendered, served
from chargeside.i18n import translator
from chargeside.model.codes import damm_digit, is_code
from chargeside.plan.alphabet import letter, sort_key
from chargeside.plan.driver import plan_driver
from chargeside.plan.driver_find import find_pages
from chargeside.plan.driver_index import ENTRIES_PER_FILE, file_count, file_of, find_key, index_files
from chargeside.plan.driver_views import FindRow, IndexFile
from chargeside.plan.jobs import Plan
from chargeside.render.driver import BUDGET, RENDERERS
from chargeside.render.driver_search import index_file
from chargeside.render.html import script
from test_driver import CASES, LEDGER, OPERATOR, STATIONS, Reader, network

in_browser = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

# ---------------------------------------------------------------------------------------------------- lists by town


@pytest.mark.parametrize(
    ("lang", "names"),
    [
        ("en", "aachen Ährenfeld Östringen Oulu Ulm Zürich"),
        ("de", "aachen Ährenfeld Bonn Östringen Oulu Straße Strassen Zürich"),
        ("fr", "Angers Écully Évreux Lyon Œuilly Ogeu"),
        ("es", "Nájera Níjar Nuévalos Ñora Orihuela Zamora"),
        ("nl", "Almere 's-Gravenhage Sneek ’t-Harde Zwolle"),
        ("sv", "Alingsås Umeå Zinkgruvan Åre Älmhult Örebro"),
        ("da", "Assens Zinkvej Ærø Ølstykke Århus"),
        ("pl", "Lublin Łódź Malbork Opole Ówdzie Zator Zgierz Źródło Żory"),
        ("el", "Αθήνα Άργος Βόλος Έδεσσα Ωρωπός"),
        ("uk", "Ізмаїл Київ Одеса"),
        ("en", "Site-2 Site-10 Site-100"),
    ],
)
def test_names_are_sorted_as_readers_of_the_language_expect(lang: str, names: str) -> None:
    expected = names.split()
    assert sorted(sorted(expected), key=sort_key(lang)) == expected


@pytest.mark.parametrize(
    ("town", "lang", "wanted"),
    [
        ("Ulm", "de", "U"),
        ("Örebro", "de", "O"),
        ("Örebro", "sv", "Ö"),
        ("O\u0308rebro", "sv", "Ö"),
        ("Ñora", "es", "Ñ"),
        ("Ñora", "en", "N"),
        ("’s-Hertogenbosch", "nl", "S"),
        ("Œuilly", "fr", "O"),
        ("ßtown", "de", "S"),
        ("Άργος", "el", "Α"),
        ("Йошкар-Ола", "en", "Й"),
        ("Ёлкино", "en", "Е"),
        ("أبو ظبي", "en", "ا"),
        ("เชียงใหม่", "en", "ช"),
        ("서울", "en", "ㅅ"),
        ("東京", "en", "漢字"),
        ("1 Place", "en", "0–9"),
        ("–", "en", "#"),
        ("", "en", "#"),
    ],
)
def test_what_a_town_is_listed_under(town: str, lang: str, wanted: str) -> None:
    assert letter(town, lang) == wanted


def test_letters_come_in_order_and_hold_what_belongs_to_them() -> None:
    towns = ["’s-Hage", "Aa", "Äa", "Zz", "Άργος", "9 Elms", "–", "Sneek", "Ulm"]
    rows = [
        (town, FindRow(f"{number}/", str(number), "A long name " * 8, "And a street " * 8))
        for number, town in enumerate(towns * 20)
    ]
    pages = dict(find_pages(rows, site="x", lang="en", root="../../", example="4821736", index_files=1))
    top = pages["s/en/"]
    assert [link.text for link in top.links] == ["A", "S", "U", "Z", "Α", "0–9", "#"]
    below = {link.text: pages[link.href] for link in top.links}
    assert [town.town for town in below["A"].towns] == ["Aa", "Äa"]
    assert [town.town for town in below["S"].towns] == ["’s-Hage", "Sneek"]


# ---------------------------------------------------------------------------------------------------- the index


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("DE*ABC*E123*1", "DEABCE1231"),
        ("de abc e123 1", "DEABCE1231"),
        ("DE-ABC-E123-1", "DEABCE1231"),
        ("+49*810*000*1", "498100001"),
        ("２Ａ", "2A"),
        ("Ärger*1", "RGER1"),
        ("*", ""),
    ],
)
def test_separators_and_case_of_an_id_do_not_count(typed: str, key: str) -> None:
    assert find_key(typed) == key


def test_a_file_of_a_very_large_index_stays_small() -> None:
    count, languages, keys = 100_000, {}, {}
    for number in range(count):
        body = str(100_000 + number)
        code = body + damm_digit(body)
        languages[code] = ("", "de en", "en")[number % 3]
        mark = blake2b(body.encode(), digest_size=12).hexdigest().upper()
        keys[f"DEABCE{mark}"] = (code,)  # ids like these compress worst
        keys[code] = (code,)
    files = index_files(keys, languages)
    assert file_count(len(keys)) == len(files) == 512
    sizes = [len(gzip.compress(index_file(file, {}), 9)) for file in files[::16]]
    assert max(sizes) <= 12_000
    assert sum(len(file.entries) for file in files) == len(keys)
    assert all(file.of == len(files) for file in files)
    assert max(len(file.entries) for file in files) < ENTRIES_PER_FILE * 1.3


def test_few_files_change_when_a_station_is_added() -> None:
    keys = {f"DEABCE{number}": (f"{number:07}",) for number in range(3_000)}
    languages = {codes[0]: "" for codes in keys.values()} | {"9999999": ""}
    before, after = index_files(keys, languages), index_files({**keys, "DEABCENEW": ("9999999",)}, languages)
    assert len(before) == len(after) == 8
    assert sum(one != other for one, other in zip(before, after, strict=True)) == 1


def stands_for(files: tuple[IndexFile, ...], key: str) -> list[tuple[str, str]]:
    """Codes and languages that a key stands for, read as find.js reads it."""
    known = json.loads(index_file(files[file_of(key, len(files))], {}))
    assert known["of"] == len(files)
    found = []
    for entry in known["ids"].get(key, "").split():
        code, group = (entry[:7], entry[7:]) if len(entry) > 7 else (key, entry)
        found.append((code, known["langs"][int(group)]))
    return found


GERMANY = OPERATOR.countries["DE"].model_copy(update={"languages": ("de", "en")})
SITE = OPERATOR.model_copy(
    update={"languages": ("de", "en"), "countries": {"DE": GERMANY, "FR": OPERATOR.countries["FR"]}}
)
TWINS = tuple(
    replace(CASES["only-chademo"], number="77", name=name).station("twin") for name in ("One", "Other")
)
NETWORK = network(
    [*STATIONS.values(), TWINS[0], replace(TWINS[1], code="1000007", key="other")], operator=SITE
)
ONE_COUNTRY = network(operator=SITE.model_copy(update={"countries": {"DE": GERMANY}}))


@pytest.fixture(scope="module")
def plan() -> Plan:
    return plan_driver(NETWORK)


@pytest.fixture(scope="module")
def index(plan: Plan) -> tuple[IndexFile, ...]:
    return tuple(job.payload for job in plan.jobs if isinstance(job.payload, IndexFile))


def test_every_code_is_in_the_index_with_the_languages_of_its_pages(
    plan: Plan, index: tuple[IndexFile, ...]
) -> None:
    codes = NETWORK.station_by_code.keys() | {line.code for line in LEDGER.values()}
    paths = {job.path for job in plan.jobs}
    for code in codes:
        own = [lang for lang in ("de", "en") if f"site/{code}/{lang}/index.html" in paths]
        assert stands_for(index, code) == [(code, " ".join(own))]
    assert stands_for(index, STATIONS["greek"].code)[0][1] == "en"
    assert stands_for(index, STATIONS["other-country"].code)[0][1] == ""


def test_ids_and_numbers_of_one_charger_are_in_the_index(index: tuple[IndexFile, ...]) -> None:
    code = STATIONS["two-sides"].code
    assert stands_for(index, "DEGTSETWOSIDES2") == [(code, "en")]
    assert stands_for(index, "2A") == [(code, "en")]
    # An id that two chargers share leads to both, a number that several have to none.
    assert {found for found, _ in stands_for(index, "DEGTSETWIN1")} == {TWINS[0].code, "1000007"}
    assert stands_for(index, "77") == []
    assert stands_for(index, "3FOREVER") == []


def test_indexes_are_written_after_the_pages_they_lead_to(plan: Plan) -> None:
    kinds = [job.kind for job in plan.jobs]
    last_station = max(number for number, kind in enumerate(kinds) if kind == "driver.station")
    assert min(map(kinds.index, ("driver.index", "driver.find"))) > last_station


# ---------------------------------------------------------------------------------------------------- weight


def test_scripts_and_pages_are_light(plan: Plan) -> None:
    assert len(script("find").encode()) <= 3_000
    made = rendered(plan, lambda job: job.kind in ("driver.find", "driver.missing"))
    for path in ("s/de/index.html", "s/en/index.html", "404.html"):
        assert len(gzip.compress(made[path], 9)) <= BUDGET


# ---------------------------------------------------------------------------------------------------- in the browser


@pytest.fixture(scope="module")
def files(plan: Plan) -> dict[str, bytes]:
    return rendered(plan, lambda job: job.kind in ("driver.find", "driver.missing", "driver.index"))


@pytest.fixture(scope="module")
def base(files: dict[str, bytes]) -> Iterator[str]:
    with served(files) as address:
        yield address


@pytest.fixture(scope="module")
def tab(chromium: Any, base: str) -> Iterator[Any]:
    context = chromium.new_context(viewport=PHONE, base_url=base)
    page = context.new_page()
    page.set_default_timeout(10_000)
    yield page
    context.close()


@pytest.fixture
def page(tab: Any) -> Iterator[Any]:
    """The page to find a charger, in English."""
    tab.goto("s/en/")
    yield tab
    tab.unroute_all()


def look_up(page: Any, text: str) -> None:
    page.locator("#number").fill(text)
    page.locator("#number").press("Enter")


WRONG = "One digit is wrong. Compare it with the sign."
SAYS_WRONG = """texts => {
    window.fetch = () => new Promise(() => {});
    const form = document.getElementById("find"), said = document.getElementById("find-said");
    return texts.map(text => {
        form.elements.number.value = text;
        form.dispatchEvent(new Event("submit", {cancelable: true}));
        return said.textContent == document.getElementById("find-wrong").content.textContent;
    });
}"""
"""What the field says of many numbers, without ever looking one up."""


FILES = 256
ASKS_FOR = """texts => {
    let asked;
    window.fetch = address => { asked = address; return new Promise(() => {}); };
    const form = document.getElementById("find");
    form.dataset.files = 256;
    return texts.map(text => {
        asked = "";
        form.elements.number.value = text;
        form.dispatchEvent(new Event("submit", {cancelable: true}));
        return asked;
    });
}"""
"""Which of 256 files of the index the field looks each text up in; none where it knows better."""


def asked_for(text: str) -> str:
    key = find_key(text)
    known_wrong = not key or (re.fullmatch("[0-9]{7}", key) and not is_code(key))
    return "" if known_wrong else f"../../s/i/{file_of(key, FILES)}.json"


@pytest.fixture(scope="module")
def still(chromium: Any, base: str) -> Iterator[Any]:
    """A page that is never left: what its script looks up never comes."""
    context = chromium.new_context()
    page = context.new_page()
    page.goto(f"{base}s/en/")
    yield page
    context.close()


class TestInBrowser:
    pytestmark = in_browser

    @given(st.lists(st.from_regex(r"[0-9]{7}", fullmatch=True), min_size=100, max_size=200))
    @settings(max_examples=5)
    def test_check_digit_is_that_of_the_codes(self, still: Any, numbers: list[str]) -> None:
        assert still.evaluate(SAYS_WRONG, numbers) == [not is_code(number) for number in numbers]

    @given(st.integers(100_000, 999_999))
    @settings(max_examples=12)
    def test_every_slip_of_a_digit_and_every_swap_is_found(self, still: Any, body: int) -> None:
        code = f"{body}{damm_digit(str(body))}"
        slips = [
            f"{code[:i]}{digit}{code[i + 1 :]}"
            for i in range(7)
            for digit in "0123456789"
            if digit != code[i]
        ]
        swaps = [
            f"{code[:i]}{code[i + 1]}{code[i]}{code[i + 2 :]}" for i in range(6) if code[i] != code[i + 1]
        ]
        assert all(still.evaluate(SAYS_WRONG, slips + swaps))
        assert not any(still.evaluate(SAYS_WRONG, [code]))

    @pytest.mark.parametrize("form", ["{}-{}", " {} {} ", "{}\u00a0{}", "{}/{}", "x"])
    def test_a_code_leads_to_its_page_however_it_is_written(self, page: Any, base: str, form: str) -> None:
        code = STATIONS["greek"].code
        arabic = code.translate({48 + digit: 0x660 + digit for digit in range(10)})
        look_up(page, arabic if form == "x" else form.format(code[:3], code[3:]))
        page.wait_for_url(f"{base}{code}/en/")

    @pytest.mark.parametrize(
        "form", ["https://help.grid-test.example/{}/de/", "help.grid-test.example/{}", "{}g/en/x/?s={}"]
    )
    def test_an_address_of_the_site_may_be_pasted(self, page: Any, base: str, form: str) -> None:
        code = STATIONS["greek"].code
        look_up(page, form.format(code) if form.count("{}") == 1 else form.format("https://h.example/", code))
        page.wait_for_url(f"{base}{code}/en/")

    @pytest.mark.parametrize("typed", ["DE*GTS*Etwo-sides*2", "de gts etwosides 2", "DEGTSETWOSIDES2", "2b"])
    def test_an_id_leads_to_its_charger(self, page: Any, base: str, typed: str) -> None:
        look_up(page, typed)
        page.wait_for_url(f"{base}{STATIONS['two-sides'].code}/en/")

    def test_a_charger_without_the_readers_language_is_shown_in_its_own(self, page: Any, base: str) -> None:
        look_up(page, STATIONS["other-country"].code)
        page.wait_for_url(f"{base}{STATIONS['other-country'].code}/")
        page.go_back()
        look_up(page, LEDGER["moved"].code)
        page.wait_for_url(f"{base}{LEDGER['moved'].code}/")

    @pytest.mark.parametrize(
        ("typed", "said"),
        [
            ("", "Type the code that stands on the sign."),
            ("***", "Type the code that stands on the sign."),
            ("482173", "The code has seven digits."),
            ("48217366", "The code has seven digits."),
            ("DE*GTS*E404", "We have no charger with this number."),
            ("77", "We have no charger with this number."),
            ("constructor", "We have no charger with this number."),
            ("https://help.grid-test.example/", "We have no charger with this number."),
            ("DE*GTS*Etwin*1", "More than one charger has this ID."),
        ],
    )
    def test_what_is_not_found_is_said_and_can_be_mended(self, page: Any, typed: str, said: str) -> None:
        look_up(page, typed)
        page.locator("#find-said", has_text=said).wait_for()
        field = page.locator("#number")
        assert field.evaluate("e => e == document.activeElement")
        assert field.get_attribute("aria-invalid") == ("false" if "More than" in said else "true")
        field.type("1")
        assert page.locator("#find-said").text_content() == ""
        assert field.get_attribute("aria-invalid") == "false"

    def test_where_nothing_is_found_the_phone_is_at_hand(self, page: Any) -> None:
        look_up(page, "DE*GTS*E404")
        assert page.locator("#find-said a").get_attribute("href") == "../../call/en/"
        one = plan_driver(ONE_COUNTRY)
        with served(
            rendered(one, lambda job: job.kind in ("driver.find", "driver.index", "driver.missing"))
        ) as base:
            page.goto(f"{base}s/en/?q=DE*GTS*E404")
            assert page.locator("#find-said a").get_attribute("href") == "tel:+498001234567"

    def test_chargers_that_share_an_id_are_offered(self, page: Any, base: str) -> None:
        look_up(page, "DE*GTS*Etwin*1")
        page.locator("#find-said a", has_text="1000007").click()
        page.wait_for_url(f"{base}1000007/en/")

    def test_without_network_a_code_is_still_an_address(self, page: Any, base: str) -> None:
        page.route("**/s/i/*", lambda route: route.abort())
        look_up(page, "DE*GTS*E1")
        page.locator("#find-said", has_text="The search does not work at the moment.").wait_for()
        code = STATIONS["greek"].code
        look_up(page, code)
        page.wait_for_url(f"{base}{code}/")

    def test_a_page_older_than_the_index_still_finds(self, page: Any, base: str) -> None:
        page.evaluate("document.getElementById('find').dataset.files = 4096")
        asked: list[str] = []
        old = json.dumps({"of": 1, "langs": [], "ids": {}})

        def answer(route: Any) -> None:
            asked.append(route.request.url)
            if len(asked) == 1:
                route.fulfill(body=old, content_type="application/json")
            else:
                route.continue_()

        page.route("**/s/i/*", answer)
        code = STATIONS["greek"].code
        look_up(page, code)
        page.wait_for_url(f"{base}{code}/en/")
        assert [url.rpartition("/")[2] for url in asked] == [f"{file_of(code, 4096)}.json", "0.json"]

    def test_a_slow_answer_does_not_overtake_what_was_typed_since(self, page: Any, base: str) -> None:
        held: list[Any] = []
        page.route("**/s/i/*", lambda route: held.append(route))  # noqa: PLW0108 - as above
        with page.expect_request("**/s/i/*"):
            look_up(page, STATIONS["greek"].code)
        assert page.locator("#find-said").text_content() == "Looking it up…"
        page.locator("#number").fill("12")
        held[0].continue_()
        page.wait_for_timeout(150)
        assert page.url == f"{base}s/en/"

    @pytest.mark.parametrize("where", ["field", "address"])
    @pytest.mark.parametrize(
        "text", ["<img src=x onerror=alert(1)>", '"><script>alert(1)</script>', "javascript:alert(1)"]
    )
    def test_what_is_typed_is_never_markup(self, page: Any, text: str, where: str) -> None:
        dialogs: list[Any] = []
        page.on("dialog", lambda dialog: dialogs.append(dialog))  # noqa: PLW0108 - Playwright cannot take a built-in
        tags = "[...document.querySelectorAll('img, script')].length"
        before = page.evaluate(tags)
        if where == "field":
            look_up(page, text)
        else:
            page.goto(
                "s/en/?" + page.evaluate("text => new URLSearchParams({q: text, s: text}).toString()", text)
            )
            assert page.locator("#number").input_value() == text
        page.locator("#find-said", has_text="We have no charger").wait_for()
        assert page.evaluate(tags) == before
        assert dialogs == []
        assert text not in page.locator("#find-said").inner_html()

    def test_keyboard_alone_finds_a_charger(self, page: Any, base: str) -> None:
        for _ in range(12):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.id") == "number":
                break
        page.keyboard.type("DE*GTS*E404")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.tagName") == "BUTTON"
        page.keyboard.press("Space")
        page.locator("#find-said", has_text="We have no charger").wait_for()
        assert page.evaluate("document.activeElement.id") == "number"
        page.keyboard.press("ControlOrMeta+a")
        page.keyboard.type(STATIONS["greek"].code)
        page.keyboard.press("Enter")
        page.wait_for_url(f"{base}{STATIONS['greek'].code}/en/")

    def test_field_is_large_and_told_of(self, page: Any) -> None:
        field, button = page.locator("#number"), page.locator("#find button")
        for part in (field, button):
            box = part.bounding_box()
            assert box["height"] >= 44 and box["width"] >= 44
        assert float(field.evaluate("e => parseFloat(getComputedStyle(e).fontSize)")) >= 16
        described = field.get_attribute("aria-describedby").split()
        assert page.locator(f"#{described[1]}").get_attribute("role") == "alert"
        assert page.get_by_label("Number or EVSE ID").count() == 1

    def test_without_scripts_the_lists_lead_to_every_charger(
        self, chromium: Any, base: str, plan: Plan
    ) -> None:
        context = chromium.new_context(viewport=PHONE, java_script_enabled=False)
        page = context.new_page()
        page.goto(f"{base}s/en/")
        assert not page.locator("#find").is_visible()
        assert page.locator(".host").is_visible()
        links = page.locator("main .rows a").evaluate_all("all => all.map(a => new URL(a.href).pathname)")
        assert {link.split("/")[1] for link in links} == NETWORK.station_by_code.keys()
        context.close()

    # ------------------------------------------------------------------------------------------------ 404

    def slip(self) -> str:
        code = STATIONS["greek"].code
        return code[:-1] + str((int(code[-1]) + 1) % 10)

    def test_a_slip_in_the_address_is_told_and_can_be_mended(self, page: Any, base: str) -> None:
        page.goto(f"{self.slip()}/en/")
        assert page.locator("#number").input_value() == self.slip()
        assert page.locator("#find-said").text_content() == translator("de")(WRONG)
        look_up(page, STATIONS["greek"].code)
        page.wait_for_url(
            f"{base}{STATIONS['greek'].code}/en/"
        )  # the language of the address, not of the 404 page

    def test_a_page_below_a_code_that_does_not_exist_leads_to_the_charger(self, page: Any, base: str) -> None:
        page.goto(f"{STATIONS['greek'].code}/xx/deeper/")
        page.wait_for_url(f"{base}{STATIONS['greek'].code}/")
        page.go_back()
        assert page.url == f"{base}s/en/"  # not the page that led on

    @pytest.mark.parametrize(
        "address", ["no/such/page", "1234/", "g/en/none/", "482173/", "x/y/z/%3Cimg%20src=x%3E/"]
    )
    def test_404_leads_on_from_any_depth(self, page: Any, address: str) -> None:
        page.goto(address)
        assert page.locator("#find").is_visible()
        links = page.locator("main a").evaluate_all("all => all.map(a => a.getAttribute('href'))")
        assert {"/s/de/", "/s/en/", "/g/de/all/", "/call/de/", "/"} <= set(links)
        assert page.locator("main a[lang], main [lang=en]", has_text="English").count() == 1

    def test_a_code_that_was_never_given_is_said_not_to_exist(self, page: Any) -> None:
        page.goto(f"123456{damm_digit('123456')}/")
        page.locator("#find-said a[href='/call/de/']").wait_for()

    def test_404_below_a_path(self, page: Any) -> None:
        operator = SITE.model_copy(update={"site_url": "https://grid-test.example/help/"})
        plan = plan_driver(network(operator=operator))
        made = rendered(plan, lambda job: job.kind in ("driver.missing", "driver.index"))
        with served(made, "/help/") as base:
            page.goto(f"{base}{self.slip()}/en/")
            look_up(page, STATIONS["greek"].code)
            page.wait_for_url(f"{base}{STATIONS['greek'].code}/en/")

    # ------------------------------------------------------------------------------------------------ real ids

    @given(
        st.lists(
            st.text(st.characters(max_codepoint=0x24FF, exclude_characters="/="), min_size=1), min_size=50
        )
    )
    @settings(max_examples=5)
    def test_what_is_typed_is_looked_up_in_its_file(self, still: Any, texts: list[str]) -> None:
        assert still.evaluate(ASKS_FOR, texts) == list(map(asked_for, texts))

    @pytest.mark.data
    def test_real_ids_lead_to_their_chargers(
        self, still: Any, page: Any, files: dict[str, bytes], shared_data: Path
    ) -> None:
        with gzip.open(shared_data / "irve/irve-statique-29109.csv.gz") as packed:
            rows = csv.DictReader(TextIOWrapper(packed, encoding="utf-8"))
            ids = sorted({row["id_pdc_itinerance"].strip() for row in rows} - {""})[::10]
        assert len(ids) > 2_500
        written = [
            (one, f"{one[:2]}*{one[2:5]}*{one[5:]}", one.lower(), f"{one[:5]} {one[5:9]}-{one[9:]}")[i % 4]
            for i, one in enumerate(ids)
        ]
        assert still.evaluate(ASKS_FOR, written) == list(map(asked_for, ids))
        codes = {one: f"{number:07}" for number, one in enumerate(ids)}
        index = index_files(
            {find_key(one): (code,) for one, code in codes.items()}, dict.fromkeys(codes.values(), "en")
        )
        known = {f"s/i/{number}.json": index_file(file, {}) for number, file in enumerate(index)}
        with served({**files, **known}) as base:  # a page that knows of fewer files than there are
            for one, typed in list(zip(ids, written, strict=True))[::900]:
                page.goto(f"{base}s/en/")
                look_up(page, typed)
                page.wait_for_url(f"{base}{codes[one]}/en/")


def test_lists_of_names_that_hardly_compress_stay_light(plan: Plan) -> None:
    page_of = next(job.payload for job in plan.jobs if job.kind == "driver.find")
    random = Random(7)

    def name(least: int, letters: str) -> str:
        return "".join(random.choices(letters, k=random.randrange(least, 28)))

    plain, accents = "abcdefghijklmnopqrstuvwxyz ", "abcdefghijklmnopqrstuvwxyzäöüéèêçñ "
    rows = [
        ("K" + name(5, accents), FindRow(f"{number:07}/", "1", name(8, plain), name(8, plain)))
        for number in range(700)
    ]
    for count in (110, 700):
        pages = find_pages(
            rows[:count], site=page_of.site, lang="de", root="../../", example="4821736", index_files=512
        )
        made = [RENDERERS["driver.find"](page, plan.shared) for _, page in list(pages)[:8]]
        assert max(len(gzip.compress(page, 9)) for page in made) <= BUDGET


def test_pages_hold_the_field_once_and_may_fetch(plan: Plan) -> None:
    made = rendered(plan, lambda job: job.kind in ("driver.find", "driver.missing"))
    for path in ("s/de/index.html", "404.html"):
        text = made[path].decode()
        assert Reader(text).ids.count("find") == 1
        assert "connect-src 'self'" in text
