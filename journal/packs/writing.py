"""Making a pack: a folder or a zip, the same bytes for the same members."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import Protocol, Self

from journal.errors import IntegrityError, UsageError
from journal.files import Folder
from journal.manifest import MOST_BYTES, NAME, SIGNATURE, Member, is_member, order
from journal.packs.unpacking import put
from journal.packs.zipping import Zip


class _Sink(Protocol):
    """Where members go: a zip, or a folder."""

    def put(self, path: str, chunks: Iterable[bytes]) -> None:
        """Write a member."""
        ...

    def finish(self) -> None:
        """Everything is written: flush it."""
        ...

    def close(self) -> None:
        """Let go of it."""
        ...


class Writer:
    """A pack being made at `target`, aside until it is finished; left unfinished, it is gone.

    UsageError `file-exists` if something is there already, unless it is a pack and to be
    `replace`d; `no-folder` if there is no folder to put it in.
    """

    def __init__(self, target: str, *, zipped: bool, replace: bool = False) -> None:
        self._target = os.path.abspath(target)
        self._replace = replace
        above, name = os.path.split(self._target)
        self._aside = f"{above}/.{name}.{os.getpid()}.{os.urandom(4).hex()}.new"
        if not os.path.isdir(above):
            raise UsageError("is no folder", kind="no-folder", file=above, hint="make it first")
        self._refuse_what_is_there()
        self._last = (-1, "")
        self._sink: _Sink = Zip(self._aside) if zipped else _Files(self._aside)

    def add(self, path: str, chunks: Iterable[bytes]) -> Member:
        """Write a member; the Member lacks `entries` and `part`, which the caller knows.

        Members come in the order of their paths; ValueError otherwise.
        """
        if not is_member(path) or order(path) <= self._last:
            raise ValueError(f"{path} can't come after {self._last[1]}")
        self._last = order(path)
        counted = _Counted(chunks)
        self._sink.put(path, counted)
        return Member(path, counted.size, counted.state.hexdigest())

    def finish(self, raw: bytes, signature: bytes | None = None) -> None:
        """Write the manifest (and its signature), flush everything, and put it in its place.

        UsageError `bad-value` if nobody could open a pack with so large a manifest.
        """
        if len(raw) > MOST_BYTES:
            raise UsageError(
                f"its manifest would be {len(raw):,} bytes, and {MOST_BYTES:,} is the most",
                kind="bad-value", file=self._target, hint="export less at once: --since, --until",
            )  # fmt: skip
        self.add(NAME, [raw])
        if signature is not None:
            self.add(SIGNATURE, [signature])
        self._sink.finish()
        self._sink.close()
        self._refuse_what_is_there()
        if os.path.isdir(self._aside) or os.path.isdir(self._target):
            self._exchange()  # no folder is renamed over a file, nor the other way round
        else:
            os.replace(self._aside, self._target)
        with Folder(os.path.dirname(self._target), "") as above:
            above.flush()

    def _exchange(self) -> None:
        """Put what was made in the place of what is there; that comes back if this fails."""
        old = f"{self._aside}.old"
        if os.path.lexists(self._target):
            os.rename(self._target, old)
        try:
            os.rename(self._aside, self._target)
        except OSError:
            if os.path.lexists(old):
                os.rename(old, self._target)
            raise
        if os.path.isdir(old):
            shutil.rmtree(old, ignore_errors=True)
        elif os.path.lexists(old):
            os.unlink(old)

    def _refuse_what_is_there(self) -> None:
        """UsageError if the target may not be written over."""
        if not os.path.lexists(self._target) or (self._replace and _is_pack(self._target)):
            return
        hint = "name another file"
        if _is_pack(self._target):
            hint += ", or replace it: --replace"
        raise UsageError("is there already", kind="file-exists", file=self._target, hint=hint)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._sink.close()
        if os.path.isdir(self._aside):
            shutil.rmtree(self._aside, ignore_errors=True)
        elif os.path.lexists(self._aside):
            os.unlink(self._aside)


class _Counted:
    """Chunks on their way, hashed and counted."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = chunks
        self.state = sha256()
        self.size = 0

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._chunks:
            self.state.update(chunk)
            self.size += len(chunk)
            yield chunk


class _Files:
    """A folder that members go to, each a file of its own."""

    def __init__(self, path: str) -> None:
        os.mkdir(path, 0o700)
        self._top = Folder(path, "")
        self._made: dict[str, Folder] = {}

    def put(self, path: str, chunks: Iterable[bytes]) -> None:
        """Write a member, flushed."""
        above, _, name = path.rpartition("/")
        if above not in self._made:
            self._made[above] = self._top.inner(above, create=True) if above else self._top
        put(self._made[above], name, chunks)

    def finish(self) -> None:
        """The names are on the medium."""
        for here in self._made.values():
            here.flush()
        self._top.flush()

    def close(self) -> None:
        """Let go of the folders."""
        for here in self._made.values():
            here.close()
        self._top.close()


def _is_pack(path: str) -> bool:
    """Whether something there is a pack, sound in its structure."""
    from journal.packs.opening import open_pack

    try:
        with open_pack(path):
            return not os.path.islink(path)
    except (UsageError, IntegrityError, OSError):
        return False
