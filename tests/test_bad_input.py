"""Bad input: each mistake is named with its file, line and mend, and what was built earlier stays as it was."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from chargeside.build import Options, build, renderer
from chargeside.cli import main
from chargeside.drafting import Draft
from chargeside.errors import ContentError, WriteError
from chargeside.findings import RULES, Finding, Findings, Severity, nearest
from chargeside.load.content import load_content
from chargeside.load.logo import load_logo
from chargeside.load.network import load_network, load_operator
from chargeside.model.network import Content
from chargeside.plan.driver import plan_driver
from chargeside.plan.jobs import Plan
from chargeside.plan.library import plan_library
from chargeside.plan.placards import plan_placards
from chargeside.render.library import RENDERERS as LIBRARY_RENDERERS
from chargeside.scaffold import new_operator, new_problem
from support import (
    GUIDE,
    OPERATOR,
    TODAY,
    Folder,
    codes_of,
    evse,
    found,
    line_of,
    location,
    operator_folder,
    replaced,
)

SITE = OPERATOR["site_url"]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """An operator without a mistake, with one of every file."""
    operator = operator_folder(tmp_path)
    operator.write("kits.yml", "kits:\n  - name: all\n    facts: {display: yes}\n")
    operator.write("overrides.csv", "evse,cabinet,side,payment.app\nEL1,,,yes\n")
    assert list(operator.check()) == []
    return operator


# ── Any file ─────────────────────────────────────────────────────────────────────────────────────────────────────────

FILES = ["operator.yml", "kits.yml", "overrides.csv", "ledger.csv", "stations/feed.json"]


@pytest.mark.parametrize("name", FILES)
def test_an_empty_file_is_named(folder: Folder, name: str) -> None:
    for nothing in ("", " \n\n", "\ufeff"):
        folder.write(name, nothing)
        finding = found(folder.check(), "F102")
        assert finding.path == f"op/{name}"
        assert finding.severity is Severity.ERROR


@pytest.mark.parametrize(
    "name", [name for name in FILES if name != "overrides.csv"]
)  # Excel writes Windows-1252
def test_bytes_that_are_no_utf8_are_named(folder: Folder, name: str) -> None:
    lines = (folder.path / name).read_bytes().splitlines(keepends=True)
    folder.write(name, b"".join([*lines[:2], b"# caf\xe9\n", *lines[2:]]))
    finding = found(folder.check(), "F103")
    assert (finding.path, finding.line) == (f"op/{name}", 3)
    assert "0xe9" in finding.message
    assert "UTF-8" in finding.mend


@pytest.mark.parametrize("name", FILES)
def test_the_marks_of_a_merge_conflict_are_named(folder: Folder, name: str) -> None:
    lines = folder.text(name).splitlines(keepends=True)
    folder.write(
        name, "".join([lines[0], "<<<<<<< HEAD\n", *lines[1:], "=======\n", *lines[1:], ">>>>>>> other\n"])
    )
    of_the_ledger = name == "ledger.csv"  # there each line is a code on a wall: none is given up
    finding = found(folder.check(), "L401" if of_the_ledger else "F104")
    assert (finding.path, finding.line) == (f"op/{name}", 2)
    assert ("keep the lines of both" if of_the_ledger else "keep one of the two") in finding.mend


@pytest.mark.parametrize("name", FILES)
def test_a_nul_byte_is_named(folder: Folder, name: str) -> None:
    lines = folder.text(name).splitlines(keepends=True)
    folder.write(name, "".join([lines[0], "\0", *lines[1:]]))
    those = [finding for finding in folder.check().errors if finding.path == f"op/{name}"]
    assert those[0].code in {"F104", "L401", "O208"}
    assert those[0].line == 2


@pytest.mark.parametrize("name", FILES)
def test_line_ends_of_windows_and_a_byte_order_mark_change_nothing(folder: Folder, name: str) -> None:
    before = folder.network().stations
    folder.write(name, "\ufeff" + folder.text(name).replace("\n", "\r\n"))
    assert list(folder.check()) == []
    assert folder.network().stations == before


@pytest.mark.parametrize("name", FILES)
def test_a_folder_or_pipe_in_place_of_a_file_is_named(folder: Folder, name: str) -> None:
    path = folder.path / name
    path.unlink()
    path.mkdir()
    assert found(folder.check(), "F101").path == f"op/{name}"
    path.rmdir()
    os.mkfifo(path)  # reading it would wait for ever
    assert found(folder.check(), "F101").path == f"op/{name}"


@pytest.mark.parametrize("name", FILES)
def test_a_link_that_leads_out_is_not_read(folder: Folder, name: str) -> None:
    path = folder.path / name
    outside = path.rename(folder.path.parent / "outside")
    path.symlink_to(outside)
    finding = found(folder.check(), "F109")
    assert finding.path == f"op/{name}"
    assert "put the file itself" in finding.mend


@pytest.mark.parametrize("name", FILES)
def test_a_link_in_a_circle_is_named(folder: Folder, name: str) -> None:
    path = folder.path / name
    path.unlink()
    path.symlink_to(path.name)
    assert f"op/{name}" in {finding.path for finding in folder.check().errors}


@pytest.mark.parametrize("name", FILES)
def test_a_link_within_the_folder_is_followed(folder: Folder, name: str) -> None:
    before = folder.network().stations
    path = folder.path / name
    inside = path.rename(folder.path / "kept")
    path.symlink_to(inside)
    within_own = name.startswith("stations/")  # its link leaves stations/, not the operator's folder
    assert (codes_of(folder.check()), within_own) in [([], True), ([], False)]
    assert folder.network().stations == before


@pytest.mark.parametrize("name", ["operator.yml", "kits.yml"])
def test_a_file_of_two_megabytes_is_named(folder: Folder, name: str) -> None:
    folder.write(name, folder.text(name) + "#" * 2_000_001)
    finding = found(folder.check(), "F110")
    assert finding.path == f"op/{name}"
    assert "2000000" in finding.message


def test_a_missing_operator_is_named(folder: Folder) -> None:
    (folder.path / "operator.yml").unlink()
    assert found(folder.check(), "F101").path == "op/operator.yml"


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    finding = found(Folder(tmp_path / "nobody").check(), "F101")
    assert str(tmp_path / "nobody") == finding.path
    assert "chargeside new operator" in finding.mend


@pytest.mark.parametrize("leave", [False, True])
def test_missing_stations_are_named(folder: Folder, leave: bool) -> None:
    shutil.rmtree(folder.path / "stations")
    if leave:
        (folder.path / "stations").mkdir()
    finding = found(folder.check(), "S309")
    assert finding.path == "op/stations"
    assert "chargeside import" in finding.mend


# ── YAML, JSON, CSV ──────────────────────────────────────────────────────────────────────────────────────────────────

LAUGHS = "lol: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"l{n}: &{chr(98 + n)} [{', '.join([f'*{chr(97 + n)}'] * 9)}]\n" for n in range(9)
)

BROKEN = [
    # file, old, new, rule, words on the line named, words of the mend
    pytest.param("operator.yml", "countries:\n  DE:", "countries:\n\tDE:", "F104", "\tDE:", "spaces", id="yaml tab"),
    pytest.param("operator.yml", "name: Grid Test (fictional)", "name: [Grid", "F104", "name: [Grid", "brackets", id="yaml bracket left open"),
    pytest.param("operator.yml", "name: Grid", "name: A: Grid", "F104", "name: A", "quotes", id="yaml colon"),
    pytest.param("operator.yml", "station_is:", "name: again\nstation_is:", "F105", "name: again", "one of the two", id="yaml key twice"),
    pytest.param("operator.yml", "    emergency_phone:", "    imprint: x\n    emergency_phone:", "F105", "imprint: Grid", "one of the two", id="yaml key twice, deep"),
    pytest.param("operator.yml", "name: Grid", "name: &n Grid", "F107", "name:", "quotes", id="yaml anchor"),
    pytest.param("operator.yml", "name: Grid Test (fictional)", "name: *n", "F107", "name:", "quotes", id="yaml alias"),
    pytest.param("operator.yml", "name: Grid", "name: !!python/object/apply:os.system Grid", "F107", "name:", "quotes", id="yaml tag"),
    pytest.param("operator.yml", "station_is: cabinet\n", LAUGHS, "F107", "lol:", "write the value out", id="yaml billion laughs"),
    pytest.param("operator.yml", "station_is: cabinet", "station_is: " + "[" * 60 + "]" * 60, "F104", "station_is:", "flatten", id="yaml nested deeply"),
    pytest.param("operator.yml", "station_is: cabinet", "--- \nstation_is: cabinet", "F104", "--- ", "one document", id="yaml two documents"),
    pytest.param("operator.yml", "station_is: cabinet", "? [a, b]\n: c", "F104", "? [a", "key: value", id="yaml key of a list"),
    pytest.param("operator.yml", "name: Grid Test (fictional)", 'name: "Grid \\u0000"', "F104", "name:", "delete it", id="yaml control character"),
    pytest.param("kits.yml", "- name: all", "- name: all\n   fact", "F104", "   fact\n", "indentation", id="yaml indentation"),
    pytest.param("overrides.csv", "EL1,,,yes", 'EL1,,,"yes', "O208", "EL1", "quotes", id="csv quote left open"),
    pytest.param("overrides.csv", "EL1,,,yes", "EL1,,yes", "O208", "EL1", "left, right or centre", id="csv cell lost"),
    pytest.param("overrides.csv", "EL1,,,yes", "EL1,,,yes,no", "O208", "EL1", "one cell for each column", id="csv cell too many"),
    pytest.param("overrides.csv", "payment.app", "paymnt.app", "O208", "paymnt", '"payment.app"', id="csv column misspelt"),
    pytest.param("overrides.csv", "evse,cabinet,side", "evse,cabinet,cabinet", "F105", "evse,", "one of the two", id="csv column twice"),
    pytest.param("overrides.csv", "EL1,,,yes", f"EL1,,,{'y' * 200_000}", "O208", "EL1", "quotes", id="csv cell without end"),
    pytest.param("stations/feed.json", '"publish": true, "name": "Site L2"', '"publish": true "name": "Site L2"', "F104", "Site L2", "commas", id="json comma lost"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "old", "new", "code", "at", "mend"), BROKEN)
def test_broken_syntax_is_named(
    folder: Folder, name: str, old: str, new: str, code: str, at: str, mend: str
) -> None:
    folder.edit(name, old, new)
    finding = found(folder.check(), code)
    assert finding.severity is Severity.ERROR
    assert finding.path == f"op/{name}"
    assert finding.line == line_of(folder.text(name), at)
    assert mend in finding.mend


def test_a_broken_feed_does_not_drown_in_what_follows_from_it(folder: Folder) -> None:
    """No rule selects anything and no code has a station then: that is news only where the feed can be read."""
    folder.write("kits.yml", "kits:\n  - {name: one, match: {evse: EL1}, facts: {display: yes}}\n")
    whole = folder.text("stations/feed.json")
    folder.write("stations/feed.json", whole[:-9])
    assert [finding.code for finding in folder.check()] == ["F104", "O210"]
    folder.feed(location("Another"), name="feed")
    assert {"O207", "O210", "L404"} <= {finding.code for finding in folder.check()}


def test_a_feed_that_breaks_off_is_named(folder: Folder) -> None:
    text = folder.text("stations/feed.json")
    folder.write("stations/feed.json", text[: text.index("Site L2")])
    finding = found(folder.check(), "F104")
    assert (finding.path, finding.line) == ("op/stations/feed.json", 3)
    assert "fetch the file again" in finding.mend


# ── Values ───────────────────────────────────────────────────────────────────────────────────────────────────────────

WRONG = [
    pytest.param("operator.yml", "station_is:", "staton_is:", "F106", "staton_is", '"station_is"', id="unknown key"),
    pytest.param("operator.yml", "helpline:", "helplin:", "F106", "helplin", '"helpline"', id="unknown key, deep"),
    pytest.param("operator.yml", "station_is: cabinet", "station_is: cabinets", "F108", "cabinets", '"cabinet"', id="unknown value"),
    pytest.param("operator.yml", "name: Grid Test (fictional)\n", "", "F108", "country_code:", "add name", id="key missing"),
    pytest.param("operator.yml", "      phone: +49 800 1234567\n", "", "F108", "helpline:", "add phone", id="key missing, deep"),
    pytest.param("operator.yml", "phone: +49 800 1234567", "phone: call Bert", "F108", "call Bert", "digits", id="no phone number"),
    pytest.param("operator.yml", "country_code: DE", "country_code: Germany", "F108", "country_code", "two capital letters", id="country in words"),
    pytest.param("operator.yml", "  DE:", "  de:", "F108", "  de:", "two capital letters", id="country in small letters"),
    pytest.param("operator.yml", "party_id: GTS", "party_id: GTSX", "F108", "party_id", "three", id="party id too long"),
    pytest.param("operator.yml", "languages:\n- en", "languages: en", "F108", "languages: en", "list", id="text for a list"),
    pytest.param("operator.yml", "free: true", "free: perhaps", "F108", "perhaps", "true or false", id="no yes or no"),
    pytest.param("operator.yml", f"site_url: {SITE}", "site_url: http://help.grid-test.example/", "F108", "site_url", "https://", id="site_url without TLS"),
    pytest.param("operator.yml", f"site_url: {SITE}", "site_url: help.grid-test.example", "F108", "site_url", "https://", id="site_url without scheme"),
    pytest.param("operator.yml", f"site_url: {SITE}", "site_url: HTTPS://help.grid-test.example/", "F108", "site_url", "small letters", id="site_url in capitals"),
    pytest.param("operator.yml", f"site_url: {SITE}", f"site_url: {SITE.rstrip('/')}", "F108", "site_url", "slash", id="site_url without slash"),
    pytest.param("operator.yml", f"site_url: {SITE}", f"site_url: {SITE}?/", "F108", "site_url", "host and folder", id="site_url with query"),
    pytest.param("operator.yml", f"site_url: {SITE}", f"site_url: {SITE}../", "F108", "site_url", "host and folder", id="site_url that climbs"),
    pytest.param("operator.yml", f"site_url: {SITE}", "site_url: https://me:pw@help.grid-test.example/", "F108", "site_url", "user name", id="site_url with password"),
    pytest.param("operator.yml", f"site_url: {SITE}", "site_url: https://hilfe.grid-tést.example/", "F108", "site_url", "https://", id="site_url not ASCII"),
    pytest.param("operator.yml", f"site_url: {SITE}", 'site_url: "https://help.grid test.example/"', "F108", "site_url", "spaces", id="site_url with space"),
    pytest.param("operator.yml", f"site_url: {SITE}", "site_url: https://help.other.example/", "O202", "site_url", SITE, id="site_url changed"),
    pytest.param("operator.yml", "station_is:", "apps: [{name: App, url: 'javascript:alert(1)'}]\nstation_is:", "F108", "apps:", "https://", id="script for an address"),
    pytest.param("operator.yml", "station_is:", "defaults: {payment: {contactles: yes}}\nstation_is:", "F108", "contactles", '"contactless"', id="unknown way to pay"),
    pytest.param("operator.yml", "station_is:", "defaults: {payment: {app: maybe}}\nstation_is:", "F108", "maybe", "yes", id="neither yes nor no"),
    pytest.param("operator.yml", "station_is:", "defaults: {start_order: plug-first}\nstation_is:", "F108", "plug-first", '"plug_first"', id="unknown order"),
    pytest.param("operator.yml", "station_is:", "defaults: {power_kw: -3}\nstation_is:", "F108", "power_kw", "greater than 0", id="power below nothing"),
    pytest.param("operator.yml", "station_is:", "brand: {colour: green}\nstation_is:", "F108", "colour: green", "#", id="colour in words"),
    pytest.param("operator.yml", "station_is:", "brand: {logo: gone.svg}\nstation_is:", "O203", "gone.svg", "beside operator.yml", id="logo missing"),
    pytest.param("operator.yml", "station_is:", "brand: {logo: ../outside.svg}\nstation_is:", "F109", "outside.svg", "beside operator.yml", id="logo outside"),
    pytest.param("operator.yml", "station_is:", "brand: {logo: /etc/passwd}\nstation_is:", "F109", "passwd", "beside operator.yml", id="logo elsewhere"),
    pytest.param("kits.yml", "- name: all", "- name: all\n    match: {conectors: [ccs2]}", "F106", "conectors", '"connectors"', id="unknown key of a rule"),
    pytest.param("kits.yml", "- name: all", "- name: all\n    match: {connectors: [css2]}", "F108", "css2", '"ccs2"', id="unknown plug of a rule"),
    pytest.param("kits.yml", "- name: all", "- name: all\n    match: {location: gone}", "O207", "- name: all", "match", id="rule that selects nothing"),
    pytest.param("overrides.csv", "EL1,,,yes", "EL9,,,yes", "O210", "EL9", "correct the uid", id="row of no EVSE"),
    pytest.param("overrides.csv", "EL1,,,yes", ",,,yes", "O208", "\n,,,yes", "uid or EVSE ID", id="row without EVSE"),
    pytest.param("overrides.csv", "EL1,,,yes", "EL1,,middle,yes", "O208", "middle", "left, right or centre", id="unknown side"),
    pytest.param("overrides.csv", "EL1,,,yes", "EL1,,,perhaps", "O208", "EL1", "yes", id="unknown answer"),
    pytest.param("overrides.csv", "EL1,,,yes\n", "EL1,,,yes\nEL1,K,,\n", "O208", "EL1,K", "into one", id="two rows of one EVSE"),
    pytest.param("stations/feed.json", '"id": "L2"', '"id": "../L2"', "S302", "../L2", "id", id="location id that climbs"),
    pytest.param("stations/feed.json", '"uid": "EL2"', '"uid": "../../etc"', "S302", '"../../etc"', "id", id="EVSE id that climbs"),
    pytest.param("stations/feed.json", '"id": "L2"', '"id": "a\\u0000b"', "S302", "\\u0000", "id", id="id with a control character"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "old", "new", "code", "at", "mend"), WRONG)
def test_a_wrong_value_is_named(
    folder: Folder, name: str, old: str, new: str, code: str, at: str, mend: str
) -> None:
    folder.edit(name, old, new)
    finding = found(folder.check(), code)
    assert finding.severity is RULES[code].severity
    assert finding.path == f"op/{name}"
    assert finding.line == line_of(folder.text(name), at) + at.startswith("\n")
    assert mend in finding.mend


def test_numbers_and_words_are_what_the_reader_takes_them_for(folder: Folder) -> None:
    """112 is a phone number, NO is Norway, 1E5 a party id, and 1.10 the name of a version."""
    folder.edit("operator.yml", "emergency_phone: '112'", "emergency_phone: 112")
    folder.edit("operator.yml", "party_id: GTS", "party_id: 1E5")
    folder.edit("operator.yml", "country_code: DE", "country_code: NO")
    folder.edit(
        "operator.yml", "station_is:", "defaults: {hardware: 1.10, power_kw: 22.5, display: no}\nstation_is:"
    )
    operator = folder.network().operator
    assert operator.countries["DE"].emergency_phone == "112"
    assert (operator.party_id, operator.country_code) == ("1E5", "NO")
    assert operator.defaults.flat() == {"hardware": "1.10", "power_kw": 22.5, "display": "no"}


def test_all_mistakes_of_a_file_are_named_at_once(folder: Folder) -> None:
    folder.edit("operator.yml", "station_is:", "staton_is:")
    folder.edit("operator.yml", "country_code: DE", "country_code: D")
    folder.edit("operator.yml", "free: true", "free: perhaps")
    assert len(folder.check().errors) == 3


def test_a_rule_for_either_of_two_forms_is_told_of_the_one_meant(tmp_path: Path) -> None:
    """`next` is a name or a question: who wrote a question is not told that it is no name."""
    ask = "next: {ask: {question: Is it red?, answers: [{text: Yes, next: call}, {text: No, nxt: fixed}]}}"
    _, findings = own_problem(tmp_path, replaced(GUIDE, "next: another-charger", ask))
    assert sorted(f"{f.code} {f.mend}" for f in findings.errors) == [
        'F106 did you mean "next"?',
        "G501 add next: …",
    ]


# ── Logos ────────────────────────────────────────────────────────────────────────────────────────────────────────────

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20">{}</svg>'
RECT = '<rect width="40" height="20" fill="#0b5d4e"/>'

BAD_SVG = [
    pytest.param(SVG.format("<script>alert(1)</script>"), "<script>", id="script"),
    pytest.param(SVG.format('<g onload="alert(1)"/>'), '"onload"', id="event handler"),
    pytest.param(SVG.replace("<svg", '<svg onload="alert(1)"'), '"onload"', id="event handler at the top"),
    pytest.param(
        SVG.format('<image href="https://evil.example/x.png"/>'), "<image>", id="image from elsewhere"
    ),
    pytest.param(SVG.format('<use href="https://evil.example/x.svg#a"/>'), "<use>", id="use"),
    pytest.param(SVG.format('<a href="javascript:alert(1)"><rect/></a>'), "<a>", id="link"),
    pytest.param(
        SVG.format("<foreignObject><body/></foreignObject>"), "<foreignObject>", id="foreign object"
    ),
    pytest.param(
        SVG.format('<rect fill="url(https://evil.example/a)"/>'), '"fill"', id="paint from elsewhere"
    ),
    pytest.param(
        SVG.format('<rect fill="URL(https://evil.example/a)"/>'),
        '"fill"',
        id="paint from elsewhere in capitals",
    ),
    pytest.param(
        SVG.format('<rect fill="u\\72l(https://evil.example/a)"/>'),
        '"fill"',
        id="paint from elsewhere escaped",
    ),
    pytest.param(
        SVG.format('<rect fill="image-set(&quot;https://evil.example/a&quot; 1x)"/>'),
        '"fill"',
        id="image set",
    ),
    pytest.param(
        SVG.format('<rect style="fill:url(https://evil.example/a)"/>'), '"style"', id="style attribute"
    ),
    pytest.param(
        SVG.format("<style>@import url(https://evil.example/a.css)</style>"), "<style>", id="style element"
    ),
    pytest.param(
        SVG.format('<linearGradient href="https://evil.example/a#b"/>'),
        '"href"',
        id="gradient from elsewhere",
    ),
    pytest.param(
        SVG.format('<g xmlns:x="http://www.w3.org/1999/xlink"><rect x:href="#a"/></g>'), '"href"', id="xlink"
    ),
    pytest.param(
        '<!DOCTYPE svg [<!ENTITY e "x">]>' + SVG.format("<title>&e;</title>"), "entities", id="entities"
    ),
    pytest.param(
        '<!DOCTYPE svg SYSTEM "file:///etc/passwd">' + SVG.format(RECT), "DOCTYPE", id="outside entity"
    ),
    pytest.param(SVG.format("&e;"), "not SVG", id="unknown entity"),
    pytest.param(SVG.format("<g>" * 60 + "</g>" * 60), "nested", id="nested deeply"),
    pytest.param(SVG.format("<g>" * 100_000 + "</g>" * 100_000), "nested", id="nested without end"),
    pytest.param(SVG.format("<rect>"), "not SVG", id="cut short"),
    pytest.param("not an image", "not SVG", id="text"),
    pytest.param("", "not SVG", id="empty"),
    pytest.param("<html><body>Not found</body></html>", "not an SVG with a size", id="a web page"),
    pytest.param(SVG.replace(' viewBox="0 0 40 20"', "").format(RECT), "size", id="no size"),
    pytest.param(SVG.replace("0 0 40 20", "0 0 0 20").format(RECT), "size", id="no width"),
    pytest.param(SVG.replace("0 0 40 20", "a b c d").format(RECT), "size", id="size in words"),
]


def logo(folder: Folder, name: str, data: bytes | str) -> tuple[Any, Findings]:
    folder.write(name, data)
    findings = Findings()
    return load_logo(folder.path, name, "op/operator.yml", 7, findings), findings


@pytest.mark.parametrize(("svg", "message"), BAD_SVG)
def test_an_svg_that_is_more_than_shapes_is_refused(folder: Folder, svg: str, message: str) -> None:
    read, findings = logo(folder, "logo.svg", svg)
    assert read is None
    finding = found(findings, "O203")
    assert (finding.path, finding.line) == ("op/operator.yml", 7)
    assert '"logo.svg"' in finding.message
    assert message in finding.message


@pytest.mark.parametrize("encoding", ["utf-16", "utf-7"])
def test_another_encoding_hides_nothing(folder: Folder, encoding: str) -> None:
    hostile = f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE svg [<!ENTITY e "x">]>' + SVG.format(
        "<title>&e;</title>"
    )
    read, findings = logo(folder, "logo.svg", hostile.encode(encoding))
    assert read is None
    assert codes_of(findings) == ["O203"]


def test_a_drawing_of_a_drawing_program_is_reduced_to_its_shapes(folder: Folder) -> None:
    drawn = SVG.replace(
        "<svg", '<svg xmlns:ink="http://www.inkscape.org/namespaces/inkscape" ink:version="1.3"'
    ).format(
        "<!-- made by hand --><metadata><who/></metadata><ink:grid/>"
        '<defs><linearGradient id="g"><stop offset="0" stop-color="#fff"/></linearGradient></defs>'
        '<g transform="translate(1, 2) scale(1.5)"><path d="M0,0 L1e1 -2.5z" fill="url(#g) none" stroke="rgb(1, 2%, 3)"/></g>'
    )
    read, findings = logo(folder, "logo.svg", "\ufeff" + drawn)
    assert list(findings) == []
    text = read.data.decode()
    assert (text.count("<path"), text.count("<stop")) == (1, 1)
    assert not re.search("inkscape|metadata|grid|hand", text)


def png(width: int = 4, height: int = 2) -> bytes:
    out = io.BytesIO()
    Image.new("L", (width, height)).save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "not a PNG"),
        (b"GIF89a" + b"\0" * 50, "not a PNG"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "PNG"),
        (png(300, 300)[:90], "damaged"),
        (png(4001, 4001), "4001 × 4001"),
        (b"\0" * 2_000_001, "larger than 2000000 bytes"),
        (SVG.format(RECT).encode(), "not a PNG"),
    ],
    ids=["empty", "GIF", "header only", "cut short", "too many pixels", "too many bytes", "SVG called PNG"],
)
def test_a_logo_that_is_no_image_is_refused(folder: Folder, data: bytes, message: str) -> None:
    read, findings = logo(folder, "logo.png", data)
    assert read is None
    assert message in found(findings, "O203").message


def test_what_hides_behind_an_image_does_not_come_along(folder: Folder) -> None:
    read, findings = logo(folder, "logo.png", png() + b"<script>alert(1)</script>")
    assert list(findings) == []
    assert b"script" not in read.data
    assert Image.open(io.BytesIO(read.data)).size == (4, 2)


@given(st.data())
@settings(max_examples=40)
def test_a_damaged_image_never_raises(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    good = data.draw(st.sampled_from([png(), SVG.format(RECT).encode()]))
    at = data.draw(st.integers(0, len(good)))
    bad = good[:at] + data.draw(st.binary(max_size=6)) + good[at + data.draw(st.integers(0, 6)) :]
    name = "logo.png" if good == png() else "logo.svg"
    read, findings = logo(Folder(tmp_path_factory.mktemp("logo")), name, bad)
    assert (read is None) == bool(findings.errors)


@pytest.mark.parametrize("name", ["x" * 5000, "a/" * 3000 + "b", ".", "brands", "loop.svg"])
def test_a_name_that_is_no_file_is_named(folder: Folder, name: str) -> None:
    (folder.path / "loop.svg").symlink_to("loop.svg")
    findings = Findings()
    assert load_logo(folder.path, name, "op/operator.yml", 7, findings) is None
    assert findings.errors[0].line == 7


# ── Own guides of an operator ────────────────────────────────────────────────────────────────────────────────────────


def own_problem(base: Path, text: str | bytes, name: str = "red-light/en.md") -> tuple[Content, Findings]:
    """The content of an operator with one problem of their own."""
    folder = Folder(base / "op")
    folder.write(f"problems/{name}", text)
    findings = Findings()
    return load_content(findings, folder.path), findings


def test_an_own_problem_is_loaded(tmp_path: Path) -> None:
    content, findings = own_problem(tmp_path, GUIDE)
    assert list(findings) == []
    assert content.problems["red-light"].guide("de").title == "The light is red"


@pytest.mark.parametrize(
    ("old", "new", "at", "mend"),
    [
        ("next: another-charger", "next: cable-stuk", "next:", '"cable-stuck"'),
        ("next: another-charger", "next: fixd", "next:", '"fixed"'),
        (
            "next: another-charger",
            "next:\n  ask:\n    question: Is it red?\n    answers:\n      - {text: Yes, next: call}\n      - {text: No, next: nowhere-at-all}",
            "text: No",
            "call",
        ),
    ],
)
def test_a_guide_that_leads_to_nowhere_is_named(
    tmp_path: Path, old: str, new: str, at: str, mend: str
) -> None:
    text = replaced(GUIDE, old, new)
    _, findings = own_problem(tmp_path, text)
    finding = found(findings, "G506")
    assert (finding.path, finding.line) == ("op/problems/red-light/en.md", line_of(text, at))
    assert mend in finding.mend


def test_a_condition_of_the_whole_problem_is_named(tmp_path: Path) -> None:
    text = replaced(GUIDE, "outcome:", "applies_to: curent=DC\noutcome:")
    _, findings = own_problem(tmp_path, text)
    finding = found(findings, "G505")
    assert (finding.path, finding.line) == ("op/problems/red-light/en.md", line_of(text, "applies_to"))
    assert '"current"' in finding.mend


def test_a_broken_guide_is_not_also_called_nowhere(tmp_path: Path) -> None:
    Folder(tmp_path / "op").write(
        "problems/second/en.md", replaced(GUIDE, "next: another-charger", "next: red-light")
    )
    _, findings = own_problem(tmp_path, replaced(GUIDE, "=unplug ", "=unplugg "))
    assert codes_of(findings) == ["G504"]


@pytest.mark.parametrize(
    ("name", "code", "path", "mend"),
    [
        ("Red Light/en.md", "G501", "Red Light", "small letters"),
        ("call/en.md", "G501", "call", "none of"),
        ("plugs/en.md", "G501", "plugs", "none of"),
        ("red-light.md", "G501", "red-light.md", "op/problems/red-light/en.md"),
        ("red-light/english.md", "G501", "red-light/english.md", "en.md"),
        ("red-light/de.md", "G515", "red-light", "English guide first"),
    ],
)
def test_a_guide_in_the_wrong_place_is_named(
    tmp_path: Path, name: str, code: str, path: str, mend: str
) -> None:
    _, findings = own_problem(tmp_path, GUIDE, name)
    finding = found(findings, code) if code != "G501" else next(f for f in findings if f.code == code)
    assert finding.path == f"op/problems/{path}"
    assert mend in finding.mend


@pytest.mark.parametrize(
    ("data", "code", "line"),
    [
        (b"", "F102", None),
        (GUIDE.encode() + b"\xff", "F103", GUIDE.count("\n") + 1),
        (GUIDE.encode() + b"x" * 16_000, "F110", None),
        (GUIDE.replace("waits", "w\0aits").encode(), "F104", line_of(GUIDE, "waits")),
        (
            GUIDE.replace("The charger", "<<<<<<< HEAD\nThe charger").encode(),
            "F104",
            line_of(GUIDE, "The charger"),
        ),
        (
            GUIDE.replace("The charger waits for you.", "[" * 900).encode(),
            "G501",
            line_of(GUIDE, "The charger"),
        ),
    ],
    ids=["empty", "not UTF-8", "too large", "NUL", "merge conflict", "marks only"],
)
def test_a_guide_that_cannot_be_read_is_named(
    tmp_path: Path, data: bytes, code: str, line: int | None
) -> None:
    content, findings = own_problem(tmp_path, data)
    finding = found(findings, code)
    assert (finding.path, finding.line) == ("op/problems/red-light/en.md", line)
    assert "red-light" not in content.problems


@pytest.mark.parametrize("link", ["problems", "problems/red-light", "problems/red-light/en.md"])
def test_a_guide_outside_is_not_read(tmp_path: Path, link: str) -> None:
    outside = Folder(tmp_path / "outside")
    outside.write("problems/red-light/en.md", GUIDE)
    place = tmp_path / "op" / link
    place.parent.mkdir(parents=True)
    place.symlink_to(outside.path / link)
    findings = Findings()
    content = load_content(findings, tmp_path / "op")
    assert "red-light" not in content.problems
    assert found(findings, "F109").path == f"op/{link}"


# ── Text of others on what we make ───────────────────────────────────────────────────────────────────────────────────

HOSTILE_HTML = (
    '<script>alert("hostile")</script> <b onclick="hostile()" style="hostile:1">b</b> [a](javascript:hostile) '
    "![i](file:///hostile) <iframe src=//hostile.example></iframe>"
)
HOSTILE_TEXT = '</title><script>hostile()</script>"><img src=x onerror=hostile()>'


def _rendered(plan: Plan) -> list[bytes]:
    return [
        (LIBRARY_RENDERERS.get(job.kind) or renderer(job.kind))(job.payload, plan.shared) for job in plan.jobs
    ]


def test_hostile_text_runs_nowhere(tmp_path: Path) -> None:
    """Guides of authors, names of feeds, words of operator.yml: on pages, in the library and in the PDF."""
    place = location("L1", evse("E1", physical_reference='1"><b>'), name=HOSTILE_TEXT, address=HOSTILE_TEXT, directions=[{"language": "en", "text": HOSTILE_TEXT}])  # fmt: skip
    folder = operator_folder(tmp_path, place, name=f"{HOSTILE_TEXT} (fictional)"[:90])
    text = replaced(
        replaced(GUIDE, "The charger waits", f"{HOSTILE_HTML} The charger waits"),
        "your card.",
        f"your card. {HOSTILE_HTML}",
    )
    text = replaced(text, "title: The light is red", f"title: '{HOSTILE_TEXT}'")
    folder.write("problems/red-light/en.md", text)
    with pytest.raises(ContentError) as refused:
        build(folder.path, Options(tmp_path / "out", TODAY, ("driver", "placards")))
    named = [
        f for f in refused.value.findings if f.path == "op/problems/red-light/en.md" and f.severity == "error"
    ]
    assert {f.line for f in named} == {line_of(text, "The charger waits"), line_of(text, "your card.")}
    assert {"G508", "G509"} <= {f.code for f in named}

    # The build is refused; what it would have shown is safe all the same, should a finding ever be overlooked.
    folder.issue()
    content = load_content(Findings(), folder.path)
    network = load_network(folder.path, content, Findings())
    assert network is not None
    pages = [page.decode() for page in _rendered(plan_driver(network))]
    library = [page.decode() for page in _rendered(plan_library(content, network.operator))]
    assert any("The charger waits" in page for page in pages)
    assert any("The charger waits" in page for page in library)
    for page in (*pages, *library):
        live = re.findall(r"<[^>]*hostile[^>]*>", re.sub(r'"[^"<>]*"', '""', page))
        assert live == []
        assert "<script>hostile" not in page
        assert not re.search(r"""(href|src)\s*=\s*["']?\s*(javascript|file):""", page, re.IGNORECASE)
        assert "javascript:hostile" not in page
        assert "file:///hostile" not in page
        assert "hostile.example" not in page

    (sign,) = _rendered(plan_placards(network, TODAY))
    assert not re.search(rb"/(JavaScript|JS|Launch|EmbeddedFile|URI)\b", sign)
    document = pypdfium2.PdfDocument(sign)
    words = document[0].get_textpage().get_text_range()
    document.close()
    assert "alert(" not in words
    assert "file:" not in words


