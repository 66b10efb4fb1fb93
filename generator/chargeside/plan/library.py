"""Plans the library site: all guides, searched and browsed. One job a Markdown file; paths are below the library's folder.

The library speaks to a driver whose charger is not known, so every step is there, with its condition in words.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from chargeside.findings import RULES
from chargeside.load.docs import DocPage
from chargeside.model.facts import FACTS, PAYMENTS
from chargeside.model.glossary import Word
from chargeside.model.network import Content
from chargeside.model.operator import Operator
from chargeside.model.problem import CATEGORIES, Outcome, Problem
from chargeside.model.screen_codes import CODE_SYSTEMS
from chargeside.plan.coverage import coverage_page
from chargeside.plan.glossary import Linker
from chargeside.plan.jobs import Job, Plan, digest
from chargeside.plan.schemas import schemas
from chargeside.plan.search_words import code_words, search_words
from chargeside.plan.ways import ways_page
from chargeside.plan.words import (
    CATEGORY_NAMES,
    COUNTRY_NAMES,
    FACT_NAMES,
    PAYMENT_NAMES,
    condition_in_words,
    value_in_words,
)

LANG = "en"
HOME_SYMPTOMS = 6
DEFAULT_COLOUR = "#0b5d4e"
_CONNECTOR_ORDER = ("type2", "ccs2", "chademo", "type1", "ccs1", "nacs", "gbt_ac", "gbt_dc")
"""Of one part of the world side by side; one that is not here comes last."""

_PAYMENT_CATEGORIES = ("payment", "billing", "app", "starting")

_FEW_WAYS = 3
_OWN_GUIDES = {"plug_and_charge": ("plug-and-charge-failed", "autocharge-failed"), "cash": ("pay-cash",)}
"""Guides to a way to pay whose conditions do not name it."""

_END_POINT_WORDS = {
    "fixed": "Fixed. Have a good journey.",
    "another-charger": "Try another charger.",
    "call": "Call us.",
}


@dataclass(frozen=True, slots=True)
class GuideRef:
    """A guide that another page links to. `short` is its title on a button."""

    slug: str
    title: str
    short: str
    outcome: Outcome
    category: str


@dataclass(frozen=True, slots=True)
class Phone:
    """An operator's phone in one country, and that country's emergency number."""

    country: str
    phone: str
    free: bool
    hours: str
    emergency: str


@dataclass(frozen=True, slots=True)
class GuideStep:
    """A step; `when` is its condition in words, empty where it always holds. `html` is sanitised."""

    id: str
    html: str
    pictogram: str | None
    when: str


@dataclass(frozen=True, slots=True)
class Way:
    """Where a guide leads: `answer` to its question (empty without one), words, and the guide if it is one."""

    answer: str
    words: str
    guide: GuideRef | None


@dataclass(frozen=True, slots=True)
class GuidePage:
    """A guide with all its steps. All `*_html` is sanitised by the loader."""

    ref: GuideRef
    category_name: str
    symptoms: tuple[str, ...]
    applies: str
    intro_html: str
    steps: tuple[GuideStep, ...]
    call_html: str
    question: str
    ways: tuple[Way, ...]
    codes: tuple[tuple[str, str], ...]
    search_words: tuple[str, ...]
    sources: tuple[str, ...]
    phones: tuple[Phone, ...]


@dataclass(frozen=True, slots=True)
class CategoryPart:
    """A category and its guides."""

    slug: str
    name: str
    guides: tuple[GuideRef, ...]


@dataclass(frozen=True, slots=True)
class ProblemsPage:
    """All guides by category."""

    categories: tuple[CategoryPart, ...]


@dataclass(frozen=True, slots=True)
class SymptomsPage:
    """What the driver sees, A to Z: initial, and (symptom, guide) below it."""

    letters: tuple[tuple[str, tuple[tuple[str, GuideRef], ...]], ...]


@dataclass(frozen=True, slots=True)
class CodeRow:
    """An error code, what it means (empty where only a guide names it), and its guides; without any it is: stop and call."""

    code: str
    means: str
    guides: tuple[GuideRef, ...]


@dataclass(frozen=True, slots=True)
class CodesPage:
    """Error codes by system: name of the system, and the codes below it."""

    systems: tuple[tuple[str, tuple[CodeRow, ...]], ...]


@dataclass(frozen=True, slots=True)
class ConnectorPage:
    """One connector; `digest` names it in the plan's shared pieces, `alike` gives names of those it is taken for."""

    slug: str
    digest: str
    alike: tuple[tuple[str, str, str], ...]
    guides: tuple[GuideRef, ...]


