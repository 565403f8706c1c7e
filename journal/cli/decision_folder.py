"""`journal decision render`, `import` and `export`: decisions as files for others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from journal import api
from journal.cli import asking, output, progress
from journal.cli.report import say
from journal.safe import one_line

if TYPE_CHECKING:
    import argparse

    from journal.importing.brought import Brought

_LISTED = 3


def do_render(args: argparse.Namespace) -> int:
    """Write DECISIONS.md anew."""
    from journal.deciding.rendering import render
    from journal.pagefile import refused
    from journal.rendered import DECISIONS

    with api.open(args.workspace, progress.reading) as journal:
        found = render(journal)
    if found.left:
        raise refused(DECISIONS, found.left)
    if args.json:
        output.json({
            "schema": "journal/decision-render@1", "path": found.path,
            "decisions": found.decisions, "changed": found.changed,
        })  # fmt: skip
        return 0
    how = "written" if found.changed else "as it was"
    output.write(f"{one_line(found.path)}: {_many(found.decisions, 'decision')}, {how}")
    return 0


def do_import(args: argparse.Namespace) -> int:
    """Bring in a folder of decision records."""
    from journal import importers
    from journal.cli import decision_page
    from journal.importers.adr import IMPORTER
    from journal.importing import Round
    from journal.importing.brought import Options

    paths = importers.paths(IMPORTER, [args.folder])
    with (
        asking.opened(args.workspace) as journal,
        Round(journal, IMPORTER, Options(namespace=args.namespace)) as importing,
    ):
        brought = importing.bring(paths)
        if brought.new:
            decision_page.follow(journal)
    if args.json:
        shown = {"schema": "journal/import@1", "dry_run": False, "from": list(paths)}
        output.json(shown | brought.record())
    else:
        _tell(brought)
    for notice in dict.fromkeys(brought.notices):
        say(f"journal: {notice}")
    return 0


def _tell(brought: Brought) -> None:
    read = _many(brought.files, "file")
    output.write(f"{read}: {_many(brought.new, 'entry')} new, {brought.known:,} known already")
    if brought.left:
        left = ", ".join(f"{many:,} {one_line(what)}" for what, many in brought.left.items())
        output.write(f"  no decisions: {left}")
    output.findings(brought.findings)


def do_export(args: argparse.Namespace) -> int:
    """Write the decisions as a folder of decision records."""
    from journal.deciding.exporting import export

    with asking.opened(args.workspace, progress.reading) as journal:
        found = export(journal, args.folder, args.namespace, replace=args.replace)
    if args.json:
        output.json({
            "schema": "journal/decision-export@1", "folder": found.folder,
            "written": list(found.written), "same": list(found.same),
            "stale": list(found.stale),
        })  # fmt: skip
        return 0
    if found.stale:
        more = f" and {len(found.stale) - _LISTED:,} more" if len(found.stale) > _LISTED else ""
        some = ", ".join(map(one_line, found.stale[:_LISTED]))
        say(f"journal: of no decision, and left as they are: {some}{more}")
    same = f", {len(found.same):,} as they were" if found.same else ""
    output.write(f"{_many(len(found.written), 'record')} written to {one_line(args.folder)}{same}")
    return 0


def _many(count: int, what: str) -> str:
    plural = "entries" if what == "entry" else f"{what}s"
    return f"{count:,} {what if count == 1 else plural}"
