"""Prices: which tariffs a station page shows, in full and as of when, and why it only links to the others."""

from __future__ import annotations

import html
import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chargeside.explain import explain_price
from chargeside.findings import Findings
from chargeside.i18n import translator
from chargeside.load.tariffs import read_tariffs, tariff_of
from chargeside.model.network import Network
from chargeside.model.tariff import Tariff
from chargeside.plan.driver import plan_driver
from chargeside.plan.driver_prices import decide, price_views
from chargeside.plan.placards import plan_placards
from chargeside.render.driver import RENDERERS
from chargeside.render.price_words import has_price, price_lines, price_notes
from support import TODAY, Folder, connector, evse, location, operator_folder, socket

PRICE_URL = "https://grid-test.example/price"


def tariff(tariff_id: str = "T1", *components: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """An OCPI Tariff, by default EUR 0.50 a kWh with 19 % VAT to be added."""
    parts = list(components) or [energy()]
    known = {"country_code": "DE", "party_id": "GTS", "id": tariff_id, "currency": "EUR"}
    return {
        **known,
        "elements": [{"price_components": parts}],
        "last_updated": "2026-11-01T08:00:00Z",
        **changes,
    }


def part(dimension: str, price: object, vat: object = 19, step: object = 1) -> dict[str, Any]:
    return {"type": dimension, "price": price, "vat": vat, "step_size": step}


def energy(price: object = 0.5, vat: object = 19, step: object = 1) -> dict[str, Any]:
    return part("ENERGY", price, vat, step)


def read(*raw: dict[str, Any]) -> list[Tariff]:
    found = [tariff_of(json.loads(json.dumps(one))) for one in raw]
    return [one for one in found if one]


def words(*raw: dict[str, Any], today: str = TODAY, lang: str = "en") -> list[str] | str:
    """The lines that a page has where these tariffs hold; or why it has none."""
    decision = decide(read(*raw), lang, today)
    view = decision.view
    if view is None:
        assert decision.why.startswith("link only: ")
        return decision.why.removeprefix("link only: ")
    assert has_price(view)
    return [
        *([view.told.text] if view.told else price_lines(view, translator("en"))),
        price_notes(view, translator("en")),
    ]


AS_OF = "As of 1 Nov 2026."
SHOWN: dict[str, tuple[dict[str, Any], list[str]]] = {
    "VAT is added": (tariff(), ["€0.595 / kWh", f"VAT of 19% included. {AS_OF}"]),
    "VAT is in it": (tariff(tax_included="YES"), ["€0.50 / kWh", f"VAT of 19% included. {AS_OF}"]),
    "taxes are in it, nobody says which": (
        tariff("T1", energy(vat=None), tax_included="YES"),
        ["€0.50 / kWh", f"Taxes included. {AS_OF}"],
    ),
    "no tax applies": (tariff(tax_included="N/A"), ["€0.50 / kWh", f"No tax is added. {AS_OF}"]),
    "VAT of nought": (tariff("T1", energy(vat=0)), ["€0.50 / kWh", f"VAT of 0%. {AS_OF}"]),
    "as decimals, not as binary numbers": (
        tariff("T1", energy(price=0.1, vat=20), part("FLAT", 1.005, vat=0)),
        ["€0.12 / kWh", "€1.005 for each charge", f"VAT of 20% included. {AS_OF}"],
    ),
    "numbers as text": (
        tariff("T1", energy(price="0,41", vat="19.0", step="1"), currency="eur "),
        ["€0.4879 / kWh", f"VAT of 19% included. {AS_OF}"],
    ),
    "all fees": (
        tariff("T1", part("FLAT", 1), part("PARKING_TIME", 6, step=900), part("TIME", 3, step=30), energy(step=500)),
        [
            "€0.595 / kWh (each 0.5 kWh begun counts in full)", "€3.57 / h while it charges",
            "€7.14 / h plugged in without charging (each 15 minutes begun count in full)",
            "€1.19 for each charge", f"VAT of 19% included. {AS_OF}",
        ],
    ),
    "a fee of nought is none": (tariff("T1", energy(), part("FLAT", 0)), ["€0.595 / kWh", f"VAT of 19% included. {AS_OF}"]),
    "several elements, the first of a kind counts": (
        tariff(elements=[{"price_components": [energy()]}, {"price_components": [energy(9), part("FLAT", 1, 7)], "restrictions": {}}]),
        ["€0.595 / kWh", "€1.07 for each charge", f"VAT of 7% and 19% included. {AS_OF}"],
    ),
    "restrictions that say nothing": (
        tariff(elements=[{"price_components": [energy()], "restrictions": {"day_of_week": [], "min_kwh": None}}]),
        ["€0.595 / kWh", f"VAT of 19% included. {AS_OF}"],
    ),
    "free": (tariff("T1", part("FLAT", 0, vat=None)), ["Free of charge", AS_OF]),
    "least and most": (
        tariff(min_price={"excl_vat": 1, "incl_vat": 1.19}, max_price={"before_taxes": 100}),
        ["€0.595 / kWh", "At least €1.19 for each charge", "At most €119.00 for each charge", f"VAT of 19% included. {AS_OF}"],
    ),
    "its own text": (
        tariff(tariff_alt_text=[{"language": "de", "text": "50 Cent"}, {"language": "en", "text": "50 cents, all in."}]),
        ["50 cents, all in.", AS_OF],
    ),
    "its own text, whatever its prices depend on": (
        tariff("T1", {"type": "MAGIC"}, tariff_alt_text=[{"language": "en-GB", "text": "Ask us"}]),
        ["Ask us", AS_OF],
    ),
    "a text in another language only": (
        tariff(tariff_alt_text=[{"language": "de", "text": "50 Cent"}]),
        ["€0.595 / kWh", f"VAT of 19% included. {AS_OF}"],
    ),
    "dates": (
        tariff(start_date_time="2026-11-22T12:00:00Z", end_date_time="2026-11-22T23:59:59Z"),
        ["€0.595 / kWh", f"VAT of 19% included. From 22 Nov 2026. Until 22 Nov 2026. {AS_OF}"],
    ),
    "a currency without cents": (tariff("T1", energy(price=50, vat=10), currency="JPY"), ["JP¥55 / kWh", f"VAT of 10% included. {AS_OF}"]),
}  # fmt: skip


@pytest.mark.parametrize(("raw", "lines"), SHOWN.values(), ids=SHOWN)
def test_a_tariff_that_is_shown(raw: dict[str, Any], lines: list[str]) -> None:
    assert words(raw) == lines


RESTRICTED = tariff(elements=[{"price_components": [energy()], "restrictions": {"min_kwh": 5}}])
LINKED: dict[str, tuple[list[dict[str, Any]], str]] = {
    "none": ([], "no tariff is known"),
    "for contracts": ([tariff(type="REGULAR")], "tariff T1 is of type REGULAR, not for paying without a contract"),
    "several": ([tariff(), tariff("T2", energy(9))], "several tariffs may hold: T1, T2"),
    "restricted": ([RESTRICTED], "the prices of tariff T1 depend on min_kwh"),
    "partly restricted": (
        [tariff(elements=[{"price_components": [part("FLAT", 1)]}, *RESTRICTED["elements"]])],
        "the prices of tariff T1 depend on min_kwh",
    ),
    "tax not named": ([tariff("T1", energy(), part("FLAT", 1, vat=None))], "tariff T1 is without tax and does not say which one is added"),
    "most without tax": (
        [tariff("T1", energy(), part("FLAT", 1, vat=7), max_price=100)],
        "tariff T1 does not say its max_price with taxes",
    ),
    "no date": ([tariff(last_updated=None)], "tariff T1 does not say as of when it is"),
    "over": ([tariff(end_date_time="2026-11-21T23:59:59Z")], "tariff T1 ended on 2026-11-21"),
    "to come": ([tariff(start_date_time="2026-11-23T00:00:00Z")], "tariff T1 starts on 2026-11-23"),
    "an end that cannot be read": ([tariff(end_date_time="soon")], 'tariff T1 has the end_date_time "soon"'),
    "a price that cannot be read": ([tariff("T1", energy(price="cheap"))], 'tariff T1 has the price "cheap"'),
    "a price below nought": ([tariff("T1", energy(price=-1))], 'tariff T1 has the price "-1"'),
    "a price for something else": ([tariff("T1", energy(), part("WASHING", 5))], 'tariff T1 has a price for "WASHING"'),
    "no currency": ([tariff(currency="€")], 'tariff T1 has no currency but "€"'),
    "no prices": ([tariff(elements=[])], "tariff T1 has no elements"),
    "a tax that is no word": ([tariff(tax_included="maybe")], 'tariff T1 has the tax_included "maybe"'),
}  # fmt: skip


@pytest.mark.parametrize(("raw", "why"), LINKED.values(), ids=LINKED)
def test_a_tariff_that_is_not_shown_says_why(raw: list[dict[str, Any]], why: str) -> None:
    assert words(*raw) == why


def test_a_tariff_for_paying_at_once_goes_before_one_for_everything() -> None:
    assert words(
        tariff("T2", energy(9)), tariff(type="ad_hoc_payment"), tariff("T3", type="REGULAR")
    ) == words(tariff())


def test_without_a_date_no_tariff_is_too_old() -> None:
    old = tariff(end_date_time="2019-06-30T23:59:59Z")
    assert words(old) == "tariff T1 ended on 2019-06-30"
    assert words(old, today="")[0] == "€0.595 / kWh"


@given(
    st.decimals(0, 999, allow_nan=False, places=4),
    st.decimals(0, 100, allow_nan=False, places=1),
    st.sampled_from(["YES", "NO", "N/A"]),
)
def test_the_price_shown_is_the_price_meant(price: Decimal, vat: Decimal, taxes: str) -> None:
    shown = words(tariff("T1", energy(price=str(price), vat=str(vat)), tax_included=taxes))
    meant = price * (1 + vat / 100) if taxes == "NO" else price
    if not price:
        assert shown[0] == "Free of charge"
        return
    match = re.fullmatch(r"€(\d+\.\d{2,4}) / kWh", shown[0])
    assert match
    assert abs(Decimal(match.group(1)) - meant) <= Decimal("0.00005")


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6) | st.sampled_from(["ENERGY", "EUR", "0.5", "1e400"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(
            ["id", "currency", "elements", "price_components", "type", "price", "vat", "step_size", "restrictions", "min_price",
             "tariff_alt_text", "language", "text", "end_date_time", "last_updated", "tax_included", "excl_vat"]
        ),
        inner,
        max_size=8,
    ),
    max_leaves=15,
)  # fmt: skip


