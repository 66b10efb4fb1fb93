"""Codes on the screen: codes.yml, guides that name codes, what a kit is shown, lights by colour alone, messages for Babel."""

from __future__ import annotations

import gzip
import io
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from chargeside.findings import Findings
from chargeside.i18n import Translator, translator
from chargeside.i18n.extract_codes import extract_codes
from chargeside.load.codes import load_codes
from chargeside.load.content import content_root, load_content
from chargeside.load.guide import GuideReader
from chargeside.load.lights import colour_alone
from chargeside.load.pictograms import pictogram_names
from chargeside.model.facts import Fact, Facts, FactValue, Origin
from chargeside.model.network import Content, Network
from chargeside.model.screen_codes import ScreenCode, spelling
from chargeside.plan.driver import plan_driver
from chargeside.plan.driver_codes import Messages
from chargeside.plan.driver_views import GuideRef, MessageRow
from chargeside.render import driver as render
from chargeside.render.driver import BUDGET, RENDERERS
from support import GUIDE, evse, found, line_of, location, operator_folder, replaced, shared_content, socket

# ChargePointErrorCode of OCPP 1.6, ReasonEnumType and AuthorizationStatusEnumType of OCPP 2.1, but what is no error.
OCPP16_ERRORS = """ConnectorLockFailure EVCommunicationError GroundFailure HighTemperature InternalError LocalListConflict
OtherError OverCurrentFailure OverVoltage PowerMeterFailure PowerSwitchFailure ReaderFailure ResetFailure UnderVoltage
WeakSignal"""
OCPP2_REASONS = """DeAuthorized EmergencyStop EnergyLimitReached EVDisconnected GroundFault ImmediateReset MasterPass Local
LocalOutOfCredit Other OvercurrentFault PowerLoss PowerQuality Reboot Remote SOCLimitReached StoppedByEV TimeLimitReached
Timeout ReqEnergyTransferRejected"""
OCPP2_REFUSALS = """Blocked ConcurrentTx Expired Invalid NoCredit NotAllowedTypeEVSE NotAtThisLocation NotAtThisTime
Unknown"""
UNVERIFIED = {"CX007", "CX012", "CX013", "CX016", "CX021"}
NEVER_AGAIN = """GroundFailure GroundFault CX002 OverCurrentFailure OvercurrentFault CX004 CX011 CX022 CX024 CX026
CutCable"""

FILE = """\
codes:
  - codes: [ocpp16:GroundFailure, chargex:CX002]
    means: Current may be leaking
    problem: call
    danger: yes
  - codes: [ocpp16:EVCommunicationError]
    also: [Communication error]
    means: The charger and the car have lost contact
    problem: communication-error
    applies_to: current=DC|unknown
"""
"""A codes.yml without mistakes, which tests change one thing in."""


def read(text: str, folder: Path) -> tuple[tuple[ScreenCode, ...], Findings]:
    path = folder / "codes.yml"
    path.write_text(text, encoding="utf-8")
    findings = Findings()
    content = shared_content()
    reader = GuideReader(pictogram_names(), content.connectors)
    return load_codes(path, "problems/codes.yml", content.problems, reader, findings), findings


def facts(**values: FactValue) -> Facts:
    """Facts of a charger; `payment_app` stands for `payment.app`."""
    origin = Origin("kits", "kits.yml")
    return Facts(
        {name.replace("payment_", "payment."): Fact(value, origin) for name, value in values.items()}
    )


def refs(known: Facts, content: Content | None = None) -> tuple[GuideRef, ...]:
    """The guides of a charger, as the planner gives them."""
    return tuple(
        GuideRef(slug, slug, slug, "en", problem.category, problem.outcome, f"g/en/{slug}/", slug)
        for slug, problem in (content or shared_content()).problems.items()
        if problem.applies_to.holds(known)
    )


def rows(known: Facts, content: Content | None = None, told: tuple[str, ...] = ()) -> tuple[MessageRow, ...]:
    content = content or shared_content()
    return Messages(content.codes).rows(refs(known, content), known, told)


