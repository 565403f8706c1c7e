"""`journal amend`, `adopt` and `edit`: what people do to a day, told to the chains or checked."""

from __future__ import annotations

import argparse
import os
import shlex
import subprocess
import sys
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from journal import acceptance, clock, editing
from journal.chain import STATES, Verdict, counts, exit_code
from journal.cli import asking, fast, output
from journal.cli.report import say
from journal.cli.write import shown_receipt
from journal.entry import Draft, Receipt
from journal.errors import UsageError
from journal.notebook import Notebook
from journal.reviewing import accepting
from journal.safe import one_line

_PLUS_LINE = frozenset("vi vim nvim gvim nano emacs emacsclient micro hx helix kak joe".split())
_GOTO = frozenset(("code", "code-insiders", "codium"))


def amend_options(verb: argparse.ArgumentParser) -> None:
    """The options of `amend`."""
    verb.add_argument("id", metavar="ID", help="its id, or any unique beginning or ending of it")
    verb.add_argument("--reason", required=True, metavar="TEXT", help="why it stands as it does")


def do_amend(args: argparse.Namespace) -> int:
    """Append an entry that accepts another as it stands now."""
    with asking.opened(args.workspace) as journal:
        verdict = acceptance.named(journal.notebook.verify(), args.id)
        (draft,), receipts = accepting.amend(journal, verdict, args.reason)
    _notices(receipts)
    if args.json:
        output.json(
            {"schema": "journal/amend@1", **_accepted(verdict, draft, receipts[0])}
            | ({} if receipts[0].id else {"disabled": True})
        )
    elif receipts[0].id:
        gone = "" if draft.fields.get("new") else ", which is not looked for any more"
        output.write(f"{receipts[0].id} accepts {verdict.id}{gone}")
    return 0


def adopt_options(verb: argparse.ArgumentParser) -> None:
    """The options of `adopt`."""
    verb.add_argument(
        "what", nargs="*", metavar="ID|DATE|FILE", help="entries, or all of a day or of a day file"
    )
    verb.add_argument("--all", action="store_true", help="every handwritten entry")
    verb.add_argument("--reason", default="", metavar="TEXT", help="why, if there is more to say")


def do_adopt(args: argparse.Namespace) -> int:
    """Append entries that pin handwritten ones as they stand."""
    if bool(args.what) == args.all:
        raise UsageError(
            "say which handwritten entries: ids, days or day files, or --all",
            hint="for example: journal adopt today",
        )
    with asking.opened(args.workspace) as journal:
        notebook = journal.notebook
        verdicts = notebook.verify()
        chosen = _by_hand(verdicts)
        if not args.all:
            chosen = [one for words in args.what for one in _chosen(notebook, verdicts, words)]
        chosen = list({(one.file, one.line): one for one in chosen}.values())
        wanted = [one for one in chosen if not one.pin]
        drafts, receipts = accepting.adopt(journal, wanted, args.reason)
    _notices(receipts)
    already = [one.id for one in chosen if one.pin]
    if args.json:
        shown = [_accepted(*one) for one in zip(wanted, drafts, receipts, strict=True)]
        off = {} if all(receipt.id for receipt in receipts) else {"disabled": True}
        answer = {"schema": "journal/adopt@1", "adopted": shown, "already": already}
        output.json(answer | off)
        return 0
    for verdict, receipt in zip(wanted, receipts, strict=True):
        if receipt.id:
            where = one_line(f"{verdict.file}:{verdict.line}")
            output.write(f"{receipt.id} adopts {verdict.id}  {where}")
    for entry_id in already:
        output.write(f"{entry_id} was adopted before")
    if not chosen:
        output.write("no handwritten entries there")
    return 0


def _by_hand(verdicts: Sequence[Verdict]) -> list[Verdict]:
    return [verdict for verdict in verdicts if verdict.state == "handwritten"]


def _chosen(notebook: Notebook, verdicts: Sequence[Verdict], words: str) -> list[Verdict]:
    """The handwritten entries that an ID, a DATE or a FILE names."""
    hand = _by_hand(verdicts)
    if "/" in words or words.endswith(".md"):
        inside = os.path.relpath(os.path.realpath(words), os.path.realpath(notebook.root))
        known = {verdict.file for verdict in verdicts}
        file = next((one for one in (inside, words) if one in known), "")
        if not file:
            raise UsageError(
                "no day file of this workspace, or one without entries",
                kind="no-file",
                file=words,
                hint="`journal list` shows what there is",
            )
        return [verdict for verdict in hand if verdict.file == file]
    if date := _date(notebook, words):
        return [one for one in hand if os.path.basename(one.file).startswith(date)]
    return [acceptance.named(verdicts, words)]


def _date(notebook: Notebook, words: str) -> str:
    """The day that the words name, `2026-11-21`; empty if they name none.

    UsageError `bad-time` if they name more than one.
    """
    zone, now = notebook.store.zone, clock.now()
    try:
        since, until = clock.parse_since(words, zone, now), clock.parse_until(words, zone, now)
    except ValueError:
        return ""
    date = clock.day_key(since, zone)
    if until > since and clock.day_key(until - timedelta(seconds=1), zone) != date:
        raise UsageError(
            f"{words!r} is more than a day",
            kind="bad-time",
            hint=f"name one day, such as {date}; `journal list --since {words!r} --until {words!r}`"
            " shows which there are",
        )
    return date