@given(ANYTHING)
def test_nothing_in_a_tariff_breaks_the_reading(anything: Any) -> None:
    for raw in (anything, {"elements": [{"price_components": [anything]}]}, {"elements": [anything]}):
        found = tariff_of(raw)
        if found:
            assert decide([found], "en", TODAY).why


# ---------------------------------------------------------------------------------------------------- OCPI's examples

NOT_AD_HOC = "not for paying without a contract"
EXAMPLES: dict[str, list[str] | str] = {
    "tariff_1_simple_2hour": ["€2.20 / h while it charges (each minute begun counts in full)"],
    "tariff_2_alt_text": ["2.00 euro p/hour including VAT."],
    "tariff_3_alt_url": NOT_AD_HOC,
    "tariff_4_complex": NOT_AD_HOC,
    "tariff_5_free_of_charge": ["Free of charge"],
    "tariff_6_025kwh_start_max_price": "ended on 2019-06-30",
    "tariff_8_simple_025kwh": ["€0.275 / kWh"],
    "tariff_9_025kwh_start": ["€0.275 / kWh", "€0.60 for each charge"],
    "tariff_10_025kwh_parking_start": [
        "€0.275 / kWh",
        "€2.40 / h plugged in without charging (each 15 minutes begun count in full)",
        "€0.60 for each charge",
    ],
    "tariff_11_not_possible_alt_text": [
        "2.00 euro p/hour, start tariff debit card: 0.25 euro, credit card: 0.50 euro including VAT."
    ],
    "tariff_12_025kwh_min_price": ["€0.275 / kWh", "At least €0.55 for each charge"],
    "tariff_13_simple_3hour_5parking": [
        "€3.30 / h while it charges (each minute begun counts in full)",
        "€6.00 / h plugged in without charging (each 5 minutes begun count in full)",
    ],
    "tariff_14_step_size": "depend on end_time, start_time",
    "tariff_15_reservation_5_euro_per_hour": "depend on reservation",
    "tariff_16_reservation_2_euro_fee_5_euro_per_hour": "depend on reservation",
    "tariff_17_reservation_with_expire_fee": "depend on reservation",
    "tariff_18_reservation_with_expire_time": "depend on reservation",
    "tariff_19_simple_north_american_exclusive": "does not say which one is added",
    "tariff_20_simple_north_american_inclusive": ["CA$2.10 / h while it charges"],
    "tariff_put_example": "does not say as of when it is",
    "tariffrestriction_example_max_duration": NOT_AD_HOC,
    "tariffrestriction_example_max_power": NOT_AD_HOC,
}
"""What the page says, or words of why it only links. The prices are those of the file with its VAT added by hand."""


