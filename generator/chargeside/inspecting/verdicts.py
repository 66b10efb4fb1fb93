"""What can be said of a code and of a photo: verdicts from worst to best, what each means, and what to do about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from chargeside.i18n import N_


class Verdict(StrEnum):
    """Of a code or a photo; of a photo it is the worst of its codes. In that order, the worst first."""

    FOREIGN = "foreign"
    OTHER_STATION = "other-station"
    OUTDATED = "outdated"
    DAMAGED = "damaged"
    UNREADABLE = "unreadable"
    UNSURE = "unsure"
    NOT_A_PHOTO = "not-a-photo"
    NONE = "none"
    RIGHT = "right"
    OWN = "own"
    """Of a code alone: one of yours that is for something else, such as paying."""
    OTHER_CODE = "other-code"
    """Of a code alone: it holds no address, such as a serial number."""


ORDER = tuple(Verdict)
COUNTED = frozenset(ORDER) - {Verdict.OWN, Verdict.OTHER_CODE}
"""Verdicts of codes that decide on the photo."""

TITLES = {
    Verdict.FOREIGN: N_("Foreign code"),
    Verdict.OTHER_STATION: N_("Sign of another charger"),
    Verdict.OUTDATED: N_("Outdated sign"),
    Verdict.DAMAGED: N_("Code damaged"),
    Verdict.UNREADABLE: N_("Code not readable"),
    Verdict.UNSURE: N_("Not sure"),
    Verdict.NOT_A_PHOTO: N_("Not a photo"),
    Verdict.NONE: N_("No code found"),
    Verdict.RIGHT: N_("Right sign"),
    Verdict.OWN: N_("Another code of yours"),
    Verdict.OTHER_CODE: N_("Other code, without an address"),
}

TO_DO = {
    Verdict.FOREIGN: N_("Treat it as fraud until you know better. Do not open the address. Keep the photo, take the code down, and look at all chargers of this site."),
    Verdict.OTHER_STATION: N_("Hang the right sign here, and look where this one belongs."),
    Verdict.OUTDATED: N_("Print the sign again and replace it."),
    Verdict.DAMAGED: N_("Clean the sign and photograph it again. If that does not help, print it again."),
    Verdict.UNREADABLE: N_("Photograph it again: from nearer, straight on, without glare. If a phone cannot read it either, print the sign again."),
    Verdict.UNSURE: N_("Look at the photo yourself, or have another one taken."),
    Verdict.NOT_A_PHOTO: N_("Save it as JPEG, PNG, WebP or HEIC and try again."),
    Verdict.NONE: N_("Photograph the whole sign again. If it is gone, hang a new one."),
    Verdict.RIGHT: N_("Nothing to do."),
}  # fmt: skip


def worst(verdicts: list[Verdict]) -> Verdict:
    """The worst of those that decide on a photo; NONE where there is none of them."""
    return min((one for one in verdicts if one in COUNTED), key=ORDER.index, default=Verdict.NONE)


@dataclass(frozen=True, slots=True)
class Words:
    """A sentence for people, not yet in their language: a message with placeholders, and what stands in them."""

    message: str
    values: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, message: str, **values: str) -> Words:
        """`message` is marked N_() where it stands."""
        return cls(message, tuple(values.items()))

    def say(self, translate: Callable[[str], str]) -> str:
        """The sentence in the language of `translate`."""
        return translate(self.message).format(**dict(self.values))

    def __str__(self) -> str:
        return self.say(str)
