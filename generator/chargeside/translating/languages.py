"""Languages that somebody may translate into."""

from __future__ import annotations

from chargeside.i18n import LANGUAGES, SOURCE, language_name
from chargeside.i18n.formats import locale_of
from chargeside.load.content import LANGUAGE_TAG


def checked_language(tag: str) -> str:
    """The tag of a language other than English, as files are named after it. Raises ValueError, which says the mend."""
    if tag == SOURCE:
        raise ValueError("English is what is translated; name another language, such as de")
    if LANGUAGE_TAG.fullmatch(tag) and tag.partition("-")[0] in _names():
        return tag
    meant = _meant(tag)
    raise ValueError(
        f'"{tag}" is no language tag; '
        + (f'did you mean "{meant}"?' if meant else "write it like de or pt-BR")
    )


def has_catalogue(tag: str) -> bool:
    """Whether the pages around a guide are there in this language."""
    return tag.partition("-")[0] in LANGUAGES


def name_of(tag: str) -> str:
    """A tag and the language's name in English: `de (German)`, `pt-BR (Portuguese, Brazil)`."""
    locale, main = locale_of(tag), tag.partition("-")[0]
    parts = [_names().get(main), locale.get_script_name(SOURCE), locale.get_territory_name(SOURCE)]
    return f"{tag} ({', '.join(part for part in parts if part)})"


def _names() -> dict[str, str]:
    return {str(tag): str(name) for tag, name in locale_of(SOURCE).languages.items() if "_" not in str(tag)}


def _meant(tag: str) -> str:
    """The tag that somebody meant who wrote DE, pt_br, German or Deutsch; empty where nobody can tell."""
    names = _names()
    main, _, region = tag.replace("_", "-").partition("-")
    if main.lower() in names:
        right = "-".join(filter(None, (main.lower(), region.title() if len(region) == 4 else region.upper())))
        return right if LANGUAGE_TAG.fullmatch(right) and right != tag else ""
    by_name = {name.casefold(): short for short, name in names.items() if LANGUAGE_TAG.fullmatch(short)}
    by_name |= {language_name(short).casefold(): short for short in LANGUAGES}
    return by_name.get(tag.casefold(), "")
