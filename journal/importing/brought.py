"""What an import was asked for, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from journal.finding import Finding

MOST_FINDINGS = 10_000


@dataclass(frozen=True, slots=True)
class Options:
    """What is asked of an import.

    `since`: nothing that happened before. `full`: what is shown in part is attached whole.
    `user`: who the person is that the source calls the user. `values`: the importer's own.
    """

    since: datetime | None = None
    namespace: str = ""
    dry_run: bool = False
    full: bool = False
    user: str = "user"
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Branched:
    """A path that was imported: its name, the session, and the entry where it begins."""

    path: str
    session: str
    parent: str
    file: str
    line: int

    def record(self) -> dict[str, Any]:
        """The path as JSON shows it."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(slots=True)
class Brought:
    """What came of an import; counts are of entries, but for files and bytes.

    `known`: what was in the journal already. `left`: what of the source becomes no entry, by what
    it is. `refused`: what could not become one, each with a finding.
    """

    importer: str
    files: int = 0
    unchanged: int = 0
    bytes: int = 0
    new: int = 0
    known: int = 0
    older: int = 0
    refused: int = 0
    withheld: int = 0
    masked: int = 0
    attached: int = 0
    kinds: dict[str, int] = field(default_factory=dict)
    roles: dict[str, int] = field(default_factory=dict)
    sessions: set[str] = field(default_factory=set)
    paths: list[Branched] = field(default_factory=list)
    left: dict[str, int] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    codes: dict[str, int] = field(default_factory=dict)  # how many findings of each
    notices: list[str] = field(default_factory=list)  # for stderr

    def found(self, finding: Finding) -> None:
        """One more thing that is not as it should be; of very many only the first are kept."""
        self.codes[finding.code] = self.codes.get(finding.code, 0) + 1
        if len(self.findings) < MOST_FINDINGS:
            self.findings.append(finding)

    def count(self, kind: str, role: str, session: str) -> None:
        """One more entry."""
        self.new += 1
        self.kinds[kind] = self.kinds.get(kind, 0) + 1
        if role:
            self.roles[role] = self.roles.get(role, 0) + 1
        if session:
            self.sessions.add(session)

    def record(self) -> dict[str, Any]:
        """What came of it, as JSON shows it."""
        counts = (
            "files", "unchanged", "bytes", "new", "known", "older", "refused", "withheld", "masked",
            "attached", "kinds", "roles",
        )  # fmt: skip
        return (
            {"importer": self.importer}
            | {name: getattr(self, name) for name in counts}
            | {
                "sessions": len(self.sessions),
                "paths": [one.record() for one in self.paths],
                "left": dict(sorted(self.left.items())),
                "codes": dict(sorted(self.codes.items())),
                "findings": [one.record() for one in self.findings],
            }
        )
