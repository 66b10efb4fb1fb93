"""Translations: laid over English piece by piece, stale by piece; and the packaged ones, which are whole and fresh."""

from __future__ import annotations

from pathlib import Path

import pytest

from chargeside.findings import Findings
from chargeside.load.content import load_content
from chargeside.load.translation import fingerprint, fingerprints
from chargeside.model.problem import Guide
from support import GUIDE, read_guide, shared_content

LANGUAGES = ("de", "fr", "nl", "es", "it")
GERMAN = """\
---
title: Das Licht ist rot
short: Rotes Licht
symptoms: [Rotes Licht]
translates: {TRANSLATES}
---
Die Ladesäule wartet auf Sie.

1. **Stecken Sie ein.**
   {: #plug-in }
2. **Ziehen Sie den Stecker ab** und warten Sie.
   {: #unplug }
3. **Halten Sie Ihre Karte hin.**
   {: #tap }

**Rufen Sie an, wenn** es rot bleibt.
{: #call }
"""


def english() -> Guide:
    read, findings = read_guide(GUIDE)
    assert read and not findings.errors
    return read.guide


def load(folder: Path, text: str = GERMAN, **changed: str) -> tuple[Guide, Findings]:
    """The German guide over the English one; `changed` replaces fingerprints of pieces, `_` standing for `-`."""
    marks = fingerprints(english()) | {name.replace("_", "-"): mark for name, mark in changed.items()}
    inside = folder / "problems" / "red-light"
    inside.mkdir(parents=True, exist_ok=True)
    (inside / "en.md").write_text(GUIDE, encoding="utf-8")
    quoted = ", ".join(f'{name}: "{mark}"' for name, mark in marks.items())
    (inside / "de.md").write_text(text.replace("{TRANSLATES}", f"{{{quoted}}}"), encoding="utf-8")
    findings = Findings()
    return load_content(findings, folder).problems["red-light"].guide("de"), findings


def test_words_are_german_and_facts_are_english(tmp_path: Path) -> None:
    guide, findings = load(tmp_path)
    assert not [finding for finding in findings if finding.path.endswith("de.md")]
    source = english()
    assert (guide.lang, guide.title, guide.in_english) == ("de", "Das Licht ist rot", ())
    for step, meant in zip(guide.steps, source.steps, strict=True):
        assert (step.id, step.when, step.pictogram) == (meant.id, meant.when, meant.pictogram)
        assert step.text != meant.text


def test_a_changed_english_step_makes_that_step_stale_and_no_other(tmp_path: Path) -> None:
    guide, findings = load(tmp_path, plug_in="00000000")
    assert guide.in_english == ("plug-in",)
    by_id = {step.id: step.text for step in english().steps}
    assert [step.text == by_id[step.id] for step in guide.steps] == [False, True, False]
    (stale,) = (finding for finding in findings if finding.code == "G518")
    assert "plug-in" in stale.message and "unplug" not in stale.message


def test_a_missing_step_is_english_and_a_strange_one_is_named(tmp_path: Path) -> None:
    text = GERMAN.replace("{: #tap }", "{: #tab }")
    guide, findings = load(tmp_path, text)
    assert guide.in_english == ("tap",)
    assert guide.steps[2].text == english().steps[2].text
    (strange,) = (finding for finding in findings.errors if finding.code == "G517")
    assert strange.line == text.splitlines().index("   {: #tab }") and "tap" in strange.mend


def test_fingerprints_follow_words_and_not_blanks() -> None:
    assert fingerprint("Push  the\nplug in.") == fingerprint("Push the plug in.")
    assert fingerprint("Push the plug in.") != fingerprint("Push the plug in!")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_packaged_translations_are_whole_and_fresh(lang: str) -> None:
    by_need = sorted(shared_content().problems.values(), key=lambda problem: -problem.weight)
    for place, problem in enumerate(by_need):
        guide = problem.guide(lang)
        if guide.lang != lang:
            assert place >= 8, f"{problem.slug} is not there, and drivers need it most"
            continue
        assert guide.in_english == (), f"{problem.slug}/{lang}.md"
        assert len(guide.short) <= 24
        text = " ".join((guide.intro_html, *(step.text for step in guide.steps), guide.call_html))
        assert '"' not in text.replace('="', "").replace('">', ""), "quotation marks of the language"
