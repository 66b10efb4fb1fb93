"""The translators' view: what is missing, files to begin with, PO and XLIFF out and in, and every other byte as it was."""

from __future__ import annotations

import datetime as dt
import json
import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from chargeside.cli import main
from chargeside.findings import Findings
from chargeside.load.content import content_root
from chargeside.load.translation import fingerprint, laid_over
from chargeside.model.problem import Guide
from chargeside.translating.intake import take_in
from chargeside.translating.layout import Layout
from chargeside.translating.po import from_po, to_po
from chargeside.translating.shelf import Shelf, State
from chargeside.translating.units import Entry, Unit, units
from chargeside.translating.work import confirm, open_draft
from chargeside.translating.xliff import from_xliff, to_xliff
from support import GUIDE, line_of, replaced

MOMENT = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)
READ = {"po": from_po, "xlf": from_xliff}
SAMPLE = 12
"""How many real guides a test takes: all of them are many."""


def packed(kind: str, made: list[Unit], lang: str) -> str:
    data = to_po(made, lang, MOMENT) if kind == "po" else to_xliff(made, lang, "problems")
    return data.decode()


def unpacked(kind: str, text: str) -> tuple[str, list[Entry]]:
    findings = Findings()
    read = READ[kind](text, f"file.{kind}", findings)
    assert read, list(findings)
    return read


def sample(base: Path, lang: str, *, translated: bool = True) -> Path:
    """An operator's folder with some of the real guides."""
    have = sorted(path.parent for path in (content_root() / "problems").glob(f"*/{lang}.md"))
    for folder in have[:: max(1, len(have) // SAMPLE)]:
        (base / "problems" / folder.name).mkdir(parents=True)
        for name in ("en.md", f"{lang}.md") if translated else ("en.md",):
            shutil.copy(folder / name, base / "problems" / folder.name)
    return base


def snapshot(base: Path) -> dict[str, bytes]:
    return {str(path.relative_to(base)): path.read_bytes() for path in sorted(base.rglob("*.md"))}


def exported(base: Path, lang: str, kind: str) -> str:
    findings = Findings()
    made = list(units(Shelf(base), lang, findings))
    assert made and not len(findings), list(findings)
    return packed(kind, made, lang)


def own(base: Path, text: str = GUIDE) -> Path:
    """An operator's folder with one guide of its own, called red-light."""
    folder = base / "problems" / "red-light"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "en.md").write_text(text, encoding="utf-8")
    return base


def german(base: Path) -> Path:
    return base / "problems" / "red-light" / "de.md"


def loaded(base: Path, slug: str = "red-light", lang: str = "de") -> Guide:
    """The guide as drivers read it."""
    shelf, findings = Shelf(base), Findings()
    source = shelf.source(slug, findings)
    words = source and shelf.words(source, lang, findings)
    assert source and words, list(findings)
    return laid_over(source.read.guide, words.read.guide, words.read.translates, findings)


def run(base: Path | None, *words: str, status: int = 0) -> Result:
    operator = ["--operator", str(base)] if base else []
    result = CliRunner().invoke(main, ["translate", *words, *operator])
    assert result.exit_code == status, result.output
    return result


def bring(
    base: Path, targets: dict[str, str], *, same: bool = False, **changed: str
) -> tuple[Findings, dict[str, State]]:
    """Import German words for some pieces of red-light; `changed` replaces sources. Findings, and how the pieces are then."""
    shelf, findings = Shelf(base), Findings()
    draft = open_draft(shelf, "red-light", "de", findings)
    assert draft, list(findings)
    sources = {**draft.english, **changed}
    entries = [
        Entry(f"red-light/{piece}", sources.get(piece, ""), text, False, number)
        for number, (piece, text) in enumerate(targets.items(), 1)
    ]
    take_in(shelf, "de", entries, "back.po", findings, same=same)
    words = shelf.words(draft.source, "de", Findings())
    return findings, dict(words.states) if words else {}


# ── Out and in ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("lang", "kind"), [("de", "po"), ("fr", "xlf"), ("nl", "po"), ("es", "xlf"), ("it", "xlf")]
)
def test_out_and_in_again_changes_no_byte(lang: str, kind: str, tmp_path: Path) -> None:
    base = sample(tmp_path, lang)
    before, findings = snapshot(base), Findings()
    named, entries = unpacked(kind, exported(base, lang, kind))
    taken = take_in(Shelf(base), lang, entries, "file", findings)
    assert named == lang and not taken.files and taken.changed == 0
    assert snapshot(base) == before
    assert not len(findings)


