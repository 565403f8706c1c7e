"""`journal decide` and `journal decision`: what was decided, and what became of it."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from journal import api, deciding, decisions
from journal.cli import actions, asking, decision_output, decision_page, drafting, output, progress
from journal.cli.complete import offer
from journal.cli.listing import count, identify
from journal.decisions import STATUSES, Case
from journal.errors import UsageError

if TYPE_CHECKING:
    from datetime import datetime

    from journal.entry import Draft

_ACTIONS = {
    "list": "list the decisions that count, newest first: in force, or only proposed",
    "show": "show a decision, and what became of it",
    "accept": "accept a decision; one that is accepted already anew, if you say why",
    "reject": "reject a decision",
    "deprecate": "give a decision up without putting another in its place",
    "supersede": "put a later decision in the place of one, or of a part of it",
    "history": "list what was said of a decision, oldest first",
    "drift": "list decisions in force whose files changed since, or that a later one contradicts",
    "render": "write DECISIONS.md anew; every verb that changes decisions does that, too",
    "import": "bring in a folder of decision records (ADRs)",
    "export": "write the decisions as a folder of decision records (ADRs)",
}
_GIVEN = tuple(one for one in STATUSES if one != "superseded")
_CHANGES = ("accept", "reject", "deprecate")


def decide_options(verb: argparse.ArgumentParser) -> None:
    """The options of `decide`."""
    verb.add_argument("title", metavar="TITLE", help="what is decided, in one line")
    verb.add_argument("text", nargs="?", default="", metavar="TEXT", help="more of it; - is stdin")
    verb.add_argument(
        "--status", choices=_GIVEN, default="", metavar="STATUS",
        help=f"{', '.join(_GIVEN)} (default: accepted; proposed with --disputes)",
    )  # fmt: skip
    for name, words in (
        ("because", "the context: what forces it"),
        ("consequences", "what follows from it"),
        ("subject", "what it is about: two proposals on one subject are in conflict"),
        ("part", "what of the decisions it supersedes, if not all"),
    ):
        verb.add_argument(f"--{name}", default="", metavar="TEXT", help=words)
    for name, words in (
        ("option", "what else was considered; may be repeated"),
        ("evidence", "what shows it: an entry's id, a file, an address; may be repeated"),
        ("governs", "a file or folder that it decides about, for `drift`; may be repeated"),
    ):
        what = "FILE" if name == "governs" else "WHAT"
        verb.add_argument(f"--{name}", action="append", default=[], metavar=what, help=words)
    for name, words in (
        ("supersedes", "a decision that it takes the place of; may be repeated"),
        ("disputes", "an entry that it disagrees with"),
    ):
        repeated = {"action": "append", "default": []} if name == "supersedes" else {"default": ""}
        offer(verb.add_argument(f"--{name}", metavar="ID", help=words, **repeated), "id")
    drafting.who(verb)


def decision_options(verb: argparse.ArgumentParser) -> None:
    """The actions, each with its options."""
    found = actions.add(verb, _ACTIONS)
    for name in ("show", "history", *_CHANGES, "supersede"):
        identify(found[name])
    for name in (*_CHANGES, "supersede"):
        found[name].add_argument(
            "text", nargs="?", default="", metavar="WHY", help="why; - is standard input"
        )
        drafting.who(found[name])
    one = found["supersede"]
    by = one.add_argument("--by", required=True, metavar="ID", help="the later decision")
    offer(by, "id")
    one.add_argument("--part", default="", metavar="TEXT", help="what of it, if not all")
    _list_options(found["list"])
    for name, words in (("import", "the folder, or one record"), ("export", "the folder")):
        found[name].add_argument("folder", metavar="FOLDER", help=words)
    found["export"].add_argument(
        "--replace", action="store_true", help="replace files that are there and say otherwise"
    )
    for name in ("list", "drift", "import", "export"):
        space = "which of the workspace's journals (default: the first)"
        option = found[name].add_argument("--namespace", default="", metavar="NAME", help=space)
        offer(option, "namespace")


def _list_options(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "--as-of", default="", metavar="TIME", help="as it stood then: at the end of 2026-11-21, …"
    )
    verb.add_argument(
        "--status", action="append", choices=STATUSES, default=[], metavar="STATUS",
        help=f"only of this status: {', '.join(STATUSES)}; may be repeated",
    )  # fmt: skip
    verb.add_argument("--all", action="store_true", help="whatever became of them")
    verb.add_argument("--subject", default="", metavar="TEXT", help="only on this subject")
    verb.add_argument("-n", type=count, default=None, metavar="N", help="at most N")


def do_decide(args: argparse.Namespace) -> int:
    """Say what is decided, or proposed."""
    case = Case(
        because=args.because,
        consequences=args.consequences,
        options=tuple(args.option),
        evidence=tuple(args.evidence),
        governs=tuple(args.governs),
        subject=args.subject,
        supersedes=tuple(args.supersedes),
        part=args.part,
        disputes=args.disputes,
    )
    with asking.opened(args.workspace) as journal:
        text = drafting.text(args.text, "text")
        given = drafting.given(args)
        case = deciding.settled(journal, case, given.get("namespace", ""))
        return _append(
            journal, args, decisions.decide(args.title, text, case, status=args.status, **given)
        )


def do_decision(args: argparse.Namespace) -> int:
    """One action."""
    if args.action in ("import", "export", "render"):
        from journal.cli import decision_folder

        code: int = getattr(decision_folder, f"do_{args.action}")(args)
        return code
    if args.action in (*_CHANGES, "supersede"):
        with asking.opened(args.workspace) as journal:
            return _change(journal, args)
    with api.open(args.workspace, progress.reading) as journal:
        if args.action == "list":
            return _list(journal, args)
        if args.action == "drift":
            from journal.cli import decision_drift
            from journal.deciding.drift import drift

            return decision_drift.drifted(drift(journal, args.namespace), as_json=args.json)
        every, view, one = deciding.meant(journal, args.id)
        show = decision_output.shown if args.action == "show" else decision_output.told
        return show(journal, (every, view, one), as_json=args.json)


def _list(journal: api.Journal, args: argparse.Namespace) -> int:
    until = _as_of(journal, args.as_of)
    view = deciding.view(journal, args.namespace, until)
    wanted = args.status or (STATUSES if args.all else ("accepted", "proposed"))
    subject = args.subject.casefold().split()
    found = [
        one
        for one in reversed([*view.decisions.values()])
        if one.status in wanted and (not subject or one.subject.casefold().split() == subject)
    ]
    at = until.isoformat() if until else ""
    return decision_output.listed(journal, (found, args.n, at), view, as_json=args.json)


def _as_of(journal: api.Journal, text: str) -> datetime | None:
    """The end of the time that is named; None if none is."""
    if not text:
        return None
    from journal import clock

    try:
        return clock.parse_until(text, clock.zone(journal.timezone), clock.now())
    except ValueError as error:
        hint = "for example: --as-of 2026-11-21"
        raise UsageError(str(error), kind="bad-time", hint=hint) from error


def _change(journal: api.Journal, args: argparse.Namespace) -> int:
    _, view, one = deciding.meant(journal, args.id)
    why = drafting.text(args.text, "reason")
    given = drafting.given(args)
    if args.action == "supersede":
        by = deciding.meant(journal, args.by)[2]
        if by.id not in view.decisions:
            raise UsageError(
                f"{output.short(by.id)} is of another namespace than {output.short(one.id)}",
                kind="other-namespace", hint="each namespace has its own decisions",
            )  # fmt: skip
        draft = decisions.supersede(view, one.id, by.id, why, args.part, **given)
    else:
        verbs = {
            "accept": decisions.accept, "reject": decisions.reject,
            "deprecate": decisions.deprecate,
        }  # fmt: skip
        draft = verbs[args.action](view, one.id, why, **given)
    return _append(journal, args, draft)


def _append(journal: api.Journal, args: argparse.Namespace, draft: Draft) -> int:
    """Append what is said, tell what became of it, and render DECISIONS.md anew."""
    before = deciding.view(journal, draft.namespace)
    receipt = journal.append(draft)
    drafting.is_kept(receipt)
    if not receipt.id and not args.json:
        return 0
    after = deciding.view(journal, draft.namespace)
    decision_output.changed(receipt, before, after, as_json=args.json, said=args.verb == "decide")
    if receipt.stands:
        decision_page.follow(journal)
    output.findings(journal.findings())
    return 0
