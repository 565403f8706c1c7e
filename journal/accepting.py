"""What entries accept: what was amended, purged, redacted or adopted, as far as they may say so.

An amend says what a person stands for, and may accept any text. A purge accepts only the stub that
it leaves, or the very text, if that came back; a redaction only a sealed slice that says what it
said before, but for placeholders. Whether that is so can be seen only where spool or git still has
the text from before; where nobody has it, the redaction is taken at its word.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any

from journal import dayfile
from journal.chain import ACCEPTS, sealed_digest, slice_digest
from journal.dayfile import INTACT
from journal.held import Held
from journal.hidden import is_own_stub, stub_digest
from journal.verdicts import is_masked

AMENDED, FORGOTTEN, REDACTED = "amended", "forgotten", "redacted"
Texts = Callable[[Held], list[bytes]]


class Acceptances:
    """What these entries accept, all taken as sound.

    `texts`: the sealed texts that somebody has of an entry, other than what stands there.
    """

    def __init__(self, accepting: Iterable[Held], texts: Texts) -> None:
        self._texts = texts
        self.ids: set[str] = set()  # those of which a text as it is now is accepted
        self.redacted: set[str] = set()
        self._by_text: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
        self._by_header: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
        self._before: dict[tuple[str, str], str] = {}
        self.headers: set[str] = set()  # accepted, though no longer to be seen
        for held in accepting:
            values = dayfile.parse(held.raw).values
            if "of" in values:
                self._add(ACCEPTS[held.kind], values)

    def _add(self, state: str, values: dict[str, Any]) -> None:
        of, old, new, was, now = (
            str(values.get(key, "")) for key in ("of", "old", "new", "was", "now")
        )
        if new:
            self.ids.add(of)
            self._by_text[of, new].append((state, old))
            self.redacted |= {of} if state == REDACTED else set()
        if old:
            self.headers.add(old)
            self._by_header[of, old].append((state, new))
        if state == REDACTED and was and now:
            self.ids.add(of)
            self._before[of, now] = was

    def state(self, held: Held) -> str:
        """The state that it is accepted in as it stands; "" if it isn't."""
        whole = slice_digest(held.raw)
        for state, old in self._by_text.get((held.id, whole), ()):
            if self._may(state, held, old):
                return state
        if held.state == INTACT and held.rest:  # a line under a redacted one changes nothing
            bare = sealed_digest(held.raw, held.rest)
            for state, old in self._by_text.get((held.id, bare), ()):
                if state != FORGOTTEN and self._may(state, held, old):
                    return state
        return AMENDED if self._was_amended(held.id, whole) else ""

    def of_remains(self, entry_id: str, raw: bytes) -> str:
        """The state that what is left of an entry without its header is accepted in."""
        whole = slice_digest(raw)
        if any(state == AMENDED for state, _ in self._by_text.get((entry_id, whole), ())):
            return AMENDED
        return AMENDED if self._was_amended(entry_id, whole) else ""

    def came_back(self, held: Held) -> str:
        """`forgotten` or `redacted` if it is the sealed text from before; "" if it isn't."""
        if held.state != INTACT:
            return ""
        said = self._by_header.get((held.id, held.header), ())
        if any(state == FORGOTTEN and new == _stub_of(held) for state, new in said):
            return FORGOTTEN
        return REDACTED if any(state == REDACTED for state, _ in said) else ""

    def _may(self, state: str, held: Held, old: str) -> bool:
        """Whether an entry of that kind may accept the slice."""
        if state == FORGOTTEN:
            return is_own_stub(dayfile.parse(held.raw))
        if state != REDACTED:
            return True
        if held.state != INTACT:
            return False
        before = self._texts(held)
        named = [text for text in before if dayfile.parse(text).header == old]
        return not before or any(is_masked(text, held.raw) for text in named or before)

    def _was_amended(self, entry_id: str, digest: str) -> bool:
        """Whether a text was amended that redactions, each of what the last one left, made this."""
        return any(
            state == AMENDED
            for one in self._befores(entry_id, digest)
            for state, _ in self._by_text.get((entry_id, one), ())
        )

    def _befores(self, entry_id: str, digest: str) -> Iterator[str]:
        seen = {digest}
        while (digest := self._before.get((entry_id, digest), "")) and digest not in seen:
            seen.add(digest)
            yield digest


class Accepted:
    """What is accepted of whom.

    What a pack brought accepts nothing but what it brought itself (who exports anew may redact),
    and what packs brought of the same workspace.
    """

    def __init__(self, accepting: Collection[Held], texts: Texts) -> None:
        self._accepting, self._texts = accepting, texts
        own = [held for held in accepting if not held.day.brought]
        self.every = self.own = Acceptances(accepting, texts)
        if len(own) < len(accepting):
            self.own = Acceptances(own, texts)
        self._others = [held for held in accepting if held.day.brought]
        self._brought: dict[tuple[str, str], Acceptances] = {}

    def of(self, held: Held) -> Acceptances:
        """What may accept this entry."""
        day = held.day
        return self.brought(day.chain.workspace, day.brought) if day.brought else self.own

    def brought(self, workspace: str, folder: str = "") -> Acceptances:
        """What may accept what packs brought of this workspace, as its chains name it.

        `folder`: of the pack, if it is to be what one of them brought.
        """
        key = workspace, folder
        if key not in self._brought:
            some = {
                held
                for held in self._others
                if held.day.chain.workspace == workspace or held.day.brought == folder
            }
            every = [held for held in self._accepting if held in some or not held.day.brought]
            self._brought[key] = Acceptances(every, self._texts) if some else self.own
        return self._brought[key]


def _stub_of(held: Held) -> str:
    return stub_digest(dayfile.parse(held.raw))