# ── New folders and guides ───────────────────────────────────────────────────────────────────────────────────────────


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "name": st.text(min_size=1, max_size=100),
            "country": st.text(max_size=4),
            "party_id": st.sampled_from(["123", "EXC", "1E5", "NO1", "x", ""]),
            "phone": st.sampled_from(["+49 1", '"', "112", "1: 2"]),
            "site_url": st.sampled_from(["https://a.example/", "https://a.example", "javascript:x", ""]),
        },
    )
)
@settings(max_examples=40)
def test_a_new_operator_is_valid_or_nothing_is_written(
    tmp_path_factory: pytest.TempPathFactory, values: dict[str, str]
) -> None:
    folder = tmp_path_factory.mktemp("new") / "op"
    try:
        new_operator(folder, **values)
    except ContentError:
        assert not folder.exists()
        return
    findings = Findings()
    read = load_operator(folder, findings)
    assert list(findings) == []
    assert read is not None
    assert {name: getattr(read[0], name) for name in ("name", "party_id", "site_url") if name in values} == {
        name: value for name, value in values.items() if name in ("name", "party_id", "site_url")
    }


@pytest.mark.parametrize(
    "title", ["The light is red", 'It says "Error: 5"', "# {: #x } & more", "Ünïcode 日本"]
)
def test_a_new_guide_is_valid(tmp_path: Path, title: str) -> None:
    new_problem(tmp_path / "op" / "problems" / "my-problem", Draft(title), review="2027-11-01")
    findings = Findings()
    content = load_content(findings, tmp_path / "op")
    assert list(findings) == []
    assert content.problems["my-problem"].guide("en").title == title