@pytest.mark.parametrize(("lang", "kind"), [("fr", "po"), ("de", "xlf")])
def test_from_nothing_guides_come_back_that_load_equal(lang: str, kind: str, tmp_path: Path) -> None:
    base, empty = sample(tmp_path / "a", lang), sample(tmp_path / "b", lang, translated=False)
    states = {unit.name: unit.state for unit in units(Shelf(base), lang, Findings())}
    findings = Findings()
    _, entries = unpacked(kind, exported(base, lang, kind))
    take_in(Shelf(empty), lang, entries, "file", findings)
    assert not findings.errors
    for slug in {unit.partition("/")[0] for unit, state in states.items() if state is State.DONE}:
        one, other = (loaded(folder, slug, lang) for folder in (base, empty))
        assert (one.title, one.short, one.symptoms, one.intro_html, one.call_html, one.question, one.answers) == (
            other.title, other.short, other.symptoms, other.intro_html, other.call_html, other.question, other.answers,
        )  # fmt: skip
        assert [(step.id, step.html) for step in one.steps] == [(step.id, step.html) for step in other.steps]
        assert one.in_english == other.in_english


def test_a_new_file_is_in_the_style_of_those_written_by_hand(tmp_path: Path) -> None:
    base = sample(tmp_path, "de")
    have = next(path for path in base.glob("problems/*/de.md") if "ask:" not in path.read_text())
    before = have.read_bytes()
    _, entries = unpacked("po", exported(base, "de", "po"))
    have.unlink()
    take_in(Shelf(base), "de", entries, "file", Findings())
    assert have.read_bytes() == before


def test_every_english_guide_falls_into_its_pieces() -> None:
    shelf, findings = Shelf(), Findings()
    for slug in shelf.slugs(findings):
        draft = open_draft(shelf, slug, "sw", findings)
        assert draft and list(draft.english) and set(draft.english) == set(draft.source.right), list(findings)


WORD = st.text(
    st.characters(exclude_categories=["C", "Z"], exclude_characters="<>&[]`*_{}\\#!|~"),
    min_size=1,
    max_size=9,
)
PLAIN = st.lists(WORD, min_size=1, max_size=6).map(" ".join)
SIGNS = [
    *"abÄß 12.:#-*_`<>&[](){}|!~\\\"'\n\t%@„“…🔌",
    "\u00a0",
    "\u202f",
    "\u2028",
    "\x85",
    "{: #x }",
    "**",
    "- ",
    "  \n",
]
NASTY = st.lists(st.sampled_from(SIGNS), min_size=1, max_size=30).map("".join)


@settings(max_examples=40)
@given(words=st.lists(st.one_of(PLAIN, NASTY), min_size=4, max_size=4), kind=st.sampled_from(["po", "xlf"]))
def test_words_come_back_from_both_formats_as_they_went_out(words: list[str], kind: str) -> None:
    tidy = [re.sub(r"[\x00-\x08\x0b-\x1f]", "", word) for word in words]
    made = [
        Unit(
            "a",
            f"p{number}",
            "Source **x**",
            word,
            State.STALE if number % 2 else State.DONE,
            ("Note",),
            None,
            ("a/en.md", 1),
        )
        for number, word in enumerate(tidy)
    ]
    lang, entries = unpacked(kind, packed(kind, made, "pt-BR"))
    assert lang == "pt-BR"
    assert [(one.name, one.source, one.target) for one in entries] == [
        (unit.name, unit.source, unit.target) for unit in made
    ]
    assert [one.open for one in entries] == [unit.unsure for unit in made]


