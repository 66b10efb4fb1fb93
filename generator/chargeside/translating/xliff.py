"""Units as XLIFF 1.2, through the Translate Toolkit, which is not there unless somebody asked for `chargeside[translate]`."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import quoteattr

from chargeside.errors import ChargesideError
from chargeside.findings import Findings
from chargeside.translating.units import Entry, Unit

_NAMESPACE = "urn:oasis:names:tc:xliff:document:1.2"
_SKELETON = """\
<?xml version="1.0" encoding="UTF-8"?>
<xliff version="1.2" xmlns="{namespace}">\
<file original={original} source-language="en" target-language="{lang}" datatype="plaintext"><body></body></file>\
</xliff>"""
_DECLARATION = re.compile(r"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)
_ENCODING = re.compile(r"""(?<=<\?xml)([^>]*?)\s+encoding\s*=\s*("[^"]*"|'[^']*')""")
"""The name of another encoding than the one it was read in; what it would hide has not been looked at."""
_OPEN = re.compile(r"new|needs-.*")
_SEGMENT = "mrk"
"""The element that tools put around a sentence; its text counts, and so does that around it."""


def to_xliff(units: Sequence[Unit], lang: str, original: str) -> bytes:
    """The units as a file. `original`: what it is made of. Raises ChargesideError where the toolkit is missing."""
    storage = _toolkit()
    skeleton = _SKELETON.format(namespace=_NAMESPACE, original=quoteattr(original), lang=lang)
    store = storage.Xliff1File(io.BytesIO(skeleton.encode()))
    # The toolkit's own class makes units of XLIFF 1.1, which then drag that namespace along.
    kind: Any = type("Unit", (storage.Xliff1Unit,), {"namespace": _NAMESPACE})
    for unit in units:
        made = kind(unit.source)
        store.addunit(made)
        made.xmlelement.set("id", unit.name)
        made.xmlelement.set("resname", unit.name)
        if unit.limit:
            made.xmlelement.set("maxwidth", str(unit.limit))
            made.xmlelement.set("size-unit", "char")
        if unit.target:
            made.target = unit.target
            made.markfuzzy(unit.unsure)
        for note in unit.notes:
            made.addnote(note, origin="developer")
    out = io.BytesIO()
    store.serialize(out)
    return out.getvalue()


def from_xliff(text: str, shown: str, findings: Findings) -> tuple[str, list[Entry]] | None:
    """The language that a file names, and its entries; None with a finding when it cannot be read.

    Nothing is fetched and no entity is expanded: a file that declares any is refused. Raises ChargesideError where the toolkit
    is missing.
    """
    storage = _toolkit()
    mend = "save it as XLIFF 1.2 in UTF-8 again, or export it anew"
    if found := _DECLARATION.search(text):
        line = text.count("\n", 0, found.start()) + 1
        findings.add("T603", shown, line, f"declares a {found.group(1)}, which no XLIFF needs", "remove it")
        return None
    try:
        store = storage.Xliff1File(io.BytesIO(_ENCODING.sub(r"\1", text, count=1).encode()))
        entries = [_entry(unit) for unit in store.units]
        lang = store.gettargetlanguage() or ""
    # The toolkit asserts and asks for the next of what is not there; lxml's own error is a SyntaxError.
    except (
        SyntaxError,
        ValueError,
        LookupError,
        AssertionError,
        StopIteration,
        AttributeError,
        TypeError,
    ) as error:
        why = str(error).partition("(")[0].strip() or "it has no units"
        findings.add(
            "T603", shown, getattr(error, "lineno", None), f"is no XLIFF that can be read: {why}", mend
        )
        return None
    return lang, entries


def _entry(unit: Any) -> Entry:
    target = unit.target_dom
    tags = {_local(child) for child in target.iterdescendants()} if target is not None else set()
    strange = sorted(tags - {_SEGMENT})
    return Entry(
        str(unit.xmlelement.get("id") or ""),
        unit.source or "",
        unit.target or "",
        target is not None and bool(_OPEN.fullmatch(target.get("state", ""))),
        unit.xmlelement.sourceline,
        f"holds <{strange[0]}>, and marks of Markdown are plain text" if strange else "",
    )


def _local(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


def _toolkit() -> Any:
    try:
        from translate.storage import xliff
    except ImportError:
        message = "XLIFF needs one more package: pip install 'chargeside[translate]'; PO (--out FILE.po) works without it"
        raise ChargesideError(message) from None
    return xliff
