"""A day file's entries read in portions, so that no day is too large for memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from journal import held, seal
from journal.dayfile import BOUNDARY
from journal.held import Chain, Day, Held
from journal.manifest import Part, place_of
from journal.packs.faults import corrupt
from journal.packs.pack import Pack

MOST_ENTRY = 4 << 20  # bytes of one slice, whoever wrote it
_MARK = b"\n## "
_HEADING = len("\n## 00:00")


class Twins:
    """How often each handwritten text was met on each day: what reads alike is numbered by it."""

    def __init__(self) -> None:
        self._days: dict[str, Counter[str]] = {}

    def of(self, date: str) -> Counter[str]:
        """Those of a day."""
        return self._days.setdefault(date, Counter())


def entries_of(pack: Pack, path: str, twins: Twins | None = None) -> Iterator[Held]:
    """A day file's entries in its order, text above the first one included.

    What reads alike by hand is numbered by `twins`, by default within the file. IntegrityError if
    an entry is larger than `MOST_ENTRY`.
    """
    yield from read(pack, path, pack.chunks(path), twins)


def read(
    pack: Pack, path: str, chunks: Iterable[bytes], twins: Twins | None = None
) -> Iterator[Held]:
    """The same of these bytes of the member."""
    day = day_of(pack, path)
    alike = (twins or Twins()).of(day.date)
    line = 0
    for portion in portions(chunks):
        for one in held.read(portion, day, alike):
            one.line += line
            if len(one.raw) > MOST_ENTRY:
                where = f"{path}:{one.line}"
                raise corrupt(pack.path, f"{where}: an entry is over {MOST_ENTRY:,} bytes")
            yield one
        line += portion.count(b"\n")


def day_of(pack: Pack, path: str) -> Day:
    """The day file, and whose chain it is of."""
    place = place_of(path)
    return Day(
        path, place.date if place else "", chain_of(pack.manifest.parts[pack.members[path].part])
    )


def chain_of(part: Part) -> Chain:
    """The chain that a part is of."""
    genesis = seal.genesis(part.workspace, part.writer, part.namespace)
    return Chain(part.writer, part.namespace, genesis.partition(":")[2])


def portions(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """LF-normalised bytes, cut only where an entry begins; one that never ends is cut off."""
    kept = bytearray()
    for chunk in _normal(chunks):
        begin = max(0, len(kept) - _HEADING)
        kept += chunk
        if cut := _last(kept, begin):
            yield bytes(kept[:cut])
            del kept[:cut]
        elif len(kept) > MOST_ENTRY:
            break
    if kept:
        yield bytes(kept)


def _last(text: bytearray, begin: int) -> int:
    """Where the last entry begins that does so after `begin`; 0 if none does."""
    at = text.rfind(_MARK, begin)
    while at >= 0 and not BOUNDARY.match(text, at + 1):
        at = text.rfind(_MARK, begin, at)
    return at + 1


def _normal(chunks: Iterable[bytes]) -> Iterator[bytes]:
    rest = b""
    for chunk in chunks:
        whole = rest + chunk
        rest = b"\r" if whole.endswith(b"\r") else b""  # an LF may follow
        yield seal.normal(whole.removesuffix(b"\r") if rest else whole)
    if rest:
        yield b"\n"
