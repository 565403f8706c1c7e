"""Forgetting: entries hidden, shown again, or purged from everything but git's history."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from journal import hidden, strike
from journal.entry import Draft
from journal.errors import JournalError, UsageError
from journal.mend.holding import not_amid
from journal.notebook import given
from journal.pages import refresh
from journal.reviewing.entries import gate_entries, with_requests
from journal.seal import Sealing
from journal.strike import Stroke, history
from journal.strike.places import others
from journal.strike.plan import Planned, Purging, base_id, check, purges
from journal.strike.witness import sound_purges
from journal.verify import verdicts

if TYPE_CHECKING:
    from journal.api import Journal
    from journal.catalog.row import Row
    from journal.entry import Receipt as Written
    from journal.notebook import Notebook
    from journal.protocol import Session
    from journal.receipt import Receipt

Progress = Callable[[int, int], None]
_TITLES = {hidden.HIDE: "Hide", hidden.UNHIDE: "Show again"}
_ASKED = "It asked for what is purged."
MOST = 2000  # entries purged at once: each group is noted, told and done before the next
_ROUNDS = 2  # how often what an editor saved meanwhile is masked, too


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

    None if one had told of it before. `left`: where something of it stands all the same.
    """

    planned: Planned
    receipt: Receipt | None
    left: tuple[str, ...] = ()


def hide(journal: Journal, rows: Sequence[Row], reason: str) -> list[Forgotten]:
    """Hide the entries from lists and recall; their text stays where it is."""
    return _say(journal, rows, hidden.HIDE, "Forgot", reason)


def unhide(journal: Journal, rows: Sequence[Row], reason: str) -> list[Forgotten]:
    """Show hidden entries again; UsageError for one that was purged: nothing is left to show."""
    for row in rows:
        if journal.catalog.is_purged(row.id):
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
    _not_off(journal.notebook)
    ids = [row.id for row in wanted]
    asked = {"ids": ids, "what": what, "reason": reason}
    with gate_entries(journal, "forget", ids, asked, _TITLES[what]):
        said = _told(journal, wanted, what, verb, reason) if wanted else {}
    stay = tuple(f"{name} stays as it is, and may tell otherwise" for name in refresh(journal))
    notices = {one: said[one].notices for one in said}
    if said and stay:
        last = [*said][-1]
        notices[last] = (*notices[last], *stay)
    return [
        Forgotten(row.id, what, said[row.id].id, notices[row.id])
        if row.id in said
        else Forgotten(row.id, what)
        for row in rows
    ]


def _told(
    journal: Journal, wanted: Sequence[Row], what: str, verb: str, reason: str
) -> dict[str, Written]:
    """The entries that say so, by the id of each that they hide, or show again."""
    notebook = journal.notebook
    drafts = [
        Draft(
            body=reason, kind="forget", namespace=row.namespace, title=f"{verb} {row.id}",
            fields={"of": row.id, "what": what},
        )
        for row in wanted
    ]  # fmt: skip
    # Not as anything else is let in: what a policy withholds would hide nothing.
    own = [notebook.intake.own(given(draft, notebook.store)) for draft in drafts]
    receipts = notebook.append_sealings([Sealing(draft) for draft in own])
    return dict(zip((row.id for row in wanted), receipts, strict=True))


def hide_again(journal: Journal, what: Mapping[str, Any]) -> list[Forgotten]:
    """Hide entries, or show them again, as it was asked for and approved."""
    journal.catalog.catch_up()
    rows = [journal.catalog.named(one) for one in what["ids"]]
    act = unhide if what["what"] == hidden.UNHIDE else hide
    return act(journal, rows, what["reason"])


def purge(
    journal: Journal,
    ids: Iterable[str],
    reason: str | Mapping[str, str],
    *,
    progress: Progress | None = None,
    spares: bool = False,
) -> list[Done]:
    """Take the entries' texts out of files, spools and everything derived; stubs stay.

    `reason`: one for all, or one by id. With `spares`, an entry that a person wrote in stays, and
    nothing is done for it. UsageError if one is nowhere here, Refused if one is needed to verify
    others; then nothing was done. Whatever else went wrong says how far it came.
    """
    journal.catalog.catch_up()
    ids = with_requests(journal, ids)
    store = journal.notebook.store
    was_purged = any(journal.catalog.is_purged(base_id(one)) for one in ids)
    by_id = {} if isinstance(reason, str) else {base_id(one): why for one, why in reason.items()}
    purging = Purging(
        why=lambda one: reason if isinstance(reason, str) else by_id.get(one, _ASKED),
        verdicts=lambda: verdicts(store),
        told=lambda: sound_purges(store, verdicts(store)) if was_purged else {},
        spares=spares,
    )
    striking = Striking(
        check=lambda some: check(journal.root, some, purge=True),
        plan=lambda some: purges(journal.root, some, purging),
        most=MOST,
    )
    why = reason if isinstance(reason, str) else dict(reason)
    asked = {"ids": ids, "reason": why, "spares": spares}
    with gate_entries(journal, "purge", ids, asked, "Purge"):
        return in_groups(journal, ids, striking, progress)


