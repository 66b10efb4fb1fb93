"""A guide to start from: what `chargeside new problem` asks, what it warns of, and what it writes."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from chargeside.check.guide_pieces import named
from chargeside.check.guide_symptoms import folded, gist
from chargeside.model.condition import parse_condition
from chargeside.model.network import Content

CATEGORIES: Mapping[str, str] = {
    "starting": "charging does not begin, or how to begin",
    "payment": "cards, readers, what is taken and given back",
    "connector": "plugs, sockets, cables, locks, adapters",
    "communication": "the charger says that the car does not answer",
    "speed": "slower than expected",
    "stopping": "it stopped by itself, or will not stop, or the plug stays",
    "billing": "bills, receipts, prices, fees",
    "app": "apps, QR codes, charging cards, roaming",
    "vehicle": "settings and warnings of the car",
    "weather": "cold, heat, rain, snow",
    "site": "parking, barriers, light, who blocks the bay",
    "safety": "smoke, shock, damage, fraud",
    "accessibility": "reaching, seeing, hearing, handling",
    "special": "vans, trailers, motorbikes, lorries",
}
"""What each category is about, in their order."""

OUTCOMES: Mapping[str, str] = {
    "fix": "the driver can mend it",
    "call": "the driver must call us",
    "danger": "it is dangerous: get away, then call",
}

PLACES: Mapping[str, tuple[str, str]] = {
    "all": ("", "at every charger"),
    "ac": ("current=AC|unknown", "only at AC chargers"),
    "dc": ("current=DC|unknown", "only at DC chargers (fast charging)"),
    "socket": ("format=socket|unknown", "only where drivers bring their own cable"),
    "cable": ("format=cable|unknown", "only where the cable is fixed to the charger"),
    "app": ("payment=app|unknown", "only where one can pay with an app"),
    "card": ("payment=contactless|chip|unknown", "only where one can pay with a bank card"),
}
"""Short names of conditions: the condition, and its meaning. Each also holds where nothing is known of it."""

_LITTLE = re.compile(
    r"an?|and|are|at|be|been|by|can|do|does|for|has|have|how|i|in|is|its?|me|my|of|on|or|so|than|that|the|this|to|was|we|with|you|your"
)
"""Words that tell little of a problem."""
_SLUG_WORDS, _SLUG_LENGTH = 4, 40
_BUTTON = 24
"""Characters that a button has room for."""
_ALIKE = 0.6
"""Share of words in common from which two titles are said to be alike."""

_TEXTS: Mapping[str, str] = {
    "fix": """\
TODO Say in one or two plain sentences why this happens. Never blame the driver.

1. **TODO Do one thing.** Say it in as few words as you can, the most likely help first.
   {: #first-step pictogram=look }
2. **TODO Do the next thing.**
   {: #second-step pictogram=wait }

**Call us if** it fails twice in a row.
{: #call }
""",
    "call": """\
TODO Say in one or two plain sentences what has happened, and that we can help.

1. **TODO Say what the driver does now**, so that nothing gets worse.
   {: #first-step pictogram=look }
2. **Call us** and read out the number of the charger.
   {: #call-us pictogram=call }

**Call us if** you see this. TODO Say what we can do from here.
{: #call }
""",
    "danger": """\
TODO Say in one short sentence what the danger is.

1. **Get away** from the charger and the car now.
   {: #leave pictogram=leave }
2. **Call the emergency number** from a safe place.
   {: #emergency pictogram=call }

**Call us if** you are safe and have called the emergency number.
{: #call }
""",
}
_NEXT = {"fix": "another-charger", "call": "call", "danger": "call"}


@dataclass(frozen=True)
class Draft:
    """What is known of a guide before it is written. `applies_to`: a condition, empty for every charger."""

    title: str
    symptoms: tuple[str, ...] = ()
    category: str = "starting"
    outcome: str = "fix"
    applies_to: str = ""


def slug_of(title: str) -> str:
    """A name for the guide's folder and address, of the words of its title that tell most; empty where there are none."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z0-9]+", re.sub(r"['’]", "", plain))
    telling = [word for word in words if not _LITTLE.fullmatch(word)] or words
    slug = "-".join(telling[:_SLUG_WORDS])
    return (
        slug if len(slug) <= _SLUG_LENGTH else slug[:_SLUG_LENGTH].rpartition("-")[0] or slug[:_SLUG_LENGTH]
    )


def condition_of(wish: str, content: Content) -> str:
    """The condition for a name of PLACES, or for one that is written out. Raises ConditionError."""
    if wish.lower() in PLACES:
        return PLACES[wish.lower()][0]
    parse_condition(wish, tuple(content.connectors))
    return wish


def warnings(draft: Draft, content: Content) -> Iterator[str]:
    """What speaks against a new guide: words that lead to another one already, a title like another's."""
    taken = {
        folded(piece.text): problem
        for problem in content.problems.values()
        for piece in named(problem.guide("en"))
    }
    for words in (draft.title, *draft.symptoms):
        if other := taken.get(folded(words)):
            yield f'"{words}" leads to another guide already: {other.path}'
    mine = gist(draft.title)
    for problem in content.problems.values():
        title = problem.guide("en").title
        theirs = gist(title)
        if folded(title) != folded(draft.title) and _likeness(mine, theirs) >= _ALIKE:
            yield f'a guide with a similar title is there already: "{title}" ({problem.path})'


def _likeness(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / len(one | other) if one and other else 0.0


def guide_text(draft: Draft, review: str) -> str:
    """The guide, valid as it is; what its author must write is marked TODO, which `check` reports. `review`: ISO date."""
    lines = [f"title: {_quoted(draft.title)}"]
    if len(draft.title) > _BUTTON:
        lines += [f"short: TODO for the button   # the title in at most {_BUTTON} characters"]
    if draft.symptoms:
        lines += ["symptoms:", *(f"  - {_quoted(words)}" for words in draft.symptoms)]
    lines += [f"category: {draft.category}"]
    if draft.applies_to:
        lines += [f"applies_to: {_quoted(draft.applies_to)}"]
    lines += [
        f"outcome: {draft.outcome}",
        f"next: {_NEXT[draft.outcome]:<18} # where to go when it did not help: a guide's name, another-charger, call or fixed",
        "weight: 10               # how often drivers need it, 0 to 100",
        f"review: {review}",
        "sources:",
        "  - TODO Say where the facts come from",
    ]
    return "\n".join(("---", *lines, "---", _TEXTS[draft.outcome]))


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)  # text in quotes is the same in JSON and YAML
