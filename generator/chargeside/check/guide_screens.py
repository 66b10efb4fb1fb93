"""Rule on what screens print: a text in double quotes is one that drivers can search for, letter by letter."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from itertools import islice

from chargeside.check.guide_pieces import asked, named, told
from chargeside.check.guide_symptoms import folded
from chargeside.findings import Findings
from chargeside.model.network import Content
from chargeside.model.problem import Guide
from chargeside.model.screen_codes import spelling

_QUOTED = re.compile(r'"([^"]{1,200})"|“([^”]{1,200})”')
_MOST = 20
"""Quoted texts of one piece that are looked at: who writes more has other worries."""
# What is quoted as a name of something to press is no message.
_LABEL = re.compile(
    r"\b(?:press|tap|touch|choose|select|pick|click|called|named|labelled|marked|button|menu|setting|switch|key|printed|word|words|page|tab|letters?|look for|find)\W+(?:the |a |on |for |button |word )*$"
)


def screen_texts(content: Content) -> Mapping[str, str]:
    """Everything that may be quoted, as it is spelled, by its folded form."""
    texts = [symptom for problem in content.problems.values() for symptom in problem.guide("en").symptoms]
    for entry in content.codes:
        texts += [*entry.also, *map(spelling, entry.codes)]
    return {folded(text): text for text in texts}


def check_screens(guide: Guide, known: Mapping[str, str], findings: Findings) -> None:
    """G532: each quoted text stands among the symptoms of a guide, as a part of one of its own, or in problems/codes.yml.

    `known`: by `screen_texts`.
    """
    own = f" {' | '.join(map(folded, guide.symptoms))} "
    titles = (piece for piece in named(guide) if piece.kind in ("title", "short"))
    for piece in (*titles, *told(guide), *asked(guide)):
        for found in islice(_QUOTED.finditer(piece.text), _MOST):
            quoted = (found.group(1) or found.group(2) or "").strip()
            right = known.get(folded(quoted))
            if right and _equal(quoted, right):
                continue
            if _LABEL.search(piece.text[: found.start()].casefold()) or f" {folded(quoted)} " in own:
                continue
            message = f'{piece.name} quotes "{quoted}", which is no symptom of any guide and no screen text of codes.yml'
            findings.add("G532", guide.path, piece.line, message, _mend(quoted, right, known))


def _equal(quoted: str, right: str) -> bool:
    """In a sentence a message may begin with a small letter, and lose its full stop."""
    return quoted.casefold().rstrip(".!?… ") == right.casefold().rstrip(".!?… ")


def _mend(quoted: str, right: str | None, known: Mapping[str, str]) -> str:
    close = difflib.get_close_matches(folded(quoted), known, n=1, cutoff=0.75)
    if right or close:
        return f'did you mean "{right or known[close[0]]}"?'
    return "add it to symptoms as the screen prints it, so that drivers find the guide by it; or leave the quotes out"
