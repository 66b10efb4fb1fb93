"""JSON Schemas of the files people write, for editors that complete and check while one types.

They say what the readers demand, as far as a schema can; `chargeside check` has the last word.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel

from chargeside.load.codes import CodesFile
from chargeside.load.glossary import GlossaryFile
from chargeside.load.guide import FrontMatter, TranslationMatter
from chargeside.load.label_sheets import SheetsFile
from chargeside.model.connector import ConnectorType
from chargeside.model.design import DesignFile
from chargeside.model.facts import FACTS
from chargeside.model.network import Content
from chargeside.model.operator import Kits, Operator
from chargeside.model.problem import CATEGORIES, END_POINTS

_DIALECT = "https://json-schema.org/draft/2020-12/schema"

FILES: Mapping[str, tuple[type[BaseModel], str, tuple[str, ...]]] = {
    "guide": (FrontMatter, "Front matter of a guide in English: problems/<name>/en.md", ()),
    "translation": (
        TranslationMatter,
        "Front matter of a guide in another language: problems/<name>/de.md",
        (),
    ),
    "connector": (ConnectorType, "A connector", ("connectors/*.yml",)),
    "codes": (CodesFile, "What error codes mean", ("problems/codes.yml",)),
    "glossary": (GlossaryFile, "Words explained", ("problems/glossary.yml",)),
    "operator": (Operator, "An operator", ("operator.yml",)),
    "kits": (Kits, "Facts for the stations that a rule selects", ("kits.yml",)),
    "design": (DesignFile, "A design of signs", ("design.yml",)),
    "label-sheets": (SheetsFile, "Sheets of labels", ("label-sheets.yml",)),
}
"""By name: the model, what the file is, and which files of a folder it holds for (as editors match paths)."""


def schemas(content: Content) -> Mapping[str, bytes]:
    """Each schema as a JSON file, by its name. Where a value names a problem or a connector, those of `content` are
    offered; others are allowed, since an operator may have guides of their own."""
    return {name: _file(name, model, about, content) for name, (model, about, _) in FILES.items()}


def _file(name: str, model: type[BaseModel], about: str, content: Content) -> bytes:
    schema = model.model_json_schema()
    if name == "connector":  # the name of the file
        del schema["properties"]["slug"]
        schema["required"].remove("slug")
    _tidy(schema)
    problems, connectors = (*END_POINTS, *content.problems), tuple(content.connectors)
    offers: dict[str, Iterable[str]] = {
        "problem": problems,
        "next": problems,
        "connector": connectors,
        "connectors": connectors,
        "category": CATEGORIES,
    }
    for part in (schema, *schema.get("$defs", {}).values()):
        for key, values in offers.items():
            if key in part.get("properties", {}):
                _offer(part["properties"][key], values)
    if name in ("guide", "codes"):
        facts = "; ".join(f"{fact}: {spec.doc}" for fact, spec in FACTS.items())
        _say(
            schema,
            "applies_to",
            f"Condition, such as current=DC and payment=contactless|chip. Facts: {facts}",
        )
    head = {"$schema": _DIALECT, "$id": f"chargeside-{name}.json", "title": about}
    return (json.dumps({**head, **schema, "title": about}, ensure_ascii=False, indent=1) + "\n").encode()


def _tidy(part: Any) -> None:
    """Leave out titles, which only repeat the keys; let yes and no stand for true and false."""
    if isinstance(part, dict):
        if part.get("type") == "boolean":  # editors read YAML 1.2, where `yes` is a text
            del part["type"]
            part["enum"] = [True, False, "yes", "no"]
        if "type" in part or "anyOf" in part or "$ref" in part or "properties" in part:
            part.pop("title", None)
        for value in part.values():
            _tidy(value)
    elif isinstance(part, list):
        for value in part:
            _tidy(value)


def _offer(part: dict[str, Any], values: Iterable[str]) -> None:
    """Let an editor offer these values wherever the key holds text, and allow all others."""
    places = [part, *part.get("anyOf", ()), *([part["items"]] if isinstance(part.get("items"), dict) else ())]
    for place in places:
        if place.get("type") == "string" and "enum" not in place:
            rest = {key: place.pop(key) for key in list(place) if key not in ("description", "default")}
            place["anyOf"] = [{"enum": list(values)}, rest]
            return


def _say(schema: dict[str, Any], key: str, words: str) -> None:
    for part in (schema, *schema.get("$defs", {}).values()):
        if key in part.get("properties", {}):
            part["properties"][key]["description"] = words