def names(those: tuple[MessageRow, ...]) -> set[str]:
    return {name for row in those for name in row.names}


# ── The shared file ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_code_that_a_driver_may_meet_is_there() -> None:
    have = {code for entry in shared_content().codes for code in entry.codes}
    wanted = {f"ocpp16:{name}" for name in OCPP16_ERRORS.split()}
    wanted |= {f"ocpp2:{name}" for name in (*OCPP2_REASONS.split(), *OCPP2_REFUSALS.split())}
    wanted |= {f"chargex:CX{number:03}" for number in range(1, 27)} - {
        f"chargex:{name}" for name in UNVERIFIED
    }
    assert wanted - have == set()
    assert not {code for code in have if spelling(code) in {*UNVERIFIED, "NoError", "Accepted"}}


def test_a_danger_is_never_said_to_be_mended_by_the_driver() -> None:
    shown = {name: row.kind for row in rows(Facts({})) for name in row.names}
    assert {shown[name] for name in NEVER_AGAIN.split()} == {"danger"}


def test_a_problem_knows_the_codes_that_lead_to_it() -> None:
    content = shared_content()
    assert "chargex:CX014" in content.problems["communication-error"].codes
    for entry in content.codes:
        if entry.problem != "call":
            assert set(entry.codes) <= set(content.problems[entry.problem].codes)


def test_messages_of_the_file_are_found_by_babel() -> None:
    path = content_root() / "problems" / "codes.yml"
    lines = path.read_text(encoding="utf-8").split("\n")
    with path.open("rb") as file:
        messages = list(extract_codes(file, {}, (), {}))
    shown = {text for entry in shared_content().codes for text in (*entry.also, entry.means)}
    assert {text for _, _, text, _ in messages} == shown
    assert all(text in lines[line - 1] and function == "gettext" for line, function, text, _ in messages)


@pytest.mark.parametrize("text", ["", "kits: [{means: x}]", "codes: x", "codes: [[means]]", "- codes"])
def test_babel_gets_nothing_of_a_file_of_another_form(text: str) -> None:
    assert list(extract_codes(io.BytesIO(text.encode()), {}, (), {})) == []


# ── Mistakes ─────────────────────────────────────────────────────────────────────────────────────────────────────────

MISTAKES = [
    pytest.param("problem: communication-error", "problem: comunication-error", "G506", "comunication-error", '"communication-error"', id="problem mistyped"),
    pytest.param("ocpp16:EVC", "ocp16:EVC", "F108", "ocp16:EVC", '"ocpp16"', id="system unknown"),
    pytest.param("ocpp16:EVCommunicationError", "EVCommunicationError", "F108", "EVComm", "ocpp16:", id="system missing"),
    pytest.param("[ocpp16:EVCommunicationError]", "[ocpp16:groundfailure]", "G519", "groundfailure", "one entry", id="code in two entries"),
    pytest.param("[ocpp16:EVCommunicationError]", "[ocpp2:CX002]", "G519", "ocpp2:CX002", "one entry", id="spelling in two entries"),
    pytest.param("[ocpp16:EVC", "[ocpp16:EVCommunicationError, ocpp16:EVC", "G519", "EVComm", "one of the two", id="code twice in an entry"),
    pytest.param("[Communication error]", "[CX002]", "G519", "also:", "one entry", id="words that are a code"),
    pytest.param("current=DC", "curent=DC", "G505", "curent", '"current"', id="condition"),
    pytest.param("means: Current", "mean: Current", "F106", "mean:", '"means"', id="key mistyped"),
    pytest.param("    means: Current may be leaking\n", "", "F108", "ocpp16:GroundFailure", "add means", id="no meaning"),
    pytest.param("Current may be leaking", "Current of {amps} A", "F108", "means: Current", "{ or }", id="placeholder"),
    pytest.param("Current may be leaking", f"Leak{'s' * 90}", "F108", "means: Leak", "90", id="too long"),
    pytest.param("Current may be leaking", '"Leak\\u0007ing"', "F104", "Leak", "delete it", id="control character"),
    pytest.param("problem: call", "problem: cable-stuck", "F108", "ocpp16:GroundFailure", "must lead to call", id="danger that a guide mends"),
    pytest.param("danger: yes", "danger: very", "F108", "very", "true or false", id="danger that is no yes or no"),
    pytest.param("[ocpp16:EVC", "[*all, ocpp16:EVC", "F107", "*all", "write the value out", id="alias"),
]  # fmt: skip


