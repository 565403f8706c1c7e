"""Which decisions in force no longer fit: what they govern changed, or a later one contradicts.

A decision counts as fitting when it was accepted last: its anchor then is the commit that files are
held against, as they lie in the work tree now. What isn't there any more has changed, whatever git
says.
"""

import os
from dataclasses import dataclass
from itertools import filterfalse

from journal import deciding, gitchanges, rewrites
from journal.anchor import UNBORN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from typing import Any

    from journal.api import Journal
    from journal.decisions import Decision

NO_GIT, UNBORN_THEN, NO_REPOSITORY, NO_ANSWER, NO_COMMIT, UNTRACKED = (
    "no-git", "unborn", "no-repository", "no-answer", "no-commit", "untracked",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Drift:
    """A decision in force that may not fit any more.

    `changed` are files that differ since `commit`, the anchor when it was accepted last, and
    governed ones that aren't there. `trouble` says why whether others changed can't be told:
    "no-git" where it has no anchor, "unborn" where that was before the first commit,
    "no-repository" where none is now, "no-answer" where git can't be asked, "no-commit" where it
    doesn't have that commit, "untracked" where it doesn't know the files, which `untracked` names.
    """

    decision: "Decision"
    commit: str = ""
    changed: tuple[str, ...] = ()
    trouble: str = ""
    untracked: tuple[str, ...] = ()

    def record(self) -> "dict[str, Any]":
        """The same as JSON shows it."""
        one = self.decision
        return {
            "id": one.id,
            "title": one.title,
            "since": one.standing.at if one.standing else one.entry.at,
            "commit": self.commit,
            "governs": list(one.governs),
            "changed": list(self.changed),
            "parts": [{"by": by, "part": part} for by, part in one.parts],
            "trouble": self.trouble,
            "untracked": list(self.untracked),
        }


@dataclass(frozen=True, slots=True)
class _Tree:
    """The work tree: by commit which files differ, or why that can't be told; what git lacks."""

    told: "Mapping[str, tuple[Sequence[str], str]]"
    untracked: frozenset[str]


def drift(journal: "Journal", namespace: str = "") -> list[Drift]:
    """The decisions in force of which something changed, or can't be told, oldest first."""
    every = deciding.view(journal, namespace).in_force
    commits = _commits(journal, every)
    tree = _tree(journal, every, commits)
    found = [_drift(one, commits.get(one.id, ""), tree) for one in every]
    return [one for one in found if one.changed or one.trouble or one.decision.parts]


def _commits(journal: "Journal", every: "Iterable[Decision]") -> dict[str, str]:
    """Of each decision that governs files the commit of its anchor, as it is called by now."""
    rewritten = rewrites.fold(journal.catalog.tagged("event", rewrites.TAG))
    anchors = {one.id: getattr(one.standing, "git", "") for one in every if one.governs}
    return {key: rewritten.anchored(git) or git.rpartition("@")[2] for key, git in anchors.items()}


def _tree(journal: "Journal", every: "Iterable[Decision]", commits: "Mapping[str, str]") -> _Tree:
    base = deciding.base(journal)
    paths: dict[str, set[str]] = {}
    for one in every:
        if one.id in commits:
            paths.setdefault(commits[one.id], set()).update(filter(_is_below, one.governs))
    told = {commit: _asked(base, commit, sorted(its)) for commit, its in paths.items()}
    there = {path for commit, its in paths.items() if not told[commit][1] for path in its}
    try:
        untracked = gitchanges.untracked(base, sorted(filter(_is_there(base), there)))
    except OSError:  # though it answered just now
        untracked = []
    return _Tree(told, frozenset(untracked))


def _asked(base: str, commit: str, paths: "Sequence[str]") -> "tuple[Sequence[str], str]":
    """The files that differ since a commit, or are gone, and why that of others can't be told."""
    gone = [*filterfalse(_is_there(base), paths)]
    if not commit:
        return gone, NO_GIT
    if commit == UNBORN:
        return gone, UNBORN_THEN
    if not gitchanges.top(base):
        return gone, NO_REPOSITORY
    try:
        files = gitchanges.since(base, commit, paths) if paths else []
        if files is None:
            return gone, NO_COMMIT
        # Of what git knew once and lacks at that commit, the decision was accepted without it.
        gone = [it for it in gone if not _has(files, it) and not gitchanges.had(base, commit, it)]
    except OSError:
        return gone, NO_ANSWER
    return [*files, *gone], ""


def _drift(one: "Decision", commit: str, tree: _Tree) -> Drift:
    if not one.governs:
        return Drift(one)
    files, trouble = tree.told[commit]
    changed = tuple(sorted(file for file in files if _below(file, one.governs)))
    if trouble:
        return Drift(one, commit, changed, trouble)
    untracked = tuple(
        path
        for path in one.governs
        if (path in tree.untracked or not _is_below(path)) and not _has(changed, path)
    )
    return Drift(one, commit, changed, UNTRACKED if untracked else "", untracked)


def _below(file: str, governs: tuple[str, ...]) -> bool:
    return any(path in (".", file) or file.startswith(f"{path}/") for path in governs)


def _has(files: "Iterable[str]", path: str) -> bool:
    """Whether one of the files lies at or below a path."""
    return any(_below(file, (path,)) for file in files)


def _is_below(path: str) -> bool:
    """Whether a path leads nowhere else: a header may say anything."""
    return not os.path.isabs(path) and "\0" not in path and ".." not in path.split("/")


def _is_there(base: str) -> "Callable[[str], bool]":
    return lambda path: os.path.lexists(os.path.join(base, path))
