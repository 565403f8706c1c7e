"""Entries as they stand in a day file, read for verification: little more than digests and links.

Pure: bytes in, values out. What the journal wrote and nobody touched is taken by one match;
everything else goes through `dayfile`, and both give the same (the tests compare them).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256

from journal import dayfile, seal
from journal.dayfile import EDITED, INTACT, UNSEALED, Piece

_NOBODY = 1 << 62

# An entry just as `seal` writes it; anything else takes the careful way through `dayfile`.
_SEALED = re.compile(
    rb"## [0-9]{2}:[0-9]{2}[^\n]*\n\n```yaml entry\nid: ([0-9A-Z]{26})\nat: ([0-9-]{10})T[^\n]*\n"
    rb"(?:title: [^\n]*\n)?kind: ([a-z]+)\n(?:(?!seq: |```)[^\n]+\n)*"
    rb"seq: ([1-9][0-9]{0,17})\nprev: ([0-9]{1,18}):(sha256:[0-9a-f]{64})\nlen: ([0-9]{1,9})\n"
    rb"digest: sha256:([0-9a-f]{64})\n```\n"
)


@dataclass(slots=True, eq=False)
class Chain:
    """One writer's chain in one namespace: who is number N, in the files and in the spools."""

    writer: str
    namespace: str
    genesis: str
    held: dict[int, Held] = field(default_factory=dict)
    promised: dict[int, Acknowledged] = field(default_factory=dict)
    # From this number on, this machine's spool knows all of it.
    covered: int = _NOBODY
    believed: bool = True  # false: nobody vouches for the pack that brought it
    # What manifests of imported packs say of it: links to entries that no pack brought, headers by
    # number and by the pack's folder, and of these the newest that came (with the file).
    gaps: set[str] = field(default_factory=set)
    heads: dict[int, dict[str, str]] = field(default_factory=dict)
    ends: dict[tuple[int, str], str] = field(default_factory=dict)
    workspace: str = ""  # the one it was made in, where that is another one

    def told(self, seq: int, folder: str) -> str:
        """The header of this number, as the manifest in that folder says; empty if it doesn't."""
        return self.heads.get(seq, {}).get(folder, "")


@dataclass(frozen=True, slots=True)
class Day:
    """A day file as verification needs it; `regular` is false for copies and other odd names.

    `brought`: the folder of the imported pack that brought it; empty of the workspace's own.
    """

    path: str
    date: str
    chain: Chain
    regular: bool = True
    brought: str = ""


@dataclass(slots=True, eq=False)
class Held:
    """An entry as it stands in a file. `header` is the digest that the next one names."""

    id: str
    seq: int
    before: int  # the number and header digest of its predecessor: its `prev`
    prev: str
    header: str
    state: str
    date: str
    kind: str
    raw: bytes
    rest: bytes  # what stands under the sealed body
    day: Day
    line: int
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """What a spool (or git's HEAD) remembers of an entry: the text that was promised."""

    id: str
    seq: int
    writer: str
    namespace: str
    file: str
    text: bytes
    header: str
    gone: bool = False  # it was put back once already
    placed: bool = True  # it is known to have been in its file


class Chains:
    """The chains that files and spools name, each made once.

    `brought` tells the chain of a file that lies in the folder of an imported pack. `masked` are
    folder, id and header of what was masked on its way here, `apart` the links of what was kept
    aside.
    """

    def __init__(self, genesis: Callable[[str, str], str]) -> None:
        self._genesis = genesis
        self._all: dict[tuple[str, str, str], Chain] = {}
        self.brought: Callable[[str], Chain | None] = lambda _: None
        self.masked: set[tuple[str, str, str]] = set()
        self.apart: set[str] = set()

    def of(
        self, writer: str, namespace: str, workspace: str = "", *, believed: bool = True
    ) -> Chain:
        """The chain of this writer in this namespace, of this workspace or of another one."""
        key = (workspace, writer, namespace)
        chain = self._all.get(key)
        if chain is None:
            first = seal.genesis(*key) if workspace else self._genesis(writer, namespace)
            genesis = first.partition(":")[2]
            chain = self._all[key] = Chain(
                writer, namespace, genesis, believed=believed, workspace=workspace
            )  # fmt: skip
        return chain

    def at(self, promised: Acknowledged) -> Chain:
        """The chain of an entry that a spool or git remembers."""
        return self.brought(promised.file) or self.of(promised.writer, promised.namespace)

    def __iter__(self) -> Iterator[Chain]:
        return iter(self._all.values())


def read(data: bytes, day: Day, twins: Counter[str] | None = None) -> list[Held]:
    """Every entry of a day file's LF-normalised bytes, text above the first one included.

    `twins` counts the handwritten texts of the whole day: what reads alike is numbered by it.
    """
    parts = dayfile.split(data)
    found: list[Held] = []
    twins = Counter() if twins is None else twins
    line = parts.preamble.count(b"\n") + 1
    for piece in dayfile.pieces(parts.preamble):
        above = parts.preamble.count(b"\n", 0, piece.offset) + 1
        found.append(_careful(piece, day, above, twins))
    for offset, raw in parts.slices:
        held = _glance(raw, day, line)
        found.append(held or _careful(dayfile.parse(raw, offset), day, line, twins))
        line += raw.count(b"\n")
    return found


def _glance(raw: bytes, day: Day, line: int) -> Held | None:
    """The entry, if it is sealed, unharmed and nothing stands under it."""
    found = _SEALED.match(raw)
    if found is None:
        return None
    entry_id, date, kind, seq, before, prev, size, digest = found.groups()
    end = found.end()
    stop = end + 1 + int(size)
    stored = raw[end + 1 : stop]
    rest = raw[stop:]
    if (
        sha256(stored).hexdigest() != digest.decode()
        or raw[end : end + 1] != b"\n"
        or b"\\## " in stored
        or (rest and rest.strip(b"\n"))
        or not (stored.endswith(b"\n") or rest[:1] == b"\n")
    ):
        return None
    header = f"sha256:{sha256(raw[:end]).hexdigest()}"
    return Held(
        entry_id.decode(), int(seq), int(before), prev.decode(), header, INTACT, date.decode(),
        kind.decode(), raw, b"", day, line,
    )  # fmt: skip


def _careful(piece: Piece, day: Day, line: int, twins: Counter[str]) -> Held:
    values = piece.values
    entry_id = str(values.get("id", ""))
    if not entry_id or not piece.header:
        entry_id = dayfile.hand_id(piece)
        twins[entry_id] += 1
        entry_id += f"-{twins[entry_id]}" if twins[entry_id] > 1 else ""
    seq = values.get("seq")
    number, _, prev = str(values.get("prev", "")).partition(":")
    before = int(number) if re.fullmatch(r"[0-9]{1,18}", number) else -1
    state = piece.state
    if state == UNSEALED and piece.trouble and b"\ndigest: sha256:" in piece.raw:
        state = EDITED
    return Held(
        entry_id, seq if type(seq) is int else 0, before, prev, piece.header, state,
        str(values.get("at", ""))[:10], str(values.get("kind", "")), piece.raw,
        piece.postscript, day, line, piece.trouble,
    )  # fmt: skip