def test_nothing_new_overwrites_what_is_there(tmp_path: Path) -> None:
    new_operator(tmp_path)
    with pytest.raises(WriteError, match="is there already"):
        new_operator(tmp_path, name="Other")
    new_problem(tmp_path / "p", Draft("T"), review="2027-11-01")
    with pytest.raises(WriteError, match="is there already"):
        new_problem(tmp_path / "p", Draft("Other"), review="2027-11-01")


# ── Findings ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("word", "right", "mend"),
    [
        ("tpa", ("tap", "wait"), 'did you mean "tap"?'),
        ("dc", ("AC", "DC"), 'did you mean "DC"?'),
        ("xyz", ("AC", "DC"), "use one of: AC, DC"),
        ("xyz", (), "leave it out"),
        ("x" * 100_000, ("AC", "DC"), "use one of: AC, DC"),
    ],
)
def test_the_nearest_right_word_is_named(word: str, right: tuple[str, ...], mend: str) -> None:
    assert nearest(word, right) == mend


def test_a_finding_is_one_line_that_cannot_command_the_terminal() -> None:
    findings = Findings()
    findings.add("F108", "op/x", 3, "bad \x1b[31m value\n::error::forged\u202e" + "x" * 1000, "mend\nit")
    text = str(next(iter(findings)))
    assert "\n" not in text
    assert text.isprintable()
    assert text.startswith("op/x:3: error: bad ")
    assert len(text) < 700


