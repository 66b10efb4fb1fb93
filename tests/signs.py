"""Small networks whose signs tests draw, and what they do with a finished sign: see it, read it, ask other programs about it."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Literal
from xml.etree import ElementTree

import pypdfium2
import pytest
import zxingcpp
from PIL import Image

from chargeside.errors import RenderError
from chargeside.findings import Findings
from chargeside.load.content import load_content
from chargeside.load.designs import load_designs
from chargeside.model.codes import new_code
from chargeside.model.design import Design
from chargeside.model.facts import Fact, Facts, Origin
from chargeside.model.network import Content, Logo, Network, Point, Station
from chargeside.model.ocpi import Connector, Evse, Location
from chargeside.model.operator import Operator
from chargeside.plan.jobs import Plan
from chargeside.plan.placards import Placard, plan_placards
from chargeside.render.canvas import POINTS_PER_METRE
from chargeside.render.placard import Sign, render_placard

TODAY = "2026-11-22"
PT_MM = 25.4 / 72
OCPI = {
    "ccs2": "IEC_62196_T2_COMBO",
    "chademo": "CHADEMO",
    "type1": "IEC_62196_T1",
    "type2": "IEC_62196_T2",
}
LOGO = Logo(
    "image/svg+xml",
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 60 20"><rect width="60" height="20" fill="#0b5d4e"/></svg>',
)
LANGUAGES = (("en",), ("de", "en"), ("fr", "de", "en"))


# ── networks ───────────────────────────────────────────────────────────────────────────────────────────────────────


@cache
def content() -> Content:
    """What the package says about connectors; no guides."""
    return Content({}, load_content(Findings()).connectors)


@cache
def designs() -> Mapping[str, Design]:
    """The designs of the package."""
    findings = Findings()
    found = load_designs(Path("nowhere"), findings)
    assert not list(findings)
    return found


def plug(kind: str, kw: float | None = None, form: Literal["CABLE", "SOCKET"] | None = "CABLE") -> Connector:
    """A connector by the name of its kind, or of an OCPI standard that has none."""
    known = kind if kind in content().connectors else None
    watts = int(kw * 1000) if kw else None
    return Connector(id="1", standard=OCPI.get(kind, kind), kind=known, format=form, max_electric_power=watts)


def facts(**values: str | tuple[str, ...]) -> Facts:
    """Facts that a person has set."""
    origin = Origin("overrides", "overrides.csv")
    ways = ("contactless", "chip", "app", "rfid", "web", "plug_and_charge", "cash", "free")
    return Facts({f"payment.{k}" if k in ways else k: Fact(v, origin) for k, v in values.items()})


def station(
    *points: tuple[str | None, Literal["left", "right"] | None, Sequence[Connector]],
    known: Facts | None = None,
    level: str | None = None,
    bays: Sequence[str | None] = (),
    **location: Any,
) -> Station:
    """A station of points, each with number, side and plugs. `location`: fields of its Location."""
    known = known or facts()
    place = {"name": "Old Harbour", "address": "Quay Street 4", "postal_code": "12345", "city": "Seatown"}
    made = tuple(
        Point(
            Evse(
                uid=str(i),
                connectors=tuple(plugs),
                floor_level=level,
                bay=bays[i] if i < len(bays) else None,
            ),
            known,
            number,
            side,
        )
        for i, (number, side, plugs) in enumerate(points)
    )
    where = Location(
        **{
            "country_code": "GB",
            "party_id": "EXC",
            "id": "1",
            "country": "GB",
            "evses": (),
            **place,
            **location,
        }
    )
    numbers = list(dict.fromkeys(point.number for point in made if point.number))
    number = " | ".join(numbers) if 1 <= len(numbers) <= 2 else None
    key = repr((points, known, location))
    return Station(key, new_code(key, ()), number, where, made, known)


def operator(**values: Any) -> Operator:
    """An operator in one country."""
    helpline = {"phone": "+44 808 157 0123", "free": True, "hours": "24/7"}
    return Operator.model_validate(
        {
            "name": "Example Charge",
            "country_code": "GB",
            "party_id": "EXC",
            "site_url": "https://help.example.org/",
            "countries": {"GB": {"helpline": helpline, "emergency_phone": "999"}},
            "apps": [{"name": "Example Charge", "url": "https://example.org/app"}],
            **values,
        }
    )


def network(
    *stations: Station, logo: Logo | None = LOGO, own: Mapping[str, Design] | None = None, **values: Any
) -> Network:
    """The network of these stations. `own`: designs of the operator's."""
    return Network(
        operator=operator(**values),
        content=content(),
        stations=stations,
        ledger=(),
        vanished=(),
        last_seen={},
        logo=logo,
        path="example",
        designs={**designs(), **(own or {})},
    )


def plan(*stations: Station, **values: Any) -> Plan:
    """The signs of these stations."""
    return plan_placards(network(*stations, **values), TODAY)