@settings(max_examples=40)
@given(data=st.data())
def test_any_words_are_either_read_back_or_refused(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    base = own(tmp_path_factory.mktemp("any"))
    pieces = ["title", "symptoms", "intro", "plug-in", "unplug", "call"]
    targets = data.draw(st.dictionaries(st.sampled_from(pieces), st.one_of(PLAIN, NASTY), min_size=1))
    findings, states = bring(base, targets)
    named = {finding.line for finding in findings}
    for number, (piece, text) in enumerate(targets.items(), 1):
        blank = not text.strip()
        assert (states.get(piece, State.MISSING) is State.DONE) != (number in named or blank), (piece, text)
    if german(base).is_file():
        guide = loaded(base)
        assert set(guide.in_english) >= {name for name, state in states.items() if state is not State.DONE}
        before = german(base).read_bytes()
        bring(base, {piece: text for piece, text in targets.items() if states[piece] is State.DONE})
        assert german(base).read_bytes() == before


# ── What is refused ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("piece", "text", "said"),
    [
        ("title", "Rot <script>x</script>", "HTML"),
        ("plug-in", "<b>Stecken</b> Sie ein.", "HTML"),
        ("plug-in", "<!-- weg -->", "HTML"),
        ("plug-in", "**Stecken Sie ein.", "without its partner"),
        ("plug-in", "Stecken Sie ein. {: #unplug }", "attributes"),
        ("plug-in", "Stecken Sie ein.\n2. Ziehen Sie ab.", ""),
        ("plug-in", "[Hier](https://evil.example/) stecken.", "links"),
        ("plug-in", "![Bild](https://evil.example/x.png)", "image"),
        ("plug-in", "Stecken\x07 Sie ein.", "control character"),
        ("intro", "# Rot", "heading"),
        ("intro", "Rot.\n\n1. Noch ein Schritt\n   {: #unplug }", ""),
        ("short", "Ein viel zu langer Kurztitel", "24"),
        ("title", "x" * 201, "200"),
        ("symptoms", "\n".join(map(str, range(13))), "13 lines"),
        ("nowhere", "Wort", "no such piece"),
        ("plug-inn", "Wort", "no such piece"),
    ],
)  # fmt: skip
def test_a_wrong_unit_is_refused_by_name_and_harms_no_other(
    piece: str, text: str, said: str, tmp_path: Path
) -> None:
    base = own(
        tmp_path, replaced(GUIDE, "title: ", "short: Red light\ntitle: ") if "short:" not in GUIDE else GUIDE
    )
    findings, states = bring(base, {piece: text, "call": "**Rufen Sie an, wenn** es rot bleibt."})
    (wrong,) = {finding.line for finding in findings.errors}
    first = findings.errors[0]
    assert (
        wrong == 1
        and said in first.message
        and f"red-light/{piece}" in first.message
        and first.path == "back.po"
    )
    assert states["call"] is State.DONE and states.get(piece) in (State.MISSING, None)
    assert text not in german(base).read_text(encoding="utf-8")


def test_english_that_changed_since_the_export_leaves_the_unit_as_it_was(tmp_path: Path) -> None:
    base = own(tmp_path)
    findings, states = bring(base, {"call": "Rufen Sie an.", "intro": "Sie wartet."}, call="What it was.")
    (finding,) = findings
    assert finding.code == "T606" and "red-light/call" in finding.message
    assert states["call"] is State.MISSING and states["intro"] is State.DONE


def test_words_that_are_still_english_do_not_count_unless_meant(tmp_path: Path) -> None:
    base = own(tmp_path)
    english = Shelf(base).source("red-light", Findings())
    assert english
    title = english.read.guide.title
    findings, states = bring(base, {"title": title, "intro": "Sie wartet."})
    assert [finding.code for finding in findings] == ["T607"] and states["title"] is State.MISSING
    findings, states = bring(base, {"title": title}, same=True)
    assert not len(findings) and states["title"] is State.DONE


def test_what_the_translator_has_not_finished_stays(tmp_path: Path) -> None:
    base = own(tmp_path)
    bring(base, {"call": "Rufen Sie an.", "intro": "Sie wartet."})
    text = replaced(german(base).read_text(), fingerprint_of(base, "call"), "00000000")
    german(base).write_text(text)
    for kind in READ:
        _, entries = unpacked(
            kind, replaced(exported(base, "de", kind), "Rufen Sie an.", "Rufen Sie uns an.")
        )
        findings = Findings()
        take_in(Shelf(base), "de", entries, "file", findings)
        assert [finding.code for finding in findings] == ["T608"]
        assert german(base).read_text() == text


