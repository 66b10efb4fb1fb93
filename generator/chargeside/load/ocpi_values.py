"""The values that OCPI names, and how a value as feeds write it becomes one that Chargeside can use.

Source: OCPI 2.2.1-d2 and 2.3.0-ed2, mod_locations. Values that are new in 2.3.0 are legal in every file: reading is lenient.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

_CONNECTORS = """CHADEMO CHAOJI DOMESTIC_A DOMESTIC_B DOMESTIC_C DOMESTIC_D DOMESTIC_E DOMESTIC_F DOMESTIC_G
DOMESTIC_H DOMESTIC_I DOMESTIC_J DOMESTIC_K DOMESTIC_L DOMESTIC_M DOMESTIC_N DOMESTIC_O GBT_AC GBT_DC
IEC_60309_2_single_16 IEC_60309_2_three_16 IEC_60309_2_three_32 IEC_60309_2_three_64 IEC_62196_T1 IEC_62196_T1_COMBO
IEC_62196_T2 IEC_62196_T2_COMBO IEC_62196_T3A IEC_62196_T3C MCS NEMA_5_20 NEMA_6_30 NEMA_6_50 NEMA_10_30 NEMA_10_50
NEMA_14_30 NEMA_14_50 PANTOGRAPH_BOTTOM_UP PANTOGRAPH_TOP_DOWN SAE_J3400 TESLA_R TESLA_S"""

_CAPABILITIES = """CHARGING_PROFILE_CAPABLE CHARGING_PREFERENCES_CAPABLE CHIP_CARD_SUPPORT CONTACTLESS_CARD_SUPPORT
CREDIT_CARD_PAYABLE DEBIT_CARD_PAYABLE PED_TERMINAL REMOTE_START_STOP_CAPABLE RESERVABLE RFID_READER
START_SESSION_CONNECTOR_REQUIRED TOKEN_GROUP_CAPABLE UNLOCK_CAPABLE"""

PLUG_AND_CHARGE = ("ISO_15118_2_PLUG_AND_CHARGE", "ISO_15118_20_PLUG_AND_CHARGE")
"""ConnectorCapability values that mean Plug & Charge."""

DC_ONLY = frozenset({"CHADEMO", "CHAOJI", "GBT_DC", "IEC_62196_T1_COMBO", "IEC_62196_T2_COMBO", "MCS"})
"""ConnectorType values of plugs that carry nothing but DC, whatever power_type a feed gives."""

MAX_ID = 255
"""Longest id in characters. OCPI says 36; feeds exceed that."""
MIN_POWER = 500
"""W. Less than any charger gives; most likely kW were written."""
MAX_POWER = 4_000_000
"""W. More than the megawatt charging system is built for (1250 V × 3000 A = 3.75 MW)."""
MAX_AC_POWER = 44_200
"""W. Type 2 gives at most 3 × 63 A at 230 V: 43.5 kW."""

_SEPARATORS = re.compile(r"[\s\-]+")
_WORDS = re.compile(r"[a-z0-9]+")
_LONGEST_NAME = 60
_PATH_SEPARATORS = re.compile(r"[/\\]")
_NUMBER = re.compile(r"[+-]?[0-9]{1,12}([.,][0-9]+)?(e[+-]?[0-9]{1,2})?", re.IGNORECASE)
_EVSE_ID = re.compile(
    r"[A-Z]{2}\*?[A-Z0-9]{3}\*?E[A-Z0-9*]{1,30}|\+?[0-9]{1,3}\*[0-9]{3}\*[0-9*]{1,32}", re.IGNORECASE
)
_JOINERS = (
    "\u200c\u200d"  # not printable by Python's rule, but needed to write Persian and the languages of India
)


def _table(words: str) -> Mapping[str, str]:
    return {word.upper(): word for word in words.split()}


CONNECTOR_TYPES = _table(_CONNECTORS)
FORMATS = _table("SOCKET CABLE")
_PLUG_NAMES = """gb t dc=GBT_DC|gbt dc=GBT_DC|gb t ac=GBT_AC|gbt ac=GBT_AC
type 1=IEC_62196_T1|type1=IEC_62196_T1|type 1 connector=IEC_62196_T1|type 1 connector cable attached=IEC_62196_T1 CABLE
type 2=IEC_62196_T2|type2=IEC_62196_T2|type 2 connector=IEC_62196_T2|type 2 connector cable attached=IEC_62196_T2 CABLE
type 2 outlet=IEC_62196_T2 SOCKET|type 2 socket=IEC_62196_T2 SOCKET|type 2 cable=IEC_62196_T2 CABLE
ccs1=IEC_62196_T1_COMBO|ccs 1=IEC_62196_T1_COMBO|ccs type 1=IEC_62196_T1_COMBO
ccs combo 1=IEC_62196_T1_COMBO|ccs combo 1 plug=IEC_62196_T1_COMBO|ccs combo 1 plug cable attached=IEC_62196_T1_COMBO CABLE
ccs2=IEC_62196_T2_COMBO|ccs 2=IEC_62196_T2_COMBO|ccs type 2=IEC_62196_T2_COMBO
ccs combo 2=IEC_62196_T2_COMBO|ccs combo 2 plug=IEC_62196_T2_COMBO|ccs combo 2 plug cable attached=IEC_62196_T2_COMBO CABLE
nacs=SAE_J3400|sae j3400=SAE_J3400|schuko=DOMESTIC_F|type f schuko=DOMESTIC_F"""
PLUG_NAMES: Mapping[str, tuple[str, str | None]] = {
    name: (means.split()[0], means.split()[1] if " " in means else None)
    for entry in _PLUG_NAMES.replace("\n", "|").split("|")
    for name, _, means in (entry.partition("="),)
}
"""ConnectorType, and ConnectorFormat where the name says it, by names that feeds give in place of a ConnectorType.