@dataclass(frozen=True, slots=True)
class ConnectorsPage:
    """All connectors: slug and digest."""

    connectors: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class PaymentPage:
    """Ways to pay: fact value, name, guides that help with it."""

    ways: tuple[tuple[str, str, tuple[GuideRef, ...]], ...]


@dataclass(frozen=True, slots=True)
class SchemaFile:
    """A JSON Schema for editors."""

    data: bytes


@dataclass(frozen=True, slots=True)
class GlossaryPage:
    """Words explained."""

    words: tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class HomePage:
    """The front page. `operator` and `site_url`, which stands in the head of every page, are empty in Chargeside's own library."""

    operator: str
    site_url: str
    phones: tuple[Phone, ...]
    danger: GuideRef | None
    symptoms: tuple[GuideRef, ...]
    categories: tuple[CategoryPart, ...]
    connectors: tuple[tuple[str, str], ...]
    handbooks: bool


@dataclass(frozen=True, slots=True)
class FactsPage:
    """Facts a condition may ask for: name, name in words, kind, meaning, (value, value in words)."""

    facts: tuple[tuple[str, str, str, str, tuple[tuple[str, str], ...]], ...]


@dataclass(frozen=True, slots=True)
class FindingsPage:
    """Rules of the checker: code, severity, meaning; and the codes of those that have a page of their own."""

    rules: tuple[tuple[str, str, str], ...]
    explained: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PictogramsPage:
    """All pictograms, for authors. The drawings are the renderer's own; `uses`: name, steps that show it, their guides."""

    uses: tuple[tuple[str, int, int], ...]


@dataclass(frozen=True, slots=True)
class StylePage:
    """The style sheet in the operator's colour (#rrggbb)."""

    colour: str


@dataclass(frozen=True, slots=True)
class MarkPage:
    """The mark in the browser's tab, in the operator's colour (#rrggbb)."""

    colour: str


def plan_library(content: Content, operator: Operator | None = None, docs: Iterable[DocPage] = ()) -> Plan:
    """Jobs for the Markdown files, the style sheet and the mark of the library site.

    Without an operator it is Chargeside's own library. `docs` are the handbook pages, which go in as they are; a page of
    the reference that is made elsewhere (the command line's) is one of them.
    """
    docs = tuple(docs)
    refs = {slug: _ref(problem) for slug, problem in content.problems.items()}
    shared: dict[str, Hashable] = {}
    for slug, connector in content.connectors.items():
        shared[_digest(content, slug)] = connector
    pages: dict[str, tuple[str, Hashable]] = {
        "index.md": ("home", _home(content, operator, refs, bool(docs)))
    }
    pages["problems/index.md"] = ("problems", ProblemsPage(_categories(refs.values())))
    for slug, problem in content.problems.items():
        pages[f"problems/{slug}.md"] = ("guide", _guide(problem, content, operator, refs))
    pages["symptoms.md"] = ("symptoms", _symptoms(content, refs))
    pages["codes.md"] = ("codes", _codes(content, refs))
    pages["connectors/index.md"] = ("connectors", ConnectorsPage(_connector_digests(content)))
    for slug in content.connectors:
        pages[f"connectors/{slug}.md"] = ("connector", _connector(slug, content, refs))
    pages["payment.md"] = ("payment", _payment(content, refs))
    pages["glossary.md"] = ("glossary", GlossaryPage(content.glossary))
    if docs:
        pages["reference/facts.md"] = ("facts", _facts(content))
        pages["authors/pictograms.md"] = ("pictograms", _pictograms(content))
        pages["reference/findings.md"] = ("findings", _findings(docs))
        pages["reference/codes-covered.md"] = ("coverage", coverage_page(content))
        pages["operators/where-guides-lead.md"] = ("ways", ways_page(content.problems))
        pages |= {
            f"schemas/{name}.json": ("schema", SchemaFile(data)) for name, data in schemas(content).items()
        }
        pages |= {doc.path: ("doc", doc) for doc in docs}
    colour = operator.brand.colour if operator else DEFAULT_COLOUR
    pages["assets/library.css"] = ("style", StylePage(colour))
    pages["assets/mark.svg"] = ("mark", MarkPage(colour))
    jobs = (Job(path, f"library/{kind}", payload) for path, (kind, payload) in sorted(pages.items()))
    return Plan(tuple(jobs), shared)


def library_paths(plan: Plan) -> tuple[str, ...]:
    """Addresses of the library's pages from the root of the site (`problems/cable-stuck/`, the home page is empty), for a
    sitemap."""
    pages = (job.path.removesuffix(".md") for job in plan.jobs if job.path.endswith(".md"))
    return tuple(page.removesuffix("index") if page.endswith("index") else f"{page}/" for page in pages)