@pytest.mark.parametrize("version", ["2.2.1-d2", "2.3.0"])
def test_every_example_of_ocpi(version: str, shared_data: Path) -> None:
    for path in sorted((shared_data / "ocpi" / version).glob("tariff*.json")):
        findings = Findings()
        raw = read_tariffs(path, path.name, findings)
        expected = EXAMPLES[path.stem]
        assert not len(findings), list(findings)
        shown = words(*raw)
        if isinstance(expected, str):
            assert isinstance(shown, str), path.stem
            assert expected in shown
        else:
            assert shown[:-1] == expected, path.stem
            assert "As of " in shown[-1]


# ---------------------------------------------------------------------------------------------------- files and pages


def folder_with(
    tmp_path: Path, *tariffs: dict[str, Any], prices: str = "tariff", **connectors: Any
) -> Folder:
    """An operator whose one charger has a CCS2 cable and a Type 2 socket with the tariffs of `ccs` and `ac`."""
    country = {
        "languages": ["en"],
        "helpline": {"phone": "0800 1"},
        "emergency_phone": "112",
        "price_url": PRICE_URL,
    }
    plugs = connector(**connectors.get("ccs", {})), socket(id="2", **connectors.get("ac", {}))
    place = location("L1", evse("E1", *plugs, **connectors.get("evse", {})))
    folder = operator_folder(tmp_path, place, prices=prices, countries={"DE": country})
    if tariffs:
        folder.write("tariffs/feed.json", json.dumps({"data": tariffs}))
    return folder


