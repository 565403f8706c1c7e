"""`journal fact`: what is known to be so."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from journal import api, facts, knowing
from journal.cli import actions, asking, drafting, output, progress
from journal.cli.complete import offer
from journal.cli.listing import identify
from journal.disputes import disputed
from journal.facts import KIND, KNOWN, LEAST, MOST, RETRACTED, SUPERSEDED, Fact
from journal.safe import columns, one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from journal.catalog.row import Row
    from journal.entry import Draft

_ACTIONS = {
    "add": "say what is so",
    "list": "list what is known, that first which matters most",
    "show": "show a fact, what shows it, and what became of it",
    "supersede": "say what is so instead",
    "retract": "take a fact back",
}
_NARROW = 72
_WHO = 12
_COLOURS = {5: "red", 4: "yellow", 2: "dim", 1: "dim"}


def fact_options(verb: argparse.ArgumentParser) -> None:
    """The actions, each with its options."""
    found = actions.add(verb, _ACTIONS)
    for name in ("show", "supersede", "retract"):
        identify(found[name])
    for name in ("add", "supersede"):
        _said(found[name])
    found["retract"].add_argument("--reason", required=True, metavar="TEXT", help="why")
    for name in ("add", "supersede", "retract"):
        drafting.who(found[name])
    listed = found["list"]
    listed.add_argument("--all", action="store_true", help="also those that hold no longer")
    listed.add_argument(
        "--min-importance", type=_importance, default=LEAST, metavar="N",
        help=f"only those that matter so much, {LEAST} to {MOST}",
    )  # fmt: skip
    listed.add_argument("--subject", default="", metavar="TEXT", help="only on this subject")
    space = "which of the workspace's journals (default: the first)"
    offer(listed.add_argument("--namespace", default="", metavar="NAME", help=space), "namespace")


def _said(action: argparse.ArgumentParser) -> None:
    action.add_argument("text", metavar="TEXT", help="the fact; - is standard input")
    action.add_argument(
        "--importance", type=_importance, default=0, metavar="N",
        help=f"how much it matters, {LEAST} to {MOST} (default {facts.USUAL})",
    )  # fmt: skip
    action.add_argument(
        "--evidence", action="append", default=[], metavar="WHAT",
        help="what shows it: an entry's id, a file, an address; may be repeated",
    )  # fmt: skip
    action.add_argument("--subject", default="", metavar="TEXT", help="what it is about")
    action.add_argument("--title", default="", metavar="TEXT", help="a one-line title")


def _importance(text: str) -> int:
    if not (found := facts.importance(text)):
        raise argparse.ArgumentTypeError(f"{text!r} is none of {LEAST} to {MOST}")
    return found


def do_fact(args: argparse.Namespace) -> int:
    """One action."""
    if args.action in ("list", "show"):
        with api.open(args.workspace, progress.reading) as journal:
            return _list(journal, args) if args.action == "list" else _show(journal, args)
    acts = {"add": _add, "supersede": _supersede, "retract": _retract}
    with asking.opened(args.workspace) as journal:
        return _done(journal, acts[args.action](journal, args), args)


def _add(journal: api.Journal, args: argparse.Namespace) -> Draft:
    from journal.facts import verbs

    return verbs.add(drafting.text(args.text, KIND), **_given(journal, args))


def _supersede(journal: api.Journal, args: argparse.Namespace) -> Draft:
    from journal.facts import verbs

    old, _ = knowing.meant(journal, args.id)
    return verbs.supersede(old, drafting.text(args.text, KIND), **_given(journal, args))


def _retract(journal: api.Journal, args: argparse.Namespace) -> Draft:
    from journal.facts import verbs

    old, _ = knowing.meant(journal, args.id)
    return verbs.retract(old, args.reason, **drafting.given(args))


def _given(journal: api.Journal, args: argparse.Namespace) -> dict[str, Any]:
    given = {"importance": args.importance, "subject": args.subject, **drafting.given(args)}
    if args.evidence:
        from journal.evidence import evidence

        given["evidence"] = evidence(journal, args.evidence)
    return given | ({"title": args.title} if args.title else {})


def _done(journal: api.Journal, draft: Draft, args: argparse.Namespace) -> int:
    receipt = journal.append(draft)
    drafting.is_kept(receipt)
    if args.json:
        told = {
            "action": args.action, "id": receipt.id, "at": receipt.at, "kept": receipt.stands
        }  # fmt: skip
        output.json({"schema": "journal/fact@1", **told, "fields": dict(draft.fields)})
    elif receipt.stands:
        output.write(receipt.id)
    return 0


def _list(journal: api.Journal, args: argparse.Namespace) -> int:
    view = knowing.view(journal, args.namespace)
    found = list(view.facts.values()) if args.all else view.known
    about = " ".join(args.subject.casefold().split())
    found = [
        one
        for one in found
        if one.importance >= args.min_importance
        and (not about or about == " ".join(one.subject.casefold().split()))
    ]
    found.sort(key=facts.order)
    if args.json:
        output.json({"schema": "journal/fact-list@1", "facts": [one.record() for one in found]})
    else:
        for one in found:
            output.write(_line(one))
        if not found and output.is_terminal():
            output.write("no facts: `journal fact add TEXT` tells one")
    output.findings(journal.findings())
    return 0


def _line(one: Fact) -> str:
    """A fact on one line: when, its id, how much it matters, who said it, what."""
    over = one.status != KNOWN
    when = one_line(one.entry.at[:16].replace("T", " "))
    cells = [(when, "dim"), (output.short(one.id), "yellow")]
    if output.width() and output.width() < _NARROW:
        cells[0] = (when[5:], "dim")
    cells.append((str(one.importance), _COLOURS.get(one.importance, "")))
    if len(when) == len(cells[0][0]):
        said = str(getattr(one.entry, "actor", "") or getattr(one.entry, "role", "") or "-")
        cells.append((output.pad(one_line(said, _WHO), _WHO), ""))
    to = f"→ {output.short(one.superseded_by)}" if one.superseded_by else one.status
    stand = f"  {to}" if over else ""
    lead = sum(columns(text) + 2 for text, _ in cells) + columns(stand)
    room = max(10, output.width() - lead) if output.width() else None
    shown = [output.style(text, "dim" if over else look) for text, look in cells]
    title = output.style(one_line(one.title, room), "dim" if over else "")
    return "  ".join([*shown, title]) + output.style(stand, "dim")


def _standing(one: Fact) -> str:
    if one.status == SUPERSEDED:
        return f"superseded by {output.short(one.superseded_by)}"
    return f"retracted by {output.short(one.status_by)}" if one.status == RETRACTED else one.status


def _show(journal: api.Journal, args: argparse.Namespace) -> int:
    one, view = knowing.meant(journal, args.id)
    row, piece = journal.look(one.id)
    body = piece.body.decode(errors="replace")
    changes = view.changes[one.id][1:]
    if args.json:
        told = {**one.record(), "body": body, "changes": [entry.id for entry in changes]}
        output.json({"schema": "journal/fact-show@1", "fact": told})
        return 0
    output.write(output.entry_head(row))
    for line in _about(journal, one):
        output.write(line)
    output.write("")
    output.body(body, piece.postscript.decode(errors="replace"))
    if later := _later(journal, one, [entry.id for entry in changes]):
        output.write("")
        output.rows(later)
    return 0


def _later(journal: api.Journal, one: Fact, changes: list[str]) -> list[Row]:
    """What was said of it since: changes, the fact in its place, and who disagrees."""
    wanted = [*changes, *([one.superseded_by] if one.superseded_by else [])]
    said = [row for row in journal.catalog.having("parent", one.id) if one.id in disputed(row)]
    found = {row.id: row for row in (*journal.catalog.with_ids(wanted), *said) if not row.hidden}
    return sorted(found.values(), key=lambda row: (row.microseconds, row.id))


def _about(journal: api.Journal, one: Fact) -> Iterator[str]:
    """How it stands, and what shows it."""
    look = "green" if one.status == KNOWN else "red"
    yield output.style(f"{_standing(one)}, importance {one.importance}", look)
    rows = {row.id: row for row in journal.catalog.with_ids(one.evidence)}
    named: Callable[[Row], str] = output.name_of
    for what in one.evidence:
        row = rows.get(what)
        shown = f"{output.short(what)}  {named(row)}" if row and not row.forgotten else what
        yield one_line(f"evidence: {shown}")
