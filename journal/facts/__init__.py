"""Facts: what is known to be so, how much it matters, what showed it, and what is known no longer.

Pure. A fact is an entry of the kind `fact`; its field `importance` is 1 to 5, 3 where it says
nothing, `evidence` names entries, files or addresses that show it, and `subject` what it is about.
A later entry of that kind whose field `fact` names it changes what it says in fields, and with
`status: retracted` takes it back. `supersedes` names the facts that it takes the place of. Nothing
else is stored: `fold` makes the rest from entries in any order.

>>> view = fold(journal.rows(Selection(kind="fact")))                # doctest: +SKIP
>>> [one.title for one in view.known if one.importance >= 4]         # doctest: +SKIP
"""

from dataclasses import dataclass

from journal.stated import Stated, leads, texts, word

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from journal.stated import Statement, Stating

KIND = "fact"
KNOWN, SUPERSEDED, RETRACTED = STATUSES = "known", "superseded", "retracted"
LEAST, USUAL, MOST = 1, 3, 5  # importance
_GIVEN = frozenset((KNOWN, RETRACTED))


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact as it stands now.

    `status_by` is the id of the entry that gave it its status, its own or a later one's; of a
    superseded one that of the entry that said so, and `superseded_by` is the fact in its place.
    """

    id: str
    entry: "Stating"
    status: str
    status_by: str
    importance: int = USUAL
    subject: str = ""
    evidence: tuple[str, ...] = ()
    supersedes: tuple[str, ...] = ()
    superseded_by: str = ""

    @property
    def title(self) -> str:
        """What it is called: its title, or how its body begins."""
        return self.entry.title or self.entry.head

    def record(self) -> "dict[str, Any]":
        """The fact as JSON shows it."""
        return {
            "id": self.id,
            "at": self.entry.at,
            "title": self.title,
            "status": self.status,
            "status_by": self.status_by,
            "importance": self.importance,
            "subject": self.subject,
            "evidence": list(self.evidence),
            "supersedes": list(self.supersedes),
            "superseded_by": self.superseded_by,
        }


@dataclass(frozen=True, slots=True)
class View:
    """All facts by id, in the order in which they were told.

    `changes` are the entries of each in order, its own first. `astray`: entries that change a fact
    which isn't there, each with the id that it names; `unclear`: entries whose status or importance
    is none that a fact has, and so changes nothing.
    """

    facts: "Mapping[str, Fact]"
    changes: "Mapping[str, tuple[Stating, ...]]"
    astray: tuple[tuple[str, str], ...] = ()
    unclear: tuple[str, ...] = ()

    @property
    def known(self) -> list[Fact]:
        """Those that hold: neither superseded nor retracted."""
        return self.of(KNOWN)

    def of(self, *statuses: str) -> list[Fact]:
        """Those of these statuses."""
        return [one for one in self.facts.values() if one.status in statuses]

    def meant(self, entry_id: str) -> Fact | None:
        """The fact that an entry tells or changes; None if there is none."""
        if entry_id in self.facts:
            return self.facts[entry_id]
        owner = (key for key, some in self.changes.items() if entry_id in {one.id for one in some})
        return next((self.facts[key] for key in owner), None)


class _Draught:
    """A fact while entries are folded."""

    __slots__ = ("entry", "evidence", "importance", "status", "status_by", "subject", "supersedes")

    def __init__(self, entry: "Stating") -> None:
        self.entry = entry
        self.status, self.status_by = KNOWN, entry.id
        self.importance = USUAL
        self.subject = ""
        self.evidence: dict[str, None] = {}
        self.supersedes: dict[str, None] = {}

    def take(self, one: "Statement") -> bool:
        """What the entry says of the fact; a later one's word counts. False if some is unclear."""
        fields = one.fields
        if (status := word(fields, "status")) in _GIVEN:
            self.status, self.status_by = status, one.entry.id
        if "importance" in fields:
            self.importance = importance(fields["importance"]) or self.importance
        if isinstance(subject := fields.get("subject"), str):
            self.subject = subject.strip()
        self.evidence |= dict.fromkeys(texts(fields.get("evidence")))
        return status in ("", *_GIVEN) and (
            "importance" not in fields or importance(fields["importance"]) > 0
        )


def fold(entries: "Iterable[Stating]") -> View:
    """How facts stand after these entries, in whatever order; other kinds tell nothing."""
    stated = Stated(entries, KIND)
    found: dict[str, _Draught] = {}
    changes: dict[str, list[Stating]] = {}
    unclear = []
    for one in stated.statements:
        key = one.about.id
        draft = found.setdefault(key, _Draught(one.about))
        changes.setdefault(key, []).append(one.entry)
        if one.fields and not draft.take(one):
            unclear.append(one.entry.id)
    by = _superseding(stated, found)
    facts = {key: _fact(key, draft, by.get(key)) for key, draft in found.items()}
    told = {key: tuple(some) for key, some in changes.items()}
    return View(facts, told, stated.astray, tuple(unclear))


def _fact(key: str, draft: _Draught, by: tuple[str, str] | None) -> Fact:
    """What is retracted is that alone, whatever stands in its place."""
    superseded = by if draft.status == KNOWN else None
    return Fact(
        id=key,
        entry=draft.entry,
        status=SUPERSEDED if superseded else draft.status,
        status_by=superseded[1] if superseded else draft.status_by,
        importance=draft.importance,
        subject=draft.subject,
        evidence=tuple(draft.evidence),
        supersedes=tuple(draft.supersedes),
        superseded_by=superseded[0] if superseded else "",
    )


def _superseding(stated: Stated, found: "Mapping[str, _Draught]") -> "dict[str, tuple[str, str]]":
    """Of each fact that another one took the place of, which did so last, and the entry that says.

    Who is said to be known by a later entry is superseded no longer; nor is who comes to supersede,
    be it over others, the fact in its own place. So there is never a circle. What was superseded by
    what is retracted by now doesn't come back by itself.
    """
    by: dict[str, str] = {}
    said: dict[str, str] = {}
    for one in stated.statements:
        key = one.about.id
        if one.entry.id != key and word(one.fields, "status") == KNOWN:
            by.pop(key, None)
        for target in stated.named(one.fields, "supersedes"):
            if target == key:
                continue
            found[key].supersedes[target] = None
            if leads(by, key, target):
                del by[key]
            if target in found:
                by[target], said[target] = key, one.entry.id
    return {key: (other, said[key]) for key, other in by.items()}


def importance(value: object) -> int:
    """How much a fact matters, 1 to 5; 0 if the value says none of these."""
    if isinstance(value, str) and value.strip() in {str(one) for one in range(LEAST, MOST + 1)}:
        return int(value)
    return value if type(value) is int and LEAST <= value <= MOST else 0


def order(one: Fact) -> tuple[int, int, str]:
    """Where a fact belongs among others: those that matter most first, then the newest."""
    return (-one.importance, -one.entry.microseconds, one.id)
