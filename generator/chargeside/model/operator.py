"""operator.yml, kits.yml: what a person at the operator writes. The JSON Schemas of both come from these models."""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from chargeside.model.facts import PAYMENTS


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


# Hosts in ASCII (others in their xn-- form), as QR readers and print need them; no user name, which only phishing uses.
_HTTPS = re.compile(
    r"https://[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+(:[0-9]{1,5})?(/[!-~]*)?",
    re.IGNORECASE | re.ASCII,
)
_SITE = re.compile(r"https://[a-z0-9.-]+(:[0-9]{1,5})?(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*/")


def _https(url: str) -> str:
    if not url.startswith("https://") or not _HTTPS.fullmatch(url):
        raise ValueError(
            "must be an address that starts with https:// in small letters, without spaces or user name"
        )
    return url


def _site(url: str) -> str:
    _https(url)
    if not url.endswith("/"):
        raise ValueError("must end with a slash")
    if not _SITE.fullmatch(url):
        raise ValueError("must be host and folder only, the host in small letters: https://help.example.org/")
    return url


def _phone(text: str) -> str:
    if not re.fullmatch(r"\+?[0-9][0-9 ()./-]{1,24}", text):
        raise ValueError(
            "must be a phone number: digits and spaces, with + and country code where abroad is possible"
        )
    return text


def _contact(url: str) -> str:
    if re.fullmatch(r"mailto:[^\s@]+@[^\s@]+\.[^\s@]+", url) or re.fullmatch(r"sms:\+?[0-9 ]{3,20}", url):
        return url
    try:
        return _https(url)
    except ValueError:
        raise ValueError(
            "must be mailto:help@example.org, sms:+49800123456 or an address that starts with https://"
        ) from None


HttpsUrl = Annotated[str, AfterValidator(_https)]
SiteUrl = Annotated[str, AfterValidator(_site)]
PhoneNumber = Annotated[str, AfterValidator(_phone)]
ContactUrl = Annotated[str, AfterValidator(_contact)]
Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?$")]
CountryCode = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
Tri = Literal["yes", "no", "unknown"]
Way = Literal["contactless", "chip", "app", "rfid", "web", "plug_and_charge", "cash", "free"]
StartWay = Literal["contactless", "chip", "app", "rfid", "web"]
StartOrder = Literal["plug_first", "auth_first", "any", "unknown"]
Line = Annotated[str, Field(min_length=1, max_length=120)]
"""A short text for drivers."""
Text = Line | Annotated[dict[Language, Line], Field(min_length=1)]
"""A text for drivers: as it is, or by language."""
_Statement = Annotated[str, Field(min_length=1, max_length=20_000)]
Statement = _Statement | Annotated[dict[Language, _Statement], Field(min_length=1)]
"""A long text, such as an imprint: as it is, or by language."""
StationIs = Literal["cabinet", "physical_reference", "location", "evse"]


class Helpline(_Strict):
    """The phone at hand on every page."""

    phone: PhoneNumber
    free: bool = Field(False, description="Whether the call costs nothing")
    hours: str = Field("", max_length=60, description="When it is staffed, e.g. 24/7 or Mo-Fr 8-18")


class Country(_Strict):
    """What holds in one country. The station's country decides."""

    languages: tuple[Language, ...] = Field(("en",), min_length=1, description="The first is the sign's page")
    helpline: Helpline
    emergency_phone: PhoneNumber
    text_contact: ContactUrl | None = Field(
        None, description="mailto:, sms: or https:// for those who cannot phone"
    )
    price_url: HttpsUrl | None = None
    imprint: Statement | None = Field(
        None, description="Who publishes the pages; blank lines part paragraphs. As it is, or by language"
    )
    privacy: Statement | None = None
    accessibility: Statement | None = None


class Brand(_Strict):
    """How signs and pages look."""

    colour: Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$")] = "#0b5d4e"
    logo: str | None = Field(None, description="SVG, PNG or JPEG beside operator.yml or in brands/")


class App(_Strict):
    """An app that starts charging here."""

    name: str = Field(max_length=60)
    url: HttpsUrl


class PlacardSpec(_Strict):
    """A sign to be made for every station."""

    design: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")] = Field(
        "classic", description="classic, label, strip, tag, sheet, or a folder of your own in designs/"
    )
    size: Annotated[str, Field(pattern=r"^[A-Za-z0-9.-]{0,20}$")] = Field(
        "", description="A size of the design by name, or width x height in mm (120x80). Empty: its first"
    )
    languages: tuple[str, ...] = Field(
        ("station",),
        min_length=1,
        max_length=3,
        description="One to three; `station` stands for the first language of the station's country",
    )
    distance_m: float | None = Field(
        None, gt=0.2, le=5, description="From how far it is to be read, in metres. Empty: as the design says"
    )