def one(where: Station, **values: Any) -> tuple[Placard, Mapping[str, Any]]:
    """The first sign of a station, and what it shares with others."""
    made = plan(where, **values)
    placard = made.jobs[0].payload
    assert isinstance(placard, Placard)
    return placard, made.shared


def drawn_or_refused(placard: Placard, shared: Mapping[str, Any]) -> Sign | RenderError:
    """The sign, proofed, or why there is none."""
    try:
        return render_placard(placard, shared)
    except RenderError as error:
        return error


def refusal(where: Station, **values: Any) -> RenderError:
    """Why the first sign of a station cannot be made."""
    found = drawn_or_refused(*one(where, **values))
    assert isinstance(found, RenderError)
    assert found.mend
    return found


PAYS = facts(start_order="plug_first", display="yes", contactless="yes", app="yes", rfid="no")
CASES: dict[str, tuple[Station, dict[str, Any]]] = {
    "two sides": (
        station(
            ("2A", "left", [plug("ccs2", 150)]),
            ("2B", "right", [plug("ccs2", 150), plug("chademo", 50)]),
            known=PAYS,
            level="-1",
            bays=("14", "15"),
        ),
        {},
    ),
    "no number": (station((None, None, [plug("ccs2", 300)]), known=PAYS), {}),
    "long name with accents": (
        station(
            ("7", None, [plug("ccs2", 50), plug("chademo", 50), plug("type2", 43)]),
            known=facts(start_order="auth_first", rfid="yes"),
            name="Aire de l’Île-d’Évaux-Saint-Hélène – Côté Montréjeau, Château d’Œx",
            city="Saint-Rémy-en-Bouzemont-Saint-Genest-et-Isson",
        ),
        {"brand": {"colour": "#f5c400"}},
    ),
    "socket": (
        station(
            ("P12", None, [plug("type2", 22, "SOCKET")]),
            known=facts(start_order="any", format=("socket",), app="yes"),
        ),
        {"logo": None, "brand": {"colour": "#1d3fbb"}},
    ),
    "nothing known of paying": (
        station(("1", None, [plug("ccs2"), plug("type2", 22, "SOCKET")])),
        {"brand": {"colour": "#c8102e"}, "pay_url": "https://pay.example.org/"},
    ),
    "Greek": (
        station(
            ("Γ3", None, [plug("type2", 11)]),
            known=PAYS,
            name="Πλατεία",
            address="Αμαλίας 12",
            city="Αθήνα",
            level="2",
        ),
        {},
    ),
    "Cyrillic": (station(("Б-1", None, [plug("type2", 11)]), name="Дом № 5", city="София"), {}),
    "EVSE ID as number": (
        station(("GB*EXC*E207301*1", None, [plug("type2", 11)])),
        {
            "logo": None,
            "name": "Musterhausen Energy and Transport Company of the Upper Valley",
            "site_url": "https://charging-help.upper-valley.example.org/help/",
        },
    ),
    "five kinds of plug": (
        station(
            (
                None,
                None,
                [plug("ccs2", 300), plug("chademo", 50), plug("type2", 22), plug("type2", 22, "SOCKET")],
            ),
            (None, None, [plug("DOMESTIC_E", 2.3, "SOCKET")]),
            known=PAYS,
        ),
        {},
    ),
    "a plug without a drawing": (
        station(
            ("4", "left", [plug("IEC_60309_2_three_32", 22, "SOCKET")]), ("5", "right", [plug("type2", 22)])
        ),
        {"brand": {"colour": "#e6e6e6"}},
    ),
}
"""Stations of many kinds, with values of operator.yml."""


@cache
def case(name: str) -> tuple[Placard, Mapping[str, Any], Sign]:
    """One of them with its sign, classic A5 in English."""
    where, values = CASES[name]
    placard, shared = one(where, **values)
    return placard, shared, render_placard(placard, shared)


each_case = pytest.mark.parametrize("name", CASES)


def asked(design: str, size: str = "", langs: Sequence[str] = ("en",), **more: Any) -> list[dict[str, Any]]:
    """`placards:` of operator.yml."""
    return [{"design": design, "size": size, "languages": list(langs), **more}]


# ── finished signs ─────────────────────────────────────────────────────────────────────────────────────────────────


def page_of(data: bytes) -> Any:
    """The page, by PDFium."""
    return pypdfium2.PdfDocument(data)[0]


def picture_of(data: bytes, dpi: int = 150) -> Image.Image:
    """What it looks like."""
    picture: Image.Image = page_of(data).render(scale=dpi / 72).to_pil()
    return picture


def text_of(data: bytes) -> str:
    """All that is written on it, words parted by single spaces."""
    text: str = page_of(data).get_textpage().get_text_bounded()
    return " ".join(text.replace("\x02", "-").replace("\ufffe", "-").split())


def squeezed(text: str) -> str:
    """Text without spaces: a PDF does not keep them."""
    return "".join(text.split())


