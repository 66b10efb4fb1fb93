"""Facts and conditions in words that a driver reads, the same on every page. English source texts; no markup."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from chargeside.model.condition import Clause, Condition
from chargeside.model.facts import UNKNOWN, FactValue
from chargeside.model.network import Content

PAYMENT_NAMES: Mapping[str, str] = {
    "contactless": "Contactless card or phone",
    "chip": "Bank card with chip and PIN",
    "app": "App",
    "rfid": "Charging card or key fob (RFID)",
    "web": "Web page on your phone",
    "plug_and_charge": "Plug & Charge",
    "cash": "Cash",
    "free": "Free of charge",
}
"""Ways to pay as a heading or an item of a list."""

_PAYING_WITH: Mapping[str, str] = {
    "contactless": "a contactless card or phone",
    "chip": "a bank card and PIN",
    "rfid": "a charging card",
    "app": "an app",
    "cash": "cash",
}
"""Ways to pay behind the words "where you can pay with"."""

_PAYING_OTHERWISE: Mapping[str, str] = {
    "web": "on a web page",
    "plug_and_charge": "by plugging in alone (Plug & Charge)",
}
"""Ways to pay behind the words "where you can pay"."""

START_ORDER_NAMES: Mapping[str, str] = {
    "plug_first": "Plug in first, then pay",
    "auth_first": "Pay first, then plug in",
    "any": "Plug in and pay in either order",
}

CATEGORY_NAMES: Mapping[str, str] = {
    "starting": "Starting",
    "payment": "Paying",
    "connector": "Plug and cable",
    "communication": "Charger and car do not talk",
    "speed": "Speed",
    "stopping": "Stopping and unplugging",
    "billing": "Bill and receipt",
    "app": "App, code and charging card",
    "vehicle": "Settings of the car",
    "weather": "Cold, heat and weather",
    "site": "Site and parking",
    "safety": "Danger and safety",
    "accessibility": "Access for everyone",
    "special": "Vans, trailers and other vehicles",
}
"""Names of the categories of problems, in the order of `model.problem.CATEGORIES`."""

FACT_NAMES: Mapping[str, str] = {
    "connectors": "Plugs",
    "current": "Current",
    "format": "Cable or socket",
    "payment": "Ways to pay",
    "start_order": "What comes first",
    "power_kw": "Power",
    "display": "Screen",
    "hardware": "Make and model",
    "country": "Country",
    "emergency_stop_reset": "Reset of the emergency stop",
}

_VALUE_NAMES: Mapping[tuple[str, str], str] = {
    ("current", "AC"): "AC",
    ("current", "DC"): "DC (fast charging)",
    ("format", "cable"): "Cable fixed to the charger",
    ("format", "socket"): "Socket for your own cable",
    ("display", "yes"): "Has a screen",
    ("display", "no"): "Has no screen",
    ("emergency_stop_reset", "released"): "Released to drivers by the operator",
    **{("start_order", value): words for value, words in START_ORDER_NAMES.items()},
    **{("payment", way): words for way, words in PAYMENT_NAMES.items()},
}

_WHERE: Mapping[tuple[str, frozenset[str]], str] = {
    ("current", frozenset({"AC"})): "where the charger gives AC",
    ("current", frozenset({"DC"})): "where the charger gives DC (fast charging)",
    ("current", frozenset({"AC", "DC"})): "where the charger gives AC or DC",
    ("format", frozenset({"cable"})): "where the cable is fixed to the charger",
    ("format", frozenset({"socket"})): "where you bring your own cable",
    ("format", frozenset({"cable", "socket"})): "where the charger has a cable or a socket",
    ("start_order", frozenset({"plug_first"})): "where you plug in before you pay",
    ("start_order", frozenset({"auth_first"})): "where you pay before you plug in",
    ("start_order", frozenset({"any"})): "where you may plug in and pay in either order",
    ("start_order", frozenset({"plug_first", "any"})): "where you may plug in before you pay",
    ("start_order", frozenset({"auth_first", "any"})): "where you may pay before you plug in",
    (
        "start_order",
        frozenset({"plug_first", "auth_first"}),
    ): "where the order of plugging in and paying matters",
    ("start_order", frozenset({"plug_first", "any", UNKNOWN})): "where you need not pay before you plug in",
    ("start_order", frozenset({"auth_first", "any", UNKNOWN})): "where you need not plug in before you pay",
    ("display", frozenset({"yes"})): "where the charger has a screen",
    ("display", frozenset({"no"})): "where the charger has no screen",
    ("display", frozenset({"yes", UNKNOWN})): "where the charger may have a screen",
    ("display", frozenset({"no", UNKNOWN})): "where the charger may have no screen",
    (
        "emergency_stop_reset",
        frozenset({"released"}),
    ): "where the operator lets drivers reset the emergency stop",
}
"""A clause by fact and values, where those read well together. All others are put together in `_wheres`."""

_WHERE_UNKNOWN: Mapping[str, str] = {
    "connectors": "where the plugs are not known",
    "current": "where the kind of current is not known",
    "format": "where it is not known whether there is a cable",
    "payment": "where the ways to pay are not known",
    "start_order": "where it is not known what comes first",
    "power_kw": "where the power is not known",
    "display": "where it is not known whether there is a screen",
    "hardware": "where the make of the charger is not known",
    "country": "where the country is not known",
    "emergency_stop_reset": "where it is not known that drivers may reset the emergency stop",
}

COUNTRY_NAMES: Mapping[str, str] = {
    "AT": "Austria",
    "AU": "Australia",
    "BE": "Belgium",
    "BG": "Bulgaria",
    "CA": "Canada",
    "CH": "Switzerland",
    "CN": "China",
    "CY": "Cyprus",
    "CZ": "Czechia",
    "DE": "Germany",
    "DK": "Denmark",
    "EE": "Estonia",
    "ES": "Spain",
    "FI": "Finland",
    "FR": "France",
    "GB": "the United Kingdom",
    "GR": "Greece",
    "HR": "Croatia",
    "HU": "Hungary",
    "IE": "Ireland",
    "IS": "Iceland",
    "IT": "Italy",
    "JP": "Japan",
    "KR": "South Korea",
    "LI": "Liechtenstein",
    "LT": "Lithuania",
    "LU": "Luxembourg",
    "LV": "Latvia",
    "MT": "Malta",
    "NL": "the Netherlands",
    "NO": "Norway",
    "NZ": "New Zealand",
    "PL": "Poland",
    "PT": "Portugal",
    "RO": "Romania",
    "RS": "Serbia",
    "SE": "Sweden",
    "SI": "Slovenia",
    "SK": "Slovakia",
    "TR": "Türkiye",
    "US": "the United States",
}
"""Countries as they stand in a sentence, by ISO 3166-1 alpha-2. A country that is not here is shown by its letters."""


def any_of(words: Sequence[str]) -> str:
    """`a`, `a or b`, `a, b or c`."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} or {words[-1]}"


