"""Problems met while reading: values, not exceptions."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it should be, where it is, and what to do about it.

    `file` is relative to the workspace, `line` counts from 1 (0: the file as a whole).
    """

    code: str
    file: str
    line: int
    message: str
    fix: str = ""

    def record(self) -> dict[str, object]:
        """The finding as JSON shows it."""
        keys = ("code", "file", "line", "message", "fix")
        return {key: getattr(self, key) for key in keys}

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        return f"{where}: {self.message}" + (f" ({self.fix})" if self.fix else "")
