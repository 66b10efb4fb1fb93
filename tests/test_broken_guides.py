"""Whatever an author gets wrong is named: rule, file, line, what, and the mend, and nothing beside it.

The table is in tests/cases/guides/; what no text file can hold stands below it.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from PIL import Image

from chargeside.findings import RULES, Finding
from conftest import ROOT
from guide_folders import GUIDE, check_files, german
from support import replaced

EN = "problems/red-light/en.md"
_STANDS_FOR = {"GUIDE": GUIDE, "GERMAN": german()}


def _cases() -> list[Any]:
    read = ((path.stem, yaml.safe_load(path.read_text("utf-8"))) for path in sorted(FOLDER.glob("*.yml")))
    return [pytest.param(case, id=f"{group}: {case['case']}") for group, cases in read for case in cases]


FOLDER = ROOT / "tests" / "cases" / "guides"
CASES = _cases()


def files_of(case: dict[str, Any]) -> dict[str, str | bytes]:
    """The files of a case, by their paths."""
    if "files" not in case:
        text = case.get("text", GUIDE)
        for change in case.get("change", ()):
            text = replaced(text, change["from"], change["to"])
        return {EN: text}
    files: dict[str, str | bytes] = {}
    for name, data in case["files"].items():
        change = data.get("german") if isinstance(data, dict) else None
        files[name] = (
            replaced(german(), change["from"], change["to"]) if change else _STANDS_FOR.get(data, data)
        )
    return files


def where(finding: Finding, expected: dict[str, Any], files: dict[str, str | bytes]) -> bool:
    """Whether a finding names the right line: the one that begins with the words expected, and none where there is none."""
    if finding.line is None or "at" not in expected:
        return finding.line is None and "at" not in expected
    line = str(files[finding.path]).split("\n")[finding.line - 1]
    return line.startswith(expected["at"]) if expected["at"] else not line


@pytest.mark.parametrize("case", CASES)
def test_what_is_wrong_is_named(case: dict[str, Any], tmp_path: Path) -> None:
    files = files_of(case)
    findings = check_files(tmp_path, files).sorted()
    told = [(one.code, one.path, one.message, one.mend) for one in findings]
    assert told == [(one["rule"], one.get("file", EN), one["says"], one["mend"]) for one in case["finds"]]
    for finding, expected in zip(findings, case["finds"], strict=True):
        assert where(finding, expected, files), str(finding)


def test_the_table_is_as_large_as_promised_and_says_nothing_twice() -> None:
    assert len(CASES) >= 60
    names = [case.id for case in CASES]
    assert len(set(names)) == len(names)
    rules = {one["rule"] for case in CASES for one in case.values[0]["finds"]}
    assert rules <= set(RULES)
    for case in CASES:
        for one in case.values[0]["finds"]:
            assert (
                not one["says"].startswith("Traceback")
                and len(one["says"]) <= 200
                and len(one["mend"]) <= 260
            )


# ── What no text file holds ──────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Odd:
    """A guide that is more bytes than words. `line`: as a number, since it is not to be looked at."""

    name: str
    data: bytes
    rule: str
    line: int | None
    says: str
    mend: str


def _put(old: str, new: str) -> bytes:
    return replaced(GUIDE, old, new).encode()


ODD = [
    Odd("empty", b"", "F102", None, "the file is empty", "fill it, or delete it"),
    Odd("blanks only", b" \n\n", "F102", None, "the file is empty", "fill it, or delete it"),
    Odd("Latin-1", _put("for you", "für you").replace("ü".encode(), b"\xfc"), "F103", 12, "byte 0xfc is not UTF-8", "save the file as UTF-8"),
    Odd("UTF-16", GUIDE.encode("utf-16-le"), "F104", 1, "holds the control character U+0000", "delete it; restore the file from its history if it is damaged"),
    Odd("UTF-16 with its mark", b"\xff\xfe" + GUIDE.encode("utf-16-le"), "F103", 1, "byte 0xff is not UTF-8", "save the file as UTF-8"),
    Odd("NUL", _put("for you", "for\0you"), "F104", 12, "holds the control character U+0000", "delete it; restore the file from its history if it is damaged"),
    Odd("bell", _put("for you", "for\7you"), "F104", 12, "holds the control character U+0007", "delete it; restore the file from its history if it is damaged"),
    Odd("two megabytes", GUIDE.encode().ljust(2_000_000), "F110", None, "2000000 bytes, at most 16000 are read", "split or shorten the file"),
    Odd("brackets in the facts", _put("[Red lamp]", "[" * 10_000), "F104", 4, "nested more than 40 deep", "flatten it: use fewer brackets, and indent less"),
    Odd("brackets in the text", _put("waits", "[" * 10_000), "G501", 12, 'holds more than 60 "["', "write plain sentences with few links and no HTML"),
    Odd("quotes in one another", _put("The charger waits", ">" * 500), "G501", 12, "a quote is not shown in guides", "use sentences and one numbered list"),
    Odd("a bomb of aliases", _put("[A manual]", "[*a, *a, *a, *a]").replace(b"[Red lamp]", b"&a [lol]"), "F107", 4, "anchors (&), aliases (*) and tags (!) are not allowed", "write the value out; put text that starts with & * or ! in quotes"),
    Odd("a title of 300 letters", _put("The light is red", "The light is red " * 18), "G501", 2, '"title" is "The light is red The light is red The light is red The lig…', "it must have at most 200 characters"),
]  # fmt: skip


@pytest.mark.parametrize("odd", ODD, ids=lambda odd: str(odd.name))
def test_what_is_hardly_a_text_is_named(odd: Odd, tmp_path: Path) -> None:
    (finding,) = check_files(tmp_path, {EN: odd.data})
    assert (finding.code, finding.path, finding.line) == (odd.rule, EN, odd.line)
    assert (finding.message, finding.mend) == (odd.says, odd.mend)


@pytest.mark.parametrize(
    ("link", "what"), [("red-light", "content folder"), ("red-light/en.md", "its folder")]
)
def test_a_link_out_of_the_folder_is_named(link: str, what: str, tmp_path: Path) -> None:
    outside = tmp_path / "outside" / "red-light" / "en.md"
    outside.parent.mkdir(parents=True)
    outside.write_text(GUIDE)
    place = tmp_path / "content" / "problems" / link
    place.parent.mkdir(parents=True)
    place.symlink_to(tmp_path / "outside" / link)
    (finding,) = check_files(tmp_path, {})
    assert (finding.code, finding.path, finding.line) == ("F109", f"problems/{link}", None)
    assert what in finding.message


# ── What is no mistake ───────────────────────────────────────────────────────────────────────────────────────────────


@cache
def photo() -> bytes:
    """A picture of 40 megapixels."""
    data = io.BytesIO()
    Image.new("1", (8_000, 5_000)).save(data, "PNG")
    return data.getvalue()


FINE: dict[str, dict[str, str | bytes]] = {
    "line ends of Windows": {EN: GUIDE.replace("\n", "\r\n")},
    "line ends of old": {EN: GUIDE.replace("\n", "\r")},
    "a byte order mark": {EN: b"\xef\xbb\xbf" + GUIDE.encode()},
    "no line end at the end": {EN: GUIDE.rstrip()},
    "blanks at the ends of lines": {EN: GUIDE.replace("\n", "  \n").replace("---  ", "--- ")},
    "empty lines between steps": {EN: replaced(GUIDE, "2. **Plug", "\n2. **Plug")},
    "attributes at the left edge": {EN: replaced(GUIDE, "   {: #unplug", "{: #unplug")},
    "attributes without a colon": {EN: replaced(GUIDE, "{: #unplug", "{#unplug")},
    "a condition in single quotes": {
        EN: replaced(GUIDE, "=plug-in }", "=plug-in }\n3. **Wait.**\n   {: #wait when='display=yes' }")
    },
    "a lone less-than sign": {EN: replaced(GUIDE, "and wait", "and wait < 30 seconds")},
    "letters of another script": {EN: replaced(GUIDE, "[A manual]", "[Мануал, 説明書]")},
    "a photo of 40 megapixels": {EN: GUIDE, "problems/red-light/plug.png": photo()},
    "notes beside the guide": {EN: GUIDE, "problems/red-light/README.md": "# Notes"},
    "notes among the guides": {EN: GUIDE, "problems/README.md": "# Notes"},
    "what editors leave": {EN: GUIDE, "problems/red-light/en.md~": "x", "problems/.DS_Store": b"\0"},
    "a translation": {EN: GUIDE, "problems/red-light/de.md": german()},
}


@pytest.mark.parametrize("name", FINE)
def test_what_is_no_mistake_is_not_named(name: str, tmp_path: Path) -> None:
    assert [str(finding) for finding in check_files(tmp_path, FINE[name])] == []
