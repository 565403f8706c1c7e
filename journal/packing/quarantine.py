"""Where a pack waits until it is known to be harmless: below `.journal/state/`, where nobody reads.

What an import that was killed left there is thrown away by the next one of the same pack. A pack
that waits for a review stays. Secrets never get here: a pack that holds any is kept as it is
without them, and beside it what it was called, who signed it, and what was masked.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, replace
from hashlib import sha256
from typing import TYPE_CHECKING

from journal import packs
from journal.errors import Conflict, JournalError, UsageError
from journal.files import Folder, close, lock, unlock
from journal.manifest import NAME, SIGNATURE, pack_id, render
from journal.packing.incoming import Incoming, Note
from journal.packs.pack import changed
from journal.space import STATE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from journal.packs import Pack

INCOMING = f"{STATE}/incoming"
_LOCK = "incoming.lock"
_CAME, _MASKED = ".came", "masked.json"  # what a masked pack was, and what was masked


@contextmanager
def alone(root: str) -> Iterator[None]:
    """While no other pack comes in: both would find the same to be new. Conflict after 30 s."""
    with Folder(root, STATE, create=True) as state:
        fd = state.open(_LOCK, os.O_RDWR | os.O_CREAT)
    try:
        try:
            lock(fd)
        except Conflict as error:
            raise Conflict(
                "another pack is being imported into this journal",
                hint="try again when that is through",
            ) from error
        yield
    finally:
        unlock(fd)
        close(fd)


def place_of(pack_id: str) -> str:
    """Where the pack of this id is kept, relative to the workspace."""
    return f"{INCOMING}/{pack_id}"


def staged(pack_id: str) -> str:
    """Where what is new of it is made ready."""
    return f"{INCOMING}/{pack_id}.new"


def take_in(root: str, pack: Incoming) -> str:
    """The pack unpacked, every byte of it as its manifest says; where it lies from now on.

    IntegrityError if a byte of it isn't; nothing is left then.
    """
    there = f"{root}/{place_of(pack.id)}"
    forget(root, pack.id)
    with Folder(root, INCOMING, create=True):
        try:
            if pack.is_masked:
                _unpack_masked(root, pack, there)
            else:
                packs.unpack(pack, there)
        except (OSError, UsageError) as error:
            raise _amiss("the pack can't be unpacked", error) from error
    return there


def _unpack_masked(root: str, pack: Incoming, there: str) -> None:
    """The pack as it is without secrets, and beside it what can't be told from that."""
    with Folder(root, f"{INCOMING}/{pack.id}{_CAME}", create=True) as came:
        came.replace(NAME, pack.raw)
        if pack.signature is not None:
            came.replace(SIGNATURE, pack.signature)
        notes = {digest: asdict(note) for digest, note in pack.notes.items()}
        came.replace(_MASKED, json.dumps(notes).encode())
    with packs.Writer(there, zipped=False) as writer:
        members = []
        for member in pack.manifest.members:
            made = writer.add(member.path, pack.chunks(member.path))
            members.append(replace(member, bytes=made.bytes, sha256=made.sha256))
        writer.finish(render(replace(pack.manifest, members=tuple(members))))


@contextmanager
def opened(root: str, pack: str) -> Iterator[tuple[Pack, Mapping[str, Note]]]:
    """The pack of this id that lies here, and what was masked in it, by its slices' digests.

    JournalError if it can't be read: that isn't the pack's fault.
    """
    with ExitStack() as stack:
        try:
            found = stack.enter_context(packs.open(f"{root}/{place_of(pack)}"))
            notes = _as_it_came(root, pack, found)
        except (OSError, UsageError, ValueError, TypeError) as error:
            raise _amiss("what was unpacked can't be read", error) from error
        yield found, notes


def _as_it_came(root: str, pack: str, found: Pack) -> dict[str, Note]:
    """Give a masked pack the names that it came by; what was masked in it."""
    place = f"{INCOMING}/{pack}{_CAME}"
    if not os.path.lexists(f"{root}/{place}"):
        return {}
    with Folder(root, place) as came:
        found.raw = came.read(NAME)
        found.id = pack_id(found.raw)
        signed = os.path.lexists(f"{root}/{place}/{SIGNATURE}")
        found.signature = came.read(SIGNATURE) if signed else None
        notes = json.loads(came.read(_MASKED))
    return {digest: Note(**{**one, "rules": tuple(one["rules"])}) for digest, one in notes.items()}


def check(pack: Pack) -> None:
    """IntegrityError unless every byte of what was kept is as it was when it was looked at."""
    for path, member in pack.members.items():
        state = sha256()
        for chunk in pack.chunks(path):
            state.update(chunk)
        if state.hexdigest() != member.sha256:
            raise changed(pack, path)


def forget(root: str, pack: str) -> None:
    """Throw away what is kept of the pack of this id."""
    throw_away(root, place_of(pack))
    throw_away(root, f"{INCOMING}/{pack}{_CAME}")


def _amiss(what: str, error: Exception) -> JournalError:
    why = error.strerror if isinstance(error, OSError) else str(error)
    return JournalError(
        f"{what}: {why or error}", kind="not-written", file=INCOMING,
        hint="nothing was imported; see its permissions, and the room left",
    )  # fmt: skip


def tidy(root: str, waiting: Callable[[], str], kept: str = "") -> None:
    """Throw away what killed imports left, and packs that nobody waits for any more.

    `waiting` names the packs that wait for a review, somewhere in a text; `kept` is one's id.
    """
    try:
        left = os.listdir(f"{root}/{INCOMING}")
    except FileNotFoundError:
        return
    if left:
        named = waiting()
        for name in left:
            pack = name.removesuffix(_CAME)
            if pack != kept and pack not in named:
                throw_away(root, f"{INCOMING}/{name}")


def throw_away(root: str, relative: str) -> None:
    """Take a folder of the quarantine away; nothing if there is none. Links are not followed."""
    path = f"{root}/{relative}"
    if os.path.islink(path) or os.path.isfile(path):
        os.unlink(path)
    elif os.path.isdir(path):
        shutil.rmtree(path)
