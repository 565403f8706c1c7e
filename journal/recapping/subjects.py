"""What was done to decisions, tasks and facts: each entry about one, told by what it changed.

Pure: entries in any order; all of a kind, for an entry's meaning depends on those before it.
"""

from journal import decisions, facts, tasks
from journal.context import wording
from journal.decisions.verbs import unsaid
from journal.recapping.doing import CONFLICT, DISAGREES, HANDED, Doing, named, reason, titled, who
from journal.stated import Stated, word
from journal.tasks.folding import BLOCKED_BY, CLAIMED_BY, FREED
from journal.tasks.task import OVER

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import Any

    from journal.recapping.doing import Said

_MADE = {
    decisions.PROPOSED: "proposed", decisions.REJECTED: "noted as rejected",
    decisions.DEPRECATED: "noted as deprecated",
}  # fmt: skip


def of_decisions(entries: "Iterable[Said]") -> "Iterator[Doing]":
    """Decisions proposed, made, accepted, rejected, superseded."""
    stated = Stated(entries, decisions.KIND)
    every: Mapping[str, Any] = stated.entries
    for one in stated.statements:
        entry: Any = one.entry
        about: Any = one.about
        over = [every[it] for it in stated.named(one.fields, "supersedes") if it in every]
        instead = f", in place of {', '.join(map(named, over))}" if over else ""
        cites = tuple(it.id for it in over)
        status = word(one.fields, "status")
        if entry is about:
            yield Doing(entry, _MADE.get(status, "decided"), titled(entry), (), instead)
        elif over:
            part = one.fields.get("part")
            verb = "let a part stand" if part else "let stand"
            yield Doing(entry, verb, titled(about), (about.id, *cites), instead)
        else:
            yield _judged(entry, about, status)


def _judged(entry: "Said", about: "Said", status: str) -> Doing:
    """A decision's status changed: of another's proposal that is a hand-over, or a disagreement."""
    verb = status if status in decisions.STATUSES else "added to"
    ours = who(entry) == who(about) or verb not in (decisions.ACCEPTED, decisions.REJECTED)
    if ours:
        return Doing(entry, verb, titled(about), (about.id,), reason(_why(entry)))
    notable = HANDED if verb == decisions.ACCEPTED else DISAGREES
    more = f", which {wording.plain(who(about))} proposed{reason(_why(entry))}"
    return Doing(entry, verb, titled(about), (about.id,), more, notable, who(about))


def conflicts(entries: "Iterable[Said]") -> "Iterator[Doing]":
    """Proposals on one subject of which none was accepted: the newest, against the others."""
    every: Mapping[str, Any] = {one.id: one for one in entries}
    for group in decisions.fold(every.values()).conflicts:
        newest = max(group, key=lambda one: (one.entry.microseconds, one.id))
        others = [every[one.id] for one in group if one.id != newest.id]
        more = f", against {', '.join(map(named, others))}"
        yield Doing(
            every[newest.id], "proposed", titled(newest.entry), (), more, CONFLICT, who(others[0])
        )


def of_tasks(entries: "Iterable[Said]") -> "Iterator[Doing]":
    """Tasks added, claimed, started, done; who claims what another one added or had, takes over."""
    stated = Stated(entries, tasks.KIND)
    had: dict[str, str] = {}  # who has a task, or had it last
    free: dict[str, bool] = {}
    stood: dict[str, str] = {}  # the status that was said last
    for one in stated.statements:
        entry: Any = one.entry
        about: Any = one.about
        status, claims = word(one.fields, "status"), CLAIMED_BY in one.fields
        claimer = str(one.fields.get(CLAIMED_BY) or "").strip()
        before, stood[about.id] = stood.get(about.id, ""), status or stood.get(about.id, "")
        if entry is about:
            yield Doing(entry, _added(one.fields), titled(entry))
            if claimer:
                had[about.id], free[about.id] = claimer, False
        elif claimer:
            owner = had.get(about.id, who(about))
            is_free = free.get(about.id, True)
            yield _claimed(entry, about, claimer, owner, is_free=is_free)
            if is_free:
                had[about.id], free[about.id] = claimer, False
        elif claims:
            free[about.id] = True
            yield Doing(entry, "gave back", titled(about), (about.id,))
        else:
            verb = _moved(one.fields, status, before)
            told = status == tasks.DROPPED or (
                status == tasks.BLOCKED and BLOCKED_BY not in one.fields
            )
            why = reason(_why(entry)) if told else ""
            yield Doing(entry, verb, titled(about), (about.id,), why)


def _moved(fields: "Mapping[str, Any]", status: str, before: str) -> str:
    """What was done to a task that stood so before."""
    if status in (tasks.OPEN, tasks.STARTED) and before in OVER:
        return "took up again"
    if status == tasks.OPEN:
        return "unblocked" if before == tasks.BLOCKED or FREED in fields else "opened"
    return status if status in tasks.STATUSES else "changed"


def _added(fields: "Mapping[str, Any]") -> str:
    kind = word(fields, "type")
    return f"added the {kind}" if kind in (tasks.GOAL, tasks.MILESTONE) else "added"


def _claimed(entry: "Said", about: "Said", claimer: str, before: str, *, is_free: bool) -> Doing:
    if before == claimer:
        return Doing(entry, "claimed", titled(about), (about.id,))
    if is_free:
        more = f", from {wording.plain(before)}"
        return Doing(entry, "claimed", titled(about), (about.id,), more, HANDED, before)
    more = f", which {wording.plain(before)} has"
    return Doing(entry, "claimed too", titled(about), (about.id,), more, DISAGREES, before)


def of_facts(entries: "Iterable[Said]") -> "Iterator[Doing]":
    """Facts told, superseded, retracted."""
    stated = Stated(entries, facts.KIND)
    every: Mapping[str, Any] = stated.entries
    for one in stated.statements:
        entry: Any = one.entry
        about: Any = one.about
        over = [every[it] for it in stated.named(one.fields, "supersedes") if it in every]
        if entry is about:
            more = f", in place of {', '.join(map(named, over))}" if over else ""
            yield Doing(entry, "found", titled(entry), (), more)
        else:
            is_back = word(one.fields, "status") == facts.RETRACTED
            verb = facts.RETRACTED if is_back else "said more of"
            notable = DISAGREES if is_back and who(entry) != who(about) else ""
            more = f", which {wording.plain(who(about))} found" if notable else ""
            yield Doing(
                entry, verb, titled(about), (about.id,), f"{more}{reason(_why(entry))}", notable,
                who(about) if notable else "",
            )  # fmt: skip


def _why(entry: "Said") -> str:
    """How the text of a change begins, if that says more than that it is one."""
    says = entry.head not in ("", entry.title, unsaid(entry.fields))
    return entry.head if says else ""
