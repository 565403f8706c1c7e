"""`journal status`: how the workspace is doing, at a glance."""

from __future__ import annotations

import argparse
import os

from journal import api
from journal.cli import output
from journal.cli.complete import offer
from journal.rendered import STATUS
from journal.safe import columns, one_line
from journal.status import Status, status

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from journal.decisions import Decision
    from journal.status import Hooked, Talk
    from journal.status.verified import Verified
    from journal.tasks import Task

_WIDTH = 10
_TALKS = 3  # that are named, of each
_ITEMS = 4
_NAME = 16  # columns that are kept for a session's name
_STATES = {"open": "green", "ended": "dim", "loose": "yellow"}


def status_options(verb: argparse.ArgumentParser) -> None:
    """Whose decisions and tasks, and whether to render them for readers."""
    verb.add_argument("--write", action="store_true", help=f"render it for readers, as {STATUS}")
    space = verb.add_argument(
        "--namespace",
        default="",
        metavar="NAMESPACE",
        help="whose sessions, decisions and tasks (default: the first)",
    )
    offer(space, "namespace")


def do_status(args: argparse.Namespace) -> int:
    """Health, today, sessions, decisions and tasks; 0 whatever it says."""
    page = {}
    with api.open(args.workspace) as journal:
        found = status(journal, os.getcwd(), args.namespace)
        if args.write:
            from journal.status.page import write

            page = {"page": {"file": STATUS, "wrote": write(journal, found)}}
    if args.json:
        output.json({"schema": "journal/status@1", **found.record(), **page})
    elif args.write:
        done = "wrote" if page["page"]["wrote"] else "nothing changed in"
        output.write(f"{done} {STATUS}")
    else:
        _tell(found)
    return 0


def _tell(found: Status) -> None:
    off = "" if found.enabled else output.style("  switched off in journal.toml", "yellow")
    _line("workspace", one_line(found.root) + off)
    _line("writer", one_line(found.writer) or "none yet")
    many = f"{found.entries:,} ({found.today:,} today)"
    _line("entries", many if found.entries else "none yet")
    if found.last:
        _line("last", output.row(found.last, _WIDTH + 2))
    _sessions(found.talks)
    _decisions(found)
    _tasks(found)
    _health(found)
    _hooks(found.hooks)
    if found.letters:
        _letters(found)


def _line(name: str, text: str) -> None:
    output.write(f"{output.style(output.pad(name, _WIDTH), 'dim')}  {text}".rstrip())


def _room(*beside: str) -> int | None:
    """Columns that are left in a line beside its name; None where nothing is cut."""
    wide = output.width()
    return max(wide - _WIDTH - 2 - sum(map(columns, beside)), 16) if wide else None


def _sessions(talks: Sequence[Talk]) -> None:
    for number, one in enumerate(talks[:_TALKS]):
        facts = _about(one)
        room = _room(one.state, facts, "    ")
        name = output.style(one_line(one.session, room), "bold")
        told = [name, output.style(one.state, _STATES[one.state]), output.style(facts, "dim")]
        _line("" if number else "session", "  ".join(told).rstrip())
    _more(len(talks) - _TALKS, "journal session list")


def _about(one: Talk) -> str:
    """As much of what there is to say of a session as leaves room for its name."""
    when = one_line(one.last.at[:16].replace("T", " "))
    path, by = f"on path {one_line(one.path, 24)}", ", by JOURNAL_SESSION" * one.named
    room = _room(one.state, "    ")
    kept = min(columns(one_line(one.session)), _NAME)
    for told in (f"{path}, spoke last {when}{by}", f"{path}, spoke last {when}", path):
        if room is None or kept + columns(told) <= room:
            return told
    return ""


