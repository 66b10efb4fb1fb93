"""The library site: Markdown from the model, built by MkDocs, inert whatever authors wrote, the same bytes each time."""

from __future__ import annotations

import posixpath
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
import yaml

from chargeside.errors import RenderError
from chargeside.findings import RULES, Findings
from chargeside.library_site import _settings, build_library_site, library_fingerprint, with_policy
from chargeside.load.content import load_content
from chargeside.load.docs import DocPage, load_docs
from chargeside.load.guide import FrontMatter
from chargeside.load.pictograms import pictogram_names
from chargeside.model.condition import parse_condition
from chargeside.model.facts import FACTS, PAYMENTS
from chargeside.model.network import Content
from chargeside.model.operator import Operator
from chargeside.model.problem import Answer, Guide, Problem, Step
from chargeside.plan.jobs import Plan
from chargeside.plan.library import library_paths, plan_library
from chargeside.plan.words import CATEGORY_NAMES, condition_in_words, value_in_words
from chargeside.render.library import RENDERERS, directory_url, front, plain, source

HOSTILE = (
    "<script>alert(1)</script>",
    "</title><script>alert(2)</script>",
    "[click](javascript:alert(3))",
    "![x](https://evil.example/x.png)",
    "{{ config.site_name }} {% raw %}",
    "end {: onclick=alert(4) }",
    "<!-- comment",
    "&lt;/title&gt;&lt;script&gt;alert(5)&lt;/script&gt;",
    '" onmouseover="alert(6)',
    "`code` *bold* **strong** _it_ ~~~ # | table",
    "1. a list",
    "--- | ---",
)

OPERATOR = Operator.model_validate(
    {
        "name": "Example Charge",
        "country_code": "DE",
        "party_id": "EXC",
        "site_url": "https://help.example.org/",
        "countries": {
            "DE": {
                "helpline": {"phone": "+49 800 1234567", "free": True, "hours": "24/7"},
                "emergency_phone": "112",
            },
            "GB": {"helpline": {"phone": "+44 808 157 0123"}, "emergency_phone": "999"},
        },
    }
)


@pytest.fixture(scope="module")
def content() -> Content:
    return load_content(Findings())


@pytest.fixture(scope="module")
def built(
    content: Content, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Plan, Path, Mapping[str, Path]]:
    """The operator's library: the plan, its staging folder, the files made."""
    staging = tmp_path_factory.mktemp("library")
    plan = plan_library(content, OPERATOR)
    made = build_library_site(plan, staging, site_url=OPERATOR.site_url, site_name=OPERATOR.name)
    return plan, staging, made


def hostile_problem(slug: str) -> Problem:
    """A problem whose plain texts are full of traps; its HTML is what a loader lets through."""
    step = Step("look", "<strong>Look</strong> at it.", "Look at it.", "look", parse_condition("display=yes"))
    guide = Guide(
        "en",
        HOSTILE[1],
        HOSTILE[2],
        HOSTILE,
        "Plain <em>sentence</em>.",
        (step,),
        "<strong>Call us if</strong> so.",
        "x",
    )
    return Problem(
        slug=slug,
        category="starting",
        outcome="fix",
        applies_to=parse_condition("hardware=<script>alert(7)</script>|[x](javascript:alert(8))"),
        codes=("ocpp16:<b>x</b>", "evil:{{x}}"),
        next=None,
        question=HOSTILE[0],
        answers=tuple(Answer(text, "call") for text in HOSTILE),
        weight=100,
        review="2099-01-01",
        sources=HOSTILE,
        needs_review=None,
        guides=(guide,),
        path="x",
    )