def fingerprint_of(base: Path, piece: str) -> str:
    source = Shelf(base).source("red-light", Findings())
    assert source
    return source.right[piece]


UNIT = '<trans-unit id="red-light/call"><source>x</source><target>y</target></trans-unit>'
XLIFF = (
    '<?xml version="1.0"?><xliff version="1.2" xmlns="urn:oasis:names:tc:xliff:document:1.2">'
    f'<file original="p" source-language="en" target-language="de" datatype="plaintext"><body>{UNIT}</body></file></xliff>'
)


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.xlf", XLIFF.replace("?>", '?><!DOCTYPE x [<!ENTITY a "b">]>').encode(), "DOCTYPE"),
        ("b.xlf", XLIFF.replace(">y<", ">&lol;<").encode(), "no XLIFF"),
        ("c.xlf", XLIFF.replace('version="1.2"', 'version="2.0"').encode(), "XLIFF 2"),
        ("d.xlf", b"<html/>", "no XLIFF"),
        ("e.xlf", b"not XML at all", "no XLIFF"),
        ("f.xlf", b'<xliff version="1.2" xmlns="urn:oasis:names:tc:xliff:document:1.2"></xliff>', "no XLIFF"),
        ("g.xlf", XLIFF.encode("utf-16"), "UTF-8"),
        ("h.xlf", XLIFF.replace(">y<", '><g id="1">y</g><').encode(), "<g>"),
        ("i.xlf", b"<a>" * 5_000, "no XLIFF"),
        ("j.po", b'msgid "x"\nmsgstr "y"\nno such line', "no catalogue"),
        ("k.po", b"", "empty"),
        ("l.po", b'msgid ""\nmsgstr "Language: de\\n"\n\nmsgid "a"\nmsgstr "b"\n', "names no problem"),
        ("m.po", b'msgid ""\nmsgstr "Language: de\\n"\n\nmsgctxt "red-light/call"\nmsgid "a"\nmsgid_plural "b"\nmsgstr[0] "c"\n', "forms"),
    ],
    ids=lambda value: value if isinstance(value, str) and value[1:2] == "." else "",
)  # fmt: skip
def test_files_that_are_none_are_refused_by_name(name: str, data: bytes, said: str, tmp_path: Path) -> None:
    base = own(tmp_path)
    before = snapshot(base)
    (tmp_path / name).write_bytes(data)
    result = run(base, "import", str(tmp_path / name), status=1)
    assert said in result.output and name in result.output and "Mend:" in result.output
    assert snapshot(base) == before


def test_another_encoding_than_the_one_it_is_read_in_hides_nothing(tmp_path: Path) -> None:
    hidden = '+ADwAIQ-DOCTYPE x +AFsAPAAh-ENTITY a "b"+AD4AXQA+-'
    text = XLIFF.replace('"1.0"?>', f'"1.0" encoding="UTF-7"?>{hidden}')
    findings = Findings()
    assert from_xliff(text, "x.xlf", findings) is None and [finding.code for finding in findings] == ["T603"]
    assert unpacked("xlf", XLIFF.replace('"1.0"?>', '"1.0" encoding="UTF-16"?>'))[1][0].target == "y"


def test_a_thousand_strange_units_are_not_a_thousand_lines(tmp_path: Path) -> None:
    findings = Findings()
    entries = [Entry(f"x{number}/title", "a", "b", False, number) for number in range(1_000)]
    taken = take_in(Shelf(own(tmp_path)), "de", entries, "x.po", findings)
    assert (
        taken.left == 1_000
        and len(findings) < 30
        and any("980 more" in finding.message for finding in findings)
    )


def test_without_the_toolkit_the_message_names_the_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "translate.storage", None)
    result = run(own(tmp_path), "export", "de", "--out", str(tmp_path / "de.xlf"), status=1)
    assert "pip install 'chargeside[translate]'" in result.output and "PO" in result.output


