"""Designs of signs: those of the package, and an operator's own in `designs/`, which win over those of the same name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from jinja2 import TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from chargeside.findings import Finding, Findings
from chargeside.load.source import folder_name, leaves, read_text, read_yaml, validate
from chargeside.model.design import Design, DesignFile

PACKAGED = Path(__file__).resolve().parent.parent / "designs"
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_MAX_BYTES = 200_000
_NEEDED = re.compile(r"\bslot\(\s*[\"'](number|phone|typed|where|mark)|\bcode\(|\bsign\.emergency\b")


def load_designs(folder: Path, findings: Findings) -> Mapping[str, Design]:
    """All designs by name. A broken one is a finding (P707) and is left out."""
    packaged, wrong = _packaged()
    findings.extend(wrong)
    found = dict(packaged)
    own = folder / "designs"
    if own.is_dir():
        shown = f"{folder_name(folder)}/designs"
        if leaves(own, folder):
            message = "is a link that leads out of the operator's folder"
            findings.add("F109", shown, None, message, "put the folder itself here")
        else:
            found |= _designs(own, shown, findings)
    return found


@cache
def _packaged() -> tuple[Mapping[str, Design], tuple[Finding, ...]]:
    findings = Findings()
    return _designs(PACKAGED, "designs", findings), tuple(findings)


def _designs(root: Path, shown: str, findings: Findings) -> dict[str, Design]:
    designs = {}
    for path in sorted(root.iterdir()):
        if not path.is_dir() or path.name.startswith("."):
            continue
        if not _NAME.fullmatch(path.name):
            mend = "name it in small letters, digits and hyphens"
            findings.add("P707", f"{shown}/{path.name}", None, "is no name for a design", mend)
        elif leaves(path, root):
            mend = "put the folder itself here"
            findings.add("F109", f"{shown}/{path.name}", None, "is a link that leads elsewhere", mend)
        elif design := _design(path, f"{shown}/{path.name}", findings):
            designs[path.name] = design
    return designs


def _design(path: Path, shown: str, findings: Findings) -> Design | None:
    doc = read_yaml(path / "design.yml", f"{shown}/design.yml", findings)
    file = validate(DesignFile, doc, findings, code="P707") if doc else None
    texts = [_text(path, name, shown, findings) for name in ("sign.html.jinja", "style.css")]
    if file is None or None in texts:
        return None
    template, style = (text or "" for text in texts)
    if not _compiles(template, f"{shown}/sign.html.jinja", findings) or not _compiles(
        style, f"{shown}/style.css", findings
    ):
        return None
    has = {match[1] or match[0].split("(")[0] for match in _NEEDED.finditer(template)}
    wanted = {
        "number": '{{ slot("number-0", …) }}',
        "code": "{{ code(…) }}",
        "phone": '{{ slot("phone", …) }}',
        "mark": '{{ slot("mark", …) }}',
    }
    if file.carries == "site":
        del wanted["number"]  # a poster has rows instead
    missing = [call for name, call in wanted.items() if name not in has]
    if missing:
        message = f"the template lacks {', '.join(missing)}"
        findings.add(
            "P707", f"{shown}/sign.html.jinja", None, message, "put it back: see the packaged design"
        )
        return None
    return Design(path.name, file, template, style)


def _text(path: Path, name: str, shown: str, findings: Findings) -> str | None:
    if not (path / name).is_file() or leaves(path / name, path):
        mend = "copy it from the packaged design of your choice and change it"
        findings.add("P707", f"{shown}/{name}", None, "is not there", mend)
        return None
    return read_text(path / name, f"{shown}/{name}", findings, max_bytes=_MAX_BYTES)


def _compiles(text: str, shown: str, findings: Findings) -> bool:
    try:
        ImmutableSandboxedEnvironment(autoescape=True).parse(text)
    except TemplateSyntaxError as error:
        mend = "see the template language's manual: https://jinja.palletsprojects.com"
        findings.add("P707", shown, error.lineno, f"the template cannot be read: {error.message}", mend)
        return False
    return True
