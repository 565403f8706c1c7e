"""`journal hook`: install, status, remove, run, and the letters of what could not be captured."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Sequence

from journal import api
from journal.cli import actions, output
from journal.deadletters import again
from journal.deadletters.again import Waiting
from journal.errors import UsageError, WorkspaceError
from journal.hooks.seen import last_capture
from journal.hooks.target import (
    INSTALLED,
    NONE,
    PARTLY,
    SCOPES,
    STALE,
    TARGETS,
    Outcome,
    Site,
    look,
    of,
)
from journal.safe import one_line
from journal.space import find

NO_TEXT = (
    "`journal import` brings what the agent's own files hold of those without a text;"
    " `journal hook letters --drop` throws them away"
)
RETRY = "`journal hook letters --retry` brings in those with a text"
_ACTIONS = {
    "install": "make a tool append what is said and done in it, as it happens",
    "status": "what is installed where, and whether it works",
    "remove": "take our hooks out of a tool's settings",
    "run": "what the hooks call: capture the payload on standard input",
    "letters": "what could not be captured, and why",
}
_COLOURS = {INSTALLED: "green", PARTLY: "yellow", STALE: "red", NONE: "dim"}


def hook_options(verb: argparse.ArgumentParser) -> None:
    """The actions, each with its options."""
    found = actions.add(verb, _ACTIONS)
    for name in ("install", "status", "remove"):
        one = found[name]
        kind = {"nargs": "?", "default": "", "choices": [*TARGETS, ""]} if name == "status" else {}
        one.add_argument("target", metavar="|".join(TARGETS), **{"choices": [*TARGETS], **kind})  # type: ignore[arg-type]
        one.add_argument(
            "--scope",
            choices=SCOPES,
            default="",
            help="this project, for you alone (local) or for all (project), or all your projects"
            f" (user); default: {'the narrowest' if name == 'install' else 'all of them'}",
        )
        one.add_argument("--dir", metavar="PROJECT", default="", help="the project (default: here)")
        if name != "status":
            one.add_argument("--dry-run", action="store_true", help="only show what would change")
    found["run"].add_argument("agent", nargs="?", default="", help="claude-code or codex")
    what = found["letters"].add_mutually_exclusive_group()
    what.add_argument("--retry", action="store_true", help="append what they hold")
    what.add_argument("--drop", action="store_true", help="throw them away")


def do_hook(args: argparse.Namespace) -> int:
    """One action; 1 if hooks don't work as they are, or letters are left that can't be appended."""
    if args.action == "run":
        from journal.hooks.run import run

        output.write_bytes(run([args.agent, *_given(args.workspace)]).encode())
        return 0
    if args.action == "letters":
        return _letters(args)
    return _status(args) if args.action == "status" else _change(args)


def program() -> str:
    """The absolute path of the `journal` command that hooks are to call."""
    asked = os.path.abspath(sys.argv[0])
    beside = os.path.join(os.path.dirname(sys.executable), "journal")
    for path in (asked if os.path.basename(asked) == "journal" else "", beside):
        if path and os.access(path, os.X_OK) and os.path.isfile(path):
            return path
    return shutil.which("journal") or beside


def state_line(outcome: Outcome) -> str:
    """A tool, and how its hooks are."""
    scope = f" ({outcome.scope})" if outcome.scope else ""
    state = output.style(outcome.state, _COLOURS.get(outcome.state, ""))
    folders = {os.path.dirname(file) for file in outcome.files}
    files = f"{len(outcome.files)} files in {min(folders)}" if len(folders) == 1 else ""
    files = files if len(outcome.files) > 1 and files else ", ".join(outcome.files)
    where = output.style(one_line(files), "dim")
    return f"{output.pad(outcome.target, 11)}  {state}{scope}  {where}".rstrip()


def what_waits(letters: Sequence[Waiting]) -> str:
    """How many letters wait, and the newest one's error."""
    error = letters[-1].record()["error"]["message"]
    if len(letters) == 1:
        return f"1 capture failed: {one_line(error)}"
    return f"{len(letters):,} captures failed, the last: {one_line(error)}"


def _given(workspace: str) -> list[str]:
    return ["--workspace", workspace] if workspace else []


