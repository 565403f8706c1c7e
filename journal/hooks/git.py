"""The hooks of a git repository: written where git looks, beside or before those that are there.

Where git looks: git-scm.com/docs/githooks and core.hooksPath; linked worktrees share their hooks.
"""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Sequence
from dataclasses import replace

from journal import anchor
from journal.errors import JournalError, UsageError
from journal.hooks.git_events import HOOKS
from journal.hooks.git_files import HookFile
from journal.hooks.target import INSTALLED, NONE, PARTLY, STALE, Outcome, Site

_SECONDS = 20
_OF_ALL = ("global", "system")


def install(site: Site) -> Outcome:
    """Put our lines into the repository's hooks."""
    folder, notes = _folder(site, to_write=True)
    files = [HookFile.read(folder, name) for name in HOOKS]
    changes = [(file, file.with_ours(site.program, site.root)) for file in files]
    wanted = [(file, new) for file, new in changes if new != file.script]
    told = Outcome(target=site.target, state=INSTALLED, files=tuple(f.path for f in files))
    if not wanted:
        return replace(told, notes=("nothing to do: they are there already", *notes))
    kept = tuple(file.kept for file, _ in wanted if file.must_move)
    notes += tuple(f"{file.path} is kept as {file.kept}" for file, _ in wanted if file.must_move)
    diff = "".join(file.diff(new) for file, new in wanted)
    told = replace(told, changed=True, diff=diff, notes=notes, backups=kept)
    if not site.dry_run:
        failed = _each([(file, file.put, new) for file, new in wanted])
        told = replace(told, state=PARTLY, notes=(*told.notes, failed)) if failed else told
    return told


def remove(site: Site) -> Outcome:
    """Take our lines out; a hook that stood there before is as it was."""
    folder, _ = _folder(site)
    files = [HookFile.read(folder, name) for name in HOOKS]
    ours = [file for file in files if file.block]
    notes = tuple(
        f"{file.kept} is a hook that was there before us, and something else has its place now"
        for file in files
        if not file.block and file.keeps_another
    )
    told = Outcome(target=site.target, state=NONE, notes=notes)
    if not ours:
        return replace(told, notes=("nothing to do: there were none", *notes))
    told = replace(
        told,
        changed=True,
        files=tuple(file.path for file in ours),
        diff="".join(file.diff(file.without_ours()) for file in ours),
        notes=(*notes, *filter(None, (file.edited() for file in ours))),
    )
    if not site.dry_run:
        failed = _each([(file, file.give_back, None) for file in ours])
        told = replace(told, state=PARTLY, notes=(*told.notes, failed)) if failed else told
    return told


def status(site: Site) -> Outcome:
    """What is there."""
    folder, notes = _folder(site)
    files = [HookFile.read(folder, name) for name in HOOKS]
    ours = [file for file in files if file.block]
    told = Outcome(target=site.target, state=NONE, files=tuple(file.path for file in files))
    if not ours:
        return told
    calls = [file.block.calls for file in ours if file.block]
    gone = sorted({program for program, _ in calls if not os.access(program, os.X_OK)})
    away = sorted({r for _, r in calls if os.path.realpath(r) != os.path.realpath(site.root)})
    idle = [file.path for file in ours if not file.runs]
    missing = [file.name for file in files if not file.block]
    said = [f"there is no program {program}: install them again" for program in gone]
    said += [f"they append to {root or 'no workspace'}, not to {site.root}" for root in away]
    said += [f"git passes over {path}: it isn't executable" for path in idle]
    said += [f"missing: {', '.join(missing)}"] if missing else []
    state = STALE if gone or away else PARTLY if missing or idle else INSTALLED
    return replace(told, state=state, notes=(*said, *notes))


def _each(steps: Sequence[tuple[HookFile, object, str | None]]) -> str:
    """Do one after the other; what went wrong. JournalError if nothing was touched."""
    for number, (file, do, new) in enumerate(steps):
        try:
            do(new) if new is not None else do()  # type: ignore[operator]
        except OSError as error:
            said = f"{file.path} can't be written: {error.strerror}"
            if number:
                return said
            raise JournalError(
                f"can't be written: {error.strerror}; nothing was touched",
                kind="not-written",
                file=file.path,
                hint="check the folder's permissions",
            ) from error
    return ""


def _folder(site: Site, *, to_write: bool = False) -> tuple[str, tuple[str, ...]]:
    """The folder of the repository's hooks, and what is to be said of it.

    UsageError if there is no repository, or if other repositories share the folder.
    """
    told, complaint = _ask(site, "rev-parse", "--git-path", "hooks")
    if not told:
        raise UsageError(
            f"{site.directory} is in no git repository ({complaint})",
            kind="no-repository",
            hint="name one with --dir, or make one with `git init`",
        )
    folder = os.path.realpath(os.path.join(site.directory, told))
    common = _ask(site, "rev-parse", "--git-common-dir")[0]
    if _is_in(folder, os.path.join(site.directory, common)):
        return folder, ()
    top = _ask(site, "rev-parse", "--show-toplevel")[0]
    scope, _, given = _ask(site, "config", "--show-scope", "--get", "core.hooksPath")[0].partition(
        "\t"
    )
    if top and _is_in(folder, top):
        notes = [f"{folder} lies in the work tree: git may show what is written there as a change"]
        if f"{os.sep}.husky" in folder:
            notes.append("husky writes its files anew when it is installed: install again then")
        return folder, tuple(notes)
    if to_write and scope in _OF_ALL:
        raise UsageError(
            f"other repositories share the hooks in {folder} (core.hooksPath = {given}, {scope});"
            " nothing was touched",
            kind="shared-hooks",
            hint="give this repository hooks of its own:"
            f" git -C {shlex.quote(site.directory)} config core.hooksPath .git/hooks",
        )
    return folder, (f"git looks for hooks in {folder}, by core.hooksPath",)


def _is_in(folder: str, other: str) -> bool:
    other = os.path.realpath(other)
    return os.path.realpath(folder).startswith(other.rstrip(os.sep) + os.sep)


def _ask(site: Site, *words: str) -> tuple[str, str]:
    """What git says, or else what it complains of."""
    env = anchor.environment((site.directory, "", False))
    try:
        done = subprocess.run(
            ["git", "-C", site.directory, *words],
            env=env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return "", str(error)
    if done.returncode:
        lines = os.fsdecode(done.stderr).strip().splitlines()
        return "", lines[0] if lines else f"git ended with {done.returncode}"
    return os.fsdecode(done.stdout.removesuffix(b"\n")), ""
