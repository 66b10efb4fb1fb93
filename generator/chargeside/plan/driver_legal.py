"""Plans the pages that are the same at every charger: ok, call, fake, and those that the law asks for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from chargeside.load.kits import texts as by_language
from chargeside.model.network import Station
from chargeside.model.operator import Operator
from chargeside.model.problem import Problem
from chargeside.model.texts import text_in
from chargeside.plan.driver_views import (
    Contact,
    Digest,
    LegalBlock,
    LegalName,
    LegalPage,
    LegalText,
    Link,
    PlainPage,
    plain,
)

FAKE_GUIDE = "fake-code"
LEGAL: tuple[LegalName, ...] = ("privacy", "imprint", "accessibility")
TESTED = "2026-11-22"
"""When the tests of docs/reference/accessibility-record.md were last gone through, for the statement."""
_TOGETHER = 12_000
"""Bytes of operators' texts that one page may hold, so that it stays within one response. Where all countries together have
more, each has a page of its own."""
_LONGEST = 20_000
"""Characters of a paragraph: as many as a text may have."""


def plain_pages(
    site: Digest, lang: str, contacts: tuple[Contact, ...], problems: Sequence[Problem]
) -> Iterator[tuple[str, PlainPage]]:
    """ok, call and fake, with their paths. Whoever calls is shown which of the problems they come from."""
    guides = [(problem.slug, problem.guide(lang)) for problem in problems]
    titles = tuple(Link(guide.title, slug, guide.title_lang) for slug, guide in guides)
    more = tuple(replace(link, href=f"g/{lang}/{link.href}/") for link in titles if link.href == FAKE_GUIDE)
    yield f"ok/{lang}/", PlainPage(site, lang, "../../", "ok", contacts, ())
    yield f"call/{lang}/", PlainPage(site, lang, "../../", "call", contacts, titles)
    yield f"fake/{lang}/", PlainPage(site, lang, "../../", "fake", contacts, more)


def legal_paths(languages: Sequence[str]) -> Iterator[str]:
    """Addresses of the pages that the law asks for, in every language; the bare one is in the first."""
    for name in LEGAL:
        yield f"{name}/"
        yield from (f"{name}/{lang}/" for lang in languages)


def legal_pages(
    operator: Operator, site: Digest, lang: str, contacts: tuple[Contact, ...], sources: tuple[str, ...]
) -> Iterator[tuple[str, LegalPage]]:
    """privacy, imprint and accessibility in a language: what the site does, and the operator's texts for each country.
    `sources`: where station data comes from."""
    for name in LEGAL:
        texts = {
            contact.country: text for contact in contacts if (text := _text(operator, contact, name, lang))
        }
        path = f"{name}/{lang}/"
        page = LegalPage(
            site=site,
            lang=lang,
            root="../../",
            name=name,
            texts=tuple(texts.values()),
            contacts=contacts,
            canonical=operator.site_url + path,
            languages=tuple(Link(one, f"{name}/{one}/") for one in operator.languages),
            sources=sources if name == "imprint" else (),
            tested=TESTED if name == "accessibility" else "",
        )
        if len(texts) > 1 and sum(map(_weight, texts.values())) > _TOGETHER:
            hrefs = {country: f"{path}{country.lower()}/" for country in texts}
            for country, text in texts.items():
                yield hrefs[country], _of_country(page, text, operator.site_url + hrefs[country])
            links = tuple(Link(text.country_name, hrefs[country]) for country, text in texts.items())
            page = replace(page, texts=(), countries=links)
        yield path, page
        if lang == operator.languages[0]:
            yield f"{name}/", replace(page, root="../")


def data_sources(stations: Iterable[Station]) -> tuple[str, ...]:
    """Where station data comes from, with its licence, as the records say."""
    extras = (station.location.chargeside for station in stations)
    pairs = {(plain(extra.source), plain(extra.licence)) for extra in extras if extra.source}
    return tuple(sorted({", ".join(filter(None, pair)) for pair in pairs}))


def _of_country(page: LegalPage, text: LegalText, canonical: str) -> LegalPage:
    """The text of one country on a page of its own, below the page of all of them."""
    return replace(
        page, root="../../../", texts=(text,), contacts=(), canonical=canonical, languages=(), sources=(),
        heading=text.country_name, up=f"{page.name}/{page.lang}/",
    )  # fmt: skip


def _text(operator: Operator, contact: Contact, name: LegalName, lang: str) -> LegalText | None:
    """A text of operator.yml as it serves readers of a language best. One that is given without a language is taken to be in
    the country's first."""
    entry = operator.countries[contact.country]
    tag, text = text_in(by_language(getattr(entry, name)), lang)
    blocks = _blocks(text)
    return LegalText(contact.country_name, tag or entry.languages[0], blocks) if blocks else None


def _blocks(text: str) -> tuple[LegalBlock, ...]:
    """Parts of a text between blank lines: `## ` begins a heading, and lines that all begin with `- ` are a list."""
    parts = (part.strip("\n") for part in re.split(r"\n[ \t]*\n", text.replace("\r\n", "\n")))
    return tuple(_block([line.strip() for line in part.split("\n")]) for part in parts if part.strip())


def _block(lines: list[str]) -> LegalBlock:
    if len(lines) == 1 and lines[0].startswith("## "):
        return LegalBlock("heading", (plain(lines[0][3:]),))
    if all(line.startswith("- ") for line in lines):
        return LegalBlock("list", tuple(plain(line[2:], _LONGEST) for line in lines))
    return LegalBlock("paragraph", (plain(" ".join(lines), _LONGEST),))


def _weight(text: LegalText) -> int:
    return sum(len(line.encode()) for block in text.blocks for line in block.lines)
