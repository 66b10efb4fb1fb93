"""`inspect`: photos of signs, made with a known truth, and photos that nobody should open."""

from __future__ import annotations

import base64
import csv
import datetime as dt
import io
import json
import random
import shutil
import struct
import zlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import zxingcpp
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from chargeside.cli import main
from chargeside.findings import Findings
from chargeside.inspecting import inspection
from chargeside.inspecting.addresses import Addresses, Kind, shown
from chargeside.inspecting.inspection import Inspection, Looked, Question, inspect
from chargeside.inspecting.judging import CodeResult, Judge, Result
from chargeside.inspecting.page import report_csv, report_html, report_json
from chargeside.inspecting.photos import Photo, find_photos
from chargeside.inspecting.reading import Code, read_codes
from chargeside.inspecting.recording import record_seen
from chargeside.inspecting.verdicts import ORDER, TITLES, TO_DO, Verdict
from chargeside.load.content import load_content
from chargeside.load.network import load_network
from chargeside.load.signs import PrintedSign, load_signs, signs_bytes
from chargeside.model.network import Network
from chargeside.plan.placards import Placard, plan_placards
from chargeside.plan.reprint import as_printed
from chargeside.render.placard import Sign, render_batch
from made_photos import FOREIGN, MOST, Made, Studio, paste, qr, qr_box
from signs import picture_of

SIGNS = 6
TODAY = "2026-11-23"
HARD = {"blurred", "glare", "covered"}
"""What goes so far that nobody could read some of them."""
NORTHGATE, MARKET = "1717395", "2069364"
AT_NORTHGATE, AT_MARKET = (54.1189, -2.64077), (54.01021, -2.78014)


