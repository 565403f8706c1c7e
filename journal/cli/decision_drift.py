"""`journal decision drift`: which decisions may not fit any more, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from journal.cli import output
from journal.safe import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from journal.deciding.drift import Drift

_FILES = 5  # that are told one by one
_WORDS = {
    "no-git": "it has no git anchor",
    "unborn": "it was made before the first commit: accept it anew",
    "no-repository": "no git repository is here",
    "no-answer": "git can't be asked: is it installed, and does `git status` work here?",
}


def drifted(found: list[Drift], *, as_json: bool) -> int:
    """Each decision that may not fit any more, and why."""
    if as_json:
        told = [one.record() for one in found]
        output.json({"schema": "journal/decision-drift@1", "decisions": told})
        return 0
    for one in found:
        it = one.decision
        output.write(f"{output.style(output.short(it.id), 'yellow')}  {one_line(it.title)}")
        for line in _why(one):
            output.write(f"  {line}")
    if not found and output.is_terminal():
        output.write("no decision in force has drifted")
    return 0


def _why(one: Drift) -> Iterable[str]:
    it = one.decision
    since = one_line((it.standing or it.entry).at[:10])
    if one.changed:
        commit = f" ({one_line(one.commit)})" if one.commit else ""
        yield f"changed since {since}{commit}: {_some(one.changed)}"
    if one.trouble:
        what = "others" if one.changed else "its files"
        yield f"whether {what} changed can't be told: {_trouble(one)}"
    for by, part in it.parts:
        yield f"{output.short(by)} supersedes a part of it: {one_line(part)}"


def _trouble(one: Drift) -> str:
    if one.trouble == "no-commit":
        return f"git has no commit {one_line(one.commit)} here (`git fetch --unshallow`?)"
    if one.trouble == "untracked":
        return f"git doesn't track {_some(one.untracked)}"
    return _WORDS[one.trouble]


def _some(files: Sequence[str]) -> str:
    more = f" and {len(files) - _FILES:,} more" if len(files) > _FILES else ""
    return ", ".join(map(one_line, files[:_FILES])) + more