def _site(args: argparse.Namespace, target: str) -> Site:
    if args.dir and not os.path.isdir(args.dir):
        hint = "name the folder of a project, or leave --dir out for this one"
        raise UsageError("is no folder", kind="no-folder", file=args.dir, hint=hint)
    return Site(
        target=target,
        root=find(args.workspace),
        directory=os.path.abspath(args.dir or os.getcwd()),
        program=program(),
        scope=args.scope,
        dry_run=getattr(args, "dry_run", False),
    )


def _change(args: argparse.Namespace) -> int:
    site = _site(args, args.target)
    target = of(args.target)
    told = target.install(site) if args.action == "install" else target.remove(site)
    if args.json:
        shown = {"action": args.action, "dry_run": args.dry_run, **told.record()}
        output.json({"schema": "journal/hook@1", **shown})
        return 0
    if args.dry_run and told.diff:
        output.write(told.diff.rstrip("\n"))
    elif not args.dry_run:
        output.write(state_line(told))
    for backup in told.backups:
        output.write(output.style(f"  as it was: {one_line(backup)}", "dim"))
    _notes(told)
    return 0


def _status(args: argparse.Namespace) -> int:
    found, code = [], 0
    with api.open(args.workspace) as journal:
        for target in [args.target] if args.target else TARGETS:
            site = _site(args, target)
            told = of(target).status(site) if args.target else look(site)
            last = last_capture(journal, target)
            found.append((told, last.at[:19] if last else ""))
            code = max(code, told.state in (PARTLY, STALE))
        waits = again.letters(journal.root)
    if args.json:
        hooks = [{**told.record(), "last": when} for told, when in found]
        count = {"letters": len(waits), "error": waits[-1].record()["error"] if waits else None}
        output.json({"schema": "journal/hook-status@1", "hooks": hooks, **count})
        return code
    for told, when in found:
        output.write(state_line(told))
        _notes(told)
        if when:
            output.write(output.style(f"  last capture {one_line(when)}", "dim"))
    if waits:
        output.write(output.style(what_waits(waits), "red"))
        output.write(output.style("  `journal hook letters` shows them", "dim"))
    return code


def _notes(told: Outcome) -> None:
    for note in told.notes:
        output.write(output.style(f"  {one_line(note)}", "dim"))


def _letters(args: argparse.Namespace) -> int:
    try:
        root = find(args.workspace)
    except WorkspaceError:
        if args.retry:
            raise
        # Hooks of a workspace that is gone go on failing, and their letters are kept elsewhere.
        root = os.path.abspath(args.workspace) if args.workspace else ""
    brought: tuple[str, ...] = ()
    known = 0
    if args.retry:
        from journal.catalog.turned import asker

        done = again.retry(root, asker)
        brought, known, found = done.brought, done.known, list(done.left)
    else:
        found = again.drop(root) if args.drop else again.letters(root)
    if args.json:
        shown = [one.record() for one in found]
        told = {"brought": list(brought), "known": known, "dropped": args.drop, "letters": shown}
        output.json({"schema": "journal/hook-letters@1", **told})
    else:
        _tell(found)
        if args.retry:
            output.write(f"{len(brought)} brought in, {known} there already")
        elif not found:
            output.write("nothing waits")
        elif args.drop:
            output.write(f"{len(found)} thrown away")
        _advise(found if not args.drop else [], retried=args.retry)
    return 1 if found and args.retry else 0


def _tell(found: Sequence[Waiting]) -> None:
    for one in found:
        told = one.record()
        what = told["title"] or f"{told['bytes']:,} bytes, no text kept"
        lead = f"{one_line(told['at'])}  {one_line(told['agent'])} {one_line(told['event'])}"
        output.write(f"{lead.rstrip()}  {one_line(what)}")
        output.write(output.style(f"    {one_line(told['error']['message'])}", "dim"))


def _advise(found: Sequence[Waiting], *, retried: bool) -> None:
    """What to do about what waits."""
    if any(one.draft for one in found) and not retried:
        output.write(output.style(f"  {RETRY}", "dim"))
    elif any(one.draft for one in found):
        output.write(output.style("  `journal hook letters --drop` throws these away", "dim"))
    if any(one.draft is None for one in found):
        output.write(output.style(f"  {NO_TEXT}", "dim"))
