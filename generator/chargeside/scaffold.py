"""What `chargeside new` writes: an operator's folder and a guide to start from."""

from __future__ import annotations

import json
from pathlib import Path

from chargeside.check.operator import TEMPLATE_HOST, TEMPLATE_PHONE
from chargeside.drafting import Draft, guide_text
from chargeside.errors import ContentError, WriteError
from chargeside.findings import Findings
from chargeside.importers.sheet.template import template_csv, template_xlsx
from chargeside.load.source import parse_yaml, validate
from chargeside.model.operator import Operator
from chargeside.write import write_atomic

_OPERATOR = """\
# What Chargeside must know of you. Every key is explained in the operator handbook.
name: {name}
country_code: {country}
party_id: {party_id}                      # as in your OCPI credentials and EVSE IDs
site_url: {site_url}   # signs carry this address: own it for ever
countries:                              # the station's country decides
  {country}:
    languages: [en]
    helpline: {{phone: {phone}, free: false, hours: "24/7"}}
    emergency_phone: {emergency}
    # text_contact: "mailto:help@example.org"   # for those who cannot phone
    # price_url: "https://example.org/price"
    # imprint: "Who you are and where"
    # privacy: "What your web server keeps, and for how long"
    # accessibility: "How far the pages meet the law, and who sees to it: the handbook has a text to fill in"
languages: [en]
brand: {{colour: "#0b5d4e"}}              # and logo: logo.svg
station_is: {station_is}                    # what carries one sign: cabinet, physical_reference, location or evse
defaults: {{}}                            # e.g. {{start_order: plug_first, payment: {{app: yes}}}}
placards: [{{design: classic, size: A5, languages: [station]}}]
"""

_GIT = """\
# Two branches may issue codes at the same time: keep the lines of both.
ledger.csv merge=union
"""


def new_operator(
    folder: Path,
    *,
    name: str = "Example Charge",
    country: str = "DE",
    party_id: str = "EXC",
    site_url: str = f"https://{TEMPLATE_HOST}/",
    phone: str = TEMPLATE_PHONE,
    emergency: str = "112",
    station_is: str = "cabinet",
) -> tuple[Path, ...]:
    """Write an operator's folder; gives the files written.

    Raises WriteError when there is one already, ContentError when a value given is none that operator.yml may hold.
    """
    path = folder / "operator.yml"
    if path.exists():
        raise WriteError(f"{path} is there already; edit it, or name another folder")
    text = _OPERATOR.format(
        name=_quoted(name),
        country=country,
        party_id=_quoted(party_id),
        site_url=site_url,
        phone=_quoted(phone),
        emergency=_quoted(emergency),
        station_is=station_is,
    )
    findings = Findings()
    doc = parse_yaml(text, str(path), findings)
    if doc is None or validate(Operator, doc, findings) is None:
        raise ContentError(findings.sorted())
    write_atomic(path, text.encode())
    (folder / "stations").mkdir(parents=True, exist_ok=True)
    attributes = folder / ".gitattributes"
    if attributes.exists():  # of a repository that is there already: the handbook names the line
        return (path,)
    write_atomic(attributes, _GIT.encode())
    return path, attributes


def new_problem(folder: Path, draft: Draft, review: str) -> Path:
    """Write a guide to start from; gives its file. `review`: ISO date. Raises WriteError when there is one already."""
    path = folder / "en.md"
    if path.exists():
        raise WriteError(f"{path} is there already; edit it, or choose another name")
    write_atomic(path, guide_text(draft, review).encode())
    return path


def new_sheet(path: Path) -> tuple[Path, ...]:
    """Write the sheet that `import csv` reads, to fill in: a workbook (.xlsx) or CSV.

    Raises WriteError when there is one already, or when the name ends otherwise.
    """
    made = {".xlsx": template_xlsx, ".csv": template_csv}.get(path.suffix.lower())
    if made is None:
        raise WriteError(f"{path} ends neither in .xlsx nor in .csv; name it like stations.xlsx")
    if path.exists():
        raise WriteError(f"{path} is there already; name another file")
    write_atomic(path, made())
    return (path,)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)  # text in quotes is the same in JSON and YAML
