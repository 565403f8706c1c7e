"""What to say when an id names no entry, or several.

Cheap on purpose: whatever finds entries by a piece of their id says it.
"""

from journal.errors import UsageError


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
