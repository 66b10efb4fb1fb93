"""Schemas for editors hold against the files that there are and refuse broken ones; owners of guides go by their categories."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import ClassVar

import pytest
import yaml
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from chargeside.cli import main
from chargeside.plan.schemas import FILES, schemas
from support import shared_content

ROOT = Path(__file__).resolve().parent.parent
SCHEMAS = {name: json.loads(data) for name, data in schemas(shared_content()).items()}


class Yaml12(yaml.SafeLoader):
    """Reads as editors do, by YAML 1.2: `yes` and dates are texts."""

    yaml_implicit_resolvers: ClassVar = {
        first: [
            (tag, pattern)
            for tag, pattern in resolvers
            if not tag.endswith(("timestamp", "bool")) or first in "tfTF"
        ]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


def mistakes(name: str, text: str) -> list[str]:
    """What a schema finds wrong with a YAML text."""
    data = yaml.load(text, Loader=Yaml12)
    return [error.message for error in Draft202012Validator(SCHEMAS[name]).iter_errors(data)]


@pytest.mark.parametrize("name", FILES)
def test_every_schema_is_one(name: str) -> None:
    Draft202012Validator.check_schema(SCHEMAS[name])
    assert "description" in json.dumps(SCHEMAS[name])


PLACES = [
    ("connector", "connectors/*.yml"),
    ("codes", "problems/codes.yml"),
    ("glossary", "problems/glossary.yml"),
    ("operator", "station_kits/*/operator.yml"),
    ("kits", "station_kits/*/kits.yml"),
    ("guide", "problems/*/en.md"),
    ("translation", "problems/*/de.md"),
]


@pytest.mark.parametrize(("name", "pattern"), PLACES)
def test_files_that_are_there_are_fine(name: str, pattern: str) -> None:
    paths = sorted(ROOT.glob(pattern))
    if not paths:
        pytest.skip("the files are in the checkout only")
    for path in paths[:40]:
        text = path.read_text(encoding="utf-8")
        found = mistakes(name, text.split("---")[1] if path.suffix == ".md" else text)
        assert found == [], path


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("guide", "title: x\ncategory: site\noutcome: fix\n"),
        ("guide", "title: x\ncategory: sight\noutcome: fix\nnext: call\n"),
        ("guide", "title: x\ncategory: site\noutcome: fix\nnext: call\nsymptom: [y]\n"),
        (
            "guide",
            "title: x\nshort: a title that is far too long\ncategory: site\noutcome: fix\nnext: call\n",
        ),
        ("operator", "name: x\n"),
        ("glossary", "words: [{word: kW}]\n"),
        ("codes", "codes: [{codes: [CX014], means: x, problem: call}]\n"),
    ],
)
def test_mistakes_are_underlined(name: str, text: str) -> None:
    assert mistakes(name, text)


def test_an_editor_is_set_up_and_settings_of_yours_stay(tmp_path: Path) -> None:
    run = CliRunner().invoke(main, ["editor", str(tmp_path)])
    assert run.exit_code == 0, run.output
    settings = json.loads((tmp_path / ".vscode" / "settings.json").read_text())
    assert all((tmp_path / schema).is_file() for schema in settings["yaml.schemas"])
    snippets = json.loads((tmp_path / ".vscode" / "chargeside.code-snippets").read_text())
    assert {"guide", "step"} <= {one["prefix"] for one in snippets.values()}
    mine = '{"editor.fontSize": 20}'
    (tmp_path / ".vscode" / "settings.json").write_text(mine)
    again = CliRunner().invoke(main, ["editor", str(tmp_path)])
    assert again.exit_code == 0
    assert (tmp_path / ".vscode" / "settings.json").read_text() == mine
    assert "yaml.schemas" in again.output


def test_owners_are_those_of_the_category() -> None:
    path = ROOT / ".github" / "CODEOWNERS"
    if not path.is_file():
        pytest.skip("owners are in the checkout only")
    teams = {
        "connector": "electrical", "communication": "electrical", "safety": "electrical",
        "payment": "payment", "billing": "payment", "app": "payment", "accessibility": "accessibility",
    }  # fmt: skip
    problems = shared_content().problems
    lines = re.findall(
        r"^/problems/([a-z0-9-]+)/ @chargeside/authors @chargeside/(\w+)$", path.read_text(), re.MULTILINE
    )
    assert len(lines) >= 40
    for slug, team in lines:
        assert teams[problems[slug].category] == team, f"{slug}: run `make owners`"