def _ref(problem: Problem) -> GuideRef:
    guide = problem.guide(LANG)
    return GuideRef(problem.slug, guide.title, guide.short, problem.outcome, problem.category)


def _digest(content: Content, slug: str) -> str:
    return digest(repr(content.connectors[slug]))


def _connector_digests(content: Content) -> tuple[tuple[str, str], ...]:
    rank = {slug: number for number, slug in enumerate(_CONNECTOR_ORDER)}
    order = sorted(content.connectors, key=lambda slug: (rank.get(slug, len(rank)), slug))
    return tuple((slug, _digest(content, slug)) for slug in order)


def _categories(refs: Iterable[GuideRef]) -> tuple[CategoryPart, ...]:
    """Categories that have guides, danger first: it must be found by whoever needs it."""
    every = list(refs)
    order = sorted(CATEGORIES, key=lambda category: category != "safety")
    parts = ((slug, tuple(ref for ref in every if ref.category == slug)) for slug in order)
    return tuple(CategoryPart(slug, CATEGORY_NAMES[slug], guides) for slug, guides in parts if guides)


def _phones(operator: Operator | None) -> tuple[Phone, ...]:
    if operator is None:
        return ()
    return tuple(
        Phone(
            COUNTRY_NAMES.get(code, code).removeprefix("the "),
            country.helpline.phone,
            country.helpline.free,
            country.helpline.hours,
            country.emergency_phone,
        )
        for code, country in operator.countries.items()
    )


def _home(
    content: Content, operator: Operator | None, refs: Mapping[str, GuideRef], handbooks: bool
) -> HomePage:
    by_weight = sorted(content.problems.values(), key=lambda problem: (-problem.weight, problem.slug))
    dangers = [refs[problem.slug] for problem in by_weight if problem.outcome == "danger"]
    calm = [refs[problem.slug] for problem in by_weight if problem.outcome != "danger"]
    return HomePage(
        operator.name if operator else "",
        operator.site_url if operator else "",
        _phones(operator),
        dangers[0] if dangers else None,
        tuple(calm[:HOME_SYMPTOMS]),
        _categories(refs.values()),
        _connector_digests(content),
        handbooks,
    )


def _guide(
    problem: Problem, content: Content, operator: Operator | None, refs: Mapping[str, GuideRef]
) -> GuidePage:
    guide = problem.guide(LANG)
    texts = (guide.intro_html, *(step.html for step in guide.steps), guide.call_html)
    if problem.outcome != "danger":  # whoever must get away reads nothing else
        texts = _linker(content.glossary).link(texts)
    intro, *told, call = texts
    codes = [_code(code) for code in problem.codes]
    ways = [_way("", problem.next, refs)] if problem.next and problem.next != "call" else []
    ways += [_way(answer.text, answer.next, refs) for answer in problem.answers]
    return GuidePage(
        ref=refs[problem.slug],
        category_name=CATEGORY_NAMES[problem.category],
        symptoms=guide.symptoms,
        applies=condition_in_words(problem.applies_to, content),
        intro_html=intro,
        steps=tuple(
            GuideStep(step.id, text, step.pictogram, condition_in_words(step.when, content))
            for step, text in zip(guide.steps, told, strict=True)
        ),
        call_html=call,
        question=problem.question or "",
        ways=tuple(ways),
        codes=tuple(codes),
        search_words=(
            *search_words((guide.title, guide.short, *guide.symptoms)),
            *code_words(name for _system, name in codes),
        ),
        sources=problem.sources,
        phones=_phones(operator),
    )


@cache
def _linker(words: tuple[Word, ...]) -> Linker:
    return Linker(words, str)


def _way(answer: str, target: str, refs: Mapping[str, GuideRef]) -> Way:
    ref = refs.get(target)
    return Way(answer, ref.title if ref else _END_POINT_WORDS.get(target, ""), ref)


def _code(code: str) -> tuple[str, str]:
    system, _colon, name = code.partition(":")
    return CODE_SYSTEMS.get(system, system), name


def _symptoms(content: Content, refs: Mapping[str, GuideRef]) -> SymptomsPage:
    entries = {
        (text, refs[problem.slug])
        for problem in content.problems.values()
        for text in (problem.guide(LANG).title, *problem.guide(LANG).symptoms)
    }
    letters: dict[str, list[tuple[str, GuideRef]]] = {}
    for text, ref in sorted(entries, key=lambda entry: (_sort_key(entry[0]), entry[1].slug)):
        first = _sort_key(text)[:1].upper()
        letters.setdefault(first if first.isalpha() else "0–9", []).append((text, ref))
    return SymptomsPage(tuple((letter, tuple(found)) for letter, found in letters.items()))


