"""Which entries somebody wants: the filters of `list` and `recall`, as a value."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from journal.entry import Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Everything that is set must hold; `until` is exclusive, tags must all be there."""

    since: datetime | None = None
    until: datetime | None = None
    kind: str = ""
    role: str = ""
    actor: str = ""
    tags: tuple[str, ...] = ()
    session: str = ""
    path: str = ""
    namespace: str = ""
    git_branch: str = ""

    def takes(self, entry: Entry) -> bool:
        """Whether the entry is one of those."""
        return (
            (self.since is None or entry.moment >= self.since)
            and (self.until is None or entry.moment < self.until)
            and all(
                not wanted or wanted == getattr(entry, key)
                for key in ("kind", "role", "actor", "session", "path", "namespace")
                for wanted in (getattr(self, key),)
            )
            and set(self.tags) <= set(entry.tags)
            and (not self.git_branch or self.git_branch == entry.git.rpartition("@")[0])
        )

    def may_hold(self, day: str) -> bool:
        """Whether the day file of that date can hold one: zones differ by a day at most."""
        try:
            moved = date.fromisoformat(day)
        except ValueError:
            return True
        # In days, not dates: there is no date two days before the first one.
        return (self.since is None or (moved - self.since.date()).days >= -2) and (
            self.until is None or (moved - self.until.date()).days <= 2
        )


EVERYTHING = Selection()