def test_a_right_file_has_no_findings(tmp_path: Path) -> None:
    entries, findings = read(FILE, tmp_path)
    assert not list(findings)
    assert [(entry.problem, entry.danger, str(entry.applies_to)) for entry in entries] == [
        ("call", True, ""),
        ("communication-error", False, "current=DC|unknown"),
    ]


@pytest.mark.parametrize(("old", "new", "rule", "at", "mend"), MISTAKES)
def test_mistakes_are_named_located_and_have_a_mend(
    old: str, new: str, rule: str, at: str, mend: str, tmp_path: Path
) -> None:
    text = replaced(FILE, old, new)
    _, findings = read(text, tmp_path)
    finding = found(findings, rule)
    assert finding in findings.errors
    assert finding.path == "problems/codes.yml"
    lines = [number for number, line in enumerate(text.split("\n"), 1) if at in line]
    assert finding.line in lines
    assert mend in finding.mend


# ── Codes in the front matter of guides ──────────────────────────────────────────────────────────────────────────────


def own_guide(folder: Path, slug: str, *codes: str, **matter: str) -> None:
    """A guide of the operator's own."""
    more = "".join(f"{key}: {value}\n" for key, value in matter.items() if key != "outcome")
    text = replaced(GUIDE, "outcome: fix", f"outcome: {matter.get('outcome', 'fix')}")
    path = folder / "problems" / slug / "en.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        replaced(text, "review:", f"codes: [{', '.join(codes)}]\n{more}review:"), encoding="utf-8"
    )


def test_an_own_guide_takes_a_code_over_where_it_applies(tmp_path: Path) -> None:
    own_guide(tmp_path, "red-light", "chargex:CX014", "acme:E99", applies_to="current=AC")
    findings = Findings()
    content = load_content(findings, tmp_path)
    assert not findings.errors
    ac, dc = (
        {name: row for row in rows(facts(current=(kind,)), content) for name in row.names}
        for kind in ("AC", "DC")
    )
    assert (ac["CX014"].href, ac["E99"].href) == ("g/en/red-light/", "g/en/red-light/")
    # It keeps the meaning; a code that nobody else knows is said by the guide alone.
    assert ac["CX014"].means == dc["CX014"].means != ""
    assert ac["E99"].means == ""
    assert ac["PilotFault"].href == dc["CX014"].href == "g/en/communication-error/"
    assert "E99" not in dc
    assert {"chargex:CX014", "acme:E99"} == set(content.problems["red-light"].codes)


def test_an_own_copy_of_a_guide_with_its_codes_changes_nothing(tmp_path: Path) -> None:
    own_guide(tmp_path, "communication-error", "ocpp16:EVCommunicationError", "chargex:CX014")
    findings = Findings()
    content = load_content(findings, tmp_path)
    assert not findings.errors
    assert rows(Facts({}), content) == rows(Facts({}))


