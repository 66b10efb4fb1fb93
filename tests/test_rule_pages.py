"""The handbook's page of each rule on guides: its bad example breaks that rule, and its good one does not.

An example is one or more fenced blocks with the class `.bad` or `.good`; `title` says which file it is of. A guide that begins with
`---` is whole. Else the block is put into a guide that is right: `yaml` in place of the keys it names, `markdown` in place of the
steps, the first sentences or "Call us if". A block of `text` lists paths of files, which the test fills.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from chargeside.findings import RULES, Severity
from conftest import ROOT
from guide_folders import DRAWINGS, GUIDE, check_files, german, with_keys, with_piece

FOLDER = ROOT / "docs" / "authors" / "rules"
ONLY_ON_REQUEST = {"G550"}
"""Rules for which `check` needs the network: tests/test_links.py breaks them."""
CODES = sorted(code for code in RULES if code.startswith("G"))
HEADINGS = {
    Severity.ERROR: "Must be mended",
    Severity.WARNING: "Look at it",
    Severity.NOTE: "For your information",
}
_FENCE = re.compile(
    r"^```\{\.(?P<kind>\w+) \.(?P<side>bad|good)(?: title=\"(?P<title>[^\"]+)\")?\}\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
ALT = f"{DRAWINGS}/alt.yml"


pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="the handbook is in the checkout only")


@cache
def page(code: str) -> str:
    return (FOLDER / f"{code.lower()}.md").read_text("utf-8")


def files_of(code: str, side: str) -> dict[str, str | bytes]:
    """The files of an example, by their paths."""
    files: dict[str, str] = {}
    for block in _FENCE.finditer(page(code)):
        path, text = block["title"] or "problems/red-light/en.md", block["text"]
        if block["side"] != side:
            continue
        if block["kind"] == "text":
            files |= {name: GUIDE if name.endswith("/en.md") else german() for name in text.split()}
        elif text.startswith("---\n") or path.endswith(".yml"):
            files[path] = text
        else:
            put = with_keys if block["kind"] == "yaml" else with_piece
            files[path] = put(text, files.get(path, GUIDE))
    if not any(name.endswith("/en.md") for name in files) and "{.text" not in page(code):
        files["problems/red-light/en.md"] = GUIDE
    if ALT in files:  # what the good example has words for is what was drawn
        drawn = re.findall(r"^  ([\w-]+):", page(code).partition("## Good")[2], re.MULTILINE)
        files |= {f"{DRAWINGS}/{name}.svg": "<svg/>" for name in drawn}
    return dict(files)


def test_every_rule_has_a_page_and_every_page_a_rule() -> None:
    assert sorted(path.stem for path in FOLDER.glob("*.md")) == sorted([*map(str.lower, CODES), "index"])


def test_the_index_has_every_rule_in_the_group_of_its_severity() -> None:
    index = (FOLDER / "index.md").read_text("utf-8")
    groups = {part.partition("\n")[0].strip(): part for part in index.split("\n## ")[1:]}
    for severity, heading in HEADINGS.items():
        linked = re.findall(r"^\| \[(G\d+)\]\((g\d+)\.md\) \| (.+?) \|$", groups[heading], re.MULTILINE)
        assert [code for code, _, _ in linked] == [c for c in CODES if RULES[c].severity is severity]
        for code, address, title in linked:
            assert address == code.lower()
            assert page(code).startswith(f"# {title}\n"), f"the index and the page of {code} call it alike"


@pytest.mark.parametrize("code", CODES)
def test_a_page_says_why_and_shows_both(code: str) -> None:
    text = page(code)
    assert f"\n**{code}** · {RULES[code].severity}" in text
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == ["Why", "Bad", "Good", "In doubt"]
    words = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL).split()
    assert 60 <= len(words) <= 150, len(words)
    assert len(re.findall(r"^```", text, re.MULTILINE)) == 2 * len(_FENCE.findall(text)), (
        "a block of neither side"
    )


@pytest.mark.parametrize("code", [code for code in CODES if code not in ONLY_ON_REQUEST])
def test_the_bad_example_breaks_this_rule_alone(code: str, tmp_path: Path) -> None:
    findings = list(check_files(tmp_path, files_of(code, "bad")))
    mine = [finding for finding in findings if finding.code == code]
    assert mine, [str(finding) for finding in findings]
    assert RULES[code].severity in {finding.severity for finding in mine}
    others = [str(finding) for finding in findings if finding.code != code]
    assert not others


@pytest.mark.parametrize("code", CODES)
def test_no_rule_finds_fault_with_the_good_example(code: str, tmp_path: Path) -> None:
    assert [str(finding) for finding in check_files(tmp_path, files_of(code, "good"))] == []


def test_no_page_is_a_copy_of_another() -> None:
    for heading in ("Why", "Bad", "In doubt"):
        parts = [page(code).split(f"\n## {heading}\n")[1].split("\n## ")[0].strip() for code in CODES]
        assert len(set(parts)) == len(parts), heading
