"""Sheets for an inspection round: every code in one row, read back from the PDF; hostile names; paper; the command."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from chargeside.cli import main
from chargeside.findings import Findings
from chargeside.i18n import PSEUDO
from chargeside.ledger_work import move, reserve, retire
from chargeside.load.signs import PrintedSign, signs_bytes
from chargeside.model.codes import new_code
from chargeside.model.network import LedgerStatus, Network
from chargeside.plan.inspection_round import Chosen, NotThere, Round, State, inspection_round
from chargeside.plan.placards import Placard, plan_placards
from chargeside.plan.reprint import SITE, as_printed
from chargeside.render import inspection_round as drawing
from chargeside.round_work import write_round
from signs import Letter
from support import Folder, evse, location, operator_folder

TODAY = "2026-11-22"
HOSTILE = (
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "شحن \u202e السيارات שלום\u202c 充电站",
    "🔌⚡👩🏽‍🔧 {{ 7 * 7 }} {% raw %} &amp;",
    "Donaudampfschifffahrtsgesellschaftskapitän" * 8,
    "\x1b[31m\x00=HYPERLINK(1)\u2028\u200b",
)


def folder_of(base: Path, **changes: object) -> Folder:
    """Three sites: a car park over three levels, a hub and a charger nobody knows the number of."""
    levels = ("1", "-2", "-1", "0")
    park = [
        evse(f"P{n}{side}", physical_reference=f"{n}{side}", floor_level=levels[n % 4],
             chargeside={"cabinet": f"C{n}", "side": {"A": "left", "B": "right"}[side]})
        for n in range(1, 7) for side in "AB"
    ]  # fmt: skip
    hub = [evse(f"H{n}", physical_reference=str(n)) for n in (10, 9, 2)]
    one = location("ONE", evse("X1"), name="Village hall")
    signs = [{"design": "classic", "size": "A5", "languages": ["en"]}]
    sites = (location("PARK", *park, name="Old Harbour"), location("HUB", *hub, name="Northgate"), one)
    return operator_folder(base, *sites, **{"placards": signs, **changes})


def printed_in(network: Network) -> list[PrintedSign]:
    found = [job.payload for job in plan_placards(network, "2026-09-01").jobs]
    return [as_printed(one, "2026-09-01") for one in found if isinstance(one, Placard)]


def drawn(of: Round, out: Path, paper: str = "A4", workers: int = 1) -> bytes:
    write_round(of, out, paper, workers, lambda what, done, total: None)
    return out.read_bytes()


def text_of(pdf: bytes) -> str:
    with pypdfium2.PdfDocument(pdf) as document:
        return "\n".join(page.get_textpage().get_text_bounded() for page in document)


def by_code(of: Round) -> dict[str, State]:
    return {stop.code: stop.state for sheet in of.sheets for stop in sheet.stops}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    return folder_of(tmp_path_factory.mktemp("round"), pay_url="https://pay.grid-test.example/")


@pytest.fixture(scope="module")
def network(folder: Folder) -> Network:
    return folder.network()


@pytest.fixture(scope="module")
def printed(network: Network) -> list[PrintedSign]:
    return printed_in(network)


# ── What stands on the sheets ────────────────────────────────────────────────────────────────────────────────────────

_FATES = ("stays", "stays", "stays", "left", "forgotten", "retired", "moved", "reserved")


def fated(network: Network, fates: dict[str, str]) -> Network:
    """The network after each code met its fate. `left` is in no feed, `forgotten` was not kept either."""
    kept = next((code for code in fates if fates[code] == "stays"), "")
    as_told: dict[str, LedgerStatus] = {"retired": "retired", "moved": "moved", "reserved": "reserved"}
    lines = tuple(
        replace(
            line,
            status=as_told.get(fates[line.code], "active"),
            moved_to=kept if fates[line.code] == "moved" else "",
            station="" if fates[line.code] == "reserved" else line.station,
        )
        for line in network.ledger
    )
    return replace(
        network,
        ledger=lines,
        stations=tuple(one for one in network.stations if fates[one.code] == "stays"),
        vanished=tuple(line for line in lines if fates[line.code] in ("left", "forgotten")),
        last_seen={one.code: one for one in network.stations if fates[one.code] == "left"},
    )


@given(st.data())
@settings(max_examples=60)
def test_every_code_of_the_chosen_sites_stands_in_exactly_one_row(
    network: Network, printed: list[PrintedSign], data: st.DataObject
) -> None:
    codes = sorted(network.station_by_code)
    drawn_fates = data.draw(st.lists(st.sampled_from(_FATES), min_size=len(codes), max_size=len(codes)))
    fates = dict(zip(codes, ("stays", *drawn_fates[1:]), strict=True))
    now = fated(network, fates)
    stays = {code for code in codes if fates[code] != "reserved"}
    signs = [sign for sign in printed if sign.code in stays and data.draw(st.booleans())]
    site_of = {code: network.station_by_code[code].name for code in codes}
    shown = {
        site_of[code] for code in codes if fates[code] in ("stays", "left")
    }  # a site that no data has is known by its code alone
    sites = data.draw(st.sets(st.sampled_from(sorted(shown))))
    of = inspection_round(now, signs, TODAY, Chosen(tuple(sorted(sites))))
    found = Counter(stop.code for sheet in of.sheets for stop in sheet.stops)
    wanted = {code for code in codes if fates[code] != "reserved" and (not sites or site_of[code] in sites)}
    assert found == Counter(wanted)
    states = {
        "left": State.LEFT,
        "forgotten": State.LEFT,
        "retired": State.RETIRED,
        "moved": State.MOVED,
        "stays": State.HANGS,
    }
    assert by_code(of) == {code: states[fates[code]] for code in wanted}
    carried = {stop.code: [sign.mark for sign in stop.signs] for sheet in of.sheets for stop in sheet.stops}
    assert carried == {code: [sign.mark for sign in signs if sign.code == code] for code in wanted}


def test_rows_stand_as_somebody_walks(network: Network) -> None:
    sheets = {sheet.name: sheet for sheet in inspection_round(network, (), TODAY, Chosen()).sheets}
    assert list(sheets) == sorted(sheets)
    assert [stop.number for stop in sheets["Northgate"].stops] == ["2", "9", "10"]
    levels = [stop.where[0] for stop in sheets["Old Harbour"].stops]
    heights = [int(level.removeprefix("Level ").replace("–", "-")) for level in levels]
    assert heights == sorted(heights) and set(heights) == {-2, -1, 0, 1}
    first = sheets["Old Harbour"].stops[0]
    assert (first.number, first.seats) == ("1A | 1B", (("1A", "left"), ("1B", "right")))
    assert first.where == ("Level –2", "Cabinet C1")
    (alone,) = sheets["Village hall"].stops
    assert (alone.number, alone.evse_ids) == ("", ("DE*GTS*X1",))


def test_what_was_seen_since_is_left_out(network: Network) -> None:
    signs = printed_in(network)
    days = ("", "2026-05-31", "2026-06-01", "2026-07-01")
    signs = [replace(sign, seen=days[place % 4]) for place, sign in enumerate(signs[:-1])]
    of = inspection_round(network, signs, TODAY, Chosen(unseen_since="2026-06-01"))
    recorded = {sign.code: sign.seen for sign in signs}
    old = {code for code in network.station_by_code if recorded.get(code, "") < "2026-06-01"}
    assert set(by_code(of)) == old
    assert 0 < len(old) < len(network.station_by_code)


def test_posters_and_signs_of_other_addresses_are_told(network: Network) -> None:
    sign = printed_in(network)[0]
    poster = replace(sign, connector=SITE, url="https://help.grid-test.example/s/en/", mark="P0S")
    former = replace(sign, url=f"https://help.before.example/{sign.code}/", size="A4")
    lost = replace(sign, code=new_code("lost", set(network.station_by_code)), name="Old Harbour")
    of = inspection_round(network, [sign, poster, former, lost], TODAY, Chosen())
    (sheet,) = (one for one in of.sheets if any(stop.code == sign.code for stop in one.stops))
    assert sheet.stops[0].code == ""
    assert [(one.mark, one.shows) for one in sheet.stops[0].signs] == [
        ("P0S", "help.grid-test.example/s/en/")
    ]
    (stop,) = (stop for stop in sheet.stops if stop.code == sign.code)
    assert [one.shows for one in stop.signs] == ["", f"help.before.example/{sign.code}/"]
    (harbour,) = (one for one in of.sheets if one.name == "Old Harbour")
    assert [stop.state for stop in harbour.stops if stop.code == lost.code] == [State.UNKNOWN]


@pytest.mark.parametrize(
    ("chosen", "kind", "near"),
    [
        (Chosen(sites=("Old Harbor",)), "site", "Old Harbour"),
        (Chosen(sites=("Northgate", "zzzzzz")), "site", ""),
        (Chosen(sites=("",)), "site", ""),
        (Chosen(sites=("\x1b[2J",)), "site", ""),
        (Chosen(codes=("0000001",)), "code", None),
    ],
)
def test_what_nobody_knows_is_told_with_what_may_be_meant(
    network: Network, chosen: Chosen, kind: str, near: str | None
) -> None:
    with pytest.raises(NotThere) as caught:
        inspection_round(network, (), TODAY, chosen)
    assert caught.value.kind == kind
    assert near is None or caught.value.near == near
    assert str(caught.value).isprintable()


# ── The paper ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> tuple[Round, bytes]:
    """A round with every kind of row, and its PDF."""
    base = tmp_path_factory.mktemp("everything")
    folder = folder_of(base)
    network = folder.network()
    codes = sorted(network.station_by_code)
    retire(folder.path, codes[:1], Findings())
    move(folder.path, codes[1], codes[2], Findings())
    reserve(folder.path, 2, TODAY, "salt", Findings())
    signs = [
        replace(sign, seen="2026-10-01" if place % 2 else "")
        for place, sign in enumerate(printed_in(network))
    ]
    of = inspection_round(folder.network(), signs[:-2], TODAY, Chosen())
    return of, drawn(of, base / "round.pdf")


def test_the_pdf_says_what_was_planned(everything: tuple[Round, bytes]) -> None:
    of, pdf = everything
    text = text_of(pdf)
    stops = [stop for sheet in of.sheets for stop in sheet.stops]
    assert Counter(re.findall(r"Code\s+([0-9]{7})\b", text)) == Counter(stop.code for stop in stops)
    assert text.count("No sign recorded") == sum(not stop.signs for stop in stops) > 0
    hanging = [stop for stop in stops if stop.state is State.HANGS]
    for stop in hanging:
        assert all(sign.mark in text for sign in stop.signs)
    rows = sum(max(1, len(stop.signs)) for stop in hanging)
    flat = " ".join(text.split())
    assert flat.count("Nothing pasted over: run a fingernail over the code's edge") == rows
    assert flat.count("Take this sign down") == 2
    for sheet in of.sheets:
        assert sheet.name in text
        assert sheet.position in text
    assert flat.count("0800 1234567") == flat.count("Do not pull it off yet") == len(of.sheets)
    assert flat.count("help.grid-test.example/") >= len(of.sheets)


def letters_of(pdf: bytes) -> list[tuple[Letter, float, float]]:
    """Letters with width and height of their page in mm."""
    found = []
    with pypdfium2.PdfDocument(pdf) as document:
        for page in document:
            text, (width, height) = page.get_textpage(), page.get_size()
            for place in range(text.count_chars()):
                letter = text.get_text_range(place, 1)
                if letter.strip():
                    found.append(
                        (
                            Letter(letter, place, text.get_charbox(place)),
                            width * 25.4 / 72,
                            height * 25.4 / 72,
                        )
                    )
    return found


def test_letters_are_large_enough_and_boxes_too(everything: tuple[Round, bytes]) -> None:
    _, pdf = everything
    capitals = [letter.points for letter, _, _ in letters_of(pdf) if letter.text in "HTNMEFL"]
    assert len(capitals) > 50
    assert min(capitals) >= 9.9
    assert drawing.BOX_MM >= 7


def test_pages_are_grey(everything: tuple[Round, bytes]) -> None:
    _, pdf = everything
    with pypdfium2.PdfDocument(pdf) as document:
        for page in document:
            red, green, blue = page.render(scale=0.5).to_pil().convert("RGB").split()
            assert red.tobytes() == green.tobytes() == blue.tobytes()


@pytest.mark.parametrize(("paper", "size"), [("A4", (210, 297)), ("Letter", (215.9, 279.4))])
@pytest.mark.parametrize("lang", ["en", PSEUDO])
def test_nothing_leaves_the_page_whatever_it_is_called(
    tmp_path: Path, paper: str, size: tuple[float, float], lang: str
) -> None:
    folder = operator_folder(
        tmp_path,
        *(
            location(
                f"L{n}",
                evse(f"E{n}", physical_reference=name[:36], floor_level=name[:4]),
                name=name,
                address=name,
            )
            for n, name in enumerate(HOSTILE)
        ),
        name=HOSTILE[0],
        placards=[{"design": "classic", "size": "A5", "languages": ["en"]}],
    )
    of = inspection_round(folder.network(), (), TODAY, Chosen(), lang)
    pdf = drawn(of, tmp_path / "round.pdf", paper)
    for letter, width, height in letters_of(pdf):
        assert (width, height) == pytest.approx(size, abs=0.1)
        assert letter.left > 5 and letter.bottom > 3
        assert letter.right < width - 5 and letter.top < height - 5
    text = " ".join(text_of(pdf).split())
    if lang != PSEUDO:  # there it runs the other way
        assert "<script>alert(1)</script>" in text
        assert "{{ 7 * 7 }} {% raw %} &amp;" in text
    with pikepdf.open(tmp_path / "round.pdf") as document:
        titles = [str(item.title) for item in document.open_outline().root]
        assert len(titles) == len(of.sheets)
        assert not re.findall(r"[\x00-\x1f\u2028\u202a-\u202e]", "".join(titles))
        assert not [page for page in document.pages if "/Annots" in page or "/AA" in page]


def test_the_same_bytes_however_many_work(
    network: Network, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drawing, "BATCH", 1)
    of = inspection_round(network, printed_in(network), TODAY, Chosen())
    assert len(of.sheets) == 3
    files = [drawn(of, tmp_path / f"{place}.pdf", workers=workers) for place, workers in enumerate((1, 1, 2))]
    assert all(one == other for one, other in pairwise(files))


# ── The command ──────────────────────────────────────────────────────────────────────────────────────────────────────


def run(*words: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["round", *map(str, words), "--date", TODAY, "--workers", "1"])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


def test_the_command_writes_the_sheets_of_a_site(folder: Folder, tmp_path: Path) -> None:
    out = tmp_path / "round.pdf"
    code, said = run(
        folder.path, "--out", out, "--site", "northgate", "--site", "one", "--paper", "letter", "--lang", "de"
    )
    assert code == 0
    assert "4 codes at 2 sites on 2 pages" in said
    text = text_of(out.read_bytes())
    assert "Northgate" in text and "Village hall" in text and "Old Harbour" not in text
    assert "pay.grid-test.example/" in text
    (one,) = folder.network().station_by_code.keys() & re.findall(
        "[0-9]{7}", text.partition("Village hall")[2]
    )
    code, said = run(folder.path, "--out", out, "--code", one)
    assert "1 code at 1 site on 1 page" in said


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (("--site", "Nortgate"), 2, 'did you mean "Northgate"?'),
        (("--code", "1234567"), 2, "--code"),
        (("--unseen-since", "June"), 2, "write it like 2026-11-30"),
        (("--lang", "xx"), 2, "--lang"),
        (("--out", "round.txt"), 2, ".pdf"),
        (("--site", "Northgate", "--unseen-since", "2000-01-01"), 1, "no sign to look at"),
    ],
)
def test_wrong_use_is_told_and_what_stood_stands(
    folder: Folder, tmp_path: Path, words: tuple[str, ...], status: int, said: str
) -> None:
    signs = [replace(sign, seen="2026-10-01") for sign in printed_in(folder.network())]
    folder.write("signs.csv", signs_bytes(signs))
    out = tmp_path / "round.pdf"
    out.write_bytes(b"before")
    assert run(folder.path, "--out", out, *words)[0] == status
    assert said in run(folder.path, "--out", out, *words)[1]
    assert out.read_bytes() == b"before"


def test_a_damaged_ledger_or_signs_csv_stops_it(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    folder.write("signs.csv", b"mark,code\n")
    code, said = run(folder.path, "--out", tmp_path / "round.pdf")
    assert code == 1 and "P730" in said
    assert not (tmp_path / "round.pdf").exists()
