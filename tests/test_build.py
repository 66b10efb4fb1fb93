"""The build as a whole: only what changed is rendered, nothing is torn, every link holds, and real data goes through."""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from chargeside.build import Options, Report, build
from chargeside.cli import main
from chargeside.errors import ContentError
from sitecheck import BUDGET, broken_links, driver_pages, gzipped, read_page
from support import OPERATOR, location, operator_folder

TODAY = "2026-11-22"


@pytest.fixture
def demo(tmp_path: Path, root: Path) -> Path:
    """A copy of the demo operator that a test may change, in one language: all six take six times as long and show no more."""
    folder = Path(shutil.copytree(root / "station_kits" / "demo", tmp_path / "demo"))
    path = folder / "operator.yml"
    text, count = re.subn(
        r"languages: \[[a-z]{2},[a-z, ]*\]", "languages: [en]", path.read_text(encoding="utf-8")
    )
    assert count == 3
    path.write_text(text, encoding="utf-8")
    return folder


def make(folder: Path, out: Path, *parts: str, **options: object) -> Report:
    report = build(folder, Options(out, TODAY, parts or ("driver", "placards"), **options))  # type: ignore[arg-type]
    assert not report.failed, report.findings
    return report


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_everything_once_then_nothing(demo: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    first = make(demo, out, "library", "driver", "placards")
    before = {path: path.stat().st_ino for path in (out / "site" / "").rglob("*") if path.is_file()}
    second = make(demo, out, "library", "driver", "placards")
    assert first.rendered and not first.removed
    assert (second.rendered, second.removed, second.unchanged) == ([], [], len(first.rendered))
    assert before == {path: path.stat().st_ino for path in (out / "site" / "").rglob("*") if path.is_file()}
    assert broken_links(out / "site", library=True) == []


def test_a_new_date_prints_no_new_signs(demo: Path, tmp_path: Path) -> None:
    make(demo, tmp_path / "out")
    later = build(demo, Options(tmp_path / "out", "2027-03-01", ("driver", "placards")))
    assert later.rendered == []


def test_one_changed_payment_renders_that_station_only(demo: Path, tmp_path: Path) -> None:
    """Both sides of one cabinet take cash from now on: its page, its sign, and the pages on what it shows."""
    out = tmp_path / "out"
    make(demo, out)
    lines = (demo / "overrides.csv").read_text(encoding="utf-8").splitlines()
    column = lines[0].split(",").index("payment.cash")
    evses = [line.split(",")[0] for line in lines if line.startswith("market-1-")]
    for number, line in enumerate(lines):
        cells = line.split(",")
        if cells[0] in evses:
            cells[column] = "yes"
            lines[number] = ",".join(cells)
    (demo / "overrides.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    shown = CliRunner().invoke(main, ["ledger", "show", str(demo), "--csv"]).stdout.splitlines()
    code = next(line.split(",")[0] for line in shown if evses[0] in line)
    report = make(demo, out)
    stations = {path.split("/")[1] for path in report.rendered if path.split("/")[1].isdigit()}
    signs = {path.split("/")[1].split(".")[0] for path in report.rendered if path.startswith("placards/")}
    others = [
        path
        for path in report.rendered
        if not path.startswith((f"site/{code}/", f"placards/{code}."))
        and not re.match("site/(g/../pay|b/..)/", path)  # and what phones keep of such stations
    ]
    assert (stations, signs, others) == ({code}, {code}, [])
    assert "Cash" in (out / "site" / code / "index.html").read_text(encoding="utf-8")


def test_a_new_phone_number_prints_the_signs_that_show_it(tmp_path: Path) -> None:
    """Two countries, two helplines, three designs: the signs of the one country, all of them, and no other."""
    names = ("L1", "L2", "L3", "L4")
    places = [
        location(name, country=country)
        for name, country in zip(names, ("DEU", "DEU", "AUT", "AUT"), strict=True)
    ]
    helps = {
        country: {**OPERATOR["countries"]["DE"], "helpline": {"phone": phone}}
        for country, phone in (("DE", "+49 800 1234567"), ("AT", "+43 800 7654321"))
    }
    designs = [{"design": name} for name in ("classic", "label", "tag")]
    folder = operator_folder(tmp_path, *places, countries=helps, placards=designs)
    signs = sorted(make(folder.path, tmp_path / "out", "placards").rendered)
    assert len(signs) == len(designs) * len(places)
    assert make(folder.path, tmp_path / "out", "placards").rendered == []
    folder.edit("operator.yml", "+43 800 7654321", "+43 800 7654322")
    codes = [str(one.code) for one in folder.network().stations if one.country == "AT"]
    assert len(codes) == 2
    report = make(folder.path, tmp_path / "out", "placards")
    assert sorted(report.rendered) == [path for path in signs if path.split("/")[1].split(".")[0] in codes]
    assert (report.removed, report.unchanged) == ([], len(signs) // 2)


def test_a_changed_guide_renders_where_it_stands(demo: Path, tmp_path: Path, root: Path) -> None:
    out = tmp_path / "out"
    make(demo, out, "driver")
    own = demo / "problems" / "screen-black"
    from chargeside.load.content import content_root

    shutil.copytree(content_root() / "problems" / "screen-black", own)
    edit(own / "en.md", "---\ntitle: ", "---\ntitle: NEW ")
    report = make(demo, out, "driver")
    assert any(path.startswith("site/g/en/screen-black/") for path in report.rendered)
    assert not any("/cable-stuck/" in path for path in report.rendered)
    page = next(path for path in report.rendered if path.split("/")[1].isdigit())
    assert "NEW " in (out / page).read_text(encoding="utf-8")


def test_findings_stop_the_build_and_leave_what_stands(demo: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    make(demo, out, "driver")
    before = {path: path.read_bytes() for path in (out / "site" / "").rglob("*.html")}
    edit(demo / "operator.yml", "site_url: https://", "site_url: http://")
    result = CliRunner().invoke(main, ["build", str(demo), "--out", str(out)])
    assert result.exit_code == 1
    line = next(
        n
        for n, text in enumerate((demo / "operator.yml").read_text().splitlines(), 1)
        if text.startswith("site_url")
    )
    assert f"demo/operator.yml:{line}: error" in result.stderr and "Mend:" in result.stderr
    assert before == {path: path.read_bytes() for path in (out / "site" / "").rglob("*.html")}


def test_what_somebody_deleted_is_made_again(demo: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    make(demo, out, "driver")
    page = next((out / "site" / "").glob("[0-9]*/index.html"))
    text = page.read_bytes()
    page.unlink()
    report = make(demo, out, "driver")
    assert report.rendered == [page.relative_to(out).as_posix()]
    assert page.read_bytes() == text


def test_pages_above_the_budget_stop_the_site(demo: Path, tmp_path: Path) -> None:
    """Eight guides stand in full on every station page, whatever they weigh: then the build says by how much."""
    out = tmp_path / "out"
    make(demo, out, "driver")
    before = {path: path.read_bytes() for path in (out / "site" / "").rglob("*.html")}
    words = random.Random(7)
    for number in range(8):
        text = " ".join(f"{words.getrandbits(40):x}" for _ in range(600))
        guide = demo / "problems" / f"long-{number}" / "en.md"
        guide.parent.mkdir(parents=True)
        guide.write_text(
            f"---\ntitle: Long {number}\ncategory: special\noutcome: fix\nnext: call\nweight: 100\n---\n{text}\n\n"
            "1. **Read.**\n   {: #read }\n2. **Wait.**\n   {: #wait }\n",
            encoding="utf-8",
        )
    with pytest.raises(ContentError) as error:
        build(demo, Options(out, TODAY, ("driver",)))
    over = [finding for finding in error.value.findings if finding.code == "B801"]
    assert over and all(finding.path.startswith("site/") for finding in over)
    assert before == {path: path.read_bytes() for path in (out / "site" / "").rglob("*.html")}


def test_a_code_that_stands_on_a_wall_cannot_be_lost(demo: Path, tmp_path: Path) -> None:
    make(demo, tmp_path / "out", "driver")
    lines = (demo / "ledger.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    lost = lines.pop(1).split(",")[0]
    (demo / "ledger.csv").write_text("".join(lines), encoding="utf-8")
    with pytest.raises(ContentError) as error:
        make(demo, tmp_path / "out", "driver")
    assert any(finding.code == "L403" and lost in finding.message for finding in error.value.findings)


def test_a_station_that_leaves_the_feed_keeps_its_page(demo: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    feed = json.loads((demo / "stations" / "demo.json").read_text(encoding="utf-8"))
    locations = feed["data"] if isinstance(feed, dict) else feed
    runner = CliRunner()
    make(demo, out, "driver")
    gone = next(
        loc
        for loc in locations
        if loc["publish"] and any("COMBO" in c["standard"] for e in loc["evses"] for c in e["connectors"])
    )
    source = tmp_path / "new.json"
    source.write_text(json.dumps([loc for loc in locations if loc["id"] != gone["id"]]), encoding="utf-8")
    result = runner.invoke(main, ["import", "ocpi", str(source), "--to", str(demo), "--name", "demo"])
    assert result.exit_code == 0, result.output
    codes = [
        line.split(",")[0]
        for line in (demo / "ledger.csv").read_text(encoding="utf-8").splitlines()
        if f"*{gone['id']}" in line
    ]
    assert codes
    for where in (out, tmp_path / "fresh"):
        make(demo, where, "driver")
        for code in codes:
            text = (where / "site" / code / "index.html").read_text(encoding="utf-8")
            assert "not in our list at the moment" in text
            assert "CCS2" in text, "its last page still shows its plug"
        assert broken_links(where / "site", library=False) == []
    source.write_text(json.dumps(locations), encoding="utf-8")
    assert (
        runner.invoke(main, ["import", "ocpi", str(source), "--to", str(demo), "--name", "demo"]).exit_code
        == 0
    )
    make(demo, out, "driver")
    assert "not in our list" not in (out / "site" / codes[0] / "index.html").read_text(encoding="utf-8")


def _build_in_child(folder: Path, out: Path) -> None:
    build(folder, Options(out, TODAY, ("driver",)))


def test_killed_at_fifty_moments_nothing_is_torn(demo: Path, tmp_path: Path) -> None:
    """Each build has something to do: the operator's name, which stands on every page, changes each time."""
    out = tmp_path / "out"
    make(demo, out, "driver")
    started = time.perf_counter()
    edit(demo / "operator.yml", "name: ", "name: New ")
    make(demo, out, "driver")
    length = time.perf_counter() - started
    moments = random.Random(4821736)
    context = multiprocessing.get_context("fork")
    killed = 0  # by us, before it was done
    for number in range(50):
        text = (demo / "operator.yml").read_text(encoding="utf-8").splitlines()
        text = [f'name: "Demo {number} (fictional)"' if line.startswith("name:") else line for line in text]
        (demo / "operator.yml").write_text("\n".join(text) + "\n", encoding="utf-8")
        child = context.Process(target=_build_in_child, args=(demo, out))
        child.start()
        time.sleep(moments.uniform(0, length))
        assert child.pid is not None
        os.kill(child.pid, signal.SIGKILL)
        child.join()
        killed += child.exitcode == -signal.SIGKILL
        assert broken_links(out / "site", library=False) == []
    assert killed >= 10, "too few were killed at work to show anything"
    make(demo, out, "driver")
    assert not list((out / "releases").glob("*.unfinished"))


@pytest.fixture(scope="session")
def french(tmp_path_factory: pytest.TempPathFactory, shared_data: Path) -> tuple[Path, Path]:
    """The 250 real stations, imported and built as an operator would."""
    base = tmp_path_factory.mktemp("french")
    operator, out = base / "op", base / "out"
    source = shared_data / "irve" / "irve-statique-250-stations.csv"
    for command in (
        ["new", "operator", str(operator), "--country", "FR", "--station-is", "location"],
        ["import", "irve", str(source), "--to", str(operator)],
        ["build", str(operator), "--out", str(out), "--workers", "2"],
    ):
        result = CliRunner().invoke(main, command)
        assert result.exit_code == 0, result.output
    return operator, out


@pytest.mark.xdist_group("french")
def test_250_real_stations_have_pages_and_signs(french: tuple[Path, Path]) -> None:
    operator, out = french
    codes = [
        line.split(",")[0] for line in (operator / "ledger.csv").read_text(encoding="utf-8").splitlines()[1:]
    ]
    assert len(codes) == 250
    assert all((out / "site" / code / "index.html").is_file() for code in codes)
    assert {path.name.split(".")[0] for path in (out / "placards" / "").glob("*.pdf")} == set(codes)


@pytest.mark.xdist_group("french")
def test_real_pages_are_light_and_whole(french: tuple[Path, Path]) -> None:
    _, out = french
    heavy = {
        address: size for address, path in driver_pages(out / "site") if (size := gzipped(path)) > BUDGET
    }
    loading = {
        address: page.loads
        for address, path in driver_pages(out / "site")
        if (page := read_page(path)).loads or page.scripts
    }
    assert heavy == {}
    assert {
        address: [url for url in loads if not url.startswith("data:")]
        for address, loads in loading.items()
        if any(not url.startswith("data:") for url in loads)
    } == {}
    assert broken_links(out / "site", library=True) == []


@pytest.mark.xdist_group("french")
def test_every_real_sign_decodes_to_its_page(french: tuple[Path, Path]) -> None:
    import pypdfium2
    import zxingcpp

    if not shutil.which("zbarimg"):
        pytest.skip("needs zbarimg (apt-get install zbar-tools)")
    _, out = french
    unread: list[str] = []
    for path in sorted((out / "placards" / "").glob("*.pdf")):
        url = f"https://help.example.org/{path.name.split('.')[0]}/"
        assert (out / "site" / url.rstrip("/").rsplit("/", 1)[1] / "index.html").is_file()
        document = pypdfium2.PdfDocument(path)
        image = document[0].render(scale=150 / 72, grayscale=True).to_pil()
        document.close()
        if [code.text for code in zxingcpp.read_barcodes(image)] != [url]:
            unread.append(f"zxing-cpp {path.name}")
        picture = path.parent.parent / f"{path.stem}.pgm"
        image.save(picture)
        done = subprocess.run(
            ["zbarimg", "-q", "--raw", picture], capture_output=True, text=True, check=False
        )
        picture.unlink()
        if done.stdout.split() != [url]:
            unread.append(f"zbarimg {path.name}")
    assert unread == []
