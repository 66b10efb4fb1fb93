"""The credentials token of OCPI: goes into one header, and into nothing that is shown or stored."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from typing import Literal
from urllib.parse import quote

from chargeside.errors import FetchError

Encoding = Literal["auto", "base64", "plain"]
ENCODINGS: tuple[Encoding, ...] = ("auto", "base64", "plain")
"""OCPI 2.2.1 wants the token in base64; many servers of 2.1.1 and 2.2 want it as it is. `auto` tries both, in this order."""

_MASK = "[token]"
_ALLOWED = re.compile(r"[!-~]{1,1000}")
_SHORTEST_IN_DATA = 8
"""A shorter token may be a word that stands in the data by chance."""


class Token:
    """A secret. Nothing it gives but `forms` holds it, also not `repr` in a traceback."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        """Raises FetchError when no header could carry the value."""
        if not _ALLOWED.fullmatch(value):
            raise FetchError(
                "the token is empty, or holds spaces or characters other than ASCII; copy it again, without quotes"
            )
        self._value = value

    def __repr__(self) -> str:
        return f"Token({_MASK})"

    def forms(self, encoding: Encoding) -> list[str]:
        """Values of the Authorization header, to be tried in this order."""
        values = {"base64": [self._base64()], "plain": [self._value]}
        return [f"Token {value}" for value in values.get(encoding, [self._base64(), self._value])]

    def masked(self, text: str) -> str:
        """A text for people without the token, should a server have sent it back."""
        for form in self._written():
            text = text.replace(form, _MASK)
        return text

    def masked_data(self, text: str) -> str:
        """A server's JSON without the token."""
        return self.masked(text) if len(self._value) >= _SHORTEST_IN_DATA else text

    def _base64(self) -> str:
        return base64.b64encode(self._value.encode()).decode()

    def _written(self) -> list[str]:
        """All ways the token may stand in a text, the longest first."""
        plain = {self._value, self._base64(), self._base64().rstrip("=")}
        found = {
            form for value in plain for form in (value, value.replace("/", "\\/"), quote(value, safe=""))
        }
        return sorted(found, key=lambda form: (-len(form), form))


def token_from(name: str, environment: Mapping[str, str]) -> str:
    """The token that a variable of the environment holds. Raises FetchError.

    The message does not repeat the name: someone may have given the token itself in its place.
    """
    value = environment.get(name, "").strip()
    if not value:
        raise FetchError(
            "the environment has no variable of the name that --token-env gives, or it is empty; set it first, e.g. "
            "`read -rs OCPI_TOKEN && export OCPI_TOKEN`, then --token-env OCPI_TOKEN"
        )
    return value
