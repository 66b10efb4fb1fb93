"""The catalogues of translations: in step with the code, complete, and fit to be shown."""

from __future__ import annotations

import io
import re
import runpy
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from chargeside.check.catalogues import check_catalogues
from chargeside.findings import Findings
from chargeside.i18n import LANGUAGES, PSEUDO, SOURCE, catalogue_text, translator
from chargeside.i18n.catalogue import placeholders
from chargeside.model.screen_codes import spelling
from chargeside.plan.driver import plan_driver
from chargeside.render.driver import RENDERERS
from support import OPERATOR, TODAY, connector, evse, location, operator_folder, shared_content, socket

TRANSLATED = [lang for lang in LANGUAGES if lang != SOURCE]
RUN = "run `make messages`"

SAME: frozenset[str] = frozenset(
    {
        "App",
        "Plug & Charge",
        "{hours} h",
        "{hours} h {minutes} min",
        "{km} km",
        "{metres} m",
        "{minutes} min",
        "{price} / kWh",
    }
)
"""Messages that may be the same in every language."""
SAME_IN: dict[str, frozenset[str]] = {
    "de": frozenset(
        {"App: {apps}", "Code", "Code: {code}", "Name", "Problem", "Problem:", "Scan", "Scans", "Trend"}
    ),
    "fr": frozenset(
        {
            "Code",
            "Date",
            "Guide",
            "Messages",
            "Scan",
            "Scans",
            "Signature",
            "Site",
        }
    ),
    "nl": frozenset(
        {"App: {apps}", "Code", "Code: {code}", "Connector {number}", "Enter", "Privacy", "Scan", "Scans"}
    ),
    "es": frozenset({"App: {apps}"}),
    "it": frozenset({"App: {apps}", "Contactless", "Privacy"}),
}


@pytest.fixture(scope="module")
def tool(root: Path) -> dict[str, Any]:
    """What scripts/messages is made of."""
    path = root / "scripts/messages"
    if not path.is_file():
        pytest.skip("the texts of the code can be collected in the checkout only")
    return runpy.run_path(str(path))


@pytest.fixture(scope="module")
def template(tool: dict[str, Any]) -> Catalog:
    """All messages of the code."""
    made = tool["template"]()
    assert isinstance(made, Catalog)
    return made


def read(lang: str) -> Catalog:
    return read_po(io.StringIO(catalogue_text(lang)), locale=lang)


def entries(catalog: Catalog) -> dict[str, Message]:
    """Messages by their English text for one."""
    return {forms(message.id)[0]: message for message in catalog if message.id}


def forms(text: Any) -> tuple[str, ...]:
    return (text or "",) if isinstance(text, str | None) else tuple(text)


def pairs(message: Message) -> Iterator[tuple[str, str]]:
    """Each translated form beside the English text it stands for."""
    ids, strings = forms(message.id), forms(message.string)
    for index, text in enumerate(strings):
        if text:
            yield ids[min(index, len(ids) - 1)], text


# ---------------------------------------------------------------------------------------------------- English


def test_messages_are_sentences_with_plain_placeholders(template: Catalog) -> None:
    for english, message in entries(template).items():
        for form in forms(message.id):
            assert placeholders(form) is not None, form
            assert form == form.strip(), form
            assert "  " not in form, form
            # Words, or the quotation marks, which each language has its own of.
            assert re.search(r"[^\W\d_]|“", re.sub(r"\{.*?\}", "", form)), f"nothing to translate: {form}"
        if message.pluralizable:
            assert placeholders(forms(message.id)[-1]) == {"count"}, english


def test_all_sources_are_read(template: Catalog) -> None:
    """One message of each kind of file and of each way to mark one."""
    places = {place for message in template if message.id for place, _ in message.locations}
    ends = ("plan/words.py", "render/place_words.py", "driver/base.html", ".html.jinja", ".yml", "codes.yml")
    for end in ends:
        assert any(place.endswith(end) for place in places), end
    assert not [place for place in places if "/library/" in place or "/quality/" in place]
    assert any(message.pluralizable for message in template)


# ---------------------------------------------------------------------------------------------------- translations


@pytest.mark.parametrize("lang", TRANSLATED)
def test_a_catalogue_has_the_messages_of_the_code_and_no_others(
    lang: str, tool: dict[str, Any], template: Catalog
) -> None:
    of_code = {forms(message.id) for message in template if message.id}
    of_file = {forms(message.id) for message in read(lang) if message.id}
    assert sorted(of_code - of_file) == [], RUN
    assert sorted(of_file - of_code) == [], RUN
    kept = tool["updated"](lang, catalogue_text(lang), template)
    assert tool["catalogue_bytes"](lang, kept).decode() == catalogue_text(lang), RUN