# ── On the command line ──────────────────────────────────────────────────────────────────────────────────────────────


def run(*words: str | Path) -> Result:
    result = CliRunner().invoke(main, [str(word) for word in words])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert "Traceback" not in result.output
    return result


def snapshot(out: Path) -> dict[str, tuple[int, bytes]]:
    """Every file of an output folder: which one it is and what it holds."""
    files = [path for path in out.rglob("*") if path.is_file() and not path.is_symlink()]
    return {
        str(path.relative_to(out)): (path.stat().st_ino, path.read_bytes())
        for path in files
        if path.name != ".chargeside.lock"
    }


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Folder, Path]:
    """An operator whose driver site has been built."""
    base = tmp_path_factory.mktemp("built")
    folder = operator_folder(base)
    build(folder.path, Options(base / "out", TODAY, ("driver",)))
    return folder, base / "out"


def _edit(name: str, old: str, new: str) -> Callable[[Folder], None]:
    return lambda folder: folder.edit(name, old, new)


def _write(name: str, content: str | bytes) -> Callable[[Folder], None]:
    return lambda folder: folder.write(name, content) and None


def _own(old: str, new: str) -> Callable[[Folder], None]:
    return _write("problems/red-light/en.md", replaced(GUIDE, old, new))


def _delete(name: str) -> Callable[[Folder], None]:
    return lambda folder: (folder.path / name).unlink()


