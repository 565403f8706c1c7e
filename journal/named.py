"""What to say when an id names no entry, or several, or one that isn't of the kind that is meant.

Cheap on purpose: whatever finds entries by a piece of their id says it.
"""

from journal.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Protocol

    class Known(Protocol):
        """What of an entry is asked: a `Row` will do."""

        id: str
        kind: str
        file: str
        line: int

        @property
        def purged(self) -> bool:
            """Whether it was purged."""

        @property
        def forgotten(self) -> bool:
            """Whether a forget entry hides it."""


def none_named(wanted: str) -> UsageError:
    """No entry has such an id."""
    return UsageError(
        f"no entry's id begins or ends with {wanted!r}",
        kind="entry-not-found",
        hint="give its beginning, or all of the ending that `journal list` shows",
    )


def several_named(wanted: str, found: "list[str]") -> UsageError:
    """More than one has."""
    some = ", ".join(sorted(found)[:5])
    return UsageError(
        f"{len(found)} entries' ids begin or end with {wanted!r}: {some}",
        kind="ambiguous-id",
        hint="give more of the id",
    )


def check_said(row: "Known", kind: str = "entry-not-found") -> None:
    """UsageError of that kind if an entry says nothing any more: it was purged or forgotten."""
    name = row.id[-8:]
    why, hint = "", f"journal show {name}"
    if row.purged:
        why = "was purged, and what it said with it"
    elif row.forgotten:
        why = "was forgotten: it says nothing any more"
        hint = f"journal forget {name} --unforget --reason TEXT brings it back"
    if why:
        raise UsageError(f"{name} {why}", kind=kind, hint=hint, file=row.file, line=row.line)


def not_meant(row: "Known", kind: str) -> UsageError:
    """An entry means no decision, task or fact, which `kind` says, be it that it says nothing."""
    name, none = row.id[-8:], f"no-{kind}"
    try:
        check_said(row, none)
    except UsageError as gone:
        return gone
    if row.kind == kind:
        why = f"{name} changes a {kind} that isn't there"
        hint = "it may have been forgotten, or be elsewhere"
    else:
        why = f"{name} is no {kind}, but of the kind {row.kind}"
        hint = f"journal {kind} list --all shows what there is; journal show {name}"
    return UsageError(why, kind=none, hint=hint, file=row.file, line=row.line)
