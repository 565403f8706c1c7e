"""Which entries somebody wants: the filters of `list` and `recall`, as a value."""

from __future__ import annotations

from datetime import date

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime
    from typing import Literal

    from journal.entry import Entry


class Selection:
    """Everything that is set must hold; `until` is exclusive, tags must all be there.

    Forgotten entries are left out, unless `forgotten` is "also", or "only" for them alone.
    """

    # By hand, for a `list` would pay 20 ms for dataclasses.
    __slots__ = (
        "actor", "forgotten", "git_branch", "kind", "namespace", "path", "role", "session", "since",
        "tags", "until",
    )  # fmt: skip

    def __init__(  # noqa: PLR0913 - one for each filter
        self,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        kind: str = "",
        role: str = "",
        actor: str = "",
        tags: tuple[str, ...] = (),
        session: str = "",
        path: str = "",
        namespace: str = "",
        git_branch: str = "",
        forgotten: Literal["", "also", "only"] = "",
    ) -> None:
        self.since = since
        self.until = until
        self.kind = kind
        self.role = role
        self.actor = actor
        self.tags = tags
        self.session = session
        self.path = path
        self.namespace = namespace
        self.git_branch = git_branch
        self.forgotten = forgotten

    def takes(self, entry: Entry) -> bool:
        """Whether the entry is one of those, forgotten or not: no entry says that of itself."""
        return (
            (self.since is None or entry.moment >= self.since)
            and (self.until is None or entry.moment < self.until)
            and all(
                not wanted or wanted == getattr(entry, key)
                for key in ("kind", "role", "actor", "session", "path", "namespace")
                for wanted in (getattr(self, key),)
            )
            and (not self.git_branch or self.git_branch == entry.git.rpartition("@")[0])
            and (not self.tags or self._tagged(entry))
        )

    def _tagged(self, entry: Entry) -> bool:
        """Whether the tags stand in the header or in the body, in any case."""
        from journal import markdown  # most lists ask for no tags

        missing = set(map(markdown.folded, self.tags)) - set(map(markdown.folded, entry.tags))
        if not missing or not markdown.may_refer(entry.body.encode()):
            return not missing
        found = (one.target for one in markdown.references(entry.body) if one.kind == "tag")
        return missing <= set(map(markdown.folded, found))

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
