"""Sessions as text for a person, and as JSON: those of a list, and one with its last turns."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from journal.anchor import anchor
from journal.cli import output
from journal.resuming import sittings
from journal.safe import columns, one_line
from journal.sessions import ENDED, LOOSE, OPEN

if TYPE_CHECKING:
    import argparse
    from datetime import tzinfo
    from typing import Any

    from journal.api import Journal
    from journal.catalog.row import Row
    from journal.resuming import Listed, Standing
    from journal.sessions import Session

_COLOURS = {OPEN: "green", ENDED: "dim", LOOSE: "yellow"}
_STATE = 5  # columns of the longest state
_NAME = 36  # columns that are kept for names: a UUID's
_PATH = 12
_PATHS = 8  # that are told one by one
_WIDTH = 11
_NARROW = 72
_TITLE = 16  # columns that are kept for a title


def when(row: Row) -> str:
    """`2026-11-22 14:03`, as the entry's own clock said."""
    return one_line(row.at[:16].replace("T", " "))


def entries(number: int) -> str:
    """So many entries, in words."""
    return "1 entry" if number == 1 else f"{number:,} entries"


def listed(journal: Journal, args: argparse.Namespace) -> int:
    """`session list`: the one that spoke last first."""
    from journal import clock

    found, total = sittings(journal, args.namespace, None if args.all else args.n)
    zone = clock.zone(journal.timezone)
    if args.json:
        told = [_record(one, zone) for one in found]
        output.json({"schema": "journal/session-list@1", "sessions": told, "total": total})
    else:
        usual = args.namespace or journal.default_namespace
        longest = max((len(_name(one, usual)) for one in found), default=0)
        for one in found:
            output.write(_row(one, _name(one, usual), min(longest, _NAME), zone))
        if not found and output.is_terminal():
            output.write("no sessions yet: `journal session start` begins one")
        elif len(found) < total and output.is_terminal():
            output.write(output.style(f"and {total - len(found):,} more: --all shows them", "dim"))
    output.findings(journal.findings())
    return 0


def _name(one: Listed, usual: str) -> str:
    """The session's name, with its namespace where that isn't the usual one."""
    session = one.session
    return session.name if session.namespace == usual else f"{session.namespace}:{session.name}"


def _row(one: Listed, name: str, longest: int, zone: tzinfo) -> str:
    """A session on one line, which no terminal wraps."""
    state, wide = one.session.state, output.width()
    narrow = 0 < wide < _NARROW
    cells = [(when(one.last)[5 if narrow else 0 :], "dim")]
    cells.append((output.pad(state, _STATE), _COLOURS[state]))
    left = wide - sum(columns(text) + 2 for text, _ in cells) if wide else None
    shown = one_line(name, left)
    cells.append((shown if narrow else output.pad(shown, longest), "bold"))
    lead = sum(columns(text) + 2 for text, _ in cells)
    told = _told(one, zone, wide - lead if wide else None)
    return "  ".join([*(output.style(text, look) for text, look in cells), told]).rstrip()


def _told(one: Listed, zone: tzinfo, room: int | None) -> str:
    """As much of what there is to say of a session as leaves room for its last entry's title."""
    since = _stamp(one.session.began_us, zone)[:16].replace("T", " ")
    since = since[11:] if since[:10] == when(one.last)[:10] else since
    paths = f", {one.paths:,} paths" if one.paths > 1 else ""
    branch = f", on {_branch(one.last.git)}" if one.last.git else ""
    many, title = entries(one.session.entries), output.name_of(one.last)
    if room is None:
        return one_line(f"{many} since {since}{paths}{branch}") + f"  {one_line(title)}"
    for told in (f"{many} since {since}{paths}{branch}", f"{many} since {since}{paths}", many):
        facts = one_line(told)
        if (left := room - columns(facts) - 2) >= _TITLE:
            return f"{facts}  {one_line(title, left)}"
    return one_line(many, room) if room >= len(many) else ""


def _record(one: Listed, zone: tzinfo) -> dict[str, Any]:
    return _of(one.session, one.last) | {
        "began": _stamp(one.session.began_us, zone),
        "last": one.last.at,
        "paths": one.paths,
    }


def _of(session: Session, last: Row) -> dict[str, Any]:
    """What JSON shows of every session."""
    return {
        "session": session.name, "namespace": session.namespace, "state": session.state,
        "entries": session.entries, "turns": last.turn, "resets": session.resets,
        "title": output.name_of(last), "git": last.git,
    }  # fmt: skip