Only names that can mean one plug alone: "CCS" may be either. Lower case, words parted by one space. Sources: names in feeds,
OICP 2.3 PlugType.
"""
POWER_TYPES = _table("AC_1_PHASE AC_2_PHASE AC_2_PHASE_SPLIT AC_3_PHASE DC")
STATUSES = _table("AVAILABLE BLOCKED CHARGING INOPERATIVE OUTOFORDER PLANNED REMOVED RESERVED UNKNOWN")
CAPABILITIES = _table(f"{_CAPABILITIES} {' '.join(PLUG_AND_CHARGE)}")
POSITIONS = _table("LEFT RIGHT CENTER")
PARKING_TYPES = _table("ALONG_MOTORWAY PARKING_GARAGE PARKING_LOT ON_DRIVEWAY ON_STREET UNDERGROUND_GARAGE")
PARKING_RESTRICTIONS = _table("CUSTOMERS DISABLED EMPLOYEES EV_ONLY MOTORCYCLES PLUGGED TAXIS TENANTS")
VEHICLE_TYPES = _table(
    "MOTORCYCLE PERSONAL_VEHICLE PERSONAL_VEHICLE_WITH_TRAILER VAN SEMI_TRACTOR RIGID TRUCK_WITH_TRAILER BUS DISABLED"
)


def _camel(key: str) -> str:
    first, *others = key.split("_")
    return first + "".join(map(str.capitalize, others))


_KEYS = """accepted_service_providers after_taxes before_taxes charging_when_closed country_code drive_through
end_date_time energy_mix evse_id evse_position excl_vat exceptional_closings exceptional_openings floor_level help_phone
incl_vat last_updated max_amperage max_electric_power max_price max_vehicle_height max_voltage min_price opening_times
parking_id parking_places parking_restrictions parking_type party_id period_begin period_end physical_reference postal_code
power_type price_components publish_allowed_to regular_hours related_locations reservation_required restricted_to_type
start_date_time status_schedule step_size tariff_alt_text tariff_alt_url tariff_id tariff_ids tax_included
terms_and_conditions time_limit time_zone vehicle_types"""

KEYS_BY_CAMEL_CASE: Mapping[str, str] = {_camel(key): key for key in _KEYS.split()}
"""OCPI's keys of Location and Tariff, and of what they hold, by how feeds in camelCase write them, such as `evseId`."""

_OWN_NAMES = """AT Österreich|BE België|BE Belgique|BE Belgien|CH Schweiz|CH Suisse|CH Svizzera|CZ Česko|DE Deutschland
DK Danmark|EE Eesti|ES España|FI Suomi|HR Hrvatska|HU Magyarország|IS Ísland|IT Italia|LT Lietuva|LV Latvija|NL Nederland
NO Norge|PL Polska|RO România|SE Sverige|SI Slovenija|SK Slovensko"""

COUNTRIES_BY_OWN_NAME: Mapping[str, str] = {
    entry[3:].casefold(): entry[:2] for line in _OWN_NAMES.splitlines() for entry in line.split("|")
}
"""Alpha-2 codes by the name that a country of Europe gives itself, in lower case. English names: model/countries.py."""

_EUROPEAN = """AD AL AT BA BE BG CH CZ DE DK EE ES FI FR GB GR HR HU IE IT LI LT LU LV MC MD ME MK MT NL NO PL PT RO RS SE SI
SK SM UA XK"""
_EUROPE = frozenset(_EUROPEAN.split())