class Page(HTMLParser):
    """What a page loads, links to, and runs."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.links: list[str] = []
        self.ids: set[str] = set()
        self.handlers: list[str] = []
        self.inline_scripts: list[str] = []
        self.text: list[str] = []
        self._script = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.handlers += [name for name in values if name.startswith("on")]
        if "id" in values:
            self.ids.add(values["id"])
        if tag == "a" and "href" in values:
            self.links.append(values["href"])
        elif tag == "link" and values.get("rel") != "canonical":
            self.loads.append(values["href"])
        elif "src" in values:
            self.loads.append(values["src"])
        self._script = tag == "script" and "src" not in values and values.get("type") != "application/json"

    def handle_data(self, data: str) -> None:
        if self._script:
            self.inline_scripts.append(data)
        else:
            self.text.append(data)

    def handle_endtag(self, tag: str) -> None:
        self._script = False


def pages(made: Mapping[str, Path]) -> dict[str, Page]:
    return {name: Page(path.read_text("utf-8")) for name, path in made.items() if name.endswith(".html")}


# ------------------------------------------------------------------------------------------------------------- words


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ("start_order=auth_first", "Only where you pay before you plug in"),
        ("start_order=plug_first|any", "Only where you may plug in before you pay"),
        ("start_order=unknown", "Only where it is not known what comes first"),
        (
            "start_order=any|unknown",
            "Only where you may plug in and pay in either order, or that is not known",
        ),
        ("current=DC", "Only where the charger gives DC (fast charging)"),
        ("current=AC and display=no", "Only where the charger gives AC and where the charger has no screen"),
        ("connectors=type1|ccs1|chademo", "Only where the charger has Type 1, CCS1 or CHAdeMO"),
        ("format=socket", "Only where you bring your own cable"),
        ("payment=contactless|chip", "Only where you can pay with a bank card"),
        ("payment=app|web", "Only where you can pay on your phone"),
        ("payment=app|rfid", "Only where you can pay with a charging card or with an app"),
        ("payment=free", "Only where charging is free"),
        ("payment=cash|free", "Only where you can pay with cash or where charging is free"),
        (
            "payment=contactless|chip|app|rfid|web|plug_and_charge|cash|unknown",
            "Only where charging costs money, or that is not known",
        ),
        ("min_power_kw>=50", "Only where the charger gives 50 kW or more"),
        ("power_kw=22", "Only where the charger gives 22 kW"),
        ("country=GB|DE|XX", "Only in the United Kingdom, Germany or XX"),
        ("hardware=Maker One", "Only where the charger is Maker One"),
        ("display=yes|unknown", "Only where the charger may have a screen"),
    ],
)
def test_condition_in_words(content: Content, condition: str, words: str) -> None:
    assert condition_in_words(parse_condition(condition), content) == words


def test_every_value_has_words(content: Content) -> None:
    for fact, spec in FACTS.items():
        for value in spec.values:
            assert condition_in_words(parse_condition(f"{fact}={value}"), content).startswith("Only ")
            assert "_" not in value_in_words(fact, value, content)
        assert "known" in condition_in_words(parse_condition(f"{fact}=unknown"), content)
    assert value_in_words("power_kw", 22.0, content) == "22 kW"
    assert value_in_words("payment.app", "no", content) == "No"
    assert value_in_words("payment", PAYMENTS[:2], content).count(",") == 1


# ---------------------------------------------------------------------------------------------------------- the pages


def test_every_planned_page_is_built(built: tuple[Plan, Path, Mapping[str, Path]]) -> None:
    plan, _staging, made = built
    for address in library_paths(plan):
        assert f"{address}index.html" in made
    assert {"assets/library.css", "assets/mark.svg", "search/search_index.json"} <= set(made)
    assert not {"404.html", "robots.txt", "sitemap.xml", "sitemap.xml.gz"} & set(made), (
        "the driver site owns them"
    )


def test_no_page_reaches_another_host(built: tuple[Plan, Path, Mapping[str, Path]]) -> None:
    _plan, _staging, made = built
    for name, page in pages(made).items():
        assert not [url for url in page.loads if urlsplit(url).scheme or url.startswith("//")], name
    for name, path in made.items():
        if name.endswith(".css"):
            text = path.read_text("utf-8")
            assert not re.findall(r"url\(\s*[\"']?(?:https?:)?//", text), name
            assert "@import" not in text, name


def test_every_link_resolves(built: tuple[Plan, Path, Mapping[str, Path]]) -> None:
    _plan, _staging, made = built
    parsed = pages(made)
    driver_pages = ("s/en/", "call/en/", "fake/en/", "privacy/", "imprint/", "accessibility/")
    for name, page in parsed.items():
        for link in (*page.links, *page.loads):
            target = urlsplit(urljoin(f"https://help.example.org/{name}", link))
            if target.scheme in ("tel", "mailto") or target.netloc != "help.example.org":
                continue
            path = target.path.removeprefix("/")
            if path in driver_pages:
                continue
            path = f"{path}index.html" if not path or path.endswith("/") else path
            assert path in made, f"{name}: {link}"
            if target.fragment and path.endswith(".html"):
                assert target.fragment in parsed[path].ids, f"{name}: {link}"


def test_operators_help_is_on_the_page(built: tuple[Plan, Path, Mapping[str, Path]]) -> None:
    _plan, _staging, made = built
    danger = pages(made)["problems/burning-smell/index.html"]
    assert {"tel:112", "tel:999", "tel:+498001234567", "tel:+448081570123"} <= set(danger.links)
    home = made["index.html"].read_text("utf-8")
    assert 'href="s/en/"' in home
    assert "Operators" not in home, "the handbooks are not for drivers"


def test_same_input_same_bytes(
    built: tuple[Plan, Path, Mapping[str, Path]], content: Content, tmp_path: Path
) -> None:
    plan, _staging, made = built
    again = plan_library(content, OPERATOR)
    other = build_library_site(again, tmp_path, site_url=OPERATOR.site_url, site_name=OPERATOR.name)
    assert library_fingerprint(again) == library_fingerprint(plan)
    assert {name: path.read_bytes() for name, path in other.items()} == {
        name: path.read_bytes() for name, path in made.items()
    }


def test_fingerprint_follows_what_is_shown(content: Content) -> None:
    before = library_fingerprint(plan_library(content, OPERATOR))
    renamed = OPERATOR.model_copy(update={"name": "Other"})
    moved = OPERATOR.model_copy(update={"site_url": "https://other.example.org/"})
    problem = content.problems["cable-stuck"]
    guide = replace(problem.guide("en"), title="Another title")
    edited = Content(
        {**content.problems, "cable-stuck": replace(problem, guides=(guide,))}, content.connectors
    )
    others = {library_fingerprint(plan_library(content, operator)) for operator in (renamed, moved, None)}
    others.add(library_fingerprint(plan_library(edited, OPERATOR)))
    assert len(others - {before}) == 4


def test_conditions_stand_in_words(built: tuple[Plan, Path, Mapping[str, Path]]) -> None:
    _plan, _staging, made = built
    text = made["problems/communication-error/index.html"].read_text("utf-8")
    assert "Only where you pay before you plug in" in text
    assert "start_order" not in text


def test_unverified_facts_are_not_printed(
    content: Content, built: tuple[Plan, Path, Mapping[str, Path]]
) -> None:
    _plan, _staging, made = built
    for slug, connector in content.connectors.items():
        text = " ".join(pages(made)[f"connectors/{slug}/index.html"].text)
        for note in connector.unverified:
            assert note not in text


# --------------------------------------------------------------------------------------------------- what is not trusted


def test_hostile_texts_are_inert(
    built: tuple[Plan, Path, Mapping[str, Path]], content: Content, tmp_path: Path
) -> None:
    bad = hostile_problem("trap")
    operator = OPERATOR.model_copy(update={"name": "</title><script>alert(9)</script>"})
    plan = plan_library(Content({**content.problems, "trap": bad}, content.connectors), operator)
    made = build_library_site(plan, tmp_path, site_url=operator.site_url, site_name=operator.name)
    own = {script for page in pages(built[2]).values() for script in page.inline_scripts}
    for name, page in pages(made).items():
        assert not [s for s in page.inline_scripts if s not in own], name
        assert not page.handlers, name
        assert not [url for url in page.links if url.startswith(("javascript:", "data:"))], name
        assert not [url for url in page.loads if "evil" in url], name
        assert not [key for key in page.ids if "alert" in key and key.startswith("on")], name
    shown = " ".join(" ".join(pages(made)["problems/trap/index.html"].text).split())
    for text in HOSTILE:
        assert text in shown or text.replace('"', "&quot;") in shown, text
    index = made["search/search_index.json"].read_text("utf-8")
    assert "<script" not in index
    assert "<!--" not in index


@pytest.mark.parametrize("text", HOSTILE)
def test_plain_text_stays_text(text: str) -> None:
    import markdown

    for form in ("{}", "# {}", "- {}", "[{}](x.md)", "<div><p>{}</p></div>"):
        html = markdown.markdown(form.format(plain(text)), extensions=["attr_list", "tables", "admonition"])
        page = Page(html)
        assert not page.handlers
        assert page.links in ([], ["x.md"])
        assert "<script" not in html
        assert "<img" not in html
        assert " ".join("".join(page.text).split()) == " ".join(text.split())


def test_front_matter_survives_any_text() -> None:
    for text in HOSTILE:
        value = yaml.safe_load(f"title: {front(text)}")["title"]
        assert not set('<>"') & set(value)


def test_sources_link_to_https_only() -> None:
    assert source("https://example.org/a?b=1&c=2").startswith('<a href="https://example.org/a?b=1&amp;c=2"')
    for text in ("javascript:alert(1)", "http://example.org", 'https://x" onclick="y', "https://x <b>"):
        assert "<a" not in source(text)


def test_policy_allows_the_themes_scripts_only() -> None:
    html = '<meta charset="utf-8"><script>one()</script><script src="x.js"></script><script type="application/json">{}</script>'
    policy = re.search(r'content="([^"]+)"', with_policy(html))
    assert policy
    assert policy[1].count("'sha256-") == 1
    assert "'unsafe-inline'" not in policy[1].split("style-src")[0]


# ------------------------------------------------------------------------------------------------------------ failures


def test_failure_is_told_with_a_mend(content: Content, tmp_path: Path) -> None:
    docs = (DocPage("operators/index.md", "# X\n\n[nowhere](missing.md)\n"),)
    with pytest.raises(RenderError) as caught:
        build_library_site(plan_library(content, docs=docs), tmp_path, site_url="", site_name="X")
    assert caught.value.code == "B803"
    assert caught.value.mend
    assert "missing.md" in str(caught.value)


@pytest.mark.parametrize(
    ("here", "target", "url"),
    [
        ("index.md", "problems/x.md", "problems/x/"),
        ("problems/x.md", "problems/y.md", "../y/"),
        ("problems/x.md", "problems/index.md", "../"),
        ("problems/index.md", "problems/x.md", "x/"),
        ("problems/x.md", "index.md", "../../"),
        ("symptoms.md", "symptoms.md", "./"),
        ("connectors/a.md", "assets/mark.svg", "../../assets/mark.svg"),
    ],
)
def test_directory_url(here: str, target: str, url: str) -> None:
    assert directory_url(here, target) == url


# ------------------------------------------------------------------------------------------------- Chargeside's own library


@pytest.fixture(scope="module")
def checkout(root: Path) -> Path:
    if not (root / "mkdocs.yml").is_file():
        pytest.skip("mkdocs.yml and docs/ are in the checkout only")
    return root


def settings(checkout: Path) -> dict[str, object]:
    loaded: dict[str, object] = yaml.safe_load((checkout / "mkdocs.yml").read_text("utf-8"))
    return loaded


def nav_pages(nav: object) -> list[str]:
    if isinstance(nav, str):
        return [nav]
    parts = nav if isinstance(nav, list) else list(nav.values()) if isinstance(nav, dict) else []
    return [page for part in parts for page in nav_pages(part)]


@pytest.mark.slow
def test_mkdocs_build_alone(checkout: Path, tmp_path: Path) -> None:
    """As on a fresh clone: the plugin fills the folder, and removes what it wrote there before and needs no more."""
    config = settings(checkout)
    inherited = checkout / str(config["INHERIT"])
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "gone.md").write_text("# Gone")
    (docs / "mine.md").write_text("# Mine")
    (docs / ".written-by-chargeside").write_text("gone.md\n")
    config |= {
        "INHERIT": str(inherited),
        "docs_dir": str(docs),
        "site_dir": str(tmp_path / "site"),
        "theme": {"custom_dir": str(inherited.parent / "theme")},
    }
    (tmp_path / "mkdocs.yml").write_text(yaml.safe_dump(config))
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "-f", str(tmp_path / "mkdocs.yml")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    for page in nav_pages(config["nav"]):
        directory = page.removesuffix(".md").removesuffix("index").rstrip("/")
        assert (tmp_path / "site" / directory / "index.html").is_file(), page
    assert not (docs / "gone.md").exists()
    assert (docs / "mine.md").exists(), "what the plugin did not write it does not remove"
    commands = (docs / "reference/cli.md").read_text("utf-8")
    for words in ("new operator", "new problem", "import ocpi", "import irve", "ledger show", "ledger issue"):
        assert f"## chargeside {words}" in commands


def test_navigation_is_written_out(checkout: Path) -> None:
    config = settings(checkout)
    base = yaml.safe_load((checkout / str(config["INHERIT"])).read_text("utf-8"))
    nav = nav_pages(config["nav"])
    operators = nav_pages(_settings(Path(), "", "")["nav"])
    assert nav[: len(operators)] == operators, "an operator's library has the drivers' part of it"
    pages = {page.path for page in load_docs(checkout / "docs") if page.path.endswith(".md")}
    rules = {f"authors/rules/{code.lower()}.md" for code in RULES}  # found from their index, which is in it
    handbook = (pages - rules) | {"authors/pictograms.md"}
    assert handbook <= set(nav), "every page of the handbooks is in the navigation"
    assert base["theme"]["font"] is False


def test_handbook_names_every_key(checkout: Path) -> None:
    text = (checkout / "docs/operators/operator-yml.md").read_text("utf-8")
    country = Operator.model_fields["countries"].annotation.__args__[1]  # type: ignore[union-attr]
    for model in (Operator, country):
        for name in model.model_fields:
            assert (
                f"`{name}`" in text or f"`brand.{name}" in text or f"`{name}:" in text or f"{name}:" in text
            ), name
    guides = (checkout / "docs/authors/guide-format.md").read_text("utf-8")
    for name in FrontMatter.model_fields:
        assert f"`{name}`" in guides
    for category in CATEGORY_NAMES:
        assert f"`{category}`" in guides


def test_reference_is_complete(content: Content) -> None:
    plan = plan_library(content, docs=(DocPage("operators/index.md", "# X\n"),))
    made = {job.path: RENDERERS[job.kind](job.payload, plan.shared).decode() for job in plan.jobs}
    for code in RULES:
        assert f"<code>{code}</code>" in made["reference/findings.md"]
    for fact in FACTS:
        assert f"<code>{plain(fact)}</code>" in made["reference/facts.md"]
    assert posixpath.normpath("authors/pictograms.md") in made


def test_the_contact_sheet_counts_who_shows_a_pictogram(content: Content) -> None:
    plan = plan_library(content, docs=(DocPage("operators/index.md", "# X\n"),))
    job = next(job for job in plan.jobs if job.path == "authors/pictograms.md")
    page = RENDERERS[job.kind](job.payload, plan.shared).decode()
    cards = {re.findall(r"<code>(.+?)</code>", card)[0]: card for card in page.split("<li")[1:]}
    assert sorted(map(str, cards)) == [str(plain(name)) for name in pictogram_names()]
    for name in pictogram_names():
        card = cards[str(plain(name))]
        shown = [
            guide for guide in content.problems.values() if f"pictogram='{name}'" in repr(guide.guide("en"))
        ]
        found = re.search(r"(\d+) guides?<", card)
        assert int(found[1] if found else 0) == len(shown), name
        assert ("cs-unused" in card) is (not shown), name