def purge_again(journal: Journal, what: Mapping[str, Any]) -> list[Done]:
    """Purge entries as it was asked for and approved."""
    return purge(journal, what["ids"], what["reason"], spares=what["spares"])


def _not_off(notebook: Notebook) -> None:
    """UsageError if the journal is switched off: it couldn't say that something was forgotten."""
    if not notebook.enabled:
        raise UsageError(
            "nothing was done: enabled = false in journal.toml",
            hint="a journal that is switched off can't say that something was forgotten",
        )


@dataclass(frozen=True, slots=True)
class Striking:
    """What is done with a group of entries, of `most` at once.

    `check` raises if one of all may not be struck; `plan` is asked under the lock. `again` is
    asked for what an editor has saved meanwhile.
    """

    check: Callable[[list[str]], None]
    plan: Callable[[list[str]], list[Planned]]
    most: int
    again: Callable[[list[str]], list[Planned]] | None = None


def in_groups(
    journal: Journal, ids: Iterable[str], striking: Striking, progress: Progress | None = None
) -> list[Done]:
    """Plan and carry out, a group of entries at a time, each under one holding of the lock.

    Whatever goes wrong when something was done already says how much, and what comes of the rest.
    """
    _not_off(journal.notebook)
    wanted = list(dict.fromkeys(map(base_id, ids)))
    if len(wanted) > striking.most:
        striking.check(wanted)
    done: list[Done] = []
    for start in range(0, len(wanted), striking.most):
        some = wanted[start : start + striking.most]
        try:
            done += _carried_out(journal, striking, some)
        except KeyboardInterrupt as error:
            error.add_note(_so_far(journal.root, start, len(wanted)))
            raise
        except (OSError, JournalError) as error:
            if start or strike.is_pending(journal.root):
                raise _cut_short(error, journal.root, start, len(wanted)) from error
            raise
        if progress:
            progress(start + len(some), len(wanted))
    if done and (edited := refresh(journal)):
        done[-1] = replace(done[-1], left=(*done[-1].left, *edited))
    return done


def _so_far(root: str, done: int, total: int) -> str:
    """What was done when something went wrong, and what comes of the rest."""
    before = f"{done:,} of {total:,} entries were done before" if total > 1 else ""
    if not strike.is_pending(root):
        return f"{before}; the rest is as it was"
    noted = "what was begun is noted, and the next append finishes it"
    return f"{noted}; {before}" if done else noted


def _cut_short(error: Exception, root: str, done: int, total: int) -> JournalError:
    said = _so_far(root, done, total)
    if isinstance(error, JournalError):
        hint = f"{said}; {error.hint}" if error.hint else said
        return type(error)(str(error), kind=error.kind, hint=hint, file=error.file, line=error.line)
    why = getattr(error, "strerror", None) or str(error)
    where = os.path.relpath(name, root) if (name := getattr(error, "filename", None)) else ""
    return JournalError(f"can't be finished now: {why}", kind="not-finished", hint=said, file=where)


def _carried_out(journal: Journal, striking: Striking, ids: list[str]) -> list[Done]:
    done = {one.planned.stroke.id: one for one in _once(journal, striking.plan, ids)}
    if not (striking.again and done):
        return list(done.values())
    for _ in range(_ROUNDS):
        more = _once(journal, striking.again, list(done))
        for one in more:
            done[one.planned.stroke.id] = _both(done[one.planned.stroke.id], one)
        if not more:
            break
    else:
        for planned in striking.again(list(done)):
            done[planned.stroke.id] = replace(done[planned.stroke.id], left=planned.lines)
    return list(done.values())


def _once(
    journal: Journal, plan: Callable[[list[str]], list[Planned]], ids: list[str]
) -> list[Done]:
    """Plan and carry out under one holding of the lock: what is struck leaves the session blind."""
    not_amid(journal.root)
    with strike.held_session(journal.notebook.place) as session:
        return _carry_out(journal, session, plan(ids))


def _both(first: Done, second: Done) -> Done:
    """What was done with one entry in two strokes."""
    one, two = first.planned, second.planned
    stroke = replace(two.stroke, instead={**one.stroke.instead, **two.stroke.instead})
    rules = tuple(sorted({*one.rules, *two.rules}))
    paths = tuple(sorted({*one.paths, *two.paths}))
    return Done(replace(two, stroke=stroke, rules=rules, paths=paths), second.receipt)


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


def in_history(root: str, done: Iterable[Done]) -> list[str]:
    """The commands that take what was struck out of git's history; [] if git holds none of it."""
    return history.rewriting(root, _strokes(done))


def left_behind(root: str, done: Sequence[Done]) -> list[str]:
    """Where something of it may still stand, and is not the journal's to change."""
    strokes = _strokes(done)
    saved = {path for one in done for path in one.left}
    return sorted({*others(root, strokes), *saved}) if strokes else []


def _strokes(done: Iterable[Done]) -> dict[str, Stroke]:
    return {stroke.id: stroke for one in done for stroke in (one.planned.stroke, *one.planned.torn)}