@pytest.fixture(scope="module")
def operator(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo operator, that has had another address."""
    folder = tmp_path_factory.mktemp("inspect") / "demo"
    shutil.copytree(root / "station_kits" / "demo", folder)
    text = (folder / "operator.yml").read_text(encoding="utf-8")
    former = "former_site_urls: [https://old.example.org/]\npay_url:"
    (folder / "operator.yml").write_text(text.replace("pay_url:", former), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def network(operator: Path) -> Network:
    findings = Findings()
    network = load_network(operator, load_content(findings, operator), findings)
    assert network is not None and not findings.errors
    return network


@pytest.fixture(scope="module")
def placards(network: Network) -> tuple[Placard, ...]:
    plan = plan_placards(network, "2026-11-22")
    return tuple(job.payload for job in plan.jobs if isinstance(job.payload, Placard))


@pytest.fixture(scope="module")
def studio(network: Network, placards: tuple[Placard, ...]) -> Studio:
    drawn = render_batch(placards[:SIGNS], plan_placards(network, "2026-11-22").shared)
    signs = [sign for sign in drawn if isinstance(sign, Sign)]
    assert len(signs) == SIGNS
    return Studio(
        {one.code: picture_of(sign, 110) for one, sign in zip(placards[:SIGNS], signs, strict=True)}
    )


@pytest.fixture(scope="module")
def judge(network: Network) -> Judge:
    return Judge(network)


@pytest.fixture(autouse=True)
def read_once(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The demo operator is read once for all tests that look at photos of its signs."""
    if "studio" in request.fixturenames:
        read = request.getfixturevalue("as_read")
        monkeypatch.setattr(inspection, "_judge", lambda *_: read)


@pytest.fixture(scope="module")
def as_read(operator: Path) -> tuple[Network, Judge]:
    return inspection._judge(Question(operator, (), TODAY), Findings())


def look(image: Image.Image, judge: Judge, name: str = "photo.jpg", **known: object) -> Result:
    return judge.photo(name, Photo(image, known.get("taken"), known.get("place")), read_codes(image))  # type: ignore[arg-type]


def test_there_are_two_hundred_photos() -> None:
    assert sum(MOST.values()) == 200


@pytest.mark.slow
@pytest.mark.parametrize("kind", MOST)
def test_made_photos_get_their_verdict(kind: str, studio: Studio, operator: Path, tmp_path: Path) -> None:
    """Each gets its verdict or an honest "not sure"; no foreign code is ever right; most are not merely unsure."""
    truths: dict[str, Made] = {}
    for made in studio.of(kind):
        made.image.save(tmp_path / made.name, quality=90)
        truths[made.name] = made
    question = Question(operator, (tmp_path,), TODAY)
    found = {
        Path(one.result.name).name: one.result.verdict
        for one in inspect(question, Findings(), lambda *_: None).photos
    }
    assert found.keys() == truths.keys()
    hard = kind in HARD
    for name, made in truths.items():
        allowed = {made.truth, *(("unsure", "unreadable", "damaged") if hard else ())}
        assert found[name] in allowed, f"{name} is {made.truth}, and was called {found[name]}"
    sure = sum(found[name] == made.truth for name, made in truths.items())
    assert sure >= len(truths) * (0.5 if hard else 1)


@pytest.mark.parametrize(
    ("text", "kind", "word"),
    [
        ("https://help.example.org/1717395/", Kind.STATION, ""),
        ("https://help.example.org/1717395", Kind.STATION, ""),
        ("https://old.example.org/1717395/", Kind.STATION, "former"),
        ("HTTPS://HELP.EXAMPLE.ORG/1717395/", Kind.STATION, "capitals"),
        ("https://help.example.org/s/en/", Kind.FIND, ""),
        ("https://help.example.org/1717395/de/", Kind.ODD, "no sign carries"),
        ("https://pay.example.org/", Kind.OWN, "paying"),
        ("https://pay.example.org/card?at=7", Kind.OWN, "paying"),
        ("https://app.example.org/", Kind.OWN, "leads to"),
        ("https://maker.test/box/77", Kind.OWN, "leads to"),
        ("https://maker.test/else", Kind.ODD, "another page"),
        ("SN 4711-0815", Kind.TEXT, ""),
        ("4006381333931", Kind.TEXT, ""),
        ("https://help.example.org/1717396/", Kind.FOREIGN, "check digit"),
        ("https://help.example.org/4821737/", Kind.FOREIGN, "never issued"),
        ("https://help.example.org/", Kind.FOREIGN, "no code"),
        ("https://help.example.org:8443/1717395/", Kind.FOREIGN, "port 8443"),
        ("http://help.example.org/1717395/", Kind.FOREIGN, "http:"),
        ("https://help.example.org@evil.test/1717395/", Kind.FOREIGN, "before @"),
        ("https://help.example.org\\@evil.test/1717395/", Kind.FOREIGN, ""),
        ("https://help.example.org.evil.test/1717395/", Kind.FOREIGN, "belongs to somebody else"),
        ("https://help-example-org.evil.test/", Kind.FOREIGN, "belongs to somebody else"),
        ("https://help.examp1e.org/1717395/", Kind.FOREIGN, "taken for others"),
        ("https://help.exarnple.org/1717395/", Kind.FOREIGN, "taken for others"),
        ("https://hlep.example.org/1717395/", Kind.FOREIGN, "swapped"),
        ("https://help.example.com/1717395/", Kind.FOREIGN, "another domain"),
        ("https://h\u0435lp.example.org/1717395/", Kind.FOREIGN, "other scripts"),
        ("https://xn--hlp-qdd.example.org/1717395/", Kind.FOREIGN, "nearly"),
        ("https://" + "h\u0435lp".encode("punycode").decode().join(("xn--", ".example.org/")), Kind.FOREIGN, "other scripts"),
        ("https://bit.ly/3xYz", Kind.FOREIGN, "shortener"),
        ("https://203.0.113.7/1717395/", Kind.FOREIGN, "number"),
        ("https://pay.example.org.evil.test/", Kind.FOREIGN, "belongs to somebody else"),
        ("https://maker.test/box/77/../../else", Kind.ODD, "another page"),
        ("evil.test/pay", Kind.FOREIGN, "another domain"),
        ("javascript:alert(1)", Kind.FOREIGN, "javascript:"),
        ("WIFI:T:WPA;S:x;;", Kind.FOREIGN, "wifi:"),
        ("tel:+449098790001", Kind.FOREIGN, "tel:"),
        ("upi://pay?pa=x", Kind.FOREIGN, "upi:"),
        ("https://help.example.org/1717395/ https://evil.test", Kind.FOREIGN, "hide"),
        (" https://help.example.org/1717395/", Kind.FOREIGN, "hide"),
        ("https://help.example.org/1717395/\u202e", Kind.FOREIGN, "hide"),
        ("https://[::1", Kind.FOREIGN, "damaged"),
        ("https://help.example.org:99999/1717395/", Kind.FOREIGN, "damaged"),
    ],
)  # fmt: skip
def test_what_a_code_says(network: Network, text: str, kind: Kind, word: str) -> None:
    meaning = Addresses(network, ["https://maker.test/box/77"]).meaning(text)
    assert meaning.kind is kind, meaning
    assert word in str(meaning.old or meaning.why or ""), meaning


def test_every_foreign_address_of_the_studio_is_foreign(network: Network) -> None:
    addresses = Addresses(network)
    assert {addresses.meaning(text).kind for text in FOREIGN} == {Kind.FOREIGN}


@given(
    st.text(max_size=60)
    | st.from_regex(r"https?://(help\.)?exam[a-z0-9.@:-]{1,20}/[0-9]{7}/?", fullmatch=True)
)
def test_only_addresses_of_ours_are_ours(text: str) -> None:
    """Whatever a code holds: nothing is raised, what is shown cannot do harm, and a station of ours needs our address."""
    meaning = _addresses().meaning(text)
    if meaning.kind is Kind.STATION:
        assert text.lower().removeprefix("https://").startswith(("help.example.org/", "old.example.org/"))
    assert shown(text).isprintable() and "." not in shown(text).replace("[.]", "")


def _addresses() -> Addresses:
    if not _CACHED:
        findings = Findings()
        folder = Path(__file__).resolve().parent.parent / "station_kits" / "demo"
        found = load_network(folder, load_content(findings, folder), findings)
        assert found is not None
        _CACHED.append(Addresses(found))
    return _CACHED[0]


_CACHED: list[Addresses] = []


@pytest.mark.parametrize(
    ("name", "place", "verdict", "word"),
    [
        ("IMG_0001.jpg", None, Verdict.RIGHT, "Neither"),
        ("1717395/IMG_0001.jpg", None, Verdict.RIGHT, "name of the photo"),
        ("2069364/IMG_0001.jpg", None, Verdict.OTHER_STATION, "2069364"),
        ("2069364/1717395.jpg", None, Verdict.RIGHT, "name of the photo"),
        ("20261122/IMG_1234567.jpg", None, Verdict.RIGHT, "Neither"),
        ("IMG.jpg", AT_NORTHGATE, Verdict.RIGHT, "Taken 0 m"),
        ("IMG.jpg", (54.1198, -2.64077), Verdict.RIGHT, "Taken 100 m"),
        ("IMG.jpg", AT_MARKET, Verdict.OTHER_STATION, "2069364 (0 m)"),
        ("IMG.jpg", (54.1300, -2.64077), Verdict.UNSURE, "none of yours is near"),
        ("1717395.jpg", AT_MARKET, Verdict.UNSURE, "but it was taken"),
    ],
)
def test_at_which_charger(
    studio: Studio, judge: Judge, name: str, place: tuple[float, float] | None, verdict: Verdict, word: str
) -> None:
    result = look(studio.signs[NORTHGATE], judge, name, place=place)
    assert result.verdict is verdict
    assert word in " ".join(map(str, result.codes[0].reasons))


def test_moved_retired_and_reserved_codes(studio: Studio, network: Network) -> None:
    found = {}
    for status, moved_to in (("moved", MARKET), ("retired", ""), ("reserved", "")):
        ledger = tuple(
            replace(line, status=status, moved_to=moved_to) if line.code == NORTHGATE else line
            for line in network.ledger
        )
        judge = Judge(replace(network, ledger=ledger))
        found[status] = look(studio.signs[NORTHGATE], judge).verdict
    assert found == {"moved": Verdict.OUTDATED, "retired": Verdict.OUTDATED, "reserved": Verdict.UNSURE}


def printed_sign(placards: tuple[Placard, ...], code: str, **changes: str) -> PrintedSign:
    placard = next(one for one in placards if one.code == code)
    return replace(as_printed(placard, "2026-10-01"), **changes)  # type: ignore[arg-type]


def test_issues_of_a_sign(studio: Studio, network: Network, placards: tuple[Placard, ...]) -> None:
    sign = printed_sign(placards, NORTHGATE)
    newest = {NORTHGATE: (sign.mark,)}
    image = studio.signs[NORTHGATE]

    right = look(image, Judge(network, [sign], newest), taken=dt.date(2026, 10, 5))
    assert right.verdict is Verdict.RIGHT
    assert f"compare {sign.mark} with the foot" in " ".join(map(str, right.codes[0].reasons))
    for judge, taken in (
        (Judge(network, [sign], newest), dt.date(2026, 9, 30)),
        (Judge(network, [replace(sign, mark="222")], newest), None),
        (Judge(network, [sign], newest, printed_before=dt.date(2026, 10, 2)), None),
    ):
        assert look(image, judge, taken=taken).verdict is Verdict.OUTDATED
    tag = replace(sign, mark="222", connector="1")
    assert look(image, Judge(network, [tag], newest)).verdict is Verdict.RIGHT


@pytest.mark.parametrize("wrong", [0, 1, 2, 3])
def test_error_correction_used(wrong: int) -> None:
    """Version 4-H has four blocks, each mends eight codewords. Of one block so many are destroyed: every fourth codeword, in the order in
    which they are placed (ISO/IEC 18004, 7.6 and 7.7.3), belongs to it."""
    text = "https://help.example.org/1717395/"
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="H")
    cells = np.array(code.to_image(scale=1, add_quiet_zones=False)).copy()
    for word in range(0, wrong * 4, 4):
        column, row = _codeword_at(word, len(cells))
        cells[row : row + 4, column : column + 2] ^= 255
    side = 12 * (len(cells) + 12)
    image = Image.fromarray(np.pad(cells, 6, constant_values=255)).resize(
        (side, side), Image.Resampling.NEAREST
    )
    (read,) = read_codes(image)
    assert read.text == text
    assert read.used == pytest.approx(wrong / 8, abs=0.011)


