"""Where guides lead: every path is walked through the pages as drivers get them, and the graph is drawn."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from browsing import rendered
from chargeside.check.guides import check_content
from chargeside.findings import Findings
from chargeside.load.content import load_content
from chargeside.model.problem import END_POINTS
from chargeside.plan.driver import plan_driver
from chargeside.plan.driver_views import GuidePage, StationPage
from chargeside.plan.ways import leads, paths, ways_page
from chargeside.render.ways import ways_svg
from support import TODAY, shared_content
from test_driver import network

_LINK = re.compile(r'<a class="btn[^"]*" href="([^"]+)"')
SLUGS = sorted(shared_content().problems)


@cache
def pages() -> dict[str, str]:
    """The guides for every charger, and the station pages."""
    made = rendered(plan_driver(network()), lambda job: isinstance(job.payload, GuidePage | StationPage))
    return {path: data.decode() for path, data in made.items()}


def leads_of(slug: str) -> set[str]:
    """Where the links of a guide's page lead: slugs and end points."""
    found = set()
    for href in _LINK.findall(pages()[f"g/en/{slug}/index.html"]):
        if guide := re.search(r"g/en/([a-z0-9-]+)/$", href):
            found.add(guide[1])
        else:
            first = re.sub(r"^(\.\./)*", "", href).partition("/")[0].partition(":")[0]
            found.add({"ok": "fixed", "call": "call", "s": "another-charger", "tel": "call"}[first])
    return found


def walks(walked: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    for to in sorted(leads_of(walked[-1])):
        assert to not in walked, f"a circle: {' → '.join((*walked, to))}"
        if to in END_POINTS:
            yield (*walked, to)
        else:
            yield from walks((*walked, to))


@pytest.mark.parametrize("slug", SLUGS)
def test_every_path_from_a_guide_ends_well(slug: str) -> None:
    every = list(walks((slug,)))
    ends = {walk[-1] for walk in every}
    assert {"fixed", "call"} <= ends, "solved and call us are on every guide"
    assert all(len(walk) <= 6 for walk in every), "nobody reads on for ever"
    # What the guide's front matter says is what its page offers.
    assert {lead.to for lead in leads(shared_content().problems[slug])} <= leads_of(slug)


def test_another_charger_leads_to_the_nearest_with_the_plug() -> None:
    stations = [page for path, page in pages().items() if re.fullmatch(r"[0-9]{7}/index.html", path)]
    offered = [page for page in stations if 'href="#s-near"' in page]
    assert offered
    assert all('id="s-near"' in page for page in offered)


def test_every_guide_and_every_lead_is_in_the_drawing() -> None:
    problems = shared_content().problems
    svg = ways_svg(ways_page(problems))
    root = ET.fromstring(svg)
    space = "{http://www.w3.org/2000/svg}"
    rows = {element.get("id") for element in root.iter(f"{space}g")}
    assert rows == {f"way-{slug}" for slug in problems}
    arcs = sum("arc" in (element.get("class") or "") for element in root.iter(f"{space}path"))
    assert arcs == sum(lead.to in problems for problem in problems.values() for lead in leads(problem))
    assert svg == ways_svg(ways_page(dict(reversed(problems.items()))))


def test_a_circle_is_found_and_walked_once(tmp_path: Path) -> None:
    own = tmp_path / "operator" / "problems"
    model = (
        "---\ntitle: {0} is odd\nshort: {0}\nsymptoms: [{0} looks odd]\ncategory: site\noutcome: fix\nnext: {1}\nreview: 2027-05-01\n"
        "sources: [A test]\n---\nIt is odd.\n\n1. **Look at it.**\n   {{: #look }}\n2. **Wait a minute.**\n   {{: #wait }}\n\n"
        "**Call us if** it stays odd.\n{{: #call }}\n"
    )
    for slug, onward in (("ring-one", "ring-two"), ("ring-two", "ring-three"), ("ring-three", "ring-one")):
        (own / slug).mkdir(parents=True)
        (own / slug / "en.md").write_text(model.format(slug, onward))
    findings = Findings()
    content = load_content(findings, tmp_path / "operator")
    assert list(paths(content.problems, "ring-one")) == [("ring-one", "ring-two", "ring-three", "ring-one")]
    check_content(content, TODAY, findings)
    assert any(
        "ring-one" in finding.message and "ring-three" in finding.message for finding in findings.errors
    )