def _sort_key(text: str) -> str:
    """As a reader looks it up: quotes and case do not count, nor does an article."""
    plain = text.casefold().strip("\"'“”‘’«»¿¡ ")
    for article in ("the ", "a ", "an ", "my "):
        if plain.startswith(article):
            return plain.removeprefix(article)
    return plain


def _codes(content: Content, refs: Mapping[str, GuideRef]) -> CodesPage:
    means = {code: entry.means for entry in reversed(content.codes) for code in entry.codes}
    guides: dict[str, list[GuideRef]] = {code: [] for code in means}
    for problem in content.problems.values():
        for code in problem.codes:
            guides.setdefault(code, []).append(refs[problem.slug])
    by_system: dict[str, list[CodeRow]] = {}
    for code in sorted(guides, key=lambda code: _code(code)[1]):
        system, name = _code(code)
        by_system.setdefault(system, []).append(CodeRow(name, means.get(code, ""), tuple(guides[code])))
    known = list(CODE_SYSTEMS.values())
    order = sorted(
        by_system, key=lambda system: (known.index(system) if system in known else len(known), system)
    )
    return CodesPage(tuple((system, tuple(by_system[system])) for system in order))


def _connector(slug: str, content: Content, refs: Mapping[str, GuideRef]) -> ConnectorPage:
    alike = tuple(
        (other.connector, content.connectors[other.connector].name[LANG], other.tell[LANG])
        for other in content.connectors[slug].look_alikes
        if other.connector in content.connectors
    )
    guides = tuple(ref for ref in refs.values() if _names(content.problems[ref.slug], "connectors", slug))
    return ConnectorPage(slug, _digest(content, slug), alike, guides)


def _payment(content: Content, refs: Mapping[str, GuideRef]) -> PaymentPage:
    about = [ref for ref in refs.values() if ref.category in _PAYMENT_CATEGORIES]
    return PaymentPage(
        tuple(
            (
                way,
                PAYMENT_NAMES[way],
                (
                    *(refs[slug] for slug in _OWN_GUIDES.get(way, ()) if slug in refs),
                    *(ref for ref in about if _fails(content.problems[ref.slug], way)),
                ),
            )
            for way in PAYMENTS
        )
    )


def _fails(problem: Problem, way: str) -> bool:
    """Whether the problem is one of that way to pay. A step may offer a way as the way out, so only those of guides about paying
    count; and a clause that lists most ways is about none."""
    steps = problem.guide(LANG).steps if problem.category == "payment" else ()
    return any(
        clause.fact == "payment" and way in clause.values and len(clause.values) <= _FEW_WAYS
        for condition in (problem.applies_to, *(step.when for step in steps))
        for clause in condition.clauses
    )


def _names(problem: Problem, fact: str, value: str) -> bool:
    """Whether the problem, or a step of it, is about that value of a fact."""
    conditions = (problem.applies_to, *(step.when for step in problem.guide(LANG).steps))
    return any(
        clause.fact == fact and value in clause.values
        for condition in conditions
        for clause in condition.clauses
    )


def _facts(content: Content) -> FactsPage:
    rows = []
    for name, spec in FACTS.items():
        values = tuple(content.connectors) if name == "connectors" else spec.values
        words = tuple((value, value_in_words(name, value, content)) for value in values)
        rows.append((name, FACT_NAMES[name], spec.kind, spec.doc, words))
    return FactsPage(tuple(rows))


def _pictograms(content: Content) -> PictogramsPage:
    """Counted in English, which has every step."""
    steps: dict[str, int] = {}
    guides: dict[str, int] = {}
    for problem in content.problems.values():
        shown = [step.pictogram for step in problem.guide(LANG).steps if step.pictogram]
        for name in shown:
            steps[name] = steps.get(name, 0) + 1
        for name in set(shown):
            guides[name] = guides.get(name, 0) + 1
    return PictogramsPage(tuple((name, steps[name], guides[name]) for name in sorted(steps)))


def _findings(docs: Iterable[DocPage]) -> FindingsPage:
    pages = {doc.path for doc in docs}
    return FindingsPage(
        tuple((code, rule.severity.value, rule.meaning) for code, rule in RULES.items()),
        tuple(code for code in RULES if f"authors/rules/{code.lower()}.md" in pages),
    )