def _logo(svg: str) -> Callable[[Folder], None]:
    def change(folder: Folder) -> None:
        folder.write("logo.svg", svg)
        folder.edit("operator.yml", "station_is:", "brand: {logo: logo.svg}\nstation_is:")

    return change


COMMAND_LINE = [
    # what is done, file, words on the line named (None: the file as a whole), rule
    pytest.param(_delete("operator.yml"), "operator.yml", None, "F101", id="missing file"),
    pytest.param(_write("operator.yml", ""), "operator.yml", None, "F102", id="empty file"),
    pytest.param(_edit("operator.yml", "name: Grid", "name: [Grid"), "operator.yml", "name: [Grid", "F104", id="broken YAML"),
    pytest.param(_write("stations/feed.json", "[{]"), "stations/feed.json", "[{]", "F104", id="broken JSON"),
    pytest.param(_edit("ledger.csv", "code,station", '"code,station'), "ledger.csv", '"code', "L401", id="broken CSV"),
    pytest.param(_write("operator.yml", b"name: caf\xe9\n"), "operator.yml", 1, "F103", id="broken UTF-8"),
    pytest.param(_edit("operator.yml", "station_is:", "staton_is:"), "operator.yml", "staton_is", "F106", id="unknown key"),
    pytest.param(_own("start_order=", "start_oder="), "problems/red-light/en.md", "start_oder", "G505", id="unknown fact"),
    pytest.param(_own("=plug_first", "=plug"), "problems/red-light/en.md", '=plug"', "G505", id="unknown value"),
    pytest.param(_own(GUIDE[GUIDE.index("1. **") :], ""), "problems/red-light/en.md", "The charger", "G502", id="guide without steps"),
    pytest.param(_own("next: another-charger", "next: nowhere"), "problems/red-light/en.md", "next:", "G506", id="next to nowhere"),
    pytest.param(_own("\n   {: #tap }", " {: #tap }"), "problems/red-light/en.md", "{: #tap }", "G503", id="attributes behind the text"),
    pytest.param(_own("=unplug ", "=nothing "), "problems/red-light/en.md", "=nothing", "G504", id="unknown pictogram"),
    pytest.param(_edit("operator.yml", "https:", "http:"), "operator.yml", "http:", "F108", id="site_url not https"),
    pytest.param(_edit("operator.yml", "https://help.", "https://hilfe."), "operator.yml", "site_url", "O202", id="site_url changed"),
    pytest.param(_edit("ledger.csv", "L1/evse/EL1,active", "L1/evse/EL1,"), "ledger.csv", "L1/evse", "L401", id="damaged line of the ledger"),
    pytest.param(lambda f: f.write("ledger.csv", "".join(f.text("ledger.csv").splitlines(keepends=True)[:2])), "ledger.csv", None, "L403", id="lost code"),
    pytest.param(_edit("stations/feed.json", '"id": "L1"', '"id": "../L1"'), "stations/feed.json", "../L1", "S302", id="station id that climbs"),
    pytest.param(_logo("no image"), "operator.yml", "logo.svg", "O203", id="logo that is no image"),
    pytest.param(_logo(SVG.format("<script/>")), "operator.yml", "logo.svg", "O203", id="logo with script"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "name", "at", "code"), COMMAND_LINE)