@pytest.mark.parametrize(
    ("conditions", "rules"),
    [
        (("", ""), ["G519"]),
        (("current=AC", ""), ["G519"]),
        (("current=AC", "current=AC"), ["G519"]),
        (("current=AC", "current=DC"), []),
    ],
)
def test_two_own_guides_do_not_name_one_code(
    conditions: tuple[str, str], rules: list[str], tmp_path: Path
) -> None:
    for slug, condition in zip(("one", "other"), conditions, strict=True):
        own_guide(tmp_path, slug, "acme:E99", **({"applies_to": condition} if condition else {}))
    findings = Findings()
    load_content(findings, tmp_path)
    assert [finding.code for finding in findings.errors] == rules
    for finding in findings.errors:
        assert (finding.path, finding.line) == (
            f"{tmp_path.name}/problems/other/en.md",
            line_of((tmp_path / "problems/other/en.md").read_text(encoding="utf-8"), "codes:"),
        )


@pytest.mark.parametrize(("outcome", "rules"), [("fix", ["G521"]), ("call", []), ("danger", [])])
def test_an_own_guide_that_plays_a_danger_down_is_found(
    outcome: str, rules: list[str], tmp_path: Path
) -> None:
    own_guide(tmp_path, "red-light", "ocpp16:GroundFailure", outcome=outcome)
    findings = Findings()
    load_content(findings, tmp_path)
    assert [finding.code for finding in findings if finding.code == "G521"] == rules


def test_codes_in_a_shared_guide_and_a_file_in_the_wrong_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = tmp_path / "shared"
    own_guide(shared, "red-light", "acme:E99")
    (shared / "problems" / "codes.yml").write_text(
        FILE.replace("communication-error\n", "red-light\n"), encoding="utf-8"
    )
    (shared / "connectors").mkdir()
    (tmp_path / "op" / "problems").mkdir(parents=True)
    (tmp_path / "op" / "problems" / "codes.yml").write_text(FILE, encoding="utf-8")
    monkeypatch.setattr("chargeside.load.content.content_root", lambda: shared)
    findings = Findings()
    content = load_content(findings, tmp_path / "op")
    assert {(finding.path, str(finding.severity)) for finding in findings if finding.code == "G520"} == {
        ("problems/red-light/en.md", "error"),
        ("op/problems/codes.yml", "warning"),
    }
    assert "acme:E99" not in {code for entry in content.codes for code in entry.codes}


# ── What a charger is shown ──────────────────────────────────────────────────────────────────────────────────────────

SHOWN = [
    pytest.param({"current": ("AC",)}, {"CX002", "GroundFailure"}, {"CX011", "CX018", "CX022", "CX024", "SOCLimitReached"}, id="AC"),
    pytest.param({"current": ("DC",)}, {"CX011", "CX018", "CX022", "CX024", "SOCLimitReached"}, set(), id="DC"),
    pytest.param({"payment_free": "yes"}, {"EVCommunicationError"}, {"Expired", "NoCredit", "CX009", "ReaderFailure", "LocalOutOfCredit"}, id="free"),
    pytest.param({"payment_rfid": "yes"}, {"Expired", "NoCredit", "CX009", "ReaderFailure", "LocalListConflict"}, set(), id="charging card"),
    pytest.param({"payment_contactless": "yes"}, {"Expired", "ReaderFailure"}, {"NoCredit", "NotAtThisTime", "LocalListConflict"}, id="bank card"),
    pytest.param({"connectors": ("type2",)}, {"ConnectorLockFailure", "UnlockFailed"}, {"CX025"}, id="the car locks the plug"),
    pytest.param({"connectors": ("type1",)}, {"CX025"}, {"ConnectorLockFailure", "UnlockFailed", "CX001"}, id="nothing locks the plug"),
    pytest.param({}, {"CX011", "Expired", "ConnectorLockFailure", "CX025", "ReaderFailure"}, set(), id="nothing known"),
]  # fmt: skip


@pytest.mark.parametrize(("known", "there", "missing"), SHOWN)
def test_a_charger_shows_what_it_can_have(
    known: dict[str, FactValue], there: set[str], missing: set[str]
) -> None:
    shown = names(rows(facts(**known)))
    assert there <= shown
    assert not missing & shown


