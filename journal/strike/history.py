"""What git still holds of entries that were struck, and what would take it out of its history.

History is rewritten by its owner, who knows who else has it. What is prepared here is a list of
blobs, each with the one that takes its place: the same text without what was struck. So nothing
else of any commit, branch or stash changes.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator
from hashlib import new as hasher
from subprocess import run

from journal import gitstate
from journal.gitstate import Repo
from journal.strike.stroke import Names, Strokes, in_day

_LIST = "journal-strike.sed"
_FILTER = "git ls-files -s -- {folder} | sed -n -f {list} | git update-index --index-info"
_STASHES = "refs/journal-stash"
_KEEP_STASHES = (
    "git stash list --format=%H | { n=1000000; while read -r commit; do n=$((n-1));"
    f" git update-ref {_STASHES}/$n $commit; done; }}"
)
_STASHES_BACK = (
    "git stash clear; git for-each-ref --format='%(objectname) %(contents:subject)'"
    f' {_STASHES} | while read -r commit words; do git stash store -m "$words" $commit; done;'
    f" git for-each-ref --format='delete %(refname)' {_STASHES} | git update-ref --stdin"
)


def rewriting(root: str, strokes: Strokes) -> list[str]:
    """Shell commands, to be given at the top of the work tree, that take it out of all history.

    [] if git holds none of it. The blobs that they name are in git already, unreferenced.
    """
    repo = gitstate.find(root)
    if repo is None or not strokes:
        return []
    folder = os.path.relpath(f"{os.path.realpath(root)}/journal", repo.root).replace(os.sep, "/")
    lines = [*_versions(repo, root, strokes), *_attachments(repo, folder, strokes)]
    if not lines:
        return []
    path = os.path.join(repo.git_dir, _LIST)
    with open(path, "w", encoding="ascii") as file:
        file.write("".join(sorted(lines)))
    return list(_commands(repo, shlex.quote(folder), shlex.quote(path)))


def _versions(repo: Repo, root: str, strokes: Strokes) -> Iterator[str]:
    """A line for each version of a day file that holds what was struck."""
    kind = _ask(repo, "rev-parse", "--show-object-format").decode().strip() or "sha1"
    wanted = Names(strokes)
    for _, text in repo.versions([f"{root}/journal"]):
        new = in_day(text, strokes, wanted)
        if new != text:
            old = hasher(kind, b"blob %d\0" % len(text) + text, usedforsecurity=False).hexdigest()
            other = _ask(repo, "hash-object", "-w", "--stdin", given=new).decode().strip()
            yield f"s/^\\([0-9]*\\) {old} /\\1 {other} /p\n"


def _attachments(repo: Repo, folder: str, strokes: Strokes) -> Iterator[str]:
    """A line for each attachment that git has: the file goes."""
    below = folder.removesuffix("journal")
    paths = {below + path for stroke in strokes.values() for path in stroke.attachments}
    if not paths:
        return
    told = _ask(
        repo, "rev-list", "--objects", "--all", "--reflog", "--indexed-objects", "--", *paths
    )
    staged = _ask(repo, "ls-files", "-s", "--", *paths)
    found = [line.partition(b" ")[::2] for line in told.splitlines()]
    found += [(line.split()[1], line.partition(b"\t")[2]) for line in staged.splitlines()]
    for blob, path in found:
        if path.decode(errors="replace") in paths:
            none = "0" * len(blob)
            yield f"s/^[0-9]* {blob.decode()} [0-9]/0 {none}/p\n"


def _commands(repo: Repo, folder: str, path: str) -> Iterator[str]:
    if _ask(repo, "status", "--porcelain", "-uno", "--", folder):
        yield f"git commit -q -m 'Strike journal entries' -- {folder}"
    stashes = bool(_ask(repo, "for-each-ref", "refs/stash"))
    if stashes:
        yield _KEEP_STASHES
    every = shlex.quote(_FILTER.format(folder=folder, list=path))
    yield (
        "FILTER_BRANCH_SQUELCH_WARNING=1 git filter-branch -f --tag-name-filter cat"
        f" --index-filter {every} -- --all"
    )
    yield "git for-each-ref --format='delete %(refname)' refs/original | git update-ref --stdin"
    yield "git reflog expire --expire=now --all"
    if stashes:
        yield _STASHES_BACK
    yield f"git gc -q --prune=now && rm {path}"


def _ask(repo: Repo, *words: str, given: bytes = b"") -> bytes:
    """What git answers; nothing when it fails."""
    done = run(["git", *words], cwd=repo.root, input=given, capture_output=True, check=False)
    return done.stdout
