"""Rules on notices.csv that need the clock, or all notices together."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from chargeside.findings import Findings
from chargeside.model.network import Network
from chargeside.model.notice import MOST_SHOWN, ROOM, Notice, Target
from chargeside.model.zones import is_certain


def check_notices(network: Network, now: str, findings: Findings) -> None:
    """What has ended, what nobody can tell the hour of, and what leads drivers astray. `now`: ISO 8601 with an offset; empty where
    nothing may depend on it."""
    moment = datetime.fromisoformat(now) if now else None
    shown = f"{network.path}/notices.csv"
    running: list[Notice] = []
    for notice in network.notices:
        zones = {network.zones(target.code) for target in notice.targets}
        if moment and all(notice.state(one, moment) == "past" for one in zones):
            mend = "nothing, or delete the row; `chargeside notice` does when it writes the file"
            findings.add("N903", shown, notice.line, f"the notice for {notice.name} has ended", mend)
            continue
        running.append(notice)
        moments = [one for one in (notice.begin, notice.end) if one]
        if not all(is_certain(one, clock) for one in moments for clock in zones):
            message = (
                f"the clock at {notice.name} is not known: the time is taken as the latest that it can be"
            )
            mend = "write the offset behind the time, such as 2026-11-24T18:00+01:00, or put time_zone into the feed"
            findings.add("N904", shown, notice.line, message, mend)
    out = {t for notice in running if notice.level == "out_of_order" for t in notice.targets}
    for notice in running:
        if notice.use and not out.isdisjoint({notice.use, Target(notice.use.code)}):
            message = f"{notice.use.code}, to be used instead of {notice.name}, is out of order itself"
            findings.add("N905", shown, notice.line, message, "name another one; meanwhile none is named")
    _check_number(running, shown, findings)


def _check_number(running: list[Notice], shown: str, findings: Findings) -> None:
    """Chargers with more notices in one language than a page has room for; said once, however many they are."""
    count: Counter[tuple[str, str]] = Counter()
    weight: Counter[tuple[str, str]] = Counter()
    crowded: dict[str, Notice] = {}
    for notice in running:
        for code in dict.fromkeys(target.code for target in notice.targets):
            key = code, notice.lang
            count[key] += 1
            weight[key] += len(notice.text.encode())
            if count[key] > MOST_SHOWN or (count[key] > 1 and weight[key] > ROOM):
                crowded.setdefault(code, notice)
    if crowded:
        code, notice = next(iter(crowded.items()))
        message = f"{len(crowded)} charger(s), e.g. {code}, have more notices than their pages have room for"
        mend = f"join them, or delete the least important: at most {MOST_SHOWN} are shown"
        findings.add("N906", shown, notice.line, message, mend)