def read_by_zxing(picture: Image.Image) -> list[str]:
    """The codes that zxing-cpp reads."""
    return [code.text for code in zxingcpp.read_barcodes(picture)]


def read_by_zbar(pictures: Sequence[Path]) -> list[list[str]]:
    """The codes that zbar reads on each of these pictures."""
    if not shutil.which("zbarimg"):
        pytest.skip("needs zbarimg (Debian: zbar-tools)")
    command = ["zbarimg", "--quiet", "--xml", "--nodbus", "-Sdisable", "-Sqrcode.enable", *map(str, pictures)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found: dict[str, list[str]] = {str(picture): [] for picture in pictures}
    text = re.sub(r'\sxmlns=[\'"][^\'"]*[\'"]', "", done.stdout)
    for source in ElementTree.fromstring(text).iter("source") if text.strip() else ():
        found[source.attrib["href"]] = [data.text or "" for data in source.iter("data")]
    return list(found.values())


def tool(data: bytes, folder: Path, *command: str) -> str:
    """What a program says of a PDF, its exit status 0."""
    if not shutil.which(command[0]):
        pytest.skip(f"needs {command[0]}")
    path = folder / "sign.pdf"
    path.write_bytes(data)
    return subprocess.run([*command, str(path)], capture_output=True, text=True, check=True).stdout


def fonts_of(data: bytes, folder: Path) -> list[str]:
    """What pdffonts says of each font: whether it is embedded, a subset, and can be read back."""
    return [" ".join(line.split()[-5:-2]) for line in tool(data, folder, "pdffonts").splitlines()[2:] if line]


# ── letters as drawn ───────────────────────────────────────────────────────────────────────────────────────────────

CAP_HEIGHT = 0.714
"""Height of these letters in Noto Sans, in em."""
FLAT = frozenset("EFHILTZ1457")


class Letter:
    """A letter as it lies on paper: its ink in mm from the lower left corner, and its place among all."""

    def __init__(self, text: str, place: int, box: tuple[float, float, float, float]) -> None:
        self.text, self.place = text, place
        self.left, self.bottom, self.right, self.top = (edge * PT_MM for edge in box)

    @property
    def points(self) -> float:
        """The size it is drawn in, by its height."""
        return (self.top - self.bottom) / PT_MM / CAP_HEIGHT


def letters_of(sign: bytes) -> list[Letter]:
    page = page_of(sign)
    text = page.get_textpage()
    return [
        Letter(letter, index, text.get_charbox(index))
        for index in range(text.count_chars())
        if not (letter := text.get_text_range(index, 1)).isspace() and letter
    ]


def letters_large_enough(placard: Placard, sign: bytes) -> None:
    """No letter is smaller than can be read from the sign's distance, but for those of mark, date and maker."""
    least = POINTS_PER_METRE * placard.distance_m
    flat = [letter for letter in letters_of(sign) if letter.text in FLAT]
    assert len(flat) > 10
    small = Counter(letter.text for letter in flat if letter.points < least * 0.985)
    fine = Counter(f"{placard.mark}{placard.issued}{placard.operator}")
    assert small <= fine, (small - fine, least)
    assert min(letter.points for letter in flat) >= 5.4


def within_the_page(placard: Placard, sign: bytes) -> None:
    """Nothing is clipped by the edge, nor comes near it."""
    for letter in letters_of(sign):
        assert letter.left >= 2.4
        assert letter.bottom >= 2.4
        assert letter.right <= placard.width_mm - 2.4
        assert letter.top <= placard.height_mm - 2.4


def apart(sign: bytes) -> None:
    """No letter lies on another one, but for neighbours in a word, which are kerned, composed or one ligature."""
    letters = sorted(letters_of(sign), key=lambda letter: letter.left)
    for place, first in enumerate(letters):
        for other in letters[place + 1 :]:
            across = min(first.right, other.right) - other.left
            if first.right - other.left <= 0.3:
                break
            down = min(first.top, other.top) - max(first.bottom, other.bottom)
            together = abs(first.place - other.place) <= 3
            assert together or across <= 0.3 or down <= 0.3, (first.text, other.text)


def well_set(placard: Placard, sign: bytes) -> None:
    letters_large_enough(placard, sign)
    within_the_page(placard, sign)
    apart(sign)


def first_five(placard: Placard, sign: bytes) -> None:
    """Number, HELP and its code, helpline with hours, three steps, emergency number with the place."""
    text = squeezed(text_of(sign))
    helps = {"en": "HELP", "de": "HILFE", "fr": "AIDE"}
    texts = [number.text for number in placard.numbers]
    texts += [helps[lang] for lang in placard.langs]
    texts += [placard.phone, placard.phone_hours, placard.emergency, placard.street]
    texts += [text for step in placard.steps for text in step.texts]
    for wanted in texts:
        assert squeezed(wanted) in text, wanted
    assert read_by_zxing(picture_of(sign)) == [placard.url]
