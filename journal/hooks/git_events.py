"""What an entry says of a commit, a merge, a checkout, a rewrite: drafts, from a hook's words.

Cheap on purpose. Everything that git does by the way (the steps of a rebase or a bisect, a clone)
says nothing here: what came of it is told by one entry at its end.
"""

import os

from journal import pastheads
from journal.anchor import anchor
from journal.rewrites import DIGITS, FIELD, MOST, TAG, pairs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from journal.hooks.git_told import Commit, Git
    from journal.pastheads import Move

    Draft = dict[str, object]

HOOKS = ("post-commit", "post-merge", "post-checkout", "post-rewrite")
_MESSAGE = 1 << 14  # characters of a message that are kept
_TITLE = 200  # characters: some messages are one long line
_FILES = 20  # of what changed, and of commits that came
_COMMITS = 40  # of those that a rebase wrote anew
_STEPPING = ("rebase-merge", "rebase-apply", "BISECT_LOG")
_MELTED = ("rebase (fixup): ", "rebase (squash): ")


class Event:
    """A call of one of git's hooks in a repository."""

    def __init__(self, git: "Git", args: "list[str]", given: str) -> None:
        self.git = git
        self.args = args
        self.given = given
        self.anchor = anchor(git.top)
        self.move = self._move()

    def _move(self) -> "Move | None":
        """HEAD's last move, if it is the one that led to where HEAD is."""
        move = pastheads.newest(self.git.directory)
        here = self.anchor.rpartition("@")[2]
        return move if move and move.new.startswith(here or "-") else None

    def drafts(self, name: str) -> "list[Draft]":
        """The entries to append, mostly one; none if it isn't worth one."""
        if name == "post-commit":
            return self._committed()
        if name == "post-merge":
            return self._merged()
        if name == "post-checkout":
            return self._switched()
        return self._rewritten() if name == "post-rewrite" else []

    @property
    def why(self) -> str:
        """What HEAD's reflog says of the last move; empty if it says nothing."""
        return self.move.why if self.move else ""

    def _committed(self) -> "list[Draft]":
        if self.why.startswith(("rebase", "commit (amend)")):
            return []  # post-rewrite tells
        return self._of_commit("Committed", {}, [])

    def _of_commit(self, did: str, more: "dict[str, object]", tags: "list[str]") -> "list[Draft]":
        commit = self.git.commit()
        if commit is None:
            return []
        merged = _short(commit.parents[1:])
        fields = _fields(commit) | ({"merged": merged} if merged else {}) | more
        body = _body(commit.message, commit.changes, commit.name)
        return [self._draft(f"{did} {commit.subject or commit.name[:DIGITS]}", fields, body, tags)]

    def _merged(self) -> "list[Draft]":
        if self.args[:1] == ["1"]:
            return []  # a squash: the commit that follows tells
        verb, *words = self.why.rpartition(": ")[0].split() or [""]
        did = "Pulled" if verb == "pull" else "Merged"
        named = [word for word in words if verb in ("merge", "pull") and word[:1] != "-"]
        commit = self.git.commit()
        if commit is None:
            return []
        where = self.anchor.rpartition("@")[0]
        title = " ".join([did, *named, "into", where])
        if len(commit.parents) > 1 and not (self.move and self.move.old != commit.parents[0]):
            fields = _fields(commit) | {"merged": _short(commit.parents[1:])}
            body = _body(commit.message, commit.changes, commit.name)
        else:
            fields = _fields(commit) | {"merged": [commit.name[:DIGITS]]}
            body = self._forwarded(commit)
        return [self._draft(title, fields, body)]

    def _forwarded(self, commit: "Commit") -> str:
        """What a fast-forward brought."""
        if not self.move:
            return f"Fast-forward to `{commit.name}`"
        came = self.git.between(self.move.old, commit.name, _FILES + 1)
        more = ["…"] if len(came) > _FILES else []
        text = f"Fast-forward from {self.move.old[:DIGITS]} to {commit.name[:DIGITS]}:"
        listed = _fenced([*came[:_FILES], *more])
        return _body(f"{text}\n\n{listed}", self.git.changes(self.move.old, commit.name), "")

    def _switched(self) -> "list[Draft]":
        old, new, flag = (self.args + [""] * 3)[:3]
        stepping = any(os.path.lexists(f"{self.git.directory}/{name}") for name in _STEPPING)
        if flag != "1" or not old.strip("0") or stepping or self.why.startswith("rebase"):
            return []
        move = self.move if self.move and (self.move.old, self.move.new) == (old, new) else None
        left = pastheads.came_from(move) if move else ""
        was = f"{'HEAD' if not left or left == old else left}@{old[:DIGITS]}"
        if was == self.anchor:
            return []
        here = self.anchor.rpartition("@")[0]
        went = move.why.rpartition(" to ")[2] if move and here == "HEAD" else here
        begin, end = (
            commit[:DIGITS] if name in ("", "HEAD", commit) else name
            for name, commit in ((left, old), (went, new))
        )
        fields: dict[str, object] = {"from": was, "to": self.anchor}
        return [self._draft(f"Switched from {begin} to {end}", fields, f"{was} → {self.anchor}")]

    def _rewritten(self) -> "list[Draft]":
        found = pairs(self.given)
        if not found:
            return []
        if self.args[:1] == ["amend"]:
            if self.why.startswith("rebase"):
                return []  # a step of it: the rebase tells at its end
            return self._of_commit("Amended", {FIELD: found[:MOST]}, [TAG])
        return self._rebased(found)

    def _rebased(self, found: "list[list[str]]") -> "list[Draft]":
        branch, _, commit = self.anchor.rpartition("@")
        title = f"Rebased {branch}: {_became(found)}"
        told = [*self._melted({old for old, _ in found}), *found]
        parts = [told[start : start + MOST] for start in range(0, len(told), MOST)]
        subjects = self.git.subjects([new for _, new in found[:_COMMITS]])
        lines = [
            f"{old} → {new}  {subjects.get(new, '')}".rstrip() for old, new in found[:_COMMITS]
        ]
        more = [f"… and {len(found) - _COMMITS:,} more"] if len(found) > _COMMITS else []
        drafts = []
        for number, some in enumerate(parts, 1):
            part = f" ({number} of {len(parts)})" if len(parts) > 1 else ""
            body = _fenced([*lines, *more]) if number == 1 else f"{len(some)} more of them"
            fields: dict[str, object] = {"commit": commit, FIELD: some}
            drafts.append(self._draft(title + part, fields, body, [TAG]))
        return drafts

    def _melted(self, known: "set[str]") -> "list[list[str]]":
        """Commits that a rebase made on its way and amended: entries may be anchored there."""
        found = []
        for move in reversed(pastheads.moves(self.git.directory)):
            if not move.why.startswith("rebase") or " (start): " in move.why:
                break
            if move.why.startswith(_MELTED):
                found += pairs(f"{move.old} {move.new}")
        return [pair for pair in found[::-1] if pair[0] not in known]

    def _draft(
        self, title: str, fields: "dict[str, object]", body: str, tags: "list[str] | None" = None
    ) -> "Draft":
        return {
            "kind": "event",
            "actor": "git",
            "title": _fit(title if len(title) <= _TITLE else f"{title[: _TITLE - 1]}…"),
            "git": self.anchor,
            "fields": fields,
            "tags": tags or [],
            "body": _fit(body).encode(),
        }