# ── In the files themselves ──────────────────────────────────────────────────────────────────────────────────────────


def test_what_start_writes_is_english_for_drivers_until_it_is_confirmed(tmp_path: Path) -> None:
    base = own(tmp_path)
    result = run(base, "start", "de", "red-light")
    assert "translate confirm de red-light" in result.output
    source = Shelf(base).source("red-light", Findings())
    assert source
    assert set(loaded(base).in_english) == set(source.all_right)
    assert "still English" in run(base, "confirm", "de", "red-light").output
    assert set(loaded(base).in_english) == set(source.all_right)
    title = source.read.guide.title
    german(base).write_text(replaced(german(base).read_text(), f"title: {title}", "title: Rotes Licht"))
    result = run(base, "confirm", "de", "red-light")
    assert "confirmed: title" in result.output
    assert loaded(base).title == "Rotes Licht" and "title" not in loaded(base).in_english
    assert "intro" in loaded(base).in_english


def test_old_english_in_a_file_never_passes_for_a_translation(tmp_path: Path) -> None:
    """It differs from the English of today, so only its mark tells."""
    base = own(tmp_path)
    run(base, "start", "de", "red-light")
    old = Shelf(base).source("red-light", Findings())
    assert old
    words = old.read.guide.call_html.rpartition(" ")[2]
    own(base, replaced(GUIDE, words, "otherwise."))
    assert "confirmed" not in run(base, "confirm", "de", "red-light").output
    assert "added, in English: call" in run(base, "start", "de", "red-light").output
    assert "otherwise." in german(base).read_text() and words not in german(base).read_text()
    assert "call" in loaded(base).in_english


def whole(base: Path) -> dict[str, str]:
    """Everything of red-light in German."""
    source = Shelf(base).source("red-light", Findings())
    assert source
    texts = {name: f"Wort {name}" for name in source.right} | {"symptoms": "Rot\nRotes Licht"}
    findings, states = bring(base, texts)
    assert not len(findings) and set(states.values()) == {State.DONE}
    return texts


def test_a_changed_and_a_new_step_are_begun_without_touching_the_rest(tmp_path: Path) -> None:
    base = own(tmp_path)
    whole(base)
    before = german(base).read_text().split("\n")
    source = Shelf(base).source("red-light", Findings())
    assert source
    second = source.read.guide.steps[1]
    line = GUIDE.split("\n")[line_of(GUIDE, f"#{second.id}") - 2]
    new = "2. **Look closely.**\n   {: #look-closely }\n"
    own(base, replaced(GUIDE, line, new + line.replace("2. ", "3. ") + " Again."))
    result = run(base, "start", "de", "red-light")
    assert "added, in English: look-closely" in result.output and f"stale: {second.id}" in result.output
    after = german(base).read_text().split("\n")
    assert [line for line in after if re.match(r"\d+\. ", line)][1] == "2. **Look closely.**"
    gone = [line for line in before if line not in after]
    assert gone and all(second.id in line or re.match(r"\d+\. ", line) for line in gone)
    assert any("stale. English now: " in line and "Again." in line for line in after)
    assert run(base, "start", "de", "red-light").output.count("stays as it is") == 1
    assert set(loaded(base).in_english) == {"look-closely", second.id}
    asked: list[str] = []

    def ask(answer: bool) -> Callable[[object], bool]:
        return lambda piece: bool(asked.append(piece.name)) or answer  # type: ignore[attr-defined, func-returns-value]

    assert set(confirm(Shelf(base), "red-light", "de", stale_too=ask(False)).values()) == {
        "stale",
        "still English",
    }
    assert confirm(Shelf(base), "red-light", "de", stale_too=ask(True))[second.id] == "confirmed"
    assert asked == [second.id] * 2
    assert "English now" not in german(base).read_text()


