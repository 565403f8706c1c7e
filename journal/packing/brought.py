"""What an import of a pack brought, or would bring: values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from journal.packing.incoming import Note

MOST_TOLD = 10_000  # conflicts that are named; all are counted, and kept


@dataclass(frozen=True, slots=True)
class Place:
    """Where a slice stands, here or in a pack, and its digest: the header's, if it has one."""

    file: str
    line: int
    digest: str

    def record(self) -> dict[str, Any]:
        """The place as JSON shows it."""
        return {"file": self.file, "line": self.line, "digest": self.digest}


@dataclass(frozen=True, slots=True)
class Conflict:
    """An id that stands for one text here and for another one in the pack."""

    id: str
    here: Place
    pack: Place

    def record(self) -> dict[str, Any]:
        """The conflict as JSON shows it."""
        return {"id": self.id, "here": self.here.record(), "pack": self.pack.record()}


@dataclass(frozen=True, slots=True)
class Masking:
    """An entry in which a secret was masked on its way in, and its namespace here."""

    namespace: str
    note: Note


@dataclass(slots=True)
class Brought:
    """What came of an import: `entry` and `folder` are empty if nothing was written.

    `new`, `known` and `aside` count the pack's entries: those that came, those that are here (or
    were, and were purged), and records of imports elsewhere, which alone are no reason to import.
    `signer` is the fingerprint of the key that signed the pack, `signed_by` its name in the policy.
    """

    name: str  # of the pack's file or folder
    pack: str
    manifest: str
    workspace: str
    writers: tuple[str, ...]
    dry_run: bool = False
    signer: str = ""
    signed_by: str = ""
    new: int = 0
    known: int = 0
    aside: int = 0
    attachments: int = 0
    unknown: tuple[str, ...] = ()  # of the writers those that nothing here is of
    unproven: tuple[str, ...] = ()  # of the writers those for whom no key of the policy vouches
    verbs: tuple[str, ...] = ()  # that the policy wants a review of, and entries of it are
    conflicting: int = 0
    conflicts: list[Conflict] = field(default_factory=list)
    kept: int = 0  # of the conflicting ones, how many an earlier import kept
    namespaces: dict[str, int] = field(default_factory=dict)  # of what is new
    masked: list[Masking] = field(default_factory=list)  # of what is new
    held_secrets: bool = False  # anywhere, so that the pack itself had better not be kept here
    entry: str = ""
    folder: str = ""
    notices: list[str] = field(default_factory=list)

    def conflict(self, one: Conflict) -> None:
        """Count a conflict, and name it if there are not too many."""
        self.conflicting += 1
        if len(self.conflicts) < MOST_TOLD:
            self.conflicts.append(one)

    @property
    def is_news(self) -> bool:
        """Whether there is anything to bring."""
        return bool(self.new or self.conflicting > self.kept)

    def record(self) -> dict[str, Any]:
        """What `--json` shows, but for its schema."""
        return {
            "dry_run": self.dry_run,
            "name": self.name,
            "pack": self.pack,
            "manifest": self.manifest,
            "workspace": self.workspace,
            "writers": list(self.writers),
            "unknown_writers": list(self.unknown),
            "signer": self.signer,
            "signed_by": self.signed_by,
            "new": self.new,
            "known": self.known,
            "aside": self.aside,
            "attachments": self.attachments,
            "masked": len(self.masked),
            "namespaces": dict(self.namespaces),
            "conflicting": self.conflicting,
            "conflicts": [one.record() for one in self.conflicts],
            "entry": self.entry,
            "folder": self.folder,
        }