def page_of(network: Network, today: str = TODAY) -> str:
    plan = plan_driver(network, (), today)
    (job,) = (job for job in plan.jobs if job.kind == "driver.station")
    return RENDERERS[job.kind](job.payload, plan.shared).decode()


def prices_on(page: str) -> list[str]:
    """Texts of the part with prices, one for each paragraph or item."""
    match = re.search(r'<div class="price" data-offline="no">(.*?)</div>', page, re.DOTALL)
    texts = re.findall(r"<(h3|p|li)[^>]*>(.*?)</\1>", match.group(1)) if match else []
    return [html.unescape(re.sub(r"<[^>]+>", "", text)) for _, text in texts]


BOTH = {"ccs": {"tariff_ids": ["T1"]}, "ac": {"tariff_ids": ["T1"]}}
HEADING = "Prices without a contract"
LAST = "Parking may cost extra. The price that the charger shows holds."


def test_one_price_for_all_plugs(tmp_path: Path) -> None:
    page = page_of(folder_with(tmp_path, tariff(), **BOTH).network())
    assert prices_on(page) == [HEADING, "€0.595 / kWh", f"VAT of 19% included. {AS_OF}", LAST]
    assert f'href="{PRICE_URL}"' in page


def test_plugs_with_different_prices_are_named(tmp_path: Path) -> None:
    folder = folder_with(
        tmp_path, tariff(), tariff("T2", part("TIME", 1)), ccs={"tariff_ids": ["t1"]}, ac={"tariff_id": "T2"}
    )
    shown = prices_on(page_of(folder.network()))
    assert shown[1:3] == ["CCS2", "€0.595 / kWh"]
    assert shown[4:6] == ["Type 2", "€1.19 / h while it charges"]


