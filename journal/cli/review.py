"""`journal review`: what waits for somebody to allow it, and who allowed or refused what."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from journal import api, reviewing
from journal.cli import actions, asking, leftovers, output, progress
from journal.cli.complete import offer
from journal.cli.report import say
from journal.errors import JournalError
from journal.forgetting import Done
from journal.reviews import APPROVED, FAILED, PENDING
from journal.safe import columns, one_line, safe_text

if TYPE_CHECKING:
    from journal.reviewing import Answered
    from journal.reviews import Review

_ACTIONS = {
    "list": "list what waits for a review, the oldest first",
    "show": "show what a review asks for, and what became of it",
    "approve": "allow it, and do it: just what was asked for, or nothing",
    "refuse": "refuse it, and say why; it can be asked for anew",
}
_STATUS, _WHO, _LEAST, _NARROW, _MOST = 8, 12, 8, 72, 20
_COLOURS = {PENDING: "yellow", FAILED: "red", APPROVED: "green", "done": "green"}


def review_options(verb: argparse.ArgumentParser) -> None:
    """The actions, each with its options."""
    found = actions.add(verb, _ACTIONS)
    found["list"].add_argument("--all", action="store_true", help="also what was answered")
    space = found["list"].add_argument(
        "--namespace", default="", metavar="NAME", help="where (default: everywhere)"
    )
    offer(space, "namespace")
    for name in ("show", "approve", "refuse"):
        found[name].add_argument("id", metavar="ID", help="the review, or any step of it")
    for name in ("approve", "refuse"):
        found[name].add_argument(
            "--as", dest="name", required=True, metavar="NAME", help="who answers"
        )
        found[name].add_argument(
            "--reason", default="", required=name == "refuse", metavar="TEXT", help="why"
        )
        found[name].add_argument(
            "--sign", default="", metavar="KEY",
            help="a file with your Ed25519 key: so it is more than a claim that it is you",
        )  # fmt: skip


def do_review(args: argparse.Namespace) -> int:
    """One action."""
    if args.action == "list":
        with api.open(args.workspace, progress.reading) as journal:
            return _list(journal, args)
    if args.action == "show":
        with api.open(args.workspace, progress.reading) as journal:
            return _show(journal, args)
    with asking.opened(args.workspace) as journal:
        return _answer(journal, args)


def _list(journal: api.Journal, args: argparse.Namespace) -> int:
    view = reviewing.view(journal, args.namespace)
    found = list(view.reviews.values()) if args.all else view.pending
    if args.json:
        shown = [one.record() for one in found]
        output.json({"schema": "journal/review-list@1", "reviews": shown})
        return 0
    for one in found:
        _line(one)
    if not found:
        output.write("no reviews" if args.all else "nothing waits for a review")
    return 0


def _line(one: Review) -> None:
    """When, the id's ending, how it stands, who asked (where there is room), what, who answered."""
    wide = output.width()
    when = one_line(one.entry.at[:16].replace("T", " "))
    is_narrow = 0 < wide < _NARROW
    cells = [
        (when[5:] if is_narrow else when, "dim"),
        (output.short(one.id), "yellow"),
        (output.pad(one_line(one.status, _STATUS), _STATUS), _COLOURS.get(one.status, "dim")),
    ]
    cells += [] if is_narrow else [(output.pad(one_line(_who(one), _WHO), _WHO), "")]
    lead = sum(columns(text) + 2 for text, _ in cells)
    how = ", self" if one.is_self else ", signed" if one.authenticated else ""
    by = f"  (by {one_line(one.by, _WHO)}{how})" if one.by else ""
    title = one_line(one.title, max(_LEAST, wide - lead - columns(by)) if wide else None)
    output.write("  ".join([*(output.style(*cell) for cell in cells), title]) + by)


def _who(one: Review) -> str:
    """Whoever asked, by the first name that is known."""
    names = (str(getattr(one.entry, name, "")) for name in ("actor", "role", "writer"))
    return next(filter(None, names), "-")


def _by(one: Review) -> str:
    if not one.by:
        return ""
    how = f", signed {one.authenticated}" if one.authenticated else ""
    if one.is_self:
        how = ", at the terminal"
    return f"  (by {one_line(one.by)}{one_line(how)})"