def test_a_build_on_bad_input_says_so_and_changes_nothing(
    built: tuple[Folder, Path],
    tmp_path: Path,
    change: Callable[[Folder], object],
    name: str,
    at: str | int | None,
    code: str,
) -> None:
    good, out = built
    folder = Folder(Path(shutil.copytree(good.path, tmp_path / "op")))
    change(folder)
    before = snapshot(out)
    result = run("build", folder.path, "--out", out, "--only", "driver", "--date", TODAY)
    assert result.exit_code == 1
    line = line_of(folder.text(name), at) if isinstance(at, str) else at
    where = f"op/{name}:{line}" if line else f"op/{name}"
    named = [text for text in result.stderr.splitlines() if f"[{code}]" in text]
    assert named, result.stderr
    assert named[0].startswith(f"{where}: error: ")
    assert ". Mend: " in named[0]
    assert "Nothing was written" in result.stderr
    assert snapshot(out) == before
    assert (out / "site" / "404.html").is_file()


def test_a_guide_with_a_script_is_refused(built: tuple[Folder, Path], tmp_path: Path) -> None:
    folder = Folder(Path(shutil.copytree(built[0].path, tmp_path / "op")))
    _own("your card.", "your card. <script>alert(1)</script>")(folder)
    result = run("check", folder.path)
    line = line_of(folder.text("problems/red-light/en.md"), "<script>")
    assert result.exit_code == 1
    assert f"op/problems/red-light/en.md:{line}: error: <script> was removed" in result.stdout
    before = snapshot(built[1])
    assert run("build", folder.path, "--out", built[1], "--only", "driver").exit_code == 1
    assert snapshot(built[1]) == before


