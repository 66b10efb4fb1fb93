"""Facts and conditions in words that a driver reads, the same on every page. No markup."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from chargeside.i18n import N_, SOURCE, Translator, country_name, listed, number
from chargeside.model.condition import Clause, Condition
from chargeside.model.facts import UNKNOWN, FactValue
from chargeside.model.network import Content

ENGLISH = Translator(SOURCE)

PAYMENT_NAMES: Mapping[str, str] = {
    "contactless": N_("Contactless card or phone"),
    "chip": N_("Bank card with chip and PIN"),
    "app": N_("App"),
    "rfid": N_("Charging card or key fob (RFID)"),
    "web": N_("Web page on your phone"),
    "plug_and_charge": N_("Plug & Charge"),
    "cash": N_("Cash"),
    "free": N_("Free of charge"),
}
"""Ways to pay as a heading or an item of a list."""

_PAYING_WITH: Mapping[str, str] = {
    "contactless": N_("with a contactless card or phone"),
    "chip": N_("with a bank card and PIN"),
    "rfid": N_("with a charging card"),
    "app": N_("with an app"),
    "cash": N_("with cash"),
}
"""Ways to pay behind the words "where you can pay"."""

_PAYING_OTHERWISE: Mapping[str, str] = {
    "web": N_("on a web page"),
    "plug_and_charge": N_("by plugging in alone (Plug & Charge)"),
}
"""Ways to pay behind the words "where you can pay"."""

START_ORDER_NAMES: Mapping[str, str] = {
    "plug_first": "Plug in first, then pay",
    "auth_first": "Pay first, then plug in",
    "any": "Plug in and pay in either order",
}

CATEGORY_NAMES: Mapping[str, str] = {
    "starting": N_("Starting"),
    "payment": N_("Paying"),
    "connector": N_("Plug and cable"),
    "communication": N_("Charger and car do not talk"),
    "speed": N_("Speed"),
    "stopping": N_("Stopping and unplugging"),
    "billing": N_("Bill and receipt"),
    "app": N_("App, code and charging card"),
    "vehicle": N_("Settings of the car"),
    "weather": N_("Cold, heat and weather"),
    "site": N_("Site and parking"),
    "safety": N_("Danger and safety"),
    "accessibility": N_("Access for everyone"),
    "special": N_("Vans, trailers and other vehicles"),
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
    ("current", frozenset({"AC"})): N_("where the charger gives AC"),
    ("current", frozenset({"DC"})): N_("where the charger gives DC (fast charging)"),
    ("current", frozenset({"AC", "DC"})): N_("where the charger gives AC or DC"),
    ("format", frozenset({"cable"})): N_("where the cable is fixed to the charger"),
    ("format", frozenset({"socket"})): N_("where you bring your own cable"),
    ("format", frozenset({"cable", "socket"})): N_("where the charger has a cable or a socket"),
    ("start_order", frozenset({"plug_first"})): N_("where you plug in before you pay"),
    ("start_order", frozenset({"auth_first"})): N_("where you pay before you plug in"),
    ("start_order", frozenset({"any"})): N_("where you may plug in and pay in either order"),
    ("start_order", frozenset({"plug_first", "any"})): N_("where you may plug in before you pay"),
    ("start_order", frozenset({"auth_first", "any"})): N_("where you may pay before you plug in"),
    (
        "start_order",
        frozenset({"plug_first", "auth_first"}),
    ): N_("where the order of plugging in and paying matters"),
    ("start_order", frozenset({"plug_first", "any", UNKNOWN})): N_(
        "where you need not pay before you plug in"
    ),
    ("start_order", frozenset({"auth_first", "any", UNKNOWN})): N_(
        "where you need not plug in before you pay"
    ),
    ("display", frozenset({"yes"})): N_("where the charger has a screen"),
    ("display", frozenset({"no"})): N_("where the charger has no screen"),
    ("display", frozenset({"yes", UNKNOWN})): N_("where the charger may have a screen"),
    ("display", frozenset({"no", UNKNOWN})): N_("where the charger may have no screen"),
    (
        "emergency_stop_reset",
        frozenset({"released"}),
    ): N_("where the operator lets drivers reset the emergency stop"),
}
"""A clause by fact and values, where those read well together. All others are put together in `_wheres`."""

_WHERE_UNKNOWN: Mapping[str, str] = {
    "connectors": N_("where the plugs are not known"),
    "current": N_("where the kind of current is not known"),
    "format": N_("where it is not known whether there is a cable"),
    "payment": N_("where the ways to pay are not known"),
    "start_order": N_("where it is not known what comes first"),
    "power_kw": N_("where the power is not known"),
    "display": N_("where it is not known whether there is a screen"),
    "hardware": N_("where the make of the charger is not known"),
    "country": N_("where the country is not known"),
    "emergency_stop_reset": N_("where it is not known that drivers may reset the emergency stop"),
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


_STANDARDS = (
    (r"DOMESTIC_(?P<kind>[A-O])", N_("Household {kind}")),
    (r"IEC_60309_2_SINGLE_(?P<amperes>\d+)", N_("Industrial {amperes} A")),
    (r"IEC_60309_2_THREE_(?P<amperes>\d+)", N_("Industrial {amperes} A, three-phase")),
    (r"IEC_62196_T(?P<kind>3[AC])", "Type {kind}"),
    (r"NEMA_(?P<size>\d+)_(?P<kind>\d+)", "NEMA {size}-{kind}"),
    (r"CHAOJI", "ChaoJi"),
    (r"MCS", "MCS"),
    (r"PANTOGRAPH_.*", N_("Pantograph")),
    (r"TESLA_R", "Tesla Roadster"),
)
"""OCPI's ConnectorTypes that have no file in connectors/, and what drivers call them (OCPI 2.3.0, ConnectorType)."""
_UNNAMED = frozenset({"", "OTHER", "UNKNOWN", "UNDEFINED", "NONE"})