@given(
    st.sets(st.sampled_from(sorted(names(rows(Facts({})))))),
    st.fixed_dictionaries(
        {},
        optional={
            "current": st.sampled_from([("AC",), ("DC",), ("AC", "DC")]),
            "payment_app": st.sampled_from(["yes", "no"]),
            "payment_free": st.sampled_from(["yes", "no"]),
            "connectors": st.sampled_from([("type1",), ("ccs2", "type2")]),
        },
    ),
)
def test_each_spelling_stands_once_and_danger_before_calls(
    told: set[str], known: dict[str, FactValue]
) -> None:
    shown = rows(facts(**known), told=tuple(told))
    every = [name.casefold() for row in shown for name in row.names]
    assert len(every) == len(set(every))
    assert not {name.casefold() for name in told} & set(every)
    kinds = [row.kind for row in shown]
    assert kinds == sorted(kinds, key=("fix", "danger", "call").index)
    for kind in set(kinds):
        firsts = [row.names[0].casefold() for row in shown if row.kind == kind]
        assert firsts == sorted(firsts)


def pages_of(network: Network) -> dict[str, str]:
    """Pages on codes by path."""
    plan = plan_driver(network)
    return {
        job.path: RENDERERS[job.kind](job.payload, plan.shared).decode()
        for job in plan.jobs
        if "/codes/" in job.path
    }


def rules_of(kit: dict[str, Any]) -> str:
    return yaml.safe_dump({"kits": [{"name": "All", **kit}]}, allow_unicode=True, sort_keys=False)


def row_of(page: str, name: str) -> str:
    """The row that a code stands in."""
    (row,) = [row for row in re.findall(r"<li.*?</li>", page, re.DOTALL) if re.search(rf"\b{name}\b", row)]
    return row


def test_the_page_splits_what_a_driver_can_fix_from_what_to_call_for(tmp_path: Path) -> None:
    folder = operator_folder(tmp_path, location("L1", evse("A")))
    ((page,),) = (pages_of(folder.network()).values(),)
    fix, stop = page.split('id="stop"')
    assert "CX014" in fix.split('id="fix"')[1]
    assert 'href="../../../../g/en/communication-error/de-' in row_of(fix, "CX014")
    # All spellings in one row, which leads to the phone.
    assert "GroundFailure\u00a0· GroundFault\u00a0· CX002" in stop
    assert 'href="tel:+498001234567"' in row_of(stop, "CX002")
    assert "Do not try again." in row_of(stop, "CX002")
    assert 'href="../../../../g/en/burning-smell/de-' in row_of(stop, "CX026")
    assert stop.index("CX026") < stop.index("InternalError")


def test_own_codes_come_first_and_are_not_said_twice(tmp_path: Path) -> None:
    folder = operator_folder(tmp_path, location("L1", evse("A")))
    own = [
        {"shown": "E<1>", "means": "Lost", "problem": "communication-error"},
        {"shown": "cx002", "means": "Leak", "problem": "call"},
        {"shown": "E2", "means": "Smoke", "problem": "burning-smell"},
    ]
    folder.write("kits.yml", rules_of({"codes": own}))
    ((page,),) = (pages_of(folder.network()).values(),)
    top, rest = page.split("<h2>Other messages</h2>")
    assert top.index("E&lt;1&gt;") < top.index(">E2<") < top.index(">cx002<")
    assert re.search("GroundFailure\u00a0· GroundFault</span>\u00a0· Ground fault", rest)
    assert 'class="warn"' in row_of(top, "E2")


