"""Sets up an editor for a folder of guides or of an operator: schemas that complete and check, and snippets for guides.

Written for editors that read `.vscode/`; others are told of a schema by the line `# yaml-language-server: $schema=…` at the
top of a file.
"""

from __future__ import annotations

import json
from pathlib import Path

from chargeside.load.pictograms import pictogram_names
from chargeside.model.network import Content
from chargeside.model.problem import CATEGORIES
from chargeside.plan.schemas import FILES, schemas
from chargeside.write import write_atomic

FOLDER = ".chargeside-schemas"


def set_up_editor(folder: Path, content: Content) -> tuple[tuple[Path, ...], str]:
    """Write schemas, settings and snippets below `folder`. Gives the files written, and the settings to add by hand where there
    are settings already, which stay as they are. Raises WriteError."""
    written = []
    for name, data in schemas(content).items():
        path = folder / FOLDER / f"{name}.json"
        write_atomic(path, data)
        written.append(path)
    snippets = folder / ".vscode" / "chargeside.code-snippets"
    write_atomic(snippets, _json(_snippets()))
    written.append(snippets)
    settings = folder / ".vscode" / "settings.json"
    wanted = _json(_settings())
    if settings.exists() and settings.read_bytes() != wanted:
        return tuple(written), wanted.decode()
    write_atomic(settings, wanted)
    return (*written, settings), ""


def _settings() -> dict[str, object]:
    places = {
        f"{FOLDER}/{name}.json": [f"**/{path}" for path in paths]
        for name, (_, _, paths) in FILES.items()
        if paths
    }
    return {
        "yaml.schemas": places,
        "[markdown]": {"editor.quickSuggestions": {"other": True}, "editor.wordWrap": "on"},
        "files.eol": "\n",
        "files.insertFinalNewline": True,
    }


def _snippets() -> dict[str, object]:
    pictures = ",".join(pictogram_names())
    categories = ",".join(CATEGORIES)
    guide = [
        "---",
        "title: ${1:What the driver sees, in their words}",
        "short: ${2:Two or three words}",
        "symptoms:",
        "  - ${3:What they say}",
        "  - ${4:What the screen shows}",
        f"category: ${{5|{categories}|}}",
        "outcome: ${6|fix,call,danger|}",
        "next: ${7|another-charger,call,fixed|}",
        "weight: ${8:10}",
        "review: ${9:2027-11-01}",
        "sources:",
        "  - ${10:Who says so, and where}",
        "---",
        "${11:What is going on, in one or two short sentences.}",
        "",
        "1. **${12:Do this.}**",
        f"   {{: #${{13:name}} pictogram=${{14|{pictures}|}} }}",
        "2. **${15:Then this.}**",
        f"   {{: #${{16:name}} pictogram=${{17|{pictures}|}} }}",
        "",
        "**Call us if** ${18:it fails again.}",
        "{: #call }",
    ]
    step = ["1. **${1:Do this.}**", f"   {{: #${{2:name}} pictogram=${{3|{pictures}|}} }}"]
    when = [
        *step[:1],
        f'   {{: #${{2:name}} pictogram=${{3|{pictures}|}} when="${{4:payment=contactless}}" }}',
    ]
    return {
        "Guide": {"scope": "markdown", "prefix": "guide", "body": guide, "description": "A new guide"},
        "Step": {"scope": "markdown", "prefix": "step", "body": step, "description": "A step"},
        "Step for some chargers": {
            "scope": "markdown",
            "prefix": "step-when",
            "body": when,
            "description": "A step that only some chargers show",
        },
    }


def _json(data: object) -> bytes:
    return (json.dumps(data, ensure_ascii=False, indent=2) + "\n").encode()
