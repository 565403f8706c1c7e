"""A pack that was opened: its manifest, and its members' bytes in portions."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from typing import Protocol

from journal.manifest import Manifest, Member, pack_id
from journal.packs.faults import corrupt

_MOST_READ = 256 << 20


class Source(Protocol):
    """Where a pack's bytes are: an `Archive` or a `Tree`."""

    sizes: dict[str, int]

    def chunks(self, path: str) -> Iterator[bytes]:
        """A member's bytes, a MiB at most at once."""
        ...

    def close(self) -> None:
        """Let go of it."""
        ...


class Pack:
    """A pack whose structure is sound and whose manifest names just its members.

    Nothing is known yet of the members' content: `chunks` hands it on as it is, `check` says
    whether it is what the manifest says. `raw` is manifest.json, `id` its name by digest,
    `signature` what lies beside it, `path` where the pack is.
    """

    __slots__ = ("_source", "id", "manifest", "members", "path", "raw", "signature")

    def __init__(
        self, path: str, source: Source, raw: bytes, manifest: Manifest, signature: bytes | None
    ) -> None:
        self.path = path
        self._source = source
        self.raw = raw
        self.manifest = manifest
        self.id = pack_id(raw)
        self.signature = signature
        self.members: dict[str, Member] = {member.path: member for member in manifest.members}

    def chunks(self, path: str) -> Iterator[bytes]:
        """A member's bytes, a MiB at most at once; IntegrityError if its size was a lie."""
        yield from self._source.chunks(path)

    def read(self, path: str) -> bytes:
        """A member's bytes at once; IntegrityError if over 256 MiB, or not what it should be."""
        member = self.members[path]
        if member.bytes > _MOST_READ:
            raise corrupt(self.path, f"{path}: is over {_MOST_READ:,} bytes")
        data = b"".join(self.chunks(path))
        if sha256(data).hexdigest() != member.sha256:
            raise changed(self, path)
        return data


def changed(pack: Pack, path: str) -> Exception:
    """The error that a member isn't what the manifest says."""
    return corrupt(pack.path, f"{path}: its bytes are not those that the manifest names")
