"""Signs for reserved codes: printed before anybody knows at which charger they will hang, so they say only what holds at any."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import PurePosixPath

from chargeside.model.facts import Facts
from chargeside.model.network import Network, Station
from chargeside.model.ocpi import Location
from chargeside.model.operator import Operator
from chargeside.plan.jobs import Plan
from chargeside.plan.placards import plan_placards


def plan_reserved(network: Network, issued: str, codes: Collection[str] = ()) -> Plan:
    """A job for every reserved code and sign of the designs that hang at a charger; with `codes` only for those. `issued` is the ISO
    date printed in the foot.

    The code is the charger's number. No plug, way to pay or place is named, and the steps to start leave the order to the charger.
    Helpline, emergency number and language are those of the first country in operator.yml.
    """
    operator = hung_at_chargers(network)
    here = Location(operator.country_code, operator.party_id, "", next(iter(operator.countries)))
    blank = tuple(Station("", code, None, here, (), Facts({})) for code in reserved_codes(network))
    return plan_placards(replace(network, operator=operator, stations=blank), issued, codes)


def hung_at_chargers(network: Network) -> Operator:
    """The operator with just those signs that hang at a charger: no tags of plugs, no posters of sites."""
    wanted = tuple(
        asked
        for asked in network.operator.placards
        if asked.design in network.designs and network.designs[asked.design].file.carries == "station"
    )
    return network.operator.model_copy(update={"placards": wanted})


def reserved_codes(network: Network) -> tuple[str, ...]:
    """Codes that no charger has yet."""
    return tuple(line.code for line in network.ledger if line.status == "reserved")


def standing_reserved(network: Network, files: Mapping[str, str]) -> dict[str, str]:
    """Those of the files, by path, that are signs of reserved codes."""
    codes = frozenset(reserved_codes(network))
    return {path: mark for path, mark in files.items() if PurePosixPath(path).name.partition(".")[0] in codes}