def _show(journal: api.Journal, args: argparse.Namespace) -> int:
    one = reviewing.find(journal, args.id)
    trouble, asked = "", None
    if one.entry.fields.get("status") == PENDING:
        try:
            asked = reviewing.asked(journal, one)
        except JournalError as error:
            trouble = error.message
    changed = _changed(journal, asked) if one.is_open and asked else []
    entry = journal.find(one.id)
    if args.json:
        told = {"asked": asked, "trouble": trouble, "changed": changed, "body": entry.body}
        steps = [_step(journal, one, step) for step in one.steps]
        output.json({"schema": "journal/review-show@1", **one.record(), **told, "steps": steps})
        return 0
    output.write(output.style(one_line(one.title), "bold"))
    output.write(f"{one_line(one.id)}  {one.status}{_by(one)}  {one_line(one.target)}")
    output.write("")
    output.write(safe_text(entry.body.rstrip("\n")))
    _targets(journal, asked)
    if len(one.steps) > 1:
        output.write("")
    for step in one.steps[1:]:
        late = "  (too late: an earlier answer counts)" if step in one.late else ""
        output.write(_told(_step(journal, one, step)) + late)
    for name in changed:
        say(f"journal: {one_line(name)} has changed since, so it can't be approved: ask anew")
    if trouble:
        say(f"journal: {trouble}")
    return 0


def _targets(journal: api.Journal, asked: dict[str, Any] | None) -> None:
    """The entries that it would be done to, a line each, as they are now."""
    named = list((asked or {}).get("targets") or ())
    journal.catalog.catch_up()
    found = journal.catalog.with_ids(named[:_MOST])
    if found:
        output.write("\nwhat it is about, as it is now:")
    for row in {row.id: row for row in found}.values():
        output.write(f"  {output.row(row, margin=2)}")


def _told(said: dict[str, Any]) -> str:
    """A step: when, what was said, by whom, and why."""
    by = f" by {one_line(said['by'])}" if said["by"] else ""
    when = one_line(said["at"][:16].replace("T", " "))
    what = f"{when}  {output.short(said['id'])}  {one_line(said['status'])}{by}"
    return f"{what}: {one_line(said['reason'])}"


def _changed(journal: api.Journal, asked: dict[str, Any]) -> list[str]:
    """The entries that are not as they were when it was asked for."""
    from journal.ids import is_id

    targets = asked.get("targets")
    was = {key: it for key, it in targets.items() if is_id(key)} if targets else {}
    now = reviewing.standing(journal, was)
    return [key for key, digest in was.items() if now[key] != digest]


def _step(journal: api.Journal, review: Review, step: Any) -> dict[str, Any]:
    fields = step.fields
    reason = journal.find(step.id).body.strip() if step.id != review.id else ""
    shown = {"id": step.id, "at": step.at, "title": step.title, "reason": reason}
    return shown | {
        key: fields.get(key, "") for key in ("status", "by", "authenticated", "signature")
    }


def _answer(journal: api.Journal, args: argparse.Namespace) -> int:
    if args.action == "approve":
        found = reviewing.approve(journal, args.id, args.name, reason=args.reason, key=args.sign)
    else:
        found = reviewing.refuse(journal, args.id, args.name, args.reason, key=args.sign)
    left, commands = _reached(journal, found)
    told = reviewing.telling(journal, found.review)
    if args.json:
        output.json({
            "schema": "journal/review-answer@1", "id": found.review.id, "answer": found.verdict,
            "status": "approved" if args.action == "approve" else "refused",
            "title": found.review.title, "by": args.name, "authenticated": found.authenticated,
            "entries": told, "left": left, "history": commands,
        })  # fmt: skip
        return 0
    claim = f"signed, {found.authenticated}" if found.authenticated else "a claim, not signed"
    done = "approved and done" if args.action == "approve" else "refused"
    output.write(f"{one_line(found.review.title)}: {done}, by {one_line(args.name)} ({claim})")
    for entry in told:
        output.write(f"  told by {one_line(entry)}")
    leftovers.warn(left, commands)
    return 0


def _reached(journal: api.Journal, found: Answered) -> tuple[list[str], list[str]]:
    """What a purge or a redaction could not reach."""
    done = found.done
    if isinstance(done, list) and done and all(isinstance(one, Done) for one in done):
        return leftovers.reached(journal, done)
    return [], []
