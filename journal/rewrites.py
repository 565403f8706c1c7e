"""What became of commits that git rewrote: old to new, as entries of a post-rewrite hook say.

Pure and cheap. An entry tells of it in its field `rewrote`, a list of pairs of 12 hex digits, and
has the tag `rewrite`, by which it is found. A squash maps several to one; what a rebase dropped is
in no pair.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import Any, Protocol

    class Telling(Protocol):
        """What of an entry is asked: a `Row` will do, and an `Entry`."""

        @property
        def id(self) -> str:
            """Its id, by which the later of two is known."""

        @property
        def fields(self) -> Mapping[str, Any]:
            """The header's other keys."""


FIELD = "rewrote"
TAG = "rewrite"
DIGITS = 12
MOST = 300  # pairs in one entry: a header holds 16 KB
_HEX = "0123456789abcdef"


class Rewrites:
    """Which commit took a commit's place; `fold` makes them."""

    __slots__ = ("_new",)

    def __init__(self, new: "dict[str, str]") -> None:
        self._new = new

    def now(self, commit: str) -> str:
        """What the commit is by now, 12 hex digits; "" if it was never rewritten."""
        at = commit[:DIGITS]
        while following := self._new.get(at, ""):
            at = following
        return "" if at == commit[:DIGITS] else at

    def anchored(self, git: str) -> str:
        """The same for an entry's anchor, `<branch>@<12 hex>`."""
        return self.now(git.rpartition("@")[2])


def fold(entries: "Iterable[Telling]") -> Rewrites:
    """All rewrites that the entries tell, in whatever order they come; the later one counts."""
    new: dict[str, str] = {}
    for entry in sorted(entries, key=_by_id):
        for before, after in _told(entry.fields.get(FIELD)):
            new[before] = after
            new.pop(after, None)  # it is there again, whatever became of it once: so no circles
    return Rewrites(new)


def pairs(lines: str) -> "list[list[str]]":
    """The pairs in what git gives a post-rewrite hook: a line each, old and new in full."""
    found = [[word[:DIGITS] for word in line.split()[:2]] for line in lines.splitlines()]
    return [pair for pair in found if _is_pair(pair)]


def _by_id(entry: "Telling") -> str:
    return entry.id


def _told(value: object) -> "Iterator[list[str]]":
    return filter(_is_pair, value if isinstance(value, list) else ())


def _is_pair(pair: object) -> bool:
    return (
        isinstance(pair, list)
        and len(pair) == 2
        and all(isinstance(one, str) and len(one) == DIGITS for one in pair)
        and not "".join(pair).strip(_HEX)
        and pair[0] != pair[1]
    )