def test_findings_as_data_name_the_same(folder: Folder) -> None:
    folder.edit("operator.yml", "station_is:", "staton_is:")
    result = run("check", folder.path, "--format", "json")
    assert result.exit_code == 1
    findings = [
        Finding(**{**one, "severity": Severity(one["severity"])})
        for one in json.loads(result.stdout)["findings"]
    ]
    finding = next(one for one in findings if one.code == "F106")
    assert (finding.path, finding.line) == (
        "op/operator.yml",
        line_of(folder.text("operator.yml"), "staton_is"),
    )
    github = run("check", folder.path, "--format", "github")
    assert f"::error file=op/operator.yml,line={finding.line}::" in github.stdout


def test_a_code_lost_against_the_last_commit_is_refused(folder: Folder) -> None:
    who = ["-c", "user.name=Test", "-c", "user.email=test@grid-test.example", "-c", "commit.gpgsign=false"]
    for words in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "Codes"]):
        subprocess.run(["git", *who, *words], cwd=folder.path, check=True, capture_output=True)
    lines = folder.text("ledger.csv").splitlines(keepends=True)
    folder.write("ledger.csv", "".join(lines[:2]))
    folder.issue("2030-01-01")  # the station has its code back, from the digest of its key …
    folder.edit("stations/feed.json", '"id": "L2"', '"id": "L3"')
    folder.write("ledger.csv", "".join(lines[:2]))
    result = run("check", folder.path)
    assert result.exit_code == 1
    assert re.search(
        rf"op/ledger\.csv: error: code {lines[2][:7]} was issued and is no longer", result.stdout
    )


