"""Decisions as they stand: one, and all of them."""

from journal.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from journal.stated import Stating

KIND = "decision"
PROPOSED, ACCEPTED, REJECTED, DEPRECATED, SUPERSEDED = STATUSES = (
    "proposed", "accepted", "rejected", "deprecated", "superseded",
)  # fmt: skip


class Decision(Value):
    """A decision as it stands now.

    `status_by` is the id of the entry that gave it its status, its own or a later one's, and
    `standing` that entry; `superseded_by` that of the decision in its place, and only then is it
    "superseded". `parts` are decisions that superseded a part of it, each with what part.
    `disputed_by` are decisions that disagree and were not rejected, `disputes` the entries that it
    disagrees with. `group` are the proposals on its subject that are in conflict, itself
    among them.
    """

    __slots__ = (
        "disputed_by", "disputes", "entry", "evidence", "governs", "group", "id", "options",
        "parts", "standing", "status", "status_by", "subject", "superseded_by", "supersedes",
    )  # fmt: skip

    def __init__(  # noqa: PLR0913 - one for each slot
        self,
        entry: "Stating",
        status: str,
        status_by: str,
        *,
        supersedes: tuple[str, ...] = (),
        superseded_by: str = "",
        standing: "Stating | None" = None,
        parts: tuple[tuple[str, str], ...] = (),
        disputes: tuple[str, ...] = (),
        disputed_by: tuple[str, ...] = (),
        group: tuple[str, ...] = (),
        subject: str = "",
        evidence: tuple[str, ...] = (),
        governs: tuple[str, ...] = (),
        options: tuple[str, ...] = (),
    ) -> None:
        self.entry = entry
        self.id = entry.id
        self.status = status
        self.status_by = status_by
        self.supersedes = supersedes
        self.superseded_by = superseded_by
        self.standing = standing
        self.parts = parts
        self.disputes = disputes
        self.disputed_by = disputed_by
        self.group = group
        self.subject = subject
        self.evidence = evidence
        self.governs = governs
        self.options = options

    @property
    def title(self) -> str:
        """What it is called: its title, or how its body begins."""
        return self.entry.title or self.entry.head

    @property
    def conflicts(self) -> tuple[str, ...]:
        """The other proposals on its subject, with which it is in conflict."""
        return tuple(key for key in self.group if key != self.id)

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
            "conflicts": list(self.conflicts),
            "evidence": list(self.evidence),
            "governs": list(self.governs),
            "options": list(self.options),
        }


class View(Value):
    """All decisions by id, in the order in which they were made.

    `astray`: entries that change a decision which isn't there, each with the id that it names;
    `unclear`: entries whose status is none that a decision has, and so changes nothing.
    """

    __slots__ = ("astray", "decisions", "unclear")

    def __init__(
        self,
        decisions: "Mapping[str, Decision]",
        astray: tuple[tuple[str, str], ...] = (),
        unclear: tuple[str, ...] = (),
    ) -> None:
        self.decisions = decisions
        self.astray = astray
        self.unclear = unclear

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
        found: dict[str, list[Decision]] = {}
        for one in self.decisions.values():
            if one.group:
                found.setdefault(one.group[0], []).append(one)
        return [tuple(group) for group in found.values()]

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