class FactSettings(_Strict):
    """Facts set by a person. `unknown` takes a fact back that the feed claims."""

    start_order: StartOrder | dict[StartWay, StartOrder] | None = Field(
        None, description="One word for all ways to pay, or one per way"
    )
    display: Tri | None = None
    hardware: str | None = None
    power_kw: float | None = Field(None, gt=0, le=5000)
    payment: dict[Way, Tri] = Field(default_factory=dict)

    def flat(self) -> dict[str, str | float]:
        """The facts set here by their flat names (`payment.app`, `start_order.app`); absent = not set here."""
        order = self.start_order
        named: dict[str, str | float | None] = {
            **(
                {f"start_order.{way}": value for way, value in order.items()}
                if isinstance(order, dict)
                else {"start_order": order}
            ),
            "display": self.display,
            "hardware": self.hardware,
            "power_kw": self.power_kw,
            **{f"payment.{way}": self.payment.get(way) for way in PAYMENTS},  # type: ignore[call-overload]
        }
        return {name: value for name, value in named.items() if value is not None}


class Operator(_Strict):
    """operator.yml."""

    name: str = Field(min_length=1, max_length=100)
    country_code: CountryCode
    party_id: Annotated[str, Field(pattern=r"^[A-Z0-9]{3}$")]
    site_url: SiteUrl = Field(description="The address all signs carry. Own it for ever.")
    former_site_urls: tuple[SiteUrl, ...] = ()
    pay_url: HttpsUrl | None = None
    offline: Literal["ask", "auto", "off"] = Field(
        "ask",
        description="Whether a phone may keep the help for a charger: ask (a button), auto (without asking), off",
    )
    countries: dict[CountryCode, Country] = Field(min_length=1)
    languages: tuple[Language, ...] = Field(("en",), min_length=1)
    brand: Brand = Brand()
    station_is: StationIs = "cabinet"
    prices: Literal["link", "tariff"] = Field(
        "link",
        description="tariff: pages show a price where one OCPI tariff tells it; else the link to price_url",
    )
    weights: dict[str, Annotated[int, Field(ge=0, le=100)]] = Field(
        default_factory=dict,
        description="How often drivers need a guide, 0 to 100, by its slug: wins over the guide's own",
    )
    defaults: FactSettings = FactSettings()
    force: FactSettings = FactSettings()
    apps: tuple[App, ...] = ()
    placards: tuple[PlacardSpec, ...] = (PlacardSpec(),)

    @property
    def host(self) -> str:
        """The address as printed for typing, without scheme and last slash."""
        return self.site_url.removeprefix("https://").rstrip("/")


class KitMatch(_Strict):
    """Which EVSEs a rule selects; every key given must match. Location, evse and hardware may end in `*`."""

    location: str | None = None
    evse: str | None = Field(None, description="EVSE uid or EVSE ID")
    connectors: tuple[str, ...] = Field((), description="Any of these plugs")
    current: Literal["AC", "DC"] | None = None
    min_power_kw: float | None = None
    max_power_kw: float | None = None
    country: CountryCode | None = None
    hardware: str | None = Field(None, description="Make and model")
    vendor: str | None = Field(None, description="The word or words that make and model begin with")
    payment: tuple[Way, ...] = Field((), description="Any of these ways to pay works there")


class LightMeaning(_Strict):
    """What a light on the charger means. Colour alone helps not everyone: the text names what it does as well."""

    light: Text = Field(description="What the light looks like, e.g. steady blue")
    means: Text


class CodeMeaning(_Strict):
    """A code or message as the screen prints it."""

    shown: str = Field(min_length=1, max_length=40)
    means: Text
    problem: str = Field(description="The problem that helps, by its slug; or call")


class PhotoFile(_Strict):
    """A photo of the hardware."""

    file: str = Field(
        min_length=1, max_length=200, description="PNG or JPEG beside kits.yml, in brands/ or in kits/"
    )
    alt: Text = Field(description="What it shows, for those who cannot see it")


class Release(_Strict):
    """Who lets drivers reset the emergency stop of a kind of hardware, and since when."""

    released_by: str = Field(min_length=1, max_length=100)
    date: dt.date


class KitRule(_Strict):
    """One rule of kits.yml; later rules win over earlier ones."""

    name: str
    match: KitMatch = KitMatch()
    facts: FactSettings = FactSettings()
    station_is: StationIs | None = None
    speed_note: Text | None = Field(
        None, description="What holds for the speed there, e.g. two cars share 150 kW"
    )
    leds: tuple[LightMeaning, ...] = Field((), max_length=12)
    codes: tuple[CodeMeaning, ...] = Field((), max_length=60)
    photo: PhotoFile | None = None
    emergency_stop_reset: Literal["never"] | Release | None = None

    @model_validator(mode="after")
    def _release_names_hardware(self) -> KitRule:
        if isinstance(self.emergency_stop_reset, Release) and not self.match.hardware:
            raise ValueError("a rule that releases the emergency stop must match: {hardware: …}")
        return self


class Kits(_Strict):
    """kits.yml."""

    kits: tuple[KitRule, ...] = ()
