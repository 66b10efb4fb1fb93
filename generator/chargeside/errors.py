"""What can be raised. Mistakes in content and data are findings, not exceptions.

ChargesideError
├── ContentError   findings at error level stop the work; carries them
├── FetchError     station data could not be fetched from a server
├── RenderError    a job could not be rendered
└── WriteError     a file could not be written
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chargeside.findings import Finding


class ChargesideError(Exception):
    """Base of all errors Chargeside raises on purpose. The message is written for people."""


class ContentError(ChargesideError):
    """Findings at error level stop the work. Nothing was written."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__(f"{len(findings)} finding(s) stop the work")
        self.findings = findings


class FetchError(ChargesideError):
    """Station data could not be fetched from a server; the last good feed stands."""


class RenderError(ChargesideError):
    """A job could not be rendered; its earlier output is kept. `code` names the rule of the finding it becomes."""

    def __init__(
        self, message: str, *, code: str = "B802", mend: str = "mend the cause named and build again"
    ) -> None:
        super().__init__(message)
        self.code = code
        self.mend = mend


class WriteError(ChargesideError):
    """A file could not be written; the earlier file is kept."""
