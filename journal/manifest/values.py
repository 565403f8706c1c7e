"""What a manifest says, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from journal.errors import FormatError

SCHEMA = "journal/pack@1"
NAME = "manifest.json"
SIGNATURE = "manifest.json.sig"
ENTRIES = "entries.jsonl"
MOST_BYTES = 32 << 20
MOST_MEMBERS = 50_000


MOST_TOTAL = 8 << 30  # bytes of all members
MOST_ENTRIES = 10_000_000
_HINT = "get the pack anew from where it was exported"


@dataclass(frozen=True, slots=True)
class Part:
    """One chain's share of a pack: what its genesis binds it to, and where it stands in the pack.

    `at` is its namespace in the pack; `entries` counts its slices, handwritten ones too; `first`
    and `last` are the lowest and highest number in it, 0 if none. `head` is the chain's newest
    entry as the exporting workspace knew it, written like a `prev` (`812:sha256:…`), empty if it
    knew of none. `gaps` are the `prev` of slices in the pack that name an entry which is not,
    sorted by number, then digest.
    """

    workspace: str
    writer: str
    namespace: str
    at: str
    entries: int
    first: int
    last: int
    head: str
    gaps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Member:
    """A file of the pack: its path, size, SHA-256 (64 hex digits), slices, and whose part it is.

    `part` is an index of the manifest's parts; -1 for all but day files.
    """

    path: str
    bytes: int
    sha256: str
    entries: int = 0
    part: int = -1


@dataclass(frozen=True, slots=True)
class Masked:
    """A slice that was masked for the pack: the header digests before and after.

    Of a handwritten one the slice digests, and the id from before.
    """

    id: str
    old: str
    new: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a pack says of itself. `members` are all files but the manifest and its signature.

    `workspace` and `writer` are the exporting workspace's id and first writer, whose day files have
    no name in theirs. `since` and `until` are the first and the last day of the day files, empty
    without any. `selection` is what the filter said. `left_out` counts entries by the reason:
    `forgotten`, `not-chosen`, `unsound`; and files that entries in the pack name and that are not
    in it: `attachments`.
    """

    workspace: str
    writer: str
    timezone: str
    selection: Mapping[str, str] = field(default_factory=dict)
    entries: int
    since: str
    until: str
    parts: tuple[Part, ...]
    members: tuple[Member, ...]
    masked: tuple[Masked, ...] = ()
    left_out: Mapping[str, int] = field(default_factory=dict)


def corrupt(message: str, line: int = 0) -> FormatError:
    """The error that says what of a manifest is wrong."""
    return FormatError(message, kind="pack-corrupt", file=NAME, line=line, hint=_HINT)


def by_number(gap: str) -> tuple[int, str]:
    """What gaps are sorted by."""
    number, _, digest = gap.partition(":")
    return int(number), digest