def is_off_globe(latitude: float, longitude: float) -> bool:
    """Whether no place on Earth has these coordinates (degrees)."""
    return abs(latitude) > 90 or abs(longitude) > 180


def is_swapped(country: str, latitude: float, longitude: float) -> bool:
    """Whether a latitude that no place has can only be a longitude (degrees).

    Never so for a country of Europe, which lies nowhere near a longitude beyond 90 degrees: there the number is just wrong.
    """
    return abs(latitude) > 90 and not is_off_globe(longitude, latitude) and country not in _EUROPE


def looks_swapped(country: str, latitude: float, longitude: float) -> bool:
    """Whether a station of Europe lies outside it, and inside with latitude and longitude (degrees) swapped.

    A doubt, no proof. The frame is that of the mainland: the islands far off that belong to countries of Europe are outside
    of it both ways, Réunion (−21, 55) and Mayotte (−13, 45) among them.
    """
    if country not in _EUROPE or _in_frame(latitude, longitude):
        return False
    return _in_frame(longitude, latitude)


def _in_frame(latitude: float, longitude: float) -> bool:
    return 34 <= latitude <= 72 and -11 <= longitude <= 35


def named(text: str, table: Mapping[str, str]) -> str | None:
    """The value of `table` that `text` means, whatever its case and spaces; None when it means none."""
    return table.get(text) or table.get(_SEPARATORS.sub("_", text.strip()).upper())


def plug_named(text: str) -> tuple[str, str | None] | None:
    """ConnectorType and perhaps ConnectorFormat that a plug's name means for certain; None where it is not certain."""
    return PLUG_NAMES.get(" ".join(_WORDS.findall(text.casefold()))) if len(text) < _LONGEST_NAME else None


def clean_text(value: object) -> str | None:
    """Text from a feed on one line, free of control and direction characters; None for no text. Numbers become text."""
    if isinstance(value, str):
        text = value.strip() if value.isprintable() else _printable(value)
    elif isinstance(value, bool) or not isinstance(value, (int, float)) or not abs(value) < 1e15:
        return None
    else:
        text = f"{value:.15g}"
    return text or None


def _printable(text: str) -> str:
    flat = " ".join(text.split())
    return "".join(c for c in flat if c.isprintable() or c in _JOINERS).strip()


def number(value: object) -> float | None:
    """A finite number, also one written as text with point or comma; None for anything else."""
    if isinstance(value, str):
        text = value.strip()
        value = float(text.replace(",", ".")) if _NUMBER.fullmatch(text) else None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not abs(value) < 1e12:
        return None
    return float(value)


def boolean(value: object, *, default: bool) -> bool | None:
    """True or false, also as text or 0 and 1; `default` for nothing; None when it says neither."""
    if value is None:
        return default
    return {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}.get(
        str(value).strip().lower()
    )


def is_evse_id(text: str) -> bool:
    """Whether a text has the form of an EVSE ID: ISO 15118 (`FR*ABC*E123`) or DIN SPEC 91286 (`+49*810*000*438`).

    Source of the pattern: Hubject OICP 2.3, EvseIDType. Case does not count.
    """
    return _EVSE_ID.fullmatch(text) is not None


def is_safe_id(text: str) -> bool:
    """Whether an id has 1 to 255 printable characters and no path that leads upwards."""
    return 0 < len(text) <= MAX_ID and text.isprintable() and ".." not in _PATH_SEPARATORS.split(text)


def power_from(power_type: str | None, volts: float | None, amperes: float | None) -> float | None:
    """Power in W from volts and amperes; None where they do not tell.

    OCPI gives line-to-neutral volts for AC_3_PHASE, but many feeds give line-to-line ones (400 V): 346 V and more is taken
    as line-to-line (√3 · V · A), 277 V and less as line-to-neutral (3 · V · A).
    """
    if not volts or not amperes or volts <= 0 or amperes <= 0:
        return None
    if power_type in {"DC", "AC_1_PHASE"}:
        return volts * amperes
    if power_type == "AC_3_PHASE" and volts <= 277:
        return 3 * volts * amperes
    if power_type == "AC_3_PHASE" and volts >= 346:
        return math.sqrt(3) * volts * amperes
    if power_type == "AC_2_PHASE":
        return 2 * volts * amperes
    if power_type == "AC_2_PHASE_SPLIT":  # 120 V to the middle of the transformer, or 240 V across it
        return (2 if volts < 180 else 1) * volts * amperes
    return None
