"""What an importer is. Importers are found through the entry-point group `chargeside.importers`, so others can add theirs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib.metadata import entry_points
from typing import Any, Literal

from chargeside.errors import ChargesideError
from chargeside.model.operator import Operator

GROUP = "chargeside.importers"
"""Entry-point group. Each entry is named like the importer and leads to an Importer."""


@dataclass(frozen=True, slots=True)
class ImporterOption:
    """An option of the command line, handed to `read` under the name of the flag with underscores.

    `of_operator`: what stands in where it is not given, from operator.yml.
    """

    flag: str
    help: str
    kind: Literal["text", "file"] = "text"
    of_operator: Callable[[Operator], str | None] | None = None

    @property
    def keyword(self) -> str:
        """Name of the keyword argument of `read`."""
        return self.flag.removeprefix("--").replace("-", "_")


@dataclass(frozen=True, slots=True)
class Importer:
    """Turns a file of some source into OCPI.

    `read(path, findings, **options)` gives OCPI 2.2.1 Location objects, with the key `chargeside` for what OCPI cannot say,
    and adds what was wrong to the findings, which are whole when the last Location was taken; it leaves nothing out without
    one, and what it gave is not used when one is an error. `about`: one line that says what it imports.
    `example`: a whole command.
    """

    name: str
    about: str
    example: str
    read: Callable[..., Iterable[dict[str, Any]]]
    options: tuple[ImporterOption, ...] = ()


def importer(name: str) -> Importer:
    """The importer of that name. Raises ChargesideError when there is none or its package does not work."""
    for entry in entry_points(group=GROUP, name=name):
        try:
            found = entry.load()
        except (ImportError, AttributeError) as error:
            raise ChargesideError(f"the importer {name} ({entry.value}) cannot be loaded: {error}") from error
        if isinstance(found, Importer):
            return found
        raise ChargesideError(f"the importer {name} ({entry.value}) is none: it must be an Importer")
    raise ChargesideError(f"no importer is called {name}; there are {', '.join(importer_names())}")


def importer_names() -> tuple[str, ...]:
    """Names of all importers that are installed."""
    return tuple(sorted({entry.name for entry in entry_points(group=GROUP)}))