def standard_in_words(standard: str, _: Translator = ENGLISH) -> str:
    """The name of a plug that has no file in connectors/: a driver's word for what OCPI names, else the feed's own text."""
    raw = " ".join(standard.replace("_", " ").split())
    if raw.upper() in _UNNAMED:
        return _("Other plug")
    for pattern, name in _STANDARDS:
        if match := re.fullmatch(pattern, standard.strip(), re.IGNORECASE):
            return _(name).format(**match.groupdict())
    return _("Other plug: {name}").format(name=raw)


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


def condition_in_words(condition: Condition, content: Content, _: Translator = ENGLISH) -> str:
    """A condition as a half sentence without a full stop: "Only where you pay before you plug in".

    Empty for the condition that always holds.
    """
    wheres = [clause_in_words(clause, content, _) for clause in condition.clauses]
    # Translators: {where} is one of the messages "where …" and "in …", or some of them with "and" between.
    return _("Only {where}").format(where=listed(wheres, _.lang)) if wheres else ""


def clause_in_words(clause: Clause, content: Content, _: Translator = ENGLISH) -> str:
    """One clause: "where the charger has a screen", "in Germany or France"."""
    if clause.fact == "min_power_kw":
        power = number(float(clause.values[0]), _.lang)
        return _("where the charger gives {power} kW or more").format(power=power)
    if together := _WHERE.get((clause.fact, frozenset(clause.values))):
        return _(together)
    known = [value for value in clause.values if value != UNKNOWN]
    if not known:
        return _(_WHERE_UNKNOWN[clause.fact])
    words = listed(_wheres(clause.fact, known, content, _), _.lang, "or")
    # Translators: {where} is one of the messages "where …" and "in …"; "that" is what it says.
    return _("{where}, or that is not known").format(where=words) if UNKNOWN in clause.values else words


def _wheres(fact: str, values: Sequence[str], content: Content, _: Translator) -> list[str]:
    """Half sentences of which one must hold."""
    match fact:
        case "connectors":
            known = content.connectors
            plugs = listed([known[v].short_in(_.lang) if v in known else v for v in values], _.lang, "or")
            return [_("where the charger has {plugs}").format(plugs=plugs)]
        case "country":
            names = listed([_country_in_a_sentence(value, _.lang) for value in values], _.lang, "or")
            # Translators: countries without article or preposition; such as "in these countries: Germany or France".
            return [_("in {countries}").format(countries=names)]
        case "hardware":
            return [_("where the charger is {makes}").format(makes=listed(values, _.lang, "or"))]
        case "power_kw":
            powers = [number(float(value), _.lang) for value in values]
            return [_("where the charger gives {power} kW").format(power=listed(powers, _.lang, "or"))]
        case "payment":
            return [
                *_where_paid(frozenset(values), _),
                *([_("where charging is free")] if "free" in values else ()),
            ]
    return [
        _(_WHERE[fact, frozenset({value})]) if (fact, frozenset({value})) in _WHERE else f"{fact}={value}"
        for value in values
    ]


def _country_in_a_sentence(code: str, lang: str) -> str:
    return COUNTRY_NAMES.get(code, code) if lang == ENGLISH.lang else country_name(code, lang)


def _where_paid(ways: frozenset[str], _: Translator) -> list[str]:
    """Zero or one half sentence of the ways that cost money. Pairs that drivers think of as one are named as one."""
    if ways >= {*_PAYING_WITH, *_PAYING_OTHERWISE}:
        return [_("where charging costs money")]
    phone = {"app", "web"} <= ways
    bank_card = {"contactless", "chip"} <= ways
    parts = [_("with a bank card")] if bank_card else []
    parts += [_(words) for way, words in _PAYING_WITH.items() if way in ways - _named(bank_card, phone)]
    parts += [_("on your phone")] if phone else []
    parts += [_(words) for way, words in _PAYING_OTHERWISE.items() if way in ways - _named(bank_card, phone)]
    # Translators: {ways} are messages like "with cash" and "on your phone", with "or" between.
    return [_("where you can pay {ways}").format(ways=listed(parts, _.lang, "or"))] if parts else []


def _named(bank_card: bool, phone: bool) -> set[str]:
    return ({"contactless", "chip"} if bank_card else set()) | ({"app", "web"} if phone else set())