def _stamp(microseconds: int, zone: tzinfo) -> str:
    """A moment as entries have it; empty if no calendar has it in this zone."""
    from datetime import UTC, datetime, timedelta

    from journal import clock

    try:
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)
        return clock.stamp(moment, zone)
    except (OverflowError, ValueError):
        return ""


def _branch(git: str) -> str:
    return git.rpartition("@")[0]


def shown(journal: Journal, one: Standing, args: argparse.Namespace) -> int:
    """`session show`: how it stands, and its last turns in order."""
    session = one.session
    if args.path and all(line.path != args.path for line in one.lines):
        from journal.conversations import Conversation
        from journal.restore import unknown_path

        raise unknown_path(Conversation(journal, session.name, session.namespace), args.path)
    some = None if args.all else args.n
    turns = journal.catalog.turns(session.namespace, session.name, path=args.path)
    rows = list(islice(turns, some))[::-1]
    kept = len(journal.catalog.told(session.namespace, session.name, ["checkpoint"]))
    now = anchor(journal.root)
    if args.json:
        about = _whole(one) | {"checkpoints": kept, "git_now": now}
        told = [row.record() for row in rows]
        output.json({"schema": "journal/session-show@1", "session": about, "entries": told})
    else:
        _head(one, kept, now)
        _turns(one, rows)
    output.findings(journal.findings())
    return 0


def _whole(one: Standing) -> dict[str, Any]:
    told = _of(one.session, one.last)
    told |= {"began": one.first.at, "last": one.last.at, "current_path": one.current}
    told["paths"] = [
        {"path": line.path, "entries": line.entries, "last": line.last.at} for line in one.lines
    ]
    return told | {"ended": one.ended.at if one.ended else ""}


def _head(one: Standing, kept: int, now: str) -> None:
    session = one.session
    state = output.style(session.state, _COLOURS[session.state])
    output.write(f"{output.style(one_line(session.name), 'bold')}  {state}")
    _line("namespace", session.namespace)
    _line("began", when(one.first))
    _line("last", when(one.last))
    if one.ended:
        _line("ended", when(one.ended))
    _line("entries", f"{session.entries:,}")
    if one.last.turn:
        _line("turns", f"{one.last.turn:,}")
    _line("paths", _paths(one))
    if one.last.git or now:
        _line("git", _git(one.last.git, now))
    if session.resets:
        _line("resets", f"{session.resets:,}")
    if kept:
        _line("checkpoints", f"{kept:,}")


def _line(name: str, text: str) -> None:
    room = output.width() - _WIDTH - 4 if output.width() else None
    output.write(f"  {output.style(output.pad(name, _WIDTH), 'dim')}  {one_line(text, room)}")


def _paths(one: Standing) -> str:
    """Each path with how many entries it has, the newest first, and which one it goes on with."""
    lines = sorted(one.lines, key=lambda line: line.last.microseconds, reverse=True)
    told = [
        f"{line.path} {line.entries:,}{' (current)' * (line.path == one.current)}"
        for line in lines[:_PATHS]
    ]
    return ", ".join(told) + (f" and {len(lines) - _PATHS:,} more" if len(lines) > _PATHS else "")


def _git(then: str, now: str) -> str:
    if not then or not now:
        return then or f"none; the work tree is at {now} now"
    if then == now:
        return f"{then}, as the work tree is now"
    if _branch(then) == _branch(now):
        return f"{then}; the work tree has gone on to {now}"
    return f"{then}; the work tree is elsewhere now: {now}"


def _turns(one: Standing, rows: list[Row]) -> None:
    """The entries, each with its turn, and its path if there are several."""
    if rows:
        output.write("")
    digits = max((len(str(row.turn)) for row in rows), default=1)
    several = len(one.lines) > 1
    longest = min(max((len(row.path or "main") for row in rows), default=0), _PATH)
    for row in rows:
        turn = f"{row.turn or '-':>{digits}}"
        margin = 2 + digits + 2
        lead = f"  {output.style(turn, 'dim')}  "
        if several:
            path = output.pad(one_line(row.path or "main", _PATH), longest)
            lead += f"{output.style(path, 'cyan')}  "
            margin += longest + 2
        output.write(lead + output.row(row, margin))