def _notices(receipts: list[Receipt]) -> None:
    for receipt in receipts:
        for notice in receipt.notices:
            say(f"journal: {notice}")
    if receipts and not receipts[0].id:
        fast.disabled(as_json=False)


def _accepted(verdict: Verdict, draft: Draft, receipt: Receipt) -> dict[str, Any]:
    shown = {"id": verdict.id, "state": verdict.state, "file": verdict.file, "line": verdict.line}
    shown |= {key: draft.fields[key] for key in ("old", "new") if key in draft.fields}
    return shown | {"receipt": shown_receipt(receipt)}


def edit_options(verb: argparse.ArgumentParser) -> None:
    """The options of `edit`."""
    verb.add_argument(
        "what", nargs="?", default="today", metavar="DATE|ID", help="a day, or an entry"
    )
    verb.add_argument("--namespace", default="", metavar="NAMESPACE", help="whose day")


def do_edit(args: argparse.Namespace) -> int:
    """Open a day file in the editor, and say what came of it; the exit code is verify's."""
    notebook = Notebook.open(args.workspace)
    if date := _date(notebook, args.what):
        _editor(quiet=args.json)  # before a file is begun for it
        place = editing.at_day(notebook, date, args.namespace)
    else:
        place = editing.at_entry(notebook, notebook.find(args.what))
    for notice in place.notices:
        say(f"journal: {notice}")
    try:
        _run_editor(f"{notebook.root}/{place.file}", place.line, quiet=args.json)
    finally:
        changed = editing.finish(notebook, place)
    found = editing.outcome(notebook, place, changed=changed)
    if args.json:
        output.json(_edited(place, found))
    else:
        _tell(notebook, place, found)
    output.findings(f for f in notebook.findings if f.file == place.file)
    return exit_code(list(found.verdicts))


def _edited(place: editing.Place, found: editing.Outcome) -> dict[str, Any]:
    odd = [verdict.record() for verdict in found.verdicts if verdict.state != "intact"]
    return {
        "schema": "journal/edit@1",
        "file": place.file,
        "line": place.line,
        "date": found.date,
        "changed": found.changed,
        "new": [verdict.id for verdict in found.new],
        "entries": odd,
        "counts": counts(list(found.verdicts)),
    }


def _run_editor(path: str, line: int, *, quiet: bool) -> None:
    """Run the person's editor and wait; UsageError `editor-failed` if it fails."""
    editor = _editor(quiet=quiet)
    words = editor_words(editor, path, line)
    # With --json the editor draws on stderr: stdout holds data only.
    screen = sys.stderr if quiet else None
    done = subprocess.run(
        ["/bin/sh", "-c", f'{editor} "$@"', "sh", *words], check=False, stdout=screen
    )
    if done.returncode:
        raise UsageError(
            f"{editor} ended with {done.returncode}",
            kind="editor-failed",
            file=path,
            hint="set VISUAL or EDITOR; the file is as the editor left it, and `journal verify`"
            " says what it sees",
        )


def _editor(*, quiet: bool) -> str:
    """The person's editor; UsageError `no-editor` if none is named and vi would have no terminal.

    One that is named runs anywhere: it may have a window of its own, or be a script.
    """
    if named := os.environ.get("VISUAL") or os.environ.get("EDITOR"):
        return named
    if not (sys.stdin.isatty() and (sys.stderr if quiet else sys.stdout).isatty()):
        raise UsageError(
            "there is no terminal for an editor, and none is named",
            kind="no-editor",
            hint="set VISUAL or EDITOR, for example EDITOR='code --wait' journal edit",
        )
    return "vi"


def editor_words(editor: str, path: str, line: int) -> list[str]:
    """What follows the editor's command: the file, and the line if this editor can be told."""
    try:
        words = shlex.split(editor)
    except ValueError:
        words = []
    name = os.path.basename(words[0]) if words else ""
    if name in _PLUS_LINE:
        return [f"+{line}", path]
    if name in _GOTO:
        wait = [] if {"--wait", "-w"} & set(words) else ["--wait"]
        return [*wait, "--goto", f"{path}:{line}"]
    return [path]


def _tell(notebook: Notebook, place: editing.Place, found: editing.Outcome) -> None:
    where = one_line(place.file)
    if not found.changed:
        output.write(f"{where}: nothing changed")
    if found.new:
        one = len(found.new) == 1
        what = "1 handwritten entry is" if one else f"{len(found.new)} handwritten entries are"
        ids = found.new[0].id if one else found.date
        output.write(f"{where}: {what} new; `journal adopt {ids}` pins what stands there")
    odd = [verdict for verdict in found.verdicts if STATES[verdict.state]]
    for verdict in odd:
        output.verdict(verdict)
        output.write(f"            {_advice(notebook, verdict)}")
    if found.changed and not found.new and not odd:
        output.write(f"{where}: changed, and no sealed entry with it")


def _advice(notebook: Notebook, verdict: Verdict) -> str:
    """What to do about an entry that is not as it was."""
    entry_id = one_line(verdict.id)
    try:
        draft = acceptance.amend(notebook, verdict, "…")
    except UsageError as error:
        return one_line(error.hint)
    what = "accepts it" if draft.fields.get("new") else "accepts that it is gone"
    show = "" if verdict.pin else f"; `journal show {entry_id} --raw` shows it as it stands"
    return f"`journal amend {entry_id} --reason …` {what}{show}"
