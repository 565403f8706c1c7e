"""Decisions as they stand: one, and all of them."""

from dataclasses import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from journal.stated import Stating

KIND = "decision"
PROPOSED, ACCEPTED, REJECTED, DEPRECATED, SUPERSEDED = STATUSES = (
    "proposed", "accepted", "rejected", "deprecated", "superseded",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision as it stands now.

    `status_by` is the id of the entry that gave it its status, its own or a later one's, and
    `standing` that entry; `superseded_by` that of the decision in its place, and only then is it
    "superseded". `parts` are decisions that superseded a part of it, each with what part.
    `disputed_by` are decisions that disagree and were not rejected, `disputes` the entries that it
    disagrees with. `rivals` are the other proposals on its subject, with which it is in conflict.
    """

    id: str
    entry: "Stating"
    status: str
    status_by: str
    supersedes: tuple[str, ...] = ()
    superseded_by: str = ""
    standing: "Stating | None" = None
    parts: tuple[tuple[str, str], ...] = ()
    disputes: tuple[str, ...] = ()
    disputed_by: tuple[str, ...] = ()
    rivals: tuple[str, ...] = ()
    subject: str = ""
    evidence: tuple[str, ...] = ()
    governs: tuple[str, ...] = ()
    options: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """What it is called: its title, or how its body begins."""
        return self.entry.title or self.entry.head

    def record(self) -> "dict[str, Any]":
        """The decision as JSON shows it."""
        return {
            "id": self.id,
            "at": self.entry.at,
            "title": self.title,
            "status": self.status,
            "status_by": self.status_by,
            "subject": self.subject,
            "supersedes": list(self.supersedes),
            "superseded_by": self.superseded_by,
            "parts": [{"by": by, "part": part} for by, part in self.parts],
            "disputes": list(self.disputes),
            "disputed_by": list(self.disputed_by),
            "conflicts": list(self.rivals),
            "evidence": list(self.evidence),
            "governs": list(self.governs),
            "options": list(self.options),
        }


@dataclass(frozen=True, slots=True)
class View:
    """All decisions by id, in the order in which they were made.

    `astray`: entries that change a decision which isn't there, each with the id that it names;
    `unclear`: entries whose status is none that a decision has, and so changes nothing.
    """

    decisions: "Mapping[str, Decision]"
    astray: tuple[tuple[str, str], ...] = ()
    unclear: tuple[str, ...] = ()

    @property
    def in_force(self) -> "list[Decision]":
        """Those that are accepted, and not superseded."""
        return self.of(ACCEPTED)

    @property
    def proposed(self) -> "list[Decision]":
        """Those that nobody accepted or rejected yet."""
        return self.of(PROPOSED)

    @property
    def conflicts(self) -> "list[tuple[Decision, ...]]":
        """Proposals on one subject, of which none was accepted since: all of each subject."""
        found: dict[frozenset[str], tuple[Decision, ...]] = {}
        for one in self.decisions.values():
            if one.rivals:
                group = frozenset((one.id, *one.rivals))
                found[group] = (*found.get(group, ()), one)
        return list(found.values())

    def of(self, status: str) -> "list[Decision]":
        """Those of that status."""
        return [one for one in self.decisions.values() if one.status == status]

    def named(self, name: str) -> "Decision | None":
        """The decision of which the id begins or ends so; None if there is none, or several."""
        if name in self.decisions:
            return self.decisions[name]
        from journal.ids import matches

        found = [one for key, one in self.decisions.items() if name and matches(name, key)]
        return found[0] if len(found) == 1 else None
