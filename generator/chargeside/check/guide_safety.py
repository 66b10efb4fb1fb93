"""Rules that keep drivers out of danger: instructions that no guide may give, and danger told first and alone.

The patterns know English. They look at one clause at a time, so that "Never use force" is not taken for "Use force"; the table of
what they must and must not find is in tests/test_rules.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from chargeside.check.guide_pieces import asked, named, sentences, told
from chargeside.findings import Findings
from chargeside.model.condition import Condition
from chargeside.model.problem import Guide, Problem

_MOST_STEPS_IN_DANGER = 3


@dataclass(frozen=True, slots=True)
class _Ban:
    """Something that no guide asks for. `unless`: words in the same sentence that make it right. `may_be_released`: by the operator."""

    what: str
    mend: str
    pattern: re.Pattern[str]
    unless: re.Pattern[str] | None = None
    may_be_released: bool = False


def _ban(what: str, mend: str, pattern: str, unless: str = "", may_be_released: bool = False) -> _Ban:
    right = re.compile(unless, re.VERBOSE) if unless else None
    return _Ban(what, mend, re.compile(pattern, re.VERBOSE), right, may_be_released)


_CALL = "leave it out; say when to call instead"
_FEW = r"(?:[^\w,;:()]+[\w'’-]+){0,4}?[^\w,;:()]+"
"""Up to four words in between, without a comma."""
_EMERGENCY_STOP = rf"""
    \b(?:press|push|hit|pull|release|reset|turn|twist|unlock|unlatch|use|activate|operate|restore|rearm)\b
    {_FEW}
    (?:emergency[ -](?:stop|button|off|switch|shut)|e-stop|mushroom|red[ ](?:emergency[ ])?(?:button|switch|knob))
