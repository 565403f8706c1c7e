"""Something that somebody did, as one entry says it."""

from dataclasses import dataclass

from journal.context import wording

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Protocol

    from journal.stated import Stating

    class Said(Stating, Protocol):
        """An entry, and who said it: a `Row` will do, and a `brief.Said`."""

        @property
        def role(self) -> str:
            """Who speaks."""

        @property
        def actor(self) -> str:
            """Which person or program."""

        @property
        def session(self) -> str:
            """Its session; empty if it has none."""


NOBODY = "somebody"
HANDED, DISAGREES, CONFLICT = "hand-over", "disagreement", "conflict"  # what stands out
_REASON = 120  # columns


@dataclass(frozen=True, slots=True)
class Doing:
    """What one entry did. `verb`: "decided", "claimed", …; `title`: what it did that to.

    `about` are the ids of other entries that its line cites, the one that it is about first;
    `more` is what the line says after the title, as Markdown. `notable` is why it stands out,
    empty if it doesn't; then `whose` is the other one.
    """

    entry: "Said"
    verb: str
    title: str
    about: tuple[str, ...] = ()
    more: str = ""
    notable: str = ""
    whose: str = ""

    @property
    def who(self) -> str:
        """Who did it: the actor, else the role."""
        return who(self.entry)

    @property
    def day(self) -> str:
        """The day of its entry, by its own clock."""
        return self.entry.at[:10]

    def line(self) -> str:
        """It as Markdown: what was done, to what, and the entry that says so."""
        title = f": {bare(self.title)}" if self.title else ""
        about = f" on {wording.cite(self.about[0])}" if self.about else ""
        verb = f"{self.verb[0].upper()}{self.verb[1:]}"
        return f"{verb}{title} {wording.cite(self.entry.id)}{about}{self.more}"

    def record(self) -> "dict[str, Any]":
        """It as JSON shows it."""
        return {
            "id": self.entry.id,
            "at": self.entry.at,
            "kind": self.entry.kind,
            "who": self.who,
            "verb": self.verb,
            "title": self.title,
            "about": list(self.about),
            "notable": self.notable,
            "whose": self.whose,
            "text": self.line(),
        }


def who(one: "Said") -> str:
    """Who said an entry: the actor, else the role."""
    return one.actor or one.role or NOBODY


def titled(one: "Stating") -> str:
    """What an entry is called: its title, or how its body begins."""
    return one.title or one.head


def named(one: "Stating") -> str:
    """An entry as a line names it beside another: its title and its cite."""
    return f"{bare(titled(one))} {wording.cite(one.id)}".lstrip()


def bare(title: str) -> str:
    """A title in the middle of a line: without the full stop that a sentence ends with."""
    return wording.plain(title).removesuffix(".")


def reason(text: str) -> str:
    """A reason behind what it is the reason of."""
    shown = wording.plain(text, _REASON)
    return f". {shown}" if shown else ""
