"""How tasks stand after entries, in whatever order those are read."""

from journal.stated import Stated, texts
from journal.tasks.task import (
    BLOCKED,
    DONE,
    DROPPED,
    KIND,
    OPEN,
    OVER,
    PRIORITIES,
    STATUSES,
    TASK,
    TYPES,
    Claim,
    Task,
    View,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from journal.stated import Statement, Stating

BLOCKED_BY, DEPENDS_ON = NEEDS = ("blocked-by", "depends-on")
FREED = "unblocked-from"
PART_OF = ("part-of", "milestone", "goal")
CLAIMED_BY = "claimed-by"
_SAYS = frozenset((*NEEDS, FREED, *PART_OF, CLAIMED_BY, "status", "type", "priority", "evidence"))
_NONE: tuple[str, ...] = ()


class _Draught(Task):
    """A task while entries are folded, and then as it stands.

    `needed` is what it waits for by the fields that say so; `stated_block`: it is blocked, and not
    by tasks.
    """

    __slots__ = ("needed", "stated_block")

    def __init__(self, entry: "Stating") -> None:
        super().__init__(entry)
        self.needed: dict[str, tuple[str, ...]] | None = None
        self.stated_block = False

    def take(self, one: "Statement", stated: Stated) -> bool:
        """What the entry says of the task; a later one's word counts. Whether all is clear."""
        fields = one.fields
        clear = True
        for key, value in fields.items():
            if key not in _SAYS:
                continue
            if key == "status":
                clear = self._stand(value, one)
            elif key == "priority":
                is_one = type(value) is int and value in PRIORITIES  # nearly always
                self.priority = value if is_one else _priority(value, self.priority)
            elif key in PART_OF:
                self._belong(fields, stated)
            elif key in NEEDS:
                self._need(key, stated.named(fields, key), fields)
            elif key == FREED:
                self._free(stated.named(fields, key))
            elif key == "type":
                kind = value.strip().lower() if type(value) is str else ""
                self.type = kind if kind in TYPES else self.type
            elif key == CLAIMED_BY:
                self._take(value, one.entry.id)
            else:
                self._show(texts(value))
        return clear

    def _stand(self, value: object, one: "Statement") -> bool:
        status = value.strip().lower() if type(value) is str else ""
        if status not in STATUSES:
            return not status
        self.status, self.status_by = status, one.entry.id
        self.stated_block = status == BLOCKED and not any(key in one.fields for key in NEEDS)
        return True

    def _show(self, shown: list[str]) -> None:
        """What else shows what was done."""
        if len(shown) == 1 and not self.evidence:
            self.evidence = (shown[0],)  # nearly always
        else:
            self.evidence = tuple(dict.fromkeys((*self.evidence, *shown)))

    def _belong(self, fields: "Mapping[str, Any]", stated: Stated) -> None:
        """What it is a part of: the first that is named."""
        for name in PART_OF:
            if name in fields and (named := stated.named(fields, name)):
                self.part_of = named[0]
                return

    def _need(self, key: str, named: tuple[str, ...], fields: "Mapping[str, Any]") -> None:
        """What it waits for now; an entry that blocks it adds to that, any other says it anew."""
        if self.needed is None:
            self.needed = {key: named}  # nearly always
            return
        before = self.needed.get(key, _NONE)
        adds = before and fields.get("status") == BLOCKED
        self.needed = {**self.needed, key: (*before, *named) if adds else named}

    def _free(self, named: tuple[str, ...]) -> None:
        """It doesn't wait for these any more."""
        self.needed = {
            key: tuple(it for it in some if it not in named)
            for key, some in (self.needed or {}).items()
        }

    def _take(self, value: object, by: str) -> None:
        """The first one has it until it is given back; whoever comes meanwhile contests it."""
        actor = value.strip() if type(value) is str else ""
        if value is not None and type(value) is not str:
            return
        if not actor:
            self.claim, self.contested = None, ()
            self.releases += 1
        elif self.claim is None:
            self.claim = Claim(actor, by)
        elif self.claim.actor != actor:
            self.contested = (*self.contested, Claim(actor, by))


def _priority(value: object, usual: int) -> int:
    """A priority from 0 to 4, however it is written."""
    if type(value) is str:
        digit = value.strip().lower().removeprefix("p")
        value = int(digit) if digit.isascii() and digit.isdigit() else usual
    return value if type(value) is int and value in PRIORITIES else usual


def fold(entries: "Iterable[Stating]") -> View:
    """How tasks stand after these entries, in whatever order; other kinds tell nothing."""
    stated = Stated(entries, KIND)
    drafts, unclear = _drafts(stated)
    children: dict[str, list[str]] = {}
    for key, one in drafts.items():
        if one.part_of:
            children.setdefault(one.part_of, []).append(key)
    for one in drafts.values():
        if one.needed:
            _wait(one, drafts)
    for key, some in children.items():
        one = drafts[key]
        one.children = tuple(some)
        if one.type != TASK:
            one.done, one.total = _progress(key, drafts, children)
    _hold(drafts, children)
    return View(drafts, stated, unclear)


def _drafts(stated: Stated) -> tuple[dict[str, _Draught], tuple[str, ...]]:
    found: dict[str, _Draught] = {}
    unclear = []
    for one in stated.statements:
        key = one.about.id
        draught = found.get(key)
        if draught is None:
            draught = found[key] = _Draught(one.about)
        if one.fields and not draught.take(one, stated):
            unclear.append(one.entry.id)
    for key, task in found.items():
        above = task.part_of or task.entry.parent
        if above:
            above = stated.subject(above)
            task.part_of = above if above != key and above in found else ""
    return found, tuple(unclear)


def _wait(one: _Draught, drafts: "Mapping[str, _Draught]") -> None:
    """What a task waits for, and what of that is not over; what isn't there only if it says so."""
    named = (it for some in (one.needed or {}).values() for it in some)
    one.needs = needs = tuple(dict.fromkeys(it for it in named if it != one.id))
    if not needs or one.status in OVER:
        return
    unknown = one.status == BLOCKED
    blockers = [it for it in needs if (it not in drafts and unknown) or _lasts(it, drafts)]
    one.blockers = tuple(blockers)
    if blockers:
        one.status = BLOCKED
    elif unknown and not one.stated_block:
        one.status = OPEN  # what it waited for is over


def _lasts(key: str, drafts: "Mapping[str, _Draught]") -> bool:
    return key in drafts and drafts[key].status not in OVER


def _hold(tasks: "Mapping[str, Task]", children: "Mapping[str, list[str]]") -> None:
    """What is a part of what is blocked is blocked too, down to the last part."""
    blocked = [key for key in children if tasks[key].status == BLOCKED]
    for holder in blocked:
        left = [*children[holder]]
        while left:
            one = tasks[left.pop()]
            if one.status == BLOCKED:
                one.held_by = holder if one.id != holder else ""
                continue  # what is below it is held by it
            if one.status not in OVER:
                one.status, one.held_by = BLOCKED, holder
            left += children.get(one.id, ())


def _progress(
    key: str, drafts: "Mapping[str, _Draught]", children: "Mapping[str, list[str]]"
) -> tuple[int, int]:
    """How many of the tasks below are done, of how many that were not dropped."""
    done = total = 0
    seen, left = {key}, list(children.get(key, ()))
    while left:
        at = left.pop()
        if at in seen:
            continue
        seen.add(at)
        left += children.get(at, ())
        one = drafts[at]
        if one.type == TASK and one.status != DROPPED:
            total += 1
            done += one.status == DONE
    return done, total
