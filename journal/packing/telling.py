"""What is said of an import: in the entry that vouches for it, and where a review is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from journal.entry import Draft
from journal.packed import IMPORTED
from journal.safe import one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from journal.packing.brought import Brought

_NAMED = 20  # conflicts, and writers, that are named in words


def draft(brought: Brought) -> Draft:
    """The entry that tells of an import, and vouches for its manifest."""
    fields = {
        "event": IMPORTED,
        "pack": brought.pack,
        "manifest": brought.manifest,
        "workspace": brought.workspace,
        "writers": list(brought.writers),
        "entries": brought.new,
        "conflicts": brought.conflicting - brought.kept,
    }
    if brought.signer:
        fields["signer"] = brought.signer
    title = f"Imported {many(brought.new, 'entry', 'entries')} from pack {brought.pack}"
    return Draft(kind="event", title=title, body=_body(brought), fields=fields)


def masked(brought: Brought) -> list[Draft]:
    """The entries that tell of what was masked on the way in, as `journal redact apply` has them.

    Each accepts the text that came, and names the one that was sealed.
    """
    return [
        Draft(
            kind="redact", namespace=one.namespace, title=f"Redacted {one.note.fields['of']}",
            body=f"Masked as pack {brought.pack} came in: {', '.join(one.note.rules)}.",
            fields=dict(one.note.fields),
        )
        for one in brought.masked
    ]  # fmt: skip


def asked(brought: Brought) -> str:
    """What a review is asked for."""
    title = f"Import {many(brought.new, 'entry', 'entries')} from pack {brought.pack}"
    if brought.unproven:
        writers = "unknown writers" if brought.unknown else "writers that no key vouches for"
        title += f" of {writers} ({named(brought.unknown or brought.unproven)})"
    return title + (f" that want a review: {named(brought.verbs)}" if brought.verbs else "")


def many(count: int, one: str, more: str) -> str:
    """`1 entry`, `1,200 entries`."""
    return f"1 {one}" if count == 1 else f"{count:,} {more}"


def named(names: Sequence[str]) -> str:
    """Names in a row, the first of many."""
    rest = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {rest:,} more" if rest > 0 else "")


def _body(brought: Brought) -> str:
    first = f"{one_line(brought.name)} is pack {brought.pack} of workspace {brought.workspace}"
    first += f", with entries of {named(brought.writers)}."
    lines = [f"{first} {brought.new:,} were new here, {brought.known:,} known already."]
    if count := len(brought.masked):
        lines.append(f"In {many(count, 'entry', 'entries')} secrets were masked.")
    if brought.signer:
        by = f" ({one_line(brought.signed_by)} in policy.yaml)" if brought.signed_by else ""
        lines.append(f"It was signed by {brought.signer}{by}.")
    if new := brought.conflicting - brought.kept:
        what = "id stands" if new == 1 else "ids stand"
        lines.append(
            f"{new:,} {what} for another text here. Both are kept: those of the pack in"
            " conflicts.md, beside what it brought."
        )
        lines.append("\n".join(f"- {one.id}" for one in brought.conflicts[:_NAMED]))
    return "\n\n".join(lines)