def test_a_plug_without_a_price_to_show_comes_last_and_says_so(tmp_path: Path) -> None:
    folder = folder_with(
        tmp_path,
        tariff(),
        tariff("T2", type="REGULAR"),
        ccs={"tariff_ids": ["T2"]},
        ac={"tariff_ids": ["T1"]},
    )
    shown = prices_on(page_of(folder.network()))
    assert shown[1:3] == ["Type 2", "€0.595 / kWh"]
    assert shown[-2] == "CCS2: see the prices"


def test_plugs_that_nothing_tells_apart_have_no_price(tmp_path: Path) -> None:
    plugs = connector(tariff_ids=["T1"]), connector(id="2", tariff_ids=["T2"])
    folder = operator_folder(tmp_path, location("L1", evse("E1", *plugs)), prices="tariff")
    folder.write("tariffs/feed.json", json.dumps([tariff(), tariff("T2", energy(9))]))
    network = folder.network()
    assert prices_on(page_of(network)) == []
    told = list(explain_price(network.stations[0], network, TODAY))
    assert [line for line in told if "link only" in line and "cannot be told apart" in line] == told[2:]


def test_numbers_tell_equal_plugs_of_a_cabinet_apart(tmp_path: Path) -> None:
    sides = [
        evse(
            uid,
            connector(tariff_ids=[ids]),
            physical_reference=number,
            chargeside={"cabinet": "1", "side": side},
        )
        for uid, ids, number, side in (("E1", "T1", "1A", "left"), ("E2", "T2", "1B", "right"))
    ]
    folder = operator_folder(tmp_path, location("L1", *sides), prices="tariff")
    folder.write("tariffs/feed.json", json.dumps([tariff(), tariff("T2", energy(1))]))
    shown = prices_on(page_of(folder.network()))
    assert [text for text in shown if text.startswith("CCS2")] == ["CCS2 (1A)", "CCS2 (1B)"]


INSIDE = {
    "in the EVSE": {"evse": {"tariffs": [tariff(country_code=None, party_id=None)]}},
    "in the connectors": {"ccs": {"tariffs": [tariff()]}, "ac": {"tariffs": [tariff()]}},
    "in the connectors, without id": {"ccs": {"tariffs": [tariff(id=None)]}, "ac": {"tariffs": [tariff(id=None)]}},
    "named by the connectors, in the EVSE": {**BOTH, "evse": {"tariffs": [tariff()]}},
    "in camelCase": {
        **BOTH,
        "evse": {"tariffs": [{"id": "T1", "currency": "EUR", "lastUpdated": "2026-11-01T08:00:00Z", "elements": [{"priceComponents": [{"type": "ENERGY", "price": 0.5, "vat": 19, "stepSize": 1}]}]}]},
    },
}  # fmt: skip


@pytest.mark.parametrize("connectors", INSIDE.values(), ids=INSIDE)
def test_tariffs_that_stand_in_the_feed_itself(connectors: dict[str, Any], tmp_path: Path) -> None:
    assert "€0.595 / kWh" in prices_on(page_of(folder_with(tmp_path, **connectors).network()))


NOT_SHOWN: dict[str, tuple[list[dict[str, Any]], dict[str, Any], str]] = {
    "of another party": ([tariff(party_id="XXX")], BOTH, "tariff T1 is not known"),
    "twice with different prices": ([tariff(), tariff("T1", energy(9))], BOTH, "tariff T1 has two versions in the file"),
    "one of two is not here": ([tariff()], {**BOTH, "ccs": {"tariff_ids": ["T1", "T9"]}, "ac": {"tariff_ids": ["T9"]}}, "tariff T9 is not known"),
    "no ids": ([tariff()], {}, "no tariff is known"),
}  # fmt: skip


@pytest.mark.parametrize(("tariffs", "connectors", "why"), NOT_SHOWN.values(), ids=NOT_SHOWN)
def test_prices_that_are_in_doubt(
    tariffs: list[dict[str, Any]], connectors: dict[str, Any], why: str, tmp_path: Path
) -> None:
    network = folder_with(tmp_path, *tariffs, **connectors).network()
    page = page_of(network)
    assert prices_on(page) == []
    assert f'href="{PRICE_URL}"' in page
    assert why in "\n".join(explain_price(network.stations[0], network, TODAY))