_STANDARDS = (
    (r"DOMESTIC_([A-O])", r"Household \1"),
    (r"IEC_60309_2_SINGLE_(\d+)", r"Industrial \1 A"),
    (r"IEC_60309_2_THREE_(\d+)", r"Industrial \1 A, three-phase"),
    (r"IEC_62196_T(3[AC])", r"Type \1"),
    (r"NEMA_(\d+)_(\d+)", r"NEMA \1-\2"),
    (r"CHAOJI", "ChaoJi"),
    (r"MCS", "MCS"),
    (r"PANTOGRAPH_.*", "Pantograph"),
    (r"TESLA_R", "Tesla Roadster"),
)
"""OCPI's ConnectorTypes that have no file in connectors/, and what drivers call them (OCPI 2.3.0, ConnectorType)."""
_UNNAMED = frozenset({"", "OTHER", "UNKNOWN", "UNDEFINED", "NONE"})


def standard_in_words(standard: str) -> str:
    """The name of a plug that has no file in connectors/: a driver's word for what OCPI names, else the feed's own text."""
    raw = " ".join(standard.replace("_", " ").split())
    if raw.upper() in _UNNAMED:
        return "Other plug"
    for pattern, name in _STANDARDS:
        if match := re.fullmatch(pattern, standard.strip(), re.IGNORECASE):
            return match.expand(name)
    return f"Other plug: {raw}"


