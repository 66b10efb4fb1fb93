"""Rules on the catalogues of translations that the package brings."""

from __future__ import annotations

from chargeside.findings import Findings
from chargeside.i18n import LANGUAGES, SOURCE, catalogue_text, read_catalogue


def check_catalogues(findings: Findings) -> None:
    """Entries that are left out when pages are made, and catalogues that cannot be read at all."""
    for lang in LANGUAGES:
        if lang != SOURCE:
            read_catalogue(catalogue_text(lang), lang, f"locale/{lang}.po", findings)