def _became(pairs: "list[list[str]]") -> str:
    olds, news = len({old for old, _ in pairs}), len({new for _, new in pairs})
    many = f"{olds:,} {'commit' if olds == 1 else 'commits'}"
    return f"{many} written anew" if olds == news else f"{many} became {news:,}"


def _fields(commit: "Commit") -> "dict[str, object]":
    return {"commit": commit.name[:DIGITS], "parents": _short(commit.parents)}


def _short(commits: "list[str]") -> "list[str]":
    return [commit[:DIGITS] for commit in commits]


def _body(text: str, changes: str, name: str) -> str:
    """A message, what changed, the commit's whole name."""
    if len(text) > _MESSAGE:
        text = f"{text[:_MESSAGE]}…"
    listed = [line.split("\t") for line in changes.splitlines() if "\t" in line]
    total = [line.strip() for line in changes.splitlines() if line.strip() and "\t" not in line]
    shown = [
        f"{_count('+', plus)} {_count('-', minus)}  {path}" for plus, minus, path in listed[:_FILES]
    ]
    more = [f"… and {len(listed) - _FILES:,} more"] if len(listed) > _FILES else []
    parts = [text, _fenced([*total, *shown, *more]) if total or shown else "", name and f"`{name}`"]
    return "\n\n".join([part for part in parts if part])


def _count(sign: str, number: str) -> str:
    return f"{sign}{number}" if number.isdigit() else "bin"


def _fenced(lines: "list[str]") -> str:
    """Lines as a block that no line of them ends: each begins with what no fence does."""
    return "\n".join(
        ["```text", *(f" {line}" if line[:1] in "`~ " else line for line in lines), "```"]
    )


def _fit(text: str) -> str:
    """The text without what no entry may hold."""
    return text.replace("\0", "\u2400").encode("utf-8", "replace").decode()
