"""`journal import`: what other tools wrote becomes entries."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence

from journal import clock, importers
from journal.cli import asking, output
from journal.cli.progress import Bar
from journal.cli.report import say
from journal.errors import UsageError
from journal.importing import Round
from journal.importing.brought import Brought, Options
from journal.names import is_slug
from journal.safe import one_line

_SHOWN = 10  # findings


def import_options(verb: argparse.ArgumentParser) -> None:
    """The options of `import`."""
    verb.add_argument(
        "source",
        metavar="SOURCE",
        help="adr, claude-code, codex, jsonl, markdown, or another installed",
    )
    verb.add_argument(
        "paths",
        nargs="*",
        default=[],
        metavar="PATH",
        help="files or folders (default: where the tool has them)",
    )
    common_options(verb)
    verb.add_argument("--dry-run", action="store_true", help="say what would come; write nothing")


def common_options(verb: argparse.ArgumentParser) -> None:
    """What `import` and `watch` may both be asked for."""
    verb.add_argument("--since", metavar="TIME", help="nothing that happened before: -7d, 2026-11")
    verb.add_argument(
        "--namespace", metavar="NAME", default="", help="where to (default: the first)"
    )
    verb.add_argument(
        "--full",
        action="store_true",
        help="attach whole what is new and shown only in part, such as long output",
    )
    verb.add_argument(
        "--user", metavar="NAME", default="user", help="the actor of what the person said"
    )
    verb.add_argument(
        "--map",
        action="append",
        metavar="FIELD=KEY",
        help="jsonl: where a field is, such as body=message.text; repeatable",
    )


def do_import(args: argparse.Namespace) -> int:
    """Import what is new."""
    importer = importers.load(args.source)
    paths = importers.paths(importer, args.paths)
    bar = Bar("Importing")
    with (
        asking.opened(args.workspace) as journal,
        Round(journal, importer, options_of(args, journal.timezone)) as importing,
    ):
        try:
            brought = importing.bring(paths, bar)
        finally:
            bar.clear()
    if args.json:
        shown = {"schema": "journal/import@1", "dry_run": args.dry_run, "from": list(paths)}
        output.json(shown | brought.record())
    else:
        _tell(brought, args, paths)
    for notice in dict.fromkeys(brought.notices):
        say(f"journal: {notice}")
    return 0


def options_of(args: argparse.Namespace, timezone: str) -> Options:
    """What the command line asks of an import."""
    since = None
    if args.since:
        try:
            since = clock.parse_since(args.since, clock.zone(timezone), clock.now())
        except ValueError as error:
            raise UsageError(
                f"--since: {error}", kind="bad-time", hint="for example --since 2026-11-01"
            ) from error
    if args.namespace and not is_slug(args.namespace):
        raise UsageError(f"namespace {args.namespace!r} is no name", kind="bad-name")
    mapped = getattr(args, "map", None)
    values = {"map": ",".join(mapped)} if mapped else {}
    is_dry = getattr(args, "dry_run", False)
    return Options(since, args.namespace, is_dry, args.full, args.user, values)


def _tell(brought: Brought, args: argparse.Namespace, paths: Sequence[str]) -> None:
    if not brought.files:
        output.write(f"no files of {args.source} in {', '.join(map(one_line, paths))}")
        _findings(brought)
        return
    verb = "would come" if args.dry_run else "new"
    read = _many(brought.files, "file")
    if brought.unchanged:
        read += f" ({brought.unchanged:,} unchanged)"
    output.write(f"{read}: {_entries(brought.new)} {verb}, {brought.known:,} known already")
    for what, counts in (("", brought.kinds), ("roles ", brought.roles)):
        if counts:
            output.write(f"  {what}{_counts(counts)}")
    if brought.sessions:
        paths = f", {_many(len(brought.paths), 'path')} beside the main one"
        output.write(f"  {_many(len(brought.sessions), 'session')}{paths if brought.paths else ''}")
    for count, words in (
        (brought.masked, "masked before anything was kept"),
        (brought.withheld, "withheld by the policy; a record of each says so"),
        (brought.older, "left out: before --since"),
        (brought.attached, "attached whole"),
        (brought.refused, "could not become entries"),
    ):
        if count:
            output.write(f"  {count:,} {words}")
    if brought.left:
        output.write(f"  not entries: {_counts(brought.left)}")
    _findings(brought)


def _findings(brought: Brought) -> None:
    total = sum(brought.codes.values())
    if not total:
        return
    output.write(f"{_many(total, 'finding')} in the source: {_counts(brought.codes)}")
    for finding in brought.findings[:_SHOWN]:
        output.write(f"  {one_line(str(finding))}")
    if total > _SHOWN:
        output.write(f"  … {total - _SHOWN:,} more; --json has them")


def _entries(count: int) -> str:
    return "1 entry" if count == 1 else f"{count:,} entries"


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}" + "s" * (count != 1)


def _counts(counts: Mapping[str, int]) -> str:
    most = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return ", ".join(f"{count:,} {one_line(name)}" for name, count in most)
