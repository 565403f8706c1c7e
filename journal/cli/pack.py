"""`journal pack`: entries as they travel, from one workspace to another."""

from __future__ import annotations

import argparse
import os
from typing import TYPE_CHECKING

from journal.cli import actions, asking, listing, pack_output
from journal.cli.complete import offer
from journal.cli.progress import Bar

if TYPE_CHECKING:
    from journal.packing.exporting import Wanted
    from journal.selection import Selection

_ACTIONS = {
    "export": "write entries into a zip or a folder that proves itself",
    "verify": "check a pack: its files, its chains, its signature",
    "show": "say what a pack holds",
    "diff": "say which of a pack's entries are new here, and which are in conflict",
    "import": "bring in what is new of a pack",
}
_FILTERS = {
    "since": "from then on: 2026-11-21, yesterday, -7d, 'last week', …",
    "until": "up to and with that day, or up to that time",
}
_IMPORT = (
    "Bring in what is new of a pack. Where policy.yaml marks `pack` for review, others' entries"
    " wait until somebody approves it, unless one of its keys signed the pack."
)
_OF = ("namespace", "session", "path", "kind", "role", "actor")


def pack_options(verb: argparse.ArgumentParser) -> None:
    """The actions, each with its options."""
    found = actions.add(verb, _ACTIONS)
    _export_options(found["export"])
    for name in ("verify", "show", "diff", "import"):
        found[name].add_argument("pack", metavar="PACK", help="the zip, or the folder")
    found["verify"].add_argument(
        "--key", default="", metavar="FILE", help="the public key that must have signed it"
    )
    found["import"].add_argument(
        "--dry-run", action="store_true", help="say what would come, and write nothing"
    )
    found["import"].description = _IMPORT
    for name in ("diff", "import"):
        found[name].add_argument(
            "--as", dest="as_namespace", default="", metavar="NAMESPACE",
            help="the namespace that its entries get here, if it has only one",
        )  # fmt: skip


def _export_options(verb: argparse.ArgumentParser) -> None:
    where = verb.add_mutually_exclusive_group(required=True)
    where.add_argument("--zip", default="", metavar="FILE", help="a zip of this name")
    where.add_argument("--dir", default="", metavar="FOLDER", help="a folder of this name")
    for name, words in _FILTERS.items():
        verb.add_argument(f"--{name}", default="", metavar="TIME", help=words)
    for name in _OF:
        words = f"only of this {name}"
        offer(verb.add_argument(f"--{name}", default="", metavar=name.upper(), help=words), name)
    tag = verb.add_argument(
        "--tag", action="append", metavar="TAG", help="only with this tag; repeated: with all"
    )
    offer(tag, "tag")
    verb.add_argument(
        "--sign", default="", metavar="KEY", help="sign it with the Ed25519 key in this file"
    )
    verb.add_argument("--replace", action="store_true", help="in place of a pack that is there")
    verb.set_defaults(git_branch="", forgotten=False, all=False)


def do_pack(args: argparse.Namespace) -> int:
    """One action."""
    does = {
        "export": _export, "verify": _verify, "show": _show, "diff": _diff, "import": _import,
    }  # fmt: skip
    return does[args.action](args)


def _export(args: argparse.Namespace) -> int:
    from journal.packing.exporting import export

    bar = Bar("Exporting")
    with asking.opened(args.workspace) as journal:
        try:
            made = export(journal, args.zip or args.dir, _wanted(args, journal), bar)
        finally:
            bar.clear()
    return pack_output.exported(made, args.zip or args.dir, as_json=args.json)


def _wanted(args: argparse.Namespace, journal: object) -> Wanted:
    from journal.packing.exporting import Wanted

    chosen: Selection | None = None
    if any(getattr(args, name) for name in (*_OF, *_FILTERS, "tag")):
        chosen = listing.selection(args, journal)  # type: ignore[arg-type]
    return Wanted(selection=chosen, zipped=bool(args.zip), key=args.sign, overwrite=args.replace)


def _verify(args: argparse.Namespace) -> int:
    from journal import packs
    from journal.packing.vouching import vouch

    bar = Bar("Checking the pack")
    with packs.open(args.pack) as pack:
        try:
            found = vouch(pack, args.workspace, args.key, bar)
        finally:
            bar.clear()
        return pack_output.verified(pack, found, as_json=args.json)


def _show(args: argparse.Namespace) -> int:
    from journal import packs

    with packs.open(args.pack) as pack:
        return pack_output.shown(pack, as_json=args.json)


def _diff(args: argparse.Namespace) -> int:
    from journal import packs
    from journal.packing.matching import matches

    with asking.opened(args.workspace) as journal, packs.open(args.pack) as pack:
        return pack_output.compared(
            pack, matches(journal, pack, args.as_namespace), as_json=args.json
        )


def _import(args: argparse.Namespace) -> int:
    from journal.cli import inbox_output
    from journal.packing import bringing

    bar = Bar("Importing")
    with asking.opened(args.workspace) as journal:
        try:
            brought = bringing.bring(
                journal, os.path.expanduser(args.pack), args.as_namespace, args.dry_run, bar
            )
        finally:
            bar.clear()
    inbox_output.imported(brought, as_json=args.json)
    return 0