@pytest.mark.parametrize("lang", TRANSLATED)
def test_every_message_is_translated(lang: str) -> None:
    found = entries(read(lang))
    missing = [english for english, message in found.items() if not all(forms(message.string))]
    assert missing == [], f"{len(missing)} of {len(found)}"
    assert len(translator(lang).words) + len(translator(lang).plurals) == len(found)


def test_no_entry_of_a_catalogue_is_left_out() -> None:
    findings = Findings()
    check_catalogues(LANGUAGES, findings)
    assert list(findings) == []


@pytest.mark.parametrize("lang", TRANSLATED)
def test_translations_are_not_english(lang: str) -> None:
    allowed = SAME | SAME_IN[lang]
    found = entries(read(lang))
    allowed = {*allowed, *(text for word in shared_content().glossary for text in (word.word, *word.also))}
    same = [english for message in found.values() for english, text in pairs(message) if text == english]
    assert [english for english in same if english not in allowed] == []
    assert allowed <= found.keys(), "a text that is allowed is no message"


@pytest.mark.parametrize("lang", TRANSLATED)
def test_translations_begin_and_end_as_the_english_does(lang: str) -> None:
    """Blanks, and the full stop, colon or question mark at the end."""
    wrong = [
        text
        for message in entries(read(lang)).values()
        for english, text in pairs(message)
        if text != text.strip() or "  " in text or ends(text) != ends(english)
    ]
    assert wrong == []


def ends(text: str) -> str:
    return text[-1] if text[-1] in ".:?!…" else ""


# ---------------------------------------------------------------------------------------------------- no English left

RICH = location(
    "L1",
    evse("E1", connector(), socket(id="2"), physical_reference="1A", parking_restrictions=["EV_ONLY"]),
    opening_times={"regular_hours": [{"weekday": 1, "period_begin": "08:00", "period_end": "18:00"}]},
    chargeside={"access": "customers", "wheelchair": "yes", "max_height_m": 2.1},
    parking_type="ON_STREET",
)
NAMES = {"kW", "kWh", "AC", "DC", "EVSE", "ID"}
"""The same in every language."""


class Outside(HTMLParser):
    """Collects the words of a page in the pseudo-language that stand outside its messages, which run from right to left."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.lang = [("", "")]
        self.depth = 0
        self.found: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.lang.append((tag, values.get("lang") or self.lang[-1][1]))
        for name in ("alt", "aria-label", "placeholder", "title"):
            self.note(values.get(name) or "")
        if tag in ("br", "img", "input", "link", "meta", "use", "path"):
            self.lang.pop()

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Of drawings: `<path/>`."""

    def handle_endtag(self, tag: str) -> None:
        while len(self.lang) > 1 and self.lang.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if self.lang[-1][0] not in ("script", "style"):
            self.note(data)

    def note(self, text: str) -> None:
        outside = ""
        for char in text:
            self.depth += (char == "\u202e") - (char == "\u202c")
            outside += "" if self.depth or char == "\u202c" else char
        if self.lang[-1][1] in (PSEUDO, "") and outside.strip():
            self.found.append(outside.strip())


def test_no_words_of_ours_stand_outside_the_messages(tmp_path: Path) -> None:
    country = {**OPERATOR["countries"]["DE"], "languages": [PSEUDO]}
    network = operator_folder(tmp_path, RICH, languages=[PSEUDO], countries={"DE": country}).network()
    plan = plan_driver(network, (), TODAY)
    content = network.content
    known = [
        OPERATOR["name"], "help.grid-test.example", *country.values(), RICH["name"], RICH["address"], RICH["city"], "1A",
        *(problem.guide("en").title for problem in content.problems.values()),
        *(problem.guide("en").short for problem in content.problems.values()),
        *(spelling(code) for entry in content.codes for code in entry.codes),
        *(name for plug in content.connectors.values() for name in (plug.short, *plug.other_names)),
    ]  # fmt: skip
    texts = re.compile(
        "|".join(re.escape(text) for text in sorted(filter(None, map(str, known)), key=len, reverse=True))
    )
    read = 0
    for job in plan.jobs:
        if not job.path.endswith(".html"):
            continue
        page = Outside(RENDERERS[job.kind](job.payload, plan.shared).decode())
        assert page.depth == 0, job.path
        for text in page.found:
            words = re.findall(r"[A-Za-z]{2,}", texts.sub("", re.sub(r"DE\*GTS\S+", "", text)))
            assert set(words) <= NAMES, (job.path, text)
        read += 1
    assert read > len(content.problems)