def connector_name(slug: str, content: Content, lang: str = "en") -> str:
    """The name of a connector in a language, else in English, or the slug itself where there is no such connector."""
    connector = content.connectors.get(slug)
    if not connector:
        return slug
    return connector.name.get(lang) or connector.name["en"]


def value_in_words(fact: str, value: FactValue, content: Content, lang: str = "en") -> str:
    """The value of a fact as it stands in a table: `value_in_words("start_order", "plug_first", …)`.

    `fact` is a name in FACTS or `payment.<way>`. Power is in kW.
    """
    if fact.startswith("payment."):
        return {"yes": "Yes", "no": "No"}.get(str(value), "Not known")
    if isinstance(value, tuple):
        return ", ".join(value_in_words(fact, member, content, lang) for member in value) or "Not known"
    if value == UNKNOWN:
        return "Not known"
    if isinstance(value, (int, float)):
        return f"{value:g} kW"
    if fact == "connectors":
        return connector_name(value, content, lang)
    if fact == "country":
        return COUNTRY_NAMES.get(value, value).removeprefix("the ")
    return _VALUE_NAMES.get((fact, value), value)


def condition_in_words(condition: Condition, content: Content) -> str:
    """A condition as a half sentence without a full stop: "Only where you pay before you plug in".

    Empty for the condition that always holds.
    """
    wheres = [clause_in_words(clause, content) for clause in condition.clauses]
    return f"Only {', and '.join(wheres)}" if wheres else ""


def clause_in_words(clause: Clause, content: Content) -> str:
    """One clause: "where the charger has a screen", "in Germany or France"."""
    if clause.fact == "min_power_kw":
        return f"where the charger gives {clause.values[0]} kW or more"
    if together := _WHERE.get((clause.fact, frozenset(clause.values))):
        return together
    known = [value for value in clause.values if value != UNKNOWN]
    if not known:
        return _WHERE_UNKNOWN[clause.fact]
    words = any_of(_wheres(clause.fact, known, content))
    return f"{words}, or that is not known" if UNKNOWN in clause.values else words


def _wheres(fact: str, values: Sequence[str], content: Content) -> list[str]:
    """Half sentences of which one must hold."""
    match fact:
        case "connectors":
            known = content.connectors
            return [f"where the charger has {any_of([known[v].short if v in known else v for v in values])}"]
        case "country":
            return [f"in {any_of([COUNTRY_NAMES.get(value, value) for value in values])}"]
        case "hardware":
            return [f"where the charger is {any_of(values)}"]
        case "power_kw":
            return [f"where the charger gives {any_of(values)} kW"]
        case "payment":
            return [
                *_where_paid(frozenset(values)),
                *(["where charging is free"] if "free" in values else ()),
            ]
    return [_WHERE.get((fact, frozenset({value})), f"where {fact} is {value}") for value in values]


def _where_paid(ways: frozenset[str]) -> list[str]:
    """Zero or one half sentence of the ways that cost money. Pairs that drivers think of as one are named as one."""
    if ways >= {*_PAYING_WITH, *_PAYING_OTHERWISE}:
        return ["where charging costs money"]
    phone = {"app", "web"} <= ways
    bank_card = {"contactless", "chip"} <= ways
    tools = ["a bank card"] if bank_card else []
    tools += [words for way, words in _PAYING_WITH.items() if way in ways - _named(bank_card, phone)]
    otherwise = ["on your phone"] if phone else []
    otherwise += [words for way, words in _PAYING_OTHERWISE.items() if way in ways - _named(bank_card, phone)]
    parts = ([f"with {any_of(tools)}"] if tools else []) + otherwise
    return [f"where you can pay {any_of(parts)}"] if parts else []


def _named(bank_card: bool, phone: bool) -> set[str]:
    return ({"contactless", "chip"} if bank_card else set()) | ({"app", "web"} if phone else set())
