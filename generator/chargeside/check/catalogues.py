"""Rules on the catalogues of translations that the package brings."""

from __future__ import annotations

from collections.abc import Iterable

from chargeside.findings import Findings
from chargeside.i18n import LANGUAGES, SOURCE, catalogue_text, read_catalogue


def check_catalogues(languages: Iterable[str], findings: Findings) -> None:
    """Entries that are left out when pages are made, and catalogues that cannot be read at all. `languages`: those to look at."""
    wanted = {language.partition("-")[0] for language in languages}
    for lang in LANGUAGES:
        if lang != SOURCE and lang in wanted:
            shown = f"generator/chargeside/locale/{lang}.po"
            read_catalogue(catalogue_text(lang), lang, shown, findings)
