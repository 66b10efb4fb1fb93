"""The marks of the newest signs, so that a page can tell whoever stands before a sign whether it is still right."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from chargeside.model.network import Network
from chargeside.plan.placards import Placard, plan_placards
from chargeside.plan.reserved import hung_at_chargers, plan_reserved


def marks(network: Network) -> Mapping[str, tuple[str, ...]]:
    """By code the marks of the signs that hang at its charger, in the order of operator.yml; tags and posters are left out."""
    stations = replace(network, operator=hung_at_chargers(network))
    found: dict[str, list[str]] = {}
    for plan in (plan_placards(stations, ""), plan_reserved(network, "")):
        for job in plan.jobs:
            assert isinstance(job.payload, Placard)
            found.setdefault(job.payload.code, []).append(job.payload.mark)
    return {code: tuple(dict.fromkeys(those)) for code, those in found.items()}
