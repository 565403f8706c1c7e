"""Forgetting: entries hidden, shown again, or purged from everything but git's history."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from journal import gitstate, hidden, strike
from journal.entry import Draft
from journal.errors import Conflict, JournalError, UsageError
from journal.notebook import given
from journal.seal import Sealing
from journal.strike import Stroke, history
from journal.strike.places import others
from journal.strike.plan import Planned, Purging, base_id, purges
from journal.verify import verdicts

if TYPE_CHECKING:
    from journal.api import Journal
    from journal.catalog.row import Row
    from journal.notebook import Notebook
    from journal.protocol import Session
    from journal.receipt import Receipt

MOST = 200  # entries struck at once: each group is noted, told and done before the next


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was done with one entry: `by` is the entry that says so, empty if nothing had to be."""

    id: str
    what: str
    by: str = ""
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Done:
    """A purge or redaction that was carried out; `receipt` of the entry that tells of it.

    None if one had told of it before.
    """

    planned: Planned
    receipt: Receipt | None


def hide(journal: Journal, rows: Sequence[Row], reason: str) -> list[Forgotten]:
    """Hide the entries from lists and recall; their text stays where it is."""
    return _say(journal, rows, hidden.HIDE, "Forgot", reason)


def unhide(journal: Journal, rows: Sequence[Row], reason: str) -> list[Forgotten]:
    """Show hidden entries again; UsageError for one that was purged: nothing is left to show."""
    for row in rows:
        if _was_purged(journal, row.id):
            raise UsageError(
                f"{row.id} was purged: its text is gone",
                kind="was-purged",
                hint="git history or a backup may still have it",
            )
    return _say(journal, rows, hidden.UNHIDE, "Unforgot", reason)


def _say(
    journal: Journal, rows: Sequence[Row], what: str, verb: str, reason: str
) -> list[Forgotten]:
    journal.catalog.catch_up()
    now = {row.id: journal.catalog.forgotten(row.id) is not None for row in rows}
    wanted = [row for row in rows if now[row.id] is (what == hidden.UNHIDE)]
    notebook = journal.notebook
    _not_off(notebook)
    drafts = [
        Draft(
            body=reason, kind="forget", namespace=row.namespace, title=f"{verb} {row.id}",
            fields={"of": row.id, "what": what},
        )
        for row in wanted
    ]  # fmt: skip
    # Not as anything else is let in: what a policy withholds would hide nothing.
    own = [notebook.intake.own(given(draft, notebook.store)) for draft in drafts]
    receipts = notebook.append_sealings([Sealing(draft) for draft in own]) if own else []
    said = dict(zip((row.id for row in wanted), receipts, strict=True))
    return [
        Forgotten(row.id, what, said[row.id].id, said[row.id].notices)
        if row.id in said
        else Forgotten(row.id, what)
        for row in rows
    ]


def purge(journal: Journal, ids: Iterable[str], reason: str) -> list[Done]:
    """Take the entries' texts out of files, spools and everything derived; stubs stay.

    UsageError if one is nowhere here, Refused if one is needed to verify others.
    """
    ids = list(ids)
    journal.catalog.catch_up()
    before = {base_id(one) for one in ids if _was_purged(journal, one)}
    store = journal.notebook.store
    purging = Purging(reason, lambda: verdicts(store), before)
    return in_groups(journal, ids, lambda some: purges(journal.root, some, purging))


def _was_purged(journal: Journal, entry_id: str) -> bool:
    by = journal.catalog.forgotten(entry_id)
    fields = by.fields if by else {}
    return hidden.PURGE in (fields.get("what"), hidden.PURGE if fields.get("new") else "")


def _not_off(notebook: Notebook) -> None:
    """UsageError if the journal is switched off: it couldn't say that something was forgotten."""
    if not notebook.enabled:
        raise UsageError(
            "nothing was done: enabled = false in journal.toml",
            hint="a journal that is switched off can't say that something was forgotten",
        )


def in_groups(
    journal: Journal, ids: Iterable[str], plan: Callable[[list[str]], list[Planned]]
) -> list[Done]:
    """Plan and carry out, a group of entries at a time, each under one holding of the lock."""
    _not_off(journal.notebook)
    wanted = list(dict.fromkeys(map(base_id, ids)))
    done: list[Done] = []
    for start in range(0, len(wanted), MOST):
        not_amid(journal.root)
        with strike.held_session(journal.notebook.place) as session:
            done += _carry_out(journal, session, plan(wanted[start : start + MOST]))
    return done


def _carry_out(journal: Journal, session: Session, planned: Sequence[Planned]) -> list[Done]:
    """Do what is planned, with the entries that tell of it."""
    if not planned:
        return []
    intake = journal.notebook.intake
    told = [one for one in planned if one.draft]
    drafts = [intake.own(one.draft) for one in told if one.draft]
    strokes = [stroke for one in planned for stroke in (one.stroke, *one.torn)]
    receipts = strike.carry_out(session, strokes, drafts, lambda _: _strike_derived(journal))
    said = {one.stroke.id: receipt for one, receipt in zip(told, receipts, strict=True)}
    return [Done(one, said.get(one.stroke.id)) for one in planned]


def _strike_derived(journal: Journal) -> None:
    """Strike it from catalog and index, or remove them: a failing disk must not keep it there."""
    with suppress(JournalError):
        journal.strike()
        if not journal.catalog.trouble:
            return
    journal.close()
    strike.throw_away(journal.root)


def not_amid(root: str) -> None:
    """Conflict while git is in the middle of something: it would bring old files back."""
    repo = gitstate.find(root)
    if repo and (what := repo.busy()):
        raise Conflict(
            f"git is in the middle of something: {what}",
            kind="git-busy",
            hint="finish or abort it, then run the command again",
        )


def in_history(root: str, done: Iterable[Done]) -> list[str]:
    """The commands that take what was struck out of git's history; [] if git holds none of it."""
    return history.rewriting(root, _strokes(done))


def left_behind(root: str, done: Iterable[Done]) -> list[str]:
    """Where something of it may still stand, and is not the journal's to change."""
    strokes = _strokes(done)
    return others(root, strokes) if strokes else []


def _strokes(done: Iterable[Done]) -> dict[str, Stroke]:
    return {stroke.id: stroke for one in done for stroke in (one.planned.stroke, *one.planned.torn)}