@pytest.mark.parametrize(
    "source",
    [
        "",
        "{",
        '[{"id": "../x"}]',
        "<html>",
        b"\xff\xfe",
        "[" * 100_000,
        '{"data": [{"id": 1}',
        "code;lat\n",
        "[]",
        '{"status_code": 2001, "status_message": "Invalid token"}',
        json.dumps([location("L1"), location("L1")]),
        json.dumps([location("L1")]).replace("150000", "NaN"),
        json.dumps([location("L1")]).replace("150000", "1e999"),
        json.dumps([location("L1", name="half a \ud800 character")]),
        json.dumps([location("L1", x_own=0.5)]).replace("0.5", "[" * 980 + "]" * 980),
        json.dumps([location(f"L{number}", evse(f"E{number}", connectors=[])) for number in range(3)]),
    ],
    ids=[
        "empty",
        "cut short",
        "bad id",
        "web page",
        "UTF-16",
        "nested",
        "record cut short",
        "table",
        "no station",
        "refused by the server",
        "an id twice",
        "NaN",
        "infinite",
        "half a character",
        "nested in a record",
        "no plug",
    ],
)
def test_a_failed_import_leaves_feed_and_ledger(folder: Folder, tmp_path: Path, source: str | bytes) -> None:
    path = tmp_path / "new.json"
    path.write_bytes(source.encode() if isinstance(source, str) else source)
    before = snapshot(folder.path)
    result = run("import", "ocpi", path, "--to", folder.path, "--name", "feed")
    assert result.exit_code == 1, result.output
    assert snapshot(folder.path) == before
    assert ". Mend: " in result.stderr


def test_what_is_said_of_a_source_names_the_source(folder: Folder, tmp_path: Path) -> None:
    """Not the feed that would have been written, and was not."""
    path = tmp_path / "new.json"
    path.write_text(json.dumps([location("L1", evse("E1", connectors=[]))]))
    result = run("import", "ocpi", path, "--to", folder.path, "--name", "feed", "--accept-removals")
    assert result.exit_code == 1
    assert f"{path}:1: warning: an EVSE without connectors is left out" in result.stderr
    assert "stations/feed.json" not in result.stderr


FORMULAS = ["=1+1", "+1+1", "-1+1", "@SUM(1)", '=HYPERLINK("https://x.example")']


def test_no_table_that_is_written_runs_in_a_spreadsheet(tmp_path: Path) -> None:
    """Every table that is written, from a feed that tries."""
    evses = [
        evse(f"{text}{side}", evse_id=f"{text}*{side}", physical_reference=text)
        for text in FORMULAS
        for side in "12"
    ]
    hostile = [
        location(f"=L{number}", one, two, evse("=none", connectors=[]), name=text, address=text, city=text)
        for number, (text, one, two) in enumerate(zip(FORMULAS, evses[::2], evses[1::2], strict=True))
    ]
    folder = operator_folder(tmp_path, location("L0"), station_is="cabinet")
    source = tmp_path / "new.json"
    tables = tmp_path / "tables"
    tables.mkdir()
    for prefix in ("a", "b"):  # the second time all ids are new, so that there are codes to rematch
        source.write_text(json.dumps([{**one, "id": prefix + one["id"]} for one in hostile]))
        words = ("import", "ocpi", source, "--to", folder.path, "--name", "feed", "--accept-removals")
        assert run(*words, "--report", tables).exit_code == 0
    assert run("check", folder.path, "--propose-cabinets", tables / "cabinets.csv").exit_code == 0
    assert run("ledger", "rematch", folder.path).exit_code == 0
    (tables / "show.csv").write_text(run("ledger", "show", folder.path, "--csv").stdout)
    assert run("new", "sheet", tables / "sheet.csv").exit_code == 0
    written = [*tables.glob("*.csv"), folder.path / "rematch.csv", folder.path / "ledger.csv"]
    assert len(written) == 6
    for path in written:
        text = path.read_text("utf-8-sig")
        assert path.name == "sheet.csv" or "'=1+1" in text
        for row in csv.reader(io.StringIO(text)):
            for cell in row:
                assert not cell.startswith(("=", "+", "@", "\t", "\r")), (path.name, cell)
                assert not cell.startswith("-") or re.fullmatch(r"-[0-9.]+", cell), (path.name, cell)


def test_an_import_from_nowhere_is_named(folder: Folder, tmp_path: Path) -> None:
    before = snapshot(folder.path)
    result = run("import", "ocpi", tmp_path / "gone.json", "--to", folder.path)
    assert result.exit_code in (1, 2)
    assert "gone.json" in result.stderr
    assert snapshot(folder.path) == before


def test_damage_that_changes_what_a_station_is_issues_no_code(folder: Folder) -> None:
    """Codes are for ever: who would group EVSEs by a table that cannot be read would print wrong signs."""
    folder.write("overrides.csv", "evse,cabnet\nEL1,K\nEL2,K\n")
    before = snapshot(folder.path)
    assert run("ledger", "issue", folder.path).exit_code == 1
    assert snapshot(folder.path) == before
