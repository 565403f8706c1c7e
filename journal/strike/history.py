"""What git still holds of entries that were struck, and what would take it out of its history.

History is rewritten by its owner, who knows who else has it. What is prepared here is one list of
blobs, each with the one that takes its place: the same text without anything that was ever struck
here. So nothing else of any commit, branch or stash changes, and the newest commands do it all.
"""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import replace
from hashlib import new as hasher
from subprocess import run

from journal import attach, dayfile, gitstate, hidden, seal
from journal.chain import sealed_digest, slice_digest
from journal.dayfile import INTACT, Piece
from journal.gitstate import Repo
from journal.safe import one_line
from journal.strike.places import own_paths, places, read
from journal.strike.stroke import Names, Stroke, Strokes, in_day, pieces_of

_LIST = "journal-strike.sed"
_LINE = re.compile(r"s/\^\\\(\[0-9\]\*\\\) ([0-9a-f]+) /\\1 ([0-9a-f]+) /p")
_NAMED = re.compile(rb'"digest": "sha256:([0-9a-f]{64})"')
_FILTER = "git ls-files -s -- {folder} | sed -n -f {list} | git update-index --index-info"
_STASHES = "refs/journal-stash"
_KEEP_STASHES = (
    "git stash list --format=%H | { n=1000000; while read -r commit; do n=$((n-1));"
    f" git update-ref {_STASHES}/$n $commit || exit 1; done; }}"
)
_STASHES_BACK = (
    "git stash clear && git for-each-ref --format='%(objectname) %(contents:subject)'"
    f' {_STASHES} | while read -r commit words; do git stash store -m "$words" $commit || exit 1;'
    f" done && git for-each-ref --format='delete %(refname)' {_STASHES} | git update-ref --stdin"
)


def rewriting(root: str, strokes: Strokes) -> list[str]:
    """Lines for a shell at the top of the work tree, that take it out of all history.

    All of them together are one command, which stops where something fails; those that begin with
    `#` say what is to be done by hand. [] if git holds none of it. The blobs that they name are in
    git already, unreferenced.
    """
    repo = gitstate.find(root)
    if repo is None or not strokes:
        return []
    folder = os.path.relpath(f"{os.path.realpath(root)}/journal", repo.root).replace(os.sep, "/")
    path = os.path.join(repo.git_dir, _LIST)
    versions = _Versions(repo, root, _known(root, strokes), path)
    lines = [*versions.lines(), *_attachments(repo, folder, versions.attached())]
    if not lines:
        return []
    with open(path, "w", encoding="ascii") as file:
        file.write("".join(sorted(lines)))
    return [*_warnings(repo, folder), *_commands(repo, folder, shlex.quote(path))]


def _known(root: str, now: Strokes) -> dict[str, Stroke]:
    """Strokes of all that is struck `now`, and of what was before, as far as files tell of it."""
    texts = [seal.normal(read(root, path)) for path in own_paths(root)]
    purged = {
        (one.of, one.new)
        for piece in _telling(texts, b"\nkind: forget\n")
        if (one := hidden.forgetting(piece, "-")) and one.what == hidden.PURGE
    }
    masked = {
        (str(piece.values.get("of")), str(piece.values["new"])): str(piece.values.get("old"))
        for piece in _telling(texts, b"\nkind: redact\n")
        if piece.values.get("new")
    }
    found = {one: Stroke(one, purge=True) for one, new in purged if not new and one[:2] == "h-"}
    sealed: dict[str, dict[str, bytes]] = {}
    for entry_id, place in places(root, {one for one, _ in (*purged, *masked)}):
        raw, rest = place.piece.raw, place.piece.postscript
        if (entry_id, slice_digest(raw)) in purged:
            found[entry_id] = Stroke(entry_id, purge=True, stub=raw)
        elif not place.piece.header:
            found.pop(entry_id, None)  # written again by hand
        elif old := masked.get((entry_id, sealed_digest(raw, rest))):
            new = raw[: raw.rfind(rest)] if rest else raw
            sealed.setdefault(entry_id, {})[old] = new.rstrip(b"\n") + b"\n"
    for entry_id, news in sealed.items():
        stroke = now.get(entry_id) or Stroke(entry_id, purge=False)
        found.setdefault(entry_id, replace(stroke, sealed=news))
    return {**now, **found, **{one: stroke for one, stroke in now.items() if stroke.purge}}


def _telling(texts: list[bytes], mark: bytes) -> Iterator[Piece]:
    """The intact entries of a kind."""
    for text in texts:
        if mark in text:
            for piece in dayfile.pieces(text):
                if piece.state == INTACT and b"kind: %s" % mark[7:-1] in piece.raw:
                    yield piece