def _codeword_at(word: int, size: int) -> tuple[int, int]:
    """Column and row of the upper left module of a codeword that lies in the two rightmost columns, going up, or in the next two, down."""
    high = (size - 9) // 4
    if word < high:
        return size - 2, size - 4 * (word + 1)
    return size - 4, 9 + 4 * (word - high)


def test_a_foreign_code_in_the_middle_of_ours_is_found(studio: Studio, judge: Judge) -> None:
    sign = studio.signs[NORTHGATE].copy()
    left, top, side = qr_box(sign)
    paste(sign, qr("https://evil.test/p", "L"), (left + side * 0.3, top + side * 0.3), side * 0.4)
    result = look(sign, judge)
    assert {one.verdict for one in result.codes} == {Verdict.FOREIGN, Verdict.DAMAGED}
    assert result.verdict is Verdict.FOREIGN


def test_codes_of_yours_for_something_else_do_not_count(studio: Studio, judge: Judge) -> None:
    wide = Image.new("RGB", (studio.signs[NORTHGATE].width + 400, studio.signs[NORTHGATE].height), "white")
    paste(wide, qr("https://pay.example.org/"), (wide.width - 360, 200), 300)
    assert look(wide, judge).verdict is Verdict.NONE
    wide.paste(studio.signs[NORTHGATE], (0, 0))
    result = look(wide, judge)
    assert result.verdict is Verdict.RIGHT
    assert {one.verdict for one in result.codes} == {Verdict.RIGHT, Verdict.OWN}