def test_confirm_takes_what_is_named_and_no_more(tmp_path: Path) -> None:
    base = own(tmp_path)
    whole(base)
    for piece in ("intro", "call"):
        marked = replaced(
            german(base).read_text(), f'{piece}: "{fingerprint_of(base, piece)}"', f'{piece}: "00000000"'
        )
        german(base).write_text(marked)
    assert "stale: intro, call" in run(base, "confirm", "de", "red-light").output
    assert "confirmed: intro" in run(base, "confirm", "de", "red-light", "--piece", "intro").output
    assert loaded(base).in_english == ("call",)
    assert (
        'did you mean "intro"' in run(base, "confirm", "de", "red-light", "--piece", "into", status=2).output
    )
    run(base, "confirm", "de", "red-light", "--all")
    assert loaded(base).in_english == ()


def test_windows_line_ends_and_comments_stay(tmp_path: Path) -> None:
    base = own(tmp_path)
    whole(base)
    text = "\ufeff" + replaced(
        german(base).read_text(), "\nsymptoms:", "\n# Ein Kommentar\nsymptoms:"
    ).replace("\n", "\r\n")
    german(base).write_bytes(text.encode())
    bring(base, {"plug-in": "Etwas anderes"})
    assert german(base).read_bytes().decode() == replaced(text, "Wort plug-in", "Etwas anderes")


@pytest.mark.parametrize(
    ("front", "steps", "wanted"),
    [
        ("title: T", "1. A\n   {: #a }\n\n2. C\n   {: #c }\n", "1. A\n   {: #a }\n\n2. N\n   {: #b }\n\n3. C\n   {: #c }\n"),
        ("title: T", "1. A\n{: #a }\n1. C\n{: #c }", "1. A\n{: #a }\n1. N\n   {: #b }\n1. C\n{: #c }"),
        ("title: T", "2. C\n   {: #c }\n", "1. N\n   {: #b }\n2. C\n   {: #c }\n"),
    ],
    ids=["blank lines between", "all ones", "before the first"],
)  # fmt: skip
def test_a_new_step_is_written_as_its_neighbours_are(front: str, steps: str, wanted: str) -> None:
    head = f"---\n{front}\n---\nHi.\n\n"
    layout = Layout(head + steps)
    layout.set_text("b", "N", ("a", "b", "c"))
    assert str(layout) == head + wanted


def test_marks_on_one_line_are_opened_up_and_keep_their_values() -> None:
    layout = Layout(
        '---\ntitle: T\ntranslates: {title: "11111111", call: "22222222"}\n---\n1. A\n   {: #a }\n'
    )
    layout.set_marks({"a": "33333333"}, ("title", "a", "call"), {})
    assert 'translates:\n  title: "11111111"\n  a: "33333333"\n  call: "22222222"\n---' in str(layout)


# ── What is left ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_status_counts_pieces_and_names_first_what_drivers_need_most(tmp_path: Path) -> None:
    base = own(tmp_path)
    whole(base)
    text = german(base).read_text()
    german(base).write_text(replaced(text, fingerprint_of(base, "intro"), "00000000"))
    second = base / "problems" / "blue-light"
    second.mkdir()
    weight = re.sub(r"weight: \d+", "weight: 99", GUIDE)
    (second / "en.md").write_text(
        weight if "weight: 99" in weight else replaced(GUIDE, "outcome:", "weight: 99\noutcome:")
    )
    found = json.loads(run(base, "status", "de", "--format", "json").stdout)["languages"]
    (one,) = found
    assert one["guides"] == {"complete": 0, "begun": 1, "missing": 1}
    assert [guide["problem"] for guide in one["problems"]] == ["blue-light", "red-light"]
    assert one["pieces"]["stale"] == 1 and one["problems"][1]["pieces"]["intro"] == "stale"
    source = Shelf(base).source("red-light", Findings())
    assert source
    assert one["words_left"] == source.words["intro"] + sum(source.words.values())
    shown = run(base, "status", "de", "-v").output
    assert shown.index("blue-light") < shown.index("red-light") and "stale: intro" in shown
    assert "blue" not in run(base, "status", "de", "--problem", "red-light").output


def test_status_of_everything_names_every_language_with_a_catalogue() -> None:
    languages = [
        one["language"]
        for one in json.loads(run(None, "status", "--problem", "how-to-start", "--format", "json").stdout)[
            "languages"
        ]
    ]
    assert languages[:5] == ["de", "fr", "nl", "es", "it"]


