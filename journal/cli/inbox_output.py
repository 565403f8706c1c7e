"""What is said of packs that were imported, by `journal inbox` and `journal pack import`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from journal.cli import output
from journal.cli.report import say
from journal.packing import inbox
from journal.packing.telling import many, named
from journal.safe import one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from journal.packing.brought import Brought
    from journal.packing.inbox import Outcome

_SHOWN = 10  # conflicts


def imported(brought: Brought, *, as_json: bool) -> None:
    """What came of one import; conflicts, and what else went otherwise than expected, on stderr."""
    if as_json:
        output.json({"schema": "journal/pack-import@1", **brought.record()})
    else:
        for line in _lines(brought):
            output.write(line)
    _beside(brought)


def taken_in(found: Sequence[Outcome], *, dry_run: bool, as_json: bool) -> None:
    """What became of each pack in the inbox."""
    if as_json:
        shown = {"dry_run": dry_run, "packs": [one.record() for one in found]}
        output.json({"schema": "journal/inbox@1", **shown})
    elif not found:
        output.write(f"{inbox.INBOX}/ has no pack")
    for one in found:
        if not as_json:
            _shown(one)
        if one.brought:
            _beside(one.brought)


def _shown(one: Outcome) -> None:
    if one.brought:
        for line in _lines(one.brought):
            output.write(line)
    elif one.error:
        hint = f" ({one_line(one.error.hint)})" if one.error.hint else ""
        words = f"{one.became}: {one_line(one.error.message)}{hint}"
        output.write(f"{one_line(one.name)}: {words}")
    else:
        output.write(f"{one_line(one.name)}: still being written; it stays for now")
    if one.moved:
        output.write(f"  now {one_line(one.moved)}")


def _lines(brought: Brought) -> list[str]:
    name = f"{one_line(brought.name)}: "
    if brought.is_news:
        verb = "would come" if brought.dry_run else "new"
        entries = many(brought.new, "entry", "entries")
        lines = [f"{name}{entries} {verb}, {brought.known:,} known already"]
    else:
        entries = many(brought.known, "entry", "entries")
        lines = [f"{name}nothing new, {entries} known already"]
    lines[0] += f" · pack {brought.pack}"
    if brought.new:
        spaces = [f"{count:,} in {space}" for space, count in sorted(brought.namespaces.items())]
        lines.append(f"  {named(spaces)} · of {named(brought.writers)}")
    if brought.attachments:
        lines.append(f"  {many(brought.attachments, 'attached file', 'attached files')}")
    if brought.conflicting:
        kept = "would be kept" if brought.dry_run else "both are kept"
        what = "id stands" if brought.conflicting == 1 else "ids stand"
        lines.append(f"  {brought.conflicting:,} {what} for another text here: {kept}")
    if brought.signer:
        by = one_line(brought.signed_by) or "a key that policy.yaml doesn't name"
        lines.append(f"  signed by {by}: {brought.signer}")
    if brought.folder:
        lines.append(f"  {brought.folder} · told by {output.short(brought.entry)}")
    return lines


def _beside(brought: Brought) -> None:
    for one in brought.conflicts[:_SHOWN]:
        here = f"{one.here.file}:{one.here.line}" if one.here.line else "the spool"
        say(
            f"journal: {one.id} stands for another text: here {one_line(here)}, in the pack"
            f" {one_line(one.pack.file)}:{one.pack.line}"
        )
    if (left := brought.conflicting - _SHOWN) > 0:
        say(f"journal: and {left:,} more conflicts: --json has them")
    for notice in dict.fromkeys(brought.notices):
        say(f"journal: {notice}")