class _Versions:
    """Each version of a day file that git has, and the one that takes its place.

    Where a list was made before and not used, what takes a version's place there is struck further.
    """

    def __init__(self, repo: Repo, root: str, strokes: Mapping[str, Stroke], path: str) -> None:
        self._repo = repo
        self._root = root
        self._strokes = strokes
        self._before = _listed(path)
        self._gone = {path for stroke in strokes.values() for path in stroke.attachments}
        self._named: set[str] = set()

    def lines(self) -> Iterator[str]:
        """A line for each that holds what was struck."""
        kind = _ask(self._repo, "rev-parse", "--show-object-format").decode().strip() or "sha1"
        wanted = Names(self._strokes)
        for path, text in self._repo.versions([f"{self._root}/journal"]):
            old = hasher(kind, b"blob %d\0" % len(text) + text, usedforsecurity=False).hexdigest()
            before = self._masked(old) or text
            self._note(path, before, wanted)
            new = in_day(before, self._strokes, wanted)
            self._named.update(name.decode() for name in _NAMED.findall(new))
            if new != text:
                other = _ask(self._repo, "hash-object", "-w", "--stdin", given=new).decode().strip()
                yield f"s/^\\([0-9]*\\) {old} /\\1 {other} /p\n"

    def attached(self) -> set[str]:
        """The attachments that went with what was struck, and that nothing names that stays."""
        return {
            path
            for path in self._gone
            if path.rpartition("/")[2] not in self._named
            and not os.path.lexists(f"{self._root}/{path}")
        }

    def _masked(self, blob: str) -> bytes:
        other = self._before.get(blob, "")
        return _ask(self._repo, "cat-file", "blob", other) if other else b""

    def _note(self, path: str, text: bytes, wanted: Names) -> None:
        namespace = f"//{path}".split("/")[-3]
        for piece in pieces_of(seal.normal(text), wanted) if attach.MARK in text else ():
            named = attach.of(piece.values.get(attach.FIELD))
            self._gone.update(one.path(namespace) for one in named)


def _listed(path: str) -> dict[str, str]:
    """What a list that was made before has, blob by blob."""
    try:
        with open(path, encoding="ascii") as file:
            found = (_LINE.fullmatch(line.rstrip("\n")) for line in file)
            return {one[1]: one[2] for one in found if one}
    except (OSError, ValueError):
        return {}


def _attachments(repo: Repo, folder: str, attached: set[str]) -> Iterator[str]:
    """A line for each of these attachments that git has: the file goes."""
    below = folder.removesuffix("journal")
    paths = {below + path for path in attached}
    if not paths:
        return
    told = _ask(
        repo, "rev-list", "--objects", "--all", "--reflog", "--indexed-objects", "--", *paths
    )
    staged = _ask(repo, "ls-files", "-s", "-z", "--", *paths)
    found = [line.partition(b" ")[::2] for line in told.splitlines()]
    found += [(line.split()[1], line.partition(b"\t")[2]) for line in staged.split(b"\0") if line]
    for blob, path in found:
        if os.fsdecode(path) in paths:
            none = "0" * len(blob)
            yield f"s/^[0-9]* {blob.decode()} [0-9]/0 {none}/p\n"


def _warnings(repo: Repo, folder: str) -> Iterator[str]:
    """What is to be done by hand: before, as git rewrites nothing else, and in other places."""
    told = _ask(repo, "status", "--porcelain", "-z", "-uno", "--no-renames")
    changed = [os.fsdecode(line[3:]) for line in told.split(b"\0") if line]
    if others := [name for name in changed if not name.startswith(f"{folder}/")]:
        yield f"# commit or stash this first, or git will refuse: {_listing(others)}"
    told = _ask(repo, "worktree", "list", "--porcelain")
    trees = [os.fsdecode(line[9:]) for line in told.splitlines() if line.startswith(b"worktree ")]
    if others := [tree for tree in trees if os.path.realpath(tree) != repo.root]:
        yield (
            "# other work trees keep what they have checked out: when all is done, reset these and"
            f" run `git gc --prune=now`: {_listing(others)}"
        )


def _listing(names: list[str]) -> str:
    shown = ", ".join(one_line(shlex.quote(name)) for name in names[:10])
    return f"{shown}, and {len(names) - 10:,} more" if len(names) > 10 else shown


def _commands(repo: Repo, folder: str, path: str) -> Iterator[str]:
    quoted = shlex.quote(folder)
    if _ask(repo, "status", "--porcelain", "-uno", "--", folder):
        # Somebody may have committed it before this is run.
        yield f"(git diff --quiet HEAD -- {quoted} ||"
        yield f" git commit -q -m 'Strike journal entries' -- {quoted}) &&"
    stashes = bool(_ask(repo, "for-each-ref", "refs/stash"))
    if stashes:
        yield f"{_KEEP_STASHES} &&"
    every = shlex.quote(_FILTER.format(folder=quoted, list=path))
    head = "" if _ask(repo, "symbolic-ref", "-q", "HEAD") else " HEAD"  # detached
    yield (
        "FILTER_BRANCH_SQUELCH_WARNING=1 git filter-branch -f --tag-name-filter cat"
        f" --index-filter {every} -- --all{head} &&"
    )
    originals = "git for-each-ref --format='delete %(refname)' refs/original"
    yield f"{originals} | git update-ref --stdin &&"
    yield "git reflog expire --expire=now --all &&"
    if stashes:
        yield f"{_STASHES_BACK} &&"
    yield f"git gc -q --prune=now && rm {path}"


def _ask(repo: Repo, *words: str, given: bytes = b"") -> bytes:
    """What git answers; nothing when it fails."""
    done = run(["git", *words], cwd=repo.root, input=given, capture_output=True, check=False)
    return done.stdout
