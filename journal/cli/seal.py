"""`journal seal`: the heads of all chains, signed."""

from __future__ import annotations

import argparse
import os

from journal import api
from journal.cli import output, progress
from journal.cli.report import say
from journal.errors import UsageError
from journal.safe import one_line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from journal.sealing import Sealed


def seal_options(verb: argparse.ArgumentParser) -> None:
    """The options of `seal`."""
    verb.add_argument(
        "--key", required=True, metavar="FILE",
        help="an Ed25519 key: a private one, or a public one whose private one ssh-agent holds",
    )  # fmt: skip
    verb.add_argument(
        "--name", default="", metavar="NAME",
        help="who signs (default: what policy.yaml calls this key, else this machine's writer)",
    )  # fmt: skip
    verb.add_argument(
        "--out", default="", metavar="FILE", help="write it there (default: standard output)"
    )


def do_seal(args: argparse.Namespace) -> int:
    """Sign the heads, keep the note as an entry, and print or write it."""
    from journal import sealing

    if args.out and os.path.lexists(args.out):
        raise UsageError(
            "is there already", kind="file-exists", file=args.out, hint="name another file"
        )
    with api.open(args.workspace, progress.reading) as journal:
        made = sealing.seal(journal, args.key, args.name)
        findings = journal.notebook.findings
    for notice in made.receipt.notices:
        say(f"journal: {notice}")
    if args.out:
        _write(args.out, made)
    if args.json:
        output.json(_record(made, args.out))
    elif args.out:
        many = f"{made.seal.entries:,} {'entry' if made.seal.entries == 1 else 'entries'}"
        who = f"{one_line(made.name)} ({made.signer.fingerprint})"
        output.write(f"{one_line(args.out)}: {many}, sealed by {who}")
    else:
        output.write_bytes(made.note.encode())
    _tell(made)
    output.findings(findings)
    return 0


def _write(path: str, made: Sealed) -> None:
    try:
        with open(path, "xb") as file:
            file.write(made.note.encode())
    except OSError as error:
        raise UsageError(
            f"can't be written: {error.strerror}", kind="no-file", file=path,
            hint=f"`journal show {made.receipt.id} --body` has it" if made.receipt.id else "",
        ) from error  # fmt: skip


def _record(made: Sealed, out: str) -> dict[str, object]:
    return {
        "schema": "journal/seal@1",
        "id": made.receipt.id,
        "made": made.seal.made,
        "entries": made.seal.entries,
        "heads": [head.record() for head in made.seal.heads],
        "name": made.name,
        "key": made.signer.key,
        "fingerprint": made.signer.fingerprint,
        "unsound": made.unsound,
        "file": out,
        "note": made.note,
    }


def _tell(made: Sealed) -> None:
    """What stderr is told: what is not sealed, and that no entry has the seal."""
    if made.unsound:
        many = "1 entry doesn't" if made.unsound == 1 else f"{made.unsound:,} entries don't"
        say(f"journal: {many} verify, and no seal helps: `journal verify` shows what is wrong")
    if not made.receipt.id:
        say("journal: nothing appended: enabled = false in journal.toml")