def test_prices_are_off_unless_the_operator_says_so(tmp_path: Path) -> None:
    network = folder_with(tmp_path, tariff(), prices="link", **BOTH).network()
    page = page_of(network)
    assert prices_on(page) == []
    assert "€" not in page
    assert f'href="{PRICE_URL}"' in page
    assert "prices: link" in "\n".join(explain_price(network.stations[0], network, TODAY))


def test_explain_says_which_tariff_and_why(tmp_path: Path) -> None:
    own = tariff("T2", tariff_alt_text=[{"language": "en", "text": "Half a euro"}])
    folder = folder_with(tmp_path, tariff(), own, ccs={"tariff_ids": ["T1"]}, ac={"tariff_ids": ["T2"]})
    network = folder.network()
    told = list(explain_price(network.stations[0], network, TODAY))[2:]
    assert [line.partition(": ")[2] for line in told] == [
        "shown: tariff T1, its prices, which hold always",
        "shown: tariff T2, its text in en",
    ]


def test_no_price_is_on_a_sign(tmp_path: Path) -> None:
    network = folder_with(tmp_path, tariff("T1", energy(0.123, 0)), **BOTH).network()
    assert price_views(network.stations[0], network, "en", TODAY)
    plan = plan_placards(network, TODAY)
    shown = repr([job.payload for job in plan.jobs]) + repr(plan.shared)
    assert plan.jobs
    assert "EUR" not in shown
    assert "€" not in shown
    assert "0.123" not in shown


def test_a_charger_that_left_the_feed_has_no_price(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, tariff(), **BOTH)
    gone = json.loads(folder.text("stations/feed.json"))
    folder.write("left/feed.json", json.dumps(gone))
    folder.feed(location("L2"))
    network, _ = folder.load()
    assert network is not None
    assert network.last_seen
    pages = [
        RENDERERS[job.kind](job.payload, plan.shared).decode()
        for plan in [plan_driver(network, (), TODAY)]
        for job in plan.jobs
        if job.kind == "driver.station"
    ]
    assert len(pages) == 2
    assert not [page for page in pages if prices_on(page)]


def test_markup_in_a_tariff_stays_text(tmp_path: Path) -> None:
    text = '</p></div><script>alert("1")</script>'
    folder = folder_with(tmp_path, tariff(tariff_alt_text=[{"language": "en", "text": text}]), **BOTH)
    page = page_of(folder.network())
    assert "<script>alert" not in page
    assert text in prices_on(page)


FILES: dict[str, tuple[str, str, str]] = {
    "tariffs that are not here": ("tariffs/feed.json", "[]", "the feed names tariffs that are not here: T1 (2 connectors)"),
    "a file of no feed": ("tariffs/other.json", json.dumps([tariff()]), "no feed has this name"),
    "Locations": ("tariffs/feed.json", json.dumps([location()]), "no OCPI Tariff"),
    "a flaw": ("tariffs/feed.json", json.dumps([tariff(currency="?")]), 'no currency but "?" (1 tariff'),
    "two versions": ("tariffs/feed.json", json.dumps([tariff(), tariff("T1", energy(2))]), "same id"),
    "no JSON": ("tariffs/feed.json", "<html>", "HTML"),
}  # fmt: skip


@pytest.mark.parametrize(("name", "text", "message"), FILES.values(), ids=FILES)
def test_what_is_wrong_with_a_file_of_tariffs_is_said(
    name: str, text: str, message: str, tmp_path: Path
) -> None:
    folder = folder_with(tmp_path, **BOTH)
    folder.write(name, text)
    network, findings = folder.load()
    found = [f for f in findings if message in f.message]
    assert len(found) == 1, list(findings)
    assert found[0].path == f"op/{name}"
    assert network is not None
    assert prices_on(page_of(network)) == []


def test_tariffs_come_as_they_stand_in_every_wrapping(tmp_path: Path) -> None:
    raw = [tariff(), tariff("T2", energy(1), unknown_key={"kept": True})]
    wrappings = [
        json.dumps(raw),
        json.dumps({"data": raw, "status_code": 1000}),
        json.dumps({"items": raw, "next": None}),
        "\n".join(map(json.dumps, raw)),
    ]
    for number, text in enumerate(wrappings):
        path = tmp_path / f"{number}.json"
        path.write_text(text, encoding="utf-8")
        findings = Findings()
        assert read_tariffs(path, path.name, findings) == raw
        assert not len(findings)
