"""`journal repair`: mends what the doctor found. By default it only says what it would do.

What is applied is told by one entry in the journal; what a file held before is kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from journal import clock, mend
from journal.doctor import diagnose
from journal.doctor.codes import CODES, NOTE
from journal.doctor.visit import Visit
from journal.entry import Draft
from journal.errors import JournalError, UsageError
from journal.finding import Finding
from journal.notebook import Notebook
from journal.repair import conflicts, copies, house, pages
from journal.repair.allowed import allowed
from journal.repair.step import Plan, Step
from journal.space import open_space
from journal.workspace import read_config

if TYPE_CHECKING:
    from journal.api import Journal

# In this order: each may make the next one possible.
FIXES: dict[str, Plan] = {
    "permissions": house.permissions,
    "leftovers": house.leftovers,
    "cache": house.cache,
    "ignore": house.ignore,
    "attributes": house.attributes,
    "conflict-markers": conflicts.conflict_markers,
    "finish-torn": pages.finish_torn,
    "put-back": pages.put_back,
    "odd-name": copies.odd_name,
}
ASIDE = mend.ASIDE
_NOTES = 100  # that one entry tells of


@dataclass(slots=True)
class Repair:
    """What was done, or would be; `left` is what needs a person."""

    applied: bool
    done: list[Step] = field(default_factory=list)
    hindered: list[Step] = field(default_factory=list)
    left: list[Finding] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    entry: str = ""  # the id of the entry that tells of it

    @property
    def exit_code(self) -> int:
        """0 if all was done and nothing is left but what is only worth knowing, else 1."""
        grave = any(CODES[one.code].weight != NOTE for one in self.left)
        return int(bool(self.hindered or grave or (self.done and not self.applied)))


def plan(root: str, wanted: Sequence[str] = ()) -> Repair:
    """What a repair would do.

    UsageError if there is no such fix, WorkspaceError if the configuration can't be read.
    """
    names = _names(wanted)
    read_config(root)
    visit = Visit(root)
    found = Repair(applied=False)
    for name in names:
        _sort(found, FIXES[name](visit))
    if visit.busy:
        found.hindered += [_amid(visit, step) for step in found.done if _is_day(step)]
        found.done = [step for step in found.done if not _is_day(step)]
    if not wanted:
        found.left = [one for one in diagnose(visit).findings if not one.fix]
    return found


def apply(root: str, wanted: Sequence[str] = (), journal: Journal | None = None) -> Repair:
    """Do it. Each step stands by itself: what one can't do is told, and the next is tried.

    `journal`: the one that asks whoever sits at the terminal. Refused if a review has to allow it.
    """
    names = _names(wanted)
    place = open_space(root, int(clock.now().timestamp()))  # what can't be told must not be done
    with allowed(place, wanted, journal) as notebook:
        found = _applied(root, names, notebook)
    if not wanted:
        found.left = [one for one in diagnose(Visit(root)).findings if not one.fix]
    return found


def _applied(root: str, names: list[str], notebook: Notebook | None) -> Repair:
    mend.resume(root)
    found = Repair(applied=True)
    for name in names:
        visit = Visit(root)
        steps = FIXES[name](visit)
        if visit.busy:
            found.hindered += [_amid(visit, step) for step in steps if _is_day(step)]
            steps = [step for step in steps if not _is_day(step)]
        _sort(found, _carried_out(root, steps, found))
    _record(root, found, notebook)
    return found


def _names(wanted: Sequence[str]) -> list[str]:
    for name in wanted:
        if name not in FIXES:
            raise UsageError(f"there is no fix {name!r}", hint=f"fixes: {', '.join(sorted(FIXES))}")
    return [name for name in FIXES if not wanted or name in wanted]


def _sort(found: Repair, steps: Iterable[Step]) -> None:
    for step in steps:
        (found.hindered if step.hindrance else found.done).append(step)


def _is_day(step: Step) -> bool:
    return bool(step.entry) or any(change.path.startswith("journal/") for change in step.changes)


def _amid(visit: Visit, step: Step) -> Step:
    why = step.hindrance or f"git is in the middle of something: {visit.busy}"
    return replace(step, hindrance=why)


def _carried_out(root: str, steps: list[Step], found: Repair) -> Iterator[Step]:
    """The steps as they are done, or with what stood in their way.

    A change that several steps share is made with the first of them.
    """
    back = [step for step in steps if step.entry]
    made: set[mend.Change] = set()
    there: dict[str, str] = {}
    for step in steps:
        try:
            if step.mode:
                mend.permit(root, step.file, step.mode, told(step))
            if step.derived:
                house.drop(root, step.file, told(step))
            if step.entry and back:
                there = mend.put_back(root, {one.entry: told(one) for one in back})
                back = []
            for change in [one for one in step.changes if one not in made]:
                lines = [told(one) for one in steps if change in one.changes]
                kept = mend.make(root, change, lines)
                found.kept += [kept] if kept else []
                made.add(change)
        except (JournalError, OSError) as error:
            why = error.message if isinstance(error, JournalError) else error.strerror
            yield replace(step, hindrance=why or str(error))
            continue
        is_out = step.entry and step.entry not in there
        yield replace(step, hindrance="another program is writing the file") if is_out else step


def told(step: Step) -> str:
    """The step as the journal's entry tells it."""
    where = f"{step.file}:{step.line}" if step.line else step.file
    return f"{step.fix} {where}: {step.action}"


def _record(root: str, found: Repair, notebook: Notebook | None) -> None:
    """One entry that tells of all that was done, also by a repair that was interrupted."""
    notes = mend.notes(root)
    while notes:
        some, rest = notes[:_NOTES], notes[_NOTES:]
        receipt = (notebook or Notebook.open(root)).record([_telling(some)])[0]
        if not receipt.id:
            return  # the journal is switched off: the notes wait
        found.entry = receipt.id
        mend.forget_notes(root, some)
        notes = rest


def _telling(notes: list[mend.Note]) -> Draft:
    """The entry that tells of these."""
    lines = [f"- {line}" for note in notes for line in note.lines()]
    count = sum(len(note.told) for note in notes if note.done)
    title = f"Repaired: {count} {'change' if count == 1 else 'changes'}"
    if not count:
        title = "A repair that was cut short"
    body = "\n".join(["What `journal repair` did:", "", *lines])
    return Draft(body=body, title=title, kind="event", role="system", tags=("repair",))


def record(found: Repair) -> dict[str, object]:
    """The repair as JSON shows it."""
    from journal import doctor

    shown: dict[str, object] = {
        "schema": "journal/repair@1",
        "applied": found.applied,
        "steps": [_shown(step) for step in (*found.done, *found.hindered)],
        "left": [doctor.record(one) for one in found.left],
    }
    if found.kept:
        shown["kept"] = found.kept
    if found.entry:
        shown["entry"] = found.entry
    return shown


def _shown(step: Step) -> dict[str, object]:
    shown: dict[str, object] = {"fix": step.fix, "file": step.file, "line": step.line}
    if step.hindrance:
        return shown | {"hindrance": step.hindrance}
    return shown | {"action": step.action}
