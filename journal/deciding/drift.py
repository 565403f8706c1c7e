"""Which decisions in force no longer fit: what they govern changed, or a later one contradicts.

A decision counts as fitting when it was accepted last: its anchor then is the commit that files are
held against, as they lie in the work tree now.
"""

from dataclasses import dataclass

from journal import deciding, gitchanges, rewrites
from journal.anchor import UNBORN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from journal.api import Journal
    from journal.decisions import Decision

NO_GIT, NO_COMMIT = "no-git", "no-commit"


@dataclass(frozen=True, slots=True)
class Drift:
    """A decision in force that may not fit any more.

    `changed` are files that differ since `commit`, the anchor when it was accepted last. `trouble`
    is "no-git" where it has no anchor, "no-commit" where git doesn't have that commit.
    """

    decision: "Decision"
    commit: str = ""
    changed: tuple[str, ...] = ()
    trouble: str = ""

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
        }


def drift(journal: "Journal", namespace: str = "") -> list[Drift]:
    """The decisions in force of which something changed, or can't be told, oldest first."""
    every = deciding.view(journal, namespace).in_force
    told = journal.catalog.tagged("event", rewrites.TAG)
    rewritten = rewrites.fold(told)
    commits: dict[str, set[str]] = {}
    anchors: dict[str, str] = {}
    for one in every:
        if one.governs:
            git = getattr(one.standing, "git", "")
            commit = rewritten.anchored(git) or git.rpartition("@")[2]
            anchors[one.id] = commit
            commits.setdefault(commit, set()).update(one.governs)
    changed = {
        commit: gitchanges.since(journal.root, commit, sorted(paths))
        for commit, paths in commits.items()
        if commit.strip("0")
    }
    found = [_drift(one, anchors.get(one.id, ""), changed) for one in every]
    return [one for one in found if one.changed or one.trouble or one.decision.parts]


def _drift(one: "Decision", commit: str, changed: "dict[str, list[str] | None]") -> Drift:
    if not one.governs:
        return Drift(one)
    if not commit or commit == UNBORN:
        return Drift(one, commit, trouble=NO_COMMIT if commit else NO_GIT)
    files = changed[commit]
    if files is None:
        return Drift(one, commit, trouble=NO_COMMIT)
    return Drift(one, commit, tuple(file for file in files if _below(file, one.governs)))


def _below(file: str, governs: tuple[str, ...]) -> bool:
    return any(path in (".", file) or file.startswith(f"{path}/") for path in governs)