def test_other_kinds_of_codes(judge: Judge) -> None:
    def drawn(text: str) -> Image.Image:
        code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.DataMatrix)
        return Image.fromarray(np.array(code.to_image(scale=12, add_quiet_zones=True)))

    found = [
        look(drawn(text), judge).codes[0].verdict
        for text in ("SN 4711", "https://evil.test/", "https://help.example.org/1717395/")
    ]
    assert found == [Verdict.OTHER_CODE, Verdict.FOREIGN, Verdict.UNSURE]


def _png_of_size(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def test_files_that_are_no_photos(operator: Path, tmp_path: Path) -> None:
    picture = saved(Image.effect_noise((300, 300), 60), "JPEG")
    bad = {
        "text.jpg": b"This is a text.",
        "empty.png": b"",
        "cut.jpg": picture[: len(picture) // 2],
        "head.jpg": b"\xff\xd8\xff\xe0" + b"\0" * 40,
        "huge.png": _png_of_size(60_000, 60_000),
        "large.png": _png_of_size(12_000, 9_000),
        "bomb.png": _png_of_size(9_000, 9_000),
        "short.webp": b"RIFF\x10\0\0\0WEBPVP8 ",
        "short.heic": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic",
        "page.html.jpg": b"<script>alert(1)</script>",
    }
    for name, data in bad.items():
        (tmp_path / name).write_bytes(data)
    (tmp_path / "notes.txt").write_text("not asked for")
    (tmp_path / "gone.jpg").symlink_to(tmp_path / "nowhere.jpg")
    with (tmp_path / "long.jpg").open("wb") as file:
        file.write(picture)
        file.truncate(60_000_001)
    dice = random.Random(7)
    for turn in range(40):
        damaged = bytearray(saved(Image.effect_noise((64, 64), 60), ("JPEG", "PNG", "WEBP")[turn % 3]))
        for _ in range(6):
            damaged[dice.randrange(12, len(damaged))] = dice.randrange(256)
        (tmp_path / f"damaged {turn}.jpg").write_bytes(bytes(damaged))

    result = CliRunner().invoke(main, ["inspect", str(tmp_path), "--operator", str(operator), "--json"])
    assert result.exit_code == 1, result.output
    assert result.exception is None or isinstance(result.exception, SystemExit)
    found = {Path(one["name"]).name: one for one in json.loads(result.stdout)["photos"]}
    assert {name for name in (*bad, "long.jpg") if found[name]["verdict"] != "not-a-photo"} == set()
    assert all(found[name]["why"] for name in bad)
    assert "too large" in found["huge.png"]["why"][0] and "12000" in found["large.png"]["why"][0]
    assert "notes.txt" not in found and "gone.jpg" not in found and "1 file passed over" in result.stderr


@pytest.mark.parametrize(
    ("kind", "turn"),
    [("JPEG", 1), ("JPEG", 3), ("JPEG", 6), ("JPEG", 8), ("PNG", 6), ("WEBP", 8), ("HEIF", 6)],
)
def test_kinds_of_photos_and_cameras_held_sideways(
    studio: Studio, operator: Path, tmp_path: Path, kind: str, turn: int
) -> None:
    """What is written into EXIF: how the camera was held, when, and where. The code is found where it is on the upright photo."""
    if kind == "HEIF":
        pytest.importorskip("pillow_heif").register_heif_opener()
    undo = {3: Image.Transpose.ROTATE_180, 6: Image.Transpose.ROTATE_90, 8: Image.Transpose.ROTATE_270}
    sign = studio.signs[NORTHGATE]
    exif = Image.Exif()
    exif[0x0112] = turn
    exif[0x010F] = "Maker of cameras"
    exif.get_ifd(0x8769)[0x9003] = "2026:11:20 08:15:00"
    exif.get_ifd(0x8769)[0xA431] = "serial 12345"
    exif.get_ifd(0x8825).update({1: "N", 2: (54.0, 7.0, 8.04), 3: "W", 4: (2.0, 38.0, 26.77)})
    image = sign.transpose(undo[turn]) if turn in undo else sign
    path = tmp_path / "photo"
    path.write_bytes(
        saved(image, kind, exif=exif.tobytes(), **({"comment": b"by Somebody"} if kind == "JPEG" else {}))
    )

    question = Question(operator, (path,), TODAY, pictures=True)
    found = inspect(question, Findings(), lambda *_: None)
    (looked,) = found.photos
    (code,) = looked.result.codes
    assert (looked.result.verdict, looked.result.taken, code.station) == (
        Verdict.RIGHT,
        "2026-11-20",
        NORTHGATE,
    )
    assert code.metres is not None and code.metres < 5
    left, top, side = qr_box(sign)
    assert code.code.box == pytest.approx((left, top, left + side, top + side), abs=6)
    page = report_html(found).decode()
    picture = base64.b64decode(looked.picture.partition(",")[2])
    assert b"Somebody" not in picture and b"Exif" not in picture
    assert "serial" not in page and "Maker of" not in page and "54.1" not in page


def test_hostile_texts_do_no_harm_in_reports(network: Network, judge: Judge) -> None:
    texts = (
        "https://evil.test/<script>alert(1)</script>",
        '=HYPERLINK("https://evil.test")://',
        "https://evil.test/\u202egpj.\x1b[31m",
    )
    corners = ((0.0, 0.0), (9.0, 0.0), (9.0, 9.0), (0.0, 9.0))
    image = Image.new("RGB", (400, 400))
    codes = tuple(Code(text, is_qr=True, corners=corners) for text in texts)
    result = judge.photo("<b>\u202e=1.jpg", Photo(image, None, None), codes)
    found = Inspection(network, (Looked(result),), TODAY)
    page, table = report_html(found).decode(), report_csv(found).decode("utf-8-sig")
    assert "<script>alert" not in page and "<b>\u202e" not in page and "href" not in page
    for text in (page, table, json.dumps(report_json(found), ensure_ascii=False)):
        assert "evil.test" not in text and "\u202e" not in text and "\x1b" not in text
    rows = list(csv.DictReader(io.StringIO(table)))
    assert {row["verdict"] for row in rows} == {"foreign"}
    assert all(not cell.startswith(("=", "+", "@")) for row in rows for cell in row.values())


def test_every_verdict_has_words() -> None:
    assert set(TITLES) == set(ORDER)
    assert set(TO_DO) == set(ORDER) - {Verdict.OWN, Verdict.OTHER_CODE}


def result_of(verdict: Verdict, code: str, taken: str = "") -> Result:
    corners = ((0.0, 0.0), (9.0, 0.0), (9.0, 9.0), (0.0, 9.0))
    return Result(
        "p", verdict, (CodeResult(verdict, Code("x", is_qr=True, corners=corners), "", code, ()),), (), taken
    )


def test_recording(operator: Path, placards: tuple[Placard, ...], tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    shutil.copytree(operator, folder)
    sign = printed_sign(placards, NORTHGATE)
    lines = (
        sign, replace(sign, design="label"), replace(sign, design="tag", connector="1"),
        printed_sign(placards, MARKET, seen="2026-11-21"),
    )  # fmt: skip
    (folder / "signs.csv").write_bytes(signs_bytes(lines))

    def seen() -> dict[tuple[str, str], str]:
        return {
            (one.code, one.design): one.seen
            for one in load_signs(folder / "signs.csv", "signs.csv", Findings())
        }

    results = [
        result_of(Verdict.RIGHT, NORTHGATE, "2026-11-19"),
        result_of(Verdict.RIGHT, NORTHGATE, "2026-11-20"),
        result_of(Verdict.FOREIGN, NORTHGATE, "2026-11-22"),
        result_of(Verdict.RIGHT, MARKET, "2026-11-20"),
        result_of(Verdict.RIGHT, "2555048"),
    ]
    noted = record_seen(folder, results, TODAY)
    assert (noted.signs, noted.known, noted.unknown) == (2, 1, ("2555048",))
    assert seen() == {
        (NORTHGATE, sign.design): "2026-11-20", (NORTHGATE, "label"): "2026-11-20", (NORTHGATE, "tag"): "", (MARKET, sign.design): "2026-11-21",
    }  # fmt: skip
    record_seen(folder, [result_of(Verdict.RIGHT, NORTHGATE, "2031-01-01")], TODAY, ("tag",))
    assert seen()[NORTHGATE, "tag"] == TODAY and seen()[NORTHGATE, "label"] == "2026-11-20"
    before = (folder / "signs.csv").read_bytes()
    assert record_seen(folder, results, TODAY).signs == 0
    assert (folder / "signs.csv").read_bytes() == before


def test_the_command(studio: Studio, operator: Path, tmp_path: Path) -> None:
    photos = tmp_path / "round" / "market"
    photos.mkdir(parents=True)
    studio.signs[NORTHGATE].save(photos / f"{NORTHGATE}.jpg")
    report, table = tmp_path / "out.html", tmp_path / "out.csv"
    arguments = ["inspect", str(photos.parent), "--operator", str(operator)]
    result = CliRunner().invoke(main, [*arguments, "--report", str(report), "--csv", str(table), "--record"])
    assert result.exit_code == 0, result.output
    assert "1 photo: 1 right" in result.stderr and "Not noted" in result.stderr and not result.stdout
    page = report.read_text()
    assert "data:image/jpeg;base64," in page and "<script" not in page and "Charger 2A | 2B" in page
    (row,) = csv.DictReader(io.StringIO(table.read_text("utf-8-sig")))
    assert (row["photo"], row["verdict"], row["number"]) == (
        f"round/market/{NORTHGATE}.jpg",
        "right",
        "2A | 2B",
    )
    for wrong in (
        ["--design", "classic"],
        ["--known", "http://maker.test/"],
        ["--printed-before", "yesterday"],
    ):
        assert CliRunner().invoke(main, [*arguments, *wrong]).exit_code == 2
    assert CliRunner().invoke(main, ["inspect", "--operator", str(operator)]).exit_code == 2


def test_an_operator_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["inspect", str(tmp_path), "--operator", str(tmp_path)])
    assert result.exit_code == 1 and "operator.yml" in result.output


def test_photos_are_found_in_order_and_once(tmp_path: Path) -> None:
    for name in ("b/2.jpg", "b/1.JPG", "a.png", ".hidden.jpg", ".git/x.jpg", "c/notes.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    found = find_photos((tmp_path, tmp_path / "a.png"))
    assert [name for _, name in found.files] == [
        f"{tmp_path.name}/{name}" for name in ("a.png", "b/1.JPG", "b/2.jpg")
    ]
    assert [name for _, name in find_photos((tmp_path / "b" / "2.jpg",)).files] == ["b/2.jpg"]
    assert found.passed_over == 1
