"""`journal forget`, `redact` and `retention`: what leaves the record, and says so."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from getpass import getpass
from typing import TYPE_CHECKING

from journal import api, clock, forgetting
from journal.cli import actions, asking, leftovers, output
from journal.cli.progress import Bar
from journal.cli.report import say
from journal.errors import UsageError
from journal.forgetting import Done
from journal.safe import one_line

if TYPE_CHECKING:
    from journal.catalog.row import Row
    from journal.redacting import Held

_REDACT = {
    "scan": "find the secrets that entries and attachments still hold; exit code 1 if any do",
    "apply": "mask them, wherever they lie, and append an entry that says so",
    "value": "name a value of your own that is masked from now on: add, list or remove",
}
_STAYS = "its stub and the reason stay"
_SAID = {False: ("is hidden", "was hidden before"), True: ("shows again", "was not hidden")}
_RETENTION = {"run": "purge what the policy keeps no longer, and append entries that say so"}


def forget_options(verb: argparse.ArgumentParser) -> None:
    """The options of `forget`."""
    verb.add_argument(
        "ids", nargs="+", metavar="ID", help="an id, or any unique beginning or ending of it"
    )
    verb.add_argument("--reason", required=True, metavar="TEXT", help="why; kept in the journal")
    how = verb.add_mutually_exclusive_group()
    how.add_argument(
        "--purge", action="store_true", help="take the text away for good, a stub stays"
    )
    how.add_argument("--unforget", action="store_true", help="show it again")


def do_forget(args: argparse.Namespace) -> int:
    """Hide entries, show them again, or take their texts away."""
    if not args.reason.strip():
        raise UsageError("the reason is empty", hint='say why: --reason "mistaken identity"')
    with asking.opened(args.workspace) as journal:
        rows = _rows(journal, args.ids)
        if args.purge:
            ids = [row.id for row in rows]
            done = forgetting.purge(journal, ids, args.reason, progress=Bar("Purging"))
            return _purged(journal, done, as_json=args.json)
        purged = {row.id for row in rows if row.purged}
        act = forgetting.unhide if args.unforget else forgetting.hide
        found = act(journal, rows, args.reason)
    for one in found:
        for notice in one.notices:
            say(f"journal: {notice}")
    if args.json:
        told = [{"id": one.id, "what": one.what, "by": one.by} for one in found]
        output.json({"schema": "journal/forget@1", "forgotten": told, "left": [], "history": []})
        return 0
    for one in found:
        new, old = _SAID[args.unforget]
        if one.id in purged:
            old = "was purged before"
        output.write(f"{one_line(one.id)} {new if one.by else old}")
    return 0


def _rows(journal: api.Journal, ids: Sequence[str]) -> list[Row]:
    journal.catalog.catch_up()
    rows = [journal.catalog.named(wanted) for wanted in ids]
    return list({row.id: row for row in rows}.values())


def _purged(journal: api.Journal, done: Sequence[Done], *, as_json: bool) -> int:
    told = [
        {"id": one.planned.stroke.id, "what": "purge", "by": one.receipt.id if one.receipt else ""}
        for one in done
    ]
    left, commands = leftovers.reached(journal, done)
    if as_json:
        output.json(
            {"schema": "journal/forget@1", "forgotten": told, "left": left, "history": commands}
        )
    else:
        for one in told:
            stays = "the reason stays" if one["id"].startswith("h-") else _STAYS
            state = f"is purged; {stays}" if one["by"] else "was purged before"
            output.write(f"{one_line(one['id'])} {state}")
        leftovers.warn(left, commands)
    return 0


def redact_options(verb: argparse.ArgumentParser) -> None:
    """The actions of `redact`."""
    parsers = actions.add(verb, _REDACT)
    parsers["scan"].add_argument("--since", metavar="TIME", help="only entries from then on")
    apply = parsers["apply"]
    apply.add_argument("ids", nargs="*", metavar="ID", help="entries, as `scan` names them")
    apply.add_argument("--all", action="store_true", help="every entry that `scan` finds")
    apply.add_argument("--reason", default="", metavar="TEXT", help="why, if there is more to say")
    value = parsers["value"]
    value.add_argument(
        "what",
        choices=("add", "list", "remove"),
        help="add reads the value from standard input, or asks for it",
    )
    value.add_argument("name", nargs="?", default="", metavar="NAME", help="what you call it")


def do_redact(args: argparse.Namespace) -> int:
    """Find, mask, or name secrets."""
    if args.action == "value":
        return _value(args)
    with asking.opened(args.workspace) as journal:
        return _scan(journal, args) if args.action == "scan" else _apply(journal, args)


def _scan(journal: api.Journal, args: argparse.Namespace) -> int:
    from journal import redacting

    zone = journal.notebook.store.zone
    since = clock.parse_since(args.since, zone, clock.now()) if args.since else None
    found = list(redacting.scan(journal, since, Bar("Looking for secrets")))
    if args.json:
        told = [one.record() for one in found]
        output.json({"schema": "journal/redact-scan@1", "found": told})
        return 1 if found else 0
    for one in found:
        _held(one)
    many = "1 place" if len(found) == 1 else f"{len(found):,} places"
    output.write(
        f"{many}; `journal redact apply` masks entries, `journal forget --purge` takes attachments"
        " along with their entry"
        if found
        else "nothing found"
    )
    return 1 if found else 0


def _held(one: Held) -> None:
    where = f"{one.file}:{one.line}" if one.line else one.file
    rules = ", ".join(f"{rule} ({n})" if n > 1 else rule for rule, n in one.rules.items())
    name = output.style(one_line(one.id), "yellow") if one.id else "in no entry"
    output.write(f"{one_line(where)}  {name}  {rules}")


def _apply(journal: api.Journal, args: argparse.Namespace) -> int:
    from journal import redacting

    if bool(args.ids) == args.all:
        raise UsageError("say which entries: ids, or --all", hint="journal redact scan")
    if args.all:
        found = redacting.scan(journal, None, Bar("Looking for secrets"))
        ids = [one.id for one in found if one.id]
    else:
        ids = [row.id for row in _rows(journal, args.ids)]
    done = redacting.apply(journal, ids, args.reason, progress=Bar("Masking"))
    left, commands = leftovers.reached(journal, done)
    if args.json:
        told = [
            {
                "id": one.planned.stroke.id, "rules": list(one.planned.rules),
                "by": one.receipt.id if one.receipt else "",
            }
            for one in done
        ]  # fmt: skip
        shown = {"schema": "journal/redact-apply@1", "redacted": told}
        output.json(shown | {"left": left, "history": commands})
        return 0
    for one in done:
        output.write(f"{one_line(one.planned.stroke.id)} masked: {', '.join(one.planned.rules)}")
    if not done:
        output.write("nothing to mask")
    leftovers.warn(left, commands)
    return 0


def _value(args: argparse.Namespace) -> int:
    from journal.credentials import keeping
    from journal.space import find

    root = find(args.workspace)
    if args.what != "list" and not args.name:
        raise UsageError("give the value a name", hint=f"journal redact value {args.what} bank-pin")
    if args.what == "add":
        text = getpass(f"{args.name}: ") if sys.stdin.isatty() else sys.stdin.read()
        keeping.name_value(root, args.name, text.strip("\r\n"))
    elif args.what == "remove":
        keeping.forget_value(root, args.name)
    names = keeping.named(root)
    if args.json:
        output.json({"schema": "journal/redact-value@1", "names": names})
    elif args.what == "list":
        for name in names:
            output.write(one_line(name))
    else:
        done = "is masked from now on" if args.what == "add" else "is not looked for any more"
        output.write(f"{one_line(args.name)} {done}")
    return 0


def retention_options(verb: argparse.ArgumentParser) -> None:
    """The actions of `retention`."""
    run = actions.add(verb, _RETENTION)["run"]
    run.add_argument("--dry-run", action="store_true", help="only say what would go")


def do_retention(args: argparse.Namespace) -> int:
    """Purge what the policy keeps no longer."""
    from journal import retention

    with asking.opened(args.workspace) as journal:
        owed = retention.due(journal)
        done = [] if args.dry_run else retention.run(journal, owed, progress=Bar("Purging"))
        left, commands = leftovers.reached(journal, done)
    gone = {one.planned.stroke.id for one in done}  # somebody may have written in one meanwhile
    wanted = [one for one in owed if args.dry_run or one.row.id in gone]
    if owed.kept:
        one_stays = len(owed.kept) == 1
        some = "1 entry stays" if one_stays else f"{len(owed.kept):,} entries stay"
        say(f"journal: {some}, because somebody wrote in or under {'it' if one_stays else 'them'}")
    if args.json:
        told = [
            {"id": one.row.id, "at": one.row.at, "kind": one.row.kind, "rule": one.rule}
            for one in wanted
        ]
        output.json(
            {
                "schema": "journal/retention@1", "dry_run": args.dry_run, "purged": told,
                "left": left, "history": commands,
            }
        )  # fmt: skip
        return 0
    for one in wanted:
        output.write(f"{output.row(one.row)}  {one.rule}")
    verb = "would be purged" if args.dry_run else "purged"
    output.write(f"{len(wanted):,} {'entry' if len(wanted) == 1 else 'entries'} {verb}")
    leftovers.warn(left, commands)
    return 0