def test_the_page_is_told_in_the_language_of_the_driver(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = {
        "The plug is not fully in": "Stecker sitzt <nicht>",
        "Communication error": "Kommunikationsfehler",
    }
    monkeypatch.setattr(render, "translator", lambda lang: Translator(lang, words))
    ((page,),) = (pages_of(operator_folder(tmp_path, location("L1", evse("A"))).network()).values(),)
    assert "Stecker sitzt &lt;nicht&gt;" in row_of(page, "CX020")
    assert "Kommunikationsfehler" in row_of(page, "EVCommunicationError")
    assert "The plug is not fully in" not in page


def test_stations_that_differ_in_nothing_of_it_share_the_page(tmp_path: Path) -> None:
    every = [
        location("L1", evse("A")),
        location("L2", evse("B", socket())),
        location("L3", evse("C", socket(), floor_level="-1")),
    ]
    assert len(pages_of(operator_folder(tmp_path, *every).network())) == 2


@pytest.mark.parametrize("makers", ["E", "EF"])
def test_the_longest_page_fits(makers: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All codes of a DC charger in a language half as long again, beside as many of the operator's own
    as a rule may have, or two, in texts of which no two are alike."""
    content = shared_content()
    every = [guide for problem in content.problems.values() for guide in problem.guides]
    words = " ".join(step.text for guide in every for step in guide.steps).split()
    took = iter(range(0, len(words), 5))

    def text(length: int) -> str:
        made = ""
        while len(made) < length:
            start = next(took)
            made += f"{' '.join(words[start : start + 5])} "
        return made[:length].strip()

    messages = sorted({text for entry in content.codes for text in (*entry.also, entry.means)})
    longer = {message: text(int(len(message) * 1.5)) for message in messages}
    monkeypatch.setattr(render, "translator", lambda lang: replace(translator(lang), words=longer))
    slugs = ["call", *content.problems]
    leds = [{"light": f"Blinks {n} times {text(60)}", "means": text(119)} for n in range(12)]
    kits = [
        {
            "name": f"{maker}",
            "leds": leds,
            "codes": [
                {
                    "shown": f"{maker}-{n * 7919 % 10_000:04}",
                    "means": text(119),
                    "problem": slugs[n % len(slugs)],
                }
                for n in range(60)
            ],
        }
        for maker in makers
    ]
    folder = operator_folder(tmp_path, location("L1", evse("A")))
    folder.write("kits.yml", json.dumps({"kits": kits}))
    network = folder.network()
    pages = pages_of(network)
    rows_shown = [row for page in pages.values() for row in re.findall(r"<li.*?</li>", page, re.DOTALL)]
    assert len(rows_shown) == 60 * len(makers) + len(rows(network.stations[0].facts))
    assert max(len(gzip.compress(page.encode(), 9)) for page in pages.values()) <= BUDGET
    linked = {path for path in pages for page in pages.values() if path.split("/")[4] in page}
    assert len(linked) == len(pages) - 1


# ── Lights ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "text",
    ["blue", "Blue light", "A green LED", "red or orange", "Blaues Licht", "grün", "weiß", "weißes Licht", "rote LED", "rouge",
     "Voyant vert", "lumière bleue", "groen", "Rood lampje", "luz verde", "Roja", "rosso", "spia gialla", "dark blue"],
)  # fmt: skip
def test_a_colour_alone_is_found(text: str) -> None:
    assert colour_alone(text)


@pytest.mark.parametrize(
    "text",
    ["Steady blue", "Blinking red", "red, pulsing", "All lights off", "No light", "Blinkt rot", "Grünes Dauerlicht",
     "rouge clignotant", "Knippert blauw", "verde parpadeante", "rosso lampeggiante", "two red lights", "Red cross", "",
     "Left ring green", "2 × blau kurz"],
)  # fmt: skip
def test_what_a_light_does_is_enough(text: str) -> None:
    assert not colour_alone(text)


def test_a_light_of_which_only_the_colour_is_said_is_a_warning(tmp_path: Path) -> None:
    folder = operator_folder(tmp_path)
    leds = [
        {"light": "Steady green", "means": "Free"},
        {"light": {"en": "Flashing blue", "de": "blau"}, "means": "Charging"},
    ]
    text = rules_of({"leds": leds})
    folder.write("kits.yml", text)
    _, findings = folder.load()
    finding = found(findings, "O213")
    assert not findings.errors
    assert (finding.path, '"blau"' in finding.message) == ("op/kits.yml", True)
    assert finding.line == line_of(text, "light:\n")