def _decisions(found: Status) -> None:
    work = found.work
    if not (work.in_force or work.proposed):
        return
    counts = [(len(work.in_force), "in force", "green"), (len(work.proposed), "proposed", "yellow")]
    counts.append((work.conflicts, "in conflict", "red"))
    _line("decisions", _counts(counts))
    for one in work.proposed[: _ITEMS // 2]:
        _decision("◇", one, "yellow")
    shown = min(len(work.proposed), _ITEMS // 2)
    for one in work.in_force[: _ITEMS - shown]:
        _decision("◆", one, "green")
    shown += len(work.in_force[: _ITEMS - shown])
    _more(len(work.in_force) + len(work.proposed) - shown, "journal decision list")


def _decision(mark: str, one: Decision, look: str) -> None:
    _item(mark, look, one.id, one_line(one.entry.at[:10]), one.title)


def _tasks(found: Status) -> None:
    work = found.work
    counts = [(len(work.ready), "ready", "green"), (len(work.started), "started", "cyan")]
    counts += [(len(work.blocked), "blocked", "red"), (work.done, "done", "dim")]
    if not any(number for number, _, _ in counts):
        return
    _line("tasks", _counts(counts))
    for goal in work.goals[: _ITEMS // 2]:
        _item("◎", "", goal.id, f"{goal.done:,} of {goal.total:,}", goal.title)
    for one in work.started[: _ITEMS // 2]:
        _item("●", "cyan", one.id, one_line(one.claimed_by, 12) or "started", one.title)
    left = _ITEMS - min(len(work.started), _ITEMS // 2)
    for one in work.ready[:left]:
        _item("○", "green", one.id, f"P{one.priority}", one.title)
    for one in work.blocked[: _ITEMS // 2]:
        _item("✗", "red", one.id, _waits(one), one.title)
    _more(len(work.ready) - left, "journal task ready")


def _waits(one: Task) -> str:
    """Which task it waits for, or how many, or what it is a part of."""
    if len(one.blockers) == 1:
        return f"waits for {output.short(one.blockers[0])}"
    if one.held_by:
        return f"blocked with {output.short(one.held_by)}"
    return f"waits for {len(one.blockers):,}" if one.blockers else "blocked"


def _item(mark: str, look: str, entry_id: str, fact: str, title: str) -> None:
    """What stands first, an id's ending, a fact about it, and as much of its title as fits."""
    lead = f"{output.style(mark, look)} {output.style(output.short(entry_id), 'yellow')}"
    room = _room("x", output.short(entry_id), fact, "     ")
    _line("", f"{lead}  {output.style(fact, 'dim')}  {one_line(title, room)}")


def _counts(counts: Iterable[tuple[int, str, str]]) -> str:
    return ", ".join(
        f"{output.style(f'{number:,}', look)} {name}" for number, name, look in counts if number
    )


def _more(number: int, command: str) -> None:
    if number > 0:
        _line("", output.style(f"and {number:,} more: `{command}`", "dim"))


def _health(found: Status) -> None:
    """What is due, what was verified, and what is not as it should be."""
    if due := found.distill:
        since = f"since {output.short(due.since)}" if due.since else "and none was distilled yet"
        many = f"{due.entries:,} entries {since}, due every {due.every:,}"
        _line("distill", f"{output.style(many, 'yellow')}: `journal distill` makes the prompt")
    if found.entries:
        _verified(found.verified)
    if found.findings:
        many = "1 thing is" if found.findings == 1 else f"{found.findings:,} things are"
        told = output.style(f"{many} not as they should be", "red")
        _line("findings", f"{told}: `journal doctor` names them")


def _verified(one: Verified | None) -> None:
    if not one:
        told = "not yet, as far as is known here: `journal verify`"
        _line("verified", output.style(told, "dim"))
        return
    states = ", ".join(f"{many:,} {one_line(state)}" for state, many in one.counts.items())
    when = one_line(f"{one.at[:10]} at {one.at[11:16]}")
    told = f"{states or 'nothing to verify'} on {when}"
    since = [f"{one.new:,} {'entry' if one.new == 1 else 'entries'}"] if one.new else []
    if one.changed:
        since.append(f"{one.changed:,} changed {'file' if one.changed == 1 else 'files'}")
    more = f"since then {', '.join(since)}" if since else ""
    room = _room(more)
    shown, more = output.style(told, "red" if one.code else "green"), output.style(more, "dim")
    if since and (not room or columns(told) + 2 <= room):
        shown = f"{shown}; {more}"
        more = ""
    _line("verified", shown)
    if more:
        _line("", more)


def _hooks(hooks: Sequence[Hooked]) -> None:
    if not hooks:
        command = "`journal hook install claude-code`"
        room = _room()
        told = f"none; {command} captures as you talk"
        _line("hooks", told if not room or columns(told) <= room else f"none: {command}")
        return
    from journal.cli.hook import state_line

    for number, hooked in enumerate(hooks):
        _line("hooks" if not number else "", state_line(hooked.outcome))
        for note in hooked.outcome.notes:
            _line("", output.style(one_line(note), "dim"))
        if hooked.last:
            _line("", output.style(f"last capture {one_line(hooked.last.at[:19])}", "dim"))


def _letters(found: Status) -> None:
    from journal.cli.hook import NO_TEXT, RETRY, what_waits

    _line("letters", output.style(what_waits(found.letters), "red"))
    kept = any(one.draft for one in found.letters)
    _line("", output.style(RETRY if kept else NO_TEXT, "dim"))