@pytest.mark.parametrize(
    ("tag", "said"),
    [("Deutsch", '"de"'), ("german", '"de"'), ("DE", '"de"'), ("pt_br", '"pt-BR"'), ("en", "English"), ("xx", "pt-BR"), ("../de", "pt-BR")],
)  # fmt: skip
def test_a_wrong_language_says_what_was_meant(tag: str, said: str, tmp_path: Path) -> None:
    assert said in run(own(tmp_path), "start", tag, "red-light", status=2).output


def test_a_language_without_catalogue_may_be_begun_and_says_so(tmp_path: Path) -> None:
    result = run(own(tmp_path), "start", "sw", "red-light")
    assert "sw (Swahili)" in result.output and "English" in result.output


def test_wrong_names_are_answered_with_the_nearest(tmp_path: Path) -> None:
    base = own(tmp_path)
    assert 'did you mean "red-light"' in run(base, "start", "de", "red-lihgt", status=2).output
    assert "no folder problems" in run(tmp_path / "elsewhere", "status", status=2).output
    assert not (tmp_path / "elsewhere").exists()
    assert ".xlf" in run(base, "export", "de", "--out", "x.doc", status=2).output
    assert "translate start de red-light" in run(base, "confirm", "de", "red-light", status=1).output


def test_a_link_out_of_the_folder_is_not_written_through(tmp_path: Path) -> None:
    base, outside = own(tmp_path / "in"), tmp_path / "out.md"
    outside.write_text("---\ntitle: x\n---\n1. A\n   {: #a }\n")
    german(base).symlink_to(outside)
    before = outside.read_text()
    assert "F109" in run(base, "start", "de", "red-light", status=1).output
    assert outside.read_text() == before


@pytest.mark.parametrize("ending", ["po", "xlf"])
def test_the_way_of_an_agency(ending: str, tmp_path: Path) -> None:
    base, file = own(tmp_path), tmp_path / f"de.{ending}"
    run(base, "export", "de", "--out", str(file), "--only-open")
    assert "is there already" in run(base, "export", "de", "--out", str(file), status=1).output
    source = Shelf(base).source("red-light", Findings())
    assert source
    title, text = source.read.guide.title, file.read_text(encoding="utf-8")
    if ending == "po":
        text = replaced(text, f'msgid "{title}"\nmsgstr ""', f'msgid "{title}"\nmsgstr "Rotes Licht"')
    else:
        text = replaced(
            text, f"<source>{title}</source>", f"<source>{title}</source><target>Rotes Licht</target>"
        )
        text = replaced(text, 'target-language="de"', 'target-language="de-DE"')
    file.write_text(text, encoding="utf-8")
    if ending == "xlf":  # tools like to add a country
        assert "--lang: de or de-DE" in run(base, "import", str(file), status=2).output
    result = run(base, "import", str(file), "--lang", "de")
    assert "1 unit taken in" in result.output
    assert loaded(base).title == "Rotes Licht" and "title" not in loaded(base).in_english
    run(base, "export", "de", "--out", str(file), "--only-open", "--replace")
    assert "red-light/title" not in file.read_text() and "red-light/intro" in file.read_text()


def test_notes_tell_where_a_piece_is_read_and_how_long_it_may_be(tmp_path: Path) -> None:
    short = replaced(GUIDE, "category:", "short: Red light\ncategory:") if "short:" not in GUIDE else GUIDE
    made = {unit.piece: unit for unit in units(Shelf(own(tmp_path, short)), "de", Findings())}
    conditional = next(unit for unit in made.values() if any("Only " in note for note in unit.notes))
    assert any(re.search(r"Step \d+ of \d+", note) for note in conditional.notes)
    assert made["short"].limit == 24 and any("24" in note for note in made["short"].notes)
    assert 'maxwidth="24"' in packed("xlf", list(made.values()), "de")


def test_fingerprints_are_those_that_the_loader_asks_for(tmp_path: Path) -> None:
    base = own(tmp_path)
    source = Shelf(base).source("red-light", Findings())
    assert source
    assert source.right["title"] == fingerprint(source.read.guide.title)
    whole(base)
    assert loaded(base).in_english == ()
