"""A context as it was composed: its text, its JSON, the ids that it gives out."""

from dataclasses import dataclass

from journal.context.page import Section, size

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from journal.finding import Finding


@dataclass(frozen=True, slots=True)
class Place:
    """Where the context is taken from: a conversation, and how git stands to it.

    `session` and `path` are empty if there is no session; `why` says why it was taken, if none was
    asked for. `anchor` is its newest entry's `<branch>@<12 hex>`, `head` that of HEAD now, in the
    work tree that `directory` is in.
    """

    namespace: str
    session: str = ""
    path: str = ""
    why: str = ""
    anchor: str = ""
    head: str = ""
    directory: str = ""

    @property
    def same_branch(self) -> bool:
        """Whether git is on the branch that the session was last on, or nobody can tell."""
        was, now = self.branch, self.head.rpartition("@")[0]
        return not was or not now or "HEAD" in (was, now) or was == now

    @property
    def branch(self) -> str:
        """The branch that the session was last on."""
        return self.anchor.rpartition("@")[0]


@dataclass(frozen=True, slots=True)
class Context:
    """What is told: an opening, and sections of items that cite their entries.

    The text never has more than `max_bytes` bytes, as UTF-8. `notices` are what recall met.
    """

    place: Place
    query: str
    max_bytes: int
    opening: str
    sections: tuple[Section, ...]
    notices: "tuple[Finding, ...]" = ()

    def text(self) -> str:
        """The context as Markdown, for a person and a model alike."""
        whole = "".join([self.opening, *(one.text() for one in self.sections)])
        if size(whole) <= self.max_bytes:
            return whole
        return whole.encode(errors="replace")[: self.max_bytes].decode(errors="ignore")

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of all entries that it cites, in full, each once."""
        lines = (line for section in self.sections for line in section.lines)
        return tuple(dict.fromkeys(entry_id for line in lines for entry_id in line.ids))

    def record(self) -> "dict[str, Any]":
        """The context as JSON shows it."""
        place, text = self.place, self.text()
        git = {"now": place.head, "session": place.anchor, "same_branch": place.same_branch}
        return {
            "namespace": place.namespace,
            "session": place.session,
            "path": place.path,
            "why": place.why,
            "git": git,
            "query": self.query,
            "max_bytes": self.max_bytes,
            "bytes": size(text),
            "text": text,
            "sections": [_section(one) for one in self.sections],
            "ids": list(self.ids),
        }


def _section(one: Section) -> "dict[str, Any]":
    lines = one.lines[::-1] if one.turned else one.lines
    items = [{"text": line.text, "ids": list(line.ids)} for line in lines]
    shown = {"name": one.name, "title": one.title, "lines": items, "left": one.left}
    more = one.more if one.left else ""
    return shown | {key: text for key, text in (("more", more), ("note", one.note)) if text}