"""
_BANS = (
    _ban(
        "opening the charger",
        _CALL,
        rf"""
        \b(?:open|unscrew|remove|unlatch|unbolt|dismantle|lift[ ]off|take[ ]off|prise[ ]open|take[ ]apart)\b
        {_FEW}
        (?:housing|cabinet|casing|enclosure|front[ ]panel|panel|screws?|(?:charger|post|unit|station|service)(?:['’]s)?[ ](?:door|hatch|cover|lid))\b
        | \bopen[ ](?:up[ ])?(?:the|its|this)[ ]charger(?![’'\w]|[ ](?:page|app|in|on|list|map|number|flap|web|menu|screen))
        | \b(?:unscrew|remove|lift[ ]off|take[ ]off)[ ](?:the|its)[ ]cover\b
        """,
        r"\b(?:car|flap|inlet|port|dust|cap|holes|control[ ]panel|solar)\b",
    ),
    _ban(
        "force",
        "say how it goes without force, or when to call",
        rf"""
        \b(?:use|apply|with|using)[ ](?:(?:more|some|a[ ]little|a[ ]bit[ ]of|great|all[ ]your|brute|gentle|light)[ ])?force\b
        | \bforce[ ](?:it|them|the|your|this|that|open)\b
        | \b(?:twist|wiggle|jiggle|wrench|prise|pry|yank|jerk|rattle|kick|hammer|shake|rock|tug|bend)\b
          (?:[^\w]+(?:and|or|then|gently|firmly|carefully|slightly|on|at|at[ ]the|against)\b|[^\w]+\w+ly\b)*
          [^\w]+(?:it|the|your|this|both|that|a|plug|cable|connector|handle|lever)\b
        | \b(?:try|keep|start|by|while)[ ](?:twist|wiggl|jiggl|forc|rock|shak|wrench|yank|tugg|kick|pry|bend)(?:l|t)?ing\b
        | \b(?:pull|push|tug|press|turn){_FEW}(?:hard(?:er)?|with[ ]all[ ]your|as[ ]hard[ ]as)\b
        | \b(?:pull|push|tug|press)[ ]hard(?:er)?\b
        """,
    ),
    _ban(
        "working round a lock or a safety switch",
        _CALL,
        rf"""
        \b(?:bypass|override|bridge|defeat|disable|trick|circumvent|short-circuit|tape[ ](?:down|over)|hold[ ]down|jam)\b
        {_FEW}
        (?:lock(?:ing)?|interlock|safety|protection|locking[ ]pin|sensor|pilot|latch|limit[ ]switch|switch|contactor)\b
        """,
    ),
    _ban(
        "an emergency stop",
        'leave it out, or show the step only where the operator lets drivers do it: when="emergency_stop_reset=released"',
        _EMERGENCY_STOP,
        r"\bemergency[ ](?:call|phone|number)\b",
        may_be_released=True,
    ),
    _ban(
        "resetting the charger",
        "leave it out: unplugging and starting again is all that a driver can do",
        rf"""
        \b(?:reset|reboot|power-cycle|power[ ]cycle|restart)\b
        (?:[^\w]+(?:the|this|its|your|it|a))?[^\w]+(?:charger|charging[ ](?:station|point|post)|station|post|breaker|fuse|reset[ ]button)\b
        | \breset[ ](?:it|them)\b
        | \b(?:press|push|use|hold|find){_FEW}reset\b
        | \b(?:reset|switch|flip|turn|trip|push|replace|change|check)\b
          {_FEW}(?:circuit[ ]breakers?|breakers?|fuses?|fuse[ ]?box|rcd|rccb|residual[ -]current|consumer[ ]unit|distribution[ ]board|mains?[ ]switch|isolator)\b
        | \b(?:switch|turn){_FEW}(?:off|on)?[ ]?at[ ]the[ ]mains\b
        """,
    ),
    _ban(
        "an adapter",
        "leave it out, or say: only the adapter that your car's maker approves",
        rf"\b(?:use|try|fit|attach|take|put[ ]on|buy|borrow|connect|plug[ ]in|bring|add|(?:charge|start|go[ ]on)[ ]with){_FEW}adapt[eo]rs?\b(?![ ](?:out|off|away|home)\b)",
        r"\b(?:maker|manufacturer|approve[sd]?|came[ ]with[ ](?:your|the)[ ]car)\b",
    ),
    _ban(
        "touching what is damaged",
        'say "do not touch it", and to call',
        rf"""
        \b(?:touch|hold|grab|pick[ ]up|lift|unplug|pull|wrap|tape|mend|repair|fix|plug[ ]in|use|squeeze)\b
        {_FEW}
        (?:(?:damaged|torn|cut|broken|bare|frayed|cracked|burnt|burned|melted|scorched|exposed)[ ](?:\w+[ ])?(?:cables?|wires?|plugs?|connectors?|leads?|sockets?|parts?|ends?|insulation)
          |(?:bare|exposed|live)[ ]wires?)
        | \b(?:tape|mend|repair|wrap)[ ](?:it|the|up|your|a)\b
        """,
    ),
    _ban(
        "heat, tools, fingers or things in a plug or socket",
        "leave it out: nothing goes into a plug or socket, and ice is not melted by hand",
        rf"""
        \b(?:hot|boiling|warm)[ ]water\b
        | \b(?:hair[ -]?dryers?|heat[ ]guns?|blow[ -]?torch(?:es)?|cigarette[ ]lighters?|screwdrivers?|pliers|crowbars?|knife|scrapers?|paper[ ]?clips?|wd-?40|lubricants?|grease|de-?icer|de-?icing[ ]spray)\b
        | \b(?:with|use|take)[ ]a[ ](?:\w+[ ])?tool\b
        | \b(?:put|stick|push|poke|insert|reach|place|spray|pour|blow)\b
          {_FEW}
          (?:into|inside|in)[ ](?:the|your|its|a|either)?[ ]?(?:\w+['’]?s?[ ])?(?:holes?|contacts?|pins)\b
        | \b(?:put|stick|push|poke|insert|place|reach)\b{_FEW}(?:fingers?|hands?|objects?|anything|something|stick|coin|key|card|cloth|pen)
          [ ](?:\w+[ ])?(?:into|inside|in)[ ](?:the|your|its|a|either)?[ ]?(?:\w+['’]?s?[ ])?(?:plug|socket|inlet|connector)\b
        | \b(?:touch|clean|scrape|wipe|brush|rub|sand|dry){_FEW}(?:contacts|metal[ ]pins|pins)\b
        """,
        r"\bcard['’]?s?[ ]contacts\b",
    ),
    _ban(
        "wet handling",
        "say that plug, socket and hands must be dry, and when to call",
        rf"""
        \b(?:with|in)[ ](?:your[ ])?wet[ ](?:hands?|gloves?)\b
        | \b(?:plug[ ]in|use|insert|hold|touch|connect|unplug|pull|push|take)\b{_FEW}(?:wet|soaked|flooded|dripping)[ ](?:plugs?|cables?|sockets?|connectors?|chargers?)\b
        | \b(?:stand|step|walk|wade){_FEW}(?:in|into|through)[ ](?:the[ ]|deep[ ]|standing[ ]|flood)*water\b
        """,
    ),
    _ban(
        "the car's emergency release",
        "say: use your car's own release only as your car's manual says",
        rf"""
        \b(?:pull|use|tug|find|open|reach|look[ ]for|operate|try|work)\b
        {_FEW}
        (?:(?:emergency|manual|mechanical)[ ](?:\w+[ ])?(?:release|unlock(?:ing)?)|release[ ](?:cord|cable|strap|loop|wire|handle|string))\b
        """,
        r"\bonly[ ]as\b|\bas[ ](?:\w+[ ]){0,3}manual[ ](?:says|tells|shows)\b",
    ),
)
_RELEASE = "emergency_stop_reset"

_NOT = re.compile(
    r"\b(?:never|not|without|don['’]t|cannot|can['’]t|mustn['’]t|shouldn['’]t|no one|nobody|avoid|instead of|rather than|no)\b"
)
_IF = re.compile(
    r"^\W*(?:and |or |but |even )?(?:if|when|where|while|once|because|since|until|unless|although|though|after|before|as soon as)\b"
)
_ANEW = re.compile(r"\b(?:but|instead|then|so|only|otherwise)\b")
_OTHERS_DO = re.compile(
    r"\b(?:we|staff|electricians?|engineers?|technicians?|ask \w+(?: \w+)? to|us to|let us|they|somebody else|someone else)\b"
)
_COMMA = re.compile(r"[,;:()–—]\s*|\s-\s")


def check_bans(guide: Guide, findings: Findings) -> None:
    """G526: nothing that the guide says may ask for what is dangerous."""
    for piece in (*told(guide), *asked(guide)):
        for ban in banned(piece.text, piece.when):
            message = f"{piece.name} asks for {ban.what}"
            findings.add("G526", guide.path, piece.line, message, ban.mend)


def banned(text: str, when: Condition) -> Iterator[_Ban]:
    """What a text asks for and no guide may. `when`: where it is shown."""
    released = any(clause.fact == _RELEASE and clause.values == ("released",) for clause in when.clauses)
    for ban in _BANS:
        if not (released and ban.may_be_released) and any(
            _asks(sentence, ban) for sentence in sentences(text)
        ):
            yield ban


def _asks(sentence: str, ban: _Ban) -> bool:
    """Whether a sentence asks for it, and no word before that takes it back.

    A "not" reaches over commas ("Do not force, twist or bend it"), but not out of an if-clause ("If it does not move, twist
    it") and not over a "but".
    """
    low = sentence.casefold()
    found = list(ban.pattern.finditer(low))
    if not found or (ban.unless and ban.unless.search(low)):
        return False
    forbidden, start = False, 0
    for end in (*(comma.end() for comma in _COMMA.finditer(low)), len(low)):
        clause = low[start:end]
        conditional = bool(_IF.search(clause))
        forbidden = forbidden and not _ANEW.search(clause)
        for one in found:
            if start <= one.start() < end and not forbidden:
                before = low[start : one.start()]
                near = before[-25:] if conditional else before
                if not (_NOT.search(near) or _NOT.search(one.group()) or _OTHERS_DO.search(before)):
                    return True
        forbidden = forbidden or (not conditional and bool(_NOT.search(clause)))
        start = end
    return False


# ── Danger ───────────────────────────────────────────────────────────────────────────────────────────────────────────

_LEAVE = re.compile(
    r"\b(?:get (?:\w+ )?(?:away|out|clear)|(?:go|move|step|walk|stay|keep|stand) (?:\w+ )?(?:away|back|clear|off|out|upwind)|leave|distance|do not touch|keep \w+(?: \w+){0,3} (?:away|back)|warn)\b"
)
_EMERGENCY = re.compile(
    r"\b(?:emergency (?:number|services?|call)|112|911|999|fire (?:brigade|service|department)|ambulance)\b"
)
_SPEAKS_OF_DANGER = re.compile(
    r"\b(?:smok(?:e|es|ing)|fire|flames?|burning|on fire|sparks?|sparking|arcing|electric(?:al)? shock|(?:got|felt|gave me|gives?) (?:me )?an? (?:\w+ )?shock|shocked|electrocuted|explod\w+|explosion|bare wires?|exposed wires?|wires show|burning smell|smells? (?:of|like) (?:burning|plastic|fire)|melt(?:ed|ing))\b"
)
_MEND_DANGER = "a danger guide holds nothing but: get away, then call the emergency number, then us"


def check_danger(problem: Problem, guide: Guide, findings: Findings) -> None:
    """G527, G528: a danger guide holds nothing but *get away, emergency number, then us*; danger has a danger guide."""
    if problem.outcome != "danger":
        for piece in named(guide):
            if found := _SPEAKS_OF_DANGER.search(piece.text.casefold()):
                message = (
                    f'{piece.name} speaks of danger ("{found.group()}"), and the outcome is {problem.outcome}'
                )
                mend = "set outcome: danger and tell only to get away and to call; or move these words to a guide that does"
                findings.add("G528", guide.path, piece.line, message, mend)
        return
    for line, why in _wrong_in_danger(guide):
        findings.add("G527", guide.path, line, why, _MEND_DANGER)


def _wrong_in_danger(guide: Guide) -> Iterator[tuple[int, str]]:
    steps = [piece for piece in told(guide) if piece.kind == "step"]
    if not steps:
        return
    low = [piece.text.casefold() for piece in steps]
    if not _LEAVE.search(low[0]):
        yield steps[0].line, f"the first thing told in danger is not to get away: {steps[0].name}"
    if not any(map(_EMERGENCY.search, low)):
        yield guide.line, "no step tells to call the emergency number"
    for piece, text in zip(steps, low, strict=True):
        if not _LEAVE.search(text) and not _EMERGENCY.search(text):
            yield piece.line, f"{piece.name} is neither getting away nor the emergency number"
        if piece.when.clauses:
            yield piece.line, f"{piece.name} is shown to some drivers only (when)"
    if len(steps) > _MOST_STEPS_IN_DANGER:
        yield (
            steps[_MOST_STEPS_IN_DANGER].line,
            f"{len(steps)} steps in danger, at most {_MOST_STEPS_IN_DANGER}",
        )
    if not guide.call_html:
        yield guide.line, 'there is no "Call us if …"'
