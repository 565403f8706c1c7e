"""`journal task`: what is to do, who does it, and what it waits for."""

from __future__ import annotations

import argparse

from journal import api
from journal.cli import actions, asking, drafting, output, progress
from journal.cli.complete import offer
from journal.cli.listing import count, identify
from journal.cli.report import say
from journal.safe import one_line
from journal.tasks.task import BLOCKED, PRIORITIES, STATUSES, TASK, TYPES, USUAL

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from journal.doing import Acted
    from journal.tasks.task import Task

_ACTIONS = {
    "add": "say what is to do, and print the task's id",
    "start": "say that a task is being worked on, or taken up again",
    "block": "say what a task waits for: other tasks, or a reason",
    "unblock": "say that a task doesn't wait any more",
    "done": "say that a task is done, and what shows it",
    "drop": "say that a task will not be done, and why",
    "claim": "take a task; of two who do, the first has it",
    "release": "give a task back",
    "list": "list the tasks that are not over, what belongs together in one place",
    "ready": "list what nothing blocks and nobody has, the most urgent first",
    "show": "show a task, what it waits for, and what became of it",
    "graph": "draw what blocks what",
}
_ABOUT_ONE = ("start", "block", "unblock", "done", "drop", "claim", "release", "show")
_WITH_TEXT = {"start": "what there is to say", "unblock": "why", "done": "what came of it",
              "claim": "what there is to say", "release": "why"}  # fmt: skip
_READ = ("list", "ready", "show", "graph")
_MOST = 50  # ready tasks: nobody picks from more
READY = "ready"


def task_options(verb: argparse.ArgumentParser) -> None:
    """The actions, each with its options."""
    found = actions.add(verb, _ACTIONS)
    _add_options(found["add"])
    for name in _ABOUT_ONE:
        identify(found[name])
    for name, words in _WITH_TEXT.items():
        more = f"{words}; - is standard input"
        found[name].add_argument("text", nargs="?", default="", metavar="TEXT", help=more)
    block = found["block"]
    _many(block, "--by", "ID", "a task that it waits for; may be repeated")
    block.add_argument("--reason", default="", metavar="TEXT", help="why; - is standard input")
    _many(found["unblock"], "--from", "ID", "only from this task; may be repeated", "of")
    _many(found["done"], "--evidence", "WHAT", _EVIDENCE)
    found["drop"].add_argument("--reason", required=True, metavar="TEXT", help="why")
    for name in _ACTIONS:
        if name not in _READ:
            drafting.who(found[name])
    _list_options(found["list"])
    for name, words in (("ready", "also what NAME has, before all others"), ("graph", "")):
        _space(found[name])
        if words:
            _name(found[name], "--actor", words, "actor")
    words = f"at most N (default {_MOST})"
    found["ready"].add_argument("-n", type=count, default=_MOST, metavar="N", help=words)
    found["ready"].add_argument("--all", action="store_true", help=f"all, not only {_MOST}")
    graph = found["graph"]
    offer(graph.add_argument("id", nargs="?", default="", metavar="ID", help=_AROUND), "id")
    graph.add_argument("--all", action="store_true", help="also what is over")


_EVIDENCE = "what shows it: an entry's id, a file, an address; may be repeated"
_AROUND = "only what hangs together with this task"


def _add_options(add: argparse.ArgumentParser) -> None:
    add.add_argument("title", metavar="TITLE", help="what is to do, on one line")
    words = "more of that, in Markdown; - is standard input"
    add.add_argument("text", nargs="?", default="", metavar="TEXT", help=words)
    _many(add, "--depends-on", "ID", "a task that must be over first; may be repeated")
    part = add.add_argument("--part-of", default="", metavar="ID", help="its goal, milestone, task")
    offer(part, "id")
    add.add_argument("--type", choices=TYPES, default="", help=f"default: {TYPES[0]}")
    add.add_argument(
        "--priority", type=int, choices=PRIORITIES, default=None,
        help=f"0 is the most urgent; default: {USUAL}",
    )  # fmt: skip
    _many(add, "--evidence", "WHAT", _EVIDENCE)


