"""What is done with paths: each verb gives the draft of the entry that says so, or a UsageError.

They quote no other entry's text: it would stay when that entry is purged.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from journal.entry import Draft
from journal.errors import UsageError
from journal.names import PATH, is_path
from journal.paths import ABANDON, ABANDONED, BRANCH, COMPACT, MAIN, MERGE, MERGED, Path, path_of
from journal.sessions import EVENT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from journal.paths.parents import Told

SWITCHED = "switched"  # the field by which a session goes on with another path
_SHOWN = 72  # characters of a reason or a conclusion, in a title: a longer one stays out of it


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation as the verbs need it: its paths by name, the current one, who acts."""

    namespace: str
    session: str
    paths: Mapping[str, Path]
    current: str = MAIN
    actor: str = ""

    def path(self, name: str) -> Path:
        """The path of that name; UsageError if there is none, with those that look like it."""
        check(name)
        if name in self.paths:
            return self.paths[name]
        near = get_close_matches(name, [*self.paths, MAIN], 3, 0.5)
        hint = f"did you mean {' or '.join(near)}?" if near else "`journal path list` shows them."
        raise UsageError(
            f"session {self.session} has no path {name!r}", kind="unknown-path",
            hint=f"{hint} A new one: journal path branch {name}",
        )  # fmt: skip

    def draft(self, path: str, title: str, body: str, **more: Any) -> Draft:
        """A draft on one of its paths."""
        return Draft(
            body=body, title=title, role="system", actor=self.actor, session=self.session,
            namespace=self.namespace, path=path, **more,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Covered:
    """What a compact stands for: a path's entries from the first to the last, by their ids."""

    first: str
    last: str
    count: int


def check(name: str) -> None:
    """UsageError if no path can be called so."""
    if not is_path(name):
        raise UsageError(f"{name!r} can't name a path", kind="bad-name", hint=PATH)


def branch(talk: Talk, name: str, at: Told, why: str = "", *, stay: bool = False) -> Draft:
    """A new path that goes on from an entry, of whatever path or session, and the switch to it.

    With `stay` the session stays where it is. UsageError if there is a path of that name.
    """
    check(name)
    if name in talk.paths or name == MAIN:
        raise UsageError(
            f"session {talk.session} has a path {name!r} already", kind="path-exists",
            hint=f"journal path switch {name} goes on with it; or choose another name",
        )  # fmt: skip
    own = (at.namespace, at.session) == (talk.namespace, talk.session)
    before = path_of(at) if own else at.session and f"{path_of(at)} of {at.session}"
    begun = f"Branched {name}" + (f" from {before}" if before else "")
    goes = f"{talk.current} goes on meanwhile" if stay else f"The conversation goes on as {name}"
    body = why if why.strip() else f"{goes}. {name} begins at {at.id}."
    fields = {"from": path_of(at)} if own else {}
    fields |= {} if stay else {SWITCHED: name}
    title = _title(begun, why.strip())
    return talk.draft(name, title, body, kind=BRANCH, parent=at.id, fields=fields)


def switch(talk: Talk, name: str) -> Draft | None:
    """Go on with a path; None if that is the current one.

    UsageError if there is none of that name, or it was abandoned.
    """
    if name != MAIN:
        _not_given_up(talk.path(name))
    if name == talk.current:
        return None
    body = f"The conversation goes on with {name}. Before it was on {talk.current}."
    fields = {EVENT: SWITCHED, SWITCHED: name}
    return talk.draft(name, f"Switched to {name}", body, kind=EVENT, fields=fields)


def merge(
    talk: Talk, name: str, conclusions: Sequence[str], takes: Sequence[str] = (), into: str = ""
) -> Draft:
    """Take a path's conclusions into another one, the current one unless `into` names one.

    `takes`: the ids of what is taken, by default its last entry's. A session that is on the merged
    path goes on with the other one. UsageError if it is the same path, nothing came since the
    last merge, or the other one was abandoned.
    """
    path = talk.path(name)
    target = into or talk.current
    if target not in (MAIN, name):
        _not_given_up(talk.path(target))
    if target == name:
        raise UsageError(
            f"{name} can't be merged into itself", kind="same-path",
            hint=f"say into which path: journal path merge {name} --into {origin(talk, path)}",
        )  # fmt: skip
    _not_over(path, MERGED, f"{name} was merged into {path.into} before, and nothing came since")
    said = [text.strip() for text in conclusions if text.strip()]
    if not said:
        raise UsageError(
            "there is no conclusion", kind="no-conclusion",
            hint='say what was found: --conclusion "SQLite is enough"',
        )  # fmt: skip
    body = said[0] if len(said) == 1 else "\n".join(f"- {_indented(text)}" for text in said)
    found = list(dict.fromkeys(takes)) or [path.last]
    fields: dict[str, Any] = {"merges": name, "takes": found[0] if len(found) == 1 else found}
    if talk.current == name:
        fields[SWITCHED] = target
    more = f" (and {len(said) - 1} more)" if len(said) > 1 else ""
    title = _title(f"Merged {name} into {target}", said[0], more)
    return talk.draft(target, title, body, kind=MERGE, fields=fields)


def abandon(talk: Talk, name: str, reason: str) -> Draft:
    """Give a path up, for a reason. A session that is on it goes on where it was branched from.

    UsageError if it is main, was abandoned or merged before and has nothing new, or without reason.
    """
    path = None if name == MAIN and name not in talk.paths else talk.path(name)
    if path is None or name == MAIN:
        raise UsageError(
            "main can't be abandoned: what every session begins with stays", kind="path-main",
            hint="go on with another one: journal path branch NAME",
        )  # fmt: skip
    _not_over(path, ABANDONED, f"{name} was abandoned before: {path.reason}")
    _not_over(path, MERGED, f"{name} was merged into {path.into}, and nothing came since")
    if not reason.strip():
        raise UsageError("the reason is empty", hint='say why: --reason "too slow"')
    fields = {SWITCHED: origin(talk, path)} if talk.current == name else {}
    title = _title(f"Abandoned {name}", reason.strip())
    return talk.draft(name, title, reason, kind=ABANDON, fields=fields)


def compact(talk: Talk, name: str, text: str, covered: Covered) -> Draft:
    """A summary that stands for a path so far; UsageError if it is all that the path has."""
    path = talk.path(name)
    if path.summary and path.summary == path.last:
        raise UsageError(
            f"nothing came to {name} since it was compacted", kind="nothing-new",
            hint=f"journal path show {name} --all shows what is behind the summary",
        )  # fmt: skip
    if not text.strip():
        raise UsageError("the summary is empty", hint="give it as TEXT, or - for standard input")
    entries = "1 entry" if covered.count == 1 else f"{covered.count:,} entries"
    fields = {"covers": covered.count, "first": covered.first, "last": covered.last}
    return talk.draft(name, f"Compacted {name}: {entries}", text, kind=COMPACT, fields=fields)


def origin(talk: Talk, path: Path) -> str:
    """The path that one was branched from, or the nearest before that goes on; main at last."""
    seen = {path.name}
    name = path.before
    while name and name not in seen and name in talk.paths:
        if talk.paths[name].state != ABANDONED:
            return name
        seen.add(name)
        name = talk.paths[name].before
    return MAIN


def _not_given_up(path: Path) -> None:
    if path.state == ABANDONED:
        raise UsageError(
            f"path {path.name} was abandoned: {path.reason}", kind="path-abandoned",
            hint=f"to take it up again: journal path branch NEW --from {path.last}",
        )  # fmt: skip


def _not_over(path: Path, state: str, words: str) -> None:
    if path.state == state and not path.went_on:
        raise UsageError(words, kind=f"path-{state}", hint=f"see `journal path show {path.name}`")


def _title(what: str, why: str, more: str = "") -> str:
    """A cut one might hold half a secret, which nothing recognises: so all of it, or nothing."""
    return f"{what}: {why}{more}" if why and len(why) <= _SHOWN and "\n" not in why else what


def _indented(text: str) -> str:
    return text.replace("\n", "\n  ")