def _list_options(listed: argparse.ArgumentParser) -> None:
    listed.add_argument("--all", action="store_true", help="also what is done or dropped")
    listed.add_argument("--status", choices=(*STATUSES, READY), default="", help="only those")
    _name(listed, "--actor", "only what NAME has claimed", "actor")
    stone = listed.add_argument(
        "--milestone", default="", metavar="ID", help="only this milestone or goal, and its parts"
    )
    offer(stone, "id")
    _space(listed)
    listed.add_argument("-n", type=count, default=None, metavar="N", help="at most N")


def _many(
    action: argparse.ArgumentParser, option: str, metavar: str, words: str, dest: str = ""
) -> None:
    named: dict[str, Any] = {"dest": dest} if dest else {}
    found = action.add_argument(
        option, action="append", default=[], metavar=metavar, help=words, **named
    )
    offer(found, "id")


def _name(action: argparse.ArgumentParser, option: str, words: str, column: str) -> None:
    offer(action.add_argument(option, default="", metavar="NAME", help=words), column)


def _space(action: argparse.ArgumentParser) -> None:
    words = "which of the workspace's journals (default: the first)"
    _name(action, "--namespace", words, "namespace")


def do_task(args: argparse.Namespace) -> int:
    """One action."""
    if args.action in _READ:
        from journal.cli import task_output

        with api.open(args.workspace, progress.reading) as journal:
            code: int = getattr(task_output, f"do_{args.action}")(journal, args)
            output.findings(journal.findings())
            return code
    with asking.opened(args.workspace) as journal:
        _tell(_act(journal, args), args)
    return 0


def _act(journal: api.Journal, args: argparse.Namespace) -> Acted:
    from journal import doing

    given = drafting.given(args)
    if args.action == "add":
        about = {
            "depends_on": args.depends_on, "part_of": args.part_of, "type": args.type,
            "priority": args.priority, "evidence": args.evidence,
        }  # fmt: skip
        return doing.add(journal, args.title, _text(args), about=about, **given)
    of = (journal, args.id)
    acts: dict[str, Callable[[], Acted]] = {
        "start": lambda: doing.start(*of, _text(args), **given),
        "block": lambda: doing.block(*of, args.by, drafting.text(args.reason, "reason"), **given),
        "unblock": lambda: doing.unblock(*of, _text(args), of=args.of, **given),
        "done": lambda: doing.done(*of, _text(args), evidence=args.evidence, **given),
        "drop": lambda: doing.drop(*of, drafting.text(args.reason, "reason"), **given),
        "claim": lambda: doing.claim(*of, given.pop("actor", ""), _text(args), **given),
        "release": lambda: doing.release(*of, _text(args), **given),
    }
    return acts[args.action]()


def _text(args: argparse.Namespace) -> str:
    return drafting.text(args.text, "text")


_SAID = {"start": "started", "block": BLOCKED, "unblock": "unblocked", "drop": "dropped",
         "claim": "claimed", "release": "released"}  # fmt: skip


def _tell(acted: Acted, args: argparse.Namespace) -> None:
    """What came of it: of a new task its id alone, for the shell to keep."""
    receipt = acted.receipt
    if receipt:
        drafting.is_kept(receipt)
    for notice in acted.notices:
        say(f"journal: {notice}")
    if args.json:
        output.json(
            {
                "schema": "journal/task@1", "action": args.action, "task": acted.id,
                "id": receipt.id if receipt else "", "at": receipt.at if receipt else "",
                "freed": [one.id for one in acted.freed], "notices": list(acted.notices),
            }
        )  # fmt: skip
        return
    if acted.task is None:
        if acted.id:
            output.write(acted.id)
        return
    if receipt and not receipt.stands:
        return
    output.write(_line(_SAID.get(args.action, args.action), acted.task, "green"))
    for one in acted.freed:
        word = "now ready" if one.type == TASK and not one.claim else "now open"
        output.write(_line(word, one, "cyan"))


def _line(word: str, one: Task, look: str) -> str:
    head = output.style(output.pad(word, 9), look)
    room = max(10, output.width() - 21) if output.width() else None
    return f"{head}  {output.style(output.short(one.id), 'yellow')}  {one_line(one.title, room)}"
